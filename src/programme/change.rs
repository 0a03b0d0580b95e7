//! What is done to a programme and to those who take part; each act sees both as the register knows them within its own op.

use super::store::{self, Enrolment, Participant, Programme};
use super::{Candidate, Kind, MACHINE, PREFIX, Profile, Role, admits, place};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::sheet::{Difference, Said, Sheet as _};
use crate::base::{codes, number};
use crate::db::subject::TASK_SUBJECT;
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::subsidy::draw::Committed;
use crate::subsidy::store::{Claim, Party};
use crate::talent::{self, Status, store as people};
use crate::workflow::{self, store as steps};
use crate::{blacklist, org, subsidy};
use rusqlite::Connection;

/// A day behind all others: what is known now, whatever its days.
const EVER: Day = Day(i32::MAX);

/// The task line that a text names, by its number or its clause.
fn task(conn: &Connection, text: &str) -> Result<i64> {
    let id = match number::parse(TASK_SUBJECT.prefix, text) {
        Ok(id) => Some(id),
        Err(number::NumberFault::CheckChar) => return Err(error::usage("number_check").fact("text", text)),
        Err(number::NumberFault::NotANumber) => None,
    };
    let found = store::task_line(conn, id, text.trim())?.ok_or_else(|| error::not_found("no_task_line").fact("text", text))?;
    Ok(found.0)
}

/// What names units and tasks of a version is found, and agrees with the kind of programme. The plan's four task lines of training are its named
/// projects: one says the other.
fn complete(tx: &mut Tx<'_>, kind: Kind, mut p: Profile, said: &[Said], day: Day) -> Result<Profile> {
    if let Some(text) = said[place("org")].value() {
        p.org_id = Some(org::change::unit_or_stub(tx, text, day)?);
    }
    if let Some(text) = said[place("task")].value() {
        p.task_id = Some(task(tx.conn(), text)?);
    }
    // Held or said just now: the two agree.
    if let Some((_, clause)) = p.task_id.map(|id| store::task_line(tx.conn(), Some(id), "")).transpose()?.flatten()
        && let Some(of) = codes::find("named_project", &clause).filter(|_| kind == Kind::Training)
    {
        let held = p.named_project.get_or_insert_with(|| of.to_owned());
        if held.as_str() != of {
            return Err(error::usage("other_project").fact("named_project", &*held).fact("task", clause));
        }
    }
    if p.named_project.is_some() && kind != Kind::Training {
        return Err(error::usage("not_of_kind").fact("option", "--named-project").fact("kind", kind.code()));
    }
    match (kind, &p.direction) {
        (Kind::Exchange, None) => Err(error::usage("needs_direction")),
        (Kind::Exchange, Some(_)) | (_, None) => Ok(p),
        _ => Err(error::usage("not_of_kind").fact("option", "--direction").fact("kind", kind.code())),
    }
}

/// Enters a programme; 5 where there is one of that kind, name and first day.
pub fn enter(tx: &mut Tx<'_>, said: &[Said]) -> Result<i64> {
    let day = |column| said[place(column)].day().ok_or_else(|| error::usage("not_understood"));
    let (first, last) = (day("from_date")?, day("until")?);
    let kind = said[place("kind")].value().and_then(Kind::from_code).ok_or_else(|| error::usage("not_understood"))?;
    let empty = Profile {
        name: String::new(),
        named_project: None,
        direction: None,
        task_id: None,
        org_id: None,
        partner: None,
        place: None,
        first,
        last,
        hours: None,
        cost: None,
    };
    // What is entered afterwards was there when it took place.
    let from = tx.day.min(first);
    let p = complete(tx, kind, empty.with(said), said, from)?;
    stands_once(tx, kind, &p, None)?;
    store::create(tx, kind, &p, from)
}

fn stands_once(tx: &Tx<'_>, kind: Kind, p: &Profile, but: Option<i64>) -> Result<()> {
    match store::of_name(tx.conn(), kind, &p.name, p.first)?.filter(|id| Some(*id) != but) {
        Some(id) => {
            let no = number::format(PREFIX, id);
            Err(error::conflict("programme_known").fact("no", &no).detail("code", "duplicate").detail("no", no))
        }
        None => Ok(()),
    }
}

