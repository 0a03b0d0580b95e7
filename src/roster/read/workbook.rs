//! A workbook (.xlsx, .xls, .ods) as rows of text cells: one sheet, read in a thread of its own and handed over in batches. What
//! a file claims to hold is checked against its zip directory before a cell is read. What the columns mean is not known here.

use super::{MOST_BYTES, MOST_COLUMNS, OwnedRow, ReadFault};
use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Ods, Reader as _, SheetType, SheetVisible, Xls, Xlsx};
use quick_xml::events::Event;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::sync::Once;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// All parts of a workbook together may have so many bytes once unpacked: some 1.5 million rows of a roster.
pub const MOST_UNPACKED: u64 = 1 << 30;
/// An old .xls, which is held in memory, may be so large.
pub const MOST_XLS: u64 = 64 << 20;
/// A sheet may have so many cells with something in them.
pub const MOST_CELLS: u64 = 30_000_000;
/// Between two tags of a part stand at most so many bytes; a cell holds 32,767 letters.
const MOST_TEXT: usize = 1 << 20;
/// A sheet has so many rows.
const MOST_ROWS: u32 = 1_048_576;
/// A workbook may have so many parts.
const MOST_PARTS: usize = 10_000;
/// Rows handed over at once.
const BATCH: usize = 256;

/// What a workbook is by its first bytes and its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Office Open XML.
    Xlsx,
    /// BIFF in a compound file.
    Xls,
    /// OpenDocument.
    Ods,
}

impl Form {
    /// What an import says it read.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Xlsx => "xlsx",
            Form::Xls => "xls",
            Form::Ods => "ods",
        }
    }
}

/// Whether the first bytes are those of a workbook: a zip, or an old compound file.
pub fn looks_like_one(first: &[u8]) -> bool {
    first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06") || first.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// One sheet of a workbook, ready to be read.
#[derive(Debug)]
pub struct Sheet {
    /// What the file is.
    pub form: Form,
    /// Name of the sheet that is read.
    pub name: String,
    /// Names of hidden sheets, which are not read.
    pub hidden: Vec<String>,
    /// Names of other sheets, which are not read either.
    pub others: Vec<String>,
    rows: Receiver<Result<Vec<OwnedRow>, ReadFault>>,
    batch: std::vec::IntoIter<OwnedRow>,
    bytes: u64,
    share: u64,
}

impl Sheet {
    /// Opens the sheet named or numbered (from 1) by `wanted`, else the first that is not hidden.
    pub fn open(mut file: File, wanted: Option<&str>) -> Result<Sheet, ReadFault> {
        let bytes = file.metadata().map_err(ReadFault::Io)?.len();
        let mut first = [0u8; 4];
        file.seek(SeekFrom::Start(0)).and_then(|_| file.read_exact(&mut first)).map_err(ReadFault::Io)?;
        let (form, merged) = if first == *b"PK\x03\x04" || first == *b"PK\x05\x06" { look_into(&mut file)? } else { (Form::Xls, true) };
        if form == Form::Xls {
            if bytes > MOST_XLS {
                return Err(ReadFault::WorkbookTooLarge { mb: bytes >> 20, most_mb: MOST_XLS >> 20 });
            }
            look_into_old(&mut file)?;
        }
        file.seek(SeekFrom::Start(0)).map_err(ReadFault::Io)?;
        let (tell, told) = sync_channel::<Result<Choice, ReadFault>>(1);
        let (send, rows) = sync_channel(8);
        let wanted = wanted.map(str::to_owned);
        // The library borrows the workbook while it reads a sheet: both live in the thread.
        tell_of_panics();
        let thread = std::thread::Builder::new().name(THREAD.to_owned());
        let spawned = thread.spawn(move || {
            let fail = {
                let (tell, send) = (tell.clone(), send.clone());
                move |fault| {
                    // Whoever still waits for the choice gets the fault; else it stands behind the rows.
                    if let Err(e) = tell.try_send(Err(fault)) {
                        let (TrySendError::Full(f) | TrySendError::Disconnected(f)) = e;
                        let _ = send.send(f.map(|_| Vec::new()));
                    }
                }
            };
            let broken = fail.clone();
            ON_PANIC.with(|f| *f.borrow_mut() = Some(Box::new(move || broken(ReadFault::Workbook))));
            if let Err(fault) = read(form, merged, file, wanted.as_deref(), &tell, &send) {
                fail(fault);
            }
        });
        spawned.map_err(ReadFault::Io)?;
        let choice = told.recv().unwrap_or(Err(ReadFault::Workbook))?;
        drop(told);
        Ok(Sheet {
            form,
            name: choice.name,
            hidden: choice.hidden,
            others: choice.others,
            rows,
            batch: Vec::new().into_iter(),
            bytes,
            share: bytes / choice.rows.max(1),
        })
    }

    /// The next row that holds anything.
    pub fn next_row(&mut self) -> Result<Option<OwnedRow>, ReadFault> {
        loop {
            if let Some(row) = self.batch.next() {
                return Ok(Some(row));
            }
            match self.rows.recv() {
                Ok(batch) => self.batch = batch?.into_iter(),
                Err(_) => return Ok(None),
            }
        }
    }

    /// How far the reading is, in bytes of the file, by the row.
    pub fn position(&self, row: u64) -> u64 {
        row.saturating_mul(self.share).min(self.bytes)
    }
}

const THREAD: &str = "workbook";

thread_local! {
    /// How the thread that reads a workbook says that the library gave up.
    static ON_PANIC: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// The library panics on some broken files. That is told as a broken file, and the thread then rests for good: the program is built
/// without unwinding, and a panic that came to its end would end all of it.
fn tell_of_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(THREAD) {
                return usual(info);
            }
            if let Some(tell) = ON_PANIC.with(RefCell::take) {
                tell();
            }
            loop {
                std::thread::park();
            }
        }));
    });
}

