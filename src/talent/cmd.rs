//! `talent …`: arguments, and what is asked of store and rules in the order of a reader's questions.

use super::change::{self, Changed, How, NewPerson};
use super::entry::{self, CellFault, Checked, Draft, Key};
use super::store::{self, Person};
use super::{Code, Engagement, PREFIX, Status, current, status, view};
use crate::base::day::{Day, PartDate};
use crate::base::fault::FaultCode;
use crate::base::ident::{self, DocType};
use crate::base::{codes, names, number};
use crate::cli::Noun;
use crate::db::subject::JUDGEMENT_SUBJECT;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, asked, moment, parse_day};
use crate::org::{self, UnitMatch};
use crate::ui::filter::{self, Field, Filter};
use crate::ui::{Column, View, lang, prompt, t};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::params;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "talent", build, run };

fn build(c: Command) -> Command {
    TalentCommand::augment_subcommands(c).subcommand_required(true)
}

/// What is said of a person; the same for add and edit.
#[derive(Args, Debug, Default)]
struct Said {
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[arg(long, value_name = "TYPE")]
    id_type: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    id_number: Option<String>,
    #[arg(long, value_name = "TYPE:NUMBER")]
    document: Vec<String>,
    #[arg(long, value_name = "SEX")]
    sex: Option<String>,
    #[arg(long, value_name = "DAY")]
    birth_date: Option<String>,
    #[arg(long, value_name = "CODE")]
    nationality: Option<String>,
    #[arg(long, value_name = "CODE")]
    ethnicity: Option<String>,
    #[arg(long, value_name = "CORPS")]
    corps: Option<String>,
    #[arg(long, value_name = "CORPS")]
    corps_more: Vec<String>,
    #[arg(long, value_name = "U")]
    employer: Option<String>,
    #[arg(long, value_name = "USCC")]
    uscc: Option<String>,
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    #[arg(long, value_name = "DAY")]
    start_date: Option<String>,
    #[arg(long, value_name = "DAY")]
    contract_end: Option<String>,
    #[arg(long, value_name = "N")]
    months_a_year: Option<String>,
    #[arg(long, value_name = "TEXT")]
    position: Option<String>,
    #[arg(long, value_name = "CODE")]
    category: Option<String>,
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    #[arg(long, value_name = "CODE")]
    education: Option<String>,
    #[arg(long, value_name = "CODE")]
    degree: Option<String>,
    #[arg(long, value_name = "TEXT")]
    school: Option<String>,
    #[arg(long, value_name = "TEXT")]
    major: Option<String>,
    #[arg(long, value_name = "CODE")]
    title: Option<String>,
    #[arg(long, value_name = "CODE")]
    skill_level: Option<String>,
    #[arg(long, value_name = "CODE")]
    industry: Option<String>,
    #[arg(long, value_name = "LETTER")]
    gb_industry: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    #[arg(long, value_name = "TEXT")]
    achievements: Option<String>,
    #[arg(long, value_name = "TEXT")]
    remarks: Option<String>,
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
        person: String,
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
    },
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    // clap has just accepted these matches for this very type.
    let Ok(command) = TalentCommand::from_arg_matches(m) else {
        return Err(error::usage("not_understood"));
    };
    match command {
        TalentCommand::Add { said, from, distinct } => add(office, *said, from.as_deref(), distinct),
        TalentCommand::Show { person } => show(office, &person),
        TalentCommand::Edit { person, said, from_date, correct } => edit(office, &person, &said, from_date, correct),
        TalentCommand::Leave { person, why, to } => leave(office, &person, &why, to.as_deref()),
        TalentCommand::Return { person, employer, mode, contract_end, position } => {
            come_back(office, &person, employer.as_deref(), mode.as_deref(), contract_end.as_deref(), position)
        }
        TalentCommand::List { filter, sort, count } => list(office, filter.as_deref(), sort.as_deref(), count),
        TalentCommand::Find { text } => find(office, &text),
        TalentCommand::History { person } => history(office, &person),
    }
}

// ---------------------------------------------------------------- what is said

