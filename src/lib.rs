//! The library behind the `rencai` binary: names the modules, nothing else.

pub mod ui;
