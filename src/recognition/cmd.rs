//! `recognition …`: arguments, and a recognition as a clerk and a script see it.

use super::store::{self, Record, no};
use super::{MACHINE, PENDING, PREFIX, last_day, notice_is_over, seen};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{ident, names, number};
use crate::cli::Noun;
use crate::db::facts::{Fact, Span};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::paper;
use crate::policy::{self, Scheme};
use crate::talent::store::Person;
use crate::talent::{self, Code, Recognition, look, store as people};
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow::store as steps;
use crate::{org, talent::Status};
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// The noun.
pub const NOUN: Noun = Noun { name: "recognition", build, run };

const ROUTES: [&str; 3] = ["catalogue", "panel", "exception"];

#[derive(Subcommand, Debug)]
enum RecognitionCommand {
    Open {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long, value_name = "CLASS")]
        class: String,
        #[arg(long, value_name = "CODE", default_value = talent::ZONE_SCHEME)]
        scheme: String,
        #[arg(long, value_name = "ROUTE", value_parser = ROUTES, default_value = "catalogue")]
        route: String,
        #[arg(long, value_name = "FILE")]
        file: Vec<std::path::PathBuf>,
    },
    Advance {
        #[arg(value_name = "R")]
        recognition: String,
        #[arg(long, value_name = "STATE")]
        to: String,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
        #[arg(long, value_name = "TEXT")]
        place: Option<String>,
    },
    Grant(Grant),
    Cancel {
        #[arg(value_name = "R")]
        recognition: String,
        #[arg(long, value_name = "TEXT")]
        ground: String,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
    },
    Show {
        #[arg(value_name = "R")]
        recognition: String,
    },
    List(Lines),
    Notice,
    Object {
        #[arg(value_name = "R")]
        recognition: String,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        by: Option<String>,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        ground: Option<String>,
        #[arg(long, value_name = "OUTCOME", value_parser = ["upheld", "dismissed"], conflicts_with_all = ["by", "ground"])]
        settle: Option<String>,
    },
}

#[derive(Args, Debug)]
struct Grant {
    #[arg(value_name = "P")]
    person: String,
    #[arg(long, value_name = "CLASS")]
    class: String,
    #[arg(long, value_name = "D")]
    decision: String,
    #[arg(long, value_name = "CODE", default_value = talent::ZONE_SCHEME)]
    scheme: String,
    #[arg(long, value_name = "ROUTE", value_parser = ROUTES, default_value = "catalogue")]
    route: String,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from_date: Option<Day>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    until: Option<Day>,
}

fn build(c: Command) -> Command {
    RecognitionCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use RecognitionCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Open { person, class, scheme, route, file } => open(office, &person, &class, &scheme, &route, &file),
        C::Advance { recognition, to, decision, place } => advance(office, &recognition, &to, decision.as_deref(), place.as_deref()),
        C::Grant(asked) => grant(office, &asked),
        C::Cancel { recognition, ground, decision } => cancel(office, &recognition, &ground, decision.as_deref()),
        C::Show { recognition } => {
            let conn = office.read()?;
            let (id, r) = store::resolve(conn, &recognition)?;
            let mut v = object(conn, id, &r, office.as_of())?;
            v["steps"] = steps_of(conn, id)?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
        C::Notice => notice(office),
        C::Object { recognition, by, ground, settle } => {
            object_to(office, &recognition, by.as_deref(), ground.as_deref(), settle.as_deref())
        }
    }
}

/// The scheme in force and the id of its policy version. 78 where it was not confirmed.
fn confirmed(conn: &Connection, code: &str) -> Result<(Option<i64>, Scheme)> {
    let (id, pack) = policy::store::recognition(conn)?;
    let Some(scheme) = pack.scheme(code) else {
        return Err(error::not_found("no_scheme").fact("scheme", code));
    };
    if !policy::store::is_confirmed(conn, id, code)? {
        return Err(error::policy("unconfirmed").fact("pack", "recognition").fact("scheme", code).detail("scheme", code));
    }
    Ok((id, scheme.clone()))
}

fn class_of(scheme: &Scheme, text: &str) -> Result<Code> {
    let code = crate::base::codes::find("class", text).unwrap_or(text);
    let class = scheme.classes.iter().find(|c| *c == code).ok_or_else(|| {
        error::usage("no_class").fact("class", text).fact("classes", scheme.classes.join(", ")).detail("possible", scheme.classes.clone())
    })?;
    Ok(Code::Owned(class.clone()))
}

