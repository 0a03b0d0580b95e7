//! Benefits (待遇): who is eligible for what, clause by clause, and what it comes to. The rules are pure functions of facts, scheme and day: the
//! same that decides is printed by `explain`, and run on the worked cases of a pack. SQL is in `store`.

pub mod bank;
pub mod batch;
pub mod change;
pub mod cmd;
pub mod cost;
pub mod draw;
pub mod life;
mod look;
pub mod pay;
mod schedule;
pub mod store;
pub mod way;

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::policy::{Benefit, By, CaseFacts, Ceiling, Form, Household, How, Payee, WorkedCase};
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
    /// What was granted in all.
    pub granted: Fen,
    /// What was paid.
    pub paid: Fen,
    /// Since when.
    pub since: Day,
    /// The op it comes from.
    pub op: i64,
}

/// What is known on a day of whoever a benefit is for.
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
    /// Last day of the contract of the day.
    pub contract_until: Option<Day>,
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
    /// Residence in the zone, proved.
    pub residence: Option<Known<()>>,
    /// No home of one's own, proved.
    pub no_home: Option<Known<()>>,
    /// First day of social insurance in the zone without a gap, proved.
    pub insured: Option<Known<Day>>,
    /// Rent that is paid a month, proved.
    pub rent: Option<Known<Fen>>,
    /// Price of the home, proved.
    pub price: Option<Known<Fen>>,
    /// What was had before.
    pub had: Vec<Had>,
    /// What husband or wife has.
    pub spouse_had: Vec<Had>,
}

/// A clause of a scheme, met or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Which: payee, valid, card, card_level, class, corps, mode, org_kind, education, degree, contract_months, arrived, age, residence, no_home,
    /// social_insurance, rent, price, months, once, times, exclusive, household; listed where it is printed.
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

/// What a scheme comes to on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Every clause is met.
    pub eligible: bool,
    /// Every clause.
    pub clauses: Vec<Clause>,
    /// What it comes to.
    pub sums: Sums,
}

/// What a scheme comes to in money and months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// A month of it, or the whole; none in kind, where nothing is proved, or where no amount is for this payee.
    pub amount: Option<Fen>,
    /// Months that are left of a life's.
    pub months_left: Option<u32>,
    /// What other schemes paid that is taken off.
    pub deduct: Fen,
}

/// Where a judgement puts its clauses: all of them in words for a clerk, or only the answer where a million people are judged. A clause is put
/// into words only where somebody reads it.
trait Sink {
    /// Takes a clause; whether the judgement goes on.
    fn take(&mut self, met: bool, words: impl FnOnce() -> Clause) -> bool;
}

impl Sink for Vec<Clause> {
    fn take(&mut self, _: bool, words: impl FnOnce() -> Clause) -> bool {
        self.push(words());
        true
    }
}

/// Ends at the first clause that is not met.
struct Answer;

impl Sink for Answer {
    fn take(&mut self, met: bool, _: impl FnOnce() -> Clause) -> bool {
        met
    }
}

/// Judges by a scheme on a day; `proved` is the sum that a share is taken of.
pub fn judge(f: &Facts, s: &Benefit, payee: Payee, proved: Option<Fen>, day: Day) -> Verdict {
    let mut clauses = Vec::new();
    // A list of clauses is never full.
    let sums = weigh(f, s, payee, proved, day, &mut clauses).unwrap_or_default();
    Verdict { eligible: clauses.iter().all(|c| c.met), clauses, sums }
}

/// The same judgement without its words: what it comes to for whoever is eligible.
pub fn answer(f: &Facts, s: &Benefit, payee: Payee, proved: Option<Fen>, day: Day) -> Option<Sums> {
    weigh(f, s, payee, proved, day, &mut Answer)
}

