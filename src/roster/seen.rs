//! What a roster says of itself: which earlier row of the same file has this row's document, another paper of the same document, or
//! the same name and birth date. Kept in digests, 12 bytes a row and question. The register is asked in `people`.

use super::compact::CompactMap;
use crate::base::ident::{DocType, Document};
use crate::base::names;
use crate::talent::entry::Draft;
use crate::talent::store::bulk::{BuildPlain, short_digest};
use std::collections::HashMap;

/// Earlier rows of the file that concern a row.
#[derive(Debug, Default)]
pub struct InFile {
    /// The first row with the same document: this one is a duplicate.
    pub duplicate: Option<u32>,
    /// Rows with another paper of the same document, and how they are told.
    pub papers: Vec<(&'static str, u32)>,
    /// The first row of the same matched name and birth date, where at least one of the two has no resident ID.
    pub twin: Option<u32>,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    /// Document identity → first row.
    documents: CompactMap,
    /// Matched name and birth date → first row; the key's lowest bit says whether that row had a resident ID.
    twins: CompactMap,
    /// Identity → digest of the number on the paper, where the two differ.
    papers: HashMap<u64, u64, BuildPlain>,
}

impl Seen {
    /// Looks a row up and keeps it.
    pub fn row(&mut self, number: u32, draft: &Draft, resident: bool) -> InFile {
        let mut found = InFile::default();
        for doc in &draft.documents {
            let key = document_key(doc);
            match self.documents.first(key, number) {
                None if doc.number != doc.key => {
                    self.papers.insert(key, short_digest(&doc.number));
                }
                None => {}
                // The same number twice in one row is one document.
                Some(first) if first == number => {}
                Some(first) if self.paper(key, doc) == short_digest(&doc.number) => {
                    found.duplicate = Some(first);
                    return found;
                }
                Some(first) => found.papers.push((twin_code(doc), first)),
            }
        }
        if let (Some(name), Some(birth)) = (&draft.name, draft.birth_date) {
            let key = short_digest(&names::fold(name)) ^ u64::from(birth.0.unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let (with, without) = (key | 1, key & !1);
            let first_without = self.twins.get(without);
            let first_with = if resident { None } else { self.twins.get(with) };
            self.twins.first(if resident { with } else { without }, number);
            found.twin = first_without.or(first_with);
        }
        found
    }

    fn paper(&self, key: u64, doc: &Document) -> u64 {
        self.papers.get(&key).copied().unwrap_or_else(|| short_digest(&doc.key))
    }
}

/// How two papers of one document are told.
pub fn twin_code(doc: &Document) -> &'static str {
    if doc.kind == DocType::HmPermit { "permit_number" } else { "old_number" }
}

/// A digest of who a paper names. Resident-ID forms are told apart exactly (17 digits fit 57 bits); others by digest.
fn document_key(doc: &Document) -> u64 {
    match doc.key.get(..17).and_then(|d| d.parse::<u64>().ok()) {
        Some(n) if doc.key.len() == 18 => n << 1 | 1,
        _ => short_digest(&doc.key) & !1,
    }
}
