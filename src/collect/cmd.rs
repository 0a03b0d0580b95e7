//! `collect …`: arguments, and rounds as a clerk and a script see them.

use super::letter;
use super::store;
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::paper::letter as paper;
use crate::roster::Kind;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "collect", build, run };

#[derive(Subcommand, Debug)]
enum CollectCommand {
    Open {
        #[arg(long, value_enum)]
        kind: Kind,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        due: Day,
        #[arg(long, value_name = "U")]
        unit: Vec<String>,
    },
    Status(Lines),
    Remind {
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
}

fn build(c: Command) -> Command {
    CollectCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match CollectCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        CollectCommand::Open { kind, due, unit } => open(office, kind, due, &unit),
        CollectCommand::Status(lines) => status(office, &lines),
        CollectCommand::Remind { out, kind } => remind(office, &out, kind),
    }
}

/// Opens a round for the units named, else for every unit that is open, was entered in full or employs somebody.
fn open(office: &Office, kind: Kind, due: Day, named: &[String]) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.day();
    if due < day {
        return Err(error::usage("due_past").fact("due", due.iso()));
    }
    let mut units = Vec::new();
    for text in named {
        let id = org::store::resolve(conn, text)?;
        if !units.contains(&id) {
            units.push(id);
        }
    }
    if named.is_empty() {
        let heads = org::store::headcounts(conn, day)?;
        org::store::each(conn, day, |id, v| {
            if !v.data.closed(day) && (!v.data.stub || heads.contains_key(&id)) {
                units.push(id);
            }
            Ok(())
        })?;
    }
    if units.is_empty() {
        return Err(error::conflict("nobody_asked"));
    }
    let done = office.write("collect.open", Map::new(), |tx| {
        let id = store::open(tx, kind.code(), due, &units)?;
        tx.outcome("round", id);
        tx.outcome("units", units.len());
        Ok(json!({"no": id, "status": "open", "kind": kind.code(), "due": due.iso(), "units": units.len()}))
    })?;
    office.show_made(&done)
}

/// Fields a list can be filtered and sorted by.
const FIELDS: &[Field] = &[
    Field::number("round"),
    Field::text("kind"),
    Field::date("due"),
    Field::text("unit"),
    Field::text("status"),
    Field::date("returned"),
    Field::number("days_late"),
    Field::number("rows"),
    Field::number("rejected"),
];

/// A line for each unit and round: what it owes or returned.
pub fn each(conn: &Connection, day: Day, mut f: impl FnMut(i64, Value) -> Result<()>) -> Result<()> {
    for round in store::rounds(conn)? {
        for asked in store::units(conn, round.id)? {
            let a = &asked.data;
            let name = org::store::name_at(conn, a.org_id, day)?.map(|n| n.0);
            let back = a.returned.as_ref().filter(|(on, _)| *on <= day);
            let late = (back.map_or(day, |b| b.0).0 - round.due.0).max(0);
            f(
                a.org_id,
                json!({
                    "round": round.id, "kind": round.kind, "due": round.due.iso(),
                    "unit": {"no": number::format(org::PREFIX, a.org_id), "name": name}, "status": a.status(round.due, day),
                    "returned": back.map(|b| b.0.iso()), "days_late": late, "rows": back.map(|b| b.1.rows),
                    "rejected": back.map(|b| b.1.rejected),
                }),
            )?;
        }
    }
    Ok(())
}

fn status(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let mut rows = Vec::new();
    each(conn, office.as_of(), |_, row| {
        if filter.takes(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    let mut columns: Vec<Column> =
        ["round", "kind", "due", "unit.no", "unit.name", "status", "returned"].into_iter().map(Column::new).collect();
    columns.extend(["days_late", "rows", "rejected"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

/// A letter to each unit that still owes a roster, into a folder, named by the unit's number.
fn remind(office: &Office, out: &Path, kind: Option<Kind>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let mut owing: Vec<(i64, Vec<Value>)> = Vec::new();
    each(conn, day, |org_id, row| {
        if row["status"] == "returned" || kind.is_some_and(|k| row["kind"] != k.code()) {
            return Ok(());
        }
        match owing.iter_mut().find(|(id, _)| *id == org_id) {
            Some((_, list)) => list.push(row),
            None => owing.push((org_id, vec![row])),
        }
        Ok(())
    })?;
    owing.sort_by_key(|(id, _)| *id);
    let mut rows = Vec::new();
    for (org_id, list) in &owing {
        let no = number::format(org::PREFIX, *org_id);
        let text = letter::reminder(office, list, day)?.markdown();
        let path = paper::put(office, out, &no, &text)?;
        rows.push(json!({"no": no, "name": list[0]["unit"]["name"], "rosters": list.len(), "path": path}));
    }
    let columns = ["no", "name", "rosters", "path"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
