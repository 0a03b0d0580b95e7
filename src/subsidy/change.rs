//! Benefits granted on a decision: judged, within the decision and the money, reserved for this year and committed for later ones. Each act sees
//! them as the register knows them within its own op. Payment is in `batch`, what happens later in `life`.

use super::draw::{Committed, fund_of_year, later_years, line_for};
use super::schedule::{monthly, quarters};
use super::store::{self, Application, Claim, Instalment, Party, Request};
use super::{Verdict, judge, life, parts};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::blacklist::standing;
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::fund::store::Voucher;
use crate::fund::{self, Movement, postings};
use crate::paper;
use crate::policy::{self, Benefit, Form, How, Payee};
use crate::talent::store as people;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A scheme of the pack in force as it is on a day, with the version's id.
pub fn scheme(conn: &Connection, code: &str, day: Day) -> Result<(Option<i64>, Benefit)> {
    let (id, pack) = policy::store::benefits(conn)?;
    let found = pack.benefit(code, day.0).cloned();
    found.map(|s| (id, s)).ok_or_else(|| {
        let all: Vec<&str> = pack.on(day.0).map(|s| s.code.as_str()).collect();
        error::usage("no_benefit").fact("scheme", code).fact("schemes", all.join(", ")).detail("possible", all)
    })
}

/// Judges a claim by a scheme on a day.
pub fn verdict(conn: &Connection, claim: Claim, s: &Benefit, proved: Option<Fen>, day: Day) -> Result<Verdict> {
    let facts = match claim.whose() {
        Party::Person(id) => store::person(conn, people::survivor(conn, id)?, day)?,
        Party::Org(id) => store::unit(conn, id, day)?,
    };
    Ok(judge(&facts, s, claim.kind(), proved, day))
}

/// Judges a benefit anew, as if the benefit itself were not: what was had before it counts.
pub fn verdict_without(conn: &Connection, a: &Application, s: &Benefit, proved: Option<Fen>, day: Day) -> Result<Verdict> {
    let claim = a.claim();
    let mut facts = match claim.whose() {
        Party::Person(id) => store::person(conn, people::survivor(conn, id)?, day)?,
        Party::Org(id) => store::unit(conn, id, day)?,
    };
    let own: Vec<i64> = store::of(conn, claim.whose())?.into_iter().filter(|(o, _)| o.id == a.id).map(|(_, op)| op).collect();
    facts.had.retain(|h| h.scheme != a.scheme || !own.contains(&h.op));
    Ok(judge(&facts, s, claim.kind(), proved, day))
}

/// 3 with every clause where one is not met.
pub fn must_be_eligible(no: &str, scheme: &str, v: &Verdict) -> Result<()> {
    if v.eligible {
        return Ok(());
    }
    let unmet: Vec<&str> = v.clauses.iter().filter(|c| !c.met).map(|c| c.clause).collect();
    Err(error::refused("not_eligible")
        .fact("no", no)
        .fact("scheme", scheme)
        .fact("fields", unmet.join(", "))
        .detail("clauses", verdict_json(v)["clauses"].clone()))
}

/// A verdict as it is printed and frozen.
pub fn verdict_json(v: &Verdict) -> Value {
    let clause = |c: &super::Clause| {
        json!({
            "clause": c.clause, "met": c.met, "fact": c.clause, "value": c.value, "source": c.op, "since": c.since.map(|d| d.iso()),
            "to_meet": if c.met { None } else { Some(&c.wants) },
        })
    };
    json!({
        "eligible": v.eligible, "amount": v.sums.amount.map(|a| a.to_string()), "months_left": v.sums.months_left,
        "deduct": v.sums.deduct.to_string(),
        "clauses": v.clauses.iter().map(clause).collect::<Vec<_>>(),
    })
}

/// 3 where a listing in force lets nothing new be decided for whoever is paid or whose benefit it is.
pub(super) fn refuse_listed(conn: &Connection, claim: Claim, day: Day) -> Result<()> {
    [claim.payee, claim.whose()].into_iter().try_for_each(|party| standing::refuse_new(conn, party.into(), day))
}

/// A listing that lets nothing new be decided as a clause of a verdict that is printed: by the scheme's own clauses alone it would be granted.
pub(super) fn with_listing(conn: &Connection, claim: Claim, v: &mut Verdict, day: Day) -> Result<()> {
    let parties = if claim.payee == claim.whose() { vec![claim.payee] } else { vec![claim.payee, claim.whose()] };
    for party in parties {
        if let Some(n) = standing::nothing_new(conn, party.into(), day)? {
            v.eligible = false;
            let until = n.until.map(|u| u.iso()).unwrap_or_default();
            let wants = format!("> {until} ({})", n.clause);
            v.clauses.push(super::Clause { clause: "listed", met: false, value: Some(n.case), since: n.since, op: None, wants });
        }
    }
    Ok(())
}

