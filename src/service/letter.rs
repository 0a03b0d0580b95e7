//! Letters about cases: taken on, papers wanted, refused, done (受理通知书、补正告知书、不予办理告知书、办结通知书).

use super::change::Seen;
use crate::base::day::Day;
use crate::error::{self, Result};
use crate::office::Office;
use crate::paper::letter::{Letter, words, written};
use crate::policy;
use crate::talent::store as people;
use crate::ui::Lang;

/// What a letter about a case is about.
pub const KINDS: [&str; 4] = ["case_accepted", "case_papers", "case_refused", "case_done"];

/// The letter of a kind about a case as it is on the day; 5 where it has no ground.
pub fn letter(office: &Office, kind: &str, s: &Seen, day: Day) -> Result<Letter> {
    let conn = office.read()?;
    let lang = office.document_lang()?;
    let c = &s.case;
    let groundless = || error::conflict("letter_groundless").fact("letter", kind).fact("no", c.no()).fact("status", &s.state);
    let p = people::load(conn, people::survivor(conn, c.person_id)?)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = p.name_on(day).unwrap_or_default().to_owned();
    let pack = match c.policy_id {
        Some(id) => policy::store::services_version(conn, id)?,
        None => policy::store::services(conn)?.1,
    };
    let service = pack.service(&c.service);
    let title = service.map_or(c.service.as_str(), |s| if lang == Lang::Zh { &s.title_zh } else { &s.title_en });
    let clause = service.map(|s| s.clause.clone()).unwrap_or_default();
    let paper = |code: &String| -> String {
        match pack.paper.iter().find(|p| p.code == *code) {
            Some(p) => {
                if lang == Lang::Zh {
                    p.title_zh.clone()
                } else {
                    p.title_en.clone()
                }
            }
            None if code == super::change::CONSENT => words(lang, "consent", &[]),
            None => code.clone(),
        }
    };
    let opened = written(lang, c.opened);
    let due = s.clock.map_or_else(String::new, |k| written(lang, k.due));
    let mut letter = Letter::begin(office, &format!("{kind}_title"), &name, day)?;
    letter.no = Some(c.no());
    let [result, why, remedy, _] = &s.said;
    match kind {
        "case_accepted" => {
            letter.says.push(words(lang, kind, &[("service", &title), ("opened", &opened), ("days", &c.term_days), ("due", &due)]));
            letter.says.push(words(lang, "case_officer", &[("officer", &c.officer), ("department", &s.department)]));
        }
        "case_papers" if !s.missing.is_empty() && !super::is_closed(&s.state) => {
            letter.says.push(words(lang, kind, &[("service", &title), ("opened", &opened)]));
            letter.items = s.missing.iter().map(paper).collect();
            let key = if s.state == "paused" { "case_papers_paused" } else { "case_papers_running" };
            letter.ends.push(words(lang, key, &[("due", &due)]));
        }
        "case_refused" => {
            let (why, remedy) = (why.as_ref().ok_or_else(groundless)?, remedy.as_ref().ok_or_else(groundless)?);
            let end = written(lang, s.closed.unwrap_or(day));
            letter.says.push(words(lang, kind, &[("service", &title), ("opened", &opened), ("end", &end)]));
            letter.items = vec![
                words(lang, "case_clause", &[("document", &pack.pack.document), ("clause", &clause)]),
                words(lang, "case_why", &[("why", why)]),
                words(lang, "case_remedy", &[("remedy", remedy)]),
            ];
        }
        "case_done" => {
            let result = result.as_ref().ok_or_else(groundless)?;
            let end = written(lang, s.closed.unwrap_or(day));
            letter.says.push(words(lang, kind, &[("service", &title), ("opened", &opened), ("end", &end), ("result", result)]));
        }
        _ => return Err(groundless()),
    }
    letter.ends.push(words(lang, "case_free", &[]));
    Ok(letter)
}
