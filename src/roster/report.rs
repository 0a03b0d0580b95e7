//! What an import says of itself: counts, faults and warnings cell by cell, and the rejects file that can be mended and brought
//! again. Values of personal columns are masked here, before anything can print them.

use crate::base::fault::FaultCode;
use crate::base::ident;
use crate::base::sheet;
use crate::db::files::{Whole, not_over};
use crate::error::{Error, Result};
use crate::ui::lang::fill;
use crate::ui::{Lang, csv, lang, try_t};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What is known of a column, whatever the kind of roster.
#[derive(Clone, Copy, Debug)]
pub struct ColumnInfo {
    /// Its name everywhere.
    pub name: &'static str,
    /// Its Chinese header.
    pub zh: &'static str,
    /// Other headers met in rosters.
    pub aliases: &'static [&'static str],
    /// Values are masked unless revealed.
    pub personal: bool,
    /// Code set of its values.
    pub set: Option<&'static str>,
    /// A file can't do without the column.
    pub required: bool,
    /// It holds days.
    pub date: bool,
}

impl From<&sheet::Column> for ColumnInfo {
    fn from(c: &sheet::Column) -> ColumnInfo {
        ColumnInfo {
            name: c.name,
            zh: c.zh,
            aliases: c.aliases,
            personal: c.personal,
            set: c.set,
            required: c.required,
            date: c.what == sheet::What::Day,
        }
    }
}

/// One fault or warning.
#[derive(Clone, Debug)]
pub struct RowFault {
    /// Row as a spreadsheet shows it.
    pub row: u32,
    /// Column.
    pub column: ColumnInfo,
    /// What.
    pub code: FaultCode,
    /// The value as it may be shown.
    pub value: Box<str>,
    /// What the hint names.
    pub note: Option<Box<str>>,
}

impl RowFault {
    /// In words: what is wrong, and what to do.
    pub fn words(&self) -> (String, String) {
        let zh = lang() == Lang::Zh;
        let code = self.code.as_str();
        let note = self.note.as_deref().unwrap_or("");
        let message = try_t(&format!("fault.{code}")).unwrap_or(code).to_owned();
        let mut hint = fill(try_t(&format!("fault_hint.{code}")).unwrap_or(""), &[("note", &note)]);
        if self.code == FaultCode::UnknownValue
            && let Some(set) = self.column.set
        {
            let values: Vec<&str> = crate::base::codes::codes(set).take(20).map(|c| if zh { c.zh } else { c.code }).collect();
            hint.push_str(&format!("{}{}", if zh { "可填：" } else { " Possible: " }, values.join(if zh { "、" } else { ", " })));
        } else if !note.is_empty() {
            hint.push_str(&format!("{}{note}{}", if zh { "（" } else { " (" }, if zh { "）" } else { ")" }));
        }
        (message, hint)
    }

    /// The shape of CLI.md.
    pub fn json(&self) -> Value {
        let (message, hint) = self.words();
        json!({"row": self.row, "column": self.column.name, "value": &*self.value, "code": self.code.as_str(), "message": message, "hint": hint})
    }
}

/// A value as it may be shown: cut to a line, names and numbers masked unless revealed.
pub fn shown(column: &ColumnInfo, value: &str, reveal: bool) -> Box<str> {
    let value = value.trim();
    let short: String = value.chars().take(60).collect();
    if reveal || !column.personal {
        return short.into();
    }
    match column.name {
        "phone" => ident::mask_phone(&short),
        "email" => ident::mask_email(&short),
        "name" => {
            let n = short.chars().count();
            short.chars().take(1).chain(std::iter::repeat_n('*', n.saturating_sub(1))).collect()
        }
        _ => ident::mask(&short),
    }
    .into()
}

/// Counts and findings of one import.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows with data.
    pub rows: u64,
    /// Entered anew.
    pub added: u64,
    /// Known, and changed.
    pub updated: u64,
    /// Known, and nothing new.
    pub unchanged: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Rows that wait for a person.
    pub review: u64,
    /// Rows that are no data: titles, summaries, examples.
    pub skipped: u64,
    /// Faults in the order of rows.
    pub faults: Vec<RowFault>,
    /// Warnings; of one sort at most `WARNINGS` are kept.
    pub warnings: Vec<RowFault>,
    /// How many warnings there were in all.
    pub warning_count: u64,
    /// Rows that name somebody listed without a doubt.
    pub listed: u64,
    /// Whether a round of collecting waited for this roster, where it was said whose it is.
    pub returned: Option<bool>,
}

/// So many warnings of one column and code are kept; the rest are only counted.
const WARNINGS: usize = 20;

impl Report {
    /// Adds a warning.
    pub fn warn(&mut self, w: RowFault) {
        self.warning_count += 1;
        let same = self.warnings.iter().filter(|x| x.code == w.code && x.column.name == w.column.name).count();
        if same < WARNINGS {
            self.warnings.push(w);
        }
    }
}

/// The rejects file (退回清单): the original cells with what is wrong behind them; 0600, never half a file.
pub struct Rejects {
    path: PathBuf,
    out: Whole,
    /// Rows written.
    pub count: u64,
}

/// Headers of the columns that say what is wrong; an import passes over them without a word.
pub const REASON_HEADERS: &[&str] = &["问题列", "问题", "建议", "fault_columns", "fault", "fault_hint"];

impl Rejects {
    /// Begins one for a roster with these headers.
    pub fn create(path: &Path, roster: &Path, headers: &[String]) -> Result<Rejects> {
        let path = crate::db::open::absolute(path)?;
        not_over(&path, roster)?;
        let out = Whole::begin(&path)?;
        let mut r = Rejects { path, out, count: 0 };
        r.out.write_all(b"\xef\xbb\xbf")?;
        let reasons = if lang() == Lang::Zh { &REASON_HEADERS[..3] } else { &REASON_HEADERS[3..] };
        let row: Vec<&str> = headers.iter().map(String::as_str).chain(reasons.iter().copied()).collect();
        r.line(&row)?;
        Ok(r)
    }

    /// Adds a row with its faults.
    pub fn add(&mut self, cells: &[String], width: usize, faults: &[RowFault]) -> Result<()> {
        let zh = lang() == Lang::Zh;
        let join = if zh { "；" } else { "; " };
        let mut columns: Vec<&str> = faults.iter().map(|f| if zh { f.column.zh } else { f.column.name }).collect();
        columns.dedup();
        let words: Vec<(String, String)> = faults.iter().map(RowFault::words).collect();
        let what: Vec<&str> = words.iter().map(|w| w.0.as_str()).collect();
        let hint: Vec<&str> = words.iter().map(|w| w.1.as_str()).collect();
        let mut row: Vec<&str> = cells.iter().map(String::as_str).collect();
        row.resize(width, "");
        let (columns, what, hint) = (columns.join(join), what.join(join), hint.join(join));
        row.extend([columns.as_str(), &what, &hint]);
        self.count += 1;
        self.line(&row)
    }

    fn line(&mut self, cells: &[&str]) -> Result<()> {
        let mut line = String::new();
        csv::push_row(&mut line, cells.iter().copied());
        self.out.write_all(line.as_bytes()).map_err(Error::from)
    }

    /// Puts the file in its place; without a rejected row there is none.
    pub fn finish(self) -> Result<Option<PathBuf>> {
        if self.count == 0 {
            return Ok(None);
        }
        self.out.finish()?;
        Ok(Some(self.path))
    }
}
