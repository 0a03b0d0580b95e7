//! How a report comes about: reckoned as of its day, frozen with the head of the log, put into words and files. Arguments are `cmd`'s.

use super::doc::{self, Doc, words};
use super::figures::{self, Source};
use super::form::{self, Written};
use super::period::{Length, Period};
use super::store::{self, Frozen};
use super::{Figures, PREFIX, whitepaper};
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::{hex, sha256};
use crate::db::open;
use crate::error::{self, Result};
use crate::office::Office;
use crate::paper::letter::written;
use crate::target;
use crate::ui::Lang;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// quarter, half, year, whitepaper.
    pub kind: &'static str,
    /// The period.
    pub period: Period,
    /// Files to write.
    pub out: &'a [PathBuf],
    /// Keep it as signed.
    pub freeze: bool,
    /// As a new edition where figures differ.
    pub revise: bool,
    /// Leave files alone that would be the same.
    pub if_changed: bool,
    /// Also while the period runs.
    pub preliminary: bool,
    /// A template of the office's own.
    pub template: Option<&'a Path>,
}

/// A report that was made.
pub struct Made {
    /// Its figures.
    pub figures: Figures,
    /// In words.
    pub doc: Doc,
    /// As scripts see it.
    pub json: Value,
    /// The op that froze it.
    pub op: Option<i64>,
}

/// How figures became frozen ones, or were it.
struct Kept {
    frozen: Frozen,
    op: Option<i64>,
    unchanged: bool,
    /// What differs from the edition before.
    changes: Vec<Change>,
}

/// A figure that an edition changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub figure: String,
    /// Before.
    pub before: Value,
    /// Now.
    pub after: Value,
}

/// The day up to which a period is reckoned: its last, or while it runs the business day. 3 where it has not begun.
pub fn day_of(office: &Office, period: Period) -> Result<Day> {
    let (from, now) = (period.from(), office.as_of());
    if from > now {
        return Err(error::refused("period_not_begun").fact("period", period.code()).fact("day", from.iso()).detail("from", from.iso()));
    }
    Ok(period.until().min(now))
}

/// Fails where a period can't be reported on: not begun, or running where nobody asked for that; and before anything is kept, where one of the files
/// can't be written.
pub fn must_go(office: &Office, asked: &Asked<'_>) -> Result<()> {
    day_of(office, asked.period)?;
    let until = asked.period.until();
    if until >= office.as_of() && (asked.freeze || !asked.preliminary) {
        let why = if asked.freeze { "freeze_running" } else { "period_running" };
        return Err(error::refused(why).fact("period", asked.period.code()).fact("day", until.iso()).detail("until", until.iso()));
    }
    asked.out.iter().try_for_each(|out| form::must_go(&named(out, asked.period)))
}

/// Makes one report.
pub fn make(office: &Office, asked: &Asked<'_>) -> Result<Made> {
    must_go(office, asked)?;
    let day = day_of(office, asked.period)?;
    let path = office.path()?.to_path_buf();
    let source =
        |conn: &Connection| -> Result<Figures> { figures::figures(&Source { conn, path: Some(&path), period: asked.period, day }) };
    let (figures, kept) = if asked.freeze {
        let (figures, kept) = freeze(office, asked, day, source)?;
        (figures, Some(kept))
    } else {
        let conn = office.read()?;
        let _moment = conn.unchecked_transaction()?;
        (source(conn)?, None)
    };
    told(office, office.read()?, asked, day, figures, kept)
}

/// A frozen report once more as it was frozen, for files that are missing: as the office was known then.
pub fn again(office: &Office, asked: &Asked<'_>, frozen: Frozen) -> Result<Made> {
    must_go(office, asked)?;
    let then = open::open_read(office.path()?)?;
    store::as_known_at(&then, frozen.known_op)?;
    let figures = figures::figures(&Source { conn: &then, path: None, period: asked.period, day: frozen.as_of })?;
    let differ = differences(&frozen.figures, &figures.json().to_string());
    if !differ.is_empty() {
        return Err(differs(&frozen, &differ));
    }
    let changes = revised(&then, &frozen)?;
    let day = frozen.as_of;
    told(office, &then, asked, day, figures, Some(Kept { frozen, op: None, unchanged: true, changes }))
}

