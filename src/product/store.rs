//! All SQL of products; rows to types and back.

use super::{Listing, MACHINE, PREFIX, Profile};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{PRODUCT_PROFILE, PRODUCT_SUBJECT, PRODUCT_TRIAL};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::talent::store as people;
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A product with its versions in order of their days.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: i64,
    /// Whose: of a merged person the survivor.
    pub holder_id: i64,
    /// The op that made it.
    pub made_op: i64,
    /// Versions of what is known.
    pub profiles: Vec<Fact<Profile>>,
}

impl Product {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }

    /// What was known on the day, else the nearest.
    pub fn at(&self, day: Day) -> Result<&Fact<Profile>> {
        self.profiles.iter().find(|p| p.span.holds(day)).or(self.profiles.first()).ok_or_else(|| error::not_office("damaged"))
    }

    /// What is known now.
    pub fn last(&self) -> Result<&Fact<Profile>> {
        self.profiles.last().ok_or_else(|| error::not_office("damaged"))
    }
}

fn profile(r: &Row<'_>, a: usize) -> rusqlite::Result<Profile> {
    let (decision, from, until): (Option<i64>, Option<i32>, Option<i32>) = (r.get(a + 3)?, r.get(a + 4)?, r.get(a + 5)?);
    let listing =
        decision.zip(from).zip(until).map(|((decision_id, from), until)| Listing { decision_id, from: Day(from), until: Day(until) });
    Ok(Profile { name: r.get(a)?, org_id: r.get(a + 1)?, case_id: r.get(a + 2)?, listing })
}

/// A live product; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Product>> {
    let anchor: Option<(i64, i64)> = conn
        .prepare_cached("SELECT holder_id, made_op FROM product WHERE id = ?1 AND voided_op IS NULL")?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((holder_id, made_op)) = anchor else { return Ok(None) };
    let profiles = conn
        .prepare_cached(
            "SELECT seq, from_day, until_day, made_op, voided_op, name, org_id, case_id, decision_id, listed_from, listed_until
             FROM product_profile WHERE product_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq",
        )?
        .query_map([id], |r| facts::read(r, profile))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Product { id, holder_id: people::survivor(conn, holder_id)?, made_op, profiles }))
}

/// The product of an id that was just resolved or written.
pub fn loaded(conn: &Connection, id: i64) -> Result<Product> {
    load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

/// The product a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Product> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_product").fact("text", text))
}

/// Ids of all live products behind `after`, in order.
pub fn ids(conn: &Connection, after: i64) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached("SELECT id FROM product WHERE voided_op IS NULL AND id > ?1 ORDER BY id")?;
    Ok(st.query_map([after], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The live product of a holder by that name.
pub fn of_name(conn: &Connection, holder_id: i64, name: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached(
            "SELECT a.id FROM product a JOIN product_profile p ON p.product_id = a.id AND p.voided_op IS NULL AND p.until_day IS NULL
             WHERE a.voided_op IS NULL AND p.folded = ?2
               AND a.holder_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)",
        )?
        .query_row(params![holder_id, names::org_fold(name)], |r| r.get(0))
        .optional()?)
}

/// Products that a unit makes, as they are known on the day.
pub fn of_unit(conn: &Connection, org_id: i64, day: Day) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT p.product_id FROM product_profile p JOIN product a ON a.id = p.product_id AND a.voided_op IS NULL
         WHERE p.org_id = ?1 AND p.voided_op IS NULL AND p.from_day <= ?2 AND (p.until_day IS NULL OR p.until_day >= ?2) ORDER BY p.product_id",
    )?;
    Ok(st.query_map(params![org_id, day.0], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The state that acts up to a day brought about.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<String> {
    let last = steps::steps(conn, (MACHINE.kind, id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "applied".to_owned(), |s| s.to_state))
}

/// A new product with its first step.
pub fn create(tx: &mut Tx<'_>, holder_id: i64, p: &Profile) -> Result<i64> {
    let id = tx.next_number("product", "SELECT coalesce(max(id), 0) FROM product")?;
    tx.conn().prepare_cached("INSERT INTO product (id, made_op, holder_id) VALUES (?1, ?2, ?3)")?.execute([id, tx.op, holder_id])?;
    facts::insert(tx, &PRODUCT_PROFILE, id, Span::from(tx.day), &p.values(&names::org_fold(&p.name)))?;
    steps::step(tx, (MACHINE.kind, id), None, "applied", None, None)?;
    tx.touch(&PRODUCT_SUBJECT, id);
    Ok(id)
}

/// What is known of a product changes from the business day.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile) -> Result<()> {
    let folded = names::org_fold(&old.data.name);
    let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&folded).to_vec() };
    facts::change(tx, &PRODUCT_PROFILE, id, &row, tx.day, &new.values(&names::org_fold(&new.name)))?;
    tx.touch(&PRODUCT_SUBJECT, id);
    Ok(())
}

/// A trial contract (首购试用合同).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Number within the product.
    pub trial: i64,
    /// The buyer.
    pub org_id: i64,
    /// Its sum.
    pub amount: Fen,
    /// When it was signed.
    pub signed: Day,
    /// accepted, not_accepted.
    pub outcome: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
}

impl Trial {
    fn values(&self) -> [Val<'_>; 6] {
        [
            Val::Int(self.trial),
            Val::Int(self.org_id),
            Val::Int(self.amount.0),
            Val::Int(self.signed.0.into()),
            Val::text(self.outcome.as_deref()),
            Val::text(self.note.as_deref()),
        ]
    }
}

/// Trials of a product as they stand on a day, in order; what holds from a later day is not known yet.
pub fn trials(conn: &Connection, id: i64, day: Day) -> Result<Vec<Fact<Trial>>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, trial, org_id, amount_fen, signed_day, outcome, note FROM product_trial
         WHERE product_id = ?1 AND voided_op IS NULL AND from_day <= ?2 AND (until_day IS NULL OR until_day >= ?2) ORDER BY trial",
    )?;
    let read = |r: &Row<'_>, a: usize| {
        Ok(Trial {
            trial: r.get(a)?,
            org_id: r.get(a + 1)?,
            amount: Fen(r.get(a + 2)?),
            signed: Day(r.get(a + 3)?),
            outcome: r.get(a + 4)?,
            note: r.get(a + 5)?,
        })
    };
    Ok(st.query_map(params![id, day.0], |r| facts::read(r, read))?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a trial contract from its day on; its number within the product.
pub fn try_out(tx: &mut Tx<'_>, id: i64, org_id: i64, amount: Fen, on: Day) -> Result<i64> {
    let trial: i64 = tx
        .conn()
        .prepare_cached("SELECT coalesce(max(trial), 0) + 1 FROM product_trial WHERE product_id = ?1")?
        .query_row([id], |r| r.get(0))?;
    let t = Trial { trial, org_id, amount, signed: on, outcome: None, note: None };
    facts::insert(tx, &PRODUCT_TRIAL, id, Span::from(on), &t.values())?;
    tx.touch(&PRODUCT_SUBJECT, id);
    Ok(trial)
}

/// What came of a trial, from the business day on.
pub fn settle(tx: &mut Tx<'_>, id: i64, old: &Fact<Trial>, new: &Trial) -> Result<()> {
    let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values().to_vec() };
    facts::change(tx, &PRODUCT_TRIAL, id, &row, tx.day, &new.values())?;
    tx.touch(&PRODUCT_SUBJECT, id);
    Ok(())
}
