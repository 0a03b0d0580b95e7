//! What is due (待办): cases, public notices, reviews and ends of cards, mid-term checks, integrity cases, rosters owed, milestones, tasks and reports on them, rows that
//! wait; each with an urgency from named weights, so that the most pressing stands first. Nothing here writes.

use super::store;
use crate::base::day::Day;
use crate::base::number;
use crate::blacklist;
use crate::card;
use crate::collect;
use crate::error::Result;
use crate::expert;
use crate::fund;
use crate::honour;
use crate::housing;
use crate::policy;
use crate::product;
use crate::programme;
use crate::recognition;
use crate::service;
use crate::subsidy;
use crate::target::Colour;
use crate::task;
use crate::workflow::store as steps;
use rusqlite::Connection;
use serde_json::{Value, json};

/// What kinds of things are due, and how much each weighs: a term promised to a person before an internal one.
pub const WEIGHTS: [(&str, f64); 19] = [
    ("case", 10.0),
    ("notice", 8.0),
    ("integrity_deliver", 8.0),
    ("integrity_reply", 7.0),
    ("integrity_end", 3.0),
    ("card_review", 6.0),
    ("card_end", 5.0),
    ("mid_check", 4.0),
    ("roster", 4.0),
    ("review_rows", 3.0),
    ("bank", 3.0),
    ("difference", 7.0),
    ("lease_end", 4.0),
    ("task", 5.0),
    ("milestone", 5.0),
    ("approval", 4.0),
    ("programme_end", 3.0),
    ("catalogue_end", 3.0),
    ("liaison", 2.0),
];

/// So many days behind the bank's last word a fund wants another.
const BANK_DAYS: i32 = 31;
/// For so many days a listing that ran out is still told.
const LISTING_DAYS: i32 = 31;

/// Something that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Which of `WEIGHTS`.
    pub kind: &'static str,
    /// The record: a number, or the number of a round; none of rows that wait.
    pub no: Option<String>,
    /// By when.
    pub due: Option<Day>,
    /// How many things it stands for: units that owe a round, rows that wait.
    pub count: usize,
    /// Who entered it or looks after it.
    pub who: String,
}

impl Due {
    /// weight × closeness: 1 on its day, down to 0.3 at the end of the days asked for, up to 2 when a month late. What has no day counts as
    /// of today.
    pub fn urgency(&self, day: Day, within: i32) -> f64 {
        let weight = WEIGHTS.iter().find(|w| w.0 == self.kind).map_or(1.0, |w| w.1);
        let left = f64::from(self.due.map_or(0, |d| d.0 - day.0));
        let closeness = if left < 0.0 { 1.0 + (-left).min(30.0) / 30.0 } else { 1.0 - 0.7 * left / f64::from(within.max(1)) };
        (weight * closeness.max(0.3) * 10.0).round() / 10.0
    }

    /// As a script sees it.
    pub fn json(&self, day: Day, within: i32) -> Value {
        json!({
            "urgency": self.urgency(day, within), "kind": self.kind, "no": self.no, "due": self.due.map(|d| d.iso()),
            "days": self.due.map(|d| d.0 - day.0), "count": self.count,
        })
    }
}

/// Everything due up to `within` days behind the day, the most urgent first.
pub fn all(conn: &Connection, day: Day, within: i32) -> Result<Vec<Due>> {
    let last = day.add_days(within);
    let mut found = Vec::new();
    cases(conn, day, last, &mut found)?;
    recognitions(conn, day, last, &mut found)?;
    cards(conn, day, last, &mut found)?;
    rosters(conn, day, last, &mut found)?;
    banks(conn, day, last, &mut found)?;
    leases(conn, day, last, &mut found)?;
    benefits(conn, day, last, &mut found)?;
    for (no, count, who) in subsidy::pay::open_differences(conn)? {
        found.push(Due { kind: "difference", no: Some(no), due: None, count, who });
    }
    tasks(conn, day, last, &mut found)?;
    integrity(conn, day, last, &mut found)?;
    programmes(conn, day, last, &mut found)?;
    honours(conn, day, last, &mut found)?;
    products(conn, day, last, &mut found)?;
    contacts(conn, day, last, &mut found)?;
    for (who, count) in store::waiting_by_actor(conn)? {
        found.push(Due { kind: "review_rows", no: None, due: None, count, who });
    }
    found.sort_by(|a, b| b.urgency(day, within).total_cmp(&a.urgency(day, within)).then(a.due.cmp(&b.due)).then(a.no.cmp(&b.no)));
    Ok(found)
}

