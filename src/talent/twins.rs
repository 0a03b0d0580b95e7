//! Who may be one person twice: the features two records share and what they weigh. Pure but for the look at the register; what is
//! done about a pair is said by `judge` and `merge`.

use super::store::{self, Person};
use crate::base::ident::DocType;
use crate::base::names::{self, Likeness};
use crate::error::Result;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// What each feature weighs. Together at most 0.99: only a paper proves.
const WEIGHTS: &[(&str, f64)] =
    &[("shared_number", 0.9), ("name_birth", 0.6), ("name_variant", 0.35), ("phone", 0.25), ("same_employer", 0.1)];

/// Two persons who may be one.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The smaller id.
    pub a: Person,
    /// The larger id.
    pub b: Person,
    /// What they share, the weightiest first.
    pub features: Vec<&'static str>,
    /// What it weighs, 0 to 0.99.
    pub score: f64,
    /// What somebody judged before: same (and not merged yet), unsure.
    pub judged: Option<String>,
}

/// All likely pairs, the likeliest first. Pairs judged different are none; two different resident IDs are two persons.
pub fn pairs(conn: &Connection) -> Result<Vec<Pair>> {
    let mut found: BTreeMap<(i64, i64), Vec<&'static str>> = BTreeMap::new();
    for (feature, ids) in store::alike(conn)? {
        for (i, a) in ids.iter().enumerate() {
            for b in &ids[i + 1..] {
                found.entry((*a, *b)).or_default().push(feature);
            }
        }
    }
    // A telephone alone is shared by colleagues and families.
    found.retain(|_, features| features.iter().any(|f| *f != "phone"));
    let judged = store::judgements(conn)?;
    let mut out = Vec::new();
    for ((a, b), features) in found {
        let verdict = judged.get(&(a, b));
        if verdict.is_some_and(|v| v == "different") {
            continue;
        }
        let (Some(a), Some(b)) = (store::load(conn, a)?, store::load(conn, b)?) else { continue };
        if let Some(pair) = weigh(a, b, features, verdict.cloned()) {
            out.push(pair);
        }
    }
    out.sort_by(|x, y| y.score.total_cmp(&x.score).then((x.a.id, x.b.id).cmp(&(y.a.id, y.b.id))));
    Ok(out)
}

/// Weighs what two persons share; none where papers prove that they are two.
fn weigh(a: Person, b: Person, shared: Vec<&'static str>, judged: Option<String>) -> Option<Pair> {
    let residents = |p: &Person| -> Vec<String> {
        p.documents.iter().filter(|d| d.data.kind == DocType::ResidentId).map(|d| d.data.number.clone()).collect()
    };
    let (ours, theirs) = (residents(&a), residents(&b));
    if !ours.is_empty() && !theirs.is_empty() && !ours.iter().any(|n| theirs.contains(n)) {
        return None;
    }
    let name = |p: &Person| p.profiles.last().map(|f| f.data.name.clone()).unwrap_or_default();
    let mut features: Vec<&'static str> = shared;
    // Grouped by pinyin alone: the names themselves decide.
    if names::likeness(&name(&a), &name(&b)) != Likeness::Ask {
        features.retain(|f| *f != "name_variant");
    }
    let unit = |p: &Person| p.engagements.last().map(|e| e.data.org_id);
    if unit(&a).is_some() && unit(&a) == unit(&b) {
        features.push("same_employer");
    }
    if !features.iter().any(|f| matches!(*f, "shared_number" | "name_birth" | "name_variant")) {
        return None;
    }
    let weight = |f: &str| WEIGHTS.iter().find(|w| w.0 == f).map_or(0.0, |w| w.1);
    features.sort_by(|x, y| weight(y).total_cmp(&weight(x)));
    features.dedup();
    let score = (features.iter().map(|f| weight(f)).sum::<f64>().min(0.99) * 100.0).round() / 100.0;
    Some(Pair { a, b, features, score, judged })
}
