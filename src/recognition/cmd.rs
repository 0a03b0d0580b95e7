//! `recognition …`: arguments, and a recognition as a clerk and a script see it.

use super::change::{self, Advance, Clock, Given};
use super::store::{self, Record, no};
use super::{MACHINE, PREFIX, last_day, mid_check_due, seen};
use crate::base::day::Day;
use crate::base::{ident, names, number};
use crate::cli::Noun;
use crate::db::facts::Fact;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::paper;
use crate::policy::{self, Scheme};
use crate::roster::named;
use crate::talent::{self, Recognition, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use crate::workflow::several::{self, Named, Several};
use crate::workflow::store as steps;
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
        person: Vec<String>,
        #[command(flatten)]
        said: Several,
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
        recognition: Vec<String>,
        #[command(flatten)]
        said: Several,
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
        recognition: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "TEXT")]
        ground: String,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
    },
    Check {
        #[arg(value_name = "R")]
        recognition: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, required_unless_present = "failed", conflicts_with = "failed")]
        passed: bool,
        #[arg(long)]
        failed: bool,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
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
    person: Vec<String>,
    #[command(flatten)]
    said: Several,
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
        C::Open { person, said, class, scheme, route, file } => {
            let named = named::persons(office, &person, &said)?;
            open(office, &named, &said, &class, (&scheme, &route), &file)
        }
        C::Advance { recognition, said, to, decision, place } => {
            let named = recognitions(office, &recognition, &said)?;
            let clock = Clock { day: office.day(), today: office.today() };
            let asked = Advance { to: &to, decision: decision.as_deref(), place: place.as_deref(), clock };
            act(office, "recognition.advance", &named, &said, |tx, id| change::advance(tx, id, &asked))
        }
        C::Grant(asked) => grant(office, &asked),
        C::Cancel { recognition, said, ground, decision } => {
            let named = recognitions(office, &recognition, &said)?;
            let ground = text_said(&ground, "--ground")?;
            act(office, "recognition.cancel", &named, &said, |tx, id| change::cancel(tx, id, &ground, decision.as_deref()))
        }
        C::Check { recognition, said, failed, note, .. } => {
            let named = recognitions(office, &recognition, &said)?;
            let note = note.map(|n| names::clean_text(&n)).filter(|n| !n.is_empty());
            let found = if failed { "failed" } else { "passed" };
            act(office, "recognition.check", &named, &said, |tx, id| change::check(tx, id, found, note.as_deref()))
        }
        C::Show { recognition } => {
            let conn = office.read()?;
            let (id, r) = store::resolve(conn, &recognition)?;
            let mut v = object(conn, id, &r, office.as_of())?;
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, id))?;
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

/// The recognitions a command names.
fn recognitions(office: &Office, texts: &[String], said: &Several) -> Result<Named> {
    let day = office.as_of();
    named::records(
        office,
        texts,
        said,
        |conn, text| Ok(store::resolve(conn, text)?.0),
        |conn, filter| {
            let filter = Filter::parse(Some(filter), FIELDS)?;
            let mut ids = Vec::new();
            store::each(conn, false, |person, row| {
                if filter.takes(&line(conn, row.data.id, person, &row, day)?) {
                    ids.push(row.data.id);
                }
                Ok(true)
            })?;
            Ok(ids)
        },
    )
}

/// One act on the recognitions named.
fn act(
    office: &Office,
    command: &'static str,
    named: &Named,
    said: &Several,
    mut f: impl FnMut(&mut Tx<'_>, i64) -> Result<()>,
) -> Result<Exit> {
    several::run(office, several::Act { command, prefix: PREFIX, makes: false }, named, said, |tx, id| {
        f(tx, id)?;
        made(tx, id)
    })
}

fn open(
    office: &Office,
    named: &Named,
    said: &Several,
    class: &str,
    (scheme, route): (&str, &str),
    files: &[std::path::PathBuf],
) -> Result<Exit> {
    let (policy_id, scheme) = change::confirmed(office.read()?, scheme)?;
    let class = change::class_of(&scheme, class)?;
    let kept = files.iter().map(|f| paper::cmd::bring(office, f)).collect::<Result<Vec<_>>>()?;
    let act = several::Act { command: "recognition.open", prefix: talent::PREFIX, makes: true };
    several::run(office, act, named, said, |tx, person| {
        let id = change::open(tx, person, policy_id, &scheme, &class, route)?;
        for (file, k) in files.iter().zip(&kept) {
            paper::store::link(tx, &paper::cmd::kept(file, k.0.clone(), k.1, "application", false, (MACHINE.kind, id)))?;
        }
        made(tx, id)
    })
}

fn made(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", no(id));
    let r = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), id, &r, r.last().span.from.max(tx.day))
}

fn grant(office: &Office, asked: &Grant) -> Result<Exit> {
    let conn = office.read()?;
    let (policy_id, scheme) = change::confirmed(conn, &asked.scheme)?;
    let class = change::class_of(&scheme, &asked.class)?;
    let named = named::persons(office, &asked.person, &asked.said)?;
    let from = asked.from_date.unwrap_or(office.day());
    let until = asked.until.unwrap_or_else(|| last_day(&scheme, from));
    if until < from {
        return Err(error::bad_data("date_order"));
    }
    let given = Given { policy_id, scheme: &scheme, class, route: &asked.route, decision: &asked.decision, from, until };
    let act = several::Act { command: "recognition.grant", prefix: talent::PREFIX, makes: true };
    several::run(office, act, &named, &asked.said, |tx, person| {
        change::candidate(change::person(tx, person)?, tx.day)?;
        let id = change::grant(tx, person, &given)?;
        made(tx, id)
    })
}

