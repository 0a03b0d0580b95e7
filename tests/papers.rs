//! Papers: decisions entered, cited and found again; files kept by their digest, and missed when they are gone.

mod it;

use it::{Desk, reason, resident_id};
use std::os::unix::fs::PermissionsExt as _;

const ADD: [&str; 8] = ["decision", "add", "--document-no", "和人才〔2019〕3号", "--body", "人才工作领导小组", "--day", "2019-05-10"];

#[test]
fn a_decision_is_entered_once_and_found_by_its_document_number() {
    let desk = Desk::new();
    let scan = desk.path("scan.pdf");
    std::fs::write(&scan, b"%PDF-1.4 scan").unwrap();
    let mut add = ADD.to_vec();
    add.extend(["--persons", "12", "--limit", "360000", "--title", "关于认定的批复", "--file", scan.to_str().unwrap()]);
    let d = desk.json(&add);
    assert_eq!((&d["status"], &d["persons"], &d["limit"]), (&"checked".into(), &12.into(), &"360000.00".into()));
    assert_eq!((&d["files"][0]["as"], &d["files"][0]["media_type"]), (&"scan".into(), &"application/pdf".into()));
    let no = d["no"].as_str().unwrap();
    for by in [no, "和人才[2019]3号", "和人才（2019） 3 号"] {
        assert_eq!(desk.json(&["decision", "show", by])["no"], no);
    }
    let (code, _, err) = desk.run(&[&ADD[..], &["--json"]].concat());
    assert_eq!((code, reason(&err).as_str()), (5, "decision_known"));
    assert_eq!(desk.json(&["decision", "list", "--where", "persons>=12 day=2019-05"])[0]["no"], no);
    assert_eq!(desk.json(&["decision", "list", "--where", "body~专班"]).as_array().unwrap().len(), 0);
    // Undone, the number is free again.
    let op = d["op"].to_string();
    assert_eq!(desk.run(&["undo", &op, "--reason", "误"]).0, 0);
    assert_eq!(desk.run(&["decision", "show", no]).0, 4);
    assert_eq!(desk.run(&ADD).0, 0);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ADD[..], more, &["--json"]].concat()
}

