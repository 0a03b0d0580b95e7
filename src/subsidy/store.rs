//! SQL of benefits: what is known of a payee, with the op that says so.

use super::{Facts, Had, Known, MACHINE, PREFIX, whole_months};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::base::number;
use crate::card;
use crate::db::facts::Fact;
use crate::db::subject::{APPLICATION_SUBJECT, BENEFIT_ELSEWHERE_SUBJECT, PAYMENT_BATCH_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::org;
use crate::recognition;
use crate::talent::store::{self as people, Person};
use crate::talent::{self, current, kin::Kind};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

fn known<T, V>(f: &Fact<T>, value: V) -> Known<V> {
    Known { value, since: Some(f.span.from), op: Some(f.made_op) }
}

/// What is known of a person on a day.
pub fn person(conn: &Connection, p: &Person, day: Day) -> Result<Facts> {
    let class = p.recognitions.iter().find(|r| r.span.holds(day) && recognition::seen(&r.data.state, r.span.until, day) == "in_force");
    let profile = p.profile_at(day);
    let text = |f: Option<&str>| -> Option<Known<String>> { Some(known(profile?, f?.to_owned())) };
    let engagement = current(&p.engagements, day).filter(|e| e.span.holds(day));
    let contract =
        engagement.and_then(|e| Some(known(e, whole_months(e.data.started.first_day(), e.data.contract_end.map(PartDate::last_day)?))));
    let arrived = p.engagements.iter().min_by_key(|e| e.data.started.first_day()).map(|e| known(e, e.data.started.first_day()));
    let birth = profile.and_then(|f| Some(known(f, f.data.birth_date?.age_on(day)?)));
    Ok(Facts {
        class: class.map(|r| known(r, r.data.class.to_string())),
        card: valid_card(conn, p.id, day)?,
        corps: profile.filter(|f| !f.data.corps.is_empty()).map(|f| known(f, f.data.corps.to_string())),
        mode: engagement.map(|e| known(e, e.data.mode.to_string())),
        contract_months: contract,
        arrived,
        age: birth,
        education: text(profile.and_then(|f| f.data.education.as_deref())),
        degree: text(profile.and_then(|f| f.data.degree.as_deref())),
        org_kind: None,
        had: had(conn, p.id, day)?,
        spouse_had: spouses(conn, p.id, day)?,
    })
}

/// The level of a person's card that is valid on the day.
fn valid_card(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Known<String>>> {
    for c in card::store::of_person(conn, person_id)?.into_iter().filter(|c| c.issued <= day) {
        let seen = card::change::look(conn, c, day)?;
        if seen.status == "valid" && seen.card.main_card_id.is_none() {
            let op = card::store::made_op(conn, seen.card.id)?;
            return Ok(Some(Known { value: seen.card.level, since: Some(seen.card.issued), op: Some(op) }));
        }
    }
    Ok(None)
}

/// What a person had of benefits: before this office file began, and from it.
fn had(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut found = opened(conn, person_id, day)?;
    found.extend(granted(conn, Party::Person(person_id), day)?);
    found.extend(elsewhere(conn, person_id, day)?);
    found.extend(let_to(conn, person_id, day)?);
    Ok(found)
}

/// What this office granted a payee up to a day.
fn granted(conn: &Connection, payee: Party, day: Day) -> Result<Vec<Had>> {
    let mut found = Vec::new();
    for (a, op) in of(conn, payee)?.into_iter().filter(|(a, _)| a.approved <= day) {
        let paid = instalments(conn, a.id)?.iter().try_fold(Fen::ZERO, |sum, i| sum.checked_add(i.settled)).unwrap_or(a.amount);
        let months: i64 = conn
            .prepare_cached("SELECT count(*) FROM benefit_month WHERE application_id = ?1 AND voided_op IS NULL")?
            .query_row([a.id], |r| r.get(0))?;
        let months = u32::try_from(months).unwrap_or(u32::MAX);
        let live = matches!(super::life::state(conn, a.id, day)?.as_str(), "approved" | "resumed");
        found.push(Had { scheme: a.scheme, live, months, paid, since: a.approved, op });
    }
    Ok(found)
}

/// What a person had before this office file began.
fn opened(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let all = people::openings(conn, person_id)?;
    let of = |o: &Fact<crate::talent::kin::Opening>| {
        let scheme = o.data.scheme.clone()?;
        let months = o.data.months.and_then(|m| u32::try_from(m).ok()).unwrap_or(0);
        Some(Had { scheme, live: false, months, paid: o.data.paid.unwrap_or(Fen::ZERO), since: o.span.from, op: o.made_op })
    };
    Ok(all.iter().filter(|o| o.span.from <= day).filter_map(of).collect())
}

/// The same of husband and wife.
fn spouses(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut all = Vec::new();
    for r in people::relations(conn, person_id)?.iter().filter(|r| r.fact.data == Kind::Spouse && r.fact.span.holds(day)) {
        all.extend(had(conn, people::survivor(conn, r.other)?, day)?);
    }
    Ok(all)
}

/// What is known of a unit on a day.
pub fn unit(conn: &Connection, id: i64, day: Day) -> Result<Facts> {
    let profile = org::store::at(conn, id, day)?;
    let had = granted(conn, Party::Org(id), day)?;
    Ok(Facts { org_kind: profile.and_then(|f| Some(known(&f, f.data.kind.clone()?))), had, ..Facts::default() })
}

// ---------------------------------------------------------------- applications

/// A benefit granted.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its id.
    pub id: i64,
    /// The scheme.
    pub scheme: String,
    /// The policy version it was judged by.
    pub policy_id: i64,
    /// Who is paid: a person, or a unit.
    pub payee: Party,
    /// The line of the fund that the approval drew on.
    pub line_id: i64,
    /// The decision.
    pub decision_id: i64,
    /// Its day.
    pub approved: Day,
    /// In all.
    pub amount: Fen,
    /// What other schemes had paid.
    pub deducted: Fen,
    /// The verdict of the day, as JSON.
    pub verdict: String,
    /// What is owed back when the service is broken off, as JSON.
    pub agreement: String,
}

/// A person or a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// A person.
    Person(i64),
    /// A unit.
    Org(i64),
}

