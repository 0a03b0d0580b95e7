//! What is done to an integrity case, whoever asks for it; each act sees the case as the register knows it within its own op. Who investigates
//! decides nothing, and neither of them judges a repair.

use super::store::{self, Case, Share};
use super::{INVESTIGATES, MACHINE, PREFIX, ReplyTime, Ruling, Whom, seen, term_end, verbs, wanted};
use crate::base::day::Day;
use crate::base::number;
use crate::calendar;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::shanghai_day;
use crate::org;
use crate::paper;
use crate::policy::{self, IntegrityPack};
use crate::workflow::{
    self,
    store::{self as steps, Served, Step},
};
use rusqlite::Connection;
use std::rc::Rc;

/// A case with what it is on a day.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As it was opened.
    pub case: Case,
    /// The state on the day; expired is told by time.
    pub state: String,
    /// The notice, and how long it leaves for a reply.
    pub notice: Option<Served>,
    /// What was decided.
    pub ruling: Option<Ruling>,
    /// First day of the listing: that on which the decision was served.
    pub from: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
    /// The day of a repair.
    pub repaired: Option<Day>,
    /// The day it was looked at for.
    pub day: Day,
}

impl Seen {
    /// Whether the decision names an effect.
    pub fn has_effect(&self, effect: &str) -> bool {
        self.ruling.as_ref().is_some_and(|r| r.effects.iter().any(|e| e == effect))
    }
}

/// What a case is on a day.
pub fn look(conn: &Connection, case: Case, day: Day) -> Result<Seen> {
    let of = (MACHINE.kind, case.id);
    let all: Vec<Step> = steps::steps(conn, of)?.into_iter().filter(|s| s.day <= day).collect();
    let served: Vec<Served> = steps::served(conn, of)?.into_iter().map(|s| s.0).filter(|s| s.day <= day).collect();
    let last = |paper: &str| served.iter().rfind(|s| s.paper == paper).cloned();
    let repaired = all.iter().rfind(|s| s.to_state == "repaired").map(|s| s.day);
    let ruling = store::ruling(conn, case.id)?.filter(|r| r.day <= day);
    let from = last("decision").map(|s| s.day).filter(|_| ruling.as_ref().is_some_and(|r| r.listed));
    let mut state = all.last().map_or("lead", |s| s.to_state.as_str()).to_owned();
    let mut until = None;
    if let (Some(from), Some(r)) = (from, &ruling) {
        until = r.until(from, policy::store::integrity_version(conn, case.policy_id)?.rules());
        // It holds from delivery, on whatever day that was entered.
        if let Some(until) = until {
            seen(from, until, repaired, day).clone_into(&mut state);
        }
    }
    Ok(Seen { state, notice: last("notice"), ruling, from, until, repaired, day, case })
}

/// The confirmed rules with their version; 78 where the system is off.
pub fn confirmed(conn: &Connection) -> Result<(i64, Rc<IntegrityPack>)> {
    let (id, pack) = policy::store::integrity(conn)?;
    let code = pack.rules().code.clone();
    match id {
        Some(v) if policy::store::is_confirmed(conn, id, &code)? => Ok((v, pack)),
        _ => Err(error::policy("unconfirmed").fact("pack", "integrity").fact("scheme", &code).detail("scheme", code)),
    }
}

/// What a case is opened with.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Whom it is about.
    pub whom: Whom,
    /// One of `GROUNDS`.
    pub ground: &'a str,
    /// What is said to have happened.
    pub facts: &'a str,
    /// The legal basis.
    pub basis: &'a str,
}

/// Opens a case (线索). 3 for a unit without a credit code: by its name alone it could be another.
pub fn open(tx: &mut Tx<'_>, o: &Opening<'_>) -> Result<i64> {
    let (policy_id, _) = confirmed(tx.conn())?;
    if let Whom::Unit(id) = o.whom
        && org::store::names_known(tx.conn(), id, i64::MAX)?.1.is_none()
    {
        return Err(error::refused("unit_without_code").fact("no", o.whom.no()));
    }
    let case = Case {
        id: 0,
        whom: o.whom,
        ground: o.ground.to_owned(),
        facts: o.facts.to_owned(),
        basis: o.basis.to_owned(),
        opened: tx.day,
        policy_id,
    };
    store::create(tx, &case)
}

/// A case in a state that a verb can begin from; else 5 with what can be done. 3 where the act is dated before the last one.
fn in_state(tx: &Tx<'_>, id: i64, verb: &str) -> Result<(Seen, Vec<Step>)> {
    let no = number::format(PREFIX, id);
    let case = store::load(tx.conn(), id)?.ok_or_else(|| error::not_found("no_integrity_case").fact("text", &no))?;
    let all = steps::steps(tx.conn(), (MACHINE.kind, id))?;
    workflow::in_order(&no, tx.day, all.last().map(|s| s.day))?;
    let seen = look(tx.conn(), case, tx.day)?;
    let possible = verbs(&seen.state);
    if possible.contains(&verb) {
        return Ok((seen, all));
    }
    Err(error::conflict("integrity_state")
        .fact("no", no)
        .fact("status", &seen.state)
        .fact("verbs", possible.join(", "))
        .detail("possible", possible.to_vec()))
}

