//! All SQL of honours; rows to types and back.

use super::{PREFIX, machine};
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{HONOUR_HELD, HONOUR_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::talent::store as people;
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A nomination as it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Honour {
    /// Its id.
    pub id: i64,
    /// Who: of a merged person the survivor.
    pub person_id: i64,
    /// Title and level of an honour that another body awards; none of the zone's own.
    pub outside: Option<(String, String)>,
    /// When it was opened.
    pub opened: Day,
    /// The op that opened it.
    pub made_op: i64,
}

impl Honour {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

/// That it is held, on which decision and with which reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The decision.
    pub decision_id: Option<i64>,
    /// The reward.
    pub application_id: Option<i64>,
}

impl Held {
    fn values(self) -> [Val<'static>; 2] {
        [Val::int(self.decision_id), Val::int(self.application_id)]
    }
}

const COLUMNS: &str = "id, person_id, title, level, opened_day, made_op";

fn honour(r: &Row<'_>) -> rusqlite::Result<Honour> {
    let (title, level): (Option<String>, Option<String>) = (r.get(2)?, r.get(3)?);
    Ok(Honour { id: r.get(0)?, person_id: r.get(1)?, outside: title.zip(level), opened: Day(r.get(4)?), made_op: r.get(5)? })
}

fn survived(conn: &Connection, mut h: Honour) -> Result<Honour> {
    h.person_id = people::survivor(conn, h.person_id)?;
    Ok(h)
}

/// A live nomination; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Honour>> {
    let found = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM honour WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], honour)
        .optional()?;
    found.map(|h| survived(conn, h)).transpose()
}

/// The nomination a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Honour> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_honour").fact("text", text))
}

/// Nominations behind `after`, in order.
pub fn all(conn: &Connection, after: i64) -> Result<Vec<Honour>> {
    let mut st = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM honour WHERE id > ?1 AND voided_op IS NULL ORDER BY id"))?;
    let rows: Vec<Honour> = st.query_map([after], honour)?.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(|h| survived(conn, h)).collect()
}

/// Nominations of a person, under whichever number.
pub fn of_person(conn: &Connection, person_id: i64) -> Result<Vec<Honour>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM honour WHERE voided_op IS NULL AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)
         ORDER BY id"
    ))?;
    let rows: Vec<Honour> = st.query_map([person_id], honour)?.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(|h| survived(conn, h)).collect()
}

/// The state that acts up to a day brought about.
pub fn state(conn: &Connection, h: &Honour, day: Day) -> Result<String> {
    let m = machine(h.outside.is_some());
    let last = steps::steps(conn, (m.kind, h.id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| m.moves[0].0.to_owned(), |s| s.to_state))
}

/// Opens a nomination in a first state.
pub fn open(tx: &mut Tx<'_>, person_id: i64, outside: Option<(&str, &str)>, state: &str, decision_id: Option<i64>) -> Result<i64> {
    let id = tx.next_number("honour", "SELECT coalesce(max(id), 0) FROM honour")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO honour (id, made_op, person_id, outside, title, level, opened_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, tx.op, person_id, outside.is_some(), outside.map(|o| o.0), outside.map(|o| o.1), tx.day.0])?;
    steps::step(tx, (machine(outside.is_some()).kind, id), None, state, decision_id, None)?;
    tx.touch(&HONOUR_SUBJECT, id);
    Ok(id)
}

/// The last row that says that it is held, ended or not.
pub fn held(conn: &Connection, id: i64) -> Result<Option<Fact<Held>>> {
    Ok(conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, decision_id, application_id FROM honour_held
             WHERE honour_id = ?1 AND voided_op IS NULL ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([id], |r| facts::read(r, |r, a| Ok(Held { decision_id: r.get(a)?, application_id: r.get(a + 1)? })))
        .optional()?)
}

/// It is held from a day on.
pub fn hold(tx: &mut Tx<'_>, id: i64, held: Held, from: Day) -> Result<()> {
    facts::insert(tx, &HONOUR_HELD, id, Span::from(from), &held.values())?;
    tx.touch(&HONOUR_SUBJECT, id);
    Ok(())
}

/// It is held no more from a day on; where nothing of it would be left, it stays with its first day alone, so that what was paid for it is known.
pub fn lose(tx: &mut Tx<'_>, id: i64, h: &Fact<Held>, day: Day) -> Result<()> {
    facts::end(tx, &HONOUR_HELD, id, h.seq, h.span, day.pred().max(h.span.from), &h.data.values())?;
    tx.touch(&HONOUR_SUBJECT, id);
    Ok(())
}

/// So many other persons hold the zone's honour on a decision, whatever became of it.
pub fn others_on(conn: &Connection, decision_id: i64, but: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT h.person_id) FROM honour_held d JOIN honour h ON h.id = d.honour_id AND h.voided_op IS NULL AND h.outside = 0
             WHERE d.decision_id = ?1 AND d.voided_op IS NULL AND h.person_id <> ?2",
        )?
        .query_row([decision_id, but], |r| r.get(0))?)
}
