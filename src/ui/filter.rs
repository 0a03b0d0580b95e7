//! What every list takes: `--where field=value`, `--sort`, `--count`; and how rows are filtered and put in order. Which fields
//! there are is said by the nouns.

use super::lang::try_t;
use super::{Column, View};
use crate::base::codes;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use clap::Args;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// The options of a list.
#[derive(Args, Clone, Debug, Default)]
#[allow(missing_docs, reason = "each is explained by its --help")]
pub struct Lines {
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    #[arg(long, value_name = "FIELD")]
    pub sort: Option<String>,
    #[arg(long)]
    pub count: bool,
}

/// A field a list can be filtered and sorted by, with the code set of its values.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// Its code set, if it has one.
    pub set: Option<&'static str>,
}

impl Field {
    /// A field of any text.
    pub const fn text(name: &'static str) -> Field {
        Field { name, set: None }
    }

    /// A field of codes.
    pub const fn code(name: &'static str, set: &'static str) -> Field {
        Field { name, set: Some(set) }
    }
}

/// `field=value` pairs, apart by blanks or commas; both sides by code or label.
#[derive(Clone, Debug, Default)]
pub struct Filter(Vec<(&'static str, String)>);

impl Filter {
    /// Reads a filter; a field the list does not have is a usage error that names those it has.
    pub fn parse(text: Option<&str>, fields: &[Field]) -> Result<Filter> {
        let mut pairs = Vec::new();
        for part in text.unwrap_or("").split([' ', '\u{3000}', ',', '，']).filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once(['=', '＝']).ok_or_else(|| error::usage("filter_form").fact("text", part))?;
            let field = field(name, fields)?;
            let code = field.set.and_then(|s| codes::find(s, value)).unwrap_or(value);
            pairs.push((field.name, code.to_owned()));
        }
        Ok(Filter(pairs))
    }

    /// The value asked for of a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, v)| v.as_str())
    }

    /// Nothing was asked for: every row passes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row can't pass by its texts alone; `text` tells what a field holds, None where it can't tell.
    pub fn rules_out<'a>(&self, text: impl Fn(&str) -> Option<Option<&'a str>>) -> bool {
        self.0.iter().any(|(f, v)| text(f).is_some_and(|held| held != Some(v.as_str())))
    }

    /// Whether a row passes.
    pub fn takes(&self, row: &Value) -> bool {
        self.0.iter().all(|(f, v)| is(&row[*f], v))
    }
}

fn is(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(s) => s == wanted,
        Value::Bool(b) => yes_no(wanted) == Some(*b),
        Value::Number(n) => n.to_string() == wanted,
        Value::Array(list) => list.iter().any(|v| is(v, wanted)),
        Value::Object(parts) => parts.values().any(|v| v.as_str() == Some(wanted)),
        Value::Null => false,
    }
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" => Some(true),
        "false" | "no" | "n" | "0" | "否" => Some(false),
        _ => None,
    }
}

/// The field of a name or label.
pub fn field(name: &str, fields: &[Field]) -> Result<Field> {
    fields.iter().find(|f| f.name == name || try_t(&format!("field.{}", f.name)) == Some(name)).copied().ok_or_else(|| {
        let names: Vec<&str> = fields.iter().map(|f| f.name).collect();
        error::usage("filter_field").fact("field", name).fact("fields", names.join(", ")).detail("possible", names)
    })
}

/// Puts rows in the order of a field: numbers by size, objects by their name, the rest by text; what is absent comes last.
pub fn sort(rows: &mut [Value], field: Field) {
    rows.sort_by(|a, b| order(&a[field.name], &b[field.name]));
}

/// Shows rows as a list's options ask for them: in order, or only how many.
pub fn show_lines(office: &Office, mut rows: Vec<Value>, columns: Vec<Column>, lines: &Lines, fields: &[Field]) -> Result<Exit> {
    if let Some(name) = &lines.sort {
        sort(&mut rows, field(name, fields)?);
    }
    let view = if lines.count { View::object(json!({"count": rows.len()})) } else { View::list(rows, columns) };
    office.show(&view)?;
    Ok(Exit::Done)
}

fn order(a: &Value, b: &Value) -> Ordering {
    fn text(v: &Value) -> &str {
        match v {
            Value::Object(o) => o.get("name").and_then(Value::as_str).unwrap_or(""),
            Value::Array(list) => list.first().map_or("", text),
            v => v.as_str().unwrap_or(""),
        }
    }
    a.is_null().cmp(&b.is_null()).then_with(|| match (a, b) {
        (Value::Number(x), Value::Number(y)) => x.as_f64().partial_cmp(&y.as_f64()).unwrap_or(Ordering::Equal),
        (Value::Bool(x), Value::Bool(y)) => y.cmp(x),
        (a, b) => text(a).cmp(text(b)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::text("name"),
        Field::code("kind", "org_kind"),
        Field::text("stub"),
        Field::text("counts_in"),
        Field::text("org"),
        Field::text("n"),
    ];

    #[test]
    fn a_filter_takes_codes_labels_and_yes_or_no() {
        let row = json!({"name": "甲", "kind": "firm", "stub": false, "counts_in": ["T3", "T3a"], "org": {"no": "U1", "name": "乙"}});
        let takes = |text: &str| Filter::parse(Some(text), FIELDS).unwrap().takes(&row);
        for yes in ["kind=firm", "kind=企业", "stub=否,name=甲", "stub=false counts_in=T3a", "org=乙", "org=U1", ""] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["kind=government", "stub=true", "counts_in=T2", "stub=maybe", "n=1"] {
            assert!(!takes(no), "{no}");
        }
        for bad in ["kind", "colour=red"] {
            assert!(Filter::parse(Some(bad), FIELDS).is_err(), "{bad}");
        }
    }

    #[test]
    fn rows_are_sorted_by_what_a_field_holds() {
        let mut rows = [json!({"n": 10}), json!({"n": null}), json!({"n": 9})];
        sort(&mut rows, Field::text("n"));
        assert_eq!(rows.map(|r| r["n"].clone()), [json!(9), json!(10), Value::Null]);
    }
}
