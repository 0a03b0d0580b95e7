//! One pass over people feeds every table about them, and the lists behind each figure. Persons are read side by side with what hangs on them, in
//! the order of their numbers, by as many threads as there are processors: memory does not grow with the office.

use super::super::period::{Length, Period};
use super::super::{Cell, Column, Figure, Row, Table, share};
use crate::base::codes;
use crate::base::day::{Day, PartDate};
use crate::card::change::{Holder, scheme_of};
use crate::card::store::{self as cards, Card};
use crate::card::{MACHINE as CARD, review_due};
use crate::db::facts::Span;
use crate::db::{open, write};
use crate::error::{self, Result};
use crate::policy::{CardScheme, Term};
use crate::talent::COUNTED;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, Row as SqlRow, Rows};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// So many days are looked at in the pass: `When::days`.
const DAYS: usize = 7;
/// Up to so many persons an office is read faster than a second connection is opened.
const SMALL: i64 = 20_000;
/// The first of the quarters' ends among them.
const FIRST_QUARTER: usize = 3;

/// The days a report looks at people on, and the periods it looks at.
#[derive(Clone, Debug)]
pub struct When {
    /// The report's day.
    pub day: Day,
    /// The period.
    pub period: Period,
    /// The days the plan's goals are set for: who was introduced is reckoned from its start.
    pub term: Term,
}

impl When {
    /// This day, the end of the period before, the end of the same period last year; of a year its quarters' ends too.
    fn days(&self) -> [Day; DAYS] {
        let never = Day(i32::MIN);
        let quarter = |n: u32| match self.period.length {
            Length::Year => Period { length: Length::Quarter, number: n, ..self.period }.until().min(self.day),
            _ => never,
        };
        [self.day, self.period.previous().until(), self.period.last_year().until(), quarter(1), quarter(2), quarter(3), quarter(4)]
    }

    /// First days of the three periods.
    fn begins(&self) -> [Day; 3] {
        [self.period.from(), self.period.previous().from(), self.period.last_year().from()]
    }
}

/// A table whose rows are the codes of one set, one person in one row.
struct Dim {
    key: &'static str,
    set: Option<&'static str>,
    /// Keys where there is no code set.
    keys: &'static [&'static str],
}

const fn dim(key: &'static str, set: &'static str) -> Dim {
    Dim { key, set: Some(set), keys: &[] }
}

/// Age bands as the field counts them: 35 and under includes 35.
const AGES: [&str; 6] = ["to_35", "36_40", "41_45", "46_50", "51_54", "from_55"];
const SOURCES: [&str; 3] = ["mainland", "hmt", "foreign"];

const DIMS: [Dim; 14] = [
    dim("class", "class"),
    dim("category", "category"),
    Dim { key: "age", set: None, keys: &AGES },
    dim("sex", "sex"),
    dim("ethnicity", "ethnicity"),
    dim("education", "education"),
    dim("degree", "degree"),
    dim("title", "title"),
    dim("skill_level", "skill_level"),
    dim("industry", "industry"),
    dim("gb_industry", "gb_industry"),
    dim("project_line", "project_line"),
    Dim { key: "source", set: None, keys: &SOURCES },
    dim("mode", "mode"),
];

impl Dim {
    fn rows(&self) -> Vec<&'static str> {
        let mut rows: Vec<&'static str> = match self.set {
            Some(set) => codes::codes(set).map(|c| c.code).collect(),
            None => self.keys.to_vec(),
        };
        rows.push(UNKNOWN);
        rows
    }
}

/// The row of whoever has no code.
const UNKNOWN: &str = "unknown";

const CORPS: usize = 0;
const RIGID: usize = 1;
const FLOWS: usize = 2;
const LEFT: usize = 3;
const QUALITY: usize = 4;
const CARDS: usize = 5;
const TREND: usize = 6;
/// The first of `DIMS`.
const FIRST_DIM: usize = 7;

const QUALITIES: [&str; 7] =
    ["no_birth_date", "no_education", "no_category", "no_document", "document_expired", "contract_over", "several_engagements"];
const CARD_STATES: [&str; 6] = ["valid", "suspended", "lost", "expired", "closed", "revoked"];

