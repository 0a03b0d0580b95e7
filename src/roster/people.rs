//! The talent roster: each checked row against file and register, then entered, changed, put up for review or refused. Parsing and
//! checking run in another thread (`import`); here rows come in file order, and nothing is written once a row is refused unless
//! the good ones were asked for.

use super::import::{Parsed, Row, Settings};
use super::report::{ColumnInfo, Rejects, Report, RowFault, shown};
use super::screening;
use super::seen::{self, InFile, Seen};
use super::store;
use crate::base::day::{Day, PartDate};
use crate::base::fault::FaultCode;
use crate::base::ident::{DocType, Document};
use crate::base::{names, number};
use crate::blacklist;
use crate::blacklist::screen::Index;
use crate::db::write::Tx;
use crate::error::{Kind, Result};
use crate::org::{self, UnitMatch};
use crate::talent::change::{self, How, NewPerson};
use crate::talent::entry::{self, CellFault, Checked, Draft, Key};
use crate::talent::store as people;
use crate::talent::store::bulk::{BuildPlain, BulkWriter, Prepared, Preparer, short_digest};
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
        aliases: c.aliases,
        personal: c.personal,
        set: c.set,
        required: c.required,
        date: matches!(k, Key::BirthDate | Key::StartDate | Key::ContractEnd),
    }
}

/// A row as the reading thread leaves it: checked, and with the digests that matching asks for.
#[derive(Debug)]
pub struct Candidate {
    /// A whole new person, where nothing required is missing.
    person: std::result::Result<NewPerson, Box<Draft>>,
    prepared: Option<Prepared>,
    /// The row has a document number, and one of the office's.
    numbered: bool,
    has_no: bool,
    faults: Vec<CellFault>,
    warnings: Vec<CellFault>,
    name: u64,
    unit: u64,
    resident: bool,
    in_file: InFile,
}

impl Candidate {
    /// From a checked row.
    pub fn of(row: &Row, checked: Checked, reading: &mut Reading) -> Candidate {
        let Checked { draft, faults, warnings } = checked;
        let resident = draft.documents.iter().any(|d| d.kind == DocType::ResidentId);
        let in_file = reading.seen.row(row.number, &draft, resident);
        let (name, unit) =
            (draft.name.as_deref().map(short_digest).unwrap_or_default(), unit_key(draft.employer.as_deref(), draft.uscc.as_deref()));
        let person = NewPerson::of(draft);
        Candidate {
            prepared: person.as_ref().ok().map(|p| reading.preparer.prepare(p, row.number.into())),
            numbered: row.cell(Key::IdNumber).is_some(),
            has_no: row.cell(Key::No).is_some(),
            name,
            unit,
            resident,
            in_file,
            person,
            faults,
            warnings,
        }
    }

    fn documents(&self) -> &[Document] {
        match &self.person {
            Ok(p) => &p.documents,
            Err(d) => &d.documents,
        }
    }

    fn named(&self) -> Option<&str> {
        match &self.person {
            Ok(p) => Some(&p.profile.name),
            Err(d) => d.name.as_deref(),
        }
    }

    fn birth(&self) -> Option<PartDate> {
        match &self.person {
            Ok(p) => p.profile.birth_date,
            Err(d) => d.birth_date,
        }
    }

    fn no(&self) -> Option<i64> {
        match &self.person {
            Ok(p) => p.no,
            Err(d) => d.no,
        }
    }

    fn employer(&self) -> Option<(&str, Option<&str>)> {
        match &self.person {
            Ok(p) => Some((&p.employer, p.uscc.as_deref())),
            Err(d) => d.employer.as_deref().map(|e| (e, d.uscc.as_deref())),
        }
    }
}

/// What the reading thread keeps from row to row.
#[derive(Debug)]
pub struct Reading {
    preparer: Preparer,
    seen: Seen,
}

impl Reading {
    /// For the persons of one op.
    pub fn new(op: i64) -> Reading {
        Reading { preparer: Preparer::new(op), seen: Seen::default() }
    }
}

/// What becomes of a row.
enum Fate {
    New,
    Known(i64),
    Wait(Vec<Value>),
    Refused,
}

