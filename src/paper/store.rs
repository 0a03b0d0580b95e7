//! All SQL of decisions and files; rows to types and back.

use super::{Decision, PREFIX, fold};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{self, DECISION_PROFILE, DECISION_SUBJECT, FILE_LINK_SUBJECT, FILE_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

fn decision(r: &Row<'_>, at: usize) -> rusqlite::Result<Decision> {
    Ok(Decision {
        document_no: r.get(at)?,
        checked: r.get::<_, i64>(at + 1)? != 0,
        body: r.get(at + 2)?,
        title: r.get(at + 3)?,
        day: r.get::<_, Option<i32>>(at + 4)?.map(Day),
        persons: r.get(at + 5)?,
        limit: r.get::<_, Option<i64>>(at + 6)?.map(Fen),
    })
}

const DECISION: &str = "seq, from_day, until_day, made_op, voided_op, document_no, checked, body, title, decided_day, persons, limit_fen";

/// The open version of a decision.
pub fn open(conn: &Connection, id: i64) -> Result<Option<Fact<Decision>>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {DECISION} FROM decision_profile WHERE decision_id = ?1 AND voided_op IS NULL AND until_day IS NULL"
        ))?
        .query_row([id], |r| facts::read(r, decision))
        .optional()?)
}

/// Ids of all live decisions in order.
pub fn ids(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare("SELECT id FROM decision WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The live decision of a document number.
pub fn by_document_no(conn: &Connection, document_no: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT decision_id FROM decision_profile WHERE folded = ?1 AND voided_op IS NULL AND until_day IS NULL")?
        .query_row([fold(document_no)], |r| r.get(0))
        .optional()?)
}

/// The decision a command names: its number or its document number.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let unknown = || error::not_found("no_decision").fact("text", text);
    match number::parse(PREFIX, text) {
        Ok(id) => return open(conn, id)?.map(|_| id).ok_or_else(unknown),
        Err(number::NumberFault::CheckChar) => return Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => {}
    }
    by_document_no(conn, text)?.ok_or_else(unknown)
}

/// A decision entered, or the paper behind a number that was only cited. 5 where it was entered before.
pub fn enter(tx: &mut Tx<'_>, d: &Decision) -> Result<i64> {
    let folded = fold(&d.document_no);
    if let Some(id) = by_document_no(tx.conn(), &d.document_no)? {
        let held = open(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        if held.data.checked {
            let no = number::format(PREFIX, id);
            return Err(error::conflict("decision_known").fact("no", &no).detail("no", no));
        }
        facts::correct(tx, &DECISION_PROFILE, id, held.seq, held.span, &d.values(&folded))?;
        tx.touch(&DECISION_SUBJECT, id);
        return Ok(id);
    }
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM decision")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO decision (id, made_op) VALUES (?1, ?2)")?.execute([id, tx.op])?;
    facts::insert(tx, &DECISION_PROFILE, id, Span::from(d.day.unwrap_or(tx.day)), &d.values(&folded))?;
    tx.touch(&DECISION_SUBJECT, id);
    Ok(id)
}

/// A file as the register knows it, and what it is to a record.
#[derive(Clone, Debug)]
pub struct Kept {
    /// SHA-256, hex.
    pub sha256: String,
    /// Length.
    pub bytes: i64,
    /// Media type.
    pub media_type: String,
    /// What it is to the record.
    pub role: String,
    /// Its own name.
    pub name: String,
    /// Health, bank and children's data.
    pub sensitive: bool,
    /// Kind of subject.
    pub record_kind: String,
    /// The record.
    pub record_id: i64,
    /// The op that brought it.
    pub op: i64,
}

/// The id of a file's bytes, kept once however many records it belongs to.
fn file_id(tx: &mut Tx<'_>, k: &Kept) -> Result<i64> {
    let held: Option<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM file WHERE sha256 = ?1 AND voided_op IS NULL")?
        .query_row([&k.sha256], |r| r.get(0))
        .optional()?;
    if let Some(id) = held {
        return Ok(id);
    }
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM file")?.query_row([], |r| r.get(0))?;
    tx.conn().prepare_cached("INSERT INTO file (id, made_op, sha256, bytes, media_type) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
        id,
        tx.op,
        k.sha256,
        k.bytes,
        k.media_type
    ])?;
    tx.touch(&FILE_SUBJECT, id);
    Ok(id)
}

/// The same file as a record's paper, linked where it was not yet; its id.
pub fn paper_of(tx: &mut Tx<'_>, k: &Kept) -> Result<i64> {
    match link(tx, k) {
        Err(e) if e.key == "file_known" => {}
        done => done?,
    }
    file_id(tx, k)
}

/// Keeps what a file is to a record. 5 where the record has it in that role.
pub fn link(tx: &mut Tx<'_>, k: &Kept) -> Result<()> {
    let file = file_id(tx, k)?;
    let there: bool = tx
        .conn()
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM file_link WHERE record_kind = ?1 AND record_id = ?2 AND file_id = ?3 AND role = ?4
                            AND voided_op IS NULL)",
        )?
        .query_row(params![k.record_kind, k.record_id, file, k.role], |r| r.get(0))?;
    if there {
        return Err(error::conflict("file_known").fact("role", &k.role));
    }
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM file_link")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO file_link (id, made_op, file_id, record_kind, record_id, role, name, sensitive) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, file, k.record_kind, k.record_id, k.role, k.name, k.sensitive])?;
    tx.touch(&FILE_LINK_SUBJECT, id);
    Ok(())
}