/// Moves a case from the state its last step left it in.
fn advance(tx: &mut Tx<'_>, id: i64, all: &[Step], to: &str, decision: Option<i64>, note: Option<&str>) -> Result<()> {
    let from = all.last().map_or("lead", |s| s.to_state.as_str());
    let to = MACHINE.to(&number::format(PREFIX, id), from, to)?;
    steps::step(tx, (MACHINE.kind, id), Some(from), to, decision, note)
}

/// The rules a case was opened by.
fn rules(conn: &Connection, case: &Case) -> Result<Rc<IntegrityPack>> {
    policy::store::integrity_version(conn, case.policy_id)
}

/// Keeps that a case is looked into (核查).
pub fn investigate(tx: &mut Tx<'_>, id: i64, note: Option<&str>) -> Result<()> {
    let (_, all) = in_state(tx, id, "investigate")?;
    advance(tx, id, &all, "checking", None, note)
}

/// A paper cannot have been served before the case was opened, the paper made, or behind the day on which that is entered. 65.
fn served_between(no: &str, first: Day, day: Day, last: Day) -> Result<()> {
    if day < first || day > last {
        return Err(error::bad_data("served_when")
            .fact("no", no)
            .fact("day", day.iso())
            .fact("from", first.iso())
            .fact("until", last.iso()));
    }
    Ok(())
}

/// Keeps that the notice was served (告知): reason, basis and rights, with days to reply. 3 where it gives fewer than the rules; 78 without a calendar.
pub fn notify(tx: &mut Tx<'_>, id: i64, delivered: Day, way: &str, days: Option<u32>) -> Result<()> {
    let (seen, all) = in_state(tx, id, "notify")?;
    served_between(&seen.case.no(), seen.case.opened, delivered, tx.day)?;
    let pack = rules(tx.conn(), &seen.case)?;
    let rules = pack.rules();
    let days = days.unwrap_or(rules.reply_days);
    if days < rules.reply_days_least {
        return Err(error::refused("reply_days_few")
            .fact("least", rules.reply_days_least)
            .detail("clause", rules.basis.clone())
            .detail("least", rules.reply_days_least));
    }
    let until = calendar::store::calendar(tx.conn())?.after(delivered, days)?;
    let served = Served { paper: "notice".to_owned(), day: delivered, way: Some(way.to_owned()), reply: Some((days, until)) };
    steps::serve(tx, (MACHINE.kind, id), &served)?;
    advance(tx, id, &all, "notified", None, None)
}

/// The note of a reply after which nothing more will be said.
const WAIVED: &str = "waived";

/// How long the notice of a case leaves for a reply.
fn reply_time(conn: &Connection, id: i64, today: Day) -> Result<Option<ReplyTime>> {
    let notice = steps::served(conn, (MACHINE.kind, id))?.into_iter().rfind(|(s, _)| s.paper == "notice");
    // What this very op enters is entered today.
    Ok(notice.and_then(|(s, ms)| ReplyTime::of(&s, if ms == 0 { today } else { shanghai_day(ms) })))
}

/// Keeps a reply (陈述申辩), perhaps with the word that nothing more will be said. 3 where the time is over: the case waits for its decision.
pub fn reply(tx: &mut Tx<'_>, id: i64, waive: bool, today: Day) -> Result<()> {
    let (seen, all) = in_state(tx, id, "reply")?;
    if let Some(time) = reply_time(tx.conn(), id, today)?.filter(|t| t.is_over(tx.day, today)) {
        let until = time.until().iso();
        return Err(error::refused("reply_late").fact("no", seen.case.no()).fact("until", &until).detail("reply_until", until));
    }
    advance(tx, id, &all, "heard", None, waive.then_some(WAIVED))
}

/// What is decided: a listing, or its absence.
#[derive(Debug)]
pub struct Deciding<'a> {
    /// mild, ordinary, serious; none where nobody is listed.
    pub grade: Option<&'a str>,
    /// What follows.
    pub effects: &'a [String],
    /// The last day, where the decision names one.
    pub ends: Option<Day>,
    /// The decision on paper: number or document number.
    pub decision: Option<&'a str>,
    /// The day by the clock.
    pub today: Day,
}

