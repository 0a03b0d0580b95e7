//! Benefits beyond the first grant: what papers prove, who is paid in another's stead, what excludes what, ceilings, the bank's differences,
//! arrears, and what a new policy would cost.

mod it;

use it::{Desk, fails, no, on, recognised, resident_id};
use serde_json::{Value, json};

/// An office with a card holder of class B, the benefits confirmed, and a fund of 2019 with a million: desk, person, fund. `edit` changes the pack
/// that the office loads before it confirms it.
fn office(edit: impl Fn(String) -> String) -> (Desk, String, String) {
    let (desk, p) = recognised("2023-02-28");
    desk.json(&on("2019-06-10", &["card", "issue", &p]));
    let pack = edit(desk.run(&["policy", "show", "benefits"]).1);
    std::fs::write(desk.path("benefits.toml"), pack).unwrap();
    desk.json(&["policy", "load", desk.path("benefits.toml").to_str().unwrap()]);
    desk.json(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕5号"]);
    let f = no(&desk.json(&on("2019-01-05", &["fund", "open", "人才发展引导基金", "--year", "2019"])));
    let money = ["fund", "appropriate", &f, "--source", "state", "--amount", "1000000", "--decision", "内财〔2019〕1号"];
    desk.json(&on("2019-01-10", &money));
    (desk, p, f)
}

fn unchanged(pack: String) -> String {
    pack
}

/// Changes one scheme of a pack, by a piece of its text.
fn in_scheme(pack: &str, code: &str, was: &str, is: &str) -> String {
    let at = pack.find(&format!("code = \"{code}\"")).unwrap();
    let (head, tail) = pack.split_at(at);
    assert!(tail.contains(was), "{was}");
    format!("{head}{}", tail.replacen(was, is, 1))
}

fn grant<'a>(day: &'a str, who: &'a str, scheme: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&on(day, &["subsidy", "grant", who, "--scheme", scheme, "--decision", "和人才〔2019〕6号", "--actor", "li"])[..], more].concat()
}

