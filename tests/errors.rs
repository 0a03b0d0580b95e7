//! What a command says when it fails: every message that a clerk can provoke is provoked once; exit code, reason and that nothing
//! changed are checked. docs/errors.md lists all messages; `RENCAI_WRITE_DOCS=1 cargo test --test errors` writes it anew.

mod it;

use it::Desk;
use rencai::ui::lang::{Lang, try_t_in};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const ID: &str = "11010519491231002X";
const OTHER_ID: &str = "150105198001010013";

/// Exit code and `details.reason` (the kind for the command line's own faults) of a command that must fail.
fn failure(desk: &Desk, args: &[&str]) -> (i32, String) {
    let mut args = args.to_vec();
    args.push("--json");
    let (code, out, err) = desk.run(&args);
    let line = err.lines().rev().find(|l| l.starts_with("{\"error\"")).unwrap_or_else(|| panic!("{args:?}: {code}\n{out}{err}"));
    let v: Value = serde_json::from_str(line).unwrap();
    assert_eq!(v["error"]["code"], code, "{args:?}");
    for field in ["message", "hint"] {
        let text = v["error"][field].as_str().unwrap_or_default();
        assert!(!text.contains('{') && !text.contains("Error") && !text.contains(ID), "{args:?}: {text}");
    }
    assert!(!v["error"]["message"].as_str().unwrap().is_empty());
    (code, v["error"]["details"]["reason"].as_str().unwrap_or_default().to_owned())
}

