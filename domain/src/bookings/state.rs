//! The life of a visit.

use std::fmt;

use super::error::{BookingError, fault};
use crate::time::Instant;

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The time is kept for somebody who is still typing.
    Held,
    /// Asked for; staff must say yes.
    PendingApproval,
    /// Asked for; the deposit must be paid.
    PendingPayment,
    /// It will happen.
    Confirmed,
    /// The customer is there.
    CheckedIn,
    /// It happens.
    InService,
    /// It happened.
    Completed,
    /// It won't happen.
    Cancelled,
    /// Nobody came.
    NoShow,
    /// It was never taken up.
    Expired,
}

/// What can be done to a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The customer says who they are: what comes of the hold depends on the shop's rules.
    Ask(Needs),
    /// Staff say yes.
    Approve(Needs),
    /// Staff say no.
    Decline,
    /// The deposit is there.
    Pay,
    /// The deposit came when the time had been given up, and is still free.
    TakeUpAgain,
    /// The time that was kept is given back, by its holder or by time.
    Lapse,
    /// It takes another time, other staff or another room.
    Move,
    /// It is called off.
    Cancel,
    /// The customer is there.
    CheckIn,
    /// It begins.
    Start,
    /// It is over.
    Complete,
    /// Nobody came.
    MissOut,
    /// The last step was a mistake.
    StepBack,
}

/// What a visit still needs before it is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// That staff say yes.
    Approval,
    /// That the deposit is paid.
    Payment,
}

impl Needs {
    const fn status(self) -> Status {
        match self {
            Self::Nothing => Status::Confirmed,
            Self::Approval => Status::PendingApproval,
            Self::Payment => Status::PendingPayment,
        }
    }
}

impl Status {
    /// All of them, in the order of a visit's life.
    pub const ALL: [Self; 10] = [
        Self::Held,
        Self::PendingApproval,
        Self::PendingPayment,
        Self::Confirmed,
        Self::CheckedIn,
        Self::InService,
        Self::Completed,
        Self::Cancelled,
        Self::NoShow,
        Self::Expired,
    ];

