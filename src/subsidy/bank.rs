//! The files that go to and come from a bank (银行代发文件): accounts, the payment file, its return. Account numbers live only here, for one command.

use super::batch::{Answer, BankAccount, BankLine};
use super::{BATCH_PREFIX, PREFIX};
use crate::base::chars::fold_width;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::error::{self, Error, Result};
use crate::org;
use crate::roster::import::read_error;
use crate::roster::read::{Row, Source};
use crate::talent;
use crate::ui::csv::{guard, push_row, unguard};
use crate::ui::out::shown;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use std::collections::BTreeMap;
use std::path::Path;

/// The form of a bank file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8 with CRLF.
    Csv,
    /// A workbook whose cells are all text, so that no account loses its last digits.
    Xlsx,
}

/// The form that a file's name asks for.
pub fn form(out: &Path) -> Result<Form> {
    match out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(Form::Csv),
        Some("xlsx") => Ok(Form::Xlsx),
        _ => Err(error::usage("bank_form").fact("file", shown(&out.display().to_string()))),
    }
}

/// Columns of the payment file.
const COLUMNS: [&str; 8] = ["seq", "no", "payee_no", "name", "account", "bank", "amount", "remark"];

/// The payment file of a batch of a day: the same lines give the same bytes.
pub fn file(form: Form, lines: &[BankLine], day: Day) -> Result<Vec<u8>> {
    match form {
        Form::Csv => {
            let mut out = String::new();
            push_row(&mut out, COLUMNS);
            lines.iter().for_each(|l| push_row(&mut out, cells(l).iter().map(String::as_str)));
            Ok(out.into_bytes())
        }
        Form::Xlsx => workbook(lines, day).map_err(|e| fault(&e)),
    }
}

fn cells(l: &BankLine) -> [String; 8] {
    let bank = l.account.bank.clone().unwrap_or_default();
    [
        l.row.to_string(),
        l.no.clone(),
        l.payee_no.clone(),
        l.name.clone(),
        l.account.number.clone(),
        bank,
        l.amount.to_string(),
        l.remark.clone(),
    ]
}

fn workbook(lines: &[BankLine], day: Day) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (y, m, d) = day.ymd();
    let (y, m, d) = (u16::try_from(y).unwrap_or(1970), u8::try_from(m).unwrap_or(1), u8::try_from(d).unwrap_or(1));
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(y, m, d)?));
    let text = Format::new().set_num_format_index(49);
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (at, (name, width)) in (0u16..).zip(COLUMNS.iter().zip([6.0, 12.0, 12.0, 16.0, 24.0, 20.0, 14.0, 26.0])) {
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, *name, &text)?;
    }
    for (row, l) in (1u32..).zip(lines) {
        for (at, cell) in (0u16..).zip(cells(l)) {
            sheet.write_string_with_format(row, at, guard(&cell), &text)?;
        }
    }
    book.save_to_buffer()
}

fn fault(e: &XlsxError) -> Error {
    error::cannot_create("sheet_fault").fact("what", shown(&e.to_string()))
}

/// The cells wanted of a row, with the row a spreadsheet shows.
type Wanted = (usize, Vec<Option<String>>);

/// The header of a file stands within so many rows that are not blank: titles may stand above it.
const HEADER_WITHIN: usize = 10;

/// Rows of a CSV file or workbook as its columns name them: the first `needed` of them must be there.
fn rows(file: &Path, wanted: &[(&str, &[&str])], needed: usize) -> Result<Vec<Wanted>> {
    let mut rows = Source::open(file, None).map_err(|f| read_error(file, &f))?.into_rows();
    let mut row = Row::default();
    let mut next = |row: &mut Row| rows.next(row).map_err(|f| read_error(file, &f));
    let blank = |row: &Row| row.cells().all(|c| c.trim().is_empty());
    let file = || shown(&file.display().to_string());
    // The row that comes nearest to a header tells which column is missing.
    let mut nearest: Option<(usize, &str)> = None;
    let mut tried = 0;
    let at = loop {
        if tried == HEADER_WITHIN || !next(&mut row)? {
            return Err(match nearest {
                Some((_, column)) => error::bad_data("bank_column").fact("file", file()).fact("column", column).detail("column", column),
                None => error::bad_data("bank_file").fact("file", file()).fact("row", 1).detail("row", 1),
            });
        }
        if blank(&row) {
            continue;
        }
        let names = |(key, others): &(&str, &[&str]), h: &str| h == *key || others.contains(&h);
        let found: Vec<Option<usize>> = wanted.iter().map(|w| row.cells().position(|c| names(w, c.trim()))).collect();
        let Some(missing) = found[..needed].iter().position(Option::is_none) else { break found };
        let there = found[..needed].iter().flatten().count();
        if nearest.is_none_or(|(most, _)| there > most) {
            nearest = Some((there, wanted[missing].0));
        }
        tried += 1;
    };
    let mut all = Vec::new();
    while next(&mut row)? {
        if blank(&row) {
            continue;
        }
        let cells: Vec<&str> = row.cells().collect();
        let cell = |i: usize| cells.get(i).map(|c| unguard(c.trim()).to_owned()).filter(|c| !c.is_empty());
        all.push((usize::try_from(row.number()).unwrap_or(usize::MAX), at.iter().map(|i| i.and_then(cell)).collect()));
    }
    Ok(all)
}

/// Digits of an account: 8 to 30, blanks and hyphens between them left out.
fn account(text: &str) -> Option<String> {
    let digits: String = text.chars().map(fold_width).filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\'')).collect();
    ((8..=30).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

/// A number of a record as the office writes it; case, blanks and hyphens do not matter, what is none stays as it is.
fn number_of(text: &str, prefixes: &[&str]) -> String {
    let read = prefixes.iter().find_map(|p| number::parse(p, text).ok().map(|id| number::format(p, id)));
    read.unwrap_or_else(|| text.to_uppercase())
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
        let no = number_of(&cells.pop().flatten().ok_or_else(bad)?, &[talent::PREFIX, org::PREFIX]);
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
        let said = text(7).and_then(|r| r.split_whitespace().next().map(str::to_owned));
        all.push(Answer {
            at,
            batch: said.as_deref().and_then(|s| number::parse(BATCH_PREFIX, s).ok()),
            row: text(0).and_then(|t| t.parse().ok()).ok_or_else(bad)?,
            no: number_of(&text(1).ok_or_else(bad)?, &[PREFIX]),
            account: text(2).and_then(|a| account(&a)).ok_or_else(bad)?,
            amount: text(3).and_then(|a| Fen::parse(&a).ok()).ok_or_else(bad)?,
            ok,
            paid: text(5).map(|p| Fen::parse(&p).map_err(|_| bad())).transpose()?,
            reason: text(6).map(|r| crate::base::names::clean_text(&r)).filter(|r| !r.is_empty()),
        });
        batch = batch.or(said);
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
