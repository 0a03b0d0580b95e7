//! Payment (拨付): what falls due, batches that pay it once, and what the bank says of them; the difference between the two is closed by a second
//! actor. The files themselves are `bank`'s.

use super::store::{self, Application, Batch, Difference, Known, Open, Party, Payment, Scope};
use super::{BATCH_PREFIX, PREFIX};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::blacklist::{self, Whom};
use crate::db::digest::{hex, sha256};
use crate::db::write::{Tx, random_bytes};
use crate::error::{self, Result};
use crate::fund::store::Voucher;
use crate::fund::{self, Movement, postings};
use crate::policy::{self, BenefitsPack};
use crate::talent::store as people;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

// ---------------------------------------------------------------- what is due

/// A part that is due, and why it can't be paid now: integrity, card, left, no_money.
#[derive(Clone, Debug)]
pub struct DueNow {
    /// The part.
    pub open: Open,
    /// Why it is held.
    pub held: Option<&'static str>,
}

/// So many payees are asked for one by one; more of them are read in one pass over all who have a benefit.
const FEW: usize = 500;

/// Parts due up to a day and not paid, in the order of their days.
pub fn due(conn: &Connection, known: Known, until: Day, day: Day) -> Result<Vec<DueNow>> {
    let open = store::open(conn, known, until, day)?;
    let mut wants = Wants::default();
    let mut persons = BTreeSet::new();
    for o in &open {
        if let Party::Person(id) = o.whose()
            && wants.of(conn, o)? != (false, false)
        {
            persons.insert(people::survivor(conn, id)?);
        }
    }
    let standing = standing(conn, &persons, day)?;
    let listed = blacklist::standing::with_effect(conn, blacklist::standing::HOLD, day)?;
    let mut found = Vec::with_capacity(open.len());
    for open in open {
        let mut listed_here = false;
        for party in [open.payee, open.whose()].into_iter().filter(|_| !listed.is_empty()) {
            listed_here |= listed.contains(&match party {
                Party::Person(id) => Whom::Person(people::survivor(conn, id)?),
                Party::Org(id) => Whom::Unit(id),
            });
        }
        let held = match open.whose() {
            _ if listed_here => Some("integrity"),
            Party::Person(id) => {
                let (employed, has_card) = standing.get(&people::survivor(conn, id)?).copied().unwrap_or((true, true));
                match wants.of(conn, &open)? {
                    (true, _) if !employed => Some("left"),
                    (_, true) if !has_card => Some("card"),
                    _ => None,
                }
            }
            Party::Org(_) => None,
        };
        let held = held.or(if open.line_id.is_none() { Some("no_money") } else { None });
        found.push(DueNow { open, held });
    }
    Ok(found)
}

/// Whether a person is employed and has a valid card.
type Standing = (bool, bool);

fn standing(conn: &Connection, persons: &BTreeSet<i64>, day: Day) -> Result<HashMap<i64, Standing>> {
    let mut found = HashMap::with_capacity(persons.len());
    if persons.len() <= FEW {
        for id in persons {
            let f = store::person(conn, *id, day)?;
            found.insert(*id, (f.mode.is_some(), f.card.is_some()));
        }
        return Ok(found);
    }
    store::each_facts(conn, Scope::Applicants, day, |id, f| {
        if persons.contains(&id) {
            found.insert(id, (f.mode.is_some(), f.card.is_some()));
        }
        Ok(())
    })?;
    // Whom a merge left outside the pass.
    for id in persons {
        if !found.contains_key(id) {
            let f = store::person(conn, *id, day)?;
            found.insert(*id, (f.mode.is_some(), f.card.is_some()));
        }
    }
    Ok(found)
}

/// What schemes want of whoever is paid: each policy version is read once a command.
#[derive(Default)]
struct Wants(HashMap<i64, Rc<BenefitsPack>>);

impl Wants {
    /// An employer, a card.
    fn of(&mut self, conn: &Connection, o: &Open) -> Result<(bool, bool)> {
        let pack = match self.0.get(&o.policy_id) {
            Some(pack) => Rc::clone(pack),
            None => {
                let pack = policy::store::benefits_version(conn, o.policy_id)?;
                self.0.insert(o.policy_id, Rc::clone(&pack));
                pack
            }
        };
        Ok(pack.benefit(&o.scheme, o.approved.0).map_or((false, false), |s| (!s.modes.is_empty(), s.card)))
    }
}

