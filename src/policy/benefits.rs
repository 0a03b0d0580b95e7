//! The benefits pack (待遇): schemes as data, with worked cases that prove them. Who is eligible is judged by `subsidy`.

use super::{PackHead, PolicyFault, Remembered, day, line_of_row, read};
use crate::base::codes;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenefitsPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Its schemes.
    pub scheme: Vec<Benefit>,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payee {
    /// A talent.
    Person,
    /// A unit.
    Org,
}

/// In which form a benefit comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Once (一次性).
    Lump,
    /// Monthly, accrued and paid quarterly (按月计、按季发).
    Monthly,
    /// In yearly parts (分期).
    Parts,
    /// A share of a sum that is proved, up to a cap (按比例、封顶).
    Share,
    /// In kind: no money (实物).
    InKind,
}

/// By what the amounts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Class of the recognition in force.
    Class,
    /// Level of the card.
    CardLevel,
    /// Education.
    Education,
    /// Degree.
    Degree,
    /// One amount for all.
    None,
}

/// What two schemes are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Whoever has the other can't have this one.
    Forbid,
    /// What the other paid is taken off.
    Deduct,
    /// The other ends.
    Terminate,
}

/// A scheme that this one does not go with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// The other scheme.
    pub with: String,
    /// How they exclude each other.
    pub how: How,
}

/// What husband and wife may have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Household {
    /// One claim, by the higher standard.
    OneClaim,
    /// The second at half.
    Half,
    /// Both, within the sum that is proved.
    Cap,
    /// Each by themselves.
    None,
}

/// What is owed when the service agreed on is broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clawback {
    /// Everything.
    All,
    /// By the months not served.
    ProRata,
    /// Nothing; what is not paid yet ends.
    None,
}

/// A yearly part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Of the whole.
    pub percent: i64,
    /// Months behind the approval.
    pub after_months: u32,
}

/// A scheme (待遇).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// A code of the code set `scheme`.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Clause of the plan that orders it.
    pub clause: String,
    /// Its form.
    pub form: Form,
    /// Who is paid.
    pub payee: Payee,
    /// A valid card is wanted.
    #[serde(default)]
    pub card: bool,
    /// Levels of card; every level where none is named.
    #[serde(default)]
    pub card_levels: Vec<String>,
    /// Classes of a recognition in force.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Corps.
    #[serde(default)]
    pub corps: Vec<String>,
    /// Modes of introduction.
    #[serde(default)]
    pub modes: Vec<String>,
    /// Kinds of unit, where a unit is paid.
    #[serde(default)]
    pub org_kinds: Vec<String>,
    /// Least length of the contract.
    pub contract_months: Option<u32>,
    /// Years since the first day in the zone, this number included.
    pub arrived_within_years: Option<u32>,
    /// Age, this number included.
    pub age_most: Option<i32>,
    /// Months of it in a life.
    pub months: Option<u32>,
    /// By what amounts differ.
    pub by: By,
    /// The one amount, in yuan.
    pub amount: Option<i64>,
    /// Amounts by class, level, education or degree, in yuan.
    #[serde(default)]
    pub amounts: BTreeMap<String, i64>,
    /// Share of what is proved; the amount is its cap.
    pub percent: Option<i64>,
    /// Yearly parts.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Schemes it does not go with.
    #[serde(default)]
    pub exclusive: Vec<Exclusive>,
    /// What husband and wife may have together.
    pub household: Household,
    /// What is owed back.
    pub clawback: Clawback,
    /// Months of service agreed on.
    pub service_months: Option<u32>,
    /// Working days for which a list stands in public; of what is given in kind none.
    pub notice_days: Option<u32>,
    /// Kinds of papers wanted.
    #[serde(default)]
    pub papers: Vec<String>,
    /// Clause.
    pub basis: String,
    /// From which day it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
    /// Worked cases.
    #[serde(default)]
    pub case: Vec<WorkedCase>,
}

/// A worked case: facts in, verdict and yuan out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkedCase {
    /// What it shows.
    pub says: String,
    /// The facts.
    pub facts: CaseFacts,
    /// The verdict.
    pub eligible: bool,
    /// The amount: of a month, or the whole.
    pub yuan: Option<i64>,
}

