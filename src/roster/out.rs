//! A roster being written: as CSV on stdout or into a file, or as a workbook with text cells, drop-downs and an explanation of its
//! columns. What stands in the cells is said by `export`.

use super::Kind;
use super::report::ColumnInfo;
use crate::base::codes;
use crate::db::files::Whole;
use crate::error::{self, Error, Result};
use crate::office::Office;
use crate::ui::lang::try_t_in;
use crate::ui::{Lang, csv};
use encoding_rs::GB18030;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// Encoding of a written roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Encoding {
    /// UTF-8 with a byte order mark, which Excel and WPS need.
    #[value(name = "utf-8-sig")]
    Utf8Sig,
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// GB 18030.
    #[value(name = "gb18030")]
    Gb18030,
}

/// A sheet may have so many rows.
const MOST_SHEET_ROWS: u32 = 1_048_576;
/// Rows of a template that offer drop-downs.
const OFFERED_ROWS: u32 = 10_000;

/// Where a roster goes. A file appears whole or not at all.
pub enum Writer<'a> {
    /// stdout.
    Stdout(&'a Office, Encoding),
    /// A CSV file.
    Csv(Whole, Encoding),
    /// A workbook.
    Xlsx(Box<Book>),
}

impl<'a> Writer<'a> {
    /// Opens it and writes the header. A file whose name ends in `.xlsx` is a workbook.
    pub fn open(
        office: &'a Office,
        file: Option<&Path>,
        encoding: Encoding,
        kind: Kind,
        columns: &[ColumnInfo],
        zh: bool,
    ) -> Result<Writer<'a>> {
        let mut w = match file.filter(|f| *f != Path::new("-")) {
            None => Writer::Stdout(office, encoding),
            Some(file) => {
                let whole = Whole::begin(&crate::db::open::absolute(file)?)?;
                if is_workbook(file) {
                    let heads: Vec<Head<'_>> = columns.iter().map(|c| Head::of(c, zh)).collect();
                    let mut book = Book::begin(whole, office, words(zh, kind.code()), &heads, zh)?;
                    book.explained = Some((kind, columns.to_vec()));
                    return Ok(Writer::Xlsx(Box::new(book)));
                }
                Writer::Csv(whole, encoding)
            }
        };
        if encoding == Encoding::Utf8Sig {
            w.bytes(b"\xef\xbb\xbf")?;
        }
        w.row(columns.iter().map(|c| if zh { c.zh } else { c.name }))?;
        Ok(w)
    }

    /// A list under headers of its own, into a file: nothing of it is explained.
    pub fn open_list(office: &'a Office, file: &Path, headers: &[&str]) -> Result<Writer<'a>> {
        let whole = Whole::begin(&crate::db::open::absolute(file)?)?;
        if is_workbook(file) {
            let heads: Vec<Head<'_>> = headers.iter().map(|h| Head { label: h, width: 14.0, required: false }).collect();
            let zh = is_zh(office);
            return Ok(Writer::Xlsx(Box::new(Book::begin(whole, office, words(zh, "data"), &heads, zh)?)));
        }
        let mut w = Writer::Csv(whole, Encoding::Utf8Sig);
        w.bytes(b"\xef\xbb\xbf")?;
        w.row(headers.iter().copied())?;
        Ok(w)
    }

    /// One row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<()> {
        let encoding = match self {
            Writer::Xlsx(book) => return book.row(cells),
            Writer::Stdout(_, e) | Writer::Csv(_, e) => *e,
        };
        let mut line = String::new();
        csv::push_row(&mut line, cells);
        match encoding {
            Encoding::Gb18030 => self.bytes(&GB18030.encode(&line).0),
            _ => self.bytes(line.as_bytes()),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Writer::Stdout(office, _) => office.put(bytes),
            Writer::Csv(out, _) => Ok(out.write_all(bytes)?),
            Writer::Xlsx(_) => Ok(()),
        }
    }

    /// Puts it into its place.
    pub fn finish(self) -> Result<()> {
        match self {
            Writer::Stdout(..) => Ok(()),
            Writer::Csv(out, _) => out.finish(),
            Writer::Xlsx(book) => book.finish(),
        }
    }
}

