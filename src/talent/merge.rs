//! Two records of one person become one: a statement of knowledge in one op. The loser's rows are voided and made again under the
//! survivor, nothing is lost; `undo` or `talent unmerge` takes it back. Who may be one person is judged in `twins`.

use super::change::differences;
use super::store::{self, Person};
use super::{Profile, Recognition};
use crate::base::ident::DocType;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact};
use crate::db::subject::{ACHIEVEMENT, ENGAGEMENT, PERSON_DOCUMENT, PERSON_PROFILE, PERSON_SUBJECT, RECOGNITION};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::paper;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A field in which the two say different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field's key; `class` for the recognition.
    pub field: &'static str,
    /// What the survivor says.
    pub keep: String,
    /// What the loser says.
    pub lose: String,
}

/// Whose word holds, field by field; under the empty name, for all others.
pub type Choices = BTreeMap<String, Side>;

/// Whose word holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The survivor's.
    Keep,
    /// The loser's.
    Lose,
}

fn last(p: &Person) -> Profile {
    p.profiles.last().map(|f| f.data.clone()).unwrap_or_default()
}

fn class(p: &Person) -> Option<&Fact<Recognition>> {
    p.recognitions.iter().rev().find(|r| r.span.until.is_none())
}

/// Where the two contradict each other. 3 where papers say that they are two persons.
pub fn conflicts(keep: &Person, lose: &Person) -> Result<Vec<Conflict>> {
    let resident = |p: &Person| {
        p.documents.iter().find(|d| d.data.kind == DocType::ResidentId && d.span.until.is_none()).map(|d| d.data.number.clone())
    };
    if resident(keep).zip(resident(lose)).is_some_and(|(a, b)| a != b) {
        return Err(error::refused("merge_two_ids").fact("keep", keep.no()).fact("lose", lose.no()));
    }
    let mut found: Vec<Conflict> = differences(&last(keep), &last(lose))
        .into_iter()
        .filter_map(|(field, a, b)| a.zip(b).map(|(keep, lose)| Conflict { field, keep, lose }))
        .collect();
    if let (Some(a), Some(b)) = (class(keep), class(lose))
        && a.data.class != b.data.class
    {
        found.push(Conflict { field: "class", keep: a.data.class.to_string(), lose: b.data.class.to_string() });
    }
    Ok(found)
}

/// Merges; every conflict must have been settled. Returns how many rows of each kind moved.
pub fn merge(tx: &mut Tx<'_>, keep: &Person, lose: &Person, choices: &Choices) -> Result<Value> {
    let side = |field: &str| choices.get(field).or_else(|| choices.get("")).copied();
    let open: Vec<&'static str> = conflicts(keep, lose)?.iter().map(|c| c.field).filter(|f| side(f).is_none()).collect();
    if !open.is_empty() {
        return Err(error::conflict("merge_conflicts").fact("fields", open.join(", ")).detail("possible", open));
    }
    let theirs = |field: &str| side(field) == Some(Side::Lose);
    merge_profile(tx, keep, lose, &theirs)?;
    for p in &lose.profiles {
        facts::void(tx, &PERSON_PROFILE, lose.id, p.seq)?;
    }
    let (mut documents, mut engagements, mut recognitions, mut achievements) = (0, 0, 0, 0);
    for d in &lose.documents {
        facts::void(tx, &PERSON_DOCUMENT, lose.id, d.seq)?;
        if !keep.documents.iter().any(|k| k.data.kind == d.data.kind && k.data.number == d.data.number) {
            facts::insert(tx, &PERSON_DOCUMENT, keep.id, d.span, &d.data.values())?;
            documents += 1;
        }
    }
    for e in &lose.engagements {
        facts::void(tx, &ENGAGEMENT, lose.id, e.seq)?;
        if !keep.engagements.iter().any(|k| k.data.org_id == e.data.org_id && k.data.started == e.data.started) {
            facts::insert(tx, &ENGAGEMENT, keep.id, e.span, &e.data.values())?;
            engagements += 1;
        }
    }
    for r in &lose.recognitions {
        facts::void(tx, &RECOGNITION, lose.id, r.seq)?;
    }
    match (class(keep), class(lose)) {
        (None, Some(r)) => {
            facts::insert(tx, &RECOGNITION, keep.id, r.span, &r.data.values())?;
            recognitions += 1;
        }
        (Some(held), Some(r)) if held.data.class != r.data.class && theirs("class") => {
            facts::void(tx, &RECOGNITION, keep.id, held.seq)?;
            facts::insert(tx, &RECOGNITION, keep.id, r.span, &r.data.values())?;
            recognitions += 1;
        }
        _ => {}
    }
    for a in &lose.achievements {
        facts::void(tx, &ACHIEVEMENT, lose.id, a.seq)?;
        if !keep.achievements.iter().any(|k| k.data == a.data) {
            facts::insert(tx, &ACHIEVEMENT, keep.id, a.span, &[Val::Text(&a.data)])?;
            achievements += 1;
        }
    }
    let files = paper::store::move_links(tx, "person", lose.id, keep.id)?;
    store::set_merged(tx, lose.id, Some(keep.id))?;
    store::judge(tx, keep.id, lose.id, "same", &json!(["merge"]))?;
    tx.touch(&PERSON_SUBJECT, keep.id);
    tx.touch(&PERSON_SUBJECT, lose.id);
    Ok(json!({
        "documents": documents, "engagements": engagements, "recognitions": recognitions, "achievements": achievements, "files": files,
    }))
}

