//! The command tree and dispatch. Each noun brings its commands; only the one that is asked for is built, so that a look-up does
//! not pay for the whole tree.

use crate::error::{self, Result};
use crate::office::{Exit, Globals, JOURNAL, Office};
use crate::ui::help::{self, Stopped};
use crate::ui::lang::detect;
use crate::ui::value::set_noun;
use crate::ui::{ColorChoice, Format, Out, lang, said, set_lang, t};
use crate::{
    audit, blacklist, calendar, card, collect, desk, expert, fund, honour, housing, leader, letter, org, paper, platform, point, policy,
    product, programme, project, recognition, report, roster, service, subsidy, talent, target, task, team,
};
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use std::ffi::OsString;
use std::path::Path;

/// A word of the command line behind `rencai`: how it is built and run.
pub struct Noun {
    /// The word.
    pub name: &'static str,
    /// Its commands.
    pub build: fn(Command) -> Command,
    /// Runs one of them.
    pub run: fn(&Office, &ArgMatches) -> Result<Exit>,
}

/// All nouns, in the order of the help.
pub fn nouns() -> Vec<Noun> {
    let mut all = Vec::new();
    all.extend(desk::cmd::nouns());
    all.extend([
        policy::cmd::NOUN,
        paper::cmd::DECISION,
        paper::cmd::FILE,
        talent::cmd::NOUN,
        org::cmd::NOUN,
        platform::cmd::NOUN,
        project::cmd::NOUN,
        recognition::cmd::NOUN,
        blacklist::cmd::NOUN,
        team::cmd::NOUN,
        card::cmd::NOUN,
        service::cmd::NOUN,
        point::cmd::POINT,
        point::cmd::OFFER,
        calendar::cmd::NOUN,
        fund::cmd::NOUN,
        subsidy::cmd::NOUN,
        housing::cmd::HOUSING,
        housing::cmd::LEASE,
        programme::cmd::NOUN,
        honour::cmd::NOUN,
        expert::cmd::NOUN,
        expert::LIAISON,
        product::cmd::NOUN,
        roster::cmd::NOUN,
        collect::cmd::NOUN,
        letter::NOUN,
        target::cmd::NOUN,
        task::cmd::NOUN,
        leader::cmd::NOUN,
        report::cmd::NOUN,
        audit::cmd::NOUN,
    ]);
    all
}

/// The whole tree.
pub fn build() -> Command {
    root(nouns().into_iter().map(|noun| (noun.build)(Command::new(noun.name))))
}

/// The tree as far as the words of a command line name it: the noun and, where it is among them, the verb.
fn build_asked(words: &[OsString]) -> Command {
    let asked = |name: &str| words.iter().any(|w| w == name);
    root(nouns().into_iter().filter(|noun| asked(noun.name)).map(|noun| {
        let whole = (noun.build)(Command::new(noun.name));
        let verbs: Vec<Command> = whole.get_subcommands().filter(|verb| asked(verb.get_name())).cloned().collect();
        if verbs.is_empty() { whole } else { Command::new(noun.name).subcommand_required(true).subcommands(verbs) }
    }))
}

fn root(nouns: impl Iterator<Item = Command>) -> Command {
    Globals::augment_args(Command::new("rencai"))
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(false)
        .max_term_width(100)
        .subcommands(nouns)
}

/// Runs one command line; returns the exit code.
pub fn run(args: &[OsString]) -> i32 {
    set_lang(detect(args, |name| std::env::var_os(name)));
    let colour = ColorChoice::detect(args);
    let mut out = Out::new(colour, false);
    let matches = match help::parse(|| build_asked(args), build, args, lang(), out.data_colour()) {
        Ok(m) => m,
        Err(Stopped::Show(text)) => {
            let shown = out.data(&text).and_then(|()| out.finish());
            return shown.map_or_else(|e| e.exit_code(), |()| 0);
        }
        Err(Stopped::Usage { message, hint }) => {
            let p = said::usage_problem(message, hint);
            p.print(&mut out, Format::detect(args));
            return p.code;
        }
    };
    drop(out);
    let globals = match Globals::from_arg_matches(&matches) {
        Ok(g) => g,
        // Not reached: clap has just accepted these matches for this very type.
        Err(_) => return 2,
    };
    let verb = matches.subcommand().map(|(noun, m)| (noun, m.subcommand_name().unwrap_or_default()));
    if globals.format.as_deref() == Some(JOURNAL) && verb != Some(("fund", "ledger")) {
        let p = said::usage_problem(t("usage.journal_form").to_owned(), Some(t("usage.journal_form_next").to_owned()));
        p.print(&mut Out::new(colour, false), Format::Table);
        return p.code;
    }
    let office = Office::new(globals);
    let result = dispatch(&office, &matches);
    let code = office.finish(result);
    // The process ends here: the system takes back what a reading connection holds at once, SQLite would free it piece by piece.
    std::mem::forget(office);
    code
}

fn dispatch(office: &Office, matches: &ArgMatches) -> Result<Exit> {
    let Some((name, sub)) = matches.subcommand() else { return Ok(Exit::Done) };
    match nouns().into_iter().find(|n| n.name == name) {
        Some(noun) => {
            set_noun(noun.name);
            (noun.run)(office, sub)
        }
        None => Ok(Exit::Done),
    }
}

/// Runs one command line on an office within a run of the program, as if it had been typed with `--json`: nothing is heard of it; how it ended,
/// and what it showed.
pub fn run_within(args: &[OsString], db: &Path) -> Result<(Exit, String)> {
    let not_understood = || error::usage("not_understood");
    let matches = help::parse(|| build_asked(args), build, args, lang(), false).map_err(|_| not_understood())?;
    let globals = Globals::from_arg_matches(&matches).map_err(|_| not_understood())?;
    let (out, shown) = Out::kept();
    let office = Office::with(Globals { db: Some(db.to_owned()), json: true, ..globals }, out);
    let exit = dispatch(&office, &matches)?;
    office.flush()?;
    Ok((exit, shown.text()))
}
