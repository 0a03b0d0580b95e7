//! Names of people and units (姓名、单位名称) and free text: the form that is kept and the form that is compared; below
//! it, the pinyin that is searched. Who is the same person as whom is judged elsewhere; nothing here merges anybody.

mod reading;

pub use reading::pinyin;

use super::chars::{drop_zero_width, is_bidi, is_blank, is_common_han, is_han, is_hyphen, is_zero_width};
use unicode_normalization::UnicodeNormalization;

/// The interpunct of names (间隔号), U+00B7 as 民委发〔2016〕33号 orders.
const INTERPUNCT: char = '\u{00B7}';

/// More letters than a name may have.
const NAME_LIMIT: usize = 100;

/// What clerks type or old systems print for the interpunct. Normalisation forms don't unify them.
fn is_interpunct(c: char) -> bool {
    matches!(c, '\u{00B7}' | '\u{0387}' | '\u{2022}' | '\u{30FB}' | '\u{FF65}' | '\u{2027}' | '\u{22C5}' | '\u{2219}' | '\u{25CF}')
        || matches!(c, '\u{FF0E}' | '.' | '\u{3002}')
}

/// A control character or one of direction: never part of a name.
fn is_control(c: char) -> bool {
    c.is_control() || is_bidi(c)
}

/// The form kept as the name: composed (NFC), the interpunct U+00B7 between Han letters, no blanks within Han names,
/// single ones within others, no control characters. The raw form is kept beside it by the register.
pub fn clean(raw: &str) -> String {
    if raw.chars().all(|c| is_common_han(c) || c == INTERPUNCT) {
        return raw.to_owned();
    }
    let mut chars: Vec<char> =
        raw.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') || is_blank(c) { ' ' } else { c }).filter(|c| !is_control(*c)).collect();
    drop_zero_width(&mut chars);
    map_interpuncts(&mut chars);
    join_blanks(&chars).nfc().collect()
}

/// Writes U+00B7 for whatever stands for it between two Han letters, blanks aside.
fn map_interpuncts(chars: &mut [char]) {
    for i in 0..chars.len() {
        if is_interpunct(chars[i]) {
            let before = chars[..i].iter().rev().find(|c| **c != ' ');
            let after = chars[i + 1..].iter().find(|c| **c != ' ');
            if before.is_some_and(|c| is_han(*c)) && after.is_some_and(|c| is_han(*c)) {
                chars[i] = INTERPUNCT;
            }
        }
    }
}

/// Drops blanks at the ends and between Han letters or interpuncts; elsewhere a run becomes one.
fn join_blanks(chars: &[char]) -> String {
    let tight = |c: char| is_han(c) || c == INTERPUNCT;
    let mut out = String::with_capacity(chars.len() * 3);
    let mut last = None;
    let mut blank = false;
    for &c in chars {
        if c == ' ' {
            blank = true;
            continue;
        }
        if let Some(last) = last
            && blank
            && !(tight(last) && tight(c))
        {
            out.push(' ');
        }
        out.push(c);
        (last, blank) = (Some(c), false);
    }
    out
}

