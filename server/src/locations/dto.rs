use openchair_domain::ids::Location;
use openchair_domain::locations::{self, LocationFacts, NewOpening, Opening};
use poem_openapi::Object;

use crate::conditional::Versioned;
use crate::ids::Ref;

/// One stretch of a weekday in which the door is open, in the location's own time.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct OpeningHours {
    /// 1 is Monday, 7 is Sunday
    #[oai(validator(minimum(value = "1"), maximum(value = "7")))]
    weekday: u8,
    /// `09:00`
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    opens: String,
    /// `17:00`. Earlier than `opens` it is the next day's; `24:00` is the end of the day
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    closes: String,
}

impl From<Opening> for OpeningHours {
    fn from(opening: Opening) -> Self {
        Self { weekday: opening.weekday(), opens: opening.opens(), closes: opening.closes() }
    }
}

impl OpeningHours {
    fn to_domain(&self) -> NewOpening {
        NewOpening { weekday: self.weekday, opens: self.opens.clone(), closes: self.closes.clone() }
    }
}

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
            hours: self.hours.iter().map(OpeningHours::to_domain).collect(),
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
        let hours = |hours: Vec<OpeningHours>| hours.iter().map(OpeningHours::to_domain).collect();
        Self {
            name: change.name,
            address: change.address,
            time_zone: change.time_zone,
            hours: change.hours.map(hours),
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
    version: i32,
}

impl From<LocationFacts> for LocationView {
    fn from(location: LocationFacts) -> Self {
        Self {
            id: location.id.into(),
            name: location.name,
            address: location.address,
            time_zone: location.time_zone,
            hours: location.hours.into_iter().map(OpeningHours::from).collect(),
            version: location.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(location: LocationFacts) -> Versioned<LocationView> {
    Versioned::new(location.version.into(), location.into())
}
