//! What is done to a task: shared out, planned, reported on, approved or given back; points of a year; duty reports and their ranks.

use super::store::{self, Points, Report, Task};
use super::{Charge, DUTY, DUTY_PREFIX, Milestone, PROGRESS, PROGRESS_PREFIX, Role, Unit};
use crate::base::day::Day;
use crate::base::number;
use crate::base::quarter::Quarter;
use crate::db::facts::Fact;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::leader;
use crate::org;
use crate::paper;
use crate::workflow::{self, store as steps};
use std::collections::BTreeMap;

/// Who shall answer for a task, as it was said.
#[derive(Debug)]
pub struct Assign<'a> {
    /// The lead unit.
    pub lead: Option<&'a str>,
    /// It takes the task over from the unit that has it.
    pub hand_over: bool,
    /// Supporting units.
    pub supports: &'a [String],
    /// Units that support no more.
    pub drops: &'a [String],
    /// The leader, and the rank of one who is new.
    pub leader: Option<(&'a str, Option<i64>)>,
    /// Last day.
    pub due: Option<Day>,
    /// What the figure counts.
    pub measure: Option<&'a str>,
    /// The decision it rests on.
    pub decision: Option<&'a str>,
    /// From which day on.
    pub from: Day,
}

/// The units of a task that take part until further notice.
fn open_units(tx: &Tx<'_>, t: &Task) -> Result<Vec<Fact<Unit>>> {
    Ok(store::units(tx.conn(), t.id)?.into_iter().filter(|u| u.span.until.is_none()).collect())
}

/// Shares a task out: what is not said stays. 5 where another unit leads it.
pub fn assign(tx: &mut Tx<'_>, t: &Task, a: &Assign<'_>) -> Result<()> {
    let decision_id = a.decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    if let Some(lead) = a.lead {
        let org_id = org::store::resolve(tx.conn(), lead)?;
        lead_by(tx, t, Unit { org_id, role: Role::Lead, decision_id }, a)?;
    }
    for text in a.drops {
        let org_id = org::store::resolve(tx.conn(), text)?;
        let held = open_units(tx, t)?.into_iter().find(|u| u.data.org_id == org_id && u.data.role == Role::Support);
        let held =
            held.ok_or_else(|| error::conflict("not_supporting").fact("no", t.no()).fact("unit", number::format(org::PREFIX, org_id)))?;
        store::part(tx, t.id, &held, a.from)?;
    }
    for text in a.supports {
        let org_id = org::store::resolve(tx.conn(), text)?;
        match open_units(tx, t)?.iter().find(|u| u.data.org_id == org_id).map(|u| u.data.role) {
            Some(Role::Lead) => {
                return Err(error::conflict("unit_leads").fact("no", t.no()).fact("unit", number::format(org::PREFIX, org_id)));
            }
            Some(Role::Support) => {}
            None => join(tx, t, &Unit { org_id, role: Role::Support, decision_id }, a.from)?,
        }
    }
    charge(tx, t, a, decision_id)
}

/// Gives a task to its lead unit; where another has it, only as a handing over.
fn lead_by(tx: &mut Tx<'_>, t: &Task, unit: Unit, a: &Assign<'_>) -> Result<()> {
    let open = open_units(tx, t)?;
    if let Some(held) = open.iter().find(|u| u.data.role == Role::Lead) {
        if held.data.org_id == unit.org_id {
            return Ok(());
        }
        if !a.hand_over {
            let name = org::store::name_at(tx.conn(), held.data.org_id, tx.day)?.map(|n| n.0).unwrap_or_default();
            let lead = number::format(org::PREFIX, held.data.org_id);
            return Err(error::conflict("lead_held")
                .fact("no", t.no())
                .fact("lead", &lead)
                .fact("name", name)
                .detail("lead", lead)
                .detail("possible", vec!["assign --hand-over"]));
        }
        workflow::in_order(&t.no(), a.from, Some(held.span.from))?;
        store::part(tx, t.id, held, a.from)?;
    }
    // A unit that supported it and now leads it supports it no more.
    if let Some(held) = open.iter().find(|u| u.data.role == Role::Support && u.data.org_id == unit.org_id) {
        store::part(tx, t.id, held, a.from)?;
    }
    join(tx, t, &unit, a.from)
}

