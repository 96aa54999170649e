//! Visits as calendars take them.

use icalendar::{Calendar, Component, EventLike, EventStatus, Property};

use super::link::OwnVisit;
use super::state::Status;

/// The visit as a file for calendars. The same visit always has the same UID; each change that
/// calendars must hear of has a higher SEQUENCE, and what was called off says so.
pub fn calendar(own: &OwnVisit, link: Option<&str>) -> String {
    let (visit, shop) = (&own.visit, &own.shop);
    let off = matches!(visit.status, Status::Cancelled | Status::Expired);
    let status = match visit.status {
        Status::Cancelled | Status::Expired => EventStatus::Cancelled,
        Status::Held | Status::PendingApproval | Status::PendingPayment => EventStatus::Tentative,
        _ => EventStatus::Confirmed,
    };
    let place = if shop.address.is_empty() {
        shop.location_name.clone()
    } else {
        format!("{}, {}", shop.location_name, shop.address)
    };
    let mut event = icalendar::Event::new();
    event
        .uid(&format!("{}@openchair", visit.id))
        .sequence(u32::try_from(visit.sequence).unwrap_or(0))
        .timestamp(visit.updated_at)
        .created(visit.created_at)
        .last_modified(visit.updated_at)
        .starts(visit.starts_at)
        .ends(visit.ends_at)
        .summary(&format!("{} · {}", visit.title, shop.name))
        .location(&place)
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
