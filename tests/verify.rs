//! Cards at a counter: tokens, keys, the list of revocations, printing, and the page for a telephone.

mod it;

use it::{Desk, fails, no, on, recognised};
use rencai::base::number;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// What `card verify` answers, and its exit code.
fn verify(desk: &Desk, args: &[&str]) -> (i32, Value) {
    let (code, out, err) = desk.run(&[&["card", "verify"], args, &["--json"]].concat());
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{args:?}: {err}")))
}

fn reason(desk: &Desk, args: &[&str]) -> String {
    let (code, v) = verify(desk, args);
    assert_eq!((code == 0, v["reason"] == "ok"), (v["valid"] == true, v["valid"] == true), "{args:?}: {v}");
    v["reason"].as_str().unwrap().to_owned()
}

/// An office with a card of 2019-06-10 to 2022-03-31: desk, card, token.
fn carded() -> (Desk, String, String) {
    let (desk, p) = recognised("2022-03-31");
    desk.run(&["policy", "confirm", "services", "--basis", "和人才〔2019〕4号"]);
    let c = desk.json(&on("2019-06-10", &["card", "issue", &p]));
    let token = c["token"].as_str().unwrap().to_owned();
    (desk, no(&c), token)
}

fn path(desk: &Desk, name: &str) -> String {
    desk.path(name).to_str().unwrap().to_owned()
}

#[test]
fn the_office_knows_a_card_by_its_number_and_by_its_token() {
    let (desk, c, token) = carded();
    let (code, v) = verify(&desk, &[&token, "--at", "2019-07-01"]);
    assert_eq!(
        (code, &v["valid"], &v["no"], &v["level"], &v["valid_until"]),
        (0, &true.into(), &c.as_str().into(), &"gold".into(), &"2022-03-31".into())
    );
    assert_eq!((&v["holder"], v["opens"].as_array().unwrap().len()), (&"张*".into(), 8));
    assert!(!token.starts_with('-') && desk.json(&["card", "show", &c])["token"] == token.as_str(), "a card has one token");
    for (args, why) in [
        (vec![c.as_str(), "--at", "2019-06-09"], "not_yet"),
        (vec![&token, "--at", "2020-06-10"], "suspended"),
        (vec![&token, "--at", "2022-04-01"], "expired"),
        (vec![&c.to_lowercase(), "--at", "2019-07-01"], "ok"),
        (vec!["hello"], "forged"),
        (vec!["-"], "forged"),
        (vec![""], "forged"),
        (vec![&token.to_lowercase()], "forged"),
        (vec![&format!("{token}=")], "forged"),
        (vec![&format!("{}{}", &c[..7], if c.ends_with('A') { 'B' } else { 'A' })], "unknown"),
        (vec![&number::format("C", 9)], "unknown"),
    ] {
        assert_eq!(reason(&desk, &args), why, "{args:?}");
    }
    // Whether the document on the counter is the holder's.
    let document = |text: &str| verify(&desk, &[&token, "--at", "2019-07-01", "--document", text]).1["document"].clone();
    assert_eq!((document(&it::resident_id(1)), document(&it::resident_id(2))), ("matches".into(), "differs".into()));
    desk.json(&on("2019-08-01", &["card", "lost", &c]));
    assert_eq!(reason(&desk, &[&token, "--at", "2019-08-02"]), "lost");
    let next = desk.json(&on("2019-08-03", &["card", "replace", &c]));
    assert_ne!(next["token"], token.as_str());
    assert_eq!((&next["replaces"], &next["valid_until"]), (&c.as_str().into(), &"2022-03-31".into()));
    assert_eq!(reason(&desk, &[next["token"].as_str().unwrap(), "--at", "2019-08-04"]), "ok");
}

