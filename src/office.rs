//! Office: what every command is handed: global options, clock, actor, language, the open file, and the one way to write. The
//! clock enters the program here and nowhere else (Asia/Shanghai, whatever TZ says).

use crate::base::day::Day;
use crate::base::number;
use crate::db::open;
use crate::db::write::{self, Act, Done, Tx};
use crate::error::{self, Error, Result};
use crate::ui::lang::fill;
use crate::ui::prompt::{self, AskError};
use crate::ui::{ColorChoice, Format, Lang, ListWriter, Out, OutError, Renderer, View, said, t};
use rusqlite::Connection;
use serde_json::{Map, Value};
use std::cell::{OnceCell, RefCell};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The form that `fund ledger` alone has.
pub const JOURNAL: &str = "journal";

/// Options every command takes (CLI.md).
#[derive(clap::Args, Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is explained by its --help")]
pub struct Globals {
    #[arg(long, global = true, value_name = "PATH")]
    pub db: Option<PathBuf>,
    // As text: `fund ledger` knows one more form than every command.
    #[arg(long, global = true, value_parser = ["table", "json", "ndjson", "csv", "md", JOURNAL], value_name = "FORM")]
    pub format: Option<String>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true, value_parser = ["en", "zh"], value_name = "LANG")]
    pub lang: Option<String>,
    #[arg(long, global = true, value_parser = parse_day, value_name = "DAY")]
    pub date: Option<Day>,
    #[arg(long, global = true, value_parser = parse_day, value_name = "DAY")]
    pub as_of: Option<Day>,
    #[arg(long, global = true, value_name = "NAME")]
    pub actor: Option<String>,
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
    #[arg(long, global = true)]
    pub dry_run: bool,
    #[arg(long, global = true)]
    pub yes: bool,
    #[arg(long, global = true)]
    pub reveal: bool,
    #[arg(long, global = true)]
    pub quiet: bool,
    #[arg(short = 'v', long, global = true)]
    pub verbose: bool,
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<ColorChoice>,
    // As text: `decision add` has a limit of its own, in yuan, under the same name.
    #[arg(long, global = true, value_name = "N", value_parser = count_text)]
    pub limit: Option<String>,
    #[arg(long, global = true, value_name = "NO")]
    pub after: Option<String>,
}

/// A day on the command line: ISO or one of the forms rosters have.
pub fn parse_day(text: &str) -> std::result::Result<Day, String> {
    Day::parse(text).map_err(|_| t("usage.bad_day").to_owned())
}

fn count_text(text: &str) -> std::result::Result<String, String> {
    text.parse::<usize>().map(|_| text.to_owned()).map_err(|_| t("usage.bad_count").to_owned())
}

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0.
    Done,
    /// 1: a check found something, or part of a batch was left out.
    Found,
}

/// What every command is handed.
pub struct Office {
    /// Global options.
    pub globals: Globals,
    out: RefCell<Out>,
    now_ms: i64,
    started: Instant,
    path: OnceCell<PathBuf>,
    reading: OnceCell<Connection>,
}

/// Milliseconds since 1970 by the system's clock.
fn clock() -> i64 {
    let d = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(d.as_millis()).unwrap_or(i64::MAX)
}

/// The day in Shanghai (UTC+8, no summer time since 1991) at a moment.
fn shanghai(ms: i64) -> Day {
    let days = (ms + 8 * 3_600_000).div_euclid(86_400_000);
    Day(i32::try_from(days).unwrap_or(0))
}

/// The day in Shanghai at a recorded moment.
pub fn shanghai_day(ms: i64) -> Day {
    shanghai(ms)
}

/// A moment as `YYYY-MM-DD HH:MM:SS` in Shanghai.
pub fn moment(ms: i64) -> String {
    let s = (ms + 8 * 3_600_000).div_euclid(1000).rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", shanghai(ms).iso(), s / 3600, s / 60 % 60, s % 60)
}

impl Office {
    /// For one run of the program.
    pub fn new(globals: Globals) -> Office {
        let out = Out::new(globals.color.unwrap_or_default(), globals.quiet);
        Office::with(globals, out)
    }

    /// The same on streams of the caller's.
    pub fn with(globals: Globals, out: Out) -> Office {
        Office {
            globals,
            out: RefCell::new(out),
            now_ms: clock(),
            started: Instant::now(),
            path: OnceCell::new(),
            reading: OnceCell::new(),
        }
    }

    // ---- time

    /// The day by the clock.
    pub fn today(&self) -> Day {
        shanghai(self.now_ms)
    }

    /// The clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The business day of what is written.
    pub fn day(&self) -> Day {
        self.globals.date.unwrap_or_else(|| self.today())
    }

