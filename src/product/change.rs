//! What is done to a product; each act sees it as the register knows it within its own op.

use super::store::{self, Product};
use super::{Listing, MACHINE, PREFIX, Profile, is_listed};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::talent::{self, Status, store as people};
use crate::workflow::{self, store as steps};
use crate::{blacklist, expert, org, paper, service};
use rusqlite::Connection;

/// The kind of service case that a review of intellectual property is.
const REVIEW: &str = "ip_review";

/// Enters a product of a talent who works here; its id. 5 where the holder has one of that name.
pub fn enter(tx: &mut Tx<'_>, holder_id: i64, name: &str, unit: Option<&str>) -> Result<i64> {
    let p = people::load(tx.conn(), holder_id)?.ok_or_else(|| error::not_office("damaged"))?;
    blacklist::standing::refuse_new(tx.conn(), blacklist::Whom::Person(holder_id), tx.day)?;
    expert::change::must_be_talent(tx.conn(), holder_id, tx.day)?;
    let status = talent::status(&p.engagements, p.merged_into.is_some(), p.erased, tx.day);
    if status != Status::Active {
        return Err(error::refused("no_product_holder").fact("no", p.no()).fact("status", status.as_str()).detail("clause", "五（二）4"));
    }
    if let Some(id) = store::of_name(tx.conn(), holder_id, name)? {
        let no = number::format(PREFIX, id);
        return Err(error::conflict("product_known").fact("no", &no).detail("code", "duplicate").detail("no", no));
    }
    let day = tx.day;
    let org_id = unit.map(|u| org::change::unit_or_stub(tx, u, day)).transpose()?;
    store::create(tx, holder_id, &Profile { name: name.to_owned(), org_id, case_id: None, listing: None })
}

/// A move that was asked for.
#[derive(Debug)]
pub struct Advance<'a> {
    /// The state to move to.
    pub to: &'a str,
    /// The case of the review.
    pub case: Option<&'a str>,
    /// The finance bureau's paper.
    pub document_no: Option<&'a str>,
    /// First day in the catalogue; else the business day.
    pub from: Option<Day>,
    /// Last day in the catalogue.
    pub until: Option<Day>,
    /// What was said with it.
    pub note: Option<&'a str>,
}

/// The state an act begins from; 3 where it is dated before the last one.
fn in_order(tx: &Tx<'_>, p: &Product) -> Result<String> {
    let all = steps::steps(tx.conn(), (MACHINE.kind, p.id))?;
    workflow::in_order(&p.no(), tx.day, all.last().map(|s| s.day))?;
    Ok(all.last().map_or_else(|| "applied".to_owned(), |s| s.to_state.clone()))
}

/// Moves a product on. A review rests on its case, a listing on the finance bureau's paper and its last day.
pub fn advance(tx: &mut Tx<'_>, id: i64, asked: &Advance<'_>) -> Result<()> {
    let p = store::loaded(tx.conn(), id)?;
    let from = in_order(tx, &p)?;
    let to = MACHINE.to(&p.no(), &from, asked.to)?;
    if let Some(verb) = match to {
        "trial" => Some("trial"),
        "accepted" | "not_accepted" => Some("accept"),
        _ => None,
    } {
        return Err(error::usage("verb_of_state").fact("verb", verb).fact("no", p.no()));
    }
    let listing = to == "in_catalogue";
    for (option, said, fits) in [
        ("--case", asked.case.is_some(), to == "ip_reviewed"),
        ("--until", asked.until.is_some(), listing),
        ("--from-date", asked.from.is_some(), listing),
        ("--document-no", asked.document_no.is_some(), listing || to == "removed"),
    ] {
        if said && !fits {
            return Err(error::usage("not_for_state").fact("option", option).fact("state", to));
        }
    }
    let old = p.last()?.clone();
    let mut new = old.data.clone();
    let mut decision_id = None;
    match to {
        "ip_reviewed" => new.case_id = Some(review(tx.conn(), &p, asked.case, tx.day)?),
        "in_catalogue" => {
            let (Some(document_no), Some(until)) = (asked.document_no, asked.until) else {
                return Err(error::refused("needs_listing").fact("no", p.no()).detail("clause", "五（二）4"));
            };
            let from = asked.from.unwrap_or(tx.day);
            if until < from {
                return Err(error::bad_data("date_order"));
            }
            let paper = paper::store::cite(tx, document_no)?;
            decision_id = Some(paper);
            new.listing = Some(Listing { decision_id: paper, from, until });
        }
        "removed" => {
            decision_id = asked.document_no.map(|d| paper::store::cite(tx, d)).transpose()?;
            // The business day is its last in the catalogue; what was to begin later never does.
            new.listing = new.listing.filter(|l| l.from <= tx.day).map(|l| Listing { until: l.until.min(tx.day), ..l });
        }
        _ => {}
    }
    if new != old.data {
        store::edit(tx, id, &old, &new)?;
    }
    steps::step(tx, (MACHINE.kind, id), Some(&from), to, decision_id, asked.note)
}

