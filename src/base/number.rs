//! The numbers by which people call records (编号): prefix, at least six digits, one check character of ISO 7064
//! MOD 37,36. Which prefix belongs to which record, and who hands out the next number, is said elsewhere.

use super::chars::{fold_width, is_blank, is_hyphen, is_invisible};

/// Why a text is not the number that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberFault {
    /// Not this prefix, digits and a check character.
    NotANumber,
    /// The form is right, the check character is another: a slip of the hand (校验位不符).
    CheckChar,
}

const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn value(b: u8) -> Option<u32> {
    char::from(b).to_digit(36)
}

/// The check character of ISO 7064 MOD 37,36 over letters and digits. Other bytes do not count.
fn check_char(body: impl IntoIterator<Item = u8>) -> u8 {
    let mut p = 36;
    for v in body.into_iter().filter_map(value) {
        p = match (p + v) % 36 {
            0 => 36,
            rest => rest,
        } * 2
            % 37;
    }
    ALPHABET[((37 - p) % 36) as usize]
}

/// The number of a record: `format("P", 1)` is P000001 and its check character.
pub fn format(prefix: &str, id: i64) -> String {
    let mut text = format!("{prefix}{id:06}");
    let check = check_char(text.bytes());
    text.push(char::from(check));
    text
}

/// Reads a number of this prefix; case, blanks, hyphens and full-width forms do not matter.
pub fn parse(prefix: &str, text: &str) -> Result<i64, NumberFault> {
    // Longer than any prefix with the 19 digits of an i64; the rest can't be a number.
    let mut buffer = [0u8; 32];
    let mut len = 0;
    for c in text.chars() {
        if is_blank(c) || is_hyphen(c) || is_invisible(c) {
            continue;
        }
        let c = fold_width(c);
        if !c.is_ascii_alphanumeric() || len == buffer.len() {
            return Err(NumberFault::NotANumber);
        }
        buffer[len] = c.to_ascii_uppercase() as u8;
        len += 1;
    }
    let number = &buffer[..len];
    let (body, check) = match number.split_last() {
        Some((check, body)) => (body, *check),
        None => return Err(NumberFault::NotANumber),
    };
    let digits = body.strip_prefix(prefix.as_bytes()).ok_or(NumberFault::NotANumber)?;
    // One number has one spelling: zeros only fill up to six digits.
    let padded = digits.len() > 6 && digits[0] == b'0';
    if digits.len() < 6 || padded || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberFault::NotANumber);
    }
    let id = digits.iter().try_fold(0i64, |id, b| id.checked_mul(10)?.checked_add(i64::from(b - b'0'))).ok_or(NumberFault::NotANumber)?;
    if check_char(body.iter().copied()) != check {
        return Err(NumberFault::CheckChar);
    }
    Ok(id)
}

/// Whether the text has the form of a number of this prefix, right check character or not.
pub fn looks_like(prefix: &str, text: &str) -> bool {
    parse(prefix, text) != Err(NumberFault::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // The example of the GRid standard, which uses ISO 7064 MOD 37,36.
        assert_eq!(check_char(*b"A12425GABC1234002"), b'M');
        // The algorithm written out: the whole number's running product must end in 1.
        for body in ["P000001", "PL000042", "K1234567", "000000"] {
            let check = check_char(body.bytes());
            let mut p = 36;
            for (i, b) in body.bytes().chain([check]).enumerate() {
                let sum = p + value(b).unwrap();
                if i == body.len() {
                    assert_eq!(sum % 36, 1, "{body}");
                }
                p = ((sum + 35) % 36 + 1) * 2 % 37;
            }
        }
    }

    #[test]
    fn typing_habits_do_not_matter() {
        let number = format("PL", 42);
        let loose = format!(" pl-{} {}-{}", &number[2..5], &number[5..8], number[8..].to_lowercase());
        assert_eq!(parse("PL", &loose), Ok(42));
        let wide: String = number.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        assert_eq!(parse("PL", &wide), Ok(42));
    }

    #[test]
    fn a_prefix_is_not_mistaken_for_a_longer_one() {
        let prefixes = ["P", "PL", "PJ", "PB", "PR", "K", "C", "S"];
        for own in prefixes {
            for other in prefixes {
                assert_eq!(looks_like(other, &format(own, 7)), own == other);
            }
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "P", "P1", "P00001A", "P0000012AB", "张三", "P00000１é", "110105194912310021", "P0000001A"] {
            assert_eq!(parse("P", text), Err(NumberFault::NotANumber), "{text}");
        }
        assert!(!looks_like("P", &format!("P{}", "9".repeat(25))));
        assert!(!looks_like("P", "P99999999999999999999A"));
    }

    proptest! {
        #[test]
        fn numbers_read_back(id in 0..=i64::MAX, prefix in "[A-Z]{1,2}") {
            prop_assert_eq!(parse(&prefix, &format(&prefix, id)), Ok(id));
        }

        #[test]
        fn a_changed_character_is_always_caught(id in 0..100_000_000i64, at in 0usize..20, to in 0usize..36) {
            let mut bytes = format("P", id).into_bytes();
            let at = at % bytes.len();
            if bytes[at] == ALPHABET[to] {
                return Ok(()); // no change
            }
            bytes[at] = ALPHABET[to];
            prop_assert!(parse("P", &String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = parse("P", &text);
        }
    }
}
