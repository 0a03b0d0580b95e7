//! Lists matched against the register, survey rounds with what units owe and return, and what there is to ring each unit about.

mod it;

use it::{Desk, reason, resident_id};
use serde_json::{Value, json};

fn no(v: &Value) -> String {
    v["no"].as_str().unwrap().to_owned()
}

const TALENT: [&str; 6] = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"];

#[test]
fn a_list_comes_back_with_what_is_known_of_each_line() {
    let desk = Desk::new();
    let a = no(&desk.add("张三", &resident_id(1), &TALENT));
    let b = no(&desk.add("李四", &resident_id(2), &TALENT));
    let head = "编号,待遇,已享受月数,已拨付金额（元）,服务卡号,服务卡有效期至\n";
    let openings = format!("{head}{a},租房补贴,14,21000,,\n{a},安家补贴,,500.5,FW-0012,2099-12-31\n{b},,,,FW-0013,2020-01-01\n");
    std::fs::write(desk.path("o.csv"), openings).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("o.csv").to_str().unwrap(), "--kind", "opening"]).0, 0);
    let list = format!(
        "拟奖励人员名单,,,\n姓名,身份证号,单位,备注\n张三,{},甲公司,=1+1\n李四 ,{},乙公司,\n赵六,{},丙公司,\n王五,{},丁公司,\n合计,,,4\n",
        resident_id(1),
        resident_id(2),
        resident_id(1),
        resident_id(9)
    );
    let file = desk.path("名单.csv");
    std::fs::write(&file, list).unwrap();
    let file = file.to_str().unwrap();
    let before = desk.json(&["audit", "verify"])["entries"].as_u64().unwrap();
    let rows = desk.json(&["roster", "match", file]);
    assert_eq!(
        rows[0],
        json!({"row": 3, "name": "张三", "known": a, "card": "FW-0012", "paid": "21500.50", "standing": "clear", "likely": null})
    );
    assert_eq!(
        (&rows[1]["known"], &rows[1]["card"], &rows[1]["paid"]),
        (&b.as_str().into(), &Value::Null, &"0.00".into()),
        "its card ran out"
    );
    assert_eq!((&rows[2]["known"], &rows[2]["likely"]), (&Value::Null, &format!("{a} name_differs").into()), "another's number");
    assert_eq!((&rows[3]["known"], &rows[3]["likely"], &rows[3]["paid"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(!rows.to_string().contains(&resident_id(1)));
    // That somebody read is recorded, and nothing else.
    let log = desk.json(&["audit", "log"]);
    let last = log.as_array().unwrap().last().unwrap();
    assert_eq!((&last["command"], &last["subjects"]), (&"roster.match".into(), &0.into()));
    assert_eq!(desk.json(&["audit", "verify"])["entries"].as_u64().unwrap(), before + 1);
    for out in ["结果.csv", "结果.xlsx"] {
        let out = desk.path(out);
        let said = desk.json(&["roster", "match", file, "--out", out.to_str().unwrap()]);
        assert_eq!((&said["rows"], &said["known"], &said["likely"], &said["unknown"]), (&4.into(), &2.into(), &1.into(), &1.into()));
    }
    let text = std::fs::read_to_string(desk.path("结果.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), "\u{feff}姓名,身份证号,单位,备注,known,card,paid,standing,likely");
    assert_eq!(lines.next().unwrap(), format!("张三,{},甲公司,'=1+1,{a},FW-0012,21500.50,clear,", resident_id(1)));
    // The list that came back can be matched again, the workbook too.
    assert_eq!(desk.json(&["roster", "match", desk.path("结果.xlsx").to_str().unwrap()])[0]["known"], a.as_str());
    assert_eq!(desk.run(&["roster", "match", "no.csv"]).0, 66);
    std::fs::write(desk.path("x.csv"), "a,b\n1,2\n").unwrap();
    let (code, _, err) = desk.run(&["roster", "match", desk.path("x.csv").to_str().unwrap(), "--json"]);
    assert_eq!((code, reason(&err).as_str()), (65, "no_header"));
    let wrong = desk.path("no/such.csv");
    assert_eq!(desk.run(&["roster", "match", file, "--out", wrong.to_str().unwrap()]).0, 73);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_round_says_who_owes_and_an_import_returns() {
    let desk = Desk::on("2026-11-24");
    for (i, unit) in ["甲公司", "乙公司"].into_iter().enumerate() {
        assert_eq!(desk.run(&["org", "add", "--name", unit]).0, 0, "{i}");
    }
    assert_eq!(desk.run(&["org", "add", "--name", "丙公司"]).0, 0);
    assert_eq!(desk.run(&["org", "close", "丙公司", "--date", "2026-11-20"]).0, 0);
    let opened = desk.json(&["collect", "open", "--kind", "talent", "--due", "2026-12-15"]);
    assert_eq!((&opened["no"], &opened["units"], &opened["status"]), (&1.into(), &2.into(), &"open".into()));
    let fails = |args: &[&str], code: i32, why: &str| {
        let (got, _, err) = desk.run(&[args, &["--json"]].concat());
        assert_eq!((got, reason(&err).as_str()), (code, why), "{args:?}: {err}");
    };
    fails(&["collect", "open", "--kind", "talent", "--due", "2020-01-01"], 2, "due_past");
    fails(&["collect", "open", "--kind", "talent", "--due", "2027-01-01", "--unit", "没有"], 4, "no_org");
    let status = |day: &str| {
        let list = desk.json(&["collect", "status", "--as-of", day]);
        list.as_array()
            .unwrap()
            .iter()
            .map(|l| (l["unit"]["name"].as_str().unwrap().to_owned(), l["status"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(status("2026-12-15"), [pair("甲公司", "owed"), pair("乙公司", "owed")]);
    assert_eq!(status("2026-12-16"), [pair("甲公司", "overdue"), pair("乙公司", "overdue")]);
    // A refused roster is no return; one with its good rows is.
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,合同截止\n";
    let roster = desk.path("甲.csv");
    let good = format!("张三,{},甲公司,领军人才,刚性,2019-03-01,2026-12-31\n", resident_id(1));
    std::fs::write(&roster, format!("{head}{good}李四,11010519491231002Y,甲公司,领军人才,刚性,2019-03-01,\n")).unwrap();
    let roster = roster.to_str().unwrap();
    let import = |more: &[&str]| desk.run(&[&["roster", "import", roster, "--unit", "甲公司"], more].concat()).0;
    assert_eq!(import(&[]), 65);
    assert_eq!(status("2026-12-01")[0].1, "owed");
    assert_eq!(import(&["--partial"]), 1);
    let line = desk.json(&["collect", "status", "--where", "status=returned"]);
    assert_eq!((&line[0]["unit"]["name"], &line[0]["rows"], &line[0]["rejected"]), (&"甲公司".into(), &2.into(), &1.into()));
    // The mended roster takes its place; the same one again is no other return.
    std::fs::write(roster, format!("{head}{good}")).unwrap();
    assert_eq!((import(&[]), import(&[])), (0, 0));
    assert_eq!(desk.json(&["collect", "status", "--where", "status=returned"])[0]["rejected"], 0);
    assert_eq!(desk.json(&["collect", "status", "--where", "status=owed", "--count"])["count"], 1);
    // A roster that nobody asked for is imported, and it is said.
    let (code, _, err) = desk.run(&["roster", "import", roster, "--unit", "丙公司"]);
    assert!(code == 0 && err.contains("no round"), "{err}");
    let folder = desk.path("letters");
    let folder = folder.to_str().unwrap();
    let sent = desk.json(&["collect", "remind", "--out", folder, "--as-of", "2026-12-20"]);
    assert_eq!((sent.as_array().unwrap().len(), &sent[0]["name"]), (1, &"乙公司".into()));
    let letter = std::fs::read_to_string(sent[0]["path"].as_str().unwrap()).unwrap();
    assert!(letter.contains("乙公司：") && letter.contains("人才花名册，报送期限 2026年12月15日，已逾期 5 天"), "{letter}");
    let (code, _, err) = desk.run(&["collect", "remind", "--out", "/proc/none", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (73, "no_folder"));
    assert_eq!(desk.run(&["undo", &opened["op"].to_string(), "--reason", "误"]).0, 5, "something was returned since");
    let empty = Desk::on("2026-11-24");
    let (code, _, err) = empty.run(&["collect", "open", "--kind", "org", "--due", "2027-01-01", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (5, "nobody_asked"));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn a_unit_has_a_sheet_of_what_to_ring_about() {
    let desk = Desk::on("2026-11-24");
    let p = no(&desk.add("张三", &resident_id(1), &[&TALENT[..], &["--contract-end", "2026-12-31"]].concat()));
    let q = no(&desk.add("李四", &resident_id(2), &[&TALENT[..], &["--contract-end", "2026-06"]].concat()));
    desk.add("王五", &resident_id(3), &[&TALENT[..], &["--contract-end", "2029-12-31"]].concat());
    desk.json(&["talent", "achieve", &p, "--text", "草原英才", "--kind", "title"]);
    assert_eq!(desk.run(&["policy", "confirm", "recognition", "--basis", "和人才〔2019〕1号"]).0, 0);
    desk.json(&["recognition", "grant", &q, "--class", "B", "--decision", "和人才〔2026〕3号"]);
    desk.json(&["collect", "open", "--kind", "leave", "--due", "2026-12-01"]);
    // A row that waits, of that unit.
    let head = "姓名,证件类型,证件号码,出生日期,用人单位,人才队伍,引进方式,到岗日期\n";
    let born = desk.json(&["talent", "show", &p])["birth_date"].as_str().unwrap().to_owned();
    std::fs::write(desk.path("w.csv"), format!("{head}张三,护照,E12345678,{born},某研究院,领军人才,刚性,2019-03-01\n")).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("w.csv").to_str().unwrap()]).0, 1);
    let all = desk.json(&["org", "todo"]);
    assert_eq!(all.as_array().unwrap().len(), 1);
    let unit = &all[0];
    let counts = |v: &Value| ["contracts", "faulty_rows", "missing_papers", "rosters_owed"].map(|k| v[k].as_u64().unwrap());
    assert_eq!(counts(unit), [2, 1, 2, 1]);
    let one = desk.json(&["org", "todo", "某研究院", "--within", "10d"]);
    assert_eq!(one["contracts"], json!([{"person_no": q, "person_name": "李四", "contract_end": "2026-06", "over": true}]));
    assert_eq!(one["missing_papers"][0], json!({"person_no": p, "person_name": "张三", "paper": "achievement", "of": "草原英才"}));
    let folder = desk.path("sheets");
    let sheets = desk.json(&["org", "todo", "--out", folder.to_str().unwrap(), "--as-of", "2026-12-03"]);
    let path = sheets[0]["path"].as_str().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "a sheet names people");
    let text = std::fs::read_to_string(path).unwrap();
    for line in [
        "# 某研究院 联系清单",
        "张三（P000001H）合同 2026年12月31日 到期",
        "合同已于 2026-06 到期",
        "认定批文 和人才〔2026〕3号 未存原件",
        "离岗名册，报送期限 2026年12月1日，已逾期 2 天",
        "w.csv 第 2 行待审核（待审核号 1）",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(desk.run(&["org", "todo", "--within", "x"]).0, 2);
    assert_eq!(desk.run(&["org", "todo", "没有"]).0, 4);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}
