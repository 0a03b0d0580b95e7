//! All SQL of funds; rows to types and back.

use super::{Account, Balance, MACHINE, PREFIX, Posting};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::{names, number};
use crate::db::subject::{FUND_ASSERTION_SUBJECT, FUND_INVESTMENT_SUBJECT, FUND_LINE_SUBJECT, FUND_SUBJECT, JOURNAL_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::workflow::store as steps;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A fund of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// Its id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Year of the budget.
    pub year: i32,
    /// guidance, angel, venture, equity.
    pub kind: String,
    /// The decision it was opened on.
    pub decision_id: Option<i64>,
}

impl Fund {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

fn fund(r: &Row<'_>) -> rusqlite::Result<Fund> {
    Ok(Fund { id: r.get(0)?, name: r.get(1)?, year: r.get(2)?, kind: r.get(3)?, decision_id: r.get(4)? })
}

/// All funds in order.
pub fn funds(conn: &Connection) -> Result<Vec<Fund>> {
    let mut st = conn.prepare_cached("SELECT id, name, year, kind, decision_id FROM fund WHERE voided_op IS NULL ORDER BY id")?;
    Ok(st.query_map([], fund)?.collect::<rusqlite::Result<_>>()?)
}

/// A fund by its id.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Fund>> {
    Ok(funds(conn)?.into_iter().find(|f| f.id == id))
}

/// The fund a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Fund> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_fund").fact("text", text))
}

/// The state that acts up to a day brought about: open or closed.
pub fn state(conn: &Connection, id: i64, day: Day) -> Result<String> {
    let last = steps::steps(conn, (MACHINE.kind, id))?.into_iter().rfind(|s| s.day <= day);
    Ok(last.map_or_else(|| "open".to_owned(), |s| s.to_state))
}

/// A new fund.
pub fn create(tx: &mut Tx<'_>, f: &Fund) -> Result<i64> {
    let id = tx.next_number("fund", "SELECT coalesce(max(id), 0) FROM fund")?;
    tx.conn()
        .prepare_cached("INSERT INTO fund (id, made_op, name, folded, year, kind, decision_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![id, tx.op, f.name, names::fold(&f.name), f.year, f.kind, f.decision_id])?;
    steps::step(tx, (MACHINE.kind, id), None, "open", f.decision_id, None)?;
    tx.touch(&FUND_SUBJECT, id);
    Ok(id)
}

/// A fund of that name and year.
pub fn by_name(conn: &Connection, name: &str, year: i32) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT id FROM fund WHERE folded = ?1 AND year = ?2 AND voided_op IS NULL")?
        .query_row(params![names::fold(name), year], |r| r.get(0))
        .optional()?)
}

/// A line of a fund (资金来源与用途).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// The fund.
    pub fund_id: i64,
    /// Where its money comes from.
    pub source: String,
    /// A scheme, or `talent`.
    pub purpose: String,
    /// What the giver wants it for.
    pub earmark: Option<String>,
}

/// Lines of a fund, in the order in which they came.
pub fn lines(conn: &Connection, fund_id: i64) -> Result<Vec<Line>> {
    let mut st = conn.prepare_cached(
        "SELECT id, fund_id, source, purpose, earmark FROM fund_line WHERE fund_id = ?1 AND voided_op IS NULL ORDER BY id",
    )?;
    let read = |r: &Row<'_>| Ok(Line { id: r.get(0)?, fund_id: r.get(1)?, source: r.get(2)?, purpose: r.get(3)?, earmark: r.get(4)? });
    Ok(st.query_map([fund_id], read)?.collect::<rusqlite::Result<_>>()?)
}

/// A line by its id.
pub fn line_at(conn: &Connection, id: i64) -> Result<Option<Line>> {
    let read = |r: &Row<'_>| Ok(Line { id, fund_id: r.get(0)?, source: r.get(1)?, purpose: r.get(2)?, earmark: r.get(3)? });
    Ok(conn.prepare_cached("SELECT fund_id, source, purpose, earmark FROM fund_line WHERE id = ?1")?.query_row([id], read).optional()?)
}