fn clause(v: &Value, name: &str) -> Value {
    v["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == name).cloned().unwrap_or(Value::Null)
}

fn explain(desk: &Desk, p: &str, scheme: &str, day: &str) -> Value {
    desk.json(&["subsidy", "explain", p, "--scheme", scheme, "--as-of", day])
}

#[test]
fn papers_prove_what_no_register_says() {
    let (desk, p, _) = office(|pack| {
        let pack = in_scheme(
            &pack,
            "rent",
            "card = true",
            "card = true\nresidence = true\nno_home = true\nsocial_insurance_months = 6\nceiling = \"rent\"",
        );
        in_scheme(
            &pack,
            "rent",
            "facts = { card = \"gold\", mode = \"rigid\", contract_months = 36, degree = \"master\" }",
            "facts = { card = \"gold\", mode = \"rigid\", contract_months = 36, degree = \"master\", residence = true, no_home = true, insured_months = 6, rent = 1000 }",
        )
    });
    desk.json(&["talent", "edit", &p, "--degree", "master", "--from-date", "2019-03-01", "--correct", "--reason", "漏填"]);
    let unmet = |day: &str| -> Vec<String> {
        let v = explain(&desk, &p, "rent", day);
        v["clauses"].as_array().unwrap().iter().filter(|c| c["met"] == false).map(|c| c["clause"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(unmet("2019-09-01"), ["residence", "no_home", "social_insurance", "rent"]);
    let attest = |kind: &'static str, more: &[&'static str]| {
        [&["talent", "attest", &p, "--kind", kind][..], more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |args: &[String]| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = |args: &[String], code, why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    std::fs::write(desk.path("lease.pdf"), "租赁合同").unwrap();
    let paper = desk.path("lease.pdf");
    run(&attest("residence", &["--from-date", "2019-03-05"]));
    run(&attest("no_home", &["--from-date", "2019-03-05", "--until", "2020-03-04"]));
    run(&attest("社保缴纳证明", &["--from-date", "2019-03-01"]));
    let rent = [attest("rent", &["--amount", "650.50", "--from-date", "2019-03-05", "--paper"]), vec![paper.to_str().unwrap().to_owned()]]
        .concat();
    let told = run(&rent);
    assert!(
        told["attestations"]
            .as_array()
            .unwrap()
            .contains(&json!({"attestation": "rent", "amount": "650.50", "from": "2019-03-05", "until": null}))
    );
    assert_eq!(desk.json(&["file", "list", &p])[0]["as"], "rent");
    refused(&attest("rent", &[]), 2, "attest_amount");
    refused(&attest("no_home", &["--amount", "1"]), 2, "attest_amount");
    refused(&attest("horoscope", &[]), 2, "unknown_attestation");
    refused(&attest("no_home", &["--from-date", "2019-03-05", "--until", "2019-03-04"]), 65, "date_order");
    // Six whole months of insurance are there on 1 September, five the day before.
    assert_eq!((unmet("2019-08-30"), unmet("2019-09-01")), (vec!["social_insurance".to_owned()], Vec::new()));
    let v = explain(&desk, &p, "rent", "2019-09-01");
    assert_eq!(
        (&v["amount"], &clause(&v, "social_insurance")["value"]),
        (&"650.50".into(), &"6".into()),
        "no more than the rent that is paid"
    );
    assert!(clause(&v, "residence")["source"].is_i64());
    assert_eq!(unmet("2020-03-05"), ["no_home"], "a paper holds for its days");
    // A later paper takes the place of an earlier one from its day on; the same again changes nothing.
    run(&attest("rent", &["--amount", "900", "--from-date", "2019-10-01"]));
    assert_eq!(run(&attest("rent", &["--amount", "900", "--from-date", "2019-10-01"]))["op"], Value::Null);
    assert_eq!(
        (&explain(&desk, &p, "rent", "2019-09-30")["amount"], &explain(&desk, &p, "rent", "2019-10-01")["amount"]),
        (&"650.50".into(), &"800.00".into())
    );
    let history = desk.json(&["talent", "history", &p]);
    assert!(history.as_array().unwrap().iter().any(|h| h["fact"] == "attestation" && h["value"] == "rent 900.00"));
    // Many at once: the insurance office's list.
    let other = no(&desk.add("李四", &resident_id(2), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]));
    let list = format!(
        "编号,证明事项,金额（元）,起始日期,截止日期\n{other},参保证明,,2019-04-01,\n{other},租房合同,1200,2019-04-01,2020-03-31\n{other},房租,,2019-04-01,\n{other},无房证明,5,2019-04-01,\n"
    );
    std::fs::write(desk.path("a.csv"), list).unwrap();
    let (code, out, _) =
        desk.run(&["roster", "import", desk.path("a.csv").to_str().unwrap(), "--kind", "attestation", "--partial", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let faults: Vec<(&Value, &Value)> = report["faults"].as_array().unwrap().iter().map(|f| (&f["row"], &f["code"])).collect();
    assert_eq!((code, &report["added"], faults), (1, &2.into(), vec![(&4.into(), &"missing".into()), (&5.into(), &"not_allowed".into())]));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_school_is_paid_for_whom_it_trained() {
    let (desk, p, _) = office(unchanged);
    desk.run(&["org", "add", "--name", "某技工学校"]);
    let school = no(&desk.json(&["org", "show", "某技工学校"]));
    let a = desk.json(&grant("2019-07-01", "某技工学校", "training", &["--for", &p, "--amount", "1500"]));
    assert_eq!((&a["payee_no"], &a["for_no"], &a["amount"]), (&school.as_str().into(), &p.as_str().into(), &"1500.00".into()));
    // It is the person's benefit, and the school's money.
    assert_eq!(desk.json(&["subsidy", "list", "--where", &format!("for_no={p}")]).as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["subsidy", "due", "--as-of", "2019-07-01"])[0]["payee_no"], school.as_str());
    fails(&desk, &grant("2019-07-01", "某技工学校", "settlement", &["--for", &p]), 3, "not_for_another");
    fails(&desk, &grant("2019-07-01", &p, "settlement", &["--for", &p]), 3, "not_for_another");
    let applied = desk.json(&on("2019-07-02", &["subsidy", "apply", "某技工学校", "--scheme", "training", "--for", &p, "--amount", "800"]));
    assert_eq!((&applied["status"], &applied["for_no"]), (&"applied".into(), &p.as_str().into()));
    fails(&desk, &on("2019-07-02", &["subsidy", "apply", &p, "--scheme", "training", "--amount", "800"]), 5, "applied_already");
    fails(&desk, &on("2019-07-02", &["subsidy", "apply", &p, "--scheme", "forum", "--for", &p, "--amount", "800"]), 3, "not_for_another");
}

#[test]
fn what_is_deducted_is_posted_and_what_ends_is_ended() {
    let (desk, p, f) = office(|pack| {
        in_scheme(
            &pack,
            "settlement",
            "{ with = \"rent\", how = \"deduct\" }",
            "{ with = \"rent\", how = \"deduct\" }, { with = \"startup\", how = \"terminate\" }",
        )
    });
    let record =
        ["subsidy", "record", &p, "--from-body", "自治区人社厅", "--benefit", "rent", "--amount", "6000", "--period", "2018-09..2019-02"];
    desk.json(&on("2019-06-01", &record));
    // A second part that is still to come ends with the settlement subsidy.
    desk.json(&["talent", "edit", &p, "--corps", "innovator", "--from-date", "2019-03-01", "--correct", "--reason", "改正"]);
    let first = no(&desk.json(&grant("2019-06-20", &p, "startup", &[])));
    let s = desk.json(&grant("2019-07-01", &p, "settlement", &[]));
    assert_eq!(
        (&s["amount"], &s["deducted"], &s["instalments"][0]["amount"]),
        (&"794000.00".into(), &"6000.00".into(), &"317600.00".into())
    );
    let ledger = desk.json(&["fund", "ledger", &f]);
    let of = |kind: &str| -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        ledger.as_array().unwrap().iter().filter(|r| r["kind"] == kind).map(|r| (text(&r["account"]), text(&r["amount"]))).collect()
    };
    // The rule's own part was promised, and what the other body paid taken off on the same decision.
    assert_eq!(of("deduct"), [("reserved".to_owned(), "-2400.00".to_owned()), ("free".to_owned(), "2400.00".to_owned())]);
    let with_paper = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["kind"] == "deduct")
        .all(|r| r["decision"].is_string() && r["note"] == format!("{p} settlement"));
    assert!(with_paper);
    let ended = desk.json(&["subsidy", "show", &first, "--as-of", "2019-07-01"]);
    assert_eq!(
        (&ended["status"], &ended["steps"][1]["note"], &ended["steps"][1]["decision"]),
        (&"stopped".into(), &s["no"], &s["decision"])
    );
    let line = desk.json(&["subsidy", "show", s["no"].as_str().unwrap(), "--as-of", "2019-08-01"])["timeline"].clone();
    let told: Vec<(&str, &str)> =
        line.as_array().unwrap().iter().map(|r| (r["what"].as_str().unwrap(), r["amount"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [("approved", "800000.00"), ("deducted", "6000.00"), ("owed", "317600.00"), ("due", "238200.00"), ("due", "238200.00")]
    );
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
    assert_eq!(desk.run(&["fund", "ledger", &f, "--format", "journal"]).0, 0);
}

#[test]
fn later_years_owe_no_more_than_their_ceiling() {
    let (desk, p, _) = office(|pack| format!("{pack}\n[[commitment_ceiling]]\nyear = 2020\namount = 250000\nbasis = \"示例\"\n"));
    let other = no(&desk.add(
        "李四",
        &resident_id(2),
        &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01", "--contract-end", "2023-02-28"],
    ));
    desk.json(&["recognition", "grant", &other, "--from-date", "2019-06-01", "--class", "E", "--decision", "和人才〔2019〕4号"]);
    desk.json(&on("2019-06-10", &["card", "issue", &other]));
    // 240,000 of 250,000: the next 30,000 are too much, in one batch and by themselves.
    let both =
        on("2019-07-01", &["subsidy", "grant", &p, &other, "--scheme", "settlement", "--decision", "和人才〔2019〕6号", "--partial"]);
    let (code, out, _) = desk.run(&[&both[..], &["--json"]].concat());
    let v: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, v["done"].as_array().unwrap().len(), &v["refused"][0]["clause"]), (1, 1, &"commitment_ceiling".into()));
    let told = fails(&desk, &grant("2019-07-01", &other, "settlement", &[]), 3, "commitment_ceiling");
    assert_eq!(
        (&told["error"]["details"]["year"], &told["error"]["details"]["ceiling"], &told["error"]["details"]["committed"]),
        (&2020.into(), &"250000.00".into(), &"240000.00".into())
    );
}

/// Two lump sums due, their accounts, and the batch that pays them: batch, the bank's file.
fn paid(desk: &Desk, people: &[&str], form: &str) -> (String, String) {
    for p in people {
        desk.json(&grant("2019-07-01", p, "honour_award", &["--amount", "1000"]));
    }
    let rows: String = people.iter().zip(1..).map(|(p, n)| format!("{p},62220000111122{n:02},某银行\n")).collect();
    std::fs::write(desk.path("accounts.csv"), format!("no,account,bank\n{rows}")).unwrap();
    let out = desk.path(form).to_str().unwrap().to_owned();
    let accounts = desk.path("accounts.csv");
    let args =
        on("2019-07-05", &["subsidy", "pay", "--due", "--accounts", accounts.to_str().unwrap(), "--out", &out, "--yes", "--actor", "wang"])
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
    let batch = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    (no(&batch), out)
}

#[test]
fn a_difference_is_closed_by_a_second_actor() {
    let (desk, p, f) = office(unchanged);
    let other = no(&desk.add("李四", &resident_id(2), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]));
    let (pb, out) = paid(&desk, &[&p, &other], "bank.csv");
    let sent = std::fs::read_to_string(&out).unwrap();
    let mut lines = sent.lines();
    let head = lines.next().unwrap();
    // The bank says another amount on the first line, and paid the second.
    let text =
        format!("{head},result,paid,reason\n{},ok,,\n{},ok,,\n", lines.next().unwrap().replace("1000.00", "999.00"), lines.next().unwrap());
    std::fs::write(desk.path("return.csv"), text).unwrap();
    let back = desk.path("return.csv");
    let confirm = |actor: &'static str| {
        on("2019-07-08", &["subsidy", "confirm", "--actor", actor, "--json"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |args: &[String]| desk.run(&args.iter().map(String::as_str).chain([back.to_str().unwrap()]).collect::<Vec<_>>());
    let (code, said, _) = run(&confirm("zhao"));
    let v: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &v["settled"], &v["status"], v["differences"].as_array().unwrap().len()), (1, &1.into(), &"open".into(), 1));
    assert_eq!(run(&confirm("zhao")).0, 1, "it stays open, and stands once");
    let shown = desk.json(&["subsidy", "batch", &pb]);
    assert_eq!((&shown["status"], &shown["open"], &shown["differences"]), (&"open".into(), &1.into(), &1.into()));
    assert_eq!(shown["lines"][0]["differences"].as_array().unwrap().len(), 1);
    let due = desk.json(&["status", "--as-of", "2019-07-09"])["due"].clone();
    assert!(due.as_array().unwrap().iter().any(|d| d["kind"] == "difference" && d["no"] == pb.as_str()));
    let settle = |actor: &'static str, row: &'static str, yuan: &'static str| {
        on("2019-07-09", &["subsidy", "settle", &pb, "--row", row, "--paid", yuan, "--why", "银行来函更正", "--actor", actor])
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let refused = |args: &[String], code, why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    refused(&settle("wang", "1", "400"), 77, "second_actor");
    refused(&settle("zhao", "1", "400"), 77, "second_actor");
    refused(&settle("sun", "2", "1000"), 5, "no_difference");
    refused(&settle("sun", "1", "1000.01"), 3, "above_sent");
    refused(&settle("sun", "1", "-1"), 65, "bad_amount");
    let args = settle("sun", "1", "400");
    let closed = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((&closed["status"], &closed["partial"], &closed["paid"]), (&"closed".into(), &1.into(), &"1400.00".into()));
    assert_eq!(closed["lines"][0]["differences"][0]["outcome"], "partial");
    let line = &desk.json(&["fund", "show", &f])["lines"][0];
    assert_eq!((&line["paid"], &line["reserved"]), (&"1400.00".into(), &"600.00".into()));
    // What was looked at and closed is known, whoever reads the same return again.
    assert_eq!(run(&confirm("zhao")).0, 0);
    // A second word on a line that was answered: it can be closed only as what it was.
    let other_word = std::fs::read_to_string(&back).unwrap().replace(",ok,,\n", ",failed,,\n");
    std::fs::write(&back, other_word.replace("999.00", "1000.00")).unwrap();
    assert_eq!(run(&confirm("zhao")).0, 1);
    refused(&settle("sun", "2", "0"), 5, "answered_otherwise");
    let args = settle("sun", "2", "1000");
    desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(desk.json(&["subsidy", "batches"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_bank_file_may_be_a_workbook_and_comes_again_byte_by_byte() {
    let (desk, p, _) = office(unchanged);
    let (pb, out) = paid(&desk, &[&p], "bank.xlsx");
    let first = std::fs::read(&out).unwrap();
    std::fs::remove_file(&out).unwrap();
    let accounts = desk.path("accounts.csv");
    desk.json(&["subsidy", "pay", "--batch", &pb, "--accounts", accounts.to_str().unwrap(), "--out", &out]);
    assert!(std::fs::read(&out).unwrap() == first);
    let csv = desk.path("as.csv");
    fails(
        &desk,
        &["subsidy", "pay", "--batch", &pb, "--accounts", accounts.to_str().unwrap(), "--out", csv.to_str().unwrap()],
        65,
        "other_file",
    );
    // Accounts and the return are read from workbooks too; an account typed as a number has lost its last digits.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, text) in ["序号", "编号", "账号", "金额", "结果", "附言"].iter().enumerate() {
        sheet.write_string(0, u16::try_from(at).unwrap(), *text).unwrap();
    }
    let s = no(&desk.json(&["subsidy", "list"])[0]);
    for (at, text) in ["1", &s, "6222000011112201", "1000.00", "成功", &format!("{pb} #1:0")].iter().enumerate() {
        sheet.write_string(1, u16::try_from(at).unwrap(), *text).unwrap();
    }
    book.save(desk.path("return.xlsx")).unwrap();
    assert_eq!(desk.json(&on("2019-07-08", &["subsidy", "confirm", desk.path("return.xlsx").to_str().unwrap()]))["settled"], 1);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "no").unwrap();
    sheet.write_string(0, 1, "account").unwrap();
    sheet.write_string(1, 0, &p).unwrap();
    sheet.write_number(1, 1, 6_222_000_011_112_201.0).unwrap();
    book.save(desk.path("accounts.xlsx")).unwrap();
    desk.json(&grant("2019-07-10", &p, "forum", &["--amount", "10"]));
    let bad = on("2019-07-11", &["subsidy", "pay", "--due", "--yes", "--actor", "wang"]).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let args =
        [bad, vec!["--accounts".into(), desk.path("accounts.xlsx").to_str().unwrap().to_owned(), "--out".into(), out.clone()]].concat();
    fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), 65, "bad_account");
}

#[test]
fn arrears_are_told_by_age_source_payee_and_scheme() {
    let (desk, p, f) = office(unchanged);
    desk.json(&on(
        "2019-01-11",
        &["fund", "appropriate", &f, "--source", "donation", "--purpose", "forum", "--amount", "500", "--decision", "内财〔2019〕2号"],
    ));
    desk.json(&grant("2019-07-01", &p, "honour_award", &["--amount", "1000"]));
    desk.json(&grant("2019-10-01", &p, "forum", &["--amount", "300"]));
    let v = desk.json(&["subsidy", "arrears", "--as-of", "2020-01-31"]);
    assert_eq!(
        (&v["count"], &v["amount"], &v["months_3"], &v["months_6"], &v["months_12"]),
        (&2.into(), &"1300.00".into(), &"300.00".into(), &"1000.00".into(), &"0.00".into())
    );
    let rows: Vec<(&Value, &Value)> = v["rows"].as_array().unwrap().iter().map(|r| (&r["source"], &r["amount"])).collect();
    assert_eq!(rows, [(&"state".into(), &"1000.00".into()), (&"donation".into(), &"300.00".into())]);
    assert_eq!(
        desk.json(&["subsidy", "arrears", "--by", "payee", "--as-of", "2021-01-31"])["rows"][0],
        json!({"payee_no": p, "count": 2, "amount": "1300.00",
        "months_0": "0.00", "months_3": "0.00", "months_6": "0.00", "months_12": "300.00", "months_18": "1000.00"})
    );
    assert_eq!(desk.json(&["subsidy", "arrears", "--by", "scheme", "--as-of", "2019-07-01"])["rows"].as_array().unwrap().len(), 1);
    let (code, table, _) = desk.run(&["subsidy", "arrears", "--as-of", "2020-01-31", "--lang", "zh"]);
    assert!(code == 0 && table.contains("合计 1300.00 元") && table.contains("6 至 12 个月"), "{table}");
    assert!(table.contains("资金来源") && table.contains("捐赠") && !table.contains("donation"), "{table}");
    let (_, table, _) = desk.run(&["fund", "show", &f, "--as-of", "2020-01-31", "--lang", "zh"]);
    assert!(table.contains("论坛") && !table.contains("forum"), "{table}");
}

#[test]
fn money_given_for_a_benefit_by_its_name_is_drawn_on_first() {
    let (desk, p, f) = office(unchanged);
    for (amount, earmark) in [("700", "创新创业功勋奖励"), ("800", "高端论坛补贴"), ("900", "别的用途")] {
        let line =
            ["fund", "appropriate", &f, "--source", "donation", "--earmark", earmark, "--amount", amount, "--decision", "内财〔2019〕2号"];
        desk.json(&on("2019-01-11", &line));
    }
    desk.json(&grant("2019-07-01", &p, "honour_award", &["--amount", "500"]));
    desk.json(&grant("2019-07-01", &p, "forum", &["--amount", "300"]));
    let v = desk.json(&["fund", "show", &f, "--as-of", "2019-07-01"]);
    let free: Vec<&str> =
        v["lines"].as_array().unwrap().iter().filter(|l| l["source"] == "donation").map(|l| l["free"].as_str().unwrap()).collect();
    assert_eq!(free, ["200.00", "500.00", "900.00"]);
}

#[test]
fn what_stands_in_public_is_masked_and_can_be_put_up() {
    let (desk, p, _) = office(unchanged);
    let out = desk.path("notice.html");
    fails(&desk, &["subsidy", "notice", "--out", out.to_str().unwrap(), "--as-of", "2019-07-08"], 5, "nothing_public");
    let s = no(&desk.json(&on("2019-07-01", &["subsidy", "apply", &p, "--scheme", "settlement"])));
    for (day, stage) in [("2019-07-02", "employer"), ("2019-07-03", "accept"), ("2019-07-04", "joint")] {
        desk.json(&on(day, &["subsidy", "review", &s, "--stage", stage]));
    }
    desk.json(&on("2019-07-05", &["subsidy", "publicise", &s]));
    let rows = desk.json(&["subsidy", "notice", "--as-of", "2019-07-08"]);
    assert_eq!(
        rows,
        json!([{"no": s, "name": "张三", "employer": "某研究院", "id_number": rencai::base::ident::mask(&resident_id(1)), "scheme": "settlement",
            "amount": "800000.00", "from": "2019-07-05", "until": "2019-07-12"}])
    );
    assert_eq!(desk.json(&["subsidy", "notice", "--as-of", "2019-07-13"]), json!([]));
    desk.json(&["subsidy", "notice", "--out", out.to_str().unwrap(), "--as-of", "2019-07-08"]);
    let page = std::fs::read_to_string(out).unwrap();
    assert!(page.contains("张三，某研究院") && page.contains("2019年7月12日") && !page.contains(&resident_id(1)), "{page}");
}

#[test]
fn a_new_policy_is_reckoned_before_it_is_made() {
    let (desk, p, _) = office(unchanged);
    let people = desk.json(&["subsidy", "eligible", "--as-of", "2019-07-01"]);
    let of =
        |scheme: &str| people.as_array().unwrap().iter().filter(|r| r["scheme"] == scheme).map(|r| r["amount"].clone()).collect::<Vec<_>>();
    assert_eq!((of("settlement"), of("rent"), of("forum")), (vec!["800000.00".into()], Vec::new(), vec![Value::Null]));
    let counts = desk.json(&["subsidy", "eligible", "--count", "--scheme", "settlement", "--as-of", "2019-07-01"]);
    assert_eq!(counts, json!([{"scheme": "settlement", "people": 1, "amount": "800000.00"}]));
    let shipped = desk.run(&["policy", "show", "benefits"]).1;
    let simulate = |text: &str, more: &[&str]| {
        std::fs::write(desk.path("new.toml"), text).unwrap();
        let file = desk.path("new.toml");
        desk.json(&[&["policy", "simulate", file.to_str().unwrap(), "--year", "2019", "--as-of", "2019-07-01"], more].concat())
    };
    let head = desk.json(&["audit", "anchor"])["hash"].clone();
    let same = simulate(&shipped, &[]);
    assert_eq!((&same["difference"], &same["gain"]["people"], &same["lose"]["people"]), (&"0.00".into(), &0.into(), &0.into()));
    let v = simulate(&shipped.replace("B = 800000", "B = 900000").replace("yuan = 800000", "yuan = 900000"), &["--who"]);
    // 40 % of it fall due in the third quarter of the year.
    assert_eq!((&v["now"], &v["new"], &v["difference"]), (&"320000.00".into(), &"360000.00".into(), &"40000.00".into()));
    assert_eq!((&v["gain"], &v["lose"]["people"]), (&json!({"people": 1, "amount": "40000.00"}), &0.into()));
    let row = v["rows"].as_array().unwrap().iter().find(|r| r["scheme"] == "settlement").unwrap();
    assert_eq!(
        (&row["class"], &row["q2"]["new"], &row["q3"]),
        (&"B".into(), &"0.00".into(), &json!({"now": "320000.00", "new": "360000.00"}))
    );
    assert_eq!(v["who"], json!([{"no": p, "scheme": "settlement", "now": "320000.00", "new": "360000.00", "difference": "40000.00"}]));
    let less = simulate(
        &in_scheme(&shipped, "settlement", "contract_months = 36", "contract_months = 60")
            .replace("contract_months = 36, years_here", "contract_months = 60, years_here"),
        &[],
    );
    assert_eq!((&less["lose"]["people"], &less["difference"]), (&1.into(), &"-320000.00".into()));
    // What is a choice of the office, or has to be proved, is counted and not reckoned.
    assert!(
        v["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r["scheme"] == "honour_award" || r["scheme"] == "forum")
            .all(|r| r["reckoned"] == false && r["new"] == "0.00")
    );
    assert_eq!(desk.json(&["audit", "anchor"])["hash"], head, "nothing is written");
    std::fs::write(desk.path("new.toml"), desk.run(&["policy", "show", "card"]).1).unwrap();
    fails(&desk, &["policy", "simulate", desk.path("new.toml").to_str().unwrap(), "--year", "2019"], 78, "only_benefits");
}

#[test]
fn a_pack_names_all_that_is_wrong_with_it() {
    let desk = Desk::new();
    let shipped = desk.run(&["policy", "show", "benefits"]).1;
    let wrong = shipped.replace("doctor = 1000", "dr = 1000").replace(", E = 100000 }", " }").replace("yuan = 500000", "yuan = 500001");
    std::fs::write(desk.path("b.toml"), wrong).unwrap();
    let (code, out, _) = desk.run(&["policy", "check", desk.path("b.toml").to_str().unwrap(), "--json"]);
    let v: Value = serde_json::from_str(&out).unwrap();
    let codes: Vec<&str> = v["faults"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!((code, codes), (1, vec!["unknown_code", "gap", "case_differs"]));
    let lines: Vec<u64> = v["faults"].as_array().unwrap().iter().map(|f| f["line"].as_u64().unwrap()).collect();
    assert!(lines.windows(2).all(|w| w[0] < w[1]));
    let told = fails(&desk, &["policy", "load", desk.path("b.toml").to_str().unwrap()], 78, "bad_pack");
    assert_eq!(told["error"]["details"]["faults"].as_array().unwrap().len(), 3);
}

/// What the reader of a pack says is not what a clerk is told.
#[test]
fn a_slip_in_a_pack_is_told_in_words_with_its_line() {
    let desk = Desk::new();
    let pack = desk.run(&["policy", "show", "benefits"]).1;
    for (piece, with, zh, en) in [
        ("form = \"monthly\"", "form = \"mothly\"", "不能写 mothly；可写：lump", "mothly is no possible value; possible: lump"),
        ("amount = 200000", "amount = 1000.005", "1000.005 不能写在此处，应为整数", "1000.005 can't stand here; wanted: a whole number"),
        ("contract_months = 24", "contract_months = -36", "应为不小于零的整数", "wanted: a whole number, zero or more"),
        ("household = ", "houshold = ", "没有 houshold 这一项", "there is no key houshold"),
        ("payee = \"person\"\n", "", "缺少 payee", "payee is missing"),
        ("card = true\n", "card = true\ncard = true\n", "此项 重复出现", "this key stands here twice"),
    ] {
        let file = desk.path("pack.toml");
        std::fs::write(&file, pack.replacen(piece, with, 1)).unwrap();
        for (lang, words) in [("zh", zh), ("en", en)] {
            let (code, out, _) = desk.run(&["policy", "check", file.to_str().unwrap(), "--lang", lang]);
            assert!(code == 1 && out.contains(words), "{piece} {lang}: {out}");
        }
    }
}
