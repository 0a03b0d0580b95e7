//! `policy …`: what the packs say, whether they are confirmed, and the acts of checking, loading and confirming one.

use super::{
    BenefitsPack, PolicyFault, examine_benefits, parse_benefits, parse_card, parse_integrity, parse_recognition, parse_responsibility,
    parse_services, parse_targets, shipped_names, store,
};
use crate::base::number;
use crate::cli::Noun;
use crate::db::files;
use crate::error::{self, Error, Result};
use crate::office::{Exit, Office};
use crate::paper;
use crate::subsidy;
use crate::ui::{Column, View, out::shown, t, tf};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "policy", build, run };

#[derive(Subcommand, Debug)]
enum PolicyCommand {
    Show {
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    Check {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Load {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Simulate {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1949..=2999))]
        year: i32,
        #[arg(long)]
        who: bool,
    },
    Confirm {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "D")]
        basis: String,
    },
}

fn build(c: Command) -> Command {
    PolicyCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match PolicyCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        PolicyCommand::Show { name: None } => list(office),
        PolicyCommand::Show { name: Some(name) } => {
            let text = store::current(office.read()?, known(&name)?)?.toml;
            office.put(text.as_bytes())?;
            Ok(Exit::Done)
        }
        PolicyCommand::Check { file } => {
            let (name, faults) = examine(&read(&file)?);
            let rows: Vec<Value> = faults.iter().map(|f| json!({"line": f.line, "code": f.code, "message": in_words(f)})).collect();
            let ok = rows.is_empty();
            office.show(&View::object(
                json!({"file": shown(&file.display().to_string()), "pack": name.filter(|_| ok), "ok": ok, "faults": rows}),
            ))?;
            Ok(if ok { Exit::Done } else { Exit::Found })
        }
        PolicyCommand::Load { file } => {
            let text = read(&file)?;
            let name = match examine(&text) {
                (Some(name), faults) if faults.is_empty() => name,
                (_, faults) => return Err(faulty(&file, &faults)),
            };
            let done = office.write("policy.load", Map::new(), |tx| store::load(tx, name, &text, &shown(&file.display().to_string())))?;
            office.show_act(&done, json!({"pack": name, "policy_version": done.value, "confirmed": false}))?;
            office.hint("note.confirm_next", &[("pack", &name)]);
            Ok(Exit::Done)
        }
        PolicyCommand::Simulate { file, year, who } => {
            let text = read(&file)?;
            match examine(&text) {
                (Some("benefits"), faults) if faults.is_empty() => {}
                (Some("benefits"), faults) => return Err(faulty(&file, &faults)),
                _ => return Err(error::policy("only_benefits").fact("file", shown(&file.display().to_string()))),
            }
            let pack = parse_benefits(&text).map_err(|f| faulty(&file, &[f]))?;
            subsidy::cost::simulate(office, &pack, year, who)
        }
        PolicyCommand::Confirm { name, basis } => confirm(office, &name, &basis),
    }
}

fn known(name: &str) -> Result<&'static str> {
    shipped_names().find(|n| *n == name).ok_or_else(|| {
        let names: Vec<&str> = shipped_names().collect();
        error::not_found("no_such_pack").fact("pack", name).fact("names", names.join(", ")).detail("possible", names)
    })
}

fn read(file: &Path) -> Result<String> {
    files::read_text(file, "json_text")
}

fn faulty(file: &Path, faults: &[PolicyFault]) -> Error {
    let (line, code) = faults.first().map_or((1, "unreadable"), |f| (f.line, f.code));
    let rows: Vec<Value> = faults.iter().map(|f| json!({"line": f.line, "code": f.code, "message": in_words(f)})).collect();
    error::policy("bad_pack")
        .fact("pack", shown(&file.display().to_string()))
        .fact("line", line)
        .detail("line", line)
        .detail("code", code)
        .detail("faults", rows)
}

/// What is wrong, for a clerk: what the reader of the file says of an unknown or missing key or a wrong kind of value is said in words of ours.
fn in_words(f: &PolicyFault) -> String {
    let quoted: Vec<&str> = f.message.split('`').skip(1).step_by(2).collect();
    let begins = |with: &str| f.message.starts_with(with);
    let key = match () {
        () if begins("unknown field") => "policy.unknown_key",
        () if begins("unknown variant") => "policy.unknown_word",
        () if begins("missing field") => "policy.missing_key",
        () if begins("duplicate key") || begins("duplicate field") => "policy.double_key",
        () if begins("invalid type") || begins("invalid value") => "policy.wrong_value",
        () => return f.message.clone(),
    };
    let wanted = match f.message.rsplit_once("expected ").map_or("", |(_, w)| w) {
        w if w.starts_with('u') && w[1..].parse::<u8>().is_ok() => "policy.whole_number",
        w if w.starts_with('i') && w[1..].parse::<u8>().is_ok() => "policy.number",
        "a string" => "policy.text",
        "a boolean" => "policy.truth",
        "a sequence" => "policy.list",
        _ => "policy.other",
    };
    // A text stands within double quotes.
    let value = || f.message.split('"').nth(1).unwrap_or("?").to_owned();
    let what = match quoted.first() {
        Some(q) => (*q).to_owned(),
        None if key == "policy.double_key" => t("policy.this_key").to_owned(),
        None => value(),
    };
    let possible = quoted.get(1..).unwrap_or_default().join(t("ui.list_sep"));
    tf(key, &[("what", &what), ("possible", &possible), ("wanted", &t(wanted))])
}

