//! SQL of family relations and of balances at the start.

use super::super::kin::{Kind, Opening, Relation};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{OPENING, PERSON_SUBJECT, RELATION};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::Connection;

/// Whether there is anything to read of a person beside the person's own page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    /// A relation, living or not.
    pub family: bool,
    /// A place in a team, of any day.
    pub team: bool,
    /// A card, living or not.
    pub card: bool,
    /// A nomination, of any day.
    pub honours: bool,
    /// A seat in the expert pool or a leader who keeps contact, of any day.
    pub expert: bool,
    /// A place in a programme, of any day.
    pub programmes: bool,
}

/// Asks at once what hangs on a person.
pub fn beside(conn: &Connection, id: i64) -> Result<Beside> {
    // Who was merged into a person keeps the records under the old number.
    let mut st = conn.prepare_cached(
        "WITH who (id) AS (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)
         SELECT 0 FROM relation WHERE person_id = ?1 UNION ALL SELECT 0 FROM relation WHERE other_id = ?1
         UNION ALL SELECT 1 FROM team_member WHERE person_id = ?1
         UNION ALL SELECT 2 FROM who JOIN card r ON r.person_id = who.id
         UNION ALL SELECT 3 FROM who JOIN honour r ON r.person_id = who.id
         UNION ALL SELECT 4 FROM who JOIN expert r ON r.person_id = who.id
         UNION ALL SELECT 4 FROM who JOIN liaison r ON r.person_id = who.id
         UNION ALL SELECT 5 FROM who JOIN enrolment r ON r.person_id = who.id",
    )?;
    let mut found = Beside::default();
    let mut rows = st.query([id])?;
    while let Some(r) = rows.next()? {
        match r.get::<_, i64>(0)? {
            0 => found.family = true,
            1 => found.team = true,
            2 => found.card = true,
            3 => found.honours = true,
            4 => found.expert = true,
            _ => found.programmes = true,
        }
    }
    Ok(found)
}

/// Live relations of a person, seen from that person; those that have ended too.
pub fn relations(conn: &Connection, id: i64) -> Result<Vec<Relation>> {
    Ok(relations_ever(conn, id)?.into_iter().filter(|r| r.fact.voided_op.is_none()).collect())
}

/// The same with what was voided, for the history.
pub fn relations_ever(conn: &Connection, id: i64) -> Result<Vec<Relation>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, person_id, other_id, kind FROM relation WHERE person_id = ?1
         UNION ALL
         SELECT seq, from_day, until_day, made_op, voided_op, person_id, other_id, kind FROM relation WHERE other_id = ?1
         ORDER BY 2, 6, 1",
    )?;
    let rows = st.query_map([id], |r| {
        let (owner, other): (i64, i64) = (r.get(5)?, r.get(6)?);
        let kind = Kind::from_code(&r.get::<_, String>(7)?).ok_or(rusqlite::Error::InvalidQuery)?;
        let (other, kind) = if owner == id { (other, kind) } else { (owner, kind.seen_from_there()) };
        Ok(Relation { owner, other, fact: facts::read(r, |_, _| Ok(kind))? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps that `other` is the person's spouse, child or parent.
pub fn relate(tx: &mut Tx<'_>, id: i64, other: i64, kind: Kind, span: Span) -> Result<()> {
    facts::insert(tx, &RELATION, id, span, &[Val::Int(other), Val::Text(kind.code())])?;
    tx.touch(&PERSON_SUBJECT, id);
    Ok(())
}

/// Ends a relation on its last day, or takes it back where it would have no day.
pub fn end_relation(tx: &mut Tx<'_>, id: i64, r: &Relation, last: Day) -> Result<()> {
    if r.fact.span.from > last {
        facts::void(tx, &RELATION, r.owner, r.fact.seq)?;
    } else {
        let (other, kind) = if r.owner == id { (r.other, r.fact.data) } else { (id, r.fact.data.seen_from_there()) };
        facts::end(tx, &RELATION, r.owner, r.fact.seq, r.fact.span, last, &[Val::Int(other), Val::Text(kind.code())])?;
    }
    tx.touch(&PERSON_SUBJECT, r.owner);
    Ok(())
}

/// Gives a merged person's relations to the survivor; one between the two is none.
pub fn move_relations(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<usize> {
    let held = relations(tx.conn(), to)?;
    let mut moved = 0;
    for r in relations(tx.conn(), from)? {
        facts::void(tx, &RELATION, r.owner, r.fact.seq)?;
        tx.touch(&PERSON_SUBJECT, r.owner);
        if r.other != to && !held.iter().any(|h| h.other == r.other && h.fact.data == r.fact.data) {
            relate(tx, to, r.other, r.fact.data, r.fact.span)?;
            moved += 1;
        }
    }
    Ok(moved)
}

/// Balances of a person at the start.
pub fn openings(conn: &Connection, id: i64) -> Result<Vec<Fact<Opening>>> {
    Ok(openings_ever(conn, id)?.into_iter().filter(|o| o.voided_op.is_none()).collect())
}

/// The same with what was voided, for the history.
pub fn openings_ever(conn: &Connection, id: i64) -> Result<Vec<Fact<Opening>>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, scheme, months, paid_fen, card_no, card_level, card_until FROM opening
         WHERE person_id = ?1 ORDER BY seq",
    )?;
    let rows = st.query_map([id], |r| {
        facts::read(r, |r, a| {
            Ok(Opening {
                scheme: r.get(a)?,
                months: r.get(a + 1)?,
                paid: r.get::<_, Option<i64>>(a + 2)?.map(Fen),
                card_no: r.get(a + 3)?,
                card_level: r.get(a + 4)?,
                card_until: r.get::<_, Option<i32>>(a + 5)?.map(Day),
            })
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a balance; `old` is the one it replaces: a balance was true or it was not.
pub fn set_opening(tx: &mut Tx<'_>, id: i64, old: Option<&Fact<Opening>>, day: Day, o: &Opening) -> Result<()> {
    if let Some(old) = old {
        facts::void(tx, &OPENING, id, old.seq)?;
    }
    facts::insert(tx, &OPENING, id, Span::from(day), &o.values())?;
    tx.touch(&PERSON_SUBJECT, id);
    Ok(())
}

/// Gives a merged person's balances to the survivor.
pub fn move_openings(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<usize> {
    let held = openings(tx.conn(), from)?;
    for o in &held {
        facts::void(tx, &OPENING, from, o.seq)?;
        facts::insert(tx, &OPENING, to, o.span, &o.data.values())?;
    }
    Ok(held.len())
}
