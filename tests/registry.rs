//! The office through its binary: founded, filled from a roster, asked for its targets, watched over by the chain.

mod it;

use it::{Desk, resident_id};
use serde_json::Value;
use std::path::PathBuf;

const A: &str = "11010519491231002X";
const B: &str = "440308199901101512";
const HEAD: &str = "姓名,证件号码,人才队伍,用人单位,引进方式,到岗日期,手机\r\n";

#[test]
fn an_office_is_never_made_by_accident_and_never_overwritten() {
    let desk = Desk::bare();
    for verb in [&["talent", "list"][..], &["target", "report"], &["status"], &["audit", "verify"]] {
        assert_eq!(desk.run(verb).0, 66, "{verb:?}");
    }
    assert!(!desk.path("office.db").exists());
    assert_eq!(desk.run(&["init"]).0, 0);
    assert_eq!(desk.run(&["init"]).0, 5);
    std::fs::write(desk.path("office.db"), "not an office").unwrap();
    assert_eq!(desk.run(&["talent", "list"]).0, 76);
    assert_eq!(desk.run(&["init"]).0, 76);
    assert_eq!(std::fs::read(desk.path("office.db")).unwrap(), b"not an office");
}

#[test]
fn the_worked_example_of_the_counting_rules_comes_out() {
    let desk = Desk::new();
    let person = |name, id, mode, start, rest: &[&str]| {
        let mut args = vec!["--corps", "leading", "--mode", mode, "--start-date", start];
        args.extend(rest);
        desk.add(name, id, &args)["no"].as_str().unwrap().to_owned()
    };
    person("甲", A, "rigid", "2018-05-01", &["--contract-end", "2019-04-30"]);
    person("乙", B, "rigid", "2017-09-01", &[]);
    let c = person("丙", "610104620927690", "flexible", "2018-03-01", &[]);
    person("丁", "H12345678", "home_grown", "2019-01-01", &["--id-type", "hm_permit"]);
    person("戊", "12345678", "rigid", "2019-06-01", &["--id-type", "tw_permit", "--corps-more", "innovator"]);
    let left = desk.run(&["talent", "leave", &c, "--why", "resigned", "--date", "2019-02-01", "--reason", "补登"]);
    assert_eq!(left.0, 0, "{}", left.2);
    let report = desk.json(&["target", "report", "--as-of", "2019-12-31"]);
    let line = |code: &str| report.as_array().unwrap().iter().find(|l| l["code"] == code).unwrap().clone();
    let t5 = line("T5");
    assert_eq!((&t5["introduced"], &t5["left"], &t5["all"]), (&3.into(), &1.into(), &4.into()));
    assert_eq!(line("T6")["introduced"], 0);
    let explain = desk.json(&["target", "explain", "T5", "--excluded", "--as-of", "2019-12-31"]);
    assert_eq!(explain["counted"].as_array().unwrap().len(), 3);
    assert_eq!(explain["excluded"].as_array().unwrap().len(), 2);
}

#[test]
fn a_bad_row_keeps_the_roster_out_and_partial_takes_the_rest() {
    let desk = Desk::new();
    let file = desk.path("r.csv");
    let bad = "110105194912310021";
    std::fs::write(&file, format!("{HEAD}张三,{A},领军人才,某院,全职,2019-03-01,\r\n李四,{bad},领军人才,某院,全职,2019-02-30,1\r\n"))
        .unwrap();
    let name = file.to_str().unwrap();
    let (code, out, err) = desk.run(&["roster", "import", name, "--json"]);
    assert_eq!(code, 65);
    let report: Value = serde_json::from_str(&out).unwrap();
    let codes: Vec<&str> = report["faults"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["check_digit", "bad_date", "bad_phone"], "all faults of a row at once");
    assert_eq!(report["faults"][0]["row"], 3);
    assert!(!out.contains(bad) && !err.contains(bad), "a rejected number is masked");
    assert_eq!(err.lines().count(), 1);
    assert_eq!(desk.json(&["talent", "list"]).as_array().unwrap().len(), 0);
    let rejects = desk.path("rejects.csv");
    let (code, _, _) = desk.run(&["roster", "import", name, "--partial", "--rejects", rejects.to_str().unwrap()]);
    assert_eq!(code, 1);
    let text = std::fs::read_to_string(&rejects).unwrap();
    assert!(text.contains(bad) && !text.contains(A), "the rejects file has the original cells of the refused row alone");
    std::fs::write(&rejects, text.replace(bad, B).replace("2019-02-30", "2019-03-30").replace(",1,", ",13800001234,")).unwrap();
    assert_eq!(desk.run(&["roster", "import", rejects.to_str().unwrap()]).0, 0);
    assert_eq!(desk.json(&["talent", "list"]).as_array().unwrap().len(), 2);
}

