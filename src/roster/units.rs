//! Rosters of units and of platforms: each row against file and register, then entered, changed, put up for review or refused by the
//! noun's own rules. Reading files and reporting are `import`'s and `others`'.

use super::import::Row;
use super::others::{Fate, Refusal, Sitting};
use super::people::OnMatch;
use crate::base::fault::FaultCode;
use crate::base::sheet::{self, Checked};
use crate::base::{names, number};
use crate::db::write::Tx;
use crate::error::{Error, Kind, Result};
use crate::org::change::How;
use crate::org::{self, UnitMatch};
use crate::{platform, project};
use serde_json::json;

/// One row, all of it or nothing: what a refused row wrote before it was refused is taken back.
pub fn row(
    tx: &mut Tx<'_>,
    row: &Row,
    sitting: &mut Sitting<'_>,
    one: impl FnOnce(&mut Tx<'_>, &Row, &mut Sitting<'_>) -> Result<Fate>,
) -> Result<Fate> {
    tx.step(|tx| one(tx, row, sitting), |fate| !matches!(fate, Fate::Refused(_)))
}

/// One unit.
pub fn org(tx: &mut Tx<'_>, row: &Row, sitting: &mut Sitting<'_>) -> Result<Fate> {
    let place = org::place;
    let checked = org::check(|at| row.at(at));
    let mut faults = refusals(&checked);
    sitting.warnings.extend(&checked.warnings);
    let said = &checked.said;
    let numbered = by_number(row, org::PREFIX, sitting, |id| org::store::exists(tx.conn(), id), &mut faults)?;
    // A unit the file names twice, by name or by code; several units may share a name only where their codes differ.
    let name = said[place("name")].value().map(names::org_fold).unwrap_or_default();
    let code = said[place("uscc")].value().unwrap_or_default();
    let key = if code.is_empty() { name } else { code.to_owned() };
    doubled(row, sitting, key, place("name"), &mut faults);
    for at in sheet::missing(org::COLUMNS, said).into_iter().filter(|_| numbered.is_none()) {
        if !faults.iter().any(|f| f.0 == at) {
            faults.push((at, FaultCode::Missing, None));
        }
    }
    if !faults.is_empty() {
        return Ok(Fate::Refused(faults));
    }
    let known = match (numbered, org::change::known(tx, said)?) {
        (Some(id), UnitMatch::Known(other)) if other != id => {
            let note = Some(number::format(org::PREFIX, other));
            return Ok(Fate::Refused(vec![(place("no"), FaultCode::ConflictWithRegister, note)]));
        }
        (Some(id), _) | (None, UnitMatch::Known(id) | UnitMatch::FillCode(id)) => id,
        (None, UnitMatch::Unsure(id)) => {
            return Ok(Fate::Wait(vec![json!({"code": "unit_code", "no": number::format(org::PREFIX, id)})]));
        }
        (None, UnitMatch::New) => {
            org::change::create(tx, said)?;
            return Ok(Fate::Added);
        }
    };
    let stub = org::store::open(tx.conn(), known)?.is_some_and(|v| v.data.stub);
    // A name alone was known: whatever is done with known units, this one is entered now.
    if !stub && let Some(fate) = on_match(sitting, place("name"), org::PREFIX, known) {
        return Ok(fate);
    }
    let how = How { day: tx.day, correct: sitting.set.correct };
    match org::change::apply(tx, known, said, how) {
        Ok(c) if c.completed => Ok(Fate::Added),
        Ok(c) if c.fields.is_empty() => Ok(Fate::Unchanged),
        Ok(_) => Ok(Fate::Updated),
        Err(e) => refusal(e, place("high_tech_until"), place("uscc")),
    }
}

/// One platform, with its stage.
pub fn platform(tx: &mut Tx<'_>, row: &Row, sitting: &mut Sitting<'_>) -> Result<Fate> {
    let place = platform::place;
    let checked = platform::check(|at| row.at(at));
    let mut faults = refusals(&checked);
    let said = &checked.said;
    let numbered = by_number(row, platform::PREFIX, sitting, |id| Ok(platform::store::load(tx.conn(), id)?.is_some()), &mut faults)?;
    let name = said[place("name")].value().map(names::org_fold).unwrap_or_default();
    doubled(row, sitting, format!("{name}\n{}", said[place("kind")].value().unwrap_or_default()), place("name"), &mut faults);
    let matched = platform::change::known(tx, said)?;
    let known = numbered.or(matched);
    if let (Some(n), Some(m)) = (numbered, matched)
        && n != m
    {
        faults.push((place("no"), FaultCode::ConflictWithRegister, Some(number::format(platform::PREFIX, m))));
    }
    for at in sheet::missing(platform::COLUMNS, said).into_iter().filter(|_| known.is_none()) {
        if !faults.iter().any(|f| f.0 == at) {
            faults.push((at, FaultCode::Missing, None));
        }
    }
    if !faults.is_empty() {
        return Ok(Fate::Refused(faults));
    }
    let Some(id) = known else {
        return match platform::change::create(tx, said) {
            Ok(_) => Ok(Fate::Added),
            Err(e) => refusal(e, place("since"), place("org")),
        };
    };
    if let Some(fate) = on_match(sitting, place("name"), platform::PREFIX, id) {
        return Ok(fate);
    }
    let Some(p) = platform::store::load(tx.conn(), id)? else { return Ok(Fate::Unchanged) };
    let how = How { day: tx.day, correct: sitting.set.correct };
    let fields = match platform::change::apply(tx, &p, said, how) {
        Ok(c) => c.fields,
        Err(e) => return refusal(e, place("since"), place("org")),
    };
    let moved = match said[place("stage")].value() {
        Some(stage) => match platform::change::advance(tx, &p, stage, said[place("since")].day(), sitting.set.correct) {
            Ok(moved) => moved,
            Err(e) => return refusal(e, place("since"), place("stage")),
        },
        None => false,
    };
    Ok(if moved || !fields.is_empty() { Fate::Updated } else { Fate::Unchanged })
}