/// 5 with what can be done where a programme is closed or cancelled.
fn open(tx: &Tx<'_>, p: &Programme) -> Result<()> {
    let state = store::state(tx.conn(), p.id, tx.day)?;
    if state == "open" {
        return Ok(());
    }
    Err(error::conflict("programme_over").fact("no", p.no()).fact("status", state).detail("possible", Vec::<&str>::new()))
}

/// What became of a programme.
#[derive(Debug)]
pub struct Changed {
    /// Columns that differ.
    pub fields: Vec<Difference>,
    /// From when.
    pub from: Day,
}

/// Applies what was said to a programme: what is not said stays. 3 where somebody was there on a day that would be none of its days.
pub fn apply(tx: &mut Tx<'_>, p: &Programme, said: &[Said], correct: bool) -> Result<Changed> {
    if !correct {
        open(tx, p)?;
    }
    let day = tx.day;
    let old = p.at(day)?.clone();
    let new = complete(tx, p.kind, old.data.with(said), said, day)?;
    if new.last < new.first {
        return Err(error::bad_data("date_order"));
    }
    let attended = store::participants(tx.conn(), p.id, day)?.into_iter().flat_map(|one| one.days.into_keys()).find(|d| !new.covers(*d));
    if let Some(day) = attended {
        return Err(error::refused("attended_outside").fact("no", p.no()).fact("day", day.iso()).detail("day", day.iso()));
    }
    let sum = store::granted(tx.conn(), p.id)?;
    if let Some(cost) = new.cost.filter(|cost| *cost < sum) {
        return Err(above_cost(p, cost, sum));
    }
    stands_once(tx, p.kind, &new, Some(p.id))?;
    let fields = old.data.differences(&new);
    if !fields.is_empty() {
        store::edit(tx, p.id, &old, &new, day, correct)?;
    }
    Ok(Changed { fields, from: if correct || old.span.from >= day { old.span.from } else { day } })
}

/// 3 where more is granted for a programme than it cost.
fn above_cost(p: &Programme, cost: Fen, sum: Fen) -> Error {
    error::refused("above_cost").fact("no", p.no()).fact("cost", cost).fact("sum", sum).detail("cost", cost.to_string())
}

/// How somebody is enrolled.
#[derive(Clone, Copy, Debug)]
pub struct Enrol {
    /// As what; as is usual for the kind where nothing is said.
    pub role: Option<Role>,
    /// The file of the guardian's consent.
    pub consent: Option<i64>,
}

