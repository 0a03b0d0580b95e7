//! `expert …`: arguments, and the pool as a clerk and a script see it: one line a person, whatever seats they have.

use super::store::{self, Expert};
use super::{Seat, change, fields_of};
use crate::base::day::Day;
use crate::base::{codes, names, number};
use crate::cli::Noun;
use crate::db::facts::Span;
use crate::db::subject::HONOUR_SUBJECT;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::talent::store::Person;
use crate::talent::{self, look as people_look, store as people};
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The noun.
pub const NOUN: Noun = Noun { name: "expert", build, run };

#[derive(Subcommand, Debug)]
enum ExpertCommand {
    Add {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long = "field", value_name = "TEXT", required = true)]
        fields: Vec<String>,
        #[arg(long, value_name = "TEXT")]
        available: Option<String>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        from_date: Option<Day>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Option<Day>,
    },
    Edit {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long = "field", value_name = "TEXT")]
        fields: Vec<String>,
        #[arg(long, value_name = "TEXT")]
        available: Option<String>,
    },
    End {
        #[arg(value_name = "P")]
        person: String,
    },
    Show {
        #[arg(value_name = "P")]
        person: String,
    },
    List(Lines),
    Find {
        #[arg(value_name = "TEXT")]
        text: String,
    },
}

fn build(c: Command) -> Command {
    ExpertCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use ExpertCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Add { person, fields, available, from_date, until } => {
            let fields = fields_of(&fields);
            if fields.is_empty() {
                return Err(error::usage("empty_text").fact("option", "--field"));
            }
            let from = from_date.unwrap_or(office.day());
            if let Some(until) = until.filter(|u| *u < from) {
                return Err(error::usage("ends_before").fact("from", from.iso()).fact("until", until.iso()));
            }
            let seat = Seat { fields, available: available.and_then(said) };
            act(office, "expert.add", &person, from.max(office.day()), |tx, id| change::add(tx, id, &seat, Span { from, until }))
        }
        C::Edit { person, fields, available } => {
            if fields.is_empty() && available.is_none() {
                return Err(error::usage("nothing_to_edit"));
            }
            let fields = (!fields.is_empty()).then(|| fields_of(&fields));
            let day = office.day();
            act(office, "expert.edit", &person, day, |tx, id| change::edit(tx, id, fields, available.map(said)))
        }
        // The business day is the last: the answer tells what holds from the next.
        C::End { person } => act(office, "expert.end", &person, office.day().succ(), change::end),
        C::Show { person } => {
            let conn = office.read()?;
            let p = people_look::load(office, &person)?;
            let seats = store::seats(conn, Some(p.id))?;
            if seats.is_empty() {
                return Err(error::not_found("no_expert").fact("no", p.no()));
            }
            office.show(&View::object(object(conn, &p, &seats, office.as_of())?))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
        C::Find { text } => find(office, &text),
    }
}

/// A text, or none where it says nothing.
fn said(text: String) -> Option<String> {
    Some(names::clean_text(&text)).filter(|t| !t.is_empty())
}

fn act(office: &Office, command: &'static str, text: &str, shown: Day, f: impl FnOnce(&mut Tx<'_>, i64) -> Result<()>) -> Result<Exit> {
    let p = people_look::load(office, text)?;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, p.id)?;
        tx.outcome("no", p.no());
        object(tx.conn(), &p, &store::seats(tx.conn(), Some(p.id))?, shown)
    })?;
    office.show_changed(&done)
}

