//! What a command says when it fails: every message that a clerk can provoke is provoked once; exit code, reason and that nothing
//! changed are checked. docs/errors.md lists all messages; `RENCAI_WRITE_DOCS=1 cargo test --test errors` writes it anew.

mod it;

use it::Desk;
use rencai::ui::lang::{Lang, try_t_in};
use serde_json::Value;
use std::collections::BTreeMap;
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
    let desk = Desk { dir: tempfile::tempdir().unwrap() };
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
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_rencai"))
            .env_clear()
            .env("RENCAI_DB", desk.path("office.db"))
            .args(["talent", "list"])
            .stdout(full)
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(74));
    }
    // Somebody who never ends: the command waits half a minute, then says so.
    let held = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(failure(&desk, &["org", "add", "--name", "丙公司"]), (75, "busy".into()));
    drop(held);
    assert_eq!(desk.run(&["org", "add", "--name", "丙公司"]).0, 0);
}

/// All messages as a page: what `docs/errors.md` must say.
fn page() -> String {
    let mut keys: BTreeMap<String, ()> = BTreeMap::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en")).unwrap() {
        let table: toml::Table = toml::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for key in table.get("err").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
            keys.insert(key.clone(), ());
        }
    }
    let mut text = String::from(
        "# Messages\n\nEvery failure has a reason (`details.reason` under `--json`), a message and mostly a next step, in both languages. Words in braces\n\
         are facts of the case. The page is made from `locales/` by `RENCAI_WRITE_DOCS=1 cargo test --test errors`, and a test keeps it true.\n",
    );
    for key in keys.keys() {
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
