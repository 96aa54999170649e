//! Gift vouchers that anybody buys on a business's page.

use openchair_domain::sold::{self, GiftHolder};
use openchair_domain::tenancy::TenantTx;
use openchair_domain::tenants;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::orders_dto::{GiftInput, GiftOfferView, GiftView, GiftWishInput};
use crate::app::App;
use crate::auth::Visitor;
use crate::input::{Input, Perhaps};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::payments::DoorView;
use crate::problem::ApiError;

/// The operations by which anybody buys a voucher.
#[derive(Debug)]
pub struct PublicGiftsApi(pub App);

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicGiftsApi {
    /// What a shop sells of gift vouchers online. `no_vouchers`, where it sells none, or nobody takes the money.
    #[oai(path = "/:shop/vouchers", method = "get", operation_id = "read_gift_offer")]
    async fn offer(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
    ) -> Result<Json<GiftOfferView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let tx = self.0.db.tenant(&caller).await?;
        let offer = sold::public_offer(&tx, &self.0.counter).await?;
        tx.commit().await?;
        Ok(Json(GiftOfferView::of(offer, self.0.card_form.is_some())))
    }

    /// Says which voucher one buys, and for whom. It is one once it is paid for, behind the link that is answered:
    /// within seven days, after which it is over.
    #[oai(path = "/:shop/vouchers", method = "post", operation_id = "buy_voucher")]
    async fn buy(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<GiftInput>,
    ) -> Result<Created<GiftView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        self.0.limits.contacts(caller.tenant(), &body.addresses()).await?;
        let (new, counter) = (body.to_domain(), &self.0.counter);
        let buy = async |tx: &mut TenantTx| {
            let holder = sold::buy_gift(tx, counter, &new).await?;
            Ok(sold::read_gift(tx, &holder).await?.into())
        };
        self.0.once(&caller, once, &body.0, buy).await
    }
}

/// The operations on a voucher that one buys.
#[derive(Debug)]
pub struct OwnGiftApi(pub App);

impl OwnGiftApi {
    /// Who holds the link, as one of those who only look.
    async fn looking(&self, who: Visitor, token: &str) -> Result<GiftHolder, ApiError> {
        self.0.limits.public(&who.request).await?;
        Ok(sold::open_gift(&self.0.db, token, who.request).await?)
    }

    async fn seen(&self, holder: &GiftHolder) -> Result<Json<GiftView>, ApiError> {
        let tx = self.0.db.tenant(&holder.caller).await?;
        let gift = sold::read_gift(&tx, holder).await?;
        tx.commit().await?;
        Ok(Json(gift.into()))
    }
}

#[OpenApi(prefix_path = "/v1/g", tag = "Tags::Public")]
impl OwnGiftApi {
    /// The voucher that one buys: how it stands, and its code once it is paid for.
    #[oai(path = "/:token", method = "get", operation_id = "read_gift")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<GiftView>, ApiError> {
        let holder = self.looking(who, &token.0).await?;
        self.seen(&holder).await
    }

    /// Where one pays for it: a page at the provider's, which leads back to the voucher, or a form of theirs within
    /// the page, if that is asked for and there is one. Who asks twice gets the same. Without a body it is a page.
    #[oai(path = "/:token/payment", method = "post", operation_id = "pay_gift")]
    async fn pay(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Perhaps<GiftWishInput>,
    ) -> Result<Json<DoorView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = sold::open_gift(&self.0.db, &token.0, who.request).await?;
        let form = self.0.card_form.as_ref();
        let card_at = body.0.map(|wish| wish.card_at(form.is_some())).unwrap_or_default();
        let entrance = Box::pin(self.0.counter.gift_door(&holder, card_at)).await?;
        Ok(Json(DoorView::of(entrance, form)))
    }

    /// Asks the provider how the payment stands now: for who comes back from there.
    #[oai(path = "/:token/payment/look", method = "post", operation_id = "look_at_gift")]
    async fn look(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<GiftView>, ApiError> {
        let holder = self.looking(who, &token.0).await?;
        Box::pin(self.0.counter.look_for_gift(&holder)).await?;
        self.seen(&holder).await
    }
}
