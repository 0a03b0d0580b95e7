//! The folder of a demo: what is put into it before the story, what the story leaves there, and how an earlier one is taken away.

use crate::db::files::{beside, cannot_create, remove};
use crate::error::{self, Result};
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The office.
pub(super) const OFFICE: &str = "office.db";
/// By this file a folder is known as one of ours.
const MARKER: &str = ".rencai-demo";
/// Papers that the story cites.
const PAPERS: &str = "papers";
/// What the story writes: bank files, letters, sheets, the report.
const OUT: &str = "out";

macro_rules! examples {
    ($($file:literal),* $(,)?) => { &[$(($file, include_bytes!(concat!("../../../examples/", $file)))),*] };
}

/// What lies beside the office before the story begins, all of it part of the program.
const EXAMPLES: &[(&str, &[u8])] = examples![
    "story.sh",
    "orgs.csv",
    "platforms.csv",
    "stories.csv",
    "leave.csv",
    "messy-gb18030.csv",
    "mended.csv",
    "volume.csv",
    "accounts.csv",
    "bank-return-1.csv",
    "class.csv",
    "proposed.csv",
    "q3-jinqiao.csv",
    "q3-zhaojun.csv",
    "q3-others.csv",
    "papers/application.txt",
    "papers/budget-1.txt",
    "papers/consent.txt",
    "papers/decision-1.txt",
    "papers/decision-2.txt",
    "papers/decision-3.txt",
    "papers/decision-4.txt",
    "papers/decision-5.txt",
    "papers/decision-6.txt",
    "papers/decision-7.txt",
    "papers/decision-8.txt",
    "papers/evidence.txt",
    "papers/progress.txt",
    "papers/receipt.txt",
    "papers/reply.txt",
];

/// The folder with its marker and its examples; for this user alone, as what is written into it.
pub(super) fn make(dir: &Path) -> std::io::Result<()> {
    for folder in [dir.to_owned(), dir.join(PAPERS), dir.join(OUT)] {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    fs::write(dir.join(MARKER), "rencai demo\n")?;
    EXAMPLES.iter().try_for_each(|(file, bytes)| fs::write(dir.join(file), bytes))
}

/// Takes away what an earlier demo made; a folder with anything else in it is none of ours.
pub(super) fn clear(dir: &Path, dry_run: bool) -> Result<()> {
    let mut entries = match fs::read_dir(dir) {
        Ok(entries) => entries.peekable(),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(cannot_create(dir, &e)),
    };
    if entries.peek().is_none() {
        return Ok(());
    }
    if !dir.join(MARKER).is_file() {
        return Err(error::conflict("demo_folder").fact("dir", dir.display()));
    }
    if dry_run {
        return Ok(());
    }
    let office = dir.join(OFFICE);
    remove(&office);
    for file in [".card-key"].map(|end| beside(&office, end)).into_iter().chain(EXAMPLES.iter().map(|(file, _)| dir.join(file))) {
        let _ = fs::remove_file(file);
    }
    for folder in [beside(&office, ".files"), dir.join(PAPERS), dir.join(OUT)] {
        match fs::remove_dir_all(&folder) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(cannot_create(&folder, &e)),
            _ => {}
        }
    }
    fs::remove_file(dir.join(MARKER)).map_err(|e| cannot_create(dir, &e))
}

/// What a reader finds in the folder: the office, the examples, and what the story wrote.
pub(super) fn written(dir: &Path) -> Vec<PathBuf> {
    let mut all = vec![dir.join(OFFICE)];
    all.extend(EXAMPLES.iter().map(|(file, _)| dir.join(file)));
    below(&dir.join(OUT), &mut all);
    all
}

/// The files of a folder and of those within, by name.
fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
}