/// A report in words, and in its files.
fn told(office: &Office, conn: &Connection, asked: &Asked<'_>, day: Day, figures: Figures, kept: Option<Kept>) -> Result<Made> {
    // From here on a white paper is what everybody may read.
    let figures = if asked.kind == WHITEPAPER { whitepaper::published(conn, asked.period, &figures)? } else { figures };
    let over = asked.period.until() < office.as_of();
    let doc = document(office, conn, asked, day, over, &figures, kept.as_ref())?;
    let mut json = described(conn, asked, day, kept.as_ref())?;
    json.insert("figures".into(), figures.json());
    let json = Value::Object(json);
    let mut files = Vec::new();
    let mut same = !asked.out.is_empty();
    for out in asked.out {
        let out = named(out, asked.period);
        let w = Written { doc: &doc, json: &json, day, paper: asked.kind == WHITEPAPER, template: asked.template };
        let put = form::put(&w, &out, asked.if_changed, office.globals.dry_run)?;
        same &= put.same;
        files.push(json!({"path": crate::ui::out::shown(&put.path.display().to_string()), "sha256": put.sha256}));
    }
    let mut json = json;
    json["files"] = files.into();
    if kept.is_none() && asked.if_changed {
        json["unchanged"] = same.into();
    }
    let op = kept.and_then(|k| k.op);
    Ok(Made { figures, doc, json, op })
}

/// The kind of the white paper.
pub const WHITEPAPER: &str = "whitepaper";

/// A file's name with the period in the place of `{period}`.
pub fn named(out: &Path, period: Period) -> PathBuf {
    PathBuf::from(out.to_string_lossy().replace("{period}", &period.code()))
}

/// Keeps the figures as signed: the same ones again change nothing, others need `--revise`.
fn freeze(office: &Office, asked: &Asked<'_>, day: Day, reckon: impl FnOnce(&Connection) -> Result<Figures>) -> Result<(Figures, Kept)> {
    let done = office.write("report.freeze", Map::new(), |tx| {
        let figures = reckon(tx.conn())?;
        let text = match asked.kind {
            WHITEPAPER => whitepaper::with_withheld(&figures.json(), &whitepaper::published(tx.conn(), asked.period, &figures)?),
            _ => figures.json(),
        }
        .to_string();
        let digest = hex(&sha256(text.as_bytes()));
        let before = store::last(tx.conn(), asked.kind, &asked.period.code())?;
        let mut changes = Vec::new();
        if let Some(b) = &before {
            if b.sha256 == digest {
                return Ok((figures, b.clone(), true, revised(tx.conn(), b)?));
            }
            changes = differences(&b.figures, &text);
            if !asked.revise {
                return Err(differs(b, &changes));
            }
        }
        let id = store::freeze(tx, asked.kind, asked.period, day, before.as_ref(), &text, &digest)?;
        let no = number::format(PREFIX, id);
        tx.outcome("no", no.clone());
        tx.outcome("sha256", digest);
        Ok((figures, store::resolve(tx.conn(), &no)?, false, changes))
    })?;
    let op = done.op;
    let (figures, frozen, unchanged, changes) = done.value;
    Ok((figures, Kept { frozen, op, unchanged, changes }))
}

fn differs(f: &Frozen, changes: &[Change]) -> error::Error {
    let names: Vec<&str> = changes.iter().map(|c| c.figure.as_str()).collect();
    error::conflict("frozen_differs")
        .fact("period", &f.period)
        .fact("no", f.no())
        .fact("n", changes.len())
        .detail("no", f.no())
        .detail("figures", names)
        .detail("possible", vec!["revise"])
}

