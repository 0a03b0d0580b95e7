//! A platform (平台: startup town, incubator, AI laboratory or maker space, research station, college, practice base): types, the order
//! of its stages and its columns. Which targets it counts for is said by the targets pack.

pub mod change;
pub mod cmd;
pub mod store;

use crate::base::number;
use crate::base::sheet::{self, Checked, Column, Sheet, What};
use crate::db::digest::Val;
use crate::org;

/// Prefix of a platform's human number.
pub const PREFIX: &str = "PL";

/// What a platform is, one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// town, incubator, ai_lab, ai_makerspace, research, college, practice_base (平台类型).
    pub kind: String,
    /// Name (平台名称).
    pub name: String,
    /// What sort of its kind (平台子类): 工程中心, 院士工作站 and the like.
    pub subtype: Option<String>,
    /// national, region, city, zone (级别).
    pub level: Option<String>,
    /// The unit it stands on (依托单位).
    pub org_id: Option<i64>,
}

impl Profile {
    /// The data columns of platform_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![
            Val::Text(&self.kind),
            Val::Text(&self.name),
            Val::Text(folded),
            Val::text(self.subtype.as_deref()),
            Val::text(self.level.as_deref()),
            Val::int(self.org_id),
        ]
    }
}

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str], what: What) -> Column {
    Column { name, zh, aliases, what, set: None, personal: false, required: false }
}

/// Columns of the platform roster, in the order of an export.
pub static COLUMNS: &[Column] = &[
    column("no", "编号", &["平台编号"], What::No),
    Column { required: true, ..column("name", "平台名称", &["名称"], What::Name) },
    Column { required: true, set: Some("platform_kind"), ..column("kind", "平台类型", &["类型", "平台类别"], What::Code) },
    column("subtype", "平台子类", &["子类"], What::Text),
    Column { set: Some("platform_level"), ..column("level", "级别", &["平台级别"], What::Code) },
    column("org", "依托单位", &["建设单位", "单位名称", "单位"], What::Unit),
    Column { set: Some("platform_stage"), ..column("stage", "阶段", &["建设阶段", "状态"], What::Code) },
    column("since", "起始日期", &["阶段起始日期", "运营日期"], What::Day),
];

/// Place of a column of `COLUMNS`.
pub fn place(name: &str) -> usize {
    COLUMNS.iter().position(|c| c.name == name).unwrap_or(0)
}

/// Checks a row or what the options say.
pub fn check<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> Checked {
    sheet::check(COLUMNS, cell)
}

impl Sheet for Profile {
    fn columns() -> &'static [Column] {
        COLUMNS
    }

    // Stage and its first day are facts of their own; a unit is found before it is set.
    fn get(&self, column: &str) -> Option<String> {
        match column {
            "name" => Some(self.name.clone()),
            "kind" => Some(self.kind.clone()),
            "subtype" => self.subtype.clone(),
            "level" => self.level.clone(),
            "org" => self.org_id.map(|id| number::format(org::PREFIX, id)),
            _ => None,
        }
    }

    fn set(&mut self, column: &str, value: Option<String>) {
        match column {
            "name" => self.name = value.unwrap_or_default(),
            "kind" => self.kind = value.unwrap_or_default(),
            "subtype" => self.subtype = value,
            "level" => self.level = value,
            "org" => self.org_id = self.org_id.filter(|_| value.is_some()),
            _ => {}
        }
    }
}

/// An agreement with a university or practice base (合作协议): order-style training, practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// With whom (合作方).
    pub partner: String,
    /// Places a year (名额).
    pub places: Option<i64>,
    /// What it is about (合作内容).
    pub subject: Option<String>,
}

impl Agreement {
    /// The data columns of platform_agreement in order; `folded` is the partner's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> [Val<'a>; 4] {
        [Val::Text(&self.partner), Val::Text(folded), Val::int(self.places), Val::text(self.subject.as_deref())]
    }
}

/// Which stage may follow which. Steps may be skipped, none is taken back: what was entered by mistake is undone or corrected.
const NEXT: &[(&str, &[&str])] = &[
    ("planned", &["building", "applied", "approved", "operating", "closed"]),
    ("building", &["applied", "approved", "operating", "closed"]),
    ("applied", &["approved", "operating", "closed"]),
    ("approved", &["operating", "closed"]),
    ("operating", &["closed"]),
    ("closed", &[]),
];

/// The stages that may follow.
pub fn next(stage: &str) -> &'static [&'static str] {
    NEXT.iter().find(|(s, _)| *s == stage).map_or(&[], |(_, next)| next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes;

    #[test]
    fn every_stage_has_its_row_and_leads_on_only() {
        let stages: Vec<&str> = codes::codes("platform_stage").map(|c| c.code).collect();
        assert_eq!(NEXT.iter().map(|(s, _)| *s).collect::<Vec<_>>(), stages);
        for (at, stage) in stages.iter().enumerate() {
            assert!(next(stage).iter().all(|n| stages[at + 1..].contains(n)), "{stage}");
        }
        assert!(next("closed").is_empty() && next("nonsense").is_empty());
    }

    #[test]
    fn a_unit_can_be_cleared_but_not_set_by_a_text() {
        let mut p = Profile { org_id: Some(3), ..Profile::default() };
        p.set("org", Some("甲".into()));
        assert_eq!(p.org_id, Some(3));
        p.set("org", None);
        assert_eq!(p.org_id, None);
    }
}
