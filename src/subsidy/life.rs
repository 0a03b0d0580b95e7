//! What happens to a benefit after it was granted (停发、续发、追回): the balance is kept, the promise released, what is owed is reckoned by the
//! agreement of its day.

use super::change::{must_be_eligible, scheme, verdict_without};
use super::draw::{Committed, fund_of_year, line_for, reserve_waiting};
use super::schedule::{Schedule, due_plan, no_month, quarters};
use super::store::{self, Application, Instalment, Party};
use super::{MACHINE, whole_months};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::fund::store::Voucher;
use crate::fund::{self, Movement, postings};
use crate::paper;
use crate::policy::Form;
use crate::talent::{current, store as people};
use crate::workflow::{self, store as steps};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a benefit comes to now.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Sent to the bank and not come back.
    pub paid: Fen,
    /// What came back by recovery.
    pub recovered: Fen,
    /// What a stop took away and a resumption gives back.
    pub balance: Fen,
    /// The same in months, of a monthly benefit.
    pub balance_months: Option<i64>,
    /// What is owed back by the agreement, were the service broken off on the day.
    pub owed: Fen,
    /// How that is reckoned.
    pub formula: String,
}

/// The state that acts brought about: approved, stopped, resumed, recovered.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<String> {
    let last = steps::steps(conn, (MACHINE.kind, id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "approved".to_owned(), |s| s.to_state))
}

/// Reckons a benefit on a day.
pub fn account(conn: &Connection, a: &Application, day: Day) -> Result<Account> {
    let damaged = || error::not_office("damaged");
    let live = store::instalments(conn, a.id)?;
    let sum = |f: &dyn Fn(&Instalment) -> Fen| live.iter().try_fold(Fen::ZERO, |s, i| s.checked_add(f(i))).ok_or_else(damaged);
    let ended = has_ended(&state(conn, a.id, day)?);
    let (planned, paid) = (sum(&|i| if ended { i.settled } else { i.amount })?, sum(&|i| i.settled)?);
    let recovered = fund::store::recovered_of(conn, &a.no())?;
    let balance = a.amount.checked_sub(planned).ok_or_else(damaged)?;
    let rate = month_rate(a);
    let agreement: Value = serde_json::from_str(&a.agreement).unwrap_or(Value::Null);
    let until = broken_off(&steps::steps(conn, (MACHINE.kind, a.id))?, day);
    let (owed, formula) = owed(&agreement, a.approved, until, Fen(paid.0 - recovered.0), paid);
    let balance_months = rate.map(|r| balance.0 / r.0.max(1));
    Ok(Account { paid, recovered, balance, balance_months, owed, formula })
}

/// Whether nothing more of a benefit in a state is ever paid.
pub fn has_ended(state: &str) -> bool {
    matches!(state, "recovered" | "revoked")
}

/// Until when the service agreed on counts as kept on a day: until it was broken off, where no resumption took that back.
fn broken_off(all: &[steps::Step], day: Day) -> Day {
    let mut off = None;
    for s in all.iter().filter(|s| s.day <= day) {
        match s.to_state.as_str() {
            "stopped" | "revoked" | "recovered" => off = off.or(Some(s.day)),
            "resumed" => off = None,
            _ => {}
        }
    }
    off.unwrap_or(day)
}

/// What a month of a monthly benefit comes to, by the verdict that granted it.
fn month_rate(a: &Application) -> Option<Fen> {
    let verdict: Value = serde_json::from_str(&a.verdict).ok()?;
    verdict["months_left"].as_u64()?;
    Fen::parse(verdict["amount"].as_str()?).ok()
}

/// What is owed by the agreement: everything, or by the months of service that are missing, rounded down; never more than was kept.
fn owed(agreement: &Value, from: Day, until: Day, kept: Fen, paid: Fen) -> (Fen, String) {
    match agreement["clawback"].as_str() {
        Some("all") => (kept, "all".to_owned()),
        Some("pro_rata") => {
            let months = agreement["service_months"].as_i64().unwrap_or(1).max(1);
            let served = i64::from(whole_months(from, until)).min(months);
            let missing = i128::from(months - served);
            let part = i64::try_from(i128::from(paid.0) * missing / i128::from(months)).unwrap_or(paid.0);
            // What came back before is no longer owed.
            let back = paid.0 - kept.0;
            (Fen((part - back).max(0)), format!("{paid} × ({months} - {served}) / {months}"))
        }
        _ => (Fen::ZERO, "none".to_owned()),
    }
}

