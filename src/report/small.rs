//! Small numbers of people in what everybody may read (小数保护): 1 to 4 become a band, and so many other figures with them that nobody can reckon
//! them back from all tables together. `attack` tries just that, from the published figures alone. Neither is used for the office's own reports.

use super::{Cell, Figure, Figures, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer persons than this are not told.
pub const FEWEST: i64 = 5;

/// What a reader knows of the figures besides the tables.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Figures that are the same by what they count.
    pub same: Vec<(Figure, Figure)>,
    /// What else adds up: stock and flow, what was paid and the ledger.
    pub balances: Vec<Balance>,
    /// Figures of the year before that were not told then, and that what adds up now could tell.
    pub past: Vec<Past>,
    /// Figures of persons among others: of some targets.
    pub people: BTreeSet<Figure>,
    /// What the white paper of the year before did not tell.
    pub untold: BTreeSet<Figure>,
    /// What it told: whoever has it knows the figure.
    pub told: BTreeSet<Figure>,
}

/// A figure that the white paper of the year before kept back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its name in balances.
    pub figure: Figure,
    /// What it is.
    pub value: i64,
    /// A number of persons, told as a band; else nothing was told.
    pub people: bool,
}

/// What adds up across columns and tables: `one` and so much `more`, which a reader knows from elsewhere, come to `other`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The one side.
    pub one: Vec<Figure>,
    /// The other.
    pub other: Vec<Figure>,
    /// What there was before.
    pub more: i64,
}

/// The figures as they may be published.
pub fn protect(figures: &Figures, known: &Known) -> Figures {
    let truth = System::of(figures, known);
    let mut hidden: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, v) in truth.vars.iter().enumerate() {
        let untold = v.names.iter().any(|f| known.untold.contains(f));
        let past = known.past.iter().any(|p| v.names.contains(&p.figure));
        if past || v.people && (1..FEWEST).contains(&v.value) || untold && v.value != 0 {
            hidden.insert(at, 0);
        }
    }
    loop {
        truth.spread(&mut hidden);
        let published = truth.publish(figures, &hidden);
        let seen = attack_as(&published, known);
        // A figure that can be reckoned back: what it was reckoned from is told less exactly.
        let by = |way| seen.open.iter().find_map(|f| truth.complement(*truth.places.get(f)?, &hidden, &seen, known, way));
        let more = [Way::Hide, Way::Widen, Way::HideNothing].into_iter().find_map(by);
        match more {
            Some((at, width)) => {
                hidden.insert(at, width);
            }
            None => return published,
        }
    }
}

/// A figure that the published ones give away, by its name, though it stands as a band or not at all.
pub fn attack(published: &Figures, known: &Known) -> Vec<(Figure, Cell)> {
    let open = attack_as(published, known).open.into_iter();
    let cell = |f: &Figure| match published.cell(f) {
        None if known.past.iter().any(|p| p.figure == *f) => Some(Cell::Withheld),
        cell => cell.cloned(),
    };
    open.filter_map(|f| cell(&f).map(|c| (f, c))).filter(|(_, c)| matches!(c, Cell::Band(..) | Cell::Withheld)).collect()
}

/// How a number is kept from being given away: the first that does it for any of those that are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Another one is hidden too.
    Hide,
    /// A band becomes wider.
    Widen,
    /// A nothing is hidden: there was nothing better.
    HideNothing,
}

/// A number that stands in one place or in several that are the same.
struct Var {
    names: Vec<Figure>,
    people: bool,
    value: i64,
    low: i64,
    high: i64,
}

/// What adds up: the one side comes to the same as the other.
type Sum = (Vec<usize>, Vec<usize>);

/// Every number with what adds up to what.
struct System {
    vars: Vec<Var>,
    places: BTreeMap<Figure, usize>,
    sums: Vec<Sum>,
    /// Numbers of one row, of which money tells the count.
    rows: Vec<Vec<usize>>,
}

/// Where nothing is said, a number may be as large as this.
const MOST: i64 = 1 << 50;

