//! Payment batches and their lines.

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::subject::{APPLICATION_SUBJECT, PAYMENT_BATCH_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

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
