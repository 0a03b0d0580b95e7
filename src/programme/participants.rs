//! Commands on those who take part in a programme: enrolling them, one act on several of them, and a participant as a clerk and a script see them.

use super::change::{self, Enrol};
use super::store::{self, Participant, Programme};
use super::{PREFIX, Role, standing};
use crate::base::day::Day;
use crate::base::number;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper;
use crate::roster::named;
use crate::subsidy;
use crate::talent::{self, store as people};
use crate::ui::Column;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::workflow::several::{self, Named, Several};
use clap::Args;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::PathBuf;

/// What a guardian's consent is called among a person's files.
const CONSENT: &str = "guardian_consent";

/// Participants that an act names.
#[derive(Args, Debug)]
pub(super) struct Who {
    #[arg(value_name = "PR")]
    programme: String,
    #[arg(value_name = "P")]
    person: Vec<String>,
    #[command(flatten)]
    said: Several,
    #[arg(long, conflicts_with_all = ["person", "several", "from_file"])]
    all: bool,
}

pub(super) fn enrol(
    office: &Office,
    programme: &str,
    named: &Named,
    said: &Several,
    (role, consent): (Option<Role>, Option<PathBuf>),
) -> Result<Exit> {
    let p = store::resolve(office.read()?, programme)?;
    if consent.is_some() && !named.single {
        return Err(error::usage("one_consent"));
    }
    let brought = consent.as_deref().map(|f| paper::cmd::bring(office, f)).transpose()?;
    let act = several::Act { command: "programme.enrol", prefix: talent::PREFIX, makes: false };
    several::run(office, act, named, said, |tx, person| {
        let kept = consent.as_deref().zip(brought.clone());
        let consent = kept
            .map(|(file, (sha256, bytes))| {
                paper::store::paper_of(tx, &paper::cmd::kept(file, sha256, bytes, CONSENT, true, ("person", person)))
            })
            .transpose()?;
        change::enrol(tx, p.id, person, Enrol { role, consent })?;
        after(tx, p.id, person)
    })
}

/// One act on the participants named.
pub(super) fn act(
    office: &Office,
    command: &'static str,
    who: &Who,
    mut f: impl FnMut(&mut Tx<'_>, i64, i64) -> Result<()>,
) -> Result<Exit> {
    let conn = office.read()?;
    let p = store::resolve(conn, &who.programme)?;
    let held = store::participants(conn, p.id, office.day())?;
    let there = |one: &&Participant| one.row.data.outcome.as_deref() != Some("withdrew");
    let mut named = if who.all {
        Named { ids: held.iter().filter(there).map(|one| one.person_id).collect(), single: false }
    } else {
        named::persons(office, &who.person, &who.said)?
    };
    if who.said.several.is_some() {
        // A filter means those of the participants who answer it.
        named.ids.retain(|id| held.iter().filter(there).any(|one| one.person_id == *id));
    }
    let act = several::Act { command, prefix: talent::PREFIX, makes: false };
    several::run(office, act, &named, &who.said, |tx, person| {
        f(tx, p.id, person)?;
        after(tx, p.id, person)
    })
}

/// A participant as the act on them left them.
fn after(tx: &mut Tx<'_>, programme: i64, person: i64) -> Result<Value> {
    tx.outcome("no", number::format(PREFIX, programme));
    let p = store::loaded(tx.conn(), programme)?;
    let one = store::participant(tx.conn(), programme, tx.day, person)?.ok_or_else(|| error::not_office("damaged"))?;
    let mut v = json!({"no": p.no()});
    if let (Value::Object(v), Value::Object(mut rest)) = (&mut v, line(tx.conn(), &p, &one, tx.day)?) {
        v.append(&mut rest);
    }
    Ok(v)
}

/// A participant as a script sees them.
pub(super) fn line(conn: &Connection, p: &Programme, one: &Participant, day: Day) -> Result<Value> {
    let person = people::load(conn, one.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = person.name_on(day).map(str::to_owned);
    let e = &one.row.data;
    let hours = one.days.values().flatten().sum::<i64>();
    let over = p.at(day)?.data.last < day;
    Ok(json!({
        "status": standing(e.outcome.as_deref(), one.days.len()), "person_no": person.no(), "person_name": name, "role": e.role.code(),
        "since": one.since.iso(), "days_there": one.days.len(), "hours_there": if hours > 0 { Some(hours) } else { None },
        "outcome": e.outcome, "note": e.note, "consent": e.consent_file_id.is_some(),
        "stayed": if over && !one.days.is_empty() { Some(people::works_here(conn, one.person_id, day)?) } else { None },
        "application_no": e.application_id.map(|id| number::format(subsidy::PREFIX, id)),
    }))
}

const PARTICIPANT_FIELDS: &[Field] = &[
    Field::text("status"),
    Field::text("person_no"),
    Field::text("person_name"),
    Field::text("role"),
    Field::date("since"),
    Field::number("days_there"),
    Field::number("hours_there"),
    Field::text("outcome"),
    Field::text("stayed"),
    Field::text("application_no"),
];

pub(super) fn participants(office: &Office, programme: &str, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), PARTICIPANT_FIELDS)?;
    let conn = office.read()?;
    let p = store::resolve(conn, programme)?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for one in store::participants(conn, p.id, day)? {
        let row = line(conn, &p, &one, day)?;
        if filter.takes(&row) {
            rows.push(row);
        }
    }
    let mut columns: Vec<Column> = ["person_no", "person_name", "status", "role", "since"].into_iter().map(Column::new).collect();
    columns.extend(["days_there", "hours_there"].into_iter().map(Column::right));
    columns.extend(["stayed", "application_no"].into_iter().map(Column::new));
    filter::show_lines(office, rows, columns, lines, PARTICIPANT_FIELDS)
}
