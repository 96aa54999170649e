//! What others hear of a visit: where it is and where it was, so that whoever watches a day knows
//! whether it is about them without asking.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entities::appointment;
use super::read::VisitFacts;
use crate::ids::{Appointment, Id, Location, StaffMember};
use crate::outbox::NewEvent;
use crate::time::Instant;

/// A place in the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spot {
    /// Where.
    pub(crate) location: Id<Location>,
    /// From.
    pub(crate) starts_at: Instant,
    /// To.
    pub(crate) ends_at: Instant,
}

impl Spot {
    fn of(row: &appointment::Model) -> Self {
        Self {
            location: Id::from_uuid(row.location_id),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        }
    }
}

/// A place in the calendar that was left, and with whom it was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    /// Where and when.
    #[serde(flatten)]
    pub(crate) spot: Spot,
    /// Whose column it stood in.
    pub(crate) staff: Vec<Id<StaffMember>>,
}

/// What the event of a visit carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Which.
    pub(crate) id: Id<Appointment>,
    /// The version that it has now.
    pub(crate) version: i32,
    /// Where it is now.
    #[serde(flatten)]
    pub(crate) spot: Spot,
    /// Where it was before, if it moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) was: Option<Left>,
}

/// Of a visit that is new.
pub(crate) fn made(kind: &'static str, visit: &VisitFacts) -> NewEvent {
    let VisitFacts { location, starts_at, ends_at, .. } = *visit;
    let spot = Spot { location, starts_at, ends_at };
    NewEvent::new(kind, &Told { id: visit.id, version: visit.version, spot, was: None })
}

/// Of a visit that is another one now. `left` is whose columns it stood in, if it has moved.
pub(super) fn changed(
    kind: &'static str,
    before: &appointment::Model,
    now: &appointment::Model,
    left: Option<Vec<Uuid>>,
) -> NewEvent {
    let was = left.map(|staff| Left {
        spot: Spot::of(before),
        staff: staff.into_iter().map(Id::from_uuid).collect(),
    });
    let id = Id::from_uuid(now.id);
    NewEvent::new(kind, &Told { id, version: now.version, spot: Spot::of(now), was })
}
