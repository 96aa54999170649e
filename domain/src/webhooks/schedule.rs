//! When a delivery that failed is tried again.

use std::time::Duration as Pause;

use chrono::Duration;

use crate::entropy::shaken;
use crate::time::Instant;

/// How long to wait after the first failure, the second, and so on: three days in all.
const PAUSES: [u64; 12] =
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 72_000, 86_400];

/// However it went: what is older than this is given up. An endpoint that is let rest, or that says
/// again and again that it is too busy, makes the tries fewer and the time longer.
pub(super) const DEADLINE: Duration = Duration::days(4);

/// When to try again after so many failures. None: never. `shake` is from 0 to 1 and spreads what
/// failed together by a fifth to either side.
pub(super) fn next(failures: i32, since: Instant, now: Instant, shake: f64) -> Option<Instant> {
    let place = usize::try_from(failures.max(1) - 1).ok()?;
    let pause = PAUSES.get(place)?;
    let next = now + shaken(Pause::from_secs(*pause), shake);
    (next <= since + DEADLINE).then_some(next)
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
            let pause = (next - now).to_std().unwrap();
            assert_eq!(pause.as_secs(), PAUSES[usize::try_from(failures).unwrap() - 1]);
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
        let pauses = [0.0, 1.0].map(|shake| next(3, at(), at(), shake).unwrap() - at());
        assert_eq!(pauses.map(|pause| pause.num_seconds()), [96, 144]);
    }
}
