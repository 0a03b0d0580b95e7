//! SQL of benefits: what is asked for and approved, and its instalments. What is known of a payee is in `facts`, payment in `payment`.

mod facts;
mod payment;

pub use facts::{Scope, each as each_facts, person, unit};
pub use payment::{
    Batch, Difference, Known, Open, Paid, Payment, add_batch, add_difference, answered, batch, batches, close_difference, decided_by,
    differences, next_batch, open, payments, payments_of,
};

use super::{MACHINE, PREFIX};
use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::blacklist::Whom;
use crate::db::subject::{APPLICATION_SUBJECT, BENEFIT_ELSEWHERE_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::org;
use crate::policy::Payee;
use crate::talent::{self};
use crate::workflow::store as steps;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

// ---------------------------------------------------------------- applications

/// A benefit granted.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its id.
    pub id: i64,
    /// The scheme.
    pub scheme: String,
    /// The policy version it was judged by.
    pub policy_id: i64,
    /// Who is paid: a person, or a unit.
    pub payee: Party,
    /// Whose benefit it is, where somebody else is paid for it.
    pub for_id: Option<i64>,
    /// The line of the fund that the approval drew on.
    pub line_id: i64,
    /// The decision.
    pub decision_id: i64,
    /// Its day.
    pub approved: Day,
    /// In all.
    pub amount: Fen,
    /// What other schemes had paid.
    pub deducted: Fen,
    /// The verdict of the day, as JSON.
    pub verdict: String,
    /// What is owed back when the service is broken off, as JSON.
    pub agreement: String,
}

/// A person or a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// A person.
    Person(i64),
    /// A unit.
    Org(i64),
}

impl Party {
    /// Human number.
    pub fn no(self) -> String {
        match self {
            Party::Person(id) => number::format(talent::PREFIX, id),
            Party::Org(id) => number::format(org::PREFIX, id),
        }
    }
}

/// Who is paid for whose benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who is paid.
    pub payee: Party,
    /// Whose benefit it is, where that is somebody else's.
    pub for_id: Option<i64>,
}

impl Claim {
    /// Whose benefit it is.
    pub fn whose(self) -> Party {
        self.for_id.map_or(self.payee, Party::Person)
    }

    /// The kind of payee.
    pub fn kind(self) -> Payee {
        match self.payee {
            Party::Person(_) => Payee::Person,
            Party::Org(_) => Payee::Org,
        }
    }
}

impl From<Party> for Whom {
    fn from(p: Party) -> Whom {
        match p {
            Party::Person(id) => Whom::Person(id),
            Party::Org(id) => Whom::Unit(id),
        }
    }
}

impl Application {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }

    /// Who is paid for whose benefit.
    pub fn claim(&self) -> Claim {
        Claim { payee: self.payee, for_id: self.for_id }
    }
}

const COLUMNS: &str = "a.id, a.scheme, w.policy_id, a.person_id, a.org_id, w.line_id, w.decision_id, w.approved_day, w.amount_fen,
    w.deducted_fen, w.verdict, w.agreement, a.for_id";
const AWARDED: &str = "application a JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL";

fn application(r: &Row<'_>) -> rusqlite::Result<Application> {
    let payee = match r.get::<_, Option<i64>>(3)? {
        Some(id) => Party::Person(id),
        None => Party::Org(r.get(4)?),
    };
    Ok(Application {
        id: r.get(0)?,
        scheme: r.get(1)?,
        policy_id: r.get(2)?,
        payee,
        line_id: r.get(5)?,
        decision_id: r.get(6)?,
        approved: Day(r.get(7)?),
        amount: Fen(r.get(8)?),
        deducted: Fen(r.get(9)?),
        verdict: r.get(10)?,
        agreement: r.get(11)?,
        for_id: r.get(12)?,
    })
}

/// A live application.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Application>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM {AWARDED} WHERE a.id = ?1 AND a.voided_op IS NULL"))?
        .query_row([id], application)
        .optional()?)
}

/// The application a command names.
pub fn resolve(conn: &Connection, text: &str) -> Result<Application> {
    let id = crate::office::parse_no(PREFIX, text)?;
    load(conn, id)?.ok_or_else(|| error::not_found("no_application").fact("text", text))
}

