//! A task line of the plan (重点任务) and who answers for it: one lead unit, supporting units, a leader, a plan by quarter, what was reached. Here
//! the types and what is computed of them: what should be there by a day, the colour, the share. Years' scores are in `score`, acts in `change`.

pub mod change;
pub mod cmd;
pub mod look;
pub mod score;
pub mod sheet;
pub mod store;
pub mod view;

use crate::base::day::Day;
use crate::base::quarter::Quarter;
use crate::policy::Colours;
use crate::target::{Colour, on_the_way};
use crate::workflow::Machine;

/// Prefix of a task's human number.
pub const PREFIX: &str = "TK";
/// Prefix of a report's human number.
pub const PROGRESS_PREFIX: &str = "TP";
/// Prefix of a duty report's human number.
pub const DUTY_PREFIX: &str = "DT";

/// What becomes of a unit's report on a task: another person approves it or gives it back.
pub const PROGRESS: Machine =
    Machine { kind: "progress", moves: &[("reported", &["approved", "returned"]), ("approved", &[]), ("returned", &[])] };

/// The ranks of a duty report (述职评议等次): 好, 较好, 一般, 差.
pub const RANKS: [&str; 4] = ["good", "fairly_good", "fair", "poor"];

/// What becomes of a duty report: handed in, then ranked; a rank can be revised.
pub const DUTY: Machine = Machine {
    kind: "duty",
    moves: &[("handed_in", &RANKS), ("good", &RANKS), ("fairly_good", &RANKS), ("fair", &RANKS), ("poor", &RANKS)],
};

/// What a unit is to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 牵头单位: exactly one.
    Lead,
    /// 配合单位.
    Support,
}

impl Role {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Role::Lead => "lead",
            Role::Support => "support",
        }
    }
}

/// A unit on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The unit.
    pub org_id: i64,
    /// What it is to the task.
    pub role: Role,
    /// The decision that says so.
    pub decision_id: Option<i64>,
}

/// On whom a task rests, by when, and in what it is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charge {
    /// The leader.
    pub leader_id: Option<i64>,
    /// Last day.
    pub due: Option<Day>,
    /// What the figure counts.
    pub measure: Option<String>,
    /// The decision that says so.
    pub decision_id: Option<i64>,
}

/// What shall be reached by the end of a quarter, from the start of the task on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// The quarter.
    pub quarter: Quarter,
    /// The figure.
    pub planned: i64,
    /// The decision that says so.
    pub decision_id: Option<i64>,
}

/// How a task stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What should be reached by now; none where nothing is planned yet.
    pub planned: Option<i64>,
    /// What has to be reached in all, as far as that is said.
    pub goal: Option<i64>,
    /// Past its day and not done.
    pub overdue: bool,
    /// The colour.
    pub colour: Colour,
    /// The share reached of what is planned by now, in thousandths, at most the whole; none where nothing is planned yet.
    pub share: Option<i64>,
}

/// What is planned to be reached by a day: the figure of the last quarter that ended by it. `plan` is in the order of quarters.
pub fn planned_by(plan: &[Milestone], day: Day) -> Option<i64> {
    plan.iter().rfind(|m| m.quarter.last_day() <= day).map(|m| m.planned)
}

/// What a task has to reach in all: the goal of the target it follows, else the last milestone where the plan reaches the day it is due.
pub fn goal(of_target: Option<i64>, plan: &[Milestone], due: Option<Day>) -> Option<i64> {
    of_target.or_else(|| {
        let (last, due) = (plan.last()?, due?);
        (last.quarter.last_day() >= due).then_some(last.planned)
    })
}