    /// As it is stored and shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::PendingApproval => "pending_approval",
            Self::PendingPayment => "pending_payment",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::InService => "in_service",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
            Self::Expired => "expired",
        }
    }

    /// The status that `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
    }

    /// The status that somebody names, if they name one.
    pub fn read(key: Option<&str>) -> Result<Option<Self>, BookingError> {
        let unknown = || fault("status", "unknown", "No visit ever stands like that.");
        key.map(|key| Self::from_key(key).ok_or_else(unknown)).transpose()
    }

    /// Where `action` leads, if it is possible here.
    #[expect(clippy::match_same_arms, reason = "one line for each step of a life")]
    pub const fn after(self, action: Action) -> Option<Self> {
        use Status as S;
        Some(match (self, action) {
            (S::Held, Action::Ask(needs)) => needs.status(),
            (S::PendingApproval, Action::Approve(needs)) => needs.status(),
            (S::PendingApproval, Action::Decline) => S::Cancelled,
            (S::PendingPayment, Action::Pay) => S::Confirmed,
            (S::Expired, Action::TakeUpAgain) => S::Confirmed,
            (S::Held | S::PendingApproval | S::PendingPayment, Action::Lapse) => S::Expired,
            (
                S::PendingApproval | S::PendingPayment | S::Confirmed | S::CheckedIn,
                Action::Move,
            ) => self,
            (
                S::PendingApproval | S::PendingPayment | S::Confirmed | S::CheckedIn,
                Action::Cancel,
            ) => S::Cancelled,
            (S::Confirmed, Action::CheckIn) | (S::InService, Action::StepBack) => S::CheckedIn,
            (S::Confirmed | S::CheckedIn, Action::Start) | (S::Completed, Action::StepBack) => {
                S::InService
            }
            (S::CheckedIn | S::InService, Action::Complete) => S::Completed,
            (S::Confirmed | S::CheckedIn, Action::MissOut) => S::NoShow,
            (S::CheckedIn | S::NoShow, Action::StepBack) => S::Confirmed,
            _ => return None,
        })
    }

    /// Until when its time is kept, if that isn't certain: until then, and never beyond its start.
    pub(super) fn kept_until(self, until: Option<Instant>, start: Instant) -> Option<Instant> {
        match self {
            Self::PendingApproval => Some(start),
            Self::Held | Self::PendingPayment => until.map(|until| until.min(start)),
            _ => None,
        }
    }

    /// Whether it takes time of staff and rooms. What happened keeps its time: nobody else can have
    /// had it.
    pub const fn takes_time(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Expired)
    }

    /// Whether it is still to come or going on.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::PendingApproval
                | Self::PendingPayment
                | Self::Confirmed
                | Self::CheckedIn
                | Self::InService
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl Action {
    /// As the history and events name it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ask(_) => "booked",
            Self::Approve(_) => "approved",
            Self::Decline => "declined",
            Self::Pay => "paid",
            Self::TakeUpAgain => "taken_up_again",
            Self::Lapse => "lapsed",
            Self::Move => "moved",
            Self::Cancel => "cancelled",
            Self::CheckIn => "checked_in",
            Self::Start => "started",
            Self::Complete => "completed",
            Self::MissOut => "no_show",
            Self::StepBack => "stepped_back",
        }
    }

    /// The event that tells others.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Ask(_) => "appointment.booked",
            Self::Approve(_) => "appointment.approved",
            Self::Decline => "appointment.declined",
            Self::Pay => "appointment.paid",
            Self::TakeUpAgain => "appointment.taken_up_again",
            Self::Lapse => "appointment.lapsed",
            Self::Move => "appointment.moved",
            Self::Cancel => "appointment.cancelled",
            Self::CheckIn => "appointment.checked_in",
            Self::Start => "appointment.started",
            Self::Complete => "appointment.completed",
            Self::MissOut => "appointment.no_show",
            Self::StepBack => "appointment.stepped_back",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const ACTIONS: [Action; 17] = [
        Action::Ask(Needs::Nothing),
        Action::Ask(Needs::Approval),
        Action::Ask(Needs::Payment),
        Action::Approve(Needs::Nothing),
        Action::Approve(Needs::Payment),
        Action::Decline,
        Action::Pay,
        Action::TakeUpAgain,
        Action::Lapse,
        Action::Move,
        Action::Cancel,
        Action::CheckIn,
        Action::Start,
        Action::Complete,
        Action::MissOut,
        Action::StepBack,
        Action::Approve(Needs::Approval),
    ];

    /// Written out once more, so that a change of the rule is a change of this table.
    #[test]
    fn every_step_that_there_is() {
        let mut steps = String::new();
        for from in Status::ALL {
            for action in ACTIONS {
                if let Some(to) = from.after(action) {
                    let _ = writeln!(steps, "{from} --{action:?}--> {to}");
                }
            }
        }
        insta::assert_snapshot!(steps);
    }

    #[test]
    fn nobody_waits_beyond_the_start() {
        let at = |text: &str| format!("2026-05-01T{text}:00Z").parse::<Instant>().unwrap();
        let (early, start, late) = (at("09:00"), at("10:00"), at("11:00"));
        for (status, until, expected) in [
            (Status::Held, Some(early), Some(early)),
            (Status::Held, Some(late), Some(start)),
            (Status::PendingPayment, Some(early), Some(early)),
            (Status::PendingPayment, Some(late), Some(start)),
            (Status::PendingApproval, None, Some(start)),
            (Status::Confirmed, Some(early), None),
        ] {
            assert_eq!(status.kept_until(until, start), expected, "{status} {until:?}");
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        for over in [Status::Cancelled, Status::Expired] {
            assert!(!over.takes_time());
            for action in ACTIONS {
                // But for a payment that comes too late for a time that is still free.
                let paid_late = (over, action) == (Status::Expired, Action::TakeUpAgain);
                let after = paid_late.then_some(Status::Confirmed);
                assert_eq!(over.after(action), after, "{over} {action:?}");
            }
        }
    }

    #[test]
    fn only_what_gives_its_time_back_can_not_be_taken_back() {
        for from in Status::ALL.into_iter().filter(|status| status.takes_time()) {
            for action in ACTIONS {
                let Some(to) = from.after(action) else { continue };
                let gives_back = matches!(action, Action::Lapse | Action::Cancel | Action::Decline);
                assert_eq!(!to.takes_time(), gives_back, "{from} {action:?}");
            }
        }
    }
}
