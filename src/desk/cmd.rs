//! `init` and the other words that need no noun: arguments, and what is done in the order of a reader's questions.

use super::init;
use crate::cli::Noun;
use crate::db::{open, write};
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::ui::{View, lang};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, json};

/// The words.
pub fn nouns() -> Vec<Noun> {
    vec![Noun { name: "init", build: |c| InitArgs::augment_args(c), run: run_init }]
}

#[derive(Args, Debug)]
struct InitArgs {
    #[arg(long, value_name = "NAME")]
    zone: Option<String>,
}

fn run_init(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = InitArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let path = office.path()?.to_path_buf();
    let zone = args.zone.unwrap_or_else(|| "和林格尔新区".to_owned());
    let lang = office.globals.lang.clone().unwrap_or_else(|| lang().code().to_owned());
    let act = office.act("init", Map::new());
    open::create(&path, |conn| write::write(conn, &act, |tx| init::fill(tx, &zone, &lang)).map(|_| ()))?;
    office.show(&View::object(json!({"path": path.display().to_string(), "zone": zone, "lang": lang})))?;
    Ok(Exit::Done)
}
