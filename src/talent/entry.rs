//! What a clerk or a roster says of a person, checked: the columns by key, and the pure step from raw texts to a `Draft` with
//! all of a row's faults at once. Whether the person is known, and what is then missing, is asked in `change` and `roster`.

use super::Code;
use crate::base::codes;
use crate::base::day::PartDate;
use crate::base::fault::FaultCode;
use crate::base::ident::{self, DocType, Document};
use crate::base::names;
use crate::base::number;

/// A column of the talent roster and an option of `talent add`, by its one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is explained by COLUMNS and docs/rosters.md")]
pub enum Key {
    No,
    Name,
    Sex,
    IdType,
    IdNumber,
    BirthDate,
    Ethnicity,
    Nationality,
    Education,
    Degree,
    School,
    Major,
    Title,
    SkillLevel,
    Corps,
    CorpsMore,
    Category,
    Industry,
    GbIndustry,
    Employer,
    Uscc,
    Position,
    Mode,
    StartDate,
    ContractEnd,
    MonthsAYear,
    Project,
    Phone,
    Email,
    Class,
    Achievements,
    Remarks,
}

/// What is known of a column.
#[derive(Debug)]
pub struct Column {
    /// Which.
    pub key: Key,
    /// Its name everywhere: option, JSON key, English header.
    pub name: &'static str,
    /// Header in a Chinese roster.
    pub zh: &'static str,
    /// Other headers met in rosters.
    pub aliases: &'static [&'static str],
    /// Code set of its values, if it has one.
    pub set: Option<&'static str>,
    /// Values are masked unless revealed.
    pub personal: bool,
    /// A new person can't be entered without it.
    pub required: bool,
    /// Most letters a value may have.
    pub max: usize,
}

macro_rules! columns {
    ($($key:ident $name:literal $zh:literal [$($alias:literal),*] $set:expr, $personal:literal, $required:literal, $max:literal;)*) => {
        /// All columns in the order of an export: `no` first, then as rosters have them.
        pub static COLUMNS: &[Column] = &[
            $(Column { key: Key::$key, name: $name, zh: $zh, aliases: &[$($alias),*], set: $set, personal: $personal,
                       required: $required, max: $max }),*
        ];
    };
}
columns! {
    No           "no"            "编号"           ["人才编号"] None, false, false, 40;
    Name         "name"          "姓名"           ["名字", "人才姓名"] None, true, true, 100;
    Sex          "sex"           "性别"           [] Some("sex"), false, false, 20;
    IdType       "id_type"       "证件类型"        ["证件种类", "证件名称"] Some("id_type"), false, false, 100;
    IdNumber     "id_number"     "证件号码"        ["身份证号", "身份证号码", "证件号", "公民身份号码"] None, true, true, 200;
    BirthDate    "birth_date"    "出生日期"        ["出生年月", "出生年月日", "生日"] None, false, false, 40;
    Ethnicity    "ethnicity"     "民族"           [] Some("ethnicity"), false, false, 40;
    Nationality  "nationality"   "国籍"           ["国籍地区", "国籍(地区)", "国家"] Some("nationality"), false, false, 60;
    Education    "education"     "学历"           ["最高学历", "文化程度"] Some("education"), false, false, 60;
    Degree       "degree"        "学位"           ["最高学位"] Some("degree"), false, false, 60;
    School       "school"        "毕业院校"        ["毕业学校", "院校"] None, false, false, 200;
    Major        "major"         "专业"           ["所学专业"] None, false, false, 200;
    Title        "title"         "职称"           ["专业技术职称", "专业技术职务"] Some("title"), false, false, 60;
    SkillLevel   "skill_level"   "技能等级"        ["职业技能等级"] Some("skill_level"), false, false, 60;
    Corps        "corps"         "人才队伍"        ["人才类型", "队伍"] Some("corps"), false, true, 100;
    CorpsMore    "corps_more"    "其他队伍"        ["兼属队伍"] Some("corps"), false, false, 200;
    Category     "category"      "人才分类"        ["国家分类", "人才统计分类"] Some("category"), false, false, 60;
    Industry     "industry"      "行业"           ["所属行业", "产业"] Some("industry"), false, false, 100;
    GbIndustry   "gb_industry"   "国民经济行业"     ["行业门类"] Some("gb_industry"), false, false, 100;
    Employer     "employer"      "用人单位"        ["工作单位", "所在单位", "单位名称", "单位"] None, false, true, 200;
    Uscc         "uscc"          "统一社会信用代码"  ["信用代码", "社会信用代码"] None, false, false, 60;
    Position     "position"      "岗位"           ["职务", "工作岗位"] None, false, false, 200;
    Mode         "mode"          "引进方式"        ["引才方式"] Some("mode"), false, true, 60;
    StartDate    "start_date"    "到岗日期"        ["到岗时间", "引进时间", "到岗年月"] None, false, true, 40;
    ContractEnd  "contract_end"  "合同截止"        ["合同截止日期", "合同到期", "合同到期日"] None, false, false, 40;
    MonthsAYear  "months_a_year" "每年在岗月数"     ["每年在岗时间(月)"] None, false, false, 20;
    Project      "project"       "引才项目"        ["所属项目", "项目", "项目名称"] None, false, false, 200;
    Phone        "phone"         "手机"           ["联系电话", "手机号", "手机号码", "电话"] None, true, false, 60;
    Email        "email"         "邮箱"           ["电子邮箱", "电子邮件"] None, true, false, 200;
    Class        "class"         "人才类别"        ["人才层次", "类别", "层次"] Some("class"), false, false, 60;
    Achievements "achievements"  "荣誉"           ["荣誉称号", "主要荣誉", "奖项"] None, false, false, 4000;
    Remarks      "remarks"       "备注"           ["说明"] None, false, false, 4000;
}

