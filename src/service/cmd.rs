//! `case …`: arguments, and a case as a clerk and a script see it.

use super::change::{self, Asked, CONSENT, Seen};
use super::{FEE, MACHINE, PREFIX, is_closed, store};
use crate::base::day::Day;
use crate::base::number;
use crate::calendar::{self, Calendar};
use crate::card;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_within};
use crate::paper::cmd::{bring_as, brought, keep};
use crate::talent::{self, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "case", build, run };

#[derive(Subcommand, Debug)]
enum CaseCommand {
    Open(OpenArgs),
    Forward {
        #[arg(value_name = "K")]
        case: String,
        #[arg(long, value_name = "TEXT")]
        to: String,
    },
    Pause {
        #[arg(value_name = "K")]
        case: String,
        #[arg(long, value_name = "KIND", required = true)]
        missing: Vec<String>,
    },
    Resume {
        #[arg(value_name = "K")]
        case: String,
        #[arg(long = "paper", value_name = "KIND:FILE")]
        papers: Vec<String>,
    },
    Done {
        #[arg(value_name = "K")]
        case: String,
        #[arg(long, value_name = "TEXT")]
        result: String,
    },
    Refuse {
        #[arg(value_name = "K")]
        case: String,
        #[arg(long, value_name = "TEXT")]
        why: String,
        #[arg(long, value_name = "TEXT")]
        remedy: String,
    },
    Rate {
        #[arg(value_name = "K")]
        case: String,
        #[arg(value_name = "STARS", value_parser = clap::value_parser!(u32).range(1..=5))]
        stars: u32,
    },
    Show {
        #[arg(value_name = "K")]
        case: String,
    },
    List {
        #[command(flatten)]
        lines: Lines,
        #[arg(long = "due", value_name = "DAYS", value_parser = parse_within)]
        due_within: Option<i32>,
        #[arg(long)]
        overdue: bool,
    },
}

#[derive(Args, Debug)]
struct OpenArgs {
    #[arg(long = "type", value_name = "TYPE")]
    service: String,
    #[arg(long, value_name = "P")]
    person: String,
    #[arg(long, value_name = "C")]
    card: Option<String>,
    #[arg(long, value_name = "P2")]
    child: Option<String>,
    #[arg(long, value_name = "N")]
    grade: Option<u32>,
    #[arg(long = "paper", value_name = "KIND:FILE")]
    papers: Vec<String>,
    #[arg(long, value_name = "NAME")]
    officer: Option<String>,
    #[arg(long, value_name = "FILE")]
    consent: Option<PathBuf>,
}

fn build(c: Command) -> Command {
    CaseCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use CaseCommand as K;
    match K::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        K::Open(args) => open(office, &args),
        K::Forward { case, to } => {
            let to = text_said(&to, "--to")?;
            act(office, "case.forward", &case, |tx, id| change::forward(tx, id, &to))
        }
        K::Pause { case, missing } => {
            let wanted = missing.iter().map(|t| text_said(t, "--missing")).collect::<Result<Vec<_>>>()?;
            act(office, "case.pause", &case, |tx, id| change::pause(tx, id, &wanted))
        }
        K::Resume { case, papers } => {
            let brought = brought(office, &papers)?;
            act(office, "case.resume", &case, |tx, id| {
                change::resume(tx, id)?;
                keep(tx, (MACHINE.kind, id), &brought)
            })
        }
        K::Done { case, result } => {
            let result = text_said(&result, "--result")?;
            act(office, "case.done", &case, |tx, id| change::done(tx, id, &result))
        }
        K::Refuse { case, why, remedy } => {
            let (why, remedy) = (text_said(&why, "--why")?, text_said(&remedy, "--remedy")?);
            act(office, "case.refuse", &case, |tx, id| change::refuse(tx, id, &why, &remedy))
        }
        K::Rate { case, stars } => act(office, "case.rate", &case, |tx, id| change::rate(tx, id, stars)),
        K::Show { case } => {
            let conn = office.read()?;
            let case = store::resolve(conn, &case)?;
            let id = case.id;
            let seen = change::look(conn, &calendar::store::calendar(conn)?, case, office.as_of())?;
            let mut v = object(conn, &seen)?;
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        K::List { lines, due_within, overdue } => list(office, &lines, due_within, overdue),
    }
}

