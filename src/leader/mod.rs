//! A member of the leading group (人才工作领导小组成员): types. Members are called by name and always listed by rank, never by pinyin or strokes.

pub mod change;
pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::Val;
use crate::db::facts::{Fact, Span};

/// Prefix of a member's human number.
pub const PREFIX: &str = "GL";

/// The rank of whoever heads the group.
pub const HEAD: i64 = 1;

/// What is known of a member, one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Name.
    pub name: String,
    /// Order of precedence (排序); 1 heads the group.
    pub rank: i64,
    /// Post (职务).
    pub title: Option<String>,
    /// What the member looks after (分工).
    pub duties: Option<String>,
    /// The member unit.
    pub org_id: Option<i64>,
    /// The decision that says so.
    pub decision_id: Option<i64>,
}

impl Profile {
    /// The data columns of leader_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![
            Val::Text(&self.name),
            Val::Text(folded),
            Val::Int(self.rank),
            Val::text(self.title.as_deref()),
            Val::text(self.duties.as_deref()),
            Val::int(self.org_id),
            Val::int(self.decision_id),
        ]
    }
}

/// A member with the version that holds on a day.
#[derive(Clone, Debug)]
pub struct Leader {
    /// Id.
    pub id: i64,
    /// The version.
    pub fact: Fact<Profile>,
    /// The day of joining.
    pub joined: Day,
}

impl Leader {
    /// From the day of joining to the last day in the group, as far as it is known.
    pub fn span(&self) -> Span {
        Span { from: self.joined, until: self.fact.span.until }
    }

    /// The human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}
