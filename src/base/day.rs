//! Days and dates as people write them (GB/T 7408, ISO 8601 on the way out). What a working day or a term is, and what
//! day it is today, is not said here: time is a parameter.

use super::chars::{fold_width, is_blank, is_hyphen, is_invisible};
use super::fault::FaultCode;
use std::fmt;

/// A calendar day (日期): days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(
    /// Days since 1970-01-01; may be negative.
    pub i32,
);

/// A date as it was written (出生年月 may lack the day): yyyymmdd, dd = 00 when only year and month are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartDate(
    /// The digits yyyymmdd as a number.
    pub i32,
);

/// The years an office can meet; a year outside is a slip of the hand.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years.
fn days_from_civil(y: i32, m: u32, d: u32) -> i32 {
    let y = i64::from(y) - i64::from(m <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month = i64::from((m + 9) % 12); // March is 0: the leap day comes last
    let day_of_year = (153 * month + 2) / 5 + i64::from(d) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as i32
}

fn days_in_month(y: i32, m: u32) -> u32 {
    match m {
        4 | 6 | 9 | 11 => 30,
        2 if (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

fn push_padded(out: &mut String, n: u32) {
    out.push(char::from(b'0' + (n / 10 % 10) as u8));
    out.push(char::from(b'0' + (n % 10) as u8));
}

fn push_year(out: &mut String, y: i32) {
    let y = y.clamp(0, 9999) as u32;
    push_padded(out, y / 100);
    push_padded(out, y % 100);
}

/// Two ASCII digits at `i`.
fn two(b: &[u8], i: usize) -> Option<u32> {
    let (tens, units) = (b[i].wrapping_sub(b'0'), b[i + 1].wrapping_sub(b'0'));
    (tens < 10 && units < 10).then(|| u32::from(tens) * 10 + u32::from(units))
}

impl Day {
    /// The day of a year (1900 to 2199), month and day of the month, if there is one.
    pub fn from_ymd(y: i32, m: u32, d: u32) -> Option<Day> {
        let real = YEARS.contains(&y) && (1..=12).contains(&m) && (1..=days_in_month(y, m)).contains(&d);
        real.then(|| Day(days_from_civil(y, m, d)))
    }

    /// Year, month, day of the month.
    pub fn ymd(self) -> (i32, u32, u32) {
        let days = i64::from(self.0) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let d = (day_of_year - (153 * month + 2) / 5 + 1) as u32;
        let m = if month < 10 { month + 3 } else { month - 9 } as u32;
        ((year_of_era + era * 400 + i64::from(m <= 2)) as i32, m, d)
    }

    /// `YYYY-MM-DD`.
    pub fn iso(self) -> String {
        let mut out = String::with_capacity(10);
        self.write_iso(&mut out);
        out
    }

    /// Appends `YYYY-MM-DD`.
    pub fn write_iso(&self, out: &mut String) {
        let (y, m, d) = self.ymd();
        push_year(out, y);
        out.push('-');
        push_padded(out, m);
        out.push('-');
        push_padded(out, d);
    }

    /// Reads exactly `YYYY-MM-DD`.
    pub fn parse_iso(text: &str) -> Option<Day> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        Day::from_ymd((two(b, 0)? * 100 + two(b, 2)?) as i32, two(b, 5)?, two(b, 8)?)
    }

    /// Reads a full date as clerks write it: 2019-03-15, 2019/3/15, 2019.3.15, 20190315, 2019年3月15日, with the
    /// midnight a spreadsheet adds. A two-digit year, a serial (44088) or a month alone is refused, never guessed.
    pub fn parse(text: &str) -> Result<Day, FaultCode> {
        if let Some(day) = Day::parse_iso(text) {
            return Ok(day);
        }
        let date = read_written(text)?;
        if date.is_month() { Err(FaultCode::BadDate) } else { Ok(date.first_day()) }
    }

    /// The day so many days later (earlier if negative).
    pub fn add_days(self, days: i32) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// The next day.
    pub fn succ(self) -> Day {
        self.add_days(1)
    }

    /// The day before.
    pub fn pred(self) -> Day {
        self.add_days(-1)
    }

    /// The last day of a month.
    pub fn month_end(y: i32, m: u32) -> Option<Day> {
        Day::from_ymd(y, m, 1).map(|first| first.add_days(days_in_month(y, m) as i32 - 1))
    }

    /// The same day so many months later; where that month is shorter, its last day.
    pub fn months_later(self, months: u32) -> Day {
        self.months_on(months.into())
    }

    /// The same day so many months earlier; where that month is shorter, its last day.
    pub fn months_earlier(self, months: u32) -> Day {
        self.months_on(-i64::from(months))
    }

    fn months_on(self, months: i64) -> Day {
        let (y, m, d) = self.ymd();
        let at = i64::from(y) * 12 + i64::from(m) - 1 + months;
        let (y, m) = (i32::try_from(at.div_euclid(12)).unwrap_or(y), u32::try_from(at.rem_euclid(12)).unwrap_or(0) + 1);
        (1..=d).rev().find_map(|d| Day::from_ymd(y, m, d)).unwrap_or(self)
    }

    /// Whole years (周岁) on a day of someone born on this one; nothing before the birth.
    pub fn age_on(self, day: Day) -> Option<i32> {
        PartDate::from_day(self).age_on(day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.iso())
    }
}

impl PartDate {
    /// A year, month and, if known, day of the month.
    pub fn from_parts(y: i32, m: u32, d: Option<u32>) -> Option<PartDate> {
        Day::from_ymd(y, m, d.unwrap_or(1))?;
        Some(PartDate(y * 10_000 + (m * 100 + d.unwrap_or(0)) as i32))
    }

    /// The date of a full day.
    pub fn from_day(day: Day) -> PartDate {
        let (y, m, d) = day.ymd();
        PartDate(y * 10_000 + (m * 100 + d) as i32)
    }

    /// Reads what [`Day::parse`] reads and the month alone: 2019-03, 2019/3, 2019年3月, 201903, 2020.10. One digit
    /// after a dot (2020.1) is refused, because a spreadsheet makes it of 2020.10.
    pub fn parse(text: &str) -> Result<PartDate, FaultCode> {
        match Day::parse_iso(text) {
            Some(day) => Ok(PartDate::from_day(day)),
            None => read_written(text),
        }
    }

    /// Reads exactly what [`PartDate::iso`] writes.
    pub fn parse_iso(text: &str) -> Option<PartDate> {
        let b = text.as_bytes();
        if b.len() == 7 && b[4] == b'-' {
            return PartDate::from_parts((two(b, 0)? * 100 + two(b, 2)?) as i32, two(b, 5)?, None);
        }
        Day::parse_iso(text).map(PartDate::from_day)
    }

    fn parts(self) -> (i32, u32, u32) {
        (self.0.div_euclid(10_000), (self.0.rem_euclid(10_000) / 100) as u32, self.0.rem_euclid(100) as u32)
    }

    /// `2019-03-15`, or `2019-03` when the day is not known.
    pub fn iso(self) -> String {
        let mut out = String::with_capacity(10);
        self.write_iso(&mut out);
        out
    }

    /// Appends [`PartDate::iso`].
    pub fn write_iso(&self, out: &mut String) {
        let (y, m, d) = self.parts();
        push_year(out, y);
        out.push('-');
        push_padded(out, m);
        if d != 0 {
            out.push('-');
            push_padded(out, d);
        }
    }

    /// Whether only year and month are known.
    pub fn is_month(self) -> bool {
        self.parts().2 == 0
    }

    /// The earliest day it can mean.
    pub fn first_day(self) -> Day {
        let (y, m, d) = self.parts();
        Day(days_from_civil(y, m, d.max(1)))
    }

    /// The latest day it can mean.
    pub fn last_day(self) -> Day {
        let (y, m, d) = self.parts();
        Day(days_from_civil(y, m, if d == 0 { days_in_month(y, m) } else { d }))
    }

    /// Whether both can be the same date: equal, or one is only the month of the other.
    pub fn same_or_refines(self, other: PartDate) -> bool {
        self == other || ((self.is_month() || other.is_month()) && self.0 / 100 == other.0 / 100)
    }

    /// Whole years (周岁) on a day; by the month if the day of birth is not known; nothing before the birth.
    pub fn age_on(self, day: Day) -> Option<i32> {
        let (y, m, d) = self.parts();
        let (on_y, on_m, on_d) = day.ymd();
        let on_d = if d == 0 { 0 } else { on_d };
        let age = on_y - y - i32::from((on_m, on_d) < (m, d));
        (age >= 0).then_some(age)
    }
}

impl fmt::Display for PartDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.iso())
    }
}