/// An expert with all seats: in the pool while one of them is held.
fn object(conn: &Connection, p: &Person, seats: &[Expert], day: Day) -> Result<Value> {
    let held: Vec<&Seat> = seats.iter().filter_map(|e| e.at(day)).map(|f| &f.data).collect();
    let status = match () {
        () if !held.is_empty() => "in_pool",
        () if seats.iter().any(|e| e.lasts(day)) => "coming",
        () => "ended",
    };
    // Whoever is no longer in the pool is told with what they were there for.
    let last: Vec<&Seat> = if held.is_empty() { seats.iter().filter_map(|e| e.profiles.last()).map(|f| &f.data).collect() } else { held };
    let fields = each_once(last.iter().flat_map(|s| &s.fields));
    let spans: Vec<Span> = seats.iter().filter(|e| status != "in_pool" || e.at(day).is_some()).filter_map(Expert::span).collect();
    let until = spans.iter().map(|s| s.until.map_or(i32::MAX, |u| u.0)).max().filter(|u| *u != i32::MAX).map(Day);
    let honours: Vec<String> = seats
        .iter()
        .filter(|e| e.at(day).is_some())
        .filter_map(|e| e.honour_id)
        .map(|id| number::format(HONOUR_SUBJECT.prefix, id))
        .collect();
    let profile = p.profile_at(day).or(p.profiles.last()).map(|f| &f.data);
    let employer = people_look::employer_name(conn, p, day)?;
    Ok(json!({
        "no": p.no(), "status": status, "person_name": profile.map(|f| &f.name), "employer": employer, "title": profile.and_then(|f| f.title.as_deref()),
        "fields": fields, "available": last.iter().find_map(|s| s.available.as_deref()), "from": spans.iter().map(|s| s.from).min().map(|d| d.iso()),
        "until": until.map(|d| d.iso()), "honours": honours, "leader": leader_of(conn, p.id, day)?,
    }))
}

/// Somebody's seat in the pool on the day and who keeps contact with them, for the person's page; None where there is neither.
pub fn of_person(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Value>> {
    let held: Vec<Expert> = store::seats(conn, Some(person_id))?.into_iter().filter(|e| e.at(day).is_some()).collect();
    let leader = leader_of(conn, person_id, day)?;
    if held.is_empty() && leader.is_none() {
        return Ok(None);
    }
    let fields = each_once(held.iter().filter_map(|e| e.at(day)).flat_map(|f| &f.data.fields));
    Ok(Some(json!({"in_pool": !held.is_empty(), "fields": fields, "leader": leader})))
}

/// The name of the leader who keeps contact with somebody on the day.
fn leader_of(conn: &Connection, person_id: i64, day: Day) -> Result<Option<String>> {
    let pairing = store::liaison_of(conn, person_id, day)?.filter(|l| l.pair.span.from <= day);
    Ok(pairing.map(|l| store::keeper_on(conn, &l, day)).transpose()?.map(|(leader, _)| leader.name))
}

/// Fields in their order, each once, whatever seats they are of.
fn each_once<'a>(of: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut fields: Vec<&String> = Vec::new();
    for field in of {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("person_name"),
    Field::text("employer"),
    Field::code("title", "title"),
    Field::text("fields"),
    Field::text("available"),
    Field::date("from"),
    Field::date("until"),
    Field::text("honours"),
    Field::text("leader"),
];

const COLUMNS: [&str; 8] = ["no", "status", "person_name", "employer", "fields", "available", "until", "leader"];

/// Every expert there is or was, in the order of their numbers.
fn each(office: &Office, mut f: impl FnMut(Value) -> Result<()>) -> Result<()> {
    let conn = office.read()?;
    let (day, after) = (office.as_of(), office.after(talent::PREFIX)?);
    let mut of: BTreeMap<i64, Vec<Expert>> = BTreeMap::new();
    for e in store::seats(conn, None)? {
        if e.person_id > after && (office.globals.as_of.is_none() || e.span().is_some_and(|s| s.from <= day)) {
            of.entry(e.person_id).or_default().push(e);
        }
    }
    for (id, seats) in of {
        let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
        f(object(conn, &p, &seats, day)?)?;
    }
    Ok(())
}

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let mut rows = Vec::new();
    each(office, |row| {
        if filter.takes(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    filter::show_lines(office, rows, COLUMNS.into_iter().map(Column::new).collect(), lines, FIELDS)
}

/// Experts in the pool on the day, by any part of a field, a name, a unit or a title.
fn find(office: &Office, text: &str) -> Result<Exit> {
    let wanted = names::org_fold(text);
    let has = |text: &str| names::org_fold(text).contains(&wanted);
    let mut rows = Vec::new();
    each(office, |row| {
        let title = row["title"].as_str().and_then(|t| codes::label("title", t, true));
        let texts = ["person_name", "employer", "available"].into_iter().filter_map(|k| row[k].as_str());
        let fields = row["fields"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if row["status"] == "in_pool" && !wanted.is_empty() && (texts.chain(title).any(has) || fields.into_iter().any(has)) {
            rows.push(row);
        }
        Ok(())
    })?;
    office.show(&View::list(rows, COLUMNS.into_iter().map(Column::new).collect()))?;
    Ok(Exit::Done)
}
