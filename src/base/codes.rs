//! The code sets (代码表) that come with the program; `build.rs` makes them of `codes.toml`, so that no start parses it: which text of a roster means which
//! stable code, and how a code is called. Codes that an office adds for itself live in its file, not here.

use super::chars::fold_code;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

/// One code of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The name of its set.
    pub set: &'static str,
    /// The stable ASCII code.
    pub code: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
    /// Its place, 1 first: the highest of an ordered set.
    pub rank: u32,
    /// Other texts accepted for it.
    pub aliases: &'static [&'static str],
}

/// A code set (代码表) with its source.
#[derive(Debug)]
pub struct CodeSet {
    /// Its name in commands and records.
    pub name: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The standard or document it is taken from.
    pub source: &'static str,
    /// The date of the source, as exact as it is known.
    pub date: &'static str,
    /// Its codes by rank.
    pub codes: &'static [Code],
    /// Made when the set is first asked.
    index: OnceLock<Index>,
}

/// Every text accepted, as written and folded, to the place in `codes`.
type Index = HashMap<Box<str>, usize, BuildHasherDefault<Fnv>>;

mod shipped {
    use super::{Code, CodeSet, OnceLock};
    include!(concat!(env!("OUT_DIR"), "/codes.rs"));
}

impl CodeSet {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for (place, code) in self.codes.iter().enumerate() {
                for text in texts(code) {
                    index.insert(Box::from(text), place);
                    index.insert(Box::from(&*fold_code(text)), place);
                }
            }
            index
        })
    }

    /// The stable code for a text: a code (case does not matter), a label or an alias; full width is folded, blanks
    /// only at the ends are ignored.
    pub fn find(&'static self, text: &str) -> Option<&'static str> {
        let index = self.index();
        let found = match index.get(text) {
            Some(found) => found,
            None => index.get(&*fold_code(text))?,
        };
        self.codes.get(*found).map(|code| code.code)
    }

    /// The entry of a stable code.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|entry| entry.code == code)
    }
}

/// FNV-1a. The keys are the program's own, a million rows ask a dozen times each, and the texts are short.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Every text that means a code.
fn texts(code: &Code) -> impl Iterator<Item = &'static str> {
    [code.code, code.zh, code.en].into_iter().chain(code.aliases.iter().copied())
}

/// Every code set.
pub fn sets() -> &'static [CodeSet] {
    &shipped::SETS
}

/// The code set of a name. A caller that asks for many texts keeps it.
pub fn set(name: &str) -> Option<&'static CodeSet> {
    sets().iter().find(|set| set.name == name)
}

/// The stable code for a text in a set; see [`CodeSet::find`].
pub fn find(set_name: &str, text: &str) -> Option<&'static str> {
    set(set_name)?.find(text)
}

/// The label of a code, Chinese or English.
pub fn label(set_name: &str, code: &str, lang_zh: bool) -> Option<&'static str> {
    let code = set(set_name)?.get(code)?;
    Some(if lang_zh { code.zh } else { code.en })
}

/// The codes of a set by rank; none if there is no such set.
pub fn codes(set_name: &str) -> impl Iterator<Item = &'static Code> {
    set(set_name).into_iter().flat_map(|set| set.codes)
}