/// What the survivor lacks is filled in, and what was chosen taken over: it was true from the start.
fn merge_profile(tx: &mut Tx<'_>, keep: &Person, lose: &Person, theirs: &dyn Fn(&str) -> bool) -> Result<()> {
    let Some(old) = keep.profiles.last() else { return Ok(()) };
    let (a, b) = (&old.data, &last(lose));
    let code = |field: &str, a: &Option<super::Code>, b: &Option<super::Code>| {
        if a.is_none() || theirs(field) { b.clone().or(a.clone()) } else { a.clone() }
    };
    let text = |field: &str, a: &Option<String>, b: &Option<String>| {
        if a.is_none() || theirs(field) { b.clone().or(a.clone()) } else { a.clone() }
    };
    let new = Profile {
        corps: if theirs("corps") { b.corps.clone() } else { a.corps.clone() },
        name: if theirs("name") { b.name.clone() } else { a.name.clone() },
        raw_name: if theirs("name") { b.raw_name.clone() } else { a.raw_name.clone() },
        birth_date: if theirs("birth_date") { b.birth_date.or(a.birth_date) } else { a.birth_date.or(b.birth_date) },
        sex: code("sex", &a.sex, &b.sex),
        nationality: code("nationality", &a.nationality, &b.nationality),
        ethnicity: code("ethnicity", &a.ethnicity, &b.ethnicity),
        corps_more: text("corps_more", &a.corps_more, &b.corps_more),
        category: code("category", &a.category, &b.category),
        education: code("education", &a.education, &b.education),
        degree: code("degree", &a.degree, &b.degree),
        school: text("school", &a.school, &b.school),
        major: text("major", &a.major, &b.major),
        title: code("title", &a.title, &b.title),
        skill_level: code("skill_level", &a.skill_level, &b.skill_level),
        industry: code("industry", &a.industry, &b.industry),
        gb_industry: code("gb_industry", &a.gb_industry, &b.gb_industry),
        phone: text("phone", &a.phone, &b.phone),
        email: text("email", &a.email, &b.email),
        remarks: text("remarks", &a.remarks, &b.remarks),
    };
    if new == *a {
        return Ok(());
    }
    let name = store::name_id(tx, &new.name)?;
    facts::correct(tx, &PERSON_PROFILE, keep.id, old.seq, old.span, &new.values(Val::Int(name), Val::Null))
}
