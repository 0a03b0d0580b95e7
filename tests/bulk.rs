//! Rosters that say something of known persons, and projects in bulk: each kind on its good rows, on its bad ones with the message a clerk
//! sees, brought twice, and taken back.

mod it;

use it::{Desk, resident_id};
use serde_json::Value;

/// Two talents, of one unit.
fn office() -> (Desk, String, String) {
    let desk = Desk::on("2026-11-24");
    let talent = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01", "--contract-end", "2022-02-28"];
    let no = |v: Value| v["no"].as_str().unwrap().to_owned();
    let (a, b) = (no(desk.add("张三", &resident_id(1), &talent)), no(desk.add("李四", &resident_id(2), &talent)));
    (desk, a, b)
}

/// Exit code and report of an import.
fn import(desk: &Desk, kind: &str, text: &str, more: &[&str]) -> (i32, Value) {
    let file = desk.path(&format!("{kind}.csv"));
    std::fs::write(&file, text).unwrap();
    let (code, out, err) = desk.run(&[&["roster", "import", file.to_str().unwrap(), "--kind", kind, "--json"], more].concat());
    let line = out.lines().next().unwrap_or_else(|| panic!("{kind}: {code} {err}"));
    (code, serde_json::from_str(line).unwrap())
}

/// A roster that is entered: (added, updated, unchanged); the same again changes nothing.
fn enters(desk: &Desk, kind: &str, text: &str) -> (u64, u64, u64) {
    let (code, report) = import(desk, kind, text, &[]);
    assert_eq!(code, 0, "{report}");
    let (again, same) = import(desk, kind, text, &[]);
    assert_eq!((again, &same["op"], &same["unchanged"]), (0, &Value::Null, &same["rows"]), "{same}");
    let n = |key: &str| report[key].as_u64().unwrap();
    (n("added"), n("updated"), n("unchanged"))
}

/// A roster that is refused as a whole: `column code` of each fault, and nothing was written.
fn refused(desk: &Desk, kind: &str, text: &str) -> Vec<String> {
    let before = desk.json(&["audit", "anchor"])["hash"].clone();
    let (code, report) = import(desk, kind, text, &[]);
    assert_eq!((code, &report["committed"]), (65, &false.into()), "{report}");
    assert_eq!(desk.json(&["audit", "anchor"])["hash"], before);
    let said = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let faults = report["faults"].as_array().unwrap();
    assert!(faults.iter().all(|f| !said(f, "message").is_empty() && f["row"].as_u64().is_some_and(|r| r > 1)), "{report}");
    faults.iter().map(|f| format!("{} {}", said(f, "column"), said(f, "code"))).collect()
}

