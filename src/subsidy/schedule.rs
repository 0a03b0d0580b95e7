//! Months of a monthly benefit and what falls due for them: those of a life that are left, within the contract, paid by quarters.

use super::Verdict;
use super::change::above_rule;
use super::store::{self, Party};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::error::{self, Error, Result};
use crate::policy::Benefit;
use crate::talent::{current, store as people};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// The months of a monthly benefit from the month of the approval on: those of the life that are left, none that the person had, none behind
/// the contract's end. The sum, and the months as yyyymm.
pub(super) fn monthly(
    conn: &Connection,
    payee: Party,
    s: &Benefit,
    rate: Fen,
    v: &Verdict,
    asked: Option<Fen>,
    day: Day,
) -> Result<(Fen, Vec<i64>)> {
    let most = usize::try_from(v.sums.months_left.unwrap_or(0)).unwrap_or(0);
    let mut months = due_plan(conn, payee, &s.code, most, day)?;
    let sum = |n: usize| i64::try_from(n).ok().and_then(|n| rate.checked_mul(n)).ok_or_else(|| error::bad_data("amount_range"));
    let whole = sum(months.len())?;
    if months.is_empty() {
        return Err(no_month(payee, &s.code, v.sums.months_left));
    }
    // Fewer months where the decision grants fewer; nobody guesses what a part of a month would be.
    if let Some(asked) = asked {
        if asked > whole {
            return Err(above_rule(&s.code, whole));
        }
        if asked.0 % rate.0.max(1) != 0 {
            return Err(error::refused("part_month").fact("amount", asked).fact("rate", rate).detail("rate", rate.to_string()));
        }
        months.truncate(usize::try_from(asked.0 / rate.0.max(1)).unwrap_or(0));
    }
    Ok((sum(months.len())?, months))
}

/// 3 where no month is left within the contract and the life.
pub(super) fn no_month(whose: Party, scheme: &str, left: Option<u32>) -> Error {
    error::refused("no_month").fact("no", whose.no()).fact("scheme", scheme).detail("months_left", left)
}

/// So many months of a scheme from the month of a day on, none that the person had, none behind the contract's end; as yyyymm.
pub(super) fn due_plan(conn: &Connection, payee: Party, scheme: &str, most: usize, day: Day) -> Result<Vec<i64>> {
    let Party::Person(id) = payee else { return Err(error::refused("in_kind").fact("scheme", scheme)) };
    let id = people::survivor(conn, id)?;
    let had = store::months(conn, id, scheme)?;
    let p = people::load(conn, id)?.ok_or_else(|| error::not_office("damaged"))?;
    let contract = current(&p.engagements, day).and_then(|e| e.data.contract_end).map(PartDate::last_day);
    Ok(months_from(day, contract).filter(|m| !had.contains(m)).take(most).collect())
}

/// The months from that of a day on, none that begins behind the contract's end; as yyyymm.
pub(super) fn months_from(day: Day, contract: Option<Day>) -> impl Iterator<Item = i64> {
    let (y, m, _) = day.ymd();
    let first = Day::from_ymd(y, m, 1).unwrap_or(day);
    (0..1200).map(move |n| first.months_later(n)).take_while(move |d| contract.is_none_or(|c| *d <= c)).map(|d| {
        let (y, m, _) = d.ymd();
        i64::from(y) * 100 + i64::from(m)
    })
}

/// What falls due when, for which months, and how much.
pub(super) type Schedule = Vec<(Day, Option<String>, Fen)>;

/// Months as quarterly instalments, due on the first day behind their quarter; what was deducted is taken off the first ones.
pub(super) fn quarters(months: &[i64], rate: Fen, amount: Fen) -> Schedule {
    let mut of: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    for m in months {
        of.entry((m / 100, (m % 100 - 1) / 3)).or_default().push(*m);
    }
    let whole = rate.0.saturating_mul(i64::try_from(months.len()).unwrap_or(0));
    let mut off = whole - amount.0;
    of.into_iter()
        .map(|((year, quarter), months)| {
            let sum = rate.0.saturating_mul(i64::try_from(months.len()).unwrap_or(0));
            let taken = off.min(sum);
            off -= taken;
            let end = Day::month_end(i32::try_from(year).unwrap_or(0), u32::try_from(quarter * 3 + 3).unwrap_or(12));
            (end.map_or(Day(0), Day::succ), period(&months), Fen(sum - taken))
        })
        .collect()
}

/// Months as `2019-08..2019-09`.
pub(super) fn period(months: &[i64]) -> Option<String> {
    Some(span(*months.first()?, *months.last()?))
}

/// The same from a first month to a last one.
pub(super) fn span(first: i64, last: i64) -> String {
    let text = |m: i64| format!("{:04}-{:02}", m / 100, m % 100);
    format!("{}..{}", text(first), text(last))
}
