//! The white paper (人才发展白皮书): the year in chapters for everybody to read, without what is only the office's own, and with small numbers of people
//! protected (`small`) before a word or a chart is made of them.

use super::doc::{Doc, Section, number, sheet, text, words};
use super::figures::people;
use super::period::Period;
use super::small::{self, Balance, Known, Past};
use super::{Cell, Figure, Figures};
use crate::error::Result;
use crate::policy::{Counts, TargetsPack};
use crate::target;
use crate::ui::Lang;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Chapters and the tables of each.
const CHAPTERS: [(&str, &[&str]); 6] = [
    ("overview", &["targets"]),
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
    ("places", &["platforms", "firms", "projects"]),
    ("services", &["trained", "cards", "cases"]),
    ("money", &["subsidies", "arrears", "funds"]),
];

/// What stands large on the first page.
const KEYS: [&str; 8] = [
    "corps/total/people",
    "rigid/total/introduced",
    "rigid/total/rigid_share",
    "flows/total/in",
    "cards/total/valid",
    "cases/total/closed",
    "platforms/total/all",
    "subsidies/total/paid",
];

/// Chapter, key of the sentence, and the names it speaks of with their figures.
type Sentence = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Sentences of the chapters and the figures each needs; one that lacks a figure is left out.
const SAYS: [Sentence; 7] = [
    (
        "overview",
        "standing",
        &[("people", "corps/total/people"), ("introduced", "rigid/total/introduced"), ("share", "rigid/total/rigid_share")],
    ),
    (
        "people",
        "flows",
        &[
            ("in", "flows/total/in"),
            ("out", "flows/total/out"),
            ("in_before", "flows/total/in_last_year"),
            ("out_before", "flows/total/out_last_year"),
        ],
    ),
    ("structure", "young", &[("n", "age/to_35/people"), ("share", "age/to_35/share")]),
    ("places", "platforms", &[("n", "platforms/total/all")]),
    ("services", "cards", &[("n", "cards/total/valid")]),
    ("services", "cases", &[("opened", "cases/total/opened"), ("closed", "cases/total/closed"), ("share", "cases/total/on_time_share")]),
    (
        "money",
        "benefits",
        &[
            ("approved", "subsidies/total/approved"),
            ("amount", "subsidies/total/approved_amount"),
            ("paid", "subsidies/total/paid"),
            ("owed", "subsidies/total/owed"),
        ],
    ),
];

/// The table that stands at the end of a frozen white paper: what it did not tell, for the next one.
const WITHHELD: &str = "withheld";

/// The figures as published: the tables of the chapters, small numbers protected.
pub fn published(conn: &Connection, period: Period, figures: &Figures) -> Result<Figures> {
    let (figures, known) = known(conn, period, figures)?;
    Ok(small::protect(&figures, &known))
}

/// What of the white paper could be reckoned back.
pub fn attack(conn: &Connection, period: Period, figures: &Figures) -> Result<Vec<(Figure, Cell)>> {
    let (figures, known) = known(conn, period, figures)?;
    Ok(small::attack(&small::protect(&figures, &known), &known))
}

