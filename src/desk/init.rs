//! `init`: what a new office is born with: settings, the shipped code sets, the targets pack with its tasks and the five towns.

use super::store;
use crate::base::codes;
use crate::base::day::Day;
use crate::db::write::{self, Tx};
use crate::db::{open, setting};
use crate::error::{self, Result};
use crate::office::Office;
use crate::{platform, policy};
use serde_json::Map;

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
        setting::put(tx, key, value)?;
    }
    for set in codes::sets() {
        store::put_codes(tx, set)?;
    }
    crate::calendar::store::put_shipped(tx)?;
    let pack = policy::parse_targets(text).map_err(|f| error::policy("bad_pack").fact("pack", "targets").fact("line", f.line))?;
    let issued = pack.pack.issued;
    store::put_targets(tx, text, &pack.pack.document, issued)?;
    for (i, task) in pack.tasks.iter().enumerate() {
        let id = i64::try_from(i + 1).unwrap_or(i64::MAX);
        store::put_task(tx, id, &task.clause, &task.text)?;
    }
    for town in &pack.towns {
        let profile = platform::Profile { kind: town.kind.code().into(), name: town.name.clone(), ..platform::Profile::default() };
        platform::store::create(tx, &profile, Day(issued), town.stage.code(), Day(issued))?;
    }
    Ok(())
}
