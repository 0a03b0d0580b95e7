//! The one way to write: BEGIN IMMEDIATE, the change, its op with the digests of the subjects it touched, COMMIT. Nouns get a
//! `Tx`; they say what they touched, the op and the chain are made here. Who may act is judged here too.

use super::digest::{Hash, LeafBuilder, leaf_of, sha256};
use super::open;
use super::reach::Frozen;
use super::subject::{self, Subject};
use crate::base::day::Day;
use crate::error::{self, Error, Result};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What an op says of itself: the command, its day, who and why.
#[derive(Clone, Debug)]
pub struct Act {
    /// `talent.add`, `roster.import`, `access` …
    pub command: &'static str,
    /// Free words of the command as JSON; kept apart from the hash chain by a salt.
    pub params: Map<String, Value>,
    /// The business day (业务日期).
    pub day: Day,
    /// `--reason`.
    pub reason: Option<String>,
    /// `--actor`, or None for the OS user.
    pub actor: Option<String>,
    /// Who the operating system says is sitting there.
    pub os_user: String,
    /// The clock, in milliseconds since 1970.
    pub now_ms: i64,
    /// `--dry-run`: everything is done and rolled back.
    pub dry_run: bool,
    /// The op this one undoes.
    pub undoes: Option<i64>,
}

/// An open write.
pub struct Tx<'c> {
    conn: &'c Connection,
    /// Number of the op being made.
    pub op: i64,
    /// The business day.
    pub day: Day,
    /// Who acts.
    pub actor: String,
    touched: BTreeSet<(&'static str, i64)>,
    /// What the step at hand touched first, so that a step taken back leaves no trace.
    fresh: Option<Vec<(&'static str, i64)>>,
    bulk: Sha256,
    bulk_count: u64,
    /// The first of those entered in bulk.
    bulk_first: Option<i64>,
    keep_op: bool,
    outcome: Map<String, Value>,
    params: Map<String, Value>,
    /// The last number given in this op, by table: asked of the file once.
    numbers: BTreeMap<&'static str, i64>,
}

impl<'c> Tx<'c> {
    /// The connection, for the SQL of a store.
    pub fn conn(&self) -> &'c Connection {
        self.conn
    }

    /// A part that can be taken back alone: what `f` wrote stays only where it succeeds and `keep` says so of its result.
    pub fn step<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>, keep: impl FnOnce(&T) -> bool) -> Result<T> {
        self.conn.execute_batch("SAVEPOINT step")?;
        let outer = self.fresh.replace(Vec::new());
        let numbers = self.numbers.clone();
        let done = f(self);
        let fresh = std::mem::replace(&mut self.fresh, outer).unwrap_or_default();
        if done.as_ref().is_ok_and(keep) {
            if let Some(outer) = &mut self.fresh {
                outer.extend(fresh);
            }
        } else {
            self.conn.execute_batch("ROLLBACK TO step")?;
            self.numbers = numbers;
            for subject in &fresh {
                self.touched.remove(subject);
            }
        }
        self.conn.execute_batch("RELEASE step")?;
        done
    }

    /// Says that a subject's rows changed: its leaf is taken at the end.
    pub fn touch(&mut self, s: &'static Subject, id: i64) {
        if self.touched.insert((s.kind, id))
            && let Some(fresh) = &mut self.fresh
        {
            fresh.push((s.kind, id));
        }
    }

    /// Whether this op already touched the subject.
    pub fn has_touched(&self, s: &'static Subject, id: i64) -> bool {
        self.touched.contains(&(s.kind, id))
    }

    /// Says that a person was entered in bulk with that leaf in the profile row; call in the order of the ids.
    pub fn bulk_leaf(&mut self, id: i64, leaf: &Hash) {
        self.bulk.update(id.to_be_bytes());
        self.bulk.update(leaf);
        self.bulk_count += 1;
        self.bulk_first.get_or_insert(id);
    }

    /// The next number of a table, `highest` being the SQL that asks for the highest given so far.
    pub fn next_number(&mut self, table: &'static str, highest: &str) -> Result<i64> {
        let last = match self.numbers.get(table) {
            Some(last) => *last,
            None => self.conn.prepare_cached(highest)?.query_row([], |r| r.get(0))?,
        };
        self.numbers.insert(table, last + 1);
        Ok(last + 1)
    }

    /// That whoever acts has a role. Until the office names its actors nobody has any, and everybody may.
    pub fn must_be(&self, role: &'static str) -> Result<()> {
        let mut st = self.conn.prepare_cached("SELECT name, roles FROM actor WHERE voided_op IS NULL")?;
        let named: Vec<(String, String)> = st.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let has = |a: &(String, String)| a.0 == self.actor && a.1.split(',').any(|r| r == role);
        if named.is_empty() || named.iter().any(has) {
            return Ok(());
        }
        Err(error::not_permitted("needs_role").fact("actor", &self.actor).fact("role", role).detail("role", role))
    }

    /// Makes an op though no row changed: a reading that must be recorded.
    pub fn record_anyway(&mut self) {
        self.keep_op = true;
    }

    /// Adds free words of the command that are known only now: kept apart from the chain like `Act::params`.
    pub fn words(&mut self, key: &str, value: impl Into<Value>) {
        self.params.insert(key.to_owned(), value.into());
    }

    /// Adds a count or number to the op's outcome; nothing personal.
    pub fn outcome(&mut self, key: &str, value: impl Into<Value>) {
        self.outcome.insert(key.to_owned(), value.into());
    }
}

