//! The figures of a period, put together from what is read of people, money and other matters; and the records behind one of them.

pub mod matters;
pub mod money;
pub mod people;
pub mod works;

use super::period::Period;
use super::{Figure, Figures, Table};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::write;
use crate::error::{self, Result};
use crate::policy::TargetsPack;
use crate::{card, talent, target};
use people::{Found, When};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// The days of a report: the period's own, up to the day it is made where the period still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// The report's day.
    pub until: Day,
}

/// A record behind a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Kind of subject, as the log has it.
    pub kind: &'static str,
    /// Its id.
    pub id: i64,
    /// Its human number, or what a clerk knows it by.
    pub no: String,
    /// Since when, or when.
    pub day: Option<Day>,
    /// Of money how much.
    pub amount: Option<Fen>,
}

impl Record {
    /// A record of a kind; numbered where it has a prefix.
    pub fn of(kind: &'static str, prefix: &str, id: i64) -> Record {
        let no = if prefix.is_empty() { id.to_string() } else { number::format(prefix, id) };
        Record { kind, id, no, day: None, amount: None }
    }

    /// With its day.
    #[must_use]
    pub fn on(self, day: Day) -> Record {
        Record { day: Some(day), ..self }
    }

    /// With its amount.
    #[must_use]
    pub fn worth(self, amount: Fen) -> Record {
        Record { amount: Some(amount), ..self }
    }
}

/// What a report is reckoned of: the office as it is known, on a day, for a period.
pub struct Source<'c> {
    /// The office.
    pub conn: &'c Connection,
    /// Its file, where several threads may read it.
    pub path: Option<&'c Path>,
    /// The period.
    pub period: Period,
    /// The report's day.
    pub day: Day,
}

impl Source<'_> {
    fn span(&self) -> Span {
        Span { from: self.period.from(), until: self.day }
    }

    fn when(&self, pack: &TargetsPack) -> When {
        When { day: self.day, period: self.period, term: pack.term.clone() }
    }
}

/// All figures.
pub fn figures(s: &Source<'_>) -> Result<Figures> {
    let pack = target::store::pack_on(s.conn, s.day.0)?;
    let span = s.span();
    let (mut of_people, of_money) = people_and_money(s, &s.when(&pack))?;
    let of_targets = matters::of_targets(s.conn, span, &pack, &by_corps(&of_people))?;
    let mut works = works::tables(s.conn, span, of_targets.clone())?;
    let mut tables = vec![matters::targets_table(span, &pack, of_targets)];
    tables.extend(take(&mut works, "tasks"));
    // The order of a reader's questions: people, their cards, cases and money, then units; what is doubtful last.
    let quality = take(&mut of_people, "quality");
    let cards = take(&mut of_people, "cards");
    tables.append(&mut of_people);
    tables.extend(take(&mut works, "trained"));
    tables.extend(cards);
    let mut others = matters::tables(s.conn, span, &pack)?;
    tables.extend(take(&mut others, "cases"));
    tables.extend(of_money);
    let (units, log) = (take(&mut others, "units"), take(&mut others, "log"));
    tables.append(&mut others);
    tables.append(&mut works);
    tables.extend(quality.into_iter().chain(units).chain(log));
    Ok(Figures { tables })
}

/// The two long readings, of people and of the ledger; of a large office at once.
fn people_and_money(s: &Source<'_>, when: &When) -> Result<(Vec<Table>, Vec<Table>)> {
    let span = s.span();
    let Some(path) = s.path.filter(|_| people::is_large(s.conn).unwrap_or(false)) else {
        return Ok((people::tables(s.conn, s.path, when)?, money::tables(s.conn, span)?));
    };
    let (head, ..) = write::head(s.conn)?;
    let (of_people, of_money) = std::thread::scope(|scope| {
        let money = scope.spawn(move || people::at_head(path, head, |conn| money::tables(conn, span)));
        (people::tables(s.conn, s.path, when), money.join().unwrap_or_else(|_| Err(error::io("memory"))))
    });
    Ok((of_people?, of_money?.map_or_else(|| money::tables(s.conn, span), Ok)?))
}

