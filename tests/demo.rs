//! The example office: built from the binary alone, made again, never over somebody's folder; and each example roster as its README says.

mod it;

use it::Desk;
use serde_json::{Value, json};

#[test]
fn the_demo_builds_a_sound_office_and_makes_it_again() {
    let desk = Desk::new();
    let dir = desk.path("show");
    let made = desk.json(&["demo", dir.to_str().unwrap()]);
    let db = dir.join("office.db");
    let db = db.to_str().unwrap();
    let day = made["as_of"].as_str().unwrap();
    assert_eq!(made["report"], desk.json(&["--db", db, "target", "report", "--as-of", day]));
    let colours: Vec<&str> = made["report"].as_array().unwrap().iter().map(|l| l["colour"].as_str().unwrap()).collect();
    for colour in ["red", "yellow", "green", "done"] {
        assert!(colours.contains(&colour), "{colours:?}");
    }
    assert!(made["files"].as_array().unwrap().iter().all(|f| std::path::Path::new(f.as_str().unwrap()).is_file()));
    assert_eq!(desk.run(&["--db", db, "audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["--db", db, "doctor"]).0, 0);
    let (code, out, _) = desk.run(&["demo", dir.to_str().unwrap(), "--lang", "zh"]);
    assert_eq!(code, 0);
    assert!(out.contains("目标完成情况") && out.contains("已完成"));
    // The office of the caller was not touched.
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 0);
}

#[test]
fn somebody_elses_folder_is_left_alone() {
    let desk = Desk::new();
    let dir = desk.path("mine");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("letter.txt"), "dear").unwrap();
    assert_eq!(desk.run(&["demo", dir.to_str().unwrap()]).0, 5);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
    let empty = desk.path("dry");
    assert_eq!(desk.run(&["demo", empty.to_str().unwrap(), "--dry-run"]).0, 0);
    assert!(!empty.exists());
}

fn import(desk: &Desk, file: &str, rest: &[&str]) -> (i32, Value) {
    let path = format!("{}/examples/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut args = vec!["roster", "import", &path, "--json"];
    args.extend(rest);
    let (code, out, _) = desk.run(&args);
    (code, serde_json::from_str(&out).unwrap())
}

/// The numbers that examples/README.md tells a reader to expect.
#[test]
fn the_example_rosters_give_what_their_readme_says() {
    let desk = Desk::new();
    let readme = std::fs::read_to_string(format!("{}/examples/README.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (code, whole) = import(&desk, "messy-gb18030.csv", &[]);
    assert_eq!((code, &whole["committed"], &whole["encoding"]), (65, &json!(false), &json!("gb18030")));
    let rejects = desk.path("rejects.csv");
    let (code, part) = import(&desk, "messy-gb18030.csv", &["--partial", "--rejects", rejects.to_str().unwrap()]);
    assert_eq!(code, 1);
    let said = format!("{} rows: {} entered, {} rejected, {} waiting", part["rows"], part["added"], part["rejected"], part["review"]);
    assert!(readme.contains(&said), "{said}");
    let faults: Vec<(u64, &str)> =
        part["faults"].as_array().unwrap().iter().map(|f| (f["row"].as_u64().unwrap(), f["code"].as_str().unwrap())).collect();
    assert_eq!(
        faults,
        [
            (14, "unrecoverable_number"),
            (15, "check_digit"),
            (16, "sex_mismatch"),
            (17, "unknown_value"),
            (17, "bad_date"),
            (17, "bad_phone"),
            (18, "duplicate_in_file")
        ]
    );
    // As many rows in the rejects file as were said, below its header.
    let kept = std::fs::read_to_string(&rejects).unwrap();
    assert_eq!(kept.lines().count(), 1 + part["rejected"].as_u64().unwrap() as usize);
    let (code, mended) = import(&desk, "mended.csv", &[]);
    assert_eq!((code, &mended["added"], &mended["rows"]), (0, &json!(4), &json!(4)));
    let (_, again) = import(&desk, "mended.csv", &[]);
    assert_eq!((&again["unchanged"], &again["op"]), (&json!(4), &Value::Null));
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 12);
}

#[test]
fn the_stories_count_as_the_worked_example_says() {
    let desk = Desk::new();
    assert_eq!(import(&desk, "stories.csv", &[]).0, 0);
    assert_eq!(import(&desk, "leave.csv", &["--kind", "leave"]).0, 0);
    let lines = desk.json(&["target", "report", "T5", "T6", "--as-of", "2019-12-31"]);
    // 甲 to 戊 of the worked example; 其木格 and 陈示港 are innovators.
    assert_eq!((&lines[0]["introduced"], &lines[0]["left"], &lines[0]["all"]), (&json!(3), &json!(1), &json!(4)));
    assert_eq!(lines[1]["introduced"], 2);
    let found = desk.json(&["talent", "find", "csj"]);
    assert_eq!(found[0]["name"], "曾示甲");
    assert_eq!(desk.json(&["talent", "find", "ssy"])[0]["name"], "单示乙");
    assert_eq!(desk.json(&["talent", "find", "qiu"])[0]["name"], "仇示丙");
}
