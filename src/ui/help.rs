//! The clap command tree in the person's language: every text of `--help` comes from the locales. clap breaks
//! lines at blanks only, so texts are wrapped here, before clap sees them. Errors are told in `usage`.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::builder::styling::Style;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use dialoguer::console::Term;

use super::clean::{width, wrap};
use super::lang::{Lang, t_in, tf_in, try_t_in};
use super::out::columns_of;
use super::usage::usage_error;

/// clap puts two blanks before an option, two after, and ten before a help text on its own line.
const MARGINS: usize = 4;
const OWN_LINE: usize = 10;
/// `--help` and `--version` stand behind the options that do something.
const LAST: usize = 9_000;

/// Why there are no matches to run with.
#[derive(Debug)]
pub enum Stopped {
    /// Help or version: print it on stdout, exit 0.
    Show(String),
    /// A usage error: exit 2.
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },
}

/// Parses a command line. `lean` has only what the line names, without texts: a command pays nothing for the others. What that
/// tree does not take is put to the whole one, which knows what else there is.
pub fn parse(
    lean: impl FnOnce() -> Command,
    build: impl Fn() -> Command,
    args: &[OsString],
    lang: Lang,
    colour: bool,
) -> Result<ArgMatches, Stopped> {
    if let Ok(matches) = lean().try_get_matches_from(args) {
        return Ok(matches);
    }
    let error = match build().try_get_matches_from(args) {
        Ok(matches) => return Ok(matches),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::DisplayHelp => Err(Stopped::Show(help_text(build, args, lang, colour, &error))),
        ErrorKind::DisplayVersion => Err(Stopped::Show(error.to_string())),
        _ => {
            let (message, hint) = usage_error(&error, lang);
            Err(Stopped::Usage { message, hint })
        }
    }
}

/// The same request put to the localised tree. That one has no `help` command: `help talent add` and
/// `talent help add` are asked again as `talent add --help`.
fn help_text(build: impl Fn() -> Command, args: &[OsString], lang: Lang, colour: bool, plain: &clap::Error) -> String {
    let mut tree = localise(build(), lang);
    let mut asked = tree.try_get_matches_from_mut(args);
    if !is_help(&asked)
        && let Some(at) = args.iter().position(|a| a == "help")
    {
        let mut args = args.to_vec();
        args.remove(at);
        args.push("--help".into());
        asked = tree.try_get_matches_from_mut(&args);
    }
    let shown = match &asked {
        Err(e) if e.kind() == ErrorKind::DisplayHelp => e.render(),
        _ => plain.render(),
    };
    let text = if colour { shown.ansi().to_string() } else { shown.to_string() };
    if lang == Lang::En {
        return text;
    }
    // clap sets an ASCII colon behind every heading.
    ["commands", "arguments", "options", "global"].iter().fold(text, |text, name| match try_t_in(lang, &format!("ui.help.{name}")) {
        Some(heading) => text.replace(&format!("{heading}:"), &format!("{heading}：")),
        None => text,
    })
}

fn is_help(asked: &Result<ArgMatches, clap::Error>) -> bool {
    matches!(asked, Err(e) if e.kind() == ErrorKind::DisplayHelp)
}

/// The tree with all its texts in a language, wrapped to the terminal.
pub fn localise(cmd: Command, lang: Lang) -> Command {
    localise_to(cmd, lang, columns_of(&Term::stdout()).min(120))
}

/// [`localise`] for so many columns.
pub fn localise_to(cmd: Command, lang: Lang, columns: usize) -> Command {
    let cmd = localise_flat(cmd, lang);
    // A built copy knows what clap adds while building: full names, usage lines, global options everywhere.
    let mut built = cmd.clone();
    built.build();
    laid_out(cmd, &mut built, lang, columns.max(40))
}

/// The tree with all its texts in a language on lines of any length: for completions and man pages.
pub fn localise_flat(cmd: Command, lang: Lang) -> Command {
    let version = cmd.get_version().is_some();
    let cmd = texts(cmd, &[], lang);
    if !version {
        return cmd;
    }
    let flag = Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(LAST + 1);
    cmd.disable_version_flag(true).arg(flag.help(t_in(lang, "arg.version")).help_heading(t_in(lang, "ui.help.global")))
}