/// The one judgement; None where the sink had enough.
fn weigh(f: &Facts, s: &Benefit, payee: Payee, proved: Option<Fen>, day: Day, out: &mut impl Sink) -> Option<Sums> {
    let fits = payee == s.payee || s.payee == Payee::Either;
    plain(out, "payee", fits, || (payee_code(payee).to_owned(), payee_code(s.payee).to_owned()))?;
    plain(out, "valid", s.holds(day.0), || (day.iso(), days(s)))?;
    if s.card {
        known(out, "card", f.card.as_ref(), true, Clone::clone, || "valid".to_owned())?;
    }
    for (name, held, wanted) in [
        ("card_level", &f.card, &s.card_levels),
        ("class", &f.class, &s.classes),
        ("corps", &f.corps, &s.corps),
        ("mode", &f.mode, &s.modes),
        ("org_kind", &f.org_kind, &s.org_kinds),
        ("education", &f.education, &s.educations),
        ("degree", &f.degree, &s.degrees),
    ] {
        if !wanted.is_empty() {
            let fits = held.as_ref().is_some_and(|k| wanted.contains(&k.value));
            known(out, name, held.as_ref(), fits, Clone::clone, || wanted.join(", "))?;
        }
    }
    if let Some(least) = s.contract_months {
        let fits = f.contract_months.as_ref().is_some_and(|m| m.value >= least);
        known(out, "contract_months", f.contract_months.as_ref(), fits, u32::to_string, || format!(">= {least}"))?;
    }
    if let Some(years) = s.arrived_within_years {
        let since = day.months_earlier(years.saturating_mul(12));
        let fits = f.arrived.as_ref().is_some_and(|d| since <= d.value && d.value <= day);
        known(out, "arrived", f.arrived.as_ref(), fits, |d| d.iso(), || format!(">= {}", since.iso()))?;
    }
    if let Some(most) = s.age_most {
        let fits = f.age.as_ref().is_some_and(|a| a.value <= most);
        known(out, "age", f.age.as_ref(), fits, i32::to_string, || format!("<= {most}"))?;
    }
    for (name, held) in [("residence", f.residence.as_ref().filter(|_| s.residence)), ("no_home", f.no_home.as_ref().filter(|_| s.no_home))]
    {
        if if name == "residence" { s.residence } else { s.no_home } {
            known(out, name, held, true, |()| "proved".to_owned(), || "proved".to_owned())?;
        }
    }
    if let Some(least) = s.social_insurance_months {
        let months = |since: &Day| whole_months(*since, day);
        let fits = f.insured.as_ref().is_some_and(|k| months(&k.value) >= least);
        known(out, "social_insurance", f.insured.as_ref(), fits, |d| months(d).to_string(), || format!(">= {least}"))?;
    }
    let amount = amount(f, s, proved, out)?;
    let used: u32 = f.had.iter().filter(|h| h.scheme == s.code).map(|h| h.months).sum();
    let months_left = s.months.map(|most| most.saturating_sub(used));
    let last = || f.had.iter().rfind(|h| h.scheme == s.code);
    if let (Some(left), Some(most)) = (months_left, s.months) {
        go_on(out.take(left > 0, || from_had("months", left > 0, last(), used.to_string(), format!("< {most}"))))?;
    }
    if let Some(most) = s.times() {
        let n = f.had.iter().filter(|h| h.scheme == s.code).count();
        let met = n < most as usize;
        let name = if most == 1 { "once" } else { "times" };
        go_on(out.take(met, || from_had(name, met, last(), n.to_string(), format!("< {most}"))))?;
    }
    let mut deduct = 0i64;
    for e in &s.exclusive {
        for h in f.had.iter().filter(|h| h.scheme == e.with) {
            if e.how == How::Deduct {
                deduct = deduct.saturating_add(h.paid.0);
            }
            let met = e.how != How::Forbid;
            go_on(out.take(met, || had("exclusive", h, met)))?;
        }
    }
    let spouse = || f.spouse_had.iter().filter(|h| h.live && h.scheme == s.code);
    if s.household != Household::None {
        for h in spouse() {
            // One claim for both; at half or within the proved sum a second one stands.
            let met = s.household != Household::OneClaim;
            go_on(out.take(met, || had("household", h, met)))?;
        }
    }
    // What is proved now, and the price that a paper proved.
    let price = f.price.as_ref().filter(|_| s.ceiling == Some(Ceiling::Price)).map(|k| k.value);
    let within = proved.into_iter().chain(price).min();
    let amount = amount.map(|a| match (s.household, within) {
        (Household::Half, _) if spouse().next().is_some() => Fen(a.0 / 2),
        // Both together stay within it.
        (Household::Cap, Some(most)) => {
            let theirs = spouse().fold(0i64, |sum, h| sum.saturating_add(h.granted.0));
            a.min(Fen(most.0.saturating_sub(theirs).max(0)))
        }
        _ => a,
    });
    Some(Sums { amount, months_left, deduct: Fen(deduct) })
}

