//! The library behind the `rencai` binary: names the modules. The arrows between them point down; `docs/architecture.md` draws them.

pub mod audit;
pub mod base;
pub mod calendar;
pub mod card;
pub mod cli;
pub mod collect;
pub mod db;
pub mod desk;
pub mod error;
pub mod fund;
pub mod letter;
pub mod office;
pub mod org;
pub mod paper;
pub mod platform;
pub mod point;
pub mod policy;
pub mod project;
pub mod recognition;
pub mod roster;
pub mod service;
pub mod talent;
pub mod target;
pub mod team;
pub mod ui;
pub mod workflow;
