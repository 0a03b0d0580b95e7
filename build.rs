//! Turns `locales/{en,zh-CN}/*.toml`, one file a noun, into one sorted static table, so that nothing is parsed when the program starts.
//! Stops the build when the two languages do not say the same things. No other generated code comes from here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const EN: &str = "locales/en";
const ZH: &str = "locales/zh-CN";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={EN}");
    println!("cargo:rerun-if-changed={ZH}");
    if let Err(faults) = generate() {
        for fault in faults {
            eprintln!("locales: {fault}");
        }
        std::process::exit(1);
    }
}

fn generate() -> Result<(), Vec<String>> {
    let (en, zh) = (read(EN)?, read(ZH)?);
    let faults = differences(&en, &zh);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut code = String::from("pub(super) static TEXTS: &[(&str, &str, &str)] = &[\n");
    for (key, text) in &en {
        let _ = writeln!(code, "    ({key:?}, {text:?}, {:?}),", zh[key]);
    }
    code.push_str("];\n");
    let folder = std::env::var("OUT_DIR").map_err(|e| vec![e.to_string()])?;
    std::fs::write(Path::new(&folder).join("texts.rs"), code).map_err(|e| vec![format!("texts.rs: {e}")])
}

/// All files of a language; a key may stand in one of them only.
fn read(folder: &str) -> Result<BTreeMap<String, String>, Vec<String>> {
    let broken = |e: std::io::Error| vec![format!("{folder}: {e}")];
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(broken)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(broken)?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    let (mut texts, mut faults) = (BTreeMap::new(), Vec::new());
    for file in files {
        let file = file.display();
        let text = std::fs::read_to_string(file.to_string()).map_err(|e| vec![format!("{file}: {e}")])?;
        let table: toml::Table = toml::from_str(&text).map_err(|e| vec![format!("{file}: {e}")])?;
        let mut own = Vec::new();
        flatten("", &table, &mut texts, &mut own);
        faults.extend(own.into_iter().map(|f| format!("{file}: {f}")));
    }
    if faults.is_empty() { Ok(texts) } else { Err(faults) }
}

/// `[cmd.talent] add = "…"` becomes `cmd.talent.add`. TOML cannot hold a text and a table under one
/// name, so the text of the table itself stands under `_`: `[cmd.talent] _ = "…"` is `cmd.talent`.
fn flatten(path: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>, faults: &mut Vec<String>) {
    for (name, value) in table {
        let key = match (path.is_empty(), name.as_str()) {
            (false, "_") => path.to_owned(),
            (true, _) => name.clone(),
            (false, _) => format!("{path}.{name}"),
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts, faults),
            toml::Value::String(text) if text.is_empty() => faults.push(format!("{key}: empty text")),
            toml::Value::String(text) => {
                if text.chars().any(|c| c.is_control() && c != '\n') {
                    faults.push(format!("{key}: control character in the text"));
                }
                if texts.insert(key.clone(), text.clone()).is_some() {
                    faults.push(format!("{key}: given twice"));
                }
            }
            _ => faults.push(format!("{key}: not a string")),
        }
    }
}

fn differences(en: &BTreeMap<String, String>, zh: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    for key in en.keys().filter(|k| !zh.contains_key(*k)) {
        faults.push(format!("{key} is in {EN} but not in {ZH}"));
    }
    for key in zh.keys().filter(|k| !en.contains_key(*k)) {
        faults.push(format!("{key} is in {ZH} but not in {EN}"));
    }
    for (key, text) in en {
        let Some(other) = zh.get(key) else { continue };
        let (a, b) = (placeholders(text), placeholders(other));
        if a != b {
            faults.push(format!("{key}: {EN} has the placeholders {a:?}, {ZH} has {b:?}"));
        }
    }
    faults
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        .collect()
}