/// A unit takes part from the day on; 3 where it did so on that day before.
fn join(tx: &mut Tx<'_>, t: &Task, unit: &Unit, from: Day) -> Result<()> {
    let before = store::units(tx.conn(), t.id)?.into_iter().filter(|u| u.data.org_id == unit.org_id).filter_map(|u| u.span.until).max();
    workflow::in_order(&t.no(), from, before.map(Day::succ))?;
    store::join(tx, t.id, unit, from)
}

/// Keeps leader, last day and measure as they were said.
fn charge(tx: &mut Tx<'_>, t: &Task, a: &Assign<'_>, decision_id: Option<i64>) -> Result<()> {
    if a.leader.is_none() && a.due.is_none() && a.measure.is_none() {
        return Ok(());
    }
    let leader_id = a.leader.map(|(name, rank)| leader::change::named_or_new(tx, name, rank, a.from)).transpose()?;
    let held = store::charges(tx.conn(), t.id)?.into_iter().find(|c| c.span.until.is_none());
    let old = held.as_ref().map(|c| c.data.clone()).unwrap_or_default();
    let new = Charge {
        leader_id: leader_id.or(old.leader_id),
        due: a.due.or(old.due),
        measure: a.measure.map(str::to_owned).or_else(|| old.measure.clone()),
        decision_id: decision_id.or(old.decision_id),
    };
    if new == old { Ok(()) } else { store::charge(tx, t.id, held.as_ref(), &new, a.from) }
}

/// Plans quarters of a task; a plan that stands is another from the business day on. 65 where a later quarter would have less than an earlier one.
pub fn plan(tx: &mut Tx<'_>, t: &Task, said: &[(Quarter, i64)], decision: Option<&str>) -> Result<()> {
    let decision_id = decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    let held: BTreeMap<Quarter, Fact<Milestone>> =
        store::milestones(tx.conn(), t.id)?.into_iter().filter(|m| m.span.until.is_none()).map(|m| (m.data.quarter, m)).collect();
    let mut whole: BTreeMap<Quarter, i64> = held.iter().map(|(q, m)| (*q, m.data.planned)).collect();
    whole.extend(said.iter().copied());
    let falls = whole.iter().zip(whole.iter().skip(1)).find(|((_, earlier), (_, later))| later < earlier);
    if let Some(((q, earlier), (next, later))) = falls {
        return Err(error::bad_data("plan_falls")
            .fact("earlier", earlier)
            .fact("quarter", q)
            .fact("later", later)
            .fact("next", next)
            .detail("quarter", next.to_string()));
    }
    for (quarter, planned) in said {
        let new = Milestone { quarter: *quarter, planned: *planned, decision_id };
        match held.get(quarter) {
            Some(old) if old.data.planned == *planned => {}
            Some(old) => store::plan(tx, t.id, Some(old), &new, tx.day)?,
            // What is planned first was the plan of that quarter from its first day, whenever it is entered.
            None => store::plan(tx, t.id, None, &new, tx.day.min(quarter.first_day()))?,
        }
    }
    Ok(())
}

/// Keeps what the lead unit of that day reports; its id. 5 where none led the task.
pub fn report(tx: &mut Tx<'_>, t: &Task, day: Day, value: i64, text: &str) -> Result<i64> {
    if day > tx.day {
        return Err(error::bad_data("value_later").fact("day", tx.day.iso()));
    }
    let lead = store::units(tx.conn(), t.id)?.into_iter().find(|u| u.data.role == Role::Lead && u.span.holds(day));
    let lead =
        lead.ok_or_else(|| error::conflict("no_lead").fact("no", t.no()).fact("day", day.iso()).detail("possible", vec!["assign"]))?;
    store::report(tx, t.id, lead.data.org_id, day, value, text)
}

