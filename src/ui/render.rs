//! The one renderer: a view (an object, or a list of objects) in any of the five forms of `--format`.
//! What is in a view, and in which order, is decided by the nouns; lists are written row by row in `list`.

use std::ffi::OsString;

use anstyle::Style;
use serde_json::{Map, Value};

use super::clean::{cut, printable, printable_cell, width, wrap};
use super::csv;
use super::lang::{option_value, t};
use super::list::ListWriter;
use super::out::{Out, OutError};
use super::value::{Reader, cell, exact_label, flat, is_blank, json_line, json_pretty, label_of};

/// `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for a person.
    #[default]
    Table,
    /// One JSON text.
    Json,
    /// One JSON text a line.
    Ndjson,
    /// CSV in UTF-8 with CRLF.
    Csv,
    /// Markdown.
    Md,
}

impl Format {
    /// What the command line asks for, read before clap does, so that its errors have the right form.
    pub fn detect(args: &[OsString]) -> Format {
        if args.iter().take_while(|a| *a != "--").any(|a| a == "--json") {
            return Format::Json;
        }
        option_value(args, "--format").and_then(|v| <Format as clap::ValueEnum>::from_str(&v, false).ok()).unwrap_or_default()
    }
}

/// Gives the label of a code: `(field, code)`, where field is the dotted path (`employer.kind`).
/// Asked for tables and Markdown only.
pub type Labeller = fn(field: &str, code: &str) -> Option<&'static str>;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers and money.
    Right,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The field's dotted path; the header in CSV.
    pub key: String,
    /// The header in tables and Markdown.
    pub label: String,
    /// The side of its cells.
    pub align: Align,
}

impl Column {
    /// A left-aligned column with the label `field.<key>`.
    pub fn new(key: impl Into<String>) -> Column {
        let key = key.into();
        Column { label: label_of(&key), key, align: Align::Left }
    }

    /// A right-aligned column, for numbers and money.
    pub fn right(key: impl Into<String>) -> Column {
        Column { align: Align::Right, ..Column::new(key) }
    }

    /// The same column under another label.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Column {
        self.label = label.into();
        self
    }
}

/// What a command shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// An object, or an array of objects.
    pub value: Value,
    /// The columns of a list in tables, CSV and Markdown; all fields when absent.
    pub columns: Option<Vec<Column>>,
    /// A line above a table.
    pub title: Option<String>,
    /// Lines under a table.
    pub notes: Vec<String>,
}

impl View {
    /// One object.
    pub fn object(value: Value) -> View {
        View { value, ..View::default() }
    }

    /// A list with its columns.
    pub fn list(rows: Vec<Value>, columns: Vec<Column>) -> View {
        View { value: Value::Array(rows), columns: Some(columns), ..View::default() }
    }

    /// The same with a title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> View {
        self.title = Some(title.into());
        self
    }

    /// The same with one more line underneath.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> View {
        self.notes.push(note.into());
        self
    }
}

/// How views are shown in this run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Renderer {
    /// The form.
    pub format: Format,
    /// Labels for codes.
    pub labeller: Option<Labeller>,
    /// `--limit`: absent = 50 for a table on a terminal, else all; 0 = all.
    pub limit: Option<usize>,
}

impl Renderer {
    /// Shows a view on stdout.
    pub fn show(&self, out: &mut Out, view: &View) -> Result<(), OutError> {
        let Value::Array(rows) = &view.value else {
            return self.show_one(out, view);
        };
        let columns = match (&view.columns, self.format) {
            (Some(columns), _) => Some(columns.clone()),
            (None, Format::Json | Format::Ndjson) => None,
            (None, _) => Some(columns_of_all(rows)),
        };
        let mut list = ListWriter::begin(out, *self, columns, view.title.as_deref())?;
        for row in rows {
            list.row(row)?;
        }
        list.end(&view.notes)
    }

    pub(super) fn reader(&self) -> Reader {
        match self.format {
            Format::Table | Format::Md => Reader::Person(self.labeller),
            _ => Reader::Program,
        }
    }

    fn show_one(&self, out: &mut Out, view: &View) -> Result<(), OutError> {
        let value = &view.value;
        match self.format {
            Format::Json if out.columns().is_some() => out.data(&(json_pretty(value) + "\n")),
            Format::Json | Format::Ndjson => out.data(&(json_line(value) + "\n")),
            Format::Csv => out.data(&self.object_csv(value)),
            Format::Md => {
                title(out, self.format, view.title.as_deref())?;
                out.data(&self.object_md(value))?;
                notes(out, self.format, &view.notes)
            }
            Format::Table => {
                title(out, self.format, view.title.as_deref())?;
                self.object_table(out, value)?;
                notes(out, self.format, &view.notes)
            }
        }
    }

