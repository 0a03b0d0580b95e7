//! The figures of programmes (培训、结业、留区人数), by kind and named project: pure, from what `store::tally` hands in.

use super::Kind;
use crate::base::money::Fen;
use std::collections::{BTreeMap, BTreeSet};

/// One person in one programme, as far as figures are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The programme.
    pub programme_id: i64,
    /// Who: a merged person is the survivor.
    pub person_id: i64,
    /// Has been there.
    pub attended: bool,
    /// Passed.
    pub passed: bool,
    /// Works in the zone on the day asked for.
    pub here: bool,
}

/// A programme that figures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Its id.
    pub id: i64,
    /// Its kind.
    pub kind: Kind,
    /// Its named project.
    pub named_project: Option<String>,
    /// What it cost.
    pub cost: Option<Fen>,
}

/// Figures of one kind of programme and one named project. Persons are distinct within the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Programmes that ended within the days.
    pub programmes: usize,
    /// Persons who have been there: of a training, trained (培训人数).
    pub trained: usize,
    /// Persons who passed (结业人数).
    pub passed: usize,
    /// Of those who have been there, persons who work in the zone on the day asked for (留区人数).
    pub stayed: usize,
    /// What they cost.
    pub cost: Fen,
}

/// Which line of the figures it is: kind, and named project where there is one.
pub type Line = (Kind, Option<String>);

/// The figures by kind and named project.
pub fn tally(programmes: &[Counted], parts: &[Part]) -> BTreeMap<Line, Tally> {
    let line: BTreeMap<i64, Line> = programmes.iter().map(|p| (p.id, (p.kind, p.named_project.clone()))).collect();
    let mut out: BTreeMap<Line, Tally> = BTreeMap::new();
    for p in programmes {
        let t = out.entry((p.kind, p.named_project.clone())).or_default();
        t.programmes += 1;
        t.cost = Fen(t.cost.0.saturating_add(p.cost.map_or(0, |c| c.0)));
    }
    let mut seen: BTreeMap<&Line, [BTreeSet<i64>; 3]> = BTreeMap::new();
    for part in parts {
        let Some(of) = line.get(&part.programme_id) else { continue };
        let sets = seen.entry(of).or_default();
        for (set, counts) in sets.iter_mut().zip([part.attended, part.passed, part.attended && part.here]) {
            if counts {
                set.insert(part.person_id);
            }
        }
    }
    for (of, [trained, passed, stayed]) in seen {
        if let Some(t) = out.get_mut(of) {
            (t.trained, t.passed, t.stayed) = (trained.len(), passed.len(), stayed.len());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_person_counts_once_in_a_line_and_in_every_line_they_were_in() {
        let programme = |id, project: Option<&str>| Counted {
            id,
            kind: Kind::Training,
            named_project: project.map(str::to_owned),
            cost: Some(Fen(100)),
        };
        let part = |programme_id, person_id, passed, here| Part { programme_id, person_id, attended: true, passed, here };
        let all = [programme(1, Some("ai")), programme(2, Some("ai")), programme(3, None)];
        let absent = Part { attended: false, ..part(1, 9, false, true) };
        let t = tally(&all, &[part(1, 7, true, true), part(2, 7, false, true), part(3, 7, false, true), part(2, 8, true, false), absent]);
        assert_eq!(t[&(Kind::Training, Some("ai".into()))], Tally { programmes: 2, trained: 2, passed: 2, stayed: 1, cost: Fen(200) });
        assert_eq!(t[&(Kind::Training, None)], Tally { programmes: 1, trained: 1, passed: 0, stayed: 1, cost: Fen(100) });
    }

    proptest! {
        /// Whatever happened, no more passed or stayed than were there, and nobody of another programme is counted.
        #[test]
        fn a_part_is_never_more_than_the_whole(rows in proptest::collection::vec((0i64..4, 0i64..6, any::<bool>(), any::<bool>(), any::<bool>()), 0..40)) {
            let programmes: Vec<Counted> = (0..3).map(|id| Counted { id, kind: Kind::Training, named_project: None, cost: None }).collect();
            // Nobody passes who has never been there: the acts see to it.
            let parts: Vec<Part> = rows.iter().map(|(p, who, attended, passed, here)| Part {
                programme_id: *p, person_id: *who, attended: *attended, passed: *attended && *passed, here: *here,
            }).collect();
            let t = &tally(&programmes, &parts)[&(Kind::Training, None)];
            let there: BTreeSet<i64> = parts.iter().filter(|p| p.attended && p.programme_id < 3).map(|p| p.person_id).collect();
            prop_assert_eq!(t.trained, there.len());
            prop_assert!(t.passed <= t.trained && t.stayed <= t.trained && t.programmes == 3);
        }
    }
}
