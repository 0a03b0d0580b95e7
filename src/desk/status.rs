//! `status`: the office on one screen: what is due, the most urgent first, people, units, the last entry of the log, what the records lack.

use super::{due, store};
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, moment, os_user, parse_within};
use crate::ui::{Column, Format, View};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "status", build: |c| StatusArgs::augment_args(c), run };

#[derive(Args, Debug)]
struct StatusArgs {
    #[arg(long, value_name = "DAYS", value_parser = parse_within, default_value = "30d")]
    within: i32,
    #[arg(long)]
    mine: bool,
}

/// So many lines of what is due stand on a screen.
const SCREEN: usize = 15;

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = StatusArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let day = office.as_of();
    // One moment for all figures.
    let tx = office.read()?.unchecked_transaction()?;
    let people = store::people(&tx, day, day.add_days(args.within))?;
    let (units, stubs) = store::units(&tx, day)?;
    let me = os_user();
    let last = store::last_op(&tx, args.mine.then_some(me.as_str()))?;
    let last = last.map_or(Value::Null, |o| json!({"op": o.op, "recorded": moment(o.recorded_at), "actor": o.actor, "command": o.command}));
    let shown = json!({
        "office": office.path()?.display().to_string(),
        "zone": office.setting("zone")?,
        "as_of": day.iso(),
        "people": {"total": people.total, "active": people.total - people.left, "left": people.left},
        "units": units,
        "platforms": store::platforms(&tx, day)?,
        "last_op": last,
        "waiting": {"review": store::waiting(&tx)?, "contract_ending": people.contract_ending},
        "quality": {
            "contract_over": people.contract_over,
            "no_birth_date": people.no_birth_date,
            "stub_units": stubs,
            "old_numbers": store::old_numbers(&tx)?,
        },
    });
    let mut todo = due::all(&tx, day, args.within)?;
    if args.mine {
        let mut mine = store::names_of(&tx, &me)?;
        mine.extend(office.act("status", serde_json::Map::new()).actor);
        todo.retain(|d| mine.contains(&d.who));
    }
    drop(tx);
    let counts: serde_json::Map<String, Value> = due::WEIGHTS
        .iter()
        .map(|(kind, _)| ((*kind).to_owned(), todo.iter().filter(|d| d.kind == *kind).map(|d| d.count).sum::<usize>().into()))
        .collect();
    let weights: serde_json::Map<String, Value> = due::WEIGHTS.iter().map(|(kind, w)| ((*kind).to_owned(), (*w).into())).collect();
    let mut shown = shown;
    let programs = matches!(office.format(), Format::Json | Format::Ndjson);
    // One screen: who reads it wants the first of them, a program wants all.
    let most = if programs { usize::MAX } else { office.limit().map_or(SCREEN, |n| if n == 0 { usize::MAX } else { n }) };
    let more = todo.len().saturating_sub(most);
    let lines: Vec<Value> = todo.iter().take(most).map(|d| d.json(day, args.within)).collect();
    shown["due_counts"] = if programs { counts.into() } else { Value::Object(counts.into_iter().filter(|(_, n)| *n != 0).collect()) };
    if programs {
        shown["weights"] = weights.into();
    }
    if more > 0 {
        office.hint("note.due_more", &[("n", &more)]);
    }
    if matches!(office.format(), Format::Table | Format::Md) {
        // What is due stands first, as a table of its own.
        if !lines.is_empty() {
            let columns = ["urgency", "kind", "no", "due", "days", "count"].into_iter().map(Column::new).collect();
            office.show(&View::list(lines, columns).titled(crate::ui::t("note.due_title")))?;
            office.put(b"\n")?;
        }
    } else {
        shown["due"] = lines.into();
    }
    office.show(&View::object(shown))?;
    Ok(Exit::Done)
}
