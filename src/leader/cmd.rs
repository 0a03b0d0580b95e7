//! `leader …`: arguments, and a member of the leading group as a clerk and a script see it.

use super::{Leader, Profile, change, store};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::expert;
use crate::office::{Exit, Office};
use crate::org;
use crate::paper;
use crate::task;
use crate::ui::Column;
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "leader", build, run };

#[derive(Subcommand, Debug)]
enum LeaderCommand {
    Add {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "N", value_parser = rank_parser())]
        rank: i64,
        #[command(flatten)]
        said: Said,
    },
    Edit {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "N", value_parser = rank_parser())]
        rank: Option<i64>,
        #[command(flatten)]
        said: Said,
    },
    Retire {
        #[arg(value_name = "NAME")]
        name: String,
    },
    List {
        #[command(flatten)]
        lines: Lines,
        #[arg(long)]
        all: bool,
    },
}

#[derive(Args, Debug)]
struct Said {
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    #[arg(long, value_name = "U")]
    org: Option<String>,
    #[arg(long, value_name = "TEXT")]
    duties: Option<String>,
    #[arg(long, value_name = "D")]
    decision: Option<String>,
}

/// Ranks run from 1.
pub fn rank_parser() -> clap::builder::RangedI64ValueParser<i64> {
    clap::value_parser!(i64).range(1..=999)
}

fn build(c: Command) -> Command {
    LeaderCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use LeaderCommand as L;
    match L::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        L::Add { name, rank, said } => {
            let name = text_said(&name, "NAME")?;
            office.read()?;
            let done = office.write("leader.add", Map::new(), |tx| {
                let p = with(tx, &Profile { name: name.clone(), rank, ..Profile::default() }, &said)?;
                let id = change::add(tx, &p, tx.day)?;
                seen(tx, id)
            })?;
            office.show_made(&done)
        }
        L::Edit { name, rank, said } => {
            let nothing = said.title.is_none() && said.org.is_none() && said.duties.is_none() && said.decision.is_none();
            if rank.is_none() && nothing {
                return Err(error::usage("nothing_to_edit"));
            }
            act(office, "leader.edit", &name, |tx, l| {
                let held = &l.fact.data;
                let new = with(tx, &Profile { rank: rank.unwrap_or(held.rank), ..held.clone() }, &said)?;
                change::edit(tx, l, &new)
            })
        }
        L::Retire { name } => {
            let mut rests = None;
            let exit = act(office, "leader.retire", &name, |tx, l| {
                let experts = expert::store::kept_by(tx.conn(), &l.fact.data.name, tx.day)?.len();
                rests = Some((l.clone(), task::store::resting_on(tx.conn(), l.id, tx.day)?, experts));
                change::retire(tx, l)
            })?;
            if let Some((l, tasks, experts)) = rests {
                let name = &l.fact.data.name;
                if tasks > 0 {
                    office.hint("note.leader_tasks", &[("n", &tasks), ("name", name), ("no", &l.no())]);
                }
                if experts > 0 {
                    office.hint("note.leader_experts", &[("n", &experts), ("name", name)]);
                }
            }
            Ok(exit)
        }
        L::List { lines, all } => list(office, &lines, all),
    }
}

/// A profile with what the options say.
fn with(tx: &mut Tx<'_>, p: &Profile, said: &Said) -> Result<Profile> {
    let text = |t: &Option<String>, option: &str, held: &Option<String>| match t {
        Some(t) => text_said(t, option).map(Some),
        None => Ok(held.clone()),
    };
    Ok(Profile {
        title: text(&said.title, "--title", &p.title)?,
        duties: text(&said.duties, "--duties", &p.duties)?,
        org_id: said.org.as_deref().map(|u| org::store::resolve(tx.conn(), u)).transpose()?.or(p.org_id),
        decision_id: said.decision.as_deref().map(|d| paper::store::cite(tx, d)).transpose()?.or(p.decision_id),
        ..p.clone()
    })
}

fn act(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, &Leader) -> Result<()>) -> Result<Exit> {
    office.read()?;
    let done = office.write(command, Map::new(), |tx| {
        let l = store::resolve(tx.conn(), text, tx.day)?;
        f(tx, &l)?;
        seen(tx, l.id)
    })?;
    office.show_changed(&done)
}

fn seen(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", number::format(super::PREFIX, id));
    let l = store::load(tx.conn(), id, tx.day)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), &l, tx.day)
}

/// A member as a script sees it.
pub fn object(conn: &Connection, l: &Leader, day: Day) -> Result<Value> {
    let (p, span) = (&l.fact.data, l.span());
    let unit = p.org_id.map(|id| org::cmd::named(conn, id, day)).transpose()?;
    let tasks = task::store::resting_on(conn, l.id, day)?;
    let experts = expert::store::kept_by(conn, &p.name, day)?.len();
    Ok(json!({
        "no": l.no(), "status": if span.holds(day) { "active" } else if span.from > day { "coming" } else { "left" }, "rank": p.rank, "name": p.name,
        "title": p.title, "org": unit, "duties": p.duties, "decision": p.decision_id.map(|d| number::format(paper::PREFIX, d)),
        "from": span.from.iso(), "until": span.until.map(|d| d.iso()), "tasks": tasks, "experts": experts,
    }))
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::number("rank"),
    Field::text("name"),
    Field::text("title"),
    Field::text("org"),
    Field::number("tasks"),
    Field::number("experts"),
];

/// By rank, whatever else is asked.
fn list(office: &Office, lines: &Lines, all: bool) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let members = if all { store::all(conn, day)? } else { store::on(conn, day)? };
    let mut rows = members.iter().map(|l| object(conn, l, day)).collect::<Result<Vec<_>>>()?;
    rows.retain(|r| filter.takes(r));
    let mut columns = vec![Column::right("rank"), Column::new("no"), Column::new("status")];
    columns.extend(["name", "title", "org.name", "duties"].into_iter().map(Column::new));
    columns.extend(["tasks", "experts"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}
