//! Many new persons in one op: the same rows and the same leaves as `change::enter` makes, written in the order of numbers with
//! the name dictionary kept in memory. Into an empty office the secondary indexes are built after the rows.

use super::super::change::{NewPerson, document_values, recorded};
use crate::base::names;
use crate::db::digest::{Halves, LeafBuilder, Val, push_ref, sha256};
use crate::db::subject::{ACHIEVEMENT, ENGAGEMENT, PERSON, PERSON_DOCUMENT, PERSON_PROFILE, RECOGNITION, Table};
use crate::db::write::{Tx, random_bytes};
use crate::error::Result;
use rusqlite::{Connection, Statement, params};
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;

/// The indexes that random keys would make dear, as schema.sql names them.
const INDEXES: &[&str] = &["name_folded", "person_profile_name", "person_document_number", "engagement_org"];

/// Seq, days and ops of a fact row as it is entered, before its data.
const FIXED: usize = 6;

/// Writes new persons one after the other.
pub struct BulkWriter<'c> {
    conn: &'c Connection,
    op: i64,
    next_id: i64,
    next_name: i64,
    /// 64-bit digest of a name → its id; the dictionary itself stays in the file.
    names: HashMap<u64, u32, BuildPlain>,
    deferred: Vec<String>,
    refs: Vec<u8>,
    person: Insert<'c>,
    profile: Insert<'c>,
    document: Insert<'c>,
    engagement: Insert<'c>,
    /// The same for those who came by a project: they are the fewer.
    engagement_of_project: Insert<'c>,
    recognition: Insert<'c>,
    achievement: Insert<'c>,
    name: Statement<'c>,
    written: u64,
}

/// Columns that no new person has: they stand as NULL in the statement, as a bound NULL costs as much as a value.
const NEVER: &[&str] = &[
    "until_day",
    "voided_op",
    "merged_into",
    "erased_op",
    "leave_why",
    "leave_to",
    "project_id",
    "policy_id",
    "route",
    "decision_id",
    "mid_check",
    "level",
    "awarded",
    "file_id",
];

/// The INSERT of a table's whole rows.
struct Insert<'c> {
    st: Statement<'c>,
    never: Vec<bool>,
}

impl<'c> Insert<'c> {
    fn of(conn: &'c Connection, table: &Table) -> Result<Insert<'c>> {
        Insert::but(conn, table, NEVER)
    }

    fn but(conn: &'c Connection, table: &Table, never: &[&str]) -> Result<Insert<'c>> {
        let names: Vec<&str> = table.cols.iter().map(|(name, _)| *name).collect();
        let never: Vec<bool> = names.iter().map(|name| never.contains(name)).collect();
        let values: Vec<String> = (1..).zip(&never).map(|(at, never)| if *never { "NULL".to_owned() } else { format!("?{at}") }).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", "));
        Ok(Insert { st: conn.prepare(&sql)?, never })
    }
}

/// Keys are digests already: they are their own hash.
#[derive(Default, Clone, Copy)]
pub struct Plain(u64);
impl std::hash::Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}
/// Builder of `Plain`.
pub type BuildPlain = std::hash::BuildHasherDefault<Plain>;

/// A 64-bit digest of a text, for maps that must stay small; keyed anew in every run, so that no file can be made to collide.
pub fn short_digest(text: &str) -> u64 {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    KEY.get_or_init(RandomState::new).hash_one(text)
}

/// What a new person's leaf is made of, as far as it is known before the person has a number; the reading thread makes it.
#[derive(Clone, Debug)]
pub struct Prepared {
    salt: [u8; 16],
    halves: Halves,
}

/// Makes `Prepared` of one new person after the other.
#[derive(Debug)]
pub struct Preparer {
    op: i64,
    seed: Vec<u8>,
    leaf: LeafBuilder,
}

impl Preparer {
    /// For the persons of one op.
    pub fn new(op: i64) -> Preparer {
        Preparer { op, seed: random_bytes(), leaf: LeafBuilder::default() }
    }

    /// `row` tells the salts of an op apart.
    pub fn prepare(&mut self, p: &NewPerson, row: u64) -> Prepared {
        let salt = self.salt(row);
        self.leaf.begin(&salt);
        self.leaf.row(&PERSON, &person_row(0, self.op, &salt));
        let Ok(()) = each_fact(p, (0, self.op, 0), (Val::Text(&p.profile.name), Val::Null), |table, row| {
            self.leaf.row(table, row);
            Ok::<(), Infallible>(())
        });
        Prepared { salt, halves: self.leaf.halves() }
    }

    /// 16 bytes for one person out of the op's random seed.
    fn salt(&self, row: u64) -> [u8; 16] {
        let mut b = self.seed.clone();
        b.extend_from_slice(&row.to_be_bytes());
        let h = sha256(&b);
        let mut salt = [0u8; 16];
        salt.copy_from_slice(&h[..16]);
        salt
    }
}

