//! `card sweep`: what time alone turned since the last run, for cron: printed, and a letter each where a folder is named. Nothing depends on
//! it having run: every question computes the same for its own day.

use super::change::{self, Seen};
use super::store::{self, Card};
use super::{is_dead, letter};
use crate::base::day::Day;
use crate::base::number;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper::letter as paper;
use crate::policy;
use crate::talent::{self, store as people};
use crate::ui::{Column, View};
use rusqlite::Connection;
use serde_json::{Map, json};
use std::path::Path;

/// Something that came about with a day.
struct Turn {
    seen: Seen,
    event: &'static str,
    letter: &'static str,
    on: Day,
}

/// Prints what turned behind `since` (else the last run), up to the business day; `forget` drops what policy keeps no longer.
pub fn run(
    office: &Office,
    since: Option<Day>,
    out: Option<&Path>,
    forget: impl FnOnce(&mut crate::db::write::Tx<'_>) -> Result<usize>,
) -> Result<Exit> {
    if office.globals.as_of.is_some() {
        return Err(error::usage("as_of_writes"));
    }
    let conn = office.read()?;
    let day = office.day();
    let since = match since {
        Some(since) => Some(since),
        None => store::last_sweep(conn)?,
    };
    let mut turns = Vec::new();
    store::each(conn, |card| turned(conn, card, since, day, &mut turns))?;
    turns.sort_by_key(|t| (t.on, t.seen.card.id));
    let mut rows = Vec::new();
    for t in &turns {
        let no = t.seen.card.no();
        let path = match out {
            Some(folder) => {
                Some(paper::put(office, folder, &format!("{no}-{}", t.event), &letter::letter(office, t.letter, &t.seen, day)?.markdown())?)
            }
            None => None,
        };
        let person = number::format(talent::PREFIX, people::survivor(conn, t.seen.card.person_id)?);
        rows.push(json!({
            "no": no, "status": t.seen.status, "event": t.event, "day": t.on.iso(), "person_no": person,
            "valid_until": t.seen.card.valid_until.iso(), "review_due": t.seen.review_due.map(|d| d.iso()), "path": path,
        }));
    }
    let n = rows.len();
    // Letters lie there before the entry is committed: killed in between, the next run writes them again.
    let done = office.write("card.sweep", Map::new(), |tx| {
        let forgotten = forget(tx)?;
        if n > 0 {
            tx.record_anyway();
        }
        tx.outcome("turned", n);
        if out.is_some() {
            tx.outcome("letters", n);
        }
        if forgotten > 0 {
            tx.outcome("forgotten", forgotten);
        }
        Ok(forgotten)
    })?;
    if done.value > 0 {
        office.note("note.forgotten", &[("n", &done.value)]);
    }
    let columns = ["day", "event", "no", "status", "person_no", "valid_until", "review_due", "path"];
    let columns = columns.into_iter().filter(|c| *c != "path" || out.is_some()).map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// What came about of a card behind `since`, up to the day.
fn turned(conn: &Connection, card: Card, since: Option<Day>, day: Day, turns: &mut Vec<Turn>) -> Result<()> {
    let since = since.unwrap_or(card.issued).max(card.issued);
    if card.issued > day || since >= day || store::replaced_by(conn, card.id)?.is_some() {
        return Ok(());
    }
    let seen = change::look(conn, card.clone(), day)?;
    let stored = store::state(conn, card.id, day)?.map(|s| s.0).unwrap_or_default();
    let within = |on: Day| on > since && on <= day;
    // By time alone: no act says so.
    if seen.status != "valid" && seen.status != stored {
        let (event, on) = match (seen.why, seen.review_due) {
            (None, _) => ("expired", card.valid_until.succ()),
            (Some("review_missed"), Some(due)) => ("review_missed", due.succ()),
            (Some(why), _) => match change::look(conn, card.clone(), since)?.status == seen.status {
                true => return Ok(()),
                false => (why, first_day(conn, &card, since, day, &seen.status)?),
            },
        };
        if within(on) {
            turns.push(Turn { seen, event, letter: "card_stopped", on });
        }
        return Ok(());
    }
    if is_dead(&seen.status) || card.main_card_id.is_some() {
        return Ok(());
    }
    let pack = match card.policy_id {
        Some(id) => policy::store::card_version(conn, id)?,
        None => return Ok(()),
    };
    let window = pack.scheme.iter().find(|s| s.code == card.scheme).map_or(0, |s| i32::try_from(s.renewal_window_days).unwrap_or(0));
    let renewal = card.valid_until.add_days(-window);
    if within(renewal) {
        turns.push(Turn { seen: seen.clone(), event: "renewal_open", letter: "card_renewal", on: renewal });
    }
    // A review is announced as early as a renewal; one that falls behind the end is none.
    if let Some(due) = seen.review_due.filter(|d| *d < card.valid_until) {
        let on = due.add_days(-window);
        if within(on) {
            turns.push(Turn { seen, event: "review_near", letter: "card_review", on });
        }
    }
    Ok(())
}

/// The first day behind `since` on which a card has the status it has on `day`: it went there once.
fn first_day(conn: &Connection, card: &Card, since: Day, day: Day, status: &str) -> Result<Day> {
    let (mut low, mut high) = (since, day);
    while high.0 - low.0 > 1 {
        let middle = Day(i32::midpoint(low.0, high.0));
        if change::look(conn, card.clone(), middle)?.status == status {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}
