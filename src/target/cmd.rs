//! `target …`: the plan's goals, where they stand on a day, and exactly who and what was counted.

use super::count::{self, judge_person, tally};
use super::forecast::{self, LEVEL_PERCENT, METHOD, WINDOW_DAYS};
use super::goal::{self, Goal};
use super::{Figures, TargetLine, Verdict, org_verdict, platform_verdict, report_day, store};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper;
use crate::policy::{self, Counts, Figure, Target, TargetsPack};
use crate::ui::{Column, Format, Lang, View, lang, spark, t, tf};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "target", build, run };

fn build(c: Command) -> Command {
    TargetCommand::augment_subcommands(c).subcommand_required(true)
}

/// `--figure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FigureArg {
    Introduced,
    All,
}

#[derive(Subcommand, Debug)]
enum TargetCommand {
    List,
    Report {
        #[arg(value_name = "CODE")]
        codes: Vec<String>,
    },
    Explain {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long)]
        excluded: bool,
        #[arg(long, value_enum)]
        figure: Option<FigureArg>,
    },
    Forecast {
        #[arg(value_name = "CODE")]
        codes: Vec<String>,
    },
    Set {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
        goal: i64,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
        goal_max: Option<i64>,
        #[arg(long, value_name = "D")]
        decision: String,
    },
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let Ok(command) = TargetCommand::from_arg_matches(m) else { return Err(error::usage("not_understood")) };
    let conn = office.read()?;
    let pack = store::pack_on(conn, office.as_of().0)?;
    match command {
        TargetCommand::List => list(office, &pack),
        TargetCommand::Report { codes } => report(office, conn, &pack, &codes),
        TargetCommand::Explain { code, excluded, figure } => explain(office, conn, &pack, &code, excluded, figure),
        TargetCommand::Forecast { codes } => ahead(office, conn, &pack, &codes),
        TargetCommand::Set { code, goal, goal_max, decision } => set(office, find(&pack, &code)?, Goal { goal, goal_max }, &decision),
    }
}

fn zh() -> bool {
    lang() == Lang::Zh
}

/// The day the report speaks of.
fn day_of(office: &Office, pack: &TargetsPack) -> i32 {
    report_day(office.day().0, office.globals.as_of.map(|d| d.0), pack.term.until)
}

fn find<'p>(pack: &'p TargetsPack, code: &str) -> Result<&'p Target> {
    pack.targets.iter().find(|t| t.code.eq_ignore_ascii_case(code.trim())).ok_or_else(|| {
        let codes: Vec<&str> = pack.targets.iter().map(|t| t.code.as_str()).collect();
        error::not_found("no_target").fact("code", code).fact("codes", codes.join(", ")).detail("possible", codes)
    })
}

