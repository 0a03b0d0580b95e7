//! What is known of one person on a report's days, and in which rows of which tables that counts. The rows are read in `store`.

use super::store::Shared;
use super::{
    AGES, CARD_STATES, CARDS, CORPS, DAYS, DIMS, FIRST_DIM, FIRST_QUARTER, FLOWS, Found, LEFT, QUALITY, RIGID, SOURCES, Sink, TREND,
};
use crate::base::day::{Day, PartDate};
use crate::card::change::Holder;
use crate::card::review_due;
use crate::card::store::Card;
use crate::db::facts::Span;
use crate::error::{self, Result};
use crate::talent::COUNTED;
use rusqlite::Row as SqlRow;

/// A day in office.
#[derive(Clone, Copy)]
struct Spell {
    span: Span,
    why: usize,
}

/// What is known of one person, reused for the next.
pub(super) struct Person<'s> {
    shared: &'s Shared<'s>,
    days: [Day; DAYS],
    /// Place of the primary corps on each day, of a leaver the last one.
    corps: [Option<usize>; DAYS],
    profiled: bool,
    rows: [usize; DIMS.len()],
    birth: bool,
    spells: Vec<Spell>,
    engaged: usize,
    contract_over: bool,
    introduced: Option<(Day, bool)>,
    recognised: Vec<(i64, Span)>,
    documents: usize,
    expired: bool,
    hmt: bool,
    foreign: Option<bool>,
    pub(super) cards: Vec<Card>,
}

impl<'s> Person<'s> {
    pub(super) fn new(shared: &'s Shared<'s>) -> Person<'s> {
        Person {
            shared,
            days: shared.when.days(),
            corps: [None; DAYS],
            profiled: false,
            rows: [0; DIMS.len()],
            birth: false,
            spells: Vec::new(),
            engaged: 0,
            contract_over: false,
            introduced: None,
            recognised: Vec::new(),
            documents: 0,
            expired: false,
            hmt: false,
            foreign: None,
            cards: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.corps = [None; DAYS];
        self.profiled = false;
        for (row, places) in self.rows.iter_mut().zip(&self.shared.places) {
            *row = places.len() - 1;
        }
        (self.birth, self.engaged, self.contract_over, self.introduced) = (false, 0, false, None);
        (self.documents, self.expired, self.hmt, self.foreign) = (0, false, false, None);
        self.spells.clear();
        self.recognised.clear();
        self.cards.clear();
    }

    fn place(&self, dim: usize, code: Option<&[u8]>) -> usize {
        let places = &self.shared.places[dim];
        code.and_then(|c| places.get(c).copied()).unwrap_or(places.len() - 1)
    }

    pub(super) fn profile(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let corps = bytes(r, 3).and_then(|c| self.shared.corps.get(c).copied());
        for (at, day) in self.days.iter().enumerate() {
            if span.holds(*day) {
                self.corps[at] = corps;
            }
        }
        if !span.holds(self.days[0]) {
            return Ok(());
        }
        self.profiled = true;
        for (dim, column) in [(3, 5), (4, 7), (1, 8), (5, 9), (6, 10), (7, 11), (8, 12), (9, 13), (10, 14)] {
            self.rows[dim] = self.place(dim, bytes(r, column));
        }
        let age = r.get::<_, Option<i32>>(4)?.and_then(|b| PartDate(b).age_on(self.days[0]));
        self.birth = age.is_some();
        self.rows[2] = self.place(2, age.map(|a| age_band(a).as_bytes()));
        if let Some(nation) = bytes(r, 6) {
            self.hmt |= nation.starts_with(b"CHN-");
            self.foreign = Some(!nation.starts_with(b"CHN"));
        }
        Ok(())
    }

