//! `platform …`: arguments, and a platform as a clerk and a script see it.

use super::store::{self, Platform};
use super::{Agreement, COLUMNS, PREFIX, change, check, place};
use crate::base::day::Day;
use crate::base::fault::FaultCode;
use crate::base::sheet::Column as SheetColumn;
use crate::base::{codes, names, number};
use crate::cli::Noun;
use crate::db::facts::Span;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::org::change::How;
use crate::org::cmd::changed_json;
use crate::policy::{Counts, PlatformKind, TargetsPack};
use crate::ui::filter::{Field, Filter, Lines};
use crate::ui::{Column, View, entry, filter};
use crate::{org, target};
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "platform", build, run };

/// The columns that `edit` takes: a stage is `stage`'s.
fn slow() -> &'static [SheetColumn] {
    &COLUMNS[..place("stage")]
}

fn build(c: Command) -> Command {
    let platform = || Arg::new("platform").value_name("PL").required(true);
    let day = |name: &'static str| Arg::new(name).long(name.replace('_', "-")).value_name("DAY").value_parser(parse_day);
    let correct = || Arg::new("correct").long("correct").action(ArgAction::SetTrue);
    c.subcommand_required(true)
        .subcommand(entry::options(Command::new("add"), COLUMNS).arg(Arg::new("from").long("from").value_name("FILE")))
        .subcommand(
            Command::new("stage")
                .arg(platform())
                .arg(Arg::new("stage").value_name("STAGE").required(true))
                .arg(day("since"))
                .arg(correct()),
        )
        .subcommand(entry::options(Command::new("edit").arg(platform()), slow()).arg(day("from_date")).arg(correct()))
        .subcommand(
            Command::new("agree")
                .arg(platform())
                .arg(Arg::new("partner").long("partner").value_name("TEXT").required(true))
                .arg(Arg::new("places").long("places").value_name("N").value_parser(clap::value_parser!(i64).range(1..=100_000)))
                .arg(Arg::new("subject").long("subject").value_name("TEXT"))
                .arg(day("from_date"))
                .arg(day("until")),
        )
        .subcommand(Command::new("show").arg(platform()))
        .subcommand(Lines::augment_args(Command::new("list")))
        .subcommand(Command::new("close").arg(platform()))
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let text = |m: &ArgMatches| m.get_one::<String>("platform").cloned().unwrap_or_default();
    let day = |m: &ArgMatches, name: &str| m.get_one::<Day>(name).copied();
    match m.subcommand() {
        Some(("add", m)) => add(office, m),
        Some(("stage", m)) => {
            let word = m.get_one::<String>("stage").map_or("", String::as_str);
            let code = codes::find("platform_stage", word).ok_or_else(|| {
                let all: Vec<&str> = codes::codes("platform_stage").map(|c| c.code).collect();
                error::usage("unknown_stage").fact("value", word).fact("values", all.join(", "))
            })?;
            stage(office, &text(m), code, day(m, "since"), m.get_flag("correct"), "platform.stage")
        }
        Some(("edit", m)) => edit(office, m, &text(m), day(m, "from_date")),
        Some(("agree", m)) => agree(office, m, &text(m)),
        Some(("show", m)) => show(office, &text(m)),
        Some(("list", m)) => list(office, &Lines::from_arg_matches(m).unwrap_or_default()),
        Some(("close", m)) => stage(office, &text(m), "closed", None, false, "platform.close"),
        // clap requires one of them.
        _ => Err(error::usage("not_understood")),
    }
}

fn add(office: &Office, m: &ArgMatches) -> Result<Exit> {
    office.read()?;
    let checked = entry::whole(m, COLUMNS, |cells| check(|at| cells[at].as_deref()))?;
    if checked.said[place("stage")].value() == Some("closed") {
        entry::refuse(COLUMNS, &[(place("stage"), FaultCode::NotAllowed)])?;
    }
    let pack = target::store::pack(office.read()?)?;
    let done = office.write("platform.add", Map::new(), |tx| {
        let id = change::enter(tx, &checked.said)?;
        tx.outcome("no", number::format(PREFIX, id));
        let p = loaded(tx.conn(), id)?;
        object(tx.conn(), &p, tx.day, &pack)
    })?;
    office.show_made(&done)
}

