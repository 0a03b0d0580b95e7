//! All SQL of projects; rows to types and back.

use super::{PREFIX, Profile};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{PROJECT_PROFILE, PROJECT_SUBJECT, PROJECT_UNIT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::{BTreeMap, BTreeSet};

/// A project with its versions and further units in order of their days.
#[derive(Debug)]
pub struct Project {
    /// Its id.
    pub id: i64,
    /// Versions of what it is.
    pub profiles: Vec<Fact<Profile>>,
    /// Units that came by it beside the one that carries it.
    pub units: Vec<Fact<i64>>,
}

impl Project {
    /// What it was on the day; else the nearest known.
    pub fn profile_at(&self, day: Day) -> Option<&Fact<Profile>> {
        self.profiles.iter().find(|p| p.span.holds(day)).or(self.profiles.first())
    }
}

/// A live project; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Project>> {
    let there: bool =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM project WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?;
    if !there {
        return Ok(None);
    }
    let profiles = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, name, line, org_id, invested_fen, closed_on FROM project_profile
             WHERE project_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| {
            facts::read(r, |r, at| {
                Ok(Profile {
                    name: r.get(at)?,
                    line: r.get(at + 1)?,
                    org_id: r.get(at + 2)?,
                    invested: r.get::<_, Option<i64>>(at + 3)?.map(Fen),
                    closed_on: r.get::<_, Option<i32>>(at + 4)?.map(Day),
                })
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let units = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, org_id FROM project_unit
             WHERE project_id = ?1 AND voided_op IS NULL ORDER BY seq",
        )?
        .query_map([id], |r| facts::read(r, |r, at| r.get(at)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Project { id, profiles, units }))
}

/// Ids of all live projects in order.
pub fn ids(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare("SELECT id FROM project WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The live project of that name: a name stands once.
pub fn by_name(conn: &Connection, name: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT project_id FROM project_profile WHERE folded = ?1 AND voided_op IS NULL AND until_day IS NULL")?
        .query_row([names::org_fold(name)], |r| r.get(0))
        .optional()?)
}

/// Its name on the day, else the nearest known.
pub fn name_at(conn: &Connection, id: i64, day: Day) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT name FROM project_profile WHERE project_id = ?1 AND voided_op IS NULL
             ORDER BY (from_day <= ?2 AND (until_day IS NULL OR until_day >= ?2)) DESC, abs(from_day - ?2) LIMIT 1",
        )?
        .query_row(params![id, day.0], |r| r.get(0))
        .optional()?)
}

/// The project a command or a row names: its number or its exact name.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let unknown = || error::not_found("no_project").fact("text", text);
    match number::parse(PREFIX, text) {
        Ok(id) => load(conn, id)?.map(|p| p.id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => by_name(conn, text)?.ok_or_else(unknown),
    }
}

/// A new project, known from `from`.
pub fn create(tx: &mut Tx<'_>, p: &Profile, from: Day) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM project")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO project (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &PROJECT_PROFILE, id, Span::from(from), &p.values(&names::org_fold(&p.name)))?;
    tx.touch(&PROJECT_SUBJECT, id);
    Ok(id)
}

/// Changes a project from `day`, or corrects the version from its own start.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile, day: Day, correct: bool) -> Result<()> {
    let (old_folded, new_folded) = (names::org_fold(&old.data.name), names::org_fold(&new.name));
    let data = new.values(&new_folded);
    if correct {
        facts::correct(tx, &PROJECT_PROFILE, id, old.seq, old.span, &data)?;
    } else {
        let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&old_folded) };
        facts::change(tx, &PROJECT_PROFILE, id, &row, day, &data)?;
    }
    tx.touch(&PROJECT_SUBJECT, id);
    Ok(())
}

/// A further unit from `day`.
pub fn add_unit(tx: &mut Tx<'_>, id: i64, org_id: i64, day: Day) -> Result<()> {
    facts::insert(tx, &PROJECT_UNIT, id, Span::from(day), &[Val::Int(org_id)])?;
    tx.touch(&PROJECT_SUBJECT, id);
    Ok(())
}

/// A further unit is none any more: it ends the day before, or never was where nothing would be left.
pub fn drop_unit(tx: &mut Tx<'_>, id: i64, unit: &Fact<i64>, day: Day, correct: bool) -> Result<()> {
    if correct || unit.span.from >= day {
        facts::void(tx, &PROJECT_UNIT, id, unit.seq)?;
    } else {
        facts::end(tx, &PROJECT_UNIT, id, unit.seq, unit.span, day.pred(), &[Val::Int(unit.data)])?;
    }
    tx.touch(&PROJECT_SUBJECT, id);
    Ok(())
}

/// Distinct persons engaged on the day by projects of each line.
pub fn people_by_line(conn: &Connection, day: Day) -> Result<BTreeMap<String, BTreeSet<i64>>> {
    let mut st = conn.prepare_cached(
        "SELECT f.line, e.person_id FROM engagement e JOIN person p ON p.id = e.person_id AND p.merged_into IS NULL
         JOIN project_profile f ON f.project_id = e.project_id AND f.voided_op IS NULL AND f.from_day <= ?1
                               AND (f.until_day IS NULL OR f.until_day >= ?1)
         WHERE e.project_id IS NOT NULL AND e.voided_op IS NULL AND e.from_day <= ?1 AND (e.until_day IS NULL OR e.until_day >= ?1)",
    )?;
    let mut rows = st.query([day.0])?;
    let mut lines: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    while let Some(r) = rows.next()? {
        lines.entry(r.get(0)?).or_default().insert(r.get(1)?);
    }
    Ok(lines)
}

/// Persons engaged by a project on the day and their units, one pair a person: (person, unit).
pub fn people(conn: &Connection, id: i64, day: Day) -> Result<Vec<(i64, i64)>> {
    Ok(conn
        .prepare_cached(
            "SELECT DISTINCT e.person_id, e.org_id FROM engagement e JOIN person p ON p.id = e.person_id AND p.merged_into IS NULL
             WHERE e.project_id = ?1 AND e.voided_op IS NULL AND e.from_day <= ?2 AND (e.until_day IS NULL OR e.until_day >= ?2)
             ORDER BY e.person_id",
        )?
        .query_map(params![id, day.0], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}
