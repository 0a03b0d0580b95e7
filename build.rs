//! Turns `locales/{en,zh-CN}/*.toml`, one file a noun, into one sorted static table, and the code sets into another, so
//! that nothing is parsed when the program starts. Stops the build when the two languages do not say the same things.

use anyhow::{Context as _, anyhow};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const EN: &str = "locales/en";
const ZH: &str = "locales/zh-CN";
const CODES: &str = "src/base/codes.toml";

fn main() -> anyhow::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    for source in [EN, ZH, CODES] {
        println!("cargo:rerun-if-changed={source}");
    }
    let out = std::env::var("OUT_DIR").context("cargo sets OUT_DIR")?;
    let texts = texts().map_err(|faults| anyhow!("locales:\n{}", faults.join("\n")))?;
    std::fs::write(Path::new(&out).join("texts.rs"), texts).context("texts.rs")?;
    std::fs::write(Path::new(&out).join("codes.rs"), codes().context(CODES)?).context("codes.rs")
}

/// The code sets as one static array.
fn codes() -> anyhow::Result<String> {
    let shipped: toml::Table = toml::from_str(&std::fs::read_to_string(CODES)?)?;
    let sets = shipped.get("set").and_then(toml::Value::as_array).context("no [[set]]")?;
    let mut code = format!("pub(super) static SETS: [CodeSet; {}] = [\n", sets.len());
    for set in sets {
        let text = |v: &toml::Value, key: &str| v.get(key).and_then(toml::Value::as_str).map(str::to_owned).with_context(|| key.to_owned());
        let name = text(set, "name")?;
        let entries = set.get("codes").and_then(toml::Value::as_array).with_context(|| format!("{name}: codes"))?;
        let _ = write!(
            code,
            "CodeSet {{ name: {name:?}, zh: {:?}, en: {:?}, source: {:?}, date: {:?}, index: OnceLock::new(), codes: &[",
            text(set, "zh")?,
            text(set, "en")?,
            text(set, "source")?,
            text(set, "date")?
        );
        for (rank, entry) in (1..).zip(entries) {
            let of = |key| text(entry, key).with_context(|| format!("{name}, code {rank}"));
            let aliases: Vec<&str> =
                entry.get("aliases").and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str).collect();
            let (id, zh, en) = (of("code")?, of("zh")?, of("en")?);
            let _ = writeln!(code, "Code {{ set: {name:?}, code: {id:?}, zh: {zh:?}, en: {en:?}, rank: {rank}, aliases: &{aliases:?} }},");
        }
        code.push_str("] },\n");
    }
    code.push_str("];\n");
    Ok(code)
}

fn texts() -> Result<String, Vec<String>> {
    let (en, zh) = (read(EN)?, read(ZH)?);
    let faults = differences(&en, &zh);
    if !faults.is_empty() {
        return Err(faults);
    }
    // One text and places in it: a table of references would have to be relocated whole whenever the program starts.
    let (mut all, mut places) = (String::new(), String::new());
    let place = |all: &String| u32::try_from(all.len()).map_err(|_| vec!["more than 4 GB of texts".to_owned()]);
    for (key, text) in &en {
        let mut own = Vec::new();
        for part in [key, text, &zh[key]] {
            own.push(place(&all)?);
            all.push_str(part);
        }
        let _ = writeln!(places, "    {own:?},");
    }
    Ok(format!(
        "static ALL: &str = {all:?};\nstatic PLACES: [[u32; 3]; {}] = [\n{places}    [{len}, {len}, {len}],\n];\n",
        en.len() + 1,
        len = place(&all)?
    ))
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
