//! Projects and what comes by them, families, persons who never count, awards with their papers, agreements of platforms, teams.

mod it;

use it::{Desk, reason, resident_id};
use serde_json::Value;

fn fails(desk: &Desk, args: &[&str], code: i32, why: &str) -> Value {
    let (got, out, err) = desk.run(&[args, &["--json"]].concat());
    assert!(got != 0, "{args:?}: {out}");
    assert_eq!((got, reason(&err).as_str()), (code, why), "{args:?}: {err}");
    let line = err.lines().rev().find(|l| l.starts_with('{')).unwrap();
    serde_json::from_str(line).unwrap()
}

const TALENT: [&str; 6] = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"];

fn no(v: &Value) -> String {
    v["no"].as_str().unwrap().to_owned()
}

#[test]
fn people_and_units_come_by_projects() {
    let desk = Desk::new();
    let made = desk.json(&[
        "project",
        "add",
        "--line",
        "4.1.2.1",
        "--name",
        "大数据产业园",
        "--org",
        "甲公司",
        "--units",
        "乙公司；丙公司",
        "--invested",
        "3,000,000",
        "--from-date",
        "2018-06-01",
    ]);
    let pj = no(&made);
    assert_eq!(pj, "PJ0000019");
    assert_eq!(
        (&made["status"], &made["invested"], &made["people"], &made["orgs"]),
        (&"active".into(), &"3000000.00".into(), &0.into(), &3.into())
    );
    fails(&desk, &["project", "add", "--line", "4.1.2.9", "--name", " 大数据产业园", "--org", "甲公司"], 5, "project_known");
    fails(&desk, &["project", "add", "--line", "4.1.2.10", "--name", "x", "--org", "甲公司"], 2, "bad_entry");
    fails(&desk, &["project", "add", "--line", "4.1.2.2", "--name", "x"], 2, "missing_options");
    // By its name in an entry, by its number in a roster.
    let a = desk.add("张三", &resident_id(1), &[&TALENT[..], &["--project", "大数据产业园"]].concat());
    assert_eq!(a["project"]["no"], pj.as_str());
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,引才项目\n";
    let roster = desk.path("r.csv");
    std::fs::write(&roster, format!("{head}李四,{},丁公司,领军人才,刚性,2019-03-01,{pj}\n", resident_id(2))).unwrap();
    assert_eq!(desk.run(&["roster", "import", roster.to_str().unwrap()]).0, 0);
    std::fs::write(&roster, format!("{head}王五,{},丁公司,领军人才,刚性,2019-03-01,没有的项目\n", resident_id(3))).unwrap();
    let (code, out, _) = desk.run(&["roster", "import", roster.to_str().unwrap(), "--json"]);
    assert!(code == 65 && out.contains("\"column\":\"project\"") && out.contains("unknown_value"), "{out}");
    let shown = desk.json(&["project", "show", &pj]);
    assert_eq!((&shown["people"], &shown["orgs"]), (&2.into(), &5.into()));
    let lines = desk.json(&["project", "list", "--lines"]);
    assert_eq!(lines.as_array().unwrap().len(), 9);
    assert_eq!(lines[0], serde_json::json!({"line": "4.1.2.1", "projects": 1, "people": 2, "orgs": 5}));
    assert_eq!(desk.json(&["talent", "list", "--where", &format!("project={pj}"), "--count"])["count"], 2);
    assert_eq!(desk.json(&["project", "list", "--where", "line=4.1.2.1 people>=2", "--count"])["count"], 1);
    // Who moves to another unit comes by no project any more; who has another term still does.
    let p = no(&a);
    let edited = desk.json(&["talent", "edit", &p, "--contract-end", "2027-01-01"]);
    assert_eq!(edited["project"]["no"], pj.as_str());
    assert_eq!(desk.json(&["talent", "edit", &p, "--project", ""])["project"], Value::Null);
    fails(&desk, &["talent", "edit", &p, "--project", "没有"], 4, "no_project");
    let changed = desk.json(&["project", "edit", &pj, "--units", "乙公司", "--invested", "4000000"]);
    assert_eq!(changed["units"].as_array().unwrap().len(), 1);
    assert_eq!(changed["changed"].as_array().unwrap().len(), 2);
    assert_eq!(desk.json(&["project", "show", &pj, "--as-of", "2019-01-01"])["units"].as_array().unwrap().len(), 2);
    assert_eq!(desk.json(&["project", "close", "大数据产业园"])["status"], "closed");
    fails(&desk, &["project", "close", &pj], 5, "project_closed");
    fails(&desk, &["project", "show", "没有"], 4, "no_project");
    // The export names the project, and comes back in unchanged.
    let out = desk.path("out.csv");
    assert_eq!(desk.run(&["roster", "export", out.to_str().unwrap(), "--reveal", "--reason", "核对"]).0, 0);
    assert!(std::fs::read_to_string(&out).unwrap().contains("大数据产业园"));
    let again = desk.json(&["roster", "import", out.to_str().unwrap()]);
    assert_eq!((&again["unchanged"], &again["rows"]), (&2.into(), &2.into()));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn relatives_and_students_are_kept_and_never_count() {
    let desk = Desk::new();
    let p = no(&desk.add("张三", &resident_id(1), &TALENT));
    let q = no(&desk.add("李四", &resident_id(2), &TALENT));
    let child = desk.json(&["talent", "add", "--kind", "related", "--name", "张小三", "--birth-date", "2012-05-01"]);
    assert_eq!((&child["kind"], &child["corps"], &child["status"]), (&"related".into(), &Value::Null, &"active".into()));
    let child = no(&child);
    let student =
        desk.json(&["talent", "add", "--kind", "student", "--name", "陈港生", "--id-type", "hm_permit", "--id-number", "H1234567800"]);
    assert_eq!(student["kind"], "student");
    fails(&desk, &["talent", "add", "--kind", "student", "--name", "陈港生"], 2, "missing_options");
    fails(
        &desk,
        &["talent", "add", "--kind", "related", "--name", "张小四", "--birth-date", "2012-05-01", "--corps", "leading"],
        2,
        "of_talents",
    );
    // They stand in no list and no figure but where they are asked for.
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 2);
    assert_eq!(desk.json(&["talent", "list", "--where", "kind=related|student", "--count"])["count"], 2);
    assert_eq!(desk.json(&["status"])["people"]["total"], 2);
    let report = desk.json(&["target", "report", "T5", "--as-of", "2019-12-31"]);
    assert_eq!(report[0]["all"], 2);
    assert_eq!(desk.json(&["talent", "find", "张小三"])[0]["kind"], "related");

    let kin = desk.json(&["talent", "relate", &p, "--to", &child, "--kind", "child"]);
    assert_eq!((&kin["no"], &kin["status"], &kin["relations"][0]["relation"]), (&p.as_str().into(), &"active".into(), &"child".into()));
    assert_eq!(desk.json(&["talent", "show", &child])["relations"][0]["relation"], "parent");
    assert_eq!(desk.json(&["talent", "relate", &child, "--to", &p, "--kind", "parent"])["op"], Value::Null);
    fails(&desk, &["talent", "relate", &p, "--to", &p, "--kind", "spouse"], 2, "relate_self");
    fails(&desk, &["talent", "relate", &p, "--to", &child, "--kind", "spouse"], 5, "related_otherwise");
    fails(&desk, &["talent", "relate", &q, "--to", &child, "--kind", "parent"], 65, "child_older");
    desk.json(&["talent", "relate", &p, "--to", &q, "--kind", "spouse"]);
    let r = no(&desk.add("王五", &resident_id(3), &TALENT));
    fails(&desk, &["talent", "relate", &r, "--to", &q, "--kind", "spouse"], 5, "has_spouse");
    let ended = desk.json(&["talent", "relate", &q, "--to", &p, "--kind", "spouse", "--end"]);
    assert_eq!((&ended["status"], ended["relations"].as_array().unwrap().len()), (&"ended".into(), 0));
    fails(&desk, &["talent", "relate", &q, "--to", &p, "--kind", "spouse", "--end"], 4, "not_related");
    assert_eq!(desk.run(&["undo", &ended["op"].to_string(), "--reason", "误"]).0, 0);
    assert_eq!(desk.json(&["talent", "show", &p])["relations"].as_array().unwrap().len(), 2);

    // The student takes up work: from then on a talent, under the same number.
    let head = "姓名,证件类型,证件号码,用人单位,人才队伍,引进方式,到岗日期\n";
    std::fs::write(desk.path("r.csv"), format!("{head}陈港生,回乡证,H12345678,甲公司,创新创业人才,刚性,2026-11-01\n")).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 1, "another paper with the lifetime number waits");
    let (code, ..) = desk.run(&["roster", "review", "decide", "1", "--same"]);
    assert_eq!(code, 0);
    let now = desk.json(&["talent", "show", &no(&student)]);
    assert_eq!((&now["kind"], &now["corps"], &now["employer"]["name"]), (&"talent".into(), &"innovator".into(), &"甲公司".into()));
    assert_eq!(desk.json(&["target", "report", "T6", "--as-of", "2099-01-01"])[0]["all"], 1, "and counts as one");
    // What merged records had moves with them.
    let twin = no(&desk.json(&["talent", "add", "--kind", "related", "--name", "李四", "--birth-date", "1951-01-01", "--distinct"]));
    desk.json(&["talent", "relate", &twin, "--to", &child, "--kind", "child"]);
    // Whichever survives is a talent.
    let tried = desk.json(&["talent", "merge", &twin, &q, "--take", "keep", "--yes", "--dry-run"]);
    assert_eq!(tried["kept"], twin.as_str());
    let merged = desk.json(&["talent", "merge", &q, &twin, "--take", "keep", "--yes"]);
    assert_eq!(merged["moved"]["relations"], 1);
    assert_eq!(desk.json(&["talent", "show", &child])["relations"].as_array().unwrap().len(), 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn an_award_has_its_paper() {
    let desk = Desk::new();
    let p = no(&desk.add("张三", &resident_id(1), &[&TALENT[..], &["--achievements", "草原英才"]].concat()));
    let scan = desk.path("证书.pdf");
    std::fs::write(&scan, "%PDF award").unwrap();
    let scan = scan.to_str().unwrap();
    let done = desk.json(&[
        "talent",
        "achieve",
        &p,
        "--text",
        "草原英才",
        "--kind",
        "title",
        "--level",
        "自治区级",
        "--on",
        "2018-09",
        "--file",
        scan,
    ]);
    assert_eq!(
        (&done["no"], &done["level"], &done["awarded"], &done["paper"]),
        (&p.as_str().into(), &"region".into(), &"2018-09".into(), &true.into())
    );
    desk.json(&["talent", "achieve", &p, "--text", "发明专利", "--kind", "patent", "--file", scan]);
    let list = desk.json(&["talent", "achievements", &p]);
    assert_eq!(list.as_array().unwrap().len(), 2, "{list}");
    assert_eq!(desk.json(&["file", "list", &p]).as_array().unwrap().len(), 1, "the same paper is kept once");
    fails(&desk, &["talent", "achieve", &p, "--text", " "], 2, "empty_text");
    fails(&desk, &["talent", "achieve", &p, "--text", "x", "--level", "星际"], 2, "unknown_level");
    fails(&desk, &["talent", "achieve", &p, "--text", "x", "--on", "昨天"], 2, "unknown_day");
    assert_eq!(desk.run(&["talent", "achieve", &p, "--text", "x", "--file", "no.pdf"]).0, 66);
    // A roster that says the same awards changes nothing of them.
    let out = desk.path("o.csv");
    assert_eq!(desk.run(&["roster", "export", out.to_str().unwrap(), "--reveal", "--reason", "核对"]).0, 0);
    assert_eq!(desk.json(&["roster", "import", out.to_str().unwrap()])["unchanged"], 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn agreements_of_a_platform_are_renewed_and_end() {
    let desk = Desk::on("2026-11-24");
    let pl = no(&desk.json(&["platform", "add", "--name", "实训基地", "--kind", "practice_base"]));
    let agree = |more: &[&str]| desk.json(&[&["platform", "agree", &pl, "--partner", "内蒙古工业大学"], more].concat());
    let first = agree(&["--places", "20", "--subject", "订单式培养", "--from-date", "2018-09-01", "--until", "2020-08-31"]);
    assert_eq!(first["agreements"][0]["status"], "ended");
    assert_eq!(desk.json(&["platform", "show", &pl, "--as-of", "2019-01-01"])["agreement_until"], "2020-08-31");
    let renewed = agree(&["--places", "30", "--from-date", "2020-01-01", "--until", "2027-12-31"]);
    let list = renewed["agreements"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["until"], &list[1]["places"]), (2, &"2019-12-31".into(), &30.into()));
    assert_eq!(desk.json(&["platform", "list", "--where", "agreement_until<2028-01-01", "--count"])["count"], 1);
    fails(&desk, &["platform", "agree", &pl, "--partner", "x", "--from-date", "2020-01-02", "--until", "2020-01-01"], 65, "date_order");
    fails(&desk, &["platform", "agree", &pl, "--partner", " "], 2, "empty_text");
    assert_eq!(desk.run(&["undo", &renewed["op"].to_string(), "--reason", "误"]).0, 0);
    assert_eq!(desk.json(&["platform", "show", &pl])["agreements"].as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_team_has_one_leader_and_a_person_one_team() {
    let desk = Desk::new();
    let p: Vec<String> = (1..=4).map(|i| no(&desk.add(&format!("成员{i}"), &resident_id(i), &TALENT))).collect();
    let made = desk.json(&["team", "add", "--name", "数据智能团队", "--leader", &p[0], "--core", &p[1], "--decision", "和人才〔2019〕5号"]);
    let tm = no(&made);
    assert_eq!((&made["leader"]["no"], &made["people"]), (&p[0].as_str().into(), &2.into()));
    assert_eq!(made["decision"]["document_no"], "和人才〔2019〕5号");
    fails(&desk, &["team", "add", "--name", "数据智能团队", "--leader", &p[2]], 5, "team_known");
    fails(&desk, &["team", "add", "--name", "另一团队", "--leader", &p[1]], 5, "in_team");
    fails(&desk, &["team", "add", "--name", "另一团队", "--leader", &p[2], "--core", &p[2]], 2, "member_twice");
    fails(&desk, &["team", "leave", &tm, &p[0]], 5, "team_leader");
    fails(&desk, &["team", "leave", &tm, &p[3]], 4, "not_in_team");
    desk.json(&["team", "join", &tm, &p[2]]);
    let led = desk.json(&["team", "join", "数据智能团队", &p[1], "--leader"]);
    assert_eq!((&led["leader"]["no"], &led["people"]), (&p[1].as_str().into(), &3.into()));
    fails(&desk, &["team", "join", &tm, &p[1]], 5, "team_leader");
    assert_eq!(desk.json(&["team", "leave", &tm, &p[0]])["people"], 2);
    assert_eq!(desk.json(&["talent", "show", &p[1]])["team"]["role"], "leader");
    let kid = no(&desk.json(&["talent", "add", "--kind", "related", "--name", "小", "--birth-date", "2012-05-01"]));
    fails(&desk, &["team", "join", &tm, &kid], 5, "no_member");
    assert_eq!(desk.json(&["team", "list", "--where", "people>=2"])[0]["no"], tm.as_str());
    let over = desk.json(&["team", "close", &tm]);
    assert_eq!((&over["status"], &over["people"]), (&"closed".into(), &0.into()));
    fails(&desk, &["team", "join", &tm, &p[3]], 5, "team_closed");
    fails(&desk, &["team", "show", "没有"], 4, "no_team");
    assert_eq!(desk.run(&["undo", &over["op"].to_string(), "--reason", "误"]).0, 0);
    assert_eq!(desk.json(&["team", "show", &tm])["people"], 3, "who left today is in for the day");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn merged_records_are_in_one_team_and_keep_their_balances() {
    let desk = Desk::on("2026-11-24");
    let person = |name: &str, number: &str| {
        no(&desk.json(
            &[&["talent", "add", "--name", name, "--id-type", "passport", "--id-number", number, "--employer", "甲公司"], &TALENT[..]]
                .concat(),
        ))
    };
    let (a, b, c, d) = (person("甲", "E11111111"), person("甲某", "E22222222"), person("丙", "E33333333"), person("丁", "E44444444"));
    let team = no(&desk.json(&["team", "add", "--name", "一队", "--leader", &c, "--core", &a]));
    let other = no(&desk.json(&["team", "add", "--name", "二队", "--leader", &d, "--core", &b]));
    fails(&desk, &["talent", "merge", &a, &b, "--take", "keep", "--yes"], 5, "merge_two_teams");
    desk.json(&["team", "leave", &other, &b]);
    std::fs::write(desk.path("o.csv"), format!("编号,待遇,已享受月数\n{b},rent,7\n")).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("o.csv").to_str().unwrap(), "--kind", "opening"]).0, 0);
    // Who left on that day is in for the day: the merge is of the next.
    let merged = desk.json(&["talent", "merge", &a, &b, "--take", "keep", "--yes", "--date", "2026-11-26"]);
    assert_eq!((&merged["moved"]["openings"], &merged["moved"]["teams"]), (&1.into(), &1.into()));
    assert_eq!(desk.json(&["team", "show", &team])["people"], 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["talent", "unmerge", &b]).0, 0);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}
