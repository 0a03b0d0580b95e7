//! What a report says of units, platforms, projects, cases, the log, and where the targets stand; with the records behind each figure. Each matter
//! is walked once, and says for every record in which rows and columns it counts.

use super::super::{Cell, Column, Figure, Row, Table, Unit, share};
use super::{Record, Span};
use crate::base::codes;
use crate::base::day::Day;
use crate::error::{self, Result};
use crate::policy::{Counts, OrgKind, TargetsPack, Term};
use crate::project;
use crate::service::{self, cmd::each_seen, is_closed};
use crate::target::{self, OrgFacts, TargetLine, org_verdict, platform_verdict, store as targets};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Keys of the tables here, but the targets'.
pub const KEYS: [&str; 6] = ["cases", "platforms", "firms", "projects", "units", "log"];

/// Where a walk puts what it finds.
struct Walk<'f> {
    key: &'static str,
    set: Option<&'static str>,
    columns: Vec<Column>,
    rows: Vec<(String, Vec<i64>)>,
    total: Vec<i64>,
    wanted: Option<&'f Figure>,
    found: Vec<Record>,
}

impl<'f> Walk<'f> {
    fn new(key: &'static str, set: Option<&'static str>, columns: &[Column], rows: &[&str], wanted: Option<&'f Figure>) -> Walk<'f> {
        let zeros = || vec![0; columns.len()];
        Walk {
            key,
            set,
            columns: columns.to_vec(),
            rows: rows.iter().map(|r| ((*r).to_owned(), zeros())).collect(),
            total: zeros(),
            wanted: wanted.filter(|f| f.table == key),
            found: Vec::new(),
        }
    }

    fn of_set(key: &'static str, set: &'static str, columns: &[Column], wanted: Option<&'f Figure>) -> Walk<'f> {
        let rows: Vec<&str> = codes::codes(set).map(|c| c.code).collect();
        Walk::new(key, Some(set), columns, &rows, wanted)
    }

    /// A record counts in a row; in the total where `whole`.
    fn hit(&mut self, row: &str, column: &str, n: i64, whole: bool, what: &Record) -> Result<()> {
        let Some(at) = self.columns.iter().position(|c| c.key == column) else { return Ok(()) };
        let plus = |sum: i64| sum.checked_add(n).ok_or_else(|| error::bad_data("amount_range"));
        let line = match self.rows.iter().position(|r| r.0 == row) {
            Some(line) => line,
            None => {
                self.rows.push((row.to_owned(), vec![0; self.columns.len()]));
                self.rows.len() - 1
            }
        };
        self.rows[line].1[at] = plus(self.rows[line].1[at])?;
        if whole {
            self.total[at] = plus(self.total[at])?;
        }
        if let Some(f) = self.wanted
            && f.column == column
            && (f.row == row || f.row == "total" && whole)
        {
            self.found.push(what.clone());
        }
        Ok(())
    }

    fn table(self) -> Table {
        let cells = |n: Vec<i64>| n.into_iter().map(Cell::Int).collect();
        let rows = self.rows.into_iter().map(|(key, n)| Row { key, name: None, cells: cells(n) }).collect();
        Table { key: self.key, set: self.set, columns: self.columns, rows, total: Some(cells(self.total)) }
    }
}

/// The tables.
pub fn tables(conn: &Connection, span: Span, pack: &TargetsPack) -> Result<Vec<Table>> {
    KEYS.iter()
        .map(|key| {
            let mut t = walk(conn, span, pack, key, None)?.table();
            match *key {
                "cases" => on_time(&mut t),
                "log" => t.total = None,
                _ => {}
            }
            // Kinds nothing is of say nothing.
            if matches!(*key, "cases" | "platforms") {
                t.rows.retain(|r| r.cells.iter().any(|c| !matches!(c, Cell::Int(0) | Cell::None)));
            }
            Ok(t)
        })
        .collect()
}

/// The records behind a figure of these tables; None where there is no such figure.
pub fn records(conn: &Connection, span: Span, pack: &TargetsPack, f: &Figure) -> Result<Option<Vec<Record>>> {
    let Some(key) = KEYS.iter().find(|k| **k == f.table) else { return Ok(None) };
    let w = walk(conn, span, pack, key, Some(f))?;
    let there = f.row == "total" || w.rows.iter().any(|r| r.0 == f.row);
    Ok((there && w.columns.iter().any(|c| c.key == f.column)).then_some(w.found))
}

fn walk<'f>(conn: &Connection, span: Span, pack: &TargetsPack, key: &str, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    match key {
        "cases" => cases(conn, span, wanted),
        "platforms" => platforms(conn, span, wanted),
        "firms" => firms(conn, span, pack, wanted),
        "projects" => projects(conn, span, wanted),
        "units" => units(conn, span, wanted),
        _ => log(conn, span, wanted),
    }
}

