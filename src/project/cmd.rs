//! `project …`: arguments, and a project as a clerk and a script see it.

use super::store::{self, Project};
use super::{COLUMNS, PREFIX, change, check, place};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::number;
use crate::base::sheet::Column as SheetColumn;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::org::change::How;
use crate::org::cmd::changed_json;
use crate::ui::filter::{Field, Filter, Lines};
use crate::ui::{Column, View, entry, filter};
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The noun.
pub const NOUN: Noun = Noun { name: "project", build, run };

/// The columns that `edit` takes beside its own `--from-date`.
fn slow() -> &'static [SheetColumn] {
    &COLUMNS[..place("from_date")]
}

fn build(c: Command) -> Command {
    let project = || Arg::new("project").value_name("PJ").required(true);
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let day = Arg::new("from_date").long("from-date").value_name("DAY").value_parser(parse_day);
    c.subcommand_required(true)
        .subcommand(entry::options(Command::new("add"), COLUMNS).arg(Arg::new("from").long("from").value_name("FILE")))
        .subcommand(entry::options(Command::new("edit").arg(project()), slow()).arg(day).arg(flag("correct")))
        .subcommand(Command::new("show").arg(project()))
        .subcommand(Lines::augment_args(Command::new("list")).arg(flag("lines")))
        .subcommand(Command::new("close").arg(project()))
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let text = |m: &ArgMatches| m.get_one::<String>("project").cloned().unwrap_or_default();
    match m.subcommand() {
        Some(("add", m)) => add(office, m),
        Some(("edit", m)) => edit(office, m, &text(m)),
        Some(("show", m)) => {
            let conn = office.read()?;
            let p = loaded(conn, store::resolve(conn, &text(m))?)?;
            office.show(&View::object(object(conn, &p, office.as_of())?))?;
            Ok(Exit::Done)
        }
        Some(("list", m)) if m.get_flag("lines") => by_line(office),
        Some(("list", m)) => list(office, &Lines::from_arg_matches(m).unwrap_or_default()),
        Some(("close", m)) => close(office, &text(m)),
        // clap requires one of them.
        _ => Err(error::usage("not_understood")),
    }
}

fn loaded(conn: &Connection, id: i64) -> Result<Project> {
    store::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

fn add(office: &Office, m: &ArgMatches) -> Result<Exit> {
    office.read()?;
    let checked = entry::whole(m, COLUMNS, |cells| check(|at| cells[at].as_deref()))?;
    let done = office.write("project.add", Map::new(), |tx| {
        let id = change::enter(tx, &checked.said)?;
        tx.outcome("no", number::format(PREFIX, id));
        object(tx.conn(), &loaded(tx.conn(), id)?, tx.day)
    })?;
    office.show_made(&done)
}

fn edit(office: &Office, m: &ArgMatches, text: &str) -> Result<Exit> {
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
    let id = store::resolve(office.read()?, text)?;
    let how = How { day: m.get_one::<Day>("from_date").copied().unwrap_or(office.day()), correct };
    let done = office.write("project.edit", Map::new(), |tx| {
        let changed = change::apply(tx, &loaded(tx.conn(), id)?, &checked.said, how)?;
        let mut object = object(tx.conn(), &loaded(tx.conn(), id)?, how.day.max(tx.day))?;
        object["changed"] = changed_json(&changed.fields, changed.from, true);
        Ok(object)
    })?;
    office.show_changed(&done)
}

fn close(office: &Office, text: &str) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?;
    let done = office.write("project.close", Map::new(), |tx| {
        change::close(tx, &loaded(tx.conn(), id)?, tx.day)?;
        // Its last day is the business day: the answer tells what holds from the next.
        object(tx.conn(), &loaded(tx.conn(), id)?, tx.day.succ())
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::code("line", "project_line"),
    Field::text("org"),
    Field::number("invested"),
    Field::date("from_date"),
    Field::number("people"),
    Field::number("orgs"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let after = office.after(PREFIX)?;
    let mut rows = Vec::new();
    each(office, conn, |row| {
        if filter.takes(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    rows.retain(|r| r["no"].as_str().and_then(|no| number::parse(PREFIX, no).ok()).is_some_and(|id| id > after));
    let mut columns: Vec<Column> = ["no", "status", "line", "name", "org.name"].into_iter().map(Column::new).collect();
    columns.extend(["invested", "people", "orgs"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

/// Hands out the projects of the day.
fn each(office: &Office, conn: &Connection, mut f: impl FnMut(Value) -> Result<()>) -> Result<()> {
    let day = office.as_of();
    for id in store::ids(conn)? {
        let p = loaded(conn, id)?;
        // What began later was not there on the day.
        if office.globals.as_of.is_some() && !p.profiles.iter().any(|v| v.span.holds(day)) {
            continue;
        }
        f(object(conn, &p, day)?)?;
    }
    Ok(())
}

/// The nine lines of the plan with what came by each; people and units are distinct within a line.
fn by_line(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let people = store::people_by_line(conn, day)?;
    let mut rows = Vec::new();
    for line in codes::codes("project_line") {
        let (mut projects, mut orgs) = (0, BTreeSet::new());
        for id in store::ids(conn)? {
            let p = loaded(conn, id)?;
            let Some(v) = p.profiles.iter().find(|v| v.span.holds(day)).filter(|v| v.data.line == line.code) else { continue };
            projects += i32::from(!v.data.closed(day));
            orgs.extend(came(conn, &p, day)?.1);
        }
        let people = people.get(line.code).map_or(0, BTreeSet::len);
        rows.push(json!({"line": line.code, "projects": projects, "people": people, "orgs": orgs.len()}));
    }
    let mut columns = vec![Column::new("line")];
    columns.extend(["projects", "people", "orgs"].into_iter().map(Column::right));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// Distinct persons and units that came by a project and are here on the day.
fn came(conn: &Connection, p: &Project, day: Day) -> Result<(BTreeSet<i64>, BTreeSet<i64>)> {
    let (people, mut orgs): (BTreeSet<i64>, BTreeSet<i64>) = store::people(conn, p.id, day)?.into_iter().unzip();
    orgs.extend(p.profile_at(day).and_then(|v| v.data.org_id));
    orgs.extend(p.units.iter().filter(|u| u.span.holds(day)).map(|u| u.data));
    Ok((people, orgs))
}

/// `project show`'s object.
pub fn object(conn: &Connection, p: &Project, day: Day) -> Result<Value> {
    let v = &p.profile_at(day).ok_or_else(|| error::not_office("damaged"))?.data;
    let unit = |id: i64| org::cmd::named(conn, id, day);
    let (people, orgs) = came(conn, p, day)?;
    let units: Vec<Value> = p.units.iter().filter(|u| u.span.holds(day)).map(|u| unit(u.data)).collect::<Result<_>>()?;
    Ok(json!({
        "no": number::format(PREFIX, p.id),
        "status": if v.closed(day) { "closed" } else { "active" },
        "name": v.name, "line": v.line, "org": v.org_id.map(unit).transpose()?, "units": units,
        "invested": v.invested.map(|f| f.to_string()),
        "from_date": p.profiles.first().map(|f| f.span.from.iso()), "closed_on": v.closed_on.map(|d| d.iso()),
        "people": people.len(), "orgs": orgs.len(),
    }))
}