    pub(super) fn engagement(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let mode = bytes(r, 3).unwrap_or_default();
        if mode != b"home_grown" && self.introduced.is_none_or(|(d, _)| span.from < d) {
            self.introduced = Some((span.from, mode == b"rigid"));
        }
        let why = bytes(r, 5).and_then(|w| self.shared.left_why.get(w).copied()).unwrap_or(self.shared.left_why.len() - 1);
        self.spells.push(Spell { span, why });
        if span.holds(self.days[0]) {
            self.engaged += 1;
            self.rows[13] = self.place(13, Some(mode));
            let end = r.get::<_, Option<i32>>(4)?.map(|e| PartDate(e).last_day());
            self.contract_over |= end.is_some_and(|e| e < self.days[0]);
            if let Some(line) = r.get::<_, Option<i64>>(6)?.and_then(|p| self.shared.lines.get(&p)) {
                self.rows[11] = self.place(11, Some(line.as_bytes()));
            }
        }
        Ok(())
    }

    pub(super) fn recognition(&mut self, r: &SqlRow<'_>) -> Result<()> {
        let span = span(r)?;
        let state = r.get_ref(4)?.as_str().unwrap_or_default();
        if state == "in_force" {
            self.recognised.push((r.get(5)?, span));
        }
        if COUNTED.contains(&state) && span.holds(self.days[0]) {
            self.rows[0] = self.place(0, bytes(r, 3));
        }
        Ok(())
    }

    pub(super) fn document(&mut self, r: &SqlRow<'_>) -> Result<()> {
        if !span(r)?.holds(self.days[0]) {
            return Ok(());
        }
        self.documents += 1;
        self.expired |= r.get::<_, Option<i32>>(4)?.is_some_and(|d| d < self.days[0].0);
        match r.get_ref(3)?.as_str().unwrap_or_default() {
            "hm_permit" | "tw_permit" | "hmt_residence" => self.hmt = true,
            "resident_id" => self.foreign = self.foreign.or(Some(false)),
            "foreign_pr" => self.foreign = self.foreign.or(Some(true)),
            _ => {}
        }
        Ok(())
    }

    /// Counts the person in every table.
    pub(super) fn put(&mut self, id: i64, sink: &mut Sink) -> Result<()> {
        let who = Found::Person(id);
        self.rows[12] = match (self.hmt, self.foreign) {
            (true, _) => 1,
            (_, Some(true)) => 2,
            (_, Some(false)) => 0,
            _ => SOURCES.len(),
        };
        self.join_spells();
        let here = |day: Day, spells: &[Spell]| spells.iter().any(|s| s.span.holds(day));
        for (column, day) in self.days.into_iter().enumerate() {
            if let Some(corps) = self.corps[column].filter(|_| here(day, &self.spells)) {
                match column.checked_sub(FIRST_QUARTER) {
                    Some(quarter) => sink.hit(TREND, corps, quarter, who),
                    None => sink.hit(CORPS, corps, column, who),
                }
            }
        }
        self.put_flows(who, sink);
        if let (Some(corps), Some((from, rigid))) = (self.corps[0], self.introduced) {
            let term = &self.shared.when.term;
            if term.from <= from.0 && from.0 <= term.until && from <= self.days[0] {
                sink.hit(RIGID, corps, 0, who);
                sink.hit(RIGID, corps, if rigid { 1 } else { 2 }, who);
                if self.engaged == 0 {
                    sink.hit(RIGID, corps, 3, who);
                }
            }
        }
        if self.corps[0].is_some() && self.engaged > 0 {
            for (dim, row) in self.rows.into_iter().enumerate() {
                sink.hit(FIRST_DIM + dim, row, 0, who);
            }
            self.put_quality(who, sink);
        }
        self.put_cards(id, sink)
    }

    /// Joins engagements that follow each other or overlap: moving to another unit is no going and coming.
    fn join_spells(&mut self) {
        if self.spells.len() < 2 {
            return;
        }
        self.spells.sort_by_key(|s| (s.span.from, s.span.until.unwrap_or(Day(i32::MAX))));
        let mut joined: Vec<Spell> = Vec::with_capacity(self.spells.len());
        for s in &self.spells {
            match joined.last_mut() {
                Some(last) if last.span.until.is_none_or(|u| s.span.from <= u.succ()) => {
                    if last.span.until.is_some_and(|u| s.span.until.is_none_or(|v| v >= u)) {
                        *last = Spell { span: Span { from: last.span.from, until: s.span.until }, why: s.why };
                    }
                }
                _ => joined.push(*s),
            }
        }
        self.spells = joined;
    }