fn cases(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    service::cmd::each_seen(conn, day, 0, |s| {
        // A case that waits for papers waits for its holder.
        if service::is_closed(&s.state) || s.state == "paused" {
            return Ok(());
        }
        let due = s.clock.map(|c| c.due);
        if due.is_none_or(|d| d <= last) {
            found.push(Due { kind: "case", no: Some(s.case.no()), due, count: 1, who: s.case.officer.clone() });
        }
        Ok(())
    })
}

/// Notices that run out or have run out and wait for the next step; mid-term checks.
fn recognitions(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    recognition::store::each(conn, false, |_, row| {
        let d = &row.data;
        let (kind, due) = match recognition::seen(&d.state, row.span.until, day) {
            "public_notice" => ("notice", steps::notice(conn, (recognition::MACHINE.kind, d.id))?.map(|n| n.until)),
            "in_force" => {
                let pack = d.policy_id.map(|id| policy::store::recognition_version(conn, id)).transpose()?;
                let scheme = pack.as_ref().and_then(|p| p.scheme(&d.scheme));
                let check = scheme.and_then(|s| recognition::mid_check_due(s, row.span.from, row.span.until, d.mid_check.as_deref()));
                ("mid_check", check)
            }
            _ => return Ok(true),
        };
        if let Some(due) = due.filter(|d| *d <= last && row.span.from <= day) {
            let who = store::actor_of(conn, row.made_op)?;
            found.push(Due { kind, no: Some(recognition::store::no(d.id)), due: Some(due), count: 1, who });
        }
        Ok(true)
    })
}

/// Ends and reviews of cards that still can be used or be restored.
fn cards(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    card::store::each_near(conn, day, last, |card| {
        if card.main_card_id.is_some() || card::store::replaced_by(conn, card.id)?.is_some() {
            return Ok(());
        }
        let (id, no) = (card.id, card.no());
        let seen = card::change::look(conn, card, day)?;
        if !matches!(seen.status.as_str(), "valid" | "suspended") {
            return Ok(());
        }
        let end = seen.card.valid_until;
        // A review that falls behind the end is none.
        let review = seen.review_due.filter(|d| *d < end && *d <= last);
        let ends = Some(end).filter(|d| *d <= last);
        for (kind, due) in [("card_review", review), ("card_end", ends)] {
            if due.is_some() {
                found.push(Due { kind, no: Some(no.clone()), due, count: 1, who: store::actor_of_card(conn, id)? });
            }
        }
        Ok(())
    })
}

/// Rounds in which units still owe a roster.
fn rosters(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for round in collect::store::rounds(conn)?.into_iter().filter(|r| r.due <= last) {
        let owed = collect::store::units(conn, round.id)?.iter().filter(|u| u.data.status(round.due, day) != "returned").count();
        if owed > 0 {
            let who = store::actor_of_round(conn, round.id)?;
            found.push(Due { kind: "roster", no: Some(round.id.to_string()), due: Some(round.due), count: owed, who });
        }
    }
    Ok(())
}

