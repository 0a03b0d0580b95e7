//! SQL of screening: who was listed on a day, as known at any op; receipts; rows judged to be others.

use super::super::screen::Entry;
use super::super::{MACHINE, Ruling, Whom};
use super::{effects, whom};
use crate::base::day::Day;
use crate::db::digest::{hex, sha256};
use crate::db::subject::{SCREENING_JUDGEMENT_SUBJECT, SCREENING_SUBJECT};
use crate::db::write::{Tx, random_bytes};
use crate::error::{self, Result};
use crate::org;
use crate::policy::{self, IntegrityPack};
use crate::talent::store as people;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Whether there is any case at all: most offices never have one, and nobody pays for it.
pub fn any(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM integrity_case)")?.query_row([], |r| r.get(0))?)
}

/// Listings in force on a day when op `known` was the last (`i64::MAX`: by today's knowledge): case and whom it was opened about.
fn in_force(conn: &Connection, day: Day, known: i64) -> Result<Vec<(i64, Whom)>> {
    let mut st = conn.prepare_cached(
        "SELECT c.id, c.person_id, c.org_id, c.policy_id, d.day, r.from_day, r.grade, r.ends_day, r.effects
         FROM integrity_case c
         JOIN integrity_ruling r ON r.case_id = c.id AND r.listed = 1 AND r.made_op <= ?2 AND (r.voided_op IS NULL OR r.voided_op > ?2)
         JOIN delivery d ON d.record_kind = ?3 AND d.record_id = c.id AND d.paper = 'decision' AND d.day <= ?1
              AND d.made_op <= ?2 AND (d.voided_op IS NULL OR d.voided_op > ?2)
         WHERE c.made_op <= ?2 AND (c.voided_op IS NULL OR c.voided_op > ?2)
           AND NOT EXISTS (SELECT 1 FROM step s WHERE s.record_kind = ?3 AND s.record_id = c.id AND s.to_state = 'repaired' AND s.day <= ?1
                           AND s.made_op <= ?2 AND (s.voided_op IS NULL OR s.voided_op > ?2))
         ORDER BY c.id",
    )?;
    let mut packs: HashMap<i64, Rc<IntegrityPack>> = HashMap::new();
    let mut found = Vec::new();
    let mut rows = st.query(params![day.0, known, MACHINE.kind])?;
    while let Some(r) = rows.next()? {
        let policy: i64 = r.get(3)?;
        let pack = match packs.get(&policy) {
            Some(pack) => Rc::clone(pack),
            None => Rc::clone(packs.entry(policy).or_insert(policy::store::integrity_version(conn, policy)?)),
        };
        let ruling = Ruling {
            day: Day(r.get(5)?),
            listed: true,
            grade: r.get(6)?,
            ends: r.get::<_, Option<i32>>(7)?.map(Day),
            effects: effects(&r.get::<_, Option<String>>(8)?.unwrap_or_default()),
            decision_id: None,
        };
        if ruling.until(Day(r.get(4)?), pack.rules()).is_some_and(|until| day <= until) {
            found.push((r.get(0)?, whom(r.get(1)?, r.get(2)?)?));
        }
    }
    Ok(found)
}

/// Those listed on a day with who they are known to be, both as known when op `known` was the last.
pub fn entries(conn: &Connection, day: Day, known: i64) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for (case_id, whom) in in_force(conn, day, known)? {
        found.push(match whom {
            Whom::Person(id) => {
                let opened = id;
                let (id, who) = people::identity(conn, id, known)?;
                let unit = who.org_id.map(|org| org::store::names_known(conn, org, known)).transpose()?.unwrap_or_default();
                Entry {
                    case_id,
                    whom: Some(Whom::Person(id)),
                    numbers: if id == opened { vec![id] } else { vec![id, opened] },
                    documents: who.documents,
                    names: who.names,
                    birth: who.birth,
                    phone: who.phone,
                    units: unit.0,
                    uscc: None,
                }
            }
            Whom::Unit(id) => {
                let (units, uscc) = org::store::names_known(conn, id, known)?;
                Entry { case_id, whom: Some(whom), units, uscc, ..Entry::default() }
            }
        });
    }
    Ok(found)
}

// ---------------------------------------------------------------- receipts

/// What a screening was, so that it can be done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id.
    pub id: i64,
    /// The op that kept it.
    pub op: i64,
    /// For which day it was answered.
    pub day: Day,
    /// The last op known then.
    pub known_op: i64,
    /// The policy version whose weights it used.
    pub policy_id: i64,
    /// Digest of the file.
    pub sha256: String,
    /// Rows looked at.
    pub rows: u64,
    /// Exact matches.
    pub exact: u64,
    /// Likely matches.
    pub likely: u64,
}

