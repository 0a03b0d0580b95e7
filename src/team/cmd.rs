//! `team …`: arguments, and a team as a clerk and a script see it.

use super::store::{self, Team};
use super::{Member, PREFIX, Profile, Role};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::talent::store::{self as people, Person};
use crate::talent::{self, Status};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::{org, paper};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "team", build, run };

#[derive(Subcommand, Debug)]
enum TeamCommand {
    Add {
        #[arg(long, value_name = "TEXT")]
        name: String,
        #[arg(long, value_name = "P")]
        leader: String,
        #[arg(long, value_name = "P")]
        core: Vec<String>,
        #[arg(long, value_name = "U")]
        org: Option<String>,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
    },
    Join {
        #[arg(value_name = "TM")]
        team: String,
        #[arg(value_name = "P")]
        person: String,
        #[arg(long = "leader")]
        leads: bool,
    },
    Leave {
        #[arg(value_name = "TM")]
        team: String,
        #[arg(value_name = "P")]
        person: String,
    },
    Show {
        #[arg(value_name = "TM")]
        team: String,
    },
    List(Lines),
    Close {
        #[arg(value_name = "TM")]
        team: String,
    },
}

fn build(c: Command) -> Command {
    TeamCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use TeamCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Add { name, leader, core, org, decision } => add(office, &name, &leader, &core, org.as_deref(), decision.as_deref()),
        C::Join { team, person, leads } => join(office, &team, &person, leads),
        C::Leave { team, person } => leave(office, &team, &person),
        C::Show { team } => {
            let conn = office.read()?;
            let team = loaded(conn, store::resolve(conn, &team)?)?;
            office.show(&View::object(object(conn, &team, office.as_of())?))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
        C::Close { team } => close(office, &team),
    }
}

fn loaded(conn: &Connection, id: i64) -> Result<Team> {
    store::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

/// The person a command names, as the register knows it in the op at hand.
fn person(tx: &Tx<'_>, text: &str) -> Result<Person> {
    let id = people::survivor(tx.conn(), people::resolve(tx.conn(), text)?)?;
    people::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))
}

/// A talent who works here and is in no other team. 5 otherwise.
fn candidate(tx: &Tx<'_>, text: &str, but: Option<i64>) -> Result<Person> {
    let p = person(tx, text)?;
    let status = talent::status(&p.engagements, false, p.erased, tx.day);
    if p.kind_on(tx.day) != "talent" || status != Status::Active {
        return Err(error::conflict("no_member").fact("no", p.no()).fact("status", status.as_str()));
    }
    match store::of_person(tx.conn(), p.id, tx.day)?.into_iter().find(|t| Some(*t) != but) {
        Some(team) => {
            let team = number::format(PREFIX, team);
            Err(error::conflict("in_team").fact("no", p.no()).fact("team", &team).detail("no", team))
        }
        None => Ok(p),
    }
}

fn add(office: &Office, name: &str, leader: &str, core: &[String], org: Option<&str>, decision: Option<&str>) -> Result<Exit> {
    let name = text_said(name, "--name")?;
    office.read()?;
    let done = office.write("team.add", Map::new(), |tx| {
        if let Some(id) = store::by_name(tx.conn(), &name)? {
            let no = number::format(PREFIX, id);
            return Err(error::conflict("team_known").fact("no", &no).detail("code", "duplicate").detail("no", no));
        }
        let mut members = vec![Member { person_id: candidate(tx, leader, None)?.id, role: Role::Leader }];
        for text in core {
            let p = candidate(tx, text, None)?;
            if members.iter().any(|m| m.person_id == p.id) {
                return Err(error::usage("member_twice").fact("no", p.no()));
            }
            members.push(Member { person_id: p.id, role: Role::Core });
        }
        let profile = Profile {
            name: name.clone(),
            org_id: org.map(|text| org::change::unit_or_stub(tx, text, tx.day)).transpose()?,
            decision_id: decision.map(|d| paper::store::cite(tx, d)).transpose()?,
        };
        let from = tx.day;
        let id = store::create(tx, &profile, &members, from)?;
        tx.outcome("no", number::format(PREFIX, id));
        object(tx.conn(), &loaded(tx.conn(), id)?, tx.day)
    })?;
    office.show_made(&done)
}

/// An act on a team that is worked on, seen as it is within the op; 5 where it is over. `shown` is the day of the answer.
fn change(
    office: &Office,
    command: &'static str,
    text: &str,
    shown: Day,
    f: impl FnOnce(&mut Tx<'_>, &Team) -> Result<()>,
) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?;
    let done = office.write(command, Map::new(), |tx| {
        let team = loaded(tx.conn(), id)?;
        // Its last day is over for whoever changes it, though it still holds on it.
        if team.profiles.last().is_some_and(|p| p.span.until.is_some()) {
            return Err(error::conflict("team_closed").fact("no", team.no()).detail("possible", Vec::<&str>::new()));
        }
        f(tx, &team)?;
        object(tx.conn(), &loaded(tx.conn(), id)?, shown)
    })?;
    office.show_changed(&done)
}

