//! `card verify`, `card key`, `card revocations`: whether a card may be used, asked of the office or, without it, of a public key and a list.

use super::change::{self, Seen};
use super::store::{self, Card};
use super::token::{self, Claim, PublicKey, Revocations};
use super::{PREFIX, key};
use crate::base::day::Day;
use crate::base::{ident, number};
use crate::db::digest::hex;
use crate::db::files::{read_text, write_whole};
use crate::error::{self, Error, Result};
use crate::office::{Exit, Office};
use crate::policy;
use crate::talent::store as people;
use crate::ui::View;
use crate::ui::out::shown;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

// ---------------------------------------------------------------- tokens of cards

/// Makes tokens within one run; the key is read once.
pub struct Signing<'a> {
    office: &'a Office,
    key: OnceCell<Option<token::PrivateKey>>,
}

impl<'a> Signing<'a> {
    /// For a run.
    pub fn new(office: &'a Office) -> Signing<'a> {
        Signing { office, key: OnceCell::new() }
    }

    /// The private key, where it is here.
    pub fn key(&self, conn: &Connection) -> Result<Option<&token::PrivateKey>> {
        if let Some(key) = self.key.get() {
            return Ok(key.as_ref());
        }
        let key = key::signer(conn, self.office.path()?)?;
        Ok(self.key.get_or_init(|| key).as_ref())
    }

    /// The token of a card; none in a trial, which has no number, and where the private key is not here.
    pub fn token(&self, conn: &Connection, card: &Card) -> Result<Option<String>> {
        if self.office.globals.dry_run {
            return Ok(None);
        }
        let Some(key) = self.key(conn)? else { return Ok(None) };
        Ok(Some(key.token(&claim(conn, card)?)))
    }
}

/// What a card's token says.
pub fn claim(conn: &Connection, card: &Card) -> Result<Claim> {
    let p = people::load(conn, people::survivor(conn, card.person_id)?)?.ok_or_else(|| error::not_office("damaged"))?;
    let name = p.name_on(card.issued).unwrap_or_default();
    let document = p.documents.iter().find(|d| d.data.kind.code() == "resident_id").or(p.documents.first());
    Ok(Claim {
        card: card.id,
        attached: card.main_card_id.is_some(),
        level: card.level.clone(),
        from: card.issued,
        until: card.valid_until,
        holder: ident::mask_name(name),
        check: document.map_or([0; 4], |d| token::document_check(card.id, &d.data.number)),
    })
}

/// The card that a number or a token names. 3 where the token is none of the office's.
pub fn named(conn: &Connection, text: &str) -> Result<i64> {
    match number::parse(PREFIX, text) {
        Err(number::NumberFault::NotANumber) => {
            let claim = token::read(text, &store::keys(conn)?).ok_or_else(|| error::refused("card_forged"))?;
            let card = store::load(conn, claim.card)?.ok_or_else(|| error::refused("card_forged"))?;
            Ok(card.id)
        }
        _ => Ok(store::resolve(conn, text)?.id),
    }
}

// ---------------------------------------------------------------- verify

/// What `card verify` is asked.
#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    #[arg(value_name = "TOKEN|C")]
    token: String,
    #[arg(long, requires = "key")]
    offline: bool,
    #[arg(long, value_name = "FILE", requires = "offline")]
    key: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "offline")]
    revoked: Option<PathBuf>,
    #[arg(long, value_name = "DAY", value_parser = crate::office::parse_day)]
    at: Option<Day>,
    #[arg(long, value_name = "NUMBER")]
    document: Option<String>,
}

/// The answer; exit 1 where the card may not be used.
pub fn run(office: &Office, a: &VerifyArgs) -> Result<Exit> {
    let day = a.at.unwrap_or(office.as_of());
    let answer = match &a.key {
        Some(key) => without_office(office, a, key, day)?,
        None => by_office(office, a, day)?,
    };
    let valid = answer["valid"] == true;
    office.show(&View::object(answer))?;
    Ok(if valid { Exit::Done } else { Exit::Found })
}

