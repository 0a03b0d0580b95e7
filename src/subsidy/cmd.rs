//! `subsidy …`: arguments, and benefits as a clerk and a script see them.

use super::change::{self, Grant};
use super::store::{self, Application, Party};
use super::way;
use super::{BATCH_PREFIX, MACHINE, PREFIX, payee_code};
use super::{life, pay};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::fund;
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::paper;
use crate::paper::cmd::amount as yuan;
use crate::policy::{self, Benefit};
use crate::roster::named;
use crate::talent::{self, look as people_look, store as people};
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow;
use crate::workflow::several::{self, Several};
use crate::workflow::store as steps;
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The noun.
pub const NOUN: Noun = Noun { name: "subsidy", build, run };

#[derive(Subcommand, Debug)]
enum SubsidyCommand {
    Schemes,
    Explain {
        #[arg(value_name = "P|U|S")]
        of: String,
        #[arg(long, value_name = "SCHEME")]
        scheme: Option<String>,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: Option<String>,
    },
    Grant {
        #[arg(value_name = "P|U")]
        payee: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "SCHEME")]
        scheme: String,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: Option<String>,
        #[arg(long, value_name = "FD")]
        fund: Option<String>,
    },
    Apply {
        #[arg(value_name = "P|U")]
        payee: String,
        #[arg(long, value_name = "SCHEME")]
        scheme: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: Option<String>,
        #[arg(long = "paper", value_name = "KIND:FILE")]
        papers: Vec<String>,
    },
    Review {
        #[arg(value_name = "S")]
        application: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "STAGE", value_parser = way::STAGES.map(|s| s.0))]
        stage: String,
        #[arg(long, value_name = "TEXT")]
        refuse: Option<String>,
    },
    Publicise {
        #[arg(value_name = "S")]
        application: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "TEXT")]
        place: Option<String>,
    },
    Object {
        #[arg(value_name = "S")]
        application: String,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        by: Option<String>,
        #[arg(long, value_name = "TEXT", required_unless_present = "settle")]
        ground: Option<String>,
        #[arg(long, value_parser = ["upheld", "dismissed"], conflicts_with_all = ["by", "ground"])]
        settle: Option<String>,
    },
    Approve {
        #[arg(value_name = "S")]
        application: Vec<String>,
        #[command(flatten)]
        said: Several,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long, value_name = "FD")]
        fund: Option<String>,
    },
    Due {
        #[arg(long, value_name = "SCHEME")]
        scheme: Option<String>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Option<Day>,
    },
    Pay {
        #[arg(value_name = "S")]
        application: Vec<String>,
        #[arg(long = "due", conflicts_with = "application")]
        all_due: bool,
        #[arg(long, value_name = "FD")]
        fund: Option<String>,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        max: Option<String>,
        #[arg(long, value_name = "PB", conflicts_with_all = ["application", "all_due", "max", "fund"])]
        batch: Option<String>,
        #[arg(long, value_name = "FILE")]
        accounts: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    Confirm {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "PB")]
        batch: Option<String>,
    },
    Stop {
        #[arg(value_name = "S")]
        application: String,
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    Resume {
        #[arg(value_name = "S")]
        application: String,
        #[arg(long, value_name = "U")]
        employer: Option<String>,
    },
    Recover {
        #[arg(value_name = "S")]
        application: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: Option<String>,
        #[arg(long, value_name = "D")]
        decision: String,
    },
    Record {
        #[arg(value_name = "P")]
        person: String,
        #[arg(long, value_name = "TEXT")]
        from_body: String,
        #[arg(long, value_name = "SCHEME")]
        benefit: String,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        amount: String,
        #[arg(long, value_name = "A..B")]
        period: String,
    },
    Show {
        #[arg(value_name = "S")]
        application: String,
    },
    List(Lines),
}

