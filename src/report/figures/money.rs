//! Money in a report: benefits approved, paid and owed by scheme, arrears by age and source, funds; and the movements and benefits behind each
//! figure. What was paid is read from the ledger, whose movements say which benefit they are for: a batch of a hundred thousand is one of them.

use super::super::{Cell, Column, Figure, Row, Table};
use super::{Record, Span};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::error::{self, Result};
use crate::fund::store as funds;
use crate::fund::{self, Account};
use crate::subsidy::batch::{ARREARS_MONTHS, arrears_band};
use crate::subsidy::{BATCH_PREFIX, PREFIX};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};

const SUBSIDIES: [Column; 6] = [
    Column::people("approved"),
    Column::money("approved_amount"),
    Column::money("paid"),
    Column::money("recovered"),
    Column::money("owed"),
    Column::people("owed_count"),
];
const ARREARS: [Column; 7] = [
    Column::people("owed_count"),
    Column::money("owed"),
    Column::money("months_0"),
    Column::money("months_3"),
    Column::money("months_6"),
    Column::money("months_12"),
    Column::money("months_18"),
];
const FUNDS: [(&str, Option<Account>); 7] = [
    ("appropriated", Some(Account::Source)),
    ("carried", Some(Account::Carried)),
    ("reserved", Some(Account::Reserved)),
    ("paid", Some(Account::Paid)),
    ("recovered", None),
    ("returned", Some(Account::Returned)),
    ("free", Some(Account::Free)),
];

/// Keys of the tables here.
pub const KEYS: [&str; 3] = ["subsidies", "arrears", "funds"];

/// The tables about money.
pub fn tables(conn: &Connection, span: Span) -> Result<Vec<Table>> {
    let mut by: BTreeMap<String, [i64; 6]> = codes::codes("scheme").map(|c| (c.code.to_owned(), [0; 6])).collect();
    let mut arrears: BTreeMap<String, [i64; 7]> = BTreeMap::new();
    approved(conn, span, |scheme, sum| add(by.entry(scheme.to_owned()).or_default(), [(0, 1), (1, sum)]))?;
    let mut lines: HashMap<i64, [i64; 7]> = HashMap::new();
    funds::each_posting(conn, span.until, |m| {
        // What was paid (less what the bank sent back) and what was recovered within the days.
        if m.account == Account::Paid && m.day >= span.from && matches!(m.kind(), "pay" | "bounce" | "recover") {
            let scheme = if m.scheme().is_empty() { "unknown" } else { m.scheme() };
            add(by.entry(scheme.to_owned()).or_default(), [if m.kind() == "recover" { (3, -m.amount.0) } else { (2, m.amount.0) }])?;
        }
        add(lines.entry(m.line_id).or_default(), [of_funds(m)])
    })?;
    owed(conn, span.until, |o| {
        add(by.entry(o.scheme.to_owned()).or_default(), [(4, o.left), (5, 1)])?;
        add(arrears.entry(o.source.to_owned()).or_default(), [(0, 1), (1, o.left), (2 + arrears_band(o.due, span.until), o.left)])
    })?;
    let known = |key: &str| codes::codes("scheme").position(|c| c.code == key).unwrap_or(usize::MAX);
    let mut schemes: Vec<(String, [i64; 6])> = by.into_iter().filter(|(_, n)| n.iter().any(|n| *n != 0)).collect();
    schemes.sort_by_key(|(key, _)| (known(key), key.clone()));
    Ok(vec![
        table("subsidies", Some("scheme"), SUBSIDIES.to_vec(), schemes)?,
        table("arrears", None, ARREARS.to_vec(), arrears.into_iter().collect())?,
        fund_table(conn, span, &lines)?,
    ])
}

fn add<const N: usize, const M: usize>(sums: &mut [i64; N], parts: [(usize, i64); M]) -> Result<()> {
    for (at, n) in parts {
        sums[at] = sums[at].checked_add(n).ok_or_else(|| error::bad_data("amount_range"))?;
    }
    Ok(())
}