impl Open {
    /// Whose benefit it is.
    pub fn whose(&self) -> Party {
        self.for_id.map_or(self.payee, Party::Person)
    }

    /// Human number of the application.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.application_id)
    }
}

/// Months since which a debt is due: the first months of each band (欠付账龄), as the auditors' tables have them.
pub const ARREARS_MONTHS: [u32; 5] = [0, 3, 6, 12, 18];

/// The band of a debt due on a day.
pub fn arrears_band(due: Day, day: Day) -> usize {
    ARREARS_MONTHS.iter().rposition(|m| due.months_later(*m) <= day).unwrap_or(0)
}

// ---------------------------------------------------------------- a batch

/// An account as a file says it; kept for the length of one command.
#[derive(Clone, Debug)]
pub struct BankAccount {
    /// Digits.
    pub number: String,
    /// Whose it is, where the file says.
    pub name: Option<String>,
    /// Which bank.
    pub bank: Option<String>,
}

/// A line of the bank file.
#[derive(Clone, Debug)]
pub struct BankLine {
    /// Row, from 1.
    pub row: i64,
    /// The application.
    pub no: String,
    /// The payee.
    pub payee_no: String,
    /// Whose account.
    pub name: String,
    /// The account.
    pub account: BankAccount,
    /// How much.
    pub amount: Fen,
    /// Batch and head of the log.
    pub remark: String,
}

/// The last four digits of an account.
pub fn tail(account: &str) -> String {
    account.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect()
}

/// Salt and digest of an account: who has the number can compare, nobody can read it.
fn account_hash(salt: &[u8], account: &str) -> String {
    format!("{}:{}", hex(salt), hex(&sha256(&[salt, account.as_bytes()].concat())))
}

/// Whether an account is the one a digest was made of.
pub fn is_account(hash: &str, account: &str) -> bool {
    let Some((salt, _)) = hash.split_once(':') else { return false };
    data_encoding::HEXLOWER.decode(salt.as_bytes()).is_ok_and(|salt| account_hash(&salt, account) == hash)
}

/// Makes a batch of what is due, as it was seen behind op `seen`: the money leaves the reservations, each part stands as sent. `file` makes the
/// bank file's bytes.
pub fn pay(
    tx: &mut Tx<'_>,
    chosen: &[DueNow],
    seen: i64,
    accounts: &BTreeMap<String, BankAccount>,
    head: &str,
    file: impl FnOnce(&[BankLine]) -> Result<Vec<u8>>,
) -> Result<(i64, Fen, Vec<u8>)> {
    tx.must_be("cashier")?;
    // What was seen stands as long as nobody wrote: another clerk may have been there since.
    if tx.op != seen + 1 {
        return Err(error::busy("changed_meanwhile"));
    }
    let batch = store::next_batch(tx)?;
    let batch_no = number::format(BATCH_PREFIX, batch);
    let decided = store::decided_by(tx.conn(), &tx.actor)?;
    let seed = random_bytes();
    let (mut lines, mut payments, mut sum) = (Vec::new(), Vec::new(), Fen::ZERO);
    let mut moved: BTreeMap<(i64, String, i64), Fen> = BTreeMap::new();
    for (row, DueNow { open: o, held }) in (1i64..).zip(chosen) {
        if let Some(why) = held {
            return Err(error::refused("held").fact("no", o.no()).fact("why", why).detail("why", *why));
        }
        if let Some(state) = decided.get(&o.application_id) {
            return Err(error::not_permitted("two_persons").fact("no", o.no()).fact("actor", &tx.actor).fact("state", state));
        }
        let line_id = o.line_id.ok_or_else(|| error::not_office("damaged"))?;
        let payee_no = current_no(tx.conn(), o.payee)?;
        let account = accounts.get(&payee_no).cloned().ok_or_else(|| error::bad_data("no_account").fact("no", &payee_no))?;
        let paid = moved.entry((o.decision_id, o.scheme.clone(), line_id)).or_default();
        *paid = paid.checked_add(o.left).ok_or_else(|| error::bad_data("amount_range"))?;
        let salt = &sha256(&[&seed[..], &row.to_be_bytes()].concat())[..16];
        payments.push(Payment {
            seq: row,
            row,
            application_id: o.application_id,
            instalment_seq: o.seq,
            line_id,
            amount: o.left,
            tail: tail(&account.number),
            account_hash: account_hash(salt, &account.number),
            state: "sent".to_owned(),
            paid: Fen::ZERO,
            reason: None,
        });
        sum = sum.checked_add(o.left).ok_or_else(|| error::bad_data("amount_range"))?;
        lines.push(bank_line(tx.conn(), (&o.no(), o.payee), row, o.left, account, &remark(&batch_no, head))?);
    }
    // One movement a decision and scheme: the batch's own lines say to whom.
    for ((decision, scheme, line), amount) in moved {
        let voucher = Voucher { decision_id: Some(decision), note: Some(&batch_no), scheme: Some(&scheme) };
        fund::store::post(tx, Movement::Pay.code(), voucher, &postings(line, Movement::Pay, amount))?;
    }
    let bytes = file(&lines)?;
    store::add_batch(tx, batch, sum, &hex(&sha256(&bytes)), head, &payments)?;
    Ok((batch, sum, bytes))
}

