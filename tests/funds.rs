//! Funds: the ledger balances to the fen, promises lapse or are carried by acts, the bank is compared, and what is unclear is refused.

mod it;

use it::{Desk, fails, no, on};
use serde_json::{Value, json};
use std::process::Command;

/// An office with a guidance fund of 2019.
fn office() -> (Desk, String) {
    let desk = Desk::new();
    let f = no(&desk.json(&on("2019-01-05", &["fund", "open", "人才发展引导基金", "--year", "2019"])));
    (desk, f)
}

fn appropriate(desk: &Desk, f: &str, source: &str, amount: &str, more: &[&str]) -> Value {
    let base = ["fund", "appropriate", f, "--source", source, "--amount", amount, "--decision", "内财〔2019〕1号"];
    desk.json(&on("2019-01-10", &[&base[..], more].concat()))
}

#[test]
fn money_comes_in_by_source_purpose_and_earmark() {
    let (desk, f) = office();
    let one = appropriate(&desk, &f, "state", "1,000,000", &["--purpose", "settlement"]);
    assert_eq!((&one["status"], &one["year"], &one["kind"]), (&"open".into(), &2019.into(), &"guidance".into()));
    appropriate(&desk, &f, "state", "0.05", &["--purpose", "settlement"]);
    let two = appropriate(&desk, &f, "donation", "5000.5", &["--earmark", "青年博士"]);
    let zero = "0.00";
    assert_eq!(
        two["lines"],
        json!([
            {"source": "state", "purpose": "settlement", "earmark": null, "appropriated": "1000000.05", "carried": zero, "reserved": zero,
             "committed": zero, "paid": zero, "recovered": zero, "returned": zero, "free": "1000000.05"},
            {"source": "donation", "purpose": "talent", "earmark": "青年博士", "appropriated": "5000.50", "carried": zero, "reserved": zero,
             "committed": zero, "paid": zero, "recovered": zero, "returned": zero, "free": "5000.50"},
        ])
    );
    assert_eq!(two["total"]["free"], "1005000.55");
    // As of a day before the money there was none.
    assert_eq!(desk.json(&["fund", "show", &f, "--as-of", "2019-01-09"])["lines"], json!([]));
    let bad = |amount: &'static str, code, why: &str| {
        let args = ["fund", "appropriate", &f, "--source", "state", "--amount", amount, "--decision", "X"];
        fails(&desk, &on("2019-01-11", &args), code, why);
    };
    for amount in ["壹万元", "1万", "-5", "0", "1.234", "99999999999999999999"] {
        bad(amount, 65, "bad_amount");
    }
    // One amount, and what a line holds, is ten trillion yuan at most.
    bad("92233720368547758.07", 65, "bad_amount");
    let args = ["fund", "appropriate", &f, "--source", "state", "--amount", "1", "--decision", "X"];
    fails(&desk, &on("2019-01-11", &[&args[..], &["--purpose", "cake"]].concat()), 2, "no_purpose");
    fails(&desk, &["fund", "show", "FD000009F"], 2, "number_check");
    fails(&desk, &["fund", "show", &rencai::base::number::format("FD", 9)], 4, "no_fund");
    fails(&desk, &on("2019-01-05", &["fund", "open", "人才发展引导基金", "--year", "2019"]), 5, "fund_known");
    fails(&desk, &on("2019-01-05", &["fund", "open", "天使基金", "--year", "2019", "--kind", "angel"]), 3, "fund_decision");
    desk.json(&on("2019-01-05", &["fund", "open", "天使基金", "--year", "2019", "--kind", "angel", "--decision", "和人才〔2019〕8号"]));
    // A decision covers at most what it states.
    let paper = ["decision", "add", "--document-no", "内财〔2019〕9号", "--body", "财政局", "--day", "2019-01-02", "--limit", "100"];
    desk.json(&paper);
    let within = |amount: &'static str| {
        ["fund", "appropriate", &f, "--source", "state", "--amount", amount, "--decision", "内财〔2019〕9号"].map(str::to_owned)
    };
    let run = |a: [String; 9]| desk.run(&on("2019-01-12", &a.iter().map(String::as_str).collect::<Vec<_>>())).0;
    assert_eq!((run(within("60")), run(within("40.01")), run(within("40"))), (0, 3, 0));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_year_ends_by_acts_and_the_treasury_gets_its_rest_back() {
    let (desk, f) = office();
    appropriate(&desk, &f, "state", "100", &[]);
    appropriate(&desk, &f, "firm", "30.30", &[]);
    fails(&desk, &on("2019-12-31", &["fund", "close", &f]), 3, "year_running");
    // The date alone changes nothing.
    let over = desk.json(&["fund", "show", &f, "--as-of", "2020-06-01"]);
    assert_eq!((&over["year_over"], &over["total"]["free"], &over["status"]), (&true.into(), &"130.30".into(), &"open".into()));
    let carry = ["fund", "carry", &f, "--to-year", "2020", "--decision", "内财〔2020〕1号"];
    fails(&desk, &on("2020-01-05", &carry), 4, "no_fund_year");
    fails(&desk, &on("2020-01-05", &["fund", "carry", &f, "--to-year", "2019", "--decision", "X"]), 2, "carry_back");
    let next = no(&desk.json(&on("2020-01-05", &["fund", "open", "人才发展引导基金", "--year", "2020"])));
    let closed = desk.json(&on("2020-01-06", &["fund", "close", &f]));
    assert_eq!(
        (&closed["status"], &closed["returned_now"], &closed["total"]["free"]),
        (&"closed".into(), &"100.00".into(), &"30.30".into())
    );
    fails(&desk, &on("2020-01-07", &["fund", "close", &f]), 5, "fund_closed_already");
    let late = ["fund", "appropriate", &f, "--source", "state", "--amount", "1", "--decision", "X"];
    fails(&desk, &on("2019-06-01", &late), 3, "fund_closed");
    // What is not the treasury's goes on, also behind the close; dated before it, it is refused.
    fails(&desk, &on("2020-01-05", &carry), 3, "before_last_step");
    assert_eq!(desk.json(&on("2020-01-08", &carry))["carried_over"], "30.30");
    fails(&desk, &on("2020-01-09", &carry), 5, "nothing_to_carry");
    let there = desk.json(&["fund", "show", &next]);
    assert_eq!(
        (&there["lines"][0]["carried"], &there["lines"][0]["free"], &there["lines"][0]["source"]),
        (&"30.30".into(), &"30.30".into(), &"firm".into())
    );
    assert_eq!(desk.json(&["fund", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
}

#[test]
fn the_ledger_is_plain_text_accounting() {
    let (desk, f) = office();
    appropriate(&desk, &f, "state", "1000000", &["--purpose", "settlement"]);
    appropriate(&desk, &f, "donation", "5000.50", &["--earmark", "青年（博士）: 安家"]);
    let (code, text, _) = desk.run(&["fund", "ledger", &f, "--format", "journal"]);
    assert_eq!(code, 0);
    for part in [
        "commodity CNY",
        &format!("account fund:{f}:state:settlement:free\n"),
        &format!("    fund:{f}:state:settlement:free  CNY 1000000.00\n"),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Each movement sums to nothing.
    let rows = desk.json(&["fund", "ledger", &f]);
    let fen = |r: &Value| r["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    for journal in [1, 2] {
        assert_eq!(rows.as_array().unwrap().iter().filter(|r| r["journal"] == journal).map(fen).sum::<i64>(), 0);
    }
    assert_eq!(desk.run(&["fund", "list", "--format", "journal"]).0, 2);
    // Where hledger is at hand, it agrees.
    if Command::new("hledger").arg("--version").output().is_ok_and(|o| o.status.success()) {
        let path = desk.path("f.journal");
        std::fs::write(&path, text).unwrap();
        let hledger = |args: &[&str]| {
            let out = Command::new("hledger").env("LANG", "C.UTF-8").arg("-f").arg(&path).args(args).output().unwrap();
            (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
        };
        let (accepted, said) = hledger(&["check", "--strict"]);
        assert!(accepted, "{said}");
        assert!(hledger(&["bal", "fund:", "-N", "--depth", "1"]).1.contains("1005000.50"));
    }
}

#[test]
fn the_bank_is_compared_now_and_ever_after() {
    let (desk, f) = office();
    appropriate(&desk, &f, "state", "100", &[]);
    let said = desk.json(&on("2019-02-01", &["fund", "assert", &f, "--amount", "100"]));
    assert_eq!((&said["status"], &said["difference"]), (&"agrees".into(), &"0.00".into()));
    let (code, out, _) = desk.run(&on("2019-02-02", &["fund", "assert", &f, "--amount", "99.99", "--json"]));
    assert_eq!((code, &serde_json::from_str::<Value>(&out).unwrap()["difference"]), (1, &"-0.01".into()));
    fails(&desk, &on("2019-02-02", &["fund", "assert", &f, "--amount", "-1"]), 65, "bad_amount");
    let findings = || desk.json(&["doctor", "--only", "ledger"])["findings"].as_array().unwrap().len();
    assert_eq!(findings(), 1, "the bank differs on one day");
    // Money entered late for a day that the bank had confirmed: both days differ now.
    appropriate(&desk, &f, "firm", "7", &[]);
    assert_eq!(findings(), 2);
    let status = |day: &str| {
        desk.json(&["status", "--as-of", day])["due"].as_array().unwrap().iter().any(|d| d["kind"] == "bank" && d["no"] == f.as_str())
    };
    assert!(status("2019-03-05") && !status("2019-02-02"));
}

#[test]
fn an_investment_is_a_register_entry() {
    let (desk, f) = office();
    desk.run(&["org", "add", "--name", "甲公司"]);
    let v = desk.json(&on("2019-05-01", &["fund", "invest", &f, "--org", "甲公司", "--amount", "200000", "--outcome", "参股 5%"]));
    assert_eq!((&v["investments"][0]["org"], &v["investments"][0]["amount"]), (&"甲公司".into(), &"200000.00".into()));
    assert_eq!(v["total"]["paid"], "0.00", "no posting");
    assert_eq!(desk.json(&["fund", "show", &f, "--as-of", "2019-04-30"])["investments"], json!([]));
}

#[test]
fn balances_changed_by_other_hands_are_found() {
    let (desk, f) = office();
    appropriate(&desk, &f, "state", "100", &[]);
    let conn = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    conn.execute("UPDATE fund_balance SET free_fen = 20000", []).unwrap();
    drop(conn);
    assert_eq!(desk.run(&["audit", "verify"]).0, 1);
    let (code, out, _) = desk.run(&["doctor", "--only", "ledger", "--json"]);
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()["findings"].as_array().unwrap().len()), (1, 1));
    assert!(f.starts_with("FD"));
}

#[test]
fn no_line_holds_more_than_its_sums_can_bear() {
    let desk = Desk::new();
    let f = no(&desk.json(&on("2019-01-05", &["fund", "open", "人才发展引导基金", "--year", "2019"])));
    let args = |amount| ["fund", "appropriate", &f, "--source", "state", "--amount", amount, "--decision", "X"].map(str::to_owned);
    let most = args("10000000000000");
    desk.json(&on("2019-01-11", &most.each_ref().map(String::as_str)));
    let one = args("0.01");
    fails(&desk, &on("2019-01-11", &one.each_ref().map(String::as_str)), 65, "amount_range");
}