/// All applications behind `after`, in order.
pub fn all(conn: &Connection, after: i64) -> Result<Vec<Application>> {
    let mut st = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM {AWARDED} WHERE a.id > ?1 AND a.voided_op IS NULL ORDER BY a.id"))?;
    Ok(st.query_map([after], application)?.collect::<rusqlite::Result<_>>()?)
}

/// Benefits that are somebody's, whoever is paid for them; those of persons merged into one too.
pub fn of(conn: &Connection, whose: Party) -> Result<Vec<(Application, i64)>> {
    let (whose, id) = match whose {
        Party::Person(id) => (WHOSE, id),
        Party::Org(id) => ("a.org_id = ?1 AND a.for_id IS NULL", id),
    };
    let mut st =
        conn.prepare_cached(&format!("SELECT {COLUMNS}, w.made_op FROM {AWARDED} WHERE {whose} AND a.voided_op IS NULL ORDER BY a.id"))?;
    Ok(st.query_map([id], |r| Ok((application(r)?, r.get(13)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Applications of person ?1, or of records merged into that one.
const WHOSE: &str = "(a.for_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1)
    OR a.for_id IS NULL AND a.person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1))";

/// What somebody asked for of a scheme, granted or not, in order.
pub fn requests_of(conn: &Connection, whose: Party, scheme: &str) -> Result<Vec<Request>> {
    let (whose, id) = match whose {
        Party::Person(id) => (WHOSE, id),
        Party::Org(id) => ("a.org_id = ?1 AND a.for_id IS NULL", id),
    };
    let mut st = conn.prepare_cached(&format!(
        "SELECT {REQUEST} FROM application a WHERE {whose} AND a.scheme = ?2 AND a.voided_op IS NULL ORDER BY a.id"
    ))?;
    Ok(st.query_map(params![id, scheme], request)?.collect::<rusqlite::Result<_>>()?)
}

/// A part of a benefit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instalment {
    /// Number within the application.
    pub seq: i64,
    /// When it falls due.
    pub due: Day,
    /// Months it is for.
    pub period: Option<String>,
    /// How much.
    pub amount: Fen,
    /// Sent to the bank and not come back.
    pub settled: Fen,
    /// Where it is reserved.
    pub line_id: Option<i64>,
}

/// Instalments of an application, in order.
pub fn instalments(conn: &Connection, id: i64) -> Result<Vec<Instalment>> {
    let mut st = conn.prepare_cached(
        "SELECT seq, due_day, period, amount_fen, settled_fen, line_id FROM instalment WHERE application_id = ?1 AND voided_op IS NULL ORDER BY seq",
    )?;
    let read = |r: &Row<'_>| {
        Ok(Instalment {
            seq: r.get(0)?,
            due: Day(r.get(1)?),
            period: r.get(2)?,
            amount: Fen(r.get(3)?),
            settled: Fen(r.get(4)?),
            line_id: r.get(5)?,
        })
    };
    Ok(st.query_map([id], read)?.collect::<rusqlite::Result<_>>()?)
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: i64,
    /// The scheme.
    pub scheme: String,
    /// The policy version of the day.
    pub policy_id: i64,
    /// For whom.
    pub payee: Party,
    /// When.
    pub day: Day,
    /// How much; of a share, what is proved.
    pub asked: Option<Fen>,
    /// Whose benefit it is, where somebody else is paid for it.
    pub for_id: Option<i64>,
}

impl Request {
    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }

    /// Who is paid for whose benefit.
    pub fn claim(&self) -> Claim {
        Claim { payee: self.payee, for_id: self.for_id }
    }
}

fn request(r: &Row<'_>) -> rusqlite::Result<Request> {
    let payee = match r.get::<_, Option<i64>>(3)? {
        Some(id) => Party::Person(id),
        None => Party::Org(r.get(4)?),
    };
    Ok(Request {
        id: r.get(0)?,
        scheme: r.get(1)?,
        policy_id: r.get(2)?,
        payee,
        day: Day(r.get(5)?),
        asked: r.get::<_, Option<i64>>(6)?.map(Fen),
        for_id: r.get(7)?,
    })
}

const REQUEST: &str = "a.id, a.scheme, a.policy_id, a.person_id, a.org_id, a.day, a.asked_fen, a.for_id";

