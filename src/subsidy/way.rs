//! The long way of an application (申报审批): applied, checked by the employer, accepted, reviewed jointly, put up in public, approved; reviewer,
//! approver and cashier are different persons.

use super::MACHINE;
use super::change::{Grant, confirmed, may_stand_in, must_be_eligible, plan, refuse_listed, verdict};
use super::draw::Committed;
use super::store::{self, Claim, Request};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::calendar;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::paper;
use crate::policy::Benefit;
use crate::recognition;
use crate::workflow::{self, store as steps};
use rusqlite::Connection;

/// Stages of a review with the states they lead to.
pub const STAGES: [(&str, &str); 3] = [("employer", "employer_checked"), ("accept", "accepted"), ("joint", "reviewed")];

/// The state of an application on a day.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<String> {
    let last = steps::steps(conn, (MACHINE.kind, id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "applied".to_owned(), |s| s.to_state))
}

/// Papers that a scheme wants and an application lacks.
pub fn missing(conn: &Connection, id: i64, s: &Benefit) -> Result<Vec<String>> {
    let there: Vec<String> = paper::store::files(conn, Some((MACHINE.kind, id)))?.into_iter().map(|f| f.role).collect();
    Ok(s.papers.iter().filter(|p| !there.contains(p)).cloned().collect())
}

/// Takes an application in; 3 with the clauses that are not met.
pub fn apply(tx: &mut Tx<'_>, claim: Claim, code: &str, asked: Option<Fen>) -> Result<i64> {
    let (policy_id, s) = confirmed(tx.conn(), code, tx.day)?;
    let proof = s.wants_proof();
    if proof && asked.is_none() {
        return Err(error::usage("needs_proved").fact("scheme", &s.code));
    }
    may_stand_in(claim.for_id, &s)?;
    refuse_listed(tx.conn(), claim, tx.day)?;
    let v = verdict(tx.conn(), claim, &s, asked.filter(|_| proof), tx.day)?;
    must_be_eligible(&claim.whose().no(), &s.code, &v)?;
    for r in store::requests_of(tx.conn(), claim.whose(), &s.code)? {
        let state = state(tx.conn(), r.id, tx.day)?;
        if on_its_way(&state) {
            return Err(error::conflict("applied_already").fact("no", r.no()).detail("no", r.no()).detail("possible", vec!["review"]));
        }
    }
    let Claim { payee, for_id } = claim;
    store::ask(tx, &Request { id: 0, scheme: s.code, policy_id, payee, day: tx.day, asked, for_id }, "applied", None)
}

/// Whether an application still waits for its decision.
pub fn on_its_way(state: &str) -> bool {
    matches!(state, "applied" | "employer_checked" | "accepted" | "reviewed" | "publicised")
}

/// A move of the machine from the state within this op; 3 where it is dated before the last one.
fn advance(tx: &Tx<'_>, r: &Request, to: &str) -> Result<(String, &'static str)> {
    let all = steps::steps(tx.conn(), (MACHINE.kind, r.id))?;
    workflow::in_order(&r.no(), tx.day, all.last().map(|s| s.day))?;
    let from = all.last().map_or("applied", |s| s.to_state.as_str()).to_owned();
    let to = MACHINE.to(&r.no(), &from, to)?;
    Ok((from, to))
}

/// Keeps what a stage of the review came to. Whoever accepts looks at the papers; the joint review is a reviewer's, and so is what ends an
/// application behind it: an objection upheld.
pub fn review(tx: &mut Tx<'_>, r: &Request, to: &'static str, refuse: Option<&str>) -> Result<()> {
    let now = steps::steps(tx.conn(), (MACHINE.kind, r.id))?.last().map_or_else(|| "applied".to_owned(), |s| s.to_state.clone());
    let ends = refuse.is_some() && to == "reviewed" && matches!(now.as_str(), "reviewed" | "publicised");
    let (from, state) = advance(tx, r, if ends { "rejected" } else { to })?;
    if to == "reviewed" {
        tx.must_be("reviewer")?;
    }
    if let Some(why) = refuse {
        return steps::step(tx, (MACHINE.kind, r.id), Some(&from), "rejected", None, Some(why));
    }
    if to == "accepted" {
        let (_, s) = confirmed(tx.conn(), &r.scheme, tx.day)?;
        let missing = missing(tx.conn(), r.id, &s)?;
        if !missing.is_empty() {
            return Err(error::refused("papers_missing")
                .fact("no", r.no())
                .fact("papers", missing.join(", "))
                .detail("missing_papers", missing));
        }
    }
    steps::step(tx, (MACHINE.kind, r.id), Some(&from), state, None, None)
}

/// Puts an application up in public for its working days.
pub fn publicise(tx: &mut Tx<'_>, r: &Request, place: Option<&str>) -> Result<()> {
    let (from, state) = advance(tx, r, "publicised")?;
    let (_, s) = confirmed(tx.conn(), &r.scheme, tx.day)?;
    let until = calendar::store::calendar(tx.conn())?.after(tx.day, s.notice_days.unwrap_or(0))?;
    steps::put_up(tx, (MACHINE.kind, r.id), until, place)?;
    steps::step(tx, (MACHINE.kind, r.id), Some(&from), state, None, None)
}

/// Approves an application whose notice is over, by the day and by the clock (`today`): judged anew, reserved, in instalments. The approver is
/// not the reviewer.
pub fn approve(tx: &mut Tx<'_>, r: &Request, decision: &str, fund: Option<i64>, today: Day, committed: &mut Committed) -> Result<()> {
    let (from, _) = advance(tx, r, "approved")?;
    tx.must_be("approver")?;
    workflow::apart(&steps::steps(tx.conn(), (MACHINE.kind, r.id))?, &["reviewed"], &r.no(), &tx.actor)?;
    let (policy_id, s) = confirmed(tx.conn(), &r.scheme, tx.day)?;
    let n = steps::notice(tx.conn(), (MACHINE.kind, r.id))?;
    let objections = n.as_ref().map_or(Ok(Vec::new()), |n| steps::objections(tx.conn(), n.id))?;
    let recorded = n.as_ref().map_or(today, |n| crate::office::shanghai_day(n.recorded_ms));
    recognition::notice_is_over(&r.no(), n.as_ref(), &objections, s.notice_days.unwrap_or(0), tx.day, today, recorded)?;
    let grant = Grant { scheme: &r.scheme, decision, amount: r.asked, fund };
    let plan = plan(tx, r.claim(), &s, policy_id, &grant, committed)?;
    let decision_id = plan.application.decision_id;
    steps::step(tx, (MACHINE.kind, r.id), Some(&from), "approved", Some(decision_id), None)?;
    plan.keep(tx, r.id, &s, committed)
}