/// The rank of a code: 1 is the highest or first.
pub fn rank(set_name: &str, code: &str) -> Option<u32> {
    Some(set(set_name)?.get(code)?.rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ident::{DocType, Sex};

    #[test]
    fn every_set_is_complete_and_unambiguous() {
        assert_eq!(sets().len(), 30);
        for set in sets() {
            assert!(!set.source.is_empty() && !set.date.is_empty() && !set.zh.is_empty() && !set.en.is_empty());
            assert_eq!(sets().iter().filter(|other| other.name == set.name).count(), 1, "{}", set.name);
            let mut seen: HashMap<String, &str> = HashMap::new();
            for code in set.codes {
                assert!(code.code.is_ascii() && !code.zh.is_empty() && !code.en.is_empty(), "{code:?}");
                for text in texts(code) {
                    let owner = *seen.entry(fold_code(text).into_owned()).or_insert(code.code);
                    assert_eq!(owner, code.code, "{}: {text} is ambiguous", set.name);
                    assert_eq!(find(set.name, text), Some(code.code), "{}: {text}", set.name);
                }
            }
        }
    }

    #[test]
    fn a_roster_of_good_values_resolves() {
        let good: &[(&str, &[&str])] = &[
            ("sex", &["男", "女", "male", "Female", " 男 ", "男性"]),
            ("id_type", &["居民身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "回乡证", "台胞证"]),
            ("ethnicity", &["汉族", "蒙古族", "壮族", "回族", "满族", "维吾尔族", "达斡尔族", "鄂温克族", "土家族", "藏族", "蒙", "汉"]),
            ("nationality", &["中国", "美国", "日本", "德国", "韩国", "法国", "CHN", "usa", "中国香港", "台湾"]),
            ("education", &["大专", "本科", "硕士研究生", "博士研究生", "　本科　", "研究生", "高中", "中专"]),
            ("degree", &["学士", "硕士", "博士"]),
            ("title", &["初级", "中级", "副高级", "正高级"]),
            ("skill_level", &["初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师", "一级", "高级工（三级）"]),
            ("corps", &["企业家", "领军人才", "创新创业人才", "高技能人才", "高水平（效率）技能型人才", "高起点技能型人才"]),
            (
                "gb_industry",
                &[
                    "制造业",
                    "信息传输、软件和信息技术服务业",
                    "科学研究和技术服务业",
                    "教育",
                    "卫生和社会工作",
                    "金融业",
                    "建筑业",
                    "农、林、牧、渔业",
                    "交通运输、仓储和邮政业",
                    "文化、体育和娱乐业",
                    "c",
                ],
            ),
            ("mode", &["全职", "柔性", "刚性", "本土", "home_grown"]),
            ("class", &["A", "B", "C", "D", "E", "a", "Ａ类"]),
            ("platform_kind", &["重创空间", "众创空间"]),
            ("project_line", &["4.1.2.1", "4.1.2.9"]),
        ];
        for (set, values) in good {
            for text in *values {
                assert!(find(set, text).is_some(), "{set}: {text}");
            }
        }
        assert_eq!(find("education", "研究生"), Some("master"));
        assert_eq!(find("class", "Ｅ类"), Some("E"));
        assert_eq!(find("nationality", "香港"), Some("CHN-HKG"));
        assert_eq!(find("skill_level", "五级"), Some("elementary"));
    }

    #[test]
    fn a_roster_of_dirty_values_does_not() {
        let dirty: &[(&str, &[&str])] = &[
            ("sex", &["未知", "M", "男性别", "F", ""]),
            ("education", &["研究生在读", "高小", "本 科 生", "本 科", "本科肄业", "本科结业", "无"]),
            ("mode", &["兼职", "全日制", "外包"]),
            ("class", &["G", "甲", "0", ""]),
            ("id_type", &["居住证"]),
            ("title", &["高级", "无"]),
        ];
        for (set, values) in dirty {
            for text in *values {
                assert_eq!(find(set, text), None, "{set}: {text}");
            }
        }
        assert_eq!(find("no_such_set", "男"), None);
    }

    #[test]
    fn codes_agree_with_the_types() {
        assert!(codes("id_type").map(|c| c.code).eq(DocType::ALL.iter().map(|kind| kind.code())));
        assert!(codes("sex").all(|c| Sex::from_code(c.code).is_some()));
    }

    #[test]
    fn the_two_industries_share_no_text() {
        for code in codes("industry") {
            for text in texts(code) {
                assert_eq!(find("gb_industry", text), None, "{text}");
            }
        }
    }

    #[test]
    fn labels_and_ranks_are_known() {
        assert_eq!(label("education", "master", true), Some("硕士研究生"));
        assert_eq!(label("education", "master", false), Some("Master's graduate"));
        assert!(rank("education", "doctor") < rank("education", "master"));
        assert!(rank("skill_level", "chief") < rank("skill_level", "apprentice"));
        assert_eq!(rank("ethnicity", "jino"), Some(56));
        assert_eq!(codes("gb_industry").count(), 20);
        assert_eq!(codes("no_such_set").count(), 0);
        assert_eq!(label("sex", "x", true), None);
    }
}
