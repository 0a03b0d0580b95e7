//! Money at its edges: at the end of a year, while it is at the bank, when a benefit is broken off; what waits for money and in which order it is
//! served; and what was known on an earlier day.

mod it;

use it::{Desk, GRANT, fails, no, on, recognised, resident_id};
use serde_json::{Value, json};

/// An office whose benefits are confirmed, with a fund of 2019.
struct House {
    desk: Desk,
    /// A card holder of class B.
    p: String,
    fund: String,
}

impl House {
    fn new(yuan: &str) -> House {
        let (desk, p) = recognised("2023-02-28");
        desk.json(&on("2019-06-10", &["card", "issue", &p]));
        desk.json(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕5号"]);
        let mut house = House { desk, p, fund: String::new() };
        house.fund = house.fund_of("2019", yuan);
        house
    }

    /// Runs words on a day of the past.
    fn act(&self, day: &str, words: &str) -> Value {
        let words: Vec<&str> = words.split(' ').collect();
        self.desk.json(&on(day, &words))
    }

    fn refused(&self, day: &str, words: &str, code: i32, why: &str) -> Value {
        let words: Vec<&str> = words.split(' ').collect();
        fails(&self.desk, &on(day, &words), code, why)
    }

    /// A fund of a year with so much of the treasury's money for whatever purpose.
    fn fund_of(&self, year: &str, yuan: &str) -> String {
        let day = format!("{year}-01-05");
        let f = no(&self.act(&day, &format!("fund open 人才发展引导基金 --year {year}")));
        self.act(&day, &format!("fund appropriate {f} --source state --amount {yuan} --decision 内财〔{year}〕1号"));
        f
    }

    /// Another card holder of class B.
    fn holder(&self, name: &str, serial: usize) -> String {
        let work = ["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01", "--contract-end", "2023-02-28"];
        let p = no(&self.desk.add(name, &resident_id(serial), &work));
        self.desk.json(&[&["recognition", "grant", &p, "--from-date", "2019-06-01"], &GRANT[..]].concat());
        self.desk.json(&on("2019-06-10", &["card", "issue", &p]));
        p
    }

    fn master(&self, p: &str) {
        self.desk.json(&["talent", "edit", p, "--degree", "master", "--from-date", "2019-03-01", "--correct", "--reason", "漏填"]);
    }

    /// The number of what is granted.
    fn grant(&self, day: &str, p: &str, scheme: &str, more: &str) -> String {
        no(&self.act(day, &granting(p, scheme, more)))
    }

    fn accounts(&self, payees: &[&str]) -> String {
        let rows: String = payees.iter().zip(1..).map(|(p, n)| format!("{p},62220000111122{n:02}\n")).collect();
        std::fs::write(self.desk.path("accounts.csv"), format!("no,account\n{rows}")).unwrap();
        self.desk.path("accounts.csv").to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str) -> String {
        self.desk.path(name).to_str().unwrap().to_owned()
    }

    fn paying(&self, what: &str, payees: &[&str], file: &str) -> String {
        format!("subsidy pay {what} --accounts {} --out {} --yes --actor wang", self.accounts(payees), self.file(file))
    }

    /// Pays what is due to the first card holder: the batch.
    fn pay(&self, day: &str, file: &str) -> String {
        no(&self.act(day, &self.paying("--due", &[&self.p], file)))
    }

    /// The bank's return of a file: what it says of each line.
    fn returned(&self, file: &str, says: &[&str]) -> String {
        let sent = std::fs::read_to_string(self.desk.path(file)).unwrap();
        let mut lines = sent.lines();
        let mut text = format!("{},result,paid,reason\n", lines.next().unwrap());
        for (line, said) in lines.zip(says) {
            text += &format!("{line},{said}\n");
        }
        std::fs::write(self.desk.path("return.csv"), text).unwrap();
        self.file("return.csv")
    }

    fn confirm(&self, day: &str, file: &str, says: &[&str]) -> Value {
        self.act(day, &format!("subsidy confirm {}", self.returned(file, says)))
    }

    /// Sums of a fund that are not nothing.
    fn sums(&self, fund: &str) -> Value {
        let mut total = self.desk.json(&["fund", "show", fund])["total"].clone();
        total.as_object_mut().unwrap().retain(|_, v| v != "0.00");
        total
    }

    /// What is due on a day: amount, and why it is held.
    fn due(&self, day: &str) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let rows = self.desk.json(&["subsidy", "due", "--as-of", day]);
        rows.as_array().unwrap().iter().map(|r| (text(&r["amount"]), text(&r["why"]))).collect()
    }

