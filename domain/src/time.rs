//! The clock is a value that is passed in. Nothing else in the product may ask what time it is.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, TimeZone, Utc};

/// Microseconds are all that PostgreSQL keeps: a finer instant would change by being stored.
pub type Instant = DateTime<Utc>;

/// Where "now" comes from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The current instant, to the microsecond.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Instant {
        to_micros(Utc::now())
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `at`.
    pub fn at(at: Instant) -> Self {
        Self(AtomicI64::new(at.timestamp_micros()))
    }

    /// Shows `at` from now on.
    pub fn set(&self, at: Instant) {
        self.0.store(at.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Utc.timestamp_micros(self.0.load(Ordering::SeqCst)).single().unwrap_or_default()
    }
}

/// A clock that several processes share through a file, so that a test can move the time of a
/// running server and worker together. The file holds an instant (`2026-03-08T01:59:00Z`: time
/// stands still) or an offset in seconds (`+3600`: time flows, shifted). No file, no shift.
#[derive(Debug)]
pub struct FileClock {
    path: PathBuf,
    base: SystemClock,
}

impl FileClock {
    /// Follows the file at `path`, which may come and go.
    pub fn following(path: PathBuf) -> Self {
        Self { path, base: SystemClock }
    }
}

impl Clock for FileClock {
    fn now(&self) -> Instant {
        let real = self.base.now();
        let Ok(text) = std::fs::read_to_string(&self.path) else { return real };
        shown_by(text.trim(), real)
    }
}

fn shown_by(text: &str, real: Instant) -> Instant {
    if let Ok(fixed) = DateTime::parse_from_rfc3339(text) {
        return to_micros(fixed.with_timezone(&Utc));
    }
    match text.parse::<i64>() {
        Ok(seconds) => Duration::try_seconds(seconds)
            .and_then(|shift| real.checked_add_signed(shift))
            .unwrap_or(real),
        Err(_) => real,
    }
}

fn to_micros(at: Instant) -> Instant {
    Utc.timestamp_micros(at.timestamp_micros()).single().unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_file_fixes_or_shifts_time() {
        let real = Utc.with_ymd_and_hms(2026, 3, 8, 6, 30, 0).unwrap();
        let cases = [
            ("2026-03-08T01:59:00Z", "2026-03-08T01:59:00+00:00"),
            ("2026-03-08T01:59:00+02:00", "2026-03-07T23:59:00+00:00"),
            ("+3600", "2026-03-08T07:30:00+00:00"),
            ("-60", "2026-03-08T06:29:00+00:00"),
            ("rubbish", "2026-03-08T06:30:00+00:00"),
            ("", "2026-03-08T06:30:00+00:00"),
        ];
        for (text, shown) in cases {
            assert_eq!(shown_by(text, real).to_rfc3339(), shown, "{text:?}");
        }
    }

    #[test]
    fn the_system_clock_keeps_what_the_database_keeps() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
