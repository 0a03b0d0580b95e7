//! Rosters that are small beside the talent one: each row is checked and done by the noun's own rules, one after the other.

use super::import::{Row, Settings};
use super::report::{Rejects, Report, RowFault, shown};
use super::{Kind, store, units};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::fault::FaultCode;
use crate::base::ident::{self, DocType};
use crate::base::sheet::{Column, What};
use crate::base::{names, number};
use crate::db::write::Tx;
use crate::error::{Error, Result};
use crate::talent::{change, current, store as people};
use serde_json::Value;
use std::collections::HashMap;

/// A file of these kinds may have so many rows: they are held in memory.
pub const MOST_ROWS: usize = 200_000;

/// What became of a row.
pub enum Fate {
    /// Entered anew.
    Added,
    /// Known, and changed.
    Updated,
    /// Known, and nothing new.
    Unchanged,
    /// Put up for a person's decision, with the reasons.
    Wait(Vec<Value>),
    /// Refused.
    Refused(Vec<Refusal>),
}

/// Place of the column, what is wrong, and what the hint names.
pub type Refusal = (usize, FaultCode, Option<String>);

/// What the rows of one file share.
pub struct Sitting<'a> {
    /// What the command line asked for.
    pub set: &'a Settings,
    /// Record or name → first row.
    pub seen: HashMap<String, u32>,
    /// Warnings of the row at hand.
    pub warnings: Vec<(usize, FaultCode)>,
}

/// Imports the rows; true where one was refused and the good ones were not asked for.
pub fn import(
    tx: &mut Tx<'_>,
    set: &Settings,
    report: &mut Report,
    mut rejects: Option<&mut Rejects>,
    headers: &[String],
    rows: Vec<Row>,
) -> Result<bool> {
    let columns = set.kind.columns();
    let mut doomed = false;
    let mut sitting = Sitting { set, seen: HashMap::new(), warnings: Vec::new() };
    for row in rows {
        report.rows += 1;
        let fate = match set.kind {
            Kind::Org => units::row(tx, &row, &mut sitting, units::org),
            Kind::Platform => units::row(tx, &row, &mut sitting, units::platform),
            // Talents have a way of their own.
            Kind::Leave | Kind::Talent => leave(tx, &row),
        }?;
        let fault = |at: usize, code, note: Option<String>| RowFault {
            row: row.number,
            column: columns[at],
            code,
            value: row.at(at).map(|v| shown(&columns[at], v, set.reveal)).unwrap_or_default(),
            note: note.map(Into::into),
        };
        for (at, code) in sitting.warnings.drain(..) {
            report.warn(fault(at, code, None));
        }
        match fate {
            Fate::Wait(reasons) => {
                if store::keep_waiting(tx, set.kind.code(), &set.file_name, row.number, headers, &row.cells(), &reasons)? {
                    report.review += 1;
                } else {
                    report.unchanged += 1;
                }
            }
            Fate::Added => report.added += 1,
            Fate::Updated => report.updated += 1,
            Fate::Unchanged => report.unchanged += 1,
            Fate::Refused(list) => {
                report.rejected += 1;
                doomed |= !set.partial;
                let faults: Vec<RowFault> = list.into_iter().map(|(at, code, note)| fault(at, code, note)).collect();
                if let Some(r) = rejects.as_deref_mut() {
                    r.add(&row.cells(), headers.len(), &faults)?;
                }
                report.faults.extend(faults);
            }
        }
    }
    Ok(doomed)
}

const NO: usize = 0;
const NAME: usize = 1;
const ID_TYPE: usize = 2;
const ID_NUMBER: usize = 3;
const END_DATE: usize = 4;
const WHY: usize = 5;
const TO: usize = 6;

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str], what: What) -> Column {
    Column { name, zh, aliases, what, set: None, personal: false, required: false }
}

/// Columns of the leave roster.
pub const LEAVE: &[Column] = &[
    column("no", "编号", &["人才编号"], What::No),
    Column { personal: true, ..column("name", "姓名", &["名字"], What::Name) },
    Column { set: Some("id_type"), ..column("id_type", "证件类型", &["证件种类"], What::Code) },
    Column { personal: true, ..column("id_number", "证件号码", &["身份证号", "身份证号码", "证件号"], What::Text) },
    Column { required: true, ..column("end_date", "离岗日期", &["离岗时间", "离开日期", "离职日期"], What::Day) },
    Column { required: true, set: Some("leave_why"), ..column("why", "离开原因", &["离岗原因", "离职原因"], What::Code) },
    Column { personal: true, ..column("to", "去向", &[], What::Text) },
];

