//! Rosters that are small beside the talent one: each row is checked and done by the noun's own rules, one after the other.

use super::import::{Row, Settings};
use super::report::{Rejects, Report, RowFault, shown};
use super::{Kind, persons, screening, store, units};
use crate::base::fault::FaultCode;
use crate::base::{ident, number};
use crate::blacklist::{self, screen::Index};
use crate::db::write::Tx;
use crate::error::Result;
use crate::org;
use serde_json::{Value, json};
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
    /// Why each correction was made, for the op.
    pub reasons: Vec<Value>,
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
    let listed = if set.kind == Kind::Org { screening::listed_on(tx)? } else { Index::default() };
    let mut sitting = Sitting { set, seen: HashMap::new(), warnings: Vec::new(), reasons: Vec::new() };
    for row in rows {
        report.rows += 1;
        let fate = match set.kind {
            Kind::Org => units::row(tx, &row, &mut sitting, units::org),
            Kind::Platform => units::row(tx, &row, &mut sitting, units::platform),
            Kind::Project => units::row(tx, &row, &mut sitting, units::project),
            kind => units::row(tx, &row, &mut sitting, |tx, row, sitting| persons::row(kind, tx, row, sitting)),
        }?;
        let fault = |at: usize, code, note: Option<String>| RowFault {
            row: row.number,
            column: columns[at],
            code,
            value: row.at(at).map(|v| shown(&columns[at], v, set.reveal)).unwrap_or_default(),
            note: note.map(Into::into),
        };
        if !listed.is_empty()
            && let Some((code, _)) = row.at(org::place("uscc")).and_then(|text| ident::uscc(text).ok())
        {
            for (entry, _) in listed.exact(&[], Some(&code)) {
                let note = Some(number::format(blacklist::PREFIX, listed.entries[entry].case_id));
                report.warn(fault(org::place("uscc"), FaultCode::Listed, note));
                report.listed += 1;
            }
        }
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
            Fate::Refused(mut list) => {
                list.sort_by_key(|f| f.0);
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
    if !sitting.reasons.is_empty() {
        tx.words("corrections", json!(sitting.reasons));
    }
    Ok(doomed)
}
