//! All SQL of tasks, their units, plans and reports, of scores and duty reports; rows to types and back.

use super::{Charge, DUTY, Milestone, PREFIX, PROGRESS, Role, Unit};
use crate::base::day::Day;
use crate::base::number;
use crate::base::quarter::Quarter;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{DUTY_SUBJECT, MILESTONE, PROGRESS_SUBJECT, SCORE_SUBJECT, TASK_CHARGE, TASK_SUBJECT, TASK_UNIT, Table};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A task line as the plan has it.
#[derive(Clone, Debug)]
pub struct Task {
    /// Id.
    pub id: i64,
    /// Clause of the plan.
    pub clause: String,
    /// The plan's words.
    pub text: String,
}

impl Task {
    /// The human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

/// All tasks in the plan's order.
pub fn tasks(conn: &Connection) -> Result<Vec<Task>> {
    let mut st = conn.prepare_cached("SELECT id, clause, text FROM task WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], |r| Ok(Task { id: r.get(0)?, clause: r.get(1)?, text: r.get(2)? }))?.collect::<rusqlite::Result<_>>()?)
}

/// The task a command names: its number or its clause.
pub fn resolve(conn: &Connection, text: &str) -> Result<Task> {
    let unknown = || error::not_found("no_task").fact("text", text);
    let all = tasks(conn)?;
    match number::parse(PREFIX, text) {
        Ok(id) => all.into_iter().find(|t| t.id == id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => all.into_iter().find(|t| t.clause == text.trim()).ok_or_else(unknown),
    }
}

const FACT: &str = "seq, from_day, until_day, made_op, voided_op";

/// Rows of a fact table of a task that are not voided, in the order of their days.
fn rows<T>(conn: &Connection, table: &Table, task: i64, data: impl Fn(&Row<'_>, usize) -> rusqlite::Result<T>) -> Result<Vec<Fact<T>>> {
    let columns: Vec<&str> = table.cols[6..].iter().map(|c| c.0).collect();
    let mut st = conn.prepare_cached(&format!(
        "SELECT {FACT}, {} FROM {} WHERE task_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        columns.join(", "),
        table.name
    ))?;
    Ok(st.query_map([task], |r| facts::read(r, &data))?.collect::<rusqlite::Result<_>>()?)
}

/// Units of a task, those of earlier days too.
pub fn units(conn: &Connection, task: i64) -> Result<Vec<Fact<Unit>>> {
    rows(conn, &TASK_UNIT, task, |r, at| {
        let role = if r.get_ref(at + 1)?.as_str().unwrap_or_default() == Role::Lead.code() { Role::Lead } else { Role::Support };
        Ok(Unit { org_id: r.get(at)?, role, decision_id: r.get(at + 2)? })
    })
}

/// On whom a task rests, and until when.
pub fn charges(conn: &Connection, task: i64) -> Result<Vec<Fact<Charge>>> {
    rows(conn, &TASK_CHARGE, task, |r, at| {
        Ok(Charge {
            leader_id: r.get(at)?,
            due: r.get::<_, Option<i32>>(at + 1)?.map(Day),
            measure: r.get(at + 2)?,
            decision_id: r.get(at + 3)?,
        })
    })
}

/// Milestones of a task, those that were planned otherwise before too; in the order of quarters.
pub fn milestones(conn: &Connection, task: i64) -> Result<Vec<Fact<Milestone>>> {
    let mut all = rows(conn, &MILESTONE, task, |r, at| {
        let quarter = Quarter::from_number(r.get(at)?).unwrap_or_else(|| Quarter::of(Day(0)));
        Ok(Milestone { quarter, planned: r.get(at + 1)?, decision_id: r.get(at + 2)? })
    })?;
    all.sort_by_key(|m| (m.data.quarter, m.span.from));
    Ok(all)
}

fn unit_values(u: &Unit) -> [Val<'_>; 3] {
    [Val::Int(u.org_id), Val::Text(u.role.code()), Val::int(u.decision_id)]
}

fn charge_values(c: &Charge) -> Vec<Val<'_>> {
    vec![Val::int(c.leader_id), Val::int(c.due.map(|d| d.0)), Val::text(c.measure.as_deref()), Val::int(c.decision_id)]
}

/// A unit takes part from the day on.
pub fn join(tx: &mut Tx<'_>, task: i64, unit: &Unit, from: Day) -> Result<()> {
    facts::insert(tx, &TASK_UNIT, task, Span::from(from), &unit_values(unit))?;
    tx.touch(&TASK_SUBJECT, task);
    Ok(())
}

/// A unit takes part no more from the day on: it ends the day before, or never was where nothing would be left.
pub fn part(tx: &mut Tx<'_>, task: i64, unit: &Fact<Unit>, from: Day) -> Result<()> {
    if unit.span.from >= from {
        facts::void(tx, &TASK_UNIT, task, unit.seq)?;
    } else {
        facts::end(tx, &TASK_UNIT, task, unit.seq, unit.span, from.pred(), &unit_values(&unit.data))?;
    }
    tx.touch(&TASK_SUBJECT, task);
    Ok(())
}

/// From the day on a task rests on somebody, until a day.
pub fn charge(tx: &mut Tx<'_>, task: i64, old: Option<&Fact<Charge>>, new: &Charge, from: Day) -> Result<()> {
    match old {
        None => {
            facts::insert(tx, &TASK_CHARGE, task, Span::from(from), &charge_values(new))?;
        }
        Some(old) => {
            let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: charge_values(&old.data) };
            facts::change(tx, &TASK_CHARGE, task, &row, from, &charge_values(new))?;
        }
    }
    tx.touch(&TASK_SUBJECT, task);
    Ok(())
}

/// What is planned for a quarter from the day on.
pub fn plan(tx: &mut Tx<'_>, task: i64, old: Option<&Fact<Milestone>>, new: &Milestone, from: Day) -> Result<()> {
    let values = |m: &Milestone| vec![Val::Int(m.quarter.number()), Val::Int(m.planned), Val::int(m.decision_id)];
    match old {
        None => {
            facts::insert(tx, &MILESTONE, task, Span::from(from), &values(new))?;
        }
        Some(old) => {
            let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: values(&old.data) };
            facts::change(tx, &MILESTONE, task, &row, from, &values(new))?;
        }
    }
    tx.touch(&TASK_SUBJECT, task);
    Ok(())
}

/// Tasks in which a unit takes part on the day with what it is to them, in the plan's order.
pub fn of_unit(conn: &Connection, org: i64, day: Day) -> Result<Vec<(i64, Role)>> {
    let mut found: Vec<(i64, Role)> = Vec::new();
    let mut st = conn.prepare_cached("SELECT DISTINCT task_id FROM task_unit WHERE org_id = ?1 AND voided_op IS NULL ORDER BY task_id")?;
    let ids: Vec<i64> = st.query_map([org], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in ids {
        let held = units(conn, id)?.into_iter().find(|u| u.data.org_id == org && u.span.holds(day));
        found.extend(held.map(|u| (id, u.data.role)));
    }
    Ok(found)
}

/// How many tasks rest on a leader on the day.
pub fn resting_on(conn: &Connection, leader: i64, day: Day) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM task_charge WHERE leader_id = ?1 AND voided_op IS NULL AND from_day <= ?2
                    AND (until_day IS NULL OR until_day >= ?2)",
        )?
        .query_row([leader, day.0.into()], |r| r.get(0))?)
}

