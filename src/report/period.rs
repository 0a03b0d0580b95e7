//! Reporting periods (报告期): a quarter, a half-year, a year, with the one before and the same one last year. Pure.

use crate::base::day::Day;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Length {
    /// 季度.
    Quarter,
    /// 半年.
    Half,
    /// 年度.
    Year,
}

impl Length {
    /// Stable code, as the verb of `report`.
    pub fn code(self) -> &'static str {
        match self {
            Length::Quarter => "quarter",
            Length::Half => "half",
            Length::Year => "year",
        }
    }

    /// Months of it.
    fn months(self) -> i32 {
        match self {
            Length::Quarter => 3,
            Length::Half => 6,
            Length::Year => 12,
        }
    }
}

/// A period of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The year.
    pub year: i32,
    /// How long.
    pub length: Length,
    /// Which of the year, from 1.
    pub number: u32,
}

impl Period {
    /// Reads `2019Q3`, `2019H1`, `2019`; blanks, hyphens and case aside.
    pub fn parse(text: &str) -> Option<Period> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_ascii_uppercase();
        let (year, rest) = text.split_at_checked(4)?;
        let year: i32 = year.parse().ok().filter(|y| (1949..=2198).contains(y))?;
        let (length, number) = match rest.as_bytes() {
            [] => (Length::Year, 1),
            [b'Q', n @ b'1'..=b'4'] => (Length::Quarter, u32::from(n - b'0')),
            [b'H', n @ b'1'..=b'2'] => (Length::Half, u32::from(n - b'0')),
            _ => return None,
        };
        Some(Period { year, length, number })
    }

    /// The period of a length in which a day lies.
    pub fn of(length: Length, day: Day) -> Period {
        let (year, month, _) = day.ymd();
        let number = (month - 1) / u32::try_from(length.months()).unwrap_or(12) + 1;
        Period { year, length, number }
    }

    /// The last period of a length that had ended by a day: on the day behind its last it has.
    pub fn last(length: Length, day: Day) -> Period {
        let now = Period::of(length, day);
        if now.until() < day { now } else { now.previous() }
    }

    /// First day.
    pub fn from(self) -> Day {
        let month = (self.number - 1) * u32::try_from(self.length.months()).unwrap_or(12) + 1;
        Day::from_ymd(self.year, month, 1).unwrap_or(Day(0))
    }

    /// Last day.
    pub fn until(self) -> Day {
        self.from().months_later(u32::try_from(self.length.months()).unwrap_or(12)).pred()
    }

    /// The period before.
    #[must_use]
    pub fn previous(self) -> Period {
        Period::of(self.length, self.from().pred())
    }

    /// The period behind.
    #[must_use]
    pub fn next(self) -> Period {
        Period::of(self.length, self.until().succ())
    }

    /// The same period of the year before.
    #[must_use]
    pub fn last_year(self) -> Period {
        Period { year: self.year - 1, ..self }
    }

    /// `2019Q3`, `2019H1`, `2019`.
    pub fn code(self) -> String {
        match self.length {
            Length::Quarter => format!("{}Q{}", self.year, self.number),
            Length::Half => format!("{}H{}", self.year, self.number),
            Length::Year => self.year.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn periods_are_read_and_have_their_days() {
        let days = |text: &str| {
            let p = Period::parse(text).unwrap();
            (p.code(), p.from().iso(), p.until().iso())
        };
        assert_eq!(days("2019q3"), ("2019Q3".into(), "2019-07-01".into(), "2019-09-30".into()));
        assert_eq!(days("2020-H1"), ("2020H1".into(), "2020-01-01".into(), "2020-06-30".into()));
        assert_eq!(days("2020"), ("2020".into(), "2020-01-01".into(), "2020-12-31".into()));
        for bad in ["", "2019Q5", "2019Q0", "2019H3", "19Q1", "2019年", "2019Q33", "last", "1800"] {
            assert_eq!(Period::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_last_period_is_the_one_that_has_ended() {
        let last = |length, d: &str| Period::last(length, day(d)).code();
        assert_eq!(last(Length::Quarter, "2020-01-01"), "2019Q4");
        assert_eq!(last(Length::Quarter, "2019-12-31"), "2019Q3", "its last day is still running");
        assert_eq!((last(Length::Half, "2019-08-01"), last(Length::Year, "2020-05-01")), ("2019H1".into(), "2019".into()));
        let p = Period::parse("2019Q1").unwrap();
        assert_eq!((p.previous().code(), p.next().code(), p.last_year().code()), ("2018Q4".into(), "2019Q2".into(), "2018Q1".into()));
        assert_eq!(Period::parse("2019H1").unwrap().previous().code(), "2018H2");
    }
}
