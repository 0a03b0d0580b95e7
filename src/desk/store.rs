//! All SQL of `status`, of the actors and of what an office is founded with; rows to types and back.

use crate::base::codes::{self, CodeSet};
use crate::base::day::Day;
use crate::db::digest::{Val, hex, sha256};
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ACTOR, ACTOR_SUBJECT, CODE_SUBJECT, POLICY_SUBJECT, TASK_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

/// A day as people write dates of contracts and births into the file: yyyymmdd.
fn written(day: Day) -> i64 {
    let (y, m, d) = day.ymd();
    i64::from(y) * 10_000 + i64::from(m) * 100 + i64::from(d)
}

/// What one pass over the people counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct People {
    /// On record on the day.
    pub total: i64,
    /// Every engagement has ended.
    pub left: i64,
    /// No birth date is known.
    pub no_birth_date: i64,
    /// The contract has run out and no leave was recorded.
    pub contract_over: i64,
    /// The contract runs out within the days asked for.
    pub contract_ending: i64,
}

/// Counts people in one pass in the order of their numbers; `until` is the last day that still counts as soon.
pub fn people(conn: &Connection, day: Day, until: Day) -> Result<People> {
    // A contract end of which only the month is known ends with the month.
    let end = "CASE WHEN e.contract_end % 100 = 0 THEN e.contract_end + 31 ELSE e.contract_end END";
    let held = "e.from_day <= ?1 AND coalesce(e.until_day, ?1) >= ?1";
    let sql = format!(
        "SELECT count(*), coalesce(sum(gone), 0), coalesce(sum(unborn), 0), coalesce(sum(over), 0), coalesce(sum(soon AND NOT over), 0)
         FROM (SELECT coalesce(min(e.until_day IS NOT NULL AND e.until_day < ?1), 0) AS gone,
                      max(p.birth_date IS NULL) AS unborn,
                      coalesce(max({held} AND {end} < ?2), 0) AS over,
                      coalesce(max({held} AND {end} <= ?3), 0) AS soon
               FROM person_profile p
               JOIN person a ON a.id = p.person_id AND a.voided_op IS NULL AND a.merged_into IS NULL AND a.erased_op IS NULL
               LEFT JOIN engagement e ON e.person_id = p.person_id AND e.voided_op IS NULL
               WHERE p.voided_op IS NULL AND p.corps IS NOT NULL AND p.from_day <= ?1 AND (p.until_day IS NULL OR p.until_day >= ?1)
               GROUP BY p.person_id)"
    );
    Ok(conn.query_row(&sql, [i64::from(day.0), written(day), written(until)], |r| {
        Ok(People { total: r.get(0)?, left: r.get(1)?, no_birth_date: r.get(2)?, contract_over: r.get(3)?, contract_ending: r.get(4)? })
    })?)
}

/// Units on the day, and how many of them are stubs.
pub fn units(conn: &Connection, day: Day) -> Result<(i64, i64)> {
    Ok(conn.query_row(
        "SELECT count(*), coalesce(sum(stub), 0) FROM org_profile
         WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        [day.0],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?)
}

/// Platforms on the day.
pub fn platforms(conn: &Connection, day: Day) -> Result<i64> {
    Ok(conn.query_row(
        "SELECT count(*) FROM platform_profile WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        [day.0],
        |r| r.get(0),
    )?)
}

/// Roster rows that wait for a decision.
pub fn waiting(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("SELECT count(*) FROM review_row WHERE voided_op IS NULL AND state = 'waiting'", [], |r| r.get(0))?)
}

