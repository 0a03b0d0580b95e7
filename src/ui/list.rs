//! Lists written row by row, so that a million rows need no memory; only a table holds its first rows back, to
//! know its widths. The forms of single objects live in `render`.

use anstyle::Style;
use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle};
use comfy_table::{ContentLineStyle, LineStyle};
use serde_json::Value;

use super::clean::{printable_cell, printable_line, width};
use super::csv;
use super::lang::{t, tf};
use super::out::{Out, OutError};
use super::render::{Align, Column, Format, Renderer, as_object, columns_of_all, md_row, notes, title};
use super::value::{at, cell, json_line, json_pretty};

/// A table on a terminal shows so many rows unless `--limit` says otherwise.
const ROWS_AT_A_TERMINAL: usize = 50;
/// A table up to this long has the widths of all its rows; a longer one those of its first [`ROWS_MEASURED`].
const ROWS_HELD: usize = 5_000;
const ROWS_MEASURED: usize = 1_000;
/// Behind the last row shown so many more are counted; then it is only said that there are more.
const ROWS_COUNTED_ON: usize = 1_000;

/// A list on its way to stdout.
pub struct ListWriter<'a> {
    out: &'a mut Out,
    renderer: Renderer,
    columns: Option<Vec<Column>>,
    cap: Option<usize>,
    seen: usize,
    held: Vec<Vec<String>>,
    widths: Option<Vec<usize>>,
}

