//! `roster match`: a list in, the same list out with what the office knows of each line. No record changes; that somebody read is
//! recorded before the first line is answered.

use super::import::{self, Row, Settings};
use super::out::Writer;
use super::report::Report;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::sheet::{Column as SheetColumn, What};
use crate::base::{names, number};
use crate::blacklist::Whom;
use crate::blacklist::store::listed;
use crate::db::files::not_over;
use crate::error::Result;
use crate::office::{Exit, Office};
use crate::talent::entry::{self, Key};
use crate::talent::store as people;
use crate::talent::{PREFIX, known};
use crate::ui::{Column, View};
use rusqlite::Connection;
use serde_json::{Map, json};
use std::collections::HashSet;
use std::path::Path;

/// Columns by which a line is known; all others are carried along.
pub const COLUMNS: &[SheetColumn] = &[
    column("no", "编号", &["人才编号"]),
    column("name", "姓名", &["名字", "人才姓名"]),
    column("id_type", "证件类型", &["证件种类"]),
    column("id_number", "证件号码", &["身份证号", "身份证号码", "证件号", "公民身份号码"]),
    column("birth_date", "出生日期", &["出生年月", "出生年月日", "生日"]),
];

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str]) -> SheetColumn {
    SheetColumn { name, zh, aliases, what: What::Text, set: None, personal: false, required: false }
}

/// The columns behind those of the list, under the names scripts know them by.
const ANSWERS: [&str; 5] = ["known", "card", "paid", "standing", "likely"];

/// What the office knows of a line.
#[derive(Debug, Default)]
struct Answer {
    /// Number of the person.
    known: Option<String>,
    /// Number of the card that is out.
    card: Option<String>,
    /// Yuan paid so far.
    paid: Option<String>,
    /// clear, or in_force where an integrity case is.
    standing: Option<&'static str>,
    /// Persons it may be, with the reason: never a ground of refusal.
    likely: Option<String>,
}

impl Answer {
    fn cells(&self) -> [&str; 5] {
        [
            self.known.as_deref().unwrap_or_default(),
            self.card.as_deref().unwrap_or_default(),
            self.paid.as_deref().unwrap_or_default(),
            self.standing.unwrap_or_default(),
            self.likely.as_deref().unwrap_or_default(),
        ]
    }
}

/// Matches a list. With `out` it goes into a file, else onto stdout in the form asked for.
pub fn run(office: &Office, file: &Path, sheet: Option<String>, out: Option<&Path>) -> Result<Exit> {
    office.read()?;
    let set = Settings::of_list(file, sheet, office.globals.reveal);
    let mut list = import::List::open(file, &set, &mut Report::default())?;
    let mut what = Map::new();
    what.insert("file".into(), set.file_name.clone().into());
    what.insert("sha256".into(), list.sha256.clone().into());
    let op = office.record_access("roster.match", what)?;
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let day = office.as_of();
    let listed: HashSet<Whom> = listed::entries(conn, day, i64::MAX)?.into_iter().filter_map(|e| e.whom).collect();
    let (mut rows, mut known, mut likely) = (0u64, 0u64, 0u64);
    let mut count = |a: &Answer| {
        rows += 1;
        known += u64::from(a.known.is_some());
        likely += u64::from(a.known.is_none() && a.likely.is_some());
    };
    let Some(path) = out else {
        let columns = ["row", "name", "known", "card", "paid", "standing", "likely"].into_iter().map(Column::new).collect();
        office.list(columns, None, |put| {
            while let Some(row) = list.next(file)? {
                let a = answer(conn, &row, day, &listed)?;
                let name = row.at(1).map(names::clean);
                put(&json!({
                    "row": row.number, "name": name, "known": a.known, "card": a.card, "paid": a.paid, "standing": a.standing,
                    "likely": a.likely,
                }))?;
            }
            Ok(Vec::new())
        })?;
        return Ok(Exit::Done);
    };
    let headers: Vec<&str> = list.headers.iter().map(String::as_str).chain(ANSWERS).collect();
    not_over(path, file)?;
    let mut writer = Writer::open_list(office, path, &headers)?;
    let width = headers.len() - ANSWERS.len();
    while let Some(row) = list.next(file)? {
        let a = answer(conn, &row, day, &listed)?;
        count(&a);
        let mut cells = row.cells();
        cells.resize(width, String::new());
        writer.row(cells.iter().map(String::as_str).chain(a.cells()))?;
    }
    writer.finish()?;
    let shown = |p: &Path| crate::ui::out::shown(&p.display().to_string());
    office.show(&View::object(json!({
        "file": shown(file), "out": shown(path), "rows": rows, "known": known, "likely": likely, "unknown": rows - known - likely, "op": op,
    })))?;
    Ok(Exit::Done)
}

/// What is known of a line: a person by document, or by number where the name agrees; else whom it may be.
fn answer(conn: &Connection, row: &Row, day: Day, listed: &HashSet<Whom>) -> Result<Answer> {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    for (at, key) in [Key::No, Key::Name, Key::IdType, Key::IdNumber, Key::BirthDate].into_iter().enumerate() {
        raw[key as usize] = row.at(at);
    }
    let draft = entry::check(&raw).draft;
    let mut likely: Vec<(i64, &'static str)> = Vec::new();
    let mut found: Option<i64> = None;
    let named = |id: i64| -> Result<bool> {
        let Some(name) = &draft.name else { return Ok(true) };
        people::is_named(conn, id, &names::fold(name))
    };
    for doc in &draft.documents {
        for (id, paper, _) in people::holders(conn, &doc.key)? {
            match (paper == doc.number, named(id)?) {
                (true, true) => found = found.or(Some(id)),
                // The number of one and the name of another: a slip in one of them.
                (true, false) => likely.push((id, "name_differs")),
                (false, _) => likely.push((id, "old_number")),
            }
        }
    }
    if let (None, Some(id), Some(_)) = (found, draft.no, &draft.name) {
        let id = people::survivor(conn, id)?;
        found = if named(id)? { Some(id) } else { None };
    }
    if found.is_none() {
        for (id, reasons) in known::likely_twins(conn, &draft)? {
            if !likely.iter().any(|l| l.0 == id) {
                likely.extend(reasons.first().map(|r| (id, *r)));
            }
        }
    }
    let Some(id) = found else {
        let said: Vec<String> = likely.iter().map(|(id, why)| format!("{} {why}", number::format(PREFIX, *id))).collect();
        return Ok(Answer { likely: (!said.is_empty()).then(|| said.join("; ")), ..Answer::default() });
    };
    let id = people::survivor(conn, id)?;
    let openings = people::openings(conn, id)?;
    let held = crate::card::cmd::of_person(conn, id, day)?;
    let held =
        held.filter(|c| !crate::card::is_dead(c["status"].as_str().unwrap_or_default())).and_then(|c| c["no"].as_str().map(str::to_owned));
    let card = openings.iter().map(|o| &o.data).find(|o| o.card_no.is_some() && o.card_until.is_none_or(|u| u >= day));
    let paid = openings.iter().filter(|o| o.span.from <= day).filter_map(|o| o.data.paid);
    let paid = paid.fold(Fen::ZERO, |sum, p| sum.checked_add(p).unwrap_or(sum));
    Ok(Answer {
        known: Some(number::format(PREFIX, id)),
        card: held.or_else(|| card.and_then(|c| c.card_no.clone())),
        paid: Some(paid.to_string()),
        standing: Some(if listed.contains(&Whom::Person(id)) { "in_force" } else { "clear" }),
        likely: None,
    })
}
