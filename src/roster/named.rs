//! Which records a command on several names: its arguments, a filter, or a file with a column of numbers (or, of persons, documents).

use super::import::{self, Settings};
use super::report::Report;
use crate::error::{self, Result};
use crate::office::Office;
use crate::talent::entry::{self, Key};
use crate::talent::look;
use crate::talent::store as people;
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
            let draft = entry::check(raw).draft;
            let mut found = None;
            for doc in &draft.documents {
                found = found.or(people::holders(conn, &doc.key)?.first().map(|h| h.0));
            }
            if let (None, Some(text)) = (found, raw[Key::No as usize]) {
                found = Some(people::resolve(conn, text)?);
            }
            let id = found.ok_or_else(|| error::not_found("no_such_line").fact("file", shown(file)).fact("row", row))?;
            ids.push(people::survivor(conn, id)?);
            Ok(())
        })?;
    }
    some(Named::of(ids, said), texts, said)
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
            let text = raw[Key::No as usize].ok_or_else(|| error::not_found("no_such_line").fact("file", shown(file)).fact("row", row))?;
            ids.push(resolve(conn, text)?);
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
