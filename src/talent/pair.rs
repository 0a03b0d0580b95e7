//! `talent duplicates`, `judge`, `merge`, `unmerge`: what a clerk does about two records that may be one person.

use super::merge::{self, Choices, Side};
use super::store::{self, Person};
use super::twins::{self, Pair};
use super::{PREFIX, look, view};
use crate::base::{ident, number};
use crate::db::{undo, write::Act};
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::ui::{Column, t, tf};
use serde_json::{Map, Value, json};

/// Likely pairs, the likeliest first, with a line of evidence a feature.
pub(super) fn duplicates(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let pairs = twins::pairs(conn)?;
    let columns = vec![
        Column::new("a.no"),
        Column::new("a.name"),
        Column::new("b.no"),
        Column::new("b.name"),
        Column::right("score"),
        Column::new("evidence"),
        Column::new("judged"),
    ];
    office.list(columns, None, |put| {
        for p in &pairs {
            if !put(&pair_row(p))? {
                break;
            }
        }
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
}

fn pair_row(p: &Pair) -> Value {
    let evidence: Vec<String> = p.features.iter().map(|f| evidence(p, f)).collect();
    json!({"a": brief(&p.a), "b": brief(&p.b), "score": p.score, "features": p.features, "evidence": evidence, "judged": p.judged})
}

fn brief(p: &Person) -> Value {
    let d = p.profiles.last().map(|f| &f.data);
    json!({"no": p.no(), "name": d.map(|d| &d.name), "birth_date": d.and_then(|d| d.birth_date).map(|b| b.iso())})
}

/// A feature in words, personal values masked.
fn evidence(p: &Pair, feature: &str) -> String {
    let (a, b) = (p.a.profiles.last().map(|f| &f.data), p.b.profiles.last().map(|f| &f.data));
    let name = |d: Option<&super::Profile>| d.map(|d| d.name.clone()).unwrap_or_default();
    let value = match feature {
        "shared_number" => {
            let shared = p.a.documents.iter().find(|d| p.b.documents.iter().any(|o| o.data.number == d.data.number));
            shared.map(|d| ident::mask(&d.data.number)).unwrap_or_default()
        }
        "name_birth" => format!("{} {}", name(a), a.and_then(|d| d.birth_date).map(|b| b.iso()).unwrap_or_default()),
        "name_variant" => format!("{} / {}", name(a), name(b)),
        "phone" => a.and_then(|d| d.phone.as_deref()).map(ident::mask_phone).unwrap_or_default(),
        _ => String::new(),
    };
    let key = match feature {
        "shared_number" => "twins.shared_number",
        "name_birth" => "twins.name_birth",
        "name_variant" => "twins.name_variant",
        "phone" => "twins.phone",
        _ => "twins.same_employer",
    };
    if value.is_empty() { t(key).to_owned() } else { tf("twins.with", &[("what", &t(key)), ("value", &value)]) }
}

/// Keeps what was found of two persons; a pair judged different is not asked about again.
pub(super) fn judge(office: &Office, a: &str, b: &str, verdict: &str) -> Result<Exit> {
    let (a, b) = two(office, a, b)?;
    let done = office.write("talent.judge", Map::new(), |tx| {
        store::judge(tx, a.id, b.id, verdict, &json!(["clerk"]))?;
        tx.outcome("persons", json!([a.no(), b.no()]));
        Ok(())
    })?;
    office.show_act(&done, json!({"no": a.no(), "status": verdict, "other_no": b.no()}))?;
    if verdict == "same" {
        office.hint("note.merge_next", &[("a", &a.no()), ("b", &b.no())]);
    }
    Ok(Exit::Done)
}

fn two(office: &Office, a: &str, b: &str) -> Result<(Person, Person)> {
    let (a, b) = (look::load(office, a)?, look::load(office, b)?);
    if a.id == b.id {
        return Err(error::usage("same_person").fact("no", a.no()));
    }
    Ok((a, b))
}

/// Merges two records; without a terminal and without `--yes` only `--dry-run` shows what would happen.
pub(super) fn merge(office: &Office, keep: &str, lose: &str, take: &[String]) -> Result<Exit> {
    let (keep, lose) = two(office, keep, lose)?;
    let choices = choices(take)?;
    let found = merge::conflicts(&keep, &lose)?;
    let settled = |field: &str| choices.contains_key(field) || choices.contains_key("");
    let rows: Vec<Value> = found
        .iter()
        .map(|c| {
            let shown = |v: &str| match c.field {
                "phone" if !office.globals.reveal => ident::mask_phone(v),
                "email" if !office.globals.reveal => ident::mask_email(v),
                _ => v.to_owned(),
            };
            json!({"field": c.field, "keep": shown(&c.keep), "lose": shown(&c.lose), "settled": settled(c.field)})
        })
        .collect();
    if rows.iter().all(|r| r["settled"] == true) {
        office.confirm("ask.merge", &[("lose", &lose.no()), ("keep", &keep.no())])?;
    }
    let done = office.write("talent.merge", Map::new(), |tx| {
        let moved = merge::merge(tx, &keep, &lose, &choices).map_err(|e| match e.key {
            "merge_conflicts" => e.detail("conflicts", rows.clone()),
            _ => e,
        })?;
        tx.outcome("kept", keep.no());
        tx.outcome("merged", lose.no());
        let p = store::load(tx.conn(), keep.id)?.ok_or_else(|| error::not_office("damaged"))?;
        let status = view::person(tx.conn(), &p, tx.day, false)?["status"].clone();
        Ok(json!({"no": keep.no(), "status": status, "kept": keep.no(), "merged": lose.no(), "moved": moved, "conflicts": rows.clone()}))
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// `--take FIELD=keep|lose`, or `--take keep|lose` for all.
fn choices(take: &[String]) -> Result<Choices> {
    let mut out = Choices::new();
    for text in take {
        let (field, side) = text.split_once('=').unwrap_or(("", text));
        let side = match side {
            "keep" => Side::Keep,
            "lose" => Side::Lose,
            _ => return Err(error::usage("merge_take").fact("text", text)),
        };
        out.insert(field.to_owned(), side);
    }
    Ok(out)
}

/// Takes a merge back.
pub(super) fn unmerge(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let id = store::resolve(conn, text)?;
    let op = store::merging_op(conn, id)?
        .filter(|_| store::load(conn, id).is_ok_and(|p| p.is_some_and(|p| p.merged_into.is_some())))
        .ok_or_else(|| error::conflict("not_merged").fact("no", number::format(PREFIX, id)))?;
    let act = Act { undoes: Some(op), ..office.act("talent.unmerge", Map::new()) };
    let done = office.write_act(&act, |tx| {
        undo::undo(tx, op)?;
        let p = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        view::person(tx.conn(), &p, tx.day, office.globals.reveal)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}
