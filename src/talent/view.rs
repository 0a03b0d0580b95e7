//! A person as JSON for the renderer: the keys of CLI.md, masked unless revealed. No SQL beyond what the stores are asked for.

use super::store::{Line, Person};
use super::{Engagement, Status, current, status};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::blacklist::{Whom, standing};
use crate::db::facts::Fact;
use crate::error::Result;
use crate::ui::filter::{Filter, Term};
use crate::{org, project};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

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

fn project_json(conn: &Connection, id: i64, day: Day) -> Result<Value> {
    Ok(json!({"no": number::format(project::PREFIX, id), "name": project::store::name_at(conn, id, day)?}))
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
    v.insert("kind".into(), p.kind_on(day).into());
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
    v.insert("corps".into(), d.map(|d| d.corps.clone()).filter(|c| !c.is_empty()).into());
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
    let project = e.and_then(|e| e.data.project_id);
    v.insert("project".into(), project.map(|id| project_json(conn, id, day)).transpose()?.into());
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
    let achievements: Vec<&str> = p.achievements.iter().filter(|a| a.span.holds(day)).map(|a| a.data.text.as_str()).collect();
    v.insert("achievements".into(), achievements.into());
    // Few have a family or a team in the register: one small question saves two large ones.
    let beside = super::store::beside(conn, p.id)?;
    let relations = if beside.family { super::kin::relations_json(conn, p.id, day)? } else { Vec::new() };
    v.insert("relations".into(), relations.into());
    let team = if beside.team { crate::team::store::place_of(conn, p.id, day)? } else { None };
    v.insert("team".into(), team.into());
    let card = if beside.card { crate::card::cmd::of_person(conn, p.id, day)? } else { None };
    v.insert("card".into(), card.into());
    let honours = if beside.honours { crate::honour::cmd::of_person(conn, p.id, day)? } else { Vec::new() };
    v.insert("honours".into(), honours.into());
    let expert = if beside.expert { crate::expert::cmd::of_person(conn, p.id, day)? } else { None };
    v.insert("expert".into(), expert.into());
    let programmes = if beside.programmes { crate::programme::cmd::of_person(conn, p.id, day)? } else { Vec::new() };
    v.insert("programmes".into(), programmes.into());
    let listed = !standing::in_force(conn, Whom::Person(p.id), day)?.is_empty();
    v.insert("standing".into(), json!({"in_force": listed}));
    v.insert("merged_into".into(), p.merged_into.map(|m| number::format(super::PREFIX, m)).into());
    Ok(v.into())
}

/// Makes the lines of `talent list` and `find` of one day; a unit is looked up once, however many people it has.
pub struct Lines<'c> {
    conn: &'c Connection,
    day: Day,
    units: HashMap<i64, Value>,
    /// What conditions on a unit came to, by their place in the filter.
    judged: HashMap<(usize, Option<i64>), bool>,
}