// ---------------------------------------------------------------- reports

/// A unit's report on a task.
#[derive(Clone, Debug)]
pub struct Report {
    /// Id.
    pub id: i64,
    /// Its place among the reports on the task, from 1.
    pub seq: i64,
    /// The unit.
    pub org_id: i64,
    /// The day it speaks of.
    pub day: Day,
    /// The figure reached by it, from the start of the task on.
    pub value: i64,
    /// In words.
    pub text: String,
    /// The op that brought it.
    pub op: i64,
    /// Who entered it.
    pub actor: String,
    /// reported, approved, returned.
    pub state: String,
}

/// The reports on a task in the order they came, with their present state. Places are counted over all that ever came, so that none moves.
pub fn reports(conn: &Connection, task: i64) -> Result<Vec<Report>> {
    let mut st = conn.prepare_cached(
        "SELECT p.id, (SELECT count(*) FROM progress q WHERE q.task_id = p.task_id AND q.id <= p.id), p.org_id, p.day, p.value, p.text,
                p.made_op, coalesce(o.actor, ''),
                coalesce((SELECT s.to_state FROM step s WHERE s.record_kind = ?2 AND s.record_id = p.id AND s.voided_op IS NULL
                          ORDER BY s.id DESC LIMIT 1), 'reported')
         FROM progress p LEFT JOIN op o ON o.op = p.made_op WHERE p.task_id = ?1 AND p.voided_op IS NULL ORDER BY p.id",
    )?;
    let read = |r: &Row<'_>| {
        Ok(Report {
            id: r.get(0)?,
            seq: r.get(1)?,
            org_id: r.get(2)?,
            day: Day(r.get(3)?),
            value: r.get(4)?,
            text: r.get(5)?,
            op: r.get(6)?,
            actor: r.get(7)?,
            state: r.get(8)?,
        })
    };
    Ok(st.query_map(params![task, PROGRESS.kind], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a report; its id.
pub fn report(tx: &mut Tx<'_>, task: i64, org: i64, day: Day, value: i64, text: &str) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM progress")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO progress (id, made_op, task_id, org_id, day, value, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![id, tx.op, task, org, day.0, value, text])?;
    tx.touch(&PROGRESS_SUBJECT, id);
    steps::step(tx, (PROGRESS.kind, id), None, "reported", None, None)?;
    Ok(id)
}

// ---------------------------------------------------------------- scores and duty reports

/// Points given to a unit for a year, or taken.
#[derive(Clone, Debug)]
pub struct Points {
    /// The unit.
    pub org_id: i64,
    /// The year.
    pub year: i32,
    /// When it was decided.
    pub day: Day,
    /// Tenths of a point; below nothing they are taken.
    pub tenths: i64,
    /// Why.
    pub why: String,
    /// The decision.
    pub decision_id: i64,
}

/// Points of a year, in the order they were given.
pub fn points(conn: &Connection, year: i32) -> Result<Vec<Points>> {
    let mut st = conn.prepare_cached(
        "SELECT org_id, year, day, points_tenths, why, decision_id FROM score WHERE year = ?1 AND voided_op IS NULL ORDER BY id",
    )?;
    let read = |r: &Row<'_>| {
        Ok(Points { org_id: r.get(0)?, year: r.get(1)?, day: Day(r.get(2)?), tenths: r.get(3)?, why: r.get(4)?, decision_id: r.get(5)? })
    };
    Ok(st.query_map([year], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Gives points or takes them.
pub fn give(tx: &mut Tx<'_>, p: &Points) -> Result<()> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM score")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO score (id, made_op, org_id, year, day, points_tenths, why, decision_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, p.org_id, p.year, p.day.0, p.tenths, p.why, p.decision_id])?;
    tx.touch(&SCORE_SUBJECT, id);
    Ok(())
}

/// A unit's duty report of a year: id and state.
pub fn duty(conn: &Connection, org: i64, year: i32) -> Result<Option<(i64, String)>> {
    let id: Option<i64> = conn
        .prepare_cached("SELECT id FROM duty WHERE org_id = ?1 AND year = ?2 AND voided_op IS NULL")?
        .query_row(params![org, year], |r| r.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    let state = steps::steps(conn, (DUTY.kind, id))?.pop().map_or_else(|| "handed_in".to_owned(), |s| s.to_state);
    Ok(Some((id, state)))
}

/// Duty reports handed in: unit and year, in the order they came.
pub fn duties(conn: &Connection, year: Option<i32>) -> Result<Vec<(i64, i32)>> {
    let mut st = conn.prepare_cached("SELECT org_id, year FROM duty WHERE voided_op IS NULL AND (?1 IS NULL OR year = ?1) ORDER BY id")?;
    Ok(st.query_map([year], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Takes a duty report in; its id.
pub fn hand_in(tx: &mut Tx<'_>, org: i64, year: i32) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM duty")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO duty (id, made_op, org_id, year) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, tx.op, org, year])?;
    tx.touch(&DUTY_SUBJECT, id);
    steps::step(tx, (DUTY.kind, id), None, "handed_in", None, None)?;
    Ok(id)
}