    /// The day reads are answered for.
    pub fn as_of(&self) -> Day {
        self.globals.as_of.unwrap_or_else(|| self.day())
    }

    // ---- the file

    /// Where the office file is: `--db`, RENCAI_DB, else the user's data folder.
    pub fn path(&self) -> Result<&Path> {
        if let Some(p) = self.path.get() {
            return Ok(p);
        }
        let named = self.globals.db.clone().or_else(|| std::env::var_os("RENCAI_DB").map(PathBuf::from));
        let path = match named {
            Some(p) => p,
            None => {
                let dir = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
                let data = dir("XDG_DATA_HOME").or_else(|| dir("HOME").map(|h| h.join(".local/share")));
                data.ok_or_else(|| error::no_input("no_home"))?.join("rencai/office.db")
            }
        };
        let path = open::absolute(&path)?;
        Ok(self.path.get_or_init(|| path))
    }

    /// The open file, for reading.
    pub fn read(&self) -> Result<&Connection> {
        if let Some(c) = self.reading.get() {
            return Ok(c);
        }
        let conn = open::open_read(self.path()?)?;
        Ok(self.reading.get_or_init(|| conn))
    }

    /// What an op of this run says of itself.
    pub fn act(&self, command: &'static str, params: Map<String, Value>) -> Act {
        Act {
            command,
            params,
            day: self.day(),
            reason: self.globals.reason.clone(),
            actor: self
                .globals
                .actor
                .clone()
                .or_else(|| std::env::var_os("RENCAI_ACTOR").filter(|v| !v.is_empty()).map(|v| v.to_string_lossy().into_owned())),
            os_user: os_user(),
            now_ms: self.now_ms,
            dry_run: self.globals.dry_run,
            undoes: None,
        }
    }

    /// One transaction with its op. Refuses `--as-of`, and a business day too far back or ahead.
    pub fn write<T>(&self, command: &'static str, params: Map<String, Value>, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Done<T>> {
        self.write_act(&self.act(command, params), f)
    }

