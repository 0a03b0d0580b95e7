//! How a name is read aloud (拼音), for search: the usual reading first, surnames as surnames. How many hits a search
//! shows, and in which order, is not decided here.

use super::is_interpunct;
use crate::base::chars::{is_blank, is_han, is_hyphen};
use pinyin::ToPinyinMulti;
use std::borrow::Cow;

/// Readings of surnames that differ from the letter's usual one. Longer surnames come first.
const SURNAMES: &[(&str, &[&str])] = &[
    ("尉迟", &["yu", "chi"]),
    ("万俟", &["mo", "qi"]),
    ("长孙", &["zhang", "sun"]),
    ("令狐", &["ling", "hu"]),
    ("单于", &["chan", "yu"]),
    ("澹台", &["tan", "tai"]),
    ("鲜于", &["xian", "yu"]),
    ("乐正", &["yue", "zheng"]),
    ("宰父", &["zai", "fu"]),
    ("毌丘", &["guan", "qiu"]),
    ("亓官", &["qi", "guan"]),
    ("夏侯", &["xia", "hou"]),
    ("皇甫", &["huang", "fu"]),
    ("拓跋", &["tuo", "ba"]),
    ("曾", &["zeng"]),
    ("单", &["shan"]),
    ("仇", &["qiu"]),
    ("解", &["xie"]),
    ("查", &["zha"]),
    ("任", &["ren"]),
    ("区", &["ou"]),
    ("盖", &["ge"]),
    ("朴", &["piao"]),
    ("覃", &["qin"]),
    ("缪", &["miao"]),
    ("翟", &["zhai"]),
    ("宓", &["mi"]),
    ("折", &["she"]),
    ("黑", &["he"]),
    ("种", &["chong"]),
    ("繁", &["po"]),
    ("秘", &["bi"]),
    ("冼", &["xian"]),
    ("洗", &["xian"]),
    ("祭", &["zhai"]),
    ("召", &["shao"]),
    ("那", &["na"]),
    ("哈", &["ha"]),
    ("乐", &["yue"]),
    ("员", &["yun"]),
    ("华", &["hua"]),
    ("燕", &["yan"]),
    ("应", &["ying"]),
    ("宁", &["ning"]),
    ("谌", &["chen"]),
    ("么", &["yao"]),
    ("车", &["che"]),
    ("叶", &["ye"]),
    ("句", &["gou"]),
    ("逄", &["pang"]),
    ("尹", &["yin"]),
    ("牟", &["mu"]),
    ("隗", &["wei"]),
    ("郇", &["xun"]),
    ("晁", &["chao"]),
    ("郗", &["xi"]),
    ("都", &["du"]),
    ("阚", &["kan"]),
    ("石", &["shi"]),
    ("盛", &["sheng"]),
    ("贾", &["jia"]),
    ("柏", &["bai"]),
    ("薄", &["bo"]),
    ("卜", &["bu"]),
    ("能", &["nai"]),
    ("佴", &["nai"]),
    ("过", &["guo"]),
    ("钭", &["tou"]),
    ("眭", &["sui"]),
    ("粘", &["nian"]),
    ("重", &["chong"]),
    ("撒", &["sa"]),
    ("郄", &["qie"]),
    ("郐", &["kuai"]),
    ("沈", &["shen"]),
    ("莘", &["shen"]),
    ("冯", &["feng"]),
    ("贲", &["ben"]),
    ("藏", &["zang"]),
    ("曲", &["qu"]),
    ("谷", &["gu"]),
    ("余", &["yu"]),
    ("俞", &["yu"]),
];

/// At most so many ways to read a name are kept.
const READINGS: usize = 6;

/// Another way to read one letter of a name.
struct Alternative {
    /// Where the usual reading stands in the full pinyin.
    full: (usize, usize),
    /// Where its first letter stands in the initials.
    initial: usize,
    reading: &'static str,
}

/// The pinyin of a name: in full and by initials, both lower case without tones and blanks, the usual reading first,
/// then others (多音字) after one blank each, six at most. Surnames are read as such; letters without pinyin stay.
pub fn pinyin(name: &str) -> (String, String) {
    let (full, initials, alternatives) = usual_reading(name);
    if alternatives.is_empty() {
        return (full, initials);
    }
    other_readings(&full, &initials, &alternatives)
}

fn usual_reading(name: &str) -> (String, String, Vec<Alternative>) {
    let mut full = String::with_capacity(name.len() * 2);
    let mut initials = String::with_capacity(name.len());
    let mut alternatives = Vec::new();
    let surname = surname(name);
    let mut in_word = false;
    for (i, c) in name.chars().enumerate() {
        if let Some(readings) = c.to_pinyin_multi() {
            in_word = false;
            let as_surname = surname.get(i).copied();
            let usual = as_surname.or_else(|| readings.get_opt(0).map(|r| r.plain())).unwrap_or_default();
            let place = (full.len(), initials.len());
            push_reading(&mut full, usual);
            initials.extend(usual.chars().take(1));
            if readings.count() > 1 || as_surname.is_some() {
                let own = alternatives.len();
                for reading in readings.into_iter().map(|r| r.plain()).take(READINGS) {
                    let known = |a: &Alternative| a.reading == reading;
                    if reading != usual && !alternatives[own..].iter().any(known) {
                        alternatives.push(Alternative { full: (place.0, full.len()), initial: place.1, reading });
                    }
                }
            }
        } else if is_blank(c) || is_interpunct(c) || is_hyphen(c) {
            in_word = false;
        } else if c.is_alphanumeric() || is_han(c) {
            // Latin names have the initials of their words; a Han letter without pinyin is a word of its own.
            let first = !in_word || is_han(c);
            for c in c.to_lowercase() {
                full.push(c);
                if first {
                    initials.push(c);
                }
            }
            in_word = !is_han(c);
        }
    }
    (full, initials, alternatives)
}

