//! rencai: the working tool of the clerks who run a regional talent programme.

pub mod policy;
pub mod target;