/// How many columns there are.
pub const N: usize = 32;

impl Key {
    /// What is known of the column.
    pub fn column(self) -> &'static Column {
        &COLUMNS[self as usize]
    }

    /// Its name everywhere.
    pub fn name(self) -> &'static str {
        self.column().name
    }
}

/// The column a header cell means, after `roster::read` has evened it out; Chinese headers, aliases and keys alike.
pub fn column_of(header: &str) -> Option<Key> {
    COLUMNS.iter().find(|c| c.name == header || c.zh == header || c.aliases.contains(&header)).map(|c| c.key)
}

/// The raw cells of a row: None = the column is absent, empty text = keep what is held.
pub type Raw<'a> = [Option<&'a str>; N];

/// What a row says of one optional field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Nothing: what is held stays.
    #[default]
    Keep,
    /// `(清空)` or 无: there is none.
    Clear,
    /// A value.
    Set(T),
}

impl<T: Clone + PartialEq> Given<T> {
    /// What is held after the row.
    pub fn over(&self, held: &Option<T>) -> Option<T> {
        match self {
            Given::Keep => held.clone(),
            Given::Clear => None,
            Given::Set(v) => Some(v.clone()),
        }
    }

    /// The value, if one was given.
    pub fn value(&self) -> Option<&T> {
        if let Given::Set(v) = self { Some(v) } else { None }
    }
}

impl Given<&'static str> {
    /// The code held after the row.
    pub fn over_code(&self, held: &Option<Code>) -> Option<Code> {
        match self {
            Given::Keep => held.clone(),
            Given::Clear => None,
            Given::Set(c) => Some(Code::Borrowed(c)),
        }
    }
}

/// A checked row.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The person's number, where the row has one.
    pub no: Option<i64>,
    /// Cleaned name.
    pub name: Option<String>,
    /// Name as written, where that differs.
    pub raw_name: Option<String>,
    /// Documents; the first is the row's own.
    pub documents: Vec<Document>,
    /// Sex code, from the row or its resident ID.
    pub sex: Option<&'static str>,
    /// Birth date, from the row or its resident ID.
    pub birth_date: Option<PartDate>,
    /// Primary corps.
    pub corps: Option<&'static str>,
    /// Unit's name.
    pub employer: Option<String>,
    /// Unit's USCC.
    pub uscc: Option<String>,
    /// Introduction mode.
    pub mode: Option<&'static str>,
    /// First day as written.
    pub start_date: Option<PartDate>,
    /// Contract end as written.
    pub contract_end: Given<PartDate>,
    /// Months a year.
    pub months_a_year: Given<i64>,
    /// The project, by number or name.
    pub project: Given<String>,
    /// Achievements, one each.
    pub achievements: Given<Vec<String>>,
    /// Class code.
    pub class: Given<&'static str>,
    /// The other optional texts and codes, by key.
    pub ethnicity: Given<&'static str>,
    #[allow(missing_docs)]
    pub nationality: Given<&'static str>,
    #[allow(missing_docs)]
    pub education: Given<&'static str>,
    #[allow(missing_docs)]
    pub degree: Given<&'static str>,
    #[allow(missing_docs)]
    pub school: Given<String>,
    #[allow(missing_docs)]
    pub major: Given<String>,
    #[allow(missing_docs)]
    pub title: Given<&'static str>,
    #[allow(missing_docs)]
    pub skill_level: Given<&'static str>,
    #[allow(missing_docs)]
    pub corps_more: Given<String>,
    #[allow(missing_docs)]
    pub category: Given<&'static str>,
    #[allow(missing_docs)]
    pub industry: Given<&'static str>,
    #[allow(missing_docs)]
    pub gb_industry: Given<&'static str>,
    #[allow(missing_docs)]
    pub position: Given<String>,
    #[allow(missing_docs)]
    pub phone: Given<String>,
    #[allow(missing_docs)]
    pub email: Given<String>,
    #[allow(missing_docs)]
    pub remarks: Given<String>,
}

