//! What every list takes: `--where field=value`, `--sort`, `--count`; and how rows are filtered and put in order. Which fields
//! there are is said by the nouns.

use super::lang::try_t;
use super::said::label_of;
use super::{Column, View};
use crate::base::codes;
use crate::base::day::PartDate;
use crate::base::names;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use clap::Args;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::ops::{Bound, RangeBounds as _};

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

/// What a field holds: how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Any text, yes or no, or a record by number or name.
    Text,
    /// A code of the set: compared by rank, the first being the highest.
    Code(&'static str),
    /// A number.
    Number,
    /// A day, or a year and month.
    Date,
}

/// A field a list can be filtered and sorted by.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
}

impl Field {
    /// A field of any text.
    pub const fn text(name: &'static str) -> Field {
        Field { name, holds: Holds::Text }
    }

    /// A field of codes.
    pub const fn code(name: &'static str, set: &'static str) -> Field {
        Field { name, holds: Holds::Code(set) }
    }

    /// A field of numbers.
    pub const fn number(name: &'static str) -> Field {
        Field { name, holds: Holds::Number }
    }

    /// A field of days.
    pub const fn date(name: &'static str) -> Field {
        Field { name, holds: Holds::Date }
    }
}

/// What a row must answer, apart by blanks or commas, all of it: `class=A..C corps=leading|skilled age<=40 contract_end<2020-01-01
/// employer~数据 phone!=`. Both sides by code or label; docs/filters.md describes it.
#[derive(Clone, Debug, Default)]
pub struct Filter(Vec<Term>);

/// One thing asked of a row.
#[derive(Clone, Debug)]
pub struct Term {
    /// The field it is asked of.
    pub field: &'static str,
    not: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    /// One of these texts or codes; none: nothing is held.
    Any(Vec<String>),
    /// Has this in it, width and case aside.
    Like(String),
    /// A number from … to, both ends included unless said.
    Number(Bound<f64>, Bound<f64>),
    /// A date from … to; a year or month as an end is the whole of it.
    Date(Bound<String>, Bound<String>),
}

impl Filter {
    /// Reads a filter; a field the list does not have is a usage error that names the nearest and all it has.
    pub fn parse(text: Option<&str>, fields: &[Field]) -> Result<Filter> {
        let words = split(text.unwrap_or(""));
        words.iter().map(|w| Term::parse(w, fields)).collect::<Result<_>>().map(Filter)
    }

    /// The one value asked for of a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.any_of().find(|(f, _)| *f == field).and_then(|(_, list)| if let [one] = list { Some(one.as_str()) } else { None })
    }

    /// Fields of which one of some texts was asked for: what a store can ask the file for.
    pub fn any_of(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.0.iter().filter_map(|t| match &t.test {
            Test::Any(list) if !t.not && !list.is_empty() => Some((t.field, list.as_slice())),
            _ => None,
        })
    }

    /// What is asked, one by one.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// Whether a row passes.
    pub fn takes(&self, row: &Value) -> bool {
        self.0.iter().all(|t| t.takes(&row[t.field]))
    }
}

/// The words of a filter: apart by blanks or commas outside quotation marks. A comparison with blanks on both sides is one word.
fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    // `loose`: the comparison being read had a blank before it, so the blank behind it belongs to it too.
    let (mut quoted, mut loose) = (false, false);
    for c in text.chars().map(even) {
        let Some(last) = words.last_mut() else { continue };
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || matches!(c, ',' | '，')) => {
                if !last.is_empty() && !loose {
                    words.push(String::new());
                }
                continue;
            }
            c if !quoted && SIGNS.contains(&c) => {
                if last.is_empty() && words.len() > 1 {
                    words.pop();
                    loose = true;
                }
                if let Some(w) = words.last_mut() {
                    w.push(c);
                }
                continue;
            }
            c => last.push(c),
        }
        loose = false;
    }
    words.retain(|w| !w.is_empty());
    words
}

