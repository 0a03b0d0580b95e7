//! What an office was set up with (新区名称, 语言): one text a key, the newest that holds. Which keys there are is said by `desk::init`.

use super::subject::SETTING_SUBJECT;
use super::write::Tx;
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, params};

/// A setting's text.
pub fn get(conn: &Connection, key: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM setting WHERE key = ?1 AND voided_op IS NULL ORDER BY made_op DESC LIMIT 1")?
        .query_row([key], |r| r.get(0))
        .optional()?)
}

/// Keeps a setting's text.
pub fn put(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    tx.conn().execute("INSERT INTO setting (key, made_op, value) VALUES (?1, ?2, ?3)", params![key, tx.op, value])?;
    tx.touch(&SETTING_SUBJECT, 0);
    Ok(())
}