/// How a task with that figure stands on a day.
pub fn stand(figure: Option<i64>, plan: &[Milestone], goal: Option<i64>, due: Option<Day>, day: Day, colours: &Colours) -> Standing {
    let planned = planned_by(plan, day).filter(|p| *p > 0);
    let reached = figure.unwrap_or(0);
    // A goal of nothing would be reached before anybody began.
    let done = goal.is_some_and(|g| g > 0 && reached >= g);
    let overdue = !done && due.is_some_and(|d| d < day);
    let colour = match planned {
        _ if done => Colour::Done,
        _ if overdue => Colour::Red,
        Some(planned) => on_the_way(reached, planned, colours),
        None => Colour::Grey,
    };
    let part = |planned: i64| i64::try_from(i128::from(reached.min(planned)) * 1000 / i128::from(planned)).unwrap_or(0);
    let share = if done { Some(1000) } else { planned.map(part) };
    Standing { planned, goal, overdue, colour, share }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colours() -> Colours {
        crate::policy::parse_targets(crate::policy::shipped("targets").unwrap()).unwrap().colours
    }

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn plan(of: &[(&str, i64)]) -> Vec<Milestone> {
        of.iter().map(|(q, planned)| Milestone { quarter: Quarter::parse(q).unwrap(), planned: *planned, decision_id: None }).collect()
    }

    #[test]
    fn a_quarter_is_owed_from_its_last_day_on() {
        let plan = plan(&[("2019Q1", 10), ("2019Q3", 30)]);
        let by = |text| planned_by(&plan, day(text));
        assert_eq!([by("2019-03-30"), by("2019-03-31"), by("2019-09-29"), by("2019-09-30")], [None, Some(10), Some(10), Some(30)]);
    }

    #[test]
    fn the_colour_is_the_figure_to_the_plan_and_red_past_the_day_due() {
        let plan = plan(&[("2019Q1", 10), ("2019Q2", 20)]);
        let due = Some(day("2019-06-30"));
        let goal = goal(None, &plan, due);
        assert_eq!(goal, Some(20));
        let colour = |figure, on| stand(figure, &plan, goal, due, day(on), &colours()).colour;
        assert_eq!(colour(Some(5), "2019-03-30"), Colour::Grey);
        assert_eq!(
            [colour(Some(10), "2019-03-31"), colour(Some(8), "2019-04-01"), colour(Some(7), "2019-04-01")],
            [Colour::Green, Colour::Yellow, Colour::Red]
        );
        assert_eq!([colour(Some(20), "2019-04-01"), colour(None, "2019-04-01")], [Colour::Done, Colour::Red]);
        // On its last day it is not late yet; on the next it is, however little is missing.
        assert_eq!([colour(Some(19), "2019-06-30"), colour(Some(19), "2019-07-01")], [Colour::Yellow, Colour::Red]);
        assert!(stand(Some(19), &plan, goal, due, day("2019-07-01"), &colours()).overdue);
    }

    #[test]
    fn a_plan_that_ends_early_says_no_goal() {
        let plan = plan(&[("2019Q4", 10)]);
        assert_eq!(goal(None, &plan, Some(day("2020-06-30"))), None);
        assert_eq!(goal(None, &plan, None), None);
        assert_eq!((goal(None, &plan, Some(day("2019-11-15"))), goal(Some(50), &plan, None)), (Some(10), Some(50)));
        let s = stand(Some(12), &plan, None, None, day("2020-01-31"), &colours());
        assert_eq!((s.colour, s.share, s.overdue), (Colour::Green, Some(1000), false));
    }

    #[test]
    fn reports_are_judged_once_and_ranks_may_be_revised() {
        assert!(PROGRESS.to("TP1", "reported", "approved").is_ok() && PROGRESS.to("TP1", "approved", "returned").is_err());
        assert!(RANKS.iter().all(|r| DUTY.to("DT1", "handed_in", r).is_ok() && DUTY.to("DT1", "poor", r).is_ok()));
    }

    proptest! {
        #[test]
        fn more_is_never_worse(figure in 0i64..200, planned in 0i64..100, goal in proptest::option::of(0i64..150), late: bool) {
            let order = |c: Colour| match c {
                Colour::Red => 0,
                Colour::Yellow => 1,
                Colour::Grey | Colour::Green => 2,
                Colour::Done => 3,
            };
            let plan = plan(&[("2019Q1", planned)]);
            let due = Some(day(if late { "2019-03-01" } else { "2019-12-31" }));
            let at = |figure| stand(Some(figure), &plan, goal, due, day("2019-04-01"), &colours());
            let (less, more) = (at(figure), at(figure + 1));
            prop_assert!(order(less.colour) <= order(more.colour));
            prop_assert!(less.share.unwrap_or(0) <= more.share.unwrap_or(0));
            prop_assert!(less.share.is_none_or(|s| (0..=1000).contains(&s)));
        }
    }
}