const SIGNS: [char; 8] = ['=', '<', '>', '!', '~', '≤', '≥', '≠'];

fn even(c: char) -> char {
    match c {
        '＝' => '=',
        '＜' => '<',
        '＞' => '>',
        '！' => '!',
        '～' => '~',
        c => c,
    }
}

impl Term {
    fn parse(word: &str, fields: &[Field]) -> Result<Term> {
        let form = || error::usage("filter_form").fact("text", word);
        let at = word.find(SIGNS).ok_or_else(form)?;
        let field = field(&word[..at], fields)?;
        let rest = &word[at..];
        let (sign, value) = ["!=", "<=", ">=", "≤", "≥", "≠", "=", "<", ">", "~"]
            .into_iter()
            .find_map(|s| rest.strip_prefix(s).map(|v| (s, v)))
            .ok_or_else(form)?;
        let sign = match sign {
            "≤" => "<=",
            "≥" => ">=",
            "≠" => "!=",
            s => s,
        };
        let test = if sign == "~" {
            Test::Like(names::org_fold(value))
        } else if value.is_empty() {
            if !matches!(sign, "=" | "!=") {
                return Err(form());
            }
            Test::Any(Vec::new())
        } else {
            field.test(sign, value)?
        };
        Ok(Term { field: field.name, not: sign == "!=", test })
    }

    /// Whether what the field holds answers it.
    pub fn takes(&self, value: &Value) -> bool {
        (self.test.takes(value) || self.takes_label(value)) != self.not
    }
}

impl Term {
    /// Whether the code that a field of any text holds is called so: states and colours are asked for as a screen shows them.
    fn takes_label(&self, value: &Value) -> bool {
        // No code of ours has such letters: whoever names a code pays for no label.
        let (Test::Any(list), Value::String(code)) = (&self.test, value) else { return false };
        let worded = |w: &String| !w.is_ascii() || w.contains(' ');
        list.iter().any(worded) && label_of(self.field, code).is_some_and(|l| list.iter().any(|w| w == l))
    }
}

impl Field {
    /// What `field SIGN value` asks.
    fn test(&self, sign: &str, value: &str) -> Result<Test> {
        let wrong = || error::usage("filter_value").fact("field", self.name).fact("value", value);
        let range = value.split_once("..").filter(|_| matches!(sign, "=" | "!="));
        match self.holds {
            Holds::Text if matches!(sign, "=" | "!=") => Ok(Test::Any(value.split('|').map(str::to_owned).collect())),
            Holds::Text => Err(error::usage("filter_sign").fact("field", self.name).fact("sign", sign)),
            Holds::Code(set) => {
                let known = || codes::codes(set).map(|c| c.code).collect::<Vec<_>>();
                let code = |text: &str| {
                    codes::find(set, text).ok_or_else(|| {
                        let possible = known();
                        let some: Vec<&str> = possible.iter().take(20).copied().collect();
                        error::usage("filter_code")
                            .fact("field", self.name)
                            .fact("value", text)
                            .fact("values", some.join(", "))
                            .detail("possible", possible)
                    })
                };
                let rank = |text: &str| -> Result<u32> { Ok(codes::rank(set, code(text)?).unwrap_or(0)) };
                let by_rank =
                    |f: &dyn Fn(u32) -> bool| Test::Any(codes::codes(set).filter(|c| f(c.rank)).map(|c| c.code.to_owned()).collect());
                if let Some((from, to)) = range {
                    let (a, b) = (rank(from)?, rank(to)?);
                    return Ok(by_rank(&|r| a.min(b) <= r && r <= a.max(b)));
                }
                if matches!(sign, "=" | "!=") {
                    return Ok(Test::Any(value.split('|').map(|v| code(v).map(str::to_owned)).collect::<Result<_>>()?));
                }
                // The first of a set is the highest: `education>=master` is master and above.
                let held = rank(value)?;
                Ok(by_rank(&|r| match sign {
                    "<" => r > held,
                    "<=" => r >= held,
                    ">" => r < held,
                    _ => r <= held,
                }))
            }
            Holds::Number => {
                let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(wrong);
                let (lo, hi) = bounds(sign, value, range, &number)?;
                Ok(Test::Number(lo, hi))
            }
            Holds::Date => {
                let date = |text: &str| date_text(text).ok_or_else(wrong);
                let (lo, hi) = bounds(sign, value, range, &date)?;
                Ok(Test::Date(lo, hi))
            }
        }
    }
}

