//! Telephone numbers and mail addresses (电话、邮箱): one spelling each. Whether anybody answers is not known here.

use super::digits;
use crate::base::chars::{fold_width, is_blank, is_hyphen, is_invisible};
use crate::base::fault::FaultCode;
use std::borrow::Cow;

/// Reads a telephone number: a mobile number (手机) of 11 digits, or a fixed line (固定电话) as `0471-1234567` with an
/// extension as `0471-1234567-801`. The country code, blanks and hyphens do not matter.
pub fn phone(raw: &str) -> Result<String, FaultCode> {
    if is_mobile(raw.as_bytes()) {
        return Ok(raw.to_owned());
    }
    // Digits; '-' for whatever separates; '+' in front; 'x' before an extension.
    let mut text = String::with_capacity(raw.len());
    for c in raw.chars() {
        match fold_width(c) {
            '*' => return Err(FaultCode::MaskedValue),
            c if is_blank(c) || is_invisible(c) => {}
            c if is_hyphen(c) => text.push('-'),
            '(' | ')' => text.push('-'),
            '转' | '#' => text.push('x'),
            c @ ('0'..='9' | '+') => text.push(c),
            _ => return Err(FaultCode::BadPhone),
        }
    }
    if text.is_empty() {
        return Err(FaultCode::Missing);
    }
    // No number of the country begins with a bare 86 and has twelve digits or more: then it is the country code.
    let many_digits = text.bytes().filter(u8::is_ascii_digit).count() >= 12;
    let rest = ["+86", "0086"].iter().find_map(|code| text.strip_prefix(code));
    let rest = rest.or_else(|| text.strip_prefix("86").filter(|_| many_digits));
    let abroad = rest.is_some();
    let rest = rest.unwrap_or(&text);
    let mobile: String = rest.chars().filter(|c| *c != '-').collect();
    if is_mobile(mobile.as_bytes()) {
        return Ok(mobile);
    }
    fixed_line(rest, abroad).ok_or(FaultCode::BadPhone)
}

fn is_mobile(b: &[u8]) -> bool {
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]) && digits(b)
}

fn fixed_line(text: &str, abroad: bool) -> Option<String> {
    let (line, mut extension) = match text.split_once('x') {
        Some((line, extension)) => (line, Some(extension)),
        None => (text, None),
    };
    let mut groups: Vec<&str> = line.split('-').filter(|group| !group.is_empty()).collect();
    // 0471-1234567-801: a short third group after a whole number is an extension.
    if extension.is_none() && groups.len() == 3 && groups[0].len() <= 4 && groups[1].len() >= 7 {
        extension = groups.pop();
    }
    let mut all = groups.concat();
    if abroad && !all.starts_with('0') {
        all.insert(0, '0');
    }
    let b = all.as_bytes();
    // 010 and 02x have three places, all other areas four.
    let area = match b.get(..2)? {
        b"01" | b"02" => 3,
        [b'0', b'3'..=b'9'] => 4,
        _ => return None,
    };
    let local = b.get(area..)?;
    let right = digits(b) && matches!(local.len(), 7 | 8) && matches!(local[0], b'1'..=b'9');
    if !right {
        return None;
    }
    let mut out = format!("{}-{}", &all[..area], &all[area..]);
    if let Some(extension) = extension {
        let extension = extension.trim_matches('-');
        if !(1..=6).contains(&extension.len()) || !digits(extension.as_bytes()) {
            return None;
        }
        out.push('-');
        out.push_str(extension);
    }
    Some(out)
}

/// Reads a mail address (邮箱): one @, something before it, a domain with a dot after it; the domain in lower case.
pub fn email(raw: &str) -> Result<String, FaultCode> {
    let folded: Cow<'_, str> = if raw.bytes().all(|b| b.is_ascii_graphic()) {
        Cow::Borrowed(raw)
    } else {
        raw.chars().filter(|c| !is_invisible(*c)).map(fold_width).collect()
    };
    let text = folded.trim_matches(is_blank);
    if text.is_empty() {
        return Err(FaultCode::Missing);
    }
    if text.contains('*') {
        return Err(FaultCode::MaskedValue);
    }
    let (local, domain) = text.split_once('@').ok_or(FaultCode::BadEmail)?;
    let local_right = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_graphic() && !b"()<>[],;:\\\"".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.');
    let label_right = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if !local_right || domain.len() > 255 || !domain.contains('.') || !domain.split('.').all(label_right) {
        return Err(FaultCode::BadEmail);
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones_have_one_spelling() {
        for raw in ["13812341234", "+86 138 1234 1234", "86-13812341234", "008613812341234", "138-1234-1234", "１３８１２３４１２３４"]
        {
            assert_eq!(phone(raw).as_deref(), Ok("13812341234"), "{raw}");
        }
        for (raw, line) in [
            ("0471-1234567", "0471-1234567"),
            ("04711234567", "0471-1234567"),
            ("(0471)1234567", "0471-1234567"),
            ("+86 471 1234567", "0471-1234567"),
            ("010-12345678", "010-12345678"),
            ("+86-10-12345678", "010-12345678"),
            ("86-471-1234567", "0471-1234567"),
            ("8604711234567", "0471-1234567"),
            ("0471-1234567-801", "0471-1234567-801"),
            ("0471-1234567转801", "0471-1234567-801"),
            ("０４７１－１２３４５６７", "0471-1234567"),
        ] {
            assert_eq!(phone(raw).as_deref(), Ok(line), "{raw}");
        }
        for raw in [
            "1381234123",
            "138123412345",
            "12812341234",
            "1234567",
            "400-123-4567",
            "abc",
            "13812341234/13912341234",
            "0471-123",
            "0471-1234567转",
            "+1 202 555 0100",
            "-",
            "x",
            "+",
            "0471-0234567",
        ] {
            assert_eq!(phone(raw), Err(FaultCode::BadPhone), "{raw}");
        }
        assert_eq!(phone("138****1234"), Err(FaultCode::MaskedValue));
        assert_eq!(phone(" "), Err(FaultCode::Missing));
    }

    #[test]
    fn mail_addresses_are_checked_loosely() {
        assert_eq!(email(" Zhang.San@Example.COM ").as_deref(), Ok("Zhang.San@example.com"));
        assert_eq!(email("ｕ１＠ｅｘａｍｐｌｅ．ｃｏｍ").as_deref(), Ok("u1@example.com"));
        for raw in ["u1#example.com", "@example.com", "u1@", "u1@example", "u 1@example.com", "u@a@b.cn", "u@.cn", "u@a..cn", "u@a.cn\u{7}"]
        {
            assert_eq!(email(raw), Err(FaultCode::BadEmail), "{raw}");
        }
        assert_eq!(email("z***@example.com"), Err(FaultCode::MaskedValue));
        assert_eq!(email(""), Err(FaultCode::Missing));
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_its_own_normal_form(text in any::<String>(), near in "(0|1|86|\\+86)?[0-9() 转-]{6,16}") {
            for text in [&text, &near] {
                if let Ok(line) = phone(text) {
                    prop_assert_eq!(phone(&line), Ok(line));
                }
                if let Ok(address) = email(text) {
                    prop_assert_eq!(email(&address), Ok(address));
                }
            }
        }

        #[test]
        fn addresses_read_back(local in "[a-zA-Z0-9_]{1,10}", domain in "[a-z0-9]{1,8}\\.(com|cn)") {
            let address = format!("{local}@{domain}");
            prop_assert_eq!(email(&address), Ok(address));
        }
    }
}
