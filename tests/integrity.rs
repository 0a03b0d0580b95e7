//! Integrity cases with due process, what a listing refuses and how it ends, and lists that are looked through.

mod it;

use it::{Desk, fails, no, on, reason, recognised, resident_id};
use rencai::base::day::Day;
use serde_json::{Value, json};

/// An office with a recognised talent, the system confirmed: desk, person, evidence.
fn office() -> (Desk, String, String) {
    let (desk, p) = recognised("2022-03-31");
    let proof = file(&desk, "proof.pdf", "%PDF proof");
    let add = ["blacklist", "add", &p, "--ground", "fraud", "--facts", "学历证书系伪造", "--basis", "示例办法第二条", "--file", &proof];
    fails(&desk, &on("2019-07-01", &add), 78, "unconfirmed");
    fails(&desk, &["blacklist", "check", &p, "--purpose", "补贴审核"], 78, "unconfirmed");
    fails(&desk, &["blacklist", "screen", &proof, "--purpose", "补贴审核"], 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "integrity", "--basis", "和人才〔2019〕7号"]).0, 0);
    (desk, p, proof)
}

fn file(desk: &Desk, name: &str, text: &str) -> String {
    std::fs::write(desk.path(name), text).unwrap();
    desk.path(name).to_str().unwrap().to_owned()
}

/// A command by an actor on a day.
fn by<'a>(actor: &'a str, day: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [&on(day, &[&["blacklist"], args].concat())[..], &["--actor", actor]].concat()
}

/// A case opened by zhao on 2019-07-01; its number.
fn open(desk: &Desk, of: &str, proof: &str) -> String {
    let args = ["add", of, "--ground", "fraud", "--facts", "学历证书系伪造", "--basis", "示例办法第二条", "--file", proof];
    no(&desk.json(&by("zhao", "2019-07-01", &args)))
}

/// The same, served and answered for good: only the decision is left.
fn heard(desk: &Desk, of: &str, proof: &str) -> String {
    let i = open(desk, of, proof);
    desk.json(&by("zhao", "2019-07-02", &["notify", &i, "--delivered", "2019-07-02", "--way", "in_person"]));
    desk.json(&by("zhao", "2019-07-03", &["reply", &i, "--file", proof, "--waive"]));
    i
}

/// In force from 2019-07-05, for three months.
fn listed(desk: &Desk, of: &str, proof: &str, effects: &str) -> String {
    let i = heard(desk, of, proof);
    desk.json(&by(
        "qian",
        "2019-07-04",
        &["decide", &i, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", effects],
    ));
    desk.json(&by("zhao", "2019-07-05", &["deliver", &i, "--delivered", "2019-07-05", "--file", proof]));
    i
}

fn check(desk: &Desk, of: &str, day: &str) -> (i32, Value) {
    let (code, out, err) = desk.run(&["blacklist", "check", of, "--purpose", "补贴审核", "--as-of", day, "--json"]);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}")))
}

