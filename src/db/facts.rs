//! The four columns every fact has, and the two acts on facts: a change ("from 1 March") closes the open row and makes a new
//! one; a correction ("was wrong from the start") replaces a row over its own span. Nothing is overwritten: a row only ever
//! gets its voided_op.

use super::digest::Val;
use super::subject::Table;
use super::write::Tx;
use crate::base::day::Day;
use crate::error::{self, Result};

/// From when until when a fact is true; `until` is the last day, None = open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Option<Day>,
}

impl Span {
    /// Open from that day on.
    pub fn from(day: Day) -> Span {
        Span { from: day, until: None }
    }

    /// Whether the fact is true on the day.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|u| day <= u)
    }
}

/// A row of a fact table: where it stands and its data as the store's type.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<T> {
    /// Number within the owner.
    pub seq: i64,
    /// When it is true.
    pub span: Span,
    /// The op that made it.
    pub made_op: i64,
    /// The op that voided it.
    pub voided_op: Option<i64>,
    /// What it says.
    pub data: T,
}

/// Columns `seq, from_day, until_day, made_op, voided_op` of a row that begins with them, and the data behind.
pub fn read<T>(r: &rusqlite::Row<'_>, data: impl FnOnce(&rusqlite::Row<'_>, usize) -> rusqlite::Result<T>) -> rusqlite::Result<Fact<T>> {
    read_at(r, 0, data)
}

/// The same where they begin at column `at`.
pub fn read_at<T>(
    r: &rusqlite::Row<'_>,
    at: usize,
    data: impl FnOnce(&rusqlite::Row<'_>, usize) -> rusqlite::Result<T>,
) -> rusqlite::Result<Fact<T>> {
    Ok(Fact {
        seq: r.get(at)?,
        span: Span { from: Day(r.get(at + 1)?), until: r.get::<_, Option<i32>>(at + 2)?.map(Day) },
        made_op: r.get(at + 3)?,
        voided_op: r.get(at + 4)?,
        data: data(r, at + 5)?,
    })
}

/// Adds a row. `data` are the columns behind the four, in the table's order.
pub fn insert(tx: &Tx<'_>, table: &Table, owner: i64, span: Span, data: &[Val<'_>]) -> Result<i64> {
    let owner_col = table.cols[0].0;
    let seq: i64 = tx
        .conn()
        .prepare_cached(&format!("SELECT coalesce(max(seq), 0) + 1 FROM {} WHERE {owner_col} = ?1", table.name))?
        .query_row([owner], |r| r.get(0))?;
    let mut row =
        vec![Val::Int(owner), Val::Int(seq), Val::Int(span.from.0.into()), Val::int(span.until.map(|d| d.0)), Val::Int(tx.op), Val::Null];
    row.extend_from_slice(data);
    tx.conn().prepare_cached(&table.insert_sql())?.execute(rusqlite::params_from_iter(row))?;
    Ok(seq)
}

/// Says that a row is no longer what the office knows.
pub fn void(tx: &Tx<'_>, table: &Table, owner: i64, seq: i64) -> Result<()> {
    let owner_col = table.cols[0].0;
    let voided = tx
        .conn()
        .prepare_cached(&format!("UPDATE {} SET voided_op = ?3 WHERE {owner_col} = ?1 AND seq = ?2 AND voided_op IS NULL", table.name))?
        .execute([owner, seq, tx.op])?;
    // The row was read before this op began, and another op has been there since.
    if voided == 1 { Ok(()) } else { Err(error::busy("changed_meanwhile")) }
}

/// A change: `old` was true until the day before, `data` holds from `day` on. A row that begins on or after the day is replaced
/// from its own start, as nothing of it would be left.
pub fn change(tx: &Tx<'_>, table: &Table, owner: i64, old: &Fact<Vec<Val<'_>>>, day: Day, data: &[Val<'_>]) -> Result<()> {
    void(tx, table, owner, old.seq)?;
    if old.span.from < day {
        insert(tx, table, owner, Span { from: old.span.from, until: Some(day.pred()) }, &old.data)?;
        insert(tx, table, owner, Span { from: day, until: old.span.until }, data)?;
    } else {
        insert(tx, table, owner, old.span, data)?;
    }
    Ok(())
}

/// A correction: the row was wrong from its own start.
pub fn correct(tx: &Tx<'_>, table: &Table, owner: i64, old_seq: i64, span: Span, data: &[Val<'_>]) -> Result<()> {
    void(tx, table, owner, old_seq)?;
    insert(tx, table, owner, span, data)?;
    Ok(())
}

/// Ends a row on its last day `until`, with `data` as its last words (a leave says why).
pub fn end(tx: &Tx<'_>, table: &Table, owner: i64, old_seq: i64, span: Span, until: Day, data: &[Val<'_>]) -> Result<()> {
    void(tx, table, owner, old_seq)?;
    insert(tx, table, owner, Span { from: span.from, until: Some(until) }, data)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::open;
    use crate::db::subject::{ACTOR, ACTOR_SUBJECT};
    use crate::db::write::{Act, write};

    #[test]
    fn what_another_op_voided_meanwhile_is_not_voided_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("o.db");
        open::create(&path, |_| Ok(())).unwrap();
        let mut conn = open::open_write(&path).unwrap();
        let act = Act {
            command: "actor.add",
            params: serde_json::Map::new(),
            day: Day(20_000),
            reason: None,
            actor: Some("a".into()),
            os_user: "u".into(),
            now_ms: 1,
            dry_run: false,
            undoes: None,
        };
        write(&mut conn, &act, |tx| {
            insert(tx, &ACTOR, 1, Span::from(tx.day), &[Val::Text("a"), Val::Text("u"), Val::Text("clerk")])?;
            tx.touch(&ACTOR_SUBJECT, 1);
            Ok(())
        })
        .unwrap();
        let voids = |conn: &mut rusqlite::Connection| {
            write(conn, &act, |tx| {
                tx.touch(&ACTOR_SUBJECT, 1);
                void(tx, &ACTOR, 1, 1)
            })
            .map(|done| done.op)
        };
        assert_eq!(voids(&mut conn).unwrap(), Some(2));
        let e = voids(&mut conn).unwrap_err();
        assert_eq!((e.key, e.kind.exit_code()), ("changed_meanwhile", 75));
    }
}
