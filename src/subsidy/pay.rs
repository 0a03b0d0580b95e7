//! `subsidy due|arrears|pay|confirm|settle|batches|batch`: what falls due, batches with their bank file, and the bank's return.

use super::batch::DueNow;
use super::store::{self, Batch, Known};
use super::{BATCH_PREFIX, PREFIX, bank, batch, change};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::files::{Whole, folder_of, not_over, write_whole};
use crate::db::write;
use crate::error::{self, Error, Result};
use crate::fund;
use crate::office::{Exit, Office};
use crate::ui::out::shown;
use crate::ui::value::label_of;
use crate::ui::{Column, View};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::Path;

pub(super) fn due(office: &Office, scheme: Option<&str>, until: Option<Day>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    if let Some(code) = scheme {
        change::scheme(conn, code, day)?;
    }
    let rows = batch::due(conn, Known::OnTheDay, until.unwrap_or(day), day)?
        .iter()
        .filter(|d| scheme.is_none_or(|s| d.open.scheme == s))
        .map(|d| {
            let o = &d.open;
            json!({
                "no": o.no(), "payee_no": o.payee.no(), "scheme": o.scheme, "seq": o.seq, "period": o.period, "amount": o.left.to_string(),
                "due": o.due.iso(), "age_days": (day.0 - o.due.0).max(0), "held": d.held.is_some(), "why": d.held,
            })
        })
        .collect();
    let mut columns: Vec<Column> = ["no", "payee_no", "scheme", "seq", "period", "due"].into_iter().map(Column::new).collect();
    columns.extend(["amount", "age_days"].into_iter().map(Column::right));
    columns.extend(["held", "why"].into_iter().map(Column::new));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

/// By what arrears are put together.
pub(super) const ARREARS_BY: [&str; 3] = ["source", "payee", "scheme"];

/// Keys of the bands of age.
const BANDS: [&str; 5] = ["months_0", "months_3", "months_6", "months_12", "months_18"];

/// What is due and not paid, by age: the longest owed stands in its own column.
pub(super) fn arrears(office: &Office, by: &str) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    let mut sources = Sources::default();
    let mut sums: BTreeMap<String, Aged> = BTreeMap::new();
    let mut total = Aged::default();
    for d in batch::due(conn, Known::OnTheDay, day, day)? {
        let o = &d.open;
        let key = match by {
            "payee" => o.payee.no(),
            "scheme" => o.scheme.clone(),
            _ => sources.of(conn, o.line_id.unwrap_or(o.award_line_id))?.0,
        };
        let band = batch::arrears_band(o.due, day);
        sums.entry(key).or_default().add(band, o.left)?;
        total.add(band, o.left)?;
    }
    let key = if by == "payee" { "payee_no" } else { by };
    let mut rows: Vec<(String, Aged)> = sums.into_iter().collect();
    rows.sort_by(|a, b| b.1.amount.cmp(&a.1.amount).then_with(|| a.0.cmp(&b.0)));
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(name, aged)| {
            let mut row = json!({ key: name });
            aged.put(&mut row);
            row
        })
        .collect();
    let mut all = json!({"as_of": day.iso()});
    total.put(&mut all);
    if matches!(office.format(), crate::ui::Format::Json | crate::ui::Format::Ndjson) {
        all["by"] = by.into();
        all["rows"] = rows.into();
        office.show(&View::object(all))?;
        return Ok(Exit::Done);
    }
    // A clause's source is an op, a debt's is where the money comes from.
    let mut columns = vec![if by == "source" { Column::new(key).labelled(label_of("fund.source")) } else { Column::new(key) }];
    columns.extend(["count", "amount"].into_iter().chain(BANDS).map(Column::right));
    let title = crate::ui::tf("note.arrears", &[("day", &day.iso()), ("n", &total.count), ("sum", &total.amount)]);
    office.show(&View::list(rows, columns).titled(title))?;
    Ok(Exit::Done)
}

/// What is owed, by age.
#[derive(Default)]
struct Aged {
    count: usize,
    amount: Fen,
    bands: [Fen; 5],
}

