use chrono::{DateTime, Utc};
use openchair_domain::ids::{Location, Room};
use openchair_domain::rooms::{self, Feature, RoomFacts};
use poem_openapi::Object;

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::shelf::orders;

/// What a room has.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct RoomFeature {
    /// `couples`; the case of letters doesn't matter
    #[oai(validator(min_length = 1, max_length = 40))]
    name: String,
    /// Of the rooms that have what a visit needs, those with the lowest sum come first
    #[oai(default, validator(maximum(value = "99")))]
    preference: u8,
}

pub(crate) fn features(typed: &[RoomFeature]) -> Vec<Feature> {
    let one =
        |typed: &RoomFeature| Feature { name: typed.name.clone(), preference: typed.preference };
    typed.iter().map(one).collect()
}

/// What is wanted of a new room.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewRoom {
    /// Where it is, for good
    location_id: Ref<Location>,
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    /// How many customers one visit in it can have
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "20")))]
    places: i16,
    #[oai(default, validator(max_items = 20))]
    features: Vec<RoomFeature>,
}

fn one() -> i16 {
    1
}

impl NewRoom {
    pub(super) fn to_domain(&self) -> rooms::NewRoom {
        rooms::NewRoom {
            location: self.location_id.0,
            name: self.name.clone(),
            places: self.places,
            features: features(&self.features),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RoomChange {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: Option<String>,
    /// How many customers one visit in it can have
    #[oai(validator(minimum(value = "1"), maximum(value = "20")))]
    places: Option<i16>,
    /// All of them
    #[oai(validator(max_items = 20))]
    features: Option<Vec<RoomFeature>>,
}

impl From<RoomChange> for rooms::RoomChange {
    fn from(change: RoomChange) -> Self {
        Self {
            name: change.name,
            places: change.places,
            features: change.features.as_deref().map(features),
        }
    }
}

orders! { RoomOrder of Room at most 200 }

/// A room, a chair, a cabin: taken by one visit at a time.
#[derive(Debug, Clone, Object)]
pub(super) struct RoomView {
    id: Ref<Room>,
    location_id: Ref<Location>,
    name: String,
    /// How many customers one visit in it can have
    places: i16,
    features: Vec<RoomFeature>,
    /// When it was taken out of use, if it was
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<RoomFacts> for RoomView {
    fn from(room: RoomFacts) -> Self {
        let feature = |has: Feature| RoomFeature { name: has.name, preference: has.preference };
        Self {
            id: room.id.into(),
            location_id: room.location.into(),
            name: room.name,
            places: room.places,
            features: room.features.into_iter().map(feature).collect(),
            archived_at: room.archived_at,
            version: room.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(room: RoomFacts) -> Versioned<RoomView> {
    Versioned::new(room.version.into(), room.into())
}