    fn object_csv(&self, value: &Value) -> String {
        let boxed = as_object(value);
        let fields = flat(&boxed);
        let mut text = String::new();
        csv::push_row(&mut text, fields.iter().map(|(key, _)| key.as_str()));
        let cells: Vec<_> = fields.iter().map(|(key, v)| cell(v, key, self.reader())).collect();
        let cells: Vec<_> = cells.iter().map(|c| printable_cell(c)).collect();
        csv::push_cells(&mut text, cells.iter().map(AsRef::as_ref).zip(fields.iter().map(|(_, v)| csv::made_number(v))));
        text
    }

    fn object_md(&self, value: &Value) -> String {
        let boxed = as_object(value);
        let mut text = md_row([t("ui.item"), t("ui.content")]) + "| --- | --- |\n";
        for (key, v) in flat(&boxed).into_iter().filter(|(_, v)| !is_blank(v)) {
            text += &md_row([label_of(&key).as_str(), &cell(v, &key, self.reader())]);
        }
        text
    }

    /// Label and value a line; what is long hangs under its value, a longer list of objects becomes a table below.
    fn object_table(&self, out: &mut Out, value: &Value) -> Result<(), OutError> {
        if !value.is_object() {
            return out.data(&format!("{}\n", printable(&cell(value, "", self.reader()))));
        }
        let (mut lines, mut below) = (Vec::new(), Vec::new());
        for (key, v) in flat(value).into_iter().filter(|(_, v)| !is_blank(v)) {
            match v.as_array() {
                Some(rows) if rows.len() > 2 && rows.iter().all(Value::is_object) => below.push((key, rows)),
                Some(rows) if rows.iter().any(Value::is_object) => {
                    let texts: Vec<_> = rows.iter().map(|r| cell(r, &key, self.reader())).collect();
                    lines.push((label_of(&key), texts.join("\n")));
                }
                _ => lines.push((label_of(&key), cell(v, &key, self.reader()))),
            }
        }
        let labels = lines.iter().map(|(label, _)| width(label)).max().unwrap_or(0).min(32);
        let room = out.columns().map(|c| c.saturating_sub(labels + 2).max(10));
        for (label, text) in lines {
            let text = printable(&text);
            let parts = match room {
                Some(room) => wrap(&text, room),
                None => text.lines().map(str::to_owned).collect(),
            };
            let label = printable(&label);
            let label = cut(&label, labels);
            let mut start = format!("{label}{:1$}", "", labels - width(&label) + 2);
            for part in parts {
                out.data(&format!("{}\n", format!("{start}{part}").trim_end()))?;
                start = " ".repeat(labels + 2);
            }
        }
        for (key, rows) in below {
            out.data("\n")?;
            let mut columns = columns_of_all(rows);
            for column in &mut columns {
                if let Some(label) = exact_label(&format!("{key}.{}", column.key)) {
                    column.label = label.to_owned();
                }
            }
            let all = Renderer { limit: Some(0), ..*self };
            let mut list = ListWriter::begin(out, all, Some(columns), Some(&label_of(&key)))?;
            for row in rows {
                list.row(row)?;
            }
            list.end(&[])?;
        }
        Ok(())
    }
}

pub(super) fn title(out: &mut Out, format: Format, title: Option<&str>) -> Result<(), OutError> {
    let Some(title) = title.map(printable) else {
        return Ok(());
    };
    let bold = if out.data_colour() { Style::new().bold() } else { Style::new() };
    match format {
        Format::Table => out.data(&format!("{bold}{title}{bold:#}\n")),
        Format::Md => out.data(&format!("## {title}\n\n")),
        _ => Ok(()),
    }
}

pub(super) fn notes(out: &mut Out, format: Format, notes: &[String]) -> Result<(), OutError> {
    for note in notes {
        let note = printable(note);
        match format {
            Format::Table => {
                let lines = match out.columns() {
                    Some(columns) => wrap(&note, columns),
                    None => vec![note.into_owned()],
                };
                out.data(&(lines.join("\n") + "\n"))?;
            }
            Format::Md => out.data(&format!("\n{note}\n"))?,
            _ => {}
        }
    }
    Ok(())
}

/// One row of a Markdown table.
pub fn md_row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.push(' ');
        for c in printable(cell).chars() {
            match c {
                '|' => row.push_str("\\|"),
                '\\' => row.push_str("\\\\"),
                '<' => row.push_str("&lt;"),
                '\n' => row.push_str("<br>"),
                c => row.push(c),
            }
        }
        row.push_str(" |");
    }
    row.push('\n');
    row
}

