//! A record entered by a clerk: the options of its columns, one JSON object instead of them, the questions a terminal asks for what is
//! missing, and all faults as one error. What the columns mean stands with the nouns.

use super::lang::{Lang, lang, t, try_t};
use super::prompt;
use crate::base::codes;
use crate::base::fault::FaultCode;
use crate::base::sheet::{Checked, Column, What};
use crate::error::{self, Error, Result};
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

/// What is said of each column, by its place.
pub type Cells = Vec<Option<String>>;

/// A command with an option for every column but the number.
pub fn options(command: Command, columns: &'static [Column]) -> Command {
    columns.iter().filter(|c| c.what != What::No).fold(command, |command, c| {
        let value = match c.what {
            What::Day => "DAY",
            What::Code => "CODE",
            What::Uscc => "USCC",
            What::Phone => "NUMBER",
            What::Unit => "U",
            What::Money => "YUAN",
            What::Count => "N",
            _ => "TEXT",
        };
        command.arg(Arg::new(c.name).long(c.name.replace('_', "-")).value_name(value))
    })
}

/// What the options say. An empty text clears, as an empty cell can't.
pub fn said(m: &ArgMatches, columns: &[Column]) -> Cells {
    columns
        .iter()
        .map(|c| {
            let given = (c.what != What::No).then(|| m.get_one::<String>(c.name)).flatten()?;
            Some(if given.trim().is_empty() { "(清空)".to_owned() } else { given.clone() })
        })
        .collect()
}

/// One JSON object from a file, or from stdin for `-`.
pub fn read_json(file: &str) -> Result<Value> {
    let text = if file == "-" {
        std::io::read_to_string(std::io::stdin()).map_err(|_| error::bad_data("json_text").fact("file", file))?
    } else {
        std::fs::read_to_string(file).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => error::no_input("no_file").fact("file", file),
            std::io::ErrorKind::InvalidData => error::bad_data("json_text").fact("file", file),
            _ => Error::from(e),
        })?
    };
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| error::bad_data("json_syntax").fact("file", file).fact("line", e.line()).fact("column", e.column()))
}

/// What a JSON object says; an object of a unit stands for its number or name.
pub fn said_in_json(v: &Value, columns: &[Column]) -> Result<Cells> {
    let Value::Object(map) = v else { return Err(error::bad_data("json_object")) };
    let mut cells: Cells = vec![None; columns.len()];
    for (name, v) in map {
        let at = columns.iter().position(|c| c.name == name).ok_or_else(|| error::bad_data("json_key").fact("field", name))?;
        cells[at] = match v {
            Value::Null => None,
            Value::String(s) => Some(s.clone()),
            Value::Number(n) => Some(n.to_string()),
            Value::Object(o) => o.get("no").or_else(|| o.get("name")).and_then(Value::as_str).map(str::to_owned),
            _ => return Err(error::bad_data("json_value").fact("field", name)),
        };
    }
    Ok(cells)
}

/// A new record as it was entered, by options or by a JSON file (`--from`), asked for at a terminal where something lacks; refused with all its faults.
pub fn whole(m: &ArgMatches, columns: &'static [Column], check: impl Fn(&Cells) -> Checked) -> Result<Checked> {
    let file = m.get_one::<String>("from");
    let mut cells = match file {
        Some(file) => said_in_json(&read_json(file)?, columns)?,
        None => said(m, columns),
    };
    ask_missing(&mut cells, columns, &check, file.is_some())?;
    let checked = check(&cells);
    refuse(columns, &checked.faults)?;
    Ok(checked)
}

/// Asks at a terminal for what a new record lacks; without one it is exit 2 naming the options.
fn ask_missing(cells: &mut Cells, columns: &[Column], check: impl Fn(&Cells) -> Checked, from_json: bool) -> Result<()> {
    let lacking: Vec<usize> =
        (0..columns.len()).filter(|i| columns[*i].required && cells[*i].as_deref().is_none_or(|v| v.trim().is_empty())).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = lacking.iter().map(|i| columns[*i].name).collect();
    if from_json {
        return Err(error::bad_data("missing_fields").fact("options", names.join(", ")).detail("code", "missing").detail("missing", names));
    }
    if !prompt::can_ask() {
        let options: Vec<String> = names.iter().map(|n| option(n)).collect();
        return Err(error::usage("missing_options").fact("options", options.join(" ")).detail("code", "missing").detail("missing", names));
    }
    for at in lacking {
        let c = &columns[at];
        let question = if lang() == Lang::Zh { format!("{}：", c.zh) } else { format!("{}:", label(c.name)) };
        cells[at] = Some(match c.set {
            Some(set) => choose(&question, set)?,
            None => prompt::text(&question, "", |answer| {
                prompt::not_empty(answer)?;
                let mut so_far = cells.clone();
                so_far[at] = Some(answer.to_owned());
                match check(&so_far).faults.iter().find(|f| f.0 == at) {
                    Some((_, code)) => Err(words(c, *code)),
                    None => Ok(()),
                }
            })
            .map_err(crate::office::asked)?,
        });
    }
    Ok(())
}

/// Asks for one code of a set.
pub fn choose(question: &str, set: &str) -> Result<String> {
    let all: Vec<_> = codes::codes(set).collect();
    let items: Vec<String> = all.iter().map(|k| if lang() == Lang::Zh { k.zh.to_owned() } else { k.en.to_owned() }).collect();
    let i = prompt::choose(question, &items, 0).map_err(crate::office::asked)?;
    Ok(all[i].code.to_owned())
}

/// A text that must say something; 2 naming the option where it doesn't.
pub fn text_said(text: &str, option: &str) -> Result<String> {
    let text = crate::base::names::clean_text(text);
    if text.is_empty() { Err(error::usage("empty_text").fact("option", option)) } else { Ok(text) }
}

/// All faults of an entry as one error: 2 where an option can't be understood, 65 where the data are wrong.
pub fn refuse(columns: &[Column], faults: &[(usize, FaultCode)]) -> Result<()> {
    let Some((_, first)) = faults.first() else { return Ok(()) };
    let (colon, between) = if lang() == Lang::Zh { ("：", "；") } else { (": ", "; ") };
    let said: Vec<String> = faults.iter().map(|(i, f)| format!("{}{colon}{}", option(columns[*i].name), words(&columns[*i], *f))).collect();
    let list: Vec<Value> = faults.iter().map(|(i, f)| json!({"column": columns[*i].name, "code": f.as_str()})).collect();
    let misread = faults.iter().all(|f| f.1 == FaultCode::UnknownValue);
    let e = if misread { error::usage("bad_entry") } else { error::bad_data("bad_entry") };
    Err(e.fact("faults", said.join(between)).detail("code", first.as_str()).detail("faults", list))
}

/// A fault in words, without the value.
pub fn words(column: &Column, code: FaultCode) -> String {
    let text = try_t(&format!("fault.{}", code.as_str())).unwrap_or(code.as_str());
    match (code, column.set) {
        (FaultCode::UnknownValue, Some(set)) => {
            let all: Vec<&str> = codes::codes(set).take(12).map(|c| if lang() == Lang::Zh { c.zh } else { c.code }).collect();
            format!("{text} ({})", all.join(t("ui.list_sep")))
        }
        _ => text.to_owned(),
    }
}

fn option(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn label(name: &str) -> &str {
    try_t(&format!("field.{name}")).unwrap_or(name)
}
