//! Tasks, reports, scores and duty reports as a clerk and a script see them.

use super::look::{Book, Seen};
use super::score::{self, Part, Sum};
use super::store::{self, Points, Report};
use super::{DUTY, DUTY_PREFIX, PROGRESS, PROGRESS_PREFIX};
use crate::base::day::Day;
use crate::base::number;
use crate::error::Result;
use crate::org::cmd::named;
use crate::paper;
use crate::policy::Followed;
use crate::workflow::{self, store as steps};
use rusqlite::Connection;
use serde_json::{Value, json};

fn decision(id: Option<i64>) -> Option<String> {
    id.map(|d| number::format(paper::PREFIX, d))
}

/// Thousandths as a percentage with one decimal.
fn percent(thousandths: i64) -> f64 {
    thousandths as f64 / 10.0
}

/// The task object of the contract.
pub fn object(conn: &Connection, s: &Seen) -> Result<Value> {
    let day = s.day;
    let milestones: Vec<Value> = s
        .plan
        .iter()
        .map(|m| {
            let end = m.data.quarter.last_day();
            let reported = (end <= day).then(|| s.approved_by(end).map(|r| r.value)).flatten();
            json!({"quarter": m.data.quarter.to_string(), "planned": m.data.planned, "reported": reported, "since": m.span.from.iso(),
                   "decision": decision(m.data.decision_id)})
        })
        .collect();
    let leader =
        s.leader.as_ref().map(|l| json!({"no": l.no(), "name": l.fact.data.name, "rank": l.fact.data.rank, "title": l.fact.data.title}));
    let st = s.standing;
    let no = s.task.no();
    Ok(json!({
        "no": no, "status": s.status(), "code": no, "clause": s.task.clause, "name": s.name, "heading": s.heading, "text": s.task.text,
        "lead": s.lead().map(|u| named(conn, u.data.org_id, day)).transpose()?,
        "support": s.supports().map(|u| named(conn, u.data.org_id, day)).collect::<Result<Vec<_>>>()?,
        "leader": leader, "due": s.charge.due.map(|d| d.iso()), "measure": s.charge.measure,
        "milestones": milestones, "value": s.value, "registry_value": s.registry,
        "difference": s.value.zip(s.registry).map(|(value, registry)| value - registry), "follows": s.follow.as_ref().map(|f| followed(&f.counts)),
        "figure": s.figure(), "planned": st.planned, "goal": st.goal, "overdue": st.overdue, "colour": st.colour.code(), "score": st.share.map(percent),
        "waiting": s.reports.iter().filter(|r| r.state == "reported").count(), "as_of": day.iso(),
    }))
}

/// The figure of the register that a task follows: a target or a named project with which of its figures, or a line of projects.
fn followed(f: &Followed) -> Value {
    match f {
        Followed::Target { code, figure } => json!({"target": code, "figure": figure.code()}),
        Followed::ProjectLine { line } => json!({"line": line}),
        Followed::Training { named_project, figure } => json!({"named_project": named_project, "figure": figure.code()}),
    }
}

/// The task's page: the object with its reports and who had it when.
pub fn whole(conn: &Connection, s: &Seen) -> Result<Value> {
    let mut v = object(conn, s)?;
    v["basis"] = s.follow.as_ref().map(|f| f.basis.clone()).into();
    v["decision"] = decision(s.charge.decision_id).into();
    let units = s.units.iter().map(|u| {
        let unit = named(conn, u.data.org_id, s.day)?;
        Ok(json!({"role": u.data.role.code(), "no": unit["no"], "name": unit["name"], "from": u.span.from.iso(),
                  "until": u.span.until.map(|d| d.iso()), "decision": decision(u.data.decision_id)}))
    });
    v["units"] = units.collect::<Result<Value>>()?;
    v["progress"] = s.reports.iter().map(|r| report(conn, r, s.day)).collect::<Result<Value>>()?;
    Ok(v)
}

/// A report with its papers, and who judged it.
pub fn report(conn: &Connection, r: &Report, day: Day) -> Result<Value> {
    let files = paper::store::files(conn, Some((PROGRESS.kind, r.id)))?;
    let judged = steps::steps(conn, (PROGRESS.kind, r.id))?.into_iter().find(|s| s.from_state.is_some());
    // Within its own op an act has no actor in the log yet.
    let known = |actor: &str| (!actor.is_empty()).then(|| actor.to_owned());
    Ok(json!({
        "seq": r.seq, "no": number::format(PROGRESS_PREFIX, r.id), "status": r.state, "day": r.day.iso(), "value": r.value, "text": r.text,
        "unit": named(conn, r.org_id, day)?, "files": files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), "actor": known(&r.actor), "op": r.op,
        "judged_on": judged.as_ref().map(|s| s.day.iso()), "judged_by": judged.as_ref().and_then(|s| known(&s.actor)),
        "why": judged.and_then(|s| s.note),
    }))
}