impl Said {
    /// The texts by column; several documents and corps joined as a roster joins them.
    fn cells(&self) -> Result<Vec<(Key, String)>> {
        let mut out = Vec::new();
        let mut put = |key, v: &Option<String>| {
            if let Some(v) = v {
                // On the command line an empty text clears, as an empty cell can't.
                out.push((key, if v.trim().is_empty() { "(清空)".to_owned() } else { v.clone() }));
            }
        };
        put(Key::Name, &self.name);
        put(Key::Sex, &self.sex);
        put(Key::BirthDate, &self.birth_date);
        put(Key::Ethnicity, &self.ethnicity);
        put(Key::Nationality, &self.nationality);
        put(Key::Education, &self.education);
        put(Key::Degree, &self.degree);
        put(Key::School, &self.school);
        put(Key::Major, &self.major);
        put(Key::Title, &self.title);
        put(Key::SkillLevel, &self.skill_level);
        put(Key::Corps, &self.corps);
        put(Key::Category, &self.category);
        put(Key::Industry, &self.industry);
        put(Key::GbIndustry, &self.gb_industry);
        put(Key::Employer, &self.employer);
        put(Key::Uscc, &self.uscc);
        put(Key::Position, &self.position);
        put(Key::Mode, &self.mode);
        put(Key::StartDate, &self.start_date);
        put(Key::ContractEnd, &self.contract_end);
        put(Key::MonthsAYear, &self.months_a_year);
        put(Key::Phone, &self.phone);
        put(Key::Email, &self.email);
        put(Key::Class, &self.class);
        put(Key::Achievements, &self.achievements);
        put(Key::Remarks, &self.remarks);
        if !self.corps_more.is_empty() {
            out.push((Key::CorpsMore, self.corps_more.join(";")));
        }
        let (mut types, mut numbers) = (Vec::new(), Vec::new());
        if let Some(n) = &self.id_number {
            types.push(self.id_type.clone().unwrap_or_default());
            numbers.push(n.clone());
        }
        for d in &self.document {
            let (kind, n) = d.split_once([':', '：']).ok_or_else(|| error::usage("document_form"))?;
            types.push(kind.to_owned());
            numbers.push(n.to_owned());
        }
        if !numbers.is_empty() {
            out.push((Key::IdType, types.join(";")));
            out.push((Key::IdNumber, numbers.join(";")));
        }
        Ok(out)
    }
}

/// Keys of one JSON object as texts by column; `documents`, `corps_more`, `achievements` may be arrays, `employer` an object.
fn cells_of_json(v: &Value) -> Result<Vec<(Key, String)>> {
    let Value::Object(map) = v else {
        return Err(error::bad_data("json_object"));
    };
    let mut out = Vec::new();
    for (name, v) in map {
        let text = |v: &Value| match v {
            Value::String(s) => Some(s.clone()),
            Value::Number(n) => Some(n.to_string()),
            _ => None,
        };
        match (name.as_str(), v) {
            (_, Value::Null) => {}
            ("documents", Value::Array(list)) => {
                let part = |k: &str| list.iter().map(|d| d.get(k).and_then(text).unwrap_or_default()).collect::<Vec<_>>().join(";");
                out.push((Key::IdType, part("type")));
                out.push((Key::IdNumber, part("number")));
            }
            ("employer", Value::Object(e)) => {
                if let Some(n) = e.get("name").or_else(|| e.get("no")).and_then(text) {
                    out.push((Key::Employer, n));
                }
                if let Some(c) = e.get("uscc").and_then(text) {
                    out.push((Key::Uscc, c));
                }
            }
            (_, Value::Array(list)) => {
                let key = key_of(name)?;
                out.push((key, list.iter().filter_map(text).collect::<Vec<_>>().join(";")));
            }
            (_, v) => {
                let key = key_of(name)?;
                out.push((key, text(v).ok_or_else(|| error::bad_data("json_value").fact("field", name))?));
            }
        }
    }
    Ok(out)
}

fn key_of(name: &str) -> Result<Key> {
    entry::COLUMNS.iter().find(|c| c.name == name).map(|c| c.key).ok_or_else(|| error::bad_data("json_key").fact("field", name))
}