    /// Nothing is amiss in the ledger and in the log.
    fn sound(&self) {
        assert_eq!(self.desk.json(&["doctor", "--only", "ledger"])["findings"], json!([]));
        assert_eq!(self.desk.run(&["audit", "verify"]).0, 0);
    }
}

fn granting(p: &str, scheme: &str, more: &str) -> String {
    format!("subsidy grant {p} --scheme {scheme} --decision 和人才〔2019〕6号 --actor li {more}").trim_end().to_owned()
}

fn some(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn a_fund_is_closed_when_the_bank_has_answered_and_what_comes_back_later_is_the_treasurys() {
    let h = House::new("1000000");
    let s = h.grant("2019-12-20", &h.p, "settlement", "");
    h.pay("2019-12-28", "bank.csv");
    h.fund_of("2020", "1");
    let told = h.refused("2020-01-05", &format!("fund close {}", h.fund), 5, "on_its_way");
    assert_eq!(told["error"]["details"]["possible"], json!(["confirm"]));
    h.confirm("2020-01-06", "bank.csv", &["ok,,"]);
    assert_eq!(h.act("2020-01-07", &format!("fund close {}", h.fund))["returned_now"], "680000.00");
    h.act("2020-02-01", &format!("subsidy recover {s} --decision 和人才〔2020〕9号 --amount 20000"));
    assert_eq!(
        h.sums(&h.fund),
        json!({"appropriated": "1000000.00", "paid": "320000.00", "recovered": "20000.00", "returned": "700000.00"}),
        "nothing is free in a year that was closed"
    );
    h.sound();
}

#[test]
fn nothing_new_draws_on_a_year_that_is_over() {
    let h = House::new("1000000");
    let old = no(&h.act("2019-01-05", "fund open 旧基金 --year 2018"));
    h.act("2019-01-06", &format!("fund appropriate {old} --source firm --amount 1000000 --decision X"));
    h.refused("2019-07-01", &granting(&h.p, "settlement", &format!("--fund {old}")), 3, "fund_over");
    h.act("2019-02-01", &format!("fund close {old}"));
    h.refused("2019-07-01", &granting(&h.p, "settlement", &format!("--fund {old}")), 3, "fund_closed");
    // Dated before it was closed it is closed all the same.
    h.fund_of("2020", "1000");
    h.act("2020-01-05", &format!("fund close {}", h.fund));
    h.refused("2019-07-01", &granting(&h.p, "settlement", ""), 3, "no_open_fund");
    h.sound();
}

#[test]
fn a_resumption_counts_as_service_and_finds_its_own_fund() {
    let h = House::new("1000000");
    let s = h.grant("2019-07-01", &h.p, "settlement", "");
    h.pay("2019-07-02", "bank.csv");
    h.confirm("2019-07-03", "bank.csv", &["ok,,"]);
    // Where there are several funds it is the one that granted, unless another is named.
    let second = no(&h.act("2019-01-05", "fund open 第二基金 --year 2019"));
    h.act("2019-08-01", &format!("subsidy stop {s} --why 离岗"));
    let resumed = h.act("2019-08-05", &format!("subsidy resume {s}"));
    assert_eq!((&resumed["fund"]["no"], &resumed["balance"]), (&h.fund.as_str().into(), &"0.00".into()));
    h.act("2019-08-06", &format!("subsidy stop {s} --why 离岗"));
    h.act("2019-08-07", &format!("subsidy resume {s} --fund {second}"));
    // 24 of 36 months were served: what the stops broke off was taken up again.
    let shown = h.desk.json(&["subsidy", "show", &s, "--as-of", "2021-07-01"]);
    assert_eq!((&shown["owed"], &shown["formula"]), (&"106666.66".into(), &"320000.00 × (36 - 24) / 36".into()));
    h.act("2021-07-01", &format!("subsidy stop {s} --why 离岗"));
    assert_eq!(h.desk.json(&["subsidy", "show", &s, "--as-of", "2022-07-01"])["owed"], "106666.66", "from then on it stands still");
    h.sound();
}

#[test]
fn what_is_recovered_is_promised_no_more() {
    let h = House::new("1000000");
    let s = h.grant("2019-07-01", &h.p, "settlement", "");
    h.pay("2019-07-02", "bank.csv");
    h.confirm("2019-07-03", "bank.csv", &["ok,100000,余额不足"]);
    assert_eq!(h.sums(&h.fund)["reserved"], "220000.00");
    h.refused("2019-07-02", &format!("subsidy recover {s} --decision X"), 3, "before_last_step");
    let back = h.act("2019-07-10", &format!("subsidy recover {s} --decision 和人才〔2019〕9号"));
    assert_eq!((&back["recovered"], &back["balance"], &back["owed"]), (&"100000.00".into(), &"700000.00".into(), &"0.00".into()));
    assert_eq!(
        h.sums(&h.fund),
        json!({"appropriated": "1000000.00", "paid": "100000.00", "recovered": "100000.00", "free": "1000000.00"}),
        "what fell due and was not paid is free again"
    );
    let line = h.desk.json(&["subsidy", "show", &s])["timeline"].clone();
    let told: Vec<(&str, &str)> =
        line.as_array().unwrap().iter().map(|r| (r["what"].as_str().unwrap(), r["paid"].as_str().unwrap())).collect();
    assert_eq!(told, [("approved", "0.00"), ("sent", "320000.00"), ("partial", "100000.00"), ("recovered", "0.00")]);
    assert_eq!(h.due("2021-08-01"), some(&[]));
    h.sound();
}

#[test]
fn rent_that_came_back_is_not_taken_off_again() {
    let h = House::new("1000000");
    h.master(&h.p);
    let s = h.grant("2019-07-01", &h.p, "rent", "--amount 2400");
    h.pay("2019-10-01", "bank.csv");
    h.confirm("2019-10-02", "bank.csv", &["ok,,"]);
    let deduct = |day: &str| h.desk.json(&["subsidy", "explain", &h.p, "--scheme", "settlement", "--as-of", day])["deduct"].clone();
    assert_eq!(deduct("2019-10-05"), "2400.00");
    h.act("2019-10-06", &format!("subsidy recover {s} --decision 和人才〔2019〕9号 --amount 2000"));
    assert_eq!(deduct("2019-10-07"), "400.00");
}

#[test]
fn a_sum_of_months_is_one_of_whole_months() {
    let h = House::new("1000000");
    h.master(&h.p);
    let told = h.refused("2019-07-01", &granting(&h.p, "rent", "--amount 2500"), 3, "part_month");
    assert_eq!(told["error"]["details"]["rate"], "800.00");
    let told = h.refused("2019-07-01", &granting(&h.p, "rent", "--amount 20000"), 3, "above_rule");
    assert_eq!(told["error"]["details"]["most"], "19200.00");
    // Months run from behind those that were granted to the end of the contract: 20 of the 24 of a life.
    let end = ["talent", "edit", &h.p, "--contract-end", "2021-02-28", "--correct", "--reason", "改正", "--from-date", "2019-03-01"];
    h.desk.json(&end);
    assert_eq!(h.act("2019-07-01", &granting(&h.p, "rent", "--amount 2400"))["amount"], "2400.00");
    assert_eq!(h.act("2019-07-02", &granting(&h.p, "rent", ""))["amount"], "13600.00");
    let told = h.refused("2019-07-03", &granting(&h.p, "rent", ""), 3, "no_month");
    assert_eq!(told["error"]["details"]["months_left"], 4);
}

#[test]
fn a_resumption_gives_no_more_months_than_a_life_has_left() {
    let h = House::new("1000000");
    h.master(&h.p);
    let s = h.grant("2019-07-01", &h.p, "rent", "");
    h.act("2019-09-10", &format!("subsidy stop {s} --why 离岗"));
    // Two months were had; ten of the 22 others go to another grant, and the resumption has twelve.
    h.grant("2019-09-11", &h.p, "rent", "--amount 8000");
    let resumed = h.act("2019-09-12", &format!("subsidy resume {s}"));
    assert_eq!((&resumed["balance_months"], &resumed["balance"]), (&10.into(), &"8000.00".into()));
    assert_eq!(h.desk.json(&["subsidy", "explain", &h.p, "--scheme", "rent", "--as-of", "2019-09-12"])["months_left"], 0);
    h.act("2019-09-13", &format!("subsidy stop {s} --why 离岗"));
    h.grant("2019-09-14", &h.p, "rent", "");
    h.refused("2019-09-15", &format!("subsidy resume {s}"), 3, "no_month");
    h.sound();
}

#[test]
fn the_bank_says_one_thing_of_a_line_and_of_its_own_batch() {
    let h = House::new("1000000");
    h.master(&h.p);
    h.grant("2019-07-01", &h.p, "rent", "");
    let first = h.pay("2019-10-08", "one.csv");
    // Failed and yet paid, paid and yet nothing: a difference, and nothing is paid again on the strength of it.
    for says in ["failed,100,账户异常", "ok,0,"] {
        let back = h.returned("one.csv", &[says]);
        let (code, out, err) = h.desk.run(&on("2019-10-09", &["subsidy", "confirm", &back, "--json"]));
        let v: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &v["open"], v["differences"].as_array().unwrap().len()), (1, &1.into(), 1), "{says}: {err}");
        assert_ne!(v["differences"][0]["sent"], v["differences"][0]["returned"], "what differs is told");
    }
    assert_eq!(h.due("2019-10-10"), some(&[]));
    // The same payee, account and amount stand in the next quarter's batch: its return is not this one's.
    h.fund_of("2020", "100000");
    h.act("2020-01-10", &h.paying("--due", &[&h.p], "two.csv"));
    let other = h.returned("two.csv", &["ok,,"]);
    h.refused("2020-01-11", &format!("subsidy confirm {other} --batch {first}"), 65, "unknown_line");
    assert_eq!(h.act("2020-01-11", &format!("subsidy confirm {other}"))["settled"], 1);
    assert_eq!(h.desk.json(&["subsidy", "batch", &first])["status"], "open");
    h.sound();
}

