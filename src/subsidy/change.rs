//! Benefits granted on a decision: judged, within the decision and the money, reserved for this year and committed for later ones. Each act sees
//! them as the register knows them within its own op. Payment is in `batch`, what happens later in `life`.

use super::store::{self, Application, Claim, Instalment, Party, Request};
use super::{Verdict, judge, life, parts};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{codes, number};
use crate::blacklist::standing;
use crate::db::write::Tx;
use crate::error::{self, Result};
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
pub fn verdict_without(conn: &Connection, a: &Application, s: &Benefit, day: Day) -> Result<Verdict> {
    let claim = a.claim();
    let mut facts = match claim.whose() {
        Party::Person(id) => store::person(conn, people::survivor(conn, id)?, day)?,
        Party::Org(id) => store::unit(conn, id, day)?,
    };
    let own: Vec<i64> = store::of(conn, claim.whose())?.into_iter().filter(|(o, _)| o.id == a.id).map(|(_, op)| op).collect();
    facts.had.retain(|h| h.scheme != a.scheme || !own.contains(&h.op));
    Ok(judge(&facts, s, claim.kind(), None, day))
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

/// What approvals of one batch add to later years: asked of the file once, kept up to date as the batch goes on.
#[derive(Debug, Default)]
pub struct Committed(BTreeMap<i32, Fen>);

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
        for (year, fen) in self.later {
            if let Some(sum) = committed.0.get_mut(&year) {
                *sum = sum.checked_add(fen).ok_or_else(|| error::bad_data("amount_range"))?;
            }
        }
        Ok(())
    }
}

/// What an approval comes to: judged on the business day, within its decision and the ceilings of later years, its money reserved.
pub(super) fn plan(tx: &mut Tx<'_>, claim: Claim, s: &Benefit, policy_id: i64, g: &Grant<'_>, committed: &mut Committed) -> Result<Plan> {
    let day = tx.day;
    for party in [claim.payee, claim.whose()] {
        standing::refuse_new(tx.conn(), party.into(), day)?;
    }
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
    let ceiling = if s.form == Form::Monthly { granted } else { rule };
    if granted > ceiling {
        return Err(error::refused("above_rule").fact("scheme", &s.code).fact("most", ceiling).detail("most", ceiling.to_string()));
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
    let fund = fund_of_year(tx, g.fund)?;
    let year_end = fund::change::year_end(&fund);
    let later = later_years(tx.conn(), &parts, year_end, committed)?;
    let now = total(parts.iter().filter(|i| i.due <= year_end).map(|i| i.amount))?;
    let whole = total(schedule(granted).into_iter().filter(|p| p.0 <= year_end).map(|p| p.2))?;
    let line = line_for(tx, &fund, &s.code, whole)?;
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
    Ok(Plan { application, parts, months, later })
}

/// The sum of amounts; 65 where it leaves the range of numbers.
pub(super) fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen> {
    amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add).ok_or_else(|| error::bad_data("amount_range"))
}