/// A person who can be recognised: in the registry as a talent, and here.
fn candidate(office: &Office, text: &str) -> Result<Person> {
    let p = look::load(office, text)?;
    let status = talent::status(&p.engagements, p.merged_into.is_some(), p.erased, office.day());
    if p.kind != "talent" || status != Status::Active {
        return Err(error::conflict("not_a_candidate").fact("no", p.no()).fact("status", status.as_str()));
    }
    Ok(p)
}

fn open(office: &Office, person: &str, class: &str, scheme: &str, route: &str, files: &[std::path::PathBuf]) -> Result<Exit> {
    let conn = office.read()?;
    let (policy_id, scheme) = confirmed(conn, scheme)?;
    let class = class_of(&scheme, class)?;
    let p = candidate(office, person)?;
    if let Some(r) = p.recognitions.iter().find(|r| r.span.until.is_none() && PENDING.contains(&&*r.data.state)) {
        return Err(error::conflict("recognition_open").fact("no", no(r.data.id)).detail("no", no(r.data.id)));
    }
    let kept = files.iter().map(|f| paper::cmd::bring(office, f)).collect::<Result<Vec<_>>>()?;
    let done = office.write("recognition.open", Map::new(), |tx| {
        let id = people::next_recognition(tx)?;
        let r = Recognition {
            id,
            scheme: Code::Owned(scheme.code.clone()),
            class: class.clone(),
            state: "accepted".into(),
            policy_id,
            route: Some(Code::Owned(route.to_owned())),
            decision_id: None,
        };
        store::insert(tx, p.id, Span::from(tx.day), &r)?;
        steps::step(tx, (MACHINE.kind, id), None, "accepted", None, None)?;
        for (file, k) in files.iter().zip(&kept) {
            paper::store::link(tx, &paper::cmd::kept(file, k.0.clone(), k.1, "application", false, (MACHINE.kind, id)))?;
        }
        made(tx, id)
    })?;
    show_new(office, &done)
}

fn made(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", no(id));
    let r = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), id, &r, r.last().span.from.max(tx.day))
}

fn show_new(office: &Office, done: &crate::db::write::Done<Value>) -> Result<Exit> {
    let mut value = done.value.clone();
    if done.op.is_none() {
        value["no"] = Value::Null;
    }
    office.show_act(done, value)?;
    Ok(Exit::Done)
}

