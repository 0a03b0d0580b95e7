//! Which frozen periods a write reaches into (写入已定稿期间): by its business day, or by the day of a fact it makes, changes or takes back. What of a
//! fact stays as it was reaches nowhere, so that a change of today leaves the years before alone.

use super::subject::{POLICY_SUBJECT, Subject, Table};
use crate::base::day::Day;
use crate::error::Result;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that say on which day something is so. Days that lie ahead by plan (when a part falls due, when a contract ends) are none of them.
const DAYS: [&str; 7] = ["from_day", "until_day", "day", "approved_day", "issued_day", "opened_day", "decided_day"];

/// The periods that are frozen, by their last edition.
pub struct Frozen {
    periods: Vec<(Day, Day, String)>,
}

impl Frozen {
    /// Asks the file.
    pub fn load(conn: &Connection) -> Result<Frozen> {
        let mut st = conn
            .prepare_cached("SELECT from_day, max(as_of_day), period FROM report WHERE voided_op IS NULL GROUP BY period ORDER BY 1, 2")?;
        let periods = st.query_map([], |r| Ok((Day(r.get(0)?), Day(r.get(1)?), r.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(Frozen { periods })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.periods.is_empty()
    }

    /// Notes the periods a day lies in.
    pub fn note(&self, day: Day, found: &mut BTreeMap<String, Day>) {
        for (from, until, period) in &self.periods {
            if *from <= day && day <= *until {
                found.entry(period.clone()).and_modify(|d| *d = day.min(*d)).or_insert(day);
            }
        }
    }

    /// Notes what an op changed of a subject.
    pub fn note_subject(&self, conn: &Connection, s: &Subject, id: i64, op: i64, found: &mut BTreeMap<String, Day>) -> Result<()> {
        if s.kind == POLICY_SUBJECT.kind {
            return self.note_goals(conn, id, op, found);
        }
        for table in s.tables.iter().filter(|t| t.name != "report" && t.col("voided_op").is_some()) {
            let days: Vec<&str> = DAYS.into_iter().filter(|d| table.col(d).is_some()).collect();
            if !days.is_empty() {
                for day in moved(conn, table, &days, id, op)? {
                    self.note(day, found);
                }
            }
        }
        Ok(())
    }

    /// Notes the periods whose targets a version of the plan's goals sets otherwise: every one that ends on its day or later.
    fn note_goals(&self, conn: &Connection, id: i64, op: i64, found: &mut BTreeMap<String, Day>) -> Result<()> {
        let since: Option<i32> = conn
            .prepare_cached("SELECT from_day FROM policy_version WHERE id = ?1 AND kind = 'targets' AND (made_op = ?2 OR voided_op = ?2)")?
            .query_row([id, op], |r| r.get(0))
            .optional()?;
        let Some(since) = since.map(Day) else { return Ok(()) };
        for (from, ..) in self.periods.iter().filter(|p| since <= p.1) {
            self.note(since.max(*from), found);
        }
        Ok(())
    }

    /// Notes the days of everybody entered in bulk, from a number on.
    pub fn note_bulk(&self, conn: &Connection, s: &Subject, first: i64, op: i64, found: &mut BTreeMap<String, Day>) -> Result<()> {
        for table in s.tables {
            let Some(owner) = table.owner else { continue };
            for column in DAYS.into_iter().filter(|d| table.col(d).is_some()) {
                for (from, until, period) in &self.periods {
                    let least: Option<i32> = conn
                        .prepare_cached(&format!(
                            "SELECT min({column}) FROM {} WHERE {owner} >= ?1 AND made_op = ?2 AND {column} BETWEEN ?3 AND ?4",
                            table.name
                        ))?
                        .query_row([first, op, from.0.into(), until.0.into()], |r| r.get(0))?;
                    if let Some(day) = least.map(Day) {
                        found.entry(period.clone()).and_modify(|d| *d = day.min(*d)).or_insert(day);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The first day on which an op made something of a subject otherwise; None where it changed nothing that has a day.
pub fn first_moved(conn: &Connection, s: &Subject, id: i64, op: i64) -> Result<Option<Day>> {
    let mut first: Option<Day> = None;
    for table in s.tables.iter().filter(|t| t.col("voided_op").is_some()) {
        let days: Vec<&str> = DAYS.into_iter().filter(|d| table.col(d).is_some()).collect();
        if !days.is_empty() {
            let least = moved(conn, table, &days, id, op)?.into_iter().min();
            first = first.into_iter().chain(least).min();
        }
    }
    Ok(first)
}

/// The days on which what the rows of a table say was otherwise before the op: a row that only ended later says the same of its first day.
fn moved(conn: &Connection, table: &Table, days: &[&str], id: i64, op: i64) -> Result<Vec<Day>> {
    let Some(owner) = table.owner else { return Ok(Vec::new()) };
    let said: Vec<&str> =
        table.cols.iter().map(|c| c.0).filter(|c| !matches!(*c, "seq" | "made_op" | "voided_op") && !DAYS.contains(c)).collect();
    let sql = format!(
        "SELECT made_op = ?2, coalesce(voided_op, 0) = ?2, {}, {} FROM {} WHERE {owner} = ?1 AND (made_op = ?2 OR voided_op = ?2)",
        days.join(", "),
        said.join(", "),
        table.name
    );
    let mut st = conn.prepare_cached(&sql)?;
    let mut rows = st.query([id, op])?;
    let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
    while let Some(r) = rows.next()? {
        let (made, voided): (bool, bool) = (r.get(0)?, r.get(1)?);
        if made && voided {
            continue;
        }
        let said: Vec<Value> = (0..said.len()).map(|at| r.get(2 + days.len() + at)).collect::<rusqlite::Result<_>>()?;
        let said = format!("{said:?}");
        for (at, column) in days.iter().enumerate() {
            if let Some(day) = r.get::<_, Option<i32>>(2 + at)? {
                let side = if made { &mut after } else { &mut before };
                side.insert((day, *column, said.clone()));
            }
        }
    }
    Ok(before.symmetric_difference(&after).map(|(day, ..)| Day(*day)).collect())
}