fn remark(batch_no: &str, head: &str) -> String {
    format!("{batch_no} {head}")
}

/// The number of a payee, of a merged person the survivor's.
fn current_no(conn: &Connection, payee: Party) -> Result<String> {
    Ok(match payee {
        Party::Person(id) => Party::Person(people::survivor(conn, id)?).no(),
        Party::Org(_) => payee.no(),
    })
}

fn bank_line(conn: &Connection, (no, payee): (&str, Party), row: i64, amount: Fen, account: BankAccount, remark: &str) -> Result<BankLine> {
    let registered = match payee {
        Party::Person(id) => people::last_name(conn, people::survivor(conn, id)?)?,
        Party::Org(id) => crate::org::store::open(conn, id)?.map(|o| o.data.name).unwrap_or_default(),
    };
    let payee_no = current_no(conn, payee)?;
    // An account that runs under another name is another's, or the slip of a row.
    let same = |name: &str| match payee {
        Party::Person(_) => names::fold(&names::clean(name)) == names::fold(&names::clean(&registered)),
        Party::Org(_) => names::org_fold(name) == names::org_fold(&registered),
    };
    let name = match &account.name {
        Some(name) if same(name) => name.clone(),
        Some(_) => return Err(error::bad_data("account_name").fact("no", &payee_no)),
        None => registered,
    };
    Ok(BankLine { row, no: no.to_owned(), payee_no, name, account, amount, remark: remark.to_owned() })
}

/// The lines of a batch that was made before, for its file once more. 65 where an account is not the one it was made with.
pub fn again(conn: &Connection, batch: &Batch, accounts: &BTreeMap<String, BankAccount>) -> Result<Vec<BankLine>> {
    let remark = remark(&batch.no(), &batch.head);
    let mut lines = Vec::new();
    for p in store::payments(conn, batch.id)? {
        let a: Application = store::load(conn, p.application_id)?.ok_or_else(|| error::not_office("damaged"))?;
        let payee_no = current_no(conn, a.payee)?;
        let account = accounts.get(&payee_no).cloned().filter(|acc| is_account(&p.account_hash, &acc.number));
        let account = account.ok_or_else(|| {
            let key = if accounts.contains_key(&payee_no) { "other_account" } else { "no_account" };
            error::bad_data(key).fact("no", &payee_no)
        })?;
        lines.push(bank_line(conn, (&a.no(), a.payee), p.row, p.amount, account, &remark)?);
    }
    Ok(lines)
}

impl Batch {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(BATCH_PREFIX, self.id)
    }
}

// ---------------------------------------------------------------- the bank's word

/// What the bank said of a line.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Row of its file, for messages.
    pub at: usize,
    /// The batch that its remark names.
    pub batch: Option<i64>,
    /// Row of ours.
    pub row: i64,
    /// The application.
    pub no: String,
    /// The account.
    pub account: String,
    /// What we sent.
    pub amount: Fen,
    /// Paid in full or in part.
    pub ok: bool,
    /// How much was paid; all of it where nothing else is said.
    pub paid: Option<Fen>,
    /// Why not.
    pub reason: Option<String>,
}