/// The form by which names are matched: compatibility forms folded (NFKC), lower case, without interpuncts, blanks,
/// hyphens and apostrophes.
pub fn fold(clean: &str) -> String {
    if clean.chars().all(is_common_han) {
        return clean.to_owned();
    }
    let dropped = |c: char| {
        let apostrophe = matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}' | '`' | '\u{00B4}');
        is_interpunct(c) || is_blank(c) || is_hyphen(c) || is_control(c) || is_zero_width(c) || apostrophe
    };
    clean.chars().filter(|c| !dropped(*c)).nfkc().flat_map(char::to_lowercase).filter(|c| !dropped(*c)).collect()
}

/// The form by which names of units (单位名称) are matched: NFKC, lower case, no blanks; so （集团） is (集团).
pub fn org_fold(raw: &str) -> String {
    if raw.chars().all(is_common_han) {
        return raw.to_owned();
    }
    let dropped = |c: char| is_blank(c) || is_control(c) || is_zero_width(c);
    raw.chars().filter(|c| !dropped(*c)).nfkc().flat_map(char::to_lowercase).filter(|c| !dropped(*c)).collect()
}

/// Free text (备注, 荣誉): composed (NFC), ends trimmed, line ends as `\n`, without control characters other than line
/// feed and tab, without characters of direction and of no width.
pub fn clean_text(raw: &str) -> String {
    let plain = |c: char| is_common_han(c) || matches!(c, ' '..='~' | '\n' | '\t' | '\u{3001}'..='\u{3029}' | '\u{FF01}'..='\u{FF5E}');
    if raw.chars().all(plain) {
        return raw.trim_matches(is_blank).to_owned();
    }
    let mut chars: Vec<char> = Vec::with_capacity(raw.len() / 2);
    let mut source = raw.chars().peekable();
    while let Some(c) = source.next() {
        match c {
            '\r' => {
                source.next_if_eq(&'\n');
                chars.push('\n');
            }
            '\n' | '\t' => chars.push(c),
            c if is_control(c) => {}
            c => chars.push(c),
        }
    }
    drop_zero_width(&mut chars);
    let text: String = chars.into_iter().nfc().collect();
    text.trim_matches(is_blank).to_owned()
}

/// Whether a name is longer than can be kept. The rule of 民委发〔2016〕33号 is at least 50 characters; twice that is.
pub fn too_long(name: &str) -> bool {
    name.len() > NAME_LIMIT && name.chars().count() > NAME_LIMIT
}

/// How two names stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same name.
    Same,
    /// Written differently but read alike (其木格, 琪木格): a person decides, never a program.
    Ask,
    /// Two names.
    Differ,
}

/// Whether two cleaned names are the same, may be variants of one, or differ. Names are variants where some reading of theirs is the
/// same; a letter more or less is another name.
pub fn likeness(a: &str, b: &str) -> Likeness {
    if fold(a) == fold(b) {
        return Likeness::Same;
    }
    let ours = readings(a);
    if readings(b).iter().any(|r| ours.contains(r)) { Likeness::Ask } else { Likeness::Differ }
}

/// Every way to read a cleaned name that is compared: names with one in common may be variants of one.
pub fn readings(name: &str) -> Vec<String> {
    let plain: String = fold(name).chars().filter(|c| *c != INTERPUNCT).collect();
    pinyin(&plain).0.split(' ').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_leave_han_names_and_single_out_in_others() {
        for (raw, name) in [
            ("张　三", "张三"),
            (" 张 三 ", "张三"),
            ("张\u{a0}\u{200b}三\u{feff}", "张三"),
            ("张\t三\n", "张三"),
            ("䶮 㐂𬀩", "䶮㐂𬀩"),
            ("SMITH   John ", "SMITH John"),
            ("SMITH\u{3000}John", "SMITH John"),
            ("J\u{200b}ohn", "John"),
            ("\u{202e}三张\u{2066}", "三张"),
            ("张\u{1b}[31m三", "张[31m三"),
            ("MU\u{308}LLER", "MÜLLER"),
            ("\u{3164}", ""),
            ("　", ""),
            ("·", "·"),
            ("ᠴᠢᠮᠡᠭ\u{180e}ᠠ", "ᠴᠢᠮᠡᠭ\u{180e}ᠠ"),
            ("\u{180e}其木格", "其木格"),
            ("豈\u{f900}", "豈豈"),
        ] {
            assert_eq!(clean(raw), name, "{raw:?}");
        }
    }

    #[test]
    fn interpuncts_are_one_between_han_letters() {
        for dot in ["·", "•", "・", "･", "‧", "⋅", "∙", "●", "．", ".", "。", "\u{387}", " • ", "　·　"] {
            assert_eq!(clean(&format!("阿卜杜拉{dot}买买提")), "阿卜杜拉·买买提", "{dot}");
        }
        assert_eq!(clean("J. K. Rowling"), "J. K. Rowling");
        assert_eq!(clean("张三."), "张三.");
        assert_eq!(clean("买买提•K"), "买买提•K");
    }

    #[test]
    fn names_are_compared_without_their_dress() {
        assert_eq!(fold("阿卜杜拉·买买提"), "阿卜杜拉买买提");
        assert_eq!(fold("O’Brien-SMITH Ｊｏｈｎ"), "obriensmithjohn");
        assert_eq!(fold("J. K."), "jk");
        assert_ne!(fold("其木格"), fold("琪木格"));
        assert_eq!(org_fold("海州（集团） 有限公司ＡＢ"), "海州(集团)有限公司ab");
        assert_eq!(org_fold("海州有限公司"), "海州有限公司");
    }

    #[test]
    fn free_text_keeps_its_lines() {
        assert_eq!(clean_text(" 续签合同\r\n第二行\r第三行\t。\u{feff} "), "续签合同\n第二行\n第三行\t。");
        assert_eq!(clean_text("a\u{1b}[2J\u{9b}b\u{202e}c\u{200b}\0\u{7f}"), "a[2Jbc");
        assert_eq!(clean_text("柔性引进，每年在岗不少于60天"), "柔性引进，每年在岗不少于60天");
        assert_eq!(clean_text("\n 　x "), "x");
    }

    #[test]
    fn a_name_may_have_a_hundred_letters() {
        assert!(!too_long(&"阿".repeat(100)));
        assert!(too_long(&"阿".repeat(101)));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in any::<String>(), near in "[张三丰·•. 。\u{3000}\u{200b}\u{180e}\u{1820}\u{308}aU\u{f900}-]{0,12}") {
            for raw in [raw, near] {
                let name = clean(&raw);
                prop_assert_eq!(clean(&name), name.clone());
                let text = clean_text(&raw);
                prop_assert_eq!(clean_text(&text), text);
                prop_assert_eq!(fold(&clean(&name)), fold(&name));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = (fold(&text), org_fold(&text), too_long(&text));
        }
    }
}
