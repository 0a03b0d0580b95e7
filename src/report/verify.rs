//! Whether a frozen report still holds (`report verify`): reckoned again as known then, a difference means that somebody changed the file; reckoned
//! as known today, that the office learned better since, and by which entries. And what to look at before signing (`report check`).

use super::figures::{self, Record, Source};
use super::make::differences;
use super::period::Period;
use super::store::{self, Frozen};
use super::{Cell, Figure, Figures};
use crate::base::day::Day;
use crate::collect;
use crate::db::digest::{hex, sha256};
use crate::db::{open, reach, subject};
use crate::error::{self, Result};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What became of a frozen report.
pub struct Verified {
    /// Figures that are not what they were reckoned from.
    pub tampered: Vec<String>,
    /// Figures that today's knowledge makes otherwise.
    pub corrected: Vec<Corrected>,
}

/// A figure that the office has learned better.
pub struct Corrected {
    /// Its name.
    pub figure: String,
    /// As frozen.
    pub frozen: Value,
    /// As known today.
    pub now: Value,
    /// The entries that made it so.
    pub ops: Vec<i64>,
}

/// So many entries are named for a figure.
const OPS: usize = 50;

/// Looks a frozen report over.
pub fn verify(conn: &Connection, path: &Path, f: &Frozen) -> Result<Verified> {
    let period = Period::parse(&f.period).ok_or_else(|| error::not_office("damaged"))?;
    let then = open::open_read(path)?;
    store::as_known_at(&then, f.known_op)?;
    let past = Source { conn: &then, path: None, period, day: f.as_of };
    let present = Source { conn, path: Some(path), period, day: f.as_of };
    let mut tampered: Vec<String> =
        differences(&f.figures, &figures::figures(&past)?.json().to_string()).into_iter().map(|c| c.figure).collect();
    if hex(&sha256(f.figures.as_bytes())) != f.sha256 {
        tampered.push("sha256".to_owned());
    }
    let mut corrected = Vec::new();
    for c in differences(&f.figures, &figures::figures(&present)?.json().to_string()) {
        if tampered.contains(&c.figure) {
            continue;
        }
        let ops = match Figure::parse(&c.figure) {
            Some(figure) => {
                let mut ops = ops(conn, f, &figures::records_beneath(&past, &figure)?, &figures::records_beneath(&present, &figure)?)?;
                ops.extend(goals(conn, f, &figure)?);
                ops.into_iter().take(OPS).collect()
            }
            None => Vec::new(),
        };
        corrected.push(Corrected { figure: c.figure, frozen: c.before, now: c.after, ops });
    }
    Ok(Verified { tampered, corrected })
}

/// The entries made since that changed what only one of two lists has, for a day up to the report's.
fn ops(conn: &Connection, f: &Frozen, before: &[Record], after: &[Record]) -> Result<BTreeSet<i64>> {
    let key = |r: &Record| (r.kind, r.id, r.day, r.amount);
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (before.iter().map(key).collect(), after.iter().map(key).collect());
    let mut found = BTreeSet::new();
    for (kind, id, ..) in a.symmetric_difference(&b) {
        for op in store::ops_since(conn, f.known_op, kind, *id)? {
            let first = subject::by_kind(kind).map(|s| reach::first_moved(conn, s, *id, op)).transpose()?.flatten();
            if first.is_none_or(|day| day <= f.as_of) {
                found.insert(op);
            }
        }
        if found.len() > OPS {
            break;
        }
    }
    Ok(found)
}

/// The entries made since that set the goal a figure stands against.
fn goals(conn: &Connection, f: &Frozen, figure: &Figure) -> Result<Vec<i64>> {
    match (figure.table.as_str(), figure.column.as_str()) {
        ("targets", "introduced" | "all" | "left") => Ok(Vec::new()),
        ("targets", _) => store::goal_ops_since(conn, f.known_op, f.as_of, Some(&figure.row)),
        ("tasks", _) => store::goal_ops_since(conn, f.known_op, f.as_of, None),
        _ => Ok(Vec::new()),
    }
}