#[test]
fn whoever_waits_for_money_is_served_in_the_order_of_approval() {
    let h = House::new("2000000");
    let (q, r) = (h.holder("李四", 2), h.holder("王五", 3));
    h.master(&q);
    h.grant("2019-07-01", &q, "rent", "");
    let (s, t) = (h.grant("2019-07-02", &h.p, "settlement", ""), h.grant("2019-07-03", &r, "settlement", ""));
    // Money of another kind of fund is not for them.
    let angel = no(&h.act("2020-01-02", "fund open 天使基金 --year 2020 --kind angel --decision X"));
    let v = h.act("2020-01-02", &format!("fund appropriate {angel} --source angel --amount 1000000 --decision X"));
    assert_eq!((&v["reserved_waiting"], &v["total"]["free"]), (&Value::Null, &"1000000.00".into()));
    // Rent waits for money of its own, and keeps nobody from money that it can't have.
    let next = no(&h.act("2020-01-03", "fund open 人才发展引导基金 --year 2020"));
    let v = h.act("2020-01-03", &format!("fund appropriate {next} --source state --purpose settlement --amount 300000 --decision X"));
    assert_eq!((&v["reserved_waiting"], &v["total"]["free"]), (&1.into(), &"60000.00".into()));
    // What is freed goes to who waits, before anybody else can have it.
    h.act("2020-02-01", &format!("subsidy stop {s} --why 离岗"));
    let state = |s: &str| h.desk.json(&["subsidy", "show", s])["instalments"][1]["state"].clone();
    assert_eq!((state(&t), h.sums(&next)["free"].clone()), ("reserved".into(), "60000.00".into()));
    // What is handed on from last year serves them too.
    let v = h.act("2020-02-02", &format!("fund carry {} --to-year 2020 --all --decision X", h.fund));
    assert!(v["reserved_waiting"].as_u64().unwrap() >= 4, "{v}");
    h.sound();
}

