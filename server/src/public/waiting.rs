//! Waiting for time that is taken, for anybody: joining, looking, leaving, and saying yes or no to
//! what is offered.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::bookings::NewAsk;
use openchair_domain::hours::time_of_day;
use openchair_domain::ids::Location;
use openchair_domain::tenancy::TenantTx;
use openchair_domain::tenants;
use openchair_domain::waitlist::{self, Accepting, OfferHolder, Offered, Place, Standing, Waiter};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::booking::{AgreedInput, AskingView, BookedView, FilledInInput, agreed, filled};
use super::own::PublicLineView;
use crate::app::App;
use crate::auth::Visitor;
use crate::bookings::Attempt;
use crate::ids::Ref;
use crate::input::Input;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;
use crate::waitlist::{KeptForView, NewWaitingInput, WaitState};

/// What somebody waits for, as they see it.
#[derive(Debug, Clone, Object)]
struct WaitingView {
    shop: String,
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    time_zone: String,
    title: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// `09:30`
    earliest: String,
    /// `24:00`: any time
    latest: String,
    state: WaitState,
    /// The time that is kept now; the mail has the link to it
    offer: Option<KeptForView>,
}

impl From<Place> for WaitingView {
    fn from(place: Place) -> Self {
        let Place { entry, shop } = place;
        Self {
            shop: shop.slug.clone(),
            shop_name: shop.name.clone(),
            location: entry.location.into(),
            location_name: shop.location_name.clone(),
            time_zone: shop.rules.zone.name().to_owned(),
            title: entry.title,
            first_day: entry.first_day,
            last_day: entry.last_day,
            earliest: time_of_day(entry.earliest),
            latest: time_of_day(entry.latest),
            state: entry.state.into(),
            offer: entry.offer.map(KeptForView::from),
        }
    }
}

/// Somebody who waits now.
#[derive(Debug, Clone, Object)]
struct JoinedView {
    /// Their way back to it, `/w/{token}`: shown once
    token: String,
    waiting: WaitingView,
}

/// Time that is kept for somebody who waited for it.
#[derive(Debug, Clone, Object)]
struct OfferView {
    shop: String,
    shop_name: String,
    location: Ref<Location>,
    location_name: String,
    address: String,
    time_zone: String,
    /// `open`, `accepted`, `declined`, `lapsed`
    state: String,
    /// Until when it can be taken
    expires_at: DateTime<Utc>,
    title: String,
    /// While it can be taken; a visit that came of it has a link of its own
    start: Option<DateTime<Utc>>,
    /// While it can be taken
    end: Option<DateTime<Utc>>,
    price_minor: i64,
    deposit_minor: i64,
    currency: String,
    /// Until when it could be cancelled without a fee, while it can be taken
    cancel_until: Option<DateTime<Utc>>,
    /// Whether staff must say yes, too
    needs_approval: bool,
    /// What is filled in or agreed to with a yes
    forms: Vec<AskingView>,
    /// While it can be taken
    lines: Vec<PublicLineView>,
}

impl From<Offered> for OfferView {
    fn from(offered: Offered) -> Self {
        let Offered { visit, shop, standing, expires_at, forms } = offered;
        // Later the visit is somebody's, and may be elsewhere: that is for who has its own link.
        let open = standing == Standing::Open;
        let cancel_until = visit.terms.cancel_until(visit.starts_at);
        Self {
            shop: shop.slug.clone(),
            shop_name: shop.name.clone(),
            location: shop.location.into(),
            location_name: shop.location_name.clone(),
            address: shop.address.clone(),
            time_zone: shop.rules.zone.name().to_owned(),
            state: standing.key().to_owned(),
            expires_at,
            title: visit.title,
            start: open.then_some(visit.starts_at),
            end: open.then_some(visit.ends_at),
            price_minor: visit.price_minor,
            deposit_minor: visit.deposit_minor,
            currency: visit.currency,
            cancel_until: open.then_some(cancel_until),
            needs_approval: visit.terms.needs_approval,
            forms: forms.into_iter().map(AskingView::from).collect(),
            lines: (visit.lines.into_iter().filter(|_| open)).map(PublicLineView::from).collect(),
        }
    }
}

/// What comes with a yes.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct AcceptInput {
    #[oai(default, validator(max_items = 10))]
    answers: Vec<FilledInInput>,
    #[oai(default, validator(max_items = 10))]
    agreed: Vec<AgreedInput>,
}

