//! Innovative products (创新产品, plan 五（二）4): applied, reviewed for intellectual property, recommended by the zone, listed by the finance bureau, tried by a
//! buyer, accepted or not. The zone recommends; the procurement catalogue is the finance bureau's (财政部门). Types and pure rules; SQL is in `store`, acts
//! are in `change`, the letter of recommendation in `letter`.

pub mod change;
pub mod cmd;
pub mod letter;
pub mod store;

use crate::base::day::Day;
use crate::db::digest::Val;
use crate::workflow::Machine;

/// Prefix of a product's human number.
pub const PREFIX: &str = "X";

/// States of a product (申请、评议、推荐、列入目录、试用、验收合格、验收不合格、移出、不予推荐); that a listing ran out is what time alone does.
pub const MACHINE: Machine = Machine {
    kind: "product",
    moves: &[
        ("applied", &["ip_reviewed", "rejected"]),
        ("ip_reviewed", &["recommended", "rejected"]),
        ("recommended", &["in_catalogue", "rejected"]),
        ("in_catalogue", &["in_catalogue", "trial", "removed"]),
        ("trial", &["trial", "accepted", "not_accepted", "in_catalogue", "removed"]),
        ("accepted", &["trial", "accepted", "not_accepted", "in_catalogue", "removed"]),
        ("not_accepted", &["trial", "accepted", "not_accepted", "in_catalogue", "removed"]),
        ("removed", &["in_catalogue", "accepted", "not_accepted"]),
        ("rejected", &[]),
    ],
};

/// In the catalogue, from when until when, by which paper of the finance bureau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The paper.
    pub decision_id: i64,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

/// What is known of a product, one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name (产品名称).
    pub name: String,
    /// The unit that makes it (生产单位).
    pub org_id: Option<i64>,
    /// The case of its review (知识产权评议).
    pub case_id: Option<i64>,
    /// Its place in the catalogue.
    pub listing: Option<Listing>,
}

impl Profile {
    /// The data columns of product_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> [Val<'a>; 7] {
        let l = self.listing;
        [
            Val::Text(&self.name),
            Val::Text(folded),
            Val::int(self.org_id),
            Val::int(self.case_id),
            Val::int(l.map(|l| l.decision_id)),
            Val::int(l.map(|l| l.from.0)),
            Val::int(l.map(|l| l.until.0)),
        ]
    }
}

/// The status of a product on a day: `state` is what acts brought about.
pub fn status(state: &str, listing: Option<Listing>, day: Day) -> &str {
    match (state, listing) {
        ("in_catalogue", Some(l)) if l.until < day => "expired",
        (state, _) => state,
    }
}

/// Whether a buyer may sign on a day: what is listed then.
pub fn is_listed(state: &str, listing: Option<Listing>, day: Day) -> bool {
    matches!(state, "in_catalogue" | "trial" | "accepted" | "not_accepted") && listing.is_some_and(|l| l.from <= day && day <= l.until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_runs_out_by_the_day_alone() {
        let l = Some(Listing { decision_id: 1, from: Day(10), until: Day(20) });
        assert_eq!([9, 20, 21].map(|d| status("in_catalogue", l, Day(d))), ["in_catalogue", "in_catalogue", "expired"]);
        assert_eq!((status("accepted", l, Day(21)), status("applied", None, Day(21))), ("accepted", "applied"));
        assert_eq!([9, 10, 20, 21].map(|d| is_listed("in_catalogue", l, Day(d))), [false, true, true, false]);
        assert!(is_listed("accepted", l, Day(15)) && !is_listed("removed", l, Day(15)) && !is_listed("recommended", None, Day(15)));
    }

    #[test]
    fn nothing_is_listed_that_was_not_reviewed_and_recommended() {
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
        }
        let before = |to: &str| MACHINE.moves.iter().filter(|(_, next)| next.contains(&to)).map(|(s, _)| *s).collect::<Vec<_>>();
        assert_eq!((before("ip_reviewed"), before("recommended")), (vec!["applied"], vec!["ip_reviewed"]));
        assert!(!before("in_catalogue").contains(&"applied") && !before("in_catalogue").contains(&"ip_reviewed"));
    }
}
