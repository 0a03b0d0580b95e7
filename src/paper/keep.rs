//! The folder of files beside the office: `OFFICE.files/ab/SHA256`, for this user alone. A file stands there whole before its entry is
//! committed; one that lies there without an entry does no harm. What a file is to whom is in `store`.

use super::place;
use crate::db::digest::hex;
use crate::db::files::{self, new_file, sync_folder, working_name};
use crate::error::{self, Error, Result};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// A file may have so many bytes: a scan of a thick paper, not a film.
pub const MOST: u64 = 256 << 20;

/// The folder of an office's files.
pub fn folder(office: &Path) -> PathBuf {
    files::beside(office, ".files")
}

/// Digest and length of a file that is to be kept.
pub fn measure(path: &Path) -> Result<(String, i64)> {
    let shown = || crate::ui::out::shown(&path.display().to_string());
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => error::no_input("no_file").fact("file", shown()),
        _ => Error::from(e),
    })?;
    if !meta.is_file() {
        return Err(error::bad_data("is_directory").fact("file", shown()));
    }
    if meta.len() == 0 {
        return Err(error::bad_data("file_empty").fact("file", shown()));
    }
    if meta.len() > MOST {
        return Err(error::bad_data("file_large").fact("file", shown()).fact("most_mb", MOST >> 20));
    }
    let (sha256, bytes) = digest(&mut File::open(path)?, |_| Ok(()))?;
    Ok((sha256, i64::try_from(bytes).unwrap_or(i64::MAX)))
}

fn digest(file: &mut File, mut also: impl FnMut(&[u8]) -> Result<()>) -> Result<(String, u64)> {
    let (mut sha, mut buf, mut bytes) = (Sha256::new(), vec![0u8; 1 << 16], 0u64);
    loop {
        let n = file.read(&mut buf)?;
        if n == 0 {
            return Ok((hex(&sha.finalize()), bytes));
        }
        sha.update(&buf[..n]);
        also(&buf[..n])?;
        bytes += n as u64;
    }
}

/// Copies a file to its place, unless its bytes lie there already; `sha256` is what was measured.
pub fn put(office: &Path, from: &Path, sha256: &str) -> Result<()> {
    let to = folder(office).join(place(sha256));
    if to.exists() {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(&to);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(|e| files::cannot_create(parent, &e))?;
    files::sweep(&to, "part");
    let made = working_name(&to, "part");
    let copied = (|| {
        let mut out = new_file(&made)?;
        let (copied, _) = digest(&mut File::open(from)?, |b| Ok(out.write_all(b)?))?;
        out.sync_all()?;
        if copied != sha256 {
            return Err(error::io("file_changing").fact("file", crate::ui::out::shown(&from.display().to_string())));
        }
        files::place(&made, &to)?;
        sync_folder(&to)
    })();
    if copied.is_err() {
        files::remove(&made);
    }
    copied
}

/// What is wrong with a kept file: `absent`, `changed`, or nothing.
pub fn fault(office: &Path, sha256: &str) -> Option<&'static str> {
    match File::open(folder(office).join(place(sha256))) {
        Err(_) => Some("absent"),
        Ok(mut file) => match digest(&mut file, |_| Ok(())) {
            Ok((is, _)) if is == sha256 => None,
            _ => Some("changed"),
        },
    }
}

/// Media type by the first bytes; names say anything.
pub fn media_type(path: &Path) -> &'static str {
    let mut first = [0u8; 8];
    let n = File::open(path).and_then(|mut f| f.read(&mut first)).unwrap_or(0);
    match &first[..n] {
        b if b.starts_with(b"%PDF") => "application/pdf",
        b if b.starts_with(b"\x89PNG") => "image/png",
        b if b.starts_with(b"\xff\xd8\xff") => "image/jpeg",
        b if b.starts_with(b"II*\0") || b.starts_with(b"MM\0*") => "image/tiff",
        b if b.starts_with(b"PK\x03\x04") => "application/zip",
        _ => "application/octet-stream",
    }
}
