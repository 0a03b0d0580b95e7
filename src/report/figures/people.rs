//! The tables about people and their cards, and who stands behind a figure of them: one pass over people (`store`) feeds all of it, each person
//! counted by what is known of them (`person`).

mod person;
mod store;

pub use store::{at_head, is_large};

use super::super::period::{Length, Period};
use super::super::{Cell, Column, Figure, Row, Table, share};
use crate::base::codes;
use crate::base::day::Day;
use crate::error::Result;
use crate::policy::Term;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use store::pass;

/// So many days are looked at in the pass: `When::days`.
const DAYS: usize = 7;
/// The first of the quarters' ends among them.
const FIRST_QUARTER: usize = 3;

/// The days a report looks at people on, and the periods it looks at.
#[derive(Clone, Debug)]
pub struct When {
    /// The report's day.
    pub day: Day,
    /// The period.
    pub period: Period,
    /// The days the plan's goals are set for: who was introduced is reckoned from its start.
    pub term: Term,
}

impl When {
    /// This day, the end of the period before, the end of the same period last year; of a year its quarters' ends too.
    fn days(&self) -> [Day; DAYS] {
        let never = Day(i32::MIN);
        let quarter = |n: u32| match self.period.length {
            Length::Year => Period { length: Length::Quarter, number: n, ..self.period }.until().min(self.day),
            _ => never,
        };
        [self.day, self.period.previous().until(), self.period.last_year().until(), quarter(1), quarter(2), quarter(3), quarter(4)]
    }

    /// First days of the three periods.
    fn begins(&self) -> [Day; 3] {
        [self.period.from(), self.period.previous().from(), self.period.last_year().from()]
    }
}

/// A table whose rows are the codes of one set, one person in one row.
struct Dim {
    key: &'static str,
    set: Option<&'static str>,
    /// Keys where there is no code set.
    keys: &'static [&'static str],
}

const fn dim(key: &'static str, set: &'static str) -> Dim {
    Dim { key, set: Some(set), keys: &[] }
}

/// Age bands as the field counts them: 35 and under includes 35.
const AGES: [&str; 6] = ["to_35", "36_40", "41_45", "46_50", "51_54", "from_55"];
const SOURCES: [&str; 3] = ["mainland", "hmt", "foreign"];

const DIMS: [Dim; 14] = [
    dim("class", "class"),
    dim("category", "category"),
    Dim { key: "age", set: None, keys: &AGES },
    dim("sex", "sex"),
    dim("ethnicity", "ethnicity"),
    dim("education", "education"),
    dim("degree", "degree"),
    dim("title", "title"),
    dim("skill_level", "skill_level"),
    dim("industry", "industry"),
    dim("gb_industry", "gb_industry"),
    dim("project_line", "project_line"),
    Dim { key: "source", set: None, keys: &SOURCES },
    dim("mode", "mode"),
];

impl Dim {
    fn rows(&self) -> Vec<&'static str> {
        let mut rows: Vec<&'static str> = match self.set {
            Some(set) => codes::codes(set).map(|c| c.code).collect(),
            None => self.keys.to_vec(),
        };
        rows.push(UNKNOWN);
        rows
    }
}

/// The row of whoever has no code.
const UNKNOWN: &str = "unknown";

const CORPS: usize = 0;
const RIGID: usize = 1;
const FLOWS: usize = 2;
const LEFT: usize = 3;
const QUALITY: usize = 4;
const CARDS: usize = 5;
const TREND: usize = 6;
/// The first of `DIMS`.
const FIRST_DIM: usize = 7;

const QUALITIES: [&str; 7] =
    ["no_birth_date", "no_education", "no_category", "no_document", "document_expired", "contract_over", "several_engagements"];
const CARD_STATES: [&str; 6] = ["valid", "suspended", "lost", "expired", "closed", "revoked"];

/// A table being counted: rows and columns by place.
#[derive(Clone, Debug)]
struct Count {
    key: &'static str,
    set: Option<&'static str>,
    columns: Vec<Column>,
    rows: Vec<String>,
    cells: Vec<Vec<i64>>,
    total: Vec<i64>,
}

