//! SQL of frozen reports, and of the office as it was known at an entry of the log.

use super::PREFIX;
use super::period::Period;
use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::hex;
use crate::db::subject::{self, REPORT_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A report as it was frozen.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its id.
    pub id: i64,
    /// quarter, half, year, whitepaper.
    pub kind: String,
    /// The period's code.
    pub period: String,
    /// Its day.
    pub as_of: Day,
    /// The last op known.
    pub known_op: i64,
    /// 1, 2 …
    pub edition: i64,
    /// The edition it revises.
    pub revises: Option<i64>,
    /// Figures as JSON.
    pub figures: String,
    /// Their digest.
    pub sha256: String,
    /// The op that froze it.
    pub made_op: i64,
}

impl Frozen {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

const COLUMNS: &str = "id, kind, period, as_of_day, known_op, edition, revises_id, figures, sha256, made_op";

fn frozen(r: &Row<'_>) -> rusqlite::Result<Frozen> {
    Ok(Frozen {
        id: r.get(0)?,
        kind: r.get(1)?,
        period: r.get(2)?,
        as_of: Day(r.get(3)?),
        known_op: r.get(4)?,
        edition: r.get(5)?,
        revises: r.get(6)?,
        figures: r.get(7)?,
        sha256: r.get(8)?,
        made_op: r.get(9)?,
    })
}

/// Frozen reports in order.
pub fn all(conn: &Connection) -> Result<Vec<Frozen>> {
    let mut st = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM report WHERE voided_op IS NULL ORDER BY id"))?;
    Ok(st.query_map([], frozen)?.collect::<rusqlite::Result<_>>()?)
}

/// The last edition of a period's report.
pub fn last(conn: &Connection, kind: &str, period: &str) -> Result<Option<Frozen>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM report WHERE kind = ?1 AND period = ?2 AND voided_op IS NULL ORDER BY edition DESC LIMIT 1"
        ))?
        .query_row([kind, period], frozen)
        .optional()?)
}

/// The report a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Frozen> {
    let id = crate::office::parse_no(PREFIX, text)?;
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM report WHERE id = ?1 AND voided_op IS NULL"))?
        .query_row([id], frozen)
        .optional()?
        .ok_or_else(|| error::not_found("no_report").fact("text", text))
}

/// Keeps a report's figures; its id.
pub fn freeze(tx: &mut Tx<'_>, kind: &str, period: Period, day: Day, before: Option<&Frozen>, figures: &str, sha256: &str) -> Result<i64> {
    let id = tx.next_number("report", "SELECT coalesce(max(id), 0) FROM report")?;
    let edition = before.map_or(1, |b| b.edition + 1);
    tx.conn()
        .prepare_cached(
            "INSERT INTO report (id, made_op, kind, period, from_day, as_of_day, known_op, edition, revises_id, figures, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            id,
            tx.op,
            kind,
            period.code(),
            period.from().0,
            day.0,
            tx.op - 1,
            edition,
            before.map(|b| b.id),
            figures,
            sha256
        ])?;
    tx.touch(&REPORT_SUBJECT, id);
    Ok(id)
}

/// Lets every question on this connection be answered as the office was known at an op: views of the same names stand before the tables. What
/// changes in place is told from what never does: what was sent of an instalment from the payments, a merge from the rows it made.
pub fn as_known_at(conn: &Connection, op: i64) -> Result<()> {
    let known = |made: &str, voided: &str| format!("{made} <= {op} AND ({voided} IS NULL OR {voided} > {op})");
    let mut sql = String::new();
    for table in subject::ALL.iter().flat_map(|s| s.tables) {
        let columns: Vec<String> = table
            .cols
            .iter()
            .map(|(name, _)| match (table.name, *name) {
                (_, "voided_op") => format!("CASE WHEN voided_op > {op} THEN NULL ELSE voided_op END AS voided_op"),
                ("instalment", "settled_fen") => format!(
                    "(SELECT coalesce(sum(CASE p.state WHEN 'sent' THEN p.amount_fen ELSE p.paid_fen END), 0) FROM main.payment p
                      WHERE p.application_id = t.application_id AND p.instalment_seq = t.seq AND {}) AS settled_fen",
                    known("p.made_op", "p.voided_op")
                ),
                ("person", "merged_into") => format!(
                    "CASE WHEN EXISTS (SELECT 1 FROM main.person_profile f WHERE f.person_id = t.id AND {}) THEN NULL ELSE merged_into END AS merged_into",
                    known("f.made_op", "f.voided_op")
                ),
                (_, name) => name.to_owned(),
            })
            .collect();
        sql.push_str(&format!(
            "CREATE TEMP VIEW {name} AS SELECT {} FROM main.{name} t WHERE made_op <= {op};\n",
            columns.join(", "),
            name = table.name
        ));
    }
    sql.push_str(&format!("CREATE TEMP VIEW op AS SELECT * FROM main.op WHERE op <= {op};"));
    conn.execute_batch(&sql)?;
    Ok(())
}

/// The hash of an entry of the log.
pub fn head_of(conn: &Connection, op: i64) -> Result<Option<String>> {
    let hash: Option<Vec<u8>> = conn.prepare_cached("SELECT hash FROM op WHERE op = ?1")?.query_row([op], |r| r.get(0)).optional()?;
    Ok(hash.map(|h| hex(&h)))
}

/// Ops behind one that changed a record: that touched it, entered it in bulk, or moved it.
pub fn ops_since(conn: &Connection, op: i64, kind: &str, id: i64) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT op FROM op_subject WHERE kind = ?1 AND subject = ?2 AND op > ?3
         UNION SELECT made_op FROM person WHERE ?1 = 'person' AND id = ?2 AND made_op > ?3
         UNION SELECT made_op FROM step WHERE record_kind = ?1 AND record_id = ?2 AND made_op > ?3 ORDER BY 1",
    )?;
    Ok(st.query_map(params![kind, id, op], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Ops behind one that set goals of the plan otherwise for a day: of one target, or of any.
pub fn goal_ops_since(conn: &Connection, op: i64, day: Day, code: Option<&str>) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT DISTINCT o.op FROM op o JOIN op_subject s ON s.op = o.op AND s.kind = 'policy_version'
         JOIN policy_version p ON p.id = s.subject AND p.kind = 'targets'
         WHERE o.op > ?1 AND (o.command <> 'target.set' OR p.from_day <= ?2 AND (?3 IS NULL OR json_extract(o.outcome, '$.code') = ?3))
         ORDER BY o.op",
    )?;
    Ok(st.query_map(params![op, day.0, code], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The entries made since a report was frozen that reach into its period, as they said of themselves.
pub fn into_frozen(conn: &Connection, f: &Frozen) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT op FROM op WHERE op > ?1 AND outcome IS NOT NULL
         AND EXISTS (SELECT 1 FROM json_each(outcome, '$.into_frozen') WHERE value = ?2) ORDER BY op",
    )?;
    Ok(st.query_map(params![f.known_op, f.period], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}
