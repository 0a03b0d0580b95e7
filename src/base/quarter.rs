//! A quarter of a year (季度): how it is written, its first and last day.

use super::day::Day;
use std::fmt;

/// A quarter; in rows it is the number yyyyq.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i32,
    /// 1 to 4.
    part: i32,
}

impl Quarter {
    /// The quarter a day lies in.
    pub fn of(day: Day) -> Quarter {
        let (year, month, _) = day.ymd();
        Quarter { year, part: month.div_ceil(3) as i32 }
    }

    /// Reads 2019Q3, 2019-Q3, 2019年第3季度, 2019年三季度.
    pub fn parse(text: &str) -> Option<Quarter> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '年' | '第'))
            .map(|c| match c {
                '一' => '1',
                '二' => '2',
                '三' => '3',
                '四' => '4',
                c => super::chars::fold_width(c).to_ascii_uppercase(),
            })
            .collect();
        let (year, part) = match plain.strip_suffix("季度").or_else(|| plain.strip_suffix('季')) {
            Some(rest) => rest.split_at_checked(4)?,
            None => plain.split_once('Q')?,
        };
        if year.len() != 4 || !(year.bytes().chain(part.bytes())).all(|b| b.is_ascii_digit()) {
            return None;
        }
        Quarter::new(year.parse().ok()?, part.parse().ok()?)
    }

    fn new(year: i32, part: i32) -> Option<Quarter> {
        ((1949..=2199).contains(&year) && (1..=4).contains(&part)).then_some(Quarter { year, part })
    }

    /// From the number yyyyq.
    pub fn from_number(number: i64) -> Option<Quarter> {
        Quarter::new(i32::try_from(number / 10).ok()?, (number % 10) as i32)
    }

    /// The number yyyyq.
    pub fn number(self) -> i64 {
        i64::from(self.year) * 10 + i64::from(self.part)
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Its first day.
    pub fn first_day(self) -> Day {
        Day::from_ymd(self.year, (self.part * 3 - 2) as u32, 1).unwrap_or(Day(0))
    }

    /// Its last day.
    pub fn last_day(self) -> Day {
        Day::month_end(self.year, (self.part * 3) as u32).unwrap_or(Day(0))
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.year, self.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_read_as_it_is_written() {
        let third = Quarter { year: 2019, part: 3 };
        for text in ["2019Q3", "2019q3", " 2019-Q3 ", "２０１９Ｑ３", "2019年第3季度", "2019年三季度", "2019年第三季"] {
            assert_eq!(Quarter::parse(text), Some(third), "{text}");
        }
        for text in ["", "2019", "2019Q5", "2019Q0", "19Q3", "Q3", "2019Q33", "2019H1", "1800Q1", "2019年", "季度", "二季度"] {
            assert_eq!(Quarter::parse(text), None, "{text}");
        }
        assert_eq!((third.to_string(), third.number()), ("2019Q3".to_owned(), 20_193));
        assert_eq!(Quarter::from_number(20_193), Some(third));
        assert_eq!(Quarter::from_number(20_195), None);
    }

    #[test]
    fn a_quarter_has_its_days() {
        let days = |text: &str| {
            let q = Quarter::parse(text).unwrap();
            (q.first_day().iso(), q.last_day().iso())
        };
        assert_eq!(days("2019Q1"), ("2019-01-01".to_owned(), "2019-03-31".to_owned()));
        assert_eq!(days("2020Q4"), ("2020-10-01".to_owned(), "2020-12-31".to_owned()));
        for day in ["2020-02-29", "2020-03-31", "2020-04-01", "2020-12-31"] {
            let day = Day::parse_iso(day).unwrap();
            let q = Quarter::of(day);
            assert!(q.first_day() <= day && day <= q.last_day(), "{day}");
        }
    }
}
