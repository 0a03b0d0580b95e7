//! `demo`: a whole example office in a folder of its own, from the rosters of `examples/`, which are part of the program. Ends with the
//! target report. Never touches a folder it did not make.

use super::cmd::ZONE;
use super::init::{self, Foundation};
use crate::base::day::Day;
use crate::cli::Noun;
use crate::db::files::cannot_create;
use crate::error::{self, Result};
use crate::office::{Exit, Globals, Office};
use crate::policy;
use crate::roster::Kind;
use crate::roster::import::{self, Settings};
use crate::roster::people::OnMatch;
use crate::target;
use crate::ui::{Format, View};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The word.
pub const NOUN: Noun = Noun { name: "demo", build: |c| DemoArgs::augment_args(c), run };

#[derive(Args, Debug)]
struct DemoArgs {
    #[arg(value_name = "DIR", default_value = "rencai-demo")]
    dir: PathBuf,
}

/// The day of the report: late in the term, where the goals stand in every colour.
const DAY: &str = "2020-09-30";
/// By this file a folder is known as one of ours.
const MARKER: &str = ".rencai-demo";
const OFFICE: &str = "office.db";
const REJECTS: &str = "messy-rejects.csv";

/// A roster of the example office.
struct Example {
    file: &'static str,
    bytes: &'static [u8],
    kind: Kind,
    /// Bad rows are left out and written to `REJECTS`.
    partial: bool,
}

macro_rules! example {
    ($file:literal, $kind:ident, $partial:literal) => {
        Example { file: $file, bytes: include_bytes!(concat!("../../examples/", $file)), kind: Kind::$kind, partial: $partial }
    };
}

/// In the order in which an office would bring them in.
const EXAMPLES: &[Example] = &[
    example!("orgs.csv", Org, false),
    example!("platforms.csv", Platform, false),
    example!("volume.csv", Talent, false),
    example!("stories.csv", Talent, false),
    example!("leave.csv", Leave, false),
    example!("messy-gb18030.csv", Talent, true),
    example!("mended.csv", Talent, false),
];

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = DemoArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let dir = crate::db::open::absolute(&args.dir)?;
    clear(&dir, office.globals.dry_run)?;
    if office.globals.dry_run {
        office.note("note.demo_dry", &[("dir", &dir.display())]);
        return Ok(Exit::Done);
    }
    make(&dir).map_err(|e| cannot_create(&dir, &e))?;
    let inside = Office::new(Globals {
        db: Some(dir.join(OFFICE)),
        as_of: Day::parse_iso(DAY),
        reason: None,
        reveal: false,
        ..office.globals.clone()
    });
    let plan = policy::shipped("targets").ok_or_else(|| error::policy("no_pack").fact("pack", "targets"))?.to_owned();
    init::found(&inside, &Foundation { zone: ZONE.to_owned(), lang: "zh".to_owned(), plan })?;
    office.note("note.demo_founded", &[("path", &dir.join(OFFICE).display())]);
    let mut imports = Vec::new();
    for example in EXAMPLES {
        imports.push(bring_in(&inside, &dir, example)?);
    }
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        let files: Vec<String> = written(&dir).iter().map(|p| p.display().to_string()).collect();
        let report = target::cmd::lines(&inside)?;
        office.show(&View::object(
            json!({"dir": dir.display().to_string(), "as_of": DAY, "files": files, "imports": imports, "report": report}),
        ))?;
    } else {
        office.show(&target::cmd::report_view(&inside)?)?;
    }
    for path in written(&dir) {
        office.note("note.demo_file", &[("path", &path.display())]);
    }
    office.hint("note.demo_next", &[("db", &dir.join(OFFICE).display()), ("day", &DAY)]);
    Ok(Exit::Done)
}

/// Everything a demo leaves in its folder.
fn written(dir: &Path) -> Vec<PathBuf> {
    [OFFICE].into_iter().chain(EXAMPLES.iter().map(|e| e.file)).chain([REJECTS]).map(|f| dir.join(f)).collect()
}

/// Takes away what an earlier demo made; a folder with anything else in it is none of ours.
fn clear(dir: &Path, dry_run: bool) -> Result<()> {
    let mut entries = match fs::read_dir(dir) {
        Ok(entries) => entries.peekable(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
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
    for path in written(dir) {
        crate::db::files::remove(&path);
    }
    fs::remove_file(dir.join(MARKER)).map_err(|e| cannot_create(dir, &e))
}

/// The folder with its marker and its rosters.
fn make(dir: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fs::write(dir.join(MARKER), "rencai demo\n")?;
    for example in EXAMPLES {
        fs::write(dir.join(example.file), example.bytes)?;
    }
    Ok(())
}

/// Imports one roster as `roster import` does, and says what came of it.
fn bring_in(inside: &Office, dir: &Path, example: &Example) -> Result<Value> {
    let set = Settings {
        kind: example.kind,
        file_name: example.file.to_owned(),
        on_match: OnMatch::Update,
        correct: false,
        partial: example.partial,
        rejects: example.partial.then(|| dir.join(REJECTS)),
        reveal: false,
        sheet: None,
        headers: HashMap::new(),
        unit: None,
    };
    // The report is of a day of the plan's term; what is written is written today.
    let writer = Office::new(Globals { as_of: None, ..inside.globals.clone() });
    let o = import::import(&writer, &dir.join(example.file), &set)?;
    let r = &o.report;
    if !o.committed {
        return Err(error::bad_data("roster_refused").fact("file", example.file).fact("rejected", r.rejected).fact("rows", r.rows));
    }
    inside.note(
        "note.demo_import",
        &[
            ("file", &example.file),
            ("rows", &r.rows),
            ("added", &r.added),
            ("updated", &r.updated),
            ("rejected", &r.rejected),
            ("review", &r.review),
        ],
    );
    Ok(json!({
        "file": example.file, "kind": example.kind.code(), "rows": r.rows, "added": r.added, "updated": r.updated,
        "unchanged": r.unchanged, "rejected": r.rejected, "review": r.review,
    }))
}