fn join(office: &Office, text: &str, who: &str, leads: bool) -> Result<Exit> {
    let day = office.day();
    change(office, "team.join", text, day, |tx, team| {
        let p = candidate(tx, who, Some(team.id))?;
        let role = if leads { Role::Leader } else { Role::Core };
        let held = team.members.iter().find(|m| m.data.person_id == p.id && m.span.until.is_none());
        match held {
            Some(m) if m.data.role == role => return Ok(()),
            Some(m) if m.data.role == Role::Leader => {
                return Err(error::conflict("team_leader").fact("no", team.no()).fact("person", p.no()));
            }
            Some(m) => store::end(tx, team.id, m, day.pred())?,
            None => {}
        }
        // One leads: who led until now is a core member from the same day.
        if let Some(before) = team.members.iter().find(|m| leads && m.data.role == Role::Leader && m.span.until.is_none()) {
            store::end(tx, team.id, before, day.pred())?;
            store::join(tx, team.id, Member { role: Role::Core, ..before.data }, day)?;
        }
        store::join(tx, team.id, Member { person_id: p.id, role }, day)
    })
}

fn leave(office: &Office, text: &str, who: &str) -> Result<Exit> {
    let day = office.day();
    // The business day is the last one in: the answer tells what holds from the next.
    change(office, "team.leave", text, day.succ(), |tx, team| {
        let p = person(tx, who)?;
        let held = team.members.iter().find(|m| m.data.person_id == p.id && m.span.until.is_none());
        let held = held.ok_or_else(|| error::not_found("not_in_team").fact("no", p.no()).fact("team", team.no()))?;
        if held.data.role == Role::Leader {
            return Err(error::conflict("team_leader").fact("no", team.no()).fact("person", p.no()));
        }
        store::end(tx, team.id, held, day)
    })
}

fn close(office: &Office, text: &str) -> Result<Exit> {
    let day = office.day();
    change(office, "team.close", text, day.succ(), |tx, team| {
        if team.profiles.last().is_some_and(|p| p.span.from > day) {
            return Err(error::bad_data("date_order"));
        }
        store::close(tx, team, day)
    })
}

/// Fields a list can be filtered and sorted by.
const FIELDS: &[Field] =
    &[Field::text("no"), Field::text("status"), Field::text("name"), Field::text("leader"), Field::text("org"), Field::number("people")];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let (day, after) = (office.as_of(), office.after(PREFIX)?);
    let mut rows = Vec::new();
    for id in store::ids(conn)?.into_iter().filter(|id| *id > after) {
        let team = loaded(conn, id)?;
        if office.globals.as_of.is_some() && team.profiles.first().is_some_and(|p| p.span.from > day) {
            continue;
        }
        let row = object(conn, &team, day)?;
        if filter.takes(&row) {
            rows.push(row);
        }
    }
    let mut columns: Vec<Column> = ["no", "status", "name", "leader.name", "org.name"].into_iter().map(Column::new).collect();
    columns.push(Column::right("people"));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

/// `team show`'s object.
fn object(conn: &Connection, team: &Team, day: Day) -> Result<Value> {
    let p = team.profiles.iter().find(|p| p.span.holds(day)).or(team.profiles.last()).ok_or_else(|| error::not_office("damaged"))?;
    let members = team
        .members_at(day)
        .into_iter()
        .map(|m| {
            let person = talent::store::load(conn, m.data.person_id)?;
            let name = person.and_then(|p| p.name_on(day).map(str::to_owned));
            Ok(json!({
                "role": m.data.role.code(), "person_no": number::format(talent::PREFIX, m.data.person_id), "person_name": name,
                "from": m.span.from.iso(),
            }))
        })
        .collect::<Result<Vec<Value>>>()?;
    let leader = members.first().filter(|m| m["role"] == "leader");
    let org = p.data.org_id.map(|id| org::cmd::named(conn, id, day)).transpose()?;
    let decision = paper::cmd::cited(conn, p.data.decision_id)?;
    Ok(json!({
        "no": team.no(), "status": if team.closed(day) { "closed" } else { "active" }, "name": p.data.name,
        "leader": leader.map(|l| json!({"no": l["person_no"], "name": l["person_name"]})), "org": org, "decision": decision,
        "people": members.len(), "members": members, "from": team.profiles.first().map(|f| f.span.from.iso()),
        "until": team.profiles.last().and_then(|f| f.span.until).map(|d| d.iso()),
    }))
}
