//! `task score|duty|sheet`: what a year comes to: arguments, acts and answers.

use crate::base::day::Day;
use crate::base::number;
use crate::error::{self, Result};
use crate::expert;
use crate::leader;
use crate::office::{Exit, Office};
use crate::org;
use crate::paper;
use crate::policy;
use crate::task::change::{self, Duty};
use crate::task::look::{Book, Seen};
use crate::task::sheet::Maker;
use crate::task::{DUTY, DUTY_PREFIX, store, view};
use crate::ui::entry::text_said;
use crate::ui::{Column, Lang, View, lang, t};
use clap::Args;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct ScoreArgs {
    #[arg(long, value_name = "YEAR", value_parser = year_parser())]
    year: i32,
    #[arg(long, value_name = "U")]
    unit: Option<String>,
    #[arg(long, value_name = "POINTS", requires_all = ["unit", "why", "decision"], conflicts_with = "deduct", value_parser = parse_points)]
    bonus: Option<i64>,
    #[arg(long, value_name = "POINTS", requires_all = ["unit", "why", "decision"], value_parser = parse_points)]
    deduct: Option<i64>,
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    #[arg(long, value_name = "D")]
    decision: Option<String>,
}

/// How a duty report was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Rank {
    #[value(alias = "好")]
    Good,
    #[value(name = "fairly_good", alias = "较好")]
    FairlyGood,
    #[value(alias = "一般")]
    Fair,
    #[value(alias = "差")]
    Poor,
}

