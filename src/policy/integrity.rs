//! The integrity pack (人才诚信内部管理): days to reply, grades with their longest terms, effects, what the letters say of repair and remedies,
//! what screening weighs.

use super::{PackHead, PolicyFault, Remembered, day, line_of_row, read};
use serde::Deserialize;
use std::collections::HashSet;
use std::rc::Rc;

/// The effects a decision can name; what each means is the program's, its words and clause are the pack's.
pub const EFFECTS: [&str; 3] = ["new", "hold_payment", "review"];

/// The grades there are.
pub const GRADES: [&str; 3] = ["mild", "ordinary", "serious"];

/// No listing lasts longer, whatever a pack says.
const MOST_MONTHS: u32 = 36;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrityPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Its one scheme.
    pub scheme: Vec<Integrity>,
}

/// The rules of integrity cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integrity {
    /// Stable code.
    pub code: String,
    /// Clause of the plan that orders it.
    pub clause: String,
    /// Working days to reply.
    pub reply_days: u32,
    /// A notice gives no fewer.
    pub reply_days_least: u32,
    /// Clause.
    pub basis: String,
    /// From which day it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
    /// Grades, the mildest first.
    pub grade: Vec<Grade>,
    /// What a decision can name.
    pub effect: Vec<Effect>,
    /// Conditions of a repair.
    pub repair: Vec<Words>,
    /// What can be done against a decision.
    pub remedy: Vec<Words>,
    /// What screening weighs.
    pub screening: Screening,
}

/// How grave it is (等级), and how long a listing may last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// mild, ordinary, serious.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// The longest term, from delivery.
    pub months: u32,
    /// A repair can be decided so many months after the listing began.
    pub repair_after_months: u32,
    /// Clause.
    pub basis: String,
}

/// What follows from a listing (管理措施).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// One of `EFFECTS`.
    pub code: String,
    /// In Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
    /// The clause that a refusal cites.
    pub clause: String,
    /// What it rests on.
    pub basis: String,
}

/// A sentence of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In Chinese.
    pub text_zh: String,
    /// In English.
    pub text_en: String,
    /// What it rests on.
    pub basis: String,
}

/// What two records share, in hundredths.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screening {
    /// Told from this sum on.
    pub likely_from: u32,
    /// The same matched name.
    pub name: u32,
    /// Names that are read alike.
    pub name_variant: u32,
    /// The same birth date.
    pub birth_date: u32,
    /// Year and month agree, and of one no more is known.
    pub birth_month: u32,
    /// The same telephone.
    pub phone: u32,
    /// The same unit.
    pub employer: u32,
    /// Units of one name, one of them without a credit code.
    pub unit_name: u32,
    /// Clause.
    pub basis: String,
}

impl IntegrityPack {
    /// The rules; a pack that was read has them.
    pub fn rules(&self) -> &Integrity {
        &self.scheme[0]
    }
}

impl Integrity {
    /// A grade.
    pub fn grade(&self, code: &str) -> Option<&Grade> {
        self.grade.iter().find(|g| g.code == code)
    }

    /// An effect.
    pub fn effect(&self, code: &str) -> Option<&Effect> {
        self.effect.iter().find(|e| e.code == code)
    }
}

