//! SQL of who a person is or was known to be, at any op of the log: documents, names, birth date, telephone, unit. For lists that are looked
//! through, then and again as known then.

use crate::base::day::PartDate;
use crate::base::ident::DocType;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashSet;

/// Who a person is known to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Documents, expired ones too: type, identity, and the number as the paper has it.
    pub documents: Vec<(DocType, String, String)>,
    /// Names, former ones too, as they are kept.
    pub names: Vec<String>,
    /// Birth date.
    pub birth: Option<PartDate>,
    /// Telephone.
    pub phone: Option<String>,
    /// Unit of the last engagement.
    pub org_id: Option<i64>,
}

/// Rows known at op `?2`: made by then, and not voided then.
const KNOWN: &str = "made_op <= ?2 AND (voided_op IS NULL OR voided_op > ?2)";

/// Who a person was known to be when op `known` was the last, and under which number: a merge that was known then led to the survivor.
pub fn identity(conn: &Connection, person_id: i64, known: i64) -> Result<(i64, Identity)> {
    let mut id = person_id;
    let mut merged = conn.prepare_cached("SELECT merged_into FROM person WHERE id = ?1")?;
    let mut profiled = conn.prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM person_profile WHERE person_id = ?1 AND {KNOWN})"))?;
    // A merge voids every row of the loser: while it has one, it was not merged yet.
    while !profiled.query_row([id, known], |r| r.get::<_, bool>(0))? {
        match merged.query_row([id], |r| r.get::<_, Option<i64>>(0)).optional()?.flatten() {
            Some(into) => id = into,
            None => break,
        }
    }
    let mut found = Identity::default();
    let mut st = conn.prepare_cached(&format!(
        "SELECT kind, number, coalesce(raw, number) FROM person_document WHERE person_id = ?1 AND {KNOWN} ORDER BY from_day, seq"
    ))?;
    let mut rows = st.query([id, known])?;
    while let Some(r) = rows.next()? {
        if let Some(kind) = DocType::from_code(r.get_ref(0)?.as_str().unwrap_or_default()) {
            found.documents.push((kind, r.get(1)?, r.get(2)?));
        }
    }
    let mut st = conn.prepare_cached(&format!(
        "SELECT (SELECT text FROM name WHERE name.id = name_id), birth_date, phone FROM person_profile
         WHERE person_id = ?1 AND {KNOWN} ORDER BY from_day, seq"
    ))?;
    let mut rows = st.query([id, known])?;
    while let Some(r) = rows.next()? {
        let name: Option<String> = r.get(0)?;
        found.names.extend(name.filter(|n| !found.names.contains(n)));
        found.birth = r.get::<_, Option<i32>>(1)?.map(PartDate).or(found.birth);
        found.phone = r.get::<_, Option<String>>(2)?.or(found.phone.take());
    }
    found.org_id = conn
        .prepare_cached(&format!(
            "SELECT org_id FROM engagement WHERE person_id = ?1 AND {KNOWN} ORDER BY from_day DESC, seq DESC LIMIT 1"
        ))?
        .query_row([id, known], |r| r.get(0))
        .optional()?;
    Ok((id, found))
}

/// Who held a document when op `known` was the last.
pub fn holders_known(conn: &Connection, key: &str, known: i64) -> Result<Vec<i64>> {
    // Living rows have an index; what was voided since is looked for only where the past is asked for.
    let sql = if known == i64::MAX {
        "SELECT person_id FROM person_document WHERE number = ?1 AND voided_op IS NULL AND until_day IS NULL AND ?2 = ?2"
    } else {
        "SELECT DISTINCT person_id FROM person_document WHERE number = ?1 AND made_op <= ?2 AND (voided_op IS NULL OR voided_op > ?2)"
    };
    let mut st = conn.prepare_cached(sql)?;
    Ok(st.query_map(params![key, known], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Pairs that were judged different when op `known` was the last, the smaller id first.
pub fn different_known(conn: &Connection, known: i64) -> Result<HashSet<(i64, i64)>> {
    let mut st = conn.prepare_cached(
        "SELECT min(person_a, person_b), max(person_a, person_b) FROM judgement
         WHERE verdict = 'different' AND made_op <= ?1 AND (voided_op IS NULL OR voided_op > ?1)",
    )?;
    Ok(st.query_map([known], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}
