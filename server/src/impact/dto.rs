//! Changes as they would be saved, and the visits that they would hit.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::bookings::{Alternative, LineFacts, VisitFacts, Whose, sees_contacts};
use openchair_domain::ids::{Appointment, Customer, Id, Location, Room, StaffMember};
use openchair_domain::impact::{Affected, DayWish, Impact, LocationWish, RoomWish, StaffWish};
use openchair_domain::tenancy::Caller;
use poem_openapi::Object;

use crate::hours::{DayStretch, OpeningHours, day as stretches, week};
use crate::ids::Ref;
use crate::rooms::{RoomFeature, features};
use crate::staff::{LocationWeek, NewSkill, NewTimeOff};

/// A day with hours of its own.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ImpactDay {
    day: NaiveDate,
    /// None in the list: closed. Left out: the week's hours again
    #[oai(validator(max_items = 12))]
    windows: Option<Vec<DayStretch>>,
}

/// A day on which somebody has hours of their own at a location.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ImpactStaffDay {
    location_id: Ref<Location>,
    day: NaiveDate,
    /// None in the list: off. Left out: the week's hours again
    #[oai(validator(max_items = 12))]
    windows: Option<Vec<DayStretch>>,
}

/// What would change at a location; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LocationImpact {
    /// All of them
    #[oai(validator(max_items = 42))]
    hours: Option<Vec<OpeningHours>>,
    /// As in the tz database
    #[oai(validator(min_length = 1, max_length = 64))]
    time_zone: Option<String>,
    day: Option<ImpactDay>,
    /// Closed for good
    #[oai(default)]
    archive: bool,
}

/// What would change about somebody of the staff; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct StaffImpact {
    /// When they work, all of it: at locations that aren't named, they don't
    #[oai(validator(max_items = 50))]
    locations: Option<Vec<LocationWeek>>,
    day: Option<ImpactStaffDay>,
    time_off: Option<NewTimeOff>,
    /// What they can do: all of it
    #[oai(validator(max_items = 500))]
    skills: Option<Vec<NewSkill>>,
    /// Taken off the calendar
    #[oai(default)]
    archive: bool,
}

/// What would change about a room; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RoomImpact {
    /// How many customers one visit in it can have
    #[oai(validator(minimum(value = "1"), maximum(value = "20")))]
    places: Option<i16>,
    /// All of them
    #[oai(validator(max_items = 20))]
    features: Option<Vec<RoomFeature>>,
    /// Taken out of use
    #[oai(default)]
    archive: bool,
}

impl LocationImpact {
    pub(super) fn to_domain(&self) -> LocationWish {
        let day = |day: &ImpactDay| DayWish {
            day: day.day,
            windows: day.windows.as_deref().map(stretches),
        };
        LocationWish {
            hours: self.hours.as_deref().map(week),
            time_zone: self.time_zone.clone(),
            day: self.day.as_ref().map(day),
            archive: self.archive,
        }
    }
}

impl StaffImpact {
    pub(super) fn to_domain(&self) -> StaffWish {
        let weeks = |weeks: &Vec<LocationWeek>| weeks.iter().map(LocationWeek::to_domain).collect();
        let day = |day: &ImpactStaffDay| {
            let windows = day.windows.as_deref().map(stretches);
            (day.location_id.0, DayWish { day: day.day, windows })
        };
        let skills = |skills: &Vec<NewSkill>| skills.iter().map(NewSkill::to_domain).collect();
        StaffWish {
            hours: self.locations.as_ref().map(weeks),
            day: self.day.as_ref().map(day),
            time_off: self.time_off.as_ref().map(NewTimeOff::to_domain),
            skills: self.skills.as_ref().map(skills),
            archive: self.archive,
        }
    }
}

impl RoomImpact {
    pub(super) fn to_domain(&self) -> RoomWish {
        RoomWish {
            places: self.places,
            features: self.features.as_deref().map(features),
            archive: self.archive,
        }
    }
}

/// Whose visit it is.
#[derive(Debug, Clone, Object)]
pub(super) struct AffectedCustomer {
    id: Ref<Customer>,
    name: String,
    email: Option<String>,
    phone: Option<String>,
}

