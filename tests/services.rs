//! Services: cases on the calendar with their papers, service points and offers, letters, the nightly sweep, what status says is due.

mod it;

use it::{Desk, fails, no, on, recognised};
use rencai::base::number;
use serde_json::Value;

/// An office with a card holder, the services confirmed: desk, person, card.
fn holder() -> (Desk, String, String) {
    let (desk, p) = recognised("2022-03-31");
    fails(&desk, &on("2019-06-10", &["case", "open", "--type", "advice", "--person", &p]), 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "services", "--basis", "和人才〔2019〕4号"]).0, 0);
    fails(&desk, &on("2019-06-10", &["case", "open", "--type", "exit_entry", "--person", &p]), 3, "needs_card");
    let c = no(&desk.json(&on("2019-06-10", &["card", "issue", &p])));
    (desk, p, c)
}

fn file(desk: &Desk, name: &str, text: &str) -> String {
    std::fs::write(desk.path(name), text).unwrap();
    desk.path(name).to_str().unwrap().to_owned()
}

fn open(desk: &Desk, day: &str, args: &[&str]) -> Value {
    desk.json(&on(day, &[&["case", "open"], args].concat()))
}

#[test]
fn a_case_runs_in_working_days_and_waits_for_papers() {
    let (desk, p, c) = holder();
    let form = file(&desk, "f.pdf", "form");
    let consent = file(&desk, "c.pdf", "consent");
    let k = open(
        &desk,
        "2019-06-10",
        &["--type", "exit_entry", "--person", &p, "--paper", &format!("application:{form}"), "--consent", &consent, "--officer", "王五"],
    );
    assert_eq!((&k["status"], &k["type"], &k["fee"]), (&"opened".into(), &"exit_entry".into(), &"0.00".into()));
    assert_eq!((&k["person_no"], &k["card_no"], &k["officer"]), (&p.as_str().into(), &c.as_str().into(), &"王五".into()));
    assert_eq!((&k["opened"], &k["term_days"], &k["due"]), (&"2019-06-10".into(), &10.into(), &"2019-06-24".into()));
    assert_eq!(k["missing_papers"], serde_json::json!(["id_document", "photo"]));
    let k = no(&k);
    fails(&desk, &on("2019-06-09", &["case", "forward", &k, "--to", "出入境"]), 3, "before_last_step");
    let forwarded = desk.json(&on("2019-06-11", &["case", "forward", &k, "--to", "出入境大队"]));
    assert_eq!((&forwarded["status"], &forwarded["department"]), (&"forwarded".into(), &"出入境大队".into()));
    let paused = desk.json(&on("2019-06-12", &["case", "pause", &k, "--missing", "photo", "--missing", "体检表"]));
    assert_eq!(paused["missing_papers"], serde_json::json!(["id_document", "photo", "体检表"]));
    let told = fails(&desk, &on("2019-06-12", &["case", "done", &k, "--result", "证已领"]), 5, "case_state");
    assert_eq!(told["error"]["details"]["possible"], serde_json::json!(["resume", "refuse"]));
    // The clock stands still: long behind the day it was due it is not overdue.
    assert_eq!(desk.json(&["case", "list", "--overdue", "--as-of", "2019-08-01"]), serde_json::json!([]));
    let photo = file(&desk, "p.jpg", "photo");
    let back = desk.json(&on("2019-06-17", &["case", "resume", &k, "--paper", &format!("id_document:{photo}")]));
    assert_eq!(
        (&back["status"], &back["due"], &back["missing_papers"]),
        (&"forwarded".into(), &"2019-06-27".into(), &serde_json::json!([]))
    );
    assert_eq!((&back["worked_days"], &back["paused_days"], &back["on_time"]), (&2.into(), &3.into(), &true.into()));
    // Due within three days; not yet; overdue from the day after.
    let due = |day: &str, how: &[&str]| desk.json(&[&["case", "list", "--as-of", day], how].concat()).as_array().unwrap().len();
    assert_eq!([due("2019-06-25", &["--due", "3d"]), due("2019-06-20", &["--due", "3d"]), due("2019-06-28", &["--due", "3d"])], [1, 0, 0]);
    assert_eq!([due("2019-06-27", &["--overdue"]), due("2019-06-28", &["--overdue"])], [0, 1]);
    let done = desk.json(&on("2019-06-27", &["case", "done", &k, "--result", "证已领"]));
    assert_eq!((&done["on_time"], &done["worked_days"], &done["closed_on"]), (&true.into(), &10.into(), &"2019-06-27".into()));
    assert_eq!(desk.json(&on("2019-06-28", &["case", "rate", &k, "5"]))["rating"], 5);
    fails(&desk, &on("2019-06-28", &["case", "rate", &k, "4"]), 5, "case_rated");
    assert_eq!(desk.run(&["case", "rate", &k, "6"]).0, 2);
    // As it was on an earlier day.
    let then = desk.json(&["case", "show", &k, "--as-of", "2019-06-13"]);
    assert_eq!((&then["status"], &then["rating"]), (&"paused".into(), &Value::Null));
    assert_eq!(desk.json(&["case", "show", &k])["steps"].as_array().unwrap().len(), 5);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_refusal_names_why_and_what_can_be_done() {
    let (desk, p, _) = holder();
    let k = no(&open(&desk, "2019-06-10", &["--type", "household", "--person", &p]));
    assert_eq!(desk.run(&on("2019-06-11", &["case", "refuse", &k, "--why", "材料不实"])).0, 2, "no remedy");
    let out = desk.path("l.md");
    let out = out.to_str().unwrap();
    fails(&desk, &["letter", "case_refused", &k, "--out", out], 5, "letter_groundless");
    let refused = desk.json(&on("2019-06-28", &["case", "refuse", &k, "--why", "材料不实", "--remedy", "六十日内可申请复核"]));
    assert_eq!(
        (&refused["status"], &refused["remedy"], &refused["on_time"]),
        (&"refused".into(), &"六十日内可申请复核".into(), &false.into())
    );
    desk.json(&["letter", "case_refused", &k, "--out", out, "--as-of", "2019-06-28"]);
    let text = std::fs::read_to_string(desk.path("l.md")).unwrap();
    for part in ["不予办理告知书", &k, "张三：", "五（三）1", "材料不实", "六十日内可申请复核", "2019年6月28日"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    desk.json(&["letter", "case_refused", &k, "--out", desk.path("l.html").to_str().unwrap(), "--lang", "en"]);
    assert!(std::fs::read_to_string(desk.path("l.html")).unwrap().contains("<h1>Your request was refused</h1>"));
    fails(&desk, &["letter", "case_accepted", &k, "--out", "l.doc"], 2, "letter_form");
    // Each letter leaves the house, and the log says so.
    let log = desk.json(&["audit", "log"]);
    assert_eq!(log.as_array().unwrap().iter().filter(|o| o["command"] == "letter").count(), 3);
}

#[test]
fn whom_a_service_is_for_is_a_rule_of_the_policy() {
    let (desk, p, c) = holder();
    let day = "2019-06-10";
    let case = |args: &[&'static str]| [&["case", "open"], args].concat();
    // Gold services need no card, and advice no papers.
    let other = no(&desk.add("李四", &it::resident_id(2), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]));
    let advice = open(&desk, day, &["--type", "advice", "--person", &other]);
    assert_eq!((&advice["missing_papers"], &advice["card_no"], &advice["term_days"]), (&serde_json::json!([]), &Value::Null, &3.into()));
    // Several open cases of a type are allowed.
    open(&desk, day, &["--type", "advice", "--person", &other]);
    fails(&desk, &on(day, &[&case(&["--type", "checkup", "--person"])[..], &[&other]].concat()), 3, "needs_recognition");
    fails(
        &desk,
        &on(day, &[&case(&["--type", "driving_licence", "--person"])[..], &[&other, "--card", &c]].concat()),
        3,
        "card_of_another",
    );
    fails(&desk, &on(day, &[&case(&["--type", "massage", "--person"])[..], &[&p]].concat()), 2, "no_service");
    fails(&desk, &on(day, &[&case(&["--type", "advice", "--person"])[..], &[&p, "--grade", "3"]].concat()), 2, "no_child_here");
    fails(&desk, &on(day, &[&case(&["--type", "advice", "--person"])[..], &[&p, "--paper", "没有冒号"]].concat()), 2, "paper_form");
    fails(&desk, &["case", "show", "K0000097"], 2, "number_check");
    fails(&desk, &["case", "show", &number::format("K", 9)], 4, "no_case");
    // A card that is suspended opens nothing.
    desk.json(&on("2019-06-20", &["card", "suspend", &c, "--why", "核查"]));
    let told = fails(&desk, &on("2019-06-20", &["case", "open", "--type", "household", "--person", &p]), 3, "card_not_valid");
    assert_eq!(told["error"]["details"]["status"], "suspended");
    // Today is beyond the calendar that comes with the program.
    fails(&desk, &["case", "open", "--type", "advice", "--person", &p], 78, "no_calendar");
}

#[test]
fn schooling_is_for_a_child_in_compulsory_grades() {
    let (desk, p, c) = holder();
    let kid = no(&desk.json(&["talent", "add", "--kind", "related", "--name", "张小", "--id-number", &it::resident_id(649)]));
    let school = |grade: &'static str| vec!["case", "open", "--type", "schooling", "--grade", grade, "--person"];
    fails(&desk, &on("2019-06-10", &[&school("3")[..], &[&p]].concat()), 2, "needs_child");
    fails(&desk, &on("2019-06-10", &[&school("3")[..], &[&p, "--child", &kid]].concat()), 3, "not_child");
    desk.json(&["talent", "relate", &p, "--to", &kid, "--kind", "child", "--date", "2019-06-01", "--reason", "补录"]);
    for grade in ["0", "10"] {
        let told = fails(&desk, &on("2019-06-10", &[&school(grade)[..], &[&p, "--child", &kid]].concat()), 3, "grade_out");
        assert_eq!(told["error"]["details"]["clause"], "五（三）1");
    }
    let k = desk.json(&on("2019-06-10", &[&school("9")[..], &[&p, "--child", &kid]].concat()));
    assert_eq!((&k["child_no"], &k["grade"]), (&kid.as_str().into(), &9.into()));
    // An attached card opens fewer services than its main card.
    desk.json(&on("2019-06-10", &["card", "attach", &c, "--person", &kid]));
    open(&desk, "2019-06-11", &["--type", "household", "--person", &kid]);
    fails(&desk, &on("2019-06-11", &["case", "open", "--type", "personnel", "--person", &kid]), 3, "card_not_for");
}

#[test]
fn an_offer_is_used_with_a_card_that_is_valid_at_that_moment() {
    let (desk, ..) = holder();
    let recent = desk.json(&["card", "show", &no(&desk.json(&["card", "list"])[0])]);
    let (card, token) = (no(&recent), recent["token"].as_str().unwrap().to_owned());
    let pt = no(&desk.json(&["point", "add", "--name", "新区食堂", "--kind", "食堂", "--org", "某研究院"]));
    fails(&desk, &["point", "add", "--name", "新区食堂"], 5, "point_known");
    let add = |args: &[&str]| {
        no(&desk.json(&on("2019-07-01", &[&["offer", "add", "--point", &pt, "--discount", "八折", "--name"], args].concat())))
    };
    let lunch = add(&["午餐", "--level", "gold"]);
    let silver = add(&["晚餐", "--level", "silver"]);
    let short = add(&["夜宵", "--until", "2019-07-31"]);
    fails(&desk, &["offer", "add", "--point", &pt, "--name", "x", "--discount", "y", "--level", "tin"], 2, "no_level");
    fails(&desk, &["offer", "add", "--point", &pt, "--name", "x", "--discount", "y", "--until", "2001-01-01"], 2, "ends_before");
    fails(&desk, &["offer", "add", "--point", &number::format("PT", 9), "--name", "x", "--discount", "y"], 4, "no_point");
    let using = |day: &'static str, card: &str, offer: &str| {
        on(day, &["offer", "use"])
            .into_iter()
            .map(str::to_owned)
            .chain(["--card".into(), card.into(), "--offer".into(), offer.into()])
            .collect::<Vec<String>>()
    };
    let run = |args: &[String]| desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = |args: &[String], why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), 3, why);
    let used = run(&using("2019-07-02", &card, &lunch));
    assert_eq!((&used["card_no"], &used["level"], &used["discount"]), (&card.as_str().into(), &"gold".into(), &"八折".into()));
    run(&using("2019-07-03", &token, &lunch));
    refused(&using("2019-07-02", &card, &silver), "offer_not_for");
    refused(&using("2019-06-30", &card, &lunch), "offer_not_open");
    refused(&using("2019-08-01", &card, &short), "offer_not_open");
    refused(&using("2019-07-03", &token.replace(&token[20..21], if &token[20..21] == "A" { "B" } else { "A" }), &lunch), "card_forged");
    fails(&desk, &["offer", "use", "--card", &card, "--offer", &number::format("O", 9)], 4, "no_offer");
    desk.json(&on("2019-07-05", &["card", "suspend", &card, "--why", "核查"]));
    refused(&using("2019-07-05", &card, &lunch), "card_not_valid");
    // More than a year ago: that somebody used it stays, who it was does not.
    assert_eq!(desk.json(&["offer", "list", "--where", "name=午餐"])[0]["uses"], 2);
    assert!(desk.json(&["offer", "uses"]).as_array().unwrap().iter().all(|u| u["card_no"] == Value::Null && u["level"] == "gold"));
    let conn = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    let left: i64 =
        conn.query_row("SELECT count(*) FROM offer_use WHERE card_id IS NOT NULL OR salt IS NOT NULL", [], |r| r.get(0)).unwrap();
    assert_eq!(left, 0);
    // A use of today is known.
    let q = no(&desk.add("王五", &it::resident_id(3), &["--corps", "leading", "--mode", "rigid", "--start-date", "2026-01-01"]));
    desk.json(&[&["recognition", "grant", &q][..], &it::GRANT].concat());
    let c = no(&desk.json(&["card", "issue", &q]));
    desk.json(&["offer", "use", "--card", &c, "--offer", &lunch]);
    assert_eq!(desk.json(&["offer", "uses", "--where", &format!("card_no={c}")]).as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    // A point that is closed has no offers.
    desk.json(&["point", "close", &pt]);
    fails(&desk, &["point", "close", &pt], 5, "closed_already");
    assert!(desk.json(&["point", "show", &pt])["offered"].as_array().unwrap().iter().all(|o| o["status"] == "closed"));
}

