//! `blacklist screen`: a list looked through against those listed. One thread reads, others compare; the receipt is kept before the first match is
//! told, and with it the same file comes to the same answer again. What makes a match is `blacklist::screen`'s.

use super::Kind;
use super::import::{self, Row, Settings};
use super::out::Writer;
use super::report::Report;
use crate::base::ident::Document;
use crate::base::number;
use crate::base::sheet::{Column as SheetColumn, What};
use crate::blacklist::screen::{Asked, Found, Index, identity_of};
use crate::blacklist::store::listed::{self, Judged, Receipt};
use crate::blacklist::{self, PREFIX, RECEIPT_PREFIX, change};
use crate::db::files::not_over;
use crate::db::write::{self, Tx};
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::policy::{self, Screening};
use crate::talent::entry::{self, Draft, Key};
use crate::ui::{Column, Format, View, t};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

/// Columns by which a row may be known; all others are passed over.
pub const COLUMNS: &[SheetColumn] = &[
    column("no", "编号", &["人才编号"]),
    column("name", "姓名", &["名字", "人才姓名"]),
    column("id_type", "证件类型", &["证件种类", "证件名称"]),
    column("id_number", "证件号码", &["身份证号", "身份证号码", "证件号", "公民身份号码"]),
    column("birth_date", "出生日期", &["出生年月", "出生年月日", "生日"]),
    column("phone", "手机", &["联系电话", "手机号", "手机号码", "电话"]),
    column("employer", "用人单位", &["工作单位", "所在单位", "单位名称", "单位", "名称"]),
    column("uscc", "统一社会信用代码", &["信用代码", "社会信用代码"]),
];

/// What of a talent's row they are, in their order.
const KEYS: [Key; 8] = [Key::No, Key::Name, Key::IdType, Key::IdNumber, Key::BirthDate, Key::Phone, Key::Employer, Key::Uscc];

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str]) -> SheetColumn {
    SheetColumn { name, zh, aliases, what: What::Text, set: None, personal: false, required: false }
}

/// A row with somebody it means or may mean.
#[derive(Debug)]
struct Match {
    row: u32,
    found: Found,
    /// Of a likely one: what the row says of who it is, and the documents it names.
    said: Option<(String, Vec<String>)>,
}

/// So many rows are compared at a time.
const BATCH: usize = 1024;

/// Looks a list through. With `replay` as it was looked through under a receipt: by its day, its rules and what was known then.
pub fn run(office: &Office, file: &Path, sheet: Option<String>, purpose: &str, out: Option<&Path>, replay: Option<&str>) -> Result<Exit> {
    out.map_or(Ok(()), |path| not_over(path, file))?;
    let conn = office.read()?;
    let again = replay.map(|text| listed::receipt(conn, text)).transpose()?;
    if again.is_some() && office.globals.as_of.is_some() {
        return Err(error::usage("replay_day"));
    }
    let (policy_id, pack) = match &again {
        Some(r) => (r.policy_id, policy::store::integrity_version(conn, r.policy_id)?),
        None => change::confirmed(conn)?,
    };
    let day = again.as_ref().map_or(office.as_of(), |r| r.day);
    let mut list = open(file, sheet)?;
    if let Some(r) = again.as_ref().filter(|r| r.sha256 != list.sha256) {
        let no = number::format(RECEIPT_PREFIX, r.id);
        return Err(error::bad_data("another_file").fact("no", no).fact("file", shown(file)).detail("sha256", r.sha256.clone()));
    }
    // One moment for all that is looked up; the head says which.
    let moment = conn.unchecked_transaction()?;
    let known_op = again.as_ref().map_or(write::head(&moment)?.0, |r| r.known_op);
    let known = again.as_ref().map_or(i64::MAX, |r| r.known_op);
    let index = Index::of(listed::entries(&moment, day, known)?);
    let (rows, mut matches) = compare(&mut list, file, &index, &pack.rules().screening)?;
    let judged = Judged::known(&moment, known)?;
    let mut kept = Vec::with_capacity(matches.len());
    for m in matches.drain(..) {
        let whom = index.entries[m.found.entry].whom;
        let another = match (&m.said, whom) {
            (Some((identity, keys)), Some(whom)) => judged.different(&moment, whom, identity, keys)?,
            _ => false,
        };
        if !another {
            kept.push(m);
        }
    }
    once_a_unit(&mut kept);
    let exact = kept.iter().filter(|m| m.found.exact).count() as u64;
    let likely = kept.len() as u64 - exact;
    let receipt = Receipt { id: 0, op: 0, day, known_op, policy_id, sha256: list.sha256.clone(), rows, exact, likely };
    // What was annulled since was found then, and is named to nobody now.
    let found = kept.len();
    let mut live = HashMap::new();
    for m in &kept {
        let case = index.entries[m.found.entry].case_id;
        if let Entry::Vacant(e) = live.entry(case) {
            e.insert(blacklist::store::load(&moment, case)?.is_some());
        }
    }
    kept.retain(|m| live[&index.entries[m.found.entry].case_id]);
    drop(moment);
    let (id, op) = record(office, purpose, file, &receipt, again.as_ref())?;
    let answer = Answer { index: &index, matches: &kept, withdrawn: found - kept.len(), receipt: Receipt { id, op, ..receipt } };
    tell(office, file, out, &answer, again.as_ref())
}

