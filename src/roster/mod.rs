//! Rosters (花名册): reading files into rows, bringing them into the office, writing them out. Kinds of roster and their columns
//! are named here; who is who is decided in `people`.

pub mod cmd;
pub mod compact;
pub mod export;
pub mod import;
pub mod matching;
pub mod named;
pub mod others;
pub mod out;
pub mod people;
pub mod persons;
pub mod read;
pub mod report;
pub mod review;
pub mod screening;
pub mod seen;
pub mod store;
pub mod units;

use crate::base::sheet;
use crate::{org, platform, project, talent};
use report::ColumnInfo;
use std::sync::OnceLock;

/// A kind of roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Persons (人才花名册).
    Talent,
    /// Units (单位).
    Org,
    /// Platforms (平台).
    Platform,
    /// Leaves (离岗).
    Leave,
    /// Engagements of known persons (在岗变动).
    Engagement,
    /// Recognitions decided on paper (认定).
    Recognition,
    /// Families (亲属关系).
    Relation,
    /// Projects (引才项目).
    Project,
    /// Corrections field by field (更正).
    Correction,
    /// Balances at the start (期初数).
    Opening,
    /// What papers prove (证明).
    Attestation,
    /// A list that is only matched, never entered.
    #[value(skip)]
    Match,
    /// A list that is only screened, never entered.
    #[value(skip)]
    Screen,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Kind] = &[
        Kind::Talent,
        Kind::Org,
        Kind::Platform,
        Kind::Leave,
        Kind::Engagement,
        Kind::Recognition,
        Kind::Relation,
        Kind::Project,
        Kind::Correction,
        Kind::Opening,
        Kind::Attestation,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Talent => "talent",
            Kind::Org => "org",
            Kind::Platform => "platform",
            Kind::Leave => "leave",
            Kind::Engagement => "engagement",
            Kind::Recognition => "recognition",
            Kind::Relation => "relation",
            Kind::Project => "project",
            Kind::Correction => "correction",
            Kind::Opening => "opening",
            Kind::Attestation => "attestation",
            Kind::Match => "match",
            Kind::Screen => "screen",
        }
    }

    /// Columns in order.
    pub fn columns(self) -> &'static [ColumnInfo] {
        const KINDS: usize = Kind::Screen as usize + 1;
        static COLUMNS: [OnceLock<Vec<ColumnInfo>>; KINDS] = [const { OnceLock::new() }; KINDS];
        let of = |columns: &[sheet::Column]| columns.iter().map(ColumnInfo::from).collect();
        COLUMNS[self as usize].get_or_init(|| match self {
            Kind::Talent => talent::entry::COLUMNS.iter().map(|c| people::column_info(c.key)).collect(),
            Kind::Org => of(org::COLUMNS),
            Kind::Platform => of(platform::COLUMNS),
            Kind::Project => of(project::COLUMNS),
            Kind::Match => of(matching::COLUMNS),
            Kind::Screen => of(screening::COLUMNS),
            kind => of(persons::columns(kind)),
        })
    }

    /// The place of the column that an evened header means.
    pub fn column_of(self, header: &str) -> Option<usize> {
        self.columns().iter().position(|c| c.name == header || c.zh == header || c.aliases.contains(&header))
    }

    /// Columns of which one stands in every header.
    pub fn key_columns(self) -> &'static [usize] {
        match self {
            Kind::Talent => &[1, 4],
            Kind::Org | Kind::Platform => &[1, 2],
            Kind::Project => &[1, 2],
            Kind::Correction => &[0, 1],
            Kind::Match => &[0, 1, 3],
            Kind::Leave | Kind::Engagement | Kind::Recognition | Kind::Relation | Kind::Opening | Kind::Attestation => &[0, 3],
            Kind::Screen => &[1, 3, 6, 7],
        }
    }

    /// Whether a row says something of a person who is in the register already: its number stands in the template too.
    pub fn of_known(self) -> bool {
        !matches!(self, Kind::Talent | Kind::Org | Kind::Platform | Kind::Project)
    }
}
