//! The way of a roster: a thread reads and checks rows in batches, this one matches and writes them in file order, all in one
//! transaction with its op. What a row of each kind does is in `people` and `others`.

use super::people::{Candidate, OnMatch, People, Reading};
use super::read::header::{Mapped, RowKind};
use super::read::{self, ReadFault, Source};
use super::report::{ColumnInfo, REASON_HEADERS, Rejects, Report, RowFault, shown};
use super::{Kind, others};
use crate::base::fault::FaultCode;
use crate::base::text::csv_unguard;
use crate::collect::{self, Returned};
use crate::db::write::{Act, Done};
use crate::error::{self, Result};
use crate::office::Office;
use crate::talent::entry::{self, Checked, Key};
use crate::ui::progress::Progress;
use crate::ui::t;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// What the command line asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kind of roster.
    pub kind: Kind,
    /// Base name of the file, for rows that wait.
    pub file_name: String,
    /// What to do with known persons.
    pub on_match: OnMatch,
    /// A correction instead of a change.
    pub correct: bool,
    /// Take the good rows.
    pub partial: bool,
    /// Where rejected rows go.
    pub rejects: Option<PathBuf>,
    /// Personal values in messages.
    pub reveal: bool,
    /// Name or number of the sheet of a workbook.
    pub sheet: Option<String>,
    /// The unit whose roster it is: what it owes is then returned.
    pub unit: Option<i64>,
    /// Headers of the file → column names, from `--map`.
    pub headers: HashMap<String, String>,
}

impl Settings {
    /// For a list that is only read.
    pub fn of_list(file: &Path, sheet: Option<String>, reveal: bool) -> Settings {
        Settings {
            kind: Kind::Match,
            file_name: file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            on_match: OnMatch::Skip,
            correct: false,
            partial: false,
            rejects: None,
            reveal,
            sheet,
            headers: HashMap::new(),
            unit: None,
        }
    }
}

/// A row with data.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet shows it.
    pub number: u32,
    /// The cells as they stand in the file less one leading `'`, in one text: a row costs two allocations, not thirty.
    text: String,
    ends: Vec<u32>,
    columns: Arc<Vec<Option<usize>>>,
}

impl Row {
    /// A row that waited, from its headers and cells.
    pub fn again(kind: Kind, number: u32, headers: &[String], cells: &[String]) -> Row {
        let columns = kind
            .columns()
            .iter()
            .enumerate()
            .map(|(at, _)| headers.iter().position(|h| kind.column_of(&read::header::even(h)) == Some(at)));
        let mut row = Row { number, text: String::new(), ends: Vec::new(), columns: Arc::new(columns.collect()) };
        for cell in cells {
            row.text.push_str(cell);
            row.ends.push(u32::try_from(row.text.len()).unwrap_or(u32::MAX));
        }
        row
    }

    /// The cell of a talent column, if it holds anything.
    pub fn cell(&self, key: Key) -> Option<&str> {
        self.at(key as usize)
    }

    /// The cell of a column by its place in the kind's list, if it holds anything.
    pub fn at(&self, column: usize) -> Option<&str> {
        self.raw(column).map(str::trim).filter(|s| !s.is_empty())
    }

    /// The cell as it stands; None where the file has no such column.
    pub fn raw(&self, column: usize) -> Option<&str> {
        let at = (*self.columns.get(column)?)?;
        Some(self.nth(at))
    }

    fn nth(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..*end as usize]
    }

    /// All cells, for the rejects file and for rows that wait.
    pub fn cells(&self) -> Vec<String> {
        (0..self.ends.len()).map(|i| self.nth(i).to_owned()).collect()
    }

    /// The row checked as one of the talent roster.
    pub fn check(&self) -> Checked {
        let mut raw: entry::Raw<'_> = [None; entry::N];
        for (i, slot) in raw.iter_mut().enumerate() {
            *slot = self.raw(i);
        }
        entry::check(&raw)
    }
}

/// A row on its way from the reading thread.
pub struct Parsed {
    /// The row.
    pub row: Row,
    /// What the talent check made of it.
    pub talent: Option<Candidate>,
}

/// What the reading thread sends.
enum Message {
    Rows(Vec<Parsed>, u64),
    Skipped,
    Fault(ReadFault),
}

const BATCH: usize = 512;

