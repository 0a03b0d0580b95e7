//! Identity documents (证件) of persons: how a number is read, checked and compared. Below it stand credit codes of
//! units, telephone and mail, and masking. Whether a number is already in the register is for the register to say.

mod contact;
mod mask;
mod uscc;

pub use contact::{email, phone};
pub use mask::{mask, mask_email, mask_name, mask_phone};
pub use uscc::uscc;

use super::chars::{fold_width, is_blank, is_hyphen, is_invisible};
use super::day::PartDate;
use super::fault::FaultCode;
use std::borrow::Cow;

/// A kind of identity document (证件类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocType {
    /// Resident identity card (居民身份证, GB 11643).
    ResidentId,
    /// Residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证).
    HmtResidence,
    /// Mainland travel permit of Hong Kong and Macao residents (港澳居民来往内地通行证, 回乡证).
    HmPermit,
    /// Mainland travel permit of Taiwan residents (台湾居民来往大陆通行证, 台胞证).
    TwPermit,
    /// Permanent residence card of a foreigner (外国人永久居留身份证).
    ForeignPr,
    /// Passport (护照).
    Passport,
}

impl DocType {
    /// Every kind.
    pub const ALL: &'static [DocType] =
        &[DocType::ResidentId, DocType::HmtResidence, DocType::HmPermit, DocType::TwPermit, DocType::ForeignPr, DocType::Passport];

    /// The stable code; the code set `id_type` carries the labels.
    pub const fn code(self) -> &'static str {
        match self {
            DocType::ResidentId => "resident_id",
            DocType::HmtResidence => "hmt_residence",
            DocType::HmPermit => "hm_permit",
            DocType::TwPermit => "tw_permit",
            DocType::ForeignPr => "foreign_pr",
            DocType::Passport => "passport",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<DocType> {
        DocType::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// Sex (性别, GB/T 2261.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The stable code; the code set `sex` carries the labels.
    pub const fn code(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
        }
    }

    /// The sex of a code.
    pub fn from_code(code: &str) -> Option<Sex> {
        match code {
            "male" => Some(Sex::Male),
            "female" => Some(Sex::Female),
            _ => None,
        }
    }
}

/// An identity document that passed its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The kind as given.
    pub kind: DocType,
    /// The number normalised: ASCII, upper case, without blanks and hyphens.
    pub number: String,
    /// What two numbers of one document share: the 18-digit form of an old resident ID, the lifetime part of a permit.
    pub key: String,
    /// The birth date in the number, where its kind carries one.
    pub birth: Option<PartDate>,
    /// The sex in the number, where its kind carries it.
    pub sex: Option<Sex>,
    /// An old resident ID of 15 digits.
    pub old_form: bool,
    /// A remark that does not stop the document.
    pub warning: Option<FaultCode>,
}

/// Reads a document number by the rules of its kind.
pub fn parse(kind: DocType, raw: &str) -> Result<Document, FaultCode> {
    let number = normalise(raw);
    if number.is_empty() {
        return Err(FaultCode::Missing);
    }
    // In an identity number so many X can only stand for hidden digits; in a passport they could be letters.
    let hidden = matches!(kind, DocType::ResidentId | DocType::HmtResidence) && number.contains("XXXX");
    if hidden || number.contains('*') {
        return Err(FaultCode::MaskedValue);
    }
    if went_through_a_float(&number) {
        return Err(FaultCode::UnrecoverableNumber);
    }
    match kind {
        DocType::ResidentId => resident_id(number),
        DocType::HmtResidence => hmt_residence(number),
        DocType::HmPermit => hm_permit(number),
        DocType::TwPermit => tw_permit(number),
        DocType::ForeignPr => foreign_pr(number),
        DocType::Passport => passport(number),
    }
}

/// A number without the accidents of typing: ASCII, upper case, the look-alikes of X as X, no blanks or hyphens.
fn normalise(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Cow::Borrowed(raw);
    }
    let kept = raw.chars().filter(|&c| !is_blank(c) && !is_hyphen(c) && !is_invisible(c));
    Cow::Owned(
        kept.map(|c| match fold_width(c) {
            'Ⅹ' | 'ⅹ' | '×' => 'X',
            c => c.to_ascii_uppercase(),
        })
        .collect(),
    )
}

