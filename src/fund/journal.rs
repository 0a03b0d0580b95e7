//! A fund's ledger as plain-text accounting (`fund ledger --format journal`): what hledger and its kin read. Accounts and the commodity are
//! declared, so that `hledger check --strict` accepts it.

use super::store::Entry;
use super::{Account, PREFIX};
use crate::base::number;
use crate::paper;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The account of a posting: `fund:FD:SOURCE:PURPOSE:free|reserved|paid`, an earmark behind; the other side stands outside `fund:`.
fn account(e: &Entry) -> String {
    let l = &e.line;
    let base = format!("{}:{}:{}", number::format(PREFIX, l.fund_id), l.source, l.purpose);
    let part = match e.posting.account {
        Account::Free | Account::Reserved | Account::Paid => format!("fund:{base}:{}", e.posting.account.code()),
        outside => format!("{}:{base}", outside.code()),
    };
    match &l.earmark {
        // A colon makes a sub-account, two blanks end a name, a bracket would open one.
        Some(earmark) => {
            let plain: String = earmark.chars().map(|c| if matches!(c, ':' | '(' | ')' | '[' | ']' | ';') { ' ' } else { c }).collect();
            format!("{part}:{}", plain.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        None => part,
    }
}

/// The journal; `entries` are whole movements in order.
pub fn text(entries: &[Entry]) -> String {
    let mut out = String::from("commodity CNY 1000.00\n");
    let accounts: BTreeSet<String> = entries.iter().map(account).collect();
    for a in &accounts {
        let _ = writeln!(out, "account {a}");
    }
    let mut last = None;
    for e in entries {
        if last != Some(e.journal) {
            last = Some(e.journal);
            let paper = e.decision_id.map(|d| format!(" | {}", number::format(paper::PREFIX, d))).unwrap_or_default();
            let _ = writeln!(out, "\n{} * ({}) {}{paper}", e.day.iso(), e.journal, e.kind);
        }
        let _ = writeln!(out, "    {}  CNY {}", account(e), e.posting.amount);
    }
    out
}
