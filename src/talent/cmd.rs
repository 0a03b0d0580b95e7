//! `talent …`: arguments, and what writes: add, edit, leave, return. How an entry is said is in `said`, what is read in `look`.

use super::attest;
use super::change::{self, Changed, How, NewPerson};
use super::entry::{CellFault, Draft, Key};
use super::history::history;
use super::kin;
use super::known::{known_already, likely_twins, unit_of};
use super::look::{find, list, load, show};
use super::pair;
use super::said::{Said, ask_missing, cells_of_json, check, fault_words, refuse};
use super::store::{self, Person};
use super::{Code, Engagement, PREFIX, current, view};
use crate::base::day::{Day, PartDate};
use crate::base::fault::FaultCode;
use crate::base::ident::{self, DocType};
use crate::base::{codes, names, number};
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::workflow::several::{self, Several};
use crate::{project, roster};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "talent", build, run };

fn build(c: Command) -> Command {
    TalentCommand::augment_subcommands(c).subcommand_required(true)
}

#[derive(Subcommand, Debug)]
enum TalentCommand {
    Add {
        #[command(flatten)]
        said: Box<Said>,
        #[arg(long, value_name = "FILE")]
        from: Option<String>,
        #[arg(long)]
        distinct: bool,
        #[arg(long, value_name = "KIND", value_parser = ["talent", "student", "related"], default_value = "talent")]
        kind: String,
    },
    Show {
        #[arg(value_name = "P")]
        person: String,
    },
    Edit {
        #[arg(value_name = "P")]
        person: String,
        #[command(flatten)]
        said: Box<Said>,
        #[arg(long, value_parser = parse_day, value_name = "DAY")]
        from_date: Option<Day>,
        #[arg(long)]
        correct: bool,
    },
    Leave {
        #[arg(value_name = "P")]
        person: Vec<String>,
        #[command(flatten)]
        named: Several,
        #[arg(long, value_name = "WHY")]
        why: String,
        #[arg(long, value_name = "TEXT")]
        to: Option<String>,
    },
    Return {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long, value_name = "U")]
        employer: Option<String>,
        #[arg(long, value_name = "MODE")]
        mode: Option<String>,
        #[arg(long, value_name = "DAY")]
        contract_end: Option<String>,
        #[arg(long, value_name = "TEXT")]
        position: Option<String>,
    },
    List {
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        #[arg(long, value_name = "FIELD")]
        sort: Option<String>,
        #[arg(long)]
        count: bool,
    },
    Find {
        #[arg(value_name = "TEXT")]
        text: String,
    },
    History {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long, value_name = "OP")]
        known_at: Option<i64>,
    },
    Relate {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long = "to", value_name = "P2")]
        relative: String,
        #[arg(long, value_name = "KIND", value_parser = ["spouse", "child", "parent"])]
        kind: String,
        #[arg(long)]
        end: bool,
    },
    Achieve {
        #[arg(value_name = "P")]
        person: String,
        #[command(flatten)]
        award: kin::Award,
    },
    Achievements {
        #[arg(value_name = "P")]
        person: String,
    },
    Attest {
        #[arg(value_name = "P")]
        person: String,
        #[command(flatten)]
        said: attest::Said,
    },
    Duplicates,
    Judge {
        #[arg(value_name = "P")]
        person: String,
        #[arg(value_name = "P2")]
        other: String,
        #[arg(value_name = "VERDICT", value_parser = ["same", "different", "unsure"])]
        verdict: String,
    },
    Merge {
        #[arg(value_name = "KEEP")]
        keep: String,
        #[arg(value_name = "LOSE")]
        lose: String,
        #[arg(long, value_name = "FIELD=SIDE")]
        take: Vec<String>,
    },
    Unmerge {
        #[arg(value_name = "P")]
        person: String,
    },
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    // clap has just accepted these matches for this very type.
    let Ok(command) = TalentCommand::from_arg_matches(m) else {
        return Err(error::usage("not_understood"));
    };
    match command {
        TalentCommand::Add { said, from, distinct, kind } => add(office, *said, from.as_deref(), distinct, &kind),
        TalentCommand::Show { person } => show(office, &person),
        TalentCommand::Edit { person, said, from_date, correct } => edit(office, &person, &said, from_date, correct),
        TalentCommand::Leave { person, named, why, to } => leave(office, &person, &named, &why, to.as_deref()),
        TalentCommand::Return { person, employer, mode, contract_end, position } => {
            come_back(office, &person, employer.as_deref(), mode.as_deref(), contract_end.as_deref(), position)
        }
        TalentCommand::List { filter, sort, count } => list(office, filter.as_deref(), sort.as_deref(), count),
        TalentCommand::Find { text } => find(office, &text),
        TalentCommand::History { person, known_at } => history(office, &person, known_at),
        TalentCommand::Relate { person, relative, kind, end } => kin::relate_cmd(office, &person, &relative, &kind, end),
        TalentCommand::Achieve { person, award } => kin::achieve(office, &person, &award),
        TalentCommand::Achievements { person } => kin::achievements(office, &person),
        TalentCommand::Attest { person, said } => attest::attest_cmd(office, &person, &said),
        TalentCommand::Duplicates => pair::duplicates(office),
        TalentCommand::Judge { person, other, verdict } => pair::judge(office, &person, &other, &verdict),
        TalentCommand::Merge { keep, lose, take } => pair::merge(office, &keep, &lose, &take),
        TalentCommand::Unmerge { person } => pair::unmerge(office, &person),
    }
}