/// The line of that source, purpose and earmark, made where there is none.
pub fn line(tx: &mut Tx<'_>, fund_id: i64, source: &str, purpose: &str, earmark: Option<&str>) -> Result<i64> {
    let same = |l: &Line| l.source == source && l.purpose == purpose && l.earmark.as_deref() == earmark;
    if let Some(l) = lines(tx.conn(), fund_id)?.into_iter().find(same) {
        return Ok(l.id);
    }
    let id = tx.next_number("fund_line", "SELECT coalesce(max(id), 0) FROM fund_line")?;
    tx.conn()
        .prepare_cached("INSERT INTO fund_line (id, made_op, fund_id, source, purpose, earmark) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![id, tx.op, fund_id, source, purpose, earmark])?;
    tx.conn()
        .prepare_cached("INSERT INTO fund_balance (line_id, made_op, free_fen, reserved_fen, paid_fen) VALUES (?1, ?2, 0, 0, 0)")?
        .execute(params![id, tx.op])?;
    tx.touch(&FUND_LINE_SUBJECT, id);
    Ok(id)
}

/// What a movement says of itself (记账摘要).
#[derive(Clone, Copy, Debug, Default)]
pub struct Voucher<'a> {
    /// The decision it rests on.
    pub decision_id: Option<i64>,
    /// Why.
    pub note: Option<&'a str>,
    /// The benefit it is for.
    pub scheme: Option<&'a str>,
}

