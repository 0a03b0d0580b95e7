//! A unit (用人单位): types and the rules that need no file: which unit a roster row means, and what qualifies it on a day.

pub mod store;

use crate::base::day::Day;
use crate::base::names;
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
    fn a_certificate_holds_from_its_first_to_its_last_day() {
        let p = Profile { high_tech_from: Some(Day(10)), high_tech_until: Some(Day(20)), ..Profile::default() };
        assert!(!p.high_tech(Day(9)) && p.high_tech(Day(10)) && p.high_tech(Day(20)) && !p.high_tech(Day(21)));
        assert!(!p.innovative(Day(10)));
    }
}
