//! Forecasts of the targets, asked of the office: what is said on a day of the term, before it and after it.

mod it;

use it::{Desk, fails, resident_id};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// An office in which a leading talent came on each of those days.
fn came(days: &[String]) -> Desk {
    let desk = Desk::new();
    let mut roster = String::from("姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期\n");
    for (at, day) in days.iter().enumerate() {
        writeln!(roster, "人{},{},某研究院,领军人才,刚性,{day}", at + 1, resident_id(at + 1)).unwrap();
    }
    std::fs::write(desk.path("r.csv"), roster).unwrap();
    let (code, out, err) = desk.run(&["roster", "import", desk.path("r.csv").to_str().unwrap()]);
    assert_eq!(code, 0, "{out}{err}");
    desk
}

/// One on the first of each month from 2018-01 on.
fn monthly(months: usize) -> Vec<String> {
    (0..months).map(|m| format!("{}-{:02}-01", 2018 + m / 12, m % 12 + 1)).collect()
}

fn ahead(desk: &Desk, args: &[&str]) -> Value {
    desk.json(&[&["target", "forecast", "T5"], args].concat())[0].clone()
}

#[test]
fn a_forecast_carries_the_rate_on_and_says_its_range_and_method() {
    let desk = came(&monthly(24));
    let f = ahead(&desk, &["--as-of", "2019-12-31"]);
    assert_eq!((&f["code"], &f["goal"], &f["figure"], &f["run_rate"]), (&json!("T5"), &json!(50), &json!(24), &json!(1.0)));
    assert_eq!(
        (&f["projected"], &f["term_over"], &f["as_of"], &f["term_until"]),
        (&json!(36), &json!(false), &json!("2019-12-31"), &json!("2020-12-31"))
    );
    // 26 in the twelve months that are left.
    assert_eq!(f["needed_rate"], 2.2);
    let (low, high) = (f["low"].as_i64().unwrap(), f["high"].as_i64().unwrap());
    assert!(24 < low && low < 36 && 36 < high && high < 50, "{low}..{high}");
    assert!(f["chance_percent"].as_f64().unwrap() < 5.0);
    assert_eq!((&f["method"], &f["level_percent"]), (&json!("negative_binomial_365d"), &json!(80)));
    let series = f["series"].as_array().unwrap();
    assert_eq!((series.len(), &series[0], &series[23]["month"]), (24, &json!({"month": "2018-01", "count": 1}), &json!("2019-12")));
    // The same question has the same answer.
    assert_eq!(f, ahead(&desk, &["--as-of", "2019-12-31"]));
    // What is known today, of an earlier day.
    assert_eq!(ahead(&desk, &["--as-of", "2018-06-30"])["figure"], 6);
    // The figure is the report's.
    assert_eq!(desk.json(&["target", "report", "T5", "--as-of", "2019-12-31"])[0]["introduced"], f["figure"]);
    assert_eq!(desk.json(&["target", "forecast"]).as_array().unwrap().len(), 9);
    fails(&desk, &["target", "forecast", "T99"], 4, "no_target");
}

#[test]
fn after_the_term_the_forecast_says_that_it_is_over() {
    let desk = came(&monthly(36));
    // Today lies behind the term: without a day its last one speaks.
    for args in [&[][..], &["--as-of", "2021-06-30"]] {
        let f = ahead(&desk, args);
        assert_eq!(
            (&f["term_over"], &f["figure"], &f["projected"], &f["low"], &f["high"]),
            (&json!(true), &json!(36), &json!(36), &json!(36), &json!(36))
        );
        assert_eq!((&f["needed_rate"], &f["as_of"]), (&Value::Null, &json!("2020-12-31")));
    }
    let text = desk.run(&["target", "forecast"]).1;
    assert!(text.contains("The term is over since 2020-12-31"), "{text}");
    let text = desk.run(&["target", "forecast", "--lang", "zh"]).1;
    assert!(text.contains("方案期已于 2020-12-31 届满"), "{text}");
}

#[test]
fn before_the_term_nothing_is_known_of_its_pace() {
    let desk = came(&monthly(1));
    let f = ahead(&desk, &["--as-of", "2017-06-30"]);
    for key in ["run_rate", "projected", "low", "high", "chance_percent"] {
        assert!(f[key].is_null(), "{key}: {f}");
    }
    assert_eq!((&f["needed_rate"], &f["series"], &f["term_over"]), (&json!(1.4), &json!([]), &json!(false)));
}

#[test]
fn platforms_are_forecast_by_when_they_began_to_operate() {
    let desk = Desk::new();
    for (name, since) in [("一号", "2018-03-01"), ("二号", "2019-03-01"), ("三号", "2019-09-01")] {
        desk.json(&["platform", "add", "--name", name, "--kind", "ai_lab", "--stage", "operating", "--since", since]);
    }
    let f = desk.json(&["target", "forecast", "T3a", "--as-of", "2019-12-31"])[0].clone();
    assert_eq!(
        (&f["figure"], &f["follows"], &f["needed_rate"], &f["chance_percent"]),
        (&json!(3), &json!("all"), &json!(0.0), &json!(100.0))
    );
    assert_eq!(f["projected"], 5);
}