#[test]
fn a_counter_needs_no_office() {
    let (desk, c, token) = carded();
    let (keys, list) = (path(&desk, "keys.json"), path(&desk, "revoked.json"));
    desk.json(&["card", "key", "export", "--out", &keys]);
    assert_eq!(
        serde_json::from_str::<Value>(&desk.run(&["card", "key", "export"]).1).unwrap(),
        serde_json::from_str::<Value>(&std::fs::read_to_string(&keys).unwrap()).unwrap()
    );
    desk.json(&["card", "revocations", "--out", &list, "--as-of", "2019-07-01"]);
    // Another desk without an office.
    let counter = Desk::bare();
    let at =
        |day: &'static str| -> (i32, Value) { verify(&counter, &[&token, "--offline", "--key", &keys, "--revoked", &list, "--at", day]) };
    let (code, v) = at("2019-07-08");
    assert_eq!(
        (code, &v["reason"], &v["no"], &v["holder"], &v["level"]),
        (0, &"ok".into(), &c.as_str().into(), &"张*".into(), &"gold".into())
    );
    assert_eq!(v["revocations"], json!({"day": "2019-07-01", "days_old": 7, "max_days": 7, "stale": false}));
    assert_eq!(v["opens"].as_array().unwrap().len(), 8);
    assert_eq!(at("2019-07-09").1["revocations"]["stale"], true);
    assert_eq!((at("2022-04-01").1["reason"].clone(), at("2019-06-09").1["reason"].clone()), ("expired".into(), "not_yet".into()));
    let bare = [token.as_str(), "--offline", "--key", &keys, "--at", "2019-07-01"];
    assert_eq!(verify(&counter, &bare).1["revocations"], Value::Null);
    assert_eq!(reason(&counter, &["nonsense", "--offline", "--key", &keys]), "forged");
    assert_eq!(reason(&counter, &[&c, "--offline", "--key", &keys]), "unknown", "a number says nothing by itself");
    // A card that may no longer be used stands in the next list, by its number alone.
    desk.json(&on("2019-08-01", &["card", "suspend", &c, "--why", "核查张三"]));
    desk.json(&["card", "revocations", "--out", &list, "--as-of", "2019-08-01"]);
    let text = std::fs::read_to_string(&list).unwrap();
    assert!(text.contains(&c) && !text.contains('张') && !text.contains("suspended"), "{text}");
    assert_eq!(at("2019-08-02"), (1, at("2019-08-02").1));
    assert_eq!(at("2019-08-02").1["reason"], "revoked");
    // Restored by an act: gone from the list of the next day.
    desk.json(&on("2019-08-05", &["card", "resume", &c]));
    desk.json(&["card", "revocations", "--out", &list, "--as-of", "2019-08-05"]);
    assert_eq!(at("2019-08-06").1["reason"], "ok");
    // A list that somebody changed, and files that are something else.
    std::fs::write(&list, text.replace(&c, &number::format("C", 2))).unwrap();
    let asked = ["card", "verify", &token, "--offline", "--key", &keys, "--revoked", &list];
    fails(&counter, &asked, 65, "revocations_forged");
    fails(&counter, &["card", "verify", &token, "--offline", "--key", &list], 65, "bad_card_file");
    fails(&counter, &["card", "verify", &token, "--offline", "--key", "none.json"], 66, "no_file");
    assert_eq!(counter.run(&["card", "verify", &token, "--offline"]).0, 2, "a key is needed");
}