/// `1.50123E+17`, `150123199003074496.0`: a spreadsheet read the number as a float, and digits are lost.
fn went_through_a_float(number: &str) -> bool {
    let (mantissa, exponent) = match number.split_once('E') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let decimal = mantissa.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part));
    match exponent {
        // A bare 12E5 can be a passport; a point or a plus can't.
        Some(exponent) => {
            let signed = exponent.strip_prefix('+');
            (decimal || (digits(mantissa) && signed.is_some())) && digits(signed.unwrap_or(exponent))
        }
        None => decimal && mantissa.len() > 15,
    }
}

/// ISO 7064 MOD 11-2 over 17 digits.
fn mod_11_2(body: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if body.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (b, weight) in body.iter().zip(WEIGHTS) {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum += u32::from(digit) * weight;
    }
    Some(b"10X98765432"[(sum % 11) as usize])
}

/// The check character (校验码, GB 11643: ISO 7064 MOD 11-2) of the first 17 digits of an identity number.
pub fn resident_check(body17: &str) -> Option<char> {
    mod_11_2(body17.as_bytes()).map(char::from)
}

fn digits(b: &[u8]) -> bool {
    b.iter().all(u8::is_ascii_digit)
}

/// The date in the 7th to 14th place.
fn birth_of(number: &[u8]) -> Result<PartDate, FaultCode> {
    let value = |part: &[u8]| part.iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
    PartDate::from_parts(value(&number[6..10]) as i32, value(&number[10..12]), Some(value(&number[12..14]))).ok_or(FaultCode::BadDate)
}

fn sex_of(number: &[u8]) -> Sex {
    if number[16] % 2 == 1 { Sex::Male } else { Sex::Female }
}

/// The rules that all numbers of 18 places share; the caller has looked at the length.
fn check_18(number: &[u8]) -> Result<PartDate, FaultCode> {
    let check = mod_11_2(&number[..17]).ok_or(FaultCode::BadNumber)?;
    match number[17] {
        last if last == check => birth_of(number),
        b'0' if number.ends_with(b"000") => Err(FaultCode::UnrecoverableNumber),
        b'0'..=b'9' | b'X' => Err(FaultCode::CheckDigit),
        _ => Err(FaultCode::BadNumber),
    }
}

/// A remark if the first two digits are no province, region or municipality (省级行政区, GB/T 2260). Never a refusal:
/// codes are abolished and made, and a number is for life.
fn region_warning(number: &[u8]) -> Option<FaultCode> {
    let known = matches!(
        (number[0], number[1]),
        (b'1', b'1'..=b'5')
            | (b'2', b'1'..=b'3')
            | (b'3', b'1'..=b'7')
            | (b'4', b'1'..=b'6')
            | (b'5', b'0'..=b'4')
            | (b'6', b'1'..=b'5')
            | (b'7', b'1')
            | (b'8', b'1'..=b'3')
    );
    (!known).then_some(FaultCode::OldRegion)
}

/// Refuses letters before lengths: 不详 is no number at all, 17 digits are a number with one missing.
fn expect_digits_or_x(number: &str) -> Result<(), FaultCode> {
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'X');
    if plain { Ok(()) } else { Err(FaultCode::BadNumber) }
}

fn resident_id(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    expect_digits_or_x(&number)?;
    let bytes = number.as_bytes();
    let warning = region_warning(bytes.get(..2).unwrap_or(b"00"));
    match bytes.len() {
        18 => {
            let birth = Some(check_18(bytes)?);
            let sex = Some(sex_of(bytes));
            let number = number.into_owned();
            let key = number.clone();
            Ok(Document { kind: DocType::ResidentId, number, key, birth, sex, old_form: false, warning })
        }
        15 => {
            // Numbers of 15 digits were given to people born in the 20th century (they ended in 1999).
            let mut key = String::with_capacity(18);
            key.push_str(&number[..6]);
            key.push_str("19");
            key.push_str(&number[6..]);
            key.push(resident_check(&key).ok_or(FaultCode::BadNumber)?);
            let birth = Some(birth_of(key.as_bytes())?);
            let sex = Some(sex_of(key.as_bytes()));
            let number = number.into_owned();
            Ok(Document { kind: DocType::ResidentId, number, key, birth, sex, old_form: true, warning })
        }
        _ => Err(FaultCode::BadLength),
    }
}