// ---------------------------------------------------------------- cases

fn cases<'f>(conn: &Connection, span: Span, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let columns = ["opened", "done", "refused", "open", "overdue", "closed", "on_time"].map(Column::people);
    let kinds: Vec<String> = crate::policy::store::services(conn)?.1.scheme.iter().map(|s| s.code.clone()).collect();
    let mut w = Walk::new("cases", None, &columns, &kinds.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    each_seen(conn, span.until, 0, |s| {
        let r = Record::of("service_case", service::PREFIX, s.case.id).on(s.case.opened);
        let kind = s.case.service.as_str();
        if span.from <= s.case.opened {
            w.hit(kind, "opened", 1, true, &r)?;
        }
        if s.closed.is_some_and(|d| span.from <= d) {
            w.hit(kind, if s.state == "done" { "done" } else { "refused" }, 1, true, &r)?;
            w.hit(kind, "closed", 1, true, &r)?;
            if s.on_time() == Some(true) {
                w.hit(kind, "on_time", 1, true, &r)?;
            }
        }
        if !is_closed(&s.state) {
            w.hit(kind, "open", 1, true, &r)?;
            if service::cmd::is_overdue(s, span.until) {
                w.hit(kind, "overdue", 1, true, &r)?;
            }
        }
        Ok(())
    })?;
    Ok(w)
}

/// The share of what was closed within its term.
fn on_time(t: &mut Table) {
    t.columns.push(Column::percent("on_time_share"));
    let with = |cells: &mut Vec<Cell>| {
        let n = |at: usize| cells.get(at).and_then(Cell::int).unwrap_or(0);
        let s = share(n(6), n(5));
        cells.push(s);
    };
    t.rows.iter_mut().for_each(|r| with(&mut r.cells));
    if let Some(total) = &mut t.total {
        with(total);
    }
}

// ---------------------------------------------------------------- units, platforms, projects

fn platforms<'f>(conn: &Connection, span: Span, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let mut columns = vec![Column::count("all")];
    columns.extend(codes::codes("platform_stage").map(|c| Column::count(c.code)));
    let mut w = Walk::of_set("platforms", "platform_kind", &columns, wanted);
    targets::each_platform(conn, span.until.0, |id, _, facts, since| {
        let Some(stage) = facts.stage_on_day else { return Ok(()) };
        let r = Record::of("platform", crate::platform::PREFIX, id).on(since.map_or(span.until, Day));
        w.hit(facts.kind.code(), "all", 1, true, &r)?;
        w.hit(facts.kind.code(), stage.code(), 1, true, &r)?;
        Ok(())
    })?;
    Ok(w)
}

/// High-tech and innovative units: introduced in the plan's term, newly counted within the period, standing on the day.
fn firms<'f>(conn: &Connection, span: Span, pack: &TargetsPack, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let columns = [Column::count("introduced"), Column::count("new"), Column::count("qualified")];
    let mut w = Walk::new("firms", None, &columns, &["high_tech", "innovative", "both"], wanted);
    let day = span.until.0;
    targets::each_org(conn, day, |id, _, facts| {
        let Some(row) = firm_row(&facts, day) else { return Ok(()) };
        let v = org_verdict(&facts, &FIRMS, day, &pack.term);
        let r = Record::of("org", crate::org::PREFIX, id).on(facts.introduced_on.map_or(span.until, Day));
        if v.introduced {
            w.hit(row, "introduced", 1, true, &r)?;
        }
        if v.all {
            w.hit(row, "qualified", 1, true, &r)?;
        }
        Ok(())
    })?;
    each_history(conn, |id, profiles| {
        if let Some((began, row)) = counted_since(profiles, &pack.term).filter(|(began, _)| (span.from.0..=day).contains(began)) {
            w.hit(row, "new", 1, true, &Record::of("org", crate::org::PREFIX, id).on(Day(began)))?;
        }
        Ok(())
    })?;
    Ok(w)
}

