//! Letters to units and sheets about them, in the office's language, as Markdown: one file a unit, whole or not at all.

use crate::base::day::Day;
use crate::db::files::Whole;
use crate::error::Result;
use crate::office::Office;
use crate::ui::Lang;
use crate::ui::lang::{fill, try_t_in};
use serde_json::Value;
use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::path::Path;

/// A text of a letter with what it speaks of.
pub fn words(lang: Lang, key: &str, facts: &[(&str, &dyn Display)]) -> String {
    // The build proves that both languages have every key of the locales.
    fill(try_t_in(lang, &format!("letter.{key}")).unwrap_or_default(), facts)
}

/// A day as a letter writes it.
pub fn written(lang: Lang, day: Day) -> String {
    let (y, m, d) = day.ymd();
    match lang {
        Lang::Zh => format!("{y}年{m}月{d}日"),
        Lang::En => day.iso(),
    }
}

/// The name of a kind of roster in a letter.
pub fn roster(lang: Lang, kind: &str) -> String {
    try_t_in(lang, &format!("book.{kind}")).unwrap_or(kind).to_owned()
}

/// The letter to a unit that owes rosters (催报函).
pub fn reminder(office: &Office, owed: &[Value], day: Day) -> Result<String> {
    let lang = office.document_lang()?;
    let zone = office.setting("zone")?.unwrap_or_default();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let unit = owed.first().map(|o| text(&o["unit"]["name"])).unwrap_or_default();
    let mut out = format!(
        "# {}\n\n{}\n\n{}\n\n",
        words(lang, "remind_title", &[]),
        words(lang, "to", &[("unit", &unit)]),
        words(lang, "remind", &[])
    );
    for o in owed {
        let due = Day::parse_iso(&text(&o["due"])).unwrap_or(day);
        let kind = roster(lang, &text(&o["kind"]));
        let late = o["days_late"].as_i64().unwrap_or(0);
        let key = if late > 0 { "owed_late" } else { "owed" };
        let _ = writeln!(out, "- {}", words(lang, key, &[("kind", &kind), ("due", &written(lang, due)), ("days", &late)]));
    }
    let _ = write!(out, "\n{}\n\n{zone}\n\n{}\n", words(lang, "remind_end", &[]), written(lang, day));
    Ok(out)
}

/// Puts a unit's text into the folder under its number; the path as it may be shown. A trial writes nothing.
pub fn write(office: &Office, folder: &Path, no: &str, text: &str) -> Result<String> {
    let path = crate::db::open::absolute(folder)?.join(format!("{no}.md"));
    if !office.globals.dry_run {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|_| {
                crate::error::cannot_create("no_folder").fact("folder", crate::ui::out::shown(&parent.display().to_string()))
            })?;
        }
        let mut out = Whole::begin(&path)?;
        out.write_all(text.as_bytes())?;
        out.finish()?;
    }
    Ok(crate::ui::out::shown(&path.display().to_string()))
}
