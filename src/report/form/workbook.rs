//! A report as a workbook: a sheet a table with numbers as numbers, and the workbook's own charts beside those that are drawn.

use super::super::doc::{Doc, Sheet, text};
use super::super::{Cell, Unit};
use crate::base::day::Day;
use crate::error::{self, Error, Result};
use crate::ui::out::shown;
use rust_xlsxwriter::{Chart, ChartType, Color, DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError};

/// The bytes of the workbook; dated by the report's day, so that the same report gives the same file.
pub(super) fn bytes(doc: &Doc, day: Day) -> Result<Vec<u8>> {
    make(doc, day).map_err(|e| fault(&e))
}

struct Formats {
    head: Format,
    name: Format,
    count: Format,
    money: Format,
    percent: Format,
    bold: Format,
    title: Format,
}

fn make(doc: &Doc, day: Day) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (y, m, d) = day.ymd();
    let date = ExcelDateTime::from_ymd(u16::try_from(y).unwrap_or(1970), u8::try_from(m).unwrap_or(1), u8::try_from(d).unwrap_or(1))?;
    book.set_properties(&DocProperties::new().set_title(&doc.title).set_company(&doc.zone).set_creation_datetime(&date));
    let f = Formats {
        head: Format::new().set_bold().set_background_color(Color::RGB(0x00E7_EEF7)).set_border_bottom(FormatBorder::Thin),
        name: Format::new(),
        count: Format::new().set_num_format("#,##0"),
        money: Format::new().set_num_format("#,##0.00"),
        percent: Format::new().set_num_format("0.0%"),
        bold: Format::new().set_bold().set_border_top(FormatBorder::Thin),
        title: Format::new().set_bold().set_font_size(14),
    };
    let about = book.add_worksheet();
    about.set_name(clean(&doc.zone))?;
    about.set_column_width(0, 80)?;
    about.write_string_with_format(0, 0, &doc.title, &f.title)?;
    for (row, line) in (1u32..).zip(
        doc.about.iter().cloned().chain(doc.keys.iter().map(|(name, value)| format!("{name}: {value}"))).chain(doc.notes.iter().cloned()),
    ) {
        about.write_string(row, 0, line)?;
    }
    let mut names = vec![clean(&doc.zone)];
    for t in doc.sections.iter().flat_map(|s| &s.tables) {
        let name = free_name(&names, &t.title);
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        table(sheet, t, &name, &f)?;
        names.push(name);
    }
    book.save_to_buffer()
}

fn table(sheet: &mut Worksheet, t: &Sheet, name: &str, f: &Formats) -> std::result::Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_column_width(0, 26)?;
    sheet.write_string_with_format(0, 0, &t.corner, &f.head)?;
    for (at, head) in (1u16..).zip(&t.heads) {
        sheet.set_column_width(at, 16)?;
        sheet.write_string_with_format(0, at, head, &f.head)?;
    }
    let lines = t.names.iter().zip(t.table.rows.iter().map(|r| &r.cells)).map(|(n, c)| (n, c, false));
    let total = t.total.iter().zip(&t.table.total).map(|(n, c)| (n, c, true));
    let mut row = 1u32;
    for (name, cells, bold) in lines.chain(total) {
        sheet.write_string_with_format(row, 0, name, if bold { &f.bold } else { &f.name })?;
        for (at, (column, cell)) in (1u16..).zip(t.table.columns.iter().zip(cells)) {
            let (value, format) = match (column.unit, cell) {
                (_, Cell::None) => continue,
                (unit, Cell::Code(_) | Cell::Band(..) | Cell::Withheld) => {
                    sheet.write_string(row, at, text(unit, cell))?;
                    continue;
                }
                (unit @ Unit::Money, Cell::Int(n)) => (number(unit, *n), &f.money),
                (unit @ Unit::Percent, Cell::Int(n)) => (number(unit, *n), &f.percent),
                (unit, Cell::Int(n)) => (number(unit, *n), &f.count),
            };
            let format = if bold { format.clone().set_bold().set_border_top(FormatBorder::Thin) } else { format.clone() };
            sheet.write_number_with_format(row, at, value, &format)?;
        }
        row += 1;
    }
    for note in &t.notes {
        row += 1;
        sheet.write_string(row, 0, note)?;
    }
    draw(sheet, t, name)
}

/// A chart of the workbook's own, to the right of the table. A column with bands is drawn from a hidden one behind the chart: a band from where it
/// begins, as on the page; what is withheld is a gap.
fn draw(sheet: &mut Worksheet, t: &Sheet, name: &str) -> std::result::Result<(), XlsxError> {
    let (Some(drawn), last) = (&t.chart, u32::try_from(t.table.rows.len()).unwrap_or(0)) else { return Ok(()) };
    if last == 0 {
        return Ok(());
    }
    let right = u16::try_from(t.heads.len() + 2).unwrap_or(8);
    let mut spare = right + BEHIND;
    let mut chart = Chart::new(ChartType::Bar);
    chart.title().set_name(&t.title);
    for column in &drawn.columns {
        let mut at = u16::try_from(column + 1).unwrap_or(1);
        let cells = || t.table.rows.iter().map(|r| &r.cells[*column]);
        if cells().any(|c| matches!(c, Cell::Band(..) | Cell::Withheld)) {
            at = spare;
            spare += 1;
            sheet.write_string(0, at, &t.heads[*column])?;
            for (row, cell) in (1u32..).zip(cells()) {
                if let Cell::Int(n) | Cell::Band(n, _) = cell {
                    sheet.write_number(row, at, number(t.table.columns[*column].unit, *n))?;
                }
            }
            sheet.set_column_hidden(at)?;
            chart.show_hidden_data();
        }
        chart.add_series().set_name((name, 0, at)).set_categories((name, 1, 0, last, 0)).set_values((name, 1, at, last, at));
    }
    if drawn.columns.len() == 1 {
        chart.legend().set_hidden();
    }
    // The first row stands on top, as in the table.
    chart.x_axis().set_reverse();
    chart.set_height(120 + last * 24 * u32::try_from(drawn.columns.len()).unwrap_or(1)).set_width(560);
    sheet.insert_chart(1, right, &chart)?;
    Ok(())
}

/// So many columns a chart may cover.
const BEHIND: u16 = 12;

/// A figure as a workbook holds it.
fn number(unit: Unit, n: i64) -> f64 {
    match unit {
        Unit::Money => n as f64 / 100.0,
        Unit::Percent => n as f64 / 1000.0,
        _ => n as f64,
    }
}

/// A name a sheet may have: 31 letters, none of `[]:*?/\`.
fn clean(name: &str) -> String {
    let text: String = name.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')).take(31).collect();
    if text.trim().is_empty() { "rencai".to_owned() } else { text }
}

fn free_name(taken: &[String], title: &str) -> String {
    let base = clean(title);
    (1..)
        .map(|n| if n == 1 { base.clone() } else { format!("{}{n}", base.chars().take(28).collect::<String>()) })
        .find(|n| !taken.contains(n))
        .unwrap_or(base)
}

fn fault(e: &XlsxError) -> Error {
    error::cannot_create("sheet_fault").fact("what", shown(&e.to_string()))
}