fn hmt_residence(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    expect_digits_or_x(&number)?;
    if number.len() != 18 {
        return Err(FaultCode::BadLength);
    }
    let birth = check_18(number.as_bytes())?;
    if !matches!(&number[..6], "810000" | "820000" | "830000") {
        return Err(FaultCode::BadNumber);
    }
    let sex = sex_of(number.as_bytes());
    Ok(Document { birth: Some(birth), sex: Some(sex), ..plain(DocType::HmtResidence, number, 18) })
}

fn hm_permit(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    if !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(FaultCode::BadNumber);
    }
    if !matches!(number.len(), 9 | 11) {
        return Err(FaultCode::BadLength);
    }
    let bytes = number.as_bytes();
    if !matches!(bytes[0], b'H' | b'M') || !digits(&bytes[1..]) {
        return Err(FaultCode::BadNumber);
    }
    Ok(plain(DocType::HmPermit, number, 9))
}

fn tw_permit(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    // Old ones print the renewal count and a letter in brackets: 0012345601(B).
    let number = if number.contains(['(', ')']) { Cow::Owned(number.replace(['(', ')'], "")) } else { number };
    let bytes = number.as_bytes();
    let body = match bytes {
        [body @ .., last] if bytes.len() == 11 && last.is_ascii_uppercase() => body,
        _ => bytes,
    };
    if !digits(body) {
        return Err(FaultCode::BadNumber);
    }
    if !matches!(body.len(), 8 | 10) {
        return Err(FaultCode::BadLength);
    }
    Ok(plain(DocType::TwPermit, number, 8))
}

fn foreign_pr(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    let bytes = number.as_bytes();
    if !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return Err(FaultCode::BadNumber);
    }
    match bytes.len() {
        // The edition of 2017: nationality in letters; its inner structure is not published, so it is kept loose.
        15 if bytes[..3].iter().all(u8::is_ascii_uppercase) && digits(&bytes[3..]) => Ok(plain(DocType::ForeignPr, number, 15)),
        // The edition of 2023, checked as GB 11643.
        18 if bytes[0] == b'9' => {
            let birth = check_18(bytes)?;
            Ok(Document { birth: Some(birth), ..plain(DocType::ForeignPr, number, 18) })
        }
        15 | 18 => Err(FaultCode::BadNumber),
        _ => Err(FaultCode::BadLength),
    }
}

fn passport(number: Cow<'_, str>) -> Result<Document, FaultCode> {
    if !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(FaultCode::BadNumber);
    }
    match number.len() {
        5..=17 => Ok(plain(DocType::Passport, number, 17)),
        _ => Err(FaultCode::BadLength),
    }
}