/// What an import ends with.
pub struct Outcome {
    /// Counts and findings.
    pub report: Report,
    /// Encoding the file was in.
    pub encoding: &'static str,
    /// Whether anything was committed (a dry run never is).
    pub committed: bool,
    /// The op.
    pub op: Option<i64>,
    /// The rejects file that was written.
    pub rejects: Option<PathBuf>,
    /// The sheet that was read, where the file is a workbook.
    pub sheet: Option<SheetSaid>,
}

/// Which sheet of a workbook was read, and which were not.
#[derive(Debug)]
pub struct SheetSaid {
    /// The one read.
    pub name: String,
    /// Hidden ones.
    pub hidden: Vec<String>,
    /// Others.
    pub others: Vec<String>,
}

/// Imports a file.
pub fn import(office: &Office, file: &Path, set: &Settings) -> Result<Outcome> {
    // Before the file is read through for its encoding: a file too large for the disk is told at once.
    if let Ok(held) = std::fs::metadata(file) {
        room_for(office, held.len())?;
    }
    let source = Source::open(file, set.sheet.as_deref()).map_err(|f| read_error(file, &f))?;
    let encoding = source.encoding;
    let size = source.bytes;
    let sha256 = source.sha256.clone();
    let mut report = Report::default();
    let sheet = source.sheet().map(|s| SheetSaid { name: s.name.clone(), hidden: s.hidden.clone(), others: s.others.clone() });
    let head = read_head(source, set, file, &mut report)?;
    let mut rejects = match &set.rejects {
        Some(path) => Some(Rejects::create(path, file, &head.headers)?),
        None => None,
    };
    let mut params = Map::new();
    params.insert("file".into(), Value::from(set.file_name.clone()));
    let act = Act { params, ..office.act("roster.import", Map::new()) };
    let progress = office.with_out(|out| Progress::bytes(out, "", Some(size)));
    let done = office.write_import(&act, |tx| {
        // Rows that wait keep the columns' own names: what --map said of this file is forgotten then.
        let named = |(at, text): (usize, &String)| match &head.mapping.get(at) {
            Some(Mapped::Known(c)) => set.kind.columns()[*c].name.to_owned(),
            _ => text.clone(),
        };
        let headers: Vec<String> = head.headers.iter().enumerate().map(named).collect();
        let (send, receive) = sync_channel::<Message>(8);
        // Rows go back to the thread that made them: memory is freed where it was taken, and the two threads never wait for each
        // other's allocator.
        let (give_back, returned) = channel::<Vec<Parsed>>();
        let talent = set.kind == Kind::Talent;
        let doomed = std::thread::scope(|scope| -> Result<bool> {
            let mut reading = talent.then(|| Reading::new(tx.op));
            scope.spawn(move || pump(head, reading.as_mut(), &send, &returned));
            if talent {
                let mut people = People::begin(tx, set, &mut report, rejects.as_mut(), &headers)?;
                let skipped = each(&receive, &give_back, file, &progress, |p| people.row(tx, p))?;
                let doomed = people.doomed;
                people.finish()?;
                report.skipped += skipped;
                Ok(doomed)
            } else {
                let mut rows = Vec::new();
                report.skipped += each(&receive, &give_back, file, &progress, |p| {
                    rows.push(std::mem::replace(
                        &mut p.row,
                        Row { number: 0, text: String::new(), ends: Vec::new(), columns: Arc::default() },
                    ));
                    if rows.len() > others::MOST_ROWS {
                        Err(error::bad_data("too_many_rows").fact("most", others::MOST_ROWS))
                    } else {
                        Ok(())
                    }
                })?;
                others::import(tx, set, &mut report, rejects.as_mut(), &headers, rows)
            }
        })?;
        // Rolling back is what an error does; the report is kept outside.
        if doomed || (report.rows > 0 && report.rejected == report.rows) {
            return Err(error::bad_data(NOTHING_ENTERED));
        }
        for (key, n) in [
            ("rows", report.rows),
            ("added", report.added),
            ("updated", report.updated),
            ("unchanged", report.unchanged),
            ("rejected", report.rejected),
            ("review", report.review),
        ] {
            tx.outcome(key, n);
        }
        tx.outcome("kind", set.kind.code());
        tx.outcome("sha256", sha256.clone());
        if let Some(unit) = set.unit {
            let back = Returned { sha256: sha256.clone(), rows: report.rows, rejected: report.rejected };
            report.returned = Some(collect::store::returned(tx, set.kind.code(), unit, &back)?);
        }
        Ok(())
    });
    drop(progress);
    let rejects = match rejects {
        Some(r) => r.finish()?,
        None => None,
    };
    match done {
        Ok(Done { op, .. }) => Ok(Outcome { report, encoding, committed: !office.globals.dry_run, op, rejects, sheet }),
        Err(e) if e.key == NOTHING_ENTERED => {
            if !office.globals.dry_run {
                (report.added, report.updated, report.unchanged, report.review) = (0, 0, 0, 0);
            }
            Ok(Outcome { report, encoding, committed: false, op: None, rejects, sheet })
        }
        Err(e) => Err(e),
    }
}

