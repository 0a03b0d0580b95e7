//! `talent history`: the life of each fact, from the op by which the office learned it, to the one that ended it and the one that took it
//! back; what was only ended told apart from what turned out wrong, and all of it as it was known at any op.

use super::store::{self, OpLine};
use super::{PREFIX, Status, change, status, view};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::db::facts::{Fact, Span};
use crate::error::{self, Result};
use crate::office::{Exit, Office, moment};
use crate::ui::{Column, View, t};
use crate::{org, team};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A row of a fact, as far as its life is concerned.
#[derive(Clone, Debug)]
struct Row {
    /// profile, document, engagement, recognition, achievement, relation, opening, team.
    fact: &'static str,
    /// What it says, whole and unmasked; rows that say the same are one fact. Never shown.
    data: String,
    /// What it says, as it may be shown.
    value: String,
    span: Span,
    made: i64,
    voided: Option<i64>,
    profile: Option<super::Profile>,
}

/// A fact from its first row to its last: rows that only learned its end are the same fact.
#[derive(Clone, Debug)]
struct Life {
    row: Row,
    /// The op that said when it ended.
    ended_by: Option<i64>,
}

/// Joins rows that differ in their end alone: the one that was voided and the one made for it by the same op.
fn lives(rows: Vec<Row>) -> Vec<Life> {
    let mut open: Vec<Life> = Vec::new();
    for row in rows {
        let held = open.iter_mut().rev().find(|l| {
            l.row.voided == Some(row.made) && l.row.fact == row.fact && l.row.data == row.data && l.row.span.from == row.span.from
        });
        match held {
            Some(life) => {
                if life.row.span.until != row.span.until {
                    life.ended_by = row.span.until.map(|_| row.made);
                }
                life.row = Row { made: life.row.made, ..row };
            }
            None => open.push(Life { row, ended_by: None }),
        }
    }
    open
}

/// What the office now thinks of a fact: current, ended, coming; corrected (it was wrong), undone (its entry was a mistake), merged
/// (it moved to another record).
fn known(life: &Life, day: Day, ops: &BTreeMap<i64, OpLine>) -> &'static str {
    let Some(by) = life.row.voided else {
        return match life.row.span {
            s if s.holds(day) => "current",
            s if s.from > day => "coming",
            _ => "ended",
        };
    };
    match ops.get(&by).map(|o| o.4.as_str()) {
        Some("undo") => "undone",
        Some("talent.merge" | "talent.unmerge") => "merged",
        _ => "corrected",
    }
}

/// Runs `talent history`; with `at` as it was known when that op had been written, which is what a report frozen then rests on.
pub(super) fn history(office: &Office, text: &str, at: Option<i64>) -> Result<Exit> {
    let conn = office.read()?;
    let id = store::resolve(conn, text)?;
    let p = store::load_with(conn, id, true)?.ok_or_else(|| error::not_found("no_person").fact("text", number::format(PREFIX, id)))?;
    let mut params = Map::new();
    params.insert("persons".into(), json!([p.no()]));
    let reveal = office.revealing(params)?;
    let day = office.as_of();
    if let Some(at) = at
        && !store::op_exists(conn, at)?
    {
        return Err(error::not_found("no_such_op").fact("op", at));
    }
    let mut rows = rows(conn, &p, reveal)?;
    // As known then: rows made later were not there, and what was voided later still held.
    if let Some(at) = at {
        rows.retain(|r| r.made <= at);
        for r in &mut rows {
            r.voided = r.voided.filter(|v| *v <= at);
        }
    }
    rows.sort_by_key(|r| r.made);
    let mut all = lives(rows);
    let mut ops: BTreeMap<i64, OpLine> = BTreeMap::new();
    for op in all.iter().flat_map(|l| [Some(l.row.made), l.ended_by, l.row.voided]).flatten() {
        if let std::collections::btree_map::Entry::Vacant(place) = ops.entry(op)
            && let Some(line) = store::op_line(conn, op)?
        {
            place.insert(line);
        }
    }
    tell_profiles(&mut all, reveal);
    let said: Vec<Value> = all
        .iter()
        .map(|l| {
            let o = ops.get(&l.row.made);
            json!({
                "op": l.row.made, "recorded": o.map(|o| moment(o.1)), "date": o.map(|o| Day(o.2).iso()), "actor": o.map(|o| &o.3),
                "command": o.map(|o| &o.4), "fact": l.row.fact, "value": l.row.value, "from": l.row.span.from.iso(),
                "until": l.row.span.until.map(|d| d.iso()), "known": known(l, day, &ops), "ended_by": l.ended_by, "voided_by": l.row.voided,
                "voided_on": l.row.voided.and_then(|v| ops.get(&v)).map(|o| Day(o.2).iso()),
            })
        })
        .collect();
    let columns = ["op", "date", "actor", "command", "fact", "value", "from", "until", "known", "ended_by", "voided_by"];
    let columns = columns.into_iter().map(Column::new).collect();
    let live: Vec<_> = p.engagements.iter().filter(|e| e.voided_op.is_none()).cloned().collect();
    let state = status(&live, p.merged_into.is_some(), p.erased, day);
    let label = t(match state {
        Status::Active => "value.status.active",
        Status::Left => "value.status.left",
        Status::Merged => "value.status.merged",
        Status::Erased => "value.status.erased",
    });
    office.show(&View::list(said, columns).titled(format!("{} {label}", p.no())))?;
    Ok(Exit::Done)
}

