//! The office file: opening it safely, the one way to write, the four fact columns, digests, undo, backup, upgrade.
//! Nouns bring their own SQL in their `store.rs`; nothing here knows what a person is beyond the table list in `subject`.

pub mod backup;
pub mod digest;
pub mod facts;
pub mod files;
pub mod open;
pub mod reach;
pub mod setting;
pub mod subject;
pub mod undo;
pub mod upgrade;
pub mod verify;
pub mod write;

/// `PRAGMA application_id` of an office file: "RCai".
pub const APPLICATION_ID: i32 = 0x5243_6169;
/// `PRAGMA user_version`: the schema this program writes.
pub const SCHEMA_VERSION: i32 = 11;
/// The schema as text: a new office is made from it.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// SQL without its comments: a file keeps the text of every table, and whoever opens it reads that text each time.
pub fn bare(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    for line in sql.lines() {
        // No text of ours has two hyphens in it.
        let code = line.split_once("--").map_or(line, |(code, _)| code).trim_end();
        if !code.is_empty() {
            out.push_str(code);
            out.push('\n');
        }
    }
    out
}
