//! What is sent about a queue.

use chrono::{DateTime, Utc};
use openchair_domain::ids::{Customer, Location, QueueEntry, Service, StaffMember};
use openchair_domain::queue::{Conversion, EntryChange, NewParty, Place, SettingsChange};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object};

use crate::ids::Ref;
use crate::patch::patch;

const fn one() -> u8 {
    1
}

/// A party that joins the queue.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct JoinQueueInput {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(max_length = 40))]
    pub(crate) phone: Option<String>,
    /// Their language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
    /// How many they are
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "8")))]
    party: u8,
    #[oai(validator(min_items = 1, max_items = 8))]
    services: Vec<Ref<Service>>,
    /// By whom; left out: by anybody
    staff: Option<Ref<StaffMember>>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
}

impl JoinQueueInput {
    pub(crate) fn to_domain(&self) -> NewParty {
        NewParty {
            location: self.location.map(|location| location.0),
            name: self.name.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            party: self.party,
            services: self.services.iter().map(|service| service.0).collect(),
            staff: self.staff.map(|staff| staff.0),
            note: self.note.clone(),
            customer: None,
        }
    }
}

/// A party that joins at a tablet, in the queue where that stands.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct KioskPartyInput {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(max_length = 40))]
    pub(crate) phone: Option<String>,
    /// Their language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
    /// How many they are
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "8")))]
    party: u8,
    #[oai(validator(min_items = 1, max_items = 8))]
    services: Vec<Ref<Service>>,
    /// By whom; left out: by anybody
    staff: Option<Ref<StaffMember>>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
}

impl KioskPartyInput {
    pub(crate) fn to_domain(&self) -> NewParty {
        NewParty {
            location: None,
            name: self.name.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            party: self.party,
            services: self.services.iter().map(|service| service.0).collect(),
            staff: self.staff.map(|staff| staff.0),
            note: self.note.clone(),
            customer: None,
        }
    }
}

/// A party that the desk puts into the queue.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct DeskPartyInput {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    /// Who they are, if the business knows them
    customer: Option<Ref<Customer>>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(max_length = 40))]
    phone: Option<String>,
    /// Their language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
    /// How many they are
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "8")))]
    party: u8,
    #[oai(validator(min_items = 1, max_items = 8))]
    services: Vec<Ref<Service>>,
    /// By whom; left out: by anybody
    staff: Option<Ref<StaffMember>>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
}

impl DeskPartyInput {
    pub(super) fn to_domain(&self) -> NewParty {
        NewParty {
            location: self.location.map(|location| location.0),
            name: self.name.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            party: self.party,
            services: self.services.iter().map(|service| service.0).collect(),
            staff: self.staff.map(|staff| staff.0),
            note: self.note.clone(),
            customer: self.customer.map(|customer| customer.0),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueChange {
    /// Whether one can join
    open: Option<bool>,
    /// How many may wait
    #[oai(validator(minimum(value = "1"), maximum(value = "500")))]
    capacity: Option<i16>,
    /// What can be had without an appointment; empty: whatever customers book
    #[oai(validator(max_items = 200))]
    services: Option<Vec<Ref<Service>>>,
    /// After how many minutes somebody who waits is forgotten
    #[oai(validator(minimum(value = "15"), maximum(value = "1440")))]
    expires_minutes: Option<i16>,
    /// Who serves whom walks in, from now on
    #[oai(validator(max_items = 60))]
    staff: Option<Vec<Ref<StaffMember>>>,
}

impl From<QueueChange> for SettingsChange {
    fn from(change: QueueChange) -> Self {
        Self {
            open: change.open,
            capacity: change.capacity,
            services: change.services.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            expires_minutes: change.expires_minutes,
            staff: change.staff.map(|ids| ids.into_iter().map(|id| id.0).collect()),
        }
    }
}

/// Whose turn it is to call.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct CallNextInput {
    /// The business's first location if left out
    pub(super) location: Option<Ref<Location>>,
    /// Left out: the caller
    pub(super) staff: Option<Ref<StaffMember>>,
}

/// The version of an entry that was seen.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueSeenInput {
    /// The version that was seen
    pub(super) version: i64,
}

/// What somebody in the queue wants now; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueEntryChange {
    /// The version that was seen
    pub(super) version: i64,
    /// How many they are
    #[oai(validator(minimum(value = "1"), maximum(value = "8")))]
    party: Option<u8>,
    #[oai(validator(min_items = 1, max_items = 8))]
    services: Option<Vec<Ref<Service>>>,
    /// By whom; null: by anybody
    staff: MaybeUndefined<Ref<StaffMember>>,
}

impl From<QueueEntryChange> for EntryChange {
    fn from(change: QueueEntryChange) -> Self {
        Self {
            party: change.party,
            services: change.services.map(|ids| ids.into_iter().map(|id| id.0).collect()),
            staff: patch(change.staff).map(|id| id.0),
        }
    }
}

/// Who calls or serves.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueHandsInput {
    /// The version that was seen
    pub(super) version: i64,
    /// Left out: who called them; else the caller
    pub(super) staff: Option<Ref<StaffMember>>,
}

/// Somebody goes.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueLeaveInput {
    /// The version that was seen
    pub(super) version: i64,
    /// Why
    #[oai(validator(max_length = 300))]
    pub(super) reason: Option<String>,
}

/// An end of the line.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum QueueEnd {
    /// Before all others
    First,
    /// Behind all others
    Last,
}

/// Another place in the line: one of `after`, `before` and `to`.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueMoveInput {
    /// The version that was seen
    pub(super) version: i64,
    /// Right behind this one
    after: Option<Ref<QueueEntry>>,
    /// Right before this one
    before: Option<Ref<QueueEntry>>,
    /// To an end of the line
    to: Option<QueueEnd>,
}

impl QueueMoveInput {
    pub(super) fn place(&self) -> Result<Place, openchair_domain::bookings::BookingError> {
        let end = self.to.map(|end| match end {
            QueueEnd::First => Place::First,
            QueueEnd::Last => Place::Last,
        });
        Place::of(self.after.map(|id| id.0), self.before.map(|id| id.0), end)
    }
}

/// An appointment instead of waiting.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct QueueConvertInput {
    /// The version that was seen
    pub(super) version: i64,
    /// At the next full minute if left out
    start: Option<DateTime<Utc>>,
    /// By whom they wanted if left out
    staff: Option<Ref<StaffMember>>,
    /// Where mails about it go
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    /// What staff want said
    #[oai(default, validator(max_length = 1000))]
    staff_note: String,
}

impl QueueConvertInput {
    pub(super) fn to_domain(&self) -> Conversion {
        Conversion {
            start: self.start,
            staff: self.staff.map(|staff| staff.0),
            email: self.email.clone(),
            staff_note: self.staff_note.clone(),
        }
    }
}

/// A new tablet at the door.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewKioskInput {
    /// What people call it
    #[oai(validator(min_length = 1, max_length = 80))]
    pub(super) name: String,
    /// The business's first location if left out
    pub(super) location: Option<Ref<Location>>,
}