struct Accept {
    holder: OfferHolder,
    with: Accepting,
    url: String,
}

#[async_trait]
impl Attempt for Accept {
    type View = BookedView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<BookedView, ApiError> {
        let booked = waitlist::accept(tx, &self.holder, &self.with, &self.url).await?;
        Ok(BookedView::of(booked, tx.now()))
    }
}

struct Leave(Waiter);

#[async_trait]
impl Attempt for Leave {
    type View = bool;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<bool, ApiError> {
        waitlist::leave(tx, &self.0).await?;
        Ok(true)
    }
}

struct Decline(OfferHolder);

#[async_trait]
impl Attempt for Decline {
    type View = bool;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<bool, ApiError> {
        waitlist::decline(tx, &self.0).await?;
        Ok(true)
    }
}

/// Joining the waiting list, for anybody.
#[derive(Debug)]
pub struct PublicWaitlistApi(pub App);

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicWaitlistApi {
    /// Waits for time that is taken. When some frees up, it is offered by mail and kept for a while.
    #[oai(path = "/:shop/waitlist", method = "post", operation_id = "join_waitlist")]
    async fn join(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewWaitingInput>,
    ) -> Result<Created<JoinedView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let (email, phone) = (body.email.clone(), body.phone.clone());
        let ways = NewAsk { email, phone, ..NewAsk::default() }.ways();
        self.0.limits.contacts(caller.tenant(), &ways).await?;
        let new = body.to_domain();
        let join = async |tx: &mut TenantTx| {
            let joined = waitlist::join(tx, &new).await?;
            let token = joined.token.text().to_owned();
            Ok(JoinedView { token, waiting: joined.place.into() })
        };
        self.0.once(&caller, once, &body.0, join).await
    }
}

/// What somebody waits for.
#[derive(Debug)]
pub struct WaitingApi(pub App);

#[OpenApi(prefix_path = "/v1/w", tag = "Tags::Public")]
impl WaitingApi {
    /// What one waits for, and whether time is kept.
    #[oai(path = "/:token", method = "get", operation_id = "read_own_waiting")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<WaitingView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let waiter = waitlist::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&waiter.caller).await?;
        let place = waitlist::look(&tx, &waiter).await?;
        tx.commit().await?;
        Ok(Json(place.into()))
    }

    /// Doesn't wait any more. Time that is kept is free again.
    #[oai(path = "/:token/leave", method = "post", operation_id = "leave_waitlist")]
    async fn leave(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let waiter = waitlist::open(&self.0.db, &token.0, who.request).await?;
        let caller = waiter.caller.clone();
        let once = once.held_by(&token.0);
        self.0.booking(&caller, once, &true, &Leave(waiter)).await?;
        Ok(NoContent::Done)
    }
}

/// Time that is offered to somebody who waits.
#[derive(Debug)]
pub struct OfferApi(pub App);

#[OpenApi(prefix_path = "/v1/o", tag = "Tags::Public")]
impl OfferApi {
    /// What is offered, and until when.
    #[oai(path = "/:token", method = "get", operation_id = "read_own_offer")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OfferView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = waitlist::open_offer(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let offered = waitlist::look_at_offer(&tx, &holder).await?;
        tx.commit().await?;
        Ok(Json(offered.into()))
    }

    /// Yes: it becomes a visit, or waits for approval or the deposit, as the shop's rules say.
    #[oai(path = "/:token/accept", method = "post", operation_id = "accept_offer")]
    async fn accept(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<AcceptInput>,
    ) -> Result<Created<BookedView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let holder = waitlist::open_offer(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let with = Accepting { answers: filled(&body.answers), agreed: agreed(&body.agreed) };
        let accept = Accept { holder, with, url: self.0.public_url.clone() };
        self.0.booking(&caller, once.held_by(&token.0), &body.0, &accept).await
    }

    /// No: the time is free again, and one goes on waiting for another.
    #[oai(path = "/:token/decline", method = "post", operation_id = "decline_offer")]
    async fn decline(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = waitlist::open_offer(&self.0.db, &token.0, who.request).await?;
        let caller = holder.caller.clone();
        let once = once.held_by(&token.0);
        self.0.booking(&caller, once, &true, &Decline(holder)).await?;
        Ok(NoContent::Done)
    }
}