/// The goals as the plan has them.
fn list(office: &Office, pack: &TargetsPack) -> Result<Exit> {
    let rows = pack
        .targets
        .iter()
        .map(|t| {
            json!({"code": t.code, "name": t.name(zh()), "unit": t.unit(zh()), "goal": t.goal, "goal_max": t.goal_max, "subset_of": t.subset_of,
                   "follows": t.follows.code(), "basis": t.basis, "confirmed": t.confirmed})
        })
        .collect();
    let columns = vec![
        Column::new("code"),
        Column::new("name"),
        Column::right("goal"),
        Column::right("goal_max"),
        Column::new("unit"),
        Column::new("subset_of"),
        Column::new("follows"),
        Column::new("basis"),
    ];
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// Another goal from the business day on: a version of the pack that rests on the decision. What the office confirmed of the pack stays confirmed.
fn set(office: &Office, target: &Target, to: Goal, decision: &str) -> Result<Exit> {
    if let Some(max) = to.goal_max.filter(|max| *max < to.goal) {
        return Err(error::usage("goal_range").fact("goal", to.goal).fact("goal_max", max));
    }
    let before = Goal { goal: target.goal, goal_max: target.goal_max };
    if before == to {
        return Err(error::conflict("same_goal").fact("code", &target.code).fact("goal", to.goal));
    }
    let done = office.write("target.set", Map::new(), |tx| {
        let id = paper::store::cite(tx, decision)?;
        let paper = paper::cmd::cited(tx.conn(), Some(id))?;
        let basis = paper.as_ref().and_then(|p| p["document_no"].as_str()).unwrap_or(decision).to_owned();
        let held = policy::store::current(tx.conn(), "targets")?;
        let text = goal::with_goal(&held.toml, &target.code, to, &basis, tx.day)?;
        let version = policy::store::load(tx, "targets", &text, &basis)?;
        for (scheme, d) in held.id.map(|id| policy::store::confirmations(tx.conn(), id)).transpose()?.into_iter().flatten() {
            policy::store::confirm(tx, version, scheme.as_deref(), d)?;
        }
        tx.outcome("code", target.code.as_str());
        tx.outcome("goal", to.goal);
        Ok((version, paper))
    })?;
    let (version, paper) = &done.value;
    office.show_act(
        &done,
        json!({"code": target.code, "name": target.name(zh()), "unit": target.unit(zh()), "goal": to.goal, "goal_max": to.goal_max,
               "before": {"goal": before.goal, "goal_max": before.goal_max}, "decision": paper, "policy_version": version}),
    )?;
    Ok(Exit::Done)
}

/// Where the targets stand, as an array of lines.
pub fn lines(office: &Office) -> Result<Value> {
    let conn = office.read()?;
    let pack = store::pack_on(conn, office.as_of().0)?;
    Ok(lines_of(conn, &pack, &[], day_of(office, &pack))?.0)
}

/// The lines of the targets asked for, and the persons counted in any.
fn lines_of(conn: &Connection, pack: &TargetsPack, wanted: &[&String], day: i32) -> Result<(Value, i64)> {
    let (figures, distinct) = tally(conn, pack, day)?;
    let rows = pack
        .targets
        .iter()
        .zip(figures)
        .filter(|(t, _)| wanted.is_empty() || wanted.contains(&&t.code))
        // A line is made of plain numbers and texts: it always becomes JSON.
        .map(|(t, f)| serde_json::to_value(TargetLine::of(pack, t, f, day, zh())).unwrap_or(Value::Null))
        .collect();
    Ok((Value::Array(rows), distinct))
}

/// Where the targets stand, as a person reads it.
pub fn report_view(office: &Office) -> Result<View> {
    let conn = office.read()?;
    view_of(office, conn, &store::pack_on(conn, office.as_of().0)?, &[])
}

fn report(office: &Office, conn: &Connection, pack: &TargetsPack, codes: &[String]) -> Result<Exit> {
    office.show(&view_of(office, conn, pack, codes)?)?;
    Ok(Exit::Done)
}

fn codes_of<'p>(pack: &'p TargetsPack, codes: &[String]) -> Result<Vec<&'p String>> {
    codes.iter().map(|c| Ok(&find(pack, c)?.code)).collect()
}

fn view_of(office: &Office, conn: &Connection, pack: &TargetsPack, codes: &[String]) -> Result<View> {
    let wanted = codes_of(pack, codes)?;
    let day = day_of(office, pack);
    let (rows, distinct) = lines_of(conn, pack, &wanted, day)?;
    let mut view = View { value: rows, columns: Some(report_columns(office.format())), ..View::default() };
    if matches!(office.format(), Format::Table | Format::Md) {
        let zone = office.setting("zone")?.unwrap_or_default();
        view = view.titled(tf("target.title", &[("zone", &zone), ("day", &Day(day).iso())]));
        if let Value::Array(rows) = &mut view.value {
            for r in rows {
                // A range is read as one.
                if let (Some(lo), Some(hi)) = (r["goal"].as_i64(), r["goal_max"].as_i64()) {
                    r["goal"] = format!("{lo}-{hi}").into();
                }
            }
        }
        if wanted.is_empty() {
            view = view.noted(tf("target.distinct", &[("n", &distinct)]));
        }
        for t in pack.targets.iter().filter(|t| t.valid_from > pack.term.valid_from && (wanted.is_empty() || wanted.contains(&&t.code))) {
            view = view.noted(tf("target.set", &[("code", &t.code), ("day", &Day(t.valid_from).iso()), ("basis", &t.basis)]));
        }
        if !pack.counting.confirmed {
            view = view.noted(t("target.unconfirmed"));
        }
    }
    Ok(view)
}

