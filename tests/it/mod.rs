//! What the tests share: an office in a folder of its own, asked through the binary with a bare environment.
#![allow(dead_code, reason = "each test binary uses a part")]

use assert_cmd::Command;
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

/// What `faketime` sets, handed on: no test may hold on some days only (`faketime -f '@2029-08-31 23:30:00' cargo test`).
pub(crate) fn clock() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    ["LD_PRELOAD", "FAKETIME", "FAKETIME_SHARED"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)))
}

/// An office in a folder of its own.
pub(crate) struct Desk {
    pub(crate) dir: TempDir,
    /// The business day of commands that name none; else today.
    pub(crate) day: Option<&'static str>,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        let desk = Desk::bare();
        assert_eq!(desk.run(&["init", "--lang", "zh"]).0, 0);
        desk
    }

    /// A folder without an office.
    pub(crate) fn bare() -> Desk {
        Desk { dir: tempfile::tempdir().unwrap(), day: None }
    }

    /// An office in which it is that day, whatever the clock says.
    pub(crate) fn on(day: &'static str) -> Desk {
        Desk { day: Some(day), ..Desk::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Exit code, stdout, stderr.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut args = args.to_vec();
        if let Some(day) = self.day {
            if !args.contains(&"--date") && !args.contains(&"--as-of") {
                args.extend(["--date", day]);
            }
            if !args.contains(&"--reason") {
                args.extend(["--reason", "补录"]);
            }
        }
        let out = Command::cargo_bin("rencai")
            .unwrap()
            .env_clear()
            .env("RENCAI_DB", self.path("office.db"))
            .env("RENCAI_LANG", "en")
            .envs(clock())
            .args(args)
            .output()
            .unwrap();
        let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
        (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let (code, out, err) = self.run(&args);
        assert_eq!(code, 0, "{args:?}: {err}");
        serde_json::from_str(&out).unwrap()
    }

    pub(crate) fn add(&self, name: &str, id: &str, rest: &[&str]) -> Value {
        let mut args = vec!["talent", "add", "--name", name, "--employer", "某研究院", "--id-number", id];
        args.extend(rest);
        self.json(&args)
    }
}

/// `details.reason` of the error line that a command with `--json` ended with; empty for the command line's own faults.
pub(crate) fn reason(err: &str) -> String {
    let line = err.lines().rev().find(|l| l.starts_with("{\"error\"")).unwrap_or_else(|| panic!("{err}"));
    let v: Value = serde_json::from_str(line).unwrap();
    v["error"]["details"]["reason"].as_str().unwrap_or_default().to_owned()
}

/// A resident ID with a right check digit for a serial number.
pub(crate) fn resident_id(serial: usize) -> String {
    let body =
        format!("150105{:04}{:02}{:02}{:03}", 1950 + serial % 50, 1 + serial / 50 % 12, 1 + serial / 600 % 28, serial / 16_800 % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{body}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

/// Fails with that exit code and reason; the error line.
pub(crate) fn fails(desk: &Desk, args: &[&str], code: i32, why: &str) -> Value {
    let (got, out, err) = desk.run(&[args, &["--json"]].concat());
    assert!(got != 0, "{args:?}: {out}");
    assert_eq!((got, reason(&err).as_str()), (code, why), "{args:?}: {err}");
    serde_json::from_str(err.lines().rev().find(|l| l.starts_with('{')).unwrap()).unwrap()
}

/// The number of what was made.
pub(crate) fn no(v: &Value) -> String {
    v["no"].as_str().unwrap().to_owned()
}

/// A command on a day of the past.
pub(crate) fn on<'a>(day: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [args, &["--date", day, "--reason", "补录"]].concat()
}

/// How the tests recognise.
pub(crate) const GRANT: [&str; 4] = ["--class", "B", "--decision", "和人才〔2019〕3号"];

/// An office whose packs are confirmed, with a talent whose recognition runs from 2019-06-01 to 2022-05-31.
pub(crate) fn recognised(contract_end: &str) -> (Desk, String) {
    let desk = Desk::new();
    let p = desk.add(
        "张三",
        &resident_id(1),
        &["--corps", "leading", "--mode", "rigid", "--start-date", "2019-03-01", "--contract-end", contract_end],
    );
    let p = no(&p);
    assert_eq!(desk.run(&["policy", "confirm", "recognition", "--basis", "和人才〔2019〕1号"]).0, 0);
    desk.json(&[&["recognition", "grant", &p, "--from-date", "2019-06-01"], &GRANT[..]].concat());
    fails(&desk, &on("2019-06-10", &["card", "issue", &p]), 78, "unconfirmed");
    assert_eq!(desk.run(&["policy", "confirm", "card/zone", "--basis", "和人才〔2019〕2号"]).0, 0);
    (desk, p)
}
