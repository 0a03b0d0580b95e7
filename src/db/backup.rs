//! Proved copies: a backup is reopened, read whole and compared; a restore checks the backup in full before it touches the
//! office, and changes files only while nobody else can have the office open.

use super::digest::hex;
use super::files::{SIDES, beside, cannot_create, folder_of, has_side, new_file, place, remove, sweep, sync_folder, working_name};
use super::open;
use super::verify::{self, Head};
use crate::error::{self, Error, Kind, Result};
use rusqlite::{Connection, ErrorCode};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a restore waits for others to close the office.
const WAIT: Duration = Duration::from_secs(30);

/// What was proved of a copy.
#[derive(Debug)]
pub struct Proof {
    /// Length.
    pub bytes: u64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Head of its log.
    pub head: Head,
}

/// Copies the office to a new file. The copy is one moment of the office, without the slack of its pages.
pub fn backup(office: &Connection, target: &Path) -> Result<Proof> {
    free_place(target)?;
    sweep(target, "part");
    let made = working_name(target, "part");
    drop(new_file(&made)?);
    let done = fill(office, &made).and_then(|proof| if place(&made, target)? { Ok(proof) } else { Err(taken(target)) });
    remove(&made);
    let proof = done?;
    sync_folder(target)?;
    Ok(proof)
}

/// Writes the copy, syncs it, reopens it and compares it with the office.
fn fill(office: &Connection, made: &Path) -> Result<Proof> {
    let before = verify::head(office)?;
    copy(office, made)?;
    File::open(made).and_then(|f| f.sync_all()).map_err(|e| cannot_create(made, &e))?;
    // Not looked at for its version: an upgrade backs up the older office first.
    let conn = open::open_write_any(made)?;
    whole(&conn)?;
    let head = verify::head(&conn)?;
    // Clerks may have gone on while the copy was made: its head lies at or behind the head of before, and is the office's own.
    let own: Option<String> =
        rusqlite::OptionalExtension::optional(office.query_row("SELECT lower(hex(hash)) FROM op WHERE op = ?1", [head.op], |r| r.get(0)))?;
    if head.op < before.op || own.as_deref() != Some(head.hash.as_str()) {
        return Err(error::io("copy_differs"));
    }
    drop(conn);
    let (bytes, sha256) = sum(made)?;
    Ok(Proof { bytes, sha256, head })
}

/// `VACUUM INTO`: one read transaction, journal mode DELETE, nothing of what was erased.
fn copy(from: &Connection, to: &Path) -> Result<()> {
    let name = to.to_str().ok_or_else(|| error::cannot_create("path_not_utf8"))?;
    match from.execute("VACUUM INTO ?1", [name]) {
        Ok(_) => Ok(()),
        Err(rusqlite::Error::SqliteFailure(f, _)) if matches!(f.code, ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            Err(error::cannot_create("no_folder").fact("folder", to.parent().unwrap_or(to).display()))
        }
        Err(e) => Err(e.into()),
    }
}

/// Refuses pages that are not whole.
pub fn whole(conn: &Connection) -> Result<()> {
    let said: String = conn.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
    if said == "ok" { Ok(()) } else { Err(error::not_office("damaged")) }
}

/// Length and SHA-256 of a file.
fn sum(path: &Path) -> Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut h, mut bytes, mut buffer) = (Sha256::new(), 0u64, vec![0u8; 1 << 16]);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((bytes, hex(&h.finalize())));
        }
        h.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// A place where a new file can be made: 5 where an office stands, 73 where something else does or the folder is missing.
fn free_place(target: &Path) -> Result<()> {
    folder_of(target)?;
    match fs::symlink_metadata(target) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(cannot_create(target, &e)),
        Ok(_) => Err(taken(target)),
    }
}

fn taken(target: &Path) -> Error {
    if open::inspect(target).is_ok() {
        error::conflict("backup_exists").fact("path", target.display())
    } else {
        error::cannot_create("output_exists").fact("path", target.display())
    }
}

// ---------------------------------------------------------------- restore

