//! What is done to a case; each act sees the case as the register knows it within its own op.

use super::store::{self, Case};
use super::{Clock, MACHINE, Pause, clock, is_closed, verbs};
use crate::base::day::Day;
use crate::base::number;
use crate::calendar::{self, Calendar};
use crate::card;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::policy::{self, Needs, Service};
use crate::recognition;
use crate::talent::kin::Kind;
use crate::talent::{self, store as people};
use crate::workflow::{
    self,
    store::{self as steps, Step},
};
use rusqlite::Connection;

/// A case with what it is on a day.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As it was opened.
    pub case: Case,
    /// opened, forwarded, paused, done, refused.
    pub state: String,
    /// Who handles it.
    pub department: String,
    /// Kinds of papers wanted and not there.
    pub missing: Vec<String>,
    /// What the calendar says; none where it lacks a year.
    pub clock: Option<Clock>,
    /// The day of its end.
    pub closed: Option<Day>,
    /// The day it was looked at for.
    pub day: Day,
    /// Its last result, reason, remedy and rating.
    pub said: [Option<String>; 4],
}

impl Seen {
    /// Its rating, 1 to 5.
    pub fn rating(&self) -> Option<u32> {
        self.said[3].as_deref().and_then(|r| r.parse().ok())
    }

    /// Whether it kept within its term, up to its end or the day.
    pub fn on_time(&self) -> Option<bool> {
        self.clock.map(|c| self.closed.unwrap_or(self.day) <= c.due)
    }
}

/// What a case says of its end, the last word of each.
const SAID: [&str; 4] = ["result", "why", "remedy", "rating"];

/// What a case is on a day.
pub fn look(conn: &Connection, calendar: &Calendar, case: Case, day: Day) -> Result<Seen> {
    let all: Vec<Step> = steps::steps(conn, (MACHINE.kind, case.id))?.into_iter().filter(|s| s.day <= day).collect();
    let state = all.last().map_or("opened", |s| s.to_state.as_str()).to_owned();
    let words = store::words(conn, case.id, day)?;
    let last = |kind: &str| words.iter().rfind(|w| w.0 == kind).map(|w| w.1.clone());
    let mut pauses: Vec<Pause> = Vec::new();
    for s in &all {
        match (s.to_state.as_str(), pauses.last_mut()) {
            ("paused", _) => pauses.push((s.day, None)),
            (_, Some(p)) if p.1.is_none() => p.1 = Some(s.day),
            _ => {}
        }
    }
    let closed = all.last().filter(|s| is_closed(&s.to_state)).map(|s| s.day);
    let clock = match clock(calendar, case.opened, case.term_days, &pauses, closed.unwrap_or(day).max(case.opened)) {
        Ok(c) => Some(c),
        Err(e) if e.key == "no_calendar" => None,
        Err(e) => return Err(e),
    };
    let missing = missing(conn, &case, &words, &state)?;
    let department = last("department").unwrap_or_else(|| case.department.clone());
    Ok(Seen { state, department, missing, clock, closed, day, said: SAID.map(last), case })
}

/// Papers wanted and not there: those of the kind of service, and those a pause asked for until it ended.
fn missing(conn: &Connection, case: &Case, words: &[store::Word], state: &str) -> Result<Vec<String>> {
    let mut wanted: Vec<String> = match case.policy_id {
        Some(id) => {
            let pack = policy::store::services_version(conn, id)?;
            let service = pack.service(&case.service);
            let consent = service.filter(|s| s.consent).map(|_| CONSENT.to_owned());
            service.map(|s| s.papers.clone()).unwrap_or_default().into_iter().chain(consent).collect()
        }
        None => Vec::new(),
    };
    let asked = words.iter().filter(|w| w.0 == "missing");
    let last_pause = asked.clone().map(|w| w.2).max();
    for (_, kind, op) in asked {
        // What was asked for came when the pause ended; while it lasts, only the last asking counts.
        if state == "paused" && Some(*op) == last_pause {
            if !wanted.contains(kind) {
                wanted.push(kind.clone());
            }
        } else {
            wanted.retain(|w| w != kind);
        }
    }
    let there = store::papers(conn, case.id)?;
    wanted.retain(|w| !there.contains(w));
    Ok(wanted)
}