#[test]
fn what_a_decision_cannot_say_is_refused() {
    let desk = Desk::new();
    for (more, code, why) in [
        (vec!["--limit", "很多"], 65, "bad_amount"),
        (vec!["--limit", "0"], 65, "bad_amount"),
        (vec!["--file", "/nowhere/scan.pdf"], 66, "no_file"),
        (vec!["--date", "2019-05-01", "--reason", "补录"], 65, "decided_later"),
    ] {
        let (got, _, err) = desk.run(&with(&more));
        assert_eq!((got, reason(&err).as_str()), (code, why), "{more:?}");
    }
    assert_eq!(desk.run(&with(&["--persons", "0"])).0, 2);
    let mut empty = ADD.to_vec();
    empty[3] = "  ";
    empty.push("--json");
    let (code, _, err) = desk.run(&empty);
    assert_eq!((code, reason(&err).as_str()), (2, "empty_text"));
    let (code, _, err) = desk.run(&["decision", "show", "没有〔2019〕1号", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (4, "no_decision"));
    // A dry run leaves nothing, not even the file.
    std::fs::write(desk.path("scan.pdf"), "x").unwrap();
    let (code, out, _) = desk.run(&with(&["--dry-run", "--file", desk.path("scan.pdf").to_str().unwrap()]));
    assert!(code == 0 && out.contains("\"no\":null") && out.contains("\"dry_run\":true"), "{out}");
    assert!(!desk.path("office.db.files").exists());
    assert_eq!(desk.json(&["decision", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn files_are_kept_by_their_digest_and_missed() {
    let desk = Desk::new();
    let person = desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    let no = person["no"].as_str().unwrap();
    let file = desk.path("合同.jpg");
    std::fs::write(&file, b"\xff\xd8\xff scan").unwrap();
    let name = file.to_str().unwrap();
    let kept = desk.json(&["file", "add", name, "--to", no, "--as", "contract", "--sensitive"]);
    let sha = kept["sha256"].as_str().unwrap();
    let place = desk.path("office.db.files").join(&sha[..2]).join(sha);
    assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(desk.path("office.db.files")).unwrap().permissions().mode() & 0o777, 0o700);
    let (code, _, err) = desk.run(&["file", "add", name, "--to", no, "--as", "contract", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (5, "file_known"));
    assert_eq!(desk.run(&["file", "add", name, "--to", no, "--as", "copy"]).0, 0, "the same bytes in another role");
    let list = desk.json(&["file", "list", no]);
    assert_eq!((list.as_array().unwrap().len(), &list[0]["present"], &list[0]["sensitive"]), (2, &true.into(), &true.into()));
    let film = desk.path("film.avi");
    std::fs::File::create(&film).unwrap().set_len(300 << 20).unwrap();
    for (args, code, why) in [
        (vec!["file", "add", film.to_str().unwrap(), "--to", no, "--as", "x"], 65, "file_large"),
        (vec!["file", "add", name, "--to", "没有", "--as", "x"], 4, "no_record"),
        (vec!["file", "add", name, "--to", no, "--as", " "], 2, "empty_text"),
        (vec!["file", "add", desk.dir.path().to_str().unwrap(), "--to", no, "--as", "x"], 65, "is_directory"),
    ] {
        let (got, _, err) = desk.run(&[&args[..], &["--json"]].concat());
        assert_eq!((got, reason(&err).as_str()), (code, why), "{args:?}");
    }
    assert_eq!(desk.run(&["doctor", "--only", "files"]).0, 0);
    std::fs::write(&place, "changed").unwrap();
    assert_eq!(desk.json(&["file", "missing"])[0]["fault"], "changed");
    std::fs::remove_file(&place).unwrap();
    assert_eq!(desk.json(&["file", "missing"])[0]["fault"], "absent");
    let (code, out, _) = desk.run(&["doctor", "--only", "files", "--json"]);
    assert!(code == 1 && out.contains(no), "{out}");
    // A number cited alone, and a decision without its scan, are papers that lack.
    assert_eq!(desk.run(&ADD).0, 0);
    let missing = desk.json(&["file", "missing"]);
    assert!(missing.as_array().unwrap().iter().any(|m| m["fault"] == "no_scan" && m["to"].as_str().unwrap().starts_with('D')), "{missing}");
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}

#[test]
fn an_office_of_the_first_schema_is_led_up() {
    let desk = Desk::new();
    desk.add("张三", &resident_id(1), &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01"]);
    // What came with the later schemas, taken out again.
    let conn = rusqlite::Connection::open(desk.path("office.db")).unwrap();
    conn.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for table in [
        "objection",
        "notice",
        "step",
        "policy_confirmation",
        "file_link",
        "file",
        "decision_profile",
        "decision",
        "project_unit",
        "project_profile",
        "project",
        "platform_agreement",
        "relation",
        "opening",
        "team_member",
        "team_profile",
        "team",
        "collection_unit",
        "collection",
        "calendar_day",
        "calendar",
        "product_trial",
        "product_profile",
        "product",
        "contact",
        "liaison_profile",
        "liaison",
        "expert_profile",
        "expert",
        "honour_held",
        "honour",
        "attendance",
        "enrolment",
        "programme_profile",
        "programme",
        "lease",
        "housing_unit",
        "benefit_elsewhere",
        "payment",
        "payment_batch",
        "benefit_month",
        "instalment",
        "award",
        "application",
        "fund_investment",
        "fund_assertion",
        "posting",
        "journal",
        "fund_balance",
        "fund_line",
        "fund",
        "offer_use",
        "offer",
        "point",
        "case_word",
        "service_case",
        "card_key",
        "card_review",
        "card",
    ] {
        conn.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    conn.execute_batch("DROP INDEX person_merged").unwrap();
    let first = include_str!("../migrations/0001_office.sql");
    for (table, columns) in [
        ("recognition", "person_id, seq, from_day, until_day, made_op, voided_op, id, scheme, class, state"),
        ("achievement", "person_id, seq, from_day, until_day, made_op, voided_op, text"),
        (
            "engagement",
            "person_id, seq, from_day, until_day, made_op, voided_op, org_id, mode, started, contract_end, position, months_a_year, \
             leave_why, leave_to",
        ),
        ("person_profile", "*"),
        ("review_row", "id, made_op, voided_op, kind, file, row, header, cells, cells_hash, reasons, state"),
    ] {
        let made = &first[first.find(&format!("CREATE TABLE {table} (")).unwrap()..];
        let end = made.find("\n) STRICT").unwrap();
        let made = &made[..end + made[end..].find(';').unwrap()];
        conn.execute_batch(&format!(
            "CREATE TABLE held AS SELECT {columns} FROM {table}; DROP TABLE {table}; {made}; INSERT INTO {table} SELECT * FROM held; DROP TABLE held"
        ))
        .unwrap();
    }
    conn.execute_batch(
        "CREATE INDEX review_row_hash ON review_row (cells_hash); CREATE INDEX engagement_org ON engagement (org_id);
         CREATE INDEX person_profile_name ON person_profile (name_id); PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(conn);
    let (code, _, err) = desk.run(&["decision", "list", "--json"]);
    assert_eq!((code, reason(&err).as_str()), (76, "older"));
    let (code, _, err) = desk.run(&["upgrade"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(desk.run(&ADD).0, 0);
    assert_eq!(desk.run(&["audit", "verify"]).0, 0);
}
