//! `fund …`: arguments, and a fund as a clerk and a script see it.

use super::store::{self, Fund};
use super::{ANY_PURPOSE, Account, KINDS, PREFIX, SOURCES, change, journal};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::org;
use crate::paper;
use crate::paper::cmd::amount as yuan;
use crate::subsidy;
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "fund", build, run };

#[derive(Subcommand, Debug)]
enum FundCommand {
    Open {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1949..=2999))]
        year: i32,
        #[arg(long, value_name = "KIND", value_parser = KINDS, default_value = "guidance")]
        kind: String,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
    },
    Appropriate {
        #[arg(value_name = "FD")]
        fund: String,
        #[arg(long, value_name = "SOURCE", value_parser = SOURCES)]
        source: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
        #[arg(long, value_name = "PURPOSE", default_value = ANY_PURPOSE)]
        purpose: String,
        #[arg(long, value_name = "TEXT")]
        earmark: Option<String>,
        #[arg(long, value_name = "D")]
        decision: String,
    },
    Carry {
        #[arg(value_name = "FD")]
        fund: String,
        #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1949..=2999))]
        to_year: i32,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long)]
        all: bool,
    },
    Close {
        #[arg(value_name = "FD")]
        fund: String,
    },
    Assert {
        #[arg(value_name = "FD")]
        fund: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
    },
    Invest {
        #[arg(value_name = "FD")]
        fund: String,
        #[arg(long, value_name = "U")]
        org: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
        #[arg(long, value_name = "TEXT")]
        outcome: Option<String>,
    },
    Show {
        #[arg(value_name = "FD")]
        fund: String,
    },
    List(Lines),
    Ledger {
        #[arg(value_name = "FD")]
        fund: String,
    },
}

fn build(c: Command) -> Command {
    FundCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use FundCommand as F;
    match F::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        F::Open { name, year, kind, decision } => {
            let name = text_said(&name, "NAME")?;
            office.read()?;
            let done = office.write("fund.open", Map::new(), |tx| {
                let f = change::open(tx, &name, year, &kind, decision.as_deref())?;
                tx.outcome("no", f.no());
                object(tx.conn(), &f, tx.day)
            })?;
            office.show_made(&done)
        }
        F::Appropriate { fund, source, amount, purpose, earmark, decision } => {
            let (amount, purpose) = (yuan(&amount)?, change::purpose(&purpose)?);
            let earmark = earmark.map(|e| text_said(&e, "--earmark")).transpose()?;
            act(office, "fund.appropriate", &fund, |tx, f| {
                change::appropriate(tx, f, (&source, purpose, earmark.as_deref()), amount, &decision)?;
                tx.outcome("amount", amount.to_string());
                waiting(tx, f)
            })
        }
        F::Carry { fund, to_year, decision, all } => act(office, "fund.carry", &fund, |tx, f| {
            let change::Carried { amount: moved, promises, to } = change::carry(tx, f, to_year, all, &decision)?;
            for (from, to) in promises {
                subsidy::store::relink(tx, from, Some(to))?;
            }
            tx.outcome("amount", moved.to_string());
            let mut more = waiting(tx, &to)?;
            more.insert("carried_over".to_owned(), moved.to_string().into());
            Ok(more)
        }),
        F::Close { fund } => act(office, "fund.close", &fund, |tx, f| {
            // What the bank sends back would be promised by a year that has ended.
            if subsidy::store::at_bank(tx.conn(), f.id)? {
                return Err(error::conflict("on_its_way").fact("no", f.no()).detail("possible", vec!["confirm"]));
            }
            let (lapsed, returned, lines) = change::close(tx, f)?;
            for line in lines {
                subsidy::store::relink(tx, line, None)?;
            }
            tx.outcome("lapsed", lapsed.to_string());
            tx.outcome("returned", returned.to_string());
            Ok(Map::from_iter([("lapsed".to_owned(), lapsed.to_string().into()), ("returned_now".to_owned(), returned.to_string().into())]))
        }),
        F::Assert { fund, amount } => assert(office, &fund, &amount),
        F::Invest { fund, org, amount, outcome } => {
            let (amount, unit) = (yuan(&amount)?, org::store::resolve(office.read()?, &org)?);
            let outcome = outcome.map(|o| text_said(&o, "--outcome")).transpose()?;
            act(office, "fund.invest", &fund, |tx, f| {
                change::usable(tx, f)?;
                store::add_investment(tx, f.id, unit, amount, outcome.as_deref())?;
                Ok(Map::new())
            })
        }
        F::Show { fund } => {
            let conn = office.read()?;
            let fund = store::resolve(conn, &fund)?;
            office.show(&View::object(whole(conn, &fund, office.as_of())?))?;
            Ok(Exit::Done)
        }
        F::List(lines) => list(office, &lines),
        F::Ledger { fund } => ledger(office, &fund),
    }
}

