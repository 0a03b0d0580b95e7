//! `blacklist …`: arguments, and what writes. What is read is in `look`, a list is looked through by `roster::screening`.

use super::change::{self, Deciding, Opening};
use super::letter::EVIDENCE;
use super::look::{check, list, object, shared, show, subject, whom};
use super::store::{self, Share};
use super::{GROUNDS, MACHINE, PREFIX, WAYS, letter, verbs};
use crate::base::day::Day;
use crate::base::number;
use crate::cli::Noun;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::paper::cmd::{Brought, bring_as, keep};
use crate::paper::keep::fault;
use crate::paper::letter::put;
use crate::paper::store as papers;
use crate::policy::{EFFECTS, GRADES};
use crate::roster::screening;
use crate::ui::entry::text_said;
use crate::ui::filter::Lines;
use clap::{ArgMatches, Args, Command, FromArgMatches as _, Subcommand};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The noun.
pub const NOUN: Noun = Noun { name: "blacklist", build, run };

#[derive(Subcommand, Debug)]
enum BlacklistCommand {
    Add {
        #[arg(value_name = "P|U")]
        subject: String,
        #[arg(long, value_name = "GROUND", value_parser = GROUNDS)]
        ground: String,
        #[arg(long, value_name = "TEXT")]
        facts: String,
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        #[arg(long = "file", value_name = "FILE", num_args = 1..)]
        evidence: Vec<PathBuf>,
    },
    Investigate {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[arg(long = "file", value_name = "FILE", num_args = 1..)]
        evidence: Vec<PathBuf>,
    },
    Notify {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        delivered: Day,
        #[arg(long, value_name = "WAY", value_parser = WAYS)]
        way: String,
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
        days: Option<u32>,
        #[arg(long = "file", value_name = "FILE")]
        receipt: Option<PathBuf>,
    },
    Reply {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long = "file", value_name = "FILE")]
        reply: PathBuf,
        #[arg(long)]
        waive: bool,
    },
    Decide(Decide),
    Deliver {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        delivered: Day,
        #[arg(long = "file", value_name = "FILE")]
        receipt: PathBuf,
        #[arg(long, value_name = "WAY", value_parser = WAYS)]
        way: Option<String>,
    },
    Repair {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long = "file", value_name = "FILE", num_args = 1..)]
        proof: Vec<PathBuf>,
    },
    Remove {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long, required = true)]
        annul: bool,
        #[arg(long, value_name = "D")]
        decision: String,
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    Share {
        #[arg(value_name = "I")]
        case: String,
        #[arg(long = "with", value_name = "TEXT")]
        recipient: String,
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        #[arg(long, value_name = "TEXT")]
        purpose: String,
    },
    Check {
        #[arg(value_name = "P|U|TYPE:NUMBER")]
        subject: String,
        #[arg(long, value_name = "TEXT")]
        purpose: String,
    },
    Screen {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "TEXT")]
        purpose: String,
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[arg(long, value_name = "SHEET")]
        sheet: Option<String>,
        #[arg(long, value_name = "SC")]
        replay: Option<String>,
    },
    Judge {
        #[arg(value_name = "I")]
        case: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "N")]
        row: u32,
        #[arg(long, required = true)]
        different: bool,
        #[arg(long, value_name = "SHEET")]
        sheet: Option<String>,
    },
    Show {
        #[arg(value_name = "I")]
        case: String,
    },
    List(Lines),
}

#[derive(Args, Debug)]
struct Decide {
    #[arg(value_name = "I")]
    case: String,
    #[arg(long, required_unless_present = "not_listed", conflicts_with = "not_listed", requires_all = ["grade", "decision", "effects"])]
    listed: bool,
    #[arg(long, conflicts_with_all = ["grade", "effects", "until"])]
    not_listed: bool,
    #[arg(long, value_name = "GRADE", value_parser = GRADES)]
    grade: Option<String>,
    #[arg(long, value_name = "D")]
    decision: Option<String>,
    #[arg(long, value_name = "EFFECT", num_args = 1.., value_delimiter = ',', value_parser = EFFECTS)]
    effects: Vec<String>,
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    until: Option<Day>,
}

fn build(c: Command) -> Command {
    BlacklistCommand::augment_subcommands(c).subcommand_required(true)
}

