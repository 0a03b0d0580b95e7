//! `init`: what a new office is born with: settings, the shipped code sets, the targets pack with its tasks and the five towns.

use crate::base::codes;
use crate::db::subject::{CODE_SUBJECT, SETTING_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::params;
use serde_json::Value;

/// Fills a new file. `pack_text` is the targets pack as text, `pack` the same read.
pub fn fill(tx: &mut Tx<'_>, zone: &str, lang: &str) -> Result<()> {
    for (key, value) in [("zone", zone), ("lang", lang), ("program", env!("CARGO_PKG_VERSION"))] {
        tx.conn().execute("INSERT INTO setting (key, made_op, value) VALUES (?1, ?2, ?3)", params![key, tx.op, value])?;
    }
    tx.touch(&SETTING_SUBJECT, 0);
    for set in codes::sets() {
        for c in &set.codes {
            let aliases = Value::from(c.aliases.clone()).to_string();
            tx.conn().prepare_cached(
                "INSERT INTO code (code_set, code, made_op, label_zh, label_en, rank, aliases, source, source_date)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![set.name, c.code, tx.op, c.zh, c.en, c.rank, aliases, set.source, set.date])?;
        }
    }
    tx.touch(&CODE_SUBJECT, 0);
    Ok(())
}