/// The figures of the chapters and what a reader knows besides them.
fn known(conn: &Connection, period: Period, figures: &Figures) -> Result<(Figures, Known)> {
    let wanted: Vec<&str> = CHAPTERS.iter().flat_map(|c| c.1.iter().copied()).collect();
    let figures = Figures { tables: figures.tables.iter().filter(|t| wanted.contains(&t.key) && !t.rows.is_empty()).cloned().collect() };
    let mut known = of_targets(&target::store::pack_on(conn, period.until().0)?);
    let f = |name: &str| Figure::parse(name).into_iter();
    for key in people::whole() {
        known.same.extend(f("corps/total/people").zip(f(&format!("{key}/total/people"))));
    }
    for (a, b) in [
        ("flows/total/out", "left_why/total/out"),
        ("subsidies/total/owed", "arrears/total/owed"),
        ("subsidies/total/owed_count", "arrears/total/owed_count"),
        // Where all that is promised is due.
        ("subsidies/total/owed", "funds/total/reserved"),
    ] {
        known.same.extend(f(a).zip(f(b)));
    }
    for row in figures.table("trend").iter().flat_map(|t| t.rows.iter().map(|r| r.key.as_str()).chain(["total"])) {
        known.same.extend(f(&format!("corps/{row}/people")).zip(f(&format!("trend/{row}/q4"))));
    }
    // Only what is the same in truth: a table may leave out who has nothing of its kind.
    known.same.retain(|(a, b)| figures.cell(a).is_some() && figures.cell(a) == figures.cell(b));
    let last = super::store::last(conn, super::make::WHITEPAPER, &period.last_year().code())?;
    let last = last.map(|before| LastYear { untold: withheld(&before.figures).into_iter().collect(), figures: before.figures });
    (known.balances, known.past) = balances(&figures, last.as_ref());
    if let Some(before) = last {
        let untold: BTreeSet<Figure> = before.untold.iter().flat_map(a_year_later).collect();
        for (was, ..) in figures.tables.iter().flat_map(super::Table::figures) {
            let told = a_year_later(&was).into_iter().filter(|f| !untold.contains(f));
            known.told.extend(told);
        }
        known.untold = untold;
    }
    Ok((figures, known))
}

/// The white paper of the year before: its true figures, and those that it kept back.
struct LastYear {
    figures: String,
    untold: BTreeSet<Figure>,
}

impl LastYear {
    /// A number of it, money in fen; nothing where there was no such row.
    fn number(&self, f: &Figure) -> i64 {
        let tables: Value = serde_json::from_str(&self.figures).unwrap_or(Value::Null);
        let table = tables.as_array().into_iter().flatten().find(|t| t["table"] == *f.table);
        let row = table.and_then(|t| match f.row.as_str() {
            "total" => Some(&t["total"]),
            row => t["rows"].as_array()?.iter().find(|r| r["row"] == *row),
        });
        match row.map(|r| &r[&f.column]) {
            Some(Value::String(yuan)) => yuan.replace('.', "").parse().unwrap_or(0),
            Some(n) => n.as_i64().unwrap_or(0),
            None => 0,
        }
    }
}

/// What a reader needs of the years before to reckon by what adds up.
#[derive(Clone, Copy)]
enum Before {
    /// Nothing: it comes to the same or is no balance.
    Nothing,
    /// What stood in these columns then: taken for known, unless the white paper of that year kept it back.
    Stock(&'static [&'static str]),
    /// The same, where there was a white paper that said it.
    Paper(&'static [&'static str]),
}

const STATES: &[&str] = &["cards/valid", "cards/suspended", "cards/lost", "cards/expired", "cards/closed", "cards/revoked"];

/// What adds up in every row of a table and its total: the one side and the other, `TABLE/COLUMN`.
const BALANCES: [(&str, Before, &[&str], &[&str]); 7] = [
    // Where somebody moved between corps it is no balance, and whoever takes it for one is wrong.
    ("corps", Before::Nothing, &["corps/people", "flows/out"], &["corps/last_year", "flows/in"]),
    // Every card ever issued is in one state.
    ("cards", Before::Stock(STATES), &["cards/issued"], STATES),
    ("cases", Before::Nothing, &["cases/closed"], &["cases/done", "cases/refused"]),
    ("cases", Before::Stock(&["cases/open"]), &["cases/opened"], &["cases/open", "cases/closed"]),
    ("subsidies", Before::Nothing, &["subsidies/approved_amount"], &["subsidies/paid", "subsidies/owed"]),
    (
        "arrears",
        Before::Nothing,
        &["arrears/owed"],
        &["arrears/months_0", "arrears/months_3", "arrears/months_6", "arrears/months_12", "arrears/months_18"],
    ),
    (
        "funds",
        Before::Nothing,
        &["funds/appropriated", "funds/carried", "funds/recovered"],
        &["funds/reserved", "funds/paid", "funds/returned", "funds/free"],
    ),
];

