//! What is known of whoever a benefit is for, with the op that says so: of one person, or of all in one pass over the tables in the order of
//! persons, whose memory does not grow with the office. Both read the same columns by the same hand.

use super::super::{Facts, Had, Known, PREFIX, whole_months};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::base::number;
use crate::card::{self, change::Holder};
use crate::db::facts::Span;
use crate::error::Result;
use crate::fund;
use crate::org;
use crate::recognition;
use crate::talent::store as people;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, Row, Rows, Statement};
use std::collections::{HashMap, HashSet};

/// What is known of a person on a day.
pub fn person(conn: &Connection, id: i64, day: Day) -> Result<Facts> {
    let mut draft = Draft::new(day);
    for part in PARTS {
        let mut st = conn.prepare_cached(&part.sql(Scope::One))?;
        let mut rows = st.query([i64::from(day.0), id])?;
        while let Some(r) = rows.next()? {
            (part.take)(&mut draft, conn, r)?;
        }
    }
    draft.finish(conn)
}

/// What is known of every person of a scope, in the order of their numbers.
pub fn each(conn: &Connection, scope: Scope, day: Day, mut f: impl FnMut(i64, &Facts) -> Result<()>) -> Result<()> {
    let losers = losers(conn)?;
    let with_losers: HashSet<i64> = losers.values().copied().collect();
    let mut statements = PARTS.iter().map(|p| Ok(conn.prepare(&p.sql(scope))?)).collect::<Result<Vec<Statement<'_>>>>()?;
    let mut cursors = Vec::new();
    for (st, part) in statements.iter_mut().zip(PARTS) {
        // Not every part asks for the day.
        let mut rows = if st.parameter_count() == 0 { st.query([])? } else { st.query([i64::from(day.0)])? };
        rows.advance()?;
        cursors.push((rows, part));
    }
    let mut anchors = conn.prepare(&format!(
        "SELECT id FROM person WHERE voided_op IS NULL AND merged_into IS NULL AND erased_op IS NULL AND {} ORDER BY id",
        scope.of("id", true)
    ))?;
    let mut anchors = anchors.query([])?;
    while let Some(a) = anchors.next()? {
        let id: i64 = a.get(0)?;
        let mut draft = Draft::new(day);
        for (rows, part) in &mut cursors {
            up_to(rows, id, |r| (part.take)(&mut draft, conn, r))?;
        }
        // What hangs on a record merged into this one stands elsewhere in the order.
        let facts = if with_losers.contains(&id) { person(conn, id, day)? } else { draft.finish(conn)? };
        f(id, &facts)?;
    }
    Ok(())
}

/// Hands out a cursor's rows of an owner; those before are of nobody asked for.
fn up_to(rows: &mut Rows<'_>, id: i64, mut f: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
    while let Some(r) = rows.get() {
        let owner: i64 = r.get(0)?;
        if owner > id {
            break;
        }
        if owner == id {
            f(r)?;
        }
        rows.advance()?;
    }
    Ok(())
}

