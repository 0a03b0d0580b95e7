//! Integrity cases (人才诚信内部管理): how somebody comes to be listed and how it ends; states, times and terms as pure rules. What a listing
//! refuses is in `standing`, how lists are looked through in `screen`; SQL is in `store`, acts in `change`. It is internal management of the
//! programme's own benefits: nothing here publishes anything, and nothing lasts for life.

pub mod change;
pub mod cmd;
pub mod letter;
pub mod look;
pub mod screen;
pub mod standing;
pub mod store;

use crate::base::day::Day;
use crate::base::number;
use crate::error::{self, Result};
use crate::policy::Integrity;
use crate::workflow::Machine;
use crate::workflow::store::Served;
use crate::{org, talent};

/// Prefix of a case's human number.
pub const PREFIX: &str = "I";

/// Prefix of the number of a screening's receipt.
pub const RECEIPT_PREFIX: &str = "SC";

/// Whom a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whom {
    /// A person.
    Person(i64),
    /// A unit.
    Unit(i64),
}

impl Whom {
    /// Human number.
    pub fn no(self) -> String {
        match self {
            Whom::Person(id) => number::format(talent::PREFIX, id),
            Whom::Unit(id) => number::format(org::PREFIX, id),
        }
    }

    /// The columns person_id and org_id.
    pub fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Whom::Person(id) => (Some(id), None),
            Whom::Unit(id) => (None, Some(id)),
        }
    }
}

/// Grounds (事由): the closed list.
pub const GROUNDS: [&str; 10] =
    ["fraud", "results", "funds", "breach", "sublet", "card_lent", "concealment", "unit_proof", "crime", "other"];

/// Ways in which a paper is served (送达方式).
pub const WAYS: [&str; 5] = ["in_person", "registered_mail", "left_at", "electronic", "public_notice"];

/// States and moves (线索、核查、告知、陈述申辩、决定、生效、修复移出、撤销); that a listing expired is what time alone does and is never stored.
pub const MACHINE: Machine = Machine {
    kind: "integrity_case",
    moves: &[
        ("lead", &["checking", "notified", "not_listed", "annulled"]),
        ("checking", &["checking", "notified", "not_listed", "annulled"]),
        ("notified", &["heard", "decided", "not_listed", "annulled"]),
        ("heard", &["heard", "decided", "not_listed", "annulled"]),
        ("decided", &["in_force", "annulled"]),
        ("in_force", &["repaired", "annulled"]),
        ("repaired", &["annulled"]),
        ("not_listed", &["annulled"]),
        ("annulled", &[]),
    ],
};

/// States into which an investigator leads a case: who did decides nothing of it, and judges no repair.
pub const INVESTIGATES: [&str; 2] = ["lead", "checking"];

/// What a clerk can do with a case in a state.
pub fn verbs(state: &str) -> &'static [&'static str] {
    match state {
        "lead" | "checking" => &["investigate", "notify", "decide", "remove"],
        "notified" | "heard" => &["reply", "decide", "remove"],
        "decided" => &["deliver", "remove"],
        "in_force" => &["share", "repair", "remove"],
        "annulled" => &[],
        _ => &["remove"],
    }
}

/// The last day of a term of months that begins with an event: the day of the event is not counted, the corresponding day is the last (Civil
/// Code 201, 202).
pub fn term_end(from: Day, months: u32) -> Day {
    from.months_later(months)
}

/// How long somebody can reply to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyTime {
    /// The last day by the book.
    pub by_book: Day,
    /// The last day by the clock: entered late or dated back, a notice still leaves its days.
    pub by_clock: Day,
}

impl ReplyTime {
    /// Of a notice that was entered on a day; none where it asks for no reply.
    pub fn of(notice: &Served, recorded: Day) -> Option<ReplyTime> {
        let (_, until) = notice.reply?;
        Some(ReplyTime { by_book: until, by_clock: recorded.add_days(until.0 - notice.day.0) })
    }

    /// The last of both.
    pub fn until(self) -> Day {
        self.by_book.max(self.by_clock)
    }

    /// Whether it is over on a business day, by the clock of `today` too.
    pub fn is_over(self, day: Day, today: Day) -> bool {
        day > self.by_book && today > self.by_clock
    }
}

/// What was decided of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// On which day.
    pub day: Day,
    /// Listed, or the case ends without.
    pub listed: bool,
    /// mild, ordinary, serious.
    pub grade: Option<String>,
    /// The last day, where the decision names one; else the end of the grade's term.
    pub ends: Option<Day>,
    /// What follows.
    pub effects: Vec<String>,
    /// The decision on paper.
    pub decision_id: Option<i64>,
}

impl Ruling {
    /// The last day of a listing whose decision was served on a day.
    pub fn until(&self, delivered: Day, rules: &Integrity) -> Option<Day> {
        let months = rules.grade(self.grade.as_deref()?)?.months;
        Some(self.ends.unwrap_or_else(|| term_end(delivered, months)))
    }
}

