//! `report …`: arguments, and reports as a clerk and a script see them.

use super::doc::{Doc, Sheet};
use super::figures::{self, Source};
use super::make::{self, Asked, Made, WHITEPAPER};
use super::period::{Length, Period};
use super::store::{self, Frozen};
use super::verify::{self, Verified};
use super::{Cell, Figure, PREFIX, Row, value};
use crate::base::number;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::ui::{Column, Format, View, spark, t, tf, try_t};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "report", build, run };

#[derive(Args, Debug)]
struct Make {
    #[arg(value_name = "PERIOD")]
    period: String,
    #[arg(long, value_name = "FILE")]
    out: Vec<PathBuf>,
    #[arg(long)]
    freeze: bool,
    #[arg(long, requires = "freeze")]
    revise: bool,
    #[arg(long)]
    if_changed: bool,
    #[arg(long)]
    preliminary: bool,
    #[arg(long, requires = "freeze")]
    catch_up: bool,
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum ReportCommand {
    Quarter(Make),
    Half(Make),
    Year(Make),
    Whitepaper(Make),
    Verify {
        #[arg(value_name = "RP", required_unless_present = "all")]
        report: Vec<String>,
        #[arg(long, conflicts_with = "report")]
        all: bool,
    },
    Check {
        #[arg(value_name = "PERIOD")]
        period: String,
        #[arg(long)]
        reidentify: bool,
    },
    Explain {
        #[arg(value_name = "FIGURE")]
        figure: String,
        #[arg(long, value_name = "PERIOD")]
        period: String,
    },
    Show {
        #[arg(value_name = "RP")]
        report: String,
    },
    List,
}

fn build(c: Command) -> Command {
    ReportCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use ReportCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Quarter(asked) => reports(office, "quarter", Length::Quarter, &asked),
        C::Half(asked) => reports(office, "half", Length::Half, &asked),
        C::Year(asked) => reports(office, "year", Length::Year, &asked),
        C::Whitepaper(asked) => reports(office, WHITEPAPER, Length::Year, &asked),
        C::Verify { report, all } => verify_all(office, &report, all),
        C::Check { period, reidentify } => check(office, &period, reidentify),
        C::Explain { figure, period } => explain(office, &figure, &period),
        C::Show { report } => show(office, &report),
        C::List => list(office),
    }
}

/// A period of a length; `last` is the last that has ended.
fn period(office: &Office, length: Option<Length>, text: &str) -> Result<Period> {
    let unknown = || {
        let form = match length {
            Some(Length::Quarter) => "2019Q3",
            Some(Length::Half) => "2019H1",
            Some(Length::Year) => "2019",
            None => "2019Q3, 2019H1, 2019",
        };
        error::usage("no_period").fact("text", text).fact("form", form)
    };
    if text.eq_ignore_ascii_case("last") {
        return Ok(Period::last(length.unwrap_or(Length::Quarter), office.as_of()));
    }
    let p = Period::parse(text).ok_or_else(unknown)?;
    match length {
        Some(asked) if asked != p.length => Err(error::usage("period_length")
            .fact("period", p.code())
            .fact("verb", p.length.code())
            .detail("possible", vec![p.length.code()])),
        _ => Ok(p),
    }
}

fn reports(office: &Office, kind: &'static str, length: Length, said: &Make) -> Result<Exit> {
    let last = period(office, Some(length), &said.period)?;
    let asked = |period: Period, out| Asked {
        kind,
        period,
        out,
        freeze: said.freeze,
        revise: said.revise,
        if_changed: said.if_changed,
        preliminary: said.preliminary,
        template: said.template.as_deref(),
    };
    let mut periods = vec![last];
    let mut without_file = Vec::new();
    if said.catch_up {
        let frozen: BTreeMap<Period, Frozen> = store::all(office.read()?)?
            .into_iter()
            .filter(|f| f.kind == kind)
            .filter_map(|f| Some((Period::parse(&f.period)?, f)))
            .filter(|(p, _)| *p <= last)
            .collect();
        // From the one behind the last that was frozen; where none was, this one is the first.
        if let Some(before) = frozen.keys().next_back() {
            periods = std::iter::successors(Some(last), |p| Some(p.previous())).take_while(|p| p > before).collect();
            periods.reverse();
        }
        // Whoever asks every day wants it once: what is frozen stays, whatever was learned since (`verify` says that). Only a file that is not
        // there is written, as it was frozen.
        for (p, f) in &frozen {
            let missing = missing(&said.out, *p, last);
            if !missing.is_empty() {
                without_file.push((*p, f.clone(), missing));
            }
        }
        if let Some(f) = frozen.get(&last).filter(|_| without_file.is_empty()) {
            return stays(office, f);
        }
    }
    // Nothing is kept before every file is known to have a place.
    without_file.iter().try_for_each(|(p, _, out)| make::must_go(office, &asked(*p, out)))?;
    periods.iter().try_for_each(|p| make::must_go(office, &asked(*p, &said.out)))?;
    let mut all = Vec::new();
    for (p, f, out) in &without_file {
        all.push(make::again(office, &asked(*p, out), f.clone())?);
    }
    for p in periods {
        all.push(make::make(office, &asked(p, &said.out))?);
    }
    tell(office, &all, said)?;
    Ok(Exit::Done)
}