impl Aged {
    fn add(&mut self, band: usize, amount: Fen) -> Result<()> {
        self.count += 1;
        for sum in [&mut self.amount, &mut self.bands[band]] {
            *sum = sum.checked_add(amount).ok_or_else(|| error::bad_data("amount_range"))?;
        }
        Ok(())
    }

    fn put(&self, row: &mut Value) {
        row["count"] = self.count.into();
        row["amount"] = self.amount.to_string().into();
        for (name, sum) in BANDS.iter().zip(self.bands) {
            row[*name] = sum.to_string().into();
        }
    }
}

/// Sources and funds of lines, each looked up once.
#[derive(Default)]
struct Sources(HashMap<i64, (String, i64)>);

impl Sources {
    fn of(&mut self, conn: &Connection, line: i64) -> Result<(String, i64)> {
        if let Some(found) = self.0.get(&line) {
            return Ok(found.clone());
        }
        let l = fund::store::line_at(conn, line)?.ok_or_else(|| error::not_office("damaged"))?;
        self.0.insert(line, (l.source.clone(), l.fund_id));
        Ok((l.source, l.fund_id))
    }
}

pub(super) fn pay(
    office: &Office,
    texts: &[String],
    all_due: bool,
    (fund, max): (Option<&str>, Option<Fen>),
    (accounts, out): (&Path, &Path),
) -> Result<Exit> {
    if texts.is_empty() && !all_due {
        return Err(error::usage("nothing_named"));
    }
    let form = bank::form(out)?;
    let conn = office.read()?;
    let fund = fund.map(|f| fund::store::resolve(conn, f).map(|f| f.id)).transpose()?;
    let wanted = texts.iter().map(|t| store::resolve(conn, t).map(|a| a.id)).collect::<Result<Vec<_>>>()?;
    let day = office.day();
    let (seen, ..) = write::head(conn)?;
    let mut sources = Sources::default();
    let mut chosen = Vec::new();
    let mut sum = Fen::ZERO;
    let due: Vec<DueNow> =
        batch::due(conn, Known::Now, day, day)?.into_iter().filter(|d| all_due || wanted.contains(&d.open.application_id)).collect();
    // Whoever names a benefit means it to be paid: it is not left out in silence.
    if let Some(id) = wanted.iter().find(|id| !due.iter().any(|d| d.open.application_id == **id)) {
        return Err(error::conflict("nothing_due_of").fact("no", number::format(PREFIX, *id)).detail("possible", vec!["due"]));
    }
    for d in due {
        if let Some(why) = d.held {
            if all_due {
                continue;
            }
            return Err(error::refused("held").fact("no", d.open.no()).fact("why", why).detail("why", why));
        }
        let of_fund = match (fund, d.open.line_id) {
            (Some(f), Some(line)) => sources.of(conn, line)?.1 == f,
            _ => true,
        };
        let next = sum.checked_add(d.open.left).ok_or_else(|| error::bad_data("amount_range"))?;
        if !of_fund || max.is_some_and(|m| next > m) {
            continue;
        }
        sum = next;
        chosen.push(d);
    }
    if chosen.is_empty() {
        return Err(error::conflict("nothing_due").detail("possible", vec!["due"]));
    }
    not_over(out, accounts)?;
    let accounts = bank::accounts(accounts)?;
    office.confirm("ask.pay", &[("n", &chosen.len()), ("sum", &sum)])?;
    let path = crate::db::open::absolute(out)?;
    folder_of(&path)?;
    // Begun before anything is entered: a place where nothing can be written is told in time.
    let file = if office.globals.dry_run { None } else { Some(Whole::begin(&path)?) };
    let done = office.write("subsidy.pay", Map::new(), |tx| {
        let (last, hash, _) = write::head(tx.conn())?;
        let head = format!("#{last}:{}", &crate::db::digest::hex(&hash)[..8]);
        let (batch, sum, bytes) = batch::pay(tx, &chosen, seen, &accounts, &head, |lines| bank::file(form, lines, day))?;
        tx.outcome("no", number::format(BATCH_PREFIX, batch));
        tx.outcome("count", chosen.len());
        tx.outcome("amount", sum.to_string());
        Ok((batch, sum, bytes))
    })?;
    let (batch, sum, bytes) = &done.value;
    let no = done.op.map(|_| number::format(BATCH_PREFIX, *batch));
    if let (Some(no), Some(mut file)) = (&no, file) {
        // What is entered is paid once, whether or not the file comes about: `--batch` writes it again.
        let written = file.write_all(bytes).map_err(Error::from).and_then(|()| file.finish());
        written.map_err(|e| {
            Error::new(e.kind, "batch_unwritten").fact("no", no).fact("why", crate::ui::said::problem(&e).message).detail("no", no.as_str())
        })?;
    }
    let sha256 = crate::db::digest::hex(&crate::db::digest::sha256(bytes));
    office.show_act(
        &done,
        json!({"no": no, "status": "sent", "count": chosen.len(), "amount": sum.to_string(), "file": shown(&path.display().to_string()), "sha256": sha256}),
    )?;
    Ok(Exit::Done)
}

