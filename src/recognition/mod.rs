//! Recognition of talents (人才认定): its states and what each move asks for. A class that only a roster says is `recorded`: it counts
//! in statistics and opens nothing. SQL lives in `store`, commands in `cmd`.

pub mod change;
pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::error::{self, Result};
use crate::policy::Scheme;
use crate::workflow::Machine;
use crate::workflow::store::{Notice, Objection};

/// Prefix of a recognition's human number.
pub const PREFIX: &str = "R";

/// States and moves (受理、初审、联审、审定、公示、生效、取消); expired is what time alone does and is never stored.
pub const MACHINE: Machine = Machine {
    kind: "recognition",
    moves: &[
        ("accepted", &["first_review", "cancelled"]),
        ("first_review", &["joint_review", "cancelled"]),
        ("joint_review", &["decided", "cancelled"]),
        ("decided", &["public_notice", "cancelled"]),
        ("public_notice", &["in_force", "cancelled"]),
        ("in_force", &["cancelled"]),
        ("recorded", &[]),
        ("cancelled", &[]),
    ],
};

/// States in which a recognition is on its way.
pub const PENDING: &[&str] = &["accepted", "first_review", "joint_review", "decided", "public_notice"];

/// The state as it is seen on a day: in force until its last day, then expired.
pub fn seen(state: &str, until: Option<Day>, day: Day) -> &str {
    if state == "in_force" && until.is_some_and(|u| u < day) { "expired" } else { state }
}

/// The last day of a recognition that begins on `from`.
pub fn last_day(scheme: &Scheme, from: Day) -> Day {
    from.months_later(scheme.term_months).pred()
}

/// Whether a list stood in public long enough and no objection is open: neither by the business day nor by the clock may the notice
/// still run. Exit 3 where it does.
pub fn notice_is_over(
    no: &str,
    notice: Option<&Notice>,
    objections: &[Objection],
    notice_days: u32,
    day: Day,
    today: Day,
    recorded: Day,
) -> Result<()> {
    let Some(n) = notice else {
        return Err(error::refused("no_notice").fact("no", no));
    };
    // Dated back, a notice still has to stand for its days by the clock.
    let until = n.until.max(Day(recorded.0 + i32::try_from(notice_days).unwrap_or(0)));
    if day <= n.until || today <= until {
        return Err(error::refused("notice_running").fact("no", no).fact("until", until.iso()).detail("until", until.iso()));
    }
    if let Some((id, ..)) = objections.iter().find(|o| o.3.is_none()) {
        return Err(error::refused("objection_open").fact("no", no).fact("id", id).detail("objection", *id));
    }
    if objections.iter().any(|o| o.3.as_deref() == Some("upheld")) {
        return Err(error::refused("objection_upheld").fact("no", no));
    }
    Ok(())
}

/// The day by which somebody looks whether it still holds (中期考核); None where it ends before, or was looked at.
pub fn mid_check_due(scheme: &Scheme, from: Day, until: Option<Day>, found: Option<&str>) -> Option<Day> {
    let due = from.months_later(scheme.mid_check_months).pred();
    (found.is_none() && scheme.mid_check_months > 0 && until.is_none_or(|u| due < u)).then_some(due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parse_recognition, shipped};

    fn day(n: i32) -> Day {
        Day(n)
    }

    #[test]
    fn every_state_leads_on_or_ends() {
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
        }
        assert_eq!(MACHINE.to("R1", "accepted", "in_force").unwrap_err().key, "wrong_state");
        assert_eq!(seen("in_force", Some(day(10)), day(10)), "in_force");
        assert_eq!(seen("in_force", Some(day(10)), day(11)), "expired");
        assert_eq!(seen("cancelled", Some(day(10)), day(11)), "cancelled");
    }

    #[test]
    fn a_notice_stands_for_its_days_by_book_and_by_clock() {
        let pack = parse_recognition(shipped("recognition").unwrap()).unwrap();
        let scheme = &pack.scheme[0];
        let notice = Notice { id: 1, from: day(100), until: day(107), recorded_ms: 0 };
        let over = |n: Option<&Notice>, o: &[Objection], on: i32, today: i32, recorded: i32| {
            notice_is_over("R1", n, o, scheme.notice_days, day(on), day(today), day(recorded)).err().map(|e| e.key)
        };
        assert_eq!(over(None, &[], 108, 108, 100), Some("no_notice"));
        assert_eq!(over(Some(&notice), &[], 107, 107, 100), Some("notice_running"));
        assert_eq!(over(Some(&notice), &[], 108, 108, 100), None);
        // Entered late and dated back: the clock counts from the entry.
        assert_eq!(over(Some(&notice), &[], 108, 108, 108), Some("notice_running"));
        assert_eq!(over(Some(&notice), &[], 108, 116, 108), None);
        let open = [(1, "某".to_owned(), "不实".to_owned(), None)];
        assert_eq!(over(Some(&notice), &open, 108, 108, 100), Some("objection_open"));
        let upheld = [(1, "某".to_owned(), "不实".to_owned(), Some("upheld".to_owned()))];
        assert_eq!(over(Some(&notice), &upheld, 108, 108, 100), Some("objection_upheld"));
    }
}