impl From<Whose> for AffectedCustomer {
    fn from(whose: Whose) -> Self {
        let Whose { id, name, email, phone, .. } = whose;
        Self { id: id.into(), name, email, phone }
    }
}

/// Another time for a visit. `start`, `staff` and `room` are what `POST /v1/appointments/{id}/move`
/// takes, with the visit's `version`.
#[derive(Debug, Clone, Object)]
pub(super) struct AlternativeView {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// The start on the clock of the place, `2026-03-08T09:30`
    local: String,
    /// Whom to name: nobody if it stays with whom it is with; none in the list: whoever can
    staff: Option<Vec<Ref<StaffMember>>>,
    /// Who would do it
    staff_names: Vec<String>,
    /// Which other room to name, if all of it would be there
    room: Option<Ref<Room>>,
    /// Where it would be
    room_names: Vec<String>,
}

impl AlternativeView {
    fn of(other: Alternative, local: String) -> Self {
        let named = |staff: Vec<Id<StaffMember>>| staff.into_iter().map(Ref).collect();
        Self {
            start: other.start,
            end: other.end,
            local,
            staff: other.staff.map(named),
            staff_names: other.staff_names,
            room: other.room.map(Ref),
            room_names: other.room_names,
        }
    }
}

/// A visit that would no longer fit.
#[derive(Debug, Clone, Object)]
pub(super) struct AffectedView {
    id: Ref<Appointment>,
    location: Ref<Location>,
    status: String,
    version: i32,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// The start on the clock of the place, `2026-03-08T09:30`
    local: String,
    title: String,
    /// How many come
    party: i16,
    /// None without a name, and for whom may not see all visits
    customer: Option<AffectedCustomer>,
    staff_names: Vec<String>,
    room_names: Vec<String>,
    /// What would be against it: `closed`, `staff_off`, `cannot_do`, `no_such_room`, `nobody_can`,
    /// `horizon`, `off_grid`
    reasons: Vec<String>,
    /// The nearest times that would be left, up to three: with whom it is first, then with whoever
    /// can. Each is free by itself; two visits may be offered the same
    alternatives: Vec<AlternativeView>,
}

fn names(lines: &[LineFacts], name: impl Fn(&LineFacts) -> Option<&String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in lines.iter().filter_map(name) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

impl From<Affected> for AffectedView {
    fn from(affected: Affected) -> Self {
        let Affected { visit, zone, reasons, alternatives } = affected;
        let VisitFacts { starts_at, ends_at, lines, .. } = visit;
        let local =
            |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string();
        let alternatives = alternatives.into_iter();
        let alternatives = alternatives.map(|other| {
            let start = local(other.start);
            AlternativeView::of(other, start)
        });
        Self {
            id: visit.id.into(),
            location: visit.location.into(),
            status: visit.status.key().to_owned(),
            version: visit.version,
            starts_at,
            ends_at,
            local: local(starts_at),
            title: visit.title,
            party: visit.party,
            customer: visit.customer.map(AffectedCustomer::from),
            staff_names: names(&lines, |line| line.staff_name.as_ref()),
            room_names: names(&lines, |line| line.room_name.as_ref()),
            reasons: reasons.into_iter().map(str::to_owned).collect(),
            alternatives: alternatives.collect(),
        }
    }
}

/// What a change would do.
#[derive(Debug, Clone, Object)]
pub(super) struct ImpactView {
    /// The visits that would no longer fit, by their beginning: up to a hundred
    items: Vec<AffectedView>,
    /// How many there are of them
    total: u64,
    /// False if there are more coming visits than are looked at: 2,000
    complete: bool,
}

impl ImpactView {
    /// As this one may see it.
    pub(super) fn of(impact: Impact, to: &Caller) -> Self {
        let Impact { items, total, complete } = impact;
        let mut items: Vec<_> = items.into_iter().map(AffectedView::from).collect();
        if !sees_contacts(to) {
            for customer in items.iter_mut().filter_map(|item| item.customer.as_mut()) {
                (customer.email, customer.phone) = (None, None);
            }
        }
        Self { items, total: total as u64, complete }
    }
}
