//! Two records of one person become one: a statement of knowledge in one op. The loser's rows are voided and made again under the
//! survivor, nothing is lost; `undo` or `talent unmerge` takes it back. Who may be one person is judged in `twins`.

use super::change::differences;
use super::store::{self, Person};
use super::{COUNTED, Engagement, Profile, Recognition};
use crate::base::day::PartDate;
use crate::base::ident::DocType;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ACHIEVEMENT, ENGAGEMENT, PERSON_DOCUMENT, PERSON_PROFILE, PERSON_SUBJECT, RECOGNITION};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::{card, paper};
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

fn overlap(a: Span, b: Span) -> bool {
    a.from <= b.until.unwrap_or(a.from.max(b.from)) && b.from <= a.until.unwrap_or(a.from.max(b.from))
}

/// Whether a recognition holds or is on its way: of these a person has one at a time.
fn is_live(r: &Fact<Recognition>) -> bool {
    r.data.state == "in_force" || (!matches!(&*r.data.state, "recorded" | "cancelled") && r.span.until.is_none())
}

/// What the survivor's rosters say of the class while the loser's recorded one holds.
fn recorded_beside<'a>(keep: &'a Person, r: &Fact<Recognition>) -> Option<&'a Fact<Recognition>> {
    keep.recognitions.iter().find(|k| COUNTED.contains(&&*k.data.state) && overlap(k.span, r.span))
}

/// The survivor's engagement that begins with the same unit on the same day.
fn engaged_beside<'a>(keep: &'a Person, e: &Fact<Engagement>) -> Option<&'a Fact<Engagement>> {
    keep.engagements.iter().find(|k| k.data.org_id == e.data.org_id && k.data.started == e.data.started && overlap(k.span, e.span))
}