fn is_workbook(file: &Path) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
}

/// A workbook being written: data first, then what the columns mean, then the codes that the drop-downs offer.
pub struct Book {
    out: Whole,
    book: Workbook,
    text: Format,
    rows: u32,
    zh: bool,
    /// What its columns mean, where they are those of a kind of roster.
    explained: Option<(Kind, Vec<ColumnInfo>)>,
}

/// A column's header.
struct Head<'h> {
    label: &'h str,
    width: f64,
    required: bool,
}

impl Head<'static> {
    fn of(c: &ColumnInfo, zh: bool) -> Head<'static> {
        let width = match c.name {
            "id_number" | "uscc" | "email" => 22.0,
            "employer" | "name" | "org" | "achievements" | "remarks" | "school" => 20.0,
            _ => 12.0,
        };
        Head { label: if zh { c.zh } else { c.name }, width, required: c.required }
    }
}

impl Book {
    fn begin(out: Whole, office: &Office, title: &str, heads: &[Head<'_>], zh: bool) -> Result<Book> {
        let mut book = Workbook::new();
        // The day of the business, not the clock: the same office gives the same file.
        let (y, m, d) = office.day().ymd();
        let made = u16::try_from(y).ok().zip(u8::try_from(m).ok()).zip(u8::try_from(d).ok());
        let mut about = DocProperties::new().set_title(title);
        if let Some(made) = made.and_then(|((y, m), d)| ExcelDateTime::from_ymd(y, m, d).ok()) {
            about = about.set_creation_datetime(&made);
        }
        book.set_properties(&about);
        // Text, so that Excel and WPS leave numbers and dates as they are typed.
        let text = Format::new().set_num_format_index(49);
        let head = Format::new().set_bold().set_background_color(Color::RGB(0x00E7_EEF7)).set_border_bottom(FormatBorder::Thin);
        let must = head.clone().set_font_color(Color::RGB(0x00B0_0000));
        let made = |e: XlsxError| fault(&e);
        let sheet = book.add_worksheet_with_constant_memory().map_err(made)?;
        sheet.set_name(words(zh, "data")).map_err(made)?;
        sheet.set_freeze_panes(1, 0).map_err(made)?;
        for (at, h) in (0u16..).zip(heads) {
            sheet.set_column_width(at, h.width).map_err(made)?;
            sheet.set_column_format(at, &text).map_err(made)?;
            sheet.write_string_with_format(0, at, h.label, if h.required { &must } else { &head }).map_err(made)?;
        }
        Ok(Book { out, book, text, rows: 1, zh, explained: None })
    }

    fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<()> {
        if self.rows >= MOST_SHEET_ROWS {
            return Err(error::cannot_create("sheet_full").fact("most", MOST_SHEET_ROWS - 1));
        }
        let sheet = self.book.worksheet_from_index(0).map_err(|e| fault(&e))?;
        for (at, cell) in (0u16..).zip(cells) {
            if !cell.is_empty() {
                sheet.write_string_with_format(self.rows, at, csv::guard(cell), &self.text).map_err(|e| fault(&e))?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let Book { mut out, mut book, rows, zh, explained, .. } = self;
        let Some((kind, columns)) = explained else {
            book.save_to_writer(&mut out).map_err(|e| fault(&e))?;
            return out.finish();
        };
        let explained = book.add_worksheet().set_name(words(zh, "columns")).map_err(|e| fault(&e))?;
        explain(explained, kind, &columns, zh).map_err(|e| fault(&e))?;
        let listed = book.add_worksheet().set_name(words(zh, "codes")).map_err(|e| fault(&e))?;
        let lists = write_codes(listed, &columns, zh).map_err(|e| fault(&e))?;
        let sheet = book.worksheet_from_index(0).map_err(|e| fault(&e))?;
        let last = (rows + OFFERED_ROWS).min(MOST_SHEET_ROWS - 1);
        for (at, c) in (0u16..).zip(&columns) {
            let Some(list) = c.set.and_then(|set| lists.get(set)).filter(|_| !takes_several(c)) else { continue };
            // Other spellings are understood too: who types one is warned, not stopped.
            let offer = DataValidation::new()
                .allow_list_formula(Formula::new(format!("='{}'!{list}", words(zh, "codes"))))
                .set_error_style(DataValidationErrorStyle::Warning);
            sheet.add_data_validation(1, at, last, at, &offer).map_err(|e| fault(&e))?;
        }
        book.save_to_writer(&mut out).map_err(|e| fault(&e))?;
        out.finish()
    }
}

/// A text of the workbook, in the office's language.
fn words(zh: bool, key: &str) -> &'static str {
    let lang = if zh { Lang::Zh } else { Lang::En };
    // The build proves that both languages have every key of the locales.
    try_t_in(lang, &format!("book.{key}")).unwrap_or_default()
}

/// Columns in which several values stand apart by `;`: a drop-down takes one.
fn takes_several(c: &ColumnInfo) -> bool {
    matches!(c.name, "corps_more" | "id_type" | "achievements")
}

/// The codes of every coded column, one set a column; set → the cells it fills.
fn write_codes(sheet: &mut Worksheet, columns: &[ColumnInfo], zh: bool) -> std::result::Result<BTreeMap<&'static str, String>, XlsxError> {
    let mut lists = BTreeMap::new();
    let bold = Format::new().set_bold();
    for c in columns {
        let Some(set) = c.set.filter(|set| !lists.contains_key(set)) else { continue };
        let Ok(at) = u16::try_from(lists.len()) else { continue };
        sheet.write_string_with_format(0, at, if zh { c.zh } else { c.name }, &bold)?;
        sheet.set_column_width(at, 16.0)?;
        let mut row = 1;
        for code in codes::codes(set) {
            sheet.write_string(row, at, if zh { code.zh } else { code.code })?;
            row += 1;
        }
        let column = rust_xlsxwriter::utility::column_number_to_name(at);
        lists.insert(set, format!("${column}$2:${column}${row}"));
    }
    Ok(lists)
}

/// What each column means, for whoever fills the sheet in.
fn explain(sheet: &mut Worksheet, kind: Kind, columns: &[ColumnInfo], zh: bool) -> std::result::Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let wrap = Format::new().set_text_wrap();
    let heads = ["column", "other_name", "required", "values", "aliases"].map(|key| words(zh, key));
    for (at, head) in (0u16..).zip(heads) {
        sheet.write_string_with_format(0, at, head, &bold)?;
        sheet.set_column_width(at, if at == 3 { 60.0 } else { 20.0 })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, c) in (1u32..).zip(columns) {
        let yes = if c.required { words(zh, "yes") } else { "" };
        let values = match c.set {
            Some(set) => codes::codes(set).take(40).map(|code| if zh { code.zh } else { code.code }).collect::<Vec<_>>().join("、"),
            None if c.date => words(zh, "day").to_owned(),
            None => String::new(),
        };
        let (first, second) = if zh { (c.zh, c.name) } else { (c.name, c.zh) };
        for (at, cell) in (0u16..).zip([first, second, yes, &values, &c.aliases.join("、")]) {
            sheet.write_string_with_format(row, at, cell, &wrap)?;
        }
    }
    let last = u32::try_from(columns.len()).unwrap_or(0) + 2;
    sheet.write_string(last, 0, words(zh, kind.code()))?;
    Ok(())
}

/// What the library reports: the file system's fault, or a cell that no sheet can hold.
fn fault(e: &XlsxError) -> Error {
    match e {
        XlsxError::IoError(io) => Error::from(std::io::Error::from(io.kind())),
        XlsxError::MaxStringLengthExceeded => error::cannot_create("cell_full"),
        other => error::cannot_create("sheet_fault").fact("what", crate::ui::out::shown(&other.to_string())),
    }
}

/// The language of the words of a workbook.
pub fn is_zh(office: &Office) -> bool {
    // A template needs no office: without one the reader's language decides.
    office.document_lang().map_or(crate::ui::lang() == Lang::Zh, |l| l == Lang::Zh)
}
