//! The card pack (服务卡): levels by class, terms, renewal, yearly review, the grace after an employer was left.

use super::{PackHead, PolicyFault, Remembered, day, line_of_row, read};
use serde::Deserialize;
use std::collections::HashSet;
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Its schemes.
    pub scheme: Vec<CardScheme>,
}

/// The cards of one scheme of recognition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardScheme {
    /// Stable code.
    pub code: String,
    /// The scheme of recognition whose classes open these cards.
    pub recognition_scheme: String,
    /// Months from issue.
    pub term_months: u32,
    /// Days before the end from which a card can be renewed.
    pub renewal_window_days: u32,
    /// Months between reviews.
    pub review_months: u32,
    /// Days after which a list of revocations counts as old; a pack of before this rule names none.
    #[serde(default)]
    pub revocation_days: Option<u32>,
    /// Months that a card holds after its holder left an employer.
    pub employer_grace_months: u32,
    /// Clause.
    pub basis: String,
    /// From which day it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
    /// Its levels, the highest first.
    pub level: Vec<Level>,
}

/// A level of card (卡等级).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Stable code.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// The classes that get it.
    pub classes: Vec<String>,
}

impl CardPack {
    /// The cards of a scheme of recognition.
    pub fn of_recognition(&self, scheme: &str) -> Option<&CardScheme> {
        self.scheme.iter().find(|s| s.recognition_scheme == scheme)
    }
}

impl CardScheme {
    /// The level of a class.
    pub fn level_of(&self, class: &str) -> Option<&Level> {
        self.level.iter().find(|l| l.classes.iter().any(|c| c == class))
    }
}

/// Reads a pack and checks that it agrees with itself.
pub fn parse_card(text: &str) -> Result<CardPack, PolicyFault> {
    let pack: CardPack = read(text)?;
    if pack.pack.name != "card" {
        return Err(PolicyFault { line: 1, code: "wrong_pack", message: format!("this is the pack {:?}, not \"card\"", pack.pack.name) });
    }
    let mut codes = HashSet::new();
    for (row, s) in pack.scheme.iter().enumerate() {
        let wrong = |code, message: String| Err(PolicyFault { line: line_of_row(text, "scheme", row), code, message });
        if !codes.insert(&s.code) {
            return wrong("duplicate_code", format!("the scheme {:?} stands twice", s.code));
        }
        let (mut levels, mut classes) = (HashSet::new(), HashSet::new());
        if !s.level.iter().all(|l| levels.insert(&l.code) && l.classes.iter().all(|c| classes.insert(c))) {
            return wrong("duplicate_code", format!("a level or a class of {:?} stands twice", s.code));
        }
        let numbers =
            [(s.term_months, 1, 1200), (s.renewal_window_days, 1, 366), (s.review_months, 1, 120), (s.employer_grace_months, 0, 6)];
        if numbers.iter().any(|(n, least, most)| !(least..=most).contains(&n)) || s.revocation_days.is_some_and(|n| !(1..=366).contains(&n))
        {
            return wrong("bad_number", format!("a number of {:?} can't be", s.code));
        }
    }
    Ok(pack)
}

thread_local! {
    static LAST: Remembered<CardPack> = const { Remembered::new() };
}

/// As `parse_card`, remembering the last text.
pub fn card_pack(text: &str) -> Result<Rc<CardPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_card))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_is_an_unconfirmed_example() {
        let pack = parse_card(super::super::shipped("card").unwrap()).unwrap();
        let s = pack.of_recognition("zone").unwrap();
        assert!(!s.confirmed && s.level_of("B").is_some_and(|l| l.code == "gold") && s.level_of("Z").is_none());
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("card").unwrap();
        for (was, is, code) in [
            ("name = \"card\"", "name = \"targets\"", "wrong_pack"),
            ("\"C\", \"D\"]", "\"B\", \"D\"]", "duplicate_code"),
            ("employer_grace_months = 2", "employer_grace_months = 7", "bad_number"),
            ("review_months = 12", "review_month = 12", "unreadable"),
        ] {
            assert_eq!(parse_card(&shipped.replace(was, is)).unwrap_err().code, code);
        }
    }
}
