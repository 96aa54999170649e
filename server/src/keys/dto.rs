use chrono::{DateTime, Utc};
use openchair_domain::ids::ApiKey;
use openchair_domain::keys::{KeyFacts, NewKey};
use openchair_domain::secrets::OpaqueToken;
use poem_openapi::Object;

use crate::ids::Ref;

/// What is wanted of a new key.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewApiKey {
    /// What people call it
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    /// What it may do: permissions that the caller holds too
    #[oai(validator(min_items = 1, max_items = 128))]
    scopes: Vec<String>,
    /// When it ends, if ever
    expires_at: Option<DateTime<Utc>>,
}

impl NewApiKey {
    pub(super) fn to_domain(&self) -> NewKey {
        NewKey { name: self.name.clone(), scopes: self.scopes.clone(), expires_at: self.expires_at }
    }
}

/// A key, without its secret.
#[derive(Debug, Clone, Object)]
pub(super) struct ApiKeyView {
    id: Ref<ApiKey>,
    name: String,
    /// The beginning of the secret, to tell keys apart
    prefix: String,
    scopes: Vec<String>,
    /// Who made it; it is revoked when they go from the team
    created_by: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    /// To the minute
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<KeyFacts> for ApiKeyView {
    fn from(key: KeyFacts) -> Self {
        Self {
            id: key.id.into(),
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes,
            created_by: key.created_by,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// A new key with its secret, which is never shown again.
#[derive(Debug, Clone, Object)]
pub(super) struct NewApiKeyView {
    key: ApiKeyView,
    /// For the header `Authorization: Bearer …`
    secret: String,
}

impl From<(KeyFacts, OpaqueToken)> for NewApiKeyView {
    fn from((key, secret): (KeyFacts, OpaqueToken)) -> Self {
        Self { key: key.into(), secret: secret.text().to_owned() }
    }
}
