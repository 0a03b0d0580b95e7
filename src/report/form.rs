//! The forms of a report: Markdown, HTML, CSV in a folder, a workbook, JSON; documents and PDF behind cargo features. A file appears whole or not at
//! all, and the same report gives the same bytes.

mod csv;
#[cfg(feature = "docx")]
mod docx;
pub mod html;
pub mod markdown;
#[cfg(feature = "pdf")]
mod pdf;
pub mod svg;
mod workbook;

use super::doc::Doc;
use crate::base::day::Day;
use crate::db::digest::{hex, sha256};
use crate::db::files::{Whole, write_whole};
use crate::error::{self, Result};
use crate::ui::out::shown;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The forms that this program was built with, by the end of a file's name.
pub const FORMS: &[&str] = &[
    ".md",
    ".html",
    ".csv",
    ".xlsx",
    ".json",
    #[cfg(feature = "docx")]
    ".docx",
    #[cfg(feature = "pdf")]
    ".pdf",
];

/// A report to be written.
pub struct Written<'a> {
    /// In words.
    pub doc: &'a Doc,
    /// As scripts see it.
    pub json: &'a Value,
    /// Its day, which dates a workbook.
    pub day: Day,
    /// It is a white paper.
    pub paper: bool,
    /// A template of the office's own.
    pub template: Option<&'a Path>,
}

/// A file that was written, or would have been the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// Where.
    pub path: PathBuf,
    /// Digest of its bytes.
    pub sha256: String,
    /// It stood there already.
    pub same: bool,
}

/// Fails where the name of a file asks for no form there is.
pub fn must_know(out: &Path) -> Result<String> {
    let form = out.extension().and_then(|e| e.to_str()).map(|e| format!(".{}", e.to_ascii_lowercase())).unwrap_or_default();
    if FORMS.contains(&form.as_str()) {
        return Ok(form);
    }
    Err(error::usage("report_form")
        .fact("file", shown(&out.display().to_string()))
        .fact("forms", FORMS.join(" "))
        .detail("possible", FORMS.to_vec()))
}

/// Fails where the file can't be written: asked before anything is kept, so that nothing is kept without its file.
pub fn must_go(out: &Path) -> Result<()> {
    let form = must_know(out)?;
    let path = crate::db::open::absolute(out)?;
    if form == ".csv" { csv::must_go(&path) } else { Whole::begin(&path).map(drop) }
}

/// Writes a report into a file of the form its name says; `if_changed` leaves one alone that would be the same.
pub fn put(w: &Written<'_>, out: &Path, if_changed: bool, dry: bool) -> Result<Put> {
    let form = must_know(out)?;
    let path = crate::db::open::absolute(out)?;
    if form == ".csv" {
        return csv::put(w.doc, &path, if_changed, dry);
    }
    let bytes = match form.as_str() {
        ".md" => markdown::text(w.doc).into_bytes(),
        ".html" => html::page(w)?.into_bytes(),
        ".xlsx" => workbook::bytes(w.doc, w.day)?,
        ".json" => format!("{}\n", serde_json::to_string_pretty(w.json).unwrap_or_default()).into_bytes(),
        #[cfg(feature = "docx")]
        ".docx" => docx::bytes(w.doc, w.day)?,
        #[cfg(feature = "pdf")]
        ".pdf" => pdf::bytes(w.doc)?,
        _ => return Err(error::usage("not_understood")),
    };
    put_bytes(&path, &bytes, if_changed, dry)
}

/// Writes bytes, unless they stand there already and that is enough.
fn put_bytes(path: &Path, bytes: &[u8], if_changed: bool, dry: bool) -> Result<Put> {
    let same = std::fs::read(path).is_ok_and(|there| there == bytes);
    if !(dry || same && if_changed) {
        write_whole(path, bytes)?;
    }
    Ok(Put { path: path.to_owned(), sha256: hex(&sha256(bytes)), same })
}