/// Imports the rows of one file into an open write.
pub struct People<'a, 'c> {
    set: &'a Settings,
    report: &'a mut Report,
    rejects: Option<&'a mut Rejects>,
    headers: &'a [String],
    bulk: BulkWriter<'c>,
    units: HashMap<u64, UnitMatch, BuildPlain>,
    /// Who is listed on the business day.
    listed: Index,
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
        let bulk = BulkWriter::begin(tx)?;
        Ok(People { set, report, rejects, headers, bulk, units: HashMap::default(), listed: screening::listed_on(tx)?, doomed: false })
    }

    /// One row.
    pub fn row(&mut self, tx: &mut Tx<'c>, p: &mut Parsed) -> Result<()> {
        self.report.rows += 1;
        let Some(c) = &mut p.talent else { return Ok(()) };
        for w in &c.warnings {
            let f = self.fault(&p.row, w);
            self.report.warn(f);
        }
        if !self.listed.is_empty() {
            let by = |feature: &str| if feature == "uscc" { Key::Uscc } else { Key::IdNumber };
            for (at, feature) in self.listed.exact(c.documents(), c.employer().and_then(|e| e.1)) {
                let note = Some(number::format(blacklist::PREFIX, self.listed.entries[at].case_id));
                let w = self.fault(&p.row, &CellFault { key: by(feature), code: FaultCode::Listed, note });
                self.report.warn(w);
                self.report.listed += 1;
            }
        }
        let mut faults = std::mem::take(&mut c.faults);
        let fate = self.fate(tx, &p.row, c, &mut faults)?;
        if !faults.is_empty() {
            return self.refuse(&p.row, &faults);
        }
        match fate {
            Fate::Refused => Ok(()),
            Fate::Wait(reasons) => self.wait(tx, &p.row, &reasons),
            Fate::Known(id) => self.apply(tx, &p.row, id, c.unit),
            Fate::New => match (&mut c.person, &c.prepared) {
                (Ok(person), Some(prepared)) => {
                    if let Some(text) = &person.project {
                        let Some(id) = project(tx, text)? else { return self.refuse(&p.row, &[no_project()]) };
                        person.engagement.project_id = Some(id);
                    }
                    self.report.added += 1;
                    if self.doomed {
                        return Ok(());
                    }
                    person.engagement.org_id = unit_id(&mut self.units, tx, c.unit, &person.employer, person.uscc.as_deref(), person.from)?;
                    let name = self.bulk.name_id(&person.profile.name, c.name)?;
                    self.bulk.enter(tx, person, prepared, name)?;
                    Ok(())
                }
                // Whoever is whole was prepared.
                (Ok(_), None) => Ok(()),
                (Err(draft), _) => {
                    let lacking = entry::missing(draft);
                    let faults: Vec<CellFault> =
                        lacking.into_iter().map(|key| CellFault { key, code: FaultCode::Missing, note: None }).collect();
                    self.refuse(&p.row, &faults)
                }
            },
        }
    }

    /// Ends: indexes are built and what was written is counted.
    pub fn finish(self) -> Result<()> {
        self.bulk.finish().map(|_| ())
    }

    /// Who a row is. Faults found on the way are added.
    fn fate(&mut self, tx: &Tx<'_>, row: &Row, c: &Candidate, faults: &mut Vec<CellFault>) -> Result<Fate> {
        let misnamed = faults.iter().any(|f| f.key == Key::Name);
        let mut say = |key, code, note: Option<String>| faults.push(CellFault { key, code, note });
        // Name and number are wanted of every row, also of a known person's.
        if c.named().is_none() && !misnamed {
            say(Key::Name, FaultCode::Missing, None);
        }
        if !c.numbered {
            say(Key::IdNumber, FaultCode::Missing, None);
        }
        let mut reasons: Vec<Value> = Vec::new();
        if let Some(first) = c.in_file.duplicate {
            say(Key::IdNumber, FaultCode::DuplicateInFile, Some(crate::ui::tf("import.first_row", &[("row", &first)])));
            return Ok(Fate::Refused);
        }
        reasons.extend(c.in_file.papers.iter().map(|(code, row)| json!({"code": code, "row": row})));
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        let mut known: Option<i64> = None;
        if !self.bulk.into_empty() {
            for doc in c.documents() {
                for (id, paper, _) in people::holders(tx.conn(), &doc.key)? {
                    if paper != doc.number {
                        reasons.push(json!({"code": seen::twin_code(doc), "no": number::format("P", id)}));
                    } else if known.is_some_and(|k| k != id) {
                        say(Key::IdNumber, FaultCode::ConflictWithRegister, known.map(|k| number::format("P", k)));
                    } else {
                        known = Some(id);
                    }
                }
            }
        }
        known = self.by_number(tx, row, c, known, &mut say)?;
        if let Some(id) = known {
            return Ok(Fate::Known(id));
        }
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        if let Some(first) = c.in_file.twin {
            return Ok(Fate::Wait(vec![json!({"code": "name_birth", "row": first})]));
        }
        if !self.bulk.into_empty()
            && let (Some(name), Some(birth)) = (c.named(), c.birth())
        {
            for (id, other) in people::same_name_birth(tx.conn(), &names::fold(name), birth)? {
                if !(c.resident && other) {
                    reasons.push(json!({"code": "name_birth", "no": number::format("P", id)}));
                }
            }
        }
        if !reasons.is_empty() {
            return Ok(Fate::Wait(reasons));
        }
        match self.unit(tx, c)? {
            Some(UnitMatch::Unsure(id)) => Ok(Fate::Wait(vec![json!({"code": "unit_code", "no": number::format(org::PREFIX, id)})])),
            _ => Ok(Fate::New),
        }
    }

    /// A number the office gave: unknown ones are another office's; a known one must name the same person.
    fn by_number(
        &mut self,
        tx: &Tx<'_>,
        row: &Row,
        c: &Candidate,
        known: Option<i64>,
        say: &mut impl FnMut(Key, FaultCode, Option<String>),
    ) -> Result<Option<i64>> {
        if !c.has_no {
            return Ok(known);
        }
        let held = match c.no().filter(|_| !self.bulk.into_empty()) {
            Some(no) => people::load(tx.conn(), no)?,
            None => None,
        };
        let Some(held) = held else {
            let w = self.fault(row, &CellFault { key: Key::No, code: FaultCode::UnknownNo, note: None });
            self.report.warn(w);
            return Ok(known);
        };
        let same_name = || {
            let name = held.profiles.last().map(|p| names::fold(&p.data.name));
            c.named().is_none_or(|n| Some(names::fold(n)) == name)
        };
        match known {
            Some(id) if id == held.id => Ok(known),
            None if same_name() => Ok(Some(held.id)),
            _ => {
                say(Key::No, FaultCode::ConflictWithRegister, known.map(|k| number::format("P", k)));
                Ok(known)
            }
        }
    }

    /// Which unit the row means; asked of the register once a name and code.
    fn unit(&mut self, tx: &Tx<'_>, c: &Candidate) -> Result<Option<UnitMatch>> {
        let Some((name, uscc)) = c.employer() else { return Ok(None) };
        match self.units.get(&c.unit) {
            Some(m) => Ok(Some(*m)),
            None => {
                let m = org::store::find_unit(tx.conn(), name, uscc)?;
                // A new unit is kept once it is made: until then another row may make it under another spelling.
                if m != UnitMatch::New {
                    self.units.insert(c.unit, m);
                }
                Ok(Some(m))
            }
        }
    }

    fn apply(&mut self, tx: &mut Tx<'c>, row: &Row, id: i64, unit: u64) -> Result<()> {
        match self.set.on_match {
            OnMatch::Skip => {
                self.report.unchanged += 1;
                return Ok(());
            }
            OnMatch::Error => {
                let note = Some(number::format("P", id));
                return self.refuse(row, &[CellFault { key: Key::IdNumber, code: FaultCode::ConflictWithRegister, note }]);
            }
            OnMatch::Update => {}
        }
        let Some(person) = people::load(tx.conn(), id)? else { return Ok(()) };
        // Known persons are the fewer: their row is checked once more here instead of carrying the draft along for all.
        let d = row.check().draft;
        // Another name under a known number is more often a slip of the number than a new name: a person decides.
        let held = person.profiles.last().map(|p| names::fold(&p.data.name));
        if !self.set.correct && d.name.as_ref().is_some_and(|n| Some(names::fold(n)) != held) {
            let note = Some(number::format("P", id));
            return self.refuse(row, &[CellFault { key: Key::Name, code: FaultCode::ConflictWithRegister, note }]);
        }
        if self.doomed {
            self.report.unchanged += 1;
            return Ok(());
        }
        let org = match &d.employer {
            None => None,
            Some(name) => {
                let m = match self.units.get(&unit) {
                    Some(m) => *m,
                    None => org::store::find_unit(tx.conn(), name, d.uscc.as_deref())?,
                };
                if let UnitMatch::Unsure(other) = m {
                    return self.wait(tx, row, &[json!({"code": "unit_code", "no": number::format(org::PREFIX, other)})]);
                }
                if m != UnitMatch::New {
                    self.units.insert(unit, m);
                }
                let from = d.start_date.map_or(tx.day, PartDate::first_day);
                Some(unit_id(&mut self.units, tx, unit, name, d.uscc.as_deref(), from)?)
            }
        };
        let how = How { day: tx.day, correct: self.set.correct };
        match change::apply(tx, &person, &d, org, how) {
            Ok(changed) if changed.is_empty() => self.report.unchanged += 1,
            Ok(_) => self.report.updated += 1,
            Err(e) if e.key == "date_order" => {
                return self.refuse(row, &[CellFault { key: Key::ContractEnd, code: FaultCode::DateOrder, note: None }]);
            }
            Err(e) if e.key == "no_project" || e.key == "number_check" => return self.refuse(row, &[no_project()]),
            Err(e) if e.key == "class_decided" => {
                let note = e.facts.first().map(|f| f.1.clone());
                return self.refuse(row, &[CellFault { key: Key::Class, code: FaultCode::ConflictWithRegister, note }]);
            }
            Err(e) if e.kind == Kind::Conflict && e.key == "duplicate" => {
                let note = e.facts.first().map(|f| f.1.clone());
                return self.refuse(row, &[CellFault { key: Key::IdNumber, code: FaultCode::ConflictWithRegister, note }]);
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }

    fn wait(&mut self, tx: &mut Tx<'c>, row: &Row, reasons: &[Value]) -> Result<()> {
        let waits = self.doomed || store::keep_waiting(tx, "talent", &self.set.file_name, row.number, self.headers, &row.cells(), reasons)?;
        if waits {
            self.report.review += 1;
        } else {
            self.report.unchanged += 1;
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
            r.add(&row.cells(), self.headers.len(), &found)?;
        }
        self.report.faults.extend(found);
        Ok(())
    }

    fn fault(&self, row: &Row, f: &CellFault) -> RowFault {
        let column = column_info(f.key);
        let value = row.cell(f.key).map(|v| shown(&column, v, self.set.reveal)).unwrap_or_default();
        RowFault { row: row.number, column, code: f.code, value, note: f.note.as_deref().map(Into::into) }
    }
}

/// The project a row names; None where there is none of that number or name.
fn project(tx: &Tx<'_>, text: &str) -> Result<Option<i64>> {
    match crate::project::store::resolve(tx.conn(), text) {
        Ok(id) => Ok(Some(id)),
        Err(e) if matches!(e.kind, Kind::NotFound | Kind::Usage) => Ok(None),
        Err(e) => Err(e),
    }
}

fn no_project() -> CellFault {
    CellFault { key: Key::Project, code: FaultCode::UnknownValue, note: None }
}

/// The unit's id, made or completed where need be. `unit` was asked for before.
fn unit_id(
    units: &mut HashMap<u64, UnitMatch, BuildPlain>,
    tx: &mut Tx<'_>,
    key: u64,
    name: &str,
    uscc: Option<&str>,
    from: Day,
) -> Result<i64> {
    let id = match units.get(&key).copied().unwrap_or(UnitMatch::New) {
        UnitMatch::Known(id) | UnitMatch::Unsure(id) => return Ok(id),
        UnitMatch::FillCode(id) => {
            if let Some(old) = org::store::open(tx.conn(), id)? {
                let new = org::Profile { uscc: uscc.map(str::to_owned), ..old.data.clone() };
                org::store::edit(tx, id, &old, &new, tx.day, true)?;
            }
            id
        }
        UnitMatch::New => {
            let p = org::Profile { name: name.to_owned(), uscc: uscc.map(str::to_owned), stub: true, ..org::Profile::default() };
            org::store::create(tx, &p, from)?
        }
    };
    units.insert(key, UnitMatch::Known(id));
    Ok(id)
}

fn unit_key(name: Option<&str>, uscc: Option<&str>) -> u64 {
    let mut s = name.unwrap_or("").to_owned();
    s.push('\n');
    s.push_str(uscc.unwrap_or(""));
    short_digest(&s)
}