fn check(cells: &[(Key, String)]) -> Checked {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    for (k, v) in cells {
        raw[*k as usize] = Some(v);
    }
    entry::check(&raw)
}

/// All faults of an entry as one error: 2 where an option can't be understood, 65 where the data contradict themselves.
fn refuse(faults: &[CellFault]) -> Result<()> {
    let Some(first) = faults.first() else {
        return Ok(());
    };
    let mut said = Vec::new();
    let mut list = Vec::new();
    for f in faults {
        said.push(format!("--{}：{}", f.key.name().replace('_', "-"), fault_words(f)));
        list.push(json!({"column": f.key.name(), "code": f.code.as_str()}));
    }
    let words = said
        .join(if lang() == crate::ui::Lang::Zh { "；" } else { "; " })
        .replace('：', if lang() == crate::ui::Lang::Zh { "：" } else { ": " });
    let misread = faults.iter().all(|f| matches!(f.code, FaultCode::UnknownValue));
    let e = if misread { error::usage("bad_entry") } else { error::bad_data("bad_entry") };
    Err(e.fact("faults", words).detail("code", first.code.as_str()).detail("faults", list))
}

/// A fault in words, without the value.
pub fn fault_words(f: &CellFault) -> String {
    let text = crate::ui::try_t(&format!("fault.{}", f.code.as_str())).unwrap_or(f.code.as_str());
    let choices = f.key.column().set.map(|s| {
        let zh = lang() == crate::ui::Lang::Zh;
        codes::codes(s).take(12).map(|c| if zh { c.zh } else { c.code }).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
    });
    match (f.code, choices) {
        (FaultCode::UnknownValue, Some(c)) => format!("{text} ({c})"),
        _ => text.to_owned(),
    }
}

// ---------------------------------------------------------------- add

fn add(office: &Office, said: Said, from: Option<&str>, distinct: bool) -> Result<Exit> {
    let mut cells = match from {
        Some(file) => cells_of_json(&crate::ui::entry::read_json(file)?)?,
        None => said.cells()?,
    };
    // The office is looked at before a clerk is asked a dozen questions.
    office.read()?;
    ask_missing(&mut cells, from.is_some())?;
    let checked = check(&cells);
    refuse(&checked.faults)?;
    let org_text = cells.iter().find(|(k, _)| *k == Key::Employer).map(|(_, v)| v.clone()).unwrap_or_default();
    for w in &checked.warnings {
        office.warn("warn.cell", &[("column", &w.key.name()), ("what", &fault_words(w))]);
    }
    let draft = checked.draft;
    let done = office.write("talent.add", Map::new(), |tx| {
        known_already(tx, &draft)?;
        let twins = likely_twins(tx, &draft)?;
        if let (Some((other, reasons)), false) = (twins.first(), distinct) {
            let no = number::format(PREFIX, *other);
            return Err(error::conflict("likely_duplicate")
                .fact("no", &no)
                .fact("why", reasons.join(", "))
                .detail("no", no)
                .detail("evidence", reasons.clone()));
        }
        let org = unit_of(tx, &org_text, &draft, draft.start_date.map_or(tx.day, |d| d.first_day()))?;
        let Ok(mut person) = NewPerson::of(draft.clone()) else { return Err(error::usage("missing_any")) };
        person.engagement.org_id = org;
        let id = change::enter(tx, &person)?;
        for (other, reasons) in &twins {
            judge(tx, id, *other, reasons)?;
        }
        tx.outcome("no", number::format(PREFIX, id));
        let p = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        view::person(tx.conn(), &p, tx.day.max(person.from), office.globals.reveal)
    });
    let done = done?;
    let mut value = done.value.clone();
    if done.op.is_none() {
        value["no"] = Value::Null;
    }
    office.show_act(&done, value)?;
    Ok(Exit::Done)
}