/// What an approval leaves to each later year, within the ceilings of the policy; 3 with what is committed already.
fn later_years(conn: &Connection, parts: &[Instalment], year_end: Day, committed: &mut Committed) -> Result<BTreeMap<i32, Fen>> {
    let mut later: BTreeMap<i32, Fen> = BTreeMap::new();
    for i in parts.iter().filter(|i| i.due > year_end) {
        let sum = later.entry(i.due.ymd().0).or_default();
        *sum = sum.checked_add(i.amount).ok_or_else(|| error::bad_data("amount_range"))?;
    }
    let (_, pack) = policy::store::benefits(conn)?;
    for (year, wanted) in &later {
        let Some(ceiling) = pack.commitment_ceiling.iter().find(|c| c.year == *year) else { continue };
        let most = ceiling.amount.checked_mul(100).map(Fen).ok_or_else(|| error::bad_data("amount_range"))?;
        let held = match committed.0.get(year) {
            Some(held) => *held,
            None => {
                let span = Day::from_ymd(*year, 1, 1).zip(Day::from_ymd(*year, 12, 31)).ok_or_else(|| error::bad_data("amount_range"))?;
                let held = store::committed_to(conn, span)?;
                committed.0.insert(*year, held);
                held
            }
        };
        if held.checked_add(*wanted).is_none_or(|sum| sum > most) {
            return Err(error::refused("commitment_ceiling")
                .fact("year", year)
                .fact("most", most)
                .fact("held", held)
                .fact("wanted", wanted)
                .detail("year", *year)
                .detail("ceiling", most.to_string())
                .detail("committed", held.to_string())
                .detail("clause", ceiling.basis.clone()));
        }
    }
    Ok(later)
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

/// The months of a monthly benefit from the month of the approval on: those of the life that are left, none that the person had, none behind
/// the contract's end. The sum, and the months as yyyymm.
fn monthly(conn: &Connection, payee: Party, s: &Benefit, rate: Fen, v: &Verdict, asked: Option<Fen>, day: Day) -> Result<(Fen, Vec<i64>)> {
    let most = usize::try_from(v.sums.months_left.unwrap_or(0)).unwrap_or(0);
    let all = due_plan(conn, payee, &s.code, most, day)?;
    // Fewer months where the decision grants fewer.
    let most = asked.map_or(all.len(), |sum| usize::try_from(sum.0 / rate.0.max(1)).unwrap_or(0));
    let months: Vec<i64> = all.into_iter().take(most).collect();
    let sum = rate.checked_mul(i64::try_from(months.len()).unwrap_or(0)).ok_or_else(|| error::bad_data("amount_range"))?;
    Ok((sum, months))
}

/// So many months of a scheme from the month of a day on, none that the person had, none behind the contract's end; as yyyymm.
pub(super) fn due_plan(conn: &Connection, payee: Party, scheme: &str, most: usize, day: Day) -> Result<Vec<i64>> {
    let Party::Person(id) = payee else { return Err(error::refused("in_kind").fact("scheme", scheme)) };
    let id = people::survivor(conn, id)?;
    let had = store::months(conn, id, scheme)?;
    let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
    let contract = crate::talent::current(&p.engagements, day).and_then(|e| e.data.contract_end).map(crate::base::day::PartDate::last_day);
    let (y, m, _) = day.ymd();
    let first = Day::from_ymd(y, m, 1).unwrap_or(day);
    let month = |d: Day| {
        let (y, m, _) = d.ymd();
        i64::from(y) * 100 + i64::from(m)
    };
    Ok((0..1200)
        .map(|n| first.months_later(n))
        .take_while(|d| contract.is_none_or(|c| *d <= c))
        .map(month)
        .filter(|m| !had.contains(m))
        .take(most)
        .collect())
}

/// What falls due when, for which months, and how much.
pub(super) type Schedule = Vec<(Day, Option<String>, Fen)>;

/// Months as quarterly instalments, due on the first day behind their quarter; what was deducted is taken off the first ones.
pub(super) fn quarters(months: &[i64], rate: Fen, amount: Fen) -> Schedule {
    let mut of: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    for m in months {
        of.entry((m / 100, (m % 100 - 1) / 3)).or_default().push(*m);
    }
    let whole = rate.0.saturating_mul(i64::try_from(months.len()).unwrap_or(0));
    let mut off = whole - amount.0;
    of.into_iter()
        .map(|((year, quarter), months)| {
            let sum = rate.0.saturating_mul(i64::try_from(months.len()).unwrap_or(0));
            let taken = off.min(sum);
            off -= taken;
            let end = Day::month_end(i32::try_from(year).unwrap_or(0), u32::try_from(quarter * 3 + 3).unwrap_or(12));
            (end.map_or(Day(0), Day::succ), period(&months), Fen(sum - taken))
        })
        .collect()
}

/// Months as `2019-08..2019-09`.
pub(super) fn period(months: &[i64]) -> Option<String> {
    let text = |m: &i64| format!("{:04}-{:02}", m / 100, m % 100);
    Some(format!("{}..{}", text(months.first()?), text(months.last()?)))
}

/// The fund that is drawn on: the one named, else the only open guidance fund of the year. 3 where there is none, 2 where several are.
pub(super) fn fund_of_year(tx: &Tx<'_>, named: Option<i64>) -> Result<fund::store::Fund> {
    let (year, ..) = tx.day.ymd();
    let mut open = Vec::new();
    for f in fund::store::funds(tx.conn())? {
        let wanted = named.map_or(f.year == year && f.kind == "guidance", |id| f.id == id);
        if wanted && fund::store::state(tx.conn(), f.id, tx.day)? == "open" {
            open.push(f);
        }
    }
    match open.len() {
        1 => Ok(open.swap_remove(0)),
        0 => Err(error::refused("no_open_fund").fact("year", year).detail("year", year)),
        _ => {
            let all: Vec<String> = open.iter().map(fund::store::Fund::no).collect();
            Err(error::usage("which_fund").fact("funds", all.join(", ")).detail("possible", all))
        }
    }
}

/// The line that an approval draws on: whose earmark fits, then the scheme's purpose, then any purpose. 3 with what is free.
pub(super) fn line_for(tx: &Tx<'_>, fund: &fund::store::Fund, scheme: &str, amount: Fen) -> Result<i64> {
    // A scheme is known by its code, the names everybody uses for it, and the titles of the office's own rules.
    let (_, pack) = policy::store::benefits(tx.conn())?;
    let own = pack.benefit(scheme, tx.day.0);
    let means = |text: &str| codes::find("scheme", text) == Some(scheme) || own.is_some_and(|s| s.title_zh == text || s.title_en == text);
    let rank = |l: &fund::store::Line| match &l.earmark {
        Some(e) => means(e).then_some(0),
        None if l.purpose == scheme => Some(1),
        None if l.purpose == fund::ANY_PURPOSE => Some(2),
        None => None,
    };
    let mut lines: Vec<(i32, fund::store::Line)> =
        fund::store::lines(tx.conn(), fund.id)?.into_iter().filter_map(|l| Some((rank(&l)?, l))).collect();
    lines.sort_by_key(|(rank, l)| (*rank, l.id));
    let mut free = Fen::ZERO;
    for (_, l) in lines {
        let held = fund::store::free(tx.conn(), l.id)?;
        if held >= amount {
            return Ok(l.id);
        }
        free = free.checked_add(held).unwrap_or(free);
    }
    Err(error::refused("no_free_money").fact("no", fund.no()).fact("free", free).fact("wanted", amount).detail("free", free.to_string()))
}

/// Turns commitments that fall due within a fund's year into reservations, in the order of approval, as far as its money goes. How many.
pub fn reserve_waiting(tx: &mut Tx<'_>, fund: &fund::store::Fund) -> Result<usize> {
    let mut reserved = 0;
    for (id, scheme, seq, left) in store::waiting(tx.conn(), fund::change::year_end(fund))? {
        let line = match line_for(tx, fund, &scheme, left) {
            Ok(line) => line,
            // What does not fit waits; a smaller one behind it may fit, but the order of approval is kept.
            Err(e) if e.key == "no_free_money" => break,
            Err(e) => return Err(e),
        };
        fund::store::post(
            tx,
            Movement::Reserve.code(),
            Voucher { scheme: Some(&scheme), ..Voucher::default() },
            &postings(line, Movement::Reserve, left),
        )?;
        store::reserve(tx, id, seq, Some(line))?;
        reserved += 1;
    }
    Ok(reserved)
}
