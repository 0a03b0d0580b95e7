//! SQL of two records that may be one person: who shares what, what was judged, who was merged. What a feature weighs is `twins`'.

use crate::db::subject::JUDGEMENT_SUBJECT;
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

/// Keeps that two persons are different, so that nobody is asked again.
pub fn judge_different(tx: &mut Tx<'_>, a: i64, b: i64, reasons: &[&str]) -> Result<()> {
    judge(tx, a, b, "different", &serde_json::Value::from(reasons.to_vec()))
}

/// Keeps what was found of two persons; what was found before is voided. `evidence` is a JSON array of codes.
pub fn judge(tx: &mut Tx<'_>, a: i64, b: i64, verdict: &str, evidence: &serde_json::Value) -> Result<()> {
    let (a, b) = (a.min(b), a.max(b));
    let before: Vec<i64> = tx
        .conn()
        .prepare_cached(
            "SELECT id FROM judgement WHERE voided_op IS NULL AND ((person_a = ?1 AND person_b = ?2) OR (person_a = ?2 AND person_b = ?1))",
        )?
        .query_map([a, b], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for old in before {
        tx.conn().prepare_cached("UPDATE judgement SET voided_op = ?2 WHERE id = ?1")?.execute([old, tx.op])?;
        tx.touch(&JUDGEMENT_SUBJECT, old);
    }
    let id: i64 = tx.conn().query_row("SELECT coalesce(max(id), 0) + 1 FROM judgement", [], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO judgement (id, made_op, person_a, person_b, verdict, evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, tx.op, a, b, verdict, evidence.to_string()])?;
    tx.touch(&JUDGEMENT_SUBJECT, id);
    Ok(())
}

/// Pairs on which somebody judged, with the verdict; the smaller id first.
pub fn judgements(conn: &Connection) -> Result<HashMap<(i64, i64), String>> {
    let mut st = conn.prepare("SELECT min(person_a, person_b), max(person_a, person_b), verdict FROM judgement WHERE voided_op IS NULL")?;
    let rows = st.query_map([], |r| Ok(((r.get(0)?, r.get(1)?), r.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Groups of live persons who share something that one person has: the feature's code and the ids. Each is one pass over the
/// profiles; larger groups than a family or an office's telephone say nothing and are left out.
pub fn alike(conn: &Connection) -> Result<Vec<(&'static str, Vec<i64>)>> {
    const LIVE: &str = "p.voided_op IS NULL AND p.until_day IS NULL";
    const ANCHOR: &str = "JOIN person a ON a.id = p.person_id AND a.voided_op IS NULL AND a.merged_into IS NULL AND a.erased_op IS NULL";
    let few = "count(DISTINCT p.person_id) BETWEEN 2 AND 8";
    let of = [
        (
            "shared_number",
            format!(
                "SELECT group_concat(DISTINCT p.person_id) FROM person_document p {ANCHOR} WHERE {LIVE} GROUP BY p.number HAVING {few}"
            ),
        ),
        (
            "name_birth",
            format!(
                "SELECT group_concat(DISTINCT p.person_id) FROM person_profile p {ANCHOR} JOIN name n ON n.id = p.name_id
                 WHERE {LIVE} AND p.birth_date IS NOT NULL GROUP BY n.folded, p.birth_date HAVING {few}"
            ),
        ),
        (
            "name_variant",
            format!(
                "SELECT group_concat(DISTINCT p.person_id) FROM person_profile p {ANCHOR} JOIN name n ON n.id = p.name_id
                 WHERE {LIVE} AND p.birth_date IS NOT NULL GROUP BY n.pinyin, p.birth_date HAVING {few} AND count(DISTINCT n.folded) > 1"
            ),
        ),
        (
            "phone",
            format!(
                "SELECT group_concat(DISTINCT p.person_id) FROM person_profile p {ANCHOR}
                 WHERE {LIVE} AND p.phone IS NOT NULL GROUP BY p.phone HAVING {few}"
            ),
        ),
    ];
    let mut groups = Vec::new();
    for (feature, sql) in of {
        let mut st = conn.prepare(&sql)?;
        let mut rows = st.query([])?;
        while let Some(r) = rows.next()? {
            let mut ids: Vec<i64> = r.get_ref(0)?.as_str().unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect();
            ids.sort_unstable();
            groups.push((feature, ids));
        }
    }
    Ok(groups)
}

/// Says into whom a person was merged; None takes it back.
pub fn set_merged(tx: &Tx<'_>, id: i64, into: Option<i64>) -> Result<()> {
    tx.conn().prepare_cached("UPDATE person SET merged_into = ?2 WHERE id = ?1")?.execute(params![id, into])?;
    Ok(())
}

/// The op that merged a person into another, if it still holds.
pub fn merging_op(conn: &Connection, id: i64) -> Result<Option<i64>> {
    Ok(conn
        .prepare(
            "SELECT o.op FROM op_subject s JOIN op o ON o.op = s.op AND o.command = 'talent.merge'
             WHERE s.kind = 'person' AND s.subject = ?1 AND NOT EXISTS (SELECT 1 FROM op u WHERE u.undoes = o.op)
             ORDER BY o.op DESC LIMIT 1",
        )?
        .query_row([id], |r| r.get(0))
        .optional()?)
}
