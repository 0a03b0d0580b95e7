//! The targets pack (policy/targets.toml): the plan's goals, towns and task lines, and how they are counted and coloured.
//! In: the pack's text. Out: types, checked to agree with themselves, or the first fault with its line.

use super::{PackHead, PolicyFault, day, day_or_open, iso, line_of, read};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use toml::Spanned;

/// The whole pack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetsPack {
    /// Which pack, which paper.
    pub pack: PackHead,
    /// The days the goals are set for.
    pub term: Term,
    /// How figures are counted: our reading.
    pub counting: Counting,
    /// When a figure is green or yellow: our reading.
    pub colours: Colours,
    /// The goals, in the order of the report.
    #[serde(rename = "target")]
    pub targets: Vec<Target>,
    /// The towns the plan names.
    #[serde(rename = "town", default)]
    pub towns: Vec<Town>,
    /// The task lines of chapters 4 and 5.
    #[serde(rename = "task", default)]
    pub tasks: Vec<TaskLine>,
}

/// The days the goals are set for, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// First day.
    #[serde(deserialize_with = "day")]
    pub from: i32,
    /// Last day.
    #[serde(deserialize_with = "day")]
    pub until: i32,
    /// The clause it rests on.
    pub basis: String,
    /// Since when the row holds. Says when the paper speaks, not which days count: that is `from`.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Confirmed by the office.
    pub confirmed: bool,
}

/// How the goal is spread over the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// By the day, evenly.
    Linear,
}

/// Our reading of how targets are counted; its rules are printed under the table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// How the goal is spread over the term.
    pub schedule: Schedule,
    /// The clause it rests on, or that there is none.
    pub basis: String,
    /// Since when the row holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Confirmed by the office.
    pub confirmed: bool,
    /// The reading in words.
    #[serde(rename = "rule", default)]
    pub rules: Vec<CountingRule>,
}

/// One rule of counting in words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountingRule {
    /// Stable code.
    pub code: String,
    /// The clause it reads.
    pub basis: String,
    /// The rule in Chinese.
    pub text_zh: String,
    /// The rule in English.
    pub text_en: String,
}

/// The bounds of the colours, as thousandths of what is expected by the day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Green from here.
    pub green_per_mille: i64,
    /// Yellow from here; red below.
    pub yellow_per_mille: i64,
    /// The clause it rests on, or that there is none.
    pub basis: String,
    /// Since when the row holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Confirmed by the office.
    pub confirmed: bool,
}

/// One goal of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// T1 … T7.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Measure word in Chinese.
    pub unit_zh: String,
    /// Unit in English.
    pub unit_en: String,
    /// The goal; of a range its lower bound, by which it is judged.
    pub goal: i64,
    /// The upper bound of a range.
    pub goal_max: Option<i64>,
    /// The target of which this one is a part.
    pub subset_of: Option<String>,
    /// What is counted.
    pub counts: Counts,
    /// The figure that percent, remaining, expected and colour follow.
    pub follows: Figure,
    /// The clause it rests on.
    pub basis: String,
    /// Since when the row holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Goal, range and subset are confirmed; `counts` and `follows` are as confirmed as the pack's `counting`.
    pub confirmed: bool,
}

/// What a target counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Counts {
    /// Units with one of these qualifications.
    Orgs {
        /// The qualifications that count.
        kinds: Vec<OrgKind>,
    },
    /// Platforms of these kinds in operation.
    Platforms {
        /// The kinds that count.
        kinds: Vec<PlatformKind>,
    },
    /// Persons of a primary corps.
    People {
        /// The corps.
        corps: Corps,
        /// The kinds of person that count.
        kinds: Vec<PersonKind>,
    },
}

/// A small code set: serde and `from_code`/`code` say the same words.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// The value of a stable code.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

codes! {
    /// The two figures of a target.
    Figure {
        /// Brought in during the term: a flow.
        Introduced = "introduced",
        /// There on the day: a stock.
        All = "all",
    }
}

codes! {
    /// A unit's qualifications.
    OrgKind {
        /// 高新技术企业.
        HighTech = "high_tech",
        /// 创新型企业.
        Innovative = "innovative",
    }
}

codes! {
    /// Kinds of platform.
    PlatformKind {
        /// 创业小镇.
        Town = "town",
        /// 孵化平台.
        Incubator = "incubator",
        /// 人工智能重点实验室、工程实验室、应用创新中心.
        AiLab = "ai_lab",
        /// 人工智能众创空间.
        AiMakerspace = "ai_makerspace",
        /// 研发平台.
        Research = "research",
        /// 产业学院.
        College = "college",
        /// 实践基地.
        PracticeBase = "practice_base",
    }
}

