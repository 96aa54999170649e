//! What staff send.

use chrono::{DateTime, Utc};
use openchair_domain::bookings::{self, NewContact, Whom};
use openchair_domain::ids::{Customer, Location, Room, StaffMember};
use poem_openapi::Object;

use super::dto::WantedInput;
use crate::ids::Ref;

/// For whom a visit is: somebody whom the business knows, or somebody by name.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct WhomInput {
    /// Whom the business knows
    id: Option<Ref<Customer>>,
    /// Somebody by name
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    #[oai(validator(max_length = 40))]
    phone: Option<String>,
}

impl WhomInput {
    pub(crate) fn to_domain(&self) -> Whom {
        match (self.id, &self.name) {
            (Some(id), _) => Whom::Known(id.0),
            (None, name) => Whom::Named(NewContact {
                name: name.clone().unwrap_or_default(),
                email: self.email.clone(),
                phone: self.phone.clone(),
                locale: None,
            }),
        }
    }
}

/// A visit that staff book.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct NewAppointment {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    wanted: WantedInput,
    start: DateTime<Utc>,
    /// Left out for time that nobody's name stands on
    customer: Option<WhomInput>,
    /// In this room and no other
    room: Option<Ref<Room>>,
    /// What the customer wants said
    #[oai(default, validator(max_length = 1000))]
    note: String,
    /// What staff want said
    #[oai(default, validator(max_length = 1000))]
    staff_note: String,
    /// Put it there although staff or room are taken, or it is for members only and the customer is
    /// none; needs the permission, and is written down
    #[oai(default)]
    over: bool,
}

impl NewAppointment {
    pub(super) fn to_domain(&self) -> bookings::NewBooking {
        bookings::NewBooking {
            location: self.location.map(|location| location.0),
            wanted: self.wanted.to_domain(self.room),
            start: self.start,
            whom: self.customer.as_ref().map_or(Whom::Nobody, WhomInput::to_domain),
            note: self.note.clone(),
            staff_note: self.staff_note.clone(),
            over: self.over,
        }
    }
}

/// Where a visit is moved to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct MoveInput {
    /// The version that was seen
    version: i64,
    start: DateTime<Utc>,
    /// To another location
    location: Option<Ref<Location>>,
    /// Other staff: for the first and the second of the party. Empty: whoever can. Left out: as it is
    #[oai(validator(max_items = 2))]
    staff: Option<Vec<Ref<StaffMember>>>,
    /// Into this room
    room: Option<Ref<Room>>,
    /// Put it there although staff or room are taken
    #[oai(default)]
    over: bool,
    #[oai(validator(max_length = 300))]
    reason: Option<String>,
}

impl MoveInput {
    pub(super) fn version(&self) -> i64 {
        self.version
    }

    pub(super) fn to_domain(&self) -> bookings::NewTime {
        let staff = |staff: &Vec<Ref<StaffMember>>| staff.iter().map(|id| id.0).collect();
        bookings::NewTime {
            start: self.start,
            location: self.location.map(|location| location.0),
            staff: self.staff.as_ref().map(staff),
            room: self.room.map(|room| room.0),
            over: self.over,
            reason: self.reason.clone(),
        }
    }
}

/// The version of a visit that was seen.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct SeenInput {
    /// The version that was seen
    pub(super) version: i64,
}

/// Saying no to a visit that waits for approval.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct DeclineInput {
    /// The version that was seen
    pub(super) version: i64,
    /// Why; the customer is told
    #[oai(validator(max_length = 300))]
    pub(super) reason: Option<String>,
}

/// Calling a visit off.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct CancelInput {
    /// The version that was seen
    pub(super) version: i64,
    /// Why; the customer is told
    #[oai(validator(max_length = 300))]
    pub(super) reason: Option<String>,
    /// Whether the customer owes what the terms say
    #[oai(default)]
    pub(super) with_fee: bool,
}

/// What is written on a visit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct NotesInput {
    /// The version that was seen
    pub(super) version: i64,
    /// What the customer wants said; left out, it stays
    #[oai(validator(max_length = 1000))]
    pub(super) note: Option<String>,
    /// What staff want said; left out, it stays
    #[oai(validator(max_length = 1000))]
    pub(super) staff_note: Option<String>,
}
