//! Who is listed on a day, and what that means for others: new decisions are refused with their clause, payments held, whatever is decided all the
//! same is looked at again. Recognition, cards and benefits ask here; nothing here writes.

use super::Whom;
use super::change::{self, Seen};
use super::store::{self, listed};
use crate::base::day::Day;
use crate::error::{self, Result};
use crate::policy;
use crate::talent::store as people;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Listings of somebody in force on the day; of a person with all who were merged into that person.
pub fn in_force(conn: &Connection, whom: Whom, day: Day) -> Result<Vec<Seen>> {
    if !listed::any(conn)? {
        return Ok(Vec::new());
    }
    let whom = match whom {
        Whom::Person(id) => Whom::Person(people::survivor(conn, id)?),
        unit @ Whom::Unit(_) => unit,
    };
    let mut found = Vec::new();
    for case in store::of(conn, whom)? {
        let seen = change::look(conn, case, day)?;
        if seen.state == "in_force" {
            found.push(seen);
        }
    }
    Ok(found)
}

/// What listings in force come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// There is one.
    pub in_force: bool,
    /// What follows from any of them, each once.
    pub effects: Vec<String>,
    /// The last day of the last.
    pub until: Option<Day>,
}

/// What somebody's listings come to on the day.
pub fn of(conn: &Connection, whom: Whom, day: Day) -> Result<Standing> {
    let mut sum = Standing::default();
    for s in in_force(conn, whom, day)? {
        sum.in_force = true;
        sum.until = sum.until.max(s.until);
        for e in s.ruling.into_iter().flat_map(|r| r.effects) {
            if !sum.effects.contains(&e) {
                sum.effects.push(e);
            }
        }
    }
    Ok(sum)
}

/// A listing in force that lets nothing new be decided for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingNew {
    /// Number of the case.
    pub case: String,
    /// Since when.
    pub since: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
    /// The clause that a refusal cites.
    pub clause: String,
}

/// The listing that lets nothing new be decided for somebody on the day; None where there is none.
pub fn nothing_new(conn: &Connection, whom: Whom, day: Day) -> Result<Option<NothingNew>> {
    let Some(s) = in_force(conn, whom, day)?.into_iter().find(|s| s.has_effect(NEW)) else { return Ok(None) };
    let pack = policy::store::integrity_version(conn, s.case.policy_id)?;
    let clause = pack.rules().effect(NEW).map(|e| e.clause.clone()).unwrap_or_default();
    Ok(Some(NothingNew { case: s.case.no(), since: s.from, until: s.until, clause }))
}

/// 3 with the clause where a listing in force lets nothing new be decided for somebody.
pub fn refuse_new(conn: &Connection, whom: Whom, day: Day) -> Result<()> {
    let Some(n) = nothing_new(conn, whom, day)? else { return Ok(()) };
    let until = n.until.map(|u| u.iso()).unwrap_or_default();
    Err(error::refused("listed")
        .fact("no", whom.no())
        .fact("case", &n.case)
        .fact("until", &until)
        .fact("clause", &n.clause)
        .detail("clause", n.clause)
        .detail("no", n.case)
        .detail("until", until))
}

/// The effect that lets nothing new be decided.
pub const NEW: &str = "new";
/// The effect that holds what is due.
pub const HOLD: &str = "hold_payment";

/// Everybody of whom a decision in force on the day names an effect; persons by the record they were merged into.
pub fn with_effect(conn: &Connection, effect: &str, day: Day) -> Result<BTreeSet<Whom>> {
    let mut found = BTreeSet::new();
    super::look::each_seen(conn, day, 0, |s| {
        if s.state == "in_force" && s.has_effect(effect) {
            found.insert(match s.case.whom {
                Whom::Person(id) => Whom::Person(people::survivor(conn, id)?),
                unit @ Whom::Unit(_) => unit,
            });
        }
        Ok(())
    })?;
    Ok(found)
}
