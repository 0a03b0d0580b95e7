//! A task as the office knows it on a day: who carries it, what is planned, what was reported and approved, what the register says, and how it
//! stands. The figures of the register are reckoned once, and only where a task asked for follows one.

use super::store::{self, Report, Task};
use super::{Charge, Milestone, Role, Standing, Unit, goal, stand};
use crate::base::day::Day;
use crate::db::facts::Fact;
use crate::error::Result;
use crate::leader::{self, Leader};
use crate::policy::{self, Figure, Follow, Followed, ResponsibilityPack, TargetsPack, TrainingFigure};
use crate::programme;
use crate::programme::figures::{Line, Tally};
use crate::project;
use crate::target;
use rusqlite::Connection;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A task on a day.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As the plan has it.
    pub task: Task,
    /// A piece of its text, for narrow tables.
    pub name: String,
    /// The plan's heading above it.
    pub heading: Option<String>,
    /// Units of every day.
    pub units: Vec<Fact<Unit>>,
    /// On whom it rests, and until when.
    pub charge: Charge,
    /// The leader.
    pub leader: Option<Leader>,
    /// What is planned, in the order of quarters.
    pub plan: Vec<Fact<Milestone>>,
    /// Reports that speak of the day or an earlier one, in the order they came.
    pub reports: Vec<Report>,
    /// The newest approved figure that a unit reported.
    pub value: Option<i64>,
    /// The figure of the register that the task follows.
    pub registry: Option<i64>,
    /// Which that is.
    pub follow: Option<Follow>,
    /// How it stands.
    pub standing: Standing,
    /// The day.
    pub day: Day,
}

impl Seen {
    /// The lead unit of the day.
    pub fn lead(&self) -> Option<&Fact<Unit>> {
        self.units.iter().find(|u| u.data.role == Role::Lead && u.span.holds(self.day))
    }

    /// The supporting units of the day, in the order they joined.
    pub fn supports(&self) -> impl Iterator<Item = &Fact<Unit>> {
        self.units.iter().filter(|u| u.data.role == Role::Support && u.span.holds(self.day))
    }

    /// What a unit is to it on the day.
    pub fn role_of(&self, org: i64) -> Option<Role> {
        self.units.iter().find(|u| u.data.org_id == org && u.span.holds(self.day)).map(|u| u.data.role)
    }

    /// The figure that colour and score follow: the register's, where the task follows one.
    pub fn figure(&self) -> Option<i64> {
        if self.follow.is_some() { self.registry } else { self.value }
    }

    /// The newest approved report of a day or before.
    pub fn approved_by(&self, day: Day) -> Option<&Report> {
        self.reports.iter().filter(|r| r.state == "approved" && r.day <= day).max_by_key(|r| (r.day, r.id))
    }

    /// The milestones without their history.
    pub fn milestones(&self) -> Vec<Milestone> {
        self.plan.iter().map(|m| m.data).collect()
    }

    /// assigned, unassigned, done.
    pub fn status(&self) -> &'static str {
        match self.lead() {
            None => "unassigned",
            Some(_) if self.standing.colour == target::Colour::Done => "done",
            Some(_) => "assigned",
        }
    }
}

/// What one needs to look at tasks on a day.
pub struct Book<'c> {
    conn: &'c Connection,
    /// The day.
    pub day: Day,
    /// The targets.
    pub targets: TargetsPack,
    /// Which tasks the register measures, and how years are scored.
    pub rules: Rc<ResponsibilityPack>,
    /// The version of the rules.
    pub policy_id: Option<i64>,
    of_targets: OnceCell<Vec<target::Figures>>,
    of_lines: OnceCell<BTreeMap<String, i64>>,
    of_trainings: OnceCell<BTreeMap<Line, Tally>>,
}

impl<'c> Book<'c> {
    /// Opens it for a day.
    pub fn open(conn: &'c Connection, day: Day) -> Result<Book<'c>> {
        let (policy_id, rules) = policy::store::responsibility(conn)?;
        let targets = target::store::pack_on(conn, day.0)?;
        Ok(Book {
            conn,
            day,
            targets,
            rules,
            policy_id,
            of_targets: OnceCell::new(),
            of_lines: OnceCell::new(),
            of_trainings: OnceCell::new(),
        })
    }

    /// The same where the targets are counted already.
    #[must_use]
    pub fn knowing(self, of_targets: Vec<target::Figures>) -> Book<'c> {
        self.of_targets.get_or_init(|| of_targets);
        self
    }

