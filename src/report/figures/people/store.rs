//! The one pass over people, read side by side with what hangs on them, by as many threads as there are processors. What a person counts as is said
//! in `person`.

use super::person::Person;
use super::{DIMS, Sink, When, counts, with_unknown};
use crate::base::day::Day;
use crate::card::MACHINE as CARD;
use crate::card::change::scheme_of;
use crate::card::store::{self as cards, Card};
use crate::db::{open, write};
use crate::error::{self, Result};
use crate::policy::CardScheme;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, Row as SqlRow, Rows};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::path::Path;

/// Up to so many persons an office is read faster than a second connection is opened.
const SMALL: i64 = 20_000;

/// The pass, by several threads where the office's path is given and nobody writes meanwhile.
pub(super) fn pass(conn: &Connection, path: Option<&Path>, when: &When, wanted: Option<(usize, String, usize)>) -> Result<Sink> {
    let shared = Shared::load(conn, when)?;
    let last = last_person(conn)?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4);
    let Some(path) = path.filter(|_| last > SMALL && threads > 1) else {
        return one(conn, (1, last), &shared, wanted);
    };
    let (head, ..) = write::head(conn)?;
    let step = last / i64::try_from(threads).unwrap_or(1) + 1;
    let ranges: Vec<(i64, i64)> = (0..threads as i64).map(|n| (n * step + 1, (n + 1) * step)).collect();
    let shared = &shared;
    let found: Vec<Result<Option<Sink>>> = std::thread::scope(|scope| {
        let others: Vec<_> = ranges[1..]
            .iter()
            .map(|range| {
                let wanted = wanted.clone();
                scope.spawn(move || at_head(path, head, |conn| one(conn, *range, shared, wanted)))
            })
            .collect();
        let mine = one(conn, ranges[0], shared, wanted.clone()).map(Some);
        std::iter::once(mine).chain(others.into_iter().map(|t| t.join().unwrap_or_else(|_| Err(error::io("memory"))))).collect()
    });
    let mut all: Option<Sink> = None;
    for part in found {
        let Some(part) = part? else { return one(conn, (1, last), shared, wanted) };
        match &mut all {
            None => all = Some(part),
            Some(all) => {
                all.counts.iter_mut().zip(part.counts).for_each(|(a, b)| a.merge(b));
                all.found.extend(part.found);
            }
        }
    }
    all.map_or_else(|| one(conn, (1, last), shared, wanted), Ok)
}

/// The number of the last person.
fn last_person(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("SELECT coalesce(max(id), 0) FROM person", [], |r| r.get(0))?)
}

/// Whether an office is so large that several threads read it.
pub fn is_large(conn: &Connection) -> Result<bool> {
    Ok(last_person(conn)? > SMALL)
}

/// Reads on a connection of its own, for another thread; None where somebody has written since: all of them see the office as of one entry of the
/// log, or one of them sees all of it.
pub fn at_head<T>(path: &Path, head: i64, read: impl FnOnce(&Connection) -> Result<T>) -> Result<Option<T>> {
    let conn = open::open_read(path)?;
    let _moment = conn.unchecked_transaction()?;
    if write::head(&conn)?.0 != head {
        return Ok(None);
    }
    read(&conn).map(Some)
}

/// Codes as the file holds them, to their rows: asked a dozen times a person, so neither checked as text nor hashed against an enemy.
pub(super) type Places = FxHashMap<&'static [u8], usize>;

/// What every thread needs to know beforehand.
pub(super) struct Shared<'w> {
    pub(super) when: &'w When,
    /// Project to its line.
    pub(super) lines: HashMap<i64, String>,
    /// The last act on each card up to the day.
    pub(super) card_states: HashMap<i64, String>,
    /// Reviews passed up to the day.
    pub(super) card_reviews: HashMap<i64, Vec<Day>>,
    pub(super) card_schemes: HashMap<(i64, String), CardScheme>,
    /// Cards that stand under a record merged into another, by the survivor.
    pub(super) strays: HashMap<i64, Vec<Card>>,
    /// Statuses of main cards with attached ones.
    pub(super) mains: HashMap<i64, String>,
    pub(super) places: Vec<Places>,
    pub(super) corps: Places,
    pub(super) left_why: Places,
}

