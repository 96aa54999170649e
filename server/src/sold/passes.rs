//! Passes: sold, shown and given back.

use openchair_domain::authz::perm;
use openchair_domain::ids::{Customer, Pass};
use openchair_domain::sold::{self, PassFilter};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::dto::{GiveBackInput, SoldStateView};
use super::passes_dto::{NewPass, PassView};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on passes.
#[derive(Debug)]
pub struct PassesApi(pub App);

#[OpenApi(prefix_path = "/v1/passes", tag = "Tags::Payments")]
impl PassesApi {
    /// The passes, the newest first.
    #[oai(path = "/", method = "get", operation_id = "list_passes")]
    async fn list(
        &self,
        who: Can<perm::ReadPayments>,
        state: Query<Option<SoldStateView>>,
        customer: Query<Option<Ref<Customer>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<PassView>, ApiError> {
        let customer = customer.0.map(|customer| customer.0);
        let filter = PassFilter { state: state.0.map(Into::into), customer };
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::list_passes(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, PassView::from))
    }

    /// Sells a pass at the desk.
    #[oai(path = "/", method = "post", operation_id = "sell_pass")]
    async fn sell(
        &self,
        who: Can<perm::TakePayment>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewPass>,
    ) -> Result<Created<PassView>, ApiError> {
        let new = body.0.to_domain();
        let sell = async |tx: &mut TenantTx| Ok(sold::sell_pass(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, sell).await
    }

    /// One pass.
    #[oai(path = "/:pass", method = "get", operation_id = "read_pass")]
    async fn read(
        &self,
        who: Can<perm::ReadPayments>,
        pass: Path<Ref<Pass>>,
    ) -> Result<Json<PassView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::read_pass(&tx, pass.0.0).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Gives back what the unused part of a pass is worth, by the way in which it was paid.
    #[oai(path = "/:pass/refund", method = "post", operation_id = "refund_pass")]
    async fn refund(
        &self,
        who: Can<perm::RefundPayment>,
        pass: Path<Ref<Pass>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<GiveBackInput>,
    ) -> Result<Created<PassView>, ApiError> {
        let (id, reason) = (pass.0.0, body.reason.clone());
        let give = async |tx: &mut TenantTx| Ok(sold::refund_pass(tx, id, &reason).await?.into());
        self.0.once(&who, once, &body.0, give).await
    }
}
