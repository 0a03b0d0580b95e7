//! The expert pool (专家智库, plan 五（二）4) and leaders' contact with experts (领导干部联系专家, plan 五（一）): seats with their fields, pairings, contacts, and
//! who was not seen for long. Types and pure rules; SQL is in `store`, acts are in `change`, pairings' commands in `liaison`.

pub mod change;
pub mod cmd;
mod liaison;
pub mod store;

use crate::base::day::Day;
use crate::base::names;
use crate::db::digest::Val;

pub use liaison::NOUN as LIAISON;

/// Prefix of a pairing's human number.
pub const LIAISON_PREFIX: &str = "LN";

/// What a seat in the pool is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// Fields of expertise (专业领域).
    pub fields: Vec<String>,
    /// When and for what the expert can be asked (可用时段).
    pub available: Option<String>,
}

impl Seat {
    /// The data columns of expert_profile in order; `fields` is the text they are kept as.
    pub fn values<'a>(&'a self, fields: &'a str) -> [Val<'a>; 2] {
        [Val::text(Some(fields).filter(|f| !f.is_empty())), Val::text(self.available.as_deref())]
    }

    /// The fields as one text.
    pub fn text(&self) -> String {
        self.fields.join(";")
    }
}

/// Fields of a text, each once: `大数据；人工智能`.
pub fn fields_of(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in texts.iter().flat_map(|t| t.split([';', '；', '、'])).map(names::clean_text).filter(|p| !p.is_empty()) {
        if !out.contains(&part) {
            out.push(part);
        }
    }
    out
}

/// A leader who keeps contact (联系领导).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leader {
    /// Name.
    pub name: String,
    /// Post (职务).
    pub post: Option<String>,
    /// Place in the order of leaders, 1 first: they are never listed by pinyin.
    pub rank: Option<i64>,
}

impl Leader {
    /// The data columns of liaison_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> [Val<'a>; 4] {
        [Val::Text(&self.name), Val::Text(folded), Val::text(self.post.as_deref()), Val::int(self.rank)]
    }
}

/// By when an expert should be seen again: so many days behind the last contact, or behind the pairing's first day where there was none.
pub fn see_by(since: Day, last_contact: Option<Day>, days: i32) -> Day {
    last_contact.unwrap_or(since).add_days(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_said_in_any_form_and_kept_once() {
        let said = |t: &[&str]| fields_of(&t.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(said(&["大数据；人工智能", " 大数据 ", "", "金融、法律"]), ["大数据", "人工智能", "金融", "法律"]);
    }

    proptest! {
        /// The last contact counts, and where there was none the pairing itself.
        #[test]
        fn an_expert_is_due_so_many_days_behind_the_last_contact(since in 0i32..20_000, contact in 0i32..20_000, days in 1i32..1000) {
            prop_assert_eq!(see_by(Day(since), None, days), Day(since + days));
            prop_assert_eq!(see_by(Day(since), Some(Day(contact)), days), Day(contact + days));
        }
    }
}
