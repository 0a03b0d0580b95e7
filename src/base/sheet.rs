//! What units and platforms share as rows of a roster and as options of a command: columns, cells checked into plain text, and how a
//! record is read and written column by column. The columns and what they mean stand with their nouns; talents have a check of their own.

use super::codes;
use super::day::Day;
use super::fault::FaultCode;
use super::ident;
use super::money::Fen;
use super::names;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The office's own number (编号).
    No,
    /// A name on one line, matched by its folded form.
    Name,
    /// A full day.
    Day,
    /// A code of the column's set.
    Code,
    /// A unified social credit code.
    Uscc,
    /// A telephone number.
    Phone,
    /// A unit: number, credit code or exact name.
    Unit,
    /// Free text.
    Text,
    /// Money in yuan, kept as `1000.00`.
    Money,
    /// A whole number from 0 up.
    Count,
}

/// What is known of a column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name everywhere: option, JSON key, English header.
    pub name: &'static str,
    /// Header in a Chinese roster.
    pub zh: &'static str,
    /// Other headers met in rosters.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub what: What,
    /// Code set of its values, if it has one.
    pub set: Option<&'static str>,
    /// Values are masked unless revealed.
    pub personal: bool,
    /// Nothing new can be entered without it.
    pub required: bool,
}

/// Most letters of a cell.
const MOST: usize = 200;

/// What a cell says of its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// Nothing: what is held stays.
    #[default]
    Keep,
    /// There is none.
    Clear,
    /// This, in the form it is kept in: days as `yyyy-mm-dd`, codes as codes.
    Set(String),
}

impl Said {
    /// The value, if one was said.
    pub fn value(&self) -> Option<&str> {
        if let Said::Set(v) = self { Some(v) } else { None }
    }

    /// The day, if one was said.
    pub fn day(&self) -> Option<Day> {
        self.value().and_then(Day::parse_iso)
    }
}

/// A row checked: one `Said` a column, and all that is wrong, by the place of the column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What each column says.
    pub said: Vec<Said>,
    /// Faults that refuse the row.
    pub faults: Vec<(usize, FaultCode)>,
    /// Warnings.
    pub warnings: Vec<(usize, FaultCode)>,
}

impl Checked {
    /// Adds a fault where the first day lies behind the last.
    pub fn in_order(&mut self, from: usize, until: usize) {
        if let (Some(f), Some(u)) = (self.said[from].day(), self.said[until].day())
            && u < f
        {
            self.faults.push((until, FaultCode::DateOrder));
        }
    }
}

/// Checks a row. Nothing is guessed: what can't be read is a fault.
pub fn check<'a>(columns: &[Column], cell: impl Fn(usize) -> Option<&'a str>) -> Checked {
    let mut out = Checked::default();
    for (at, column) in columns.iter().enumerate() {
        let said = match cell(at).map(str::trim).filter(|v| !v.is_empty()) {
            None => Said::Keep,
            Some(v) if v.chars().count() > MOST => {
                out.faults.push((at, FaultCode::TooLong));
                Said::Keep
            }
            Some(v) => match read(column, v, at, &mut out.warnings) {
                // A value that says there is none, where it is not one itself (无 is a name too).
                Err(_) if is_none(v) && !column.required => Said::Clear,
                Ok(said) if is_none(v) && column.what != What::Name && matches!(said, Said::Set(_)) => Said::Clear,
                Ok(said) => said,
                Err(fault) => {
                    out.faults.push((at, fault));
                    Said::Keep
                }
            },
        };
        out.said.push(said);
    }
    out
}