/// The report of a place, as it stands now.
pub fn report_at(tx: &Tx<'_>, t: &Task, seq: i64) -> Result<Report> {
    let found = store::reports(tx.conn(), t.id)?.into_iter().find(|r| r.seq == seq);
    found.ok_or_else(|| error::not_found("no_progress").fact("no", t.no()).fact("seq", seq))
}

/// Approves a report, or gives it back with a reason. Whoever entered it does not approve it.
pub fn judge(tx: &mut Tx<'_>, t: &Task, seq: i64, returned: Option<&str>) -> Result<()> {
    let r = report_at(tx, t, seq)?;
    let no = number::format(PROGRESS_PREFIX, r.id);
    let all = steps::steps(tx.conn(), (PROGRESS.kind, r.id))?;
    workflow::in_order(&no, tx.day, all.last().map(|s| s.day))?;
    let to = PROGRESS.to(&no, &r.state, if returned.is_some() { "returned" } else { "approved" })?;
    if returned.is_none() {
        workflow::apart(&all, &["reported"], &no, &tx.actor)?;
    }
    steps::step(tx, (PROGRESS.kind, r.id), Some(&r.state), to, None, returned)
}

/// 65 where a year has not begun on the business day.
fn begun(tx: &Tx<'_>, year: i32) -> Result<()> {
    if year > tx.day.ymd().0 { Err(error::bad_data("year_ahead").fact("year", year)) } else { Ok(()) }
}

/// Gives a unit points for a year, or takes them.
pub fn give(tx: &mut Tx<'_>, org_id: i64, year: i32, tenths: i64, why: &str, decision: &str) -> Result<()> {
    begun(tx, year)?;
    let decision_id = paper::store::cite(tx, decision)?;
    store::give(tx, &Points { org_id, year, day: tx.day, tenths, why: why.to_owned(), decision_id })
}

/// What is said of a unit's duty report.
#[derive(Clone, Copy, Debug)]
pub struct Duty<'a> {
    /// The unit.
    pub org_id: i64,
    /// The year.
    pub year: i32,
    /// A paper is brought.
    pub brings: bool,
    /// The rank it was given.
    pub rank: Option<&'static str>,
    /// What stands is put right.
    pub revise: bool,
    /// The decision that ranks it.
    pub decision: Option<&'a str>,
    /// Why it is revised.
    pub why: Option<&'a str>,
}

/// Takes a duty report in, ranks it, or revises its rank; its id. One a unit and year: 5 where it was said already.
pub fn duty(tx: &mut Tx<'_>, d: &Duty<'_>) -> Result<i64> {
    begun(tx, d.year)?;
    let unit = number::format(org::PREFIX, d.org_id);
    let (id, state) = match store::duty(tx.conn(), d.org_id, d.year)? {
        Some((_, state)) if !d.revise && (d.brings || state != "handed_in") => {
            return Err(error::conflict("duty_known")
                .fact("unit", &unit)
                .fact("year", d.year)
                .fact("status", &state)
                .detail("status", state)
                .detail("possible", vec!["duty --revise"]));
        }
        Some(held) => held,
        None if d.brings => (store::hand_in(tx, d.org_id, d.year)?, "handed_in".to_owned()),
        None => return Err(error::conflict("no_duty").fact("unit", &unit).fact("year", d.year).detail("possible", vec!["duty --file"])),
    };
    let decision_id = d.decision.map(|text| paper::store::cite(tx, text)).transpose()?;
    if let Some(rank) = d.rank {
        let no = number::format(DUTY_PREFIX, id);
        let all = steps::steps(tx.conn(), (DUTY.kind, id))?;
        workflow::in_order(&no, tx.day, all.last().map(|s| s.day))?;
        let to = DUTY.to(&no, &state, rank)?;
        steps::step(tx, (DUTY.kind, id), Some(&state), to, decision_id, d.why)?;
    }
    Ok(id)
}
