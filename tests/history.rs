//! The life of each fact: what ended told apart from what was wrong, what was undone, and all of it as it was known at an op.

mod it;

use it::{Desk, reason, resident_id};
use serde_json::Value;

/// What a fact says, what is thought of it, and the ops that made, ended and voided it.
type Life<'a> = (&'a str, &'a str, u64, Option<u64>, Option<u64>);

fn lives<'a>(history: &'a Value, fact: &str) -> Vec<Life<'a>> {
    let of = |v: &'a Value, key: &str| v[key].as_u64();
    history
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["fact"] == fact)
        .map(|l| {
            let value = l["value"].as_str().unwrap();
            (value, l["known"].as_str().unwrap(), of(l, "op").unwrap(), of(l, "ended_by"), of(l, "voided_by"))
        })
        .collect()
}

#[test]
fn what_ended_was_wrong_or_was_undone_is_told_apart() {
    let desk = Desk::new();
    let entered = desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let p = entered["no"].as_str().unwrap();
    // 3: a change. 4: a correction. 5 and 6: a leave, undone. 7: a move.
    desk.json(&["talent", "edit", p, "--title", "正高", "--from-date", "2021-01-01"]);
    desk.json(&["talent", "edit", p, "--name", "张叁", "--correct", "--reason", "误录", "--from-date", "2021-01-01"]);
    desk.json(&["talent", "leave", p, "--why", "resigned"]);
    assert_eq!(desk.run(&["undo", "5", "--reason", "误"]).0, 0);
    desk.json(&["talent", "edit", p, "--employer", "乙公司", "--from-date", "2026-06-01"]);
    let history = desk.json(&["talent", "history", p]);
    let profiles = lives(&history, "profile");
    let known: Vec<_> = profiles.iter().map(|l| (l.1, l.2, l.3, l.4)).collect();
    assert_eq!(known, [("ended", 2, Some(3), None), ("corrected", 3, None, Some(4)), ("current", 4, None, None)]);
    assert_eq!((profiles[1].0, profiles[2].0), ("title=senior", "name=张叁"), "each tells what it changed");
    let engaged: Vec<_> = lives(&history, "engagement").iter().map(|l| (l.1, l.2, l.3, l.4)).collect();
    assert_eq!(engaged, [("ended", 2, Some(7), None), ("current", 7, None, None)], "a leave that was undone leaves no mark on the fact");
    // As it was known before the correction: what a report frozen then rests on.
    let then = desk.json(&["talent", "history", p, "--known-at", "3"]);
    let known: Vec<_> = lives(&then, "profile").iter().map(|l| (l.1, l.2, l.4)).collect();
    assert_eq!(known, [("ended", 2, None), ("current", 3, None)]);
    let (code, _, err) = desk.run(&["talent", "history", p, "--known-at", "99", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (4, "no_such_op"));
    // Whose phone it was stays masked.
    desk.json(&["talent", "edit", p, "--phone", "13812345678"]);
    assert!(!desk.json(&["talent", "history", p]).to_string().contains("13812345678"));
}