const FIRMS: [OrgKind; 2] = [OrgKind::HighTech, OrgKind::Innovative];

/// The row of a unit as it stands on a day; none where it is neither.
fn firm_row(facts: &OrgFacts, day: i32) -> Option<&'static str> {
    let has = |periods: &[target::Period]| periods.iter().any(|p| p.holds(day));
    match (has(&facts.high_tech), has(&facts.innovative)) {
        (true, true) => Some("both"),
        (true, false) => Some("high_tech"),
        (false, true) => Some("innovative"),
        (false, false) => None,
    }
}

/// The first day on which a unit is introduced and qualified, and its row on that day. `profiles` are what is known of it, each from its day on; the
/// first holds for the days before it too. Every unit has one such day at most, so that quarters add up to years.
fn counted_since(profiles: &[(i32, OrgFacts)], term: &Term) -> Option<(i32, &'static str)> {
    for (at, (from, facts)) in profiles.iter().enumerate() {
        let low = if at == 0 { i32::MIN } else { *from };
        let next = profiles.get(at + 1).map_or(i32::MAX, |(next, _)| *next);
        let Some(introduced) = facts.introduced_on else { continue };
        let begins = facts.high_tech.iter().chain(&facts.innovative).map(|p| p.from.max(introduced).max(low));
        let counts = |day: &i32| *day < next && org_verdict(facts, &FIRMS, *day, term).introduced;
        if let Some(day) = begins.filter(counts).min() {
            return Some((day, firm_row(facts, day)?));
        }
    }
    None
}

/// What is known of each unit from which day on.
fn each_history(conn: &Connection, mut f: impl FnMut(i64, &[(i32, OrgFacts)]) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(
        "SELECT o.org_id, o.from_day, o.stub, o.introduced_on, o.high_tech_from, o.high_tech_until, o.innovative_from, o.innovative_until
         FROM org_profile o JOIN org a ON a.id = o.org_id AND a.voided_op IS NULL WHERE o.voided_op IS NULL ORDER BY o.org_id, o.from_day, o.seq",
    )?;
    let mut rows = st.query([])?;
    let (mut unit, mut profiles) = (0, Vec::new());
    while let Some(r) = rows.next()? {
        let id = r.get(0)?;
        if id != unit && !profiles.is_empty() {
            f(unit, &profiles)?;
            profiles.clear();
        }
        unit = id;
        let period = |from: Option<i32>, until: Option<i32>| from.map(|from| target::Period { from, until }).into_iter().collect();
        let facts = OrgFacts {
            stub: r.get(2)?,
            introduced_on: r.get(3)?,
            high_tech: period(r.get(4)?, r.get(5)?),
            innovative: period(r.get(6)?, r.get(7)?),
            closed_on: None,
        };
        profiles.push((r.get(1)?, facts));
    }
    if profiles.is_empty() { Ok(()) } else { f(unit, &profiles) }
}

fn projects<'f>(conn: &Connection, span: Span, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let columns = [Column::count("projects"), Column::count("new"), Column::count("orgs"), Column { key: "invested", unit: Unit::Money }];
    let mut w = Walk::of_set("projects", "project_line", &columns, wanted);
    let mut st = conn.prepare(
        "SELECT p.project_id, p.line, coalesce(p.invested_fen, 0), (SELECT min(f.from_day) FROM project_profile f WHERE f.project_id = p.project_id
                  AND f.voided_op IS NULL),
                (p.org_id IS NOT NULL) + (SELECT count(DISTINCT u.org_id) FROM project_unit u WHERE u.project_id = p.project_id AND u.voided_op IS NULL
                  AND u.from_day <= ?1 AND (u.until_day IS NULL OR u.until_day >= ?1) AND u.org_id IS NOT p.org_id)
         FROM project_profile p JOIN project a ON a.id = p.project_id AND a.voided_op IS NULL
         WHERE p.voided_op IS NULL AND p.from_day <= ?1 AND (p.until_day IS NULL OR p.until_day >= ?1)
           AND (p.closed_on IS NULL OR p.closed_on >= ?1) ORDER BY p.project_id",
    )?;
    let mut rows = st.query([span.until.0])?;
    while let Some(r) = rows.next()? {
        let (line, began): (String, i32) = (r.get(1)?, r.get(3)?);
        let p = Record::of("project", project::PREFIX, r.get(0)?).on(Day(began));
        w.hit(&line, "projects", 1, true, &p)?;
        if span.from.0 <= began {
            w.hit(&line, "new", 1, true, &p)?;
        }
        w.hit(&line, "orgs", r.get(4)?, true, &p)?;
        w.hit(&line, "invested", r.get(2)?, true, &p.clone().worth(crate::base::money::Fen(r.get(2)?)))?;
    }
    Ok(w)
}

