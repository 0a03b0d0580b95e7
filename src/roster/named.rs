//! Which records a command on several names: its arguments, a filter, or a file with a column of numbers (or, of persons, documents).

use super::import::{self, Settings};
use super::report::Report;
use crate::base::{names, number};
use crate::error::{self, Error, Kind, Result};
use crate::office::Office;
use crate::talent::entry::Key;
use crate::talent::look;
use crate::talent::store as people;
use crate::talent::{self, entry};
use crate::ui::filter::Filter;
use crate::workflow::several::{Named, Several};
use rusqlite::Connection;
use std::path::Path;

/// The persons a command names.
pub fn persons(office: &Office, texts: &[String], said: &Several) -> Result<Named> {
    let conn = office.read()?;
    let mut ids = Vec::new();
    for text in texts {
        ids.push(look::load(office, text)?.id);
    }
    if let Some(filter) = &said.several {
        let wanted = Filter::parse(Some(filter), look::FIELDS)?;
        ids.extend(look::matching(conn, office.as_of(), &wanted)?);
    }
    if let Some(file) = &said.from_file {
        each_line(file, |row, raw| {
            ids.push(person_of(conn, file, row, raw)?);
            Ok(())
        })?;
    }
    some(Named::of(ids, said), texts, said)
}

/// Whom a line means: by its document, else by its number. 65 where what it says is not of one person: a list sorted by one column alone would hit
/// others.
fn person_of(conn: &Connection, file: &Path, row: u32, raw: &entry::Raw<'_>) -> Result<i64> {
    let draft = entry::check(raw).draft;
    let mut found = None;
    for doc in &draft.documents {
        found = found.or(people::holders(conn, &doc.key)?.first().map(|h| h.0));
    }
    let text = raw[Key::No as usize].filter(|t| found.is_none() || number::looks_like(talent::PREFIX, t));
    let numbered = text.map(|t| people::resolve(conn, t)).transpose().map_err(|e| in_line(e, file, row))?;
    let survivor = |id: Option<i64>| id.map(|id| people::survivor(conn, id)).transpose();
    let (by_document, by_number) = (survivor(found)?, survivor(numbered)?);
    let id = by_document.or(by_number).ok_or_else(|| no_such_line(file, row))?;
    let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
    let another = |name: &str| p.profiles.iter().all(|f| names::likeness(name, &f.data.name) == names::Likeness::Differ);
    if by_number.is_some_and(|n| n != id) || draft.name.as_deref().is_some_and(|n| !p.profiles.is_empty() && another(n)) {
        return Err(error::bad_data("line_contradicts").fact("file", shown(file)).fact("row", row));
    }
    Ok(id)
}

fn no_such_line(file: &Path, row: u32) -> Error {
    error::not_found("no_such_line").fact("file", shown(file)).fact("row", row)
}

/// What is wrong with a number, with its place in the file: there a slip is bad data, not of the command line.
fn in_line(e: Error, file: &Path, row: u32) -> Error {
    match e.kind {
        Kind::NotFound => no_such_line(file, row),
        Kind::Usage => error::bad_data("line_number").fact("file", shown(file)).fact("row", row),
        _ => e,
    }
}

/// The records a command names by number; `by_filter` says which a filter means.
pub fn records(
    office: &Office,
    texts: &[String],
    said: &Several,
    resolve: impl Fn(&Connection, &str) -> Result<i64>,
    by_filter: impl FnOnce(&Connection, &str) -> Result<Vec<i64>>,
) -> Result<Named> {
    let conn = office.read()?;
    let mut ids = texts.iter().map(|t| resolve(conn, t)).collect::<Result<Vec<_>>>()?;
    if let Some(filter) = &said.several {
        ids.extend(by_filter(conn, filter)?);
    }
    if let Some(file) = &said.from_file {
        each_line(file, |row, raw| {
            let text = raw[Key::No as usize].ok_or_else(|| no_such_line(file, row))?;
            ids.push(resolve(conn, text).map_err(|e| in_line(e, file, row))?);
            Ok(())
        })?;
    }
    some(Named::of(ids, said), texts, said)
}

/// Neither a number nor a filter nor a file is exit 2; a filter that means nobody is no error.
fn some(named: Named, texts: &[String], said: &Several) -> Result<Named> {
    if texts.is_empty() && said.several.is_none() && said.from_file.is_none() {
        return Err(error::usage("nobody_named"));
    }
    Ok(named)
}

fn shown(file: &Path) -> String {
    crate::ui::out::shown(&file.display().to_string())
}

/// Lines of a list by number, name and document.
fn each_line(file: &Path, mut f: impl FnMut(u32, &entry::Raw<'_>) -> Result<()>) -> Result<()> {
    let set = Settings::of_list(file, None, false);
    let mut list = import::List::open(file, &set, &mut Report::default())?;
    while let Some(row) = list.next(file)? {
        let mut raw: entry::Raw<'_> = [None; entry::N];
        for (at, key) in [Key::No, Key::Name, Key::IdType, Key::IdNumber, Key::BirthDate].into_iter().enumerate() {
            raw[key as usize] = row.at(at);
        }
        f(row.number, &raw)?;
    }
    Ok(())
}
