//! Opening an office file: looked at before SQLite may touch it, opened with careful settings, made beside and renamed. What is
//! no office stays byte-identical and gains no files beside it.

pub use super::files::{beside, cannot_create};

use super::files::{has_side, journal_of_mode_change, new_file, place, remove, sweep, sync_folder, working_name};
use super::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION};
use crate::error::{self, Error, Kind, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a command waits for another that writes.
const BUSY: Duration = Duration::from_secs(30);

/// What the first 100 bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// `user_version`.
    pub version: i32,
    /// Write-ahead log on; off only after a restore or by other hands.
    pub wal: bool,
}

/// Refuses what is no office, from the first 100 bytes and the length alone. Returns the file's schema version.
pub fn inspect(path: &Path) -> Result<i32> {
    header(path).map(|h| h.version)
}

/// The same, with all that the header says.
pub fn header(path: &Path) -> Result<Header> {
    let shown = path.display();
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => error::no_input("no_office").fact("path", shown.to_string()),
        std::io::ErrorKind::PermissionDenied => error::not_permitted("office_permission").fact("path", shown.to_string()),
        _ => error::io("file_io").fact("what", crate::ui::out::why(&e)),
    })?;
    if !meta.is_file() {
        return Err(foreign(path));
    }
    let mut head = [0u8; 100];
    let mut file = File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::PermissionDenied => error::not_permitted("office_permission").fact("path", shown.to_string()),
        _ => Error::from(e),
    })?;
    if let Err(e) = file.read_exact(&mut head) {
        return Err(if e.kind() == std::io::ErrorKind::UnexpectedEof { foreign(path) } else { Error::from(e) });
    }
    let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if &head[..16] != b"SQLite format 3\0" || word(68).cast_signed() != APPLICATION_ID {
        return Err(foreign(path));
    }
    let page = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        n if n >= 512 && n.is_power_of_two() => u64::from(n),
        _ => return Err(error::not_office("damaged")),
    };
    // A file that was cut is not handed to SQLite: it would be written to. The log is looked for before the length is taken,
    // because a checkpoint that runs meanwhile first writes the new number of pages and then the pages.
    let len = |file: &File| file.metadata().map(|m| m.len());
    let pages = if word(24) == word(92) { u64::from(word(28)) } else { 1 };
    // Behind a first import that was killed lies a rollback journal: SQLite takes the half import back when it opens the file.
    let whole = has_side(path, "-wal") || has_side(path, "-journal");
    let cut = !whole && len(&file)? < page * pages.max(1);
    // Closing any descriptor of a file drops all locks this process holds on it, SQLite's too: another process could then take
    // the log away from under an open connection. So this one stays open until the process ends.
    std::mem::forget(file);
    if cut {
        return Err(error::not_office("damaged"));
    }
    let h = Header { version: word(60).cast_signed(), wal: head[18] == 2 };
    // An office with a write-ahead log has no rollback journal; SQLite would play one that lies there back into the office.
    if h.wal && has_side(path, "-journal") && !journal_of_mode_change(path, usize::try_from(page).unwrap_or(4096)) {
        return Err(error::not_office("stray_journal").fact("path", beside(path, "-journal").display()));
    }
    Ok(h)
}

/// The same, and the schema must be this program's.
fn inspect_current(path: &Path) -> Result<Header> {
    let header = header(path)?;
    let version = header.version;
    let differs = |key| error::not_office(key).fact("path", path.display().to_string()).fact("have", version).fact("want", SCHEMA_VERSION);
    match version.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(header),
        std::cmp::Ordering::Less => Err(differs("older")),
        std::cmp::Ordering::Greater => Err(differs("newer")),
    }
}

fn foreign(path: &Path) -> Error {
    error::not_office("foreign").fact("path", path.display().to_string())
}

/// An absolute path, so that `:memory:` and `file:…` are file names like others.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(error::usage("empty_path"));
    }
    std::path::absolute(path).map_err(Error::from)
}

/// Repeats what SQLite gives up at once: while another command turns the write-ahead log on or off, waiting inside SQLite could
/// be a deadlock, so it doesn't wait. A wait that it did itself is not repeated.
pub fn patiently<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(e) if e.kind == Kind::Busy && start.elapsed() < BUSY => std::thread::sleep(Duration::from_millis(10)),
            done => return done,
        }
    }
}

/// Opens for reading. An office on read-only media is read as it lies there (`immutable`).
pub fn open_read(path: &Path) -> Result<Connection> {
    patiently(|| try_read(path))
}

