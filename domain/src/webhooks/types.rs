//! What a business can be told of. The names here are for good: others' programs know them. What
//! happens inside is told of under names of its own, which may change.

use crate::bookings::Status;
use crate::fault::ValueFault;
use crate::words::words;

words! {
    /// A type of event.
    #[derive(Hash, PartialOrd, Ord)]
    EventType {
        /// Somebody is a customer now.
        CustomerCreated = "customer.created",
        /// What is known of a customer changed.
        CustomerUpdated = "customer.updated",
        /// Two records became one: the other one is gone.
        CustomerMerged = "customer.merged",
        /// A customer's data are gone for good.
        CustomerErased = "customer.erased",
        /// A visit was asked for; staff must say yes, or a deposit must be paid.
        AppointmentRequested = "appointment.requested",
        /// A visit is certain.
        AppointmentConfirmed = "appointment.confirmed",
        /// A visit is at another time, or something else of it changed.
        AppointmentUpdated = "appointment.updated",
        /// A visit won't take place.
        AppointmentCancelled = "appointment.cancelled",
        /// The customer is there.
        AppointmentCheckedIn = "appointment.checked_in",
        /// The visit took place.
        AppointmentCompleted = "appointment.completed",
        /// Nobody came.
        AppointmentNoShow = "appointment.no_show",
        /// Somebody stands in the walk-in queue.
        QueueJoined = "queue.joined",
        /// Somebody in it is next: whoever serves them would call them now.
        QueueNext = "queue.next",
        /// Somebody in it is called.
        QueueCalled = "queue.called",
        /// Somebody of it is being served.
        QueueStarted = "queue.started",
        /// Somebody of it was served.
        QueueServed = "queue.served",
        /// Somebody left it, or was forgotten in it.
        QueueLeft = "queue.left",
        /// Somebody was called and wasn't there.
        QueueNoShow = "queue.no_show",
        /// Somebody got an appointment instead of waiting.
        QueueConverted = "queue.converted",
        /// Something else of somebody's place in it changed.
        QueueUpdated = "queue.updated",
        /// Somebody waits for time that is taken.
        WaitlistJoined = "waitlist.joined",
        /// Time that freed up is kept for them for a while.
        WaitlistOffered = "waitlist.offered",
        /// They took it: it is a visit.
        WaitlistAccepted = "waitlist.accepted",
        /// They don't want it, and go on waiting.
        WaitlistDeclined = "waitlist.declined",
        /// They said nothing in time, and go on waiting.
        WaitlistLapsed = "waitlist.lapsed",
        /// They don't wait any more.
        WaitlistLeft = "waitlist.left",
        /// Somebody paid for a visit, at the desk or by card.
        PaymentPaid = "payment.paid",
        /// Some of it was given back.
        PaymentRefunded = "payment.refunded",
        /// Somebody bought a gift voucher.
        VoucherSold = "voucher.sold",
        /// A visit was paid for with one.
        VoucherUsed = "voucher.used",
        /// What was left of one was given back.
        VoucherRefunded = "voucher.refunded",
        /// Somebody bought a pass.
        PassSold = "pass.sold",
        /// A visit was paid for with a use of one.
        PassUsed = "pass.used",
        /// What was left of one was given back.
        PassRefunded = "pass.refunded",
        /// Somebody bought a membership, or the next period of theirs.
        MembershipSold = "membership.sold",
        /// One that was sold was cancelled.
        MembershipCancelled = "membership.cancelled",
        /// A test, sent when somebody asks for one. Every endpoint gets its own.
        Test = "webhook.test",
    }
}

impl EventType {
    /// All that an endpoint can ask for.
    pub const ALL: [Self; 36] = [
        Self::CustomerCreated,
        Self::CustomerUpdated,
        Self::CustomerMerged,
        Self::CustomerErased,
        Self::AppointmentRequested,
        Self::AppointmentConfirmed,
        Self::AppointmentUpdated,
        Self::AppointmentCancelled,
        Self::AppointmentCheckedIn,
        Self::AppointmentCompleted,
        Self::AppointmentNoShow,
        Self::QueueJoined,
        Self::QueueNext,
        Self::QueueCalled,
        Self::QueueStarted,
        Self::QueueServed,
        Self::QueueLeft,
        Self::QueueNoShow,
        Self::QueueConverted,
        Self::QueueUpdated,
        Self::WaitlistJoined,
        Self::WaitlistOffered,
        Self::WaitlistAccepted,
        Self::WaitlistDeclined,
        Self::WaitlistLapsed,
        Self::WaitlistLeft,
        Self::PaymentPaid,
        Self::PaymentRefunded,
        Self::VoucherSold,
        Self::VoucherUsed,
        Self::VoucherRefunded,
        Self::PassSold,
        Self::PassUsed,
        Self::PassRefunded,
        Self::MembershipSold,
        Self::MembershipCancelled,
    ];