fn read(column: &Column, v: &str, at: usize, warnings: &mut Vec<(usize, FaultCode)>) -> Result<Said, FaultCode> {
    let text = names::clean_text(v).replace(['\n', '\t'], " ");
    Ok(Said::Set(match column.what {
        What::No | What::Text | What::Unit => {
            if text.is_empty() {
                return Ok(Said::Keep);
            }
            text
        }
        What::Name if names::org_fold(&text).is_empty() => return Err(FaultCode::Missing),
        What::Name => text,
        What::Day => Day::parse(v)?.iso(),
        What::Code => codes::find(column.set.unwrap_or_default(), v).ok_or(FaultCode::UnknownValue)?.to_owned(),
        What::Uscc => {
            let (code, warning) = ident::uscc(v)?;
            warnings.extend(warning.map(|w| (at, w)));
            code
        }
        What::Phone => ident::phone(v)?,
        What::Money => Fen::parse(v)?.to_string(),
        What::Count => text.parse::<u32>().map_err(|_| FaultCode::BadNumber)?.to_string(),
    }))
}

/// Texts that say there is none.
fn is_none(text: &str) -> bool {
    matches!(text, "无" | "(清空)" | "（清空）" | "（清空)" | "(清空）")
}

/// The columns a new record still lacks.
pub fn missing(columns: &[Column], said: &[Said]) -> Vec<usize> {
    (0..columns.len()).filter(|at| columns[*at].required && said[*at].value().is_none()).collect()
}

/// A record that is read and written column by column, in the forms of `Said`.
pub trait Sheet: Clone {
    /// Its columns.
    fn columns() -> &'static [Column];
    /// The value of a column; None also for columns that are none of the record's own.
    fn get(&self, column: &str) -> Option<String>;
    /// Sets the value of a column.
    fn set(&mut self, column: &str, value: Option<String>);

    /// The record after what was said.
    fn with(&self, said: &[Said]) -> Self {
        let mut new = self.clone();
        for (column, said) in Self::columns().iter().zip(said) {
            match said {
                Said::Keep => {}
                Said::Clear => new.set(column.name, None),
                Said::Set(v) => new.set(column.name, Some(v.clone())),
            }
        }
        new
    }

    /// Columns in which two versions differ: name, before, after.
    fn differences(&self, new: &Self) -> Vec<Difference> {
        let both = |c: &'static Column| (c.name, self.get(c.name), new.get(c.name));
        Self::columns().iter().map(both).filter(|(_, before, after)| before != after).collect()
    }
}

/// A column, its value before, its value after.
pub type Difference = (&'static str, Option<String>, Option<String>);

#[cfg(test)]
mod tests {
    use super::*;

    const fn column(name: &'static str, what: What, set: Option<&'static str>, required: bool) -> Column {
        Column { name, zh: name, aliases: &[], what, set, personal: false, required }
    }
    const COLUMNS: &[Column] = &[
        column("name", What::Name, None, true),
        column("uscc", What::Uscc, None, false),
        column("kind", What::Code, Some("org_kind"), false),
        column("from", What::Day, None, false),
        column("until", What::Day, None, false),
        column("note", What::Text, None, false),
    ];

    fn checked(cells: [&'static str; 6]) -> Checked {
        check(COLUMNS, |at| Some(cells[at]))
    }

    #[test]
    fn cells_become_the_forms_they_are_kept_in() {
        let c = checked([" 甲公司 ", "91350100m000100y43", "企业", "2019年3月1日", "", "(清空)"]);
        assert_eq!(c.faults, []);
        let set = |v: &str| Said::Set(v.to_owned());
        assert_eq!(c.said, [set("甲公司"), set("91350100M000100Y43"), set("firm"), set("2019-03-01"), Said::Keep, Said::Clear]);
        assert!(missing(COLUMNS, &c.said).is_empty());
    }

    #[test]
    fn all_of_a_rows_faults_are_named_at_once() {
        let mut c = checked(["\u{200b}", "91350100M000100Y44", "星际联盟", "2019-02-30", "2018-01-01", "无"]);
        c.in_order(3, 4);
        assert_eq!(c.faults, [(0, FaultCode::Missing), (1, FaultCode::CheckDigit), (2, FaultCode::UnknownValue), (3, FaultCode::BadDate)]);
        assert_eq!(c.said[5], Said::Clear);
        let mut c = checked(["甲", "", "", "2019-01-01", "2018-01-01", ""]);
        c.in_order(3, 4);
        assert_eq!(c.faults, [(4, FaultCode::DateOrder)]);
    }
}
