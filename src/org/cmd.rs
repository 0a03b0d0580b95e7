//! `org …`: arguments, and a unit as a clerk and a script see it.

use super::change::{self, How};
use super::{COLUMNS, PREFIX, Profile, check, store};
use crate::base::day::Day;
use crate::base::sheet::{Difference, Sheet as _};
use crate::base::{ident, number};
use crate::blacklist::{Whom, standing};
use crate::cli::Noun;
use crate::collect;
use crate::db::facts::Fact;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::task::{self, Role};
use crate::ui::filter::{Field, Filter, Lines};
use crate::ui::{Column, View, entry, filter};
use crate::{product, programme};
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The noun.
pub const NOUN: Noun = Noun { name: "org", build, run };

fn build(c: Command) -> Command {
    let unit = || Arg::new("org").value_name("U").required(true);
    let day = || Arg::new("from_date").long("from-date").value_name("DAY").value_parser(parse_day);
    let flag = |name| Arg::new(name).long(name).action(ArgAction::SetTrue);
    c.subcommand_required(true)
        .subcommand(entry::options(Command::new("add"), COLUMNS).arg(Arg::new("from").long("from").value_name("FILE")))
        .subcommand(entry::options(Command::new("edit").arg(unit()), COLUMNS).arg(day()).arg(flag("correct")))
        .subcommand(Command::new("show").arg(unit()))
        .subcommand(Lines::augment_args(Command::new("list")))
        .subcommand(Command::new("close").arg(unit()))
        .subcommand(
            Command::new("todo")
                .arg(Arg::new("org").value_name("U"))
                .arg(Arg::new("within").long("within").value_name("DAYS").value_parser(crate::office::parse_within).default_value("90d"))
                .arg(Arg::new("out").long("out").value_name("DIR").value_parser(clap::value_parser!(std::path::PathBuf))),
        )
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let text = |m: &ArgMatches| m.get_one::<String>("org").cloned().unwrap_or_default();
    match m.subcommand() {
        Some(("add", m)) => add(office, m),
        Some(("edit", m)) => edit(office, m, &text(m)),
        Some(("show", m)) => show(office, &text(m)),
        Some(("list", m)) => list(office, &Lines::from_arg_matches(m).unwrap_or_default()),
        Some(("close", m)) => close(office, &text(m)),
        Some(("todo", m)) => {
            let within = m.get_one::<i32>("within").copied().unwrap_or_default();
            let out = m.get_one::<std::path::PathBuf>("out");
            collect::todo::run(office, m.get_one::<String>("org").map(String::as_str), within, out.map(std::path::PathBuf::as_path))
        }
        // clap requires one of them.
        _ => Err(error::usage("not_understood")),
    }
}

