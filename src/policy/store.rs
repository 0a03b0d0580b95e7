//! SQL of policy versions and of what the office confirmed.

use super::{
    BenefitsPack, CardPack, IntegrityPack, ResponsibilityPack, ServicesPack, benefits_pack, card_pack, integrity_pack, recognition_pack,
    responsibility_pack, services_pack, shipped,
};
use crate::db::digest::{hex, sha256};
use crate::db::subject::{CONFIRMATION_SUBJECT, POLICY_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::policy::RecognitionPack;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::rc::Rc;

/// A pack as the office holds it; without an id where only the program's own is there.
#[derive(Clone, Debug)]
pub struct Version {
    /// Id of the version; decisions by the policy point at it.
    pub id: Option<i64>,
    /// The pack's text.
    pub toml: String,
}

/// The last version of a pack that was loaded, else the one that comes with the program.
pub fn current(conn: &Connection, kind: &'static str) -> Result<Version> {
    let held = conn
        .prepare_cached("SELECT id, toml FROM policy_version WHERE kind = ?1 AND voided_op IS NULL ORDER BY id DESC LIMIT 1")?
        .query_row([kind], |r| Ok(Version { id: Some(r.get(0)?), toml: r.get(1)? }))
        .optional()?;
    match (held, shipped(kind)) {
        (Some(v), _) => Ok(v),
        (None, Some(text)) => Ok(Version { id: None, toml: text.to_owned() }),
        (None, None) => Err(error::policy("no_pack").fact("pack", kind)),
    }
}

/// Keeps a pack's text as the version that holds from now on; its id.
pub fn load(tx: &mut Tx<'_>, kind: &str, toml: &str, basis: &str) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM policy_version")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO policy_version (id, made_op, kind, sha256, toml, from_day, basis) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, tx.op, kind, hex(&sha256(toml.as_bytes())), toml, tx.day.0, basis])?;
    tx.touch(&POLICY_SUBJECT, id);
    Ok(id)
}

/// Keeps that the office confirmed a version, or one scheme of it, on a decision.
pub fn confirm(tx: &mut Tx<'_>, policy_id: i64, scheme: Option<&str>, decision_id: i64) -> Result<()> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM policy_confirmation")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO policy_confirmation (id, made_op, policy_id, scheme, decision_id) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, tx.op, policy_id, scheme, decision_id])?;
    tx.touch(&CONFIRMATION_SUBJECT, id);
    Ok(())
}

/// Decisions on which a version was confirmed: scheme (None = the whole pack) and decision.
pub fn confirmations(conn: &Connection, policy_id: i64) -> Result<Vec<(Option<String>, i64)>> {
    let mut st =
        conn.prepare_cached("SELECT scheme, decision_id FROM policy_confirmation WHERE policy_id = ?1 AND voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([policy_id], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Whether a scheme of a version was confirmed.
pub fn is_confirmed(conn: &Connection, policy_id: Option<i64>, scheme: &str) -> Result<bool> {
    let Some(id) = policy_id else { return Ok(false) };
    Ok(confirmations(conn, id)?.iter().any(|(s, _)| s.as_deref().is_none_or(|s| s == scheme)))
}

/// The card pack with the id of its version.
pub fn card(conn: &Connection) -> Result<(Option<i64>, Rc<CardPack>)> {
    let v = current(conn, "card")?;
    // It was sound when it was loaded.
    let pack = card_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}

/// The card pack of a version.
pub fn card_version(conn: &Connection, id: i64) -> Result<Rc<CardPack>> {
    let text: String = conn.prepare_cached("SELECT toml FROM policy_version WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    card_pack(&text).map_err(|_| error::not_office("damaged"))
}

/// The benefits pack with the id of its version.
pub fn benefits(conn: &Connection) -> Result<(Option<i64>, Rc<BenefitsPack>)> {
    let v = current(conn, "benefits")?;
    // It was sound when it was loaded.
    let pack = benefits_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}

/// The benefits pack of a version.
pub fn benefits_version(conn: &Connection, id: i64) -> Result<Rc<BenefitsPack>> {
    let text: String = conn.prepare_cached("SELECT toml FROM policy_version WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    benefits_pack(&text).map_err(|_| error::not_office("damaged"))
}

/// The responsibility pack with the id of its version.
pub fn responsibility(conn: &Connection) -> Result<(Option<i64>, Rc<ResponsibilityPack>)> {
    let v = current(conn, "responsibility")?;
    // It was sound when it was loaded.
    let pack = responsibility_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}

/// The integrity pack with the id of its version.
pub fn integrity(conn: &Connection) -> Result<(Option<i64>, Rc<IntegrityPack>)> {
    let v = current(conn, "integrity")?;
    // It was sound when it was loaded.
    let pack = integrity_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}

/// The integrity pack of a version.
pub fn integrity_version(conn: &Connection, id: i64) -> Result<Rc<IntegrityPack>> {
    let text: String = conn.prepare_cached("SELECT toml FROM policy_version WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    integrity_pack(&text).map_err(|_| error::not_office("damaged"))
}

/// The services pack with the id of its version.
pub fn services(conn: &Connection) -> Result<(Option<i64>, Rc<ServicesPack>)> {
    let v = current(conn, "services")?;
    // It was sound when it was loaded.
    let pack = services_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}

/// The services pack of a version.
pub fn services_version(conn: &Connection, id: i64) -> Result<Rc<ServicesPack>> {
    let text: String = conn.prepare_cached("SELECT toml FROM policy_version WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    services_pack(&text).map_err(|_| error::not_office("damaged"))
}

/// The recognition pack of a version.
pub fn recognition_version(conn: &Connection, id: i64) -> Result<Rc<RecognitionPack>> {
    let text: String = conn.prepare_cached("SELECT toml FROM policy_version WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    // It was sound when it was loaded.
    recognition_pack(&text).map_err(|_| error::not_office("damaged"))
}

/// The recognition pack with the id of its version.
pub fn recognition(conn: &Connection) -> Result<(Option<i64>, Rc<RecognitionPack>)> {
    let v = current(conn, "recognition")?;
    // It was sound when it was loaded, and what comes with the program is tested.
    let pack = recognition_pack(&v.toml).map_err(|_| error::not_office("damaged"))?;
    Ok((v.id, pack))
}
