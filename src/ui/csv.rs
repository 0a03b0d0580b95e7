//! The one place that writes CSV cells: the guard against formulas and the quoting live here.
//! Headers, encodings and byte order marks are the caller's.

use serde_json::Value;
use std::borrow::Cow;

/// Characters that make a spreadsheet take a cell for a formula, and the guard itself, so that one
/// guard can be taken off again without doubt.
const RISKY: [char; 12] = ['=', '+', '-', '@', '\'', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell with one `'` in front when a spreadsheet could take it for a formula.
pub fn guard(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(RISKY) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Takes exactly one guard off: `unguard(&guard(x)) == x`.
pub fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Appends one row with CRLF to `line`; every cell guarded, quoted where needed.
pub fn push_row<'a>(line: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    push_cells(line, cells.into_iter().map(|cell| (cell, false)));
}

/// The same of cells of which some are numbers that this program made: one below nothing begins with `-` and stays a number.
pub fn push_cells<'a>(line: &mut String, cells: impl IntoIterator<Item = (&'a str, bool)>) {
    let start = line.len();
    for (i, (cell, number)) in cells.into_iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        if number && is_number(cell) { push_cell(line, cell) } else { push_cell(line, &guard(cell)) }
    }
    if line.len() == start {
        line.push_str("\"\""); // one empty cell would read as a blank line
    }
    line.push_str("\r\n");
}

/// Digits, perhaps with a sign and a point: nothing that a spreadsheet could reckon.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let bare = cell.strip_prefix('-').unwrap_or(cell);
    bare.split_once('.').map_or_else(|| digits(bare), |(whole, part)| digits(whole) && digits(part))
}

/// Whether a value is a number of this program's making: one of JSON, or yuan with two decimals.
pub fn made_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(s) => is_number(s) && s.split_once('.').is_some_and(|(_, part)| part.len() == 2),
        _ => false,
    }
}

fn push_cell(line: &mut String, cell: &str) {
    if cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_gets_one_guard() {
        for (cell, made) in [("=1+1", "'=1+1"), ("-5", "'-5"), ("＝a", "'＝a"), ("\tx", "'\tx"), ("'a", "''a"), ("a=1", "a=1"), ("", "")]
        {
            assert_eq!(guard(cell), made);
            assert_eq!(unguard(&guard(cell)), cell);
        }
        assert_eq!(unguard("''abc"), "'abc");
    }

    #[test]
    fn rows_end_in_crlf_and_quote_what_must_be() {
        let mut line = String::new();
        push_row(&mut line, ["a,b", "say \"x\"", "@c", "", " d"]);
        push_row(&mut line, [""]);
        assert_eq!(line, "\"a,b\",\"say \"\"x\"\"\",'@c,,\" d\"\r\n\"\"\r\n");
    }

    #[test]
    fn numbers_that_the_program_made_get_no_guard() {
        let mut line = String::new();
        push_cells(&mut line, [("-80000.00", true), ("-80000.00", false), ("-1", true), ("-1+1", true), ("-", true), ("-.5", true)]);
        assert_eq!(line, "-80000.00,'-80000.00,-1,'-1+1,'-,'-.5\r\n");
        for (value, made) in [(Value::from(-3), true), ("-80000.00".into(), true), ("-5".into(), false), ("-1.5x".into(), false)] {
            assert_eq!(made_number(&value), made, "{value}");
        }
    }
}
