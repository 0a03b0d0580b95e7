//! The one place that writes CSV cells: the guard against formulas and the quoting live here.
//! Headers, encodings and byte order marks are the caller's.

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
    let start = line.len();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        push_cell(line, &guard(cell));
    }
    if line.len() == start {
        line.push_str("\"\""); // one empty cell would read as a blank line
    }
    line.push_str("\r\n");
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
}
