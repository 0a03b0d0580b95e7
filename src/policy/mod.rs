//! Policy packs: what a policy paper fixes, as data with its basis and its days. Here: the packs that come with the
//! program, and how a pack's text becomes types or a fault with its line. What a pack says is in its own file.

mod benefits;
mod card;
pub mod cmd;
mod integrity;
mod recognition;
mod responsibility;
mod services;
pub mod store;
mod targets;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

pub use benefits::{
    Benefit, BenefitsPack, By, CaseFacts, Ceiling, Clawback, CommitmentCeiling, Exclusive, Form, Household, How, Part, Payee, WorkedCase,
    benefits_pack, examine_benefits, parse_benefits,
};
pub use card::{CardPack, CardScheme, Level, card_pack, parse_card};
pub use integrity::{EFFECTS, GRADES, Integrity, IntegrityPack, Screening, integrity_pack, parse_integrity};
pub use recognition::{RecognitionPack, Scheme, parse_recognition, recognition_pack};
pub use responsibility::{Follow, Followed, ResponsibilityPack, TrainingFigure, parse_responsibility, responsibility_pack};
pub use services::{Needs, Service, ServicesPack, parse_services, services_pack};
pub use targets::{
    Colours, Corps, Counting, CountingRule, Counts, Figure, OrgKind, PersonKind, PlatformKind, Schedule, Stage, Target, TargetsPack,
    TaskLine, Term, Town, parse_targets,
};

/// The packs that come with the program, by name.
const SHIPPED: &[(&str, &str)] = &[
    ("targets", include_str!("../../policy/targets.toml")),
    ("recognition", include_str!("../../policy/recognition.toml")),
    ("card", include_str!("../../policy/card.toml")),
    ("services", include_str!("../../policy/services.toml")),
    ("benefits", include_str!("../../policy/benefits.toml")),
    ("responsibility", include_str!("../../policy/responsibility.toml")),
    ("integrity", include_str!("../../policy/integrity.toml")),
];

/// The text of a pack that comes with the program.
pub fn shipped(pack: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(name, _)| *name == pack).map(|(_, text)| *text)
}

/// The names of the packs that come with the program.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// What is wrong with a pack's text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PolicyFault {
    /// The line, from 1; 1 also when the fault is of the file as a whole.
    pub line: usize,
    /// A stable code: `unreadable` (syntax, unknown or missing key, wrong type), `wrong_pack`, `duplicate_code`,
    /// `unknown_code`, `not_a_subset`, `range_order`, `term_order`, `date_order`, `bad_number`, `overlap`, `gap`, `bad_parts`, `case_differs`.
    pub code: &'static str,
    /// What is wrong, with the facts.
    pub message: String,
}

/// The head of a pack: which it is and the paper it rests on. `basis` of a row is a clause of `document`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackHead {
    /// The pack's name, as in `policy show NAME`.
    pub name: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Its title in English.
    pub title_en: String,
    /// The paper whose clauses the rows cite.
    pub document: String,
    /// The day the paper was issued.
    #[serde(deserialize_with = "day")]
    pub issued: i32,
}

/// Reads TOML into a pack's types; a key nobody knows is a fault, never ignored.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, PolicyFault> {
    toml::from_str(text).map_err(|e| {
        let message = e.message().to_owned();
        let number = ["invalid value: integer", "invalid type: floating point"].iter().any(|with| message.starts_with(with));
        PolicyFault { line: line_of(text, e.span()), code: if number { "bad_number" } else { "unreadable" }, message }
    })
}

/// A pack with the text it was last read from: a batch of thousands asks for the same one.
struct Remembered<T>(RefCell<Option<(String, Rc<T>)>>);

impl<T> Remembered<T> {
    const fn new() -> Remembered<T> {
        Remembered(RefCell::new(None))
    }

    fn read(&self, text: &str, parse: fn(&str) -> Result<T, PolicyFault>) -> Result<Rc<T>, PolicyFault> {
        let mut last = self.0.borrow_mut();
        if let Some((held, pack)) = &*last
            && held == text
        {
            return Ok(Rc::clone(pack));
        }
        let pack = Rc::new(parse(text)?);
        *last = Some((text.to_owned(), Rc::clone(&pack)));
        Ok(pack)
    }
}

/// The line on which a span of `text` begins.
fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let end = span.map_or(0, |s| s.start.min(text.len()));
    1 + text.as_bytes()[..end].iter().filter(|b| **b == b'\n').count()
}

/// The line of the row-th `[table]` or `[[table]]`.
fn line_of_row(text: &str, table: &str, row: usize) -> usize {
    let heads = [format!("[{table}]"), format!("[[{table}]]")];
    text.lines().enumerate().filter(|(_, l)| heads.iter().any(|h| l.trim() == h)).nth(row).map_or(1, |(at, _)| at + 1)
}

/// A TOML date without a time, as days since 1970-01-01.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<i32, D::Error> {
    let stamp = toml::value::Datetime::deserialize(from)?;
    match (stamp.date, stamp.time, stamp.offset) {
        (Some(d), None, None) => chrono::NaiveDate::from_ymd_opt(d.year.into(), d.month.into(), d.day.into())
            .map(|d| d.to_epoch_days())
            .ok_or_else(|| D::Error::custom(format!("no such day: {stamp}"))),
        _ => Err(D::Error::custom(format!("a day without a time is wanted, not {stamp}"))),
    }
}

/// As `day`, for a key that may be absent.
fn day_or_open<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i32>, D::Error> {
    day(from).map(Some)
}

/// A day in ISO 8601.
pub(crate) fn iso(day: i32) -> String {
    match chrono::NaiveDate::from_epoch_days(day) {
        Some(d) => d.format("%Y-%m-%d").to_string(),
        None => format!("day {day}"), // outside what a calendar can say; no date a person enters comes here
    }
}

#[cfg(test)]
mod tests;
