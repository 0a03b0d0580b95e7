//! A report in words: figures under their titles in a language, in sections, ready for any form. Knows no form and no SQL.

use super::{Cell, Figures, Row, Table, Unit, money};
use crate::base::codes;
use crate::ui::Lang;
use crate::ui::lang::{fill, try_t_in};
use std::fmt::Display;

/// A text of reports with what it speaks of.
pub fn words(lang: Lang, key: &str, facts: &[(&str, &dyn Display)]) -> String {
    fill(try_t_in(lang, &format!("report.{key}")).unwrap_or_default(), facts)
}

/// A report ready to be written.
#[derive(Clone, Debug)]
pub struct Doc {
    /// The language.
    pub lang: Lang,
    /// What it is.
    pub title: String,
    /// Who makes it.
    pub zone: String,
    /// Lines under the title: period, day, number, head of the log.
    pub about: Vec<String>,
    /// What stands large on the first page, with its name: a white paper's.
    pub keys: Vec<(String, String)>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Lines behind all of it.
    pub notes: Vec<String>,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// Paragraphs before its tables.
    pub says: Vec<String>,
    /// Its tables.
    pub tables: Vec<Sheet>,
}

/// A table with its words.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The figures.
    pub table: Table,
    /// Title.
    pub title: String,
    /// Header of the first column.
    pub corner: String,
    /// Headers of the others.
    pub heads: Vec<String>,
    /// Names of the rows.
    pub names: Vec<String>,
    /// The word for the totals, where the table has them.
    pub total: Option<String>,
    /// Lines under the table.
    pub notes: Vec<String>,
    /// What the mark in its chart is: said only where the chart stands.
    pub mark: Option<String>,
    /// What is drawn beside it.
    pub chart: Option<Chart>,
}

/// What of a table is drawn, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// How.
    pub shape: Shape,
    /// Columns by place.
    pub columns: Vec<usize>,
    /// How each row stands, as a code: of progress.
    pub states: Vec<String>,
}

/// The shape of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A bar a row and column.
    Bars,
    /// A line a row over the columns.
    Lines,
    /// How much of a goal is reached.
    Progress,
}

impl Sheet {
    /// The same for programs: numbers without grouping or signs of percent.
    pub fn plain(&self) -> Vec<Vec<String>> {
        let line = |name: &str, cells: &[Cell]| -> Vec<String> {
            let cells = self.table.columns.iter().zip(cells).map(|(c, cell)| match (c.unit, cell) {
                (Unit::Money, Cell::Int(n)) => money(*n),
                (Unit::Percent, Cell::Int(n)) => format!("{}{}.{}", if *n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10),
                (unit, cell) => text(unit, cell),
            });
            std::iter::once(name.to_owned()).chain(cells).collect()
        };
        let rows = self.names.iter().zip(&self.table.rows).map(|(name, r)| line(name, &r.cells));
        let total = self.total.iter().zip(&self.table.total).map(|(name, cells)| line(name, cells));
        rows.chain(total).collect()
    }

    /// The rows as texts, the totals last; each begins with its name.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let line = |name: &str, cells: &[Cell]| -> Vec<String> {
            let cells = self.table.columns.iter().zip(cells).map(|(c, cell)| text(c.unit, cell));
            std::iter::once(name.to_owned()).chain(cells).collect()
        };
        let rows = self.names.iter().zip(&self.table.rows).map(|(name, r)| line(name, &r.cells));
        let total = self.total.iter().zip(&self.table.total).map(|(name, cells)| line(name, cells));
        rows.chain(total).collect()
    }
}

/// A figure as one reads it.
pub fn text(unit: Unit, cell: &Cell) -> String {
    match (unit, cell) {
        (_, Cell::None) => String::new(),
        (_, Cell::Code(c)) => c.clone(),
        (_, Cell::Band(low, Some(high))) => format!("{low}–{high}"),
        (_, Cell::Band(low, None)) => format!("≥{low}"),
        (_, Cell::Withheld) => "…".to_owned(),
        (Unit::Money, Cell::Int(n)) => grouped(&money(*n)),
        (Unit::Percent, Cell::Int(n)) => format!("{}{}.{}%", if *n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10),
        (_, Cell::Int(n)) => n.to_string(),
    }
}

/// Yuan with a comma between thousands.
fn grouped(text: &str) -> String {
    let (sign, bare) = text.strip_prefix('-').map_or(("", text), |t| ("-", t));
    let (whole, rest) = bare.split_once('.').unwrap_or((bare, ""));
    let mut out = String::new();
    for (at, c) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    format!("{sign}{out}.{rest}")
}

/// Which tables stand in which section, in order.
pub const SECTIONS: [(&str, &[&str]); 7] = [
    ("targets", &["targets", "tasks"]),
    ("people", &["corps", "trend", "flows", "left_why", "rigid"]),
    (
        "structure",
        &[
            "class",
            "category",
            "age",
            "sex",
            "ethnicity",
            "education",
            "degree",
            "title",
            "skill_level",
            "industry",
            "gb_industry",
            "project_line",
            "source",
            "mode",
        ],
    ),
    ("services", &["cards", "cases", "trained"]),
    ("money", &["subsidies", "arrears", "funds"]),
    ("places", &["platforms", "firms", "projects"]),
    ("quality", &["integrity", "quality", "units", "log"]),
];

/// Tables that are drawn, how, and by which columns.
const DRAWN: [(&str, Shape, &[&str]); 9] = [
    ("targets", Shape::Progress, &["goal", "expected", "percent"]),
    ("corps", Shape::Bars, &["people", "previous", "last_year"]),
    ("trend", Shape::Lines, &["q1", "q2", "q3", "q4"]),
    ("flows", Shape::Bars, &["in", "out"]),
    ("age", Shape::Bars, &["people"]),
    ("education", Shape::Bars, &["people"]),
    ("industry", Shape::Bars, &["people"]),
    ("trained", Shape::Bars, &["trained", "passed", "stayed"]),
    ("subsidies", Shape::Bars, &["paid", "owed"]),
];