/// Live files, of one record or of all, in the order in which they were brought.
pub fn files(conn: &Connection, of: Option<(&str, i64)>) -> Result<Vec<Kept>> {
    let some = if of.is_some() { "AND l.record_kind = ?1 AND l.record_id = ?2" } else { "" };
    let mut st = conn.prepare(&format!(
        "SELECT f.sha256, f.bytes, f.media_type, l.role, l.name, l.sensitive, l.record_kind, l.record_id, l.made_op
         FROM file_link l JOIN file f ON f.id = l.file_id WHERE l.voided_op IS NULL AND f.voided_op IS NULL {some} ORDER BY l.id"
    ))?;
    let read = |r: &Row<'_>| {
        Ok(Kept {
            sha256: r.get(0)?,
            bytes: r.get(1)?,
            media_type: r.get(2)?,
            role: r.get(3)?,
            name: r.get(4)?,
            sensitive: r.get::<_, i64>(5)? != 0,
            record_kind: r.get(6)?,
            record_id: r.get(7)?,
            op: r.get(8)?,
        })
    };
    let rows = match of {
        Some((kind, id)) => st.query_map(params![kind, id], read)?.collect::<rusqlite::Result<_>>()?,
        None => st.query_map([], read)?.collect::<rusqlite::Result<_>>()?,
    };
    Ok(rows)
}

/// The record a human number names, of any kind that files can hang on: its kind and id.
pub fn record(conn: &Connection, text: &str) -> Result<(&'static str, i64)> {
    if let Ok(id) = number::parse("R", text) {
        let there: bool =
            conn.prepare("SELECT EXISTS (SELECT 1 FROM recognition WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?;
        return if there { Ok(("recognition", id)) } else { Err(error::not_found("no_record").fact("text", text)) };
    }
    let letters: String = text.trim().chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
    let unknown = || error::not_found("no_record").fact("text", text);
    let s = subject::ALL.iter().find(|s| !s.prefix.is_empty() && s.prefix == letters).ok_or_else(unknown)?;
    let id = crate::office::parse_no(s.prefix, text)?;
    let anchor = s.tables[0].name;
    let there: bool = conn
        .prepare(&format!("SELECT EXISTS (SELECT 1 FROM {anchor} WHERE id = ?1 AND voided_op IS NULL)"))?
        .query_row([id], |r| r.get(0))?;
    if there { Ok((s.kind, id)) } else { Err(unknown()) }
}

/// The human number of a record.
pub fn number_of(kind: &str, id: i64) -> String {
    // A recognition is a fact of its person, but a record of its own to the clerk.
    number::format(if kind == "recognition" { "R" } else { subject::by_kind(kind).map_or("", |s| s.prefix) }, id)
}

/// Hangs a record's files on another record of the kind; how many.
pub fn move_links(tx: &mut Tx<'_>, kind: &str, from: i64, to: i64) -> Result<usize> {
    let mut moved = 0;
    let links: Vec<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM file_link WHERE record_kind = ?1 AND record_id = ?2 AND voided_op IS NULL ORDER BY id")?
        .query_map(params![kind, from], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for old in links {
        let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM file_link")?.query_row([], |r| r.get(0))?;
        tx.conn()
            .prepare_cached(
                "INSERT INTO file_link (id, made_op, file_id, record_kind, record_id, role, name, sensitive)
                 SELECT ?1, ?2, file_id, record_kind, ?3, role, name, sensitive FROM file_link WHERE id = ?4",
            )?
            .execute(params![id, tx.op, to, old])?;
        tx.conn().prepare_cached("UPDATE file_link SET voided_op = ?2 WHERE id = ?1")?.execute([old, tx.op])?;
        tx.touch(&FILE_LINK_SUBJECT, old);
        tx.touch(&FILE_LINK_SUBJECT, id);
        moved += 1;
    }
    Ok(moved)
}

/// Says of a record's files that they are its papers no more; the files themselves stay where they are.
pub fn unlink(tx: &mut Tx<'_>, (kind, id): (&str, i64)) -> Result<()> {
    let links: Vec<i64> = tx
        .conn()
        .prepare_cached("SELECT id FROM file_link WHERE record_kind = ?1 AND record_id = ?2 AND voided_op IS NULL")?
        .query_map(params![kind, id], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for link in links {
        tx.conn().prepare_cached("UPDATE file_link SET voided_op = ?2 WHERE id = ?1")?.execute([link, tx.op])?;
        tx.touch(&FILE_LINK_SUBJECT, link);
    }
    Ok(())
}

/// The decision an act cites, by number or document number; an unknown document number makes one of status unchecked.
pub fn cite(tx: &mut Tx<'_>, text: &str) -> Result<i64> {
    match resolve(tx.conn(), text) {
        Err(e) if e.key == "no_decision" && number::parse(PREFIX, text).is_err() => {
            let document_no = crate::base::names::clean_text(text);
            if document_no.is_empty() {
                return Err(error::usage("no_document_no"));
            }
            enter(tx, &Decision { document_no, ..Decision::default() })
        }
        other => other,
    }
}
