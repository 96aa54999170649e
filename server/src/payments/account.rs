//! The business's account at the provider of cards, over HTTP.

use openchair_domain::authz::perm;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::dto::{PaymentAccountView, ProviderPageView};
use crate::app::App;
use crate::auth::Can;
use crate::openapi::Tags;
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

    /// Asks the provider how the account is now.
    #[oai(path = "/look", method = "post", operation_id = "look_at_payment_account")]
    async fn look(
        &self,
        who: Can<perm::ConnectPayments>,
    ) -> Result<Json<PaymentAccountView>, ApiError> {
        Ok(Json(self.0.counter.look_at_account(&who).await?.into()))
    }
}
