//! What is done to a person: entered, changed, corrected, left, returned. Pure comparison first, then the rows, which
//! `store` and `db::facts` write. Many at once are entered by `store::bulk`.

use super::COUNTED;
use super::entry::{Draft, Given};
use super::store::{self, Person};
use super::{Achievement, Code, Engagement, Holding, PREFIX, Profile, Recognition, ZONE_SCHEME, current};
use crate::base::day::{Day, PartDate};
use crate::base::ident::{self, Document};
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ACHIEVEMENT, ENGAGEMENT, PERSON_DOCUMENT, PERSON_PROFILE, PERSON_SUBJECT, RECOGNITION};
use crate::db::write::Tx;
use crate::error::{self, Error};
use crate::project;
use serde::Serialize;

/// Everything a new person is entered with, ready to be written.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Day from which it holds: the first day in the zone.
    pub from: Day,
    /// Profile.
    pub profile: Profile,
    /// The number another office or an export gave, if any.
    pub no: Option<i64>,
    /// Documents.
    pub documents: Vec<Document>,
    /// The unit's name as given.
    pub employer: String,
    /// The unit's code as given.
    pub uscc: Option<String>,
    /// Engagement; its `org_id` is set once the unit is known.
    pub engagement: Engagement,
    /// The project as given; `engagement.project_id` is set once it is known.
    pub project: Option<String>,
    /// Class that only the entry says, if any.
    pub class: Option<Code>,
    /// Achievements.
    pub achievements: Vec<String>,
}

impl NewPerson {
    /// From a draft in which nothing required is missing; the draft again where something is.
    pub fn of(d: Draft) -> Result<NewPerson, Box<Draft>> {
        if super::entry::missing(&d).is_empty() { NewPerson::complete(d).ok_or_else(Box::default) } else { Err(Box::new(d)) }
    }

    fn complete(d: Draft) -> Option<NewPerson> {
        let started = d.start_date?;
        let profile = Profile {
            corps: Code::Borrowed(d.corps?),
            name: d.name?,
            raw_name: d.raw_name,
            birth_date: d.birth_date,
            sex: d.sex.map(Code::Borrowed),
            nationality: code(d.nationality),
            ethnicity: code(d.ethnicity),
            corps_more: given(d.corps_more),
            category: code(d.category),
            education: code(d.education),
            degree: code(d.degree),
            school: given(d.school),
            major: given(d.major),
            title: code(d.title),
            skill_level: code(d.skill_level),
            industry: code(d.industry),
            gb_industry: code(d.gb_industry),
            phone: given(d.phone),
            email: given(d.email),
            remarks: given(d.remarks),
        };
        Some(NewPerson {
            from: started.first_day(),
            profile,
            no: d.no,
            documents: d.documents,
            employer: d.employer?,
            uscc: d.uscc,
            engagement: Engagement {
                org_id: 0,
                mode: Code::Borrowed(d.mode?),
                started,
                contract_end: given(d.contract_end),
                position: given(d.position),
                months_a_year: given(d.months_a_year),
                leave_why: None,
                leave_to: None,
                project_id: None,
            },
            project: given(d.project),
            class: code(d.class),
            achievements: given(d.achievements).unwrap_or_default(),
        })
    }
}

fn code(g: Given<&'static str>) -> Option<Code> {
    given(g).map(Code::Borrowed)
}

fn plain(c: &Option<Code>) -> Option<String> {
    c.as_ref().map(Code::to_string)
}

fn given<T>(g: Given<T>) -> Option<T> {
    if let Given::Set(v) = g { Some(v) } else { None }
}

/// The data columns of person_document for a document as it was checked.
pub fn document_values(d: &Document) -> [Val<'_>; 4] {
    let raw = if d.number == d.key { Val::Null } else { Val::Text(&d.number) };
    [Val::Text(d.kind.code()), Val::Text(&d.key), raw, Val::Null]
}

/// A checked document as it is held.
pub fn holding_of(d: &Document) -> Holding {
    Holding { kind: d.kind, raw: (d.number != d.key).then(|| d.number.clone()), number: d.key.clone(), valid_until: None }
}