#[test]
fn a_sweep_tells_once_what_turned_and_writes_letters() {
    let (desk, _, c) = holder();
    let sweep = |day: &str, more: &[&str]| -> Vec<(String, String)> {
        let rows = desk.json(&on(day, &[&["card", "sweep"], more].concat()));
        rows.as_array().unwrap().iter().map(|r| (r["event"].as_str().unwrap().to_owned(), r["day"].as_str().unwrap().to_owned())).collect()
    };
    let turned = |event: &str, day: &str| vec![(event.to_owned(), day.to_owned())];
    let letters = desk.path("letters");
    let letters = letters.to_str().unwrap();
    assert_eq!(sweep("2019-12-31", &[]), []);
    assert_eq!(sweep("2020-05-31", &["--dry-run"]), turned("review_near", "2020-05-10"));
    assert_eq!(sweep("2020-05-31", &["--out", letters]), turned("review_near", "2020-05-10"));
    assert_eq!(sweep("2020-05-31", &[]), []);
    assert_eq!(sweep("2020-06-30", &["--out", letters]), turned("review_missed", "2020-06-10"));
    // Whoever asks about that time again is told again.
    assert_eq!(sweep("2020-06-30", &["--since", "2020-06-01"]), turned("review_missed", "2020-06-10"));
    let text = std::fs::read_to_string(format!("{letters}/{c}-review_missed.md")).unwrap();
    assert!(text.contains("服务卡停用通知书") && text.contains("张三：") && text.contains("未按期年审"), "{text}");
    desk.json(&on("2020-07-01", &["card", "review", &c, "--passed"]));
    assert_eq!(sweep("2021-06-20", &[]), turned("review_missed", "2021-06-10"));
    desk.json(&on("2021-06-21", &["card", "review", &c, "--passed"]));
    assert_eq!(sweep("2022-03-05", &[]), turned("renewal_open", "2022-03-01"));
    assert_eq!(sweep("2022-04-02", &[]), turned("expired", "2022-04-01"));
    desk.json(&["letter", "card_stopped", &c, "--out", desk.path("s.md").to_str().unwrap(), "--as-of", "2022-04-02"]);
    fails(&desk, &["letter", "card_renewal", &c, "--out", "x.md"], 5, "letter_groundless");
    assert_eq!(desk.run(&["card", "sweep", "--as-of", "2022-01-01"]).0, 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn status_puts_the_most_urgent_first() {
    let (desk, p, c) = holder();
    let k = no(&open(&desk, "2019-06-10", &["--type", "exit_entry", "--person", &p, "--officer", "王五"]));
    let advice = no(&open(&desk, "2019-06-24", &["--type", "advice", "--person", &p]));
    let due = |args: &[&str]| -> Vec<(String, String, i64)> {
        let v = desk.json(&[&["status"], args].concat());
        let row = |d: &Value| (d["kind"].as_str().unwrap().to_owned(), d["no"].as_str().unwrap().to_owned(), d["days"].as_i64().unwrap());
        v["due"].as_array().unwrap().iter().map(row).collect()
    };
    let case = |no: &str, days| ("case".to_owned(), no.to_owned(), days);
    assert_eq!(due(&["--as-of", "2019-06-26"]), [case(&k, -2), case(&advice, 1)]);
    assert_eq!(due(&["--as-of", "2019-06-20", "--within", "3d"]), []);
    // Mine is what I look after: the first case is another's.
    assert_eq!(due(&["--as-of", "2019-06-26", "--mine"]), [case(&advice, 1)]);
    assert_eq!(due(&["--as-of", "2019-06-26", "--mine", "--actor", "王五"]).len(), 2);
    for k in [&k, &advice] {
        desk.json(&on("2019-06-27", &["case", "done", k, "--result", "办结"]));
    }
    assert_eq!(due(&["--as-of", "2020-06-01"]), [("card_review".to_owned(), c.clone(), 8)]);
    desk.json(&on("2020-06-01", &["card", "review", &c, "--passed"]));
    desk.json(&on("2021-06-01", &["card", "review", &c, "--passed"]));
    let last = desk.json(&["status", "--as-of", "2022-03-20"]);
    assert_eq!((&last["due_counts"]["card_end"], &last["weights"]["case"]), (&1.into(), &10.0.into()));
    let table = desk.run(&["status", "--as-of", "2022-03-20"]).1;
    assert!(table.starts_with("Due, the most urgent first\n") && table.contains(&c), "{table}");
}