impl<'a> ListWriter<'a> {
    /// Begins a list. Without columns the first row's fields are taken.
    pub fn begin(
        out: &'a mut Out,
        renderer: Renderer,
        columns: Option<Vec<Column>>,
        heading: Option<&str>,
    ) -> Result<ListWriter<'a>, OutError> {
        let cap = match renderer.limit {
            Some(0) => None,
            Some(n) => Some(n),
            None => (renderer.format == Format::Table && out.columns().is_some()).then_some(ROWS_AT_A_TERMINAL),
        };
        title(out, renderer.format, heading)?;
        let mut list = ListWriter { out, renderer, columns: None, cap, seen: 0, held: Vec::new(), widths: None };
        if renderer.format == Format::Json {
            list.out.data("[")?;
        }
        if let Some(columns) = columns {
            list.head(columns)?;
        }
        Ok(list)
    }

    /// True when no further row will be shown and it is enough to say that there are many: the caller may stop reading.
    pub fn is_full(&self) -> bool {
        self.cap.is_some_and(|cap| self.seen > cap.saturating_add(ROWS_COUNTED_ON))
    }

    /// Writes one row.
    pub fn row(&mut self, row: &Value) -> Result<(), OutError> {
        self.seen += 1;
        if self.cap.is_some_and(|cap| self.seen > cap) {
            return Ok(());
        }
        match self.renderer.format {
            Format::Ndjson => return self.out.data(&(json_line(row) + "\n")),
            Format::Json => {
                let comma = if self.seen > 1 { "," } else { "" };
                return if self.out.columns().is_some() {
                    let text = json_pretty(row).replace('\n', "\n  ");
                    self.out.data(&format!("{comma}\n  {text}"))
                } else {
                    self.out.data(&format!("{comma}{}", json_line(row)))
                };
            }
            Format::Table | Format::Csv | Format::Md => {}
        }
        if self.columns.is_none() {
            self.head(columns_of_all(std::slice::from_ref(row)))?;
        }
        let (row, reader) = (as_object(row), self.renderer.reader());
        let values: Vec<&Value> = self.columns.iter().flatten().map(|c| at(&row, &c.key)).collect();
        let cells: Vec<String> = self.columns.iter().flatten().zip(&values).map(|(c, v)| cell(v, &c.key, reader)).collect();
        match self.renderer.format {
            Format::Csv => {
                let cells: Vec<_> = cells.iter().map(|c| printable_cell(c)).collect();
                let mut line = String::new();
                csv::push_cells(&mut line, cells.iter().map(AsRef::as_ref).zip(values.iter().map(|v| csv::made_number(v))));
                self.out.data(&line)
            }
            Format::Md => self.out.data(&md_row(cells.iter().map(String::as_str))),
            _ => self.table_row(cells.iter().map(|c| printable_line(c).into_owned()).collect()),
        }
    }

    /// Ends the list, with lines underneath for a person.
    pub fn end(mut self, below: &[String]) -> Result<(), OutError> {
        let format = self.renderer.format;
        match format {
            Format::Json if self.seen > 0 && self.out.columns().is_some() => self.out.data("\n]\n")?,
            Format::Json => self.out.data("]\n")?,
            Format::Table if self.seen == 0 => self.out.note(t("ui.empty")),
            Format::Table => self.send_held()?,
            Format::Ndjson | Format::Csv | Format::Md => {}
        }
        notes(self.out, format, below)?;
        let more = self.cap.map_or(0, |cap| self.seen.saturating_sub(cap));
        if self.is_full() {
            self.out.note(&tf("ui.many_more", &[("n", &ROWS_COUNTED_ON)]));
        } else if more > 0 {
            self.out.note(&tf("ui.more", &[("n", &more)]));
        }
        Ok(())
    }

    fn head(&mut self, columns: Vec<Column>) -> Result<(), OutError> {
        match self.renderer.format {
            Format::Csv => {
                let mut line = String::new();
                csv::push_row(&mut line, columns.iter().map(|c| c.key.as_str()));
                self.out.data(&line)?;
            }
            Format::Md => {
                let mut text = md_row(columns.iter().map(|c| c.label.as_str()));
                text.push('|');
                for column in &columns {
                    text.push_str(if column.align == Align::Right { " ---: |" } else { " --- |" });
                }
                self.out.data(&(text + "\n"))?;
            }
            Format::Table | Format::Json | Format::Ndjson => {}
        }
        self.columns = Some(columns);
        Ok(())
    }

    fn table_row(&mut self, cells: Vec<String>) -> Result<(), OutError> {
        if self.widths.is_some() {
            return self.send_line(&cells, Style::new());
        }
        self.held.push(cells);
        if self.held.len() > ROWS_HELD { self.send_measured() } else { Ok(()) }
    }

    /// The end of a short table: as it is when it fits or goes into a pipe, wrapped by comfy-table else.
    fn send_held(&mut self) -> Result<(), OutError> {
        if self.widths.is_some() {
            return Ok(());
        }
        let widths = self.measure(ROWS_HELD);
        let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        match self.out.columns() {
            Some(columns) if total > columns => self.send_wrapped(columns),
            _ => self.send_measured(),
        }
    }

    fn measure(&self, rows: usize) -> Vec<usize> {
        let labels = self.columns.iter().flatten().map(|c| width(&printable_line(&c.label)));
        let mut widths: Vec<usize> = labels.collect();
        for row in self.held.iter().take(rows) {
            for (w, cell) in widths.iter_mut().zip(row) {
                *w = (*w).max(width(cell));
            }
        }
        widths
    }

    fn send_measured(&mut self) -> Result<(), OutError> {
        let rows = if self.held.len() > ROWS_HELD { ROWS_MEASURED } else { ROWS_HELD };
        let widths = self.measure(rows);
        let lines: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
        self.widths = Some(widths);
        let labels: Vec<String> = self.columns.iter().flatten().map(|c| printable_line(&c.label).into_owned()).collect();
        let bold = if self.out.data_colour() { Style::new().bold() } else { Style::new() };
        self.send_line(&labels, bold)?;
        self.send_line(&lines, Style::new())?;
        for cells in std::mem::take(&mut self.held) {
            self.send_line(&cells, Style::new())?;
        }
        Ok(())
    }

    fn send_line(&mut self, cells: &[String], style: Style) -> Result<(), OutError> {
        let mut line = String::new();
        let columns = self.columns.iter().flatten();
        for (i, ((cell, w), column)) in cells.iter().zip(self.widths.iter().flatten()).zip(columns).enumerate() {
            let pad = w.saturating_sub(width(cell));
            line.push_str(if i > 0 { "  " } else { "" });
            if column.align == Align::Right {
                line.extend(std::iter::repeat_n(' ', pad));
            }
            line.push_str(cell);
            if column.align == Align::Left {
                line.extend(std::iter::repeat_n(' ', pad));
            }
        }
        self.out.data(&format!("{style}{}{style:#}\n", line.trim_end()))
    }

    /// Lines and junctions are ASCII: box-drawing characters are two columns wide on some Chinese terminals.
    fn send_wrapped(&mut self, columns: usize) -> Result<(), OutError> {
        let mut table = Table::new();
        table
            .load_style(
                TableStyle::new()
                    .header_lines(ContentLineStyle::none().junction(' '))
                    .header_separator(LineStyle::none().fill('-').junction(' '))
                    .content_lines(ContentLineStyle::none().junction(' ')),
            )
            .force_no_tty()
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(columns).unwrap_or(u16::MAX))
            .set_header(self.columns.iter().flatten().map(|c| printable_line(&c.label).into_owned()).collect::<Vec<_>>());
        for cells in std::mem::take(&mut self.held) {
            table.add_row(cells);
        }
        for (made, column) in table.column_iter_mut().zip(self.columns.iter().flatten()) {
            made.set_padding((0, 1));
            if column.align == Align::Right {
                made.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.lines() {
            self.out.data(&format!("{}\n", line.trim_end()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn people(n: usize) -> Vec<Value> {
        (1..=n).map(|i| json!({"no": format!("P{i:06}"), "name": "王\n芳", "age": i, "employer": {"name": "甲公司"}})).collect()
    }

    fn columns() -> Vec<Column> {
        vec![Column::new("no"), Column::new("name"), Column::right("age"), Column::new("employer.name").labelled("unit")]
    }

    fn list(format: Format, terminal: Option<usize>, limit: Option<usize>, rows: &[Value]) -> (String, String) {
        let (mut out, data, said) = Out::in_memory(terminal);
        let renderer = Renderer { format, limit, labeller: None };
        let mut list = ListWriter::begin(&mut out, renderer, Some(columns()), None).unwrap();
        for row in rows {
            list.row(row).unwrap();
        }
        list.end(&[]).unwrap();
        out.finish().unwrap();
        (data.text(), said.text())
    }

    #[test]
    fn each_form_has_its_rows() {
        let rows = people(2);
        assert_eq!(
            list(Format::Table, None, None, &rows).0,
            "No.      Name    Age  unit\n-------  ------  ---  ------\nP000001  王\\n芳    1  甲公司\nP000002  王\\n芳    2  甲公司\n"
        );
        assert_eq!(
            list(Format::Csv, None, None, &rows).0,
            "no,name,age,employer.name\r\nP000001,\"王\n芳\",1,甲公司\r\nP000002,\"王\n芳\",2,甲公司\r\n"
        );
        assert_eq!(
            list(Format::Md, None, None, &rows[..1]).0,
            "| No. | Name | Age | unit |\n| --- | --- | ---: | --- |\n| P000001 | 王<br>芳 | 1 | 甲公司 |\n"
        );
        assert_eq!(list(Format::Ndjson, None, None, &rows).0.lines().count(), 2);
        for terminal in [None, Some(80)] {
            let text = list(Format::Json, terminal, None, &rows).0;
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), Value::Array(rows.clone()));
        }
    }

    #[test]
    fn an_empty_list_is_no_error() {
        assert_eq!(list(Format::Json, None, None, &[]).0, "[]\n");
        assert_eq!(list(Format::Json, Some(80), None, &[]).0, "[]\n");
        assert_eq!(list(Format::Ndjson, None, None, &[]).0, "");
        assert_eq!(list(Format::Csv, None, None, &[]).0, "no,name,age,employer.name\r\n");
        assert_eq!(list(Format::Table, None, None, &[]), (String::new(), "nothing found\n".to_owned()));
    }

    #[test]
    fn a_terminal_shows_fifty_rows_and_says_how_many_are_left() {
        let rows = people(60);
        let (data, said) = list(Format::Table, Some(80), None, &rows);
        assert_eq!(data.lines().count(), 52);
        assert_eq!(said, "rows left out: 10 (--limit 0 for all)\n");
        assert_eq!(list(Format::Table, Some(80), Some(0), &rows).0.lines().count(), 62);
        assert_eq!(list(Format::Table, None, None, &rows).0.lines().count(), 62);
        assert_eq!(list(Format::Ndjson, None, Some(3), &rows).0.lines().count(), 3);
        assert_eq!(list(Format::Json, Some(80), None, &rows).1, "");
    }

    #[test]
    fn a_wide_table_is_wrapped_to_the_terminal() {
        let rows = vec![json!({"no": "P1", "name": "人才工作".repeat(12), "age": 3, "employer": {"name": "单位".repeat(20)}})];
        let text = list(Format::Table, Some(50), None, &rows).0;
        assert!(text.lines().count() > 4 && text.lines().all(|l| width(l) <= 50), "{text}");
    }

    #[test]
    fn a_huge_table_is_streamed_with_the_first_widths() {
        let mut rows = people(6_000);
        rows[5_500]["name"] = json!("一个特别长的姓名");
        let text = list(Format::Table, None, None, &rows).0;
        assert_eq!(text.lines().count(), 6_002);
        assert!(text.contains("\nP005500  王\\n芳  5500  甲公司\n"));
        assert!(text.contains("P005501  一个特别长的姓名  5501  甲公司\n"));
    }
}
