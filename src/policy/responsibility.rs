//! The responsibility pack (人才工作目标责任制): which task lines the register measures, and weights, bounds and grades of a year's score.

use super::{Figure, PackHead, PolicyFault, Remembered, day, line_of_row, read};
use crate::base::codes;
use serde::Deserialize;
use std::collections::HashSet;
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponsibilityPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Task lines whose figure the register has.
    #[serde(default)]
    pub follow: Vec<Follow>,
    /// Bounds of a year's score.
    pub score: ScoreRule,
    /// Groups of tasks.
    pub group: Vec<Group>,
    /// Tasks that weigh more or less than 1.
    #[serde(default)]
    pub weight: Vec<Weight>,
    /// What a score is called, the highest first.
    pub grade: Vec<Grade>,
}

/// A task line that the register measures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// The task's clause.
    pub clause: String,
    /// The figure.
    pub counts: Followed,
    /// The clause it rests on.
    pub basis: String,
}

/// A figure of the register.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Followed {
    /// A figure of a target.
    Target {
        /// The target.
        code: String,
        /// Which of its two figures.
        figure: Figure,
    },
    /// Distinct persons engaged on the day by projects of a line.
    ProjectLine {
        /// The line.
        line: String,
    },
    /// Distinct persons of a named project's trainings that ended in the plan's term by the day.
    Training {
        /// bim, ai, finance, bigdata.
        named_project: String,
        /// Which of them.
        figure: TrainingFigure,
    },
}

/// Which persons of trainings are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainingFigure {
    /// Who was there.
    Trained,
    /// Who passed.
    Passed,
    /// Who was there and works in the zone on the day.
    Stayed,
}

impl TrainingFigure {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            TrainingFigure::Trained => "trained",
            TrainingFigure::Passed => "passed",
            TrainingFigure::Stayed => "stayed",
        }
    }
}

/// Bounds of a year's score.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRule {
    /// What a supporting unit's task weighs, in percent of the lead's.
    pub support_percent: i64,
    /// Most points that may be added in a year.
    pub bonus_most: i64,
    /// Most points that may be taken in a year.
    pub deduct_most: i64,
    /// The clause it rests on.
    pub basis: String,
    /// Since when it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
}

/// A group of tasks, which counts for so many percent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable code.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Its part of the whole.
    pub percent: i64,
    /// Clauses that begin so belong to it.
    pub clauses: Vec<String>,
    /// The clause it rests on.
    pub basis: String,
}

/// What tasks of a clause weigh.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Clauses that begin so.
    pub clause: String,
    /// The weight.
    pub weight: i64,
    /// The clause it rests on.
    pub basis: String,
}

/// What a score is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Stable code.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// From so many points on.
    pub at_least: i64,
}

/// Whether a clause is the other one or one below it: 4.2 begins 4.2.1, not 4.20.
fn begins(clause: &str, with: &str) -> bool {
    clause.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl ResponsibilityPack {
    /// The register's figure that a task line follows.
    pub fn follows(&self, clause: &str) -> Option<&Follow> {
        self.follow.iter().find(|f| f.clause == clause)
    }

    /// The group a task line belongs to.
    pub fn group_of(&self, clause: &str) -> Option<&Group> {
        let fits = |g: &&Group| g.clauses.iter().filter(|c| begins(clause, c)).map(String::len).max();
        self.group.iter().filter(|g| fits(g).is_some()).max_by_key(fits)
    }

    /// What a task line weighs, and why where it is not 1.
    pub fn weight_of(&self, clause: &str) -> (i64, Option<&str>) {
        let said = self.weight.iter().filter(|w| begins(clause, &w.clause)).max_by_key(|w| w.clause.len());
        said.map_or((1, None), |w| (w.weight, Some(w.basis.as_str())))
    }

    /// What a score of so many tenths of a point is called.
    pub fn grade_of(&self, tenths: i64) -> Option<&Grade> {
        self.grade.iter().find(|g| tenths >= g.at_least * 10)
    }
}

impl Group {
    /// Its title in the reader's language.
    pub fn title(&self, zh: bool) -> &str {
        if zh { &self.title_zh } else { &self.title_en }
    }
}

impl Grade {
    /// Its title in the reader's language.
    pub fn title(&self, zh: bool) -> &str {
        if zh { &self.title_zh } else { &self.title_en }
    }
}

/// Reads a pack and checks that it agrees with itself.
pub fn parse_responsibility(text: &str) -> Result<ResponsibilityPack, PolicyFault> {
    let pack: ResponsibilityPack = read(text)?;
    let wrong = |table: &str, row: usize, code: &'static str, message: String| {
        Err(PolicyFault { line: line_of_row(text, table, row), code, message })
    };
    if pack.pack.name != "responsibility" {
        return wrong("pack", 0, "wrong_pack", format!("this is the pack {:?}, not \"responsibility\"", pack.pack.name));
    }
    let mut seen = HashSet::new();
    for (row, f) in pack.follow.iter().enumerate() {
        if !seen.insert(&f.clause) {
            return wrong("follow", row, "duplicate_code", format!("the task {} stands twice", f.clause));
        }
        if let Followed::Training { named_project, .. } = &f.counts
            && codes::find("named_project", named_project) != Some(named_project)
        {
            return wrong("follow", row, "unknown_code", format!("there is no named project {named_project:?}"));
        }
    }
    let s = &pack.score;
    if !(0..=100).contains(&s.support_percent) || !(0..=100).contains(&s.bonus_most) || !(0..=100).contains(&s.deduct_most) {
        return wrong("score", 0, "bad_number", "a number of [score] can't be: 0 to 100".to_owned());
    }
    let (mut codes, mut clauses) = (HashSet::new(), HashSet::new());
    for (row, g) in pack.group.iter().enumerate() {
        if !codes.insert(&g.code) || g.clauses.iter().any(|c| !clauses.insert(c)) {
            return wrong("group", row, "duplicate_code", format!("the group {:?} or a clause of it stands twice", g.code));
        }
        if !(1..=100).contains(&g.percent) {
            return wrong("group", row, "bad_number", format!("the percent of {:?} can't be {}", g.code, g.percent));
        }
    }
    let whole: i64 = pack.group.iter().map(|g| g.percent).sum();
    if whole != 100 {
        return wrong("group", 0, "bad_number", format!("the groups come to {whole} percent, not to 100"));
    }
    let mut weighed = HashSet::new();
    for (row, w) in pack.weight.iter().enumerate() {
        if !weighed.insert(&w.clause) {
            return wrong("weight", row, "duplicate_code", format!("the weight of {} stands twice", w.clause));
        }
        if !(1..=1000).contains(&w.weight) {
            return wrong("weight", row, "bad_number", format!("the weight of {} can't be {}", w.clause, w.weight));
        }
    }
    let mut named = HashSet::new();
    for (row, g) in pack.grade.iter().enumerate() {
        let falls = row == 0 || g.at_least < pack.grade[row - 1].at_least;
        if !named.insert(&g.code) || !falls {
            return wrong(
                "grade",
                row,
                "range_order",
                format!("the grade {:?} stands twice or does not begin below the one before", g.code),
            );
        }
    }
    if pack.grade.last().is_none_or(|g| g.at_least != 0) {
        return wrong("grade", pack.grade.len().saturating_sub(1), "bad_number", "the last grade begins at 0".to_owned());
    }
    Ok(pack)
}