/// Enrols a person. 3 with the clause where the kind of programme is not for them, 5 where they are enrolled.
pub fn enrol(tx: &mut Tx<'_>, programme: i64, person_id: i64, how: Enrol) -> Result<()> {
    let p = store::loaded(tx.conn(), programme)?;
    open(tx, &p)?;
    let now = p.last()?.data.clone();
    let day = tx.day;
    let who = people::load(tx.conn(), person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let before = participant(tx.conn(), programme, person_id)?;
    if before.as_ref().is_some_and(|one| one.row.data.outcome.as_deref() != Some("withdrew")) {
        return Err(error::conflict("enrolled_already").fact("no", who.no()).fact("programme", p.no()).detail("no", who.no()));
    }
    let profile = who.profile_at(day).or(who.profiles.first());
    let status = talent::status(&who.engagements, false, who.erased, day);
    let role = how.role.unwrap_or(p.kind.usual_role());
    let candidate = Candidate {
        kind: who.kind_on(day),
        corps: profile.map_or("", |f| &*f.data.corps),
        here: status == Status::Active,
        age: profile.and_then(|f| f.data.birth_date?.age_on(now.first)),
        consent: how.consent.is_some(),
    };
    if role == Role::Applicant && p.kind != Kind::Forum {
        return Err(error::usage("not_of_kind").fact("option", "--as applicant").fact("kind", p.kind.code()));
    }
    blacklist::standing::refuse_new(tx.conn(), blacklist::Whom::Person(person_id), day)?;
    admits(p.kind, now.direction.as_deref(), role, candidate).map_err(|r| {
        error::refused(r.key).fact("no", who.no()).fact("programme", p.no()).fact("clause", r.clause).detail("clause", r.clause)
    })?;
    let e = Enrolment { person_id, role, outcome: None, note: None, consent_file_id: how.consent, application_id: None };
    match before {
        // Back after a withdrawal.
        Some(one) => store::set_enrolment(tx, programme, &one.row, &e, day, false),
        // What is entered afterwards was so from the first day.
        None => store::enrol(tx, programme, &e, day.min(now.first)),
    }
}

/// A participant as the register knows them now.
fn participant(conn: &Connection, programme: i64, person_id: i64) -> Result<Option<Participant>> {
    store::participant(conn, programme, EVER, person_id)
}

/// Who is enrolled and has not withdrawn; 5 otherwise.
fn taking_part(tx: &Tx<'_>, p: &Programme, person_id: i64) -> Result<Participant> {
    let one = participant(tx.conn(), p.id, person_id)?.filter(|one| one.row.data.outcome.as_deref() != Some("withdrew"));
    one.ok_or_else(|| {
        error::conflict("not_enrolled")
            .fact("no", number::format(talent::PREFIX, person_id))
            .fact("programme", p.no())
            .detail("possible", vec!["enrol"])
    })
}

/// The day on which somebody was there: the one named, else the business day, or the last day where that is over. 65 where it is none of the
/// programme's days, 3 where it lies ahead.
fn day_of(p: &Programme, on: Option<Day>, today: Day) -> Result<Day> {
    let now = &p.last()?.data;
    let day = on.unwrap_or(today.min(now.last));
    if day > today || today < now.first {
        return Err(error::refused("not_begun").fact("no", p.no()).fact("day", day.max(now.first).iso()));
    }
    if !now.covers(day) {
        return Err(error::bad_data("not_a_day_of_it").fact("no", p.no()).fact("from", now.first.iso()).fact("until", now.last.iso()));
    }
    Ok(day)
}

/// Keeps that a participant was there.
pub fn attend(tx: &mut Tx<'_>, programme: i64, person_id: i64, on: Option<Day>, hours: Option<i64>) -> Result<()> {
    let p = store::loaded(tx.conn(), programme)?;
    open(tx, &p)?;
    let day = day_of(&p, on, tx.day)?;
    let one = taking_part(tx, &p, person_id)?;
    if one.days.get(&day).is_some_and(|held| *held == hours || hours.is_none()) {
        return Ok(());
    }
    store::attend(tx, programme, one.row.data.person_id, day, hours)
}

/// What came of somebody's taking part.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// passed, failed, withdrew.
    pub outcome: &'static str,
    /// What was said with it.
    pub note: Option<&'a str>,
    /// What is held is wrong.
    pub correct: bool,
}

/// Keeps an outcome. Who passes or fails has been there (3); one that is held already is corrected, not overwritten (5).
pub fn outcome(tx: &mut Tx<'_>, programme: i64, person_id: i64, o: Outcome<'_>) -> Result<()> {
    let p = store::loaded(tx.conn(), programme)?;
    open(tx, &p)?;
    let no = || number::format(talent::PREFIX, person_id);
    let one = if o.correct { participant(tx.conn(), programme, person_id)? } else { Some(taking_part(tx, &p, person_id)?) };
    let one =
        one.ok_or_else(|| error::conflict("not_enrolled").fact("no", no()).fact("programme", p.no()).detail("possible", vec!["enrol"]))?;
    let row = &one.row.data;
    if row.outcome.as_deref() == Some(o.outcome) {
        return Ok(());
    }
    if let Some(held) = row.outcome.as_deref().filter(|_| !o.correct) {
        return Err(error::conflict("outcome_known").fact("no", no()).fact("status", held).detail("possible", vec!["--correct"]));
    }
    if o.outcome != "withdrew" && one.days.is_empty() {
        return Err(error::refused("never_there").fact("no", no()).fact("programme", p.no()).detail("possible", vec!["attend"]));
    }
    let new = Enrolment { outcome: Some(o.outcome.to_owned()), note: o.note.map(str::to_owned), ..row.clone() };
    // What is entered afterwards was so from the last day.
    let day = tx.day.min(p.last()?.data.last);
    store::set_enrolment(tx, programme, &one.row, &new, day, o.correct)
}

