//! What is done to a recognition, whoever asks for it: the scheme it is decided by, the decision it rests on, who may be recognised, and
//! the short way of what was decided on paper. SQL is in `store`, the steps of a clerk's commands in `cmd`.

use super::store::{self, Record, no};
use super::{MACHINE, PENDING, last_day, notice_is_over, seen};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::blacklist::{Whom, standing};
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::paper;
use crate::policy::{self, Scheme};
use crate::talent::store::Person;
use crate::talent::{self, Code, Recognition, Status, store as people};
use crate::team;
use crate::workflow::{self, store as steps};
use rusqlite::Connection;

/// The scheme in force and the id of its policy version. 78 where it was not confirmed.
pub fn confirmed(conn: &Connection, code: &str) -> Result<(Option<i64>, Scheme)> {
    let (id, pack) = policy::store::recognition(conn)?;
    let Some(scheme) = pack.scheme(code) else {
        return Err(error::not_found("no_scheme").fact("pack", "recognition").fact("scheme", code));
    };
    if !policy::store::is_confirmed(conn, id, code)? {
        return Err(error::policy("unconfirmed").fact("pack", "recognition").fact("scheme", code).detail("scheme", code));
    }
    Ok((id, scheme.clone()))
}

/// A class of the scheme; 2 with the possible ones.
pub fn class_of(scheme: &Scheme, text: &str) -> Result<Code> {
    let code = crate::base::codes::find("class", text).unwrap_or(text);
    let class = scheme.classes.iter().find(|c| *c == code).ok_or_else(|| {
        error::usage("no_class").fact("class", text).fact("classes", scheme.classes.join(", ")).detail("possible", scheme.classes.clone())
    })?;
    Ok(Code::Owned(class.clone()))
}

/// A person who can be recognised: in the registry as a talent, and here. 5 otherwise.
pub fn candidate(p: Person, day: Day) -> Result<Person> {
    let status = talent::status(&p.engagements, p.merged_into.is_some(), p.erased, day);
    if p.kind_on(day) != "talent" || status != Status::Active {
        return Err(error::conflict("not_a_candidate").fact("no", p.no()).fact("status", status.as_str()));
    }
    Ok(p)
}

/// Where the scheme wants two persons: the reviewer is one, whoever decides another, each with the role for it.
pub fn two_persons(tx: &Tx<'_>, scheme: &Scheme, id: i64, state: &str) -> Result<()> {
    const REVIEWS: &[&str] = &["first_review", "joint_review"];
    if !scheme.two_persons {
        return Ok(());
    }
    if REVIEWS.contains(&state) {
        return tx.must_be("reviewer");
    }
    if matches!(state, "decided" | "in_force") {
        tx.must_be("approver")?;
        return workflow::apart(&steps::steps(tx.conn(), (MACHINE.kind, id))?, REVIEWS, &no(id), &tx.actor);
    }
    Ok(())
}

