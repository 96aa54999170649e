use chrono::{DateTime, Utc};
use openchair_domain::ids::{Appointment, Customer, Message, OptOut, QueueEntry};
use openchair_domain::messaging::{
    Channel, Kind, MessageFacts, NewOptOut, OptOutFacts, Reason, Source, State,
};
use poem_openapi::Object;

use crate::ids::Ref;
use crate::shelf::mirrored;

mirrored! {
    /// What a message is about.
    MessageKind = Kind {
        /// The visit is booked
        Confirmed,
        /// The visit was asked for
        Requested,
        /// A deposit is due
        Unpaid,
        /// The staff said no
        Declined,
        /// The visit is at another time or place
        Moved,
        /// The visit was called off
        Cancelled,
        /// The visit was never certain, and its time is over
        Lapsed,
        /// The visit is soon
        Reminder,
        /// How was it?
        FollowUp,
        /// Would they tell others?
        ReviewRequest,
        /// They haven't been here for long
        RebookingNudge,
        /// A time that they wait for is free
        WaitlistOffer,
        /// They are next in line
        QueueNext,
        /// It is their turn
        QueueCalled,
        /// Several visits are booked
        SeriesConfirmed,
        /// Several visits are at other times
        SeriesMoved,
        /// Several visits were called off
        SeriesCancelled,
        /// A step of a sequence
        Sequence,
    }

    /// By which way it goes.
    MessageChannel = Channel {
        /// E-mail
        Email,
        /// A text message
        Sms,
        /// WhatsApp
        Whatsapp,
        /// A notification of the browser
        Push,
    }

    /// Where it stands.
    MessageState = State {
        /// It will be sent
        Queued,
        /// It was handed over
        Sent,
        /// It arrived
        Delivered,
        /// It came back
        Bounced,
        /// It couldn't be sent
        Failed,
        /// There was no reason for it any more
        Dropped,
    }

    /// Why it wasn't sent.
    MessageReason = Reason {
        /// The visit won't take place
        VisitOff,
        /// The visit was changed since
        Outdated,
        /// The visit has begun
        Begun,
        /// They don't want to be written to
        OptedOut,
        /// They never agreed to it
        NoConsent,
        /// The business has turned this way off
        ChannelOff,
        /// Nobody is disturbed at this hour, and afterwards it would be too late
        Quiet,
        /// They have booked since
        Booked,
        /// The sequence that it was a step of was turned off, or they were taken out of it
        Halted,
        /// Whoever it was for was erased
        Erased,
        /// There are no words for it
        NoWords,
        /// Whoever carries it said no
        Refused,
        /// Tried for hours, in vain
        GaveUp,
        /// The business's plan has no texts left in this month
        PlanLimit,
    }

    /// How somebody said that they don't want to be written to.
    OptOutSource = Source {
        /// By the link in a mail
        Link,
        /// To the staff
        Staff,
        /// By answering STOP
        Reply,
        /// Whoever carries messages says so
        Provider,
    }
}

/// A message.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageView {
    id: Ref<Message>,
    kind: MessageKind,
    channel: MessageChannel,
    locale: String,
    /// Of sequences: which of their steps
    step: Option<i32>,
    /// Of reminders: how long before the visit
    minutes_before: Option<i32>,
    customer: Option<Ref<Customer>>,
    appointment: Option<Ref<Appointment>>,
    /// The visit's version when this was written
    appointment_version: Option<i32>,
    queue_entry: Option<Ref<QueueEntry>>,
    /// Empty if whoever it was for was erased
    address: String,
    state: MessageState,
    reason: Option<MessageReason>,
    /// What was said about that
    detail: Option<String>,
    /// What whoever carried it calls it
    provider_id: Option<String>,
    /// Somebody asked for it once more
    again: bool,
    /// It was sent to see what it looks like
    trial: bool,
    due_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
}

impl From<MessageFacts> for MessageView {
    fn from(message: MessageFacts) -> Self {
        Self {
            id: message.id.into(),
            kind: message.kind.into(),
            channel: message.channel.into(),
            locale: message.locale,
            step: (message.kind == Kind::Sequence).then_some(message.step),
            minutes_before: (message.kind == Kind::Reminder).then_some(message.step),
            customer: message.customer.map(Ref),
            appointment: message.visit.map(Ref),
            appointment_version: message.visit_version,
            queue_entry: message.entry.map(Ref),
            address: message.address,
            state: message.state.into(),
            reason: message.reason.map(MessageReason::from),
            detail: message.detail,
            provider_id: message.provider_id,
            again: message.again,
            trial: message.trial,
            due_at: message.due_at,
            created_at: message.created_at,
            sent_at: message.sent_at,
            delivered_at: message.delivered_at,
        }
    }
}

/// Somebody who doesn't want to be written to.
#[derive(Debug, Clone, Object)]
pub(super) struct OptOutView {
    id: Ref<OptOut>,
    channel: MessageChannel,
    address: String,
    source: OptOutSource,
    since: DateTime<Utc>,
}

impl From<OptOutFacts> for OptOutView {
    fn from(facts: OptOutFacts) -> Self {
        Self {
            id: facts.id.into(),
            channel: facts.channel.into(),
            address: facts.address,
            source: facts.source.into(),
            since: facts.since,
        }
    }
}

/// Somebody said that they don't want to be written to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewOptOutInput {
    channel: MessageChannel,
    /// An e-mail address, or a telephone number
    #[oai(validator(min_length = 1, max_length = 254))]
    address: String,
}

impl NewOptOutInput {
    pub(super) fn to_domain(&self) -> NewOptOut {
        NewOptOut { channel: self.channel.into(), address: self.address.clone() }
    }
}