#[test]
fn a_case_wants_basis_and_evidence_and_goes_its_way_step_by_step() {
    let (desk, p, proof) = office();
    let add = |more: &[&str]| {
        let args = [&["add", &p, "--ground", "fraud", "--facts", "学历证书系伪造"], more].concat();
        by("zhao", "2019-07-01", &args).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let refused = |args: &[String], code: i32, why: &str| fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    refused(&add(&["--file", &proof]), 3, "no_basis");
    refused(&add(&["--file", &proof, "--basis", " "]), 3, "no_basis");
    refused(&add(&["--basis", "示例办法第二条"]), 3, "no_evidence");
    assert_eq!(desk.run(&on("2019-07-01", &["blacklist", "add", &p, "--ground", "envy", "--facts", "x"])).0, 2);
    let made = desk.json(&by(
        "zhao",
        "2019-07-01",
        &["add", &p, "--ground", "fraud", "--facts", "学历证书系伪造", "--basis", "示例办法第二条", "--file", &proof],
    ));
    assert_eq!(
        (&made["status"], &made["subject_no"], &made["next"]),
        (&"lead".into(), &p.as_str().into(), &json!(["investigate", "notify", "decide", "remove"]))
    );
    let i = no(&made);
    let more = file(&desk, "more.pdf", "%PDF more");
    let checked = desk.json(&by("zhao", "2019-07-01", &["investigate", &i, "--note", "学校函复查无此人", "--file", &more]));
    assert_eq!(checked["status"], "checking");
    // Nobody is listed without a notice, and nothing is delivered before it is decided.
    let listing = |day: &'static str, who: &'static str| {
        let args = ["decide", &i, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "new,review"];
        by(who, day, &args).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    refused(&listing("2019-07-02", "qian"), 3, "not_notified");
    let told =
        fails(&desk, &by("zhao", "2019-07-02", &["deliver", &i, "--delivered", "2019-07-02", "--file", &proof]), 5, "integrity_state");
    assert_eq!(told["error"]["details"]["possible"], json!(["investigate", "notify", "decide", "remove"]));
    // A notice cannot have been served before the case was opened, nor tomorrow; it gives at least the days of the policy.
    let notify = |delivered: &'static str, more: &[&'static str]| {
        let args = [&["notify", &i, "--delivered", delivered, "--way", "registered_mail"], more].concat();
        by("zhao", "2019-07-02", &args).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    refused(&notify("2019-06-30", &[]), 65, "served_when");
    refused(&notify("2019-07-03", &[]), 65, "served_when");
    let few = refused(&notify("2019-07-02", &["--days", "4"]), 3, "reply_days_few");
    assert_eq!(few["error"]["details"]["least"], 5);
    let year = by("zhao", "2021-02-01", &["notify", &i, "--delivered", "2021-02-01", "--way", "in_person"]);
    assert_eq!(fails(&desk, &year, 78, "no_calendar")["error"]["details"]["year"], 2021);
    let args = notify("2019-07-02", &["--file", "proof.pdf"]);
    let args: Vec<&str> = args.iter().map(|a| if a == "proof.pdf" { proof.as_str() } else { a }).collect();
    let notified = desk.json(&args);
    // Five working days from Wednesday on.
    assert_eq!(
        (&notified["status"], &notified["notified"], &notified["reply_until"]),
        (&"notified".into(), &"2019-07-02".into(), &"2019-07-09".into())
    );
    // A notice once served, no other; a reply is kept and ends nothing.
    refused(&notify("2019-07-02", &[]), 5, "integrity_state");
    fails(&desk, &by("zhao", "2019-07-01", &["reply", &i, "--file", &proof]), 3, "before_last_step");
    assert_eq!(desk.json(&by("zhao", "2019-07-03", &["reply", &i, "--file", &proof]))["status"], "heard");
    let running = refused(&listing("2019-07-08", "qian"), 3, "reply_running");
    assert!(running["error"]["details"]["reply_until"].as_str().unwrap() >= "2019-07-09");
    desk.json(&by("zhao", "2019-07-04", &["reply", &i, "--file", &more, "--waive"]));
    // Whoever investigated does not decide, and evidence counts as it was brought.
    refused(&listing("2019-07-05", "zhao"), 77, "two_persons");
    let kept = desk.path("office.db.files");
    let sha = desk.json(&["file", "list", &i])[0]["sha256"].as_str().unwrap().to_owned();
    let place = kept.join(&sha[..2]).join(&sha);
    std::fs::write(&place, "%PDF another").unwrap();
    refused(&listing("2019-07-05", "qian"), 3, "evidence_changed");
    std::fs::write(&place, "%PDF proof").unwrap();
    let until = |day: &'static str| {
        let mut args = listing("2019-07-05", "qian");
        args.extend(["--until".to_owned(), day.to_owned()]);
        args
    };
    let longer = refused(&until("2019-10-06"), 3, "longer_than_grade");
    assert_eq!(longer["error"]["details"]["most"], "2019-10-05");
    refused(&until("2019-07-04"), 2, "ends_before");
    assert_eq!(desk.run(&by("qian", "2019-07-05", &["decide", &i, "--listed", "--grade", "mild", "--effects", "new"])).0, 2, "no decision");
    assert_eq!(desk.run(&by("qian", "2019-07-05", &["decide", &i])).0, 2, "neither listed nor not");
    let args = listing("2019-07-05", "qian");
    let decided = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        (&decided["status"], &decided["grade"], &decided["effects"], &decided["decided"], &decided["from"]),
        (&"decided".into(), &"mild".into(), &json!(["new", "review"]), &"2019-07-05".into(), &Value::Null)
    );
    assert_eq!(decided["decision"]["document_no"], "和人才〔2019〕8号");
    // Not in force before it is served.
    assert_eq!(check(&desk, &p, "2019-07-05"), (0, json!({"in_force": false, "as_of": "2019-07-05", "effects": [], "until": null})));
    fails(&desk, &by("zhao", "2019-07-08", &["deliver", &i, "--delivered", "2019-07-04", "--file", &proof]), 65, "served_when");
    let delivered = desk.json(&by("zhao", "2019-07-08", &["deliver", &i, "--delivered", "2019-07-06", "--file", &proof]));
    assert_eq!(
        (&delivered["status"], &delivered["delivered"], &delivered["from"], &delivered["until"]),
        (&"in_force".into(), &"2019-07-06".into(), &"2019-07-06".into(), &"2019-10-06".into())
    );
    assert_eq!(delivered["next"], json!(["share", "repair", "remove"]));
    // From the day of delivery, to the last day; then by itself no more.
    assert_eq!(check(&desk, &p, "2019-07-05").0, 0);
    assert_eq!(
        check(&desk, &p, "2019-07-06"),
        (1, json!({"in_force": true, "as_of": "2019-07-06", "effects": ["new", "review"], "until": "2019-10-06"}))
    );
    assert_eq!((check(&desk, &p, "2019-10-06").0, check(&desk, &p, "2019-10-07").0), (1, 0));
    let at = |day: &str| desk.json(&["blacklist", "show", &i, "--as-of", day])["status"].clone();
    assert_eq!((at("2019-07-01"), at("2019-07-03"), at("2019-10-07")), ("checking".into(), "heard".into(), "expired".into()));
    let shown = desk.json(&["blacklist", "show", &i]);
    assert_eq!((shown["files"].as_array().unwrap().len(), shown["steps"].as_array().unwrap().len()), (6, 7));
    assert_eq!(shown["facts"], "学历证书系伪造");
    let listed = |filter: &str, day: &str| desk.json(&["blacklist", "list", "--where", filter, "--as-of", day]).as_array().unwrap().len();
    assert_eq!((listed("status=in_force ground=fraud", "2019-08-01"), listed("status=expired grade=轻微", "2019-12-01")), (1, 1));
    assert_eq!((listed("effects=review", "2019-08-01"), listed("no=", "2019-06-30")), (1, 0));
    fails(&desk, &["blacklist", "show", &i, "--as-of", "2019-06-30"], 4, "no_integrity_case");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn dating_back_does_not_shorten_the_time_to_reply() {
    let (desk, p, proof) = office();
    let i = open(&desk, &p, &proof);
    // Entered today for a day long ago: by the book the time is over, by the clock it has just begun.
    desk.json(&by("zhao", "2019-07-02", &["notify", &i, "--delivered", "2019-07-02", "--way", "in_person"]));
    let decide = ["decide", &i, "--listed", "--grade", "serious", "--decision", "和人才〔2019〕8号", "--effects", "new", "hold_payment"];
    let told = fails(&desk, &by("qian", "2019-08-01", &decide), 3, "reply_running");
    let until = told["error"]["details"]["reply_until"].as_str().unwrap().to_owned();
    assert!(until.as_str() > "2019-08-01", "{until}");
    // The other way round nothing is gained either: a reply still finds its ear.
    desk.json(&by("zhao", "2019-08-01", &["reply", &i, "--file", &proof]));
    // When the clock has passed it too: the acts themselves, told what day it is.
    let mut conn = rencai::db::open::open_write(&desk.path("office.db")).unwrap();
    let id = rencai::base::number::parse("I", &i).unwrap();
    let act = |command: &'static str, actor: &str, day: &str| rencai::db::write::Act {
        command,
        params: serde_json::Map::new(),
        day: Day::parse_iso(day).unwrap(),
        reason: Some("补录".into()),
        actor: Some(actor.into()),
        os_user: actor.into(),
        now_ms: 1,
        dry_run: false,
        undoes: None,
    };
    let later = Day::parse_iso(&until).unwrap().succ();
    let late = rencai::db::write::write(&mut conn, &act("blacklist.reply", "zhao", "2019-08-02"), |tx| {
        rencai::blacklist::change::reply(tx, id, false, later)
    });
    assert_eq!(late.unwrap_err().key, "reply_late");
    let effects = ["new".to_owned(), "hold_payment".to_owned()];
    let deciding = |grade, today| rencai::blacklist::change::Deciding {
        grade: Some(grade),
        effects: &effects,
        ends: None,
        decision: Some("和人才〔2019〕8号"),
        today,
    };
    let mut decides = |grade, today| {
        rencai::db::write::write(&mut conn, &act("blacklist.decide", "qian", "2019-08-02"), |tx| {
            rencai::blacklist::change::decide(tx, id, &deciding(grade, today))
        })
        .map_err(|e| e.key)
        .map(|_| ())
    };
    assert_eq!(decides("serious", later.pred()), Err("reply_running"));
    assert_eq!(decides("for_life", later), Err("no_grade"));
    assert_eq!(decides("serious", later), Ok(()));
    drop(conn);
    let v = desk.json(&["blacklist", "show", &i]);
    assert_eq!((&v["status"], &v["effects"]), (&"decided".into(), &json!(["new", "hold_payment"])));
    // Nobody is listed for life: a serious one ends after three years.
    let v = desk.json(&by("zhao", "2019-08-05", &["deliver", &i, "--delivered", "2019-08-05", "--file", &proof]));
    assert_eq!((&v["from"], &v["until"]), (&"2019-08-05".into(), &"2022-08-05".into()));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn in_force_nothing_new_is_decided_and_what_is_due_is_held_only_where_the_decision_says_so() {
    let (desk, p, proof) = office();
    for pack in ["benefits", "services"] {
        assert_eq!(desk.run(&["policy", "confirm", pack, "--basis", "和人才〔2019〕5号"]).0, 0);
    }
    let f = no(&desk.json(&on("2019-01-10", &["fund", "open", "引导资金", "--year", "2019"])));
    let appropriate =
        ["fund", "appropriate", &f, "--source", "state", "--amount", "2000000", "--purpose", "talent", "--decision", "财〔2019〕1号"];
    desk.json(&on("2019-01-10", &appropriate));
    let c = no(&desk.json(&on("2019-06-10", &["card", "issue", &p])));
    let grant = |p: &str| {
        let args = ["subsidy", "grant", p, "--scheme", "settlement", "--decision", "和人才〔2019〕6号", "--actor", "sun"];
        on("2019-06-20", &args).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let granted = grant(&p);
    let s = no(&desk.json(&granted.iter().map(String::as_str).collect::<Vec<_>>()));
    let due = |day: &str| desk.json(&["subsidy", "due", "--as-of", day])[0]["why"].clone();
    let i = listed(&desk, &p, &proof, "new");
    // Due payments are not touched by a decision that does not name them.
    assert_eq!(due("2019-07-10"), Value::Null);
    let told = |args: &[&str], day: &str| {
        let e = fails(&desk, &on(day, args), 3, "listed");
        assert_eq!(
            (&e["error"]["details"]["no"], &e["error"]["details"]["clause"], &e["error"]["details"]["until"]),
            (&i.as_str().into(), &"示例第三条第一项".into(), &"2019-10-05".into())
        );
    };
    let grant_r = ["recognition", "grant", &p, "--class", "A", "--decision", "和人才〔2019〕9号"];
    told(&["recognition", "open", &p, "--class", "A"], "2019-07-05");
    told(&grant_r, "2019-10-05");
    // The end comes by the day: then the old recognition stands in the way, not the listing.
    fails(&desk, &on("2019-10-06", &grant_r), 5, "recognition_held");
    // Whoever asks is told the same as whoever grants: the case, the clause, the last day.
    let unmet = |of: &str, day: &str| -> Vec<Value> {
        let v = desk.json(&["subsidy", "explain", of, "--scheme", "settlement", "--as-of", day]);
        let v = if v["now"].is_null() { v } else { v["now"].clone() };
        let all: Vec<Value> = v["clauses"].as_array().unwrap().iter().filter(|c| c["met"] == false).cloned().collect();
        assert_eq!(v["eligible"], all.is_empty());
        all
    };
    for of in [&p, &s] {
        let (before, after) = (unmet(of, "2019-07-04"), unmet(of, "2019-07-05"));
        assert_eq!((before.len() + 1, unmet(of, "2019-10-06").len()), (after.len(), before.len()), "{of}");
        let told = after.last().unwrap();
        assert_eq!(
            (&told["clause"], &told["value"], &told["since"], &told["to_meet"]),
            (&"listed".into(), &i.as_str().into(), &"2019-07-05".into(), &"> 2019-10-05 (示例第三条第一项)".into())
        );
    }
    told(&["subsidy", "apply", &p, "--scheme", "rent"], "2019-07-06");
    let eligible = |day: &str| {
        let rows = desk.json(&["subsidy", "eligible", "--scheme", "training", "--as-of", day]);
        rows.as_array().unwrap().iter().filter(|r| r["no"] == p.as_str()).count()
    };
    assert_eq!((eligible("2019-07-04"), eligible("2019-07-05"), eligible("2019-10-06")), (1, 0, 1));
    let kid = no(&desk.json(&["talent", "add", "--kind", "related", "--name", "张小", "--id-number", &resident_id(649)]));
    desk.json(&["talent", "relate", &p, "--to", &kid, "--kind", "child", "--date", "2019-06-01", "--reason", "补录"]);
    told(&["card", "attach", &c, "--person", &kid], "2019-07-06");
    desk.json(&on("2019-07-08", &["card", "close", &c]));
    told(&["card", "issue", &p], "2019-07-09");
    told(&["subsidy", "grant", &p, "--scheme", "rent", "--decision", "和人才〔2019〕6号"], "2019-07-09");
    let flat = no(&desk.json(&["housing", "add", "--address", "一号楼 101"]));
    told(&["lease", "add", "--unit", &flat, "--person", &p, "--until", "2019-12-31"], "2019-07-09");
    // One on its way is not decided; steps before go on.
    let q = no(&desk.add("李四", &resident_id(2), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]));
    let r = no(&desk.json(&on("2019-07-01", &["recognition", "open", &q, "--class", "B"])));
    let second = no(&desk.json(&by(
        "zhao",
        "2019-07-01",
        &["add", &q, "--ground", "other", "--facts", "x", "--basis", "示例办法第二条", "--file", &proof],
    )));
    desk.json(&by("zhao", "2019-07-02", &["notify", &second, "--delivered", "2019-07-02", "--way", "left_at"]));
    desk.json(&by("zhao", "2019-07-03", &["reply", &second, "--file", &proof, "--waive"]));
    let decide =
        ["decide", &second, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "new", "hold_payment", "review"];
    desk.json(&by("qian", "2019-07-04", &[&decide[..], &["--until", "2019-08-04"]].concat()));
    // A decision that names an end is void where it is served behind it.
    fails(&desk, &by("zhao", "2019-08-05", &["deliver", &second, "--delivered", "2019-08-05", "--file", &proof]), 3, "lapsed");
    desk.json(&by("zhao", "2019-07-05", &["deliver", &second, "--delivered", "2019-07-05", "--file", &proof]));
    for to in ["first_review", "joint_review"] {
        desk.json(&on("2019-07-06", &["recognition", "advance", &r, "--to", to]));
    }
    let decided = ["recognition", "advance", &r, "--to", "decided", "--decision", "和人才〔2019〕9号"];
    fails(&desk, &on("2019-08-04", &decided), 3, "listed");
    desk.json(&on("2019-08-05", &decided));
    // Standing tells the truth, on a person's page and beside a list.
    let standing = |day: &str| desk.json(&["talent", "show", &p, "--as-of", day])["standing"]["in_force"].clone();
    assert_eq!((standing("2019-07-04"), standing("2019-07-05"), standing("2019-10-06")), (false.into(), true.into(), false.into()));
    let list = file(&desk, "list.csv", &format!("姓名,证件号码\n张三,{}\n李四,{}\n", resident_id(1), resident_id(2)));
    let beside = |day: &str| {
        let rows = desk.json(&["roster", "match", &list, "--as-of", day]);
        rows.as_array().unwrap().iter().map(|r| r["standing"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (beside("2019-07-05"), beside("2019-09-01")),
        (vec!["in_force".into(), "in_force".into()], vec!["in_force".into(), "clear".into()])
    );
    // A decision that names it holds what is due, and only while it lasts.
    desk.json(&by("sun", "2019-07-10", &["repair", &i, "--decision", "和人才〔2019〕10号"]));
    let third = heard(&desk, &p, &proof);
    let decide = ["decide", &third, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "hold_payment"];
    desk.json(&by("qian", "2019-07-11", &decide));
    desk.json(&by("zhao", "2019-07-12", &["deliver", &third, "--delivered", "2019-07-12", "--file", &proof, "--way", "electronic"]));
    assert_eq!((due("2019-07-11"), due("2019-07-12"), due("2019-10-13")), ("card".into(), "integrity".into(), "card".into()));
    let accounts = file(&desk, "acc.csv", &format!("no,account\n{p},6222000011112222\n"));
    let out = desk.path("bank.csv");
    let pay = ["subsidy", "pay", &s, "--accounts", &accounts, "--out", out.to_str().unwrap(), "--yes", "--actor", "wang"];
    let held = fails(&desk, &on("2019-07-13", &pay), 3, "held");
    assert_eq!(held["error"]["details"]["why"], "integrity");
    // What is not named stays open: a new recognition is no matter of this decision.
    fails(&desk, &on("2019-07-13", &grant_r), 5, "recognition_held");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn what_is_decided_all_the_same_is_listed_for_review() {
    let (desk, p, proof) = office();
    let i = listed(&desk, &p, &proof, "review");
    let review = |day: &str| desk.json(&["blacklist", "show", &i, "--as-of", day])["to_review"].clone();
    assert_eq!(review("2019-07-06"), json!([]));
    let c = no(&desk.json(&on("2019-07-08", &["card", "issue", &p])));
    assert_eq!((review("2019-07-07"), review("2019-07-08")), (json!([]), json!([c])));
    desk.json(&by("sun", "2019-07-10", &["repair", &i, "--decision", "和人才〔2019〕10号"]));
    desk.json(&on("2019-07-11", &["card", "close", &c]));
    desk.json(&on("2019-07-12", &["card", "issue", &p]));
    assert_eq!(review("2019-08-01"), json!([c]));
    // A recognition is told by the day of its decision, not by the days it is for.
    let q = no(&desk.add("李四", &resident_id(2), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2019-03-01"]));
    let j = listed(&desk, &q, &proof, "review,hold_payment");
    let grant = |day: &'static str, from: &'static str| {
        let args = ["recognition", "grant", &q, "--class", "B", "--decision", "和人才〔2019〕9号", "--from-date", from, "--until", from];
        no(&desk.json(&on(day, &args)))
    };
    grant("2019-11-10", "2019-08-10");
    let r = grant("2019-07-10", "2020-07-10");
    assert_eq!(desk.json(&["blacklist", "show", &j, "--as-of", "2019-12-01"])["to_review"], json!([r]));
}

#[test]
fn a_repair_is_judged_by_a_third_person_and_ends_the_listing() {
    let (desk, p, proof) = office();
    let i = listed(&desk, &p, &proof, "new");
    let repair = |who: &'static str, day: &'static str| by(who, day, &["repair", &i, "--decision", "和人才〔2019〕10号"]);
    let told = |args: Vec<&str>, code: i32, why: &str| fails(&desk, &args, code, why);
    for who in ["zhao", "qian"] {
        let args =
            by(who, "2019-08-01", &["repair", &i, "--decision", "和人才〔2019〕10号"]).iter().map(ToString::to_string).collect::<Vec<_>>();
        told(args.iter().map(String::as_str).collect(), 77, "two_persons");
    }
    let args: Vec<String> = repair("sun", "2019-08-01").iter().map(ToString::to_string).collect();
    let done = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((&done["status"], &done["repaired"], &done["next"]), (&"repaired".into(), &"2019-08-01".into(), &json!(["remove"])));
    assert_eq!((check(&desk, &p, "2019-07-31").0, check(&desk, &p, "2019-08-01").0), (1, 0));
    told(args.iter().map(String::as_str).collect(), 5, "integrity_state");
    // A policy of the office may want a listing to last a while first.
    let pack = desk.run(&["policy", "show", "integrity"]).1.replace("repair_after_months = 0", "repair_after_months = 1");
    let review = pack.find("[[scheme.effect]]\ncode = \"review\"").unwrap();
    let behind = review + pack[review..].find("\n\n").unwrap();
    let pack = format!("{}{}", &pack[..review], &pack[behind..]);
    desk.json(&["policy", "load", &file(&desk, "own.toml", &pack)]);
    fails(&desk, &["blacklist", "check", &p, "--purpose", "补贴审核"], 78, "unconfirmed");
    desk.json(&["policy", "confirm", "integrity/zone", "--basis", "和人才〔2019〕11号"]);
    let unnamed = heard(&desk, &p, &proof);
    let decide = ["decide", &unnamed, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "review"];
    fails(&desk, &by("qian", "2019-07-04", &decide), 2, "no_effect");
    let second = listed(&desk, &p, &proof, "new");
    let early = fails(&desk, &by("sun", "2019-08-04", &["repair", &second, "--decision", "和人才〔2019〕10号"]), 3, "repair_early");
    assert_eq!(early["error"]["details"]["opens"], "2019-08-05");
    desk.json(&by("sun", "2019-08-05", &["repair", &second, "--decision", "和人才〔2019〕10号", "--file", &proof]));
    // An investigation may end with nothing, at any time before the decision.
    let third = open(&desk, &p, &proof);
    fails(&desk, &by("zhao", "2019-07-02", &["decide", &third, "--not-listed"]), 77, "two_persons");
    let ended = desk.json(&by("qian", "2019-07-02", &["decide", &third, "--not-listed"]));
    assert_eq!((&ended["status"], &ended["effects"], &ended["until"]), (&"not_listed".into(), &json!([]), &Value::Null));
    assert_eq!(check(&desk, &p, "2019-08-10").0, 0);
}

#[test]
fn an_annulled_case_leaves_no_trace_and_is_called_back() {
    let (desk, p, proof) = office();
    let i = listed(&desk, &p, &proof, "new");
    let share = |more: &[&str]| {
        let args = [&["share", &i, "--with", "市人社局", "--purpose", "市级补贴审核"], more].concat();
        by("zhao", "2019-07-10", &args).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let args = share(&[]);
    fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), 3, "share_basis");
    let args = share(&["--basis", "示例条例第十条"]);
    let shared = desk.json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(shared["shared"], json!([{"with": "市人社局", "day": "2019-07-10", "basis": "示例条例第十条", "purpose": "市级补贴审核"}]));
    let other = ["share", &i, "--with", "科技局", "--basis", "示例条例第十条", "--purpose", "项目审核"];
    desk.json(&by("zhao", "2019-07-11", &other));
    fails(&desk, &by("zhao", "2019-12-01", &other), 5, "integrity_state");
    assert_eq!(
        desk.json(&["audit", "log", "--exports"]).as_array().unwrap().iter().filter(|o| o["command"] == "blacklist.share").count(),
        2
    );
    let list = file(&desk, "list.csv", &format!("姓名,证件号码\n张三,{}\n", resident_id(1)));
    let screen = ["blacklist", "screen", &list, "--purpose", "补贴审核", "--as-of", "2019-08-01", "--json"];
    let (code, out, _) = desk.run(&screen);
    let before: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &before["exact"]), (1, &1.into()));
    // It left the house: no undo.
    for command in ["blacklist.notify", "blacklist.deliver", "blacklist.share"] {
        let op = desk.json(&["audit", "log"]).as_array().unwrap().iter().find(|o| o["command"] == command).unwrap()["op"].to_string();
        fails(&desk, &["undo", &op], 3, "left_the_house");
    }
    let annul = by("sun", "2019-08-02", &["remove", &i, "--annul", "--decision", "和人才〔2019〕12号"]);
    let letters = desk.path("letters");
    let annul = [&annul[..], &["--out", letters.to_str().unwrap()]].concat();
    fails(&desk, &annul, 2, "needs_yes");
    let gone = desk.json(&[&annul[..], &["--yes"]].concat());
    assert_eq!((&gone["status"], gone["recall"].as_array().unwrap().len()), (&"annulled".into(), 2));
    let text = std::fs::read_to_string(gone["recall"][0]["path"].as_str().unwrap()).unwrap();
    for part in ["诚信信息撤回函", "市人社局：", "2019年7月10日", "张三（15*************", "市级补贴审核", "停止使用并删除"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("黑名单") && !text.contains("伪造"), "{text}");
    // No question tells of it, of whatever day.
    assert_eq!((check(&desk, &p, "2019-08-01").0, check(&desk, &p, "2019-07-06").0), (0, 0));
    fails(&desk, &["blacklist", "show", &i], 4, "no_integrity_case");
    fails(&desk, &["blacklist", "show", &i, "--as-of", "2019-08-01"], 4, "no_integrity_case");
    fails(&desk, &["file", "list", &i], 4, "no_record");
    assert_eq!(desk.json(&["blacklist", "list", "--as-of", "2019-08-01"]), json!([]));
    assert_eq!(desk.json(&["talent", "show", &p, "--as-of", "2019-08-01"])["standing"]["in_force"], false);
    assert_eq!(desk.run(&screen).0, 0);
    fails(&desk, &by("zhao", "2019-08-03", &["repair", &i, "--decision", "和人才〔2019〕10号"]), 4, "no_integrity_case");
    // A receipt still proves that the answer was the same then, and names nobody who was annulled since.
    let receipt = before["receipt"]["no"].as_str().unwrap();
    let (code, out, _) = desk.run(&["blacklist", "screen", &list, "--purpose", "审计", "--replay", receipt, "--json"]);
    let again: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &again["matches"], &again["exact"]), (0, &json!([]), &0.into()));
    assert_eq!((&again["receipt"]["same"], &again["receipt"]["withdrawn"]), (&true.into(), &1.into()));
    let (_, table, _) = desk.run(&["blacklist", "screen", &list, "--purpose", "审计", "--replay", receipt]);
    assert!(table.contains("As in the receipt") && table.contains("Annulled since"), "{table}");
    // What was shown, looked up or written for others is one list of the log.
    let exports = desk.json(&["audit", "log", "--exports"]);
    for command in ["blacklist.check", "blacklist.screen", "blacklist.share"] {
        assert!(exports.as_array().unwrap().iter().any(|o| o["command"] == command), "{command}");
    }
    // The audit keeps it, and a letter can be written again.
    let log = desk.json(&["audit", "log"]);
    assert!(log.as_array().unwrap().iter().any(|o| o["command"] == "blacklist.remove" && o["outcome"]["recall"] == 2));
    let out = desk.path("r.md");
    let letter = ["letter", "integrity_recall", &i, "--out", out.to_str().unwrap()];
    let told = fails(&desk, &letter, 2, "recall_whom");
    assert_eq!(told["error"]["details"]["possible"], json!(["市人社局", "科技局"]));
    desk.json(&[&letter[..], &["--to", "科技局"]].concat());
    assert!(std::fs::read_to_string(&out).unwrap().contains("项目审核"));
    fails(&desk, &[&letter[..], &["--to", "住建局"]].concat(), 5, "letter_groundless");
    let live = listed(&desk, &p, &proof, "new");
    fails(&desk, &["letter", "integrity_recall", &live, "--out", out.to_str().unwrap()], 5, "letter_groundless");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn letters_tell_reason_basis_and_rights_and_call_it_internal_management() {
    let (desk, p, proof) = office();
    let write = |kind: &str, i: &str, more: &[&str]| {
        let out = desk.path("l.md");
        desk.json(&[&["letter", kind, i, "--out", out.to_str().unwrap()], more].concat());
        std::fs::read_to_string(out).unwrap()
    };
    let has = |text: &str, parts: &[&str]| {
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("黑名单") && !text.contains("blacklist"), "{text}");
    };
    let i = open(&desk, &p, &proof);
    let out = desk.path("x.md");
    fails(&desk, &["letter", "integrity_decision", &i, "--out", out.to_str().unwrap()], 5, "letter_groundless");
    fails(&desk, &["letter", "integrity_repair_notice", &i, "--out", out.to_str().unwrap()], 5, "letter_groundless");
    let notice = write("integrity_notice", &i, &["--as-of", "2019-07-01"]);
    has(&notice, &["诚信事项告知书", "张三：", "提供虚假材料", "学历证书系伪造", "示例办法第二条", "proof.pdf", "5 个工作日", "内部管理"]);
    let i = listed(&desk, &p, &proof, "new,hold_payment");
    has(&write("integrity_notice", &i, &["--as-of", "2019-07-02"]), &["至 2019年7月9日"]);
    let decision = write("integrity_decision", &i, &["--as-of", "2019-07-04"]);
    has(&decision, &["诚信事项决定书", "和人才〔2019〕8号", "等级：轻微", "3 个月", "示例第三条第二项", "十五日内", "自动移出"]);
    has(&write("integrity_repair_notice", &i, &["--as-of", "2019-07-04"]), &["诚信修复告知书", "书面修复申请", "调查人、决定人以外"]);
    has(&write("integrity_notice", &i, &["--lang", "en", "--as-of", "2019-07-02"]), &["Notice of an integrity matter", "False papers"]);
    // A case that ends without a listing has its letter too.
    let free = open(&desk, &p, &proof);
    desk.json(&by("qian", "2019-07-02", &["decide", &free, "--not-listed", "--decision", "和人才〔2019〕13号"]));
    let told = write("integrity_decision", &free, &[]);
    has(&told, &["不予列入", "和人才〔2019〕13号"]);
    // What was said is considered where something was said; of whoever was not asked nothing of the kind is claimed.
    assert!(decision.contains("考虑了你（单位）的陈述和申辩") && !told.contains("陈述和申辩"), "{told}");
    let silent = open(&desk, &p, &proof);
    desk.json(&by("zhao", "2019-07-02", &["notify", &silent, "--delivered", "2019-07-02", "--way", "left_at"]));
    desk.json(&by("qian", "2019-07-03", &["decide", &silent, "--not-listed"]));
    has(&write("integrity_decision", &silent, &[]), &["未提出陈述和申辩"]);
    // A decision with an end of its own names it.
    let dated = heard(&desk, &p, &proof);
    let decide = [
        "decide",
        &dated,
        "--listed",
        "--grade",
        "ordinary",
        "--decision",
        "和人才〔2019〕8号",
        "--effects",
        "new",
        "--until",
        "2019-12-31",
    ];
    desk.json(&by("qian", "2019-07-04", &decide));
    has(&write("integrity_decision", &dated, &[]), &["至 2019年12月31日", "等级：一般"]);
    assert_eq!(desk.json(&["audit", "log"]).as_array().unwrap().iter().filter(|o| o["command"] == "letter").count(), 8);
}

#[test]
fn a_unit_is_listed_by_its_code_and_a_person_through_merges() {
    let (desk, p, proof) = office();
    let unit = no(&desk.json(&["org", "add", "--name", "乙公司", "--introduced-on", "2018-01-01"]));
    let add = ["add", &unit, "--ground", "unit_proof", "--facts", "出具虚假证明", "--basis", "示例办法第二条", "--file", &proof];
    fails(&desk, &by("zhao", "2019-07-01", &add), 3, "unit_without_code");
    desk.json(&["org", "edit", &unit, "--uscc", "91150191MA000100X2"]);
    let i = listed(&desk, &unit, &proof, "new");
    assert_eq!(desk.json(&["blacklist", "show", &i])["subject_no"], unit.as_str());
    for text in [unit.as_str(), "91150191MA000100X2", "乙公司", "uscc:91150191MA000100X2"] {
        assert_eq!(check(&desk, text, "2019-08-01").0, 1, "{text}");
    }
    // Nobody here: not in force, and no error; a name that means nobody is one.
    for text in ["91110108551385082Q", &format!("resident_id:{}", resident_id(99)), "passport:E12345678"] {
        assert_eq!(check(&desk, text, "2019-08-01"), (0, json!({"in_force": false, "as_of": "2019-08-01", "effects": [], "until": null})));
    }
    fails(&desk, &["blacklist", "check", "丙公司", "--purpose", "补贴审核"], 4, "no_org");
    fails(&desk, &["blacklist", "check", &rencai::base::number::format("P", 99), "--purpose", "补贴审核"], 4, "no_person");
    assert_eq!(desk.run(&["blacklist", "check", &p]).0, 2, "a purpose is wanted");
    // The look-up is kept: its purpose, and no names.
    let (out, name) = (desk.run(&["audit", "log", "--json"]).1, "张三");
    assert!(!out.contains(name));
    let op =
        desk.json(&["audit", "log"]).as_array().unwrap().iter().rfind(|o| o["command"] == "blacklist.check").unwrap()["op"].to_string();
    let whole = desk.json(&["audit", "log", "--op", &op, "--reveal", "--reason", "检查"]);
    assert_eq!(whole[0]["params"]["purpose"], "补贴审核");
    // Who was merged into another is listed under the survivor, and comes back with the pair taken apart.
    let q = no(&desk.json(&[
        "talent",
        "add",
        "--name",
        "张三",
        "--birth-date",
        "1960-05-05",
        "--employer",
        "某研究院",
        "--id-type",
        "passport",
        "--id-number",
        "E12345678",
        "--nationality",
        "USA",
        "--corps",
        "leading",
        "--mode",
        "rigid",
        "--start-date",
        "2019-03-01",
    ]));
    let j = listed(&desk, &q, &proof, "new");
    assert_eq!(check(&desk, &p, "2019-08-01").0, 0);
    desk.json(&["talent", "merge", &p, &q, "--take", "keep", "--yes"]);
    assert_eq!((check(&desk, &p, "2019-08-01").0, check(&desk, &q, "2019-08-01").0), (1, 1));
    assert_eq!(desk.json(&["blacklist", "show", &j])["subject_no"], p.as_str());
    fails(&desk, &on("2019-08-01", &["card", "issue", &p]), 3, "listed");
    desk.json(&["talent", "unmerge", &q]);
    assert_eq!((check(&desk, &p, "2019-08-01").0, check(&desk, &q, "2019-08-01").0), (0, 1));
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn what_did_not_leave_the_house_can_be_taken_back() {
    let (desk, p, proof) = office();
    let i = heard(&desk, &p, &proof);
    let decide = ["decide", &i, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "new"];
    let first = desk.json(&by("qian", "2019-07-04", &decide));
    desk.json(&["undo", &first["op"].to_string()]);
    assert_eq!(desk.json(&["blacklist", "show", &i])["status"], "heard");
    let serious = ["decide", &i, "--listed", "--grade", "serious", "--decision", "和人才〔2019〕8号", "--effects", "new"];
    assert_eq!(desk.json(&by("qian", "2019-07-04", &serious))["grade"], "serious");
    desk.json(&by("zhao", "2019-07-05", &["deliver", &i, "--delivered", "2019-07-05", "--file", &proof]));
    let op = |command: &str| {
        let log = desk.json(&["audit", "log"]);
        log.as_array().unwrap().iter().rfind(|o| o["command"] == command).unwrap()["op"].to_string()
    };
    fails(&desk, &["undo", &op("blacklist.decide")], 5, "later_rows");
    fails(&desk, &["undo", &op("blacklist.add")], 5, "later_rows");
    let fresh = open(&desk, &p, &proof);
    desk.json(&["undo", &op("blacklist.add")]);
    fails(&desk, &["blacklist", "show", &fresh], 4, "no_integrity_case");
    fails(&desk, &["letter", "integrity_recall", &fresh, "--out", "x.md"], 4, "no_integrity_case");
    // A trial changes nothing.
    let trial = ["add", &p, "--ground", "crime", "--facts", "x", "--basis", "y", "--file", &proof, "--dry-run"];
    let v = desk.json(&by("zhao", "2019-07-01", &trial));
    assert_eq!((&v["no"], &v["dry_run"]), (&Value::Null, &true.into()));
    assert_eq!(desk.json(&["blacklist", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn status_tells_of_replies_deliveries_and_ends() {
    let (desk, p, proof) = office();
    let due = |day: &str| -> Vec<(String, String, i64)> {
        let v = desk.json(&["status", "--as-of", day, "--within", "10d"]);
        let row = |d: &Value| (d["kind"].as_str().unwrap().to_owned(), d["no"].as_str().unwrap().to_owned(), d["days"].as_i64().unwrap());
        v["due"].as_array().unwrap().iter().filter(|d| d["kind"].as_str().unwrap().starts_with("integrity")).map(row).collect()
    };
    let i = heard(&desk, &p, &proof);
    let line = |kind: &str, days| vec![(kind.to_owned(), i.clone(), days)];
    assert_eq!(
        (due("2019-07-01"), due("2019-07-04"), due("2019-07-11")),
        (vec![], line("integrity_reply", 5), line("integrity_reply", -2))
    );
    let decide = ["decide", &i, "--listed", "--grade", "mild", "--decision", "和人才〔2019〕8号", "--effects", "new"];
    desk.json(&by("qian", "2019-07-12", &decide));
    assert_eq!(due("2019-07-15"), line("integrity_deliver", -3));
    desk.json(&by("zhao", "2019-07-16", &["deliver", &i, "--delivered", "2019-07-16", "--file", &proof]));
    assert_eq!((due("2019-08-01"), due("2019-10-10"), due("2019-10-17")), (vec![], line("integrity_end", 6), vec![]));
}

// ---------------------------------------------------------------- screening

/// Looks a list through: exit code and answer.
fn screen(desk: &Desk, list: &str, more: &[&str]) -> (i32, Value) {
    let (code, out, err) = desk.run(&[&["blacklist", "screen", list, "--purpose", "补贴审核", "--json"], more].concat());
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}")))
}

/// Row, kind, score and features of each match.
fn matches(v: &Value) -> Vec<(i64, String, f64, String)> {
    let text = |m: &Value, key: &str| m[key].as_str().unwrap().to_owned();
    let features = |m: &Value| m["features"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect::<Vec<_>>().join("+");
    v["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["row"].as_i64().unwrap(), text(m, "kind"), m["score"].as_f64().unwrap(), features(m)))
        .collect()
}

#[test]
fn a_list_is_looked_through_with_features_and_a_receipt() {
    let (desk, p, proof) = office();
    let i = listed(&desk, &p, &proof, "new");
    // A foreigner without a resident ID, and a unit.
    let q = no(&desk.json(&[
        "talent",
        "add",
        "--name",
        "其木格",
        "--birth-date",
        "1980-05-05",
        "--employer",
        "某研究院",
        "--id-type",
        "hm_permit",
        "--id-number",
        "H1234567801",
        "--nationality",
        "CHN-HKG",
        "--corps",
        "leading",
        "--mode",
        "rigid",
        "--start-date",
        "2019-03-01",
        "--phone",
        "13800000000",
    ]));
    let j = listed(&desk, &q, &proof, "new");
    let unit = no(&desk.json(&["org", "add", "--name", "乙公司", "--uscc", "91150191MA000100X2", "--introduced-on", "2018-01-01"]));
    let u = listed(&desk, &unit, &proof, "new");
    let head = "姓名,证件类型,证件号码,出生日期,手机,用人单位,统一社会信用代码,备注\n";
    let other = resident_id(7);
    let rows = [
        format!("张三,,{},,,甲公司,,\n", resident_id(1)),
        format!("李四,,{},,,甲公司,,号码写错\n", resident_id(1)),
        "其木格,港澳居民来往内地通行证,H1234567802,,,甲公司,,\n".to_owned(),
        "琪木格,护照,E7654321,1980-05-05,,甲公司,,\n".to_owned(),
        "其木格,护照,E7654322,1980-05,,某研究院,,\n".to_owned(),
        "其木格,护照,E7654323,1981-01-01,,,,\n".to_owned(),
        // Another resident ID is another person, a namesake is none.
        format!("张三,,{other},,,,,\n"),
        "王五,护照,E7654324,1980-05-05,13800000000,乙公司,91150191MA000100X2,\n".to_owned(),
        "赵六,护照,E7654325,1980-05-05,,乙公司,,\n".to_owned(),
        ",,,,,,,\n".to_owned(),
    ];
    let list = file(&desk, "list.csv", &format!("{head}{}", rows.concat()));
    // Tried, it makes no receipt and no file, but is in the log: who looked up is known.
    let out = desk.path("tried.csv").to_str().unwrap().to_owned();
    let (_, tried) = screen(&desk, &list, &["--as-of", "2019-08-01", "--dry-run", "--out", &out]);
    assert_eq!((&tried["dry_run"], &tried["receipt"]["no"]), (&true.into(), &Value::Null));
    assert!(tried["receipt"]["op"].is_i64() && !desk.path("tried.csv").exists());
    fails(&desk, &["blacklist", "screen", &list, "--purpose", "补贴审核", "--out", &list], 5, "output_is_input");
    let (code, v) = screen(&desk, &list, &["--as-of", "2019-08-01"]);
    let told = |row, kind: &str, score, features: &str| (row, kind.to_owned(), score, features.to_owned());
    assert_eq!(
        matches(&v),
        [
            told(2, "exact", 1.0, "document"),
            told(3, "exact", 1.0, "document+name_differs"),
            told(4, "exact", 1.0, "permit_number"),
            told(5, "likely", 0.65, "birth_date+name_variant"),
            told(6, "likely", 0.7, "name+birth_month+employer"),
            told(9, "exact", 1.0, "uscc"),
            told(10, "likely", 0.6, "unit_name"),
        ]
    );
    assert_eq!((code, &v["rows"], &v["exact"], &v["likely"]), (1, &9.into(), &4.into(), &3.into()));
    assert_eq!((&v["matches"][0]["no"], &v["matches"][0]["subject_no"]), (&i.as_str().into(), &p.as_str().into()));
    assert_eq!((&v["matches"][3]["no"], &v["matches"][5]["no"]), (&j.as_str().into(), &u.as_str().into()));
    // The output says what a likely match is not.
    assert_eq!(v["note"], "A likely match is a question to a person, never a ground of refusal.");
    let r = &v["receipt"];
    assert_eq!((&r["day"], &r["rows"], &r["exact"], &r["likely"]), (&"2019-08-01".into(), &9.into(), &4.into(), &3.into()));
    assert!(r["op"].is_i64() && r["rule_version"].is_i64() && r["sha256"].as_str().unwrap().len() == 64);
    let receipt = r["no"].as_str().unwrap().to_owned();
    assert!(!r.to_string().contains('张') && receipt.starts_with("SC"));
    // The same file for the same day is the same answer, on whatever day it is asked.
    assert_eq!(matches(&screen(&desk, &list, &["--as-of", "2019-08-01"]).1), matches(&v));
    // Before and after there was nobody.
    let nobody = |day: &str| {
        let (code, v) = screen(&desk, &list, &["--as-of", day]);
        (code, v["matches"].as_array().unwrap().len())
    };
    assert_eq!((nobody("2019-07-04"), nobody("2019-10-06")), ((0, 0), (0, 0)));
    // Judged to be another, a pair does not come back: a person of the register, or a row of which only a digest is kept.
    let row5 = no(&desk.json(&[
        "talent",
        "add",
        "--name",
        "琪木格",
        "--birth-date",
        "1980-05-05",
        "--employer",
        "甲公司",
        "--id-type",
        "passport",
        "--id-number",
        "E7654321",
        "--nationality",
        "CHN-HKG",
        "--corps",
        "skilled",
        "--mode",
        "rigid",
        "--start-date",
        "2019-03-01",
    ]));
    desk.json(&["talent", "judge", &row5, &q, "different"]);
    let judge = ["blacklist", "judge", &j, &list, "--row", "6", "--different"];
    assert_eq!(desk.json(&judge)["status"], "different");
    assert_eq!(desk.json(&judge)["op"], Value::Null, "kept once");
    let rows_left = |v: &Value| matches(v).iter().map(|m| m.0).collect::<Vec<_>>();
    let now = screen(&desk, &list, &["--as-of", "2019-08-01"]).1;
    assert_eq!(rows_left(&now), [2, 3, 4, 9, 10]);
    // In another list too, and whatever else stands in the row.
    let second = file(
        &desk,
        "two.csv",
        "姓名,证件类型,证件号码,出生日期,用人单位\n其木格,护照,E7654322,1980-05,某研究院\n其木格,护照,E999999,1980-05,某研究院\n",
    );
    assert_eq!(rows_left(&screen(&desk, &second, &["--as-of", "2019-08-01"]).1), [3]);
    // An exact match is a matter of papers: no judgement takes it away.
    desk.json(&["blacklist", "judge", &i, &list, "--row", "2", "--different"]);
    assert_eq!(rows_left(&screen(&desk, &list, &["--as-of", "2019-08-01"]).1), [2, 3, 4, 9, 10]);
    fails(&desk, &["blacklist", "judge", &j, &list, "--row", "11", "--different"], 4, "no_such_row");
    let odd = file(&desk, "odd.csv", "姓名,证件号码,备注\n李四,1,x\n,不详,y\n");
    fails(&desk, &["blacklist", "judge", &j, &odd, "--row", "3", "--different"], 65, "row_is_nobody");
    // A receipt is replayed as known then: neither judgements nor changes of later days touch it.
    desk.json(&["talent", "edit", &q, "--name", "其其格", "--from-date", "2019-07-01", "--reason", "补录"]);
    let (code, again) = screen(&desk, &list, &["--replay", &receipt]);
    assert_eq!((code, &again["matches"], &again["receipt"]["same"]), (1, &v["matches"], &true.into()));
    assert_eq!(again["receipt"]["withdrawn"], 0);
    assert_eq!(again["receipt"]["no"], receipt.as_str());
    fails(&desk, &["blacklist", "screen", &second, "--purpose", "审计", "--replay", &receipt], 65, "another_file");
    fails(&desk, &["blacklist", "screen", &list, "--purpose", "审计", "--replay", &receipt, "--as-of", "2019-08-01"], 2, "replay_day");
    let none = rencai::base::number::format("SC", 99);
    fails(&desk, &["blacklist", "screen", &list, "--purpose", "审计", "--replay", &none], 4, "no_receipt");
    assert_eq!(desk.run(&["blacklist", "screen", &list]).0, 2, "a purpose is wanted");
    // Matches go into a file by row number, without names.
    let out = desk.path("m.csv");
    screen(&desk, &list, &["--as-of", "2019-08-01", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("2,") && text.contains("exact") && !text.contains("张三") && !text.contains(&resident_id(1)), "{text}");
    // The table says the same words.
    let (code, table, _) = desk.run(&["blacklist", "screen", &list, "--purpose", "补贴审核", "--as-of", "2019-08-01", "--lang", "zh"]);
    assert!(code == 1 && table.contains("不得据此拒绝办理") && table.contains("一致"), "{table}");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    assert_eq!(desk.run(&["doctor"]).0, 0);
}

#[test]
fn a_long_list_is_answered_in_the_order_of_its_rows() {
    let (desk, p, proof) = office();
    listed(&desk, &p, &proof, "new");
    let mut text = String::from("姓名,证件号码\n");
    for n in 0..9_000 {
        // Every hundredth row is the one listed.
        text += &format!("某人,{}\n", resident_id(if n % 100 == 0 { 1 } else { n + 10 }));
    }
    let list = file(&desk, "long.csv", &text);
    let (code, v) = screen(&desk, &list, &["--as-of", "2019-08-01"]);
    assert_eq!((code, &v["rows"], &v["exact"]), (1, &9_000.into(), &90.into()));
    let rows: Vec<i64> = matches(&v).iter().map(|m| m.0).collect();
    assert!(rows.windows(2).all(|w| w[0] < w[1]) && rows[1] == 102);
}

#[test]
fn an_import_says_who_is_listed_and_takes_the_rows_in() {
    let (desk, p, proof) = office();
    let i = listed(&desk, &p, &proof, "new");
    let unit = no(&desk.json(&["org", "add", "--name", "乙公司", "--uscc", "91150191MA000100X2", "--introduced-on", "2018-01-01"]));
    let u = listed(&desk, &unit, &proof, "new");
    let head = "姓名,证件号码,用人单位,统一社会信用代码,人才队伍,引进方式,到岗日期\n";
    let roster = file(
        &desk,
        "r.csv",
        &format!(
            "{head}张三,{},某研究院,,领军人才,刚性,2019-03-01\n李四,{},乙公司,91150191MA000100X2,领军人才,刚性,2019-03-01\n王五,{},丙公司,,领军人才,刚性,2019-03-01\n",
            resident_id(1),
            resident_id(2),
            resident_id(3)
        ),
    );
    let report = |day: &'static str| -> (i64, Vec<(i64, String, String)>) {
        let v = desk.json(&on(day, &["roster", "import", &roster, "--dry-run"]));
        let row =
            |w: &Value| (w["row"].as_i64().unwrap(), w["column"].as_str().unwrap().to_owned(), w["hint"].as_str().unwrap().to_owned());
        let warnings = v["warnings"].as_array().unwrap().iter().filter(|w| w["code"] == "listed").map(row).collect();
        (v["listed"].as_i64().unwrap(), warnings)
    };
    let (n, told) = report("2019-08-01");
    assert_eq!((n, told.len()), (2, 2));
    assert_eq!((told[0].0, told[0].1.as_str(), told[1].0, told[1].1.as_str()), (2, "id_number", 3, "uscc"));
    assert!(told[0].2.contains(&i) && told[1].2.contains(&u), "{told:?}");
    assert_eq!(report("2019-12-01"), (0, vec![]));
    // The row goes in: a listing is no fault of the roster.
    let v = desk.json(&on("2019-08-01", &["roster", "import", &roster]));
    assert_eq!((&v["added"], &v["rejected"], &v["committed"]), (&2.into(), &0.into(), &true.into()));
    let (_, _, err) = desk.run(&on("2019-08-01", &["roster", "import", &roster]));
    assert!(err.contains("2 rows name somebody under internal integrity management"), "{err}");
    // A roster of units too, and a recognition on paper is refused by the rule.
    let units = file(&desk, "u.csv", "单位名称,统一社会信用代码,引进日期\n乙公司,91150191MA000100X2,2018-01-01\n");
    assert_eq!(desk.json(&on("2019-08-01", &["roster", "import", &units, "--kind", "org"]))["listed"], 1);
    let papers = file(
        &desk,
        "p.csv",
        &format!("证件号码,姓名,人才类别,批文文号,生效日期\n{},张三,A,和人才〔2019〕9号,2022-06-01\n", resident_id(1)),
    );
    let (code, out, err) = desk.run(&on("2019-08-01", &["roster", "import", &papers, "--kind", "recognition", "--json"]));
    let v: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &v["faults"][0]["code"], reason(&err).as_str()), (65, &"not_allowed".into(), "roster_refused"));
    assert!(v["faults"][0]["hint"].as_str().unwrap().contains(&i), "{out}");
}
