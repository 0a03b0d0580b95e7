//! Rosters (花名册): reading files into rows, bringing them into the office, writing them out. Kinds of roster and their columns
//! are named here; who is who is decided in `people`.

pub mod cmd;
pub mod compact;
pub mod export;
pub mod import;
pub mod others;
pub mod people;
pub mod read;
pub mod report;
pub mod seen;
pub mod store;

use crate::talent::entry;
use report::ColumnInfo;

/// A kind of roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Persons.
    Talent,
    /// Leaves.
    Leave,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Kind] = &[Kind::Talent, Kind::Leave];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Talent => "talent",
            Kind::Leave => "leave",
        }
    }

    /// Columns in order.
    pub fn columns(self) -> Vec<ColumnInfo> {
        match self {
            Kind::Talent => import::talent_columns(),
            Kind::Leave => others::leave_columns(),
        }
    }

    /// The place of the column that an evened header means.
    pub fn column_of(self, header: &str) -> Option<usize> {
        match self {
            Kind::Talent => entry::column_of(header).map(|k| k as usize),
            Kind::Leave => others::leave_column_of(header),
        }
    }

    /// Whether a file can't do without the column.
    pub fn is_required(self, name: &str) -> bool {
        match self {
            Kind::Talent => entry::COLUMNS.iter().any(|c| c.name == name && c.required),
            Kind::Leave => matches!(name, "end_date" | "why"),
        }
    }

    /// The columns a file can't do without.
    pub fn required(self) -> impl Iterator<Item = ColumnInfo> {
        self.columns().into_iter().filter(move |c| self.is_required(c.name))
    }

    /// Columns of which one stands in every header.
    pub fn key_columns(self) -> &'static [usize] {
        match self {
            Kind::Talent => &[1, 4],
            Kind::Leave => &[1, 3],
        }
    }
}

impl Kind {
    /// Other headers met for a column.
    pub fn aliases(self, name: &str) -> Vec<&'static str> {
        match self {
            Kind::Talent => entry::COLUMNS.iter().find(|c| c.name == name).map(|c| c.aliases.to_vec()).unwrap_or_default(),
            Kind::Leave => others::leave_aliases(name),
        }
    }
}
