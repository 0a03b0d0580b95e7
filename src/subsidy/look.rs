//! Benefits as a clerk and a script see them: the object of the contract, its line of amounts, the list, the list for the public notice.

use super::store::{self, Application, Party};
use super::{BATCH_PREFIX, MACHINE, PREFIX, change, life, way};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{ident, number};
use crate::error::{self, Result};
use crate::fund;
use crate::office::{Exit, Office};
use crate::org;
use crate::paper;
use crate::policy;
use crate::talent::{self, store as people};
use crate::ui::Column;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::workflow::store as steps;
use rusqlite::Connection;
use serde_json::{Value, json};

/// An application that waits for its decision, as the contract shows one.
pub(super) fn pending(conn: &Connection, r: &store::Request, day: Day) -> Result<Value> {
    let state = way::state(conn, r.id, day)?;
    let pack = policy::store::benefits_version(conn, r.policy_id)?;
    let s = pack.benefit(&r.scheme, r.day.0);
    let missing = s.map(|s| way::missing(conn, r.id, s)).transpose()?.unwrap_or_default();
    let proof = s.is_some_and(policy::Benefit::wants_proof);
    let judged = s.map(|s| change::verdict(conn, r.claim(), s, r.asked.filter(|_| proof), day)).transpose()?;
    let amount = judged.and_then(|v| v.sums.amount).map(|a| if proof { a } else { r.asked.unwrap_or(a) });
    let notice = steps::notice(conn, (MACHINE.kind, r.id))?.map(|n| json!({"from": n.from.iso(), "until": n.until.iso()}));
    Ok(json!({
        "no": r.no(), "status": state, "payee_no": r.payee.no(), "for_no": for_no(conn, r.for_id)?, "scheme": r.scheme, "policy_version": r.policy_id, "applied": r.day.iso(),
        "asked": r.asked.map(|a| a.to_string()), "amount": amount.map(|a| a.to_string()), "missing_papers": missing, "instalments": [],
        "notice": notice, "next": MACHINE.next(&state),
    }))
}

/// What was asked for or granted, as it is on a day.
pub(super) fn either(conn: &Connection, r: &store::Request, day: Day) -> Result<Value> {
    match store::load(conn, r.id)?.filter(|a| a.approved <= day) {
        Some(a) => object(conn, &a, day),
        None => pending(conn, r, day),
    }
}

/// The application object of the contract.
pub(super) fn object(conn: &Connection, a: &Application, day: Day) -> Result<Value> {
    let parts = store::instalments(conn, a.id)?;
    let paid = paid_until(conn, a.id, day)?;
    let stored = life::state(conn, a.id, day)?;
    let now = life::account(conn, a, day)?;
    let on_its_way: Vec<i64> =
        store::payments_of(conn, a.id)?.iter().filter(|p| p.payment.state == "sent").map(|p| p.payment.instalment_seq).collect();
    let status = match (stored.as_str(), paid) {
        (state @ ("stopped" | "recovered" | "revoked"), _) => state,
        (_, p) if p == a.amount && on_its_way.is_empty() => "paid",
        (state, Fen(0)) => state,
        _ => "paying",
    };
    let rows: Vec<Value> = parts
        .iter()
        .map(|i| {
            let state = match () {
                () if on_its_way.contains(&i.seq) => "sent",
                () if i.settled == i.amount => "paid",
                () if i.settled.0 > 0 => "partial",
                () if i.line_id.is_some() => "reserved",
                () => "committed",
            };
            json!({"seq": i.seq, "due": i.due.iso(), "period": i.period, "amount": i.amount.to_string(), "state": state})
        })
        .collect();
    let line = fund::store::line_at(conn, a.line_id)?;
    let payee = match a.payee {
        Party::Person(id) => Party::Person(people::survivor(conn, id)?),
        unit @ Party::Org(_) => unit,
    };
    Ok(json!({
        "no": a.no(), "status": status, "payee_no": payee.no(), "for_no": for_no(conn, a.for_id)?, "scheme": a.scheme, "policy_version": a.policy_id, "amount": a.amount.to_string(),
        "deducted": a.deducted.to_string(), "paid": paid.to_string(), "approved": a.approved.iso(),
        "decision": number::format(paper::PREFIX, a.decision_id),
        "fund": line.map(|l| json!({"no": number::format(fund::PREFIX, l.fund_id), "source": l.source, "purpose": l.purpose, "earmark": l.earmark})),
        "recovered": now.recovered.to_string(), "balance": now.balance.to_string(), "balance_months": now.balance_months, "owed": now.owed.to_string(),
        "formula": now.formula, "instalments": rows, "notice": null, "next": next(status),
    }))
}

