//! `audit …`: arguments, and what is asked of store and chain in the order of a reader's questions.

use super::store::{self, Entry, Filter};
use super::{anchor_text, read_anchor};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::db::verify::{self, Fault, Head, Verdict};
use crate::db::{files, open, subject};
use crate::error::{self, Error, Result};
use crate::office::{Exit, Office, moment};
use crate::ui::lang::fill;
use crate::ui::{Column, Format, View, t, tf, try_t};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "audit", build, run };

/// A table on a terminal shows so many of the newest entries.
const AT_A_TERMINAL: usize = 50;

#[derive(Subcommand, Debug)]
enum AuditCommand {
    Log {
        #[arg(long, value_name = "P")]
        person: Option<String>,
        #[arg(long, value_name = "N")]
        op: Option<i64>,
        #[arg(long)]
        backdated: bool,
        #[arg(long)]
        exports: bool,
    },
    Verify {
        #[arg(long, value_name = "FILE")]
        anchor: Option<PathBuf>,
    },
    Anchor {
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    Export,
}

fn build(c: Command) -> Command {
    AuditCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match AuditCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        AuditCommand::Log { person, op: Some(op), .. } if person.is_none() => log_one(office, op),
        AuditCommand::Log { person, op, backdated, exports } => log(office, person.as_deref(), op, backdated, exports),
        AuditCommand::Verify { anchor } => verify(office, anchor.as_deref()),
        AuditCommand::Anchor { out } => anchor(office, out.as_deref()),
        AuditCommand::Export => export(office),
    }
}

// ---------------------------------------------------------------- log

fn json_of(e: &Entry, bulk: &BTreeMap<i64, i64>) -> Value {
    let outcome = e.outcome.as_deref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or(Value::Null);
    json!({
        "op": e.op,
        "recorded": moment(e.recorded_at),
        "date": Day(e.business_day).iso(),
        "actor": e.actor,
        "os_user": e.os_user,
        "standing": e.standing,
        "command": e.command,
        "outcome": outcome,
        "reason": e.reason,
        "undoes": e.undoes,
        "subjects": e.subjects + bulk.get(&e.op).copied().unwrap_or(0),
        "clock_back": e.clock_back,
    })
}

/// Subjects entered in bulk are counted only where an import is among the entries: it is a pass over all people.
fn bulk_of(office: &Office, entries: &[Entry]) -> Result<BTreeMap<i64, i64>> {
    if entries.iter().any(|e| e.command == "roster.import") {
        Ok(store::bulk_counts(office.read()?)?.into_iter().collect())
    } else {
        Ok(BTreeMap::new())
    }
}

fn log(office: &Office, person: Option<&str>, op: Option<i64>, backdated: bool, exports: bool) -> Result<Exit> {
    let conn = office.read()?;
    let person = person.map(|p| crate::talent::store::resolve(conn, p)).transpose()?;
    let after = office.globals.after.as_deref().map(|a| a.trim().parse::<i64>().map_err(|_| error::usage("after_op").fact("text", a)));
    let filter = Filter { person, op, backdated, exports, after: after.transpose()? };
    let terminal = office.with_out(|o| o.columns().is_some());
    let limit = match office.limit() {
        Some(0) => None,
        Some(n) => Some(n),
        // The newest are what a person looks for: the log is cut at its old end.
        None => (terminal && office.format() == Format::Table).then_some(AT_A_TERMINAL),
    };
    let (entries, more) = store::entries(conn, &filter, limit)?;
    let bulk = bulk_of(office, &entries)?;
    let columns = vec![
        Column::right("op").labelled(t("audit.op")),
        Column::new("recorded").labelled(t("audit.recorded")),
        Column::new("date").labelled(t("audit.date")),
        Column::new("actor").labelled(t("audit.actor")),
        Column::new("os_user").labelled(t("audit.os_user")),
        Column::new("standing").labelled(t("audit.standing")),
        Column::new("command").labelled(t("audit.command")),
        Column::right("subjects").labelled(t("audit.subjects")),
        Column::right("undoes").labelled(t("audit.undoes")),
        Column::new("outcome").labelled(t("audit.outcome")),
        Column::new("reason").labelled(t("audit.reason")),
        Column::new("clock_back").labelled(t("audit.clock_back")),
    ];
    office.list(columns, None, |row| {
        for e in &entries {
            row(&json_of(e, &bulk))?;
        }
        Ok(Vec::new())
    })?;
    if more {
        office.note("note.older_entries", &[]);
    }
    Ok(Exit::Done)
}