/// On a screen a range is read as one and the day stands above; a file has a column for each.
fn report_columns(format: Format) -> Vec<Column> {
    let mut columns = vec![
        Column::new("code"),
        Column::new("name"),
        Column::right("goal"),
        Column::new("unit"),
        Column::right("introduced"),
        Column::right("all"),
        Column::right("left"),
        Column::right("expected"),
        Column::right("percent"),
        Column::right("percent_all"),
        Column::right("remaining"),
        Column::new("colour"),
    ];
    if format == Format::Csv {
        columns.insert(3, Column::right("goal_max"));
        columns.push(Column::new("as_of"));
    }
    columns
}

/// Exactly the records counted and, with `--excluded`, those not counted and why.
fn explain(office: &Office, conn: &Connection, pack: &TargetsPack, code: &str, excluded: bool, figure: Option<FigureArg>) -> Result<Exit> {
    let target = find(pack, code)?;
    let day = day_of(office, pack);
    let figure = match figure {
        Some(FigureArg::All) => Figure::All,
        Some(FigureArg::Introduced) => Figure::Introduced,
        None => target.follows,
    };
    let mut sums = Figures::default();
    let (mut counted, mut left_out) = (Vec::new(), Vec::new());
    let mut put = |no: String, name: String, v: Verdict, introduced_from: Option<i32>, since: Option<i32>| {
        sums.add(v);
        let in_figure = match figure {
            Figure::Introduced => v.introduced,
            Figure::All => v.all,
        };
        let why = v.reason(figure).code();
        if in_figure {
            let since = if figure == Figure::Introduced { introduced_from } else { since.or(introduced_from) };
            counted.push(json!({"no": no, "name": name, "why": why, "since": since.map(|d| Day(d).iso())}));
        } else if excluded {
            left_out.push(json!({"no": no, "name": name, "why": why}));
        }
    };
    match &target.counts {
        Counts::People { .. } => store::each_person(conn, day, |id, facts, since| {
            if let Some(v) = judge_person(target, &facts, day, pack) {
                // Names are looked up only for who is printed.
                let printed = v.introduced || v.all || excluded;
                let name = if printed { store::name_of(conn, id, day)? } else { String::new() };
                put(number::format("P", id), name, v, facts.first_introduced_from, since);
            }
            Ok(())
        })?,
        Counts::Orgs { kinds } => store::each_org(conn, day, |id, name, facts| {
            let v = org_verdict(&facts, kinds, day, &pack.term);
            put(number::format("U", id), name.to_owned(), v, facts.introduced_on, facts.introduced_on);
            Ok(())
        })?,
        Counts::Platforms { kinds } => store::each_platform(conn, day, |id, name, facts, since| {
            put(number::format("PL", id), name.to_owned(), platform_verdict(&facts, kinds), since, since);
            Ok(())
        })?,
    }
    let flow = !matches!(target.counts, Counts::Platforms { .. });
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        let mut v = json!({"code": target.code, "introduced": flow.then_some(sums.introduced), "all": sums.all, "figure": figure.code(),
                           "as_of": Day(day).iso(), "counted": counted});
        v["excluded"] = left_out.into();
        office.show(&View::object(v))?;
        return Ok(Exit::Done);
    }
    // Of a person or a unit, not of a target.
    let columns =
        || vec![Column::new("no"), Column::new("name").labelled(t("target.counted_name")), Column::new("why"), Column::new("since")];
    let n = counted.len();
    let title = tf("target.counted", &[("code", &target.code), ("name", &target.name(zh())), ("day", &Day(day).iso()), ("n", &n)]);
    office.show(&View::list(counted, columns()).titled(title))?;
    if excluded {
        let title = tf("target.excluded", &[("n", &left_out.len())]);
        office.show(&View::list(left_out, columns().into_iter().take(3).collect()).titled(title))?;
    }
    Ok(Exit::Done)
}