/// What came of a bank's return.
#[derive(Clone, Debug, Default)]
pub struct Confirmed {
    /// Lines paid in full, failed, paid in part.
    pub counts: [usize; 3],
    /// Lines of before, said again.
    pub known: usize,
    /// Lines that do not agree: application, what was sent, what came back.
    pub differences: Vec<(String, String, String)>,
}

/// Reads a bank's return into the batch: matched by row, number, amount and account. A line that does not agree is kept as a difference and told;
/// an unknown or doubled line refuses the whole (65).
pub fn confirm(tx: &mut Tx<'_>, batch: i64, answers: &[Answer]) -> Result<Confirmed> {
    let sent: HashMap<i64, Payment> = store::payments(tx.conn(), batch)?.into_iter().map(|p| (p.row, p)).collect();
    let held = store::differences(tx.conn(), Some(batch))?;
    let mut seen = BTreeSet::new();
    let mut found = Confirmed::default();
    let mut back = Back::new();
    for a in answers {
        let Some(p) = sent.get(&a.row) else {
            return Err(error::bad_data("unknown_line").fact("row", a.at).detail("row", a.at));
        };
        // The same payee, amount and account stand in the batch of every quarter.
        if a.batch.is_some_and(|b| b != batch) {
            return Err(error::bad_data("unknown_line").fact("row", a.at).detail("row", a.at));
        }
        if !seen.insert(a.row) {
            return Err(error::bad_data("double_line").fact("row", a.at).detail("row", a.at));
        }
        let no = number::format(PREFIX, p.application_id);
        let shown = |amount: Fen, tail: &str| format!("{amount} *{tail}");
        let paid = if a.ok { a.paid.unwrap_or(p.amount) } else { Fen::ZERO };
        // Failed and yet paid, paid and yet nothing: nobody guesses which of the two is meant.
        let says_one_thing = a.ok == (paid.0 > 0) && (a.ok || a.paid.is_none_or(|p| p == Fen::ZERO));
        let agrees = a.no == no && a.amount == p.amount && is_account(&p.account_hash, &a.account) && paid <= p.amount && says_one_thing;
        let state = state_of(paid, p.amount);
        let difference = match () {
            () if !agrees => {
                let result = || format!(" {} {}", if a.ok { "settled" } else { "failed" }, a.paid.unwrap_or(paid));
                let returned = match () {
                    () if a.no != no => a.no.clone(),
                    // What differs is the result: it is told beside what agrees.
                    () if !says_one_thing || paid > p.amount => shown(a.amount, &tail(&a.account)) + &result(),
                    () => shown(a.amount, &tail(&a.account)),
                };
                Some((shown(p.amount, &p.tail), returned))
            }
            // The same return once more changes nothing; another one is a difference that somebody must look at.
            () if p.state != "sent" && (p.state != state || p.paid != paid) => {
                Some((format!("{} {}", p.state, p.paid), format!("{state} {paid}")))
            }
            () => None,
        };
        if let Some((ours, theirs)) = difference {
            let before = held.iter().find(|d| d.row == a.row && d.returned == theirs);
            match before {
                // Somebody looked at it and closed it.
                Some(Difference { outcome: Some(_), .. }) => found.known += 1,
                Some(_) => found.differences.push((no, ours, theirs)),
                None => {
                    let d = Difference {
                        batch_id: batch,
                        seq: 0,
                        row: a.row,
                        sent: ours.clone(),
                        returned: theirs.clone(),
                        outcome: None,
                        why: None,
                        actor: String::new(),
                    };
                    store::add_difference(tx, &d)?;
                    found.differences.push((no, ours, theirs));
                }
            }
            continue;
        }
        if p.state != "sent" {
            found.known += 1;
            continue;
        }
        answered(tx, batch, p, paid, a.reason.as_deref(), &mut back)?;
        found.counts[match state {
            "settled" => 0,
            "failed" => 1,
            _ => 2,
        }] += 1;
    }
    bounce(tx, batch, &back)?;
    Ok(found)
}