fn answer(reason: &str, day: Day, card: Value, rest: Value) -> Value {
    let mut v = json!({"valid": reason == "ok", "reason": reason, "no": null, "level": null, "valid_until": null, "opens": []});
    if let (Value::Object(v), Value::Object(card), Value::Object(rest)) = (&mut v, card, rest) {
        v.extend(card);
        v.insert("as_of".to_owned(), day.iso().into());
        v.extend(rest);
    }
    v
}

/// Asked of the office: the register knows what became of the card.
fn by_office(office: &Office, a: &VerifyArgs, day: Day) -> Result<Value> {
    let conn = office.read()?;
    let rest = |document: Value| json!({"checked_by": "office", "document": document});
    let refused = |reason| Ok(answer(reason, day, json!({}), rest(Value::Null)));
    let (id, said) = match number::parse(PREFIX, &a.token) {
        Ok(id) => (id, None),
        Err(number::NumberFault::CheckChar) => return refused("unknown"),
        Err(number::NumberFault::NotANumber) => match token::read(&a.token, &store::keys(conn)?) {
            Some(claim) => (claim.card, Some(claim)),
            None => return refused("forged"),
        },
    };
    let Some(card) = store::load(conn, id)? else { return refused("unknown") };
    // A genuine token of a card that the register knows otherwise: the register was put back, and the number given again.
    if said.as_ref().is_some_and(|c| c.until != card.valid_until || c.level != card.level || c.from != card.issued) {
        return refused("unknown");
    }
    let claim = claim(conn, &card)?;
    let seen = change::look(conn, card, day)?;
    let reason = if seen.status == "valid" { "ok" } else { seen.status.as_str() };
    let opens = opens(conn, &seen)?;
    let facts = json!({
        "no": seen.card.no(), "level": seen.card.level, "valid_until": seen.card.valid_until.iso(),
        "opens": if reason == "ok" { opens } else { Vec::new() }, "holder": claim.holder, "attached": claim.attached, "why": seen.why,
    });
    Ok(answer(reason, day, facts, rest(document(a, said.as_ref().unwrap_or(&claim)))))
}

/// What a card opens: kinds of service that the office confirmed.
fn opens(conn: &Connection, seen: &Seen) -> Result<Vec<String>> {
    opens_of(conn, &seen.card.level, seen.card.main_card_id.is_some())
}

fn opens_of(conn: &Connection, level: &str, attached: bool) -> Result<Vec<String>> {
    let (id, pack) = policy::store::services(conn)?;
    let mut opens = Vec::new();
    for code in pack.opens(level, attached) {
        if policy::store::is_confirmed(conn, id, code)? {
            opens.push(code.to_owned());
        }
    }
    Ok(opens)
}

/// Whether the document that lies on the counter is the holder's, as far as four bytes tell.
fn document(a: &VerifyArgs, claim: &Claim) -> Value {
    let Some(text) = &a.document else { return Value::Null };
    // Of whatever kind it is: each kind knows by what a number is the same.
    let forms = ident::DocType::ALL.iter().filter_map(|kind| ident::parse(*kind, text).ok());
    let same = forms.into_iter().any(|d| token::document_check(claim.card, &d.key) == claim.check);
    if same { "matches" } else { "differs" }.into()
}