/// Something wrong in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Which column.
    pub key: Key,
    /// What.
    pub code: FaultCode,
    /// What more the hint names (the right check character, the first row of a duplicate).
    pub note: Option<String>,
}

/// What a check gives: the draft, faults that refuse the row, warnings that don't.
#[derive(Debug, Default)]
pub struct Checked {
    /// The row as far as it could be read.
    pub draft: Draft,
    /// All faults of the row.
    pub faults: Vec<CellFault>,
    /// Warnings.
    pub warnings: Vec<CellFault>,
}

impl Checked {
    fn fault(&mut self, key: Key, code: FaultCode) {
        self.faults.push(CellFault { key, code, note: None });
    }
}

/// Texts that say there is none.
fn is_none(text: &str) -> bool {
    matches!(text, "无" | "(清空)" | "（清空）" | "（清空)" | "(清空）")
}

/// Checks a row. Nothing is guessed: what can't be read is a fault.
pub fn check(raw: &Raw<'_>) -> Checked {
    let mut out = Checked::default();
    let cell = |k: Key| raw[k as usize].map(str::trim).filter(|s| !s.is_empty());
    for c in COLUMNS {
        if let Some(v) = cell(c.key)
            && v.len() > c.max
            && v.chars().count() > c.max
        {
            out.fault(c.key, FaultCode::TooLong);
        }
    }
    let long = |out: &Checked, k: Key| out.faults.iter().any(|f| f.key == k);

    if let Some(v) = cell(Key::No) {
        // A number of another office's making is no fault: who the row is, its documents say.
        out.draft.no = number::parse(super::PREFIX, v).ok();
    }
    let long_name = long(&out, Key::Name);
    check_name(&mut out, raw[Key::Name as usize], long_name);
    check_documents(&mut out, cell(Key::IdType), cell(Key::IdNumber));
    check_sex_birth(&mut out, cell(Key::Sex), cell(Key::BirthDate));

    macro_rules! code {
        ($key:ident, $field:ident) => {
            if let Some(v) = cell(Key::$key) {
                match Key::$key.column().set.and_then(|s| codes::find(s, v)) {
                    Some(c) => out.draft.$field = Given::Set(c),
                    None if is_none(v) => out.draft.$field = Given::Clear,
                    None => out.fault(Key::$key, FaultCode::UnknownValue),
                }
            }
        };
    }
    code!(Ethnicity, ethnicity);
    code!(Nationality, nationality);
    code!(Education, education);
    code!(Degree, degree);
    code!(Title, title);
    code!(SkillLevel, skill_level);
    code!(Category, category);
    code!(Class, class);
    macro_rules! must_code {
        ($key:ident, $field:ident, $set:literal) => {
            if let Some(v) = cell(Key::$key) {
                out.draft.$field = codes::find($set, v);
                if out.draft.$field.is_none() {
                    out.fault(Key::$key, FaultCode::UnknownValue);
                }
            }
        };
    }
    must_code!(Corps, corps, "corps");
    must_code!(Mode, mode, "mode");
    check_corps_more(&mut out, cell(Key::CorpsMore));
    check_industry(&mut out, cell(Key::Industry), cell(Key::GbIndustry));

    macro_rules! text {
        ($($key:ident $field:ident),*) => { $(
            if let Some(v) = cell(Key::$key).filter(|_| !long(&out, Key::$key)) {
                out.draft.$field = if is_none(v) { Given::Clear } else { given_text(v) };
            }
        )* };
    }
    text!(School school, Major major, Position position, Project project, Remarks remarks);
    if let Some(v) = cell(Key::Employer).filter(|_| !long(&out, Key::Employer)) {
        let name = names::clean_text(v).replace(['\n', '\t'], " ");
        if names::org_fold(&name).is_empty() {
            out.fault(Key::Employer, FaultCode::Missing);
        } else {
            out.draft.employer = Some(name);
        }
    }
    if let Some(v) = cell(Key::Uscc).filter(|v| !is_none(v)) {
        match ident::uscc(v) {
            Ok((code, warning)) => {
                out.draft.uscc = Some(code);
                if let Some(w) = warning {
                    out.warnings.push(CellFault { key: Key::Uscc, code: w, note: None });
                }
            }
            Err(f) => out.fault(Key::Uscc, f),
        }
    }
    if let Some(v) = cell(Key::Phone) {
        match ident::phone(v) {
            _ if is_none(v) => out.draft.phone = Given::Clear,
            Ok(p) => out.draft.phone = Given::Set(p),
            Err(f) => out.fault(Key::Phone, f),
        }
    }
    if let Some(v) = cell(Key::Email) {
        match ident::email(v) {
            _ if is_none(v) => out.draft.email = Given::Clear,
            Ok(p) => out.draft.email = Given::Set(p),
            Err(f) => out.fault(Key::Email, f),
        }
    }
    if let Some(v) = cell(Key::MonthsAYear) {
        match v.trim_end_matches(['月', '个']).trim().parse::<i64>() {
            _ if is_none(v) => out.draft.months_a_year = Given::Clear,
            Ok(n @ 1..=12) => out.draft.months_a_year = Given::Set(n),
            _ => out.fault(Key::MonthsAYear, FaultCode::BadNumber),
        }
    }
    if let Some(v) = cell(Key::Achievements).filter(|_| !long(&out, Key::Achievements)) {
        let list: Vec<String> = v.split([';', '；']).map(names::clean_text).filter(|s| !s.is_empty() && !is_none(s)).collect();
        out.draft.achievements = if list.is_empty() { Given::Clear } else { Given::Set(list) };
    }
    check_dates(&mut out, cell(Key::StartDate), cell(Key::ContractEnd));
    out.faults.sort_by_key(|f| f.key);
    out
}

