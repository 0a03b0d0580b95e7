//! `liaison …`: arguments, and pairings as a clerk and a script see them; who was not seen for so many days.

use super::store::{self, Liaison};
use super::{Keeper, LIAISON_PREFIX, change, see_by};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::leader;
use crate::office::{Exit, Office, parse_day};
use crate::policy;
use crate::talent::{look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "liaison", build, run };

#[derive(Subcommand, Debug)]
enum LiaisonCommand {
    Add {
        #[arg(long, value_name = "NAME")]
        leader: String,
        #[arg(long, value_name = "P")]
        expert: String,
        #[arg(long, value_name = "TEXT")]
        post: Option<String>,
        #[arg(long, value_name = "N", value_parser = leader::cmd::rank_parser())]
        rank: Option<i64>,
    },
    Contact {
        #[command(flatten)]
        which: Which,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        on: Option<Day>,
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    End {
        #[command(flatten)]
        which: Which,
    },
    Show {
        #[command(flatten)]
        which: Which,
    },
    List(Lines),
    Due {
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=3660))]
        days: Option<i32>,
    },
}

/// Which pairing: by its number, or by its expert.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    #[arg(value_name = "LN")]
    liaison: Option<String>,
    #[arg(long, value_name = "P")]
    expert: Option<String>,
}

fn build(c: Command) -> Command {
    LiaisonCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use LiaisonCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Add { leader, expert, post, rank } => {
            let post = post.map(|p| text_said(&p, "--post")).transpose()?;
            let leader = Keeper { name: text_said(&leader, "--leader")?, post, rank };
            let p = people_look::load(office, &expert)?;
            let done = office.write("liaison.add", Map::new(), |tx| {
                let from = tx.day;
                let id = change::pair(tx, p.id, &leader, from)?;
                tx.outcome("no", number::format(LIAISON_PREFIX, id));
                object(tx.conn(), &reload(tx.conn(), id)?, from)
            })?;
            office.show_made(&done)
        }
        C::Contact { which, on, note } => {
            let note = text_said(&note, "--note")?;
            let id = named(office, &which)?.id;
            let on = on.unwrap_or(office.day());
            let done = office.write("liaison.contact", Map::new(), |tx| {
                let l = reload(tx.conn(), id)?;
                change::contact(tx, &l, on, &note)?;
                tx.outcome("no", l.no());
                object(tx.conn(), &reload(tx.conn(), id)?, tx.day)
            })?;
            office.show_changed(&done)
        }
        C::End { which } => {
            let id = named(office, &which)?.id;
            let done = office.write("liaison.end", Map::new(), |tx| {
                let l = reload(tx.conn(), id)?;
                change::part(tx, &l)?;
                tx.outcome("no", l.no());
                // The business day is its last: the answer tells what holds from the next.
                object(tx.conn(), &reload(tx.conn(), id)?, tx.day.succ())
            })?;
            office.show_changed(&done)
        }
        C::Show { which } => {
            let l = named(office, &which)?;
            let day = office.as_of();
            let mut v = object(office.read()?, &l, day)?;
            let told = l.contacts.iter().filter(|c| c.0 <= day).map(|(on, note)| json!({"on": on.iso(), "note": note}));
            v["contacts_told"] = told.collect();
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
        C::Due { days } => due(office, days),
    }
}

fn reload(conn: &Connection, id: i64) -> Result<Liaison> {
    store::liaison(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

/// The pairing a command names; 4 where the expert has none.
fn named(office: &Office, which: &Which) -> Result<Liaison> {
    let conn = office.read()?;
    match (&which.liaison, &which.expert) {
        (Some(no), _) if number::looks_like(LIAISON_PREFIX, no) => store::resolve_liaison(conn, no),
        (person, other) => {
            let p = people_look::load(office, person.as_deref().or(other.as_deref()).unwrap_or_default())?;
            store::liaison_of(conn, p.id, office.as_of())?.ok_or_else(|| error::not_found("no_liaison").fact("text", p.no()))
        }
    }
}

/// A pairing on a day.
fn object(conn: &Connection, l: &Liaison, day: Day) -> Result<Value> {
    let p = people::load(conn, l.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = p.name_on(day).map(str::to_owned);
    let status = match () {
        () if day < l.pair.span.from => "coming",
        () if l.pair.span.holds(day) => "active",
        () => "ended",
    };
    let last = l.last_contact(day);
    let (leader, leader_no) = store::keeper_on(conn, l, day)?;
    // What is due is counted from the same day.
    let seen = see_by(l.pair.span.from, last, 0);
    Ok(json!({
        "no": l.no(), "status": status, "leader": leader.name, "leader_no": leader_no, "post": leader.post, "rank": leader.rank,
        "expert": {"no": p.no(), "name": name}, "from": l.pair.span.from.iso(), "until": l.pair.span.until.map(|d| d.iso()),
        "contacts": l.contacts.iter().filter(|c| c.0 <= day).count(), "last_contact": last.map(|d| d.iso()),
        "days_since": if status == "active" { Some(day.0 - seen.0) } else { None },
    }))
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("leader"),
    Field::text("leader_no"),
    Field::text("post"),
    Field::number("rank"),
    Field::text("expert"),
    Field::date("from"),
    Field::date("until"),
    Field::number("contacts"),
    Field::date("last_contact"),
    Field::number("days_since"),
];

fn columns() -> Vec<Column> {
    let mut all: Vec<Column> =
        ["no", "status", "leader", "post", "expert.no", "expert.name", "last_contact"].into_iter().map(Column::new).collect();
    all.extend(["contacts", "days_since"].into_iter().map(Column::right));
    all
}

/// Leaders stand in the order of their rank; those without one behind, by the number of the pairing.
fn by_rank(rows: &mut [Value]) {
    rows.sort_by_key(|r| r["rank"].as_i64().unwrap_or(i64::MAX));
}

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for l in store::liaisons(conn, office.after(LIAISON_PREFIX)?)? {
        if office.globals.as_of.is_some() && l.pair.span.from > day {
            continue;
        }
        let v = object(conn, &l, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    by_rank(&mut rows);
    filter::show_lines(office, rows, columns(), lines, FIELDS)
}

/// Experts who were not seen for so many days: `--days`, else what the services pack says.
fn due(office: &Office, days: Option<i32>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let said = policy::store::services(conn)?.1.liaison.as_ref().map(|l| i32::try_from(l.not_seen_days).unwrap_or(i32::MAX));
    let days = days.or(said).ok_or_else(|| error::usage("which_days"))?;
    let mut rows = Vec::new();
    for l in store::liaisons(conn, 0)?.into_iter().filter(|l| l.pair.span.holds(day)) {
        let by = see_by(l.pair.span.from, l.last_contact(day), days);
        if by <= day {
            let mut v = object(conn, &l, day)?;
            v["due"] = by.iso().into();
            rows.push(v);
        }
    }
    rows.sort_by_key(|r| (r["rank"].as_i64().unwrap_or(i64::MAX), r["due"].as_str().map(str::to_owned)));
    let mut all = columns();
    all.push(Column::new("due"));
    office.show(&View::list(rows, all))?;
    Ok(Exit::Done)
}