/// The written forms other than ISO, in three steps: fold to plain ASCII (年月日 become Y M D), take the midnight off,
/// read by the separator found.
fn read_written(text: &str) -> Result<PartDate, FaultCode> {
    let mut buffer = [0u8; 48];
    let folded = fold(text, &mut buffer)?;
    read_folded(folded).ok_or(FaultCode::BadDate)
}

fn fold<'b>(text: &str, buffer: &'b mut [u8; 48]) -> Result<&'b [u8], FaultCode> {
    let mut len = 0;
    for c in text.chars() {
        let b = match fold_width(c) {
            c if is_invisible(c) => continue,
            c if is_blank(c) => b' ',
            c if is_hyphen(c) => b'-',
            '年' => b'Y',
            '月' => b'M',
            '日' | '号' => b'D',
            c @ ('0'..='9' | '/' | '.' | ':' | 'T') => c as u8,
            _ => return Err(FaultCode::BadDate),
        };
        if len == 0 && b == b' ' {
            continue;
        }
        *buffer.get_mut(len).ok_or(FaultCode::BadDate)? = b;
        len += 1;
    }
    match buffer[..len].trim_ascii_end() {
        [] => Err(FaultCode::Missing),
        folded => Ok(folded),
    }
}

fn read_folded(text: &[u8]) -> Option<PartDate> {
    let date = without_midnight(text)?;
    if date.contains(&b'Y') {
        return read_chinese(date);
    }
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit).then(|| small(part));
    let separator = match date.iter().copied().find(|b| !b.is_ascii_digit()) {
        Some(separator @ (b'-' | b'/' | b'.')) => separator,
        Some(_) => return None,
        None => {
            // 20190315 or 201903; other lengths are spreadsheet serials or years.
            return match date.len() {
                8 => PartDate::from_parts(small(&date[..4]) as i32, small(&date[4..6]), Some(small(&date[6..]))),
                6 => PartDate::from_parts(small(&date[..4]) as i32, small(&date[4..6]), None),
                _ => None,
            };
        }
    };
    let mut parts = date.split(|b| *b == separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || year.len() != 4 || !(1..=2).contains(&month.len()) {
        return None;
    }
    match day {
        Some(day) if !(1..=2).contains(&day.len()) => None,
        Some(day) => PartDate::from_parts(digits(year)? as i32, digits(month)?, Some(digits(day)?)),
        // 2020.10 loses its zero in a spreadsheet, so 2020.1 can be either month.
        None if separator == b'.' && month.len() == 1 => None,
        None => PartDate::from_parts(digits(year)? as i32, digits(month)?, None),
    }
}

