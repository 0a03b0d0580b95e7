//! The office's key for cards (签章密钥): the private half in `OFFICE.card-key` for this user alone, never in the office file or a backup; the
//! public halves in the register.

use super::store;
use super::token::{PrivateKey, PublicKey};
use crate::db::files::{self, Whole};
use crate::db::write::Tx;
use crate::error::{self, Result};
use rusqlite::Connection;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const HEAD: &str = "rencai card key 1";

/// Where the private key lies.
pub fn path(office: &Path) -> PathBuf {
    files::beside(office, ".card-key")
}

/// A key that a rotation has made and not yet put into place: the register decides which of the two signs.
fn next_path(office: &Path) -> PathBuf {
    files::beside(office, ".card-key.next")
}

fn read(path: &Path) -> Option<PrivateKey> {
    let text = fs::read_to_string(path).ok()?;
    let seed = text.strip_prefix(HEAD)?.trim();
    let bytes: [u8; 32] = data_encoding::HEXLOWER.decode(seed.as_bytes()).ok()?.try_into().ok()?;
    Some(PrivateKey::new(&bytes))
}

/// The key that signs: the private half of the newest public one. None where it is not here, as with a copy of an office.
pub fn signer(conn: &Connection, office: &Path) -> Result<Option<PrivateKey>> {
    let Some(current) = store::keys(conn)?.pop() else { return Ok(None) };
    let fits = |path: &Path| read(path).filter(|k| k.public() == current);
    Ok(fits(&path(office)).or_else(|| fits(&next_path(office))))
}

/// Sees to it that the office has a key: the first card makes it. Kept in the op that needs it first.
pub fn ensure(tx: &mut Tx<'_>, office: &Path) -> Result<()> {
    if !store::keys(tx.conn())?.is_empty() {
        return Ok(());
    }
    let path = path(office);
    // One that lies there was made for an op that came to nothing.
    let key = match read(&path) {
        Some(key) => key,
        None => make(&path)?,
    };
    store::add_key(tx, &key.public().text())
}

/// A new key in the place of the one that signs. What the old ones signed still counts, unless they are given up.
pub fn rotate(tx: &mut Tx<'_>, office: &Path, give_up: bool) -> Result<PublicKey> {
    let key = make(&next_path(office))?;
    if give_up {
        store::void_keys(tx)?;
    }
    store::add_key(tx, &key.public().text())?;
    Ok(key.public())
}

/// Puts a rotated key into place once its op is committed; killed before, it signs from where it lies.
pub fn settle(office: &Path) -> Result<()> {
    let (from, to) = (next_path(office), path(office));
    fs::rename(&from, &to).map_err(|e| files::cannot_create(&to, &e))?;
    files::sync_folder(&to)
}

fn make(path: &Path) -> Result<PrivateKey> {
    let mut seed = [0u8; 32];
    let mut filled = 0;
    while filled < seed.len() {
        match rustix::rand::getrandom(&mut seed[filled..], rustix::rand::GetRandomFlags::empty()) {
            Ok(n) => filled += n,
            Err(rustix::io::Errno::INTR) => {}
            // A key that could be guessed would be worse than none.
            Err(_) => return Err(error::io("no_random")),
        }
    }
    let mut file = Whole::begin(path)?;
    writeln!(file, "{HEAD}\n{}", data_encoding::HEXLOWER.encode(&seed))?;
    file.finish()?;
    Ok(PrivateKey::new(&seed))
}
