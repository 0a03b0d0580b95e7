//! All SQL of service cases; rows to types and back.

use super::{MACHINE, PREFIX};
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Span};
use crate::db::subject::{CASE_SUBJECT, CASE_WORD};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A case as it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: i64,
    /// Kind of service: a scheme of the services pack.
    pub service: String,
    /// For whom.
    pub person_id: i64,
    /// The card shown.
    pub card_id: Option<i64>,
    /// The child that goes to school.
    pub child_id: Option<i64>,
    /// Into which grade.
    pub grade: Option<u32>,
    /// Who looks after it (服务专员).
    pub officer: String,
    /// Who handled it first.
    pub department: String,
    /// Day of opening.
    pub opened: Day,
    /// Term in working days.
    pub term_days: u32,
    /// The policy version it was opened by.
    pub policy_id: Option<i64>,
}

impl Case {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

const COLUMNS: &str = "id, type, person_id, card_id, child_id, grade, officer, department, opened_day, term_days, policy_id";

fn case(r: &Row<'_>) -> rusqlite::Result<Case> {
    Ok(Case {
        id: r.get(0)?,
        service: r.get(1)?,
        person_id: r.get(2)?,
        card_id: r.get(3)?,
        child_id: r.get(4)?,
        grade: r.get(5)?,
        officer: r.get(6)?,
        department: r.get(7)?,
        opened: Day(r.get(8)?),
        term_days: r.get(9)?,
        policy_id: r.get(10)?,
    })
}

/// A live case; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Case>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM service_case WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], case)
        .optional()?)
}

/// The case a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Case> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_case").fact("text", text))
}

/// All cases behind `after`, in order.
pub fn each(conn: &Connection, after: i64, mut f: impl FnMut(Case) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(&format!("SELECT {COLUMNS} FROM service_case WHERE voided_op IS NULL AND id > ?1 ORDER BY id"))?;
    let mut rows = st.query([after])?;
    while let Some(r) = rows.next()? {
        f(case(r)?)?;
    }
    Ok(())
}

/// Opens a case: the row and its first step.
pub fn create(tx: &mut Tx<'_>, c: &Case) -> Result<i64> {
    let id = tx.next_number("service_case", "SELECT coalesce(max(id), 0) FROM service_case")?;
    tx.conn()
        .prepare_cached(&format!(
            "INSERT INTO service_case ({COLUMNS}, made_op) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?
        .execute(params![
            id,
            c.service,
            c.person_id,
            c.card_id,
            c.child_id,
            c.grade,
            c.officer,
            c.department,
            c.opened.0,
            c.term_days,
            c.policy_id,
            tx.op
        ])?;
    steps::step(tx, (MACHINE.kind, id), None, "opened", None, None)?;
    tx.touch(&CASE_SUBJECT, id);
    Ok(id)
}

/// Keeps what was said in the course of a case: missing, department, result, why, remedy, rating.
pub fn say(tx: &mut Tx<'_>, id: i64, kind: &str, text: &str) -> Result<()> {
    facts::insert(tx, &CASE_WORD, id, Span { from: tx.day, until: Some(tx.day) }, &[Val::Text(kind), Val::Text(text)])?;
    tx.touch(&CASE_SUBJECT, id);
    Ok(())
}

/// A word of a case, with its kind and the op it was said in.
pub type Word = (String, String, i64);

/// What was said in the course of a case up to a day, in order.
pub fn words(conn: &Connection, id: i64, day: Day) -> Result<Vec<Word>> {
    let mut st = conn.prepare_cached(
        "SELECT kind, text, made_op FROM case_word WHERE case_id = ?1 AND voided_op IS NULL AND from_day <= ?2 ORDER BY seq",
    )?;
    Ok(st.query_map(params![id, day.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Kinds of the papers that a case has.
pub fn papers(conn: &Connection, id: i64) -> Result<Vec<String>> {
    let mut st = conn.prepare_cached(
        "SELECT role FROM file_link WHERE record_kind = 'service_case' AND record_id = ?1 AND voided_op IS NULL ORDER BY id",
    )?;
    Ok(st.query_map([id], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}
