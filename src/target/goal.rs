//! Another goal in the pack: text in, text out, its comments and order kept. What is kept in the office is in `policy::store`.

use crate::base::day::Day;
use crate::error::{self, Result};
use toml_edit::{DocumentMut, Item, value};

/// A goal as an office sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The goal; of a range its lower bound.
    pub goal: i64,
    /// The upper bound of a range.
    pub goal_max: Option<i64>,
}

/// The pack with another goal of a target, on a basis, from a day on.
pub fn with_goal(toml: &str, code: &str, goal: Goal, basis: &str, from: Day) -> Result<String> {
    let damaged = || error::not_office("damaged");
    let mut doc: DocumentMut = toml.parse().map_err(|_| damaged())?;
    let row = doc["target"]
        .as_array_of_tables_mut()
        .and_then(|rows| rows.iter_mut().find(|r| r.get("code").and_then(Item::as_str) == Some(code)))
        .ok_or_else(damaged)?;
    row["goal"] = value(goal.goal);
    match goal.goal_max {
        Some(max) => row["goal_max"] = value(max),
        None => drop(row.remove("goal_max")),
    }
    row["basis"] = value(basis);
    row["valid_from"] = value(from.iso().parse::<toml_edit::Datetime>().map_err(|_| damaged())?);
    row.remove("valid_until");
    row["confirmed"] = value(true);
    Ok(doc.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parse_targets, shipped};

    #[test]
    fn one_goal_changes_and_nothing_else() {
        let text = shipped("targets").unwrap();
        let day = Day::parse_iso("2019-07-01").unwrap();
        let set = with_goal(text, "T5", Goal { goal: 60, goal_max: None }, "示例人才〔2019〕9号", day).unwrap();
        let (before, after) = (parse_targets(text).unwrap(), parse_targets(&set).unwrap());
        for (b, a) in before.targets.iter().zip(&after.targets) {
            match b.code.as_str() {
                "T5" => assert_eq!((a.goal, a.goal_max, a.basis.as_str(), a.valid_from), (60, None, "示例人才〔2019〕9号", day.0)),
                _ => assert_eq!(b, a),
            }
        }
        let differ = text.lines().zip(set.lines()).filter(|(a, b)| a != b).count();
        assert_eq!((text.lines().count(), differ), (set.lines().count(), 3), "comments and order stay");
        let range = with_goal(text, "T3a", Goal { goal: 4, goal_max: None }, "示例", day).unwrap();
        assert_eq!(parse_targets(&range).unwrap().target("T3a").unwrap().goal_max, None);
    }
}
