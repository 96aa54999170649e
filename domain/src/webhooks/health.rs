//! How it goes with an endpoint, and what follows from it: when it is let rest, and when it is given
//! up.

use std::time::Duration as Pause;

use chrono::{DateTime, Duration, Utc};

use crate::entropy::shaken;
use crate::time::Instant;
use crate::words::words;

words! {
    /// Why an endpoint is out of use without anybody having said so.
    DisabledFor {
        /// It answered that it is gone.
        Gone = "gone",
        /// Nothing arrived there for days.
        Failing = "failing",
    }
}

/// So many failures in a row, and it is let rest.
const FAILURES: i32 = 5;
/// How long, in seconds: longer each time, until something arrives.
const RESTS: [u64; 7] = [30, 60, 120, 300, 600, 900, 1_800];
/// Whoever says when to come back is believed up to this.
const LONGEST_WISH: Duration = Duration::days(1);
/// Whoever is too busy and doesn't say until when.
const BUSY: Duration = Duration::seconds(30);
/// Without any success for so long, it is given up.
const PATIENCE: Duration = Duration::days(3);

/// What an endpoint said to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It has it.
    Fine,
    /// Nothing, or that something is wrong.
    Wrong,
    /// To come later.
    Later(Duration),
    /// That it will never be there again.
    Gone,
}

impl Heard {
    /// What an answer means. Redirections are not followed: they may lead inside.
    pub fn of(status: Option<u16>, retry_after: Option<Duration>) -> Self {
        match (status, retry_after) {
            (Some(200..=299), _) => Self::Fine,
            (Some(410), _) => Self::Gone,
            (Some(429 | 503), Some(wish)) => {
                Self::Later(wish.clamp(Duration::seconds(1), LONGEST_WISH))
            }
            (Some(429), None) => Self::Later(BUSY),
            _ => Self::Wrong,
        }
    }
}

/// When somebody wants to be asked again, by the header `Retry-After`: in so many seconds, or at a
/// time.
pub fn wish(header: &str, now: Instant) -> Option<Duration> {
    let header = header.trim();
    if header.bytes().all(|byte| byte.is_ascii_digit()) {
        return header.parse().ok().and_then(Duration::try_seconds);
    }
    let at = DateTime::parse_from_rfc2822(header).ok()?;
    Some((at.with_timezone(&Utc) - now).max(Duration::zero()))
}

/// How it goes with an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Failures in a row.
    pub failures: i32,
    /// How often it was let rest since the last success.
    pub rests: i32,
    /// Until when nothing is sent.
    pub rests_until: Option<Instant>,
    /// Since when nothing has arrived.
    pub failing_since: Option<Instant>,
    /// When something arrived last.
    pub succeeded_at: Option<Instant>,
}

impl Health {
    /// How it goes after it said this. `shake` is from 0 to 1.
    pub fn after(&self, heard: Heard, now: Instant, shake: f64) -> Self {
        let failing_since = self.failing_since.or(Some(now));
        match heard {
            Heard::Fine => Self { succeeded_at: Some(now), ..Self::default() },
            Heard::Gone => Self { failing_since, ..self.clone() },
            Heard::Later(pause) => {
                let rests_until = self.rests_until.max(Some(now + pause));
                Self { rests_until, failing_since, ..self.clone() }
            }
            Heard::Wrong => {
                let failures = self.failures.saturating_add(1);
                let resting = self.rests_until.is_some_and(|until| until > now);
                // Of several that were under way together, the first lets it rest.
                if failures < FAILURES || resting {
                    return Self { failures, failing_since, ..self.clone() };
                }
                let place = usize::try_from(self.rests).unwrap_or(0).min(RESTS.len() - 1);
                let pause = shaken(Pause::from_secs(RESTS[place]), shake);
                Self {
                    failures,
                    rests: self.rests.saturating_add(1),
                    rests_until: Some(now + pause),
                    failing_since,
                    succeeded_at: self.succeeded_at,
                }
            }
        }
    }

    /// Whether it is to be given up, now that it said this.
    pub fn hopeless(&self, heard: Heard, now: Instant) -> Option<DisabledFor> {
        let long = self.failing_since.is_some_and(|since| since <= now - PATIENCE);
        match heard {
            Heard::Gone => Some(DisabledFor::Gone),
            // One failure long ago and one now are no days of failures.
            Heard::Wrong if long && self.failures >= FAILURES => Some(DisabledFor::Failing),
            Heard::Later(_) if long => Some(DisabledFor::Failing),
            _ => None,
        }
    }