/// Open funds with money that nobody compared with the bank of late.
fn banks(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for f in fund::store::funds(conn)? {
        if fund::store::state(conn, f.id, day)? == "closed" || fund::store::cash(conn, f.id, day)?.0 == 0 {
            continue;
        }
        let said = fund::store::assertions(conn, f.id)?.into_iter().rfind(|a| a.0 <= day).map(|a| a.0);
        let opened = steps::steps(conn, (fund::MACHINE.kind, f.id))?.first().map_or(day, |s| s.day);
        let due = said.unwrap_or(opened).add_days(BANK_DAYS);
        if due <= last {
            let who = store::actor_of_fund(conn, f.id)?;
            found.push(Due { kind: "bank", no: Some(f.no()), due: Some(due), count: 1, who });
        }
    }
    Ok(())
}

/// Leases of turnover flats that end.
fn leases(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for u in housing::store::units(conn)? {
        for l in housing::store::leases(conn, u.id)? {
            if let Some(end) = l.span.until.filter(|d| l.span.holds(day) && *d <= last) {
                let who = store::actor_of(conn, l.made_op)?;
                found.push(Due { kind: "lease_end", no: Some(u.no()), due: Some(end), count: 1, who });
            }
        }
    }
    Ok(())
}

/// Tasks that are due or late, milestones that are near and not reached or far behind, and reports that wait for another person.
fn tasks(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    let book = task::look::Book::open(conn, day)?;
    for t in task::store::tasks(conn)? {
        let Some(lead) = task::store::units(conn, t.id)?.into_iter().find(|u| u.data.role == task::Role::Lead && u.span.holds(day)) else {
            continue;
        };
        let waiting: Vec<_> = task::store::reports(conn, t.id)?.into_iter().filter(|r| r.state == "reported" && r.day <= day).collect();
        if let Some(first) = waiting.first() {
            found.push(Due { kind: "approval", no: Some(t.no()), due: None, count: waiting.len(), who: first.actor.clone() });
        }
        // The register is asked for its figures only where one can be behind.
        let planned = task::store::milestones(conn, t.id)?.into_iter().any(|m| m.span.holds(day) && m.data.quarter.last_day() <= last);
        let due = task::store::charges(conn, t.id)?.into_iter().find(|c| c.span.holds(day)).and_then(|c| c.data.due).filter(|d| *d <= last);
        if !planned && due.is_none() {
            continue;
        }
        let seen = book.seen(t)?;
        let no = || Some(seen.task.no());
        let who = store::actor_of(conn, lead.made_op)?;
        if seen.standing.colour == Colour::Done {
            continue;
        }
        if due.is_some() {
            found.push(Due { kind: "task", no: no(), due, count: 1, who: who.clone() });
        }
        let reached = seen.figure().unwrap_or(0);
        let mut ends = seen.plan.iter().map(|m| (m.data.quarter.last_day(), m.data.planned));
        let next = ends.clone().find(|(end, planned)| *end >= day && *end <= last && reached < *planned);
        let behind = ends.rfind(|(end, _)| *end < day).filter(|_| seen.standing.colour == Colour::Red && !seen.standing.overdue);
        if let Some((end, _)) = behind.or(next) {
            found.push(Due { kind: "milestone", no: no(), due: Some(end), count: 1, who });
        }
    }
    Ok(())
}

/// Programmes that end and wait to be closed.
fn programmes(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for id in programme::store::ids(conn, 0)? {
        let p = programme::store::loaded(conn, id)?;
        let due = p.at(day)?.data.last;
        if due <= last && programme::store::state(conn, id, day)? == "open" {
            found.push(Due { kind: "programme_end", no: Some(p.no()), due: Some(due), count: 1, who: store::actor_of(conn, p.made_op)? });
        }
    }
    Ok(())
}

