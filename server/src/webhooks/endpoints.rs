use openchair_domain::authz::perm;
use openchair_domain::ids::WebhookEndpoint;
use openchair_domain::tenancy::TenantTx;
use openchair_domain::webhooks::{self, EventType};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::deliveries_dto::{ReplayRange, ReplayedView, WebhookDeliveryView};
use super::endpoints_dto::{
    NewWebhookEndpoint, SecretRotation, WebhookEndpointChange, WebhookEndpointSecretView,
    WebhookEndpointView, WebhookEventTypeView, versioned,
};
use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::{Limit, Page};
use crate::problem::ApiError;

/// The operations on endpoints.
#[derive(Debug)]
pub struct WebhookEndpointsApi(pub App);

#[OpenApi(prefix_path = "/v1/webhooks", tag = "Tags::Webhooks")]
impl WebhookEndpointsApi {
    /// The types of events that an endpoint can be told of.
    #[oai(path = "/event-types", method = "get", operation_id = "list_webhook_event_types")]
    #[expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]
    async fn types(
        &self,
        _who: Can<perm::ReadWebhooks>,
    ) -> Result<Listed<WebhookEventTypeView>, ApiError> {
        Ok(Json(Page::whole(EventType::ALL.to_vec()).map(WebhookEventTypeView::from)))
    }

    /// The business's endpoints, the newest first.
    #[oai(path = "/endpoints", method = "get", operation_id = "list_webhook_endpoints")]
    async fn list(
        &self,
        who: Can<perm::ReadWebhooks>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<WebhookEndpointView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = webhooks::endpoints(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, WebhookEndpointView::from))
    }

    /// Makes an endpoint. Its secret is in this answer and nowhere else.
    #[oai(path = "/endpoints", method = "post", operation_id = "create_webhook_endpoint")]
    async fn create(
        &self,
        who: Can<perm::CreateWebhook>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewWebhookEndpoint>,
    ) -> Result<Created<WebhookEndpointSecretView>, ApiError> {
        // Looked up before the transaction: others must not wait for somebody's name server.
        let new = body.0.to_domain(self.0.guard.target(&body.url).await?);
        let make = async |tx: &mut TenantTx| Ok(webhooks::create(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One endpoint.
    #[oai(path = "/endpoints/:id", method = "get", operation_id = "read_webhook_endpoint")]
    async fn read(
        &self,
        who: Can<perm::ReadWebhooks>,
        id: Path<Ref<WebhookEndpoint>>,
    ) -> Result<Versioned<WebhookEndpointView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = webhooks::endpoint(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes an endpoint, or switches it on or off. While it is off nothing new is queued for it.
    #[oai(path = "/endpoints/:id", method = "patch", operation_id = "update_webhook_endpoint")]
    async fn update(
        &self,
        who: Can<perm::UpdateWebhook>,
        id: Path<Ref<WebhookEndpoint>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<WebhookEndpointChange>,
    ) -> Result<Versioned<WebhookEndpointView>, ApiError> {
        let target = self.0.guard.target_if_given(body.url.as_deref()).await?;
        let change = body.0.into_domain(target);
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = webhooks::update(&mut tx, id.0.0, seen.0, &change).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Removes an endpoint. What waits for it is never sent.
    #[oai(path = "/endpoints/:id", method = "delete", operation_id = "remove_webhook_endpoint")]
    async fn remove(
        &self,
        who: Can<perm::DeleteWebhook>,
        id: Path<Ref<WebhookEndpoint>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        webhooks::remove(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Gives an endpoint another secret, which is in this answer and nowhere else. For a while requests
    /// are signed with both.
    #[oai(
        path = "/endpoints/:id/rotate-secret",
        method = "post",
        operation_id = "rotate_webhook_secret"
    )]
    async fn rotate(
        &self,
        who: Can<perm::UpdateWebhook>,
        id: Path<Ref<WebhookEndpoint>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<SecretRotation>,
    ) -> Result<Created<WebhookEndpointSecretView>, ApiError> {
        let (id, hours) = (id.0.0, body.overlap_hours);
        let make = async |tx: &mut TenantTx| Ok(webhooks::rotate(tx, id, hours).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Sends a test to an endpoint that is switched on.
    #[oai(path = "/endpoints/:id/test", method = "post", operation_id = "test_webhook_endpoint")]
    async fn test(
        &self,
        who: Can<perm::UpdateWebhook>,
        id: Path<Ref<WebhookEndpoint>>,
    ) -> Result<Json<WebhookDeliveryView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let sent = webhooks::test(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(sent.into()))
    }

    /// Sends an endpoint's deliveries of a time once more, in the order in which it happened: those that
    /// didn't arrive, or all. Up to a thousand at once.
    #[oai(
        path = "/endpoints/:id/replay",
        method = "post",
        operation_id = "replay_webhook_endpoint"
    )]
    async fn replay(
        &self,
        who: Can<perm::ReplayWebhook>,
        id: Path<Ref<WebhookEndpoint>>,
        body: Input<ReplayRange>,
    ) -> Result<Json<ReplayedView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let replayed = webhooks::again_in(&mut tx, id.0.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(Json(replayed.into()))
    }
}
