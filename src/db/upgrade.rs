//! Leads an older office file to this program's schema: one transaction, one op with the digests of both schemas. The steps are
//! migrations/NNNN_name.sql; 0001 is the first schema, from which a test walks all of them.

use super::digest::{LeafBuilder, hex, leaf_of, sha256};
use super::subject::{APPLICATION_SUBJECT, AWARD, BENEFIT_MONTH, Part, Subject, Table};
use super::write::{self, Act, Done, Tx};
use super::{SCHEMA, SCHEMA_VERSION};
use crate::error::{self, Result};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A step: the schema version it leads to, and its SQL.
pub type Step = (i32, &'static str);

/// All steps in order.
pub const STEPS: &[Step] = &[
    (2, include_str!("../../migrations/0002_papers_and_recognition.sql")),
    (3, include_str!("../../migrations/0003_projects_families_rounds.sql")),
    (4, include_str!("../../migrations/0004_calendar_and_cards.sql")),
    (5, include_str!("../../migrations/0005_services.sql")),
    (6, include_str!("../../migrations/0006_funds.sql")),
    (7, include_str!("../../migrations/0007_attestations_and_differences.sql")),
    (8, include_str!("../../migrations/0008_reports.sql")),
    (9, include_str!("../../migrations/0009_tasks.sql")),
    (10, include_str!("../../migrations/0010_integrity.sql")),
    (11, include_str!("../../migrations/0011_programmes.sql")),
];

/// Leads the file behind `conn` from version `have` to the end of `steps`; `fill` then adds what a new office is founded with.
pub fn upgrade(
    conn: &mut Connection,
    act: &Act,
    have: i32,
    steps: &[Step],
    fill: impl FnOnce(&mut Tx<'_>) -> Result<()>,
) -> Result<Done<()>> {
    let due: Vec<&Step> = steps.iter().filter(|(to, _)| *to > have).collect();
    let reaches = due.last().map_or(have, |(to, _)| *to);
    let unbroken = due.iter().zip(have + 1..).all(|((to, _), want)| *to == want);
    if reaches != SCHEMA_VERSION || !unbroken {
        return Err(error::not_office("no_way_up").fact("have", have).fact("want", SCHEMA_VERSION));
    }
    // Tables are made anew by some steps: references are checked at the end, not in between.
    conn.pragma_update(None, "foreign_keys", false)?;
    let done = write::write(conn, act, |tx| {
        let c = tx.conn();
        let before = digest(c)?;
        let paid = if have == 6 { paid_of_6(c)? } else { Vec::new() };
        for (_, sql) in &due {
            c.execute_batch(&super::bare(sql))?;
        }
        if c.prepare("PRAGMA foreign_key_check")?.exists([])? {
            return Err(error::not_office("damaged"));
        }
        c.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        let after = digest(c)?;
        tx.outcome("from", have);
        tx.outcome("to", SCHEMA_VERSION);
        tx.outcome("schema_before", before);
        tx.outcome("schema_after", after);
        tx.record_anyway();
        paid.iter().for_each(|id| tx.touch(&APPLICATION_SUBJECT, *id));
        fill(tx)
    })?;
    settle(conn)?;
    Ok(done)
}

/// Benefits of a file of version 6 of which something was paid: their digest had what was sent in it, which `verify` proves from the payments
/// now. They are what the log says they were before a new digest is taken; else the file is damaged.
fn paid_of_6(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare(
        "SELECT DISTINCT i.application_id, (SELECT s.leaf FROM op_subject s WHERE s.kind = 'application' AND s.subject = i.application_id
                                            ORDER BY s.op DESC LIMIT 1)
         FROM instalment i WHERE i.settled_fen <> 0",
    )?;
    let mut rows = st.query([])?;
    let (mut ids, mut b) = (Vec::new(), LeafBuilder::default());
    while let Some(r) = rows.next()? {
        let (id, leaf): (i64, Option<Vec<u8>>) = (r.get(0)?, r.get(1)?);
        if leaf.as_deref() != Some(&leaf_of(conn, &APPLICATION_6, id, &mut b)?[..]) {
            return Err(error::not_office("damaged"));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// The application of version 6.
static APPLICATION_TABLE_6: Table = Table {
    name: "application",
    owner: Some("id"),
    key: 1,
    cols: &[
        ("id", Part::Owner),
        ("made_op", Part::Plain),
        ("voided_op", Part::Plain),
        ("scheme", Part::Plain),
        ("policy_id", Part::Plain),
        ("person_id", Part::Plain),
        ("org_id", Part::Plain),
        ("day", Part::Plain),
        ("asked_fen", Part::Plain),
    ],
};

/// The instalments of version 6.
static INSTALMENT_6: Table = Table {
    name: "instalment",
    owner: Some("application_id"),
    key: 2,
    cols: &[
        ("application_id", Part::Owner),
        ("seq", Part::Plain),
        ("made_op", Part::Plain),
        ("voided_op", Part::Plain),
        ("due_day", Part::Plain),
        ("period", Part::Plain),
        ("amount_fen", Part::Plain),
        ("settled_fen", Part::Plain),
        ("line_id", Part::Plain),
    ],
};

static APPLICATION_6: Subject =
    Subject { kind: "application", prefix: "S", tables: &[&APPLICATION_TABLE_6, &AWARD, &INSTALMENT_6, &BENEFIT_MONTH] };

/// The schema version as SQLite sees it: after a killed upgrade the new one stands in the log beside the file alone.
pub fn version(conn: &Connection) -> Result<i32> {
    Ok(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?)
}

/// Brings the log into the file, so that its header says the version by itself.
pub fn settle(conn: &Connection) -> Result<()> {
    Ok(conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Digest of a file's schema, hex.
fn digest(conn: &Connection) -> Result<String> {
    let text: String = objects(conn)?.into_iter().map(|((kind, name), sql)| format!("{kind} {name}\n{sql}\n")).collect();
    Ok(hex(&sha256(text.as_bytes())))
}

/// Tables, indexes, triggers and views with their SQL, comments and blanks left out.
fn objects(conn: &Connection) -> Result<BTreeMap<(String, String), String>> {
    let mut st = conn.prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = st.query_map([], |r| Ok(((r.get(0)?, r.get(1)?), plain(&r.get::<_, String>(2)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// SQL without comments, every run of blanks as one; a blank beside a bracket or comma says nothing either.
fn plain(sql: &str) -> String {
    let words: Vec<&str> = sql.lines().map(|l| l.split_once("--").map_or(l, |(code, _)| code)).flat_map(str::split_whitespace).collect();
    let mut text = words.join(" ");
    for sign in ["(", ")", ","] {
        text = text.replace(&format!(" {sign}"), sign).replace(&format!("{sign} "), sign);
    }
    text
}

/// Names of what differs between a file's schema and schema.sql.
pub fn differences(conn: &Connection) -> Result<Vec<String>> {
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(SCHEMA)?;
    let (want, have) = (objects(&fresh)?, objects(conn)?);
    let mut names: Vec<String> = want.iter().filter(|(k, sql)| have.get(k) != Some(sql)).map(|((_, name), _)| name.clone()).collect();
    names.extend(have.keys().filter(|k| !want.contains_key(k)).map(|(_, name)| name.clone()));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::day::Day;
    use crate::db::{open, verify};

    fn act(command: &'static str) -> Act {
        Act {
            command,
            params: serde_json::Map::new(),
            day: Day(20_000),
            reason: None,
            actor: None,
            os_user: "li".into(),
            now_ms: 1,
            dry_run: false,
            undoes: None,
        }
    }

    #[test]
    fn an_older_file_is_led_up_in_one_op() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("o.db");
        open::create(&path, |_| Ok(())).unwrap();
        let mut conn = open::open_write(&path).unwrap();
        let older = SCHEMA_VERSION - 1;
        conn.execute_batch(&format!("DROP TABLE judgement; PRAGMA user_version = {older}")).unwrap();
        settle(&conn).unwrap();
        assert_eq!(open::open_read(&path).unwrap_err().key, "older");
        assert_eq!(differences(&conn).unwrap(), ["judgement"]);

        let broken: &[Step] = &[(SCHEMA_VERSION, "CREATE TABLE x (a); CREATE TABLE x (a)")];
        assert!(upgrade(&mut conn, &act("upgrade"), older, broken, |_| Ok(())).is_err());
        assert_eq!(upgrade(&mut conn, &act("upgrade"), older, &[], |_| Ok(())).unwrap_err().key, "no_way_up");
        assert_eq!((open::inspect(&path).unwrap(), version(&conn).unwrap()), (older, older));

        let step: &[Step] = &[(
            SCHEMA_VERSION,
            "CREATE TABLE judgement (id INTEGER PRIMARY KEY, made_op INTEGER NOT NULL, voided_op INTEGER,
             person_a INTEGER NOT NULL REFERENCES person (id), person_b INTEGER NOT NULL REFERENCES person(id),
             verdict TEXT NOT NULL CHECK (verdict IN ('same','different', 'unsure')), -- what was found
             evidence TEXT NOT NULL) STRICT;",
        )];
        assert_eq!(upgrade(&mut conn, &act("upgrade"), older, step, |_| Ok(())).unwrap().op, Some(1));
        drop(conn);
        let conn = open::open_read(&path).unwrap();
        assert!(differences(&conn).unwrap().is_empty() && verify::verify(&conn, None).unwrap().ok);
    }

    #[test]
    fn what_was_paid_is_as_the_log_says_before_its_digest_changes() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../../migrations/0001_office.sql")).unwrap();
        STEPS.iter().filter(|s| s.0 <= 6).for_each(|(_, sql)| conn.execute_batch(sql).unwrap());
        conn.execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO application (id, made_op, scheme, policy_id, person_id, day) VALUES (1, 1, 'rent', 1, 1, 18000), (2, 1, 'rent', 1, 2, 18000);
             INSERT INTO instalment (application_id, seq, made_op, due_day, amount_fen, settled_fen)
               VALUES (1, 1, 1, 18000, 500, 500), (2, 1, 1, 18000, 500, 0);",
        )
        .unwrap();
        let leaf = leaf_of(&conn, &APPLICATION_6, 1, &mut LeafBuilder::default()).unwrap();
        conn.execute("INSERT INTO op_subject (op, kind, subject, leaf) VALUES (1, 'application', 1, ?1)", [&leaf[..]]).unwrap();
        assert_eq!(paid_of_6(&conn).unwrap(), [1]);
        conn.execute("UPDATE instalment SET settled_fen = 400 WHERE application_id = 1", []).unwrap();
        assert_eq!(paid_of_6(&conn).unwrap_err().key, "damaged");
    }

    #[test]
    fn the_steps_lead_from_the_first_schema_to_the_present_one() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../../migrations/0001_office.sql")).unwrap();
        for (at, (to, sql)) in STEPS.iter().enumerate() {
            assert_eq!(*to as usize, at + 2);
            conn.execute_batch(sql).unwrap();
        }
        assert_eq!(differences(&conn).unwrap(), Vec::<String>::new());
        assert_eq!(STEPS.last().unwrap().0, SCHEMA_VERSION);
    }
}
