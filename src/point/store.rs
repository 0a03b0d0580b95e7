//! All SQL of service points, offers and their uses; rows to types and back.

use super::{OFFER_MACHINE, OFFER_PREFIX, Offer, POINT_MACHINE, PREFIX, Point};
use crate::base::day::Day;
use crate::base::names;
use crate::db::facts::Span;
use crate::db::subject::{OFFER_SUBJECT, OFFER_USE_SUBJECT, POINT_SUBJECT};
use crate::db::write::{Tx, random_bytes};
use crate::error::{self, Result};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

const POINT_COLUMNS: &str = "id, name, kind, address, phone, org_id";
const OFFER_COLUMNS: &str = "id, point_id, name, discount, levels, attached, from_day, until_day";

fn point(r: &Row<'_>) -> rusqlite::Result<Point> {
    Ok(Point { id: r.get(0)?, name: r.get(1)?, kind: r.get(2)?, address: r.get(3)?, phone: r.get(4)?, org_id: r.get(5)? })
}

fn offer(r: &Row<'_>) -> rusqlite::Result<Offer> {
    let levels: Option<String> = r.get(4)?;
    Ok(Offer {
        id: r.get(0)?,
        point_id: r.get(1)?,
        name: r.get(2)?,
        discount: r.get(3)?,
        levels: levels.map(|l| l.split(',').map(str::to_owned).collect()).unwrap_or_default(),
        attached: r.get::<_, i64>(5)? == 1,
        span: Span { from: Day(r.get(6)?), until: r.get::<_, Option<i32>>(7)?.map(Day) },
    })
}

/// All points in order.
pub fn points(conn: &Connection) -> Result<Vec<Point>> {
    let mut st = conn.prepare_cached(&format!("SELECT {POINT_COLUMNS} FROM point WHERE voided_op IS NULL ORDER BY id"))?;
    Ok(st.query_map([], point)?.collect::<rusqlite::Result<_>>()?)
}

/// All offers in order.
pub fn offers(conn: &Connection) -> Result<Vec<Offer>> {
    let mut st = conn.prepare_cached(&format!("SELECT {OFFER_COLUMNS} FROM offer WHERE voided_op IS NULL ORDER BY id"))?;
    Ok(st.query_map([], offer)?.collect::<rusqlite::Result<_>>()?)
}

/// The point a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Point> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_point").fact("text", text))
}

/// A live point.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Point>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {POINT_COLUMNS} FROM point WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], point)
        .optional()?)
}

/// The offer a command names.
pub fn resolve_offer(conn: &Connection, text: &str) -> Result<Offer> {
    let id = crate::office::parse_no(OFFER_PREFIX, text)?;
    conn.prepare_cached(&format!("SELECT {OFFER_COLUMNS} FROM offer WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], offer)
        .optional()?
        .ok_or_else(|| error::not_found("no_offer").fact("text", text))
}

/// The state that acts up to a day brought about.
pub fn state(conn: &Connection, record: (&str, i64), day: Day) -> Result<String> {
    let last = steps::steps(conn, record)?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "open".to_owned(), |s| s.to_state))
}

/// A point of that name that is not closed.
pub fn open_of_name(conn: &Connection, name: &str, day: Day) -> Result<Option<i64>> {
    let mut st = conn.prepare_cached("SELECT id FROM point WHERE folded = ?1 AND voided_op IS NULL ORDER BY id")?;
    let ids: Vec<i64> = st.query_map([names::fold(name)], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in ids {
        if state(conn, (POINT_MACHINE.kind, id), day)? == "open" {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// A new point.
pub fn add(tx: &mut Tx<'_>, p: &Point) -> Result<i64> {
    let id = tx.next_number("point", "SELECT coalesce(max(id), 0) FROM point")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO point (id, made_op, name, folded, kind, address, phone, org_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, p.name, names::fold(&p.name), p.kind, p.address, p.phone, p.org_id])?;
    steps::step(tx, (POINT_MACHINE.kind, id), None, "open", None, None)?;
    tx.touch(&POINT_SUBJECT, id);
    Ok(id)
}

/// A new offer.
pub fn add_offer(tx: &mut Tx<'_>, o: &Offer) -> Result<i64> {
    let id = tx.next_number("offer", "SELECT coalesce(max(id), 0) FROM offer")?;
    let levels = (!o.levels.is_empty()).then(|| o.levels.join(","));
    tx.conn()
        .prepare_cached(&format!("INSERT INTO offer ({OFFER_COLUMNS}, made_op) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"))?
        .execute(params![id, o.point_id, o.name, o.discount, levels, o.attached, o.span.from.0, o.span.until.map(|d| d.0), tx.op])?;
    steps::step(tx, (OFFER_MACHINE.kind, id), None, "open", None, None)?;
    tx.touch(&OFFER_SUBJECT, id);
    Ok(id)
}

/// Keeps that a card used an offer on the business day.
pub fn add_use(tx: &mut Tx<'_>, offer_id: i64, level: &str, card_id: i64) -> Result<i64> {
    let id = tx.next_number("offer_use", "SELECT coalesce(max(id), 0) FROM offer_use")?;
    tx.conn()
        .prepare_cached("INSERT INTO offer_use (id, made_op, offer_id, day, level, card_id, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![id, tx.op, offer_id, tx.day.0, level, card_id, &random_bytes()[..16]])?;
    tx.touch(&OFFER_USE_SUBJECT, id);
    Ok(id)
}

/// Forgets which cards used offers before a day: card and salt are dropped, so that no digest kept tells either. How many.
pub fn forget(tx: &mut Tx<'_>, before: Day) -> Result<usize> {
    let old: Vec<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM offer_use WHERE card_id IS NOT NULL AND day < ?1 ORDER BY id")?
        .query_map([before.0], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in &old {
        tx.conn().prepare_cached("UPDATE offer_use SET card_id = NULL, salt = NULL WHERE id = ?1")?.execute([id])?;
        tx.touch(&OFFER_USE_SUBJECT, *id);
    }
    Ok(old.len())
}

/// A use of an offer.
#[derive(Clone, Debug)]
pub struct Use {
    /// Its id.
    pub id: i64,
    /// The offer.
    pub offer_id: i64,
    /// Day.
    pub day: Day,
    /// Level of the card.
    pub level: String,
    /// The card, while it is known.
    pub card_id: Option<i64>,
}

/// Uses of offers up to a day, in order.
pub fn uses(conn: &Connection, until: Day) -> Result<Vec<Use>> {
    let mut st = conn
        .prepare_cached("SELECT id, offer_id, day, level, card_id FROM offer_use WHERE voided_op IS NULL AND day <= ?1 ORDER BY day, id")?;
    let read = |r: &Row<'_>| Ok(Use { id: r.get(0)?, offer_id: r.get(1)?, day: Day(r.get(2)?), level: r.get(3)?, card_id: r.get(4)? });
    Ok(st.query_map([until.0], read)?.collect::<rusqlite::Result<_>>()?)
}

/// How often an offer was used up to a day.
pub fn used(conn: &Connection, offer_id: i64, until: Day) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM offer_use WHERE offer_id = ?1 AND voided_op IS NULL AND day <= ?2")?
        .query_row(params![offer_id, until.0], |r| r.get(0))?)
}
