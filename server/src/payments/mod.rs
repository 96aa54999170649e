//! Money over HTTP: what is paid for visits and given back, the till, the account at the provider of cards, and
//! what that tells us.

mod account;
mod books;
mod books_dto;
mod card_form;
mod dto;
pub mod hook;
mod own;
mod own_dto;
mod till;
mod till_dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Appointment, Location, Payment, Sale};
use openchair_domain::payments::{self, NewReturn, PaymentFilter};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::{Input, Moment};
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

pub use account::PaymentAccountApi;
pub use books::BooksApi;
pub use card_form::CardForm;
pub use hook::HookSecrets;
pub use own::OwnPaymentApi;
pub use till::TillApi;

pub(crate) use dto::{PaymentView, PaymentWay};
pub(crate) use own_dto::{DoorView, OwnPaymentView, card_at};

use dto::{PaymentInput, RefundInput, RefundView, VisitMoneyView};

/// The operations on payments.
#[derive(Debug)]
pub struct PaymentsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Payments")]
impl PaymentsApi {
    /// What was paid, the newest first. What was begun and not paid is there for who asks for `all`.
    #[oai(path = "/payments", method = "get", operation_id = "list_payments")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list(
        &self,
        who: Can<perm::ReadPayments>,
        location: Query<Option<Ref<Location>>>,
        way: Query<Option<PaymentWay>>,
        visit: Query<Option<Ref<Appointment>>>,
        /// For this that was sold ahead
        sale: Query<Option<Ref<Sale>>>,
        /// Begun at or after this
        from: Query<Option<Moment>>,
        /// Begun before this
        to: Query<Option<Moment>>,
        /// Those, too, that weren't paid
        all: Query<Option<bool>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<PaymentView>, ApiError> {
        let filter = PaymentFilter {
            location: location.0.map(|location| location.0),
            way: way.0.map(Into::into),
            visit: visit.0.map(|visit| visit.0),
            sale: sale.0.map(|sale| sale.0),
            from: from.0.map(|moment| moment.0),
            to: to.0.map(|moment| moment.0),
            all: all.0.unwrap_or_default(),
        };
        let tx = self.0.db.tenant(&who).await?;
        let found = payments::list(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, PaymentView::from))
    }

    /// One payment.
    #[oai(path = "/payments/:id", method = "get", operation_id = "read_payment")]
    async fn read(
        &self,
        who: Can<perm::ReadPayments>,
        id: Path<Ref<Payment>>,
    ) -> Result<Json<PaymentView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let payment = payments::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(payment.into()))
    }

    /// Gives some of a payment back: at once what was paid at the desk, by the provider what was paid by card;
    /// that is `pending` until the provider has done it. Never more than was paid, however often it is asked.
    #[oai(path = "/payments/:id/refunds", method = "post", operation_id = "refund_payment")]
    async fn refund(
        &self,
        who: Can<perm::RefundPayment>,
        id: Path<Ref<Payment>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<RefundInput>,
    ) -> Result<Created<RefundView>, ApiError> {
        let (id, new) = (id.0.0, NewReturn::from(&body.0));
        let give = async |tx: &mut TenantTx| Ok(payments::refund(tx, id, &new).await?.into());
        self.0.once(&who, once, &body.0, give).await
    }

    /// What a visit costs as it stands, and what was paid for it.
    #[oai(path = "/appointments/:id/payments", method = "get", operation_id = "read_visit_money")]
    async fn of_visit(
        &self,
        who: Can<perm::ReadPayments>,
        id: Path<Ref<Appointment>>,
    ) -> Result<Json<VisitMoneyView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let money = payments::of_visit(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(money.into()))
    }

    /// Takes money for a visit at the desk: no more than is still to be paid, and a tip. A visit that waits for
    /// its deposit is certain once enough was paid.
    #[oai(path = "/appointments/:id/payments", method = "post", operation_id = "take_payment")]
    async fn take(
        &self,
        who: Can<perm::TakePayment>,
        id: Path<Ref<Appointment>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<PaymentInput>,
    ) -> Result<Created<PaymentView>, ApiError> {
        let (id, new, url) = (id.0.0, body.0.to_domain(), self.0.public_url.clone());
        let take = async |tx: &mut TenantTx| Ok(payments::take(tx, id, &new, &url).await?.into());
        self.0.once(&who, once, &body.0, take).await
    }
    /// Takes a customer's card away: nothing is taken from it from now on, and the provider forgets it. A visit that
    /// is to come stays certain without it; as long as a fee is due, the card stays.
    #[oai(path = "/appointments/:id/card", method = "delete", operation_id = "remove_card")]
    async fn remove_card(
        &self,
        who: Can<perm::TakePayment>,
        id: Path<Ref<Appointment>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        payments::remove_card(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