/// The case of a review that is done, and was for the product's holder. 3 otherwise.
fn review(conn: &Connection, p: &Product, case: Option<&str>, day: Day) -> Result<i64> {
    let holder = number::format(talent::PREFIX, p.holder_id);
    let refused = |key| error::refused(key).fact("no", p.no()).fact("person", &holder).detail("clause", "五（二）4");
    let case = service::store::resolve(conn, case.ok_or_else(|| refused("needs_review"))?)?;
    if case.service != REVIEW || people::survivor(conn, case.person_id)? != p.holder_id {
        return Err(refused("not_its_review").fact("case", case.no()));
    }
    let state = steps::steps(conn, (service::MACHINE.kind, case.id))?.into_iter().rfind(|s| s.day <= day).map(|s| s.to_state);
    if state.as_deref() != Some("done") {
        return Err(refused("review_open").fact("case", case.no()));
    }
    Ok(case.id)
}

/// Keeps a trial contract. 5 where the catalogue does not have the product on that day.
pub fn try_out(tx: &mut Tx<'_>, id: i64, buyer: &str, amount: Fen, on: Day) -> Result<i64> {
    let p = store::loaded(tx.conn(), id)?;
    let from = in_order(tx, &p)?;
    let listing = p.last()?.data.listing;
    if !is_listed(&from, listing, on) {
        let next: Vec<&str> = MACHINE.next(&from).iter().copied().filter(|s| *s != "trial").collect();
        return Err(error::conflict("not_listed").fact("no", p.no()).fact("day", on.iso()).fact("status", &from).detail("possible", next));
    }
    if on > tx.day {
        return Err(error::bad_data("signed_ahead").fact("no", p.no()).fact("until", tx.day.iso()));
    }
    let to = MACHINE.to(&p.no(), &from, "trial")?;
    let org_id = org::change::unit_or_stub(tx, buyer, on)?;
    let trial = store::try_out(tx, id, org_id, amount, on)?;
    steps::step(tx, (MACHINE.kind, id), Some(&from), to, None, None)?;
    Ok(trial)
}

/// Keeps what came of a trial: the one named, else the only one that is open.
pub fn accept(tx: &mut Tx<'_>, id: i64, trial: Option<i64>, outcome: &'static str, note: Option<&str>) -> Result<()> {
    let p = store::loaded(tx.conn(), id)?;
    let from = in_order(tx, &p)?;
    let open: Vec<_> = store::trials(tx.conn(), id, tx.day)?.into_iter().filter(|t| t.data.outcome.is_none()).collect();
    let wanted = match (trial, open.as_slice()) {
        (Some(n), all) => all.iter().find(|t| t.data.trial == n),
        (None, [one]) => Some(one),
        (None, []) => None,
        (None, many) => {
            let all: Vec<i64> = many.iter().map(|t| t.data.trial).collect();
            return Err(error::usage("which_trial").fact("no", p.no()).detail("possible", all));
        }
    };
    let Some(t) = wanted else {
        return Err(error::conflict("no_open_trial").fact("no", p.no()).detail("possible", vec!["trial"]));
    };
    let to = MACHINE.to(&p.no(), &from, outcome)?;
    let new = store::Trial { outcome: Some(outcome.to_owned()), note: note.map(str::to_owned), ..t.data.clone() };
    store::settle(tx, id, t, &new)?;
    steps::step(tx, (MACHINE.kind, id), Some(&from), to, None, note)
}
