//! What a report says of the zone's own works: who was trained by named project, how the plan's tasks stand, integrity cases as numbers alone. With the
//! records behind each figure.

use super::super::{Cell, Column, Figure, Row, Table};
use super::{Record, Span};
use crate::base::codes;
use crate::base::money::Fen;
use crate::error::{self, Result};
use crate::programme::figures::Counted;
use crate::programme::{self, Kind};
use crate::target::{Colour, Figures as TargetFigures};
use crate::task::{self, look::Book};
use crate::{blacklist, talent};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Keys of the tables here.
pub const KEYS: [&str; 3] = ["trained", "tasks", "integrity"];

const TRAINED: [Column; 5] =
    [Column::count("programmes"), Column::people("trained"), Column::people("passed"), Column::people("stayed"), Column::money("cost")];
const TASKS: [Column; 1] = [Column::count("tasks")];
const INTEGRITY: [Column; 5] =
    [Column::people("opened"), Column::people("listed"), Column::people("in_force"), Column::people("repaired"), Column::people("ended")];

/// The tables; tasks by what the targets were counted to.
pub fn tables(conn: &Connection, span: Span, of_targets: Vec<TargetFigures>) -> Result<Vec<Table>> {
    let table = |key, columns: &[Column], rows: &[&str], hits: Vec<Hit>| -> Result<Table> {
        let sum = |row: &dyn Fn(&str) -> bool, column: &str| -> Result<Cell> {
            let mine = hits.iter().filter(|h| row(&h.row) && h.column == column);
            match columns.iter().find(|c| c.key == column).map(|c| c.unit) {
                Some(super::super::Unit::Money) => {
                    let all = mine.map(|h| h.record.amount.map_or(0, |a| a.0)).try_fold(0i64, i64::checked_add);
                    all.map(Cell::Int).ok_or_else(|| error::bad_data("amount_range"))
                }
                // Whoever took part twice is one person.
                _ => Ok(Cell::Int(mine.map(|h| h.record.id).collect::<BTreeSet<_>>().len() as i64)),
            }
        };
        let cells = |row: &dyn Fn(&str) -> bool| columns.iter().map(|c| sum(row, c.key)).collect::<Result<Vec<_>>>();
        let row = |key: &&str| Ok(Row { key: (*key).to_owned(), name: None, cells: cells(&|r| r == *key)? });
        let rows = rows.iter().map(row).collect::<Result<_>>()?;
        Ok(Table { key, set: None, columns: columns.to_vec(), rows, total: Some(cells(&|_| true)?) })
    };
    let mut trained = table("trained", &TRAINED, &trained_rows(), trained(conn, span)?)?;
    trained.rows.retain(|r| r.cells[0] != Cell::Int(0));
    Ok(vec![
        trained,
        table("tasks", &TASKS, &COLOURS.map(|c| c.0), tasks(conn, span, Some(of_targets))?)?,
        table("integrity", &INTEGRITY, &SUBJECTS, integrity(conn, span)?)?,
    ])
}

/// The records behind a figure of these tables; None where there is no such figure.
pub fn records(conn: &Connection, span: Span, f: &Figure) -> Result<Option<Vec<Record>>> {
    let (rows, columns, hits) = match f.table.as_str() {
        "trained" => (trained_rows(), &TRAINED[..], trained(conn, span)?),
        "tasks" => (COLOURS.map(|c| c.0).to_vec(), &TASKS[..], tasks(conn, span, None)?),
        _ => (SUBJECTS.to_vec(), &INTEGRITY[..], integrity(conn, span)?),
    };
    if f.row != "total" && !rows.contains(&f.row.as_str()) || columns.iter().all(|c| c.key != f.column) {
        return Ok(None);
    }
    let mut seen = BTreeSet::new();
    let mine = hits.into_iter().filter(|h| (f.row == "total" || h.row == f.row) && h.column == f.column);
    Ok(Some(mine.map(|h| h.record).filter(|r| seen.insert(r.id)).collect()))
}

/// A record that counts in a row and column.
struct Hit {
    row: String,
    column: &'static str,
    record: Record,
}

// ---------------------------------------------------------------- programmes

/// The named projects (靶向育才工程) first, then what else there is.
fn trained_rows() -> Vec<&'static str> {
    let named = codes::codes("named_project").map(|c| c.code);
    named.chain(Kind::ALL.into_iter().map(Kind::code)).collect()
}

fn trained(conn: &Connection, span: Span) -> Result<Vec<Hit>> {
    let (programmes, parts) = programme::store::counted(conn, span.from, span.until, span.until)?;
    let row = |p: &Counted| p.named_project.clone().unwrap_or_else(|| p.kind.code().to_owned());
    let mut hits = Vec::new();
    for p in &programmes {
        let record = Record::of("programme", programme::PREFIX, p.id);
        hits.push(Hit { row: row(p), column: "programmes", record: record.clone() });
        hits.push(Hit { row: row(p), column: "cost", record: record.worth(p.cost.unwrap_or(Fen::ZERO)) });
    }
    for part in parts.iter().filter(|p| p.attended) {
        let Some(p) = programmes.iter().find(|p| p.id == part.programme_id) else { continue };
        let record = Record::of("person", talent::PREFIX, part.person_id);
        let so = [("trained", true), ("passed", part.passed), ("stayed", part.here)];
        hits.extend(so.into_iter().filter(|(_, is)| *is).map(|(column, _)| Hit { row: row(p), column, record: record.clone() }));
    }
    Ok(hits)
}

// ---------------------------------------------------------------- tasks

const COLOURS: [(&str, Colour); 5] =
    [("done", Colour::Done), ("green", Colour::Green), ("yellow", Colour::Yellow), ("red", Colour::Red), ("grey", Colour::Grey)];

fn tasks(conn: &Connection, span: Span, of_targets: Option<Vec<TargetFigures>>) -> Result<Vec<Hit>> {
    let book = Book::open(conn, span.until)?;
    let book = match of_targets {
        Some(figures) => book.knowing(figures),
        None => book,
    };
    let mut hits = Vec::new();
    for t in task::store::tasks(conn)? {
        let record = Record::of("task", task::PREFIX, t.id);
        let seen = book.seen(t)?;
        let row = COLOURS.iter().find(|(_, c)| *c == seen.standing.colour).map_or("grey", |c| c.0);
        hits.push(Hit { row: row.to_owned(), column: "tasks", record });
    }
    Ok(hits)
}

// ---------------------------------------------------------------- integrity

const SUBJECTS: [&str; 2] = ["person", "org"];

/// Opened, listed, repaired and run out within the period; in force on its day. One that was annulled is in none of them.
fn integrity(conn: &Connection, span: Span) -> Result<Vec<Hit>> {
    let within = |d: Option<crate::base::day::Day>| d.is_some_and(|d| span.from <= d && d <= span.until);
    let mut hits = Vec::new();
    blacklist::look::each_seen(conn, span.until, 0, |s| {
        let row = SUBJECTS[usize::from(matches!(s.case.whom, blacklist::Whom::Unit(_)))];
        let so = [
            ("opened", within(Some(s.case.opened))),
            ("listed", within(s.from)),
            ("in_force", s.state == "in_force"),
            ("repaired", within(s.repaired)),
            ("ended", within(s.until.filter(|_| s.state == "expired"))),
        ];
        let record = Record::of("integrity_case", blacklist::PREFIX, s.case.id).on(s.case.opened);
        hits.extend(so.into_iter().filter(|(_, is)| *is).map(|(column, _)| Hit { row: row.to_owned(), column, record: record.clone() }));
        Ok(())
    })?;
    Ok(hits)
}
