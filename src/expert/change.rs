//! What is done to the expert pool and to pairings; each act sees them as the register knows them within its own op.

use super::store::{self, Expert, Liaison};
use super::{Keeper, Seat};
use crate::base::day::Day;
use crate::base::number;
use crate::db::facts::Span;
use crate::db::subject::HONOUR_SUBJECT;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::leader;
use crate::talent::{self, store as people};
use rusqlite::Connection;

/// 3 where the person is no talent of the registry: students and relatives have no seat, no leader, no honour, no product.
pub fn must_be_talent(conn: &Connection, person_id: i64, day: Day) -> Result<()> {
    let p = people::load(conn, person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    if p.kind_on(day) == "talent" && !p.erased {
        return Ok(());
    }
    Err(error::refused("not_a_talent").fact("no", p.no()).detail("clause", "五（二）4"))
}

/// The seat by entry that lasts; None where there is none.
pub fn own_seat(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Expert>> {
    Ok(store::seats(conn, Some(person_id))?.into_iter().find(|e| e.honour_id.is_none() && e.lasts(day)))
}

/// Takes a person into the pool. 5 where they are in it by entry.
pub fn add(tx: &mut Tx<'_>, person_id: i64, seat: &Seat, span: Span) -> Result<()> {
    must_be_talent(tx.conn(), person_id, tx.day)?;
    if own_seat(tx.conn(), person_id, span.from)?.is_some() {
        return Err(error::conflict("expert_known")
            .fact("no", number::format(talent::PREFIX, person_id))
            .detail("possible", vec!["edit", "end"]));
    }
    store::take(tx, person_id, None, span, seat).map(|_| ())
}

/// The seat that an act changes: the one by entry, else the one by an honour. 4 where there is none.
fn seat_now(tx: &Tx<'_>, person_id: i64) -> Result<Expert> {
    let mut all: Vec<Expert> = store::seats(tx.conn(), Some(person_id))?.into_iter().filter(|e| e.lasts(tx.day)).collect();
    all.sort_by_key(|e| e.honour_id.is_some());
    all.into_iter().next().ok_or_else(|| error::not_found("no_expert").fact("no", number::format(talent::PREFIX, person_id)))
}

/// Changes what a seat is for: what is not said stays.
pub fn edit(tx: &mut Tx<'_>, person_id: i64, fields: Option<Vec<String>>, available: Option<Option<String>>) -> Result<()> {
    let e = seat_now(tx, person_id)?;
    let old = e.at(tx.day).or(e.profiles.last()).ok_or_else(|| error::not_office("damaged"))?;
    let new = Seat {
        fields: fields.unwrap_or_else(|| old.data.fields.clone()),
        available: available.unwrap_or_else(|| old.data.available.clone()),
    };
    if new == old.data {
        return Ok(());
    }
    store::edit(tx, e.id, old, &new, tx.day)
}

/// Ends the seat by entry with the business day. 3 where the seat came with an honour: it goes with it.
pub fn end(tx: &mut Tx<'_>, person_id: i64) -> Result<()> {
    let e = seat_now(tx, person_id)?;
    if let Some(honour) = e.honour_id {
        let no = number::format(talent::PREFIX, person_id);
        return Err(error::refused("seat_of_honour")
            .fact("no", no)
            .fact("honour", number::format(HONOUR_SUBJECT.prefix, honour))
            .detail("possible", vec!["honour revoke"]));
    }
    if e.span().is_some_and(|s| s.from > tx.day) {
        return Err(error::bad_data("date_order"));
    }
    store::end(tx, &e, tx.day)
}

// ---------------------------------------------------------------- liaison

/// Who is to keep contact: a member of the leading group, named by number or name, as the group has them; else a leader outside it as they are named.
/// 5 where the group knows another post or rank.
fn keeper(conn: &Connection, said: &Keeper, day: Day) -> Result<Keeper> {
    match leader::store::resolve(conn, &said.name, day) {
        Ok(l) if said.contradicts(&l.fact.data) => Err(leader::change::known(&l)),
        Ok(l) => Ok(said.as_member(&l.fact.data)),
        // All leading cadres keep contact, not the group alone; a number is a member's.
        Err(e) if e.key == "no_leader" && !number::looks_like(leader::PREFIX, &said.name) => Ok(said.clone()),
        Err(e) => Err(e),
    }
}

/// Pairs a leader with an expert. 5 where the expert has a leader.
pub fn pair(tx: &mut Tx<'_>, person_id: i64, said: &Keeper, from: Day) -> Result<i64> {
    let leader = keeper(tx.conn(), said, from)?;
    must_be_talent(tx.conn(), person_id, tx.day)?;
    if let Some(l) = store::liaison_of(tx.conn(), person_id, from)? {
        let person = number::format(talent::PREFIX, person_id);
        return Err(match l.pair.span.until {
            // Ended, and this is its last day or one before.
            Some(until) => error::conflict("liaison_until").fact("until", until.iso()).fact("from", until.succ().iso()),
            None => error::conflict("liaison_held").detail("possible", vec!["end"]),
        }
        .fact("no", l.no())
        .fact("person", person)
        .detail("no", l.no()));
    }
    store::pair(tx, person_id, &leader, from)
}

/// Keeps a contact. 65 where it lies ahead of the business day or behind the pairing's end; one of before the pairing is a contact too.
pub fn contact(tx: &mut Tx<'_>, l: &Liaison, on: Day, note: &str) -> Result<()> {
    let last = l.pair.span.until.map_or(tx.day, |u| u.min(tx.day));
    if on > last {
        return Err(error::bad_data("contact_ahead").fact("no", l.no()).fact("until", last.iso()));
    }
    if on < l.pair.span.from {
        return Err(error::bad_data("contact_before").fact("no", l.no()).fact("from", l.pair.span.from.iso()));
    }
    store::contact(tx, l.id, on, note)
}

/// Ends a pairing with the business day.
pub fn part(tx: &mut Tx<'_>, l: &Liaison) -> Result<()> {
    if l.pair.span.until.is_some() {
        return Err(error::conflict("liaison_ended").fact("no", l.no()).detail("possible", vec!["liaison add"]));
    }
    if l.pair.span.from > tx.day || l.contacts.last().is_some_and(|c| c.0 > tx.day) {
        return Err(error::bad_data("date_order"));
    }
    store::part(tx, l, tx.day)
}
