//! `subsidy due|pay|confirm`: what falls due, batches with their bank file, and the bank's return.

use super::store;
use super::{BATCH_PREFIX, bank, change};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::files::write_whole;
use crate::db::write;
use crate::error::{self, Result};
use crate::fund;
use crate::office::{Exit, Office};
use crate::ui::out::shown;
use crate::ui::{Column, View};
use serde_json::{Map, Value, json};
use std::path::Path;

pub(super) fn due(office: &Office, scheme: Option<&str>, until: Option<Day>) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    if let Some(code) = scheme {
        change::scheme(conn, code)?;
    }
    let rows = change::due(conn, until.unwrap_or(day), day)?
        .iter()
        .filter(|d| scheme.is_none_or(|s| d.application.scheme == s))
        .map(|d| {
            let i = &d.instalment;
            json!({
                "no": d.application.no(), "payee_no": d.application.payee.no(), "scheme": d.application.scheme, "seq": i.seq, "period": i.period,
                "amount": d.left().to_string(), "due": i.due.iso(), "age_days": (day.0 - i.due.0).max(0), "held": d.held.is_some(), "why": d.held,
            })
        })
        .collect();
    let mut columns: Vec<Column> = ["no", "payee_no", "scheme", "seq", "period", "due"].into_iter().map(Column::new).collect();
    columns.extend(["amount", "age_days"].into_iter().map(Column::right));
    columns.extend(["held", "why"].into_iter().map(Column::new));
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
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
    bank::form(out)?;
    let conn = office.read()?;
    let fund = fund.map(|f| fund::store::resolve(conn, f).map(|f| f.id)).transpose()?;
    let wanted = texts.iter().map(|t| store::resolve(conn, t).map(|a| a.id)).collect::<Result<Vec<_>>>()?;
    let day = office.day();
    let mut chosen = Vec::new();
    let mut sum = Fen::ZERO;
    for d in change::due(conn, day, day)?.into_iter().filter(|d| all_due || wanted.contains(&d.application.id)) {
        if let Some(why) = d.held {
            if all_due {
                continue;
            }
            return Err(error::refused("held").fact("no", d.application.no()).fact("why", why).detail("why", why));
        }
        let of_fund = match (fund, d.instalment.line_id) {
            (Some(f), Some(line)) => fund::store::line_at(conn, line)?.is_some_and(|l| l.fund_id == f),
            _ => true,
        };
        let next = sum.checked_add(d.left()).ok_or_else(|| error::bad_data("amount_range"))?;
        if !of_fund || max.is_some_and(|m| next > m) {
            continue;
        }
        sum = next;
        chosen.push(d);
    }
    if chosen.is_empty() {
        return Err(error::conflict("nothing_due").detail("possible", vec!["due"]));
    }
    let accounts = bank::accounts(accounts)?;
    office.confirm("ask.pay", &[("n", &chosen.len()), ("sum", &sum)])?;
    let path = crate::db::open::absolute(out)?;
    let done = office.write("subsidy.pay", Map::new(), |tx| {
        let (last, hash, _) = write::head(tx.conn())?;
        let head = format!("#{last}:{}", &crate::db::digest::hex(&hash)[..8]);
        let (batch, sum, bytes) = change::pay(tx, &chosen, &accounts, &head, bank::file)?;
        tx.outcome("no", number::format(BATCH_PREFIX, batch));
        tx.outcome("count", chosen.len());
        tx.outcome("amount", sum.to_string());
        Ok((batch, sum, bytes))
    })?;
    let (batch, sum, bytes) = &done.value;
    if done.op.is_some() {
        // What is entered is paid once, whether or not the file comes about: `--batch` writes it again.
        write_whole(&path, bytes)?;
    }
    let no = done.op.map(|_| number::format(BATCH_PREFIX, *batch));
    let sha256 = crate::db::digest::hex(&crate::db::digest::sha256(bytes));
    office.show_act(
        &done,
        json!({"no": no, "status": "sent", "count": chosen.len(), "amount": sum.to_string(), "file": shown(&path.display().to_string()), "sha256": sha256}),
    )?;
    Ok(Exit::Done)
}

/// Writes the file of a batch once more, byte by byte as it was.
pub(super) fn again(office: &Office, batch: &str, accounts: &Path, out: &Path) -> Result<Exit> {
    bank::form(out)?;
    let conn = office.read()?;
    let id = crate::office::parse_no(BATCH_PREFIX, batch)?;
    let (lines, sha256) = change::again(conn, id, &bank::accounts(accounts)?)?;
    let bytes = bank::file(&lines);
    if crate::db::digest::hex(&crate::db::digest::sha256(&bytes)) != sha256 {
        return Err(error::bad_data("other_file").fact("no", number::format(BATCH_PREFIX, id)));
    }
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        let mut what = Map::new();
        what.insert("batch".into(), number::format(BATCH_PREFIX, id).into());
        office.record_access("subsidy.file", what)?;
        write_whole(&path, &bytes)?;
    }
    office.show(&View::object(json!({
        "no": number::format(BATCH_PREFIX, id), "count": lines.len(), "file": shown(&path.display().to_string()), "sha256": sha256,
    })))?;
    Ok(Exit::Done)
}

/// Reads the bank's return; exit 1 where a line does not agree.
pub(super) fn confirm(office: &Office, file: &Path, batch: Option<&str>) -> Result<Exit> {
    let conn = office.read()?;
    let (answers, remark) = bank::answers(file)?;
    let text = batch.map(str::to_owned).or(remark).ok_or_else(|| error::usage("which_batch"))?;
    let id = crate::office::parse_no(BATCH_PREFIX, &text)?;
    store::batch(conn, id)?.ok_or_else(|| error::not_found("no_batch").fact("text", &text))?;
    let done = office.write("subsidy.confirm", Map::new(), |tx| {
        let c = change::confirm(tx, id, &answers)?;
        tx.outcome("no", number::format(BATCH_PREFIX, id));
        tx.outcome("settled", c.counts[0]);
        tx.outcome("failed", c.counts[1]);
        tx.outcome("partial", c.counts[2]);
        if !c.differences.is_empty() {
            tx.record_anyway();
            tx.outcome("differences", c.differences.len());
        }
        let open = store::payments(tx.conn(), id)?.iter().filter(|p| p.state == "sent").count();
        Ok((c, open))
    })?;
    let (c, open) = &done.value;
    let differences: Vec<Value> =
        c.differences.iter().map(|(no, sent, returned)| json!({"no": no, "sent": sent, "returned": returned})).collect();
    office.show_act(
        &done,
        json!({
            "no": number::format(BATCH_PREFIX, id), "status": if *open == 0 { "closed" } else { "open" }, "settled": c.counts[0], "failed": c.counts[1],
            "partial": c.counts[2], "known": c.known, "open": open, "differences": differences,
        }),
    )?;
    Ok(if c.differences.is_empty() { Exit::Done } else { Exit::Found })
}