#[test]
fn the_same_roster_again_changes_nothing_and_an_export_comes_back_the_same() {
    let desk = Desk::new();
    let file = desk.path("r.csv");
    let rows = format!(
        "花名册\r\n{HEAD}张　三,{A},领军人才,某院,全职,2019-03-01,13800001234\r\n合计,2,,,,,\r\n李四,{B},高技能人才,=某厂,柔性,2019-04-01,\r\n"
    );
    let (gb, _, _) = encoding_rs::GB18030.encode(&rows);
    std::fs::write(&file, &gb).unwrap();
    let name = file.to_str().unwrap();
    let first = desk.json(&["roster", "import", name]);
    assert_eq!((&first["encoding"], &first["added"], &first["skipped"]), (&"gb18030".into(), &2.into(), &1.into()));
    let again = desk.json(&["roster", "import", name]);
    assert_eq!((&again["unchanged"], &again["op"]), (&2.into(), &Value::Null));
    let export = |desk: &Desk, to: &PathBuf| {
        let to = to.to_str().unwrap();
        assert_eq!(desk.run(&["roster", "export", to, "--reveal", "--reason", "test"]).0, 0);
    };
    let (one, two) = (desk.path("one.csv"), desk.path("two.csv"));
    export(&desk, &one);
    let other = Desk::new();
    assert_eq!(other.run(&["roster", "import", one.to_str().unwrap()]).0, 0);
    export(&other, &two);
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    assert!(std::fs::read_to_string(&one).unwrap().contains(",'=某厂,"), "a formula is made harmless");
}

#[test]
fn the_chain_places_a_hand_edit_and_undo_takes_back() {
    let desk = Desk::new();
    let rest = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"];
    let added = desk.add("曾国藩", A, &rest);
    assert_eq!(
        desk.run(&[
            "talent",
            "add",
            "--name",
            "曾国藩",
            "--employer",
            "某院",
            "--id-number",
            A,
            "--corps",
            "leading",
            "--mode",
            "rigid",
            "--start-date",
            "2019-03-01"
        ])
        .0,
        5
    );
    assert_eq!(desk.json(&["talent", "find", "zengguo"])[0]["no"], added["no"]);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    let conn = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    conn.execute("UPDATE name SET text = '曾国荃'", []).unwrap();
    drop(conn);
    let (code, out, _) = desk.run(&["audit", "verify", "--json"]);
    assert_eq!(code, 1);
    let verdict: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(verdict["ok"], false);
    assert!(verdict["faults"].as_array().unwrap().iter().any(|f| f["key"] == added["no"]));
    let desk = Desk::new();
    let op = desk.add("甲", B, &rest)["op"].to_string();
    assert_eq!(desk.run(&["undo", &op]).0, 0);
    assert_eq!(desk.json(&["talent", "list"]).as_array().unwrap().len(), 0);
    assert_eq!(desk.run(&["undo", &op]).0, 5);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_change_keeps_the_past_and_a_correction_does_not() {
    let desk = Desk::new();
    let no = desk.add("甲", A, &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"])["no"].as_str().unwrap().to_owned();
    let corps = |day: &str| desk.json(&["talent", "show", &no, "--as-of", day])["corps"].as_str().unwrap().to_owned();
    assert_eq!(desk.run(&["talent", "edit", &no, "--corps", "leading", "--from-date", "2020-01-01"]).0, 0);
    assert_eq!((corps("2019-12-31").as_str(), corps("2020-01-01").as_str()), ("skilled", "leading"));
    assert_eq!(
        desk.run(&["talent", "edit", &no, "--corps", "innovator", "--from-date", "2019-06-01", "--correct"]).0,
        2,
        "a correction needs its reason"
    );
    assert_eq!(
        desk.run(&["talent", "edit", &no, "--corps", "innovator", "--from-date", "2019-06-01", "--correct", "--reason", "录错"]).0,
        0
    );
    assert_eq!((corps("2019-03-01").as_str(), corps("2020-01-01").as_str()), ("innovator", "leading"));
    assert_eq!(desk.run(&["talent", "show", &no, "--as-of", "2018-01-01"]).0, 4);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn likely_twins_wait_and_are_not_kept_twice() {
    let desk = Desk::new();
    let file = desk.path("r.csv");
    let head = "姓名,证件类型,证件号码,出生日期,人才队伍,用人单位,引进方式,到岗日期\r\n";
    let rows =
        "甲乙,护照,E12345678,1980-01-02,领军人才,某院,柔性,2019-03-01\r\n甲乙,护照,E87654321,1980-01-02,领军人才,某院,柔性,2019-03-01\r\n";
    std::fs::write(&file, format!("{head}{rows}")).unwrap();
    for _ in 0..2 {
        let (code, out, _) = desk.run(&["roster", "import", file.to_str().unwrap(), "--json"]);
        assert_eq!(code, 1, "{out}");
    }
    let waiting = desk.json(&["roster", "review", "list"]);
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["reasons"][0]["code"], "name_birth");
}

#[test]
fn every_command_has_its_texts_in_both_languages() {
    let tree = rencai::cli::build();
    assert_eq!(rencai::ui::help::missing_texts(&tree), Vec::<String>::new());
    tree.debug_assert();
}

#[test]
fn new_and_known_persons_of_one_roster_take_their_numbers_from_one_counter() {
    let desk = Desk::new();
    let a = desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,人才类别\n";
    let rows = format!(
        "{head}张三,{},某研究院,领军人才,刚性,2019-03-01,B类\n李四,{},甲公司,领军人才,刚性,2019-03-01,C类\n王五,{},甲公司,领军人才,刚性,2019-03-01,D类\n",
        resident_id(1),
        resident_id(2),
        resident_id(3)
    );
    std::fs::write(desk.path("r.csv"), rows).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 0);
    let list = desk.json(&["recognition", "list", "--where", "status=recorded"]);
    let mut nos: Vec<&str> = list.as_array().unwrap().iter().map(|r| r["no"].as_str().unwrap()).collect();
    nos.dedup();
    assert_eq!(nos.len(), 3, "{list}");
    assert_eq!(list[0]["person_no"], a["no"]);
}
