//! A report as Markdown.

use super::super::doc::{Doc, Sheet};
use std::fmt::Write as _;

/// The whole text.
pub fn text(doc: &Doc) -> String {
    let mut out = format!("# {}\n\n", doc.title);
    for line in &doc.about {
        let _ = writeln!(out, "{line}  ");
    }
    if !doc.keys.is_empty() {
        out.push('\n');
    }
    for (name, value) in &doc.keys {
        let _ = writeln!(out, "- {name}: **{value}**");
    }
    for s in &doc.sections {
        let _ = write!(out, "\n## {}\n", s.title);
        for p in &s.says {
            let _ = write!(out, "\n{p}\n");
        }
        for t in &s.tables {
            table(&mut out, t);
        }
    }
    if !doc.notes.is_empty() {
        out.push('\n');
    }
    for note in &doc.notes {
        let _ = writeln!(out, "{note}  ");
    }
    out
}

fn table(out: &mut String, t: &Sheet) {
    let _ = write!(out, "\n### {}\n\n", t.title);
    row(out, std::iter::once(&t.corner).chain(&t.heads));
    let _ = writeln!(out, "| --- |{}", " ---: |".repeat(t.heads.len()));
    for r in t.texts() {
        row(out, r.iter());
    }
    for note in &t.notes {
        let _ = write!(out, "\n{note}\n");
    }
}

fn row<'a>(out: &mut String, cells: impl Iterator<Item = &'a String>) {
    out.push('|');
    for cell in cells {
        let _ = write!(out, " {} |", cell.replace('|', "\\|"));
    }
    out.push('\n');
}
