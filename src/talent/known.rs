//! Whom and what an entry by hand means among what the office knows: the holder of a document, likely twins, the unit.

use super::entry::Draft;
use super::{PREFIX, store};
use crate::base::day::Day;
use crate::base::ident::{self, DocType};
use crate::base::{names, number};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::org::{self, UnitMatch};
use rusqlite::Connection;

/// 5 `duplicate`: a document of the draft has a live holder.
pub fn known_already(tx: &Tx<'_>, d: &Draft) -> Result<()> {
    for doc in &d.documents {
        for (id, paper, kind) in store::holders(tx.conn(), &doc.key)? {
            // The same number under another type of document is another paper, unless both have the form of a resident ID.
            if paper == doc.number || kind == doc.kind.code() && doc.kind == DocType::ResidentId {
                let no = number::format(PREFIX, id);
                return Err(error::conflict("duplicate").fact("no", &no).detail("no", no));
            }
        }
    }
    Ok(())
}

/// Likely twins in the register with the reasons; pairs once judged different are none.
pub fn likely_twins(conn: &Connection, d: &Draft) -> Result<Vec<(i64, Vec<&'static str>)>> {
    let mut out: Vec<(i64, Vec<&'static str>)> = Vec::new();
    let mut see = |id: i64, why: &'static str| match out.iter_mut().find(|(o, _)| *o == id) {
        Some((_, r)) => r.push(why),
        None => out.push((id, vec![why])),
    };
    for doc in &d.documents {
        for (id, paper, _) in store::holders(conn, &doc.key)? {
            if paper != doc.number {
                see(id, if doc.kind == DocType::HmPermit { "permit_number" } else { "old_number" });
            }
        }
    }
    let has_resident = d.documents.iter().any(|x| x.kind == DocType::ResidentId);
    if let (Some(name), Some(birth)) = (&d.name, d.birth_date) {
        for (id, other_resident) in store::same_name_birth(conn, &names::fold(name), birth)? {
            if !(has_resident && other_resident) {
                see(id, "name_birth");
            }
        }
    }
    Ok(out)
}

/// The unit that a text means: number, code, exact name; made as a stub where it is new.
pub fn unit_of(tx: &mut Tx<'_>, text: &str, d: &Draft, from: Day) -> Result<i64> {
    if number::looks_like(org::PREFIX, text) || ident::uscc(text).is_ok() {
        return org::store::resolve(tx.conn(), text);
    }
    let name = d.employer.clone().unwrap_or_else(|| text.to_owned());
    match org::store::find_unit(tx.conn(), &name, d.uscc.as_deref())? {
        UnitMatch::Known(id) => Ok(id),
        UnitMatch::FillCode(id) => {
            if let Some(old) = org::store::open(tx.conn(), id)? {
                let new = org::Profile { uscc: d.uscc.clone(), ..old.data.clone() };
                org::store::edit(tx, id, &old, &new, tx.day, true)?;
            }
            Ok(id)
        }
        UnitMatch::New => {
            let p = org::Profile { name, uscc: d.uscc.clone(), stub: true, ..org::Profile::default() };
            org::store::create(tx, &p, from)
        }
        UnitMatch::Unsure(id) => {
            let no = number::format(org::PREFIX, id);
            Err(error::conflict("unit_unsure").fact("name", name).fact("no", &no).detail("possible", vec![no]))
        }
    }
}
