//! Service cases (服务事项: 代办 and 金牌服务, plan 五（三）1): types, states, and the clock of working days that a pause stops. Free by construction:
//! nothing here knows a fee. SQL is in `store`, acts are in `change`.

pub mod change;
pub mod cmd;
pub mod letter;
pub mod store;

use crate::base::day::Day;
use crate::calendar::Calendar;
use crate::error::Result;
use crate::workflow::Machine;

/// Prefix of a case's human number.
pub const PREFIX: &str = "K";

/// What every service costs (免费, plan 五（三）1: 全程免费).
pub const FEE: &str = "0.00";

/// States of a case and the moves between them (受理、转办、补正、办结、不予办理). A pause ends in the state it began in.
pub const MACHINE: Machine = Machine {
    kind: "service_case",
    moves: &[
        ("opened", &["forwarded", "paused", "done", "refused"]),
        ("forwarded", &["forwarded", "paused", "done", "refused"]),
        ("paused", &["opened", "forwarded", "refused"]),
        ("done", &[]),
        ("refused", &[]),
    ],
};

/// What a clerk can do with a case in a state.
pub fn verbs(state: &str, rated: bool) -> &'static [&'static str] {
    match state {
        "opened" | "forwarded" => &["forward", "pause", "done", "refuse"],
        "paused" => &["resume", "refuse"],
        _ if rated => &[],
        _ => &["rate"],
    }
}

/// Whether a case has come to its end.
pub fn is_closed(state: &str) -> bool {
    matches!(state, "done" | "refused")
}

/// Days on which a case waits for papers: behind the day of the pause, up to the day of its end.
pub type Pause = (Day, Option<Day>);

/// What the calendar says of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The last day of the term; of a paused case, were it resumed on the day asked for.
    pub due: Day,
    /// Working days the office has had, and working days it waited for papers; none where the calendar does not reach the day asked for.
    pub used: Option<(u32, u32)>,
}

/// The clock of a case on `day`, the day of its end at the latest. The term runs from the next working day (Civil Code 201); a day that
/// belongs to a pause is not counted, the day of the pause itself is. 78 where the calendar does not reach the end of the term.
pub fn clock(calendar: &Calendar, opened: Day, term_days: u32, pauses: &[Pause], day: Day) -> Result<Clock> {
    let waits = |d: Day| pauses.iter().any(|(from, until)| d > *from && d <= until.unwrap_or(day));
    let (mut due, mut left) = (opened, term_days);
    while left > 0 {
        due = due.succ();
        left -= u32::from(calendar.works(due)? && !waits(due));
    }
    let days = (opened.0 + 1..=day.0).map(Day);
    let used = days.map(|d| Ok::<_, crate::error::Error>((calendar.works(d)?, waits(d)))).try_fold((0, 0), |(worked, waited), d| {
        let (works, waits) = d?;
        Ok::<_, crate::error::Error>((worked + u32::from(works && !waits), waited + u32::from(works && waits)))
    });
    Ok(Clock { due, used: used.ok() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn on(opened: &str, term: u32, pauses: &[(&str, Option<&str>)], at: &str) -> Result<(u32, u32, String)> {
        let pauses: Vec<Pause> = pauses.iter().map(|(a, b)| (day(a), b.map(day))).collect();
        let c = clock(&Calendar::of(calendar::shipped()), day(opened), term, &pauses, day(at))?;
        let (worked, waited) = c.used.unwrap();
        Ok((worked, waited, c.due.iso()))
    }

    #[test]
    fn a_term_runs_in_working_days_and_stands_still_in_a_pause() {
        // 28 April 2019 (a Sunday) was a day of work; 1 to 4 May were holidays; 5 May (a Sunday) was a day of work.
        assert_eq!(on("2019-04-26", 5, &[], "2019-04-26").unwrap(), (0, 0, "2019-05-06".into()));
        assert_eq!(on("2019-04-26", 5, &[], "2019-05-08").unwrap(), (7, 0, "2019-05-06".into()));
        // Paused on Monday, resumed on Thursday: three working days are not counted.
        assert_eq!(on("2019-06-03", 5, &[("2019-06-10", Some("2019-06-13"))], "2019-06-14").unwrap(), (5, 3, "2019-06-14".into()));
        // Resumed on the day of the pause: nothing stood still.
        assert_eq!(on("2019-06-10", 5, &[("2019-06-11", Some("2019-06-11"))], "2019-06-11").unwrap(), (1, 0, "2019-06-17".into()));
        // Still paused: the term goes on behind today.
        assert_eq!(on("2019-06-10", 2, &[("2019-06-11", None)], "2019-06-14").unwrap(), (1, 3, "2019-06-17".into()));
    }

    #[test]
    fn a_year_without_a_calendar_is_an_error() {
        assert_eq!(on("2020-12-30", 5, &[], "2020-12-30").unwrap_err().key, "no_calendar");
        assert!(on("2020-12-20", 5, &[], "2020-12-20").is_ok());
        // The end of the term is known though today is beyond the calendar.
        let c = clock(&Calendar::of(calendar::shipped()), day("2019-06-10"), 2, &[], day("2026-01-01")).unwrap();
        assert_eq!((c.due, c.used), (day("2019-06-12"), None));
    }

    #[test]
    fn every_state_that_a_case_can_reach_is_one_of_its_machine() {
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
            assert_eq!(is_closed(state), next.is_empty(), "{state}");
        }
    }
}
