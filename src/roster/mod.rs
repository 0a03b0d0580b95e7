//! Rosters (花名册): reading files into rows, bringing them into the office, writing them out. Kinds of roster and their columns
//! are named here; who is who is decided in `people`.

pub mod cmd;
pub mod compact;
pub mod export;
pub mod import;
pub mod others;
pub mod out;
pub mod people;
pub mod read;
pub mod report;
pub mod review;
pub mod seen;
pub mod store;
pub mod units;

use crate::base::sheet;
use crate::{org, platform, talent};
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
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Kind] = &[Kind::Talent, Kind::Org, Kind::Platform, Kind::Leave];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Talent => "talent",
            Kind::Org => "org",
            Kind::Platform => "platform",
            Kind::Leave => "leave",
        }
    }

    /// Columns in order.
    pub fn columns(self) -> &'static [ColumnInfo] {
        static COLUMNS: [OnceLock<Vec<ColumnInfo>>; 4] = [const { OnceLock::new() }; 4];
        let of = |columns: &[sheet::Column]| columns.iter().map(ColumnInfo::from).collect();
        COLUMNS[self as usize].get_or_init(|| match self {
            Kind::Talent => talent::entry::COLUMNS.iter().map(|c| people::column_info(c.key)).collect(),
            Kind::Org => of(org::COLUMNS),
            Kind::Platform => of(platform::COLUMNS),
            Kind::Leave => of(others::LEAVE),
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
            Kind::Leave => &[1, 3],
        }
    }
}