/// Which required columns a new person still lacks.
pub fn missing(d: &Draft) -> Vec<Key> {
    let mut out = Vec::new();
    let mut need = |there: bool, key| {
        if !there {
            out.push(key);
        }
    };
    need(d.name.is_some(), Key::Name);
    need(!d.documents.is_empty(), Key::IdNumber);
    need(d.corps.is_some(), Key::Corps);
    need(d.employer.is_some(), Key::Employer);
    need(d.mode.is_some(), Key::Mode);
    need(d.start_date.is_some(), Key::StartDate);
    out
}

fn given_text(v: &str) -> Given<String> {
    let t = names::clean_text(v);
    if t.is_empty() { Given::Keep } else { Given::Set(t) }
}

fn check_name(out: &mut Checked, raw: Option<&str>, too_long: bool) {
    let Some(raw) = raw.filter(|_| !too_long) else {
        return;
    };
    let clean = names::clean(raw);
    if clean.is_empty() {
        return;
    }
    if names::fold(&clean).is_empty() {
        return out.fault(Key::Name, FaultCode::UnknownValue);
    }
    let written = names::clean_text(raw);
    out.draft.raw_name = (written != clean).then_some(written);
    out.draft.name = Some(clean);
}

/// Type and number; several apart by `;` in both.
fn check_documents(out: &mut Checked, types: Option<&str>, numbers: Option<&str>) {
    let Some(numbers) = numbers else { return };
    let kinds: Vec<&str> = types.unwrap_or("").split([';', '；']).map(str::trim).collect();
    for (i, raw) in numbers.split([';', '；']).enumerate() {
        let raw = raw.trim();
        if raw.is_empty() {
            continue;
        }
        let text = kinds.get(i).copied().unwrap_or("");
        let kind = if text.is_empty() { Some(DocType::ResidentId) } else { codes::find("id_type", text).and_then(DocType::from_code) };
        let Some(kind) = kind else {
            if !out.faults.iter().any(|f| f.key == Key::IdType) {
                out.fault(Key::IdType, FaultCode::UnknownValue);
            }
            continue;
        };
        match ident::parse(kind, raw) {
            Ok(doc) => {
                if let Some(w) = doc.warning {
                    out.warnings.push(CellFault { key: Key::IdNumber, code: w, note: None });
                }
                out.draft.documents.push(doc);
            }
            Err(code) => out.faults.push(CellFault { key: Key::IdNumber, code, note: None }),
        }
    }
}