/// A benefit in a state that an act can begin from; else 5 with what can be done, or that the bank has yet to answer. 3 where the act is dated
/// before the last one, a payment or its answer included.
fn in_state(tx: &Tx<'_>, a: &Application, wanted: &[&str]) -> Result<String> {
    let all = steps::steps(tx.conn(), (MACHINE.kind, a.id))?;
    let payments = store::payments_of(tx.conn(), a.id)?;
    let last = all.last().map(|s| s.day).max(payments.iter().map(|p| p.day.max(p.answered)).max());
    workflow::in_order(&a.no(), tx.day, last)?;
    let state = all.last().map_or("approved", |s| s.to_state.as_str()).to_owned();
    if wanted.contains(&state.as_str()) {
        if payments.iter().any(|p| p.payment.state == "sent") {
            return Err(error::conflict("on_its_way").fact("no", a.no()).detail("possible", vec!["confirm"]));
        }
        return Ok(state);
    }
    let verbs: &[&str] = match state.as_str() {
        "stopped" => &["resume", "recover"],
        "recovered" | "revoked" => &["recover"],
        _ => &["stop", "recover"],
    };
    Err(error::conflict("benefit_state")
        .fact("no", a.no())
        .fact("status", &state)
        .fact("verbs", verbs.join(", "))
        .detail("possible", verbs.to_vec()))
}

/// Stops a benefit: what is due by the day stays due; the rest is released and kept as a balance. Of a monthly benefit the months from
/// that of the stop on.
pub fn stop(tx: &mut Tx<'_>, a: &Application, decision_id: Option<i64>, why: &str) -> Result<()> {
    let from = in_state(tx, a, &["approved", "resumed"])?;
    let freed = release(tx, a)?;
    steps::step(tx, (MACHINE.kind, a.id), Some(&from), "stopped", decision_id, Some(why))?;
    hand_on(tx, freed)
}

/// A movement of one benefit's money.
fn of<'a>(a: &'a Application, no: &'a str) -> Voucher<'a> {
    Voucher { decision_id: None, note: Some(no), scheme: Some(&a.scheme) }
}

/// Revokes a benefit whose ground is gone, on a decision: nothing more of it is paid, due or not, and nothing can be resumed. What was paid is owed
/// by the agreement and comes back by `recover`. One that was recovered already stays so.
pub fn revoke(tx: &mut Tx<'_>, a: &Application, decision_id: i64, why: &str) -> Result<()> {
    let from = in_state(tx, a, &["approved", "resumed", "stopped", "recovered"])?;
    let freed = give_up(tx, a, decision_id)?;
    if from != "recovered" {
        steps::step(tx, (MACHINE.kind, a.id), Some(&from), "revoked", Some(decision_id), Some(why))?;
    }
    hand_on(tx, freed)
}

/// Takes all that is not paid out of the plan, due or not, and gives its reservations back; the lines that have money free by it.
fn give_up(tx: &mut Tx<'_>, a: &Application, decision_id: i64) -> Result<BTreeSet<i64>> {
    let mut freed = release(tx, a)?;
    let no = a.no();
    let voucher = Voucher { decision_id: Some(decision_id), ..of(a, &no) };
    for i in store::instalments(tx.conn(), a.id)?.into_iter().filter(|i| i.settled < i.amount) {
        let left = Fen(i.amount.0 - i.settled.0);
        if let Some(line) = i.line_id {
            fund::store::post(tx, Movement::Release.code(), voucher, &postings(line, Movement::Release, left))?;
            freed.insert(line);
        }
        // The part that the bank paid stays, and with it the instalment: its rest is reserved nowhere and no longer asked for.
        if i.settled.0 == 0 {
            store::void_instalment(tx, a.id, i.seq)?;
        } else {
            store::reserve(tx, a.id, i.seq, None)?;
        }
    }
    Ok(freed)
}

/// Money that is free again goes to what waits for it before anybody else can have it, in the order of approval.
fn hand_on(tx: &mut Tx<'_>, lines: BTreeSet<i64>) -> Result<()> {
    let mut funds = BTreeSet::new();
    for line in lines {
        funds.extend(fund::store::line_at(tx.conn(), line)?.map(|l| l.fund_id));
    }
    for id in funds {
        if !fund::change::is_closed(tx.conn(), id)? {
            reserve_waiting(tx, &fund::store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?)?;
        }
    }
    Ok(())
}

