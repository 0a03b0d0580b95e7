//! SQL of what papers prove of a person.

use super::super::attest::Attestation;
use crate::base::money::Fen;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ATTESTATION, PERSON_SUBJECT};
use crate::db::write::Tx;
use crate::error::Result;
use rusqlite::Connection;

/// Attestations of a person, those that have ended too.
pub fn attestations(conn: &Connection, id: i64) -> Result<Vec<Fact<Attestation>>> {
    Ok(attestations_ever(conn, id)?.into_iter().filter(|a| a.voided_op.is_none()).collect())
}

/// The same with what was voided, for the history.
pub fn attestations_ever(conn: &Connection, id: i64) -> Result<Vec<Fact<Attestation>>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, from_day, until_day, made_op, voided_op, kind, amount_fen FROM attestation WHERE person_id = ?1 ORDER BY from_day, seq",
    )?;
    let read = |r: &rusqlite::Row<'_>| {
        facts::read(r, |r, a| Ok(Attestation { kind: r.get(a)?, amount: r.get::<_, Option<i64>>(a + 1)?.map(Fen) }))
    };
    Ok(st.query_map([id], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Keeps one in the place of those of its kind whose days it covers.
pub fn attest<'a>(
    tx: &mut Tx<'_>,
    id: i64,
    of_kind: impl Iterator<Item = &'a Fact<Attestation>>,
    a: &Attestation,
    span: Span,
) -> Result<()> {
    for old in of_kind {
        let before = old.span.until.is_some_and(|u| u < span.from);
        let behind = span.until.is_some_and(|u| u < old.span.from);
        if before || behind {
            continue;
        }
        if old.span.from < span.from {
            facts::end(tx, &ATTESTATION, id, old.seq, old.span, span.from.pred(), &old.data.values())?;
        } else {
            facts::void(tx, &ATTESTATION, id, old.seq)?;
        }
    }
    facts::insert(tx, &ATTESTATION, id, span, &a.values())?;
    tx.touch(&PERSON_SUBJECT, id);
    Ok(())
}

/// Gives a merged person's attestations to the survivor, whose own of a kind stand.
pub fn move_attestations(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<usize> {
    let own = attestations(tx.conn(), to)?;
    let mut moved = 0;
    for a in attestations(tx.conn(), from)? {
        facts::void(tx, &ATTESTATION, from, a.seq)?;
        if !own.iter().any(|o| o.data.kind == a.data.kind) {
            facts::insert(tx, &ATTESTATION, to, a.span, &a.data.values())?;
            moved += 1;
        }
    }
    Ok(moved)
}
