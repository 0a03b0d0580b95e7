//! `card …`: arguments, and a card as a clerk and a script see it.

use super::change::{self, Seen};
use super::store::{self, Card};
use super::verify::{self, Signing, VerifyArgs};
use super::{MACHINE, PREFIX, counter, key, print, sweep};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::point;
use crate::recognition;
use crate::roster::named;
use crate::talent::{self, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use crate::workflow::several::{self, Named, Several};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "card", build, run };

#[derive(Subcommand, Debug)]
enum CardCommand {
    Issue {
        #[arg(value_name = "P")]
        person: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "L")]
        level: Option<String>,
    },
    Attach {
        #[arg(value_name = "C")]
        card: String,
        #[arg(long = "person", value_name = "P2")]
        relative: String,
    },
    Renew {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
    },
    Review {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, required_unless_present = "failed", conflicts_with = "failed")]
        passed: bool,
        #[arg(long)]
        failed: bool,
    },
    Suspend {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    Resume {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
    },
    Lost {
        #[arg(value_name = "C")]
        card: String,
    },
    Replace {
        #[arg(value_name = "C")]
        card: String,
    },
    Close {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    Revoke {
        #[arg(value_name = "C")]
        card: String,
        #[arg(long, value_name = "TEXT")]
        ground: String,
        #[arg(long, value_name = "D")]
        decision: String,
    },
    Show {
        #[arg(value_name = "C")]
        card: String,
    },
    List(Lines),
    Print {
        #[arg(value_name = "C")]
        card: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(short = 'o', long = "out", value_name = "FILE")]
        out: PathBuf,
    },
    Verify(VerifyArgs),
    Sweep {
        #[arg(long, value_name = "DAY", value_parser = crate::office::parse_day)]
        since: Option<Day>,
        #[arg(long = "out", value_name = "DIR")]
        letters: Option<PathBuf>,
    },
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    Revocations {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    Counter {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
enum KeyCommand {
    Export {
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    Rotate {
        #[arg(long)]
        give_up: bool,
    },
}

fn build(c: Command) -> Command {
    CardCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use CardCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Issue { person, said, level } => {
            let named = named::persons(office, &person, &said)?;
            let act = several::Act { command: "card.issue", prefix: talent::PREFIX, makes: true };
            let signing = Signing::new(office);
            several::run(office, act, &named, &said, |tx, id| {
                let seen = change::issue(tx, id, level.as_deref())?;
                with_token(tx, &signing, office, &seen)
            })
        }
        C::Attach { card, relative } => {
            let (main, person) = (store::resolve(office.read()?, &card)?.id, people_look::load(office, &relative)?.id);
            new(office, "card.attach", main, |tx, id| change::attach(tx, id, person))
        }
        C::Renew { card, said } => {
            let named = cards(office, &card, &said)?;
            let act = several::Act { command: "card.renew", prefix: PREFIX, makes: true };
            let signing = Signing::new(office);
            several::run(office, act, &named, &said, |tx, id| {
                let seen = change::renew(tx, id)?;
                with_token(tx, &signing, office, &seen)
            })
        }
        C::Review { card, said, failed, .. } => {
            let named = cards(office, &card, &said)?;
            act(office, "card.review", &named, &said, |tx, id| change::review(tx, id, !failed))
        }
        C::Suspend { card, said, why } => {
            let (named, why) = (cards(office, &card, &said)?, text_said(&why, "--why")?);
            act(office, "card.suspend", &named, &said, |tx, id| change::set(tx, id, "suspended", Some(&why), None))
        }
        C::Resume { card, said } => {
            let named = cards(office, &card, &said)?;
            act(office, "card.resume", &named, &said, |tx, id| change::set(tx, id, "valid", None, None))
        }
        C::Lost { card } => {
            let named = cards(office, &[card], &Several::default())?;
            act(office, "card.lost", &named, &Several::default(), |tx, id| change::set(tx, id, "lost", None, None))
        }
        C::Replace { card } => {
            let id = store::resolve(office.read()?, &card)?.id;
            new(office, "card.replace", id, change::replace)
        }
        C::Close { card, said, why } => {
            let named = cards(office, &card, &said)?;
            let why = why.as_deref().map(|w| text_said(w, "--why")).transpose()?;
            act(office, "card.close", &named, &said, |tx, id| change::set(tx, id, "closed", why.as_deref(), None))
        }
        C::Revoke { card, ground, decision } => {
            let (card, ground) = (store::resolve(office.read()?, &card)?, text_said(&ground, "--ground")?);
            office.confirm("ask.revoke", &[("no", &card.no())])?;
            let named = Named::of(vec![card.id], &Several::default());
            act(office, "card.revoke", &named, &Several::default(), |tx, id| change::set(tx, id, "revoked", Some(&ground), Some(&decision)))
        }
        C::Show { card } => {
            let conn = office.read()?;
            let card = store::resolve(conn, &card)?;
            let id = card.id;
            let day = office.as_of();
            let token = Signing::new(office).token(conn, &card)?;
            let mut v = object(conn, &change::look(conn, card, day)?)?;
            v["token"] = token.into();
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
        C::Print { card, said, out } => print::run(office, &cards(office, &card, &said)?, &out),
        C::Sweep { since, letters } => {
            let kept = point::cmd::kept_from(office.read()?, office.today())?;
            sweep::run(office, since, letters.as_deref(), |tx| point::store::forget(tx, kept))
        }
        C::Verify(args) => verify::run(office, &args),
        C::Key { command: KeyCommand::Export { out } } => verify::export(office, out.as_deref()),
        C::Key { command: KeyCommand::Rotate { give_up } } => verify::rotate(office, give_up),
        C::Revocations { out } => verify::revocations(office, &out),
        C::Counter { out } => counter::run(office, &out),
    }
}

/// The cards a command names.
fn cards(office: &Office, texts: &[String], said: &Several) -> Result<Named> {
    let day = office.as_of();
    named::records(
        office,
        texts,
        said,
        |conn, text| Ok(store::resolve(conn, text)?.id),
        |conn, filter| {
            let filter = Filter::parse(Some(filter), FIELDS)?;
            let mut ids = Vec::new();
            each_seen(conn, day, |s| {
                if filter.takes(&object(conn, s)?) {
                    ids.push(s.card.id);
                }
                Ok(())
            })?;
            Ok(ids)
        },
    )
}

fn act(
    office: &Office,
    command: &'static str,
    named: &Named,
    said: &Several,
    mut f: impl FnMut(&mut Tx<'_>, i64) -> Result<()>,
) -> Result<Exit> {
    several::run(office, several::Act { command, prefix: PREFIX, makes: false }, named, said, |tx, id| {
        f(tx, id)?;
        tx.outcome("no", number::format(PREFIX, id));
        object(tx.conn(), &seen(tx, id)?)
    })
}

/// An act on one card that makes another.
fn new(office: &Office, command: &'static str, id: i64, mut f: impl FnMut(&mut Tx<'_>, i64) -> Result<i64>) -> Result<Exit> {
    let (said, signing) = (Several::default(), Signing::new(office));
    several::run(office, several::Act { command, prefix: PREFIX, makes: true }, &Named::of(vec![id], &said), &said, |tx, id| {
        let id = f(tx, id)?;
        let seen = seen(tx, id)?;
        with_token(tx, &signing, office, &seen)
    })
}

fn seen(tx: &Tx<'_>, id: i64) -> Result<Seen> {
    let card = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    change::look(tx.conn(), card, tx.day)
}

/// A new card with the token that goes into its code; the office's first card makes the key.
fn with_token(tx: &mut Tx<'_>, signing: &Signing<'_>, office: &Office, seen: &Seen) -> Result<Value> {
    tx.outcome("no", seen.card.no());
    if !office.globals.dry_run {
        key::ensure(tx, office.path()?)?;
    }
    let mut v = object(tx.conn(), seen)?;
    v["token"] = signing.token(tx.conn(), &seen.card)?.into();
    Ok(v)
}

/// The card object of the contract.
fn object(conn: &Connection, s: &Seen) -> Result<Value> {
    let c = &s.card;
    let no = |prefix: &'static str| move |id: i64| number::format(prefix, id);
    let person = people::survivor(conn, c.person_id)?;
    Ok(json!({
        "no": c.no(), "status": s.status, "person_no": number::format(talent::PREFIX, person),
        "recognition_no": c.recognition_id.map(no(recognition::PREFIX)), "level": c.level, "issued": c.issued.iso(),
        "valid_until": c.valid_until.iso(), "bound": c.bound, "main_card_no": c.main_card_id.map(no(PREFIX)),
        "replaces": c.replaces_id.map(no(PREFIX)), "replaced_by": store::replaced_by(conn, c.id)?.map(no(PREFIX)),
        "review_due": s.review_due.map(|d| d.iso()), "why": s.why,
    }))
}

/// Fields a list can be filtered and sorted by.
const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("person_no"),
    Field::text("level"),
    Field::date("issued"),
    Field::date("valid_until"),
    Field::text("bound"),
    Field::text("main_card_no"),
    Field::date("review_due"),
    Field::text("why"),
    Field::text("replaced_by"),
];

/// Hands out the cards issued by the day, as they are on it.
fn each_seen(conn: &Connection, day: Day, mut f: impl FnMut(&Seen) -> Result<()>) -> Result<()> {
    store::each(conn, |card| {
        if card.issued > day {
            return Ok(());
        }
        f(&change::look(conn, card, day)?)
    })
}

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let after = office.after(PREFIX)?;
    let mut rows = Vec::new();
    each_seen(conn, office.as_of(), |s| {
        if s.card.id > after {
            let v = object(conn, s)?;
            if filter.takes(&v) {
                rows.push(v);
            }
        }
        Ok(())
    })?;
    let columns = ["no", "status", "person_no", "level", "issued", "valid_until", "bound", "review_due", "main_card_no", "why"];
    filter::show_lines(office, rows, columns.into_iter().map(Column::new).collect(), lines, FIELDS)
}

/// The card of a person on the day, for the person's page: the one that can be used, else the last.
pub fn of_person(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Value>> {
    let mut last: Option<Seen> = None;
    let issued = |c: &Card| c.issued <= day;
    for card in store::of_person(conn, person_id)?.into_iter().filter(issued) {
        last = Some(change::look(conn, card, day)?);
    }
    Ok(last.map(|s| json!({"no": s.card.no(), "level": s.card.level, "valid_until": s.card.valid_until.iso(), "status": s.status})))
}
