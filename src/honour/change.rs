//! What is done to an honour: nominated, moved on, awarded with its reward and its seat in the pool, revoked with both. Each act sees it as the register
//! knows it within its own op.

use super::store::{self, Held, Honour};
use super::{MACHINE, SCHEME, level_code, machine, on_its_way};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::base::number;
use crate::calendar;
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::expert::{self, Seat};
use crate::paper;
use crate::policy::{self, Benefit};
use crate::recognition;
use crate::subsidy::draw::Committed;
use crate::subsidy::store::{Claim, Party};
use crate::talent::{self, Achievement, Status, kin, store as people};
use crate::workflow::{self, store as steps};
use crate::{blacklist, subsidy};
use rusqlite::Connection;

/// The scheme of the reward, which also says for how long a list stands in public; 78 where it is not confirmed.
pub fn scheme(conn: &Connection, day: Day) -> Result<Benefit> {
    let (id, s) = subsidy::change::scheme(conn, SCHEME, day)?;
    if policy::store::is_confirmed(conn, id, SCHEME)? {
        return Ok(s);
    }
    Err(error::policy("unconfirmed").fact("pack", "benefits").fact("scheme", SCHEME).detail("scheme", SCHEME))
}

/// A talent who works here: 3 otherwise. What another body awards needs no introduction, only that the person is one of ours.
fn candidate(conn: &Connection, person_id: i64, day: Day) -> Result<()> {
    let p = people::load(conn, person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    expert::change::must_be_talent(conn, p.id, day)?;
    blacklist::standing::refuse_new(conn, blacklist::Whom::Person(p.id), day)?;
    let status = talent::status(&p.engagements, p.merged_into.is_some(), p.erased, day);
    if status == Status::Active {
        return Ok(());
    }
    Err(error::refused("no_nominee").fact("no", p.no()).fact("status", status.as_str()).detail("clause", "五（二）4"))
}

/// 5 where the same honour is on its way for the person, or held.
fn not_twice(conn: &Connection, person_id: i64, outside: Option<&str>, day: Day, but: Option<i64>) -> Result<()> {
    for h in store::of_person(conn, person_id)? {
        if Some(h.id) == but || h.outside.as_ref().map(|o| o.0.as_str()) != outside {
            continue;
        }
        let state = store::state(conn, &h, Day(i32::MAX))?;
        let held = state == "awarded" && store::held(conn, h.id)?.is_some_and(|f| f.span.until.is_none_or(|u| u >= day));
        if on_its_way(&state) || held {
            return Err(error::conflict(if held { "honour_held" } else { "honour_open" })
                .fact("no", h.no())
                .fact("person", number::format(talent::PREFIX, person_id))
                .detail("no", h.no()));
        }
    }
    Ok(())
}

/// Opens a nomination; its id.
pub fn nominate(tx: &mut Tx<'_>, person_id: i64, outside: Option<(&str, &str)>) -> Result<i64> {
    candidate(tx.conn(), person_id, tx.day)?;
    not_twice(tx.conn(), person_id, outside.map(|o| o.0), tx.day, None)?;
    store::open(tx, person_id, outside, machine(outside.is_some()).moves[0].0, None)
}

/// A move that was asked for.
#[derive(Debug)]
pub struct Advance<'a> {
    /// The state to move to.
    pub to: &'a str,
    /// The paper it rests on: number or document number.
    pub decision: Option<&'a str>,
    /// Where the list stands in public.
    pub place: Option<&'a str>,
    /// What was said with it.
    pub note: Option<&'a str>,
}

/// Moves a nomination on. The zone's own is awarded by `award` alone.
pub fn advance(tx: &mut Tx<'_>, id: i64, asked: &Advance<'_>) -> Result<()> {
    let h = loaded(tx.conn(), id)?;
    let m = machine(h.outside.is_some());
    let from = in_order(tx, &h)?;
    let to = m.to(&h.no(), &from, asked.to)?;
    match (&h.outside, to) {
        (None, "awarded") => return Err(error::usage("award_verb").fact("no", h.no())),
        (None, "revoked") => return Err(error::usage("revoke_verb").fact("no", h.no())),
        (None, "reviewed") => tx.must_be("reviewer")?,
        (None, "publicised") => {
            let days = scheme(tx.conn(), tx.day)?.notice_days.unwrap_or(0);
            let until = calendar::store::calendar(tx.conn())?.after(tx.day, days)?;
            steps::put_up(tx, (m.kind, id), until, asked.place)?;
        }
        _ => {}
    }
    let decision_id = asked.decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    if let (Some((title, level)), "awarded") = (&h.outside, to) {
        let day = tx.day;
        store::hold(tx, id, Held { decision_id, application_id: None }, day)?;
        achieved(tx, h.person_id, title, level)?;
    }
    steps::step(tx, (m.kind, id), Some(&from), to, decision_id, asked.note)
}

