//! A roster file as rows of text cells with the row numbers a spreadsheet shows: any usual encoding and dialect, streaming, in
//! bounded memory. What the columns mean is found in `header`; nothing is validated here.

pub mod decode;
pub mod header;
pub mod workbook;

use decode::{Decoding, Survey};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use workbook::Sheet;

/// Why a file can't be read as a roster.
#[derive(Debug)]
pub enum ReadFault {
    /// No such file.
    NotFound,
    /// A folder.
    IsDirectory,
    /// The system failed.
    Io(io::Error),
    /// Nothing in it.
    Empty,
    /// Bytes that are no text (a NUL in this row).
    NotText {
        /// Row.
        row: u64,
    },
    /// Not all of it is of the encoding that the rest is.
    Encoding {
        /// Row where it breaks.
        row: u64,
        /// The encoding the rest is in.
        guessed: &'static str,
    },
    /// A workbook that is broken, or none.
    Workbook,
    /// A workbook locked by a password.
    WorkbookLocked,
    /// A workbook that would be too large once unpacked.
    WorkbookTooLarge {
        /// What it would be.
        mb: u64,
        /// What it may be.
        most_mb: u64,
    },
    /// A sheet with more cells than any roster.
    TooManyCells {
        /// What it may have.
        most: u64,
    },
    /// No sheet of that name or number.
    NoSheet {
        /// The sheets there are.
        names: Vec<String>,
    },
    /// A sheet was named, but the file is no workbook.
    NoSheets,
    /// A quotation mark opened in this row is never closed.
    OpenQuote {
        /// Row.
        row: u64,
    },
    /// One row is larger than any roster's.
    LineTooLong {
        /// Row.
        row: u64,
    },
    /// More columns than any roster has.
    TooManyColumns {
        /// Row.
        row: u64,
        /// How many.
        count: usize,
    },
}

/// A row may have so many bytes.
pub const MOST_BYTES: u64 = 8 << 20;
/// A row may have so many columns.
pub const MOST_COLUMNS: usize = 1000;

/// A file that was looked through once: what it is, ready to be read.
#[derive(Debug)]
pub struct Source {
    /// utf-8, utf-8-sig, gb18030, utf-16le, utf-16be; xlsx, xls, ods.
    pub encoding: &'static str,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Text(File, Survey),
    Sheet(Sheet),
}

impl Source {
    /// Opens a file, or stdin for `-`, and looks it through. `sheet` names or numbers a sheet of a workbook.
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Source, ReadFault> {
        let mut file = if path == Path::new("-") {
            spool(&mut io::stdin().lock())?
        } else {
            let meta = std::fs::metadata(path).map_err(open_fault)?;
            if meta.is_dir() {
                return Err(ReadFault::IsDirectory);
            }
            let mut file = File::open(path).map_err(open_fault)?;
            if meta.is_file() { file } else { spool(&mut file)? }
        };
        let mut first = Vec::new();
        (&mut file).take(8).read_to_end(&mut first).map_err(ReadFault::Io)?;
        if workbook::looks_like_one(&first) {
            let bytes = file.metadata().map_err(ReadFault::Io)?.len();
            let sha256 = decode::sha256_of(&file).map_err(ReadFault::Io)?;
            let sheet = Sheet::open(file, sheet)?;
            return Ok(Source { encoding: sheet.form.as_str(), bytes, sha256, body: Body::Sheet(sheet) });
        }
        if sheet.is_some() {
            return Err(ReadFault::NoSheets);
        }
        file.seek(SeekFrom::Start(0)).map_err(ReadFault::Io)?;
        let survey = decode::survey(&mut file)?;
        file.seek(SeekFrom::Start(survey.bom)).map_err(ReadFault::Io)?;
        Ok(Source { encoding: survey.encoding, bytes: survey.bytes, sha256: survey.sha256.clone(), body: Body::Text(file, survey) })
    }

    /// The sheet that is read, where the file is a workbook.
    pub fn sheet(&self) -> Option<&Sheet> {
        if let Body::Sheet(s) = &self.body { Some(s) } else { None }
    }

    /// The rows from the first.
    pub fn into_rows(self) -> Rows {
        let (file, survey) = match self.body {
            Body::Sheet(sheet) => return Rows::Sheet(sheet),
            Body::Text(file, survey) => (file, survey),
        };
        let decoding = Decoding::new(BufReader::with_capacity(1 << 18, file), &survey);
        let meter = decoding.meter();
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(survey.delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(decoding);
        Rows::Text(Box::new(TextRows { csv, meter, breaks: 0, odd_quotes: survey.odd_quotes, suspect: false, last: 0 }))
    }
}

fn open_fault(e: io::Error) -> ReadFault {
    match e.kind() {
        io::ErrorKind::NotFound => ReadFault::NotFound,
        io::ErrorKind::IsADirectory => ReadFault::IsDirectory,
        _ => ReadFault::Io(e),
    }
}

/// What can't be read twice goes to a file without a name first.
fn spool(from: &mut impl Read) -> Result<File, ReadFault> {
    let path = std::env::temp_dir().join(format!("rencai-{}-{:x}.spool", std::process::id(), seed()));
    let mut file = std::fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(ReadFault::Io)?;
    // Gone from the folder at once: nothing is left behind, whatever happens to this process.
    std::fs::remove_file(&path).map_err(ReadFault::Io)?;
    io::copy(from, &mut file).map_err(ReadFault::Io)?;
    file.flush().map_err(ReadFault::Io)?;
    file.seek(SeekFrom::Start(0)).map_err(ReadFault::Io)?;
    Ok(file)
}

fn seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}

