//! The library behind the `rencai` binary: names the modules, from the bottom of the house to the top. The arrows between them
//! point down; `docs/architecture.md` draws them and a test proves them.

pub mod base;
pub mod error;
pub mod ui;
pub mod db;
pub mod org;
pub mod talent;
pub mod audit;
pub mod desk;
pub mod office;
pub mod cli;