/// What an edition made otherwise than the one it revises.
fn revised(conn: &Connection, f: &Frozen) -> Result<Vec<Change>> {
    let before = f.revises.map(|id| store::resolve(conn, &number::format(PREFIX, id))).transpose()?;
    Ok(before.map(|b| differences(&b.figures, &f.figures)).unwrap_or_default())
}

/// Figures of two frozen texts that differ; those that only one has are no change.
pub fn differences(before: &str, after: &str) -> Vec<Change> {
    let (before, after) = (flat(before), flat(after));
    let named: std::collections::BTreeMap<&String, &Value> = after.iter().map(|(k, v)| (k, v)).collect();
    before
        .iter()
        .filter_map(|(figure, was)| {
            let is = named.get(figure)?;
            (*is != was).then(|| Change { figure: figure.clone(), before: was.clone(), after: (*is).clone() })
        })
        .collect()
}

/// Every figure of a frozen text by its name, in order; a row that has gone or come is nothing on the other side.
fn flat(text: &str) -> Vec<(String, Value)> {
    let tables: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let mut out = Vec::new();
    for t in tables.as_array().into_iter().flatten() {
        let table = t["table"].as_str().unwrap_or_default();
        let rows = t["rows"].as_array().into_iter().flatten().map(|r| (r["row"].as_str().unwrap_or_default(), r));
        let total = t["total"].is_object().then(|| ("total", &t["total"]));
        for (row, cells) in rows.chain(total) {
            for (column, value) in cells.as_object().into_iter().flatten().filter(|(k, _)| !matches!(k.as_str(), "row" | "name")) {
                out.push((format!("{table}/{row}/{column}"), value.clone()));
            }
        }
    }
    out
}

/// What the contract says of a report.
fn described(conn: &Connection, asked: &Asked<'_>, day: Day, kept: Option<&Kept>) -> Result<Map<String, Value>> {
    let (last, ..) = crate::db::write::head(conn)?;
    let frozen = kept.map(|k| &k.frozen);
    let revises = frozen.and_then(|f| f.revises).map(|id| number::format(PREFIX, id));
    let known = frozen.map_or(last, |f| f.known_op);
    let mut out = Map::new();
    let mut put = |key: &str, v: Value| out.insert(key.to_owned(), v);
    put("no", frozen.map(Frozen::no).into());
    put("status", if frozen.is_some() { "frozen" } else { "draft" }.into());
    put("op", kept.and_then(|k| k.op).into());
    put("kind", asked.kind.into());
    put("period", asked.period.code().into());
    put("as_of", day.iso().into());
    put("known_op", known.into());
    put("head", store::head_of(conn, known)?.into());
    put("files", json!([]));
    put("frozen", frozen.is_some().into());
    put("edition", frozen.map(|f| f.edition).into());
    put("revises", revises.into());
    put("unchanged", kept.is_some_and(|k| k.unchanged).into());
    if let Some(k) = kept.filter(|k| !k.changes.is_empty()) {
        // How much would tell small numbers.
        let change = |c: &Change| match asked.kind {
            WHITEPAPER => json!({"figure": c.figure}),
            _ => json!({"figure": c.figure, "before": c.before, "after": c.after}),
        };
        put("changes", k.changes.iter().map(change).collect());
    }
    Ok(out)
}

