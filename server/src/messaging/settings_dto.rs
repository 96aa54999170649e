use openchair_domain::hours::time_of_day;
use openchair_domain::ids::Service;
use openchair_domain::messaging::{self, Channel, ServiceReminders, Settings, Ways};
use openchair_domain::patch::Patch;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use super::dto::MessageChannel;
use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::patch::patch;

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
    /// The ways by which messages can be carried here; others are never taken, even if they are on
    carried: Vec<MessageChannel>,
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
pub(super) fn versioned(settings: Settings, ways: Ways) -> Versioned<MessageSettingsView> {
    let view = MessageSettingsView {
        channels: settings.channels.into_iter().map(MessageChannel::from).collect(),
        carried: ways.all().into_iter().map(MessageChannel::from).collect(),
        reminder_minutes: settings.reminder_minutes,
        quiet: settings
            .quiet
            .map(|quiet| QuietHours { from: time_of_day(quiet.from), to: time_of_day(quiet.to) }),
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