/// The batch a command names.
fn resolve(conn: &Connection, text: &str) -> Result<Batch> {
    let id = crate::office::parse_no(BATCH_PREFIX, text)?;
    store::batch(conn, id)?.ok_or_else(|| error::not_found("no_batch").fact("text", text))
}

/// Writes the file of a batch once more, byte by byte as it was.
pub(super) fn again(office: &Office, text: &str, accounts: &Path, out: &Path) -> Result<Exit> {
    let form = bank::form(out)?;
    let conn = office.read()?;
    let batch = resolve(conn, text)?;
    not_over(out, accounts)?;
    let lines = batch::again(conn, &batch, &bank::accounts(accounts)?)?;
    let bytes = bank::file(form, &lines, batch.day)?;
    if crate::db::digest::hex(&crate::db::digest::sha256(&bytes)) != batch.sha256 {
        return Err(error::bad_data("other_file").fact("no", batch.no()));
    }
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        let mut what = Map::new();
        what.insert("batch".into(), batch.no().into());
        office.record_access("subsidy.file", what)?;
        write_whole(&path, &bytes)?;
    }
    office.show(&View::object(json!({
        "no": batch.no(), "status": "sent", "op": null, "date": batch.day.iso(), "count": lines.len(), "file": shown(&path.display().to_string()),
        "sha256": batch.sha256,
    })))?;
    Ok(Exit::Done)
}

/// Reads the bank's return; exit 1 where a line does not agree.
pub(super) fn confirm(office: &Office, file: &Path, batch: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (answers, remark) = bank::answers(file)?;
    let text = batch.map(str::to_owned).or(remark).ok_or_else(|| error::usage("which_batch"))?;
    let batch = resolve(conn, &text)?;
    let done = office.write("subsidy.confirm", Map::new(), |tx| {
        let c = batch::confirm(tx, batch.id, &answers)?;
        tx.outcome("no", batch.no());
        tx.outcome("settled", c.counts[0]);
        tx.outcome("failed", c.counts[1]);
        tx.outcome("partial", c.counts[2]);
        if !c.differences.is_empty() {
            tx.record_anyway();
            tx.outcome("differences", c.differences.len());
        }
        let open = store::payments(tx.conn(), batch.id)?.iter().filter(|p| p.state == "sent").count();
        Ok((c, open))
    })?;
    let (c, open) = &done.value;
    let differences: Vec<Value> =
        c.differences.iter().map(|(no, sent, returned)| json!({"no": no, "sent": sent, "returned": returned})).collect();
    office.show_act(
        &done,
        json!({
            "no": batch.no(), "status": if *open == 0 { "closed" } else { "open" }, "settled": c.counts[0], "failed": c.counts[1],
            "partial": c.counts[2], "known": c.known, "open": open, "differences": differences,
        }),
    )?;
    Ok(if c.differences.is_empty() { Exit::Done } else { Exit::Found })
}

