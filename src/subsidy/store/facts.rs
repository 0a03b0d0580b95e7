//! What is known of a payee, with the op that says so; and what other bodies pay.

use super::super::{Facts, Had, Known, life, whole_months};
use super::{Party, instalments, of};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::card;
use crate::db::facts::Fact;
use crate::db::subject::BENEFIT_ELSEWHERE_SUBJECT;
use crate::db::write::Tx;
use crate::error::Result;
use crate::org;
use crate::recognition;
use crate::talent::store::{self as people, Person};
use crate::talent::{current, kin::Kind};
use rusqlite::{Connection, params};

fn known<T, V>(f: &Fact<T>, value: V) -> Known<V> {
    Known { value, since: Some(f.span.from), op: Some(f.made_op) }
}

/// What is known of a person on a day.
pub fn person(conn: &Connection, p: &Person, day: Day) -> Result<Facts> {
    let class = p.recognitions.iter().find(|r| r.span.holds(day) && recognition::seen(&r.data.state, r.span.until, day) == "in_force");
    let profile = p.profile_at(day);
    let text = |f: Option<&str>| -> Option<Known<String>> { Some(known(profile?, f?.to_owned())) };
    let engagement = current(&p.engagements, day).filter(|e| e.span.holds(day));
    let contract =
        engagement.and_then(|e| Some(known(e, whole_months(e.data.started.first_day(), e.data.contract_end.map(PartDate::last_day)?))));
    let arrived = p.engagements.iter().min_by_key(|e| e.data.started.first_day()).map(|e| known(e, e.data.started.first_day()));
    let birth = profile.and_then(|f| Some(known(f, f.data.birth_date?.age_on(day)?)));
    Ok(Facts {
        class: class.map(|r| known(r, r.data.class.to_string())),
        card: valid_card(conn, p.id, day)?,
        corps: profile.filter(|f| !f.data.corps.is_empty()).map(|f| known(f, f.data.corps.to_string())),
        mode: engagement.map(|e| known(e, e.data.mode.to_string())),
        contract_months: contract,
        arrived,
        age: birth,
        education: text(profile.and_then(|f| f.data.education.as_deref())),
        degree: text(profile.and_then(|f| f.data.degree.as_deref())),
        org_kind: None,
        had: had(conn, p.id, day)?,
        spouse_had: spouses(conn, p.id, day)?,
    })
}

/// The level of a person's card that is valid on the day.
fn valid_card(conn: &Connection, person_id: i64, day: Day) -> Result<Option<Known<String>>> {
    for c in card::store::of_person(conn, person_id)?.into_iter().filter(|c| c.issued <= day) {
        let seen = card::change::look(conn, c, day)?;
        if seen.status == "valid" && seen.card.main_card_id.is_none() {
            let op = card::store::made_op(conn, seen.card.id)?;
            return Ok(Some(Known { value: seen.card.level, since: Some(seen.card.issued), op: Some(op) }));
        }
    }
    Ok(None)
}

/// What a person had of benefits: before this office file began, and from it.
fn had(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut found = opened(conn, person_id, day)?;
    found.extend(granted(conn, Party::Person(person_id), day)?);
    found.extend(elsewhere(conn, person_id, day)?);
    found.extend(let_to(conn, person_id, day)?);
    Ok(found)
}

/// What this office granted a payee up to a day.
fn granted(conn: &Connection, payee: Party, day: Day) -> Result<Vec<Had>> {
    let mut found = Vec::new();
    for (a, op) in of(conn, payee)?.into_iter().filter(|(a, _)| a.approved <= day) {
        let paid = instalments(conn, a.id)?.iter().try_fold(Fen::ZERO, |sum, i| sum.checked_add(i.settled)).unwrap_or(a.amount);
        let months: i64 = conn
            .prepare_cached("SELECT count(*) FROM benefit_month WHERE application_id = ?1 AND voided_op IS NULL")?
            .query_row([a.id], |r| r.get(0))?;
        let months = u32::try_from(months).unwrap_or(u32::MAX);
        let state = life::state(conn, a.id, day)?;
        // What was revoked before anything was paid was never had.
        if state == "revoked" && paid == Fen::ZERO {
            continue;
        }
        let live = matches!(state.as_str(), "approved" | "resumed");
        found.push(Had { scheme: a.scheme, live, months, paid, since: a.approved, op });
    }
    Ok(found)
}

