//! All SQL of teams; rows to types and back.

use super::{Member, PREFIX, Profile, Role};
use crate::base::day::Day;
use crate::base::{names, number};
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{TEAM_MEMBER, TEAM_PROFILE, TEAM_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A team with its versions and members in order of their days.
#[derive(Debug)]
pub struct Team {
    /// Its id.
    pub id: i64,
    /// Versions of what it is; the team ends with the last of them.
    pub profiles: Vec<Fact<Profile>>,
    /// Who belongs and belonged to it.
    pub members: Vec<Fact<Member>>,
}

impl Team {
    /// Members of the day, the leader first.
    pub fn members_at(&self, day: Day) -> Vec<&Fact<Member>> {
        let mut on: Vec<_> = self.members.iter().filter(|m| m.span.holds(day)).collect();
        on.sort_by_key(|m| (m.data.role == Role::Core, m.data.person_id));
        on
    }

    /// Whether it is over on the day.
    pub fn closed(&self, day: Day) -> bool {
        self.profiles.last().is_some_and(|p| p.span.until.is_some_and(|u| u < day))
    }

    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

fn member(r: &Row<'_>, at: usize) -> rusqlite::Result<Member> {
    let role: String = r.get(at + 1)?;
    Ok(Member { person_id: r.get(at)?, role: if role == "leader" { Role::Leader } else { Role::Core } })
}

/// A live team; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Team>> {
    let there: bool =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM team WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?;
    if !there {
        return Ok(None);
    }
    let profiles = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, name, org_id, decision_id FROM team_profile
             WHERE team_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| facts::read(r, |r, a| Ok(Profile { name: r.get(a)?, org_id: r.get(a + 1)?, decision_id: r.get(a + 2)? })))?
        .collect::<rusqlite::Result<_>>()?;
    let members = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, person_id, role FROM team_member
             WHERE team_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| facts::read(r, member))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Team { id, profiles, members }))
}

/// Ids of all live teams in order.
pub fn ids(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare("SELECT id FROM team WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The live team of that name.
pub fn by_name(conn: &Connection, name: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT team_id FROM team_profile WHERE folded = ?1 AND voided_op IS NULL AND until_day IS NULL")?
        .query_row([names::org_fold(name)], |r| r.get(0))
        .optional()?)
}

/// The team a command names: its number or its exact name.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let unknown = || error::not_found("no_team").fact("text", text);
    match number::parse(PREFIX, text) {
        Ok(id) => load(conn, id)?.map(|t| t.id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => by_name(conn, text)?.ok_or_else(unknown),
    }
}

/// The teams a person is in on the day or will be in.
pub fn of_person(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached(
            "SELECT DISTINCT team_id FROM team_member
             WHERE person_id = ?1 AND voided_op IS NULL AND (until_day IS NULL OR until_day >= ?2) ORDER BY team_id",
        )?
        .query_map(params![person_id, day.0], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The team a person is in on the day, for the person's page.
pub fn place_of(conn: &Connection, person_id: i64, day: Day) -> Result<Option<serde_json::Value>> {
    Ok(conn
        .prepare_cached(
            "SELECT m.team_id, p.name, m.role FROM team_member m
             JOIN team_profile p ON p.team_id = m.team_id AND p.voided_op IS NULL
             WHERE m.person_id = ?1 AND m.voided_op IS NULL AND m.from_day <= ?2 AND (m.until_day IS NULL OR m.until_day >= ?2)
             ORDER BY p.seq DESC LIMIT 1",
        )?
        .query_row(params![person_id, day.0], |r| {
            let (no, name, role) = (number::format(PREFIX, r.get(0)?), r.get::<_, String>(1)?, r.get::<_, String>(2)?);
            Ok(serde_json::json!({"no": no, "name": name, "role": role}))
        })
        .optional()?)
}

/// A new team with its members from a day.
pub fn create(tx: &mut Tx<'_>, p: &Profile, members: &[Member], from: Day) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM team")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO team (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &TEAM_PROFILE, id, Span::from(from), &p.values(&names::org_fold(&p.name)))?;
    for m in members {
        join(tx, id, *m, from)?;
    }
    tx.touch(&TEAM_SUBJECT, id);
    Ok(id)
}

/// A member from a day.
pub fn join(tx: &mut Tx<'_>, id: i64, m: Member, from: Day) -> Result<()> {
    facts::insert(tx, &TEAM_MEMBER, id, Span::from(from), &m.values())?;
    tx.touch(&TEAM_SUBJECT, id);
    Ok(())
}

/// A place in the team ends on its last day; one that would have no day never was.
pub fn end(tx: &mut Tx<'_>, id: i64, m: &Fact<Member>, last: Day) -> Result<()> {
    if m.span.from > last {
        facts::void(tx, &TEAM_MEMBER, id, m.seq)?;
    } else {
        facts::end(tx, &TEAM_MEMBER, id, m.seq, m.span, last, &m.data.values())?;
    }
    tx.touch(&TEAM_SUBJECT, id);
    Ok(())
}

/// The team ends on its last day, and every place in it.
pub fn close(tx: &mut Tx<'_>, team: &Team, last: Day) -> Result<()> {
    for m in team.members.iter().filter(|m| m.span.until.is_none_or(|u| u > last)) {
        end(tx, team.id, m, last)?;
    }
    if let Some(p) = team.profiles.last() {
        facts::end(tx, &TEAM_PROFILE, team.id, p.seq, p.span, last, &p.data.values(&names::org_fold(&p.data.name)))?;
    }
    tx.touch(&TEAM_SUBJECT, team.id);
    Ok(())
}

/// Places of a person in teams, those voided too, for the history.
pub fn places_ever(conn: &Connection, person_id: i64) -> Result<Vec<(i64, Fact<Member>)>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, person_id, role, team_id FROM team_member
         WHERE person_id = ?1 ORDER BY team_id, seq",
    )?;
    Ok(st.query_map([person_id], |r| Ok((r.get(7)?, facts::read(r, member)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Gives a merged person's places to the survivor.
pub fn move_member(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<usize> {
    let mut rows = places_ever(tx.conn(), from)?;
    rows.retain(|(_, m)| m.voided_op.is_none());
    let held = places_ever(tx.conn(), to)?;
    for (team, m) in &rows {
        facts::void(tx, &TEAM_MEMBER, *team, m.seq)?;
        // In one team under both numbers: that was one place.
        if !held.iter().any(|(t, h)| t == team && h.voided_op.is_none() && h.span.until.is_none_or(|u| u >= m.span.from)) {
            facts::insert(tx, &TEAM_MEMBER, *team, m.span, &Member { person_id: to, ..m.data }.values())?;
        }
        tx.touch(&TEAM_SUBJECT, *team);
    }
    Ok(rows.len())
}