/// Enters a new person; returns the id.
pub fn enter(tx: &mut Tx<'_>, p: &NewPerson) -> Result<i64, Error> {
    let id = store::anchor(tx, "talent")?;
    let name = store::name_id(tx, &p.profile.name)?;
    let span = Span::from(p.from);
    facts::insert(tx, &PERSON_PROFILE, id, span, &p.profile.values(Val::Int(name), Val::Null))?;
    for d in &p.documents {
        facts::insert(tx, &PERSON_DOCUMENT, id, span, &document_values(d))?;
    }
    facts::insert(tx, &ENGAGEMENT, id, span, &p.engagement.values())?;
    if let Some(class) = &p.class {
        let r = recorded(store::next_recognition(tx)?, class.clone());
        facts::insert(tx, &RECOGNITION, id, span, &r.values())?;
    }
    for a in &p.achievements {
        facts::insert(tx, &ACHIEVEMENT, id, span, &Achievement::told(a).values())?;
    }
    tx.touch(&PERSON_SUBJECT, id);
    Ok(id)
}

/// Enters a person who is no talent: a student (学生) or a relative (亲属) of one, who has no corps and never counts.
pub fn enter_other(tx: &mut Tx<'_>, kind: &str, d: &Draft, from: Day) -> Result<i64, Error> {
    let id = store::anchor(tx, kind)?;
    let profile = merged(&Profile::default(), d);
    let name = store::name_id(tx, &profile.name)?;
    facts::insert(tx, &PERSON_PROFILE, id, Span::from(from), &profile.values(Val::Int(name), Val::Null))?;
    for doc in &d.documents {
        facts::insert(tx, &PERSON_DOCUMENT, id, Span::from(from), &document_values(doc))?;
    }
    tx.touch(&PERSON_SUBJECT, id);
    Ok(id)
}

/// A class that only a roster or an entry says (据名册登记).
pub fn recorded(id: i64, class: Code) -> Recognition {
    Recognition {
        id,
        scheme: Code::Borrowed(ZONE_SCHEME),
        class,
        state: Code::Borrowed("recorded"),
        policy_id: None,
        route: None,
        decision_id: None,
        mid_check: None,
    }
}

/// One field that changed.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Changed {
    /// Key of the field.
    pub field: &'static str,
    /// What was held.
    pub before: Option<String>,
    /// What is held now.
    pub after: Option<String>,
    /// From when.
    pub from: String,
}

/// How new knowledge is applied to a known person.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// The day from which a change holds; for a correction the day whose row is corrected.
    pub day: Day,
    /// Was wrong from the start.
    pub correct: bool,
}

/// Applies a draft to a known person: empty cells keep what is held. `org` is the unit the draft names, if it names one.
/// Returns what changed; nothing changed, nothing written.
pub fn apply(tx: &mut Tx<'_>, p: &Person, d: &Draft, org: Option<i64>, how: How) -> Result<Vec<Changed>, Error> {
    let mut changed = Vec::new();
    apply_profile(tx, p, d, how, &mut changed)?;
    apply_documents(tx, p, d, how, &mut changed)?;
    apply_engagement(tx, p, d, org, how, &mut changed)?;
    apply_class(tx, p, d, how, &mut changed)?;
    apply_achievements(tx, p, d, how, &mut changed)?;
    if !changed.is_empty() {
        tx.touch(&PERSON_SUBJECT, p.id);
    }
    Ok(changed)
}

/// Whether a draft says exactly what is held (`--on-match` and `unchanged` rest on it): `apply` without writing.
fn apply_profile(tx: &mut Tx<'_>, p: &Person, d: &Draft, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    let Some(old) = p.profile_at(how.day).or(p.profiles.last()) else {
        return Ok(());
    };
    let new = merged(&old.data, d);
    if new == old.data {
        return Ok(());
    }
    let from = if how.correct || old.span.from >= how.day { old.span.from } else { how.day };
    for (field, before, after) in differences(&old.data, &new) {
        changed.push(Changed { field, before, after, from: from.iso() });
    }
    let new_name = store::name_id(tx, &new.name)?;
    let data = new.values(Val::Int(new_name), Val::Null);
    if how.correct {
        return facts::correct(tx, &PERSON_PROFILE, p.id, old.seq, old.span, &data);
    }
    let old_name = store::name_id(tx, &old.data.name)?;
    let row =
        Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(Val::Int(old_name), Val::Null) };
    facts::change(tx, &PERSON_PROFILE, p.id, &row, how.day, &data)
}

