//! The benefits pack (待遇): schemes as data, with worked cases that prove them. Who is eligible is judged by `subsidy`.

use super::{PackHead, PolicyFault, Remembered, day, day_or_open, line_of_row, read};
use crate::base::codes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenefitsPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Its schemes; one may stand several times, each with days of its own.
    pub scheme: Vec<Benefit>,
    /// How much of approvals may fall due in a later year (以后年度承诺上限).
    #[serde(default)]
    pub commitment_ceiling: Vec<CommitmentCeiling>,
}

/// The most that approvals of earlier years may leave to a year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentCeiling {
    /// The year in which it falls due.
    pub year: i32,
    /// In yuan.
    pub amount: i64,
    /// Clause.
    pub basis: String,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payee {
    /// A talent.
    Person,
    /// A unit.
    Org,
    /// A talent, or a unit in a talent's stead: the school of a training, the employer.
    Either,
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
    /// What was spent, up to a cap (据实报销、封顶).
    Reimbursement,
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

/// What an amount may not exceed, as a paper proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceiling {
    /// The rent that is paid a month.
    Rent,
    /// The price of the home.
    Price,
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
    /// It is a choice of the office, no right of whoever meets the conditions: its cost can't be reckoned.
    #[serde(default)]
    pub discretionary: bool,
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
    /// Education; every one where none is named.
    #[serde(default)]
    pub educations: Vec<String>,
    /// Degrees; every one where none is named.
    #[serde(default)]
    pub degrees: Vec<String>,
    /// Kinds of unit, where a unit is paid.
    #[serde(default)]
    pub org_kinds: Vec<String>,
    /// Residence in the zone, as a paper proves it.
    #[serde(default)]
    pub residence: bool,
    /// No home of one's own, as a paper proves it.
    #[serde(default)]
    pub no_home: bool,
    /// Whole months of social insurance in the zone without a gap, as a paper proves them.
    pub social_insurance_months: Option<u32>,
    /// Least length of the contract.
    pub contract_months: Option<u32>,
    /// Years since the first day in the zone, this number included.
    pub arrived_within_years: Option<u32>,
    /// Age, this number included.
    pub age_most: Option<i32>,
    /// Months of it in a life.
    pub months: Option<u32>,
    /// How often in a life; of a lump sum and of parts once, where nothing is said.
    pub times: Option<u32>,
    /// What the amount may not exceed.
    pub ceiling: Option<Ceiling>,
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
    /// Until which day, this one included; open where nothing is said.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
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
    /// Lives in the zone.
    pub residence: bool,
    /// Owns no home.
    pub no_home: bool,
    /// Whole months of social insurance.
    pub insured_months: Option<u32>,
    /// Rent a month, in yuan.
    pub rent: Option<i64>,
    /// Price of the home, in yuan.
    pub price: Option<i64>,
    /// Months of it already had.
    pub months_used: Option<u32>,
    /// What was had of schemes, with what was paid of each, in yuan.
    pub had: BTreeMap<String, i64>,
    /// The same of husband or wife, still running.
    pub spouse_had: BTreeMap<String, i64>,
    /// The sum that is proved, in yuan.
    pub proved: Option<i64>,
}

impl Benefit {
    /// Whether it holds on a day.
    pub fn holds(&self, day: i32) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|u| day <= u)
    }

    /// How often it is had in a life; none where nothing limits it.
    pub fn times(&self) -> Option<u32> {
        self.times.or(matches!(self.form, Form::Lump | Form::Parts).then_some(1))
    }

    /// Whether it depends on a sum that is proved.
    pub fn wants_proof(&self) -> bool {
        matches!(self.form, Form::Share | Form::Reimbursement)
    }
}

impl BenefitsPack {
    /// The scheme of a code as it is on a day; where it holds on no such day the first of that code.
    pub fn benefit(&self, code: &str, day: i32) -> Option<&Benefit> {
        let mut of = self.scheme.iter().filter(|s| s.code == code);
        of.clone().find(|s| s.holds(day)).or_else(|| of.next())
    }

    /// The schemes as they are on a day, each code once.
    pub fn on(&self, day: i32) -> impl Iterator<Item = &Benefit> {
        self.scheme.iter().filter(move |s| self.benefit(&s.code, day).is_some_and(|b| std::ptr::eq(b, *s)))
    }
}

/// Ten trillion yuan: more is a slip.
const MOST: i64 = 10_000_000_000_000;

/// Reads a pack and checks that it agrees with itself; the first fault where it does not. Worked cases are run by `subsidy`.
pub fn parse_benefits(text: &str) -> Result<BenefitsPack, PolicyFault> {
    let (pack, mut faults) = examine_benefits(text)?;
    if faults.is_empty() { Ok(pack) } else { Err(faults.swap_remove(0)) }
}

