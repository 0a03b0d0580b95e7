//! What is done to a project: entered, changed, corrected, closed. The same for a clerk and for a roster.

use super::store::{self, Project};
use super::{PREFIX, Profile, place};
use crate::base::day::Day;
use crate::base::number;
use crate::base::sheet::{Difference, Said, Sheet as _};
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::org;
use crate::org::change::How;

fn already(id: i64) -> Error {
    let no = number::format(PREFIX, id);
    error::conflict("project_known").fact("no", &no).detail("code", "duplicate").detail("no", no)
}

/// Enters a project; 5 where there is one of that name.
pub fn enter(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    let name = said[place("name")].value().unwrap_or_default();
    if let Some(id) = store::by_name(tx.conn(), name)? {
        return Err(already(id));
    }
    let from = said[place("from_date")].day().unwrap_or(tx.day);
    let mut p = Profile::default().with(said);
    p.org_id = said[place("org")].value().map(|text| org::change::unit_or_stub(tx, text, from)).transpose()?;
    let id = store::create(tx, &p, from)?;
    for unit in units(tx, said, from)?.unwrap_or_default() {
        store::add_unit(tx, id, unit, from)?;
    }
    Ok(id)
}

/// The further units that were named, made as stubs where they are new; None where nothing was said of them.
fn units(tx: &mut Tx<'_>, said: &[Said], from: Day) -> Result<Option<Vec<i64>>> {
    let texts = match &said[place("units")] {
        Said::Keep => return Ok(None),
        Said::Clear => return Ok(Some(Vec::new())),
        Said::Set(v) => v.split([';', '；']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect::<Vec<_>>(),
    };
    texts.iter().map(|t| org::change::unit_or_stub(tx, t, from)).collect::<Result<Vec<_>>>().map(Some)
}

/// What became of a project.
#[derive(Debug)]
pub struct Changed {
    /// Columns that differ.
    pub fields: Vec<Difference>,
    /// From when.
    pub from: Day,
}

/// Applies what was said to a known project: what is not said stays.
pub fn apply(tx: &mut Tx<'_>, p: &Project, said: &[Said], how: How) -> Result<Changed> {
    let old = p.profiles.iter().find(|v| v.span.holds(how.day)).or(p.profiles.last()).ok_or_else(|| error::not_office("damaged"))?;
    let mut new = old.data.with(said);
    if let Some(text) = said[place("org")].value() {
        new.org_id = Some(org::change::unit_or_stub(tx, text, how.day)?);
    }
    if let Some(other) = store::by_name(tx.conn(), &new.name)?.filter(|other| *other != p.id) {
        return Err(already(other));
    }
    let from = if how.correct || old.span.from >= how.day { old.span.from } else { how.day };
    let mut fields = old.data.differences(&new);
    if !fields.is_empty() {
        store::edit(tx, p.id, old, &new, how.day, how.correct)?;
    }
    if let Some(wanted) = units(tx, said, how.day)? {
        let held: Vec<_> = p.units.iter().filter(|u| u.span.until.is_none()).collect();
        let list = |ids: Vec<i64>| Some(ids.into_iter().map(|id| number::format(org::PREFIX, id)).collect::<Vec<_>>().join(";"));
        let before = list(held.iter().map(|u| u.data).collect());
        for unit in held.iter().filter(|u| !wanted.contains(&u.data)) {
            store::drop_unit(tx, p.id, unit, how.day, how.correct)?;
        }
        for unit in wanted.iter().filter(|w| held.iter().all(|u| u.data != **w)) {
            store::add_unit(tx, p.id, *unit, if how.correct { old.span.from } else { how.day })?;
        }
        let after = list(wanted);
        if before != after {
            fields.push(("units", before, after));
        }
    }
    Ok(Changed { fields, from })
}

/// Closes a project; `day` is its last.
pub fn close(tx: &mut Tx<'_>, p: &Project, day: Day) -> Result<()> {
    let old = p.profiles.iter().rev().find(|v| v.span.until.is_none()).ok_or_else(|| error::not_office("damaged"))?;
    if let Some(closed) = old.data.closed_on {
        return Err(error::conflict("project_closed")
            .fact("no", number::format(PREFIX, p.id))
            .fact("day", closed.iso())
            .detail("possible", vec!["edit"]));
    }
    let new = Profile { closed_on: Some(day), ..old.data.clone() };
    store::edit(tx, p.id, old, &new, day, false)
}