/// The value of at most four digits; the callers have looked at length and kind.
fn small(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

/// Takes ` 00:00:00` off; a time that is not midnight is no date cell and is refused.
fn without_midnight(text: &[u8]) -> Option<&[u8]> {
    let Some(colon) = text.iter().position(|b| *b == b':') else {
        return Some(text);
    };
    let start = text[..colon].iter().rposition(|b| matches!(b, b' ' | b'T'))?;
    let midnight = text[start + 1..].iter().all(|b| matches!(b, b'0' | b':' | b'.'));
    midnight.then(|| text[..start].trim_ascii_end())
}

/// 2019年3月15日 or 2019年3月, with blanks around the signs as in printed forms.
fn read_chinese(date: &[u8]) -> Option<PartDate> {
    let (year, rest) = split_at_sign(date, b'Y')?;
    let (month, rest) = split_at_sign(rest, b'M')?;
    if year.len() != 4 || rest.contains(&b'Y') || rest.contains(&b'M') {
        return None;
    }
    let number = |part: &[u8]| {
        let plain = (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
        plain.then(|| small(part))
    };
    let day = rest.strip_suffix(b"D").unwrap_or(rest).trim_ascii();
    let day = match day {
        [] if rest.is_empty() => None,
        _ if day.len() > 2 => return None,
        _ => Some(number(day)?),
    };
    if month.len() > 2 {
        return None;
    }
    PartDate::from_parts(number(year)? as i32, number(month)?, day)
}

fn split_at_sign(text: &[u8], sign: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|b| *b == sign)?;
    Some((text[..at].trim_ascii(), text[at + 1..].trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::from_ymd(y, m, d).unwrap()
    }

    #[test]
    fn the_epoch_and_its_neighbours() {
        assert_eq!(day(1970, 1, 1), Day(0));
        assert_eq!(day(1969, 12, 31), Day(-1));
        assert_eq!(day(2000, 3, 1).0, 11_017);
        assert_eq!(day(2018, 10, 10).iso(), "2018-10-10");
        assert_eq!(Day::from_ymd(1899, 12, 31), None);
        assert_eq!(Day::from_ymd(2200, 1, 1), None);
        assert_eq!(day(2019, 12, 31).succ(), day(2020, 1, 1));
        assert_eq!(day(2020, 3, 1).pred(), day(2020, 2, 29));
        assert_eq!(Day::month_end(2020, 2), Some(day(2020, 2, 29)));
        assert_eq!(Day::month_end(2020, 13), None);
    }

    #[test]
    fn full_dates_are_read_as_clerks_write_them() {
        for text in [
            "2019-03-15",
            "2019-3-15",
            "2019/3/15",
            "2019/03/15",
            "2019.3.15",
            "2019.03.15",
            "20190315",
            "2019年3月15日",
            "2019年03月15日",
            "2019年3月15号",
            "2019 年 3 月 15 日",
            "　２０１９－０３－１５ ",
            "２０１９年３月１５日",
            "2019-03-15 00:00:00",
            "2019/3/15 0:00:00",
            "2019-03-15T00:00:00",
            "2019年3月15日 00:00",
            "\u{202d}2019-03-15\u{202c}",
        ] {
            assert_eq!(Day::parse(text), Ok(day(2019, 3, 15)), "{text}");
            assert_eq!(PartDate::parse(text), Ok(PartDate(20_190_315)), "{text}");
        }
    }

    #[test]
    fn unclear_or_impossible_dates_are_refused() {
        for text in [
            "19/3/15",
            "44088",
            "2020.1",
            "2023-02-30",
            "2021-13-01",
            "2022/2/29",
            "不详",
            "0000-00-00",
            "9999-12-31",
            "10000-01-01",
            "-0001-01-01",
            "2019-02-29",
            "31/12/2019",
            "二〇一九年三月一日",
            "2019-03-01T25:61:61Z",
            "2019-3/15",
            "2019",
            "2019年",
            "2019-03-15 08:30:00",
            "2019-03-15-01",
            "2019年3月15日1",
            "2019 03 15",
            "2019年3月1 5日",
            "2019--15",
            "12345678901234567890",
            "2019年3月日",
            "2019月3年15日",
            "1899-12-31",
            "T00:00",
            ":",
        ] {
            assert_eq!(Day::parse(text), Err(FaultCode::BadDate), "{text}");
            assert_eq!(PartDate::parse(text), Err(FaultCode::BadDate), "{text}");
        }
        assert_eq!(Day::parse(" 　"), Err(FaultCode::Missing));
        assert_eq!(Day::parse_iso("2019-3-15"), None);
        assert_eq!(Day::parse_iso("２０１９"), None);
    }

    #[test]
    fn a_month_alone_is_kept_as_such() {
        for text in ["2019-03", "2019-3", "2019/3", "2019/03", "2019年3月", "2019年03月", "201903", "2019.03", " ２０１９．０３"]
        {
            assert_eq!(PartDate::parse(text), Ok(PartDate(20_190_300)), "{text}");
            assert_eq!(Day::parse(text), Err(FaultCode::BadDate), "{text}");
        }
        assert_eq!(PartDate::parse("2020.10"), Ok(PartDate(20_201_000)));
        assert_eq!(PartDate::parse("2020.1"), Err(FaultCode::BadDate));
        let month = PartDate(20_200_200);
        assert_eq!(month.iso(), "2020-02");
        assert_eq!((month.first_day(), month.last_day()), (day(2020, 2, 1), day(2020, 2, 29)));
        assert!(month.is_month());
        assert_eq!(PartDate::parse_iso("2020-02"), Some(month));
        assert_eq!(PartDate::parse_iso("2020-2"), None);
    }

    #[test]
    fn a_month_agrees_with_its_days_and_with_no_others() {
        let (month, inside, other) = (PartDate(19_800_300), PartDate(19_800_315), PartDate(19_800_316));
        assert!(month.same_or_refines(inside) && inside.same_or_refines(month) && inside.same_or_refines(inside));
        assert!(!inside.same_or_refines(other));
        assert!(!month.same_or_refines(PartDate(19_800_400)));
    }

    #[test]
    fn months_end_where_a_month_is_shorter() {
        assert_eq!(day(2019, 1, 31).months_later(1), day(2019, 2, 28));
        assert_eq!(day(2019, 5, 10).months_later(36), day(2022, 5, 10));
        assert_eq!(day(2020, 2, 29).months_later(12), day(2021, 2, 28));
    }

    #[test]
    fn ages_are_whole_years() {
        let birth = day(1984, 2, 29);
        assert_eq!(Day::age_on(birth, day(2019, 2, 28)), Some(34));
        assert_eq!(Day::age_on(birth, day(2019, 3, 1)), Some(35));
        assert_eq!(birth.age_on(day(1984, 2, 28)), None);
        assert_eq!(PartDate(19_840_200).age_on(day(2019, 2, 1)), Some(35));
        assert_eq!(PartDate(19_840_200).age_on(day(2019, 1, 31)), Some(34));
    }

    proptest! {
        #[test]
        fn days_read_back(n in -25_567..84_006i32) {
            let day = Day(n);
            let (y, m, d) = day.ymd();
            prop_assert_eq!(Day::from_ymd(y, m, d), Some(day));
            prop_assert_eq!(Day::parse_iso(&day.iso()), Some(day));
            prop_assert_eq!(Day::parse(&format!("{y}年{m}月{d}日")), Ok(day));
            prop_assert_eq!(Day::parse(&format!("{y}/{m}/{d}")), Ok(day));
            prop_assert_eq!(PartDate::from_day(day).first_day(), day);
            prop_assert_eq!(PartDate::parse_iso(&PartDate::from_day(day).iso()), Some(PartDate::from_day(day)));
        }

        #[test]
        fn no_day_and_no_text_makes_it_panic(n in any::<i32>(), text in any::<String>(), near in "[0-9年月日 .:/T-]{0,20}") {
            let _ = (Day(n).iso(), Day(n).succ(), Day(n).pred());
            let _ = (PartDate(n).iso(), PartDate(n).first_day(), PartDate(n).last_day(), PartDate(n).age_on(Day(0)));
            let _ = (Day::parse(&text), PartDate::parse(&text), Day::parse(&near), PartDate::parse(&near));
        }
    }
}
