//! `backup`, `restore`, `upgrade`: proved copies of the office and what they are for.

use super::{doctor, store};
use crate::cli::Noun;
use crate::db::backup::{self, Present};
use crate::db::verify::Head;
use crate::db::{SCHEMA_VERSION, open, upgrade, write};
use crate::error::{self, Result};
use crate::office::{Exit, Office, moment};
use crate::ui::{View, t};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The nouns.
pub fn nouns() -> Vec<Noun> {
    vec![
        Noun { name: "backup", build: |c| FileArgs::augment_args(c), run: run_backup },
        Noun { name: "restore", build: |c| FileArgs::augment_args(c), run: run_restore },
        Noun { name: "upgrade", build: |c| c, run: run_upgrade },
    ]
}

#[derive(Args, Debug)]
struct FileArgs {
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

fn file_of(m: &ArgMatches) -> Result<PathBuf> {
    let args = FileArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    open::absolute(&args.file)
}

fn shown(path: &Path) -> Value {
    Value::from(path.display().to_string())
}

fn head(h: &Head) -> Value {
    json!({"op": h.op, "hash": h.hash})
}

/// A backup changes nothing in the office and so is no entry of its log.
fn run_backup(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let target = file_of(m)?;
    if office.globals.dry_run {
        return Err(error::usage("no_dry_run"));
    }
    let proof = backup::backup(office.read()?, &target)?;
    office.show(&View::object(json!({
        "path": shown(&target),
        "bytes": proof.bytes,
        "sha256": proof.sha256,
        "head": head(&proof.head),
    })))?;
    office.hint("note.keep_backup", &[]);
    Ok(Exit::Done)
}

fn run_restore(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let (file, path) = (file_of(m)?, office.path()?.to_path_buf());
    if office.globals.as_of.is_some() {
        return Err(error::usage("as_of_writes"));
    }
    let same = |p: &Path| std::fs::canonicalize(p).ok();
    if file == path || same(&file).is_some() && same(&file) == same(&path) {
        return Err(error::usage("restore_itself"));
    }
    let checked = backup::check(&file)?;
    let present = backup::present(&path)?;
    let (op, at) = (checked.head.op, moment(checked.recorded_at));
    match &present {
        Present::Nothing => {}
        Present::Office(h) => office.confirm("ask.restore", &[("op", &op), ("at", &at), ("present", &h.op)])?,
        Present::Damaged => office.confirm("ask.restore_damaged", &[("op", &op), ("at", &at)])?,
    }
    let replaced = match &present {
        Present::Office(h) => head(h),
        Present::Nothing | Present::Damaged => Value::Null,
    };
    let (mut made, mut kept) = (None, None);
    if !office.globals.dry_run {
        let act = office.act("restore", Map::new());
        kept = backup::restore(&checked, &path, |conn| {
            let done = write::write(conn, &act, |tx| {
                tx.outcome("from_op", checked.head.op);
                tx.outcome("from_hash", checked.head.hash.as_str());
                tx.outcome("replaced_op", replaced["op"].clone());
                tx.outcome("replaced_hash", replaced["hash"].clone());
                tx.record_anyway();
                Ok(())
            })?;
            made = done.op;
            Ok(())
        })?;
    }
    let done = write::Done { value: (), op: made };
    office.show_act(
        &done,
        json!({"path": shown(&path), "restored": head(&checked.head), "replaced": replaced, "kept": kept.as_deref().map(shown)}),
    )?;
    Ok(Exit::Done)
}

fn run_upgrade(office: &Office, _: &ArgMatches) -> Result<Exit> {
    let path = office.path()?.to_path_buf();
    let mut have = open::inspect(&path)?;
    if have > SCHEMA_VERSION {
        return Err(error::not_office("newer").fact("path", path.display()).fact("have", have).fact("want", SCHEMA_VERSION));
    }
    if have < SCHEMA_VERSION {
        let conn = open::open_write_any(&path)?;
        have = upgrade::version(&conn)?;
        upgrade::settle(&conn)?;
    }
    if have == SCHEMA_VERSION {
        office.show(&View::object(json!({"path": shown(&path), "schema": have, "upgraded": false})))?;
        office.note("note.current", &[]);
        return Ok(Exit::Done);
    }
    let kept = (1..).map(|n: u32| open::beside(&path, &format!(".before-upgrade-{have}-{n}"))).find(|p| !p.exists());
    let kept = kept.unwrap_or_else(|| open::beside(&path, ".before-upgrade"));
    let mut conn = open::open_write_any(&path)?;
    if !office.globals.dry_run {
        backup::backup(&conn, &kept)?;
    }
    let done = upgrade::upgrade(&mut conn, &office.act("upgrade", Map::new()), have, upgrade::STEPS, store::put_founding)?;
    drop(conn);
    let kept = if office.globals.dry_run { Value::Null } else { shown(&kept) };
    office.show_act(&done, json!({"path": shown(&path), "schema": SCHEMA_VERSION, "upgraded": true, "kept": kept}))?;
    if office.globals.dry_run {
        return Ok(Exit::Done);
    }
    // What the steps made is looked over at once.
    let found = doctor::examine(office, None)?;
    if found.iter().any(doctor::Finding::is_error) {
        office.warn("note.upgrade_doctor", &[("what", &t("cmd.doctor"))]);
        return Ok(Exit::Found);
    }
    Ok(Exit::Done)
}
