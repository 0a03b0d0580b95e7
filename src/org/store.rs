//! All SQL of units; rows to types and back.

use super::{PREFIX, Profile, UnitMatch, match_unit};
use crate::base::day::Day;
use crate::base::{ident, names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ORG_PROFILE, ORG_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::HashMap;

const COLUMNS: &str = "seq, from_day, until_day, made_op, voided_op, name, uscc, stub, kind, industry, gb_industry, introduced_on,
    high_tech_from, high_tech_until, certificate, innovative_from, innovative_until, contact, phone, closed_on";

fn profile(r: &Row<'_>, at: usize) -> rusqlite::Result<Profile> {
    let day = |i: usize| -> rusqlite::Result<Option<Day>> { Ok(r.get::<_, Option<i32>>(at + i)?.map(Day)) };
    Ok(Profile {
        name: r.get(at)?,
        uscc: r.get(at + 1)?,
        stub: r.get::<_, i64>(at + 2)? != 0,
        kind: r.get(at + 3)?,
        industry: r.get(at + 4)?,
        gb_industry: r.get(at + 5)?,
        introduced_on: day(6)?,
        high_tech_from: day(7)?,
        high_tech_until: day(8)?,
        certificate: r.get(at + 9)?,
        innovative_from: day(10)?,
        innovative_until: day(11)?,
        contact: r.get(at + 12)?,
        phone: r.get(at + 13)?,
        closed_on: day(14)?,
    })
}

/// Whether there is a live unit of that id.
pub fn exists(conn: &Connection, id: i64) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM org WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?)
}

/// All versions of a unit that are not voided, in order of their days.
pub fn versions(conn: &Connection, id: i64) -> Result<Vec<Fact<Profile>>> {
    let mut st =
        conn.prepare_cached(&format!("SELECT {COLUMNS} FROM org_profile WHERE org_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq"))?;
    Ok(st.query_map([id], |r| facts::read(r, profile))?.collect::<rusqlite::Result<_>>()?)
}

/// The version that holds on the day.
pub fn at(conn: &Connection, id: i64, day: Day) -> Result<Option<Fact<Profile>>> {
    Ok(versions(conn, id)?.into_iter().find(|v| v.span.holds(day)))
}

/// The version of today's knowledge that is still open.
pub fn open(conn: &Connection, id: i64) -> Result<Option<Fact<Profile>>> {
    Ok(versions(conn, id)?.into_iter().rev().find(|v| v.span.until.is_none()))
}

/// Name and code as a person's page prints them: the day's, else the nearest known.
pub fn name_at(conn: &Connection, id: i64, day: Day) -> Result<Option<(String, Option<String>)>> {
    Ok(conn
        .prepare_cached(
            "SELECT name, uscc FROM org_profile WHERE org_id = ?1 AND voided_op IS NULL
             ORDER BY (from_day <= ?2 AND (until_day IS NULL OR until_day >= ?2)) DESC, abs(from_day - ?2) LIMIT 1",
        )?
        .query_row([id, day.0.into()], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?)
}

/// Matched names of a unit, former ones too, and its last code, as known when op `known` was the last.
pub fn names_known(conn: &Connection, id: i64, known: i64) -> Result<(Vec<String>, Option<String>)> {
    let mut st = conn.prepare_cached(
        "SELECT folded, uscc FROM org_profile WHERE org_id = ?1 AND made_op <= ?2 AND (voided_op IS NULL OR voided_op > ?2) ORDER BY from_day, seq",
    )?;
    let (mut names, mut code) = (Vec::new(), None);
    let mut rows = st.query([id, known])?;
    while let Some(r) = rows.next()? {
        let name: String = r.get(0)?;
        if !names.contains(&name) {
            names.push(name);
        }
        code = r.get::<_, Option<String>>(1)?.or(code);
    }
    Ok((names, code))
}

/// The live unit of that code.
pub fn by_uscc(conn: &Connection, uscc: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT org_id FROM org_profile WHERE uscc = ?1 AND voided_op IS NULL AND until_day IS NULL")?
        .query_row([uscc], |r| r.get(0))
        .optional()?)
}

