//! Where a figure will end (预测): the run rate of the last twelve months carried on to the end of the term, with a range in which four of five
//! ends fall. Pure: days of what counts in, a forecast out; the same days give the same forecast. docs/targets.md says how well it holds.
//!
//! What is still to come is taken to be negative binomial. Its mean is what came within the last 365 days (or since the term began), a half
//! more, spread over the days that are left. Its variance has three parts: how unevenly things come (the largest ratio of variance to mean that the
//! last twelve months, all months or all quarters show, never below that of chance, and more where there are few of them); that the rate is itself
//! only estimated; and that it may change, by a fifth a year.

use crate::base::day::Day;
use crate::policy::Term;

/// The method's name, as scripts see it.
pub const METHOD: &str = "negative_binomial_365d";
/// So many ends of a hundred fall within the range.
pub const LEVEL_PERCENT: i64 = 80;
/// Days whose count makes the run rate.
pub const WINDOW_DAYS: i32 = 365;
/// Days of a month.
const MONTH: f64 = 365.0 / 12.0;
/// How much a rate changes in a year: a standard deviation of so much of itself.
const CHANGE_A_YEAR: f64 = 0.2;
/// The share of ends below the range, and above it.
const TAIL: f64 = 0.1;
/// The quantile of the normal distribution that leaves `TAIL` above.
const Z: f64 = 1.281_551_6;

/// What is known of a figure on a day, and what will become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// What counts on the day.
    pub figure: i64,
    /// What comes in a month, by the last twelve; none before the term.
    pub run_rate: Option<f64>,
    /// The figure at the end of the term by the run rate; none before the term.
    pub projected: Option<i64>,
    /// Lower end of the range.
    pub low: Option<i64>,
    /// Upper end of the range.
    pub high: Option<i64>,
    /// What would have to come in a month to reach the goal; none when no day is left.
    pub needed_rate: Option<f64>,
    /// The chance in percent that the goal is reached; none before the term.
    pub chance_percent: Option<f64>,
    /// The term is over: what is projected is what there is.
    pub term_over: bool,
}

/// Forecasts a figure on `day` from the days on which what counts in it came.
pub fn forecast(came: &[i32], goal: i64, day: i32, term: &Term) -> Forecast {
    let day = day.min(term.until);
    let figure = came.len() as i64;
    let left = f64::from(term.until - day.max(term.from - 1));
    let needed_rate = (left > 0.0).then(|| tenths((goal - figure).max(0) as f64 / (left / MONTH)));
    if day < term.from {
        // Nothing of the term has been seen: what came before is no sign of it.
        return Forecast {
            figure,
            run_rate: None,
            projected: None,
            low: None,
            high: None,
            needed_rate,
            chance_percent: None,
            term_over: false,
        };
    }
    let days = (day - term.from + 1).min(WINDOW_DAYS);
    let within = came.iter().filter(|d| **d > day - days).count() as f64;
    let rate = within / f64::from(days);
    let rest = Rest::of(came, day, term, within, f64::from(days), left);
    let end = |n: u64| figure.saturating_add(i64::try_from(n).unwrap_or(i64::MAX));
    let (low, high) = rest.range();
    Forecast {
        figure,
        run_rate: Some(tenths(rate * MONTH)),
        projected: Some(end((rate * left).round() as u64)),
        low: Some(end(low)),
        high: Some(end(high)),
        needed_rate,
        chance_percent: Some(tenths(rest.at_least((goal - figure).max(0) as u64) * 100.0)),
        term_over: left <= 0.0,
    }
}