/// Files of a frozen period that are not there; one that does not bear its period in its name is the last one's.
fn missing(out: &[PathBuf], p: Period, last: Period) -> Vec<PathBuf> {
    let files = out.iter().filter(|o| !make::named(o, p).exists());
    files.filter(|o| p == last || make::named(o, p) != **o).cloned().collect()
}

/// On a screen the report itself, or one line where it went into files; scripts get what the contract says.
fn tell(office: &Office, all: &[Made], said: &Make) -> Result<()> {
    let dry = |mut v: Value| {
        if office.globals.dry_run {
            v["dry_run"] = true.into();
            v["no"] = Value::Null;
        }
        v
    };
    match office.format() {
        Format::Json | Format::Ndjson => {
            let values: Vec<Value> = all.iter().map(|m| dry(m.json.clone())).collect();
            match <[Value; 1]>::try_from(values) {
                Ok([one]) => office.show(&View::object(one)),
                Err(values) => office.show(&View { value: values.into(), ..View::default() }),
            }
        }
        Format::Table | Format::Md if !said.out.is_empty() => all.iter().try_for_each(|m| log(office, &dry(m.json.clone()))),
        Format::Csv => {
            let rows = all.iter().flat_map(|m| {
                let period = m.json["period"].clone();
                let lines = m.figures.tables.iter().flat_map(|t| t.figures());
                lines
                    .map(move |(f, unit, cell)| json!({"period": period, "figure": f.to_string(), "value": value(unit, cell)}))
                    .collect::<Vec<_>>()
            });
            office.show(&View::list(rows.collect(), ["period", "figure", "value"].into_iter().map(Column::new).collect()))
        }
        Format::Md => {
            // As a file would be.
            let texts: Vec<String> = all.iter().map(|m| super::form::markdown::text(&m.doc)).collect();
            office.put(crate::ui::clean::printable(&texts.join("\n")).as_bytes())
        }
        Format::Table => all.iter().try_for_each(|m| print(office, &m.doc)),
    }
}

/// A frozen report that a call of every day leaves as it is.
fn stays(office: &Office, f: &Frozen) -> Result<Exit> {
    let mut v = line(f);
    v["frozen"] = true.into();
    v["unchanged"] = true.into();
    v["files"] = json!([]);
    match office.format() {
        Format::Table | Format::Md => log(office, &v)?,
        _ => office.show(&View::object(v))?,
    }
    Ok(Exit::Done)
}

/// One line of a log: when, what, and which files; keys as scripts know them.
fn log(office: &Office, v: &Value) -> Result<()> {
    let files = v["files"].as_array().into_iter().flatten().filter_map(|f| f["path"].as_str());
    let plain = |key: &str| v[key].as_str().map_or_else(|| v[key].to_string(), str::to_owned);
    let facts = ["period", "as_of", "no", "edition", "unchanged"]
        .into_iter()
        .filter(|key| !v[key].is_null())
        .map(|key| format!("{key}={}", plain(key)));
    let words = [crate::office::moment(office.now_ms()), format!("report.{}", plain("kind"))]
        .into_iter()
        .chain(facts)
        .chain(files.map(|f| format!("file={f}")));
    office.put(format!("{}\n", words.collect::<Vec<_>>().join(" ")).as_bytes())
}

/// The report on a screen, table by table.
fn print(office: &Office, doc: &Doc) -> Result<()> {
    let head: String = std::iter::once(&doc.title).chain(&doc.about).map(|l| format!("{l}\n")).collect();
    office.put(crate::ui::clean::printable(&head).as_bytes())?;
    let draws = office.with_out(|o| o.draws());
    for s in &doc.sections {
        office.put(format!("\n{}\n", s.title).as_bytes())?;
        for t in &s.tables {
            office.put(b"\n")?;
            office.show(&view(t, draws))?;
        }
    }
    let notes: String = doc.notes.iter().map(|l| format!("\n{l}")).collect();
    office.put(format!("{}\n", crate::ui::clean::printable(&notes)).as_bytes())
}

