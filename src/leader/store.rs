//! All SQL of the leading group; rows to types and back.

use super::{Leader, PREFIX, Profile};
use crate::base::day::Day;
use crate::base::{names, number};
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{LEADER_PROFILE, LEADER_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, Row};

const COLUMNS: &str = "seq, from_day, until_day, made_op, voided_op, name, rank, title, duties, org_id, decision_id";

fn profile(r: &Row<'_>, at: usize) -> rusqlite::Result<Profile> {
    Ok(Profile {
        name: r.get(at)?,
        rank: r.get(at + 1)?,
        title: r.get(at + 2)?,
        duties: r.get(at + 3)?,
        org_id: r.get(at + 4)?,
        decision_id: r.get(at + 5)?,
    })
}

/// Every version of every member, members in the order they came.
fn versions(conn: &Connection) -> Result<Vec<Leader>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, leader_id FROM leader_profile WHERE voided_op IS NULL ORDER BY leader_id, from_day, seq"
    ))?;
    let rows = st.query_map([], |r| Ok((r.get::<_, i64>(11)?, facts::read(r, profile)?)))?;
    let mut all: Vec<Leader> = Vec::new();
    for row in rows {
        let (id, fact) = row?;
        let joined = all.last().filter(|l| l.id == id).map_or(fact.span.from, |l| l.joined);
        all.push(Leader { id, fact, joined });
    }
    Ok(all)
}

/// The members of the day by rank; of one rank who came first.
pub fn on(conn: &Connection, day: Day) -> Result<Vec<Leader>> {
    let mut all: Vec<Leader> = versions(conn)?.into_iter().filter(|l| l.fact.span.holds(day)).collect();
    all.sort_by_key(|l| (l.fact.data.rank, l.id));
    Ok(all)
}

/// Everybody who ever was a member, with the version of the day, else the last one before, else the first; by rank.
pub fn all(conn: &Connection, day: Day) -> Result<Vec<Leader>> {
    let mut best: Vec<Leader> = Vec::new();
    for l in versions(conn)? {
        match best.last_mut().filter(|b| b.id == l.id) {
            Some(b) if l.fact.span.from <= day => *b = l,
            Some(_) => {}
            None => best.push(l),
        }
    }
    best.sort_by_key(|l| (l.fact.data.rank, l.id));
    Ok(best)
}

/// A member by id, with the version of the day, else the nearest one before.
pub fn load(conn: &Connection, id: i64, day: Day) -> Result<Option<Leader>> {
    Ok(all(conn, day)?.into_iter().find(|l| l.id == id))
}

/// The member of the day a command names: number or name. 4 where there is none.
pub fn resolve(conn: &Connection, text: &str, day: Day) -> Result<Leader> {
    let unknown = || error::not_found("no_leader").fact("text", text);
    let held = on(conn, day)?;
    match number::parse(PREFIX, text) {
        Ok(id) => held.into_iter().find(|l| l.id == id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => named(held, text).ok_or_else(unknown),
    }
}

/// The one of the members whose name it is: a name stands once in the group.
pub fn named(of: Vec<Leader>, name: &str) -> Option<Leader> {
    let folded = names::org_fold(name);
    of.into_iter().find(|l| names::org_fold(&l.fact.data.name) == folded)
}

/// A new member from the day on.
pub fn create(tx: &mut Tx<'_>, p: &Profile, from: Day) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM leader")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO leader (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &LEADER_PROFILE, id, Span::from(from), &p.values(&names::org_fold(&p.name)))?;
    tx.touch(&LEADER_SUBJECT, id);
    Ok(id)
}

/// Changes what is known of a member from the day on.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile, day: Day) -> Result<()> {
    let (old_folded, new_folded) = (names::org_fold(&old.data.name), names::org_fold(&new.name));
    let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&old_folded) };
    facts::change(tx, &LEADER_PROFILE, id, &row, day, &new.values(&new_folded))?;
    tx.touch(&LEADER_SUBJECT, id);
    Ok(())
}

/// The day is the member's last.
pub fn retire(tx: &mut Tx<'_>, l: &Leader, last: Day) -> Result<()> {
    let folded = names::org_fold(&l.fact.data.name);
    facts::end(tx, &LEADER_PROFILE, l.id, l.fact.seq, l.fact.span, last, &l.fact.data.values(&folded))?;
    tx.touch(&LEADER_SUBJECT, l.id);
    Ok(())
}