/// None ends a judgement whose sink had enough.
fn go_on(on: bool) -> Option<()> {
    on.then_some(())
}

/// A clause of what the command itself says.
fn plain(out: &mut impl Sink, name: &'static str, met: bool, words: impl FnOnce() -> (String, String)) -> Option<()> {
    go_on(out.take(met, || {
        let (value, wants) = words();
        Clause { clause: name, met, value: Some(value), since: None, op: None, wants }
    }))
}

/// A clause of what is known: met where it is known at all and fits.
fn known<T>(
    out: &mut impl Sink,
    name: &'static str,
    held: Option<&Known<T>>,
    fits: bool,
    show: impl Fn(&T) -> String,
    wants: impl FnOnce() -> String,
) -> Option<()> {
    let met = held.is_some() && fits;
    go_on(out.take(met, || Clause {
        clause: name,
        met,
        value: held.map(|k| show(&k.value)),
        since: held.and_then(|k| k.since),
        op: held.and_then(|k| k.op),
        wants: wants(),
    }))
}

/// The days of a scheme.
fn days(s: &Benefit) -> String {
    format!("{}..{}", Day(s.valid_from).iso(), s.valid_until.map(|d| Day(d).iso()).unwrap_or_default())
}

/// A clause about how much of the scheme was had.
fn from_had(name: &'static str, met: bool, last: Option<&Had>, value: String, wants: String) -> Clause {
    Clause { clause: name, met, value: Some(value), since: last.map(|h| h.since), op: last.map(|h| h.op), wants }
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
        Payee::Either => "either",
    }
}