/// Asks at a terminal for what a new person lacks; without one it is exit 2 naming the options.
fn ask_missing(cells: &mut Vec<(Key, String)>, from_json: bool) -> Result<()> {
    let lacking: Vec<Key> = entry::COLUMNS
        .iter()
        .filter(|c| c.required && !cells.iter().any(|(k, v)| *k == c.key && !v.trim().is_empty()))
        .map(|c| c.key)
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    if from_json || !prompt::can_ask() {
        let options: Vec<String> = lacking.iter().map(|k| format!("--{}", k.name().replace('_', "-"))).collect();
        let e = if from_json { error::bad_data("missing_fields") } else { error::usage("missing_options") };
        let names: Vec<&str> = lacking.iter().map(|k| k.name()).collect();
        return Err(e
            .fact("options", if from_json { names.join(", ") } else { options.join(" ") })
            .detail("code", "missing")
            .detail("missing", names));
    }
    let zh = lang() == crate::ui::Lang::Zh;
    for key in lacking {
        let c = key.column();
        let question = if zh { format!("{}：", c.zh) } else { format!("{}:", t_field(c.name)) };
        if key == Key::IdNumber && !cells.iter().any(|(k, _)| *k == Key::IdType) {
            let kinds: Vec<&codes::Code> = codes::codes("id_type").collect();
            let items: Vec<String> = kinds.iter().map(|k| if zh { k.zh.to_owned() } else { k.en.to_owned() }).collect();
            let i = prompt::choose(if zh { "证件类型：" } else { t("field.id_type") }, &items, 0).map_err(asked)?;
            cells.push((Key::IdType, kinds[i].code.to_owned()));
        }
        let answer = match c.set {
            Some(set) => {
                let all: Vec<&codes::Code> = codes::codes(set).collect();
                let items: Vec<String> = all.iter().map(|k| if zh { k.zh.to_owned() } else { k.en.to_owned() }).collect();
                let i = prompt::choose(&question, &items, 0).map_err(asked)?;
                all[i].code.to_owned()
            }
            None => {
                let so_far = cells.clone();
                prompt::text(&question, "", |answer| {
                    prompt::not_empty(answer)?;
                    let mut cells = so_far.clone();
                    cells.push((key, answer.to_owned()));
                    match check(&cells).faults.iter().find(|f| f.key == key) {
                        Some(f) => Err(fault_words(f)),
                        None => Ok(()),
                    }
                })
                .map_err(asked)?
            }
        };
        cells.push((key, answer));
    }
    Ok(())
}

fn t_field(name: &str) -> String {
    crate::ui::try_t(&format!("field.{name}")).unwrap_or(name).to_owned()
}

/// 5 `duplicate`: a document of the draft has a live holder.
fn known_already(tx: &Tx<'_>, d: &Draft) -> Result<()> {
    for doc in &d.documents {
        for (id, paper, kind) in store::holders(tx.conn(), &doc.key)? {
            // The same number under another type of document is another paper, unless both have the form of a resident ID.
            if paper == doc.number || kind == doc.kind.code() && doc.kind == DocType::ResidentId {
                let no = number::format(PREFIX, id);
                return Err(error::conflict("duplicate").fact("no", &no).detail("no", no));
            }
        }
    }
    Ok(())
}

/// Likely twins in the register with the reasons; pairs once judged different are none.
pub fn likely_twins(tx: &Tx<'_>, d: &Draft) -> Result<Vec<(i64, Vec<&'static str>)>> {
    let mut out: Vec<(i64, Vec<&'static str>)> = Vec::new();
    let mut see = |id: i64, why: &'static str| match out.iter_mut().find(|(o, _)| *o == id) {
        Some((_, r)) => r.push(why),
        None => out.push((id, vec![why])),
    };
    for doc in &d.documents {
        for (id, paper, _) in store::holders(tx.conn(), &doc.key)? {
            if paper != doc.number {
                see(id, if doc.kind == DocType::HmPermit { "permit_number" } else { "old_number" });
            }
        }
    }
    let has_resident = d.documents.iter().any(|x| x.kind == DocType::ResidentId);
    if let (Some(name), Some(birth)) = (&d.name, d.birth_date) {
        for (id, other_resident) in store::same_name_birth(tx.conn(), &names::fold(name), birth)? {
            if !(has_resident && other_resident) {
                see(id, "name_birth");
            }
        }
    }
    Ok(out)
}