    /// Whether one request at a time is sent, to see whether it is back.
    pub fn is_doubtful(&self) -> bool {
        self.failures >= FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        "2026-03-08T10:00:00Z".parse::<Instant>().unwrap() + Duration::seconds(second)
    }

    fn after(times: i32, now: Instant) -> Health {
        (0..times).fold(Health::default(), |health, _| health.after(Heard::Wrong, now, 0.5))
    }

    #[test]
    fn what_answers_mean() {
        let second = Duration::seconds;
        let cases = [
            (Some(200), None, Heard::Fine),
            (Some(204), Some(second(9)), Heard::Fine),
            (Some(299), None, Heard::Fine),
            (Some(301), None, Heard::Wrong),
            (Some(307), None, Heard::Wrong),
            (Some(400), Some(second(9)), Heard::Wrong),
            (Some(404), None, Heard::Wrong),
            (Some(410), None, Heard::Gone),
            (Some(429), Some(second(9)), Heard::Later(second(9))),
            (Some(429), Some(second(0)), Heard::Later(second(1))),
            (Some(429), Some(Duration::days(900)), Heard::Later(Duration::days(1))),
            (Some(429), None, Heard::Later(second(30))),
            (Some(503), Some(second(9)), Heard::Later(second(9))),
            (Some(503), None, Heard::Wrong),
            (Some(500), None, Heard::Wrong),
            (Some(100), None, Heard::Wrong),
            (None, None, Heard::Wrong),
        ];
        for (status, wish, expected) in cases {
            assert_eq!(Heard::of(status, wish), expected, "{status:?} {wish:?}");
        }
    }

    #[test]
    fn what_wishes_mean() {
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 08 Mar 2026 10:01:30 GMT", Some(90)),
            ("Sun, 08 Mar 2026 09:00:00 GMT", Some(0)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999", None),
        ];
        for (header, expected) in cases {
            let found = wish(header, at(0)).map(|wish| wish.num_seconds());
            assert_eq!(found, expected, "{header:?}");
        }
    }

    #[test]
    fn five_failures_let_it_rest_longer_each_time() {
        assert_eq!(after(4, at(0)).rests_until, None);
        assert!(!after(4, at(0)).is_doubtful());
        let mut health = after(5, at(0));
        let mut now = at(0);
        for (rests, pause) in (1..).zip([30, 60, 120, 300, 600, 900, 1_800, 1_800, 1_800]) {
            assert!(health.is_doubtful());
            assert_eq!(health.rests_until, Some(now + Duration::seconds(pause)), "{rests}");
            assert_eq!(health.rests, rests);
            now += Duration::seconds(pause);
            health = health.after(Heard::Wrong, now, 0.5);
        }
        let fine = health.after(Heard::Fine, now, 0.5);
        assert_eq!(fine, Health { succeeded_at: Some(now), ..Health::default() });
    }

    #[test]
    fn what_was_under_way_together_counts_as_one_rest() {
        let health = after(9, at(0));
        assert_eq!((health.failures, health.rests), (9, 1));
        assert_eq!(health.rests_until, Some(at(30)));
    }

    #[test]
    fn who_says_when_to_come_is_no_failure() {
        let later = |wish| Heard::Later(Duration::seconds(wish));
        let health = Health::default().after(later(20), at(0), 0.5).after(later(5), at(1), 0.5);
        assert_eq!((health.failures, health.rests_until), (0, Some(at(20))));
    }

    #[test]
    fn when_it_is_given_up() {
        let day = 86_400;
        let failing =
            |failures| Health { failures, failing_since: Some(at(0)), ..Health::default() };
        let cases = [
            (failing(9), Heard::Wrong, 3 * day, Some(DisabledFor::Failing)),
            (failing(9), Heard::Wrong, 3 * day - 1, None),
            (failing(4), Heard::Wrong, 30 * day, None),
            (failing(9), Heard::Fine, 30 * day, None),
            (failing(0), Heard::Later(BUSY), 3 * day, Some(DisabledFor::Failing)),
            (failing(0), Heard::Later(BUSY), day, None),
            (Health::default(), Heard::Gone, 0, Some(DisabledFor::Gone)),
        ];
        for (health, heard, second, expected) in cases {
            assert_eq!(health.hopeless(heard, at(second)), expected, "{health:?} {heard:?}");
        }
    }
}
