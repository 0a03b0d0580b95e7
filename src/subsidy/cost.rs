//! What benefits would cost (`subsidy eligible`, `policy simulate`): everybody is judged in one pass by the same function that grants. Nothing is
//! written; what has to be proved first is counted, never guessed.

use super::change;
use super::schedule::{months_from, quarters};
use super::store::{self, Scope};
use super::{Facts, Sums, answer, parts};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::blacklist::{Whom, standing};
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::policy::{self, Benefit, BenefitsPack, Form, Payee};
use crate::talent;
use crate::ui::{Column, Format, View};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Schemes that a person can have.
fn of_persons(pack: &BenefitsPack, day: Day) -> Vec<&Benefit> {
    pack.on(day.0).filter(|s| s.payee != Payee::Org).collect()
}

/// Judges a person by a scheme; where a sum has to be proved first, only the other clauses count.
fn judged(f: &Facts, s: &Benefit, day: Day) -> Option<Sums> {
    answer(f, s, Payee::Person, None, day)
}

/// `subsidy eligible`: who meets every clause of a scheme on the day, and what it comes to.
pub(super) fn eligible(office: &Office, scheme: Option<&str>, count: bool) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    if let Some(code) = scheme {
        change::scheme(conn, code, day)?;
    }
    let (_, pack) = policy::store::benefits(conn)?;
    let schemes: Vec<&Benefit> = of_persons(&pack, day).into_iter().filter(|s| scheme.is_none_or(|c| s.code == c)).collect();
    // Nothing new is decided for whoever is listed so.
    let listed = standing::with_effect(conn, standing::NEW, day)?;
    let is_listed = |id: i64| !listed.is_empty() && listed.contains(&Whom::Person(id));
    if count {
        let mut sums = vec![(0u64, Fen::ZERO); schemes.len()];
        store::each_facts(conn, Scope::All, day, |id, f| {
            if is_listed(id) {
                return Ok(());
            }
            for (s, (people, sum)) in schemes.iter().zip(&mut sums) {
                if let Some(v) = judged(f, s, day) {
                    *people += 1;
                    *sum = sum
                        .checked_add(v.amount.filter(|_| reckoned(s)).unwrap_or_default())
                        .ok_or_else(|| error::bad_data("amount_range"))?;
                }
            }
            Ok(())
        })?;
        let rows = schemes
            .iter()
            .zip(sums)
            .map(|(s, (people, sum))| json!({"scheme": s.code, "people": people, "amount": reckoned(s).then(|| sum.to_string())}))
            .collect();
        let columns = vec![Column::new("scheme"), Column::right("people"), Column::right("amount")];
        office.show(&View::list(rows, columns))?;
        return Ok(Exit::Done);
    }
    let mut columns: Vec<Column> = ["no", "scheme"].into_iter().map(Column::new).collect();
    columns.extend(["amount", "months_left"].into_iter().map(Column::right));
    office.list(columns, None, |put| {
        let mut more = true;
        store::each_facts(conn, Scope::All, day, |id, f| {
            for s in &schemes {
                if !more || is_listed(id) {
                    break;
                }
                if let Some(v) = judged(f, s, day) {
                    more = put(&json!({
                        "no": number::format(talent::PREFIX, id), "scheme": s.code, "amount": v.amount.map(|a| a.to_string()), "months_left": v.months_left,
                    }))?;
                }
            }
            Ok(())
        })?;
        Ok(Vec::new())
    })?;
    Ok(Exit::Done)
}

/// Whether what it comes to follows from the conditions alone: no paper, no choice of the office.
fn reckoned(s: &Benefit) -> bool {
    !s.wants_proof() && s.form != Form::InKind && !s.discretionary
}

/// What falls due in a year, by quarter.
type Quarters = [Fen; 4];

/// The quarter (0 to 3) of a day of the year.
fn quarter(day: Day, year: i32) -> Option<usize> {
    let (y, m, _) = day.ymd();
    (y == year).then(|| usize::try_from((m - 1) / 3).unwrap_or(0))
}

