use chrono::{DateTime, Utc};
use openchair_domain::ids::{Event, WebhookDelivery, WebhookEndpoint};
use openchair_domain::webhooks::{AttemptFacts, DeliveryFacts, DeliveryState, Range, Replayed};
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use serde_json::Value;

use crate::ids::Ref;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum WebhookDeliveryState {
    /// It will be sent, or sent again
    Waiting,
    /// It arrived
    Delivered,
    /// It was tried for days
    Failed,
    /// It was never sent: the endpoint was out of use
    Cancelled,
}

impl From<WebhookDeliveryState> for DeliveryState {
    fn from(state: WebhookDeliveryState) -> Self {
        match state {
            WebhookDeliveryState::Waiting => Self::Waiting,
            WebhookDeliveryState::Delivered => Self::Delivered,
            WebhookDeliveryState::Failed => Self::Failed,
            WebhookDeliveryState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<DeliveryState> for WebhookDeliveryState {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Waiting => Self::Waiting,
            DeliveryState::Delivered => Self::Delivered,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Cancelled => Self::Cancelled,
        }
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, Object)]
pub(super) struct WebhookDeliveryView {
    id: Ref<WebhookDelivery>,
    endpoint_id: Ref<WebhookEndpoint>,
    /// The header `webhook-id`: the same at every try and every replay
    event_id: Ref<Event>,
    /// `appointment.confirmed`
    r#type: String,
    happened_at: DateTime<Utc>,
    state: WebhookDeliveryState,
    /// How often it was tried
    attempts: i32,
    /// When it is tried next; missing while another one about the same comes first
    next_at: Option<DateTime<Utc>>,
    /// The delivery that this one says again
    replay_of: Option<Ref<WebhookDelivery>>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<DeliveryFacts> for WebhookDeliveryView {
    fn from(delivery: DeliveryFacts) -> Self {
        Self {
            id: delivery.id.into(),
            endpoint_id: delivery.endpoint.into(),
            event_id: delivery.event.into(),
            r#type: delivery.kind.key().to_owned(),
            happened_at: delivery.happened_at,
            state: delivery.state.into(),
            attempts: delivery.attempts,
            next_at: delivery.next_at,
            replay_of: delivery.replay_of.map(Ref::from),
            created_at: delivery.created_at,
            ended_at: delivery.ended_at,
        }
    }
}

/// One try.
#[derive(Debug, Clone, Object)]
struct WebhookAttemptView {
    /// The first is 1
    number: i32,
    at: DateTime<Utc>,
    url: String,
    /// The headers that tell this request from others
    headers: Any<Value>,
    /// The answer's status, if there was an answer
    status: Option<i16>,
    /// How the answer began
    answer: Option<String>,
    /// Why there was none
    error: Option<String>,
    took_ms: i32,
}

impl From<AttemptFacts> for WebhookAttemptView {
    fn from(attempt: AttemptFacts) -> Self {
        Self {
            number: attempt.number,
            at: attempt.at,
            url: attempt.url,
            headers: Any(attempt.headers),
            status: attempt.status,
            answer: attempt.answer,
            error: attempt.error,
            took_ms: attempt.took_ms,
        }
    }
}

/// A delivery with all that was sent and answered.
#[derive(Debug, Clone, Object)]
pub(super) struct WholeWebhookDeliveryView {
    delivery: WebhookDeliveryView,
    /// The very bytes that are sent; empty, once the customer whom they were about is erased
    body: String,
    /// The first one first
    attempts: Vec<WebhookAttemptView>,
}

impl From<(DeliveryFacts, Vec<AttemptFacts>)> for WholeWebhookDeliveryView {
    fn from((delivery, attempts): (DeliveryFacts, Vec<AttemptFacts>)) -> Self {
        Self {
            body: delivery.body.clone(),
            delivery: delivery.into(),
            attempts: attempts.into_iter().map(WebhookAttemptView::from).collect(),
        }
    }
}

/// What is sent once more.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ReplayRange {
    /// Of what happened from then on
    from: DateTime<Utc>,
    /// Of what happened before then
    to: DateTime<Utc>,
    /// Of these types; left out: of all
    #[oai(default, validator(max_items = 64))]
    types: Vec<String>,
    /// Also what arrived
    #[oai(default)]
    delivered: bool,
}

impl From<ReplayRange> for Range {
    fn from(range: ReplayRange) -> Self {
        let ReplayRange { from, to, types, delivered } = range;
        Self { from, to, types, delivered }
    }
}

/// What came of it.
#[derive(Debug, Clone, Object)]
pub(super) struct ReplayedView {
    /// How many deliveries are sent once more
    count: u64,
    /// There is more: ask again with this as `from`
    next_from: Option<DateTime<Utc>>,
}

impl From<Replayed> for ReplayedView {
    fn from(replayed: Replayed) -> Self {
        Self { count: replayed.count, next_from: replayed.next_from }
    }
}