/// The last months of a series stand in a line; a terminal as wide as `WIDE` has room for all of them.
const MONTHS_SHOWN: usize = 12;
const WIDE: usize = 140;

/// Where the targets will end: run rate, projection and range, what is needed, month by month.
fn ahead(office: &Office, conn: &Connection, pack: &TargetsPack, codes: &[String]) -> Result<Exit> {
    let wanted = codes_of(pack, codes)?;
    // Days that nobody has lived yet would look idle: nothing is forecast from a day ahead. Behind the term its last day speaks.
    let day = office.as_of().min(office.today()).0.min(pack.term.until);
    let mut came: Vec<Vec<i32>> = vec![Vec::new(); pack.targets.len()];
    count::each(conn, pack, day, |j| {
        let (counts, since) = match pack.targets[j.target].follows {
            Figure::Introduced => (j.verdict.introduced, j.introduced_from),
            Figure::All => (j.verdict.all, j.since.or(j.introduced_from)),
        };
        if counts {
            // What counts without a day of its own was there before anything came.
            came[j.target].push(since.unwrap_or(i32::MIN));
        }
    })?;
    let (drawn, wide) = office.with_out(|out| (out.draws(), out.columns().is_some_and(|c| c >= WIDE)));
    let programs = matches!(office.format(), Format::Json | Format::Ndjson);
    let mut rows = Vec::new();
    for (t, came) in pack.targets.iter().zip(&came).filter(|(t, _)| wanted.is_empty() || wanted.contains(&&t.code)) {
        let f = forecast::forecast(came, t.goal, day, &pack.term);
        let months = forecast::by_month(came, day, &pack.term);
        let mut row = json!({
            "code": t.code, "name": t.name(zh()), "unit": t.unit(zh()), "goal": t.goal, "goal_max": t.goal_max, "follows": t.follows.code(),
            "figure": f.figure, "run_rate": f.run_rate, "projected": f.projected, "low": f.low, "high": f.high, "needed_rate": f.needed_rate,
            "chance_percent": f.chance_percent, "term_over": f.term_over, "term_until": Day(pack.term.until).iso(), "as_of": Day(day).iso(),
        });
        if programs {
            row["method"] = METHOD.into();
            row["level_percent"] = LEVEL_PERCENT.into();
            row["series"] = months.iter().map(|(y, m, n)| json!({"month": format!("{y}-{m:02}"), "count": n})).collect();
        } else {
            let shown = if drawn && wide { months.len() } else { MONTHS_SHOWN };
            let counts: Vec<u64> = months[months.len().saturating_sub(shown)..].iter().map(|m| m.2).collect();
            row["trend"] = if drawn { spark::line(&counts) } else { spark::plain(&counts) }.into();
        }
        rows.push(row);
    }
    let mut columns = vec![Column::new("code"), Column::new("name")];
    columns
        .extend(["goal", "figure", "run_rate", "needed_rate", "projected", "low", "high", "chance_percent"].into_iter().map(Column::right));
    columns.push(Column::new("trend"));
    let mut view = View::list(rows, columns);
    if matches!(office.format(), Format::Table | Format::Md) {
        let zone = office.setting("zone")?.unwrap_or_default();
        let until = Day(pack.term.until).iso();
        view = view.titled(tf("target.ahead", &[("zone", &zone), ("until", &until), ("day", &Day(day).iso())]));
        if day >= pack.term.until {
            view = view.noted(tf("target.over", &[("until", &until)]));
        } else {
            view = view.noted(tf("target.method", &[("days", &WINDOW_DAYS), ("level", &LEVEL_PERCENT)]));
        }
        if !pack.counting.confirmed {
            view = view.noted(t("target.unconfirmed"));
        }
    }
    office.show(&view)?;
    Ok(Exit::Done)
}