/// Whose benefit it is, where somebody else is paid for it.
fn for_no(conn: &Connection, for_id: Option<i64>) -> Result<Option<String>> {
    for_id.map(|id| Ok(number::format(talent::PREFIX, people::survivor(conn, id)?))).transpose()
}

/// What can be done with a benefit.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        "stopped" => &["resume", "recover"],
        "recovered" | "revoked" | "paid" => &["recover"],
        _ => &["due", "pay", "stop", "recover"],
    }
}

/// What was paid of an application up to a day: sent and not come back.
fn paid_until(conn: &Connection, id: i64, day: Day) -> Result<Fen> {
    let mut sum = Fen::ZERO;
    for store::Paid { day: on, payment: p, .. } in store::payments_of(conn, id)? {
        if on <= day {
            let part = if p.state == "sent" { p.amount } else { p.paid };
            sum = sum.checked_add(part).ok_or_else(|| error::not_office("damaged"))?;
        }
    }
    Ok(sum)
}

pub(super) fn payments(conn: &Connection, id: i64, day: Day) -> Result<Vec<Value>> {
    let all = store::payments_of(conn, id)?;
    Ok(all
        .into_iter()
        .filter(|p| p.day <= day)
        .map(|store::Paid { batch_id: batch, day: on, payment: p, .. }| {
            json!({
                "batch": number::format(BATCH_PREFIX, batch), "day": on.iso(), "seq": p.instalment_seq, "amount": p.amount.to_string(), "state": p.state,
                "paid": if p.state == "sent" { Value::Null } else { p.paid.to_string().into() }, "account": format!("*{}", p.tail), "reason": p.reason,
            })
        })
        .collect())
}

pub(super) const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("payee_no"),
    Field::text("for_no"),
    Field::text("scheme"),
    Field::number("amount"),
    Field::number("paid"),
    Field::date("approved"),
    Field::text("decision"),
    Field::text("fund"),
];

