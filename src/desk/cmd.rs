//! The words of the office itself: `init`, `undo`, `completions`, `man` here, the others in files of their own.

use super::{actor, copy, demo, doctor, init, status};
use crate::cli::{self, Noun};
use crate::db::files::cannot_create;
use crate::db::undo;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::policy;
use crate::ui::help::localise_flat;
use crate::ui::{View, lang};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, json};
use std::path::PathBuf;

/// The words, in the order of the help.
pub fn nouns() -> Vec<Noun> {
    let mut all = vec![Noun { name: "init", build: |c| InitArgs::augment_args(c), run: run_init }, demo::NOUN, status::NOUN, doctor::NOUN];
    all.extend(copy::nouns());
    all.extend([
        Noun { name: "undo", build: |c| UndoArgs::augment_args(c), run: run_undo },
        actor::NOUN,
        Noun { name: "completions", build: |c| ShellArgs::augment_args(c), run: run_completions },
        Noun { name: "man", build: |c| ManArgs::augment_args(c), run: run_man },
    ]);
    all
}

#[derive(Args, Debug)]
struct InitArgs {
    #[arg(long, value_name = "NAME")]
    zone: Option<String>,
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

fn run_init(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = InitArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let path = office.path()?.to_path_buf();
    let plan = match &args.plan {
        Some(file) => plan_of(file)?,
        // The shipped pack is tested to be sound; a program without it is no program.
        None => policy::shipped("targets").ok_or_else(|| error::policy("no_pack").fact("pack", "targets"))?.to_owned(),
    };
    let zone = args.zone.unwrap_or_else(|| ZONE.to_owned());
    let lang = office.globals.lang.clone().unwrap_or_else(|| "zh".to_owned());
    init::found(office, &init::Foundation { zone: zone.clone(), lang: lang.clone(), plan })?;
    office.show(&View::object(json!({"path": path.display().to_string(), "zone": zone, "lang": lang})))?;
    Ok(Exit::Done)
}

/// The zone whose plan the program ships.
pub const ZONE: &str = "和林格尔新区";

/// Another plan's targets pack, in the form of the shipped one.
fn plan_of(file: &std::path::Path) -> Result<String> {
    let shown = || crate::ui::out::shown(&file.display().to_string());
    let text = std::fs::read_to_string(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => error::no_input("no_file").fact("file", shown()),
        std::io::ErrorKind::InvalidData => error::bad_data("json_text").fact("file", shown()),
        _ => error::Error::from(e),
    })?;
    policy::parse_targets(&text).map_err(|f| error::policy("bad_pack").fact("pack", shown()).fact("line", f.line))?;
    Ok(text)
}

// ---------------------------------------------------------------- undo

#[derive(Args, Debug)]
struct UndoArgs {
    #[arg(value_name = "OP")]
    op: i64,
}

fn run_undo(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let UndoArgs { op } = UndoArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let mut act = office.act("undo", Map::new());
    act.undoes = Some(op);
    let done = office.write_act(&act, |tx| {
        let undone = undo::undo(tx, op)?;
        tx.outcome("subjects", undone.subjects);
        Ok(undone)
    })?;
    let shown = json!({"undone": op, "command": done.value.command, "subjects": done.value.subjects});
    office.show_act(&done, shown)?;
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- for the shell and the manual

#[derive(Args, Debug)]
struct ShellArgs {
    #[arg(value_enum, value_name = "SHELL")]
    shell: clap_complete::Shell,
}

fn run_completions(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = ShellArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut localise_flat(cli::build(), lang()), "rencai", &mut text);
    office.put(&text)?;
    Ok(Exit::Done)
}

#[derive(Args, Debug)]
struct ManArgs {
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

fn run_man(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let ManArgs { dir } = ManArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    std::fs::create_dir_all(&dir)
        .and_then(|()| clap_mangen::generate_to(localise_flat(cli::build(), lang()), &dir))
        .map_err(|e| cannot_create(&dir, &e))?;
    office.note("note.man", &[("dir", &dir.display())]);
    Ok(Exit::Done)
}