/// What a write leaves behind.
#[derive(Debug)]
pub struct Done<T> {
    /// What the closure returned.
    pub value: T,
    /// The op's number; None where nothing changed or it was a dry run.
    pub op: Option<i64>,
}

/// So much two stamps may differ by rounding alone, in milliseconds.
const ROUNDED_MS: i64 = 2;

/// Runs `f` in one transaction with its op. Nothing touched and nothing recorded: no op, no change.
pub fn write<T>(conn: &mut Connection, act: &Act, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Done<T>> {
    // A transaction that never nests: the connection is ours alone.
    let conn = &*conn;
    let asked = Instant::now();
    let db = open::patiently(|| Ok(Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?))?;
    // Whoever waited for another clerk writes now, not when they asked: their clock did not run back.
    let now_ms = act.now_ms.saturating_add(i64::try_from(asked.elapsed().as_millis()).unwrap_or(0));
    let (last, prev_hash, prev_time) = head(&db)?;
    let (actor, standing) = permitted(&db, act)?;
    let mut tx = Tx {
        conn: &db,
        op: last + 1,
        day: act.day,
        actor: actor.clone(),
        touched: BTreeSet::new(),
        fresh: None,
        bulk: Sha256::new(),
        bulk_count: 0,
        bulk_first: None,
        keep_op: false,
        outcome: Map::new(),
        params: act.params.clone(),
        numbers: BTreeMap::new(),
    };
    let value = f(&mut tx)?;
    let Tx { op, touched, bulk, bulk_count, bulk_first, keep_op, mut outcome, params, .. } = tx;
    if touched.is_empty() && bulk_count == 0 && !keep_op {
        db.rollback()?;
        return Ok(Done { value, op: None });
    }
    let reached = reached(&db, act, op, &touched, bulk_first)?;
    if !reached.is_empty() {
        outcome.insert("into_frozen".to_owned(), reached.into());
    }
    let mut subjects = Sha256::new();
    let mut leaves = Vec::with_capacity(touched.len());
    let mut b = LeafBuilder::default();
    for (kind, id) in touched {
        // `touch` takes only subjects of the list.
        let Some(s) = subject::by_kind(kind) else {
            continue;
        };
        let leaf = leaf_of(&db, s, id, &mut b)?;
        add_subject(&mut subjects, kind, id, &leaf);
        leaves.push((kind, id, leaf));
    }
    let subjects_hash = join_subjects(subjects, bulk);
    let params = if params.is_empty() { None } else { Some(Value::Object(params).to_string()) };
    let outcome = if outcome.is_empty() { None } else { Some(Value::Object(outcome).to_string()) };
    let salt = new_salt(op, now_ms, &prev_hash);
    let row = OpRow {
        op,
        recorded_at: now_ms.max(prev_time),
        clock_back: now_ms.saturating_add(ROUNDED_MS) < prev_time,
        business_day: act.day.0,
        actor,
        os_user: act.os_user.clone(),
        standing: standing.to_owned(),
        command: act.command.to_owned(),
        outcome,
        text_hash: text_hash(&salt, params.as_deref(), act.reason.as_deref()).to_vec(),
        params,
        reason: act.reason.clone(),
        text_salt: Some(salt.to_vec()),
        undoes: act.undoes,
        subjects_hash: subjects_hash.to_vec(),
        prev_hash: prev_hash.clone(),
        hash: Vec::new(),
    };
    let hash = row.chain_hash();
    db.prepare_cached(
        "INSERT INTO op (op, recorded_at, clock_back, business_day, actor, os_user, standing, command, outcome, params, reason,
                         text_salt, text_hash, undoes, subjects_hash, prev_hash, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        row.op,
        row.recorded_at,
        row.clock_back,
        row.business_day,
        row.actor,
        row.os_user,
        row.standing,
        row.command,
        row.outcome,
        row.params,
        row.reason,
        row.text_salt,
        row.text_hash,
        row.undoes,
        row.subjects_hash,
        row.prev_hash,
        hash
    ])?;
    {
        let mut st = db.prepare_cached("INSERT INTO op_subject (op, kind, subject, leaf) VALUES (?1, ?2, ?3, ?4)")?;
        for (kind, id, leaf) in &leaves {
            st.execute(params![op, kind, id, leaf])?;
        }
    }
    if act.dry_run {
        db.rollback()?;
        return Ok(Done { value, op: None });
    }
    db.commit()?;
    Ok(Done { value, op: Some(op) })
}

