//! The expert pool (专家智库, plan 五（二）4) and leaders' contact with experts (领导干部联系专家, plan 五（一）): seats with their fields, pairings, contacts, and
//! who was not seen for long. Types and pure rules; SQL is in `store`, acts are in `change`, pairings' commands in `liaison`.

pub mod change;
pub mod cmd;
mod liaison;
pub mod store;

use crate::base::day::Day;
use crate::base::names;
use crate::db::digest::Val;
use crate::leader;

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

/// A leader who keeps contact (联系领导), as they were when the pairing was made: the leading group knows its members better (`as_member`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keeper {
    /// Name.
    pub name: String,
    /// Post (职务).
    pub post: Option<String>,
    /// Place in the order of leaders, 1 first: they are never listed by pinyin.
    pub rank: Option<i64>,
}

impl Keeper {
    /// The data columns of liaison_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> [Val<'a>; 4] {
        [Val::Text(&self.name), Val::Text(folded), Val::text(self.post.as_deref()), Val::int(self.rank)]
    }

    /// As the leading group has the member of that name: one leader is one name, one post and one rank everywhere.
    #[must_use]
    pub fn as_member(&self, p: &leader::Profile) -> Keeper {
        Keeper { name: p.name.clone(), post: p.title.clone().or_else(|| self.post.clone()), rank: Some(p.rank) }
    }

    /// Whether what is said of a leader contradicts what the leading group knows of the member.
    pub fn contradicts(&self, p: &leader::Profile) -> bool {
        let other_post = self.post.as_deref().zip(p.title.as_deref()).is_some_and(|(a, b)| names::org_fold(a) != names::org_fold(b));
        other_post || self.rank.is_some_and(|r| r != p.rank)
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

    #[test]
    fn the_leading_group_knows_its_members_better() {
        let member =
            leader::Profile { name: "张示一".into(), rank: 2, title: Some("党工委 委员".into()), ..leader::Profile::default() };
        let said = |post: Option<&str>, rank| Keeper { name: "张示一".into(), post: post.map(str::to_owned), rank };
        let contradicts = |post, rank| said(post, rank).contradicts(&member);
        assert_eq!([contradicts(None, None), contradicts(Some("党工委委员"), Some(2))], [false, false]);
        assert_eq!([contradicts(Some("主任"), None), contradicts(None, Some(1))], [true, true]);
        assert_eq!(said(None, None).as_member(&member), said(Some("党工委 委员"), Some(2)));
        // A post that the group does not know is told as it was said.
        let bare = leader::Profile { title: None, ..member };
        assert_eq!(said(Some("主任"), Some(9)).as_member(&bare), said(Some("主任"), Some(2)));
        assert!(!said(Some("主任"), None).contradicts(&bare));
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
