//! Charts as inline SVG: bars a row, lines over time, progress against the plan; each with a text that says the same. Colours are classes of the page's
//! style, so that light, dark and print have their own; nothing is fetched.

use super::super::Cell;
use super::super::doc::{Chart, Shape, Sheet, text};
use crate::paper::letter::escaped;
use std::fmt::Write as _;

/// Width of the drawing in its own units; the page stretches it.
pub(super) const WIDTH: f64 = 640.0;
/// Room for names on the left and numbers on the right.
const LEFT: f64 = 168.0;
const RIGHT: f64 = 108.0;
const BAR: f64 = 14.0;
const GAP: f64 = 10.0;

/// The chart of a table; empty where nothing is drawn of it.
pub fn chart(t: &Sheet) -> String {
    let Some(chart) = &t.chart else { return String::new() };
    let rows: Vec<usize> =
        (0..t.table.rows.len()).filter(|r| chart.columns.iter().any(|c| reach(&t.table.rows[*r].cells[*c]).is_some())).collect();
    let most = rows.iter().flat_map(|r| chart.columns.iter().filter_map(|c| reach(&t.table.rows[*r].cells[*c]))).max().unwrap_or(0);
    if rows.is_empty() || most <= 0 {
        return String::new();
    }
    let p = Picture { t, chart, rows: &rows, most };
    let (height, inner) = match chart.shape {
        Shape::Bars => p.bars(),
        Shape::Lines => p.lines(),
        Shape::Progress => p.progress(),
    };
    let said = escaped(&p.said());
    format!("<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{said}\">{inner}</svg>")
}

/// How far a figure is drawn: of a band to where it begins.
fn reach(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Int(n) | Cell::Band(n, _) => Some(*n),
        Cell::None | Cell::Code(_) | Cell::Withheld => None,
    }
}

struct Picture<'t> {
    t: &'t Sheet,
    chart: &'t Chart,
    rows: &'t [usize],
    most: i64,
}

