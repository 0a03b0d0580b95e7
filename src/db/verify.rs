//! `audit verify`: walks the chain, then every subject, and says where log or business rows are not what the chain says they
//! were. It finds and places hand edits; who can rewrite the whole file is caught only by an anchor kept outside.

use super::digest::{Hash, walk};
use super::subject::{self, Subject};
use super::write::{OpRow, add_subject, join_subjects, text_hash};
use crate::base::{names, number};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One thing that does not agree with the chain.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Fault {
    /// The op where it shows.
    pub op: Option<i64>,
    /// Table or kind of subject.
    pub table: String,
    /// Human number or key of the subject.
    pub key: Option<String>,
    /// gap, prev_hash, hash, text, subjects, time, tail, unknown_op, rows, no_leaf, missing, derived, anchor.
    pub kind: &'static str,
}

/// What `audit verify` found.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Entries in the log.
    pub entries: i64,
    /// Head: number and hash, as printed on frozen reports and backups.
    pub head: Head,
    /// No fault.
    pub ok: bool,
    /// An anchor was given and agrees.
    pub anchored: Option<bool>,
    /// Ops whose clock stood before the previous op's (advice, no fault).
    pub clock_back: Vec<i64>,
    /// What is wrong, in the order of the log.
    pub faults: Vec<Fault>,
}

/// The end of the chain.
#[derive(Clone, Debug, Serialize, serde::Deserialize, PartialEq, Eq)]
pub struct Head {
    /// Number of the last op.
    pub op: i64,
    /// Its hash, hex.
    pub hash: String,
}

/// Checks everything. `anchor` is a head kept outside.
pub fn verify(conn: &Connection, anchor: Option<&Head>) -> Result<Verdict> {
    // All is read as of one moment, so that a clerk who writes meanwhile is no fault.
    let moment = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
    let verdict = all(conn, anchor);
    drop(moment);
    verdict
}

/// The head of the log.
pub fn head(conn: &Connection) -> Result<Head> {
    let (op, hash, _) = super::write::head(conn)?;
    Ok(Head { op, hash: super::digest::hex(&hash) })
}

fn all(conn: &Connection, anchor: Option<&Head>) -> Result<Verdict> {
    let mut faults = Vec::new();
    let (entries, head, clock_back) = chain(conn, &mut faults)?;
    for s in subject::ALL {
        rows_of(conn, s, &mut faults)?;
    }
    derived(conn, &mut faults)?;
    let mut anchored = None;
    if let Some(a) = anchor {
        let there: Option<String> = conn.query_row("SELECT lower(hex(hash)) FROM op WHERE op = ?1", [a.op], |r| r.get(0)).optional()?;
        let ok = there.as_deref() == Some(a.hash.to_lowercase().as_str());
        if !ok {
            faults.push(Fault { op: Some(a.op), table: "op".into(), key: None, kind: "anchor" });
        }
        anchored = Some(ok);
    }
    Ok(Verdict { entries, head, ok: faults.is_empty(), anchored, clock_back, faults })
}

