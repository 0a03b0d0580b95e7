//! Innovative products: the zone reviews and recommends, the finance bureau lists, buyers try.

mod it;

use it::{Desk, fails, no, resident_id};
use rencai::base::number;
use serde_json::{Value, json};

const DAY: &str = "2019-06-10";
const CATALOGUE: &str = "内财购〔2019〕21号";

/// An office with two talents, the services confirmed: desk and their numbers.
fn office() -> (Desk, [String; 2]) {
    let desk = Desk::on(DAY);
    let add = |name, n| no(&desk.add(name, &resident_id(n), &["--corps", "innovator", "--mode", "rigid", "--start-date", "2018-03-01"]));
    let people = [add("张发明", 1), add("李创新", 2)];
    assert_eq!(desk.run(&["policy", "confirm", "services", "--basis", "和人才〔2019〕4号"]).0, 0);
    (desk, people)
}

/// A review of intellectual property that is done.
fn reviewed(desk: &Desk, person: &str) -> String {
    let k = no(&desk.json(&["case", "open", "--type", "ip_review", "--person", person]));
    desk.json(&["case", "done", &k, "--result", "权属清晰"]);
    k
}

/// A product that the catalogue has from 2019-06-10 to 2019-12-31.
fn listed(desk: &Desk, person: &str) -> String {
    let x = no(&desk.json(&["product", "add", "--name", "智能网关", "--holder", person, "--org", "某研究院"]));
    let k = reviewed(desk, person);
    desk.json(&["product", "advance", &x, "--to", "ip_reviewed", "--case", &k]);
    desk.json(&["product", "advance", &x, "--to", "recommended"]);
    desk.json(&["product", "advance", &x, "--to", "in_catalogue", "--document-no", CATALOGUE, "--until", "2019-12-31"]);
    x
}

