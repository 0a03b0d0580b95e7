//! One person twice: rows that wait are decided, likely pairs are ranked with their evidence, judged once, merged and unmerged.

mod it;

use it::{Desk, reason, resident_id};
use rencai::base::names::{Likeness, clean, likeness};
use serde_json::Value;

const HEAD: &str = "姓名,证件类型,证件号码,出生日期,国籍,用人单位,人才队伍,引进方式,到岗日期,手机\n";

fn import(desk: &Desk, rows: &str) -> (i32, Value) {
    std::fs::write(desk.path("r.csv"), format!("{HEAD}{rows}")).unwrap();
    let (code, out, err) = desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap(), "--json"]);
    (code, serde_json::from_str(out.lines().next().unwrap_or_else(|| panic!("{err}"))).unwrap())
}

/// The birth date in a resident ID.
fn born(id: &str) -> String {
    format!("{}-{}-{}", &id[6..10], &id[10..12], &id[12..14])
}

/// An office with 张三, known by a passport alone, and the row of a 张三 of the same birth with a resident ID.
fn with_twin() -> (Desk, String, String) {
    let desk = Desk::new();
    let id = resident_id(11);
    let held = desk.json(&[
        "talent",
        "add",
        "--name",
        "张三",
        "--id-type",
        "passport",
        "--id-number",
        "E12345678",
        "--nationality",
        "CHN",
        "--birth-date",
        &born(&id),
        "--employer",
        "甲公司",
        "--corps",
        "leading",
        "--mode",
        "rigid",
        "--start-date",
        "2019-03-01",
        "--phone",
        "13800001234",
    ]);
    let row = format!("张三,居民身份证,{id},,中国,甲公司,领军人才,刚性,2019-03-01,13900005678\n");
    (desk, held["no"].as_str().unwrap().to_owned(), row)
}

#[test]
fn a_waiting_row_shows_both_sides_and_is_decided_once() {
    for (verdict, people) in [("--same", 1), ("--new", 2), ("--drop", 1)] {
        let (desk, held, row) = with_twin();
        let (code, report) = import(&desk, &row);
        assert_eq!((code, &report["review"]), (1, &1.into()));
        let list = desk.json(&["roster", "review", "list"]);
        assert_eq!((&list[0]["held"][0]["no"], &list[0]["held"][0]["employer"]), (&held.as_str().into(), &"甲公司".into()));
        assert!(list[0]["cells"]["id_number"].as_str().unwrap().contains('*'));
        let id = list[0]["id"].to_string();
        let (code, _, err) = desk.run(&["roster", "review", "decide", &id, "--json"]);
        assert_eq!((code, reason(&err).as_str()), (2, "review_verdict"));
        let done = desk.json(&["roster", "review", "decide", &id, verdict]);
        assert_eq!((&done["status"], done["verdict"].as_str().unwrap()), (&"decided".into(), &verdict[2..]));
        assert_eq!(desk.json(&["roster", "review", "list"]).as_array().unwrap().len(), 0);
        assert_eq!(desk.json(&["talent", "list", "--count"])["count"], people);
        let (code, _, err) = desk.run(&["roster", "review", "decide", &id, verdict, "--json"]);
        assert_eq!((code, reason(&err).as_str()), (4, "no_review"));
        // The same row again asks nobody again.
        let (code, report) = import(&desk, &row);
        assert_eq!((code, &report["review"], &report["unchanged"]), (0, &0.into(), &1.into()), "{verdict} {report}");
        if verdict == "--same" {
            let shown = desk.json(&["talent", "show", &held]);
            assert_eq!(shown["documents"].as_array().unwrap().len(), 2);
            assert!(done["changed"].as_array().unwrap().iter().any(|c| c["field"] == "phone"));
        }
        assert_eq!(desk.json(&["talent", "duplicates"]).as_array().unwrap().len(), 0, "{verdict}");
        // Taken back, the row waits again and what it changed is as before.
        let op = done["op"].to_string();
        assert_eq!(desk.run(&["undo", &op, "--reason", "误"]).0, 0);
        assert_eq!(desk.json(&["roster", "review", "list"]).as_array().unwrap().len(), 1, "{verdict}");
        assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 1);
        assert_eq!(desk.run(&["audit", "verify"]).0, 0, "{verdict}");
    }
}

