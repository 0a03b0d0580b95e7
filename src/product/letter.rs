//! The letter by which the zone recommends a product (创新产品推荐函) to the finance bureau, whose catalogue it is.

use super::store::{self, Product};
use crate::base::day::Day;
use crate::base::number;
use crate::error::{self, Result};
use crate::office::Office;
use crate::org;
use crate::paper::letter::{Letter, words};
use crate::service;
use crate::talent::store as people;

/// What a letter about a product is about.
pub const KINDS: [&str; 1] = ["product_recommended"];

/// The letter about a product as it is on the day; 5 where the zone does not recommend it.
pub fn letter(office: &Office, kind: &str, p: &Product, day: Day) -> Result<Letter> {
    let conn = office.read()?;
    let lang = office.document_lang()?;
    let state = store::state(conn, p.id, day)?;
    if state != "recommended" {
        return Err(error::conflict("letter_groundless").fact("letter", kind).fact("no", p.no()).fact("status", state));
    }
    let now = &p.at(day)?.data;
    let holder = people::load(conn, p.holder_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = holder.name_on(day).unwrap_or_default().to_owned();
    let unit = match now.org_id {
        Some(id) => org::store::name_at(conn, id, day)?.map(|u| u.0).unwrap_or_default(),
        None => words(lang, "product_no_unit", &[]),
    };
    let review = now.case_id.map(|id| number::format(service::PREFIX, id)).unwrap_or_default();
    let mut letter = Letter::begin(office, &format!("{kind}_title"), &words(lang, "product_to", &[]), day)?;
    letter.no = Some(p.no());
    letter.says.push(words(lang, kind, &[]));
    letter.items = vec![
        words(lang, "product_name", &[("name", &now.name)]),
        words(lang, "product_holder", &[("name", &name)]),
        words(lang, "product_unit", &[("unit", &unit)]),
        words(lang, "product_review", &[("case", &review)]),
    ];
    letter.ends.push(words(lang, "product_end", &[]));
    Ok(letter)
}