/// Decides a case. A listing waits until the time to reply is over by the book and by the clock, or the subject said that nothing more will be
/// said; whoever investigated does not decide. That nobody is listed waits for nothing.
pub fn decide(tx: &mut Tx<'_>, id: i64, d: &Deciding<'_>) -> Result<()> {
    let (seen, all) = in_state(tx, id, "decide")?;
    let no = seen.case.no();
    let Some(grade) = d.grade else {
        workflow::apart(&all, &INVESTIGATES, &no, &tx.actor)?;
        let decision_id = d.decision.map(|t| paper::store::cite(tx, t)).transpose()?;
        let ruling = Ruling { day: tx.day, listed: false, grade: None, ends: None, effects: Vec::new(), decision_id };
        store::rule(tx, id, &ruling)?;
        return advance(tx, id, &all, "not_listed", decision_id, None);
    };
    if INVESTIGATES.contains(&seen.state.as_str()) {
        return Err(error::refused("not_notified").fact("no", no).detail("possible", vec!["notify"]));
    }
    let waived = all.iter().any(|s| s.to_state == "heard" && s.note.as_deref() == Some(WAIVED));
    if let Some(time) = reply_time(tx.conn(), id, d.today)?.filter(|t| !waived && !t.is_over(tx.day, d.today)) {
        let until = time.until().iso();
        return Err(error::refused("reply_running").fact("no", no).fact("until", &until).detail("reply_until", until));
    }
    workflow::apart(&all, &INVESTIGATES, &no, &tx.actor)?;
    let pack = rules(tx.conn(), &seen.case)?;
    let effects = wanted(pack.rules(), tx.day, grade, d.ends, d.effects)?;
    // The parser asks for both.
    let Some(decision) = d.decision else { return Err(error::refused("needs_decision").fact("no", no)) };
    let decision_id = Some(paper::store::cite(tx, decision)?);
    let ruling = Ruling { day: tx.day, listed: true, grade: Some(grade.to_owned()), ends: d.ends, effects, decision_id };
    store::rule(tx, id, &ruling)?;
    advance(tx, id, &all, "decided", decision_id, None)
}

/// Keeps that decision and repair notice were served together (两书同达): from that day on the listing is in force. 3 where it would have ended before.
pub fn deliver(tx: &mut Tx<'_>, id: i64, delivered: Day, way: Option<&str>) -> Result<()> {
    let (seen, all) = in_state(tx, id, "deliver")?;
    let Some(r) = &seen.ruling else { return Err(error::not_office("damaged")) };
    served_between(&seen.case.no(), r.day, delivered, tx.day)?;
    if let Some(ends) = r.ends.filter(|e| *e < delivered) {
        return Err(error::refused("lapsed").fact("no", seen.case.no()).fact("until", ends.iso()).detail("until", ends.iso()));
    }
    let served = Served { paper: "decision".to_owned(), day: delivered, way: way.map(str::to_owned), reply: None };
    steps::serve(tx, (MACHINE.kind, id), &served)?;
    advance(tx, id, &all, "in_force", r.decision_id, None)
}

/// Ends a listing before its time (修复移出) on a decision, by somebody who neither investigated nor decided.
pub fn repair(tx: &mut Tx<'_>, id: i64, decision: &str) -> Result<()> {
    let (seen, all) = in_state(tx, id, "repair")?;
    let no = seen.case.no();
    workflow::apart(&all, &[&INVESTIGATES[..], &["decided"]].concat(), &no, &tx.actor)?;
    let pack = rules(tx.conn(), &seen.case)?;
    let grade = seen.ruling.as_ref().and_then(|r| pack.rules().grade(r.grade.as_deref()?));
    let opens = seen.from.zip(grade).map(|(from, g)| term_end(from, g.repair_after_months));
    if let (Some(opens), Some(g)) = (opens.filter(|o| tx.day < *o), grade) {
        return Err(error::refused("repair_early")
            .fact("no", no)
            .fact("opens", opens.iso())
            .detail("clause", g.basis.clone())
            .detail("opens", opens.iso()));
    }
    let decision_id = paper::store::cite(tx, decision)?;
    advance(tx, id, &all, "repaired", Some(decision_id), None)
}

/// Annuls a case as wrong from the start (撤销): no question of today's knowledge tells of it any more. Those it was handed over to.
pub fn annul(tx: &mut Tx<'_>, id: i64, decision: &str) -> Result<Vec<Share>> {
    let (_, all) = in_state(tx, id, "remove")?;
    let shares = store::shares(tx.conn(), id)?;
    let decision_id = paper::store::cite(tx, decision)?;
    advance(tx, id, &all, "annulled", Some(decision_id), None)?;
    store::annul(tx, id)?;
    Ok(shares)
}

/// Keeps that a listing in force was handed over to another body.
pub fn share(tx: &mut Tx<'_>, id: i64, s: &Share) -> Result<()> {
    in_state(tx, id, "share")?;
    store::share(tx, id, s)
}