/// The decision an act rests on: known or, where policy allows it, cited by its number; and it covers one person more.
pub fn cited(tx: &mut Tx<'_>, scheme: &Scheme, text: &str, (person, route): (i64, Option<&str>), before: Option<i64>) -> Result<i64> {
    let id = paper::store::cite(tx, text)?;
    let d = paper::store::open(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?.data;
    if !d.checked && !scheme.unchecked_decisions {
        return Err(error::refused("decision_unchecked").fact("document_no", &d.document_no));
    }
    if route == Some("exception") {
        own_decision(tx, &d.document_no, person, &store::others_on(tx.conn(), id, person)?)?;
    }
    // Counted where the paper says how many: thousands may rest on one that does not.
    let used = if d.persons.is_some() { store::persons_on(tx.conn(), id)? + i64::from(before != Some(id)) } else { 0 };
    d.covers(&number::format(paper::PREFIX, id), used, Fen(0))?;
    Ok(id)
}

/// One talent, one policy (一人一策): an exception rests on a decision that is about this person alone, or about the person's team.
fn own_decision(tx: &Tx<'_>, document_no: &str, person: i64, others: &[i64]) -> Result<()> {
    let mine = team::store::of_person(tx.conn(), person, tx.day)?;
    for other in others {
        let theirs = team::store::of_person(tx.conn(), *other, tx.day)?;
        if !theirs.iter().any(|t| mine.contains(t)) {
            let no = number::format(talent::PREFIX, *other);
            return Err(error::refused("exception_shared").fact("document_no", document_no).fact("no", &no).detail("no", no));
        }
    }
    Ok(())
}

/// What a roster recorded and what ran out ends where another recognition begins to hold. 5 where one is in force on the day.
pub fn take_over(tx: &mut Tx<'_>, person_id: i64, id: i64, from: Day) -> Result<()> {
    let p = people::load(tx.conn(), person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    for r in p.recognitions.iter().filter(|r| r.data.id != id && r.span.until.is_none_or(|u| u >= from)) {
        match &*r.data.state {
            "recorded" => store::end(tx, person_id, r, from)?,
            "in_force" => {
                return Err(error::conflict("recognition_held")
                    .fact("no", no(r.data.id))
                    .detail("no", no(r.data.id))
                    .detail("possible", vec!["cancel"]));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The person of an id, as the register knows it now.
pub fn person(tx: &Tx<'_>, id: i64) -> Result<Person> {
    people::load(tx.conn(), id)?.ok_or_else(|| error::not_found("no_person").fact("text", number::format(talent::PREFIX, id)))
}

/// The recognition of an id, as the register knows it now.
fn held(tx: &Tx<'_>, id: i64) -> Result<Record> {
    store::load(tx.conn(), id)?.ok_or_else(|| error::not_found("no_recognition").fact("text", no(id)))
}

/// Accepts an application (受理); its id.
pub fn open(tx: &mut Tx<'_>, person_id: i64, policy_id: Option<i64>, scheme: &Scheme, class: &Code, route: &str) -> Result<i64> {
    let p = candidate(person(tx, person_id)?, tx.day)?;
    standing::refuse_new(tx.conn(), Whom::Person(person_id), tx.day)?;
    if let Some(r) = p.recognitions.iter().find(|r| r.span.until.is_none() && PENDING.contains(&&*r.data.state)) {
        return Err(error::conflict("recognition_open").fact("no", no(r.data.id)).detail("no", no(r.data.id)));
    }
    let id = people::next_recognition(tx)?;
    let r = Recognition {
        id,
        scheme: Code::Owned(scheme.code.clone()),
        class: class.clone(),
        state: "accepted".into(),
        policy_id,
        route: Some(Code::Owned(route.to_owned())),
        decision_id: None,
        mid_check: None,
    };
    store::insert(tx, p.id, Span::from(tx.day), &r)?;
    steps::step(tx, (MACHINE.kind, id), None, "accepted", None, None)?;
    Ok(id)
}

/// The business day and the day by the clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The business day.
    pub day: Day,
    /// The day by the clock.
    pub today: Day,
}

/// A move that was asked for.
#[derive(Debug)]
pub struct Advance<'a> {
    /// The state to move to.
    pub to: &'a str,
    /// The decision it rests on: number or document number.
    pub decision: Option<&'a str>,
    /// Where the list stands in public.
    pub place: Option<&'a str>,
    /// What day it is.
    pub clock: Clock,
}

/// Moves a recognition on.
pub fn advance(tx: &mut Tx<'_>, id: i64, asked: &Advance<'_>) -> Result<()> {
    let r = held(tx, id)?;
    let now = r.last().clone();
    if now.data.state == "recorded" {
        return Err(error::refused("only_recorded").fact("no", no(id)).detail("possible", vec!["open", "grant"]));
    }
    let state = MACHINE.to(&no(id), &now.data.state, asked.to)?;
    if state == "cancelled" {
        return Err(error::usage("cancel_verb"));
    }
    let (_, scheme) = confirmed(tx.conn(), &now.data.scheme)?;
    if state == "decided" && asked.decision.is_none() && now.data.decision_id.is_none() {
        return Err(error::refused("needs_decision").fact("no", no(id)));
    }
    let Clock { day, today } = asked.clock;
    if day < now.span.from {
        return Err(error::bad_data("date_order"));
    }
    two_persons(tx, &scheme, id, state)?;
    // Steps on the way go on; what is decided is a new decision.
    if matches!(state, "decided" | "in_force") {
        standing::refuse_new(tx.conn(), Whom::Person(r.person_id), day)?;
    }
    if state == "in_force" {
        let n = steps::notice(tx.conn(), (MACHINE.kind, id))?;
        let objections = n.as_ref().map_or(Ok(Vec::new()), |n| steps::objections(tx.conn(), n.id))?;
        let recorded = n.as_ref().map_or(today, |n| crate::office::shanghai_day(n.recorded_ms));
        notice_is_over(&no(id), n.as_ref(), &objections, scheme.notice_days, day, today, recorded)?;
    }
    let decision_id = match asked.decision {
        Some(d) => Some(cited(tx, &scheme, d, (r.person_id, now.data.route.as_deref()), now.data.decision_id)?),
        None => now.data.decision_id,
    };
    let new = Recognition { state: state.into(), decision_id, ..now.data.clone() };
    let span = if state == "in_force" {
        take_over(tx, r.person_id, id, day)?;
        Span { from: day, until: Some(last_day(&scheme, day)) }
    } else {
        Span::from(day)
    };
    store::advance(tx, r.person_id, &now, span, &new)?;
    if state == "public_notice" {
        let days = i32::try_from(scheme.notice_days).unwrap_or(i32::MAX);
        steps::put_up(tx, (MACHINE.kind, id), Day(day.0 + days), asked.place)?;
    }
    steps::step(tx, (MACHINE.kind, id), Some(&now.data.state), state, decision_id, None)
}

/// Keeps what the mid-term check found; one that failed is then cancelled on a decision.
pub fn check(tx: &mut Tx<'_>, id: i64, found: &'static str, note: Option<&str>) -> Result<()> {
    let r = held(tx, id)?;
    let now = r.last().clone();
    let state = seen(&now.data.state, now.span.until, tx.day);
    if state != "in_force" {
        let next = MACHINE.next(state);
        return Err(error::conflict("wrong_state")
            .fact("no", no(id))
            .fact("state", state)
            .fact("next", next.join(", "))
            .detail("possible", next.to_vec()));
    }
    if let Some(before) = &now.data.mid_check {
        return Err(error::conflict("checked_already").fact("no", no(id)).fact("found", before));
    }
    if tx.day < now.span.from {
        return Err(error::bad_data("date_order"));
    }
    store::set_mid_check(tx, r.person_id, &now, found)?;
    let said = [Some(found), note].into_iter().flatten().collect::<Vec<_>>().join("; ");
    steps::step(tx, (MACHINE.kind, id), Some("in_force"), "in_force", None, Some(&said))
}

/// Cancels a recognition on a ground; one in force on a decision too.
pub fn cancel(tx: &mut Tx<'_>, id: i64, ground: &str, decision: Option<&str>) -> Result<()> {
    let r = held(tx, id)?;
    let now = r.last().clone();
    let state = seen(&now.data.state, now.span.until, tx.day).to_owned();
    let to = MACHINE.to(&no(id), &state, "cancelled")?;
    if state == "in_force" && decision.is_none() {
        return Err(error::refused("needs_decision").fact("no", no(id)));
    }
    let decision_id = decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    let new = Recognition { state: to.into(), ..now.data.clone() };
    store::advance(tx, r.person_id, &now, Span::from(tx.day.max(now.span.from)), &new)?;
    steps::step(tx, (MACHINE.kind, id), Some(&now.data.state), to, decision_id, Some(ground))
}

/// What was decided on paper.
#[derive(Debug)]
pub struct Given<'a> {
    /// The policy version it was decided by.
    pub policy_id: Option<i64>,
    /// Its scheme.
    pub scheme: &'a Scheme,
    /// The class.
    pub class: Code,
    /// catalogue, panel, exception.
    pub route: &'a str,
    /// The decision: number or document number.
    pub decision: &'a str,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

/// Puts a person's recognition in force without the steps; its id.
pub fn grant(tx: &mut Tx<'_>, person_id: i64, g: &Given<'_>) -> Result<i64> {
    standing::refuse_new(tx.conn(), Whom::Person(person_id), tx.day)?;
    let decision_id = cited(tx, g.scheme, g.decision, (person_id, Some(g.route)), None)?;
    let id = people::next_recognition(tx)?;
    take_over(tx, person_id, id, g.from)?;
    let r = Recognition {
        id,
        scheme: Code::Owned(g.scheme.code.clone()),
        class: g.class.clone(),
        state: "in_force".into(),
        policy_id: g.policy_id,
        route: Some(Code::Owned(g.route.to_owned())),
        decision_id: Some(decision_id),
        mid_check: None,
    };
    store::insert(tx, person_id, Span { from: g.from, until: Some(g.until) }, &r)?;
    steps::step(tx, (MACHINE.kind, id), None, "in_force", Some(decision_id), None)?;
    Ok(id)
}
