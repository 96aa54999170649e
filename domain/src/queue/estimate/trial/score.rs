//! How good the quotes were.

use std::fmt;

/// One who joined: what was quoted and what came of it, in minutes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote {
    /// On which day, from nothing.
    pub(super) day: u16,
    pub(super) asked_for_one: bool,
    pub(super) p50: Option<f64>,
    pub(super) p90: Option<f64>,
    /// People ahead × average service minutes.
    pub(super) plain: f64,
    /// The same, divided by those who serve at the moment.
    pub(super) shared: f64,
    pub(super) truth: f64,
}

/// How the estimator did beside the naive rules, over those who were called.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Over how many.
    pub called: u32,
    /// How many of them had been told nothing, or no upper end: it was too late in the day to
    /// promise one. They count as told wrong in all shares, and where no P50 was told there is no
    /// error.
    pub unquoted: u32,
    /// How long they really waited, in minutes.
    pub wait: f64,
    /// How far P50 was off, in minutes: the mean absolute error.
    pub error: f64,
    /// That of people ahead × average service minutes.
    pub plain_error: f64,
    /// That of the same, divided by those who serve.
    pub shared_error: f64,
    /// The share of waits at or under P90.
    pub under_p90: f64,
    /// The share of waits no more than ten minutes from P50.
    pub within_ten: f64,
    /// The share of waits from P50 to P90.
    pub between: f64,
    /// The share of waits in the range that people are shown: P50 rounded down and P90 rounded up to
    /// five minutes.
    pub in_range: f64,
}

impl Score {
    pub(super) fn of<'a>(quotes: impl Iterator<Item = &'a Quote>) -> Self {
        let mut score = Self::default();
        let one = |holds: bool| f64::from(u8::from(holds));
        let mut counted = 0_u32;
        for quote in quotes {
            score.called += 1;
            let truth = quote.truth;
            score.wait += truth;
            score.unquoted += u32::from(quote.p90.is_none());
            // Told nothing is told wrong.
            let (p50, p90) = (quote.p50.unwrap_or(f64::INFINITY), quote.p90.unwrap_or(-1.0));
            score.under_p90 += one(truth <= p90);
            score.within_ten += one((truth - p50).abs() <= 10.0);
            score.between += one((p50..=p90).contains(&truth));
            let (low, high) = ((p50 / 5.0).floor() * 5.0, (p90 / 5.0).ceil() * 5.0);
            score.in_range += one((low..=high).contains(&truth));
            if p50.is_finite() {
                counted += 1;
                score.error += (truth - p50).abs();
                score.plain_error += (truth - quote.plain).abs();
                score.shared_error += (truth - quote.shared).abs();
            }
        }
        let shares = [
            &mut score.wait,
            &mut score.under_p90,
            &mut score.within_ten,
            &mut score.between,
            &mut score.in_range,
        ];
        let over = f64::from(score.called.max(1));
        for sum in shares {
            *sum /= over;
        }
        let errors = [&mut score.error, &mut score.plain_error, &mut score.shared_error];
        let over = f64::from(counted.max(1));
        for sum in errors {
            *sum /= over;
        }
        score
    }
}

/// A month, as a whole and in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// All who were called.
    pub all: Score,
    /// Parts of them, each with its name.
    pub parts: Vec<(&'static str, Score)>,
    /// How many joined.
    pub joined: u32,
    /// How many left before they were called.
    pub left: u32,
    /// How many were not reached on their day.
    pub unreached: u32,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| {:<16} | called | mean wait | error P50 | ahead × avg | ÷ chairs | ≤ P90 | ±10 min \
             | P50–P90 | in range | unquoted |",
            format!("{} joined", self.joined),
        )?;
        writeln!(f, "|{}|", ["-"; 11].map(|dash| dash.repeat(3)).join("|"))?;
        let all = [("all", self.all)];
        for (name, one) in all.iter().chain(&self.parts) {
            let percent = |share: f64| format!("{:.1} %", share * 100.0);
            writeln!(
                f,
                "| {name:<16} | {:>6} | {:>9.1} | {:>9.2} | {:>11.2} | {:>8.2} | {:>6} | {:>7} \
                 | {:>7} | {:>8} | {:>8} |",
                one.called,
                one.wait,
                one.error,
                one.plain_error,
                one.shared_error,
                percent(one.under_p90),
                percent(one.within_ten),
                percent(one.between),
                percent(one.in_range),
                one.unquoted,
            )?;
        }
        writeln!(f, "{} left before, {} were not reached that day", self.left, self.unreached)
    }
}