/// What a benefit granted on a day would pay within the year.
fn falls_due(s: &Benefit, v: &Sums, f: &Facts, day: Day, year: i32) -> Quarters {
    let mut due = Quarters::default();
    let Some(amount) = v.amount.filter(|_| reckoned(s)) else { return due };
    let schedule: Vec<(Day, Fen)> = match s.form {
        Form::Monthly => {
            let most = usize::try_from(v.months_left.unwrap_or(0)).unwrap_or(0);
            let months: Vec<i64> = months_from(day, f.contract_until).take(most).collect();
            let whole = amount.checked_mul(i64::try_from(months.len()).unwrap_or(0)).unwrap_or_default();
            quarters(&months, amount, Fen((whole.0 - v.deduct.0).max(0))).into_iter().map(|(due, _, amount)| (due, amount)).collect()
        }
        _ => parts(s, Fen((amount.0 - v.deduct.0).max(0)), day),
    };
    for (on, amount) in schedule {
        if let Some(q) = quarter(on, year) {
            due[q] = due[q].checked_add(amount).unwrap_or(due[q]);
        }
    }
    due
}

/// What a scheme costs one class of people: people, what falls due by quarter.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    people: u64,
    due: Quarters,
}

impl Cost {
    fn add(&mut self, due: Quarters) -> Result<()> {
        self.people += 1;
        for (sum, part) in self.due.iter_mut().zip(due) {
            *sum = sum.checked_add(part).ok_or_else(|| error::bad_data("amount_range"))?;
        }
        Ok(())
    }

    fn sum(&self) -> Result<Fen> {
        change::total(self.due)
    }
}

