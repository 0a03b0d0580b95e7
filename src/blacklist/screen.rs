//! Looking through a list (筛查): whom a row may mean among those listed, by what they share. Pure: the few listed are held in memory, rows come one
//! after the other. The same document or credit code is exact; anything else is likely at most, a question to a person and never a ground
//! of refusal. What a feature weighs is policy.

use super::Whom;
use crate::base::day::PartDate;
use crate::base::ident::{DocType, Document};
use crate::base::names;
use crate::policy::Screening;
use std::collections::{HashMap, HashSet};

/// Somebody listed, as known on the day that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The case.
    pub case_id: i64,
    /// Whom it is about; of a merged person the survivor.
    pub whom: Option<Whom>,
    /// Numbers of the office under which a person is or was known.
    pub numbers: Vec<i64>,
    /// Documents: type, identity, and the number as the paper has it.
    pub documents: Vec<(DocType, String, String)>,
    /// Names, former ones too.
    pub names: Vec<String>,
    /// Birth date.
    pub birth: Option<PartDate>,
    /// Telephone.
    pub phone: Option<String>,
    /// Matched names of the unit: of a person where he works, of a unit its own, former ones too.
    pub units: Vec<String>,
    /// A unit's credit code.
    pub uscc: Option<String>,
}

impl Entry {
    fn has_resident(&self) -> bool {
        self.documents.iter().any(|d| d.0 == DocType::ResidentId)
    }

    fn is_unit(&self) -> bool {
        matches!(self.whom, Some(Whom::Unit(_)))
    }
}

/// What a row says of who it is.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// Number of the office: it counts where the row names no document and the name agrees.
    pub no: Option<i64>,
    /// Documents.
    pub documents: &'a [Document],
    /// Cleaned name.
    pub name: Option<&'a str>,
    /// Birth date.
    pub birth: Option<PartDate>,
    /// Telephone.
    pub phone: Option<&'a str>,
    /// Unit.
    pub employer: Option<&'a str>,
    /// The unit's credit code.
    pub uscc: Option<&'a str>,
}

/// Somebody listed whom a row means or may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Place in the index.
    pub entry: usize,
    /// By a document or credit code; else likely.
    pub exact: bool,
    /// In hundredths; 100 where it is exact.
    pub score: u32,
    /// What they share, the weightiest first.
    pub features: Vec<&'static str>,
}

/// Who is listed, ready to be asked.
#[derive(Debug, Default)]
pub struct Index {
    /// In the order of their cases.
    pub entries: Vec<Entry>,
    by_number: HashMap<i64, Vec<usize>>,
    by_document: HashMap<String, Vec<(usize, usize)>>,
    by_name: HashMap<String, Vec<usize>>,
    by_reading: HashMap<String, Vec<usize>>,
    by_uscc: HashMap<String, Vec<usize>>,
    by_unit: HashMap<String, Vec<usize>>,
    /// Of whom a row without a resident ID, and a row with one, can be a variant.
    variants: [Variants; 2],
}

/// Persons whom a name read alike could mean: most rows are born in none of their months.
#[derive(Debug, Default)]
struct Variants {
    months: HashSet<i32>,
    /// Of some no birth date is known.
    unborn: bool,
}

/// Year and month of a date.
fn month(d: PartDate) -> i32 {
    d.0 / 100
}

impl Index {
    /// Of those listed.
    pub fn of(entries: Vec<Entry>) -> Index {
        let mut ix = Index { entries, ..Index::default() };
        for (at, e) in ix.entries.iter().enumerate() {
            for id in &e.numbers {
                ix.by_number.entry(*id).or_default().push(at);
            }
            for (nth, (_, key, _)) in e.documents.iter().enumerate() {
                ix.by_document.entry(key.clone()).or_default().push((at, nth));
            }
            if e.is_unit() {
                for unit in &e.units {
                    ix.by_unit.entry(unit.clone()).or_default().push(at);
                }
                if let Some(code) = &e.uscc {
                    ix.by_uscc.entry(code.clone()).or_default().push(at);
                }
                continue;
            }
            for name in &e.names {
                ix.by_name.entry(names::fold(name)).or_default().push(at);
                for reading in names::readings(name) {
                    ix.by_reading.entry(reading).or_default().push(at);
                }
            }
            // Two different resident IDs are two persons: a row with one is compared with those alone who have none.
            let groups = if e.has_resident() { 0..1 } else { 0..2 };
            for group in groups {
                let v = &mut ix.variants[group];
                match e.birth {
                    Some(birth) => {
                        v.months.insert(month(birth));
                    }
                    None => v.unborn = true,
                }
            }
        }
        ix
    }

