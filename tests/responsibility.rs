//! Responsibility: who answers for the plan's tasks, their plan by quarter and progress, the register's figure beside a reported one, scores,
//! duty reports, printed sheets, the leading group.

mod it;

use it::{Desk, fails, no, on, resident_id};
use rencai::base::number;
use serde_json::{Value, json};

/// An office with three units of the zone; the task of the leading talents is led by the first.
fn shared_out() -> Desk {
    let desk = Desk::new();
    for name in ["组织部", "大数据局", "科技局"] {
        desk.json(&["org", "add", "--name", name, "--kind", "government"]);
    }
    desk.json(&on(
        "2019-01-10",
        &[
            "task",
            "assign",
            "4.2.2",
            "--lead",
            "组织部",
            "--support",
            "大数据局",
            "--leader",
            "张示一",
            "--rank",
            "2",
            "--due",
            "2020-12-31",
            "--measure",
            "领军人才（人）",
            "--decision",
            "和人才〔2019〕1号",
        ],
    ));
    desk
}

fn file(desk: &Desk, name: &str, text: &str) -> String {
    std::fs::write(desk.path(name), text).unwrap();
    desk.path(name).to_str().unwrap().to_owned()
}

fn task(desk: &Desk, task: &str, day: &str) -> Value {
    desk.json(&["task", "show", task, "--as-of", day])
}

fn leading(desk: &Desk, serial: usize, start: &str) {
    desk.add(&format!("人{serial}"), &resident_id(serial), &["--corps", "leading", "--mode", "rigid", "--start-date", start]);
}

fn names(v: &Value) -> Vec<&str> {
    v.as_array().unwrap().iter().map(|u| u["name"].as_str().unwrap()).collect()
}

#[test]
fn the_plans_thirty_task_lines_are_there_and_nobody_is_invented_for_them() {
    let desk = Desk::new();
    let all = desk.json(&["task", "list"]);
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 30);
    assert_eq!((&all[0]["no"], &all[0]["clause"]), (&json!(number::format("TK", 1)), &json!("4.1.1.1")));
    for t in all {
        assert_eq!((&t["code"], &t["status"], &t["colour"]), (&t["no"], &json!("unassigned"), &json!("grey")));
        for key in ["lead", "leader", "due", "value", "difference", "score"] {
            assert!(t.as_object().unwrap().contains_key(key) && t[key].is_null(), "{key}: {t}");
        }
        assert_eq!((&t["support"], &t["milestones"]), (&json!([]), &json!([])));
        assert!(t["text"].as_str().unwrap().chars().count() > 15);
    }
    assert_eq!(desk.json(&["task", "list", "--where", "clause~4.2", "--count"])["count"], 4);
    // A task is named by its number or its clause.
    assert_eq!(desk.json(&["task", "show", "5.3.2"])["no"], desk.json(&["task", "show", &number::format("TK", 30)])["no"]);
    fails(&desk, &["task", "show", "9.9"], 4, "no_task");
    fails(&desk, &["task", "show", "TK0000010"], 2, "number_check");
    fails(&desk, &["task", "show", &number::format("TK", 31)], 4, "no_task");
}