/// Every command fails with its exit code and reason; what doesn't is named all at once.
fn all_fail(desk: &Desk, cases: &[(&[&str], i32, &str)]) {
    let mut wrong = String::new();
    for (args, code, reason) in cases {
        let got = failure(desk, args);
        if got != (*code, (*reason).to_owned()) {
            let _ = writeln!(wrong, "{args:?}: {got:?}, not {:?}", (code, reason));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// An office with a person who works, one who left, a closed unit and a platform.
fn furnished() -> Desk {
    let desk = Desk::new();
    let ok = |args: &[&str]| {
        let (code, _, err) = desk.run(args);
        assert_eq!(code, 0, "{args:?}: {err}");
    };
    desk.add("张三", ID, &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    ok(&["org", "add", "--name", "乙公司", "--introduced-on", "2018-01-01"]);
    ok(&["org", "close", "乙公司"]);
    ok(&[
        "platform",
        "add",
        "--name",
        "某实验室",
        "--kind",
        "ai_lab",
        "--level",
        "region",
        "--org",
        "某研究院",
        "--stage",
        "planned",
        "--since",
        "2018-06-01",
    ]);
    desk
}

#[test]
fn a_refused_command_says_why_and_changes_nothing() {
    let desk = furnished();
    let person = desk.json(&["talent", "list"])[0]["no"].as_str().unwrap().to_owned();
    let before = desk.json(&["audit", "anchor"])["hash"].clone();
    let wrong = format!("{}{}", &person[..person.len() - 1], if person.ends_with('A') { 'B' } else { 'A' });
    let nowhere = desk.path("no/such.csv");
    let nowhere = nowhere.to_str().unwrap();
    let office = desk.path("office.db");
    let office = office.to_str().unwrap();
    let dir = desk.dir.path().to_str().unwrap();
    let p = person.as_str();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["talent", "list", "--where", "class"], 2, "filter_form"),
        (&["talent", "list", "--where", "shoe=9"], 2, "filter_field"),
        (&["talent", "list", "--where", "class=Q"], 2, "filter_code"),
        (&["talent", "list", "--where", "age=old"], 2, "filter_value"),
        (&["talent", "list", "--where", "name<张"], 2, "filter_sign"),
        (&["talent", "show", "P0009999"], 2, "number_check"),
        (&["talent", "show", &wrong], 2, "number_check"),
        (&["talent", "show", "resident_id:150105198001010013"], 4, "no_person"),
        (&["talent", "show", "resident_id:123"], 2, "bad_document"),
        (&["talent", "show", p, "--as-of", "2010-01-01"], 4, "not_yet"),
        (&["talent", "add", "--name", "李四", "--employer", "甲", "--document", "无冒号"], 2, "document_form"),
        (&["talent", "add", "--name", "李四"], 2, "missing_options"),
        (
            &[
                "talent",
                "add",
                "--name",
                "张三",
                "--employer",
                "甲",
                "--id-number",
                ID,
                "--corps",
                "leading",
                "--mode",
                "rigid",
                "--start-date",
                "2019-03-01",
            ],
            5,
            "duplicate",
        ),
        (&["talent", "edit", p], 2, "nothing_to_edit"),
        (&["talent", "edit", p, "--education", "master", "--correct"], 2, "correct_reason"),
        (&["talent", "leave", p, "--why", "gone"], 2, "unknown_why"),
        (&["talent", "leave", p, "--why", "resigned", "--date", "2018-01-01", "--reason", "迟报"], 3, "leave_before_start"),
        (&["talent", "leave", p, "--why", "resigned", "--date", "2019-01-01"], 3, "backdated"),
        (&["talent", "leave", p, "--why", "resigned", "--date", "2099-01-01"], 2, "too_far_ahead"),
        (&["talent", "leave", p, "--why", "resigned", "--as-of", "2020-01-01"], 2, "as_of_writes"),
        (&["talent", "return", p, "--employer", "某研究院", "--mode", "rigid"], 5, "not_left"),
        (&["talent", "show", p, "--reveal"], 2, "reveal_reason"),
        (&["org", "show", "没有的单位"], 4, "no_org"),
        (&["org", "close", "乙公司"], 5, "org_closed"),
        (&["org", "edit", "乙公司"], 2, "nothing_to_edit"),
        (&["platform", "show", "没有的平台"], 4, "no_platform"),
        (&["platform", "stage", "某实验室", "nirvana"], 2, "unknown_stage"),
        (&["platform", "edit", "某实验室"], 2, "nothing_to_edit"),
        (&["target", "explain", "T99"], 4, "no_target"),
        (&["target", "set", "T5", "--goal", "60", "--decision", " "], 2, "no_document_no"),
        (&["target", "set", "T5", "--goal", "50", "--decision", "示例1号"], 5, "same_goal"),
        (&["target", "set", "T3a", "--goal", "4", "--goal-max", "3", "--decision", "示例1号"], 2, "goal_range"),
        (&["undo", "9999", "--yes", "--reason", "误"], 4, "no_such_op"),
        (&["undo", "1", "--yes", "--reason", "误"], 3, "not_undoable"),
        (&["audit", "log", "--op", "9999"], 4, "no_such_op"),
        (&["audit", "log", "--after", "abc"], 2, "after_op"),
        (&["audit", "verify", "--anchor", nowhere], 66, "no_file"),
        (&["actor", "retire", "无此人"], 4, "no_actor"),
        (&["actor", "add", "", "--os-user", "x"], 2, "actor_empty"),
        (&["roster", "import", nowhere], 66, "no_file"),
        (&["roster", "export", "--kind", "leave"], 2, "export_kind"),
        (&["roster", "export", office], 5, "output_is_office"),
        (&["roster", "export", dir], 73, "not_a_file"),
        (&["roster", "export", nowhere], 73, "no_folder"),
        (&["backup", office], 5, "backup_exists"),
        (&["restore", office, "--yes"], 2, "restore_itself"),
        (&["init"], 5, "office_exists"),
    ];
    all_fail(&desk, cases);
    let log = desk.run(&["audit", "verify"]);
    assert_eq!(log.0, 0, "{log:?}");
    assert_eq!(desk.json(&["audit", "anchor"])["hash"], before);
}

#[test]
fn what_is_held_already_or_cannot_be_read_is_named() {
    let desk = furnished();
    let file = |name: &str, text: &str| {
        std::fs::write(desk.path(name), text).unwrap();
        desk.path(name).to_str().unwrap().to_owned()
    };
    let person = desk.json(&["talent", "list"])[0]["no"].as_str().unwrap().to_owned();
    let unit = desk.json(&["org", "show", "某研究院"])["no"].as_str().unwrap().to_owned();
    assert_eq!(desk.run(&["talent", "edit", &person, "--education", "master"]).0, 0);
    assert_eq!(desk.run(&["platform", "stage", "某实验室", "operating"]).0, 0);
    let copy = desk.path("copy.db").to_str().unwrap().to_owned();
    assert_eq!(desk.run(&["backup", &copy]).0, 0);
    let (syntax, array) = (file("syntax.json", "{"), file("array.json", "[1]"));
    let (key, value) = (file("key.json", "{\"shoe\":\"9\"}"), file("value.json", "{\"name\":{\"a\":1}}"));
    let anchor = file("anchor.json", "{}");
    let edited = desk.json(&["audit", "log"]).as_array().unwrap().iter().find(|l| l["command"] == "talent.add").unwrap()["op"].to_string();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["talent", "add", "--from", &syntax], 65, "json_syntax"),
        (&["talent", "add", "--from", &array], 65, "json_object"),
        (&["talent", "add", "--from", &key], 65, "json_key"),
        (&["talent", "add", "--from", &value], 65, "json_value"),
        (&["talent", "show", &unit], 2, "not_a_person"),
        (&["talent", "list", "--after", "what"], 2, "not_a_number"),
        (&["talent", "edit", &person, "--education", "wizardry"], 2, "bad_entry"),
        (
            &[
                "talent",
                "add",
                "--name",
                "张三",
                "--birth-date",
                "1949-12-31",
                "--employer",
                "甲",
                "--id-type",
                "passport",
                "--id-number",
                "E12345678",
                "--nationality",
                "CHN",
                "--corps",
                "leading",
                "--mode",
                "rigid",
                "--start-date",
                "2019-03-01",
            ],
            5,
            "likely_duplicate",
        ),
        (&["org", "add", "--name", "乙公司", "--introduced-on", "2018-01-01"], 5, "org_known"),
        (&["platform", "add", "--name", "某实验室", "--kind", "ai_lab", "--org", "某研究院", "--stage", "planned"], 5, "platform_known"),
        (&["platform", "stage", "某实验室", "planned"], 5, "platform_stage"),
        (&["undo", &edited, "--reason", "误"], 5, "later_rows"),
        (&["audit", "verify", "--anchor", &anchor], 65, "not_an_anchor"),
        (&["restore", &copy], 2, "needs_yes"),
        (&["backup", &copy], 5, "backup_exists"),
    ];
    all_fail(&desk, cases);
    assert_eq!(desk.run(&["talent", "leave", &person, "--why", "resigned"]).0, 0);
    assert_eq!(failure(&desk, &["talent", "leave", &person, "--why", "resigned"]), (5, "left_already".into()));
    // A folder with somebody's things, a link to nowhere, half an office.
    let folder = desk.path("mine");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("letter.txt"), "dear").unwrap();
    assert_eq!(failure(&desk, &["demo", folder.to_str().unwrap()]), (5, "demo_folder".into()));
    let link = desk.path("link.db");
    std::os::unix::fs::symlink(desk.path("nowhere.db"), &link).unwrap();
    assert_eq!(failure(&desk, &["--db", link.to_str().unwrap(), "init"]), (73, "dangling".into()));
    let half = desk.path("half.db");
    std::fs::write(&half, &std::fs::read(&copy).unwrap()[..20_000]).unwrap();
    assert_eq!(failure(&desk, &["--db", half.to_str().unwrap(), "talent", "list"]), (76, "damaged".into()));
}