#[test]
fn the_private_key_stays_beside_the_office() {
    let (desk, c, token) = carded();
    let key = desk.path("office.db.card-key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let secret = std::fs::read_to_string(&key).unwrap().lines().nth(1).unwrap().to_owned();
    for holds in ["office.db", "office.db-wal"] {
        let bytes = std::fs::read(desk.path(holds)).unwrap_or_default();
        assert!(!bytes.windows(64).any(|w| w == secret.as_bytes()), "{holds}");
    }
    // A backup verifies and signs nothing.
    desk.json(&["backup", &path(&desk, "copy.db")]);
    let with = |office: &str, args: &[&str]| desk.run(&[args, &["--db", office, "--json"]].concat());
    let copy = path(&desk, "copy.db");
    assert_eq!(with(&copy, &["card", "verify", &token, "--at", "2019-07-01"]).0, 0);
    assert_eq!(serde_json::from_str::<Value>(&with(&copy, &["card", "show", &c]).1).unwrap()["token"], Value::Null);
    fails(&desk, &["card", "revocations", "--out", "x.json", "--db", &copy], 5, "no_private_key");
    fails(&desk, &["card", "print", &c, "-o", "x.svg", "--db", &copy], 5, "no_private_key");
    let checks = |office: &str| -> Vec<(String, String)> {
        let found = serde_json::from_str::<Value>(&with(office, &["doctor", "--only", "card_key"]).1).unwrap();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        found["findings"].as_array().unwrap().iter().map(|f| (text(&f["check"]), text(&f["severity"]))).collect()
    };
    let office = path(&desk, "office.db");
    assert_eq!((checks(&copy), checks(&office)), (vec![("card_key".into(), "advice".into())], vec![]));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(checks(&office), [("card_key".into(), "error".into())]);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    // A new key signs; what the old one signed still counts, until it is given up.
    let rotated = desk.json(&["card", "key", "rotate"]);
    assert_eq!((rotated["keys"].as_i64(), desk.path("office.db.card-key.next").exists()), (Some(2), false));
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let anew = desk.json(&["card", "show", &c])["token"].as_str().unwrap().to_owned();
    assert_ne!(anew, token);
    assert_eq!((reason(&desk, &[&token, "--at", "2019-07-01"]), reason(&desk, &[&anew, "--at", "2019-07-01"])), ("ok".into(), "ok".into()));
    assert_eq!(desk.run(&["card", "key", "rotate", "--give-up"]).0, 2, "asks first");
    desk.json(&["card", "key", "rotate", "--give-up", "--yes"]);
    assert_eq!((reason(&desk, &[&token]), reason(&desk, &[&anew])), ("forged".into(), "forged".into()));
    // Killed between the entry and the last step: the key that was made signs from where it lies.
    let made = desk.path("office.db.card-key.next");
    std::fs::rename(&key, &made).unwrap();
    assert!(desk.json(&["card", "show", &c])["token"].is_string());
    // Taking back the first card takes no key back.
    let op = desk.json(&["audit", "log"]).as_array().unwrap().iter().find(|o| o["command"] == "card.issue").unwrap()["op"].to_string();
    desk.json(&["undo", &op]);
    assert_eq!(desk.run(&["card", "key", "export"]).0, 0);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
    let empty = Desk::new();
    fails(&empty, &["card", "key", "export"], 5, "no_card_key");
}

#[test]
fn a_card_is_printed_in_its_real_size_and_masked() {
    let (desk, c, token) = carded();
    let svg = path(&desk, "c.svg");
    let printed = desk.json(&["card", "print", &c, "-o", &svg, "--as-of", "2019-07-01"]);
    assert_eq!((&printed["count"], &printed["form"]), (&1.into(), &"svg".into()));
    let text = std::fs::read_to_string(&svg).unwrap();
    for part in ["85.6mm", "53.98mm", "张*", &c, "金卡", "Gold", "2019-06-10", "2022-03-31", "持卡人", "Holder"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("张三") && !text.contains(&it::resident_id(1)) && !text.contains(&token));
    fails(&desk, &["card", "print", &c, "-o", &svg, "--as-of", "2019-07-01", "--reveal"], 2, "reveal_reason");
    desk.json(&["card", "print", &c, "-o", &svg, "--as-of", "2019-07-01", "--reveal", "--reason", "制卡"]);
    assert!(std::fs::read_to_string(&svg).unwrap().contains("张三"));
    let html = path(&desk, "all.html");
    assert_eq!(desk.json(&["card", "print", "--where", "status=valid", "-o", &html, "--as-of", "2019-07-01"])["count"], 1);
    assert!(std::fs::read_to_string(&html).unwrap().contains("size:A4"));
    fails(&desk, &["card", "print", &c, "-o", "c.png"], 2, "card_form");
    fails(&desk, &["card", "print", &c, "-o", &svg, "--as-of", "2022-07-01"], 3, "card_not_valid");
    let next = no(&{
        desk.json(&on("2019-07-02", &["card", "lost", &c]));
        desk.json(&on("2019-07-02", &["card", "replace", &c]))
    });
    fails(&desk, &["card", "print", &c, &next, "-o", &svg, "--as-of", "2019-07-03"], 2, "one_card_svg");
    let log = desk.json(&["audit", "log"]);
    assert_eq!(log.as_array().unwrap().iter().filter(|o| o["command"] == "card.print").count(), 3);
}

/// Chromium, where the machine has one; `.ci/run` installs it.
fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// The page after its script ran, and what it logged.
fn rendered(browser: &str, desk: &Desk, page: &str, width: u32) -> (String, String) {
    let run = || {
        let out = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr"])
            .arg("--virtual-time-budget=5000")
            .arg(format!("--user-data-dir={}", desk.path("browser").display()))
            .arg(format!("--window-size={width},900"))
            .args(["--dump-dom", &format!("file://{page}")])
            .output()
            .unwrap();
        let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
        let log = text(out.stderr).lines().filter(|l| l.contains("CONSOLE")).map(|l| format!("{l}\n")).collect();
        (text(out.stdout), log)
    };
    // The browser's own clock may run out before its threads have checked a signature.
    let told = |html: &str| html.contains("data-valid=\"") || html.contains("disabled=\"");
    (0..5).map(|_| run()).find(|(html, _)| told(html)).expect("the page came to an answer")
}

#[test]
#[ignore = "needs Chromium: .ci/run installs it and runs this"]
fn the_counters_page_answers_in_a_real_browser() {
    let browser = chromium().expect("chromium");
    let desk = Desk::new();
    let p = no(&desk.add("张三", &it::resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]));
    for pack in ["recognition", "card", "services"] {
        desk.run(&["policy", "confirm", pack, "--basis", "和人才〔2019〕1号"]);
    }
    desk.json(&[&["recognition", "grant", &p][..], &it::GRANT].concat());
    let card = desk.json(&["card", "issue", &p]);
    let (c, token) = (no(&card), card["token"].as_str().unwrap());
    let page = path(&desk, "counter.html");
    desk.json(&["card", "counter", "--out", &page]);
    let verdict = |html: &str| html.split("id=\"verdict\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let (html, log) = rendered(browser, &desk, &format!("{page}#{token}"), 360);
    assert_eq!((verdict(&html).as_str(), log.as_str()), ("✓ 有效", ""), "{html}");
    for part in ["张*", &c, "金卡", "出入境证件代办", "data-valid=\"true\""] {
        assert!(html.contains(part), "{part}");
    }
    // One letter changed anywhere is a forgery.
    for at in [0, 30, token.len() - 1] {
        let mut altered = token.to_owned();
        altered.replace_range(at..=at, if &token[at..=at] == "B" { "C" } else { "B" });
        assert_eq!(verdict(&rendered(browser, &desk, &format!("{page}#{altered}"), 360).0), "✗ 伪造或被改动", "{at}");
    }
    // Nothing of the page lies beyond a narrow telephone, and no request leaves it.
    let text = std::fs::read_to_string(&page).unwrap();
    let measured = path(&desk, "measured.html");
    let script = "<script>setTimeout(()=>document.body.dataset.over=document.documentElement.scrollWidth-document.documentElement.clientWidth,2000)</script></body>";
    std::fs::write(&measured, text.replace("</body>", script)).unwrap();
    let (html, _) = rendered(browser, &desk, &format!("{measured}#{token}"), 360);
    assert!(html.contains("data-over=\"0\""), "{html}");
    assert!(!text.contains("http://") && !text.contains("https://") && text.contains("default-src 'none'"));
    // A lost card is told by the next page; in English if asked for.
    desk.json(&["card", "lost", &c]);
    desk.json(&["card", "counter", "--out", &page, "--lang", "en"]);
    let (html, log) = rendered(browser, &desk, &format!("{page}#{token}"), 1200);
    assert_eq!((verdict(&html).as_str(), log.as_str()), ("✗ not to be used", ""));
    // A list that somebody changed makes the page refuse to work.
    let forged = path(&desk, "forged.html");
    std::fs::write(&forged, std::fs::read_to_string(&page).unwrap().replace(&format!("\"numbers\":[\"{c}\"]"), "\"numbers\":[]")).unwrap();
    let (html, _) = rendered(browser, &desk, &format!("{forged}#{token}"), 1200);
    assert!(html.contains("was altered: don't use this page") && !html.contains("data-valid=\""), "{html}");
}

#[cfg(feature = "pdf")]
#[test]
fn cards_become_a_pdf_where_the_machine_has_the_letters() {
    let (desk, c, _) = carded();
    let pdf = path(&desk, "c.pdf");
    let (code, out, err) = desk.run(&["card", "print", &c, "-o", &pdf, "--as-of", "2019-07-01", "--json"]);
    if code == 73 {
        // A machine without a Chinese font says so, and leaves nothing behind.
        assert_eq!((it::reason(&err).as_str(), desk.path("c.pdf").exists()), ("no_font", false));
        return;
    }
    assert_eq!((code, &serde_json::from_str::<Value>(&out).unwrap()["form"]), (0, &"pdf".into()), "{err}");
    let bytes = std::fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.windows(8).any(|w| w == b"/Count 1"));
}