/// A table being counted: rows and columns by place.
#[derive(Clone, Debug)]
struct Count {
    key: &'static str,
    set: Option<&'static str>,
    columns: Vec<Column>,
    rows: Vec<String>,
    cells: Vec<Vec<i64>>,
    total: Vec<i64>,
}

impl Count {
    fn new(key: &'static str, set: Option<&'static str>, columns: Vec<Column>, rows: &[&str]) -> Count {
        let cells = vec![vec![0; columns.len()]; rows.len()];
        Count { key, set, total: vec![0; columns.len()], columns, rows: rows.iter().map(|r| (*r).to_owned()).collect(), cells }
    }

    /// The place of a row that is found as it comes: card levels are the office's own.
    fn row(&mut self, key: &str) -> usize {
        match self.rows.iter().position(|r| r == key) {
            Some(at) => at,
            None => {
                self.rows.push(key.to_owned());
                self.cells.push(vec![0; self.columns.len()]);
                self.rows.len() - 1
            }
        }
    }

    fn merge(&mut self, other: Count) {
        for (name, cells) in other.rows.iter().zip(other.cells) {
            let at = self.row(name);
            for (sum, n) in self.cells[at].iter_mut().zip(cells) {
                *sum += n;
            }
        }
        for (sum, n) in self.total.iter_mut().zip(other.total) {
            *sum += n;
        }
    }
}

/// Where a pass puts what it finds: counts, or the records behind one figure.
struct Sink {
    counts: Vec<Count>,
    wanted: Option<(usize, String, usize)>,
    found: Vec<Found>,
}

/// A record behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// A person.
    Person(i64),
    /// A card.
    Card(i64),
}

impl Sink {
    fn hit(&mut self, table: usize, row: usize, column: usize, what: Found) {
        let t = &mut self.counts[table];
        t.cells[row][column] += 1;
        t.total[column] += 1;
        if let Some((wanted, key, at)) = &self.wanted
            && *wanted == table
            && *at == column
            && (key == "total" || *key == t.rows[row])
        {
            self.found.push(what);
        }
    }

    fn hit_key(&mut self, table: usize, key: &str, column: usize, what: Found) {
        let row = self.counts[table].row(key);
        self.hit(table, row, column, what);
    }
}

fn counts() -> Vec<Count> {
    let corps: Vec<&str> = codes::codes("corps").map(|c| c.code).collect();
    let three = |a, b, c| vec![Column::people(a), Column::people(b), Column::people(c)];
    let mut all = vec![
        Count::new("corps", Some("corps"), three("people", "previous", "last_year"), &corps),
        Count::new("rigid", Some("corps"), [three("introduced", "rigid", "flexible"), vec![Column::people("left")]].concat(), &corps),
        Count::new(
            "flows",
            Some("corps"),
            [three("in", "in_previous", "in_last_year"), three("out", "out_previous", "out_last_year")].concat(),
            &corps,
        ),
        Count::new("left_why", Some("leave_why"), vec![Column::people("out")], &with_unknown("leave_why")),
        Count::new("quality", None, vec![Column::people("people")], &QUALITIES),
        Count::new(
            "cards",
            None,
            [CARD_STATES.map(Column::people).to_vec(), vec![Column::people("issued"), Column::people("attached")]].concat(),
            &[],
        ),
        Count::new("trend", Some("corps"), ["q1", "q2", "q3", "q4"].map(Column::people).to_vec(), &corps),
    ];
    all.extend(DIMS.iter().map(|d| Count::new(d.key, d.set, vec![Column::people("people")], &d.rows())));
    all
}

fn with_unknown(set: &str) -> Vec<&'static str> {
    codes::codes(set).map(|c| c.code).chain([UNKNOWN]).collect()
}

/// Keys of the tables that put each person in one row.
pub fn whole() -> impl Iterator<Item = &'static str> {
    DIMS.iter().map(|d| d.key)
}

/// Keys of the tables that this pass makes.
pub fn keys() -> Vec<&'static str> {
    counts().iter().map(|c| c.key).collect()
}