/// Which sheet is read.
struct Choice {
    name: String,
    hidden: Vec<String>,
    others: Vec<String>,
    /// About how many rows it has.
    rows: u64,
}

/// An old compound file: refuses one that is locked (an .xlsx with a password is a compound file that holds it encrypted), and one
/// whose directory claims streams larger than the file, for which the library would ask for the memory.
fn look_into_old(file: &mut File) -> Result<(), ReadFault> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)).map_err(ReadFault::Io)?;
    let wide = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    if memchr::memmem::find(&bytes, &wide("EncryptedPackage")).is_some() {
        return Err(ReadFault::WorkbookLocked);
    }
    for name in ["Workbook\0", "Book\0", "Root Entry\0"] {
        for at in memchr::memmem::find_iter(&bytes, &wide(name)) {
            // A directory entry has 128 bytes, the last eight of which are the stream's length; sectors are aligned.
            let length = bytes.get(at + 120..at + 128).filter(|_| at % 128 == 0).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
            if length.is_some_and(|l| l > bytes.len() as u64) {
                return Err(ReadFault::Workbook);
            }
        }
    }
    // Dimensions (0x0200, 14 bytes): first row, behind the last, first column, behind the last, 0. The library reserves what it claims.
    for at in memchr::memmem::find_iter(&bytes, &[0x00, 0x02, 0x0E, 0x00]) {
        let Some(d) = bytes.get(at + 4..at + 18).filter(|d| d[12..] == [0, 0]) else { continue };
        let row = |i: usize| u32::from_le_bytes([d[i], d[i + 1], d[i + 2], d[i + 3]]);
        let column = |i: usize| u16::from_le_bytes([d[i], d[i + 1]]);
        let (first, behind) = ((row(0), column(8)), (row(4), column(10)));
        if behind.0 > 65_536 || behind.1 > 256 || (behind.0 > 0 && behind.0 < first.0) || (behind.1 > 0 && behind.1 < first.1) {
            return Err(ReadFault::Workbook);
        }
    }
    Ok(())
}

