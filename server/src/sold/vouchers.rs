//! Gift vouchers: sold, found, shown, sent and given back.

use openchair_domain::authz::perm;
use openchair_domain::ids::{Customer, Voucher};
use openchair_domain::sold::{self, VoucherFilter};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::dto::{
    EndVoucherInput, NewVoucher, SoldStateView, SoldVoucherView, VoucherCodeInput, VoucherCodeView,
    VoucherMailInput, VoucherView,
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

/// The operations on gift vouchers.
#[derive(Debug)]
pub struct VouchersApi(pub App);

#[OpenApi(prefix_path = "/v1/vouchers", tag = "Tags::Payments")]
impl VouchersApi {
    /// The vouchers, the newest first.
    #[oai(path = "/", method = "get", operation_id = "list_vouchers")]
    async fn list(
        &self,
        who: Can<perm::ReadPayments>,
        state: Query<Option<SoldStateView>>,
        /// Those that this customer bought
        customer: Query<Option<Ref<Customer>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<VoucherView>, ApiError> {
        let customer = customer.0.map(|customer| customer.0);
        let filter = VoucherFilter { state: state.0.map(Into::into), customer };
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::list(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, VoucherView::from))
    }

    /// Sells a voucher at the desk. Its code is in the answer, and in a mail to whom it is for, if there is an
    /// address.
    #[oai(path = "/", method = "post", operation_id = "sell_voucher")]
    async fn sell(
        &self,
        who: Can<perm::TakePayment>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewVoucher>,
    ) -> Result<Created<SoldVoucherView>, ApiError> {
        let new = body.0.to_domain();
        let sell = async |tx: &mut TenantTx| Ok(sold::sell(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, sell).await
    }

    /// The voucher of a code that somebody shows.
    #[oai(path = "/look-up", method = "post", operation_id = "find_voucher")]
    async fn find(
        &self,
        who: Can<perm::TakePayment>,
        body: Input<VoucherCodeInput>,
    ) -> Result<Json<VoucherView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::find(&tx, &body.code).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// One voucher.
    #[oai(path = "/:voucher", method = "get", operation_id = "read_voucher")]
    async fn read(
        &self,
        who: Can<perm::ReadPayments>,
        voucher: Path<Ref<Voucher>>,
    ) -> Result<Json<VoucherView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sold::read(&tx, voucher.0.0).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Shows the code of a voucher once more: that it was shown is in the audit log.
    #[oai(path = "/:voucher/code", method = "post", operation_id = "show_voucher_code")]
    async fn show_code(
        &self,
        who: Can<perm::TakePayment>,
        voucher: Path<Ref<Voucher>>,
    ) -> Result<Json<VoucherCodeView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let code = sold::show_code(&mut tx, voucher.0.0).await?;
        tx.commit().await?;
        Ok(Json(VoucherCodeView { code }))
    }

    /// Sends the code of a voucher that is still good.
    #[oai(path = "/:voucher/mail", method = "post", operation_id = "mail_voucher")]
    async fn mail(
        &self,
        who: Can<perm::TakePayment>,
        voucher: Path<Ref<Voucher>>,
        body: Input<VoucherMailInput>,
    ) -> Result<Json<VoucherView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let sent = sold::mail_voucher(&mut tx, voucher.0.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(Json(sent.into()))
    }

    /// Ends a voucher: all that is left of it goes back, by the way in which it was paid, or is taken away without
    /// that.
    #[oai(path = "/:voucher/refund", method = "post", operation_id = "refund_voucher")]
    async fn refund(
        &self,
        who: Can<perm::RefundPayment>,
        voucher: Path<Ref<Voucher>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<EndVoucherInput>,
    ) -> Result<Created<VoucherView>, ApiError> {
        let (id, ending, reason) = (voucher.0.0, body.ending(), body.reason.clone());
        let give = async |tx: &mut TenantTx| {
            Ok(sold::refund_voucher(tx, id, ending, &reason).await?.into())
        };
        self.0.once(&who, once, &body.0, give).await
    }
}
