//! `subsidy …`: arguments, and benefits as a clerk and a script see them.

use super::change::{self, Grant};
use super::draw::Committed;
use super::store::{self, Application, Claim, Party};
use super::{MACHINE, PREFIX, cost, life, look, pay, payee_code, schedule, way};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{codes, number};
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::fund;
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::paper;
use crate::paper::cmd::amount as yuan;
use crate::paper::letter::{Letter, words, written};
use crate::policy::{self, Benefit};
use crate::roster::named;
use crate::talent::{self, look as people_look};
use crate::ui::entry::text_said;
use crate::ui::filter::{Filter, Lines};
use crate::ui::{Column, Format, Lang, View, lang, try_t};
use crate::workflow;
use crate::workflow::several::{self, Several};
use crate::workflow::store as steps;
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
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
    Eligible {
        #[arg(long, value_name = "SCHEME")]
        scheme: Option<String>,
        #[arg(long)]
        count: bool,
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
        #[arg(long = "for", value_name = "P2")]
        for_person: Option<String>,
    },
    Apply {
        #[arg(value_name = "P|U")]
        payee: String,
        #[arg(long, value_name = "SCHEME")]
        scheme: String,
        #[arg(long = "for", value_name = "P2")]
        for_person: Option<String>,
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
    Notice {
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
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
    Settle {
        #[arg(value_name = "PB")]
        batch: String,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        row: i64,
        #[arg(long, value_name = "YUAN", allow_hyphen_values = true)]
        paid: String,
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    Batches,
    Batch {
        #[arg(value_name = "PB")]
        batch: String,
    },
    Arrears {
        #[arg(long, value_name = "BY", value_parser = pay::ARREARS_BY, default_value = "source")]
        by: String,
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
        #[arg(long, value_name = "FD")]
        fund: Option<String>,
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
        S::Eligible { scheme, count } => cost::eligible(office, scheme.as_deref(), count),
        S::Grant { payee, said, scheme, decision, amount, fund, for_person } => {
            let amount = amount.as_deref().map(yuan).transpose()?;
            let fund = named_fund(office, fund.as_deref())?;
            let g = Grant { scheme: &scheme, decision: &decision, amount, fund };
            grant(office, &payee, &said, &g, for_person.as_deref())
        }
        S::Apply { payee, scheme, for_person, amount, papers } => {
            apply(office, (&payee, for_person.as_deref()), &scheme, amount.as_deref(), &papers)
        }
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
            let fund = named_fund(office, fund.as_deref())?;
            let (today, mut committed) = (office.today(), Committed::default());
            several(office, "subsidy.approve", &application, &said, |tx, r| way::approve(tx, r, &decision, fund, today, &mut committed))
        }
        S::Notice { out } => notice(office, out.as_deref()),
        S::Due { scheme, until } => pay::due(office, scheme.as_deref(), until),
        S::Pay { batch: Some(batch), accounts, out, .. } => pay::again(office, &batch, &accounts, &out),
        S::Pay { application, all_due, fund, max, accounts, out, .. } => {
            let max = max.as_deref().map(yuan).transpose()?;
            pay::pay(office, &application, all_due, (fund.as_deref(), max), (&accounts, &out))
        }
        S::Confirm { file, batch } => pay::confirm(office, &file, batch.as_deref()),
        S::Settle { batch, row, paid, why } => {
            // Nothing is a figure too: the bank did not pay.
            let paid = Fen::parse(&paid).ok().filter(|f| f.0 >= 0).ok_or_else(|| error::bad_data("bad_amount").fact("text", &paid))?;
            pay::settle(office, &batch, row, paid, &text_said(&why, "--why")?)
        }
        S::Batches => pay::batches(office),
        S::Batch { batch } => pay::one(office, &batch),
        S::Arrears { by } => pay::arrears(office, &by),
        S::Stop { application, why } => {
            let why = text_said(&why, "--why")?;
            life(office, "subsidy.stop", &application, |tx, a| life::stop(tx, a, None, &why))
        }
        S::Resume { application, employer, fund } => {
            let unit = employer.map(|e| org::store::resolve(office.read()?, &e)).transpose()?;
            let fund = named_fund(office, fund.as_deref())?;
            life(office, "subsidy.resume", &application, |tx, a| life::resume(tx, a, unit, fund))
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
                let mut v = look::pending(conn, &r, office.as_of())?;
                v["steps"] = workflow::steps_json(conn, (MACHINE.kind, r.id))?;
                office.show(&View::object(v))?;
                return Ok(Exit::Done);
            };
            let mut v = look::object(conn, &a, office.as_of())?;
            v["verdict"] = serde_json::from_str(&a.verdict).unwrap_or(Value::Null);
            readable(office, &mut v["verdict"]["clauses"]);
            v["agreement"] = serde_json::from_str(&a.agreement).unwrap_or(Value::Null);
            v["timeline"] = look::timeline(conn, &a, office.as_of())?.into();
            v["payments"] = look::payments(conn, a.id, office.as_of())?.into();
            v["steps"] = workflow::steps_json(conn, (MACHINE.kind, a.id))?;
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        S::List(lines) => look::list(office, &lines),
    }
}

/// The fund that a command names.
fn named_fund(office: &Office, text: Option<&str>) -> Result<Option<i64>> {
    text.map(|f| Ok(fund::store::resolve(office.read()?, f)?.id)).transpose()
}

// ---------------------------------------------------------------- what there is, and why

fn schemes(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let (id, pack) = policy::store::benefits(conn)?;
    let zh = office.document_lang()? == Lang::Zh;
    let mut rows = Vec::new();
    for s in pack.on(office.as_of().0) {
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
        policy::Form::Reimbursement => "reimbursement",
        policy::Form::InKind => "in_kind",
    }
}

/// Clauses as a person reads them: codes by their labels, and nothing said twice.
fn readable(office: &Office, clauses: &mut Value) {
    if !matches!(office.format(), Format::Table | Format::Md) {
        return;
    }
    for c in clauses.as_array_mut().into_iter().flatten() {
        let set = match c["clause"].as_str().unwrap_or_default() {
            "class" => "",
            "card" | "card_level" => "level",
            "payee" => "payee",
            "exclusive" | "household" => "scheme",
            clause => clause,
        }
        .to_owned();
        let zh = lang() == Lang::Zh;
        let one = |code: &str| {
            let (not, bare) = code.strip_prefix('!').map_or((false, code), |c| (true, c));
            let label = codes::label(&set, bare, zh)
                .or_else(|| try_t(&format!("value.subsidy.{set}.{bare}")))
                .or_else(|| try_t(&format!("value.{set}.{bare}")))
                .or_else(|| try_t(&format!("value.level.{bare}")).filter(|_| set == "card"))
                .or_else(|| try_t(&format!("value.subsidy.wants.{bare}")));
            let label = label.unwrap_or(bare);
            if not { crate::ui::tf("note.not", &[("what", &label)]) } else { label.to_owned() }
        };
        for key in ["value", "to_meet"] {
            if let Some(text) = c[key].as_str() {
                // An amount stands behind the code of what was had.
                let (codes, rest) = text.split_once(' ').filter(|(_, r)| r.starts_with(|c: char| c.is_ascii_digit())).unwrap_or((text, ""));
                let words = codes.split(", ").map(one).collect::<Vec<_>>().join(", ");
                c[key] = format!("{words} {rest}").trim_end().into();
            }
        }
        if let Value::Object(c) = c {
            c.shift_remove("fact");
        }
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
        return explain_application(office, of, scheme, proved);
    }
    let Some(code) = scheme else { return Err(error::usage("which_scheme")) };
    let payee = party(office, of)?;
    let (id, s) = change::scheme(conn, code, day)?;
    let claim = Claim { payee, for_id: None };
    let mut v = change::verdict(conn, claim, &s, proved, day)?;
    change::with_listing(conn, claim, &mut v, day)?;
    let mut all = change::verdict_json(&v);
    readable(office, &mut all["clauses"]);
    let object = json!({
        "eligible": v.eligible, "scheme": s.code, "payee_no": payee.no(), "policy_version": id,
        "confirmed": policy::store::is_confirmed(conn, id, &s.code)?, "amount": all["amount"], "months_left": v.sums.months_left, "deduct": all["deduct"],
        "as_of": day.iso(), "clauses": all["clauses"],
    });
    office.show(&View::object(object))?;
    Ok(Exit::Done)
}

/// The same of an application: as it was judged when it was approved, which what waits for its decision is not yet, and as it would be now.
fn explain_application(office: &Office, of: &str, scheme: Option<&str>, proved: Option<Fen>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let r = store::resolve_request(conn, of)?;
    let award = store::load(conn, r.id)?.filter(|a| a.approved <= day);
    let (id, s) = change::scheme(conn, scheme.unwrap_or(&r.scheme), day)?;
    let asked = proved.or(r.asked).filter(|_| s.wants_proof());
    let mut v = match &award {
        // Asked about itself, it is looked at as if it had not been granted yet.
        Some(a) if s.code == a.scheme => change::verdict_without(conn, a, &s, asked, day)?,
        _ => change::verdict(conn, r.claim(), &s, asked, day)?,
    };
    change::with_listing(conn, r.claim(), &mut v, day)?;
    let mut now = change::verdict_json(&v);
    now["policy_version"] = id.into();
    now["as_of"] = day.iso().into();
    readable(office, &mut now["clauses"]);
    let (mut then, mut agreement, mut amount) = (Value::Null, Value::Null, now["amount"].clone());
    if let Some(a) = &award {
        then = serde_json::from_str(&a.verdict).unwrap_or(Value::Null);
        then["policy_version"] = a.policy_id.into();
        then["as_of"] = a.approved.iso().into();
        readable(office, &mut then["clauses"]);
        agreement = serde_json::from_str(&a.agreement).unwrap_or(Value::Null);
        amount = a.amount.to_string().into();
    }
    office.show(&View::object(json!({
        "no": r.no(), "scheme": r.scheme, "payee_no": r.payee.no(), "amount": amount, "then": then, "now": now, "agreement": agreement,
    })))?;
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- the long way

/// Whose benefit it is to be, where somebody else is paid.
fn beneficiary(office: &Office, text: Option<&str>) -> Result<Option<i64>> {
    text.map(|t| Ok(people_look::load(office, t)?.id)).transpose()
}

fn apply(
    office: &Office,
    (payee, for_person): (&str, Option<&str>),
    scheme: &str,
    amount: Option<&str>,
    papers: &[String],
) -> Result<Exit> {
    let claim = Claim { payee: party(office, payee)?, for_id: beneficiary(office, for_person)? };
    let amount = amount.map(yuan).transpose()?;
    let brought = paper::cmd::brought(office, papers)?;
    let done = office.write("subsidy.apply", Map::new(), |tx| {
        let id = way::apply(tx, claim, scheme, amount)?;
        paper::cmd::keep(tx, (MACHINE.kind, id), &brought)?;
        tx.outcome("no", number::format(PREFIX, id));
        now(tx, id)
    })?;
    office.show_made(&done)
}

/// An application as it stands within an op, granted or not.
fn now(tx: &Tx<'_>, id: i64) -> Result<Value> {
    match store::load(tx.conn(), id)? {
        Some(a) => look::object(tx.conn(), &a, tx.day),
        None => look::pending(tx.conn(), &store::resolve_request(tx.conn(), &number::format(PREFIX, id))?, tx.day),
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
            let filter = Filter::parse(Some(filter), look::FIELDS)?;
            let mut ids = Vec::new();
            for r in store::requests(conn, 0)?.into_iter().filter(|r| r.day <= day) {
                if filter.takes(&look::either(conn, &r, day)?) {
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

// ---------------------------------------------------------------- granted on paper

fn grant(office: &Office, texts: &[String], said: &Several, g: &Grant<'_>, for_person: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (_, s) = change::scheme(conn, g.scheme, office.day())?;
    let for_id = beneficiary(office, for_person)?;
    change::may_stand_in(for_id, &s)?;
    // Who is paid: units where the scheme pays them, or where a unit stands in for a person.
    let unit = |t: &String| !number::looks_like(talent::PREFIX, t) && !t.contains([':', '：']);
    let of_units = s.payee == policy::Payee::Org || s.payee == policy::Payee::Either && !texts.is_empty() && texts.iter().all(unit);
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
    let mut committed = Committed::default();
    several::run(office, act, &named, said, |tx, id| {
        let payee = if of_units { Party::Org(id) } else { Party::Person(id) };
        let id = change::grant(tx, Claim { payee, for_id }, g, &mut committed)?;
        tx.outcome("no", number::format(PREFIX, id));
        let a = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        look::object(tx.conn(), &a, tx.day)
    })
}

/// The list that stands in public: on the screen, or as a sheet to be put up.
fn notice(office: &Office, out: Option<&std::path::Path>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let rows = look::noticed(conn, day)?;
    let Some(out) = out else {
        let columns = ["no", "name", "employer", "id_number", "scheme", "amount", "from", "until"].into_iter().map(Column::new).collect();
        office.show(&View::list(rows, columns))?;
        return Ok(Exit::Done);
    };
    if rows.is_empty() {
        return Err(error::conflict("nothing_public").fact("day", day.iso()).detail("possible", vec!["publicise"]));
    }
    let lang = office.document_lang()?;
    let mut sheet = Letter::begin(office, "benefits_notice_title", "", day)?;
    sheet.to = String::new();
    let until = rows.iter().filter_map(|r| r["until"].as_str().and_then(Day::parse_iso)).max().unwrap_or(day);
    sheet.says.push(words(lang, "benefits_notice", &[("until", &written(lang, until))]));
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    for r in &rows {
        let code = text(&r["scheme"]);
        let title = codes::label("scheme", &code, lang == Lang::Zh).unwrap_or(&code).to_owned();
        let facts = [text(&r["name"]), text(&r["employer"]), text(&r["id_number"]), title, text(&r["amount"])];
        sheet.items.push(facts.into_iter().filter(|f| !f.is_empty()).collect::<Vec<_>>().join(if lang == Lang::Zh { "，" } else { ", " }));
    }
    sheet.ends.push(words(lang, "benefits_notice_end", &[]));
    let path = sheet.write(office, out)?;
    office.show(&View::object(json!({"count": rows.len(), "until": until.iso(), "path": path})))?;
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- what happens later

fn life(office: &Office, command: &'static str, text: &str, f: impl FnOnce(&mut Tx<'_>, &Application) -> Result<()>) -> Result<Exit> {
    let a = store::resolve(office.read()?, text)?;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, &a)?;
        tx.outcome("no", a.no());
        let mut v = look::object(tx.conn(), &a, tx.day)?;
        // What of the scheme is not met on the day: why it ends, or what a resumption has to wait for.
        let (_, s) = change::scheme(tx.conn(), &a.scheme, tx.day)?;
        let mut now = change::verdict_json(&change::verdict_without(tx.conn(), &a, &s, None, tx.day)?);
        let clauses = now["clauses"].as_array_mut().map(std::mem::take).unwrap_or_default();
        v["clauses"] = clauses.into_iter().filter(|c| c["met"] == false).collect();
        readable(office, &mut v["clauses"]);
        Ok(v)
    })?;
    office.show_changed(&done)
}

/// Keeps what another body pays: it counts in exclusivity and in the months of a life.
fn record(office: &Office, person: &str, body: &str, benefit: &str, (amount, period): (&str, &str)) -> Result<Exit> {
    let conn = office.read()?;
    let person_id = people_look::load(office, person)?.id;
    let (_, s) = change::scheme(conn, benefit, office.day())?;
    let month = |t: &str| {
        let (y, m) = t.trim().split_once('-')?;
        let (y, m): (i64, i64) = (y.parse().ok()?, m.parse().ok()?);
        ((1900..=2999).contains(&y) && (1..=12).contains(&m)).then_some(y * 100 + m)
    };
    // No benefit runs for more months than a scheme may give in a life: more is a slip.
    let count = |(a, b): (i64, i64)| (b / 100 - a / 100) * 12 + b % 100 - a % 100 + 1;
    let span = period.split_once("..").and_then(|(a, b)| Some((month(a)?, month(b)?))).filter(|s| (1..=600).contains(&count(*s)));
    let months = span.ok_or_else(|| error::usage("bad_period").fact("text", period))?;
    let e = store::Elsewhere { person_id, scheme: s.code, body: text_said(body, "--from-body")?, amount: yuan(amount)?, months };
    let done = office.write("subsidy.record", Map::new(), |tx| {
        if let Some((id, body)) = store::elsewhere_in(tx.conn(), person_id, &e.scheme, months)? {
            let no = number::format(talent::PREFIX, person_id);
            return Err(error::conflict("months_recorded").fact("no", no).fact("body", body).fact("record", id));
        }
        let id = store::add_elsewhere(tx, &e)?;
        Ok(json!({
            "no": id, "status": "recorded", "payee_no": number::format(talent::PREFIX, person_id), "scheme": e.scheme, "body": e.body,
            "amount": e.amount.to_string(), "period": schedule::span(months.0, months.1),
        }))
    })?;
    office.show_made(&done)
}