#[test]
fn who_is_no_actor_may_not_write() {
    let desk = Desk::new();
    let add = |name: &str, user: &str| desk.run(&["actor", "add", name, "--os-user", user]).0;
    assert_eq!(add("甲", "somebody-else"), 0);
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司"]), (77, "actor_unknown".into()));
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司", "--actor", "甲"]), (77, "actor_not_proxy".into()));
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司", "--actor", "无此人"]), (77, "actor_unknown".into()));
}

#[test]
fn a_file_that_is_no_roster_is_refused_whole() {
    let desk = Desk::new();
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期\n";
    let good = format!("李四,{OTHER_ID},甲公司,leading,rigid,2019-03-01\n");
    for (text, reason) in [
        ("a,b,c\n1,2,3\n".to_owned(), "no_header"),
        ("姓名,用人单位\n李四,甲公司\n".to_owned(), "columns_missing"),
        (head.replace("引进方式", "姓名") + &good, "header_twice"),
        (head.to_owned() + "李四,123,甲公司,leading,rigid,2019-03-01\n", "roster_refused"),
    ] {
        let file = desk.path("r.csv");
        std::fs::write(&file, &text).unwrap();
        let (code, _, err) = desk.run(&["roster", "import", file.to_str().unwrap(), "--json"]);
        assert!(code == 65, "{reason}: {code} {err}");
        assert!(reason == "roster_refused" || err.contains(&format!("\"{reason}\"")), "{reason}: {err}");
        assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 0);
    }
    let roster = desk.path("r.csv");
    let roster = roster.to_str().unwrap();
    assert_eq!(failure(&desk, &["roster", "import", roster, "--partial", "--rejects", roster]), (5, "output_is_input".into()));
    let office = desk.path("office.db");
    assert_eq!(
        failure(&desk, &["roster", "import", roster, "--partial", "--rejects", office.to_str().unwrap()]),
        (5, "output_is_office".into())
    );
    let map = desk.path("map.toml");
    std::fs::write(&map, "not = [a map").unwrap();
    std::fs::write(desk.path("r.csv"), head.to_owned() + &good).unwrap();
    let file = desk.path("r.csv");
    assert_eq!(failure(&desk, &["roster", "import", file.to_str().unwrap(), "--map", map.to_str().unwrap()]), (65, "map_syntax".into()));
}