/// The name of a pack, and everything that is wrong with it in the order of its lines.
fn examine(text: &str) -> (Option<&'static str>, Vec<PolicyFault>) {
    // Its head says which form it is read by; what is none of ours is read as targets, whose form tells the fault.
    let says = |name: &str| text.lines().any(|l| l.trim() == format!("name = \"{name}\""));
    let one = |name, read: std::result::Result<(), PolicyFault>| (Some(name), read.err().into_iter().collect());
    match () {
        () if says("recognition") => one("recognition", parse_recognition(text).map(|_| ())),
        () if says("card") => one("card", parse_card(text).map(|_| ())),
        () if says("integrity") => one("integrity", parse_integrity(text).map(|_| ())),
        () if says("responsibility") => one("responsibility", parse_responsibility(text).map(|_| ())),
        () if says("services") => one("services", parse_services(text).map(|_| ())),
        () if says("benefits") => match examine_benefits(text) {
            Ok((pack, mut faults)) => {
                faults.extend(prove(text, &pack));
                faults.sort_by_key(|f| f.line);
                (Some("benefits"), faults)
            }
            Err(fault) => (Some("benefits"), vec![fault]),
        },
        () => one("targets", parse_targets(text).map(|_| ())),
    }
}

/// Runs the worked cases of the benefits; those that come out otherwise are faults.
fn prove(text: &str, pack: &BenefitsPack) -> Vec<PolicyFault> {
    let mut lines = text.lines().enumerate().filter(|(_, l)| l.trim() == "[[scheme.case]]").map(|(at, _)| at + 1);
    let mut faults = Vec::new();
    for s in &pack.scheme {
        for c in &s.case {
            let line = lines.next().unwrap_or(1);
            if let Some(got) = subsidy::run_case(s, c) {
                faults.push(PolicyFault { line, code: "case_differs", message: format!("{:?}: {:?} gives {got}", s.code, c.says) });
            }
        }
    }
    faults
}

fn list(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let mut rows = Vec::new();
    for name in shipped_names() {
        let v = store::current(conn, name)?;
        let on = match v.id {
            Some(id) => store::confirmations(conn, id)?,
            None => Vec::new(),
        };
        let confirmed: Vec<Value> =
            on.iter().map(|(scheme, d)| json!({"scheme": scheme, "decision": number::format(paper::PREFIX, *d)})).collect();
        rows.push(json!({"pack": name, "policy_version": v.id, "confirmed": !confirmed.is_empty(), "confirmations": confirmed}));
    }
    let columns = ["pack", "policy_version", "confirmed", "confirmations"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// Confirms the pack in force, or one scheme of it, on a decision.
fn confirm(office: &Office, text: &str, basis: &str) -> Result<Exit> {
    let (name, scheme) = text.split_once('/').map_or((text, None), |(n, s)| (n, Some(s)));
    let kind = known(name)?;
    office.read()?;
    let done = office.write("policy.confirm", Map::new(), |tx| {
        let v = store::current(tx.conn(), kind)?;
        if let Some(s) = scheme {
            let there = match kind {
                "recognition" => store::recognition(tx.conn())?.1.scheme(s).is_some(),
                "card" => store::card(tx.conn())?.1.scheme.iter().any(|c| c.code == s),
                "benefits" => store::benefits(tx.conn())?.1.scheme.iter().any(|b| b.code == s),
                "integrity" => store::integrity(tx.conn())?.1.rules().code == s,
                "services" => store::services(tx.conn())?.1.service(s).is_some(),
                _ => false,
            };
            if !there {
                return Err(error::not_found("no_scheme").fact("pack", kind).fact("scheme", s));
            }
        }
        let decision = paper::store::cite(tx, basis)?;
        let id = match v.id {
            Some(id) => id,
            None => store::load(tx, kind, &v.toml, "program")?,
        };
        store::confirm(tx, id, scheme, decision)?;
        tx.outcome("pack", kind);
        Ok(json!({
            "pack": kind, "scheme": scheme, "policy_version": id, "confirmed": true, "basis": number::format(paper::PREFIX, decision),
        }))
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}
