//! `undo OP`: a compensating op. What the op made is voided, what it voided is made again; nothing is erased. Refused where
//! later rows rest on it. Works on the table list of `subject`, so that every later noun can be undone without code of its own.

use super::subject::{self, Table};
use super::write::Tx;
use crate::error::{self, Result};
use serde_json::Value;

/// Commands whose op can be taken back; others left the house or changed nothing.
const UNDOABLE: &[&str] = &[
    "talent.add",
    "talent.edit",
    "talent.leave",
    "talent.return",
    "org.add",
    "org.edit",
    "org.close",
    "platform.add",
    "platform.edit",
    "platform.stage",
    "platform.close",
    "roster.import",
    "actor.add",
    "actor.retire",
];

/// Undoes `op` inside `tx`; returns how many subjects were touched.
pub fn undo(tx: &mut Tx<'_>, op: i64) -> Result<u64> {
    use rusqlite::OptionalExtension as _;
    let command: Option<String> = tx.conn().query_row("SELECT command FROM op WHERE op = ?1", [op], |r| r.get(0)).optional()?;
    let Some(command) = command else {
        return Err(error::not_found("no_such_op").fact("op", op));
    };
    if !UNDOABLE.contains(&command.as_str()) {
        return Err(error::refused("not_undoable").fact("op", op).fact("command", &command).detail("command", command.clone()));
    }
    let undone: Option<i64> = tx.conn().query_row("SELECT op FROM op WHERE undoes = ?1", [op], |r| r.get(0)).optional()?;
    if let Some(by) = undone {
        return Err(error::conflict("undone_already").fact("op", op).fact("by", by).detail("by", by));
    }
    rests_on(tx, op)?;
    let mut touched = 0;
    for s in subject::ALL {
        for table in s.tables {
            let Some(owner) = table.owner else { continue };
            let owners: Vec<i64> = tx
                .conn()
                .prepare(&format!("SELECT DISTINCT {owner} FROM {} WHERE made_op = ?1 OR voided_op = ?1", table.name))?
                .query_map([op], |r| r.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for id in owners {
                if !tx.has_touched(s, id) {
                    tx.touch(s, id);
                    touched += 1;
                }
            }
            take_back(tx, table, op)?;
        }
    }
    Ok(touched)
}

/// Voids what the op made and makes again what it voided.
fn take_back(tx: &Tx<'_>, table: &Table, op: i64) -> Result<()> {
    let conn = tx.conn();
    conn.execute(&format!("UPDATE {} SET voided_op = ?2 WHERE made_op = ?1 AND voided_op IS NULL", table.name), [op, tx.op])?;
    // A voided record (an actor, a unit) has only its own row: its facts come back, the anchor was never voided by what is undoable.
    if !table.is_fact() {
        return Ok(());
    }
    let owner = table.cols[0].0;
    let cols: Vec<String> = table
        .cols
        .iter()
        .map(|(n, _)| match *n {
            "seq" => format!("seq + (SELECT max(m.seq) FROM {t} m WHERE m.{owner} = {t}.{owner})", t = table.name),
            "made_op" => "?2".to_owned(),
            "voided_op" | "leaf" => "NULL".to_owned(),
            n => n.to_owned(),
        })
        .collect();
    let names: Vec<&str> = table.cols.iter().map(|(n, _)| *n).collect();
    conn.execute(
        &format!("INSERT INTO {t} ({}) SELECT {} FROM {t} WHERE voided_op = ?1", names.join(", "), cols.join(", "), t = table.name),
        [op, tx.op],
    )?;
    Ok(())
}

/// Later rows rest on an op when they voided what it made, or belong to a record it made.
fn rests_on(tx: &Tx<'_>, op: i64) -> Result<()> {
    let mut later: Option<i64> = None;
    let mut see = |found: Option<i64>| later = later.max(found);
    for s in subject::ALL {
        for table in s.tables {
            let Some(owner) = table.owner else { continue };
            see(tx.conn().query_row(
                &format!("SELECT max(voided_op) FROM {} WHERE made_op = ?1 AND voided_op IS NOT NULL AND voided_op <> ?1", table.name),
                [op],
                |r| r.get(0),
            )?);
            if table.is_fact() && !s.tables[0].is_fact() {
                let anchor = s.tables[0].name;
                see(tx.conn().query_row(
                    &format!(
                        "SELECT max(made_op) FROM {t} WHERE made_op > ?1 AND voided_op IS NULL
                           AND {owner} IN (SELECT id FROM {anchor} WHERE made_op = ?1)",
                        t = table.name
                    ),
                    [op],
                    |r| r.get(0),
                )?);
            }
        }
    }
    // Units and persons that the op made and others since point at.
    for (table, column, anchor) in [
        ("engagement", "org_id", "org"),
        ("platform_profile", "org_id", "org"),
        ("judgement", "person_a", "person"),
        ("judgement", "person_b", "person"),
    ] {
        see(tx.conn().query_row(
            &format!(
                "SELECT max(made_op) FROM {table} WHERE made_op > ?1 AND voided_op IS NULL
                   AND {column} IN (SELECT id FROM {anchor} WHERE made_op = ?1)"
            ),
            [op],
            |r| r.get(0),
        )?);
    }
    match later {
        Some(by) => Err(error::conflict("later_rows").fact("op", op).fact("later", by).detail("later", Value::from(by))),
        None => Ok(()),
    }
}