#[test]
fn a_benefit_that_is_named_is_not_left_out_in_silence() {
    let h = House::new("1000000");
    let q = h.holder("李四", 2);
    let (s, t) = (h.grant("2019-07-01", &h.p, "settlement", ""), h.grant("2019-07-01", &q, "settlement", ""));
    let pay = |day: &str, what: &str| h.act(day, &h.paying(what, &[&h.p, &q], "bank.csv"));
    pay("2019-07-02", &s);
    let told = h.refused("2019-07-03", &h.paying(&format!("{s} {t}"), &[&h.p, &q], "bank.csv"), 5, "nothing_due_of");
    assert!(told["error"]["message"].as_str().unwrap().contains(&s));
    // Numbers in the file of accounts are read as everywhere: case, blanks and hyphens do not matter.
    let loose = format!("{}-{}", q[..4].to_lowercase(), &q[4..]);
    assert_eq!(h.act("2019-07-03", &h.paying(&t, &[&loose], "bank.csv"))["count"], 1);
    // All that was sent is not paid before the bank says so.
    h.grant("2019-07-04", &h.p, "honour_award", "--amount 1000");
    h.act("2019-07-05", &h.paying("--due", &[&h.p], "award.csv"));
    let status = || h.desk.json(&["subsidy", "list", "--where", "scheme=honour_award"])[0]["status"].clone();
    assert_eq!(status(), "paying");
    h.confirm("2019-07-06", "award.csv", &["ok,,"]);
    assert_eq!(status(), "paid");
}

