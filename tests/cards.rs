//! Service cards: who gets one and until when, renewal, review, loss, family, and what time alone does. The calendar of working days.

mod it;

use it::{Desk, GRANT, fails, no, on, recognised, resident_id};
use serde_json::{Value, json};

#[test]
fn a_card_rests_on_a_recognition_and_says_what_bounds_it() {
    let (desk, p) = recognised("2021-03-31");
    fails(&desk, &on("2019-05-31", &["card", "issue", &p]), 3, "not_recognised");
    fails(&desk, &on("2019-06-10", &["card", "issue", &p, "--level", "platinum"]), 2, "no_level");
    let c = desk.json(&on("2019-06-10", &["card", "issue", &p]));
    assert_eq!((&c["status"], &c["level"], &c["issued"]), (&"valid".into(), &"gold".into(), &"2019-06-10".into()));
    assert_eq!((&c["valid_until"], &c["bound"], &c["main_card_no"]), (&"2021-03-31".into(), &"contract".into(), &Value::Null));
    let card = no(&c);
    // A list that asks is told of the card while it can be used, and no longer.
    std::fs::write(desk.path("l.csv"), format!("编号,姓名\n{p},张三\n")).unwrap();
    let list = desk.path("l.csv");
    let asked = |day: &str| desk.json(&["roster", "match", list.to_str().unwrap(), "--as-of", day])[0]["card"].clone();
    assert_eq!((asked("2020-01-01"), asked("2021-04-01")), (card.as_str().into(), Value::Null));
    let told = fails(&desk, &on("2019-06-11", &["card", "issue", &p]), 5, "has_card");
    assert_eq!(told["error"]["details"]["no"], card.as_str());
    assert_eq!(
        desk.json(&["talent", "show", &p, "--as-of", "2019-07-01"])["card"],
        json!({"no": card, "level": "gold", "valid_until": "2021-03-31", "status": "valid"})
    );
    // What only a roster says opens nothing, and it is said what is missing.
    let head = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,人才类别\n";
    std::fs::write(desk.path("r.csv"), format!("{head}李四,{},甲公司,领军人才,刚性,2019-03-01,C类\n", resident_id(2))).unwrap();
    assert_eq!(desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]).0, 0);
    let q = no(&desk.json(&["talent", "find", "李四"])[0]);
    let told = fails(&desk, &["card", "issue", &q], 3, "only_recorded");
    assert_eq!(told["error"]["details"]["possible"][1], "recognition grant");
    // In bulk: one refused, nothing issued; with --partial the others are.
    let r = no(&desk.add("王五", &resident_id(3), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]));
    desk.json(&[&["recognition", "grant", &r], &GRANT[..]].concat());
    fails(&desk, &["card", "issue", &q, &r], 3, "some_refused");
    let (code, out, _) = desk.run(&["card", "issue", &q, &r, "--partial", "--json"]);
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, said["done"].as_array().unwrap().len(), &said["refused"][0]["clause"]), (1, 1, &"only_recorded".into()));
    assert_eq!(desk.json(&["card", "list", "--where", "status=valid"]).as_array().unwrap().len(), 1);
    fails(&desk, &["card", "show", &rencai::base::number::format("C", 99)], 4, "no_card");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn time_alone_suspends_and_ends_a_card() {
    let (desk, p) = recognised("2029-12-31");
    let card = no(&desk.json(&on("2019-06-10", &["card", "issue", &p])));
    let at = |day: &str| {
        let v = desk.json(&["card", "show", &card, "--as-of", day]);
        (v["status"].as_str().unwrap().to_owned(), v["why"].as_str().map(str::to_owned))
    };
    let told = |status: &str, why: Option<&str>| (status.to_owned(), why.map(str::to_owned));
    assert_eq!(at("2019-06-09"), told("not_yet", None));
    assert_eq!(at("2020-06-09"), told("valid", None));
    assert_eq!(at("2020-06-10"), told("suspended", Some("review_missed")));
    // A word does not lift it, the review does, late as it is.
    fails(&desk, &on("2020-07-01", &["card", "resume", &card]), 5, "resume_by_review");
    let reviewed = desk.json(&on("2020-07-01", &["card", "review", &card, "--passed"]));
    assert_eq!((&reviewed["status"], &reviewed["review_due"]), (&"valid".into(), &"2021-06-09".into()));
    assert_eq!((at("2020-06-20").0, at("2020-07-01").0), ("suspended".to_owned(), "valid".to_owned()));
    // A review that failed suspends, whatever the day; the next one restores.
    assert_eq!(desk.json(&on("2021-05-01", &["card", "review", &card, "--failed"]))["status"], "suspended");
    assert_eq!(desk.json(&on("2021-05-20", &["card", "review", &card, "--passed"]))["status"], "valid");
    fails(&desk, &on("2021-05-10", &["card", "suspend", &card, "--why", "核查"]), 3, "before_last_step");
    assert_eq!(desk.json(&on("2021-06-01", &["card", "suspend", &card, "--why", "核查"]))["status"], "suspended");
    assert_eq!(desk.json(&on("2021-06-02", &["card", "resume", &card]))["status"], "valid");
    assert_eq!(at("2022-05-31"), told("valid", None));
    assert_eq!(at("2022-06-01"), told("expired", None), "the recognition's end");
    // An employer left: the grace, then suspended, until there is another.
    assert_eq!(desk.run(&on("2021-07-31", &["talent", "leave", &p, "--why", "resigned"])).0, 0);
    assert_eq!(at("2021-09-30"), told("valid", None));
    assert_eq!(at("2021-10-01"), told("suspended", Some("grace_over")));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_card_is_renewed_in_its_window_and_replaced_when_lost() {
    let (desk, p) = recognised("2020-06-30");
    let card = no(&desk.json(&on("2019-06-10", &["card", "issue", &p])));
    let told = fails(&desk, &on("2020-05-30", &["card", "renew", &card]), 3, "renewal_early");
    assert_eq!(told["error"]["details"]["opens"], "2020-05-31");
    // Renewed on the old contract it would gain nothing: the new one is entered first.
    desk.json(&on("2020-06-01", &["card", "review", &card, "--passed"]));
    assert_eq!(desk.run(&["talent", "edit", &p, "--contract-end", "2023-06-30", "--from-date", "2020-06-01"]).0, 0);
    let renewed = desk.json(&on("2020-06-01", &["card", "renew", &card]));
    assert_eq!(
        (&renewed["replaces"], &renewed["bound"], &renewed["valid_until"]),
        (&card.as_str().into(), &"recognition".into(), &"2022-05-31".into())
    );
    let second = no(&renewed);
    assert_ne!(second, card);
    assert_eq!(desk.json(&["card", "show", &card, "--as-of", "2020-06-01"])["replaced_by"], second.as_str());
    fails(&desk, &on("2020-06-02", &["card", "renew", &card]), 5, "card_replaced");
    fails(&desk, &on("2020-06-02", &["card", "replace", &second]), 5, "card_state");
    assert_eq!(desk.json(&on("2020-06-05", &["card", "lost", &second]))["status"], "lost");
    fails(&desk, &on("2020-06-05", &["card", "issue", &p]), 5, "has_card");
    let third = desk.json(&on("2020-06-08", &["card", "replace", &second]));
    assert_eq!(
        (&third["replaces"], &third["valid_until"], &third["status"]),
        (&second.as_str().into(), &"2022-05-31".into(), &"valid".into())
    );
    // Too late to renew: it has ended, and another is issued.
    fails(&desk, &on("2022-06-01", &["card", "renew", &no(&third)]), 5, "card_state");
    fails(&desk, &["card", "revoke", &no(&third), "--ground", "虚假材料", "--decision", "和人才〔2020〕9号"], 2, "needs_yes");
    let gone =
        desk.json(&on("2020-07-01", &["card", "revoke", &no(&third), "--ground", "虚假材料", "--decision", "和人才〔2020〕9号", "--yes"]));
    assert_eq!(gone["status"], "revoked");
    let again = desk.json(&on("2020-07-02", &["card", "issue", &p]));
    assert_eq!(desk.json(&on("2020-07-03", &["card", "close", &no(&again), "--why", "调离"]))["status"], "closed");
    assert_eq!(desk.run(&["undo", &again["op"].to_string(), "--reason", "误"]).0, 5, "it was closed since");
    assert_eq!(desk.json(&["card", "show", &no(&again)])["steps"].as_array().unwrap().len(), 2);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn an_attached_card_lives_and_dies_with_its_main_card() {
    let (desk, p) = recognised("2029-12-31");
    let card = no(&desk.json(&on("2019-06-10", &["card", "issue", &p])));
    let child = no(&desk.json(&["talent", "add", "--kind", "related", "--name", "张小三", "--birth-date", "2012-05-01"]));
    fails(&desk, &on("2019-06-11", &["card", "attach", &card, "--person", &child]), 3, "not_family");
    assert_eq!(desk.run(&on("2019-06-01", &["talent", "relate", &p, "--to", &child, "--kind", "child"])).0, 0);
    let attached = desk.json(&on("2019-06-11", &["card", "attach", &card, "--person", &child]));
    let second = no(&attached);
    assert_eq!((&attached["main_card_no"], &attached["valid_until"]), (&card.as_str().into(), &"2022-05-31".into()));
    assert_eq!(attached["review_due"], Value::Null);
    fails(&desk, &on("2019-06-12", &["card", "attach", &second, "--person", &p]), 3, "attached_to_attached");
    fails(&desk, &on("2019-06-12", &["card", "review", &second, "--passed"]), 3, "attached_follows");
    let at = |no: &str, day: &str| desk.json(&["card", "show", no, "--as-of", day])["status"].as_str().unwrap().to_owned();
    // The main card's missed review suspends both; replaced, it carries its attached cards on; revoked, both are over.
    assert_eq!(at(&second, "2020-06-10"), "suspended");
    desk.json(&on("2019-07-01", &["card", "lost", &card]));
    assert_eq!(at(&second, "2019-07-01"), "lost");
    let third = no(&desk.json(&on("2019-07-02", &["card", "replace", &card])));
    assert_eq!(at(&second, "2019-07-02"), "valid");
    desk.json(&on("2019-08-01", &["card", "revoke", &third, "--ground", "出借", "--decision", "和人才〔2019〕9号", "--yes"]));
    assert_eq!(at(&second, "2019-08-01"), "revoked");
    assert_eq!(desk.json(&["card", "list", "--where", "why=main_card", "--as-of", "2019-08-01"])[0]["no"], second.as_str());
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn the_calendar_comes_with_its_years_and_takes_others() {
    let desk = Desk::new();
    let year = desk.json(&["calendar", "show", "2019"]);
    assert_eq!((&year["working_days"], year["days"].as_array().unwrap().len()), (&250.into(), 28));
    assert!(year["source"].as_str().unwrap().contains("国办发明电〔2019〕3号"));
    fails(&desk, &["calendar", "show", "2021"], 78, "no_calendar");
    let file = desk.path("2021.csv");
    std::fs::write(&file, "日期,性质,名称,依据\n2021-01-01,放假,元旦,某通知\n2021-02-07,上班,春节,某通知\n").unwrap();
    let done = desk.json(&["calendar", "import", file.to_str().unwrap()]);
    assert_eq!(done["years"][0]["working_days"], 261);
    assert_eq!(desk.json(&["calendar", "import", file.to_str().unwrap()])["op"], Value::Null);
    std::fs::write(&file, "日期,性质,名称,依据\n2021-01-01,放假,元旦,修订通知\n").unwrap();
    desk.json(&["calendar", "import", file.to_str().unwrap()]);
    assert_eq!(desk.json(&["calendar", "show", "2021"])["days"].as_array().unwrap().len(), 1);
    std::fs::write(&file, "日期,性质,名称,依据\n2021-01-04,上班,元旦,某通知\n").unwrap();
    fails(&desk, &["calendar", "import", file.to_str().unwrap()], 65, "bad_calendar");
    assert_eq!(desk.run(&["calendar", "import", "no.csv"]).0, 66);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn who_gets_no_card_is_told_why() {
    // The contract has run out: the card would have ended before it began.
    let (desk, p) = recognised("2019-05-31");
    let told = fails(&desk, &on("2019-06-10", &["card", "issue", &p]), 3, "contract_over");
    assert_eq!(told["error"]["details"]["bound"], "contract");
    assert_eq!(desk.run(&["talent", "edit", &p, "--contract-end", "2029-12-31", "--correct", "--reason", "续签"]).0, 0);
    // A class for which the office's pack has no level.
    let (_, text, _) = desk.run(&["policy", "show", "card"]);
    std::fs::write(desk.path("own.toml"), text.replace("classes = [\"A\", \"B\"]", "classes = [\"A\"]")).unwrap();
    assert_eq!(desk.run(&["policy", "load", desk.path("own.toml").to_str().unwrap()]).0, 0);
    fails(&desk, &on("2019-06-10", &["card", "issue", &p]), 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "card", "--basis", "和人才〔2019〕8号"]).0, 0);
    fails(&desk, &on("2019-06-10", &["card", "issue", &p]), 3, "no_level_for");
    let c = no(&desk.json(&on("2019-06-10", &["card", "issue", &p, "--level", "silver"])));
    // Lost, and its days run out before it is replaced.
    desk.json(&on("2022-01-10", &["card", "review", &c, "--passed"]));
    desk.json(&on("2022-05-30", &["card", "lost", &c]));
    fails(&desk, &on("2022-06-01", &["card", "replace", &c]), 3, "replace_expired");
    desk.json(&on("2022-06-02", &["card", "close", &c]));
    // Whoever works nowhere gets none.
    desk.json(&[&["recognition", "grant", &p, "--from-date", "2022-07-01"], &GRANT[..]].concat());
    assert_eq!(desk.run(&on("2022-07-31", &["talent", "leave", &p, "--why", "resigned"])).0, 0);
    fails(&desk, &on("2022-08-01", &["card", "issue", &p, "--level", "silver"]), 3, "not_engaged");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_merged_person_keeps_the_card_and_has_one() {
    let desk = Desk::on("2026-11-24");
    for pack in ["recognition", "card"] {
        assert_eq!(desk.run(&["policy", "confirm", pack, "--basis", "和人才〔2019〕1号"]).0, 0);
    }
    let person = |name: &str, number: &str, from: &str| {
        let p = no(&desk.json(&[
            "talent",
            "add",
            "--name",
            name,
            "--id-type",
            "passport",
            "--id-number",
            number,
            "--employer",
            "甲公司",
            "--corps",
            "leading",
            "--mode",
            "rigid",
            "--start-date",
            "2019-03-01",
        ]));
        desk.json(&[&["recognition", "grant", &p, "--from-date", from, "--until", &from.replace("-01-01", "-12-31")], &GRANT[..]].concat());
        p
    };
    // Their recognitions follow each other; the first one's card lost its ground with it.
    let (a, b) = (person("甲", "E11111111", "2025-01-01"), person("甲某", "E22222222", "2026-01-01"));
    let first = no(&desk.json(&on("2025-03-01", &["card", "issue", &a])));
    let second = no(&desk.json(&["card", "issue", &b]));
    fails(&desk, &on("2025-03-02", &["talent", "merge", &a, &b, "--take", "keep", "--yes"]), 5, "merge_two_cards");
    desk.json(&["talent", "merge", &a, &b, "--take", "keep", "--yes"]);
    let shown = desk.json(&["talent", "show", &a]);
    assert_eq!((&shown["card"]["no"], &shown["card"]["status"]), (&second.as_str().into(), &"valid".into()));
    assert_eq!(desk.json(&["card", "show", &second])["person_no"], a.as_str());
    assert_eq!(desk.json(&["card", "show", &first])["status"], "expired");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}
