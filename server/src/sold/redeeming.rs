//! Paying for a visit with what was sold ahead.

use openchair_domain::authz::perm;
use openchair_domain::bookings;
use openchair_domain::ids::Appointment;
use openchair_domain::sold;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::dto::{OwnVoucherInput, RedeemInput};
use super::passes_dto::{PassUseInput, VisitPassView};
use crate::app::App;
use crate::auth::{Can, Visitor};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Page;
use crate::payments::{OwnPaymentView, PaymentView};
use crate::problem::ApiError;

/// The operations that pay for visits with what was sold ahead.
#[derive(Debug)]
pub struct RedeemingApi(pub App);

#[OpenApi(prefix_path = "/v1")]
impl RedeemingApi {
    /// Pays for a visit with a voucher. Codes that aren't good are answered alike, whatever is wrong with them.
    #[oai(
        path = "/appointments/:id/voucher",
        method = "post",
        operation_id = "redeem_voucher",
        tag = "Tags::Payments"
    )]
    async fn redeem(
        &self,
        who: Can<perm::TakePayment>,
        id: Path<Ref<Appointment>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<RedeemInput>,
    ) -> Result<Created<PaymentView>, ApiError> {
        let (id, new, url) = (id.0.0, body.0.to_domain(), self.0.public_url.clone());
        let redeem = async |tx: &mut TenantTx| Ok(sold::redeem(tx, id, &new, &url).await?.into());
        self.0.once(&who, once, &body.0, redeem).await
    }

    /// The passes of a visit's customer that could pay for lines of it now.
    #[oai(
        path = "/appointments/:id/passes",
        method = "get",
        operation_id = "list_visit_passes",
        tag = "Tags::Payments"
    )]
    async fn usable(
        &self,
        who: Can<perm::ReadPayments>,
        id: Path<Ref<Appointment>>,
    ) -> Result<Listed<VisitPassView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::usable(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(VisitPassView::from)))
    }

    /// Pays for a line of a visit with a use of its customer's pass.
    #[oai(
        path = "/appointments/:id/pass",
        method = "post",
        operation_id = "use_pass",
        tag = "Tags::Payments"
    )]
    async fn use_pass(
        &self,
        who: Can<perm::TakePayment>,
        id: Path<Ref<Appointment>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<PassUseInput>,
    ) -> Result<Created<PaymentView>, ApiError> {
        let (id, url) = (id.0.0, self.0.public_url.clone());
        let (pass, line) = (body.pass.0, body.line);
        let pay =
            async |tx: &mut TenantTx| Ok(sold::use_pass(tx, id, pass, line, &url).await?.into());
        self.0.once(&who, once, &body.0, pay).await
    }

    /// Pays for one's own visit with a voucher, as far as it goes. Codes that aren't good are answered alike.
    #[oai(
        path = "/b/:token/voucher",
        method = "post",
        operation_id = "redeem_own_voucher",
        tag = "Tags::Public"
    )]
    async fn redeem_own(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Input<OwnVoucherInput>,
    ) -> Result<Json<OwnPaymentView>, ApiError> {
        self.0.limits.token(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&holder.caller).await?;
        let url = &self.0.public_url;
        sold::redeem_own(&mut tx, &holder, &body.code, body.part(), url).await?;
        let own = self.0.counter.owed(&tx, &holder).await?;
        tx.commit().await?;
        Ok(Json(own.into()))
    }
}
