//! The form of a printed sheet (清单、责任书): a head of facts, tables, places to sign; as Markdown, or as a page that prints on A4 across. What it
//! says is the nouns'.

use super::letter::{escaped, write_as};
use crate::error::Result;
use crate::office::Office;
use crate::ui::Lang;
use crate::ui::render::md_row;
use std::fmt::Write as _;
use std::path::Path;

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What it is.
    pub title: String,
    /// What stands in its head: label and value.
    pub facts: Vec<(String, String)>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// What stands below them.
    pub ends: Vec<String>,
    /// Who signs.
    pub signs: Vec<String>,
    /// Who writes.
    pub from: String,
    /// When.
    pub day: String,
}

/// A table of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it lists.
    pub caption: String,
    /// Its columns: label, and whether they hold numbers.
    pub columns: Vec<(String, bool)>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n\n", self.title);
        for (label, value) in &self.facts {
            let _ = writeln!(out, "- **{label}** {value}");
        }
        for t in &self.tables {
            let _ = write!(out, "\n## {}\n\n{}|", t.caption, md_row(t.columns.iter().map(|c| c.0.as_str())));
            t.columns.iter().for_each(|c| out.push_str(if c.1 { " ---: |" } else { " --- |" }));
            out.push('\n');
            t.rows.iter().for_each(|r| out += &md_row(r.iter().map(String::as_str)));
        }
        self.ends.iter().for_each(|text| out += &format!("\n{text}\n"));
        self.signs.iter().for_each(|text| out += &format!("\n{text}\n"));
        let _ = write!(out, "\n{}\n\n{}\n", self.from, self.day);
        out
    }

    /// As a page that prints on A4 across.
    pub fn html(&self, lang: Lang) -> String {
        let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
        let mut body = format!("<h1>{}</h1>\n<dl>\n", escaped(&self.title));
        for (label, value) in &self.facts {
            let _ = writeln!(body, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(label), escaped(value));
        }
        body += "</dl>\n";
        for t in &self.tables {
            let cell = |name: &str, scope: &str, number: bool, text: &str| {
                let class = if number { " class=\"n\"" } else { "" };
                format!("<{name}{scope}{class}>{}</{name}>", escaped(text))
            };
            let head: String = t.columns.iter().map(|c| cell("th", " scope=\"col\"", c.1, &c.0)).collect();
            let _ = write!(body, "<h2>{}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n", escaped(&t.caption));
            for r in &t.rows {
                let cells: String = r.iter().zip(&t.columns).map(|(text, c)| cell("td", "", c.1, text)).collect();
                let _ = writeln!(body, "<tr>{cells}</tr>");
            }
            body += "</tbody>\n</table>\n";
        }
        self.ends.iter().for_each(|text| body += &format!("<p>{}</p>\n", escaped(text)));
        if !self.signs.is_empty() {
            let signs: String = self.signs.iter().map(|text| format!("<span>{}</span>", escaped(text))).collect();
            let _ = writeln!(body, "<p class=\"sign\">{signs}</p>");
        }
        let _ = writeln!(body, "<p class=\"from\">{}<br>{}</p>", escaped(&self.from), escaped(&self.day));
        format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title>\n\
             <style>@page{{size:A4 landscape;margin:14mm}}body{{max-width:270mm;margin:1rem auto;padding:0 1rem;font:10.5pt/1.5 FangSong,'Noto Serif CJK SC',serif;\
             color:#111;background:#fff}}h1{{text-align:center;font-size:18pt;margin:.3em 0}}h2{{font-size:12pt;margin:1em 0 .3em}}dl{{display:flex;flex-wrap:wrap;\
             gap:.2em 2em;margin:0}}dl div{{display:flex}}dt::after{{content:'：'}}html[lang=en] dt::after{{content:':\\00a0'}}dd{{margin:0}}table{{border-collapse:collapse;\
             width:100%}}th,td{{border:.4pt solid #333;padding:.15em .4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}}th{{font-weight:600}}\
             .n{{text-align:right}}thead{{display:table-header-group}}tr{{break-inside:avoid}}p{{margin:.4em 0}}.sign{{display:flex;justify-content:space-between;\
             margin:2.5em 0 1em}}.sign span{{min-width:30%}}.from{{text-align:right}}@media print{{body{{margin:0;padding:0;max-width:none}}}}</style></head>\n\
             <body>\n{body}</body></html>\n",
            escaped(&self.title)
        )
    }

    /// Writes it into a file of the form its name says. A trial writes nothing.
    pub fn write(&self, office: &Office, out: &Path) -> Result<String> {
        write_as(office, out, || self.markdown(), |lang| self.html(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_one_content_in_both_forms() {
        let sheet = Sheet {
            title: "责任清单".into(),
            facts: vec![("责任单位".into(), "<甲>".into())],
            tables: vec![Table {
                caption: "牵头任务".into(),
                columns: vec![("任务".into(), false), ("现有数".into(), true)],
                rows: vec![vec!["一|二".into(), "3".into()]],
            }],
            ends: vec!["注".into()],
            signs: vec!["签字：".into()],
            from: "某新区".into(),
            day: "2019年6月1日".into(),
        };
        assert_eq!(
            sheet.markdown(),
            "# 责任清单\n\n- **责任单位** <甲>\n\n## 牵头任务\n\n| 任务 | 现有数 |\n| --- | ---: |\n| 一\\|二 | 3 |\n\n注\n\n签字：\n\n某新区\n\n2019年6月1日\n"
        );
        let html = sheet.html(Lang::Zh);
        assert!(
            html.contains("<dd>&lt;甲&gt;</dd>")
                && html.contains("<td>一|二</td><td class=\"n\">3</td>")
                && html.contains("lang=\"zh-CN\"")
        );
        assert!(html.contains("size:A4 landscape") && !html.contains("http"));
    }
}
