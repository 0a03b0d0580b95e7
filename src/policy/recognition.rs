//! The recognition pack (人才认定): schemes with their classes, terms and days of public notice.

use super::{PackHead, PolicyFault, Remembered, day, line_of_row, read};
use serde::Deserialize;
use std::collections::HashSet;
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognitionPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Its schemes.
    pub scheme: Vec<Scheme>,
}

/// One scheme of classes: a letter alone means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Stable code.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Classes, the highest first.
    pub classes: Vec<String>,
    /// Months a recognition holds.
    pub term_months: u32,
    /// Days a list stands in public; the first is not counted.
    pub notice_days: u32,
    /// Months after which somebody looks whether it still holds.
    pub mid_check_months: u32,
    /// Whoever reviews does not decide; packs of before this rule say no.
    #[serde(default)]
    pub two_persons: bool,
    /// A decision may be cited before its paper was entered.
    pub unchecked_decisions: bool,
    /// Clause.
    pub basis: String,
    /// From which day it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
}

impl RecognitionPack {
    /// The scheme of a code.
    pub fn scheme(&self, code: &str) -> Option<&Scheme> {
        self.scheme.iter().find(|s| s.code == code)
    }
}

/// Reads a pack and checks that it agrees with itself.
pub fn parse_recognition(text: &str) -> Result<RecognitionPack, PolicyFault> {
    let pack: RecognitionPack = read(text)?;
    let fault =
        |table: &str, row: usize, code: &'static str, message: String| PolicyFault { line: line_of_row(text, table, row), code, message };
    if pack.pack.name != "recognition" {
        return Err(fault("pack", 0, "wrong_pack", format!("this is the pack {:?}, not \"recognition\"", pack.pack.name)));
    }
    let mut codes = HashSet::new();
    for (row, s) in pack.scheme.iter().enumerate() {
        let wrong = |code, message: String| Err(fault("scheme", row, code, message));
        if !codes.insert(&s.code) {
            return wrong("duplicate_code", format!("the scheme {:?} stands twice", s.code));
        }
        if s.classes.is_empty() || s.classes.iter().collect::<HashSet<_>>().len() != s.classes.len() {
            return wrong("duplicate_code", format!("the classes of {:?} are none or stand twice", s.code));
        }
        if s.term_months == 0 || s.term_months > 1200 || s.notice_days > 366 || s.mid_check_months > s.term_months {
            return wrong("bad_number", format!("a number of {:?} can't be", s.code));
        }
    }
    Ok(pack)
}

thread_local! {
    static LAST: Remembered<RecognitionPack> = const { Remembered::new() };
}

/// As `parse_recognition`, remembering the last text.
pub fn recognition_pack(text: &str) -> Result<Rc<RecognitionPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_recognition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_is_an_unconfirmed_example() {
        let pack = parse_recognition(super::super::shipped("recognition").unwrap()).unwrap();
        assert!(pack.scheme("zone").is_some_and(|s| s.classes == ["A", "B", "C", "D", "E"] && !s.confirmed));
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("recognition").unwrap();
        for (was, is, code) in [
            ("name = \"recognition\"", "name = \"targets\"", "wrong_pack"),
            ("\"D\", \"E\"]", "\"D\", \"D\"]", "duplicate_code"),
            ("term_months = 36", "term_months = 0", "bad_number"),
            ("mid_check_months = 18", "mid_check_months = 48", "bad_number"),
            ("term_months = 36", "term = 36", "unreadable"),
        ] {
            let fault = parse_recognition(&shipped.replace(was, is)).unwrap_err();
            assert_eq!(fault.code, code);
            assert!(fault.line > 1, "{fault}");
        }
    }
}
