//! All SQL of turnover flats and leases; rows to types and back.

use super::PREFIX;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{HOUSING_SUBJECT, LEASE};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A turnover flat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: i64,
    /// Where.
    pub address: String,
    /// Rent of a month.
    pub price: Option<Fen>,
}

impl Unit {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Who lives there.
    pub person_id: i64,
    /// Why it ended early.
    pub why: Option<String>,
}

fn unit(r: &Row<'_>) -> rusqlite::Result<Unit> {
    Ok(Unit { id: r.get(0)?, address: r.get(1)?, price: r.get::<_, Option<i64>>(2)?.map(Fen) })
}

/// All flats in order.
pub fn units(conn: &Connection) -> Result<Vec<Unit>> {
    let mut st = conn.prepare_cached("SELECT id, address, rent_fen FROM housing_unit WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], unit)?.collect::<rusqlite::Result<_>>()?)
}

/// The flat a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Unit> {
    let id = crate::office::parse_no(PREFIX, text)?;
    conn.prepare_cached("SELECT id, address, rent_fen FROM housing_unit WHERE id = ?1 AND voided_op IS NULL")?
        .query_row([id], unit)
        .optional()?
        .ok_or_else(|| error::not_found("no_flat").fact("text", text))
}

/// The flat of that address.
pub fn by_address(conn: &Connection, address: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT id FROM housing_unit WHERE folded = ?1 AND voided_op IS NULL")?
        .query_row([names::fold(address)], |r| r.get(0))
        .optional()?)
}

/// A new flat.
pub fn add(tx: &mut Tx<'_>, u: &Unit) -> Result<i64> {
    let id = tx.next_number("housing_unit", "SELECT coalesce(max(id), 0) FROM housing_unit")?;
    tx.conn()
        .prepare_cached("INSERT INTO housing_unit (id, made_op, address, folded, rent_fen) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, tx.op, u.address, names::fold(&u.address), u.price.map(|f| f.0)])?;
    tx.touch(&HOUSING_SUBJECT, id);
    Ok(id)
}

fn lease(r: &Row<'_>, a: usize) -> rusqlite::Result<Lease> {
    Ok(Lease { person_id: r.get(a)?, why: r.get(a + 1)? })
}

/// Leases of a flat, in the order of their days.
pub fn leases(conn: &Connection, unit_id: i64) -> Result<Vec<Fact<Lease>>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, person_id, why FROM lease WHERE unit_id = ?1 AND voided_op IS NULL ORDER BY from_day",
    )?;
    Ok(st.query_map([unit_id], |r| facts::read(r, lease))?.collect::<rusqlite::Result<_>>()?)
}

/// Leases of a person, those of records merged into it too: the flat and the lease.
pub fn leases_of(conn: &Connection, person_id: i64) -> Result<Vec<(i64, Fact<Lease>)>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, person_id, why, unit_id FROM lease WHERE voided_op IS NULL
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY from_day",
    )?;
    Ok(st.query_map([person_id], |r| Ok((r.get(7)?, facts::read(r, lease)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a lease.
pub fn add_lease(tx: &mut Tx<'_>, unit_id: i64, person_id: i64, span: Span) -> Result<()> {
    facts::insert(tx, &LEASE, unit_id, span, &[Val::Int(person_id), Val::Null])?;
    tx.touch(&HOUSING_SUBJECT, unit_id);
    Ok(())
}

/// Ends a lease on its last day.
pub fn end_lease(tx: &mut Tx<'_>, unit_id: i64, old: &Fact<Lease>, last: Day, why: Option<&str>) -> Result<()> {
    facts::end(tx, &LEASE, unit_id, old.seq, old.span, last, &[Val::Int(old.data.person_id), Val::text(why)])?;
    tx.touch(&HOUSING_SUBJECT, unit_id);
    Ok(())
}
