//! The leaf of a subject: the digest of a canonical text of its rows, not of bytes on disk. leaf = H(id ‖ references ‖
//! H(plain) ‖ H(salt ‖ personal)), SHA-256; nulls are left out, so a new nullable column changes no leaf. Which columns: `subject`.

use super::subject::{Part, Subject, Table};
use crate::error::Result;
use rusqlite::Connection;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// A value on its way into a row and into the digest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val<'a> {
    /// No value.
    Null,
    /// A number, a day, an id.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Val<'a> {
    /// From a SQLite value; text is checked when it is read into a String, here bytes count as they are.
    fn of(v: ValueRef<'a>) -> Canon<'a> {
        match v {
            ValueRef::Null => Canon::Null,
            ValueRef::Integer(i) => Canon::Int(i),
            // STRICT tables hold no REAL columns of ours; a value that is one came from outside and is hashed as its bits.
            ValueRef::Real(f) => Canon::Int(f.to_bits().cast_signed()),
            ValueRef::Text(t) => Canon::Text(t),
            ValueRef::Blob(b) => Canon::Blob(b),
        }
    }

    /// Text, or null for None.
    pub fn text(v: Option<&'a str>) -> Val<'a> {
        v.map_or(Val::Null, Val::Text)
    }

    /// Number, or null for None.
    pub fn int(v: Option<impl Into<i64>>) -> Val<'a> {
        v.map_or(Val::Null, |i| Val::Int(i.into()))
    }
}

impl ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Null => ValueRef::Null,
            Val::Int(i) => ValueRef::Integer(*i),
            Val::Text(t) => ValueRef::Text(t.as_bytes()),
            Val::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

/// A value in the canonical text.
enum Canon<'a> {
    Null,
    Int(i64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// Gathers the canonical text of one subject after the other; the buffers are kept.
#[derive(Debug, Default)]
pub struct LeafBuilder {
    refs: Vec<u8>,
    plain: Vec<u8>,
    personal: Vec<u8>,
    any: bool,
}

/// What of a leaf is known before its numbers are: an import's reading thread digests this while the other writes.
#[derive(Clone, Debug)]
pub struct Halves {
    plain: Hash,
    personal: Hash,
}

impl LeafBuilder {
    /// Begins a new subject. `salt` is empty for subjects that are no persons.
    pub fn begin(&mut self, salt: &[u8]) {
        self.refs.clear();
        self.plain.clear();
        self.personal.clear();
        self.plain.extend_from_slice(b"rencai leaf 1\n");
        self.personal.extend_from_slice(salt);
        self.any = false;
    }

    /// Adds a row given as values in column order; a `Name` column's value is the text of the name.
    pub fn row(&mut self, table: &Table, values: &[Val<'_>]) {
        self.open_row(table);
        for ((name, part), v) in table.cols.iter().zip(values) {
            let v = match *v {
                Val::Null => Canon::Null,
                Val::Int(i) => Canon::Int(i),
                Val::Text(t) => Canon::Text(t.as_bytes()),
                Val::Blob(b) => Canon::Blob(b),
            };
            self.field(name, *part, &v);
        }
    }

    /// Adds a row read by `select_sql`.
    fn sql_row(&mut self, table: &Table, row: &rusqlite::Row<'_>) -> Result<()> {
        self.open_row(table);
        for (i, (name, part)) in table.cols.iter().enumerate() {
            let v = Val::of(row.get_ref(i)?);
            self.field(name, *part, &v);
        }
        Ok(())
    }

    fn open_row(&mut self, table: &Table) {
        self.any = true;
        for b in [&mut self.plain, &mut self.personal] {
            b.extend_from_slice(table.name.as_bytes());
            b.push(b'\n');
        }
    }

    fn field(&mut self, name: &str, part: Part, v: &Canon<'_>) {
        let b = match part {
            Part::Outside | Part::Owner => return,
            Part::Reference => &mut self.refs,
            Part::Plain => &mut self.plain,
            Part::Personal | Part::Name => &mut self.personal,
        };
        push_field(b, name, v);
    }

    /// Whether any row was added since `begin`.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// Digests of what does not depend on the subject's number.
    pub fn halves(&self) -> Halves {
        Halves { plain: sha256(&self.plain), personal: sha256(&self.personal) }
    }

    /// The leaf of the subject of that id.
    pub fn finish(&self, id: i64) -> Hash {
        self.halves().join(id, &self.refs)
    }
}

impl Halves {
    /// The leaf; `refs` are the references to other records as `push_ref` writes them, row by row.
    pub fn join(&self, id: i64, refs: &[u8]) -> Hash {
        let mut h = Sha256::new();
        h.update(id.to_be_bytes());
        h.update((refs.len() as u64).to_be_bytes());
        h.update(refs);
        h.update(self.plain);
        h.update(self.personal);
        h.finalize().into()
    }
}

/// Writes a reference of a row for `Halves::join`.
pub fn push_ref(refs: &mut Vec<u8>, name: &str, id: i64) {
    push_field(refs, name, &Canon::Int(id));
}

/// `name=` and a value that says its own type and length, so that no two rows share a text.
fn push_field(b: &mut Vec<u8>, name: &str, v: &Canon<'_>) {
    let mut number = itoa::Buffer::new();
    let (kind, bytes) = match v {
        Canon::Null => return,
        Canon::Int(i) => (b'i', number.format(*i).as_bytes()),
        Canon::Text(t) => (b't', *t),
        Canon::Blob(x) => (b'b', *x),
    };
    b.extend_from_slice(name.as_bytes());
    b.push(b'=');
    b.push(kind);
    let mut length = itoa::Buffer::new();
    if kind != b'i' {
        b.extend_from_slice(length.format(bytes.len()).as_bytes());
        b.push(b':');
    }
    b.extend_from_slice(bytes);
    b.push(b'\n');
}

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let mut s = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        s.push(char::from(b"0123456789abcdef"[usize::from(b >> 4)]));
        s.push(char::from(b"0123456789abcdef"[usize::from(b & 15)]));
    }
    s
}

