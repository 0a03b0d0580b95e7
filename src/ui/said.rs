//! Errors and codes in a clerk's words: what the house knows by keys and codes, by the texts of the locales and the labels of code sets.

use super::lang::{Lang, fill, lang, t, try_t};
use super::{Problem, value};
use crate::base::codes;
use crate::error::{Error, Kind};
use serde_json::Value;
use std::fmt::Display;

/// An error in words.
pub fn problem(e: &Error) -> Problem {
    let read: Vec<(&str, String)> = e.facts.iter().map(|(n, v)| (*n, in_words(n, v))).collect();
    let words = |prefix: &str| {
        // A hint may be a command line, which takes the code alone.
        let said = |at: usize| if prefix == "hint" && CODED[4..].contains(&read[at].0) { &e.facts[at].1 } else { &read[at].1 };
        let facts: Vec<(&str, &dyn Display)> = (0..read.len()).map(|at| (read[at].0, said(at) as &dyn Display)).collect();
        try_t(&format!("{prefix}.{}", e.key)).map(|text| fill(text, &facts))
    };
    let message = words("err").unwrap_or_else(|| e.key.to_owned());
    let mut details = e.details.clone();
    details.entry("reason").or_insert_with(|| Value::from(e.key));
    let mut p = Problem::new(e.kind.exit_code(), e.kind.as_str(), message).with(Value::Object(details));
    if let Some(hint) = words("hint") {
        p = p.hinted(hint);
    }
    p
}

/// Facts of an error that are codes. The first four are only ever read; the others may stand in a hint's command line.
const CODED: [&str; 12] =
    ["state", "next", "status", "fields", "grade", "kind", "letter", "named_project", "scheme", "account", "why", "role"];

/// A fact of an error as a clerk reads it: codes by their label, with the code that a command line takes.
fn in_words(name: &str, value: &str) -> String {
    let label = |code: &str| match name {
        "scheme" => codes::label(name, code, true),
        "account" | "kind" | "why" => {
            value::noun().and_then(|noun| try_t(&format!("value.{noun}.{name}.{code}"))).or_else(|| label_of(name, code))
        }
        "state" | "next" | "status" => {
            value::noun().and_then(|noun| try_t(&format!("value.{noun}.status.{code}"))).or_else(|| try_t(&format!("value.status.{code}")))
        }
        "role" => try_t(&format!("value.roles.{code}")),
        "fields" => try_t(&format!("field.{code}")).or_else(|| try_t(&format!("value.subsidy.clause.{code}"))),
        name => label_of(name, code),
    };
    if name == "next" && value.is_empty() {
        return t("ui.no_next").to_owned();
    }
    if name == "fault" {
        return try_t(&format!("fault.{value}")).unwrap_or(value).to_owned();
    }
    let one = |code: &str| match label(code) {
        Some(l) if l != code && lang() == Lang::Zh => format!("{l} {code}"),
        _ => code.to_owned(),
    };
    if !CODED.contains(&name) {
        return value.to_owned();
    }
    value.split("; ").map(|part| part.split(", ").map(one).collect::<Vec<_>>().join(", ")).collect::<Vec<_>>().join("; ")
}

/// A usage error told by the parser.
pub fn usage_problem(message: String, hint: Option<String>) -> Problem {
    let p = Problem::new(Kind::Usage.exit_code(), Kind::Usage.as_str(), message);
    match hint {
        Some(h) => p.hinted(h),
        None => p,
    }
}

/// Labels of codes for people, by the field's name.
pub(crate) fn label_of(field: &str, code: &str) -> Option<&'static str> {
    let field = field.rsplit('.').next().unwrap_or(field);
    let zh = lang() == Lang::Zh;
    if field == "opens" {
        return try_t(&format!("value.case.type.{code}"));
    }
    let set = match field {
        "type" => "id_type",
        "corps_more" => "corps",
        "why" => "leave_why",
        "stage" => "platform_stage",
        "level" => "platform_level",
        "line" => "project_line",
        "ground" => "integrity_ground",
        "grade" => "integrity_grade",
        "way" => "delivery_way",
        // Where money came from; what it is for is a scheme, or any of them.
        "source" => "fund.source",
        "purpose" => "scheme",
        // What may come next are states.
        "next" | "from" | "to" | "class_state" => "status",
        f => f,
    };
    // A unit that is there is no person in post: some nouns name their states otherwise.
    value::noun()
        .and_then(|noun| try_t(&format!("value.{noun}.{set}.{code}")).or_else(|| try_t(&format!("value.{noun}.{field}.{code}"))))
        .or_else(|| codes::label(set, code, zh))
        .or_else(|| codes::label(&format!("org_{set}"), code, zh))
        .or_else(|| codes::label(&format!("platform_{set}"), code, zh))
        .or_else(|| try_t(&format!("value.{set}.{code}")))
        .or_else(|| try_t(&format!("value.{field}.{code}")))
        // What a file is to its record may be one of the papers that services ask for.
        .or_else(|| if field == "as" { try_t(&format!("value.case.missing_papers.{code}")) } else { None })
}
