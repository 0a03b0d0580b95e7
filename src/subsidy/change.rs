//! What is done to benefits: granted on a decision, reserved, paid once, and what the bank says of it; each act sees them as the register knows
//! them within its own op.

use super::store::{self, Application, Instalment, Party, Payment, Request};
use super::{BATCH_PREFIX, MACHINE, Verdict, judge, parts};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{codes, number};
use crate::db::digest::{hex, sha256};
use crate::db::write::{Tx, random_bytes};
use crate::error::{self, Result};
use crate::fund::{self, Movement, postings};
use crate::paper;
use crate::policy::{self, Benefit, Form, Payee};
use crate::talent::store as people;
use crate::workflow::{self, store as steps};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A scheme of the pack in force, with the version's id.
pub fn scheme(conn: &Connection, code: &str) -> Result<(Option<i64>, Benefit)> {
    let (id, pack) = policy::store::benefits(conn)?;
    let found = pack.benefit(code).cloned();
    found.map(|s| (id, s)).ok_or_else(|| {
        let all: Vec<&str> = pack.scheme.iter().map(|s| s.code.as_str()).collect();
        error::usage("no_benefit").fact("scheme", code).fact("schemes", all.join(", ")).detail("possible", all)
    })
}

/// Judges a payee by a scheme on a day.
pub fn verdict(conn: &Connection, payee: Party, s: &Benefit, proved: Option<Fen>, day: Day) -> Result<Verdict> {
    let (facts, kind) = match payee {
        Party::Person(id) => {
            let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            (store::person(conn, &p, day)?, Payee::Person)
        }
        Party::Org(id) => (store::unit(conn, id, day)?, Payee::Org),
    };
    Ok(judge(&facts, s, kind, proved, day))
}

