//! `doctor`: whether the office file is whole: pages, references, log, schema, rows that contradict each other, and what
//! around the file is careless. A finding says what, and what to do next.

use crate::base::number;
use crate::cli::Noun;
use crate::db::files::has_side;
use crate::db::subject::{self, Subject, Table};
use crate::db::{files, open, upgrade, verify};
use crate::error::{self, Error, Kind, Result};
use crate::office::{Exit, Office};
use crate::paper;
use crate::ui::lang::fill;
use crate::ui::{Column, Format, View, t, try_t};
use crate::{card, fund};
use clap::{ArgMatches, Args, FromArgMatches as _};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fmt::Display;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The noun.
pub const NOUN: Noun = Noun { name: "doctor", build: |c| DoctorArgs::augment_args(c), run };

/// A look at one thing.
type Check = fn(&Connection, &Path) -> Result<Vec<Finding>>;

/// What is looked at, cheap and decisive first.
const CHECKS: [(&str, Check); 15] = [
    ("pages", pages),
    ("schema", schema),
    ("settings", settings),
    ("references", references),
    ("chain", chain),
    ("orphans", orphans),
    ("documents", documents),
    ("spans", spans),
    ("actors", actors),
    ("files", kept_files),
    ("ledger", ledger),
    ("permissions", permissions),
    ("card_key", card_key),
    ("journal", journal),
    ("space", space),
];

/// So many findings of one kind are told one by one.
const SHOWN: usize = 20;

/// Something that is not as it should be.
#[derive(Debug)]
pub struct Finding {
    check: &'static str,
    error: bool,
    /// `doctor.KEY.what` and `doctor.KEY.next` in the locales.
    key: &'static str,
    facts: Vec<(&'static str, String)>,
}

impl Finding {
    fn new(check: &'static str, key: &'static str) -> Finding {
        Finding { check, error: true, key, facts: Vec::new() }
    }

    fn advice(check: &'static str, key: &'static str) -> Finding {
        Finding { error: false, ..Finding::new(check, key) }
    }

    fn fact(mut self, name: &'static str, value: impl Display) -> Finding {
        self.facts.push((name, value.to_string()));
        self
    }

    /// An error, not only advice.
    pub fn is_error(&self) -> bool {
        self.error
    }

    fn to_json(&self) -> Value {
        let facts: Vec<(&str, &dyn Display)> = self.facts.iter().map(|(n, v)| (*n, v as &dyn Display)).collect();
        let words = |end: &str| try_t(&format!("doctor.{}.{end}", self.key)).map_or_else(|| self.key.to_owned(), |text| fill(text, &facts));
        let severity = if self.error { "error" } else { "advice" };
        json!({"check": self.check, "severity": severity, "what": words("what"), "next": words("next")})
    }
}

#[derive(Args, Debug)]
struct DoctorArgs {
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(CHECKS.map(|(name, _)| name)))]
    only: Option<String>,
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    let args = DoctorArgs::from_arg_matches(m).map_err(|_| error::usage("not_understood"))?;
    let found = examine(office, args.only.as_deref())?;
    let rows: Vec<Value> = found.iter().map(Finding::to_json).collect();
    match office.format() {
        Format::Json | Format::Ndjson => office.show(&View::object(json!({"findings": rows})))?,
        Format::Table if rows.is_empty() => office.put(format!("{}\n", t("doctor.all_well")).as_bytes())?,
        _ => {
            let column = |key: &str, label| Column::new(key).labelled(label);
            let columns = vec![
                column("severity", t("doctor.severity")),
                column("check", t("doctor.check")),
                column("what", t("doctor.what")),
                column("next", t("doctor.next")),
            ];
            office.show(&View::list(rows, columns))?;
        }
    }
    Ok(if found.iter().any(Finding::is_error) { Exit::Found } else { Exit::Done })
}

/// Looks at everything, or at one thing only.
pub fn examine(office: &Office, only: Option<&str>) -> Result<Vec<Finding>> {
    let conn = office.read()?;
    let mut found = Vec::new();
    for (name, check) in CHECKS.iter().filter(|(name, _)| only.is_none_or(|o| o == *name)) {
        match check(conn, office.path()?) {
            Ok(mut some) => found.append(&mut some),
            // Rows that can't be read are a finding of the check that met them, not the end of the examination.
            Err(Error { kind: Kind::NotOffice, .. }) => found.push(Finding::new(name, "unreadable")),
            Err(e) => return Err(e),
        }
    }
    Ok(found)
}

