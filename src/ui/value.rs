//! JSON values as text: safe JSON, and the words and cells a person reads. No layout and no writing here.

use std::io;
use std::sync::OnceLock;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::clean::is_bidi;
use super::lang::{t, try_t};
use super::render::Labeller;

/// One compact line, with everything that steers a terminal as `\uXXXX`.
pub fn json_line(value: &Value) -> String {
    written(value, CompactFormatter)
}

/// Indented by two spaces; for a terminal.
pub fn json_pretty(value: &Value) -> String {
    written(value, PrettyFormatter::new())
}

fn written<F: Formatter>(value: &Value, formatter: F) -> String {
    let mut bytes = Vec::with_capacity(256);
    let done = value.serialize(&mut Serializer::with_formatter(&mut bytes, Safe(formatter)));
    debug_assert!(done.is_ok(), "a Value always serialises into memory");
    String::from_utf8(bytes).unwrap_or_default()
}

/// serde_json escapes C0 only; this also escapes DEL, C1 and the bidirectional controls.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, w: &mut W, text: &str) -> io::Result<()> {
        let mut clean = 0;
        for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '\u{7f}'..='\u{9f}') || is_bidi(*c)) {
            w.write_all(&text.as_bytes()[clean..at])?;
            write!(w, "\\u{:04x}", c as u32)?;
            clean = at + c.len_utf8();
        }
        w.write_all(&text.as_bytes()[clean..])
    }
    fn begin_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_array(w)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array(w)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(w, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_array_value(w)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object(w)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object(w)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(w, first)
    }
    fn end_object_key<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object_key(w)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.begin_object_value(w)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
        self.0.end_object_value(w)
    }
}

/// Who reads a cell: a person gets labels and 是/否, a program stable codes.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    Person(Option<Labeller>),
    Program,
}

impl Reader {
    fn joiner(self) -> &'static str {
        match self {
            Reader::Person(_) => "; ",
            Reader::Program => ";",
        }
    }

    /// The label of a key of an object that stands in the field `path`.
    fn label(self, path: &str, key: &str) -> String {
        match self {
            Reader::Person(_) => exact_label(&format!("{path}.{key}")).map_or_else(|| label_of(key), str::to_owned),
            Reader::Program => key.to_owned(),
        }
    }
}

/// One value as the text of one cell. `path` is the field's dotted path, for the labels of its codes.
pub(super) fn cell(value: &Value, path: &str, reader: Reader) -> String {
    match (value, reader) {
        (Value::Null, _) => String::new(),
        (Value::Bool(b), Reader::Person(_)) => t(if *b { "ui.yes" } else { "ui.no" }).to_owned(),
        (Value::String(s), Reader::Person(Some(labeller))) => labeller(path, s).map_or_else(|| s.clone(), str::to_owned),
        (Value::String(s), _) => s.clone(),
        (Value::Array(items), _) => {
            let texts: Vec<_> = items.iter().map(|v| cell(v, path, reader)).collect();
            texts.join(reader.joiner())
        }
        (Value::Object(_), _) => {
            let pairs: Vec<_> = flat(value)
                .into_iter()
                .filter(|(_, v)| !is_blank(v))
                .map(|(key, v)| format!("{}={}", reader.label(path, &key), cell(v, &key, reader)))
                .collect();
            pairs.join(" ")
        }
        (other, _) => other.to_string(),
    }
}

/// The fields of an object with those of its inner objects under dotted paths; arrays stay whole.
pub(super) fn flat(value: &Value) -> Vec<(String, &Value)> {
    fn walk<'v>(prefix: &str, value: &'v Value, found: &mut Vec<(String, &'v Value)>) {
        let Value::Object(fields) = value else { return };
        for (key, inner) in fields {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if inner.is_object() {
                walk(&path, inner, found);
            } else {
                found.push((path, inner));
            }
        }
    }
    let mut found = Vec::new();
    walk("", value, &mut found);
    found
}

/// The value at a dotted path; a key that itself has a dot comes first.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    let direct = value.get(path);
    direct.or_else(|| path.split('.').try_fold(value, |v, key| v.get(key))).unwrap_or(&Value::Null)
}

/// True for what a table leaves out: null and the empty list.
pub(super) fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

static NOUN: OnceLock<String> = OnceLock::new();

/// Says which noun this run speaks of, whose fields may have labels of their own (a unit's `name` is no person's).
pub fn set_noun(noun: &str) {
    // Said once, at the process edge.
    let _ = NOUN.set(noun.to_owned());
}

/// The noun this run speaks of.
pub fn noun() -> Option<&'static str> {
    NOUN.get().map(String::as_str)
}

pub(super) fn exact_label(path: &str) -> Option<&'static str> {
    NOUN.get().and_then(|noun| try_t(&format!("label.{noun}.{path}"))).or_else(|| try_t(&format!("field.{path}")))
}

/// The label of a field: `label.<noun>.<path>` of the locales, else `field.<path>`, else built from the parts, else the key itself.
pub fn label_of(path: &str) -> String {
    if let Some(text) = exact_label(path) {
        return text.to_owned();
    }
    match path.rsplit_once('.') {
        Some((parent, leaf)) => format!("{} / {}", label_of(parent), label_of(leaf)),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_has_nothing_that_steers_a_terminal_and_reads_back_the_same() {
        let value = json!({"a\u{9b}": "x\u{7f}\u{202e}\x1b\r\t中\u{61c}", "b": [1, null, {"c": true}], "d": [], "e": {}});
        for text in [json_line(&value), json_pretty(&value)] {
            assert!(!text.chars().any(super::super::clean::steers), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert_eq!(json_line(&json!({"a": "\u{202e}x", "n": 1})), r#"{"a":"\u202ex","n":1}"#);
        assert_eq!(json_pretty(&json!({"a": [1]})), "{\n  \"a\": [\n    1\n  ]\n}");
    }

    #[test]
    fn inner_objects_get_dotted_paths() {
        let value = json!({"no": "P1", "employer": {"name": "甲", "at": {"x": 1}}, "list": [{"k": 1}]});
        let paths: Vec<_> = flat(&value).into_iter().map(|(p, _)| p).collect();
        assert_eq!(paths, ["no", "employer.name", "employer.at.x", "list"]);
        assert_eq!(at(&value, "employer.name"), "甲");
        assert_eq!(at(&value, "employer.none"), &Value::Null);
    }

    #[test]
    fn a_cell_is_one_text() {
        let codes: Labeller = |field, code| (field == "mode" && code == "rigid").then_some("全职引进");
        let person = Reader::Person(Some(codes));
        assert_eq!(cell(&json!("rigid"), "mode", person), "全职引进");
        assert_eq!(cell(&json!("rigid"), "name", person), "rigid");
        assert_eq!(cell(&json!("rigid"), "mode", Reader::Program), "rigid");
        assert_eq!(cell(&json!(["rigid", "b"]), "mode", person), "全职引进; b");
        assert_eq!(cell(&json!([{"k": 1, "n": null}, {"k": "x"}]), "l", Reader::Program), "k=1;k=x");
        assert_eq!(cell(&json!(true), "x", Reader::Program), "true");
        assert_eq!(cell(&json!(true), "x", person), "yes");
    }
}
