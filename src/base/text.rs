//! The last step before text leaves: what a terminal would obey is made visible, and what a spreadsheet would run is
//! guarded. How names and free text are cleaned on the way in lives in `names`.

use super::chars::is_bidi;
use std::borrow::Cow;
use std::fmt::Write;

/// Whether a terminal obeys the character or a reader is fooled by it.
fn is_unprintable(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        '\u{2028}' | '\u{2029}' => true,
        _ => is_bidi(c),
    }
}

fn escape(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String can't fail.
    let _ = if code < 0x100 { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{code:04x}") };
}

/// Text for a terminal: control characters, CR and characters of direction become visible (`\x1b`, `\u202e`); tabs and
/// line feeds stay.
pub fn printable(s: &str) -> Cow<'_, str> {
    if !s.chars().any(is_unprintable) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 8);
    for c in s.chars() {
        if is_unprintable(c) { escape(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// As [`printable`], for a single line or a table cell: a line feed becomes a visible `\n`, a tab a blank.
pub fn printable_line(s: &str) -> Cow<'_, str> {
    if !s.chars().any(|c| matches!(c, '\t' | '\n') || is_unprintable(c)) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 8);
    for c in s.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if is_unprintable(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A CSV cell that a spreadsheet won't take for a formula (公式注入): one `'` goes before `= + - @`, their full-width
/// forms, tab, CR, LF, and before `'` itself, so that [`csv_unguard`] always gives back what was there.
pub fn csv_guard(cell: &str) -> Cow<'_, str> {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\'' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            let mut out = String::with_capacity(cell.len() + 1);
            out.push('\'');
            out.push_str(cell);
            Cow::Owned(out)
        }
        _ => Cow::Borrowed(cell),
    }
}

/// Takes exactly one `'` off the front of a cell, if there is one.
pub fn csv_unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(printable("\u{1b}[31m红"), "\\x1b[31m红");
        assert_eq!(printable("\u{9b}31m"), "\\x9b31m");
        assert_eq!(printable("a\rb\r\nc"), "a\\x0db\\x0d\nc");
        assert_eq!(printable("\u{202e}三张\u{2066}\u{61c}"), "\\u202e三张\\u2066\\u061c");
        assert_eq!(printable("\u{7f}\0"), "\\x7f\\x00");
        assert!(matches!(printable("张三\t工程师\n·𬀩"), Cow::Borrowed(_)));
        assert_eq!(printable_line("a\tb\nc\u{7}"), "a b\\nc\\x07");
        assert!(matches!(printable_line("张三"), Cow::Borrowed(_)));
    }

    #[test]
    fn formulas_are_guarded_and_plain_cells_left_alone() {
        for cell in ["=1+1", "+1", "-1", "@A1", "'=1", "\t=1", "\r", "\n", "＝1", "＋", "－", "＠"] {
            assert_eq!(csv_guard(cell), format!("'{cell}"));
        }
        for cell in ["", "张三", "1=1", " =1"] {
            assert_eq!(csv_guard(cell), cell);
        }
        assert_eq!(csv_unguard("''=1"), "'=1");
    }

    proptest! {
        #[test]
        fn guarding_and_unguarding_gives_the_cell_back(cell in "['=＝+\\-@\t\r\n]{0,3}.{0,8}") {
            let guarded = csv_guard(&cell);
            prop_assert_eq!(csv_unguard(&guarded), &cell);
        }

        #[test]
        fn nothing_unprintable_is_left(s in any::<String>()) {
            prop_assert!(!printable(&s).chars().any(is_unprintable));
            prop_assert!(!printable_line(&s).chars().any(|c| c.is_control() || is_unprintable(c)));
        }
    }
}