fn add(office: &Office, said: Said, from: Option<&str>, distinct: bool, kind: &str) -> Result<Exit> {
    let mut cells = match from {
        Some(file) => cells_of_json(&crate::ui::entry::read_json(file)?)?,
        None => said.cells()?,
    };
    // The office is looked at before a clerk is asked a dozen questions.
    office.read()?;
    if kind == "talent" {
        ask_missing(&mut cells, from.is_some())?;
    }
    let checked = check(&cells);
    refuse(&checked.faults)?;
    let org_text = cells.iter().find(|(k, _)| *k == Key::Employer).map(|(_, v)| v.clone()).unwrap_or_default();
    for w in &checked.warnings {
        office.warn("warn.cell", &[("column", &w.key.name()), ("what", &fault_words(w))]);
    }
    let draft = checked.draft;
    if kind != "talent" {
        no_talent(&draft)?;
    }
    let done = office.write("talent.add", Map::new(), |tx| {
        known_already(tx, &draft)?;
        let twins = likely_twins(tx.conn(), &draft)?;
        if let (Some((other, reasons)), false) = (twins.first(), distinct) {
            let no = number::format(PREFIX, *other);
            return Err(error::conflict("likely_duplicate")
                .fact("no", &no)
                .fact("why", reasons.join(", "))
                .detail("no", no)
                .detail("evidence", reasons.clone()));
        }
        if kind != "talent" {
            let id = change::enter_other(tx, kind, &draft, tx.day)?;
            return entered(office, tx, id, &twins, tx.day);
        }
        let org = unit_of(tx, &org_text, &draft, draft.start_date.map_or(tx.day, |d| d.first_day()))?;
        let Ok(mut person) = NewPerson::of(draft.clone()) else { return Err(error::usage("missing_any")) };
        person.engagement.org_id = org;
        person.engagement.project_id = person.project.as_deref().map(|text| project::store::resolve(tx.conn(), text)).transpose()?;
        let id = change::enter(tx, &person)?;
        entered(office, tx, id, &twins, person.from)
    });
    let done = done?;
    office.show_made(&done)
}

/// What the office now knows of someone just entered; whom a clerk entered beside likely twins was judged to be another.
fn entered(office: &Office, tx: &mut Tx<'_>, id: i64, twins: &[(i64, Vec<&'static str>)], from: Day) -> Result<Value> {
    for (other, reasons) in twins {
        store::judge_different(tx, id, *other, reasons)?;
    }
    tx.outcome("no", number::format(PREFIX, id));
    let p = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    view::person(tx.conn(), &p, tx.day.max(from), office.globals.reveal)
}

/// A student or relative has a name and a document or birth date; no corps, no class, no engagement.
fn no_talent(d: &Draft) -> Result<()> {
    let mut lacking = Vec::new();
    if d.name.is_none() {
        lacking.push("--name");
    }
    if d.documents.is_empty() && d.birth_date.is_none() {
        lacking.push("--id-number");
    }
    if !lacking.is_empty() {
        return Err(error::usage("missing_options").fact("options", lacking.join(" ")).detail("code", "missing"));
    }
    let of_talents = [
        (d.corps.is_some(), "--corps"),
        (d.employer.is_some(), "--employer"),
        (d.mode.is_some(), "--mode"),
        (d.start_date.is_some(), "--start-date"),
        (d.class.value().is_some(), "--class"),
        (d.project.value().is_some(), "--project"),
    ];
    match of_talents.iter().find(|o| o.0) {
        Some((_, option)) => Err(error::usage("of_talents").fact("option", option)),
        None => Ok(()),
    }
}

fn edit(office: &Office, text: &str, said: &Said, from_date: Option<Day>, correct: bool) -> Result<Exit> {
    if correct && office.globals.reason.is_none() {
        return Err(error::usage("correct_reason"));
    }
    let cells = said.cells()?;
    if cells.is_empty() {
        return Err(error::usage("nothing_to_edit"));
    }
    let checked = check(&cells);
    refuse(&checked.faults)?;
    let p = load(office, text)?;
    let how = How { day: from_date.unwrap_or(office.day()), correct };
    let draft = against_documents(&p, checked.draft, &cells)?;
    let org_text = said.employer.clone();
    let done = office.write("talent.edit", Map::new(), |tx| {
        let org = match &org_text {
            Some(t) => Some(unit_of(tx, t, &draft, how.day)?),
            None => None,
        };
        let changed = change::apply(tx, &p, &draft, org, how)?;
        let p = store::load(tx.conn(), p.id)?.ok_or_else(|| error::not_office("damaged"))?;
        let mut v = view::person(tx.conn(), &p, how.day.max(tx.day), office.globals.reveal)?;
        v["changed"] = changed_json(&changed, office.globals.reveal);
        Ok(v)
    });
    let done = done?;
    if done.op.is_none() && !office.globals.dry_run {
        office.note("note.unchanged", &[]);
    }
    let value = done.value.clone();
    office.show_act(&done, value)?;
    Ok(Exit::Done)
}