/// Keys of commands and options that have no text; a test of the whole tree expects none.
pub fn missing_texts(cmd: &Command) -> Vec<String> {
    fn look(cmd: &Command, path: &[&str], missing: &mut Vec<String>) {
        if try_t_in(Lang::En, &cmd_key(path)).is_none() {
            missing.push(cmd_key(path));
        }
        for arg in cmd.get_arguments().filter(|a| !a.is_hide_set() && a.get_id() != "help" && a.get_id() != "version") {
            if arg_text(path, arg.get_id().as_str(), Lang::En).is_none() {
                missing.push(format!("arg.{}", [path, &[arg.get_id().as_str()]].concat().join(".")));
            }
        }
        for sub in cmd.get_subcommands().filter(|s| !s.is_hide_set() && s.get_name() != "help") {
            look(sub, &[path, &[sub.get_name()]].concat(), missing);
        }
    }
    let mut missing = Vec::new();
    look(cmd, &[], &mut missing);
    missing
}

fn cmd_key(path: &[&str]) -> String {
    if path.is_empty() { "cmd".to_owned() } else { format!("cmd.{}", path.join(".")) }
}

/// `arg.<noun>.<verb>.<id>`, else `arg.<noun>.<id>`, else `arg.<id>`.
fn arg_text(path: &[&str], id: &str, lang: Lang) -> Option<&'static str> {
    (0..=path.len()).rev().find_map(|depth| {
        let mut key = String::from("arg");
        for part in path[..depth].iter().copied().chain([id]) {
            key.push('.');
            key.push_str(part);
        }
        try_t_in(lang, &key)
    })
}

fn texts(mut cmd: Command, path: &[&str], lang: Lang) -> Command {
    if let Some(about) = try_t_in(lang, &cmd_key(path)) {
        cmd = cmd.about(about).long_about(None);
    }
    let after = if path.is_empty() { "after".to_owned() } else { format!("after.{}", path.join(".")) };
    if let Some(after) = try_t_in(lang, &after) {
        cmd = cmd.after_help(after).after_long_help(None);
    }
    cmd = cmd
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(t_in(lang, "ui.help.commands"))
        .subcommand_value_name(t_in(lang, "ui.help.command"))
        .mut_args(|arg| arg_in(arg, path, lang))
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .display_order(LAST)
                .action(ArgAction::Help)
                .help(t_in(lang, "arg.help"))
                .help_heading(t_in(lang, "ui.help.global")),
        );
    let names: Vec<String> = cmd.get_subcommands().map(|s| s.get_name().to_owned()).collect();
    for name in &names {
        cmd = cmd.mut_subcommand(name, |sub| texts(sub, &[path, &[name.as_str()]].concat(), lang));
    }
    cmd
}

fn arg_in(arg: Arg, path: &[&str], lang: Lang) -> Arg {
    let heading = if arg.is_global_set() {
        "ui.help.global"
    } else if arg.is_positional() {
        "ui.help.arguments"
    } else {
        "ui.help.options"
    };
    let own = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut help = arg_text(path, arg.get_id().as_str(), lang).map_or(own, str::to_owned);
    // clap's own additions ([default: …], [possible values: …]) are English; it refuses to hide them on flags.
    let takes_values = arg.get_action().takes_values();
    if takes_values {
        let codes: Vec<String> = arg.get_possible_values().iter().filter(|v| !v.is_hide_set()).map(|v| v.get_name().to_owned()).collect();
        let defaults: Vec<String> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
        for (key, values) in [("ui.help.possible", codes), ("ui.help.default", defaults)] {
            if !values.is_empty() {
                let values = values.join(t_in(lang, "ui.list_sep"));
                help = format!("{help} {}", tf_in(lang, key, &[("values", &values)]));
            }
        }
    }
    let arg = arg.help(help.trim_start().to_owned()).long_help(None).help_heading(t_in(lang, heading));
    if takes_values { arg.hide_default_value(true).hide_possible_values(true) } else { arg }
}

