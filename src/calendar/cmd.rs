//! `calendar …`: bringing a year's working days in, and showing one.

use super::{Calendar, store};
use crate::base::day::Day;
use crate::cli::Noun;
use crate::db::files;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::ui::{Column, View, out::shown};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "calendar", build, run };

#[derive(Subcommand, Debug)]
enum CalendarCommand {
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Show {
        #[arg(value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1949..=2999))]
        year: i32,
    },
}

fn build(c: Command) -> Command {
    CalendarCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match CalendarCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        CalendarCommand::Import { file } => import(office, &file),
        CalendarCommand::Show { year } => show(office, year),
    }
}

/// Working days of a year.
fn working_days(calendar: &Calendar, year: i32) -> Result<usize> {
    let first = Day::from_ymd(year, 1, 1).unwrap_or(Day(0));
    let mut n = 0;
    for day in (0..366).map(|i| first.add_days(i)).filter(|d| d.ymd().0 == year) {
        n += usize::from(calendar.works(day)?);
    }
    Ok(n)
}

fn import(office: &Office, file: &Path) -> Result<Exit> {
    let text = files::read_text(file, "json_text")?;
    let years = super::parse(&text).map_err(|(row, why)| {
        error::bad_data("bad_calendar")
            .fact("file", shown(&file.display().to_string()))
            .fact("row", row)
            .fact("what", crate::ui::try_t(&format!("calendar.{why}")).unwrap_or(why))
            .detail("row", row)
            .detail("code", why)
    })?;
    office.read()?;
    let done = office.write("calendar.import", Map::new(), |tx| {
        let mut list = Vec::new();
        for (year, days) in &years {
            let changed = store::put(tx, *year, days)?;
            let all = store::calendar(tx.conn())?;
            list.push(json!({"year": year, "changed": changed, "working_days": working_days(&all, *year)?, "source": days.source}));
        }
        tx.outcome("years", list.len());
        Ok(list)
    })?;
    if done.op.is_none() && !office.globals.dry_run {
        office.note("note.unchanged", &[]);
    }
    office.show_act(&done, json!({"years": done.value}))?;
    Ok(Exit::Done)
}

fn show(office: &Office, year: i32) -> Result<Exit> {
    let conn = office.read()?;
    let all = store::years(conn)?;
    let Some((_, _, held)) = all.iter().find(|(_, y, _)| *y == year) else {
        return Err(error::policy("no_calendar").fact("year", year).detail("year", year));
    };
    let calendar = Calendar::of([(year, held.clone())]);
    let days: Vec<Value> = held
        .days
        .iter()
        .map(|d| json!({"date": d.day.iso(), "kind": if d.working { "workday" } else { "holiday" }, "name": d.name}))
        .collect();
    if matches!(office.format(), crate::ui::Format::Json | crate::ui::Format::Ndjson) {
        office.show(&View::object(
            json!({"year": year, "working_days": working_days(&calendar, year)?, "source": held.source, "days": days}),
        ))?;
        return Ok(Exit::Done);
    }
    let columns = ["date", "kind", "name"].into_iter().map(Column::new).collect();
    let title = format!("{year}  {}  {}", working_days(&calendar, year)?, held.source);
    office.show(&View::list(days, columns).titled(title))?;
    Ok(Exit::Done)
}
