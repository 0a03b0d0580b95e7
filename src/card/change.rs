//! What is done to a card, whoever asks for it; each act sees the card as the register knows it within its own op.

use super::store::{self, Card};
use super::{Facts, MACHINE, is_dead, review_due, status, validity};
use crate::base::day::{Day, PartDate};
use crate::blacklist::{Whom, standing};
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::paper;
use crate::policy::{self, CardScheme};
use crate::recognition::seen;
use crate::talent::store::{self as people, Person};
use crate::talent::{Recognition, current};
use crate::workflow::{self, store as steps};
use rusqlite::Connection;

/// The scheme a card was issued by.
pub fn scheme_of(conn: &Connection, card: &Card) -> Result<CardScheme> {
    let id = card.policy_id.ok_or_else(|| error::not_office("damaged"))?;
    let pack = policy::store::card_version(conn, id)?;
    pack.scheme.iter().find(|s| s.code == card.scheme).cloned().ok_or_else(|| error::not_office("damaged"))
}

/// A card with what it is on a day.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As it was issued.
    pub card: Card,
    /// valid, suspended, lost, expired, closed, revoked, not_yet.
    pub status: String,
    /// Why, where time alone made it so.
    pub why: Option<&'static str>,
    /// The last day by which a review is due; none of an attached card.
    pub review_due: Option<Day>,
    /// The day of the last act.
    pub last_step: Day,
}

/// What of a holder decides on a card.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    /// Recognitions decided to be in force, with their days.
    pub recognised: Vec<(i64, Span)>,
    /// Days with an employer.
    pub engaged: Vec<Span>,
}

impl Holder {
    fn of(p: &Person) -> Holder {
        Holder {
            recognised: p.recognitions.iter().filter(|r| r.data.state == "in_force").map(|r| (r.data.id, r.span)).collect(),
            engaged: p.engagements.iter().map(|e| e.span).collect(),
        }
    }

    /// What a card of this holder is on a day, its own acts and reviews being known: `stored` the state they brought about, `due` the last day for
    /// the next review, `main` the main card's status where it is attached.
    pub fn status<'a>(
        &self,
        card: &Card,
        scheme: &CardScheme,
        stored: &'a str,
        due: Day,
        main: Option<&'a str>,
        day: Day,
    ) -> (&'a str, Option<&'static str>) {
        let recognised = match card.recognition_id {
            Some(id) => self.recognised.iter().any(|(r, span)| *r == id && span.holds(day)) || day > card.valid_until,
            None => true,
        };
        let here = self.engaged.iter().any(|e| e.holds(day));
        let left_on = (!here).then(|| self.engaged.iter().filter_map(|e| e.until).filter(|u| *u < day).max()).flatten();
        let facts = Facts { stored, issued: card.issued, valid_until: card.valid_until, recognised, review_due: due, left_on, main };
        status(&facts, scheme.employer_grace_months, day)
    }
}

/// What a card is on a day.
pub fn look(conn: &Connection, card: Card, day: Day) -> Result<Seen> {
    let p = people::load(conn, people::survivor(conn, card.person_id)?)?.ok_or_else(|| error::not_office("damaged"))?;
    look_of(conn, card, &Holder::of(&p), day)
}

/// The same of a holder who is known already.
pub fn look_of(conn: &Connection, card: Card, holder: &Holder, day: Day) -> Result<Seen> {
    let scheme = scheme_of(conn, &card)?;
    let (stored, last_step) = store::state(conn, card.id, day)?.unwrap_or_else(|| ("valid".to_owned(), card.issued));
    let main = match card.main_card_id {
        // What took the main card's place carries its attached cards on.
        Some(id) => {
            let mut id = id;
            while let Some(next) = store::replaced_by(conn, id)? {
                id = next;
            }
            let main = store::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            Some(look(conn, main, day)?.status)
        }
        None => None,
    };
    let due = review_due(scheme.review_months, card.issued, &store::reviews(conn, card.id, day)?);
    let (status, why) = holder.status(&card, &scheme, &stored, due, main.as_deref(), day);
    let review_due = card.main_card_id.is_none().then_some(due);
    Ok(Seen { status: status.to_owned(), card, why, review_due, last_step })
}

/// 3 where a card is not valid on the day.
pub fn must_be_valid(seen: &Seen) -> Result<()> {
    if seen.status == "valid" {
        return Ok(());
    }
    Err(error::refused("card_not_valid").fact("no", seen.card.no()).fact("status", &seen.status).detail("status", seen.status.clone()))
}

