//! Which language a person reads, and every text by its key. The texts themselves stand in `locales/`;
//! `build.rs` proves that both languages have the same keys and makes the table.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

mod texts {
    //! All texts one after the other, and where each begins: key, English, Chinese; in the order of keys, with a last entry for the end.

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));

    pub(super) const COUNT: usize = PLACES.len() - 1;

    /// Key, English and Chinese text of an entry below `COUNT`.
    pub(super) fn entry(at: usize) -> [&'static str; 3] {
        let [key, en, zh] = PLACES[at].map(|n| n as usize);
        [&ALL[key..en], &ALL[en..zh], &ALL[zh..PLACES[at + 1][0] as usize]]
    }

    /// Where a key stands.
    pub(super) fn find(key: &str) -> Option<usize> {
        let (mut low, mut high) = (0, COUNT);
        while low < high {
            let middle = low.midpoint(high);
            match entry(middle)[0].cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

/// An interface language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// The language of a locale name: `zh_CN.UTF-8` is Chinese, everything that is not `zh…` English.
    pub fn from_tag(tag: &str) -> Lang {
        match tag.as_bytes() {
            [b'z' | b'Z', b'h' | b'H', ..] => Lang::Zh,
            _ => Lang::En,
        }
    }

    /// The code used on the command line: `en` or `zh`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }
}

static CURRENT: AtomicU8 = AtomicU8::new(Lang::En as u8);

/// Sets the language of the whole process; the process edge calls it once.
pub fn set_lang(lang: Lang) {
    CURRENT.store(lang as u8, Ordering::Relaxed);
}

/// The language of the process; English until [`set_lang`].
pub fn lang() -> Lang {
    if CURRENT.load(Ordering::Relaxed) == Lang::Zh as u8 { Lang::Zh } else { Lang::En }
}

/// The language asked for by the command line, else the environment. Needed before clap parses, because
/// its own errors and help are to be in that language. An unknown `--lang` is left for clap to refuse.
pub fn detect(args: &[OsString], env: impl Fn(&str) -> Option<OsString>) -> Lang {
    if let Some(value) = option_value(args, "--lang") {
        match value.as_ref() {
            "en" => return Lang::En,
            "zh" => return Lang::Zh,
            _ => {}
        }
    }
    ["RENCAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| env(name))
        .find(|value| !value.is_empty())
        .map_or(Lang::En, |value| value.to_str().map_or(Lang::En, Lang::from_tag))
}

/// The first value of `--name X` or `--name=X` before any `--`.
pub(crate) fn option_value<'a>(args: &'a [OsString], name: &str) -> Option<Cow<'a, str>> {
    let mut rest = args.iter().take_while(|a| *a != "--");
    while let Some(arg) = rest.next() {
        if *arg == *name {
            return rest.next().map(|v| v.to_string_lossy());
        }
        if let Some(value) = arg.to_str().and_then(|a| a.strip_prefix(name)?.strip_prefix('=')) {
            return Some(Cow::Borrowed(value));
        }
    }
    None
}

/// The text of a key in the process's language; a missing key gives the key itself, so that a release
/// build still says something.
pub fn t(key: &'static str) -> &'static str {
    t_in(lang(), key)
}

/// [`t`] in a given language.
pub fn t_in(lang: Lang, key: &'static str) -> &'static str {
    let text = try_t_in(lang, key);
    debug_assert!(text.is_some(), "no text for {key:?} in locales/");
    text.unwrap_or(key)
}

/// The text of a computed key, if there is one.
pub fn try_t(key: &str) -> Option<&'static str> {
    try_t_in(lang(), key)
}

/// [`try_t`] in a given language.
pub fn try_t_in(lang: Lang, key: &str) -> Option<&'static str> {
    let [_, en, zh] = texts::entry(texts::find(key)?);
    Some(if lang == Lang::Zh { zh } else { en })
}

/// The text of a key with its `{name}` places filled.
pub fn tf(key: &'static str, values: &[(&str, &dyn Display)]) -> String {
    tf_in(lang(), key, values)
}

