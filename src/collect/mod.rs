//! Survey rounds (摸底, plan 五（三）2): which unit owes which roster by when, what came back, and what to ring each unit about. Types;
//! SQL is in `store`, letters and sheets in `letter`.

pub mod cmd;
pub mod letter;
pub mod store;
pub mod todo;

use crate::base::day::Day;
use crate::db::digest::Val;

/// A round: every unit asked owes one roster of the kind by the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its id.
    pub id: i64,
    /// Roster kind.
    pub kind: String,
    /// Last day (报送期限).
    pub due: Day,
}

/// What a unit sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Digest of the file.
    pub sha256: String,
    /// Rows with data.
    pub rows: u64,
    /// Rows of it that were refused.
    pub rejected: u64,
}

/// A unit asked in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The unit.
    pub org_id: i64,
    /// When it returned its roster, and what.
    pub returned: Option<(Day, Returned)>,
}

impl Asked {
    /// The data columns of collection_unit in order.
    pub fn values(&self) -> [Val<'_>; 5] {
        let count = |n: u64| Val::Int(i64::try_from(n).unwrap_or(i64::MAX));
        match &self.returned {
            None => [Val::Int(self.org_id), Val::Null, Val::Null, Val::Null, Val::Null],
            Some((day, r)) => [Val::Int(self.org_id), Val::Int(day.0.into()), Val::Text(&r.sha256), count(r.rows), count(r.rejected)],
        }
    }

    /// returned; owed; overdue from the day after the last.
    pub fn status(&self, due: Day, day: Day) -> &'static str {
        match &self.returned {
            Some((on, _)) if *on <= day => "returned",
            _ if day > due => "overdue",
            _ => "owed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_is_overdue_from_the_day_after_the_last() {
        let mut a = Asked { org_id: 1, returned: None };
        assert_eq!((a.status(Day(10), Day(10)), a.status(Day(10), Day(11))), ("owed", "overdue"));
        a.returned = Some((Day(12), Returned::default()));
        assert_eq!((a.status(Day(10), Day(11)), a.status(Day(10), Day(12))), ("overdue", "returned"));
    }
}