/// What a screening comes to.
struct Answer<'a> {
    index: &'a Index,
    matches: &'a [Match],
    /// Matches of a replay whose case was annulled since.
    withdrawn: usize,
    receipt: Receipt,
}

/// Who is listed on the business day: a roster is screened as it comes in, by what leaves no doubt. Whom a name may mean waits for a person anyway.
pub fn listed_on(tx: &Tx<'_>) -> Result<Index> {
    if !listed::any(tx.conn())? {
        return Ok(Index::default());
    }
    Ok(Index::of(listed::entries(tx.conn(), tx.day, i64::MAX)?))
}

fn shown(file: &Path) -> String {
    crate::ui::out::shown(&file.display().to_string())
}

fn open(file: &Path, sheet: Option<String>) -> Result<import::List> {
    let set = Settings { kind: Kind::Screen, ..Settings::of_list(file, sheet, false) };
    import::List::open(file, &set, &mut Report::default())
}

/// What a row says of who it is. What can't be read says nothing.
fn draft(row: &Row) -> Draft {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    for (at, key) in KEYS.into_iter().enumerate() {
        raw[key as usize] = row.at(at);
    }
    entry::check(&raw).draft
}

fn asked(d: &Draft) -> Asked<'_> {
    Asked {
        no: d.no,
        documents: &d.documents,
        name: d.name.as_deref(),
        birth: d.birth_date,
        phone: d.phone.value().map(String::as_str),
        employer: d.employer.as_deref(),
        uscc: d.uscc.as_deref(),
    }
}

/// The identity of one row of a list, for whoever judges it. 4 where there is no such row, 65 where it says nothing of who it is.
pub fn row_identity(file: &Path, sheet: Option<String>, number: u32) -> Result<String> {
    let mut list = open(file, sheet)?;
    while let Some(row) = list.next(file)? {
        if row.number == number {
            let none = || error::bad_data("row_is_nobody").fact("file", shown(file)).fact("row", number);
            return identity_of(&asked(&draft(&row))).ok_or_else(none);
        }
    }
    Err(error::not_found("no_such_row").fact("file", shown(file)).fact("row", number))
}

/// Compares every row; how many there were, and the matches in the order of the rows.
fn compare(list: &mut import::List, file: &Path, index: &Index, weights: &Screening) -> Result<(u64, Vec<Match>)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 8);
    let (send, receive) = sync_channel::<(usize, Vec<Row>)>(threads * 2);
    let receive = Mutex::new(receive);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&receive, index, weights))).collect();
        let mut rows = 0u64;
        let mut batch = Vec::with_capacity(BATCH);
        let mut nth = 0;
        let read = (|| -> Result<()> {
            while let Some(row) = list.next(file)? {
                rows += 1;
                batch.push(row);
                if batch.len() == BATCH {
                    // The workers listen until the sender is gone.
                    let _ = send.send((nth, std::mem::replace(&mut batch, Vec::with_capacity(BATCH))));
                    nth += 1;
                }
            }
            let _ = send.send((nth, std::mem::take(&mut batch)));
            Ok(())
        })();
        drop(send);
        let mut found: Vec<(usize, Vec<Match>)> = workers.into_iter().flat_map(|w| w.join().unwrap_or_default()).collect();
        read?;
        found.sort_by_key(|f| f.0);
        Ok((rows, found.into_iter().flat_map(|f| f.1).collect()))
    })
}

fn work(receive: &Mutex<Receiver<(usize, Vec<Row>)>>, index: &Index, weights: &Screening) -> Vec<(usize, Vec<Match>)> {
    let mut all = Vec::new();
    loop {
        let next = receive.lock().map(|r| r.recv());
        let Ok(Ok((nth, rows))) = next else { return all };
        let mut matches = Vec::new();
        for row in &rows {
            let d = draft(row);
            let asked = asked(&d);
            for found in index.find(&asked, weights) {
                let keys = |d: &[Document]| d.iter().map(|d| d.key.clone()).collect();
                let said = if found.exact { None } else { identity_of(&asked).map(|identity| (identity, keys(&d.documents))) };
                matches.push(Match { row: row.number, found, said });
            }
        }
        if !matches.is_empty() {
            all.push((nth, matches));
        }
    }
}

