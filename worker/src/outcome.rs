//! What becomes of a job after a try.

use std::time::Duration;

use openchair_domain::jobs::End;
use openchair_domain::text::for_log;

use crate::backoff::MAX_ATTEMPTS;
use crate::handler::Failure;
use crate::reports::mask;

/// How a try ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    Failed(Failure),
    Abandoned,
}

/// A job that may not run yet comes back no sooner than this, whatever its handler says.
const SOONEST: Duration = Duration::from_secs(1);

pub(crate) fn decide(outcome: &Outcome, attempt: i32, pause: impl FnOnce() -> Duration) -> End {
    match outcome {
        Outcome::Done => End::Done,
        Outcome::Abandoned => End::GivenBack,
        Outcome::Failed(Failure::Later(after)) => End::Later { after: (*after).max(SOONEST) },
        Outcome::Failed(Failure::Transient(reason)) if attempt < MAX_ATTEMPTS => {
            End::Again { after: pause(), reason: shown(reason) }
        }
        Outcome::Failed(Failure::Transient(reason) | Failure::Permanent(reason)) => {
            End::Dead { reason: shown(reason) }
        }
    }
}

/// Operators read it: it names no addresses.
fn shown(reason: &str) -> String {
    for_log(&mask(reason))
}

#[cfg(test)]
mod tests {
    use openchair_domain::text::LOGGED;

    use super::*;

    #[test]
    fn what_becomes_of_a_job() {
        let pause = Duration::from_secs(7);
        let transient = || Outcome::Failed(Failure::transient("why"));
        let permanent = || Outcome::Failed(Failure::permanent("why"));
        let later = |seconds| Outcome::Failed(Failure::Later(Duration::from_secs(seconds)));
        let again = || End::Again { after: pause, reason: "why".to_owned() };
        let dead = || End::Dead { reason: "why".to_owned() };
        let put_off = |seconds| End::Later { after: Duration::from_secs(seconds) };
        for (outcome, attempt, expected) in [
            (Outcome::Done, 1, End::Done),
            (Outcome::Done, MAX_ATTEMPTS, End::Done),
            (Outcome::Abandoned, MAX_ATTEMPTS, End::GivenBack),
            (permanent(), 1, dead()),
            (transient(), 1, again()),
            (transient(), MAX_ATTEMPTS - 1, again()),
            (transient(), MAX_ATTEMPTS, dead()),
            (transient(), MAX_ATTEMPTS + 5, dead()),
            (later(3_600), 1, put_off(3_600)),
            (later(3_600), MAX_ATTEMPTS, put_off(3_600)),
            (later(0), 1, put_off(1)),
        ] {
            assert_eq!(decide(&outcome, attempt, || pause), expected, "{outcome:?} {attempt}");
        }
    }

    #[test]
    fn reasons_fit_into_the_table() {
        assert_eq!(shown("a\0b"), "ab");
        assert_eq!(shown(&"é".repeat(5_000)).chars().count(), LOGGED);
        assert!(!shown("ann@example.com is no address").contains("ann@"));
    }
}