fn add(office: &Office, m: &ArgMatches) -> Result<Exit> {
    office.read()?;
    let checked = entry::whole(m, COLUMNS, |cells| check(|at| cells[at].as_deref()))?;
    warn(office, &checked.warnings);
    let done = office.write("org.add", Map::new(), |tx| {
        let id = change::enter(tx, &checked.said)?;
        tx.outcome("no", number::format(PREFIX, id));
        let v = store::open(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        object(tx.conn(), id, &v, tx.day, office.globals.reveal)
    })?;
    office.show_made(&done)
}

fn warn(office: &Office, warnings: &[(usize, crate::base::fault::FaultCode)]) {
    for (at, code) in warnings {
        office.warn("warn.cell", &[("column", &COLUMNS[*at].name), ("what", &entry::words(&COLUMNS[*at], *code))]);
    }
}

fn edit(office: &Office, m: &ArgMatches, text: &str) -> Result<Exit> {
    let correct = m.get_flag("correct");
    if correct && office.globals.reason.is_none() {
        return Err(error::usage("correct_reason"));
    }
    let cells = entry::said(m, COLUMNS);
    if cells.iter().all(Option::is_none) {
        return Err(error::usage("nothing_to_edit"));
    }
    let checked = check(|at| cells[at].as_deref());
    entry::refuse(COLUMNS, &checked.faults)?;
    warn(office, &checked.warnings);
    let id = store::resolve(office.read()?, text)?;
    let how = How { day: m.get_one::<Day>("from_date").copied().unwrap_or(office.day()), correct };
    let done = office.write("org.edit", Map::new(), |tx| {
        let changed = change::apply(tx, id, &checked.said, how)?;
        let day = how.day.max(tx.day);
        let v = nearest(tx.conn(), id, day)?;
        let mut object = object(tx.conn(), id, &v, day, office.globals.reveal)?;
        object["changed"] = changed_json(&changed.fields, changed.from, office.globals.reveal);
        Ok(object)
    })?;
    office.show_changed(&done)
}

/// The version of the day; before the first of them, or behind the last, what is known last.
fn nearest(conn: &Connection, id: i64, day: Day) -> Result<Fact<Profile>> {
    let last = || Ok::<_, error::Error>(store::versions(conn, id)?.pop());
    store::at(conn, id, day)?.map_or_else(last, |v| Ok(Some(v)))?.ok_or_else(|| error::not_office("damaged"))
}

/// Changed fields of a unit or platform; a telephone number masked unless revealed.
pub fn changed_json(fields: &[Difference], from: Day, reveal: bool) -> Value {
    let shown = |field: &str, v: &Option<String>| match v {
        Some(v) if field == "phone" && !reveal => Some(ident::mask_phone(v)),
        v => v.clone(),
    };
    fields
        .iter()
        .map(|(f, before, after)| json!({"field": f, "before": shown(f, before), "after": shown(f, after), "from": from.iso()}))
        .collect()
}

fn show(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let id = store::resolve(conn, text)?;
    let mut what = Map::new();
    what.insert("orgs".into(), json!([number::format(PREFIX, id)]));
    let reveal = office.revealing(what)?;
    let day = office.as_of();
    let v = match store::at(conn, id, day)? {
        Some(v) => v,
        None if office.globals.as_of.is_some() => {
            return Err(error::not_found("not_yet").fact("no", number::format(PREFIX, id)).fact("day", day.iso()));
        }
        // Entered for a day to come: what will be known is shown.
        None => nearest(conn, id, day)?,
    };
    office.show(&View::object(object(conn, id, &v, day, reveal)?))?;
    Ok(Exit::Done)
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::text("uscc"),
    Field::code("kind", "org_kind"),
    Field::date("introduced_on"),
    Field::text("high_tech"),
    Field::text("innovative"),
    Field::text("stub"),
    Field::code("industry", "industry"),
    Field::code("gb_industry", "gb_industry"),
    Field::number("headcount"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let after = office.after(PREFIX)?;
    // Asked of every engagement: not where only units are counted.
    let headed = !lines.count || filter.terms().iter().any(|t| t.field == "headcount");
    let heads = if headed { store::headcounts(conn, day)? } else { HashMap::new() };
    let mut rows = Vec::new();
    store::each(conn, day, |id, v| {
        let row = line(id, &v, day, heads.get(&id).copied().unwrap_or(0));
        if id > after && filter.takes(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    let columns = ["no", "status", "name", "uscc", "kind", "introduced_on", "high_tech", "innovative", "stub"];
    let mut columns: Vec<Column> = columns.into_iter().map(Column::new).collect();
    columns.push(Column::right("headcount"));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

fn close(office: &Office, text: &str) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?;
    let done = office.write("org.close", Map::new(), |tx| {
        change::close(tx, id, tx.day)?;
        let v = nearest(tx.conn(), id, tx.day)?;
        // Its last day is the business day: the answer tells what holds from the next.
        object(tx.conn(), id, &v, tx.day.succ(), office.globals.reveal)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

fn status(p: &Profile, day: Day) -> &'static str {
    if p.closed(day) { "closed" } else { "active" }
}

/// A unit as other records name it.
pub fn named(conn: &Connection, id: i64, day: Day) -> Result<Value> {
    Ok(json!({"no": number::format(PREFIX, id), "name": store::name_at(conn, id, day)?.map(|n| n.0)}))
}

/// A line of `org list`.
pub fn line(id: i64, v: &Fact<Profile>, day: Day, headcount: i64) -> Value {
    let p = &v.data;
    json!({
        "no": number::format(PREFIX, id), "status": status(p, day), "name": p.name, "uscc": p.uscc, "kind": p.kind,
        "introduced_on": p.introduced_on.map(|d| d.iso()), "high_tech": p.high_tech(day), "innovative": p.innovative(day),
        "stub": p.stub, "headcount": headcount, "industry": p.industry, "gb_industry": p.gb_industry,
    })
}

/// `org show`'s object.
fn object(conn: &Connection, id: i64, v: &Fact<Profile>, day: Day, reveal: bool) -> Result<Value> {
    let mut object = line(id, v, day, store::headcount(conn, id, day)?);
    for column in ["high_tech_from", "high_tech_until", "certificate", "innovative_from", "innovative_until", "contact"] {
        object[column] = v.data.get(column).into();
    }
    object["phone"] = v.data.phone.as_deref().map(|p| if reveal { p.to_owned() } else { ident::mask_phone(p) }).into();
    object["closed_on"] = v.data.closed_on.map(|d| d.iso()).into();
    // What else the office has of it: numbers alone, each noun tells the rest.
    let tasks = task::store::of_unit(conn, id, day)?;
    let of = |role: Role| tasks.iter().filter(|t| t.1 == role).map(|t| number::format(task::PREFIX, t.0)).collect::<Vec<_>>();
    object["tasks_led"] = of(Role::Lead).into();
    object["tasks_supported"] = of(Role::Support).into();
    let numbers = |prefix: &str, ids: Vec<i64>| ids.into_iter().map(|id| number::format(prefix, id)).collect::<Vec<_>>();
    object["programmes"] = numbers(programme::PREFIX, programme::store::of_unit(conn, id, day)?).into();
    object["products"] = numbers(product::PREFIX, product::store::of_unit(conn, id, day)?).into();
    object["standing"] = json!({"in_force": !standing::in_force(conn, Whom::Unit(id), day)?.is_empty()});
    Ok(object)
}
