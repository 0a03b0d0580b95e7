//! The letter to a unit that owes rosters (催报函).

use crate::base::day::Day;
use crate::error::Result;
use crate::office::Office;
use crate::paper::letter::{Letter, roster, words, written};
use serde_json::Value;

/// The letter; `owed` are the lines of the unit.
pub fn reminder(office: &Office, owed: &[Value], day: Day) -> Result<Letter> {
    let lang = office.document_lang()?;
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let unit = owed.first().map(|o| text(&o["unit"]["name"])).unwrap_or_default();
    let mut letter = Letter::begin(office, "remind_title", &unit, day)?;
    letter.says.push(words(lang, "remind", &[]));
    for o in owed {
        let due = Day::parse_iso(&text(&o["due"])).unwrap_or(day);
        let kind = roster(lang, &text(&o["kind"]));
        let late = o["days_late"].as_i64().unwrap_or(0);
        let key = if late > 0 { "owed_late" } else { "owed" };
        letter.items.push(words(lang, key, &[("kind", &kind), ("due", &written(lang, due)), ("days", &late)]));
    }
    letter.ends.push(words(lang, "remind_end", &[]));
    Ok(letter)
}