/// The kind of paper under which a consent is kept.
pub const CONSENT: &str = "consent";

/// What a case is opened with.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Kind of service.
    pub service: &'a str,
    /// For whom.
    pub person_id: i64,
    /// The card shown.
    pub card_id: Option<i64>,
    /// The child.
    pub child_id: Option<i64>,
    /// The grade.
    pub grade: Option<u32>,
    /// Who looks after it; the actor where nobody is named.
    pub officer: Option<&'a str>,
}

/// The confirmed kind of service; 78 where it is not confirmed.
fn confirmed(conn: &Connection, code: &str) -> Result<(Option<i64>, Service)> {
    let (id, pack) = policy::store::services(conn)?;
    let service = pack.service(code).cloned().ok_or_else(|| {
        let all: Vec<&str> = pack.scheme.iter().map(|s| s.code.as_str()).collect();
        error::usage("no_service").fact("service", code).fact("services", all.join(", ")).detail("possible", all)
    })?;
    if !policy::store::is_confirmed(conn, id, code)? {
        return Err(error::policy("unconfirmed").fact("pack", "services").fact("scheme", code).detail("scheme", code));
    }
    Ok((id, service))
}

/// The card that opens a service for its holder: the one shown, else the one that can be used. 3 where there is none.
fn card_for(tx: &Tx<'_>, service: &Service, asked: &Asked<'_>) -> Result<Option<i64>> {
    let no = number::format(talent::PREFIX, asked.person_id);
    if let Some(id) = asked.card_id {
        let shown = card::store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        if people::survivor(tx.conn(), shown.person_id)? != asked.person_id {
            return Err(error::refused("card_of_another").fact("no", shown.no()).fact("person", no));
        }
    }
    if service.needs != Needs::Card {
        return Ok(asked.card_id);
    }
    let id = match asked.card_id {
        Some(id) => id,
        None => card::change::usable(tx, asked.person_id)?.and_then(|c| number::parse(card::PREFIX, &c).ok()).ok_or_else(|| {
            error::refused("needs_card").fact("no", &no).fact("clause", &service.clause).detail("clause", service.clause.clone())
        })?,
    };
    let shown = card::store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    let seen = card::change::look(tx.conn(), shown, tx.day)?;
    card::change::must_be_valid(&seen)?;
    if !service.is_for(&seen.card.level, seen.card.main_card_id.is_some()) {
        return Err(error::refused("card_not_for").fact("no", seen.card.no()).fact("service", &service.code));
    }
    Ok(Some(id))
}

/// The child that schooling is for: a child of the person, in a grade that the service covers.
fn child_for(tx: &Tx<'_>, service: &Service, asked: &Asked<'_>) -> Result<()> {
    let Some((first, last)) = service.grades else {
        return if asked.child_id.is_none() && asked.grade.is_none() {
            Ok(())
        } else {
            Err(error::usage("no_child_here").fact("service", &service.code))
        };
    };
    let (Some(child), Some(grade)) = (asked.child_id, asked.grade) else {
        return Err(error::usage("needs_child").fact("service", &service.code));
    };
    if !(first..=last).contains(&grade) {
        return Err(error::refused("grade_out")
            .fact("grade", grade)
            .fact("first", first)
            .fact("last", last)
            .fact("clause", &service.clause)
            .detail("clause", service.clause.clone()));
    }
    let day = tx.day;
    let is_child = people::relations(tx.conn(), asked.person_id)?
        .iter()
        .any(|r| r.other == child && r.fact.data == Kind::Child && r.fact.span.holds(day));
    if is_child {
        return Ok(());
    }
    let no = |id| number::format(talent::PREFIX, id);
    Err(error::refused("not_child").fact("child", no(child)).fact("person", no(asked.person_id)))
}