/// What a paid sum makes of what was sent.
fn state_of(paid: Fen, sent: Fen) -> &'static str {
    match paid {
        p if p == sent => "settled",
        Fen(0) => "failed",
        _ => "partial",
    }
}

/// Keeps the bank's word on a line; what it did not pay is added to what goes back to the promises.
fn answered(tx: &mut Tx<'_>, batch: i64, p: &Payment, paid: Fen, reason: Option<&str>, back: &mut Back) -> Result<()> {
    let rest = Fen(p.amount.0 - paid.0);
    if rest.0 > 0 {
        let sum = back.entry((store::scheme_of(tx.conn(), p.application_id)?, p.line_id)).or_default();
        *sum = sum.checked_add(rest).ok_or_else(|| error::bad_data("amount_range"))?;
    }
    store::answered(tx, batch, p, state_of(paid, p.amount), paid, reason)
}

/// What goes back to the promises, by scheme and line.
type Back = BTreeMap<(String, i64), Fen>;

/// Gives what the bank did not pay back to the promises, in one movement a scheme and line.
fn bounce(tx: &mut Tx<'_>, batch: i64, back: &Back) -> Result<()> {
    let no = number::format(BATCH_PREFIX, batch);
    for ((scheme, line), amount) in back {
        let voucher = Voucher { decision_id: None, note: Some(&no), scheme: Some(scheme) };
        fund::store::post(tx, Movement::Bounce.code(), voucher, &postings(*line, Movement::Bounce, *amount))?;
    }
    Ok(())
}

/// Closes a difference (核销差异) with what was found: what the bank really paid of the line. Whoever made the batch or read the return in does
/// not close it (77). 5 where the line has no open difference, or its payment is closed and was something else.
pub fn settle(tx: &mut Tx<'_>, batch: &Batch, row: i64, paid: Fen, why: &str) -> Result<&'static str> {
    let open: Vec<Difference> =
        store::differences(tx.conn(), Some(batch.id))?.into_iter().filter(|d| d.row == row && d.outcome.is_none()).collect();
    let Some(p) = store::payments(tx.conn(), batch.id)?.into_iter().find(|p| p.row == row).filter(|_| !open.is_empty()) else {
        return Err(error::conflict("no_difference").fact("no", batch.no()).fact("row", row).detail("possible", vec!["batch"]));
    };
    if batch.actor == tx.actor || open.iter().any(|d| d.actor == tx.actor) {
        return Err(error::not_permitted("second_actor").fact("no", batch.no()).fact("actor", &tx.actor));
    }
    if paid > p.amount {
        return Err(error::refused("above_sent").fact("amount", p.amount).detail("amount", p.amount.to_string()));
    }
    let state = state_of(paid, p.amount);
    if p.state == "sent" {
        let mut back = Back::new();
        answered(tx, batch.id, &p, paid, Some(why), &mut back)?;
        bounce(tx, batch.id, &back)?;
    } else if p.state != state || p.paid != paid {
        // The money has moved by the first word; a second one is for the recovery or the next batch.
        let held = format!("{} {}", p.state, p.paid);
        return Err(error::conflict("answered_otherwise")
            .fact("no", batch.no())
            .fact("row", row)
            .fact("held", held)
            .detail("possible", vec![p.state]));
    }
    for d in &open {
        store::close_difference(tx, d, state, why)?;
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_is_as_old_as_its_whole_months() {
        let day = |t: &str| Day::parse_iso(t).unwrap();
        let band = |due: &str, on: &str| ARREARS_MONTHS[arrears_band(day(due), day(on))];
        assert_eq!((band("2019-07-01", "2019-07-01"), band("2019-07-01", "2019-09-30")), (0, 0));
        assert_eq!((band("2019-07-01", "2019-10-01"), band("2019-07-01", "2019-12-31")), (3, 3));
        assert_eq!((band("2019-07-01", "2020-07-01"), band("2019-07-01", "2020-12-31"), band("2019-07-01", "2021-01-01")), (12, 12, 18));
        assert_eq!(band("2019-07-01", "2019-06-01"), 0, "not due yet");
    }
}