#[test]
fn a_row_like_several_persons_needs_one_named() {
    let (desk, held, row) = with_twin();
    let again = [
        "talent",
        "add",
        "--name",
        "张三",
        "--id-type",
        "passport",
        "--id-number",
        "G7654321",
        "--nationality",
        "CHN",
        "--birth-date",
        &born(&resident_id(11)),
        "--employer",
        "乙公司",
        "--corps",
        "leading",
        "--mode",
        "rigid",
        "--start-date",
        "2019-03-01",
        "--distinct",
    ];
    assert_eq!(desk.run(&again).0, 0);
    import(&desk, &row);
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let (code, _, err) = desk.run(&["roster", "review", "decide", &id, "--same", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (2, "review_which"));
    assert_eq!(desk.json(&["roster", "review", "decide", &id, "--same", &held])["no"], held);
}

/// The earlier row had no number while the file was read: whom it became is looked up.
#[test]
fn a_row_like_an_earlier_one_of_its_file_stands_beside_whom_that_one_became() {
    let desk = Desk::new();
    let twin = |name: &str, serial, passport: &str, phone: &str| {
        let id = resident_id(serial);
        let born = born(&id);
        format!(
            "{name},居民身份证,{id},,中国,甲公司,领军人才,刚性,2019-03-01,{phone}\n{name},护照,{passport},{born},中国,乙公司,领军人才,刚性,2019-03-01,\n"
        )
    };
    let rows = [twin("张三", 11, "E12345678", ""), twin("李四", 12, "E22345678", ""), twin("王五", 13, "E32345678", "")].concat();
    let (code, report) = import(&desk, &rows);
    assert_eq!((code, &report["added"], &report["review"]), (1, &3.into(), &3.into()));
    let list = desk.json(&["roster", "review", "list"]);
    let held: Vec<&Value> = list.as_array().unwrap().iter().map(|w| &w["held"][0]).collect();
    assert_eq!(held.iter().map(|h| h["name"].as_str().unwrap()).collect::<Vec<_>>(), ["张三", "李四", "王五"]);
    let id = |at: usize| list[at]["id"].to_string();
    let same = desk.json(&["roster", "review", "decide", &id(0), "--same"]);
    assert_eq!(same["no"], held[0]["no"]);
    assert_eq!(desk.json(&["talent", "show", same["no"].as_str().unwrap()])["documents"].as_array().unwrap().len(), 2);
    // Told to be two, they are not asked about again.
    assert_eq!(desk.json(&["roster", "review", "decide", &id(1), "--new"])["verdict"], "new");
    assert_eq!(desk.json(&["talent", "duplicates"]).as_array().unwrap().len(), 0);
    // Where the register has nobody like it any more there is nobody it could be.
    let other = held[2]["no"].as_str().unwrap();
    assert_eq!(desk.run(&["talent", "edit", other, "--name", "王五六", "--correct", "--reason", "误"]).0, 0);
    let (code, _, err) = desk.run(&["roster", "review", "decide", &id(2), "--same", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (2, "review_alone"));
}

#[test]
fn a_unit_that_is_unclear_is_named() {
    let desk = Desk::new();
    let ok = |args: &[&str]| assert_eq!(desk.run(args).0, 0, "{args:?}");
    ok(&["org", "add", "--name", "甲公司", "--uscc", "91150191MA000100X2"]);
    let head = HEAD.replace(",手机", ",统一社会信用代码");
    let row = format!("李四,居民身份证,{},,中国,甲公司,领军人才,刚性,2019-03-01,91150191MA00010182\n", resident_id(3));
    std::fs::write(desk.path("r.csv"), head + &row).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 1);
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let (code, _, err) = desk.run(&["roster", "review", "decide", &id, "--json"]);
    assert_eq!((code, reason(&err).as_str()), (5, "unit_unsure"));
    let done = desk.json(&["roster", "review", "decide", &id, "--unit", "91150191MA000100X2"]);
    assert_eq!(done["verdict"], "new");
    assert_eq!(desk.json(&["talent", "show", done["no"].as_str().unwrap()])["employer"]["uscc"], "91150191MA000100X2");
    // A unit's own row with another code: the same unit under a new code, or another unit.
    std::fs::write(desk.path("u.csv"), "单位名称,统一社会信用代码\n甲公司,91150191MA00010182\n").unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("u.csv").to_str().unwrap(), "--kind", "org"]).0, 1);
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let done = desk.json(&["roster", "review", "decide", &id, "--same"]);
    assert_eq!(desk.json(&["org", "show", done["no"].as_str().unwrap()])["uscc"], "91150191MA00010182");
}

