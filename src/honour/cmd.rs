//! `honour …`: arguments, and an honour as a clerk and a script see it.

use super::change::{self, Advance, Award};
use super::print::{self, Certificate};
use super::store::{self, Honour};
use super::{MACHINE, PREFIX, TITLE_EN, machine, title};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::cli::Noun;
use crate::db::files::write_whole;
use crate::db::setting;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::expert;
use crate::fund;
use crate::office::{Exit, Office};
use crate::paper;
use crate::paper::cmd::amount as yuan;
use crate::roster::named;
use crate::subsidy;
use crate::talent::{self, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::out::shown;
use crate::ui::{Column, View};
use crate::workflow;
use crate::workflow::several::{self, Named, Several};
use crate::workflow::store as steps;
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "honour", build, run };

#[derive(Subcommand, Debug)]
enum HonourCommand {
    Nominate {
        #[arg(value_name = "P")]
        person: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "NAME", requires = "level")]
        outside: Option<String>,
        #[arg(long, value_name = "LEVEL", value_parser = ["nation", "region", "city"], requires = "outside")]
        level: Option<String>,
        #[arg(long = "paper", value_name = "KIND:FILE")]
        papers: Vec<String>,
    },
    Advance {
        #[arg(value_name = "H")]
        honour: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "STATE")]
        to: String,
        #[arg(long, value_name = "D")]
        decision: Option<String>,
        #[arg(long, value_name = "TEXT")]
        place: Option<String>,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[arg(long = "paper", value_name = "KIND:FILE")]
        papers: Vec<String>,
    },
    Object {
        #[arg(value_name = "H")]
        honour: String,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        by: Option<String>,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        ground: Option<String>,
        #[arg(long, value_name = "OUTCOME", value_parser = ["upheld", "dismissed"], conflicts_with_all = ["by", "ground"])]
        settle: Option<String>,
    },
    Notice,
    Award(AwardArgs),
    Revoke {
        #[arg(value_name = "H")]
        honour: String,
        #[arg(long, value_name = "TEXT")]
        ground: String,
        #[arg(long, value_name = "D")]
        decision: String,
    },
    Print {
        #[arg(value_name = "H")]
        honour: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(short = 'o', long, value_name = "FILE")]
        out: PathBuf,
    },
    Show {
        #[arg(value_name = "H")]
        honour: String,
    },
    List(Lines),
}

#[derive(Args, Debug)]
struct AwardArgs {
    #[arg(value_name = "P|H")]
    person: Vec<String>,
    #[command(flatten)]
    said: Several,
    #[arg(long, value_name = "D")]
    decision: String,
    #[arg(long, value_name = "YUAN", allow_hyphen_values = true, conflicts_with = "without_reward")]
    amount: Option<String>,
    #[arg(long)]
    without_reward: bool,
    #[arg(long, value_name = "FD")]
    fund: Option<String>,
    #[arg(long = "field", value_name = "TEXT")]
    fields: Vec<String>,
}

fn build(c: Command) -> Command {
    HonourCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use HonourCommand as C;
    match C::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        C::Nominate { person, said, outside, level, papers } => {
            let named = named::persons(office, &person, &said)?;
            let title = outside.map(|o| text_said(&o, "--outside")).transpose()?;
            let brought = paper::cmd::brought(office, &papers)?;
            let act = several::Act { command: "honour.nominate", prefix: talent::PREFIX, makes: true };
            several::run(office, act, &named, &said, |tx, person| {
                let id = change::nominate(tx, person, title.as_deref().zip(level.as_deref()))?;
                paper::cmd::keep(tx, (MACHINE.kind, id), &brought)?;
                made(tx, id)
            })
        }
        C::Advance { honour, said, to, decision, place, note, papers } => {
            let named = honours(office, &honour, &said)?;
            let text = |t: Option<String>, option| t.map(|t| text_said(&t, option)).transpose();
            let (place, note) = (text(place, "--place")?, text(note, "--note")?);
            let brought = paper::cmd::brought(office, &papers)?;
            let asked = Advance { to: &to, decision: decision.as_deref(), place: place.as_deref(), note: note.as_deref() };
            act(office, "honour.advance", &named, &said, |tx, id| {
                change::advance(tx, id, &asked)?;
                paper::cmd::keep(tx, (MACHINE.kind, id), &brought)
            })
        }
        C::Object { honour, by, ground, settle } => object_to(office, &honour, by.zip(ground), settle.as_deref()),
        C::Notice => notice(office),
        C::Award(asked) => award(office, &asked),
        C::Revoke { honour, ground, decision } => {
            let h = store::resolve(office.read()?, &honour)?;
            let ground = text_said(&ground, "--ground")?;
            office.confirm("ask.revoke_honour", &[("no", &h.no())])?;
            let done = office.write("honour.revoke", Map::new(), |tx| {
                change::revoke(tx, h.id, &ground, &decision)?;
                made(tx, h.id)
            })?;
            office.show_changed(&done)
        }
        C::Print { honour, said, out } => print_to(office, &honours(office, &honour, &said)?, &out),
        C::Show { honour } => {
            let conn = office.read()?;
            let h = store::resolve(conn, &honour)?;
            let mut v = object(conn, &h, office.as_of())?;
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, h.id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        C::List(lines) => list(office, &lines),
    }
}