impl Picture<'_> {
    fn cell(&self, row: usize, column: usize) -> &Cell {
        &self.t.table.rows[row].cells[column]
    }

    fn words(&self, row: usize, column: usize) -> String {
        text(self.t.table.columns[column].unit, self.cell(row, column))
    }

    /// A bar a row and column.
    fn bars(&self) -> (f64, String) {
        let columns = &self.chart.columns;
        let mut out = String::new();
        let top = if columns.len() > 1 { self.legend(&mut out, columns.iter().map(|c| self.t.heads[*c].as_str())) } else { 4.0 };
        let step = BAR * columns.len() as f64 + GAP;
        let room = WIDTH - LEFT - RIGHT;
        for (line, row) in self.rows.iter().enumerate() {
            let y = top + step * line as f64;
            name(&mut out, LEFT - 8.0, y + BAR * columns.len() as f64 / 2.0 + 4.5, &self.t.names[*row]);
            for (series, column) in columns.iter().enumerate() {
                let at = y + BAR * series as f64;
                let cell = self.cell(*row, *column);
                let wide = reach(cell).map_or(0.0, |n| (n.max(0) as f64 / self.most as f64 * room).max(if n > 0 { 1.0 } else { 0.0 }));
                let _ = write!(
                    out,
                    "<rect class=\"s{series}{}\" x=\"{LEFT:.0}\" y=\"{at:.1}\" width=\"{wide:.1}\" height=\"{:.0}\"/>",
                    if matches!(cell, Cell::Band(..)) { " band" } else { "" },
                    BAR - 2.0
                );
                label(&mut out, LEFT + wide + 6.0, at + BAR - 3.5, &self.words(*row, *column));
            }
        }
        (top + step * self.rows.len() as f64, out)
    }

    /// A line a row over the columns, named at its end.
    fn lines(&self) -> (f64, String) {
        const HEIGHT: f64 = 220.0;
        let (left, right, top, bottom) = (44.0, 190.0, 14.0, 26.0);
        let columns = &self.chart.columns;
        let x = |at: usize| left + (WIDTH - left - right) * at as f64 / columns.len().saturating_sub(1).max(1) as f64;
        let y = |n: i64| HEIGHT - bottom - (HEIGHT - top - bottom) * n.max(0) as f64 / self.most as f64;
        let mut out = String::new();
        for n in [0, self.most / 2, self.most] {
            let _ = write!(out, "<path class=\"grid\" d=\"M{left:.0} {y:.1}H{:.1}\"/>", WIDTH - right, y = y(n));
            name(&mut out, left - 6.0, y(n) + 4.0, &n.to_string());
        }
        for (at, column) in columns.iter().enumerate() {
            let _ =
                write!(out, "<text class=\"axis\" x=\"{:.1}\" y=\"{:.0}\">{}</text>", x(at), HEIGHT - 6.0, escaped(&self.t.heads[*column]));
        }
        // Names that would stand on each other move apart, from the top down.
        let mut ends: Vec<(f64, usize)> = Vec::new();
        for (series, row) in self.rows.iter().enumerate() {
            let points: Vec<(f64, f64)> =
                columns.iter().enumerate().filter_map(|(at, c)| Some((x(at), y(reach(self.cell(*row, *c))?)))).collect();
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
            let _ = write!(out, "<path class=\"l{series}\" d=\"M{}\"/>", path.join("L"));
            for (x, y) in &points {
                let _ = write!(out, "<circle class=\"s{series}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
            }
            if let Some((_, y)) = points.last() {
                ends.push((*y, series));
            }
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut free = f64::MIN;
        for (y, series) in ends {
            let row = self.rows[series];
            let y = y.max(free);
            free = y + 15.0;
            let last = columns.last().map(|c| self.words(row, *c)).unwrap_or_default();
            label(&mut out, WIDTH - right + 10.0, y + 4.0, &format!("{} {last}", short(&self.t.names[row])));
        }
        (HEIGHT.max(free), out)
    }

    /// How much of a goal is reached, coloured as it stands; a mark where it should be by now.
    fn progress(&self) -> (f64, String) {
        let at = |key: &str| self.t.table.columns.iter().position(|c| c.key == key);
        let (Some(goal), Some(expected), Some(percent), Some(colour)) = (at("goal"), at("expected"), at("percent"), at("colour")) else {
            return (0.0, String::new());
        };
        let step = BAR + GAP;
        let room = WIDTH - LEFT - RIGHT;
        let mut out = String::new();
        for (line, row) in self.rows.iter().enumerate() {
            let y = 4.0 + step * line as f64;
            name(&mut out, LEFT - 8.0, y + BAR - 3.0, &self.t.names[*row]);
            let _ = write!(out, "<rect class=\"track\" x=\"{LEFT:.0}\" y=\"{y:.1}\" width=\"{room:.0}\" height=\"{:.0}\"/>", BAR - 2.0);
            let share = reach(self.cell(*row, percent)).map_or(0.0, |n| (n as f64 / 1000.0).clamp(0.0, 1.0));
            let state = self.chart.states.get(*row).map_or("", String::as_str);
            let _ = write!(
                out,
                "<rect class=\"{state}\" x=\"{LEFT:.0}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.0}\"/>",
                room * share,
                BAR - 2.0
            );
            if let (Some(goal), Some(expected)) = (reach(self.cell(*row, goal)).filter(|g| *g > 0), reach(self.cell(*row, expected))) {
                let x = LEFT + room * (expected as f64 / goal as f64).clamp(0.0, 1.0);
                let _ = write!(out, "<path class=\"mark\" d=\"M{x:.1} {:.1}v{:.0}\"/>", y - 2.0, BAR + 2.0);
            }
            label(&mut out, LEFT + room + 6.0, y + BAR - 3.5, &format!("{} {}", self.words(*row, percent), self.words(*row, colour)));
        }
        (4.0 + step * self.rows.len() as f64, out)
    }

    /// What the colours stand for; how much room that takes.
    fn legend<'n>(&self, out: &mut String, names: impl Iterator<Item = &'n str>) -> f64 {
        let mut x = LEFT;
        for (series, name) in names.enumerate() {
            let _ = write!(out, "<rect class=\"s{series}\" x=\"{x:.0}\" y=\"6\" width=\"12\" height=\"12\"/>");
            label(out, x + 17.0, 16.0, name);
            x += 40.0 + 13.0 * name.chars().count() as f64;
        }
        28.0
    }

    /// The chart in words: what whoever can't see it is told.
    fn said(&self) -> String {
        let figures = |row: &usize| -> String {
            let all = self.chart.columns.iter().map(|c| format!("{} {}", self.t.heads[*c], self.words(*row, *c)));
            format!("{}: {}", self.t.names[*row], all.collect::<Vec<_>>().join(", "))
        };
        format!("{}. {}", self.t.title, self.rows.iter().map(figures).collect::<Vec<_>>().join("; "))
    }
}

fn name(out: &mut String, x: f64, y: f64, text: &str) {
    let _ = write!(out, "<text class=\"name\" x=\"{x:.0}\" y=\"{y:.1}\">{}</text>", escaped(&short(text)));
}

fn label(out: &mut String, x: f64, y: f64, text: &str) {
    let _ = write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text));
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