/// The anchor row of a new person.
fn person_row(id: i64, op: i64, salt: &[u8]) -> [Val<'_>; 7] {
    [Val::Int(id), Val::Int(op), Val::Null, Val::Text("talent"), Val::Blob(salt), Val::Null, Val::Null]
}

/// The fact rows of a new person in the order of the leaf. `name` and `leaf` are what stands for them in the profile's row.
fn each_fact<E>(
    p: &NewPerson,
    (id, op, recognition): (i64, i64, i64),
    (name, leaf): (Val<'_>, Val<'_>),
    mut f: impl FnMut(&'static Table, &[Val<'_>]) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    f(&PERSON_PROFILE, &full(id, 1, p.from.0, op, &p.profile.values(name, leaf)))?;
    for (i, d) in p.documents.iter().enumerate() {
        f(&PERSON_DOCUMENT, &full(id, i + 1, p.from.0, op, &document_values(d)))?;
    }
    f(&ENGAGEMENT, &full(id, 1, p.from.0, op, &p.engagement.values()))?;
    if let Some(class) = &p.class {
        f(&RECOGNITION, &full(id, 1, p.from.0, op, &recorded(recognition, class.clone()).values()))?;
    }
    for (i, a) in p.achievements.iter().enumerate() {
        f(&ACHIEVEMENT, &full(id, i + 1, p.from.0, op, &[Val::Text(a), Val::Null, Val::Null, Val::Null, Val::Null]))?;
    }
    Ok(())
}

