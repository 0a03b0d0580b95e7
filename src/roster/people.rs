//! The talent roster: each checked row against file and register, then entered, changed, put up for review or refused. Parsing and
//! checking run in another thread (`import`); here rows come in file order, and nothing is written once a row is refused unless
//! the good ones were asked for.

use super::compact::CompactMap;
use super::import::{Row, Settings};
use super::report::{ColumnInfo, Rejects, Report, RowFault, shown};
use super::store;
use crate::base::day::PartDate;
use crate::base::fault::FaultCode;
use crate::base::ident::{DocType, Document};
use crate::base::{names, number};
use crate::db::write::Tx;
use crate::error::{Kind, Result};
use crate::org::{self, UnitMatch};
use crate::talent::bulk::{BulkWriter, short_digest};
use crate::talent::change::{self, How, NewPerson};
use crate::talent::entry::{self, CellFault, Checked, Draft, Key};
use crate::talent::store as people;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What an import does with a row whose person is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OnMatch {
    /// Changes what differs.
    Update,
    /// Leaves the person alone.
    Skip,
    /// Refuses the row.
    Error,
}

/// What `RowFault` needs of a talent column.
pub fn column_info(k: Key) -> ColumnInfo {
    let c = k.column();
    ColumnInfo {
        name: c.name,
        zh: c.zh,
        personal: c.personal,
        set: c.set,
    }
}

/// What becomes of a row.
enum Fate {
    New,
    Known(i64),
    Wait(Vec<Value>),
    Refused(Vec<CellFault>),
}

/// Imports the rows of one file into an open write.
pub struct People<'a, 'c> {
    set: &'a Settings,
    report: &'a mut Report,
    rejects: Option<&'a mut Rejects>,
    headers: &'a [String],
    bulk: BulkWriter<'c>,
    /// Document identity → first row.
    documents: CompactMap,
    /// Matched name and birth date → first row; the key's lowest bit says whether that row had a resident ID.
    twins: CompactMap,
    /// Identity → digest of the number on the paper, where the two differ.
    papers: HashMap<u64, u64, crate::talent::bulk::BuildPlain>,
    units: HashMap<u64, UnitMatch, crate::talent::bulk::BuildPlain>,
    /// A row was refused and the good ones were not asked for: nothing more is written.
    pub doomed: bool,
}

impl<'a, 'c> People<'a, 'c> {
    /// Begins.
    pub fn begin(
        tx: &Tx<'c>,
        set: &'a Settings,
        report: &'a mut Report,
        rejects: Option<&'a mut Rejects>,
        headers: &'a [String],
    ) -> Result<People<'a, 'c>> {
        Ok(People {
            set,
            report,
            rejects,
            headers,
            bulk: BulkWriter::begin(tx)?,
            documents: CompactMap::default(),
            twins: CompactMap::default(),
            papers: HashMap::default(),
            units: HashMap::default(),
            doomed: false,
        })
    }

    /// One row.
    pub fn row(&mut self, tx: &mut Tx<'c>, row: &Row, checked: Checked) -> Result<()> {
        self.report.rows += 1;
        let Checked {
            draft,
            mut faults,
            warnings,
        } = checked;
        for w in warnings {
            let f = self.fault(row, &w);
            self.report.warn(f);
        }
        let fate = self.fate(tx, row, &draft, &mut faults)?;
        let fate = if faults.is_empty() { fate } else { Fate::Refused(faults) };
        match fate {
            Fate::Refused(faults) => self.refuse(row, &faults),
            Fate::Wait(reasons) => self.wait(tx, row, &reasons),
            Fate::New => {
                let lacking = entry::missing(&draft);
                if lacking.is_empty() {
                    return self.enter(tx, row, draft);
                }
                let faults: Vec<CellFault> = lacking
                    .into_iter()
                    .map(|key| CellFault {
                        key,
                        code: FaultCode::Missing,
                        note: None,
                    })
                    .collect();
                self.refuse(row, &faults)
            }
            Fate::Known(id) => self.apply(tx, row, id, &draft),
        }
    }

    /// Ends: indexes are built and what was written is counted.
    pub fn finish(self) -> Result<()> {
        self.bulk.finish().map(|_| ())
    }

