//! Recognition: off until the office confirms a scheme; the long way with its public notice, the short way on a paper; what a roster
//! says opens nothing and changes nothing that was decided.

mod it;

use it::{Desk, reason, resident_id};
use serde_json::Value;

fn fails(desk: &Desk, args: &[&str], code: i32, why: &str) {
    let (got, out, err) = desk.run(&[args, &["--json"]].concat());
    assert!(got != 0, "{args:?}: {out}");
    assert_eq!((got, reason(&err).as_str()), (code, why), "{args:?}: {err}");
}

const PAST: [&str; 2] = ["--reason", "补录"];

/// A command on a day of the past.
fn on<'a>(day: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [args, &["--date", day], &PAST].concat()
}

/// An office whose example scheme is confirmed, and a person with a class from a roster.
fn office() -> (Desk, String) {
    let desk = Desk::on("2026-11-24");
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,人才类别\n";
    std::fs::write(desk.path("r.csv"), format!("{head}张三,{},甲公司,领军人才,刚性,2019-03-01,C类\n", resident_id(1))).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 0);
    let p = desk.json(&["talent", "list"])[0]["no"].as_str().unwrap().to_owned();
    fails(&desk, &["recognition", "open", &p, "--class", "B"], 78, "unconfirmed");
    fails(&desk, &["recognition", "grant", &p, "--class", "B", "--decision", "和人才〔2019〕3号"], 78, "unconfirmed");
    let done = desk.json(&["policy", "confirm", "recognition/zone", "--basis", "和人才〔2019〕1号"]);
    assert_eq!((&done["confirmed"], &done["scheme"]), (&true.into(), &"zone".into()));
    (desk, p)
}

