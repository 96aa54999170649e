//! Where a business wants to be told.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::entities::endpoint;
use super::health::{DisabledFor, Health};
use super::signature::Secret;
use super::types::EventType;
use super::{EndpointState, Preset, Target, WebhookError, listen, order, preset};
use crate::audit::{Actor, Change, NewEntry};
use crate::bells;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, WebhookEndpoint};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;

/// So many endpoints a business can have.
const MOST: u64 = 50;
/// How many requests a second, if nothing is said.
const PER_SECOND: i16 = 10;
/// How many requests a second can be asked for.
const MOST_PER_SECOND: i16 = 100;
/// How long an old secret can still be good.
const LONGEST_OVERLAP: i64 = 168;

/// An endpoint, without its secret.
#[derive(Debug, Clone)]
pub struct EndpointFacts {
    /// Its id.
    pub id: Id<WebhookEndpoint>,
    /// Where it is.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it is told.
    pub events: Vec<EventType>,
    /// What requests look like.
    pub preset: Preset,
    /// How many requests it gets a second, at most.
    pub per_second: i16,
    /// Whether it is told of anything.
    pub state: EndpointState,
    /// Why it was given up, and when.
    pub disabled: Option<(DisabledFor, Instant)>,
    /// How it goes.
    pub health: Health,
    /// Until when the secret before this one is good.
    pub secret_before_until: Option<Instant>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Grows with each change.
    pub version: i32,
}

impl TryFrom<endpoint::Model> for EndpointFacts {
    type Error = StoreError;

