//! `programme …`: arguments, and a programme as a clerk and a script see it.

use super::change::{self, Outcome, Pay};
use super::participants::{Who, act, enrol, line, participants};
use super::store::{self, Participant, Programme};
use super::{COLUMNS, MACHINE, PREFIX, Role, check, place, status};
use crate::base::day::Day;
use crate::base::number;
use crate::base::sheet::Column as SheetColumn;
use crate::cli::Noun;
use crate::db::subject::TASK_SUBJECT;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::fund;
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::org::cmd::changed_json;
use crate::paper::cmd::amount as yuan;
use crate::roster::named;
use crate::talent::{look as people_look, store as people};
use crate::ui::entry::{self, text_said};
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use crate::workflow::several::Several;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "programme", build, run };

#[derive(Subcommand, Debug)]
enum ProgrammeCommand {
    Show {
        #[arg(value_name = "PR")]
        programme: String,
    },
    List {
        #[command(flatten)]
        lines: Lines,
        #[arg(long = "person", value_name = "P")]
        of_person: Option<String>,
    },
    Enrol {
        #[arg(value_name = "PR")]
        programme: String,
        #[arg(value_name = "P")]
        person: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long = "as", value_name = "ROLE", value_parser = ["applicant", "participant"])]
        role: Option<String>,
        #[arg(long, value_name = "FILE")]
        consent: Option<PathBuf>,
    },
    Attend {
        #[command(flatten)]
        who: Who,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        on: Option<Day>,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=24))]
        hours: Option<i64>,
    },
    Outcome {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        came: Came,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[arg(long)]
        correct: bool,
    },
    Grant {
        #[command(flatten)]
        who: Who,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
        #[arg(long, value_name = "FD")]
        fund: Option<String>,
        #[arg(long, value_name = "U")]
        payee: Option<String>,
    },
    Participants {
        #[arg(value_name = "PR")]
        programme: String,
        #[command(flatten)]
        lines: Lines,
    },
    Close {
        #[arg(value_name = "PR")]
        programme: String,
    },
    Cancel {
        #[arg(value_name = "PR")]
        programme: String,
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    Tally {
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        from_date: Option<Day>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Option<Day>,
    },
}

/// What came of somebody's taking part.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Came {
    #[arg(long)]
    passed: bool,
    #[arg(long)]
    failed: bool,
    #[arg(long)]
    withdrew: bool,
}

/// The columns that `edit` takes: the kind of a programme never changes.
fn slow() -> &'static [SheetColumn] {
    &COLUMNS[..place("kind")]
}

