//! API keys over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::ApiKey;
use openchair_domain::keys;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

use dto::{ApiKeyView, NewApiKey, NewApiKeyView};

/// The operations on API keys.
#[derive(Debug)]
pub struct ApiKeysApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::ApiKeys")]
impl ApiKeysApi {
    /// The tenant's keys, the newest first.
    #[oai(path = "/api-keys", method = "get", operation_id = "list_api_keys")]
    async fn list(
        &self,
        who: Can<perm::ReadApiKeys>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<ApiKeyView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let keys = keys::list(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(keys, ApiKeyView::from))
    }

    /// Makes a key. The secret is in this answer and nowhere else. Only people make keys; a key is
    /// revoked when whoever made it goes from the team.
    #[oai(path = "/api-keys", method = "post", operation_id = "create_api_key")]
    async fn create(
        &self,
        who: Can<perm::CreateApiKey>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewApiKey>,
    ) -> Result<Created<NewApiKeyView>, ApiError> {
        let new = body.0.to_domain();
        let identity = &self.0.identity;
        let make = async |tx: &mut TenantTx| Ok(keys::create(tx, identity, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Revokes a key at once.
    #[oai(path = "/api-keys/:id", method = "delete", operation_id = "revoke_api_key")]
    async fn revoke(
        &self,
        who: Can<perm::RevokeApiKey>,
        id: Path<Ref<ApiKey>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        keys::revoke(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