/// The honours a command names.
fn honours(office: &Office, texts: &[String], said: &Several) -> Result<Named> {
    let day = office.as_of();
    named::records(
        office,
        texts,
        said,
        |conn, text| Ok(store::resolve(conn, text)?.id),
        |conn, filter| {
            let filter = Filter::parse(Some(filter), FIELDS)?;
            let mut ids = Vec::new();
            for h in store::all(conn, 0)?.into_iter().filter(|h| h.opened <= day) {
                if filter.takes(&object(conn, &h, day)?) {
                    ids.push(h.id);
                }
            }
            Ok(ids)
        },
    )
}

/// One act on the honours named.
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

fn made(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", number::format(PREFIX, id));
    let h = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), &h, tx.day)
}

/// Persons are awarded on paper, nominations at the end of their notice: a filter means nominations, a file persons.
fn award(office: &Office, a: &AwardArgs) -> Result<Exit> {
    let amount = a.amount.as_deref().map(yuan).transpose()?;
    let fund = a.fund.as_deref().map(|f| fund::store::resolve(office.read()?, f).map(|f| f.id)).transpose()?;
    let fields = expert::fields_of(&a.fields);
    let how = Award { decision: &a.decision, amount, fund, reward: !a.without_reward, fields: &fields };
    let of_honours = |t: &String| number::looks_like(PREFIX, t);
    if a.said.several.is_some() || a.person.first().is_some_and(of_honours) {
        let named = honours(office, &a.person, &a.said)?;
        let today = office.today();
        return act(office, "honour.award", &named, &a.said, |tx, id| change::award(tx, id, &how, today));
    }
    let named = named::persons(office, &a.person, &a.said)?;
    let act = several::Act { command: "honour.award", prefix: talent::PREFIX, makes: true };
    several::run(office, act, &named, &a.said, |tx, person| {
        let id = change::award_on_paper(tx, person, &how)?;
        made(tx, id)
    })
}

// ---------------------------------------------------------------- as it is seen

/// The title of the zone's own honour.
fn own_title(conn: &Connection) -> Result<String> {
    Ok(title(&setting::get(conn, "zone")?.unwrap_or_default()))
}