#[test]
fn a_batch_whose_file_can_not_be_written_is_named() {
    let h = House::new("1000000");
    h.grant("2019-07-01", &h.p, "settlement", "");
    // Where it can be told beforehand, nothing is entered.
    h.refused("2019-07-02", &h.paying("--due", &[&h.p], "nowhere/bank.csv"), 73, "no_folder");
    h.refused("2019-07-02", &format!("{} --dry-run", h.paying("--due", &[&h.p], "nowhere/bank.csv")), 73, "no_folder");
    assert_eq!(h.desk.json(&["subsidy", "batches"]), json!([]));
    // A disk that fills up: the file would be larger than any file may be.
    let long = "长".repeat(2_400_000);
    let accounts = h.desk.path("long.csv");
    std::fs::write(&accounts, format!("no,account,bank\n{},6222000011112222,{long}\n", h.p)).unwrap();
    let office = h.desk.path("office.db");
    let line = format!(
        "trap '' XFSZ; ulimit -f 12000; exec '{}' --db '{}' subsidy pay --due --accounts '{}' --out '{}' --yes --actor wang \
         --date 2019-07-02 --reason x --lang en --json",
        env!("CARGO_BIN_EXE_rencai"),
        office.display(),
        accounts.display(),
        h.desk.path("bank.csv").display()
    );
    let out = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    let told = String::from_utf8(out.stderr).unwrap();
    let batch = no(&h.desk.json(&["subsidy", "batches"])[0]);
    assert_eq!(out.status.code(), Some(74), "{told}");
    assert!(it::reason(&told) == "batch_unwritten" && told.contains(&format!("subsidy pay --batch {batch}")), "{told}");
    assert!(!h.desk.path("bank.csv").exists());
    // The same file comes about later.
    h.desk.json(&["subsidy", "pay", "--batch", &batch, "--accounts", accounts.to_str().unwrap(), "--out", &h.file("bank.csv")]);
    assert_eq!(h.due("2019-07-03"), some(&[]));
}

#[test]
fn an_earlier_day_knows_nothing_of_a_later_payment() {
    let h = House::new("1000000");
    let s = h.grant("2019-07-01", &h.p, "settlement", "");
    h.pay("2019-09-05", "bank.csv");
    h.confirm("2019-09-20", "bank.csv", &["ok,100000,余额不足"]);
    let owed = |day: &str| h.desk.json(&["subsidy", "arrears", "--as-of", day])["amount"].clone();
    assert_eq!(h.due("2019-09-04"), some(&[("320000.00", "")]));
    assert_eq!((h.due("2019-09-10"), owed("2019-09-10")), (some(&[]), "0.00".into()), "it was on its way");
    assert_eq!((owed("2019-08-01"), owed("2019-09-19"), owed("2019-09-20")), ("320000.00".into(), "0.00".into(), "220000.00".into()));
    // What is paid next rests on all that is known, whatever its day.
    h.act("2019-09-21", &h.paying(&s, &[&h.p], "rest.csv"));
    h.refused("2019-09-04", &h.paying("--due", &[&h.p], "again.csv"), 5, "nothing_due");
    // Part for part what was sent and what came back stands beside what the payee has.
    h.confirm("2019-09-22", "rest.csv", &["failed,,退票"]);
    let line = h.desk.json(&["subsidy", "show", &s, "--as-of", "2019-10-01"])["timeline"].clone();
    let paid: Vec<&str> = line.as_array().unwrap().iter().filter_map(|r| r["paid"].as_str()).collect();
    assert_eq!(paid, ["0.00", "320000.00", "100000.00", "320000.00", "100000.00"]);
    h.sound();
}

