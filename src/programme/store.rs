//! All SQL of programmes; rows to types and back.

use super::figures::{self, Counted, Line, Part, Tally};
use super::{Kind, MACHINE, PREFIX, Profile, Role};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ATTENDANCE, ENROLMENT, PROGRAMME_PROFILE, PROGRAMME_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::talent::store as people;
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::{BTreeMap, HashMap};

/// A programme with its versions in order of their days.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Its id.
    pub id: i64,
    /// Its kind.
    pub kind: Kind,
    /// The op that made it.
    pub made_op: i64,
    /// Versions of what it is.
    pub profiles: Vec<Fact<Profile>>,
}

impl Programme {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }

    /// What it was on the day, else the nearest known.
    pub fn at(&self, day: Day) -> Result<&Fact<Profile>> {
        let held = self.profiles.iter().find(|p| p.span.holds(day)).or(self.profiles.first());
        held.ok_or_else(|| error::not_office("damaged"))
    }

    /// What is known of it now.
    pub fn last(&self) -> Result<&Fact<Profile>> {
        self.profiles.last().ok_or_else(|| error::not_office("damaged"))
    }
}

/// That somebody takes part, as the office knew it from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Who, under the number of the entry.
    pub person_id: i64,
    /// As what.
    pub role: Role,
    /// passed, failed, withdrew.
    pub outcome: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
    /// The guardian's consent.
    pub consent_file_id: Option<i64>,
    /// The benefit granted for it.
    pub application_id: Option<i64>,
}

impl Enrolment {
    /// The data columns of enrolment in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![
            Val::Int(self.person_id),
            Val::Text(self.role.code()),
            Val::text(self.outcome.as_deref()),
            Val::text(self.note.as_deref()),
            Val::int(self.consent_file_id),
            Val::int(self.application_id),
        ]
    }
}

/// A participant as the rows up to a day tell it; those of merged records are one.
#[derive(Clone, Debug)]
pub struct Participant {
    /// Who: of a merged person the survivor.
    pub person_id: i64,
    /// First day of the enrolment.
    pub since: Day,
    /// The row that holds.
    pub row: Fact<Enrolment>,
    /// Days of attendance with their hours.
    pub days: BTreeMap<Day, Option<i64>>,
}

const PROFILE: &str = "seq, from_day, until_day, made_op, voided_op, name, named_project, direction, task_id, org_id, partner, place,
    first_day, last_day, hours, cost_fen";

fn profile(r: &Row<'_>, a: usize) -> rusqlite::Result<Profile> {
    Ok(Profile {
        name: r.get(a)?,
        named_project: r.get(a + 1)?,
        direction: r.get(a + 2)?,
        task_id: r.get(a + 3)?,
        org_id: r.get(a + 4)?,
        partner: r.get(a + 5)?,
        place: r.get(a + 6)?,
        first: Day(r.get(a + 7)?),
        last: Day(r.get(a + 8)?),
        hours: r.get(a + 9)?,
        cost: r.get::<_, Option<i64>>(a + 10)?.map(Fen),
    })
}

/// A live programme; None where there is none.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Programme>> {
    let anchor: Option<(String, i64)> = conn
        .prepare_cached("SELECT kind, made_op FROM programme WHERE id = ?1 AND voided_op IS NULL")?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((kind, made_op)) = anchor else { return Ok(None) };
    let profiles = conn
        .prepare_cached(&format!(
            "SELECT {PROFILE} FROM programme_profile WHERE programme_id = ?1 AND voided_op IS NULL ORDER BY from_day, seq"
        ))?
        .query_map([id], |r| facts::read(r, profile))?
        .collect::<rusqlite::Result<_>>()?;
    // The column holds only our codes; another one is damage.
    let kind = Kind::from_code(&kind).ok_or_else(|| error::not_office("damaged"))?;
    Ok(Some(Programme { id, kind, made_op, profiles }))
}

/// The programme of an id that was just resolved or written.
pub fn loaded(conn: &Connection, id: i64) -> Result<Programme> {
    load(conn, id)?.ok_or_else(|| error::not_office("damaged"))
}

/// The programme a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Programme> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_programme").fact("text", text))
}

