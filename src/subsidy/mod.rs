//! Benefits (待遇): who is eligible for what, clause by clause, and what it comes to. The rules are pure functions of facts, scheme and day: the
//! same that decides is printed by `explain`, and run on the worked cases of a pack. SQL is in `store`.

pub mod bank;
pub mod change;
pub mod cmd;
pub mod life;
mod pay;
pub mod store;
pub mod way;

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::policy::{Benefit, By, CaseFacts, Form, Household, How, Payee, WorkedCase};
use crate::workflow::Machine;

/// Prefix of an application's human number.
pub const PREFIX: &str = "S";
/// Prefix of a payment batch's human number.
pub const BATCH_PREFIX: &str = "PB";

/// States of an application, as acts bring them about; what payment makes of it (paying, paid) is computed.
pub const MACHINE: Machine = Machine {
    kind: "application",
    moves: &[
        ("applied", &["employer_checked", "rejected"]),
        ("employer_checked", &["accepted", "rejected"]),
        ("accepted", &["reviewed", "rejected"]),
        ("reviewed", &["publicised", "rejected"]),
        ("publicised", &["approved", "rejected"]),
        ("rejected", &[]),
        ("approved", &["stopped", "recovered", "revoked"]),
        ("stopped", &["resumed", "recovered", "revoked"]),
        ("resumed", &["stopped", "recovered", "revoked"]),
        ("revoked", &["recovered"]),
        ("recovered", &["recovered"]),
    ],
};

/// Something that is known, with the day since when and the op that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// What.
    pub value: T,
    /// Since when it is so.
    pub since: Option<Day>,
    /// The op it comes from.
    pub op: Option<i64>,
}

impl<T> Known<T> {
    /// Without a source: a worked case.
    pub fn bare(value: T) -> Known<T> {
        Known { value, since: None, op: None }
    }
}

/// What a payee had of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// The scheme.
    pub scheme: String,
    /// Still going on.
    pub live: bool,
    /// Months of it.
    pub months: u32,
    /// What was paid.
    pub paid: Fen,
    /// Since when.
    pub since: Day,
    /// The op it comes from.
    pub op: i64,
}

/// What is known of a payee on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Class of a recognition in force.
    pub class: Option<Known<String>>,
    /// Level of a card that is valid.
    pub card: Option<Known<String>>,
    /// Primary corps.
    pub corps: Option<Known<String>>,
    /// Mode of the engagement of the day.
    pub mode: Option<Known<String>>,
    /// Whole months of the contract.
    pub contract_months: Option<Known<u32>>,
    /// First day in the zone.
    pub arrived: Option<Known<Day>>,
    /// Age in whole years.
    pub age: Option<Known<i32>>,
    /// Education.
    pub education: Option<Known<String>>,
    /// Degree.
    pub degree: Option<Known<String>>,
    /// Kind of unit.
    pub org_kind: Option<Known<String>>,
    /// What the payee had before.
    pub had: Vec<Had>,
    /// What husband or wife has.
    pub spouse_had: Vec<Had>,
}

/// A clause of a scheme, met or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Which: payee, card, card_level, class, corps, mode, contract_months, arrived, age, amount, months, exclusive, household.
    pub clause: &'static str,
    /// Whether it is met.
    pub met: bool,
    /// What is known; none where nothing is.
    pub value: Option<String>,
    /// Since when.
    pub since: Option<Day>,
    /// The op that says so.
    pub op: Option<i64>,
    /// What the scheme wants.
    pub wants: String,
}

/// What a scheme comes to for a payee on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Every clause is met.
    pub eligible: bool,
    /// Every clause.
    pub clauses: Vec<Clause>,
    /// A month of it, or the whole; none in kind, where nothing is proved, or where no amount is for this payee.
    pub amount: Option<Fen>,
    /// Months that are left of a life's.
    pub months_left: Option<u32>,
    /// What other schemes paid that is taken off.
    pub deduct: Fen,
}

