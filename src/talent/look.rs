//! What is read of people: `talent show`, `list`, `find`. Nothing here writes but the record that somebody looked.

use super::store::{self, Asked, Person};
use super::{PREFIX, current, view};
use crate::base::day::Day;
use crate::base::ident::{self, DocType};
use crate::base::{names, number};
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::org;
use crate::ui::filter::{self, Field, Filter};
use crate::ui::{Column, View};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

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

/// The name of the unit where somebody works on the day, or worked last.
pub fn employer_name(conn: &Connection, p: &Person, day: Day) -> Result<Option<String>> {
    Ok(match current(&p.engagements, day) {
        Some(e) => org::store::name_at(conn, e.data.org_id, day)?.map(|u| u.0),
        None => None,
    })
}

pub(super) fn show(office: &Office, text: &str) -> Result<Exit> {
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
    Field::text("kind"),
    Field::text("name"),
    Field::code("sex", "sex"),
    Field::date("birth_date"),
    Field::number("age"),
    Field::code("corps", "corps"),
    Field::code("category", "category"),
    Field::code("class", "class"),
    Field::text("class_state"),
    Field::text("employer"),
    Field::code("mode", "mode"),
    Field::date("start_date"),
    Field::date("contract_end"),
    Field::text("project"),
    Field::code("education", "education"),
    Field::code("degree", "degree"),
    Field::code("title", "title"),
    Field::code("skill_level", "skill_level"),
    Field::code("nationality", "nationality"),
    Field::code("ethnicity", "ethnicity"),
    Field::code("industry", "industry"),
    Field::code("gb_industry", "gb_industry"),
];

/// Persons a filter means on the day, in order of their numbers.
pub fn matching(conn: &Connection, day: Day, wanted: &Filter) -> Result<Vec<i64>> {
    let any_of: Vec<_> = wanted.any_of().collect();
    let needs: Vec<&'static str> = wanted.terms().iter().map(|t| t.field).collect();
    let others = needs.contains(&"kind");
    let mut lines = view::Lines::new(conn, day);
    let mut ids = Vec::new();
    store::each_line(conn, day, Asked { any_of: &any_of, needs: Some(&needs), others, ..Asked::default() }, |l| {
        if !l.merged && lines.takes(&l, wanted)? {
            ids.push(l.id);
        }
        Ok(true)
    })?;
    Ok(ids)
}

pub(super) fn list(office: &Office, wanted: Option<&str>, sort: Option<&str>, count: bool) -> Result<Exit> {
    let wanted = Filter::parse(wanted, FIELDS)?;
    let sort = sort.map(|name| filter::field(name, FIELDS)).transpose()?;
    let conn = office.read()?;
    let _moment = conn.unchecked_transaction()?;
    let day = office.as_of();
    let any_of: Vec<_> = wanted.any_of().collect();
    // Only who asks for them sees those who never count.
    let others = wanted.terms().iter().any(|t| t.field == "kind");
    let asked = Asked { after: office.after(PREFIX)?, any_of: &any_of, others, ..Asked::default() };
    let mut lines = view::Lines::new(conn, day);
    let mut needs: Vec<&'static str> = wanted.terms().iter().map(|t| t.field).collect();
    if count {
        let mut n = 0u64;
        store::each_line(conn, day, Asked { needs: Some(&needs), ..asked }, |l| {
            n += u64::from(!l.merged && lines.takes(&l, &wanted)?);
            Ok(true)
        })?;
        office.show(&View::object(json!({"count": n})))?;
        return Ok(Exit::Done);
    }
    let mut order: Option<Vec<i64>> = None;
    if let Some(field) = sort {
        // First what is sorted by, then the lines in that order: a million whole lines would not fit.
        needs.push(field.name);
        let mut keys: Vec<(Value, i64)> = Vec::new();
        store::each_line(conn, day, Asked { needs: Some(&needs), ..asked }, |l| {
            if !l.merged && lines.takes(&l, &wanted)? {
                keys.push((lines.sort_key(&l, field.name)?, l.id));
            }
            Ok(true)
        })?;
        if field.name == "employer" {
            lines.rank_units(&mut keys)?;
        }
        order = Some(filter::sort_keys(keys));
    }
    let asked = Asked { only: order.as_deref(), ..asked };
    office.list(columns(), None, |put| {
        let (mut seen, mut taken, mut last) = (0u64, 0u64, None);
        store::each_line(conn, day, asked, |l| {
            seen += 1;
            if !l.merged
                && let Some(v) = lines.line(&l, &wanted)?
            {
                taken += 1;
                return put(&v);
            }
            // Where hardly anybody answers, whole lines are made in vain: the rest is looked through by what the filter asks alone.
            let rare = order.is_none() && seen >= RARE_AFTER && taken * RARE < seen;
            last = rare.then_some(l.id);
            Ok(!rare)
        })?;
        if let Some(after) = last {
            rare_lines(conn, day, Asked { after, needs: Some(&needs), ..asked }, &wanted, &mut lines, put)?;
        }
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
}

/// So many lines are looked at whole before it is judged whether answers are rare: fewer than one in `RARE`.
const RARE_AFTER: u64 = 20_000;
const RARE: u64 = 50;

/// Looks through the rest for the few that answer, and only then makes their lines.
fn rare_lines(
    conn: &Connection,
    day: Day,
    asked: Asked<'_>,
    wanted: &Filter,
    lines: &mut view::Lines<'_>,
    put: &mut dyn FnMut(&Value) -> Result<bool>,
) -> Result<()> {
    let whole = |id: i64, lines: &mut view::Lines<'_>, put: &mut dyn FnMut(&Value) -> Result<bool>| -> Result<bool> {
        let mut more = true;
        store::each_line(conn, day, Asked { only: Some(&[id]), others: asked.others, ..Asked::default() }, |l| {
            more = match lines.line(&l, wanted)? {
                Some(v) => put(&v)?,
                None => true,
            };
            Ok(more)
        })?;
        Ok(more)
    };
    store::each_line(conn, day, asked, |l| {
        if l.merged || !lines.takes(&l, wanted)? {
            return Ok(true);
        }
        whole(l.id, lines, put)
    })
}

/// By any part of a name, pinyin and initials, number, document, phone, employer; each hit says by what.
pub(super) fn find(office: &Office, text: &str) -> Result<Exit> {
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
        store::each_line(conn, day, Asked { only: Some(&ids), others: true, ..Asked::default() }, |l| {
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
