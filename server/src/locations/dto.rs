use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::hours::Days;
use openchair_domain::ids::{Closure, Location};
use openchair_domain::locations::{self, ClosureFacts, DayFacts, LocationFacts};
use poem_openapi::Object;

use crate::conditional::Versioned;
use crate::hours::{DayStretch, OpeningHours, shown_day, shown_week, week};
use crate::ids::Ref;

/// What is wanted of a new location.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewLocation {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    #[oai(default, validator(max_length = 200))]
    address: String,
    /// As in the tz database
    #[oai(validator(min_length = 1, max_length = 64))]
    time_zone: String,
    #[oai(default, validator(max_items = 42))]
    hours: Vec<OpeningHours>,
}

impl NewLocation {
    pub(super) fn to_domain(&self) -> locations::NewLocation {
        locations::NewLocation {
            name: self.name.clone(),
            address: self.address.clone(),
            time_zone: self.time_zone.clone(),
            hours: week(&self.hours),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LocationChange {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: Option<String>,
    #[oai(validator(max_length = 200))]
    address: Option<String>,
    /// As in the tz database
    #[oai(validator(min_length = 1, max_length = 64))]
    time_zone: Option<String>,
    /// All of them
    #[oai(validator(max_items = 42))]
    hours: Option<Vec<OpeningHours>>,
}

impl From<LocationChange> for locations::LocationChange {
    fn from(change: LocationChange) -> Self {
        Self {
            name: change.name,
            address: change.address,
            time_zone: change.time_zone,
            hours: change.hours.as_deref().map(week),
        }
    }
}

/// A location with its hours.
#[derive(Debug, Clone, Object)]
pub(super) struct LocationView {
    id: Ref<Location>,
    name: String,
    address: String,
    time_zone: String,
    /// From Monday on
    hours: Vec<OpeningHours>,
    /// When it was closed for good, if it was
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<LocationFacts> for LocationView {
    fn from(location: LocationFacts) -> Self {
        Self {
            id: location.id.into(),
            name: location.name,
            address: location.address,
            time_zone: location.time_zone,
            hours: shown_week(location.hours),
            archived_at: location.archived_at,
            version: location.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(location: LocationFacts) -> Versioned<LocationView> {
    Versioned::new(location.version.into(), location.into())
}

/// When the door is open on one day.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LocationDayHours {
    /// None: closed
    #[oai(validator(max_items = 12))]
    pub(super) windows: Vec<DayStretch>,
}

/// A day with hours of its own, instead of the week's.
#[derive(Debug, Clone, Object)]
pub(crate) struct LocationDayView {
    day: NaiveDate,
    /// None: closed
    windows: Vec<DayStretch>,
}

impl From<DayFacts> for LocationDayView {
    fn from(day: DayFacts) -> Self {
        Self { day: day.day, windows: shown_day(day.windows) }
    }
}

/// Days on which the door stays shut.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct NewClosure {
    /// Where; left out, the whole business is closed
    location_id: Option<Ref<Location>>,
    first_day: NaiveDate,
    /// The same day, or up to a year later
    last_day: NaiveDate,
    #[oai(default, validator(max_length = 200))]
    reason: String,
}

impl NewClosure {
    pub(crate) fn to_domain(&self) -> locations::NewClosure {
        locations::NewClosure {
            location: self.location_id.map(|id| id.0),
            days: Days { first: self.first_day, last: self.last_day },
            reason: self.reason.clone(),
        }
    }
}

/// Days on which the door stays shut.
#[derive(Debug, Clone, Object)]
pub(super) struct ClosureView {
    id: Ref<Closure>,
    /// None: the whole business
    location_id: Option<Ref<Location>>,
    first_day: NaiveDate,
    last_day: NaiveDate,
    reason: String,
}

impl From<ClosureFacts> for ClosureView {
    fn from(closure: ClosureFacts) -> Self {
        Self {
            id: closure.id.into(),
            location_id: closure.location.map(Ref::from),
            first_day: closure.days.first,
            last_day: closure.days.last,
            reason: closure.reason,
        }
    }
}