#[test]
fn a_task_has_one_lead_unit_and_a_change_of_lead_is_a_handing_over() {
    let desk = shared_out();
    let t = task(&desk, "4.2.2", "2019-02-01");
    assert_eq!((&t["lead"]["name"], names(&t["support"]), &t["leader"]["name"]), (&json!("组织部"), vec!["大数据局"], &json!("张示一")));
    assert_eq!((&t["leader"]["rank"], &t["due"], &t["measure"]), (&json!(2), &json!("2020-12-31"), &json!("领军人才（人）")));
    assert!(task(&desk, "4.2.2", "2019-01-09")["lead"].is_null(), "nobody led it the day before");
    // The same unit again changes nothing; another one is refused and told who leads.
    let again = desk.json(&on("2019-02-01", &["task", "assign", "4.2.2", "--lead", "组织部"]));
    assert!(again["op"].is_null());
    let told = fails(&desk, &on("2019-02-01", &["task", "assign", "4.2.2", "--lead", "大数据局"]), 5, "lead_held");
    assert_eq!(told["error"]["details"]["lead"], t["lead"]["no"]);
    assert_eq!(told["error"]["details"]["possible"], json!(["assign --hand-over"]));
    fails(&desk, &on("2019-01-05", &["task", "assign", "4.2.2", "--lead", "大数据局", "--hand-over"]), 3, "before_last_step");
    let handed = desk.json(&on(
        "2019-07-01",
        &["task", "assign", "4.2.2", "--lead", "大数据局", "--hand-over", "--support", "组织部", "--decision", "和人才〔2019〕9号"],
    ));
    assert_eq!((&handed["no"], &handed["lead"]["name"], names(&handed["support"])), (&t["no"], &json!("大数据局"), vec!["组织部"]));
    // The old lead led until the day before; whoever supported and now leads supports no more.
    let whole = task(&desk, "4.2.2", "2019-07-01");
    let units: Vec<(&str, &str, &str, Value)> = whole["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| {
            let text = |key: &str| u[key].as_str().unwrap();
            (text("role"), text("name"), text("from"), u["until"].clone())
        })
        .collect();
    assert_eq!(
        units,
        [
            ("lead", "组织部", "2019-01-10", json!("2019-06-30")),
            ("support", "大数据局", "2019-01-10", json!("2019-06-30")),
            ("lead", "大数据局", "2019-07-01", Value::Null),
            ("support", "组织部", "2019-07-01", Value::Null),
        ]
    );
    assert_eq!(task(&desk, "4.2.2", "2019-06-30")["lead"]["name"], "组织部");
    // The leader stays where nothing else is said.
    assert_eq!(handed["leader"]["name"], "张示一");
    fails(&desk, &on("2019-07-02", &["task", "assign", "4.2.2", "--support", "大数据局"]), 5, "unit_leads");
    fails(&desk, &on("2019-07-02", &["task", "assign", "4.2.2", "--drop", "科技局"]), 5, "not_supporting");
    let dropped = desk.json(&on("2019-08-01", &["task", "assign", "4.2.2", "--drop", "组织部", "--support", "科技局"]));
    assert_eq!(names(&dropped["support"]), ["科技局"]);
    fails(&desk, &["task", "assign", "4.2.2"], 2, "nothing_to_assign");
    fails(&desk, &["task", "assign", "4.2.2", "--lead", "无此单位"], 4, "no_org");
    // What was due long ago is entered all the same: it is late at once.
    let late = desk.json(&on("2019-08-01", &["task", "assign", "5.1.1", "--lead", "组织部", "--due", "2019-07-31"]));
    assert_eq!((&late["colour"], &late["overdue"]), (&json!("red"), &json!(true)));
    assert_eq!(desk.run(&["task", "assign", "4.2.2", "--hand-over"]).0, 2);
    // What was said by mistake is taken back, in order.
    let log = desk.json(&["audit", "log"]);
    let mut ops: Vec<i64> =
        log.as_array().unwrap().iter().filter(|o| o["command"] == "task.assign").map(|o| o["op"].as_i64().unwrap()).collect();
    ops.sort_unstable();
    let [_, handing, dropping, _] = ops.iter().map(i64::to_string).collect::<Vec<_>>().try_into().unwrap();
    fails(&desk, &["undo", &handing, "--reason", "误"], 5, "later_rows");
    desk.json(&["undo", &dropping, "--reason", "误"]);
    desk.json(&["undo", &handing, "--reason", "误"]);
    assert_eq!(task(&desk, "4.2.2", "2019-09-01")["lead"]["name"], "组织部");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor", "--only", "references"]).0, 0);
}

#[test]
fn a_plan_by_quarter_never_falls_and_what_was_planned_then_is_still_known() {
    let desk = shared_out();
    let plan = |day: &'static str, pairs: &[(&'static str, &'static str)]| {
        let mut args = vec!["task", "milestone", "4.2.2"];
        pairs.iter().for_each(|(q, n)| args.extend(["--quarter", *q, "--planned", *n]));
        desk.run(&[&on(day, &args)[..], &["--json"]].concat())
    };
    assert_eq!(plan("2019-02-01", &[("2019Q1", "2"), ("2019年第3季度", "5")]).0, 0);
    let falls = plan("2019-02-01", &[("2019Q2", "9")]);
    assert_eq!((falls.0, it::reason(&falls.2).as_str()), (65, "plan_falls"));
    assert_eq!(it::reason(&plan("2019-02-01", &[("2019Q4", "4")]).2), "plan_falls");
    assert_eq!(plan("2019-02-01", &[("2019Q5", "4")]).0, 2);
    assert_eq!(desk.run(&on("2019-02-01", &["task", "milestone", "4.2.2", "--quarter", "2019Q2", "--planned", "-1"])).0, 2);
    fails(
        &desk,
        &on("2019-02-01", &["task", "milestone", "4.2.2", "--quarter", "2019Q1", "--quarter", "2019Q2", "--planned", "1"]),
        2,
        "quarter_pairs",
    );
    // In October the plan of the third quarter is made easier: in September it was what it was.
    assert_eq!(plan("2019-10-08", &[("2019Q3", "3")]).0, 0);
    let third = |day: &str| task(&desk, "4.2.2", day)["milestones"][1]["planned"].clone();
    assert_eq!((third("2019-09-30"), third("2019-10-08")), (json!(5), json!(3)));
    let planned = |day: &str| task(&desk, "4.2.2", day)["planned"].clone();
    assert_eq!([planned("2019-03-30"), planned("2019-03-31"), planned("2019-09-30")], [Value::Null, json!(2), json!(5)]);
    let m = &task(&desk, "4.2.2", "2019-10-08")["milestones"];
    assert_eq!((&m[0]["quarter"], &m[0]["since"], &m[1]["since"]), (&json!("2019Q1"), &json!("2019-01-01"), &json!("2019-10-08")));
}

