//! What is done to funds; each act sees them as the register knows them within its own op.

use super::store::{self, Fund, Voucher};
use super::{ANY_PURPOSE, Account, MACHINE, Movement, TREASURY, carried, postings};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::paper;
use crate::workflow::{self, store as steps};
use rusqlite::Connection;

/// Opens a fund. Guidance funds may open at once, the others on a decision.
pub fn open(tx: &mut Tx<'_>, name: &str, year: i32, kind: &str, decision: Option<&str>) -> Result<Fund> {
    if let Some(id) = store::by_name(tx.conn(), name, year)? {
        let no = number::format(super::PREFIX, id);
        return Err(error::conflict("fund_known").fact("no", &no).detail("no", no));
    }
    if kind != "guidance" && decision.is_none() {
        return Err(error::refused("fund_decision").fact("kind", kind).detail("clause", "五（二）2"));
    }
    let decision_id = decision.map(|d| paper::store::cite(tx, d)).transpose()?;
    let fund = Fund { id: 0, name: name.to_owned(), year, kind: kind.to_owned(), decision_id };
    let id = store::create(tx, &fund)?;
    Ok(Fund { id, ..fund })
}

/// A movement on a decision.
fn on(decision_id: i64) -> Voucher<'static> {
    Voucher { decision_id: Some(decision_id), ..Voucher::default() }
}

/// Whether a fund was closed, on whatever day.
pub fn is_closed(conn: &Connection, id: i64) -> Result<bool> {
    Ok(steps::steps(conn, (MACHINE.kind, id))?.last().is_some_and(|s| s.to_state == "closed"))
}

/// 3 where a fund is closed. Money may be entered late, so no order of days is asked for: what is guarded is the balance as known.
pub fn usable(tx: &Tx<'_>, fund: &Fund) -> Result<()> {
    if is_closed(tx.conn(), fund.id)? {
        return Err(error::refused("fund_closed").fact("no", fund.no()).detail("status", "closed"));
    }
    Ok(())
}

/// 3 where the act is dated before the fund's last movement: a year is ended behind all of it.
fn in_order(tx: &Tx<'_>, fund: &Fund) -> Result<()> {
    let last = store::last_day(tx.conn(), fund.id)?.max(steps::steps(tx.conn(), (MACHINE.kind, fund.id))?.last().map(|s| s.day));
    workflow::in_order(&fund.no(), tx.day, last)
}

/// A scheme of benefits, or `talent`; else 2 with what there is.
pub fn purpose(text: &str) -> Result<&'static str> {
    if text == ANY_PURPOSE {
        return Ok(ANY_PURPOSE);
    }
    codes::codes("scheme").find(|c| c.code == text).map(|c| c.code).ok_or_else(|| {
        let known: Vec<&str> = std::iter::once(ANY_PURPOSE).chain(codes::codes("scheme").map(|c| c.code)).collect();
        error::usage("no_purpose").fact("text", text).fact("known", known.join(", ")).detail("possible", known)
    })
}

/// Money comes in, on a decision that covers it.
pub fn appropriate(
    tx: &mut Tx<'_>,
    fund: &Fund,
    (source, purpose, earmark): (&str, &str, Option<&str>),
    amount: Fen,
    decision: &str,
) -> Result<()> {
    usable(tx, fund)?;
    let decision_id = paper::store::cite(tx, decision)?;
    let so_far = store::appropriated_on(tx.conn(), decision_id)?;
    let sum = so_far.checked_add(amount).ok_or_else(|| error::bad_data("amount_range"))?;
    if let Some(d) = paper::store::open(tx.conn(), decision_id)? {
        d.data.covers(&number::format(paper::PREFIX, decision_id), 0, sum)?;
    }
    let line = store::line(tx, fund.id, source, purpose, earmark)?;
    store::post(tx, Movement::Appropriate.code(), on(decision_id), &postings(line, Movement::Appropriate, amount))?;
    Ok(())
}

/// The last day of a fund's year.
pub fn year_end(fund: &Fund) -> Day {
    Day::from_ymd(fund.year, 12, 31).unwrap_or(Day(i32::MAX))
}

/// What a carry-over moved.
#[derive(Debug)]
pub struct Carried {
    /// What went over, fen.
    pub amount: Fen,
    /// From which line to which the promises went.
    pub promises: Vec<(i64, i64)>,
    /// The fund they are in now.
    pub to: Fund,
}