/// Takes what is not due yet out of the plan and gives its reservation back; the lines that have money free by it.
fn release(tx: &mut Tx<'_>, a: &Application) -> Result<BTreeSet<i64>> {
    let mut freed = BTreeSet::new();
    let no = a.no();
    let (y, m, _) = tx.day.ymd();
    let this_month = i64::from(y) * 100 + i64::from(m);
    let mut next = store::last_instalment(tx.conn(), a.id)?;
    let today = tx.day;
    for i in store::instalments(tx.conn(), a.id)?.into_iter().filter(|i| i.due > today && i.settled.0 == 0) {
        // The months of its quarter that lie before the stop were had.
        let had = match (&i.period, month_rate(a)) {
            (Some(period), Some(rate)) => {
                let n = months_of(period).into_iter().filter(|m| *m < this_month).count();
                let had = rate.checked_mul(i64::try_from(n).unwrap_or(0)).unwrap_or(i.amount).min(i.amount);
                (had.0 > 0).then(|| (had, period.clone()))
            }
            _ => None,
        };
        store::void_instalment(tx, a.id, i.seq)?;
        let kept = had.as_ref().map_or(Fen::ZERO, |h| h.0);
        if let Some(line) = i.line_id {
            let back = Fen(i.amount.0 - kept.0);
            if back.0 > 0 {
                fund::store::post(tx, Movement::Release.code(), of(a, &no), &postings(line, Movement::Release, back))?;
                freed.insert(line);
            }
        }
        if let Some((amount, period)) = had {
            next += 1;
            let before: Vec<i64> = months_of(&period).into_iter().filter(|m| *m < this_month).collect();
            let period = super::schedule::period(&before);
            store::add_instalment(tx, a.id, &Instalment { seq: next, due: i.due, period, amount, settled: Fen::ZERO, line_id: i.line_id })?;
        }
    }
    store::void_months(tx, a.id, this_month)?;
    Ok(freed)
}

/// Months of `2019-08..2019-09` as yyyymm.
fn months_of(period: &str) -> Vec<i64> {
    let month = |t: &str| t.replace('-', "").parse::<i64>().ok();
    let Some((first, last)) = period.split_once("..") else { return Vec::new() };
    let (Some(first), Some(last)) = (month(first), month(last)) else { return Vec::new() };
    (first..=last).filter(|m| (1..=12).contains(&(m % 100))).collect()
}

/// Resumes the balance of a stopped benefit, judged anew: at a new employer, or when what it was stopped for is gone.
/// The money is the fund's that is named, else the year's only open one, else the one of the same name.
pub fn resume(tx: &mut Tx<'_>, a: &Application, employer: Option<i64>, fund: Option<i64>) -> Result<()> {
    in_state(tx, a, &["stopped"])?;
    let (day, no) = (tx.day, a.no());
    let (_, s) = scheme(tx.conn(), &a.scheme, day)?;
    if let (Some(unit), Party::Person(id)) = (employer, a.claim().whose()) {
        let p = people::load(tx.conn(), people::survivor(tx.conn(), id)?)?.ok_or_else(|| error::not_office("damaged"))?;
        if !current(&p.engagements, day).is_some_and(|e| e.span.holds(day) && e.data.org_id == unit) {
            return Err(error::refused("not_with_unit").fact("no", p.no()));
        }
    }
    let v = verdict_without(tx.conn(), a, &s, None, day)?;
    must_be_eligible(&a.claim().whose().no(), &s.code, &v)?;
    let now = account(tx.conn(), a, day)?;
    if now.balance.0 <= 0 {
        return Err(error::conflict("no_balance").fact("no", a.no()).detail("possible", Vec::<&str>::new()));
    }
    let first = store::last_instalment(tx.conn(), a.id)? + 1;
    let (plan, months): (Schedule, Vec<i64>) = match (s.form, month_rate(a)) {
        (Form::Monthly, Some(rate)) => {
            // No more than is left of the life: others of the scheme may have been granted since.
            let balance = u32::try_from(now.balance.0 / rate.0.max(1)).unwrap_or(0);
            let held = store::months_held(tx.conn(), a.id)?;
            let left = v.sums.months_left.map(|left| left.saturating_sub(held));
            let most = usize::try_from(left.map_or(balance, |left| left.min(balance))).unwrap_or(0);
            let months = due_plan(tx.conn(), a.claim().whose(), &a.scheme, most, day)?;
            if months.is_empty() {
                return Err(no_month(a.claim().whose(), &a.scheme, left));
            }
            let sum = rate.checked_mul(i64::try_from(months.len()).unwrap_or(0)).unwrap_or(now.balance);
            (quarters(&months, rate, sum), months)
        }
        // The parts that the stop took out, none before today.
        _ => (store::stopped_parts(tx.conn(), a.id)?.into_iter().map(|(due, amount)| (due.max(day), None, amount)).collect(), Vec::new()),
    };
    let mut parts: Vec<Instalment> = plan
        .into_iter()
        .zip(first..)
        .map(|((due, period, amount), seq)| Instalment { seq, due, period, amount, settled: Fen::ZERO, line_id: None })
        .collect();
    let granted_by = fund::store::line_at(tx.conn(), a.line_id)?.map(|l| fund::store::load(tx.conn(), l.fund_id)).transpose()?.flatten();
    let fund = fund_of_year(tx, fund, granted_by.as_ref())?;
    let end = fund::change::year_end(&fund);
    let this_year = parts.iter().filter(|i| i.due <= end).try_fold(Fen::ZERO, |s, i| s.checked_add(i.amount)).unwrap_or(now.balance);
    if this_year.0 > 0 {
        let line = line_for(tx, &fund, &a.scheme, this_year, &mut Committed::default())?;
        fund::store::post(tx, Movement::Reserve.code(), of(a, &no), &postings(line, Movement::Reserve, this_year))?;
        parts.iter_mut().filter(|i| i.due <= end).for_each(|i| i.line_id = Some(line));
    }
    for i in &parts {
        store::add_instalment(tx, a.id, i)?;
    }
    if let Party::Person(id) = a.claim().whose() {
        store::add_months(tx, a.id, id, &a.scheme, &months)?;
    }
    steps::step(tx, (MACHINE.kind, a.id), Some("stopped"), "resumed", None, None)
}