    fn try_from(row: endpoint::Model) -> Result<Self, StoreError> {
        let disabled_for = row.disabled_for.as_deref().map(DisabledFor::stored).transpose()?;
        let events: Result<_, _> = row.events.iter().map(|name| EventType::stored(name)).collect();
        Ok(Self {
            id: Id::from_uuid(row.id),
            health: health(&row),
            events: events?,
            preset: Preset::stored(&row.preset)?,
            state: EndpointState::stored(&row.state)?,
            disabled: disabled_for.zip(row.disabled_at),
            secret_before_until: row.before_until,
            url: row.url,
            description: row.description,
            per_second: row.per_second,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

pub(super) fn health(row: &endpoint::Model) -> Health {
    Health {
        failures: row.failures,
        rests: row.rests,
        rests_until: row.rests_until,
        failing_since: row.failing_since,
        succeeded_at: row.succeeded_at,
    }
}

/// What is wanted of a new endpoint.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where it is.
    pub target: Target,
    /// What it is for.
    pub description: String,
    /// What it is told; left out: everything that its preset knows.
    pub events: Option<Vec<String>>,
    /// What requests look like.
    pub preset: Preset,
    /// How many requests it gets a second, at most.
    pub per_second: Option<i16>,
    /// Whether it is told at once.
    pub enabled: bool,
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    /// Where it is.
    pub target: Option<Target>,
    /// What it is for.
    pub description: Option<String>,
    /// What it is told.
    pub events: Option<Vec<String>>,
    /// How many requests it gets a second, at most.
    pub per_second: Option<i16>,
    /// Whether it is told.
    pub enabled: Option<bool>,
}

/// The business's endpoints, the newest first.
pub async fn endpoints(
    tx: &TenantTx,
    window: Window<WebhookEndpoint>,
) -> Result<Paged<EndpointFacts>, WebhookError> {
    let mut query = endpoint::Entity::find()
        .filter(endpoint::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(endpoint::Column::State.ne(EndpointState::Removed.key()))
        .order_by_desc(endpoint::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(endpoint::Column::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    let facts: Result<Vec<EndpointFacts>, _> = rows.into_iter().map(TryFrom::try_from).collect();
    Ok(window.cut(facts?, |endpoint| endpoint.id))
}

/// One endpoint.
pub async fn endpoint(
    tx: &TenantTx,
    id: Id<WebhookEndpoint>,
) -> Result<EndpointFacts, WebhookError> {
    let found = endpoint::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let found = found.filter(endpoint::Column::State.ne(EndpointState::Removed.key()));
    Ok(found.one(tx.conn()).await?.ok_or(WebhookError::NotFound)?.try_into()?)
}

/// Makes an endpoint. Its secret is in the answer and nowhere else.
pub async fn create(
    tx: &mut TenantTx,
    new: &NewEndpoint,
) -> Result<(EndpointFacts, Secret), WebhookError> {
    let wanted = check(
        &EndpointChange {
            target: None,
            description: Some(new.description.clone()),
            events: new.events.clone(),
            per_second: new.per_second,
            enabled: None,
        },
        new.preset,
    )?;
    listen::hold(tx).await?;
    let there = endpoint::Entity::find()
        .filter(endpoint::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(endpoint::Column::State.ne(EndpointState::Removed.key()))
        .count(tx.conn())
        .await?;
    if there >= MOST {
        return Err(WebhookError::TooMany);
    }
    let (id, secret) = (tx.new_id::<WebhookEndpoint>(), Secret::generate(tx.entropy()));
    let all = || preset::defaults(new.preset).to_vec();
    let state = if new.enabled { EndpointState::On } else { EndpointState::Off };
    let row = endpoint::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        url: Set(new.target.as_str().to_owned()),
        description: Set(wanted.description.unwrap_or_default()),
        events: Set(names(&wanted.events.unwrap_or_else(all))),
        preset: Set(new.preset.key().to_owned()),
        secret: Set(tx.tools().seal(&secret_of(id), secret.bytes())?),
        secret_before: Set(None),
        before_until: Set(None),
        per_second: Set(wanted.per_second.unwrap_or(PER_SECOND)),
        state: Set(state.key().to_owned()),
        disabled_for: Set(None),
        disabled_at: Set(None),
        version: Set(1),
        created_by: Set(Actor::from(tx.caller().principal()).name),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        failures: Set(0),
        rests: Set(0),
        rests_until: Set(None),
        failing_since: Set(None),
        succeeded_at: Set(None),
        slow: Set(false),
        recent: Set(Vec::new()),
        last_place: Set(0),
        told_after: Set(listen::last_event(tx).await?),
        due_at: Set(None),
        lease_until: Set(None),
        leased_by: Set(None),
    };
    let facts = EndpointFacts::try_from(row.insert(tx.conn()).await?)?;
    listen::settle(tx).await?;
    note(tx, "webhook_endpoint.created", &facts, []);
    Ok((facts, secret))
}

/// Changes an endpoint; `seen` is the version that the caller knows. One that was given up and is
/// switched on again begins afresh.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<WebhookEndpoint>,
    seen: i64,
    change: &EndpointChange,
) -> Result<EndpointFacts, WebhookError> {
    let before = held(tx, id).await?;
    if i64::from(before.version) != seen {
        return Err(WebhookError::Stale);
    }
    let wanted = check(change, Preset::stored(&before.preset)?)?;
    let was = EndpointState::stored(&before.state)?;
    let mut row: endpoint::ActiveModel = before.clone().into();
    if let Some(target) = &change.target {
        row.url = Set(target.as_str().to_owned());
    }
    if let Some(description) = wanted.description {
        row.description = Set(description);
    }
    if let Some(events) = wanted.events {
        row.events = Set(names(&events));
    }
    if let Some(per_second) = wanted.per_second {
        row.per_second = Set(per_second);
    }
    match (change.enabled, was) {
        (Some(true), EndpointState::Off | EndpointState::Disabled) => {
            switch_on(&mut row);
            row.told_after = Set(listen::last_event(tx).await?);
        }
        (Some(false), EndpointState::On | EndpointState::Disabled) => {
            row.state = Set(EndpointState::Off.key().to_owned());
        }
        _ => {}
    }
    row.version = Set(before.version + 1);
    row.updated_at = Set(tx.now());
    let after = row.update(tx.conn()).await?;
    if was != EndpointState::On && after.state == EndpointState::On.key() {
        order::hurry(tx, id).await?;
        tx.tools().ringer.remember(bells::DELIVERIES);
    }
    order::look_again(tx, id).await?;
    listen::settle(tx).await?;
    let changes = differences(&before, &after);
    let facts = EndpointFacts::try_from(after)?;
    note(tx, "webhook_endpoint.updated", &facts, changes);
    Ok(facts)
}

/// Removes an endpoint. What waits for it is never sent; what was sent can be looked at for a while.
pub async fn remove(tx: &mut TenantTx, id: Id<WebhookEndpoint>) -> Result<(), WebhookError> {
    let before = held(tx, id).await?;
    let mut row: endpoint::ActiveModel = before.into();
    row.state = Set(EndpointState::Removed.key().to_owned());
    row.secret = Set(Vec::new());
    row.secret_before = Set(None);
    row.due_at = Set(None);
    row.updated_at = Set(tx.now());
    let facts = EndpointFacts::try_from(row.update(tx.conn()).await?)?;
    order::cancel_waiting(tx, id).await?;
    listen::settle(tx).await?;
    note(tx, "webhook_endpoint.removed", &facts, []);
    Ok(())
}

/// Gives an endpoint another secret. For so many hours requests are signed with both, so that its
/// owner can put the new one in.
pub async fn rotate(
    tx: &mut TenantTx,
    id: Id<WebhookEndpoint>,
    overlap_hours: i64,
) -> Result<(EndpointFacts, Secret), WebhookError> {
    if !(0..=LONGEST_OVERLAP).contains(&overlap_hours) {
        let mut faults = Faults::new();
        let detail = format!("From 0 to {LONGEST_OVERLAP} hours, please.");
        faults.note("/overlap_hours", ValueFault::new("out_of_range", detail));
        return Err(faults.into());
    }
    let before = held(tx, id).await?;
    let secret = Secret::generate(tx.entropy());
    let old = tx.tools().open(&secret_of(id), &before.secret)?;
    let version = before.version + 1;
    let mut row: endpoint::ActiveModel = before.into();
    row.secret = Set(tx.tools().seal(&secret_of(id), secret.bytes())?);
    row.secret_before = Set(Some(tx.tools().seal(&secret_before_of(id), &old)?));
    row.before_until = Set(Some(tx.now() + Duration::hours(overlap_hours)));
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    let facts = EndpointFacts::try_from(row.update(tx.conn()).await?)?;
    note(tx, "webhook_endpoint.secret_rotated", &facts, []);
    Ok((facts, secret))
}

/// The secrets that are good now, the newest first.
pub(super) fn secrets(tx: &TenantTx, row: &endpoint::Model) -> Result<Vec<Secret>, StoreError> {
    let id = Id::from_uuid(row.id);
    let mut secrets = vec![Secret::stored(tx.tools().open(&secret_of(id), &row.secret)?)];
    if let Some(before) = &row.secret_before
        && row.before_until.is_some_and(|until| until > tx.now())
    {
        secrets.push(Secret::stored(tx.tools().open(&secret_before_of(id), before)?));
    }
    Ok(secrets)
}

fn secret_of(id: Id<WebhookEndpoint>) -> Place {
    Place { table: "webhook_endpoints", column: "secret", row: id.uuid() }
}

fn secret_before_of(id: Id<WebhookEndpoint>) -> Place {
    Place { table: "webhook_endpoints", column: "secret_before", row: id.uuid() }
}

/// The row of an endpoint that is to be changed, held with the business's cursor.
pub(super) async fn held(
    tx: &TenantTx,
    id: Id<WebhookEndpoint>,
) -> Result<endpoint::Model, WebhookError> {
    listen::hold(tx).await?;
    let found = endpoint::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .filter(endpoint::Column::State.ne(EndpointState::Removed.key()))
        .lock_exclusive();
    found.one(tx.conn()).await?.ok_or(WebhookError::NotFound)
}

fn switch_on(row: &mut endpoint::ActiveModel) {
    row.state = Set(EndpointState::On.key().to_owned());
    row.disabled_for = Set(None);
    row.disabled_at = Set(None);
    row.failures = Set(0);
    row.rests = Set(0);
    row.rests_until = Set(None);
    row.failing_since = Set(None);
    row.slow = Set(false);
}

fn names(events: &[EventType]) -> Vec<String> {
    events.iter().map(|event| event.key().to_owned()).collect()
}

fn differences(before: &endpoint::Model, after: &endpoint::Model) -> [Change; 5] {
    [
        Change::of("url", before.url.clone(), after.url.clone()),
        Change::of("description", before.description.clone(), after.description.clone()),
        Change::of("events", before.events.clone(), after.events.clone()),
        Change::of("per_second", before.per_second, after.per_second),
        Change::of("state", before.state.clone(), after.state.clone()),
    ]
}

pub(super) fn note(
    tx: &mut TenantTx,
    action: &'static str,
    endpoint: &EndpointFacts,
    changes: impl IntoIterator<Item = Change>,
) {
    let entry = NewEntry::new(action, "webhook_endpoint").on(endpoint.id, endpoint.url.clone());
    tx.record(entry.changed(changes));
    tx.emit(NewEvent::new(action, &serde_json::json!({ "id": endpoint.id })));
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Wanted {
    pub(super) description: Option<String>,
    pub(super) events: Option<Vec<EventType>>,
    pub(super) per_second: Option<i16>,
}

/// Which endpoints can be meant.
pub(super) fn check(change: &EndpointChange, preset: Preset) -> Result<Wanted, WebhookError> {
    let mut faults = Faults::new();
    let given = change.description.as_deref();
    let description = faults.given("/description", given, |given| text::line(given, 0, 200));
    let known = preset::types(preset);
    let events = change.events.as_ref().map(|named| {
        let mut events = Vec::new();
        for (place, name) in named.iter().enumerate() {
            let found = EventType::named(name).and_then(|found| {
                let unknown = "This preset has no words for events of this type.";
                let of_preset = known.contains(&found);
                of_preset.then_some(found).ok_or_else(|| ValueFault::new("not_of_preset", unknown))
            });
            if let Some(event) = faults.take(&format!("/events/{place}"), found)
                && !events.contains(&event)
            {
                events.push(event);
            }
        }
        if named.is_empty() {
            faults.note("/events", ValueFault::new("required", "Choose what it is told."));
        }
        events
    });
    let per_second = faults.given("/per_second", change.per_second, |given| {
        let detail = format!("From 1 to {MOST_PER_SECOND} requests a second, please.");
        let right = (1..=MOST_PER_SECOND).contains(&given);
        right.then_some(given).ok_or_else(|| ValueFault::new("out_of_range", detail))
    });
    if faults.is_empty() {
        Ok(Wanted { description, events, per_second })
    } else {
        Err(faults.into())
    }
}
