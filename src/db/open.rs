//! Opening an office file: looked at before SQLite may touch it, opened with careful settings, made beside and renamed. What is
//! no office stays byte-identical and gains no files beside it.

use super::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION};
use crate::error::{self, Error, Kind, Result, io_words};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a command waits for another that writes.
const BUSY: Duration = Duration::from_secs(30);

/// Refuses what is no office of this schema, from the first 100 bytes alone. Returns the file's schema version.
pub fn inspect(path: &Path) -> Result<i32> {
    let shown = path.display();
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => error::no_input("no_office").fact("path", shown.to_string()),
        std::io::ErrorKind::PermissionDenied => error::not_permitted("office_permission").fact("path", shown.to_string()),
        _ => error::io("file_io").fact("what", io_words(&e)),
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
    let word = |at: usize| i32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if &head[..16] != b"SQLite format 3\0" || word(68) != APPLICATION_ID {
        return Err(foreign(path));
    }
    Ok(word(60))
}

/// The same, and the schema must be this program's.
fn inspect_current(path: &Path) -> Result<()> {
    let version = inspect(path)?;
    let differs = |key| error::not_office(key).fact("path", path.display().to_string()).fact("have", version).fact("want", SCHEMA_VERSION);
    match version.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(()),
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

/// Opens for reading. An office on read-only media is read as it lies there (`immutable`).
pub fn open_read(path: &Path) -> Result<Connection> {
    inspect_current(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let first = Connection::open_with_flags(path, flags).and_then(|c| {
        c.busy_timeout(BUSY)?;
        c.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(c)
    });
    let conn = match first {
        Ok(c) => c,
        Err(e) if cannot_open(&e) && !has_wal(path) => {
            let uri = uri_of(path);
            let c = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
            c.busy_timeout(BUSY)?;
            c
        }
        Err(e) => return Err(e.into()),
    };
    careful(&conn)?;
    Ok(conn)
}

/// Opens for writing.
pub fn open_write(path: &Path) -> Result<Connection> {
    inspect_current(path)?;
    open_write_any(path)
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
    conn.execute_batch("PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn cannot_open(e: &rusqlite::Error) -> bool {
    matches!(e, rusqlite::Error::SqliteFailure(f, _)
        if matches!(f.code, rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied))
}

/// Whether a WAL with content lies beside: then the main file alone is not the office.
fn has_wal(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    fs::metadata(PathBuf::from(wal)).is_ok_and(|m| m.len() > 0)
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
    sweep(path);
    let beside = beside(path, &format!(".init-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(fault)?;
    let made = build(&beside, fill).and_then(|()| {
        File::open(&beside).and_then(|f| f.sync_all()).map_err(fault)?;
        // A link refuses to replace what came into being meanwhile; a file system without links gets a rename.
        match fs::hard_link(&beside, path) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => occupied(path),
            Err(_) => fs::rename(&beside, path).map_err(fault),
        }
    });
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut left = beside.as_os_str().to_owned();
        left.push(end);
        let _ = fs::remove_file(PathBuf::from(left));
    }
    made?;
    // The name itself must survive a power cut.
    File::open(folder).and_then(|d| d.sync_all()).map_err(fault)
}

fn build(beside: &Path, fill: impl FnOnce(&mut Connection) -> Result<()>) -> Result<()> {
    let mut conn = open_write_any(beside)?;
    // Nobody else sees this file yet: no journal is needed until it is an office.
    conn.pragma_update(None, "journal_mode", "MEMORY")?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    conn.execute_batch(SCHEMA)?;
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

/// What a killed `init` left behind: files of our naming whose process is gone.
fn sweep(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    let mut prefix = name.to_owned();
    prefix.push(".init-");
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let Some(rest) = file.as_bytes().strip_prefix(prefix.as_bytes()) else {
            continue;
        };
        let pid: String = rest.iter().map(|b| char::from(*b)).take_while(char::is_ascii_digit).collect();
        if !pid.is_empty() && !Path::new("/proc").join(&pid).exists() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `path` with something after its name.
pub fn beside(path: &Path, end: &str) -> PathBuf {
    let mut s: OsString = path.as_os_str().to_owned();
    s.push(end);
    PathBuf::from(s)
}

/// 73 or 77 or 74, by what the system said.
pub fn cannot_create(path: &Path, e: &std::io::Error) -> Error {
    let kind = match e.kind() {
        std::io::ErrorKind::StorageFull => return error::io("disk_full"),
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Kind::CannotCreate,
        _ => Kind::CannotCreate,
    };
    Error::new(kind, "cannot_create").fact("path", path.display().to_string()).fact("what", io_words(e))
}

/// Brings a large write from the WAL into the file, so that the next reader need not. Being busy with another is no failure.
pub fn checkpoint(path: &Path) -> Result<()> {
    let conn = open_write(path)?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}
