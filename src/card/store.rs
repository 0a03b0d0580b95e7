//! All SQL of cards; rows to types and back.

use super::token::PublicKey;
use super::{MACHINE, PREFIX};
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{self, Span};
use crate::db::subject::{CARD_KEY_SUBJECT, CARD_REVIEW, CARD_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A card as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: i64,
    /// Holder.
    pub person_id: i64,
    /// The main card, where this one is attached.
    pub main_card_id: Option<i64>,
    /// The recognition a main card rests on.
    pub recognition_id: Option<i64>,
    /// The policy version it was issued by.
    pub policy_id: Option<i64>,
    /// The scheme of that version.
    pub scheme: String,
    /// Level.
    pub level: String,
    /// First day.
    pub issued: Day,
    /// Last day.
    pub valid_until: Day,
    /// term, contract, recognition.
    pub bound: String,
    /// The card it took the place of.
    pub replaces_id: Option<i64>,
}

impl Card {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

/// Columns of a card.
pub const COLUMNS: &str = "id, person_id, main_card_id, recognition_id, policy_id, scheme, level, issued_day, valid_until, bound,
    replaces_id";

fn card(r: &Row<'_>) -> rusqlite::Result<Card> {
    card_at(r, 0)
}

/// A card from its columns, which begin at column `a`.
pub fn card_at(r: &Row<'_>, a: usize) -> rusqlite::Result<Card> {
    Ok(Card {
        id: r.get(a)?,
        person_id: r.get(a + 1)?,
        main_card_id: r.get(a + 2)?,
        recognition_id: r.get(a + 3)?,
        policy_id: r.get(a + 4)?,
        scheme: r.get(a + 5)?,
        level: r.get(a + 6)?,
        issued: Day(r.get(a + 7)?),
        valid_until: Day(r.get(a + 8)?),
        bound: r.get(a + 9)?,
        replaces_id: r.get(a + 10)?,
    })
}

/// A live card; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Card>> {
    Ok(conn.prepare_cached(&format!("SELECT {COLUMNS} FROM card WHERE id = ?1 AND voided_op IS NULL"))?.query_row([id], card).optional()?)
}

/// The card a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Card> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_card").fact("text", text))
}

/// Cards of a person, in order; those of records merged into the person too.
pub fn of_person(conn: &Connection, person_id: i64) -> Result<Vec<Card>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM card WHERE voided_op IS NULL
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY id"
    ))?;
    Ok(st.query_map([person_id], card)?.collect::<rusqlite::Result<_>>()?)
}

/// All cards in order.
pub fn each(conn: &Connection, mut f: impl FnMut(Card) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(&format!("SELECT {COLUMNS} FROM card WHERE voided_op IS NULL ORDER BY id"))?;
    let mut rows = st.query([])?;
    while let Some(r) = rows.next()? {
        f(card(r)?)?;
    }
    Ok(())
}

/// Cards issued by a day whose end lies between it and `last`, or that are old enough for a review by then, in order.
pub fn each_near(conn: &Connection, day: Day, last: Day, mut f: impl FnMut(Card) -> Result<()>) -> Result<()> {
    // A card in its first month has no review yet, whatever the policy: review_months is 1 at least.
    let mut st = conn.prepare(&format!(
        "SELECT {COLUMNS} FROM card WHERE voided_op IS NULL AND issued_day <= ?1 AND valid_until >= ?1
           AND (valid_until <= ?2 OR issued_day <= ?2 - 28) ORDER BY id"
    ))?;
    let mut rows = st.query([day.0, last.0])?;
    while let Some(r) = rows.next()? {
        f(card(r)?)?;
    }
    Ok(())
}

/// The card that took this one's place.
pub fn replaced_by(conn: &Connection, id: i64) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT id FROM card WHERE replaces_id = ?1 AND voided_op IS NULL ORDER BY id DESC LIMIT 1")?
        .query_row([id], |r| r.get(0))
        .optional()?)
}

/// The state that acts up to a day brought about, and the last step's day.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<Option<(String, Day)>> {
    let all = steps::steps(conn, (MACHINE.kind, id))?;
    Ok(all.into_iter().rfind(|s| s.day <= day).map(|s| (s.to_state, s.day)))
}

/// Days of reviews that were passed up to a day, in order.
pub fn reviews(conn: &Connection, id: i64, day: Day) -> Result<Vec<Day>> {
    let mut st = conn.prepare_cached(
        "SELECT from_day FROM card_review WHERE card_id = ?1 AND voided_op IS NULL AND passed = 1 AND from_day <= ?2 ORDER BY from_day",
    )?;
    Ok(st.query_map(params![id, day.0], |r| Ok(Day(r.get(0)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Issues a card: the row and its first step.
pub fn create(tx: &mut Tx<'_>, c: &Card) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM card")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO card (id, made_op, person_id, main_card_id, recognition_id, policy_id, scheme, level, issued_day, valid_until,
                               bound, replaces_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            id,
            tx.op,
            c.person_id,
            c.main_card_id,
            c.recognition_id,
            c.policy_id,
            c.scheme,
            c.level,
            c.issued.0,
            c.valid_until.0,
            c.bound,
            c.replaces_id
        ])?;
    steps::step(tx, (MACHINE.kind, id), None, "valid", None, None)?;
    tx.touch(&CARD_SUBJECT, id);
    Ok(id)
}

/// Keeps a review of the business day.
pub fn review(tx: &mut Tx<'_>, id: i64, passed: bool) -> Result<()> {
    facts::insert(tx, &CARD_REVIEW, id, Span { from: tx.day, until: Some(tx.day) }, &[Val::Int(passed.into())])?;
    tx.touch(&CARD_SUBJECT, id);
    Ok(())
}

/// The op that issued a card.
pub fn made_op(conn: &Connection, id: i64) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT made_op FROM card WHERE id = ?1")?.query_row([id], |r| r.get(0))?)
}

/// The business day of the last sweep that found something.
pub fn last_sweep(conn: &Connection) -> Result<Option<Day>> {
    let day: Option<i32> =
        conn.prepare_cached("SELECT max(business_day) FROM op WHERE command = 'card.sweep'")?.query_row([], |r| r.get(0))?;
    Ok(day.map(Day))
}

// ---------------------------------------------------------------- keys

/// Public keys whose tokens count, the one that signs last.
pub fn keys(conn: &Connection) -> Result<Vec<PublicKey>> {
    let mut st = conn.prepare_cached("SELECT public FROM card_key WHERE voided_op IS NULL ORDER BY id")?;
    let texts: Vec<String> = st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    texts.iter().map(|t| PublicKey::parse(t).ok_or_else(|| error::not_office("damaged"))).collect()
}

/// Keeps a public key as the one that signs from now on.
pub fn add_key(tx: &mut Tx<'_>, public: &str) -> Result<()> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM card_key")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO card_key (id, made_op, public) VALUES (?1, ?2, ?3)")?.execute(params![id, tx.op, public])?;
    tx.touch(&CARD_KEY_SUBJECT, id);
    Ok(())
}

/// Gives up every key: what they signed is forged from now on.
pub fn void_keys(tx: &mut Tx<'_>) -> Result<()> {
    let ids: Vec<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM card_key WHERE voided_op IS NULL ORDER BY id")?
        .query_map([], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in ids {
        tx.conn().prepare_cached("UPDATE card_key SET voided_op = ?2 WHERE id = ?1")?.execute([id, tx.op])?;
        tx.touch(&CARD_KEY_SUBJECT, id);
    }
    Ok(())
}
