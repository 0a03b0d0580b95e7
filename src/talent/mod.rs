//! A person of the talent registry (人才): types and the rules that need no file. What a person is entered with is checked in
//! `entry`; SQL lives in `store` (reading) and `change` (writing), commands in `cmd`.

pub mod attest;
pub mod change;
pub mod cmd;
pub mod entry;
pub mod history;
pub mod kin;
pub mod known;
pub mod look;
pub mod merge;
pub mod pair;
pub mod said;
pub mod store;
pub mod twins;
pub mod view;

use crate::base::day::{Day, PartDate};
use crate::base::ident::DocType;
use crate::db::digest::Val;
use crate::db::facts::Fact;

/// Prefix of a person's human number (编号).
pub const PREFIX: &str = "P";

/// A code of a code set: borrowed from the shipped sets where it was just checked, owned where it was read from the file.
pub type Code = std::borrow::Cow<'static, str>;

/// Slow facts of a person (基本信息), one version. Codes are those of `base::codes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Primary corps (人才队伍); empty where there is none: students and relatives.
    pub corps: Code,
    /// Name as it is printed and matched (姓名).
    pub name: String,
    /// Name as it was written, where that differs.
    pub raw_name: Option<String>,
    /// Birth date (出生日期), as written.
    pub birth_date: Option<PartDate>,
    /// male, female (性别).
    pub sex: Option<Code>,
    /// ISO 3166-1 alpha-3 (国籍); CHN-HKG and the like for Hong Kong, Macao, Taiwan.
    pub nationality: Option<Code>,
    /// GB/T 3304 (民族).
    pub ethnicity: Option<Code>,
    /// Secondary corps, apart by `;`.
    pub corps_more: Option<String>,
    /// National category (人才分类).
    pub category: Option<Code>,
    /// Education (学历).
    pub education: Option<Code>,
    /// Degree (学位).
    pub degree: Option<Code>,
    /// School (毕业院校).
    pub school: Option<String>,
    /// Major (专业).
    pub major: Option<String>,
    /// Professional title (职称).
    pub title: Option<Code>,
    /// Skill level (技能等级).
    pub skill_level: Option<Code>,
    /// The plan's industry (行业).
    pub industry: Option<Code>,
    /// GB/T 4754 letter (国民经济行业).
    pub gb_industry: Option<Code>,
    /// Phone (手机).
    pub phone: Option<String>,
    /// E-mail (邮箱).
    pub email: Option<String>,
    /// Remarks (备注).
    pub remarks: Option<String>,
}

impl Profile {
    /// The data columns of person_profile in order. `name` is what stands for the name: its id in a row, its text in a leaf.
    pub fn values<'a>(&'a self, name: Val<'a>, leaf: Val<'a>) -> Vec<Val<'a>> {
        let t = |v: &'a Option<String>| Val::text(v.as_deref());
        let c = |v: &'a Option<Code>| Val::text(v.as_deref());
        vec![
            Val::text(Some(&*self.corps).filter(|c| !c.is_empty())),
            name,
            Val::int(self.birth_date.map(|d| d.0)),
            c(&self.sex),
            t(&self.raw_name),
            c(&self.nationality),
            c(&self.ethnicity),
            t(&self.corps_more),
            c(&self.category),
            c(&self.education),
            c(&self.degree),
            t(&self.school),
            t(&self.major),
            c(&self.title),
            c(&self.skill_level),
            c(&self.industry),
            c(&self.gb_industry),
            t(&self.phone),
            t(&self.email),
            t(&self.remarks),
            leaf,
        ]
    }
}

/// An identity document a person holds (证件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Type.
    pub kind: DocType,
    /// The identity: what two papers of one person share.
    pub number: String,
    /// The number as the paper has it, where that differs.
    pub raw: Option<String>,
    /// Last day of the paper.
    pub valid_until: Option<Day>,
}

impl Holding {
    /// The number as the paper has it.
    pub fn paper_number(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.number)
    }

    /// The data columns of person_document in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![Val::Text(self.kind.code()), Val::Text(&self.number), Val::text(self.raw.as_deref()), Val::int(self.valid_until.map(|d| d.0))]
    }
}