/// The same of totals alone: benefits of the year and the funds since they were opened.
const OF_TOTALS: [(Before, &[&str], &[&str]); 3] = [
    (Before::Stock(&["funds/paid"]), &["subsidies/paid"], &["funds/paid"]),
    (Before::Stock(&["funds/recovered"]), &["subsidies/recovered"], &["funds/recovered"]),
    (Before::Paper(&["funds/reserved", "funds/paid"]), &["subsidies/approved_amount"], &["funds/reserved", "funds/paid"]),
];

/// What of the figures adds up across columns and tables, and what of the year before must stay untold in it.
fn balances(figures: &Figures, last: Option<&LastYear>) -> (Vec<Balance>, Vec<Past>) {
    let (mut found, mut kept_back) = (Vec::new(), Vec::<Past>::new());
    let mut ask = |row: &str, before: Before, one: &[&str], other: &[&str]| {
        let side = |names: &[&str]| -> Vec<Figure> {
            let names = names.iter().filter_map(|n| n.split_once('/'));
            names.map(|(table, column)| Figure { table: table.into(), row: row.into(), column: column.into() }).collect()
        };
        let (mut one, other) = (side(one), side(other));
        let sum = |side: &[Figure]| side.iter().try_fold(0i64, |sum, f| sum.checked_add(figures.cell(f)?.int()?));
        let Some(mut more) = sum(&one).zip(sum(&other)).and_then(|(a, b)| b.checked_sub(a)) else { return };
        let stock = match before {
            Before::Nothing => &[],
            Before::Stock(columns) => columns,
            Before::Paper(columns) if last.is_some() => columns,
            Before::Paper(_) => &[],
        };
        if more != 0 && stock.is_empty() {
            return;
        }
        if let Some(last) = last {
            let stock = side(stock);
            // Where the office learned better since, what was said then is not what there was.
            if stock.iter().try_fold(0i64, |sum, f| sum.checked_add(last.number(f))) == Some(more) {
                for f in stock.iter().filter(|f| last.untold.contains(f)) {
                    let value = last.number(f);
                    let people = f.table != "funds";
                    let figure = Figure { column: format!("{}_before", f.column), ..f.clone() };
                    more -= value;
                    one.push(figure.clone());
                    if kept_back.iter().all(|p| p.figure != figure) {
                        kept_back.push(Past { figure, value, people });
                    }
                }
            }
        }
        found.push(Balance { one, other, more });
    };
    for (table, before, one, other) in BALANCES {
        for row in figures.table(table).iter().flat_map(|t| t.rows.iter().map(|r| r.key.as_str()).chain(["total"])) {
            ask(row, before, one, other);
        }
    }
    for (before, one, other) in OF_TOTALS {
        ask("total", before, one, other);
    }
    (found, kept_back)
}

/// Targets that count people, and the tables that say the same.
fn of_targets(pack: &TargetsPack) -> Known {
    let mut known = Known::default();
    let figure = |table: &str, row: &str, column: &str| Figure { table: table.into(), row: row.into(), column: column.into() };
    for t in &pack.targets {
        if let Counts::People { corps, .. } = &t.counts {
            for (column, table, same) in [("introduced", "rigid", "introduced"), ("all", "corps", "people"), ("left", "rigid", "left")] {
                let f = figure("targets", &t.code, column);
                known.same.push((figure(table, corps.code(), same), f.clone()));
                known.people.insert(f);
            }
        }
    }
    known
}

/// Where the next year's white paper says a figure again.
fn a_year_later(f: &Figure) -> Vec<Figure> {
    let columns: &[&str] = match (f.table.as_str(), f.column.as_str()) {
        ("corps", "people") => &["previous", "last_year"],
        ("flows", "in") => &["in_previous", "in_last_year"],
        ("flows", "out") => &["out_previous", "out_last_year"],
        _ => &[],
    };
    columns.iter().map(|c| Figure { column: (*c).to_owned(), ..f.clone() }).collect()
}

