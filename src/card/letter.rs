//! Letters to card holders (服务卡告知书): what turned or is about to.

use super::change::Seen;
use super::verify;
use crate::base::day::Day;
use crate::error::{self, Result};
use crate::office::Office;
use crate::paper::letter::{Letter, words, written};
use crate::policy;
use crate::talent::store as people;
use crate::ui::Lang;

/// What a letter to a card holder is about.
pub const KINDS: [&str; 3] = ["card_renewal", "card_review", "card_stopped"];

/// The letter of a kind about a card as it is on the day; 5 where it has no ground.
pub fn letter(office: &Office, kind: &str, s: &Seen, day: Day) -> Result<Letter> {
    let conn = office.read()?;
    let lang = office.document_lang()?;
    let c = &s.card;
    let groundless = || error::conflict("letter_groundless").fact("letter", kind).fact("no", c.no()).fact("status", &s.status);
    let p = people::load(conn, people::survivor(conn, c.person_id)?)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = p.name_on(day).unwrap_or_default().to_owned();
    let pack = match c.policy_id {
        Some(id) => policy::store::card_version(conn, id)?,
        None => policy::store::card(conn)?.1,
    };
    let scheme = pack.scheme.iter().find(|s| s.code == c.scheme);
    let level = scheme.and_then(|s| s.level.iter().find(|l| l.code == c.level));
    let level = level.map_or(c.level.as_str(), |l| if lang == Lang::Zh { &l.title_zh } else { &l.title_en });
    let until = written(lang, c.valid_until);
    let no = c.no();
    let mut letter = Letter::begin(office, &format!("{kind}_title"), &name, day)?;
    letter.no = Some(no.clone());
    match kind {
        "card_renewal" if matches!(s.status.as_str(), "valid" | "suspended") => {
            let window = scheme.map_or(0, |s| i32::try_from(s.renewal_window_days).unwrap_or(0));
            let opens = written(lang, c.valid_until.add_days(-window));
            letter.says.push(words(lang, kind, &[("no", &no), ("level", &level), ("until", &until), ("opens", &opens)]));
        }
        "card_review" => {
            let due = s.review_due.filter(|_| !super::is_dead(&s.status)).ok_or_else(groundless)?;
            let key = if s.why == Some("review_missed") { "card_review_missed" } else { kind };
            letter.says.push(words(lang, key, &[("no", &no), ("level", &level), ("due", &written(lang, due))]));
        }
        "card_stopped" if s.status != "valid" && s.status != "not_yet" => {
            let why = match s.why {
                Some(why) => words(lang, &format!("card_why_{why}"), &[]),
                None => words(lang, &format!("card_why_{}", s.status), &[("until", &until)]),
            };
            letter.says.push(words(lang, kind, &[("no", &no), ("level", &level), ("why", &why)]));
            letter.says.push(words(lang, if s.status == "suspended" { "card_stopped_suspended" } else { "card_stopped_ended" }, &[]));
        }
        _ => return Err(groundless()),
    }
    letter.ends.push(words(lang, "card_end", &[("holder", &verify::claim(conn, c)?.holder)]));
    Ok(letter)
}