    /// Who came within a period, and who was gone by its end; the corps is that of its end, of a leaver the last one.
    fn put_flows(&self, who: Found, sink: &mut Sink) {
        let (begins, ends) = (self.shared.when.begins(), self.days);
        for at in 0..3 {
            let Some(corps) = self.corps[at] else { continue };
            let (from, until) = (begins[at], ends[at]);
            if self.spells.iter().any(|s| from <= s.span.from && s.span.from <= until) {
                sink.hit(FLOWS, corps, at, who);
            }
            // A last day on the period's own last day is still one in office.
            let gone = self.spells.iter().rev().find(|s| s.span.until.is_some_and(|u| from.pred() <= u && u < until));
            if let Some(s) = gone {
                sink.hit(FLOWS, corps, 3 + at, who);
                if at == 0 {
                    sink.hit(LEFT, s.why, 0, who);
                }
            }
        }
    }

    fn put_quality(&self, who: Found, sink: &mut Sink) {
        let unknown = |dim: usize| self.rows[dim] == self.shared.places[dim].len() - 1;
        let lacks = [!self.birth, unknown(5), unknown(1), self.documents == 0, self.expired, self.contract_over, self.engaged > 1];
        for (row, lacks) in lacks.into_iter().enumerate() {
            if lacks {
                sink.hit(QUALITY, row, 0, who);
            }
        }
    }

    fn put_cards(&mut self, id: i64, sink: &mut Sink) -> Result<()> {
        let mut cards = std::mem::take(&mut self.cards);
        if let Some(more) = self.shared.strays.get(&id) {
            cards.extend(more.iter().filter(|c| c.issued <= self.days[0]).cloned());
        }
        if cards.is_empty() {
            return Ok(());
        }
        let engaged = self.spells.iter().map(|s| s.span).collect();
        let holder = Holder { recognised: std::mem::take(&mut self.recognised), engaged };
        for card in &cards {
            let what = Found::Card(card.id);
            let status = self.card_status(card, &holder)?;
            if let Some(column) = CARD_STATES.iter().position(|s| *s == status) {
                sink.hit_key(CARDS, &card.level, column, what);
            }
            if self.shared.when.period.from() <= card.issued {
                sink.hit_key(CARDS, &card.level, CARD_STATES.len(), what);
            }
            if card.main_card_id.is_some() {
                sink.hit_key(CARDS, &card.level, CARD_STATES.len() + 1, what);
            }
        }
        Ok(())
    }

    fn card_status(&self, card: &Card, holder: &Holder) -> Result<String> {
        if let Some(status) = self.shared.mains.get(&card.id) {
            return Ok(status.clone());
        }
        let key = (card.policy_id.unwrap_or(0), card.scheme.clone());
        let scheme = self.shared.card_schemes.get(&key).ok_or_else(|| error::not_office("damaged"))?;
        let stored = self.shared.card_states.get(&card.id).map_or("valid", String::as_str);
        let reviews = self.shared.card_reviews.get(&card.id).map_or(&[][..], Vec::as_slice);
        let due = review_due(scheme.review_months, card.issued, reviews);
        Ok(holder.status(card, scheme, stored, due, None, self.days[0]).0.to_owned())
    }
}

/// A text of a row as the file holds it; None where it has none.
fn bytes<'r>(r: &'r SqlRow<'_>, at: usize) -> Option<&'r [u8]> {
    r.get_ref(at).ok()?.as_bytes_or_null().ok().flatten()
}

fn span(r: &SqlRow<'_>) -> Result<Span> {
    Ok(Span { from: Day(r.get(1)?), until: r.get::<_, Option<i32>>(2)?.map(Day) })
}

/// The band of an age in whole years.
fn age_band(age: i32) -> &'static str {
    AGES[[35, 40, 45, 50, 54].iter().position(|last| age <= *last).unwrap_or(5)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_five_and_under_includes_thirty_five() {
        let bands: Vec<&str> = [20, 35, 36, 40, 41, 45, 46, 50, 51, 54, 55, 80].into_iter().map(age_band).collect();
        assert_eq!(bands, ["to_35", "to_35", "36_40", "36_40", "41_45", "41_45", "46_50", "46_50", "51_54", "51_54", "from_55", "from_55"]);
    }
}