impl System {
    fn of(figures: &Figures, known: &Known) -> System {
        let mut s = System { vars: Vec::new(), places: BTreeMap::new(), sums: Vec::new(), rows: Vec::new() };
        for t in &figures.tables {
            for (f, unit, cell) in t.figures() {
                let people = unit == Unit::People || known.people.contains(&f);
                if !people && unit != Unit::Money {
                    continue;
                }
                let (value, low, high) = match cell {
                    Cell::Int(n) => (*n, *n, *n),
                    Cell::Band(low, high) => (*low, *low, high.unwrap_or(MOST)),
                    Cell::Withheld => (0, 0, MOST),
                    Cell::None | Cell::Code(_) => continue,
                };
                s.places.insert(f.clone(), s.vars.len());
                s.vars.push(Var { names: vec![f], people, value, low, high });
            }
        }
        // What is past is told no otherwise any more: it has no band of ours.
        for p in &known.past {
            let (low, high) = match band(p.value, 0) {
                Cell::Band(low, Some(high)) if p.people => (low, high),
                _ => (0, MOST),
            };
            s.places.insert(p.figure.clone(), s.vars.len());
            s.vars.push(Var { names: vec![p.figure.clone()], people: false, value: p.value, low, high });
        }
        for (a, b) in &known.same {
            let (Some(a), Some(b)) = (s.places.get(a).copied(), s.places.get(b).copied()) else { continue };
            if a != b {
                // The second is the first: it keeps its place and is asked no more.
                let names = std::mem::take(&mut s.vars[b].names);
                let (low, high) = (s.vars[b].low, s.vars[b].high);
                for f in &names {
                    s.places.insert(f.clone(), a);
                }
                s.vars[a].names.extend(names);
                s.vars[a].low = s.vars[a].low.max(low);
                s.vars[a].high = s.vars[a].high.min(high);
            }
        }
        for t in &figures.tables {
            let at =
                |row: &str, column: &str| s.places.get(&Figure { table: t.key.into(), row: row.into(), column: column.into() }).copied();
            for c in &t.columns {
                let parts: Vec<usize> = t.rows.iter().filter_map(|r| at(&r.key, c.key)).collect();
                if let Some(whole) = at("total", c.key).filter(|_| !parts.is_empty()) {
                    s.sums.push((vec![whole], parts));
                }
            }
            for key in t.rows.iter().map(|r| r.key.as_str()).chain(["total"]) {
                s.rows.push(t.columns.iter().filter_map(|c| at(key, c.key)).collect());
                if t.key == "rigid"
                    && let (Some(whole), Some(a), Some(b)) = (at(key, "introduced"), at(key, "rigid"), at(key, "flexible"))
                {
                    s.sums.push((vec![whole], vec![a, b]));
                }
            }
        }
        for b in &known.balances {
            let at = |side: &[Figure]| side.iter().map(|f| s.places.get(f).copied()).collect::<Option<Vec<_>>>();
            let Some((mut one, mut other)) = at(&b.one).zip(at(&b.other)) else { continue };
            if b.more != 0 {
                // A number without a name: it is known, and nothing can be done about it.
                let n = b.more.saturating_abs();
                if b.more > 0 { &mut one } else { &mut other }.push(s.vars.len());
                s.vars.push(Var { names: Vec::new(), people: false, value: n, low: n, high: n });
            }
            s.sums.push((one, other));
        }
        s
    }

    /// Money of a row whose people are not told would tell them.
    fn spread(&self, hidden: &mut BTreeMap<usize, usize>) {
        for row in &self.rows {
            if row.iter().any(|v| self.vars[*v].people && hidden.contains_key(v)) {
                for v in row.iter().filter(|v| !self.vars[**v].people && self.vars[**v].value != 0) {
                    hidden.entry(*v).or_insert(0);
                }
            }
        }
    }

    /// What else must be told less exactly so that a number isn't given away. Where the rest of a sum is known, one of the rest must be hidden; where it
    /// is hidden too narrowly, one of it gets a wider band. Only so far as the `way` goes.
    fn complement(&self, found: usize, hidden: &BTreeMap<usize, usize>, seen: &Attack, known: &Known, way: Way) -> Option<(usize, usize)> {
        let near = self.sums.iter().filter(|(a, b)| a.contains(&found) || b.contains(&found));
        let mut wider = vec![found];
        for (a, b) in near {
            let others: Vec<usize> = a.iter().chain(b).copied().filter(|v| *v != found).collect();
            let loose = |v: &usize| hidden.contains_key(v) && seen.narrowed.get(*v).is_some_and(|(low, high)| low < high);
            if others.iter().any(loose) {
                wider.extend(others.into_iter().filter(loose));
                continue;
            }
            let may = |v: &Var| !v.names.is_empty() && !v.names.iter().any(|f| known.told.contains(f));
            let told = others.iter().filter(|v| !hidden.contains_key(v) && may(&self.vars[**v]));
            let told = told.filter(|v| (self.vars[**v].value == 0) == (way == Way::HideNothing));
            if way == Way::Widen {
                // Bands that hold each other fast.
                wider.extend(others);
            } else if let Some((_, v)) = told.map(|v| (self.cost(*v, hidden), *v)).min() {
                return Some((v, 0));
            }
        }
        let next = |v: usize| hidden.get(&v).filter(|w| self.vars[v].people && **w < WIDTHS.len()).map(|w| (*w + 1, v));
        let wider = wider.into_iter().filter_map(next).min().map(|(w, v)| (v, w));
        wider.filter(|_| way == Way::Widen)
    }