/// The profile after the draft.
fn merged(old: &Profile, d: &Draft) -> Profile {
    let name = d.name.clone().unwrap_or_else(|| old.name.clone());
    Profile {
        corps: d.corps.map_or_else(|| old.corps.clone(), Code::Borrowed),
        // A roster's padded form of the same name is no change.
        raw_name: if d.name.as_ref().is_none_or(|n| *n == old.name) { old.raw_name.clone() } else { d.raw_name.clone() },
        name,
        birth_date: match (d.birth_date, old.birth_date) {
            (Some(n), Some(o)) if n.is_month() && o.same_or_refines(n) => Some(o),
            (n, o) => n.or(o),
        },
        sex: d.sex.map(Code::Borrowed).or_else(|| old.sex.clone()),
        nationality: d.nationality.over_code(&old.nationality),
        ethnicity: d.ethnicity.over_code(&old.ethnicity),
        corps_more: d.corps_more.over(&old.corps_more),
        category: d.category.over_code(&old.category),
        education: d.education.over_code(&old.education),
        degree: d.degree.over_code(&old.degree),
        school: d.school.over(&old.school),
        major: d.major.over(&old.major),
        title: d.title.over_code(&old.title),
        skill_level: d.skill_level.over_code(&old.skill_level),
        industry: d.industry.over_code(&old.industry),
        gb_industry: d.gb_industry.over_code(&old.gb_industry),
        phone: d.phone.over(&old.phone),
        email: d.email.over(&old.email),
        remarks: d.remarks.over(&old.remarks),
    }
}

/// Fields in which two profiles differ, with both values.
pub fn differences(a: &Profile, b: &Profile) -> Vec<(&'static str, Option<String>, Option<String>)> {
    let birth = |p: &Profile| p.birth_date.map(|d| d.iso());
    let mut out = Vec::new();
    let mut see = |field, before: Option<String>, after: Option<String>| {
        if before != after {
            out.push((field, before, after));
        }
    };
    see("name", Some(a.name.clone()), Some(b.name.clone()));
    see("sex", plain(&a.sex), plain(&b.sex));
    see("birth_date", birth(a), birth(b));
    see("nationality", plain(&a.nationality), plain(&b.nationality));
    see("ethnicity", plain(&a.ethnicity), plain(&b.ethnicity));
    let corps = |p: &Profile| Some(p.corps.to_string()).filter(|c| !c.is_empty());
    see("corps", corps(a), corps(b));
    see("corps_more", a.corps_more.clone(), b.corps_more.clone());
    see("category", plain(&a.category), plain(&b.category));
    see("education", plain(&a.education), plain(&b.education));
    see("degree", plain(&a.degree), plain(&b.degree));
    see("school", a.school.clone(), b.school.clone());
    see("major", a.major.clone(), b.major.clone());
    see("title", plain(&a.title), plain(&b.title));
    see("skill_level", plain(&a.skill_level), plain(&b.skill_level));
    see("industry", plain(&a.industry), plain(&b.industry));
    see("gb_industry", plain(&a.gb_industry), plain(&b.gb_industry));
    see("phone", a.phone.clone(), b.phone.clone());
    see("email", a.email.clone(), b.email.clone());
    see("remarks", a.remarks.clone(), b.remarks.clone());
    out
}