/// Where and how a person works (在岗).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// The unit.
    pub org_id: i64,
    /// rigid, flexible, home_grown (引进方式).
    pub mode: Code,
    /// First day with this unit as written (到岗日期).
    pub started: PartDate,
    /// Contract end as written (合同截止).
    pub contract_end: Option<PartDate>,
    /// Position (岗位).
    pub position: Option<String>,
    /// Months a year on the spot (每年在岗月数).
    pub months_a_year: Option<i64>,
    /// Why it ended (离开原因): set by a leave alone.
    pub leave_why: Option<String>,
    /// Where to (去向).
    pub leave_to: Option<String>,
    /// The project the person came by (引才项目).
    pub project_id: Option<i64>,
}

impl Engagement {
    /// The data columns of engagement in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![
            Val::Int(self.org_id),
            Val::Text(&self.mode),
            Val::Int(self.started.0.into()),
            Val::int(self.contract_end.map(|d| d.0)),
            Val::text(self.position.as_deref()),
            Val::int(self.months_a_year),
            Val::text(self.leave_why.as_deref()),
            Val::text(self.leave_to.as_deref()),
            Val::int(self.project_id),
        ]
    }
}

/// A recognition as far as this registry records it (认定): class within a scheme, with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// Its number's id.
    pub id: i64,
    /// The scheme the class belongs to: a letter alone means nothing.
    pub scheme: Code,
    /// Class code.
    pub class: Code,
    /// recorded: only a roster says so; else a state of its way.
    pub state: Code,
    /// The policy version it was decided by.
    pub policy_id: Option<i64>,
    /// catalogue, panel, exception (认定途径).
    pub route: Option<Code>,
    /// The decision it rests on.
    pub decision_id: Option<i64>,
    /// What the mid-term check found: passed, failed (中期考核).
    pub mid_check: Option<Code>,
}

impl Recognition {
    /// The data columns of recognition in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![
            Val::Int(self.id),
            Val::Text(&self.scheme),
            Val::Text(&self.class),
            Val::Text(&self.state),
            Val::int(self.policy_id),
            Val::text(self.route.as_deref()),
            Val::int(self.decision_id),
            Val::text(self.mid_check.as_deref()),
        ]
    }
}

/// An award, title or patent (荣誉): a roster gives its text, an entry the rest and the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Achievement {
    /// What it is called.
    pub text: String,
    /// award, title, patent, paper, programme, other (类别).
    pub kind: Option<String>,
    /// national, region, city, zone (级别).
    pub level: Option<String>,
    /// When, as written.
    pub awarded: Option<PartDate>,
    /// The file kept of its paper.
    pub file_id: Option<i64>,
}

impl Achievement {
    /// One of which only the text is known.
    pub fn told(text: &str) -> Achievement {
        Achievement { text: text.to_owned(), ..Achievement::default() }
    }

    /// The data columns of achievement in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![
            Val::Text(&self.text),
            Val::text(self.kind.as_deref()),
            Val::text(self.level.as_deref()),
            Val::int(self.awarded.map(|d| d.0)),
            Val::int(self.file_id),
        ]
    }
}

/// States of a recognition that say a person's class: others are on their way to it, or over.
pub const COUNTED: &[&str] = &["recorded", "in_force"];

/// The scheme a bare class letter of a roster belongs to: the zone's own, A-E.
pub const ZONE_SCHEME: &str = "zone";

/// A person's status on a day (状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Engaged, or not yet ended.
    Active,
    /// Every engagement has ended.
    Left,
    /// Merged into another.
    Merged,
    /// Personal data erased.
    Erased,
}

impl Status {
    /// Stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Left => "left",
            Status::Merged => "merged",
            Status::Erased => "erased",
        }
    }
}

/// The status from the engagements known: left when the last of them ended before the day. A contract end alone is no leave.
pub fn status(engagements: &[Fact<Engagement>], merged: bool, erased: bool, day: Day) -> Status {
    if erased {
        return Status::Erased;
    }
    if merged {
        return Status::Merged;
    }
    let ended = |e: &Fact<Engagement>| e.span.until.is_some_and(|u| u < day);
    if !engagements.is_empty() && engagements.iter().all(ended) { Status::Left } else { Status::Active }
}

/// The engagement that counts on the day: the one that holds; else the last that ended; else the first to come.
pub fn current(engagements: &[Fact<Engagement>], day: Day) -> Option<&Fact<Engagement>> {
    let held = engagements.iter().filter(|e| e.span.holds(day)).max_by_key(|e| (e.span.from, e.seq));
    let past = || engagements.iter().filter(|e| e.span.until.is_some_and(|u| u < day)).max_by_key(|e| (e.span.until, e.seq));
    let ahead = || engagements.iter().min_by_key(|e| (e.span.from, e.seq));
    held.or_else(past).or_else(ahead)
}
