//! Payment batches, their lines, what is due to be paid, and where the bank's return does not agree.

use super::Party;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::subject::PAYMENT_BATCH_SUBJECT;
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;

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

/// A payment of an application as it stands.
#[derive(Clone, Debug)]
pub struct Paid {
    /// The batch.
    pub batch_id: i64,
    /// Its day.
    pub day: Day,
    /// Its op.
    pub batch_op: i64,
    /// The day of the bank's word; of what is still on its way the batch's.
    pub answered: Day,
    /// The op of the bank's word.
    pub answer_op: i64,
    /// The line.
    pub payment: Payment,
}

/// Payments of an application, in order.
pub fn payments_of(conn: &Connection, id: i64) -> Result<Vec<Paid>> {
    let columns: Vec<String> = PAYMENT.split(',').map(|c| format!("p.{}", c.trim())).collect();
    let mut st = conn.prepare_cached(&format!(
        "SELECT {}, p.batch_id, b.day, b.made_op, coalesce(o.business_day, b.day), p.made_op FROM payment p
         JOIN payment_batch b ON b.id = p.batch_id LEFT JOIN op o ON o.op = p.made_op
         WHERE p.application_id = ?1 AND p.voided_op IS NULL ORDER BY p.batch_id, p.row",
        columns.join(", ")
    ))?;
    let read = |r: &Row<'_>| {
        Ok(Paid {
            batch_id: r.get(11)?,
            day: Day(r.get(12)?),
            batch_op: r.get(13)?,
            answered: Day(r.get(14)?),
            answer_op: r.get(15)?,
            payment: payment(r)?,
        })
    };
    Ok(st.query_map([id], read)?.collect::<rusqlite::Result<_>>()?)
}

/// A batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id.
    pub id: i64,
    /// When it was made.
    pub day: Day,
    /// In all.
    pub amount: Fen,
    /// Digest of its file.
    pub sha256: String,
    /// Head of the log that is printed on it.
    pub head: String,
    /// Who made it.
    pub actor: String,
}

fn read_batch(r: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch { id: r.get(0)?, day: Day(r.get(1)?), amount: Fen(r.get(2)?), sha256: r.get(3)?, head: r.get(4)?, actor: r.get(5)? })
}

const BATCH: &str = "SELECT b.id, b.day, b.amount_fen, b.sha256, b.head, coalesce(o.actor, '') FROM payment_batch b
    LEFT JOIN op o ON o.op = b.made_op WHERE b.voided_op IS NULL";

/// A batch by its id.
pub fn batch(conn: &Connection, id: i64) -> Result<Option<Batch>> {
    Ok(conn.prepare_cached(&format!("{BATCH} AND b.id = ?1"))?.query_row([id], read_batch).optional()?)
}

/// Batches made up to a day, in order.
pub fn batches(conn: &Connection, day: Day) -> Result<Vec<Batch>> {
    let mut st = conn.prepare_cached(&format!("{BATCH} AND b.day <= ?1 ORDER BY b.id"))?;
    Ok(st.query_map([day.0], read_batch)?.collect::<rusqlite::Result<_>>()?)
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

/// What was sent of an instalment, up or back; the CHECK of the table holds it within its amount. It is no part of the benefit's digest: the
/// payments say it.
fn settle(tx: &Tx<'_>, id: i64, seq: i64, amount: Fen) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET settled_fen = settled_fen + ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, amount.0])?;
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

// ---------------------------------------------------------------- what is due

/// A part of a benefit that fell due and is not paid whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The application.
    pub application_id: i64,
    /// The scheme.
    pub scheme: String,
    /// The policy version it was judged by.
    pub policy_id: i64,
    /// Who is paid.
    pub payee: Party,
    /// Whose benefit it is, where somebody else is paid for it.
    pub for_id: Option<i64>,
    /// The decision that granted it.
    pub decision_id: i64,
    /// Number within the application.
    pub seq: i64,
    /// When it fell due.
    pub due: Day,
    /// Months it is for.
    pub period: Option<String>,
    /// What is left of it.
    pub left: Fen,
    /// Where it is reserved.
    pub line_id: Option<i64>,
    /// The line that the approval drew on.
    pub award_line_id: i64,
    /// Its day.
    pub approved: Day,
}

/// What of payments is taken into account where it is asked what is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// All of them: what is paid next rests on it.
    Now,
    /// What was sent, and what the bank had said, by the day.
    OnTheDay,
}

/// What payments moved behind day ?2, by instalment: what was sent only later, less what the bank said only later that it had not paid.
const MOVED_SINCE: &str = "moved AS MATERIALIZED (
    SELECT p.application_id, p.instalment_seq, sum(CASE
             WHEN b.day > ?2 THEN CASE p.state WHEN 'sent' THEN p.amount_fen ELSE p.paid_fen END
             WHEN p.state <> 'sent' AND o.business_day > ?2 THEN p.paid_fen - p.amount_fen
             ELSE 0 END) AS later
    FROM payment_batch b JOIN payment p ON p.batch_id = b.id AND p.voided_op IS NULL JOIN op o ON o.op = p.made_op
    WHERE b.voided_op IS NULL AND b.id IN (
      SELECT id FROM payment_batch WHERE day > ?2
      UNION SELECT s.subject FROM op_subject s JOIN op x ON x.op = s.op WHERE s.kind = 'payment_batch' AND x.business_day > ?2)
    GROUP BY 1, 2)";