/// Sex and birth date that contradict a resident ID already held are refused, as they are in one row.
fn against_documents(p: &Person, draft: Draft, cells: &[(Key, String)]) -> Result<Draft> {
    let held = p.documents.iter().find(|h| h.data.kind == DocType::ResidentId && h.span.until.is_none());
    if draft.documents.is_empty()
        && let Some(h) = held
        && let Ok(doc) = ident::parse(DocType::ResidentId, &h.data.number)
    {
        let given = |k: Key| cells.iter().any(|(c, _)| *c == k);
        let mut faults = Vec::new();
        if given(Key::Sex) && draft.sex != doc.sex.map(|s| s.code()) {
            faults.push(CellFault { key: Key::Sex, code: FaultCode::SexMismatch, note: None });
        }
        if given(Key::BirthDate) && draft.birth_date.zip(doc.birth).is_some_and(|(a, b)| !b.same_or_refines(a)) {
            faults.push(CellFault { key: Key::BirthDate, code: FaultCode::BirthMismatch, note: None });
        }
        refuse(&faults)?;
    }
    Ok(draft)
}

/// The changed fields; phone and e-mail masked unless revealed.
pub fn changed_json(changed: &[Changed], reveal: bool) -> Value {
    let mask = |c: &Changed, v: &Option<String>| match (c.field, v) {
        ("phone", Some(v)) if !reveal => Some(ident::mask_phone(v)),
        ("email", Some(v)) if !reveal => Some(ident::mask_email(v)),
        (_, v) => v.clone(),
    };
    changed.iter().map(|c| json!({"field": c.field, "before": mask(c, &c.before), "after": mask(c, &c.after), "from": c.from})).collect()
}

fn leave(office: &Office, texts: &[String], named: &Several, why: &str, to: Option<&str>) -> Result<Exit> {
    let why = codes::find("leave_why", why).ok_or_else(|| {
        let all: Vec<&str> = codes::codes("leave_why").map(|c| c.code).collect();
        error::usage("unknown_why").fact("value", why).fact("values", all.join(", "))
    })?;
    let persons = roster::named::persons(office, texts, named)?;
    let to = to.map(names::clean_text);
    let act = several::Act { command: "talent.leave", prefix: PREFIX, makes: false };
    several::run(office, act, &persons, named, |tx, id| {
        let p = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        change::leave(tx, &p, tx.day, why, to.as_deref())?;
        Ok(json!({"no": p.no(), "status": "left", "end_date": tx.day.iso(), "why": why, "effects": []}))
    })
}

fn come_back(
    office: &Office,
    text: &str,
    employer: Option<&str>,
    mode: Option<&str>,
    contract_end: Option<&str>,
    position: Option<String>,
) -> Result<Exit> {
    let p = load(office, text)?;
    let day = office.day();
    let last = current(&p.engagements, day).cloned();
    let cells: Vec<(Key, String)> = [(Key::Mode, mode), (Key::ContractEnd, contract_end), (Key::Employer, employer)]
        .into_iter()
        .filter_map(|(k, v)| v.map(|v| (k, v.to_owned())))
        .collect();
    let checked = check(&cells);
    refuse(&checked.faults)?;
    let done = office.write("talent.return", Map::new(), |tx| {
        let org_id = match (employer, &last) {
            (Some(t), _) => unit_of(tx, t, &checked.draft, tx.day)?,
            (None, Some(e)) => e.data.org_id,
            (None, None) => {
                return Err(error::usage("missing_options").fact("options", "--employer"));
            }
        };
        let mode = checked.draft.mode.map(Code::Borrowed).or_else(|| last.as_ref().map(|e| e.data.mode.clone()));
        let Some(mode) = mode else {
            return Err(error::usage("missing_options").fact("options", "--mode"));
        };
        let e = Engagement {
            org_id,
            mode,
            started: PartDate::from_day(tx.day),
            contract_end: checked.draft.contract_end.value().copied(),
            position: position.as_deref().map(names::clean_text),
            months_a_year: None,
            leave_why: None,
            leave_to: None,
            project_id: None,
        };
        change::return_(tx, &p, &e, tx.day)?;
        let p = store::load(tx.conn(), p.id)?.ok_or_else(|| error::not_office("damaged"))?;
        let mut v = view::person(tx.conn(), &p, tx.day, office.globals.reveal)?;
        v["effects"] = json!([]);
        Ok(v)
    });
    let done = done?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}