codes! {
    /// Stages of a platform.
    Stage {
        /// 规划.
        Planned = "planned",
        /// 建设.
        Building = "building",
        /// 申报.
        Applied = "applied",
        /// 获批.
        Approved = "approved",
        /// 运营.
        Operating = "operating",
        /// 关闭.
        Closed = "closed",
    }
}

codes! {
    /// The four corps (四支队伍).
    Corps {
        /// 企业家.
        Entrepreneur = "entrepreneur",
        /// 领军人才.
        Leading = "leading",
        /// 创新创业人才.
        Innovator = "innovator",
        /// 高技能人才.
        Skilled = "skilled",
    }
}

codes! {
    /// Kinds of person in the register.
    PersonKind {
        /// Talent.
        Talent = "talent",
        /// A student on practice.
        Student = "student",
        /// A spouse, child or parent.
        Related = "related",
    }
}

/// A town the plan names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// Its name in the plan.
    pub name: String,
    /// What it is counted as.
    pub kind: PlatformKind,
    /// The stage it is loaded in.
    pub stage: Stage,
    /// The clause it rests on.
    pub basis: String,
    /// Since when the row holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Confirmed by the office.
    pub confirmed: bool,
}

/// A task line of the plan. The plan names no unit and no interim date, so there is no field for them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskLine {
    /// Chapter, section, item: 4.1.1.1 … 5.3.2. Of 4.1.2 these are the project lines.
    pub clause: String,
    /// The plan's heading above it.
    pub heading: String,
    /// A piece of the text, for narrow tables.
    pub name: String,
    /// The plan's words as they stand.
    pub text: String,
    /// The clause in the plan's own numbering.
    pub basis: String,
    /// Since when the row holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// Until when the row holds; open if absent.
    #[serde(default, deserialize_with = "day_or_open")]
    pub valid_until: Option<i32>,
    /// Confirmed by the office.
    pub confirmed: bool,
}

impl TargetsPack {
    /// The target of a code.
    pub fn target(&self, code: &str) -> Option<&Target> {
        self.targets.iter().find(|t| t.code == code)
    }
}

impl Target {
    /// Its name in the reader's language.
    pub fn name(&self, zh: bool) -> &str {
        if zh { &self.name_zh } else { &self.name_en }
    }

    /// Its unit in the reader's language.
    pub fn unit(&self, zh: bool) -> &str {
        if zh { &self.unit_zh } else { &self.unit_en }
    }
}

impl Counts {
    /// Whether everything counted here is counted by `whole` too.
    fn is_part_of(&self, whole: &Counts) -> bool {
        fn within<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
            part.iter().all(|k| whole.contains(k))
        }
        match (self, whole) {
            (Counts::Orgs { kinds: a }, Counts::Orgs { kinds: b }) => within(a, b),
            (Counts::Platforms { kinds: a }, Counts::Platforms { kinds: b }) => within(a, b),
            (Counts::People { corps, kinds: a }, Counts::People { corps: other, kinds: b }) => corps == other && within(a, b),
            _ => false,
        }
    }
}

/// Reads the targets pack and checks that it agrees with itself.
pub fn parse_targets(text: &str) -> Result<TargetsPack, PolicyFault> {
    let pack: TargetsPack = read(text)?;
    check(&pack).map_err(|wrong| PolicyFault {
        line: line_of_row(text, wrong.table, wrong.row),
        code: wrong.code,
        message: wrong.message,
    })?;
    Ok(pack)
}

/// A fault by the row it stands in; the line is looked up only then.
struct Wrong {
    table: &'static str,
    row: usize,
    code: &'static str,
    message: String,
}