fn judge(tx: &mut Tx<'_>, a: i64, b: i64, reasons: &[&str]) -> Result<()> {
    let id: i64 = tx.conn().query_row("SELECT coalesce(max(id), 0) + 1 FROM judgement", [], |r| r.get(0))?;
    tx.conn().execute(
        "INSERT INTO judgement (id, made_op, person_a, person_b, verdict, evidence) VALUES (?1, ?2, ?3, ?4, 'different', ?5)",
        params![id, tx.op, a, b, json!(reasons).to_string()],
    )?;
    tx.touch(&JUDGEMENT_SUBJECT, id);
    Ok(())
}

/// The unit that a text means: number, code, exact name; made as a stub where it is new.
pub fn unit_of(tx: &mut Tx<'_>, text: &str, d: &Draft, from: Day) -> Result<i64> {
    if number::looks_like(org::PREFIX, text) || ident::uscc(text).is_ok() {
        return org::store::resolve(tx.conn(), text);
    }
    let name = d.employer.clone().unwrap_or_else(|| text.to_owned());
    match org::store::find_unit(tx.conn(), &name, d.uscc.as_deref())? {
        UnitMatch::Known(id) => Ok(id),
        UnitMatch::FillCode(id) => {
            if let Some(old) = org::store::open(tx.conn(), id)? {
                let new = org::Profile { uscc: d.uscc.clone(), ..old.data.clone() };
                org::store::edit(tx, id, &old, &new, tx.day, true)?;
            }
            Ok(id)
        }
        UnitMatch::New => {
            let p = org::Profile { name, uscc: d.uscc.clone(), stub: true, ..org::Profile::default() };
            org::store::create(tx, &p, from)
        }
        UnitMatch::Unsure(id) => {
            let no = number::format(org::PREFIX, id);
            Err(error::conflict("unit_unsure").fact("name", name).fact("no", &no).detail("possible", vec![no]))
        }
    }
}

// ---------------------------------------------------------------- show, edit, leave, return

/// The person a command names; a merged one answers with its survivor.
pub fn load(office: &Office, text: &str) -> Result<Person> {
    let conn = office.read()?;
    let mut id = store::resolve(conn, text)?;
    loop {
        let p = store::load(conn, id)?.ok_or_else(|| error::not_found("no_person").fact("text", number::format(PREFIX, id)))?;
        match p.merged_into {
            Some(survivor) => id = survivor,
            None => return Ok(p),
        }
    }
}