/// A row kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedRow {
    /// As a spreadsheet shows it.
    pub number: u64,
    /// Cells.
    pub cells: Vec<String>,
    /// Places of numbers with decimals, in a workbook.
    pub decimals: Vec<usize>,
}

/// A row as it is read; kept for the next one.
#[derive(Debug, Default)]
pub struct Row {
    number: u64,
    record: csv::StringRecord,
    decimals: Vec<usize>,
}

impl Row {
    /// As a spreadsheet shows it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.record.iter()
    }

    /// Places of numbers with decimals, in a workbook.
    pub fn decimals(&self) -> &[usize] {
        &self.decimals
    }
}

/// Reads rows one after the other.
pub enum Rows {
    /// Of a text file.
    Text(Box<TextRows>),
    /// Of a sheet.
    Sheet(Sheet),
}

impl Rows {
    /// The next row; false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, ReadFault> {
        let sheet = match self {
            Rows::Text(text) => return text.next(row),
            Rows::Sheet(sheet) => sheet,
        };
        let Some(next) = sheet.next_row()? else { return Ok(false) };
        row.number = next.number;
        row.record.clear();
        next.cells.iter().for_each(|c| row.record.push_field(c));
        row.decimals = next.decimals;
        Ok(true)
    }

    /// The first rows that hold anything, at most `most`, and what was read is not read again by `next`.
    pub fn take_top(&mut self, most: usize) -> Result<Vec<OwnedRow>, ReadFault> {
        let mut top = Vec::new();
        let mut row = Row::default();
        while top.len() < most && self.next(&mut row)? {
            if row.cells().any(|c| !c.trim().is_empty()) {
                let cells = row.cells().map(str::to_owned).collect();
                top.push(OwnedRow { number: row.number, cells, decimals: std::mem::take(&mut row.decimals) });
            }
        }
        Ok(top)
    }

    /// How far in the file the row with this number is, in bytes, for a progress bar.
    pub fn position(&self, row: u64) -> u64 {
        match self {
            Rows::Text(text) => text.csv.position().byte(),
            Rows::Sheet(sheet) => sheet.position(row),
        }
    }
}

/// Rows of a text file.
pub struct TextRows {
    csv: csv::Reader<Decoding<BufReader<File>>>,
    meter: decode::Meter,
    /// Line breaks inside cells so far: a cell with one is still one row.
    breaks: u64,
    odd_quotes: bool,
    /// The last row had line breaks inside: if it is the last of all, its quotation mark was perhaps never closed.
    suspect: bool,
    last: u64,
}

impl TextRows {
    fn next(&mut self, row: &mut Row) -> Result<bool, ReadFault> {
        self.meter.reset();
        let next_row = self.last + 1;
        match self.csv.read_record(&mut row.record) {
            Ok(false) if self.suspect => return Err(ReadFault::OpenQuote { row: self.last }),
            Ok(false) => return Ok(false),
            Ok(true) => {}
            Err(e) => return Err(read_fault(e, next_row)),
        }
        if row.record.len() > MOST_COLUMNS {
            return Err(ReadFault::TooManyColumns { row: next_row, count: row.record.len() });
        }
        let inside: u64 = row.record.iter().map(|c| c.bytes().filter(|b| *b == b'\n').count() as u64).sum();
        self.breaks += inside;
        let line = self.csv.position().line();
        // The reader stands behind the row. Behind a line feed that is the next line; a carriage return ends a row before its line
        // feed is counted, and the end of the file ends one without any.
        let ended = u64::from(self.meter.before(self.csv.position().byte()) == Some(b'\n'));
        row.number = line.saturating_sub(ended).saturating_sub(self.breaks).max(next_row);
        self.suspect = inside > 0 && self.odd_quotes;
        self.last = row.number;
        Ok(true)
    }
}

fn read_fault(e: csv::Error, row: u64) -> ReadFault {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => match e.get_ref().and_then(|x| x.downcast_ref::<decode::Stop>()) {
            Some(decode::Stop::TooLong) => ReadFault::LineTooLong { row },
            Some(decode::Stop::Malformed(guessed)) => ReadFault::Encoding { row, guessed },
            None => ReadFault::Io(e),
        },
        _ => ReadFault::Encoding { row, guessed: "utf-8" },
    }
}

#[cfg(test)]
mod tests;
