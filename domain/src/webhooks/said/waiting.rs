//! What is said of who waits for time that is taken.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use super::shop::Places;
use super::{Happened, Said};
use crate::hours::time_of_day;
use crate::ids::{Id, WaitlistEntry};
use crate::tenancy::{StoreError, TenantTx};
use crate::waitlist::{self, EntryFacts, Told};
use crate::webhooks::types::EventType;

/// The entries of the waiting list that events are about, as they are now.
#[derive(Debug, Default)]
pub(super) struct Waiting(HashMap<Id<WaitlistEntry>, EntryFacts>);

impl Waiting {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let told = events.iter().filter_map(|event| told(event));
        let mut ids: Vec<_> = told.map(|(told, _)| told.id).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        ids.sort_unstable();
        ids.dedup();
        let now = waitlist::these(tx, &ids).await?;
        Ok(Self(now.into_iter().map(|entry| (entry.id, entry)).collect()))
    }

    pub(super) fn said(&self, events: &[&Happened], places: &Places) -> Vec<(i64, Said)> {
        let one = |event: &&Happened| {
            let (told, kind) = told(event)?;
            let entry = self.0.get(&told.id)?;
            Some((event.seq, say(event, &told, kind, entry, places)))
        };
        events.iter().filter_map(one).collect()
    }
}

fn told(event: &Happened) -> Option<(Told, EventType)> {
    let kind = EventType::of_waiting(&event.kind)?;
    Some((Told::deserialize(&event.payload).ok()?, kind))
}

fn say(
    event: &Happened,
    told: &Told,
    kind: EventType,
    entry: &EntryFacts,
    places: &Places,
) -> Said {
    let offer = told.offer.map(|offer| {
        json!({ "starts_at": offer.start, "ends_at": offer.end, "expires_at": offer.expires_at })
    });
    let services: Vec<_> = entry.wanted.services.iter().map(|wanted| wanted.service).collect();
    let data = json!({
        "id": told.id,
        "version": told.version.unwrap_or(entry.version),
        "state": told.state.as_deref().unwrap_or(entry.state.key()),
        "title": entry.title,
        "services": services,
        "party": entry.wanted.party,
        "first_day": entry.first_day,
        "last_day": entry.last_day,
        "earliest": time_of_day(entry.earliest),
        "latest": time_of_day(entry.latest),
        "name": entry.name,
        "email": entry.email,
        "phone": entry.phone,
        "locale": entry.locale,
        "note": entry.note,
        "customer_id": entry.customer,
        "offer": offer,
        "appointment_id": told.appointment,
        "location": places.say(entry.location),
        "joined_at": entry.created_at,
    });
    Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        about: told.id.to_string(),
        customer: entry.customer,
        data,
        previous: None,
        reason: None,
    }
}