/// The tables about people and their cards.
pub fn tables(conn: &Connection, path: Option<&Path>, when: &When) -> Result<Vec<Table>> {
    let mut tables = finish(pass(conn, path, when, None)?.counts);
    // Of a year the period before and a year before are one; only a year has quarters.
    match when.period.length {
        Length::Year => tables.iter_mut().for_each(|t| drop_columns(t, |key| matches!(key, "previous" | "in_previous" | "out_previous"))),
        _ => tables.retain(|t| t.key != "trend"),
    }
    Ok(tables)
}

fn drop_columns(t: &mut Table, drop: impl Fn(&str) -> bool) {
    let keep: Vec<bool> = t.columns.iter().map(|c| !drop(c.key)).collect();
    let kept = |cells: &mut Vec<Cell>| {
        let mut keep = keep.iter();
        cells.retain(|_| *keep.next().unwrap_or(&true));
    };
    t.rows.iter_mut().map(|r| &mut r.cells).chain(&mut t.total).for_each(kept);
    let mut keep = keep.iter();
    t.columns.retain(|_| *keep.next().unwrap_or(&true));
}

/// The persons or cards behind a figure of these tables; None where there is no such figure.
pub fn records(conn: &Connection, when: &When, f: &Figure) -> Result<Option<Vec<Found>>> {
    let empty = counts();
    let Some(table) = empty.iter().position(|c| c.key == f.table) else { return Ok(None) };
    let Some(column) = empty[table].columns.iter().position(|c| c.key == f.column) else { return Ok(None) };
    let sink = pass(conn, None, when, Some((table, f.row.clone(), column)))?;
    if f.row != "total" && !sink.counts[table].rows.contains(&f.row) {
        return Ok(None);
    }
    Ok(Some(sink.found))
}

/// The pass, by several threads where the office's path is given and nobody writes meanwhile.
fn pass(conn: &Connection, path: Option<&Path>, when: &When, wanted: Option<(usize, String, usize)>) -> Result<Sink> {
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
type Places = FxHashMap<&'static [u8], usize>;

/// What every thread needs to know beforehand.
struct Shared<'w> {
    when: &'w When,
    /// Project to its line.
    lines: HashMap<i64, String>,
    /// The last act on each card up to the day.
    card_states: HashMap<i64, String>,
    /// Reviews passed up to the day.
    card_reviews: HashMap<i64, Vec<Day>>,
    card_schemes: HashMap<(i64, String), CardScheme>,
    /// Cards that stand under a record merged into another, by the survivor.
    strays: HashMap<i64, Vec<Card>>,
    /// Statuses of main cards with attached ones.
    mains: HashMap<i64, String>,
    places: Vec<Places>,
    corps: Places,
    left_why: Places,
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

/// A day in office.
#[derive(Clone, Copy)]
struct Spell {
    span: Span,
    why: usize,
}

/// What is known of one person, reused for the next.
struct Person<'s> {
    shared: &'s Shared<'s>,
    days: [Day; DAYS],
    /// Place of the primary corps on each day, of a leaver the last one.
    corps: [Option<usize>; DAYS],
    profiled: bool,
    rows: [usize; DIMS.len()],
    birth: bool,
    spells: Vec<Spell>,
    engaged: usize,
    contract_over: bool,
    introduced: Option<(Day, bool)>,
    recognised: Vec<(i64, Span)>,
    documents: usize,
    expired: bool,
    hmt: bool,
    foreign: Option<bool>,
    cards: Vec<Card>,
}

impl<'s> Person<'s> {
    fn new(shared: &'s Shared<'s>) -> Person<'s> {
        Person {
            shared,
            days: shared.when.days(),
            corps: [None; DAYS],
            profiled: false,
            rows: [0; DIMS.len()],
            birth: false,
            spells: Vec::new(),
            engaged: 0,
            contract_over: false,
            introduced: None,
            recognised: Vec::new(),
            documents: 0,
            expired: false,
            hmt: false,
            foreign: None,
            cards: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.corps = [None; DAYS];
        self.profiled = false;
        for (row, places) in self.rows.iter_mut().zip(&self.shared.places) {
            *row = places.len() - 1;
        }
        (self.birth, self.engaged, self.contract_over, self.introduced) = (false, 0, false, None);
        (self.documents, self.expired, self.hmt, self.foreign) = (0, false, false, None);
        self.spells.clear();
        self.recognised.clear();
        self.cards.clear();
    }