/// Asked without the office: of the public keys and the last list, both files.
fn without_office(office: &Office, a: &VerifyArgs, key: &Path, day: Day) -> Result<Value> {
    let book = read_book(key)?;
    let keys = book.keys.iter().filter_map(|k| PublicKey::parse(&k.public)).collect::<Vec<_>>();
    if keys.is_empty() {
        return Err(unreadable(key));
    }
    let list = a.revoked.as_deref().map(|f| read_list(f, &keys)).transpose()?;
    let state = list.as_ref().map(|l| {
        let old = Day::parse_iso(&l.day).map_or(0, |d| day.0 - d.0);
        json!({"day": l.day, "days_old": old.max(0), "max_days": l.max_days, "stale": l.max_days.is_some_and(|m| i64::from(old) > i64::from(m))})
    });
    match &state {
        None => office.warn("note.no_revocations", &[]),
        Some(s) if s["stale"] == true => office.warn("note.revocations_stale", &[("day", &s["day"].as_str().unwrap_or_default())]),
        Some(_) => {}
    }
    let rest = |document: Value| json!({"checked_by": "offline", "revocations": state, "document": document});
    let Some(claim) = token::read(&a.token, &keys) else {
        let reason = match number::parse(PREFIX, &a.token) {
            // A number says nothing by itself: only the office knows it.
            Ok(_) | Err(number::NumberFault::CheckChar) => "unknown",
            Err(number::NumberFault::NotANumber) => "forged",
        };
        return Ok(answer(reason, day, json!({}), rest(Value::Null)));
    };
    let reason = if list.as_ref().is_some_and(|l| l.names(claim.card)) {
        "revoked"
    } else if day > claim.until {
        "expired"
    } else if day < claim.from {
        "not_yet"
    } else {
        "ok"
    };
    let level = book.levels.get(&claim.level);
    let opens = level.filter(|_| reason == "ok").map(|l| if claim.attached { &l.attached_opens } else { &l.opens });
    let facts = json!({
        "no": number::format(PREFIX, claim.card), "level": claim.level, "valid_until": claim.until.iso(),
        "opens": opens.cloned().unwrap_or_default(), "holder": claim.holder, "attached": claim.attached,
    });
    Ok(answer(reason, day, facts, rest(document(a, &claim))))
}

// ---------------------------------------------------------------- the files a counter needs

/// The public half of what a counter needs: keys, and what each level opens.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyBook {
    /// What the file is.
    pub rencai: String,
    /// Its form.
    pub version: u32,
    /// Whose cards.
    pub zone: String,
    /// Keys whose tokens count, the one that signs last.
    pub keys: Vec<BookKey>,
    /// Levels by code.
    pub levels: BTreeMap<String, BookLevel>,
    /// Titles of the kinds of service.
    pub services: BTreeMap<String, Titles>,
}

/// A public key in the book.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookKey {
    /// Four bytes that name it, hex.
    pub id: String,
    /// Ed25519, hex.
    pub public: String,
}

/// A level in the book.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookLevel {
    /// Title in Chinese.
    pub zh: String,
    /// Title in English.
    pub en: String,
    /// What a main card opens.
    pub opens: Vec<String>,
    /// What an attached card opens.
    pub attached_opens: Vec<String>,
}

/// A title in both languages.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

const BOOK: &str = "card-keys";

/// The book of an office; 5 where it has no key yet.
pub fn book(office: &Office) -> Result<KeyBook> {
    let conn = office.read()?;
    let keys = store::keys(conn)?;
    if keys.is_empty() {
        return Err(error::conflict("no_card_key").detail("possible", vec!["card issue", "card key rotate"]));
    }
    let (_, cards) = policy::store::card(conn)?;
    let mut levels = BTreeMap::new();
    for l in cards.scheme.iter().flat_map(|s| &s.level) {
        let (opens, attached_opens) = (opens_of(conn, &l.code, false)?, opens_of(conn, &l.code, true)?);
        levels.insert(l.code.clone(), BookLevel { zh: l.title_zh.clone(), en: l.title_en.clone(), opens, attached_opens });
    }
    let (_, services) = policy::store::services(conn)?;
    Ok(KeyBook {
        rencai: BOOK.to_owned(),
        version: 1,
        zone: office.setting("zone")?.unwrap_or_default(),
        keys: keys.iter().map(|k| BookKey { id: hex(&k.id()), public: k.text() }).collect(),
        levels,
        services: services.scheme.iter().map(|s| (s.code.clone(), Titles { zh: s.title_zh.clone(), en: s.title_en.clone() })).collect(),
    })
}

fn unreadable(file: &Path) -> Error {
    error::bad_data("bad_card_file").fact("file", shown(&file.display().to_string()))
}

