//! What is done to a unit: entered, completed where only its name was known, changed, corrected, closed. The same for a clerk and for
//! a roster; rows are written by `store`.

use super::store;
use super::{PREFIX, Profile, UnitMatch, place};
use crate::base::day::Day;
use crate::base::sheet::{Difference, Said, Sheet as _};
use crate::base::{ident, names, number};
use crate::db::write::Tx;
use crate::error::{self, Error, Result};

/// From when new knowledge holds.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// The day from which a change holds; for a correction the day whose version is corrected.
    pub day: Day,
    /// Was wrong from the start of that version.
    pub correct: bool,
}

/// What became of a unit.
#[derive(Debug)]
pub struct Changed {
    /// Columns that differ.
    pub fields: Vec<Difference>,
    /// From when.
    pub from: Day,
    /// It was known by its name alone until now.
    pub completed: bool,
}

fn already(id: i64) -> Error {
    let no = number::format(PREFIX, id);
    error::conflict("org_known").fact("no", &no).detail("code", "duplicate").detail("no", no)
}

/// The unit a row or a command speaks of, by code, else by exact matched name.
pub fn known(tx: &Tx<'_>, said: &[Said]) -> Result<UnitMatch> {
    let name = said[place("name")].value().unwrap_or_default();
    store::find_unit(tx.conn(), name, said[place("uscc")].value())
}

/// Enters a unit, or completes the one whose name alone was known. 5 where it was entered before.
pub fn enter(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    match known(tx, said)? {
        UnitMatch::New => create(tx, said),
        UnitMatch::Unsure(id) => {
            let no = number::format(PREFIX, id);
            let name = said[place("name")].value().unwrap_or_default();
            Err(error::conflict("unit_unsure").fact("name", name).fact("no", &no).detail("possible", vec![no]))
        }
        UnitMatch::Known(id) | UnitMatch::FillCode(id) => {
            if !store::open(tx.conn(), id)?.is_some_and(|v| v.data.stub) {
                return Err(already(id));
            }
            apply(tx, id, said, How { day: tx.day, correct: false })?;
            Ok(id)
        }
    }
}

/// A new unit; known from the day it was introduced, if that lies back.
pub fn create(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    let p = Profile::default().with(said);
    let from = p.introduced_on.map_or(tx.day, |d| d.min(tx.day));
    store::create(tx, &p, from)
}

/// Applies what was said to a known unit: what is not said stays. Nothing changed, nothing written.
pub fn apply(tx: &mut Tx<'_>, id: i64, said: &[Said], how: How) -> Result<Changed> {
    let versions = store::versions(tx.conn(), id)?;
    let old = versions.iter().find(|v| v.span.holds(how.day)).or(versions.last()).ok_or_else(|| error::not_office("damaged"))?;
    // Whoever says more of a unit than its name has entered it; that was true from the start.
    let completed = old.data.stub;
    let new = Profile { stub: false, ..old.data.with(said) };
    for (from, until) in [(new.high_tech_from, new.high_tech_until), (new.innovative_from, new.innovative_until)] {
        if from.zip(until).is_some_and(|(f, u)| u < f) {
            return Err(error::bad_data("date_order").detail("code", "date_order"));
        }
    }
    if let Some(code) = &new.uscc
        && let Some(other) = store::by_uscc(tx.conn(), code)?.filter(|o| *o != id)
    {
        return Err(already(other));
    }
    let correct = how.correct || completed;
    let from = if correct || old.span.from >= how.day { old.span.from } else { how.day };
    let fields = old.data.differences(&new);
    if new != old.data {
        store::edit(tx, id, old, &new, how.day, correct)?;
    }
    Ok(Changed { fields, from, completed })
}

/// Closes a unit; `day` is the last day it was open.
pub fn close(tx: &mut Tx<'_>, id: i64, day: Day) -> Result<()> {
    let old = store::open(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    if let Some(closed) = old.data.closed_on {
        return Err(error::conflict("org_closed")
            .fact("no", number::format(PREFIX, id))
            .fact("day", closed.iso())
            .detail("possible", vec!["edit"]));
    }
    let new = Profile { closed_on: Some(day), ..old.data.clone() };
    store::edit(tx, id, &old, &new, day, false)
}

/// The unit a text means: number, code, exact name; made as a stub where it is new.
pub fn unit_or_stub(tx: &mut Tx<'_>, text: &str, from: Day) -> Result<i64> {
    if number::looks_like(PREFIX, text) || ident::uscc(text).is_ok() {
        return store::resolve(tx.conn(), text);
    }
    match store::by_folded(tx.conn(), &names::org_fold(text))?.as_slice() {
        [] => store::create(tx, &Profile { name: text.to_owned(), stub: true, ..Profile::default() }, from),
        _ => store::resolve(tx.conn(), text),
    }
}