    /// What many other sums would give away again, as totals, later; then what is only compared; the smallest first.
    fn cost(&self, v: usize, hidden: &BTreeMap<usize, usize>) -> (usize, bool, i64) {
        let var = &self.vars[v];
        let alone = |(a, b): &&Sum| (a.contains(&v) || b.contains(&v)) && !a.iter().chain(b).any(|o| hidden.contains_key(o));
        let compared = var.names.iter().any(|f| f.column.ends_with("last_year"));
        (self.sums.iter().filter(alone).count(), compared, var.value)
    }

    fn publish(&self, figures: &Figures, hidden: &BTreeMap<usize, usize>) -> Figures {
        let mut out = figures.clone();
        for t in &mut out.tables {
            let key = t.key;
            let columns = t.columns.clone();
            for (row, cells) in t.rows.iter_mut().map(|r| (r.key.as_str(), &mut r.cells)).chain(t.total.iter_mut().map(|c| ("total", c))) {
                for (c, cell) in columns.iter().zip(cells) {
                    let f = Figure { table: key.into(), row: row.into(), column: c.key.into() };
                    if let Some((at, width)) = self.places.get(&f).and_then(|at| Some((at, hidden.get(at)?))) {
                        let var = &self.vars[*at];
                        *cell = if var.people { band(var.value, *width) } else { Cell::Withheld };
                    } else if *cell != Cell::None && self.tells(key, row, c.key, hidden) {
                        *cell = Cell::Withheld;
                    }
                }
            }
        }
        out
    }

    /// Whether a figure that is reckoned from others would tell one that is hidden.
    fn tells(&self, table: &str, row: &str, column: &str, hidden: &BTreeMap<usize, usize>) -> bool {
        let rests_on: &[(&str, &str)] = match column {
            "share" => &[(row, "people"), ("total", "people")],
            "rigid_share" => &[(row, "rigid"), (row, "introduced")],
            "on_time_share" => &[(row, "on_time"), (row, "closed")],
            "percent" | "remaining" => &[(row, "introduced"), (row, "all")],
            _ => &[],
        };
        rests_on.iter().any(|(row, column)| {
            let f = Figure { table: table.into(), row: (*row).into(), column: (*column).into() };
            self.places.get(&f).is_some_and(|at| hidden.contains_key(at))
        })
    }
}

/// Bands of figures that stand in for small ones become wider where they give them away; the last has no end.
const WIDTHS: [i64; 4] = [5, 10, 20, 50];

/// The band a number is told as.
fn band(value: i64, width: usize) -> Cell {
    match WIDTHS.get(width) {
        _ if width == 0 && (1..FEWEST).contains(&value) => Cell::Band(1, Some(FEWEST - 1)),
        Some(w) => {
            let low = value - value.rem_euclid(*w);
            let low = if value >= FEWEST { low.max(FEWEST) } else { low };
            Cell::Band(low, Some(low - low.rem_euclid(*w) + w - 1))
        }
        None => Cell::Band(if value >= FEWEST { FEWEST } else { 0 }, None),
    }
}

// ---------------------------------------------------------------- the attack

/// So many steps are tried to find another reading of a figure before it counts as given away.
const STEPS: usize = 4000;

/// What an attack comes to.
struct Attack {
    /// Figures that can have one value only.
    open: Vec<Figure>,
    /// Between what every number must lie, by its place.
    narrowed: Vec<(i64, i64)>,
}