/// Reads a pack and names everything in which it contradicts itself, in the order of its lines; Err where it can't be read at all.
pub fn examine_benefits(text: &str) -> Result<(BenefitsPack, Vec<PolicyFault>), PolicyFault> {
    let pack: BenefitsPack = read(text)?;
    if pack.pack.name != "benefits" {
        return Err(PolicyFault {
            line: 1,
            code: "wrong_pack",
            message: format!("this is the pack {:?}, not \"benefits\"", pack.pack.name),
        });
    }
    let mut faults = Vec::new();
    for (row, s) in pack.scheme.iter().enumerate() {
        let line = line_of_row(text, "scheme", row);
        for (code, message) in contradictions(s, &pack, &pack.scheme[..row]) {
            faults.push(PolicyFault { line, code, message: format!("{:?}: {message}", s.code) });
        }
    }
    for (row, c) in pack.commitment_ceiling.iter().enumerate() {
        let twice = pack.commitment_ceiling[..row].iter().any(|o| o.year == c.year);
        let code = match () {
            () if twice => "duplicate_code",
            () if !(0..=MOST).contains(&c.amount) || !(1949..=2999).contains(&c.year) => "bad_number",
            () => continue,
        };
        faults.push(PolicyFault { line: line_of_row(text, "commitment_ceiling", row), code, message: format!("{}: {}", c.year, c.amount) });
    }
    Ok((pack, faults))
}

/// Everything in a scheme that contradicts itself, the rows before it, the pack or the code sets.
fn contradictions(s: &Benefit, pack: &BenefitsPack, before: &[Benefit]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut wrong = |ok: bool, code: &'static str, message: String| {
        if !ok {
            found.push((code, message));
        }
    };
    let last = |s: &Benefit| s.valid_until.unwrap_or(i32::MAX);
    let overlaps = before.iter().any(|o| o.code == s.code && o.valid_from <= last(s) && s.valid_from <= last(o));
    wrong(!overlaps, "overlap", "it stands twice for the same days".to_owned());
    wrong(s.valid_from <= last(s), "date_order", "valid_until lies before valid_from".to_owned());
    let listed = [
        ("scheme", std::slice::from_ref(&s.code)),
        ("corps", &s.corps),
        ("mode", &s.modes),
        ("org_kind", &s.org_kinds),
        ("education", &s.educations),
        ("degree", &s.degrees),
    ];
    for (set, list) in listed {
        for code in list.iter().filter(|c| !known(set, c)) {
            wrong(false, "unknown_code", format!("{code:?} is no code of {set}"));
        }
    }
    for e in s.exclusive.iter().filter(|e| e.with == s.code || !pack.scheme.iter().any(|o| o.code == e.with)) {
        wrong(false, "unknown_code", format!("it excludes {:?}, which is itself or no scheme of this pack", e.with));
    }
    for (_, e) in s.exclusive.iter().enumerate().filter(|(row, e)| s.exclusive[..*row].iter().any(|o| o.with == e.with)) {
        wrong(false, "duplicate_code", format!("it excludes {:?} twice", e.with));
    }
    for c in &s.case {
        for code in c.facts.had.keys().chain(c.facts.spouse_had.keys()).filter(|c| !known("scheme", c)) {
            wrong(false, "unknown_code", format!("{code:?} is no code of scheme"));
        }
    }
    for c in s.case.iter().filter(|c| !can_be(c)) {
        wrong(false, "bad_number", format!("a number of the case {:?} can't be", c.says));
    }
    amounts(s, &mut wrong);
    numbers(s, &mut wrong);
    found
}

fn known(set: &str, code: &str) -> bool {
    codes::codes(set).any(|c| c.code == code)
}

/// Whether the numbers of a worked case are such as can be.
fn can_be(c: &WorkedCase) -> bool {
    let f = &c.facts;
    let months = [f.contract_months, f.insured_months, f.months_used];
    let yuan = [f.rent, f.price, f.proved, c.yuan];
    months.into_iter().flatten().all(|m| m <= 1200)
        && f.years_here.is_none_or(|y| y <= 100)
        && f.age.is_none_or(|a| (0..=150).contains(&a))
        && yuan.iter().flatten().chain(f.had.values()).chain(f.spouse_had.values()).all(|y| (0..=MOST).contains(y))
}