    /// Who a row is. Faults found on the way are added.
    fn fate(&mut self, tx: &Tx<'_>, row: &Row, d: &Draft, faults: &mut Vec<CellFault>) -> Result<Fate> {
        let misnamed = faults.iter().any(|f| f.key == Key::Name);
        let mut say = |key, code, note: Option<String>| faults.push(CellFault { key, code, note });
        // Name and number are wanted of every row, also of a known person's.
        if d.name.is_none() && !misnamed {
            say(Key::Name, FaultCode::Missing, None);
        }
        if row.cell(Key::IdNumber).is_none() {
            say(Key::IdNumber, FaultCode::Missing, None);
        }
        let mut reasons: Vec<Value> = Vec::new();
        for doc in &d.documents {
            if let Some(first) = self.documents.first(document_key(doc), row.number) {
                if self.same_paper(doc) {
                    let note = crate::ui::tf("import.first_row", &[("row", &first)]);
                    say(Key::IdNumber, FaultCode::DuplicateInFile, Some(note));
                    return Ok(Fate::Refused(Vec::new()));
                }
                reasons.push(json!({"code": twin_code(doc), "row": first}));
            } else {
                self.note_paper(doc);
            }
        }
        let twin_in_file = self.twin_in_file(row, d);
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        let mut known: Option<i64> = None;
        if !self.bulk.into_empty() {
            for doc in &d.documents {
                for (id, paper, _) in people::holders(tx.conn(), &doc.key)? {
                    if paper != doc.number {
                        reasons.push(json!({"code": twin_code(doc), "no": number::format("P", id)}));
                    } else if known.is_some_and(|k| k != id) {
                        say(
                            Key::IdNumber,
                            FaultCode::ConflictWithRegister,
                            known.map(|k| number::format("P", k)),
                        );
                    } else {
                        known = Some(id);
                    }
                }
            }
        }
        known = self.by_number(tx, row, d, known, &mut say)?;
        if let Some(id) = known {
            return Ok(Fate::Known(id));
        }
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        if let Some(first) = twin_in_file {
            return Ok(Fate::Wait(vec![json!({"code": "name_birth", "row": first})]));
        }
        if let (Some(name), Some(birth)) = (&d.name, d.birth_date) {
            let resident = d.documents.iter().any(|x| x.kind == DocType::ResidentId);
            for (id, other) in self.bulk.twins(&names::fold(name), birth)? {
                if !(resident && other) {
                    reasons.push(json!({"code": "name_birth", "no": number::format("P", id)}));
                }
            }
        }
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        match self.unit(tx, d)? {
            Some(UnitMatch::Unsure(id)) => Ok(Fate::Wait(vec![
                json!({"code": "unit_code", "no": number::format(org::PREFIX, id)}),
            ])),
            _ => Ok(Fate::New),
        }
    }

    /// A number the office gave: unknown ones are another office's; a known one must name the same person.
    fn by_number(
        &mut self,
        tx: &Tx<'_>,
        row: &Row,
        d: &Draft,
        known: Option<i64>,
        say: &mut impl FnMut(Key, FaultCode, Option<String>),
    ) -> Result<Option<i64>> {
        let Some(no) = d.no else {
            if row.cell(Key::No).is_some() {
                let w = self.fault(
                    row,
                    &CellFault {
                        key: Key::No,
                        code: FaultCode::UnknownNo,
                        note: None,
                    },
                );
                self.report.warn(w);
            }
            return Ok(known);
        };
        let held = if self.bulk.into_empty() {
            None
        } else {
            people::load(tx.conn(), no)?
        };
        let Some(held) = held else {
            let w = self.fault(
                row,
                &CellFault {
                    key: Key::No,
                    code: FaultCode::UnknownNo,
                    note: None,
                },
            );
            self.report.warn(w);
            return Ok(known);
        };
        let same_name = || {
            let name = held.profiles.last().map(|p| names::fold(&p.data.name));
            d.name.as_ref().is_none_or(|n| Some(names::fold(n)) == name)
        };
        match known {
            Some(id) if id == no => Ok(known),
            None if same_name() => Ok(Some(no)),
            _ => {
                say(Key::No, FaultCode::ConflictWithRegister, known.map(|k| number::format("P", k)));
                Ok(known)
            }
        }
    }

