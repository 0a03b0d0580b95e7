//! All SQL of `audit log` and `audit export`.

use crate::db::digest::hex;
use crate::error::Result;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};

/// Which entries are asked for.
#[derive(Debug, Default)]
pub struct Filter {
    /// Those that touched this person.
    pub person: Option<i64>,
    /// This one.
    pub op: Option<i64>,
    /// Those whose business day lies before the day they were recorded.
    pub backdated: bool,
    /// Those by which personal data were shown or left the house.
    pub exports: bool,
    /// Those behind this number.
    pub after: Option<i64>,
}

/// An entry of the log without its hashes.
#[derive(Debug)]
pub struct Entry {
    /// Number.
    pub op: i64,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// The clock stood before the previous entry's time.
    pub clock_back: bool,
    /// Business day.
    pub business_day: i32,
    /// Who acted.
    pub actor: String,
    /// Who sat there.
    pub os_user: String,
    /// unverified, actor, proxy.
    pub standing: String,
    /// What was done.
    pub command: String,
    /// Counts and numbers, JSON.
    pub outcome: Option<String>,
    /// Free words of the command, JSON.
    pub params: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The op undone.
    pub undoes: Option<i64>,
    /// Subjects touched, those entered in bulk not among them.
    pub subjects: i64,
}

fn entry(r: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        op: r.get(0)?,
        recorded_at: r.get(1)?,
        clock_back: r.get(2)?,
        business_day: r.get(3)?,
        actor: r.get(4)?,
        os_user: r.get(5)?,
        standing: r.get(6)?,
        command: r.get(7)?,
        outcome: r.get(8)?,
        params: r.get(9)?,
        reason: r.get(10)?,
        undoes: r.get(11)?,
        subjects: r.get(12)?,
    })
}

/// The newest `limit` of the entries asked for, oldest first, and whether there are more. `limit` None = all.
pub fn entries(conn: &Connection, filter: &Filter, limit: Option<usize>) -> Result<(Vec<Entry>, bool)> {
    let mut sql = String::from(
        "SELECT op, recorded_at, clock_back, business_day, actor, os_user, standing, command, outcome, params, reason, undoes,
                (SELECT count(*) FROM op_subject s WHERE s.op = op.op)
         FROM op WHERE 1",
    );
    let mut values: Vec<&dyn ToSql> = Vec::new();
    if let Some(p) = &filter.person {
        sql.push_str(
            " AND (op IN (SELECT op FROM op_subject WHERE kind = 'person' AND subject = ?)
                   OR op IN (SELECT made_op FROM person_profile WHERE person_id = ? AND leaf IS NOT NULL))",
        );
        values.extend([p as &dyn ToSql, p as &dyn ToSql]);
    }
    if let Some(op) = &filter.op {
        sql.push_str(" AND op = ?");
        values.push(op);
    }
    if let Some(after) = &filter.after {
        sql.push_str(" AND op > ?");
        values.push(after);
    }
    if filter.backdated {
        // The day in Shanghai on which it was recorded.
        sql.push_str(" AND business_day < (recorded_at + 8 * 3600000) / 86400000");
    }
    if filter.exports {
        // What was shown, looked up, handed over, printed or written into a file that leaves the house.
        sql.push_str(
            " AND (command IN ('access', 'letter', 'task.sheet', 'roster.match', 'blacklist.check', 'blacklist.screen', 'subsidy.file')
                   OR command LIKE '%.export' OR command LIKE '%.share' OR command LIKE '%.print' OR command LIKE '%.access-report')",
        );
    }
    let ask = limit.map_or(-1, |n| i64::try_from(n).unwrap_or(i64::MAX - 1) + 1);
    sql.push_str(" ORDER BY op DESC LIMIT ?");
    values.push(&ask);
    let mut st = conn.prepare(&sql)?;
    let mut found: Vec<Entry> = st.query_map(values.as_slice(), entry)?.collect::<rusqlite::Result<_>>()?;
    let more = limit.is_some_and(|n| found.len() > n);
    if let (true, Some(n)) = (more, limit) {
        found.truncate(n);
    }
    found.reverse();
    Ok((found, more))
}

/// How many people each import entered in bulk: their digests stand in their own rows.
pub fn bulk_counts(conn: &Connection) -> Result<Vec<(i64, i64)>> {
    let mut st = conn.prepare("SELECT made_op, count(*) FROM person_profile WHERE leaf IS NOT NULL GROUP BY made_op")?;
    Ok(st.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Kind and id of every subject an op touched, in order.
pub fn subjects(conn: &Connection, op: i64) -> Result<Vec<(String, i64)>> {
    let mut st = conn.prepare(
        "SELECT kind, subject FROM op_subject WHERE op = ?1
         UNION SELECT 'person', person_id FROM person_profile WHERE made_op = ?1 AND leaf IS NOT NULL ORDER BY 1, 2",
    )?;
    Ok(st.query_map([op], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// What makes an entry's hash, for whoever wants to compute the chain himself; no free words.
#[derive(Debug)]
pub struct Link {
    /// Digest of the free words, hex.
    pub text_hash: String,
    /// Digest of the subjects, hex.
    pub subjects_hash: String,
    /// Hash of the entry before, hex.
    pub prev_hash: String,
    /// Own hash, hex.
    pub hash: String,
}

/// The hashes of one entry.
pub fn link(conn: &Connection, op: i64) -> Result<Option<Link>> {
    let read = |r: &Row<'_>, i: usize| r.get::<_, Vec<u8>>(i).map(|b| hex(&b));
    Ok(conn
        .prepare_cached("SELECT text_hash, subjects_hash, prev_hash, hash FROM op WHERE op = ?1")?
        .query_row([op], |r| Ok(Link { text_hash: read(r, 0)?, subjects_hash: read(r, 1)?, prev_hash: read(r, 2)?, hash: read(r, 3)? }))
        .optional()?)
}