/// Judges the payee of a benefit anew, as if the benefit itself were not: what was had before it counts.
pub fn verdict_without(conn: &Connection, a: &Application, s: &Benefit, day: Day) -> Result<Verdict> {
    let (mut facts, kind) = match a.payee {
        Party::Person(id) => {
            let p = people::load(conn, people::survivor(conn, id)?)?.ok_or_else(|| error::not_office("damaged"))?;
            (store::person(conn, &p, day)?, Payee::Person)
        }
        Party::Org(id) => (store::unit(conn, id, day)?, Payee::Org),
    };
    let own: Vec<i64> = store::of(conn, a.payee)?.into_iter().filter(|(o, _)| o.id == a.id).map(|(_, op)| op).collect();
    facts.had.retain(|h| h.scheme != a.scheme || !own.contains(&h.op));
    Ok(judge(&facts, s, kind, None, day))
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
        "eligible": v.eligible, "amount": v.amount.map(|a| a.to_string()), "months_left": v.months_left, "deduct": v.deduct.to_string(),
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
pub(super) fn confirmed(conn: &Connection, code: &str) -> Result<(i64, Benefit)> {
    let (id, s) = scheme(conn, code)?;
    let confirmed = policy::store::is_confirmed(conn, id, &s.code)?;
    match id.filter(|_| confirmed) {
        Some(_) if s.form == Form::InKind => Err(error::refused("in_kind").fact("scheme", &s.code).detail("clause", s.clause)),
        Some(id) => Ok((id, s)),
        None => Err(error::policy("unconfirmed").fact("pack", "benefits").fact("scheme", &s.code).detail("scheme", s.code)),
    }
}

/// Grants a benefit that was decided on paper: judged, reserved, in instalments. 3 with the clauses that are not met.
pub fn grant(tx: &mut Tx<'_>, payee: Party, g: &Grant<'_>) -> Result<i64> {
    let (policy_id, s) = confirmed(tx.conn(), g.scheme)?;
    let plan = plan(tx, payee, &s, policy_id, g)?;
    let request = Request { id: 0, scheme: s.code, policy_id, payee, day: tx.day, asked: g.amount };
    let id = store::ask(tx, &request, "approved", Some(plan.0.decision_id))?;
    store::award(tx, &Application { id, ..plan.0 }, &plan.1, &plan.2)?;
    Ok(id)
}

/// What an approval comes to: judged on the business day, within its decision, its money reserved.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    payee: Party,
    s: &Benefit,
    policy_id: i64,
    g: &Grant<'_>,
) -> Result<(Application, Vec<Instalment>, Vec<i64>)> {
    let day = tx.day;
    let share = s.form == Form::Share;
    if share && g.amount.is_none() {
        return Err(error::usage("needs_proved").fact("scheme", &s.code));
    }
    let v = verdict(tx.conn(), payee, s, g.amount.filter(|_| share), day)?;
    must_be_eligible(&payee.no(), &s.code, &v)?;
    let Some(rule) = v.amount else { return Err(error::usage("needs_proved").fact("scheme", &s.code)) };
    let (granted, months) = match s.form {
        Form::Monthly => monthly(tx.conn(), payee, s, rule, &v, g.amount, day)?,
        _ => (g.amount.filter(|_| !share).unwrap_or(rule), Vec::new()),
    };
    let ceiling = if s.form == Form::Monthly { granted } else { rule };
    if granted > ceiling {
        return Err(error::refused("above_rule").fact("scheme", &s.code).fact("most", ceiling).detail("most", ceiling.to_string()));
    }
    let amount = granted.checked_sub(v.deduct).filter(|a| a.0 > 0).ok_or_else(|| {
        error::refused("deducted_all").fact("no", payee.no()).fact("deduct", v.deduct).detail("deduct", v.deduct.to_string())
    })?;
    let decision_id = paper::store::cite(tx, g.decision)?;
    covered(tx.conn(), decision_id, payee, amount)?;
    let mut plan: Vec<Instalment> = match s.form {
        Form::Monthly => quarters(&months, rule, amount),
        _ => parts(s, amount, day).into_iter().map(|(due, amount)| (due, None, amount)).collect::<Vec<_>>(),
    }
    .into_iter()
    .zip(1i64..)
    .filter(|((_, _, amount), _)| amount.0 > 0)
    .map(|((due, period, amount), seq)| Instalment { seq, due, period, amount, settled: Fen::ZERO, line_id: None })
    .collect();
    let fund = fund_of_year(tx, g.fund)?;
    let year_end = fund::change::year_end(&fund);
    let now: Fen = plan.iter().filter(|i| i.due <= year_end).try_fold(Fen::ZERO, |s, i| s.checked_add(i.amount)).unwrap_or(amount);
    let line = line_for(tx, &fund, &s.code, now)?;
    if now.0 > 0 {
        fund::store::post(tx, Movement::Reserve.code(), Some(decision_id), None, &postings(line, Movement::Reserve, now))?;
    }
    plan.iter_mut().filter(|i| i.due <= year_end).for_each(|i| i.line_id = Some(line));
    let agreement = json!({"clawback": clawback(s), "service_months": s.service_months, "from": day.iso()});
    let a = Application {
        id: 0,
        scheme: s.code.clone(),
        policy_id,
        payee,
        line_id: line,
        decision_id,
        approved: day,
        amount,
        deducted: v.deduct,
        verdict: verdict_json(&v).to_string(),
        agreement: agreement.to_string(),
    };
    Ok((a, plan, months))
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
    let most = usize::try_from(v.months_left.unwrap_or(0)).unwrap_or(0);
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
pub(super) type Plan = Vec<(Day, Option<String>, Fen)>;

/// Months as quarterly instalments, due on the first day behind their quarter; what was deducted is taken off the first ones.
pub(super) fn quarters(months: &[i64], rate: Fen, amount: Fen) -> Plan {
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
    let titles = [Some(scheme), codes::label("scheme", scheme, true), codes::label("scheme", scheme, false)];
    let rank = |l: &fund::store::Line| match &l.earmark {
        Some(e) => titles.contains(&Some(e.as_str())).then_some(0),
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
        fund::store::post(tx, Movement::Reserve.code(), None, None, &postings(line, Movement::Reserve, left))?;
        store::reserve(tx, id, seq, Some(line))?;
        reserved += 1;
    }
    Ok(reserved)
}

// ---------------------------------------------------------------- payment

/// An instalment that is due.
#[derive(Clone, Debug)]
pub struct DueNow {
    /// The application.
    pub application: Application,
    /// The instalment.
    pub instalment: Instalment,
    /// Why it can't be paid now: card, left, no_money.
    pub held: Option<&'static str>,
}

impl DueNow {
    /// What is left of it.
    pub fn left(&self) -> Fen {
        Fen(self.instalment.amount.0 - self.instalment.settled.0)
    }
}

/// Instalments due up to a day and not paid, in the order of their days.
pub fn due(conn: &Connection, until: Day, day: Day) -> Result<Vec<DueNow>> {
    let mut found = Vec::new();
    for a in store::all(conn, 0)?.into_iter().filter(|a| a.approved <= day) {
        let open: Vec<Instalment> =
            store::instalments(conn, a.id)?.into_iter().filter(|i| i.due <= until && i.settled < i.amount).collect();
        if open.is_empty() || matches!(super::life::state(conn, a.id, day)?.as_str(), "recovered" | "revoked") {
            continue;
        }
        let held = held(conn, &a, day)?;
        for instalment in open {
            let held = held.or(if instalment.line_id.is_none() { Some("no_money") } else { None });
            found.push(DueNow { application: a.clone(), instalment, held });
        }
    }
    found.sort_by_key(|d| (d.instalment.due, d.application.id, d.instalment.seq));
    Ok(found)
}

/// Why what is due to a payee is held: no valid card where the scheme wants one, or nobody's employ.
fn held(conn: &Connection, a: &Application, day: Day) -> Result<Option<&'static str>> {
    let Party::Person(id) = a.payee else { return Ok(None) };
    let pack = policy::store::benefits_version(conn, a.policy_id)?;
    let Some(s) = pack.benefit(&a.scheme) else { return Ok(None) };
    let p = people::load(conn, people::survivor(conn, id)?)?.ok_or_else(|| error::not_office("damaged"))?;
    let facts = store::person(conn, &p, day)?;
    Ok(match () {
        () if !s.modes.is_empty() && facts.mode.is_none() => Some("left"),
        () if s.card && facts.card.is_none() => Some("card"),
        () => None,
    })
}