/// Parts due up to a day of what was approved by a day, in the order of their days; none of what was recovered or revoked.
pub fn open(conn: &Connection, known: Known, until: Day, day: Day) -> Result<Vec<Open>> {
    let (with, from, left) = match known {
        Known::Now => (String::new(), "instalment i", "i.amount_fen - i.settled_fen"),
        Known::OnTheDay => (
            format!("WITH {MOVED_SINCE} "),
            "(SELECT application_id, seq FROM instalment WHERE settled_fen < amount_fen AND voided_op IS NULL AND due_day <= ?1
              UNION SELECT application_id, instalment_seq FROM moved WHERE later > 0) k
             JOIN instalment i ON i.application_id = k.application_id AND i.seq = k.seq
             LEFT JOIN moved m ON m.application_id = i.application_id AND m.instalment_seq = i.seq",
            "i.amount_fen - i.settled_fen + coalesce(m.later, 0)",
        ),
    };
    let mut st = conn.prepare_cached(&format!(
        "{with}SELECT a.id, a.scheme, w.policy_id, a.person_id, a.org_id, a.for_id, w.decision_id, i.seq, i.due_day, i.period, {left},
                i.line_id, w.line_id, w.approved_day
         FROM {from} JOIN application a ON a.id = i.application_id AND a.voided_op IS NULL
         JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL
         WHERE i.voided_op IS NULL AND {open} AND i.due_day <= ?1 AND w.approved_day <= ?2
           AND (SELECT s.to_state FROM step s WHERE s.record_kind = 'application' AND s.record_id = a.id AND s.voided_op IS NULL AND s.day <= ?2
                ORDER BY s.id DESC LIMIT 1) NOT IN ('recovered', 'revoked')
         ORDER BY i.due_day, a.id, i.seq",
        // The index of what is owed is named by its own condition.
        open = if known == Known::Now { "i.settled_fen < i.amount_fen".to_owned() } else { format!("{left} > 0") },
    ))?;
    let read = |r: &Row<'_>| {
        let payee = match r.get::<_, Option<i64>>(3)? {
            Some(id) => Party::Person(id),
            None => Party::Org(r.get(4)?),
        };
        Ok(Open {
            application_id: r.get(0)?,
            scheme: r.get(1)?,
            policy_id: r.get(2)?,
            payee,
            for_id: r.get(5)?,
            decision_id: r.get(6)?,
            seq: r.get(7)?,
            due: Day(r.get(8)?),
            period: r.get(9)?,
            left: Fen(r.get(10)?),
            line_id: r.get(11)?,
            award_line_id: r.get(12)?,
            approved: Day(r.get(13)?),
        })
    };
    Ok(st.query_map([until.0, day.0], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Applications that an actor reviewed or approved, with the state that led to: whoever did does not pay them.
pub fn decided_by(conn: &Connection, actor: &str) -> Result<HashMap<i64, String>> {
    let mut st = conn.prepare_cached(
        "SELECT s.record_id, s.to_state FROM step s JOIN op o ON o.op = s.made_op
         WHERE s.record_kind = 'application' AND s.to_state IN ('reviewed', 'approved') AND s.voided_op IS NULL AND o.actor = ?1",
    )?;
    Ok(st.query_map([actor], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

// ---------------------------------------------------------------- where the bank does not agree

/// A line of the bank's return that does not agree with what was sent.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The batch.
    pub batch_id: i64,
    /// Its version.
    pub seq: i64,
    /// Row of the bank file.
    pub row: i64,
    /// What we sent.
    pub sent: String,
    /// What the bank said.
    pub returned: String,
    /// settled, failed, partial; none while it is open.
    pub outcome: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// Who read it in, or closed it.
    pub actor: String,
}

/// Differences of a batch, or of all, as they stand.
pub fn differences(conn: &Connection, batch: Option<i64>) -> Result<Vec<Difference>> {
    let mut st = conn.prepare_cached(
        "SELECT d.batch_id, d.seq, d.row, d.sent, d.returned, d.outcome, d.why, coalesce(o.actor, '') FROM payment_difference d
         LEFT JOIN op o ON o.op = d.made_op WHERE d.voided_op IS NULL AND (?1 IS NULL OR d.batch_id = ?1) ORDER BY d.batch_id, d.row, d.seq",
    )?;
    let read = |r: &Row<'_>| {
        Ok(Difference {
            batch_id: r.get(0)?,
            seq: r.get(1)?,
            row: r.get(2)?,
            sent: r.get(3)?,
            returned: r.get(4)?,
            outcome: r.get(5)?,
            why: r.get(6)?,
            actor: r.get(7)?,
        })
    };
    Ok(st.query_map([batch], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a difference, open or closed.
pub fn add_difference(tx: &mut Tx<'_>, d: &Difference) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO payment_difference (batch_id, seq, made_op, row, sent, returned, outcome, why)
             VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM payment_difference WHERE batch_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![d.batch_id, tx.op, d.row, d.sent, d.returned, d.outcome, d.why])?;
    tx.touch(&PAYMENT_BATCH_SUBJECT, d.batch_id);
    Ok(())
}

/// Closes one: it is voided as it stood open and made again with what was found.
pub fn close_difference(tx: &mut Tx<'_>, d: &Difference, outcome: &str, why: &str) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE payment_difference SET voided_op = ?3 WHERE batch_id = ?1 AND seq = ?2")?
        .execute([d.batch_id, d.seq, tx.op])?;
    add_difference(tx, &Difference { outcome: Some(outcome.to_owned()), why: Some(why.to_owned()), ..d.clone() })
}
