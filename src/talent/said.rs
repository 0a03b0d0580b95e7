//! What a clerk says of a person, by options, as one JSON object or when asked at a terminal: made into cells as a roster's are, checked
//! by `entry`, refused in words. What is then done with it is in `cmd` and `change`.

use super::entry::{self, CellFault, Checked, Key};
use crate::base::codes;
use crate::base::fault::FaultCode;
use crate::error::{self, Result};
use crate::office::asked;
use crate::ui::{lang, prompt, t};
use clap::Args;
use serde_json::{Value, json};

/// What is said of a person; the same for add and edit.
#[derive(Args, Debug, Default)]
pub(super) struct Said {
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
    pub(super) employer: Option<String>,
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
    #[arg(long, value_name = "PJ")]
    project: Option<String>,
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

impl Said {
    /// The texts by column; several documents and corps joined as a roster joins them.
    pub(super) fn cells(&self) -> Result<Vec<(Key, String)>> {
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
        put(Key::Project, &self.project);
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
pub(super) fn cells_of_json(v: &Value) -> Result<Vec<(Key, String)>> {
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
            ("project", Value::Object(e)) => {
                if let Some(n) = e.get("no").and_then(text) {
                    out.push((Key::Project, n));
                }
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

pub(super) fn check(cells: &[(Key, String)]) -> Checked {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    for (k, v) in cells {
        raw[*k as usize] = Some(v);
    }
    entry::check(&raw)
}

/// All faults of an entry as one error: 2 where an option can't be understood, 65 where the data contradict themselves.
pub fn refuse(faults: &[CellFault]) -> Result<()> {
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
pub(super) fn fault_words(f: &CellFault) -> String {
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

/// Asks at a terminal for what a new person lacks; without one it is exit 2 naming the options.
pub(super) fn ask_missing(cells: &mut Vec<(Key, String)>, from_json: bool) -> Result<()> {
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
