//! One act on several records (批量办理): all of them or none, or with `--partial` the good ones and a list of the others. Which records
//! a filter or a file names is the nouns' and `roster::named`'s.

use crate::base::number;
use crate::db::write::Tx;
use crate::error::{self, Error, Kind, Result};
use crate::office::{Exit, Office};
use crate::ui::{Column, View};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// How a command names many records beside its arguments.
#[derive(Args, Debug, Default, Clone)]
#[allow(missing_docs, reason = "each is explained by the locales")]
pub struct Several {
    #[arg(long = "where", value_name = "FILTER")]
    pub several: Option<String>,
    #[arg(long = "from", value_name = "FILE", conflicts_with = "several")]
    pub from_file: Option<PathBuf>,
    #[arg(long)]
    pub partial: bool,
}

/// The records a command line named.
#[derive(Debug)]
pub struct Named {
    /// Their ids, each once, in the order they were named.
    pub ids: Vec<i64>,
    /// One was named by itself: it is answered as an object.
    pub single: bool,
}

impl Named {
    /// From ids; one by itself where neither a filter nor a file was given.
    pub fn of(mut ids: Vec<i64>, said: &Several) -> Named {
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let single = ids.len() == 1 && said.several.is_none() && said.from_file.is_none() && !said.partial;
        Named { ids, single }
    }
}

/// Whether a refusal is of one record, so that the others may go on.
fn is_of_record(e: &Error) -> bool {
    matches!(e.kind, Kind::Refused | Kind::Conflict | Kind::NotFound | Kind::BadData | Kind::NotPermitted)
}

/// What an act is called, and how its records are numbered.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The command, as the log has it.
    pub command: &'static str,
    /// Prefix of the records named.
    pub prefix: &'static str,
    /// It makes a new record: a trial gives it no number.
    pub makes: bool,
}

/// Runs `f` on each record in one op and says what came of it.
pub fn run(office: &Office, act: Act, named: &Named, said: &Several, mut f: impl FnMut(&mut Tx<'_>, i64) -> Result<Value>) -> Result<Exit> {
    if let (true, [id]) = (named.single, named.ids.as_slice()) {
        let done = office.write(act.command, Map::new(), |tx| f(tx, *id))?;
        let mut value = done.value.clone();
        if act.makes && done.op.is_none() {
            value["no"] = Value::Null;
        }
        office.show_act(&done, value)?;
        return Ok(Exit::Done);
    }
    if said.several.is_some() && named.ids.len() >= 3 {
        office.confirm("ask.several", &[("n", &named.ids.len())])?;
    }
    let mut refused: Vec<Value> = Vec::new();
    let mut first: Option<Error> = None;
    let done = office.write(act.command, Map::new(), |tx| {
        let mut made = Vec::new();
        for id in &named.ids {
            match tx.step(|tx| f(tx, *id), |_| true) {
                Ok(v) => made.push(v),
                Err(e) if is_of_record(&e) => {
                    let message = crate::ui::said::problem(&e).message;
                    refused.push(json!({"no": number::format(act.prefix, *id), "clause": e.key, "message": message}));
                    first.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        if !refused.is_empty() && !said.partial {
            return Err(error::refused(LEFT_OUT));
        }
        tx.outcome("records", made.len());
        Ok(made)
    });
    let done = match done {
        Err(e) if e.key == LEFT_OUT => {
            let n = refused.len();
            let why = first.map(|e| crate::ui::said::problem(&e).message).unwrap_or_default();
            let no = refused[0]["no"].as_str().unwrap_or_default().to_owned();
            return Err(e.fact("n", n).fact("of", named.ids.len()).fact("no", no).fact("why", why).detail("refused", refused));
        }
        done => done?,
    };
    let (op, day) = (done.op, office.day().iso());
    let rows: Vec<Value> = done
        .value
        .into_iter()
        .map(|v| {
            let Value::Object(mut map) = v else { return v };
            let mut row = Map::new();
            for key in ["no", "status"] {
                if let Some(v) = map.shift_remove(key) {
                    row.insert(key.to_owned(), if key == "no" && act.makes && op.is_none() { Value::Null } else { v });
                }
            }
            row.insert("op".to_owned(), op.map_or(Value::Null, Value::from));
            row.insert("date".to_owned(), day.clone().into());
            if office.globals.dry_run {
                row.insert("dry_run".to_owned(), true.into());
            }
            row.append(&mut map);
            Value::Object(row)
        })
        .collect();
    if said.partial {
        let left_out = !refused.is_empty();
        office.show(&View::object(json!({"done": rows, "refused": refused})))?;
        return Ok(if left_out { Exit::Found } else { Exit::Done });
    }
    let columns = ["no", "status", "op", "date", "person_no", "class"];
    let columns = columns.into_iter().filter(|c| rows.first().is_none_or(|r| !r[*c].is_null() || *c == "no")).map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// Key of the error where one record of several was refused: nothing was done.
const LEFT_OUT: &str = "some_refused";