/// Adds to a frozen white paper's figures what its readers were not told.
pub fn with_withheld(figures: &Value, published: &Figures) -> Value {
    let names = published.tables.iter().flat_map(super::Table::figures).filter(|(.., cell)| hidden(cell)).map(|(f, ..)| f.to_string());
    let rows: Vec<Value> = names.map(|n| json!({"row": n})).collect();
    let mut out = figures.clone();
    if let Value::Array(tables) = &mut out {
        tables.push(json!({"table": WITHHELD, "rows": rows, "total": null}));
    }
    out
}

fn withheld(frozen: &str) -> Vec<Figure> {
    let tables: Value = serde_json::from_str(frozen).unwrap_or(Value::Null);
    let table = tables.as_array().into_iter().flatten().filter(|t| t["table"] == WITHHELD);
    table.flat_map(|t| t["rows"].as_array().into_iter().flatten()).filter_map(|r| Figure::parse(r["row"].as_str()?)).collect()
}

fn hidden(cell: &Cell) -> bool {
    matches!(cell, Cell::Band(..) | Cell::Withheld)
}

/// The published figures in chapters. `about` are the lines of the cover.
pub fn document(lang: Lang, zone: String, title: String, about: Vec<String>, notes: Vec<String>, figures: &Figures) -> Doc {
    let told = |name: &str| -> Option<String> {
        let f = Figure::parse(name)?;
        let cell = figures.cell(&f)?;
        let unit = figures.table(&f.table)?.columns.iter().find(|c| c.key == f.column)?.unit;
        (!matches!(cell, Cell::None | Cell::Withheld)).then(|| text(unit, cell))
    };
    let mut sections: Vec<Section> = CHAPTERS
        .iter()
        .map(|(key, tables)| {
            let says = SAYS.iter().filter(|s| s.0 == *key).filter_map(|(_, sentence, needs)| {
                let found = needs.iter().map(|(name, f)| Some((*name, told(f)?))).collect::<Option<Vec<_>>>()?;
                let facts: Vec<(&str, &dyn std::fmt::Display)> = found.iter().map(|(n, v)| (*n, v as &dyn std::fmt::Display)).collect();
                Some(words(lang, &format!("says.{sentence}"), &facts))
            });
            Section {
                title: words(lang, &format!("chapter.{key}"), &[]),
                says: says.chain((*key == "overview").then(|| reached(lang, figures)).flatten()).collect(),
                tables: tables.iter().filter_map(|t| figures.table(t)).map(|t| sheet(t, lang)).collect(),
            }
        })
        .filter(|s| !s.tables.is_empty())
        .collect();
    sections.push(Section {
        title: words(lang, "chapter.method", &[]),
        says: ["method.distinct", "method.flows", "method.small", "method.money"]
            .iter()
            .map(|k| words(lang, k, &[]))
            .chain(notes)
            .collect(),
        tables: Vec::new(),
    });
    number(&mut sections, lang);
    let keys = KEYS.iter().filter_map(|name| Some((words(lang, &format!("key.{}", name.replace('/', "_")), &[]), told(name)?))).collect();
    Doc { lang, title, zone, about, keys, sections, notes: Vec::new() }
}

/// How many targets are reached and behind.
fn reached(lang: Lang, figures: &Figures) -> Option<String> {
    let t = figures.table("targets").filter(|t| !t.rows.is_empty())?;
    let of = |colour: &str| t.rows.iter().filter(|r| r.cells.contains(&Cell::Code(colour.to_owned()))).count();
    let behind = t.rows.len() - of("done") - of("green");
    Some(words(lang, "says.targets", &[("all", &t.rows.len()), ("done", &of("done")), ("behind", &behind)]))
}
