//! A report as a folder of CSV files, one a table: UTF-8 with a byte order mark, as Excel and WPS need it, headers in words.

use super::super::doc::Doc;
use super::{Put, put_bytes};
use crate::db::digest::{hex, sha256};
use crate::db::files::{Whole, no_folder};
use crate::error::Result;
use crate::ui::csv::{push_cells, push_row};
use std::path::Path;

/// Fails where the folder can't be made, or nothing in it.
pub(super) fn must_go(folder: &Path) -> Result<()> {
    // What is missing of it is made.
    let there = folder.ancestors().find(|a| a.exists()).unwrap_or(folder);
    if !there.is_dir() {
        return Err(no_folder(folder));
    }
    Whole::begin(&there.join("tables.csv")).map(drop)
}

/// Writes `TABLE.csv` files into the folder; each is whole or not there.
pub(super) fn put(doc: &Doc, folder: &Path, if_changed: bool, dry: bool) -> Result<Put> {
    if !dry {
        std::fs::create_dir_all(folder).map_err(|_| no_folder(folder))?;
    }
    let (mut same, mut all) = (true, String::new());
    for sheet in doc.sections.iter().flat_map(|s| &s.tables) {
        let mut text = String::from("\u{feff}");
        push_row(&mut text, std::iter::once(sheet.corner.as_str()).chain(sheet.heads.iter().map(String::as_str)));
        for row in sheet.plain() {
            // The name of a row is a text, what follows are figures.
            push_cells(&mut text, row.iter().enumerate().map(|(at, cell)| (cell.as_str(), at > 0)));
        }
        let put = put_bytes(&folder.join(format!("{}.csv", sheet.table.key)), text.as_bytes(), if_changed, dry)?;
        same &= put.same;
        all.push_str(&put.sha256);
    }
    Ok(Put { path: folder.to_owned(), sha256: hex(&sha256(all.as_bytes())), same })
}