fn loaded(conn: &Connection, id: i64) -> Result<Platform> {
    store::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

fn stage(office: &Office, text: &str, stage: &str, since: Option<Day>, correct: bool, command: &'static str) -> Result<Exit> {
    if correct && office.globals.reason.is_none() {
        return Err(error::usage("correct_reason"));
    }
    let conn = office.read()?;
    let (id, pack) = (store::resolve(conn, text)?, target::store::pack(conn)?);
    let done = office.write(command, Map::new(), |tx| {
        let p = loaded(tx.conn(), id)?;
        change::advance(tx, &p, stage, since, correct)?;
        let p = loaded(tx.conn(), id)?;
        object(tx.conn(), &p, tx.day.max(since.unwrap_or(tx.day)), &pack)
    })?;
    office.show_changed(&done)
}

fn edit(office: &Office, m: &ArgMatches, text: &str, from_date: Option<Day>) -> Result<Exit> {
    let correct = m.get_flag("correct");
    if correct && office.globals.reason.is_none() {
        return Err(error::usage("correct_reason"));
    }
    let mut cells = entry::said(m, slow());
    if cells.iter().all(Option::is_none) {
        return Err(error::usage("nothing_to_edit"));
    }
    cells.resize(COLUMNS.len(), None);
    let checked = check(|at| cells[at].as_deref());
    entry::refuse(COLUMNS, &checked.faults)?;
    let conn = office.read()?;
    let (id, pack) = (store::resolve(conn, text)?, target::store::pack(conn)?);
    let how = How { day: from_date.unwrap_or(office.day()), correct };
    let done = office.write("platform.edit", Map::new(), |tx| {
        let p = loaded(tx.conn(), id)?;
        let changed = change::apply(tx, &p, &checked.said, how)?;
        let p = loaded(tx.conn(), id)?;
        let mut object = object(tx.conn(), &p, how.day.max(tx.day), &pack)?;
        object["changed"] = changed_json(&changed.fields, changed.from, true);
        Ok(object)
    })?;
    office.show_changed(&done)
}

/// An agreement with a partner; the same partner again renews it.
fn agree(office: &Office, m: &ArgMatches, text: &str) -> Result<Exit> {
    let said = |name: &str| m.get_one::<String>(name).map(|t| names::clean_text(t)).filter(|t| !t.is_empty());
    let Some(partner) = said("partner").filter(|p| !names::org_fold(p).is_empty()) else {
        return Err(error::usage("empty_text").fact("option", "--partner"));
    };
    let agreement = Agreement { partner, places: m.get_one::<i64>("places").copied(), subject: said("subject") };
    let from = m.get_one::<Day>("from_date").copied().unwrap_or(office.day());
    let until = m.get_one::<Day>("until").copied();
    if until.is_some_and(|u| u < from) {
        return Err(error::bad_data("date_order").detail("code", "date_order"));
    }
    let conn = office.read()?;
    let (id, pack) = (store::resolve(conn, text)?, target::store::pack(conn)?);
    let done = office.write("platform.agree", Map::new(), |tx| {
        let p = loaded(tx.conn(), id)?;
        let span = Span { from, until };
        if !p.agreements.iter().any(|a| a.data == agreement && a.span == span) {
            store::agree(tx, &p, &agreement, span)?;
        }
        object(tx.conn(), &loaded(tx.conn(), id)?, tx.day, &pack)
    })?;
    office.show_changed(&done)
}

fn show(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let p = loaded(conn, store::resolve(conn, text)?)?;
    office.show(&View::object(object(conn, &p, office.as_of(), &target::store::pack(conn)?)?))?;
    Ok(Exit::Done)
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::code("kind", "platform_kind"),
    Field::text("subtype"),
    Field::code("level", "platform_level"),
    Field::text("org"),
    Field::code("stage", "platform_stage"),
    Field::date("operating_since"),
    Field::text("counts_in"),
    Field::date("agreement_until"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let (day, after, pack) = (office.as_of(), office.after(PREFIX)?, target::store::pack(conn)?);
    let mut rows = Vec::new();
    for id in store::ids(conn)?.into_iter().filter(|id| *id > after) {
        let p = loaded(conn, id)?;
        // What began later was not there on the day.
        if office.globals.as_of.is_some() && !p.profiles.iter().any(|v| v.span.holds(day)) {
            continue;
        }
        let row = object(conn, &p, day, &pack)?;
        if filter.takes(&row) {
            rows.push(row);
        }
    }
    let columns = ["no", "status", "kind", "name", "level", "org.name", "stage", "operating_since", "counts_in"];
    filter::show_lines(office, rows, columns.into_iter().map(Column::new).collect(), lines, FIELDS)
}

/// `platform show`'s object.
pub fn object(conn: &Connection, p: &Platform, day: Day, pack: &TargetsPack) -> Result<Value> {
    let v = &p.profile_at(day).ok_or_else(|| error::not_office("damaged"))?.data;
    let stage = p.stage_at(day);
    let code = stage.map(|s| s.data.as_str());
    let unit = v.org_id.map(|id| org::cmd::named(conn, id, day)).transpose()?;
    let operating = code == Some("operating");
    let agreements: Vec<Value> = p
        .agreements
        .iter()
        .map(|a| {
            let status = match a.span {
                s if s.holds(day) => "active",
                s if s.from > day => "coming",
                _ => "ended",
            };
            json!({"partner": a.data.partner, "status": status, "places": a.data.places, "subject": a.data.subject,
                   "from": a.span.from.iso(), "until": a.span.until.map(|d| d.iso())})
        })
        .collect();
    let first_end = p.agreements.iter().filter(|a| a.span.holds(day)).filter_map(|a| a.span.until).min();
    Ok(json!({
        "no": number::format(PREFIX, p.id),
        "status": if code == Some("closed") { "closed" } else { "active" },
        "kind": v.kind, "name": v.name, "subtype": v.subtype, "level": v.level, "org": unit, "stage": code,
        "operating_since": stage.filter(|_| operating).map(|s| s.span.from.iso()),
        "counts_in": if operating { counts_in(&v.kind, pack) } else { Vec::new() },
        "agreements": agreements, "agreement_until": first_end.map(|d| d.iso()),
    }))
}

/// Codes of the targets that a platform of this kind counts for while it operates.
fn counts_in(kind: &str, pack: &TargetsPack) -> Vec<String> {
    let kind = PlatformKind::from_code(kind);
    let counts = |c: &Counts| matches!(c, Counts::Platforms { kinds } if kind.is_some_and(|k| kinds.contains(&k)));
    pack.targets.iter().filter(|t| counts(&t.counts)).map(|t| t.code.clone()).collect()
}