impl<'c> Lines<'c> {
    /// For one day.
    pub fn new(conn: &'c Connection, day: Day) -> Lines<'c> {
        Lines { conn, day, units: HashMap::new(), judged: HashMap::new() }
    }

    /// The line, where the filter takes it.
    pub fn line(&mut self, l: &Line, wanted: &Filter) -> Result<Option<Value>> {
        if !self.takes(l, wanted)? {
            return Ok(None);
        }
        let mut v = Map::new();
        for field in FIELDS {
            v.insert((*field).to_owned(), self.field(l, field)?);
        }
        Ok(Some(v.into()))
    }

    /// Whether the filter takes the person; only what it asks about is looked at.
    pub fn takes(&mut self, l: &Line, wanted: &Filter) -> Result<bool> {
        for (at, term) in wanted.terms().iter().enumerate() {
            let takes = match term.field {
                "employer" => self.unit_takes(l, at, term)?,
                field => term.takes(&self.field(l, field)?),
            };
            if !takes {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A condition on the unit is the same for all of its people.
    fn unit_takes(&mut self, l: &Line, at: usize, term: &Term) -> Result<bool> {
        let org = current(&l.engagements, self.day).map(|e| e.data.org_id);
        if let Some(known) = self.judged.get(&(at, org)) {
            return Ok(*known);
        }
        let takes = term.takes(&self.field(l, "employer")?);
        self.judged.insert((at, org), takes);
        Ok(takes)
    }

    /// What a line is sorted by: of the employer its id, which `rank_units` then puts in order.
    pub fn sort_key(&mut self, l: &Line, field: &str) -> Result<Value> {
        match field {
            "employer" => Ok(current(&l.engagements, self.day).map(|e| e.data.org_id).into()),
            field => self.field(l, field),
        }
    }

    /// Turns ids of units into their places in the order of names: a million names would not be compared one by one.
    pub fn rank_units(&self, keys: &mut [(Value, i64)]) -> Result<()> {
        let ids: BTreeSet<i64> = keys.iter().filter_map(|k| k.0.as_i64()).collect();
        let mut named = Vec::with_capacity(ids.len());
        for id in ids {
            named.push((org::store::name_at(self.conn, id, self.day)?.map(|n| n.0).unwrap_or_default(), id));
        }
        named.sort();
        let places: HashMap<i64, usize> = named.into_iter().enumerate().map(|(place, (_, id))| (id, place)).collect();
        for (key, _) in keys {
            if let Some(place) = key.as_i64().and_then(|id| places.get(&id)) {
                *key = (*place).into();
            }
        }
        Ok(())
    }

    /// What a field of a line holds.
    pub fn field(&mut self, l: &Line, field: &str) -> Result<Value> {
        let e = || current(&l.engagements, self.day);
        Ok(match field {
            "no" => number::format(super::PREFIX, l.id).into(),
            "status" => status(&l.engagements, l.merged, l.erased, self.day).as_str().into(),
            "kind" => l.kind.as_deref().into(),
            "name" => l.name.as_str().into(),
            "sex" => l.sex.as_deref().into(),
            "birth_date" => l.birth_date.map(|b| b.iso()).into(),
            "age" => l.birth_date.and_then(|b| b.age_on(self.day)).into(),
            "corps" => Some(l.corps.as_str()).filter(|c| !c.is_empty()).into(),
            "category" => l.category.as_deref().into(),
            "class" => l.class.as_deref().into(),
            "class_state" => l.class_state.as_deref().into(),
            "employer" => self.unit(e())?,
            "mode" => e().map(|e| &*e.data.mode).into(),
            "start_date" => e().map(|e| e.data.started.iso()).into(),
            "contract_end" => e().and_then(|e| e.data.contract_end).map(|d| d.iso()).into(),
            "project" => e().and_then(|e| e.data.project_id).map(|id| number::format(project::PREFIX, id)).into(),
            "education" => l.education.as_deref().into(),
            "degree" => l.degree.as_deref().into(),
            "title" => l.title.as_deref().into(),
            "skill_level" => l.skill_level.as_deref().into(),
            "nationality" => l.nationality.as_deref().into(),
            "ethnicity" => l.ethnicity.as_deref().into(),
            "industry" => l.industry.as_deref().into(),
            "gb_industry" => l.gb_industry.as_deref().into(),
            _ => Value::Null,
        })
    }

    fn unit(&mut self, e: Option<&Fact<Engagement>>) -> Result<Value> {
        let Some(fact) = e else { return Ok(Value::Null) };
        if let Some(known) = self.units.get(&fact.data.org_id) {
            return Ok(known.clone());
        }
        let v = employer(self.conn, e, self.day)?;
        self.units.insert(fact.data.org_id, v.clone());
        Ok(v)
    }
}

/// The fields of a line, in order.
const FIELDS: &[&str] = &[
    "no",
    "status",
    "kind",
    "name",
    "sex",
    "birth_date",
    "age",
    "corps",
    "category",
    "class",
    "class_state",
    "employer",
    "mode",
    "start_date",
    "contract_end",
    "project",
    "education",
    "degree",
    "title",
    "skill_level",
    "nationality",
    "ethnicity",
    "industry",
    "gb_industry",
];