/// Reads a pack and checks that it agrees with itself.
pub fn parse_integrity(text: &str) -> Result<IntegrityPack, PolicyFault> {
    let pack: IntegrityPack = read(text)?;
    let fault = |table: &str, row: usize, code: &'static str, message: String| {
        Err(PolicyFault { line: line_of_row(text, table, row), code, message })
    };
    if pack.pack.name != "integrity" {
        return fault("pack", 0, "wrong_pack", format!("this is the pack {:?}, not \"integrity\"", pack.pack.name));
    }
    let [s] = pack.scheme.as_slice() else {
        return fault("scheme", 1, "duplicate_code", "there is one [[scheme]]".to_owned());
    };
    if !(1..=366).contains(&s.reply_days_least) || !(s.reply_days_least..=366).contains(&s.reply_days) {
        return fault("scheme", 0, "bad_number", "reply_days can't be, or are fewer than reply_days_least".to_owned());
    }
    let mut seen = HashSet::new();
    let mut months = 0;
    for (row, g) in s.grade.iter().enumerate() {
        if !GRADES.contains(&g.code.as_str()) {
            return fault("scheme.grade", row, "unknown_code", format!("{:?} is none of {}", g.code, GRADES.join(", ")));
        }
        if !seen.insert(&g.code) {
            return fault("scheme.grade", row, "duplicate_code", format!("the grade {:?} stands twice", g.code));
        }
        // A listing has an end, and a graver one is not the shorter.
        if !(1..=MOST_MONTHS).contains(&g.months) || g.months < months || g.repair_after_months > g.months {
            return fault("scheme.grade", row, "bad_number", format!("months of {:?} can't be: 1 to {MOST_MONTHS}, rising", g.code));
        }
        months = g.months;
    }
    for (row, e) in s.effect.iter().enumerate() {
        if !EFFECTS.contains(&e.code.as_str()) {
            return fault("scheme.effect", row, "unknown_code", format!("{:?} is none of {}", e.code, EFFECTS.join(", ")));
        }
        if !seen.insert(&e.code) {
            return fault("scheme.effect", row, "duplicate_code", format!("the effect {:?} stands twice", e.code));
        }
    }
    let w = &s.screening;
    let weights = [w.likely_from, w.name, w.name_variant, w.birth_date, w.birth_month, w.phone, w.employer, w.unit_name];
    if weights.iter().any(|n| !(1..=99).contains(n)) {
        return fault("scheme.screening", 0, "bad_number", "a weight is 1 to 99".to_owned());
    }
    Ok(pack)
}

thread_local! {
    static LAST: Remembered<IntegrityPack> = const { Remembered::new() };
}

/// As `parse_integrity`, remembering the last text.
pub fn integrity_pack(text: &str) -> Result<Rc<IntegrityPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_integrity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_is_an_unconfirmed_example_without_lists_for_life() {
        let pack = parse_integrity(super::super::shipped("integrity").unwrap()).unwrap();
        let s = pack.rules();
        assert!(!s.confirmed && s.reply_days == 5 && s.effect.len() == EFFECTS.len());
        assert_eq!(GRADES.map(|g| s.grade(g).unwrap().months), [3, 12, 36]);
        assert!(s.effect("new").is_some() && s.effect("shame").is_none());
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("integrity").unwrap();
        for (was, is, code) in [
            ("name = \"integrity\"", "name = \"card\"", "wrong_pack"),
            ("reply_days = 5 ", "reply_days = 4 ", "bad_number"),
            ("months = 36", "months = 37", "bad_number"),
            ("months = 36", "months = 11", "bad_number"),
            ("months = 3\n", "months = 0\n", "bad_number"),
            ("months = 3\n", "", "unreadable"),
            ("code = \"serious\"", "code = \"mild\"", "duplicate_code"),
            ("code = \"serious\"", "code = \"for_life\"", "unknown_code"),
            ("code = \"review\"", "code = \"new\"", "duplicate_code"),
            ("code = \"review\"", "code = \"shame\"", "unknown_code"),
            ("unit_name = 60", "unit_name = 100", "bad_number"),
            ("likely_from = 40 ", "likely = 40 ", "unreadable"),
        ] {
            let fault = parse_integrity(&shipped.replacen(was, is, 1)).unwrap_err();
            assert_eq!(fault.code, code, "{was}: {fault}");
            assert!(fault.line > 1, "{fault}");
        }
        let twice = format!("{shipped}\n{}", &shipped[shipped.find("[[scheme]]").unwrap()..]);
        assert_eq!(parse_integrity(&twice).unwrap_err().code, "duplicate_code");
    }
}