#[test]
fn nothing_is_recommended_without_its_review() {
    let (desk, [a, b]) = office();
    let made = desk.json(&["product", "add", "--name", "智能网关", "--holder", &a, "--org", "某研究院"]);
    assert_eq!((&made["status"], &made["holder"]["no"], &made["org"]["name"]), (&"applied".into(), &a.as_str().into(), &"某研究院".into()));
    let x = no(&made);
    fails(&desk, &["product", "add", "--name", " 智能网关", "--holder", &a], 5, "product_known");
    assert_eq!(desk.run(&["product", "add", "--name", "智能网关", "--holder", &b]).0, 0, "another's may have the name");
    fails(&desk, &["product", "show", &number::format("X", 9)], 4, "no_product");
    let to =
        |args: &[&str]| [&["product", "advance", x.as_str(), "--to"], args].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let refused = |args: &[&str], code, why: &str| {
        let args = to(args);
        fails(&desk, &args.iter().map(String::as_str).collect::<Vec<_>>(), code, why)
    };
    let told = refused(&["recommended"], 5, "wrong_state");
    assert_eq!(told["error"]["details"]["possible"], json!(["ip_reviewed", "rejected"]));
    assert_eq!(refused(&["ip_reviewed"], 3, "needs_review")["error"]["details"]["clause"], "五（二）4");
    let advice = no(&desk.json(&["case", "open", "--type", "advice", "--person", &a]));
    refused(&["ip_reviewed", "--case", &advice], 3, "not_its_review");
    let others = reviewed(&desk, &b);
    refused(&["ip_reviewed", "--case", &others], 3, "not_its_review");
    let open = no(&desk.json(&["case", "open", "--type", "ip_review", "--person", &a]));
    refused(&["ip_reviewed", "--case", &open], 3, "review_open");
    refused(&["rejected", "--until", "2020-01-01"], 2, "not_for_state");
    let ended = desk.json(&["case", "done", &open, "--result", "权属清晰"])["op"].to_string();
    let on = desk.json(&["product", "advance", &x, "--to", "ip_reviewed", "--case", &open, "--note", "无风险"]);
    assert_eq!((&on["status"], &on["case_no"]), (&"ip_reviewed".into(), &open.as_str().into()));
    // The review can't be taken back from under it.
    fails(&desk, &["undo", &ended], 5, "later_rows");
    let out = desk.path("l.md");
    let letter = ["letter", "product_recommended", &x, "--out", out.to_str().unwrap()];
    fails(&desk, &letter, 5, "letter_groundless");
    let (code, _, err) = desk.run(&["product", "advance", &x, "--to", "recommended"]);
    assert!(code == 0 && err.contains("finance bureau"), "{err}");
    desk.json(&letter);
    let text = std::fs::read_to_string(&out).unwrap();
    for part in ["创新产品推荐函", "财政部门：", "智能网关", "张发明", "某研究院", &open, "由贵部门决定"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    refused(&["in_catalogue"], 3, "needs_listing");
    refused(&["in_catalogue", "--document-no", CATALOGUE], 3, "needs_listing");
    refused(&["in_catalogue", "--document-no", CATALOGUE, "--until", "2019-06-09"], 65, "date_order");
    desk.json(&["talent", "leave", &b, "--why", "resigned", "--date", "2019-06-09"]);
    fails(&desk, &["product", "add", "--name", "另一个", "--holder", &b], 3, "no_product_holder");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn the_catalogue_is_the_finance_bureaus_and_runs_out() {
    let (desk, [a, _]) = office();
    let x = listed(&desk, &a);
    let shown = desk.json(&["product", "show", &x]);
    let catalogue = &shown["catalogue"];
    assert_eq!(
        (&catalogue["document_no"], &catalogue["from"], &catalogue["until"]),
        (&CATALOGUE.into(), &DAY.into(), &"2019-12-31".into())
    );
    assert_eq!(
        desk.json(&["decision", "show", catalogue["no"].as_str().unwrap()])["status"],
        "unchecked",
        "the paper itself is still wanted"
    );
    let status = |day: &str| desk.json(&["product", "show", &x, "--as-of", day])["status"].clone();
    assert_eq!([status("2019-06-10"), status("2019-12-31"), status("2020-01-01")], ["in_catalogue", "in_catalogue", "expired"]);
    let due = |day: &str| {
        let rows = desk.json(&["status", "--as-of", day])["due"].clone();
        rows.as_array().unwrap().iter().filter(|d| d["kind"] == "catalogue_end" && d["no"] == x.as_str()).count()
    };
    assert_eq!([due("2019-11-30"), due("2019-12-05"), due("2020-01-20"), due("2020-03-01")], [0, 1, 1, 0]);
    assert_eq!(desk.json(&["product", "list", "--where", "status=expired", "--as-of", "2020-01-01"]).as_array().unwrap().len(), 1);
    // Listed again by another paper; taken out by a third.
    let again = desk.json(&[
        "product",
        "advance",
        &x,
        "--to",
        "in_catalogue",
        "--document-no",
        "内财购〔2020〕1号",
        "--until",
        "2020-12-31",
        "--date",
        "2020-01-06",
    ]);
    assert_eq!((&again["status"], &again["catalogue"]["from"]), (&"in_catalogue".into(), &"2020-01-06".into()));
    assert_eq!(due("2020-01-20"), 0);
    let out = desk.json(&["product", "advance", &x, "--to", "removed", "--document-no", "内财购〔2020〕9号", "--date", "2020-05-06"]);
    assert_eq!((&out["status"], &out["until"], &out["catalogue"]["in_force"]), (&"removed".into(), &"2020-05-06".into(), &false.into()));
    fails(&desk, &["product", "trial", &x, "--buyer", "某医院", "--amount", "5", "--date", "2020-05-07"], 5, "not_listed");
    assert_eq!(desk.json(&["product", "show", &x, "--as-of", "2019-07-01"])["catalogue"]["until"], "2019-12-31");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn a_product_in_the_catalogue_is_tried_and_accepted_or_not() {
    let (desk, [a, b]) = office();
    let early = no(&desk.json(&["product", "add", "--name", "样机", "--holder", &b]));
    fails(&desk, &["product", "trial", &early, "--buyer", "某医院", "--amount", "100"], 5, "not_listed");
    let x = listed(&desk, &a);
    fails(&desk, &["product", "accept", &x, "--accepted"], 5, "no_open_trial");
    fails(&desk, &["product", "trial", &x, "--buyer", "某医院", "--amount", "1万"], 65, "bad_amount");
    fails(&desk, &["product", "trial", &x, "--buyer", "某医院", "--amount", "5", "--on", "2020-01-01"], 5, "not_listed");
    fails(&desk, &["product", "trial", &x, "--buyer", "某医院", "--amount", "5", "--on", "2019-06-11"], 65, "signed_ahead");
    fails(&desk, &["product", "advance", &x, "--to", "trial"], 2, "verb_of_state");
    let first = desk.json(&["product", "trial", &x, "--buyer", "某医院", "--amount", "300,000.00", "--on", DAY]);
    assert_eq!((&first["status"], &first["contracts"], &first["trials"][0]["trial"]), (&"trial".into(), &"300000.00".into(), &1.into()));
    assert_eq!((&first["trials"][0]["buyer"]["name"], &first["trials"][0]["outcome"]), (&"某医院".into(), &Value::Null));
    let second = desk.json(&["product", "trial", &x, "--buyer", "某学校", "--amount", "5000", "--date", "2019-07-01"]);
    assert_eq!(second["contracts"], "305000.00");
    let told = fails(&desk, &["product", "accept", &x, "--accepted", "--date", "2019-09-01"], 2, "which_trial");
    assert_eq!(told["error"]["details"]["possible"], json!([1, 2]));
    fails(&desk, &["product", "accept", &x, "--accepted", "--trial", "3", "--date", "2019-09-01"], 5, "no_open_trial");
    let good = desk.json(&["product", "accept", &x, "--accepted", "--trial", "1", "--date", "2019-09-01"]);
    assert_eq!((&good["status"], &good["trials"][0]["outcome"]), (&"accepted".into(), &"accepted".into()));
    let bad = desk.json(&["product", "accept", &x, "--not-accepted", "--note", "不稳定", "--date", "2019-09-02"]);
    assert_eq!((&bad["status"], &bad["trials"][1]["note"]), (&"not_accepted".into(), &"不稳定".into()));
    assert_eq!(desk.run(&["product", "accept", &x]).0, 2);
    let then = desk.json(&["product", "show", &x, "--as-of", "2019-08-01"]);
    assert_eq!((&then["status"], &then["trials"][0]["outcome"]), (&"trial".into(), &Value::Null));
    assert_eq!(desk.json(&["product", "show", &x, "--as-of", "2019-06-30"])["trials"].as_array().unwrap().len(), 1);
    // A slip is taken back in order.
    let listing =
        desk.json(&["audit", "log"]).as_array().unwrap().iter().rev().find(|o| o["command"] == "product.trial").unwrap()["op"].to_string();
    fails(&desk, &["undo", &listing, "--date", "2019-09-03"], 5, "later_rows");
    desk.json(&["undo", &bad["op"].to_string(), "--date", "2019-09-03"]);
    assert_eq!(desk.json(&["product", "show", &x, "--as-of", "2019-09-03"])["status"], "accepted");
    assert_eq!(desk.json(&["product", "list", "--where", "contracts>=300000", "--as-of", "2019-09-03"]).as_array().unwrap().len(), 1);
    assert_eq!((desk.run(&["audit", "verify"]).0, desk.run(&["doctor"]).0), (0, 0));
}