impl Party {
    /// Human number.
    pub fn no(self) -> String {
        match self {
            Party::Person(id) => number::format(talent::PREFIX, id),
            Party::Org(id) => number::format(org::PREFIX, id),
        }
    }
}

impl Application {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

const COLUMNS: &str = "a.id, a.scheme, w.policy_id, a.person_id, a.org_id, w.line_id, w.decision_id, w.approved_day, w.amount_fen,
    w.deducted_fen, w.verdict, w.agreement";
const AWARDED: &str = "application a JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL";

fn application(r: &Row<'_>) -> rusqlite::Result<Application> {
    let payee = match r.get::<_, Option<i64>>(3)? {
        Some(id) => Party::Person(id),
        None => Party::Org(r.get(4)?),
    };
    Ok(Application {
        id: r.get(0)?,
        scheme: r.get(1)?,
        policy_id: r.get(2)?,
        payee,
        line_id: r.get(5)?,
        decision_id: r.get(6)?,
        approved: Day(r.get(7)?),
        amount: Fen(r.get(8)?),
        deducted: Fen(r.get(9)?),
        verdict: r.get(10)?,
        agreement: r.get(11)?,
    })
}

/// A live application.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Application>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM {AWARDED} WHERE a.id = ?1 AND a.voided_op IS NULL"))?
        .query_row([id], application)
        .optional()?)
}

/// The application a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Application> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_application").fact("text", text))
}

/// All applications behind `after`, in order.
pub fn all(conn: &Connection, after: i64) -> Result<Vec<Application>> {
    let mut st = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM {AWARDED} WHERE a.id > ?1 AND a.voided_op IS NULL ORDER BY a.id"))?;
    Ok(st.query_map([after], application)?.collect::<rusqlite::Result<_>>()?)
}

