//! One pass over the office in which every target judges what it could count: the report's figures, and since when each thing counts.

use super::{Figures, PersonFacts, Verdict, org_verdict, person_verdict, platform_verdict, store};
use crate::error::Result;
use crate::policy::{Corps, Counts, Target, TargetsPack};
use rusqlite::Connection;

/// What a target made of one person, unit or platform.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Place of the target in the pack.
    pub target: usize,
    /// Its verdict.
    pub verdict: Verdict,
    /// The day from which it counts as introduced.
    pub introduced_from: Option<i32>,
    /// The day from which it counts in the stock.
    pub since: Option<i32>,
}

/// Hands out every verdict of a target on a person, a unit or a platform.
pub fn each(conn: &Connection, pack: &TargetsPack, day: i32, mut f: impl FnMut(Judged)) -> Result<()> {
    // A person counts in the target of their primary corps alone: no need to try the others.
    let of_corps = |corps: Corps| pack.targets.iter().position(|t| matches!(&t.counts, Counts::People { corps: c, .. } if *c == corps));
    store::each_person(conn, day, |_, facts, since| {
        let Some(target) = facts.corps_on_day.and_then(of_corps) else { return Ok(()) };
        if let Some(verdict) = judge_person(&pack.targets[target], &facts, day, pack) {
            f(Judged { target, verdict, introduced_from: facts.first_introduced_from, since });
        }
        Ok(())
    })?;
    store::each_org(conn, day, |_, _, facts| {
        for (target, t) in pack.targets.iter().enumerate() {
            if let Counts::Orgs { kinds } = &t.counts {
                let verdict = org_verdict(&facts, kinds, day, &pack.term);
                f(Judged { target, verdict, introduced_from: facts.introduced_on, since: facts.introduced_on });
            }
        }
        Ok(())
    })?;
    store::each_platform(conn, day, |_, _, facts, since| {
        for (target, t) in pack.targets.iter().enumerate() {
            if let Counts::Platforms { kinds } = &t.counts {
                f(Judged { target, verdict: platform_verdict(&facts, kinds), introduced_from: None, since });
            }
        }
        Ok(())
    })
}

/// What a target of people makes of a person; none of another kind of target.
pub fn judge_person(target: &Target, facts: &PersonFacts, day: i32, pack: &TargetsPack) -> Option<Verdict> {
    match &target.counts {
        Counts::People { corps, kinds } => Some(person_verdict(facts, *corps, kinds, day, &pack.term)),
        _ => None,
    }
}

/// Every target's figures, in the order of the pack, and the persons introduced in any of them.
pub fn tally(conn: &Connection, pack: &TargetsPack, day: i32) -> Result<(Vec<Figures>, i64)> {
    let mut figures = vec![Figures::default(); pack.targets.len()];
    let mut distinct = 0;
    each(conn, pack, day, |j| {
        figures[j.target].add(j.verdict);
        let people = matches!(pack.targets[j.target].counts, Counts::People { .. });
        distinct += i64::from(people && j.verdict.introduced);
    })?;
    Ok((figures, distinct))
}