/// All that was asked for or granted, behind `after`, in order.
pub fn requests(conn: &Connection, after: i64) -> Result<Vec<Request>> {
    let mut st =
        conn.prepare_cached(&format!("SELECT {REQUEST} FROM application a WHERE a.id > ?1 AND a.voided_op IS NULL ORDER BY a.id"))?;
    Ok(st.query_map([after], request)?.collect::<rusqlite::Result<_>>()?)
}

/// The application a command names, granted or not.
pub fn resolve_request(conn: &Connection, text: &str) -> Result<Request> {
    let id = crate::office::parse_no(PREFIX, text)?;
    conn.prepare_cached(&format!("SELECT {REQUEST} FROM application a WHERE a.id = ?1 AND a.voided_op IS NULL"))?
        .query_row([id], request)
        .optional()?
        .ok_or_else(|| error::not_found("no_application").fact("text", text))
}

/// Keeps what is asked for, with its first step.
pub fn ask(tx: &mut Tx<'_>, r: &Request, state: &str, decision_id: Option<i64>) -> Result<i64> {
    let id = tx.next_number("application", "SELECT coalesce(max(id), 0) FROM application")?;
    let (person, unit) = match r.payee {
        Party::Person(p) => (Some(p), None),
        Party::Org(o) => (None, Some(o)),
    };
    tx.conn()
        .prepare_cached(
            "INSERT INTO application (id, made_op, scheme, policy_id, person_id, org_id, day, asked_fen, for_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![id, tx.op, r.scheme, r.policy_id, person, unit, r.day.0, r.asked.map(|f| f.0), r.for_id])?;
    steps::step(tx, (MACHINE.kind, id), None, state, decision_id, None)?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(id)
}

/// Keeps what was approved of an application, with its instalments and months.
pub fn award(tx: &mut Tx<'_>, a: &Application, parts: &[Instalment], months: &[i64]) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO award (application_id, made_op, policy_id, line_id, decision_id, approved_day, amount_fen, deducted_fen, verdict, agreement)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            a.id, tx.op, a.policy_id, a.line_id, a.decision_id, a.approved.0, a.amount.0, a.deducted.0, a.verdict, a.agreement
        ])?;
    for p in parts {
        add_instalment(tx, a.id, p)?;
    }
    if let Party::Person(person) = a.claim().whose() {
        add_months(tx, a.id, person, &a.scheme, months)?;
    }
    tx.touch(&APPLICATION_SUBJECT, a.id);
    Ok(())
}