/// A document the person does not hold yet: a new paper of a kind ends the old one of that kind; a correction replaces it.
fn apply_documents(tx: &mut Tx<'_>, p: &Person, d: &Draft, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    for doc in &d.documents {
        let new = holding_of(doc);
        if p.documents.iter().any(|h| h.data.kind == new.kind && h.data.number == new.number && h.span.until.is_none()) {
            continue;
        }
        let taken = super::store::holders(tx.conn(), &new.number)?;
        if let Some((other, _, _)) = taken.iter().find(|(id, _, _)| *id != p.id) {
            let no = number::format(PREFIX, *other);
            return Err(error::conflict("duplicate").fact("no", &no).detail("no", no));
        }
        let old = p.documents.iter().find(|h| h.data.kind == new.kind && h.span.until.is_none());
        changed.push(Changed {
            field: "documents",
            before: old.map(|h| ident::mask(h.data.paper_number())),
            after: Some(ident::mask(new.paper_number())),
            from: how.day.iso(),
        });
        match old {
            Some(h) if how.correct => facts::correct(tx, &PERSON_DOCUMENT, p.id, h.seq, h.span, &new.values())?,
            Some(h) => {
                let row = Fact { seq: h.seq, span: h.span, made_op: h.made_op, voided_op: None, data: h.data.values() };
                facts::change(tx, &PERSON_DOCUMENT, p.id, &row, how.day, &new.values())?;
            }
            None => {
                let from = p.profiles.first().map_or(how.day, |f| if how.correct { f.span.from } else { how.day });
                facts::insert(tx, &PERSON_DOCUMENT, p.id, Span::from(from), &new.values())?;
            }
        }
    }
    Ok(())
}

/// Another unit is a move; the same unit with other terms is a change of the engagement; another first day is a correction.
fn apply_engagement(tx: &mut Tx<'_>, p: &Person, d: &Draft, org: Option<i64>, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    let says = |e: &Engagement| org.is_none_or(|o| o == e.org_id) && d.start_date.is_none_or(|s| s == e.started);
    let Some(old) = current(&p.engagements, how.day) else {
        return first_engagement(tx, p, d, org, how, changed);
    };
    // An old roster names an engagement that has ended since: it is known, and nobody came back.
    if !how.correct && old.data.leave_why.is_some() && p.engagements.iter().any(|e| says(&e.data)) {
        return Ok(());
    }
    // Where it was wrong from the start nobody moved and nobody came back.
    let moved = !how.correct && (org.is_some_and(|o| o != old.data.org_id) || old.data.leave_why.is_some());
    let project_id = match &d.project {
        Given::Keep if moved => None,
        Given::Keep => old.data.project_id,
        Given::Clear => None,
        Given::Set(text) => Some(project::store::resolve(tx.conn(), text)?),
    };
    let new = Engagement {
        org_id: org.unwrap_or(old.data.org_id),
        mode: d.mode.map_or_else(|| old.data.mode.clone(), Code::Borrowed),
        started: match (moved, d.start_date) {
            (true, Some(s)) if s.first_day() > old.span.from => s,
            (true, _) => PartDate::from_day(how.day),
            (false, s) => s.unwrap_or(old.data.started),
        },
        contract_end: if moved { given(d.contract_end.clone()) } else { d.contract_end.over(&old.data.contract_end) },
        position: if moved { given(d.position.clone()) } else { d.position.over(&old.data.position) },
        months_a_year: if moved { given(d.months_a_year.clone()) } else { d.months_a_year.over(&old.data.months_a_year) },
        leave_why: old.data.leave_why.clone().filter(|_| how.correct),
        leave_to: old.data.leave_to.clone().filter(|_| how.correct),
        project_id,
    };
    if new == (Engagement { leave_why: new.leave_why.clone(), leave_to: new.leave_to.clone(), ..old.data.clone() }) {
        return Ok(());
    }
    if new.contract_end.is_some_and(|e| e.last_day() < new.started.first_day()) {
        return Err(error::bad_data("date_order"));
    }
    let first = new.started.first_day();
    if moved {
        if old.span.until.is_none() && old.span.from < first {
            facts::end(tx, &ENGAGEMENT, p.id, old.seq, old.span, first.pred(), &old.data.values())?;
            facts::insert(tx, &ENGAGEMENT, p.id, Span::from(first), &new.values())?;
        } else if old.span.until.is_some_and(|u| u < first) {
            facts::insert(tx, &ENGAGEMENT, p.id, Span::from(first), &new.values())?;
        } else {
            facts::correct(tx, &ENGAGEMENT, p.id, old.seq, Span::from(old.span.from), &new.values())?;
        }
        note_engagement(changed, &old.data, &new, first);
        return Ok(());
    }
    if new.started != old.data.started {
        // The first day as held was wrong: the row that begins with it begins anew.
        let from = if old.span.from == old.data.started.first_day() { first } else { old.span.from };
        if old.span.until.is_some_and(|u| u < from) {
            return Err(error::bad_data("date_order"));
        }
        facts::correct(tx, &ENGAGEMENT, p.id, old.seq, Span { from, until: old.span.until }, &new.values())?;
        note_engagement(changed, &old.data, &new, from);
        return Ok(());
    }
    if how.correct {
        facts::correct(tx, &ENGAGEMENT, p.id, old.seq, old.span, &new.values())?;
        note_engagement(changed, &old.data, &new, old.span.from);
        return Ok(());
    }
    let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values() };
    facts::change(tx, &ENGAGEMENT, p.id, &row, how.day, &new.values())?;
    note_engagement(changed, &old.data, &new, if old.span.from < how.day { how.day } else { old.span.from });
    Ok(())
}