/// Where the two contradict each other. 3 where papers say that they are two persons, 5 where both have a recognition at a time.
pub fn conflicts(keep: &Person, lose: &Person) -> Result<Vec<Conflict>> {
    let resident = |p: &Person| {
        p.documents.iter().find(|d| d.data.kind == DocType::ResidentId && d.span.until.is_none()).map(|d| d.data.number.clone())
    };
    if resident(keep).zip(resident(lose)).is_some_and(|(a, b)| a != b) {
        return Err(error::refused("merge_two_ids").fact("keep", keep.no()).fact("lose", lose.no()));
    }
    let both = keep.recognitions.iter().filter(|k| is_live(k)).find_map(|k| {
        let theirs = lose.recognitions.iter().find(|r| is_live(r) && overlap(k.span, r.span))?;
        Some([number::format("R", k.data.id), number::format("R", theirs.data.id)])
    });
    if let Some([a, b]) = both {
        return Err(error::conflict("merge_two_recognitions").fact("keep", &a).fact("lose", &b).detail("possible", vec!["cancel"]));
    }
    let mut found: Vec<Conflict> = differences(&last(keep), &last(lose))
        .into_iter()
        .filter_map(|(field, a, b)| a.zip(b).map(|(keep, lose)| Conflict { field, keep, lose }))
        .collect();
    for r in lose.recognitions.iter().filter(|r| r.data.state == "recorded") {
        if let Some(k) = recorded_beside(keep, r).filter(|k| k.data.state == "recorded" && k.data.class != r.data.class) {
            found.push(Conflict { field: "class", keep: k.data.class.to_string(), lose: r.data.class.to_string() });
        }
    }
    for e in &lose.engagements {
        if let Some(k) = engaged_beside(keep, e).filter(|k| k.data != e.data || k.span != e.span) {
            let said = |e: &Fact<Engagement>| {
                let until = e.span.until.or(e.data.contract_end.map(PartDate::last_day)).map(|d| d.iso()).unwrap_or_default();
                format!("{} {}..{until}", e.data.mode, e.span.from.iso())
            };
            found.push(Conflict { field: "engagement", keep: said(k), lose: said(e) });
        }
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
    apart_in_teams(tx, keep, lose)?;
    one_card(tx, keep, lose)?;
    let theirs = |field: &str| side(field) == Some(Side::Lose);
    merge_profile(tx, keep, lose, &theirs)?;
    for p in &lose.profiles {
        facts::void(tx, &PERSON_PROFILE, lose.id, p.seq)?;
    }
    let (mut documents, mut engagements, mut achievements) = (0, 0, 0);
    for d in &lose.documents {
        facts::void(tx, &PERSON_DOCUMENT, lose.id, d.seq)?;
        if !keep.documents.iter().any(|k| k.data.kind == d.data.kind && k.data.number == d.data.number) {
            facts::insert(tx, &PERSON_DOCUMENT, keep.id, d.span, &d.data.values())?;
            documents += 1;
        }
    }
    for e in &lose.engagements {
        facts::void(tx, &ENGAGEMENT, lose.id, e.seq)?;
        match engaged_beside(keep, e) {
            Some(k) if k.data == e.data && k.span == e.span || !theirs("engagement") => continue,
            Some(k) => facts::void(tx, &ENGAGEMENT, keep.id, k.seq)?,
            None => {}
        }
        facts::insert(tx, &ENGAGEMENT, keep.id, e.span, &e.data.values())?;
        engagements += 1;
    }
    let recognitions = merge_recognitions(tx, keep, lose, theirs("class"))?;
    for a in &lose.achievements {
        facts::void(tx, &ACHIEVEMENT, lose.id, a.seq)?;
        if !keep.achievements.iter().any(|k| k.data.text == a.data.text) {
            facts::insert(tx, &ACHIEVEMENT, keep.id, a.span, &a.data.values())?;
            achievements += 1;
        }
    }
    let relations = store::move_relations(tx, lose.id, keep.id)?;
    let openings = store::move_openings(tx, lose.id, keep.id)?;
    let attestations = store::move_attestations(tx, lose.id, keep.id)?;
    let teams = crate::team::store::move_member(tx, lose.id, keep.id)?;
    let files = paper::store::move_links(tx, "person", lose.id, keep.id)?;
    store::set_merged(tx, lose.id, Some(keep.id))?;
    store::judge(tx, keep.id, lose.id, "same", &json!(["merge"]))?;
    tx.touch(&PERSON_SUBJECT, keep.id);
    tx.touch(&PERSON_SUBJECT, lose.id);
    Ok(json!({
        "documents": documents, "engagements": engagements, "recognitions": recognitions, "achievements": achievements,
        "relations": relations, "openings": openings, "attestations": attestations, "teams": teams, "files": files,
    }))
}

/// 5 where both have a card that can still be used: one person has one.
fn one_card(tx: &Tx<'_>, keep: &Person, lose: &Person) -> Result<()> {
    if let (Some(a), Some(b)) = (card::change::usable(tx, keep.id)?, card::change::usable(tx, lose.id)?) {
        return Err(error::conflict("merge_two_cards").fact("keep", &a).fact("lose", &b).detail("possible", vec!["close"]));
    }
    Ok(())
}

/// 5 where the two are in different teams: one person is in one.
fn apart_in_teams(tx: &Tx<'_>, keep: &Person, lose: &Person) -> Result<()> {
    let teams = |p: &Person| crate::team::store::of_person(tx.conn(), p.id, tx.day);
    match (teams(keep)?.first(), teams(lose)?.first()) {
        (Some(a), Some(b)) if a != b => {
            let [a, b] = [*a, *b].map(|id| number::format(crate::team::PREFIX, id));
            Err(error::conflict("merge_two_teams").fact("keep", &a).fact("lose", &b).detail("possible", vec!["leave"]))
        }
        _ => Ok(()),
    }
}

/// Whatever was decided or is on its way moves with its number; what a roster said gives way to it, and to the survivor's unless chosen.
fn merge_recognitions(tx: &Tx<'_>, keep: &Person, lose: &Person, theirs: bool) -> Result<usize> {
    let mut moved = 0;
    for r in &lose.recognitions {
        facts::void(tx, &RECOGNITION, lose.id, r.seq)?;
        let beside = recorded_beside(keep, r).filter(|k| r.data.state == "recorded" || k.data.state == "recorded");
        match (&*r.data.state, beside) {
            ("recorded", Some(k)) if k.data.state == "in_force" || k.data.class == r.data.class || !theirs => continue,
            ("recorded", Some(k)) => facts::void(tx, &RECOGNITION, keep.id, k.seq)?,
            ("in_force", Some(k)) if k.span.from < r.span.from => {
                facts::end(tx, &RECOGNITION, keep.id, k.seq, k.span, r.span.from.pred(), &k.data.values())?;
            }
            ("in_force", Some(k)) => facts::void(tx, &RECOGNITION, keep.id, k.seq)?,
            _ => {}
        }
        facts::insert(tx, &RECOGNITION, keep.id, r.span, &r.data.values())?;
        moved += 1;
    }
    Ok(moved)
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
        corps: if theirs("corps") || a.corps.is_empty() { b.corps.clone() } else { a.corps.clone() },
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
