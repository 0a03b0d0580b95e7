//! The text in a card's QR code: what a counter may know, signed with Ed25519, in base32 so that a code stays small. One token has one
//! spelling. And the signed list of cards that may not be used. Pure: keys are in `key`, questions in `verify`.

use crate::base::day::Day;
use crate::base::number;
use crate::db::digest::{hex, sha256};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// The form of the token: its first byte.
const VERSION: u8 = 1;
/// The card is attached to a main card.
const ATTACHED: u8 = 1;
const SIGNATURE: usize = 64;

/// What a token says of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The card's id.
    pub card: i64,
    /// An attached card.
    pub attached: bool,
    /// Level.
    pub level: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// The holder's name, masked.
    pub holder: String,
    /// Four bytes by which the counter sees that a document belongs to the card.
    pub check: [u8; 4],
}

/// Four bytes of the digest of a document's number together with the card's. They confirm a number one has; who can try all numbers can
/// find candidates, so a token is as private as the card itself.
pub fn document_check(card: i64, document: &str) -> [u8; 4] {
    let text = format!("rencai card document 1\n{}\n{document}", number::format(super::PREFIX, card));
    let h = sha256(text.as_bytes());
    [h[0], h[1], h[2], h[3]]
}

/// A public key by which tokens are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// From 64 hex digits.
    pub fn parse(text: &str) -> Option<PublicKey> {
        let bytes: [u8; 32] = HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().map(PublicKey)
    }

    /// 64 hex digits.
    pub fn text(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// Four bytes that name the key in a token.
    pub fn id(&self) -> [u8; 4] {
        let h = sha256(self.0.as_bytes());
        [h[0], h[1], h[2], h[3]]
    }

    fn made(&self, message: &[u8], signature: &[u8]) -> bool {
        // Strict: one message has one signature, so nobody can respell a token.
        Signature::from_slice(signature).is_ok_and(|s| self.0.verify_strict(message, &s).is_ok())
    }
}

/// The office's private key.
pub struct PrivateKey(SigningKey);

impl PrivateKey {
    /// From its 32 bytes.
    pub fn new(seed: &[u8; 32]) -> PrivateKey {
        PrivateKey(SigningKey::from_bytes(seed))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The token of a card.
    pub fn token(&self, claim: &Claim) -> String {
        let mut bytes = body(claim, self.public().id());
        bytes.extend_from_slice(&self.0.sign(&bytes).to_bytes());
        BASE32_NOPAD.encode(&bytes)
    }

    /// A list of cards that may not be used, signed.
    pub fn revocations(&self, day: Day, max_days: Option<u32>, cards: &[i64]) -> Revocations {
        let numbers: Vec<String> = cards.iter().map(|id| number::format(super::PREFIX, *id)).collect();
        let mut list = Revocations {
            rencai: Revocations::KIND.to_owned(),
            version: 1,
            day: day.iso(),
            max_days,
            key: hex(&self.public().id()),
            numbers,
            signature: String::new(),
        };
        list.signature = hex(&self.0.sign(list.message().as_bytes()).to_bytes());
        list
    }
}

fn body(c: &Claim, key: [u8; 4]) -> Vec<u8> {
    let mut b = vec![VERSION, if c.attached { ATTACHED } else { 0 }];
    b.extend_from_slice(&key);
    varint(&mut b, u64::try_from(c.card).unwrap_or_default());
    b.extend_from_slice(&c.until.0.to_be_bytes());
    varint(&mut b, u64::try_from(c.until.0 - c.from.0).unwrap_or_default());
    for text in [&c.level, &c.holder] {
        // Longer than any level or masked name; the length is one byte.
        let cut = text.char_indices().map(|(at, ch)| at + ch.len_utf8()).take_while(|end| *end <= 60).last().unwrap_or(0);
        b.push(u8::try_from(cut).unwrap_or_default());
        b.extend_from_slice(&text.as_bytes()[..cut]);
    }
    b.extend_from_slice(&c.check);
    b
}

/// Seven bits a byte, the lowest first; the last byte has no high bit.
fn varint(b: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        b.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    b.push(n as u8);
}

/// Takes bytes off the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut n = 0u64;
        for shift in (0..63).step_by(7) {
            let [b] = self.take()?;
            n |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return Some(n);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let [len] = self.take()?;
        let (head, rest) = self.0.split_at_checked(len.into())?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).ok()
    }
}

