//! SQL of lists of persons: one walk over the profiles of a day, narrowed to what is asked for. What a line shows is `view`'s.

use super::engagement;
use crate::base::day::{Day, PartDate};
use crate::db::facts::{self, Fact};
use crate::error::Result;
use crate::talent::Engagement;
use rusqlite::Connection;

/// A line of a list of persons.
#[derive(Clone, Debug)]
pub struct Line {
    /// Anchor.
    pub id: i64,
    /// Merged into another.
    pub merged: bool,
    /// Erased.
    pub erased: bool,
    /// The profile on the day.
    pub name: String,
    #[allow(missing_docs)]
    pub sex: Option<String>,
    #[allow(missing_docs)]
    pub birth_date: Option<PartDate>,
    #[allow(missing_docs)]
    pub corps: String,
    #[allow(missing_docs)]
    pub category: Option<String>,
    #[allow(missing_docs)]
    pub industry: Option<String>,
    #[allow(missing_docs)]
    pub education: Option<String>,
    #[allow(missing_docs)]
    pub degree: Option<String>,
    #[allow(missing_docs)]
    pub title: Option<String>,
    #[allow(missing_docs)]
    pub skill_level: Option<String>,
    #[allow(missing_docs)]
    pub nationality: Option<String>,
    #[allow(missing_docs)]
    pub ethnicity: Option<String>,
    #[allow(missing_docs)]
    pub gb_industry: Option<String>,
    /// Class on the day.
    pub class: Option<String>,
    /// Its state.
    pub class_state: Option<String>,
    /// talent, student, related.
    pub kind: Option<String>,
    /// All live engagements.
    pub engagements: Vec<Fact<Engagement>>,
}

/// Columns of a line that SQLite can look at before a line is made.
const ASKED: &[(&str, &str)] = &[
    ("sex", "p.sex"),
    ("corps", "p.corps"),
    ("category", "p.category"),
    ("industry", "p.industry"),
    ("education", "p.education"),
    ("degree", "p.degree"),
    ("title", "p.title"),
    ("skill_level", "p.skill_level"),
    ("nationality", "p.nationality"),
    ("ethnicity", "p.ethnicity"),
    ("gb_industry", "p.gb_industry"),
    ("class", "r.class"),
    ("class_state", "r.state"),
    ("kind", "CASE WHEN p.corps IS NULL THEN a.kind ELSE 'talent' END"),
];
/// Fields that stand in the engagement.
const ENGAGED: &[&str] = &["status", "employer", "mode", "start_date", "contract_end", "project"];

/// Which lines are walked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Only these persons, in this order.
    pub only: Option<&'a [i64]>,
    /// Only persons behind this one.
    pub after: i64,
    /// Only lines that hold one of these texts; fields that SQLite can't look at are left to the caller.
    pub any_of: &'a [(&'static str, &'a [String])],
    /// Students and relatives too: persons of no corps, who never count.
    pub others: bool,
    /// The fields that will be looked at; the others of a line stay empty. None: all.
    pub needs: Option<&'a [&'static str]>,
}

