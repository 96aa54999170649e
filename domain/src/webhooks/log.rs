//! What was sent where, and what came back.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entities::{attempt, delivery};
use super::types::EventType;
use super::{DeliveryState, WebhookError};
use crate::fault::Faults;
use crate::ids::{Event, Id, WebhookDelivery, WebhookEndpoint};
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// One event on its way to one endpoint.
#[derive(Debug, Clone)]
pub struct DeliveryFacts {
    /// Its id.
    pub id: Id<WebhookDelivery>,
    /// Where to.
    pub endpoint: Id<WebhookEndpoint>,
    /// The event's id, which is the header `webhook-id`.
    pub event: Id<Event>,
    /// Which type of event.
    pub kind: EventType,
    /// When that happened.
    pub happened_at: Instant,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next. None while another one about the same comes first.
    pub next_at: Option<Instant>,
    /// The delivery that this one says again.
    pub replay_of: Option<Id<WebhookDelivery>>,
    /// What is sent.
    pub body: String,
    /// Since when it is there.
    pub created_at: Instant,
    /// When it was over.
    pub ended_at: Option<Instant>,
}

impl TryFrom<delivery::Model> for DeliveryFacts {
    type Error = StoreError;

    fn try_from(row: delivery::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            endpoint: Id::from_uuid(row.endpoint_id),
            event: Id::from_uuid(row.event_id),
            kind: EventType::stored(&row.kind)?,
            happened_at: row.happened_at,
            state: DeliveryState::stored(&row.state)?,
            attempts: row.attempts,
            next_at: row.next_at,
            replay_of: row.replay_of.map(Id::from_uuid),
            body: row.body,
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// One try.
#[derive(Debug, Clone)]
pub struct AttemptFacts {
    /// The first is 1.
    pub number: i32,
    /// When it began.
    pub at: Instant,
    /// Where it was sent.
    pub url: String,
    /// With what, besides the body.
    pub headers: Value,
    /// The answer's status, if there was an answer.
    pub status: Option<i16>,
    /// How the answer began.
    pub answer: Option<String>,
    /// Why there was none.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
}

impl From<attempt::Model> for AttemptFacts {
    fn from(row: attempt::Model) -> Self {
        Self {
            number: row.number,
            at: row.at,
            url: row.url,
            headers: row.headers,
            status: row.status,
            answer: row.answer,
            error: row.error,
            took_ms: row.took_ms,
        }
    }
}

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// To which endpoint.
    pub endpoint: Option<Id<WebhookEndpoint>>,
    /// Of which type.
    pub kind: Option<EventType>,
    /// What became of them.
    pub state: Option<DeliveryState>,
    /// Made at this instant or later.
    pub from: Option<Instant>,
    /// Made before this instant.
    pub to: Option<Instant>,
}

impl Filter {
    /// The type that somebody names, tests among them.
    pub fn named(name: &str) -> Result<EventType, WebhookError> {
        let found = match name {
            test if test == EventType::Test.key() => Ok(EventType::Test),
            name => EventType::named(name),
        };
        found.map_err(|fault| {
            let mut faults = Faults::new();
            faults.note("type", fault);
            faults.into()
        })
    }
}

/// Deliveries, the newest first.
pub async fn deliveries(
    tx: &TenantTx,
    filter: &Filter,
    window: Window<WebhookDelivery>,
) -> Result<Paged<DeliveryFacts>, WebhookError> {
    use delivery::Column;
    let mut query = delivery::Entity::find()
        .filter(Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(Column::Id.lt(after.uuid()));
    }
    if let Some(endpoint) = filter.endpoint {
        query = query.filter(Column::EndpointId.eq(endpoint.uuid()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(kind.key()));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.key()));
    }
    // Ids know when they were made, to the millisecond: an index finds them by it.
    if let Some(from) = filter.from {
        let first = Id::<WebhookDelivery>::first_at(from);
        query = query.filter(Column::Id.gte(first.uuid())).filter(Column::CreatedAt.gte(from));
    }
    if let Some(to) = filter.to {
        let beyond = Id::<WebhookDelivery>::first_after(to);
        query = query.filter(Column::Id.lt(beyond.uuid())).filter(Column::CreatedAt.lt(to));
    }
    let rows = query.all(tx.conn()).await?;
    let facts: Result<Vec<DeliveryFacts>, _> = rows.into_iter().map(TryFrom::try_from).collect();
    Ok(window.cut(facts?, |delivery| delivery.id))
}

/// One delivery with its tries, the first one first.
pub async fn delivery(
    tx: &TenantTx,
    id: Id<WebhookDelivery>,
) -> Result<(DeliveryFacts, Vec<AttemptFacts>), WebhookError> {
    let found = find(tx, id).await?;
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(attempt::Column::DeliveryId.eq(id.uuid()))
        .order_by_asc(attempt::Column::Number)
        .all(tx.conn())
        .await?;
    Ok((found.try_into()?, attempts.into_iter().map(AttemptFacts::from).collect()))
}

pub(super) async fn find(
    tx: &TenantTx,
    id: Id<WebhookDelivery>,
) -> Result<delivery::Model, WebhookError> {
    let found = delivery::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    found.one(tx.conn()).await?.ok_or(WebhookError::NotFound)
}
