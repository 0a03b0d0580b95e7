//! `product …`: arguments, and a product as a clerk and a script see it.

use super::change::{self, Advance};
use super::store::{self, Product};
use super::{MACHINE, PREFIX, is_listed, status};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::paper;
use crate::paper::cmd::amount as yuan;
use crate::service;
use crate::talent::{look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "product", build, run };

#[derive(Subcommand, Debug)]
enum ProductCommand {
    Add {
        #[arg(long, value_name = "TEXT")]
        name: String,
        #[arg(long, value_name = "P")]
        holder: String,
        #[arg(long, value_name = "U")]
        org: Option<String>,
        #[arg(long = "paper", value_name = "KIND:FILE")]
        papers: Vec<String>,
    },
    Advance(AdvanceArgs),
    Trial {
        #[arg(value_name = "X")]
        product: String,
        #[arg(long, value_name = "U")]
        buyer: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        on: Option<Day>,
    },
    Accept {
        #[arg(value_name = "X")]
        product: String,
        #[command(flatten)]
        came: Came,
        #[arg(long, value_name = "N")]
        trial: Option<i64>,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    Show {
        #[arg(value_name = "X")]
        product: String,
    },
    List(Lines),
}

#[derive(Args, Debug)]
struct AdvanceArgs {
    #[arg(value_name = "X")]
    product: String,
    #[arg(long, value_name = "STATE")]
    to: String,
    #[arg(long, value_name = "K")]
    case: Option<String>,
    #[arg(long, value_name = "TEXT")]
    document_no: Option<String>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from_date: Option<Day>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    until: Option<Day>,
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[arg(long = "paper", value_name = "KIND:FILE")]
    papers: Vec<String>,
}

/// What came of a trial.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Came {
    #[arg(long)]
    accepted: bool,
    #[arg(long)]
    not_accepted: bool,
}

fn build(c: Command) -> Command {
    ProductCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use ProductCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Add { name, holder, org, papers } => {
            let name = text_said(&name, "--name")?;
            let holder = people_look::load(office, &holder)?.id;
            let brought = paper::cmd::brought(office, &papers)?;
            let done = office.write("product.add", Map::new(), |tx| {
                let id = change::enter(tx, holder, &name, org.as_deref())?;
                paper::cmd::keep(tx, (MACHINE.kind, id), &brought)?;
                now(tx, id)
            })?;
            office.show_made(&done)
        }
        C::Advance(a) => advance(office, &a),
        C::Trial { product, buyer, amount, on } => {
            let (buyer, amount) = (text_said(&buyer, "--buyer")?, yuan(&amount)?);
            let on = on.unwrap_or(office.day());
            act(office, "product.trial", &product, |tx, id| change::try_out(tx, id, &buyer, amount, on).map(|_| ()))
        }
        C::Accept { product, came, trial, note } => {
            let note = note.map(|n| text_said(&n, "--note")).transpose()?;
            let outcome = if came.accepted { "accepted" } else { "not_accepted" };
            act(office, "product.accept", &product, |tx, id| change::accept(tx, id, trial, outcome, note.as_deref()))
        }
        C::Show { product } => {
            let conn = office.read()?;
            let p = store::resolve(conn, &product)?;
            let mut v = object(conn, &p, office.as_of())?;
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, p.id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
    }
}

fn advance(office: &Office, a: &AdvanceArgs) -> Result<Exit> {
    let note = a.note.as_deref().map(|n| text_said(n, "--note")).transpose()?;
    let document_no = a.document_no.as_deref().map(|d| text_said(d, "--document-no")).transpose()?;
    let brought = paper::cmd::brought(office, &a.papers)?;
    let asked = Advance {
        to: &a.to,
        case: a.case.as_deref(),
        document_no: document_no.as_deref(),
        from: a.from_date,
        until: a.until,
        note: note.as_deref(),
    };
    let exit = act(office, "product.advance", &a.product, |tx, id| {
        change::advance(tx, id, &asked)?;
        paper::cmd::keep(tx, (MACHINE.kind, id), &brought)
    })?;
    if a.to == "recommended" {
        office.hint("note.product_recommended", &[("no", &a.product)]);
    }
    Ok(exit)
}

fn act(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, i64) -> Result<()>) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?.id;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, id)?;
        now(tx, id)
    })?;
    office.show_changed(&done)
}

fn now(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", number::format(PREFIX, id));
    object(tx.conn(), &store::loaded(tx.conn(), id)?, tx.day)
}

/// The product object.
fn object(conn: &Connection, p: &Product, day: Day) -> Result<Value> {
    let now = &p.at(day)?.data;
    let state = store::state(conn, p.id, day)?;
    let unit = |id: i64| org::cmd::named(conn, id, day);
    let holder = people::load(conn, p.holder_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let catalogue = match now.listing {
        Some(l) => Some(json!({
            "no": number::format(paper::PREFIX, l.decision_id), "document_no": paper::store::open(conn, l.decision_id)?.map(|d| d.data.document_no),
            "from": l.from.iso(), "until": l.until.iso(), "in_force": is_listed(&state, now.listing, day),
        })),
        None => None,
    };
    let (mut trials, mut sum) = (Vec::new(), Fen::ZERO);
    for t in store::trials(conn, p.id, day)? {
        sum = sum.checked_add(t.data.amount).ok_or_else(|| error::bad_data("amount_range"))?;
        trials.push(json!({
            "trial": t.data.trial, "buyer": unit(t.data.org_id)?, "amount": t.data.amount.to_string(), "on": t.data.signed.iso(),
            "outcome": t.data.outcome, "note": t.data.note,
        }));
    }
    Ok(json!({
        "no": p.no(), "status": status(&state, now.listing, day), "name": now.name,
        "holder": {"no": holder.no(), "name": holder.name_on(day)},
        "org": now.org_id.map(unit).transpose()?, "applied": p.profiles.first().map(|f| f.span.from.iso()),
        "case_no": now.case_id.map(|id| number::format(service::PREFIX, id)), "catalogue": catalogue,
        "until": now.listing.map(|l| l.until.iso()), "trials": trials, "contracts": sum.to_string(), "next": MACHINE.next(&state),
    }))
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::text("holder"),
    Field::text("org"),
    Field::date("applied"),
    Field::text("case_no"),
    Field::date("until"),
    Field::number("contracts"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for id in store::ids(conn, office.after(PREFIX)?)? {
        let p = store::loaded(conn, id)?;
        if office.globals.as_of.is_some() && p.profiles.first().is_some_and(|f| f.span.from > day) {
            continue;
        }
        let v = object(conn, &p, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    let mut columns: Vec<Column> = ["no", "status", "name", "holder.name", "org.name", "case_no", "catalogue.document_no", "until"]
        .into_iter()
        .map(Column::new)
        .collect();
    columns.push(Column::right("contracts"));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}