/// One entry with the subjects it touched; with `--reveal` also the free words of its command.
fn log_one(office: &Office, op: i64) -> Result<Exit> {
    let Some(e) = store::entries(office.read()?, &Filter { op: Some(op), ..Filter::default() }, None)?.0.pop() else {
        return Err(error::not_found("no_such_op").fact("op", op));
    };
    let mut access = Map::new();
    access.insert("op".to_owned(), Value::from(op));
    let whole = office.revealing(access)?;
    let touched = store::subjects(office.read()?, op)?;
    let mut shown = json_of(&e, &BTreeMap::new());
    if whole {
        shown["params"] = e.params.as_deref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or(Value::Null);
    }
    let subjects = touched.iter().map(|(kind, id)| {
        let no = subject::by_kind(kind).filter(|s| !s.prefix.is_empty()).map(|s| number::format(s.prefix, *id));
        json!({"kind": kind, "no": no.unwrap_or_else(|| id.to_string())})
    });
    shown["subjects"] = subjects.collect();
    // `--op` answers like the log: an array, of one.
    match office.format() {
        Format::Table | Format::Md => office.show(&View::object(shown))?,
        _ => office.show(&View { value: Value::Array(vec![shown]), ..View::default() })?,
    }
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- verify

fn verify(office: &Office, anchor: Option<&Path>) -> Result<Exit> {
    let anchor = anchor.map(anchor_from).transpose()?;
    let verdict = verify::verify(office.read()?, anchor.as_ref())?;
    match office.format() {
        Format::Json | Format::Ndjson => {
            let value = serde_json::to_value(&verdict).unwrap_or(Value::Null);
            office.show(&View::object(value))?;
        }
        Format::Table => words(office, &verdict)?,
        Format::Csv | Format::Md => office.show(&fault_list(&verdict))?,
    }
    if let Some(last) = verdict.clock_back.last() {
        office.warn("note.clock_back", &[("n", &verdict.clock_back.len()), ("op", last)]);
    }
    Ok(if verdict.ok { Exit::Done } else { Exit::Found })
}

/// The head kept outside.
fn anchor_from(path: &Path) -> Result<Head> {
    use std::io::ErrorKind as K;
    let shown = path.display().to_string();
    // An anchor is a line; a film given by mistake is not read whole.
    let read = std::fs::File::open(path).and_then(|f| std::io::read_to_string(std::io::Read::take(f, 1 << 16)));
    let text = read.map_err(|e| match e.kind() {
        K::NotFound | K::NotADirectory => error::no_input("no_file").fact("file", &shown),
        K::InvalidData | K::IsADirectory => error::bad_data("not_an_anchor").fact("file", &shown),
        _ => Error::from(e),
    })?;
    read_anchor(&text).ok_or_else(|| error::bad_data("not_an_anchor").fact("file", &shown))
}

/// A line that says how it ended, and a row for each fault: what it means, what to do.
fn words(office: &Office, v: &Verdict) -> Result<()> {
    let facts: [(&str, &dyn std::fmt::Display); 4] =
        [("entries", &v.entries), ("op", &v.head.op), ("hash", &v.head.hash), ("n", &v.faults.len())];
    let first = match (v.ok, v.anchored) {
        (true, Some(_)) => tf("audit.well_anchored", &facts),
        (true, None) => tf("audit.well", &facts),
        (false, _) => tf("audit.faulty", &facts),
    };
    office.put(format!("{first}\n").as_bytes())?;
    if !v.ok {
        office.show(&fault_list(v))?;
    }
    Ok(())
}

fn fault_list(v: &Verdict) -> View {
    let columns = vec![
        Column::right("op").labelled(t("audit.op")),
        Column::new("where").labelled(t("audit.where")),
        Column::new("what").labelled(t("audit.what")),
        Column::new("next").labelled(t("audit.next")),
    ];
    View::list(v.faults.iter().map(fault_row).collect(), columns)
}

fn fault_row(f: &Fault) -> Value {
    let words = |end: &str| try_t(&format!("fault.{}.{end}", f.kind)).map_or_else(|| f.kind.to_owned(), |text| fill(text, &[]));
    let place = match &f.key {
        Some(key) => format!("{} {key}", f.table),
        None => f.table.clone(),
    };
    json!({"op": f.op, "where": place, "what": words("what"), "next": words("next")})
}

// ---------------------------------------------------------------- witnesses outside

fn anchor(office: &Office, out: Option<&Path>) -> Result<Exit> {
    let head = verify::head(office.read()?)?;
    let taken = moment(office.now_ms());
    let mut shown = json!({"op": head.op, "hash": head.hash, "taken": taken});
    if let Some(out) = out {
        let out = open::absolute(out)?;
        if !office.globals.dry_run {
            files::write_whole(&out, anchor_text(&head, &taken).as_bytes())?;
        }
        shown["path"] = Value::from(out.display().to_string());
    }
    office.show(&View::object(shown))?;
    Ok(Exit::Done)
}

/// The whole log, a JSON text a line, with what is needed to compute the chain again; free words stay in the house.
fn export(office: &Office) -> Result<Exit> {
    office.record_access("audit.export", Map::new())?;
    let conn = office.read()?;
    let (entries, _) = store::entries(conn, &Filter::default(), None)?;
    let bulk = bulk_of(office, &entries)?;
    for e in &entries {
        let mut line = json_of(e, &bulk);
        if let (Value::Object(map), Some(link)) = (&mut line, store::link(conn, e.op)?) {
            map.shift_remove("reason");
            map.insert("recorded_ms".to_owned(), Value::from(e.recorded_at));
            for (key, hash) in
                [("text_hash", link.text_hash), ("subjects_hash", link.subjects_hash), ("prev_hash", link.prev_hash), ("hash", link.hash)]
            {
                map.insert(key.to_owned(), Value::from(hash));
            }
        }
        office.put(format!("{}\n", crate::ui::value::json_line(&line)).as_bytes())?;
    }
    Ok(Exit::Done)
}
