//! A unit (用人单位): types and the rules that need no file: which unit a roster row means, and what qualifies it on a day.

pub mod change;
pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::base::fault::FaultCode;
use crate::base::sheet::{self, Checked, Column, Said, Sheet, What};
use crate::base::{codes, names};
use crate::db::digest::Val;

/// Prefix of a unit's human number.
pub const PREFIX: &str = "U";

/// What is known of a unit, one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Name (单位名称).
    pub name: String,
    /// Unified social credit code, GB 32100 (统一社会信用代码).
    pub uscc: Option<String>,
    /// Made from a name alone; never counts in T1 until somebody enters the unit.
    pub stub: bool,
    /// firm, institution, government, ngo, venture, hr_agency.
    pub kind: Option<String>,
    /// The plan's industry (行业).
    pub industry: Option<String>,
    /// GB/T 4754 letter.
    pub gb_industry: Option<String>,
    /// Day the unit was introduced to the zone (引进日期).
    pub introduced_on: Option<Day>,
    /// High-tech certificate valid from (高新技术企业).
    pub high_tech_from: Option<Day>,
    /// … until.
    pub high_tech_until: Option<Day>,
    /// Certificate number (证书编号).
    pub certificate: Option<String>,
    /// Innovative firm from (创新型企业).
    pub innovative_from: Option<Day>,
    /// … until.
    pub innovative_until: Option<Day>,
    /// Contact (联系人).
    pub contact: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Last day the unit was open (注销日期).
    pub closed_on: Option<Day>,
}

impl Profile {
    /// The data columns of org_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        let t = |v: &'a Option<String>| Val::text(v.as_deref());
        let d = |v: Option<Day>| Val::int(v.map(|d| d.0));
        vec![
            Val::Text(&self.name),
            Val::Text(folded),
            t(&self.uscc),
            Val::Int(self.stub.into()),
            t(&self.kind),
            t(&self.industry),
            t(&self.gb_industry),
            d(self.introduced_on),
            d(self.high_tech_from),
            d(self.high_tech_until),
            t(&self.certificate),
            d(self.innovative_from),
            d(self.innovative_until),
            t(&self.contact),
            t(&self.phone),
            d(self.closed_on),
        ]
    }

    /// The name as it is matched.
    pub fn folded(&self) -> String {
        names::org_fold(&self.name)
    }

    /// Whether a high-tech certificate is valid on the day.
    pub fn high_tech(&self, day: Day) -> bool {
        within(self.high_tech_from, self.high_tech_until, day)
    }

    /// Whether it is an innovative firm on the day.
    pub fn innovative(&self, day: Day) -> bool {
        within(self.innovative_from, self.innovative_until, day)
    }

    /// Whether it is closed on the day.
    pub fn closed(&self, day: Day) -> bool {
        self.closed_on.is_some_and(|c| c < day)
    }
}

/// A qualification holds from its first day; without a first day there is none.
fn within(from: Option<Day>, until: Option<Day>, day: Day) -> bool {
    from.is_some_and(|f| f <= day) && until.is_none_or(|u| day <= u)
}

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str], what: What) -> Column {
    Column { name, zh, aliases, what, set: None, personal: false, required: false }
}

/// Columns of the unit roster, in the order of an export.
pub static COLUMNS: &[Column] = &[
    column("no", "编号", &["单位编号"], What::No),
    Column {
        required: true, ..column("name", "单位名称", &["用人单位", "企业名称", "名称", "单位", "单位全称"], What::Name)
    },
    column("uscc", "统一社会信用代码", &["信用代码", "社会信用代码"], What::Uscc),
    Column { set: Some("org_kind"), ..column("kind", "单位类型", &["单位性质", "类型"], What::Code) },
    column("introduced_on", "引进日期", &["引进时间", "入驻日期"], What::Day),
    column("high_tech_from", "高新技术企业有效期起", &["高新技术企业认定日期", "高企有效期起"], What::Day),
    column("high_tech_until", "高新技术企业有效期止", &["高企有效期止"], What::Day),
    column("certificate", "证书编号", &["高新技术企业证书编号"], What::Text),
    column("innovative_from", "创新型企业认定日期", &["创新型企业有效期起"], What::Day),
    column("innovative_until", "创新型企业有效期止", &[], What::Day),
    Column { set: Some("industry"), ..column("industry", "行业", &["所属行业", "产业"], What::Code) },
    Column { set: Some("gb_industry"), ..column("gb_industry", "国民经济行业", &["行业门类"], What::Code) },
    Column { personal: true, ..column("contact", "联系人", &[], What::Text) },
    Column { personal: true, ..column("phone", "联系电话", &["电话", "手机"], What::Phone) },
];

/// Place of a column of `COLUMNS`.
pub fn place(name: &str) -> usize {
    COLUMNS.iter().position(|c| c.name == name).unwrap_or(0)
}

/// Checks a row or what the options say.
pub fn check<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> Checked {
    let mut out = sheet::check(COLUMNS, &cell);
    let (industry, gb) = (place("industry"), place("gb_industry"));
    // A 行业 cell fills whichever list names it: the plan's or GB/T 4754.
    if let Some(at) = out.faults.iter().position(|f| *f == (industry, FaultCode::UnknownValue))
        && let Some(code) = cell(industry).and_then(|v| codes::find("gb_industry", v))
        && out.said[gb].value().is_none_or(|g| g == code)
    {
        out.faults.remove(at);
        out.said[gb] = Said::Set(code.to_owned());
    }
    for (from, until) in [("high_tech_from", "high_tech_until"), ("innovative_from", "innovative_until")] {
        out.in_order(place(from), place(until));
    }
    out
}