/// Wraps all texts of a command for its own layout, and gives it a usage line in the language.
fn laid_out(mut cmd: Command, built: &mut Command, lang: Lang, columns: usize) -> Command {
    let header: Style = *cmd.get_styles().get_header();
    let label = t_in(lang, "ui.help.usage");
    let usage = usage_line(&built.render_usage().to_string(), lang);
    cmd = cmd
        .term_width(0) // clap is not to break lines
        .override_usage(wrap_usage(&usage, width(label), columns))
        .help_template(format!(
            "{{about-with-newline}}\n{header}{}{header:#}{}{{usage}}\n\n{{all-args}}{{after-help}}",
            label.trim_end(),
            &label[label.trim_end().len()..],
        ));
    if let Some(after) = cmd.get_after_help().map(ToString::to_string) {
        cmd = cmd.after_help(wrap(&after, columns).join("\n"));
    }

    let mut helps = argument_layout(built, columns);
    cmd = cmd.mut_args(|arg| match helps.remove(arg.get_id().as_str()) {
        Some((help, own_line)) => arg.help(help).next_line_help(own_line),
        None => arg,
    });

    let longest = built.get_subcommands().map(|s| width(s.get_name())).max().unwrap_or(0).max(2);
    for sub in built.get_subcommands_mut() {
        let name = sub.get_name().to_owned();
        cmd = cmd.mut_subcommand(&name, |made| {
            let made = match made.get_about().map(ToString::to_string) {
                Some(about) => {
                    let room = columns.saturating_sub(longest + MARGINS).max(20);
                    made.about(wrap(&about, room).join("\n"))
                }
                None => made,
            };
            laid_out(made, sub, lang, columns)
        });
    }
    cmd
}

/// The wrapped help of every argument by id, and whether it stands on a line of its own: so it does for a whole
/// heading when the names take more than two fifths of the terminal.
fn argument_layout(built: &Command, columns: usize) -> HashMap<String, (String, bool)> {
    let mut groups: HashMap<Option<&str>, Vec<&Arg>> = HashMap::new();
    for arg in built.get_arguments().filter(|a| !a.is_hide_set()) {
        groups.entry(arg.get_help_heading()).or_default().push(arg);
    }
    let mut helps = HashMap::new();
    for args in groups.values() {
        let name = |a: &&Arg| width(&a.to_string()) + if a.get_long().is_some() { 4 } else { 0 };
        let taken = args.iter().map(name).max().unwrap_or(0).max(2) + MARGINS;
        let own_line = taken * 5 > columns * 2;
        let room = columns.saturating_sub(if own_line { OWN_LINE } else { taken }).max(20);
        for arg in args {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            helps.insert(arg.get_id().to_string(), (wrap(&help, room).join("\n"), own_line));
        }
    }
    helps
}

/// clap's usage without its heading, with the words that clap spells in English.
pub(super) fn usage_line(usage: &str, lang: Lang) -> String {
    let usage = usage.trim().strip_prefix("Usage:").unwrap_or(usage).trim();
    let command = t_in(lang, "ui.help.command");
    usage
        .replace("[OPTIONS]", t_in(lang, "ui.help.options_tag"))
        .replace("<COMMAND>", &format!("<{command}>"))
        .replace("[COMMAND]", &format!("[{command}]"))
}