/// The first thing in which the pack does not agree with itself.
fn check(pack: &TargetsPack) -> Result<(), Wrong> {
    let test = |ok: bool, table, row, code, message: &dyn Fn() -> String| {
        if ok {
            return Ok(());
        }
        let message = message();
        Err(Wrong { table, row, code, message })
    };

    test(pack.pack.name == "targets", "pack", 0, "wrong_pack", &|| format!("this is the pack {:?}, not \"targets\"", pack.pack.name))?;
    let (from, until) = (pack.term.from, pack.term.until);
    test(from <= until, "term", 0, "term_order", &|| format!("the term begins on {}, after its end {}", iso(from), iso(until)))?;
    let c = &pack.colours;
    test(0 < c.yellow_per_mille && c.yellow_per_mille <= c.green_per_mille, "colours", 0, "bad_number", &|| {
        format!("yellow {} must be above 0 and not above green {}", c.yellow_per_mille, c.green_per_mille)
    })?;

    for (table, row, since, end) in validity(pack) {
        test(end.is_none_or(|end| since <= end), table, row, "date_order", &|| format!("valid_from {} is after valid_until", iso(since)))?;
    }

    let mut codes = HashSet::new();
    for (row, t) in pack.targets.iter().enumerate() {
        let code = &t.code;
        test(codes.insert(code), "target", row, "duplicate_code", &|| format!("target {code} stands here a second time"))?;
        test(t.goal > 0, "target", row, "bad_number", &|| format!("the goal of {code} must be above 0, not {}", t.goal))?;
        let max = t.goal_max.unwrap_or(t.goal);
        test(t.goal <= max, "target", row, "range_order", &|| {
            format!("the range of {code} runs from {} down to {max}: give the lower bound as goal", t.goal)
        })?;
        let Some(whole) = &t.subset_of else { continue };
        let Some(parent) = pack.target(whole).filter(|p| p.code != *code) else {
            return test(false, "target", row, "unknown_code", &|| format!("{code} is a subset of {whole}, which is no other target here"));
        };
        test(t.counts.is_part_of(&parent.counts), "target", row, "not_a_subset", &|| {
            format!("{code} counts what {whole} does not, so it is no subset of it")
        })?;
    }

    let mut towns = HashSet::new();
    for (row, t) in pack.towns.iter().enumerate() {
        test(towns.insert(&t.name), "town", row, "duplicate_code", &|| format!("the town {} stands here a second time", t.name))?;
    }
    let mut clauses = HashSet::new();
    for (row, t) in pack.tasks.iter().enumerate() {
        test(clauses.insert(&t.clause), "task", row, "duplicate_code", &|| format!("the task {} stands here a second time", t.clause))?;
    }
    Ok(())
}

/// Since and until when every row holds: table, row, valid_from, valid_until.
fn validity(pack: &TargetsPack) -> impl Iterator<Item = (&'static str, usize, i32, Option<i32>)> + '_ {
    let (term, counting, colours) = (&pack.term, &pack.counting, &pack.colours);
    [
        ("term", 0, term.valid_from, term.valid_until),
        ("counting", 0, counting.valid_from, counting.valid_until),
        ("colours", 0, colours.valid_from, colours.valid_until),
    ]
    .into_iter()
    .chain(numbered("target", &pack.targets, |t| (t.valid_from, t.valid_until)))
    .chain(numbered("town", &pack.towns, |t| (t.valid_from, t.valid_until)))
    .chain(numbered("task", &pack.tasks, |t| (t.valid_from, t.valid_until)))
}

fn numbered<T>(
    table: &'static str,
    rows: &[T],
    days: impl Fn(&T) -> (i32, Option<i32>),
) -> impl Iterator<Item = (&'static str, usize, i32, Option<i32>)> {
    rows.iter().enumerate().map(move |(row, r)| {
        let (since, end) = days(r);
        (table, row, since, end)
    })
}

/// The line on which a table's row begins: read again, keeping only the places.
fn line_of_row(text: &str, table: &str, row: usize) -> usize {
    #[derive(Deserialize)]
    struct Places {
        pack: Spanned<IgnoredAny>,
        term: Spanned<IgnoredAny>,
        counting: Spanned<IgnoredAny>,
        colours: Spanned<IgnoredAny>,
        #[serde(default)]
        target: Vec<Spanned<IgnoredAny>>,
        #[serde(default)]
        town: Vec<Spanned<IgnoredAny>>,
        #[serde(default)]
        task: Vec<Spanned<IgnoredAny>>,
    }
    let Ok(p) = toml::from_str::<Places>(text) else {
        return 1; // it was read once already; without a place the fault still stands
    };
    let span = match table {
        "pack" => Some(p.pack.span()),
        "term" => Some(p.term.span()),
        "counting" => Some(p.counting.span()),
        "colours" => Some(p.colours.span()),
        "target" => p.target.get(row).map(Spanned::span),
        "town" => p.town.get(row).map(Spanned::span),
        _ => p.task.get(row).map(Spanned::span),
    };
    line_of(text, span)
}