/// An account as a file says it; kept for the length of one command.
#[derive(Clone, Debug)]
pub struct BankAccount {
    /// Digits.
    pub number: String,
    /// Whose it is, where the file says.
    pub name: Option<String>,
    /// Which bank.
    pub bank: Option<String>,
}

/// A line of the bank file.
#[derive(Clone, Debug)]
pub struct BankLine {
    /// Row, from 1.
    pub row: i64,
    /// The application.
    pub no: String,
    /// The payee.
    pub payee_no: String,
    /// Whose account.
    pub name: String,
    /// The account.
    pub account: BankAccount,
    /// How much.
    pub amount: Fen,
    /// Batch and head of the log.
    pub remark: String,
}

/// The last four digits of an account.
pub fn tail(account: &str) -> String {
    account.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect()
}

/// Salt and digest of an account: who has the number can compare, nobody can read it.
fn account_hash(salt: &[u8], account: &str) -> String {
    format!("{}:{}", hex(salt), hex(&sha256(&[salt, account.as_bytes()].concat())))
}

/// Whether an account is the one a digest was made of.
pub fn is_account(hash: &str, account: &str) -> bool {
    let Some((salt, _)) = hash.split_once(':') else { return false };
    data_encoding::HEXLOWER.decode(salt.as_bytes()).is_ok_and(|salt| account_hash(&salt, account) == hash)
}

