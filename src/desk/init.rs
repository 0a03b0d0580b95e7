//! `init`: what a new office is born with: settings, the shipped code sets, the targets pack with its tasks and the five towns.

use crate::base::codes;
use crate::base::day::Day;
use crate::base::names;
use crate::db::digest::Val;
use crate::db::digest::{hex, sha256};
use crate::db::facts::{self, Span};
use crate::db::open;
use crate::db::subject::{CODE_SUBJECT, PLATFORM_PROFILE, PLATFORM_STAGE, PLATFORM_SUBJECT, POLICY_SUBJECT, SETTING_SUBJECT, TASK_SUBJECT};
use crate::db::write::{self, Tx};
use crate::error;
use crate::error::Result;
use crate::office::Office;
use crate::policy;
use rusqlite::params;
use serde_json::{Map, Value};

/// What an office is founded with.
#[derive(Debug)]
pub struct Foundation {
    /// The zone's name (新区名称).
    pub zone: String,
    /// Language of its documents.
    pub lang: String,
    /// The targets pack, as TOML.
    pub plan: String,
}

/// Makes the office file; never touches one that is there.
pub fn found(office: &Office, f: &Foundation) -> Result<()> {
    let act = office.act("init", Map::new());
    open::create(office.path()?, |conn| write::write(conn, &act, |tx| fill(tx, f)).map(|_| ()))
}

/// Fills a new file.
fn fill(tx: &mut Tx<'_>, f: &Foundation) -> Result<()> {
    let (zone, lang, text) = (f.zone.as_str(), f.lang.as_str(), f.plan.as_str());
    for (key, value) in [("zone", zone), ("lang", lang), ("program", env!("CARGO_PKG_VERSION"))] {
        tx.conn().execute("INSERT INTO setting (key, made_op, value) VALUES (?1, ?2, ?3)", params![key, tx.op, value])?;
    }
    tx.touch(&SETTING_SUBJECT, 0);
    for set in codes::sets() {
        for c in set.codes {
            let aliases = Value::from(c.aliases).to_string();
            tx.conn()
                .prepare_cached(
                    "INSERT INTO code (code_set, code, made_op, label_zh, label_en, rank, aliases, source, source_date)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![set.name, c.code, tx.op, c.zh, c.en, c.rank, aliases, set.source, set.date])?;
        }
    }
    tx.touch(&CODE_SUBJECT, 0);
    let pack = policy::parse_targets(text).map_err(|f| error::policy("bad_pack").fact("pack", "targets").fact("line", f.line))?;
    let issued = pack.pack.issued;
    tx.conn().execute(
        "INSERT INTO policy_version (id, made_op, kind, sha256, toml, from_day, basis) VALUES (1, ?1, 'targets', ?2, ?3, ?4, ?5)",
        params![tx.op, hex(&sha256(text.as_bytes())), text, issued, pack.pack.document],
    )?;
    tx.touch(&POLICY_SUBJECT, 1);
    for (i, task) in pack.tasks.iter().enumerate() {
        let id = i64::try_from(i + 1).unwrap_or(i64::MAX);
        tx.conn()
            .execute("INSERT INTO task (id, made_op, clause, text) VALUES (?1, ?2, ?3, ?4)", params![id, tx.op, task.clause, task.text])?;
        tx.touch(&TASK_SUBJECT, id);
    }
    for (i, town) in pack.towns.iter().enumerate() {
        let id = i64::try_from(i + 1).unwrap_or(i64::MAX);
        tx.conn().execute("INSERT INTO platform (id, made_op) VALUES (?1, ?2)", params![id, tx.op])?;
        let span = Span::from(Day(issued));
        let folded = names::org_fold(&town.name);
        facts::insert(
            tx,
            &PLATFORM_PROFILE,
            id,
            span,
            &[Val::Text(town.kind.code()), Val::Text(&town.name), Val::Text(&folded), Val::Null, Val::Null, Val::Null],
        )?;
        facts::insert(tx, &PLATFORM_STAGE, id, span, &[Val::Text(town.stage.code())])?;
        tx.touch(&PLATFORM_SUBJECT, id);
    }
    Ok(())
}
