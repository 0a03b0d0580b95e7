//! What is read of integrity cases: whether somebody is listed, `blacklist show`, `list`. A look-up is kept with its purpose; nothing else here writes.

use super::change::{self, Seen};
use super::store::{self, Case};
use super::{MACHINE, PREFIX, Whom, letter, standing, verbs};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::card;
use crate::error::{self, Kind, Result};
use crate::office::{Exit, Office};
use crate::org;
use crate::paper::cmd::{cited, file_row};
use crate::paper::store as papers;
use crate::recognition;
use crate::subsidy;
use crate::talent::{self, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The person or unit that a command names.
pub(super) fn whom(office: &Office, text: &str) -> Result<Whom> {
    if number::looks_like(talent::PREFIX, text) || text.contains([':', '：']) {
        return Ok(Whom::Person(people_look::load(office, text)?.id));
    }
    Ok(Whom::Unit(org::store::resolve(office.read()?, text)?))
}

/// The same of somebody whom the office may not know: none for a document or a credit code that nobody here holds.
fn whom_or_nobody(office: &Office, text: &str) -> Result<Option<Whom>> {
    // A credit code is written like a document too.
    let text = text.strip_prefix("uscc:").or_else(|| text.strip_prefix("uscc：")).unwrap_or(text);
    match whom(office, text) {
        Ok(whom) => Ok(Some(whom)),
        Err(e) if e.kind == Kind::NotFound && (text.contains([':', '：']) || ident::uscc(text).is_ok()) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Whether somebody is listed on the day. The look-up is kept with its purpose before the answer is given.
pub(super) fn check(office: &Office, subject: &str, purpose: &str) -> Result<Exit> {
    let purpose = text_said(purpose, "--purpose")?;
    let conn = office.read()?;
    change::confirmed(conn)?;
    let whom = whom_or_nobody(office, subject)?;
    let day = office.as_of();
    let standing = whom.map(|w| standing::of(conn, w, day)).transpose()?.unwrap_or_default();
    let mut what = Map::new();
    what.insert("purpose".into(), purpose.into());
    what.insert("subject".into(), whom.map(Whom::no).into());
    office.record_access("blacklist.check", what)?;
    let mut v = json!({
        "in_force": standing.in_force, "as_of": day.iso(), "effects": standing.effects, "until": standing.until.map(|d| d.iso()),
    });
    if office.globals.dry_run {
        v["dry_run"] = true.into();
    }
    office.show(&View::object(v))?;
    Ok(if standing.in_force { Exit::Found } else { Exit::Done })
}

/// Whom a case is about now: of a merged person the survivor.
pub(super) fn subject(conn: &Connection, case: &Case) -> Result<Whom> {
    Ok(match case.whom {
        Whom::Person(id) => Whom::Person(people::survivor(conn, id)?),
        unit @ Whom::Unit(_) => unit,
    })
}

/// The object of the contract.
pub(super) fn object(conn: &Connection, s: &Seen) -> Result<Value> {
    let c = &s.case;
    let whom = subject(conn, c)?;
    let decision = cited(conn, s.ruling.as_ref().and_then(|r| r.decision_id))?;
    let day = |d: Option<Day>| d.map(|d| d.iso());
    let r = s.ruling.as_ref();
    Ok(json!({
        "no": c.no(), "status": s.state, "subject_no": whom.no(), "subject_name": letter::named(conn, whom, s.day)?.0, "ground": c.ground, "basis": c.basis,
        "grade": r.and_then(|r| r.grade.clone()), "opened": c.opened.iso(), "notified": day(s.notice.as_ref().map(|n| n.day)),
        "reply_until": day(s.notice.as_ref().and_then(|n| n.reply).map(|r| r.1)), "decided": day(r.map(|r| r.day)), "decision": decision,
        "delivered": day(s.from), "from": day(s.from), "until": day(s.until.or(r.and_then(|r| r.ends))), "repaired": day(s.repaired),
        "effects": r.map(|r| r.effects.clone()).unwrap_or_default(), "next": verbs(&s.state),
    }))
}

/// To whom a case was handed over up to a day.
pub(super) fn shared(conn: &Connection, id: i64, day: Day) -> Result<Value> {
    let all = store::shares(conn, id)?;
    Ok(all
        .iter()
        .filter(|s| s.day <= day)
        .map(|s| json!({"with": s.recipient, "day": s.day.iso(), "basis": s.basis, "purpose": s.purpose}))
        .collect())
}

/// `blacklist show`.
pub(super) fn show(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let case = store::resolve(conn, text)?;
    let day = office.as_of();
    if case.opened > day {
        return Err(error::not_found("no_integrity_case").fact("text", text));
    }
    let id = case.id;
    let s = change::look(conn, case, day)?;
    let mut v = object(conn, &s)?;
    v["facts"] = s.case.facts.clone().into();
    v["policy_version"] = s.case.policy_id.into();
    v["files"] = papers::files(conn, Some((MACHINE.kind, id)))?.iter().map(|k| file_row(office, k)).collect::<Result<Vec<_>>>()?.into();
    v["shared"] = shared(conn, id, day)?;
    v["to_review"] = to_review(conn, &s, day)?.into();
    v["steps"] = workflow::steps_json(conn, (MACHINE.kind, id))?;
    office.show(&View::object(v))?;
    Ok(Exit::Done)
}

/// What was decided about somebody while a listing with the effect `review` held: recognitions, cards and benefits to be looked at again. Computed
/// from the days of the acts, so that none can forget the mark.
fn to_review(conn: &Connection, s: &Seen, day: Day) -> Result<Vec<String>> {
    let (Some(from), Some(until)) = (s.from.filter(|_| s.has_effect("review")), s.until) else { return Ok(Vec::new()) };
    let until = s.repaired.map_or(until, Day::pred).min(until).min(day);
    let within = |on: Day| from <= on && on <= until;
    let mut found = Vec::new();
    let payee = match s.case.whom {
        Whom::Person(id) => {
            let id = people::survivor(conn, id)?;
            let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            let mut ids: Vec<i64> = p.recognitions.iter().filter(|r| r.data.state != "recorded").map(|r| r.data.id).collect();
            ids.sort_unstable();
            ids.dedup();
            // By the day on which it was decided, whatever days it is for.
            for id in ids {
                let steps = workflow::store::steps(conn, (recognition::MACHINE.kind, id))?;
                if steps.iter().any(|s| matches!(s.to_state.as_str(), "decided" | "in_force") && within(s.day)) {
                    found.push(recognition::store::no(id));
                }
            }
            found.extend(card::store::of_person(conn, id)?.iter().filter(|c| within(c.issued)).map(card::store::Card::no));
            subsidy::store::Party::Person(id)
        }
        Whom::Unit(id) => subsidy::store::Party::Org(id),
    };
    found.extend(subsidy::store::of(conn, payee)?.iter().filter(|(a, _)| within(a.approved)).map(|(a, _)| a.no()));
    Ok(found)
}

/// Fields a list can be filtered and sorted by.
const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("subject_no"),
    Field::text("subject_name"),
    Field::code("ground", "integrity_ground"),
    Field::code("grade", "integrity_grade"),
    Field::date("opened"),
    Field::date("notified"),
    Field::date("reply_until"),
    Field::date("decided"),
    Field::date("delivered"),
    Field::date("from"),
    Field::date("until"),
    Field::text("effects"),
];

/// Hands out the cases opened by the day, as they are on it.
pub fn each_seen(conn: &Connection, day: Day, after: i64, mut f: impl FnMut(&Seen) -> Result<()>) -> Result<()> {
    store::each(conn, after, |case| {
        if case.opened > day {
            return Ok(());
        }
        f(&change::look(conn, case, day)?)
    })
}

/// `blacklist list`.
pub(super) fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let mut rows = Vec::new();
    each_seen(conn, office.as_of(), office.after(PREFIX)?, |s| {
        let v = object(conn, s)?;
        if filter.takes(&v) {
            rows.push(v);
        }
        Ok(())
    })?;
    let columns =
        ["no", "status", "subject_no", "subject_name", "ground", "grade", "notified", "reply_until", "decided", "from", "until", "effects"];
    filter::show_lines(office, rows, columns.into_iter().map(Column::new).collect(), lines, FIELDS)
}