/// What a benefit is granted with.
#[derive(Debug)]
pub struct Grant<'a> {
    /// The scheme.
    pub scheme: &'a str,
    /// The decision that grants it.
    pub decision: &'a str,
    /// The sum decided; of a share, the sum that is proved.
    pub amount: Option<Fen>,
    /// The fund; else the year's only open one.
    pub fund: Option<i64>,
}

/// The confirmed scheme with its version; 78 where it is not confirmed.
pub(super) fn confirmed(conn: &Connection, code: &str, day: Day) -> Result<(i64, Benefit)> {
    let (id, s) = scheme(conn, code, day)?;
    let confirmed = policy::store::is_confirmed(conn, id, &s.code)?;
    match id.filter(|_| confirmed) {
        Some(_) if s.form == Form::InKind => Err(error::refused("in_kind").fact("scheme", &s.code).detail("clause", s.clause)),
        Some(id) => Ok((id, s)),
        None => Err(error::policy("unconfirmed").fact("pack", "benefits").fact("scheme", &s.code).detail("scheme", s.code)),
    }
}

/// 3 where somebody else is to be paid and the scheme does not say that this may be.
pub(super) fn may_stand_in(for_id: Option<i64>, s: &Benefit) -> Result<()> {
    if for_id.is_some() && s.payee != Payee::Either {
        return Err(error::refused("not_for_another").fact("scheme", &s.code).detail("clause", s.clause.clone()));
    }
    Ok(())
}

/// Grants a benefit that was decided on paper: judged, reserved, in instalments. 3 with the clauses that are not met.
pub fn grant(tx: &mut Tx<'_>, claim: Claim, g: &Grant<'_>, committed: &mut Committed) -> Result<i64> {
    let (policy_id, s) = confirmed(tx.conn(), g.scheme, tx.day)?;
    let plan = plan(tx, claim, &s, policy_id, g, committed)?;
    let request =
        Request { id: 0, scheme: s.code.clone(), policy_id, payee: claim.payee, day: tx.day, asked: g.amount, for_id: claim.for_id };
    let id = store::ask(tx, &request, "approved", Some(plan.application.decision_id))?;
    plan.keep(tx, id, &s, committed)?;
    Ok(id)
}

/// What an approval comes to.
pub(super) struct Plan {
    /// The award.
    pub application: Application,
    parts: Vec<Instalment>,
    months: Vec<i64>,
    /// What it leaves to later years.
    later: BTreeMap<i32, Fen>,
    /// What it takes off its line.
    taken: Fen,
}

impl Plan {
    /// Keeps it as the award of an application, and ends what the scheme ends.
    pub(super) fn keep(self, tx: &mut Tx<'_>, id: i64, s: &Benefit, committed: &mut Committed) -> Result<()> {
        let a = Application { id, ..self.application };
        store::award(tx, &a, &self.parts, &self.months)?;
        for e in s.exclusive.iter().filter(|e| e.how == How::Terminate) {
            for (other, _) in store::of(tx.conn(), a.claim().whose())?.into_iter().filter(|(o, _)| o.scheme == e.with && o.id != id) {
                if matches!(life::state(tx.conn(), other.id, tx.day)?.as_str(), "approved" | "resumed") {
                    life::stop(tx, &other, Some(a.decision_id), &a.no())?;
                }
            }
        }
        committed.add(&self.later, (a.line_id, self.taken))
    }
}