impl Sheet for Profile {
    fn columns() -> &'static [Column] {
        COLUMNS
    }

    fn get(&self, column: &str) -> Option<String> {
        let day = |d: Option<Day>| d.map(|d| d.iso());
        match column {
            "name" => Some(self.name.clone()),
            "uscc" => self.uscc.clone(),
            "kind" => self.kind.clone(),
            "introduced_on" => day(self.introduced_on),
            "high_tech_from" => day(self.high_tech_from),
            "high_tech_until" => day(self.high_tech_until),
            "certificate" => self.certificate.clone(),
            "innovative_from" => day(self.innovative_from),
            "innovative_until" => day(self.innovative_until),
            "industry" => self.industry.clone(),
            "gb_industry" => self.gb_industry.clone(),
            "contact" => self.contact.clone(),
            "phone" => self.phone.clone(),
            _ => None,
        }
    }

    fn set(&mut self, column: &str, value: Option<String>) {
        let day = value.as_deref().and_then(Day::parse_iso);
        match column {
            "name" => self.name = value.unwrap_or_default(),
            "uscc" => self.uscc = value,
            "kind" => self.kind = value,
            "introduced_on" => self.introduced_on = day,
            "high_tech_from" => self.high_tech_from = day,
            "high_tech_until" => self.high_tech_until = day,
            "certificate" => self.certificate = value,
            "innovative_from" => self.innovative_from = day,
            "innovative_until" => self.innovative_until = day,
            "industry" => self.industry = value,
            "gb_industry" => self.gb_industry = value,
            "contact" => self.contact = value,
            "phone" => self.phone = value,
            _ => {}
        }
    }
}

/// Which unit a name and perhaps a code mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitMatch {
    /// This unit.
    Known(i64),
    /// This unit, whose code was not known yet.
    FillCode(i64),
    /// No unit of the register.
    New,
    /// A unit of that name has another code, or several have the name: a person decides.
    Unsure(i64),
}

/// By code, else by exact matched name; the same name with another code is for a person to decide.
pub fn match_unit(by_code: Option<i64>, by_name: &[(i64, Option<String>)], code: Option<&str>) -> UnitMatch {
    if let Some(id) = by_code {
        return UnitMatch::Known(id);
    }
    match (by_name, code) {
        ([], _) => UnitMatch::New,
        ([(id, _)], None) => UnitMatch::Known(*id),
        ([(id, None)], Some(_)) => UnitMatch::FillCode(*id),
        ([(id, Some(_))], Some(_)) => UnitMatch::Unsure(*id),
        (several, _) => UnitMatch::Unsure(several[0].0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_known_by_its_code_before_its_name() {
        assert_eq!(match_unit(Some(7), &[(3, None)], Some("X")), UnitMatch::Known(7));
        assert_eq!(match_unit(None, &[(3, None)], Some("X")), UnitMatch::FillCode(3));
        assert_eq!(match_unit(None, &[(3, Some("Y".into()))], Some("X")), UnitMatch::Unsure(3));
        assert_eq!(match_unit(None, &[(3, Some("Y".into()))], None), UnitMatch::Known(3));
        assert_eq!(match_unit(None, &[(3, None), (4, None)], None), UnitMatch::Unsure(3));
        assert_eq!(match_unit(None, &[], None), UnitMatch::New);
    }

    #[test]
    fn every_column_is_set_and_got() {
        for c in COLUMNS.iter().filter(|c| c.what != What::No) {
            let value = match c.what {
                What::Day => "2019-03-01",
                What::Code => codes::codes(c.set.unwrap()).next().unwrap().code,
                _ => "x",
            };
            let mut p = Profile::default();
            p.set(c.name, Some(value.to_owned()));
            assert_eq!(p.get(c.name).as_deref(), Some(value), "{}", c.name);
            assert_ne!(p, Profile::default());
        }
    }

    #[test]
    fn an_industry_cell_fills_the_list_that_names_it() {
        let said = |industry: &'static str, gb: &'static str| {
            let c = check(|at| match COLUMNS[at].name {
                "industry" => Some(industry),
                "gb_industry" => Some(gb),
                _ => None,
            });
            (c.said[place("industry")].clone(), c.said[place("gb_industry")].clone(), c.faults.len())
        };
        let set = |c: &str| Said::Set(c.to_owned());
        assert_eq!(said("大数据", ""), (set("big_data"), Said::Keep, 0));
        assert_eq!(said("制造业", ""), (Said::Keep, set("C"), 0));
        assert_eq!(said("制造业", "教育").2, 1);
        assert_eq!(said("火星业", "").2, 1);
    }

    #[test]
    fn a_certificate_holds_from_its_first_to_its_last_day() {
        let p = Profile { high_tech_from: Some(Day(10)), high_tech_until: Some(Day(20)), ..Profile::default() };
        assert!(!p.high_tech(Day(9)) && p.high_tech(Day(10)) && p.high_tech(Day(20)) && !p.high_tech(Day(21)));
        assert!(!p.innovative(Day(10)));
    }
}