/// What the zip directory says: form, and whether cells are merged. Refuses what is too large, and parts that are larger than the
/// directory says.
fn look_into(file: &mut File) -> Result<(Form, bool), ReadFault> {
    let broken = |_| ReadFault::Workbook;
    let mut zip = zip::ZipArchive::new(BufReader::new(&mut *file)).map_err(broken)?;
    if zip.len() > MOST_PARTS {
        return Err(ReadFault::Workbook);
    }
    let mut sizes = Vec::with_capacity(zip.len());
    for i in 0..zip.len() {
        let part = zip.by_index_raw(i).map_err(broken)?;
        sizes.push((part.name().map_err(broken)?.into_owned(), part.size()));
    }
    let total: u64 = sizes.iter().fold(0, |sum, s| sum.saturating_add(s.1));
    if total > MOST_UNPACKED {
        return Err(ReadFault::WorkbookTooLarge { mb: total >> 20, most_mb: MOST_UNPACKED >> 20 });
    }
    let has = |name: &str| sizes.iter().any(|s| s.0.eq_ignore_ascii_case(name));
    let form = match () {
        () if has("xl/workbook.xml") => Form::Xlsx,
        () if has("content.xml") => Form::Ods,
        () => return Err(ReadFault::Workbook),
    };
    let mut merged = false;
    for (i, (name, size)) in sizes.iter().enumerate() {
        if !name.to_ascii_lowercase().ends_with(".xml") {
            continue;
        }
        let part = zip.by_index(i).map_err(broken)?;
        merged |= measure(part, *size)? && name.to_ascii_lowercase().starts_with("xl/worksheets/");
        if form == Form::Ods && name == "content.xml" {
            let part = zip.by_index(i).map_err(broken)?;
            ods_extent(BufReader::new(part.take(*size)))?;
        }
    }
    Ok((form, merged))
}

/// Reads a part to its end, which must be where the directory says; true where it speaks of merged cells.
fn measure(part: impl Read, size: u64) -> Result<bool, ReadFault> {
    const MARK: &[u8] = b"mergeCell ";
    let mut part = part.take(size.saturating_add(1));
    let mut buf = vec![0u8; 1 << 16];
    let (mut kept, mut text, mut total, mut merged) = (0, 0usize, 0u64, false);
    loop {
        let n = part.read(&mut buf[kept..]).map_err(|_| ReadFault::Workbook)?;
        if n == 0 {
            break;
        }
        total += n as u64;
        let end = kept + n;
        // A text between two tags as long as no cell can be would be held whole before it is refused.
        let fresh = &buf[kept..end];
        text += memchr::memchr(b'<', fresh).unwrap_or(n);
        if text > MOST_TEXT {
            return Err(ReadFault::Workbook);
        }
        if let Some(last) = memchr::memrchr(b'<', fresh) {
            text = n - last;
        }
        merged = merged || memchr::memmem::find(&buf[..end], MARK).is_some();
        // The mark may stand across two reads.
        kept = end.min(MARK.len() - 1);
        buf.copy_within(end - kept..end, 0);
    }
    if total == size { Ok(merged) } else { Err(ReadFault::Workbook) }
}