/// Key of the error that only rolls back: what is wrong stands in the report.
const NOTHING_ENTERED: &str = "nothing_entered";

/// The disk must hold about twice what will be written, before anything is.
fn room_for(office: &Office, file_bytes: u64) -> Result<()> {
    let folder = office.path()?.parent().map(Path::to_path_buf).unwrap_or_default();
    let Ok(fs) = rustix::fs::statvfs(&folder) else {
        return Ok(());
    };
    let free = fs.f_bavail.saturating_mul(fs.f_frsize);
    let need = file_bytes.saturating_mul(4);
    if free < need {
        return Err(error::io("no_room").fact("free_mb", free >> 20).fact("need_mb", (need >> 20) + 1));
    }
    Ok(())
}

/// Takes messages until the reading thread is done; returns how many rows were no data.
fn each(
    receive: &Receiver<Message>,
    give_back: &Sender<Vec<Parsed>>,
    file: &Path,
    progress: &Progress,
    mut f: impl FnMut(&mut Parsed) -> Result<()>,
) -> Result<u64> {
    let mut skipped = 0;
    while let Ok(message) = receive.recv() {
        match message {
            Message::Rows(mut rows, at) => {
                for p in &mut rows {
                    f(p)?;
                }
                progress.set(at);
                // Not taken any more at the end of the file: then it is freed here.
                let _ = give_back.send(rows);
            }
            Message::Skipped => skipped += 1,
            Message::Fault(f) => return Err(read_error(file, &f)),
        }
    }
    Ok(skipped)
}

/// A file whose header was found, ready to be read on.
struct Head {
    rows: read::Rows,
    /// Rows read while looking for the header that stand behind it.
    ahead: Vec<read::OwnedRow>,
    headers: Vec<String>,
    mapping: Vec<Mapped>,
    columns: Arc<Vec<Option<usize>>>,
    /// Places of the file's columns of dates.
    dates: Vec<usize>,
}

/// What a warning about a header names as its column.
const HEADER: ColumnInfo =
    ColumnInfo { name: "header", zh: "表头", aliases: &[], personal: false, set: None, required: false, date: false };

