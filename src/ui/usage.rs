//! clap's errors in the person's language: every kind, with the argument, what was wrong and what to write
//! instead. Values come from outside and are made printable here.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help::usage_line;
use super::lang::{Lang, t_in, tf_in};
use super::out::shown;

/// Message and hint for an error of clap.
pub fn usage_error(e: &clap::Error, lang: Lang) -> (String, Option<String>) {
    let message = message(e, lang);
    let steps: Vec<String> = [suggestion(e, lang), help_pointer(e, lang)].into_iter().flatten().collect();
    let hint = steps.into_iter().reduce(|before, step| match (before.ends_with(['?', '？']), lang) {
        (true, Lang::En) => format!("{before} {step}"),
        (true, Lang::Zh) => before + &step,
        (false, Lang::En) => format!("{before}; {step}"),
        (false, Lang::Zh) => format!("{before}；{step}"),
    });
    (message, hint)
}

fn message(e: &clap::Error, lang: Lang) -> String {
    use ContextKind as K;
    let arg = one(e, K::InvalidArg);
    let value = one(e, K::InvalidValue);
    let say = |key, values: &[(&str, &str)]| {
        let values: Vec<(&str, &dyn std::fmt::Display)> = values.iter().map(|(n, v)| (*n, v as &dyn std::fmt::Display)).collect();
        tf_in(lang, key, &values)
    };
    match (e.kind(), arg.as_deref(), value.as_deref()) {
        (ErrorKind::UnknownArgument, Some(arg), _) if arg.starts_with('-') => say("usage.unknown_option", &[("arg", arg)]),
        (ErrorKind::UnknownArgument, Some(arg), _) => say("usage.surplus", &[("arg", arg)]),
        (ErrorKind::InvalidSubcommand, _, _) => say("usage.unknown_command", &[("arg", &one(e, K::InvalidSubcommand).unwrap_or_default())]),
        (ErrorKind::MissingRequiredArgument, _, _) => match many(e, K::InvalidArg, lang) {
            Some(args) => say("usage.missing_args", &[("args", &args)]),
            None => t_in(lang, "usage.missing_arg_any").to_owned(),
        },
        (ErrorKind::MissingSubcommand, _, _) => match one(e, K::InvalidSubcommand) {
            Some(command) => say("usage.missing_command", &[("command", &command)]),
            None => t_in(lang, "usage.missing_command_any").to_owned(),
        },
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _, _) => t_in(lang, "usage.missing_command_any").to_owned(),
        (ErrorKind::InvalidValue, Some(arg), Some("") | None) => say("usage.missing_value", &[("arg", arg)]),
        (ErrorKind::ValueValidation, Some(arg), Some(value)) => match own_words(e, lang) {
            Some(why) => say("usage.bad_value_why", &[("arg", arg), ("why", &why)]),
            None => say("usage.bad_value", &[("arg", arg), ("value", value)]),
        },
        (ErrorKind::InvalidValue, Some(arg), Some(value)) => say("usage.bad_value", &[("arg", arg), ("value", value)]),
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, _, _) => {
            own_words(e, lang).unwrap_or_else(|| t_in(lang, "usage.bad_value_any").to_owned())
        }
        (ErrorKind::ArgumentConflict, _, _) => {
            let first = arg.clone().or_else(|| one(e, K::InvalidSubcommand));
            match (first, one(e, K::PriorArg).or_else(|| many(e, K::PriorArg, lang))) {
                (Some(first), Some(other)) if first == other => say("usage.repeated", &[("arg", &first)]),
                (Some(first), Some(other)) => say("usage.conflict", &[("arg", &first), ("other", &other)]),
                _ => t_in(lang, "usage.conflict_any").to_owned(),
            }
        }
        (ErrorKind::NoEquals, Some(arg), _) => say("usage.no_equals", &[("arg", arg)]),
        (ErrorKind::TooManyValues, Some(arg), Some(value)) => say("usage.too_many", &[("arg", arg), ("value", value)]),
        (ErrorKind::TooFewValues, Some(arg), _) => {
            say("usage.too_few", &[("arg", arg), ("want", &count(e, K::MinValues)), ("got", &count(e, K::ActualNumValues))])
        }
        (ErrorKind::WrongNumberOfValues, Some(arg), _) => {
            say("usage.wrong_number", &[("arg", arg), ("want", &count(e, K::ExpectedNumValues)), ("got", &count(e, K::ActualNumValues))])
        }
        (ErrorKind::InvalidUtf8, _, _) => t_in(lang, "usage.not_utf8").to_owned(),
        // `Error::raw` of our own code: no context, the message is the whole text.
        _ => own_words(e, lang).unwrap_or_else(|| t_in(lang, "usage.other").to_owned()),
    }
}