    fn place(&self, dim: usize, code: Option<&[u8]>) -> usize {
        let places = &self.shared.places[dim];
        code.and_then(|c| places.get(c).copied()).unwrap_or(places.len() - 1)
    }

    fn profile(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let corps = bytes(r, 3).and_then(|c| self.shared.corps.get(c).copied());
        for (at, day) in self.days.iter().enumerate() {
            if span.holds(*day) {
                self.corps[at] = corps;
            }
        }
        if !span.holds(self.days[0]) {
            return Ok(());
        }
        self.profiled = true;
        for (dim, column) in [(3, 5), (4, 7), (1, 8), (5, 9), (6, 10), (7, 11), (8, 12), (9, 13), (10, 14)] {
            self.rows[dim] = self.place(dim, bytes(r, column));
        }
        let age = r.get::<_, Option<i32>>(4)?.and_then(|b| PartDate(b).age_on(self.days[0]));
        self.birth = age.is_some();
        self.rows[2] = self.place(2, age.map(|a| age_band(a).as_bytes()));
        if let Some(nation) = bytes(r, 6) {
            self.hmt |= nation.starts_with(b"CHN-");
            self.foreign = Some(!nation.starts_with(b"CHN"));
        }
        Ok(())
    }

    fn engagement(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let mode = bytes(r, 3).unwrap_or_default();
        if mode != b"home_grown" && self.introduced.is_none_or(|(d, _)| span.from < d) {
            self.introduced = Some((span.from, mode == b"rigid"));
        }
        let why = bytes(r, 5).and_then(|w| self.shared.left_why.get(w).copied()).unwrap_or(self.shared.left_why.len() - 1);
        self.spells.push(Spell { span, why });
        if span.holds(self.days[0]) {
            self.engaged += 1;
            self.rows[13] = self.place(13, Some(mode));
            let end = r.get::<_, Option<i32>>(4)?.map(|e| PartDate(e).last_day());
            self.contract_over |= end.is_some_and(|e| e < self.days[0]);
            if let Some(line) = r.get::<_, Option<i64>>(6)?.and_then(|p| self.shared.lines.get(&p)) {
                self.rows[11] = self.place(11, Some(line.as_bytes()));
            }
        }
        Ok(())
    }

    fn recognition(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let state = r.get_ref(4)?.as_str().unwrap_or_default();
        if state == "in_force" {
            self.recognised.push((r.get(5)?, span));
        }
        if COUNTED.contains(&state) && span.holds(self.days[0]) {
            self.rows[0] = self.place(0, bytes(r, 3));
        }
        Ok(())
    }

    fn document(&mut self, r: &SqlRow<'_>) -> Result<()> {
        if !span(r)?.holds(self.days[0]) {
            return Ok(());
        }
        self.documents += 1;
        self.expired |= r.get::<_, Option<i32>>(4)?.is_some_and(|d| d < self.days[0].0);
        match r.get_ref(3)?.as_str().unwrap_or_default() {
            "hm_permit" | "tw_permit" | "hmt_residence" => self.hmt = true,
            "resident_id" => self.foreign = self.foreign.or(Some(false)),
            "foreign_pr" => self.foreign = self.foreign.or(Some(true)),
            _ => {}
        }
        Ok(())
    }

    /// Counts the person in every table.
    fn put(&mut self, id: i64, sink: &mut Sink) -> Result<()> {
        let who = Found::Person(id);
        self.rows[12] = match (self.hmt, self.foreign) {
            (true, _) => 1,
            (_, Some(true)) => 2,
            (_, Some(false)) => 0,
            _ => SOURCES.len(),
        };
        self.join_spells();
        let here = |day: Day, spells: &[Spell]| spells.iter().any(|s| s.span.holds(day));
        for (column, day) in self.days.into_iter().enumerate() {
            if let Some(corps) = self.corps[column].filter(|_| here(day, &self.spells)) {
                match column.checked_sub(FIRST_QUARTER) {
                    Some(quarter) => sink.hit(TREND, corps, quarter, who),
                    None => sink.hit(CORPS, corps, column, who),
                }
            }
        }
        self.put_flows(who, sink);
        if let (Some(corps), Some((from, rigid))) = (self.corps[0], self.introduced) {
            let term = &self.shared.when.term;
            if term.from <= from.0 && from.0 <= term.until && from <= self.days[0] {
                sink.hit(RIGID, corps, 0, who);
                sink.hit(RIGID, corps, if rigid { 1 } else { 2 }, who);
                if self.engaged == 0 {
                    sink.hit(RIGID, corps, 3, who);
                }
            }
        }
        if self.corps[0].is_some() && self.engaged > 0 {
            for (dim, row) in self.rows.into_iter().enumerate() {
                sink.hit(FIRST_DIM + dim, row, 0, who);
            }
            self.put_quality(who, sink);
        }
        self.put_cards(id, sink)
    }