/// The recognition of a person that opens a card on the day; 3 with what is missing.
fn opening(p: &Person, day: Day) -> Result<&crate::db::facts::Fact<Recognition>> {
    let held = p.recognitions.iter().filter(|r| r.span.holds(day));
    match held.clone().find(|r| seen(&r.data.state, r.span.until, day) == "in_force") {
        Some(r) => Ok(r),
        None if held.clone().any(|r| r.data.state == "recorded") => {
            Err(error::refused("only_recorded").fact("no", p.no()).detail("possible", vec!["recognition open", "recognition grant"]))
        }
        None => Err(error::refused("not_recognised").fact("no", p.no()).detail("possible", vec!["recognition open", "recognition grant"])),
    }
}

/// The confirmed scheme of cards for a scheme of recognition; 78 where it is not confirmed.
fn confirmed(conn: &Connection, recognition_scheme: &str) -> Result<(Option<i64>, CardScheme)> {
    let (id, pack) = policy::store::card(conn)?;
    let Some(scheme) = pack.of_recognition(recognition_scheme).cloned() else {
        return Err(error::not_found("no_scheme").fact("pack", "recognition").fact("scheme", recognition_scheme));
    };
    if !policy::store::is_confirmed(conn, id, &scheme.code)? {
        return Err(error::policy("unconfirmed").fact("pack", "card").fact("scheme", &scheme.code).detail("scheme", scheme.code));
    }
    Ok((id, scheme))
}

/// The number of a person's card that is not dead.
pub fn usable(tx: &Tx<'_>, person_id: i64) -> Result<Option<String>> {
    for card in store::of_person(tx.conn(), person_id)? {
        if store::replaced_by(tx.conn(), card.id)?.is_some() {
            continue;
        }
        let no = card.no();
        if !is_dead(&look(tx.conn(), card, tx.day)?.status) {
            return Ok(Some(no));
        }
    }
    Ok(None)
}

/// 5 where the person has a card already.
fn has_none(tx: &Tx<'_>, person_id: i64) -> Result<()> {
    match usable(tx, person_id)? {
        Some(no) => Err(error::conflict("has_card").fact("no", &no).detail("no", no).detail("possible", vec!["renew", "replace", "close"])),
        None => Ok(()),
    }
}

/// Issues a main card.
pub fn issue(tx: &mut Tx<'_>, person_id: i64, level: Option<&str>) -> Result<Seen> {
    has_none(tx, person_id)?;
    fresh(tx, person_id, level, None)
}