/// What a token says, where one of the keys signed it just so; None is a forged or altered text.
pub fn read(text: &str, keys: &[PublicKey]) -> Option<Claim> {
    // The decoder refuses small letters, padding and loose bits: one token, one spelling.
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
    let (message, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
    let mut r = Reader(message);
    let [version, flags] = r.take()?;
    let id: [u8; 4] = r.take()?;
    if version != VERSION || flags & !ATTACHED != 0 || !keys.iter().any(|k| k.id() == id && k.made(message, signature)) {
        return None;
    }
    let card = i64::try_from(r.varint()?).ok()?;
    let until = Day(i32::from_be_bytes(r.take()?));
    let from = Day(until.0.checked_sub(i32::try_from(r.varint()?).ok()?)?);
    let (level, holder) = (r.text()?, r.text()?);
    let claim = Claim { card, attached: flags == ATTACHED, level, from, until, holder, check: r.take()? };
    (r.0.is_empty() && body(&claim, id) == message).then_some(claim)
}

/// Cards that may not be used, for counters without the office: numbers only, dated and signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revocations {
    /// What the file is.
    pub rencai: String,
    /// Its form.
    pub version: u32,
    /// As of which day.
    pub day: String,
    /// Days after which it counts as old, by policy.
    pub max_days: Option<u32>,
    /// The key that signed it.
    pub key: String,
    /// Card numbers.
    pub numbers: Vec<String>,
    /// Ed25519, hex.
    pub signature: String,
}

impl Revocations {
    /// What the file says it is.
    pub const KIND: &'static str = "card-revocations";

    /// What is signed.
    fn message(&self) -> String {
        let max = self.max_days.map_or_else(|| "-".to_owned(), |d| d.to_string());
        format!("rencai card revocations {}\n{}\n{max}\n{}\n", self.version, self.day, self.numbers.join("\n"))
    }

    /// Whether one of the keys signed it.
    pub fn is_genuine(&self, keys: &[PublicKey]) -> bool {
        let Ok(signature) = HEXLOWER.decode(self.signature.as_bytes()) else { return false };
        let message = self.message();
        self.rencai == Revocations::KIND
            && keys.iter().any(|k| hex(&k.id()) == self.key && k.made(message.as_bytes(), &signature))
            && Day::parse_iso(&self.day).is_some()
    }

    /// Whether a card stands in it.
    pub fn names(&self, card: i64) -> bool {
        let no = number::format(super::PREFIX, card);
        self.numbers.contains(&no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> Claim {
        Claim {
            card: 300,
            attached: false,
            level: "gold".into(),
            from: Day(18_000),
            until: Day(19_000),
            holder: "张*".into(),
            check: document_check(300, "11010519491231002X"),
        }
    }

    fn key(n: u8) -> PrivateKey {
        PrivateKey::new(&[n; 32])
    }

    #[test]
    fn a_token_says_what_was_signed_and_is_small_enough_for_a_card() {
        let token = key(1).token(&claim());
        assert_eq!(read(&token, &[key(2).public(), key(1).public()]), Some(claim()));
        assert_eq!(read(&token, &[key(2).public()]), None, "another key");
        assert!(token.len() <= 160 && token.starts_with('A'), "{} {token}", token.len());
        assert_eq!(PublicKey::parse(&key(1).public().text()), Some(key(1).public()));
    }

    #[test]
    fn an_altered_token_is_none_whatever_was_altered() {
        let token = key(1).token(&claim());
        let keys = [key(1).public()];
        for at in 0..token.len() {
            for other in "AQ7Z=a- ".chars().filter(|c| !token[at..].starts_with(*c)) {
                let mut altered = token.clone();
                altered.replace_range(at..=at, &other.to_string());
                assert_eq!(read(&altered, &keys), None, "{at} {other}");
            }
            assert_eq!(read(&token[..at], &keys), None, "cut at {at}");
        }
        for respelt in [token.to_lowercase(), format!(" {token}"), format!("{token}\n"), format!("{token}A"), format!("{token}======")] {
            assert_eq!(read(&respelt, &keys), None);
        }
    }

    #[test]
    fn a_list_of_revocations_is_signed_as_a_whole() {
        let list = key(1).revocations(Day(18_000), Some(7), &[1, 300]);
        let keys = [key(1).public()];
        assert!(list.is_genuine(&keys) && list.names(300) && !list.names(2));
        assert!(!list.is_genuine(&[key(2).public()]));
        let altered = |f: fn(&mut Revocations)| {
            let mut l = list.clone();
            f(&mut l);
            !l.is_genuine(&keys)
        };
        assert!(altered(|l| l.day = "2030-01-01".into()) && altered(|l| l.max_days = None) && altered(|l| l.numbers.clear()));
        assert!(altered(|l| l.signature.push('0')));
    }

    proptest! {
        #[test]
        fn every_claim_comes_back(card in 1i64..i64::MAX, days in 0i32..5000, until in 10_000i32..40_000, level in "[a-z_]{1,20}", holder in "\\PC{0,12}", attached: bool) {
            let c = Claim { card, attached, level, from: Day(until - days), until: Day(until), holder, check: [1, 2, 3, 4] };
            let read = read(&key(3).token(&c), &[key(3).public()]).unwrap();
            prop_assert_eq!((read.card, read.from, read.until, read.attached), (c.card, c.from, c.until, c.attached));
            prop_assert!(c.holder.starts_with(&read.holder) && c.level == read.level);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert_eq!(read(&text, &[key(1).public()]), None);
        }
    }
}