fn build(c: Command) -> Command {
    let file = Arg::new("from").long("from").value_name("FILE");
    let programme = Arg::new("programme").value_name("PR").required(true);
    let correct = Arg::new("correct").long("correct").action(ArgAction::SetTrue);
    let c = c
        .subcommand(entry::options(Command::new("add"), COLUMNS).arg(file))
        .subcommand(entry::options(Command::new("edit").arg(programme), slow()).arg(correct));
    ProgrammeCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use ProgrammeCommand as C;
    match m.subcommand() {
        Some(("add", m)) => return add(office, m),
        Some(("edit", m)) => return edit(office, m),
        _ => {}
    }
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Show { programme } => {
            let conn = office.read()?;
            let p = store::resolve(conn, &programme)?;
            let day = office.as_of();
            let all = store::participants(conn, p.id, day)?;
            let mut v = object(conn, &p, &all, day)?;
            v["participants"] = all.iter().map(|one| line(conn, &p, one, day)).collect::<Result<Vec<_>>>()?.into();
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, p.id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List { lines, of_person } => list(office, &lines, of_person.as_deref()),
        C::Enrol { programme, person, said, role, consent } => {
            let named = named::persons(office, &person, &said)?;
            enrol(office, &programme, &named, &said, (role.as_deref().map(Role::from_code), consent))
        }
        C::Attend { who, on, hours } => act(office, "programme.attend", &who, |tx, p, id| change::attend(tx, p, id, on, hours)),
        C::Outcome { who, came, note, correct } => {
            if correct && office.globals.reason.is_none() {
                return Err(error::usage("correct_reason"));
            }
            let note = note.map(|n| text_said(&n, "--note")).transpose()?;
            let outcome = if came.passed {
                "passed"
            } else if came.failed {
                "failed"
            } else {
                "withdrew"
            };
            let o = Outcome { outcome, note: note.as_deref(), correct };
            act(office, "programme.outcome", &who, |tx, p, id| change::outcome(tx, p, id, o))
        }
        C::Grant { who, decision, amount, fund, payee } => {
            let amount = yuan(&amount)?;
            let fund = fund.map(|f| fund::store::resolve(office.read()?, &f).map(|f| f.id)).transpose()?;
            let payee = payee.map(|u| org::store::resolve(office.read()?, &u)).transpose()?;
            let pay = Pay { decision: &decision, amount, fund, payee };
            act(office, "programme.grant", &who, |tx, p, id| change::grant(tx, p, id, &pay).map(|_| ()))
        }
        C::Participants { programme, lines } => participants(office, &programme, &lines),
        C::Close { programme } => end(office, "programme.close", &programme, "closed", None),
        C::Cancel { programme, why } => {
            let why = text_said(&why, "--why")?;
            end(office, "programme.cancel", &programme, "cancelled", Some(&why))
        }
        C::Tally { from_date, until } => tally(office, from_date, until),
    }
}

fn add(office: &Office, m: &ArgMatches) -> Result<Exit> {
    office.read()?;
    let checked = entry::whole(m, COLUMNS, |cells| check(|at| cells[at].as_deref()))?;
    let done = office.write("programme.add", Map::new(), |tx| {
        let id = change::enter(tx, &checked.said)?;
        tx.outcome("no", number::format(PREFIX, id));
        now(tx, id)
    })?;
    office.show_made(&done)
}

fn edit(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let correct = m.get_flag("correct");
    if correct && office.globals.reason.is_none() {
        return Err(error::usage("correct_reason"));
    }
    let mut cells = entry::said(m, slow());
    if cells.iter().all(Option::is_none) {
        return Err(error::usage("nothing_to_edit"));
    }
    cells.resize(COLUMNS.len(), None);
    let checked = check(|at| cells[at].as_deref());
    entry::refuse(COLUMNS, &checked.faults)?;
    let id = store::resolve(office.read()?, m.get_one::<String>("programme").map_or("", String::as_str))?.id;
    let done = office.write("programme.edit", Map::new(), |tx| {
        let p = store::loaded(tx.conn(), id)?;
        let changed = change::apply(tx, &p, &checked.said, correct)?;
        tx.outcome("no", p.no());
        let mut v = now(tx, id)?;
        v["changed"] = changed_json(&changed.fields, changed.from, true);
        Ok(v)
    })?;
    office.show_changed(&done)
}

/// A programme as it stands within an op.
fn now(tx: &Tx<'_>, id: i64) -> Result<Value> {
    let p = store::loaded(tx.conn(), id)?;
    object(tx.conn(), &p, &store::participants(tx.conn(), id, tx.day)?, tx.day)
}

fn end(office: &Office, command: &'static str, text: &str, to: &'static str, why: Option<&str>) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?.id;
    let done = office.write(command, Map::new(), |tx| {
        change::end(tx, id, to, why)?;
        tx.outcome("no", number::format(PREFIX, id));
        now(tx, id)
    })?;
    office.show_changed(&done)
}