thread_local! {
    static LAST: Remembered<ResponsibilityPack> = const { Remembered::new() };
}

/// As `parse_responsibility`, remembering the last text.
pub fn responsibility_pack(text: &str) -> Result<Rc<ResponsibilityPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_responsibility))
}

#[cfg(test)]
mod tests {
    use super::super::{parse_targets, shipped};
    use super::*;

    fn text() -> &'static str {
        shipped("responsibility").unwrap()
    }

    #[test]
    fn the_shipped_pack_is_an_unconfirmed_example_about_the_plans_tasks() {
        let (pack, plan) = (parse_responsibility(text()).unwrap(), parse_targets(shipped("targets").unwrap()).unwrap());
        assert!(!pack.score.confirmed);
        for f in &pack.follow {
            assert!(plan.tasks.iter().any(|t| t.clause == f.clause), "{}", f.clause);
            match &f.counts {
                Followed::Target { code, .. } => assert!(plan.target(code).is_some(), "{code}"),
                Followed::ProjectLine { line } => assert_eq!(*line, f.clause),
                // The plan's clause is another name of its project.
                Followed::Training { named_project, .. } => {
                    assert_eq!(codes::find("named_project", &f.clause), Some(named_project.as_str()));
                }
            }
        }
        // Every task of the plan belongs to a group.
        assert!(plan.tasks.iter().all(|t| pack.group_of(&t.clause).is_some()));
        let corps = |clause: &str| pack.follows(clause).map(|f| f.counts.clone());
        assert_eq!(corps("4.2.2"), Some(Followed::Target { code: "T5".into(), figure: Figure::All }));
        assert_eq!((corps("5.1.1"), pack.weight_of("4.2.4").0, pack.weight_of("4.1.1.1").0), (None, 3, 1));
        let called = |tenths| pack.grade_of(tenths).map(|g| g.code.as_str());
        assert_eq!([called(900), called(899), called(600), called(0)], [Some("excellent"), Some("good"), Some("fair"), Some("poor")]);
    }

    #[test]
    fn a_clause_begins_another_at_a_point() {
        assert!(begins("4.2.1", "4") && begins("4.2.1", "4.2") && begins("4.2", "4.2"));
        assert!(!begins("4.20", "4.2") && !begins("4", "4.2"));
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        for (was, is, code) in [
            ("name = \"responsibility\"", "name = \"card\"", "wrong_pack"),
            ("clause = \"4.2.2\"", "clause = \"4.2.1\"", "duplicate_code"),
            ("support_percent = 50", "support_percent = 150", "bad_number"),
            ("percent = 20\nclauses", "percent = 30\nclauses", "bad_number"),
            ("percent = 80\nclauses", "percent = 0\nclauses", "bad_number"),
            ("code = \"key\"", "code = \"basic\"", "duplicate_code"),
            ("clauses = [\"5\"]", "clauses = [\"4\"]", "duplicate_code"),
            ("weight = 3", "weight = 0", "bad_number"),
            ("at_least = 80", "at_least = 95", "range_order"),
            ("at_least = 0", "at_least = 10", "bad_number"),
            ("figure = \"all\"", "figure = \"some\"", "unreadable"),
            ("figure = \"trained\"", "figure = \"some\"", "unreadable"),
            ("named_project = \"ai\"", "named_project = \"robots\"", "unknown_code"),
            ("bonus_most = 5", "bonus_most = 5\nluck = 1", "unreadable"),
            ("[[weight]]", "[[weight]]\nclause = \"4.2\"\nweight = 2\nbasis = \"x\"\n\n[[weight]]", "duplicate_code"),
        ] {
            assert!(text().contains(was), "{was}");
            let fault = parse_responsibility(&text().replacen(was, is, 1)).unwrap_err();
            assert_eq!(fault.code, code, "{was}: {fault}");
            assert!(fault.line > 1, "{fault}");
        }
    }
}
