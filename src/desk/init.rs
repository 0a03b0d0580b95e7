//! `init`: what a new office is born with: settings, the shipped code sets, the targets pack with its tasks and the five towns.

use crate::base::codes;
use crate::base::day::Day;
use crate::base::names;
use crate::db::digest::Val;
use crate::db::digest::{hex, sha256};
use crate::db::facts::{self, Span};
use crate::db::subject::{CODE_SUBJECT, PLATFORM_PROFILE, PLATFORM_STAGE, PLATFORM_SUBJECT, POLICY_SUBJECT, SETTING_SUBJECT, TASK_SUBJECT};
use crate::db::write::Tx;
use crate::error;
use crate::error::Result;
use crate::policy;
use rusqlite::params;
use serde_json::Value;

/// Fills a new file.
pub fn fill(tx: &mut Tx<'_>, zone: &str, lang: &str) -> Result<()> {
    for (key, value) in [("zone", zone), ("lang", lang), ("program", env!("CARGO_PKG_VERSION"))] {
        tx.conn().execute("INSERT INTO setting (key, made_op, value) VALUES (?1, ?2, ?3)", params![key, tx.op, value])?;
    }
    tx.touch(&SETTING_SUBJECT, 0);
    for set in codes::sets() {
        for c in set.codes {
            let aliases = Value::from(c.aliases).to_string();
            tx.conn()
                .prepare_cached(
                    "INSERT INTO code (code_set, code, made_op, label_zh, label_en, rank, aliases, source, source_date)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![set.name, c.code, tx.op, c.zh, c.en, c.rank, aliases, set.source, set.date])?;
        }
    }
    tx.touch(&CODE_SUBJECT, 0);
    // The shipped pack is tested to be sound; a program without it is no program.
    let text = policy::shipped("targets").ok_or_else(|| error::policy("no_pack").fact("pack", "targets"))?;
    let pack = policy::parse_targets(text).map_err(|f| error::policy("bad_pack").fact("pack", "targets").fact("line", f.line))?;
    let issued = pack.pack.issued;
    tx.conn().execute(
        "INSERT INTO policy_version (id, made_op, kind, sha256, toml, from_day, basis) VALUES (1, ?1, 'targets', ?2, ?3, ?4, ?5)",
        params![tx.op, hex(&sha256(text.as_bytes())), text, issued, pack.pack.document],
    )?;
    tx.touch(&POLICY_SUBJECT, 1);
    for (i, task) in pack.tasks.iter().enumerate() {
        let id = i64::try_from(i + 1).unwrap_or(i64::MAX);
        tx.conn()
            .execute("INSERT INTO task (id, made_op, clause, text) VALUES (?1, ?2, ?3, ?4)", params![id, tx.op, task.clause, task.text])?;
        tx.touch(&TASK_SUBJECT, id);
    }
    for (i, town) in pack.towns.iter().enumerate() {
        let id = i64::try_from(i + 1).unwrap_or(i64::MAX);
        tx.conn().execute("INSERT INTO platform (id, made_op) VALUES (?1, ?2)", params![id, tx.op])?;
        let span = Span::from(Day(issued));
        let folded = names::org_fold(&town.name);
        facts::insert(
            tx,
            &PLATFORM_PROFILE,
            id,
            span,
            &[Val::Text(town.kind.code()), Val::Text(&town.name), Val::Text(&folded), Val::Null, Val::Null, Val::Null],
        )?;
        facts::insert(tx, &PLATFORM_STAGE, id, span, &[Val::Text(town.stage.code())])?;
        tx.touch(&PLATFORM_SUBJECT, id);
    }
    Ok(())
}
