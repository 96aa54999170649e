use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Location, TimeOff};
use openchair_domain::staff::{self, StaffDay, TimeOffFacts};
use poem_openapi::Object;

use crate::hours::{DayStretch, shown_day};
use crate::ids::Ref;

/// When somebody works at a location on one day.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct StaffDayHours {
    pub(super) location_id: Ref<Location>,
    /// None: off
    #[oai(validator(max_items = 12))]
    pub(super) windows: Vec<DayStretch>,
}

/// A day with hours of its own at one location, instead of the week's.
#[derive(Debug, Clone, Object)]
pub(super) struct StaffDayView {
    location_id: Ref<Location>,
    day: NaiveDate,
    /// None: off
    windows: Vec<DayStretch>,
}

impl From<StaffDay> for StaffDayView {
    fn from(day: StaffDay) -> Self {
        Self { location_id: day.location.into(), day: day.day, windows: shown_day(day.windows) }
    }
}

/// A stretch in which somebody is away.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct NewTimeOff {
    starts_at: DateTime<Utc>,
    /// Up to 366 days later
    ends_at: DateTime<Utc>,
    #[oai(default, validator(max_length = 200))]
    reason: String,
}

impl NewTimeOff {
    pub(crate) fn to_domain(&self) -> staff::NewTimeOff {
        staff::NewTimeOff {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            reason: self.reason.clone(),
        }
    }
}

/// A stretch in which somebody is away.
#[derive(Debug, Clone, Object)]
pub(super) struct TimeOffView {
    id: Ref<TimeOff>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// Told to who is away and to who may change staff
    reason: Option<String>,
}

impl From<TimeOffFacts> for TimeOffView {
    fn from(away: TimeOffFacts) -> Self {
        Self {
            id: away.id.into(),
            starts_at: away.starts_at,
            ends_at: away.ends_at,
            reason: away.reason,
        }
    }
}