impl Asked<'_> {
    fn needs(&self, field: &str) -> bool {
        self.needs.is_none_or(|list| list.contains(&field))
    }

    /// The SELECT and the texts it is bound to behind day and person.
    fn sql(&self) -> (String, Vec<&str>) {
        let mut filter = if self.only.is_some() { "AND p.person_id = ?2" } else { "AND p.person_id > ?2" }.to_owned();
        if !self.others {
            filter.push_str(" AND p.corps IS NOT NULL");
        }
        let mut texts: Vec<&str> = Vec::new();
        for (field, list) in self.any_of {
            let column = ASKED.iter().find(|(name, _)| name == field).map(|c| c.1);
            if column.is_none() && *field != "name" {
                continue;
            }
            let places: Vec<String> = (0..list.len()).map(|i| format!("?{}", texts.len() + i + 3)).collect();
            let places = places.join(", ");
            filter.push_str(&match column {
                Some(column) => format!(" AND {column} IN ({places})"),
                None => format!(" AND p.name_id IN (SELECT id FROM name WHERE text IN ({places}))"),
            });
            texts.extend(list.iter().map(String::as_str));
        }
        let column = |field: &str, sql: &'static str| if self.needs(field) { sql } else { "NULL" };
        let mut columns = vec!["p.person_id", "a.merged_into IS NOT NULL", "a.erased_op IS NOT NULL"];
        columns.push(column("name", "(SELECT text FROM name WHERE name.id = p.name_id)"));
        columns.push(if self.needs("birth_date") || self.needs("age") { "p.birth_date" } else { "NULL" });
        columns.extend(ASKED.iter().map(|(field, sql)| column(field, sql)));
        let classed = self.needs("class") || self.needs("class_state") || self.any_of.iter().any(|(f, _)| f.starts_with("class"));
        let engaged = ENGAGED.iter().any(|f| self.needs(f));
        columns.push(if engaged {
            "e.seq, e.from_day, e.until_day, e.made_op, e.voided_op, e.org_id, e.mode, e.started, e.contract_end, e.position,
             e.months_a_year, e.leave_why, e.leave_to, e.project_id"
        } else {
            "NULL"
        });
        let mut joins = String::new();
        if classed {
            joins += "LEFT JOIN recognition r ON r.person_id = p.person_id AND r.voided_op IS NULL AND r.state IN ('recorded', 'in_force') AND r.from_day <= ?1
                                AND (r.until_day IS NULL OR r.until_day >= ?1) ";
        }
        if engaged {
            joins += "LEFT JOIN engagement e ON e.person_id = p.person_id AND e.voided_op IS NULL";
        }
        let sql = format!(
            "SELECT {} FROM person_profile p JOIN person a ON a.id = p.person_id AND a.voided_op IS NULL {joins}
             WHERE p.voided_op IS NULL AND p.from_day <= ?1 AND (p.until_day IS NULL OR p.until_day >= ?1) {filter} ORDER BY p.person_id",
            columns.join(", ")
        );
        (sql, texts)
    }
}

/// Column of the first of `ASKED` in a line's row, and of the engagement behind them.
const FIRST: usize = 5;
const ENGAGEMENT_AT: usize = FIRST + ASKED.len();

/// Walks persons with a profile on the day in order of numbers. Memory does not grow.
pub fn each_line(conn: &Connection, day: Day, asked: Asked<'_>, mut f: impl FnMut(Line) -> Result<bool>) -> Result<()> {
    let (sql, texts) = asked.sql();
    let mut st = conn.prepare_cached(&sql)?;
    let mut take = |rows: &mut rusqlite::Rows<'_>| -> Result<bool> {
        let mut line: Option<Line> = None;
        while let Some(r) = rows.next()? {
            let id: i64 = r.get(0)?;
            let e: Option<Fact<Engagement>> = match r.get_ref(ENGAGEMENT_AT)? {
                rusqlite::types::ValueRef::Null => None,
                _ => Some(facts::read_at(r, ENGAGEMENT_AT, engagement)?),
            };
            if let Some(l) = line.as_mut().filter(|l| l.id == id) {
                // More rows of one person: another engagement (or, where two recognitions overlap, the same one again).
                if let Some(e) = e.filter(|e| l.engagements.iter().all(|x| x.seq != e.seq)) {
                    l.engagements.push(e);
                }
                continue;
            }
            if let Some(done) = line.take()
                && !f(done)?
            {
                return Ok(false);
            }
            let text = |i: usize| r.get::<_, Option<String>>(FIRST + i);
            line = Some(Line {
                id,
                merged: r.get(1)?,
                erased: r.get(2)?,
                name: r.get::<_, Option<String>>(3)?.unwrap_or_default(),
                birth_date: r.get::<_, Option<i32>>(4)?.map(PartDate),
                sex: text(0)?,
                corps: text(1)?.unwrap_or_default(),
                category: text(2)?,
                industry: text(3)?,
                education: text(4)?,
                degree: text(5)?,
                title: text(6)?,
                skill_level: text(7)?,
                nationality: text(8)?,
                ethnicity: text(9)?,
                gb_industry: text(10)?,
                class: text(11)?,
                class_state: text(12)?,
                kind: text(13)?,
                engagements: e.into_iter().collect(),
            });
        }
        match line {
            Some(done) => f(done),
            None => Ok(true),
        }
    };
    let bound = |id: i64| {
        let head = [rusqlite::types::Value::from(day.0), rusqlite::types::Value::from(id)];
        rusqlite::params_from_iter(head.into_iter().chain(texts.iter().map(|t| rusqlite::types::Value::from((*t).to_owned()))))
    };
    match asked.only {
        None => {
            take(&mut st.query(bound(asked.after))?)?;
        }
        Some(ids) => {
            for id in ids {
                if !take(&mut st.query(bound(*id))?)? {
                    break;
                }
            }
        }
    }
    Ok(())
}
