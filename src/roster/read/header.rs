//! Where the header of a roster is and what its columns mean, under title rows and merged cells; and which later rows are surely
//! no data. Pure: rows in, answers out. Whatever is not surely something else is data.

use super::OwnedRow;
use crate::base::chars::is_common_han;
use std::borrow::Cow;

/// So many rows that hold anything are looked at for the header.
pub const LOOK: usize = 100;

/// What a column of the file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// A column of the kind, by its place in the kind's list.
    Known(usize),
    /// A header nobody knows.
    Unknown(String),
    /// No header.
    Blank,
}

/// The header of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its first row, as a spreadsheet shows it.
    pub row: u64,
    /// Its last row: two where cells are merged.
    pub last_row: u64,
    /// The headers as they stand.
    pub headers: Vec<String>,
    /// What they mean.
    pub mapping: Vec<Mapped>,
}

/// A header cell made even: no blanks, width and case, no mark of a required column, nothing invisible.
pub fn even(cell: &str) -> Cow<'_, str> {
    if cell.chars().all(|c| is_common_han(c) || c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Cow::Borrowed(cell);
    }
    let mut s: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{00ad}' | '\u{061c}'))
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .collect::<String>()
        .to_ascii_lowercase();
    for end in ["(必填)", "*"] {
        if let Some(bare) = s.strip_suffix(end) {
            s = bare.to_owned();
        }
    }
    Cow::Owned(s.strip_prefix('*').map(str::to_owned).unwrap_or(s))
}

/// The row, or pair of rows with merged cells, in which most headers are known; at least two, and one of `keys` among them where
/// any row has one. A list of one column has one header.
pub fn find_header(rows: &[OwnedRow], known: &dyn Fn(&str) -> Option<usize>, keys: &[usize]) -> Option<Header> {
    let map = |cells: &[String]| -> Vec<Mapped> {
        cells
            .iter()
            .map(|c| {
                let e = even(c);
                match known(&e) {
                    _ if e.is_empty() => Mapped::Blank,
                    Some(k) => Mapped::Known(k),
                    None => Mapped::Unknown(e.into_owned()),
                }
            })
            .collect()
    };
    let score = |m: &[Mapped]| {
        let mut seen: Vec<usize> = m.iter().filter_map(|x| if let Mapped::Known(k) = x { Some(*k) } else { None }).collect();
        seen.sort_unstable();
        seen.dedup();
        let key = seen.iter().any(|k| keys.contains(k));
        (key, seen.len())
    };
    let narrow = rows.iter().all(|r| r.cells.iter().filter(|c| !c.trim().is_empty()).count() <= 1);
    let mut best: Option<((bool, usize, bool), Header)> = None;
    let mut offer = |row: &OwnedRow, last: &OwnedRow, headers: Vec<String>| {
        let mapping = map(&headers);
        let (key, count) = score(&mapping);
        // Of a row and a pair that say the same the row is the header.
        let s = (key, count, row.number == last.number);
        if (s.1 >= 2 || narrow && s.0) && best.as_ref().is_none_or(|(b, _)| s > *b) {
            best = Some((s, Header { row: row.number, last_row: last.number, headers, mapping }));
        }
    };
    for (i, row) in rows.iter().enumerate() {
        offer(row, row, row.cells.clone());
        if let Some(below) = rows.get(i + 1).filter(|b| b.number == row.number + 1) {
            let width = row.cells.len().max(below.cells.len());
            let cell = |cells: &[String], at: usize| cells.get(at).map(|c| c.trim().to_owned()).unwrap_or_default();
            let merged = (0..width)
                .map(|at| {
                    let low = cell(&below.cells, at);
                    if low.is_empty() { cell(&row.cells, at) } else { low }
                })
                .collect();
            offer(row, below, merged);
        }
    }
    best.map(|(_, h)| h)
}

