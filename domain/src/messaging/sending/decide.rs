//! Whether what was written is still to be sent. Pure.

use crate::bookings::Status;
use crate::messaging::{Channel, Kind, Reason, State};
use crate::time::Instant;

/// What has to be known of a message to decide.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Facts {
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) state: State,
    pub(super) reason: Option<Reason>,
    /// Whoever it is for is forgotten.
    pub(super) erased: bool,
    /// It goes to whoever wants to see what it looks like.
    pub(super) trial: bool,
    /// Somebody asked for it once more.
    pub(super) again: bool,
    /// Whether the business has this way on.
    pub(super) channel_on: bool,
    pub(super) opted_out: bool,
    /// Whether they agreed, where they must; none where they needn't.
    pub(super) consent: Option<bool>,
    /// The visit that it is about.
    pub(super) visit: Option<Visit>,
    /// The visits that it tells of, if it tells of several.
    pub(super) several: Vec<Visit>,
    /// Whether they still stand in the line as it says.
    pub(super) stands: bool,
    /// Whether they have booked anything since that visit, or since a sequence began.
    pub(super) booked_since: bool,
    /// Why the sequence that it is a step of goes no further.
    pub(super) halted: Option<Reason>,
    /// The quiet stretch that it is now.
    pub(super) quiet_until: Option<Instant>,
}

/// A visit as it is now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visit {
    pub(super) status: Status,
    pub(super) starts_at: Instant,
    /// Whether customers have heard of no change since the message was written.
    pub(super) same: bool,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is sent.
    Send,
    /// It is sent later.
    Later(Instant),
    /// It is never sent, for this reason.
    Drop(Reason),
    /// It was dealt with already.
    Over,
}

/// Decides.
pub(super) fn decide(facts: &Facts, now: Instant) -> Verdict {
    // Somebody drives what was given up once more.
    let given_up = facts.state == State::Failed && facts.reason == Some(Reason::GaveUp);
    if facts.state != State::Queued && !given_up {
        return Verdict::Over;
    }
    let line = matches!(facts.kind, Kind::QueueNext | Kind::QueueCalled);
    let reason = match () {
        () if facts.erased => Some(Reason::Erased),
        () if facts.trial => return Verdict::Send,
        () if !facts.channel_on => Some(Reason::ChannelOff),
        () if facts.opted_out && !facts.kind.overrides_opt_out(facts.channel) => {
            Some(Reason::OptedOut)
        }
        () if facts.consent == Some(false) => Some(Reason::NoConsent),
        () if line && !facts.stands => Some(Reason::Outdated),
        () if facts.halted.is_some() => facts.halted,
        () if facts.kind.tells_of_several() => none_stands(facts, now),
        () => facts.visit.as_ref().and_then(|visit| outdated(facts, visit, now)),
    };
    if let Some(reason) = reason {
        return Verdict::Drop(reason);
    }
    if matches!(facts.kind, Kind::RebookingNudge | Kind::Sequence) && facts.booked_since {
        return Verdict::Drop(Reason::Booked);
    }
    match facts.quiet_until.filter(|_| facts.kind.comes_by_itself()) {
        None => Verdict::Send,
        Some(until) => {
            let late = |visit: &Visit| facts.kind == Kind::Reminder && until >= visit.starts_at;
            if facts.visit.as_ref().is_some_and(late) {
                Verdict::Drop(Reason::Quiet)
            } else {
                Verdict::Later(until)
            }
        }
    }
}

/// Why there is no reason for it any more.
fn outdated(facts: &Facts, visit: &Visit, now: Instant) -> Option<Reason> {
    match facts.kind {
        Kind::Reminder => match visit.status {
            Status::Cancelled | Status::Expired | Status::Held => Some(Reason::VisitOff),
            _ if !visit.same => Some(Reason::Outdated),
            Status::Confirmed if visit.starts_at > now => None,
            Status::PendingApproval | Status::PendingPayment => Some(Reason::VisitOff),
            _ => Some(Reason::Begun),
        },
        kind if kind.tells_of_now() => not_as_told(facts, visit, now),
        Kind::WaitlistOffer if visit.status != Status::Held => Some(Reason::Outdated),
        Kind::FollowUp | Kind::ReviewRequest | Kind::RebookingNudge
            if visit.status != Status::Completed =>
        {
            Some(Reason::VisitOff)
        }
        _ => None,
    }
}

/// Why what was said of a visit is of no use any more.
fn not_as_told(facts: &Facts, visit: &Visit, now: Instant) -> Option<Reason> {
    if !visit.same {
        Some(Reason::Outdated)
    } else if visit.starts_at <= now && !facts.again {
        Some(Reason::Begun)
    } else {
        None
    }
}