/// Makes a batch of what is due: the money leaves the reservations, each instalment stands as sent. `file` makes the bank file's bytes.
pub fn pay(
    tx: &mut Tx<'_>,
    chosen: &[DueNow],
    accounts: &BTreeMap<String, BankAccount>,
    head: &str,
    file: impl FnOnce(&[BankLine]) -> Vec<u8>,
) -> Result<(i64, Fen, Vec<u8>)> {
    tx.must_be("cashier")?;
    let batch = store::next_batch(tx)?;
    let batch_no = number::format(BATCH_PREFIX, batch);
    let (mut lines, mut payments, mut sum) = (Vec::new(), Vec::new(), Fen::ZERO);
    for (row, d) in (1i64..).zip(chosen) {
        let a = &d.application;
        // As it stands within this op: another clerk may have been there since it was looked at.
        let now = store::instalments(tx.conn(), a.id)?.into_iter().find(|i| i.seq == d.instalment.seq);
        let Some(now) = now.filter(|i| *i == d.instalment) else { return Err(error::busy("changed_meanwhile")) };
        if let Some(why) = held(tx.conn(), a, tx.day)? {
            return Err(error::refused("held").fact("no", a.no()).fact("why", why).detail("why", why));
        }
        workflow::apart(&steps::steps(tx.conn(), (MACHINE.kind, a.id))?, &["approved"], &a.no(), &tx.actor)?;
        let line_id = now.line_id.ok_or_else(|| error::not_office("damaged"))?;
        let payee_no = current_no(tx.conn(), a.payee)?;
        let account = accounts.get(&payee_no).cloned().ok_or_else(|| error::bad_data("no_account").fact("no", &payee_no))?;
        let amount = d.left();
        fund::store::post(tx, Movement::Pay.code(), Some(a.decision_id), Some(&batch_no), &postings(line_id, Movement::Pay, amount))?;
        let salt = &random_bytes()[..16];
        payments.push(Payment {
            seq: row,
            row,
            application_id: a.id,
            instalment_seq: now.seq,
            line_id,
            amount,
            tail: tail(&account.number),
            account_hash: account_hash(salt, &account.number),
            state: "sent".to_owned(),
            paid: Fen::ZERO,
            reason: None,
        });
        sum = sum.checked_add(amount).ok_or_else(|| error::bad_data("amount_range"))?;
        lines.push(bank_line(tx.conn(), a, row, amount, account, &batch_no, head)?);
    }
    let bytes = file(&lines);
    store::add_batch(tx, batch, sum, &hex(&sha256(&bytes)), head, &payments)?;
    Ok((batch, sum, bytes))
}

/// The number of a payee, of a merged person the survivor's.
fn current_no(conn: &Connection, payee: Party) -> Result<String> {
    Ok(match payee {
        Party::Person(id) => Party::Person(people::survivor(conn, id)?).no(),
        Party::Org(_) => payee.no(),
    })
}

fn bank_line(
    conn: &Connection,
    a: &Application,
    row: i64,
    amount: Fen,
    account: BankAccount,
    batch_no: &str,
    head: &str,
) -> Result<BankLine> {
    let name = match (&account.name, a.payee) {
        (Some(name), _) => name.clone(),
        (None, Party::Person(id)) => {
            let p = people::load(conn, people::survivor(conn, id)?)?.ok_or_else(|| error::not_office("damaged"))?;
            p.profiles.last().map(|f| f.data.name.clone()).unwrap_or_default()
        }
        (None, Party::Org(id)) => crate::org::store::open(conn, id)?.map(|o| o.data.name).unwrap_or_default(),
    };
    let payee_no = current_no(conn, a.payee)?;
    Ok(BankLine { row, no: a.no(), payee_no, name, account, amount, remark: format!("{batch_no} {head}") })
}