/// A student or relative takes up work: what a roster says of the engagement is the first of it.
fn first_engagement(tx: &mut Tx<'_>, p: &Person, d: &Draft, org: Option<i64>, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    let (Some(org_id), Some(mode)) = (org, d.mode) else { return Ok(()) };
    let started = d.start_date.unwrap_or(PartDate::from_day(how.day));
    let new = Engagement {
        org_id,
        mode: Code::Borrowed(mode),
        started,
        contract_end: given(d.contract_end.clone()),
        position: given(d.position.clone()),
        months_a_year: given(d.months_a_year.clone()),
        leave_why: None,
        leave_to: None,
        project_id: d.project.value().map(|text| project::store::resolve(tx.conn(), text)).transpose()?,
    };
    facts::insert(tx, &ENGAGEMENT, p.id, Span::from(started.first_day()), &new.values())?;
    changed.push(Changed {
        field: "employer",
        before: None,
        after: Some(number::format(crate::org::PREFIX, org_id)),
        from: started.first_day().iso(),
    });
    Ok(())
}

fn note_engagement(changed: &mut Vec<Changed>, old: &Engagement, new: &Engagement, from: Day) {
    let mut see = |field, before: Option<String>, after: Option<String>| {
        if before != after {
            changed.push(Changed { field, before, after, from: from.iso() });
        }
    };
    let unit = |e: &Engagement| Some(number::format(crate::org::PREFIX, e.org_id));
    see("employer", unit(old), unit(new));
    see("mode", Some(old.mode.to_string()), Some(new.mode.to_string()));
    see("start_date", Some(old.started.iso()), Some(new.started.iso()));
    see("contract_end", old.contract_end.map(|d| d.iso()), new.contract_end.map(|d| d.iso()));
    see("position", old.position.clone(), new.position.clone());
    let project = |e: &Engagement| e.project_id.map(|id| number::format(project::PREFIX, id));
    see("project", project(old), project(new));
    see("months_a_year", old.months_a_year.map(|n| n.to_string()), new.months_a_year.map(|n| n.to_string()));
}

fn apply_class(tx: &mut Tx<'_>, p: &Person, d: &Draft, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    let held =
        p.recognition_at(how.day).or(p.recognitions.iter().rev().find(|r| r.span.until.is_none() && COUNTED.contains(&&*r.data.state)));
    let new = match &d.class {
        Given::Keep => return Ok(()),
        Given::Clear => None,
        Given::Set(c) => Some(*c),
    };
    if held.map(|r| &*r.data.class) == new {
        return Ok(());
    }
    // What was decided is not changed by what a roster says.
    if let Some(r) = held.filter(|r| r.data.state != "recorded") {
        let no = number::format("R", r.data.id);
        return Err(error::conflict("class_decided").fact("no", &no).fact("class", &r.data.class).detail("no", no));
    }
    let from = match held {
        Some(r) if how.correct || r.span.from >= how.day => r.span.from,
        _ => how.day,
    };
    changed.push(Changed {
        field: "class",
        before: held.map(|r| r.data.class.to_string()),
        after: new.map(str::to_owned),
        from: from.iso(),
    });
    if let Some(r) = held {
        if r.span.from < from {
            facts::end(tx, &RECOGNITION, p.id, r.seq, r.span, from.pred(), &r.data.values())?;
        } else {
            facts::void(tx, &RECOGNITION, p.id, r.seq)?;
        }
    }
    if let Some(class) = new {
        let r = recorded(store::next_recognition(tx)?, Code::Borrowed(class));
        facts::insert(tx, &RECOGNITION, p.id, Span::from(from), &r.values())?;
    }
    Ok(())
}