/// The header of a list with one column alone: the first row with anything in it is one of `keys`.
pub fn lone_header(rows: &[OwnedRow], known: &dyn Fn(&str) -> Option<usize>, keys: &[usize]) -> Option<Header> {
    let row = rows.iter().find(|r| r.cells.iter().any(|c| !c.trim().is_empty()))?;
    let mut said = row.cells.iter().filter(|c| !c.trim().is_empty());
    let key = known(&even(said.next()?)).filter(|k| keys.contains(k))?;
    if said.next().is_some() {
        return None;
    }
    let mapping = row.cells.iter().map(|c| if c.trim().is_empty() { Mapped::Blank } else { Mapped::Known(key) }).collect();
    Some(Header { row: row.number, last_row: row.number, headers: row.cells.clone(), mapping })
}

/// What a row behind the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Data, or perhaps data.
    Data,
    /// Nothing in it.
    Blank,
    /// 合计 and the like.
    Summary,
    /// An example of a template.
    Example,
    /// The header once more.
    RepeatedHeader,
    /// 填表人, 日期: a line under the table.
    Note,
}

const SUMMARY: &[&str] = &["合计", "小计", "总计", "共计"];
const EXAMPLE: &[&str] = &["例", "示例", "样例", "例如", "例:", "示例:", "样例:", "(示例)", "[示例]"];
const NOTE: &[&str] = &[
    "填报单位",
    "填表单位",
    "填表人",
    "填报人",
    "填表日期",
    "填报日期",
    "单位负责人",
    "负责人签字",
    "制表",
    "审核人",
    "注:",
    "备注:",
    "说明:",
    "填表说明",
];

/// What a row is. Only what is surely no data is anything else.
pub fn classify(cells: &[&str], mapping: &[Mapped]) -> RowKind {
    let filled: Vec<(usize, &str)> = cells.iter().enumerate().map(|(i, c)| (i, c.trim())).filter(|(_, c)| !c.is_empty()).collect();
    let Some((_, first)) = filled.first() else {
        return RowKind::Blank;
    };
    let first = even(first);
    let few = filled.len() <= 4;
    if few && NOTE.iter().any(|n| first.starts_with(n)) {
        return RowKind::Note;
    }
    if filled.iter().take(3).any(|(_, c)| SUMMARY.iter().any(|s| c.starts_with(s)) && c.chars().count() <= 12)
        && !filled.iter().any(|(_, c)| is_long_number(c))
    {
        return RowKind::Summary;
    }
    if EXAMPLE.contains(&first.as_ref()) || filled.iter().take(2).any(|(_, c)| matches!(even(c).as_ref(), "示例" | "样例")) {
        return RowKind::Example;
    }
    // A header repeats its first columns too: a person's row is told by these without looking at the rest.
    let mut known = filled.iter().filter(|(i, _)| matches!(mapping.get(*i), Some(Mapped::Known(_))));
    if known.clone().take(3).any(|(_, c)| is_header_text(c)) {
        let repeats = known.by_ref().filter(|(_, c)| is_header_text(c)).count();
        if repeats >= 2 && repeats * 2 > filled.len() {
            return RowKind::RepeatedHeader;
        }
    }
    RowKind::Data
}

/// Digits of a document: such a row is a person's, whatever else it says.
fn is_long_number(cell: &str) -> bool {
    cell.len() >= 8 && cell.chars().filter(|c| c.is_numeric()).count() >= 8
}

/// Whether a cell says a header's words: any of the usual ones is enough to tell a header row from a person.
fn is_header_text(cell: &str) -> bool {
    let e = even(cell);
    matches!(
        e.as_ref(),
        "姓名"
            | "性别"
            | "证件类型"
            | "证件号码"
            | "身份证号"
            | "身份证号码"
            | "出生日期"
            | "出生年月"
            | "民族"
            | "国籍"
            | "学历"
            | "学位"
            | "用人单位"
            | "工作单位"
            | "引进方式"
            | "到岗日期"
            | "到岗时间"
            | "人才队伍"
            | "人才类型"
            | "备注"
            | "手机"
            | "联系电话"
            | "单位名称"
            | "统一社会信用代码"
            | "平台名称"
            | "name"
            | "sex"
            | "id_number"
            | "id_type"
            | "corps"
            | "employer"
            | "mode"
            | "start_date"
    )
}