    /// Joins engagements that follow each other or overlap: moving to another unit is no going and coming.
    fn join_spells(&mut self) {
        if self.spells.len() < 2 {
            return;
        }
        self.spells.sort_by_key(|s| (s.span.from, s.span.until.unwrap_or(Day(i32::MAX))));
        let mut joined: Vec<Spell> = Vec::with_capacity(self.spells.len());
        for s in &self.spells {
            match joined.last_mut() {
                Some(last) if last.span.until.is_none_or(|u| s.span.from <= u.succ()) => {
                    if last.span.until.is_some_and(|u| s.span.until.is_none_or(|v| v >= u)) {
                        *last = Spell { span: Span { from: last.span.from, until: s.span.until }, why: s.why };
                    }
                }
                _ => joined.push(*s),
            }
        }
        self.spells = joined;
    }

    /// Who came within a period, and who was gone by its end; the corps is that of its end, of a leaver the last one.
    fn put_flows(&self, who: Found, sink: &mut Sink) {
        let (begins, ends) = (self.shared.when.begins(), self.days);
        for at in 0..3 {
            let Some(corps) = self.corps[at] else { continue };
            let (from, until) = (begins[at], ends[at]);
            if self.spells.iter().any(|s| from <= s.span.from && s.span.from <= until) {
                sink.hit(FLOWS, corps, at, who);
            }
            // A last day on the period's own last day is still one in office.
            let gone = self.spells.iter().rev().find(|s| s.span.until.is_some_and(|u| from.pred() <= u && u < until));
            if let Some(s) = gone {
                sink.hit(FLOWS, corps, 3 + at, who);
                if at == 0 {
                    sink.hit(LEFT, s.why, 0, who);
                }
            }
        }
    }

    fn put_quality(&self, who: Found, sink: &mut Sink) {
        let unknown = |dim: usize| self.rows[dim] == self.shared.places[dim].len() - 1;
        let lacks = [!self.birth, unknown(5), unknown(1), self.documents == 0, self.expired, self.contract_over, self.engaged > 1];
        for (row, lacks) in lacks.into_iter().enumerate() {
            if lacks {
                sink.hit(QUALITY, row, 0, who);
            }
        }
    }

    fn put_cards(&mut self, id: i64, sink: &mut Sink) -> Result<()> {
        let mut cards = std::mem::take(&mut self.cards);
        if let Some(more) = self.shared.strays.get(&id) {
            cards.extend(more.iter().filter(|c| c.issued <= self.days[0]).cloned());
        }
        if cards.is_empty() {
            return Ok(());
        }
        let engaged = self.spells.iter().map(|s| s.span).collect();
        let holder = Holder { recognised: std::mem::take(&mut self.recognised), engaged };
        for card in &cards {
            let what = Found::Card(card.id);
            let status = self.card_status(card, &holder)?;
            if let Some(column) = CARD_STATES.iter().position(|s| *s == status) {
                sink.hit_key(CARDS, &card.level, column, what);
            }
            if self.shared.when.period.from() <= card.issued {
                sink.hit_key(CARDS, &card.level, CARD_STATES.len(), what);
            }
            if card.main_card_id.is_some() {
                sink.hit_key(CARDS, &card.level, CARD_STATES.len() + 1, what);
            }
        }
        Ok(())
    }

