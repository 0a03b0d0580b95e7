//! SQL of survey rounds, and of what there is to ring a unit about.

use super::{Asked, Returned, Round};
use crate::base::day::{Day, PartDate};
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{COLLECTION_SUBJECT, COLLECTION_UNIT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Opens a round for the units; its id.
pub fn open(tx: &mut Tx<'_>, kind: &str, due: Day, units: &[i64]) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM collection")?.query_row([], |r| r.get(0))?;
    tx.conn()
        .prepare_cached("INSERT INTO collection (id, made_op, kind, due_day) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, tx.op, kind, due.0])?;
    for org_id in units {
        let asked = Asked { org_id: *org_id, returned: None };
        facts::insert(tx, &COLLECTION_UNIT, id, Span::from(tx.day), &asked.values())?;
    }
    tx.touch(&COLLECTION_SUBJECT, id);
    Ok(id)
}

/// All rounds in order.
pub fn rounds(conn: &Connection) -> Result<Vec<Round>> {
    let mut st = conn.prepare_cached("SELECT id, kind, due_day FROM collection WHERE voided_op IS NULL ORDER BY id")?;
    let rows = st.query_map([], |r| Ok(Round { id: r.get(0)?, kind: r.get(1)?, due: Day(r.get(2)?) }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const ASKED: &str = "seq, from_day, until_day, made_op, voided_op, org_id, returned_day, sha256, rows, rejected";

fn asked(r: &Row<'_>, a: usize) -> rusqlite::Result<Asked> {
    let count = |at: usize| -> rusqlite::Result<u64> { Ok(r.get::<_, Option<i64>>(at)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0)) };
    let returned = match r.get::<_, Option<i32>>(a + 1)? {
        Some(day) => {
            let file =
                Returned { sha256: r.get::<_, Option<String>>(a + 2)?.unwrap_or_default(), rows: count(a + 3)?, rejected: count(a + 4)? };
            Some((Day(day), file))
        }
        None => None,
    };
    Ok(Asked { org_id: r.get(a)?, returned })
}

/// The units asked in a round, in order of their numbers.
pub fn units(conn: &Connection, round: i64) -> Result<Vec<Fact<Asked>>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT {ASKED} FROM collection_unit WHERE collection_id = ?1 AND voided_op IS NULL ORDER BY org_id, seq"
    ))?;
    Ok(st.query_map([round], |r| facts::read(r, asked))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps that a unit returned its roster: for the oldest round in which it still owes one, else once more for the last; false where no
/// round asked it.
pub fn returned(tx: &mut Tx<'_>, kind: &str, org_id: i64, file: &Returned) -> Result<bool> {
    let found: Option<(i64, Fact<Asked>)> = tx
        .conn()
        .prepare_cached(&format!(
            "SELECT {ASKED}, collection_id FROM collection_unit
             WHERE org_id = ?1 AND voided_op IS NULL
               AND collection_id IN (SELECT id FROM collection WHERE kind = ?2 AND voided_op IS NULL)
             ORDER BY returned_day IS NOT NULL, CASE WHEN returned_day IS NULL THEN collection_id ELSE -collection_id END LIMIT 1"
        ))?
        .query_row(params![org_id, kind], |r| Ok((r.get(10)?, facts::read(r, asked)?)))
        .optional()?;
    let Some((round, held)) = found else { return Ok(false) };
    // The very file once more is no other return.
    if held.data.returned.as_ref().is_some_and(|(_, r)| r.sha256 == file.sha256) {
        return Ok(true);
    }
    let new = Asked { org_id, returned: Some((tx.day, file.clone())) };
    facts::correct(tx, &COLLECTION_UNIT, round, held.seq, held.span, &new.values())?;
    tx.touch(&COLLECTION_SUBJECT, round);
    Ok(true)
}

/// A contract of a unit's that ends soon, or ended and nobody said that the person left.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Person.
    pub person_id: i64,
    /// Name.
    pub name: String,
    /// Its last day as written.
    pub end: PartDate,
}

/// The day's engagements whose contract ends until `?3`; one of which only the month is known ends with the month.
const ENDING: &str = "e.voided_op IS NULL AND e.from_day <= ?2 AND (e.until_day IS NULL OR e.until_day >= ?2)
    AND e.contract_end IS NOT NULL AND (CASE WHEN e.contract_end % 100 = 0 THEN e.contract_end + 31 ELSE e.contract_end END) <= ?3";

/// Contracts of a unit's people engaged on the day that end until a day.
pub fn contracts(conn: &Connection, org: i64, day: Day, until: Day) -> Result<Vec<Contract>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT e.person_id, n.text, e.contract_end FROM engagement e
         JOIN person a ON a.id = e.person_id AND a.merged_into IS NULL
         JOIN person_profile p ON p.person_id = e.person_id AND p.voided_op IS NULL AND p.from_day <= ?2
                               AND (p.until_day IS NULL OR p.until_day >= ?2)
         JOIN name n ON n.id = p.name_id
         WHERE e.org_id = ?1 AND {ENDING} ORDER BY e.contract_end, e.person_id"
    ))?;
    let rows = st.query_map(params![org, day.0, PartDate::from_day(until).0], |r| {
        Ok(Contract { person_id: r.get(0)?, name: r.get(1)?, end: PartDate(r.get(2)?) })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many such contracts each unit has.
pub fn contract_counts(conn: &Connection, day: Day, until: Day) -> Result<Vec<(i64, i64)>> {
    // Scanned in the order of the table: an index on the unit would fetch every row by itself.
    let mut st =
        conn.prepare(&format!("SELECT e.org_id, count(*) FROM engagement e NOT INDEXED WHERE ?1 AND {ENDING} GROUP BY +e.org_id"))?;
    let rows = st.query_map(params![1, day.0, PartDate::from_day(until).0], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A paper that a unit's person lacks.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// Unit.
    pub org_id: i64,
    /// Person.
    pub person_id: i64,
    /// Name.
    pub name: String,
    /// expired_document, achievement, decision.
    pub what: String,
    /// Which.
    pub of: String,
}

/// Papers lacking of people engaged on the day: documents that ran out, awards entered with more than a text but without their paper,
/// decisions that were only cited.
pub fn lacking(conn: &Connection, org: Option<i64>, day: Day) -> Result<Vec<Lacking>> {
    // Of one unit its people are looked at; of all, first what lacks, as that is little.
    let (of, join) = if org.is_some() { ("e.org_id = ?1", "JOIN") } else { ("?1 IS NULL", "CROSS JOIN") };
    let mut st = conn.prepare_cached(&format!(
        "WITH lack (person_id, what, detail) AS (
           SELECT person_id, 'expired_document', kind FROM person_document
            WHERE voided_op IS NULL AND until_day IS NULL AND valid_until < ?2
           UNION ALL
           SELECT person_id, 'achievement', text FROM achievement
            WHERE voided_op IS NULL AND until_day IS NULL AND file_id IS NULL AND (kind IS NOT NULL OR level IS NOT NULL OR awarded IS NOT NULL)
           UNION ALL
           SELECT r.person_id, 'decision', d.document_no FROM recognition r
             JOIN decision_profile d ON d.decision_id = r.decision_id AND d.voided_op IS NULL AND d.until_day IS NULL AND d.checked = 0
            WHERE r.voided_op IS NULL AND r.state <> 'recorded' AND r.state <> 'cancelled' AND (r.until_day IS NULL OR r.until_day >= ?2)
         )
         SELECT e.org_id, l.person_id, n.text, l.what, l.detail FROM lack l
         {join} person a ON a.id = l.person_id AND a.merged_into IS NULL AND a.voided_op IS NULL
         {join} engagement e ON e.person_id = l.person_id AND e.voided_op IS NULL AND e.from_day <= ?2
                           AND (e.until_day IS NULL OR e.until_day >= ?2) AND {of}
         {join} person_profile p ON p.person_id = l.person_id AND p.voided_op IS NULL AND p.from_day <= ?2
                               AND (p.until_day IS NULL OR p.until_day >= ?2)
         {join} name n ON n.id = p.name_id"
    ))?;
    let rows = st.query_map(params![org, day.0], |r| {
        Ok(Lacking { org_id: r.get(0)?, person_id: r.get(1)?, name: r.get(2)?, what: r.get(3)?, of: r.get(4)? })
    })?;
    let mut all: Vec<Lacking> = rows.collect::<rusqlite::Result<_>>()?;
    all.sort_by(|a, b| (a.org_id, a.person_id, &a.what, &a.of).cmp(&(b.org_id, b.person_id, &b.what, &b.of)));
    Ok(all)
}