impl Count {
    fn new(key: &'static str, set: Option<&'static str>, columns: Vec<Column>, rows: &[&str]) -> Count {
        let cells = vec![vec![0; columns.len()]; rows.len()];
        Count { key, set, total: vec![0; columns.len()], columns, rows: rows.iter().map(|r| (*r).to_owned()).collect(), cells }
    }

    /// The place of a row that is found as it comes: card levels are the office's own.
    fn row(&mut self, key: &str) -> usize {
        match self.rows.iter().position(|r| r == key) {
            Some(at) => at,
            None => {
                self.rows.push(key.to_owned());
                self.cells.push(vec![0; self.columns.len()]);
                self.rows.len() - 1
            }
        }
    }

    fn merge(&mut self, other: Count) {
        for (name, cells) in other.rows.iter().zip(other.cells) {
            let at = self.row(name);
            for (sum, n) in self.cells[at].iter_mut().zip(cells) {
                *sum += n;
            }
        }
        for (sum, n) in self.total.iter_mut().zip(other.total) {
            *sum += n;
        }
    }
}

/// Where a pass puts what it finds: counts, or the records behind one figure.
struct Sink {
    counts: Vec<Count>,
    wanted: Option<(usize, String, usize)>,
    found: Vec<Found>,
}

/// A record behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A person.
    Person(i64),
    /// A card.
    Card(i64),
}

impl Sink {
    fn hit(&mut self, table: usize, row: usize, column: usize, what: Found) {
        let t = &mut self.counts[table];
        t.cells[row][column] += 1;
        t.total[column] += 1;
        if let Some((wanted, key, at)) = &self.wanted
            && *wanted == table
            && *at == column
            && (key == "total" || *key == t.rows[row])
        {
            self.found.push(what);
        }
    }

    fn hit_key(&mut self, table: usize, key: &str, column: usize, what: Found) {
        let row = self.counts[table].row(key);
        self.hit(table, row, column, what);
    }
}

fn counts() -> Vec<Count> {
    let corps: Vec<&str> = codes::codes("corps").map(|c| c.code).collect();
    let three = |a, b, c| vec![Column::people(a), Column::people(b), Column::people(c)];
    let mut all = vec![
        Count::new("corps", Some("corps"), three("people", "previous", "last_year"), &corps),
        Count::new("rigid", Some("corps"), [three("introduced", "rigid", "flexible"), vec![Column::people("left")]].concat(), &corps),
        Count::new(
            "flows",
            Some("corps"),
            [three("in", "in_previous", "in_last_year"), three("out", "out_previous", "out_last_year")].concat(),
            &corps,
        ),
        Count::new("left_why", Some("leave_why"), vec![Column::people("out")], &with_unknown("leave_why")),
        Count::new("quality", None, vec![Column::people("people")], &QUALITIES),
        Count::new(
            "cards",
            None,
            [CARD_STATES.map(Column::people).to_vec(), vec![Column::people("issued"), Column::people("attached")]].concat(),
            &[],
        ),
        Count::new("trend", Some("corps"), ["q1", "q2", "q3", "q4"].map(Column::people).to_vec(), &corps),
    ];
    all.extend(DIMS.iter().map(|d| Count::new(d.key, d.set, vec![Column::people("people")], &d.rows())));
    all
}

fn with_unknown(set: &str) -> Vec<&'static str> {
    codes::codes(set).map(|c| c.code).chain([UNKNOWN]).collect()
}

/// Keys of the tables that put each person in one row.
pub fn whole() -> impl Iterator<Item = &'static str> {
    DIMS.iter().map(|d| d.key)
}

/// Keys of the tables that this pass makes.
pub fn keys() -> Vec<&'static str> {
    counts().iter().map(|c| c.key).collect()
}