/// A document of ASCII letters and digits that says nothing about its holder; the key is its first places.
fn plain(kind: DocType, number: Cow<'_, str>, key_len: usize) -> Document {
    let key = number[..key_len.min(number.len())].to_owned();
    Document { kind, number: number.into_owned(), key, birth: None, sex: None, old_form: false, warning: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(kind: DocType, raw: &str) -> FaultCode {
        parse(kind, raw).expect_err(raw)
    }

    #[test]
    fn resident_ids_carry_birth_and_sex() {
        let doc = parse(DocType::ResidentId, "11010519491231002X").unwrap();
        assert_eq!((doc.birth, doc.sex), (Some(PartDate(19_491_231)), Some(Sex::Female)));
        assert_eq!((doc.number.as_str(), doc.key.as_str()), ("11010519491231002X", "11010519491231002X"));
        assert!(!doc.old_form && doc.warning.is_none());
        let doc = parse(DocType::ResidentId, "440308199901101512").unwrap();
        assert_eq!((doc.birth, doc.sex), (Some(PartDate(19_990_110)), Some(Sex::Male)));
    }

    #[test]
    fn typing_habits_do_not_matter() {
        for raw in [
            "11010519491231002x",
            " 110105 19491231 002X\t",
            "１１０１０５１９４９１２３１００２Ｘ",
            "11010519491231002Ⅹ",
            "11010519491231002ⅹ",
            "11010519491231002×",
            "110105-19491231-002X",
            "　11010519491231002X\u{a0}\u{feff}",
            "\u{202d}11010519491231002X\u{202c}",
        ] {
            let doc = parse(DocType::ResidentId, raw).unwrap();
            assert_eq!(doc.number, "11010519491231002X", "{raw}");
        }
    }

    #[test]
    fn an_old_number_is_the_same_person() {
        let doc = parse(DocType::ResidentId, "610104620927690").unwrap();
        assert_eq!(doc.number, "610104620927690");
        assert_eq!(doc.key, "610104196209276908");
        assert_eq!((doc.birth, doc.sex), (Some(PartDate(19_620_927)), Some(Sex::Female)));
        assert!(doc.old_form);
        assert_eq!(fault(DocType::ResidentId, "610104621327690"), FaultCode::BadDate);
        assert_eq!(fault(DocType::ResidentId, "61010462092769X"), FaultCode::BadNumber);
    }

    #[test]
    fn wrong_resident_ids_say_why() {
        for (raw, code) in [
            ("", FaultCode::Missing),
            (" \u{3000}", FaultCode::Missing),
            ("110105194912310021", FaultCode::CheckDigit),
            ("11010519491231002", FaultCode::BadLength),
            ("1101051949123100211", FaultCode::BadLength),
            ("1101051949123100X1", FaultCode::BadNumber),
            ("不详", FaultCode::BadNumber),
            ("1.50123E+17", FaultCode::UnrecoverableNumber),
            ("1.5E17", FaultCode::UnrecoverableNumber),
            ("２E+17", FaultCode::UnrecoverableNumber),
            ("150123199003074496.0", FaultCode::UnrecoverableNumber),
            ("150123199003074000", FaultCode::UnrecoverableNumber),
            ("35*************123", FaultCode::MaskedValue),
            ("35＊＊＊＊＊＊＊＊＊＊＊＊＊123", FaultCode::MaskedValue),
            ("35XXXXXXXXXXXXX123", FaultCode::MaskedValue),
        ] {
            assert_eq!(fault(DocType::ResidentId, raw), code, "{raw}");
        }
        // A right check character over a day that does not exist.
        let body = "11010519490231002";
        let number = format!("{body}{}", resident_check(body).unwrap());
        assert_eq!(fault(DocType::ResidentId, &number), FaultCode::BadDate);
    }

    #[test]
    fn three_zeros_with_a_right_check_character_are_accepted() {
        let number = (100..1000)
            .map(|area| format!("150{area}1990030740"))
            .filter(|head| head.len() == 16)
            .map(|head| format!("{head}0"))
            .find(|body| resident_check(body) == Some('0'))
            .map(|body| format!("{body}0"))
            .unwrap();
        assert!(number.ends_with("000"));
        assert_eq!(parse(DocType::ResidentId, &number).unwrap().number, number);
    }

    #[test]
    fn an_unknown_region_is_a_remark_only() {
        let body = "99010519491231002";
        let number = format!("{body}{}", resident_check(body).unwrap());
        assert_eq!(parse(DocType::ResidentId, &number).unwrap().warning, Some(FaultCode::OldRegion));
        assert_eq!(parse(DocType::ResidentId, "810000199408230021").unwrap().kind, DocType::ResidentId);
    }

    #[test]
    fn other_documents_follow_their_own_rules() {
        let doc = parse(DocType::HmtResidence, "810000199408230021").unwrap();
        assert_eq!((doc.birth, doc.sex), (Some(PartDate(19_940_823)), Some(Sex::Female)));
        assert!(parse(DocType::HmtResidence, "830000199201300022").is_ok());
        assert_eq!(fault(DocType::HmtResidence, "11010519491231002X"), FaultCode::BadNumber);
        assert_eq!(fault(DocType::HmtResidence, "810000199408230022"), FaultCode::CheckDigit);
        assert_eq!(fault(DocType::HmtResidence, "610104620927690"), FaultCode::BadLength);

        assert_eq!(parse(DocType::HmPermit, "h1234567801").unwrap().key, "H12345678");
        assert_eq!(parse(DocType::HmPermit, "M12345678").unwrap().key, "M12345678");
        assert_eq!(fault(DocType::HmPermit, "K12345678"), FaultCode::BadNumber);
        assert_eq!(fault(DocType::HmPermit, "H1234567"), FaultCode::BadLength);

        assert_eq!(parse(DocType::TwPermit, "12345678").unwrap().key, "12345678");
        let old = parse(DocType::TwPermit, "0012345601（Ｂ）").unwrap();
        assert_eq!((old.number.as_str(), old.key.as_str()), ("0012345601B", "00123456"));
        assert_eq!(fault(DocType::TwPermit, "1234567"), FaultCode::BadLength);
        assert_eq!(fault(DocType::TwPermit, "1234567A"), FaultCode::BadNumber);

        let card = parse(DocType::ForeignPr, "91184019810521001X").unwrap();
        assert_eq!((card.birth, card.sex), (Some(PartDate(19_810_521)), None));
        assert_eq!(fault(DocType::ForeignPr, "911840198105210011"), FaultCode::CheckDigit);
        assert!(parse(DocType::ForeignPr, "USA110181052112").is_ok_and(|doc| doc.birth.is_none()));
        assert_eq!(fault(DocType::ForeignPr, "US1110181052112"), FaultCode::BadNumber);
        assert_eq!(fault(DocType::ForeignPr, "USA1101"), FaultCode::BadLength);

        assert_eq!(parse(DocType::Passport, "e 1234 5678").unwrap().number, "E12345678");
        assert_eq!(parse(DocType::Passport, "12E45678").unwrap().number, "12E45678");
        assert_eq!(fault(DocType::Passport, "E12"), FaultCode::BadLength);
        assert_eq!(fault(DocType::Passport, "张12345678"), FaultCode::BadNumber);
        assert_eq!(fault(DocType::Passport, "1.2E+10"), FaultCode::UnrecoverableNumber);
    }

    #[test]
    fn codes_read_back() {
        for kind in DocType::ALL {
            assert_eq!(DocType::from_code(kind.code()), Some(*kind));
        }
        for sex in [Sex::Male, Sex::Female] {
            assert_eq!(Sex::from_code(sex.code()), Some(sex));
        }
    }

    prop_compose! {
        fn resident()(area in 110_000..660_000u32, day in 0..18_000i32, seq in 0..1000u32) -> String {
            let (y, m, d) = super::super::day::Day(day).ymd();
            let body = format!("{area}{y}{m:02}{d:02}{seq:03}");
            let check = resident_check(&body).unwrap();
            format!("{body}{check}")
        }
    }

    proptest! {
        #[test]
        fn a_right_number_passes(number in resident()) {
            let doc = parse(DocType::ResidentId, &number).unwrap();
            prop_assert_eq!(&doc.key, &number);
            let old = format!("{}{}", &number[..6], &number[8..17]);
            if &number[6..8] == "19" {
                prop_assert_eq!(parse(DocType::ResidentId, &old).unwrap().key, number);
            }
        }

        #[test]
        fn a_mistyped_digit_is_always_caught(number in resident(), at in 0usize..18, to in 0u8..10) {
            let mut bytes = number.into_bytes();
            if bytes[at] == b'0' + to {
                return Ok(()); // no change
            }
            bytes[at] = b'0' + to;
            prop_assert!(parse(DocType::ResidentId, &String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn two_neighbours_swapped_are_caught(number in resident(), at in 0usize..16) {
            let mut bytes = number.into_bytes();
            if bytes[at] == bytes[at + 1] {
                return Ok(()); // no change
            }
            bytes.swap(at, at + 1);
            prop_assert!(parse(DocType::ResidentId, &String::from_utf8(bytes).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[0-9XxE.+*() 张-]{0,20}") {
            for text in [&text, &near] {
                for kind in DocType::ALL {
                    if let Ok(doc) = parse(*kind, text) {
                        // What was accepted is its own normal form.
                        prop_assert_eq!(parse(*kind, &doc.number), Ok(doc));
                    }
                }
            }
        }
    }
}