/// Integrity cases: times to reply that run out and then wait for a decision, decisions that were not served, listings that end.
fn integrity(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    blacklist::look::each_seen(conn, day, 0, |s| {
        let (kind, due) = match s.state.as_str() {
            "notified" | "heard" => ("integrity_reply", s.notice.as_ref().and_then(|n| n.reply).map(|r| r.1)),
            "decided" => ("integrity_deliver", s.ruling.as_ref().map(|r| r.day)),
            "in_force" => ("integrity_end", s.until),
            _ => return Ok(()),
        };
        if let Some(due) = due.filter(|d| *d <= last) {
            let opened = steps::steps(conn, (blacklist::MACHINE.kind, s.case.id))?.into_iter().next();
            found.push(Due { kind, no: Some(s.case.no()), due: Some(due), count: 1, who: opened.map(|s| s.actor).unwrap_or_default() });
        }
        Ok(())
    })
}

/// Notices of benefits that run out or have run out and wait for the approval.
fn benefits(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for (id, until) in steps::put_up_until(conn, subsidy::MACHINE.kind, last)? {
        let no = number::format(subsidy::PREFIX, id);
        if subsidy::way::state(conn, id, day)? == "publicised" {
            let asked = steps::steps(conn, (subsidy::MACHINE.kind, id))?.into_iter().next();
            let who = asked.map(|s| s.actor).unwrap_or_default();
            found.push(Due { kind: "notice", no: Some(no), due: Some(until), count: 1, who });
        }
    }
    Ok(())
}

/// Notices of honours that run out or have run out and wait for the award.
fn honours(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for h in honour::store::all(conn, 0)?.into_iter().filter(|h| h.opened <= day && h.outside.is_none()) {
        if honour::store::state(conn, &h, day)? != "publicised" {
            continue;
        }
        if let Some(n) = steps::notice(conn, (honour::MACHINE.kind, h.id))?.filter(|n| n.until <= last) {
            found.push(Due { kind: "notice", no: Some(h.no()), due: Some(n.until), count: 1, who: store::actor_of(conn, h.made_op)? });
        }
    }
    Ok(())
}

/// Products whose place in the procurement catalogue ends, or ended within a month: somebody asks the finance bureau for a new one.
fn products(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    for id in product::store::ids(conn, 0)? {
        let p = product::store::loaded(conn, id)?;
        let Some(listing) = p.at(day)?.data.listing else { continue };
        let state = product::store::state(conn, id, day)?;
        if listing.until <= last && listing.until.add_days(LISTING_DAYS) >= day && state != "removed" {
            let who = store::actor_of(conn, p.made_op)?;
            found.push(Due { kind: "catalogue_end", no: Some(p.no()), due: Some(listing.until), count: 1, who });
        }
    }
    Ok(())
}

/// Experts whom their leader should see, where the services pack says after how many days.
fn contacts(conn: &Connection, day: Day, last: Day, found: &mut Vec<Due>) -> Result<()> {
    let Some(days) = policy::store::services(conn)?.1.liaison.as_ref().and_then(|l| i32::try_from(l.not_seen_days).ok()) else {
        return Ok(());
    };
    for l in expert::store::liaisons(conn, 0)?.into_iter().filter(|l| l.pair.span.holds(day)) {
        let due = expert::see_by(l.pair.span.from, l.last_contact(day), days);
        if due <= last {
            found.push(Due { kind: "liaison", no: Some(l.no()), due: Some(due), count: 1, who: store::actor_of(conn, l.made_op)? });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(kind: &'static str, due: i32) -> Due {
        Due { kind, no: None, due: Some(Day(due)), count: 1, who: String::new() }
    }

    #[test]
    fn the_nearer_the_more_urgent_and_the_late_most_of_all() {
        let at = |kind, d| due(kind, d).urgency(Day(100), 30);
        assert_eq!([at("case", 130), at("case", 100), at("case", 85), at("case", 10)], [3.0, 10.0, 15.0, 20.0]);
        assert!(at("case", 100) > at("notice", 100) && at("notice", 100) > at("card_end", 100));
        // A late review outweighs a case that has a month.
        assert!(at("card_review", 99) > at("case", 128));
        assert_eq!(Due { due: None, ..due("review_rows", 0) }.urgency(Day(100), 30), 3.0);
    }
}
