//! Visits as calendars take them.

use icalendar::{Calendar, Component, EventLike, EventStatus, Property};
use serde::{Deserialize, Serialize};

use super::link::OwnVisit;
use super::read::VisitFacts;
use super::state::Status;
use crate::diary::Shop;
use crate::ids::{Appointment, Id};
use crate::time::Instant;

/// A visit as a calendar takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalendarEntry {
    id: Id<Appointment>,
    sequence: i32,
    status: String,
    title: String,
    business: String,
    place: String,
    starts_at: Instant,
    ends_at: Instant,
    created_at: Instant,
    updated_at: Instant,
}

impl CalendarEntry {
    /// The visit as it stands.
    pub(crate) fn of(visit: &VisitFacts, shop: &Shop) -> Self {
        let place = if shop.address.is_empty() {
            shop.location_name.clone()
        } else {
            format!("{}, {}", shop.location_name, shop.address)
        };
        Self {
            id: visit.id,
            sequence: visit.sequence,
            status: visit.status.key().to_owned(),
            title: visit.title.clone(),
            business: shop.name.clone(),
            place,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            created_at: visit.created_at,
            updated_at: visit.updated_at,
        }
    }

    /// The visit as a file for calendars. The same visit always has the same UID; each change that
    /// calendars must hear of has a higher SEQUENCE, and what was called off says so.
    pub(crate) fn text(&self, link: Option<&str>) -> String {
        let status = Status::from_key(&self.status);
        let off = matches!(status, Some(Status::Cancelled | Status::Expired));
        let status = match status {
            Some(Status::Cancelled | Status::Expired) => EventStatus::Cancelled,
            Some(Status::Held | Status::PendingApproval | Status::PendingPayment) => {
                EventStatus::Tentative
            }
            _ => EventStatus::Confirmed,
        };
        let mut event = icalendar::Event::new();
        event
            .uid(&format!("{}@openchair", self.id))
            .sequence(u32::try_from(self.sequence).unwrap_or(0))
            .timestamp(self.updated_at)
            .created(self.created_at)
            .last_modified(self.updated_at)
            .starts(self.starts_at)
            .ends(self.ends_at)
            .summary(&format!("{} · {}", self.title, self.business))
            .location(&self.place)
            .status(status);
        if let Some(link) = link {
            event.url(link);
        }
        let mut calendar = Calendar::empty();
        calendar
            .append_property(Property::new("VERSION", "2.0"))
            .append_property(Property::new("PRODID", "-//Openchair//Visits//EN"))
            .append_property(Property::new("CALSCALE", "GREGORIAN"))
            .append_property(Property::new("METHOD", if off { "CANCEL" } else { "PUBLISH" }))
            .push(event.done());
        calendar.to_string()
    }
}

/// The visit of whoever holds its link, as a file for calendars.
pub fn calendar(own: &OwnVisit, link: Option<&str>) -> String {
    CalendarEntry::of(&own.visit, &own.shop).text(link)
}
