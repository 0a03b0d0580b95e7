//! Targets: who and what counts towards a goal of the plan on a day, and how far the goal is reached.
//! In: facts of one person, unit or platform, the pack's rows, a day. Out: a verdict with its reason, and the report's
//! lines. Tally and `explain` ask the same functions; no SQL, no printing. Days count from 1970-01-01.

pub mod cmd;
pub mod count;
pub mod forecast;
pub mod goal;
pub mod store;

use crate::policy::{Colours, Corps, Counts, Figure, OrgKind, PersonKind, PlatformKind, Stage, Target, TargetsPack, Term, iso};
use serde::{Serialize, Serializer};

/// What decides whether a person counts, as known of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// The record was merged into another.
    pub merged: bool,
    /// Talent, student, related.
    pub kind: PersonKind,
    /// Primary corps of the day; of a leaver the last one.
    pub corps_on_day: Option<Corps>,
    /// Secondary corps of the day.
    pub corps_more: CorpsSet,
    /// First day of the earliest engagement in the zone with mode rigid or flexible (none voided), even after the day.
    pub first_introduced_from: Option<i32>,
    /// Engaged on the day, in any mode. A contract end that passed without a recorded leave is not a leave.
    pub engaged_on_day: bool,
    /// Has an engagement of any mode that began by the day.
    pub ever_engaged: bool,
}

/// A set of corps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CorpsSet(u8);

/// What decides whether a unit counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgFacts {
    /// Made from a name alone.
    pub stub: bool,
    /// Introduction day.
    pub introduced_on: Option<i32>,
    /// Days of its high-tech certificates.
    pub high_tech: Vec<Period>,
    /// Days of its standing as an innovative firm.
    pub innovative: Vec<Period>,
    /// The day on which it was closed: on that day it is.
    pub closed_on: Option<i32>,
}

/// From a day until a last day, inclusive; open if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: i32,
    /// Last day.
    pub until: Option<i32>,
}

/// What decides whether a platform counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformFacts {
    /// Its kind.
    pub kind: PlatformKind,
    /// Its stage on the day; none before its first.
    pub stage_on_day: Option<Stage>,
}

/// Why something counts in a figure, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Counts: introduced in the term, by the day.
    IntroducedInTerm,
    /// Counts: in the corps and engaged on the day.
    InCorpsOnDay,
    /// Counts: a unit with a qualification valid on the day.
    QualifiedOnDay,
    /// Counts: a platform in operation on the day.
    OperatingOnDay,
    /// The record was merged into another, which counts for both.
    Merged,
    /// Another kind of person (student, related) or of platform.
    KindNotCounted,
    /// No corps is recorded for the day.
    NoCorps,
    /// Another corps.
    OtherCorps,
    /// Another corps; this one is a secondary corps only.
    SecondaryCorps,
    /// No engagement by the day.
    NeverEngaged,
    /// Engaged, but never rigid or flexible.
    HomeGrown,
    /// Introduced before the term.
    IntroducedBeforeTerm,
    /// Introduced after the term.
    IntroducedAfterTerm,
    /// Introduced after the day.
    IntroducedAfterDay,
    /// Was engaged, is not on the day.
    NotEngagedOnDay,
    /// A unit known by its name only.
    Stub,
    /// A unit without an introduction day.
    NoIntroductionDay,
    /// A unit without a qualification that counts and is valid on the day.
    NotQualifiedOnDay,
    /// A unit closed by the day.
    ClosedByDay,
    /// A platform not in operation on the day.
    NotOperatingOnDay,
}

/// What a target makes of one person, unit or platform on a day, in both figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Counts in `introduced` (of platforms never: they have no such figure).
    pub introduced: bool,
    /// Counts in `all`.
    pub all: bool,
    /// Counts in `introduced` and is gone by the day.
    pub left: bool,
    /// Why it is in `introduced` or not; of platforms as `why_all`.
    pub why: Why,
    /// Why it is in `all` or not.
    pub why_all: Why,
}

/// A target's figures, summed over verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The flow.
    pub introduced: i64,
    /// The stock.
    pub all: i64,
    /// Of the flow, gone by the day.
    pub left: i64,
}

/// How a figure stands to what is expected by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// On schedule.
    Green,
    /// Behind.
    Yellow,
    /// Far behind.
    Red,
    /// The term has not begun.
    Grey,
    /// The goal is reached.
    Done,
}

/// One line of the report, in the order of its keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetLine {
    /// T1 … T7.
    pub code: String,
    /// Name in the reader's language.
    pub name: String,
    /// Unit in the reader's language.
    pub unit: String,
    /// The goal; of a range its lower bound.
    pub goal: i64,
    /// The upper bound of a range.
    pub goal_max: Option<i64>,
    /// The flow; none for platforms.
    pub introduced: Option<i64>,
    /// The stock.
    pub all: i64,
    /// Of the flow, gone by the day; none for platforms.
    pub left: Option<i64>,
    /// What should be reached by the day.
    pub expected: i64,
    /// The followed figure to the goal, one decimal.
    pub percent: f64,
    /// The stock to the goal, one decimal.
    pub percent_all: f64,
    /// What the followed figure lacks; never below 0.
    pub remaining: i64,
    /// How the followed figure stands.
    pub colour: Colour,
    /// The day of the report.
    #[serde(serialize_with = "as_iso")]
    pub as_of: i32,
}

