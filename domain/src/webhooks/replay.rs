//! What is sent again because somebody asks for it, and tests. Each is a delivery of its own, with the
//! id of the event that it says again; it waits behind whatever waits about the same.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::endpoints::{EndpointFacts, held, note};
use super::entities::{delivery, endpoint};
use super::log::{DeliveryFacts, find};
use super::relay::{NewDelivery, put};
use super::said::Said;
use super::types::EventType;
use super::{DeliveryState, EndpointState, WebhookError};
use crate::audit::Change;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Event, Id, WebhookDelivery, WebhookEndpoint};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// So many deliveries are put behind the others by one request.
const AT_ONCE: u64 = 1_000;

/// Sends a test to an endpoint.
pub async fn test(
    tx: &mut TenantTx,
    id: Id<WebhookEndpoint>,
) -> Result<DeliveryFacts, WebhookError> {
    let endpoint = in_use(tx, id).await?;
    let said = Said::test(tx.new_id::<Event>(), tx.now());
    let new = NewDelivery::of(&said, &endpoint)?;
    one(tx, &endpoint, new).await
}

/// Sends a delivery once more, whatever became of it.
pub async fn again(
    tx: &mut TenantTx,
    id: Id<WebhookDelivery>,
) -> Result<DeliveryFacts, WebhookError> {
    let before = find(tx, id).await?;
    let endpoint = in_use(tx, Id::from_uuid(before.endpoint_id)).await?;
    if before.body.is_empty() {
        return Err(WebhookError::NoBody);
    }
    let facts = one(tx, &endpoint, repeated(before)).await?;
    let about = EndpointFacts::try_from(endpoint)?;
    note(tx, "webhook_endpoint.replayed", &about, [Change::of("deliveries", 0, 1)]);
    Ok(facts)
}

/// Which deliveries of an endpoint are sent once more.
#[derive(Debug, Clone)]
pub struct Range {
    /// Of what happened at this instant or later.
    pub from: Instant,
    /// Of what happened before this instant.
    pub to: Instant,
    /// Of these types; empty: of all.
    pub types: Vec<String>,
    /// Also what arrived.
    pub delivered: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// How many are sent once more.
    pub count: u64,
    /// Where to go on, if there were more than are put behind the others at once.
    pub next_from: Option<Instant>,
}

/// It wasn't sent again since, with success, and doesn't wait for that.
const NOT_SINCE: &str = "not exists (
    select 1 from webhook_deliveries again
    where again.tenant_id = webhook_deliveries.tenant_id
      and again.endpoint_id = webhook_deliveries.endpoint_id
      and again.happened_at = webhook_deliveries.happened_at
      and again.replay_of = webhook_deliveries.id
      and again.state in ('waiting', 'delivered'))";

/// Sends an endpoint's deliveries of a time once more, in the order in which it happened: those that
/// didn't arrive, each event once, and none that is sent again already.
pub async fn again_in(
    tx: &mut TenantTx,
    id: Id<WebhookEndpoint>,
    range: &Range,
) -> Result<Replayed, WebhookError> {
    use delivery::Column;
    let types = check(range)?;
    let endpoint = in_use(tx, id).await?;
    let mut query = delivery::Entity::find()
        .filter(Column::TenantId.eq(tx.tenant().uuid()))
        .filter(Column::EndpointId.eq(id.uuid()))
        .filter(Column::HappenedAt.gte(range.from))
        .filter(Column::HappenedAt.lt(range.to))
        .filter(Column::ReplayOf.is_null())
        .filter(Column::State.ne(DeliveryState::Waiting.key()))
        .filter(Column::Kind.ne(EventType::Test.key()))
        .filter(Column::Body.ne(""))
        .order_by_asc(Column::HappenedAt)
        .order_by_asc(Column::Place)
        .limit(AT_ONCE + 1);
    if !range.delivered {
        query = query.filter(Column::State.ne(DeliveryState::Delivered.key()));
        query = query.filter(Expr::cust(NOT_SINCE));
    }
    if !types.is_empty() {
        query = query.filter(Column::Kind.is_in(types.iter().map(|kind| kind.key())));
    }
    let mut found = query.all(tx.conn()).await?;
    let next_from = cut(&mut found);
    let count = found.len() as u64;
    put(tx, &endpoint, found.into_iter().map(repeated).collect()).await?;
    let facts = EndpointFacts::try_from(endpoint)?;
    note(tx, "webhook_endpoint.replayed", &facts, [Change::of("deliveries", 0, count)]);
    Ok(Replayed { count, next_from })
}

/// Leaves as many as are put behind the others at once, and says where the next begin: what happened
/// at one instant stays together, unless it is all of them.
fn cut(found: &mut Vec<delivery::Model>) -> Option<Instant> {
    let most = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    let beyond = found.get(most)?.happened_at;
    found.truncate(most);
    if found.first().is_some_and(|first| first.happened_at < beyond) {
        found.retain(|row| row.happened_at < beyond);
    }
    Some(beyond)
}

fn check(range: &Range) -> Result<Vec<EventType>, WebhookError> {
    let mut faults = Faults::new();
    if range.to <= range.from {
        let detail = "This must be behind the beginning.";
        faults.note("/to", ValueFault::new("before_start", detail));
    }
    let mut types = Vec::new();
    for (place, name) in range.types.iter().enumerate() {
        types.extend(faults.take(&format!("/types/{place}"), EventType::named(name)));
    }
    if faults.is_empty() { Ok(types) } else { Err(faults.into()) }
}

/// The endpoint, held, if something may be sent to it.
async fn in_use(tx: &TenantTx, id: Id<WebhookEndpoint>) -> Result<endpoint::Model, WebhookError> {
    let endpoint = held(tx, id).await?;
    if endpoint.state == EndpointState::On.key() {
        Ok(endpoint)
    } else {
        Err(WebhookError::NotInUse)
    }
}

fn repeated(row: delivery::Model) -> NewDelivery {
    NewDelivery {
        event: row.event_id,
        kind: row.kind,
        happened_at: row.happened_at,
        about: row.about,
        customer: row.customer_id,
        body: row.body,
        // Of the first of them, however often it is said.
        replay_of: Some(row.replay_of.unwrap_or(row.id)),
        missed: false,
    }
}

async fn one(
    tx: &TenantTx,
    endpoint: &endpoint::Model,
    new: NewDelivery,
) -> Result<DeliveryFacts, WebhookError> {
    let ids = put(tx, endpoint, vec![new]).await?;
    let id = ids.first().copied().ok_or(WebhookError::NotFound)?;
    Ok(find(tx, id).await?.try_into()?)
}