fn read_book(file: &Path) -> Result<KeyBook> {
    let book: KeyBook = serde_json::from_str(&read_text(file, "bad_card_file")?).map_err(|_| unreadable(file))?;
    if book.rencai == BOOK && book.version == 1 { Ok(book) } else { Err(unreadable(file)) }
}

/// A list that one of the keys signed; 65 where it was altered.
fn read_list(file: &Path, keys: &[PublicKey]) -> Result<Revocations> {
    let list: Revocations = serde_json::from_str(&read_text(file, "bad_card_file")?).map_err(|_| unreadable(file))?;
    if list.is_genuine(keys) {
        Ok(list)
    } else {
        Err(error::bad_data("revocations_forged").fact("file", shown(&file.display().to_string())))
    }
}

/// `card key export`: the book, to stdout or a file.
pub fn export(office: &Office, out: Option<&Path>) -> Result<Exit> {
    let book = book(office)?;
    let text = serde_json::to_string_pretty(&book).unwrap_or_default() + "\n";
    match out {
        None => office.put(text.as_bytes())?,
        Some(path) => {
            let path = crate::db::open::absolute(path)?;
            if !office.globals.dry_run {
                write_whole(&path, text.as_bytes())?;
            }
            let keys: Vec<&str> = book.keys.iter().map(|k| k.id.as_str()).collect();
            office.show(&View::object(json!({"path": shown(&path.display().to_string()), "keys": keys})))?;
        }
    }
    Ok(Exit::Done)
}

/// `card key rotate`: a new key signs from now on.
pub fn rotate(office: &Office, give_up: bool) -> Result<Exit> {
    if give_up {
        office.confirm("ask.give_up_keys", &[])?;
    }
    let path = office.path()?.to_owned();
    office.read()?;
    if office.globals.dry_run {
        // A trial makes no key; what could refuse it is the office alone.
        let keys = store::keys(office.read()?)?.len();
        office.show(&View::object(json!({"key": null, "keys": if give_up { 1 } else { keys + 1 }, "dry_run": true})))?;
        return Ok(Exit::Done);
    }
    let done = office.write("card.key.rotate", Map::new(), |tx| {
        let public = key::rotate(tx, &path, give_up)?;
        let id = hex(&public.id());
        tx.outcome("key", id.clone());
        Ok(json!({"key": id, "public": public.text(), "keys": store::keys(tx.conn())?.len()}))
    })?;
    key::settle(&path)?;
    office.show_act(&done, done.value.clone())?;
    Ok(Exit::Done)
}

/// `card revocations`: the cards that may not be used on the day though their last day has not come, signed.
pub fn revocations(office: &Office, out: &Path) -> Result<Exit> {
    let conn = office.read()?;
    let (day, list) = (office.as_of(), revoked(office)?);
    let path = crate::db::open::absolute(out)?;
    let (count, max_days, numbers) = (list.numbers.len(), list.max_days, serde_json::to_string_pretty(&list).unwrap_or_default() + "\n");
    if !office.globals.dry_run {
        write_whole(&path, numbers.as_bytes())?;
    }
    let keys = store::keys(conn)?.len();
    office.show(&View::object(
        json!({"path": shown(&path.display().to_string()), "day": day.iso(), "max_days": max_days, "count": count, "keys": keys}),
    ))?;
    Ok(Exit::Done)
}

/// The signed list as of the day asked for.
pub fn revoked(office: &Office) -> Result<Revocations> {
    let conn = office.read()?;
    let day = office.as_of();
    let signing = Signing::new(office);
    let key = signing.key(conn)?.ok_or_else(|| error::conflict("no_private_key").detail("possible", vec!["card key rotate"]))?;
    let mut cards = Vec::new();
    store::each(conn, |card| {
        // The last day stands in the token itself.
        if card.issued > day || card.valid_until < day {
            return Ok(());
        }
        let seen = change::look(conn, card, day)?;
        if seen.status != "valid" {
            cards.push(seen.card.id);
        }
        Ok(())
    })?;
    let (_, pack) = policy::store::card(conn)?;
    let max_days = pack.scheme.iter().filter_map(|s| s.revocation_days).min();
    Ok(key.revocations(day, max_days, &cards))
}