/// What the register lacks of units.
fn units<'f>(conn: &Connection, span: Span, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let mut w = Walk::new("units", None, &[Column::count("units")], &["all", "stub", "no_uscc", "no_kind"], wanted);
    let mut st = conn.prepare(
        "SELECT o.org_id, o.stub, o.uscc IS NULL, o.kind IS NULL, o.from_day FROM org_profile o JOIN org a ON a.id = o.org_id AND a.voided_op IS NULL
         WHERE o.voided_op IS NULL AND o.from_day <= ?1 AND (o.until_day IS NULL OR o.until_day >= ?1)
           AND (o.closed_on IS NULL OR o.closed_on >= ?1) ORDER BY o.org_id",
    )?;
    let mut rows = st.query([span.until.0])?;
    while let Some(r) = rows.next()? {
        let unit = Record::of("org", crate::org::PREFIX, r.get(0)?).on(Day(r.get(4)?));
        w.hit("all", "units", 1, true, &unit)?;
        for (at, row) in [(1, "stub"), (2, "no_uscc"), (3, "no_kind")] {
            if r.get(at)? {
                w.hit(row, "units", 1, false, &unit)?;
            }
        }
    }
    Ok(w)
}

/// Entries of the log recorded within the period: all, dated back by more than a week, by a clock that ran back, taken back.
fn log<'f>(conn: &Connection, span: Span, wanted: Option<&'f Figure>) -> Result<Walk<'f>> {
    let rows = ["entries", "backdated", "clock_back", "undone", "into_frozen"];
    let mut w = Walk::new("log", None, &[Column::count("entries")], &rows, wanted);
    let day_ms = 86_400_000i64;
    // The day begins in Shanghai eight hours before it does in the clock's own time.
    let begins = |d: Day| i64::from(d.0) * day_ms - 8 * 3_600_000;
    let mut st = conn.prepare(
        "SELECT op, recorded_at, business_day, clock_back, undoes IS NOT NULL, coalesce(json_extract(outcome, '$.into_frozen'), 0) FROM op
         WHERE recorded_at >= ?1 AND recorded_at < ?2 AND command NOT IN ('access') ORDER BY op",
    )?;
    let mut rows = st.query([begins(span.from), begins(span.until.succ())])?;
    while let Some(r) = rows.next()? {
        let (op, recorded, business): (i64, i64, i32) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let on = crate::office::shanghai_day(recorded);
        let entry = Record::of("op", "", op).on(on);
        w.hit("entries", "entries", 1, true, &entry)?;
        let flags = [
            ("backdated", business < on.0 - 7),
            ("clock_back", r.get(3)?),
            ("undone", r.get(4)?),
            ("into_frozen", !matches!(r.get_ref(5)?, rusqlite::types::ValueRef::Integer(0))),
        ];
        for (row, so) in flags {
            if so {
                w.hit(row, "entries", 1, false, &entry)?;
            }
        }
    }
    Ok(w)
}

// ---------------------------------------------------------------- targets

/// What the targets count; of people by what the pass over people found: introduced, all, left a corps.
pub fn of_targets(conn: &Connection, span: Span, pack: &TargetsPack, people: &BTreeMap<&str, [i64; 3]>) -> Result<Vec<target::Figures>> {
    let day = span.until.0;
    let mut figures = vec![target::Figures::default(); pack.targets.len()];
    for (t, f) in pack.targets.iter().zip(&mut figures) {
        if let Counts::People { corps, .. } = &t.counts {
            let n = people.get(corps.code()).copied().unwrap_or_default();
            *f = target::Figures { introduced: n[0], all: n[1], left: n[2] };
        }
    }
    targets::each_org(conn, day, |_, _, facts| {
        for (t, f) in pack.targets.iter().zip(&mut figures) {
            if let Counts::Orgs { kinds } = &t.counts {
                f.add(org_verdict(&facts, kinds, day, &pack.term));
            }
        }
        Ok(())
    })?;
    targets::each_platform(conn, day, |_, _, facts, _| {
        for (t, f) in pack.targets.iter().zip(&mut figures) {
            if let Counts::Platforms { kinds } = &t.counts {
                f.add(platform_verdict(&facts, kinds));
            }
        }
        Ok(())
    })?;
    Ok(figures)
}

