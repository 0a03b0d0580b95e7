//! Text made safe and fit for a terminal: control characters made visible, widths counted in columns.
//! Nothing is written here; `out` writes.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// True for characters that steer a terminal or turn the reading direction: C0 without the line break, DEL,
/// C1 and the bidirectional controls. A name with one of them could rewrite what the clerk sees (CWE-150).
pub fn steers(c: char) -> bool {
    match c {
        '\n' => false,
        c if c < ' ' => true,
        '\u{7f}'..='\u{9f}' => true,
        _ => is_bidi(c),
    }
}

/// The bidirectional controls alone.
pub fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text for the terminal: line breaks stay, tabs become a space, what steers a terminal is spelled out (`\x1b`).
pub fn printable(text: &str) -> Cow<'_, str> {
    clean(text, steers, |c| (c == '\t').then_some(" "))
}

/// [`printable`] on one line: line breaks are spelled `\n`, so that a value cannot pretend to be a second row.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    clean(
        text,
        |c| steers(c) || matches!(c, '\n' | '\u{2028}' | '\u{2029}'),
        |c| match c {
            '\t' => Some(" "),
            '\n' => Some("\\n"),
            _ => None,
        },
    )
}

/// Text for a CSV cell: as [`printable`], but tabs stay, as they are data there.
pub fn printable_cell(text: &str) -> Cow<'_, str> {
    clean(text, |c| c != '\t' && steers(c), |_| None)
}

fn clean(text: &str, odd: impl Fn(char) -> bool, special: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.chars().any(&odd) {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // A Windows line end is a line end; a lone CR would write over its own line.
        if c == '\r' && rest.peek() == Some(&'\n') {
            continue;
        }
        if !odd(c) {
            made.push(c);
        } else if let Some(s) = special(c) {
            made.push_str(s);
        } else if (c as u32) < 0x100 {
            let _ = write!(made, "\\x{:02x}", c as u32);
        } else {
            let _ = write!(made, "\\u{:04x}", c as u32);
        }
    }
    Cow::Owned(made)
}

/// How many columns a text takes on a terminal; a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text cut to at most `columns`, with `..` at its end when something was cut.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(2);
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        end = at + c.len_utf8();
    }
    let dots = &".."[..columns.min(2)];
    Cow::Owned(format!("{}{dots}", &text[..end]))
}

/// Lines of at most `columns`; breaks between Chinese characters, but keeps ，。 off the start of a line.
/// Line breaks of the text stay.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    // A word longer than the line (a path, a token) is broken, so that nothing overflows.
    textwrap::wrap(text, textwrap::Options::new(columns.max(2))).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("\x1b[31m红"), "\\x1b[31m红");
        assert_eq!(printable("a\tb\nc\r\nd\re"), "a b\nc\nd\\x0de");
        assert_eq!(printable("\u{202e}abc\u{9b}\u{7f}\u{61c}"), "\\u202eabc\\x9b\\x7f\\u061c");
        assert_eq!(printable_line("a\nb\u{2028}"), "a\\nb\\u2028");
        assert_eq!(printable_cell("\ta\0"), "\ta\\x00");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(printable("张三 a\nb"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_that_steers_survives() {
        for c in (0..=0x2100u32).filter_map(char::from_u32) {
            let s = format!("x{c}y");
            assert!(!printable(&s).chars().any(steers), "{c:?}");
            assert!(!printable_line(&s).chars().any(|c| steers(c) || c == '\n'), "{c:?}");
        }
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("人才工作", 8), "人才工作");
        assert_eq!(cut("人才工作站", 8), "人才工..");
        assert_eq!(cut("人才工作站", 7), "人才..");
        assert_eq!(cut("人才", 1), ".");
    }

    #[test]
    fn chinese_wraps_without_blanks() {
        let lines = wrap("业务日期，所办事项自该日起生效，早于今天七日以上的须说明事由。", 20);
        assert!(lines.len() > 2);
        for line in &lines {
            assert!(width(line) <= 20, "{line}");
            assert!(!line.starts_with(['，', '。']), "{line}");
        }
    }
}