/// Hands to another year's fund what is promised, and the free money that is not the treasury's (`all`: that too, where the decision says so).
pub fn carry(tx: &mut Tx<'_>, fund: &Fund, to_year: i32, all: bool, decision: &str) -> Result<Carried> {
    in_order(tx, fund)?;
    if to_year <= fund.year {
        return Err(error::usage("carry_back").fact("year", fund.year));
    }
    let to = next_fund(tx.conn(), fund, to_year)?;
    let decision_id = paper::store::cite(tx, decision)?;
    let (mut moved, mut promises) = (Fen::ZERO, Vec::new());
    for l in store::lines(tx.conn(), fund.id)? {
        let (held, _) = store::sums(tx.conn(), l.id, Day(i32::MAX))?;
        for account in [Account::Reserved, Account::Free] {
            let amount = held.of(account);
            if amount.0 == 0 || account == Account::Free && l.source == TREASURY && !all {
                continue;
            }
            let target = store::line(tx, to.id, &l.source, &l.purpose, l.earmark.as_deref())?;
            store::post(tx, "carry", on(decision_id), &carried(l.id, target, account, amount))?;
            if account == Account::Reserved {
                promises.push((l.id, target));
            }
            moved = moved.checked_add(amount).ok_or_else(|| error::bad_data("amount_range"))?;
        }
    }
    if moved == Fen::ZERO {
        return Err(error::conflict("nothing_to_carry").fact("no", fund.no()).detail("possible", Vec::<&str>::new()));
    }
    Ok(Carried { amount: moved, promises, to })
}

/// The open fund of the same kind in another year: of the same name, else the only one.
fn next_fund(conn: &Connection, fund: &Fund, year: i32) -> Result<Fund> {
    let mut open = Vec::new();
    for f in store::funds(conn)?.into_iter().filter(|f| f.year == year && f.kind == fund.kind) {
        if !is_closed(conn, f.id)? {
            open.push(f);
        }
    }
    let named = open.iter().position(|f| f.name == fund.name);
    match (named, open.len()) {
        (Some(at), _) => Ok(open.swap_remove(at)),
        (None, 1) => Ok(open.swap_remove(0)),
        _ => Err(error::not_found("no_fund_year").fact("year", year).fact("kind", &fund.kind)),
    }
}

/// Closes a fund whose year is over: promises nobody carried lapse, the treasury's free money goes back to it. Lapsed and
/// returned, and the lines whose promises lapsed.
pub fn close(tx: &mut Tx<'_>, fund: &Fund) -> Result<(Fen, Fen, Vec<i64>)> {
    in_order(tx, fund)?;
    if is_closed(tx.conn(), fund.id)? {
        return Err(error::conflict("fund_closed_already").fact("no", fund.no()).detail("possible", vec!["carry"]));
    }
    let end = year_end(fund);
    if tx.day <= end {
        return Err(error::refused("year_running").fact("no", fund.no()).fact("day", end.iso()).detail("until", end.iso()));
    }
    let (mut lapsed, mut returned, mut lines) = (Fen::ZERO, Fen::ZERO, Vec::new());
    for l in store::lines(tx.conn(), fund.id)? {
        let (held, _) = store::sums(tx.conn(), l.id, Day(i32::MAX))?;
        let promised = held.of(Account::Reserved);
        if promised.0 > 0 {
            store::post(tx, Movement::Lapse.code(), Voucher::default(), &postings(l.id, Movement::Lapse, promised))?;
            lines.push(l.id);
        }
        let free = held.cash();
        if l.source == TREASURY && free.0 > 0 {
            store::post(tx, Movement::Return.code(), Voucher::default(), &postings(l.id, Movement::Return, free))?;
            returned = returned.checked_add(free).ok_or_else(|| error::bad_data("amount_range"))?;
        }
        lapsed = lapsed.checked_add(promised).ok_or_else(|| error::bad_data("amount_range"))?;
    }
    steps::step(tx, (MACHINE.kind, fund.id), Some("open"), "closed", None, None)?;
    Ok((lapsed, returned, lines))
}

/// What was paid comes back to the line it came from; of a closed fund the treasury's money goes back to it at once (退回财政).
pub fn recover(tx: &mut Tx<'_>, line_id: i64, amount: Fen, voucher: Voucher<'_>) -> Result<()> {
    store::post(tx, Movement::Recover.code(), voucher, &postings(line_id, Movement::Recover, amount))?;
    let line = store::line_at(tx.conn(), line_id)?.ok_or_else(|| error::not_office("damaged"))?;
    if line.source == TREASURY && is_closed(tx.conn(), line.fund_id)? {
        store::post(tx, Movement::Return.code(), voucher, &postings(line_id, Movement::Return, amount))?;
    }
    Ok(())
}