/// A unit that is listed stands behind each of its people: it is told at its first row.
fn once_a_unit(matches: &mut Vec<Match>) {
    let mut seen = std::collections::HashSet::new();
    matches.retain(|m| !m.found.features.iter().any(|f| matches!(*f, "uscc" | "unit_name")) || seen.insert((m.found.entry, m.found.exact)));
}

/// Keeps the receipt, or that one was done again, before anything is told; its id and the op. Also for a day that is past: nothing but the receipt
/// is written.
fn record(office: &Office, purpose: &str, file: &Path, r: &Receipt, again: Option<&Receipt>) -> Result<(i64, i64)> {
    let mut what = Map::new();
    what.insert("purpose".into(), purpose.into());
    what.insert("file".into(), file.file_name().map(|n| n.to_string_lossy().into_owned()).into());
    if office.globals.dry_run {
        // What is told was looked up all the same, and stands in the log; no receipt is made.
        return Ok((0, office.record_access("blacklist.screen", what)?.unwrap_or_default()));
    }
    let done = office.record_with("blacklist.screen", what, |tx| {
        let id = match again {
            Some(again) => {
                tx.outcome("replays", number::format(RECEIPT_PREFIX, again.id));
                again.id
            }
            None => listed::keep(tx, r)?,
        };
        if again.is_none() {
            tx.outcome("no", number::format(RECEIPT_PREFIX, id));
        }
        tx.outcome("sha256", r.sha256.clone());
        tx.outcome("rows", r.rows);
        tx.outcome("exact", r.exact);
        tx.outcome("likely", r.likely);
        Ok(id)
    })?;
    Ok((done.value, done.op.unwrap_or_default()))
}

fn line(index: &Index, m: &Match) -> Value {
    let e = &index.entries[m.found.entry];
    json!({
        "row": m.row, "no": number::format(PREFIX, e.case_id), "subject_no": e.whom.map(crate::blacklist::Whom::no),
        "kind": if m.found.exact { "exact" } else { "likely" }, "score": f64::from(m.found.score) / 100.0, "features": m.found.features,
    })
}

fn tell(office: &Office, file: &Path, out: Option<&Path>, answer: &Answer<'_>, again: Option<&Receipt>) -> Result<Exit> {
    let Answer { index, matches, withdrawn, receipt: r } = answer;
    let dry_run = office.globals.dry_run;
    if let Some(path) = out.filter(|_| !dry_run) {
        let mut writer = Writer::open_list(office, path, &["row", "no", "subject_no", "kind", "score", "features"])?;
        for m in *matches {
            let v = line(index, m);
            let text = |key: &str| v[key].as_str().unwrap_or_default().to_owned();
            let cells =
                [m.row.to_string(), text("no"), text("subject_no"), text("kind"), v["score"].to_string(), m.found.features.join(" ")];
            writer.row(cells.iter().map(String::as_str))?;
        }
        writer.finish()?;
    }
    let mut receipt = json!({
        "no": (!dry_run).then(|| number::format(RECEIPT_PREFIX, r.id)), "op": r.op, "day": r.day.iso(), "known_op": r.known_op, "rule_version": r.policy_id,
        "sha256": r.sha256, "rows": r.rows, "exact": r.exact, "likely": r.likely,
    });
    if let Some(a) = again {
        receipt["same"] = ((a.rows, a.exact, a.likely) == (r.rows, r.exact, r.likely)).into();
        receipt["withdrawn"] = (*withdrawn).into();
    }
    let lines: Vec<Value> = matches.iter().map(|m| line(index, m)).collect();
    let columns = ["row", "no", "subject_no", "kind", "score", "features"].into_iter().map(Column::new).collect();
    let exact = matches.iter().filter(|m| m.found.exact).count();
    let mut v = json!({"file": shown(file), "rows": r.rows, "exact": exact, "likely": matches.len() - exact});
    if let Some(path) = out {
        v["out"] = shown(path).into();
    }
    if dry_run {
        v["dry_run"] = true.into();
    }
    // Whoever reads the answer, a person or a program, is told what it is not.
    v["note"] = t("note.likely_is_no_ground").into();
    match office.format() {
        Format::Json | Format::Ndjson => {
            v["matches"] = lines.into();
            v["receipt"] = receipt;
            office.show(&View::object(v))?;
        }
        Format::Csv => office.show(&View::list(lines, columns))?,
        Format::Table | Format::Md => {
            v["receipt"] = receipt["no"].clone();
            v["day"] = receipt["day"].clone();
            for key in ["same", "withdrawn"] {
                if let Some(told) = receipt.get(key) {
                    v[key] = told.clone();
                }
            }
            office.show(&View::object(v))?;
            if !lines.is_empty() && out.is_none() {
                office.put(b"\n")?;
                office.show(&View::list(lines, columns))?;
            }
        }
    }
    Ok(if matches.is_empty() { Exit::Done } else { Exit::Found })
}
