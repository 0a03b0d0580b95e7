//! `status`: the office on one screen: people, units, the last entry of the log, what waits, what the records lack.

use super::store;
use crate::cli::Noun;
use crate::error::{self, Result};
use crate::office::{Exit, Office, moment, os_user};
use crate::ui::{View, t};
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

/// `7d`, `7` or `7天`: a number of days.
fn parse_within(text: &str) -> std::result::Result<i32, String> {
    let digits = text.trim().trim_end_matches(['d', 'D', '天', '日']);
    match digits.parse::<i32>() {
        Ok(n) if (0..=3660).contains(&n) => Ok(n),
        _ => Err(t("desk.bad_within").to_owned()),
    }
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

#[cfg(test)]
mod tests {
    use super::parse_within;

    #[test]
    fn days_are_read_with_or_without_their_letter() {
        assert_eq!([parse_within("7d"), parse_within("7"), parse_within("7天")], [Ok(7), Ok(7), Ok(7)]);
        for bad in ["", "d", "-1", "1w", "99999999999d"] {
            assert!(parse_within(bad).is_err(), "{bad}");
        }
    }
}
