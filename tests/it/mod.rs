//! What the tests share: an office in a folder of its own, asked through the binary with a bare environment.
#![allow(dead_code, reason = "each test binary uses a part")]

use assert_cmd::Command;
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

/// An office in a folder of its own.
pub(crate) struct Desk {
    pub(crate) dir: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        let desk = Desk { dir: tempfile::tempdir().unwrap() };
        assert_eq!(desk.run(&["init", "--lang", "zh"]).0, 0);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Exit code, stdout, stderr.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let out = Command::cargo_bin("rencai")
            .unwrap()
            .env_clear()
            .env("RENCAI_DB", self.path("office.db"))
            .env("RENCAI_LANG", "en")
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