/// `recognition show`'s object.
fn object(conn: &Connection, id: i64, r: &Record, day: Day) -> Result<Value> {
    let row = r.rows.iter().rev().find(|f| f.span.from <= day).unwrap_or(r.last());
    line(conn, id, r.person_id, row, day)
}

/// The scheme a recognition was decided by.
fn scheme_of(conn: &Connection, r: &Recognition) -> Result<Option<Scheme>> {
    let Some(id) = r.policy_id else { return Ok(None) };
    Ok(policy::store::recognition_version(conn, id)?.scheme(&r.scheme).cloned())
}

fn line(conn: &Connection, id: i64, person_id: i64, row: &Fact<Recognition>, day: Day) -> Result<Value> {
    let d = &row.data;
    let status = seen(&d.state, row.span.until, day);
    let decision = paper::cmd::cited(conn, d.decision_id)?;
    // What only a roster says never stood in public, and there may be a million of it.
    let up = if d.state == "recorded" { None } else { steps::notice(conn, (MACHINE.kind, id))? };
    let due = match scheme_of(conn, d)?.filter(|_| status == "in_force") {
        Some(s) => mid_check_due(&s, row.span.from, row.span.until, d.mid_check.as_deref()),
        None => None,
    };
    let notice = up.map(|n| json!({"from": n.from.iso(), "until": n.until.iso()}));
    Ok(json!({
        "no": no(id), "status": status, "person_no": number::format(talent::PREFIX, person_id), "class": d.class, "scheme": d.scheme,
        "policy_version": d.policy_id, "route": d.route, "from": row.span.from.iso(),
        "until": row.span.until.filter(|_| d.state == "in_force").map(|u| u.iso()), "decision": decision, "notice": notice,
        "mid_check": d.mid_check, "mid_check_due": due.map(|d| d.iso()),
        "next": if status == "expired" { &[] } else { MACHINE.next(&d.state) },
    }))
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
    Field::text("mid_check"),
    Field::date("mid_check_due"),
];

/// What a field of a line holds, where that is in the row itself: of a million that only rosters say, few lines are made whole.
fn cheap(person: i64, row: &Fact<Recognition>, day: Day, field: &str) -> Option<Value> {
    let d = &row.data;
    Some(match field {
        "no" => no(d.id).into(),
        "status" => seen(&d.state, row.span.until, day).into(),
        "person_no" => number::format(talent::PREFIX, person).into(),
        "class" => (&*d.class).into(),
        "scheme" => (&*d.scheme).into(),
        "route" => d.route.as_deref().into(),
        "from" => row.span.from.iso().into(),
        "mid_check" => d.mid_check.as_deref().into(),
        _ => return None,
    })
}

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let sort = lines.sort.as_deref().map(|name| filter::field(name, FIELDS)).transpose()?;
    let conn = office.read()?;
    let (day, after) = (office.as_of(), office.after(PREFIX)?);
    // Those that only rosters say are as many as people: shown where they are asked for.
    let recorded = filter.value("status") == Some("recorded");
    let taken = |person: i64, row: &Fact<Recognition>| -> Result<bool> {
        let mut whole = None;
        for term in filter.terms() {
            let value = match cheap(person, row, day, term.field) {
                Some(v) => v,
                None => {
                    let v = whole.take().map_or_else(|| line(conn, row.data.id, person, row, day), Ok)?;
                    let value = v[term.field].clone();
                    whole = Some(v);
                    value
                }
            };
            if !term.takes(&value) {
                return Ok(false);
            }
        }
        Ok(row.data.id > after)
    };
    if lines.count {
        let mut n = 0u64;
        store::each(conn, recorded, |person, row| {
            n += u64::from(taken(person, &row)?);
            Ok(true)
        })?;
        office.show(&View::object(json!({"count": n})))?;
        return Ok(Exit::Done);
    }
    let columns = ["no", "status", "person_no", "class", "scheme", "route", "from", "until", "decision.document_no"];
    office.list(columns.into_iter().map(Column::new).collect(), None, |put| {
        let Some(field) = sort else {
            store::each(conn, recorded, |person, row| {
                if !taken(person, &row)? {
                    return Ok(true);
                }
                put(&line(conn, row.data.id, person, &row, day)?)
            })?;
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        let mut keys = Vec::new();
        store::each(conn, recorded, |person, row| {
            if taken(person, &row)? {
                let key = match cheap(person, &row, day, field.name) {
                    Some(key) => key,
                    None => line(conn, row.data.id, person, &row, day)?[field.name].clone(),
                };
                keys.push((key, i64::try_from(rows.len()).unwrap_or(i64::MAX)));
                rows.push((person, row));
            }
            Ok(true)
        })?;
        for at in filter::sort_keys(keys) {
            let Some((person, row)) = usize::try_from(at).ok().and_then(|at| rows.get(at)) else { continue };
            if !put(&line(conn, row.data.id, *person, row, day)?)? {
                break;
            }
        }
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
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
        let unit = people_look::employer_name(conn, &p, day)?;
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
    let up = steps::notice(conn, (MACHINE.kind, id))?.filter(|_| r.last().data.state == "public_notice");
    let said = match (by, ground) {
        (Some(by), Some(ground)) => Some((text_said(by, "--by")?, text_said(ground, "--ground")?)),
        _ => None,
    };
    let done = office.write("recognition.object", Map::new(), |tx| {
        let said = said.as_ref().map(|(by, ground)| (by.as_str(), ground.as_str()));
        let all = workflow::object(tx, &no(id), up, said, settle)?;
        let mut v = made(tx, id)?;
        v["objections"] = all;
        Ok(v)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}
