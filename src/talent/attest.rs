//! What papers prove of a person that no register of ours says (证明): residence, social insurance, no home, rent, price. Types, the act and
//! `talent attest`. SQL is in `store::attest`.

use super::look::load;
use super::store::{self, Person};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::digest::Val;
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What a paper proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// residence, social_insurance, no_home, rent, price.
    pub kind: String,
    /// Of rent a month, of a price the whole.
    pub amount: Option<Fen>,
}

impl Attestation {
    /// The data columns in order.
    pub fn values(&self) -> [Val<'_>; 2] {
        [Val::Text(&self.kind), Val::int(self.amount.map(|a| a.0))]
    }

    /// As one reads it.
    pub fn shown(&self) -> String {
        match self.amount {
            Some(a) => format!("{} {a}", self.kind),
            None => self.kind.clone(),
        }
    }
}

/// Kinds that prove an amount.
pub const WITH_AMOUNT: [&str; 2] = ["rent", "price"];

/// Keeps what a paper proves from a day on: of a kind one thing is proved on a day, and a later paper takes the place of an earlier one. Whether
/// anything changed. 2 where an amount is missing or means nothing.
pub fn attest(tx: &mut Tx<'_>, p: &Person, a: &Attestation, span: Span) -> Result<bool> {
    if WITH_AMOUNT.contains(&a.kind.as_str()) != a.amount.is_some() {
        return Err(error::usage("attest_amount").fact("kind", &a.kind));
    }
    if span.until.is_some_and(|u| u < span.from) {
        return Err(error::bad_data("date_order"));
    }
    let held = store::attestations(tx.conn(), p.id)?;
    if held.iter().any(|h| h.data == *a && h.span == span) {
        return Ok(false);
    }
    store::attest(tx, p.id, held.iter().filter(|h| h.data.kind == a.kind), a, span)?;
    Ok(true)
}

/// Attestations of a person on a day.
pub fn json(conn: &Connection, id: i64, day: Day) -> Result<Vec<Value>> {
    let all = store::attestations(conn, id)?;
    Ok(all
        .iter()
        .filter(|h| h.span.holds(day))
        .map(|h| {
            json!({
                "attestation": h.data.kind, "amount": h.data.amount.map(|a| a.to_string()), "from": h.span.from.iso(),
                "until": h.span.until.map(|d| d.iso()),
            })
        })
        .collect())
}

/// What the command line says.
#[derive(clap::Args, Debug)]
pub(super) struct Said {
    #[arg(long = "kind", value_name = "KIND")]
    attestation: String,
    #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
    amount: Option<String>,
    #[arg(long, value_parser = crate::office::parse_day, value_name = "DAY")]
    from_date: Option<Day>,
    #[arg(long, value_parser = crate::office::parse_day, value_name = "DAY")]
    until: Option<Day>,
    #[arg(long, value_name = "FILE")]
    paper: Option<std::path::PathBuf>,
}

/// `talent attest`.
pub(super) fn attest_cmd(office: &Office, text: &str, said: &Said) -> Result<Exit> {
    let p = load(office, text)?;
    let kind = codes::find("attestation", &said.attestation).ok_or_else(|| {
        let all: Vec<&str> = codes::codes("attestation").map(|c| c.code).collect();
        error::usage("unknown_attestation").fact("value", &said.attestation).fact("values", all.join(", ")).detail("possible", all)
    })?;
    let a = Attestation { kind: kind.to_owned(), amount: said.amount.as_deref().map(paper::cmd::amount).transpose()? };
    let span = Span { from: said.from_date.unwrap_or(office.day()), until: said.until };
    let brought = said.paper.as_deref().map(|f: &Path| paper::cmd::bring_as(office, kind, f)).transpose()?;
    let done = office.write("talent.attest", Map::new(), |tx| {
        attest(tx, &p, &a, span)?;
        if let Some(b) = brought {
            paper::cmd::keep(tx, ("person", p.id), &[b])?;
        }
        Ok(json!({"no": p.no(), "status": "active", "attestations": json(tx.conn(), p.id, tx.day.max(span.from))?}))
    })?;
    office.show_changed(&done)
}