/// How a benefit is granted for taking part.
#[derive(Debug)]
pub struct Pay<'a> {
    /// The decision.
    pub decision: &'a str,
    /// The sum that is proved.
    pub amount: Fen,
    /// The fund; else the year's only open one.
    pub fund: Option<i64>,
    /// The school that is paid in the participant's place.
    pub payee: Option<i64>,
}

/// Grants a participant the benefit of the kind of programme, by the rules of benefits; attendance is its ground. 3 where nobody was there, or
/// where more is asked for than the programme cost; 5 where it was granted before.
pub fn grant(tx: &mut Tx<'_>, programme: i64, person_id: i64, pay: &Pay<'_>) -> Result<i64> {
    let p = store::loaded(tx.conn(), programme)?;
    let Some(scheme) = p.kind.scheme() else {
        return Err(error::refused("no_benefit_for").fact("no", p.no()).fact("kind", p.kind.code()));
    };
    if store::state(tx.conn(), programme, tx.day)? == "cancelled" {
        open(tx, &p)?;
    }
    let one = taking_part(tx, &p, person_id)?;
    let no = number::format(talent::PREFIX, person_id);
    if let Some(id) = one.row.data.application_id {
        let held = number::format(subsidy::PREFIX, id);
        return Err(error::conflict("granted_already").fact("no", no).fact("benefit", &held).detail("no", held));
    }
    if p.kind == Kind::Forum && one.row.data.role != Role::Applicant {
        return Err(error::refused("not_applicant").fact("no", no).fact("programme", p.no()).detail("clause", "五（二）3"));
    }
    if one.days.is_empty() {
        return Err(error::refused("never_there").fact("no", no).fact("programme", p.no()).detail("possible", vec!["attend"]));
    }
    if let Some(cost) = p.last()?.data.cost {
        let sum = store::granted(tx.conn(), programme)?.checked_add(pay.amount).ok_or_else(|| error::bad_data("amount_range"))?;
        if sum > cost {
            return Err(above_cost(&p, cost, sum));
        }
    }
    let g = subsidy::change::Grant { scheme, decision: pay.decision, amount: Some(pay.amount), fund: pay.fund };
    let claim = match pay.payee {
        Some(school) => Claim { payee: Party::Org(school), for_id: Some(person_id) },
        None => Claim { payee: Party::Person(person_id), for_id: None },
    };
    let id = subsidy::change::grant(tx, claim, &g, &mut Committed::default())?;
    let new = Enrolment { application_id: Some(id), ..one.row.data.clone() };
    store::set_enrolment(tx, programme, &one.row, &new, tx.day, true)?;
    Ok(id)
}

/// Moves a programme to its end: closed (3 before its last day, or where a forum has no applicant) or cancelled.
pub fn end(tx: &mut Tx<'_>, programme: i64, to: &'static str, why: Option<&str>) -> Result<()> {
    let p = store::loaded(tx.conn(), programme)?;
    let all = steps::steps(tx.conn(), (MACHINE.kind, programme))?;
    workflow::in_order(&p.no(), tx.day, all.last().map(|s| s.day))?;
    let from = all.last().map_or("open", |s| s.to_state.as_str()).to_owned();
    let to = MACHINE.to(&p.no(), &from, to)?;
    let people = store::participants(tx.conn(), programme, EVER)?;
    match to {
        "closed" => {
            let last = p.last()?.data.last;
            if tx.day < last {
                return Err(error::refused("not_over").fact("no", p.no()).fact("day", last.iso()).detail("until", last.iso()));
            }
            let held = people.iter().any(|one| one.row.data.role == Role::Applicant && one.row.data.outcome.as_deref() != Some("withdrew"));
            if p.kind == Kind::Forum && !held {
                return Err(error::refused("no_applicant").fact("no", p.no()).detail("clause", "五（二）3"));
            }
        }
        // What was paid for was held.
        _ => {
            if let Some(id) = people.iter().find_map(|one| one.row.data.application_id) {
                let held = number::format(subsidy::PREFIX, id);
                return Err(error::conflict("paid_for").fact("no", p.no()).fact("benefit", &held).detail("no", held));
            }
        }
    }
    steps::step(tx, (MACHINE.kind, programme), Some(&from), to, None, why)
}
