//! All SQL of recognitions on their way; the rows are facts of their person.

use super::PREFIX;
use crate::base::day::Day;
use crate::base::number;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{PERSON_SUBJECT, RECOGNITION};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::talent::Recognition;
use crate::talent::store::{RECOGNITION as COLUMNS, recognition};
use rusqlite::{Connection, Row};

/// Place of `person_id` behind `COLUMNS`.
const PERSON: usize = 13;

/// A recognition: its person and the rows of its life, in order.
#[derive(Clone, Debug)]
pub struct Record {
    /// Whose.
    pub person_id: i64,
    /// The rows that are not voided.
    pub rows: Vec<Fact<Recognition>>,
}

impl Record {
    /// The last row: what is known of it now.
    pub fn last(&self) -> &Fact<Recognition> {
        // A record has a row, else it is not found.
        &self.rows[self.rows.len() - 1]
    }
}

/// The recognition a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<(i64, Record)> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.map(|r| (id, r)).ok_or_else(|| error::not_found("no_recognition").fact("text", text))
}

/// A recognition by id.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Record>> {
    // Those on their way have an index; those that only a roster says are looked for in all.
    for some in ["AND state <> 'recorded'", "AND state = 'recorded'"] {
        let mut st = conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, person_id FROM recognition WHERE id = ?1 {some} AND voided_op IS NULL ORDER BY from_day, seq"
        ))?;
        let read = |r: &Row<'_>| Ok((facts::read(r, recognition)?, r.get::<_, i64>(PERSON)?));
        let rows: Vec<(Fact<Recognition>, i64)> = st.query_map([id], read)?.collect::<rusqlite::Result<_>>()?;
        if let Some((_, person_id)) = rows.first() {
            return Ok(Some(Record { person_id: *person_id, rows: rows.into_iter().map(|r| r.0).collect() }));
        }
    }
    Ok(None)
}

/// The last row of every recognition, by number; `recorded` ones too where asked for.
pub fn each(conn: &Connection, recorded: bool, mut f: impl FnMut(i64, Fact<Recognition>) -> Result<bool>) -> Result<()> {
    let some = if recorded { "" } else { "AND state <> 'recorded'" };
    let mut st =
        conn.prepare(&format!("SELECT {COLUMNS}, person_id FROM recognition WHERE voided_op IS NULL {some} ORDER BY id, from_day, seq"))?;
    let mut rows = st.query([])?;
    let mut held: Option<(i64, Fact<Recognition>)> = None;
    while let Some(r) = rows.next()? {
        let next = (r.get(PERSON)?, facts::read(r, recognition)?);
        if let Some((person, row)) = held.replace(next)
            && held.as_ref().is_some_and(|h| h.1.data.id != row.data.id)
            && !f(person, row)?
        {
            return Ok(());
        }
    }
    match held {
        Some((person, row)) => f(person, row).map(|_| ()),
        None => Ok(()),
    }
}

/// So many distinct persons hold a recognition on a decision.
pub fn persons_on(conn: &Connection, decision_id: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT person_id) FROM recognition WHERE decision_id = ?1 AND state <> 'recorded' AND voided_op IS NULL",
        )?
        .query_row([decision_id], |r| r.get(0))?)
}

/// A new recognition row of a person.
pub fn insert(tx: &mut Tx<'_>, person_id: i64, span: Span, r: &Recognition) -> Result<()> {
    facts::insert(tx, &RECOGNITION, person_id, span, &r.values())?;
    tx.touch(&PERSON_SUBJECT, person_id);
    Ok(())
}

/// Moves a recognition on: what held ends the day before, or is replaced where nothing of it would be left.
pub fn advance(tx: &mut Tx<'_>, person_id: i64, old: &Fact<Recognition>, span: Span, new: &Recognition) -> Result<()> {
    end(tx, person_id, old, span.from)?;
    insert(tx, person_id, span, new)
}

/// What the mid-term check found: known of the row over all its days.
pub fn set_mid_check(tx: &mut Tx<'_>, person_id: i64, old: &Fact<Recognition>, found: &'static str) -> Result<()> {
    let new = Recognition { mid_check: Some(found.into()), ..old.data.clone() };
    facts::correct(tx, &RECOGNITION, person_id, old.seq, old.span, &new.values())?;
    tx.touch(&PERSON_SUBJECT, person_id);
    Ok(())
}

/// Other persons than this one who hold a recognition on a decision.
pub fn others_on(conn: &Connection, decision_id: i64, person_id: i64) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached(
            "SELECT DISTINCT person_id FROM recognition
             WHERE decision_id = ?1 AND person_id <> ?2 AND state <> 'recorded' AND voided_op IS NULL",
        )?
        .query_map([decision_id, person_id], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Ends a row before a day.
pub fn end(tx: &mut Tx<'_>, person_id: i64, old: &Fact<Recognition>, day: Day) -> Result<()> {
    if old.span.until.is_some_and(|u| u < day) {
        return Ok(());
    }
    if old.span.from < day {
        facts::end(tx, &RECOGNITION, person_id, old.seq, old.span, day.pred(), &old.data.values())?;
    } else {
        facts::void(tx, &RECOGNITION, person_id, old.seq)?;
    }
    tx.touch(&PERSON_SUBJECT, person_id);
    Ok(())
}

/// The human number.
pub fn no(id: i64) -> String {
    number::format(PREFIX, id)
}