    /// Whether nobody is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whom documents or a credit code name without a doubt: place in the index and by what.
    pub fn exact(&self, documents: &[Document], uscc: Option<&str>) -> Vec<(usize, &'static str)> {
        let mut found: Vec<(usize, &'static str)> = Vec::new();
        for doc in documents {
            for (at, nth) in self.by_document.get(&doc.key).into_iter().flatten() {
                let (kind, key, paper) = &self.entries[*at].documents[*nth];
                // The same number under another type of document is another paper, unless both have the form of a resident ID.
                if *kind != doc.kind && key.len() != 18 {
                    continue;
                }
                let feature = match doc.kind {
                    _ if *paper == doc.number => "document",
                    DocType::HmPermit => "permit_number",
                    _ => "old_number",
                };
                if !found.iter().any(|f| f.0 == *at) {
                    found.push((*at, feature));
                }
            }
        }
        found.extend(uscc.and_then(|c| self.by_uscc.get(c)).into_iter().flatten().map(|at| (*at, "uscc")));
        found
    }

    /// Everybody whom a row means or may mean, exact ones first, then the likeliest.
    pub fn find(&self, row: &Asked<'_>, weights: &Screening) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for (entry, feature) in self.exact(row.documents, row.uscc) {
            let mut features = vec![feature];
            let e = &self.entries[entry];
            // A slip in the number would hit somebody else: it is told beside it.
            if row.name.is_some_and(|n| !e.is_unit() && e.names.iter().all(|o| names::likeness(n, o) == names::Likeness::Differ)) {
                features.push("name_differs");
            }
            found.push(Found { entry, exact: true, score: 100, features });
        }
        let numbered = row.no.filter(|_| row.documents.is_empty()).and_then(|id| self.by_number.get(&id));
        for &entry in numbered.into_iter().flatten() {
            // A number of another office's making names somebody else here.
            if row.name.is_none_or(|n| self.entries[entry].names.iter().any(|o| names::fold(o) == names::fold(n))) {
                found.push(Found { entry, exact: true, score: 100, features: vec!["no"] });
            }
        }
        self.likely_persons(row, weights, &mut found);
        self.likely_units(row, weights, &mut found);
        if found.len() > 1 {
            found.sort_by_key(|f| (!f.exact, 100 - f.score, f.entry));
        }
        found
    }