/// Closes a difference with what was found.
pub(super) fn settle(office: &Office, text: &str, row: i64, paid: Fen, why: &str) -> Result<Exit> {
    let batch = resolve(office.read()?, text)?;
    let done = office.write("subsidy.settle", Map::new(), |tx| {
        let state = batch::settle(tx, &batch, row, paid, why)?;
        tx.outcome("no", batch.no());
        tx.outcome("row", row);
        tx.outcome("state", state);
        let mut v = line(tx.conn(), &batch)?;
        v["lines"] = lines(tx.conn(), &batch)?.into();
        Ok(v)
    })?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

// ---------------------------------------------------------------- batches as a clerk sees them

/// A batch on one line: how many of its lines stand how.
fn line(conn: &Connection, b: &Batch) -> Result<Value> {
    let all = store::payments(conn, b.id)?;
    let count = |state: &str| all.iter().filter(|p| p.state == state).count();
    let paid = change::total(all.iter().filter(|p| p.state != "sent").map(|p| p.paid))?;
    let differences = store::differences(conn, Some(b.id))?.iter().filter(|d| d.outcome.is_none()).count();
    Ok(json!({
        "no": b.no(), "status": if count("sent") == 0 && differences == 0 { "closed" } else { "open" }, "day": b.day.iso(), "count": all.len(),
        "amount": b.amount.to_string(), "paid": paid.to_string(), "settled": count("settled"), "partial": count("partial"),
        "failed": count("failed"), "open": count("sent"), "differences": differences, "cashier": b.actor, "head": b.head, "sha256": b.sha256,
    }))
}

/// Lines of a batch, with what of each does not agree.
fn lines(conn: &Connection, b: &Batch) -> Result<Vec<Value>> {
    let differences = store::differences(conn, Some(b.id))?;
    let mut rows = Vec::new();
    for p in store::payments(conn, b.id)? {
        let of: Vec<Value> = differences
            .iter()
            .filter(|d| d.row == p.row)
            .map(|d| json!({"sent": d.sent, "returned": d.returned, "outcome": d.outcome, "why": d.why, "actor": d.actor}))
            .collect();
        rows.push(json!({
            "row": p.row, "no": number::format(PREFIX, p.application_id), "seq": p.instalment_seq, "amount": p.amount.to_string(),
            "state": p.state, "paid": if p.state == "sent" { Value::Null } else { p.paid.to_string().into() },
            "account": format!("*{}", p.tail), "reason": p.reason, "differences": of,
        }));
    }
    Ok(rows)
}

pub(super) fn batches(office: &Office) -> Result<Exit> {
    let conn = office.read()?;
    let rows = store::batches(conn, office.as_of())?.iter().map(|b| line(conn, b)).collect::<Result<Vec<_>>>()?;
    let mut columns: Vec<Column> = ["no", "status", "day"].into_iter().map(Column::new).collect();
    columns.extend(["count", "amount", "paid", "settled", "partial", "failed", "open", "differences"].into_iter().map(Column::right));
    columns.push(Column::new("cashier"));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}

pub(super) fn one(office: &Office, text: &str) -> Result<Exit> {
    let conn = office.read()?;
    let batch = resolve(conn, text)?;
    let mut v = line(conn, &batch)?;
    v["lines"] = lines(conn, &batch)?.into();
    office.show(&View::object(v))?;
    Ok(Exit::Done)
}

/// Open differences by batch: how many, and who made the batch.
pub fn open_differences(conn: &Connection) -> Result<Vec<(String, usize, String)>> {
    let mut by: BTreeMap<i64, usize> = BTreeMap::new();
    for d in store::differences(conn, None)?.iter().filter(|d| d.outcome.is_none()) {
        *by.entry(d.batch_id).or_default() += 1;
    }
    by.into_iter()
        .map(|(id, n)| {
            let b = store::batch(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
            Ok((b.no(), n, b.actor))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_its_column() {
        assert_eq!(BANDS.len(), batch::ARREARS_MONTHS.len());
        for (name, months) in BANDS.iter().zip(batch::ARREARS_MONTHS) {
            assert_eq!(*name, format!("months_{months}"));
        }
    }
}
