//! SQL of steps, public notices, objections and papers served.

use crate::base::day::Day;
use crate::db::subject::{DELIVERY_SUBJECT, NOTICE_SUBJECT, OBJECTION_SUBJECT, STEP_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};

/// A move that was made.
#[derive(Clone, Debug)]
pub struct Step {
    /// From which state; none for the first.
    pub from_state: Option<String>,
    /// To which.
    pub to_state: String,
    /// Its business day.
    pub day: Day,
    /// The decision it rests on.
    pub decision_id: Option<i64>,
    /// Why.
    pub note: Option<String>,
    /// The op.
    pub op: i64,
    /// Who made it.
    pub actor: String,
}

fn next_id(tx: &Tx<'_>, table: &str) -> Result<i64> {
    Ok(tx.conn().prepare_cached(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))?.query_row([], |r| r.get(0))?)
}

/// Keeps a move.
pub fn step(
    tx: &mut Tx<'_>,
    (kind, record): (&str, i64),
    from: Option<&str>,
    to: &str,
    decision: Option<i64>,
    note: Option<&str>,
) -> Result<()> {
    let id = next_id(tx, "step")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO step (id, made_op, record_kind, record_id, from_state, to_state, day, decision_id, note)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![id, tx.op, kind, record, from, to, tx.day.0, decision, note])?;
    tx.touch(&STEP_SUBJECT, id);
    Ok(())
}

