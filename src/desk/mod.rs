//! The office itself: set up, looked over, copied, restored, upgraded, its actors, what was done taken back. What it remembers
//! of people and money lives with the nouns.

pub mod actor;
pub mod cmd;
pub mod copy;
pub mod demo;
pub mod doctor;
pub mod due;
pub mod init;
pub mod status;
pub mod store;
