//! `roster …`: arguments, and what an import, an export, a template say to a clerk and to scripts.

use super::Kind;
use super::export;
use super::import::{self, Outcome, Settings};
use super::matching;
use super::out::Encoding;
use super::people::OnMatch;
use super::report::RowFault;
use super::review::{self, Verdict};
use crate::cli::Noun;
use crate::error::{self, Error, Result};
use crate::office::{Exit, Office};
use crate::ui::{Column, Format, Lang, View, lang};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "roster", build, run };

fn build(c: Command) -> Command {
    RosterCommand::augment_subcommands(c).subcommand_required(true)
}

#[derive(Subcommand, Debug)]
enum RosterCommand {
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_enum, default_value = "talent")]
        kind: Kind,
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        #[arg(long, value_enum, default_value = "update")]
        on_match: OnMatch,
        #[arg(long)]
        correct: bool,
        #[arg(long)]
        partial: bool,
        #[arg(long, value_name = "FILE")]
        rejects: Option<PathBuf>,
        #[arg(long, value_name = "SHEET")]
        sheet: Option<String>,
        #[arg(long = "unit", value_name = "U")]
        sender: Option<String>,
    },
    Match {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[arg(long, value_name = "SHEET")]
        sheet: Option<String>,
    },
    Export {
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long, value_enum, default_value = "talent")]
        kind: Kind,
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        #[arg(long, value_enum, default_value = "utf-8-sig")]
        encoding: Encoding,
    },
    Template {
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long, value_enum, default_value = "talent")]
        kind: Kind,
    },
    Kinds {
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
    Review {
        #[command(subcommand)]
        command: ReviewCommand,
    },
}

#[derive(Subcommand, Debug)]
enum ReviewCommand {
    List,
    Decide {
        #[arg(value_name = "ID", required = true)]
        id: Vec<i64>,
        #[arg(long, value_name = "NO", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["new", "drop"])]
        same: Option<String>,
        #[arg(long, conflicts_with = "drop")]
        new: bool,
        #[arg(long)]
        drop: bool,
        #[arg(long, value_name = "U")]
        unit: Option<String>,
    },
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let Ok(command) = RosterCommand::from_arg_matches(m) else {
        return Err(error::usage("not_understood"));
    };
    match command {
        RosterCommand::Match { file, out, sheet } => matching::run(office, &file, sheet, out.as_deref()),
        RosterCommand::Import { file, kind, map, on_match, correct, partial, rejects, sheet, sender } => {
            if correct && office.globals.reason.is_none() {
                return Err(error::usage("correct_reason"));
            }
            if office.globals.reveal {
                let mut what = Map::new();
                what.insert("rejects".into(), Value::Bool(true));
                office.revealing(what)?;
            }
            let headers = match map {
                Some(path) => read_map(&path)?,
                None => HashMap::new(),
            };
            let file_name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            // The office first: a file is not worth looking at without one. Not kept open: a first import wants it for itself.
            let conn = crate::db::open::open_read(office.path()?)?;
            let unit = sender.map(|text| crate::org::store::resolve(&conn, &text)).transpose()?;
            drop(conn);
            let set =
                Settings { kind, file_name, on_match, correct, partial, rejects, reveal: office.globals.reveal, sheet, headers, unit };
            let outcome = import::import(office, &file, &set)?;
            say(office, &file, &set, outcome)
        }
        RosterCommand::Export { file, kind, filter, encoding } => {
            export::export(office, file.as_deref(), kind, filter.as_deref(), encoding)
        }
        RosterCommand::Template { file, kind } => export::template(office, file.as_deref(), kind),
        RosterCommand::Kinds { kind } => kinds(office, kind),
        RosterCommand::Review { command: ReviewCommand::List } => review::list(office),
        RosterCommand::Review { command: ReviewCommand::Decide { id, same, new, drop, unit } } => {
            let verdict = match (same, new, drop) {
                (Some(no), ..) => Verdict::Same(Some(no).filter(|no| !no.is_empty())),
                (None, true, _) => Verdict::New,
                (None, _, true) => Verdict::Drop,
                _ => Verdict::Unsaid,
            };
            review::decide(office, &id, &verdict, unit.as_deref())
        }
    }
}

/// `--map FILE`: TOML `"header" = "column"`, or CSV with the two side by side.
fn read_map(path: &Path) -> Result<HashMap<String, String>> {
    let shown = || crate::ui::out::shown(&path.display().to_string());
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => error::no_input("no_file").fact("file", shown()),
        _ => Error::from(e),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| error::bad_data("map_syntax").fact("file", shown()).fact("line", 1))?;
    let mut out = HashMap::new();
    if path.extension().is_some_and(|e| e == "toml") {
        let table: toml::Table = toml::from_str(&text).map_err(|e| {
            let line = e.span().map_or(1, |s| text[..s.start].matches('\n').count() + 1);
            error::bad_data("map_syntax").fact("file", shown()).fact("line", line)
        })?;
        for (k, v) in table {
            let Some(v) = v.as_str() else {
                return Err(error::bad_data("map_syntax").fact("file", shown()).fact("line", 1));
            };
            out.insert(super::read::header::even(&k).into_owned(), super::read::header::even(v).into_owned());
        }
    } else {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for (i, record) in reader.records().enumerate() {
            let record = record.map_err(|_| error::bad_data("map_syntax").fact("file", shown()).fact("line", i + 1))?;
            let (Some(from), Some(to)) = (record.get(0), record.get(1)) else {
                return Err(error::bad_data("map_syntax").fact("file", shown()).fact("line", i + 1));
            };
            out.insert(super::read::header::even(from).into_owned(), super::read::header::even(to).into_owned());
        }
    }
    Ok(out)
}