/// Opens a case.
pub fn open(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<i64> {
    let (policy_id, service) = confirmed(tx.conn(), asked.service)?;
    let day = tx.day;
    if service.needs == Needs::Recognition {
        let p = people::load(tx.conn(), asked.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
        let held = p.recognitions.iter().filter(|r| r.span.holds(day));
        if !held.into_iter().any(|r| recognition::seen(&r.data.state, r.span.until, day) == "in_force") {
            return Err(error::refused("needs_recognition").fact("no", p.no()).detail("clause", service.clause.clone()));
        }
    }
    child_for(tx, &service, asked)?;
    let card_id = card_for(tx, &service, asked)?;
    // The term must be known before the case is taken on.
    clock(&calendar::store::calendar(tx.conn())?, day, service.term_days, &[], day)?;
    let case = Case {
        id: 0,
        service: service.code,
        person_id: asked.person_id,
        card_id,
        child_id: asked.child_id,
        grade: asked.grade,
        officer: asked.officer.map_or_else(|| tx.actor.clone(), str::to_owned),
        department: service.department,
        opened: day,
        term_days: service.term_days,
        policy_id,
    };
    store::create(tx, &case)
}

/// A case in a state that a verb can begin from; else 5 with what can be done. 3 where the act is dated before the last one.
fn in_state(tx: &Tx<'_>, id: i64, verb: &str) -> Result<(Seen, Vec<Step>)> {
    let case = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    let all = steps::steps(tx.conn(), (MACHINE.kind, id))?;
    workflow::in_order(&case.no(), tx.day, Some(all.last().map_or(case.opened, |s| s.day)))?;
    let seen = look(tx.conn(), &calendar::store::calendar(tx.conn())?, case, tx.day)?;
    let possible = verbs(&seen.state, seen.rating().is_some());
    if possible.contains(&verb) {
        return Ok((seen, all));
    }
    let key = if verb == "rate" && is_closed(&seen.state) { "case_rated" } else { "case_state" };
    Err(error::conflict(key)
        .fact("no", seen.case.no())
        .fact("status", &seen.state)
        .fact("verbs", possible.join(", "))
        .detail("possible", possible.to_vec()))
}

/// Moves a case, with its words.
fn advance(tx: &mut Tx<'_>, id: i64, from: &str, to: &str, words: &[(&str, &str)]) -> Result<()> {
    for (kind, text) in words {
        store::say(tx, id, kind, text)?;
    }
    steps::step(tx, (MACHINE.kind, id), Some(from), to, None, None)
}

/// Forwards a case to who handles it.
pub fn forward(tx: &mut Tx<'_>, id: i64, to: &str) -> Result<()> {
    let (seen, _) = in_state(tx, id, "forward")?;
    advance(tx, id, &seen.state, "forwarded", &[("department", to)])
}

/// Stops the clock for papers.
pub fn pause(tx: &mut Tx<'_>, id: i64, papers: &[String]) -> Result<()> {
    let (seen, _) = in_state(tx, id, "pause")?;
    let words: Vec<(&str, &str)> = papers.iter().map(|p| ("missing", p.as_str())).collect();
    advance(tx, id, &seen.state, "paused", &words)
}

/// Lets the clock run on. 78 where the calendar lacks a year of the rest.
pub fn resume(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let (seen, all) = in_state(tx, id, "resume")?;
    if seen.clock.is_none() {
        let (year, ..) = tx.day.ymd();
        return Err(error::policy("no_calendar").fact("year", year).detail("year", year));
    }
    let before = all.last().and_then(|s| s.from_state.clone()).unwrap_or_else(|| "opened".to_owned());
    advance(tx, id, "paused", &before, &[])
}

/// Ends a case with its result.
pub fn done(tx: &mut Tx<'_>, id: i64, result: &str) -> Result<()> {
    let (seen, _) = in_state(tx, id, "done")?;
    advance(tx, id, &seen.state, "done", &[("result", result)])
}

/// Ends a case with a refusal: why, and what the holder can do.
pub fn refuse(tx: &mut Tx<'_>, id: i64, why: &str, remedy: &str) -> Result<()> {
    let (seen, _) = in_state(tx, id, "refuse")?;
    advance(tx, id, &seen.state, "refused", &[("why", why), ("remedy", remedy)])
}

/// Keeps the holder's rating of an ended case.
pub fn rate(tx: &mut Tx<'_>, id: i64, stars: u32) -> Result<()> {
    in_state(tx, id, "rate")?;
    store::say(tx, id, "rating", &stars.to_string())
}
