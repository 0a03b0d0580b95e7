//! `card counter`: one HTML file for a telephone at a counter: keys, the signed list and the page that reads a token, without the office and
//! without a network. The page is `templates/counter.html`; here it is given its data and its words.

use super::verify;
use crate::db::files::write_whole;
use crate::error::Result;
use crate::office::{Exit, Office};
use crate::ui::View;
use crate::ui::lang::{Lang, try_t_in};
use crate::ui::out::shown;
use serde_json::{Map, Value, json};
use std::path::Path;

const PAGE: &str = include_str!("../../templates/counter.html");

/// The words of the page: `counter.KEY` of the locales.
const WORDS: &[&str] = &[
    "about",
    "token",
    "check",
    "camera",
    "photo",
    "holder",
    "no",
    "level",
    "attached",
    "until",
    "opens",
    "document",
    "document_matches",
    "document_differs",
    "stale",
    "list_forged",
    "unsupported",
    "unsupported_why",
    "no_camera",
    "no_camera_why",
    "no_code",
    "no_code_why",
    "reason.ok",
    "reason.expired",
    "reason.revoked",
    "reason.forged",
    "reason.not_yet",
    "why.expired",
    "why.revoked",
    "why.forged",
    "why.not_yet",
];

/// Writes the page with the keys and the list of the day.
pub fn run(office: &Office, out: &Path) -> Result<Exit> {
    let (book, list) = (verify::book(office)?, verify::revoked(office)?);
    let lang = office.document_lang()?;
    let word = |key: &str| try_t_in(lang, &format!("counter.{key}")).unwrap_or_default();
    let text: Map<String, Value> = WORDS.iter().map(|key| ((*key).to_owned(), word(key).into())).collect();
    let data = json!({"book": book, "list": list, "text": text, "prefix": super::PREFIX});
    // Within a script element only this letter could end it.
    let data = data.to_string().replace('<', "\\u003c");
    let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let page = PAGE.replace("{{lang}}", tag).replace("{{title}}", word("title")).replace("{{data}}", &data);
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        write_whole(&path, page.as_bytes())?;
    }
    let (day, count) = (list.day.clone(), list.numbers.len());
    office.show(&View::object(json!({"path": shown(&path.display().to_string()), "day": day, "count": count, "bytes": page.len()})))?;
    Ok(Exit::Done)
}