/// All texts of a query's first column, the first `SHOWN` of them.
fn texts(conn: &Connection, sql: &str) -> Result<Vec<String>> {
    Ok(conn.prepare(sql)?.query_map([], |r| r.get(0))?.take(SHOWN).collect::<rusqlite::Result<_>>()?)
}

fn number_of(s: &Subject, id: i64) -> String {
    if s.prefix.is_empty() { id.to_string() } else { number::format(s.prefix, id) }
}

// ---------------------------------------------------------------- the file

fn pages(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let said = texts(conn, "PRAGMA integrity_check(5)")?;
    // SQLite's own words name pages and indexes: nothing a clerk could use. One finding, whatever it says.
    Ok(if said == ["ok"] { Vec::new() } else { vec![Finding::new("pages", "pages").fact("n", said.len())] })
}

fn schema(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let names = upgrade::differences(conn)?;
    Ok(names.iter().take(SHOWN).map(|name| Finding::new("schema", "schema").fact("name", name)).collect())
}

fn settings(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let have = texts(conn, "SELECT key FROM setting WHERE voided_op IS NULL AND value <> '' ORDER BY key")?;
    let lacks = ["lang", "zone"].into_iter().filter(|key| !have.iter().any(|h| h == key));
    Ok(lacks.map(|key| Finding::new("settings", "setting").fact("key", key)).collect())
}