    /// A task on the day.
    pub fn seen(&self, task: Task) -> Result<Seen> {
        let (conn, day) = (self.conn, self.day);
        let line = self.targets.tasks.iter().find(|t| t.clause == task.clause);
        let units = store::units(conn, task.id)?;
        let charge = store::charges(conn, task.id)?.into_iter().find(|c| c.span.holds(day)).map(|c| c.data).unwrap_or_default();
        let leader = charge.leader_id.map(|id| leader::store::load(conn, id, day)).transpose()?.flatten();
        let plan: Vec<Fact<Milestone>> = store::milestones(conn, task.id)?.into_iter().filter(|m| m.span.holds(day)).collect();
        let reports: Vec<Report> = store::reports(conn, task.id)?.into_iter().filter(|r| r.day <= day).collect();
        let follow = self.rules.follows(&task.clause).cloned();
        let registry = follow.as_ref().map(|f| self.registry(f)).transpose()?.flatten();
        let of_target = follow.as_ref().and_then(|f| match &f.counts {
            Followed::Target { code, .. } => self.targets.target(code).map(|t| t.goal),
            Followed::ProjectLine { .. } | Followed::Training { .. } => None,
        });
        let mut seen = Seen {
            name: line.map_or_else(|| task.text.chars().take(16).collect(), |l| l.name.clone()),
            heading: line.map(|l| l.heading.clone()),
            standing: stand(None, &[], None, None, day, &self.targets.colours),
            value: None,
            task,
            units,
            charge,
            leader,
            plan,
            reports,
            registry,
            follow,
            day,
        };
        seen.value = seen.approved_by(day).map(|r| r.value);
        let (plan, due) = (seen.milestones(), seen.charge.due);
        seen.standing = stand(seen.figure(), &plan, goal(of_target, &plan, due), due, day, &self.targets.colours);
        Ok(seen)
    }

    /// Every task on the day, in the plan's order.
    pub fn all(&self) -> Result<Vec<Seen>> {
        store::tasks(self.conn)?.into_iter().map(|t| self.seen(t)).collect()
    }

    /// The register's figure on the day; none where the plan has no such target.
    fn registry(&self, follow: &Follow) -> Result<Option<i64>> {
        match &follow.counts {
            Followed::Target { code, figure } => {
                if self.of_targets.get().is_none() {
                    let figures = target::count::tally(self.conn, &self.targets, self.day.0)?.0;
                    self.of_targets.get_or_init(|| figures);
                }
                let at = self.targets.targets.iter().position(|t| t.code == *code);
                let figures = at.zip(self.of_targets.get()).map(|(at, all)| all[at]);
                Ok(figures.map(|f| match figure {
                    Figure::Introduced => f.introduced,
                    Figure::All => f.all,
                }))
            }
            Followed::ProjectLine { line } => {
                if self.of_lines.get().is_none() {
                    let people = project::store::people_by_line(self.conn, self.day)?;
                    let counts = people.into_iter().map(|(line, people)| (line, people.len() as i64)).collect();
                    self.of_lines.get_or_init(|| counts);
                }
                Ok(Some(self.of_lines.get().and_then(|all| all.get(line)).copied().unwrap_or(0)))
            }
            Followed::Training { named_project, figure } => {
                if self.of_trainings.get().is_none() {
                    let tally = programme::store::tally(self.conn, Day(self.targets.term.from), self.day, self.day)?;
                    self.of_trainings.get_or_init(|| tally);
                }
                let line = (programme::Kind::Training, Some(named_project.clone()));
                let count = self.of_trainings.get().and_then(|all| all.get(&line)).map_or(0, |t| match figure {
                    TrainingFigure::Trained => t.trained,
                    TrainingFigure::Passed => t.passed,
                    TrainingFigure::Stayed => t.stayed,
                });
                Ok(i64::try_from(count).ok())
            }
        }
    }
}
