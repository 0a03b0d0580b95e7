//! Service cards (服务卡, plan 五（三）1): types, the states of a card, and what time alone does to one. Stored are acts; expired, review
//! missed and grace over are computed for the day, so that nothing depends on a nightly run. SQL is in `store`.

pub mod change;
pub mod cmd;
pub mod counter;
pub mod key;
pub mod letter;
pub mod print;
pub mod store;
pub mod sweep;
pub mod token;
pub mod verify;

use crate::base::day::Day;
use crate::policy::CardScheme;
use crate::workflow::Machine;

/// Prefix of a card's human number.
pub const PREFIX: &str = "C";

/// States that acts bring about, and the moves between them (有效、暂停、挂失、注销、撤销).
pub const MACHINE: Machine = Machine {
    kind: "card",
    moves: &[
        ("valid", &["suspended", "lost", "closed", "revoked"]),
        ("suspended", &["valid", "lost", "closed", "revoked"]),
        ("lost", &["closed", "revoked"]),
        ("closed", &[]),
        ("revoked", &[]),
    ],
};

/// Which of the three ends a card's validity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The term from its issue.
    Term,
    /// The contract's end.
    Contract,
    /// The recognition's end.
    Recognition,
}

impl Bound {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Bound::Term => "term",
            Bound::Contract => "contract",
            Bound::Recognition => "recognition",
        }
    }
}

/// The last day of a card issued on `issued`, and which bound it is: the earliest of term, contract and recognition.
pub fn validity(scheme: &CardScheme, issued: Day, contract_end: Option<Day>, recognition_end: Option<Day>) -> (Day, Bound) {
    let ends = [
        Some((issued.months_later(scheme.term_months).pred(), Bound::Term)),
        contract_end.map(|d| (d, Bound::Contract)),
        recognition_end.map(|d| (d, Bound::Recognition)),
    ];
    // The term is always there.
    ends.into_iter().flatten().min_by_key(|e| e.0).unwrap_or((issued, Bound::Term))
}

/// The last day by which the next review is due. A review within its year settles that year; a late one settles all years gone by.
pub fn review_due(review_months: u32, issued: Day, passed: &[Day]) -> Day {
    let due = |n: u32| issued.months_later(review_months * n).pred();
    let mut settled = 0;
    for day in passed {
        if *day <= due(settled + 1) {
            // Within the year it is for; one more within a year already settled says nothing new.
            if settled == 0 || *day > due(settled) {
                settled += 1;
            }
        } else {
            while due(settled + 1) < *day {
                settled += 1;
            }
        }
    }
    due(settled + 1)
}

/// What is known of a card on a day, ready to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The state that acts brought about.
    pub stored: &'a str,
    /// First and last day.
    pub issued: Day,
    /// Last day.
    pub valid_until: Day,
    /// The recognition it rests on is in force.
    pub recognised: bool,
    /// The last day by which a review is due.
    pub review_due: Day,
    /// The holder's last day with an employer, where there is none since.
    pub left_on: Option<Day>,
    /// The main card's status, where this one is attached.
    pub main: Option<&'a str>,
}

/// A card's status on a day, and why where time alone made it so.
pub fn status<'a>(f: &Facts<'a>, grace_months: u32, day: Day) -> (&'a str, Option<&'static str>) {
    if matches!(f.stored, "closed" | "revoked" | "lost") {
        return (f.stored, None);
    }
    if let Some(main) = f.main.filter(|m| *m != "valid") {
        return (if main == "suspended" { "suspended" } else { main }, Some("main_card"));
    }
    if day > f.valid_until {
        return ("expired", None);
    }
    if day < f.issued {
        return ("not_yet", None);
    }
    if f.stored == "suspended" {
        return ("suspended", None);
    }
    if f.main.is_some() {
        return (f.stored, None);
    }
    if !f.recognised {
        return ("expired", Some("recognition_over"));
    }
    if day > f.review_due {
        return ("suspended", Some("review_missed"));
    }
    if f.left_on.is_some_and(|l| day > l.months_later(grace_months)) {
        return ("suspended", Some("grace_over"));
    }
    (f.stored, None)
}

/// Whether a card can never be valid again: its holder may get another.
pub fn is_dead(status: &str) -> bool {
    matches!(status, "closed" | "revoked" | "expired")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parse_card, shipped};

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn a_card_ends_with_the_first_of_its_three_ends() {
        let pack = parse_card(shipped("card").unwrap()).unwrap();
        let s = &pack.scheme[0];
        let until = |contract: Option<&str>, recognition: Option<&str>| {
            let (last, bound) = validity(s, day("2019-06-01"), contract.map(day), recognition.map(day));
            (last.iso(), bound.code())
        };
        assert_eq!(until(None, None), ("2022-05-31".into(), "term"));
        assert_eq!(until(Some("2020-12-31"), Some("2021-01-01")), ("2020-12-31".into(), "contract"));
        assert_eq!(until(Some("2023-12-31"), Some("2021-01-01")), ("2021-01-01".into(), "recognition"));
    }

    #[test]
    fn a_review_settles_its_year_and_a_late_one_those_gone_by() {
        let due = |passed: &[&str]| review_due(12, day("2019-06-01"), &passed.iter().map(|d| day(d)).collect::<Vec<_>>()).iso();
        assert_eq!(due(&[]), "2020-05-31");
        assert_eq!(due(&["2020-05-01"]), "2021-05-31");
        assert_eq!(due(&["2020-05-01", "2020-05-20"]), "2021-05-31", "twice in a year is once");
        assert_eq!(due(&["2020-08-01"]), "2021-05-31", "late, but within the second year");
        assert_eq!(due(&["2021-08-01"]), "2022-05-31", "late by more than a year");
    }

    #[test]
    fn what_time_alone_does_is_computed() {
        let facts = |stored: &'static str, left: Option<&str>, main: Option<&'static str>| Facts {
            stored,
            issued: day("2019-06-01"),
            valid_until: day("2022-05-31"),
            recognised: true,
            review_due: day("2020-05-31"),
            left_on: left.map(day),
            main,
        };
        let at = |f: &Facts<'static>, d: &str| status(f, 2, day(d));
        let f = facts("valid", None, None);
        assert_eq!(at(&f, "2019-05-31"), ("not_yet", None));
        assert_eq!(at(&f, "2020-05-31"), ("valid", None));
        assert_eq!(at(&f, "2020-06-01"), ("suspended", Some("review_missed")));
        assert_eq!(at(&f, "2022-06-01"), ("expired", None));
        let left = facts("valid", Some("2019-08-31"), None);
        assert_eq!((at(&left, "2019-10-31"), at(&left, "2019-11-01")), (("valid", None), ("suspended", Some("grace_over"))));
        assert_eq!(at(&facts("lost", None, None), "2019-07-01"), ("lost", None));
        assert_eq!(at(&facts("valid", None, Some("revoked")), "2019-07-01"), ("revoked", Some("main_card")));
        assert_eq!(at(&facts("valid", None, Some("valid")), "2021-07-01"), ("valid", None), "an attached card has no review of its own");
        assert_eq!(status(&Facts { recognised: false, ..f }, 2, day("2019-07-01")), ("expired", Some("recognition_over")));
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
        }
    }
}
