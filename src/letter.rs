//! `letter KIND NO --out F`: one letter about one record, for a clerk who needs it now. What letters say is the nouns'.

use crate::base::number;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::ui::View;
use crate::{calendar, card, product, service};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, json};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "letter", build: |c| LetterArgs::augment_args(c), run };

/// Every kind of letter.
const KINDS: [&str; 8] =
    ["card_renewal", "card_review", "card_stopped", "case_accepted", "case_papers", "case_refused", "case_done", "product_recommended"];

#[derive(Args, Debug)]
struct LetterArgs {
    #[arg(value_name = "KIND", value_parser = KINDS)]
    kind: String,
    #[arg(value_name = "NO")]
    of: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = LetterArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let conn = office.read()?;
    let day = office.as_of();
    let (no, letter) = if card::letter::KINDS.contains(&args.kind.as_str()) {
        let seen = card::change::look(conn, card::store::resolve(conn, &args.of)?, day)?;
        (seen.card.no(), card::letter::letter(office, &args.kind, &seen, day)?)
    } else if product::letter::KINDS.contains(&args.kind.as_str()) {
        let p = product::store::resolve(conn, &args.of)?;
        (p.no(), product::letter::letter(office, &args.kind, &p, day)?)
    } else {
        let case = service::store::resolve(conn, &args.of)?;
        let seen = service::change::look(conn, &calendar::store::calendar(conn)?, case, day)?;
        (number::format(service::PREFIX, seen.case.id), service::letter::letter(office, &args.kind, &seen, day)?)
    };
    // A letter names its person and leaves the house.
    if !office.globals.dry_run {
        let mut what = Map::new();
        what.insert("letter".into(), args.kind.clone().into());
        what.insert("of".into(), no.clone().into());
        office.record_access("letter", what)?;
    }
    let path = letter.write(office, &args.out)?;
    office.show(&View::object(json!({"no": no, "letter": args.kind, "path": path})))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_nouns_can_be_asked_for() {
        let all: Vec<&str> = card::letter::KINDS.iter().chain(&service::letter::KINDS).chain(&product::letter::KINDS).copied().collect();
        assert_eq!(all, KINDS);
    }
}
