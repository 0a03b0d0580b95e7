//! A report as one HTML page that fetches nothing: the template is the program's, or the office's own (minijinja).

use super::super::doc::{Doc, Shape, Sheet, words};
use super::{Written, svg};
use crate::db::files;
use crate::error::{self, Result};
use crate::ui::Lang;
use crate::ui::out::shown;
use minijinja::{AutoEscape, Environment, Error as TemplateError, value::Serde};
use serde_json::{Value, json};
use std::path::Path;

const PAGE: &str = include_str!("../../../templates/report.html");
const PAPER: &str = include_str!("../../../templates/whitepaper.html");
const STYLE: &str = include_str!("../../../templates/report.css");

/// The page.
pub(super) fn page(w: &Written<'_>) -> Result<String> {
    fill(w.template, if w.paper { PAPER } else { PAGE }, &context(w.doc))
}

/// Fills a template: the office's where one is named, else the program's own.
pub fn fill(own: Option<&Path>, shipped: &str, context: &Value) -> Result<String> {
    let (name, text) = match own {
        Some(file) => (shown(&file.display().to_string()), files::read_text(file, "json_text")?),
        None => ("rencai".to_owned(), shipped.to_owned()),
    };
    let wrong = |e: TemplateError| {
        error::policy("bad_template").fact("file", &name).fact("line", e.line().unwrap_or(1)).detail("line", e.line().unwrap_or(1))
    };
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_fuel(Some(50_000_000));
    env.add_template("page", &text).map_err(wrong)?;
    env.get_template("page").and_then(|t| t.render(Serde(context))).map_err(wrong)
}

/// The lines under a table; what the marks of its chart are, where there is one.
pub(super) fn notes(t: &Sheet, svg: &str) -> Vec<String> {
    let marked = !svg.is_empty() && t.chart.as_ref().is_some_and(|c| c.shape == Shape::Progress);
    t.notes.iter().cloned().chain(t.mark.clone().filter(|_| marked)).collect()
}

/// What a template is given: title, zone, about, sections with their tables, notes; charts as SVG that may stand as it is.
pub fn context(doc: &Doc) -> Value {
    let sections: Vec<Value> = doc
        .sections
        .iter()
        .map(|s| json!({"title": s.title, "says": s.says, "tables": s.tables.iter().map(table).collect::<Vec<_>>()}))
        .collect();
    json!({
        "lang": if doc.lang == Lang::Zh { "zh-CN" } else { "en" }, "title": doc.title, "zone": doc.zone, "about": doc.about, "sections": sections,
        "notes": doc.notes, "style": STYLE, "keys": doc.keys, "words": {"contents": words(doc.lang, "contents", &[]), "keys": words(doc.lang, "keys", &[])},
    })
}

/// A table as a template sees it.
pub fn table(t: &Sheet) -> Value {
    let svg = svg::chart(t);
    let mut rows = t.texts();
    let total = t.total.as_ref().and_then(|_| rows.pop());
    json!({
        "key": t.table.key, "title": t.title, "corner": t.corner, "heads": t.heads, "rows": rows, "total": total, "notes": notes(t, &svg),
        "svg": svg,
    })
}