/// A day, month or year in the form in which fields hold them.
fn date_text(text: &str) -> Option<String> {
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    PartDate::parse_iso(text).or_else(|| PartDate::parse(text).ok()).map(|d| d.iso())
}

fn bounds<T: Clone>(
    sign: &str,
    value: &str,
    range: Option<(&str, &str)>,
    read: &dyn Fn(&str) -> Result<T>,
) -> Result<(Bound<T>, Bound<T>)> {
    use Bound::{Excluded, Included, Unbounded};
    let end = |text: &str| if text.is_empty() { Ok(Unbounded) } else { read(text).map(Included) };
    if let Some((from, to)) = range {
        return Ok((end(from)?, end(to)?));
    }
    let v = read(value)?;
    Ok(match sign {
        "<" => (Unbounded, Excluded(v)),
        "<=" => (Unbounded, Included(v)),
        ">" => (Excluded(v), Unbounded),
        ">=" => (Included(v), Unbounded),
        _ => (Included(v.clone()), Included(v)),
    })
}

impl Test {
    fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::Any(list), v) if list.is_empty() => v.is_null() || v.as_array().is_some_and(Vec::is_empty),
            (_, Value::Array(list)) => list.iter().any(|v| self.takes(v)),
            (Test::Any(list), Value::Bool(b)) => list.iter().any(|w| yes_no(w) == Some(*b)),
            (Test::Any(list), Value::Number(n)) => list.contains(&n.to_string()),
            (Test::Any(_) | Test::Like(_), Value::Object(parts)) => parts.values().any(|v| self.takes_text(v.as_str())),
            (Test::Number(lo, hi), Value::Number(n)) => n.as_f64().is_some_and(|n| (*lo, *hi).contains(&n)),
            (_, v) => self.takes_text(v.as_str()),
        }
    }

    fn takes_text(&self, held: Option<&str>) -> bool {
        match (self, held) {
            (Test::Any(list), None) => list.is_empty(),
            (_, None) => false,
            (Test::Any(list), Some(h)) => list.iter().any(|w| w == h),
            (Test::Like(part), Some(h)) => names::org_fold(h).contains(part.as_str()),
            (Test::Number(lo, hi), Some(h)) => h.parse::<f64>().is_ok_and(|n| (*lo, *hi).contains(&n)),
            (Test::Date(lo, hi), Some(h)) => {
                let from = match lo {
                    Bound::Included(d) => h >= d.as_str() || d.starts_with(h),
                    Bound::Excluded(d) => h > d.as_str() && !h.starts_with(d.as_str()),
                    Bound::Unbounded => true,
                };
                let until = match hi {
                    Bound::Included(d) => h <= d.as_str() || h.starts_with(d.as_str()),
                    Bound::Excluded(d) => h < d.as_str(),
                    Bound::Unbounded => true,
                };
                from && until
            }
        }
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
    let label = |f: &Field| try_t(&format!("field.{}", f.name));
    fields.iter().find(|f| f.name == name || label(f) == Some(name)).copied().ok_or_else(|| {
        let names: Vec<&str> = fields.iter().map(|f| f.name).collect();
        let mut near: Vec<(f64, &str)> = fields
            .iter()
            .flat_map(|f| [Some(f.name), label(f)].into_iter().flatten())
            .map(|n| (strsim::jaro_winkler(name, n), n))
            .filter(|(likeness, _)| *likeness > 0.7)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let near: Vec<&str> = near.into_iter().take(3).map(|n| n.1).collect();
        let shown = if near.is_empty() { names.join(", ") } else { format!("{}; {}", near.join(", "), names.join(", ")) };
        error::usage("filter_field").fact("field", name).fact("fields", shown).detail("nearest", near).detail("possible", names)
    })
}

