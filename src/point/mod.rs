//! Service points and their offers (定点服务单位与优惠项目, plan 五（三）1): types, states, and whom an offer is for. SQL is in `store`.

pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::db::facts::Span;
use crate::workflow::Machine;

/// Prefix of a point's human number.
pub const PREFIX: &str = "PT";
/// Prefix of an offer's human number.
pub const OFFER_PREFIX: &str = "O";

/// States of a point.
pub const POINT_MACHINE: Machine = Machine { kind: "point", moves: &[("open", &["closed"]), ("closed", &[])] };
/// States of an offer, as acts bring them about.
pub const OFFER_MACHINE: Machine = Machine { kind: "offer", moves: &[("open", &["closed"]), ("closed", &[])] };

/// A service point (定点服务单位).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What it is, in the office's words.
    pub kind: Option<String>,
    /// Where.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The unit that runs it, where it is in the register.
    pub org_id: Option<i64>,
}

/// What a point offers (优惠项目).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: i64,
    /// Where.
    pub point_id: i64,
    /// What.
    pub name: String,
    /// How much.
    pub discount: String,
    /// Card levels; every level where none is named.
    pub levels: Vec<String>,
    /// Attached cards too.
    pub attached: bool,
    /// When.
    pub span: Span,
}

impl Offer {
    /// Its status on a day: `stored` and `point` are the states that acts brought about.
    pub fn status(&self, stored: &str, point: &str, day: Day) -> &'static str {
        match () {
            () if stored == "closed" || point == "closed" => "closed",
            () if day < self.span.from => "not_yet",
            () if !self.span.holds(day) => "ended",
            () => "open",
        }
    }

    /// Whether it is for a card of that level.
    pub fn is_for(&self, level: &str, attached: bool) -> bool {
        (self.attached || !attached) && (self.levels.is_empty() || self.levels.iter().any(|l| l == level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_open_within_its_days_while_its_point_is() {
        let o = Offer {
            id: 1,
            point_id: 1,
            name: "午餐".into(),
            discount: "八折".into(),
            levels: vec!["gold".into()],
            attached: false,
            span: Span { from: Day(10), until: Some(Day(20)) },
        };
        assert_eq!([9, 10, 20, 21].map(|d| o.status("open", "open", Day(d))), ["not_yet", "open", "open", "ended"]);
        assert_eq!((o.status("closed", "open", Day(10)), o.status("open", "closed", Day(10))), ("closed", "closed"));
        assert!(o.is_for("gold", false) && !o.is_for("silver", false) && !o.is_for("gold", true));
        assert!(Offer { levels: Vec::new(), attached: true, ..o }.is_for("general", true));
    }
}