/// The readings of the letters of the surname, if the table has it. One letter alone is not a surname.
fn surname(name: &str) -> &'static [&'static str] {
    let found = SURNAMES.iter().find(|(han, _)| name.strip_prefix(han).and_then(|given| given.chars().next()).is_some_and(is_han));
    found.map_or(&[], |(_, readings)| readings)
}

/// ü is typed as v.
fn push_reading(out: &mut String, reading: &str) {
    for c in reading.chars() {
        out.push(if c == 'ü' { 'v' } else { c });
    }
}

/// The usual reading, then those that differ in one letter (each letter's first alternative before any second), then
/// in two.
fn other_readings(full: &str, initials: &str, alternatives: &[Alternative]) -> (String, String) {
    let mut ordered: Vec<(usize, &Alternative)> = Vec::with_capacity(alternatives.len());
    for alternative in alternatives {
        let nth = ordered.iter().filter(|(_, other)| other.initial == alternative.initial).count();
        ordered.push((nth, alternative));
    }
    ordered.sort_by_key(|(nth, _)| *nth); // stable: by place within
    let mut fulls = vec![Cow::Borrowed(full)];
    let mut firsts = vec![Cow::Borrowed(initials)];
    let mut add = |changes: &[&Alternative]| {
        if fulls.len() == READINGS {
            return;
        }
        let (mut reading, mut first) = (String::with_capacity(full.len() + 4), String::with_capacity(initials.len()));
        let (mut full_done, mut initials_done) = (0, 0);
        for change in changes {
            reading.push_str(&full[full_done..change.full.0]);
            push_reading(&mut reading, change.reading);
            full_done = change.full.1;
            first.push_str(&initials[initials_done..change.initial]);
            first.extend(change.reading.chars().take(1));
            initials_done = change.initial + 1; // an initial of pinyin is one ASCII letter
        }
        reading.push_str(&full[full_done..]);
        first.push_str(&initials[initials_done..]);
        if !fulls.iter().any(|known| *known == reading) {
            fulls.push(Cow::Owned(reading));
        }
        if !firsts.iter().any(|known| *known == first) {
            firsts.push(Cow::Owned(first));
        }
    };
    for (_, alternative) in &ordered {
        add(&[alternative]);
    }
    // Three changed letters can't come up: three letters give six readings before.
    for (i, (_, a)) in ordered.iter().enumerate().take(READINGS) {
        for (_, b) in ordered.iter().skip(i + 1).take(READINGS) {
            match a.initial.cmp(&b.initial) {
                std::cmp::Ordering::Less => add(&[a, b]),
                std::cmp::Ordering::Greater => add(&[b, a]),
                std::cmp::Ordering::Equal => {}
            }
        }
    }
    (fulls.join(" "), firsts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn surnames_are_read_as_surnames() {
        for (name, full, initials) in [
            ("曾伟", "zengwei", "zw"),
            ("单雄信", "shanxiongxin", "sxx"),
            ("仇英", "qiuying", "qy"),
            ("解缙", "xiejin", "xj"),
            ("查良镛", "zhaliangyong", "zly"),
            ("任正", "renzheng", "rz"),
            ("区明", "ouming", "om"),
            ("盖聂", "genie", "gn"),
            ("朴志", "piaozhi", "pz"),
            ("尉迟恭", "yuchigong", "ycg"),
            ("万俟卨", "moqixie", "mqx"),
            ("长孙无忌", "zhangsunwuji", "zswj"),
            ("令狐冲", "linghuchong", "lhc"),
            ("吕布", "lvbu", "lb"),
            ("张三", "zhangsan", "zs"),
            ("阿卜杜拉·买买提", "abodulamaimaiti", "abdlmmt"),
            ("SMITH John-Paul", "smithjohnpaul", "sjp"),
        ] {
            let (got_full, got_initials) = pinyin(name);
            assert_eq!(got_full.split(' ').next(), Some(full), "{name}");
            assert_eq!(got_initials.split(' ').next(), Some(initials), "{name}");
        }
        // A letter alone and a letter within are no surname.
        assert!(pinyin("单").0.starts_with("dan"));
        assert!(pinyin("王单").0.starts_with("wangdan"));
    }

    #[test]
    fn other_readings_follow_the_usual_one() {
        assert_eq!(pinyin("张伟"), ("zhangwei".into(), "zw".into()));
        let (full, initials) = pinyin("曾乐");
        let readings: Vec<&str> = full.split(' ').collect();
        assert_eq!(readings, ["zengle", "cengle", "zengyue", "cengyue"]);
        assert_eq!(initials, "zl cl zy cy");
        let (full, _) = pinyin("那单查解");
        assert_eq!(full.split(' ').count(), READINGS);
        assert_eq!(pinyin(""), (String::new(), String::new()));
    }

    proptest! {
        #[test]
        fn readings_are_few_distinct_and_without_blanks(name in "[曾单乐那行重阿a· 䶮]{0,9}") {
            let (full, initials) = pinyin(&name);
            let mut readings: Vec<&str> = full.split(' ').collect();
            prop_assert!(readings.len() <= READINGS);
            prop_assert!(initials.split(' ').count() <= readings.len());
            let count = readings.len();
            readings.sort_unstable();
            readings.dedup();
            prop_assert_eq!(readings.len(), count);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = pinyin(&text);
        }
    }
}