/// The moves of a record, in order.
pub fn steps(conn: &Connection, (kind, record): (&str, i64)) -> Result<Vec<Step>> {
    let mut st = conn.prepare_cached(
        "SELECT s.from_state, s.to_state, s.day, s.decision_id, s.note, s.made_op, coalesce(o.actor, '')
         FROM step s LEFT JOIN op o ON o.op = s.made_op
         WHERE s.record_kind = ?1 AND s.record_id = ?2 AND s.voided_op IS NULL ORDER BY s.id",
    )?;
    let rows = st.query_map(params![kind, record], |r| {
        Ok(Step {
            from_state: r.get(0)?,
            to_state: r.get(1)?,
            day: Day(r.get(2)?),
            decision_id: r.get(3)?,
            note: r.get(4)?,
            op: r.get(5)?,
            actor: r.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A list that stands in public.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id.
    pub id: i64,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// The clock at its entry, in milliseconds since 1970: a notice can't be shortened by dating it back. 0 within the op itself.
    pub recorded_ms: i64,
}

/// Puts a record up in public until a day.
pub fn put_up(tx: &mut Tx<'_>, (kind, record): (&str, i64), until: Day, place: Option<&str>) -> Result<()> {
    let id = next_id(tx, "notice")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO notice (id, made_op, record_kind, record_id, from_day, until_day, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, tx.op, kind, record, tx.day.0, until.0, place])?;
    tx.touch(&NOTICE_SUBJECT, id);
    Ok(())
}

/// The last notice of a record.
pub fn notice(conn: &Connection, (kind, record): (&str, i64)) -> Result<Option<Notice>> {
    Ok(conn
        .prepare_cached(
            "SELECT n.id, n.from_day, n.until_day, coalesce(o.recorded_at, 0) FROM notice n LEFT JOIN op o ON o.op = n.made_op
             WHERE n.record_kind = ?1 AND n.record_id = ?2 AND n.voided_op IS NULL ORDER BY n.id DESC LIMIT 1",
        )?
        .query_row(params![kind, record], |r| {
            Ok(Notice { id: r.get(0)?, from: Day(r.get(1)?), until: Day(r.get(2)?), recorded_ms: r.get(3)? })
        })
        .optional()?)
}

/// Records of a kind that were put up in public until `last` at the latest, with their last day, in the order in which they were.
pub fn put_up_until(conn: &Connection, kind: &str, last: Day) -> Result<Vec<(i64, Day)>> {
    let mut st = conn.prepare_cached(
        "SELECT n.record_id, n.until_day FROM notice n
         WHERE n.record_kind = ?1 AND n.until_day <= ?2 AND n.voided_op IS NULL ORDER BY n.id",
    )?;
    Ok(st.query_map(params![kind, last.0], |r| Ok((r.get(0)?, Day(r.get(1)?))))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps an objection to a notice.
pub fn object(tx: &mut Tx<'_>, notice: i64, by: &str, ground: &str) -> Result<i64> {
    let id = next_id(tx, "objection")?;
    tx.conn()
        .prepare_cached("INSERT INTO objection (id, made_op, notice_id, day, by, ground) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, tx.op, notice, tx.day.0, by, ground])?;
    tx.touch(&OBJECTION_SUBJECT, id);
    Ok(id)
}

/// An objection and what was found of it: `upheld`, `dismissed`, or nothing yet.
pub type Objection = (i64, String, String, Option<String>);

/// Objections to a notice.
pub fn objections(conn: &Connection, notice: i64) -> Result<Vec<Objection>> {
    let mut st =
        conn.prepare_cached("SELECT id, by, ground, outcome FROM objection WHERE notice_id = ?1 AND voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([notice], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps what was found of an objection: the row is voided as it stood open and made again.
pub fn settle(tx: &mut Tx<'_>, objection: i64, outcome: &str) -> Result<()> {
    let id = next_id(tx, "objection")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO objection (id, made_op, notice_id, day, by, ground, outcome)
             SELECT ?1, ?2, notice_id, day, by, ground, ?3 FROM objection WHERE id = ?4",
        )?
        .execute(params![id, tx.op, outcome, objection])?;
    tx.conn().prepare_cached("UPDATE objection SET voided_op = ?2 WHERE id = ?1")?.execute([objection, tx.op])?;
    tx.touch(&OBJECTION_SUBJECT, objection);
    tx.touch(&OBJECTION_SUBJECT, id);
    Ok(())
}

/// A paper that is served (送达).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// notice, decision.
    pub paper: String,
    /// On which day.
    pub day: Day,
    /// in_person, registered_mail, left_at, electronic, public_notice.
    pub way: Option<String>,
    /// Working days it gives for a reply, and the last of them.
    pub reply: Option<(u32, Day)>,
}

/// Keeps that a paper of a record was served.
pub fn serve(tx: &mut Tx<'_>, (kind, record): (&str, i64), s: &Served) -> Result<()> {
    let id = next_id(tx, "delivery")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO delivery (id, made_op, record_kind, record_id, paper, day, way, reply_days, reply_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![id, tx.op, kind, record, s.paper, s.day.0, s.way, s.reply.map(|r| r.0), s.reply.map(|r| r.1.0)])?;
    tx.touch(&DELIVERY_SUBJECT, id);
    Ok(())
}

/// The papers of a record that were served, in order, each with the clock at its entry in milliseconds since 1970 (0 within the op itself).
pub fn served(conn: &Connection, (kind, record): (&str, i64)) -> Result<Vec<(Served, i64)>> {
    let mut st = conn.prepare_cached(
        "SELECT d.paper, d.day, d.way, d.reply_days, d.reply_until, coalesce(o.recorded_at, 0) FROM delivery d LEFT JOIN op o ON o.op = d.made_op
         WHERE d.record_kind = ?1 AND d.record_id = ?2 AND d.voided_op IS NULL ORDER BY d.id",
    )?;
    let rows = st.query_map(params![kind, record], |r| {
        let reply = r.get::<_, Option<u32>>(3)?.zip(r.get::<_, Option<i32>>(4)?.map(Day));
        Ok((Served { paper: r.get(0)?, day: Day(r.get(1)?), way: r.get(2)?, reply }, r.get(5)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Says of the papers served of a record that they are known no more.
pub fn unserve(tx: &mut Tx<'_>, (kind, record): (&str, i64)) -> Result<()> {
    let ids: Vec<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM delivery WHERE record_kind = ?1 AND record_id = ?2 AND voided_op IS NULL")?
        .query_map(params![kind, record], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in ids {
        tx.conn().prepare_cached("UPDATE delivery SET voided_op = ?2 WHERE id = ?1")?.execute([id, tx.op])?;
        tx.touch(&DELIVERY_SUBJECT, id);
    }
    Ok(())
}
