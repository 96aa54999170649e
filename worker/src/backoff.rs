use std::time::Duration;

use openchair_domain::entropy::{Entropy, shake, shaken};

/// A job that failed so often is put aside until somebody looks at it. With the pauses below that
/// takes some six hours.
pub const MAX_ATTEMPTS: i32 = 12;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_hours(4);

/// How long to wait after the `attempt`-th try (the first is 1): twice as long each time, give or
/// take a fifth, so that jobs which failed together don't come back together.
pub(crate) fn pause_after(attempt: i32, entropy: &dyn Entropy) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(16);
    jittered((FIRST * 2_u32.pow(doublings)).min(LONGEST), entropy)
}

/// Give or take a fifth.
pub(crate) fn jittered(length: Duration, entropy: &dyn Entropy) -> Duration {
    shaken(length, shake(entropy))
}

#[cfg(test)]
mod tests {
    use openchair_domain::entropy::{OsEntropy, TestEntropy};

    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours_and_never_agree() {
        let expected = [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 14_400, 14_400];
        for (attempt, expected) in (1..).zip(expected) {
            let expected = Duration::from_secs(expected);
            for _ in 0..100 {
                let pause = pause_after(attempt, &OsEntropy);
                let fits = expected.mul_f64(0.8)..=expected.mul_f64(1.2);
                assert!(fits.contains(&pause), "{attempt}: {pause:?}");
            }
        }
        let draws: std::collections::BTreeSet<_> =
            (0..50).map(|_| pause_after(3, &OsEntropy)).collect();
        assert!(draws.len() > 40);
        assert_eq!(
            pause_after(3, &TestEntropy::seeded(1)),
            pause_after(3, &TestEntropy::seeded(1))
        );
    }

    #[test]
    fn odd_attempts_are_no_trouble() {
        for attempt in [i32::MIN, -1, 0, i32::MAX] {
            assert!(pause_after(attempt, &OsEntropy) <= LONGEST.mul_f64(1.2));
        }
    }
}