fn sound(desk: &Desk) {
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn engagements_move_change_and_return() {
    let (desk, a, b) = office();
    assert_eq!(desk.run(&["talent", "leave", &b, "--why", "resigned", "--date", "2026-11-20"]).0, 0);
    assert_eq!(desk.run(&["project", "add", "--line", "4.1.2.1", "--name", "大数据园", "--org", "甲公司"]).0, 0);
    let head = "编号,姓名,证件号码,用人单位,引进方式,到岗日期,合同截止,引才项目\n";
    let text = format!("{head}{a},张三,,甲公司,刚性,2020-05-01,2027-04-30,大数据园\n,李四,{},某研究院,柔性,2026-11-24,,\n", resident_id(2));
    assert_eq!(enters(&desk, "engagement", &text), (1, 1, 0));
    let p = desk.json(&["talent", "show", &a]);
    assert_eq!(
        (&p["employer"]["name"], &p["project"]["name"], &p["start_date"]),
        (&"甲公司".into(), &"大数据园".into(), &"2020-05-01".into())
    );
    assert_eq!(desk.json(&["talent", "show", &a, "--as-of", "2020-04-30"])["employer"]["name"], "某研究院");
    let back = desk.json(&["talent", "show", &b]);
    assert_eq!((&back["status"], &back["mode"]), (&"active".into(), &"flexible".into()));
    let bad = format!(
        "{head}{a},李四,,甲公司,刚性,2020-05-01,2027-04-30,\n,,{},甲公司,飞行,2020-02-30,,\n{b},,,甲公司,刚性,2026-11-24,2020-01-01,\nP9,,,,刚性,2020-05-01,,没有\n",
        resident_id(9)
    );
    assert_eq!(
        refused(&desk, "engagement", &bad),
        [
            "name conflict_with_register",
            "id_number unknown_value",
            "mode unknown_value",
            "start_date bad_date",
            "contract_end date_order",
            "no bad_number",
            "employer missing"
        ]
    );
    sound(&desk);
}

#[test]
fn recognitions_decided_on_paper_come_in_bulk() {
    let (desk, a, b) = office();
    let head = "编号,人才类别,批文文号,生效日期,认定途径\n";
    let text = format!("{head}{a},B类,和人才〔2026〕3号,2026-01-01,目录\n{b},C类,和人才〔2026〕3号,2026-01-01,评审\n");
    // An unconfirmed scheme decides nothing: no row could be entered.
    let file = desk.path("r.csv");
    std::fs::write(&file, &text).unwrap();
    let (code, _, err) = desk.run(&["roster", "import", file.to_str().unwrap(), "--kind", "recognition", "--json"]);
    assert!(code == 78 && err.contains("unconfirmed"), "{err}");
    assert_eq!(desk.run(&["policy", "confirm", "recognition/zone", "--basis", "和人才〔2019〕1号"]).0, 0);
    assert_eq!(enters(&desk, "recognition", &text), (2, 0, 0));
    assert_eq!(desk.json(&["talent", "show", &b])["class_state"], "in_force");
    let listed = desk.json(&["recognition", "list", "--where", "class=C"]);
    assert_eq!((&listed[0]["route"], &listed[0]["until"]), (&"panel".into(), &"2028-12-31".into()));
    let bad = format!("{head}{a},A类,和人才〔2026〕3号,2026-06-01,\n{b},Z,,2026-06-01,\n");
    assert_eq!(refused(&desk, "recognition", &bad), ["class conflict_with_register", "class unknown_value", "decision missing"]);
    // A paper binds by its number of persons, in the clause's words.
    let paper = ["decision", "add", "--document-no", "和人才〔2026〕9号", "--body", "领导小组", "--day", "2026-01-01", "--persons", "1"];
    assert_eq!(desk.run(&paper).0, 0);
    let c = desk.add("王五", &resident_id(3), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let d = desk.add("赵六", &resident_id(4), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let of = |v: &Value| v["no"].as_str().unwrap().to_owned();
    let two = format!("{head}{},D类,和人才〔2026〕9号,2026-01-01,\n{},D类,和人才〔2026〕9号,2026-01-01,\n", of(&c), of(&d));
    let (code, report) = import(&desk, "recognition", &two, &["--partial"]);
    assert_eq!((code, &report["added"], &report["rejected"]), (1, &1.into(), &1.into()));
    assert_eq!(report["faults"][0]["code"], "not_allowed");
    assert!(report["faults"][0]["hint"].as_str().unwrap().contains("1"), "{report}");
    sound(&desk);
}

#[test]
fn families_come_in_bulk_and_relatives_are_entered_once() {
    let (desk, a, b) = office();
    let head = "编号,姓名,关系,亲属编号,亲属姓名,亲属证件类型,亲属证件号码,亲属出生日期\n";
    let text = format!("{head}{a},张三,配偶,{b},,,,\n{a},,子女,,张小三,,,2012-05-01\n{b},,女儿,,李小四,护照,E12345678,2014-01-01\n");
    assert_eq!(enters(&desk, "relation", &text), (3, 0, 0));
    assert_eq!(desk.json(&["talent", "list", "--where", "kind=related", "--count"])["count"], 2);
    assert_eq!(desk.json(&["talent", "show", &a])["relations"].as_array().unwrap().len(), 2);
    let bad = format!(
        "{head}{a},,邻居,{b},,,,\n{a},,子女,,,,,\n{a},,子女,P9,,,,\n{b},,子女,,王大爷,,,1930-01-01\n{a},,父母,{b},,,,\n{b},,子女,,张小三,,,2012-05-01\n"
    );
    assert_eq!(
        refused(&desk, "relation", &bad),
        [
            "relation unknown_value",
            "other_name missing",
            "other_birth_date missing",
            "other_no unknown_value",
            "other_birth_date date_order",
            "relation not_allowed",
            "other_name conflict_with_register"
        ]
    );
    assert_eq!(desk.json(&["talent", "list", "--where", "kind=related", "--count"])["count"], 2, "a refused row leaves no relative");
    // Nor where the good rows go in: what a row taken back had touched is no part of the op.
    let some = format!("{head}{b},,子女,,王大爷,,,1930-01-01\n{b},,子女,,李小五,,,2016-01-01\n");
    let (code, report) = import(&desk, "relation", &some, &["--partial"]);
    assert_eq!((code, &report["added"], &report["rejected"]), (1, &1.into(), &1.into()), "{report}");
    assert_eq!(desk.json(&["talent", "list", "--where", "kind=related", "--count"])["count"], 3);
    sound(&desk);
}

#[test]
fn projects_come_in_bulk_and_round_trip() {
    let (desk, ..) = office();
    let head = "项目名称,产业线,承担单位,引进单位,投资额（元）,起始日期\n";
    let text = format!("{head}大数据园,4.1.2.1,甲公司,乙公司;丙公司,30000000,2018-06-01\n蒙药基地,蒙中医药产业引才,丁公司,,,\n");
    assert_eq!(enters(&desk, "project", &text), (2, 0, 0));
    let out = desk.path("projects.csv");
    assert_eq!(desk.run(&["roster", "export", out.to_str().unwrap(), "--kind", "project"]).0, 0);
    let (code, report) = import(&desk, "project", &std::fs::read_to_string(&out).unwrap(), &[]);
    assert_eq!((code, &report["unchanged"]), (0, &2.into()), "{report}");
    let (code, report) = import(&desk, "project", &format!("{head}大数据园,,,,40000000,\n"), &[]);
    assert_eq!((code, &report["updated"]), (0, &1.into()), "{report}");
    assert_eq!(
        refused(&desk, "project", &format!("{head}新项目,,甲公司,,,\n新项目二,4.1.2.1,甲公司,,三千万,\n新项目二,4.1.2.1,甲公司,,,\n")),
        ["line missing", "invested bad_number", "name duplicate_in_file"]
    );
    sound(&desk);
}

#[test]
fn a_correction_must_know_what_was_held() {
    let (desk, a, b) = office();
    let head = "编号,字段,原值,现值,更正理由\n";
    let text = format!(
        "{head}{a},姓名,张三,张叁,录入有误\n{a},学历,,硕士研究生,漏填\n{b},合同截止,2022-02-28,2023-02-28,合同原件为准\n{b},用人单位,某研究院,甲公司,填错单位\n{b},证件号码,{},{},误录\n",
        resident_id(2),
        resident_id(22)
    );
    assert_eq!(enters(&desk, "correction", &text), (0, 5, 0));
    let p = desk.json(&["talent", "show", &a, "--as-of", "2019-03-01"]);
    assert_eq!((&p["name"], &p["education"]), (&"张叁".into(), &"master".into()), "it was wrong from the start");
    let q = desk.json(&["talent", "show", &b, "--as-of", "2019-03-01"]);
    assert_eq!(
        (&q["employer"]["name"], &q["contract_end"], &q["start_date"]),
        (&"甲公司".into(), &"2023-02-28".into(), &"2019-03-01".into())
    );
    // Why each was made stands in the log, as free words of the op.
    let log = desk.json(&["audit", "log", "--op", "4", "--reveal", "--reason", "核对"]);
    assert!(log.to_string().contains("合同原件为准"), "{log}");
    let bad = format!(
        "{head}{a},姓名,张三,张四,再改\n{a},学历,,博士,再改\n{a},星座,,狮子,x\nP9,姓名,a,b,x\n{b},合同截止,2023-02-28,2018-01-01,x\n{b},学位,,,x\n{b},学位,学士,硕士,\n{b},手机,,12,x\n"
    );
    assert_eq!(
        refused(&desk, "correction", &bad),
        [
            "was conflict_with_register",
            "was conflict_with_register",
            "field unknown_value",
            "no bad_number",
            "is date_order",
            "is missing",
            "reason missing",
            "is bad_phone"
        ]
    );
    // Whoever left stays away: a correction brings nobody back.
    assert_eq!(desk.run(&["talent", "leave", &b, "--why", "resigned", "--date", "2026-11-20"]).0, 0);
    assert_eq!(enters(&desk, "correction", &format!("{head}{b},岗位,,工程师,漏填\n")), (0, 1, 0));
    let q = desk.json(&["talent", "show", &b]);
    assert_eq!((&q["status"], &q["position"], &q["why"]), (&"left".into(), &"工程师".into(), &"resigned".into()));
    sound(&desk);
}

#[test]
fn balances_at_the_start_are_kept_once_a_benefit() {
    let (desk, a, b) = office();
    let head = "编号,待遇,已享受月数,已拨付金额（元）,服务卡号,服务卡等级,服务卡有效期至,截至日期\n";
    let text = format!("{head}{a},租房补贴,14,\"21,000.00\",,,,2019-12-31\n{a},,,,FW-0012,金卡,2021-12-31,\n{b},settlement,,60000,,,,\n");
    assert_eq!(enters(&desk, "opening", &text), (3, 0, 0));
    let (code, report) = import(&desk, "opening", &format!("{head}{a},rent,15,22500,,,,2019-12-31\n"), &[]);
    assert_eq!((code, &report["updated"]), (0, &1.into()));
    let bad = format!("{head}{a},彩票,1,,,,,\n{a},,3,,,,,\n{a},,,,,金卡,,\n{b},rent,1.5,,,,,\n{b},rent,1,很多,,,,\n");
    assert_eq!(
        refused(&desk, "opening", &bad),
        ["scheme unknown_value", "scheme missing", "scheme missing", "months bad_number", "paid bad_number"]
    );
    let (_, last) = import(&desk, "opening", &format!("{head}{b},rent,1,1500,,,,\n"), &[]);
    assert_eq!(desk.run(&["undo", &last["op"].to_string(), "--reason", "误"]).0, 0);
    sound(&desk);
}

#[test]
fn every_kind_has_a_template_that_it_reads() {
    let (desk, ..) = office();
    let kinds = desk.json(&["roster", "kinds"]);
    let mut names: Vec<&str> = kinds.as_array().unwrap().iter().map(|k| k["kind"].as_str().unwrap()).collect();
    names.dedup();
    assert_eq!(names.len(), 11);
    for kind in names {
        for file in ["t.csv", "t.xlsx"] {
            let path = desk.path(file);
            let _ = std::fs::remove_file(&path);
            assert_eq!(desk.run(&["roster", "template", path.to_str().unwrap(), "--kind", kind]).0, 0, "{kind}");
            // A header alone is a roster without rows.
            let (code, _, err) = desk.run(&["roster", "import", path.to_str().unwrap(), "--kind", kind, "--json"]);
            assert_eq!(code, 0, "{kind} {file}: {err}");
        }
    }
}

#[test]
fn a_roster_of_any_kind_is_taken_back_whole() {
    let (desk, a, b) = office();
    assert_eq!(desk.run(&["policy", "confirm", "recognition/zone", "--basis", "和人才〔2019〕1号"]).0, 0);
    let state = |desk: &Desk| {
        let show = |p: &str| {
            let mut v = desk.json(&["talent", "show", p]);
            v.as_object_mut().unwrap().remove("op");
            v
        };
        (
            show(&a),
            show(&b),
            desk.json(&["project", "list"]),
            desk.json(&["talent", "list", "--where", "kind=related", "--count"])["count"].clone(),
        )
    };
    let before = state(&desk);
    for (kind, text) in [
        ("engagement", format!("编号,用人单位,引进方式,到岗日期\n{a},甲公司,刚性,2020-05-01\n")),
        ("recognition", format!("编号,人才类别,批文文号,生效日期\n{a},B类,和人才〔2026〕3号,2026-01-01\n")),
        ("relation", format!("编号,关系,亲属姓名,亲属出生日期\n{a},子女,张小三,2012-05-01\n")),
        ("project", "项目名称,产业线,承担单位\n大数据园,4.1.2.1,丙公司\n".to_owned()),
        ("correction", format!("编号,字段,原值,现值,更正理由\n{a},姓名,张三,张叁,误录\n")),
        ("opening", format!("编号,待遇,已享受月数\n{a},租房补贴,14\n")),
        ("leave", format!("编号,离岗日期,离开原因\n{b},2026-11-20,辞职\n")),
    ] {
        let (code, report) = import(&desk, kind, &text, &[]);
        assert_eq!(code, 0, "{kind}: {report}");
        assert_eq!(desk.run(&["undo", &report["op"].to_string(), "--reason", "误"]).0, 0, "{kind}");
        assert_eq!(state(&desk), before, "{kind}");
        assert_eq!(desk.run(&["audit", "verify"]).0, 0, "{kind}");
    }
    sound(&desk);
}

/// docs/columns.md as the program would write it.
fn columns_page(desk: &Desk) -> String {
    use std::fmt::Write as _;
    let mut page = String::from(
        "# Columns of rosters\n\nEvery kind of `rencai roster import --kind K`, with the headers it knows; written from the program by the tests. \
         Codes and their Chinese labels are both understood; `rencai roster template FILE --kind K` writes an empty roster.\n",
    );
    let mut before = String::new();
    for c in desk.json(&["roster", "kinds"]).as_array().unwrap() {
        let text = |key: &str| c[key].as_str().unwrap_or_default().to_owned();
        let kind = text("kind");
        if kind != before {
            let _ =
                writeln!(page, "\n## {kind}\n\n| header | column | required | values | other headers |\n| --- | --- | --- | --- | --- |");
            before = kind;
        }
        let values = match text("code_set") {
            set if set.is_empty() => String::new(),
            set => {
                let all: Vec<_> = rencai::base::codes::codes(&set).collect();
                let few: Vec<String> = all.iter().take(8).map(|k| format!("{} {}", k.code, k.zh)).collect();
                let more = if all.len() > 8 { format!("; {} in all", all.len()) } else { String::new() };
                few.join(", ") + &more
            }
        };
        let aliases: Vec<&str> = c["aliases"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let must = if c["required"] == true { "yes" } else { "" };
        let _ = writeln!(page, "| {} | `{}` | {must} | {values} | {} |", text("header"), text("column"), aliases.join("、"));
    }
    page
}

#[test]
fn the_page_of_columns_is_true() {
    let desk = Desk::new();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/columns.md");
    let page = columns_page(&desk);
    if std::env::var_os("RENCAI_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|held| held == page),
        "RENCAI_WRITE_DOCS=1 cargo test --test bulk writes docs/columns.md anew"
    );
}