/// Figures that can have one value only. Every relation a reader knows narrows every band until nothing moves; a figure is safe where a second whole
/// reading of all tables exists that gives it another value.
fn attack_as(published: &Figures, known: &Known) -> Attack {
    let s = System::of(published, known);
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); s.vars.len()];
    for (n, (a, b)) in s.sums.iter().enumerate() {
        a.iter().chain(b).for_each(|v| of[*v].push(n));
    }
    let bounds: Vec<(i64, i64)> = s.vars.iter().map(|v| (v.low, v.high)).collect();
    let unsure: Vec<usize> = (0..s.vars.len()).filter(|v| !s.vars[*v].names.is_empty() && bounds[*v].0 < bounds[*v].1).collect();
    let mut narrowed = bounds.clone();
    let all: Vec<usize> = (0..s.sums.len()).collect();
    if !narrow(&s.sums, &of, &mut narrowed, all) {
        return Attack { open: Vec::new(), narrowed };
    }
    let mut steps = STEPS;
    let Some(first) = solve(&s.sums, &of, narrowed.clone(), &unsure, &mut steps) else {
        let open = unsure.iter().flat_map(|v| s.vars[*v].names.clone()).collect();
        return Attack { open, narrowed };
    };
    let mut safe: BTreeSet<usize> = BTreeSet::new();
    // What one table tells and another hides is not hidden.
    let told = (0..s.vars.len()).filter(|v| bounds[*v].0 == bounds[*v].1 && s.vars[*v].names.len() > 1);
    let mut open: Vec<Figure> =
        told.flat_map(|v| s.vars[v].names.clone()).filter(|f| matches!(published.cell(f), Some(Cell::Band(..) | Cell::Withheld))).collect();
    for v in &unsure {
        if safe.contains(v) {
            continue;
        }
        let (low, high) = narrowed[*v];
        let near = [first[*v] + 1, first[*v] - 1, low, high.min(first[*v] + FEWEST), first[*v] + 2, first[*v] - 2];
        let other = near.into_iter().filter(|n| *n != first[*v] && low <= *n && *n <= high).find_map(|n| {
            let mut tried = narrowed.clone();
            tried[*v] = (n, n);
            let mut steps = STEPS;
            narrow(&s.sums, &of, &mut tried, of[*v].clone()).then(|| solve(&s.sums, &of, tried, &unsure, &mut steps)).flatten()
        });
        match other {
            Some(other) => safe.extend(unsure.iter().copied().filter(|u| other[*u] != first[*u])),
            None => open.extend(s.vars[*v].names.clone()),
        }
    }
    Attack { open, narrowed }
}

/// Narrows every number by what adds up, until nothing moves; false where no reading is left.
fn narrow(sums: &[Sum], of: &[Vec<usize>], b: &mut [(i64, i64)], mut todo: Vec<usize>) -> bool {
    while let Some(n) = todo.pop() {
        let (one, other) = &sums[n];
        for (side, against) in [(one, other), (other, one)] {
            let sum = |side: &[usize], b: &[(i64, i64)]| side.iter().fold((0, 0), |(low, high), v| (low + b[*v].0, high + b[*v].1));
            let ((low, high), (least, most)) = (sum(side, b), sum(against, b));
            for v in side {
                let (l, h) = b[*v];
                let now = (l.max(least - (high - h)), h.min(most - (low - l)));
                if now.0 > now.1 {
                    return false;
                }
                if now != (l, h) {
                    b[*v] = now;
                    // What moved may move the others of this sum once more.
                    todo.extend(&of[*v]);
                }
            }
        }
    }
    true
}

