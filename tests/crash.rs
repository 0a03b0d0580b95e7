//! What a killed or crowded command leaves: everything or nothing, a clean log, an office that goes on working.

mod it;

use it::{Desk, resident_id};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const HEADER: &str = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期\n";

/// Rows `from..to`, each of a person of its own with a name of its own.
fn roster(desk: &Desk, file: &str, from: usize, to: usize) {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    let mut text = HEADER.to_owned();
    for i in from..to {
        let name: String = i.to_string().chars().map(|c| digits[c.to_digit(10).unwrap() as usize]).collect();
        text += &format!("王{name},{},第{}研究院,leading,rigid,2019-03-01\n", resident_id(i), i % 7);
    }
    std::fs::write(desk.path(file), text).unwrap();
}

fn start(desk: &Desk, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rencai"))
        .env_clear()
        .env("RENCAI_DB", desk.path("office.db"))
        .env("RENCAI_LANG", "en")
        .current_dir(desk.dir.path())
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn people(desk: &Desk) -> u64 {
    desk.json(&["talent", "list", "--count"])["count"].as_u64().unwrap()
}

#[test]
fn a_killed_import_leaves_nothing_or_everything_and_can_be_repeated() {
    const ROWS: usize = 4000;
    let mut ends = [0, 0];
    // From before the file is opened to after the commit, into an empty office and into one with people.
    for (first, wait) in [0usize, 50].into_iter().flat_map(|f| [2u64, 15, 40, 90, 160, 400].map(|w| (f, w))) {
        let desk = Desk::new();
        if first > 0 {
            roster(&desk, "first.csv", 0, first);
            assert_eq!(desk.run(&["roster", "import", desk.path("first.csv").to_str().unwrap()]).0, 0);
        }
        roster(&desk, "r.csv", first, first + ROWS);
        let mut child = start(&desk, &["roster", "import", "r.csv"]);
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
        let (code, out, err) = desk.run(&["audit", "verify"]);
        assert_eq!(code, 0, "after {wait} ms: {out}{err}");
        let known = people(&desk);
        assert!(known == first as u64 || known == (first + ROWS) as u64, "{known} people after {wait} ms");
        ends[usize::from(known > first as u64)] += 1;
        let (code, _, err) = desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]);
        assert_eq!(code, 0, "again after {wait} ms: {err}");
        assert_eq!(people(&desk), (first + ROWS) as u64);
        assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    }
    assert!(ends[0] > 0, "no kill came before the end: {ends:?}");
}

#[test]
fn a_killed_init_leaves_no_office_or_a_whole_one() {
    for wait in [0u64, 1, 2, 4, 8, 16, 30] {
        let desk = Desk::bare();
        let mut child = start(&desk, &["init"]);
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
        let (code, _, err) = desk.run(&["init"]);
        assert!(code == 0 || code == 5, "after {wait} ms: {code} {err}");
        assert_eq!(desk.run(&["audit", "verify"]).0, 0, "after {wait} ms");
    }
}

/// Two imports started together both end well; the office is sound and has so many people.
fn both_arrive(desk: &Desk, files: [&str; 2], expected: u64) {
    for mut child in files.map(|f| start(desk, &["roster", "import", f])) {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(people(desk), expected);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn two_imports_at_once_both_arrive() {
    let desk = Desk::new();
    roster(&desk, "a.csv", 0, 1500);
    roster(&desk, "b.csv", 1500, 3000);
    both_arrive(&desk, ["a.csv", "b.csv"], 3000);
}

#[test]
fn the_same_file_from_two_hands_at_once_is_one_import() {
    let desk = Desk::new();
    roster(&desk, "a.csv", 0, 1500);
    both_arrive(&desk, ["a.csv", "a.csv"], 1500);
}