/// Of several visits, which are still to be told of. What was moved or called off since has a message of
/// its own, which says it better; the rest would be heard of nowhere else.
pub(super) fn still_told(facts: &Facts, now: Instant) -> Vec<bool> {
    let all = !facts.kind.tells_of_several();
    let told = |visit: &Visit| all || not_as_told(facts, visit, now).is_none();
    facts.several.iter().map(told).collect()
}

/// Why there is nothing left to say of several visits. One that stands is enough. Of those that aren't
/// known (written before they were kept, or somebody who doesn't exist) all is said.
fn none_stands(facts: &Facts, now: Instant) -> Option<Reason> {
    let reasons = facts.several.iter().map(|visit| not_as_told(facts, visit, now));
    let reasons: Vec<Reason> = reasons.collect::<Option<_>>()?;
    // Of what has begun nobody writes anew.
    let begun = reasons.iter().find(|reason| **reason == Reason::Begun);
    begun.or(reasons.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn reminder() -> Facts {
        Facts {
            kind: Kind::Reminder,
            channel: Channel::Email,
            state: State::Queued,
            reason: None,
            erased: false,
            trial: false,
            again: false,
            channel_on: true,
            opted_out: false,
            consent: None,
            visit: Some(Visit {
                status: Status::Confirmed,
                starts_at: at("2026-05-05T10:00:00Z"),
                same: true,
            }),
            several: Vec::new(),
            stands: true,
            booked_since: false,
            halted: None,
            quiet_until: None,
        }
    }

    fn visit(facts: &mut Facts) -> &mut Visit {
        facts.visit.as_mut().unwrap()
    }

    /// On these days of May, and whether they are still as they were told.
    fn several(visits: &[(u32, bool)]) -> Vec<Visit> {
        let visit = |(day, same): &(u32, bool)| Visit {
            status: Status::Confirmed,
            starts_at: at(&format!("2026-05-{day:02}T10:00:00Z")),
            same: *same,
        };
        visits.iter().map(visit).collect()
    }

    #[test]
    fn of_several_visits_those_are_told_of_that_stand() {
        let told = |kind, again| {
            let several = several(&[(4, true), (5, false), (6, true)]);
            let facts = Facts { kind, again, several, ..reminder() };
            still_told(&facts, at("2026-05-05T09:00:00Z"))
        };
        assert_eq!(told(Kind::SeriesConfirmed, false), [false, false, true]);
        assert_eq!(told(Kind::SeriesMoved, true), [true, false, true]);
        assert_eq!(told(Kind::SeriesCancelled, false), [true, true, true]);
    }

    /// What is changed of a reminder that is sent, and what becomes of it then.
    type Case = (fn(&mut Facts), Verdict);

    fn hold(cases: &[Case]) {
        for (number, (change, expected)) in cases.iter().enumerate() {
            let mut facts = reminder();
            change(&mut facts);
            assert_eq!(decide(&facts, at("2026-05-05T09:00:00Z")), *expected, "case {number}");
        }
    }

    #[test]
    fn what_becomes_of_a_message_about_a_visit() {
        use Verdict::{Drop, Later, Over, Send};
        hold(&[
            (|_| {}, Send),
            (|f| f.state = State::Sent, Over),
            (|f| f.state = State::Dropped, Over),
            (|f| f.state = State::Failed, Over),
            (|f| (f.state, f.reason) = (State::Failed, Some(Reason::GaveUp)), Send),
            (|f| f.erased = true, Drop(Reason::Erased)),
            (|f| f.channel_on = false, Drop(Reason::ChannelOff)),
            (|f| f.opted_out = true, Drop(Reason::OptedOut)),
            (|f| f.consent = Some(false), Drop(Reason::NoConsent)),
            (|f| f.consent = Some(true), Send),
            (|f| visit(f).status = Status::Cancelled, Drop(Reason::VisitOff)),
            (|f| visit(f).status = Status::Expired, Drop(Reason::VisitOff)),
            (|f| visit(f).status = Status::PendingApproval, Drop(Reason::VisitOff)),
            (|f| visit(f).status = Status::CheckedIn, Drop(Reason::Begun)),
            (|f| visit(f).status = Status::NoShow, Drop(Reason::Begun)),
            (|f| visit(f).same = false, Drop(Reason::Outdated)),
            (|f| visit(f).starts_at = at("2026-05-05T09:00:00Z"), Drop(Reason::Begun)),
            (|f| visit(f).starts_at = at("2026-05-05T09:00:01Z"), Send),
            // At night: in the morning, unless it has begun by then.
            (
                |f| f.quiet_until = Some(at("2026-05-05T09:59:59Z")),
                Later(at("2026-05-05T09:59:59Z")),
            ),
            (|f| f.quiet_until = Some(at("2026-05-05T10:00:00Z")), Drop(Reason::Quiet)),
            // What becomes of a visit is said at any hour, and by mail also to who wants no reminders.
            (
                |f| {
                    (f.kind, f.opted_out) = (Kind::Cancelled, true);
                    (f.quiet_until, visit(f).status) =
                        (Some(at("2026-05-06T10:00:00Z")), Status::Cancelled);
                },
                Send,
            ),
            (
                |f| (f.kind, f.opted_out, f.channel) = (Kind::Cancelled, true, Channel::Sms),
                Drop(Reason::OptedOut),
            ),
            // Where it stands is said once it stands there, and not when it is over.
            (|f| f.kind = Kind::Confirmed, Send),
            (|f| (f.kind, visit(f).same) = (Kind::Confirmed, false), Drop(Reason::Outdated)),
            (
                |f| {
                    f.kind = Kind::Moved;
                    visit(f).starts_at = at("2026-05-05T08:00:00Z");
                },
                Drop(Reason::Begun),
            ),
            // Unless somebody asks for it: the link to a visit that was.
            (
                |f| {
                    (f.kind, f.again) = (Kind::Confirmed, true);
                    visit(f).starts_at = at("2026-05-05T08:00:00Z");
                },
                Send,
            ),
            (|f| f.kind = Kind::WaitlistOffer, Drop(Reason::Outdated)),
            (|f| (f.kind, visit(f).status) = (Kind::WaitlistOffer, Status::Held), Send),
            // Afterwards.
            (|f| f.kind = Kind::FollowUp, Drop(Reason::VisitOff)),
            (|f| (f.kind, visit(f).status) = (Kind::FollowUp, Status::Completed), Send),
            (
                |f| {
                    (f.kind, f.booked_since) = (Kind::RebookingNudge, true);
                    visit(f).status = Status::Completed;
                },
                Drop(Reason::Booked),
            ),
        ]);
    }

    #[test]
    fn what_becomes_of_a_message_about_none_or_several() {
        use Verdict::{Drop, Later, Send};
        hold(&[
            // A step of a sequence has no visit of its own.
            (|f| (f.kind, f.visit) = (Kind::Sequence, None), Send),
            (
                |f| (f.kind, f.visit, f.booked_since) = (Kind::Sequence, None, true),
                Drop(Reason::Booked),
            ),
            (
                |f| (f.kind, f.visit, f.halted) = (Kind::Sequence, None, Some(Reason::Halted)),
                Drop(Reason::Halted),
            ),
            (
                |f| (f.kind, f.visit, f.opted_out) = (Kind::Sequence, None, true),
                Drop(Reason::OptedOut),
            ),
            (
                |f| (f.kind, f.visit, f.consent) = (Kind::Sequence, None, Some(false)),
                Drop(Reason::NoConsent),
            ),
            (
                |f| {
                    (f.kind, f.visit) = (Kind::Sequence, None);
                    f.quiet_until = Some(at("2026-05-06T10:00:00Z"));
                },
                Later(at("2026-05-06T10:00:00Z")),
            ),
            (|f| f.kind = Kind::QueueCalled, Send),
            (|f| (f.kind, f.stands) = (Kind::QueueCalled, false), Drop(Reason::Outdated)),
            (|f| (f.trial, f.opted_out, f.channel_on) = (true, true, false), Send),
            // Several visits: one that stands is enough, whatever became of the first.
            (|f| (f.kind, f.several) = (Kind::SeriesConfirmed, several(&[(6, true)])), Send),
            (
                |f| {
                    visit(f).same = false;
                    (f.kind, f.several) =
                        (Kind::SeriesConfirmed, several(&[(5, false), (6, true)]));
                },
                Send,
            ),
            (
                |f| (f.kind, f.several) = (Kind::SeriesMoved, several(&[(5, false), (6, false)])),
                Drop(Reason::Outdated),
            ),
            (
                |f| (f.kind, f.several) = (Kind::SeriesMoved, several(&[(6, false), (4, true)])),
                Drop(Reason::Begun),
            ),
            (
                |f| {
                    (f.kind, f.again) = (Kind::SeriesMoved, true);
                    f.several = several(&[(6, false), (4, true)]);
                },
                Send,
            ),
            (|f| (f.kind, f.several) = (Kind::SeriesCancelled, several(&[(4, false)])), Send),
            // Which ones it tells of isn't known.
            (|f| (f.kind, visit(f).same) = (Kind::SeriesConfirmed, false), Send),
        ]);
    }
}