/// Records merged into others: loser to survivor.
fn losers(conn: &Connection) -> Result<HashMap<i64, i64>> {
    let mut st = conn.prepare_cached("SELECT id, merged_into FROM person WHERE merged_into IS NOT NULL")?;
    Ok(st.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Whose facts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One person's (?2).
    One,
    /// Those who have or ask for a benefit.
    Applicants,
    /// Everybody's.
    All,
}

impl Scope {
    /// The condition on a column of persons; `moved`: rows of the table go to the survivor of a merge.
    fn of(self, column: &str, moved: bool) -> String {
        match (self, moved) {
            (Scope::One, true) => format!("{column} = ?2"),
            (Scope::One, false) => format!("{column} IN (SELECT ?2 UNION ALL SELECT id FROM person WHERE merged_into = ?2)"),
            (Scope::Applicants, _) => {
                format!("{column} IN (SELECT coalesce(for_id, person_id) FROM application WHERE voided_op IS NULL)")
            }
            (Scope::All, _) => "TRUE".to_owned(),
        }
    }
}

/// One of the tables that facts are read from.
struct Part {
    /// Columns and tables; the owner first. ?1 is the day.
    select: &'static str,
    /// The column of the owner.
    owner: &'static str,
    /// Its rows go to the survivor of a merge.
    moved: bool,
    /// The condition on one person (?2), where the owner's column has no index.
    one: Option<&'static str>,
    /// Order within an owner.
    then: &'static str,
    take: fn(&mut Draft, &Connection, &Row<'_>) -> Result<()>,
}

impl Part {
    fn sql(&self, scope: Scope) -> String {
        let of = match (scope, self.one) {
            (Scope::One, Some(one)) => one.to_owned(),
            _ => format!("{} IS NOT NULL AND {}", self.owner, scope.of(self.owner, self.moved)),
        };
        format!("{} AND {of} ORDER BY {}{}", self.select, self.owner, self.then)
    }
}

const PARTS: &[Part] = &[
    Part {
        select: "SELECT person_id, from_day, made_op, corps, birth_date, education, degree FROM person_profile
                 WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        owner: "person_id",
        moved: true,
        one: None,
        then: ", from_day, seq",
        take: |d, _, r| d.profile(r),
    },
    Part {
        select: "SELECT person_id, from_day, until_day, made_op, mode, started, contract_end FROM engagement WHERE voided_op IS NULL",
        owner: "person_id",
        moved: true,
        one: None,
        then: ", from_day, seq",
        take: |d, _, r| d.engagement(r),
    },
    Part {
        select: "SELECT person_id, from_day, until_day, made_op, id, class FROM recognition WHERE voided_op IS NULL AND state = 'in_force'",
        owner: "person_id",
        moved: true,
        one: None,
        then: ", from_day, seq",
        take: |d, _, r| d.recognition(r),
    },
    Part {
        select: "SELECT person_id, from_day, made_op, kind, amount_fen FROM attestation
                 WHERE voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        owner: "person_id",
        moved: true,
        one: None,
        then: ", from_day, seq",
        take: |d, _, r| d.attestation(r),
    },
    Part {
        select: "SELECT person_id, made_op, id, person_id, main_card_id, recognition_id, policy_id, scheme, level, issued_day, valid_until, bound,
                        replaces_id FROM card WHERE voided_op IS NULL AND main_card_id IS NULL AND issued_day <= ?1",
        owner: "person_id",
        moved: false,
        one: None,
        then: ", id",
        take: |d, _, r| d.card(r),
    },
    OPENING,
    GRANTED,
    ELSEWHERE,
    LEASE,
    Part {
        select: "SELECT person_id, other_id FROM (SELECT person_id, other_id, from_day, until_day, kind, voided_op FROM relation
                 UNION ALL SELECT other_id, person_id, from_day, until_day, kind, voided_op FROM relation)
                 WHERE kind = 'spouse' AND voided_op IS NULL AND from_day <= ?1 AND (until_day IS NULL OR until_day >= ?1)",
        owner: "person_id",
        moved: true,
        one: None,
        then: ", other_id",
        take: |d, conn, r| d.spouse(conn, r),
    },
];

/// What was had before this office file began.
const OPENING: Part = Part {
    select: "SELECT person_id, from_day, made_op, scheme, coalesce(months, 0), coalesce(paid_fen, 0) FROM opening
             WHERE voided_op IS NULL AND scheme IS NOT NULL AND from_day <= ?1",
    owner: "person_id",
    moved: true,
    one: None,
    then: ", seq",
    take: |d, _, r| {
        let paid = Fen(r.get(5)?);
        d.facts.had.push(Had {
            scheme: r.get(3)?,
            live: false,
            months: r.get(4)?,
            granted: paid,
            paid,
            since: Day(r.get(1)?),
            op: r.get(2)?,
        });
        Ok(())
    },
};

/// What this office granted.
const GRANTED: Part = Part {
    select: GRANTED_SELECT,
    owner: "coalesce(a.for_id, a.person_id)",
    moved: false,
    one: Some(
        "(a.for_id IN (SELECT ?2 UNION ALL SELECT id FROM person WHERE merged_into = ?2)
          OR a.for_id IS NULL AND a.person_id IN (SELECT ?2 UNION ALL SELECT id FROM person WHERE merged_into = ?2))",
    ),
    then: ", a.id",
    take: |d, conn, r| {
        let had = granted(conn, r)?;
        // What was revoked before anything was paid was never had.
        if !(had.paid == Fen::ZERO && r.get_ref(7)?.as_str() == Ok("revoked")) {
            d.facts.had.push(had);
        }
        Ok(())
    },
};