/// Ids of all live programmes behind `after`, in order.
pub fn ids(conn: &Connection, after: i64) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached("SELECT id FROM programme WHERE voided_op IS NULL AND id > ?1 ORDER BY id")?;
    Ok(st.query_map([after], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The live programme of a kind by that name and first day: a name may come back every year.
pub fn of_name(conn: &Connection, kind: Kind, name: &str, first: Day) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached(
            "SELECT p.programme_id FROM programme_profile p JOIN programme a ON a.id = p.programme_id AND a.voided_op IS NULL
             WHERE p.folded = ?1 AND p.first_day = ?2 AND a.kind = ?3 AND p.voided_op IS NULL AND p.until_day IS NULL",
        )?
        .query_row(params![names::org_fold(name), first.0, kind.code()], |r| r.get(0))
        .optional()?)
}

/// The state that acts up to a day brought about.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<String> {
    let last = steps::steps(conn, (MACHINE.kind, id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "open".to_owned(), |s| s.to_state))
}

/// The task line of a number or, where there is none, of a clause: its id and clause.
pub fn task_line(conn: &Connection, id: Option<i64>, clause: &str) -> Result<Option<(i64, String)>> {
    let sql = "SELECT id, clause FROM task WHERE iif(?1 IS NULL, clause = ?2, id = ?1) AND voided_op IS NULL";
    Ok(conn.prepare_cached(sql)?.query_row(params![id, clause], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
}

/// A new programme, known from `from`.
pub fn create(tx: &mut Tx<'_>, kind: Kind, p: &Profile, from: Day) -> Result<i64> {
    let id = tx.next_number("programme", "SELECT coalesce(max(id), 0) FROM programme")?;
    tx.conn().prepare_cached("INSERT INTO programme (id, made_op, kind) VALUES (?1, ?2, ?3)")?.execute(params![id, tx.op, kind.code()])?;
    facts::insert(tx, &PROGRAMME_PROFILE, id, Span::from(from), &p.values(&names::org_fold(&p.name)))?;
    steps::step(tx, (MACHINE.kind, id), None, "open", None, None)?;
    tx.touch(&PROGRAMME_SUBJECT, id);
    Ok(id)
}

/// Changes a programme from `day`, or corrects the version from its own start.
pub fn edit(tx: &mut Tx<'_>, id: i64, old: &Fact<Profile>, new: &Profile, day: Day, correct: bool) -> Result<()> {
    let (old_folded, new_folded) = (names::org_fold(&old.data.name), names::org_fold(&new.name));
    let data = new.values(&new_folded);
    if correct {
        facts::correct(tx, &PROGRAMME_PROFILE, id, old.seq, old.span, &data)?;
    } else {
        let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values(&old_folded) };
        facts::change(tx, &PROGRAMME_PROFILE, id, &row, day, &data)?;
    }
    tx.touch(&PROGRAMME_SUBJECT, id);
    Ok(())
}

fn enrolment(r: &Row<'_>, a: usize) -> rusqlite::Result<Enrolment> {
    let role: String = r.get(a + 1)?;
    Ok(Enrolment {
        person_id: r.get(a)?,
        role: Role::from_code(&role),
        outcome: r.get(a + 2)?,
        note: r.get(a + 3)?,
        consent_file_id: r.get(a + 4)?,
        application_id: r.get(a + 5)?,
    })
}

/// A person under whichever number, or anybody: of a class of a thousand each act looks at one.
const WHO: &str = "(?3 IS NULL OR person_id = ?3 OR person_id IN (SELECT id FROM person WHERE merged_into = ?3))";

/// Who takes part by a day, in the order of their enrolment. A row that is to hold from a later day does not count yet.
pub fn participants(conn: &Connection, id: i64, day: Day) -> Result<Vec<Participant>> {
    taking_part(conn, id, day, None)
}

/// One of them.
pub fn participant(conn: &Connection, id: i64, day: Day, person_id: i64) -> Result<Option<Participant>> {
    Ok(taking_part(conn, id, day, Some(person_id))?.into_iter().next())
}

fn taking_part(conn: &Connection, id: i64, day: Day, who: Option<i64>) -> Result<Vec<Participant>> {
    let rows: Vec<Fact<Enrolment>> = conn
        .prepare_cached(&format!(
            "SELECT seq, from_day, until_day, made_op, voided_op, person_id, role, outcome, note, consent_file_id, application_id
             FROM enrolment WHERE programme_id = ?1 AND voided_op IS NULL AND from_day <= ?2 AND {WHO} ORDER BY from_day, seq"
        ))?
        .query_map(params![id, day.0, who], |r| facts::read(r, enrolment))?
        .collect::<rusqlite::Result<_>>()?;
    let mut out: Vec<Participant> = Vec::new();
    let mut at: HashMap<i64, usize> = HashMap::new();
    for row in rows {
        let person_id = people::survivor(conn, row.data.person_id)?;
        if let Some(p) = at.get(&person_id).and_then(|i| out.get_mut(*i)) {
            p.row = row;
        } else {
            at.insert(person_id, out.len());
            out.push(Participant { person_id, since: row.span.from, row, days: BTreeMap::new() });
        }
    }
    let mut st = conn.prepare_cached(&format!(
        "SELECT person_id, from_day, hours FROM attendance WHERE programme_id = ?1 AND voided_op IS NULL AND from_day <= ?2 AND {WHO}
         ORDER BY from_day"
    ))?;
    let mut rows = st.query(params![id, day.0, who])?;
    while let Some(r) = rows.next()? {
        let person_id = people::survivor(conn, r.get(0)?)?;
        if let Some(p) = at.get(&person_id).and_then(|i| out.get_mut(*i)) {
            p.days.insert(Day(r.get(1)?), r.get(2)?);
        }
    }
    out.sort_by_key(|p| (p.since, p.person_id));
    Ok(out)
}

/// Enrols somebody from a day.
pub fn enrol(tx: &mut Tx<'_>, id: i64, e: &Enrolment, from: Day) -> Result<()> {
    facts::insert(tx, &ENROLMENT, id, Span::from(from), &e.values())?;
    tx.touch(&PROGRAMME_SUBJECT, id);
    Ok(())
}

/// What is known of an enrolment changes from a day, or was wrong from the row's own start.
pub fn set_enrolment(tx: &mut Tx<'_>, id: i64, old: &Fact<Enrolment>, new: &Enrolment, day: Day, correct: bool) -> Result<()> {
    if correct {
        facts::correct(tx, &ENROLMENT, id, old.seq, old.span, &new.values())?;
    } else {
        let row = Fact { seq: old.seq, span: old.span, made_op: old.made_op, voided_op: None, data: old.data.values() };
        facts::change(tx, &ENROLMENT, id, &row, day, &new.values())?;
    }
    tx.touch(&PROGRAMME_SUBJECT, id);
    Ok(())
}

/// Keeps that somebody was there on a day; what was said of that day before gives way.
pub fn attend(tx: &mut Tx<'_>, id: i64, person_id: i64, day: Day, hours: Option<i64>) -> Result<()> {
    let held: Option<i64> = tx
        .conn()
        .prepare_cached("SELECT seq FROM attendance WHERE programme_id = ?1 AND person_id = ?2 AND from_day = ?3 AND voided_op IS NULL")?
        .query_row(params![id, person_id, day.0], |r| r.get(0))
        .optional()?;
    if let Some(seq) = held {
        facts::void(tx, &ATTENDANCE, id, seq)?;
    }
    facts::insert(tx, &ATTENDANCE, id, Span { from: day, until: Some(day) }, &[Val::Int(person_id), Val::int(hours)])?;
    tx.touch(&PROGRAMME_SUBJECT, id);
    Ok(())
}

/// What was granted for a programme so far.
pub fn granted(conn: &Connection, id: i64) -> Result<Fen> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(w.amount_fen), 0) FROM enrolment e JOIN award w ON w.application_id = e.application_id AND w.voided_op IS NULL
             WHERE e.programme_id = ?1 AND e.voided_op IS NULL AND e.until_day IS NULL",
        )?
        .query_row([id], |r| r.get(0).map(Fen))?)
}