/// A backup that was read whole and whose log agrees with its rows.
#[derive(Debug)]
pub struct Checked {
    conn: Connection,
    /// Head of its log.
    pub head: Head,
    /// When its last op was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// Checks a backup in full; the office is not looked at.
pub fn check(backup: &Path) -> Result<Checked> {
    let conn = open::open_read(backup)
        .map_err(|e| if e.key == "no_office" { error::no_input("no_file").fact("file", backup.display()) } else { e })?;
    whole(&conn)?;
    let verdict = verify::verify(&conn, None)?;
    if !verdict.ok {
        return Err(error::bad_data("backup_tampered")
            .fact("path", backup.display())
            .fact("faults", verdict.faults.len())
            .detail("faults", verdict.faults.len()));
    }
    let (_, _, recorded_at) = super::write::head(&conn)?;
    Ok(Checked { conn, head: verdict.head, recorded_at })
}

/// The office that a restore would replace.
#[derive(Debug, PartialEq, Eq)]
pub enum Present {
    /// Nothing is there.
    Nothing,
    /// An office that can be read, with its head.
    Office(Head),
    /// An office that can't be read.
    Damaged,
}

/// What stands where the office is to be restored; what is no office is refused.
pub fn present(path: &Path) -> Result<Present> {
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Present::Nothing),
        Err(e) => return Err(Error::from(e)),
        Ok(_) => {}
    }
    match open::open_read(path).and_then(|c| verify::head(&c)) {
        Ok(head) => Ok(Present::Office(head)),
        Err(e) if e.kind == Kind::NotOffice && e.key != "foreign" => Ok(Present::Damaged),
        Err(e) => Err(e),
    }
}

/// Puts the checked backup in the office's place. `entry` writes the op that says so, before anybody can see the file. Returns
/// where the office of before is kept.
pub fn restore(checked: &Checked, path: &Path, entry: impl FnOnce(&mut Connection) -> Result<()>) -> Result<Option<PathBuf>> {
    folder_of(path)?;
    sweep(path, "restore");
    let made = working_name(path, "restore");
    drop(new_file(&made)?);
    let done = build(checked, &made, entry).and_then(|()| swap(&made, path));
    remove(&made);
    done
}

fn build(checked: &Checked, made: &Path, entry: impl FnOnce(&mut Connection) -> Result<()>) -> Result<()> {
    copy(&checked.conn, made)?;
    let mut conn = open::open_write_any(made)?;
    whole(&conn)?;
    if verify::head(&conn)? != checked.head {
        return Err(error::io("copy_differs"));
    }
    entry(&mut conn)?;
    conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    conn.close().map_err(|(_, e)| Error::from(e))?;
    File::open(made).and_then(|f| f.sync_all()).map_err(|e| cannot_create(made, &e))
}

fn swap(made: &Path, path: &Path) -> Result<Option<PathBuf>> {
    let fault = |e: std::io::Error| cannot_create(path, &e);
    let (kept, held) = match present(path)? {
        Present::Nothing => {
            // A log without its office belongs to a file that is gone; beside the restored one it would be read as its own.
            for end in SIDES {
                let _ = fs::remove_file(beside(path, end));
            }
            if !place(made, path)? {
                return Err(error::busy("busy"));
            }
            sync_folder(path)?;
            return Ok(None);
        }
        Present::Office(_) => {
            let held = alone(path)?;
            (kept_name(path, verify::head(&held)?.op), Some(held))
        }
        // Nothing can be locked in a file that can't be read; its log is kept with it.
        Present::Damaged => (kept_name(path, 0), None),
    };
    for end in SIDES.iter().filter(|end| held.is_none() && has_side(path, end)) {
        fs::rename(beside(path, end), beside(&kept, end)).map_err(fault)?;
    }
    // With a link there is an office at the path at every moment; without links there is none for an instant.
    if fs::hard_link(path, &kept).is_err() {
        fs::rename(path, &kept).map_err(fault)?;
    }
    fs::rename(made, path).map_err(fault)?;
    sync_folder(path)?;
    drop(held);
    Ok(Some(kept))
}

/// Holds the office so that nobody else can have it open, its log written into the file. Whoever waits for it meanwhile finds
/// a file that was moved and can't write to it.
fn alone(path: &Path) -> Result<Connection> {
    let conn = open::open_write_any(path)?;
    conn.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
    let start = Instant::now();
    loop {
        let mode: rusqlite::Result<String> = conn.query_row("PRAGMA journal_mode = DELETE", [], |r| r.get(0));
        match mode {
            Ok(mode) if mode == "delete" => break,
            Err(rusqlite::Error::SqliteFailure(f, _)) if !matches!(f.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                return Err(rusqlite::Error::SqliteFailure(f, None).into());
            }
            _ if start.elapsed() > WAIT => return Err(error::busy("busy")),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    conn.execute_batch("BEGIN EXCLUSIVE")?;
    Ok(conn)
}

/// `NAME.before-restore-<op>-<n>`, the first that is free.
fn kept_name(path: &Path, op: i64) -> PathBuf {
    (1..)
        .map(|n: u32| beside(path, &format!(".before-restore-{op}-{n}")))
        .find(|p| fs::symlink_metadata(p).is_err())
        .unwrap_or_else(|| beside(path, ".before-restore"))
}
