//! A report as a document for Word and WPS: headings, tables with numbers to the right, page numbers; no pictures. The same report gives the same bytes.

use super::super::doc::{Doc, Sheet};
use crate::base::day::Day;
use crate::error::{self, Result};
use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, PageMargin, PageNum, Paragraph, Run, RunFonts, Shading, Style, StyleType, Table, TableCell,
    TableLayoutType, TableRow, WidthType,
};
use std::io::Cursor;

/// A4 upright in twentieths of a point, and its margins as the plan's office prints (GB/T 9704: 37 mm above, 28 mm left, 26 mm right).
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: PageMargin = PageMargin { top: 2098, left: 1588, bottom: 1985, right: 1474, header: 851, footer: 992, gutter: 0 };
/// Room between the margins.
const ROOM: usize = 8844;

/// The bytes of the document; dated by the report's day.
pub(super) fn bytes(doc: &Doc, day: Day) -> Result<Vec<u8>> {
    let mut w = Writer { docx: styled(day), next: 0 };
    w.say(&doc.title, "Title");
    for line in &doc.about {
        w.say(line, "About");
    }
    for (name, value) in &doc.keys {
        w.say(&format!("{name}: {value}"), "Normal");
    }
    for s in &doc.sections {
        w.say(&s.title, "Heading1");
        for text in &s.says {
            w.say(text, "Normal");
        }
        for t in &s.tables {
            w.say(&t.title, "Heading2");
            w.table(t);
            for note in &t.notes {
                w.say(note, "About");
            }
        }
    }
    for note in &doc.notes {
        w.say(note, "About");
    }
    let mut out = Cursor::new(Vec::new());
    w.docx.pack(&mut out).map_err(|_| error::cannot_create("sheet_fault").fact("what", ".docx"))?;
    Ok(out.into_inner())
}

struct Writer {
    docx: Docx,
    next: u32,
}

impl Writer {
    /// A paragraph with a number of its own: the library's count runs on through all documents of a process.
    fn paragraph(&mut self) -> Paragraph {
        self.next += 1;
        Paragraph::new().id(format!("{:08x}", self.next))
    }

    fn say(&mut self, text: &str, style: &str) {
        let p = self.paragraph().style(style).add_run(Run::new().add_text(text));
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_paragraph(p);
    }

    fn table(&mut self, t: &Sheet) {
        let first = ROOM / 4;
        let other = (ROOM - first) / t.heads.len().max(1);
        let mut rows = vec![std::iter::once(t.corner.clone()).chain(t.heads.clone()).collect::<Vec<_>>()];
        rows.extend(t.texts());
        let last = rows.len() - usize::from(t.total.is_some());
        let rows: Vec<TableRow> = rows
            .iter()
            .enumerate()
            .map(|(line, cells)| {
                let head = line == 0;
                let cells = cells
                    .iter()
                    .enumerate()
                    .map(|(at, text)| {
                        let run = Run::new().add_text(text).size(if t.heads.len() > 6 { 15 } else { 19 });
                        let run = if head || line == last { run.bold() } else { run };
                        let p = self.paragraph().align(if at == 0 { AlignmentType::Left } else { AlignmentType::Right }).add_run(run);
                        let cell = TableCell::new().width(if at == 0 { first } else { other }, WidthType::Dxa).add_paragraph(p);
                        if head { cell.shading(Shading::new().fill("E7EEF7")) } else { cell }
                    })
                    .collect();
                TableRow::new(cells).cant_split()
            })
            .collect();
        let grid = std::iter::once(first).chain(std::iter::repeat_n(other, t.heads.len())).collect();
        let table = Table::new(rows).set_grid(grid).width(ROOM, WidthType::Dxa).layout(TableLayoutType::Fixed);
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_table(table);
    }
}

fn styled(day: Day) -> Docx {
    let fonts = |east: &str| RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia(east);
    let heading = |id: &str, name: &str, level: usize, size: usize| {
        Style::new(id, StyleType::Paragraph)
            .name(name)
            .based_on("Normal")
            .next("Normal")
            .bold()
            .size(size)
            .fonts(fonts("黑体"))
            .outline_lvl(level)
    };
    let stamp = format!("{}T00:00:00Z", day.iso());
    let foot = Paragraph::new().id("f0000001").align(AlignmentType::Center).add_page_num(PageNum::new());
    Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(MARGIN)
        .default_fonts(fonts("宋体"))
        .default_size(21)
        .default_line_spacing(LineSpacing::new().line(320))
        .add_style(Style::new("Normal", StyleType::Paragraph).name("Normal"))
        .add_style(
            Style::new("Title", StyleType::Paragraph)
                .name("Title")
                .based_on("Normal")
                .bold()
                .size(36)
                .fonts(fonts("黑体"))
                .align(AlignmentType::Center),
        )
        .add_style(Style::new("About", StyleType::Paragraph).name("About").based_on("Normal").size(18).color("5A6675"))
        .add_style(heading("Heading1", "heading 1", 0, 28))
        .add_style(heading("Heading2", "heading 2", 1, 23))
        .footer(Footer::new().add_paragraph(foot))
        .created_at(&stamp)
        .updated_at(&stamp)
}