fn document(
    office: &Office,
    conn: &Connection,
    asked: &Asked<'_>,
    day: Day,
    over: bool,
    figures: &Figures,
    kept: Option<&Kept>,
) -> Result<Doc> {
    let lang = office.document_lang()?;
    let zone = office.setting("zone")?.unwrap_or_default();
    let period = label(asked.period, lang);
    let mut about = vec![words(lang, "as_of", &[("day", &written(lang, day))])];
    if !over {
        about.push(words(lang, "preliminary", &[]));
    }
    if let Some(k) = kept {
        let f = &k.frozen;
        let head = store::head_of(conn, f.known_op)?.unwrap_or_default();
        about.push(words(lang, "frozen", &[("no", &f.no()), ("edition", &f.edition), ("op", &f.known_op), ("head", &head)]));
    }
    let title = words(lang, &format!("title_{}", asked.kind), &[("zone", &zone), ("period", &period)]);
    let revision = kept.map(|k| revision(lang, asked.kind, k)).unwrap_or_default();
    let mut doc = match asked.kind {
        WHITEPAPER => whitepaper::document(lang, zone, title, about, revision, figures),
        _ => {
            let notes = std::iter::once(words(lang, "distinct", &[])).chain(revision).collect();
            Doc { lang, title, zone, about, keys: Vec::new(), sections: doc::sections(figures, lang), notes }
        }
    };
    name_targets(&mut doc.sections, &target::store::pack_on(conn, day.0)?, lang);
    Ok(doc)
}

/// What a revised edition changed.
fn revision(lang: Lang, kind: &str, k: &Kept) -> Vec<String> {
    let Some(id) = k.frozen.revises.filter(|_| !k.changes.is_empty()) else { return Vec::new() };
    let before = number::format(PREFIX, id);
    let head = words(lang, "revision", &[("edition", &(k.frozen.edition - 1)), ("no", &before), ("n", &k.changes.len())]);
    let text = |v: &Value| v.as_str().map_or_else(|| if v.is_null() { "–".to_owned() } else { v.to_string() }, str::to_owned);
    // Which figures of a white paper, not how much: that would tell small numbers.
    let change = |c: &Change| match kind {
        WHITEPAPER => c.figure.clone(),
        _ => format!("{}: {} → {}", c.figure, text(&c.before), text(&c.after)),
    };
    std::iter::once(head).chain(k.changes.iter().map(change)).collect()
}

/// A period as one reads it.
pub fn label(p: Period, lang: Lang) -> String {
    let year = p.year;
    match (lang, p.length) {
        (Lang::En, _) => p.code(),
        (Lang::Zh, Length::Year) => format!("{year}年"),
        (Lang::Zh, Length::Half) => format!("{year}年{}半年", if p.number == 1 { "上" } else { "下" }),
        (Lang::Zh, Length::Quarter) => format!("{year}年第{}季度", ["一", "二", "三", "四"][(p.number as usize - 1) % 4]),
    }
}

/// Targets by the plan's own names.
pub fn name_targets(sections: &mut [doc::Section], pack: &crate::policy::TargetsPack, lang: Lang) {
    for t in sections.iter_mut().flat_map(|s| &mut s.tables).filter(|t| t.table.key == "targets") {
        for (name, row) in t.names.iter_mut().zip(&t.table.rows) {
            if let Some(target) = pack.targets.iter().find(|p| p.code == row.key) {
                let most = target.goal_max.map(|most| format!(" ({}–{most})", target.goal)).unwrap_or_default();
                *name = format!("{} {}{most}", target.code, target.name(lang == Lang::Zh));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_that_both_have_can_differ() {
        let text = |people: i64, more: &str| {
            format!(
                r#"[{{"table":"corps","rows":[{{"row":"leading","people":{people},"previous":3}}{more}],"total":{{"people":{people}}}}}]"#
            )
        };
        assert_eq!(differences(&text(5, ""), &text(5, r#",{"row":"skilled","people":1}"#)), []);
        let changed = differences(&text(5, ""), &text(6, ""));
        let names: Vec<&str> = changed.iter().map(|c| c.figure.as_str()).collect();
        assert_eq!(names, ["corps/leading/people", "corps/total/people"]);
        assert_eq!((&changed[0].before, &changed[0].after), (&5.into(), &6.into()));
    }

    #[test]
    fn periods_are_said_as_officials_write_them() {
        let zh = |t: &str| label(Period::parse(t).unwrap(), Lang::Zh);
        assert_eq!((zh("2019Q3"), zh("2019H2"), zh("2019")), ("2019年第三季度".into(), "2019年下半年".into(), "2019年".into()));
    }
}