/// A clause from what is known and whether that will do.
fn clause<T>(
    name: &'static str,
    known: Option<&Known<T>>,
    wants: String,
    show: impl Fn(&T) -> String,
    fits: impl Fn(&T) -> bool,
) -> Clause {
    Clause {
        clause: name,
        met: known.is_some_and(|k| fits(&k.value)),
        value: known.map(|k| show(&k.value)),
        since: known.and_then(|k| k.since),
        op: known.and_then(|k| k.op),
        wants,
    }
}

fn listed(name: &'static str, known: Option<&Known<String>>, wanted: &[String]) -> Option<Clause> {
    (!wanted.is_empty()).then(|| clause(name, known, wanted.join(", "), Clone::clone, |v| wanted.contains(v)))
}

/// Judges a payee by a scheme on a day; `proved` is the sum that a share is taken of.
pub fn judge(f: &Facts, s: &Benefit, payee: Payee, proved: Option<Fen>, day: Day) -> Verdict {
    let mut clauses = vec![Clause {
        clause: "payee",
        met: payee == s.payee,
        value: Some(payee_code(payee).to_owned()),
        since: None,
        op: None,
        wants: payee_code(s.payee).to_owned(),
    }];
    if s.card {
        clauses.push(clause("card", f.card.as_ref(), "valid".to_owned(), Clone::clone, |_| true));
    }
    clauses.extend(listed("card_level", f.card.as_ref(), &s.card_levels));
    clauses.extend(listed("class", f.class.as_ref(), &s.classes));
    clauses.extend(listed("corps", f.corps.as_ref(), &s.corps));
    clauses.extend(listed("mode", f.mode.as_ref(), &s.modes));
    clauses.extend(listed("org_kind", f.org_kind.as_ref(), &s.org_kinds));
    if let Some(least) = s.contract_months {
        clauses.push(clause("contract_months", f.contract_months.as_ref(), format!(">= {least}"), u32::to_string, |m| *m >= least));
    }
    if let Some(years) = s.arrived_within_years {
        let since = day.months_earlier(years * 12);
        clauses.push(clause("arrived", f.arrived.as_ref(), format!(">= {}", since.iso()), |d| d.iso(), |d| *d >= since && *d <= day));
    }
    if let Some(most) = s.age_most {
        clauses.push(clause("age", f.age.as_ref(), format!("<= {most}"), i32::to_string, |a| *a <= most));
    }
    let (amount, by) = amount(f, s, proved);
    clauses.extend(by);
    let used: u32 = f.had.iter().filter(|h| h.scheme == s.code).map(|h| h.months).sum();
    let months_left = s.months.map(|most| most.saturating_sub(used));
    if let (Some(left), Some(most)) = (months_left, s.months) {
        let last = f.had.iter().rfind(|h| h.scheme == s.code);
        clauses.push(Clause {
            clause: "months",
            met: left > 0,
            value: Some(used.to_string()),
            since: last.map(|h| h.since),
            op: last.map(|h| h.op),
            wants: format!("< {most}"),
        });
    }
    // What a life grants once is granted once.
    if !matches!(s.form, Form::Monthly | Form::InKind | Form::Share)
        && let Some(h) = f.had.iter().find(|h| h.scheme == s.code)
    {
        clauses.push(had("once", h, false));
    }
    let mut deduct = 0i64;
    for e in &s.exclusive {
        for h in f.had.iter().filter(|h| h.scheme == e.with) {
            match e.how {
                How::Forbid => clauses.push(had("exclusive", h, false)),
                How::Terminate => clauses.push(had("exclusive", h, true)),
                How::Deduct => {
                    deduct = deduct.saturating_add(h.paid.0);
                    clauses.push(had("exclusive", h, true));
                }
            }
        }
    }
    if s.household != Household::None {
        for h in f.spouse_had.iter().filter(|h| h.live && h.scheme == s.code) {
            // One claim for both; at half or within the proved sum a second one stands.
            clauses.push(had("household", h, s.household != Household::OneClaim));
        }
    }
    let amount = amount.map(|a| if s.household == Household::Half && halved(f, s) { Fen(a.0 / 2) } else { a });
    Verdict { eligible: clauses.iter().all(|c| c.met), clauses, amount, months_left, deduct: Fen(deduct) }
}

