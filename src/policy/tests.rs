use super::*;

fn text() -> &'static str {
    shipped("targets").unwrap()
}

fn pack() -> TargetsPack {
    parse_targets(text()).unwrap()
}

/// The fault of the shipped pack with one piece of text changed (its first occurrence).
fn fault(piece: &str, with: &str) -> PolicyFault {
    assert!(text().contains(piece), "{piece}");
    parse_targets(&text().replacen(piece, with, 1)).unwrap_err()
}

/// The line of the n-th occurrence (from 0) of a line in the shipped pack.
fn line(of: &str, n: usize) -> usize {
    let mut found = text().lines().enumerate().filter(|(_, l)| *l == of);
    1 + found.nth(n).unwrap().0
}

#[test]
fn the_shipped_pack_holds_the_plans_goals() {
    let pack = pack();
    let goals: Vec<_> = pack.targets.iter().map(|t| (t.code.as_str(), t.goal, t.goal_max, t.subset_of.as_deref())).collect();
    assert_eq!(
        goals,
        [
            ("T1", 300, None, None),
            ("T2", 5, None, None),
            ("T3", 30, None, None),
            ("T3a", 3, Some(5), Some("T3")),
            ("T3b", 10, None, Some("T3")),
            ("T4", 50, None, None),
            ("T5", 50, None, None),
            ("T6", 300, None, None),
            ("T7", 1000, None, None),
        ]
    );
    assert!(pack.targets.iter().all(|t| t.confirmed));
    for t in &pack.targets {
        let stock = matches!(t.counts, Counts::Platforms { .. });
        assert_eq!(t.follows == Figure::All, stock, "{}", t.code);
    }
    assert_eq!(iso(pack.term.from), "2018-01-01");
    assert_eq!(iso(pack.term.until), "2020-12-31");
    assert_eq!(iso(pack.pack.issued), "2018-10-10");
}

#[test]
fn our_own_reading_is_shipped_unconfirmed() {
    let pack = pack();
    assert!(!pack.counting.confirmed);
    assert!(!pack.colours.confirmed);
    assert!(!pack.counting.rules.is_empty());
}

#[test]
fn five_towns_are_planned_and_thirty_tasks_stand_in_the_plans_order() {
    let pack = pack();
    assert_eq!(pack.towns.len(), 5);
    assert!(pack.towns.iter().all(|t| t.kind == PlatformKind::Town && t.stage == Stage::Planned));
    let count = |prefix: &str| pack.tasks.iter().filter(|t| t.clause.starts_with(prefix)).count();
    let chapters = ["4.1.1.", "4.1.2.", "4.1.3.", "4.2.", "5.1.", "5.2.", "5.3."].map(count);
    assert_eq!(chapters, [4, 9, 3, 4, 4, 4, 2]);
    assert_eq!(pack.tasks.len(), 30);
    assert!(pack.tasks.is_sorted_by(|a, b| a.clause < b.clause));
    assert!(pack.tasks.iter().all(|t| t.text.contains(&t.name)));
}

#[test]
fn a_key_nobody_knows_is_refused_with_its_line() {
    let at = line("goal = 50", 0);
    let f = fault("goal = 50\n", "gaol = 50\n");
    assert_eq!((f.line, f.code), (at, "unreadable"), "{f}");
    assert!(f.message.contains("gaol"), "{f}");

    let f = fault("schedule = \"linear\"\n", "schedule = \"linear\"\nstart = 1\n");
    assert_eq!(f.line, line("schedule = \"linear\"", 0) + 1, "{f}");

    let f = fault("corps = \"leading\", ", "corps = \"leading\", rank = 1, ");
    assert_eq!((f.line, f.code), (line("code = \"T5\"", 0) + 6, "unreadable"), "{f}");
}

#[test]
fn a_word_or_day_that_does_not_exist_is_refused_with_its_line() {
    let f = fault("follows = \"all\"", "follows = \"al\"");
    assert_eq!(f.line, line("follows = \"all\"", 0), "{f}");
    let f = fault("until = 2020-12-31", "until = 2020-12-31T00:00:00");
    assert_eq!(f.line, line("until = 2020-12-31", 0), "{f}");
    assert!(f.message.contains("a day without a time"), "{f}");
    assert_eq!(fault("until = 2020-12-31", "until = 2020-02-30").code, "unreadable");
}

#[test]
fn a_missing_key_is_refused_with_the_line_of_its_row() {
    let f = fault("unit_en = \"towns\"\n", "");
    assert_eq!(f.line, line("code = \"T2\"", 0) - 1, "{f}");
    assert!(f.message.contains("unit_en"), "{f}");
}

#[test]
fn a_pack_that_contradicts_itself_is_refused_with_the_line_of_its_row() {
    let row = |code: &str| line(&format!("code = \"{code}\""), 0) - 1;
    let cases = [
        ("code = \"T2\"", "code = \"T1\"", row("T2"), "duplicate_code"),
        ("subset_of = \"T3\"", "subset_of = \"T9\"", row("T3a"), "unknown_code"),
        ("subset_of = \"T3\"", "subset_of = \"T3a\"", row("T3a"), "unknown_code"),
        ("subset_of = \"T3\"", "subset_of = \"T2\"", row("T3a"), "not_a_subset"),
        ("goal_max = 5", "goal_max = 2", row("T3a"), "range_order"),
        ("goal = 300", "goal = 0", row("T1"), "bad_number"),
        ("until = 2020-12-31", "until = 2017-12-31", line("[term]", 0), "term_order"),
        ("name = \"targets\"", "name = \"card\"", line("[pack]", 0), "wrong_pack"),
        ("yellow_per_mille = 800", "yellow_per_mille = 1001", line("[colours]", 0), "bad_number"),
        ("clause = \"4.1.1.2\"", "clause = \"4.1.1.1\"", line("[[task]]", 1), "duplicate_code"),
        ("name = \"金融小镇\"", "name = \"数聚小镇\"", line("[[town]]", 1), "duplicate_code"),
        ("stage = \"planned\"", "stage = \"planned\"\nvalid_until = 2018-10-09", line("[[town]]", 0), "date_order"),
    ];
    for (piece, with, line, code) in cases {
        let f = fault(piece, with);
        assert_eq!((f.line, f.code), (line, code), "{with}: {f}");
    }
}

#[test]
fn a_pack_that_does_not_come_with_the_program_is_unknown() {
    assert_eq!(shipped("tragets"), None);
    assert_eq!(
        shipped_names().collect::<Vec<_>>(),
        ["targets", "recognition", "card", "services", "benefits", "responsibility", "integrity"]
    );
}