/// Checks what a decision wants: a grade of the rules, an end within the grade's term counted from the decision, effects of the rules. The effects in
/// the order of the rules. 3 where it is longer than the grade allows.
pub fn wanted(rules: &Integrity, day: Day, grade: &str, ends: Option<Day>, effects: &[String]) -> Result<Vec<String>> {
    let Some(g) = rules.grade(grade) else {
        let all: Vec<&str> = rules.grade.iter().map(|g| g.code.as_str()).collect();
        return Err(error::usage("no_grade").fact("grade", grade).fact("grades", all.join(", ")).detail("possible", all));
    };
    if let Some(ends) = ends {
        let most = term_end(day, g.months);
        if ends < day {
            return Err(error::usage("ends_before").fact("from", day.iso()).fact("until", ends.iso()));
        }
        if ends > most {
            return Err(error::refused("longer_than_grade")
                .fact("grade", grade)
                .fact("until", ends.iso())
                .fact("most", most.iso())
                .detail("clause", g.basis.clone())
                .detail("most", most.iso()));
        }
    }
    if let Some(unknown) = effects.iter().find(|e| rules.effect(e).is_none()) {
        let all: Vec<&str> = rules.effect.iter().map(|e| e.code.as_str()).collect();
        return Err(error::usage("no_effect").fact("effect", unknown).fact("effects", all.join(", ")).detail("possible", all));
    }
    Ok(rules.effect.iter().map(|e| e.code.clone()).filter(|code| effects.contains(code)).collect())
}

/// What time makes of a listing on a day: `from` the delivery of its decision `until` its last day, or the day of a repair.
pub fn seen(from: Day, until: Day, repaired: Option<Day>, day: Day) -> &'static str {
    match repaired {
        _ if day < from => "decided",
        Some(on) if on <= day && on <= until => "repaired",
        _ if day > until => "expired",
        _ => "in_force",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parse_integrity, shipped};
    use proptest::prelude::*;

    fn rules() -> Integrity {
        parse_integrity(shipped("integrity").unwrap()).unwrap().rules().clone()
    }

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn every_state_leads_on_or_ends() {
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
            assert_eq!(verbs(state).is_empty(), next.is_empty(), "{state}");
        }
        assert_eq!(MACHINE.to("I1", "lead", "decided").unwrap_err().key, "wrong_state");
    }

    #[test]
    fn a_decision_stays_within_its_grade() {
        let (r, on) = (rules(), day("2019-07-15"));
        let refused = |grade: &str, ends: &str| wanted(&r, on, grade, Some(day(ends)), &["new".into()]).err().map(|e| e.key);
        for (grade, last, beyond) in
            [("mild", "2019-10-15", "2019-10-16"), ("ordinary", "2020-07-15", "2020-07-16"), ("serious", "2022-07-15", "2022-07-16")]
        {
            assert_eq!((refused(grade, last), refused(grade, beyond)), (None, Some("longer_than_grade")), "{grade}");
        }
        assert_eq!(refused("mild", "2019-07-14"), Some("ends_before"));
        assert_eq!(refused("for_life", "2019-07-16"), Some("no_grade"));
        let effects = wanted(&r, on, "mild", None, &["review".into(), "new".into(), "new".into()]).unwrap();
        assert_eq!(effects, ["new", "review"]);
        assert_eq!(wanted(&r, on, "mild", None, &["shame".into()]).unwrap_err().key, "no_effect");
    }

    #[test]
    fn a_notice_leaves_its_days_by_book_and_by_clock() {
        let notice =
            Served { paper: "notice".into(), day: day("2019-07-01"), way: Some("in_person".into()), reply: Some((5, day("2019-07-08"))) };
        let time = |recorded: &str| ReplyTime::of(&notice, day(recorded)).unwrap();
        let over = |recorded: &str, on: &str, today: &str| time(recorded).is_over(day(on), day(today));
        assert!(!over("2019-07-01", "2019-07-08", "2019-07-08") && over("2019-07-01", "2019-07-09", "2019-07-09"));
        // Dated forward, the clock has not moved.
        assert!(!over("2019-07-01", "2019-07-09", "2019-07-08"));
        // Entered late and dated back: a week by the clock all the same.
        assert!(!over("2019-08-01", "2019-07-09", "2019-08-08") && over("2019-08-01", "2019-07-09", "2019-08-09"));
        assert_eq!(time("2019-08-01").until(), day("2019-08-08"));
        assert_eq!(ReplyTime::of(&Served { reply: None, ..notice }, day("2019-07-01")), None);
    }

    #[test]
    fn a_listing_begins_with_delivery_and_ends_by_the_day() {
        let (from, until) = (day("2019-07-20"), day("2019-10-20"));
        let at = |on: &str, repaired: Option<&str>| seen(from, until, repaired.map(day), day(on));
        assert_eq!(
            [at("2019-07-19", None), at("2019-07-20", None), at("2019-10-20", None), at("2019-10-21", None)],
            ["decided", "in_force", "in_force", "expired"]
        );
        assert_eq!(
            [at("2019-08-31", Some("2019-09-01")), at("2019-09-01", Some("2019-09-01")), at("2020-01-01", Some("2019-09-01"))],
            ["in_force", "repaired", "repaired"]
        );
        let r =
            Ruling { day: from, listed: true, grade: Some("mild".into()), ends: None, effects: vec!["new".into()], decision_id: Some(1) };
        assert_eq!(r.until(from, &rules()), Some(until));
    }

    proptest! {
        #[test]
        fn no_listing_outlives_its_grade(decided in 17_000i32..19_000, waited in 0i32..400, grade in 0usize..3, ends in proptest::option::of(0i32..1500)) {
            let (r, decided) = (rules(), Day(decided));
            let (delivered, g) = (decided.add_days(waited), &r.grade[grade]);
            let ends = ends.map(|n| decided.add_days(n));
            if wanted(&r, decided, &g.code, ends, &["new".into()]).is_ok() {
                let ruling = Ruling { day: decided, listed: true, grade: Some(g.code.clone()), ends, effects: vec!["new".into()], decision_id: Some(1) };
                let until = ruling.until(delivered, &r).unwrap();
                prop_assert!(until <= delivered.months_later(g.months) && until.0 - decided.0 <= waited.max(0) + 1097);
                prop_assert_eq!(seen(delivered, until, None, until.succ().max(delivered)), "expired");
            }
        }
    }
}
