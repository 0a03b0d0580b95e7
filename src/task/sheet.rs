//! The printed sheet of a unit or a leader (责任清单): its tasks with the plan of a year by quarter, what was reached, and the year's score. The form
//! is `paper::sheet`'s.

use super::Role;
use super::look::{Book, Seen};
use super::store;
use super::view::{self, Year};
use crate::base::quarter::Quarter;
use crate::error::{self, Result};
use crate::expert::store::Liaison;
use crate::leader::Leader;
use crate::office::Office;
use crate::org;
use crate::paper::letter::{words, written};
use crate::paper::sheet::{Sheet, Table};
use crate::talent::{look as people_look, store as people};
use crate::ui::Lang;
use crate::ui::lang::try_t_in;
use rusqlite::Connection;

/// What a sheet is made of.
pub struct Maker<'a> {
    /// The office.
    pub office: &'a Office,
    /// Its file.
    pub conn: &'a Connection,
    /// The rules and the day.
    pub book: &'a Book<'a>,
    /// All tasks on the day.
    pub seen: &'a [Seen],
    /// The year whose plan is printed.
    pub year: i32,
    /// Language of the sheet.
    pub lang: Lang,
    /// The office confirmed the rules of the score.
    pub confirmed: bool,
}

impl Maker<'_> {
    fn word(&self, key: &str) -> String {
        words(self.lang, key, &[])
    }

    fn label(&self, set: &str, code: &str) -> String {
        try_t_in(self.lang, &format!("value.{set}.{code}")).unwrap_or(code).to_owned()
    }

    fn unit_name(&self, id: i64) -> Result<String> {
        Ok(org::store::name_at(self.conn, id, self.book.day)?.map(|n| n.0).unwrap_or_default())
    }

    fn begin(&self, title: &str) -> Result<Sheet> {
        let day = written(self.lang, self.book.day);
        Ok(Sheet {
            title: words(self.lang, title, &[("year", &self.year)]),
            facts: vec![(self.word("sheet_year"), self.year.to_string()), (self.word("sheet_day"), day.clone())],
            from: self.office.setting("zone")?.unwrap_or_default(),
            day,
            ..Sheet::default()
        })
    }

    /// What a unit leads and supports, and its year.
    pub fn of_unit(&self, org_id: i64) -> Result<Sheet> {
        let mut sheet = self.begin("sheet_unit_title")?;
        sheet.facts.insert(0, (self.word("sheet_unit"), self.unit_name(org_id)?));
        for (role, caption) in [(Role::Lead, "sheet_leads"), (Role::Support, "sheet_supports")] {
            let own: Vec<&Seen> = self.seen.iter().filter(|s| s.role_of(org_id) == Some(role)).collect();
            if !own.is_empty() {
                sheet.tables.push(self.tasks(&words(self.lang, caption, &[("n", &own.len())]), &own, role == Role::Support)?);
            }
            self.differences(&own, &mut sheet.ends);
        }
        if let Some(year) = view::years(self.conn, self.book, self.seen, self.year, Some(org_id))?.first() {
            sheet.tables.push(self.score(year)?);
            for p in &year.points {
                let facts: [(&str, &dyn std::fmt::Display); 3] =
                    [("points", &(p.tenths as f64 / 10.0)), ("why", &p.why), ("day", &written(self.lang, p.day))];
                sheet.ends.push(words(self.lang, "sheet_points", &facts));
            }
        }
        self.notes(&mut sheet);
        sheet.signs = ["sheet_sign_unit", "sheet_sign_leader", "sheet_sign_day"].map(|key| self.word(key)).to_vec();
        Ok(sheet)
    }

    /// What rests on a leader, and with whom they keep contact.
    pub fn of_leader(&self, l: &Leader, experts: &[Liaison]) -> Result<Sheet> {
        let mut sheet = self.begin("sheet_leader_title")?;
        let p = &l.fact.data;
        let mut facts = vec![(self.word("sheet_leader"), p.name.clone())];
        facts.extend(p.title.clone().map(|t| (self.word("sheet_post"), t)));
        facts.extend(p.duties.clone().map(|d| (self.word("sheet_duties"), d)));
        facts.append(&mut sheet.facts);
        sheet.facts = facts;
        let own: Vec<&Seen> = self.seen.iter().filter(|s| s.charge.leader_id == Some(l.id)).collect();
        sheet.tables.push(self.tasks(&words(self.lang, "sheet_rests", &[("n", &own.len())]), &own, true)?);
        self.differences(&own, &mut sheet.ends);
        if !experts.is_empty() {
            sheet.tables.push(self.experts(experts)?);
        }
        self.notes(&mut sheet);
        sheet.signs = ["sheet_sign_leader", "sheet_sign_day"].map(|key| self.word(key)).to_vec();
        Ok(sheet)
    }

    /// Tasks with their plan of the year; with the lead unit where the sheet is not its own.
    fn tasks(&self, caption: &str, own: &[&Seen], with_lead: bool) -> Result<Table> {
        let quarters: Vec<Quarter> = (1..=4).filter_map(|q| Quarter::from_number(i64::from(self.year) * 10 + q)).collect();
        let mut columns = vec![(self.word("sheet_clause"), false), (self.word("sheet_task"), false)];
        if with_lead {
            columns.push((self.word("sheet_lead"), false));
        }
        columns.push((self.word("sheet_leader"), false));
        columns.push((self.word("sheet_measure"), false));
        columns.extend(quarters.iter().map(|q| (q.to_string(), true)));
        columns.extend(
            [("sheet_figure", true), ("sheet_planned", true), ("sheet_colour", false), ("sheet_due", false)]
                .map(|(k, n)| (self.word(k), n)),
        );
        let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        let mut rows = Vec::new();
        for s in own {
            let mut row = vec![s.task.clause.clone(), s.name.clone()];
            if with_lead {
                row.push(s.lead().map(|u| self.unit_name(u.data.org_id)).transpose()?.unwrap_or_default());
            }
            row.push(s.leader.as_ref().map(|l| l.fact.data.name.clone()).unwrap_or_default());
            row.push(s.charge.measure.clone().unwrap_or_default());
            row.extend(quarters.iter().map(|q| number(s.plan.iter().find(|m| m.data.quarter == *q).map(|m| m.data.planned))));
            // What the register counts is marked: no unit said it.
            let figure = number(s.figure()) + if s.follow.is_some() && s.registry.is_some() { " *" } else { "" };
            let colour = if s.standing.overdue { self.word("sheet_overdue") } else { self.label("colour", s.standing.colour.code()) };
            row.extend([figure, number(s.standing.planned), colour, s.charge.due.map(|d| d.iso()).unwrap_or_default()]);
            rows.push(row);
        }
        Ok(Table { caption: caption.to_owned(), columns, rows })
    }

    /// Experts with whom a leader keeps contact (领导干部联系专家).
    fn experts(&self, pairings: &[Liaison]) -> Result<Table> {
        let day = self.book.day;
        let mut rows = Vec::new();
        for l in pairings {
            let p = people::load(self.conn, l.person_id)?.ok_or_else(|| error::not_office("damaged"))?;
            let name = p.name_on(day).unwrap_or_default().to_owned();
            let unit = people_look::employer_name(self.conn, &p, day)?.unwrap_or_default();
            let contacts = l.contacts.iter().filter(|c| c.0 <= day).count();
            let last = l.last_contact(day).map(|d| d.iso()).unwrap_or_default();
            rows.push(vec![name, unit, l.pair.span.from.iso(), contacts.to_string(), last]);
        }
        let columns = [
            ("sheet_expert", false),
            ("sheet_expert_unit", false),
            ("sheet_since", false),
            ("sheet_contacts", true),
            ("sheet_last_contact", false),
        ]
        .map(|(k, n)| (self.word(k), n));
        Ok(Table { caption: words(self.lang, "sheet_experts", &[("n", &rows.len())]), columns: columns.to_vec(), rows })
    }

    /// Where a unit reported something else than the register counts.
    fn differences(&self, own: &[&Seen], ends: &mut Vec<String>) {
        for s in own {
            if let (Some(value), Some(registry)) = (s.value, s.registry)
                && value != registry
            {
                let facts: [(&str, &dyn std::fmt::Display); 4] =
                    [("clause", &s.task.clause), ("value", &value), ("registry", &registry), ("difference", &(value - registry))];
                ends.push(words(self.lang, "sheet_difference", &facts));
            }
        }
    }

    fn score(&self, y: &Year<'_>) -> Result<Table> {
        let tenths = |t: Option<i64>| t.map_or_else(|| "-".to_owned(), |t| format!("{}.{}", t / 10, t % 10));
        let zh = self.lang == Lang::Zh;
        let rules = &self.book.rules;
        let mut cells: Vec<(String, String)> = rules
            .group
            .iter()
            .zip(&y.sum.groups)
            .map(|(g, sum)| (format!("{} ({} %)", g.title(zh), g.percent), tenths(sum.tenths)))
            .collect();
        let grade = y.sum.total.and_then(|t| rules.grade_of(t)).map(|g| g.title(zh).to_owned());
        let duty = store::duty(self.conn, y.org_id, y.year)?.map(|d| self.label("task.rank", &d.1));
        let nothing = || "-".to_owned();
        for (key, value) in [
            ("sheet_base", tenths(y.sum.base)),
            ("sheet_bonus", tenths(Some(y.sum.bonus))),
            ("sheet_deducted", tenths(Some(y.sum.deducted))),
            ("sheet_total", tenths(y.sum.total)),
            ("sheet_grade", grade.unwrap_or_else(nothing)),
            ("sheet_duty", duty.unwrap_or_else(nothing)),
        ] {
            cells.push((self.word(key), value));
        }
        let (labels, row): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
        let columns = labels.into_iter().map(|l| (l, true)).collect();
        Ok(Table { caption: words(self.lang, "sheet_score", &[("year", &self.year)]), columns, rows: vec![row] })
    }

    fn notes(&self, sheet: &mut Sheet) {
        if self.seen.iter().any(|s| s.follow.is_some()) {
            sheet.ends.push(self.word("sheet_registry"));
        }
        if !self.confirmed {
            sheet.ends.push(self.word("sheet_unconfirmed"));
        }
    }
}
