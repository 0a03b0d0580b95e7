//! What is done to the leading group: joined, changed, left.

use super::{HEAD, Leader, Profile, store};
use crate::base::day::Day;
use crate::db::write::Tx;
use crate::error::{self, Error, Result};

/// One person heads the group: 5 with who does.
fn one_head(tx: &Tx<'_>, rank: i64, but: Option<i64>, day: Day) -> Result<()> {
    if rank != HEAD {
        return Ok(());
    }
    match store::on(tx.conn(), day)?.into_iter().find(|l| l.fact.data.rank == HEAD && Some(l.id) != but) {
        Some(head) => Err(error::conflict("group_head")
            .fact("name", &head.fact.data.name)
            .detail("no", head.no())
            .detail("possible", vec!["edit", "retire"])),
        None => Ok(()),
    }
}

/// 5: the group knows the member, and otherwise than it was said.
pub fn known(l: &Leader) -> Error {
    error::conflict("leader_known")
        .fact("name", &l.fact.data.name)
        .fact("rank", l.fact.data.rank)
        .fact("title", l.fact.data.title.as_deref().unwrap_or("-"))
        .detail("no", l.no())
        .detail("rank", l.fact.data.rank)
        .detail("title", l.fact.data.title.clone())
        .detail("possible", vec!["edit"])
}

/// Enters a member from the day on; 5 where one of that name is in the group.
pub fn add(tx: &mut Tx<'_>, p: &Profile, from: Day) -> Result<i64> {
    if let Some(l) = store::named(store::on(tx.conn(), from)?, &p.name) {
        return Err(known(&l));
    }
    one_head(tx, p.rank, None, from)?;
    store::create(tx, p, from)
}

/// The member a task shall rest on: known by name, or entered now with the rank given. 5 where the register says another rank.
pub fn named_or_new(tx: &mut Tx<'_>, name: &str, rank: Option<i64>, from: Day) -> Result<i64> {
    match (store::resolve(tx.conn(), name, from), rank) {
        (Ok(l), Some(rank)) if l.fact.data.rank != rank => Err(known(&l)),
        (Ok(l), _) => Ok(l.id),
        (Err(e), Some(rank)) if e.key == "no_leader" => {
            add(tx, &Profile { name: crate::base::names::clean_text(name), rank, ..Profile::default() }, from)
        }
        (Err(e), _) => Err(e),
    }
}

/// Changes a member from the business day on.
pub fn edit(tx: &mut Tx<'_>, l: &Leader, new: &Profile) -> Result<()> {
    if *new == l.fact.data {
        return Ok(());
    }
    one_head(tx, new.rank, Some(l.id), tx.day)?;
    store::edit(tx, l.id, &l.fact, new, tx.day)
}

/// The business day is the member's last.
pub fn retire(tx: &mut Tx<'_>, l: &Leader) -> Result<()> {
    store::retire(tx, l, tx.day)
}