/// The same by who brought them in.
pub fn waiting_by_actor(conn: &Connection) -> Result<Vec<(String, usize)>> {
    let mut st = conn.prepare_cached(
        "SELECT coalesce(o.actor, ''), count(*) FROM review_row r LEFT JOIN op o ON o.op = r.made_op
         WHERE r.voided_op IS NULL AND r.state = 'waiting' GROUP BY 1 ORDER BY 1",
    )?;
    let rows = st.query_map([], |r| Ok((r.get(0)?, usize::try_from(r.get::<_, i64>(1)?).unwrap_or(0))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who made an op.
pub fn actor_of(conn: &Connection, op: i64) -> Result<String> {
    Ok(conn.prepare_cached("SELECT actor FROM op WHERE op = ?1")?.query_row([op], |r| r.get(0)).optional()?.unwrap_or_default())
}

/// Who issued a card.
pub fn actor_of_card(conn: &Connection, id: i64) -> Result<String> {
    actor_of(conn, crate::card::store::made_op(conn, id)?)
}

/// Who opened a round.
pub fn actor_of_round(conn: &Connection, id: i64) -> Result<String> {
    let op = conn.prepare_cached("SELECT made_op FROM collection WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    actor_of(conn, op)
}

/// Who opened a fund.
pub fn actor_of_fund(conn: &Connection, id: i64) -> Result<String> {
    let op = conn.prepare_cached("SELECT made_op FROM fund WHERE id = ?1")?.query_row([id], |r| r.get(0))?;
    actor_of(conn, op)
}

/// Names under which an OS user acts, his own among them.
pub fn names_of(conn: &Connection, os_user: &str) -> Result<Vec<String>> {
    let mut st = conn.prepare_cached("SELECT DISTINCT name FROM actor WHERE os_user = ?1 AND voided_op IS NULL ORDER BY 1")?;
    let mut names: Vec<String> = st.query_map([os_user], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    names.push(os_user.to_owned());
    Ok(names)
}

/// Live resident numbers that the paper still has in its old form of 15 digits.
pub fn old_numbers(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row(
        "SELECT count(*) FROM person_document
         WHERE voided_op IS NULL AND until_day IS NULL AND kind = 'resident_id' AND length(raw) = 15",
        [],
        |r| r.get(0),
    )?)
}

/// An entry of the log as `status` tells it.
#[derive(Debug)]
pub struct LastOp {
    /// Number.
    pub op: i64,
    /// Milliseconds since 1970.
    pub recorded_at: i64,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub command: String,
}

/// The last entry of the log, or the last of one OS user.
pub fn last_op(conn: &Connection, os_user: Option<&str>) -> Result<Option<LastOp>> {
    Ok(conn
        .query_row(
            "SELECT op, recorded_at, actor, command FROM op WHERE ?1 IS NULL OR os_user = ?1 ORDER BY op DESC LIMIT 1",
            [os_user],
            |r| Ok(LastOp { op: r.get(0)?, recorded_at: r.get(1)?, actor: r.get(2)?, command: r.get(3)? }),
        )
        .optional()?)
}

// ---------------------------------------------------------------- actors

/// Who may act (经办人).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name ops show.
    pub name: String,
    /// The OS user who acts under it.
    pub os_user: String,
    /// Roles, apart by a comma.
    pub roles: String,
}

/// Every actor with the days in office, in the order they came.
pub fn actors(conn: &Connection) -> Result<Vec<(i64, Fact<Actor>)>> {
    let read = |r: &Row<'_>, at: usize| Ok(Actor { name: r.get(at)?, os_user: r.get(at + 1)?, roles: r.get(at + 2)? });
    Ok(conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, name, os_user, roles, actor_id FROM actor
             WHERE voided_op IS NULL ORDER BY actor_id, seq",
        )?
        .query_map([], |r| Ok((r.get(8)?, facts::read(r, read)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// A new actor from the day of the op on.
pub fn add_actor(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let id: i64 = tx.conn().query_row("SELECT coalesce(max(actor_id), 0) + 1 FROM actor", [], |r| r.get(0))?;
    facts::insert(tx, &ACTOR, id, Span::from(tx.day), &values(actor))?;
    tx.touch(&ACTOR_SUBJECT, id);
    Ok(())
}

/// The day of the op is the actor's last.
pub fn retire_actor(tx: &mut Tx<'_>, id: i64, actor: &Fact<Actor>) -> Result<()> {
    let last = tx.day.max(actor.span.from);
    facts::end(tx, &ACTOR, id, actor.seq, actor.span, last, &values(&actor.data))?;
    tx.touch(&ACTOR_SUBJECT, id);
    Ok(())
}

fn values(a: &Actor) -> [Val<'_>; 3] {
    [Val::Text(&a.name), Val::Text(&a.os_user), Val::Text(&a.roles)]
}

/// Keeps a shipped code set.
pub fn put_codes(tx: &mut Tx<'_>, set: &CodeSet) -> Result<()> {
    let mut st = tx.conn().prepare_cached(
        "INSERT INTO code (code_set, code, made_op, label_zh, label_en, rank, aliases, source, source_date)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for c in set.codes {
        let aliases = Value::from(c.aliases).to_string();
        st.execute(params![set.name, c.code, tx.op, c.zh, c.en, c.rank, aliases, set.source, set.date])?;
    }
    drop(st);
    tx.touch(&CODE_SUBJECT, 0);
    Ok(())
}

/// Keeps the shipped code sets and calendars that an older office was not founded with.
pub fn put_founding(tx: &mut Tx<'_>) -> Result<()> {
    for set in codes::sets() {
        let known: bool = tx
            .conn()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM code WHERE code_set = ?1 AND voided_op IS NULL)")?
            .query_row([set.name], |r| r.get(0))?;
        if !known {
            put_codes(tx, set)?;
        }
    }
    crate::calendar::store::put_shipped(tx)
}

/// Keeps the targets pack the office is founded with.
pub fn put_targets(tx: &mut Tx<'_>, toml: &str, basis: &str, from_day: i32) -> Result<()> {
    tx.conn().execute(
        "INSERT INTO policy_version (id, made_op, kind, sha256, toml, from_day, basis) VALUES (1, ?1, 'targets', ?2, ?3, ?4, ?5)",
        params![tx.op, hex(&sha256(toml.as_bytes())), toml, from_day, basis],
    )?;
    tx.touch(&POLICY_SUBJECT, 1);
    Ok(())
}

/// Keeps a task of the plan.
pub fn put_task(tx: &mut Tx<'_>, id: i64, clause: &str, text: &str) -> Result<()> {
    tx.conn().execute("INSERT INTO task (id, made_op, clause, text) VALUES (?1, ?2, ?3, ?4)", params![id, tx.op, clause, text])?;
    tx.touch(&TASK_SUBJECT, id);
    Ok(())
}