/// The tables about people and their cards.
pub fn tables(conn: &Connection, path: Option<&Path>, when: &When) -> Result<Vec<Table>> {
    let mut tables = finish(pass(conn, path, when, None)?.counts);
    // Of a year the period before and a year before are one; only a year has quarters.
    match when.period.length {
        Length::Year => tables.iter_mut().for_each(|t| drop_columns(t, |key| matches!(key, "previous" | "in_previous" | "out_previous"))),
        _ => tables.retain(|t| t.key != "trend"),
    }
    Ok(tables)
}

fn drop_columns(t: &mut Table, drop: impl Fn(&str) -> bool) {
    let keep: Vec<bool> = t.columns.iter().map(|c| !drop(c.key)).collect();
    let kept = |cells: &mut Vec<Cell>| {
        let mut keep = keep.iter();
        cells.retain(|_| *keep.next().unwrap_or(&true));
    };
    t.rows.iter_mut().map(|r| &mut r.cells).chain(&mut t.total).for_each(kept);
    let mut keep = keep.iter();
    t.columns.retain(|_| *keep.next().unwrap_or(&true));
}

/// The persons or cards behind a figure of these tables; None where there is no such figure.
pub fn records(conn: &Connection, when: &When, f: &Figure) -> Result<Option<Vec<Found>>> {
    let empty = counts();
    let Some(table) = empty.iter().position(|c| c.key == f.table) else { return Ok(None) };
    let Some(column) = empty[table].columns.iter().position(|c| c.key == f.column) else { return Ok(None) };
    let sink = pass(conn, None, when, Some((table, f.row.clone(), column)))?;
    if f.row != "total" && !sink.counts[table].rows.contains(&f.row) {
        return Ok(None);
    }
    Ok(Some(sink.found))
}

/// Counts as tables: shares are added, rows nobody is in left out where a set is long.
fn finish(counts: Vec<Count>) -> Vec<Table> {
    counts.into_iter().map(table).collect()
}

fn table(c: Count) -> Table {
    let total: Vec<Cell> = c.total.iter().map(|n| Cell::Int(*n)).collect();
    let mut rows: Vec<Row> = c
        .rows
        .iter()
        .zip(&c.cells)
        .map(|(key, cells)| Row { key: key.clone(), name: None, cells: cells.iter().map(|n| Cell::Int(*n)).collect() })
        .collect();
    let mut out = Table { key: c.key, set: c.set, columns: c.columns, rows: Vec::new(), total: Some(total) };
    let empty = |r: &Row| r.cells.iter().all(|n| n.int() == Some(0));
    match c.key {
        "quality" => out.total = None,
        "rigid" => {
            out.columns.push(Column::percent("rigid_share"));
            let with = |cells: &mut Vec<Cell>| {
                let n = |at: usize| cells.get(at).and_then(Cell::int).unwrap_or(0);
                let s = share(n(1), n(0));
                cells.push(s);
            };
            rows.iter_mut().for_each(|r| with(&mut r.cells));
            if let Some(t) = &mut out.total {
                with(t);
            }
        }
        key if DIMS.iter().any(|d| d.key == key) => {
            let long = rows.len() > 12;
            rows.retain(|r| !(empty(r) && (long || r.key == UNKNOWN)));
            out.columns.push(Column::percent("share"));
            let whole = c.total[0];
            for r in &mut rows {
                let n = r.cells[0].int().unwrap_or(0);
                r.cells.push(share(n, whole));
            }
            if let Some(t) = &mut out.total {
                t.push(share(whole, whole));
            }
        }
        "left_why" => rows.retain(|r| !(empty(r) && r.key == UNKNOWN)),
        "cards" => {
            let order: BTreeMap<usize, &str> = codes::codes("card_level").map(|c| c.code).enumerate().collect();
            let rank = |key: &str| order.iter().find(|(_, c)| **c == key).map_or(usize::MAX, |(at, _)| *at);
            rows.sort_by(|a, b| rank(&a.key).cmp(&rank(&b.key)).then_with(|| a.key.cmp(&b.key)));
        }
        _ => {}
    }
    out.rows = rows;
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_table_has_a_key_of_its_own() {
        let keys = keys();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(keys[FIRST_DIM], DIMS[0].key);
    }
}