    /// The same with an act made by the caller.
    pub fn write_act<T>(&self, act: &Act, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Done<T>> {
        self.may_write(act)?;
        let mut conn = open::open_write(self.path()?)?;
        let done = write::write(&mut conn, &self.stamped(act), f);
        open::settle(&conn, self.path()?);
        done
    }

    /// The same for an import, which may be the first and large.
    pub fn write_import<T>(&self, act: &Act, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Done<T>> {
        self.may_write(act)?;
        let (mut conn, log_off) = open::open_first_import(self.path()?)?;
        let done = write::write(&mut conn, &self.stamped(act), f);
        if log_off {
            open::log_on(&conn);
        }
        open::settle(&conn, self.path()?);
        done
    }

    /// An act with the moment at which it is written: reading a file or opening the office took its time.
    fn stamped(&self, act: &Act) -> Act {
        let waited = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(0);
        Act { now_ms: self.now_ms.saturating_add(waited), ..act.clone() }
    }

    /// Refuses `--as-of`, and a business day too far back or ahead.
    fn may_write(&self, act: &Act) -> Result<()> {
        if self.globals.as_of.is_some() {
            return Err(error::usage("as_of_writes"));
        }
        // What was just written is shown: whole only for a reason, which the op then keeps.
        if self.globals.reveal && self.globals.reason.is_none() {
            return Err(error::usage("reveal_reason"));
        }
        let today = self.today();
        if act.day.0 > today.0 + 366 {
            return Err(error::usage("too_far_ahead").fact("day", act.day.iso()));
        }
        if act.day.0 < today.0 - 7 && act.reason.is_none() {
            return Err(error::refused("backdated").fact("day", act.day.iso()));
        }
        Ok(())
    }

    /// Commits an `access` entry before personal data are shown or leave the house; if it can't be written, nothing is shown.
    pub fn record_access(&self, command: &'static str, what: Map<String, Value>) -> Result<Option<i64>> {
        Ok(self.record_with(command, what, |_| Ok(()))?.op)
    }

    /// The same with what of a look-up is kept beside its entry.
    pub fn record_with<T>(
        &self,
        command: &'static str,
        what: Map<String, Value>,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<Done<T>> {
        if self.globals.reveal && self.globals.reason.is_none() {
            return Err(error::usage("reveal_reason"));
        }
        // What is looked up keeps the day it is looked up for; the entry itself is of today.
        let act = Act { dry_run: false, ..self.act(command, what) };
        let mut conn = open::open_write(self.path()?)?;
        write::write(&mut conn, &self.stamped(&act), |tx| {
            tx.record_anyway();
            f(tx)
        })
    }

    /// Whether personal data are shown whole; records it first. `params` says whose.
    pub fn revealing(&self, params: Map<String, Value>) -> Result<bool> {
        if self.globals.reveal {
            self.record_access("access", params)?;
        }
        Ok(self.globals.reveal)
    }

    /// A value the office was set up with.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        crate::db::setting::get(self.read()?, key)
    }

    /// The language of documents: `--lang` if it stands on the command line, else the office's.
    pub fn document_lang(&self) -> Result<Lang> {
        let tag = match &self.globals.lang {
            Some(l) => Some(l.clone()),
            None => self.setting("lang")?,
        };
        Ok(Lang::from_tag(tag.as_deref().unwrap_or("zh")))
    }

    // ---- people and streams

    /// stdout's form.
    pub fn format(&self) -> Format {
        if self.globals.json {
            return Format::Json;
        }
        self.globals.format.as_deref().and_then(|f| <Format as clap::ValueEnum>::from_str(f, false).ok()).unwrap_or_default()
    }

    /// Whether the ledger is wanted as plain-text accounting.
    pub fn as_journal(&self) -> bool {
        self.globals.format.as_deref() == Some(JOURNAL)
    }

    /// How many rows a list shows (`--limit`).
    pub fn limit(&self) -> Option<usize> {
        self.globals.limit.as_deref().and_then(|n| n.parse().ok())
    }

    /// How views are shown in this run.
    pub fn renderer(&self) -> Renderer {
        Renderer { format: self.format(), labeller: Some(said::label_of), limit: self.limit() }
    }

    /// Shows a view on stdout.
    pub fn show(&self, view: &View) -> Result<()> {
        self.renderer().show(&mut self.out.borrow_mut(), view).map_err(streams)
    }

    /// The id behind which a list goes on (`--after NO`); 0 for all.
    pub fn after(&self, prefix: &str) -> Result<i64> {
        self.globals.after.as_deref().map_or(Ok(0), |no| parse_no(prefix, no))
    }

    /// Shows what was made or changed: `op` and `date` stand behind `no,status`; a dry run says so and has no number.
    pub fn show_act<T>(&self, done: &Done<T>, mut value: Value) -> Result<()> {
        if self.globals.reveal && done.op.is_none() {
            // Nothing was written, and so nothing says yet that this is looked at.
            self.record_access("access", Map::new())?;
        }
        if let Value::Object(map) = &mut value {
            let mut head = Map::new();
            for key in ["no", "status"] {
                if let Some(v) = map.shift_remove(key) {
                    head.insert(key.to_owned(), v);
                }
            }
            head.insert("op".to_owned(), done.op.map_or(Value::Null, Value::from));
            head.insert("date".to_owned(), Value::from(self.day().iso()));
            if self.globals.dry_run {
                head.insert("dry_run".to_owned(), Value::Bool(true));
            }
            head.append(map);
            *map = head;
        }
        self.show(&View::object(value))
    }

    /// Answers an act that made a record: a trial gives it no number.
    pub fn show_made(&self, done: &Done<Value>) -> Result<Exit> {
        let mut value = done.value.clone();
        if done.op.is_none() {
            value["no"] = Value::Null;
        }
        self.show_act(done, value)?;
        Ok(Exit::Done)
    }

    /// Answers an act that changed a record; where nothing differed it is said.
    pub fn show_changed(&self, done: &Done<Value>) -> Result<Exit> {
        if done.op.is_none() && !self.globals.dry_run {
            self.note("note.unchanged", &[]);
        }
        self.show_act(done, done.value.clone())?;
        Ok(Exit::Done)
    }

    /// Writes a list row by row: `f` gets the writer and says what stands below and how many rows were left out.
    pub fn list(
        &self,
        columns: Vec<crate::ui::Column>,
        title: Option<&str>,
        f: impl FnOnce(&mut dyn FnMut(&Value) -> Result<bool>) -> Result<Vec<String>>,
    ) -> Result<()> {
        let mut out = self.out.borrow_mut();
        let mut list = ListWriter::begin(&mut out, self.renderer(), Some(columns), title).map_err(streams)?;
        let notes = f(&mut |row| {
            list.row(row).map_err(streams)?;
            Ok(!list.is_full())
        })?;
        list.end(&notes).map_err(streams)
    }

    /// Writes bytes to stdout as they are.
    pub fn put(&self, bytes: &[u8]) -> Result<()> {
        self.out.borrow_mut().bytes(bytes).map_err(streams)
    }

    /// A message on stderr.
    pub fn note(&self, key: &'static str, facts: &[(&str, &dyn Display)]) {
        self.out.borrow_mut().note(&fill(t(key), facts));
    }

    /// A warning on stderr.
    pub fn warn(&self, key: &'static str, facts: &[(&str, &dyn Display)]) {
        self.out.borrow_mut().warn(&fill(t(key), facts));
    }

    /// A next step on stderr.
    pub fn hint(&self, key: &'static str, facts: &[(&str, &dyn Display)]) {
        self.out.borrow_mut().hint(&fill(t(key), facts));
    }

    /// For progress bars.
    pub fn with_out<T>(&self, f: impl FnOnce(&mut Out) -> T) -> T {
        f(&mut self.out.borrow_mut())
    }

    /// Asks for a needed confirmation; `--yes` answers it, and without a terminal it is exit 2, never a hang.
    pub fn confirm(&self, key: &'static str, facts: &[(&str, &dyn Display)]) -> Result<()> {
        if self.globals.yes || self.globals.dry_run {
            return Ok(());
        }
        if !prompt::can_ask() {
            return Err(error::usage("needs_yes").fact("question", fill(t(key), facts)));
        }
        match prompt::confirm(&fill(t(key), facts), Some(false)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(error::usage("cancelled")),
            Err(e) => Err(asked(e)),
        }
    }

    /// Sends what is still held.
    pub fn flush(&self) -> Result<()> {
        self.out.borrow_mut().finish().map_err(streams)
    }

    /// Ends the run: what is still held goes out, a failure is told; returns the exit code.
    pub fn finish(&self, result: Result<Exit>) -> i32 {
        let mut out = self.out.borrow_mut();
        let format = self.format();
        let code = match result {
            Ok(Exit::Done) => 0,
            Ok(Exit::Found) => 1,
            Err(e) if e.key == CLOSED_PIPE => return 0,
            Err(e) => {
                // What a report already said stands before the error line.
                let flushed = out.finish();
                said::problem(&e).print(&mut out, format);
                drop(flushed);
                return e.kind.exit_code();
            }
        };
        match out.finish() {
            Ok(()) => code,
            Err(e) => {
                if let Some(p) = e.problem() {
                    p.print(&mut out, format);
                }
                // A pipe closed by its reader is no error, also where a check found something.
                if matches!(e, OutError::Closed) { code } else { e.exit_code() }
            }
        }
    }
}

/// Key of the error that only means that the reader had enough.
const CLOSED_PIPE: &str = "closed_pipe";

/// A failed stdout as an error of the house.
fn streams(e: OutError) -> Error {
    match e {
        OutError::Closed => error::io(CLOSED_PIPE),
        OutError::Failed(e) => error::io("stdout").fact("what", crate::ui::out::why(&e)),
    }
}

/// A question without an answer as an error of the house.
pub fn asked(e: AskError) -> Error {
    match e {
        AskError::Cancelled => error::usage("cancelled"),
        AskError::NoTerminal => error::usage("no_terminal"),
        AskError::Io(e) => Error::from(e),
    }
}

/// A number of a command line, checked: a slip is exit 2, so that it can't hit a neighbour.
pub fn parse_no(prefix: &str, text: &str) -> Result<i64> {
    number::parse(prefix, text).map_err(|f| match f {
        number::NumberFault::CheckChar => error::usage("number_check").fact("text", text),
        number::NumberFault::NotANumber => error::usage("not_a_number").fact("text", text).fact("prefix", prefix),
    })
}

/// `7d`, `7` or `7天`: a number of days.
pub fn parse_within(text: &str) -> std::result::Result<i32, String> {
    let digits = text.trim().trim_end_matches(['d', 'D', '天', '日']);
    match digits.parse::<i32>() {
        Ok(n) if (0..=3660).contains(&n) => Ok(n),
        _ => Err(t("desk.bad_within").to_owned()),
    }
}

/// Who the operating system says is sitting there: behind sudo the person, not root.
pub fn os_user() -> String {
    let uid = rustix::process::getuid().as_raw();
    if uid == 0
        && let Some(u) = std::env::var_os("SUDO_USER").filter(|u| !u.is_empty())
    {
        return u.to_string_lossy().into_owned();
    }
    // The passwd file, not USER: the environment can say anything.
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    passwd
        .lines()
        .find_map(|l| {
            let mut f = l.split(':');
            let name = f.next()?;
            (f.nth(1)?.parse::<u32>().ok()? == uid).then(|| name.to_owned())
        })
        .unwrap_or_else(|| format!("uid-{uid}"))
}

#[cfg(test)]
mod tests {
    use super::parse_within;

    #[test]
    fn days_are_read_with_or_without_their_letter() {
        assert_eq!([parse_within("7d"), parse_within("7"), parse_within("7天")], [Ok(7), Ok(7), Ok(7)]);
        for bad in ["", "d", "-1", "1w", "99999999999d"] {
            assert!(parse_within(bad).is_err(), "{bad}");
        }
    }
}