/// An .ods can say in a few bytes that a cell stands a million times; the library holds the whole rectangle.
fn ods_extent(part: impl io::BufRead) -> Result<(), ReadFault> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let mut buf = Vec::new();
    let (mut row, mut col, mut row_times) = (0u64, 0u64, 1u64);
    let (mut last_row, mut last_col) = (0u64, 0u64);
    loop {
        buf.clear();
        let event = xml.read_event_into(&mut buf).map_err(|_| ReadFault::Workbook)?;
        let times = |e: &quick_xml::events::BytesStart<'_>, name: &str| {
            e.attributes().flatten().find(|a| a.key.as_ref() == name).map_or(1, |a| a.value.parse::<u64>().unwrap_or(u64::MAX >> 8))
        };
        match &event {
            Event::Eof => return Ok(()),
            Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                "table:table" => (row, last_row, last_col) = (0, 0, 0),
                "table:table-row" => {
                    row_times = times(e, "table:number-rows-repeated");
                    col = 0;
                    row = row.saturating_add(row_times);
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let cell_times = times(e, "table:number-columns-repeated");
                    col = col.saturating_add(cell_times);
                    let filled = e.attributes().flatten().any(|a| a.key.as_ref() == "office:value-type");
                    if filled {
                        // A repeated row that holds anything stands that often.
                        last_row = row.max(last_row);
                        last_col = col.max(last_col);
                        if last_row.saturating_mul(last_col) > MOST_CELLS || row_times.saturating_mul(cell_times) > MOST_CELLS {
                            return Err(ReadFault::TooManyCells { most: MOST_CELLS });
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

type Rows<'a> = &'a SyncSender<Result<Vec<OwnedRow>, ReadFault>>;

/// In the thread: chooses the sheet, tells it, and hands over its rows.
fn read(
    form: Form,
    merged: bool,
    file: File,
    wanted: Option<&str>,
    tell: &SyncSender<Result<Choice, ReadFault>>,
    send: Rows<'_>,
) -> Result<(), ReadFault> {
    let file = BufReader::with_capacity(1 << 16, file);
    match form {
        Form::Xlsx => {
            let mut book = Xlsx::new(file).map_err(|e| opened(&e.to_string()))?;
            let mut choice = choose(book.sheets_metadata(), wanted)?;
            let name = choice.name.clone();
            let merges = if merged { book.merge_cells_by_sheet_name(&name).unwrap_or_default() } else { Vec::new() };
            let mut cells = book.worksheet_cells_reader(&name).map_err(|_| ReadFault::Workbook)?;
            choice.rows = u64::from(cells.dimensions().end.0) + 1;
            tell_choice(tell, choice)?;
            let mut rows = Builder::new(merges, send);
            while let Some(cell) = cells.next_cell().map_err(|_| ReadFault::Workbook)? {
                let (row, col) = cell.get_position();
                if !rows.cell(row, col, text_of(cell.get_value()))? {
                    return Ok(());
                }
            }
            rows.finish()
        }
        Form::Xls => {
            let mut book = Xls::new(file).map_err(|e| opened(&e.to_string()))?;
            let mut choice = choose(book.sheets_metadata(), wanted)?;
            let merges = book.merge_cells_by_sheet_name(&choice.name).unwrap_or_default();
            let range = book.worksheet_range(&choice.name).map_err(|_| ReadFault::Workbook)?;
            choice.rows = range.height() as u64;
            tell_choice(tell, choice)?;
            whole(&range, merges, send)
        }
        Form::Ods => {
            let mut book = Ods::new(file).map_err(|e| opened(&e.to_string()))?;
            let mut choice = choose(book.sheets_metadata(), wanted)?;
            let range = book.worksheet_range(&choice.name).map_err(|_| ReadFault::Workbook)?;
            choice.rows = range.height() as u64;
            tell_choice(tell, choice)?;
            whole(&range, Vec::new(), send)
        }
    }
}

/// Why a workbook can't be opened: locked by a password, or broken.
fn opened(why: &str) -> ReadFault {
    if why.to_ascii_lowercase().contains("password") { ReadFault::WorkbookLocked } else { ReadFault::Workbook }
}

fn tell_choice(tell: &SyncSender<Result<Choice, ReadFault>>, choice: Choice) -> Result<(), ReadFault> {
    tell.send(Ok(choice)).map_err(|_| ReadFault::Workbook)
}

fn choose(sheets: &[calamine::Sheet], wanted: Option<&str>) -> Result<Choice, ReadFault> {
    let sheets: Vec<_> = sheets.iter().filter(|s| s.typ == SheetType::WorkSheet).collect();
    let shown = |s: &&&calamine::Sheet| s.visible == SheetVisible::Visible;
    let chosen = match wanted {
        // A sheet asked for by name is read though it be hidden.
        Some(w) => sheets
            .iter()
            .find(|s| s.name == w)
            .or_else(|| w.parse::<usize>().ok().and_then(|n| sheets.get(n.checked_sub(1)?)))
            .ok_or_else(|| ReadFault::NoSheet { names: sheets.iter().map(|s| s.name.clone()).collect() })?,
        None => sheets.iter().find(shown).ok_or(ReadFault::Empty)?,
    };
    let names = |hidden: bool| {
        sheets.iter().filter(|s| s.name != chosen.name && (s.visible != SheetVisible::Visible) == hidden).map(|s| s.name.clone()).collect()
    };
    Ok(Choice { name: chosen.name.clone(), hidden: names(true), others: names(false), rows: 0 })
}

fn whole(range: &calamine::Range<Data>, merges: Vec<Dimensions>, send: Rows<'_>) -> Result<(), ReadFault> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    let mut rows = Builder::new(merges, send);
    for (r, c, value) in range.used_cells() {
        let (r, c) = (u32::try_from(r).unwrap_or(u32::MAX), u32::try_from(c).unwrap_or(u32::MAX));
        if !rows.cell(top.saturating_add(r), left.saturating_add(c), text_of(&borrowed(value)))? {
            return Ok(());
        }
    }
    rows.finish()
}

/// Makes rows of cells that come in order; what is merged downwards stands in every row of it.
struct Builder<'a> {
    send: Rows<'a>,
    batch: Vec<OwnedRow>,
    row: Option<u32>,
    current: OwnedRow,
    bytes: u64,
    cells: u64,
    /// Regions of more than one row, by their first cell.
    merges: BTreeMap<(u32, u32), u32>,
    /// Column → last row and text of a region that reaches below its first row.
    open: BTreeMap<u32, (u32, String)>,
}

impl<'a> Builder<'a> {
    fn new(merges: Vec<Dimensions>, send: Rows<'a>) -> Builder<'a> {
        let merges = merges.into_iter().filter(|d| d.end.0 > d.start.0).map(|d| (d.start, d.end.0)).collect();
        Builder { send, batch: Vec::new(), row: None, current: OwnedRow::default(), bytes: 0, cells: 0, merges, open: BTreeMap::new() }
    }

    /// A cell; false where nobody listens any more.
    fn cell(&mut self, row: u32, col: u32, (text, decimal): (String, bool)) -> Result<bool, ReadFault> {
        if text.is_empty() {
            return Ok(true);
        }
        if self.row != Some(row) {
            // Rows come in order and end where sheets do; another number is a broken one.
            if row >= MOST_ROWS || self.row.is_some_and(|before| row < before) {
                return Err(ReadFault::Workbook);
            }
            if !self.flush_row() {
                return Ok(false);
            }
            self.row = Some(row);
            self.bytes = 0;
            self.current = OwnedRow { number: u64::from(row) + 1, ..OwnedRow::default() };
        }
        let (number, at) = (self.current.number, col as usize);
        if at >= MOST_COLUMNS {
            return Err(ReadFault::TooManyColumns { row: number, count: at + 1 });
        }
        self.bytes += text.len() as u64;
        if self.bytes > MOST_BYTES {
            return Err(ReadFault::LineTooLong { row: number });
        }
        self.cells += 1;
        if self.cells > MOST_CELLS {
            return Err(ReadFault::TooManyCells { most: MOST_CELLS });
        }
        if let Some(last) = self.merges.get(&(row, col)) {
            self.open.insert(col, (*last, text.clone()));
        }
        if decimal {
            self.current.decimals.push(at);
        }
        self.put(at, text);
        Ok(true)
    }

    fn put(&mut self, at: usize, text: String) {
        let cells = &mut self.current.cells;
        if cells.len() <= at {
            cells.resize(at + 1, String::new());
        }
        cells[at] = text;
    }

    fn flush_row(&mut self) -> bool {
        let Some(row) = self.row.take() else { return true };
        self.open.retain(|_, (last, _)| *last >= row);
        let filled: Vec<(usize, String)> = self.open.iter().map(|(col, (_, text))| (*col as usize, text.clone())).collect();
        for (at, text) in filled {
            if self.current.cells.get(at).is_none_or(String::is_empty) {
                self.put(at, text);
            }
        }
        self.batch.push(std::mem::take(&mut self.current));
        self.batch.len() < BATCH || self.send.send(Ok(std::mem::take(&mut self.batch))).is_ok()
    }

    fn finish(mut self) -> Result<(), ReadFault> {
        if self.flush_row() && !self.batch.is_empty() {
            let _ = self.send.send(Ok(self.batch));
        }
        Ok(())
    }
}

/// A cell of a sheet held whole, as one of a sheet that streams.
fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Empty => DataRef::Empty,
        Data::String(s) | Data::DurationIso(s) => DataRef::SharedString(s),
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::Bool(b) => DataRef::Bool(*b),
        Data::DateTime(d) => DataRef::DateTime(*d),
        Data::DateTimeIso(s) => DataRef::DateTimeIso(s.clone()),
        Data::Error(e) => DataRef::Error(e.clone()),
    }
}

/// A cell as text, and whether it is a number with decimals: in a column of dates that was a date once (2020.10 became 2020.1).
fn text_of(value: &DataRef<'_>) -> (String, bool) {
    let text = match value {
        DataRef::Empty => String::new(),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        // Sixteen digits and more are no longer exact: written so that nobody takes them for a document's number.
        DataRef::Float(n) if n.fract() == 0.0 => format!("{n:.5E}").replace('E', "E+"),
        DataRef::Float(n) => return (n.to_string(), true),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(d) => day_of(d),
        DataRef::DateTimeIso(s) => s.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(s) => s.clone(),
        DataRef::Error(e) => e.to_string(),
    };
    (text, false)
}

/// A typed date cell as the day it shows.
fn day_of(d: &ExcelDateTime) -> String {
    if d.is_duration() || d.as_f64() < 1.0 {
        return d.as_f64().to_string();
    }
    let (year, month, day, ..) = d.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
