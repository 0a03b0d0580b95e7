//! Charts as inline SVG: bars a row, with a text that says the same. Colours are classes of the page's style, so that light, dark and print have
//! their own; nothing is fetched.

use super::super::Cell;
use super::super::doc::{Sheet, text};
use crate::paper::letter::escaped;
use std::fmt::Write as _;

/// Width of the drawing in its own units; the page stretches it.
const WIDTH: f64 = 640.0;
/// Room for names on the left and numbers on the right.
const LEFT: f64 = 168.0;
const RIGHT: f64 = 96.0;
const BAR: f64 = 14.0;
const GAP: f64 = 10.0;

/// The chart of a table; empty where nothing is drawn of it.
pub fn chart(t: &Sheet) -> String {
    let Some(chart) = &t.chart else { return String::new() };
    let number = |row: usize, column: usize| t.table.rows[row].cells.get(column).and_then(Cell::int);
    let rows: Vec<usize> = (0..t.table.rows.len()).filter(|r| chart.columns.iter().any(|c| number(*r, *c).is_some())).collect();
    let most = rows.iter().flat_map(|r| chart.columns.iter().filter_map(|c| number(*r, *c))).max().unwrap_or(0);
    if rows.is_empty() || most <= 0 {
        return String::new();
    }
    let several = chart.columns.len() > 1;
    let top = if several { 28.0 } else { 4.0 };
    let step = BAR * chart.columns.len() as f64 + GAP;
    let height = top + step * rows.len() as f64;
    let mut out =
        format!("<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">", escaped(&said(t, &rows)));
    if several {
        let mut x = LEFT;
        for (series, column) in chart.columns.iter().enumerate() {
            let name = &t.heads[*column];
            let _ = write!(
                out,
                "<rect class=\"s{series}\" x=\"{x:.0}\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"{:.0}\" y=\"16\">{}</text>",
                x + 17.0,
                escaped(name)
            );
            x += 40.0 + 13.0 * name.chars().count() as f64;
        }
    }
    let room = WIDTH - LEFT - RIGHT;
    for (line, row) in rows.iter().enumerate() {
        let y = top + step * line as f64;
        let middle = y + BAR * chart.columns.len() as f64 / 2.0 + 4.5;
        let _ = write!(out, "<text class=\"name\" x=\"{:.0}\" y=\"{middle:.1}\">{}</text>", LEFT - 8.0, escaped(&short(&t.names[*row])));
        for (series, column) in chart.columns.iter().enumerate() {
            let at = y + BAR * series as f64;
            let cell = &t.table.rows[*row].cells[*column];
            let wide = cell.int().map_or(0.0, |n| (n.max(0) as f64 / most as f64 * room).max(if n > 0 { 1.0 } else { 0.0 }));
            let unit = t.table.columns[*column].unit;
            let said = text(unit, cell);
            let _ = write!(
                out,
                "<rect class=\"s{series}\" x=\"{LEFT:.0}\" y=\"{at:.1}\" width=\"{wide:.1}\" height=\"{:.0}\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                BAR - 2.0,
                LEFT + wide + 6.0,
                at + BAR - 3.5,
                escaped(&said)
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// A name as long as there is room for.
fn short(name: &str) -> String {
    let mut width = 0;
    let mut out = String::new();
    for c in name.chars() {
        width += if c.is_ascii() { 1 } else { 2 };
        if width > 22 {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// The chart in words: what whoever can't see it is told.
fn said(t: &Sheet, rows: &[usize]) -> String {
    let Some(chart) = &t.chart else { return String::new() };
    let mut parts = Vec::new();
    for row in rows {
        let figures: Vec<String> = chart
            .columns
            .iter()
            .map(|c| format!("{} {}", t.heads[*c], text(t.table.columns[*c].unit, &t.table.rows[*row].cells[*c])))
            .collect();
        parts.push(format!("{}: {}", t.names[*row], figures.join(", ")));
    }
    format!("{}. {}", t.title, parts.join("; "))
}