/// Puts rows in the order of a field: numbers by size, objects by their name, the rest by text; what is absent comes last.
pub fn sort(rows: &mut [Value], field: Field) {
    // Money is a text of yuan: sorted by its size all the same.
    let number = |v: &Value| v.as_str().and_then(|s| s.parse::<f64>().ok());
    rows.sort_by(|a, b| {
        let (a, b) = (&a[field.name], &b[field.name]);
        match (number(a), number(b)) {
            (Some(x), Some(y)) if field.holds == Holds::Number => x.total_cmp(&y),
            _ => order(a, b),
        }
    });
}

/// The same for what is sorted by, with what it belongs to.
pub fn sort_keys(keys: Vec<(Value, i64)>) -> Vec<i64> {
    // The first bytes of a text decide nearly always: most comparisons then touch no text, of which there may be a million.
    let first = |v: &Value| -> u64 {
        let bytes = v.as_str().unwrap_or("").as_bytes();
        let mut eight = [0u8; 8];
        let n = bytes.len().min(8);
        eight[..n].copy_from_slice(&bytes[..n]);
        u64::from_be_bytes(eight)
    };
    let mut keys: Vec<(bool, u64, Value, i64)> = keys.into_iter().map(|(v, id)| (v.is_null(), first(&v), v, id)).collect();
    keys.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| order(&a.2, &b.2)).then(a.3.cmp(&b.3)));
    keys.into_iter().map(|k| k.3).collect()
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
        Field::number("n"),
        Field::code("class", "class"),
        Field::date("day"),
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
        for bad in ["kind", "colour=red", "kind=gang", "n=many", "day=soon", "name<乙", "n<"] {
            assert!(Filter::parse(Some(bad), FIELDS).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_filter_compares_by_what_a_field_holds() {
        let row = json!({"name": "甲（数据）公司", "n": 40, "class": "B", "day": "2019-03", "kind": null, "org": {"name": "某 院"}});
        let takes = |text: &str| Filter::parse(Some(text), FIELDS).unwrap().takes(&row);
        for yes in [
            "n<=40 n>39 n=40 n=35..40 n=..40 n!=41",
            "n <= 40， class = A..C",
            "class=A..C class=B|E class!=A class>=B class<A",
            "day=2019 day=2019-03 day=2018..2019 day<2020-01-01 day>=2019-03-01 day>2019-02 day!=2020",
            "name~（数据） name~(数据)",
            "kind= day!= org=\"某 院\"",
            "n≤40 class≠A",
        ] {
            assert!(takes(yes), "{yes}");
        }
        for no in
            ["n<40", "n=41..50", "class=C..E", "class>B", "day>2019", "day<2019", "day<2019-03", "name~大学", "kind!=", "day=", "org=某院"]
        {
            assert!(!takes(no), "{no}");
        }
        let e = Filter::parse(Some("clas=A"), FIELDS).unwrap_err();
        assert_eq!(e.details["nearest"][0], "class");
    }

    #[test]
    fn rows_are_sorted_by_what_a_field_holds() {
        let mut rows = [json!({"n": 10}), json!({"n": null}), json!({"n": 9})];
        sort(&mut rows, Field::text("n"));
        assert_eq!(rows.map(|r| r["n"].clone()), [json!(9), json!(10), Value::Null]);
        let mut sums = [json!({"n": "360000.00"}), json!({"n": "9000.00"})];
        sort(&mut sums, Field::number("n"));
        assert_eq!(sums[0]["n"], "9000.00");
    }
}
