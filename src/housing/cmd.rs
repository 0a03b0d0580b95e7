//! `housing …` and `lease …`: arguments, and both as a clerk and a script see them.

use super::PREFIX;
use super::store::{self, Lease, Unit};
use crate::base::day::Day;
use crate::base::number;
use crate::blacklist::{Whom, standing};
use crate::cli::Noun;
use crate::db::facts::{Fact, Span};
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::paper::cmd::amount as yuan;
use crate::policy;
use crate::subsidy::{
    self,
    store::{Claim, Party},
};
use crate::talent::{self, look as people_look, store as people};
use crate::ui::Column;
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// `housing`.
pub const HOUSING: Noun = Noun { name: "housing", build: build_housing, run: run_housing };
/// `lease`.
pub const LEASE: Noun = Noun { name: "lease", build: build_lease, run: run_lease };

/// The scheme that flats are let by.
const SCHEME: &str = "turnover_flat";

#[derive(Subcommand, Debug)]
enum HousingCommand {
    Add {
        #[arg(long, value_name = "TEXT")]
        address: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        price: Option<String>,
    },
    List(Lines),
}

#[derive(Subcommand, Debug)]
enum LeaseCommand {
    Add {
        #[arg(long, value_name = "HU")]
        unit: String,
        #[arg(long, value_name = "P")]
        person: String,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        from_date: Option<Day>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Day,
    },
    End {
        #[arg(value_name = "HU", required_unless_present = "unit")]
        named: Option<String>,
        #[arg(long, value_name = "HU", conflicts_with = "named")]
        unit: Option<String>,
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    List(Lines),
}

fn build_housing(c: Command) -> Command {
    HousingCommand::augment_subcommands(c).subcommand_required(true)
}

fn build_lease(c: Command) -> Command {
    LeaseCommand::augment_subcommands(c).subcommand_required(true)
}

fn run_housing(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match HousingCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        HousingCommand::Add { address, price } => {
            let unit = Unit { id: 0, address: text_said(&address, "--address")?, price: price.as_deref().map(yuan).transpose()? };
            office.read()?;
            let done = office.write("housing.add", Map::new(), |tx| {
                if let Some(id) = store::by_address(tx.conn(), &unit.address)? {
                    let no = number::format(PREFIX, id);
                    return Err(error::conflict("flat_known").fact("no", &no).detail("no", no));
                }
                let id = store::add(tx, &unit)?;
                tx.outcome("no", number::format(PREFIX, id));
                unit_object(tx.conn(), &Unit { id, ..unit.clone() }, tx.day)
            })?;
            office.show_made(&done)
        }
        HousingCommand::List(lines) => {
            let conn = office.read()?;
            let after = office.after(PREFIX)?;
            let all = store::units(conn)?;
            let rows = all.iter().filter(|u| u.id > after).map(|u| unit_object(conn, u, office.as_of())).collect::<Result<Vec<_>>>()?;
            lined(office, rows, &["no", "status", "address", "price", "person_no", "until"], &lines, UNIT_FIELDS)
        }
    }
}

const UNIT_FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("address"),
    Field::number("price"),
    Field::text("person_no"),
    Field::date("until"),
];

const LEASE_FIELDS: &[Field] = &[
    Field::text("unit_no"),
    Field::text("status"),
    Field::text("address"),
    Field::text("person_no"),
    Field::date("from"),
    Field::date("until"),
    Field::number("days_left"),
];

fn lined(office: &Office, mut rows: Vec<Value>, columns: &[&str], lines: &Lines, fields: &[Field]) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), fields)?;
    rows.retain(|r| filter.takes(r));
    filter::show_lines(office, rows, columns.iter().map(|c| Column::new(*c)).collect(), lines, fields)
}

fn person_no(conn: &Connection, id: i64) -> Result<String> {
    Ok(number::format(talent::PREFIX, people::survivor(conn, id)?))
}

fn unit_object(conn: &Connection, u: &Unit, day: Day) -> Result<Value> {
    let lease = store::leases(conn, u.id)?.into_iter().find(|l| l.span.holds(day));
    Ok(json!({
        "no": u.no(), "status": if lease.is_some() { "let" } else { "free" }, "address": u.address, "price": u.price.map(|p| p.to_string()),
        "person_no": lease.as_ref().map(|l| person_no(conn, l.data.person_id)).transpose()?,
        "until": lease.and_then(|l| l.span.until).map(|d| d.iso()),
    }))
}

fn lease_object(conn: &Connection, u: &Unit, l: &Fact<Lease>, day: Day) -> Result<Value> {
    let until = l.span.until.unwrap_or(l.span.from);
    let status = match () {
        () if day < l.span.from => "not_yet",
        () if day > until => "ended",
        () => "running",
    };
    Ok(json!({
        "no": u.no(), "status": status, "unit_no": u.no(), "address": u.address, "person_no": person_no(conn, l.data.person_id)?,
        "from": l.span.from.iso(), "until": until.iso(), "days_left": if status == "running" { Some(until.0 - day.0) } else { None }, "why": l.data.why,
    }))
}

