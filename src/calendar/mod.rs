//! The calendar of working days (工作日历): weekdays but for the holidays and swapped weekends of the State Council's yearly notices. Pure
//! rules; SQL is in `store`. A year that was not imported is an error (78), never a guess.

pub mod cmd;
pub mod store;

use crate::base::day::Day;
use crate::error::{self, Result};
use std::collections::BTreeMap;

/// A day that is not what its weekday says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Special {
    /// The day.
    pub day: Day,
    /// A weekend day of work; else a holiday.
    pub working: bool,
    /// Which festival (节日).
    pub name: String,
}

/// A year as the notices have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// The notices, apart by ;.
    pub source: String,
    /// Its special days in order.
    pub days: Vec<Special>,
}

/// The years that are known.
#[derive(Clone, Debug, Default)]
pub struct Calendar(BTreeMap<i32, BTreeMap<Day, bool>>);

impl Calendar {
    /// From years.
    pub fn of(years: impl IntoIterator<Item = (i32, Year)>) -> Calendar {
        Calendar(years.into_iter().map(|(y, year)| (y, year.days.iter().map(|d| (d.day, d.working)).collect())).collect())
    }

    /// Whether people work on the day. 78 where the year is not known.
    pub fn works(&self, day: Day) -> Result<bool> {
        let (year, ..) = day.ymd();
        let known = self.0.get(&year).ok_or_else(|| error::policy("no_calendar").fact("year", year).detail("year", year))?;
        Ok(known.get(&day).copied().unwrap_or_else(|| !is_weekend(day)))
    }

    /// The day on which a term of so many working days ends: the day it begins on is not counted (Civil Code 201).
    pub fn after(&self, day: Day, working_days: u32) -> Result<Day> {
        let mut at = day;
        let mut left = working_days;
        while left > 0 {
            at = at.succ();
            left -= u32::from(self.works(at)?);
        }
        Ok(at)
    }
}

/// Saturday or Sunday. 1970-01-01 was a Thursday.
pub fn is_weekend(day: Day) -> bool {
    matches!((day.0 + 3).rem_euclid(7), 5 | 6)
}

/// Reads years from CSV: date, kind (holiday or workday), name, source; Chinese headers and words are understood. A file holds its years
/// whole. Err is the row and what is wrong with it.
pub fn parse(text: &str) -> std::result::Result<BTreeMap<i32, Year>, (usize, &'static str)> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|_| (1, "header"))?.clone();
    let column = |names: &[&str]| headers.iter().position(|h| names.contains(&h)).ok_or((1, "header"));
    let at = [
        column(&["date", "日期"])?,
        column(&["kind", "性质", "类型"])?,
        column(&["name", "名称", "节日"])?,
        column(&["source", "依据", "文号"])?,
    ];
    let mut years: BTreeMap<i32, Year> = BTreeMap::new();
    for (row, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|_| (row, "row"))?;
        let [date, kind, name, source] = at.map(|i| record.get(i).unwrap_or_default());
        let day = Day::parse(date).map_err(|_| (row, "date"))?;
        let working = match kind {
            "holiday" | "放假" | "休" => false,
            "workday" | "上班" | "班" => true,
            _ => return Err((row, "kind")),
        };
        if name.is_empty() || source.is_empty() {
            return Err((row, "missing"));
        }
        // A weekday of work is none of these: most likely the two words were mixed up.
        if working && !is_weekend(day) {
            return Err((row, "weekday"));
        }
        let year = years.entry(day.ymd().0).or_default();
        if year.days.iter().any(|d| d.day == day) {
            return Err((row, "twice"));
        }
        if !year.source.split("; ").any(|s| s == source) {
            year.source = if year.source.is_empty() { source.to_owned() } else { format!("{}; {source}", year.source) };
        }
        year.days.push(Special { day, working, name: name.to_owned() });
    }
    for year in years.values_mut() {
        year.days.sort_by_key(|d| d.day);
    }
    if years.is_empty() { Err((1, "empty")) } else { Ok(years) }
}

/// The years that come with the program: 2018 to 2020, as amended.
pub fn shipped() -> BTreeMap<i32, Year> {
    // Its own test proves that it reads.
    parse(include_str!("shipped.csv")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn the_shipped_years_are_as_the_notices_amended_them() {
        let years = shipped();
        assert_eq!(years.keys().copied().collect::<Vec<_>>(), [2018, 2019, 2020]);
        let c = Calendar::of(years);
        let works = |d: &str| c.works(day(d)).unwrap();
        // May 2019 by the notice of 22 March 2019; Spring Festival 2020 prolonged to 2 February.
        for off in ["2019-05-02", "2019-05-03", "2019-05-04", "2020-01-31", "2020-02-01", "2020-02-02", "2018-12-31", "2019-03-02"] {
            assert!(!works(off), "{off}");
        }
        for on in ["2019-04-28", "2019-05-05", "2018-12-29", "2020-02-03", "2019-03-01"] {
            assert!(works(on), "{on}");
        }
        let count =
            |y: i32| (0..366).map(|n| Day(day(&format!("{y}-01-01")).0 + n)).filter(|d| d.ymd().0 == y && c.works(*d).unwrap()).count();
        assert_eq!([2018, 2019, 2020].map(count), [250, 250, 249]);
        assert_eq!(c.works(day("2021-01-01")).unwrap_err().key, "no_calendar");
    }

    #[test]
    fn a_term_of_working_days_begins_on_the_next_day_and_passes_over_holidays() {
        let c = Calendar::of(shipped());
        assert_eq!(c.after(day("2019-04-26"), 5).unwrap(), day("2019-05-06"), "28 to 30 April, 5 and 6 May");
        assert_eq!(c.after(day("2019-04-26"), 0).unwrap(), day("2019-04-26"));
        assert_eq!(c.after(day("2020-12-30"), 3).unwrap_err().key, "no_calendar");
    }

    #[test]
    fn a_calendar_that_cannot_be_is_placed() {
        let head = "日期,性质,名称,依据\n";
        for (row, text, why) in [
            (2, "2021-13-01,放假,元旦,国办发明电\n", "date"),
            (2, "2021-01-01,开会,元旦,国办发明电\n", "kind"),
            (2, "2021-01-01,放假,元旦,\n", "missing"),
            (2, "2021-01-04,上班,元旦,国办发明电\n", "weekday"),
            (3, "2021-01-01,放假,元旦,国办发明电\n2021-01-01,放假,元旦,国办发明电\n", "twice"),
            (1, "", "empty"),
        ] {
            assert_eq!(parse(&format!("{head}{text}")).unwrap_err(), (row, why));
        }
        assert_eq!(parse("a,b\n").unwrap_err(), (1, "header"));
    }
}
