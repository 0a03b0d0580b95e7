//! Benefits: judged by clause, frozen, reserved, paid once and only once, and what later years owe.

mod it;

use it::{Desk, fails, no, on, recognised};
use serde_json::{Value, json};

/// An office with a card holder of class B, the benefits confirmed, and a fund of 2019 with so much money: desk, person, fund.
fn office(yuan: &str) -> (Desk, String, String) {
    let (desk, p) = recognised("2023-02-28");
    desk.json(&on("2019-06-10", &["card", "issue", &p]));
    fails(&desk, &grant("2019-07-01", &p, "settlement"), 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕5号"]).0, 0);
    fails(&desk, &grant("2019-07-01", &p, "settlement"), 3, "no_open_fund");
    let f = no(&desk.json(&on("2019-01-05", &["fund", "open", "人才发展引导基金", "--year", "2019"])));
    desk.json(&on("2019-01-10", &["fund", "appropriate", &f, "--source", "state", "--amount", yuan, "--decision", "内财〔2019〕1号"]));
    (desk, p, f)
}

/// Granted by the clerk li.
fn grant<'a>(day: &'a str, p: &'a str, scheme: &'a str) -> Vec<&'a str> {
    on(day, &["subsidy", "grant", p, "--scheme", scheme, "--decision", "和人才〔2019〕6号", "--actor", "li"])
}

fn accounts(desk: &Desk, rows: &[(&str, &str)]) -> String {
    let text: String = rows.iter().map(|(no, account)| format!("{no},{account},某银行\n")).collect();
    std::fs::write(desk.path("accounts.csv"), format!("no,account,bank\n{text}")).unwrap();
    desk.path("accounts.csv").to_str().unwrap().to_owned()
}

/// Pays what is due on a day, by the cashier wang.
fn pay<'a>(day: &'a str, accounts: &'a str, out: &'a str, what: &'a str) -> Vec<&'a str> {
    on(day, &["subsidy", "pay", what, "--accounts", accounts, "--out", out, "--yes", "--actor", "wang"])
}