fn halved(f: &Facts, s: &Benefit) -> bool {
    f.spouse_had.iter().any(|h| h.live && h.scheme == s.code)
}

fn had(name: &'static str, h: &Had, met: bool) -> Clause {
    let value = if h.paid.0 > 0 { format!("{} {}", h.scheme, h.paid) } else { h.scheme.clone() };
    Clause { clause: name, met, value: Some(value), since: Some(h.since), op: Some(h.op), wants: format!("!{}", h.scheme) }
}

/// Stable code of a kind of payee.
pub fn payee_code(p: Payee) -> &'static str {
    match p {
        Payee::Person => "person",
        Payee::Org => "org",
    }
}

/// What it comes to, and the clause by which amounts differ where that is no other's.
fn amount(f: &Facts, s: &Benefit, proved: Option<Fen>) -> (Option<Fen>, Option<Clause>) {
    let (key, name) = match s.by {
        By::None => (None, ""),
        By::Class => (f.class.as_ref(), "class"),
        By::CardLevel => (f.card.as_ref(), "card_level"),
        By::Education => (f.education.as_ref(), "education"),
        By::Degree => (f.degree.as_ref(), "degree"),
    };
    let yuan = match s.by {
        By::None => s.amount,
        _ => key.and_then(|k| s.amounts.get(&k.value)).copied(),
    };
    let whole = yuan.and_then(|y| y.checked_mul(100)).map(Fen);
    let amount = match s.percent {
        // A share is rounded down to whole fen, and the amount is its cap.
        Some(percent) => {
            proved.and_then(|p| p.checked_mul(percent)).map(|p| Fen(p.0 / 100)).and_then(|share| whole.map(|cap| share.min(cap)))
        }
        None => whole,
    };
    // A class that is asked for anyway has its clause already.
    let told = (s.by == By::Class && !s.classes.is_empty()) || (s.by == By::CardLevel && !s.card_levels.is_empty()) || s.by == By::None;
    let wanted: Vec<String> = s.amounts.keys().cloned().collect();
    (amount, if told { None } else { listed(name, key, &wanted) })
}

/// The parts of an amount with the days they fall due: the last part takes what rounding leaves.
pub fn parts(s: &Benefit, amount: Fen, approved: Day) -> Vec<(Day, Fen)> {
    if s.parts.is_empty() {
        return vec![(approved, amount)];
    }
    let mut left = amount.0;
    let last = s.parts.len() - 1;
    s.parts
        .iter()
        .enumerate()
        .map(|(i, p)| {
            // Shares of a sum that fits are smaller than it.
            let part = if i == last { left } else { i64::try_from(i128::from(amount.0) * i128::from(p.percent) / 100).unwrap_or(left) };
            left -= part;
            (approved.months_later(p.after_months), Fen(part))
        })
        .collect()
}

/// Whole months from a first day to a last one, both included.
pub fn whole_months(from: Day, until: Day) -> u32 {
    (1..=1200).take_while(|n| from.months_later(*n).pred() <= until).last().unwrap_or(0)
}