#[test]
fn an_office_that_is_none_is_named_as_what_it_is() {
    let desk = Desk::bare();
    let read: &[&str] = &["talent", "list"];
    assert_eq!(failure(&desk, read), (66, "no_office".into()));
    assert!(!desk.path("office.db").exists());
    std::fs::write(desk.path("office.db"), "a letter, not an office\n".repeat(400)).unwrap();
    assert_eq!(failure(&desk, read), (76, "foreign".into()));
    assert_eq!(failure(&desk, &["init"]), (76, "foreign".into()));
    std::fs::remove_file(desk.path("office.db")).unwrap();
    assert_eq!(desk.run(&["init"]).0, 0);
    std::fs::write(desk.path("plan.toml"), "title = 1\n").unwrap();
    let (plan, other) = (desk.path("plan.toml"), desk.path("other.db"));
    let args = ["--db", other.to_str().unwrap(), "init", "--plan", plan.to_str().unwrap()];
    assert_eq!(failure(&desk, &args), (78, "bad_pack".into()));
    assert!(!other.exists());
    let mut bytes = std::fs::read(desk.path("office.db")).unwrap();
    bytes[60..64].copy_from_slice(&9999u32.to_be_bytes());
    std::fs::write(desk.path("office.db"), &bytes).unwrap();
    assert_eq!(failure(&desk, read), (76, "newer".into()));
}

#[test]
fn a_full_disk_and_a_crowd_have_their_own_codes() {
    let desk = furnished();
    // A device that is always full.
    if Path::new("/dev/full").exists() {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_rencai"))
            .env_clear()
            .env("RENCAI_DB", desk.path("office.db"))
            .args(["talent", "list", "--json"])
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        assert_eq!(out.status.code(), Some(74));
        assert!(String::from_utf8(out.stderr).unwrap().contains("\"stdout\""));
    }
    // Somebody who never ends: the command waits half a minute, then says so.
    let held = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司"]), (75, "busy".into()));
    drop(held);
    assert_eq!(desk.run(&["org", "add", "--name", "丙公司"]).0, 0);
}