/// What an approval comes to: judged on the business day, within its decision and the ceilings of later years, its money reserved.
pub(super) fn plan(tx: &mut Tx<'_>, claim: Claim, s: &Benefit, policy_id: i64, g: &Grant<'_>, committed: &mut Committed) -> Result<Plan> {
    let day = tx.day;
    refuse_listed(tx.conn(), claim, day)?;
    let proof = s.wants_proof();
    if proof && g.amount.is_none() {
        return Err(error::usage("needs_proved").fact("scheme", &s.code));
    }
    may_stand_in(claim.for_id, s)?;
    let v = verdict(tx.conn(), claim, s, g.amount.filter(|_| proof), day)?;
    must_be_eligible(&claim.whose().no(), &s.code, &v)?;
    let Some(rule) = v.sums.amount else { return Err(error::usage("needs_proved").fact("scheme", &s.code)) };
    let (granted, months) = match s.form {
        Form::Monthly => monthly(tx.conn(), claim.whose(), s, rule, &v, g.amount, day)?,
        _ => (g.amount.filter(|_| !proof).unwrap_or(rule), Vec::new()),
    };
    if s.form != Form::Monthly && granted > rule {
        return Err(above_rule(&s.code, rule));
    }
    let deduct = v.sums.deduct;
    let amount = granted.checked_sub(deduct).filter(|a| a.0 > 0).ok_or_else(|| {
        error::refused("deducted_all").fact("no", claim.payee.no()).fact("deduct", deduct).detail("deduct", deduct.to_string())
    })?;
    let decision_id = paper::store::cite(tx, g.decision)?;
    covered(tx.conn(), decision_id, claim.whose(), amount)?;
    let schedule = |sum: Fen| match s.form {
        Form::Monthly => quarters(&months, rule, sum),
        _ => parts(s, sum, day).into_iter().map(|(due, amount)| (due, None, amount)).collect::<Vec<_>>(),
    };
    let mut parts: Vec<Instalment> = schedule(amount)
        .into_iter()
        .zip(1i64..)
        .filter(|((_, _, amount), _)| amount.0 > 0)
        .map(|((due, period, amount), seq)| Instalment { seq, due, period, amount, settled: Fen::ZERO, line_id: None })
        .collect();
    let fund = fund_of_year(tx, g.fund, None)?;
    let year_end = fund::change::year_end(&fund);
    let later = later_years(tx.conn(), &parts, year_end, committed)?;
    let now = total(parts.iter().filter(|i| i.due <= year_end).map(|i| i.amount))?;
    let whole = total(schedule(granted).into_iter().filter(|p| p.0 <= year_end).map(|p| p.2))?;
    let line = line_for(tx, &fund, &s.code, whole, committed)?;
    let voucher = Voucher { decision_id: Some(decision_id), note: None, scheme: Some(&s.code) };
    if whole.0 > 0 {
        fund::store::post(tx, Movement::Reserve.code(), voucher, &postings(line, Movement::Reserve, whole))?;
    }
    // What other schemes paid is taken off in the ledger too, on the same decision: nobody has to guess where it went.
    let off = Fen(whole.0 - now.0);
    if off.0 > 0 {
        let note = format!("{} {}", claim.whose().no(), s.code);
        fund::store::post(tx, Movement::Deduct.code(), Voucher { note: Some(&note), ..voucher }, &postings(line, Movement::Deduct, off))?;
    }
    parts.iter_mut().filter(|i| i.due <= year_end).for_each(|i| i.line_id = Some(line));
    let agreement = json!({"clawback": clawback(s), "service_months": s.service_months, "from": day.iso()});
    let application = Application {
        id: 0,
        scheme: s.code.clone(),
        policy_id,
        payee: claim.payee,
        for_id: claim.for_id,
        line_id: line,
        decision_id,
        approved: day,
        amount,
        deducted: deduct,
        verdict: verdict_json(&v).to_string(),
        agreement: agreement.to_string(),
    };
    Ok(Plan { application, parts, months, later, taken: now })
}

/// 3 where more is asked for than the rule gives.
pub(super) fn above_rule(scheme: &str, most: Fen) -> Error {
    error::refused("above_rule").fact("scheme", scheme).fact("most", most).detail("most", most.to_string())
}

/// The sum of amounts; 65 where it leaves the range of numbers.
pub(super) fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen> {
    amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add).ok_or_else(|| error::bad_data("amount_range"))
}

/// Stable code of a clawback rule.
fn clawback(s: &Benefit) -> &'static str {
    match s.clawback {
        policy::Clawback::All => "all",
        policy::Clawback::ProRata => "pro_rata",
        policy::Clawback::None => "none",
    }
}

/// A decision covers at most the persons and the sum it states, what was granted on it before included.
fn covered(conn: &Connection, decision_id: i64, payee: Party, amount: Fen) -> Result<()> {
    let Some(d) = paper::store::open(conn, decision_id)? else { return Ok(()) };
    // Most papers state neither: of a batch of thousands nobody adds up the others each time.
    if d.data.persons.is_none() && d.data.limit.is_none() {
        return Ok(());
    }
    let (others, sum) = store::on_decision(conn, decision_id, payee)?;
    let sum = sum.checked_add(amount).ok_or_else(|| error::bad_data("amount_range"))?;
    d.data.covers(&number::format(paper::PREFIX, decision_id), others + 1, sum)
}