// ---------------------------------------------------------------- before signing

/// Something to look at before a report is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// fell, jumped, part_over_whole, silent.
    pub check: &'static str,
    /// The figure, or the unit.
    pub what: String,
    /// The unit's name.
    pub name: Option<String>,
    /// Its value, and what it stands against.
    pub value: Value,
    /// Before, or the whole.
    pub against: Value,
}

/// A figure that changes by more than so many tenths of a percent, and by more than so many, is told: people come and go in smaller numbers.
const STEEP: i64 = 300;
const FEW: i64 = 5;

/// What of a period's figures is doubtful.
pub fn doubts(conn: &Connection, period: Period, day: Day, figures: &Figures) -> Result<Vec<Doubt>> {
    let mut found = Vec::new();
    steep(figures, &mut found);
    parts(figures, &mut found);
    for round in collect::store::rounds(conn)?.into_iter().filter(|r| period.from() <= r.due && r.due <= day) {
        for u in collect::store::units(conn, round.id)? {
            if u.data.status(round.due, day) != "returned" {
                let no = crate::base::number::format(crate::org::PREFIX, u.data.org_id);
                let name = crate::org::store::name_at(conn, u.data.org_id, day)?.map(|(name, _)| name);
                found.push(Doubt { check: "silent", what: no, name, value: round.kind.clone().into(), against: round.due.iso().into() });
            }
        }
    }
    Ok(found)
}

/// People of a corps against the period before, comings and goings against a year before.
fn steep(figures: &Figures, found: &mut Vec<Doubt>) {
    for (table, column, against) in [("corps", "people", "previous"), ("flows", "in", "in_last_year"), ("flows", "out", "out_last_year")] {
        let Some(t) = figures.table(table) else { continue };
        for r in &t.rows {
            let n = |column: &str| t.cell(&r.key, column).and_then(Cell::int).unwrap_or(0);
            let (now, before) = (n(column), n(against));
            let change = now - before;
            if before > 0 && change.abs() > FEW && change.abs() * 1000 > before * STEEP {
                let check = if change < 0 { "fell" } else { "jumped" };
                found.push(Doubt {
                    check,
                    what: format!("{table}/{}/{column}", r.key),
                    name: None,
                    value: now.into(),
                    against: before.into(),
                });
            }
        }
    }
}

/// A part that is larger than its whole.
fn parts(figures: &Figures, found: &mut Vec<Doubt>) {
    let n = |f: &str| Figure::parse(f).and_then(|f| figures.cell(&f)?.int());
    let mut ask = |part: String, whole: String| {
        if let (Some(a), Some(b)) = (n(&part), n(&whole))
            && a > b
        {
            found.push(Doubt {
                check: "part_over_whole",
                what: part,
                name: None,
                value: a.into(),
                against: json!({"figure": whole, "value": b}),
            });
        }
    };
    for code in ["T3a", "T3b"] {
        ask(format!("targets/{code}/all"), "targets/T3/all".to_owned());
    }
    for t in figures.tables.iter().filter(|t| t.total.is_some()) {
        for r in &t.rows {
            for c in t.columns.iter().filter(|c| matches!(c.unit, super::Unit::People | super::Unit::Count)) {
                ask(format!("{}/{}/{}", t.key, r.key, c.key), format!("{}/total/{}", t.key, c.key));
            }
        }
    }
    for r in figures.table("cases").iter().flat_map(|t| &t.rows) {
        ask(format!("cases/{}/on_time", r.key), format!("cases/{}/closed", r.key));
    }
    for r in figures.table("rigid").iter().flat_map(|t| &t.rows) {
        ask(format!("rigid/{}/rigid", r.key), format!("rigid/{}/introduced", r.key));
    }
}
