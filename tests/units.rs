//! Units and platforms through the binary: entered by a clerk, by rosters, completed, closed, moved on, counted in the targets.

mod it;

use it::Desk;
use serde_json::{Value, json};

const USCC: &str = "91350100M000100Y43";
const OTHER: &str = "91110108551385082Q";

fn target(desk: &Desk, code: &str, day: &str) -> Value {
    let lines = desk.json(&["target", "report", "--as-of", day]);
    lines.as_array().unwrap().iter().find(|l| l["code"] == code).unwrap().clone()
}

#[test]
fn a_unit_known_by_its_name_alone_is_completed_and_then_counts() {
    let desk = Desk::new();
    desk.add("张三", "11010519491231002X", &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let stub = desk.json(&["org", "show", "某研究院"]);
    assert_eq!((&stub["stub"], &stub["headcount"]), (&json!(true), &json!(1)));
    assert_eq!(target(&desk, "T1", "2019-12-31")["all"], 0);
    let done = desk.json(&[
        "org",
        "add",
        "--name",
        "某研究院",
        "--uscc",
        USCC,
        "--kind",
        "firm",
        "--introduced-on",
        "2018-06-01",
        "--high-tech-from",
        "2018-10-01",
        "--high-tech-until",
        "2021-09-30",
        "--phone",
        "13800138000",
    ]);
    assert_eq!(done["no"], stub["no"]);
    assert_eq!((&done["stub"], &done["phone"]), (&json!(false), &json!("138****8000")));
    assert_eq!(target(&desk, "T1", "2019-12-31")["introduced"], 1);
    // Before the certificate was valid it did not count.
    assert_eq!(target(&desk, "T1", "2018-09-30")["introduced"], 0);
    let (code, _, err) = desk.run(&["org", "add", "--name", "某研究院", "--json"]);
    let err: Value = serde_json::from_str(&err).unwrap();
    assert_eq!((code, &err["error"]["details"]["no"]), (5, &stub["no"]));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_change_of_a_unit_keeps_the_past_and_closing_happens_once() {
    let desk = Desk::new();
    let no = desk.json(&["org", "add", "--name", "甲公司", "--introduced-on", "2018-01-01"])["no"].as_str().unwrap().to_owned();
    let changed = desk.json(&["org", "edit", &no, "--name", "乙公司", "--from-date", "2019-06-01"]);
    assert_eq!(changed["changed"], json!([{"field": "name", "before": "甲公司", "after": "乙公司", "from": "2019-06-01"}]));
    assert_eq!(desk.json(&["org", "show", &no, "--as-of", "2019-05-31"])["name"], "甲公司");
    assert_eq!(desk.json(&["org", "show", &no])["name"], "乙公司");
    assert_eq!(desk.run(&["org", "edit", &no, "--name", "丙公司", "--correct"]).0, 2);
    desk.json(&["org", "edit", &no, "--name", "丙公司", "--correct", "--from-date", "2019-05-01", "--reason", "录入有误"]);
    assert_eq!(desk.json(&["org", "show", &no, "--as-of", "2019-05-31"])["name"], "丙公司");
    assert_eq!(desk.json(&["org", "close", &no])["status"], "closed");
    let (code, _, err) = desk.run(&["org", "close", &no, "--json"]);
    let err: Value = serde_json::from_str(&err).unwrap();
    assert_eq!((code, &err["error"]["details"]["possible"]), (5, &json!(["edit"])));
    assert_eq!(desk.run(&["org", "show", "没有的公司"]).0, 4);
    assert_eq!(desk.run(&["org", "add", "--name", "丁", "--uscc", "91350100M000100Y44"]).0, 65);
    assert_eq!(desk.run(&["org", "add"]).0, 2);
}

#[test]
fn a_platform_moves_on_and_counts_while_it_operates() {
    let desk = Desk::new();
    assert_eq!(desk.json(&["platform", "list"]).as_array().unwrap().len(), 5);
    let made = desk.json(&[
        "platform",
        "add",
        "--name",
        "人工智能实验室",
        "--kind",
        "ai_lab",
        "--level",
        "region",
        "--org",
        "某大学",
        "--stage",
        "building",
        "--since",
        "2018-05-01",
    ]);
    let no = made["no"].as_str().unwrap();
    assert_eq!((&made["counts_in"], &made["org"]["name"]), (&json!([]), &json!("某大学")));
    let now = desk.json(&["platform", "stage", no, "运营", "--since", "2019-05-01"]);
    assert_eq!((&now["operating_since"], &now["counts_in"]), (&json!("2019-05-01"), &json!(["T3", "T3a"])));
    assert_eq!(target(&desk, "T3a", "2019-04-30")["all"], 0);
    assert_eq!(target(&desk, "T3a", "2019-05-01")["all"], 1);
    let (code, _, err) = desk.run(&["platform", "stage", no, "planned", "--json"]);
    let err: Value = serde_json::from_str(&err).unwrap();
    assert_eq!((code, &err["error"]["details"]["possible"]), (5, &json!(["closed"])));
    // Entered on the wrong day: corrected, not moved.
    let mended = desk.json(&["platform", "stage", no, "operating", "--since", "2019-03-01", "--correct", "--reason", "日期抄错"]);
    assert_eq!(mended["operating_since"], "2019-03-01");
    assert_eq!(desk.json(&["platform", "show", no, "--as-of", "2019-02-28"])["stage"], "building");
    assert_eq!(desk.json(&["platform", "close", no])["status"], "closed");
    assert_eq!(desk.run(&["platform", "stage", no, "operating"]).0, 5);
    assert_eq!(desk.run(&["platform", "add", "--name", "人工智能实验室", "--kind", "ai_lab"]).0, 5);
    assert_eq!(desk.run(&["platform", "stage", no, "nonsense"]).0, 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

const ORGS: &str = "单位名称,统一社会信用代码,单位类型,引进日期,高新技术企业有效期起,高新技术企业有效期止,行业,联系电话\r\n\
    甲大数据公司,91350100M000100Y43,企业,2018年6月1日,2018-10-01,2021-09-30,大数据,13800138000\r\n\
    乙研究院,,事业单位,,,,科学研究和技术服务业,\r\n";
const PLATFORMS: &str = "平台名称,平台类型,级别,依托单位,阶段,起始日期\r\n众创甲,众创空间,自治区级,甲大数据公司,运营,2019-05-01\r\n";

#[test]
fn rosters_of_units_and_platforms_round_trip() {
    let desk = Desk::new();
    let file = |name: &str, text: &str| {
        std::fs::write(desk.path(name), text).unwrap();
        desk.path(name).to_str().unwrap().to_owned()
    };
    let (orgs, platforms) = (file("orgs.csv", ORGS), file("platforms.csv", PLATFORMS));
    let done = desk.json(&["roster", "import", &orgs, "--kind", "org"]);
    assert_eq!((&done["added"], &done["committed"]), (&json!(2), &json!(true)));
    assert_eq!(desk.json(&["roster", "import", &platforms, "--kind", "platform"])["added"], 1);
    assert_eq!(target(&desk, "T1", "2019-12-31")["introduced"], 1);
    assert_eq!(target(&desk, "T3b", "2019-12-31")["all"], 1);
    for (path, kind) in [(&orgs, "org"), (&platforms, "platform")] {
        let again = desk.json(&["roster", "import", path, "--kind", kind]);
        assert_eq!((&again["unchanged"], &again["op"]), (&again["rows"], &Value::Null), "{kind}");
    }
    let other = Desk::new();
    for kind in ["org", "platform"] {
        let export = |from: &Desk| from.run(&["roster", "export", "--kind", kind, "--reveal", "--reason", "核对"]);
        let (code, first, err) = export(&desk);
        assert_eq!(code, 0, "{err}");
        let path = desk.path(&format!("{kind}-out.csv"));
        std::fs::write(&path, &first).unwrap();
        // The five towns are there in every office: their rows change nothing.
        assert_eq!(other.run(&["roster", "import", path.to_str().unwrap(), "--kind", kind]).0, 0);
        assert_eq!(export(&other).1, first);
    }
    let (_, masked, _) = desk.run(&["roster", "export", "--kind", "org"]);
    assert!(masked.contains("138****8000") && !masked.contains("13800138000"));
}

#[test]
fn a_bad_row_of_units_names_all_its_faults_and_nothing_is_entered() {
    let desk = Desk::new();
    let rows = "单位名称,统一社会信用代码,单位类型,引进日期\r\n,91350100M000100Y44,星际联盟,2019-02-30\r\n甲,,,\r\n甲,,,\r\n";
    std::fs::write(desk.path("bad.csv"), rows).unwrap();
    let path = desk.path("bad.csv");
    let (code, out, _) = desk.run(&["roster", "import", path.to_str().unwrap(), "--kind", "org", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let faults: Vec<(u64, &str)> =
        report["faults"].as_array().unwrap().iter().map(|f| (f["row"].as_u64().unwrap(), f["code"].as_str().unwrap())).collect();
    assert_eq!(code, 65);
    assert_eq!(faults, [(2, "missing"), (2, "check_digit"), (2, "unknown_value"), (2, "bad_date"), (4, "duplicate_in_file")]);
    assert_eq!(desk.json(&["org", "list", "--count"])["count"], 0);
    // The same name with another code is for a person to decide.
    desk.json(&["org", "add", "--name", "甲", "--uscc", USCC]);
    std::fs::write(desk.path("bad.csv"), format!("单位名称,统一社会信用代码,单位类型\r\n甲,{OTHER},企业\r\n")).unwrap();
    let (code, out, _) = desk.run(&["roster", "import", path.to_str().unwrap(), "--kind", "org", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["review"]), (1, &json!(1)));
    assert_eq!(desk.json(&["roster", "review", "list"]).as_array().unwrap().len(), 1);
}
