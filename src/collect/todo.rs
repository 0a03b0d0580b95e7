//! `org todo`: what there is to ring a unit about (contracts that end, rows of its rosters that were refused or wait, papers that lack,
//! rosters it owes): a line a unit, one unit in full, or a sheet a unit into a folder.

use super::cmd;
use super::store;
use crate::base::day::Day;
use crate::base::number;
use crate::error::Result;
use crate::office::{Exit, Office};
use crate::paper::letter::{self, words};
use crate::roster;
use crate::ui::lang::Lang;
use crate::ui::{Column, View};
use crate::{org, talent};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// What there is to ring one unit about.
#[derive(Default)]
struct Matters {
    contracts: Vec<Value>,
    faulty_rows: Vec<Value>,
    missing_papers: Vec<Value>,
    rosters_owed: Vec<Value>,
}

const SECTIONS: [&str; 4] = ["contracts", "faulty_rows", "missing_papers", "rosters_owed"];

impl Matters {
    fn section(&self, name: &str) -> &[Value] {
        match name {
            "contracts" => &self.contracts,
            "faulty_rows" => &self.faulty_rows,
            "missing_papers" => &self.missing_papers,
            _ => &self.rosters_owed,
        }
    }
}

/// Runs `org todo`.
pub fn run(office: &Office, unit: Option<&str>, within: i32, out: Option<&Path>) -> Result<Exit> {
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let day = office.as_of();
    let until = day.add_days(within);
    let one = unit.map(|text| org::store::resolve(conn, text)).transpose()?;
    let named = |id: i64| -> Result<(String, Option<String>)> {
        Ok((number::format(org::PREFIX, id), org::store::name_at(conn, id, day)?.map(|n| n.0)))
    };
    if let (Some(id), None) = (one, out) {
        let (no, name) = named(id)?;
        let m = matters(conn, id, day, until)?;
        let mut v = json!({"no": no, "name": name, "as_of": day.iso()});
        for section in SECTIONS {
            v[section] = m.section(section).to_vec().into();
        }
        office.show(&View::object(v))?;
        return Ok(Exit::Done);
    }
    let counted = counts(conn, day, until)?;
    let mut rows = Vec::new();
    for (id, n) in counted.iter().filter(|(id, _)| one.is_none_or(|o| o == **id)) {
        let (no, name) = named(*id)?;
        let mut v = json!({"no": no, "name": name});
        for (section, n) in SECTIONS.into_iter().zip(n) {
            v[section] = (*n).into();
        }
        if let Some(folder) = out {
            let text = sheet(office, name.as_deref().unwrap_or(&no), &matters(conn, *id, day, until)?, day)?;
            v["path"] = letter::put(office, folder, &no, &text)?.into();
        }
        rows.push(v);
    }
    let mut columns: Vec<Column> = ["no", "name"].into_iter().map(Column::new).collect();
    columns.extend(SECTIONS.into_iter().map(Column::right));
    if out.is_some() {
        columns.push(Column::new("path"));
    }
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// How much of each section there is about every unit, in the order of `SECTIONS`; units of which there is nothing are left out.
fn counts(conn: &Connection, day: Day, until: Day) -> Result<BTreeMap<i64, [u64; 4]>> {
    let mut all: BTreeMap<i64, [u64; 4]> = BTreeMap::new();
    for (org_id, n) in store::contract_counts(conn, day, until)? {
        all.entry(org_id).or_default()[0] = n.unsigned_abs();
    }
    for l in store::lacking(conn, None, day)? {
        all.entry(l.org_id).or_default()[2] += 1;
    }
    waiting(conn, |org_id, _| all.entry(org_id).or_default()[1] += 1)?;
    cmd::each(conn, day, |org_id, row| {
        match rounds_matter(&row) {
            Some((true, _)) => all.entry(org_id).or_default()[3] += 1,
            Some((false, _)) => all.entry(org_id).or_default()[1] += 1,
            None => {}
        }
        Ok(())
    })?;
    Ok(all)
}

/// All there is about one unit.
fn matters(conn: &Connection, org: i64, day: Day, until: Day) -> Result<Matters> {
    let mut m = Matters::default();
    let no = |id: i64| number::format(talent::PREFIX, id);
    for c in store::contracts(conn, org, day, until)? {
        let over = c.end.last_day() < day;
        m.contracts.push(json!({"person_no": no(c.person_id), "person_name": c.name, "contract_end": c.end.iso(), "over": over}));
    }
    for l in store::lacking(conn, Some(org), day)? {
        m.missing_papers.push(json!({"person_no": no(l.person_id), "person_name": l.name, "paper": l.what, "of": l.of}));
    }
    waiting(conn, |org_id, line| {
        if org_id == org {
            m.faulty_rows.push(line);
        }
    })?;
    cmd::each(conn, day, |org_id, row| {
        match rounds_matter(&row).filter(|_| org_id == org) {
            Some((true, line)) => m.rosters_owed.push(line),
            Some((false, line)) => m.faulty_rows.push(line),
            None => {}
        }
        Ok(())
    })?;
    Ok(m)
}

/// What a unit's line of a round gives to ring about: a roster owed (true), or refused rows of one returned.
fn rounds_matter(row: &Value) -> Option<(bool, Value)> {
    if row["status"] != "returned" {
        return Some((true, json!({"kind": row["kind"], "due": row["due"], "days_late": row["days_late"]})));
    }
    let rejected = row["rejected"].as_u64().is_some_and(|n| n > 0);
    rejected.then(|| (false, json!({"kind": row["kind"], "returned": row["returned"], "fault": "rejected", "rows": row["rejected"]})))
}

/// Hands out the rows that wait, with the unit each names.
fn waiting(conn: &Connection, mut f: impl FnMut(i64, Value)) -> Result<()> {
    let mut known: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for w in roster::store::waiting(conn, None)? {
        let Some(name) = unit_named(&w) else { continue };
        let unit = match known.get(&name) {
            Some(unit) => *unit,
            None => {
                let unit = org::store::by_folded(conn, &crate::base::names::org_fold(&name))?.first().map(|u| u.0);
                known.insert(name, unit);
                unit
            }
        };
        if let Some(unit) = unit {
            f(unit, json!({"file": w.file, "row": w.row, "fault": "waiting", "review": w.id}));
        }
    }
    Ok(())
}

/// The unit that a waiting row names.
fn unit_named(w: &roster::store::Waiting) -> Option<String> {
    let kind = roster::Kind::ALL.iter().find(|k| k.code() == w.kind)?;
    let wanted = if w.kind == "org" { "name" } else { "employer" };
    let at = w.headers.iter().position(|h| {
        let column = kind.column_of(&roster::read::header::even(h));
        column.is_some_and(|i| kind.columns()[i].name == wanted)
    })?;
    w.cells.get(at).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty())
}