fn apply_achievements(tx: &mut Tx<'_>, p: &Person, d: &Draft, how: How, changed: &mut Vec<Changed>) -> Result<(), Error> {
    let new: &[String] = match &d.achievements {
        Given::Keep => return Ok(()),
        Given::Clear => &[],
        Given::Set(list) => list,
    };
    let held: Vec<&Fact<Achievement>> = p.achievements.iter().filter(|a| a.span.until.is_none()).collect();
    let gone: Vec<&&Fact<Achievement>> = held.iter().filter(|a| !new.contains(&a.data.text)).collect();
    let fresh: Vec<&String> = new.iter().filter(|n| held.iter().all(|a| a.data.text != **n)).collect();
    if gone.is_empty() && fresh.is_empty() {
        return Ok(());
    }
    let join = |list: Vec<&str>| {
        if list.is_empty() { None } else { Some(list.join(";")) }
    };
    changed.push(Changed {
        field: "achievements",
        before: join(held.iter().map(|a| a.data.text.as_str()).collect()),
        after: join(new.iter().map(String::as_str).collect()),
        from: how.day.iso(),
    });
    for a in gone {
        if how.correct || a.span.from >= how.day {
            facts::void(tx, &ACHIEVEMENT, p.id, a.seq)?;
        } else {
            facts::end(tx, &ACHIEVEMENT, p.id, a.seq, a.span, how.day.pred(), &a.data.values())?;
        }
    }
    for text in fresh {
        facts::insert(tx, &ACHIEVEMENT, p.id, Span::from(how.day), &Achievement::told(text).values())?;
    }
    Ok(())
}

/// Leaves the zone: every engagement that holds ends on `day`, the last day in.
pub fn leave(tx: &mut Tx<'_>, p: &Person, day: Day, why: &str, to: Option<&str>) -> Result<(), Error> {
    let open: Vec<&Fact<Engagement>> = p.engagements.iter().filter(|e| e.span.until.is_none_or(|u| u > day)).collect();
    if open.is_empty() {
        let last = p.engagements.iter().filter_map(|e| e.span.until).max();
        return Err(error::conflict("left_already")
            .fact("no", p.no())
            .fact("day", last.map(|d| d.iso()).unwrap_or_default())
            .detail("possible", vec!["return"]));
    }
    for e in open {
        if e.span.from > day {
            return Err(error::refused("leave_before_start").fact("no", p.no()).fact("day", e.span.from.iso()));
        }
        let last = Engagement { leave_why: Some(why.to_owned()), leave_to: to.map(str::to_owned), ..e.data.clone() };
        facts::end(tx, &ENGAGEMENT, p.id, e.seq, e.span, day, &last.values())?;
    }
    tx.touch(&PERSON_SUBJECT, p.id);
    Ok(())
}

/// Comes back: a new engagement from `day`.
pub fn return_(tx: &mut Tx<'_>, p: &Person, e: &Engagement, day: Day) -> Result<(), Error> {
    if p.engagements.iter().any(|x| x.span.until.is_none_or(|u| u >= day)) {
        return Err(error::conflict("not_left").fact("no", p.no()).detail("possible", vec!["edit", "leave"]));
    }
    facts::insert(tx, &ENGAGEMENT, p.id, Span::from(day), &e.values())?;
    tx.touch(&PERSON_SUBJECT, p.id);
    Ok(())
}