/// One whole reading: each number in its turn takes a value that what adds up allows.
fn solve(sums: &[Sum], of: &[Vec<usize>], b: Vec<(i64, i64)>, unsure: &[usize], steps: &mut usize) -> Option<Vec<i64>> {
    let Some(v) = unsure.iter().copied().filter(|v| b[*v].0 < b[*v].1).min_by_key(|v| b[*v].1 - b[*v].0) else {
        return Some(b.iter().map(|(low, _)| *low).collect());
    };
    let (low, high) = b[v];
    let middle = low.saturating_add(high.min(low + FEWEST - 1) - low) / 2;
    let mut tried = BTreeSet::new();
    for n in [middle.max(low), low, low + 1, high.min(low + 2), high.min(low + 3), high] {
        if *steps == 0 {
            return None;
        }
        if !tried.insert(n) || n > high {
            continue;
        }
        *steps -= 1;
        let mut next = b.clone();
        next[v] = (n, n);
        if narrow(sums, of, &mut next, of[v].clone())
            && let Some(done) = solve(sums, of, next, unsure, steps)
        {
            return Some(done);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Row, Table};
    use super::*;

    fn table(key: &'static str, columns: &[&'static str], rows: &[&[i64]]) -> Table {
        let cells = |n: &[i64]| n.iter().map(|n| Cell::Int(*n)).collect::<Vec<_>>();
        let total: Vec<i64> = (0..columns.len()).map(|c| rows.iter().map(|r| r[c]).sum()).collect();
        Table {
            key,
            set: None,
            columns: columns.iter().map(|c| Column::people(c)).collect(),
            rows: rows.iter().enumerate().map(|(at, r)| Row { key: format!("r{at}"), name: None, cells: cells(r) }).collect(),
            total: Some(cells(&total)),
        }
    }

    fn figure(name: &str) -> Figure {
        Figure::parse(name).unwrap()
    }

    #[test]
    fn a_small_number_takes_another_with_it() {
        let known = Known::default();
        let told = protect(&Figures { tables: vec![table("a", &["n"], &[&[3], &[40], &[7], &[0]])] }, &known);
        let cell = |name: &str| told.cell(&figure(name)).cloned().unwrap();
        assert_eq!(cell("a/r0/n"), Cell::Band(1, Some(4)));
        assert_eq!(cell("a/r2/n"), Cell::Band(5, Some(9)), "the smallest that is told stands in for it");
        assert_eq!((cell("a/r1/n"), cell("a/total/n"), cell("a/r3/n")), (Cell::Int(40), Cell::Int(50), Cell::Int(0)));
        assert!(attack(&told, &known).is_empty());
    }

    #[test]
    fn a_hidden_number_is_found_where_its_table_or_another_adds_up_to_it() {
        let known = Known { same: vec![(figure("a/total/n"), figure("b/total/n"))], ..Known::default() };
        let mut told = Figures { tables: vec![table("a", &["n"], &[&[3], &[40]]), table("b", &["n"], &[&[20], &[23]])] };
        told.tables[0].rows[0].cells[0] = Cell::Band(1, Some(4));
        assert_eq!(attack(&told, &known).len(), 1);
        told.tables[0].total = Some(vec![Cell::Band(40, Some(49))]);
        let found: Vec<String> = attack(&told, &known).into_iter().map(|(f, _)| f.to_string()).collect();
        assert_eq!(found, ["a/total/n", "a/r0/n"], "the other table says the total");
        told.tables[1].rows[1].cells[0] = Cell::Band(20, Some(29));
        told.tables[1].total = Some(vec![Cell::Band(40, Some(49))]);
        assert_eq!(attack(&told, &known), []);
    }

    #[test]
    fn money_of_a_hidden_row_is_not_told_either() {
        let mut t = table("a", &["n", "fen"], &[&[2, 80_000], &[30, 900_000], &[9, 10_000]]);
        t.columns[1] = Column::money("fen");
        let told = protect(&Figures { tables: vec![t] }, &Known::default());
        assert_eq!(told.cell(&figure("a/r0/fen")), Some(&Cell::Withheld));
        assert_eq!(told.cell(&figure("a/r2/fen")), Some(&Cell::Withheld));
        assert_eq!(told.cell(&figure("a/r1/fen")), Some(&Cell::Int(900_000)));
        assert!(attack(&told, &Known::default()).is_empty());
    }

    /// Rows of a stock in two states and what came to it: a row's flow and what was there before come to its states.
    fn stock(rows: &[&[i64]], before: &[i64]) -> (Table, Known) {
        let t = table("a", &["valid", "ended", "issued"], rows);
        let all: i64 = before.iter().sum();
        let balances = (0..rows.len()).map(|r| (format!("r{r}"), before[r])).chain([("total".to_owned(), all)]);
        let balance = |(row, more)| {
            let f = |column: &str| figure(&format!("a/{row}/{column}"));
            Balance { one: vec![f("issued")], other: vec![f("valid"), f("ended")], more }
        };
        (t, Known { balances: balances.map(balance).collect(), ..Known::default() })
    }

    #[test]
    fn a_stock_in_bands_is_not_told_by_what_came_to_it() {
        let (t, known) = stock(&[&[3, 20, 18], &[40, 60, 90]], &[5, 10]);
        let apart = protect(&Figures { tables: vec![t.clone()] }, &Known::default());
        assert_eq!(apart.cell(&figure("a/r0/issued")), Some(&Cell::Int(18)));
        let mut seen = apart.clone();
        // As far as the table goes both of these may stand; what came to the stock tells the other.
        seen.tables[0].rows[0].cells[1] = Cell::Int(20);
        seen.tables[0].total.as_mut().unwrap()[1] = Cell::Int(80);
        seen.tables[0].rows[1].cells[1] = Cell::Int(60);
        assert_eq!(attack(&seen, &Known::default()), []);
        assert!(attack(&seen, &known).iter().any(|(f, _)| f.to_string() == "a/r0/valid"), "{:?}", attack(&seen, &known));
        let told = protect(&Figures { tables: vec![t] }, &known);
        assert_eq!(attack(&told, &known), []);
        assert!(!matches!(told.cell(&figure("a/r0/valid")), Some(Cell::Int(_))));
    }

    #[test]
    fn money_that_another_table_adds_up_to_is_withheld_with_it() {
        let column = |t: &mut Table, at: usize| t.columns[at] = Column::money(t.columns[at].key);
        let mut paid = table("subsidies", &["n", "paid"], &[&[2, 80_000]]);
        column(&mut paid, 1);
        let mut funds = table("funds", &["paid", "free", "given"], &[&[80_000, 10_000, 90_000], &[5_000, 1_000, 6_000]]);
        (0..3).for_each(|at| column(&mut funds, at));
        let balance = |one: &[&str], other: &[&str], more| {
            let side = |names: &[&str]| names.iter().map(|n| figure(n)).collect();
            Balance { one: side(one), other: side(other), more }
        };
        let mut known = Known { balances: vec![balance(&["subsidies/total/paid"], &["funds/total/paid"], 5_000)], ..Known::default() };
        known.balances.extend(["r0", "r1", "total"].map(|r| {
            let [paid, free, given] = ["paid", "free", "given"].map(|c| format!("funds/{r}/{c}"));
            balance(&[&given], &[&paid, &free], 0)
        }));
        let figures = Figures { tables: vec![paid, funds] };
        let apart = protect(&figures, &Known::default());
        assert_eq!(attack(&apart, &Known::default()), []);
        assert!(attack(&apart, &known).iter().any(|(f, _)| f.to_string() == "subsidies/r0/paid"), "the ledger tells it");
        let told = protect(&figures, &known);
        assert_eq!(attack(&told, &known), []);
        assert_eq!(told.cell(&figure("funds/total/paid")), Some(&Cell::Withheld));
    }

    #[test]
    fn what_was_kept_back_a_year_ago_is_not_told_by_what_came_since() {
        let t = table("a", &["valid", "ended", "issued"], &[&[20, 11, 28], &[40, 60, 90]]);
        let f = figure("a/r0/valid_before");
        let sides = |more: i64, past: &[Figure]| Balance {
            one: [&[figure("a/r0/issued")], past].concat(),
            other: vec![figure("a/r0/valid"), figure("a/r0/ended")],
            more,
        };
        let past = Past { figure: f.clone(), value: 3, people: true };
        let known = Known { balances: vec![sides(0, std::slice::from_ref(&f))], past: vec![past], ..Known::default() };
        let figures = Figures { tables: vec![t] };
        assert_eq!(attack(&figures, &known), [(f, Cell::Withheld)]);
        let told = protect(&figures, &known);
        assert_eq!(attack(&told, &known), []);
        assert_ne!(told, figures);
    }

    /// As below, for a stock and what came to it: every reading of two rows is tried.
    #[test]
    fn a_stock_has_a_second_reading_by_trial_of_all() {
        let mut seed = 11u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % n).unwrap()
        };
        for _ in 0..60 {
            let states: Vec<[i64; 2]> = (0..2).map(|_| [next(12), next(9)]).collect();
            let before: Vec<i64> = states.iter().map(|s| next((s[0] + s[1]).unsigned_abs() + 1)).collect();
            let rows: Vec<[i64; 3]> = states.iter().zip(&before).map(|(s, b)| [s[0], s[1], s[0] + s[1] - b]).collect();
            let (t, known) = stock(&rows.iter().map(|r| &r[..]).collect::<Vec<_>>(), &before);
            let told = protect(&Figures { tables: vec![t] }, &known);
            let range = |row: &str, column: &str| match told.cell(&figure(&format!("a/{row}/{column}"))).unwrap() {
                Cell::Int(n) => *n..=*n,
                Cell::Band(low, high) => *low..=high.unwrap_or(60),
                other => panic!("{other:?}"),
            };
            let mut found: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
            let short = |row: &str, column: &str| *range(row, column).start()..=(*range(row, column).end()).min(30);
            for v0 in short("r0", "valid") {
                for e0 in short("r0", "ended").filter(|e| range("r0", "issued").contains(&(v0 + e - before[0]))) {
                    for v1 in short("r1", "valid").filter(|v| range("total", "valid").contains(&(v0 + v))) {
                        for e1 in short("r1", "ended") {
                            let row = |v: i64, e: i64, b: i64| [("valid", v), ("ended", e), ("issued", v + e - b)];
                            let all = [
                                ("r0", row(v0, e0, before[0])),
                                ("r1", row(v1, e1, before[1])),
                                ("total", row(v0 + v1, e0 + e1, before[0] + before[1])),
                            ];
                            if all.iter().all(|(r, cells)| cells.iter().all(|(c, n)| range(r, c).contains(n))) {
                                for (r, cells) in all {
                                    cells.iter().for_each(|(c, n)| {
                                        found.entry(format!("a/{r}/{c}")).or_default().insert(*n);
                                    });
                                }
                            }
                        }
                    }
                }
            }
            for (f, values) in &found {
                let hidden = !matches!(told.cell(&figure(f)), Some(Cell::Int(_)));
                assert!(!hidden || values.len() > 1, "{f} of {told:?}, before {before:?}");
            }
            assert_eq!(found.len(), 9);
        }
    }

    /// Every reading of small tables, tried one by one: what the attack holds to be safe has two values at least.
    #[test]
    fn what_is_hidden_has_a_second_reading_by_trial_of_all() {
        let mut seed = 7u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % n).unwrap()
        };
        for _ in 0..300 {
            let rows: Vec<[i64; 2]> = (0..3).map(|_| [next(9), next(9)]).collect();
            let rows: Vec<&[i64]> = rows.iter().map(|r| &r[..]).collect();
            let one = table("a", &["m", "n"], &rows);
            let all: i64 = rows.iter().map(|r| r[0]).sum();
            let cut = next(all.unsigned_abs() + 1);
            let two = table("b", &["m"], &[&[cut], &[all - cut]]);
            let known = Known { same: vec![(figure("a/total/m"), figure("b/total/m"))], ..Known::default() };
            let told = protect(&Figures { tables: vec![one, two] }, &known);
            for (f, values) in readings(&told) {
                let hidden = !matches!(told.cell(&f), Some(Cell::Int(_)));
                assert!(!hidden || values.len() > 1, "{f} of {told:?}");
            }
        }
    }

    /// Every value each figure has in any reading: the five rows' numbers are tried, totals follow.
    fn readings(told: &Figures) -> BTreeMap<Figure, BTreeSet<i64>> {
        let range = |name: &str| match told.cell(&figure(name)).unwrap() {
            Cell::Int(n) => (*n, *n),
            Cell::Band(low, high) => (*low, high.unwrap_or(40)),
            other => panic!("{other:?}"),
        };
        let mut found: BTreeMap<Figure, BTreeSet<i64>> = BTreeMap::new();
        let mut see = |all: &[(&str, i64)]| {
            if all.iter().all(|(name, n)| (range(name).0..=range(name).1).contains(n)) {
                all.iter().for_each(|(name, n)| {
                    found.entry(figure(name)).or_default().insert(*n);
                });
            }
        };
        let each = |name: &str| range(name).0..=range(name).1.min(24);
        for x in each("a/r0/m") {
            for y in each("a/r1/m") {
                for z in each("a/r2/m") {
                    let sum = x + y + z;
                    for p in each("b/r0/m").filter(|p| *p <= sum) {
                        see(&[
                            ("a/r0/m", x),
                            ("a/r1/m", y),
                            ("a/r2/m", z),
                            ("a/total/m", sum),
                            ("b/r0/m", p),
                            ("b/r1/m", sum - p),
                            ("b/total/m", sum),
                        ]);
                    }
                    // The other column adds up by itself.
                }
            }
        }
        for x in each("a/r0/n") {
            for y in each("a/r1/n") {
                for z in each("a/r2/n") {
                    see(&[("a/r0/n", x), ("a/r1/n", y), ("a/r2/n", z), ("a/total/n", x + y + z)]);
                }
            }
        }
        found
    }
}