/// The text of a value parser. Our own speak the person's language; those of clap and std are English only, and
/// are dropped for a reader of Chinese.
fn own_words(e: &clap::Error, lang: Lang) -> Option<String> {
    // That a text is no number is said in words of ours, in both languages.
    let source = e.source().filter(|s| !s.is::<std::num::ParseIntError>())?;
    let why = shown(&source.to_string());
    (lang == Lang::En || !why.is_ascii()).then_some(why)
}

fn suggestion(e: &clap::Error, lang: Lang) -> Option<String> {
    use ContextKind as K;
    if e.kind() == ErrorKind::InvalidUtf8 {
        return Some(t_in(lang, "usage.not_utf8_hint").to_owned());
    }
    for kind in [K::SuggestedArg, K::SuggestedSubcommand, K::SuggestedValue] {
        if let Some(words) = one(e, kind).or_else(|| many(e, kind, lang)) {
            return Some(tf_in(lang, "usage.did_you_mean", &[("suggestion", &words)]));
        }
    }
    for kind in [K::ValidValue, K::ValidSubcommand] {
        if let Some(values) = many(e, kind, lang) {
            return Some(tf_in(lang, "usage.choose_of", &[("values", &values)]));
        }
    }
    // clap's remaining tips are English sentences; this is the one a clerk meets (a value that begins with -).
    if let (Some(ContextValue::StyledStrs(tips)), Some(arg)) = (e.get(K::Suggested), one(e, K::InvalidArg))
        && tips.iter().any(|tip| tip.to_string().starts_with("to pass "))
    {
        return Some(tf_in(lang, "usage.as_value", &[("arg", &arg)]));
    }
    None
}

/// Where to read on: the usage for a missing or surplus argument, else the help of the command at hand.
fn help_pointer(e: &clap::Error, lang: Lang) -> Option<String> {
    let Some(ContextValue::StyledStr(usage)) = e.get(ContextKind::Usage) else {
        return Some(tf_in(lang, "usage.see_help", &[("command", &"rencai")]));
    };
    let usage = usage_line(&shown(&usage.to_string()), lang);
    if matches!(e.kind(), ErrorKind::MissingRequiredArgument) {
        return Some(tf_in(lang, "ui.help.usage_inline", &[("usage", &usage)]));
    }
    let command: Vec<&str> = usage.split_whitespace().take_while(|w| w.starts_with(|c: char| c.is_ascii_alphanumeric())).collect();
    Some(tf_in(lang, "usage.see_help", &[("command", &command.join(" "))]))
}

fn one(e: &clap::Error, kind: ContextKind) -> Option<String> {
    match e.get(kind)? {
        ContextValue::String(text) => Some(shown(text)),
        _ => None,
    }
}

fn many(e: &clap::Error, kind: ContextKind, lang: Lang) -> Option<String> {
    match e.get(kind)? {
        ContextValue::Strings(texts) if !texts.is_empty() => {
            // `help` is among clap's commands, but `--help` is what we teach.
            let told = texts.iter().filter(|text| kind != ContextKind::ValidSubcommand || *text != "help");
            let texts: Vec<String> = told.map(|text| shown(text)).collect();
            Some(texts.join(t_in(lang, "ui.list_sep")))
        }
        _ => None,
    }
}

