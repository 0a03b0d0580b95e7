//! The library behind the `rencai` binary: names the modules, from the bottom of the house to the top. The arrows between them
//! point down; `docs/architecture.md` draws them and a test proves them.

pub mod base;
pub mod cli;
pub mod db;
pub mod desk;
pub mod error;
pub mod office;
pub mod org;
pub mod policy;
pub mod roster;
pub mod talent;
pub mod target;
pub mod ui;