fn build(c: Command) -> Command {
    SubsidyCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use SubsidyCommand as S;
    match S::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        S::Schemes => schemes(office),
        S::Explain { of, scheme, amount } => explain(office, &of, scheme.as_deref(), amount.as_deref()),
        S::Grant { payee, said, scheme, decision, amount, fund } => {
            let amount = amount.as_deref().map(yuan).transpose()?;
            grant(office, &payee, &said, &scheme, &decision, (amount, fund.as_deref()))
        }
        S::Apply { payee, scheme, amount, papers } => apply(office, &payee, &scheme, amount.as_deref(), &papers),
        S::Review { application, said, stage, refuse } => {
            let refuse = refuse.map(|r| text_said(&r, "--refuse")).transpose()?;
            let to = way::STAGES.iter().find(|s| s.0 == stage).map_or("reviewed", |s| s.1);
            several(office, "subsidy.review", &application, &said, |tx, r| way::review(tx, r, to, refuse.as_deref()))
        }
        S::Publicise { application, said, place } => {
            let place = place.map(|p| text_said(&p, "--place")).transpose()?;
            several(office, "subsidy.publicise", &application, &said, |tx, r| way::publicise(tx, r, place.as_deref()))
        }
        S::Object { application, by, ground, settle } => object_to(office, &application, by.zip(ground), settle.as_deref()),
        S::Approve { application, said, decision, fund } => {
            let fund = fund.map(|f| fund::store::resolve(office.read()?, &f).map(|f| f.id)).transpose()?;
            several(office, "subsidy.approve", &application, &said, |tx, r| way::approve(tx, r, &decision, fund, office.today()))
        }
        S::Due { scheme, until } => pay::due(office, scheme.as_deref(), until),
        S::Pay { batch: Some(batch), accounts, out, .. } => pay::again(office, &batch, &accounts, &out),
        S::Pay { application, all_due, fund, max, accounts, out, .. } => {
            let max = max.as_deref().map(yuan).transpose()?;
            pay::pay(office, &application, all_due, (fund.as_deref(), max), (&accounts, &out))
        }
        S::Confirm { file, batch } => pay::confirm(office, &file, batch.as_deref()),
        S::Stop { application, why } => {
            let why = text_said(&why, "--why")?;
            life(office, "subsidy.stop", &application, |tx, a| life::stop(tx, a, &why))
        }
        S::Resume { application, employer } => {
            let unit = employer.map(|e| org::store::resolve(office.read()?, &e)).transpose()?;
            life(office, "subsidy.resume", &application, |tx, a| life::resume(tx, a, unit))
        }
        S::Recover { application, amount, decision } => {
            let amount = amount.as_deref().map(yuan).transpose()?;
            life(office, "subsidy.recover", &application, |tx, a| {
                let back = life::recover(tx, a, amount, &decision)?;
                tx.outcome("amount", back.to_string());
                Ok(())
            })
        }
        S::Record { person, from_body, benefit, amount, period } => record(office, &person, &from_body, &benefit, (&amount, &period)),
        S::Show { application } => {
            let conn = office.read()?;
            let r = store::resolve_request(conn, &application)?;
            let Some(a) = store::load(conn, r.id)? else {
                let mut v = pending(conn, &r, office.as_of())?;
                v["steps"] = workflow::steps_json(conn, (MACHINE.kind, r.id))?;
                office.show(&View::object(v))?;
                return Ok(Exit::Done);
            };
            let mut v = object(conn, &a, office.as_of())?;
            v["verdict"] = serde_json::from_str(&a.verdict).unwrap_or(Value::Null);
            v["agreement"] = serde_json::from_str(&a.agreement).unwrap_or(Value::Null);
            v["payments"] = payments(conn, a.id, office.as_of())?.into();
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, a.id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        S::List(lines) => list(office, &lines),
    }
}

// ---------------------------------------------------------------- what there is, and why