fn object(conn: &Connection, h: &Honour, day: Day) -> Result<Value> {
    let state = store::state(conn, h, day)?;
    let person = people::load(conn, h.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = person.name_on(day).map(str::to_owned);
    let held = store::held(conn, h.id)?.filter(|f| f.span.from <= day);
    let decision = paper::cmd::cited(conn, held.as_ref().and_then(|f| f.data.decision_id))?;
    let reward = match held.as_ref().and_then(|f| f.data.application_id) {
        Some(id) => match subsidy::store::load(conn, id)? {
            Some(a) => {
                let now = subsidy::life::account(conn, &a, day)?;
                // What is owed stands only where the honour is gone.
                let owed = if state == "revoked" { Some(now.owed.to_string()) } else { None };
                Some(json!({
                    "no": a.no(), "status": subsidy::life::state(conn, id, day)?, "amount": a.amount.to_string(), "paid": now.paid.to_string(), "owed": owed,
                }))
            }
            None => None,
        },
        None => None,
    };
    let seat = expert::store::seats(conn, Some(h.person_id))?.into_iter().find(|e| e.honour_id == Some(h.id)).and_then(|e| e.span());
    let notice = steps::notice(conn, (MACHINE.kind, h.id))?.filter(|n| n.from <= day);
    Ok(json!({
        "no": h.no(), "status": state, "person_no": person.no(), "person_name": name,
        "title": match &h.outside { Some((title, _)) => title.clone(), None => own_title(conn)? },
        "level": h.outside.as_ref().map(|o| &o.1), "outside": h.outside.is_some(), "opened": h.opened.iso(),
        "notice": notice.map(|n| json!({"from": n.from.iso(), "until": n.until.iso()})),
        "awarded": held.as_ref().map(|f| f.span.from.iso()), "until": held.as_ref().and_then(|f| f.span.until).map(|d| d.iso()), "decision": decision,
        "reward": reward, "seat": seat.map(|s| json!({"from": s.from.iso(), "until": s.until.map(|d| d.iso())})),
        "next": machine(h.outside.is_some()).next(&state),
    }))
}

/// The honours somebody holds on the day, the zone's own and others, for the person's page.
pub fn of_person(conn: &Connection, person_id: i64, day: Day) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for h in store::of_person(conn, person_id)? {
        if !store::held(conn, h.id)?.is_some_and(|f| f.span.holds(day)) {
            continue;
        }
        let title = match &h.outside {
            Some((title, _)) => title.clone(),
            None => own_title(conn)?,
        };
        found.push(json!({"no": h.no(), "title": title}));
    }
    Ok(found)
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("person_no"),
    Field::text("person_name"),
    Field::text("title"),
    Field::text("level"),
    Field::text("outside"),
    Field::date("opened"),
    Field::date("awarded"),
    Field::date("until"),
    Field::text("decision"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for h in store::all(conn, office.after(PREFIX)?)?.into_iter().filter(|h| h.opened <= day) {
        let v = object(conn, &h, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    let columns = ["no", "status", "person_no", "person_name", "title", "level", "opened", "awarded", "decision.document_no"];
    filter::show_lines(office, rows, columns.into_iter().map(Column::new).collect(), lines, FIELDS)
}

/// The list that stands in public on the day: masked, and namesakes told apart by their unit.
fn notice(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for h in store::all(conn, 0)?.into_iter().filter(|h| h.outside.is_none()) {
        let up = steps::notice(conn, (MACHINE.kind, h.id))?.filter(|n| n.from <= day && day <= n.until);
        let Some(n) = up.filter(|_| store::state(conn, &h, day).is_ok_and(|s| s == "publicised")) else { continue };
        let Some(p) = people::load(conn, h.person_id)? else { continue };
        let unit = people_look::employer_name(conn, &p, day)?;
        let number = p.documents.iter().find(|d| d.span.holds(day)).map(|d| ident::mask(d.data.paper_number()));
        rows.push(json!({
            "no": h.no(), "person_name": p.name_on(day), "employer": unit, "id_number": number,
            "title": own_title(conn)?, "from": n.from.iso(), "until": n.until.iso(),
        }));
    }
    let columns = ["no", "person_name", "employer", "id_number", "title", "from", "until"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

fn object_to(office: &Office, text: &str, said: Option<(String, String)>, settle: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let h = store::resolve(conn, text)?;
    let up = steps::notice(conn, (MACHINE.kind, h.id))?.filter(|_| store::state(conn, &h, office.day()).is_ok_and(|s| s == "publicised"));
    let said = said.map(|(by, ground)| Ok::<_, error::Error>((text_said(&by, "--by")?, text_said(&ground, "--ground")?))).transpose()?;
    let done = office.write("honour.object", Map::new(), |tx| {
        let said = said.as_ref().map(|(by, ground)| (by.as_str(), ground.as_str()));
        let all = workflow::object(tx, &h.no(), up, said, settle)?;
        let mut v = made(tx, h.id)?;
        v["objections"] = all;
        Ok(v)
    })?;
    office.show_changed(&done)
}

// ---------------------------------------------------------------- the certificate

/// Prints the certificates of honours that are held on the day. 5 where one is not.
fn print_to(office: &Office, named: &Named, out: &Path) -> Result<Exit> {
    let form = out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    if !matches!(form.as_str(), "svg" | "html") {
        return Err(error::usage("certificate_form").fact("file", shown(&out.display().to_string())));
    }
    if form == "svg" && named.ids.len() > 1 {
        return Err(error::usage("one_certificate_svg").fact("n", named.ids.len()));
    }
    let conn = office.read()?;
    let day = office.as_of();
    let zone = setting::get(conn, "zone")?.unwrap_or_default();
    let (mut all, mut numbers) = (Vec::new(), Vec::new());
    for id in &named.ids {
        let h = store::load(conn, *id)?.ok_or_else(|| error::not_office("damaged"))?;
        let state = store::state(conn, &h, day)?;
        let held = store::held(conn, *id)?.filter(|_| state == "awarded" && h.outside.is_none());
        let held = held
            .ok_or_else(|| error::conflict("no_certificate").fact("no", h.no()).fact("status", &state).detail("possible", vec!["award"]))?;
        let p = people::load(conn, h.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
        let decision = held.data.decision_id.map(|d| paper::store::open(conn, d)).transpose()?.flatten();
        numbers.push(h.no());
        all.push(Certificate {
            no: h.no(),
            name: p.name_on(held.span.from).unwrap_or_default().to_owned(),
            zone: zone.clone(),
            title: (own_title(conn)?, TITLE_EN.to_owned()),
            document_no: decision.map(|d| d.data.document_no).unwrap_or_default(),
            day: held.span.from,
        });
    }
    let text = match all.as_slice() {
        [one] if form == "svg" => print::svg(one) + "\n",
        all => print::html(all),
    };
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        // A certificate names its holder and leaves the house.
        let mut what = Map::new();
        what.insert("honours".into(), numbers.clone().into());
        office.record_access("honour.print", what)?;
        write_whole(&path, text.as_bytes())?;
    }
    let mut v = json!({"path": shown(&path.display().to_string()), "form": form, "count": all.len(), "honours": numbers});
    if office.globals.dry_run {
        v["dry_run"] = Value::Bool(true);
    }
    office.show(&View::object(v))?;
    Ok(Exit::Done)
}