fn run(office: &Office, m: &ArgMatches) -> Result<Exit> {
    use BlacklistCommand as B;
    match B::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        B::Add { subject, ground, facts, basis, evidence } => add(office, &subject, (&ground, &facts, basis.as_deref()), &evidence),
        B::Investigate { case, note, evidence } => {
            let note = note.map(|n| text_said(&n, "--note")).transpose()?;
            let brought = bring(office, EVIDENCE, &evidence)?;
            act(office, "blacklist.investigate", &case, &brought, |tx, id| change::investigate(tx, id, note.as_deref()))
        }
        B::Notify { case, delivered, way, days, receipt } => {
            let brought = bring(office, "notice_receipt", receipt.as_slice())?;
            act(office, "blacklist.notify", &case, &brought, |tx, id| change::notify(tx, id, delivered, &way, days))
        }
        B::Reply { case, reply, waive } => {
            let brought = bring(office, "reply", &[reply])?;
            act(office, "blacklist.reply", &case, &brought, |tx, id| change::reply(tx, id, waive, office.today()))
        }
        B::Decide(asked) => decide(office, &asked),
        B::Deliver { case, delivered, receipt, way } => {
            let brought = bring(office, "decision_receipt", &[receipt])?;
            act(office, "blacklist.deliver", &case, &brought, |tx, id| change::deliver(tx, id, delivered, way.as_deref()))
        }
        B::Repair { case, decision, proof } => {
            let brought = bring(office, "repair", &proof)?;
            act(office, "blacklist.repair", &case, &brought, |tx, id| change::repair(tx, id, &decision))
        }
        B::Remove { case, decision, out, .. } => remove(office, &case, &decision, out.as_deref()),
        B::Share { case, recipient, basis, purpose } => share(office, &case, &recipient, basis.as_deref(), &purpose),
        B::Check { subject, purpose } => check(office, &subject, &purpose),
        B::Screen { file, purpose, out, sheet, replay } => {
            screening::run(office, &file, sheet, &text_said(&purpose, "--purpose")?, out.as_deref(), replay.as_deref())
        }
        B::Judge { case, file, row, sheet, .. } => judge(office, &case, &file, sheet, row),
        B::Show { case } => show(office, &case),
        B::List(lines) => list(office, &lines),
    }
}

// ---------------------------------------------------------------- acts

/// Brings files that are to be papers of a case.
fn bring(office: &Office, role: &str, files: &[PathBuf]) -> Result<Vec<Brought>> {
    office.read()?;
    files.iter().map(|f| bring_as(office, role, f)).collect()
}

/// A text without which nothing is done: 3, not a slip of the command line.
fn mandatory(text: Option<&str>, key: &'static str) -> Result<String> {
    let text = crate::base::names::clean_text(text.unwrap_or_default());
    if text.is_empty() { Err(error::refused(key)) } else { Ok(text) }
}

fn add(office: &Office, subject: &str, (ground, facts, basis): (&str, &str, Option<&str>), evidence: &[PathBuf]) -> Result<Exit> {
    change::confirmed(office.read()?)?;
    let whom = whom(office, subject)?;
    let (facts, basis) = (text_said(facts, "--facts")?, mandatory(basis, "no_basis")?);
    if evidence.is_empty() {
        return Err(error::refused("no_evidence"));
    }
    let brought = bring(office, EVIDENCE, evidence)?;
    let mut others = Vec::new();
    for case in store::of(office.read()?, whom)? {
        let seen = change::look(office.read()?, case, office.day())?;
        if verbs(&seen.state).len() > 1 {
            others.push(seen.case.no());
        }
    }
    let done = office.write("blacklist.add", Map::new(), |tx| {
        let id = change::open(tx, &Opening { whom, ground, facts: &facts, basis: &basis })?;
        keep(tx, (MACHINE.kind, id), &brought)?;
        answered(tx, id)
    })?;
    let exit = office.show_made(&done)?;
    // Two clerks may have had the same in hand.
    if !others.is_empty() {
        office.hint("note.other_cases", &[("no", &whom.no()), ("cases", &others.join(", "))]);
    }
    Ok(exit)
}