/// The lines of a batch that was made before, for its file once more. 65 where an account is not the one it was made with.
pub fn again(conn: &Connection, batch: i64, accounts: &BTreeMap<String, BankAccount>) -> Result<(Vec<BankLine>, String)> {
    let no = number::format(BATCH_PREFIX, batch);
    let (_, _, sha256, head) = store::batch(conn, batch)?.ok_or_else(|| error::not_found("no_batch").fact("text", &no))?;
    let mut lines = Vec::new();
    for p in store::payments(conn, batch)? {
        let a = store::load(conn, p.application_id)?.ok_or_else(|| error::not_office("damaged"))?;
        let payee_no = current_no(conn, a.payee)?;
        let account = accounts.get(&payee_no).cloned().filter(|acc| is_account(&p.account_hash, &acc.number));
        let account = account.ok_or_else(|| error::bad_data("no_account").fact("no", &payee_no))?;
        lines.push(bank_line(conn, &a, p.row, p.amount, account, &no, &head)?);
    }
    Ok((lines, sha256))
}

/// What the bank said of a line.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Row of its file, for messages.
    pub at: usize,
    /// Row of ours.
    pub row: i64,
    /// The application.
    pub no: String,
    /// The account.
    pub account: String,
    /// What we sent.
    pub amount: Fen,
    /// Paid in full or in part.
    pub ok: bool,
    /// How much was paid; all of it where nothing else is said.
    pub paid: Option<Fen>,
    /// Why not.
    pub reason: Option<String>,
}

/// What came of a bank's return.
#[derive(Clone, Debug, Default)]
pub struct Confirmed {
    /// Lines paid in full, failed, paid in part.
    pub counts: [usize; 3],
    /// Lines of before, said again.
    pub known: usize,
    /// Lines that do not agree: application, what was sent, what came back.
    pub differences: Vec<(String, String, String)>,
}

/// Reads a bank's return into the batch: matched by row, number, amount and account. A line that does not agree stays open and is told;
/// an unknown or doubled line refuses the whole (65).
pub fn confirm(tx: &mut Tx<'_>, batch: i64, answers: &[Answer]) -> Result<Confirmed> {
    let sent = store::payments(tx.conn(), batch)?;
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Confirmed::default();
    for a in answers {
        let Some(p) = sent.iter().find(|p| p.row == a.row) else {
            return Err(error::bad_data("unknown_line").fact("row", a.at).detail("row", a.at));
        };
        if !seen.insert(a.row) {
            return Err(error::bad_data("double_line").fact("row", a.at).detail("row", a.at));
        }
        let no = number::format(super::PREFIX, p.application_id);
        let shown = |amount: Fen, tail: &str| format!("{amount} *{tail}");
        let paid = if a.ok { a.paid.unwrap_or(p.amount) } else { Fen::ZERO };
        let agrees = a.no == no && a.amount == p.amount && is_account(&p.account_hash, &a.account) && paid.0 >= 0 && paid <= p.amount;
        if !agrees {
            let returned = if a.no == no { shown(a.paid.unwrap_or(a.amount), &tail(&a.account)) } else { a.no.clone() };
            found.differences.push((no, shown(p.amount, &p.tail), returned));
            continue;
        }
        let state = match paid {
            p0 if p0 == p.amount => "settled",
            Fen(0) => "failed",
            _ => "partial",
        };
        if p.state != "sent" {
            // The same return once more changes nothing; another one is a difference that somebody must look at.
            if p.state == state && p.paid == paid {
                found.known += 1;
            } else {
                found.differences.push((no, format!("{} {}", p.state, p.paid), format!("{state} {paid}")));
            }
            continue;
        }
        let back = Fen(p.amount.0 - paid.0);
        if back.0 > 0 {
            fund::store::post(tx, Movement::Bounce.code(), None, a.reason.as_deref(), &postings(p.line_id, Movement::Bounce, back))?;
        }
        store::answered(tx, batch, p, state, paid, a.reason.as_deref())?;
        found.counts[match state {
            "settled" => 0,
            "failed" => 1,
            _ => 2,
        }] += 1;
    }
    Ok(found)
}