fn table<const N: usize>(
    key: &'static str,
    set: Option<&'static str>,
    columns: Vec<Column>,
    rows: Vec<(String, [i64; N])>,
) -> Result<Table> {
    let mut total = [0i64; N];
    for (_, cells) in &rows {
        for (sum, n) in total.iter_mut().zip(cells) {
            *sum = sum.checked_add(*n).ok_or_else(|| error::bad_data("amount_range"))?;
        }
    }
    let cells = |n: &[i64; N]| n.iter().map(|n| Cell::Int(*n)).collect();
    let total = Some(cells(&total));
    let rows = rows.iter().map(|(key, n)| Row { key: key.clone(), name: None, cells: cells(n) }).collect();
    Ok(Table { key, set, columns, rows, total })
}

/// Benefits approved within the days: scheme and sum of each. Read in the order of their numbers, as the file holds them.
fn approved(conn: &Connection, span: Span, mut f: impl FnMut(&str, i64) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(
        "SELECT a.scheme, w.amount_fen FROM award w CROSS JOIN application a ON a.id = w.application_id AND a.voided_op IS NULL
         WHERE +w.approved_day BETWEEN ?1 AND ?2 AND w.voided_op IS NULL",
    )?;
    let mut rows = st.query([span.from.0, span.until.0])?;
    while let Some(r) = rows.next()? {
        f(r.get_ref(0)?.as_str().unwrap_or_default(), r.get(1)?)?;
    }
    Ok(())
}

/// A part that is due and not paid on a day.
struct Owed<'r> {
    application: i64,
    scheme: &'r str,
    source: &'r str,
    due: Day,
    left: i64,
}

