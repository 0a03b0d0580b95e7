//! All SQL of the expert pool and of liaison; rows to types and back.

use super::{Keeper, LIAISON_PREFIX, Seat};
use crate::base::day::Day;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{CONTACT, EXPERT_PROFILE, EXPERT_SUBJECT, LIAISON_PROFILE, LIAISON_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::leader;
use crate::talent::store as people;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A seat with its versions in order of their days; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct Expert {
    /// Its id.
    pub id: i64,
    /// Whose: of a merged person the survivor.
    pub person_id: i64,
    /// The honour it came with.
    pub honour_id: Option<i64>,
    /// Versions of what it is for.
    pub profiles: Vec<Fact<Seat>>,
}

impl Expert {
    /// What it is for on the day, where it is held then.
    pub fn at(&self, day: Day) -> Option<&Fact<Seat>> {
        self.profiles.iter().find(|p| p.span.holds(day))
    }

    /// First and last day; no last one of a seat that is open.
    pub fn span(&self) -> Option<Span> {
        Some(Span { from: self.profiles.first()?.span.from, until: self.profiles.last()?.span.until })
    }

    /// Whether it is held on the day or will be.
    pub fn lasts(&self, day: Day) -> bool {
        self.span().is_some_and(|s| s.until.is_none_or(|u| u >= day))
    }
}

fn seat(r: &Row<'_>, a: usize) -> rusqlite::Result<Seat> {
    let fields: Option<String> = r.get(a)?;
    let fields = fields.map(|f| f.split(';').map(str::to_owned).collect()).unwrap_or_default();
    Ok(Seat { fields, available: r.get(a + 1)? })
}

/// Seats in the order of their entry: all of them, or those of a person under whichever number.
pub fn seats(conn: &Connection, person_id: Option<i64>) -> Result<Vec<Expert>> {
    let some = if person_id.is_some() {
        "AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)"
    } else {
        "AND ?1 IS NULL"
    };
    let mut st = conn.prepare_cached(&format!("SELECT id, person_id, honour_id FROM expert WHERE voided_op IS NULL {some} ORDER BY id"))?;
    let rows: Vec<(i64, i64, Option<i64>)> =
        st.query_map([person_id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
    let mut out = Vec::new();
    for (id, person_id, honour_id) in rows {
        let profiles = conn
            .prepare_cached(
                "SELECT seq, from_day, until_day, made_op, voided_op, fields, available FROM expert_profile
                 WHERE expert_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
            )?
            .query_map([id], |r| facts::read(r, seat))?
            .collect::<rusqlite::Result<_>>()?;
        out.push(Expert { id, person_id: people::survivor(conn, person_id)?, honour_id, profiles });
    }
    Ok(out)
}

/// A new seat for its days.
pub fn take(tx: &mut Tx<'_>, person_id: i64, honour_id: Option<i64>, span: Span, seat: &Seat) -> Result<i64> {
    let id = tx.next_number("expert", "SELECT coalesce(max(id), 0) FROM expert")?;
    tx.conn()
        .prepare_cached("INSERT INTO expert (id, made_op, person_id, honour_id) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, tx.op, person_id, honour_id])?;
    facts::insert(tx, &EXPERT_PROFILE, id, span, &seat.values(&seat.text()))?;
    tx.touch(&EXPERT_SUBJECT, id);
    Ok(id)
}

/// What a seat is for changes from a day on.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Seat>, new: &Seat, day: Day) -> Result<()> {
    let text = old.data.text();
    let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&text).to_vec() };
    facts::change(tx, &EXPERT_PROFILE, id, &row, day, &new.values(&new.text()))?;
    tx.touch(&EXPERT_SUBJECT, id);
    Ok(())
}

/// A seat ends with its last day; what was to hold behind it never does.
pub fn end(tx: &mut Tx<'_>, e: &Expert, last: Day) -> Result<()> {
    for p in e.profiles.iter().filter(|p| p.span.until.is_none_or(|u| u > last)) {
        if p.span.from > last {
            facts::void(tx, &EXPERT_PROFILE, e.id, p.seq)?;
        } else {
            facts::end(tx, &EXPERT_PROFILE, e.id, p.seq, p.span, last, &p.data.values(&p.data.text()))?;
        }
    }
    tx.touch(&EXPERT_SUBJECT, e.id);
    Ok(())
}

// ---------------------------------------------------------------- liaison

/// A pairing of a leader and an expert, with its contacts.
#[derive(Clone, Debug)]
pub struct Liaison {
    /// Its id.
    pub id: i64,
    /// The expert: of a merged person the survivor.
    pub person_id: i64,
    /// The op that made it.
    pub made_op: i64,
    /// The leader, from when until when.
    pub pair: Fact<Keeper>,
    /// Contacts in order of their days.
    pub contacts: Vec<(Day, String)>,
}

impl Liaison {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(LIAISON_PREFIX, self.id)
    }

    /// The last contact up to a day.
    pub fn last_contact(&self, day: Day) -> Option<Day> {
        self.contacts.iter().map(|c| c.0).rfind(|d| *d <= day)
    }

    /// Whether it holds on the day or will.
    pub fn lasts(&self, day: Day) -> bool {
        self.pair.span.until.is_none_or(|u| u >= day)
    }
}

