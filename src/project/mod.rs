//! A project (项目引才, plan 四（一）2): its columns and type. People come by it through their engagements, units as the one that
//! carries it, as further units, and as employers of its people.

pub mod change;
pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::base::sheet::{self, Checked, Column, Sheet, What};
use crate::db::digest::Val;
use crate::org;

/// Prefix of a project's human number.
pub const PREFIX: &str = "PJ";

/// What a project is, one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Name (项目名称).
    pub name: String,
    /// 4.1.2.1 to 4.1.2.9: the plan's industry line (产业线).
    pub line: String,
    /// The unit that carries it (承担单位).
    pub org_id: Option<i64>,
    /// Money invested (投资额).
    pub invested: Option<Fen>,
    /// Its last day.
    pub closed_on: Option<Day>,
}

impl Profile {
    /// The data columns of project_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![
            Val::Text(&self.name),
            Val::Text(folded),
            Val::Text(&self.line),
            Val::int(self.org_id),
            Val::int(self.invested.map(|f| f.0)),
            Val::int(self.closed_on.map(|d| d.0)),
        ]
    }

    /// Whether it is over on the day.
    pub fn closed(&self, day: Day) -> bool {
        self.closed_on.is_some_and(|c| c < day)
    }
}

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str], what: What) -> Column {
    Column { name, zh, aliases, what, set: None, personal: false, required: false }
}

/// Columns of the project roster, in the order of an export.
pub static COLUMNS: &[Column] = &[
    column("no", "编号", &["项目编号"], What::No),
    Column { required: true, ..column("name", "项目名称", &["名称", "引才项目"], What::Name) },
    Column {
        required: true, set: Some("project_line"), ..column("line", "产业线", &["引才方向", "产业", "所属产业线"], What::Code)
    },
    Column { required: true, ..column("org", "承担单位", &["项目单位", "用人单位", "单位名称", "单位"], What::Unit) },
    column("units", "引进单位", &["其他引进单位"], What::Text),
    column("invested", "投资额（元）", &["投资额", "投资额(元)", "投资金额"], What::Money),
    column("from_date", "起始日期", &["开始日期", "引进日期"], What::Day),
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

    // Units are found before they are set; further ones and the first day are facts of their own.
    fn get(&self, column: &str) -> Option<String> {
        match column {
            "name" => Some(self.name.clone()),
            "line" => Some(self.line.clone()),
            "org" => self.org_id.map(|id| number::format(org::PREFIX, id)),
            "invested" => self.invested.map(|f| f.to_string()),
            _ => None,
        }
    }

    fn set(&mut self, column: &str, value: Option<String>) {
        match column {
            "name" => self.name = value.unwrap_or_default(),
            "line" => self.line = value.unwrap_or_default(),
            "org" => self.org_id = self.org_id.filter(|_| value.is_some()),
            "invested" => self.invested = value.and_then(|v| Fen::parse(&v).ok()),
            _ => {}
        }
    }
}
