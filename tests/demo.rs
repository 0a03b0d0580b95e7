//! The example office: built from the binary alone, made again, never over somebody's folder; and each example roster as its README says.

mod it;

use it::Desk;
use serde_json::{Value, json};

/// Every line of the story as it was run: its number, its command, how it ended and how the script says it ends.
fn told(made: &Value) -> Vec<(u64, String, i64, i64)> {
    let commands = made["story"].as_array().unwrap().iter().flat_map(|c| c["commands"].as_array().unwrap());
    let script: Vec<&str> = include_str!("../examples/story.sh").lines().collect();
    commands
        .map(|c| {
            let line = c["line"].as_u64().unwrap();
            let said = script[line as usize - 1].split_once(" # exit ").map_or(0, |(_, n)| n.parse().unwrap());
            (line, c["command"].as_str().unwrap().to_owned(), c["exit"].as_i64().unwrap(), said)
        })
        .collect()
}

#[test]
fn the_demo_tells_its_story_and_makes_it_again() {
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
    // Every line ends as the script says: what a rule refuses is part of the story.
    let told = told(&made);
    let wrong: Vec<_> = told.iter().filter(|t| t.2 != t.3).collect();
    assert!(told.len() > 150 && wrong.is_empty(), "{wrong:?}");
    let imports: Vec<(&str, i64, i64)> = made["imports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["file"].as_str().unwrap(), i["added"].as_i64().unwrap(), i["rejected"].as_i64().unwrap()))
        .collect();
    assert_eq!((imports.len(), imports[4], imports[6]), (10, ("messy-gb18030.csv", 8, 5), ("volume.csv", 751, 0)));
    assert_eq!(desk.run(&["--db", db, "audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["--db", db, "doctor"]).0, 0);
    assert_eq!(desk.run(&["--db", db, "report", "verify", "--all"]).0, 0);
    // Made again it takes away what it made and nothing else.
    std::fs::write(dir.join("mine.txt"), "dear").unwrap();
    let (code, out, err) = desk.run(&["demo", dir.to_str().unwrap(), "--lang", "zh"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("目标完成情况") && out.contains("已完成"));
    assert!(err.contains("名册入库") && err.contains("共执行") && err.contains("story.sh"), "{err}");
    assert_eq!(std::fs::read_to_string(dir.join("mine.txt")).unwrap(), "dear");
    assert_eq!(made["report"], desk.json(&["--db", db, "target", "report", "--as-of", day]));
    // The office of the caller was not touched.
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 0);
}

/// The state of an office at the end of the quarter: what was done, what is under way, what is honest to leave open.
#[test]
fn the_story_leaves_an_office_at_work() {
    let desk = Desk::bare();
    let dir = desk.path("show");
    assert_eq!(desk.run(&["demo", dir.to_str().unwrap(), "--quiet"]).0, 0);
    let db = dir.join("office.db");
    let ask = |args: &[&str]| desk.json(&[&["--db", db.to_str().unwrap()], args, &["--as-of", "2020-09-30"]].concat());
    let states =
        |args: &[&str]| -> Vec<String> { ask(args).as_array().unwrap().iter().map(|r| r["status"].as_str().unwrap().to_owned()).collect() };
    // Public notices run by the clock: whoever stands in public stays there.
    assert_eq!(states(&["recognition", "list", "--where", "status=public_notice"]).len(), 1);
    assert_eq!(states(&["recognition", "list", "--where", "status=in_force"]).len(), 9);
    assert_eq!(states(&["honour", "list"]), ["shortlisted", "publicised", "awarded"]);
    assert_eq!(states(&["subsidy", "list", "--where", "scheme=rent"]), ["publicised"]);
    assert_eq!(states(&["card", "list"]).len(), 10);
    assert_eq!(states(&["case", "list"]), ["done", "done", "done", "opened"]);
    assert_eq!(states(&["product", "list"]), ["recommended"]);
    assert_eq!(states(&["blacklist", "list"]), ["in_force"]);
    // What the bank sent back is owed again, and so is the reward; what is at the bank is not.
    let arrears = ask(&["subsidy", "arrears"]);
    assert_eq!((&arrears["count"], &arrears["amount"]), (&json!(2), &json!("280000.00")));
    assert_eq!(states(&["subsidy", "batches"]), ["closed", "open"]);
    let total = ask(&["fund", "show", "FD000001R"])["total"].clone();
    assert_eq!(
        (&total["appropriated"], &total["paid"], &total["committed"]),
        (&json!("2500000.00"), &json!("810500.00"), &json!("1320000.00"))
    );
    let tasks = ask(&["task", "list", "--where", "lead=示例组织人事部"]);
    let colours: Vec<&Value> = tasks.as_array().unwrap().iter().map(|t| &t["colour"]).collect();
    assert_eq!(colours, ["yellow", "green"]);
    let owed = ask(&["collect", "status", "--where", "status=overdue"]);
    assert_eq!((owed.as_array().unwrap().len(), &owed[0]["unit"]["name"]), (1, &json!("示例白塔大数据有限公司")));
    // Whoever acted had a name and a role; what was entered by proxy says so.
    let log = desk.json(&["--db", db.to_str().unwrap(), "audit", "log", "--limit", "0"]);
    let actors: std::collections::BTreeSet<&str> = log.as_array().unwrap().iter().map(|e| e["actor"].as_str().unwrap()).collect();
    assert!(["孟示文", "沈示华", "傅示平", "贾示安"].iter().all(|a| actors.contains(a)), "{actors:?}");
}

/// The script is no picture of the story but the story: typed into a shell it makes the same office.
#[test]
fn the_story_can_be_typed() {
    let desk = Desk::bare();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let (told, typed) = (desk.path("told"), desk.path("typed"));
    assert_eq!(desk.run(&["demo", told.to_str().unwrap(), "--quiet"]).0, 0);
    for folder in ["papers", "out"] {
        std::fs::create_dir_all(typed.join(folder)).unwrap();
    }
    for from in [root.clone(), root.join("papers")] {
        for file in std::fs::read_dir(&from).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
            std::fs::copy(&file, typed.join(file.strip_prefix(&root).unwrap())).unwrap();
        }
    }
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_rencai"));
    let user = desk.json(&["--db", told.join("office.db").to_str().unwrap(), "actor", "list"])[0]["os_user"].clone();
    let run = std::process::Command::new("/bin/sh")
        .arg("story.sh")
        .current_dir(&typed)
        .env_clear()
        .env("PATH", bin.parent().unwrap())
        .env("USER", user.as_str().unwrap())
        .env("RENCAI_DB", "office.db")
        .envs(it::clock())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let office = |dir: &std::path::Path| {
        let db = dir.join("office.db").to_str().unwrap().to_owned();
        let ask = |args: &[&str]| desk.json(&[&["--db", &db], args, &["--as-of", "2020-09-30"]].concat());
        let all = [
            ask(&["target", "report"]),
            ask(&["card", "list"]),
            ask(&["subsidy", "list"]),
            ask(&["status"])["due"].clone(),
            ask(&["fund", "show", "FD000001R"]),
        ];
        (desk.run(&["--db", &db, "roster", "export", "--as-of", "2020-09-30"]).1, all)
    };
    assert_eq!(office(&told), office(&typed));
}

/// What the story does not tell is about the program, not about the office.
#[test]
fn every_noun_has_its_part() {
    let script = include_str!("../examples/story.sh");
    let part = |noun: &str| script.lines().any(|l| l.strip_prefix("rencai ").is_some_and(|l| l.split(' ').next() == Some(noun)));
    let silent: Vec<&str> = rencai::cli::nouns().iter().map(|n| n.name).filter(|n| !part(n)).collect();
    assert_eq!(silent, ["demo", "restore", "upgrade", "completions", "man"]);
}

/// What lies in `examples/` for the story is part of the program, and nothing is left out.
#[test]
fn the_examples_lie_beside_the_office() {
    let desk = Desk::bare();
    let dir = desk.path("show");
    assert_eq!(desk.run(&["demo", dir.to_str().unwrap(), "--quiet"]).0, 0);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for folder in ["", "papers"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
            let name = file.strip_prefix(&root).unwrap();
            if !["README.md", "make.py"].iter().any(|n| name.as_os_str() == *n) {
                assert_eq!(std::fs::read(dir.join(name)).ok(), std::fs::read(&file).ok(), "{}", name.display());
            }
        }
    }
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
