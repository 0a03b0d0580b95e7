//! What a roster row can be faulted for: every code of the closed list is met by a row that deserves it, in the column it is in.

mod it;

use it::{Desk, resident_id};
use rencai::base::fault::FaultCode;
use std::collections::BTreeSet;

/// `(column, code)` of every fault and warning of an import that is only tried.
fn found(desk: &Desk, kind: &str, text: &str) -> BTreeSet<(String, String)> {
    let file = desk.path("roster.csv");
    std::fs::write(&file, text).unwrap();
    let (_, out, err) = desk.run(&["roster", "import", file.to_str().unwrap(), "--kind", kind, "--dry-run", "--json"]);
    let report: serde_json::Value = serde_json::from_str(out.lines().next().unwrap_or_else(|| panic!("{err}"))).unwrap();
    let all = report["faults"].as_array().unwrap().iter().chain(report["warnings"].as_array().unwrap());
    all.map(|f| {
        assert!(f["message"].as_str().is_some_and(|m| !m.is_empty()), "{f}");
        (f["column"].as_str().unwrap().to_owned(), f["code"].as_str().unwrap().to_owned())
    })
    .collect()
}

#[test]
fn clerks_who_wait_for_each_other_have_no_clock_that_ran_back() {
    let desk = it::Desk::new();
    std::thread::scope(|s| {
        for n in 0..8 {
            let desk = &desk;
            s.spawn(move || {
                for m in 0..3 {
                    let name = format!("单位{n}{m}");
                    assert_eq!(desk.run(&["org", "add", "--name", &name, "--kind", "government"]).0, 0);
                }
            });
        }
    });
    let log = desk.json(&["audit", "log"]);
    assert_eq!(log.as_array().unwrap().iter().filter(|o| o["clock_back"] == true).count(), 0, "{log}");
    assert_eq!(log.as_array().unwrap().iter().filter(|o| o["command"] == "org.add").count(), 24);
}

#[test]
fn every_fault_is_found_in_its_column() {
    let desk = Desk::new();
    let held = resident_id(7);
    let person = desk.add("张三", &held, &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let no = person["no"].as_str().unwrap();
    let mut met = BTreeSet::new();
    let mut row = 100;
    let mut expect = |kind: &str, text: &str, column: &str, code: &str| {
        let found = found(&desk, kind, text);
        assert!(found.contains(&(column.to_owned(), code.to_owned())), "{column} {code}, but {found:?}\n{text}");
        met.insert(code.to_owned());
    };
    for (header, value, column, code) in [
        ("证件号码", "110105194912310021", "id_number", "check_digit"),
        ("证件号码", "11010519491231", "id_number", "bad_length"),
        ("证件号码", "1.10105E+17", "id_number", "unrecoverable_number"),
        ("证件号码", "11010519******002X", "id_number", "masked_value"),
        ("性别", "男女", "sex", "unknown_value"),
        ("到岗日期", "2019-02-30", "start_date", "bad_date"),
        ("合同截止", "2018-01-01", "contract_end", "date_order"),
        ("用人单位", "", "employer", "missing"),
        ("手机", "12345", "phone", "bad_phone"),
        ("邮箱", "not-an-address", "email", "bad_email"),
        ("统一社会信用代码", "91350100M000100Y4O", "uscc", "bad_number"),
        ("专业", &"长".repeat(5000), "major", "too_long"),
        ("编号", no, "no", "conflict_with_register"),
        ("星座", "狮子", "header", "unknown_header"),
    ] {
        row += 1;
        let mut cells = vec![
            ("姓名", "李四".to_owned()),
            ("证件号码", resident_id(row)),
            ("用人单位", "某院".to_owned()),
            ("人才队伍", "leading".to_owned()),
            ("引进方式", "rigid".to_owned()),
            ("到岗日期", "2019-03-01".to_owned()),
        ];
        match cells.iter_mut().find(|c| c.0 == header) {
            Some(cell) => value.clone_into(&mut cell.1),
            None => cells.push((header, value.to_owned())),
        }
        let (heads, values): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
        expect("talent", &format!("{}\n{}\n", heads.join(","), values.join(",")), column, code);
    }
    // Sex and birth stand in the number of a resident ID.
    let id = resident_id(9);
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,性别,出生日期";
    let odd = id[16..17].parse::<u8>().unwrap() % 2 == 1;
    let wrong = if odd { "女" } else { "男" };
    expect("talent", &format!("{head}\n李四,{id},某院,leading,rigid,2019-03-01,{wrong},\n"), "sex", "sex_mismatch");
    expect("talent", &format!("{head}\n李四,{id},某院,leading,rigid,2019-03-01,,1990-02-02\n"), "birth_date", "birth_mismatch");
    let twice = format!("李四,{id},某院,leading,rigid,2019-03-01,,\n");
    expect("talent", &format!("{head}\n{twice}{twice}"), "id_number", "duplicate_in_file");
    // No province has the number 99; and an organisation code may fail its own check.
    expect("talent", &format!("{head}\n李四,{},某院,leading,rigid,2019-03-01,,\n", of_nowhere()), "id_number", "old_region");
    expect("org", &format!("单位名称,统一社会信用代码\n某公司,{}\n", inner_fault()), "uscc", "inner_code");
    expect("org", "编号,单位名称\nU0009999X,某公司\n", "no", "bad_number");
    expect("org", &format!("编号,单位名称\n{},某公司\n", number("U", 9999)), "no", "unknown_no");
    let platform = "平台名称,平台类型,级别,依托单位,阶段,起始日期";
    expect("platform", &format!("{platform}\n某实验室,ai_lab,region,{},planned,2018-06-01\n", number("U", 9999)), "org", "unknown_unit");
    // A platform can't begin closed; a roster may bring one that was.
    let mut args = vec!["platform", "add", "--name", "某实验室", "--kind", "ai_lab", "--level", "region", "--org", "某院"];
    args.extend(["--stage", "closed", "--since", "2018-06-01", "--json"]);
    assert!(desk.run(&args).2.contains("\"not_allowed\""));
    met.insert("not_allowed".to_owned());
    // Nobody is listed without a notice, a decision and its delivery: tests/integrity.rs imports a roster with one who is.
    met.insert("listed".to_owned());

    let all: BTreeSet<String> = FaultCode::ALL.iter().map(|f| f.as_str().to_owned()).collect();
    assert_eq!(all.difference(&met).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// A right number of kind `prefix` (the check character is found by asking).
fn number(prefix: &str, id: i64) -> String {
    rencai::base::number::format(prefix, id)
}

/// A resident ID of no region.
fn of_nowhere() -> String {
    let body = "99010519491231002";
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{body}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

/// A unified credit code whose own check holds and whose organisation code (characters 9 to 17) does not.
fn inner_fault() -> String {
    let alphabet = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = "91350100M000100Y5";
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = body.bytes().zip(weights).map(|(c, w)| alphabet.iter().position(|a| *a == c).unwrap() * w).sum();
    format!("{body}{}", alphabet[(31 - sum % 31) % 31] as char)
}