fn count(e: &clap::Error, kind: ContextKind) -> String {
    match e.get(kind) {
        Some(ContextValue::Number(n)) => n.to_string(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::help::tests::{os, sample};
    use super::super::help::{Stopped, parse};
    use super::*;
    use crate::ui::clean::steers;

    fn told(args: &[&str], lang: Lang) -> (String, String) {
        match parse(sample, sample, &os(args), lang, false) {
            Err(Stopped::Usage { message, hint }) => (message, hint.unwrap_or_default()),
            other => panic!("{args:?}: {other:?}"),
        }
    }

    #[test]
    fn every_kind_is_told_in_both_languages() {
        let add = |rest: &[&'static str]| [&["rencai", "talent", "add"], rest].concat();
        let cases: &[(Vec<&str>, &str, &str, &str, &str)] = &[
            (
                add(&["--nam", "x"]),
                "unknown option --nam",
                "did you mean --name? see `rencai talent add --help`",
                "没有 --nam 这个选项",
                "是否应为 --name？请查看 `",
            ),
            (
                add(&["--name", "x", "P1", "P2"]),
                "unexpected argument P2",
                "see `rencai talent add --help`",
                "多出了参数 P2",
                "请查看 `rencai talent add --help`",
            ),
            (
                add(&[]),
                "missing: --name <name>",
                "usage: rencai talent add --name <name> [P]",
                "缺少 --name <name>",
                "用法：rencai talent add",
            ),
            (add(&["--name"]), "--name <name> needs a value", "see `rencai", "--name <name> 须填写值", "请查看"),
            (
                add(&["--name", "x", "--mode", "rigit"]),
                "rigit is not a valid value for --mode <mode>",
                "did you mean rigid?",
                "--mode <mode> 不能填 rigit",
                "是否应为 rigid？",
            ),
            (add(&["--name", "x", "--mode", "zzz"]), "zzz is not", "one of: rigid, flexible", "不能填 zzz", "可选值：rigid、flexible"),
            (add(&["--name", "x", "--name", "y"]), "--name <name> may be given only once", "", "--name <name> 只能给一次", ""),
            (add(&["--name", "x", "--json", "--format", "csv"]), "cannot be used with", "", "不能与", ""),
            (add(&["--name", "x", "--corps-more", "a"]), "takes 2 values, 1 given", "", "须填 2 个值，现有 1 个", ""),
            (vec!["rencai", "talnt"], "unknown command talnt", "did you mean talent?", "没有 talnt 这个命令", "是否应为 talent？"),
            (
                vec!["rencai", "talent"],
                "`rencai talent` needs a command",
                "one of: add; see",
                "`rencai talent` 之后须写明命令",
                "可选值：add",
            ),
            (vec!["rencai"], "`rencai` needs a command", "one of: talent", "`rencai` 之后须写明命令", "talent"),
            (add(&["--name", "x", "--limit", "many"]), "many is not a valid value for --limit <N>", "", "--limit <N> 不能填 many", ""),
        ];
        for (args, en, en_hint, zh, zh_hint) in cases {
            let (message, hint) = told(args, Lang::En);
            assert!(message.contains(en) && hint.contains(en_hint), "{args:?}: {message} | {hint}");
            let (message, hint) = told(args, Lang::Zh);
            assert!(message.contains(zh) && hint.contains(zh_hint), "{args:?}: {message} | {hint}");
        }
    }

    #[test]
    fn no_message_carries_what_steers_a_terminal() {
        let bad = "\x1b[31m\u{202e}x\r\n";
        for args in [
            vec!["rencai", bad],
            vec!["rencai", "talent", "add", "--name", "x", "P", bad],
            vec!["rencai", "talent", "add", "--name", "x", "--mode", bad],
            vec!["rencai", "talent", "add", "--\x1bx"],
            vec!["rencai", "talent", "add", "--name", "x", "--limit", bad],
        ] {
            for lang in [Lang::En, Lang::Zh] {
                let (message, hint) = told(&args, lang);
                assert!(!message.chars().chain(hint.chars()).any(|c| steers(c) || c == '\n'), "{message:?} {hint:?}");
            }
        }
    }

    #[test]
    fn a_parser_of_our_own_keeps_its_words() {
        let tree = || {
            clap::Command::new("rencai")
                .arg(clap::Arg::new("date").long("date").value_parser(|_: &str| Err::<u8, _>("日期应写作 2019-03-15".to_owned())))
        };
        let Err(Stopped::Usage { message, .. }) = parse(tree, tree, &os(&["rencai", "--date", "x"]), Lang::Zh, false) else {
            panic!("parsed");
        };
        assert_eq!(message, "--date <date>：日期应写作 2019-03-15");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf8_are_told() {
        use std::os::unix::ffi::OsStringExt as _;
        let mut args = os(&["rencai", "talent", "add", "--name"]);
        args.push(std::ffi::OsString::from_vec(vec![0xff]));
        for (lang, want) in [(Lang::En, "UTF-8"), (Lang::Zh, "不是 UTF-8 编码")] {
            let Err(Stopped::Usage { message, .. }) = parse(sample, sample, &args, lang, false) else { panic!("parsed") };
            assert!(message.contains(want), "{message}");
        }
    }
}
