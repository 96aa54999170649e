//! How a business's plan stands: pure.

use chrono::Duration;

use crate::time::Instant;
use crate::words::words;

/// So long before a trial ends its owners are told.
const TOLD_BEFORE: Duration = Duration::days(3);

words! {
    /// How a subscription goes, as it is kept.
    Stage {
        /// It is paid.
        Active = "active",
        /// It is tried; nothing was taken yet.
        Trying = "trying",
        /// The last bill couldn't be taken.
        PastDue = "past_due",
        /// Nobody tries to take it any more.
        Unpaid = "unpaid",
        /// It rests.
        Paused = "paused",
        /// It is over.
        Ended = "ended",
    }
}

impl Stage {
    /// Whether it goes on, well or not: a second one would be paid twice.
    pub const fn goes_on(self) -> bool {
        !matches!(self, Self::Ended)
    }
}

/// What a business pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paying {
    /// How it goes.
    pub stage: Stage,
    /// When the next bill comes.
    pub period_ends: Option<Instant>,
    /// When it ends, where somebody said that it shall.
    pub ends_at: Option<Instant>,
    /// Since when a bill couldn't be taken.
    pub past_due_since: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// Everything that it hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether businesses pay for their plans here at all.
    pub charged: bool,
    /// When the trial is over; none: whoever runs the installation gave the plan.
    pub trial_ends_at: Option<Instant>,
    /// What it pays, if it ever did.
    pub paying: Option<Paying>,
    /// How long everything goes on after a payment that didn't come.
    pub grace: Duration,
}

/// How a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is asked for it.
    Free,
    /// It is tried, until then.
    Trial(Instant),
    /// The trial is over, and nothing was taken; everything goes on until then.
    TrialOver(Instant),
    /// It is paid; the next bill comes then.
    Paid(Option<Instant>),
    /// It is paid, and ends then.
    Ending(Instant),
    /// A bill couldn't be taken; everything goes on until then.
    PastDue(Instant),
    /// What is there can be looked at, since then.
    ReadOnly(Instant),
}

impl Standing {
    /// As it is shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Trial(_) => "trial",
            Self::TrialOver(_) => "trial_over",
            Self::Paid(_) => "paid",
            Self::Ending(_) => "ending",
            Self::PastDue(_) => "past_due",
            Self::ReadOnly(_) => "read_only",
        }
    }

    /// Until when it stands so, or since when.
    pub const fn at(self) -> Option<Instant> {
        match self {
            Self::Free => None,
            Self::Paid(at) => at,
            Self::Trial(at)
            | Self::TrialOver(at)
            | Self::Ending(at)
            | Self::PastDue(at)
            | Self::ReadOnly(at) => Some(at),
        }
    }

    /// What the owners are told of it, if anything: once for each.
    pub(super) fn notice(self, now: Instant) -> Option<Notice> {
        match self {
            Self::Trial(until) if now >= until - TOLD_BEFORE => Some(Notice::TrialEnding),
            Self::TrialOver(_) => Some(Notice::TrialOver),
            Self::PastDue(_) => Some(Notice::PastDue),
            Self::ReadOnly(_) => Some(Notice::ReadOnly),
            Self::Free | Self::Trial(_) | Self::Paid(_) | Self::Ending(_) => None,
        }
    }

    /// When it may stand otherwise by time alone.
    pub(super) fn next(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Trial(until) if now < until - TOLD_BEFORE => Some(until - TOLD_BEFORE),
            Self::Trial(until) | Self::TrialOver(until) | Self::PastDue(until) => Some(until),
            // What the provider says decides, and it is asked.
            Self::Free | Self::Paid(_) | Self::Ending(_) | Self::ReadOnly(_) => None,
        }
    }
}

/// What owners are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    TrialEnding,
    TrialOver,
    PastDue,
    ReadOnly,
}