    fn card_status(&self, card: &Card, holder: &Holder) -> Result<String> {
        if let Some(status) = self.shared.mains.get(&card.id) {
            return Ok(status.clone());
        }
        let key = (card.policy_id.unwrap_or(0), card.scheme.clone());
        let scheme = self.shared.card_schemes.get(&key).ok_or_else(|| error::not_office("damaged"))?;
        let stored = self.shared.card_states.get(&card.id).map_or("valid", String::as_str);
        let reviews = self.shared.card_reviews.get(&card.id).map_or(&[][..], Vec::as_slice);
        let due = review_due(scheme.review_months, card.issued, reviews);
        Ok(holder.status(card, scheme, stored, due, None, self.days[0]).0.to_owned())
    }
}

/// A text of a row as the file holds it; None where it has none.
fn bytes<'r>(r: &'r SqlRow<'_>, at: usize) -> Option<&'r [u8]> {
    r.get_ref(at).ok()?.as_bytes_or_null().ok().flatten()
}

fn span(r: &SqlRow<'_>) -> Result<Span> {
    Ok(Span { from: Day(r.get(1)?), until: r.get::<_, Option<i32>>(2)?.map(Day) })
}

/// The band of an age in whole years.
fn age_band(age: i32) -> &'static str {
    AGES[[35, 40, 45, 50, 54].iter().position(|last| age <= *last).unwrap_or(5)]
}

/// Counts as tables: shares are added, rows nobody is in left out where a set is long.
fn finish(counts: Vec<Count>) -> Vec<Table> {
    counts.into_iter().map(table).collect()
}

fn table(c: Count) -> Table {
    let total: Vec<Cell> = c.total.iter().map(|n| Cell::Int(*n)).collect();
    let mut rows: Vec<Row> = c
        .rows
        .iter()
        .zip(&c.cells)
        .map(|(key, cells)| Row { key: key.clone(), name: None, cells: cells.iter().map(|n| Cell::Int(*n)).collect() })
        .collect();
    let mut out = Table { key: c.key, set: c.set, columns: c.columns, rows: Vec::new(), total: Some(total) };
    let empty = |r: &Row| r.cells.iter().all(|n| n.int() == Some(0));
    match c.key {
        "quality" => out.total = None,
        "rigid" => {
            out.columns.push(Column::percent("rigid_share"));
            let with = |cells: &mut Vec<Cell>| {
                let n = |at: usize| cells.get(at).and_then(Cell::int).unwrap_or(0);
                let s = share(n(1), n(0));
                cells.push(s);
            };
            rows.iter_mut().for_each(|r| with(&mut r.cells));
            if let Some(t) = &mut out.total {
                with(t);
            }
        }
        key if DIMS.iter().any(|d| d.key == key) => {
            let long = rows.len() > 12;
            rows.retain(|r| !(empty(r) && (long || r.key == UNKNOWN)));
            out.columns.push(Column::percent("share"));
            let whole = c.total[0];
            for r in &mut rows {
                let n = r.cells[0].int().unwrap_or(0);
                r.cells.push(share(n, whole));
            }
            if let Some(t) = &mut out.total {
                t.push(share(whole, whole));
            }
        }
        "left_why" => rows.retain(|r| !(empty(r) && r.key == UNKNOWN)),
        "cards" => {
            let order: BTreeMap<usize, &str> = codes::codes("card_level").map(|c| c.code).enumerate().collect();
            let rank = |key: &str| order.iter().find(|(_, c)| **c == key).map_or(usize::MAX, |(at, _)| *at);
            rows.sort_by(|a, b| rank(&a.key).cmp(&rank(&b.key)).then_with(|| a.key.cmp(&b.key)));
        }
        _ => {}
    }
    out.rows = rows;
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn thirty_five_and_under_includes_thirty_five() {
        let bands: Vec<&str> = [20, 35, 36, 40, 41, 45, 46, 50, 51, 54, 55, 80].into_iter().map(age_band).collect();
        assert_eq!(bands, ["to_35", "to_35", "36_40", "36_40", "41_45", "41_45", "46_50", "46_50", "51_54", "51_54", "from_55", "from_55"]);
    }

    #[test]
    fn every_table_has_a_key_of_its_own() {
        let keys = keys();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(keys[FIRST_DIM], DIMS[0].key);
    }
}
