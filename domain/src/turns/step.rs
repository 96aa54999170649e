use chrono::Duration;
use sea_orm::FromQueryResult;

use crate::time::Instant;

/// How things stand with a turn.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(super) struct Standing {
    pub(super) due_at: Instant,
    pub(super) lease_until: Option<Instant>,
    pub(super) asked: bool,
}

/// What whoever looks does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is theirs.
    Begin,
    /// Somebody else is at it, and is asked to look once more.
    Ask(Instant),
    /// It is not the time.
    Wait(Instant),
}

/// A time that is farther away than it can have been set was set by a clock that went wrong, or when
/// this was done less often: it binds nobody.
pub(super) fn step(
    standing: &Standing,
    now: Instant,
    every: Duration,
    lease: Duration,
    rung: bool,
) -> Step {
    let sane = |at: Instant, longest: Duration| at <= now + longest * 2;
    let held = standing.lease_until.filter(|until| *until > now && sane(*until, lease));
    match held {
        Some(until) if rung => Step::Ask(until),
        Some(until) => Step::Wait(until),
        None if rung || standing.asked => Step::Begin,
        None if standing.due_at <= now || !sane(standing.due_at, every) => Step::Begin,
        None => Step::Wait(standing.due_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_turn_it_is() {
        let now: Instant = "2026-03-08T10:00:00Z".parse().unwrap();
        let at = |seconds: i64| now + Duration::seconds(seconds);
        let (every, lease) = (Duration::seconds(10), Duration::seconds(60));
        // Due in so many seconds, leased for so many, asked, rung.
        let cases = [
            (0, None, false, false, Step::Begin),
            (-100, None, false, false, Step::Begin),
            (5, None, false, false, Step::Wait(at(5))),
            (5, None, false, true, Step::Begin),
            (5, None, true, false, Step::Begin),
            (0, Some(30), false, false, Step::Wait(at(30))),
            (0, Some(30), false, true, Step::Ask(at(30))),
            (0, Some(30), true, true, Step::Ask(at(30))),
            (0, Some(30), true, false, Step::Wait(at(30))),
            // Whoever had it was lost.
            (-60, Some(0), false, false, Step::Begin),
            (-60, Some(-1), true, false, Step::Begin),
            (5, Some(-1), false, false, Step::Wait(at(5))),
            // A clock that went wrong.
            (21, None, false, false, Step::Begin),
            (20, None, false, false, Step::Wait(at(20))),
            (0, Some(121), false, false, Step::Begin),
        ];
        for (due, leased, asked, rung, expected) in cases {
            let standing = Standing { due_at: at(due), lease_until: leased.map(at), asked };
            let found = step(&standing, now, every, lease, rung);
            assert_eq!(found, expected, "{standing:?} {rung}");
        }
    }
}