/// Months of a scheme that a person had, yyyymm.
pub fn months(conn: &Connection, person_id: i64, scheme: &str) -> Result<Vec<i64>> {
    let mut st = conn.prepare_cached(
        "SELECT month FROM benefit_month WHERE scheme = ?2 AND voided_op IS NULL
           AND person_id IN (SELECT ?1 UNION ALL SELECT id FROM person WHERE merged_into = ?1) ORDER BY month",
    )?;
    Ok(st.query_map(params![person_id, scheme], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// How many months of its person's life an application holds.
pub fn months_held(conn: &Connection, id: i64) -> Result<u32> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM benefit_month WHERE application_id = ?1 AND voided_op IS NULL")?
        .query_row([id], |r| r.get(0))?)
}

/// How many persons and units other than one a decision covers so far, and the sum in all.
pub fn on_decision(conn: &Connection, decision_id: i64, but: Party) -> Result<(i64, Fen)> {
    let (person, unit) = match but {
        Party::Person(id) => (Some(id), None),
        Party::Org(id) => (None, Some(id)),
    };
    Ok(conn
        .prepare_cached(
            "SELECT count(DISTINCT CASE WHEN coalesce(a.for_id, a.person_id) IS NOT ?2 THEN coalesce(a.for_id, a.person_id) END)
                    + count(DISTINCT CASE WHEN a.for_id IS NULL AND a.org_id IS NOT ?3 THEN a.org_id END), coalesce(sum(w.amount_fen), 0)
             FROM award w JOIN application a ON a.id = w.application_id
             WHERE w.decision_id = ?1 AND w.voided_op IS NULL AND a.voided_op IS NULL",
        )?
        .query_row(params![decision_id, person, unit], |r| Ok((r.get(0)?, Fen(r.get(1)?))))?)
}

/// Reserves an instalment on a line, or takes its reservation away.
pub fn reserve(tx: &mut Tx<'_>, id: i64, seq: i64, line_id: Option<i64>) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET line_id = ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, line_id])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// What is left of an instalment `i` is still to be paid: its benefit was neither recovered nor revoked.
const LIVE: &str =
    "(SELECT s.to_state FROM step s WHERE s.record_kind = 'application' AND s.record_id = i.application_id AND s.voided_op IS NULL
    ORDER BY s.id DESC LIMIT 1) NOT IN ('recovered', 'revoked')";

/// Instalments that wait for money of a kind of fund, due by a day, in the order of approval: application, scheme, number, what is left of it.
pub fn waiting(conn: &Connection, until: Day, kind: &str) -> Result<Vec<(i64, String, i64, Fen)>> {
    let mut st = conn.prepare_cached(&format!(
        "SELECT a.id, a.scheme, i.seq, i.amount_fen - i.settled_fen FROM instalment i
         JOIN application a ON a.id = i.application_id AND a.voided_op IS NULL
         JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL
         JOIN fund_line l ON l.id = w.line_id JOIN fund f ON f.id = l.fund_id AND f.kind = ?2
         WHERE i.line_id IS NULL AND i.settled_fen < i.amount_fen AND i.due_day <= ?1 AND i.voided_op IS NULL AND {LIVE}
         ORDER BY w.approved_day, w.made_op, a.id, i.seq"
    ))?;
    let rows = st.query_map(params![until.0, kind], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, Fen(r.get(3)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether money of a fund is at the bank, sent and not answered.
pub fn at_bank(conn: &Connection, fund_id: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM payment p JOIN fund_line l ON l.id = p.line_id
                            WHERE l.fund_id = ?1 AND p.state = 'sent' AND p.voided_op IS NULL)",
        )?
        .query_row([fund_id], |r| r.get(0))?)
}

/// Moves the reservations of a line to another, or ends them; only what is not settled.
pub fn relink(tx: &mut Tx<'_>, from: i64, to: Option<i64>) -> Result<()> {
    let held: Vec<(i64, i64)> = tx
        .conn()
        .prepare_cached("SELECT application_id, seq FROM instalment WHERE line_id = ?1 AND settled_fen < amount_fen AND voided_op IS NULL")?
        .query_map([from], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, seq) in held {
        reserve(tx, id, seq, to)?;
    }
    Ok(())
}

/// What approvals leave to a year: instalments that fall due in it and are reserved nowhere yet.
pub fn committed_to(conn: &Connection, (first, last): (Day, Day)) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(&format!(
            "SELECT coalesce(sum(amount_fen - settled_fen), 0) FROM instalment i
             WHERE line_id IS NULL AND due_day BETWEEN ?1 AND ?2 AND voided_op IS NULL AND settled_fen < amount_fen AND {LIVE}"
        ))?
        .query_row([first.0, last.0], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// What later years owe of approvals that drew on a line.
pub fn committed(conn: &Connection, line_id: i64, day: Day) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            &format!("SELECT coalesce(sum(i.amount_fen - i.settled_fen), 0) FROM instalment i JOIN award a ON a.application_id = i.application_id
             WHERE a.line_id = ?1 AND i.line_id IS NULL AND a.approved_day <= ?2 AND i.voided_op IS NULL AND a.voided_op IS NULL AND {LIVE}"),
        )?
        .query_row(params![line_id, day.0], |r| r.get(0))?;
    Ok(Fen(sum))
}

// ---------------------------------------------------------------- what others pay

/// A benefit that another body pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose.
    pub person_id: i64,
    /// The scheme it corresponds to.
    pub scheme: String,
    /// Who pays.
    pub body: String,
    /// How much in all.
    pub amount: Fen,
    /// First and last month, yyyymm.
    pub months: (i64, i64),
}

/// The first of what other bodies pay that covers a month of these already; its number and body.
pub fn elsewhere_in(conn: &Connection, person_id: i64, scheme: &str, months: (i64, i64)) -> Result<Option<(i64, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, body FROM benefit_elsewhere
             WHERE person_id = ?1 AND scheme = ?2 AND from_month <= ?4 AND until_month >= ?3 AND voided_op IS NULL ORDER BY id LIMIT 1",
        )?
        .query_row(params![person_id, scheme, months.0, months.1], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?)
}

