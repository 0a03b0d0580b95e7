//! Rows that wait for a person's decision: both sides shown, and decided as the same record, a new one, or none. Who waits and why
//! is judged by `people` and `units`; SQL is in `store`.

use super::import::Row;
use super::store::{self, Waiting};
use super::{Kind, read};
use crate::base::day::PartDate;
use crate::base::number;
use crate::base::{ident, names};
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::office::{Exit, Office};
use crate::talent::change::{self, How, NewPerson};
use crate::talent::entry::Draft;
use crate::talent::known;
use crate::talent::store as people;
use crate::talent::view;
use crate::ui::{Column, View};
use crate::{org, project, talent};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// What a clerk says of a waiting row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The record named, or the only one it was compared with.
    Same(Option<String>),
    /// Another record than those it was compared with.
    New,
    /// Not to be entered.
    Drop,
    /// Nothing was said of the person: only the unit was unclear.
    Unsaid,
}

/// Rows that wait, with their reasons and what is held on the other side; personal cells masked unless revealed.
pub fn list(office: &Office) -> Result<Exit> {
    let mut what = Map::new();
    what.insert("review".into(), Value::Bool(true));
    let reveal = office.revealing(what)?;
    let conn = office.read()?;
    let mut rows = Vec::new();
    for w in store::waiting(conn, None)? {
        let kind = Kind::ALL.iter().find(|k| k.code() == w.kind);
        let mut cells = Map::new();
        for (h, c) in w.headers.iter().zip(&w.cells) {
            let even = read::header::even(h);
            let info = kind.and_then(|k| k.column_of(&even).map(|i| k.columns()[i]));
            let name = info.map_or(even.into_owned(), |i| i.name.to_owned());
            let value = match info {
                Some(i) if i.name == "name" || reveal => c.clone(),
                Some(i) => super::report::shown(&i, c, reveal).into(),
                // A column nobody knows may hold anything.
                None => ident::mask(c),
            };
            if !c.trim().is_empty() && !name.is_empty() {
                cells.insert(name, value.into());
            }
        }
        let draft = kind.filter(|k| **k == Kind::Talent).map(|k| again(&w, *k).check().draft);
        let held = candidates(conn, &w, draft.as_ref())?.iter().map(|no| side(office, conn, no, reveal)).collect::<Result<Vec<_>>>()?;
        let name = cells.get("name").cloned().unwrap_or(Value::Null);
        rows.push(json!({
            "id": w.id, "kind": w.kind, "file": w.file, "row": w.row, "name": name, "reasons": w.reasons, "held": held, "op": w.op,
            "cells": cells,
        }));
    }
    let columns = ["id", "kind", "file", "row", "name", "reasons", "held", "op"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// The row as the pipeline reads it.
fn again(w: &Waiting, kind: Kind) -> Row {
    Row::again(kind, u32::try_from(w.row).unwrap_or(u32::MAX), &w.headers, &w.cells)
}

/// Numbers of the records that a waiting row was compared with. An earlier row of its file had no number yet: whom the register by now
/// has in its place is looked up.
fn candidates(conn: &Connection, w: &Waiting, draft: Option<&Draft>) -> Result<Vec<String>> {
    let reasons = || w.reasons.as_array().into_iter().flatten();
    let mut nos: Vec<String> = reasons().filter_map(|r| r["no"].as_str()).map(str::to_owned).collect();
    if let Some(draft) = draft.filter(|_| reasons().any(|r| r["no"].is_null())) {
        nos.extend(known::likely_twins(conn, draft)?.iter().map(|(id, _)| number::format(talent::PREFIX, *id)));
    }
    let mut once = HashSet::new();
    nos.retain(|no| once.insert(no.clone()));
    Ok(nos)
}

/// What is held of a record that a row was compared with.
fn side(office: &Office, conn: &Connection, no: &str, reveal: bool) -> Result<Value> {
    let day = office.as_of();
    if let Ok(id) = number::parse(talent::PREFIX, no) {
        let Some(p) = people::load(conn, id)? else { return Ok(json!({"no": no})) };
        let v = view::person(conn, &p, day, reveal)?;
        return Ok(json!({
            "no": no, "name": v["name"], "birth_date": v["birth_date"], "sex": v["sex"], "documents": v["documents"],
            "employer": v["employer"]["name"], "phone": v["phone"],
        }));
    }
    let id = number::parse(org::PREFIX, no).unwrap_or(0);
    let named = org::store::name_at(conn, id, day)?.unwrap_or_default();
    Ok(json!({"no": no, "name": named.0, "uscc": named.1}))
}

/// Decides rows; all of them or none.
pub fn decide(office: &Office, ids: &[i64], verdict: &Verdict, unit: Option<&str>) -> Result<Exit> {
    office.read()?;
    let done = office.write("roster.review.decide", Map::new(), |tx| {
        ids.iter().map(|id| one(office, tx, *id, verdict, unit)).collect::<Result<Vec<Value>>>()
    })?;
    match done.value.as_slice() {
        [only] => office.show_act(&done, only.clone())?,
        several => {
            let columns = ["no", "status", "id", "kind", "verdict"].into_iter().map(Column::new).collect();
            office.show(&View::list(several.to_vec(), columns))?;
        }
    }
    Ok(Exit::Done)
}

fn one(office: &Office, tx: &mut Tx<'_>, id: i64, verdict: &Verdict, unit: Option<&str>) -> Result<Value> {
    let w = store::waiting(tx.conn(), Some(id))?.pop().ok_or_else(|| error::not_found("no_review").fact("id", id))?;
    let kind = Kind::ALL.iter().copied().find(|k| k.code() == w.kind).ok_or_else(|| error::not_office("damaged"))?;
    let row = again(&w, kind);
    let (said, record, changed) = match (verdict, kind) {
        (Verdict::Drop, _) => ("drop", None, Value::Null),
        (_, Kind::Talent) => person(office, tx, &w, &row, verdict, unit)?,
        (_, Kind::Org) => unit_row(office, tx, &w, &row, verdict)?,
        // No other kind puts rows up.
        _ => return Err(error::not_office("damaged")),
    };
    store::decide(tx, id, said, record)?;
    let prefix = if kind == Kind::Org { org::PREFIX } else { talent::PREFIX };
    Ok(json!({
        "no": record.map(|r| number::format(prefix, r)), "status": "decided", "id": id, "kind": w.kind, "verdict": said, "changed": changed,
    }))
}

/// The record a row is the same as: the one named, else the only one it was compared with.
fn same(w: &Waiting, compared: &[String], named: Option<&str>) -> Result<String> {
    match (named, compared) {
        (Some(no), _) => Ok(no.to_owned()),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(error::usage("review_alone").fact("id", w.id)),
        (None, nos) => Err(error::usage("review_which").fact("id", w.id).fact("nos", nos.join(", ")).detail("possible", nos.to_vec())),
    }
}

type Decided = (&'static str, Option<i64>, Value);

fn person(office: &Office, tx: &mut Tx<'_>, w: &Waiting, row: &Row, verdict: &Verdict, unit: Option<&str>) -> Result<Decided> {
    let checked = row.check();
    talent::said::refuse(&checked.faults)?;
    let mut draft = checked.draft;
    let mut compared = candidates(tx.conn(), w, Some(&draft))?;
    // A unit that was unclear is no person.
    compared.retain(|no| number::looks_like(talent::PREFIX, no));
    let mut held: Option<i64> = None;
    for d in &draft.documents {
        held = held.or(people::holders(tx.conn(), &d.key)?.into_iter().find(|h| h.1 == d.number).map(|h| h.0));
    }
    let target = match verdict {
        Verdict::Same(named) => Some(people::resolve(tx.conn(), &same(w, &compared, named.as_deref())?)?),
        Verdict::Unsaid if compared.is_empty() => held,
        Verdict::Unsaid => return Err(error::usage("review_verdict").fact("id", w.id)),
        _ => None,
    };
    let from = draft.start_date.map_or(tx.day, PartDate::first_day);
    let org = match (unit, draft.employer.clone()) {
        (Some(u), _) => Some(org::store::resolve(tx.conn(), u)?),
        (None, Some(name)) => Some(known::unit_of(tx, &name, &draft, from)?),
        (None, None) => None,
    };
    if let Some(id) = target {
        let p =
            people::load(tx.conn(), id)?.ok_or_else(|| error::not_found("no_person").fact("text", number::format(talent::PREFIX, id)))?;
        // A variant of the name is no change of it: the name held stays until somebody changes it.
        let held = p.profiles.last().map(|f| names::fold(&f.data.name));
        if draft.name.as_ref().is_some_and(|n| Some(names::fold(n)) != held) {
            (draft.name, draft.raw_name) = (None, None);
        }
        let changed = change::apply(tx, &p, &draft, org, How { day: tx.day, correct: false })?;
        return Ok(("same", Some(id), talent::cmd::changed_json(&changed, office.globals.reveal)));
    }
    known::known_already(tx, &draft)?;
    // A number has one live holder: whoever shares it is no new person.
    for doc in &draft.documents {
        if let Some((other, ..)) = people::holders(tx.conn(), &doc.key)?.into_iter().find(|h| h.2 == doc.kind.code()) {
            let no = number::format(talent::PREFIX, other);
            return Err(error::conflict("duplicate").fact("no", &no).detail("no", no));
        }
    }
    let mut person = NewPerson::of(draft).map_err(|d| lacking(&d))?;
    person.engagement.org_id = org.ok_or_else(|| error::usage("missing_any"))?;
    person.engagement.project_id = person.project.as_deref().map(|text| project::store::resolve(tx.conn(), text)).transpose()?;
    let id = change::enter(tx, &person)?;
    for other in compared.iter().filter_map(|no| number::parse(talent::PREFIX, no).ok()) {
        people::judge(tx, id, other, "different", &json!(["review"]))?;
    }
    Ok(("new", Some(id), Value::Null))
}

fn lacking(d: &talent::entry::Draft) -> Error {
    let names: Vec<&str> = talent::entry::missing(d).into_iter().map(talent::entry::Key::name).collect();
    error::bad_data("missing_fields").fact("options", names.join(", ")).detail("missing", names)
}

fn unit_row(office: &Office, tx: &mut Tx<'_>, w: &Waiting, row: &Row, verdict: &Verdict) -> Result<Decided> {
    let checked = org::check(|at| row.at(at));
    crate::ui::entry::refuse(org::COLUMNS, &checked.faults)?;
    match verdict {
        Verdict::Same(named) => {
            let compared = candidates(tx.conn(), w, None)?;
            let id = org::store::resolve(tx.conn(), &same(w, &compared, named.as_deref())?)?;
            let changed = org::change::apply(tx, id, &checked.said, org::change::How { day: tx.day, correct: false })?;
            Ok(("same", Some(id), org::cmd::changed_json(&changed.fields, changed.from, office.globals.reveal)))
        }
        Verdict::New => Ok(("new", Some(org::change::create(tx, &checked.said)?), Value::Null)),
        Verdict::Unsaid | Verdict::Drop => Err(error::usage("review_verdict").fact("id", w.id)),
    }
}