const GRANTED_SELECT: &str = "SELECT coalesce(a.for_id, a.person_id), w.approved_day, w.made_op, a.scheme, w.amount_fen,
    (SELECT coalesce(sum(i.settled_fen), 0) FROM instalment i WHERE i.application_id = a.id AND i.voided_op IS NULL),
    (SELECT count(*) FROM benefit_month m WHERE m.application_id = a.id AND m.voided_op IS NULL),
    (SELECT s.to_state FROM step s WHERE s.record_kind = 'application' AND s.record_id = a.id AND s.voided_op IS NULL AND s.day <= ?1
     ORDER BY s.id DESC LIMIT 1), a.id
    FROM application a JOIN award w ON w.application_id = a.id AND w.voided_op IS NULL WHERE a.voided_op IS NULL AND w.approved_day <= ?1";

fn granted(conn: &Connection, r: &Row<'_>) -> Result<Had> {
    let state = r.get_ref(7)?.as_str().unwrap_or("approved");
    // What came back was not had.
    let back = match state {
        "recovered" => fund::store::recovered_of(conn, &number::format(PREFIX, r.get(8)?))?,
        _ => Fen::ZERO,
    };
    Ok(Had {
        scheme: r.get(3)?,
        live: matches!(state, "approved" | "resumed"),
        months: r.get(6)?,
        granted: Fen(r.get(4)?),
        paid: Fen(r.get::<_, i64>(5)? - back.0),
        since: Day(r.get(1)?),
        op: r.get(2)?,
    })
}

/// What other bodies pay.
const ELSEWHERE: Part = Part {
    select: "SELECT person_id, from_month, made_op, scheme, until_month, amount_fen FROM benefit_elsewhere
             WHERE voided_op IS NULL
               AND from_month <= CAST(strftime('%Y%m', ?1 * 86400, 'unixepoch') AS INTEGER)",
    owner: "person_id",
    moved: false,
    one: None,
    then: ", from_month, id",
    take: |d, _, r| {
        let (from, until): (i64, i64) = (r.get(1)?, r.get(4)?);
        let months = (until / 100 - from / 100) * 12 + until % 100 - from % 100 + 1;
        let since = Day::from_ymd(i32::try_from(from / 100).unwrap_or(0), u32::try_from(from % 100).unwrap_or(1), 1).unwrap_or(d.day);
        let (y, m, _) = d.day.ymd();
        let amount = Fen(r.get(5)?);
        d.facts.had.push(Had {
            scheme: r.get(3)?,
            live: until >= i64::from(y) * 100 + i64::from(m),
            months: u32::try_from(months).unwrap_or(0),
            granted: amount,
            paid: amount,
            since,
            op: r.get(2)?,
        });
        Ok(())
    },
};

/// Turnover flats let on the day: they exclude and are excluded; their months are counted where they are let.
const LEASE: Part = Part {
    select: "SELECT person_id, from_day, made_op FROM lease WHERE voided_op IS NULL AND from_day <= ?1 AND until_day >= ?1",
    owner: "person_id",
    moved: false,
    one: None,
    then: ", from_day",
    take: |d, _, r| {
        d.facts.had.push(Had {
            scheme: "turnover_flat".to_owned(),
            live: true,
            months: 0,
            granted: Fen::ZERO,
            paid: Fen::ZERO,
            since: Day(r.get(1)?),
            op: r.get(2)?,
        });
        Ok(())
    },
};

/// A person's facts while they are read.
struct Draft {
    day: Day,
    facts: Facts,
    holder: Holder,
    cards: Vec<(card::store::Card, i64)>,
}

/// A row's `from_day` and `made_op`, with what it says.
fn since<T>(r: &Row<'_>, from: usize, op: usize, value: T) -> rusqlite::Result<Known<T>> {
    Ok(Known { value, since: Some(Day(r.get(from)?)), op: Some(r.get(op)?) })
}

impl Draft {
    fn new(day: Day) -> Draft {
        Draft { day, facts: Facts::default(), holder: Holder::default(), cards: Vec::new() }
    }

    fn profile(&mut self, r: &Row<'_>) -> Result<()> {
        let text =
            |at: usize| -> Result<Option<Known<String>>> { Ok(r.get::<_, Option<String>>(at)?.map(|v| since(r, 1, 2, v)).transpose()?) };
        self.facts.corps = text(3)?;
        self.facts.education = text(5)?;
        self.facts.degree = text(6)?;
        let age = r.get::<_, Option<i32>>(4)?.and_then(|b| PartDate(b).age_on(self.day));
        self.facts.age = age.map(|a| since(r, 1, 2, a)).transpose()?;
        Ok(())
    }

