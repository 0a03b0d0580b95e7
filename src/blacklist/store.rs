//! All SQL of integrity cases; rows to types and back. What screening reads and keeps is in `listed`.

pub mod listed;

use super::{MACHINE, PREFIX, Ruling, Whom};
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Span};
use crate::db::subject::{INTEGRITY_RULING, INTEGRITY_SHARE, INTEGRITY_SUBJECT};
use crate::db::write::{Tx, new_salt, random_bytes};
use crate::error::{self, Result};
use crate::paper::store as papers;
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A case as it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: i64,
    /// Whom it is about.
    pub whom: Whom,
    /// One of `GROUNDS`.
    pub ground: String,
    /// What is said to have happened.
    pub facts: String,
    /// The legal basis.
    pub basis: String,
    /// Day of opening.
    pub opened: Day,
    /// The policy version whose rules hold for it.
    pub policy_id: i64,
}

impl Case {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

/// Whom two columns mean; one of them holds a number.
fn whom(person: Option<i64>, org: Option<i64>) -> rusqlite::Result<Whom> {
    person.map(Whom::Person).or(org.map(Whom::Unit)).ok_or(rusqlite::Error::InvalidQuery)
}

const COLUMNS: &str = "id, person_id, org_id, ground, coalesce(facts, ''), basis, opened_day, policy_id";

fn case(r: &Row<'_>) -> rusqlite::Result<Case> {
    Ok(Case {
        id: r.get(0)?,
        whom: whom(r.get(1)?, r.get(2)?)?,
        ground: r.get(3)?,
        facts: r.get(4)?,
        basis: r.get(5)?,
        opened: Day(r.get(6)?),
        policy_id: r.get(7)?,
    })
}

/// A case that is not annulled.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Case>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM integrity_case WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], case)
        .optional()?)
}

/// The case a command names. An annulled one is not found, like one that never was.
pub fn resolve(conn: &Connection, text: &str) -> Result<Case> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_integrity_case").fact("text", text))
}

/// All cases behind `after` that are not annulled, in order.
pub fn each(conn: &Connection, after: i64, mut f: impl FnMut(Case) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(&format!("SELECT {COLUMNS} FROM integrity_case WHERE voided_op IS NULL AND id > ?1 ORDER BY id"))?;
    let mut rows = st.query([after])?;
    while let Some(r) = rows.next()? {
        f(case(r)?)?;
    }
    Ok(())
}

/// Cases about somebody: of a person with those about all who were merged into that person.
pub fn of(conn: &Connection, whom: Whom) -> Result<Vec<Case>> {
    let (column, id) = match whom {
        Whom::Person(id) => {
            let sql = format!(
                "WITH RECURSIVE who (person) AS (SELECT ?1 UNION SELECT p.id FROM person p JOIN who ON p.merged_into = who.person)
                 SELECT {COLUMNS} FROM who JOIN integrity_case ON person_id = who.person WHERE voided_op IS NULL ORDER BY id"
            );
            return Ok(conn.prepare_cached(&sql)?.query_map([id], case)?.collect::<rusqlite::Result<_>>()?);
        }
        Whom::Unit(id) => ("org_id", id),
    };
    let sql = format!("SELECT {COLUMNS} FROM integrity_case WHERE {column} = ?1 AND voided_op IS NULL ORDER BY id");
    Ok(conn.prepare_cached(&sql)?.query_map([id], case)?.collect::<rusqlite::Result<_>>()?)
}

