//! A report as PDF: lines, tables and charts set on A4 pages as pictures, a table's head again on each page it runs on to.

use super::super::doc::{Doc, Sheet};
use super::html::notes;
use super::svg;
use crate::error::Result;
use crate::paper::letter::escaped;
use crate::paper::pdf;
use std::fmt::Write as _;

/// A4 in CSS pixels, and the margins.
const PAGE: (f64, f64) = (794.0, 1123.0);
const LEFT: f64 = 68.0;
const TOP: f64 = 76.0;
const WIDE: f64 = PAGE.0 - 2.0 * LEFT;
const BOTTOM: f64 = PAGE.1 - 76.0;

/// The bytes of the document.
pub(super) fn bytes(doc: &Doc) -> Result<Vec<u8>> {
    let mut w = Pages { done: Vec::new(), page: String::new(), y: TOP };
    w.text(&doc.title, 22.0, true);
    doc.about.iter().for_each(|l| w.text(l, 11.0, false));
    doc.keys.iter().for_each(|(name, value)| w.text(&format!("{name}: {value}"), 12.5, false));
    for s in &doc.sections {
        w.gap(14.0);
        w.keep(120.0);
        w.text(&s.title, 17.0, true);
        s.says.iter().for_each(|l| w.text(l, 12.5, false));
        s.tables.iter().for_each(|t| w.sheet(t));
    }
    w.gap(10.0);
    doc.notes.iter().for_each(|l| w.text(l, 11.0, false));
    pdf::pages(&w.finish())
}

struct Pages {
    done: Vec<String>,
    page: String,
    y: f64,
}

impl Pages {
    fn gap(&mut self, h: f64) {
        self.y += h;
    }

    /// A new page where so much does not fit on this one.
    fn keep(&mut self, h: f64) {
        if self.y + h > BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.page));
        self.y = TOP;
    }

    fn text(&mut self, text: &str, size: f64, bold: bool) {
        for line in wrapped(text, WIDE / size) {
            self.keep(size * 1.6);
            self.y += size * 1.6;
            put(&mut self.page, LEFT, self.y, size, bold, "start", &line);
        }
    }

    fn sheet(&mut self, t: &Sheet) {
        self.gap(10.0);
        let chart = svg::chart(t);
        let drawn = height(&chart).map(|h| h * WIDE * 0.8 / svg::WIDTH);
        // A title never stands alone at the foot of a page.
        self.keep(drawn.map_or(110.0, |h| h + 40.0));
        self.text(&t.title, 13.5, true);
        if let Some(h) = drawn {
            let (x, y, w) = (LEFT, self.y + 6.0, WIDE * 0.8);
            let _ = write!(
                self.page,
                "<svg x=\"{x:.0}\" y=\"{y:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" {}",
                chart.trim_start_matches("<svg ")
            );
            self.y += h + 10.0;
        }
        let head: Vec<String> = std::iter::once(t.corner.clone()).chain(t.heads.clone()).collect();
        let rows = t.texts();
        let wide = |at: usize| std::iter::once(&head).chain(&rows).filter_map(|r| r.get(at)).map(|c| ems(c)).fold(2.0, f64::max) + 1.2;
        let columns: Vec<f64> = (0..head.len()).map(wide).collect();
        let size = (WIDE / columns.iter().sum::<f64>()).clamp(5.0, 11.5);
        let last = rows.len() - usize::from(t.total.is_some());
        self.line(&head, &columns, size, true);
        for (at, row) in rows.iter().enumerate() {
            if self.y + size * 1.7 > BOTTOM {
                self.turn();
                self.line(&head, &columns, size, true);
            }
            self.line(row, &columns, size, at >= last);
        }
        notes(t, &chart).iter().for_each(|n| self.text(n, 10.0, false));
    }

    fn line(&mut self, cells: &[String], columns: &[f64], size: f64, bold: bool) {
        self.y += size * 1.7;
        let mut x = LEFT;
        for (at, (text, wide)) in cells.iter().zip(columns).enumerate() {
            let end = x + wide * size;
            match at {
                0 => put(&mut self.page, x, self.y, size, bold, "start", text),
                _ => put(&mut self.page, end - size * 0.4, self.y, size, bold, "end", text),
            }
            x = end;
        }
        let under = self.y + size * 0.45;
        let _ = write!(self.page, "<rect x=\"{LEFT:.0}\" y=\"{under:.1}\" width=\"{:.1}\" height=\"0.5\" fill=\"#c8d0da\"/>", x - LEFT);
    }

    /// Every page as a picture, numbered.
    fn finish(mut self) -> Vec<String> {
        self.turn();
        let all = self.done.len();
        let page = |(at, inner): (usize, String)| {
            let mut foot = String::new();
            put(&mut foot, PAGE.0 / 2.0, PAGE.1 - 40.0, 10.0, false, "middle", &format!("{} / {all}", at + 1));
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" font-family=\"Noto Sans CJK SC\" \
                 font-size=\"12\"><style>.s0{{fill:#1f5fa8}}.s1{{fill:#d9822b}}.s2{{fill:#4e7a2f}}text{{fill:#1c2430}}.s3{{fill:#8a4f9e}}.band{{opacity:.45}}.l0,.l1,.l2,.l3{{fill:none;stroke-width:2.5}}.l0{{stroke:#1f5fa8}}.l1{{stroke:#d9822b}}.l2{{stroke:#4e7a2f}}.l3{{stroke:#8a4f9e}}.grid{{stroke:#d5dbe3;fill:none}}.axis{{text-anchor:middle}}.track{{fill:#f3f6fa}}.mark{{stroke:#1c2430;stroke-width:1.5;fill:none}}.green,.done{{fill:#2f7d3b}}.yellow{{fill:#c79400}}.red{{fill:#b3261e}}.grey{{fill:#5a6675}}.name{{text-anchor:end}}</style>{inner}{foot}</svg>",
                w = PAGE.0,
                h = PAGE.1
            )
        };
        self.done.into_iter().enumerate().map(page).collect()
    }
}

fn put(out: &mut String, x: f64, y: f64, size: f64, bold: bool, anchor: &str, text: &str) {
    let weight = if bold { " font-weight=\"700\"" } else { "" };
    let _ =
        write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\" text-anchor=\"{anchor}\"{weight}>{}</text>", escaped(text));
}

/// How wide a text is in letters of full width.
fn ems(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.58 } else { 1.0 }).sum()
}

/// A text in lines of so many full letters; Latin words stay whole.
fn wrapped(text: &str, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(|c: char| c == ' ' || !c.is_ascii()) {
        let line = lines.last().map_or(0.0, |l| ems(l));
        match lines.last_mut() {
            Some(l) if line + ems(word) <= most || l.is_empty() => l.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The height a chart says it has.
fn height(chart: &str) -> Option<f64> {
    chart.split_once("viewBox=\"0 0 640 ")?.1.split_once('"')?.0.parse().ok()
}