/// A new main card by today's facts, perhaps in the place of another. What it is on its first day needs no second look.
fn fresh(tx: &mut Tx<'_>, person_id: i64, level: Option<&str>, replaces_id: Option<i64>) -> Result<Seen> {
    let p = people::load(tx.conn(), person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let day = tx.day;
    standing::refuse_new(tx.conn(), Whom::Person(person_id), day)?;
    let r = opening(&p, day)?;
    let (policy_id, scheme) = confirmed(tx.conn(), &r.data.scheme)?;
    let level = match level {
        Some(code) => scheme.level.iter().find(|l| l.code == code).ok_or_else(|| {
            let all: Vec<&str> = scheme.level.iter().map(|l| l.code.as_str()).collect();
            error::usage("no_level").fact("level", code).fact("levels", all.join(", ")).detail("possible", all)
        })?,
        None => scheme.level_of(&r.data.class).ok_or_else(|| error::refused("no_level_for").fact("class", &r.data.class))?,
    };
    let Some(e) = current(&p.engagements, day).filter(|e| e.span.holds(day)) else {
        return Err(error::refused("not_engaged").fact("no", p.no()));
    };
    let contract = e.data.contract_end.map(PartDate::last_day);
    let (valid_until, bound) = validity(&scheme, day, contract, r.span.until);
    if valid_until < day {
        return Err(error::refused("contract_over").fact("no", p.no()).fact("day", valid_until.iso()).detail("bound", bound.code()));
    }
    let card = Card {
        id: 0,
        person_id,
        main_card_id: None,
        recognition_id: Some(r.data.id),
        policy_id,
        scheme: scheme.code.clone(),
        level: level.code.clone(),
        issued: day,
        valid_until,
        bound: bound.code().to_owned(),
        replaces_id,
    };
    let id = store::create(tx, &card)?;
    let due = review_due(scheme.review_months, day, &[]);
    Ok(Seen { card: Card { id, ..card }, status: "valid".to_owned(), why: None, review_due: Some(due), last_step: day })
}

/// A card in a status that an act can begin from; else 5 with what can be done. 3 where the act is dated before the last one.
fn in_status(tx: &Tx<'_>, id: i64, wanted: &[&str]) -> Result<Seen> {
    let card = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    let s = look(tx.conn(), card, tx.day)?;
    let last = steps::steps(tx.conn(), (MACHINE.kind, id))?.last().map_or(s.card.issued, |s| s.day);
    workflow::in_order(&s.card.no(), tx.day, Some(last))?;
    if let Some(next) = store::replaced_by(tx.conn(), id)? {
        let next = crate::base::number::format(super::PREFIX, next);
        return Err(error::conflict("card_replaced").fact("no", s.card.no()).fact("next", &next).detail("replaced_by", next));
    }
    if wanted.contains(&s.status.as_str()) {
        return Ok(s);
    }
    Err(wrong(&s))
}

fn wrong(s: &Seen) -> Error {
    let next = match s.status.as_str() {
        "lost" => vec!["replace", "close", "revoke"],
        "expired" => vec!["issue"],
        state => MACHINE.next(state).to_vec(),
    };
    error::conflict("card_state").fact("no", s.card.no()).fact("status", &s.status).fact("next", next.join(", ")).detail("possible", next)
}

/// A family member's card under a main card: fewer services, the same end, dead with the main card.
pub fn attach(tx: &mut Tx<'_>, main_id: i64, person_id: i64) -> Result<i64> {
    let main = in_status(tx, main_id, &["valid"])?.card;
    if main.main_card_id.is_some() {
        return Err(error::refused("attached_to_attached").fact("no", main.no()));
    }
    let holder = people::survivor(tx.conn(), main.person_id)?;
    let day = tx.day;
    let family = people::relations(tx.conn(), holder)?.iter().any(|r| r.other == person_id && r.fact.span.holds(day));
    if !family {
        let p = crate::base::number::format("P", person_id);
        return Err(error::refused("not_family").fact("no", main.no()).fact("person", p));
    }
    has_none(tx, person_id)?;
    for who in [holder, person_id] {
        standing::refuse_new(tx.conn(), Whom::Person(who), day)?;
    }
    let card = Card { id: 0, person_id, main_card_id: Some(main.id), recognition_id: None, issued: day, replaces_id: None, ..main };
    store::create(tx, &card)
}

/// Renews a card within its window: a new card by today's facts takes its place.
pub fn renew(tx: &mut Tx<'_>, id: i64) -> Result<Seen> {
    let s = in_status(tx, id, &["valid"])?;
    let scheme = scheme_of(tx.conn(), &s.card)?;
    let opens = s.card.valid_until.add_days(-i32::try_from(scheme.renewal_window_days).unwrap_or(0));
    if tx.day < opens {
        return Err(error::refused("renewal_early").fact("no", s.card.no()).fact("opens", opens.iso()).detail("opens", opens.iso()));
    }
    if s.card.main_card_id.is_some() {
        return Err(error::refused("attached_follows").fact("no", s.card.no()));
    }
    let new = fresh(tx, people::survivor(tx.conn(), s.card.person_id)?, None, Some(id))?;
    steps::step(tx, (MACHINE.kind, id), Some("valid"), "closed", None, Some("renewed"))?;
    Ok(new)
}

/// Replaces a lost card: a new number, the same level and the same end.
pub fn replace(tx: &mut Tx<'_>, id: i64) -> Result<i64> {
    let s = in_status(tx, id, &["lost"])?;
    if s.card.valid_until < tx.day {
        return Err(error::refused("replace_expired").fact("no", s.card.no()).fact("day", s.card.valid_until.iso()));
    }
    store::create(tx, &Card { replaces_id: Some(id), ..s.card })
}

/// Keeps a yearly review; one that failed suspends, one that passed late restores.
pub fn review(tx: &mut Tx<'_>, id: i64, passed: bool) -> Result<()> {
    let s = in_status(tx, id, &["valid", "suspended"])?;
    if s.card.main_card_id.is_some() {
        return Err(error::refused("attached_follows").fact("no", s.card.no()));
    }
    store::review(tx, id, passed)?;
    let stored = store::state(tx.conn(), id, tx.day)?.map(|s| s.0).unwrap_or_default();
    match (passed, stored.as_str()) {
        (false, "valid") => steps::step(tx, (MACHINE.kind, id), Some("valid"), "suspended", None, Some("review_failed")),
        (true, "suspended") => steps::step(tx, (MACHINE.kind, id), Some("suspended"), "valid", None, Some("review_passed")),
        _ => Ok(()),
    }
}

/// Moves a card to a state by an act: suspended, valid again, lost, closed, revoked.
pub fn set(tx: &mut Tx<'_>, id: i64, to: &'static str, why: Option<&str>, decision: Option<&str>) -> Result<()> {
    let from: &[&str] = match to {
        "valid" => &["suspended"],
        "suspended" => &["valid"],
        "lost" => &["valid", "suspended"],
        _ => &["valid", "suspended", "lost"],
    };
    let s = in_status(tx, id, from)?;
    let stored = store::state(tx.conn(), id, tx.day)?.map_or_else(|| "valid".to_owned(), |s| s.0);
    // What time alone suspended is restored by a review, not by a word.
    if to == "valid" && stored == "valid" {
        return Err(error::conflict("resume_by_review").fact("no", s.card.no()).detail("possible", vec!["review"]));
    }
    let decision_id = decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    steps::step(tx, (MACHINE.kind, id), Some(&stored), to, decision_id, why)
}
