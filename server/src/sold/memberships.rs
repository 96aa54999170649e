//! Memberships: sold, renewed and cancelled.

use openchair_domain::authz::perm;
use openchair_domain::ids::{Customer, CustomerMembership};
use openchair_domain::sold;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::memberships_dto::{
    NewSoldMembership, RenewalInput, SoldMembershipEnd, SoldMembershipView,
};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on memberships that are sold.
#[derive(Debug)]
pub struct MembershipsApi(pub App);

#[OpenApi(prefix_path = "/v1/memberships", tag = "Tags::Payments")]
impl MembershipsApi {
    /// The memberships of customers, the newest first; those that were given to them, too.
    #[oai(path = "/", method = "get", operation_id = "list_sold_memberships")]
    async fn list(
        &self,
        who: Can<perm::ReadPayments>,
        customer: Query<Option<Ref<Customer>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<SoldMembershipView>, ApiError> {
        let customer = customer.0.map(|customer| customer.0);
        let tx = self.0.db.tenant(&who).await?;
        let window = window(limit.0, cursor.0.as_deref())?;
        let found = sold::list_memberships(&tx, customer, window).await?;
        tx.commit().await?;
        Ok(listed(found, SoldMembershipView::from))
    }

    /// Sells a membership at the desk, for one period of its plan.
    #[oai(path = "/", method = "post", operation_id = "sell_membership")]
    async fn sell(
        &self,
        who: Can<perm::TakePayment>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewSoldMembership>,
    ) -> Result<Created<SoldMembershipView>, ApiError> {
        let new = body.0.to_domain();
        let sell = async |tx: &mut TenantTx| Ok(sold::sell_membership(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, sell).await
    }

    /// Sells the next period of a membership: from its end, or from today, if that is over. It costs what the plan
    /// costs today.
    #[oai(path = "/:membership/renewal", method = "post", operation_id = "renew_membership")]
    async fn renew(
        &self,
        who: Can<perm::TakePayment>,
        membership: Path<Ref<CustomerMembership>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<RenewalInput>,
    ) -> Result<Created<SoldMembershipView>, ApiError> {
        let (id, new) = (membership.0.0, body.0.to_domain());
        let renew =
            async |tx: &mut TenantTx| Ok(sold::renew_membership(tx, id, &new).await?.into());
        self.0.once(&who, once, &body.0, renew).await
    }

    /// Ends a membership at once, and gives back as much as is wanted of what was paid for it.
    #[oai(
        path = "/:membership/cancellation",
        method = "post",
        operation_id = "cancel_sold_membership"
    )]
    async fn cancel(
        &self,
        who: Can<perm::RefundPayment>,
        membership: Path<Ref<CustomerMembership>>,
        body: Input<SoldMembershipEnd>,
    ) -> Result<Json<SoldMembershipView>, ApiError> {
        let (id, back) = (membership.0.0, body.refund_minor);
        let mut tx = self.0.db.tenant(&who).await?;
        let ended = sold::cancel_sold_membership(&mut tx, id, back, &body.reason).await?;
        tx.commit().await?;
        Ok(Json(ended.into()))
    }
}