/// What a person had before this office file began.
fn opened(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let all = people::openings(conn, person_id)?;
    let of = |o: &Fact<crate::talent::kin::Opening>| {
        let scheme = o.data.scheme.clone()?;
        let months = o.data.months.and_then(|m| u32::try_from(m).ok()).unwrap_or(0);
        Some(Had { scheme, live: false, months, paid: o.data.paid.unwrap_or(Fen::ZERO), since: o.span.from, op: o.made_op })
    };
    Ok(all.iter().filter(|o| o.span.from <= day).filter_map(of).collect())
}

/// The same of husband and wife.
fn spouses(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut all = Vec::new();
    for r in people::relations(conn, person_id)?.iter().filter(|r| r.fact.data == Kind::Spouse && r.fact.span.holds(day)) {
        all.extend(had(conn, people::survivor(conn, r.other)?, day)?);
    }
    Ok(all)
}

/// What is known of a unit on a day.
pub fn unit(conn: &Connection, id: i64, day: Day) -> Result<Facts> {
    let profile = org::store::at(conn, id, day)?;
    let had = granted(conn, Party::Org(id), day)?;
    Ok(Facts { org_kind: profile.and_then(|f| Some(known(&f, f.data.kind.clone()?))), had, ..Facts::default() })
}

/// A benefit that another body pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose.
    pub person_id: i64,
    /// The scheme it corresponds to.
    pub scheme: String,
    /// Who pays.
    pub body: String,
    /// How much in all.
    pub amount: Fen,
    /// First and last month, yyyymm.
    pub months: (i64, i64),
}

/// Keeps it; its number.
pub fn add_elsewhere(tx: &mut Tx<'_>, e: &Elsewhere) -> Result<i64> {
    let id = tx.next_number("benefit_elsewhere", "SELECT coalesce(max(id), 0) FROM benefit_elsewhere")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO benefit_elsewhere (id, made_op, person_id, scheme, body, amount_fen, from_month, until_month) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, e.person_id, e.scheme, e.body, e.amount.0, e.months.0, e.months.1])?;
    tx.touch(&BENEFIT_ELSEWHERE_SUBJECT, id);
    Ok(id)
}

/// Turnover flats let to a person by a day: they exclude and are excluded; their months are counted where they are let.
fn let_to(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let mut st = conn.prepare_cached(
        "SELECT from_day, until_day, made_op FROM lease WHERE voided_op IS NULL AND from_day <= ?2 AND until_day >= ?2
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY from_day",
    )?;
    let rows = st.query_map(params![person_id, day.0], |r| {
        let until = Day(r.get(1)?);
        Ok(Had { scheme: "turnover_flat".to_owned(), live: until >= day, months: 0, paid: Fen::ZERO, since: Day(r.get(0)?), op: r.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a person has from elsewhere, begun by a day.
fn elsewhere(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Had>> {
    let (y, m, _) = day.ymd();
    let this_month = i64::from(y) * 100 + i64::from(m);
    let mut st = conn.prepare_cached(
        "SELECT scheme, amount_fen, from_month, until_month, made_op FROM benefit_elsewhere WHERE voided_op IS NULL AND from_month <= ?2
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY from_month, id",
    )?;
    let rows = st.query_map(params![person_id, this_month], |r| {
        let (from, until): (i64, i64) = (r.get(2)?, r.get(3)?);
        let months = (until / 100 - from / 100) * 12 + until % 100 - from % 100 + 1;
        let since = Day::from_ymd(i32::try_from(from / 100).unwrap_or(0), u32::try_from(from % 100).unwrap_or(1), 1).unwrap_or(day);
        Ok(Had {
            scheme: r.get(0)?,
            live: until >= this_month,
            months: u32::try_from(months).unwrap_or(0),
            paid: Fen(r.get(1)?),
            since,
            op: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