#[test]
fn the_long_way_stands_in_public_for_its_days() {
    let (desk, p) = office();
    let step = |day: &str, r: &str, to: &str, more: &[&str]| {
        let args = [&["recognition", "advance", r, "--to", to], more].concat();
        desk.json(&on(day, &args))
    };
    let scan = desk.path("form.pdf");
    std::fs::write(&scan, "%PDF form").unwrap();
    let opened =
        desk.json(&on("2019-05-01", &["recognition", "open", &p, "--class", "B", "--route", "panel", "--file", scan.to_str().unwrap()]));
    let r = opened["no"].as_str().unwrap().to_owned();
    assert_eq!((&opened["status"], &opened["next"]), (&"accepted".into(), &serde_json::json!(["first_review", "cancelled"])));
    assert_eq!(desk.json(&["file", "list", &r])[0]["as"], "application");
    fails(&desk, &["recognition", "open", &p, "--class", "A"], 5, "recognition_open");
    fails(&desk, &on("2019-05-02", &["recognition", "advance", &r, "--to", "in_force"]), 5, "wrong_state");
    step("2019-05-02", &r, "first_review", &[]);
    step("2019-05-03", &r, "joint_review", &[]);
    fails(&desk, &on("2019-05-06", &["recognition", "advance", &r, "--to", "decided"]), 3, "needs_decision");
    step("2019-05-06", &r, "decided", &["--decision", "和人才〔2019〕3号"]);
    // On its way it says nothing: the class is still the roster's.
    assert_eq!(desk.json(&["talent", "show", &p, "--as-of", "2019-05-06"])["class_state"], "recorded");
    let (_, shown, _) = desk.run(&["talent", "show", &p, "--as-of", "2019-05-06", "--lang", "zh"]);
    assert!(shown.contains("据名册登记") && !shown.contains("recorded"), "{shown}");
    let up = step("2019-05-07", &r, "public_notice", &["--place", "官网"]);
    assert_eq!(up["notice"], serde_json::json!({"from": "2019-05-07", "until": "2019-05-14"}));
    let list = desk.json(&["recognition", "notice", "--as-of", "2019-05-10"]);
    assert_eq!((&list[0]["name"], &list[0]["employer"]), (&"张三".into(), &"甲公司".into()));
    assert!(list[0]["id_number"].as_str().unwrap().contains("***"));
    fails(&desk, &on("2019-05-14", &["recognition", "advance", &r, "--to", "in_force"]), 3, "notice_running");
    // Entered today and dated back: the clock says that nobody could have seen it for seven days.
    fails(&desk, &on("2019-05-20", &["recognition", "advance", &r, "--to", "in_force"]), 3, "notice_running");
    desk.json(&on("2019-05-09", &["recognition", "object", &r, "--by", "某单位", "--ground", "材料不实"]));
    fails(&desk, &["recognition", "object", &r], 2, "");
    let settled = desk.json(&on("2019-05-13", &["recognition", "object", &r, "--settle", "dismissed"]));
    assert_eq!(settled["objections"][0]["outcome"], "dismissed");
    fails(&desk, &["recognition", "object", &r, "--settle", "upheld"], 5, "no_objection");
    let shown = desk.json(&["recognition", "show", &r]);
    assert_eq!(shown["steps"].as_array().unwrap().len(), 5);
    assert_eq!(shown["route"], "panel");
    let gone = desk.json(&["recognition", "cancel", &r, "--ground", "本人放弃"]);
    assert_eq!((&gone["status"], &gone["next"]), (&"cancelled".into(), &serde_json::json!([])));
    fails(&desk, &["recognition", "object", &r, "--settle", "upheld"], 3, "no_notice");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_paper_puts_a_recognition_in_force_for_whom_it_covers() {
    let (desk, p) = office();
    let decision = ["decision", "add", "--document-no", "和人才〔2019〕3号", "--body", "领导小组", "--day", "2019-05-10", "--persons", "1"];
    assert_eq!(desk.run(&decision).0, 0);
    let grant = |p: &str, more: &[&str]| {
        [&["recognition", "grant", p, "--class", "B", "--decision", "和人才[2019]3号", "--from-date", "2019-06-01"], more]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<String>>()
    };
    let run = |args: Vec<String>| {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        desk.json(&args)
    };
    fails(&desk, &["recognition", "grant", &p, "--class", "Z", "--decision", "和人才〔2019〕3号"], 2, "no_class");
    fails(&desk, &["recognition", "grant", &p, "--class", "B", "--decision", "x", "--scheme", "city"], 4, "no_scheme");
    let done = run(grant(&p, &[]));
    assert_eq!((&done["status"], &done["from"], &done["until"]), (&"expired".into(), &"2019-06-01".into(), &"2022-05-31".into()));
    let r = done["no"].as_str().unwrap().to_owned();
    let at = |day: &str| desk.json(&["recognition", "show", &r, "--as-of", day])["status"].clone();
    assert_eq!((at("2019-06-01"), at("2022-05-31"), at("2022-06-01")), ("in_force".into(), "in_force".into(), "expired".into()));
    // The roster's class ends where the decided one begins; then there is none.
    let class = |day: &str| {
        let v = desk.json(&["talent", "show", &p, "--as-of", day]);
        (v["class"].clone(), v["class_state"].clone())
    };
    assert_eq!(class("2019-05-31"), ("C".into(), "recorded".into()));
    assert_eq!(class("2020-01-01"), ("B".into(), "in_force".into()));
    assert_eq!(class("2022-06-01"), (Value::Null, Value::Null));
    assert_eq!(desk.json(&["talent", "list", "--where", "class=B", "--count", "--as-of", "2020-01-01"])["count"], 1);
    assert_eq!(desk.json(&["talent", "list", "--as-of", "2020-01-01"]).as_array().unwrap().len(), 1);
    // One in force at a time; and the paper covers one person.
    let p2 = desk.add("李四", &resident_id(2), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    fails(
        &desk,
        &["recognition", "grant", &p, "--class", "A", "--decision", "和人才〔2019〕9号", "--from-date", "2020-01-01"],
        5,
        "recognition_held",
    );
    fails(
        &desk,
        &["recognition", "grant", p2["no"].as_str().unwrap(), "--class", "B", "--decision", "和人才〔2019〕3号"],
        3,
        "decision_persons",
    );
    fails(
        &desk,
        &["recognition", "grant", &p, "--class", "A", "--decision", "x", "--from-date", "2023-01-01", "--until", "2022-01-01"],
        65,
        "date_order",
    );
    assert_eq!(desk.json(&["recognition", "list", "--where", "class=A..B", "--as-of", "2020-01-01"])[0]["no"], r.as_str());
    assert_eq!(desk.json(&["recognition", "list", "--where", "status=recorded"]).as_array().unwrap().len(), 1);
    // Undone, the roster's class holds as before.
    assert_eq!(desk.run(&["undo", &done["op"].to_string(), "--reason", "误"]).0, 0);
    assert_eq!(class("2020-01-01"), ("C".into(), "recorded".into()));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn a_roster_changes_nothing_that_was_decided() {
    let (desk, p) = office();
    let r = desk.json(&["recognition", "grant", &p, "--class", "B", "--decision", "和人才〔2026〕3号"]);
    assert_eq!(r["status"], "in_force");
    let (code, out, _) = desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap(), "--json"]);
    assert!(code == 65 && out.contains("\"column\":\"class\"") && out.contains("conflict_with_register"), "{code} {out}");
    let same = std::fs::read_to_string(desk.path("r.csv")).unwrap().replace("C类", "B类");
    std::fs::write(desk.path("r.csv"), same).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 0);
    let no = r["no"].as_str().unwrap();
    fails(&desk, &["recognition", "cancel", no, "--ground", "虚假材料"], 3, "needs_decision");
    fails(&desk, &["recognition", "cancel", no, "--ground", " ", "--decision", "x"], 2, "empty_text");
    fails(&desk, &["recognition", "advance", no, "--to", "cancelled", "--decision", "x"], 2, "cancel_verb");
    let gone = desk.json(&["recognition", "cancel", no, "--ground", "虚假材料", "--decision", "和人才〔2026〕4号"]);
    assert_eq!(gone["status"], "cancelled");
    assert_eq!(desk.json(&["talent", "show", &p])["class"], Value::Null);
    fails(&desk, &["recognition", "cancel", no, "--ground", "再"], 5, "wrong_state");
    fails(&desk, &["recognition", "show", "R0009999"], 2, "number_check");
    fails(&desk, &["recognition", "show", &rencai::base::number::format("R", 9999)], 4, "no_recognition");
    // What a roster alone says can't be moved on; who left can't be recognised.
    let recorded = desk.add("李四", &resident_id(2), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let p2 = recorded["no"].as_str().unwrap();
    let head = "姓名,证件号码,人才类别,人才队伍,用人单位,引进方式,到岗日期\n";
    std::fs::write(desk.path("c.csv"), format!("{head}李四,{},D类,领军人才,某研究院,刚性,2019-03-01\n", resident_id(2))).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("c.csv").to_str().unwrap()]).0, 0);
    let said = desk.json(&["recognition", "list", "--where", "status=recorded"]);
    let said = said.as_array().unwrap().iter().find(|r| r["person_no"] == p2).unwrap()["no"].as_str().unwrap().to_owned();
    fails(&desk, &["recognition", "advance", &said, "--to", "first_review"], 3, "only_recorded");
    assert_eq!(desk.run(&["talent", "leave", p2, "--why", "resigned", "--date", "2026-11-20"]).0, 0);
    fails(&desk, &["recognition", "open", p2, "--class", "B"], 5, "not_a_candidate");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_pack_is_checked_loaded_and_confirmed() {
    let desk = Desk::new();
    let (_, text, _) = desk.run(&["policy", "show", "recognition"]);
    let strict = text.replace("unchecked_decisions = true", "unchecked_decisions = false");
    std::fs::write(desk.path("own.toml"), &strict).unwrap();
    std::fs::write(desk.path("bad.toml"), strict.replace("term_months = 36", "term_months = 0")).unwrap();
    let (own, bad) = (desk.path("own.toml"), desk.path("bad.toml"));
    let (own, bad) = (own.to_str().unwrap(), bad.to_str().unwrap());
    assert_eq!(desk.json(&["policy", "check", own])["ok"], true);
    let (code, out, _) = desk.run(&["policy", "check", bad, "--json"]);
    assert!(code == 1 && out.contains("\"bad_number\"") && out.contains("\"line\":15"), "{out}");
    fails(&desk, &["policy", "load", bad], 78, "bad_pack");
    fails(&desk, &["policy", "show", "weather"], 4, "no_such_pack");
    fails(&desk, &["policy", "confirm", "recognition/city", "--basis", "x"], 4, "no_scheme");
    assert_eq!(desk.run(&["policy", "load", own]).0, 0);
    assert_eq!(desk.run(&["policy", "confirm", "recognition", "--basis", "和人才〔2019〕1号"]).0, 0);
    let packs = desk.json(&["policy", "show"]);
    let held = packs.as_array().unwrap().iter().find(|p| p["pack"] == "recognition").unwrap();
    assert_eq!((&held["confirmed"], held["confirmations"].as_array().unwrap().len()), (&true.into(), 1));
    // The office's own pack wants papers that were entered.
    let p = desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let p = p["no"].as_str().unwrap();
    fails(&desk, &["recognition", "grant", p, "--class", "B", "--decision", "和人才〔2019〕3号"], 3, "decision_unchecked");
    assert_eq!(desk.json(&["decision", "list"]).as_array().unwrap().len(), 1, "a refused act leaves no paper");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn an_exception_has_a_decision_of_its_own_or_its_teams() {
    let (desk, p) = office();
    let q = desk.add("李四", &resident_id(2), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let q = q["no"].as_str().unwrap();
    let grant =
        |p: &str| ["recognition", "grant", p, "--class", "A", "--route", "exception", "--decision", "和人才〔2026〕7号"].map(str::to_owned);
    let run = |args: [String; 9]| desk.json(&args.each_ref().map(String::as_str));
    assert_eq!(run(grant(&p))["route"], "exception");
    let args = grant(q);
    fails(&desk, &args.each_ref().map(String::as_str), 3, "exception_shared");
    assert_eq!(desk.run(&["team", "add", "--name", "团队", "--leader", &p, "--core", q]).0, 0);
    assert_eq!(run(grant(q))["status"], "in_force");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_recognition_is_checked_once_at_mid_term() {
    let (desk, p) = office();
    let r = desk.json(&["recognition", "grant", &p, "--class", "B", "--decision", "和人才〔2026〕3号", "--from-date", "2025-01-01"]);
    assert_eq!((&r["mid_check_due"], &r["mid_check"]), (&"2026-06-30".into(), &Value::Null));
    let no = r["no"].as_str().unwrap();
    assert_eq!(desk.json(&["recognition", "list", "--where", "mid_check_due<2026-12-01"])[0]["no"], no);
    fails(&desk, &["recognition", "check", no], 2, "");
    let done = desk.json(&["recognition", "check", no, "--passed", "--note", "成果两项"]);
    assert_eq!((&done["mid_check"], &done["mid_check_due"], &done["status"]), (&"passed".into(), &Value::Null, &"in_force".into()));
    fails(&desk, &["recognition", "check", no, "--failed"], 5, "checked_already");
    assert_eq!(desk.json(&["recognition", "show", no])["steps"][1]["note"], "passed; 成果两项");
    assert_eq!(desk.run(&["undo", &done["op"].to_string(), "--reason", "误"]).0, 0);
    assert_eq!(desk.json(&["recognition", "check", no, "--failed"])["mid_check"], "failed");
    desk.json(&["recognition", "cancel", no, "--ground", "中期考核不合格", "--decision", "和人才〔2026〕4号"]);
    fails(&desk, &["recognition", "check", no, "--passed"], 5, "wrong_state");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn where_the_pack_wants_two_persons_the_reviewer_does_not_decide() {
    let desk = Desk::new();
    let (_, text, _) = desk.run(&["policy", "show", "recognition"]);
    let own = desk.path("own.toml");
    std::fs::write(&own, text.replace("two_persons = false", "two_persons = true")).unwrap();
    assert_eq!(desk.run(&["policy", "load", own.to_str().unwrap()]).0, 0);
    assert_eq!(desk.run(&["policy", "confirm", "recognition", "--basis", "和人才〔2019〕1号"]).0, 0);
    let p = desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let opened = desk.json(&["recognition", "open", p["no"].as_str().unwrap(), "--class", "B"]);
    let r = opened["no"].as_str().unwrap();
    let to = |state: &'static str, actor: &'static str| {
        [
            &["recognition", "advance", r, "--to", state, "--actor", actor][..],
            if state == "decided" { &["--decision", "和人才〔2026〕3号"] } else { &[] },
        ]
        .concat()
    };
    desk.json(&to("first_review", "甲"));
    desk.json(&to("joint_review", "甲"));
    fails(&desk, &to("decided", "甲"), 77, "two_persons");
    // Once the office has actors, each needs the role for it.
    for (name, role) in [("甲", "reviewer"), ("乙", "clerk"), ("丙", "approver")] {
        let who = std::process::Command::new("id").arg("-un").output().unwrap();
        let who = String::from_utf8(who.stdout).unwrap();
        assert_eq!(desk.run(&["actor", "add", name, "--os-user", who.trim(), "--role", role, "--actor", "甲"]).0, 0);
    }
    fails(&desk, &to("decided", "乙"), 77, "needs_role");
    assert_eq!(desk.json(&to("decided", "丙"))["status"], "decided");
    let shared = desk.json(&["doctor", "--only", "actors"]);
    assert!(shared.to_string().contains("actors"), "{shared}");
}

#[test]
fn many_are_recognised_at_once_or_none() {
    let (desk, p) = office();
    let add = |i: usize, from: &str| {
        desk.add(&format!("人员{i}"), &resident_id(i), &["--corps", "skilled", "--mode", "rigid", "--start-date", from])["no"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (q, r) = (add(2, "2019-03-01"), add(3, "2019-03-01"));
    let paper = ["--class", "C", "--decision", "和人才〔2026〕3号"];
    let grant = |more: &[&'static str]| [&["recognition", "grant"], &paper[..], more].concat();
    fails(&desk, &grant(&[]), 2, "nobody_named");
    // Three and more by a filter want a word.
    fails(&desk, &grant(&["--where", "status=active"]), 2, "needs_yes");
    let tried = desk.json(&grant(&["--where", "status=active", "--dry-run"]));
    assert_eq!((tried.as_array().unwrap().len(), &tried[0]["no"], &tried[0]["dry_run"]), (3, &Value::Null, &true.into()));
    let first = desk.json(&[&["recognition", "grant", &q], &paper[..]].concat());
    assert_eq!(first["person_no"], q.as_str());
    // One of them holds a recognition: all or nothing, unless the good ones are asked for.
    let (code, _, err) = desk.run(&[&grant(&["--where", "status=active", "--yes"])[..], &["--json"]].concat());
    assert_eq!((code, reason(&err).as_str()), (3, "some_refused"));
    assert!(err.contains("recognition_held") && err.contains(&q), "{err}");
    assert_eq!(desk.json(&["recognition", "list"]).as_array().unwrap().len(), 1);
    let (code, out, _) = desk.run(&[&grant(&["--where", "status=active", "--yes", "--partial"])[..], &["--json"]].concat());
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, said["done"].as_array().unwrap().len()), (1, 2));
    assert_eq!((&said["refused"][0]["no"], &said["refused"][0]["clause"]), (&q.as_str().into(), &"recognition_held".into()));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    // By a list of documents or numbers; a filter that means nobody is an empty answer.
    std::fs::write(desk.path("l.csv"), format!("姓名,证件号码\n人员2,{}\n", resident_id(2))).unwrap();
    std::fs::write(desk.path("n.csv"), format!("编号,姓名\n{p},张三\n{r},\n")).unwrap();
    let list = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    let checked = desk.json(&["recognition", "check", "--passed", "--where", "class=C", "--yes"]);
    assert_eq!(checked.as_array().unwrap().len(), 3);
    assert_eq!(desk.json(&["recognition", "check", "--passed", "--where", "class=A"]), serde_json::json!([]));
    // One column of numbers is enough.
    std::fs::write(desk.path("o.csv"), format!("no\n{q}\n")).unwrap();
    assert_eq!(desk.json(&["talent", "leave", "--why", "retired", "--from", &list("o.csv"), "--dry-run"]).as_array().unwrap().len(), 1);
    let gone = desk.json(&["talent", "leave", "--why", "retired", "--from", &list("l.csv")]);
    assert_eq!((gone.as_array().unwrap().len(), &gone[0]["no"], &gone[0]["status"]), (1, &q.as_str().into(), &"left".into()));
    assert_eq!(desk.json(&["talent", "leave", &p, &r, "--why", "retired"]).as_array().unwrap().len(), 2);
    fails(&desk, &["talent", "leave", "--why", "retired", "--from", &list("n.csv")], 3, "some_refused");
    let (code, out, _) = desk.run(&["talent", "leave", "--why", "retired", "--from", &list("n.csv"), "--partial", "--json"]);
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, said["done"].as_array().unwrap().len(), said["refused"].as_array().unwrap().len()), (1, 0, 2));
    std::fs::write(desk.path("x.csv"), format!("姓名,证件号码\n某人,{}\n", resident_id(9))).unwrap();
    fails(&desk, &["talent", "leave", "--why", "retired", "--from", &list("x.csv")], 4, "no_such_line");
    // A list sorted by one column alone would hit others: what a row says is of one person; a slip of a number is told with its row.
    for (name, text, code, why) in [
        ("y.csv", format!("编号,姓名\n{p},李四\n"), 65, "line_contradicts"),
        ("z.csv", format!("编号,姓名,证件号码\n{p},人员2,{}\n", resident_id(2)), 65, "line_contradicts"),
        ("v.csv", "编号\nP00000100\n".to_owned(), 65, "line_number"),
    ] {
        std::fs::write(desk.path(name), text).unwrap();
        let leave = ["talent", "leave", "--why", "retired", "--from", &list(name)];
        fails(&desk, &leave, code, why);
        assert!(desk.run(&leave).2.contains("row 2"), "{name}");
    }
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}