fn act(
    office: &Office,
    command: &'static str,
    text: &str,
    brought: &[Brought],
    f: impl FnOnce(&mut Tx<'_>, i64) -> Result<()>,
) -> Result<Exit> {
    let id = store::resolve(office.read()?, text)?.id;
    let done = office.write(command, Map::new(), |tx| {
        f(tx, id)?;
        keep(tx, (MACHINE.kind, id), brought)?;
        answered(tx, id)
    })?;
    office.show_changed(&done)
}

/// The case as the act left it.
fn answered(tx: &mut Tx<'_>, id: i64) -> Result<Value> {
    tx.outcome("no", number::format(PREFIX, id));
    let case = store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
    object(tx.conn(), &change::look(tx.conn(), case, tx.day)?)
}

fn decide(office: &Office, a: &Decide) -> Result<Exit> {
    let conn = office.read()?;
    let case = store::resolve(conn, &a.case)?;
    if a.listed {
        // A listing rests on its evidence as it was brought.
        for k in papers::files(conn, Some((MACHINE.kind, case.id)))? {
            if fault(office.path()?, &k.sha256).is_some() {
                return Err(error::refused("evidence_changed").fact("no", case.no()).fact("name", &k.name).detail("sha256", k.sha256));
            }
        }
    }
    let asked =
        Deciding { grade: a.grade.as_deref(), effects: &a.effects, ends: a.until, decision: a.decision.as_deref(), today: office.today() };
    act(office, "blacklist.decide", &a.case, &[], |tx, id| change::decide(tx, id, &asked))
}

/// Annuls a case; with a folder, a letter to everybody it was handed over to.
fn remove(office: &Office, text: &str, decision: &str, out: Option<&Path>) -> Result<Exit> {
    let case = store::resolve(office.read()?, text)?;
    office.confirm("ask.annul", &[("no", &case.no())])?;
    let subject = subject(office.read()?, &case)?.no();
    let day = office.day();
    let done = office.write("blacklist.remove", Map::new(), |tx| {
        let shares = change::annul(tx, case.id, decision)?;
        tx.outcome("no", case.no());
        tx.outcome("recall", shares.len());
        Ok(shares)
    })?;
    let mut recall = Vec::new();
    for (nth, s) in (1..).zip(&done.value) {
        let path = match out {
            Some(folder) => {
                let text = letter::recall(office, &case, s, day)?.markdown();
                Some(put(office, folder, &format!("{}-recall-{nth}", case.no()), &text)?)
            }
            None => None,
        };
        recall.push(json!({"with": s.recipient, "day": s.day.iso(), "path": path}));
    }
    if out.is_none() && !recall.is_empty() {
        office.hint("note.recall_next", &[("no", &case.no()), ("n", &recall.len())]);
    }
    office.show_act(&done, json!({"no": case.no(), "status": "annulled", "subject_no": subject, "recall": recall}))?;
    Ok(Exit::Done)
}

fn share(office: &Office, text: &str, recipient: &str, basis: Option<&str>, purpose: &str) -> Result<Exit> {
    let s = Share {
        day: office.day(),
        recipient: text_said(recipient, "--with")?,
        basis: mandatory(basis, "share_basis")?,
        purpose: text_said(purpose, "--purpose")?,
    };
    let id = store::resolve(office.read()?, text)?.id;
    let done = office.write("blacklist.share", Map::new(), |tx| {
        change::share(tx, id, &s)?;
        let mut v = answered(tx, id)?;
        v["shared"] = shared(tx.conn(), id, tx.day)?;
        Ok(v)
    })?;
    office.show_changed(&done)
}

/// Keeps that a row of a list is another than the subject of a case, so that the pair does not come back.
fn judge(office: &Office, text: &str, file: &Path, sheet: Option<String>, row: u32) -> Result<Exit> {
    let conn = office.read()?;
    let case = store::resolve(conn, text)?;
    let whom = subject(conn, &case)?;
    let identity = screening::row_identity(file, sheet, row)?;
    let done = office.write("blacklist.judge", Map::new(), |tx| {
        if !store::listed::Judged::known(tx.conn(), i64::MAX)?.row_is_different(whom, &identity) {
            store::listed::judge(tx, whom, &identity)?;
        }
        tx.outcome("no", case.no());
        Ok(json!({"no": case.no(), "status": "different", "subject_no": whom.no(), "row": row}))
    })?;
    office.show_changed(&done)
}