    /// The type that somebody names.
    pub fn named(name: &str) -> Result<Self, ValueFault> {
        let unknown = || ValueFault::new("unknown_event_type", "There is no such type of event.");
        Self::ALL.into_iter().find(|known| known.key() == name).ok_or_else(unknown)
    }

    /// In a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::CustomerCreated => "Somebody is a customer now.",
            Self::CustomerUpdated => "What is known of a customer changed.",
            Self::CustomerMerged => "Two records became one; the other one is gone.",
            Self::CustomerErased => "A customer's data were erased. Please erase them too.",
            Self::AppointmentRequested => {
                "A visit was asked for; staff must say yes, or a deposit must be paid."
            }
            Self::AppointmentConfirmed => "A visit is certain.",
            Self::AppointmentUpdated => "A visit was moved, or something else of it changed.",
            Self::AppointmentCancelled => "A visit won't take place.",
            Self::AppointmentCheckedIn => "The customer is there.",
            Self::AppointmentCompleted => "The visit took place.",
            Self::AppointmentNoShow => "Nobody came.",
            Self::QueueJoined => "Somebody stands in the walk-in queue.",
            Self::QueueNext => "Somebody in the queue is next.",
            Self::QueueCalled => "Somebody in the queue is called.",
            Self::QueueStarted => "Somebody of the queue is being served.",
            Self::QueueServed => "Somebody of the queue was served.",
            Self::QueueLeft => "Somebody left the queue, or was forgotten in it.",
            Self::QueueNoShow => "Somebody was called and wasn't there.",
            Self::QueueConverted => "Somebody got an appointment instead of waiting.",
            Self::QueueUpdated => "Something else of somebody's place in the queue changed.",
            Self::WaitlistJoined => "Somebody waits for time that is taken.",
            Self::WaitlistOffered => "Time that freed up is kept for somebody who waits.",
            Self::WaitlistAccepted => "Somebody who waited took the time that was kept for them.",
            Self::WaitlistDeclined => {
                "Somebody who waits doesn't want the time that was kept for them."
            }
            Self::WaitlistLapsed => "Somebody who waits didn't answer in time.",
            Self::WaitlistLeft => "Somebody doesn't wait any more, or the days are over.",
            Self::PaymentPaid => "Somebody paid for a visit, at the desk or by card.",
            Self::PaymentRefunded => "Some of a payment was given back.",
            Self::VoucherSold => "Somebody bought a gift voucher.",
            Self::VoucherUsed => "A visit was paid for with a gift voucher.",
            Self::VoucherRefunded => {
                "What was left of a gift voucher was given back, or taken away without that (`amount_minor` 0)."
            }
            Self::PassSold => "Somebody bought a pass.",
            Self::PassUsed => "A visit was paid for with a use of a pass.",
            Self::PassRefunded => "What was left of a pass was given back.",
            Self::MembershipSold => "Somebody bought a membership, or its next period.",
            Self::MembershipCancelled => "A membership was cancelled at the desk.",
            Self::Test => "A test.",
        }
    }

    /// What is told of a step of a visit's life. Time that is kept for somebody who is still typing
    /// is nobody's business.
    pub(super) fn of_visit(kind: &str, from: Option<Status>, to: Status) -> Option<Self> {
        use Status as S;
        Some(match kind {
            "appointment.booked"
            | "appointment.approved"
            | "appointment.paid"
            | "appointment.taken_up_again" => match (kind, to) {
                (_, S::Confirmed) => Self::AppointmentConfirmed,
                ("appointment.booked", _) => Self::AppointmentRequested,
                _ => Self::AppointmentUpdated,
            },
            "appointment.lapsed" if from.is_none_or(|from| from == S::Held) => return None,
            "appointment.declined" | "appointment.cancelled" | "appointment.lapsed" => {
                Self::AppointmentCancelled
            }
            "appointment.checked_in" => Self::AppointmentCheckedIn,
            "appointment.completed" => Self::AppointmentCompleted,
            "appointment.no_show" => Self::AppointmentNoShow,
            "appointment.moved"
            | "appointment.noted"
            | "appointment.started"
            | "appointment.stepped_back"
                if !matches!(to, S::Held | S::Expired) =>
            {
                Self::AppointmentUpdated
            }
            _ => return None,
        })
    }

    /// What is told of a step of an entry's life in a walk-in queue. A new ticket is its holder's
    /// business.
    pub(super) fn of_entry(kind: &str) -> Option<Self> {
        Some(match kind {
            "queue.joined" => Self::QueueJoined,
            "queue.next" => Self::QueueNext,
            "queue.called" => Self::QueueCalled,
            "queue.started" => Self::QueueStarted,
            "queue.finished" => Self::QueueServed,
            "queue.left" | "queue.expired" => Self::QueueLeft,
            "queue.no_show" => Self::QueueNoShow,
            "queue.converted" => Self::QueueConverted,
            "queue.returned" | "queue.moved" | "queue.edited" | "queue.freed" | "queue.here"
            | "queue.more_time" | "queue.stepped_back" => Self::QueueUpdated,
            _ => return None,
        })
    }

    /// What is told of somebody on the waiting list.
    pub(super) fn of_waiting(kind: &str) -> Option<Self> {
        Some(match kind {
            "waitlist.joined" => Self::WaitlistJoined,
            "waitlist.offered" => Self::WaitlistOffered,
            "waitlist.accepted" => Self::WaitlistAccepted,
            "waitlist.declined" => Self::WaitlistDeclined,
            "waitlist.lapsed" => Self::WaitlistLapsed,
            "waitlist.left" | "waitlist.over" => Self::WaitlistLeft,
            _ => return None,
        })
    }

    /// What is told of a payment: that money came, and that it went.
    pub(super) fn of_payment(kind: &str) -> Option<Self> {
        Some(match kind {
            "payment.paid" => Self::PaymentPaid,
            "payment.refunded" => Self::PaymentRefunded,
            _ => return None,
        })
    }

    /// What is told of what is sold ahead.
    pub(super) fn of_sold(kind: &str) -> Option<Self> {
        Some(match kind {
            "voucher.sold" => Self::VoucherSold,
            "voucher.used" => Self::VoucherUsed,
            "voucher.refunded" => Self::VoucherRefunded,
            "pass.sold" => Self::PassSold,
            "pass.used" => Self::PassUsed,
            "pass.refunded" => Self::PassRefunded,
            "membership.sold" => Self::MembershipSold,
            "membership.cancelled" => Self::MembershipCancelled,
            _ => return None,
        })
    }

    /// What is told of a customer. Consents, memberships and the like are no part of the record.
    pub(super) fn of_customer(kind: &str) -> Option<Self> {
        Some(match kind {
            "customer.created" => Self::CustomerCreated,
            "customer.updated" | "customer.merge_undone" => Self::CustomerUpdated,
            "customer.merged" => Self::CustomerMerged,
            "customer.erased" => Self::CustomerErased,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::bookings::{Action, Needs};
    use crate::queue::Step;

    const ACTIONS: [Action; 15] = [
        Action::Ask(Needs::Nothing),
        Action::Ask(Needs::Approval),
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
    ];

    /// Every step of a visit's and an entry's life, and what is told of it: others' programs rely on
    /// each line.
    #[test]
    fn what_is_told_of_which_step() {
        let mut told = String::new();
        let name = |of: Option<EventType>| of.map_or("-", EventType::key);
        for from in Status::ALL {
            for action in ACTIONS {
                let Some(to) = from.after(action) else { continue };
                let of = EventType::of_visit(action.event(), Some(from), to);
                let _ = writeln!(told, "{from} --{action:?}--> {to}: {}", name(of));
            }
        }
        for step in Step::ALL {
            let of = EventType::of_entry(step.event());
            let _ = writeln!(told, "queue --{step:?}--: {}", name(of));
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn what_is_told_of_nobody() {
        for kind in ["appointment.held", "queue.reissued", "queue.changed", "staff.updated"] {
            assert_eq!(EventType::of_visit(kind, None, Status::Held), None, "{kind}");
            assert_eq!(EventType::of_entry(kind), None, "{kind}");
            assert_eq!(EventType::of_waiting(kind), None, "{kind}");
            assert_eq!(EventType::of_customer(kind), None, "{kind}");
        }
        // The staff's note on time that is still kept.
        assert_eq!(EventType::of_visit("appointment.noted", None, Status::Held), None);
    }

    #[test]
    fn types_are_found_by_their_names() {
        for known in EventType::ALL {
            assert_eq!(EventType::named(known.key()).unwrap(), known);
            assert_eq!(EventType::stored(known.key()).unwrap(), known);
        }
        // Nobody asks for tests: they come to who wants one.
        assert!(EventType::named("webhook.test").is_err());
    }
}
