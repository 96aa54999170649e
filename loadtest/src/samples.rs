//! Many durations, and what they say together.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::error::Outcome;

/// Longer than any of our time limits.
const LONGEST: u64 = 120_000_000_000;

/// Durations to three digits.
#[derive(Debug, Clone)]
pub(crate) struct Samples(Histogram<u64>);

/// What samples say, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    /// What it takes when nothing is in the way; the median of a busy machine says more of the machine.
    pub(crate) p10_us: f64,
    pub(crate) p50_us: f64,
    pub(crate) p95_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) max_us: f64,
}

impl Samples {
    pub(crate) fn new() -> Outcome<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, 3)?))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(LONGEST));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Outcome<()> {
        Ok(self.0.add(&other.0)?)
    }

    /// What this share of them took at most, in milliseconds.
    pub(crate) fn at(&self, share: f64) -> f64 {
        micros(self.0.value_at_quantile(share)) / 1000.0
    }

    pub(crate) fn summary(&self) -> Summary {
        let at = |quantile| micros(self.0.value_at_quantile(quantile));
        Summary {
            count: self.0.len(),
            p10_us: at(0.10),
            p50_us: at(0.50),
            p95_us: at(0.95),
            p99_us: at(0.99),
            max_us: if self.0.is_empty() { 0.0 } else { micros(self.0.max()) },
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "two minutes in nanoseconds fit")]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_all_that_was_merged() {
        let (mut low, mut high) = (Samples::new().unwrap(), Samples::new().unwrap());
        for n in 1..=50 {
            low.add(Duration::from_micros(n));
            high.add(Duration::from_micros(50 + n));
        }
        low.merge(&high).unwrap();
        let all = low.summary();
        assert_eq!(all.count, 100);
        for (found, expected) in [
            (all.p10_us, 10.0),
            (all.p50_us, 50.0),
            (all.p95_us, 95.0),
            (all.p99_us, 99.0),
            (all.max_us, 100.0),
        ] {
            assert!((found - expected).abs() < 0.2, "{all:?}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        let none = Samples::new().unwrap().summary();
        assert_eq!((none.count, none.max_us), (0, 0.0));
    }
}
