use chrono::{DateTime, Utc};
use openchair_domain::ids::WebhookEndpoint;
use openchair_domain::webhooks::{
    DisabledFor, EndpointChange, EndpointFacts, EndpointState, EventType, NewEndpoint, Preset,
    Secret, Target,
};
use poem_openapi::{Enum, Object};

use crate::conditional::Versioned;
use crate::ids::Ref;

/// What requests look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum WebhookPreset {
    /// As the guide to webhooks says
    Standard,
    /// For GoHighLevel, with objects inside
    GhlNested,
    /// For GoHighLevel, all fields at the top
    GhlFlat,
}

impl From<WebhookPreset> for Preset {
    fn from(preset: WebhookPreset) -> Self {
        match preset {
            WebhookPreset::Standard => Self::Standard,
            WebhookPreset::GhlNested => Self::GhlNested,
            WebhookPreset::GhlFlat => Self::GhlFlat,
        }
    }
}

impl From<Preset> for WebhookPreset {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::Standard => Self::Standard,
            Preset::GhlNested => Self::GhlNested,
            Preset::GhlFlat => Self::GhlFlat,
        }
    }
}

fn standard() -> WebhookPreset {
    WebhookPreset::Standard
}

fn yes() -> bool {
    true
}

/// What is wanted of a new endpoint.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewWebhookEndpoint {
    /// Where it is: `https://…`, reachable from the internet
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub(super) url: String,
    /// What it is for
    #[oai(default, validator(max_length = 200))]
    description: String,
    /// Which types of events it is told; left out: all that its preset knows
    #[oai(validator(min_items = 1, max_items = 64))]
    events: Option<Vec<String>>,
    #[oai(default = "standard")]
    preset: WebhookPreset,
    /// How many requests it gets a second, at most: 10, if nothing is said
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    per_second: Option<i16>,
    /// Whether it is told at once
    #[oai(default = "yes")]
    enabled: bool,
}

impl NewWebhookEndpoint {
    pub(super) fn to_domain(&self, target: Target) -> NewEndpoint {
        NewEndpoint {
            target,
            description: self.description.clone(),
            events: self.events.clone(),
            preset: self.preset.into(),
            per_second: self.per_second,
            enabled: self.enabled,
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct WebhookEndpointChange {
    /// Where it is
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub(super) url: Option<String>,
    /// What it is for
    #[oai(validator(max_length = 200))]
    description: Option<String>,
    /// All types of events that it is told
    #[oai(validator(min_items = 1, max_items = 64))]
    events: Option<Vec<String>>,
    /// How many requests it gets a second, at most
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    per_second: Option<i16>,
    /// Whether it is told. One that was given up begins afresh when it is switched on
    enabled: Option<bool>,
}

impl WebhookEndpointChange {
    pub(super) fn into_domain(self, target: Option<Target>) -> EndpointChange {
        EndpointChange {
            target,
            description: self.description,
            events: self.events,
            per_second: self.per_second,
            enabled: self.enabled,
        }
    }
}

/// How long the secret before stays good.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SecretRotation {
    /// For so many hours requests are signed with both secrets
    #[oai(default = "a_day", validator(minimum(value = "0"), maximum(value = "168")))]
    pub(super) overlap_hours: i64,
}

fn a_day() -> i64 {
    24
}

/// Whether an endpoint is told of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum WebhookEndpointState {
    /// It is
    On,
    /// It was switched off
    Off,
    /// It was given up: see `disabled_for`
    Disabled,
    /// It is not there any more
    Removed,
}

/// Why an endpoint was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum WebhookDisabledFor {
    /// It answered with 410
    Gone,
    /// Nothing arrived there for three days
    Failing,
}

/// An endpoint, without its secret.
#[derive(Debug, Clone, Object)]
pub(super) struct WebhookEndpointView {
    id: Ref<WebhookEndpoint>,
    url: String,
    description: String,
    events: Vec<String>,
    preset: WebhookPreset,
    per_second: i16,
    state: WebhookEndpointState,
    disabled_for: Option<WebhookDisabledFor>,
    disabled_at: Option<DateTime<Utc>>,
    /// Failures in a row
    failures: i32,
    /// Since when nothing has arrived
    failing_since: Option<DateTime<Utc>>,
    /// Until when nothing is sent, because it failed or asked for it
    rests_until: Option<DateTime<Utc>>,
    /// When something arrived last
    succeeded_at: Option<DateTime<Utc>>,
    /// Until when requests are signed with the secret before, too
    secret_before_until: Option<DateTime<Utc>>,
    created_by: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

impl From<EndpointFacts> for WebhookEndpointView {
    fn from(endpoint: EndpointFacts) -> Self {
        let state = match endpoint.state {
            EndpointState::On => WebhookEndpointState::On,
            EndpointState::Off => WebhookEndpointState::Off,
            EndpointState::Disabled => WebhookEndpointState::Disabled,
            EndpointState::Removed => WebhookEndpointState::Removed,
        };
        let disabled_for = endpoint.disabled.map(|(why, _)| match why {
            DisabledFor::Gone => WebhookDisabledFor::Gone,
            DisabledFor::Failing => WebhookDisabledFor::Failing,
        });
        Self {
            id: endpoint.id.into(),
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events.iter().map(|event| event.key().to_owned()).collect(),
            preset: endpoint.preset.into(),
            per_second: endpoint.per_second,
            state,
            disabled_for,
            disabled_at: endpoint.disabled.map(|(_, at)| at),
            failures: endpoint.health.failures,
            failing_since: endpoint.health.failing_since,
            rests_until: endpoint.health.rests_until,
            succeeded_at: endpoint.health.succeeded_at,
            secret_before_until: endpoint.secret_before_until,
            created_by: endpoint.created_by,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
            version: endpoint.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(endpoint: EndpointFacts) -> Versioned<WebhookEndpointView> {
    Versioned::new(endpoint.version.into(), endpoint.into())
}

/// An endpoint with a secret, which is never shown again.
#[derive(Debug, Clone, Object)]
pub(super) struct WebhookEndpointSecretView {
    endpoint: WebhookEndpointView,
    /// `whsec_…`: what requests are signed with
    secret: String,
}

impl From<(EndpointFacts, Secret)> for WebhookEndpointSecretView {
    fn from((endpoint, secret): (EndpointFacts, Secret)) -> Self {
        Self { endpoint: endpoint.into(), secret: secret.text() }
    }
}

/// A type of event.
#[derive(Debug, Clone, Object)]
pub(super) struct WebhookEventTypeView {
    /// `appointment.confirmed`
    name: String,
    /// In a sentence
    description: String,
    /// The presets that have words for it
    presets: Vec<WebhookPreset>,
}

impl From<EventType> for WebhookEventTypeView {
    fn from(event: EventType) -> Self {
        let presets = Preset::ALL.into_iter().filter(|preset| preset.knows(event));
        Self {
            name: event.key().to_owned(),
            description: event.says().to_owned(),
            presets: presets.map(WebhookPreset::from).collect(),
        }
    }
}