/// Keeps it; its number.
pub fn add_elsewhere(tx: &mut Tx<'_>, e: &Elsewhere) -> Result<i64> {
    let id = tx.next_number("benefit_elsewhere", "SELECT coalesce(max(id), 0) FROM benefit_elsewhere")?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO benefit_elsewhere (id, made_op, person_id, scheme, body, amount_fen, from_month, until_month) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, tx.op, e.person_id, e.scheme, e.body, e.amount.0, e.months.0, e.months.1])?;
    tx.touch(&BENEFIT_ELSEWHERE_SUBJECT, id);
    Ok(id)
}

// ---------------------------------------------------------------- what happens later

/// The highest number an instalment of an application ever had.
pub fn last_instalment(conn: &Connection, id: i64) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM instalment WHERE application_id = ?1")?.query_row([id], |r| r.get(0))?)
}

/// Takes an instalment out of the plan.
pub fn void_instalment(tx: &mut Tx<'_>, id: i64, seq: i64) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE instalment SET voided_op = ?3 WHERE application_id = ?1 AND seq = ?2")?
        .execute(params![id, seq, tx.op])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Adds an instalment to a plan.
pub fn add_instalment(tx: &mut Tx<'_>, id: i64, p: &Instalment) -> Result<()> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO instalment (application_id, seq, made_op, due_day, period, amount_fen, settled_fen, line_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, p.seq, tx.op, p.due.0, p.period, p.amount.0, p.settled.0, p.line_id])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// The scheme of an application.
pub fn scheme_of(conn: &Connection, id: i64) -> Result<String> {
    Ok(conn.prepare_cached("SELECT scheme FROM application WHERE id = ?1")?.query_row([id], |r| r.get(0))?)
}

/// The op that approved an application.
pub fn award_op(conn: &Connection, id: i64) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT made_op FROM award WHERE application_id = ?1")?.query_row([id], |r| r.get(0))?)
}

/// What an op took out of a plan, less what it put in its place.
pub fn taken_out(conn: &Connection, id: i64, op: i64) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached(
            "SELECT coalesce(sum(CASE WHEN voided_op = ?2 THEN amount_fen ELSE -amount_fen END), 0) FROM instalment
             WHERE application_id = ?1 AND (voided_op = ?2 AND made_op <> ?2 OR made_op = ?2 AND voided_op IS NOT ?2)",
        )?
        .query_row([id, op], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// What an op put into a plan.
pub fn put_in(conn: &Connection, id: i64, op: i64) -> Result<Fen> {
    let sum: i64 = conn
        .prepare_cached("SELECT coalesce(sum(amount_fen), 0) FROM instalment WHERE application_id = ?1 AND made_op = ?2")?
        .query_row([id, op], |r| r.get(0))?;
    Ok(Fen(sum))
}

/// The parts that the last stop took out of a plan: when they would have been due, and how much.
pub fn stopped_parts(conn: &Connection, id: i64) -> Result<Vec<(Day, Fen)>> {
    let mut st = conn.prepare_cached(
        "SELECT due_day, amount_fen FROM instalment WHERE application_id = ?1
           AND voided_op = (SELECT max(made_op) FROM step WHERE record_kind = 'application' AND record_id = ?1 AND to_state = 'stopped') ORDER BY seq",
    )?;
    Ok(st.query_map([id], |r| Ok((Day(r.get(0)?), Fen(r.get(1)?))))?.collect::<rusqlite::Result<_>>()?)
}

/// Gives the months of an application from one on back to the life of its person.
pub fn void_months(tx: &mut Tx<'_>, id: i64, from_month: i64) -> Result<()> {
    tx.conn()
        .prepare_cached("UPDATE benefit_month SET voided_op = ?3 WHERE application_id = ?1 AND month >= ?2 AND voided_op IS NULL")?
        .execute(params![id, from_month, tx.op])?;
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}

/// Keeps months of an application.
pub fn add_months(tx: &mut Tx<'_>, id: i64, person_id: i64, scheme: &str, months: &[i64]) -> Result<()> {
    for month in months {
        tx.conn()
            .prepare_cached("INSERT INTO benefit_month (person_id, scheme, month, made_op, application_id) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![person_id, scheme, month, tx.op, id])?;
    }
    tx.touch(&APPLICATION_SUBJECT, id);
    Ok(())
}