/// Commitments of earlier years that fall due in a fund's year come first when it has money, in the order of approval; how many.
fn waiting(tx: &mut Tx<'_>, fund: &Fund) -> Result<Map<String, Value>> {
    let reserved = subsidy::draw::reserve_waiting(tx, fund)?;
    Ok(if reserved > 0 { Map::from_iter([("reserved_waiting".to_owned(), reserved.into())]) } else { Map::new() })
}

/// An act on a fund that answers with it and what `f` adds.
fn act(
    office: &Office,
    command: &'static str,
    text: &str,
    f: impl FnOnce(&mut Tx<'_>, &Fund) -> Result<Map<String, Value>>,
) -> Result<Exit> {
    let fund = store::resolve(office.read()?, text)?;
    let done = office.write(command, Map::new(), |tx| {
        let more = f(tx, &fund)?;
        tx.outcome("no", fund.no());
        let mut v = whole(tx.conn(), &fund, tx.day)?;
        if let Value::Object(v) = &mut v {
            v.extend(more);
        }
        Ok(v)
    })?;
    office.show_changed(&done)
}

/// Keeps what the bank says, and says whether the ledger agrees; exit 1 where it does not.
fn assert(office: &Office, text: &str, amount: &str) -> Result<Exit> {
    let fund = store::resolve(office.read()?, text)?;
    // An empty account is a figure too.
    let said = Fen::parse(amount).ok().filter(|f| f.0 >= 0).ok_or_else(|| error::bad_data("bad_amount").fact("text", amount))?;
    let done = office.write("fund.assert", Map::new(), |tx| {
        store::add_assertion(tx, fund.id, said)?;
        tx.outcome("no", fund.no());
        let ledger = store::cash(tx.conn(), fund.id, tx.day)?;
        Ok((ledger, Fen(said.0 - ledger.0)))
    })?;
    let (ledger, difference) = done.value;
    let status = if difference == Fen::ZERO { "agrees" } else { "differs" };
    office.show_act(
        &done,
        json!({"no": fund.no(), "status": status, "amount": said.to_string(), "ledger": ledger.to_string(), "difference": difference.to_string()}),
    )?;
    Ok(if difference == Fen::ZERO { Exit::Done } else { Exit::Found })
}

/// Adds up; a sum beyond the numbers is a damaged file, as every part was guarded.
fn plus(a: Fen, b: Fen) -> Result<Fen> {
    a.checked_add(b).ok_or_else(|| error::not_office("damaged"))
}

/// A fund with its lines: the object of the contract.
pub fn object(conn: &Connection, f: &Fund, day: Day) -> Result<Value> {
    let keys = ["appropriated", "carried", "reserved", "committed", "paid", "recovered", "returned", "free"];
    let mut total = [Fen::ZERO; 8];
    let mut lines = Vec::new();
    for l in store::lines(conn, f.id)? {
        let (sum, back) = store::sums(conn, l.id, day)?;
        if sum == super::Balance::default() {
            // Made later than the day asked for.
            continue;
        }
        let of = |a: Account| sum.of(a);
        let figures = [
            Fen(-of(Account::Source).0),
            Fen(-of(Account::Carried).0),
            of(Account::Reserved),
            subsidy::store::committed(conn, l.id, day)?,
            plus(of(Account::Paid), back)?,
            back,
            of(Account::Returned),
            of(Account::Free),
        ];
        let mut v = json!({"source": l.source, "purpose": l.purpose, "earmark": l.earmark});
        for ((key, figure), t) in keys.iter().zip(figures).zip(&mut total) {
            v[*key] = figure.to_string().into();
            *t = plus(*t, figure)?;
        }
        lines.push(v);
    }
    let totals: Map<String, Value> = keys.iter().zip(total).map(|(k, t)| ((*k).to_owned(), t.to_string().into())).collect();
    let decision = f.decision_id.map(|d| number::format(paper::PREFIX, d));
    Ok(json!({
        "no": f.no(), "status": store::state(conn, f.id, day)?, "name": f.name, "year": f.year, "kind": f.kind, "decision": decision,
        "year_over": day > change::year_end(f), "total": totals, "lines": lines,
    }))
}

/// The same with the bank's last word and the investments.
fn whole(conn: &Connection, f: &Fund, day: Day) -> Result<Value> {
    let mut v = object(conn, f, day)?;
    v["bank"] = match store::assertions(conn, f.id)?.into_iter().rfind(|a| a.0 <= day) {
        Some((on, said)) => {
            let ledger = store::cash(conn, f.id, on)?;
            json!({"day": on.iso(), "amount": said.to_string(), "ledger": ledger.to_string(), "agrees": said == ledger})
        }
        None => Value::Null,
    };
    let mut invested = Vec::new();
    for (org, on, amount, outcome) in store::investments(conn, f.id, day)? {
        let name = org::store::name_at(conn, org, day)?.map(|n| n.0);
        invested.push(json!({"org_no": number::format(org::PREFIX, org), "org": name, "day": on.iso(), "amount": amount.to_string(), "outcome": outcome}));
    }
    v["investments"] = invested.into();
    Ok(v)
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::number("year"),
    Field::text("kind"),
    Field::text("year_over"),
    Field::number("appropriated"),
    Field::number("reserved"),
    Field::number("paid"),
    Field::number("free"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let after = office.after(PREFIX)?;
    let mut rows = Vec::new();
    for f in store::funds(conn)?.into_iter().filter(|f| f.id > after) {
        let o = object(conn, &f, office.as_of())?;
        let mut row = json!({"no": o["no"], "status": o["status"], "name": o["name"], "year": o["year"], "kind": o["kind"], "year_over": o["year_over"]});
        for key in ["appropriated", "carried", "reserved", "committed", "paid", "recovered", "returned", "free"] {
            row[key] = o["total"][key].clone();
        }
        if filter.takes(&row) {
            rows.push(row);
        }
    }
    let mut columns: Vec<Column> = ["no", "status", "year", "kind", "name"].into_iter().map(Column::new).collect();
    columns.extend(["appropriated", "reserved", "paid", "free"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

fn ledger(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let fund = store::resolve(conn, text)?;
    let entries = store::entries(conn, fund.id, office.as_of())?;
    if office.as_journal() {
        office.put(journal::text(&entries).as_bytes())?;
        return Ok(Exit::Done);
    }
    let rows = entries
        .iter()
        .map(|e| {
            json!({
                "day": e.day.iso(), "journal": e.journal, "kind": e.kind, "fund": number::format(PREFIX, e.line.fund_id), "source": e.line.source,
                "purpose": e.line.purpose, "earmark": e.line.earmark, "account": e.posting.account.code(), "amount": e.posting.amount.to_string(),
                "decision": e.decision_id.map(|d| number::format(paper::PREFIX, d)), "note": e.note, "op": e.op,
            })
        })
        .collect();
    let mut columns: Vec<Column> =
        ["day", "journal", "kind", "source", "purpose", "earmark", "account"].into_iter().map(Column::new).collect();
    columns.push(Column::right("amount"));
    columns.extend(["decision", "op"].into_iter().map(Column::new));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