/// The frozen periods that an op reaches into; 3 where nobody says why.
fn reached(db: &Connection, act: &Act, op: i64, touched: &BTreeSet<(&'static str, i64)>, bulk_first: Option<i64>) -> Result<Vec<String>> {
    let frozen = Frozen::load(db)?;
    let mut found = BTreeMap::new();
    if frozen.is_empty() {
        return Ok(Vec::new());
    }
    frozen.note(act.day, &mut found);
    for (kind, id) in touched {
        if let Some(s) = subject::by_kind(kind) {
            frozen.note_subject(db, s, *id, op, &mut found)?;
        }
    }
    if let Some(first) = bulk_first {
        frozen.note_bulk(db, &subject::PERSON_SUBJECT, first, op, &mut found)?;
    }
    match found.first_key_value() {
        Some((period, day)) if act.reason.is_none() => {
            Err(error::refused("frozen_period").fact("day", day.iso()).fact("period", period).detail("period", period.clone()))
        }
        _ => Ok(found.into_keys().collect()),
    }
}

/// Last op, its hash and its time. Before the first op the hash is 32 zero bytes.
pub fn head(conn: &Connection) -> Result<(i64, Vec<u8>, i64)> {
    Ok(conn
        .prepare_cached("SELECT op, hash, recorded_at FROM op ORDER BY op DESC LIMIT 1")?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?
        .unwrap_or((0, vec![0; 32], 0)))
}

/// One entry of the log, as it is hashed.
#[derive(Clone, Debug)]
pub struct OpRow {
    /// Number.
    pub op: i64,
    /// Milliseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The clock stood before the previous op's time.
    pub clock_back: bool,
    /// Business day.
    pub business_day: i32,
    /// Who acted.
    pub actor: String,
    /// Who sat there.
    pub os_user: String,
    /// unverified, actor, proxy.
    pub standing: String,
    /// Command.
    pub command: String,
    /// Counts.
    pub outcome: Option<String>,
    /// Free words.
    pub params: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Salt of the free words.
    pub text_salt: Option<Vec<u8>>,
    /// Digest of the free words.
    pub text_hash: Vec<u8>,
    /// The op undone.
    pub undoes: Option<i64>,
    /// Digest of the subjects.
    pub subjects_hash: Vec<u8>,
    /// Hash of the op before.
    pub prev_hash: Vec<u8>,
    /// Own hash.
    pub hash: Vec<u8>,
}

impl OpRow {
    /// The columns `read` expects, in order.
    pub const COLUMNS: &'static str = "op, recorded_at, clock_back, business_day, actor, os_user, standing, command, outcome, params,
        reason, text_salt, text_hash, undoes, subjects_hash, prev_hash, hash";

    /// From a row of `SELECT COLUMNS FROM op`.
    pub fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<OpRow> {
        Ok(OpRow {
            op: r.get(0)?,
            recorded_at: r.get(1)?,
            clock_back: r.get::<_, i64>(2)? != 0,
            business_day: r.get(3)?,
            actor: r.get(4)?,
            os_user: r.get(5)?,
            standing: r.get(6)?,
            command: r.get(7)?,
            outcome: r.get(8)?,
            params: r.get(9)?,
            reason: r.get(10)?,
            text_salt: r.get(11)?,
            text_hash: r.get(12)?,
            undoes: r.get(13)?,
            subjects_hash: r.get(14)?,
            prev_hash: r.get(15)?,
            hash: r.get(16)?,
        })
    }

    /// H over every column but the free words (their hash stands for them), each with its length.
    pub fn chain_hash(&self) -> Hash {
        let mut h = Sha256::new();
        let mut part = |b: &[u8]| {
            h.update((b.len() as u64).to_be_bytes());
            h.update(b);
        };
        part(b"rencai op 1");
        part(&self.prev_hash);
        for n in [self.op, self.recorded_at, i64::from(self.clock_back), i64::from(self.business_day)] {
            part(&n.to_be_bytes());
        }
        for s in [&self.actor, &self.os_user, &self.standing, &self.command] {
            part(s.as_bytes());
        }
        part(self.outcome.as_deref().unwrap_or("").as_bytes());
        part(&self.text_hash);
        part(&self.undoes.unwrap_or(0).to_be_bytes());
        part(&self.subjects_hash);
        h.finalize().into()
    }
}

/// Digest of an op's free words.
pub fn text_hash(salt: &[u8], params: Option<&str>, reason: Option<&str>) -> Hash {
    let mut b = salt.to_vec();
    for s in [params, reason] {
        match s {
            None => b.push(0),
            Some(s) => {
                b.push(1);
                b.extend_from_slice(&(s.len() as u64).to_be_bytes());
                b.extend_from_slice(s.as_bytes());
            }
        }
    }
    sha256(&b)
}

/// Adds one op_subject row to the digest of an op's subjects.
pub fn add_subject(h: &mut Sha256, kind: &str, id: i64, leaf: &[u8]) {
    h.update((kind.len() as u64).to_be_bytes());
    h.update(kind.as_bytes());
    h.update(id.to_be_bytes());
    h.update((leaf.len() as u64).to_be_bytes());
    h.update(leaf);
}

/// subjects_hash = H(H(op_subject rows in order) ‖ H(leaves in person_profile in the order of persons)).
pub fn join_subjects(subjects: Sha256, bulk: Sha256) -> Hash {
    let mut both = [0u8; 64];
    both[..32].copy_from_slice(&subjects.finalize());
    both[32..].copy_from_slice(&bulk.finalize());
    sha256(&both)
}

/// A salt nobody can guess: random bytes of the system; where there are none, time and chain, which still differ each op.
pub fn new_salt(op: i64, now_ms: i64, prev: &[u8]) -> [u8; 16] {
    let mut seed = random_bytes();
    seed.extend_from_slice(&op.to_be_bytes());
    seed.extend_from_slice(&now_ms.to_be_bytes());
    seed.extend_from_slice(prev);
    let h = sha256(&seed);
    let mut salt = [0u8; 16];
    salt.copy_from_slice(&h[..16]);
    salt
}

/// 32 random bytes from the system's source.
pub fn random_bytes() -> Vec<u8> {
    use std::io::Read as _;
    let mut b = vec![0u8; 32];
    if std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut b)).is_err() {
        // Hash maps are seeded by the system too: two fresh seeds.
        use std::hash::{BuildHasher as _, RandomState};
        b = [RandomState::new(), RandomState::new()].iter().flat_map(|s| s.hash_one(1).to_be_bytes()).collect();
    }
    b
}