fn keeper(r: &Row<'_>, a: usize) -> rusqlite::Result<Keeper> {
    Ok(Keeper { name: r.get(a)?, post: r.get(a + 1)?, rank: r.get(a + 2)? })
}

/// Pairings behind `after` in the order of their entry.
pub fn liaisons(conn: &Connection, after: i64) -> Result<Vec<Liaison>> {
    let mut st = conn.prepare_cached("SELECT id FROM liaison WHERE voided_op IS NULL AND id > ?1 ORDER BY id")?;
    let ids: Vec<i64> = st.query_map([after], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    ids.into_iter().filter_map(|id| liaison(conn, id).transpose()).collect()
}

/// A live pairing; None where there is none.
pub fn liaison(conn: &Connection, id: i64) -> Result<Option<Liaison>> {
    let anchor: Option<(i64, i64)> = conn
        .prepare_cached("SELECT person_id, made_op FROM liaison WHERE id = ?1 AND voided_op IS NULL")?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((person_id, made_op)) = anchor else { return Ok(None) };
    let pair = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, leader, post, rank FROM liaison_profile
             WHERE liaison_id = ?1 AND voided_op IS NULL ORDER BY from_day DESC, seq DESC LIMIT 1",
        )?
        .query_row([id], |r| facts::read(r, keeper))?;
    let contacts = conn
        .prepare_cached("SELECT from_day, note FROM contact WHERE liaison_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq")?
        .query_map([id], |r| Ok((Day(r.get(0)?), r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Liaison { id, person_id: people::survivor(conn, person_id)?, made_op, pair, contacts }))
}

/// The pairing a command names by its number.
pub fn resolve_liaison(conn: &Connection, text: &str) -> Result<Liaison> {
    let id = crate::office::parse_no(LIAISON_PREFIX, text)?;
    liaison(conn, id)?.ok_or_else(|| error::not_found("no_liaison").fact("text", text))
}

/// The leader of a pairing on the day, and their number where they are of the leading group: as the group has them then, else as the pairing has them.
pub fn keeper_on(conn: &Connection, l: &Liaison, day: Day) -> Result<(Keeper, Option<String>)> {
    let day = l.pair.span.until.map_or(day, |u| u.min(day));
    let held = &l.pair.data;
    Ok(match leader::store::named(leader::store::on(conn, day)?, &held.name) {
        Some(m) => (held.as_member(&m.fact.data), Some(m.no())),
        None => (held.clone(), None),
    })
}

/// The pairing of an expert that holds on the day or will.
pub fn liaison_of(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Liaison>> {
    let mut st = conn.prepare_cached(
        "SELECT id FROM liaison WHERE voided_op IS NULL AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)
         ORDER BY id",
    )?;
    let ids: Vec<i64> = st.query_map([person_id], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in ids {
        if let Some(l) = liaison(conn, id)?.filter(|l| l.lasts(day)) {
            return Ok(Some(l));
        }
    }
    Ok(None)
}

/// The pairings in which the leader of that name keeps contact on the day, in the order of their entry.
pub fn kept_by(conn: &Connection, name: &str, day: Day) -> Result<Vec<Liaison>> {
    let mut st = conn.prepare_cached(
        "SELECT l.id, p.leader FROM liaison l JOIN liaison_profile p ON p.liaison_id = l.id AND p.voided_op IS NULL
         WHERE l.voided_op IS NULL AND p.from_day <= ?1 AND (p.until_day IS NULL OR p.until_day >= ?1) ORDER BY l.id",
    )?;
    let rows: Vec<(i64, String)> = st.query_map([day.0], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let folded = names::org_fold(name);
    let own = rows.into_iter().filter(|r| names::org_fold(&r.1) == folded);
    own.filter_map(|(id, _)| liaison(conn, id).transpose()).collect()
}

/// A new pairing from a day on.
pub fn pair(tx: &mut Tx<'_>, person_id: i64, leader: &Keeper, from: Day) -> Result<i64> {
    let id = tx.next_number("liaison", "SELECT coalesce(max(id), 0) FROM liaison")?;
    tx.conn().prepare_cached("INSERT INTO liaison (id, made_op, person_id) VALUES (?1, ?2, ?3)")?.execute([id, tx.op, person_id])?;
    facts::insert(tx, &LIAISON_PROFILE, id, Span::from(from), &leader.values(&names::fold(&leader.name)))?;
    tx.touch(&LIAISON_SUBJECT, id);
    Ok(id)
}

/// A pairing ends with its last day.
pub fn part(tx: &mut Tx<'_>, l: &Liaison, last: Day) -> Result<()> {
    let p = &l.pair;
    facts::end(tx, &LIAISON_PROFILE, l.id, p.seq, p.span, last, &p.data.values(&names::fold(&p.data.name)))?;
    tx.touch(&LIAISON_SUBJECT, l.id);
    Ok(())
}

/// Keeps a contact.
pub fn contact(tx: &mut Tx<'_>, id: i64, day: Day, note: &str) -> Result<()> {
    facts::insert(tx, &CONTACT, id, Span { from: day, until: Some(day) }, &[Val::Text(note)])?;
    tx.touch(&LIAISON_SUBJECT, id);
    Ok(())
}
