//! The business's account at the provider of cards, over HTTP.

use openchair_domain::authz::perm;
use openchair_domain::payments;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::dto::{PayFastKeysInput, PaymentAccountView, ProviderPageView};
use crate::app::App;
use crate::auth::Can;
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// Where the business comes back to from the provider.
const PAGE: &str = "/app/payments/account";

/// The operations on the account.
#[derive(Debug)]
pub struct PaymentAccountApi(pub App);

#[OpenApi(prefix_path = "/v1/payment-account", tag = "Tags::Payments")]
impl PaymentAccountApi {
    /// The account that customers' money goes to, as it was when it was looked at last.
    #[oai(path = "/", method = "get", operation_id = "read_payment_account")]
    async fn read(
        &self,
        who: Can<perm::ReadPayments>,
    ) -> Result<Json<PaymentAccountView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let account = self.0.counter.account(&tx).await?;
        tx.commit().await?;
        Ok(Json(account.into()))
    }

    /// Where the business says what the provider asks of it: an address that is good once, and for minutes. A
    /// business without an account gets one.
    #[oai(path = "/onboarding", method = "post", operation_id = "connect_payment_account")]
    async fn connect(
        &self,
        who: Can<perm::ConnectPayments>,
    ) -> Result<Json<ProviderPageView>, ApiError> {
        let back = format!("{}{PAGE}", self.0.public_url);
        let url = self.0.counter.connect(&who, &back).await?;
        Ok(Json(ProviderPageView { url }))
    }

    /// Puts in the business's own keys at PayFast: from now on its customers pay there. Only for a business whose
    /// currency is the South African rand. The keys are checked with PayFast, sealed, and never shown again. What was
    /// begun at another provider is finished there.
    #[oai(path = "/payfast", method = "put", operation_id = "connect_payfast")]
    async fn connect_payfast(
        &self,
        who: Can<perm::ConnectPayments>,
        body: Input<PayFastKeysInput>,
    ) -> Result<Json<PaymentAccountView>, ApiError> {
        let keys = body.0.into_domain();
        Ok(Json(self.0.counter.connect_payfast(&who, &keys).await?.into()))
    }

    /// Takes the keys at PayFast away, once nothing is being paid or given back with them.
    #[oai(path = "/payfast", method = "delete", operation_id = "disconnect_payfast")]
    async fn disconnect_payfast(
        &self,
        who: Can<perm::ConnectPayments>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        payments::disconnect_payfast(&mut tx).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Takes the account at Stripe away, once nothing is being paid or given back there: customers can't pay by card
    /// then. What was paid there stays paid, and can be given back; whoever connects again gets another account.
    #[oai(path = "/stripe", method = "delete", operation_id = "disconnect_stripe")]
    async fn disconnect_stripe(
        &self,
        who: Can<perm::ConnectPayments>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        payments::disconnect_stripe(&mut tx).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Asks the provider how the account is now.
    #[oai(path = "/look", method = "post", operation_id = "look_at_payment_account")]
    async fn look(
        &self,
        who: Can<perm::ConnectPayments>,
    ) -> Result<Json<PaymentAccountView>, ApiError> {
        Ok(Json(self.0.counter.look_at_account(&who).await?.into()))
    }
}