fn run_lease(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match LeaseCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        LeaseCommand::Add { unit, person, from_date, until } => {
            let unit = store::resolve(office.read()?, &unit)?;
            let person = people_look::load(office, &person)?.id;
            let from = from_date.unwrap_or(office.day());
            if until < from {
                return Err(error::usage("ends_before").fact("from", from.iso()).fact("until", until.iso()));
            }
            let done = office.write("lease.add", Map::new(), |tx| {
                let span = Span { from, until: Some(until) };
                standing::refuse_new(tx.conn(), Whom::Person(person), tx.day)?;
                allowed(tx.conn(), &unit, person, span)?;
                store::add_lease(tx, unit.id, person, span)?;
                tx.outcome("no", unit.no());
                let made = store::leases(tx.conn(), unit.id)?.into_iter().find(|l| l.span == span);
                lease_object(tx.conn(), &unit, &made.ok_or_else(|| error::not_office("damaged"))?, tx.day)
            })?;
            office.show_changed(&done)
        }
        LeaseCommand::End { named, unit, why } => {
            let unit = store::resolve(office.read()?, &named.or(unit).unwrap_or_default())?;
            let why = why.map(|w| text_said(&w, "--why")).transpose()?;
            let done = office.write("lease.end", Map::new(), |tx| {
                let running = store::leases(tx.conn(), unit.id)?.into_iter().find(|l| l.span.holds(tx.day));
                let l = running.ok_or_else(|| error::conflict("not_let").fact("no", unit.no()).detail("possible", vec!["lease add"]))?;
                // Said once more, or on its last day anyway: nothing differs.
                if l.span.until != Some(tx.day) || why.is_some() && l.data.why != why {
                    store::end_lease(tx, unit.id, &l, tx.day, why.as_deref())?;
                    tx.outcome("no", unit.no());
                }
                let ended = Fact { span: Span { until: Some(tx.day), ..l.span }, data: Lease { why: why.clone(), ..l.data.clone() }, ..l };
                // The business day is its last: the answer tells what holds from the next.
                lease_object(tx.conn(), &unit, &ended, tx.day.succ())
            })?;
            office.show_changed(&done)
        }
        LeaseCommand::List(lines) => {
            let conn = office.read()?;
            let day = office.as_of();
            let mut rows = Vec::new();
            for u in store::units(conn)? {
                for l in store::leases(conn, u.id)? {
                    rows.push(lease_object(conn, &u, &l, day)?);
                }
            }
            lined(office, rows, &["unit_no", "status", "address", "person_no", "from", "until", "days_left"], &lines, LEASE_FIELDS)
        }
    }
}

/// Whether a flat may be let to a person for those days: the scheme confirmed, its conditions met, nobody else there, one flat a person, the
/// months of a life. 5 where it is let already, 3 otherwise.
fn allowed(conn: &Connection, unit: &Unit, person_id: i64, span: Span) -> Result<()> {
    let until = span.until.unwrap_or(span.from);
    let overlaps = |l: &Fact<Lease>| l.span.from <= until && l.span.until.is_none_or(|u| u >= span.from);
    if let Some(l) = store::leases(conn, unit.id)?.iter().find(|l| overlaps(l)) {
        let free = l.span.until.unwrap_or(l.span.from).succ();
        return Err(error::conflict("let_already")
            .fact("no", unit.no())
            .fact("day", free.iso())
            .detail("free_from", free.iso())
            .detail("possible", vec!["lease end"]));
    }
    let (id, s) = subsidy::change::scheme(conn, SCHEME, span.from)?;
    if !policy::store::is_confirmed(conn, id, SCHEME)? {
        return Err(error::policy("unconfirmed").fact("pack", "benefits").fact("scheme", SCHEME).detail("scheme", SCHEME));
    }
    let before = store::leases_of(conn, person_id)?;
    if let Some((other, _)) = before.iter().find(|(_, l)| overlaps(l)) {
        return Err(error::refused("has_flat")
            .fact("no", number::format(talent::PREFIX, person_id))
            .fact("unit", number::format(PREFIX, *other)));
    }
    let claim = Claim { payee: Party::Person(person_id), for_id: None };
    let v = subsidy::change::verdict(conn, claim, &s, None, span.from)?;
    subsidy::change::must_be_eligible(&number::format(talent::PREFIX, person_id), SCHEME, &v)?;
    let months = |from: Day, until: Day| {
        let whole = subsidy::whole_months(from, until);
        whole + u32::from(from.months_later(whole) <= until)
    };
    let had: u32 = before.iter().map(|(_, l)| months(l.span.from, l.span.until.unwrap_or(l.span.from))).sum();
    if let Some(left) = v.sums.months_left.map(|left| left.saturating_sub(had))
        && months(span.from, until) > left
    {
        return Err(error::refused("months_over")
            .fact("no", number::format(talent::PREFIX, person_id))
            .fact("left", left)
            .detail("months_left", left));
    }
    Ok(())
}