fn try_read(path: &Path) -> Result<Connection> {
    inspect_current(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let first = Connection::open_with_flags(path, flags).and_then(|c| {
        c.busy_timeout(BUSY)?;
        c.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(c)
    });
    let conn = match first {
        Ok(c) => c,
        Err(e) if cannot_open(&e) && !has_side(path, "-wal") && !has_side(path, "-journal") => {
            let uri = uri_of(path);
            let c = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
            c.busy_timeout(BUSY)?;
            c
        }
        // Only who may write can take back what a killed first import left.
        Err(e) if cannot_open(&e) && has_side(path, "-journal") => {
            drop(try_write(path)?);
            let c = Connection::open_with_flags(path, flags)?;
            c.busy_timeout(BUSY)?;
            c
        }
        Err(e) => return Err(e.into()),
    };
    careful(&conn)?;
    Ok(conn)
}

/// Opens for the first large import: while the office holds nobody, a rollback journal has almost nothing to keep and the rows go
/// straight into the file, where a write-ahead log would write all of them twice. As safe as the log; only readers wait. Foreign
/// keys are then proved once before the commit (`talent::store::bulk`) instead of at every row. False where the log stays on because
/// somebody is in the file.
pub fn open_first_import(path: &Path) -> Result<(Connection, bool)> {
    patiently(|| try_first_import(path))
}

fn try_first_import(path: &Path) -> Result<(Connection, bool)> {
    let conn = try_write(path)?;
    let nobody: bool = conn.query_row("SELECT NOT EXISTS (SELECT 1 FROM person)", [], |r| r.get(0))?;
    if !nobody {
        return Ok((conn, false));
    }
    conn.busy_timeout(Duration::ZERO)?;
    let off = conn.query_row("PRAGMA journal_mode = DELETE", [], |r| r.get::<_, String>(0)).is_ok_and(|mode| mode == "delete");
    conn.busy_timeout(BUSY)?;
    conn.pragma_update(None, "foreign_keys", !off)?;
    Ok((conn, off))
}

/// Turns the write-ahead log on again after `open_first_import`. Where somebody else is in the file, the next write does it.
pub fn log_on(conn: &Connection) {
    let _ = conn.busy_timeout(Duration::from_secs(1));
    let _ = conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()));
}

/// Opens for writing.
pub fn open_write(path: &Path) -> Result<Connection> {
    patiently(|| try_write(path))
}

fn try_write(path: &Path) -> Result<Connection> {
    let header = inspect_current(path)?;
    let conn = open_write_any(path)?;
    if !header.wal {
        // A restore that was killed, or other hands, left it off: readers and writers would stand in each other's way.
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    }
    Ok(conn)
}

/// Opens for writing without looking at the schema version: for `upgrade` and for a file being made.
pub fn open_write_any(path: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    careful(&conn)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

/// Settings every connection has: nothing in the file may run code or reach past its pages.
fn careful(conn: &Connection) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // A plan never depends on the values bound to it; without this, a look-up through a partial index is planned anew for each.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch("PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn cannot_open(e: &rusqlite::Error) -> bool {
    matches!(e, rusqlite::Error::SqliteFailure(f, _)
        if matches!(f.code, rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied))
}

/// `file:` URI with every byte that could mean something escaped.
fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file:");
    for b in path.as_os_str().as_bytes() {
        if b.is_ascii_alphanumeric() || b"/._-".contains(b) {
            uri.push(char::from(*b));
        } else {
            uri.push_str(&format!("%{b:02X}"));
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// Makes a new office file: built beside under a name of its own, filled by `fill`, synced, then linked into place, so that
/// there is never half an office. Never replaces anything.
pub fn create(path: &Path, fill: impl FnOnce(&mut Connection) -> Result<()>) -> Result<()> {
    occupied(path)?;
    let folder = path.parent().ok_or_else(|| error::usage("empty_path"))?;
    let fault = |e: std::io::Error| cannot_create(path, &e);
    if !folder.is_dir() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
    }
    sweep(path, "init");
    let made = working_name(path, "init");
    drop(new_file(&made)?);
    let done = build(&made, fill).and_then(|()| {
        File::open(&made).and_then(|f| f.sync_all()).map_err(fault)?;
        if place(&made, path)? { Ok(()) } else { occupied(path) }
    });
    remove(&made);
    done?;
    sync_folder(path)
}

fn build(beside: &Path, fill: impl FnOnce(&mut Connection) -> Result<()>) -> Result<()> {
    let mut conn = open_write_any(beside)?;
    // Nobody else sees this file yet: no journal is needed until it is an office.
    conn.pragma_update(None, "journal_mode", "MEMORY")?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    conn.execute_batch(&super::bare(SCHEMA))?;
    fill(&mut conn)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0))?;
    if mode != "wal" {
        return Err(error::cannot_create("no_wal"));
    }
    conn.close().map_err(|(_, e)| Error::from(e))
}

/// An error where something stands at the path already.
fn occupied(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(cannot_create(path, &e)),
        Ok(_) => match inspect(path) {
            Ok(_) => Err(error::conflict("office_exists").fact("path", path.display().to_string())),
            Err(e) if e.kind == Kind::NoInput => Err(error::cannot_create("dangling").fact("path", path.display().to_string())),
            Err(e) => Err(e),
        },
    }
}

/// A log longer than this is brought into the file when its write is done: whoever opens the office reads the log first.
const LONG_LOG: u64 = 4 << 20;

/// Brings a large write from the WAL into the file, so that the next reader need not. Being busy with another is no failure.
pub fn settle(conn: &Connection, path: &Path) {
    let long = std::fs::metadata(super::files::beside(path, "-wal")).is_ok_and(|m| m.len() > LONG_LOG);
    if long {
        // The write itself is done and safe: nobody waits long for this.
        let _ = conn.busy_timeout(Duration::from_secs(1));
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}