    fn likely_persons(&self, row: &Asked<'_>, weights: &Screening, found: &mut Vec<Found>) {
        let Some(name) = row.name else { return };
        let resident = row.documents.iter().any(|d| d.kind == DocType::ResidentId);
        let mut candidates: Vec<(usize, &'static str, u32)> = Vec::new();
        if let Some(same) = self.by_name.get(&names::fold(name)) {
            candidates.extend(same.iter().map(|at| (*at, "name", weights.name)));
        }
        let variants = &self.variants[usize::from(resident)];
        if variants.unborn || row.birth.map_or(!variants.months.is_empty(), |b| variants.months.contains(&month(b))) {
            for reading in names::readings(name) {
                let alike = self.by_reading.get(&reading).into_iter().flatten();
                candidates.extend(alike.map(|at| (*at, "name_variant", weights.name_variant)));
            }
        }
        for (entry, feature, weight) in candidates {
            let e = &self.entries[entry];
            if found.iter().any(|f| f.entry == entry) || resident && e.has_resident() {
                continue;
            }
            let mut shared = vec![(weight, feature)];
            match row.birth.zip(e.birth) {
                Some((a, b)) if a == b && !a.is_month() => shared.push((weights.birth_date, "birth_date")),
                Some((a, b)) if a.same_or_refines(b) => shared.push((weights.birth_month, "birth_month")),
                // Born on another day, it is another.
                Some(_) => continue,
                None => {}
            }
            if row.phone.is_some() && row.phone == e.phone.as_deref() {
                shared.push((weights.phone, "phone"));
            }
            if row.employer.is_some_and(|u| e.units.contains(&names::org_fold(u))) {
                shared.push((weights.employer, "employer"));
            }
            let score = shared.iter().map(|s| s.0).sum::<u32>().min(99);
            if score >= weights.likely_from {
                shared.sort_by_key(|s| std::cmp::Reverse(s.0));
                found.push(Found { entry, exact: false, score, features: shared.into_iter().map(|s| s.1).collect() });
            }
        }
    }

    fn likely_units(&self, row: &Asked<'_>, weights: &Screening, found: &mut Vec<Found>) {
        let Some(unit) = row.employer.filter(|_| !self.by_unit.is_empty()) else { return };
        for at in self.by_unit.get(&names::org_fold(unit)).into_iter().flatten() {
            // Two different codes are two units.
            let two = row.uscc.is_some() && self.entries[*at].uscc.is_some();
            if !two && weights.unit_name >= weights.likely_from && !found.iter().any(|f| f.entry == *at) {
                found.push(Found { entry: *at, exact: false, score: weights.unit_name, features: vec!["unit_name"] });
            }
        }
    }
}

/// What a row says of who it is, as one text: what a judgement about it is kept under. None where it says nothing.
pub fn identity_of(row: &Asked<'_>) -> Option<String> {
    let mut keys: Vec<&str> = row.documents.iter().map(|d| d.key.as_str()).collect();
    keys.sort_unstable();
    if !keys.is_empty() {
        return Some(format!("document {}", keys.join(" ")));
    }
    let birth = row.birth.map(|b| b.iso()).unwrap_or_default();
    let unit = row.employer.map(names::org_fold).unwrap_or_default();
    match (row.name, row.uscc) {
        (Some(name), _) => Some(format!("name {} {birth} {} {unit}", names::fold(name), row.phone.unwrap_or_default())),
        (None, Some(code)) => Some(format!("code {code}")),
        (None, None) if !unit.is_empty() => Some(format!("unit {unit}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ident;
    use crate::policy::{parse_integrity, shipped};
    use proptest::prelude::*;

    fn weights() -> Screening {
        parse_integrity(shipped("integrity").unwrap()).unwrap().rules().screening.clone()
    }

    fn doc(kind: DocType, number: &str) -> Document {
        ident::parse(kind, number).unwrap()
    }

    fn person(case_id: i64, name: &str, birth: Option<i32>, documents: &[Document]) -> Entry {
        Entry {
            case_id,
            whom: Some(Whom::Person(case_id)),
            numbers: vec![case_id],
            documents: documents.iter().map(|d| (d.kind, d.key.clone(), d.number.clone())).collect(),
            names: vec![name.to_owned()],
            birth: birth.map(PartDate),
            phone: Some("13800000000".into()),
            units: vec![names::org_fold("甲公司")],
            uscc: None,
        }
    }

    fn told(ix: &Index, row: &Asked<'_>) -> Vec<(bool, u32, String)> {
        ix.find(row, &weights()).into_iter().map(|f| (f.exact, f.score, f.features.join("+"))).collect()
    }

    #[test]
    fn papers_of_one_person_are_exact_and_names_never_are() {
        let id = doc(DocType::ResidentId, "610104196209276908");
        let permit = doc(DocType::HmPermit, "H12345678");
        let ix = Index::of(vec![person(1, "张三", Some(19_620_927), std::slice::from_ref(&id)), person(2, "李四", None, &[permit])]);
        let with = |d: Document, name| told(&ix, &Asked { documents: &[d], name: Some(name), ..Asked::default() });
        assert_eq!(with(id.clone(), "张三"), [(true, 100, "document".into())]);
        assert_eq!(with(doc(DocType::ResidentId, "610104620927690"), "张三"), [(true, 100, "old_number".into())]);
        assert_eq!(with(doc(DocType::HmPermit, "H1234567802"), "李四"), [(true, 100, "permit_number".into())]);
        assert_eq!(with(id, "王五"), [(true, 100, "document+name_differs".into())]);
        // The same characters as another paper.
        assert_eq!(with(doc(DocType::Passport, "H12345678"), "王五"), []);
        // The office's own number, where the name agrees and no paper says more.
        let numbered = |name| told(&ix, &Asked { no: Some(2), name, ..Asked::default() });
        assert_eq!((numbered(Some("李四")), numbered(None)), (vec![(true, 100, "no".into())], vec![(true, 100, "no".into())]));
        assert_eq!(numbered(Some("王五")), []);
        // Another valid resident ID is another person, whatever the name and birth date.
        let other = doc(DocType::ResidentId, "11010519491231002X");
        let row = Asked { documents: &[other], name: Some("张三"), birth: Some(PartDate(19_620_927)), ..Asked::default() };
        assert_eq!(told(&ix, &row), []);
    }

    #[test]
    fn likely_matches_add_up_what_is_shared() {
        let id = doc(DocType::ResidentId, "610104196209276908");
        let ix = Index::of(vec![person(1, "其木格", Some(19_620_927), &[id]), person(2, "其木格", None, &[])]);
        let passport = [doc(DocType::Passport, "E12345678")];
        let row =
            |name, birth: Option<i32>| Asked { documents: &passport, name: Some(name), birth: birth.map(PartDate), ..Asked::default() };
        let name_only = (false, 40, "name".to_owned());
        assert_eq!(told(&ix, &row("其木格", Some(19_620_927))), [(false, 80, "name+birth_date".into()), name_only.clone()]);
        assert_eq!(told(&ix, &row("琪木格", Some(19_620_927))), [(false, 65, "birth_date+name_variant".into())]);
        assert_eq!(told(&ix, &row("其木格", Some(19_620_900))), [(false, 60, "name+birth_month".into()), name_only.clone()]);
        // Born on another day; then only the one of whom no birth date is known remains.
        assert_eq!(told(&ix, &row("其木格", Some(19_620_928))), std::slice::from_ref(&name_only));
        // A variant of a name alone says too little, and so does a telephone without a name.
        assert_eq!(told(&ix, &row("琪木格", None)), []);
        let phone = Asked { phone: Some("13800000000"), ..row("琪木格", None) };
        assert_eq!(told(&ix, &phone), [(false, 45, "name_variant+phone".into()), (false, 45, "name_variant+phone".into())]);
        let colleague = Asked { employer: Some("甲 公司"), ..row("其木格", None) };
        assert_eq!(told(&ix, &colleague)[0], (false, 50, "name+employer".into()));
        assert_eq!(told(&ix, &Asked { phone: Some("13800000000"), ..Asked::default() }), []);
        // A row with a resident ID can only mean whom no resident ID is known of.
        let resident = [doc(DocType::ResidentId, "11010519491231002X")];
        let row = Asked { documents: &resident, name: Some("其木格"), birth: Some(PartDate(19_491_231)), ..Asked::default() };
        assert_eq!(told(&ix, &row), [name_only]);
    }

    #[test]
    fn units_are_known_by_their_code() {
        let unit = Entry {
            case_id: 7,
            whom: Some(Whom::Unit(1)),
            units: vec![names::org_fold("甲（集团）公司")],
            uscc: Some("91350100M000100Y43".into()),
            ..Entry::default()
        };
        let ix = Index::of(vec![unit]);
        let row = |name, code| Asked { employer: name, uscc: code, ..Asked::default() };
        assert_eq!(told(&ix, &row(Some("乙公司"), Some("91350100M000100Y43"))), [(true, 100, "uscc".into())]);
        assert_eq!(told(&ix, &row(Some("甲(集团)公司"), None)), [(false, 60, "unit_name".into())]);
        assert_eq!(told(&ix, &row(Some("甲(集团)公司"), Some("91110108551385082Q"))), []);
        // A person of that name is no unit.
        assert_eq!(told(&ix, &Asked { name: Some("甲（集团）公司"), ..Asked::default() }), []);
    }

    #[test]
    fn a_row_is_told_by_its_papers_else_by_all_it_says() {
        let (a, b) = (doc(DocType::ResidentId, "610104620927690"), doc(DocType::ResidentId, "610104196209276908"));
        let of = |d: &Document| identity_of(&Asked { documents: std::slice::from_ref(d), name: Some("张三"), ..Asked::default() });
        assert_eq!(of(&a), of(&b));
        let named = |name, birth: i32| identity_of(&Asked { name: Some(name), birth: Some(PartDate(birth)), ..Asked::default() });
        assert_eq!(named("阿卜杜拉·买买提", 19_800_101), named("阿卜杜拉•买买提", 19_800_101));
        assert_ne!(named("张三", 19_800_101), named("张三", 19_800_102));
        assert_eq!(identity_of(&Asked::default()), None);
        assert!(identity_of(&Asked { uscc: Some("91350100M000100Y43"), ..Asked::default() }).is_some());
    }

    proptest! {
        #[test]
        fn a_likely_match_is_never_exact(name in "[张李王][三四其琪]木格?", born in 0i32..3, listed in "[张李王][三四其琪]木格?", known in 0i32..3, shares in 0u8..4) {
            let date = |n: i32| (n > 0).then_some(PartDate(19_800_100 + n));
            let mut e = person(1, &listed, None, &[]);
            e.birth = date(known);
            let row = Asked {
                name: Some(&name),
                birth: date(born),
                phone: (shares & 1 == 1).then_some("13800000000"),
                employer: (shares & 2 == 2).then_some("甲公司"),
                ..Asked::default()
            };
            let ix = Index::of(vec![e]);
            for f in ix.find(&row, &weights()) {
                prop_assert!(!f.exact && f.score < 100 && f.score >= weights().likely_from);
                prop_assert!(matches!(f.features.iter().filter(|f| f.starts_with("name")).count(), 1));
                // What the index finds by look-ups is what the names themselves say.
                prop_assert_ne!(names::likeness(&name, &listed), names::Likeness::Differ);
            }
            let same = names::fold(&name) == names::fold(&listed) && (born == known || born == 0 || known == 0);
            prop_assert_eq!(ix.find(&row, &weights()).iter().any(|f| f.features.contains(&"name")), same);
        }
    }
}