impl<'w> Shared<'w> {
    fn load(conn: &Connection, when: &'w When) -> Result<Shared<'w>> {
        let day = when.day;
        let mut st = conn.prepare(
            "SELECT project_id, line FROM project_profile WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        )?;
        let lines = st.query_map([day.0], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let mut st = conn.prepare(
            "SELECT record_id, to_state FROM step WHERE record_kind = ?1 AND voided_op IS NULL AND day <= ?2 ORDER BY record_id, id",
        )?;
        let card_states =
            st.query_map(rusqlite::params![CARD.kind, day.0], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let mut card_reviews: HashMap<i64, Vec<Day>> = HashMap::new();
        let mut st = conn.prepare(
            "SELECT card_id, from_day FROM card_review WHERE voided_op IS NULL AND passed = 1 AND from_day <= ?1 ORDER BY card_id, from_day",
        )?;
        let mut rows = st.query([day.0])?;
        while let Some(r) = rows.next()? {
            card_reviews.entry(r.get(0)?).or_default().push(Day(r.get(1)?));
        }
        let mut card_schemes = HashMap::new();
        let (mut strays, mut mains): (HashMap<i64, Vec<Card>>, HashMap<i64, String>) = (HashMap::new(), HashMap::new());
        let mut st =
            conn.prepare("SELECT DISTINCT coalesce(policy_id, 0), scheme, min(id) FROM card WHERE voided_op IS NULL GROUP BY 1, 2")?;
        let kinds: Vec<((i64, String), i64)> =
            st.query_map([], |r| Ok(((r.get(0)?, r.get(1)?), r.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
        for (key, id) in kinds {
            let card = cards::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            card_schemes.insert(key, scheme_of(conn, &card)?);
        }
        let mut st = conn.prepare(
            "SELECT id FROM card WHERE voided_op IS NULL AND (main_card_id IS NOT NULL
                OR person_id IN (SELECT id FROM person WHERE merged_into IS NOT NULL))",
        )?;
        let special: Vec<i64> = st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        for id in special {
            let card = cards::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            let survivor = crate::talent::store::survivor(conn, card.person_id)?;
            if card.main_card_id.is_some() {
                mains.insert(card.id, crate::card::change::look(conn, card.clone(), day)?.status);
            }
            if survivor != card.person_id {
                strays.entry(survivor).or_default().push(card);
            }
        }
        let places = DIMS.iter().map(|d| d.rows().into_iter().enumerate().map(|(at, key)| (key.as_bytes(), at)).collect()).collect();
        let of = |set: &str| with_unknown(set).into_iter().enumerate().map(|(at, key)| (key.as_bytes(), at)).collect();
        Ok(Shared {
            when,
            lines,
            card_states,
            card_reviews,
            card_schemes,
            strays,
            mains,
            places,
            corps: of("corps"),
            left_why: of("leave_why"),
        })
    }
}

/// A cursor over rows whose first column is a person, in order.
struct Cursor<'s> {
    rows: Rows<'s>,
}

impl<'s> Cursor<'s> {
    fn begin(mut rows: Rows<'s>) -> Result<Cursor<'s>> {
        rows.advance()?;
        Ok(Cursor { rows })
    }

    fn each(&mut self, id: i64, mut f: impl FnMut(&SqlRow<'_>) -> Result<()>) -> Result<()> {
        while let Some(r) = self.rows.get() {
            let owner: i64 = r.get(0)?;
            if owner > id {
                break;
            }
            if owner == id {
                f(r)?;
            }
            self.rows.advance()?;
        }
        Ok(())
    }
}

/// The pass over persons of a range of numbers.
fn one(conn: &Connection, (first, last): (i64, i64), shared: &Shared<'_>, wanted: Option<(usize, String, usize)>) -> Result<Sink> {
    let mut sink = Sink { counts: counts(), wanted, found: Vec::new() };
    let range = format!("person_id BETWEEN {first} AND {last}");
    let mut anchors = conn.prepare(&format!(
        "SELECT id FROM person WHERE id BETWEEN {first} AND {last} AND voided_op IS NULL AND merged_into IS NULL ORDER BY id"
    ))?;
    let mut profiles = conn.prepare(&format!(
        "SELECT person_id, from_day, until_day, corps, birth_date, sex, nationality, ethnicity, category, education, degree, title, skill_level,
                industry, gb_industry FROM person_profile WHERE {range} AND voided_op IS NULL ORDER BY person_id, seq"
    ))?;
    let mut engagements = conn.prepare(&format!(
        "SELECT person_id, from_day, until_day, mode, contract_end, leave_why, project_id FROM engagement
         WHERE {range} AND voided_op IS NULL ORDER BY person_id, seq"
    ))?;
    let mut recognitions = conn.prepare(&format!(
        "SELECT person_id, from_day, until_day, class, state, id FROM recognition WHERE {range} AND voided_op IS NULL ORDER BY person_id, seq"
    ))?;
    let mut documents = conn.prepare(&format!(
        "SELECT person_id, from_day, until_day, kind, valid_until FROM person_document WHERE {range} AND voided_op IS NULL ORDER BY person_id, seq"
    ))?;
    let mut issued = conn.prepare(&format!(
        "SELECT person_id, {} FROM card WHERE {range} AND voided_op IS NULL AND issued_day <= {} ORDER BY person_id, id",
        cards::COLUMNS,
        shared.when.day.0
    ))?;
    let mut profiles = Cursor::begin(profiles.query([])?)?;
    let mut engagements = Cursor::begin(engagements.query([])?)?;
    let mut recognitions = Cursor::begin(recognitions.query([])?)?;
    let mut documents = Cursor::begin(documents.query([])?)?;
    let mut issued = Cursor::begin(issued.query([])?)?;
    let mut anchors = anchors.query([])?;
    let mut p = Person::new(shared);
    while let Some(a) = anchors.next()? {
        let id: i64 = a.get(0)?;
        p.clear();
        profiles.each(id, |r| p.profile(r))?;
        engagements.each(id, |r| p.engagement(r))?;
        recognitions.each(id, |r| p.recognition(r))?;
        documents.each(id, |r| p.document(r))?;
        issued.each(id, |r| {
            p.cards.push(cards::card_at(r, 1)?);
            Ok(())
        })?;
        p.put(id, &mut sink)?;
    }
    Ok(sink)
}