/// The log itself: numbers without a gap, times in order, each hash right, each op's subjects as it said.
fn chain(conn: &Connection, faults: &mut Vec<Fault>) -> Result<(i64, Head, Vec<i64>)> {
    let mut bulk = bulk_leaves(conn)?;
    let last_erase: Option<i64> = conn.query_row("SELECT max(op) FROM op WHERE command = 'talent.erase'", [], |r| r.get(0))?;
    let mut st = conn.prepare(&format!("SELECT {} FROM op ORDER BY op", OpRow::COLUMNS))?;
    let mut subjects = conn.prepare("SELECT kind, subject, leaf FROM op_subject WHERE op = ?1 ORDER BY kind, subject")?;
    let mut rows = st.query([])?;
    let (mut entries, mut last, mut prev_hash, mut prev_time) = (0, 0, vec![0u8; 32], i64::MIN);
    let mut clock_back = Vec::new();
    while let Some(r) = rows.next()? {
        let row = OpRow::read(r)?;
        entries += 1;
        let mut say = |kind| faults.push(Fault { op: Some(row.op), table: "op".into(), key: None, kind });
        if row.op != last + 1 {
            say("gap");
        }
        if row.prev_hash != prev_hash {
            say("prev_hash");
        }
        if row.recorded_at < prev_time {
            say("time");
        }
        if let Some(salt) = &row.text_salt
            && text_hash(salt, row.params.as_deref(), row.reason.as_deref()).as_slice() != row.text_hash
        {
            say("text");
        }
        // Free words without their salt were blanked: only erasing a person does that, and it is in the log.
        if row.text_salt.is_none() && (row.params.is_some() || row.reason.is_some() || last_erase.is_none_or(|e| e < row.op)) {
            say("text");
        }
        if row.chain_hash().as_slice() != row.hash {
            say("hash");
        }
        let mut h = Sha256::new();
        let mut own = subjects.query([row.op])?;
        while let Some(s) = own.next()? {
            add_subject(&mut h, s.get_ref(0)?.as_str().unwrap_or_default(), s.get(1)?, s.get_ref(2)?.as_blob().unwrap_or_default());
        }
        let b = bulk.remove(&row.op).unwrap_or_default();
        if join_subjects(h, b).as_slice() != row.subjects_hash {
            say("subjects");
        }
        if row.clock_back {
            clock_back.push(row.op);
        }
        last = row.op;
        prev_time = row.recorded_at;
        prev_hash = row.hash;
    }
    for op in bulk.keys() {
        faults.push(Fault { op: Some(*op), table: "person_profile".into(), key: None, kind: "unknown_op" });
    }
    // The file remembers the highest number it ever gave: a cut tail of entries without rows of their own shows here.
    let given: i64 = conn.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'op'", [], |r| r.get(0)).optional()?.unwrap_or(0);
    if given != last {
        faults.push(Fault { op: Some(given.max(last)), table: "op".into(), key: None, kind: "tail" });
    }
    let orphans: Vec<i64> = conn
        .prepare("SELECT DISTINCT op FROM op_subject WHERE op NOT IN (SELECT op FROM op)")?
        .query_map([], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for op in orphans {
        faults.push(Fault { op: Some(op), table: "op_subject".into(), key: None, kind: "unknown_op" });
    }
    let hash = super::digest::hex(&prev_hash);
    Ok((entries, Head { op: last, hash }, clock_back))
}

/// Digest of the leaves kept in person_profile, by op, in the order of persons.
fn bulk_leaves(conn: &Connection) -> Result<BTreeMap<i64, Sha256>> {
    let mut by_op: BTreeMap<i64, Sha256> = BTreeMap::new();
    let mut st = conn.prepare("SELECT person_id, made_op, leaf FROM person_profile WHERE leaf IS NOT NULL ORDER BY person_id, seq")?;
    let mut rows = st.query([])?;
    while let Some(r) = rows.next()? {
        let h = by_op.entry(r.get(1)?).or_default();
        h.update(r.get::<_, i64>(0)?.to_be_bytes());
        h.update(r.get_ref(2)?.as_blob().unwrap_or_default());
    }
    Ok(by_op)
}

/// Every subject's rows against its last leaf, and every leaf against its rows: both sides are walked in the order of ids.
fn rows_of(conn: &Connection, s: &Subject, faults: &mut Vec<Fault>) -> Result<()> {
    let bulk = if s.kind == "person" { "UNION ALL SELECT person_id, made_op, leaf FROM person_profile WHERE leaf IS NOT NULL" } else { "" };
    // Of several leaves of a subject the last op's counts.
    let mut st = conn.prepare(&format!(
        "SELECT subject, max(op), leaf FROM (SELECT subject, op, leaf FROM op_subject WHERE kind = ?1 {bulk}) GROUP BY subject ORDER BY subject"
    ))?;
    let mut rows = st.query([s.kind])?;
    let mut next = move || -> Result<Option<(i64, i64, Vec<u8>)>> {
        Ok(match rows.next()? {
            Some(r) => Some((r.get(0)?, r.get(1)?, r.get(2)?)),
            None => None,
        })
    };
    let mut leaf = next()?;
    let key = |id: i64| {
        if s.prefix.is_empty() { id.to_string() } else { number::format(s.prefix, id) }
    };
    let mut found = Vec::new();
    walk(conn, s, |id, have: Hash| {
        while let Some((l, op, _)) = leaf.as_ref().filter(|(l, _, _)| *l < id) {
            found.push(Fault { op: Some(*op), table: s.kind.into(), key: Some(key(*l)), kind: "missing" });
            leaf = next()?;
        }
        match leaf.as_ref().filter(|(l, _, _)| *l == id) {
            // A table that is one subject as a whole has no leaf before its first row.
            None if s.tables[0].owner.is_none() && is_empty(conn, s)? => {}
            None => found.push(Fault { op: None, table: s.kind.into(), key: Some(key(id)), kind: "no_leaf" }),
            Some((_, op, want)) => {
                if have.as_slice() != want.as_slice() {
                    found.push(Fault { op: Some(*op), table: s.kind.into(), key: Some(key(id)), kind: "rows" });
                }
                leaf = next()?;
            }
        }
        Ok(())
    })?;
    while let Some((l, op, _)) = &leaf {
        found.push(Fault { op: Some(*op), table: s.kind.into(), key: Some(key(*l)), kind: "missing" });
        leaf = next()?;
    }
    faults.extend(found);
    Ok(())
}

fn is_empty(conn: &Connection, s: &Subject) -> Result<bool> {
    for t in s.tables {
        if conn.prepare(&format!("SELECT 1 FROM {} LIMIT 1", t.name))?.exists([])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is computed must be what it is computed from: a changed search form would hide a person, a changed sum pay one twice.
fn derived(conn: &Connection, faults: &mut Vec<Fault>) -> Result<()> {
    let mut st = conn.prepare("SELECT id, text, folded, pinyin, initials FROM name")?;
    let mut rows = st.query([])?;
    while let Some(r) = rows.next()? {
        let text: String = r.get(1)?;
        let (pinyin, initials) = names::pinyin(&text);
        if r.get::<_, String>(2)? != names::fold(&text) || r.get::<_, String>(3)? != pinyin || r.get::<_, String>(4)? != initials {
            faults.push(Fault { op: None, table: "name".into(), key: Some(r.get::<_, i64>(0)?.to_string()), kind: "derived" });
        }
    }
    // What was sent of an instalment is what its payments say, which the digests of their batches guard.
    let mut st = conn.prepare(
        "SELECT DISTINCT i.application_id FROM instalment i
         LEFT JOIN (SELECT application_id, instalment_seq, sum(CASE state WHEN 'sent' THEN amount_fen ELSE paid_fen END) AS sent
                    FROM payment WHERE voided_op IS NULL GROUP BY 1, 2) p ON p.application_id = i.application_id AND p.instalment_seq = i.seq
         WHERE i.settled_fen <> coalesce(p.sent, 0)",
    )?;
    for id in st.query_map([], |r| r.get::<_, i64>(0))? {
        let key = number::format(subject::APPLICATION_SUBJECT.prefix, id?);
        faults.push(Fault { op: None, table: "instalment".into(), key: Some(key), kind: "derived" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::SCHEMA;
    use super::*;

    /// A column nobody guards could be changed unseen: the list in `subject` must name what schema.sql has, in its order or not.
    #[test]
    fn every_column_of_every_table_is_guarded() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(SCHEMA).unwrap();
        let mut st = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1").unwrap();
        let tables: Vec<String> = st.query_map([], |r| r.get(0)).unwrap().map(|r: rusqlite::Result<String>| r.unwrap()).collect();
        for table in tables {
            // The log guards itself; the dictionary of names is checked by its users and by `derived`.
            if ["op", "op_subject", "name"].contains(&table.as_str()) {
                continue;
            }
            let guarded = subject::ALL.iter().flat_map(|s| s.tables).find(|t| t.name == table);
            let guarded = guarded.unwrap_or_else(|| panic!("nobody guards {table}"));
            let mut mine: Vec<&str> = guarded.cols.iter().map(|(n, _)| *n).collect();
            let mut st = conn.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
            let mut there: Vec<String> = st.query_map([], |r| r.get(0)).unwrap().map(|r: rusqlite::Result<String>| r.unwrap()).collect();
            mine.sort_unstable();
            there.sort_unstable();
            assert_eq!(mine, there, "{table}");
        }
    }
}
