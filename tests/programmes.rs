//! Programmes: who may take part in which, who was there, what came of it, what is granted for it, and the figures by named project.

mod it;

use it::{Desk, fails, no, on, resident_id};
use rencai::base::number;
use serde_json::{Value, json};

const DAY: &str = "2019-05-06";

/// An office with a leading talent, an entrepreneur and a skilled worker, all of them here since 2018: desk and their numbers.
fn office() -> (Desk, [String; 3]) {
    let desk = Desk::on(DAY);
    let add = |name, n, corps| no(&desk.add(name, &resident_id(n), &["--corps", corps, "--mode", "rigid", "--start-date", "2018-03-01"]));
    let people = [add("张领军", 1, "leading"), add("李企业", 2, "entrepreneur"), add("王技能", 3, "skilled")];
    (desk, people)
}

fn programme(desk: &Desk, kind: &str, rest: &[&str]) -> String {
    no(&desk.json(&[&["programme", "add", "--kind", kind, "--name", "活动", "--from-date", DAY, "--until", "2019-05-17"], rest].concat()))
}

fn names(v: &Value, key: &str) -> Vec<String> {
    v.as_array().unwrap().iter().map(|r| r[key].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_programme_is_planned_changed_and_told_of_any_day() {
    let (desk, _) = office();
    let task = number::format("TK", 4);
    let made = desk.json(&[
        "programme",
        "add",
        "--kind",
        "training",
        "--name",
        "大数据工程师班",
        "--task",
        &task,
        "--from-date",
        "2019-06-03",
        "--until",
        "2019-06-14",
        "--org",
        "某职业学院",
        "--partner",
        "某大学",
        "--place",
        "产业园",
        "--hours",
        "80",
        "--cost",
        "60,000",
    ]);
    assert_eq!((&made["status"], &made["kind"], &made["named_project"]), (&"planned".into(), &"training".into(), &"bigdata".into()));
    assert_eq!((&made["task"], &made["org"]["name"], &made["cost"]), (&task.as_str().into(), &"某职业学院".into(), &"60000.00".into()));
    assert_eq!(made["next"], json!(["closed", "cancelled"]));
    assert!(made.get("fee").is_none(), "whoever takes part pays nothing");
    let pr = no(&made);
    let add =
        |rest: &[&'static str]| [&["programme", "add", "--name", "x", "--from-date", "2019-06-03", "--until", "2019-06-04"], rest].concat();
    let same =
        ["programme", "add", "--kind", "training", "--name", " 大数据工程师班", "--from-date", "2019-06-03", "--until", "2019-06-04"];
    assert_eq!(fails(&desk, &same, 5, "programme_known")["error"]["details"]["no"], pr.as_str());
    fails(&desk, &add(&["--kind", "party"]), 2, "bad_entry");
    fails(&desk, &["programme", "add", "--name", "x"], 2, "missing_options");
    fails(
        &desk,
        &["programme", "add", "--kind", "forum", "--name", "x", "--from-date", "2019-06-03", "--until", "2019-06-02"],
        65,
        "bad_entry",
    );
    fails(&desk, &add(&["--kind", "exchange"]), 2, "needs_direction");
    fails(&desk, &add(&["--kind", "forum", "--direction", "in"]), 2, "not_of_kind");
    fails(&desk, &add(&["--kind", "forum", "--named-project", "ai"]), 2, "not_of_kind");
    fails(&desk, &[&add(&["--kind", "training", "--named-project", "ai", "--task"])[..], &[&task]].concat(), 2, "other_project");
    fails(&desk, &[&add(&["--kind", "forum", "--task"])[..], &[&number::format("TK", 99)]].concat(), 4, "no_task_line");
    fails(&desk, &[&add(&["--kind", "forum", "--task"])[..], &["4.9.9"]].concat(), 4, "no_task_line");
    // A line is named by its clause too.
    fails(&desk, &[&add(&["--kind", "training", "--named-project", "ai", "--task"])[..], &["4.1.1.4"]].concat(), 2, "other_project");
    fails(&desk, &add(&["--kind", "forum", "--cost", "1万"]), 65, "bad_entry");
    fails(&desk, &["programme", "show", &number::format("PR", 9)], 4, "no_programme");
    // Task line and named project agree, whichever of them is changed.
    fails(&desk, &on("2019-05-20", &["programme", "edit", &pr, "--named-project", "ai"]), 2, "other_project");
    fails(&desk, &on("2019-05-20", &["programme", "edit", &pr, "--task", "4.1.1.2"]), 2, "other_project");
    let both = ["programme", "edit", &pr, "--task", "4.1.1.2", "--named-project", "ai", "--dry-run"];
    assert_eq!(desk.json(&on("2019-05-20", &both))["named_project"], "ai");
    // A plan changes from a day on; what it was before stays known.
    let moved =
        desk.json(&on("2019-05-20", &["programme", "edit", &pr, "--from-date", "2019-06-10", "--until", "2019-06-21", "--place", ""]));
    assert_eq!((&moved["from_date"], &moved["place"]), (&"2019-06-10".into(), &Value::Null));
    assert_eq!(names(&moved["changed"], "field"), ["from_date", "until", "place"]);
    assert_eq!(desk.json(&["programme", "show", &pr, "--as-of", "2019-05-19"])["from_date"], "2019-06-03");
    fails(&desk, &["programme", "edit", &pr], 2, "nothing_to_edit");
    let corrected = desk.json(&on("2019-05-21", &["programme", "edit", &pr, "--hours", "96", "--correct"]));
    assert_eq!((&corrected["hours"], &corrected["changed"][0]["from"]), (&96.into(), &"2019-05-20".into()));
    assert_eq!(desk.run(&["programme", "edit", &pr, "--hours", "9", "--correct", "--date", DAY]).0, 0, "a reason is given by the desk");
    let status = |day: &str| desk.json(&["programme", "show", &pr, "--as-of", day])["status"].clone();
    assert_eq!(
        [status("2019-06-09"), status("2019-06-10"), status("2019-06-21"), status("2019-06-22")],
        ["planned", "running", "running", "ended"]
    );
    assert_eq!(
        desk.json(&["programme", "list", "--where", "named_project=大数据 kind=培训", "--as-of", "2019-05-21"]).as_array().unwrap().len(),
        1
    );
    assert_eq!(desk.json(&["programme", "list", "--where", "until>2019-07"]), json!([]));
    std::fs::write(desk.path("p.json"), r#"{"kind":"trip","name":"考察","from_date":"2019-07-01","until":"2019-07-05","cost":30000}"#)
        .unwrap();
    let from_file = desk.json(&["programme", "add", "--from", desk.path("p.json").to_str().unwrap()]);
    assert_eq!((&from_file["kind"], &from_file["cost"]), (&"trip".into(), &"30000.00".into()));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn each_kind_of_programme_has_its_own_people() {
    let (desk, [leading, owner, skilled]) = office();
    let enrol = |pr: &str, who: &str| ["programme", "enrol", pr, who].map(str::to_owned);
    let refused = |pr: &str, who: &str, why: &str, clause: &str| {
        let args = enrol(pr, who);
        let told = fails(&desk, &args.each_ref().map(String::as_str), 3, why);
        assert_eq!(told["error"]["details"]["clause"], clause);
    };
    let taken = |pr: &str, who: &str| desk.json(&enrol(pr, who).each_ref().map(String::as_str))["role"].clone();
    let forum = programme(&desk, "forum", &[]);
    refused(&forum, &owner, "not_leading", "五（二）3");
    assert_eq!(taken(&forum, &leading), "applicant");
    assert_eq!(desk.json(&["programme", "enrol", &forum, &owner, "--as", "participant"])["role"], "participant");
    let trip = programme(&desk, "trip", &[]);
    refused(&trip, &skilled, "not_entrepreneur", "五（二）3");
    assert_eq!(taken(&trip, &owner), "participant");
    fails(&desk, &["programme", "enrol", &trip, &owner, "--as", "applicant"], 5, "enrolled_already");
    let training = programme(&desk, "training", &[]);
    assert_eq!(taken(&training, &skilled), "participant");
    fails(&desk, &["programme", "enrol", &training, &owner, "--as", "applicant"], 2, "not_of_kind");
    let exchange = programme(&desk, "exchange", &["--direction", "out"]);
    desk.json(&["talent", "leave", &skilled, "--why", "resigned", "--date", "2019-05-05"]);
    refused(&exchange, &skilled, "not_here", "四（一）2（9）");
    assert_eq!(taken(&exchange, &leading), "participant");
    // Who left is no entrepreneur of the zone any more.
    desk.json(&["talent", "leave", &owner, "--why", "resigned", "--date", "2019-05-05"]);
    let next = no(&desk.json(&["programme", "add", "--kind", "trip", "--name", "另一次", "--from-date", DAY, "--until", DAY]));
    refused(&next, &owner, "not_entrepreneur", "五（二）3");
    assert_eq!(names(&desk.json(&["programme", "list", "--person", &leading]), "kind"), ["forum", "exchange"]);
}

#[test]
fn a_minor_student_comes_for_practice_with_a_consent() {
    let (desk, [leading, ..]) = office();
    let student = |name: &str, permit: &str, birth: &[&str]| {
        let args = ["talent", "add", "--kind", "student", "--name", name, "--id-type", "hm_permit", "--id-number", permit];
        no(&desk.json(&[&args[..], birth].concat()))
    };
    let minor = student("陈港生", "H1234567800", &["--birth-date", "2001-05-07"]);
    let adult = student("何澳生", "M1234567800", &["--birth-date", "2001-05-06"]);
    let unknown = student("黄港生", "H7654321000", &[]);
    let pr = programme(&desk, "practice", &["--partner", "前海"]);
    fails(&desk, &["programme", "enrol", &pr, &leading], 3, "not_student");
    let told = fails(&desk, &["programme", "enrol", &pr, &minor], 3, "needs_consent");
    assert_eq!(told["error"]["details"]["clause"], "民法典第十九条");
    fails(&desk, &["programme", "enrol", &pr, &unknown], 3, "needs_consent");
    // Eighteen on the first day.
    assert_eq!(desk.json(&["programme", "enrol", &pr, &adult])["consent"], false);
    std::fs::write(desk.path("consent.pdf"), "guardian").unwrap();
    let consent = desk.path("consent.pdf");
    let consent = consent.to_str().unwrap();
    fails(&desk, &["programme", "enrol", &pr, &minor, &unknown, "--consent", consent], 2, "one_consent");
    assert_eq!(desk.json(&["programme", "enrol", &pr, &minor, "--consent", consent])["consent"], true);
    let kept = desk.json(&["file", "list", &minor]);
    assert_eq!((&kept[0]["as"], &kept[0]["sensitive"], &kept[0]["present"]), (&"guardian_consent".into(), &true.into(), &true.into()));
    let shown = desk.run(&["programme", "show", &pr]).1;
    assert!(shown.contains("陈港生") && !shown.contains("H1234567"), "{shown}");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn who_was_there_and_passed_is_kept_by_day() {
    let (desk, [leading, owner, skilled]) = office();
    let pr = programme(&desk, "training", &[]);
    desk.json(&["programme", "enrol", &pr, &leading, &owner]);
    fails(&desk, &["programme", "attend", &pr, &leading, "--on", "2019-05-07"], 3, "not_begun");
    fails(&desk, &["programme", "attend", &pr, &leading, "--date", "2019-05-05"], 3, "not_begun");
    fails(&desk, &["programme", "attend", &pr, &skilled], 5, "not_enrolled");
    fails(&desk, &["programme", "attend", &pr, &leading, "--on", "2019-05-05", "--date", "2019-05-08"], 65, "not_a_day_of_it");
    fails(&desk, &["programme", "outcome", &pr, &leading, "--passed"], 3, "never_there");
    let first = desk.json(&["programme", "attend", &pr, &leading, "--hours", "8"]);
    assert_eq!((&first["status"], &first["days_there"], &first["hours_there"]), (&"attended".into(), &1.into(), &8.into()));
    // The same day once more: known, and corrected where the hours differ.
    let (code, out, _) = desk.run(&["programme", "attend", &pr, &leading, "--hours", "8", "--json"]);
    assert!(code == 0 && out.contains("\"op\":null"), "{out}");
    assert_eq!(desk.json(&["programme", "attend", &pr, &leading, "--hours", "6"])["hours_there"], 6);
    // Entered afterwards without a day: the last one.
    desk.json(&["programme", "attend", &pr, "--all", "--date", "2019-06-20"]);
    let late = desk.json(&["programme", "participants", &pr, "--as-of", "2019-06-20"]);
    assert_eq!(
        (names(&late, "person_no"), &late[0]["days_there"], &late[1]["days_there"]),
        (vec![leading.clone(), owner.clone()], &2.into(), &1.into())
    );
    let passed = desk.json(&["programme", "outcome", &pr, &leading, "--passed", "--note", "良好", "--date", "2019-06-21"]);
    assert_eq!((&passed["status"], &passed["note"], &passed["stayed"]), (&"passed".into(), &"良好".into(), &true.into()));
    let told = fails(&desk, &["programme", "outcome", &pr, &leading, "--failed", "--date", "2019-06-21"], 5, "outcome_known");
    assert_eq!(told["error"]["details"]["possible"], json!(["--correct"]));
    assert_eq!(desk.json(&["programme", "outcome", &pr, &leading, "--failed", "--correct", "--date", "2019-06-21"])["status"], "failed");
    assert_eq!(desk.json(&["programme", "outcome", &pr, &leading, "--passed", "--correct", "--date", "2019-06-21"])["status"], "passed");
    assert_eq!(desk.json(&["programme", "outcome", &pr, &owner, "--withdrew", "--date", "2019-06-21"])["status"], "withdrew");
    fails(&desk, &["programme", "attend", &pr, &owner, "--date", "2019-06-21"], 5, "not_enrolled");
    // Back after all, and out of the plan's days nobody can be moved who was there.
    assert_eq!(desk.json(&["programme", "enrol", &pr, &owner, "--date", "2019-06-21"])["status"], "attended");
    fails(&desk, &["programme", "edit", &pr, "--until", "2019-05-16", "--date", "2019-06-21"], 3, "attended_outside");
    // What is known of an earlier day stays.
    assert_eq!(desk.json(&["programme", "show", &pr, "--as-of", "2019-05-06"])["passed"], 0);
    assert_eq!(desk.json(&["programme", "show", &pr, "--as-of", "2019-06-21"])["passed"], 1);
    fails(&desk, &["programme", "close", &pr, "--date", "2019-05-16"], 3, "not_over");
    assert_eq!(desk.json(&["programme", "close", &pr, "--date", "2019-06-22"])["status"], "closed");
    fails(&desk, &["programme", "enrol", &pr, &skilled, "--date", "2019-06-22"], 5, "programme_over");
    fails(&desk, &["programme", "cancel", &pr, "--why", "x", "--date", "2019-06-22"], 5, "wrong_state");
    assert_eq!(desk.run(&["programme", "outcome", &pr, &leading]).0, 2, "one outcome is wanted");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_class_is_enrolled_by_its_list_or_by_a_filter() {
    let (desk, [leading, owner, skilled]) = office();
    let pr = programme(&desk, "trip", &[]);
    let list = desk.path("class.csv");
    std::fs::write(&list, format!("姓名,证件号码\n李企业,{}\n王技能,{}\n", resident_id(2), resident_id(3))).unwrap();
    let list = list.to_str().unwrap();
    // All or nothing; the good ones with a list of the others.
    let told = fails(&desk, &["programme", "enrol", &pr, "--from", list], 3, "some_refused");
    assert_eq!(told["error"]["details"]["refused"][0]["no"], skilled.as_str());
    let (code, out, _) = desk.run(&["programme", "enrol", &pr, "--from", list, "--partial", "--json"]);
    let both: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, &both["done"][0]["person_no"], &both["refused"][0]["clause"]),
        (1, &owner.as_str().into(), &"not_entrepreneur".into())
    );
    // A list of numbers and nothing else is a list.
    let next = no(&desk.json(&["programme", "add", "--kind", "trip", "--name", "另一次", "--from-date", DAY, "--until", DAY]));
    std::fs::write(desk.path("one.csv"), format!("\n编号\n{owner}\n")).unwrap();
    assert_eq!(
        names(&desk.json(&["programme", "enrol", &next, "--from", desk.path("one.csv").to_str().unwrap()]), "person_no"),
        [owner.as_str()]
    );
    std::fs::write(desk.path("one.csv"), format!("甲\n{owner}\n")).unwrap();
    fails(&desk, &["programme", "enrol", &next, "--from", desk.path("one.csv").to_str().unwrap()], 65, "no_header");
    let training = programme(&desk, "training", &[]);
    let rows = desk.json(&["programme", "enrol", &training, "--where", "corps=leading|skilled"]);
    assert_eq!(names(&rows, "person_no"), [leading.as_str(), skilled.as_str()]);
    // In the course of it a filter means those who take part.
    let there = desk.json(&["programme", "attend", &training, "--where", "status=active"]);
    assert_eq!(names(&there, "person_no"), [leading.as_str(), skilled.as_str()]);
    let trial = desk.json(&["programme", "outcome", &training, "--all", "--passed", "--dry-run"]);
    assert_eq!(names(&trial, "status"), ["passed", "passed"]);
    assert_eq!(desk.json(&["programme", "show", &training])["passed"], 0);
    let csv = desk.run(&["programme", "participants", &training, "--format", "csv", "--where", "person_name~技能"]).1;
    assert!(csv.lines().count() == 2 && csv.contains(&skilled), "{csv}");
    fails(&desk, &["programme", "enrol", &training], 2, "nobody_named");
}

#[test]
fn trained_passed_and_stayed_are_counted_by_named_project() {
    let (desk, [leading, owner, skilled]) = office();
    let add = |name: &str, project: &str, until: &str| {
        let args =
            ["programme", "add", "--kind", "training", "--name", name, "--named-project", project, "--from-date", DAY, "--until", until];
        no(&desk.json(&[&args[..], &["--cost", "1000"]].concat()))
    };
    let (first, second, later) = (add("一班", "ai", "2019-05-08"), add("二班", "ai", "2019-05-10"), add("三班", "bim", "2019-08-30"));
    for pr in [&first, &second, &later] {
        desk.json(&["programme", "enrol", pr, &leading, &owner, &skilled]);
        desk.json(&["programme", "attend", pr, &leading, &skilled]);
    }
    desk.json(&["programme", "outcome", &first, &leading, &skilled, "--passed", "--date", "2019-05-09"]);
    desk.json(&["talent", "leave", &skilled, "--why", "resigned", "--date", "2019-07-31"]);
    let tally = |args: &[&str]| desk.json(&[&["programme", "tally"], args].concat());
    fails(&desk, &["programme", "tally", "--from-date", "2019-10-01", "--until", "2019-09-01"], 65, "date_order");
    let line = |v: &Value, n: usize| ["programmes", "trained", "passed", "stayed"].map(|k| v[n][k].as_i64().unwrap());
    let june = tally(&["--as-of", "2019-06-30"]);
    assert_eq!((june.as_array().unwrap().len(), &june[0]["named_project"], &june[0]["cost"]), (1, &"ai".into(), &"2000.00".into()));
    // Distinct persons, whatever the number of classes; who never came is not trained.
    assert_eq!(line(&june, 0), [2, 2, 2, 2]);
    assert_eq!(line(&tally(&["--as-of", "2019-08-01"]), 0), [2, 2, 2, 1]);
    assert_eq!(tally(&["--as-of", "2019-12-31"]).as_array().unwrap().len(), 2);
    assert_eq!(line(&tally(&["--from-date", "2019-05-09", "--until", "2019-06-30", "--as-of", "2019-12-31"]), 0), [1, 2, 0, 1]);
    // A programme that was not held counts nowhere.
    desk.json(&["programme", "cancel", &later, "--why", "未开班", "--date", "2019-08-01"]);
    assert_eq!(tally(&["--as-of", "2019-12-31"]).as_array().unwrap().len(), 1);
    // A merged record is one person: nobody is trained twice.
    let twin = no(&desk.json(&[
        "talent",
        "add",
        "--name",
        "张领军",
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
        "2018-03-01",
        "--employer",
        "某研究院",
        "--distinct",
    ]));
    desk.json(&["programme", "enrol", &second, &twin]);
    desk.json(&["programme", "attend", &second, &twin, "--on", "2019-05-06"]);
    assert_eq!(line(&tally(&["--as-of", "2019-06-30"]), 0)[1], 3);
    let (code, out, err) = desk.run(&["talent", "merge", &leading, &twin, "--take", "keep", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(line(&tally(&["--as-of", "2019-06-30"]), 0)[1], 2);
    assert_eq!(desk.json(&["programme", "participants", &second]).as_array().unwrap().len(), 3);
}

#[test]
fn what_is_granted_for_a_programme_follows_the_rules_of_benefits() {
    let (desk, [leading, owner, skilled]) = office();
    let forum = programme(&desk, "forum", &["--cost", "30000"]);
    desk.json(&["programme", "enrol", &forum, &leading]);
    desk.json(&["programme", "enrol", &forum, &owner, "--as", "participant"]);
    let grant = |pr: &str, who: &str, yuan: &str| {
        ["programme", "grant", pr, who, "--amount", yuan, "--decision", "和人才〔2019〕12号"].map(str::to_owned)
    };
    let refused = |args: [String; 8], code, why: &str| fails(&desk, &args.each_ref().map(String::as_str), code, why);
    refused(grant(&forum, &leading, "18000"), 3, "never_there");
    desk.json(&["programme", "attend", &forum, "--all"]);
    refused(grant(&forum, &owner, "18000"), 3, "not_applicant");
    refused(grant(&forum, &leading, "30000.01"), 3, "above_cost");
    refused(grant(&forum, &leading, "18000"), 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕5号"]).0, 0);
    refused(grant(&forum, &leading, "18000"), 3, "no_open_fund");
    let fund = no(&desk.json(&["fund", "open", "人才发展引导基金", "--year", "2019"]));
    desk.json(&["fund", "appropriate", &fund, "--source", "state", "--amount", "100000", "--decision", "内财〔2019〕1号"]);
    let done = desk.json(&grant(&forum, &leading, "18000").each_ref().map(String::as_str));
    let benefit = done["application_no"].as_str().unwrap().to_owned();
    let shown = desk.json(&["subsidy", "show", &benefit]);
    assert_eq!((&shown["scheme"], &shown["amount"], &shown["payee_no"]), (&"forum".into(), &"18000.00".into(), &leading.as_str().into()));
    assert_eq!(desk.json(&["fund", "show", &fund])["lines"][0]["reserved"], "18000.00");
    // Once for one programme, and never more than it cost.
    refused(grant(&forum, &leading, "1000"), 5, "granted_already");
    fails(&desk, &["programme", "cancel", &forum, "--why", "x"], 5, "paid_for");
    let training = programme(&desk, "training", &["--cost", "3000"]);
    desk.json(&["programme", "enrol", &training, &skilled, &owner]);
    desk.json(&["programme", "attend", &training, "--all"]);
    let told = fails(
        &desk,
        &["programme", "grant", &training, "--all", "--amount", "1600", "--decision", "和人才〔2019〕13号"],
        3,
        "some_refused",
    );
    assert_eq!(told["error"]["details"]["refused"][0]["clause"], "above_cost");
    assert_eq!(desk.json(&["fund", "show", &fund])["lines"][0]["reserved"], "18000.00", "nothing was granted");
    let both = desk.json(&["programme", "grant", &training, "--all", "--amount", "1500", "--decision", "和人才〔2019〕13号"]);
    assert_eq!(both.as_array().unwrap().len(), 2);
    // What was granted stays within the cost, whichever of the two comes later.
    fails(&desk, &["programme", "edit", &training, "--cost", "2999.99", "--correct", "--reason", "误录"], 3, "above_cost");
    let exchange = programme(&desk, "exchange", &["--direction", "in"]);
    desk.json(&["programme", "enrol", &exchange, &leading]);
    refused(grant(&exchange, &leading, "1"), 3, "no_benefit_for");
    // Money that was promised is not taken back by undoing.
    let op = done["op"].to_string();
    fails(&desk, &["undo", &op], 3, "promised");
    assert_eq!((desk.run(&["audit", "verify"]).0, desk.run(&["doctor"]).0), (0, 0));
}

#[test]
fn a_slip_is_taken_back_in_order() {
    let (desk, [leading, ..]) = office();
    let made = desk.json(&["programme", "add", "--kind", "forum", "--name", "峰会", "--from-date", DAY, "--until", DAY, "--org", "某协会"]);
    let (pr, first) = (no(&made), made["op"].to_string());
    fails(&desk, &["programme", "close", &pr], 3, "no_applicant");
    let enrolled = desk.json(&["programme", "enrol", &pr, &leading])["op"].to_string();
    let there = desk.json(&["programme", "attend", &pr, &leading])["op"].to_string();
    fails(&desk, &["undo", &first], 5, "later_rows");
    fails(&desk, &["undo", &enrolled], 5, "later_rows");
    desk.json(&["undo", &there]);
    desk.json(&["undo", &enrolled]);
    assert_eq!(desk.json(&["programme", "participants", &pr]), json!([]));
    desk.json(&["undo", &first]);
    fails(&desk, &["programme", "show", &pr], 4, "no_programme");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_programme_that_is_over_and_open_is_due() {
    let (desk, [leading, ..]) = office();
    let pr = programme(&desk, "training", &[]);
    let due = |day: &str| {
        let rows = desk.json(&["status", "--as-of", day])["due"].clone();
        rows.as_array()
            .unwrap()
            .iter()
            .filter(|d| d["kind"] == "programme_end")
            .map(|d| (d["no"].clone(), d["days"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(due("2019-05-16"), [(pr.as_str().into(), 1.into())]);
    assert_eq!(due("2019-05-20"), [(pr.as_str().into(), (-3).into())]);
    desk.json(&["programme", "enrol", &pr, &leading]);
    desk.json(&["programme", "close", &pr, "--date", "2019-05-20"]);
    assert_eq!(due("2019-05-21"), []);
}