pub(super) fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for r in store::requests(conn, office.after(PREFIX)?)?.iter().filter(|r| r.day <= day) {
        let v = either(conn, r, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    let mut columns: Vec<Column> = ["no", "status", "payee_no", "scheme", "approved", "decision"].into_iter().map(Column::new).collect();
    columns.extend(["amount", "paid"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

// ---------------------------------------------------------------- the line of amounts

/// What happened to a benefit's money, in order: approved, deducted, sent, settled, partial, failed, stopped, resumed, recovered, and what is due
/// from now on. `paid` is what the payee has behind each.
pub(super) fn timeline(conn: &Connection, a: &Application, day: Day) -> Result<Vec<Value>> {
    let mut events = Vec::new();
    // The amount of an event, and by how much it changes what the payee has.
    let mut add =
        |on: Day, op: i64, what: &'static str, amount: Fen, by: i64, note: Option<String>| events.push((on, op, what, amount, by, note));
    let decision = Some(number::format(paper::PREFIX, a.decision_id));
    let awarded = store::award_op(conn, a.id)?;
    add(a.approved, awarded, "approved", Fen(a.amount.0 + a.deducted.0), 0, decision.clone());
    if a.deducted.0 > 0 {
        add(a.approved, awarded, "deducted", a.deducted, 0, decision);
    }
    for store::Paid { batch_id, day: sent, batch_op, answered, answer_op, payment: p } in store::payments_of(conn, a.id)? {
        let no = Some(number::format(BATCH_PREFIX, batch_id));
        // What was sent counts as paid until the bank says otherwise.
        add(sent, batch_op, "sent", p.amount, p.amount.0, no.clone());
        if p.state != "sent" {
            let word = ["settled", "partial", "failed"].into_iter().find(|w| *w == p.state).unwrap_or("failed");
            add(answered, answer_op, word, p.paid, p.paid.0 - p.amount.0, p.reason.or(no));
        }
    }
    for s in steps::steps(conn, (MACHINE.kind, a.id))? {
        match s.to_state.as_str() {
            "stopped" => add(s.day, s.op, "stopped", store::taken_out(conn, a.id, s.op)?, 0, s.note),
            "resumed" => add(s.day, s.op, "resumed", store::put_in(conn, a.id, s.op)?, 0, s.note),
            _ => {}
        }
    }
    for (on, op, amount, decision) in fund::store::recoveries(conn, &a.no())? {
        add(on, op, "recovered", amount, -amount.0, decision.map(|d| number::format(paper::PREFIX, d)));
    }
    events.sort_by_key(|e| (e.0, e.1));
    let mut paid = 0i64;
    let mut rows: Vec<Value> = Vec::new();
    for (on, op, what, amount, by, note) in events.into_iter().filter(|e| e.0 <= day) {
        paid += by;
        rows.push(
            json!({"day": on.iso(), "what": what, "amount": amount.to_string(), "paid": Fen(paid).to_string(), "note": note, "op": op}),
        );
    }
    if life::has_ended(&life::state(conn, a.id, day)?) {
        return Ok(rows);
    }
    for i in store::instalments(conn, a.id)?.iter().filter(|i| i.settled < i.amount) {
        let left = Fen(i.amount.0 - i.settled.0);
        let what = if i.due <= day { "owed" } else { "due" };
        rows.push(json!({"day": i.due.iso(), "what": what, "amount": left.to_string(), "paid": null, "note": i.period, "op": null}));
    }
    Ok(rows)
}

// ---------------------------------------------------------------- the public notice

/// The list that stands in public on the day: masked, and namesakes told apart by their unit.
pub(super) fn noticed(conn: &Connection, day: Day) -> Result<Vec<Value>> {
    let mut rows = Vec::new();
    for r in store::requests(conn, 0)? {
        let Some(n) = steps::notice(conn, (MACHINE.kind, r.id))?.filter(|n| n.from <= day && day <= n.until) else { continue };
        if way::state(conn, r.id, day)? != "publicised" {
            continue;
        }
        let v = pending(conn, &r, day)?;
        let (name, unit, paper) = match r.claim().whose() {
            Party::Person(id) => {
                let p = people::load(conn, people::survivor(conn, id)?)?.ok_or_else(|| error::not_office("damaged"))?;
                let unit = match talent::current(&p.engagements, day) {
                    Some(e) => org::store::name_at(conn, e.data.org_id, day)?.map(|u| u.0),
                    None => None,
                };
                let paper = p.documents.iter().find(|d| d.span.holds(day)).map(|d| ident::mask(d.data.paper_number()));
                (p.profiles.last().map(|f| f.data.name.clone()), unit, paper)
            }
            Party::Org(id) => (org::store::name_at(conn, id, day)?.map(|u| u.0), None, None),
        };
        rows.push(json!({
            "no": number::format(PREFIX, r.id), "name": name, "employer": unit, "id_number": paper, "scheme": r.scheme, "amount": v["amount"],
            "from": n.from.iso(), "until": n.until.iso(),
        }));
    }
    Ok(rows)
}
