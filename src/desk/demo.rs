//! `demo`: a whole example office in a folder of its own. It is made by telling a story: the command lines of `examples/story.sh`, run one by
//! one as a clerk would type them. Ends with the target report. Never touches a folder it did not make.

mod files;
mod story;

use crate::base::day::Day;
use crate::cli::{self, Noun};
use crate::db::files::cannot_create;
use crate::error::{self, Result};
use crate::office::{Exit, Globals, Office, os_user};
use crate::target;
use crate::ui::{Format, View, lang};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use story::{Chapter, Line};

/// The word.
pub const NOUN: Noun = Noun { name: "demo", build: |c| DemoArgs::augment_args(c), run };

#[derive(Args, Debug)]
struct DemoArgs {
    #[arg(value_name = "DIR", default_value = "rencai-demo")]
    dir: PathBuf,
}

/// The day of the report: the end of the quarter that the story tells, where the goals stand in every colour.
const DAY: &str = "2020-09-30";

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = DemoArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let dir = crate::db::open::absolute(&args.dir)?;
    files::clear(&dir, office.globals.dry_run)?;
    if office.globals.dry_run {
        office.note("note.demo_dry", &[("dir", &dir.display())]);
        return Ok(Exit::Done);
    }
    files::make(&dir).map_err(|e| cannot_create(&dir, &e))?;
    office.note("note.demo_begins", &[("dir", &dir.display())]);
    let chapters = story::read(story::SCRIPT, &os_user());
    let told = tell(office, &dir, &chapters)?;
    let made = files::written(&dir);
    office.note("note.demo_told", &[("commands", &told.commands), ("refused", &told.refused), ("files", &made.len())]);
    let inside = Office::new(Globals {
        db: Some(dir.join(files::OFFICE)),
        as_of: Day::parse_iso(DAY),
        date: None,
        reason: None,
        reveal: false,
        ..office.globals.clone()
    });
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        let files: Vec<String> = made.iter().map(|p| p.display().to_string()).collect();
        let report = target::cmd::lines(&inside)?;
        office.show(&View::object(json!({
            "dir": dir.display().to_string(), "as_of": DAY, "files": files, "imports": told.imports, "story": told.story, "report": report,
        })))?;
    } else {
        office.show(&target::cmd::report_view(&inside)?)?;
    }
    office.hint("note.demo_next", &[("dir", &args.dir.display()), ("day", &DAY)]);
    Ok(Exit::Done)
}

/// What became of a story.
#[derive(Default)]
struct Told {
    commands: usize,
    /// Commands that a rule refused, as the story wants it.
    refused: usize,
    /// What each roster brought.
    imports: Vec<Value>,
    /// Chapters with their commands and exit codes.
    story: Vec<Value>,
}

/// Runs the story in its folder, as somebody would who sits there: what lines name lies beside the office.
fn tell(office: &Office, dir: &Path, chapters: &[Chapter]) -> Result<Told> {
    let home = std::env::current_dir();
    std::env::set_current_dir(dir).map_err(|e| cannot_create(dir, &e))?;
    let told = chapters_told(office, &dir.join(files::OFFICE), chapters);
    // Whoever called from a folder that is gone stays here.
    let _ = home.and_then(std::env::set_current_dir);
    told
}

fn chapters_told(office: &Office, db: &Path, chapters: &[Chapter]) -> Result<Told> {
    let mut told = Told::default();
    for (at, chapter) in chapters.iter().enumerate() {
        let title = chapter.title(lang());
        office.note("note.demo_chapter", &[("n", &format!("{:2}", at + 1)), ("title", &title)]);
        let mut commands = Vec::new();
        for line in &chapter.lines {
            let (exit, shown) = one(office, db, line)?;
            told.commands += 1;
            told.refused += usize::from(exit > 1);
            if line.words.iter().skip(1).take(2).eq(["roster", "import"]) {
                told.imports.push(import_of(&shown));
            }
            commands.push(json!({"line": line.number, "command": line.text, "exit": exit}));
        }
        told.story.push(json!({"chapter": title, "commands": commands}));
    }
    Ok(told)
}

/// Runs one line: its exit code and what it showed. What fails though the story does not say so ends the demo with that very failure.
fn one(office: &Office, db: &Path, line: &Line) -> Result<(i32, String)> {
    let words: Vec<OsString> = line.words.iter().map(OsString::from).collect();
    match cli::run_within(&words, db) {
        Ok((Exit::Done, shown)) => Ok((0, shown)),
        Ok((Exit::Found, shown)) => Ok((1, shown)),
        Err(e) if e.kind.exit_code() == line.exit => Ok((line.exit, String::new())),
        Err(e) => {
            office.warn("note.demo_stopped", &[("line", &line.number), ("command", &line.text)]);
            Err(e)
        }
    }
}

/// What a roster brought, of all that its import said.
fn import_of(shown: &str) -> Value {
    let report: Value = serde_json::from_str(shown).unwrap_or(Value::Null);
    let keys = ["file", "kind", "rows", "added", "updated", "unchanged", "rejected", "review"];
    Value::Object(keys.iter().map(|k| ((*k).to_owned(), report[*k].clone())).collect::<Map<_, _>>())
}