/// Breaks a usage line between options, never between an option and its value.
fn wrap_usage(usage: &str, start: usize, columns: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    for word in usage.split_whitespace() {
        match parts.last_mut() {
            Some(last) if last.starts_with('-') && !last.contains(' ') && word.starts_with('<') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    let (mut text, mut used) = (String::new(), start);
    for part in parts {
        if used > start && used + 1 + width(&part) > columns {
            text.push('\n');
            text.push_str(&" ".repeat(start));
            used = start;
        } else if used > start {
            text.push(' ');
            used += 1;
        }
        used += width(&part);
        text.push_str(&part);
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ui::render::Format;
    use clap::value_parser;

    /// A small tree with everything the real one has: globals, nouns, verbs, positionals, defaults, codes.
    pub(in crate::ui) fn sample() -> Command {
        let global = |id: &'static str, long: &'static str| Arg::new(id).long(long).global(true);
        Command::new("rencai")
            .version("0.1.0")
            .subcommand_required(true)
            .arg(global("db", "db").value_name("PATH"))
            .arg(global("format", "format").value_parser(value_parser!(Format)).default_value("table"))
            .arg(global("json", "json").action(ArgAction::SetTrue).conflicts_with("format"))
            .arg(global("date", "date").value_name("YYYY-MM-DD"))
            .arg(global("quiet", "quiet").short('q').action(ArgAction::SetTrue))
            .arg(global("limit", "limit").value_name("N").value_parser(value_parser!(u32)))
            .subcommand(
                Command::new("talent").about("people").subcommand_required(true).subcommand(
                    Command::new("add")
                        .about("enter a person")
                        .arg(Arg::new("name").long("name").required(true).help("full name"))
                        .arg(Arg::new("mode").long("mode").value_parser(["rigid", "flexible"]))
                        .arg(Arg::new("person").value_name("P"))
                        .arg(Arg::new("corps_more").long("corps-more").action(ArgAction::Append).num_args(2)),
                ),
            )
    }

    pub(in crate::ui) fn os(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    fn help(args: &[&str], lang: Lang) -> String {
        match parse(sample, sample, &os(args), lang, false) {
            Err(Stopped::Show(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_tree_is_sound_in_both_languages() {
        for lang in [Lang::En, Lang::Zh] {
            localise_to(sample(), lang, 80).debug_assert();
            localise_flat(sample(), lang).debug_assert();
        }
    }

    #[test]
    fn chinese_help_has_no_english_frame() {
        let text = help(&["rencai", "talent", "add", "-h"], Lang::Zh);
        assert!(text.contains("用法：rencai talent add [选项] --name <name> [P]\n"), "{text}");
        for part in ["\n参数：\n", "\n选项：\n", "\n全局选项：\n", "[可选值：rigid、flexible]", "[默认：table]", "显示帮助"]
        {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        for part in ["Usage", "OPTIONS", "Options", "default:", "possible values", "Print help"] {
            assert!(!text.contains(part), "{part:?} in {text}");
        }
        let root = help(&["rencai", "--help"], Lang::Zh);
        assert!(root.contains("用法：rencai [选项] <命令>\n"), "{root}");
        assert!(root.contains("\n命令：\n") && root.contains("显示版本"), "{root}");
    }

    #[test]
    fn english_help_has_the_same_frame() {
        let text = help(&["rencai", "talent", "add", "--help"], Lang::En);
        assert!(text.contains("Usage: rencai talent add [OPTIONS] --name <name> [P]\n"), "{text}");
        for part in ["\nArguments:\n", "\nOptions:\n", "\nGlobal options:\n", "[possible values: rigid, flexible]"] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    }

    #[test]
    fn nothing_overflows_a_narrow_terminal() {
        for lang in [Lang::En, Lang::Zh] {
            for columns in [50, 80, 100] {
                let mut tree = localise_to(sample(), lang, columns);
                for args in [&["rencai", "-h"][..], &["rencai", "talent", "add", "-h"]] {
                    let text = tree.try_get_matches_from_mut(args).unwrap_err().to_string();
                    for line in text.lines() {
                        assert!(width(line) <= columns, "{columns}: {line:?}\n{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn help_can_be_asked_for_as_a_command() {
        let asked = help(&["rencai", "talent", "add", "--help"], Lang::Zh);
        assert_eq!(help(&["rencai", "help", "talent", "add"], Lang::Zh), asked);
        assert_eq!(help(&["rencai", "talent", "help", "add"], Lang::Zh), asked);
        assert_eq!(help(&["rencai", "-V"], Lang::Zh), "rencai 0.1.0\n");
    }

    #[test]
    fn what_has_no_text_is_named() {
        let missing = missing_texts(&sample().arg(Arg::new("nameless").long("nameless")));
        assert!(missing.iter().any(|k| k.contains("nameless")) && !missing.iter().any(|k| k == "arg.db"), "{missing:?}");
    }
}