/// A profile tells what it changed of the one it took the place of; the first tells all.
fn tell_profiles(all: &mut [Life], reveal: bool) {
    let held = all.to_vec();
    for l in all.iter_mut() {
        let Some(new) = &l.row.profile else { continue };
        let before = held
            .iter()
            .find(|h| h.row.profile.is_some() && h.row.made != l.row.made && [h.ended_by, h.row.voided].contains(&Some(l.row.made)))
            .and_then(|h| h.row.profile.clone())
            .unwrap_or_default();
        let said: Vec<String> = change::differences(&before, new)
            .into_iter()
            .map(|(field, _, after)| {
                let after = after.unwrap_or_default();
                let after = match field {
                    "phone" if !reveal => ident::mask_phone(&after),
                    "email" if !reveal => ident::mask_email(&after),
                    _ => after,
                };
                format!("{field}={after}")
            })
            .collect();
        l.row.value = said.join("; ");
    }
}

fn row<T: std::fmt::Debug>(fact: &'static str, f: &Fact<T>, value: String) -> Row {
    Row { fact, data: format!("{:?}", f.data), value, span: f.span, made: f.made_op, voided: f.voided_op, profile: None }
}

/// All rows of a person's facts, voided ones too, each table in the order of its rows.
fn rows(conn: &Connection, p: &store::Person, reveal: bool) -> Result<Vec<Row>> {
    let mut out = Vec::new();
    for f in &p.profiles {
        out.push(Row { profile: Some(f.data.clone()), ..row("profile", f, String::new()) });
    }
    for f in &p.documents {
        let v = format!("{}:{}", f.data.kind.code(), view::shown_number(f.data.paper_number(), reveal));
        out.push(row("document", f, v));
    }
    for f in &p.engagements {
        let name = org::store::name_at(conn, f.data.org_id, f.span.from)?.map(|n| n.0).unwrap_or_default();
        let mut v = format!("{} {} {}", number::format(org::PREFIX, f.data.org_id), name, f.data.mode);
        if let Some(end) = f.data.contract_end {
            v.push_str(&format!("; contract_end={}", end.iso()));
        }
        if let Some(why) = &f.data.leave_why {
            v.push_str(&format!("; why={why}"));
        }
        // A leave ends an engagement; why it ended does not make it another.
        let plain = super::Engagement { leave_why: None, leave_to: None, ..f.data.clone() };
        out.push(Row { data: format!("{plain:?}"), ..row("engagement", f, v) });
    }
    for f in &p.recognitions {
        // What its mid-term check found is known of the same recognition.
        let plain = super::Recognition { mid_check: None, ..f.data.clone() };
        let mut v = format!("{} {} {} {}", number::format("R", f.data.id), f.data.scheme, f.data.class, f.data.state);
        if let Some(found) = &f.data.mid_check {
            v.push_str(&format!("; mid_check={found}"));
        }
        out.push(Row { data: format!("{plain:?}"), ..row("recognition", f, v) });
    }
    for f in &p.achievements {
        out.push(row("achievement", f, f.data.text.clone()));
    }
    for r in store::relations_ever(conn, p.id)? {
        let v = format!("{} {}", r.fact.data.code(), number::format(PREFIX, r.other));
        out.push(Row { data: v.clone(), ..row("relation", &r.fact, v) });
    }
    for f in store::openings_ever(conn, p.id)? {
        let o = &f.data;
        let parts = [
            o.scheme.clone(),
            o.months.map(|m| format!("months={m}")),
            o.paid.map(|p| format!("paid={p}")),
            o.card_no.as_ref().map(|c| format!("card_no={c}")),
        ];
        out.push(row("opening", &f, parts.into_iter().flatten().collect::<Vec<_>>().join("; ")));
    }
    for f in store::attestations_ever(conn, p.id)? {
        out.push(row("attestation", &f, f.data.shown()));
    }
    for (team, f) in team::store::places_ever(conn, p.id)? {
        let v = format!("{} {}", number::format(team::PREFIX, team), f.data.role.code());
        out.push(Row { data: v.clone(), ..row("team", &f, v) });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(data: &str, from: i32, until: Option<i32>, made: i64, voided: Option<i64>) -> Row {
        let span = Span { from: Day(from), until: until.map(Day) };
        Row { fact: "engagement", data: data.into(), value: data.into(), span, made, voided, profile: None }
    }

    #[test]
    fn a_fact_that_ended_is_told_apart_from_one_that_was_wrong() {
        // Entered by op 1; op 2 moved on from day 20; op 3 corrected the first day of what came then.
        let all = lives(vec![
            fact("a", 10, None, 1, Some(2)),
            fact("a", 10, Some(19), 2, None),
            fact("b", 20, None, 2, Some(3)),
            fact("b", 21, None, 3, None),
        ]);
        let told: Vec<_> = all.iter().map(|l| (&*l.row.data, l.row.made, l.ended_by, known(l, Day(30), &BTreeMap::new()))).collect();
        assert_eq!(told, [("a", 1, Some(2), "ended"), ("b", 2, None, "corrected"), ("b", 3, None, "current")]);
    }
}
