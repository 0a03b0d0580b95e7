//! All SQL of platforms; rows to types and back.

use super::{Agreement, PREFIX, Profile};
use crate::base::day::Day;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{PLATFORM_AGREEMENT, PLATFORM_PROFILE, PLATFORM_STAGE, PLATFORM_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, Row};

const COLUMNS: &str = "seq, from_day, until_day, made_op, voided_op, kind, name, subtype, level, org_id";

fn profile(r: &Row<'_>, at: usize) -> rusqlite::Result<Profile> {
    Ok(Profile { kind: r.get(at)?, name: r.get(at + 1)?, subtype: r.get(at + 2)?, level: r.get(at + 3)?, org_id: r.get(at + 4)? })
}

/// A platform with its versions and stages in order of their days.
#[derive(Debug)]
pub struct Platform {
    /// Its id.
    pub id: i64,
    /// Versions of what it is.
    pub profiles: Vec<Fact<Profile>>,
    /// Stages (阶段) from the day each was reached.
    pub stages: Vec<Fact<String>>,
    /// Agreements, each until its last day.
    pub agreements: Vec<Fact<Agreement>>,
}

impl Platform {
    /// What it was on the day; before its first day what was known first.
    pub fn profile_at(&self, day: Day) -> Option<&Fact<Profile>> {
        self.profiles.iter().find(|p| p.span.holds(day)).or(self.profiles.first())
    }

    /// Its stage on the day.
    pub fn stage_at(&self, day: Day) -> Option<&Fact<String>> {
        self.stages.iter().find(|s| s.span.holds(day))
    }
}

/// A live platform; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Platform>> {
    let there: bool =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM platform WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?;
    if !there {
        return Ok(None);
    }
    let profiles = conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM platform_profile WHERE platform_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq"
        ))?
        .query_map([id], |r| facts::read(r, profile))?
        .collect::<rusqlite::Result<_>>()?;
    let stages = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, stage FROM platform_stage
             WHERE platform_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| facts::read(r, |r, at| r.get(at)))?
        .collect::<rusqlite::Result<_>>()?;
    let agreements = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, partner, places, subject FROM platform_agreement
             WHERE platform_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| facts::read(r, |r, a| Ok(Agreement { partner: r.get(a)?, places: r.get(a + 1)?, subject: r.get(a + 2)? })))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Platform { id, profiles, stages, agreements }))
}

/// Ids of all live platforms in order.
pub fn ids(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare("SELECT id FROM platform WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Live platforms of that matched name, with their kinds.
pub fn by_folded(conn: &Connection, folded: &str) -> Result<Vec<(i64, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT platform_id, kind FROM platform_profile WHERE folded = ?1 AND voided_op IS NULL AND until_day IS NULL
             ORDER BY platform_id",
        )?
        .query_map([folded], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The platform a command names: its number or its exact name.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let unknown = || error::not_found("no_platform").fact("text", text);
    match number::parse(PREFIX, text) {
        Ok(id) => return load(conn, id)?.map(|p| p.id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => return Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => {}
    }
    match by_folded(conn, &names::org_fold(text))?.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(unknown()),
        several => {
            let nos: Vec<String> = several.iter().map(|(id, _)| number::format(PREFIX, *id)).collect();
            Err(error::conflict("platform_ambiguous").fact("text", text).fact("nos", nos.join(", ")).detail("possible", nos))
        }
    }
}

/// A new platform, known from `from`, in `stage` from `since`.
pub fn create(tx: &mut Tx<'_>, p: &Profile, from: Day, stage: &str, since: Day) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM platform")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO platform (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &PLATFORM_PROFILE, id, Span::from(from), &p.values(&names::org_fold(&p.name)))?;
    facts::insert(tx, &PLATFORM_STAGE, id, Span::from(since), &[Val::Text(stage)])?;
    tx.touch(&PLATFORM_SUBJECT, id);
    Ok(id)
}

/// Changes a platform from `day`, or corrects the version from its own start.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile, day: Day, correct: bool) -> Result<()> {
    let (old_folded, new_folded) = (names::org_fold(&old.data.name), names::org_fold(&new.name));
    let data = new.values(&new_folded);
    if correct {
        facts::correct(tx, &PLATFORM_PROFILE, id, old.seq, old.span, &data)?;
    } else {
        let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&old_folded) };
        facts::change(tx, &PLATFORM_PROFILE, id, &row, day, &data)?;
    }
    tx.touch(&PLATFORM_SUBJECT, id);
    Ok(())
}

/// A new stage from `since`; what held until then ends the day before, or is replaced where nothing of it would be left.
pub fn set_stage(tx: &mut Tx<'_>, id: i64, old: Option<&Fact<String>>, stage: &str, since: Day) -> Result<()> {
    match old {
        Some(s) if s.span.from < since => {
            facts::end(tx, &PLATFORM_STAGE, id, s.seq, s.span, since.pred(), &[Val::Text(&s.data)])?;
        }
        Some(s) => facts::void(tx, &PLATFORM_STAGE, id, s.seq)?,
        None => {}
    }
    facts::insert(tx, &PLATFORM_STAGE, id, Span::from(since), &[Val::Text(stage)])?;
    tx.touch(&PLATFORM_SUBJECT, id);
    Ok(())
}

/// An agreement over its days. What held with the same partner gives way from its first day on.
pub fn agree(tx: &mut Tx<'_>, p: &Platform, a: &Agreement, span: Span) -> Result<()> {
    let folded = names::org_fold(&a.partner);
    for old in p.agreements.iter().filter(|o| names::org_fold(&o.data.partner) == folded) {
        if old.span.until.is_some_and(|u| u < span.from) {
            continue;
        }
        if old.span.from < span.from {
            facts::end(tx, &PLATFORM_AGREEMENT, p.id, old.seq, old.span, span.from.pred(), &old.data.values(&folded))?;
        } else {
            facts::void(tx, &PLATFORM_AGREEMENT, p.id, old.seq)?;
        }
    }
    facts::insert(tx, &PLATFORM_AGREEMENT, p.id, span, &a.values(&folded))?;
    tx.touch(&PLATFORM_SUBJECT, p.id);
    Ok(())
}

/// Corrects the last stage: another one, or another first day; the stage before lasts until then.
pub fn replace_stage(tx: &mut Tx<'_>, id: i64, before: Option<&Fact<String>>, old: &Fact<String>, stage: &str, since: Day) -> Result<()> {
    facts::void(tx, &PLATFORM_STAGE, id, old.seq)?;
    if let Some(b) = before.filter(|b| b.span.until != Some(since.pred())) {
        facts::end(tx, &PLATFORM_STAGE, id, b.seq, b.span, since.pred(), &[Val::Text(&b.data)])?;
    }
    facts::insert(tx, &PLATFORM_STAGE, id, Span { from: since, until: old.span.until }, &[Val::Text(stage)])?;
    tx.touch(&PLATFORM_SUBJECT, id);
    Ok(())
}
