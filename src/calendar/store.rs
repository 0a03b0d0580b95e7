//! SQL of the calendar.

use super::{Calendar, Special, Year};
use crate::base::day::Day;
use crate::db::digest::Val;
use crate::db::facts::{self, Span};
use crate::db::subject::{CALENDAR_DAY, CALENDAR_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, params};

/// The years held, each with the id of its version.
pub fn years(conn: &Connection) -> Result<Vec<(i64, i32, Year)>> {
    let mut st = conn.prepare_cached("SELECT id, year, source FROM calendar WHERE voided_op IS NULL ORDER BY year")?;
    let heads: Vec<(i64, i32, String)> = st.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
    let mut days = conn.prepare_cached(
        "SELECT from_day, working, name FROM calendar_day WHERE calendar_id = ?1 AND voided_op IS NULL ORDER BY from_day",
    )?;
    let mut out = Vec::new();
    for (id, year, source) in heads {
        let read = |r: &rusqlite::Row<'_>| Ok(Special { day: Day(r.get(0)?), working: r.get::<_, i64>(1)? == 1, name: r.get(2)? });
        let list = days.query_map([id], read)?.collect::<rusqlite::Result<_>>()?;
        out.push((id, year, Year { source, days: list }));
    }
    Ok(out)
}

/// The calendar as far as it is known.
pub fn calendar(conn: &Connection) -> Result<Calendar> {
    Ok(Calendar::of(years(conn)?.into_iter().map(|(_, y, year)| (y, year))))
}

/// Keeps a year; one that is held in other words gives way as a whole. False where it is held so already.
pub fn put(tx: &mut Tx<'_>, year: i32, new: &Year) -> Result<bool> {
    if let Some((id, _, held)) = years(tx.conn())?.into_iter().find(|(_, y, _)| *y == year) {
        if held == *new {
            return Ok(false);
        }
        tx.conn().prepare_cached("UPDATE calendar_day SET voided_op = ?2 WHERE calendar_id = ?1")?.execute([id, tx.op])?;
        tx.conn().prepare_cached("UPDATE calendar SET voided_op = ?2 WHERE id = ?1")?.execute([id, tx.op])?;
        tx.touch(&CALENDAR_SUBJECT, id);
    }
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM calendar")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO calendar (id, made_op, year, source) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, tx.op, year, new.source])?;
    for d in &new.days {
        let span = Span { from: d.day, until: Some(d.day) };
        facts::insert(tx, &CALENDAR_DAY, id, span, &[Val::Int(d.working.into()), Val::Text(&d.name)])?;
    }
    tx.touch(&CALENDAR_SUBJECT, id);
    Ok(true)
}

/// Keeps the shipped years that the office lacks.
pub fn put_shipped(tx: &mut Tx<'_>) -> Result<()> {
    let held: Vec<i32> = years(tx.conn())?.into_iter().map(|y| y.1).collect();
    for (year, days) in super::shipped().iter().filter(|(y, _)| !held.contains(y)) {
        put(tx, *year, days)?;
    }
    Ok(())
}
