use std::collections::HashSet;

use super::{Feature, RoomChange};
use crate::fault::ValueFault;
use crate::text;

pub(super) use crate::fault::Faults;

/// A room has so many features at most.
const MOST_FEATURES: usize = 20;

/// What a room has and a service needs, by the name under which the two find each other.
pub fn feature_name(typed: &str) -> Result<String, ValueFault> {
    Ok(text::line(typed, 1, 40)?.to_lowercase())
}

/// Which rooms can be meant: the same, with every text as it is stored.
pub(crate) fn check(change: &RoomChange, faults: &mut Faults) -> Option<RoomChange> {
    let checked = RoomChange {
        name: faults.given("/name", change.name.as_deref(), |name| text::line(name, 1, 80)),
        places: faults.given("/places", change.places, places),
        features: change.features.as_deref().map(|features| check_features(features, faults)),
    };
    faults.is_empty().then_some(checked)
}

fn places(places: i16) -> Result<i16, ValueFault> {
    let fits = (1..=20).contains(&places).then_some(places);
    fits.ok_or_else(|| ValueFault::new("out_of_range", "Between 1 and 20 customers, please."))
}

fn check_features(typed: &[Feature], faults: &mut Faults) -> Vec<Feature> {
    if typed.len() > MOST_FEATURES {
        let detail = format!("At most {MOST_FEATURES} features, please.");
        faults.note("/features", ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut met = HashSet::new();
    let mut features = Vec::with_capacity(typed.len());
    for (place, typed) in typed.iter().enumerate() {
        let at = |field: &str| format!("/features/{place}/{field}");
        if typed.preference > 99 {
            let detail = "Between 0 and 99, please.";
            faults.note(&at("preference"), ValueFault::new("out_of_range", detail));
        }
        let Some(name) = faults.take(&at("name"), feature_name(&typed.name)) else { continue };
        if !met.insert(name.clone()) {
            faults.note(&at("name"), ValueFault::new("twice", "This is in the list already."));
        }
        features.push(Feature { name, preference: typed.preference });
    }
    features.sort_by(|one, other| one.name.cmp(&other.name));
    features
}