/// Live units of that matched name, with their codes.
pub fn by_folded(conn: &Connection, folded: &str) -> Result<Vec<(i64, Option<String>)>> {
    Ok(conn
        .prepare_cached(
            "SELECT org_id, uscc FROM org_profile WHERE folded = ?1 AND voided_op IS NULL AND until_day IS NULL ORDER BY org_id",
        )?
        .query_map([folded], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Which unit a roster row or an option means.
pub fn find_unit(conn: &Connection, name: &str, uscc: Option<&str>) -> Result<UnitMatch> {
    let by_code = match uscc {
        Some(c) => by_uscc(conn, c)?,
        None => None,
    };
    Ok(match_unit(by_code, &by_folded(conn, &names::org_fold(name))?, uscc))
}

/// The unit a command names: its number, its code or its exact name.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let shown = || error::not_found("no_org").fact("text", text);
    match number::parse(PREFIX, text) {
        Ok(id) => {
            return if exists(conn, id)? { Ok(id) } else { Err(shown()) };
        }
        Err(number::NumberFault::CheckChar) => {
            return Err(error::usage("number_check").fact("text", text));
        }
        Err(number::NumberFault::NotANumber) => {}
    }
    if let Ok((code, _)) = ident::uscc(text)
        && let Some(id) = by_uscc(conn, &code)?
    {
        return Ok(id);
    }
    match by_folded(conn, &names::org_fold(text))?.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(shown()),
        several => {
            let nos: Vec<String> = several.iter().map(|(id, _)| number::format(PREFIX, *id)).collect();
            Err(error::conflict("org_ambiguous").fact("text", text).fact("nos", nos.join(", ")).detail("possible", nos))
        }
    }
}

/// A new unit, known from that day on.
pub fn create(tx: &mut Tx<'_>, p: &Profile, from: Day) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM org")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO org (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &ORG_PROFILE, id, Span::from(from), &p.values(&p.folded()))?;
    tx.touch(&ORG_SUBJECT, id);
    Ok(id)
}

/// Changes a unit from `day`, or corrects the version that holds on it from its own start.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile, day: Day, correct: bool) -> Result<()> {
    let (old_folded, new_folded) = (old.data.folded(), new.folded());
    let data = new.values(&new_folded);
    if correct {
        facts::correct(tx, &ORG_PROFILE, id, old.seq, old.span, &data)?;
    } else {
        let row = Fact {
            seq: old.seq,
            span: old.span,
            made_op: old.made_op,
            voided_op: None,
            data: old.data.values(&old_folded).into_iter().collect::<Vec<Val<'_>>>(),
        };
        facts::change(tx, &ORG_PROFILE, id, &row, day, &data)?;
    }
    tx.touch(&ORG_SUBJECT, id);
    Ok(())
}

/// Distinct persons engaged with the unit on the day.
pub fn headcount(conn: &Connection, id: i64, day: Day) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT person_id) FROM engagement
             WHERE org_id = ?1 AND voided_op IS NULL AND from_day <= ?2 AND (until_day IS NULL OR until_day >= ?2)",
        )?
        .query_row([id, day.0.into()], |r| r.get(0))?)
}

/// Distinct persons engaged on the day, by unit. The table lies in the order of persons: one pass, and a person's few rows are compared.
pub fn headcounts(conn: &Connection, day: Day) -> Result<HashMap<i64, i64>> {
    let mut st = conn.prepare(
        "SELECT person_id, org_id FROM engagement NOT INDEXED
         WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1) ORDER BY person_id",
    )?;
    let mut rows = st.query([day.0])?;
    let mut heads: HashMap<i64, i64> = HashMap::new();
    let (mut person, mut units): (Option<i64>, Vec<i64>) = (None, Vec::new());
    while let Some(r) = rows.next()? {
        let (id, org): (i64, i64) = (r.get(0)?, r.get(1)?);
        if person.replace(id) != Some(id) {
            units.clear();
        }
        if !units.contains(&org) {
            units.push(org);
            *heads.entry(org).or_default() += 1;
        }
    }
    Ok(heads)
}

/// Every unit with the version that holds on the day, in order of numbers.
pub fn each(conn: &Connection, day: Day, mut f: impl FnMut(i64, Fact<Profile>) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(&format!(
        "SELECT {COLUMNS}, org_id FROM org_profile
         WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1) ORDER BY org_id, seq"
    ))?;
    let mut rows = st.query([day.0])?;
    while let Some(r) = rows.next()? {
        f(r.get(20)?, facts::read(r, profile)?)?;
    }
    Ok(())
}

/// Units whose name has the text in it (matched form), for `talent find`.
pub fn name_contains(conn: &Connection, folded: &str) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached("SELECT DISTINCT org_id FROM org_profile WHERE instr(folded, ?1) > 0 AND voided_op IS NULL ORDER BY org_id")?
        .query_map([folded], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}
