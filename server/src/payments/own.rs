//! What customers pay behind their visit's link.

use openchair_domain::bookings::{self, Holder};
use openchair_domain::payments;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::own_dto::{DoorView, OwnPaymentView, WishInput};
use crate::app::App;
use crate::auth::Visitor;
use crate::input::Perhaps;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// The operations on paying for one's own visit.
#[derive(Debug)]
pub struct OwnPaymentApi(pub App);

impl OwnPaymentApi {
    async fn owed(&self, holder: &Holder) -> Result<Json<OwnPaymentView>, ApiError> {
        let tx = self.0.db.tenant(&holder.caller).await?;
        let own = self.0.counter.owed(&tx, holder).await?;
        tx.commit().await?;
        Ok(Json(own.into()))
    }
}

#[OpenApi(prefix_path = "/v1/b", tag = "Tags::Public")]
impl OwnPaymentApi {
    /// What one is asked to pay for one's visit, and what was paid.
    #[oai(path = "/:token/payment", method = "get", operation_id = "read_own_payment")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnPaymentView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        self.owed(&holder).await
    }

    /// Where one pays by card, or leaves one: a page at the provider's, which leads back to the visit, or a form of
    /// theirs within the page, if that is asked for and there is one. No card ever comes to this server. Who asks
    /// twice gets the same. Without a body it is a page for what is wanted now.
    #[oai(path = "/:token/payment", method = "post", operation_id = "pay_own_visit")]
    async fn pay(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Perhaps<WishInput>,
    ) -> Result<Json<DoorView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let form = self.0.card_form.as_ref();
        let wish = body.0.map(|wish| wish.to_domain(form.is_some())).unwrap_or_default();
        let entrance = self.0.counter.door(&holder, wish).await?;
        Ok(Json(DoorView::of(entrance, form)))
    }

    /// Asks the provider how one's payment stands now: for who comes back from there.
    #[oai(path = "/:token/payment/look", method = "post", operation_id = "look_at_own_payment")]
    async fn look(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnPaymentView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        Box::pin(self.0.counter.look_for(&holder)).await?;
        self.owed(&holder).await
    }

    /// Takes one's card away, once the visit is over and nothing is due.
    #[oai(path = "/:token/card", method = "delete", operation_id = "remove_own_card")]
    async fn remove_card(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&holder.caller).await?;
        payments::remove_own_card(&mut tx, &holder).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