fn view(t: &Sheet, draws: bool) -> View {
    let mut columns = vec![Column::new("c0").labelled(&t.corner)];
    columns.extend(t.heads.iter().enumerate().map(|(at, h)| Column::right(format!("c{}", at + 1)).labelled(h)));
    let rows = t
        .texts()
        .into_iter()
        .map(|cells| Value::Object(cells.into_iter().enumerate().map(|(at, c)| (format!("c{at}"), c.into())).collect()));
    let mut rows: Vec<Value> = rows.collect();
    if let Some(bars) = bars(t).filter(|_| draws) {
        columns.push(Column::new("bar").labelled(""));
        rows.iter_mut().zip(bars).for_each(|(row, bar)| row["bar"] = bar.into());
    }
    let mut view = View::list(rows, columns).titled(t.title.clone());
    for note in &t.notes {
        view = view.noted(note.clone());
    }
    view
}

/// A bar a row of a table that is drawn: of its first drawn column against the largest, or a share of its whole.
fn bars(t: &Sheet) -> Option<Vec<String>> {
    const CELLS: usize = 12;
    let number = |row: &Row, at: usize| row.cells.get(at).and_then(Cell::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let percent = t.table.columns.iter().position(|c| c.key == "percent");
    let at = percent.or_else(|| t.chart.as_ref()?.columns.first().copied())?;
    let whole = match percent {
        Some(_) => 1000,
        None => t.table.rows.iter().map(|r| number(r, at)).max()?,
    };
    Some(t.table.rows.iter().map(|r| spark::bar(number(r, at), whole, CELLS)).collect())
}

// ---------------------------------------------------------------- frozen reports

fn line(f: &Frozen) -> Value {
    json!({
        "no": f.no(), "status": "frozen", "kind": f.kind, "period": f.period, "edition": f.edition,
        "revises": f.revises.map(|id| number::format(PREFIX, id)), "as_of": f.as_of.iso(), "known_op": f.known_op, "op": f.made_op, "sha256": f.sha256,
    })
}

fn list(office: &Office) -> Result<Exit> {
    let rows = store::all(office.read()?)?.iter().map(line).collect();
    let columns = ["no", "kind", "period", "edition", "revises", "as_of", "known_op"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// A frozen report with the entries that since reached into its period.
fn show(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let f = store::resolve(conn, text)?;
    let mut v = line(&f);
    v["into_frozen"] = store::into_frozen(conn, &f)?.into();
    v["figures"] = serde_json::from_str(&f.figures).unwrap_or(Value::Null);
    if matches!(office.format(), Format::Table | Format::Md)
        && let Value::Object(v) = &mut v
    {
        v.shift_remove("figures");
    }
    office.show(&View::object(v))?;
    Ok(Exit::Done)
}

fn verify_all(office: &Office, texts: &[String], all: bool) -> Result<Exit> {
    let conn = office.read()?;
    let path = office.path()?.to_path_buf();
    let reports = if all { store::all(conn)? } else { texts.iter().map(|t| store::resolve(conn, t)).collect::<Result<Vec<_>>>()? };
    let mut rows = Vec::new();
    for f in &reports {
        rows.push(verified(f, &verify::verify(conn, &path, f)?));
    }
    let tampered = rows.iter().any(|r| r["ok"] == false);
    if matches!(office.format(), Format::Table | Format::Md) {
        verified_in_tables(office, &rows)?;
        return Ok(if tampered { Exit::Found } else { Exit::Done });
    }
    match <[Value; 1]>::try_from(rows) {
        Ok([one]) if !all => office.show(&View::object(one))?,
        Ok([one]) => office.show(&View::list(vec![one], verify_columns()))?,
        Err(rows) => office.show(&View::list(rows, verify_columns()))?,
    }
    Ok(if tampered { Exit::Found } else { Exit::Done })
}

/// A line a report, then one a figure that is not what was frozen.
fn verified_in_tables(office: &Office, rows: &[Value]) -> Result<()> {
    let count = |v: &Value| v.as_array().map_or(0, Vec::len);
    let short = rows.iter().map(|r| {
        let mut r = r.clone();
        (r["tampered"], r["corrected"]) = (count(&r["tampered"]).into(), count(&r["corrected"]).into());
        r
    });
    office.show(&View::list(short.collect(), verify_columns()))?;
    let each = |key: &'static str| rows.iter().flat_map(move |r| r[key].as_array().into_iter().flatten().map(move |f| (&r["no"], f)));
    let tampered = each("tampered").map(|(no, figure)| json!({"no": no, "why": t("report.tampered"), "figure": figure}));
    let corrected = each("corrected").map(|(no, c)| {
        let ops: Vec<String> = c["ops"].as_array().into_iter().flatten().map(Value::to_string).collect();
        json!({"no": no, "why": t("report.corrected"), "figure": c["figure"], "frozen": c["frozen"], "now": c["now"], "ops": ops.join(", ")})
    });
    let other: Vec<Value> = tampered.chain(corrected).collect();
    if other.is_empty() {
        return Ok(());
    }
    office.put(b"\n")?;
    let column = |name: &'static str| {
        Column::new(name).labelled(t(match name {
            "why" => "report.differs.why",
            "figure" => "report.differs.figure",
            "frozen" => "report.differs.frozen",
            "now" => "report.differs.now",
            "ops" => "report.differs.ops",
            _ => "report.differs.no",
        }))
    };
    office.show(&View::list(other, ["no", "why", "figure", "frozen", "now", "ops"].into_iter().map(column).collect()))
}

fn verify_columns() -> Vec<Column> {
    ["no", "period", "edition", "ok", "tampered", "corrected"].into_iter().map(Column::new).collect()
}

fn verified(f: &Frozen, v: &Verified) -> Value {
    let corrected: Vec<Value> =
        v.corrected.iter().map(|c| json!({"figure": c.figure, "frozen": c.frozen, "now": c.now, "ops": c.ops})).collect();
    json!({
        "no": f.no(), "kind": f.kind, "period": f.period, "edition": f.edition, "ok": v.tampered.is_empty(), "tampered": v.tampered,
        "corrected": corrected,
    })
}

// ---------------------------------------------------------------- before signing, and why

fn check(office: &Office, text: &str, reidentify: bool) -> Result<Exit> {
    let p = period(office, None, text)?;
    let day = make::day_of(office, p)?;
    let conn = office.read()?;
    if p.until() >= office.as_of() {
        office.warn("note.period_running", &[("period", &p.code()), ("day", &day.iso())]);
    }
    let path = office.path()?.to_path_buf();
    let figures = figures::figures(&Source { conn, path: Some(&path), period: p, day })?;
    let rows: Vec<Value> = if reidentify {
        let found = super::whitepaper::attack(conn, p, &figures)?;
        found.into_iter().map(|(f, cell)| json!({"check": "reidentified", "what": f.to_string(), "name": null, "value": null, "against": value(super::Unit::People, &cell)})).collect()
    } else {
        let doubts = verify::doubts(conn, p, day, &figures)?;
        doubts
            .into_iter()
            .map(|d| json!({"check": d.check, "what": d.what, "name": d.name, "value": d.value, "against": d.against}))
            .collect()
    };
    let found = !rows.is_empty();
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        office.show(&View::object(json!({"period": p.code(), "as_of": day.iso(), "ok": !found, "findings": rows})))?;
    } else if found || office.format() == Format::Csv {
        let person = office.format() != Format::Csv;
        let rows = if person { rows.into_iter().map(in_words).collect() } else { rows };
        let columns = ["check", "what", "name", "value", "against"].into_iter();
        let columns = columns.filter(|c| *c != "name" || !person || rows.iter().any(|r| !r["name"].is_null()));
        let head = |c: &str| try_t(&format!("report.finding.{c}")).unwrap_or_default();
        office.show(&View::list(rows.clone(), columns.map(|c| Column::new(c).labelled(head(c))).collect()))?;
    } else {
        let key = if reidentify { "report.clean.reidentify" } else { "report.clean.check" };
        office.put(format!("{}\n", tf(key, &[("period", &p.code()), ("day", &day.iso())])).as_bytes())?;
    }
    Ok(if found { Exit::Found } else { Exit::Done })
}

/// A finding as a person reads it.
fn in_words(mut row: Value) -> Value {
    let word = |v: &Value, path: &str| Some(Value::from(try_t(&format!("{path}.{}", v.as_str()?))?));
    if row["check"] == "silent"
        && let Some(kind) = row["value"].as_str()
    {
        row["value"] = crate::paper::letter::roster(crate::ui::lang(), kind).into();
    }
    if let Some(check) = word(&row["check"], "report.check") {
        row["check"] = check;
    }
    row
}

/// The records behind a figure, by number.
fn explain(office: &Office, text: &str, period_text: &str) -> Result<Exit> {
    let f = Figure::parse(text).ok_or_else(|| error::usage("figure_form").fact("text", text))?;
    let p = period(office, None, period_text)?;
    let day = make::day_of(office, p)?;
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let source = Source { conn, path: None, period: p, day };
    let records = figures::records(&source, &f)?;
    let rows: Vec<Value> =
        records.iter().map(|r| json!({"no": r.no, "day": r.day.map(|d| d.iso()), "amount": r.amount.map(|a| super::money(a.0))})).collect();
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        office.show(&View::object(
            json!({"figure": f.to_string(), "period": p.code(), "as_of": day.iso(), "count": rows.len(), "records": rows}),
        ))?;
        return Ok(Exit::Done);
    }
    let mut columns = vec![Column::new("no"), Column::new("day")];
    if rows.iter().any(|r| !r["amount"].is_null()) {
        columns.push(Column::right("amount"));
    }
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
