//! A person as JSON for the renderer: the keys of CLI.md, masked unless revealed. No SQL beyond what the stores are asked for.

use super::store::{Line, Person};
use super::{Engagement, Status, current, status};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::db::facts::Fact;
use crate::error::Result;
use crate::org;
use crate::ui::filter::Filter;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A document number as the reader may see it.
pub fn shown_number(number: &str, reveal: bool) -> String {
    if reveal { number.to_owned() } else { ident::mask(number) }
}

fn employer(conn: &Connection, e: Option<&Fact<Engagement>>, day: Day) -> Result<Value> {
    let Some(e) = e else { return Ok(Value::Null) };
    let named = org::store::name_at(conn, e.data.org_id, day)?;
    let (name, uscc) = named.unwrap_or_default();
    Ok(json!({"no": number::format(org::PREFIX, e.data.org_id), "name": name, "uscc": uscc}))
}

/// `talent show`'s object.
pub fn person(conn: &Connection, p: &Person, day: Day, reveal: bool) -> Result<Value> {
    // Where nothing holds on the day (before the first day in the zone) the earliest knowledge is shown.
    let profile = p.profile_at(day).or(p.profiles.first());
    let e = current(&p.engagements, day);
    let r = p.recognition_at(day);
    let state = status(&p.engagements, p.merged_into.is_some(), p.erased, day);
    let mut v = Map::new();
    v.insert("no".into(), p.no().into());
    v.insert("status".into(), state.as_str().into());
    let d = profile.map(|f| &f.data);
    let text = |f: fn(&super::Profile) -> Option<&str>| d.and_then(f).map_or(Value::Null, Value::from);
    let mask = |s: Option<String>, how: fn(&str) -> String| match s {
        Some(s) if reveal => Value::from(s),
        Some(s) => Value::from(how(&s)),
        None => Value::Null,
    };
    v.insert("name".into(), d.map(|d| d.name.clone()).into());
    v.insert("sex".into(), text(|d| d.sex.as_deref()));
    v.insert("birth_date".into(), d.and_then(|d| d.birth_date).map(|b| b.iso()).into());
    v.insert("age".into(), d.and_then(|d| d.birth_date).and_then(|b| b.age_on(day)).into());
    v.insert("nationality".into(), text(|d| d.nationality.as_deref()));
    v.insert("ethnicity".into(), text(|d| d.ethnicity.as_deref()));
    let documents: Vec<Value> = p
        .documents
        .iter()
        .filter(|h| h.span.holds(day) || p.profile_at(day).is_none())
        .map(|h| {
            json!({"type": h.data.kind.code(), "number": shown_number(h.data.paper_number(), reveal),
                   "valid_until": h.data.valid_until.map(|d| d.iso())})
        })
        .collect();
    v.insert("documents".into(), documents.into());
    v.insert("corps".into(), d.map(|d| d.corps.clone()).into());
    let more: Vec<&str> = d.and_then(|d| d.corps_more.as_deref()).map(|m| m.split(';').collect()).unwrap_or_default();
    v.insert("corps_more".into(), more.into());
    v.insert("category".into(), text(|d| d.category.as_deref()));
    v.insert("class".into(), r.map(|r| r.data.class.clone()).into());
    v.insert("class_scheme".into(), r.map(|r| r.data.scheme.clone()).into());
    v.insert("class_state".into(), r.map(|r| r.data.state.clone()).into());
    v.insert("employer".into(), employer(conn, e, day)?);
    v.insert("mode".into(), e.map(|e| e.data.mode.clone()).into());
    v.insert("start_date".into(), e.map(|e| e.data.started.iso()).into());
    v.insert("contract_end".into(), e.and_then(|e| e.data.contract_end).map(|d| d.iso()).into());
    v.insert("months_a_year".into(), e.and_then(|e| e.data.months_a_year).into());
    v.insert("position".into(), e.and_then(|e| e.data.position.clone()).into());
    v.insert("project".into(), Value::Null);
    if state == Status::Left {
        v.insert("end_date".into(), e.and_then(|e| e.span.until).map(|d| d.iso()).into());
        v.insert("why".into(), e.and_then(|e| e.data.leave_why.clone()).into());
    }
    v.insert("education".into(), text(|d| d.education.as_deref()));
    v.insert("degree".into(), text(|d| d.degree.as_deref()));
    v.insert("school".into(), text(|d| d.school.as_deref()));
    v.insert("major".into(), text(|d| d.major.as_deref()));
    v.insert("title".into(), text(|d| d.title.as_deref()));
    v.insert("skill_level".into(), text(|d| d.skill_level.as_deref()));
    v.insert("industry".into(), text(|d| d.industry.as_deref()));
    v.insert("gb_industry".into(), text(|d| d.gb_industry.as_deref()));
    v.insert("phone".into(), mask(d.and_then(|d| d.phone.clone()), ident::mask_phone));
    v.insert("email".into(), mask(d.and_then(|d| d.email.clone()), ident::mask_email));
    v.insert("remarks".into(), text(|d| d.remarks.as_deref()));
    let achievements: Vec<&str> = p.achievements.iter().filter(|a| a.span.holds(day)).map(|a| a.data.as_str()).collect();
    v.insert("achievements".into(), achievements.into());
    v.insert("card".into(), Value::Null);
    v.insert("standing".into(), json!({"in_force": false}));
    v.insert("merged_into".into(), p.merged_into.map(|m| number::format(super::PREFIX, m)).into());
    Ok(v.into())
}

