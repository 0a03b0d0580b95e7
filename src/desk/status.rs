//! `status`: the office on one screen: people, units, the last entry of the log, what waits, what the records lack.

use super::store;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, moment, os_user, parse_within};
use crate::ui::View;
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
    drop(tx);
    office.show(&View::object(shown))?;
    Ok(Exit::Done)
}
