//! A team (团队, plan 五（二）1: 特事特办、一人一策 is for top people and for teams): one leader and core members, each in one live team
//! at a time. Types and rules; SQL is in `store`.

pub mod cmd;
pub mod store;

use crate::db::digest::Val;

/// Prefix of a team's human number.
pub const PREFIX: &str = "TM";

/// What a team is, one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Name (团队名称).
    pub name: String,
    /// The unit it works with (依托单位).
    pub org_id: Option<i64>,
    /// The decision it was brought in on (引进批文).
    pub decision_id: Option<i64>,
}

impl Profile {
    /// The data columns of team_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![Val::Text(&self.name), Val::Text(folded), Val::int(self.org_id), Val::int(self.decision_id)]
    }
}

/// What a member is to the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one who leads it (带头人).
    Leader,
    /// A core member (核心成员).
    Core,
}

impl Role {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Role::Leader => "leader",
            Role::Core => "core",
        }
    }
}

/// A person's place in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person_id: i64,
    /// As what.
    pub role: Role,
}

impl Member {
    /// The data columns of team_member in order.
    pub fn values(self) -> [Val<'static>; 2] {
        [Val::Int(self.person_id), Val::Text(self.role.code())]
    }
}