/// Applications of a payee, those of persons merged into one too.
pub fn of(conn: &Connection, payee: Party) -> Result<Vec<(Application, i64)>> {
    let (column, id) = match payee {
        Party::Person(id) => ("person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)", id),
        Party::Org(id) => ("org_id = ?1", id),
    };
    let mut st =
        conn.prepare_cached(&format!("SELECT {COLUMNS}, w.made_op FROM {AWARDED} WHERE a.{column} AND a.voided_op IS NULL ORDER BY a.id"))?;
    Ok(st.query_map([id], |r| Ok((application(r)?, r.get(12)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// A part of a benefit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instalment {
    /// Number within the application.
    pub seq: i64,
    /// When it falls due.
    pub due: Day,
    /// Months it is for.
    pub period: Option<String>,
    /// How much.
    pub amount: Fen,
    /// Sent to the bank and not come back.
    pub settled: Fen,
    /// Where it is reserved.
    pub line_id: Option<i64>,
}

/// Instalments of an application, in order.
pub fn instalments(conn: &Connection, id: i64) -> Result<Vec<Instalment>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, due_day, period, amount_fen, settled_fen, line_id FROM instalment WHERE application_id = ?1 AND voided_op IS NULL ORDER BY seq",
    )?;
    let read = |r: &Row<'_>| {
        Ok(Instalment {
            seq: r.get(0)?,
            due: Day(r.get(1)?),
            period: r.get(2)?,
            amount: Fen(r.get(3)?),
            settled: Fen(r.get(4)?),
            line_id: r.get(5)?,
        })
    };
    Ok(st.query_map([id], read)?.collect::<rusqlite::Result<_>>()?)
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: i64,
    /// The scheme.
    pub scheme: String,
    /// The policy version of the day.
    pub policy_id: i64,
    /// For whom.
    pub payee: Party,
    /// When.
    pub day: Day,
    /// How much; of a share, what is proved.
    pub asked: Option<Fen>,
}

impl Request {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

fn request(r: &Row<'_>) -> rusqlite::Result<Request> {
    let payee = match r.get::<_, Option<i64>>(3)? {
        Some(id) => Party::Person(id),
        None => Party::Org(r.get(4)?),
    };
    Ok(Request {
        id: r.get(0)?,
        scheme: r.get(1)?,
        policy_id: r.get(2)?,
        payee,
        day: Day(r.get(5)?),
        asked: r.get::<_, Option<i64>>(6)?.map(Fen),
    })
}

/// All that was asked for or granted, behind `after`, in order.
pub fn requests(conn: &Connection, after: i64) -> Result<Vec<Request>> {
    let mut st = conn.prepare_cached(
        "SELECT id, scheme, policy_id, person_id, org_id, day, asked_fen FROM application WHERE id > ?1 AND voided_op IS NULL ORDER BY id",
    )?;
    Ok(st.query_map([after], request)?.collect::<rusqlite::Result<_>>()?)
}

/// The application a command names, granted or not.
pub fn resolve_request(conn: &Connection, text: &str) -> Result<Request> {
    let id = crate::office::parse_no(PREFIX, text)?;
    conn.prepare_cached(
        "SELECT id, scheme, policy_id, person_id, org_id, day, asked_fen FROM application WHERE id = ?1 AND voided_op IS NULL",
    )?
    .query_row([id], request)
    .optional()?
    .ok_or_else(|| error::not_found("no_application").fact("text", text))
}

/// Keeps what is asked for, with its first step.
pub fn ask(tx: &mut Tx<'_>, r: &Request, state: &str, decision_id: Option<i64>) -> Result<i64> {
    let id = tx.next_number("application", "SELECT coalesce(max(id), 0) FROM application")?;
    let (person, unit) = match r.payee {
        Party::Person(p) => (Some(p), None),
        Party::Org(o) => (None, Some(o)),
    };
    tx.conn()
        .prepare_cached("INSERT INTO application (id, made_op, scheme, policy_id, person_id, org_id, day, asked_fen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![id, tx.op, r.scheme, r.policy_id, person, unit, r.day.0, r.asked.map(|f| f.0)])?;
    steps::step(tx, (MACHINE.kind, id), None, state, decision_id, None)?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(id)
}

/// Keeps what was approved of an application, with its instalments and months.
pub fn award(tx: &mut Tx<'_>, a: &Application, parts: &[Instalment], months: &[i64]) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO award (application_id, made_op, policy_id, line_id, decision_id, approved_day, amount_fen, deducted_fen, verdict, agreement)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            a.id, tx.op, a.policy_id, a.line_id, a.decision_id, a.approved.0, a.amount.0, a.deducted.0, a.verdict, a.agreement
        ])?;
    for p in parts {
        add_instalment(tx, a.id, p)?;
    }
    if let Party::Person(person) = a.payee {
        add_months(tx, a.id, person, &a.scheme, months)?;
    }
    tx.touch(&APPLICATION_SUBJECT, a.id);
    Ok(())
}

/// Months of a scheme that a person had, yyyymm.
pub fn months(conn: &Connection, person_id: i64, scheme: &str) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT month FROM benefit_month WHERE scheme = ?2 AND voided_op IS NULL
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY month",
    )?;
    Ok(st.query_map(params![person_id, scheme], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// How many payees other than one a decision covers so far, and the sum in all.
pub fn on_decision(conn: &Connection, decision_id: i64, but: Party) -> Result<(i64, Fen)> {
    let (person, unit) = match but {
        Party::Person(id) => (Some(id), None),
        Party::Org(id) => (None, Some(id)),
    };
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT CASE WHEN a.person_id IS NOT ?2 THEN a.person_id END) + count(DISTINCT CASE WHEN a.org_id IS NOT ?3 THEN a.org_id END),
                    coalesce(sum(w.amount_fen), 0)
             FROM award w JOIN application a ON a.id = w.application_id
             WHERE w.decision_id = ?1 AND w.voided_op IS NULL AND a.voided_op IS NULL",
        )?
        .query_row(params![decision_id, person, unit], |r| Ok((r.get(0)?, Fen(r.get(1)?))))?)
}