/// Points as they were given or taken.
fn points_json(p: &Points) -> Value {
    json!({"points": p.tenths as f64 / 10.0, "why": p.why, "day": p.day.iso(), "decision": number::format(paper::PREFIX, p.decision_id)})
}

/// A unit's year: the day it is reckoned for is the book's.
pub struct Year<'a> {
    /// The unit.
    pub org_id: i64,
    /// The year.
    pub year: i32,
    /// Its tasks.
    pub tasks: Vec<(&'a Seen, super::Role)>,
    /// Points given and taken.
    pub points: Vec<Points>,
    /// What it comes to.
    pub sum: Sum,
}

/// The years of all units that have a task on the day, or of one, in the order of their numbers.
pub fn years<'a>(conn: &Connection, book: &Book<'_>, seen: &'a [Seen], year: i32, one: Option<i64>) -> Result<Vec<Year<'a>>> {
    let given = store::points(conn, year)?;
    let mut orgs: Vec<i64> = match one {
        Some(id) => vec![id],
        None => {
            let on_tasks = seen.iter().flat_map(|s| s.units.iter().filter(|u| u.span.holds(s.day)).map(|u| u.data.org_id));
            on_tasks.chain(given.iter().map(|p| p.org_id)).collect()
        }
    };
    orgs.sort_unstable();
    orgs.dedup();
    let reckoned = orgs.into_iter().map(|org_id| {
        let tasks: Vec<_> = seen.iter().filter_map(|s| Some((s, s.role_of(org_id)?))).collect();
        let points: Vec<Points> = given.iter().filter(|p| p.org_id == org_id).cloned().collect();
        let parts: Vec<Part<'_>> =
            tasks.iter().map(|(s, role)| Part { clause: &s.task.clause, role: *role, share: s.standing.share }).collect();
        let sum = score::reckon(&book.rules, &parts, &points.iter().map(|p| p.tenths).collect::<Vec<_>>());
        Year { org_id, year, tasks, points, sum }
    });
    Ok(reckoned.collect())
}

/// A unit's year as a script sees it.
pub fn year(conn: &Connection, book: &Book<'_>, y: &Year<'_>, confirmed: bool, zh: bool) -> Result<Value> {
    let unit = named(conn, y.org_id, book.day)?;
    let rules = &book.rules;
    let tenths = |t: i64| t as f64 / 10.0;
    let groups: Vec<Value> = rules
        .group
        .iter()
        .zip(&y.sum.groups)
        .map(|(g, sum)| {
            json!({"code": g.code, "title": g.title(zh), "percent": g.percent, "score": sum.tenths.map(tenths), "basis": g.basis})
        })
        .collect();
    let tasks: Vec<Value> = y
        .tasks
        .iter()
        .map(|(s, role)| {
            let (_, basis) = rules.weight_of(&s.task.clause);
            json!({
                "no": s.task.no(), "clause": s.task.clause, "name": s.name, "role": role.code(), "group": rules.group_of(&s.task.clause).map(|g| &g.code),
                "weight": score::weight(rules, &s.task.clause, *role) as f64 / 100.0, "figure": s.figure(), "planned": s.standing.planned,
                "score": s.standing.share.map(percent), "colour": s.standing.colour.code(), "basis": basis,
            })
        })
        .collect();
    let duty = store::duty(conn, y.org_id, y.year)?;
    let grade = y.sum.total.and_then(|t| rules.grade_of(t));
    Ok(json!({
        "unit": unit, "year": y.year, "score": y.sum.total.map(tenths), "grade": grade.map(|g| &g.code), "grade_title": grade.map(|g| g.title(zh)),
        "base": y.sum.base.map(tenths), "bonus": tenths(y.sum.bonus), "deducted": tenths(y.sum.deducted), "duty": duty.as_ref().map(|d| &d.1),
        "groups": groups, "tasks": tasks, "points": y.points.iter().map(points_json).collect::<Vec<_>>(), "confirmed": confirmed,
        "policy_version": book.policy_id, "basis": rules.score.basis, "as_of": book.day.iso(),
    }))
}

/// A duty report as a script sees it: `rank` is none until it was given.
pub fn duty(conn: &Connection, org_id: i64, year: i32, day: Day) -> Result<Value> {
    let Some((id, state)) = store::duty(conn, org_id, year)? else { return Ok(Value::Null) };
    let files = paper::store::files(conn, Some((DUTY.kind, id)))?;
    let ranked = (state != "handed_in").then_some(state.as_str());
    let all = steps::steps(conn, (DUTY.kind, id))?;
    Ok(json!({
        "no": number::format(DUTY_PREFIX, id), "status": if ranked.is_some() { "ranked" } else { "handed_in" },
        "unit": named(conn, org_id, day)?, "year": year, "rank": ranked, "handed_in": all.first().map(|s| s.day.iso()), "files": files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        "decision": decision(all.last().and_then(|s| s.decision_id)), "steps": workflow::steps_json(conn, (DUTY.kind, id))?,
    }))
}