fn schemes(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let (id, pack) = policy::store::benefits(conn)?;
    let zh = office.document_lang()? == crate::ui::Lang::Zh;
    let mut rows = Vec::new();
    for s in &pack.scheme {
        let most = s.amounts.values().chain(&s.amount).max().and_then(|y| y.checked_mul(100)).map(Fen);
        rows.push(json!({
            "scheme": s.code, "title": if zh { &s.title_zh } else { &s.title_en }, "clause": s.clause, "payee": payee_code(s.payee),
            "form": form(s), "most": most.map(|m| m.to_string()), "months": s.months, "policy_version": id,
            "confirmed": policy::store::is_confirmed(conn, id, &s.code)?, "basis": s.basis,
        }));
    }
    let mut columns: Vec<Column> = ["scheme", "title", "payee", "form"].into_iter().map(Column::new).collect();
    columns.push(Column::right("most"));
    columns.extend(["months", "confirmed", "basis"].into_iter().map(Column::new));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

fn form(s: &Benefit) -> &'static str {
    match s.form {
        policy::Form::Lump => "lump",
        policy::Form::Monthly => "monthly",
        policy::Form::Parts => "parts",
        policy::Form::Share => "share",
        policy::Form::InKind => "in_kind",
    }
}

/// The person or unit that a command names.
fn party(office: &Office, text: &str) -> Result<Party> {
    if number::looks_like(talent::PREFIX, text) || text.contains([':', '：']) {
        return Ok(Party::Person(people_look::load(office, text)?.id));
    }
    Ok(Party::Org(org::store::resolve(office.read()?, text)?))
}

