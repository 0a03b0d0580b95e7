//! Letters and sheets in the office's language: their form, as Markdown or HTML, and how they get into a file, whole or not at all. What they
//! say is the nouns'.

use crate::base::day::Day;
use crate::db::files::{Whole, write_whole};
use crate::error::{self, Result};
use crate::office::Office;
use crate::ui::Lang;
use crate::ui::lang::{fill, try_t_in};
use crate::ui::out::shown;
use std::fmt::{Display, Write as _};
use std::io::Write as _;
use std::path::Path;

/// A text of a letter with what it speaks of.
pub fn words(lang: Lang, key: &str, facts: &[(&str, &dyn Display)]) -> String {
    // The build proves that both languages have every key of the locales.
    fill(try_t_in(lang, &format!("letter.{key}")).unwrap_or_default(), facts)
}

/// A day as a letter writes it.
pub fn written(lang: Lang, day: Day) -> String {
    let (y, m, d) = day.ymd();
    match lang {
        Lang::Zh => format!("{y}年{m}月{d}日"),
        Lang::En => day.iso(),
    }
}

/// The name of a kind of roster in a letter.
pub fn roster(lang: Lang, kind: &str) -> String {
    try_t_in(lang, &format!("book.{kind}")).unwrap_or(kind).to_owned()
}

/// A letter (函、告知书).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is.
    pub title: String,
    /// To whom.
    pub to: String,
    /// What it says before the list.
    pub says: Vec<String>,
    /// A list.
    pub items: Vec<String>,
    /// What it says behind the list.
    pub ends: Vec<String>,
    /// The number by which it is filed, where it has one.
    pub no: Option<String>,
    /// Who writes.
    pub from: String,
    /// When.
    pub day: String,
}

impl Letter {
    /// An empty letter of the office, dated.
    pub fn begin(office: &Office, title: &str, to: &str, day: Day) -> Result<Letter> {
        let lang = office.document_lang()?;
        Ok(Letter {
            title: words(lang, title, &[]),
            to: words(lang, "to", &[("unit", &to)]),
            says: Vec::new(),
            items: Vec::new(),
            ends: Vec::new(),
            no: None,
            from: office.setting("zone")?.unwrap_or_default(),
            day: written(lang, day),
        })
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n\n", self.title);
        if let Some(no) = &self.no {
            let _ = write!(out, "{no}\n\n");
        }
        let _ = write!(out, "{}\n\n", self.to);
        for text in &self.says {
            let _ = write!(out, "{text}\n\n");
        }
        for item in &self.items {
            let _ = writeln!(out, "- {item}");
        }
        for text in &self.ends {
            let _ = writeln!(out, "{}{text}", if self.items.is_empty() { "" } else { "\n" });
        }
        let _ = write!(out, "\n{}\n\n{}\n", self.from, self.day);
        out
    }

    /// As a page that prints on A4.
    pub fn html(&self, lang: Lang) -> String {
        let tag = if lang == Lang::Zh { "zh-CN" } else { "en" };
        let part = |name: &str, text: &str| format!("<{name}>{}</{name}>\n", escaped(text));
        let mut body = part("h1", &self.title);
        if let Some(no) = &self.no {
            let _ = writeln!(body, "<p class=\"no\">{}</p>", escaped(no));
        }
        let _ = writeln!(body, "<p class=\"to\">{}</p>", escaped(&self.to));
        self.says.iter().for_each(|t| body += &part("p", t));
        if !self.items.is_empty() {
            let items: String = self.items.iter().map(|t| part("li", t)).collect();
            let _ = writeln!(body, "<ul>\n{items}</ul>");
        }
        self.ends.iter().for_each(|t| body += &part("p", t));
        let _ = writeln!(body, "<p class=\"from\">{}<br>{}</p>", escaped(&self.from), escaped(&self.day));
        format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{}</title>\n<style>@page{{size:A4;margin:30mm 26mm}}\
             body{{max-width:160mm;margin:2rem auto;padding:0 1rem;font:16pt/1.8 FangSong,'Noto Serif CJK SC',serif}}\
             h1{{text-align:center;font-size:22pt}}p{{margin:.4em 0;text-indent:2em}}.to,.no{{text-indent:0}}.no,.from{{text-align:right}}\
             @media print{{body{{margin:0;padding:0}}}}</style></head>\n<body>\n{body}</body></html>\n",
            escaped(&self.title)
        )
    }

    /// Writes it into a file of the form its name says: .md or .html. A trial writes nothing.
    pub fn write(&self, office: &Office, out: &Path) -> Result<String> {
        write_as(office, out, || self.markdown(), |lang| self.html(lang))
    }
}

/// Writes a document into a file of the form its name says: .md or .html; the path as it may be shown. A trial writes nothing.
pub fn write_as(office: &Office, out: &Path, markdown: impl FnOnce() -> String, html: impl FnOnce(Lang) -> String) -> Result<String> {
    let form = out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    let text = match form.as_str() {
        "md" => markdown(),
        "html" => html(office.document_lang()?),
        _ => return Err(error::usage("letter_form").fact("file", shown(&out.display().to_string()))),
    };
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        write_whole(&path, text.as_bytes())?;
    }
    Ok(shown(&path.display().to_string()))
}

/// Text as it stands in HTML and SVG.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Puts a text into the folder under a name of its own; the path as it may be shown. A trial writes nothing.
pub fn put(office: &Office, folder: &Path, name: &str, text: &str) -> Result<String> {
    let path = crate::db::open::absolute(folder)?.join(format!("{name}.md"));
    if !office.globals.dry_run {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|_| error::cannot_create("no_folder").fact("folder", shown(&parent.display().to_string())))?;
        }
        let mut out = Whole::begin(&path)?;
        out.write_all(text.as_bytes())?;
        out.finish()?;
    }
    Ok(shown(&path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_one_content_in_both_forms() {
        let letter = Letter {
            title: "不予办理告知书".into(),
            to: "张三：".into(),
            says: vec!["一".into()],
            items: vec!["<b>".into()],
            ends: vec!["二".into()],
            no: Some("K000001S".into()),
            from: "某新区".into(),
            day: "2019年6月1日".into(),
        };
        assert_eq!(letter.markdown(), "# 不予办理告知书\n\nK000001S\n\n张三：\n\n一\n\n- <b>\n\n二\n\n某新区\n\n2019年6月1日\n");
        let html = letter.html(Lang::Zh);
        assert!(html.contains("<li>&lt;b&gt;</li>") && html.contains("lang=\"zh-CN\"") && html.contains("<p>二</p>"));
    }
}