/// Reserves an instalment on a line, or takes its reservation away.
pub fn reserve(tx: &mut Tx<'_>, id: i64, seq: i64, line_id: Option<i64>) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET line_id = ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, line_id])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Instalments that wait for money, due by a day, in the order of approval: application, scheme, number, what is left of it.
pub fn waiting(conn: &Connection, until: Day) -> Result<Vec<(i64, String, i64, Fen)>> {
    let mut st = conn.prepare_cached(
        "SELECT a.id, a.scheme, i.seq, i.amount_fen - i.settled_fen FROM instalment i JOIN application a ON a.id = i.application_id
         WHERE i.line_id IS NULL AND i.settled_fen < i.amount_fen AND i.due_day <= ?1 AND i.voided_op IS NULL AND a.voided_op IS NULL
         ORDER BY a.id, i.seq",
    )?;
    let rows = st.query_map([until.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, Fen(r.get(3)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves the reservations of a line to another, or ends them; only what is not settled.
pub fn relink(tx: &mut Tx<'_>, from: i64, to: Option<i64>) -> Result<()> {
    let held: Vec<(i64, i64)> = tx
        .conn()
        .prepare_cached("SELECT application_id, seq FROM instalment WHERE line_id = ?1 AND settled_fen < amount_fen AND voided_op IS NULL")?
        .query_map([from], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, seq) in held {
        reserve(tx, id, seq, to)?;
    }
    Ok(())
}

/// What later years owe of approvals that drew on a line.
pub fn committed(conn: &Connection, line_id: i64, day: Day) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(i.amount_fen - i.settled_fen), 0) FROM instalment i JOIN award a ON a.application_id = i.application_id
             WHERE a.line_id = ?1 AND i.line_id IS NULL AND a.approved_day <= ?2 AND i.voided_op IS NULL AND a.voided_op IS NULL",
        )?
        .query_row(params![line_id, day.0], |r| r.get(0))?;
    Ok(Fen(sum))
}

// ---------------------------------------------------------------- payment

/// A line of a batch.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its version.
    pub seq: i64,
    /// Row of the bank file.
    pub row: i64,
    /// What is paid.
    pub application_id: i64,
    /// Which part of it.
    pub instalment_seq: i64,
    /// The line of the fund.
    pub line_id: i64,
    /// How much.
    pub amount: Fen,
    /// Last four digits of the account.
    pub tail: String,
    /// Salt and digest of the account.
    pub account_hash: String,
    /// sent, settled, partial, failed.
    pub state: String,
    /// What the bank paid.
    pub paid: Fen,
    /// What the bank said.
    pub reason: Option<String>,
}

fn payment(r: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        seq: r.get(0)?,
        row: r.get(1)?,
        application_id: r.get(2)?,
        instalment_seq: r.get(3)?,
        line_id: r.get(4)?,
        amount: Fen(r.get(5)?),
        tail: r.get(6)?,
        account_hash: r.get(7)?,
        state: r.get(8)?,
        paid: Fen(r.get(9)?),
        reason: r.get(10)?,
    })
}

const PAYMENT: &str = "seq, row, application_id, instalment_seq, line_id, amount_fen, tail, account_hash, state, paid_fen, reason";