fn advance(office: &Office, text: &str, to: &str, decision: Option<&str>, place: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (id, r) = store::resolve(conn, text)?;
    let held = r.last().clone();
    if held.data.state == "recorded" {
        return Err(error::refused("only_recorded").fact("no", no(id)).detail("possible", vec!["open", "grant"]));
    }
    let state = MACHINE.to(&no(id), &held.data.state, to)?;
    if state == "cancelled" {
        return Err(error::usage("cancel_verb"));
    }
    let (_, scheme) = confirmed(conn, &held.data.scheme)?;
    if state == "decided" && decision.is_none() && held.data.decision_id.is_none() {
        return Err(error::refused("needs_decision").fact("no", no(id)));
    }
    if office.day() < held.span.from {
        return Err(error::bad_data("date_order"));
    }
    if state == "in_force" {
        let n = steps::notice(conn, (MACHINE.kind, id))?;
        let objections = n.as_ref().map_or(Ok(Vec::new()), |n| steps::objections(conn, n.id))?;
        let recorded = n.as_ref().map_or(office.today(), |n| crate::office::shanghai_day(n.recorded_ms));
        notice_is_over(&no(id), n.as_ref(), &objections, &scheme, office.day(), office.today(), recorded)?;
    }
    let done = office.write("recognition.advance", Map::new(), |tx| {
        let decision_id = match decision {
            Some(d) => Some(cited(tx, &scheme, d, held.data.decision_id)?),
            None => held.data.decision_id,
        };
        let new = Recognition { state: state.into(), decision_id, ..held.data.clone() };
        let day = tx.day;
        let span = if state == "in_force" {
            take_over(tx, r.person_id, id, day)?;
            Span { from: day, until: Some(last_day(&scheme, day)) }
        } else {
            Span::from(day)
        };
        store::advance(tx, r.person_id, &held, span, &new)?;
        if state == "public_notice" {
            let days = i32::try_from(scheme.notice_days).unwrap_or(i32::MAX);
            steps::put_up(tx, (MACHINE.kind, id), Day(day.0 + days), place)?;
        }
        steps::step(tx, (MACHINE.kind, id), Some(&held.data.state), state, decision_id, None)?;
        made(tx, id)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// The decision an act rests on: known or, where policy allows it, cited by its number; and it covers one person more.
fn cited(tx: &mut Tx<'_>, scheme: &Scheme, text: &str, before: Option<i64>) -> Result<i64> {
    let id = paper::store::cite(tx, text)?;
    let d = paper::store::open(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?.data;
    if !d.checked && !scheme.unchecked_decisions {
        return Err(error::refused("decision_unchecked").fact("document_no", &d.document_no));
    }
    let used = store::persons_on(tx.conn(), id)? + i64::from(before != Some(id));
    d.covers(&number::format(paper::PREFIX, id), used, Fen(0))?;
    Ok(id)
}

/// What a roster recorded and what ran out ends where another recognition begins to hold. 5 where one is in force on the day.
fn take_over(tx: &mut Tx<'_>, person_id: i64, id: i64, from: Day) -> Result<()> {
    let p = people::load(tx.conn(), person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    for r in p.recognitions.iter().filter(|r| r.data.id != id && r.span.until.is_none_or(|u| u >= from)) {
        match &*r.data.state {
            "recorded" => store::end(tx, person_id, r, from)?,
            "in_force" => {
                return Err(error::conflict("recognition_held")
                    .fact("no", no(r.data.id))
                    .detail("no", no(r.data.id))
                    .detail("possible", vec!["cancel"]));
            }
            _ => {}
        }
    }
    Ok(())
}

fn grant(office: &Office, asked: &Grant) -> Result<Exit> {
    let conn = office.read()?;
    let (policy_id, scheme) = confirmed(conn, &asked.scheme)?;
    let class = class_of(&scheme, &asked.class)?;
    let p = candidate(office, &asked.person)?;
    let from = asked.from_date.unwrap_or(office.day());
    let until = asked.until.unwrap_or_else(|| last_day(&scheme, from));
    if until < from {
        return Err(error::bad_data("date_order"));
    }
    let done = office.write("recognition.grant", Map::new(), |tx| {
        let decision_id = cited(tx, &scheme, &asked.decision, None)?;
        let id = people::next_recognition(tx)?;
        take_over(tx, p.id, id, from)?;
        let r = Recognition {
            id,
            scheme: Code::Owned(scheme.code.clone()),
            class: class.clone(),
            state: "in_force".into(),
            policy_id,
            route: Some(Code::Owned(asked.route.clone())),
            decision_id: Some(decision_id),
        };
        store::insert(tx, p.id, Span { from, until: Some(until) }, &r)?;
        steps::step(tx, (MACHINE.kind, id), None, "in_force", Some(decision_id), None)?;
        made(tx, id)
    })?;
    show_new(office, &done)
}

fn cancel(office: &Office, text: &str, ground: &str, decision: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (id, r) = store::resolve(conn, text)?;
    let ground = names::clean_text(ground);
    if ground.is_empty() {
        return Err(error::usage("empty_text").fact("option", "--ground"));
    }
    let held = r.last().clone();
    let day = office.day();
    let state = seen(&held.data.state, held.span.until, day).to_owned();
    let to = MACHINE.to(&no(id), &state, "cancelled")?;
    if state == "in_force" && decision.is_none() {
        return Err(error::refused("needs_decision").fact("no", no(id)));
    }
    let done = office.write("recognition.cancel", Map::new(), |tx| {
        let decision_id = decision.map(|d| paper::store::cite(tx, d)).transpose()?;
        let new = Recognition { state: to.into(), ..held.data.clone() };
        store::advance(tx, r.person_id, &held, Span::from(tx.day.max(held.span.from)), &new)?;
        steps::step(tx, (MACHINE.kind, id), Some(&held.data.state), to, decision_id, Some(&ground))?;
        made(tx, id)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// `recognition show`'s object.
fn object(conn: &Connection, id: i64, r: &Record, day: Day) -> Result<Value> {
    let row = r.rows.iter().rev().find(|f| f.span.from <= day).unwrap_or(r.last());
    line(conn, id, r.person_id, row, day)
}

fn line(conn: &Connection, id: i64, person_id: i64, row: &Fact<Recognition>, day: Day) -> Result<Value> {
    let d = &row.data;
    let status = seen(&d.state, row.span.until, day);
    let decision = match d.decision_id {
        Some(id) => {
            paper::store::open(conn, id)?.map(|p| json!({"no": number::format(paper::PREFIX, id), "document_no": p.data.document_no}))
        }
        None => None,
    };
    // What only a roster says never stood in public, and there may be a million of it.
    let up = if d.state == "recorded" { None } else { steps::notice(conn, (MACHINE.kind, id))? };
    let notice = up.map(|n| json!({"from": n.from.iso(), "until": n.until.iso()}));
    Ok(json!({
        "no": no(id), "status": status, "person_no": number::format(talent::PREFIX, person_id), "class": d.class, "scheme": d.scheme,
        "policy_version": d.policy_id, "route": d.route, "from": row.span.from.iso(),
        "until": row.span.until.filter(|_| d.state == "in_force").map(|u| u.iso()), "decision": decision, "notice": notice,
        "next": if status == "expired" { &[] } else { MACHINE.next(&d.state) },
    }))
}

fn steps_of(conn: &Connection, id: i64) -> Result<Value> {
    let mut rows = Vec::new();
    for s in steps::steps(conn, (MACHINE.kind, id))? {
        rows.push(json!({
            "from": s.from_state, "to": s.to_state, "day": s.day.iso(), "decision": s.decision_id.map(|d| number::format(paper::PREFIX, d)),
            "note": s.note, "op": s.op,
        }));
    }
    Ok(rows.into())
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("person_no"),
    Field::code("class", "class"),
    Field::text("scheme"),
    Field::text("route"),
    Field::date("from"),
    Field::date("until"),
    Field::text("decision"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let (day, after) = (office.as_of(), office.after(PREFIX)?);
    // Those that only rosters say are as many as people: shown where they are asked for.
    let recorded = filter.value("status") == Some("recorded");
    let mut rows = Vec::new();
    store::each(conn, recorded, |person, row| {
        let id = row.data.id;
        if id > after {
            let v = line(conn, id, person, &row, day)?;
            if filter.takes(&v) {
                rows.push(v);
            }
        }
        Ok(true)
    })?;
    let columns = ["no", "status", "person_no", "class", "scheme", "route", "from", "until", "decision.document_no"];
    filter::show_lines(office, rows, columns.into_iter().map(Column::new).collect(), lines, FIELDS)
}

/// The list that stands in public on the day: masked, and namesakes told apart by their unit.
fn notice(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    store::each(conn, false, |person, row| {
        let up = steps::notice(conn, (MACHINE.kind, row.data.id))?;
        let Some(n) = up.filter(|n| row.data.state == "public_notice" && n.from <= day && day <= n.until) else { return Ok(true) };
        let Some(p) = people::load(conn, person)? else { return Ok(true) };
        let e = talent::current(&p.engagements, day);
        let unit = match e {
            Some(e) => org::store::name_at(conn, e.data.org_id, day)?.map(|u| u.0),
            None => None,
        };
        let paper = p.documents.iter().find(|d| d.span.holds(day)).map(|d| ident::mask(d.data.paper_number()));
        rows.push(json!({
            "no": no(row.data.id), "name": p.profiles.last().map(|f| &f.data.name), "employer": unit, "id_number": paper, "class": row.data.class,
            "from": n.from.iso(), "until": n.until.iso(),
        }));
        Ok(true)
    })?;
    let columns = ["no", "name", "employer", "id_number", "class", "from", "until"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

fn object_to(office: &Office, text: &str, by: Option<&str>, ground: Option<&str>, settle: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (id, r) = store::resolve(conn, text)?;
    let n = steps::notice(conn, (MACHINE.kind, id))?
        .filter(|_| r.last().data.state == "public_notice")
        .ok_or_else(|| error::refused("no_notice").fact("no", no(id)))?;
    let done = office.write("recognition.object", Map::new(), |tx| {
        match (settle, by, ground) {
            (Some(outcome), ..) => {
                let open: Vec<i64> = steps::objections(tx.conn(), n.id)?.into_iter().filter(|o| o.3.is_none()).map(|o| o.0).collect();
                if open.is_empty() {
                    return Err(error::conflict("no_objection").fact("no", no(id)));
                }
                for o in open {
                    steps::settle(tx, o, outcome)?;
                }
            }
            (None, Some(by), Some(ground)) => {
                let text = |t: &str, option: &str| {
                    let t = names::clean_text(t);
                    if t.is_empty() { Err(error::usage("empty_text").fact("option", option)) } else { Ok(t) }
                };
                steps::object(tx, n.id, &text(by, "--by")?, &text(ground, "--ground")?)?;
            }
            // clap asks for one or the other.
            _ => return Err(error::usage("not_understood")),
        }
        let mut v = made(tx, id)?;
        let all = steps::objections(tx.conn(), n.id)?;
        v["objections"] = all.iter().map(|o| json!({"id": o.0, "by": o.1, "ground": o.2, "outcome": o.3})).collect();
        Ok(v)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}