/// The report on stdout; with 65 it still stands there, and the error line on stderr.
fn say(office: &Office, file: &Path, set: &Settings, o: Outcome) -> Result<Exit> {
    let r = &o.report;
    let shown = crate::ui::out::shown(&file.display().to_string());
    let entered = r.added + r.updated + r.unchanged + r.review > 0 || r.rows == r.rejected && r.rejected == 0;
    match office.format() {
        Format::Json | Format::Ndjson => {
            let faults: Vec<Value> = r.faults.iter().map(RowFault::json).collect();
            let warnings: Vec<Value> = r.warnings.iter().map(RowFault::json).collect();
            office.show(&View::object(json!({
                "file": file.display().to_string(), "kind": set.kind.code(), "encoding": o.encoding, "sheet": o.sheet.as_ref().map(|s| &s.name),
                "sheets_not_read": o.sheet.iter().flat_map(|s| s.hidden.iter().chain(&s.others)).collect::<Vec<_>>(), "committed": o.committed,
                "dry_run": office.globals.dry_run, "rows": r.rows, "added": r.added, "updated": r.updated, "unchanged": r.unchanged,
                "rejected": r.rejected, "review": r.review, "skipped": r.skipped, "listed": r.listed, "op": o.op, "rejects": o.rejects.as_ref().map(|p| p.display().to_string()),
                "faults": faults, "warnings": warnings, "warning_count": r.warning_count,
            })))?;
        }
        Format::Csv => {
            let rows: Vec<Value> = r.faults.iter().map(RowFault::json).collect();
            office.show(&View::list(rows, fault_columns()))?;
        }
        Format::Table | Format::Md => {
            office.show(&View::object(json!({
                "file": shown, "kind": set.kind.code(), "encoding": o.encoding, "committed": o.committed, "rows": r.rows, "added": r.added,
                "updated": r.updated, "unchanged": r.unchanged, "rejected": r.rejected, "review": r.review, "skipped": r.skipped, "op": o.op,
            })))?;
            if !r.faults.is_empty() {
                let rows: Vec<Value> = r
                    .faults
                    .iter()
                    .map(|f| {
                        let mut v = f.json();
                        v["column"] = column_label(f).into();
                        v
                    })
                    .collect();
                office.show(&View::list(rows, fault_columns()))?;
            }
        }
    }
    if let Some(s) = &o.sheet {
        let names = |list: &[String]| list.iter().map(|n| crate::ui::out::shown(n)).collect::<Vec<_>>().join("、");
        office.note("note.sheet", &[("name", &crate::ui::out::shown(&s.name))]);
        if !s.hidden.is_empty() {
            office.warn("warn.hidden_sheets", &[("names", &names(&s.hidden))]);
        }
        if !s.others.is_empty() {
            office.note("note.other_sheets", &[("names", &names(&s.others))]);
        }
    }
    for w in &r.warnings {
        let (message, hint) = w.words();
        office
            .warn("warn.row", &[("row", &w.row), ("column", &column_label(w)), ("value", &&*w.value), ("what", &message), ("hint", &hint)]);
    }
    let listed = u64::try_from(r.warnings.len()).unwrap_or(0);
    if r.warning_count > listed {
        office.warn("warn.more", &[("n", &(r.warning_count - listed))]);
    }
    if let Some(p) = &o.rejects {
        office.note("note.rejects", &[("n", &r.rejected), ("path", &crate::ui::out::shown(&p.display().to_string()))]);
    }
    if r.listed > 0 {
        office.warn("warn.listed", &[("n", &r.listed)]);
    }
    if o.committed && r.returned == Some(false) {
        office.note("note.no_round", &[("kind", &set.kind.code())]);
    }
    if r.review > 0 && o.committed {
        office.hint("note.review", &[("n", &r.review)]);
    }
    if !o.committed && !office.globals.dry_run || (r.rows > 0 && r.rejected == r.rows) || !entered {
        return Err(error::bad_data("roster_refused")
            .fact("file", shown)
            .fact("rejected", r.rejected)
            .fact("rows", r.rows)
            .detail("rejected", r.rejected)
            .detail("rows", r.rows));
    }
    if r.rejected > 0 && !set.partial {
        return Err(error::bad_data("roster_refused")
            .fact("file", shown)
            .fact("rejected", r.rejected)
            .fact("rows", r.rows)
            .detail("rejected", r.rejected)
            .detail("rows", r.rows));
    }
    if r.rows > 0 && r.unchanged == r.rows {
        office.note("note.roster_unchanged", &[]);
    }
    Ok(if r.rejected > 0 || r.review > 0 { Exit::Found } else { Exit::Done })
}

fn column_label(f: &RowFault) -> String {
    if lang() == Lang::Zh { f.column.zh.to_owned() } else { f.column.name.to_owned() }
}

fn fault_columns() -> Vec<Column> {
    let mut columns: Vec<Column> = vec![Column::right("row")];
    columns.extend(["column", "value", "code", "message", "hint"].into_iter().map(Column::new));
    columns
}

/// Columns of each kind, for a clerk who makes a roster and for docs/rosters.md.
fn kinds(office: &Office, only: Option<Kind>) -> Result<Exit> {
    let mut rows = Vec::new();
    for kind in Kind::ALL.iter().filter(|k| only.is_none_or(|o| o == **k)) {
        for c in kind.columns() {
            rows.push(json!({
                "kind": kind.code(), "column": c.name, "header": c.zh, "aliases": c.aliases, "required": c.required,
                "personal": c.personal, "code_set": c.set,
            }));
        }
    }
    let columns = ["kind", "column", "header", "aliases", "required", "personal", "code_set"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