/// The bank's return of a file: what it says of each line.
fn returned(desk: &Desk, file: &str, says: &[&str]) -> String {
    let sent = std::fs::read_to_string(file).unwrap();
    let mut lines = sent.lines();
    let mut text = format!("{},result,paid,reason\n", lines.next().unwrap());
    for (line, said) in lines.zip(says) {
        text += &format!("{line},{said}\n");
    }
    let path = desk.path("return.csv");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn due(desk: &Desk, day: &str) -> Vec<(String, String)> {
    let rows = desk.json(&["subsidy", "due", "--as-of", day]);
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(|r| (text(&r["amount"]), text(&r["why"]))).collect()
}

fn some(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn every_clause_says_its_fact_and_what_would_meet_it() {
    let (desk, p, _) = office("1000");
    let v = desk.json(&["subsidy", "explain", &p, "--scheme", "settlement", "--as-of", "2019-07-01"]);
    assert_eq!(
        (&v["eligible"], &v["scheme"], &v["confirmed"], &v["amount"]),
        (&true.into(), &"settlement".into(), &true.into(), &"800000.00".into())
    );
    let clause = |v: &Value, name: &str| v["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == name).unwrap().clone();
    let class = clause(&v, "class");
    assert_eq!(
        (&class["met"], &class["value"], &class["since"], &class["to_meet"]),
        (&true.into(), &"B".into(), &"2019-06-01".into(), &Value::Null)
    );
    let op = class["source"].to_string();
    assert_eq!(desk.json(&["audit", "log", "--op", &op])[0]["command"], "recognition.grant");
    let (_, table, _) = desk.run(&["subsidy", "explain", &p, "--scheme", "settlement", "--as-of", "2019-07-01", "--lang", "zh"]);
    assert!(table.contains("金卡") && table.contains("刚性") && !table.contains("gold"), "{table}");
    // A day before the card: what is missing, and what would do.
    let before = desk.json(&["subsidy", "explain", &p, "--scheme", "settlement", "--as-of", "2019-06-05"]);
    assert_eq!((&before["eligible"], &clause(&before, "card")["to_meet"]), (&false.into(), &"valid".into()));
    // A unit is no person; an unknown scheme is named with those there are.
    desk.run(&["org", "add", "--name", "某创投", "--kind", "venture", "--introduced-on", "2018-05-01"]);
    assert_eq!(desk.json(&["subsidy", "explain", "某创投", "--scheme", "landing_reward", "--as-of", "2019-07-01"])["eligible"], true);
    assert_eq!(desk.json(&["subsidy", "explain", &p, "--scheme", "landing_reward", "--as-of", "2019-07-01"])["eligible"], false);
    fails(&desk, &["subsidy", "explain", &p, "--scheme", "cake"], 2, "no_benefit");
    fails(&desk, &["subsidy", "explain", &p], 2, "which_scheme");
    assert_eq!(desk.json(&["subsidy", "schemes"]).as_array().unwrap().len(), 12);
}

#[test]
fn what_is_decided_on_paper_is_judged_reserved_and_frozen() {
    let (desk, p, f) = office("500000");
    let trial = desk.json(&[&grant("2019-07-01", &p, "settlement")[..], &["--dry-run"]].concat());
    assert_eq!((&trial["no"], &trial["dry_run"]), (&Value::Null, &true.into()));
    let a = desk.json(&grant("2019-07-01", &p, "settlement"));
    assert_eq!((&a["status"], &a["payee_no"], &a["amount"]), (&"approved".into(), &p.as_str().into(), &"800000.00".into()));
    let (_, table, _) = desk.run(&["subsidy", "show", a["no"].as_str().unwrap(), "--lang", "zh"]);
    assert!(table.contains("金卡") && table.contains("刚性") && !table.contains("rigid"), "{table}");
    let parts: Vec<(&str, &str, &str)> = a["instalments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["due"].as_str().unwrap(), i["amount"].as_str().unwrap(), i["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        parts,
        [("2019-07-01", "320000.00", "reserved"), ("2020-07-01", "240000.00", "committed"), ("2021-07-01", "240000.00", "committed")]
    );
    let line = &desk.json(&["fund", "show", &f])["lines"][0];
    assert_eq!((&line["reserved"], &line["committed"], &line["free"]), (&"320000.00".into(), &"480000.00".into(), &"180000.00".into()));
    let told = fails(&desk, &grant("2019-07-02", &p, "settlement"), 3, "not_eligible");
    assert!(told["error"]["details"]["clauses"].as_array().unwrap().iter().any(|c| c["clause"] == "once" && c["met"] == false));
    fails(&desk, &grant("2019-07-02", &p, "turnover_flat"), 3, "in_kind");
    fails(&desk, &grant("2019-07-02", &p, "forum"), 2, "needs_proved");
    let forum = |yuan: &'static str| [&grant("2019-07-02", &p, "forum")[..], &["--amount", yuan]].concat();
    // A share of what is proved, up to its cap.
    assert_eq!(desk.json(&forum("8000.55"))["amount"], "8000.55");
    assert_eq!(desk.json(&forum("90000"))["amount"], "20000.00");
    let above = [&grant("2019-07-02", &p, "startup")[..], &["--amount", "60000"]].concat();
    fails(&desk, &above, 3, "not_eligible");
    // The verdict of the day stands, whatever is known since.
    let s = no(&a);
    desk.json(&on("2019-08-01", &["card", "suspend", &no(&desk.json(&["card", "list"])[0]), "--why", "核查"]));
    let both = desk.json(&["subsidy", "explain", &s, "--as-of", "2019-08-02"]);
    assert_eq!(
        (&both["then"]["eligible"], &both["now"]["eligible"], &both["agreement"]["clawback"]),
        (&true.into(), &false.into(), &"pro_rata".into())
    );
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_decision_and_the_money_bind() {
    let (desk, p, f) = office("300000");
    // 320,000 are wanted this year.
    let told = fails(&desk, &grant("2019-07-01", &p, "settlement"), 3, "no_free_money");
    assert_eq!(told["error"]["details"]["free"], "300000.00");
    desk.json(&on(
        "2019-02-10",
        &[
            "fund",
            "appropriate",
            &f,
            "--source",
            "donation",
            "--amount",
            "320000",
            "--purpose",
            "settlement",
            "--decision",
            "内财〔2019〕2号",
        ],
    ));
    desk.run(&[
        "decision",
        "add",
        "--document-no",
        "和人才〔2019〕6号",
        "--body",
        "领导小组",
        "--day",
        "2019-06-20",
        "--limit",
        "799999.99",
    ]);
    fails(&desk, &grant("2019-07-01", &p, "settlement"), 3, "decision_sum");
    let less = [&grant("2019-07-01", &p, "settlement")[..], &["--amount", "700000"]].concat();
    let a = desk.json(&less);
    // The line of the scheme's own purpose comes before the one for any.
    assert_eq!((&a["amount"], &a["fund"]["source"]), (&"700000.00".into(), &"donation".into()));
    let more =
        on("2019-07-01", &["subsidy", "grant", &p, "--scheme", "honour_award", "--decision", "和人才〔2019〕7号", "--amount", "200000.01"]);
    fails(&desk, &more, 3, "above_rule");
    desk.json(&on("2019-01-05", &["fund", "open", "第二基金", "--year", "2019"]));
    let which = on("2019-07-01", &["subsidy", "grant", &p, "--scheme", "honour_award", "--decision", "和人才〔2019〕7号"]);
    fails(&desk, &which, 2, "which_fund");
    assert_eq!(desk.json(&[&which[..], &["--fund", &f]].concat())["amount"], "200000.00");
    fails(&desk, &["subsidy", "show", &rencai::base::number::format("S", 99)], 4, "no_application");
}

#[test]
fn an_instalment_is_paid_once_and_a_failed_one_again() {
    let (desk, p, f) = office("500000");
    let s = no(&desk.json(&grant("2019-07-01", &p, "settlement")));
    assert_eq!(due(&desk, "2019-06-30"), some(&[]));
    assert_eq!(due(&desk, "2019-07-11"), some(&[("320000.00", "")]));
    let acc = accounts(&desk, &[(&p, "6222 0000 1111 2222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    // Who entered it does not pay it; what is not confirmed is not done.
    let mine: Vec<&str> = pay("2019-07-05", &acc, &out, "--due").into_iter().map(|a| if a == "wang" { "li" } else { a }).collect();
    fails(&desk, &mine, 77, "two_persons");
    let unasked: Vec<&str> = pay("2019-07-05", &acc, &out, "--due").into_iter().filter(|a| *a != "--yes").collect();
    fails(&desk, &unasked, 2, "needs_yes");
    fails(&desk, &pay("2019-07-05", &acc, "bank.xls", "--due"), 2, "bank_form");
    let other = accounts(&desk, &[("P000002F", "6222000011112222")]);
    fails(&desk, &pay("2019-07-05", &other, &out, "--due"), 65, "no_account");
    for bad in ["123", "6.222E+15"] {
        fails(&desk, &pay("2019-07-05", &accounts(&desk, &[(&p, bad)]), &out, "--due"), 65, "bad_account");
    }
    // An account under another name is another's; the file of accounts is not what the batch is written over.
    let named = desk.path("named.csv").to_str().unwrap().to_owned();
    std::fs::write(&named, format!("no,account,name\n{p},6222000011112222,李四\n")).unwrap();
    fails(&desk, &pay("2019-07-05", &named, &out, "--due"), 65, "account_name");
    fails(&desk, &pay("2019-07-05", &named, &named, "--due"), 5, "output_is_input");
    assert!(!desk.path("bank.csv").exists());
    let acc = accounts(&desk, &[(&p, "6222 0000 1111 2222")]);
    let batch = desk.json(&pay("2019-07-05", &acc, &out, "--due"));
    assert_eq!((&batch["count"], &batch["amount"], batch["sha256"].as_str().unwrap().len()), (&1.into(), &"320000.00".into(), 64));
    let text = std::fs::read_to_string(&out).unwrap();
    let pb = no(&batch);
    assert!(text.starts_with("seq,no,payee_no,name,account,bank,amount,remark\r\n"), "{text}");
    assert!(text.contains(&format!("1,{s},{p},张三,6222000011112222,某银行,320000.00,{pb} #")), "{text}");
    // The account is nowhere in the office.
    let bytes = [std::fs::read(desk.path("office.db")).unwrap(), std::fs::read(desk.path("office.db-wal")).unwrap_or_default()].concat();
    assert!(!bytes.windows(16).any(|w| w == b"6222000011112222"));
    // Repeated, nothing is paid twice; the lost file is written again as it was, and only with the same account.
    fails(&desk, &pay("2019-07-06", &acc, &out, "--due"), 5, "nothing_due");
    fails(&desk, &pay("2019-07-06", &acc, &out, &s), 5, "nothing_due_of");
    std::fs::remove_file(&out).unwrap();
    desk.json(&["subsidy", "pay", "--batch", &pb, "--accounts", &acc, "--out", &out]);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), text);
    std::fs::write(desk.path("accounts.csv"), format!("no,account,bank\n{p},6222000011112222,他行\n")).unwrap();
    fails(&desk, &["subsidy", "pay", "--batch", &pb, "--accounts", &acc, "--out", &out], 65, "other_file");
    let changed = accounts(&desk, &[(&p, "6222000011113333")]);
    fails(&desk, &["subsidy", "pay", "--batch", &pb, "--accounts", &changed, "--out", &out], 65, "other_account");
    fails(&desk, &["subsidy", "pay", "--batch", &pb, "--accounts", &acc, "--out", &acc], 5, "output_is_input");
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    // The bank could not: it is due again, and the money is promised again.
    let failed = returned(&desk, &out, &["failed,,账号有误"]);
    let c = desk.json(&on("2019-07-08", &["subsidy", "confirm", &failed]));
    assert_eq!((&c["failed"], &c["settled"], &c["status"], &c["differences"]), (&1.into(), &0.into(), &"closed".into(), &json!([])));
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["reserved"], "320000.00");
    assert_eq!(desk.json(&on("2019-07-08", &["subsidy", "confirm", &failed]))["known"], 1, "the same return once more");
    let second = desk.json(&pay("2019-07-10", &acc, &out, &s));
    let ok = returned(&desk, &out, &["ok,,"]);
    assert_eq!(desk.json(&on("2019-07-12", &["subsidy", "confirm", &ok]))["settled"], 1);
    let shown = desk.json(&["subsidy", "show", &s]);
    assert_eq!((&shown["status"], &shown["paid"], shown["payments"].as_array().unwrap().len()), (&"paying".into(), &"320000.00".into(), 2));
    assert_eq!((&shown["payments"][0]["state"], &shown["payments"][0]["account"]), (&"failed".into(), &"*2222".into()));
    assert_ne!(no(&second), pb);
    let line = &desk.json(&["fund", "show", &f])["lines"][0];
    assert_eq!((&line["paid"], &line["reserved"], &line["free"]), (&"320000.00".into(), &"0.00".into(), &"180000.00".into()));
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_return_that_does_not_agree_stays_open() {
    let (desk, p, f) = office("500000");
    let s = no(&desk.json(&grant("2019-07-01", &p, "settlement")));
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    desk.json(&pay("2019-07-05", &acc, &out, "--due"));
    let good = returned(&desk, &out, &["ok,,"]);
    let text = std::fs::read_to_string(&good).unwrap();
    let with = |from: &str, to: &str| {
        let path = desk.path("other.csv");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (from, to) in [("320000.00", "320000.01"), ("11112222", "11113333"), (s.as_str(), "S000009K")] {
        let (code, out, err) = desk.run(&on("2019-07-08", &["subsidy", "confirm", &with(from, to), "--json"]));
        assert_eq!(code, 1, "{from}: {err}");
        let v: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&v["status"], &v["settled"], v["differences"].as_array().unwrap().len()), (&"open".into(), &0.into(), 1), "{from}");
    }
    let confirm = |file: String| on("2019-07-08", &["subsidy", "confirm"]).into_iter().map(str::to_owned).chain([file]).collect::<Vec<_>>();
    let refused = |file: String, code, why: &str| {
        let args = confirm(file);
        fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    };
    refused(with("\n1,", "\n2,"), 65, "unknown_line");
    let line = text.lines().nth(1).unwrap();
    refused(with(line, &format!("{line}\n{line}")), 65, "double_line");
    refused(with(",ok,", ",maybe,"), 65, "bank_file");
    refused(with("result", "ergebnis"), 65, "bank_column");
    refused(with("PB0000", "XX0000"), 2, "not_a_number");
    let nameless = with(text.split(',').find(|c| c.contains("PB00")).unwrap(), "");
    refused(nameless, 2, "which_batch");
    fails(&desk, &on("2019-07-08", &["subsidy", "confirm", &good, "--batch", &rencai::base::number::format("PB", 7)]), 4, "no_batch");
    // Paid in part: the rest is due again.
    let part = desk.json(&on("2019-07-09", &["subsidy", "confirm", &with(",ok,,", ",ok,100000,")]));
    assert_eq!((&part["partial"], &part["status"]), (&1.into(), &"closed".into()));
    assert_eq!(due(&desk, "2019-07-10"), some(&[("220000.00", "")]));
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["reserved"], "220000.00");
    // Another word of the bank on a line that is closed is a difference, never a second posting.
    assert_eq!(desk.run(&on("2019-07-10", &["subsidy", "confirm", &good])).0, 1);
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["paid"], "100000.00");
}

#[test]
fn later_years_are_commitments_until_their_fund_has_money() {
    let (desk, p, f) = office("320000");
    let s = no(&desk.json(&grant("2019-07-01", &p, "settlement")));
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    desk.json(&pay("2019-07-05", &acc, &out, "--due"));
    assert_eq!(due(&desk, "2020-07-01"), some(&[("240000.00", "card")]), "the yearly review was missed");
    desk.json(&on("2020-06-01", &["card", "review", &no(&desk.json(&["card", "list"])[0]), "--passed"]));
    assert_eq!(due(&desk, "2020-07-01"), some(&[("240000.00", "no_money")]));
    fails(&desk, &pay("2020-07-02", &acc, &out, &s), 3, "held");
    let next = no(&desk.json(&on("2020-01-05", &["fund", "open", "人才发展引导基金", "--year", "2020"])));
    let money = desk.json(&on(
        "2020-01-10",
        &["fund", "appropriate", &next, "--source", "state", "--amount", "300000", "--decision", "内财〔2020〕1号"],
    ));
    assert_eq!(
        (&money["reserved_waiting"], &money["lines"][0]["reserved"], &money["lines"][0]["free"]),
        (&1.into(), &"240000.00".into(), &"60000.00".into())
    );
    // At the year's end what nobody carried is a promise no more; it waits for money again.
    desk.json(&on("2021-01-05", &["fund", "close", &next]));
    desk.json(&on("2021-01-06", &["fund", "open", "人才发展引导基金", "--year", "2021"]));
    let later = &desk.json(&["fund", "list"])[2]["no"];
    assert_eq!(due(&desk, "2021-02-01"), some(&[("240000.00", "no_money")]));
    let more = desk.json(&on(
        "2021-01-10",
        &["fund", "appropriate", later.as_str().unwrap(), "--source", "state", "--amount", "480000", "--decision", "内财〔2021〕1号"],
    ));
    assert_eq!((&more["reserved_waiting"], &more["lines"][0]["free"]), (&2.into(), &"0.00".into()));
    assert_eq!(due(&desk, "2021-02-01"), some(&[("240000.00", "")]));
    // Who left is not paid.
    desk.json(&on("2021-02-02", &["talent", "leave", &p, "--why", "resigned"]));
    assert_eq!(due(&desk, "2021-02-10"), some(&[("240000.00", "left")]));
    fails(&desk, &pay("2021-02-10", &acc, &out, "--due"), 5, "nothing_due");
    let args = pay("2021-02-10", &acc, &out, "--due");
    fails(&desk, &args.into_iter().filter(|a| *a != "--due").collect::<Vec<_>>(), 2, "nothing_named");
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
    assert!(f.starts_with("FD"));
}

#[test]
fn a_monthly_benefit_is_counted_once_a_month_in_a_life() {
    let (desk, p, f) = office("100000");
    desk.json(&["talent", "edit", &p, "--degree", "master", "--from-date", "2019-03-01", "--correct", "--reason", "漏填"]);
    // Balances of before this office count: 7 of 24 months.
    std::fs::write(desk.path("o.csv"), format!("编号,待遇,已享受月数\n{p},rent,7\n")).unwrap();
    assert_eq!(desk.run(&on("2019-01-01", &["roster", "import", desk.path("o.csv").to_str().unwrap(), "--kind", "opening"])).0, 0);
    let v = desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-07-15"]);
    assert_eq!((&v["eligible"], &v["amount"], &v["months_left"]), (&true.into(), &"800.00".into(), &17.into()));
    let a = desk.json(&grant("2019-08-15", &p, "rent"));
    assert_eq!(a["amount"], "13600.00");
    let parts: Vec<(&str, &str, &str)> = a["instalments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["due"].as_str().unwrap(), i["period"].as_str().unwrap(), i["amount"].as_str().unwrap()))
        .collect();
    assert_eq!(parts[0], ("2019-10-01", "2019-08..2019-09", "1600.00"));
    assert_eq!(parts[1], ("2020-01-01", "2019-10..2019-12", "2400.00"));
    assert_eq!((parts.len(), parts[5].1), (6, "2020-10..2020-12"));
    // What falls due this year is reserved, the rest is owed later.
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["reserved"], "1600.00");
    let again = fails(&desk, &grant("2019-09-01", &p, "rent"), 3, "not_eligible");
    assert!(again["error"]["details"]["clauses"].as_array().unwrap().iter().any(|c| c["clause"] == "months" && c["value"] == "24"));
    // Rent that was paid is taken off the settlement subsidy.
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    desk.json(&pay("2019-10-08", &acc, &out, "--due"));
    desk.json(&on("2019-10-09", &["fund", "appropriate", &f, "--source", "state", "--amount", "400000", "--decision", "内财〔2019〕3号"]));
    let s = desk.json(&grant("2019-10-10", &p, "settlement"));
    assert_eq!((&s["deducted"], &s["amount"]), (&"1600.00".into(), &"798400.00".into()));
}

#[test]
fn a_pack_is_proved_by_its_own_cases() {
    let desk = Desk::new();
    let shipped = desk.run(&["policy", "show", "benefits"]).1;
    let check = |text: &str| {
        std::fs::write(desk.path("b.toml"), text).unwrap();
        let (code, out, _) = desk.run(&["policy", "check", desk.path("b.toml").to_str().unwrap(), "--json"]);
        (code, serde_json::from_str::<Value>(&out).unwrap()["faults"].clone())
    };
    assert_eq!(check(&shipped), (0, json!([])));
    let (code, faults) = check(&shipped.replace("B = 800000", "B = 700000"));
    assert_eq!((code, &faults[0]["code"]), (1, &"case_differs".into()));
    let line = usize::try_from(faults[0]["line"].as_u64().unwrap()).unwrap();
    assert_eq!(shipped.lines().nth(line - 1).unwrap(), "[[scheme.case]]");
    assert_eq!(check(&shipped.replace(", E = 100000 }", " }")).1[0]["code"], "gap");
    std::fs::write(desk.path("b.toml"), shipped.replace("B = 800000", "B = 700000")).unwrap();
    fails(&desk, &["policy", "load", desk.path("b.toml").to_str().unwrap()], 78, "bad_pack");
}

#[test]
fn what_other_schemes_paid_may_leave_nothing() {
    let (desk, p, _) = office("100000");
    std::fs::write(desk.path("o.csv"), format!("编号,待遇,已享受月数,已拨付金额\n{p},rent,24,900000\n")).unwrap();
    assert_eq!(desk.run(&on("2019-01-01", &["roster", "import", desk.path("o.csv").to_str().unwrap(), "--kind", "opening"])).0, 0);
    fails(&desk, &grant("2019-07-01", &p, "settlement"), 3, "deducted_all");
}

#[test]
fn a_stop_keeps_the_balance_and_a_resumption_gives_it_back() {
    let (desk, p, f) = office("900000");
    let s = no(&desk.json(&grant("2019-07-01", &p, "settlement")));
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    desk.json(&pay("2019-07-05", &acc, &out, "--due"));
    let stop = on("2019-12-01", &["subsidy", "stop", &s, "--why", "离开用人单位"]);
    fails(&desk, &stop, 5, "on_its_way");
    desk.json(&on("2019-07-08", &["subsidy", "confirm", &returned(&desk, &out, &["ok,,"])]));
    fails(&desk, &on("2019-06-30", &["subsidy", "stop", &s, "--why", "x"]), 3, "before_last_step");
    let stopped = desk.json(&stop);
    assert_eq!((&stopped["status"], &stopped["paid"], &stopped["balance"]), (&"stopped".into(), &"320000.00".into(), &"480000.00".into()));
    // Five whole months of 36 were served: 31/36 of what was paid is owed by the agreement.
    assert_eq!((&stopped["owed"], &stopped["formula"]), (&"275555.55".into(), &"320000.00 × (36 - 5) / 36".into()));
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["committed"], "0.00");
    assert_eq!(due(&desk, "2020-07-02"), some(&[]));
    let told = fails(&desk, &stop, 5, "benefit_state");
    assert_eq!(told["error"]["details"]["possible"], json!(["resume", "recover"]));
    // Not while the conditions are not met, nor at a unit where the person is not.
    let card = no(&desk.json(&["card", "list"])[0]);
    desk.json(&on("2019-12-02", &["card", "suspend", &card, "--why", "核查"]));
    fails(&desk, &on("2019-12-03", &["subsidy", "resume", &s]), 3, "not_eligible");
    desk.json(&on("2019-12-04", &["card", "resume", &card]));
    desk.run(&["org", "add", "--name", "乙公司"]);
    fails(&desk, &on("2019-12-05", &["subsidy", "resume", &s, "--employer", "乙公司"]), 3, "not_with_unit");
    let resumed = desk.json(&on("2019-12-05", &["subsidy", "resume", &s, "--employer", "某研究院"]));
    assert_eq!((&resumed["status"], &resumed["balance"]), (&"paying".into(), &"0.00".into()));
    let parts: Vec<(&str, &str)> =
        resumed["instalments"].as_array().unwrap().iter().map(|i| (i["due"].as_str().unwrap(), i["amount"].as_str().unwrap())).collect();
    assert_eq!(parts, [("2019-07-01", "320000.00"), ("2020-07-01", "240000.00"), ("2021-07-01", "240000.00")]);
    // What is due already is no balance.
    let award = no(&desk.json(&grant("2019-12-06", &p, "honour_award")));
    desk.json(&on("2019-12-07", &["subsidy", "stop", &award, "--why", "核查"]));
    fails(&desk, &on("2019-12-08", &["subsidy", "resume", &award]), 5, "no_balance");
    assert_eq!(desk.json(&["subsidy", "show", &s, "--as-of", "2019-12-03"])["status"], "stopped");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn months_not_had_go_back_to_the_life() {
    let (desk, p, f) = office("100000");
    desk.json(&["talent", "edit", &p, "--degree", "master", "--from-date", "2019-03-01", "--correct", "--reason", "漏填"]);
    let a = desk.json(&grant("2019-08-15", &p, "rent"));
    assert_eq!((&a["amount"], a["instalments"].as_array().unwrap().len()), (&"19200.00".into(), 9));
    let s = no(&a);
    // Stopped in November: August to October were had, and stay due; 21 months are left.
    let stopped = desk.json(&on("2019-11-10", &["subsidy", "stop", &s, "--why", "离开用人单位"]));
    assert_eq!((&stopped["balance_months"], &stopped["balance"], &stopped["owed"]), (&21.into(), &"16800.00".into(), &"0.00".into()));
    let parts: Vec<(&str, &str)> =
        stopped["instalments"].as_array().unwrap().iter().map(|i| (i["period"].as_str().unwrap(), i["amount"].as_str().unwrap())).collect();
    assert_eq!(parts, [("2019-08..2019-09", "1600.00"), ("2019-10..2019-10", "800.00")]);
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["reserved"], "1600.00");
    let v = desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-12-01"]);
    assert_eq!(v["months_left"], 21);
    let resumed = desk.json(&on("2019-12-10", &["subsidy", "resume", &s]));
    assert_eq!((&resumed["balance"], &resumed["instalments"][2]["period"]), (&"0.00".into(), &"2019-12..2019-12".into()));
    assert_eq!(desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-12-11"])["months_left"], 0);
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn what_comes_back_goes_to_the_line_it_came_from() {
    let (desk, p, f) = office("900000");
    let s = no(&desk.json(&grant("2019-07-01", &p, "settlement")));
    fails(&desk, &on("2019-07-02", &["subsidy", "recover", &s, "--decision", "X"]), 5, "nothing_owed");
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    desk.json(&pay("2019-07-05", &acc, &out, "--due"));
    desk.json(&on("2019-07-08", &["subsidy", "confirm", &returned(&desk, &out, &["ok,,"])]));
    let recover = |day: &'static str, yuan: &'static str| {
        on(day, &["subsidy", "recover", &s, "--decision", "和人才〔2020〕9号", "--amount", yuan])
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let run = |args: &[String]| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let too_much = recover("2020-01-10", "320000.01");
    fails(&desk, &too_much.iter().map(String::as_str).collect::<Vec<_>>(), 3, "above_paid");
    let part = run(&recover("2020-01-10", "100000"));
    assert_eq!((&part["status"], &part["recovered"], &part["balance"]), (&"recovered".into(), &"100000.00".into(), &"480000.00".into()));
    // Six of 36 months served: 266,666.66 are owed in all.
    let rest = desk.json(&on("2020-01-11", &["subsidy", "recover", &s, "--decision", "和人才〔2020〕9号"]));
    assert_eq!((&rest["recovered"], &rest["owed"]), (&"266666.66".into(), &"0.00".into()));
    let line = &desk.json(&["fund", "show", &f])["lines"][0];
    assert_eq!((&line["recovered"], &line["paid"], &line["free"]), (&"266666.66".into(), &"320000.00".into(), &"846666.66".into()));
    assert_eq!(due(&desk, "2021-08-01"), some(&[]));
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
}

#[test]
fn what_another_body_pays_counts() {
    let (desk, p, _) = office("900000");
    desk.json(&["talent", "edit", &p, "--degree", "master", "--from-date", "2019-03-01", "--correct", "--reason", "漏填"]);
    let record = |benefit: &'static str, yuan: &'static str, period: &'static str| {
        on(
            "2019-06-01",
            &["subsidy", "record", &p, "--from-body", "自治区人社厅", "--benefit", benefit, "--amount", yuan, "--period", period],
        )
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>()
    };
    let run = |args: &[String]| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    fails(&desk, &record("rent", "100", "2019-13..2019-12").iter().map(String::as_str).collect::<Vec<_>>(), 2, "bad_period");
    let made = run(&record("rent", "6000", "2018-09..2019-02"));
    assert_eq!((&made["status"], &made["period"]), (&"recorded".into(), &"2018-09..2019-02".into()));
    assert_eq!(desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-07-01"])["months_left"], 18);
    assert_eq!(desk.json(&["subsidy", "explain", &p, "--scheme", "settlement", "--as-of", "2019-07-01"])["deduct"], "6000.00");
    run(&record("purchase", "300000", "2019-01..2019-01"));
    let v = desk.json(&["subsidy", "explain", &p, "--scheme", "settlement", "--as-of", "2019-07-01"]);
    assert_eq!(v["eligible"], false);
    let op = made["op"].to_string();
    desk.json(&["undo", &op]);
    assert_eq!(desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-07-01"])["months_left"], 24);
}

#[test]
fn a_flat_is_let_once_at_a_time() {
    let (desk, p, _) = office("1000");
    let flat = |address: &'static str| no(&desk.json(&["housing", "add", "--address", address, "--price", "300"]));
    let (one, two) = (flat("人才公寓 1-101"), flat("人才公寓 1-102"));
    fails(&desk, &["housing", "add", "--address", "人才公寓1-101"], 5, "flat_known");
    let lease = |unit: &str, person: &str, from: &'static str, until: &'static str| {
        let args = ["lease", "add", "--unit", unit, "--person", person, "--from-date", from, "--until", until];
        on("2019-07-01", &args).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let refused = |args: &[String], code, why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    refused(&lease(&one, &p, "2019-07-01", "2019-06-30"), 2, "ends_before");
    refused(&lease(&rencai::base::number::format("HU", 9), &p, "2019-07-01", "2020-06-30"), 4, "no_flat");
    refused(&lease(&one, &p, "2019-07-01", "2022-07-01"), 3, "months_over");
    let other = no(&desk.add("李四", &it::resident_id(2), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]));
    refused(&lease(&one, &other, "2019-07-01", "2020-06-30"), 3, "not_eligible");
    let args = lease(&one, &p, "2019-07-01", "2020-06-30");
    let made = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((&made["status"], &made["person_no"], &made["until"]), (&"running".into(), &p.as_str().into(), &"2020-06-30".into()));
    let told = refused(&lease(&one, &p, "2020-06-30", "2020-12-31"), 5, "let_already");
    assert_eq!(told["error"]["details"]["free_from"], "2020-07-01");
    refused(&lease(&two, &p, "2020-01-01", "2020-12-31"), 3, "has_flat");
    // Who lives in a flat has no rent subsidy.
    let v = desk.json(&["subsidy", "explain", &p, "--scheme", "rent", "--as-of", "2019-08-01"]);
    assert!(v["clauses"].as_array().unwrap().iter().any(|c| c["clause"] == "exclusive" && c["met"] == false));
    let list = |day: &str| desk.json(&["housing", "list", "--as-of", day])[0]["status"].clone();
    assert_eq!((list("2019-06-30"), list("2020-06-30"), list("2020-07-01")), ("free".into(), "let".into(), "free".into()));
    assert!(desk.json(&["status", "--as-of", "2020-06-10"])["due"].as_array().unwrap().iter().any(|d| d["kind"] == "lease_end"));
    let ended = desk.json(&on("2019-12-31", &["lease", "end", &one, "--why", "购房"]));
    assert_eq!((&ended["status"], &ended["until"], &ended["why"]), (&"ended".into(), &"2019-12-31".into(), &"购房".into()));
    fails(&desk, &on("2020-01-01", &["lease", "end", "--unit", &one]), 5, "not_let");
    assert_eq!(desk.json(&["lease", "list", "--where", "status=ended"]).as_array().unwrap().len(), 1);
    // Six months were had of 36.
    refused(&lease(&two, &p, "2020-01-01", "2022-07-01"), 3, "months_over");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn the_long_way_has_its_stages_its_notice_and_different_persons() {
    let (desk, p, f) = office("900000");
    let acts = |actor: &'static str, day: &'static str, args: &[&str]| {
        on(day, &["subsidy"])
            .into_iter()
            .map(str::to_owned)
            .chain(args.iter().map(|a| (*a).to_owned()))
            .chain(["--actor".to_owned(), actor.to_owned()])
            .collect::<Vec<_>>()
    };
    // `--date D --reason T` stand behind the noun: the parser takes global options anywhere.
    let run = |args: &[String]| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = |args: &[String], code, why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    let a = run(&acts("zhao", "2019-07-01", &["apply", &p, "--scheme", "settlement"]));
    assert_eq!(
        (&a["status"], &a["amount"], &a["next"]),
        (&"applied".into(), &"800000.00".into(), &json!(["employer_checked", "rejected"]))
    );
    let s = no(&a);
    let told = refused(&acts("zhao", "2019-07-01", &["apply", &p, "--scheme", "settlement"]), 5, "applied_already");
    assert_eq!(told["error"]["details"]["no"], s.as_str());
    refused(&acts("zhao", "2019-07-02", &["review", &s, "--stage", "joint"]), 5, "wrong_state");
    run(&acts("zhao", "2019-07-02", &["review", &s, "--stage", "employer"]));
    refused(&acts("zhao", "2019-07-01", &["review", &s, "--stage", "accept"]), 3, "before_last_step");
    run(&acts("zhao", "2019-07-03", &["review", &s, "--stage", "accept"]));
    assert_eq!(run(&acts("qian", "2019-07-04", &["review", &s, "--stage", "joint"]))["status"], "reviewed");
    let up = run(&acts("zhao", "2019-07-05", &["publicise", &s, "--place", "官网"]));
    // Five working days from Monday on.
    assert_eq!(up["notice"], json!({"from": "2019-07-05", "until": "2019-07-12"}));
    refused(&acts("sun", "2019-07-12", &["approve", &s, "--decision", "和人才〔2019〕6号"]), 3, "notice_running");
    // Dated forward it runs by the clock all the same.
    refused(&acts("sun", "2019-08-12", &["approve", &s, "--decision", "和人才〔2019〕6号"]), 3, "notice_running");
    refused(&acts("qian", "2019-08-12", &["approve", &s, "--decision", "和人才〔2019〕6号"]), 77, "two_persons");
    let objected = run(&acts("zhao", "2019-07-08", &["object", &s, "--by", "某人", "--ground", "合同有疑问"]));
    assert_eq!((&objected["objections"][0]["by"], &objected["objections"][0]["outcome"]), (&"某人".into(), &Value::Null));
    assert_eq!(run(&acts("zhao", "2019-07-09", &["object", &s, "--settle", "dismissed"]))["objections"][0]["outcome"], "dismissed");
    refused(&acts("zhao", "2019-07-09", &["object", &s, "--settle", "dismissed"]), 5, "no_objection");
    assert_eq!(desk.json(&["subsidy", "list", "--where", "status=publicised"]).as_array().unwrap().len(), 1);
    // What waits for the approval is told when the notice is over.
    let due = desk.json(&["status", "--as-of", "2019-07-15"])["due"].clone();
    let told: Vec<&Value> = due.as_array().unwrap().iter().filter(|d| d["kind"] == "notice").collect();
    assert_eq!(
        (told.len(), &told[0]["no"], &told[0]["due"], &told[0]["days"]),
        (1, &s.as_str().into(), &"2019-07-12".into(), &(-3).into())
    );
    assert_eq!(desk.json(&["subsidy", "show", &s, "--as-of", "2019-07-03"])["status"], "accepted");
    assert_eq!(desk.json(&["fund", "show", &f])["lines"][0]["reserved"], "0.00", "nothing is promised before the approval");
    fails(&desk, &["subsidy", "stop", &s, "--why", "x"], 4, "no_application");
    // When the clock has passed it too: the act itself, told what day it is.
    let mut conn = rencai::db::open::open_write(&desk.path("office.db")).unwrap();
    let day = rencai::base::day::Day::parse_iso("2019-07-15").unwrap();
    let act = rencai::db::write::Act {
        command: "subsidy.approve",
        params: serde_json::Map::new(),
        day,
        reason: Some("补录".into()),
        actor: Some("sun".into()),
        os_user: "sun".into(),
        now_ms: 1,
        dry_run: false,
        undoes: None,
    };
    let later = rencai::base::day::Day::parse_iso("2099-01-01").unwrap();
    rencai::db::write::write(&mut conn, &act, |tx| {
        let r = rencai::subsidy::store::resolve_request(tx.conn(), &s)?;
        rencai::subsidy::way::approve(tx, &r, "和人才〔2019〕6号", None, later, &mut rencai::subsidy::draw::Committed::default())
    })
    .unwrap();
    drop(conn);
    let v = desk.json(&["subsidy", "show", &s]);
    assert_eq!(
        (&v["status"], &v["approved"], &v["instalments"][0]["amount"], &v["verdict"]["eligible"]),
        (&"approved".into(), &"2019-07-15".into(), &"320000.00".into(), &true.into())
    );
    assert_eq!(v["steps"].as_array().unwrap().len(), 6);
    // The approver does not pay.
    let acc = accounts(&desk, &[(&p, "6222000011112222")]);
    let out = desk.path("bank.csv").to_str().unwrap().to_owned();
    let by = |who: &'static str| {
        pay("2019-07-16", &acc, &out, "--due").into_iter().map(|a| if a == "wang" { who } else { a }).collect::<Vec<_>>()
    };
    fails(&desk, &by("sun"), 77, "two_persons");
    assert_eq!(desk.json(&by("wang"))["amount"], "320000.00");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn papers_are_looked_at_and_a_refusal_ends_the_way() {
    let (desk, p, _) = office("900000");
    let plan = desk.path("plan.pdf");
    std::fs::write(&plan, "计划").unwrap();
    let apply = on("2019-07-01", &["subsidy", "apply", &p, "--scheme", "forum"]);
    fails(&desk, &apply, 2, "needs_proved");
    let paper = format!("plan:{}", plan.display());
    let a = desk.json(&[&apply[..], &["--amount", "8000", "--paper", &paper]].concat());
    assert_eq!((&a["amount"], &a["missing_papers"]), (&"8000.00".into(), &json!(["invoice", "sign_in_sheet"])));
    let s = no(&a);
    let review = |stage: &'static str| {
        on("2019-07-02", &["subsidy", "review"])
            .into_iter()
            .map(str::to_owned)
            .chain([s.clone(), "--stage".into(), stage.into()])
            .collect::<Vec<_>>()
    };
    let args = review("employer");
    desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let args = review("accept");
    let told = fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), 3, "papers_missing");
    assert_eq!(told["error"]["details"]["missing_papers"], json!(["invoice", "sign_in_sheet"]));
    for kind in ["invoice", "sign_in_sheet"] {
        desk.json(&["file", "add", plan.to_str().unwrap(), "--to", &s, "--as", kind]);
    }
    let refused = desk.json(&on("2019-07-03", &["subsidy", "review", &s, "--stage", "accept", "--refuse", "与去年项目重复"]));
    assert_eq!((&refused["status"], &refused["next"]), (&"rejected".into(), &json!([])));
    assert_eq!(desk.json(&["subsidy", "show", &s])["steps"][2]["note"], "与去年项目重复");
    // Asked again it is a new application; who is not eligible is told at once.
    let again = on("2019-07-04", &["subsidy", "apply", &p, "--scheme", "forum", "--amount", "8000"]);
    assert_ne!(no(&desk.json(&again)), s);
    fails(&desk, &on("2019-07-01", &["subsidy", "apply", &p, "--scheme", "trip", "--amount", "10"]), 3, "not_eligible");
    fails(&desk, &on("2019-07-01", &["subsidy", "object", &s, "--by", "a", "--ground", "b"]), 3, "no_notice");
}
