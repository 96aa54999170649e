use openchair_domain::authz::perm;
use openchair_domain::ids::{WebhookDelivery, WebhookEndpoint};
use openchair_domain::webhooks::{self, Filter};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::deliveries_dto::{WebhookDeliveryState, WebhookDeliveryView, WholeWebhookDeliveryView};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Moment;
use crate::listing::{Listed, listed, window};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on deliveries.
#[derive(Debug)]
pub struct WebhookDeliveriesApi(pub App);

#[OpenApi(prefix_path = "/v1/webhooks", tag = "Tags::Webhooks")]
impl WebhookDeliveriesApi {
    /// What was sent where, or will be, the newest first. Kept for 30 days after its end.
    #[oai(path = "/deliveries", method = "get", operation_id = "list_webhook_deliveries")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list(
        &self,
        who: Can<perm::ReadWebhooks>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
        /// To one endpoint
        endpoint: Query<Option<Ref<WebhookEndpoint>>>,
        /// `appointment.confirmed`
        #[oai(name = "type", validator(max_length = 80))]
        kind: Query<Option<String>>,
        state: Query<Option<WebhookDeliveryState>>,
        from: Query<Option<Moment>>,
        to: Query<Option<Moment>>,
    ) -> Result<Listed<WebhookDeliveryView>, ApiError> {
        let filter = Filter {
            endpoint: endpoint.0.map(|id| id.0),
            kind: kind.0.as_deref().map(Filter::named).transpose()?,
            state: state.0.map(Into::into),
            from: from.0.map(|moment| moment.0),
            to: to.0.map(|moment| moment.0),
        };
        let tx = self.0.db.tenant(&who).await?;
        let window = window(limit.0, cursor.0.as_deref())?;
        let found = webhooks::deliveries(&tx, &filter, window).await?;
        tx.commit().await?;
        Ok(listed(found, WebhookDeliveryView::from))
    }

    /// One delivery with what was sent, and what was answered.
    #[oai(path = "/deliveries/:id", method = "get", operation_id = "read_webhook_delivery")]
    async fn read(
        &self,
        who: Can<perm::ReadWebhooks>,
        id: Path<Ref<WebhookDelivery>>,
    ) -> Result<Json<WholeWebhookDeliveryView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = webhooks::delivery(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Sends a delivery once more, whatever became of it: as a new one with the event's id.
    #[oai(
        path = "/deliveries/:id/replay",
        method = "post",
        operation_id = "replay_webhook_delivery"
    )]
    async fn replay(
        &self,
        who: Can<perm::ReplayWebhook>,
        id: Path<Ref<WebhookDelivery>>,
    ) -> Result<Json<WebhookDeliveryView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let sent = webhooks::again(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(sent.into()))
    }
}