impl Rank {
    const fn code(self) -> &'static str {
        match self {
            Rank::Good => "good",
            Rank::FairlyGood => "fairly_good",
            Rank::Fair => "fair",
            Rank::Poor => "poor",
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct DutyArgs {
    #[arg(value_name = "U", requires = "year")]
    unit: Option<String>,
    #[arg(long, value_name = "YEAR", value_parser = year_parser())]
    year: Option<i32>,
    #[arg(long, value_name = "FILE", requires = "unit")]
    file: Vec<PathBuf>,
    #[arg(long, value_name = "RANK", requires = "unit", value_enum)]
    rank: Option<Rank>,
    #[arg(long, requires = "unit")]
    revise: bool,
    #[arg(long, value_name = "D", requires = "rank")]
    decision: Option<String>,
    #[arg(long, value_name = "TEXT", requires = "revise")]
    why: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct SheetArgs {
    #[arg(long, value_name = "U", required_unless_present = "leader", conflicts_with = "leader")]
    unit: Option<String>,
    #[arg(long, value_name = "NAME")]
    leader: Option<String>,
    #[arg(long, value_name = "YEAR", value_parser = year_parser())]
    year: Option<i32>,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A year of an office.
fn year_parser() -> clap::builder::RangedI64ValueParser<i32> {
    clap::value_parser!(i32).range(1949..=2199)
}

/// Points with at most one decimal, above nothing, in tenths.
fn parse_points(text: &str) -> std::result::Result<i64, String> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let tenths = (digits(whole, 3) && digits(tenth, 1)).then(|| format!("{whole}{tenth}").parse::<i64>().unwrap_or(0));
    tenths.filter(|t| *t > 0).ok_or_else(|| t("task.bad_points").to_owned())
}

/// The last day of a year as far as it is lived: what is reckoned for it is reckoned on that day. 65 where it has not begun.
fn day_of_year(office: &Office, year: i32) -> Result<Day> {
    let last = Day::month_end(year, 12).unwrap_or(office.as_of()).min(office.as_of());
    if last.ymd().0 < year { Err(error::bad_data("year_ahead").fact("year", year)) } else { Ok(last) }
}

fn zh() -> bool {
    lang() == Lang::Zh
}

/// Whether the office confirmed the rules of the score.
fn confirmed(conn: &Connection, policy_id: Option<i64>) -> Result<bool> {
    Ok(match policy_id {
        Some(id) => !policy::store::confirmations(conn, id)?.is_empty(),
        None => false,
    })
}

pub(super) fn score(office: &Office, a: &ScoreArgs) -> Result<Exit> {
    let conn = office.read()?;
    let unit = a.unit.as_deref().map(|u| org::store::resolve(conn, u)).transpose()?;
    if let (Some(org), Some(tenths)) = (unit, a.bonus.or(a.deduct.map(|d| -d))) {
        let why = text_said(a.why.as_deref().unwrap_or_default(), "--why")?;
        let decision = a.decision.as_deref().unwrap_or_default();
        let done = office.write("task.score", Map::new(), |tx| {
            change::give(tx, org, a.year, tenths, &why, decision)?;
            tx.outcome("unit", number::format(org::PREFIX, org));
            let book = Book::open(tx.conn(), Day::month_end(a.year, 12).unwrap_or(tx.day).min(tx.day))?;
            let mut all = scores(tx.conn(), &book, a.year, Some(org))?;
            Ok(all.pop().unwrap_or(Value::Null))
        })?;
        return office.show_changed(&done);
    }
    let book = Book::open(conn, day_of_year(office, a.year)?)?;
    let mut rows = scores(conn, &book, a.year, unit)?;
    let sure = confirmed(conn, book.policy_id)?;
    if let (Some(_), 1) = (unit, rows.len()) {
        let mut v = View::object(rows.remove(0));
        if !sure {
            v = v.noted(t("task.unconfirmed"));
        }
        office.show(&v)?;
        return Ok(Exit::Done);
    }
    let mut columns = vec![Column::new("unit.no"), Column::new("unit.name")];
    columns.extend(["score", "base", "bonus", "deducted"].into_iter().map(Column::right));
    columns.extend(["grade_title", "duty"].into_iter().map(Column::new));
    let mut v = View::list(rows, columns);
    if !sure {
        v = v.noted(t("task.unconfirmed"));
    }
    office.show(&v)?;
    Ok(Exit::Done)
}

/// Scores of a year as scripts see them.
fn scores(conn: &Connection, book: &Book<'_>, year: i32, unit: Option<i64>) -> Result<Vec<Value>> {
    let seen = book.all()?;
    let sure = confirmed(conn, book.policy_id)?;
    view::years(conn, book, &seen, year, unit)?.iter().map(|y| view::year(conn, book, y, sure, zh())).collect()
}

pub(super) fn duty(office: &Office, a: &DutyArgs) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let Some(unit) = &a.unit else {
        let reports = store::duties(conn, a.year)?;
        let rows = reports.into_iter().map(|(org, year)| view::duty(conn, org, year, day)).collect::<Result<Vec<_>>>()?;
        let columns = ["no", "status", "year", "unit.name", "rank", "handed_in", "files"].into_iter().map(Column::new).collect();
        office.show(&View::list(rows, columns))?;
        return Ok(Exit::Done);
    };
    let org_id = org::store::resolve(conn, unit)?;
    let year = a.year.ok_or_else(|| error::usage("not_understood"))?;
    if a.file.is_empty() && a.rank.is_none() {
        let held = view::duty(conn, org_id, year, day)?;
        if held.is_null() {
            return Err(error::not_found("no_such_duty").fact("unit", number::format(org::PREFIX, org_id)).fact("year", year));
        }
        office.show(&View::object(held))?;
        return Ok(Exit::Done);
    }
    let why = a.why.as_deref().map(|w| text_said(w, "--why")).transpose()?;
    if a.revise && why.is_none() {
        return Err(error::usage("empty_text").fact("option", "--why"));
    }
    let kept = a.file.iter().map(|f| paper::cmd::bring(office, f)).collect::<Result<Vec<_>>>()?;
    let asked = Duty {
        org_id,
        year,
        brings: !a.file.is_empty(),
        rank: a.rank.map(Rank::code),
        revise: a.revise,
        decision: a.decision.as_deref(),
        why: why.as_deref(),
    };
    let done = office.write("task.duty", Map::new(), |tx| {
        let id = change::duty(tx, &asked)?;
        for (file, k) in a.file.iter().zip(&kept) {
            paper::store::link(tx, &paper::cmd::kept(file, k.0.clone(), k.1, "duty_report", false, (DUTY.kind, id)))?;
        }
        tx.outcome("no", number::format(DUTY_PREFIX, id));
        view::duty(tx.conn(), org_id, year, tx.day)
    })?;
    if a.file.is_empty() || a.revise { office.show_changed(&done) } else { office.show_made(&done) }
}

pub(super) fn sheet(office: &Office, a: &SheetArgs) -> Result<Exit> {
    let conn = office.read()?;
    let year = a.year.unwrap_or(office.as_of().ymd().0);
    let book = Book::open(conn, day_of_year(office, year)?)?;
    let seen: Vec<Seen> = book.all()?;
    let make =
        Maker { office, conn, book: &book, seen: &seen, year, lang: office.document_lang()?, confirmed: confirmed(conn, book.policy_id)? };
    let (no, sheet) = match (&a.unit, &a.leader) {
        (Some(u), _) => {
            let id = org::store::resolve(conn, u)?;
            (number::format(org::PREFIX, id), make.of_unit(id)?)
        }
        (None, name) => {
            let l = leader::store::resolve(conn, name.as_deref().unwrap_or_default(), book.day)?;
            let experts = expert::store::kept_by(conn, &l.fact.data.name, book.day)?;
            let sheet = make.of_leader(&l, &experts)?;
            // It names them and leaves the house.
            if !experts.is_empty() && !office.globals.dry_run {
                let mut what = Map::new();
                what.insert("leader".into(), l.no().into());
                office.record_access("task.sheet", what)?;
            }
            (l.no(), sheet)
        }
    };
    let path = sheet.write(office, &a.out)?;
    office.show(&View::object(json!({"no": no, "year": year, "as_of": book.day.iso(), "path": path})))?;
    Ok(Exit::Done)
}