/// How it stands.
pub fn standing(facts: &Facts, now: Instant) -> Standing {
    if !facts.charged {
        return Standing::Free;
    }
    let Some(paying) = facts.paying else { return untaken(facts, now) };
    match paying.stage {
        Stage::Active | Stage::Trying => match paying.ends_at {
            Some(at) => Standing::Ending(at),
            None => Standing::Paid(paying.period_ends),
        },
        Stage::PastDue | Stage::Unpaid | Stage::Paused => {
            let since = paying.past_due_since.unwrap_or(now);
            later(since + facts.grace, now, Standing::PastDue)
        }
        // Who ended it while the trial goes on has the rest of that.
        Stage::Ended => match facts.trial_ends_at {
            Some(until) if now < until => Standing::Trial(until),
            _ => Standing::ReadOnly(paying.ended_at.unwrap_or(now)),
        },
    }
}

fn untaken(facts: &Facts, now: Instant) -> Standing {
    match facts.trial_ends_at {
        None => Standing::Free,
        Some(until) if now < until => Standing::Trial(until),
        Some(until) => later(until + facts.grace, now, Standing::TrialOver),
    }
}

fn later(until: Instant, now: Instant, before: fn(Instant) -> Standing) -> Standing {
    if now < until { before(until) } else { Standing::ReadOnly(until) }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};

    use super::*;

    fn day(day: u32) -> Instant {
        Utc.with_ymd_and_hms(2026, 3, day, 9, 0, 0).unwrap()
    }

    fn paying(stage: Stage) -> Paying {
        Paying {
            stage,
            period_ends: Some(day(20)),
            ends_at: None,
            past_due_since: None,
            ended_at: None,
        }
    }

    fn facts(trial_ends_at: Option<Instant>, paying: Option<Paying>) -> Facts {
        Facts { charged: true, trial_ends_at, paying, grace: Duration::days(7) }
    }

    #[test]
    fn how_plans_stand() {
        use Standing as S;
        let past_due =
            |since| Some(Paying { past_due_since: Some(day(since)), ..paying(Stage::PastDue) });
        let ended = Some(Paying { ended_at: Some(day(8)), ..paying(Stage::Ended) });
        let ending = Some(Paying { ends_at: Some(day(15)), ..paying(Stage::Active) });
        let unpaid = Some(Paying { past_due_since: Some(day(1)), ..paying(Stage::Unpaid) });
        let cases = [
            // What was given costs nothing.
            (None, None, 10, S::Free),
            (Some(day(14)), None, 10, S::Trial(day(14))),
            (Some(day(14)), None, 14, S::TrialOver(day(21))),
            (Some(day(14)), None, 20, S::TrialOver(day(21))),
            (Some(day(14)), None, 21, S::ReadOnly(day(21))),
            (Some(day(14)), None, 30, S::ReadOnly(day(21))),
            (Some(day(14)), Some(paying(Stage::Trying)), 10, S::Paid(Some(day(20)))),
            (Some(day(2)), Some(paying(Stage::Active)), 10, S::Paid(Some(day(20)))),
            (Some(day(2)), ending, 10, S::Ending(day(15))),
            (Some(day(2)), past_due(9), 10, S::PastDue(day(16))),
            (Some(day(2)), past_due(3), 10, S::ReadOnly(day(10))),
            (Some(day(2)), unpaid, 10, S::ReadOnly(day(8))),
            (Some(day(2)), unpaid, 7, S::PastDue(day(8))),
            (Some(day(2)), ended, 10, S::ReadOnly(day(8))),
            (Some(day(14)), ended, 10, S::Trial(day(14))),
            (None, ended, 10, S::ReadOnly(day(8))),
        ];
        for (trial, paying, now, expected) in cases {
            let facts = facts(trial, paying);
            assert_eq!(standing(&facts, day(now)), expected, "{facts:?} on {now}");
            let free = Facts { charged: false, ..facts };
            assert_eq!(standing(&free, day(now)), S::Free);
        }
    }

    #[test]
    fn it_is_looked_at_again_when_it_may_stand_otherwise() {
        // Through a whole trial nobody misses anything, if it is looked at only when it is due.
        let facts = facts(Some(day(14)), None);
        let (mut at, mut told) = (day(1), Vec::new());
        loop {
            let standing = standing(&facts, at);
            told.extend(standing.notice(at));
            match standing.next(at) {
                Some(next) => {
                    assert!(next > at);
                    at = next;
                }
                None => break,
            }
        }
        assert_eq!(at, day(21));
        assert_eq!(told, [Notice::TrialEnding, Notice::TrialOver, Notice::ReadOnly]);
    }
}
