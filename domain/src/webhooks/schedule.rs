//! When a delivery that failed is tried again.

use chrono::Duration;

use crate::time::Instant;

/// How long to wait after the first failure, the second, and so on: three days in all.
const PAUSES: [i64; 12] =
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 72_000, 86_400];

/// However it went: what is older than this is given up. An endpoint that is let rest, or that says
/// again and again that it is too busy, makes the tries fewer and the time longer.
pub(super) const DEADLINE: Duration = Duration::days(4);

/// When to try again after so many failures. None: never. `shake` is from 0 to 1 and spreads what
/// failed together by a fifth to either side.
pub(super) fn next(failures: i32, since: Instant, now: Instant, shake: f64) -> Option<Instant> {
    let place = usize::try_from(failures.max(1) - 1).ok()?;
    let pause = PAUSES.get(place)?;
    let next = now + shaken(Duration::seconds(*pause), shake);
    (next <= since + DEADLINE).then_some(next)
}

/// Give or take a fifth.
pub(super) fn shaken(pause: Duration, shake: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "pauses are days at most"
    )]
    let millis = (pause.num_milliseconds() as f64 * (0.8 + 0.4 * shake.clamp(0.0, 1.0))) as i64;
    Duration::milliseconds(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Instant {
        "2026-03-08T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn tries_are_spread_over_three_days() {
        let mut now = at();
        for failures in 1..=12 {
            let next = next(failures, at(), now, 0.5).unwrap();
            assert_eq!((next - now).num_seconds(), PAUSES[usize::try_from(failures).unwrap() - 1]);
            now = next;
        }
        assert_eq!((now - at()).num_hours(), 71);
        assert_eq!(next(13, at(), now, 0.5), None);
        for odd in [i32::MIN, 0, 1] {
            assert_eq!(next(odd, at(), at(), 0.5), Some(at() + Duration::seconds(5)), "{odd}");
        }
    }

    #[test]
    fn nothing_is_tried_for_ever() {
        let late = at() + Duration::days(4) - Duration::seconds(4);
        assert_eq!(next(1, at(), late, 0.5), None);
        assert!(next(1, at(), late - Duration::seconds(2), 0.5).is_some());
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let pause = Duration::seconds(100);
        assert_eq!(shaken(pause, 0.0).num_seconds(), 80);
        assert_eq!(shaken(pause, 1.0).num_seconds(), 120);
        for odd in [-1.0, 2.0, f64::NAN] {
            let pause = shaken(pause, odd).num_seconds();
            assert!(pause <= 120, "{odd}: {pause}");
        }
    }
}
