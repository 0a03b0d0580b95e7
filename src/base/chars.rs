//! Classes of characters that several modules of the vocabulary ask for: blanks, dashes, invisible and controlling
//! characters, Han letters, full-width forms. What to do with them is for the callers to say.

use std::borrow::Cow;

/// A blank a clerk may type or paste: every Unicode white space (U+3000, NBSP …) and the letters drawn as nothing.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
}

/// Zero-width marks: joiners, word joiner, BOM, soft hyphen, the Mongolian vowel separator.
pub(crate) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}')
}

/// Characters that turn the direction of text.
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Never part of a number that was copied from a web page or a chat.
pub(crate) fn is_invisible(c: char) -> bool {
    is_zero_width(c) || is_bidi(c)
}

/// A hyphen, dash or minus in any of its widths.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// The ASCII twin of a full-width form (全角); anything else stays.
pub(crate) fn fold_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// A letter of the basic block, which is nearly every letter of nearly every name and needs no normalisation.
pub(crate) fn is_common_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// A Han letter (汉字): all blocks and planes, 々 and 〇, radicals, and the private area where old fonts keep rare ones.
pub(crate) fn is_han(c: char) -> bool {
    is_common_han(c)
        || matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{3FFFD}' | '\u{F900}'..='\u{FAFF}'
            | '\u{E000}'..='\u{F8FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}' | '\u{3007}')
}

/// A letter of the Mongolian script (蒙古文), in which joiners and the vowel separator carry meaning.
pub(crate) fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1820}'..='\u{18AA}')
}

/// Drops zero-width marks, except one between two Mongolian letters, where it is spelling and not dirt.
pub(crate) fn drop_zero_width(chars: &mut Vec<char>) {
    let mut kept: Vec<char> = Vec::with_capacity(chars.len());
    let mut mark = None;
    for &c in chars.iter() {
        if is_zero_width(c) {
            if matches!(c, '\u{180E}' | '\u{200C}' | '\u{200D}') {
                mark = mark.or(Some(c));
            }
            continue;
        }
        if let Some(mark) = mark.take()
            && is_mongolian(c)
            && kept.last().copied().is_some_and(is_mongolian)
        {
            kept.push(mark);
        }
        kept.push(c);
    }
    *chars = kept;
}

/// Text as it is looked up in a code set: ends trimmed, full width folded, lower case. Blanks inside are left, because a
/// value that was taken apart (本 科 生) should be looked at by a person.
pub(crate) fn fold_code(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| is_blank(c) || is_zero_width(c) || is_bidi(c));
    if text.chars().all(|c| fold_width(c) == c && !c.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| fold_width(c).to_ascii_lowercase()).collect())
}