    /// The first row of the same matched name and birth date, where at least one of the two has no resident ID.
    fn twin_in_file(&mut self, row: &Row, d: &Draft) -> Option<u32> {
        let (name, birth) = (d.name.as_ref()?, d.birth_date?);
        let resident = d.documents.iter().any(|x| x.kind == DocType::ResidentId);
        let key = short_digest(&names::fold(name)) ^ u64::from(birth.0.unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (with, without) = (key | 1, key & !1);
        let first_without = self.twins.get(without);
        let first_with = if resident { None } else { self.twins.get(with) };
        self.twins.first(if resident { with } else { without }, row.number);
        first_without.or(first_with)
    }

    /// Whether the first row with that identity showed the very same paper (an old 15-digit number or a renewed permit is another).
    fn same_paper(&self, doc: &Document) -> bool {
        let first = self
            .papers
            .get(&document_key(doc))
            .copied()
            .unwrap_or_else(|| short_digest(&doc.key));
        first == short_digest(&doc.number)
    }

    fn note_paper(&mut self, doc: &Document) {
        if doc.number != doc.key {
            self.papers.insert(document_key(doc), short_digest(&doc.number));
        }
    }

    /// Which unit the row means; asked of the register once a name and code.
    fn unit(&mut self, tx: &Tx<'_>, d: &Draft) -> Result<Option<UnitMatch>> {
        let Some(name) = &d.employer else {
            return Ok(None);
        };
        let key = unit_key(d);
        if let Some(m) = self.units.get(&key) {
            return Ok(Some(*m));
        }
        let m = org::store::find_unit(tx.conn(), name, d.uscc.as_deref())?;
        self.units.insert(key, m);
        Ok(Some(m))
    }

    /// The unit's id, made or completed where need be.
    fn unit_id(&mut self, tx: &mut Tx<'c>, d: &Draft) -> Result<Option<i64>> {
        let Some(m) = self.unit(tx, d)? else {
            return Ok(None);
        };
        let id = match m {
            UnitMatch::Known(id) | UnitMatch::Unsure(id) => return Ok(Some(id)),
            UnitMatch::FillCode(id) => {
                if let Some(old) = org::store::open(tx.conn(), id)? {
                    let new = org::Profile {
                        uscc: d.uscc.clone(),
                        ..old.data.clone()
                    };
                    org::store::edit(tx, id, &old, &new, tx.day, true)?;
                }
                id
            }
            UnitMatch::New => {
                let from = d.start_date.map_or(tx.day, PartDate::first_day);
                let p = org::Profile {
                    name: d.employer.clone().unwrap_or_default(),
                    uscc: d.uscc.clone(),
                    stub: true,
                    ..org::Profile::default()
                };
                org::store::create(tx, &p, from)?
            }
        };
        self.units.insert(unit_key(d), UnitMatch::Known(id));
        if d.uscc.is_some() {
            // The same unit named without its code further down.
            let bare = Draft {
                employer: d.employer.clone(),
                ..Draft::default()
            };
            self.units.remove(&unit_key(&bare));
        }
        Ok(Some(id))
    }

    fn enter(&mut self, tx: &mut Tx<'c>, row: &Row, d: Draft) -> Result<()> {
        self.report.added += 1;
        if self.doomed {
            return Ok(());
        }
        let org = self.unit_id(tx, &d)?;
        // `missing` was empty: both are there.
        let (Some(org), Some(mut person)) = (org, NewPerson::of(d)) else {
            return self.refuse(
                row,
                &[CellFault {
                    key: Key::Employer,
                    code: FaultCode::Missing,
                    note: None,
                }],
            );
        };
        person.engagement.org_id = org;
        let name = self.bulk.name_id(&person.profile.name)?;
        self.bulk.enter(tx, &person, name)?;
        Ok(())
    }

    fn apply(&mut self, tx: &mut Tx<'c>, row: &Row, id: i64, d: &Draft) -> Result<()> {
        match self.set.on_match {
            OnMatch::Skip => {
                self.report.unchanged += 1;
                return Ok(());
            }
            OnMatch::Error => {
                let note = Some(number::format("P", id));
                return self.refuse(
                    row,
                    &[CellFault {
                        key: Key::IdNumber,
                        code: FaultCode::ConflictWithRegister,
                        note,
                    }],
                );
            }
            OnMatch::Update => {}
        }
        let Some(person) = people::load(tx.conn(), id)? else {
            return Ok(());
        };
        // Another name under a known number is more often a slip of the number than a new name: a person decides.
        let held = person.profiles.last().map(|p| names::fold(&p.data.name));
        if !self.set.correct && d.name.as_ref().is_some_and(|n| Some(names::fold(n)) != held) {
            let note = Some(number::format("P", id));
            return self.refuse(
                row,
                &[CellFault {
                    key: Key::Name,
                    code: FaultCode::ConflictWithRegister,
                    note,
                }],
            );
        }
        if let Some(UnitMatch::Unsure(unit)) = self.unit(tx, d)? {
            return self.wait(tx, row, &[json!({"code": "unit_code", "no": number::format(org::PREFIX, unit)})]);
        }
        let org = if self.doomed { None } else { self.unit_id(tx, d)? };
        if self.doomed {
            self.report.unchanged += 1;
            return Ok(());
        }
        let how = How {
            day: tx.day,
            correct: self.set.correct,
        };
        match change::apply(tx, &person, d, org, how) {
            Ok(changed) if changed.is_empty() => self.report.unchanged += 1,
            Ok(_) => self.report.updated += 1,
            Err(e) if e.key == "date_order" => {
                return self.refuse(
                    row,
                    &[CellFault {
                        key: Key::ContractEnd,
                        code: FaultCode::DateOrder,
                        note: None,
                    }],
                );
            }
            Err(e) if e.kind == Kind::Conflict && e.key == "duplicate" => {
                let note = e.facts.first().map(|f| f.1.clone());
                return self.refuse(
                    row,
                    &[CellFault {
                        key: Key::IdNumber,
                        code: FaultCode::ConflictWithRegister,
                        note,
                    }],
                );
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }

    fn wait(&mut self, tx: &mut Tx<'c>, row: &Row, reasons: &[Value]) -> Result<()> {
        self.report.review += 1;
        if !self.doomed {
            store::keep_waiting(tx, "talent", &self.set.file_name, row.number, self.headers, &row.cells, reasons)?;
        }
        Ok(())
    }

    fn refuse(&mut self, row: &Row, faults: &[CellFault]) -> Result<()> {
        self.report.rejected += 1;
        if !self.set.partial {
            self.doomed = true;
        }
        let found: Vec<RowFault> = faults.iter().map(|f| self.fault(row, f)).collect();
        if let Some(r) = self.rejects.as_deref_mut() {
            r.add(&row.cells, self.headers.len(), &found)?;
        }
        self.report.faults.extend(found);
        Ok(())
    }

    fn fault(&self, row: &Row, f: &CellFault) -> RowFault {
        let column = column_info(f.key);
        let value = row.cell(f.key).map(|v| shown(&column, v, self.set.reveal)).unwrap_or_default();
        RowFault {
            row: row.number,
            column,
            code: f.code,
            value,
            note: f.note.as_deref().map(Into::into),
        }
    }
}

fn twin_code(doc: &Document) -> &'static str {
    if doc.kind == DocType::HmPermit {
        "permit_number"
    } else {
        "old_number"
    }
}

/// A digest of who a paper names. Resident-ID forms are told apart exactly (17 digits fit 57 bits); others by digest.
fn document_key(doc: &Document) -> u64 {
    match doc.key.get(..17).and_then(|d| d.parse::<u64>().ok()) {
        Some(n) if doc.key.len() == 18 => n << 1 | 1,
        _ => short_digest(&doc.key) & !1,
    }
}

fn unit_key(d: &Draft) -> u64 {
    let mut s = d.employer.clone().unwrap_or_default();
    s.push('\n');
    s.push_str(d.uscc.as_deref().unwrap_or(""));
    short_digest(&s)
}