/// Programmes somebody takes or took part in, under whichever number.
pub fn of_person(conn: &Connection, person_id: i64) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT DISTINCT programme_id FROM enrolment WHERE voided_op IS NULL
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY programme_id",
    )?;
    Ok(st.query_map([person_id], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The figures of programmes that ended within the days, by kind and named project, as of `day`: who was there, passed, and still works in the
/// zone. A cancelled programme never was.
pub fn tally(conn: &Connection, from: Day, until: Day, day: Day) -> Result<BTreeMap<Line, Tally>> {
    let (mut programmes, mut parts) = (Vec::new(), Vec::new());
    for id in ids(conn, 0)? {
        let p = loaded(conn, id)?;
        let now = &p.at(day)?.data;
        if now.last < from || now.last > until || state(conn, id, day)? == "cancelled" {
            continue;
        }
        programmes.push(Counted { id, kind: p.kind, named_project: now.named_project.clone(), cost: now.cost });
        for one in participants(conn, id, day)? {
            parts.push(Part {
                programme_id: id,
                person_id: one.person_id,
                attended: !one.days.is_empty(),
                passed: one.row.data.outcome.as_deref() == Some("passed"),
                here: people::works_here(conn, one.person_id, day)?,
            });
        }
    }
    Ok(figures::tally(&programmes, &parts))
}