/// Rows of a table in digest order, a `Name` column as its text; of one owner, or of all in the owner's order.
pub fn select_sql(table: &Table, one: bool) -> String {
    let cols: Vec<String> = table
        .cols
        .iter()
        .map(|(n, p)| if *p == Part::Name { format!("(SELECT text FROM name WHERE name.id = {n})") } else { (*n).to_owned() })
        .collect();
    let keys: Vec<&str> = table.cols[..table.key].iter().map(|(n, _)| *n).collect();
    let filter = match (one, table.owner) {
        (true, Some(o)) => format!(" WHERE {o} = ?1"),
        _ => String::new(),
    };
    format!("SELECT {} FROM {}{} ORDER BY {}", cols.join(", "), table.name, filter, keys.join(", "))
}

/// The leaf of one subject as it stands in the file.
pub fn leaf_of(conn: &Connection, subject: &Subject, id: i64, b: &mut LeafBuilder) -> Result<Hash> {
    let anchor = subject.tables[0];
    let salt: Vec<u8> = if anchor.col("salt").is_some() {
        conn.prepare_cached(&format!("SELECT salt FROM {} WHERE id = ?1", anchor.name))?
            .query_row([id], |r| r.get::<_, Option<Vec<u8>>>(0))?
            .unwrap_or_default()
    } else {
        Vec::new()
    };
    b.begin(&salt);
    for table in subject.tables {
        let mut st = conn.prepare_cached(&select_sql(table, true))?;
        let mut rows = if table.owner.is_some() { st.query([id])? } else { st.query([])? };
        while let Some(r) = rows.next()? {
            b.sql_row(table, r)?;
        }
    }
    Ok(b.finish(id))
}

/// Walks all subjects of a kind in the order of their ids, one pass over each table side by side: `each` gets the id and the
/// leaf. Memory does not grow with the number of subjects.
pub fn walk(conn: &Connection, subject: &Subject, mut each: impl FnMut(i64, Hash) -> Result<()>) -> Result<()> {
    let mut b = LeafBuilder::default();
    if subject.tables[0].owner.is_none() {
        let leaf = leaf_of(conn, subject, 0, &mut b)?;
        return each(0, leaf);
    }
    let mut statements = Vec::new();
    for t in subject.tables {
        statements.push(conn.prepare(&select_sql(t, false))?);
    }
    let mut cursors = Vec::new();
    for (st, table) in statements.iter_mut().zip(subject.tables) {
        let mut rows = st.query([])?;
        rows.advance()?;
        cursors.push((rows, *table));
    }
    let salt_at = subject.tables[0].col("salt");
    loop {
        let mut next: Option<i64> = None;
        for (rows, _) in &cursors {
            if let Some(r) = rows.get() {
                let id: i64 = r.get(0)?;
                next = Some(next.map_or(id, |n| n.min(id)));
            }
        }
        let Some(id) = next else { return Ok(()) };
        let mut salt: Vec<u8> = Vec::new();
        if let (Some(at), Some(r)) = (salt_at, cursors[0].0.get())
            && r.get::<_, i64>(0)? == id
        {
            salt = r.get::<_, Option<Vec<u8>>>(at)?.unwrap_or_default();
        }
        b.begin(&salt);
        for (rows, table) in &mut cursors {
            while let Some(r) = rows.get() {
                if r.get::<_, i64>(0)? != id {
                    break;
                }
                b.sql_row(table, r)?;
                rows.advance()?;
            }
        }
        each(id, b.finish(id))?;
    }
}