/// Keeps a movement of a kind: its postings, and the balances they change. 3 where a line would be overdrawn.
pub fn post(tx: &mut Tx<'_>, kind: &str, v: Voucher<'_>, postings: &[Posting]) -> Result<i64> {
    let id = tx.next_number("journal", "SELECT coalesce(max(id), 0) FROM journal")?;
    tx.conn()
        .prepare_cached("INSERT INTO journal (id, made_op, day, kind, decision_id, note, scheme) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![id, tx.op, tx.day.0, kind, v.decision_id, v.note, v.scheme])?;
    for (seq, p) in (1i64..).zip(postings) {
        tx.conn()
            .prepare_cached("INSERT INTO posting (journal_id, seq, made_op, line_id, account, amount_fen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![id, seq, tx.op, p.line_id, p.account.code(), p.amount.0])?;
        balance(tx, p)?;
        tx.touch(&FUND_LINE_SUBJECT, p.line_id);
    }
    tx.touch(&JOURNAL_SUBJECT, id);
    Ok(id)
}

/// What a line has free, as stored and guarded.
pub fn free(conn: &Connection, line_id: i64) -> Result<Fen> {
    Ok(Fen(conn.prepare_cached("SELECT free_fen FROM fund_balance WHERE line_id = ?1")?.query_row([line_id], |r| r.get(0))?))
}

/// What a line has free on a day and on every day since: what could be promised on it without a day on which more was promised than there was.
pub fn free_from(conn: &Connection, line_id: i64, day: Day) -> Result<Fen> {
    let mut st = conn.prepare_cached(
        "SELECT j.day, sum(p.amount_fen) FROM posting p JOIN journal j ON j.id = p.journal_id
         WHERE p.line_id = ?1 AND p.account = 'free' AND p.voided_op IS NULL GROUP BY j.day ORDER BY j.day",
    )?;
    let mut rows = st.query([line_id])?;
    let (mut held, mut least) = (0i64, None);
    while let Some(r) = rows.next()? {
        if Day(r.get(0)?) > day {
            least = least.or(Some(held));
        }
        held = held.checked_add(r.get(1)?).ok_or_else(|| error::not_office("damaged"))?;
        least = least.map(|l: i64| l.min(held));
    }
    Ok(Fen(least.unwrap_or(held)))
}

/// Moves the stored balance of a line.
fn balance(tx: &Tx<'_>, p: &Posting) -> Result<()> {
    let column = match p.account {
        Account::Free => "free_fen",
        Account::Reserved => "reserved_fen",
        Account::Paid => "paid_fen",
        Account::Source | Account::Returned | Account::Carried => return Ok(()),
    };
    let held: i64 =
        tx.conn().prepare_cached(&format!("SELECT {column} FROM fund_balance WHERE line_id = ?1"))?.query_row([p.line_id], |r| r.get(0))?;
    let next = held.checked_add(p.amount.0).filter(|n| *n <= Fen::MOST.0).ok_or_else(|| error::bad_data("amount_range"))?;
    if next < 0 {
        let short = Fen(-p.amount.0);
        return Err(error::refused("not_free")
            .fact("account", p.account.code())
            .fact("held", Fen(held))
            .fact("wanted", short)
            .detail(p.account.code(), Fen(held).to_string()));
    }
    tx.conn().prepare_cached(&format!("UPDATE fund_balance SET {column} = ?2 WHERE line_id = ?1"))?.execute([p.line_id, next])?;
    Ok(())
}

/// What the postings of a line up to a day sum to, and how much of what was paid came back.
pub fn sums(conn: &Connection, line_id: i64, day: Day) -> Result<(Balance, Fen)> {
    let mut st = conn.prepare_cached(
        "SELECT p.account, p.amount_fen, j.kind FROM posting p JOIN journal j ON j.id = p.journal_id
         WHERE p.line_id = ?1 AND j.day <= ?2 AND p.voided_op IS NULL",
    )?;
    let mut rows = st.query(params![line_id, day.0])?;
    let (mut sum, mut back) = (Balance::default(), Fen::ZERO);
    while let Some(r) = rows.next()? {
        let damaged = || error::not_office("damaged");
        let account = Account::from_code(r.get_ref(0)?.as_str().unwrap_or_default()).ok_or_else(damaged)?;
        let amount = Fen(r.get(1)?);
        sum = sum.with(account, amount).ok_or_else(damaged)?;
        if account == Account::Paid && r.get_ref(2)?.as_str().unwrap_or_default() == "recover" {
            back = back.checked_sub(amount).ok_or_else(damaged)?;
        }
    }
    Ok((sum, back))
}

/// A posting with the movement that it is of.
pub struct Moved<'r> {
    /// The movement's day.
    pub day: Day,
    /// The line.
    pub line_id: i64,
    /// The account.
    pub account: Account,
    /// What the account changes by.
    pub amount: Fen,
    movement: &'r Row<'r>,
}

impl Moved<'_> {
    /// The movement's kind.
    pub fn kind(&self) -> &str {
        self.text(2)
    }

    /// The benefit it is for; empty where it is for none.
    pub fn scheme(&self) -> &str {
        self.text(3)
    }

    fn text(&self, at: usize) -> &str {
        self.movement.get_ref(at).ok().and_then(|v| v.as_str_or_null().ok().flatten()).unwrap_or_default()
    }
}

