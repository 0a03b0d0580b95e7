//! Honours: the zone's own with its notice, reward, seat and certificate; those of other bodies; the expert pool; leaders and their experts.

mod it;

use it::{Desk, fails, no, on, resident_id};
use rencai::base::day::Day;
use rencai::base::number;
use rencai::db::{open, write};
use rencai::honour::change::{self, Award};
use serde_json::{Value, json};

const DAY: &str = "2019-06-10";
const PAPER: &str = "和人才〔2019〕9号";

/// An office with two talents who work here: desk and their numbers.
fn office() -> (Desk, [String; 2]) {
    let desk = Desk::on(DAY);
    let add = |name, n| {
        no(&desk.add(name, &resident_id(n), &["--corps", "leading", "--mode", "rigid", "--start-date", "2018-03-01", "--title", "正高级"]))
    };
    let people = [add("张功勋", 1), add("李贡献", 2)];
    (desk, people)
}

/// The same with benefits confirmed and a fund of 2019 with so much money; its number too.
fn funded(yuan: &str) -> (Desk, [String; 2], String) {
    let (desk, people) = office();
    assert_eq!(desk.run(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕5号"]).0, 0);
    let fund = no(&desk.json(&["fund", "open", "人才发展引导基金", "--year", "2019", "--date", "2019-01-05"]));
    desk.json(&[
        "fund",
        "appropriate",
        &fund,
        "--source",
        "state",
        "--amount",
        yuan,
        "--decision",
        "内财〔2019〕1号",
        "--date",
        "2019-01-10",
    ]);
    (desk, people, fund)
}

fn free(desk: &Desk, fund: &str) -> Value {
    desk.json(&["fund", "show", fund, "--as-of", "2019-12-31"])["lines"][0]["free"].clone()
}

#[test]
fn one_act_makes_the_honour_the_reward_and_the_seat() {
    let (desk, [a, b], fund) = funded("300000");
    let trial = desk.json(&["honour", "award", &a, "--decision", PAPER, "--field", "大数据", "--dry-run"]);
    assert_eq!((&trial["no"], &trial["status"]), (&Value::Null, &"awarded".into()));
    let h = desk.json(&["honour", "award", &a, "--decision", PAPER, "--field", "大数据；人工智能"]);
    assert_eq!((&h["status"], &h["person_no"], &h["awarded"]), (&"awarded".into(), &a.as_str().into(), &DAY.into()));
    assert_eq!(
        (&h["title"], &h["outside"], &h["decision"]["document_no"]),
        (&"内蒙古和林格尔新区创新创业功勋".into(), &false.into(), &PAPER.into())
    );
    assert_eq!((&h["reward"]["amount"], &h["reward"]["paid"], &h["seat"]["from"]), (&"200000.00".into(), &"0.00".into(), &DAY.into()));
    let reward = desk.json(&["subsidy", "show", h["reward"]["no"].as_str().unwrap()]);
    assert_eq!((&reward["scheme"], &reward["instalments"][0]["due"]), (&"honour_award".into(), &DAY.into()));
    assert_eq!(free(&desk, &fund), "100000.00");
    let expert = desk.json(&["expert", "show", &a]);
    assert_eq!(
        (&expert["status"], &expert["fields"], &expert["honours"][0]),
        (&"in_pool".into(), &json!(["大数据", "人工智能"]), &h["no"])
    );
    let log = desk.json(&["audit", "log", "--op", &h["op"].to_string()]);
    assert_eq!((log.as_array().unwrap().len(), &log[0]["command"]), (1, &"honour.award".into()));
    fails(&desk, &["undo", &h["op"].to_string()], 3, "promised");
    fails(&desk, &["honour", "advance", &no(&h), "--to", "revoked"], 2, "revoke_verb");
    // Held once; and what the fund has not, nobody is honoured with: nothing of the three is made.
    assert_eq!(fails(&desk, &["honour", "award", &a, "--decision", PAPER], 5, "honour_held")["error"]["details"]["no"], h["no"]);
    fails(&desk, &["honour", "award", &b, "--decision", PAPER], 3, "no_free_money");
    assert_eq!(
        (desk.json(&["honour", "list"]).as_array().unwrap().len(), desk.json(&["expert", "list"]).as_array().unwrap().len()),
        (1, 1)
    );
    // More than the rule gives is refused, less is what the decision says.
    fails(&desk, &["honour", "award", &b, "--decision", PAPER, "--amount", "200000.01"], 3, "above_rule");
    assert_eq!(desk.json(&["honour", "award", &b, "--decision", PAPER, "--amount", "80000"])["reward"]["amount"], "80000.00");
    assert_eq!(desk.json(&["honour", "list", "--where", "status=awarded outside=no"]).as_array().unwrap().len(), 2);
    assert_eq!((desk.run(&["audit", "verify"]).0, desk.run(&["doctor"]).0), (0, 0));
}

#[test]
fn an_honour_without_money_needs_no_scheme_and_a_decision_covers_its_persons() {
    let (desk, [a, b]) = office();
    fails(&desk, &["honour", "award", &a, "--decision", PAPER], 78, "unconfirmed");
    assert_eq!(desk.json(&["honour", "list"]), json!([]), "the whole act is refused");
    desk.json(&["decision", "add", "--document-no", PAPER, "--body", "党工委", "--day", DAY, "--persons", "1"]);
    let h = desk.json(&["honour", "award", &a, "--decision", PAPER, "--without-reward"]);
    assert_eq!((&h["status"], &h["reward"], &h["seat"]["until"]), (&"awarded".into(), &Value::Null, &Value::Null));
    fails(&desk, &["honour", "award", &b, "--decision", PAPER, "--without-reward"], 3, "decision_persons");
    assert_eq!(desk.run(&["honour", "award", &b, "--decision", PAPER, "--without-reward", "--amount", "5"]).0, 2);
    desk.json(&["talent", "leave", &b, "--why", "resigned", "--date", "2019-06-09"]);
    let told = fails(&desk, &["honour", "nominate", &b], 3, "no_nominee");
    assert_eq!(told["error"]["details"]["clause"], "五（二）4");
    fails(&desk, &["honour", "show", &number::format("H", 9)], 4, "no_honour");
}

#[test]
fn the_long_way_stands_in_public_for_its_working_days() {
    let (desk, [a, b], _) = funded("500000");
    let h = no(&desk.json(&["honour", "nominate", &a, "--actor", "zhao"]));
    fails(&desk, &["honour", "nominate", &a], 5, "honour_open");
    fails(&desk, &["honour", "award", &a, "--decision", PAPER], 5, "honour_open");
    fails(&desk, &["honour", "award", &h, "--decision", PAPER], 5, "wrong_state");
    let told = fails(&desk, &["honour", "advance", &h, "--to", "publicised"], 5, "wrong_state");
    assert_eq!(told["error"]["details"]["possible"], json!(["reviewed", "not_awarded"]));
    desk.json(&["honour", "advance", &h, "--to", "reviewed", "--note", "专家组同意", "--actor", "qian"]);
    let up = desk.json(&["honour", "advance", &h, "--to", "publicised", "--place", "新区门户网站", "--actor", "zhao"]);
    // Five working days: 17 June 2019 is the last.
    assert_eq!((&up["status"], &up["notice"]["from"], &up["notice"]["until"]), (&"publicised".into(), &DAY.into(), &"2019-06-17".into()));
    fails(&desk, &["honour", "advance", &h, "--to", "awarded"], 2, "award_verb");
    let list = desk.json(&["honour", "notice", "--as-of", "2019-06-12"]);
    assert_eq!((&list[0]["no"], &list[0]["employer"]), (&h.as_str().into(), &"某研究院".into()));
    assert!(list[0]["id_number"].as_str().unwrap().contains('*'));
    assert_eq!(desk.json(&["honour", "notice", "--as-of", "2019-06-18"]), json!([]));
    let due = desk.json(&["status", "--as-of", "2019-06-12"])["due"].clone();
    assert!(due.as_array().unwrap().iter().any(|d| d["kind"] == "notice" && d["no"] == h.as_str() && d["due"] == "2019-06-17"), "{due}");
    let award = |day: &str, actor: &str| ["honour", "award", &h, "--decision", PAPER, "--date", day, "--actor", actor].map(str::to_owned);
    let refused = |args: [String; 9], code, why: &str| fails(&desk, &args.each_ref().map(String::as_str), code, why);
    refused(award("2019-06-17", "zhao"), 3, "notice_running");
    desk.json(&["honour", "object", &h, "--by", "某职工", "--ground", "业绩不实", "--date", "2019-06-14"]);
    refused(award("2019-06-18", "zhao"), 3, "notice_running");
    // The clock of the test runs on: only what was entered days ago is over.
    fails(&desk, &["honour", "advance", &h, "--to", "not_awarded", "--date", "2019-06-09"], 3, "before_last_step");
    let settled = desk.json(&["honour", "object", &h, "--settle", "dismissed", "--date", "2019-06-15"]);
    assert_eq!(settled["objections"][0]["outcome"], "dismissed");
    fails(&desk, &["honour", "object", &h, "--settle", "dismissed"], 5, "no_objection");
    // What was not granted ends here, and another may be nominated.
    let ended = desk.json(&["honour", "advance", &h, "--to", "not_awarded", "--note", "暂缓", "--date", "2019-06-18"]);
    assert_eq!((&ended["status"], &ended["next"]), (&"not_awarded".into(), &json!([])));
    let other = no(&desk.json(&["honour", "nominate", &b]));
    fails(&desk, &["honour", "object", &other, "--by", "某", "--ground", "某"], 3, "no_notice");
    assert_eq!(desk.json(&["honour", "show", &h])["steps"].as_array().unwrap().len(), 4);
    fails(&desk, &["honour", "advance", &other, "--to", "revoked"], 5, "wrong_state");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

/// The clock must have run on behind a notice: an office whose scheme asks for no day in public shows the rest of the way.
#[test]
fn whoever_reviewed_does_not_award() {
    let (desk, [a, b], _) = funded("500000");
    let shipped = desk.run(&["policy", "show", "benefits"]).1;
    let at = shipped.find("code = \"honour_award\"").unwrap();
    let own = format!("{}{}", &shipped[..at], shipped[at..].replacen("notice_days = 5", "notice_days = 0", 1));
    std::fs::write(desk.path("own.toml"), own).unwrap();
    assert_eq!(desk.run(&["policy", "load", desk.path("own.toml").to_str().unwrap()]).0, 0);
    let h = no(&desk.json(&["honour", "nominate", &a]));
    desk.json(&["honour", "advance", &h, "--to", "reviewed", "--actor", "qian"]);
    fails(&desk, &["honour", "advance", &h, "--to", "publicised"], 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "benefits", "--basis", "和人才〔2019〕8号"]).0, 0);
    desk.json(&["honour", "advance", &h, "--to", "publicised"]);
    fails(&desk, &["honour", "award", &h, "--decision", PAPER, "--date", "2019-06-11", "--actor", "qian"], 77, "two_persons");
    // The notice of that very day still runs by the clock.
    fails(&desk, &["honour", "award", &h, "--decision", PAPER, "--date", "2019-06-11", "--actor", "sun"], 3, "notice_running");
    let rows =
        fails(&desk, &["honour", "award", "--where", "status=publicised", "--decision", PAPER, "--date", "2019-06-11"], 3, "some_refused");
    assert_eq!(rows["error"]["details"]["refused"][0]["no"], h.as_str());
    // A month later: what the binary refuses today is done then.
    let mut conn = open::open_write(&desk.path("office.db")).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let later = write::Act {
        command: "honour.award",
        params: serde_json::Map::new(),
        day: Day::parse_iso("2019-06-11").unwrap(),
        reason: Some("补录".into()),
        actor: Some("sun".into()),
        os_user: "sun".into(),
        now_ms: i64::try_from(now.as_millis()).unwrap() + 30 * 86_400_000,
        dry_run: false,
        undoes: None,
    };
    let today = Day(i32::try_from(now.as_secs() / 86_400).unwrap() + 30);
    let id = number::parse("H", &h).unwrap();
    let how = Award { decision: PAPER, amount: None, fund: None, reward: true, fields: &[] };
    assert!(write::write(&mut conn, &later, |tx| change::award(tx, id, &how, today)).unwrap().op.is_some());
    drop(conn);
    let awarded = desk.json(&["honour", "show", &h, "--as-of", "2019-06-11"]);
    assert_eq!(
        (&awarded["status"], &awarded["reward"]["amount"], &awarded["awarded"]),
        (&"awarded".into(), &"200000.00".into(), &"2019-06-11".into())
    );
    let list = desk.path("list.csv");
    std::fs::write(&list, format!("姓名,证件号码\n李贡献,{}\n", resident_id(2))).unwrap();
    let made = desk.json(&["honour", "award", "--from", list.to_str().unwrap(), "--decision", PAPER]);
    assert_eq!((made.as_array().unwrap().len(), &made[0]["person_no"]), (1, &b.as_str().into()));
}

#[test]
fn a_revocation_undoes_all_of_it() {
    let (desk, [a, b], fund) = funded("500000");
    let unpaid = desk.json(&["honour", "award", &a, "--decision", PAPER]);
    let paid = desk.json(&["honour", "award", &b, "--decision", PAPER, "--actor", "li"]);
    assert_eq!(free(&desk, &fund), "100000.00");
    let revoke = |h: &Value, day: &str, more: &[&str]| {
        let args =
            ["honour", "revoke", h["no"].as_str().unwrap(), "--ground", "业绩造假", "--decision", "和人才〔2019〕30号", "--date", day];
        [&args[..], more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let args = |v: &[String]| v.iter().map(String::as_str).collect::<Vec<_>>().iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let refused = |v: &[String], code, why: &str| {
        let v = args(v);
        fails(&desk, &v.iter().map(String::as_str).collect::<Vec<_>>(), code, why)
    };
    let done = |v: &[String]| desk.json(&v.iter().map(String::as_str).collect::<Vec<_>>());
    refused(&revoke(&unpaid, "2019-08-01", &[]), 2, "needs_yes");
    refused(&revoke(&unpaid, "2019-06-09", &["--yes"]), 3, "before_last_step");
    // Not paid: the money is free again, due or not, and nothing can be resumed.
    let gone = done(&revoke(&unpaid, "2019-08-01", &["--yes"]));
    assert_eq!((&gone["status"], &gone["until"], &gone["seat"]["until"]), (&"revoked".into(), &"2019-07-31".into(), &"2019-07-31".into()));
    assert_eq!(
        (&gone["reward"]["status"], &gone["reward"]["paid"], &gone["reward"]["owed"]),
        (&"revoked".into(), &"0.00".into(), &"0.00".into())
    );
    assert_eq!(free(&desk, &fund), "300000.00");
    let s = gone["reward"]["no"].as_str().unwrap();
    assert_eq!(desk.json(&["subsidy", "due", "--as-of", "2019-08-02"]).as_array().unwrap().len(), 1, "the other's alone");
    fails(&desk, &["subsidy", "resume", s, "--date", "2019-08-02"], 5, "benefit_state");
    assert_eq!(desk.json(&["expert", "show", &a, "--as-of", "2019-08-02"])["status"], "ended");
    assert_eq!(desk.json(&["honour", "show", &no(&gone), "--as-of", "2019-07-31"])["status"], "awarded", "what was is told of its day");
    refused(&revoke(&unpaid, "2019-08-02", &["--yes"]), 5, "wrong_state");
    // On its way to the bank: the answer comes first. Paid: owed by the agreement, and recovered by an act of its own.
    std::fs::write(desk.path("accounts.csv"), format!("no,account,bank\n{b},6222000011112222333,某银行\n")).unwrap();
    let (accounts, out) = (desk.path("accounts.csv"), desk.path("bank.csv"));
    desk.json(&[
        "subsidy",
        "pay",
        "--due",
        "--accounts",
        accounts.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--yes",
        "--actor",
        "wang",
        "--date",
        "2019-08-05",
    ]);
    refused(&revoke(&paid, "2019-08-06", &["--yes"]), 5, "on_its_way");
    let sent = std::fs::read_to_string(&out).unwrap();
    let mut lines = sent.lines();
    let answer = format!("{},result,paid,reason\n{},ok,150000.00,账户限额\n", lines.next().unwrap(), lines.next().unwrap());
    std::fs::write(desk.path("return.csv"), answer).unwrap();
    let (code, _, err) = desk.run(&["subsidy", "confirm", desk.path("return.csv").to_str().unwrap(), "--date", "2019-08-07"]);
    assert_eq!(code, 0, "{err}");
    let gone = done(&revoke(&paid, "2019-08-08", &["--yes"]));
    assert_eq!((&gone["reward"]["paid"], &gone["reward"]["owed"]), (&"150000.00".into(), &"150000.00".into()));
    assert_eq!(free(&desk, &fund), "350000.00");
    assert_eq!(desk.json(&["subsidy", "due", "--as-of", "2019-12-31"]), json!([]));
    let s = gone["reward"]["no"].as_str().unwrap();
    let back = desk.json(&["subsidy", "recover", s, "--decision", "和人才〔2019〕31号", "--date", "2019-09-01"]);
    assert_eq!((&back["status"], &back["recovered"], &back["owed"]), (&"recovered".into(), &"150000.00".into(), &"0.00".into()));
    assert_eq!(free(&desk, &fund), "500000.00");
    assert_eq!((desk.run(&["audit", "verify"]).0, desk.run(&["doctor"]).0), (0, 0));
}

#[test]
fn an_honour_revoked_on_its_own_day_leaves_nothing_in_force() {
    let (desk, [a, _], _) = funded("300000");
    let h = no(&desk.json(&["honour", "award", &a, "--decision", PAPER]));
    let gone = desk.json(&["honour", "revoke", &h, "--ground", "误授", "--decision", PAPER, "--yes"]);
    assert_eq!((&gone["status"], &gone["seat"]), (&"revoked".into(), &Value::Null));
    assert_eq!(desk.json(&["expert", "list", "--where", "status=in_pool"]), json!([]));
    // Taken back in error, it can be given again.
    let again = desk.json(&["honour", "award", &a, "--decision", "和人才〔2019〕10号"]);
    assert_eq!((&again["status"], &again["reward"]["amount"]), (&"awarded".into(), &"200000.00".into()));
}

#[test]
fn a_certificate_names_its_holder_and_no_document() {
    let (desk, [a, b]) = office();
    let h = no(&desk.json(&["honour", "award", &a, "--decision", PAPER, "--without-reward"]));
    let other = no(&desk.json(&["honour", "nominate", &b]));
    let file = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    let (svg, html) = (file("c.svg"), file("c.html"));
    assert_eq!(desk.json(&["honour", "print", &h, "-o", &svg])["count"], 1);
    let text = std::fs::read_to_string(&svg).unwrap();
    for part in ["荣誉证书", "Certificate of Honour", "张功勋", &h, PAPER, "2019年6月10日", "内蒙古和林格尔新区创新创业功勋", "297mm"]
    {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains(&resident_id(1)));
    assert_eq!(desk.json(&["honour", "print", "--where", "status=awarded", "-o", &html])["form"], "html");
    assert!(std::fs::read_to_string(&html).unwrap().contains("A4 landscape"));
    fails(&desk, &["honour", "print", &h, "-o", "c.doc"], 2, "certificate_form");
    fails(&desk, &["honour", "print", &h, &other, "-o", &svg], 2, "one_certificate_svg");
    fails(&desk, &["honour", "print", &other, "-o", &svg], 5, "no_certificate");
    let trial = desk.json(&["honour", "print", &h, "-o", &file("trial.svg"), "--dry-run"]);
    assert!(trial["dry_run"] == true && !desk.path("trial.svg").exists());
    // Each print leaves the house, and the log says so.
    let log = desk.json(&["audit", "log"]);
    assert_eq!(log.as_array().unwrap().iter().filter(|o| o["command"] == "honour.print").count(), 2);
}

#[test]
fn what_other_bodies_award_is_followed_by_level() {
    let (desk, [a, b]) = office();
    assert_eq!(desk.run(&["honour", "nominate", &a, "--outside", "草原英才"]).0, 2, "the level is wanted");
    assert_eq!(desk.run(&["honour", "nominate", &a, "--outside", "草原英才", "--level", "zone"]).0, 2);
    std::fs::write(desk.path("form.pdf"), "form").unwrap();
    let paper = format!("application:{}", desk.path("form.pdf").display());
    let h = desk.json(&["honour", "nominate", &a, "--outside", "草原英才", "--level", "region", "--paper", &paper]);
    assert_eq!(
        (&h["status"], &h["title"], &h["level"], &h["outside"]),
        (&"prepared".into(), &"草原英才".into(), &"region".into(), &true.into())
    );
    let h = no(&h);
    assert_eq!(desk.json(&["file", "list", &h])[0]["as"], "application");
    fails(&desk, &["honour", "nominate", &a, "--outside", "草原英才", "--level", "region"], 5, "honour_open");
    desk.json(&["honour", "nominate", &a, "--outside", "青年拔尖", "--level", "nation"]);
    fails(&desk, &["honour", "advance", &h, "--to", "awarded"], 5, "wrong_state");
    fails(&desk, &["honour", "award", &h, "--decision", PAPER], 2, "outside_award");
    for (day, to) in [("2019-07-01", "sent"), ("2019-09-02", "shortlisted")] {
        assert_eq!(desk.json(&["honour", "advance", &h, "--to", to, "--date", day])["status"], to);
    }
    let won = desk.json(&["honour", "advance", &h, "--to", "awarded", "--decision", "内党办〔2019〕40号", "--date", "2019-11-04"]);
    assert_eq!(
        (&won["awarded"], &won["decision"]["document_no"], &won["next"]),
        (&"2019-11-04".into(), &"内党办〔2019〕40号".into(), &json!([]))
    );
    assert_eq!((&won["reward"], &won["seat"]), (&Value::Null, &Value::Null), "what another body awards brings no money of ours");
    // It is an achievement of the person, on which recognition rests.
    let achieved = desk.json(&["talent", "achievements", &a, "--as-of", "2019-11-04"]);
    assert_eq!(
        (&achieved[0]["achievement"], &achieved[0]["level"], &achieved[0]["awarded"]),
        (&"草原英才".into(), &"region".into(), &"2019-11-04".into())
    );
    let state = |day: &str| desk.json(&["honour", "show", &h, "--as-of", day])["status"].clone();
    assert_eq!([state("2019-06-30"), state("2019-07-01"), state("2019-11-05")], ["prepared", "sent", "awarded"]);
    assert_eq!(desk.json(&["honour", "list", "--where", "level=nation", "--as-of", "2019-12-01"]).as_array().unwrap().len(), 1);
    // A slip is taken back with the achievement.
    let op = won["op"].to_string();
    desk.json(&["undo", &op, "--date", "2019-11-05"]);
    assert_eq!(
        (state("2019-11-05"), desk.json(&["talent", "achievements", &a, "--as-of", "2019-11-05"])),
        ("shortlisted".into(), json!([]))
    );
    let list = desk.path("list.csv");
    std::fs::write(&list, format!("编号,姓名\n{a},张功勋\n{b},李贡献\n")).unwrap();
    let made = desk.json(&["honour", "nominate", "--from", list.to_str().unwrap(), "--outside", "市级劳模", "--level", "city"]);
    assert_eq!(made.as_array().unwrap().len(), 2);
    let sent = desk.json(&["honour", "advance", "--where", "level=city", "--to", "sent", "--date", "2019-07-02", "--yes"]);
    assert_eq!(sent[1]["status"], "sent");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

// ---------------------------------------------------------------- the pool, and leaders

#[test]
fn a_person_may_be_in_the_pool_by_entry_and_by_honour() {
    let (desk, [a, b]) = office();
    let seat = desk.json(&["expert", "add", &a, "--field", "大数据、云计算", "--available", "周末", "--until", "2020-06-09"]);
    assert_eq!((&seat["status"], &seat["fields"], &seat["until"]), (&"in_pool".into(), &json!(["大数据", "云计算"]), &"2020-06-09".into()));
    fails(&desk, &["expert", "add", &a, "--field", "金融"], 5, "expert_known");
    fails(&desk, &["expert", "add", &b, "--field", " "], 2, "empty_text");
    fails(&desk, &["expert", "add", &b, "--field", "金融", "--until", "2019-06-09"], 2, "ends_before");
    fails(&desk, &["expert", "edit", &b, "--field", "金融"], 4, "no_expert");
    fails(&desk, &["expert", "show", &b], 4, "no_expert");
    fails(&desk, &["expert", "edit", &a], 2, "nothing_to_edit");
    let student = no(&desk.json(&["talent", "add", "--kind", "student", "--name", "陈生", "--birth-date", "2000-01-01"]));
    fails(&desk, &["expert", "add", &student, "--field", "金融"], 3, "not_a_talent");
    let h = no(&desk.json(&["honour", "award", &a, "--decision", PAPER, "--without-reward", "--field", "人工智能"]));
    let both = desk.json(&["expert", "show", &a]);
    assert_eq!((&both["fields"], &both["until"], &both["honours"]), (&json!(["大数据", "云计算", "人工智能"]), &Value::Null, &json!([h])));
    let edited = desk.json(&["expert", "edit", &a, "--field", "蒙医药", "--available", ""]);
    assert_eq!((&edited["fields"], &edited["available"]), (&json!(["蒙医药", "人工智能"]), &Value::Null));
    // Found by any part of what they are known for.
    for text in ["医药", "张功", "研究院", "正高级"] {
        assert_eq!(desk.json(&["expert", "find", text]).as_array().unwrap().len(), 1, "{text}");
    }
    assert_eq!(desk.json(&["expert", "find", "云计算"]), json!([]));
    assert_eq!(desk.json(&["expert", "list", "--where", "fields~智能", "--count"])["count"], 1);
    // The seat by entry ends by itself or by an act; the other one with the honour.
    assert_eq!(desk.json(&["expert", "end", &a, "--date", "2019-07-01"])["fields"], json!(["人工智能"]));
    fails(&desk, &["expert", "end", &a, "--date", "2019-07-02"], 3, "seat_of_honour");
    desk.json(&["honour", "revoke", &h, "--ground", "误", "--decision", PAPER, "--yes", "--date", "2019-07-03"]);
    assert_eq!(desk.json(&["expert", "show", &a, "--as-of", "2019-07-03"])["status"], "ended");
    fails(&desk, &["expert", "end", &a, "--date", "2019-07-04"], 4, "no_expert");
    assert_eq!(desk.json(&["expert", "add", &b, "--field", "金融", "--from-date", "2019-08-01"])["status"], "in_pool");
    assert_eq!(desk.json(&["expert", "show", &b])["status"], "coming");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_leader_sees_the_experts_often_enough() {
    let (desk, [a, b]) = office();
    let pair = desk.json(&["liaison", "add", "--leader", "赵书记", "--post", "党工委书记", "--rank", "1", "--expert", &a]);
    assert_eq!((&pair["leader"], &pair["expert"]["no"], &pair["contacts"]), (&"赵书记".into(), &a.as_str().into(), &0.into()));
    let ln = no(&pair);
    assert_eq!(
        fails(&desk, &["liaison", "add", "--leader", "钱主任", "--expert", &a], 5, "liaison_held")["error"]["details"]["no"],
        ln.as_str()
    );
    desk.json(&["liaison", "add", "--leader", "钱主任", "--rank", "2", "--expert", &b]);
    fails(&desk, &["liaison", "contact", &ln, "--on", "2019-06-11", "--note", "走访"], 65, "contact_ahead");
    fails(&desk, &["liaison", "contact", &ln, "--on", "2019-05-01", "--note", "走访"], 65, "contact_before");
    fails(&desk, &["liaison", "contact", &number::format("LN", 9), "--note", "走访"], 4, "no_liaison");
    let seen = desk.json(&["liaison", "contact", "--expert", &a, "--on", "2019-07-01", "--note", "走访实验室", "--date", "2019-07-02"]);
    assert_eq!((&seen["last_contact"], &seen["days_since"]), (&"2019-07-01".into(), &1.into()));
    desk.json(&["liaison", "contact", &ln, "--note", "电话", "--date", "2019-07-20"]);
    let due = |day: &str, days: &[&str]| {
        let rows = desk.json(&[&["liaison", "due", "--as-of", day], days].concat());
        rows.as_array().unwrap().iter().map(|r| (r["leader"].as_str().unwrap().to_owned(), r["due"].clone())).collect::<Vec<_>>()
    };
    // The example of the services pack: 90 days.
    assert_eq!(due("2019-09-07", &[]), []);
    assert_eq!(due("2019-09-08", &[]), [("钱主任".into(), "2019-09-08".into())]);
    // By the rank of the leaders, whoever is longest unseen.
    assert_eq!(due("2019-10-18", &[]).iter().map(|d| d.0.clone()).collect::<Vec<_>>(), ["赵书记", "钱主任"]);
    assert_eq!(due("2019-07-25", &["--days", "5"]).len(), 2);
    let status = desk.json(&["status", "--as-of", "2019-09-20", "--within", "7d"])["due"].clone();
    assert_eq!(status.as_array().unwrap().iter().filter(|d| d["kind"] == "liaison").count(), 1, "{status}");
    assert_eq!(
        desk.json(&["liaison", "show", &ln, "--as-of", "2019-07-10"])["contacts_told"],
        json!([{"on": "2019-07-01", "note": "走访实验室"}])
    );
    assert_eq!(desk.json(&["expert", "add", &a, "--field", "大数据"])["leader"], "赵书记");
    assert_eq!(desk.json(&["liaison", "list", "--where", "leader=钱主任"]).as_array().unwrap().len(), 1);
    // Another leader takes over; what the first one did stays.
    assert_eq!(desk.json(&["liaison", "end", &ln, "--date", "2019-08-01"])["status"], "ended");
    fails(&desk, &["liaison", "end", &ln, "--date", "2019-08-02"], 5, "liaison_ended");
    fails(&desk, &["liaison", "add", "--leader", "孙副主任", "--expert", &a, "--date", "2019-08-01"], 5, "liaison_until");
    fails(&desk, &["liaison", "contact", &ln, "--on", "2019-08-02", "--note", "x", "--date", "2019-08-02"], 65, "contact_ahead");
    fails(&desk, &["liaison", "show", "--expert", &a, "--as-of", "2019-08-02"], 4, "no_liaison");
    assert_eq!(desk.json(&["liaison", "add", "--leader", "孙副主任", "--expert", &a, "--date", "2019-08-02"])["status"], "active");
    let note = desk.json(&["audit", "log"]).to_string();
    assert!(!note.contains("走访实验室"));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_leader_of_the_group_is_one_name_one_post_and_one_rank_everywhere() {
    let (desk, [a, b]) = office();
    let gl = no(&desk.json(&["leader", "add", "张示一", "--rank", "2", "--title", "管委会主任"]));
    let told = |v: &Value| (v["leader"].clone(), v["leader_no"].clone(), v["post"].clone(), v["rank"].clone());
    let member = |post: &str, rank: i64| (json!("张示一"), json!(gl), json!(post), json!(rank));
    // Named by number or by name; what the group knows otherwise is refused, and nobody outside it has a number.
    let add = ["liaison", "add", "--expert", &a, "--leader"];
    let known = fails(&desk, &[&add[..], &["张示一", "--rank", "1"]].concat(), 5, "leader_known");
    assert_eq!((&known["error"]["details"]["no"], &known["error"]["details"]["title"]), (&json!(gl), &json!("管委会主任")));
    fails(&desk, &[&add[..], &[&gl, "--post", "党工委书记"]].concat(), 5, "leader_known");
    fails(&desk, &[&add[..], &[&number::format("GL", 9)]].concat(), 4, "no_leader");
    fails(&desk, &[&add[..], &["GL0000010"]].concat(), 2, "number_check");
    let pair = desk.json(&[&add[..], &[&gl]].concat());
    assert_eq!(told(&pair), member("管委会主任", 2));
    // A leader outside the group keeps contact too, as they are named; the order is that of ranks.
    desk.json(&["liaison", "add", "--expert", &b, "--leader", "赵局长", "--post", "大数据局局长", "--rank", "1"]);
    let list = |day: &str| -> Vec<_> { desk.json(&["liaison", "list", "--as-of", day]).as_array().unwrap().iter().map(told).collect() };
    let outside = (json!("赵局长"), Value::Null, json!("大数据局局长"), json!(1));
    assert_eq!(list(DAY), [outside.clone(), member("管委会主任", 2)]);
    // Promoted: the pairing says so from that day on, and what it was stays known.
    desk.json(&["leader", "edit", &gl, "--rank", "1", "--title", "党工委书记", "--date", "2019-07-01"]);
    assert_eq!((list("2019-06-30"), list("2019-07-01").contains(&member("党工委书记", 1))), (vec![outside, member("管委会主任", 2)], true));
    assert_eq!(desk.json(&["expert", "add", &a, "--field", "大数据"])["leader"], "张示一");
    let group = desk.json(&["leader", "list", "--as-of", "2019-07-01"]);
    assert_eq!((&group[0]["name"], &group[0]["experts"]), (&json!("张示一"), &json!(1)));
    assert_eq!(desk.json(&["liaison", "list", "--where", &format!("leader_no={gl}"), "--count"])["count"], 1);
    // Who leaves the group is told whom they leave behind; the pairing lasts until it is ended.
    let (code, _, err) = desk.run(&["leader", "retire", &gl, "--date", "2019-08-01"]);
    assert!(code == 0 && err.contains("1 experts are still 张示一's"), "{err}");
    assert_eq!(list("2019-08-02").iter().filter(|l| l.0 == "张示一").map(|l| l.1.clone()).collect::<Vec<_>>(), [Value::Null]);
    // Somebody who joins the group later is known by it from then on.
    desk.json(&["leader", "add", "赵局长", "--rank", "5", "--title", "大数据局局长", "--date", "2019-09-01"]);
    assert_eq!((list("2019-08-31")[0].3.clone(), list("2019-09-01")[1].3.clone()), (json!(1), json!(5)));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_persons_page_names_honours_seat_leader_and_programmes() {
    let (desk, [a, b]) = office();
    let page = |p: &str, day: &str| {
        let v = desk.json(&["talent", "show", p, "--as-of", day]);
        (v["honours"].clone(), v["expert"].clone(), v["programmes"].clone())
    };
    let nothing = (json!([]), Value::Null, json!([]));
    assert_eq!(page(&a, DAY), nothing);
    let h = no(&desk.json(&["honour", "award", &a, "--decision", PAPER, "--field", "大数据", "--without-reward"]));
    let g = no(&desk.json(&["honour", "nominate", &a, "--outside", "草原英才", "--level", "region"]));
    desk.json(&["expert", "add", &a, "--field", "人工智能；大数据"]);
    desk.json(&["liaison", "add", "--leader", "赵书记", "--expert", &a]);
    let class = |name: &str| {
        no(&desk.json(&["programme", "add", "--kind", "training", "--name", name, "--from-date", DAY, "--until", "2019-06-14"]))
    };
    let (taken, left, off) = (class("甲班"), class("乙班"), class("丙班"));
    for pr in [&taken, &left, &off] {
        desk.json(&["programme", "enrol", pr, &a]);
    }
    desk.json(&["programme", "outcome", &left, &a, "--withdrew"]);
    desk.json(&["programme", "cancel", &off, "--why", "人数不足"]);
    let own = json!({"no": h, "title": "内蒙古和林格尔新区创新创业功勋"});
    let seat = json!({"in_pool": true, "fields": ["大数据", "人工智能"], "leader": "赵书记"});
    assert_eq!(page(&a, DAY), (json!([own]), seat.clone(), json!([taken])));
    assert_eq!((page(&a, "2019-06-09"), page(&b, DAY)), (nothing.clone(), nothing));
    for to in ["sent", "awarded"] {
        desk.json(&["honour", "advance", &g, "--to", to, "--date", "2019-06-20"]);
    }
    assert_eq!(page(&a, "2019-06-20").0, json!([own, {"no": g, "title": "草原英才"}]));
    desk.json(&["honour", "revoke", &h, "--ground", "失信", "--decision", "和人才〔2019〕20号", "--yes", "--date", "2019-07-01"]);
    desk.json(&["liaison", "end", "--expert", &a, "--date", "2019-07-01"]);
    assert_eq!(
        page(&a, "2019-07-02"),
        (
            json!([{"no": g, "title": "草原英才"}]),
            json!({"in_pool": true, "fields": ["人工智能", "大数据"], "leader": null}),
            json!([taken])
        )
    );
    // Of a merged person the survivor has it all.
    let (as_it_was, (_, table, _)) = (page(&a, "2019-06-20"), desk.run(&["talent", "show", &a, "--as-of", "2019-06-20"]));
    let twin = ["--id-type", "passport", "--corps", "leading", "--mode", "rigid", "--start-date", "2018-03-01", "--distinct"];
    let twin = no(&desk.add("张功勋", "E12345678", &twin));
    desk.json(&["talent", "merge", &twin, &a, "--take", "keep", "--yes", "--date", "2019-07-03"]);
    assert_eq!(page(&twin, "2019-06-20"), as_it_was);
    for part in ["Honour=草原英才", "In the expert pool", "Fields", "Leader in contact", "Programmes"] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn an_office_that_says_nothing_of_contacts_is_asked_for_days() {
    let (desk, _) = office();
    let shipped = desk.run(&["policy", "show", "services"]).1;
    let (head, rest) = shipped.split_once("[liaison]").unwrap();
    let own = format!("{head}{}", &rest[rest.find("[[scheme]]").unwrap()..]);
    std::fs::write(desk.path("own.toml"), own).unwrap();
    let (code, _, err) = desk.run(&["policy", "load", desk.path("own.toml").to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    fails(&desk, &["liaison", "due"], 2, "which_days");
    assert_eq!(desk.json(&["liaison", "due", "--days", "30"]), json!([]));
    assert_eq!(desk.run(&on(DAY, &["status"])).0, 0);
}