#[test]
fn an_objection_upheld_ends_an_application_and_one_that_waits_is_explained() {
    let h = House::new("1000000");
    let s = no(&h.act("2019-07-01", &format!("subsidy apply {} --scheme settlement", h.p)));
    let both = h.desk.json(&["subsidy", "explain", &s, "--as-of", "2019-07-01"]);
    assert_eq!((&both["then"], &both["now"]["eligible"], &both["amount"]), (&Value::Null, &true.into(), &"800000.00".into()));
    for stage in ["employer", "accept", "joint"] {
        h.act("2019-07-02", &format!("subsidy review {s} --stage {stage} --actor qian"));
    }
    h.act("2019-07-03", &format!("subsidy publicise {s}"));
    h.act("2019-07-04", &format!("subsidy object {s} --by 某人 --ground 合同不实"));
    h.act("2019-07-05", &format!("subsidy object {s} --settle upheld"));
    // What ends it behind the joint review is the reviewer's too.
    h.refused("2019-07-06", &format!("subsidy review {s} --stage employer --refuse 异议成立"), 5, "wrong_state");
    let ended = h.act("2019-07-06", &format!("subsidy review {s} --stage joint --refuse 异议成立"));
    assert_eq!((&ended["status"], &ended["next"]), (&"rejected".into(), &json!([])));
    assert_ne!(no(&h.act("2019-07-07", &format!("subsidy apply {} --scheme settlement", h.p))), s, "it can be asked for anew");
}

#[test]
fn a_chinese_clerk_reads_no_codes() {
    let h = House::new("1000000");
    let s = h.grant("2019-07-01", &h.p, "settlement", "");
    let zh = |words: &str| {
        let (_, out, err) = h.desk.run(&[&words.split(' ').collect::<Vec<_>>()[..], &["--lang", "zh"]].concat());
        out + &err
    };
    let holds = |words: &str, parts: &[&str], not: &[&str]| {
        let text = zh(words);
        parts.iter().for_each(|p| assert!(text.contains(p), "{words}: {p} is missing\n{text}"));
        not.iter().for_each(|p| assert!(!text.contains(p), "{words}: {p}\n{text}"));
    };
    holds("subsidy arrears --as-of 2019-07-02", &["资金来源", "财政"], &["出自操作号", "state"]);
    holds("subsidy schemes", &["形式"], &["格式"]);
    holds(&format!("subsidy show {s}"), &["财政", "不限待遇", "金卡", "按未满服务月数追回"], &["talent", "gold", "pro_rata", "rigid"]);
    holds(&format!("fund show {}", h.fund), &["财政", "不限待遇"], &["state"]);
    holds(&format!("subsidy grant {} --scheme settlement --decision X --date 2019-07-02 --reason x", h.p), &["安家补贴 settlement"], &[]);
    let shipped = h.desk.run(&["policy", "show", "benefits"]).1;
    std::fs::write(h.desk.path("b.toml"), shipped.replace(", E = 100000 }", " }")).unwrap();
    holds(&format!("policy check {}", h.file("b.toml")), &["缺项或多余", "行=47", "有误之处"], &["产业线"]);
}