    fn engagement(&mut self, r: &Row<'_>) -> Result<()> {
        let span = Span { from: Day(r.get(1)?), until: r.get::<_, Option<i32>>(2)?.map(Day) };
        self.holder.engaged.push(span);
        let started = PartDate(r.get(5)?).first_day();
        if self.facts.arrived.as_ref().is_none_or(|a| started < a.value) {
            self.facts.arrived = Some(since(r, 1, 3, started)?);
        }
        if span.holds(self.day) {
            self.facts.mode = Some(since(r, 1, 3, r.get(4)?)?);
            let end = r.get::<_, Option<i32>>(6)?.map(|e| PartDate(e).last_day());
            self.facts.contract_until = end;
            self.facts.contract_months = end.map(|end| since(r, 1, 3, whole_months(started, end))).transpose()?;
        }
        Ok(())
    }

    fn recognition(&mut self, r: &Row<'_>) -> Result<()> {
        let span = Span { from: Day(r.get(1)?), until: r.get::<_, Option<i32>>(2)?.map(Day) };
        self.holder.recognised.push((r.get(4)?, span));
        if self.facts.class.is_none() && span.holds(self.day) && recognition::seen("in_force", span.until, self.day) == "in_force" {
            self.facts.class = Some(since(r, 1, 3, r.get(5)?)?);
        }
        Ok(())
    }

    fn attestation(&mut self, r: &Row<'_>) -> Result<()> {
        let amount = r.get::<_, Option<i64>>(4)?.map(Fen);
        match r.get_ref(3)?.as_str().unwrap_or_default() {
            "residence" => self.facts.residence = Some(since(r, 1, 2, ())?),
            "no_home" => self.facts.no_home = Some(since(r, 1, 2, ())?),
            "social_insurance" => self.facts.insured = Some(since(r, 1, 2, Day(r.get(1)?))?),
            "rent" => self.facts.rent = amount.map(|a| since(r, 1, 2, a)).transpose()?,
            _ => self.facts.price = amount.map(|a| since(r, 1, 2, a)).transpose()?,
        }
        Ok(())
    }

    fn card(&mut self, r: &Row<'_>) -> Result<()> {
        self.cards.push((card::store::card_at(r, 2)?, r.get(1)?));
        Ok(())
    }

    /// What husband or wife has: read by itself, as it stands elsewhere in the order.
    fn spouse(&mut self, conn: &Connection, r: &Row<'_>) -> Result<()> {
        let other = people::survivor(conn, r.get(1)?)?;
        let mut theirs = Draft::new(self.day);
        for part in [&OPENING, &GRANTED, &ELSEWHERE, &LEASE] {
            let mut st = conn.prepare_cached(&part.sql(Scope::One))?;
            let mut rows = st.query([i64::from(self.day.0), other])?;
            while let Some(r) = rows.next()? {
                (part.take)(&mut theirs, conn, r)?;
            }
        }
        self.facts.spouse_had.append(&mut theirs.facts.had);
        Ok(())
    }

    /// The level of a main card that is valid on the day is known only when everything else is.
    fn finish(mut self, conn: &Connection) -> Result<Facts> {
        for (card, op) in std::mem::take(&mut self.cards) {
            let seen = card::change::look_of(conn, card, &self.holder, self.day)?;
            if seen.status == "valid" {
                self.facts.card = Some(Known { value: seen.card.level, since: Some(seen.card.issued), op: Some(op) });
                break;
            }
        }
        Ok(self.facts)
    }
}

/// What is known of a unit on a day.
pub fn unit(conn: &Connection, id: i64, day: Day) -> Result<Facts> {
    let profile = org::store::at(conn, id, day)?;
    let kind = profile.and_then(|f| Some(Known { value: f.data.kind.clone()?, since: Some(f.span.from), op: Some(f.made_op) }));
    let mut st = conn.prepare_cached(&format!("{GRANTED_SELECT} AND a.org_id = ?2 AND a.for_id IS NULL ORDER BY a.id"))?;
    let mut rows = st.query([i64::from(day.0), id])?;
    let mut had = Vec::new();
    while let Some(r) = rows.next()? {
        had.push(granted(conn, r)?);
    }
    Ok(Facts { org_kind: kind, had, ..Facts::default() })
}