/// The day the report speaks of: the one asked for, else today, but not past the term's end.
pub fn report_day(today: i32, explicit_as_of: Option<i32>, term_until: i32) -> i32 {
    explicit_as_of.unwrap_or(today.min(term_until))
}

/// What should be reached by a day: goal × days gone (both ends counted) / days of the term, rounded down.
pub fn expected(goal: i64, term_from: i32, term_until: i32, day: i32) -> i64 {
    if day < term_from {
        return 0;
    }
    if day >= term_until {
        return goal;
    }
    let days = |until: i32| i128::from(until) - i128::from(term_from) + 1;
    // day < term_until, so the quotient is below the goal and fits
    (i128::from(goal) * days(day) / days(term_until)) as i64
}

/// The colour of a figure on a day. Before the term it is grey, whatever was reached; of a range `goal` is the lower bound.
pub fn colour(figure: i64, expected: i64, goal: i64, day: i32, term: &Term, colours: &Colours) -> Colour {
    if day < term.from {
        Colour::Grey
    } else if figure >= goal {
        Colour::Done
    } else {
        on_the_way(figure, expected, colours)
    }
}

/// Green, yellow or red: a figure to what is expected of it by now.
pub fn on_the_way(figure: i64, expected: i64, colours: &Colours) -> Colour {
    let thousandths = i128::from(figure) * 1000;
    let at_least = |per_mille: i64| thousandths >= i128::from(expected) * i128::from(per_mille);
    if at_least(colours.green_per_mille) {
        Colour::Green
    } else if at_least(colours.yellow_per_mille) {
        Colour::Yellow
    } else {
        Colour::Red
    }
}

/// A figure in percent of a goal, one decimal, halves up.
pub fn percent(figure: i64, goal: i64) -> f64 {
    if goal <= 0 {
        return 100.0; // nothing is wanted; a pack with such a goal is refused
    }
    let (figure, goal) = (i128::from(figure), i128::from(goal));
    let tenths = (figure * 2000 + goal).div_euclid(2 * goal);
    tenths as f64 / 10.0
}

/// Whether a person counts for a corps, of these kinds of person, on a day.
pub fn person_verdict(facts: &PersonFacts, corps: Corps, kinds: &[PersonKind], day: i32, term: &Term) -> Verdict {
    if let Some(why) = not_of_corps(facts, corps, kinds) {
        return Verdict::of(why, why, true);
    }
    let why = match facts.first_introduced_from {
        Some(from) => introduced_when(from, day, term),
        None if facts.ever_engaged || facts.engaged_on_day => Why::HomeGrown,
        None => Why::NeverEngaged,
    };
    let why_all = if facts.engaged_on_day {
        Why::InCorpsOnDay
    } else if facts.ever_engaged {
        Why::NotEngagedOnDay
    } else {
        Why::NeverEngaged
    };
    Verdict::of(why, why_all, facts.engaged_on_day)
}

/// Whether a unit counts, with one of these qualifications, on a day.
pub fn org_verdict(facts: &OrgFacts, kinds: &[OrgKind], day: i32, term: &Term) -> Verdict {
    let qualified = kinds.iter().any(|kind| {
        let periods = match kind {
            OrgKind::HighTech => &facts.high_tech,
            OrgKind::Innovative => &facts.innovative,
        };
        periods.iter().any(|p| p.holds(day))
    });
    if facts.stub {
        return Verdict::of(Why::Stub, Why::Stub, true);
    }
    if !qualified {
        return Verdict::of(Why::NotQualifiedOnDay, Why::NotQualifiedOnDay, true);
    }
    let why = match facts.introduced_on {
        Some(on) => introduced_when(on, day, term),
        None => Why::NoIntroductionDay,
    };
    let open = facts.closed_on.is_none_or(|closed| day < closed);
    let why_all = if open { Why::QualifiedOnDay } else { Why::ClosedByDay };
    Verdict::of(why, why_all, open)
}

/// Whether a platform of these kinds counts: the stock alone, in operation on the day.
pub fn platform_verdict(facts: &PlatformFacts, kinds: &[PlatformKind]) -> Verdict {
    let why = if !kinds.contains(&facts.kind) {
        Why::KindNotCounted
    } else if facts.stage_on_day == Some(Stage::Operating) {
        Why::OperatingOnDay
    } else {
        Why::NotOperatingOnDay
    };
    Verdict { introduced: false, all: why.counts(), left: false, why, why_all: why }
}

