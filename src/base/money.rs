//! Money as whole fen (分). Reading is strict, because an amount is never guessed; rates and shares of an amount belong
//! to the rules that define how they are rounded.

use super::chars::fold_width;
use super::fault::FaultCode;
use std::fmt;

/// An amount of money in fen (分), a hundredth of a yuan (元).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(
    /// The number of fen.
    pub i64,
);

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);
    /// The most that one amount, or one account of a fund, may be: ten trillion yuan, so that no sum of thousands of them leaves the range of numbers.
    pub const MOST: Fen = Fen(1_000_000_000_000_000);

    /// Reads yuan: `1000`, `1,000.00`, `￥1000.5`, full-width digits too. Anything that would have to be interpreted
    /// (万, 元, a sign, three decimals, groups of another size, leading zeros) is refused, and so is more than `MOST`.
    pub fn parse(text: &str) -> Result<Fen, FaultCode> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FaultCode::Missing);
        }
        let text = text.strip_prefix(['￥', '¥']).map_or(text, str::trim_start);
        Self::parse_digits(text).filter(|f| *f <= Fen::MOST).ok_or(FaultCode::BadNumber)
    }

    fn parse_digits(text: &str) -> Option<Fen> {
        let mut yuan: i64 = 0;
        let mut digits = 0u32; // digits before the point
        let mut group = 0u32; // digits since the last comma
        let mut grouped = false;
        let mut leading_zero = false;
        let mut chars = text.chars().map(fold_width);
        let mut decimals = None;
        for c in chars.by_ref() {
            match c {
                '0'..='9' => {
                    leading_zero |= digits == 0 && c == '0';
                    digits += 1;
                    group += 1;
                    yuan = yuan.checked_mul(10)?.checked_add(i64::from(c as u32 - '0' as u32))?;
                }
                ',' => {
                    let well_formed = if grouped { group == 3 } else { (1..=3).contains(&group) };
                    if !well_formed {
                        return None;
                    }
                    (grouped, group) = (true, 0);
                }
                '.' => {
                    decimals = Some((0i64, 0u32));
                    break;
                }
                _ => return None,
            }
        }
        if digits == 0 || (leading_zero && digits > 1) || (grouped && group != 3) {
            return None;
        }
        if let Some((value, count)) = &mut decimals {
            for c in chars {
                *value = *value * 10 + i64::from(c.to_digit(10)?);
                *count += 1;
                if *count > 2 {
                    return None;
                }
            }
            if *count == 0 {
                return None;
            }
        }
        let fen = match decimals {
            Some((value, 1)) => value * 10,
            Some((value, _)) => value,
            None => 0,
        };
        Some(Fen(yuan.checked_mul(100)?.checked_add(fen)?))
    }

    /// The sum, unless it leaves the range.
    pub fn checked_add(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// The difference, unless it leaves the range.
    pub fn checked_sub(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// So many times the amount, unless it leaves the range.
    pub fn checked_mul(self, times: i64) -> Option<Fen> {
        self.0.checked_mul(times).map(Fen)
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals and no grouping: `1000.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clear_amounts_are_read() {
        for (text, fen) in [
            ("1000", 100_000),
            ("1,000.00", 100_000),
            ("￥1000.5", 100_050),
            ("¥ 12,345,678.90", 1_234_567_890),
            ("0", 0),
            ("0.05", 5),
            (" 100 ", 10_000),
            ("１０００．５０", 100_050),
            ("10,000,000,000,000.00", Fen::MOST.0),
        ] {
            assert_eq!(Fen::parse(text), Ok(Fen(fen)), "{text}");
        }
    }

    #[test]
    fn unclear_amounts_are_refused() {
        for text in [
            "1万",
            "100元",
            "-1",
            "+1",
            "1.234",
            "1.",
            ".5",
            "1e3",
            "1,00",
            "1000,000",
            ",100",
            "1,,000",
            "1,000,",
            "1.0,00",
            "01",
            "1 000",
            "￥",
            "￥￥1",
            "壹佰",
            "1.٣",
            "10000000000000.01",
            "92233720368547758.08",
            "99999999999999999999",
            "NaN",
        ] {
            assert_eq!(Fen::parse(text), Err(FaultCode::BadNumber), "{text}");
        }
        assert_eq!(Fen::parse("  "), Err(FaultCode::Missing));
    }

    #[test]
    fn sums_never_wrap() {
        assert_eq!(Fen(1).checked_add(Fen(2)), Some(Fen(3)));
        assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), None);
        assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
        assert_eq!(Fen(i64::MAX).checked_mul(2), None);
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
        assert_eq!(Fen(-105).to_string(), "-1.05");
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(fen in 0..=Fen::MOST.0) {
            prop_assert_eq!(Fen::parse(&Fen(fen).to_string()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = Fen::parse(&text);
        }
    }
}