/// Every clause with its fact; of an application as it was then and as it would be now.
fn explain(office: &Office, of: &str, scheme: Option<&str>, proved: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let proved = proved.map(yuan).transpose()?;
    if number::looks_like(PREFIX, of) {
        let a = store::resolve(conn, of)?;
        let (id, s) = change::scheme(conn, scheme.unwrap_or(&a.scheme))?;
        let now = change::verdict(conn, a.payee, &s, proved, day)?;
        let mut now = change::verdict_json(&now);
        now["policy_version"] = id.into();
        now["as_of"] = day.iso().into();
        let mut then: Value = serde_json::from_str(&a.verdict).unwrap_or(Value::Null);
        then["policy_version"] = a.policy_id.into();
        then["as_of"] = a.approved.iso().into();
        let agreement: Value = serde_json::from_str(&a.agreement).unwrap_or(Value::Null);
        office.show(&View::object(json!({
            "no": a.no(), "scheme": a.scheme, "payee_no": a.payee.no(), "amount": a.amount.to_string(), "then": then, "now": now, "agreement": agreement,
        })))?;
        return Ok(Exit::Done);
    }
    let Some(code) = scheme else { return Err(error::usage("which_scheme")) };
    let payee = party(office, of)?;
    let (id, s) = change::scheme(conn, code)?;
    let v = change::verdict(conn, payee, &s, proved, day)?;
    let all = change::verdict_json(&v);
    let object = json!({
        "eligible": v.eligible, "scheme": s.code, "payee_no": payee.no(), "policy_version": id,
        "confirmed": policy::store::is_confirmed(conn, id, &s.code)?, "amount": all["amount"], "months_left": v.months_left, "deduct": all["deduct"],
        "as_of": day.iso(), "clauses": all["clauses"],
    });
    office.show(&View::object(object))?;
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- the long way

fn apply(office: &Office, payee: &str, scheme: &str, amount: Option<&str>, papers: &[String]) -> Result<Exit> {
    let payee = party(office, payee)?;
    let amount = amount.map(yuan).transpose()?;
    let brought = paper::cmd::brought(office, papers)?;
    let done = office.write("subsidy.apply", Map::new(), |tx| {
        let id = way::apply(tx, payee, scheme, amount)?;
        paper::cmd::keep(tx, (MACHINE.kind, id), &brought)?;
        tx.outcome("no", number::format(PREFIX, id));
        now(tx, id)
    })?;
    office.show_made(&done)
}

/// An application as it stands within an op, granted or not.
fn now(tx: &Tx<'_>, id: i64) -> Result<Value> {
    match store::load(tx.conn(), id)? {
        Some(a) => object(tx.conn(), &a, tx.day),
        None => pending(tx.conn(), &store::resolve_request(tx.conn(), &number::format(PREFIX, id))?, tx.day),
    }
}

fn several(
    office: &Office,
    command: &'static str,
    texts: &[String],
    said: &Several,
    mut f: impl FnMut(&mut Tx<'_>, &store::Request) -> Result<()>,
) -> Result<Exit> {
    let day = office.as_of();
    let named = named::records(
        office,
        texts,
        said,
        |conn, text| Ok(store::resolve_request(conn, text)?.id),
        |conn, filter| {
            let filter = Filter::parse(Some(filter), FIELDS)?;
            let mut ids = Vec::new();
            for r in store::requests(conn, 0)?.into_iter().filter(|r| r.day <= day) {
                if filter.takes(&either(conn, &r, day)?) {
                    ids.push(r.id);
                }
            }
            Ok(ids)
        },
    )?;
    several::run(office, several::Act { command, prefix: PREFIX, makes: false }, &named, said, |tx, id| {
        let no = number::format(PREFIX, id);
        f(tx, &store::resolve_request(tx.conn(), &no)?)?;
        tx.outcome("no", no);
        now(tx, id)
    })
}

/// Keeps an objection to a notice, or what was found of it.
fn object_to(office: &Office, text: &str, said: Option<(String, String)>, settle: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let r = store::resolve_request(conn, text)?;
    let said = said.map(|(by, ground)| Ok::<_, error::Error>((text_said(&by, "--by")?, text_said(&ground, "--ground")?))).transpose()?;
    let done = office.write("subsidy.object", Map::new(), |tx| {
        let up = steps::notice(tx.conn(), (MACHINE.kind, r.id))?
            .filter(|_| way::state(tx.conn(), r.id, tx.day).is_ok_and(|s| s == "publicised"));
        let said = said.as_ref().map(|(by, ground)| (by.as_str(), ground.as_str()));
        let all = workflow::object(tx, &r.no(), up, said, settle)?;
        let mut v = now(tx, r.id)?;
        v["objections"] = all;
        Ok(v)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// An application that waits for its decision, as the contract shows one.
fn pending(conn: &Connection, r: &store::Request, day: Day) -> Result<Value> {
    let state = way::state(conn, r.id, day)?;
    let pack = policy::store::benefits_version(conn, r.policy_id)?;
    let s = pack.benefit(&r.scheme);
    let missing = s.map(|s| way::missing(conn, r.id, s)).transpose()?.unwrap_or_default();
    let share = s.is_some_and(|s| s.form == policy::Form::Share);
    let judged = s.map(|s| change::verdict(conn, r.payee, s, r.asked.filter(|_| share), day)).transpose()?;
    let amount = judged.and_then(|v| v.amount).map(|a| if share { a } else { r.asked.unwrap_or(a) });
    let notice = steps::notice(conn, (MACHINE.kind, r.id))?.map(|n| json!({"from": n.from.iso(), "until": n.until.iso()}));
    Ok(json!({
        "no": r.no(), "status": state, "payee_no": r.payee.no(), "scheme": r.scheme, "policy_version": r.policy_id, "applied": r.day.iso(),
        "asked": r.asked.map(|a| a.to_string()), "amount": amount.map(|a| a.to_string()), "missing_papers": missing, "instalments": [],
        "notice": notice, "next": MACHINE.next(&state),
    }))
}

/// What was asked for or granted, as it is on a day.
fn either(conn: &Connection, r: &store::Request, day: Day) -> Result<Value> {
    match store::load(conn, r.id)?.filter(|a| a.approved <= day) {
        Some(a) => object(conn, &a, day),
        None => pending(conn, r, day),
    }
}

// ---------------------------------------------------------------- granted on paper

fn grant(
    office: &Office,
    texts: &[String],
    said: &Several,
    scheme: &str,
    decision: &str,
    (amount, fund): (Option<Fen>, Option<&str>),
) -> Result<Exit> {
    let conn = office.read()?;
    let (_, s) = change::scheme(conn, scheme)?;
    let fund = fund.map(|f| fund::store::resolve(conn, f).map(|f| f.id)).transpose()?;
    let of_units = s.payee == policy::Payee::Org;
    let named = if of_units {
        let ids = texts.iter().map(|t| org::store::resolve(conn, t)).collect::<Result<Vec<_>>>()?;
        if ids.is_empty() || said.several.is_some() || said.from_file.is_some() {
            return Err(error::usage("nobody_named"));
        }
        several::Named::of(ids, said)
    } else {
        named::persons(office, texts, said)?
    };
    let act = several::Act { command: "subsidy.grant", prefix: if of_units { org::PREFIX } else { talent::PREFIX }, makes: true };
    several::run(office, act, &named, said, |tx, id| {
        let payee = if of_units { Party::Org(id) } else { Party::Person(id) };
        let id = change::grant(tx, payee, &Grant { scheme, decision, amount, fund })?;
        tx.outcome("no", number::format(PREFIX, id));
        let a = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        object(tx.conn(), &a, tx.day)
    })
}

/// The application object of the contract.
fn object(conn: &Connection, a: &Application, day: Day) -> Result<Value> {
    let parts = store::instalments(conn, a.id)?;
    let paid = paid_until(conn, a.id, day)?;
    let stored = life::state(conn, a.id, day)?;
    let now = life::account(conn, a, day)?;
    let status = match (stored.as_str(), paid) {
        (state @ ("stopped" | "recovered" | "revoked"), _) => state,
        (_, p) if p == a.amount => "paid",
        (state, Fen(0)) => state,
        _ => "paying",
    };
    let on_its_way: Vec<i64> = store::payments_of(conn, a.id)?.iter().filter(|p| p.2.state == "sent").map(|p| p.2.instalment_seq).collect();
    let rows: Vec<Value> = parts
        .iter()
        .map(|i| {
            let state = match () {
                () if on_its_way.contains(&i.seq) => "sent",
                () if i.settled == i.amount => "paid",
                () if i.settled.0 > 0 => "partial",
                () if i.line_id.is_some() => "reserved",
                () => "committed",
            };
            json!({"seq": i.seq, "due": i.due.iso(), "period": i.period, "amount": i.amount.to_string(), "state": state})
        })
        .collect();
    let line = fund::store::line_at(conn, a.line_id)?;
    let payee = match a.payee {
        Party::Person(id) => Party::Person(people::survivor(conn, id)?),
        unit @ Party::Org(_) => unit,
    };
    Ok(json!({
        "no": a.no(), "status": status, "payee_no": payee.no(), "scheme": a.scheme, "policy_version": a.policy_id, "amount": a.amount.to_string(),
        "deducted": a.deducted.to_string(), "paid": paid.to_string(), "approved": a.approved.iso(),
        "decision": number::format(paper::PREFIX, a.decision_id),
        "fund": line.map(|l| json!({"no": number::format(fund::PREFIX, l.fund_id), "source": l.source, "purpose": l.purpose, "earmark": l.earmark})),
        "recovered": now.recovered.to_string(), "balance": now.balance.to_string(), "balance_months": now.balance_months, "owed": now.owed.to_string(),
        "formula": now.formula, "instalments": rows, "notice": null, "next": next(status),
    }))
}

/// What can be done with a benefit.
fn next(status: &str) -> &'static [&'static str] {
    match status {
        "stopped" => &["resume", "recover"],
        "recovered" | "revoked" | "paid" => &["recover"],
        _ => &["due", "pay", "stop", "recover"],
    }
}

/// What was paid of an application up to a day: sent and not come back.
fn paid_until(conn: &Connection, id: i64, day: Day) -> Result<Fen> {
    let mut sum = Fen::ZERO;
    for (_, on, p) in store::payments_of(conn, id)? {
        if on <= day {
            let part = if p.state == "sent" { p.amount } else { p.paid };
            sum = sum.checked_add(part).ok_or_else(|| error::not_office("damaged"))?;
        }
    }
    Ok(sum)
}

fn payments(conn: &Connection, id: i64, day: Day) -> Result<Vec<Value>> {
    let all = store::payments_of(conn, id)?;
    Ok(all
        .into_iter()
        .filter(|(_, on, _)| *on <= day)
        .map(|(batch, on, p)| {
            json!({
                "batch": number::format(BATCH_PREFIX, batch), "day": on.iso(), "seq": p.instalment_seq, "amount": p.amount.to_string(), "state": p.state,
                "paid": if p.state == "sent" { Value::Null } else { p.paid.to_string().into() }, "account": format!("*{}", p.tail), "reason": p.reason,
            })
        })
        .collect())
}

const FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("payee_no"),
    Field::text("scheme"),
    Field::number("amount"),
    Field::number("paid"),
    Field::date("approved"),
    Field::text("decision"),
    Field::text("fund"),
];

fn list(office: &Office, lines: &Lines) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), FIELDS)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut rows = Vec::new();
    for r in store::requests(conn, office.after(PREFIX)?)?.iter().filter(|r| r.day <= day) {
        let v = either(conn, r, day)?;
        if filter.takes(&v) {
            rows.push(v);
        }
    }
    let mut columns: Vec<Column> = ["no", "status", "payee_no", "scheme", "approved", "decision"].into_iter().map(Column::new).collect();
    columns.extend(["amount", "paid"].into_iter().map(Column::right));
    filter::show_lines(office, rows, columns, lines, FIELDS)
}

