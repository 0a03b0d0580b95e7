//! Files made beside others: built under a name of their own, synced, then put into place, so that nobody ever meets half a
//! file. An office, a backup and an anchor are all made this way; none is readable by other users.

use crate::error::{self, Error, Kind, Result};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read as _, Write};
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

/// 5 where an output, under whatever name, is the very file that it is made from: that one would be lost.
pub fn not_over(output: &Path, input: &Path) -> Result<()> {
    match (output.canonicalize(), input.canonicalize()) {
        (Ok(a), Ok(b)) if a == b => {
            Err(error::conflict("output_is_input").fact("path", crate::ui::out::shown(&output.display().to_string())))
        }
        _ => Ok(()),
    }
}

/// Whether a side file with content lies there.
pub fn has_side(path: &Path, end: &str) -> bool {
    fs::metadata(beside(path, end)).is_ok_and(|m| m.len() > 0)
}

/// Whether the rollback journal beside an office can only be what a killed change of the journal mode left: whole or torn, it holds
/// nothing but the first page as it is, but for the bytes that name the mode and count the changes. SQLite takes such a one
/// back without a word lost; any other doesn't belong to an office whose write-ahead log is on.
pub fn journal_of_mode_change(path: &Path, page_size: usize) -> bool {
    const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let journal = beside(path, "-journal");
    // One page is kept: more than that and a sector is no such journal.
    if !fs::metadata(&journal).is_ok_and(|m| m.len() <= 2 * page_size as u64 + (1 << 17)) {
        return false;
    }
    let (Ok(journal), Ok(mut office)) = (fs::read(&journal), File::open(path)) else { return false };
    let mut page = vec![0u8; page_size];
    let read = office.read_exact(&mut page).is_ok();
    // Closing it would drop SQLite's locks of this process.
    std::mem::forget(office);
    let word = |at: usize| journal.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let sector = word(20) as usize;
    if !read || journal.len() <= sector || !journal.starts_with(&MAGIC) {
        // Nothing was synced yet: SQLite plays no journal whose first byte is 0, and of a mere head nothing.
        return journal.first() == Some(&0) || (journal.starts_with(&MAGIC) && journal.len() <= sector);
    }
    let pages = u32::from_be_bytes([page[28], page[29], page[30], page[31]]);
    let may_differ = |i: usize| matches!(i, 18 | 19 | 24..=27 | 92..=99);
    word(16) == pages
        && sector.is_power_of_two()
        && journal[sector..].chunks(page_size + 8).all(|record| {
            let (number, kept) = record.split_at(record.len().min(4));
            number == &1u32.to_be_bytes()[..number.len()] && kept.iter().zip(&page).enumerate().all(|(i, (a, b))| a == b || may_differ(i))
        })
}

/// 73, or 74 where the disk is full.
pub fn cannot_create(path: &Path, e: &std::io::Error) -> Error {
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => error::io("disk_full"),
        _ => Error::new(Kind::CannotCreate, "cannot_create").fact("path", path.display()).fact("what", crate::ui::out::why(e)),
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
    if folder.is_dir() { Ok(folder) } else { Err(no_folder(folder)) }
}

/// Why nothing can be made in a folder: it is not there, or it or one above it is a file.
pub fn no_folder(folder: &Path) -> Error {
    match folder.ancestors().find(|a| a.exists()) {
        Some(there) if !there.is_dir() => error::cannot_create("not_a_folder").fact("path", there.display()),
        _ => error::cannot_create("no_folder").fact("folder", folder.display()),
    }
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

/// A file that takes its place whole at the end or not at all. An older one of that name is replaced, unless it is an office or no
/// ordinary file.
pub struct Whole {
    out: BufWriter<File>,
    made: PathBuf,
    path: PathBuf,
}

impl Whole {
    /// Begins one that is to stand at `path`, an absolute path.
    pub fn begin(path: &Path) -> Result<Whole> {
        folder_of(path)?;
        match fs::metadata(path) {
            Ok(m) if !m.is_file() => return Err(error::cannot_create("not_a_file").fact("path", path.display())),
            Ok(_) if is_office(path) => return Err(error::conflict("output_is_office").fact("path", path.display())),
            _ => {}
        }
        sweep(path, "part");
        let made = working_name(path, "part");
        let out = BufWriter::with_capacity(1 << 18, new_file(&made)?);
        Ok(Whole { out, made, path: path.to_owned() })
    }

    /// Puts it into its place, safe from a power cut.
    pub fn finish(mut self) -> Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        fs::rename(&self.made, &self.path).map_err(|e| cannot_create(&self.path, &e))?;
        sync_folder(&self.path)
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        // Gone already where it came to its end.
        let _ = fs::remove_file(&self.made);
    }
}

/// Whether an office stands there, of whatever version and in whatever state.
fn is_office(path: &Path) -> bool {
    match super::open::inspect(path) {
        Ok(_) => true,
        // Damaged, or with a journal that isn't its own: an office still.
        Err(e) => e.kind == Kind::NotOffice && e.key != "foreign",
    }
}

/// A small file that a command names, whole; 66 where it is not there.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => error::no_input("no_file").fact("file", crate::ui::out::shown(&path.display().to_string())),
        _ => Error::from(e),
    })
}

/// The same as text; 65 (`not_text`) where it is none.
pub fn read_text(path: &Path, not_text: &'static str) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| error::bad_data(not_text).fact("file", crate::ui::out::shown(&path.display().to_string())))
}

/// Writes a small file whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = Whole::begin(path)?;
    file.write_all(bytes)?;
    file.finish()
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

    #[test]
    fn only_a_journal_of_the_first_page_as_it_is_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let mut page = vec![7u8; 4096];
        page[28..32].copy_from_slice(&3u32.to_be_bytes());
        fs::write(&path, [page.clone(), vec![0; 8192]].concat()).unwrap();
        let journal = |first: u32, pages: u32, kept: &[u8]| {
            let mut j = vec![0u8; 512];
            j[..8].copy_from_slice(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
            j[16..20].copy_from_slice(&pages.to_be_bytes());
            j[20..24].copy_from_slice(&512u32.to_be_bytes());
            [j, first.to_be_bytes().to_vec(), kept.to_vec(), vec![0; 4]].concat()
        };
        let taken = |bytes: &[u8]| {
            fs::write(beside(&path, "-journal"), bytes).unwrap();
            journal_of_mode_change(&path, 4096)
        };
        let mut before = page.clone();
        before[18..20].copy_from_slice(&[1, 1]);
        assert!(taken(&journal(1, 3, &before)));
        // Torn while it was written, or never synced.
        assert!(taken(&journal(1, 3, &before)[..2000]));
        assert!(taken(&journal(1, 3, &before)[..512]));
        assert!(taken(&[&[0u8; 512][..], b"whatever"].concat()));
        // Another page, another length, another first page: none of ours.
        assert!(!taken(&journal(2, 3, &before)));
        assert!(!taken(&journal(1, 2, &before)));
        before[2000] ^= 1;
        assert!(!taken(&journal(1, 3, &before)));
        assert!(!taken(&vec![1; 9000]));
        assert!(!taken(&vec![0; 200_000]));
    }
}