/// The sheet of a unit (联系清单).
fn sheet(office: &Office, unit: &str, m: &Matters, day: Day) -> Result<String> {
    let lang = office.document_lang()?;
    let mut out = format!("# {}\n\n{}\n", words(lang, "todo_title", &[("unit", &unit)]), letter::written(lang, day));
    for section in SECTIONS {
        let lines = m.section(section);
        if lines.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n", words(lang, section, &[("n", &lines.len())]));
        for l in lines {
            let _ = writeln!(out, "- [ ] {}", line(lang, section, l));
        }
    }
    Ok(out)
}

fn line(lang: Lang, section: &str, l: &Value) -> String {
    let text = |key: &str| match &l[key] {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        v => v.to_string(),
    };
    let day = |key: &str| Day::parse_iso(&text(key)).map_or(text(key), |d| letter::written(lang, d));
    let (no, name) = (text("person_no"), text("person_name"));
    match section {
        "contracts" => {
            let key = if l["over"] == true { "contract_over" } else { "contract" };
            words(lang, key, &[("no", &no), ("name", &name), ("day", &day("contract_end"))])
        }
        "missing_papers" => {
            // A document's type reads as its label.
            let of = crate::base::codes::label("id_type", &text("of"), lang == Lang::Zh).map_or(text("of"), str::to_owned);
            words(lang, &format!("paper_{}", text("paper")), &[("no", &no), ("name", &name), ("of", &of)])
        }
        "faulty_rows" if l["fault"] == "waiting" => {
            words(lang, "row_waiting", &[("file", &text("file")), ("row", &text("row")), ("id", &text("review"))])
        }
        "faulty_rows" => {
            words(lang, "rows_rejected", &[("kind", &letter::roster(lang, &text("kind"))), ("day", &day("returned")), ("n", &text("rows"))])
        }
        _ => {
            let key = if l["days_late"].as_i64().unwrap_or(0) > 0 { "owed_late" } else { "owed" };
            words(lang, key, &[("kind", &letter::roster(lang, &text("kind"))), ("due", &day("due")), ("days", &text("days_late"))])
        }
    }
}
