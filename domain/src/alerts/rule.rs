//! When it is said that something is wrong, that it still is, and that it is over.

use chrono::Duration;

use super::About;
use crate::time::Instant;

/// What becomes of an alert after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    Raise,
    /// It is still bad.
    Keep,
    Clear,
}

/// What was bad must have been well for the whole window until it is over: what comes and goes is one
/// alert and not twenty.
pub(super) fn step(
    bad: bool,
    last_bad_at: Option<Instant>,
    window: Duration,
    now: Instant,
) -> Step {
    match (last_bad_at, bad) {
        (None, true) => Step::Raise,
        (Some(_), true) => Step::Keep,
        (Some(last), false) if now - last >= window => Step::Clear,
        (_, false) => Step::Nothing,
    }
}

/// What somebody is still to be told, who was told this last.
pub(super) fn owed(
    cleared: bool,
    last: Option<(About, Instant)>,
    repeat: Duration,
    now: Instant,
) -> Option<About> {
    match (cleared, last) {
        (false, None) => Some(About::Raised),
        (false, Some((_, told_at))) => (now - told_at >= repeat).then_some(About::Raised),
        (true, Some((About::Cleared, _))) => None,
        (true, _) => Some(About::Cleared),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        let noon: Instant = "2026-03-08T12:00:00Z".parse().unwrap();
        noon + Duration::minutes(minutes)
    }

    #[test]
    fn what_becomes_of_an_alert() {
        let window = Duration::minutes(5);
        let cases = [
            (false, None, Step::Nothing),
            (true, None, Step::Raise),
            (true, Some(at(-1)), Step::Keep),
            (true, Some(at(-60)), Step::Keep),
            (false, Some(at(-4)), Step::Nothing),
            (false, Some(at(-5)), Step::Clear),
        ];
        for (bad, last, expected) in cases {
            assert_eq!(step(bad, last, window, at(0)), expected, "{bad} {last:?}");
        }
    }

    #[test]
    fn what_somebody_is_to_be_told() {
        use About::{Cleared, Raised};
        let repeat = Duration::hours(6);
        let cases = [
            (false, None, Some(Raised)),
            (false, Some((Raised, at(-10))), None),
            (false, Some((Raised, at(-360))), Some(Raised)),
            (true, Some((Raised, at(-10))), Some(Cleared)),
            // They couldn't be reached while it lasted.
            (true, None, Some(Cleared)),
            (true, Some((Cleared, at(-600))), None),
        ];
        for (cleared, last, expected) in cases {
            assert_eq!(owed(cleared, last, repeat, at(0)), expected, "{cleared} {last:?}");
        }
    }
}