fn show(office: &Office, text: &str) -> Result<Exit> {
    // One look at one moment; and SQLite locks and unlocks once instead of at every question.
    let _moment = office.read()?.unchecked_transaction()?;
    let p = load(office, text)?;
    let day = office.as_of();
    if office.globals.as_of.is_some() && p.profile_at(day).is_none() {
        return Err(error::not_found("not_yet").fact("no", p.no()).fact("day", day.iso()));
    }
    let mut params = Map::new();
    params.insert("persons".into(), json!([p.no()]));
    let reveal = office.revealing(params)?;
    let v = view::person(office.read()?, &p, day, reveal)?;
    office.show(&View::object(v))?;
    Ok(Exit::Done)
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

fn leave(office: &Office, text: &str, why: &str, to: Option<&str>) -> Result<Exit> {
    let why = codes::find("leave_why", why).ok_or_else(|| {
        let all: Vec<&str> = codes::codes("leave_why").map(|c| c.code).collect();
        error::usage("unknown_why").fact("value", why).fact("values", all.join(", "))
    })?;
    let p = load(office, text)?;
    let to = to.map(names::clean_text);
    let done = office.write("talent.leave", Map::new(), |tx| {
        change::leave(tx, &p, tx.day, why, to.as_deref())?;
        Ok(json!({"no": p.no(), "status": "left", "end_date": tx.day.iso(), "why": why, "effects": []}))
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
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

// ---------------------------------------------------------------- list, find, history

fn columns() -> Vec<Column> {
    ["no", "status", "name", "sex", "corps", "class", "employer.name", "mode", "start_date", "contract_end"]
        .into_iter()
        .map(Column::new)
        .collect()
}

/// Fields a list can be filtered and sorted by.
pub const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::code("sex", "sex"),
    Field::code("corps", "corps"),
    Field::code("category", "category"),
    Field::code("class", "class"),
    Field::text("class_state"),
    Field::text("employer"),
    Field::code("mode", "mode"),
    Field::code("education", "education"),
    Field::code("industry", "industry"),
    Field::text("start_date"),
    Field::text("contract_end"),
    Field::text("birth_date"),
];

fn list(office: &Office, wanted: Option<&str>, sort: Option<&str>, count: bool) -> Result<Exit> {
    let wanted = Filter::parse(wanted, FIELDS)?;
    let sort = sort.map(|name| filter::field(name, FIELDS)).transpose()?;
    let after = office.after(PREFIX)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut lines = view::Lines::new(conn, day);
    if count {
        let mut n = 0u64;
        store::each_line(conn, day, None, |l| {
            if l.id > after && !l.merged && lines.takes(&l, &wanted)? {
                n += 1;
            }
            Ok(true)
        })?;
        office.show(&View::object(json!({"count": n})))?;
        return Ok(Exit::Done);
    }
    let mut sorted: Vec<Value> = Vec::new();
    office.list(columns(), None, |put| {
        store::each_line(conn, day, None, |l| {
            if l.id <= after || l.merged {
                return Ok(true);
            }
            let Some(v) = lines.line(&l, &wanted)? else { return Ok(true) };
            if sort.is_some() {
                sorted.push(v);
                return Ok(true);
            }
            put(&v)
        })?;
        if let Some(field) = sort {
            filter::sort(&mut sorted, field);
            for v in &sorted {
                put(v)?;
            }
        }
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
}

/// By any part of a name, pinyin and initials, number, document, phone, employer; each hit says by what.
fn find(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let day = office.as_of();
    let mut hits: Vec<(i64, &'static str)> = Vec::new();
    let mut add = |id: i64, by: &'static str| {
        if !hits.iter().any(|(h, _)| *h == id) {
            hits.push((id, by));
        }
    };
    let text = text.trim();
    if let Ok(id) = number::parse(PREFIX, text) {
        add(id, "no");
    }
    let bare = text.split_once([':', '：']).map_or(text, |(_, n)| n);
    for kind in DocType::ALL {
        if let Ok(doc) = ident::parse(*kind, bare) {
            for (id, _, _) in store::holders(conn, &doc.key)? {
                add(id, "document");
            }
        }
    }
    if let Ok(phone) = ident::phone(text) {
        for id in store::by_phone(conn, &phone)? {
            add(id, "phone");
        }
    }
    // Who is found by a number of theirs is found: nobody's name has these digits.
    let names_too = hits.is_empty();
    let mut by_name = Vec::new();
    for name in if names_too { store::names_like(conn, text)? } else { Vec::new() } {
        by_name.extend(store::by_name(conn, name)?);
    }
    by_name.sort_unstable();
    by_name.dedup();
    let mut by_org = Vec::new();
    let folded = names::org_fold(text);
    if names_too && folded.chars().count() > 1 {
        for org in org::store::name_contains(conn, &folded)? {
            by_org.extend(store::by_org(conn, org)?);
        }
    }
    by_org.sort_unstable();
    by_org.dedup();
    by_org.retain(|id| by_name.binary_search(id).is_err());
    let first: Vec<i64> = hits.iter().map(|h| h.0).collect();
    hits.extend(by_name.into_iter().filter(|id| !first.contains(id)).map(|id| (id, "name")));
    hits.extend(by_org.into_iter().filter(|id| !first.contains(id)).map(|id| (id, "employer")));
    let mut columns = columns();
    columns.push(Column::new("matched"));
    let (mut lines, all) = (view::Lines::new(conn, day), Filter::default());
    office.list(columns, None, |put| {
        let ids: Vec<i64> = hits.iter().map(|h| h.0).collect();
        let mut at = 0;
        store::each_line(conn, day, Some(&ids), |l| {
            while at < hits.len() && hits[at].0 != l.id {
                at += 1;
            }
            if l.merged {
                return Ok(true);
            }
            let Some(mut v) = lines.line(&l, &all)? else { return Ok(true) };
            v["matched"] = hits.get(at).map_or(Value::Null, |h| h.1.into());
            put(&v)
        })?;
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
}

/// Each fact's life with its days and ops, in the order in which the office learned it.
fn history(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let id = store::resolve(conn, text)?;
    let p = store::load_with(conn, id, true)?.ok_or_else(|| error::not_found("no_person").fact("text", number::format(PREFIX, id)))?;
    let mut params = Map::new();
    params.insert("persons".into(), json!([p.no()]));
    let reveal = office.revealing(params)?;
    let ops = store::ops_of(conn, id)?;
    let mut rows: Vec<(i64, Value)> = Vec::new();
    let mut put = |op: i64, voided: Option<i64>, span: crate::db::facts::Span, fact: &str, value: Value| {
        let said = ops.iter().find(|o| o.0 == op);
        rows.push((
            op,
            json!({"op": op, "recorded": said.map(|o| moment(o.1)), "date": said.map(|o| Day(o.2).iso()), "actor": said.map(|o| &o.3),
                   "command": said.map(|o| &o.4), "fact": fact, "value": value, "from": span.from.iso(),
                   "until": span.until.map(|d| d.iso()), "voided_by": voided}),
        ));
    };
    let mut before: Option<&super::Profile> = None;
    let mut profiles: Vec<_> = p.profiles.iter().collect();
    profiles.sort_by_key(|f| f.seq);
    for f in profiles {
        let empty = super::Profile::default();
        let diff = change::differences(before.unwrap_or(&empty), &f.data);
        let said: Vec<String> = diff
            .iter()
            .map(|(field, _, after)| {
                let after = after.clone().unwrap_or_default();
                let after = match *field {
                    "phone" if !reveal => ident::mask_phone(&after),
                    "email" if !reveal => ident::mask_email(&after),
                    _ => after,
                };
                format!("{field}={after}")
            })
            .collect();
        put(f.made_op, f.voided_op, f.span, "profile", Value::from(said.join("; ")));
        before = Some(&f.data);
    }
    for f in &p.documents {
        let v = format!("{}:{}", f.data.kind.code(), view::shown_number(f.data.paper_number(), reveal));
        put(f.made_op, f.voided_op, f.span, "document", Value::from(v));
    }
    for f in &p.engagements {
        let name = org::store::name_at(conn, f.data.org_id, f.span.from)?.map(|n| n.0).unwrap_or_default();
        let mut v = format!("{} {} {}", number::format(org::PREFIX, f.data.org_id), name, f.data.mode);
        if let Some(end) = f.data.contract_end {
            v.push_str(&format!("; contract_end={}", end.iso()));
        }
        if let Some(why) = &f.data.leave_why {
            v.push_str(&format!("; why={why}"));
        }
        put(f.made_op, f.voided_op, f.span, "engagement", Value::from(v));
    }
    for f in &p.recognitions {
        put(f.made_op, f.voided_op, f.span, "recognition", Value::from(format!("{} {} {}", f.data.scheme, f.data.class, f.data.state)));
    }
    for f in &p.achievements {
        put(f.made_op, f.voided_op, f.span, "achievement", Value::from(f.data.clone()));
    }
    rows.sort_by_key(|r| r.0);
    let columns = ["op", "date", "actor", "command", "fact", "value", "from", "until", "voided_by"].into_iter().map(Column::new).collect();
    let state = status(
        &p.engagements.iter().filter(|e| e.voided_op.is_none()).cloned().collect::<Vec<_>>(),
        p.merged_into.is_some(),
        p.erased,
        office.as_of(),
    );
    let title = format!(
        "{} {}",
        p.no(),
        t(match state {
            Status::Active => "value.status.active",
            Status::Left => "value.status.left",
            Status::Merged => "value.status.merged",
            Status::Erased => "value.status.erased",
        })
    );
    office.show(&View::list(rows.into_iter().map(|r| r.1).collect(), columns).titled(title))?;
    Ok(Exit::Done)
}
