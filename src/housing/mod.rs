//! Turnover flats (周转房, plan 五（三）1) and who lives in them. A lease is a fact of its flat; that no two overlap is proved when one is entered.

pub mod cmd;
pub mod store;

/// Prefix of a flat's human number.
pub const PREFIX: &str = "HU";