fn references(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let mut st = conn.prepare("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")?;
    let rows = st.query_map([], |r| {
        let (table, parent, n): (String, String, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
        Ok(Finding::new("references", "reference").fact("table", table).fact("parent", parent).fact("n", n))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn chain(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let verdict = verify::verify(conn, None)?;
    let mut found = Vec::new();
    if !verdict.ok {
        found.push(Finding::new("chain", "chain").fact("n", verdict.faults.len()));
    }
    if let Some(last) = verdict.clock_back.last() {
        found.push(Finding::advice("chain", "clock_back").fact("n", verdict.clock_back.len()).fact("op", last));
    }
    Ok(found)
}

// ---------------------------------------------------------------- rows that contradict each other

/// Fact tables with their subject.
fn fact_tables() -> impl Iterator<Item = (&'static Subject, &'static Table, &'static str)> {
    subject::ALL.iter().flat_map(|s| s.tables.iter().filter(|t| t.is_fact()).filter_map(|t| t.owner.map(|o| (*s, *t, o))))
}

fn orphans(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for (s, table, owner) in fact_tables() {
        let anchor = s.tables[0];
        if anchor.is_fact() {
            continue;
        }
        let sql = format!(
            "SELECT DISTINCT f.{owner} FROM {} f LEFT JOIN {} a ON a.id = f.{owner} AND a.voided_op IS NULL
             WHERE f.voided_op IS NULL AND a.id IS NULL",
            table.name, anchor.name
        );
        let ids: Vec<i64> = conn.prepare(&sql)?.query_map([], |r| r.get(0))?.take(SHOWN).collect::<rusqlite::Result<_>>()?;
        found.extend(ids.iter().map(|id| Finding::new("orphans", "orphan").fact("no", number_of(s, *id)).fact("table", table.name)));
    }
    Ok(found)
}

fn documents(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let mut st = conn.prepare(
        "SELECT min(person_id), max(person_id), count(DISTINCT kind) FROM person_document
         WHERE voided_op IS NULL AND until_day IS NULL GROUP BY number HAVING min(person_id) <> max(person_id)",
    )?;
    let no = |id: i64| number::format("P", id);
    let rows = st.query_map([], |r| {
        let (a, b, kinds): (i64, i64, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
        // The same number under two types of document may be chance; under one it is one person twice.
        let finding = if kinds == 1 { Finding::new("documents", "document") } else { Finding::advice("documents", "document") };
        Ok(finding.fact("a", no(a)).fact("b", no(b)))
    })?;
    Ok(rows.take(SHOWN).collect::<rusqlite::Result<_>>()?)
}

fn spans(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    // A person may have several units, papers and awards at a time; of these there is one on a day.
    for (s, table, owner) in fact_tables().filter(|(_, t, _)| t.name.ends_with("_profile") || t.name == "platform_stage") {
        let sql = format!(
            "SELECT DISTINCT id FROM (SELECT {owner} AS id, from_day, lag(coalesce(until_day, 99999999))
                                             OVER (PARTITION BY {owner} ORDER BY from_day, seq) AS before
                                      FROM {} WHERE voided_op IS NULL) WHERE before >= from_day",
            table.name
        );
        let ids: Vec<i64> = conn.prepare(&sql)?.query_map([], |r| r.get(0))?.take(SHOWN).collect::<rusqlite::Result<_>>()?;
        found.extend(ids.iter().map(|id| Finding::new("spans", "span").fact("no", number_of(s, *id)).fact("table", table.name)));
    }
    Ok(found)
}

fn actors(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let users = texts(
        conn,
        "SELECT os_user FROM actor WHERE voided_op IS NULL AND until_day IS NULL GROUP BY os_user HAVING count(*) > 1 ORDER BY 1",
    )?;
    Ok(users.iter().map(|user| Finding::advice("actors", "shared_user").fact("user", user)).collect())
}

// ---------------------------------------------------------------- around the file

fn kept_files(conn: &Connection, path: &Path) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for k in paper::store::files(conn, None)? {
        let Some(fault) = paper::keep::fault(path, &k.sha256) else { continue };
        let key = if fault == "absent" { "file_absent" } else { "file_changed" };
        found.push(Finding::new("files", key).fact("no", paper::store::number_of(&k.record_kind, k.record_id)).fact("role", &k.role));
    }
    found.truncate(SHOWN);
    Ok(found)
}

fn permissions(_: &Connection, path: &Path) -> Result<Vec<Finding>> {
    let open_to_others = |p: &Path| std::fs::metadata(p).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
    let mut found = Vec::new();
    if open_to_others(path) {
        found.push(Finding::advice("permissions", "file_mode").fact("path", path.display()));
    }
    if let Some(folder) = path.parent().filter(|f| open_to_others(f)) {
        found.push(Finding::advice("permissions", "folder_mode").fact("path", folder.display()));
    }
    Ok(found)
}

/// Movements that don't sum to nothing, balances that are not what was posted, and a bank that says otherwise.
fn ledger(conn: &Connection, _: &Path) -> Result<Vec<Finding>> {
    let mut found: Vec<Finding> =
        fund::store::unbalanced(conn)?.into_iter().take(SHOWN).map(|id| Finding::new("ledger", "journal").fact("id", id)).collect();
    for f in fund::store::funds(conn)? {
        for line in fund::store::drifted(conn, f.id)? {
            found.push(Finding::new("ledger", "balance").fact("no", f.no()).fact("line", line));
        }
        for (day, said) in fund::store::assertions(conn, f.id)? {
            let held = fund::store::cash(conn, f.id, day)?;
            if held != said {
                found.push(
                    Finding::advice("ledger", "bank").fact("no", f.no()).fact("day", day.iso()).fact("said", said).fact("held", held),
                );
            }
        }
    }
    Ok(found)
}

/// The private key for cards: here, and nobody else's to read.
fn card_key(conn: &Connection, path: &Path) -> Result<Vec<Finding>> {
    let key = card::key::path(path);
    if std::fs::metadata(&key).is_ok_and(|m| m.permissions().mode() & 0o077 != 0) {
        return Ok(vec![Finding::new("card_key", "card_key_mode").fact("path", key.display())]);
    }
    let wanted = !card::store::keys(conn)?.is_empty() && card::key::signer(conn, path)?.is_none();
    Ok(if wanted { vec![Finding::advice("card_key", "card_key_absent")] } else { Vec::new() })
}

fn journal(_: &Connection, path: &Path) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    if !open::header(path)?.wal {
        found.push(Finding::advice("journal", "no_wal"));
    }
    if has_side(path, "-journal") {
        found.push(Finding::new("journal", "rollback_journal").fact("path", files::beside(path, "-journal").display()));
    }
    Ok(found)
}

fn space(_: &Connection, path: &Path) -> Result<Vec<Finding>> {
    let (Ok(size), Some(folder)) = (std::fs::metadata(path).map(|m| m.len()), path.parent()) else { return Ok(Vec::new()) };
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(Vec::new()) };
    let (free, mb) = (disk.f_bavail.saturating_mul(disk.f_frsize), 1 << 20);
    // A bulk import or a backup takes about twice the office.
    let wanted = (size * 2).max(64 * mb);
    Ok(if free < wanted { vec![Finding::advice("space", "space").fact("free", free / mb).fact("wanted", wanted / mb)] } else { Vec::new() })
}