#[test]
fn pairs_are_ranked_judged_merged_and_parted_again() {
    let (desk, keep, row) = with_twin();
    import(&desk, &row);
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let lose = desk.json(&["roster", "review", "decide", &id, "--new"])["no"].as_str().unwrap().to_owned();
    // Judged different by the decision; somebody thinks again.
    assert_eq!(desk.run(&["talent", "judge", &keep, &lose, "unsure"]).0, 0);
    let pairs = desk.json(&["talent", "duplicates"]);
    assert_eq!((&pairs[0]["a"]["no"], &pairs[0]["b"]["no"]), (&keep.as_str().into(), &lose.as_str().into()));
    assert_eq!((&pairs[0]["features"], &pairs[0]["score"]), (&serde_json::json!(["name_birth", "same_employer"]), &0.7.into()));
    assert_eq!(pairs[0]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(pairs[0]["judged"], "unsure");
    let (code, _, err) = desk.run(&["talent", "judge", &keep, &keep, "same", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (2, "same_person"));
    let before = (desk.json(&["talent", "show", &keep]), desk.json(&["talent", "show", &lose]));
    let merge = |more: &[&str]| desk.run(&[&["talent", "merge", &keep, &lose, "--json"], more].concat());
    let (code, _, err) = merge(&["--yes"]);
    assert_eq!((code, reason(&err).as_str()), (5, "merge_conflicts"), "{err}");
    assert!(err.contains("\"phone\"") && !err.contains("13800001234"));
    let (code, _, err) = merge(&["--take", "phone"]);
    assert_eq!((code, reason(&err).as_str()), (2, "merge_take"));
    let (code, _, err) = merge(&["--take", "phone=lose"]);
    assert_eq!((code, reason(&err).as_str()), (2, "needs_yes"), "{err}");
    let (code, out, _) = merge(&["--take", "phone=lose", "--dry-run"]);
    assert!(code == 0 && out.contains("\"dry_run\":true"), "{out}");
    let (code, out, err) = merge(&["--take", "phone=lose", "--yes"]);
    assert_eq!(code, 0, "{err}");
    let done: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&done["kept"], &done["merged"], &done["moved"]["documents"]), (&keep.as_str().into(), &lose.as_str().into(), &1.into()));
    let shown = desk.json(&["talent", "show", &lose]);
    assert_eq!((&shown["no"], shown["documents"].as_array().unwrap().len()), (&keep.as_str().into(), 2));
    assert!(shown["phone"].as_str().unwrap().ends_with("5678"));
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 1);
    assert_eq!(desk.json(&["talent", "duplicates"]).as_array().unwrap().len(), 0);
    assert_eq!(desk.json(&["target", "report", "T5", "--as-of", "2019-12-31"])[0]["all"], 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    let parted = desk.json(&["talent", "unmerge", &lose]);
    assert_eq!(parted["no"], lose.as_str());
    assert_eq!((desk.json(&["talent", "show", &keep]), desk.json(&["talent", "show", &lose])), before);
    let (code, _, err) = desk.run(&["talent", "unmerge", &lose, "--json"]);
    assert_eq!((code, reason(&err).as_str()), (5, "not_merged"));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    // Two different resident IDs are two persons, whatever the names.
    let other = desk.add("张三", &resident_id(12), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let (code, _, err) = desk.run(&["talent", "merge", &lose, other["no"].as_str().unwrap(), "--yes", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (3, "merge_two_ids"));
}

#[test]
fn what_was_decided_of_the_loser_moves_with_its_number() {
    let (desk, keep, row) = with_twin();
    import(&desk, &row.replace("甲公司", "乙公司"));
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let lose = desk.json(&["roster", "review", "decide", &id, "--new"])["no"].as_str().unwrap().to_owned();
    assert_eq!(desk.run(&["policy", "confirm", "recognition", "--basis", "和人才〔2019〕1号"]).0, 0);
    let grant = |p: &str| {
        desk.json(&["recognition", "grant", p, "--class", "B", "--decision", "和人才〔2026〕3号"])["no"].as_str().unwrap().to_owned()
    };
    let (theirs, ours) = (grant(&lose), grant(&keep));
    let merge = ["talent", "merge", &keep, &lose, "--take", "keep", "--yes", "--json"];
    let (code, _, err) = desk.run(&merge);
    assert_eq!((code, reason(&err).as_str()), (5, "merge_two_recognitions"));
    assert_eq!(desk.run(&["recognition", "cancel", &ours, "--ground", "重复", "--decision", "和人才〔2026〕4号"]).0, 0);
    let (code, out, err) = desk.run(&merge);
    assert_eq!(code, 0, "{err}");
    let done: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&done["moved"]["recognitions"], &done["moved"]["engagements"]), (&1.into(), &1.into()));
    let shown = desk.json(&["recognition", "show", &theirs]);
    assert_eq!((&shown["person_no"], &shown["status"]), (&keep.as_str().into(), &"in_force".into()));
    assert_eq!(desk.json(&["talent", "show", &keep])["class"], "B");
    assert_eq!(desk.run(&["talent", "unmerge", &lose]).0, 0);
    assert_eq!(desk.json(&["recognition", "show", &theirs])["person_no"], lose.as_str());
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn one_engagement_told_in_two_ways_needs_a_word() {
    let (desk, keep, row) = with_twin();
    import(&desk, &row.replace("刚性", "柔性"));
    let id = desk.json(&["roster", "review", "list"])[0]["id"].to_string();
    let lose = desk.json(&["roster", "review", "decide", &id, "--new"])["no"].as_str().unwrap().to_owned();
    let (code, _, err) = desk.run(&["talent", "merge", &keep, &lose, "--take", "phone=keep", "--yes", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (5, "merge_conflicts"));
    assert_eq!(desk.run(&["talent", "merge", &keep, &lose, "--take", "phone=keep", "--take", "engagement=lose", "--yes"]).0, 0);
    assert_eq!(desk.json(&["talent", "show", &keep])["mode"], "flexible");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn name_pairs_are_judged_as_labelled() {
    let mut wrong = Vec::new();
    for line in include_str!("fixtures/name_pairs.tsv").lines().filter(|l| !l.starts_with('#')) {
        let [a, b, label] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let got = match likeness(&clean(a), &clean(b)) {
            Likeness::Same => "same",
            Likeness::Ask => "ask",
            Likeness::Differ => "differ",
        };
        if got != label {
            wrong.push(format!("{line}: {got}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