#[test]
fn who_reviewed_or_approved_does_not_pay() {
    let h = House::new("1000000");
    let s = no(&h.act("2019-07-01", &format!("subsidy apply {} --scheme settlement --actor zhao", h.p)));
    for (stage, who) in [("employer", "zhao"), ("accept", "zhao"), ("joint", "qian")] {
        h.act("2019-07-02", &format!("subsidy review {s} --stage {stage} --actor {who}"));
    }
    h.act("2019-07-03", &format!("subsidy publicise {s} --actor zhao"));
    // Years later by the clock too: the act itself, told what day it is.
    let mut conn = rencai::db::open::open_write(&h.desk.path("office.db")).unwrap();
    let day = |t: &str| rencai::base::day::Day::parse_iso(t).unwrap();
    let act = rencai::db::write::Act {
        command: "subsidy.approve",
        params: serde_json::Map::new(),
        day: day("2019-07-15"),
        reason: Some("补录".into()),
        actor: Some("sun".into()),
        os_user: "sun".into(),
        now_ms: 1,
        dry_run: false,
        undoes: None,
    };
    rencai::db::write::write(&mut conn, &act, |tx| {
        let r = rencai::subsidy::store::resolve_request(tx.conn(), &s)?;
        rencai::subsidy::way::approve(
            tx,
            &r,
            "和人才〔2019〕6号",
            None,
            day("2099-01-01"),
            &mut rencai::subsidy::draw::Committed::default(),
        )
    })
    .unwrap();
    drop(conn);
    let pays = |who: &str| h.paying("--due", &[&h.p], "bank.csv").replace("wang", who);
    for who in ["qian", "sun"] {
        h.refused("2019-07-16", &pays(who), 77, "two_persons");
    }
    assert_eq!(h.act("2019-07-16", &pays("wang"))["count"], 1);
}

#[test]
fn titles_may_stand_above_the_header_of_a_bank_file() {
    let h = House::new("1000000");
    h.grant("2019-07-01", &h.p, "honour_award", "--amount 1000");
    let pay = |text: &str| {
        std::fs::write(h.desk.path("titled.csv"), text).unwrap();
        format!("subsidy pay --due --accounts {} --out {} --yes --actor wang", h.file("titled.csv"), h.file("bank.csv"))
    };
    let told = h.refused("2019-07-02", &pay(&format!("账号表,\n\n编号,帐户\n{},6222000011112222\n", h.p)), 65, "bank_column");
    assert_eq!(told["error"]["details"]["column"], "account", "the row that comes nearest to a header");
    h.refused("2019-07-02", &pay(&format!("{}编号,账号\n{},6222000011112222\n", "说明,\n".repeat(10), h.p)), 65, "bank_column");
    let told = h.refused("2019-07-02", &pay(&format!("账号表,\n\n编号,账号\n{},6222\n", h.p)), 65, "bad_account");
    assert_eq!(told["error"]["details"]["row"], 4, "rows are counted as a spreadsheet shows them");
    h.act("2019-07-02", &pay(&format!("账号表,\n\n编号,账号\n{},6222000011112222\n", h.p)));
    let back = std::fs::read_to_string(h.returned("bank.csv", &["成功,,"])).unwrap();
    std::fs::write(h.desk.path("return.csv"), format!("某行代发回单,,,\n{}", back.replace("result", "结果"))).unwrap();
    assert_eq!(h.act("2019-07-03", &format!("subsidy confirm {}", h.file("return.csv")))["settled"], 1);
}

#[test]
fn a_slip_in_what_others_pay_is_refused_and_a_lease_ends_once() {
    let h = House::new("1000");
    let record = |period: &str| format!("subsidy record {} --from-body 自治区人社厅 --benefit rent --amount 5 --period {period}", h.p);
    assert_eq!(h.act("2019-07-01", &record("2018-9..2019-2"))["period"], "2018-09..2019-02");
    for slip in ["2018-01..2999-12", "2018-02..2018-01", "2018-01", "18-01..18-02"] {
        h.refused("2019-07-01", &record(slip), 2, "bad_period");
    }
    // A month counts once, whoever says it how often.
    h.refused("2019-07-01", &record("2019-02..2019-05"), 5, "months_recorded");
    h.act("2019-07-01", &record("2019-03..2019-05"));
    let q = h.holder("李四", 2);
    let flat = no(&h.act("2019-07-01", "housing add --address 人才公寓1-101"));
    h.act("2019-07-01", &format!("lease add --unit {flat} --person {q} --until 2020-06-30"));
    assert!(h.act("2019-12-31", &format!("lease end {flat} --why 购房"))["op"].is_i64());
    assert_eq!(h.act("2019-12-31", &format!("lease end {flat}"))["op"], Value::Null, "it ended that day already");
    assert!(h.act("2019-12-31", &format!("lease end {flat} --why 离岗"))["op"].is_i64());
}