/// Runs a worked case of a pack: what it gives instead of what it says, or nothing.
pub fn run_case(s: &Benefit, c: &WorkedCase) -> Option<String> {
    // Any day: the facts of a case count in years and months.
    let day = Day(18_000);
    let CaseFacts { class, card, corps, mode, contract_months, years_here, age, education, degree, org_kind, months_used, proved } =
        &c.facts;
    let text = |v: &Option<String>| v.clone().map(Known::bare);
    let f = Facts {
        class: text(class),
        card: text(card),
        corps: text(corps),
        mode: text(mode),
        contract_months: contract_months.map(Known::bare),
        arrived: years_here.map(|y| Known::bare(day.months_earlier(y * 12))),
        age: age.map(Known::bare),
        education: text(education),
        degree: text(degree),
        org_kind: text(org_kind),
        had: months_used
            .map(|months| Had { scheme: s.code.clone(), live: true, months, paid: Fen::ZERO, since: day, op: 0 })
            .into_iter()
            .collect(),
        spouse_had: Vec::new(),
    };
    let v = judge(&f, s, s.payee, proved.and_then(|y| y.checked_mul(100)).map(Fen), day);
    let yuan = v.amount.filter(|_| v.eligible);
    let wanted = c.yuan.and_then(|y| y.checked_mul(100)).map(Fen);
    if v.eligible == c.eligible && (c.yuan.is_none() || yuan == wanted) {
        return None;
    }
    let missed: Vec<&str> = v.clauses.iter().filter(|c| !c.met).map(|c| c.clause).collect();
    Some(format!(
        "eligible = {}, yuan = {}{}",
        v.eligible,
        yuan.map_or_else(|| "-".to_owned(), |y| y.to_string()),
        if missed.is_empty() { String::new() } else { format!(" ({})", missed.join(", ")) }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{benefits_pack, shipped};
    use proptest::prelude::*;

    fn benefit(code: &str) -> Benefit {
        benefits_pack(shipped("benefits").unwrap()).unwrap().benefit(code).unwrap().clone()
    }

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn the_shipped_pack_is_proved_by_its_own_cases() {
        let pack = benefits_pack(shipped("benefits").unwrap()).unwrap();
        let mut ran = 0;
        for s in &pack.scheme {
            for c in &s.case {
                assert_eq!(run_case(s, c), None, "{}: {}", s.code, c.says);
                ran += 1;
            }
        }
        assert!(ran >= 7);
    }

    #[test]
    fn arrival_and_contract_include_their_own_bounds() {
        let s = benefit("settlement");
        let facts = |arrived: &str, months| Facts {
            class: Some(Known::bare("B".into())),
            card: Some(Known::bare("gold".into())),
            mode: Some(Known::bare("rigid".into())),
            contract_months: Some(Known::bare(months)),
            arrived: Some(Known::bare(day(arrived))),
            ..Facts::default()
        };
        let eligible = |arrived: &str, months, on: &str| judge(&facts(arrived, months), &s, Payee::Person, None, day(on)).eligible;
        assert!(
            eligible("2014-06-01", 36, "2019-06-01")
                && !eligible("2014-05-31", 36, "2019-06-01")
                && !eligible("2014-06-01", 35, "2019-06-01")
        );
        assert_eq!(whole_months(day("2019-03-01"), day("2022-02-28")), 36);
        assert_eq!(whole_months(day("2019-03-01"), day("2022-02-27")), 35);
        assert_eq!(whole_months(day("2019-03-02"), day("2019-03-01")), 0);
    }

    #[test]
    fn exclusivity_forbids_deducts_or_ends_the_other() {
        let s = benefit("settlement");
        let had = |scheme: &str, paid| Had { scheme: scheme.into(), live: true, months: 3, paid: Fen(paid), since: Day(17_000), op: 5 };
        let with = |had: Had| judge(&Facts { had: vec![had], ..Facts::default() }, &s, Payee::Person, None, Day(18_000));
        let clause = |v: &Verdict| v.clauses.iter().find(|c| c.clause == "exclusive").map(|c| c.met);
        let rent = with(had("rent", 240_000));
        assert_eq!((clause(&rent), rent.deduct), (Some(true), Fen(240_000)));
        assert_eq!(clause(&with(had("purchase", 0))), Some(false));
        assert_eq!(clause(&with(had("forum", 0))), None);
        assert!(with(had("settlement", 0)).clauses.iter().any(|c| c.clause == "once" && !c.met));
    }

    proptest! {
        /// No fen is lost or made between the whole and its parts, and they fall due in order.
        #[test]
        fn parts_are_the_whole(fen in 1i64..1_000_000_000_000) {
            let s = benefit("settlement");
            let parts = parts(&s, Fen(fen), Day(18_000));
            prop_assert_eq!(parts.iter().map(|p| p.1.0).sum::<i64>(), fen);
            prop_assert!(parts.iter().all(|p| p.1.0 >= 0) && parts.windows(2).all(|w| w[0].0 < w[1].0));
            prop_assert_eq!(parts[0].1.0, fen * 40 / 100);
        }
    }
}