/// Lines of a batch as they stand, in the order of the bank file.
pub fn payments(conn: &Connection, batch: i64) -> Result<Vec<Payment>> {
    let mut st = conn.prepare_cached(&format!("SELECT {PAYMENT} FROM payment WHERE batch_id = ?1 AND voided_op IS NULL ORDER BY row"))?;
    Ok(st.query_map([batch], payment)?.collect::<rusqlite::Result<_>>()?)
}

/// Payments of an application with the batch and its day.
pub fn payments_of(conn: &Connection, id: i64) -> Result<Vec<(i64, Day, Payment)>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT {PAYMENT}, batch_id, (SELECT day FROM payment_batch b WHERE b.id = batch_id) FROM payment
         WHERE application_id = ?1 AND voided_op IS NULL ORDER BY batch_id, row"
    ))?;
    Ok(st.query_map([id], |r| Ok((r.get(11)?, Day(r.get(12)?), payment(r)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// A batch: day, sum, digest of its file, head printed on it.
pub fn batch(conn: &Connection, id: i64) -> Result<Option<(Day, Fen, String, String)>> {
    Ok(conn
        .prepare_cached("SELECT day, amount_fen, sha256, head FROM payment_batch WHERE id = ?1 AND voided_op IS NULL")?
        .query_row([id], |r| Ok((Day(r.get(0)?), Fen(r.get(1)?), r.get(2)?, r.get(3)?)))
        .optional()?)
}

/// The number of the next batch.
pub fn next_batch(tx: &mut Tx<'_>) -> Result<i64> {
    tx.next_number("payment_batch", "SELECT coalesce(max(id), 0) FROM payment_batch")
}

/// Keeps a batch with its lines; what is sent stands in its instalment from now on.
pub fn add_batch(tx: &mut Tx<'_>, id: i64, sum: Fen, sha256: &str, head: &str, lines: &[Payment]) -> Result<()> {
    tx.conn()
        .prepare_cached("INSERT INTO payment_batch (id, made_op, day, amount_fen, sha256, head) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, tx.op, tx.day.0, sum.0, sha256, head])?;
    for p in lines {
        insert_payment(tx, id, p)?;
        settle(tx, p.application_id, p.instalment_seq, p.amount)?;
    }
    tx.touch(&PAYMENT_BATCH_SUBJECT, id);
    Ok(())
}

fn insert_payment(tx: &Tx<'_>, batch: i64, p: &Payment) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO payment (batch_id, seq, made_op, row, application_id, instalment_seq, line_id, amount_fen, tail, account_hash, state,
                                  paid_fen, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            batch, p.seq, tx.op, p.row, p.application_id, p.instalment_seq, p.line_id, p.amount.0, p.tail, p.account_hash, p.state, p.paid.0, p.reason
        ])?;
    Ok(())
}

/// What was sent of an instalment, up or back; the CHECK of the table holds it within its amount.
fn settle(tx: &mut Tx<'_>, id: i64, seq: i64, amount: Fen) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET settled_fen = settled_fen + ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, amount.0])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Keeps what the bank said of a line: what it did not pay is due again.
pub fn answered(tx: &mut Tx<'_>, batch: i64, p: &Payment, state: &str, paid: Fen, reason: Option<&str>) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE payment SET voided_op = ?3 WHERE batch_id = ?1 AND seq = ?2")?
        .execute(params![batch, p.seq, tx.op])?;
    let seq: i64 = tx.conn().prepare_cached("SELECT max(seq) + 1 FROM payment WHERE batch_id = ?1")?.query_row([batch], |r| r.get(0))?;
    let next = Payment { seq, state: state.to_owned(), paid, reason: reason.map(str::to_owned), ..p.clone() };
    insert_payment(tx, batch, &next)?;
    let back = paid.0 - p.amount.0;
    if back != 0 {
        settle(tx, p.application_id, p.instalment_seq, Fen(back))?;
    }
    tx.touch(&PAYMENT_BATCH_SUBJECT, batch);
    Ok(())
}

// ---------------------------------------------------------------- what happens later

/// The highest number an instalment of an application ever had.
pub fn last_instalment(conn: &Connection, id: i64) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM instalment WHERE application_id = ?1")?.query_row([id], |r| r.get(0))?)
}

/// Takes an instalment out of the plan.
pub fn void_instalment(tx: &mut Tx<'_>, id: i64, seq: i64) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET voided_op = ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, tx.op])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Adds an instalment to a plan.
pub fn add_instalment(tx: &mut Tx<'_>, id: i64, p: &Instalment) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO instalment (application_id, seq, made_op, due_day, period, amount_fen, settled_fen, line_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)",
        )?
        .execute(params![id, p.seq, tx.op, p.due.0, p.period, p.amount.0, p.line_id])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// The parts that the last stop took out of a plan: when they would have been due, and how much.
pub fn stopped_parts(conn: &Connection, id: i64) -> Result<Vec<(Day, Fen)>> {
    let mut st = conn.prepare_cached(
        "SELECT due_day, amount_fen FROM instalment WHERE application_id = ?1
           AND voided_op = (SELECT max(made_op) FROM step WHERE record_kind = 'application' AND record_id = ?1 AND to_state = 'stopped') ORDER BY seq",
    )?;
    Ok(st.query_map([id], |r| Ok((Day(r.get(0)?), Fen(r.get(1)?))))?.collect::<rusqlite::Result<_>>()?)
}

/// Gives the months of an application from one on back to the life of its person.
pub fn void_months(tx: &mut Tx<'_>, id: i64, from_month: i64) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE benefit_month SET voided_op = ?3 WHERE application_id = ?1 AND month >= ?2 AND voided_op IS NULL")?
        .execute(params![id, from_month, tx.op])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Keeps months of an application.
pub fn add_months(tx: &mut Tx<'_>, id: i64, person_id: i64, scheme: &str, months: &[i64]) -> Result<()> {
    for month in months {
        tx.conn()
            .prepare_cached("INSERT INTO benefit_month (person_id, scheme, month, made_op, application_id) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![person_id, scheme, month, tx.op, id])?;
    }
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

// ---------------------------------------------------------------- from elsewhere

/// A benefit that another body pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose.
    pub person_id: i64,
    /// The scheme it corresponds to.
    pub scheme: String,
    /// Who pays.
    pub body: String,
    /// How much in all.
    pub amount: Fen,
    /// First and last month, yyyymm.
    pub months: (i64, i64),
}

/// Keeps it; its number.
pub fn add_elsewhere(tx: &mut Tx<'_>, e: &Elsewhere) -> Result<i64> {
    let id = tx.next_number("benefit_elsewhere", "SELECT coalesce(max(id), 0) FROM benefit_elsewhere")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO benefit_elsewhere (id, made_op, person_id, scheme, body, amount_fen, from_month, until_month) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, e.person_id, e.scheme, e.body, e.amount.0, e.months.0, e.months.1])?;
    tx.touch(&BENEFIT_ELSEWHERE_SUBJECT, id);
    Ok(id)
}

/// Turnover flats let to a person by a day: they exclude and are excluded; their months are counted where they are let.
fn let_to(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut st = conn.prepare_cached(
        "SELECT from_day, until_day, made_op FROM lease WHERE voided_op IS NULL AND from_day <= ?2 AND until_day >= ?2
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY from_day",
    )?;
    let rows = st.query_map(params![person_id, day.0], |r| {
        let until = Day(r.get(1)?);
        Ok(Had { scheme: "turnover_flat".to_owned(), live: until >= day, months: 0, paid: Fen::ZERO, since: Day(r.get(0)?), op: r.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a person has from elsewhere, begun by a day.
fn elsewhere(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let (y, m, _) = day.ymd();
    let this_month = i64::from(y) * 100 + i64::from(m);
    let mut st = conn.prepare_cached(
        "SELECT scheme, amount_fen, from_month, until_month, made_op FROM benefit_elsewhere WHERE voided_op IS NULL AND from_month <= ?2
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY from_month, id",
    )?;
    let rows = st.query_map(params![person_id, this_month], |r| {
        let (from, until): (i64, i64) = (r.get(2)?, r.get(3)?);
        let months = (until / 100 - from / 100) * 12 + until % 100 - from % 100 + 1;
        let since = Day::from_ymd(i32::try_from(from / 100).unwrap_or(0), u32::try_from(from % 100).unwrap_or(1), 1).unwrap_or(day);
        Ok(Had {
            scheme: r.get(0)?,
            live: until >= this_month,
            months: u32::try_from(months).unwrap_or(0),
            paid: Fen(r.get(1)?),
            since,
            op: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