/// Opens a case: the row and its first step.
pub fn create(tx: &mut Tx<'_>, c: &Case) -> Result<i64> {
    let id = tx.next_number("integrity_case", "SELECT coalesce(max(id), 0) FROM integrity_case")?;
    let (person, org) = c.whom.columns();
    let salt = new_salt(id, i64::from(tx.day.0), &random_bytes());
    tx.conn()
        .prepare_cached(
            "INSERT INTO integrity_case (id, made_op, person_id, org_id, ground, facts, basis, opened_day, policy_id, salt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![id, tx.op, person, org, c.ground, c.facts, c.basis, c.opened.0, c.policy_id, salt])?;
    steps::step(tx, (MACHINE.kind, id), None, "lead", None, None)?;
    tx.touch(&INTEGRITY_SUBJECT, id);
    Ok(id)
}

/// What was decided of a case.
pub fn ruling(conn: &Connection, id: i64) -> Result<Option<Ruling>> {
    Ok(conn
        .prepare_cached(
            "SELECT from_day, listed, grade, ends_day, coalesce(effects, ''), decision_id FROM integrity_ruling
             WHERE case_id = ?1 AND voided_op IS NULL ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([id], |r| {
            Ok(Ruling {
                day: Day(r.get(0)?),
                listed: r.get::<_, i64>(1)? == 1,
                grade: r.get(2)?,
                ends: r.get::<_, Option<i32>>(3)?.map(Day),
                effects: effects(&r.get::<_, String>(4)?),
                decision_id: r.get(5)?,
            })
        })
        .optional()?)
}

/// Effects as the column holds them.
fn effects(text: &str) -> Vec<String> {
    text.split(',').filter(|e| !e.is_empty()).map(str::to_owned).collect()
}

/// Keeps what was decided.
pub fn rule(tx: &mut Tx<'_>, id: i64, r: &Ruling) -> Result<()> {
    let effects = r.effects.join(",");
    let data = [
        Val::Int(r.listed.into()),
        Val::text(r.grade.as_deref()),
        Val::int(r.ends.map(|d| d.0)),
        Val::text(Some(effects.as_str()).filter(|e| !e.is_empty())),
        Val::int(r.decision_id),
    ];
    facts::insert(tx, &INTEGRITY_RULING, id, Span::from(r.day), &data)?;
    tx.touch(&INTEGRITY_SUBJECT, id);
    Ok(())
}

/// A hand-over of a case to another body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// On which day.
    pub day: Day,
    /// To whom.
    pub recipient: String,
    /// On which basis.
    pub basis: String,
    /// For what.
    pub purpose: String,
}

fn share_of(r: &Row<'_>) -> rusqlite::Result<Share> {
    Ok(Share { day: Day(r.get(0)?), recipient: r.get(1)?, basis: r.get(2)?, purpose: r.get(3)? })
}

/// Hand-overs of a case, in order.
pub fn shares(conn: &Connection, id: i64) -> Result<Vec<Share>> {
    let mut st = conn.prepare_cached(
        "SELECT from_day, recipient, basis, purpose FROM integrity_share WHERE case_id = ?1 AND voided_op IS NULL ORDER BY seq",
    )?;
    Ok(st.query_map([id], share_of)?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a hand-over.
pub fn share(tx: &mut Tx<'_>, id: i64, s: &Share) -> Result<()> {
    let span = Span { from: s.day, until: Some(s.day) };
    facts::insert(tx, &INTEGRITY_SHARE, id, span, &[Val::Text(&s.recipient), Val::Text(&s.basis), Val::Text(&s.purpose)])?;
    tx.touch(&INTEGRITY_SUBJECT, id);
    Ok(())
}

/// Says of a case and of all that hangs on it that it is known no more; only the log and its voided rows still tell of it.
pub fn annul(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    for (table, column) in [("integrity_case", "id"), ("integrity_ruling", "case_id"), ("integrity_share", "case_id")] {
        tx.conn()
            .prepare_cached(&format!("UPDATE {table} SET voided_op = ?2 WHERE {column} = ?1 AND voided_op IS NULL"))?
            .execute([id, tx.op])?;
    }
    steps::unserve(tx, (MACHINE.kind, id))?;
    papers::unlink(tx, (MACHINE.kind, id))?;
    tx.touch(&INTEGRITY_SUBJECT, id);
    Ok(())
}

/// An annulled case with those it was handed over to, for the letters that call it back.
pub fn annulled(conn: &Connection, id: i64) -> Result<Option<(Case, Vec<Share>)>> {
    let found = conn
        .prepare_cached(&format!("SELECT {COLUMNS}, voided_op FROM integrity_case WHERE id = ?1 AND voided_op IS NOT NULL"))?
        .query_row([id], |r| Ok((case(r)?, r.get::<_, i64>(8)?)))
        .optional()?;
    let Some((case, op)) = found else { return Ok(None) };
    // One that an undo took back was never anybody's case.
    let is_annulled = steps::steps(conn, (MACHINE.kind, id))?.last().is_some_and(|s| s.to_state == "annulled" && s.op == op);
    if !is_annulled {
        return Ok(None);
    }
    let mut st = conn.prepare_cached(
        "SELECT from_day, recipient, basis, purpose FROM integrity_share WHERE case_id = ?1 AND voided_op = ?2 ORDER BY seq",
    )?;
    let shares = st.query_map([id, op], share_of)?.collect::<rusqlite::Result<_>>()?;
    Ok(Some((case, shares)))
}
