//! `letter KIND NO --out F`: one letter about one record, for a clerk who needs it now. What letters say is the nouns'.

use crate::base::day::Day;
use crate::base::{names, number};
use crate::blacklist::store::Share;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_no};
use crate::paper::letter::Letter;
use crate::ui::View;
use crate::{blacklist, calendar, card, product, service};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, json};
use std::collections::HashSet;
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "letter", build: |c| LetterArgs::augment_args(c), run };

/// Every kind of letter.
const KINDS: [&str; 12] = [
    "card_renewal",
    "card_review",
    "card_stopped",
    "case_accepted",
    "case_papers",
    "case_refused",
    "case_done",
    "product_recommended",
    "integrity_notice",
    "integrity_decision",
    "integrity_repair_notice",
    "integrity_recall",
];

#[derive(Args, Debug)]
struct LetterArgs {
    #[arg(value_name = "KIND", value_parser = KINDS)]
    kind: String,
    #[arg(value_name = "NO")]
    of: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[arg(long = "to", value_name = "TEXT")]
    recipient: Option<String>,
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = LetterArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let conn = office.read()?;
    let day = office.as_of();
    let (no, letter) = if args.kind == blacklist::letter::RECALL {
        recall(office, &args, day)?
    } else if blacklist::letter::KINDS.contains(&args.kind.as_str()) {
        let seen = blacklist::change::look(conn, blacklist::store::resolve(conn, &args.of)?, day)?;
        (seen.case.no(), blacklist::letter::letter(office, &args.kind, &seen, day)?)
    } else if card::letter::KINDS.contains(&args.kind.as_str()) {
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

/// The letter that calls back an annulled case from one of those it was handed over to: the only one, or whom `--to` names.
fn recall(office: &Office, args: &LetterArgs, day: Day) -> Result<(String, Letter)> {
    let id = parse_no(blacklist::PREFIX, &args.of)?;
    let no = number::format(blacklist::PREFIX, id);
    let groundless = |state: &str| error::conflict("letter_groundless").fact("letter", &args.kind).fact("no", &no).fact("status", state);
    let Some((case, shares)) = blacklist::store::annulled(office.read()?, id)? else {
        let seen = blacklist::change::look(office.read()?, blacklist::store::resolve(office.read()?, &args.of)?, day)?;
        return Err(groundless(&seen.state));
    };
    let wanted = |s: &&Share| args.recipient.as_deref().is_none_or(|to| names::org_fold(to) == names::org_fold(&s.recipient));
    let mut seen = HashSet::new();
    let named: Vec<&Share> = shares.iter().filter(wanted).filter(|s| seen.insert(&s.recipient)).collect();
    match named.as_slice() {
        [one] => Ok((no, blacklist::letter::recall(office, &case, one, day)?)),
        [] => Err(groundless("annulled")),
        several => {
            let all: Vec<&str> = several.iter().map(|s| s.recipient.as_str()).collect();
            Err(error::usage("recall_whom").fact("recipients", all.join(", ")).detail("possible", all))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_nouns_can_be_asked_for() {
        let all: Vec<&str> =
            [&card::letter::KINDS[..], &service::letter::KINDS, &product::letter::KINDS, &blacklist::letter::KINDS].concat();
        assert_eq!(all, KINDS);
    }
}
