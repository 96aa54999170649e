use chrono::{DateTime, Utc};
use openchair_domain::ids::{Appointment, Customer, Message, OptOut, QueueEntry, Service};
use openchair_domain::messaging::{
    self, Channel, Kind, MessageFacts, NewOptOut, OptOutFacts, Reason, ServiceReminders, Settings,
    Source, State, TemplateFacts,
};
use openchair_domain::messaging::templates::{Own, Rendered};
use openchair_domain::patch::Patch;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::patch::patch;
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
        /// Whoever it was for was erased
        Erased,
        /// There are no words for it
        NoWords,
        /// Whoever carries it said no
        Refused,
        /// Tried for hours, in vain
        GaveUp,
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

/// Hours in which nobody is disturbed, on the shop's clock; may go over midnight.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QuietHours {
    /// `21:00`
    #[oai(validator(max_length = 5))]
    from: String,
    /// `08:00`
    #[oai(validator(max_length = 5))]
    to: String,
}

/// What a business says to its customers, by which ways and when.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageSettingsView {
    /// The ways that are on, the best first
    channels: Vec<MessageChannel>,
    /// How long before a visit it is brought to mind
    reminder_minutes: Vec<i32>,
    quiet: Option<QuietHours>,
    /// How long after a visit they are asked how it was; missing: not at all
    follow_up_minutes: Option<i32>,
    /// How long after a visit they are asked to tell others; missing: not at all
    review_minutes: Option<i32>,
    /// Where
    review_url: Option<String>,
    /// How long after a visit who has booked nothing since is asked to come again; missing: not at all
    rebooking_days: Option<i32>,
    /// Who writes; else the business, by its name
    sender_name: Option<String>,
    /// Where answers to mails go
    reply_to: Option<String>,
    version: i32,
}

/// The view with its version.
pub(super) fn versioned(settings: Settings) -> Versioned<MessageSettingsView> {
    let clock = |minutes: i16| openchair_domain::hours::time_of_day(minutes);
    let view = MessageSettingsView {
        channels: settings.channels.into_iter().map(MessageChannel::from).collect(),
        reminder_minutes: settings.reminder_minutes,
        quiet: settings
            .quiet
            .map(|quiet| QuietHours { from: clock(quiet.from), to: clock(quiet.to) }),
        follow_up_minutes: settings.follow_up_minutes,
        review_minutes: settings.review_minutes,
        review_url: settings.review_url,
        rebooking_days: settings.rebooking_days,
        sender_name: settings.sender_name,
        reply_to: settings.reply_to,
        version: settings.version,
    };
    Versioned::new(settings.version.into(), view)
}

/// What to change; what is left out stays, and null turns it off.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MessageSettingsChange {
    #[oai(validator(max_items = 4))]
    channels: Option<Vec<MessageChannel>>,
    #[oai(validator(max_items = 20))]
    reminder_minutes: Option<Vec<i32>>,
    quiet: MaybeUndefined<QuietHours>,
    follow_up_minutes: MaybeUndefined<i32>,
    review_minutes: MaybeUndefined<i32>,
    #[oai(validator(max_length = 500))]
    review_url: MaybeUndefined<String>,
    rebooking_days: MaybeUndefined<i32>,
    #[oai(validator(max_length = 60))]
    sender_name: MaybeUndefined<String>,
    #[oai(validator(max_length = 254))]
    reply_to: MaybeUndefined<String>,
}

impl From<MessageSettingsChange> for messaging::SettingsChange {
    fn from(change: MessageSettingsChange) -> Self {
        let channels = |ways: Vec<MessageChannel>| ways.into_iter().map(Channel::from).collect();
        let quiet: Patch<QuietHours> = patch(change.quiet);
        Self {
            channels: change.channels.map(channels),
            reminder_minutes: change.reminder_minutes,
            quiet: quiet.map(|quiet| (quiet.from, quiet.to)),
            follow_up_minutes: patch(change.follow_up_minutes),
            review_minutes: patch(change.review_minutes),
            review_url: patch(change.review_url),
            rebooking_days: patch(change.rebooking_days),
            sender_name: patch(change.sender_name),
            reply_to: patch(change.reply_to),
        }
    }
}

/// When visits with a service are brought to mind.
#[derive(Debug, Clone, Object)]
pub(super) struct ServiceRemindersView {
    service: Ref<Service>,
    service_name: String,
    /// How long before; empty: never
    minutes: Vec<i32>,
}

impl From<ServiceReminders> for ServiceRemindersView {
    fn from(reminders: ServiceReminders) -> Self {
        Self {
            service: reminders.service.into(),
            service_name: reminders.name,
            minutes: reminders.minutes,
        }
    }
}

/// All services with times of their own.
#[derive(Debug, Clone, Object)]
pub(super) struct ServiceRemindersList {
    pub(super) items: Vec<ServiceRemindersView>,
}

/// Times of its own for a service.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ServiceRemindersInput {
    /// How long before a visit; empty: never
    #[oai(validator(max_items = 20))]
    pub(super) minutes: Vec<i32>,
}

/// The words of a message.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTemplateView {
    kind: MessageKind,
    channel: MessageChannel,
    locale: String,
    /// Mails have one
    subject: Option<String>,
    body: String,
    /// Whether they are the business's own; else they are built in
    own: bool,
    /// What they may speak of, as `{{ name }}`
    fields: Vec<String>,
    /// 0: built in
    version: i32,
}

impl From<TemplateFacts> for MessageTemplateView {
    fn from(facts: TemplateFacts) -> Self {
        Self {
            kind: facts.key.kind.into(),
            channel: facts.key.channel.into(),
            locale: facts.key.locale.to_owned(),
            subject: facts.words.subject,
            body: facts.words.body,
            own: facts.own,
            fields: facts.fields.iter().map(|field| (*field).to_owned()).collect(),
            version: facts.version,
        }
    }
}

/// All words that are the business's own.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTemplateList {
    pub(super) items: Vec<MessageTemplateView>,
}

/// Words of one's own.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MessageWords {
    /// Of mails only
    #[oai(validator(max_length = 400))]
    subject: Option<String>,
    /// Paragraphs have an empty line between them
    #[oai(validator(max_length = 10000))]
    body: String,
}

impl From<MessageWords> for Own {
    fn from(words: MessageWords) -> Self {
        Self { subject: words.subject, body: words.body }
    }
}

/// What is to be looked at: these words, or without any those that are used now.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MessagePreviewInput {
    pub(super) words: Option<MessageWords>,
}

/// What a message looks like, about somebody who doesn't exist.
#[derive(Debug, Clone, Object)]
pub(super) struct MessagePreview {
    /// Empty where there is no place for one
    subject: String,
    text: String,
    /// Empty where there is none
    html: String,
}

impl From<Rendered> for MessagePreview {
    fn from(rendered: Rendered) -> Self {
        Self { subject: rendered.subject, text: rendered.text, html: rendered.html }
    }
}

/// A message that is on its way to whoever asked.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTrialView {
    pub(super) message: Ref<Message>,
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