/// All fields of all rows, in the order they first appear.
pub(super) fn columns_of_all(rows: &[Value]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for row in rows {
        let boxed = as_object(row);
        for (key, v) in flat(&boxed) {
            match columns.iter_mut().find(|c| c.key == key) {
                Some(column) if v.is_number() => column.align = Align::Right,
                Some(_) => {}
                None if v.is_number() => columns.push(Column::right(key)),
                None => columns.push(Column::new(key)),
            }
        }
    }
    columns
}

/// A row that is no object is shown under the key `value`.
pub(super) fn as_object(value: &Value) -> std::borrow::Cow<'_, Value> {
    if value.is_object() {
        return std::borrow::Cow::Borrowed(value);
    }
    let mut object = Map::new();
    object.insert("value".to_owned(), value.clone());
    std::borrow::Cow::Owned(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(format: Format, columns: Option<usize>, view: &View) -> String {
        let (mut out, data, _) = Out::in_memory(columns);
        Renderer { format, ..Renderer::default() }.show(&mut out, view).unwrap();
        out.finish().unwrap();
        data.text()
    }

    fn person() -> View {
        View::object(json!({
            "no": "P0000017", "name": "欧阳\u{202e}娜娜", "employer": {"name": "甲|公司"}, "phone": null,
            "corps_more": ["skilled", "leading"], "documents": [{"type": "passport", "number": "E1"}, {"type": "hm_permit", "number": "H2"}],
        }))
    }

    #[test]
    fn an_object_is_label_and_value_a_line() {
        assert_eq!(
            shown(Format::Table, None, &person()),
            "No.          P0000017\n\
             Name         欧阳\\u202e娜娜\n\
             Employer     甲|公司\n\
             Other corps  skilled; leading\n\
             Documents    Type=passport Number=E1\n\
             \u{20}            Type=hm_permit Number=H2\n"
        );
    }

    #[test]
    fn a_long_value_hangs_within_the_terminal() {
        let view = View::object(json!({"remarks": "人才工作".repeat(20)}));
        let text = shown(Format::Table, Some(40), &view);
        assert!(text.lines().count() > 4);
        assert!(text.lines().all(|l| width(l) <= 40), "{text}");
    }

    #[test]
    fn a_longer_list_inside_becomes_a_table_below() {
        let rows = json!([{"row": 1, "why": "a"}, {"row": 12, "why": "b"}, {"row": 3, "why": "c"}]);
        let view = View::object(json!({"rows": 3, "faults": rows}));
        assert_eq!(shown(Format::Table, None, &view), "Rows  3\n\nfaults\nRow  Why\n---  ---\n  1  a\n 12  b\n  3  c\n");
    }

    #[test]
    fn programs_get_codes_and_every_key() {
        assert_eq!(
            shown(Format::Csv, None, &person()),
            "no,name,employer.name,phone,corps_more,documents\r\n\
             P0000017,欧阳\\u202e娜娜,甲|公司,,skilled;leading,type=passport number=E1;type=hm_permit number=H2\r\n"
        );
        let line = shown(Format::Json, None, &person());
        assert_eq!(line.lines().count(), 1);
        assert!(line.contains(r"欧阳\u202e娜娜") && line.contains(r#""phone":null"#), "{line}");
        assert!(shown(Format::Json, Some(80), &person()).lines().count() > 5);
        assert_eq!(shown(Format::Ndjson, Some(80), &person()), line);
    }

    #[test]
    fn markdown_keeps_its_pipes() {
        let view = person().titled("人员").noted("截至 2019-12-31");
        let text = shown(Format::Md, None, &view);
        assert!(text.starts_with("## 人员\n\n| field | value |\n| --- | --- |\n| No. | P0000017 |\n"), "{text}");
        assert!(text.contains("| Employer | 甲\\|公司 |\n"), "{text}");
        assert!(text.ends_with("\n\n截至 2019-12-31\n"), "{text}");
    }

    #[test]
    fn the_form_is_known_before_parsing() {
        let os = |args: &[&str]| args.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(Format::detect(&os(&["rencai", "x", "--json"])), Format::Json);
        assert_eq!(Format::detect(&os(&["rencai", "--format=ndjson"])), Format::Ndjson);
        assert_eq!(Format::detect(&os(&["rencai", "--format", "journal"])), Format::Table);
        assert_eq!(Format::detect(&os(&["rencai", "--", "--json"])), Format::Table);
    }
}