/// The facts of a worked case; what is not named is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseFacts {
    /// Class of a recognition in force.
    pub class: Option<String>,
    /// Level of a valid card.
    pub card: Option<String>,
    /// Corps.
    pub corps: Option<String>,
    /// Mode of introduction.
    pub mode: Option<String>,
    /// Length of the contract.
    pub contract_months: Option<u32>,
    /// Years since the first day in the zone.
    pub years_here: Option<u32>,
    /// Age.
    pub age: Option<i32>,
    /// Education.
    pub education: Option<String>,
    /// Degree.
    pub degree: Option<String>,
    /// Kind of unit.
    pub org_kind: Option<String>,
    /// Months of it already had.
    pub months_used: Option<u32>,
    /// The sum that is proved, in yuan.
    pub proved: Option<i64>,
}

impl BenefitsPack {
    /// The scheme of a code.
    pub fn benefit(&self, code: &str) -> Option<&Benefit> {
        self.scheme.iter().find(|s| s.code == code)
    }
}

/// Ten trillion yuan: more is a slip.
const MOST: i64 = 10_000_000_000_000;

/// Reads a pack and checks that it agrees with itself. Worked cases are run by `subsidy`.
pub fn parse_benefits(text: &str) -> Result<BenefitsPack, PolicyFault> {
    let pack: BenefitsPack = read(text)?;
    if pack.pack.name != "benefits" {
        return Err(PolicyFault {
            line: 1,
            code: "wrong_pack",
            message: format!("this is the pack {:?}, not \"benefits\"", pack.pack.name),
        });
    }
    let mut seen = HashSet::new();
    for (row, s) in pack.scheme.iter().enumerate() {
        if let Err((code, message)) = contradiction(s, &pack, seen.insert(&s.code)) {
            return Err(PolicyFault { line: line_of_row(text, "scheme", row), code, message: format!("{:?}: {message}", s.code) });
        }
    }
    Ok(pack)
}

/// What in a scheme contradicts itself, the pack or the code sets.
fn contradiction(s: &Benefit, pack: &BenefitsPack, first: bool) -> Result<(), (&'static str, String)> {
    let wrong = |code, message: &str| Err((code, message.to_owned()));
    if !first {
        return wrong("duplicate_code", "the scheme stands twice");
    }
    let known = |set: &str, code: &str| codes::codes(set).any(|c| c.code == code);
    let listed = [
        ("scheme", vec![&s.code]),
        ("corps", s.corps.iter().collect()),
        ("mode", s.modes.iter().collect()),
        ("org_kind", s.org_kinds.iter().collect()),
    ];
    for (set, list) in listed {
        if let Some(code) = list.into_iter().find(|c| !known(set, c)) {
            return Err(("unknown_code", format!("{code:?} is no code of {set}")));
        }
    }
    if let Some(e) = s.exclusive.iter().find(|e| e.with == s.code || pack.benefit(&e.with).is_none()) {
        return Err(("unknown_code", format!("it excludes {:?}, which is itself or no scheme of this pack", e.with)));
    }
    // Gaps: a class without an amount, an amount without a class.
    match s.by {
        By::None if s.amount.is_none() && s.form != Form::InKind => return wrong("gap", "no amount"),
        By::None if !s.amounts.is_empty() => return wrong("gap", "amounts that nothing chooses between"),
        By::None => {}
        _ if s.amounts.is_empty() || s.amount.is_some() => return wrong("gap", "no amounts by what it says they differ"),
        By::Class => {
            if let Some(class) = s.classes.iter().find(|c| !s.amounts.contains_key(*c)) {
                return Err(("gap", format!("class {class} has no amount")));
            }
        }
        By::Education | By::Degree => {
            let set = if s.by == By::Degree { "degree" } else { "education" };
            if let Some(code) = s.amounts.keys().find(|c| !known(set, c)) {
                return Err(("unknown_code", format!("{code:?} is no code of {set}")));
            }
        }
        By::CardLevel => {}
    }
    let amounts_right = s.amounts.values().chain(&s.amount).all(|a| (1..=MOST).contains(a));
    let share_right = (s.form == Form::Share) == s.percent.is_some() && s.percent.is_none_or(|p| (1..=100).contains(&p));
    let months_right =
        matches!(s.form, Form::Monthly | Form::InKind) == s.months.is_some() && s.months.is_none_or(|m| (1..=600).contains(&m));
    let numbers = [s.contract_months, s.arrived_within_years, s.service_months].into_iter().flatten().all(|n| (1..=1200).contains(&n));
    if !amounts_right || !share_right || !months_right || !numbers {
        return wrong("bad_number", "a number is missing, superfluous or can't be");
    }
    let whole = s.parts.is_empty() || s.parts.iter().map(|p| p.percent).sum::<i64>() == 100 && s.parts.iter().all(|p| p.percent > 0);
    let ordered = s.parts.windows(2).all(|w| w[0].after_months < w[1].after_months);
    if !whole || !ordered || (s.form == Form::Parts) && s.parts.is_empty() {
        return wrong("bad_parts", "the parts are no whole in order");
    }
    if (s.form == Form::InKind) == s.notice_days.is_some() || s.notice_days.is_some_and(|n| n > 366) {
        return wrong("gap", "notice_days is missing, superfluous or can't be");
    }
    if (s.clawback == Clawback::ProRata) && s.service_months.is_none() {
        return wrong("gap", "what is owed by months not served needs service_months");
    }
    let of_persons = s.card || !s.classes.is_empty() || !s.corps.is_empty() || !s.modes.is_empty();
    if (s.payee == Payee::Org && of_persons) || (s.payee == Payee::Person && !s.org_kinds.is_empty()) {
        return wrong("gap", "conditions of the other kind of payee");
    }
    Ok(())
}

