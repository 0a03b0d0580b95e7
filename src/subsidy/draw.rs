//! Which money a benefit draws on: the fund, its line, what later years may owe, and who of those that wait is served first.

use super::store::{self, Instalment};
use crate::base::codes;
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::fund::store::Voucher;
use crate::fund::{self, Movement, postings};
use crate::policy;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// What the approvals of one batch come to so far: asked of the file once, kept up to date as the batch goes on.
#[derive(Debug, Default)]
pub struct Committed {
    /// What is left to a later year.
    later: BTreeMap<i32, Fen>,
    /// What a line has free on the business day and on every day since.
    free: BTreeMap<i64, Fen>,
}

impl Committed {
    /// Adds what an approval that is kept leaves to later years and takes off a line.
    pub(super) fn add(&mut self, later: &BTreeMap<i32, Fen>, (line, taken): (i64, Fen)) -> Result<()> {
        for (year, fen) in later {
            if let Some(sum) = self.later.get_mut(year) {
                *sum = sum.checked_add(*fen).ok_or_else(|| error::bad_data("amount_range"))?;
            }
        }
        if let Some(free) = self.free.get_mut(&line) {
            *free = free.checked_sub(taken).ok_or_else(|| error::bad_data("amount_range"))?;
        }
        Ok(())
    }
}

/// What an approval leaves to each later year, within the ceilings of the policy; 3 with what is committed already.
pub(super) fn later_years(conn: &Connection, parts: &[Instalment], year_end: Day, committed: &mut Committed) -> Result<BTreeMap<i32, Fen>> {
    let mut later: BTreeMap<i32, Fen> = BTreeMap::new();
    for i in parts.iter().filter(|i| i.due > year_end) {
        let sum = later.entry(i.due.ymd().0).or_default();
        *sum = sum.checked_add(i.amount).ok_or_else(|| error::bad_data("amount_range"))?;
    }
    let (_, pack) = policy::store::benefits(conn)?;
    for (year, wanted) in &later {
        let Some(ceiling) = pack.commitment_ceiling.iter().find(|c| c.year == *year) else { continue };
        let most = ceiling.amount.checked_mul(100).map(Fen).ok_or_else(|| error::bad_data("amount_range"))?;
        let held = match committed.later.get(year) {
            Some(held) => *held,
            None => {
                let span = Day::from_ymd(*year, 1, 1).zip(Day::from_ymd(*year, 12, 31)).ok_or_else(|| error::bad_data("amount_range"))?;
                let held = store::committed_to(conn, span)?;
                committed.later.insert(*year, held);
                held
            }
        };
        if held.checked_add(*wanted).is_none_or(|sum| sum > most) {
            return Err(error::refused("commitment_ceiling")
                .fact("year", year)
                .fact("most", most)
                .fact("held", held)
                .fact("wanted", wanted)
                .detail("year", *year)
                .detail("ceiling", most.to_string())
                .detail("committed", held.to_string())
                .detail("clause", ceiling.basis.clone()));
        }
    }
    Ok(later)
}

/// The fund that is drawn on: the one named, else the only open guidance fund of the year, else the one that is called as `like`. 3 where there
/// is none or the year of the one named is over, 2 where several are.
pub(super) fn fund_of_year(tx: &Tx<'_>, named: Option<i64>, like: Option<&fund::store::Fund>) -> Result<fund::store::Fund> {
    let (year, ..) = tx.day.ymd();
    if let Some(id) = named {
        let f = fund::store::load(tx.conn(), id)?.ok_or_else(|| error::not_office("damaged"))?;
        fund::change::usable(tx, &f)?;
        // What falls due now would be a promise of nobody's money.
        if f.year < year {
            return Err(error::refused("fund_over").fact("no", f.no()).fact("year", f.year).detail("year", f.year));
        }
        return Ok(f);
    }
    let mut open = Vec::new();
    for f in fund::store::funds(tx.conn())? {
        if f.year == year && f.kind == "guidance" && !fund::change::is_closed(tx.conn(), f.id)? {
            open.push(f);
        }
    }
    let same = like.and_then(|l| open.iter().position(|f| f.name == l.name));
    match (same, open.len()) {
        (Some(at), _) => Ok(open.swap_remove(at)),
        (None, 1) => Ok(open.swap_remove(0)),
        (None, 0) => Err(error::refused("no_open_fund").fact("year", year).detail("year", year)),
        (None, _) => {
            let all: Vec<String> = open.iter().map(fund::store::Fund::no).collect();
            Err(error::usage("which_fund").fact("funds", all.join(", ")).detail("possible", all))
        }
    }
}