/// Makes the lines of `talent list` and `find` of one day; a unit is looked up once, however many people it has.
pub struct Lines<'c> {
    conn: &'c Connection,
    day: Day,
    units: HashMap<i64, Value>,
}

impl<'c> Lines<'c> {
    /// For one day.
    pub fn new(conn: &'c Connection, day: Day) -> Lines<'c> {
        Lines { conn, day, units: HashMap::new() }
    }

    /// The line, where the filter takes it. What the filter can see without the unit is looked at before a line is made.
    pub fn line(&mut self, l: &Line, wanted: &Filter) -> Result<Option<Value>> {
        let e = current(&l.engagements, self.day);
        let state = status(&l.engagements, l.merged, l.erased, self.day);
        let out = wanted.rules_out(|field| match field {
            "status" => Some(Some(state.as_str())),
            "name" => Some(Some(&l.name)),
            "sex" => Some(l.sex.as_deref()),
            "corps" => Some(Some(&l.corps)),
            "category" => Some(l.category.as_deref()),
            "class" => Some(l.class.as_ref().map(|c| c.0.as_str())),
            "class_state" => Some(l.class.as_ref().map(|c| c.1.as_str())),
            "mode" => Some(e.map(|e| &*e.data.mode)),
            "education" => Some(l.education.as_deref()),
            "industry" => Some(l.industry.as_deref()),
            _ => None,
        });
        if out {
            return Ok(None);
        }
        let unit = match e {
            None => Value::Null,
            Some(fact) => match self.units.get(&fact.data.org_id) {
                Some(known) => known.clone(),
                None => {
                    let v = employer(self.conn, e, self.day)?;
                    self.units.insert(fact.data.org_id, v.clone());
                    v
                }
            },
        };
        let v = json!({
            "no": number::format(super::PREFIX, l.id),
            "status": state.as_str(),
            "name": l.name,
            "sex": l.sex,
            "birth_date": l.birth_date.map(|b| b.iso()),
            "corps": l.corps,
            "category": l.category,
            "class": l.class.as_ref().map(|c| &c.0),
            "class_state": l.class.as_ref().map(|c| &c.1),
            "employer": unit,
            "mode": e.map(|e| &e.data.mode),
            "start_date": e.map(|e| e.data.started.iso()),
            "contract_end": e.and_then(|e| e.data.contract_end).map(|d| d.iso()),
            "education": l.education,
            "industry": l.industry,
        });
        Ok(wanted.takes(&v).then_some(v))
    }

    /// Whether the filter takes the person.
    pub fn takes(&mut self, l: &Line, wanted: &Filter) -> Result<bool> {
        Ok(wanted.is_empty() || self.line(l, wanted)?.is_some())
    }
}
