//! The services pack (服务事项): kinds of service, whom they are for, their papers, departments and terms in working days.

use super::{PackHead, PolicyFault, Remembered, day, line_of_row, read};
use serde::Deserialize;
use std::collections::HashSet;
use std::rc::Rc;

/// The pack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicesPack {
    /// Which pack, and on which paper it rests.
    pub pack: PackHead,
    /// Rules of discounts at service points.
    pub offers: Offers,
    /// Rules of leaders' contact with experts; an office may have none.
    pub liaison: Option<Contacts>,
    /// Its kinds of service.
    pub scheme: Vec<Service>,
    /// The papers they ask for.
    pub paper: Vec<Paper>,
}

/// Rules of discounts (优惠).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offers {
    /// Months for which it is known which card used an offer.
    pub keep_details_months: u32,
}

/// Rules of leaders' contact with experts (领导干部联系专家): they remind and refuse nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Days behind the last contact after which an expert should be seen again.
    pub not_seen_days: u32,
    /// Clause.
    pub basis: String,
}

/// What somebody must have for a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// A card that is valid.
    Card,
    /// A recognition in force.
    Recognition,
    /// Nothing.
    None,
}

/// A kind of service (服务事项).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Stable code.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Clause of the plan that orders it.
    pub clause: String,
    /// What one must have.
    pub needs: Needs,
    /// An attached card opens it too.
    pub attached: bool,
    /// Card levels it is for; every level where none is named.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Working days.
    pub term_days: u32,
    /// Who handles it.
    pub department: String,
    /// The holder's written consent is wanted.
    pub consent: bool,
    /// Codes of the papers wanted.
    pub papers: Vec<String>,
    /// Schooling: first and last grade.
    pub grades: Option<(u32, u32)>,
    /// Clause.
    pub basis: String,
    /// From which day it holds.
    #[serde(deserialize_with = "day")]
    pub valid_from: i32,
    /// What comes with the program says false; an office's own pack is confirmed by `policy confirm`, not here.
    pub confirmed: bool,
}

/// A paper that services ask for (材料).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Stable code: the KIND of `--paper KIND:FILE`.
    pub code: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
}

impl ServicesPack {
    /// A kind of service.
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.scheme.iter().find(|s| s.code == code)
    }

    /// What a card of that level opens, in the order of the pack.
    pub fn opens(&self, level: &str, attached: bool) -> Vec<&str> {
        self.scheme.iter().filter(|s| s.needs == Needs::Card && s.is_for(level, attached)).map(|s| s.code.as_str()).collect()
    }
}

impl Service {
    /// Whether a card of that level opens it.
    pub fn is_for(&self, level: &str, attached: bool) -> bool {
        (self.attached || !attached) && (self.levels.is_empty() || self.levels.iter().any(|l| l == level))
    }
}

/// Reads a pack and checks that it agrees with itself.
pub fn parse_services(text: &str) -> Result<ServicesPack, PolicyFault> {
    let pack: ServicesPack = read(text)?;
    if pack.pack.name != "services" {
        return Err(PolicyFault {
            line: 1,
            code: "wrong_pack",
            message: format!("this is the pack {:?}, not \"services\"", pack.pack.name),
        });
    }
    if !(1..=1200).contains(&pack.offers.keep_details_months) {
        let line = text.lines().position(|l| l.starts_with("keep_details_months")).map_or(1, |at| at + 1);
        return Err(PolicyFault { line, code: "bad_number", message: "keep_details_months can't be".to_owned() });
    }
    if pack.liaison.as_ref().is_some_and(|l| !(1..=3660).contains(&l.not_seen_days)) {
        return Err(PolicyFault {
            line: line_of_row(text, "liaison", 0),
            code: "bad_number",
            message: "not_seen_days can't be".to_owned(),
        });
    }
    let mut papers = HashSet::new();
    for (row, p) in pack.paper.iter().enumerate() {
        if !papers.insert(&p.code) {
            let line = line_of_row(text, "paper", row);
            return Err(PolicyFault { line, code: "duplicate_code", message: format!("the paper {:?} stands twice", p.code) });
        }
    }
    let mut codes = HashSet::new();
    for (row, s) in pack.scheme.iter().enumerate() {
        let wrong = |code, message: String| Err(PolicyFault { line: line_of_row(text, "scheme", row), code, message });
        if !codes.insert(&s.code) {
            return wrong("duplicate_code", format!("the service {:?} stands twice", s.code));
        }
        if let Some(paper) = s.papers.iter().find(|p| !papers.contains(p)) {
            return wrong("unknown_code", format!("{:?} asks for the paper {paper:?}, which is none of [[paper]]", s.code));
        }
        let grades_right = s.grades.is_none_or(|(first, last)| 1 <= first && first <= last && last <= 12);
        if !(1..=366).contains(&s.term_days) || !grades_right {
            return wrong("bad_number", format!("a number of {:?} can't be", s.code));
        }
    }
    Ok(pack)
}

thread_local! {
    static LAST: Remembered<ServicesPack> = const { Remembered::new() };
}

/// As `parse_services`, remembering the last text.
pub fn services_pack(text: &str) -> Result<Rc<ServicesPack>, PolicyFault> {
    LAST.with(|last| last.read(text, parse_services))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_pack_is_an_unconfirmed_example_with_every_kind_the_plan_orders() {
        let pack = parse_services(super::super::shipped("services").unwrap()).unwrap();
        let codes: Vec<&str> = pack.scheme.iter().map(|s| s.code.as_str()).collect();
        assert_eq!(codes.len(), 16);
        assert_eq!(
            pack.opens("gold", false),
            ["rewards", "exit_entry", "household", "social_insurance", "personnel", "housing_fund", "driving_licence", "other"]
        );
        assert_eq!(pack.opens("gold", true), ["exit_entry", "household", "social_insurance", "driving_licence"]);
        assert!(pack.scheme.iter().all(|s| !s.confirmed) && pack.service("advice").unwrap().papers.is_empty());
        assert_eq!(pack.service("schooling").unwrap().grades, Some((1, 9)));
    }

    #[test]
    fn what_contradicts_itself_is_placed() {
        let shipped = super::super::shipped("services").unwrap();
        for (was, is, code) in [
            ("name = \"services\"", "name = \"card\"", "wrong_pack"),
            ("code = \"advice\"", "code = \"other\"", "duplicate_code"),
            ("code = \"photo\"", "code = \"licence\"", "unknown_code"),
            ("term_days = 3", "term_days = 0", "bad_number"),
            ("grades = [1, 9]", "grades = [9, 1]", "bad_number"),
            ("keep_details_months = 12", "keep_details_months = 0", "bad_number"),
            ("not_seen_days = 90", "not_seen_days = 0", "bad_number"),
            ("[liaison]", "[liaison]\nleaders = 3", "unreadable"),
            ("needs = \"none\"", "needs = \"luck\"", "unreadable"),
            ("consent = true", "consent = true\nfee = 1", "unreadable"),
        ] {
            let text =
                if was.starts_with("code = \"photo\"") { shipped.replace(was, "code = \"picture\"") } else { shipped.replacen(was, is, 1) };
            let fault = parse_services(&text).unwrap_err();
            assert_eq!(fault.code, code, "{was}: {fault}");
        }
    }
}
