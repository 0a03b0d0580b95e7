//! SQL of rows that wait for a person's decision.

use crate::db::digest::sha256;
use crate::db::subject::REVIEW_SUBJECT;
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

/// Keeps a row with its raw cells and the reasons; the same row waiting already is not kept twice. False where the very row was decided
/// once: nobody is asked again.
pub fn keep_waiting(
    tx: &mut Tx<'_>,
    kind: &str,
    file: &str,
    row: u32,
    headers: &[String],
    cells: &[String],
    reasons: &[Value],
) -> Result<bool> {
    let header = Value::from(headers.to_vec()).to_string();
    let cells = Value::from(cells.to_vec()).to_string();
    let hash = sha256(format!("{kind}\n{header}\n{cells}").as_bytes());
    let held: Option<String> = tx
        .conn()
        .prepare_cached("SELECT state FROM review_row WHERE cells_hash = ?1 AND voided_op IS NULL ORDER BY id DESC LIMIT 1")?
        .query_row([hash], |r| r.get(0))
        .optional()?;
    if let Some(state) = held {
        return Ok(state == "waiting");
    }
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM review_row")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO review_row (id, made_op, kind, file, row, header, cells, cells_hash, reasons, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting')",
        )?
        .execute(params![id, tx.op, kind, file, row, header, cells, hash, Value::from(reasons.to_vec()).to_string()])?;
    tx.touch(&REVIEW_SUBJECT, id);
    Ok(true)
}

/// Keeps what was decided of a waiting row: the row is voided as it waited and made again as it was decided.
pub fn decide(tx: &mut Tx<'_>, id: i64, verdict: &str, record: Option<i64>) -> Result<()> {
    let new: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM review_row")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO review_row (id, made_op, kind, file, row, header, cells, cells_hash, reasons, state, verdict, record_id)
             SELECT ?1, ?2, kind, file, row, header, cells, cells_hash, reasons, 'decided', ?3, ?4 FROM review_row WHERE id = ?5",
        )?
        .execute(params![new, tx.op, verdict, record, id])?;
    tx.conn().prepare_cached("UPDATE review_row SET voided_op = ?2 WHERE id = ?1")?.execute([id, tx.op])?;
    tx.touch(&REVIEW_SUBJECT, id);
    tx.touch(&REVIEW_SUBJECT, new);
    Ok(())
}

/// A row that waits.
#[derive(Debug)]
pub struct Waiting {
    /// Its id.
    pub id: i64,
    /// Roster kind.
    pub kind: String,
    /// Base name of the file.
    pub file: String,
    /// Row as a spreadsheet shows it.
    pub row: i64,
    /// Headers.
    pub headers: Vec<String>,
    /// Raw cells.
    pub cells: Vec<String>,
    /// Why it waits.
    pub reasons: Value,
    /// The op that put it up.
    pub op: i64,
}

/// The rows that wait, oldest first; or that one.
pub fn waiting(conn: &Connection, only: Option<i64>) -> Result<Vec<Waiting>> {
    let mut st = conn.prepare_cached(
        "SELECT id, kind, file, row, header, cells, reasons, made_op FROM review_row
         WHERE voided_op IS NULL AND state = 'waiting' AND (?1 IS NULL OR id = ?1) ORDER BY id",
    )?;
    let rows = st.query_map([only], |r| {
        let list = |i: usize| -> rusqlite::Result<Vec<String>> { Ok(serde_json::from_str(&r.get::<_, String>(i)?).unwrap_or_default()) };
        Ok(Waiting {
            id: r.get(0)?,
            kind: r.get(1)?,
            file: r.get(2)?,
            row: r.get(3)?,
            headers: list(4)?,
            cells: list(5)?,
            reasons: serde_json::from_str(&r.get::<_, String>(6)?).unwrap_or_default(),
            op: r.get(7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
