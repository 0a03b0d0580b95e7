//! `actor`: who may act, bound to the users of the computer. The first one ends the time in which every name passes.

use super::store::{self, Actor};
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, os_user};
use crate::ui::{Column, View, t};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "actor", build, run };

/// What an actor may be entrusted with.
const ROLES: [&str; 7] = ["clerk", "reviewer", "approver", "cashier", "privacy", "auditor", "proxy"];

#[derive(Subcommand, Debug)]
enum ActorCommand {
    Add {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "USER")]
        os_user: String,
        #[arg(long, value_name = "ROLE", value_delimiter = ',', value_parser = ROLES, default_value = "clerk")]
        role: Vec<String>,
    },
    List,
    Retire {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

fn build(c: Command) -> Command {
    ActorCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match ActorCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        ActorCommand::Add { name, os_user, role } => add(office, &name, &os_user, &role),
        ActorCommand::List => list(office),
        ActorCommand::Retire { name } => retire(office, &name),
    }
}

fn add(office: &Office, name: &str, user: &str, roles: &[String]) -> Result<Exit> {
    let (name, user) = (name.trim(), user.trim());
    if name.is_empty() || user.is_empty() {
        return Err(error::usage("actor_empty"));
    }
    // In the order of the list, each once, so that the same roles are the same text.
    let roles: Vec<&str> = ROLES.into_iter().filter(|r| roles.iter().any(|given| given == r)).collect();
    let actor = Actor { name: name.to_owned(), os_user: user.to_owned(), roles: roles.join(",") };
    let mut first = false;
    let done = office.write("actor.add", Map::new(), |tx| {
        let known = store::actors(tx.conn())?;
        if known.iter().any(|(_, a)| a.data.name == actor.name && a.span.until.is_none_or(|u| u >= tx.day)) {
            return Err(error::conflict("actor_exists").fact("name", &actor.name));
        }
        first = known.is_empty();
        store::add_actor(tx, &actor)
    })?;
    let mut shown = row(&actor);
    shown["from"] = Value::from(office.day().iso());
    office.show_act(&done, shown)?;
    let me = os_user();
    if first && actor.os_user != me {
        office.warn("note.nobody_is_you", &[("user", &me)]);
    } else if first {
        office.note("note.first_actor", &[("name", &actor.name)]);
    }
    Ok(Exit::Done)
}

fn list(office: &Office) -> Result<Exit> {
    let day = office.as_of();
    let rows = store::actors(office.read()?)?
        .iter()
        .filter(|(_, a)| a.span.from <= day)
        .map(|(_, a)| {
            let mut shown = row(&a.data);
            shown["from"] = Value::from(a.span.from.iso());
            shown["until"] = a.span.until.map_or(Value::Null, |u| Value::from(u.iso()));
            shown
        })
        .collect();
    let columns = vec![
        Column::new("name").labelled(t("actor.name")),
        Column::new("os_user").labelled(t("actor.os_user")),
        Column::new("roles").labelled(t("actor.roles")),
        Column::new("from").labelled(t("actor.from")),
        Column::new("until").labelled(t("actor.until")),
    ];
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

fn retire(office: &Office, name: &str) -> Result<Exit> {
    let mut gone = None;
    let done = office.write("actor.retire", Map::new(), |tx| {
        let open: Vec<_> = store::actors(tx.conn())?.into_iter().filter(|(_, a)| a.span.until.is_none()).collect();
        let Some((id, actor)) = open.iter().find(|(_, a)| a.data.name == name) else {
            return Err(error::not_found("no_actor").fact("name", name));
        };
        // Names passed unchecked only before the first actor; without any nobody could write again.
        if open.len() == 1 {
            return Err(error::conflict("last_actor").fact("name", name));
        }
        store::retire_actor(tx, *id, actor)?;
        gone = Some(actor.data.clone());
        Ok(())
    })?;
    let mut shown = gone.as_ref().map_or_else(|| json!({}), row);
    shown["until"] = Value::from(office.day().iso());
    office.show_act(&done, shown)?;
    Ok(Exit::Done)
}

fn row(a: &Actor) -> Value {
    json!({"name": a.name, "os_user": a.os_user, "roles": a.roles.split(',').collect::<Vec<_>>()})
}