#[test]
fn a_table_shows_the_months_as_numbers_where_no_terminal_draws() {
    let desk = came(&monthly(24));
    let (code, text, _) = desk.run(&["target", "forecast", "T5", "--as-of", "2019-12-31"]);
    assert_eq!(code, 0);
    assert!(text.contains("1 1 1 1 1 1 1 1 1 1 1 1") && text.contains("80 of 100 ends"), "{text}");
    assert!(!text.contains('█'));
    let csv = desk.run(&["target", "forecast", "T5", "--as-of", "2019-12-31", "--format", "csv"]).1;
    assert!(csv.starts_with("code,name,goal,figure,run_rate,needed_rate,projected,low,high,chance_percent,trend\r\n"), "{csv}");
    // `script` (util-linux) lends a terminal.
    let program = format!("{} target forecast T5 --as-of 2019-12-31", env!("CARGO_BIN_EXE_rencai"));
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &program, "/dev/null"]).env("RENCAI_DB", desk.path("office.db")).env("TERM", "xterm").env("LC_ALL", "C.UTF-8");
    let Ok(out) = command.stdin(std::process::Stdio::null()).output() else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("████████████"), "{}", String::from_utf8_lossy(&out.stdout));
}

/// Random numbers from a seed.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn known_ends_fall_into_the_range_that_the_office_said() {
    // Offices of their own are dear: a few here; the many are in the unit tests of the method.
    let mut inside = 0;
    const OFFICES: u64 = 10;
    for seed in 1..=OFFICES {
        let mut dice = Dice(seed * 977);
        let rate = 0.8 + dice.unit() * 1.5;
        let mut days: Vec<String> = Vec::new();
        let mut at = -dice.unit().ln() / rate;
        while at < 36.0 {
            let month = at as usize;
            let day = 1 + ((at - at.floor()) * 28.0) as usize;
            days.push(format!("{}-{:02}-{day:02}", 2018 + month / 12, month % 12 + 1));
            at -= dice.unit().ln() / rate;
        }
        let desk = came(&days);
        let f = ahead(&desk, &["--as-of", "2019-12-31"]);
        let end = ahead(&desk, &[])["figure"].as_i64().unwrap();
        inside += u64::from((f["low"].as_i64().unwrap()..=f["high"].as_i64().unwrap()).contains(&end));
    }
    assert!(inside * 10 >= OFFICES * 8, "{inside} of {OFFICES}");
}

#[test]
fn a_goal_set_on_a_decision_holds_from_its_day_on() {
    let desk = came(&monthly(3));
    let set = &["target", "set", "t5", "--goal", "60", "--decision", "示例人才〔2019〕9号", "--date", "2019-07-01", "--reason", "补录"];
    let v = desk.json(set);
    assert_eq!(
        (&v["code"], &v["goal"], &v["before"]["goal"], &v["decision"]["document_no"]),
        (&json!("T5"), &json!(60), &json!(50), &json!("示例人才〔2019〕9号"))
    );
    let goal = |day: &str| desk.json(&["target", "report", "T5", "--as-of", day])[0]["goal"].clone();
    assert_eq!((goal("2019-06-30"), goal("2019-07-01")), (json!(50), json!(60)));
    assert_eq!(ahead(&desk, &["--as-of", "2019-12-31"])["goal"], 60);
    // Reports say the goal that held at the end of their period, and the table says on what paper it rests.
    let targets = |period: &str| {
        let v = desk.json(&["report", "quarter", period]);
        let table = v["figures"].as_array().unwrap().iter().find(|t| t["table"] == "targets").unwrap().clone();
        table["rows"].as_array().unwrap().iter().find(|r| r["row"] == "T5").unwrap()["goal"].clone()
    };
    assert_eq!((targets("2019Q2"), targets("2019Q3")), (json!(50), json!(60)));
    let said = desk.run(&["target", "report", "--as-of", "2019-12-31"]).1;
    assert!(said.contains("示例人才〔2019〕9号") && said.contains("2019-07-01"), "{said}");
    // A file has both ends of a range, and the day.
    let csv = desk.run(&["target", "report", "T3a", "--as-of", "2019-12-31", "--format", "csv"]).1;
    assert!(csv.starts_with("code,name,goal,goal_max,unit,") && csv.lines().next().unwrap().ends_with(",colour,as_of"), "{csv}");
    assert!(csv.contains(",3,5,") && csv.trim_end().ends_with(",2019-12-31"), "{csv}");
    // Who is counted has a name; a target is what it is counted for.
    for (lang, name, target) in [("zh", "名称", "指标"), ("en", "Name", "Target")] {
        let (_, out, _) = desk.run(&["target", "explain", "T5", "--as-of", "2019-12-31", "--lang", lang]);
        let head = out.lines().find(|l| l.contains(name)).unwrap_or_else(|| panic!("{out}"));
        assert!(!head.contains(target), "{head}");
    }
    fails(&desk, set, 5, "same_goal");
    // The next version of the pack holds this goal too: the later one is taken back first.
    let later = desk.json(&["target", "set", "T4", "--goal", "9", "--decision", "示例人才〔2019〕10号"]);
    assert_eq!(fails(&desk, &["undo", &v["op"].to_string(), "--reason", "误"], 5, "later_rows")["error"]["details"]["later"], later["op"]);
    desk.json(&["undo", &later["op"].to_string()]);
    desk.json(&["undo", &v["op"].to_string(), "--reason", "误"]);
    assert_eq!(goal("2019-07-01"), 50);
}
