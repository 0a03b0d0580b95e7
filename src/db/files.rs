//! Files made beside others: built under a name of their own, synced, then put into place, so that nobody ever meets half a
//! file. An office, a backup and an anchor are all made this way; none is readable by other users.

use crate::error::{self, Error, Kind, Result, io_words};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a file.
pub const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// `path` with something after its name.
pub fn beside(path: &Path, end: &str) -> PathBuf {
    let mut s: OsString = path.as_os_str().to_owned();
    s.push(end);
    PathBuf::from(s)
}

/// Whether a side file with content lies there.
pub fn has_side(path: &Path, end: &str) -> bool {
    fs::metadata(beside(path, end)).is_ok_and(|m| m.len() > 0)
}

/// 73, or 74 where the disk is full.
pub fn cannot_create(path: &Path, e: &std::io::Error) -> Error {
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => error::io("disk_full"),
        _ => Error::new(Kind::CannotCreate, "cannot_create").fact("path", path.display()).fact("what", io_words(e)),
    }
}

/// Name of a file being made for `path`, with the number of this process, so that `sweep` knows whose it is.
pub fn working_name(path: &Path, mark: &str) -> PathBuf {
    beside(path, &format!(".{mark}-{}", std::process::id()))
}

/// A new empty file for this user alone.
pub fn new_file(path: &Path) -> Result<File> {
    let fault = |e: std::io::Error| cannot_create(path, &e);
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(fault)
}

/// The folder a file is to be made in; it must be there.
pub fn folder_of(path: &Path) -> Result<&Path> {
    let folder = path.parent().ok_or_else(|| error::usage("empty_path"))?;
    if folder.is_dir() { Ok(folder) } else { Err(error::cannot_create("no_folder").fact("folder", folder.display())) }
}

/// Puts a finished file into place without replacing anything: a link refuses what came into being meanwhile. False where
/// something stands there now. A file system without links gets a rename.
pub fn place(made: &Path, path: &Path) -> Result<bool> {
    match fs::hard_link(made, path) {
        Ok(()) => {
            let _ = fs::remove_file(made);
            Ok(true)
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(_) => fs::rename(made, path).map(|()| true).map_err(|e| cannot_create(path, &e)),
    }
}

/// Makes a name survive a power cut.
pub fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("/"));
    File::open(folder).and_then(|d| d.sync_all()).map_err(|e| cannot_create(path, &e))
}

/// Removes a file and what SQLite keeps beside it; what is not there is no fault.
pub fn remove(path: &Path) {
    let _ = fs::remove_file(path);
    for end in SIDES {
        let _ = fs::remove_file(beside(path, end));
    }
}

/// Removes what a killed run left behind: files of our naming whose process is gone.
pub fn sweep(path: &Path, mark: &str) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let mut prefix = name.to_owned();
    prefix.push(format!(".{mark}-"));
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let Some(rest) = file.as_bytes().strip_prefix(prefix.as_bytes()) else { continue };
        let pid: String = rest.iter().map(|b| char::from(*b)).take_while(char::is_ascii_digit).collect();
        if !pid.is_empty() && !Path::new("/proc").join(&pid).exists() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes a small file whole; an older one of that name is replaced, unless it is an office or no ordinary file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    folder_of(path)?;
    match fs::metadata(path) {
        Ok(m) if !m.is_file() => return Err(error::cannot_create("not_a_file").fact("path", path.display())),
        Ok(_) if super::open::inspect(path).is_ok() => return Err(error::conflict("output_is_office").fact("path", path.display())),
        _ => {}
    }
    sweep(path, "part");
    let made = working_name(path, "part");
    let mut file = new_file(&made)?;
    let fault = |e: std::io::Error| cannot_create(path, &e);
    let done = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&made, path)).map_err(fault);
    if done.is_err() {
        remove(&made);
    }
    done?;
    sync_folder(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_small_file_is_written_whole_and_for_this_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("anchor");
        for text in ["one", "two"] {
            write_whole(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(write_whole(&dir.path().join("x/y"), b"").unwrap_err().kind, Kind::CannotCreate);
        assert_eq!(write_whole(Path::new("/dev/full"), b"x").unwrap_err().kind, Kind::CannotCreate);
    }

    #[test]
    fn nothing_is_replaced_by_placing_and_leftovers_of_the_dead_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        for p in [&a, &b] {
            fs::write(p, p.display().to_string()).unwrap();
        }
        assert!(!place(&a, &b).unwrap());
        assert!(place(&a, &dir.path().join("c")).unwrap() && !a.exists());
        // No process has that number: Linux stops at 4194304.
        fs::write(dir.path().join("b.part-99999999"), "").unwrap();
        fs::write(working_name(&b, "part"), "").unwrap();
        sweep(&b, "part");
        assert!(!dir.path().join("b.part-99999999").exists() && working_name(&b, "part").exists());
    }
}