/// What another body awarded is an achievement of the person: recognition rests on it.
fn achieved(tx: &mut Tx<'_>, person_id: i64, title: &str, level: &str) -> Result<()> {
    let p = people::load(tx.conn(), person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let held = p.achievements.iter().find(|a| a.data.text == title && a.span.until.is_none());
    let mut a = held.map_or_else(|| Achievement::told(title), |a| a.data.clone());
    a.kind.get_or_insert_with(|| "title".to_owned());
    a.level.get_or_insert_with(|| level_code(level).to_owned());
    a.awarded.get_or_insert(PartDate::from_day(tx.day));
    kin::achieved(tx, &p, &a)
}

fn loaded(conn: &Connection, id: i64) -> Result<Honour> {
    store::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

/// The state an act begins from; 3 where the act is dated before the last one.
fn in_order(tx: &Tx<'_>, h: &Honour) -> Result<String> {
    let all = steps::steps(tx.conn(), (MACHINE.kind, h.id))?;
    workflow::in_order(&h.no(), tx.day, all.last().map(|s| s.day))?;
    Ok(all.last().map_or_else(|| machine(h.outside.is_some()).moves[0].0.to_owned(), |s| s.to_state.clone()))
}

/// How an honour is awarded.
#[derive(Debug)]
pub struct Award<'a> {
    /// The decision.
    pub decision: &'a str,
    /// The reward, where it is not the scheme's; None with `reward` false.
    pub amount: Option<Fen>,
    /// The fund; else the year's only open one.
    pub fund: Option<i64>,
    /// There is a reward.
    pub reward: bool,
    /// Fields of expertise of the seat in the pool.
    pub fields: &'a [String],
}

/// Awards what was decided on paper, without the steps; its id.
pub fn award_on_paper(tx: &mut Tx<'_>, person_id: i64, a: &Award<'_>) -> Result<i64> {
    candidate(tx.conn(), person_id, tx.day)?;
    not_twice(tx.conn(), person_id, None, tx.day, None)?;
    let (decision_id, application_id) = rewarded(tx, person_id, a)?;
    let id = store::open(tx, person_id, None, "awarded", Some(decision_id))?;
    honoured(tx, id, person_id, Held { decision_id: Some(decision_id), application_id }, a.fields)?;
    Ok(id)
}

/// Awards a nomination whose notice is over, by the day and by the clock (`today`). Whoever awards did not review.
pub fn award(tx: &mut Tx<'_>, id: i64, a: &Award<'_>, today: Day) -> Result<()> {
    let h = loaded(tx.conn(), id)?;
    if h.outside.is_some() {
        return Err(error::usage("outside_award").fact("no", h.no()));
    }
    let from = in_order(tx, &h)?;
    MACHINE.to(&h.no(), &from, "awarded")?;
    tx.must_be("approver")?;
    workflow::apart(&steps::steps(tx.conn(), (MACHINE.kind, id))?, &["reviewed"], &h.no(), &tx.actor)?;
    candidate(tx.conn(), h.person_id, tx.day)?;
    not_twice(tx.conn(), h.person_id, None, tx.day, Some(id))?;
    let days = scheme(tx.conn(), tx.day)?.notice_days.unwrap_or(0);
    let n = steps::notice(tx.conn(), (MACHINE.kind, id))?;
    let objections = n.as_ref().map_or(Ok(Vec::new()), |n| steps::objections(tx.conn(), n.id))?;
    let recorded = n.as_ref().map_or(today, |n| crate::office::shanghai_day(n.recorded_ms));
    recognition::notice_is_over(&h.no(), n.as_ref(), &objections, days, tx.day, today, recorded)?;
    let (decision_id, application_id) = rewarded(tx, h.person_id, a)?;
    honoured(tx, id, h.person_id, Held { decision_id: Some(decision_id), application_id }, a.fields)?;
    steps::step(tx, (MACHINE.kind, id), Some(&from), "awarded", Some(decision_id), None)
}

/// The decision, which covers one person more, and the reward by the rules of benefits: reserved in a fund like any money.
fn rewarded(tx: &mut Tx<'_>, person_id: i64, a: &Award<'_>) -> Result<(i64, Option<i64>)> {
    let decision_id = paper::store::cite(tx, a.decision)?;
    let d = paper::store::open(tx.conn(), decision_id)?.ok_or_else(|| error::not_office("damaged"))?.data;
    d.covers(&number::format(paper::PREFIX, decision_id), store::others_on(tx.conn(), decision_id, person_id)? + 1, Fen::ZERO)?;
    if !a.reward {
        return Ok((decision_id, None));
    }
    let g = subsidy::change::Grant { scheme: SCHEME, decision: a.decision, amount: a.amount, fund: a.fund };
    let id = subsidy::change::grant(tx, Claim { payee: Party::Person(person_id), for_id: None }, &g, &mut Committed::default())?;
    Ok((decision_id, Some(id)))
}

/// The honour is held from the business day on, and with it a seat in the expert pool (纳入专家智库).
fn honoured(tx: &mut Tx<'_>, id: i64, person_id: i64, held: Held, fields: &[String]) -> Result<()> {
    let day = tx.day;
    store::hold(tx, id, held, day)?;
    let seat = Seat { fields: fields.to_vec(), available: None };
    expert::store::take(tx, person_id, Some(id), Span::from(day), &seat).map(|_| ())
}

/// Revokes the zone's honour on a decision: the title, the seat, and what is not paid of the reward go; what was paid is owed.
pub fn revoke(tx: &mut Tx<'_>, id: i64, ground: &str, decision: &str) -> Result<()> {
    let h = loaded(tx.conn(), id)?;
    let from = in_order(tx, &h)?;
    let to = machine(h.outside.is_some()).to(&h.no(), &from, "revoked")?;
    let decision_id = paper::store::cite(tx, decision)?;
    let day = tx.day;
    if let Some(held) = store::held(tx.conn(), id)? {
        store::lose(tx, id, &held, day)?;
        if let Some(reward) = held.data.application_id {
            let a = subsidy::store::load(tx.conn(), reward)?.ok_or_else(|| error::not_office("damaged"))?;
            subsidy::life::revoke(tx, &a, decision_id, ground)?;
        }
    }
    for seat in expert::store::seats(tx.conn(), Some(h.person_id))?.into_iter().filter(|e| e.honour_id == Some(id) && e.lasts(day)) {
        expert::store::end(tx, &seat, day.pred())?;
    }
    steps::step(tx, (MACHINE.kind, id), Some(&from), to, Some(decision_id), Some(ground))
}