/// Looks for the header and says which columns are unknown, doubled or lacking.
fn read_head(source: Source, set: &Settings, file: &Path, report: &mut Report) -> Result<Head> {
    let bad = |f: &ReadFault| read_error(file, f);
    let column_of = |h: &str| {
        let h = set.headers.get(h).map_or(h, String::as_str);
        set.kind.column_of(h)
    };
    let mut rows = source.into_rows();
    let top = rows.take_top(read::header::LOOK).map_err(|f| bad(&f))?;
    let mut found = read::header::find_header(&top, &column_of, set.kind.key_columns());
    // Whom a command means may be a list of numbers and nothing else.
    if set.kind == super::Kind::Match {
        found = found.or_else(|| read::header::lone_header(&top, &column_of, set.kind.key_columns()));
    }
    let Some(found) = found else {
        let columns = set.kind.columns();
        let mut required: Vec<&str> = columns.iter().filter(|c| c.required).map(|c| c.zh).collect();
        if required.is_empty() {
            required.extend(set.kind.key_columns().iter().filter_map(|at| columns.get(*at)).map(|c| c.zh));
        }
        return Err(error::bad_data("no_header")
            .fact("file", file.display())
            .fact("required", required.join("、"))
            .detail("code", "missing"));
    };
    let infos = set.kind.columns();
    let mut columns: Vec<Option<usize>> = vec![None; infos.len()];
    let mut doubled = Vec::new();
    for (at, m) in found.mapping.iter().enumerate() {
        match m {
            Mapped::Known(c) if columns[*c].is_some() => doubled.push(infos[*c].zh),
            Mapped::Known(c) => columns[*c] = Some(at),
            Mapped::Unknown(text) if REASON_HEADERS.contains(&text.as_str()) || matches!(text.as_str(), "序号" | "no." | "#") => {}
            Mapped::Unknown(text) => report.warn(RowFault {
                row: u32::try_from(found.row).unwrap_or(u32::MAX),
                column: HEADER,
                code: FaultCode::UnknownHeader,
                value: shown(&HEADER, text, true),
                note: None,
            }),
            Mapped::Blank => {}
        }
    }
    if !doubled.is_empty() {
        return Err(error::bad_data("header_twice")
            .fact("file", file.display())
            .fact("row", found.row)
            .fact("columns", doubled.join("、")));
    }
    let lacking: Vec<&ColumnInfo> = infos.iter().enumerate().filter(|(i, c)| columns[*i].is_none() && c.required).map(|(_, c)| c).collect();
    if !lacking.is_empty() {
        let zh: Vec<&str> = lacking.iter().map(|c| c.zh).collect();
        let names: Vec<&str> = lacking.iter().map(|c| c.name).collect();
        return Err(error::bad_data("columns_missing")
            .fact("file", file.display())
            .fact("row", found.row)
            .fact("columns", zh.join("、"))
            .detail("code", "missing")
            .detail("missing", names));
    }
    let ahead = top.into_iter().filter(|r| r.number > found.last_row).collect();
    let dates = infos.iter().zip(&columns).filter(|(c, _)| c.date).filter_map(|(_, at)| *at).collect();
    Ok(Head { rows, ahead, headers: found.headers, mapping: found.mapping, columns: Arc::new(columns), dates })
}

/// A list read row by row in this thread, for whoever enters nothing.
pub struct List {
    head: Head,
    ahead: std::vec::IntoIter<read::OwnedRow>,
    record: read::Row,
    /// Digest of the file.
    pub sha256: String,
    /// Its headers as they stand.
    pub headers: Vec<String>,
}

impl List {
    /// Opens a file and finds its header.
    pub fn open(file: &Path, set: &Settings, report: &mut Report) -> Result<List> {
        let source = Source::open(file, set.sheet.as_deref()).map_err(|f| read_error(file, &f))?;
        let sha256 = source.sha256.clone();
        let mut head = read_head(source, set, file, report)?;
        let (headers, ahead) = (head.headers.clone(), std::mem::take(&mut head.ahead).into_iter());
        Ok(List { head, ahead, record: read::Row::default(), sha256, headers })
    }

    /// The next row with data.
    pub fn next(&mut self, file: &Path) -> Result<Option<Row>> {
        loop {
            let line = match self.ahead.next() {
                Some(r) => line(r.number, (r.cells.iter().map(String::as_str), &r.decimals), &self.head),
                None if self.head.rows.next(&mut self.record).map_err(|f| read_error(file, &f))? => {
                    line(self.record.number(), (self.record.cells(), self.record.decimals()), &self.head)
                }
                None => return Ok(None),
            };
            if let Line::Data(row) = line {
                return Ok(Some(row));
            }
        }
    }
}

/// The reading thread: rows in batches, checked. Ends when the file does, or when nobody listens any more.
fn pump(mut head: Head, mut talent: Option<&mut Reading>, send: &SyncSender<Message>, returned: &Receiver<Vec<Parsed>>) {
    let mut batch = Vec::with_capacity(BATCH);
    for r in std::mem::take(&mut head.ahead) {
        let cells = r.cells.iter().map(String::as_str);
        if !take(&mut batch, r.number, (cells, &r.decimals), &head, talent.as_deref_mut(), send) {
            return;
        }
    }
    let mut record = read::Row::default();
    loop {
        match head.rows.next(&mut record) {
            Ok(true) => {
                if batch.is_empty() {
                    while returned.try_recv().is_ok() {}
                }
                if !take(&mut batch, record.number(), (record.cells(), record.decimals()), &head, talent.as_deref_mut(), send) {
                    return;
                }
                let at = head.rows.position(record.number());
                if batch.len() == BATCH && send.send(Message::Rows(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)), at)).is_err() {
                    return;
                }
            }
            Ok(false) => break,
            Err(f) => {
                let _ = send.send(Message::Fault(f));
                return;
            }
        }
    }
    let _ = send.send(Message::Rows(batch, head.rows.position(record.number())));
}