fn open(office: &Office, a: &OpenArgs) -> Result<Exit> {
    let person_id = people_look::load(office, &a.person)?.id;
    let child_id = a.child.as_deref().map(|c| people_look::load(office, c).map(|p| p.id)).transpose()?;
    let card_id = a.card.as_deref().map(|c| card::store::resolve(office.read()?, c).map(|c| c.id)).transpose()?;
    let officer = a.officer.as_deref().map(|o| text_said(o, "--officer")).transpose()?;
    let mut brought = brought(office, &a.papers)?;
    brought.extend(a.consent.as_deref().map(|f| bring_as(office, CONSENT, f)).transpose()?);
    let done = office.write("case.open", Map::new(), |tx| {
        let asked = Asked { service: &a.service, person_id, card_id, child_id, grade: a.grade, officer: officer.as_deref() };
        let id = change::open(tx, &asked)?;
        keep(tx, (MACHINE.kind, id), &brought)?;
        tx.outcome("no", number::format(PREFIX, id));
        seen_object(tx, id)
    })?;
    office.show_made(&done)
}

fn act(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, i64) -> Result<()>) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?.id;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, id)?;
        tx.outcome("no", number::format(PREFIX, id));
        seen_object(tx, id)
    })?;
    office.show_changed(&done)
}

fn seen_object(tx: &Tx<'_>, id: i64) -> Result<Value> {
    let case = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), &change::look(tx.conn(), &calendar::store::calendar(tx.conn())?, case, tx.day)?)
}

/// The case object of the contract.
pub fn object(conn: &Connection, s: &Seen) -> Result<Value> {
    let c = &s.case;
    let person = |id: i64| -> Result<String> { Ok(number::format(talent::PREFIX, people::survivor(conn, id)?)) };
    let [result, why, remedy, _] = &s.said;
    Ok(json!({
        "no": c.no(), "status": s.state, "type": c.service, "person_no": person(c.person_id)?,
        "card_no": c.card_id.map(|id| number::format(card::PREFIX, id)), "child_no": c.child_id.map(person).transpose()?, "grade": c.grade,
        "officer": c.officer, "department": s.department, "opened": c.opened.iso(), "term_days": c.term_days,
        "due": s.clock.map(|c| c.due.iso()), "closed_on": s.closed.map(|d| d.iso()), "missing_papers": s.missing, "fee": FEE,
        "worked_days": s.clock.and_then(|c| c.used).map(|u| u.0), "paused_days": s.clock.and_then(|c| c.used).map(|u| u.1), "on_time": s.on_time(),
        "result": result, "why": why, "remedy": remedy, "rating": s.rating(),
    }))
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("type"),
    Field::text("person_no"),
    Field::text("card_no"),
    Field::text("officer"),
    Field::text("department"),
    Field::date("opened"),
    Field::date("due"),
    Field::date("closed_on"),
    Field::number("worked_days"),
    Field::number("paused_days"),
    Field::text("on_time"),
    Field::number("rating"),
];

/// Hands out the cases opened by the day, as they are on it.
pub fn each_seen(conn: &Connection, day: Day, after: i64, mut f: impl FnMut(&Seen) -> Result<()>) -> Result<()> {
    let calendar: Calendar = calendar::store::calendar(conn)?;
    store::each(conn, after, |case| {
        if case.opened > day {
            return Ok(());
        }
        f(&change::look(conn, &calendar, case, day)?)
    })
}

/// Whether an open case is past its term on the day; one that waits for papers never is.
pub fn is_overdue(s: &Seen, day: Day) -> bool {
    !is_closed(&s.state) && s.state != "paused" && s.clock.is_some_and(|c| c.due < day)
}

fn list(office: &Office, lines: &Lines, within: Option<i32>, overdue: bool) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let (mut rows, mut late) = (Vec::new(), 0);
    each_seen(conn, day, office.after(PREFIX)?, |s| {
        let is_late = is_overdue(s, day);
        late += u32::from(is_late);
        let soon = within.is_some_and(|days| {
            !is_closed(&s.state) && s.state != "paused" && s.clock.is_some_and(|c| c.due >= day && c.due <= day.add_days(days))
        });
        if (within.is_some() || overdue) && !(soon || overdue && is_late) {
            return Ok(());
        }
        let v = object(conn, s)?;
        if filter.takes(&v) {
            rows.push(v);
        }
        Ok(())
    })?;
    if within.is_some() && !overdue && late > 0 {
        office.hint("note.overdue_too", &[("n", &late)]);
    }
    let mut columns: Vec<Column> =
        ["no", "status", "type", "person_no", "officer", "department", "opened", "due"].into_iter().map(Column::new).collect();
    columns.push(Column::right("worked_days"));
    columns.extend(["on_time", "missing_papers"].into_iter().map(Column::new));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}