#[test]
fn names_that_fit_several_are_asked_back() {
    let desk = Desk::new();
    let ok = |args: &[&str]| {
        let (code, _, err) = desk.run(args);
        assert_eq!(code, 0, "{args:?}: {err}");
    };
    ok(&["org", "add", "--name", "同名公司", "--uscc", "91150191MA000100X2"]);
    ok(&["org", "add", "--name", "另一公司", "--uscc", "91150191MA00010182"]);
    let same: &[&str] = &["org", "add", "--name", "同名公司", "--uscc", "91150191MA0001026W"];
    assert_eq!(failure(&desk, same), (5, "unit_unsure".into()));
    ok(&["org", "edit", "另一公司", "--name", "同名公司"]);
    for (name, org) in [("同名实验室", "甲院"), ("另一实验室", "乙院")] {
        ok(&[
            "platform",
            "add",
            "--name",
            name,
            "--kind",
            "ai_lab",
            "--level",
            "region",
            "--org",
            org,
            "--stage",
            "planned",
            "--since",
            "2018-06-01",
        ]);
    }
    ok(&["platform", "edit", "另一实验室", "--name", "同名实验室"]);
    let work = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"];
    let add = |extra: &[&str]| {
        let mut args = vec!["talent", "add", "--name", "李四", "--id-number", OTHER_ID];
        args.extend(work);
        args.extend(extra);
        failure(&desk, &args)
    };
    assert_eq!(failure(&desk, &["org", "show", "同名公司"]), (5, "org_ambiguous".into()));
    assert_eq!(add(&["--employer", "同名公司"]), (5, "unit_unsure".into()));
    assert_eq!(failure(&desk, &["platform", "show", "同名实验室"]), (5, "platform_ambiguous".into()));
    let person = desk.add("李四", OTHER_ID, &work)["no"].as_str().unwrap().to_owned();
    assert_eq!(failure(&desk, &["talent", "edit", &person, "--contract-end", "2019-02-01"]), (65, "date_order".into()));
    // An actor may stand for one user only once, by one name, and somebody must always be able to write.
    let user = desk.json(&["audit", "log"])[0]["os_user"].as_str().unwrap_or("root").to_owned();
    ok(&["actor", "add", "甲", "--os-user", &user]);
    assert_eq!(failure(&desk, &["actor", "add", "甲", "--os-user", "other"]), (5, "actor_exists".into()));
    assert_eq!(failure(&desk, &["actor", "retire", "甲"]), (5, "last_actor".into()));
    ok(&["actor", "add", "乙", "--os-user", &user]);
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司"]), (77, "actor_ambiguous".into()));
}

#[test]
fn what_lies_in_the_way_is_named() {
    let desk = furnished();
    let text = |p: std::path::PathBuf| p.to_str().unwrap().to_owned();
    let copy = text(desk.path("copy.db"));
    assert_eq!(desk.run(&["backup", &copy]).0, 0);
    std::fs::write(desk.path("letter.txt"), "dear").unwrap();
    std::fs::write(desk.path("latin.json"), b"{\"name\": \"\xff\xfe\"}").unwrap();
    std::fs::write(desk.path("empty.json"), "{}").unwrap();
    let (letter, latin, empty) = (text(desk.path("letter.txt")), text(desk.path("latin.json")), text(desk.path("empty.json")));
    let last = desk.json(&["audit", "log"]).as_array().unwrap().iter().map(|l| l["op"].as_i64().unwrap()).max().unwrap().to_string();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["backup", &letter], 73, "output_exists"),
        (&["backup", "elsewhere.db", "--dry-run"], 2, "no_dry_run"),
        (&["talent", "add", "--from", &latin], 65, "json_text"),
        (&["talent", "add", "--from", &empty], 65, "missing_fields"),
        (&["talent", "add", "--from", &text(desk.dir.path().to_owned())], 74, "file_io"),
        (&["audit", "anchor", "--out", &text(desk.path("no/anchor.json"))], 73, "no_folder"),
        (&["man", &format!("{letter}/man")], 73, "cannot_create"),
    ];
    all_fail(&desk, cases);
    assert_eq!(desk.run(&["undo", &last, "--reason", "误"]).0, 0);
    assert_eq!(failure(&desk, &["undo", &last, "--reason", "误"]), (5, "undone_already".into()));
    // Neither an office named nor a home to look for one in; an office named by nothing.
    for (env, code, reason) in [(None, 66, "\"no_home\""), (Some(""), 2, "\"empty_path\"")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rencai"));
        let out = command.env_clear().envs(env.map(|v| ("RENCAI_DB", v))).args(["talent", "list", "--json"]).output().unwrap();
        assert_eq!(out.status.code(), Some(code));
        assert!(String::from_utf8(out.stderr).unwrap().contains(reason));
    }
    // A backup that other hands wrote in is not brought back; an older or a newer form is not touched.
    let hand = rusqlite::Connection::open(&copy).unwrap();
    hand.execute_batch("UPDATE person_profile SET corps = 'skilled'").unwrap();
    drop(hand);
    assert_eq!(failure(&desk, &["restore", &copy, "--yes"]), (65, "backup_tampered".into()));
    let hand = rusqlite::Connection::open(&copy).unwrap();
    hand.pragma_update(None, "user_version", 0).unwrap();
    drop(hand);
    assert_eq!(failure(&desk, &["--db", &copy, "talent", "list"]), (76, "older".into()));
    assert_eq!(failure(&desk, &["--db", &copy, "upgrade"]), (76, "no_way_up".into()));
    // A journal of another file would be played back into the office.
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for word in [1u32, 0, 99, 512, 4096] {
        journal.extend(word.to_be_bytes());
    }
    journal.resize(512 + 4104, 7);
    std::fs::write(desk.path("office.db-journal"), journal).unwrap();
    assert_eq!(failure(&desk, &["talent", "list"]), (76, "stray_journal".into()));
}