/// Keeps a receipt; its id.
pub fn keep(tx: &mut Tx<'_>, r: &Receipt) -> Result<i64> {
    let id = tx.next_number("screening", "SELECT coalesce(max(id), 0) FROM screening")?;
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    tx.conn()
        .prepare_cached(
            "INSERT INTO screening (id, made_op, day, known_op, policy_id, sha256, rows, exact, likely) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![id, tx.op, r.day.0, r.known_op, r.policy_id, r.sha256, count(r.rows), count(r.exact), count(r.likely)])?;
    tx.touch(&SCREENING_SUBJECT, id);
    Ok(id)
}

/// The receipt of a number.
pub fn receipt(conn: &Connection, text: &str) -> Result<Receipt> {
    let id = crate::office::parse_no(super::super::RECEIPT_PREFIX, text)?;
    conn.prepare_cached(
        "SELECT id, made_op, day, known_op, policy_id, sha256, rows, exact, likely FROM screening WHERE id = ?1 AND voided_op IS NULL",
    )?
    .query_row([id], |r| {
        let count = |i: usize| -> rusqlite::Result<u64> { Ok(u64::try_from(r.get::<_, i64>(i)?).unwrap_or(0)) };
        Ok(Receipt {
            id: r.get(0)?,
            op: r.get(1)?,
            day: Day(r.get(2)?),
            known_op: r.get(3)?,
            policy_id: r.get(4)?,
            sha256: r.get(5)?,
            rows: count(6)?,
            exact: count(7)?,
            likely: count(8)?,
        })
    })
    .optional()?
    .ok_or_else(|| error::not_found("no_receipt").fact("text", text))
}

// ---------------------------------------------------------------- rows judged to be others

/// What was judged of rows and persons when op `known` was the last.
#[derive(Debug, Default)]
pub struct Judged {
    persons: HashSet<(i64, i64)>,
    rows: HashMap<Whom, Vec<String>>,
    known: i64,
}

/// A digest of what a row says of who it is, with a salt: whoever has the row can compare, nobody can look it up.
fn digest(salt: &[u8], identity: &str) -> String {
    format!("{}:{}", hex(salt), hex(&sha256(&[salt, identity.as_bytes()].concat())))
}

fn is_of(kept: &str, identity: &str) -> bool {
    let Some((salt, _)) = kept.split_once(':') else { return false };
    data_encoding::HEXLOWER.decode(salt.as_bytes()).is_ok_and(|salt| digest(&salt, identity) == kept)
}

impl Judged {
    /// As known when op `known` was the last.
    pub fn known(conn: &Connection, known: i64) -> Result<Judged> {
        let mut judged = Judged { persons: people::different_known(conn, known)?, rows: HashMap::new(), known };
        let mut st = conn.prepare_cached(
            "SELECT person_id, org_id, identity FROM screening_judgement WHERE made_op <= ?1 AND (voided_op IS NULL OR voided_op > ?1)",
        )?;
        let mut rows = st.query([known])?;
        while let Some(r) = rows.next()? {
            let who = match whom(r.get(0)?, r.get(1)?)? {
                Whom::Person(id) => Whom::Person(people::identity(conn, id, known)?.0),
                unit @ Whom::Unit(_) => unit,
            };
            judged.rows.entry(who).or_default().push(r.get(2)?);
        }
        Ok(judged)
    }

    /// Whether a row of that identity was judged to be another than somebody listed.
    pub fn row_is_different(&self, whom: Whom, identity: &str) -> bool {
        self.rows.get(&whom).is_some_and(|kept| kept.iter().any(|k| is_of(k, identity)))
    }

    /// Whether a row, by its identity and the documents it names, was judged to be another than somebody listed.
    pub fn different(&self, conn: &Connection, whom: Whom, identity: &str, keys: &[String]) -> Result<bool> {
        if self.row_is_different(whom, identity) {
            return Ok(true);
        }
        let Whom::Person(listed) = whom else { return Ok(false) };
        for key in keys {
            for holder in people::holders_known(conn, key, self.known)? {
                let holder = people::identity(conn, holder, self.known)?.0;
                if self.persons.contains(&(holder.min(listed), holder.max(listed))) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Keeps that a row is another than somebody listed.
pub fn judge(tx: &mut Tx<'_>, whom: Whom, identity: &str) -> Result<()> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM screening_judgement")?.query_row([], |r| r.get(0))?;
    let (person, org) = whom.columns();
    let kept = digest(&random_bytes()[..16], identity);
    tx.conn()
        .prepare_cached("INSERT INTO screening_judgement (id, made_op, person_id, org_id, identity) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, tx.op, person, org, kept])?;
    tx.touch(&SCREENING_JUDGEMENT_SUBJECT, id);
    Ok(())
}