/// Where the targets stand.
pub fn targets_table(span: Span, pack: &TargetsPack, figures: Vec<target::Figures>) -> Table {
    let columns = vec![
        Column::count("goal"),
        Column::count("introduced"),
        Column::count("all"),
        Column::count("left"),
        Column::count("expected"),
        Column::percent("percent"),
        Column::count("remaining"),
        Column { key: "colour", unit: Unit::Code },
    ];
    let rows = pack
        .targets
        .iter()
        .zip(figures)
        .map(|(t, f)| {
            let line = TargetLine::of(pack, t, f, span.until.0, true);
            let some = |n: Option<i64>| n.map_or(Cell::None, Cell::Int);
            let tenths = (line.percent * 10.0).round();
            let colour = serde_json::to_value(line.colour).ok().and_then(|v| v.as_str().map(str::to_owned));
            Row {
                key: line.code,
                name: None,
                cells: vec![
                    Cell::Int(line.goal),
                    some(line.introduced),
                    Cell::Int(line.all),
                    some(line.left),
                    Cell::Int(line.expected),
                    Cell::Int(tenths as i64),
                    Cell::Int(line.remaining),
                    colour.map_or(Cell::None, Cell::Code),
                ],
            }
        })
        .collect();
    Table { key: "targets", set: None, columns, rows, total: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firm(introduced_on: Option<i32>, high_tech: Option<(i32, i32)>, innovative: Option<i32>) -> OrgFacts {
        OrgFacts {
            introduced_on,
            high_tech: high_tech.map(|(from, until)| target::Period { from, until: Some(until) }).into_iter().collect(),
            innovative: innovative.map(|from| target::Period { from, until: None }).into_iter().collect(),
            ..OrgFacts::default()
        }
    }

    #[test]
    fn a_firm_is_new_once_on_the_day_it_is_introduced_and_qualified() {
        let term = Term { from: 100, until: 1000, basis: String::new(), valid_from: 0, valid_until: None, confirmed: true };
        let since = |profiles: &[(i32, OrgFacts)]| counted_since(profiles, &term);
        assert_eq!(since(&[(150, firm(Some(120), Some((200, 900)), None))]), Some((200, "high_tech")), "qualified after it came");
        assert_eq!(since(&[(50, firm(Some(300), Some((20, 900)), Some(10)))]), Some((300, "both")), "qualified before it came");
        assert_eq!(since(&[(50, firm(Some(300), Some((20, 200)), None))]), None, "not qualified any more when it came");
        assert_eq!(since(&[(50, firm(Some(90), Some((20, 900)), None))]), None, "introduced before the plan");
        assert_eq!(since(&[(50, firm(None, Some((20, 900)), None))]), None);
        // A renewed certificate is no second beginning; what was not known to be qualified is not counted before that was entered.
        let renewed = [(150, firm(Some(120), Some((200, 400)), None)), (420, firm(Some(120), Some((420, 900)), None))];
        assert_eq!(since(&renewed), Some((200, "high_tech")));
        let later = [(150, firm(Some(120), None, None)), (420, firm(Some(120), Some((200, 900)), None))];
        assert_eq!(since(&later), Some((420, "high_tech")));
    }

    #[test]
    fn investments_beyond_what_can_be_counted_are_refused() {
        let columns = [Column::money("invested")];
        let mut w = Walk::new("projects", None, &columns, &["data"], None);
        let one = Record::of("project", project::PREFIX, 1);
        w.hit("data", "invested", i64::MAX, true, &one).unwrap();
        assert_eq!(w.hit("data", "invested", 1, true, &one).unwrap_err().key, "amount_range");
        assert_eq!(w.hit("other", "invested", 1, true, &one).unwrap_err().key, "amount_range", "the total is a sum too");
    }
}