/// Who acts and with what standing: CLI.md `--actor`.
fn permitted(conn: &Connection, act: &Act) -> Result<(String, &'static str)> {
    let any: bool = conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM actor WHERE voided_op IS NULL)")?.query_row([], |r| r.get(0))?;
    let named = act.actor.clone();
    if !any {
        return Ok((named.unwrap_or_else(|| act.os_user.clone()), "unverified"));
    }
    let mut st = conn.prepare_cached(
        "SELECT name, os_user, roles FROM actor WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
    )?;
    let live: Vec<(String, String, String)> =
        st.query_map([act.day.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<rusqlite::Result<_>>()?;
    let mine: Vec<&(String, String, String)> = live.iter().filter(|a| a.1 == act.os_user).collect();
    let Some(name) = named else {
        return match mine.as_slice() {
            [one] => Ok((one.0.clone(), "actor")),
            [] => Err(error::not_permitted("actor_unknown").fact("actor", &act.os_user)),
            _ => Err(error::not_permitted("actor_ambiguous").fact("os_user", &act.os_user)),
        };
    };
    let Some(actor) = live.iter().find(|a| a.0 == name) else {
        return Err(error::not_permitted("actor_unknown").fact("actor", &name));
    };
    if actor.1 == act.os_user {
        return Ok((name, "actor"));
    }
    if mine.iter().any(|a| a.2.split(',').any(|r| r == "proxy")) {
        return Ok((name, "proxy"));
    }
    Err::<_, Error>(error::not_permitted("actor_not_proxy").fact("actor", &name).fact("os_user", &act.os_user))
}
