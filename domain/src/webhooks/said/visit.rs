//! What is said of visits.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::shop::Places;
use super::{Happened, Said, person};
use crate::bookings::{self, Event, LineFacts, Status, Told, VisitFacts};
use crate::ids::{Appointment, Id};
use crate::tenancy::{StoreError, TenantTx};
use crate::webhooks::types::EventType;

/// The visits that events are about: as they are now, and their steps at those events.
#[derive(Debug, Default)]
pub(super) struct Visits {
    now: HashMap<Id<Appointment>, VisitFacts>,
    steps: HashMap<(Id<Appointment>, i32), Event>,
}

impl Visits {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let told: Vec<Told> = events.iter().filter_map(|event| told(event)).collect();
        if told.is_empty() {
            return Ok(Self::default());
        }
        let mut ids: Vec<_> = told.iter().map(|told| told.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let now = bookings::these(tx, ids).await?;
        let versions: Vec<_> = told.iter().map(|told| (told.id, told.version)).collect();
        let steps = bookings::steps(tx, &versions).await?;
        Ok(Self { now: now.into_iter().map(|visit| (visit.id, visit)).collect(), steps })
    }

    pub(super) fn said(&self, events: &[&Happened], places: &Places) -> Vec<(i64, Said)> {
        let one = |event: &&Happened| {
            let told = told(event)?;
            let visit = self.now.get(&told.id)?;
            let step = self.steps.get(&(told.id, told.version));
            let said = say(event, &told, visit, step, places)?;
            Some((event.seq, said))
        };
        events.iter().filter_map(one).collect()
    }
}

/// What older releases told without a place can't be said.
fn told(event: &Happened) -> Option<Told> {
    Told::deserialize(&event.payload).ok()
}

fn say(
    event: &Happened,
    told: &Told,
    visit: &VisitFacts,
    step: Option<&Event>,
    places: &Places,
) -> Option<Said> {
    let known = |key: Option<&str>| key.and_then(Status::from_key);
    let to = known(step.map(|step| step.to.as_str())).unwrap_or(visit.status);
    let from = known(step.and_then(|step| step.from.as_deref()));
    let kind = EventType::of_visit(&event.kind, from, to)?;
    let customer = visit.customer.as_ref();
    let whose = customer.map(|whose| {
        // The address that it was booked with counts for this visit.
        let email = visit.email.as_deref();
        person(whose.id, &whose.name, email, whose.phone.as_deref(), visit.locale.as_deref())
    });
    let data = json!({
        "id": told.id,
        "version": told.version,
        "status": to.key(),
        "starts_at": told.spot.starts_at,
        "ends_at": told.spot.ends_at,
        "location": places.say(told.spot.location),
        "title": visit.title,
        "party": visit.party,
        "price_minor": visit.price_minor,
        "currency": visit.currency,
        "source": visit.source,
        "note": visit.note,
        "customer": whose,
        "lines": visit.lines.iter().map(line).collect::<Vec<_>>(),
        "created_at": visit.created_at,
    });
    Some(Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        about: told.id.to_string(),
        customer: customer.map(|whose| whose.id),
        data,
        previous: previous(told, from.filter(|from| *from != to), places),
        reason: step.and_then(|step| step.reason.clone()),
    })
}

fn line(line: &LineFacts) -> Value {
    json!({
        "service": { "id": line.service, "name": line.service_name },
        "staff": line.staff.map(|id| json!({ "id": id, "name": line.staff_name })),
        "room": line.room.map(|id| json!({ "id": id, "name": line.room_name })),
        "starts_at": line.starts_at,
        "ends_at": line.ends_at,
    })
}

/// What was otherwise before, and nothing else.
fn previous(told: &Told, from: Option<Status>, places: &Places) -> Option<Value> {
    let mut before = Map::new();
    if let Some(from) = from.filter(|from| *from != Status::Held) {
        before.insert("status".to_owned(), from.key().into());
    }
    if let Some(was) = &told.was {
        let (was, now) = (&was.spot, &told.spot);
        if (was.starts_at, was.ends_at) != (now.starts_at, now.ends_at) {
            before.insert("starts_at".to_owned(), json!(was.starts_at));
            before.insert("ends_at".to_owned(), json!(was.ends_at));
        }
        if was.location != now.location {
            before.insert("location".to_owned(), places.say(was.location));
        }
    }
    if let Some(was) = &told.was {
        before.insert("staff".to_owned(), json!(was.staff));
    }
    (!before.is_empty()).then_some(Value::Object(before))
}
