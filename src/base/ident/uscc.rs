//! The unified social credit code of units (统一社会信用代码, GB 32100) with the organisation code inside (GB 11714).
//! Which unit it belongs to is for the register to say.

use super::{digits, normalise, went_through_a_float};
use crate::base::fault::FaultCode;

/// Reads a unified social credit code (统一社会信用代码, GB 32100): the code, and the remark `inner_code` if the
/// organisation code inside (GB 11714) fails its own check.
pub fn uscc(raw: &str) -> Result<(String, Option<FaultCode>), FaultCode> {
    let code = normalise(raw);
    if code.is_empty() {
        return Err(FaultCode::Missing);
    }
    if code.contains('*') {
        return Err(FaultCode::MaskedValue);
    }
    if went_through_a_float(&code) {
        return Err(FaultCode::UnrecoverableNumber);
    }
    let bytes = code.as_bytes();
    if !bytes.iter().all(|&b| uscc_value(b).is_some()) {
        return Err(FaultCode::BadNumber);
    }
    if bytes.len() != 18 {
        return Err(FaultCode::BadLength);
    }
    if uscc_check(&bytes[..17]) != Some(bytes[17]) {
        let lost = digits(bytes) && bytes.ends_with(b"000");
        return Err(if lost { FaultCode::UnrecoverableNumber } else { FaultCode::CheckDigit });
    }
    let inner = &bytes[8..17];
    let warning = (organisation_check(&inner[..8]) != inner[8]).then_some(FaultCode::InnerCode);
    Ok((code.into_owned(), warning))
}

/// Digits and letters without I, O, S, V, Z, which are misread.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

const fn uscc_values() -> [u8; 128] {
    let mut values = [u8::MAX; 128];
    let mut i = 0;
    while i < USCC_ALPHABET.len() {
        values[USCC_ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
}

fn uscc_value(b: u8) -> Option<u32> {
    const VALUES: [u8; 128] = uscc_values();
    VALUES.get(usize::from(b)).filter(|v| **v != u8::MAX).map(|v| u32::from(*v))
}

/// GB 32100: weights 3^i modulo 31; a remainder of 0 is written 0, not 31.
fn uscc_check(body: &[u8]) -> Option<u8> {
    let (mut weight, mut sum) = (1, 0);
    for &b in body {
        sum += uscc_value(b)? * weight;
        weight = weight * 3 % 31;
    }
    Some(USCC_ALPHABET[((31 - sum % 31) % 31) as usize])
}

/// GB 11714: weighted sum modulo 11; 10 is written X.
fn organisation_check(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(b, w)| char::from(*b).to_digit(36).unwrap_or(0) * w).sum();
    b"0123456789X"[((11 - sum % 11) % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credit_codes_are_checked_twice() {
        assert_eq!(uscc("91350100M000100Y43"), Ok(("91350100M000100Y43".into(), None)));
        assert_eq!(uscc("91110108551385082q"), Ok(("91110108551385082Q".into(), None)));
        assert_eq!(uscc(" ９1350100M000100Y43 ").map(|c| c.0), Ok("91350100M000100Y43".into()));
        assert_eq!(uscc("91350100M000100Y44"), Err(FaultCode::CheckDigit));
        assert_eq!(uscc("91350100M000100Y4O"), Err(FaultCode::BadNumber));
        assert_eq!(uscc("91350100M000100Y4"), Err(FaultCode::BadLength));
        assert_eq!(uscc("9.135E+17"), Err(FaultCode::UnrecoverableNumber));
        assert_eq!(uscc("9135**********Y43X"), Err(FaultCode::MaskedValue));
        assert_eq!(uscc(""), Err(FaultCode::Missing));
        // Another inner check digit with a right outer one is a remark at most.
        let body = b"91350100M000100Y5";
        let code = format!("91350100M000100Y5{}", char::from(uscc_check(body).unwrap()));
        assert_eq!(uscc(&code), Ok((code.clone(), Some(FaultCode::InnerCode))));
    }

    proptest! {
        #[test]
        fn a_mistyped_credit_code_is_always_caught(at in 0usize..18, to in 0usize..31) {
            let mut bytes = *b"91350100M000100Y43";
            if bytes[at] == USCC_ALPHABET[to] {
                return Ok(()); // no change
            }
            bytes[at] = USCC_ALPHABET[to];
            prop_assert!(uscc(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[0-9A-Z. +*-]{0,20}") {
            let _ = (uscc(&text), uscc(&near));
        }
    }
}
