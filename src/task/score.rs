//! A unit's score of a year (年度考核得分): shares of its tasks by weight within groups, groups by percent, points given and taken within the bounds
//! of policy. Pure; points are counted in tenths.

use super::Role;
use crate::policy::ResponsibilityPack;

/// What a unit has of a task.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The task.
    pub clause: &'a str,
    /// What the unit is to it.
    pub role: Role,
    /// Share reached of what is planned, in thousandths; none where nothing is planned yet.
    pub share: Option<i64>,
}

/// What a group of tasks comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSum {
    /// Its code.
    pub code: String,
    /// Its part of the whole, by policy.
    pub percent: i64,
    /// What it comes to, of a hundred points; none where nothing of the unit's is planned in it.
    pub tenths: Option<i64>,
}

/// What a year comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The groups in the order of policy.
    pub groups: Vec<GroupSum>,
    /// What the figures come to; none where nothing is planned.
    pub base: Option<i64>,
    /// Points given, within their bound.
    pub bonus: i64,
    /// Points taken, within their bound.
    pub deducted: i64,
    /// All of it, never below nothing.
    pub total: Option<i64>,
}

/// What a unit's part of a task weighs, in hundredths of a task that weighs 1.
pub fn weight(pack: &ResponsibilityPack, clause: &str, role: Role) -> i64 {
    let part = match role {
        Role::Lead => 100,
        Role::Support => pack.score.support_percent,
    };
    pack.weight_of(clause).0 * part
}

/// Adds a unit's year up: `points` are the tenths given (above 0) and taken (below).
pub fn reckon(pack: &ResponsibilityPack, parts: &[Part<'_>], points: &[i64]) -> Sum {
    let mut groups = Vec::new();
    // Groups in millionths, so that nothing is rounded twice.
    let (mut sum, mut percents) = (0i128, 0i128);
    for g in &pack.group {
        let own = parts.iter().filter(|p| pack.group_of(p.clause).is_some_and(|of| of.code == g.code));
        let (reached, whole) = own
            .filter_map(|p| Some((p.share?, weight(pack, p.clause, p.role))))
            .fold((0i128, 0i128), |(r, w), (share, weight)| (r + i128::from(share) * i128::from(weight), w + i128::from(weight)));
        let millionths = (whole > 0).then(|| reached * 1000 / whole);
        if let Some(m) = millionths {
            sum += m * i128::from(g.percent);
            percents += i128::from(g.percent);
        }
        groups.push(GroupSum { code: g.code.clone(), percent: g.percent, tenths: millionths.map(|m| tenths(m, 1)) });
    }
    let base = (percents > 0).then(|| tenths(sum, percents));
    let within = |most: i64, sum: i64| sum.min(most * 10);
    let bonus = within(pack.score.bonus_most, points.iter().filter(|p| **p > 0).fold(0, |s: i64, p| s.saturating_add(*p)));
    let deducted = within(pack.score.deduct_most, points.iter().filter(|p| **p < 0).fold(0, |s: i64, p| s.saturating_sub(*p)));
    Sum { groups, base, bonus, deducted, total: base.map(|b| (b + bonus - deducted).max(0)) }
}

/// Millionths over a divisor as tenths of a point of a hundred, halves up.
fn tenths(millionths: i128, by: i128) -> i64 {
    i64::try_from((millionths * 2 + by * 1000) / (by * 2000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parse_responsibility, shipped};
    use proptest::prelude::*;

    fn pack() -> ResponsibilityPack {
        parse_responsibility(shipped("responsibility").unwrap()).unwrap()
    }

    fn lead(clause: &str, share: Option<i64>) -> Part<'_> {
        Part { clause, role: Role::Lead, share }
    }

    #[test]
    fn groups_count_by_percent_and_tasks_by_weight() {
        // Basic: 4.2.2 weighs 3 and is half done, 4.1.1.1 weighs 1 and is done: 62.5. Key: 40. 0.8 × 62.5 + 0.2 × 40 = 58.
        let sum = reckon(&pack(), &[lead("4.2.2", Some(500)), lead("4.1.1.1", Some(1000)), lead("5.2.1", Some(400))], &[]);
        assert_eq!(sum.groups.iter().map(|g| g.tenths).collect::<Vec<_>>(), [Some(625), Some(400)]);
        assert_eq!((sum.base, sum.total), (Some(580), Some(580)));
    }

    #[test]
    fn a_supporting_unit_counts_by_half_and_what_is_not_planned_not_at_all() {
        let support = Part { role: Role::Support, ..lead("4.1.1.2", Some(0)) };
        let sum = reckon(&pack(), &[lead("4.1.1.1", Some(1000)), support, lead("5.1.1", None)], &[]);
        assert_eq!((sum.groups[0].tenths, sum.groups[1].tenths, sum.base), (Some(667), None, Some(667)));
        assert_eq!(reckon(&pack(), &[lead("5.1.1", None)], &[20]).total, None);
        assert_eq!(reckon(&pack(), &[], &[]).base, None);
    }

    #[test]
    fn points_stay_within_the_bounds_of_policy() {
        let half = [lead("4.1.1.1", Some(500))];
        let with = |points: &[i64]| reckon(&pack(), &half, points);
        let some = with(&[15, 20, -30]);
        assert_eq!((some.bonus, some.deducted, some.total), (35, 30, Some(505)));
        let much = with(&[40, 40, -150, -150]);
        assert_eq!((much.bonus, much.deducted, much.total), (50, 200, Some(350)));
        assert_eq!(reckon(&pack(), &[lead("4.1.1.1", Some(0))], &[-10]).total, Some(0));
    }

    proptest! {
        #[test]
        fn a_score_stays_within_its_bounds_and_never_falls_with_a_share(
            shares in proptest::collection::vec((0usize..4, proptest::option::of(0i64..1000), any::<bool>()), 1..12),
            points in proptest::collection::vec(-300i64..300, 0..5), more in 0usize..12,
        ) {
            let pack = pack();
            let clauses = ["4.1.1.1", "4.2.3", "5.1.2", "5.3.1"];
            let mut parts: Vec<Part<'_>> = shares
                .iter()
                .map(|(c, share, lead)| Part { clause: clauses[*c], role: if *lead { Role::Lead } else { Role::Support }, share: *share })
                .collect();
            let before = reckon(&pack, &parts, &points);
            prop_assert!(before.base.is_none_or(|b| (0..=1000).contains(&b)));
            prop_assert!(before.total.is_none_or(|t| (0..=1050).contains(&t)));
            let at = more % parts.len();
            if let Some(share) = parts[at].share {
                parts[at].share = Some(share + 1);
                prop_assert!(before.total <= reckon(&pack, &parts, &points).total);
            }
        }
    }
}