/// What it comes to, with the clauses by which amounts differ and may not exceed a proved sum.
fn amount(f: &Facts, s: &Benefit, proved: Option<Fen>, out: &mut impl Sink) -> Option<Option<Fen>> {
    let (key, name, told) = match s.by {
        By::None => (None, "", true),
        // What is asked for anyway has its clause already.
        By::Class => (f.class.as_ref(), "class", !s.classes.is_empty()),
        By::CardLevel => (f.card.as_ref(), "card_level", !s.card_levels.is_empty()),
        By::Education => (f.education.as_ref(), "education", !s.educations.is_empty()),
        By::Degree => (f.degree.as_ref(), "degree", !s.degrees.is_empty()),
    };
    let yuan = match s.by {
        By::None => s.amount,
        _ => key.and_then(|k| s.amounts.get(&k.value)).copied(),
    };
    if !told {
        known(out, name, key, yuan.is_some(), Clone::clone, || s.amounts.keys().cloned().collect::<Vec<_>>().join(", "))?;
    }
    let whole = yuan.and_then(|y| y.checked_mul(100)).map(Fen);
    let mut amount = match s.form {
        // A share is rounded down to whole fen, and the amount is its cap.
        Form::Share | Form::Reimbursement => {
            proved.and_then(|p| p.checked_mul(s.percent.unwrap_or(100))).and_then(|p| whole.map(|cap| Fen(p.0 / 100).min(cap)))
        }
        _ => whole,
    };
    if let Some(ceiling) = s.ceiling {
        let (name, held) = match ceiling {
            Ceiling::Rent => ("rent", f.rent.as_ref()),
            Ceiling::Price => ("price", f.price.as_ref()),
        };
        known(out, name, held, true, Fen::to_string, || "proved".to_owned())?;
        amount = amount.zip(held).map(|(a, k)| a.min(k.value)).or(amount);
    }
    Some(amount)
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
    // Its own first day: the facts of a case count in years and months.
    let day = Day(s.valid_from);
    let f = case_facts(s, &c.facts, day);
    let v = judge(&f, s, if s.payee == Payee::Either { Payee::Person } else { s.payee }, c.facts.proved.and_then(fen), day);
    let yuan = v.sums.amount.filter(|_| v.eligible);
    if v.eligible == c.eligible && (c.yuan.is_none() || yuan == c.yuan.and_then(fen)) {
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

/// Yuan of a pack as fen.
fn fen(yuan: i64) -> Option<Fen> {
    yuan.checked_mul(100).map(Fen)
}

/// The facts of a worked case as facts of a day.
fn case_facts(s: &Benefit, c: &CaseFacts, day: Day) -> Facts {
    let text = |v: &Option<String>| v.clone().map(Known::bare);
    let yuan = |v: Option<i64>| v.and_then(fen).map(Known::bare);
    let list = |had: &std::collections::BTreeMap<String, i64>| -> Vec<Had> {
        had.iter()
            .map(|(scheme, paid)| {
                let paid = fen(*paid).unwrap_or_default();
                Had { scheme: scheme.clone(), live: true, months: 0, granted: paid, paid, since: day, op: 0 }
            })
            .collect()
    };
    let used = c.months_used.map(|months| Had {
        scheme: s.code.clone(),
        live: true,
        months,
        granted: Fen::ZERO,
        paid: Fen::ZERO,
        since: day,
        op: 0,
    });
    Facts {
        class: text(&c.class),
        card: text(&c.card),
        corps: text(&c.corps),
        mode: text(&c.mode),
        contract_months: c.contract_months.map(Known::bare),
        contract_until: None,
        arrived: c.years_here.map(|y| Known::bare(day.months_earlier(y.saturating_mul(12)))),
        age: c.age.map(Known::bare),
        education: text(&c.education),
        degree: text(&c.degree),
        org_kind: text(&c.org_kind),
        residence: c.residence.then(|| Known::bare(())),
        no_home: c.no_home.then(|| Known::bare(())),
        // So many whole months up to the day itself.
        insured: c.insured_months.map(|m| Known::bare(day.succ().months_earlier(m))),
        rent: yuan(c.rent),
        price: yuan(c.price),
        had: list(&c.had).into_iter().chain(used).collect(),
        spouse_had: list(&c.spouse_had),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{benefits_pack, shipped};
    use proptest::prelude::*;

    fn benefit(code: &str) -> Benefit {
        benefits_pack(shipped("benefits").unwrap()).unwrap().benefit(code, 18_000).unwrap().clone()
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
        let had = |scheme: &str, paid| Had {
            scheme: scheme.into(),
            live: true,
            months: 3,
            granted: Fen(paid),
            paid: Fen(paid),
            since: Day(17_000),
            op: 5,
        };
        let with = |had: Had| judge(&Facts { had: vec![had], ..Facts::default() }, &s, Payee::Person, None, Day(18_000));
        let clause = |v: &Verdict| v.clauses.iter().find(|c| c.clause == "exclusive").map(|c| c.met);
        let rent = with(had("rent", 240_000));
        assert_eq!((clause(&rent), rent.sums.deduct), (Some(true), Fen(240_000)));
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