/// One row into the batch; false where nobody listens any more.
fn take<'r>(
    batch: &mut Vec<Parsed>,
    number: u64,
    cells: (impl Iterator<Item = &'r str>, &[usize]),
    head: &Head,
    talent: Option<&mut Reading>,
    send: &SyncSender<Message>,
) -> bool {
    match line(number, cells, head) {
        Line::Blank => true,
        Line::NoData => send.send(Message::Skipped).is_ok(),
        Line::Data(row) => {
            let talent = talent.map(|reading| Candidate::of(&row, row.check(), reading));
            batch.push(Parsed { row, talent });
            true
        }
    }
}

/// What a line behind the header is.
enum Line {
    Data(Row),
    Blank,
    /// A title, a sum, an example, the header once more.
    NoData,
}

fn line<'r>(number: u64, (cells, decimals): (impl Iterator<Item = &'r str>, &[usize]), head: &Head) -> Line {
    let mut cells: Vec<&str> = cells.map(csv_unguard).collect();
    // A number with decimals in a column of dates was 2020.10 once and is 2020.1 now: nothing is guessed from it.
    let dates: Vec<(usize, String)> = decimals
        .iter()
        .filter(|at| head.dates.contains(at))
        .map(|at| (*at, format!("{}({})", cells[*at], t("import.number_cell"))))
        .collect();
    for (at, marked) in &dates {
        cells[*at] = marked;
    }
    match read::header::classify(&cells, &head.mapping) {
        RowKind::Data => {}
        RowKind::Blank => return Line::Blank,
        _ => return Line::NoData,
    }
    let mut row = Row {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        text: String::with_capacity(cells.iter().map(|c| c.len()).sum()),
        ends: Vec::with_capacity(cells.len()),
        columns: Arc::clone(&head.columns),
    };
    for c in cells {
        row.text.push_str(c);
        // A row has at most 8 MB.
        row.ends.push(u32::try_from(row.text.len()).unwrap_or(u32::MAX));
    }
    Line::Data(row)
}

/// What is wrong with a file, in the office's terms.
pub fn read_error(file: &Path, f: &ReadFault) -> crate::error::Error {
    let e = |key| error::bad_data(key).fact("file", crate::ui::out::shown(&file.display().to_string()));
    match f {
        ReadFault::NotFound => error::no_input("no_file").fact("file", crate::ui::out::shown(&file.display().to_string())),
        ReadFault::IsDirectory => e("is_directory"),
        ReadFault::Io(io) => match io.kind() {
            std::io::ErrorKind::PermissionDenied => {
                error::not_permitted("file_unreadable").fact("file", crate::ui::out::shown(&file.display().to_string()))
            }
            _ => error::io("file_io").fact("what", crate::ui::out::why(io)),
        },
        ReadFault::Empty => e("file_empty"),
        ReadFault::NotText { row } => e("not_text").fact("row", row),
        ReadFault::Encoding { row, guessed } => e("encoding").fact("row", row).fact("guessed", guessed),
        ReadFault::Workbook => e("workbook_broken"),
        ReadFault::WorkbookLocked => e("workbook_locked"),
        ReadFault::WorkbookTooLarge { mb, most_mb } => e("workbook_large").fact("mb", mb).fact("most_mb", most_mb),
        ReadFault::TooManyCells { most } => e("too_many_cells").fact("most", most),
        ReadFault::NoSheet { names } => e("no_sheet")
            .fact("names", names.iter().map(|n| crate::ui::out::shown(n)).collect::<Vec<_>>().join("、"))
            .detail("possible", names.clone()),
        ReadFault::NoSheets => e("no_sheets"),
        ReadFault::OpenQuote { row } => e("open_quote").fact("row", row),
        ReadFault::LineTooLong { row } => e("line_too_long").fact("row", row),
        ReadFault::TooManyColumns { row, count } => e("too_many_columns").fact("row", row).fact("count", count),
    }
}
