//! What becomes of somebody whose next step is due. Pure.

use chrono::Duration;

use super::StopReason;
use crate::time::Instant;

/// What has to be known to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Facts {
    /// They are forgotten.
    pub(super) erased: bool,
    /// The sequence is on.
    pub(super) is_on: bool,
    /// They have booked since it began.
    pub(super) booked: bool,
    /// Whether there (still) is such a step.
    pub(super) has_step: bool,
    /// How long after it the next one comes; none: it is the last.
    pub(super) next_wait: Option<i32>,
    /// How they are reached with it.
    pub(super) way: Option<Way>,
    /// The end of the quiet hours that it is now.
    pub(super) quiet_until: Option<Instant>,
}

/// How somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// They said that they don't want to hear anything there.
    pub(super) opted_out: bool,
    /// They agreed to offers there.
    pub(super) agreed: bool,
}

/// What becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It ends here.
    Stop(StopReason),
    /// There is nothing more to say.
    Done,
    /// The step is written, to be sent then; and the next one is due at that time, if there is one.
    Write(Instant, Option<Instant>),
}

/// Decides. Waits count from when a step is sent: after a night, or after an hour without workers, what
/// follows is as far from it as it should be.
pub(super) fn next(facts: &Facts, now: Instant) -> Next {
    let stop = match facts.way {
        _ if facts.erased => Some(StopReason::Erased),
        _ if !facts.is_on => Some(StopReason::TurnedOff),
        _ if facts.booked => Some(StopReason::Booked),
        _ if !facts.has_step => return Next::Done,
        None => Some(StopReason::Unreachable),
        Some(Way { opted_out: true, .. }) => Some(StopReason::OptedOut),
        Some(Way { agreed: false, .. }) => Some(StopReason::NoConsent),
        Some(_) => None,
    };
    if let Some(reason) = stop {
        return Next::Stop(reason);
    }
    let due = facts.quiet_until.unwrap_or(now);
    let then = facts.next_wait.map(|minutes| due + Duration::minutes(minutes.into()));
    Next::Write(due, then)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn what_becomes_of_somebody_whose_step_is_due() {
        use Next::{Done, Stop, Write};
        type Case = (fn(&mut Facts), Next);
        let now = at("2026-05-05T09:00:00Z");
        let morning = at("2026-05-06T06:00:00Z");
        let cases: [Case; 17] = [
            (|_| {}, Write(now, Some(at("2026-05-08T09:00:00Z")))),
            (|f| f.next_wait = None, Write(now, None)),
            (|f| f.next_wait = Some(0), Write(now, Some(now))),
            // At night: in the morning, and the next one so long after that.
            (
                |f| f.quiet_until = Some(at("2026-05-06T06:00:00Z")),
                Write(morning, Some(at("2026-05-09T06:00:00Z"))),
            ),
            (|f| f.erased = true, Stop(StopReason::Erased)),
            (|f| f.is_on = false, Stop(StopReason::TurnedOff)),
            (|f| f.booked = true, Stop(StopReason::Booked)),
            (|f| f.way = None, Stop(StopReason::Unreachable)),
            (|f| f.way = Some(way(true, true)), Stop(StopReason::OptedOut)),
            (|f| f.way = Some(way(false, false)), Stop(StopReason::NoConsent)),
            // Of several reasons the plainest.
            (|f| f.way = Some(way(true, false)), Stop(StopReason::OptedOut)),
            (|f| (f.erased, f.is_on, f.booked) = (true, false, true), Stop(StopReason::Erased)),
            (|f| (f.is_on, f.booked) = (false, true), Stop(StopReason::TurnedOff)),
            (|f| (f.booked, f.way) = (true, None), Stop(StopReason::Booked)),
            // Steps were taken out: whoever was behind them is through.
            (|f| (f.has_step, f.next_wait) = (false, None), Done),
            (|f| (f.has_step, f.way) = (false, None), Done),
            // Who booked is said to have booked, also at the end.
            (|f| (f.has_step, f.booked) = (false, true), Stop(StopReason::Booked)),
        ];
        for (number, (change, expected)) in cases.into_iter().enumerate() {
            let mut facts = Facts {
                erased: false,
                is_on: true,
                booked: false,
                has_step: true,
                next_wait: Some(3 * 24 * 60),
                way: Some(way(false, true)),
                quiet_until: None,
            };
            change(&mut facts);
            assert_eq!(next(&facts, now), expected, "case {number}");
        }
    }

    fn way(opted_out: bool, agreed: bool) -> Way {
        Way { opted_out, agreed }
    }
}
