//! `decision …` and `file …`: arguments, and a paper as a clerk and a script see it.

use super::store::{self, Kept};
use super::{Decision, PREFIX, keep};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// `decision`.
pub const DECISION: Noun = Noun { name: "decision", build: build_decision, run: run_decision };
/// `file`.
pub const FILE: Noun = Noun { name: "file", build: build_file, run: run_file };

#[derive(Subcommand, Debug)]
enum DecisionCommand {
    Add {
        #[arg(long, value_name = "TEXT")]
        document_no: String,
        #[arg(long, value_name = "TEXT")]
        body: String,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        day: Day,
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        persons: Option<i64>,
        #[arg(long, value_name = "YUAN")]
        limit: Option<String>,
    },
    List(Lines),
    Show {
        #[arg(value_name = "D")]
        decision: String,
    },
}

#[derive(Subcommand, Debug)]
enum FileCommand {
    Add {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "NO")]
        to: String,
        #[arg(long = "as", value_name = "KIND")]
        role: String,
        #[arg(long)]
        sensitive: bool,
    },
    List {
        #[arg(value_name = "NO")]
        to: String,
    },
    Missing,
}

fn build_decision(c: Command) -> Command {
    DecisionCommand::augment_subcommands(c).subcommand_required(true)
}

fn build_file(c: Command) -> Command {
    FileCommand::augment_subcommands(c).subcommand_required(true)
}

fn run_decision(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match DecisionCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        DecisionCommand::Add { document_no, body, day, title, file, persons, limit } => {
            let text = |t: String| Some(names::clean_text(&t)).filter(|t| !t.is_empty());
            let needed = |t: String, option: &str| text(t).ok_or_else(|| error::usage("empty_text").fact("option", option));
            let d = Decision {
                document_no: needed(document_no, "--document-no")?,
                checked: true,
                body: Some(needed(body, "--body")?),
                title: title.and_then(text),
                day: Some(day),
                persons,
                limit: limit.map(|l| amount(&l)).transpose()?,
            };
            add(office, &d, file)
        }
        DecisionCommand::List(lines) => list(office, &lines),
        DecisionCommand::Show { decision } => {
            let conn = office.read()?;
            let id = store::resolve(conn, &decision)?;
            office.show(&View::object(object(office, conn, id)?))?;
            Ok(Exit::Done)
        }
    }
}

/// Yuan of a command line; more than nothing.
pub fn amount(text: &str) -> Result<Fen> {
    Fen::parse(text).ok().filter(|f| f.0 > 0).ok_or_else(|| error::bad_data("bad_amount").fact("text", text))
}

fn add(office: &Office, d: &Decision, scan: Option<PathBuf>) -> Result<Exit> {
    if d.day.is_some_and(|day| day > office.day()) {
        return Err(error::bad_data("decided_later").fact("day", office.day().iso()));
    }
    office.read()?;
    let measured = scan.as_ref().map(|f| bring(office, f)).transpose()?;
    let done = office.write("decision.add", Map::new(), |tx| {
        let id = store::enter(tx, d)?;
        tx.outcome("no", number::format(PREFIX, id));
        if let (Some(file), Some((sha256, bytes))) = (&scan, measured.clone()) {
            store::link(tx, &kept(file, sha256, bytes, "scan", false, ("decision", id)))?;
        }
        object(office, tx.conn(), id)
    })?;
    office.show_made(&done)
}

/// Measures a file that is to hang on a record and, but for a dry run, puts it into its place: digest and length.
pub fn bring(office: &Office, file: &std::path::Path) -> Result<(String, i64)> {
    let (sha256, bytes) = keep::measure(file)?;
    if !office.globals.dry_run {
        keep::put(office.path()?, file, &sha256)?;
    }
    Ok((sha256, bytes))
}

/// A file that is to be a paper of a record.
pub struct Brought {
    role: String,
    file: PathBuf,
    sha256: String,
    bytes: i64,
}

/// Brings a file that is to be a paper of a kind.
pub fn bring_as(office: &Office, role: &str, file: &std::path::Path) -> Result<Brought> {
    let (sha256, bytes) = bring(office, file)?;
    Ok(Brought { role: role.to_owned(), file: file.to_owned(), sha256, bytes })
}

/// Brings the files of `KIND:FILE`.
pub fn brought(office: &Office, papers: &[String]) -> Result<Vec<Brought>> {
    papers
        .iter()
        .map(|text| {
            let bad = || error::usage("paper_form").fact("text", text);
            let (role, file) = text.split_once([':', '：']).ok_or_else(bad)?;
            let role = names::clean_text(role);
            if role.is_empty() || role.chars().count() > 40 || file.is_empty() {
                return Err(bad());
            }
            bring_as(office, &role, std::path::Path::new(file))
        })
        .collect()
}

/// Hangs papers on a record. Papers of people's affairs are sensitive as a whole: they name children, health, accounts, addresses.
pub fn keep(tx: &mut Tx<'_>, of: (&str, i64), brought: &[Brought]) -> Result<()> {
    for b in brought {
        match store::link(tx, &kept(&b.file, b.sha256.clone(), b.bytes, &b.role, true, of)) {
            // The same file given twice for one kind.
            Err(e) if e.key == "file_known" => {}
            other => other?,
        }
    }
    Ok(())
}