#[test]
fn talent_is_counted_by_the_register_and_a_reported_figure_stands_beside_it() {
    let desk = shared_out();
    for (serial, start) in [(1, "2018-05-01"), (2, "2019-02-01"), (3, "2019-08-01")] {
        leading(&desk, serial, start);
    }
    desk.json(&on(
        "2019-01-20",
        &["task", "milestone", "4.2.2", "--quarter", "2019Q1", "--planned", "2", "--quarter", "2019Q3", "--planned", "4"],
    ));
    let proof = file(&desk, "名单.pdf", "proof");
    let report = ["task", "progress", "4.2.2", "--value", "5", "--text", "新引进五人", "--file", &proof, "--day", "2019-09-30"];
    let reported = desk.json(&on("2019-10-10", &[&report[..], &["--actor", "甲"]].concat()));
    assert_eq!((&reported["value"], &reported["progress"]["status"], &reported["waiting"]), (&Value::Null, &json!("reported"), &json!(1)));
    desk.json(&on("2019-10-11", &["task", "progress", "4.2.2", "--approve", "1", "--actor", "乙"]));
    let t = task(&desk, "4.2.2", "2019-09-30");
    assert_eq!((&t["value"], &t["registry_value"], &t["difference"]), (&json!(5), &json!(3), &json!(2)));
    // Three of four: the register decides, not what was reported.
    assert_eq!((&t["figure"], &t["planned"], &t["colour"], &t["score"]), (&json!(3), &json!(4), &json!("red"), &json!(75.0)));
    assert_eq!(t["follows"], json!({"target": "T5", "figure": "all"}));
    assert_eq!(t["goal"], 50);
    assert_eq!(task(&desk, "4.2.2", "2019-03-31")["colour"], "green");
    // The figure is the target's own.
    let target = desk.json(&["target", "report", "T5", "--as-of", "2019-09-30"]);
    assert_eq!(target[0]["all"], t["registry_value"]);
    // A line of projects is counted by who came by its projects.
    let pj = no(&desk.json(&["project", "add", "--line", "4.1.2.1", "--name", "云谷", "--org", "大数据局", "--from-date", "2018-06-01"]));
    desk.add("钱示五", &resident_id(9), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01", "--project", &pj]);
    assert_eq!(task(&desk, "4.1.2.1", "2019-09-30")["registry_value"], 1);
    assert_eq!(task(&desk, "4.1.2.1", "2019-02-28")["registry_value"], 0);
    // What the register does not count has no figure of it.
    assert!(task(&desk, "5.1.2", "2019-09-30")["registry_value"].is_null());
}

#[test]
fn progress_counts_when_another_person_approved_it() {
    let desk = shared_out();
    let proof = file(&desk, "办法.pdf", "rules");
    let assigned = ["task", "assign", "5.1.2", "--lead", "组织部", "--due", "2019-09-30", "--measure", "办法（份）"];
    desk.json(&on("2019-01-10", &assigned));
    desk.json(&on(
        "2019-01-10",
        &["task", "milestone", "5.1.2", "--quarter", "2019Q2", "--planned", "1", "--quarter", "2019Q3", "--planned", "2"],
    ));
    let report = |day: &'static str, value: &'static str, rest: &[&'static str]| {
        let args = [&["task", "progress", "5.1.2", "--value", value, "--text", "办法已印发", "--file", &proof], rest].concat();
        desk.run(&[&args[..], &["--date", day, "--reason", "补录", "--json"]].concat())
    };
    let seen = |day: &str| {
        let t = task(&desk, "5.1.2", day);
        (t["value"].clone(), t["colour"].as_str().unwrap().to_owned(), t["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(report("2019-06-28", "1", &["--actor", "甲"]).0, 0);
    assert_eq!(seen("2019-06-30"), (Value::Null, "red".into(), "assigned".into()));
    fails(&desk, &on("2019-06-29", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "甲"]), 77, "two_persons");
    fails(&desk, &on("2019-06-27", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "乙"]), 3, "before_last_step");
    let approved = desk.json(&on("2019-07-02", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "乙"]));
    assert_eq!((&approved["progress"]["status"], &approved["progress"]["seq"]), (&json!("approved"), &json!(1)));
    // A figure of June that July approved was true in June.
    assert_eq!(seen("2019-06-30"), (json!(1), "green".into(), "assigned".into()));
    assert_eq!(task(&desk, "5.1.2", "2019-07-02")["milestones"][0]["reported"], 1);
    fails(&desk, &on("2019-07-03", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "乙"]), 5, "wrong_state");
    fails(&desk, &on("2019-07-03", &["task", "progress", "5.1.2", "--approve", "7", "--actor", "乙"]), 4, "no_progress");
    // One that is given back counts for nothing.
    assert_eq!(report("2019-08-01", "2", &["--actor", "甲"]).0, 0);
    assert_eq!(desk.run(&on("2019-08-02", &["task", "progress", "5.1.2", "--return", "2"])).0, 2, "a reason is wanted");
    let back = desk.json(&on("2019-08-02", &["task", "progress", "5.1.2", "--return", "2", "--why", "材料不符", "--actor", "乙"]));
    assert_eq!(
        (&back["progress"]["status"], &back["progress"]["why"], &back["value"]),
        (&json!("returned"), &json!("材料不符"), &json!(1))
    );
    // A figure below an earlier one is kept, and the clerk is warned.
    let fell = report("2019-08-03", "0", &["--actor", "甲"]);
    assert_eq!(fell.0, 0);
    assert!(fell.2.contains("below 1"), "{}", fell.2);
    assert_eq!(report("2019-08-04", "1", &["--day", "2019-08-05"]).0, 65);
    fails(
        &desk,
        &on("2019-08-04", &["task", "progress", "5.1.2", "--value", "1", "--text", "x", "--file", &proof, "--day", "2019-09-01"]),
        65,
        "value_later",
    );
    fails(&desk, &on("2019-08-04", &["task", "progress", "5.1.1", "--value", "1", "--text", "x", "--file", &proof]), 5, "no_lead");
    assert_eq!(desk.run(&on("2019-08-04", &["task", "progress", "5.1.2", "--value", "1", "--text", "x"])).0, 2, "evidence is wanted");
    fails(&desk, &["task", "progress", "5.1.2", "--value", "1", "--text", "x", "--file", "none.pdf"], 66, "no_file");
    // Late, then done.
    assert_eq!(seen("2019-10-01").1, "red");
    assert!(task(&desk, "5.1.2", "2019-10-01")["overdue"].as_bool().unwrap());
    assert_eq!(report("2019-10-08", "2", &["--actor", "甲"]).0, 0);
    desk.json(&on("2019-10-09", &["task", "progress", "5.1.2", "--approve", "4", "--actor", "乙"]));
    assert_eq!(seen("2019-10-09"), (json!(2), "done".into(), "done".into()));
    // The evidence hangs on its report.
    let shown = task(&desk, "5.1.2", "2019-10-09");
    let first = &shown["progress"][0];
    assert_eq!((&first["files"], &first["actor"], &first["judged_by"]), (&json!(["办法.pdf"]), &json!("甲"), &json!("乙")));
    let files = desk.json(&["file", "list", first["no"].as_str().unwrap()]);
    assert_eq!((&files[0]["as"], &files[0]["present"]), (&json!("evidence"), &json!(true)));
    // An approval that was a slip is undone; the report waits again.
    let log = desk.json(&["audit", "log"]);
    let op = log.as_array().unwrap().iter().filter(|o| o["command"] == "task.approve").map(|o| o["op"].as_i64().unwrap()).max().unwrap();
    desk.json(&["undo", &op.to_string(), "--reason", "误"]);
    assert_eq!(task(&desk, "5.1.2", "2019-10-09")["waiting"], 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    // A trial gives a number to nothing.
    let trial = [&["task", "progress", "5.1.2", "--value", "2", "--text", "x", "--dry-run", "--file"][..], &[&proof]].concat();
    let v = desk.json(&on("2019-10-10", &trial));
    assert_eq!((&v["dry_run"], &v["progress"]["no"], &v["op"]), (&json!(true), &Value::Null, &Value::Null));
}

#[test]
fn training_by_named_project_is_counted_by_the_register() {
    let desk = shared_out();
    desk.json(&on("2019-01-10", &["org", "add", "--name", "教育局", "--kind", "government"]));
    for n in 1..=3 {
        leading(&desk, n, "2019-01-15");
    }
    let follows = desk.json(&["task", "list", "--where", "clause~4.1.1"]);
    let projects: Vec<&Value> = follows.as_array().unwrap().iter().map(|t| &t["follows"]["named_project"]).collect();
    assert_eq!(projects, ["bim", "ai", "finance", "bigdata"]);
    // Named by its clause as everywhere, and the project with it.
    let class = |name: &str, day: &'static str| {
        let args = ["programme", "add", "--kind", "training", "--name", name, "--task", "4.1.1.2", "--from-date", day, "--until", day];
        no(&desk.json(&on(day, &args)))
    };
    let (first, second, before) = (class("甲班", "2019-03-04"), class("乙班", "2019-05-06"), class("早班", "2017-12-01"));
    let people = [1, 2, 3].map(|n| number::format("P", n));
    for (pr, day, who) in
        [(&first, "2019-03-04", &people[..2]), (&second, "2019-05-06", &people[1..]), (&before, "2019-05-06", &people[..1])]
    {
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        desk.json(&on(day, &[&["programme", "enrol", pr], &who[..]].concat()));
        let there = if pr == &before { vec!["--all", "--on", "2017-12-01"] } else { vec!["--all"] };
        desk.json(&on(day, &[&["programme", "attend", pr][..], &there].concat()));
    }
    // Persons are distinct, a class counts when it is over, and the plan's term begins in 2018.
    let figure = |day: &str| task(&desk, "4.1.1.2", day)["registry_value"].clone();
    assert_eq!([figure("2019-03-03"), figure("2019-03-04"), figure("2019-05-06")], [json!(0), json!(2), json!(3)]);
    assert_eq!(task(&desk, "4.1.1.1", "2019-05-06")["registry_value"], 0);
    desk.json(&on("2019-01-10", &["task", "assign", "4.1.1.2", "--lead", "教育局"]));
    desk.json(&on("2019-01-10", &["task", "milestone", "4.1.1.2", "--quarter", "2019Q2", "--planned", "4"]));
    let proof = file(&desk, "名单.txt", "五人");
    let report = ["task", "progress", "4.1.1.2", "--value", "5", "--text", "已培训五人", "--file", &proof, "--actor", "zhao"];
    desk.json(&on("2019-06-30", &report));
    desk.json(&on("2019-06-30", &["task", "progress", "4.1.1.2", "--approve", "1", "--actor", "qian"]));
    let t = task(&desk, "4.1.1.2", "2019-06-30");
    assert_eq!(
        (&t["value"], &t["registry_value"], &t["difference"], &t["figure"], &t["colour"]),
        (&json!(5), &json!(3), &json!(2), &json!(3), &json!("red"))
    );
    assert_eq!(t["follows"], json!({"named_project": "ai", "figure": "trained"}));
    // The unit's page names what it answers for, holds and makes, and its standing.
    let unit = desk.json(&["org", "show", "教育局", "--as-of", "2019-06-30"]);
    assert_eq!((&unit["tasks_led"], &unit["tasks_supported"]), (&json!([t["no"]]), &json!([])));
    assert_eq!((&unit["standing"]["in_force"], &unit["products"]), (&json!(false), &json!([])));
    desk.json(&on("2019-06-30", &["programme", "edit", &second, "--org", "教育局"]));
    assert_eq!(desk.json(&["org", "show", "教育局", "--as-of", "2019-06-30"])["programmes"], json!([second]));
    assert_eq!(desk.json(&["org", "show", "教育局", "--as-of", "2019-06-29"])["programmes"], json!([]));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn the_leading_group_is_listed_by_rank_and_has_one_head() {
    let desk = Desk::on("2019-01-10");
    let add = |name: &str, rank: &str, title: &str| desk.json(&["leader", "add", name, "--rank", rank, "--title", title]);
    add("安示三", "3", "组织部部长");
    add("周示一", "1", "党工委书记");
    let second = add("白示二", "2", "管委会主任");
    assert_eq!((&second["status"], &second["rank"], &second["from"]), (&json!("active"), &json!(2), &json!("2019-01-10")));
    let listed = |args: &[&str]| -> Vec<String> {
        let all = desk.json(&[&["leader", "list"], args].concat());
        all.as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&[]), ["周示一", "白示二", "安示三"]);
    let told = fails(&desk, &["leader", "add", "甲示四", "--rank", "1"], 5, "group_head");
    assert!(told["error"]["message"].as_str().unwrap().contains("周示一"));
    fails(&desk, &["leader", "add", "白示二", "--rank", "4"], 5, "leader_known");
    fails(&desk, &["leader", "edit", "无此人", "--rank", "4"], 4, "no_leader");
    fails(&desk, &["leader", "edit", "白示二"], 2, "nothing_to_edit");
    assert_eq!(desk.run(&["leader", "add", "乙示五", "--rank", "0"]).0, 2);
    // A task names a leader; one who is new is entered with a rank, one who is known has the rank of the register.
    desk.json(&["org", "add", "--name", "组织部", "--kind", "government"]);
    desk.json(&["task", "assign", "5.1.1", "--lead", "组织部", "--leader", "安示三"]);
    fails(&desk, &["task", "assign", "5.1.2", "--lead", "组织部", "--leader", "丙示六"], 4, "no_leader");
    fails(&desk, &["task", "assign", "5.1.2", "--lead", "组织部", "--leader", "安示三", "--rank", "7"], 5, "leader_known");
    desk.json(&["task", "assign", "5.1.2", "--lead", "组织部", "--leader", "丙示六", "--rank", "4"]);
    assert_eq!(listed(&["--where", "tasks>0"]), ["安示三", "丙示六"]);
    // The act that entered a leader is not taken back while another task rests on them.
    desk.json(&["task", "assign", "5.1.3", "--lead", "组织部", "--leader", "丙示六"]);
    let log = desk.json(&["audit", "log"]);
    let mut ops: Vec<i64> =
        log.as_array().unwrap().iter().filter(|o| o["command"] == "task.assign").map(|o| o["op"].as_i64().unwrap()).collect();
    ops.sort_unstable();
    fails(&desk, &["undo", &ops[1].to_string()], 5, "later_rows");
    desk.json(&["undo", &ops[2].to_string()]);
    // Promoted, and left: as it was stays known.
    let later = |day: &'static str, args: &[&'static str]| desk.json(&on(day, &[&["leader"], args].concat()));
    later("2019-06-01", &["retire", "周示一"]);
    later("2019-06-02", &["edit", "白示二", "--rank", "1", "--title", "党工委书记", "--duties", "主持全面工作"]);
    assert_eq!(listed(&["--as-of", "2019-06-03"]), ["白示二", "安示三", "丙示六"]);
    assert_eq!(listed(&["--as-of", "2019-05-31"]), ["周示一", "白示二", "安示三", "丙示六"]);
    let all = desk.json(&["leader", "list", "--all", "--as-of", "2019-06-03"]);
    let gone = all.as_array().unwrap().iter().find(|l| l["name"] == "周示一").unwrap();
    assert_eq!((&gone["status"], &gone["until"]), (&json!("left"), &json!("2019-06-01")));
    let member = later("2019-06-04", &["edit", "丙示六", "--org", "组织部"]);
    assert_eq!((&member["org"]["name"], &member["from"]), (&json!("组织部"), &json!("2019-01-10")));
    // Whoever leaves tasks behind is named with them.
    let (_, _, told) = desk.run(&on("2019-06-30", &["leader", "retire", &no(&member)]));
    assert!(told.contains("1 tasks still rest on 丙示六"), "{told}");
    assert_eq!(
        desk.json(&["task", "list", "--where", "status=assigned", "--sort", "rank", "--as-of", "2019-06-05"])[0]["leader"]["name"],
        "安示三"
    );
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

