//! What may be wrong, and from where on it is.

use chrono::Duration;

use crate::config;
use crate::tallies::{Counted, What};
use crate::tenancy::StoreError;

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Too many requests end in a fault of ours: percent.
    ErrorRate,
    /// Jobs begin too late: seconds that the oldest has been due.
    JobLag,
    /// Too many jobs failed for good: how many.
    DeadJobs,
    /// Too many messages and mails aren't taken: percent.
    MessageFailures,
    /// Too many requests to others' programs fail: percent.
    WebhookFailures,
    /// What payments came to differs from the provider's book: how many businesses.
    BooksDiffer,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ErrorRate,
        Self::JobLag,
        Self::DeadJobs,
        Self::MessageFailures,
        Self::WebhookFailures,
        Self::BooksDiffer,
    ];

    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ErrorRate => "error_rate",
            Self::JobLag => "job_lag",
            Self::DeadJobs => "dead_jobs",
            Self::MessageFailures => "message_failures",
            Self::WebhookFailures => "webhook_failures",
            Self::BooksDiffer => "books_differ",
        }
    }

    pub(super) fn stored(key: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|condition| condition.key() == key)
            .ok_or_else(|| StoreError::Unreadable(format!("what is wrong: {key}")))
    }
}

/// From where on something is wrong.
#[derive(Debug, Clone)]
pub struct Thresholds {
    /// Percent of requests.
    pub error_percent: u32,
    /// Percent of messages, and of requests to others' programs.
    pub failure_percent: u32,
    /// So many must have failed at least: one of two isn't an outage.
    pub least: u32,
    /// How long the oldest job may have been due.
    pub lag: Duration,
    /// How many jobs may fail for good.
    pub dead_jobs: u32,
    /// Within which time.
    pub window: Duration,
    /// After how long it is told again that something is still wrong.
    pub repeat: Duration,
}

impl From<&config::Alerts> for Thresholds {
    fn from(settings: &config::Alerts) -> Self {
        let time = |length| Duration::from_std(length).unwrap_or(Duration::MAX);
        Self {
            error_percent: settings.error_percent,
            failure_percent: settings.failure_percent,
            least: settings.failures_least,
            lag: time(settings.lag),
            dead_jobs: settings.dead_jobs,
            window: time(settings.window),
            repeat: time(settings.repeat),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// What was looked at.
    pub condition: Condition,
    /// How it is.
    pub value: f64,
    /// From where on it is bad.
    pub threshold: f64,
    /// Whether it is.
    pub bad: bool,
}

/// What is looked at besides what was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jobs {
    /// How long the oldest has been due.
    pub(super) oldest_due: Duration,
    /// How many failed for good within the window.
    pub(super) dead: i64,
    /// In how many businesses the book differs from the provider's.
    pub(super) books: i64,
}

/// How each of them stands.
pub(super) fn readings(counted: &[Counted], jobs: Jobs, thresholds: &Thresholds) -> Vec<Reading> {
    let rate = |condition, what: What, percent: u32| {
        let found = counted.iter().find(|counted| counted.what == what);
        let (good, bad) = found.map_or((0, 0), |counted| (counted.good, counted.bad));
        let value = share(bad, good + bad);
        let threshold = f64::from(percent);
        let enough = bad >= i64::from(thresholds.least);
        Reading { condition, value, threshold, bad: enough && value >= threshold }
    };
    let above = |condition, value: f64, threshold: f64| Reading {
        condition,
        value,
        threshold,
        bad: value >= threshold,
    };
    let (errors, failures) = (thresholds.error_percent, thresholds.failure_percent);
    vec![
        rate(Condition::ErrorRate, What::Requests, errors),
        above(Condition::JobLag, seconds(jobs.oldest_due), seconds(thresholds.lag)),
        above(Condition::DeadJobs, number(jobs.dead), f64::from(thresholds.dead_jobs)),
        rate(Condition::MessageFailures, What::Messages, failures),
        rate(Condition::WebhookFailures, What::Webhooks, failures),
        // One is too many: money is never a matter of share.
        above(Condition::BooksDiffer, number(jobs.books), 1.0),
    ]
}

fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { number(part) * 100.0 / number(whole) }
}

fn seconds(length: Duration) -> f64 {
    number(length.num_milliseconds().max(0)) / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds() -> Thresholds {
        Thresholds {
            error_percent: 5,
            failure_percent: 25,
            least: 20,
            lag: Duration::seconds(60),
            dead_jobs: 10,
            window: Duration::minutes(5),
            repeat: Duration::hours(6),
        }
    }

    fn bad(counted: &[Counted], oldest_due: i64, dead: i64) -> Vec<Condition> {
        let jobs = Jobs { oldest_due: Duration::seconds(oldest_due), dead, books: 0 };
        let all = readings(counted, jobs, &thresholds());
        assert_eq!(all.len(), Condition::ALL.len());
        all.into_iter().filter(|reading| reading.bad).map(|reading| reading.condition).collect()
    }

    #[test]
    fn what_is_wrong_and_from_where_on() {
        use Condition::*;
        let of = |what, good, bad| Counted { what, good, bad };
        let cases: [(&[Counted], i64, i64, &[Condition]); 10] = [
            (&[], 0, 0, &[]),
            (&[of(What::Requests, 380, 20)], 0, 0, &[ErrorRate]),
            // Below the share, and too few to say.
            (&[of(What::Requests, 381, 20)], 0, 0, &[]),
            (&[of(What::Requests, 0, 19)], 0, 0, &[]),
            (&[of(What::Messages, 60, 20)], 0, 0, &[MessageFailures]),
            (&[of(What::Messages, 61, 20)], 0, 0, &[]),
            (&[of(What::Webhooks, 0, 20), of(What::Requests, 5, 1)], 0, 0, &[WebhookFailures]),
            (&[], 60, 9, &[JobLag]),
            (&[], 59, 10, &[DeadJobs]),
            // A clock that is behind another's.
            (&[], -5, 0, &[]),
        ];
        for (counted, oldest_due, dead, expected) in cases {
            assert_eq!(bad(counted, oldest_due, dead), expected, "{counted:?} {oldest_due} {dead}");
        }
    }

    #[test]
    fn one_book_that_differs_is_wrong() {
        let of = |books| Jobs { oldest_due: Duration::zero(), dead: 0, books };
        let bad = |books| {
            let all = readings(&[], of(books), &thresholds());
            all.into_iter().any(|one| one.condition == Condition::BooksDiffer && one.bad)
        };
        assert!(!bad(0));
        assert!(bad(1));
    }
}
