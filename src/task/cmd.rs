//! `task …`: arguments, and what each act and question of responsibility comes to.

mod year;

use self::year::{DutyArgs, ScoreArgs, SheetArgs};
use super::change::{self, Assign};
use super::look::Book;
use super::store::{self, Task};
use super::{PREFIX, PROGRESS, view};
use crate::base::day::Day;
use crate::base::quarter::Quarter;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::leader;
use crate::office::{Exit, Office, parse_day};
use crate::paper;
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, Format, View, spark, t};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "task", build, run };

#[derive(Subcommand, Debug)]
enum TaskCommand {
    List(Lines),
    Show {
        #[arg(value_name = "TK")]
        task: String,
    },
    Assign(AssignArgs),
    Milestone {
        #[arg(value_name = "TK")]
        task: String,
        #[arg(long = "quarter", value_name = "QUARTER", required = true, value_parser = parse_quarter)]
        quarters: Vec<Quarter>,
        #[arg(long = "planned", value_name = "N", required = true, value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
        planned: Vec<i64>,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
    },
    Progress(ProgressArgs),
    Score(ScoreArgs),
    Duty(DutyArgs),
    Sheet(SheetArgs),
}

#[derive(Args, Debug)]
struct AssignArgs {
    #[arg(value_name = "TK")]
    task: String,
    #[arg(long, value_name = "U")]
    lead: Option<String>,
    #[arg(long, requires = "lead")]
    hand_over: bool,
    #[arg(long, value_name = "U")]
    support: Vec<String>,
    #[arg(long, value_name = "U")]
    drop: Vec<String>,
    #[arg(long, value_name = "NAME")]
    leader: Option<String>,
    #[arg(long, value_name = "N", requires = "leader", value_parser = leader::cmd::rank_parser())]
    rank: Option<i64>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    due: Option<Day>,
    #[arg(long, value_name = "TEXT")]
    measure: Option<String>,
    #[arg(long, value_name = "D")]
    decision: Option<String>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from_date: Option<Day>,
}

#[derive(Args, Debug)]
#[group(id = "what", multiple = false)]
struct Judge {
    #[arg(long, value_name = "SEQ")]
    approve: Option<i64>,
    #[arg(long = "return", value_name = "SEQ", requires = "why")]
    give_back: Option<i64>,
}

#[derive(Args, Debug)]
struct ProgressArgs {
    #[arg(value_name = "TK")]
    task: String,
    #[arg(long, value_name = "N", required_unless_present_any = ["approve", "give_back"], conflicts_with = "what",
          value_parser = clap::value_parser!(i64).range(0..=1_000_000_000))]
    value: Option<i64>,
    #[arg(long, value_name = "TEXT", requires = "value", required_unless_present_any = ["approve", "give_back"])]
    text: Option<String>,
    #[arg(long, value_name = "FILE", requires = "value", required_unless_present_any = ["approve", "give_back"])]
    file: Vec<PathBuf>,
    #[arg(long, value_name = "DAY", requires = "value", value_parser = parse_day)]
    day: Option<Day>,
    #[command(flatten)]
    judge: Judge,
    #[arg(long, value_name = "TEXT", requires = "give_back")]
    why: Option<String>,
}

fn parse_quarter(text: &str) -> std::result::Result<Quarter, String> {
    Quarter::parse(text).ok_or_else(|| t("task.bad_quarter").to_owned())
}

fn build(c: Command) -> Command {
    TaskCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use TaskCommand as T;
    match T::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        T::List(lines) => list(office, &lines),
        T::Show { task } => {
            let conn = office.read()?;
            let seen = Book::open(conn, office.as_of())?.seen(store::resolve(conn, &task)?)?;
            office.show(&View::object(view::whole(conn, &seen)?))?;
            Ok(Exit::Done)
        }
        T::Assign(args) => assign(office, &args),
        T::Milestone { task, quarters, planned, decision } => {
            if quarters.len() != planned.len() {
                return Err(error::usage("quarter_pairs").fact("quarters", quarters.len()).fact("planned", planned.len()));
            }
            let said: Vec<(Quarter, i64)> = quarters.into_iter().zip(planned).collect();
            act(office, "task.milestone", &task, |tx, t| change::plan(tx, t, &said, decision.as_deref()).map(|()| None))
        }
        T::Progress(args) => progress(office, &args),
        T::Score(args) => year::score(office, &args),
        T::Duty(args) => year::duty(office, &args),
        T::Sheet(args) => year::sheet(office, &args),
    }
}

/// An act on a task that answers with it, and with one of its reports where `f` names one.
fn act(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, &Task) -> Result<Option<i64>>) -> Result<Exit> {
    let task = store::resolve(office.read()?, text)?;
    let mut done = office.write(command, Map::new(), |tx| {
        let seq = f(tx, &task)?;
        tx.outcome("no", task.no());
        let seen = Book::open(tx.conn(), tx.day)?.seen(task.clone())?;
        let mut v = view::object(tx.conn(), &seen)?;
        if let Some(r) = seq.and_then(|seq| seen.reports.iter().find(|r| r.seq == seq)) {
            v["progress"] = view::report(tx.conn(), r, tx.day)?;
        }
        Ok(v)
    })?;
    if done.op.is_none() && command == MAKES_A_REPORT {
        // A trial gives what would be new no number.
        done.value["progress"]["no"] = Value::Null;
    }
    office.show_changed(&done)
}