thread_local! {
    static LAST: Remembered<BenefitsPack> = const { Remembered::new() };
}

/// As `parse_benefits`, remembering the last text.
pub fn benefits_pack(text: &str) -> Result<Rc<BenefitsPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_benefits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_has_every_scheme_of_the_plan_unconfirmed() {
        let pack = parse_benefits(super::super::shipped("benefits").unwrap()).unwrap();
        let all: Vec<&str> = codes::codes("scheme").map(|c| c.code).collect();
        assert_eq!(pack.scheme.iter().map(|s| s.code.as_str()).collect::<Vec<_>>(), all);
        assert!(pack.scheme.iter().all(|s| !s.confirmed));
        let s = pack.benefit("settlement").unwrap();
        assert_eq!(s.parts.iter().map(|p| (p.percent, p.after_months)).collect::<Vec<_>>(), [(40, 0), (30, 12), (30, 24)]);
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("benefits").unwrap();
        let line = |code: &str| shipped.lines().position(|l| l == format!("code = \"{code}\"")).unwrap();
        for (was, is, scheme, code) in [
            ("name = \"benefits\"", "name = \"card\"", "", "wrong_pack"),
            ("code = \"trip\"", "code = \"forum\"", "", "duplicate_code"),
            ("code = \"trip\"", "code = \"cruise\"", "", "unknown_code"),
            (", E = 100000 }", " }", "settlement", "gap"),
            ("percent = 40", "percent = 50", "settlement", "bad_parts"),
            ("doctor = 1000", "dr = 1000", "rent", "unknown_code"),
            ("doctor = 1000", "doctor = -1", "rent", "bad_number"),
            ("percent = 50\n", "", "purchase", "bad_number"),
            ("notice_days = 5", "", "rent", "gap"),
            ("service_months = 36", "", "settlement", "gap"),
            ("with = \"rent\", how = \"deduct\"", "with = \"rant\", how = \"deduct\"", "settlement", "unknown_code"),
            ("clawback = \"none\"", "claw_back = \"none\"", "", "unreadable"),
            ("org_kinds = [\"venture\"]", "org_kinds = [\"venture\"]\ncard = true", "landing_reward", "gap"),
        ] {
            let fault = parse_benefits(&shipped.replacen(was, is, 1)).unwrap_err();
            assert_eq!(fault.code, code, "{was}: {fault}");
            if !scheme.is_empty() {
                assert_eq!(fault.line, line(scheme), "{was}: {fault}");
            }
        }
    }
}