/// Sex and birth date are the resident ID's; a row that says otherwise contradicts itself.
fn check_sex_birth(out: &mut Checked, sex: Option<&str>, birth: Option<&str>) {
    let from_id = out.draft.documents.iter().find(|d| d.birth.is_some() || d.sex.is_some()).cloned();
    let id_sex = from_id.as_ref().and_then(|d| d.sex).map(|s| s.code());
    let id_birth = from_id.as_ref().and_then(|d| d.birth);
    if let Some(v) = sex {
        match codes::find("sex", v) {
            None => out.fault(Key::Sex, FaultCode::UnknownValue),
            Some(c) if id_sex.is_some_and(|s| s != c) => out.fault(Key::Sex, FaultCode::SexMismatch),
            Some(c) => out.draft.sex = Some(c),
        }
    }
    if let Some(v) = birth {
        match PartDate::parse(v) {
            Err(f) => out.fault(Key::BirthDate, f),
            Ok(d) if id_birth.is_some_and(|b| !b.same_or_refines(d)) => out.fault(Key::BirthDate, FaultCode::BirthMismatch),
            Ok(d) => out.draft.birth_date = Some(d),
        }
    }
    out.draft.sex = id_sex.or(out.draft.sex);
    out.draft.birth_date = id_birth.or(out.draft.birth_date);
}

fn check_corps_more(out: &mut Checked, v: Option<&str>) {
    let Some(v) = v else { return };
    if is_none(v) {
        out.draft.corps_more = Given::Clear;
        return;
    }
    let mut list: Vec<&str> = Vec::new();
    for part in v.split([';', '；', '、']).map(str::trim).filter(|p| !p.is_empty()) {
        match codes::find("corps", part) {
            // The primary corps said once more adds nothing.
            Some(c) if Some(c) == out.draft.corps || list.contains(&c) => {}
            Some(c) => list.push(c),
            None => return out.fault(Key::CorpsMore, FaultCode::UnknownValue),
        }
    }
    if !list.is_empty() {
        out.draft.corps_more = Given::Set(list.join(";"));
    }
}

/// A 行业 cell fills whichever list names it: the plan's or GB/T 4754; one is never derived from the other.
fn check_industry(out: &mut Checked, industry: Option<&str>, gb: Option<&str>) {
    if let Some(v) = gb {
        match codes::find("gb_industry", v) {
            Some(c) => out.draft.gb_industry = Given::Set(c),
            None if is_none(v) => out.draft.gb_industry = Given::Clear,
            None => out.fault(Key::GbIndustry, FaultCode::UnknownValue),
        }
    }
    if let Some(v) = industry {
        if let Some(c) = codes::find("industry", v) {
            out.draft.industry = Given::Set(c);
        } else if let Some(c) = codes::find("gb_industry", v) {
            if gb.is_none() {
                out.draft.gb_industry = Given::Set(c);
            } else if out.draft.gb_industry.value().is_some_and(|g| *g != c) {
                out.fault(Key::Industry, FaultCode::ConflictWithRegister);
            }
        } else if is_none(v) {
            out.draft.industry = Given::Clear;
        } else {
            out.fault(Key::Industry, FaultCode::UnknownValue);
        }
    }
}

fn check_dates(out: &mut Checked, start: Option<&str>, end: Option<&str>) {
    if let Some(v) = start {
        match PartDate::parse(v) {
            Ok(d) => out.draft.start_date = Some(d),
            Err(f) => out.fault(Key::StartDate, f),
        }
    }
    if let Some(v) = end {
        match PartDate::parse(v) {
            _ if is_none(v) => out.draft.contract_end = Given::Clear,
            Ok(d) => out.draft.contract_end = Given::Set(d),
            Err(f) => out.fault(Key::ContractEnd, f),
        }
    }
    if let (Some(s), Some(e)) = (out.draft.start_date, out.draft.contract_end.value())
        && e.last_day() < s.first_day()
    {
        out.fault(Key::ContractEnd, FaultCode::DateOrder);
    }
    if let (Some(b), Some(s)) = (out.draft.birth_date, out.draft.start_date)
        && b.first_day() >= s.first_day()
    {
        out.fault(Key::BirthDate, FaultCode::DateOrder);
    }
}