/// Lines of a fund that a scheme may draw on: whose earmark fits, then the scheme's purpose, then any purpose.
fn lines_for(tx: &Tx<'_>, fund: &fund::store::Fund, scheme: &str) -> Result<Vec<i64>> {
    // A scheme is known by its code, the names everybody uses for it, and the titles of the office's own rules.
    let (_, pack) = policy::store::benefits(tx.conn())?;
    let own = pack.benefit(scheme, tx.day.0);
    let means = |text: &str| codes::find("scheme", text) == Some(scheme) || own.is_some_and(|s| s.title_zh == text || s.title_en == text);
    let rank = |l: &fund::store::Line| match &l.earmark {
        Some(e) => means(e).then_some(0),
        None if l.purpose == scheme => Some(1),
        None if l.purpose == fund::ANY_PURPOSE => Some(2),
        None => None,
    };
    let mut lines: Vec<(i32, i64)> = fund::store::lines(tx.conn(), fund.id)?.iter().filter_map(|l| Some((rank(l)?, l.id))).collect();
    lines.sort_unstable();
    Ok(lines.into_iter().map(|(_, id)| id).collect())
}

/// The line that an approval draws on: the first that has so much free, on the business day and ever since: money that came in later was not there
/// to be promised. 3 with what is free.
pub(super) fn line_for(tx: &Tx<'_>, fund: &fund::store::Fund, scheme: &str, amount: Fen, committed: &mut Committed) -> Result<i64> {
    let mut free = Fen::ZERO;
    for line in lines_for(tx, fund, scheme)? {
        let held = match committed.free.get(&line) {
            Some(held) => *held,
            None => {
                let held = fund::store::free_from(tx.conn(), line, tx.day)?;
                committed.free.insert(line, held);
                held
            }
        };
        if held >= amount {
            return Ok(line);
        }
        free = free.checked_add(held).unwrap_or(free);
    }
    Err(error::refused("no_free_money").fact("no", fund.no()).fact("free", free).fact("wanted", amount).detail("free", free.to_string()))
}

/// Turns commitments that fall due within a fund's year into reservations, in the order of approval, as far as its money goes: what does not fit
/// waits, and what was approved behind it is not handed a line that it waits for. How many.
pub fn reserve_waiting(tx: &mut Tx<'_>, fund: &fund::store::Fund) -> Result<usize> {
    let (mut reserved, mut waited_for) = (0, BTreeSet::new());
    let mut lines: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (id, scheme, seq, left) in store::waiting(tx.conn(), fund::change::year_end(fund), &fund.kind)? {
        if !lines.contains_key(&scheme) {
            lines.insert(scheme.clone(), lines_for(tx, fund, &scheme)?);
        }
        let mut fits = None;
        for line in lines[&scheme].iter().filter(|l| !waited_for.contains(*l)) {
            if fund::store::free(tx.conn(), *line)? >= left {
                fits = Some(*line);
                break;
            }
        }
        let Some(line) = fits else {
            waited_for.extend(lines[&scheme].iter().copied());
            continue;
        };
        let voucher = Voucher { scheme: Some(&scheme), ..Voucher::default() };
        fund::store::post(tx, Movement::Reserve.code(), voucher, &postings(line, Movement::Reserve, left))?;
        store::reserve(tx, id, seq, Some(line))?;
        reserved += 1;
    }
    Ok(reserved)
}