fn drawn(t: &Table) -> Option<Chart> {
    let (_, shape, keys) = DRAWN.iter().find(|d| d.0 == t.key)?;
    let columns = (0..t.columns.len()).filter(|at| keys.contains(&t.columns[*at].key)).collect();
    let state = |r: &Row| r.cells.iter().find_map(|c| if let Cell::Code(code) = c { Some(code.clone()) } else { None }).unwrap_or_default();
    Some(Chart { shape: *shape, columns, states: t.rows.iter().map(state).collect() })
}

/// Figures in words, section by section; tables without rows are left out.
pub fn sections(figures: &Figures, lang: Lang) -> Vec<Section> {
    let mut sections: Vec<Section> = SECTIONS
        .iter()
        .map(|(key, tables)| Section {
            title: words(lang, &format!("section.{key}"), &[]),
            says: Vec::new(),
            tables: tables.iter().filter_map(|t| figures.table(t)).filter(|t| !t.rows.is_empty()).map(|t| sheet(t, lang)).collect(),
        })
        .filter(|s| !s.tables.is_empty())
        .collect();
    number(&mut sections, lang);
    sections
}

/// Puts numbers before the titles.
pub fn number(sections: &mut [Section], lang: Lang) {
    const ZH: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
    for (at, s) in sections.iter_mut().enumerate() {
        s.title = match lang {
            Lang::Zh => format!("{}、{}", ZH[at % ZH.len()], s.title),
            Lang::En => format!("{}. {}", at + 1, s.title),
        };
    }
}

/// A table with its words.
pub fn sheet(t: &Table, lang: Lang) -> Sheet {
    let zh = lang == Lang::Zh;
    let name = |key: &str| -> String {
        let of_set = t.set.and_then(|set| codes::label(set, key, zh)).map(str::to_owned);
        of_set
            .or_else(|| try_t_in(lang, &format!("report.row.{}.{key}", t.key)).map(str::to_owned))
            .or_else(|| try_t_in(lang, &format!("report.row.{key}")).map(str::to_owned))
            .or_else(|| row_of_elsewhere(t.key, key, lang))
            .unwrap_or_else(|| key.to_owned())
    };
    let mut table = t.clone();
    for r in &mut table.rows {
        for cell in &mut r.cells {
            if let Cell::Code(code) = cell {
                let label = try_t_in(lang, &format!("value.colour.{code}"));
                *code = label.unwrap_or(code).to_owned();
            }
        }
    }
    let heads = t.columns.iter().map(|c| {
        try_t_in(lang, &format!("report.column.{}.{}", t.key, c.key))
            .or_else(|| try_t_in(lang, &format!("report.column.{}", c.key)))
            .or_else(|| codes::label("platform_stage", c.key, zh))
            .unwrap_or(c.key)
            .to_owned()
    });
    let notes = try_t_in(lang, &format!("report.note.{}", t.key)).map(|n| vec![n.to_owned()]).unwrap_or_default();
    Sheet {
        title: words(lang, &format!("table.{}", t.key), &[]),
        corner: try_t_in(lang, &format!("report.corner.{}", t.key))
            .unwrap_or_else(|| try_t_in(lang, "report.corner_").unwrap_or_default())
            .to_owned(),
        heads: heads.collect(),
        names: t.rows.iter().map(|r| r.name.clone().unwrap_or_else(|| name(&r.key))).collect(),
        total: t.total.as_ref().map(|_| words(lang, "total", &[])),
        notes,
        mark: try_t_in(lang, &format!("report.mark.{}", t.key)).map(str::to_owned),
        chart: drawn(t),
        table,
    }
}

/// Rows that are named where they belong: targets by the plan, kinds of case and card levels by their own words.
fn row_of_elsewhere(table: &str, key: &str, lang: Lang) -> Option<String> {
    let path = match table {
        "cases" => format!("value.case.type.{key}"),
        "cards" => format!("value.level.{key}"),
        "arrears" => format!("value.fund.source.{key}"),
        "tasks" => format!("value.colour.{key}"),
        "trained" => {
            let zh = lang == Lang::Zh;
            return codes::label("named_project", key, zh).or_else(|| codes::label("programme_kind", key, zh)).map(str::to_owned);
        }
        _ => return None,
    };
    try_t_in(lang, &path).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::{matters, money, people, works};

    #[test]
    fn every_table_stands_in_a_section_and_has_its_words() {
        let all: Vec<&str> = SECTIONS.iter().flat_map(|s| s.1.iter().copied()).collect();
        let keys: Vec<&str> =
            people::keys().into_iter().chain(money::KEYS).chain(matters::KEYS).chain(works::KEYS).chain(["targets"]).collect();
        for key in &keys {
            assert!(all.contains(key), "{key}");
            for lang in [Lang::Zh, Lang::En] {
                assert!(!words(lang, &format!("table.{key}"), &[]).is_empty(), "{key}");
            }
        }
        assert_eq!(all.len(), keys.len());
    }

    #[test]
    fn yuan_are_grouped_and_shares_have_a_tenth() {
        assert_eq!(
            (grouped("1234567.80"), grouped("-123.00"), grouped("1000.05")),
            ("1,234,567.80".into(), "-123.00".into(), "1,000.05".into())
        );
        assert_eq!(text(Unit::Percent, &Cell::Int(1005)), "100.5%");
    }
}