// ---------------------------------------------------------------- what happens later

fn life(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, &Application) -> Result<()>) -> Result<Exit> {
    let a = store::resolve(office.read()?, text)?;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, &a)?;
        tx.outcome("no", a.no());
        object(tx.conn(), &a, tx.day)
    })?;
    office.show_changed(&done)
}

/// Keeps what another body pays: it counts in exclusivity and in the months of a life.
fn record(office: &Office, person: &str, body: &str, benefit: &str, (amount, period): (&str, &str)) -> Result<Exit> {
    let conn = office.read()?;
    let person_id = people_look::load(office, person)?.id;
    let (_, s) = change::scheme(conn, benefit)?;
    let month = |t: &str| {
        let (y, m) = t.trim().split_once('-')?;
        let (y, m): (i64, i64) = (y.parse().ok()?, m.parse().ok()?);
        ((1900..=2999).contains(&y) && (1..=12).contains(&m)).then_some(y * 100 + m)
    };
    let span = period.split_once("..").and_then(|(a, b)| Some((month(a)?, month(b)?))).filter(|(a, b)| a <= b);
    let months = span.ok_or_else(|| error::usage("bad_period").fact("text", period))?;
    let e = store::Elsewhere { person_id, scheme: s.code, body: text_said(body, "--from-body")?, amount: yuan(amount)?, months };
    let done = office.write("subsidy.record", Map::new(), |tx| {
        let id = store::add_elsewhere(tx, &e)?;
        Ok(json!({
            "no": id, "status": "recorded", "payee_no": number::format(talent::PREFIX, person_id), "scheme": e.scheme, "body": e.body,
            "amount": e.amount.to_string(), "period": period.trim(),
        }))
    })?;
    office.show_made(&done)
}