/// An office in which 组织部 leads a task of each group and supports none, and 大数据局 supports one.
fn scored() -> Desk {
    let desk = shared_out();
    leading(&desk, 1, "2019-02-01");
    leading(&desk, 2, "2019-03-01");
    desk.json(&on("2019-01-10", &["task", "milestone", "4.2.2", "--quarter", "2019Q4", "--planned", "4"]));
    let proof = file(&desk, "办法.pdf", "rules");
    desk.json(&on("2019-01-10", &["task", "assign", "5.1.2", "--lead", "组织部", "--due", "2019-12-31"]));
    desk.json(&on("2019-01-10", &["task", "milestone", "5.1.2", "--quarter", "2019Q4", "--planned", "1"]));
    desk.json(&on("2019-12-01", &["task", "progress", "5.1.2", "--value", "1", "--text", "已印发", "--file", &proof, "--actor", "甲"]));
    desk.json(&on("2019-12-02", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "乙"]));
    desk
}

#[test]
fn a_years_score_is_made_by_the_policys_weights() {
    let desk = scored();
    let score = |rest: &[&str]| desk.json(&[&["task", "score", "--year", "2019", "--as-of", "2020-02-01"], rest].concat());
    let one = score(&["--unit", "组织部"]);
    // Basic: two of four. Key: done. 0.8 × 50 + 0.2 × 100.
    assert_eq!(
        (&one["score"], &one["base"], &one["grade"], &one["as_of"]),
        (&json!(60.0), &json!(60.0), &json!("fair"), &json!("2019-12-31"))
    );
    assert_eq!((&one["groups"][0]["score"], &one["groups"][1]["score"], &one["confirmed"]), (&json!(50.0), &json!(100.0), &json!(false)));
    assert_eq!(one["tasks"][0]["weight"], 3.0);
    assert!(one["tasks"][0]["basis"].as_str().unwrap().contains("待确认"));
    let all = score(&[]);
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!((&all[1]["unit"]["name"], &all[1]["score"], &all[1]["tasks"][0]["weight"]), (&json!("大数据局"), &json!(50.0), &json!(1.5)));
    // Points are given and taken on a decision, within the policy's bounds.
    let give = |kind: &str, points: &str| {
        desk.json(&on(
            "2020-01-10",
            &[
                "task",
                "score",
                "--year",
                "2019",
                "--unit",
                "组织部",
                kind,
                points,
                "--why",
                "获自治区表彰",
                "--decision",
                "内人才〔2020〕2号",
            ],
        ))
    };
    assert_eq!(give("--bonus", "2.5")["score"], 62.5);
    assert_eq!(give("--bonus", "4")["bonus"], 5.0);
    let taken = give("--deduct", "3");
    assert_eq!((&taken["score"], &taken["deducted"]), (&json!(62.0), &json!(3.0)));
    assert_eq!(taken["points"][0]["why"], "获自治区表彰");
    for bad in ["0", "-1", "2.55", "x", "1000"] {
        let args = ["task", "score", "--year", "2019", "--unit", "组织部", "--bonus", bad, "--why", "x", "--decision", "y"];
        assert_eq!(desk.run(&args).0, 2, "{bad}");
    }
    assert_eq!(
        desk.run(&["task", "score", "--year", "2019", "--unit", "组织部", "--bonus", "1", "--why", "x"]).0,
        2,
        "a decision is wanted"
    );
    fails(&desk, &["task", "score", "--year", "2199"], 65, "year_ahead");
    let args = ["task", "score", "--year", "2020", "--unit", "组织部", "--bonus", "1", "--why", "x", "--decision", "y"];
    fails(&desk, &on("2019-12-31", &args), 65, "year_ahead");
    // Another policy, other scores; confirmed on a decision it is no example.
    let pack = desk.run(&["policy", "show", "responsibility"]).1;
    let other = pack.replace("percent = 80", "percent = 50").replace("percent = 20\nclauses", "percent = 50\nclauses");
    let path = file(&desk, "responsibility.toml", &other);
    assert_eq!(desk.json(&["policy", "check", &path])["pack"], "responsibility");
    desk.json(&["policy", "load", &path]);
    desk.json(&["policy", "confirm", "responsibility", "--basis", "和人才〔2019〕8号"]);
    let now = score(&["--unit", "组织部"]);
    assert_eq!((&now["base"], &now["confirmed"]), (&json!(75.0), &json!(true)));
    let faulty = file(&desk, "faulty.toml", &pack.replace("bonus_most = 5", "bonus_most = 500"));
    let (code, out, _) = desk.run(&["policy", "check", &faulty, "--json"]);
    assert!(code == 1 && out.contains("bad_number"), "{out}");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_unit_hands_in_one_duty_report_a_year_and_its_rank_is_revised_openly() {
    let desk = shared_out();
    let paper = file(&desk, "述职.pdf", "report");
    let duty = |day: &'static str, rest: &[&str]| {
        let args = [&["task", "duty", "组织部", "--year", "2019"], rest].concat();
        let (code, out, err) = desk.run(&[&args[..], &["--date", day, "--reason", "补录", "--json"]].concat());
        if code == 0 { Ok(serde_json::from_str::<Value>(&out).unwrap()) } else { Err((code, it::reason(&err))) }
    };
    assert_eq!(duty("2020-01-08", &["--rank", "好"]), Err((5, "no_duty".into())));
    fails(&desk, &["task", "duty", "组织部", "--year", "2018"], 4, "no_such_duty");
    let made = duty("2020-01-08", &["--file", &paper]).unwrap();
    assert_eq!((&made["status"], &made["rank"], &made["files"]), (&json!("handed_in"), &Value::Null, &json!(["述职.pdf"])));
    assert_eq!(duty("2020-01-09", &["--file", &paper]), Err((5, "duty_known".into())));
    let ranked = duty("2020-01-15", &["--rank", "较好", "--decision", "和人才纪要〔2020〕1号"]).unwrap();
    assert_eq!((&ranked["no"], &ranked["status"], &ranked["rank"]), (&made["no"], &json!("ranked"), &json!("fairly_good")));
    assert_eq!(duty("2020-01-16", &["--rank", "好"]), Err((5, "duty_known".into())));
    assert_eq!(desk.run(&["task", "duty", "组织部", "--year", "2019", "--rank", "极好"]).0, 2);
    assert_eq!(duty("2020-01-16", &["--rank", "好", "--revise"]), Err((2, "empty_text".into())));
    let revised = duty("2020-01-16", &["--rank", "good", "--revise", "--why", "计票有误"]).unwrap();
    assert_eq!((&revised["rank"], &revised["steps"].as_array().unwrap().len()), (&json!("good"), &3));
    // Both at once, as the paper has it.
    let both = ["task", "duty", "大数据局", "--year", "2019", "--file", &paper, "--rank", "差"];
    assert_eq!(desk.json(&on("2020-01-15", &both))["rank"], "poor");
    fails(&desk, &on("2019-12-31", &["task", "duty", "科技局", "--year", "2020", "--file", &paper]), 65, "year_ahead");
    let all = desk.json(&["task", "duty", "--year", "2019"]);
    assert_eq!(all.as_array().unwrap().iter().map(|d| d["rank"].as_str().unwrap()).collect::<Vec<_>>(), ["good", "poor"]);
    assert_eq!(desk.json(&["task", "duty", "组织部", "--year", "2019"])["rank"], "good");
    // The result stands with the year's score.
    desk.json(&on("2019-01-20", &["task", "milestone", "4.2.2", "--quarter", "2019Q4", "--planned", "4"]));
    assert_eq!(desk.json(&["task", "score", "--year", "2019", "--unit", "组织部"])["duty"], "good");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_sheet_is_printed_for_a_unit_and_for_a_leader() {
    let desk = scored();
    let proof = file(&desk, "名单.pdf", "list");
    desk.json(&on("2019-12-05", &["task", "progress", "4.2.2", "--value", "3", "--text", "三人", "--file", &proof, "--actor", "甲"]));
    desk.json(&on("2019-12-06", &["task", "progress", "4.2.2", "--approve", "1", "--actor", "乙"]));
    let path = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    let sheet = |args: &[&str]| desk.json(&[&["task", "sheet", "--year", "2019", "--as-of", "2020-02-01"], args].concat());
    let (md, html) = (path("单位.md"), path("leader.html"));
    assert_eq!(sheet(&["--unit", "组织部", "--out", &md])["as_of"], "2019-12-31");
    let text = std::fs::read_to_string(&md).unwrap();
    for part in [
        "2019年度人才工作目标责任清单（单位）",
        "牵头任务（2 项）",
        "| 4.2.2 | 高层次领军人才队伍 | 张示一 | 领军人才（人） |  |  |  | 4 | 2 * | 4 | 红 | 2020-12-31 |",
        "单位上报 3，登记 2，相差 1",
        "| 50.0 | 100.0 | 60.0 | 0.0 | 0.0 | 60.0 | 一般 | - |",
        "待确认",
        "2019年12月31日",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A leader's sheet names the experts too, and the log keeps that it was written.
    let expert = desk.json(&["talent", "list", "--where", "corps=leading", "--limit", "1"])[0].clone();
    desk.json(&on("2019-03-01", &["liaison", "add", "--leader", "张示一", "--expert", expert["no"].as_str().unwrap()]));
    desk.json(&on("2019-05-02", &["liaison", "contact", "--expert", expert["no"].as_str().unwrap(), "--note", "走访"]));
    sheet(&["--leader", "张示一", "--out", &html, "--lang", "en"]);
    assert!(desk.json(&["audit", "log", "--exports"]).as_array().unwrap().iter().any(|o| o["command"] == "task.sheet"));
    let page = std::fs::read_to_string(&html).unwrap();
    let name = format!("<td>{}</td>", expert["name"].as_str().unwrap());
    for part in [
        "<h1>Responsibility of a leader, 2019</h1>",
        "size:A4 landscape",
        "<dd>张示一</dd>",
        "Rests on the leader (1)",
        "组织部",
        "Keeps contact with (1)",
        "2019-05-02",
        &name,
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("http"), "nothing is fetched");
    fails(&desk, &["task", "sheet", "--unit", "组织部", "--out", "x.doc", "--year", "2019"], 2, "letter_form");
    fails(&desk, &["task", "sheet", "--leader", "无此人", "--out", "x.md"], 4, "no_leader");
    fails(&desk, &["task", "sheet", "--unit", "组织部", "--out", "x.md", "--year", "2199"], 65, "year_ahead");
}

#[test]
fn status_names_what_is_due_behind_or_waits_for_approval() {
    let desk = shared_out();
    let proof = file(&desk, "p.pdf", "proof");
    desk.json(&on(
        "2019-01-10",
        &["task", "milestone", "4.2.2", "--quarter", "2019Q1", "--planned", "2", "--quarter", "2019Q4", "--planned", "3"],
    ));
    desk.json(&on("2019-01-10", &["task", "assign", "5.1.2", "--lead", "组织部", "--due", "2019-06-30"]));
    let due = |day: &str| -> Vec<(String, String, i64)> {
        let v = desk.json(&["status", "--as-of", day, "--within", "30d"]);
        let row =
            |d: &Value| (d["kind"].as_str().unwrap().to_owned(), d["no"].as_str().unwrap().to_owned(), d["days"].as_i64().unwrap_or(0));
        let mut rows: Vec<_> = v["due"].as_array().unwrap().iter().map(row).collect();
        rows.sort();
        rows
    };
    let (talents, rules) = (no(&task(&desk, "4.2.2", "2019-02-01")), no(&task(&desk, "5.1.2", "2019-02-01")));
    let is = |kind: &str, no: &str, days| (kind.to_owned(), no.to_owned(), days);
    assert_eq!(due("2019-02-01"), []);
    // The quarter's end comes near; it passed and nobody is there; the other task's day comes and goes.
    assert_eq!(due("2019-03-15"), [is("milestone", &talents, 16)]);
    assert_eq!(due("2019-04-10"), [is("milestone", &talents, -10)]);
    assert_eq!(due("2019-07-02"), [is("milestone", &talents, -93), is("task", &rules, -2)]);
    leading(&desk, 1, "2019-04-01");
    leading(&desk, 2, "2019-05-01");
    assert_eq!(due("2019-07-02"), [is("task", &rules, -2)]);
    desk.json(&on("2019-07-01", &["task", "progress", "5.1.2", "--value", "1", "--text", "已印发", "--file", &proof, "--actor", "甲"]));
    assert_eq!(due("2019-07-02"), [is("approval", &rules, 0), is("task", &rules, -2)]);
    desk.json(&on("2019-01-11", &["task", "milestone", "5.1.2", "--quarter", "2019Q2", "--planned", "1"]));
    desk.json(&on("2019-07-03", &["task", "progress", "5.1.2", "--approve", "1", "--actor", "乙"]));
    assert_eq!(due("2019-07-03"), []);
    let table = desk.run(&["status", "--as-of", "2019-12-20", "--lang", "zh"]).1;
    assert!(table.contains("季度计划") && table.contains(&talents), "{table}");
}

#[test]
fn states_are_asked_for_as_a_screen_shows_them() {
    let desk = Desk::new();
    let n = |lang: &str, wanted: &str| desk.json(&["task", "list", "--where", wanted, "--count", "--lang", lang])["count"].clone();
    assert_eq!((n("zh", "status=未分工"), n("en", "status=unassigned")), (30.into(), 30.into()));
    assert_eq!((n("zh", "status!=未分工"), n("zh", "colour=红")), (0.into(), 0.into()));
}