fn take(tables: &mut Vec<Table>, key: &str) -> Option<Table> {
    tables.iter().position(|t| t.key == key).map(|at| tables.remove(at))
}

/// What the targets ask of people: introduced, all, left, by corps.
fn by_corps(tables: &[Table]) -> BTreeMap<&str, [i64; 3]> {
    let n = |table: &str, row: &str, column: &str| {
        let t = tables.iter().find(|t| t.key == table);
        t.and_then(|t| t.cell(row, column)).and_then(super::Cell::int).unwrap_or(0)
    };
    let corps = tables.iter().find(|t| t.key == "corps");
    let rows = corps.iter().flat_map(|t| &t.rows);
    rows.map(|r| (r.key.as_str(), [n("rigid", &r.key, "introduced"), n("corps", &r.key, "people"), n("rigid", &r.key, "left")])).collect()
}

/// The records behind a figure; 4 where there is no such figure.
pub fn records(s: &Source<'_>, f: &Figure) -> Result<Vec<Record>> {
    let pack = target::store::pack_on(s.conn, s.day.0)?;
    let span = s.span();
    let found = match f.table.as_str() {
        "targets" => of_target(s, &pack, f)?,
        key if money::KEYS.contains(&key) => money::records(s.conn, span, f)?,
        key if works::KEYS.contains(&key) => works::records(s.conn, span, f)?,
        key if matters::KEYS.contains(&key) => matters::records(s.conn, span, &pack, f)?,
        _ => {
            // A share rests on the people of its row.
            let column = match f.column.as_str() {
                "share" => "people",
                "rigid_share" => "introduced",
                c => c,
            };
            let asked = Figure { column: column.to_owned(), ..f.clone() };
            people::records(s.conn, &s.when(&pack), &asked)?.map(|list| list.into_iter().map(of_people).collect())
        }
    };
    found.ok_or_else(|| error::not_found("no_figure").fact("figure", f))
}

fn of_people(f: Found) -> Record {
    match f {
        Found::Person(id) => Record::of("person", talent::PREFIX, id),
        Found::Card(id) => Record::of("card", card::PREFIX, id),
    }
}

/// A target's figures are those of the tables it is counted in.
fn of_target(s: &Source<'_>, pack: &TargetsPack, f: &Figure) -> Result<Option<Vec<Record>>> {
    use crate::policy::Counts;
    let Some(t) = pack.targets.iter().find(|t| t.code == f.row) else { return Ok(None) };
    let flow =
        f.column == "introduced" || matches!(f.column.as_str(), "percent" | "colour" | "remaining") && t.follows.code() == "introduced";
    let span = s.span();
    match &t.counts {
        Counts::People { corps, .. } => {
            let (table, column) = match f.column.as_str() {
                "left" => ("rigid", "left"),
                _ if flow => ("rigid", "introduced"),
                "all" | "percent" | "colour" | "remaining" => ("corps", "people"),
                _ => return Ok(None),
            };
            let asked = Figure { table: table.into(), row: corps.code().into(), column: column.into() };
            Ok(people::records(s.conn, &s.when(pack), &asked)?.map(|l| l.into_iter().map(of_people).collect()))
        }
        Counts::Orgs { kinds } => {
            let mut found = Vec::new();
            target::store::each_org(s.conn, span.until.0, |id, _, facts| {
                let v = target::org_verdict(&facts, kinds, span.until.0, &pack.term);
                let counts = match f.column.as_str() {
                    "left" => v.left,
                    _ if flow => v.introduced,
                    _ => v.all,
                };
                if counts {
                    found.push(Record::of("org", crate::org::PREFIX, id).on(facts.introduced_on.map_or(span.until, Day)));
                }
                Ok(())
            })?;
            Ok(Some(found))
        }
        Counts::Platforms { kinds } => {
            let mut found = Vec::new();
            target::store::each_platform(s.conn, span.until.0, |id, _, facts, since| {
                if target::platform_verdict(&facts, kinds).all {
                    found.push(Record::of("platform", crate::platform::PREFIX, id).on(since.map_or(span.until, Day)));
                }
                Ok(())
            })?;
            Ok(Some(found))
        }
    }
}
