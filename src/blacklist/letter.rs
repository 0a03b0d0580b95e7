//! Letters about integrity cases (诚信事项告知书、决定书、修复告知书、撤回函). They call it internal management (内部管理) and nothing else.

use super::change::Seen;
use super::store::{Case, Share};
use super::{MACHINE, Whom};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::ident;
use crate::error::{self, Result};
use crate::office::Office;
use crate::org;
use crate::paper;
use crate::paper::letter::{Letter, words, written};
use crate::policy;
use crate::talent::store as people;
use crate::ui::Lang;
use crate::workflow::store as steps;
use rusqlite::Connection;

/// What a letter about a case is about.
pub const KINDS: [&str; 4] = ["integrity_notice", "integrity_decision", "integrity_repair_notice", RECALL];

/// The letter that calls back what was handed over of an annulled case.
pub const RECALL: &str = "integrity_recall";

/// What somebody is called in a letter; of a person with a document as lists show it.
pub(super) fn named(conn: &Connection, whom: Whom, day: Day) -> Result<(String, Option<String>)> {
    match whom {
        Whom::Person(id) => {
            let p = people::load(conn, people::survivor(conn, id)?)?.ok_or_else(|| error::not_office("damaged"))?;
            let name = p.name_on(day).unwrap_or_default().to_owned();
            Ok((name, p.documents.last().map(|d| ident::mask(d.data.paper_number()))))
        }
        Whom::Unit(id) => {
            let (name, code) = org::store::name_at(conn, id, day)?.unwrap_or_default();
            Ok((name, code))
        }
    }
}

/// The letter of a kind about a case as it is on the day; 5 where it has no ground.
pub fn letter(office: &Office, kind: &str, s: &Seen, day: Day) -> Result<Letter> {
    let conn = office.read()?;
    let lang = office.document_lang()?;
    let zh = lang == Lang::Zh;
    let c = &s.case;
    let groundless = || error::conflict("letter_groundless").fact("letter", kind).fact("no", c.no()).fact("status", &s.state);
    let pack = policy::store::integrity_version(conn, c.policy_id)?;
    let rules = pack.rules();
    let (name, _) = named(conn, c.whom, day)?;
    let mut letter = Letter::begin(office, &format!("{kind}_title"), &name, day)?;
    letter.no = Some(c.no());
    let document = &pack.pack.document;
    let line = |key: &str, value: &str| words(lang, key, &[("value", &value)]);
    let ground = codes::label("integrity_ground", &c.ground, zh).unwrap_or(&c.ground);
    let told = vec![line("integrity_ground", ground), line("integrity_facts", &c.facts), line("integrity_basis", &c.basis)];
    match kind {
        "integrity_notice" => {
            letter.says.push(words(lang, kind, &[("document", document)]));
            letter.items = told;
            let files = paper::store::files(conn, Some((MACHINE.kind, c.id)))?;
            for f in files.iter().filter(|f| f.role == EVIDENCE) {
                letter.items.push(words(lang, "integrity_evidence", &[("name", &f.name), ("digest", &&f.sha256[..12])]));
            }
            let (days, until) = s.notice.as_ref().and_then(|n| n.reply).map_or((rules.reply_days, None), |(n, until)| (n, Some(until)));
            letter.ends.push(match until {
                Some(until) => words(lang, "integrity_reply_until", &[("days", &days), ("until", &written(lang, until))]),
                None => words(lang, "integrity_reply", &[("days", &days)]),
            });
        }
        "integrity_decision" => {
            let r = s.ruling.as_ref().ok_or_else(groundless)?;
            // Of whoever said nothing the decision does not say that it was considered.
            let heard = steps::steps(conn, (MACHINE.kind, c.id))?.iter().any(|s| s.to_state == "heard" && s.day <= r.day);
            let says = match &s.notice {
                _ if heard => kind,
                Some(_) => "integrity_decision_unheard",
                None => "integrity_decision_unasked",
            };
            letter.says.push(words(lang, says, &[("document", document)]));
            letter.items = told;
            if let Some(id) = r.decision_id
                && let Some(d) = paper::store::open(conn, id)?
            {
                letter.items.push(line("integrity_decided_by", &d.data.document_no));
            }
            match r.grade.as_deref().and_then(|g| rules.grade(g)) {
                Some(g) => {
                    letter.items.push(line("integrity_grade", if zh { &g.title_zh } else { &g.title_en }));
                    letter.items.push(match r.ends {
                        Some(ends) => words(lang, "integrity_term_until", &[("until", &written(lang, ends))]),
                        None => words(lang, "integrity_term", &[("months", &g.months)]),
                    });
                    for e in r.effects.iter().filter_map(|e| rules.effect(e)) {
                        letter.items.push(words(
                            lang,
                            "integrity_effect",
                            &[("effect", if zh { &e.title_zh } else { &e.title_en }), ("clause", &e.clause)],
                        ));
                    }
                    letter.ends.push(words(lang, "integrity_ends_itself", &[]));
                }
                None => letter.items.push(words(lang, "integrity_not_listed", &[])),
            }
            letter.ends.extend(rules.remedy.iter().map(|w| line("integrity_remedy", if zh { &w.text_zh } else { &w.text_en })));
        }
        "integrity_repair_notice" => {
            let listed = s.ruling.as_ref().is_some_and(|r| r.listed) && matches!(s.state.as_str(), "decided" | "in_force");
            if !listed {
                return Err(groundless());
            }
            letter.says.push(words(lang, kind, &[]));
            letter.items = rules.repair.iter().map(|w| if zh { w.text_zh.clone() } else { w.text_en.clone() }).collect();
            letter.ends.push(words(lang, "integrity_repair_how", &[]));
        }
        _ => return Err(groundless()),
    }
    letter.ends.push(words(lang, "integrity_internal", &[]));
    Ok(letter)
}

/// The kind under which evidence is kept.
pub const EVIDENCE: &str = "evidence";

/// The letter that calls back from a body what it was given of an annulled case.
pub fn recall(office: &Office, case: &Case, share: &Share, day: Day) -> Result<Letter> {
    let lang = office.document_lang()?;
    let (name, number) = named(office.read()?, case.whom, day)?;
    let who = number.map_or(name.clone(), |n| words(lang, "integrity_who", &[("name", &name), ("number", &n)]));
    let mut letter = Letter::begin(office, &format!("{RECALL}_title"), &share.recipient, day)?;
    letter.no = Some(case.no());
    letter.says.push(words(lang, RECALL, &[("day", &written(lang, share.day)), ("who", &who), ("purpose", &share.purpose)]));
    letter.ends.push(words(lang, "integrity_recall_wanted", &[]));
    Ok(letter)
}
