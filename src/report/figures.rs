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

/// The records behind a figure; 4 where there is no such figure, 5 where it is reckoned of others.
pub fn records(s: &Source<'_>, f: &Figure) -> Result<Vec<Record>> {
    let pack = target::store::pack_on(s.conn, s.day.0)?;
    let missing = || error::not_found("no_figure").fact("figure", f);
    let Some(derived) = derived(&pack, f) else { return counted(s, &pack, f)?.ok_or_else(missing) };
    // Only of a row that there is.
    if let Some(row) = &derived.row {
        counted(s, &pack, row)?.ok_or_else(missing)?;
    }
    let names: Vec<String> = derived.of.iter().map(Figure::to_string).collect();
    let of = if names.is_empty() { format!("`{}`", derived.see) } else { names.join(", ") };
    Err(error::conflict("derived_figure").fact("figure", f).fact("of", of).detail("figures", names))
}

/// The records behind a figure, or behind those that it is reckoned of.
pub fn records_beneath(s: &Source<'_>, f: &Figure) -> Result<Vec<Record>> {
    let pack = target::store::pack_on(s.conn, s.day.0)?;
    let parts = derived(&pack, f).map_or_else(|| vec![f.clone()], |d| d.of);
    let mut found = Vec::new();
    for part in parts.iter().filter(|p| derived(&pack, p).is_none()) {
        found.extend(counted(s, &pack, part)?.unwrap_or_default());
    }
    Ok(found)
}

/// A figure that no records stand behind by themselves.
struct Derived {
    /// The figures it is reckoned of; of what an office sets, none.
    of: Vec<Figure>,
    /// A figure of its row that is counted.
    row: Option<Figure>,
    /// The command that shows where it comes from.
    see: String,
}

/// Shares, and what targets say beyond counting; a goal and a name are set, not counted.
fn derived(pack: &TargetsPack, f: &Figure) -> Option<Derived> {
    let of = |row: &str, column: &str| Figure { table: f.table.clone(), row: row.to_owned(), column: column.to_owned() };
    let mine = |columns: &[&str]| {
        let of: Vec<Figure> = columns.iter().map(|c| of(&f.row, c)).collect();
        Derived { row: of.first().cloned(), of, see: String::new() }
    };
    Some(match (f.table.as_str(), f.column.as_str()) {
        ("targets", column) => {
            let followed = pack.targets.iter().find(|t| t.code == f.row)?.follows.code();
            let columns: &[&str] = match column {
                "goal" => &[],
                "expected" => &["goal"],
                "remaining" | "percent" => &["goal", followed],
                "colour" => &["expected", "goal", followed],
                _ => return None,
            };
            Derived { row: None, see: "rencai policy show targets".to_owned(), ..mine(columns) }
        }
        ("funds", "name") if f.row != "total" => {
            Derived { of: Vec::new(), see: format!("rencai fund show {}", f.row), ..mine(&["appropriated"]) }
        }
        ("rigid", "rigid_share") => mine(&["rigid", "introduced"]),
        ("cases", "on_time_share") => mine(&["on_time", "closed"]),
        (key, "share") if people::whole().any(|whole| whole == key) => {
            let mut d = mine(&["people"]);
            if f.row != "total" {
                d.of.push(of("total", "people"));
            }
            d
        }
        _ => return None,
    })
}

/// The records that are counted in a figure; None where no records are.
fn counted(s: &Source<'_>, pack: &TargetsPack, f: &Figure) -> Result<Option<Vec<Record>>> {
    let span = s.span();
    match f.table.as_str() {
        "targets" => of_target(s, pack, f),
        key if money::KEYS.contains(&key) => money::records(s.conn, span, f),
        key if works::KEYS.contains(&key) => works::records(s.conn, span, f),
        key if matters::KEYS.contains(&key) => matters::records(s.conn, span, pack, f),
        _ => Ok(people::records(s.conn, &s.when(pack), f)?.map(|list| list.into_iter().map(of_people).collect())),
    }
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
    let span = s.span();
    // Of platforms the stock alone is counted.
    let columns: &[&str] = if matches!(t.counts, Counts::Platforms { .. }) { &["all"] } else { &["introduced", "all", "left"] };
    if !columns.contains(&f.column.as_str()) {
        return Ok(None);
    }
    match &t.counts {
        Counts::People { corps, .. } => {
            let (table, column) = match f.column.as_str() {
                "all" => ("corps", "people"),
                column => ("rigid", column),
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
                    "introduced" => v.introduced,
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