fn tenths(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// What is still to come, as a distribution.
#[derive(Clone, Copy, Debug)]
struct Rest {
    mean: f64,
    variance: f64,
    /// By the months without anything: the chance that nothing comes at all.
    nothing: f64,
}

impl Rest {
    fn of(came: &[i32], day: i32, term: &Term, within: f64, days: f64, left: f64) -> Rest {
        let months = months_back(came, day, term);
        let window = &months[..months.len().min(12)];
        let quarters: Vec<u64> = months.chunks_exact(3).map(|m| m.iter().sum()).collect();
        let spread = [window, &months, &quarters].map(unevenness).into_iter().fold(1.0, f64::max);
        let mean = if left > 0.0 { (within + 0.5) * left / days } else { 0.0 };
        let changed = CHANGE_A_YEAR * mean;
        let variance = spread * mean * (1.0 + left / days) + changed * changed * (left / f64::from(WINDOW_DAYS));
        let empty = months.iter().filter(|n| **n == 0).count() as f64 / months.len().max(1) as f64;
        Rest { mean, variance, nothing: empty.powf(left / MONTH) }
    }

    /// The lower and the upper end of the range.
    fn range(&self) -> (u64, u64) {
        let (mut low, mut high) = (None, 0);
        self.walk(|n, upto| {
            if upto > TAIL {
                low.get_or_insert(n);
            }
            high = n;
            upto < 1.0 - TAIL
        });
        // Where many months are empty, all that are left may be: a batch now and then is less even than any such distribution.
        (if self.nothing > TAIL { 0 } else { low.unwrap_or(0) }, high)
    }

    /// The chance that at least so many come.
    fn at_least(&self, wanted: u64) -> f64 {
        if wanted == 0 {
            return 1.0;
        }
        let mut below = 0.0;
        self.walk(|n, upto| {
            below = upto;
            n + 1 < wanted
        });
        (1.0 - below).clamp(0.0, 1.0)
    }

    /// Hands out the chances that at most 0, 1, 2 … come, as long as it is asked for more.
    fn walk(&self, mut more: impl FnMut(u64, f64) -> bool) {
        if self.mean <= 0.0 {
            more(0, 1.0);
            return;
        }
        let extra = (self.variance - self.mean).max(self.mean * 1e-6);
        let size = self.mean * self.mean / extra;
        let log_q = (self.mean / (size + self.mean)).ln();
        let mut log_p = size * (size / (size + self.mean)).ln();
        let mut upto = log_p.exp();
        let mut n = 0u64;
        // Behind ten times the deviation nothing is left that rounding would not hide.
        let last = (self.mean + 10.0 * self.variance.max(self.mean).sqrt() + 20.0) as u64;
        while more(n, upto.min(1.0)) && n < last {
            log_p += ((n as f64 + size) / (n as f64 + 1.0)).ln() + log_q;
            upto += log_p.exp();
            n += 1;
        }
    }
}

/// What came in each whole month of the term, the last one first.
fn months_back(came: &[i32], day: i32, term: &Term) -> Vec<u64> {
    let month_of = |d: i32| (i64::from(day - d) * 12 / i64::from(WINDOW_DAYS)) as usize;
    let whole = (i64::from(day - term.from + 1) * 12 / i64::from(WINDOW_DAYS)) as usize;
    let mut months = vec![0; whole];
    for d in came.iter().filter(|d| (term.from..=day).contains(d)) {
        if let Some(n) = months.get_mut(month_of(*d)) {
            *n += 1;
        }
    }
    months
}

/// Variance to mean of counts, made larger where few of them say so, as the quantile of Student's distribution is.
fn unevenness(counts: &[u64]) -> f64 {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / n;
    if counts.len() < 3 || mean <= 0.0 {
        return 1.0;
    }
    let free = n - 1.0;
    let variance = counts.iter().map(|c| (*c as f64 - mean).powi(2)).sum::<f64>() / free;
    let student = Z + (Z.powi(3) + Z) / (4.0 * free) + (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / (96.0 * free * free);
    variance / mean * (student / Z).powi(2)
}

/// What came in each calendar month of the term up to the day: (year, month, count).
pub fn by_month(came: &[i32], day: i32, term: &Term) -> Vec<(i32, u32, u64)> {
    let place = |d: i32| {
        let (y, m, _) = Day(d).ymd();
        i64::from(y) * 12 + i64::from(m) - 1
    };
    let (first, last) = (place(term.from), place(day.min(term.until)));
    let mut counts = vec![0; usize::try_from(last - first + 1).unwrap_or(0)];
    for d in came.iter().filter(|d| (term.from..=day).contains(d)) {
        if let Some(n) = usize::try_from(place(*d) - first).ok().and_then(|at| counts.get_mut(at)) {
            *n += 1;
        }
    }
    (first..).zip(counts).map(|(at, n)| (at.div_euclid(12) as i32, at.rem_euclid(12) as u32 + 1, n)).collect()
}

#[cfg(test)]
mod tests;