/// The programme object.
fn object(conn: &Connection, p: &Programme, all: &[Participant], day: Day) -> Result<Value> {
    let now = &p.at(day)?.data;
    let org = now.org_id.map(|id| org::cmd::named(conn, id, day)).transpose()?;
    let state = store::state(conn, p.id, day)?;
    let of = |outcome: &str| all.iter().filter(|one| one.row.data.outcome.as_deref() == Some(outcome)).count();
    let there: Vec<&Participant> = all.iter().filter(|one| !one.days.is_empty()).collect();
    let mut stayed = 0usize;
    for one in &there {
        stayed += usize::from(people::works_here(conn, one.person_id, day)?);
    }
    Ok(json!({
        "no": p.no(), "status": status(&state, now, day), "kind": p.kind.code(), "name": now.name, "named_project": now.named_project,
        "direction": now.direction, "from_date": now.first.iso(), "until": now.last.iso(),
        "task": now.task_id.map(|id| number::format(TASK_SUBJECT.prefix, id)), "org": org, "partner": now.partner, "place": now.place, "hours": now.hours,
        "cost": now.cost.map(|f| f.to_string()), "enrolled": all.len() - of("withdrew"), "attended": there.len(), "passed": of("passed"),
        "failed": of("failed"), "withdrew": of("withdrew"), "stayed": if now.last < day { Some(stayed) } else { None },
        "next": MACHINE.next(&state),
    }))
}

/// The programmes somebody takes or took part in by the day, for the person's page: not those they withdrew from, nor what was cancelled.
pub fn of_person(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for id in store::of_person(conn, person_id)? {
        let takes_part =
            store::participant(conn, id, day, person_id)?.is_some_and(|one| one.row.data.outcome.as_deref() != Some("withdrew"));
        if takes_part && store::state(conn, id, day)? != "cancelled" {
            found.push(number::format(PREFIX, id));
        }
    }
    Ok(found)
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::code("kind", "programme_kind"),
    Field::text("name"),
    Field::code("named_project", "named_project"),
    Field::code("direction", "direction"),
    Field::date("from_date"),
    Field::date("until"),
    Field::text("task"),
    Field::text("org"),
    Field::text("partner"),
    Field::text("place"),
    Field::number("hours"),
    Field::number("cost"),
    Field::number("enrolled"),
    Field::number("attended"),
    Field::number("passed"),
    Field::number("stayed"),
];

fn list(office: &Office, lines: &Lines, person: Option<&str>) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let of = person.map(|p| store::of_person(conn, people_look::load(office, p)?.id)).transpose()?;
    let mut rows = Vec::new();
    for id in store::ids(conn, office.after(PREFIX)?)? {
        if of.as_ref().is_some_and(|of| !of.contains(&id)) {
            continue;
        }
        let p = store::loaded(conn, id)?;
        // What was entered later was not there on the day.
        if office.globals.as_of.is_some() && p.profiles.first().is_some_and(|f| f.span.from > day) {
            continue;
        }
        let v = object(conn, &p, &store::participants(conn, id, day)?, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    let mut columns: Vec<Column> =
        ["no", "status", "kind", "name", "named_project", "from_date", "until"].into_iter().map(Column::new).collect();
    columns.extend(["enrolled", "attended", "passed", "stayed"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

/// The figures of programmes that ended within the days.
fn tally(office: &Office, from: Option<Day>, until: Option<Day>) -> Result<Exit> {
    let day = office.as_of();
    let until = until.unwrap_or(day);
    if from.is_some_and(|from| from > until) {
        return Err(error::bad_data("date_order"));
    }
    let lines = store::tally(office.read()?, from.unwrap_or(Day(i32::MIN)), until, day)?;
    let rows = lines
        .into_iter()
        .map(|((kind, project), t)| {
            json!({
                "kind": kind.code(), "named_project": project, "programmes": t.programmes, "trained": t.trained, "passed": t.passed,
                "stayed": t.stayed, "cost": t.cost.to_string(),
            })
        })
        .collect();
    let mut columns: Vec<Column> = ["kind", "named_project"].into_iter().map(Column::new).collect();
    columns.extend(["programmes", "trained", "passed", "stayed", "cost"].into_iter().map(Column::right));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