/// Gaps: a class without an amount, an amount without a class.
fn amounts(s: &Benefit, wrong: &mut impl FnMut(bool, &'static str, String)) {
    if s.by == By::None {
        wrong(s.amount.is_some() || s.form == Form::InKind, "gap", "no amount".to_owned());
        wrong(s.amounts.is_empty(), "gap", "amounts that nothing chooses between".to_owned());
    } else {
        wrong(!s.amounts.is_empty() && s.amount.is_none(), "gap", "no amounts by what it says they differ".to_owned());
    }
    let named: &[String] = match s.by {
        By::Class => &s.classes,
        By::CardLevel => &s.card_levels,
        By::Education => &s.educations,
        By::Degree => &s.degrees,
        By::None => &[],
    };
    if !s.amounts.is_empty() {
        for code in named.iter().filter(|c| !s.amounts.contains_key(*c)) {
            wrong(false, "gap", format!("{code} has no amount"));
        }
        for code in s.amounts.keys().filter(|c| !named.is_empty() && !named.contains(c)) {
            wrong(false, "gap", format!("{code} has an amount and no right to it"));
        }
    }
    if let By::Education | By::Degree = s.by {
        let set = if s.by == By::Degree { "degree" } else { "education" };
        for code in s.amounts.keys().filter(|c| !known(set, c)) {
            wrong(false, "unknown_code", format!("{code:?} is no code of {set}"));
        }
    }
    wrong(s.amounts.values().chain(&s.amount).all(|a| (1..=MOST).contains(a)), "bad_number", "an amount can't be".to_owned());
}

/// Numbers that are missing, superfluous or can't be.
fn numbers(s: &Benefit, wrong: &mut impl FnMut(bool, &'static str, String)) {
    let mut number = |ok: bool, name: &str| wrong(ok, "bad_number", format!("{name} is missing, superfluous or can't be"));
    number((s.form == Form::Share) == s.percent.is_some() && s.percent.is_none_or(|p| (1..=100).contains(&p)), "percent");
    let by_month = matches!(s.form, Form::Monthly | Form::InKind);
    number(by_month == s.months.is_some() && s.months.is_none_or(|m| (1..=600).contains(&m)), "months");
    number(s.times.is_none_or(|t| (1..=100).contains(&t) && !by_month), "times");
    for (name, n) in [
        ("contract_months", s.contract_months),
        ("arrived_within_years", s.arrived_within_years),
        ("service_months", s.service_months),
        ("social_insurance_months", s.social_insurance_months),
    ] {
        number(n.is_none_or(|n| (1..=1200).contains(&n)), name);
    }
    number(s.age_most.is_none_or(|a| (1..=150).contains(&a)), "age_most");
    let whole = s.parts.is_empty() || s.parts.iter().map(|p| p.percent).sum::<i64>() == 100 && s.parts.iter().all(|p| p.percent > 0);
    let ordered = s.parts.windows(2).all(|w| w[0].after_months < w[1].after_months) && s.parts.iter().all(|p| p.after_months <= 1200);
    let wanted = (s.form == Form::Parts) && s.parts.is_empty();
    wrong(whole && ordered && !wanted, "bad_parts", "the parts are no whole in order".to_owned());
    let noticed = (s.form == Form::InKind) != s.notice_days.is_some() && s.notice_days.is_none_or(|n| n <= 366);
    wrong(noticed, "gap", "notice_days is missing, superfluous or can't be".to_owned());
    let served = s.clawback != Clawback::ProRata || s.service_months.is_some();
    wrong(served, "gap", "what is owed by months not served needs service_months".to_owned());
    let fits = match s.ceiling {
        None => true,
        Some(Ceiling::Rent) => s.form == Form::Monthly,
        Some(Ceiling::Price) => matches!(s.form, Form::Lump | Form::Parts | Form::Share),
    };
    wrong(fits, "gap", "a ceiling of another form".to_owned());
    let capped = s.household != Household::Cap || s.wants_proof() || s.ceiling == Some(Ceiling::Price);
    wrong(capped, "gap", "nothing proves the sum that husband and wife stay within".to_owned());
    let of_persons = s.card
        || s.residence
        || s.no_home
        || s.social_insurance_months.is_some()
        || [&s.classes, &s.corps, &s.modes, &s.educations, &s.degrees].iter().any(|l| !l.is_empty());
    let other = match s.payee {
        Payee::Org => of_persons,
        Payee::Person | Payee::Either => !s.org_kinds.is_empty(),
    };
    wrong(!other, "gap", "conditions of the other kind of payee".to_owned());
    let of_a_life = s.form == Form::Monthly && s.payee == Payee::Org;
    wrong(!of_a_life, "gap", "the months of a unit's life are not counted".to_owned());
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
        let s = pack.benefit("settlement", 18_000).unwrap();
        assert_eq!(s.parts.iter().map(|p| (p.percent, p.after_months)).collect::<Vec<_>>(), [(40, 0), (30, 12), (30, 24)]);
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("benefits").unwrap();
        let line = |code: &str| shipped.lines().position(|l| l == format!("code = \"{code}\"")).unwrap();
        for (was, is, scheme, code) in [
            ("name = \"benefits\"", "name = \"card\"", "", "wrong_pack"),
            ("code = \"trip\"", "code = \"forum\"", "", "overlap"),
            ("code = \"trip\"", "code = \"cruise\"", "", "unknown_code"),
            (", E = 100000 }", " }", "settlement", "gap"),
            ("percent = 40", "percent = 50", "settlement", "bad_parts"),
            ("doctor = 1000", "dr = 1000", "rent", "unknown_code"),
            ("doctor = 1000", "doctor = -1", "rent", "bad_number"),
            ("percent = 50\n", "", "purchase", "bad_number"),
            ("notice_days = 5", "", "rent", "gap"),
            ("service_months = 36", "", "settlement", "gap"),
            ("with = \"rent\", how = \"deduct\"", "with = \"rant\", how = \"deduct\"", "settlement", "unknown_code"),
            ("{ with = \"rent\", how = \"deduct\" }", "{ with = \"purchase\", how = \"deduct\" }", "settlement", "duplicate_code"),
            ("household = \"one_claim\"", "household = \"cap\"", "rent", "gap"),
            ("arrived_within_years = 5", "arrived_within_years = 4000000000", "settlement", "bad_number"),
            ("after_months = 24", "after_months = 4000000000", "settlement", "bad_parts"),
            ("years_here = 2", "years_here = 4000000000", "settlement", "bad_number"),
            ("proved = 1500", "proved = -1500", "training", "bad_number"),
            ("months = 24\nby", "months = 24\nage_most = 0\nby", "rent", "bad_number"),
            ("form = \"lump\"\npayee = \"org\"", "form = \"monthly\"\nmonths = 12\npayee = \"org\"", "landing_reward", "gap"),
            ("clawback = \"none\"", "claw_back = \"none\"", "", "unreadable"),
            ("amounts = { doctor = 1000, master", "degrees = [\"doctor\"]\namounts = { doctor = 1000, master", "rent", "gap"),
            ("months = 24\nby", "months = 24\nceiling = \"price\"\nby", "rent", "gap"),
            ("valid_from = 2018-01-01\nconfirmed", "valid_from = 2018-01-01\nvalid_until = 2017-12-31\nconfirmed", "rent", "date_order"),
            ("org_kinds = [\"venture\"]", "org_kinds = [\"venture\"]\ncard = true", "landing_reward", "gap"),
        ] {
            let fault = parse_benefits(&shipped.replacen(was, is, 1)).unwrap_err();
            assert_eq!(fault.code, code, "{was}: {fault}");
            if !scheme.is_empty() {
                assert_eq!(fault.line, line(scheme), "{was}: {fault}");
            }
        }
    }

    #[test]
    fn a_scheme_may_change_with_its_day_and_all_faults_are_told_at_once() {
        let shipped = super::super::shipped("benefits").unwrap();
        let at = shipped.find("[[scheme]]\ncode = \"honour_award\"").unwrap();
        let end = at + 10 + shipped[at + 10..].find("[[scheme]]").unwrap();
        let row = shipped[at..end].replace("200000", "100000");
        let until = shipped.replacen(
            &shipped[at..end],
            &shipped[at..end].replace("valid_from = 2018-01-01", "valid_from = 2018-01-01\nvalid_until = 2019-12-31"),
            1,
        );
        let next = format!("{until}\n{}", row.replace("valid_from = 2018-01-01", "valid_from = 2020-01-01"));
        let pack = parse_benefits(&next).unwrap();
        let yuan = |day: i32| pack.benefit("honour_award", day).unwrap().amount;
        assert_eq!((yuan(18_261), yuan(18_262)), (Some(200_000), Some(100_000)));
        assert_eq!(pack.on(18_262).filter(|s| s.code == "honour_award").count(), 1);
        let (_, faults) = examine_benefits(&format!("{shipped}\n{row}").replace(", E = 100000 }", " }")).unwrap();
        assert_eq!(faults.iter().map(|f| f.code).collect::<Vec<_>>(), ["gap", "overlap"]);
        let with = |year: i32| format!("\n[[commitment_ceiling]]\nyear = {year}\namount = 1000\nbasis = \"示例\"\n");
        assert!(parse_benefits(&format!("{shipped}{}{}", with(2020), with(2021))).is_ok());
        assert_eq!(parse_benefits(&format!("{shipped}{}{}", with(2020), with(2020))).unwrap_err().code, "duplicate_code");
    }
}