#[test]
fn a_question_at_a_terminal_can_be_declined() {
    let desk = Desk::new();
    let copy = desk.path("copy.db");
    assert_eq!(desk.run(&["backup", copy.to_str().unwrap()]).0, 0);
    // `script` (util-linux) lends a terminal.
    let mut command = std::process::Command::new("script");
    let program = format!("{} --json restore {}", env!("CARGO_BIN_EXE_rencai"), copy.display());
    command.args(["-qec", &program, "/dev/null"]).env("RENCAI_DB", desk.path("office.db")).env("TERM", "xterm");
    let child = command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn();
    let Ok(mut child) = child else { return };
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, b"n").unwrap();
    let out = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stdout).contains("\"cancelled\""));
}

#[test]
fn a_roster_that_cannot_be_read_is_named() {
    let desk = Desk::new();
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期\n";
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "file_empty"),
        (b"PK\x03\x04 broken".to_vec(), "workbook_broken"),
        ([head.as_bytes(), b"\x00\x01\x02\x00\x00\x03\n"].concat(), "not_text"),
        ([head.as_bytes(), "李四,".as_bytes(), b"\xff\xff,x\n"].concat(), "encoding"),
        (format!("{head}\"李四,{OTHER_ID},甲公司\n王五,1\n赵六,2\n").into_bytes(), "open_quote"),
        (format!("{head}{}\n", ",".repeat(1200)).into_bytes(), "too_many_columns"),
        (format!("{head}\"{}\"\n", "长".repeat(3 << 20)).into_bytes(), "line_too_long"),
    ];
    for (bytes, reason) in cases {
        let file = desk.path("r.csv");
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(failure(&desk, &["roster", "import", file.to_str().unwrap()]), (65, reason.into()));
    }
    assert_eq!(failure(&desk, &["roster", "import", desk.dir.path().to_str().unwrap()]), (65, "is_directory".into()));
    // Kinds that are held in memory have a bound; a roster of people has none.
    let mut many = String::from("人员编号,离岗日期,离岗原因\n");
    for n in 0..200_001 {
        let _ = writeln!(many, "{},2019-01-01,resigned", n + 1);
    }
    std::fs::write(desk.path("many.csv"), many).unwrap();
    let many = desk.path("many.csv");
    assert_eq!(failure(&desk, &["roster", "import", many.to_str().unwrap(), "--kind", "leave"]), (65, "too_many_rows".into()));
    // A file larger than the disk could take in is refused before it is read; a sparse one costs nothing to make.
    let vast = desk.path("vast.csv");
    std::fs::File::create(&vast).unwrap().set_len(8 << 40).unwrap();
    assert_eq!(failure(&desk, &["roster", "import", vast.to_str().unwrap()]), (74, "no_room".into()));
    // Rights bind everybody but root.
    let locked = desk.path("locked.csv");
    std::fs::write(&locked, head).unwrap();
    std::fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::File::open(&locked).is_err() {
        let name = locked.to_str().unwrap();
        assert_eq!(failure(&desk, &["roster", "import", name]), (77, "file_unreadable".into()));
        assert_eq!(failure(&desk, &["talent", "add", "--from", name]), (77, "file_permission".into()));
        assert_eq!(failure(&desk, &["--db", name, "talent", "list"]), (77, "office_permission".into()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_rencai"))
            .env_clear()
            .env("RENCAI_DB", desk.path("office.db"))
            .args(["--json", "backup"])
            .arg(desk.dir.path().join(std::ffi::OsStr::from_bytes(b"\xff.db")))
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(73));
        assert!(String::from_utf8(out.stderr).unwrap().contains("\"path_not_utf8\""));
    }
}

/// The keys of all messages, in order.
fn keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en")).unwrap() {
        let table: toml::Table = toml::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for key in table.get("err").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
            keys.insert(key.clone());
        }
    }
    keys
}

