//! What is said of who waits in a walk-in queue.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use super::shop::Places;
use super::{Happened, Said};
use crate::bookings::BookingError;
use crate::ids::{Id, QueueEntry};
use crate::queue::{self, EntryFacts, Event};
use crate::tenancy::{StoreError, TenantTx};
use crate::webhooks::types::EventType;

/// What the event of an entry carries.
#[derive(Debug, Deserialize)]
struct Told {
    id: Id<QueueEntry>,
    version: i32,
}

/// The entries that events are about: as they are now, and their steps at those events.
#[derive(Debug, Default)]
pub(super) struct Entries {
    now: HashMap<Id<QueueEntry>, EntryFacts>,
    steps: HashMap<(Id<QueueEntry>, i32), Event>,
}

impl Entries {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let told: Vec<Told> =
            events.iter().filter_map(|event| told(event)).map(|(told, _)| told).collect();
        if told.is_empty() {
            return Ok(Self::default());
        }
        let mut ids: Vec<_> = told.iter().map(|told| told.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let now = queue::entries(tx, &ids).await.map_err(BookingError::into_store)?;
        let versions: Vec<_> = told.iter().map(|told| (told.id, told.version)).collect();
        let steps = queue::steps(tx, &versions).await?;
        Ok(Self { now: now.into_iter().map(|entry| (entry.id, entry)).collect(), steps })
    }

    pub(super) fn said(&self, events: &[&Happened], places: &Places) -> Vec<(i64, Said)> {
        let one = |event: &&Happened| {
            let (told, kind) = told(event)?;
            let entry = self.now.get(&told.id)?;
            let step = self.steps.get(&(told.id, told.version));
            Some((event.seq, say(event, &told, kind, (entry, step), places)))
        };
        events.iter().filter_map(one).collect()
    }
}

fn told(event: &Happened) -> Option<(Told, EventType)> {
    let kind = EventType::of_entry(&event.kind)?;
    Some((Told::deserialize(&event.payload).ok()?, kind))
}

fn say(
    event: &Happened,
    told: &Told,
    kind: EventType,
    (entry, step): (&EntryFacts, Option<&Event>),
    places: &Places,
) -> Said {
    let state = step.map_or(entry.state.key(), |step| step.to.as_str());
    // That somebody is next now is no step of theirs: what their version came from was told before.
    let step = step.filter(|_| kind != EventType::QueueNext);
    let before = step.and_then(|step| step.from.as_deref()).filter(|from| *from != state);
    let staff = entry.staff.map(|id| json!({ "id": id, "name": entry.staff_name }));
    let data = json!({
        "id": told.id,
        "version": told.version,
        "state": state,
        "code": entry.code,
        "name": entry.name,
        "phone": entry.phone,
        "locale": entry.locale,
        "party": entry.party,
        "services": entry.services,
        "staff": staff,
        "customer_id": entry.customer,
        "appointment_id": entry.appointment,
        "source": entry.source,
        "location": places.say(entry.location),
        "joined_at": entry.joined_at,
    });
    Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        about: told.id.to_string(),
        customer: entry.customer,
        data,
        previous: before.map(|state| json!({ "state": state })),
        reason: step.and_then(|step| step.reason.clone()),
    }
}