/// One project.
pub fn project(tx: &mut Tx<'_>, row: &Row, sitting: &mut Sitting<'_>) -> Result<Fate> {
    let place = project::place;
    let checked = project::check(|at| row.at(at));
    let mut faults = refusals(&checked);
    let said = &checked.said;
    let numbered = by_number(row, project::PREFIX, sitting, |id| Ok(project::store::load(tx.conn(), id)?.is_some()), &mut faults)?;
    let name = said[place("name")].value().unwrap_or_default();
    doubled(row, sitting, names::org_fold(name), place("name"), &mut faults);
    let matched = project::store::by_name(tx.conn(), name)?;
    let known = numbered.or(matched);
    if let (Some(n), Some(m)) = (numbered, matched)
        && n != m
    {
        faults.push((place("no"), FaultCode::ConflictWithRegister, Some(number::format(project::PREFIX, m))));
    }
    for at in sheet::missing(project::COLUMNS, said).into_iter().filter(|_| known.is_none()) {
        if !faults.iter().any(|f| f.0 == at) {
            faults.push((at, FaultCode::Missing, None));
        }
    }
    if !faults.is_empty() {
        return Ok(Fate::Refused(faults));
    }
    let Some(id) = known else {
        return match project::change::enter(tx, said) {
            Ok(_) => Ok(Fate::Added),
            Err(e) => refusal(e, place("from_date"), place("org")),
        };
    };
    if let Some(fate) = on_match(sitting, place("name"), project::PREFIX, id) {
        return Ok(fate);
    }
    let Some(p) = project::store::load(tx.conn(), id)? else { return Ok(Fate::Unchanged) };
    match project::change::apply(tx, &p, said, How { day: tx.day, correct: sitting.set.correct }) {
        Ok(c) if c.fields.is_empty() => Ok(Fate::Unchanged),
        Ok(_) => Ok(Fate::Updated),
        Err(e) => refusal(e, place("from_date"), place("org")),
    }
}

fn refusals(checked: &Checked) -> Vec<Refusal> {
    checked.faults.iter().map(|(at, code)| (*at, *code, None)).collect()
}

/// A number the office gave; an unknown one is another office's and only warned of.
fn by_number(
    row: &Row,
    prefix: &str,
    sitting: &mut Sitting<'_>,
    exists: impl Fn(i64) -> Result<bool>,
    faults: &mut Vec<Refusal>,
) -> Result<Option<i64>> {
    // The number stands first in every kind.
    let Some(text) = row.at(0) else { return Ok(None) };
    match number::parse(prefix, text) {
        Ok(id) if exists(id)? => Ok(Some(id)),
        Ok(_) => {
            sitting.warnings.push((0, FaultCode::UnknownNo));
            Ok(None)
        }
        Err(_) => {
            faults.push((0, FaultCode::BadNumber, None));
            Ok(None)
        }
    }
}

/// A record the file named before.
fn doubled(row: &Row, sitting: &mut Sitting<'_>, key: String, at: usize, faults: &mut Vec<Refusal>) {
    match sitting.seen.get(&key) {
        Some(first) => faults.push((at, FaultCode::DuplicateInFile, Some(crate::ui::tf("import.first_row", &[("row", first)])))),
        None if key.trim().is_empty() => {}
        None => {
            sitting.seen.insert(key, row.number);
        }
    }
}

/// What `--on-match` says of a known record, where it is not to be updated.
fn on_match(sitting: &Sitting<'_>, at: usize, prefix: &str, id: i64) -> Option<Fate> {
    match sitting.set.on_match {
        OnMatch::Update => None,
        OnMatch::Skip => Some(Fate::Unchanged),
        OnMatch::Error => Some(Fate::Refused(vec![(at, FaultCode::ConflictWithRegister, Some(number::format(prefix, id)))])),
    }
}

/// What the noun's rules refused, as a fault of the row; anything else stops the import.
fn refusal(e: Error, order: usize, conflict: usize) -> Result<Fate> {
    let note = e.facts.iter().find(|f| f.0 == "no").map(|f| f.1.clone());
    match e.kind {
        Kind::BadData => Ok(Fate::Refused(vec![(order, FaultCode::DateOrder, None)])),
        Kind::Conflict => Ok(Fate::Refused(vec![(conflict, FaultCode::ConflictWithRegister, note)])),
        Kind::NotFound | Kind::Usage => Ok(Fate::Refused(vec![(conflict, FaultCode::UnknownUnit, None)])),
        _ => Err(e),
    }
}