/// The act that makes a record beside the task.
const MAKES_A_REPORT: &str = "task.progress";

fn assign(office: &Office, a: &AssignArgs) -> Result<Exit> {
    let said = a.lead.is_some() || a.leader.is_some() || a.due.is_some() || a.measure.is_some();
    if !said && a.support.is_empty() && a.drop.is_empty() {
        return Err(error::usage("nothing_to_assign"));
    }
    let leader = a.leader.as_deref().map(|l| text_said(l, "--leader")).transpose()?;
    let measure = a.measure.as_deref().map(|m| text_said(m, "--measure")).transpose()?;
    let asked = Assign {
        lead: a.lead.as_deref(),
        hand_over: a.hand_over,
        supports: &a.support,
        drops: &a.drop,
        leader: leader.as_deref().map(|l| (l, a.rank)),
        due: a.due,
        measure: measure.as_deref(),
        decision: a.decision.as_deref(),
        from: a.from_date.unwrap_or(office.day()),
    };
    act(office, "task.assign", &a.task, |tx, t| change::assign(tx, t, &asked).map(|()| None))
}

fn progress(office: &Office, a: &ProgressArgs) -> Result<Exit> {
    if let Some(seq) = a.judge.approve {
        return act(office, "task.approve", &a.task, |tx, t| change::judge(tx, t, seq, None).map(|()| Some(seq)));
    }
    if let Some(seq) = a.judge.give_back {
        let why = text_said(a.why.as_deref().unwrap_or_default(), "--why")?;
        return act(office, "task.return", &a.task, |tx, t| change::judge(tx, t, seq, Some(&why)).map(|()| Some(seq)));
    }
    let text = text_said(a.text.as_deref().unwrap_or_default(), "--text")?;
    // The parser asks for it where nothing is judged.
    let value = a.value.ok_or_else(|| error::usage("not_understood"))?;
    office.read()?;
    let kept = a.file.iter().map(|f| paper::cmd::bring(office, f)).collect::<Result<Vec<_>>>()?;
    let day = a.day.unwrap_or(office.day());
    let mut before = None;
    let exit = act(office, MAKES_A_REPORT, &a.task, |tx, t| {
        before = store::reports(tx.conn(), t.id)?.into_iter().filter(|r| r.state != "returned" && r.day <= day).map(|r| r.value).max();
        let id = change::report(tx, t, day, value, &text)?;
        for (file, k) in a.file.iter().zip(&kept) {
            match paper::store::link(tx, &paper::cmd::kept(file, k.0.clone(), k.1, "evidence", false, (PROGRESS.kind, id))) {
                // The same file given twice.
                Err(e) if e.key == "file_known" => {}
                other => other?,
            }
        }
        Ok(store::reports(tx.conn(), t.id)?.iter().find(|r| r.id == id).map(|r| r.seq))
    })?;
    if let Some(before) = before.filter(|b| *b > value) {
        office.warn("note.progress_fell", &[("value", &value), ("before", &before)]);
    }
    Ok(exit)
}

/// Fields a list can be filtered and sorted by.
const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("clause"),
    Field::text("name"),
    Field::text("lead"),
    Field::text("support"),
    Field::text("leader"),
    Field::number("rank"),
    Field::date("due"),
    Field::text("colour"),
    Field::text("overdue"),
    Field::number("figure"),
    Field::number("planned"),
    Field::number("value"),
    Field::number("registry_value"),
    Field::number("difference"),
    Field::number("score"),
    Field::number("waiting"),
];

/// Cells of a bar.
const BAR: usize = 8;

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let after = office.after(PREFIX)?;
    let drawn = office.format() == Format::Table && office.with_out(|out| out.draws());
    let mut rows = Vec::new();
    for s in Book::open(conn, office.as_of())?.all()?.iter().filter(|s| s.task.id > after) {
        let mut row = view::object(conn, s)?;
        // The order of the leaders is that of their ranks.
        row["rank"] = s.leader.as_ref().map(|l| l.fact.data.rank).into();
        if !filter.takes(&row) {
            continue;
        }
        if drawn {
            row["bar"] = s.standing.share.map(|share| spark::bar(share.max(0) as u64, 1000, BAR)).into();
        }
        rows.push(row);
    }
    let mut columns: Vec<Column> = ["no", "clause", "name", "lead.name", "leader.name", "due"].into_iter().map(Column::new).collect();
    columns.extend(["figure", "planned", "difference"].into_iter().map(Column::right));
    columns.push(Column::new("colour"));
    if drawn {
        columns.push(Column::new("bar"));
    }
    filter::show_lines(office, rows, columns, lines, FIELDS)
}