/// `policy simulate`: what everybody who is eligible would get in a year under a pack, against the pack in force. What was granted already goes on
/// as agreed under both, so it is left out on both sides.
pub fn simulate(office: &Office, new: &BenefitsPack, year: i32, who: bool) -> Result<Exit> {
    let conn = office.read()?;
    let (first, last) = Day::from_ymd(year, 1, 1).zip(Day::from_ymd(year, 12, 31)).ok_or_else(|| error::usage("not_understood"))?;
    // Granted on the day asked for, or on the first day of a year to come.
    let day = office.as_of().clamp(first, last);
    let (version, old) = policy::store::benefits(conn)?;
    let (before, after) = (of_persons(&old, day), of_persons(new, day));
    let codes: Vec<&str> = after.iter().map(|s| s.code.as_str()).chain(before.iter().map(|s| s.code.as_str())).collect();
    let mut costs: BTreeMap<(usize, String), (Cost, Cost)> = BTreeMap::new();
    let mut changes = Changes::default();
    let place = |code: &str| codes.iter().position(|c| *c == code).unwrap_or(codes.len());
    store::each_facts(conn, Scope::All, day, |id, f| {
        let class = || f.class.as_ref().map_or_else(String::new, |c| c.value.clone());
        for code in codes.iter().enumerate().filter(|(at, code)| place(code) == *at).map(|(_, code)| *code) {
            let [a, b] = [&before, &after].map(|pack| {
                let s = pack.iter().find(|s| s.code == code)?;
                let v = judged(f, s, day)?;
                Some((falls_due(s, &v, f, day, year), v))
            });
            if a.is_none() && b.is_none() {
                continue;
            }
            let (was, is) = costs.entry((place(code), class())).or_default();
            if let Some((due, _)) = a {
                was.add(due)?;
            }
            if let Some((due, _)) = b {
                is.add(due)?;
            }
            let sum = |side: Option<(Quarters, Sums)>| side.map_or(Ok(Fen::ZERO), |(due, _)| change::total(due));
            changes.take(id, code, sum(a)?, sum(b)?, who)?;
        }
        Ok(())
    })?;
    let mut rows = Vec::new();
    let (mut all_was, mut all_is) = (Fen::ZERO, Fen::ZERO);
    for ((at, class), (was, is)) in &costs {
        let (a, b) = (was.sum()?, is.sum()?);
        all_was = all_was.checked_add(a).ok_or_else(|| error::bad_data("amount_range"))?;
        all_is = all_is.checked_add(b).ok_or_else(|| error::bad_data("amount_range"))?;
        let known = after.iter().chain(&before).find(|s| s.code == codes[*at]).is_some_and(|s| reckoned(s));
        let mut row = json!({
            "scheme": codes[*at], "class": (!class.is_empty()).then_some(class), "people_now": was.people, "people_new": is.people, "reckoned": known,
            "now": a.to_string(), "new": b.to_string(), "difference": signed(b.0 - a.0),
        });
        for (q, name) in ["q1", "q2", "q3", "q4"].iter().enumerate() {
            row[*name] = json!({"now": was.due[q].to_string(), "new": is.due[q].to_string()});
        }
        rows.push(row);
    }
    let mut v = json!({
        "year": year, "as_of": day.iso(), "policy_version": version, "now": all_was.to_string(), "new": all_is.to_string(),
        "difference": signed(all_is.0 - all_was.0), "gain": changes.gain.json(), "lose": changes.lose.json(),
    });
    if matches!(office.format(), Format::Json | Format::Ndjson) {
        v["rows"] = rows.into();
        if who {
            v["who"] = changes.who.into();
        }
        office.show(&View::object(v))?;
        return Ok(Exit::Done);
    }
    let mut columns: Vec<Column> = ["scheme", "class"].into_iter().map(Column::new).collect();
    let names = ["people_now", "people_new", "now", "new", "difference", "q1.new", "q2.new", "q3.new", "q4.new"];
    columns.extend(names.into_iter().map(Column::right));
    office.show(&View::list(rows, columns))?;
    office.put(b"\n")?;
    office.show(&View::object(v))?;
    if who {
        office.put(b"\n")?;
        let mut columns: Vec<Column> = ["no", "scheme"].into_iter().map(Column::new).collect();
        columns.extend(["now", "new", "difference"].into_iter().map(Column::right));
        office.show(&View::list(changes.who, columns))?;
    }
    Ok(Exit::Done)
}

/// An amount with its sign.
fn signed(fen: i64) -> String {
    if fen < 0 { format!("-{}", Fen(-fen)) } else { Fen(fen).to_string() }
}

/// Who would get more, and who less.
#[derive(Debug, Default)]
struct Changes {
    gain: Side,
    lose: Side,
    who: Vec<Value>,
    last: Option<(i64, bool, bool)>,
}

#[derive(Debug, Default)]
struct Side {
    people: u64,
    amount: Fen,
}

impl Side {
    fn json(&self) -> Value {
        json!({"people": self.people, "amount": self.amount.to_string()})
    }
}

impl Changes {
    /// One person and scheme; a person counts once on a side, whatever the schemes.
    fn take(&mut self, id: i64, code: &str, was: Fen, is: Fen, who: bool) -> Result<()> {
        if was == is {
            return Ok(());
        }
        let up = is > was;
        let (mut gained, mut lost) = self.last.filter(|l| l.0 == id).map_or((false, false), |l| (l.1, l.2));
        let side = if up { &mut self.gain } else { &mut self.lose };
        let counted = if up { &mut gained } else { &mut lost };
        if !*counted {
            side.people += 1;
            *counted = true;
        }
        side.amount = side.amount.checked_add(Fen((is.0 - was.0).abs())).ok_or_else(|| error::bad_data("amount_range"))?;
        self.last = Some((id, gained, lost));
        if who {
            self.who.push(json!({
                "no": number::format(talent::PREFIX, id), "scheme": code, "now": was.to_string(), "new": is.to_string(),
                "difference": signed(is.0 - was.0),
            }));
        }
        Ok(())
    }
}
