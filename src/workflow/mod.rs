//! Workflows (办理流程): states once for all. A noun gives its table of moves; an impossible move is refused with the possible ones, a
//! done one is kept as a step with its day and decision. SQL is in `store`.

pub mod several;
pub mod store;

use crate::base::day::Day;
use crate::base::number;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::paper;
use rusqlite::Connection;
use serde_json::{Value, json};

/// The steps of a record as its page shows them.
pub fn steps_json(conn: &Connection, record: (&str, i64)) -> Result<Value> {
    let all = store::steps(conn, record)?;
    let rows = all.iter().map(|s| {
        let decision = s.decision_id.map(|d| number::format(paper::PREFIX, d));
        // Within its own op an act has no actor in the log yet.
        let actor = Some(s.actor.as_str()).filter(|a| !a.is_empty());
        json!({"from": s.from_state, "to": s.to_state, "day": s.day.iso(), "decision": decision, "note": s.note, "actor": actor, "op": s.op})
    });
    Ok(rows.collect())
}

/// That whoever acts did none of the steps into `states`: two persons look at what one could get wrong. 77 otherwise.
pub fn apart(steps: &[store::Step], states: &[&str], no: &str, actor: &str) -> Result<()> {
    match steps.iter().find(|s| states.contains(&&*s.to_state) && s.actor == actor) {
        Some(s) => Err(error::not_permitted("two_persons").fact("no", no).fact("actor", actor).fact("state", &s.to_state)),
        None => Ok(()),
    }
}

/// 3 where an act is dated before the step it follows.
pub fn in_order(no: &str, day: Day, last: Option<Day>) -> Result<()> {
    match last.filter(|last| day < *last) {
        Some(last) => Err(error::refused("before_last_step").fact("no", no).fact("day", last.iso())),
        None => Ok(()),
    }
}

/// Keeps an objection to a notice that stands in public (`said`: by whom, on what ground), or what was found of those that are open
/// (`settle`); all objections as the record's page shows them.
pub fn object(tx: &mut Tx<'_>, no: &str, notice: Option<store::Notice>, said: Option<(&str, &str)>, settle: Option<&str>) -> Result<Value> {
    let n = notice.ok_or_else(|| error::refused("no_notice").fact("no", no))?;
    match (settle, said) {
        (Some(outcome), _) => {
            let open: Vec<i64> = store::objections(tx.conn(), n.id)?.into_iter().filter(|o| o.3.is_none()).map(|o| o.0).collect();
            if open.is_empty() {
                return Err(error::conflict("no_objection").fact("no", no));
            }
            for o in open {
                store::settle(tx, o, outcome)?;
            }
        }
        (None, Some((by, ground))) => {
            store::object(tx, n.id, by, ground)?;
        }
        // The parser asks for one or the other.
        (None, None) => return Err(error::usage("not_understood")),
    }
    let all = store::objections(tx.conn(), n.id)?;
    Ok(all.iter().map(|o| json!({"id": o.0, "by": o.1, "ground": o.2, "outcome": o.3})).collect())
}

/// The states of one kind of record and the moves between them.
#[derive(Debug)]
pub struct Machine {
    /// Kind of record, as steps name it.
    pub kind: &'static str,
    /// From a state to the states it may move to.
    pub moves: &'static [(&'static str, &'static [&'static str])],
}

impl Machine {
    /// The states a record may move to.
    pub fn next(&self, state: &str) -> &'static [&'static str] {
        self.moves.iter().find(|(from, _)| *from == state).map_or(&[], |(_, to)| *to)
    }

    /// A possible move's own name of the state; else exit 5 with the possible ones.
    pub fn to(&self, no: &str, from: &str, to: &str) -> Result<&'static str> {
        self.next(from).iter().find(|s| **s == to).copied().ok_or_else(|| {
            let next = self.next(from);
            error::conflict("wrong_state")
                .fact("no", no)
                .fact("state", from)
                .fact("next", next.join(", "))
                .detail("possible", next.to_vec())
        })
    }
}
