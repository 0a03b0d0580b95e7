//! The office itself: set up, looked over, copied, restored, upgraded, its actors, the example office. What it remembers of
//! people and money lives with the nouns.

pub mod cmd;
pub mod found;
pub mod init;
