//! The files that go to and come from a bank (银行代发文件): accounts, the payment file, its return. Account numbers live only here, for one command.

use super::change::{Answer, BankAccount, BankLine};
use crate::base::chars::fold_width;
use crate::base::money::Fen;
use crate::db::files;
use crate::error::{self, Result};
use crate::ui::csv::push_row;
use crate::ui::out::shown;
use std::collections::BTreeMap;
use std::path::Path;

/// The bank file is CSV.
pub fn form(out: &Path) -> Result<()> {
    match out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(()),
        _ => Err(error::usage("bank_form").fact("file", shown(&out.display().to_string()))),
    }
}

/// Columns of the payment file.
const COLUMNS: [&str; 8] = ["seq", "no", "payee_no", "name", "account", "bank", "amount", "remark"];

/// The payment file: CSV in UTF-8 with CRLF.
pub fn file(lines: &[BankLine]) -> Vec<u8> {
    let mut out = String::new();
    push_row(&mut out, COLUMNS);
    for l in lines {
        let (row, amount) = (l.row.to_string(), l.amount.to_string());
        let bank = l.account.bank.as_deref().unwrap_or_default();
        push_row(&mut out, [&row, &l.no, &l.payee_no, &l.name, &l.account.number, bank, &amount, &l.remark]);
    }
    out.into_bytes()
}

/// Rows of a CSV file as its columns name them, with the row a spreadsheet shows.
fn rows(file: &Path, wanted: &[(&str, &[&str])], needed: usize) -> Result<Vec<(usize, Vec<Option<String>>)>> {
    let name = || shown(&file.display().to_string());
    let bytes = files::read(file)?;
    // Banks write UTF-8 or GB 18030.
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => {
            let (text, _, bad) = encoding_rs::GB18030.decode(&bytes);
            if bad {
                return Err(error::bad_data("bank_file").fact("file", name()).fact("row", 1));
            }
            text.into_owned()
        }
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let faulty =
        |row: usize| error::bad_data("bank_file").fact("file", shown(&file.display().to_string())).fact("row", row).detail("row", row);
    let headers = reader.headers().map_err(|_| faulty(1))?.clone();
    let mut at = Vec::new();
    for (i, (key, others)) in wanted.iter().enumerate() {
        let found = headers.iter().position(|h| h == *key || others.contains(&h));
        if found.is_none() && i < needed {
            return Err(error::bad_data("bank_column").fact("file", name()).fact("column", *key).detail("column", *key));
        }
        at.push(found);
    }
    let mut all = Vec::new();
    for (row, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|_| faulty(row))?;
        let cells = at.iter().map(|i| i.and_then(|i| record.get(i)).map(str::to_owned).filter(|c| !c.is_empty())).collect();
        all.push((row, cells));
    }
    Ok(all)
}

/// Digits of an account: 8 to 30, blanks and hyphens between them left out.
fn account(text: &str) -> Option<String> {
    let digits: String = text.chars().map(fold_width).filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\'')).collect();
    ((8..=30).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

/// The accounts of payees by their numbers. 65 with the row of one that is none, or is said twice.
pub fn accounts(file: &Path) -> Result<BTreeMap<String, BankAccount>> {
    let wanted: [(&str, &[&str]); 4] =
        [("no", &["编号", "payee_no"]), ("account", &["账号", "银行账号"]), ("name", &["户名"]), ("bank", &["开户行"])];
    let mut all = BTreeMap::new();
    for (row, mut cells) in rows(file, &wanted, 2)? {
        let (bank, name) = (cells.pop().flatten(), cells.pop().flatten());
        let bad = || error::bad_data("bad_account").fact("file", shown(&file.display().to_string())).fact("row", row).detail("row", row);
        let number = cells.pop().flatten().and_then(|a| account(&a)).ok_or_else(bad)?;
        let no = cells.pop().flatten().ok_or_else(bad)?.to_uppercase();
        if all.insert(no, BankAccount { number, name, bank }).is_some() {
            return Err(bad());
        }
    }
    Ok(all)
}

/// The bank's return: what it said of each line, and the batch that the first remark names.
pub fn answers(file: &Path) -> Result<(Vec<Answer>, Option<String>)> {
    let wanted: [(&str, &[&str]); 8] = [
        ("seq", &["序号"]),
        ("no", &["编号"]),
        ("account", &["账号"]),
        ("amount", &["金额"]),
        ("result", &["结果"]),
        ("paid", &["实付"]),
        ("reason", &["原因"]),
        ("remark", &["备注", "附言"]),
    ];
    let mut all = Vec::new();
    let mut batch = None;
    for (at, cells) in rows(file, &wanted, 5)? {
        let bad = || error::bad_data("bank_file").fact("file", shown(&file.display().to_string())).fact("row", at).detail("row", at);
        let text = |i: usize| cells[i].clone();
        let ok = match text(4).ok_or_else(bad)?.as_str() {
            "ok" | "成功" => true,
            "failed" | "失败" => false,
            _ => return Err(bad()),
        };
        batch = batch.or_else(|| text(7).and_then(|r| r.split_whitespace().next().map(str::to_owned)));
        all.push(Answer {
            at,
            row: text(0).and_then(|t| t.parse().ok()).ok_or_else(bad)?,
            no: text(1).ok_or_else(bad)?.to_uppercase(),
            account: text(2).and_then(|a| account(&a)).ok_or_else(bad)?,
            amount: text(3).and_then(|a| Fen::parse(&a).ok()).ok_or_else(bad)?,
            ok,
            paid: text(5).map(|p| Fen::parse(&p).map_err(|_| bad())).transpose()?,
            reason: text(6).map(|r| crate::base::names::clean_text(&r)).filter(|r| !r.is_empty()),
        });
    }
    Ok((all, batch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_its_digits() {
        assert_eq!(account("6222 0000-1111 2222").as_deref(), Some("6222000011112222"));
        assert_eq!(account("'６２２２００００１１１１２２２２").as_deref(), Some("6222000011112222"));
        for bad in ["1234567", "6.222E+15", "622200001111222x", "", &"1".repeat(31)] {
            assert_eq!(account(bad), None, "{bad}");
        }
    }
}