/// [`tf`] in a given language.
pub fn tf_in(lang: Lang, key: &'static str, values: &[(&str, &dyn Display)]) -> String {
    fill(t_in(lang, key), values)
}

/// One pass from left to right: braces inside a value are never taken for a place.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(name, tail)| values.iter().find(|(n, _)| *n == name).map(|(_, v)| (v, tail)));
        match place {
            Some((value, tail)) => {
                let _ = write!(filled, "{value}");
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(args: &[&str]) -> Vec<OsString> {
        args.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_chinese_locale_is_chinese_and_any_other_english() {
        for tag in ["zh", "zh_CN.UTF-8", "ZH-Hans", "zh_TW"] {
            assert_eq!(Lang::from_tag(tag), Lang::Zh, "{tag}");
        }
        for tag in ["", "z", "en_GB.UTF-8", "C", "POSIX", "xx", "中文"] {
            assert_eq!(Lang::from_tag(tag), Lang::En, "{tag}");
        }
    }

    #[test]
    fn the_command_line_comes_before_the_environment() {
        let none = |_: &str| None;
        let zh = |n: &str| (n == "LANG").then(|| OsString::from("zh_CN.UTF-8"));
        assert_eq!(detect(&os(&["rencai"]), none), Lang::En);
        assert_eq!(detect(&os(&["rencai"]), zh), Lang::Zh);
        assert_eq!(detect(&os(&["rencai", "--lang", "en"]), zh), Lang::En);
        assert_eq!(detect(&os(&["rencai", "--lang=zh", "status"]), none), Lang::Zh);
        assert_eq!(detect(&os(&["rencai", "find", "--", "--lang=zh"]), none), Lang::En);
        assert_eq!(detect(&os(&["rencai", "--lang", "fr"]), zh), Lang::Zh);
        assert_eq!(detect(&os(&["rencai", "--lang"]), zh), Lang::Zh);
    }

    #[test]
    fn the_nearest_variable_decides_and_an_empty_one_is_none() {
        let pairs = |set: &'static [(&str, &str)]| move |n: &str| set.iter().find(|(k, _)| *k == n).map(|(_, v)| OsString::from(v));
        assert_eq!(detect(&[], pairs(&[("RENCAI_LANG", "xx"), ("LANG", "zh_CN")])), Lang::En);
        assert_eq!(detect(&[], pairs(&[("RENCAI_LANG", ""), ("LANG", "zh_CN")])), Lang::Zh);
        assert_eq!(detect(&[], pairs(&[("LC_ALL", "C"), ("LANG", "zh_CN")])), Lang::En);
        assert_eq!(detect(&[], pairs(&[("LC_MESSAGES", "zh_CN"), ("LANG", "C")])), Lang::Zh);
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf8_are_english_and_no_panic() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = OsString::from_vec(b"zh_\xff".to_vec());
        assert_eq!(detect(std::slice::from_ref(&odd), |_| Some(odd.clone())), Lang::En);
        assert_eq!(detect(&["--lang".into(), odd.clone()], |_| None), Lang::En);
    }

    #[test]
    fn every_key_is_found_in_both_languages() {
        let entries: Vec<_> = (0..texts::COUNT).map(texts::entry).collect();
        assert!(!entries.is_empty() && entries.is_sorted_by(|a, b| a[0] < b[0]));
        for [key, en, zh] in entries {
            assert_eq!(try_t_in(Lang::En, key), Some(en));
            assert_eq!(try_t_in(Lang::Zh, key), Some(zh));
        }
        assert_eq!(try_t("no.such.key"), None);
    }

    #[test]
    fn values_fill_their_places_once() {
        assert_eq!(fill("{a} and {b}, {c}", &[("a", &"{b}"), ("b", &2)]), "{b} and 2, {c}");
        assert_eq!(tf_in(Lang::En, "usage.see_help", &[("command", &"rencai x")]), "see `rencai x --help`");
    }
}
