//! What is done to a platform: entered, changed, corrected, moved on to another stage. The same for a clerk and for a roster.

use super::store::{self, Platform};
use super::{PREFIX, Profile, next, place};
use crate::base::day::Day;
use crate::base::number;
use crate::base::sheet::{Difference, Said, Sheet as _};
use crate::db::facts::Fact;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::org;
use crate::org::change::How;

/// The live platform of the same matched name and kind.
pub fn known(tx: &Tx<'_>, said: &[Said]) -> Result<Option<i64>> {
    let folded = crate::base::names::org_fold(said[place("name")].value().unwrap_or_default());
    let kind = said[place("kind")].value();
    let same = store::by_folded(tx.conn(), &folded)?;
    // A row that names no kind means the only one of that name.
    let found = match kind {
        Some(kind) => same.iter().find(|(_, k)| k == kind),
        None if same.len() == 1 => same.first(),
        None => None,
    };
    Ok(found.map(|(id, _)| *id))
}

/// Enters a platform; 5 where there is one of that name and kind.
pub fn enter(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    if let Some(id) = known(tx, said)? {
        let no = number::format(PREFIX, id);
        return Err(error::conflict("platform_known").fact("no", &no).detail("code", "duplicate").detail("no", no));
    }
    create(tx, said)
}

/// A new platform; known from the first day of its stage, if that lies back.
pub fn create(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    let since = said[place("since")].day().unwrap_or(tx.day);
    let from = since.min(tx.day);
    let mut p = Profile::default().with(said);
    p.org_id = unit(tx, said, from)?;
    store::create(tx, &p, from, said[place("stage")].value().unwrap_or("planned"), since)
}

/// The unit a row names, made as a stub where it is new.
fn unit(tx: &mut Tx<'_>, said: &[Said], from: Day) -> Result<Option<i64>> {
    said[place("org")].value().map(|text| org::change::unit_or_stub(tx, text, from)).transpose()
}

/// What became of a platform.
#[derive(Debug)]
pub struct Changed {
    /// Columns that differ.
    pub fields: Vec<Difference>,
    /// From when.
    pub from: Day,
}

/// Applies what was said to a known platform: what is not said stays. Its stage is `advance`'s.
pub fn apply(tx: &mut Tx<'_>, p: &Platform, said: &[Said], how: How) -> Result<Changed> {
    let old = p.profiles.iter().find(|v| v.span.holds(how.day)).or(p.profiles.last()).ok_or_else(|| error::not_office("damaged"))?;
    let mut new = old.data.with(said);
    if let Some(id) = unit(tx, said, how.day)? {
        new.org_id = Some(id);
    }
    let from = if how.correct || old.span.from >= how.day { old.span.from } else { how.day };
    let fields = old.data.differences(&new);
    if !fields.is_empty() {
        store::edit(tx, p.id, old, &new, how.day, how.correct)?;
    }
    Ok(Changed { fields, from })
}

/// Moves a platform on to a stage from `since`; false where it is there already. With `correct` the stage held is replaced from
/// that day on, whichever it is.
pub fn advance(tx: &mut Tx<'_>, p: &Platform, stage: &str, since: Option<Day>, correct: bool) -> Result<bool> {
    let held: Option<&Fact<String>> = p.stages.last();
    let day = since.unwrap_or(tx.day);
    if let Some(s) = held {
        if s.data == stage && since.is_none_or(|d| d == s.span.from) {
            return Ok(false);
        }
        if !correct && !next(&s.data).contains(&stage) {
            return Err(error::conflict("platform_stage")
                .fact("no", number::format(PREFIX, p.id))
                .fact("stage", &s.data)
                .fact("since", s.span.from.iso())
                .detail("possible", next(&s.data).to_vec()));
        }
        let first = if correct { p.stages.iter().rev().nth(1).map(|s| s.span.from.succ()) } else { Some(s.span.from) };
        if first.is_some_and(|f| day < f) {
            return Err(error::bad_data("date_order").detail("code", "date_order"));
        }
    }
    if correct && let Some(s) = held {
        store::replace_stage(tx, p.id, p.stages.iter().rev().nth(1), s, stage, day)?;
        return Ok(true);
    }
    store::set_stage(tx, p.id, held, stage, day)?;
    Ok(true)
}