/// One leave: the person by number or document, the last day in, why.
fn leave(tx: &mut Tx<'_>, row: &Row) -> Result<Fate> {
    let mut faults = Vec::new();
    let person = who(tx, row, &mut faults)?;
    let day = match row.at(END_DATE).map(Day::parse) {
        None => {
            faults.push((END_DATE, FaultCode::Missing, None));
            None
        }
        Some(Err(code)) => {
            faults.push((END_DATE, code, None));
            None
        }
        Some(Ok(d)) => Some(d),
    };
    let why = match row.at(WHY) {
        None => {
            faults.push((WHY, FaultCode::Missing, None));
            None
        }
        Some(text) => {
            let code = codes::find("leave_why", text);
            if code.is_none() {
                faults.push((WHY, FaultCode::UnknownValue, None));
            }
            code
        }
    };
    let (Some(person), Some(day), Some(why), true) = (person, day, why, faults.is_empty()) else {
        return Ok(Fate::Refused(faults));
    };
    let Some(p) = people::load(tx.conn(), person)? else {
        return Ok(Fate::Unchanged);
    };
    let known = p.engagements.iter().any(|e| e.span.until == Some(day) && e.data.leave_why.as_deref() == Some(why));
    if known {
        return Ok(Fate::Unchanged);
    }
    let to = row.at(TO).map(names::clean_text);
    match change::leave(tx, &p, day, why, to.as_deref()) {
        Ok(()) => Ok(Fate::Updated),
        Err(Error { key: "left_already", .. }) => {
            let left = current(&p.engagements, day).and_then(|e| e.span.until).map(|d| d.iso());
            Ok(Fate::Refused(vec![(END_DATE, FaultCode::ConflictWithRegister, left)]))
        }
        Err(Error { key: "leave_before_start", facts, .. }) => {
            let start = facts.into_iter().find(|f| f.0 == "day").map(|f| f.1);
            Ok(Fate::Refused(vec![(END_DATE, FaultCode::DateOrder, start)]))
        }
        Err(e) => Err(e),
    }
}

/// The person a row names, and whether all it says agrees.
fn who(tx: &Tx<'_>, row: &Row, faults: &mut Vec<(usize, FaultCode, Option<String>)>) -> Result<Option<i64>> {
    let mut found: Option<i64> = None;
    if let Some(text) = row.at(NO) {
        match number::parse("P", text) {
            Ok(id) if people::load(tx.conn(), id)?.is_some() => found = Some(id),
            Ok(_) => faults.push((NO, FaultCode::UnknownValue, None)),
            Err(_) => faults.push((NO, FaultCode::BadNumber, None)),
        }
    }
    if let Some(text) = row.at(ID_NUMBER) {
        let kind = match row.at(ID_TYPE) {
            None => Some(DocType::ResidentId),
            Some(t) => codes::find("id_type", t).and_then(DocType::from_code),
        };
        match kind.map(|k| ident::parse(k, text)) {
            None => faults.push((ID_TYPE, FaultCode::UnknownValue, None)),
            Some(Err(code)) => faults.push((ID_NUMBER, code, None)),
            Some(Ok(doc)) => match people::holders(tx.conn(), &doc.key)?.first() {
                Some((id, _, _)) if found.is_none_or(|f| f == *id) => found = Some(*id),
                Some(_) => faults.push((ID_NUMBER, FaultCode::ConflictWithRegister, None)),
                None if found.is_none() => faults.push((ID_NUMBER, FaultCode::UnknownValue, None)),
                None => {}
            },
        }
    } else if found.is_none() && faults.is_empty() {
        faults.push((ID_NUMBER, FaultCode::Missing, None));
    }
    if let (Some(id), Some(name)) = (found, row.at(NAME))
        && let Some(p) = people::load(tx.conn(), id)?
        && p.profiles.last().is_some_and(|f| names::fold(&f.data.name) != names::fold(&names::clean(name)))
    {
        faults.push((NAME, FaultCode::ConflictWithRegister, Some(p.no())));
    }
    Ok(found)
}