/// Every posting up to a day. Movements and postings are read side by side, both in the ledger's order: of millions none is looked up.
pub fn each_posting(conn: &Connection, day: Day, mut f: impl FnMut(&Moved<'_>) -> Result<()>) -> Result<()> {
    let mut movements =
        conn.prepare_cached("SELECT id, day, kind, scheme FROM journal WHERE day <= ?1 AND voided_op IS NULL ORDER BY id")?;
    let mut postings = conn
        .prepare_cached("SELECT journal_id, line_id, account, amount_fen FROM posting WHERE voided_op IS NULL ORDER BY journal_id, seq")?;
    let (mut movements, mut postings) = (movements.query([day.0])?, postings.query([])?);
    postings.advance()?;
    while let Some(m) = movements.next()? {
        let id: i64 = m.get(0)?;
        let day = Day(m.get(1)?);
        while let Some(p) = postings.get() {
            let of: i64 = p.get(0)?;
            if of > id {
                break;
            }
            if of == id {
                let account = Account::from_code(p.get_ref(2)?.as_str().unwrap_or_default()).ok_or_else(|| error::not_office("damaged"))?;
                f(&Moved { day, line_id: p.get(1)?, account, amount: Fen(p.get(3)?), movement: m })?;
            }
            postings.advance()?;
        }
    }
    Ok(())
}

/// What came back of something, by the note of its movements.
pub fn recovered_of(conn: &Connection, note: &str) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(-p.amount_fen), 0) FROM posting p JOIN journal j ON j.id = p.journal_id
             WHERE j.kind = 'recover' AND j.note = ?1 AND p.account = 'paid' AND p.voided_op IS NULL",
        )?
        .query_row([note], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// A recovery: day, op, amount, decision.
pub type Recovery = (Day, i64, Fen, Option<i64>);

/// The same one by one.
pub fn recoveries(conn: &Connection, note: &str) -> Result<Vec<Recovery>> {
    let mut st = conn.prepare_cached(
        "SELECT j.day, j.made_op, sum(-p.amount_fen), j.decision_id FROM posting p JOIN journal j ON j.id = p.journal_id
         WHERE j.kind = 'recover' AND j.note = ?1 AND p.account = 'paid' AND p.voided_op IS NULL GROUP BY j.made_op ORDER BY j.made_op",
    )?;
    let rows = st.query_map([note], |r| Ok((Day(r.get(0)?), r.get(1)?, Fen(r.get(2)?), r.get(3)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same on one line.
pub fn recovered_on(conn: &Connection, line_id: i64, note: &str) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(-p.amount_fen), 0) FROM posting p JOIN journal j ON j.id = p.journal_id
             WHERE j.kind = 'recover' AND j.note = ?2 AND p.line_id = ?1 AND p.account = 'paid' AND p.voided_op IS NULL",
        )?
        .query_row(params![line_id, note], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// A line of the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The movement.
    pub journal: i64,
    /// Its day.
    pub day: Day,
    /// What it is.
    pub kind: String,
    /// The decision it rests on.
    pub decision_id: Option<i64>,
    /// Why.
    pub note: Option<String>,
    /// The line.
    pub line: Line,
    /// The posting.
    pub posting: Posting,
    /// The op.
    pub op: i64,
}

/// The whole movements that touch a fund, up to a day, in order.
pub fn entries(conn: &Connection, fund_id: i64, day: Day) -> Result<Vec<Entry>> {
    let mut st = conn.prepare_cached(
        "SELECT j.id, j.day, j.kind, j.decision_id, j.note, j.made_op, l.id, l.fund_id, l.source, l.purpose, l.earmark, p.account, p.amount_fen
         FROM posting p JOIN journal j ON j.id = p.journal_id JOIN fund_line l ON l.id = p.line_id
         WHERE j.day <= ?2 AND p.voided_op IS NULL
           AND j.id IN (SELECT x.journal_id FROM posting x JOIN fund_line y ON y.id = x.line_id WHERE y.fund_id = ?1)
         ORDER BY j.day, j.id, p.seq",
    )?;
    let mut rows = st.query(params![fund_id, day.0])?;
    let mut all = Vec::new();
    while let Some(r) = rows.next()? {
        let account = Account::from_code(&r.get::<_, String>(11)?).ok_or_else(|| error::not_office("damaged"))?;
        let line = Line { id: r.get(6)?, fund_id: r.get(7)?, source: r.get(8)?, purpose: r.get(9)?, earmark: r.get(10)? };
        all.push(Entry {
            journal: r.get(0)?,
            day: Day(r.get(1)?),
            kind: r.get(2)?,
            decision_id: r.get(3)?,
            note: r.get(4)?,
            op: r.get(5)?,
            posting: Posting { line_id: line.id, account, amount: Fen(r.get(12)?) },
            line,
        });
    }
    Ok(all)
}

/// How much was appropriated on a decision so far.
pub fn appropriated_on(conn: &Connection, decision_id: i64) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(p.amount_fen), 0) FROM posting p JOIN journal j ON j.id = p.journal_id
             WHERE j.decision_id = ?1 AND j.kind = 'appropriate' AND p.account = 'free' AND p.voided_op IS NULL",
        )?
        .query_row([decision_id], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// The day of the last movement of a fund.
pub fn last_day(conn: &Connection, fund_id: i64) -> Result<Option<Day>> {
    let day: Option<i32> = conn
        .prepare_cached(
            "SELECT max(j.day) FROM journal j JOIN posting p ON p.journal_id = j.id JOIN fund_line l ON l.id = p.line_id WHERE l.fund_id = ?1",
        )?
        .query_row([fund_id], |r| r.get(0))?;
    Ok(day.map(Day))
}

/// Movements whose postings do not sum to nothing.
pub fn unbalanced(conn: &Connection) -> Result<Vec<i64>> {
    let mut st = conn.prepare(
        "SELECT j.id FROM journal j LEFT JOIN posting p ON p.journal_id = j.id AND p.voided_op IS NULL
         GROUP BY j.id HAVING coalesce(sum(p.amount_fen), 1) <> 0 ORDER BY j.id",
    )?;
    Ok(st.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Lines of a fund whose stored balance is not what was posted.
pub fn drifted(conn: &Connection, fund_id: i64) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    for l in lines(conn, fund_id)? {
        let (sum, _) = sums(conn, l.id, Day(i32::MAX))?;
        let stored: Option<[i64; 3]> = conn
            .prepare_cached("SELECT free_fen, reserved_fen, paid_fen FROM fund_balance WHERE line_id = ?1")?
            .query_row([l.id], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?]))
            .optional()?;
        if stored != Some([Account::Free, Account::Reserved, Account::Paid].map(|a| sum.of(a).0)) || !sum.is_balanced() {
            found.push(l.id);
        }
    }
    Ok(found)
}

// ---------------------------------------------------------------- the bank, and investments

/// Keeps what the bank says; its number.
pub fn add_assertion(tx: &mut Tx<'_>, fund_id: i64, amount: Fen) -> Result<i64> {
    let id = tx.next_number("fund_assertion", "SELECT coalesce(max(id), 0) FROM fund_assertion")?;
    tx.conn()
        .prepare_cached("INSERT INTO fund_assertion (id, made_op, fund_id, day, amount_fen) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, tx.op, fund_id, tx.day.0, amount.0])?;
    tx.touch(&FUND_ASSERTION_SUBJECT, id);
    Ok(id)
}

/// What the bank said of a fund, in the order of days.
pub fn assertions(conn: &Connection, fund_id: i64) -> Result<Vec<(Day, Fen)>> {
    let mut st =
        conn.prepare_cached("SELECT day, amount_fen FROM fund_assertion WHERE fund_id = ?1 AND voided_op IS NULL ORDER BY day, id")?;
    Ok(st.query_map([fund_id], |r| Ok((Day(r.get(0)?), Fen(r.get(1)?))))?.collect::<rusqlite::Result<_>>()?)
}

/// What the bank should hold of a fund on a day by the ledger.
pub fn cash(conn: &Connection, fund_id: i64, day: Day) -> Result<Fen> {
    let mut sum = Fen::ZERO;
    for l in lines(conn, fund_id)? {
        sum = sum.checked_add(sums(conn, l.id, day)?.0.cash()).ok_or_else(|| error::not_office("damaged"))?;
    }
    Ok(sum)
}

/// An investment: unit, day, amount, outcome.
pub type Investment = (i64, Day, Fen, Option<String>);

/// Keeps an investment.
pub fn add_investment(tx: &mut Tx<'_>, fund_id: i64, org_id: i64, amount: Fen, outcome: Option<&str>) -> Result<i64> {
    let id = tx.next_number("fund_investment", "SELECT coalesce(max(id), 0) FROM fund_investment")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO fund_investment (id, made_op, fund_id, org_id, day, amount_fen, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, tx.op, fund_id, org_id, tx.day.0, amount.0, outcome])?;
    tx.touch(&FUND_INVESTMENT_SUBJECT, id);
    Ok(id)
}

/// Investments of a fund up to a day, in order.
pub fn investments(conn: &Connection, fund_id: i64, day: Day) -> Result<Vec<Investment>> {
    let mut st = conn.prepare_cached(
        "SELECT org_id, day, amount_fen, outcome FROM fund_investment WHERE fund_id = ?1 AND day <= ?2 AND voided_op IS NULL ORDER BY day, id",
    )?;
    let read = |r: &Row<'_>| Ok((r.get(0)?, Day(r.get(1)?), Fen(r.get(2)?), r.get(3)?));
    Ok(st.query_map(params![fund_id, day.0], read)?.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::open;
    use crate::db::write::{Act, write};
    use crate::fund::{Movement, carried, postings};

    #[test]
    fn nothing_is_promised_or_paid_that_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("o.db");
        open::create(&path, |_| Ok(())).unwrap();
        let mut conn = open::open_write(&path).unwrap();
        let act = Act {
            command: "fund.test",
            params: serde_json::Map::new(),
            day: Day(18_000),
            reason: None,
            actor: None,
            os_user: "li".into(),
            now_ms: 1,
            dry_run: false,
            undoes: None,
        };
        let fund = |name: &str, year| Fund { id: 0, name: name.into(), year, kind: "guidance".into(), decision_id: None };
        let (one, two) = write(&mut conn, &act, |tx| {
            let (a, b) = (create(tx, &fund("a", 2019))?, create(tx, &fund("a", 2020))?);
            let one = line(tx, a, "state", "rent", None)?;
            assert_eq!(line(tx, a, "state", "rent", None)?, one, "one line for one thing");
            post(tx, "appropriate", Voucher::default(), &postings(one, Movement::Appropriate, Fen(100)))?;
            Ok((one, line(tx, b, "state", "rent", None)?))
        })
        .unwrap()
        .value;
        let mut step = |kind: &'static str, postings: &[Posting]| {
            write(&mut conn, &act, |tx| post(tx, kind, Voucher::default(), postings)).map_err(|e| e.key)
        };
        assert_eq!(step("reserve", &postings(one, Movement::Reserve, Fen(101))).unwrap_err(), "not_free");
        step("reserve", &postings(one, Movement::Reserve, Fen(60))).unwrap();
        assert_eq!(step("reserve", &postings(one, Movement::Reserve, Fen(41))).unwrap_err(), "not_free");
        assert_eq!(step("pay", &postings(one, Movement::Pay, Fen(61))).unwrap_err(), "not_free");
        step("pay", &postings(one, Movement::Pay, Fen(50))).unwrap();
        assert_eq!(step("recover", &postings(one, Movement::Recover, Fen(51))).unwrap_err(), "not_free");
        step("recover", &postings(one, Movement::Recover, Fen(20))).unwrap();
        step("carry", &carried(one, two, Account::Reserved, Fen(10))).unwrap();
        let (sum, back) = sums(&conn, one, Day(18_000)).unwrap();
        let of = |a| sum.of(a).0;
        assert_eq!((of(Account::Free), of(Account::Reserved), of(Account::Paid), of(Account::Carried), back.0), (60, 0, 30, 10, 20));
        assert!(sum.is_balanced() && sums(&conn, two, Day(18_000)).unwrap().0.of(Account::Reserved).0 == 10);
        assert_eq!((unbalanced(&conn).unwrap(), drifted(&conn, 1).unwrap()), (vec![], vec![]));
    }
}
