//! `audit`: the log of the office read, checked, tied to a witness outside, exported. The chain itself is made in `db::write`
//! and checked in `db::verify`; here it meets a person.

pub mod cmd;
pub mod store;

use crate::db::verify::Head;
use serde_json::{Value, json};

/// An anchor as it is kept outside: the head of the log and when it was taken.
pub fn anchor_text(head: &Head, taken: &str) -> String {
    format!("{}\n", json!({"rencai_anchor": 1, "op": head.op, "hash": head.hash, "taken": taken}))
}

/// Reads an anchor. None where the text is none.
pub fn read_anchor(text: &str) -> Option<Head> {
    let value: Value = serde_json::from_str(text.trim().trim_start_matches('\u{feff}')).ok()?;
    let (op, hash) = (value.get("op")?.as_i64()?, value.get("hash")?.as_str()?);
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    (op > 0 && is_hash).then(|| Head { op, hash: hash.to_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_back_and_nothing_else_does() {
        let head = Head { op: 7, hash: "0a".repeat(32) };
        let text = anchor_text(&head, "2020-01-01 08:00:00");
        assert_eq!(read_anchor(&text), Some(head.clone()));
        assert_eq!(read_anchor(&format!("\u{feff}{}\r\n", text.trim().replace("0a", "0A"))), Some(head));
        for bad in ["", "{}", "[]", "7 0a", r#"{"op":0,"hash":"00"}"#, &text.replace("0a0a", "0a")] {
            assert_eq!(read_anchor(bad), None, "{bad}");
        }
    }
}