/// Why a person is none of this corps' people, if so.
fn not_of_corps(facts: &PersonFacts, corps: Corps, kinds: &[PersonKind]) -> Option<Why> {
    if facts.merged {
        return Some(Why::Merged);
    }
    if !kinds.contains(&facts.kind) {
        return Some(Why::KindNotCounted);
    }
    match facts.corps_on_day {
        Some(own) if own == corps => None,
        _ if facts.corps_more.contains(corps) => Some(Why::SecondaryCorps),
        Some(_) => Some(Why::OtherCorps),
        None => Some(Why::NoCorps),
    }
}

/// Whether an introduction falls into the term, by the day. After the term the term's end closes the flow.
fn introduced_when(from: i32, day: i32, term: &Term) -> Why {
    if from < term.from {
        Why::IntroducedBeforeTerm
    } else if from > day {
        Why::IntroducedAfterDay
    } else if from > term.until {
        Why::IntroducedAfterTerm
    } else {
        Why::IntroducedInTerm
    }
}

impl CorpsSet {
    /// Whether a corps is in the set.
    pub const fn contains(self, corps: Corps) -> bool {
        self.0 & (1 << corps as u8) != 0
    }
}

impl FromIterator<Corps> for CorpsSet {
    fn from_iter<I: IntoIterator<Item = Corps>>(corps: I) -> CorpsSet {
        CorpsSet(corps.into_iter().fold(0, |set, c| set | 1 << c as u8))
    }
}

impl Period {
    /// Whether a day is in it.
    pub fn holds(&self, day: i32) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Why {
    /// Whether this is a reason to count.
    pub const fn counts(self) -> bool {
        matches!(self, Why::IntroducedInTerm | Why::InCorpsOnDay | Why::QualifiedOnDay | Why::OperatingOnDay)
    }

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Why::IntroducedInTerm => "introduced_in_term",
            Why::InCorpsOnDay => "in_corps_on_day",
            Why::QualifiedOnDay => "qualified_on_day",
            Why::OperatingOnDay => "operating_on_day",
            Why::Merged => "merged",
            Why::KindNotCounted => "kind_not_counted",
            Why::NoCorps => "no_corps",
            Why::OtherCorps => "other_corps",
            Why::SecondaryCorps => "secondary_corps",
            Why::NeverEngaged => "never_engaged",
            Why::HomeGrown => "home_grown",
            Why::IntroducedBeforeTerm => "introduced_before_term",
            Why::IntroducedAfterTerm => "introduced_after_term",
            Why::IntroducedAfterDay => "introduced_after_day",
            Why::NotEngagedOnDay => "not_engaged_on_day",
            Why::Stub => "stub",
            Why::NoIntroductionDay => "no_introduction_day",
            Why::NotQualifiedOnDay => "not_qualified_on_day",
            Why::ClosedByDay => "closed_by_day",
            Why::NotOperatingOnDay => "not_operating_on_day",
        }
    }
}

impl Colour {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Colour::Green => "green",
            Colour::Yellow => "yellow",
            Colour::Red => "red",
            Colour::Grey => "grey",
            Colour::Done => "done",
        }
    }
}

impl Verdict {
    /// The verdict of a flow and a stock: who is introduced but not here any more has left.
    fn of(why: Why, why_all: Why, here: bool) -> Verdict {
        Verdict { introduced: why.counts(), all: why_all.counts(), left: why.counts() && !here, why, why_all }
    }

    /// The reason in one of the two figures: what `explain` prints.
    pub const fn reason(self, figure: Figure) -> Why {
        match figure {
            Figure::Introduced => self.why,
            Figure::All => self.why_all,
        }
    }
}

impl Figures {
    /// Counts one verdict in.
    pub fn add(&mut self, verdict: Verdict) {
        self.introduced += i64::from(verdict.introduced);
        self.all += i64::from(verdict.all);
        self.left += i64::from(verdict.left);
    }
}

impl TargetLine {
    /// The report's line of a target, in Chinese or English.
    pub fn of(pack: &TargetsPack, target: &Target, figures: Figures, day: i32, zh: bool) -> TargetLine {
        let flow = !matches!(target.counts, Counts::Platforms { .. });
        let followed = match target.follows {
            Figure::Introduced => figures.introduced,
            Figure::All => figures.all,
        };
        let goal = target.goal;
        let expected = expected(goal, pack.term.from, pack.term.until, day);
        TargetLine {
            code: target.code.clone(),
            name: target.name(zh).to_owned(),
            unit: target.unit(zh).to_owned(),
            goal,
            goal_max: target.goal_max,
            introduced: flow.then_some(figures.introduced),
            all: figures.all,
            left: flow.then_some(figures.left),
            expected,
            percent: percent(followed, goal),
            percent_all: percent(figures.all, goal),
            remaining: (goal - followed).max(0),
            colour: colour(followed, expected, goal, day, &pack.term, &pack.colours),
            as_of: day,
        }
    }
}

fn as_iso<S: Serializer>(day: &i32, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&iso(*day))
}

#[cfg(test)]
mod tests;