/// Enters what came back of a benefit, on a decision: by the agreement, or the sum named. It goes back to the lines it came from.
pub fn recover(tx: &mut Tx<'_>, a: &Application, amount: Option<Fen>, decision: &str) -> Result<Fen> {
    let from = in_state(tx, a, &["approved", "resumed", "stopped", "revoked", "recovered"])?;
    let now = account(tx.conn(), a, tx.day)?;
    let amount = amount.unwrap_or(now.owed);
    if amount.0 <= 0 {
        return Err(error::conflict("nothing_owed").fact("no", a.no()).detail("possible", Vec::<&str>::new()));
    }
    let kept = Fen(now.paid.0 - now.recovered.0);
    if amount > kept {
        return Err(error::refused("above_paid").fact("no", a.no()).fact("paid", kept).detail("paid", kept.to_string()));
    }
    let decision_id = paper::store::cite(tx, decision)?;
    let mut freed = give_up(tx, a, decision_id)?;
    let (mut left, no) = (amount, a.no());
    // The last payment comes back first; what came back of a line before is not asked of it twice.
    let mut lines: Vec<(i64, Fen)> = Vec::new();
    for store::Paid { payment: p, .. } in store::payments_of(tx.conn(), a.id)?.into_iter().rev() {
        match lines.iter_mut().find(|l| l.0 == p.line_id) {
            Some(l) => l.1 = l.1.checked_add(p.paid).unwrap_or(l.1),
            None => lines.push((p.line_id, p.paid)),
        }
    }
    for (line, paid) in lines {
        let back = fund::store::recovered_on(tx.conn(), line, &a.no())?;
        let part = Fen((paid.0 - back.0).min(left.0));
        if part.0 > 0 {
            fund::change::recover(tx, line, part, Voucher { decision_id: Some(decision_id), ..of(a, &no) })?;
            freed.insert(line);
            left = Fen(left.0 - part.0);
        }
    }
    steps::step(tx, (MACHINE.kind, a.id), Some(&from), "recovered", Some(decision_id), None)?;
    hand_on(tx, freed)?;
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_owed_follows_the_agreement() {
        let day = |t: &str| Day::parse_iso(t).unwrap();
        let by = |clawback: &str, until: &str, kept: i64| {
            owed(&json!({"clawback": clawback, "service_months": 36}), day("2019-07-01"), day(until), Fen(kept), Fen(3600)).0.0
        };
        assert_eq!((by("all", "2019-08-01", 3600), by("none", "2019-08-01", 3600)), (3600, 0));
        // Twelve of 36 months were served.
        assert_eq!(
            (by("pro_rata", "2020-06-30", 3600), by("pro_rata", "2020-06-30", 2600), by("pro_rata", "2020-06-30", 0)),
            (2400, 1400, 0)
        );
        assert_eq!(
            (by("pro_rata", "2022-06-30", 3600), by("pro_rata", "2030-01-01", 3600), by("pro_rata", "2019-07-01", 3600)),
            (0, 0, 3600)
        );
        assert_eq!(months_of("2019-11..2020-01"), [201_911, 201_912, 202_001]);
    }
}