/// Parts due up to a day and not paid by it: what is open now, and what was paid only by later batches; none of what was recovered or revoked by then.
fn owed(conn: &Connection, day: Day, mut f: impl FnMut(&Owed<'_>) -> Result<()>) -> Result<()> {
    // Few ever come to such an end: the others' last state is not looked up.
    let mut st = conn.prepare(
        "SELECT i.application_id, a.scheme, l.source, i.due_day, i.amount_fen - i.settled_fen + k.later
         FROM (SELECT application_id, seq, sum(later) AS later
               FROM (SELECT application_id, seq, 0 AS later FROM instalment
                     WHERE settled_fen < amount_fen AND voided_op IS NULL AND due_day <= ?1
                     UNION ALL
                     SELECT p.application_id, p.instalment_seq, CASE p.state WHEN 'sent' THEN p.amount_fen ELSE p.paid_fen END
                     FROM payment_batch b CROSS JOIN payment p ON p.batch_id = b.id AND p.voided_op IS NULL
                     WHERE b.day > ?1 AND b.voided_op IS NULL)
               GROUP BY 1, 2) k
         CROSS JOIN instalment i ON i.application_id = k.application_id AND i.seq = k.seq AND i.voided_op IS NULL AND i.due_day <= ?1
         JOIN application a ON a.id = i.application_id AND a.voided_op IS NULL
         JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL AND w.approved_day <= ?1
         JOIN fund_line l ON l.id = coalesce(i.line_id, w.line_id)
         WHERE a.id NOT IN (SELECT record_id FROM step WHERE +record_kind = 'application' AND to_state IN ('recovered', 'revoked'))
            OR coalesce((SELECT s.to_state FROM step s WHERE s.record_kind = 'application' AND s.record_id = a.id AND s.voided_op IS NULL
                         AND s.day <= ?1 ORDER BY s.id DESC LIMIT 1), '') NOT IN ('recovered', 'revoked')",
    )?;
    let mut rows = st.query([day.0])?;
    while let Some(r) = rows.next()? {
        let left: i64 = r.get(4)?;
        if left > 0 {
            f(&Owed {
                application: r.get(0)?,
                scheme: r.get_ref(1)?.as_str().unwrap_or_default(),
                source: r.get_ref(2)?.as_str().unwrap_or_default(),
                due: Day(r.get(3)?),
                left,
            })?;
        }
    }
    Ok(())
}

/// The column of the funds that a posting belongs to, and what it adds. As `fund show` says it: what was paid in all, and what of it came back.
fn of_funds(m: &funds::Moved<'_>) -> (usize, i64) {
    match m.account {
        Account::Source => (0, -m.amount.0),
        Account::Carried => (1, -m.amount.0),
        Account::Reserved => (2, m.amount.0),
        Account::Paid if m.kind() == "recover" => (4, -m.amount.0),
        Account::Paid => (3, m.amount.0),
        Account::Returned => (5, m.amount.0),
        Account::Free => (6, m.amount.0),
    }
}

/// Funds that hold or moved money by the day: a row a fund.
fn fund_table(conn: &Connection, span: Span, lines: &HashMap<i64, [i64; 7]>) -> Result<Table> {
    let mut rows = Vec::new();
    let mut total = [0i64; 7];
    for f in funds::funds(conn)?.into_iter().filter(|f| f.year <= span.until.ymd().0) {
        let mut sums = [0i64; 7];
        for held in funds::lines(conn, f.id)?.iter().filter_map(|l| lines.get(&l.id)) {
            add(&mut sums, std::array::from_fn::<_, 7, _>(|at| (at, held[at])))?;
        }
        if sums.iter().all(|n| *n == 0) {
            continue;
        }
        for (sum, n) in total.iter_mut().zip(sums) {
            *sum = sum.checked_add(n).ok_or_else(|| error::bad_data("amount_range"))?;
        }
        rows.push(Row { key: f.no(), name: Some(format!("{} {}", f.name, f.year)), cells: sums.map(Cell::Int).to_vec() });
    }
    let columns = FUNDS.iter().map(|(key, _)| Column::money(key)).collect();
    Ok(Table { key: "funds", set: None, columns, rows, total: Some(total.map(Cell::Int).to_vec()) })
}

/// The records behind a figure of these tables; None where there is no such figure.
pub fn records(conn: &Connection, span: Span, f: &Figure) -> Result<Option<Vec<Record>>> {
    let all = tables(conn, span)?;
    let Some(t) = all.iter().find(|t| t.key == f.table) else { return Ok(None) };
    if t.cell(&f.row, &f.column).is_none() {
        return Ok(None);
    }
    let takes = |row: &str| f.row == "total" || f.row == row;
    match (f.table.as_str(), f.column.as_str()) {
        ("subsidies", "approved" | "approved_amount") => approvals(conn, span, takes).map(Some),
        ("subsidies", "paid") => journals(conn, span, &["pay", "bounce"], |scheme, _| takes(scheme)).map(Some),
        ("subsidies", "recovered") => journals(conn, span, &["recover"], |scheme, _| takes(scheme)).map(Some),
        ("subsidies", _) => debts(conn, span.until, |o| takes(o.scheme)).map(Some),
        ("arrears", "owed" | "owed_count") => debts(conn, span.until, |o| takes(o.source)).map(Some),
        ("arrears", band) => {
            let at = ARREARS_MONTHS.iter().position(|m| band == format!("months_{m}"));
            debts(conn, span.until, |o| takes(o.source) && Some(arrears_band(o.due, span.until)) == at).map(Some)
        }
        (_, column) => {
            let account = FUNDS.iter().find(|(key, _)| *key == column).and_then(|(_, a)| *a).unwrap_or(Account::Paid);
            let from = Span { from: Day(i32::MIN), until: span.until };
            movements(conn, from, account, column == "recovered", column == "paid", |fund| takes(&number::format(fund::PREFIX, fund)))
                .map(Some)
        }
    }
}

fn approvals(conn: &Connection, span: Span, takes: impl Fn(&str) -> bool) -> Result<Vec<Record>> {
    let mut st = conn.prepare(
        "SELECT a.id, a.scheme, w.approved_day, w.amount_fen FROM award w JOIN application a ON a.id = w.application_id AND a.voided_op IS NULL
         WHERE w.approved_day BETWEEN ?1 AND ?2 AND w.voided_op IS NULL ORDER BY a.id",
    )?;
    let mut rows = st.query([span.from.0, span.until.0])?;
    let mut found = Vec::new();
    while let Some(r) = rows.next()? {
        if takes(r.get_ref(1)?.as_str().unwrap_or_default()) {
            found.push(Record::of("application", PREFIX, r.get(0)?).on(Day(r.get(2)?)).worth(Fen(r.get(3)?)));
        }
    }
    Ok(found)
}

fn debts(conn: &Connection, day: Day, takes: impl Fn(&Owed<'_>) -> bool) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    owed(conn, day, |o| {
        if takes(o) {
            found.push(Record::of("application", PREFIX, o.application).on(o.due).worth(Fen(o.left)));
        }
        Ok(())
    })?;
    found.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

/// Movements of kinds within the days on the account of what is paid, one a journal.
fn journals(conn: &Connection, span: Span, kinds: &[&str], takes: impl Fn(&str, &str) -> bool) -> Result<Vec<Record>> {
    let mut st = conn.prepare(
        "SELECT j.id, j.day, j.kind, coalesce(j.scheme, 'unknown'), j.note, sum(p.amount_fen)
         FROM journal j JOIN posting p ON p.journal_id = j.id AND p.account = 'paid' AND p.voided_op IS NULL
         WHERE j.kind IN ('pay', 'bounce', 'recover') AND j.day BETWEEN ?1 AND ?2 AND j.voided_op IS NULL GROUP BY j.id ORDER BY j.day, j.id",
    )?;
    let mut rows = st.query([span.from.0, span.until.0])?;
    let mut found = Vec::new();
    while let Some(r) = rows.next()? {
        let (kind, scheme): (String, String) = (r.get(2)?, r.get(3)?);
        if kinds.contains(&kind.as_str()) && takes(&scheme, &kind) {
            let sum: i64 = r.get(5)?;
            let sum = if kind == "recover" { -sum } else { sum };
            found.push(journal(r.get(0)?, Day(r.get(1)?), r.get::<_, Option<String>>(4)?, sum));
        }
    }
    Ok(found)
}

/// A movement by the number that clerks know it by: the batch or benefit of its note.
fn journal(id: i64, day: Day, note: Option<String>, sum: i64) -> Record {
    let named = note.filter(|n| number::parse(BATCH_PREFIX, n).is_ok() || number::parse(PREFIX, n).is_ok());
    let mut r = Record::of("journal", "", id).on(day).worth(Fen(sum));
    if let Some(no) = named {
        r.no = no;
    }
    r
}

/// Movements of an account of funds up to a day; `back` only what came back, `out` without it.
fn movements(conn: &Connection, span: Span, account: Account, back: bool, out: bool, takes: impl Fn(i64) -> bool) -> Result<Vec<Record>> {
    let mut st = conn.prepare(
        "SELECT j.id, j.day, j.kind, j.note, l.fund_id, sum(p.amount_fen) FROM journal j JOIN posting p ON p.journal_id = j.id AND p.voided_op IS NULL
         JOIN fund_line l ON l.id = p.line_id WHERE p.account = ?1 AND j.day <= ?2 AND j.voided_op IS NULL
         GROUP BY j.id, l.fund_id ORDER BY j.day, j.id",
    )?;
    let mut rows = st.query(params![account.code(), span.until.0])?;
    let turned = matches!(account, Account::Source | Account::Carried) || back;
    let mut found = Vec::new();
    while let Some(r) = rows.next()? {
        let recovered = r.get_ref(2)?.as_str().unwrap_or_default() == "recover";
        if !takes(r.get(4)?) || back && !recovered || out && recovered {
            continue;
        }
        let sum: i64 = r.get(5)?;
        found.push(journal(r.get(0)?, Day(r.get(1)?), r.get(3)?, if turned { -sum } else { sum }));
    }
    Ok(found)
}