/// All messages as a page: what `docs/errors.md` must say.
fn page() -> String {
    let mut text = String::from(
        "# Messages\n\nEvery failure has a reason (`details.reason` under `--json`), a message and mostly a next step, in both languages. Words in braces\n\
         are facts of the case. The page is made from `locales/` by `RENCAI_WRITE_DOCS=1 cargo test --test errors`, and a test keeps it true.\n",
    );
    for key in keys() {
        let _ = write!(text, "\n## `{key}`\n\n");
        for lang in [Lang::En, Lang::Zh] {
            let of = |kind: &str| try_t_in(lang, &format!("{kind}.{key}"));
            let _ = writeln!(text, "- {}", of("err").unwrap().replace('\n', " "));
            if let Some(hint) = of("hint") {
                let _ = writeln!(text, "  → {}", hint.replace('\n', " "));
            }
        }
    }
    text
}

/// Messages that no command provokes at will, and what proves them. What only a failing disk or another's memory gives is met by
/// unit tests where it is mapped; a few guard what earlier checks have ruled out.
const ELSEWHERE: &[(&str, &str)] = &[
    ("constraint", "src/error.rs"),
    ("disk_full", "src/error.rs"),
    ("memory", "src/error.rs"),
    ("read_only", "src/error.rs"),
    ("sqlite_io", "src/error.rs"),
    ("sqlite_open", "src/error.rs"),
    ("changed_meanwhile", "src/db/facts.rs"),
    ("objection_open", "src/recognition/mod.rs"),
    ("objection_upheld", "src/recognition/mod.rs"),
    ("class_decided", "a roster's row is refused as conflict_with_register: tests/recognition.rs"),
    ("decision_sum", "src/paper/mod.rs"),
    ("not_free", "src/fund/store.rs"),
    ("file_changing", "guards: a file that somebody writes in while it is copied"),
    ("copy_differs", "guards: the copy is read back and compared with the office"),
    ("written_differs", "guards: rows are counted in the file after an import"),
    ("missing_any", "guards: the entry is checked before"),
    ("no_pack", "guards: the plan is compiled in"),
    ("no_terminal", "guards: nothing is asked where no terminal is"),
    ("pdf_failed", "guards: what the library could report of pictures of our own making"),
    ("no_random", "guards: the system always has random bytes"),
    ("no_wal", "guards: file systems without shared memory"),
    ("not_understood", "guards: the parser knows every command"),
    ("cell_full", "guards: no field holds as much as a cell of a sheet"),
    ("sheet_fault", "guards: what else the library could report"),
    ("sheet_full", "guards: a sheet has a million rows"),
    ("nothing_entered", "is taken back by the import itself, which reports each row"),
];

#[test]
fn every_message_says_what_to_do_next() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut silent = Vec::new();
    for file in std::fs::read_dir(root).unwrap() {
        let texts: toml::Table = toml::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        for key in texts.get("err").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
            let said = |lang| try_t_in(lang, &format!("hint.{key}")).is_some_and(|h| !h.is_empty());
            if !said(Lang::En) || !said(Lang::Zh) {
                silent.push(key.clone());
            }
        }
    }
    assert!(silent.is_empty(), "no next step: {silent:?}");
}

#[test]
fn every_message_is_provoked_or_said_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let here: String =
        std::fs::read_dir(root.join("tests")).unwrap().filter_map(|e| std::fs::read_to_string(e.unwrap().path()).ok()).collect();
    let mut unproved = Vec::new();
    for key in keys() {
        let quoted = format!("\"{key}\"");
        match ELSEWHERE.iter().find(|(k, _)| *k == key) {
            Some((_, place)) if place.starts_with("src/") => {
                let text = std::fs::read_to_string(root.join(place)).unwrap();
                let tests = text.split("mod tests").nth(1).unwrap_or_default();
                assert!(tests.contains(&quoted), "{key} is not met in the tests of {place}");
            }
            Some(_) => assert!(here.matches(&quoted).count() == 1, "{key} is provoked: take it off the list"),
            None if here.contains(&quoted) || here.contains(&format!("\\\"{key}\\\"")) => {}
            None => unproved.push(key),
        }
    }
    assert!(unproved.is_empty(), "never provoked: {unproved:?}");
}

#[test]
fn the_list_of_messages_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    if std::env::var_os("RENCAI_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == page(),
        "docs/errors.md is out of date: RENCAI_WRITE_DOCS=1 cargo test --test errors"
    );
}