impl<'c> BulkWriter<'c> {
    /// Begins. `tx` must not be used for other persons until `finish`.
    pub fn begin(tx: &Tx<'c>) -> Result<BulkWriter<'c>> {
        let conn = tx.conn();
        // 64 MB is the knee: 8 MB makes an import 1.7 times slower, 256 MB buys a tenth.
        conn.execute_batch("PRAGMA cache_size = -65536")?;
        let empty: bool = conn.query_row("SELECT NOT EXISTS (SELECT 1 FROM person)", [], |r| r.get(0))?;
        let mut deferred = Vec::new();
        if empty {
            for index in INDEXES {
                deferred.push(conn.query_row("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1", [index], |r| r.get(0))?);
                conn.execute_batch(&format!("DROP INDEX {index}"))?;
            }
        }
        let mut names = HashMap::default();
        let mut next_name = 1;
        if !empty {
            next_name = conn.query_row("SELECT coalesce(max(id), 0) + 1 FROM name", [], |r| r.get(0))?;
        }
        names.reserve(1024);
        Ok(BulkWriter {
            conn,
            op: tx.op,
            next_id: conn.query_row("SELECT coalesce(max(id), 0) + 1 FROM person", [], |r| r.get(0))?,
            next_name,
            names,
            deferred,
            refs: Vec::new(),
            person: Insert::of(conn, &PERSON)?,
            profile: Insert::of(conn, &PERSON_PROFILE)?,
            document: Insert::of(conn, &PERSON_DOCUMENT)?,
            engagement: Insert::of(conn, &ENGAGEMENT)?,
            engagement_of_project: Insert::but(conn, &ENGAGEMENT, &[])?,
            recognition: Insert::of(conn, &RECOGNITION)?,
            achievement: Insert::of(conn, &ACHIEVEMENT)?,
            name: conn.prepare("INSERT INTO name (id, text, folded, pinyin, initials) VALUES (?1, ?2, ?3, ?4, ?5)")?,
            written: 0,
        })
    }

    /// Whether the office had no person: then nothing needs to be asked of the file.
    pub fn into_empty(&self) -> bool {
        !self.deferred.is_empty()
    }

    /// The dictionary id of a name, made where it is new; `key` is its `short_digest`.
    pub fn name_id(&mut self, text: &str, key: u64) -> Result<i64> {
        if let Some(id) = self.names.get(&key) {
            return Ok(i64::from(*id));
        }
        let folded = names::fold(text);
        let known = if self.into_empty() {
            None
        } else {
            use rusqlite::OptionalExtension as _;
            self.conn
                .prepare_cached("SELECT id FROM name WHERE folded = ?1 AND text = ?2")?
                .query_row([&folded, text], |r| r.get::<_, i64>(0))
                .optional()?
        };
        let id = match known {
            Some(id) => id,
            None => {
                let (pinyin, initials) = names::pinyin(text);
                self.name.execute(params![self.next_name, text, folded, pinyin, initials])?;
                self.next_name += 1;
                self.next_name - 1
            }
        };
        // An office of four billion names would not fit a file; the map keeps four bytes.
        if let Ok(small) = u32::try_from(id) {
            self.names.insert(key, small);
        }
        Ok(id)
    }

    /// Enters one person; returns the id. The leaf goes into the profile row and the op's digest.
    pub fn enter(&mut self, tx: &mut Tx<'c>, p: &NewPerson, prepared: &Prepared, name_id: i64) -> Result<i64> {
        let id = self.next_id;
        self.next_id += 1;
        let op = self.op;
        // Known persons whose class changes in the same import take their numbers from the same counter.
        let recognition = if p.class.is_some() { super::next_recognition(tx)? } else { 0 };
        self.refs.clear();
        push_ref(&mut self.refs, "org_id", p.engagement.org_id);
        if let Some(project) = p.engagement.project_id {
            push_ref(&mut self.refs, "project_id", project);
        }
        if p.class.is_some() {
            push_ref(&mut self.refs, "id", recognition);
        }
        let leaf = prepared.halves.join(id, &self.refs);
        bind(&mut self.person, &person_row(id, op, &prepared.salt))?;
        each_fact(p, (id, op, recognition), (Val::Int(name_id), Val::Blob(&leaf)), |table, row| {
            let st = match table.name {
                "person_profile" => &mut self.profile,
                "person_document" => &mut self.document,
                "engagement" if p.engagement.project_id.is_some() => &mut self.engagement_of_project,
                "engagement" => &mut self.engagement,
                "recognition" => &mut self.recognition,
                _ => &mut self.achievement,
            };
            bind(st, row)
        })?;
        tx.bulk_leaf(id, &leaf);
        self.written += 1;
        Ok(id)
    }

    /// Builds the indexes that were put off and counts what was written against what is there.
    pub fn finish(mut self) -> Result<u64> {
        self.names = HashMap::default();
        // Runs that fit the processor's cache are sorted by a second thread and merged: twice as fast as one large sort in memory.
        // They wait in a nameless file of the temporary folder; where there is no room for it, all is sorted in memory.
        self.conn.execute_batch("PRAGMA cache_size = -2000; PRAGMA threads = 2")?;
        for sql in &self.deferred {
            if let Err(e) = self.conn.execute_batch(sql) {
                if self.conn.is_autocommit() {
                    return Err(e.into());
                }
                self.conn.execute_batch(&format!("PRAGMA cache_size = -262144; {sql}"))?;
            }
        }
        let there: i64 = self.conn.query_row("SELECT count(*) FROM person WHERE made_op = ?1", [self.op], |r| r.get(0))?;
        if u64::try_from(there).ok() != Some(self.written) {
            return Err(crate::error::io("written_differs").fact("written", self.written).fact("there", there));
        }
        if self.into_empty() {
            references_hold(self.conn)?;
        }
        Ok(self.written)
    }
}

/// Proves the references of all rows where nothing checked them one by one: records are numbered from 1 without a gap, so the first and
/// the last number a column holds, which an index tells at once, say enough. Small tables are checked by SQLite.
fn references_hold(conn: &Connection) -> Result<()> {
    let wrong = || crate::error::not_office("damaged");
    for (parent, children) in [
        (
            "person",
            &[
                ("person_profile", "person_id"),
                ("person_document", "person_id"),
                ("engagement", "person_id"),
                ("recognition", "person_id"),
                ("achievement", "person_id"),
            ][..],
        ),
        ("name", &[("person_profile", "name_id")]),
        ("org", &[("engagement", "org_id")]),
    ] {
        let (count, last): (i64, i64) =
            conn.query_row(&format!("SELECT count(*), coalesce(max(id), 0) FROM {parent}"), [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        if count != last {
            return Err(wrong());
        }
        for (child, column) in children {
            // Two queries: SQLite looks up a minimum or a maximum in an index, but not both at once.
            let end = |which: &str, order: &str| {
                conn.query_row(
                    &format!("SELECT {which}({column}) FROM (SELECT {column} FROM {child} ORDER BY {column} {order} LIMIT 1)"),
                    [],
                    |r| r.get::<_, Option<i64>>(0),
                )
            };
            if end("min", "ASC")?.is_some_and(|n| n < 1) || end("max", "DESC")?.is_some_and(|n| n > last) {
                return Err(wrong());
            }
        }
    }
    for table in ["org_profile", "judgement", "op_subject"] {
        if conn.prepare(&format!("PRAGMA foreign_key_check({table})"))?.exists([])? {
            return Err(wrong());
        }
    }
    Ok(())
}

/// A whole fact row of a new person: owner, seq, days and ops before the data.
fn full<'a>(id: i64, seq: usize, from: i32, op: i64, data: &[Val<'a>]) -> Vec<Val<'a>> {
    let mut row = Vec::with_capacity(FIXED + data.len());
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    row.extend([Val::Int(id), Val::Int(seq), Val::Int(from.into()), Val::Null, Val::Int(op), Val::Null]);
    row.extend_from_slice(data);
    row
}

fn bind(insert: &mut Insert<'_>, row: &[Val<'_>]) -> Result<()> {
    for (i, (v, never)) in row.iter().zip(&insert.never).enumerate() {
        if !never {
            insert.st.raw_bind_parameter(i + 1, v)?;
        }
    }
    insert.st.raw_execute()?;
    Ok(())
}
