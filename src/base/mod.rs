//! The vocabulary of the office: codes of faults, days, identity numbers, human numbers, money, names, code sets and
//! the escaping of text. Pure functions only: nothing here reads a file, asks the clock, knows SQL or prints.

pub(crate) mod chars;

pub mod codes;
pub mod day;
pub mod fault;
pub mod ident;
pub mod money;
pub mod names;
pub mod number;
pub mod quarter;
pub mod sheet;
pub mod text;
