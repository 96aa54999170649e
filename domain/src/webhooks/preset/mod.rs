//! What requests look like. Each preset says what it can of an event, in its own layout.

mod ghl;

use serde_json::Value;

use super::Preset;
use super::said::Said;
use super::types::EventType;

/// What GoHighLevel's four kinds are made of: a new customer, a booking's confirmation, its updates,
/// and whether they came.
const GHL: [EventType; 7] = [
    EventType::CustomerCreated,
    EventType::AppointmentConfirmed,
    EventType::AppointmentUpdated,
    EventType::AppointmentCancelled,
    EventType::AppointmentCheckedIn,
    EventType::AppointmentNoShow,
    // Not unless it is asked for: who was checked in has come already.
    EventType::AppointmentCompleted,
];

/// The types that a preset has words for.
pub(super) const fn types(preset: Preset) -> &'static [EventType] {
    match preset {
        Preset::Standard => &EventType::ALL,
        Preset::GhlNested | Preset::GhlFlat => &GHL,
    }
}

/// Those that an endpoint is told if nothing is said.
pub(super) fn defaults(preset: Preset) -> &'static [EventType] {
    match preset {
        Preset::Standard => &EventType::ALL,
        Preset::GhlNested | Preset::GhlFlat => &GHL[..6],
    }
}

/// What is sent.
pub(super) fn body(preset: Preset, said: &Said) -> String {
    let value = match preset {
        Preset::Standard => said.standard(),
        Preset::GhlNested => ghl::nested(&in_full(said)),
        Preset::GhlFlat => ghl::flat(&in_full(said)),
    };
    value.to_string()
}

/// Who sets a workflow up maps its fields from a test: so a test has all of them.
fn in_full(said: &Said) -> Said {
    match said.kind {
        EventType::Test => Said { data: ghl::sample(), ..said.clone() },
        _ => said.clone(),
    }
}

/// A text inside of what is said; empty if it isn't there.
fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