/// What a file is to a record, for the store.
pub fn kept(file: &std::path::Path, sha256: String, bytes: i64, role: &str, sensitive: bool, (kind, id): (&str, i64)) -> Kept {
    Kept {
        sha256,
        bytes,
        media_type: keep::media_type(file).to_owned(),
        role: role.to_owned(),
        name: file.file_name().map(|n| names::clean_text(&n.to_string_lossy())).unwrap_or_default(),
        sensitive,
        record_kind: kind.to_owned(),
        record_id: id,
        op: 0,
    }
}

/// `decision show`'s object.
fn object(office: &Office, conn: &Connection, id: i64) -> Result<Value> {
    let d = store::open(conn, id)?.ok_or_else(|| error::not_office("damaged"))?.data;
    let files = store::files(conn, Some(("decision", id)))?.iter().map(|k| file_row(office, k)).collect::<Result<Vec<_>>>()?;
    let mut v = line(id, &d);
    v["files"] = files.into();
    Ok(v)
}

/// A decision as other records cite it; none where they rest on none.
pub fn cited(conn: &Connection, id: Option<i64>) -> Result<Option<Value>> {
    let Some(id) = id else { return Ok(None) };
    let document_no = store::open(conn, id)?.map(|d| d.data.document_no);
    Ok(Some(json!({"no": number::format(PREFIX, id), "document_no": document_no})))
}

fn line(id: i64, d: &Decision) -> Value {
    json!({
        "no": number::format(PREFIX, id), "status": if d.checked { "checked" } else { "unchecked" }, "document_no": d.document_no,
        "checked": d.checked, "body": d.body, "title": d.title, "day": d.day.map(|d| d.iso()), "persons": d.persons,
        "limit": d.limit.map(|f| f.to_string()),
    })
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("document_no"),
    Field::text("checked"),
    Field::text("body"),
    Field::text("title"),
    Field::date("day"),
    Field::number("persons"),
    Field::number("limit"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let after = office.after(PREFIX)?;
    let mut rows = Vec::new();
    for id in store::ids(conn)?.into_iter().filter(|id| *id > after) {
        let Some(d) = store::open(conn, id)? else { continue };
        let row = line(id, &d.data);
        if filter.takes(&row) {
            rows.push(row);
        }
    }
    let columns = ["no", "status", "document_no", "body", "title", "day", "persons", "limit"].into_iter().map(Column::new).collect();
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

// ---------------------------------------------------------------- files

fn run_file(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match FileCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        FileCommand::Add { file, to, role, sensitive } => {
            let role = names::clean_text(&role);
            if role.is_empty() || role.chars().count() > 40 {
                return Err(error::usage("empty_text").fact("option", "--as"));
            }
            let of = store::record(office.read()?, &to)?;
            let (sha256, bytes) = bring(office, &file)?;
            let k = kept(&file, sha256, bytes, &role, sensitive, of);
            let done = office.write("file.add", Map::new(), |tx| {
                store::link(tx, &k)?;
                tx.outcome("to", store::number_of(of.0, of.1));
                file_row(office, &k)
            })?;
            office.show_act(&done, done.value.clone())?;
            Ok(Exit::Done)
        }
        FileCommand::List { to } => {
            let conn = office.read()?;
            let of = store::record(conn, &to)?;
            let rows = store::files(conn, Some(of))?.iter().map(|k| file_row(office, k)).collect::<Result<Vec<_>>>()?;
            let columns = ["to", "as", "name", "bytes", "sha256", "sensitive", "present"].into_iter().map(Column::new).collect();
            office.show(&View::list(rows, columns))?;
            Ok(Exit::Done)
        }
        FileCommand::Missing => missing(office),
    }
}

/// A file as `file list` shows it.
pub fn file_row(office: &Office, k: &Kept) -> Result<Value> {
    Ok(json!({
        "to": store::number_of(&k.record_kind, k.record_id), "as": k.role, "name": k.name, "sha256": k.sha256, "bytes": k.bytes,
        "media_type": k.media_type, "sensitive": k.sensitive, "present": keep::fault(office.path()?, &k.sha256).is_none(),
    }))
}

/// Files that are gone or changed, and decisions without their paper.
fn missing(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let all = store::files(conn, None)?;
    let mut rows = Vec::new();
    for k in &all {
        if let Some(fault) = keep::fault(office.path()?, &k.sha256) {
            rows.push(json!({"to": store::number_of(&k.record_kind, k.record_id), "as": k.role, "name": k.name, "fault": fault, "sha256": k.sha256}));
        }
    }
    for id in store::ids(conn)? {
        if !all.iter().any(|k| k.record_kind == "decision" && k.record_id == id) {
            rows.push(json!({"to": number::format(PREFIX, id), "as": "scan", "name": null, "fault": "no_scan", "sha256": null}));
        }
    }
    let columns = ["to", "as", "name", "fault", "sha256"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
