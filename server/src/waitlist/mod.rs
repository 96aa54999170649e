//! The waiting list over HTTP, for staff.

mod dto;

use async_trait::async_trait;
use openchair_domain::authz::perm;
use openchair_domain::bookings;
use openchair_domain::ids::{Id, Location, WaitlistEntry};
use openchair_domain::tenancy::TenantTx;
use openchair_domain::time::Instant;
use openchair_domain::waitlist::{self, Filter};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::auth::Can;
use crate::bookings::Attempt;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

pub(crate) use dto::{KeptForView, NewWaitingInput, WaitState};

use dto::{OfferInput, OfferMadeView, WaitlistEntryView, WaitlistInput};

/// The operations on who waits.
#[derive(Debug)]
pub struct WaitlistApi(pub App);

struct MakeOffer {
    id: Id<WaitlistEntry>,
    start: Instant,
    url: String,
}

#[async_trait]
impl Attempt for MakeOffer {
    type View = OfferMadeView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<OfferMadeView, ApiError> {
        let made = waitlist::offer(tx, self.id, self.start, &self.url).await?;
        Ok(OfferMadeView::of(made, tx.caller()))
    }
}

struct Remove(Id<WaitlistEntry>);

#[async_trait]
impl Attempt for Remove {
    type View = NoContent;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<NoContent, ApiError> {
        waitlist::remove(tx, self.0).await?;
        Ok(NoContent::Done)
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Bookings")]
impl WaitlistApi {
    /// Those who wait, the first who came first; of those who don't any more, the last first.
    #[oai(path = "/waitlist", method = "get", operation_id = "list_waitlist")]
    async fn list(
        &self,
        who: Can<perm::ReadBookings>,
        location: Query<Option<Ref<Location>>>,
        /// Who still waits or has an offer, if left out
        state: Query<Option<WaitState>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<WaitlistEntryView>, ApiError> {
        let filter = Filter {
            location: location.0.map(|location| location.0),
            state: state.0.map(WaitState::to_domain),
        };
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        bookings::are_there(&tx, filter.location, None, None).await?;
        let found = waitlist::list(&tx, &filter, window).await?;
        tx.commit().await?;
        Ok(listed(found, |entry| WaitlistEntryView::of(entry, &who)))
    }

    /// Puts somebody on the list.
    #[oai(path = "/waitlist", method = "post", operation_id = "add_to_waitlist")]
    async fn add(
        &self,
        who: Can<perm::CreateBooking>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<WaitlistInput>,
    ) -> Result<Created<WaitlistEntryView>, ApiError> {
        let new = body.to_domain();
        let add = async |tx: &mut TenantTx| {
            let entry = waitlist::add(tx, &new).await?.place.entry;
            Ok(WaitlistEntryView::of(entry, tx.caller()))
        };
        self.0.once(&who, once, &body.0, add).await
    }

    /// Takes somebody off the list. Time that is kept for them is free again.
    #[oai(path = "/waitlist/:id", method = "delete", operation_id = "remove_from_waitlist")]
    async fn remove(
        &self,
        who: Can<perm::CancelBooking>,
        id: Path<Ref<WaitlistEntry>>,
    ) -> Result<NoContent, ApiError> {
        self.0.rebooking(&who, &Remove(id.0.0)).await
    }

    /// Keeps a time for somebody who waits and tells them, without waiting for time to free up. The link
    /// is answered once: with an `Idempotency-Key`, also to who asks again because the line broke.
    #[oai(path = "/waitlist/:id/offer", method = "post", operation_id = "offer_to_waitlist")]
    async fn offer(
        &self,
        who: Can<perm::CreateBooking>,
        id: Path<Ref<WaitlistEntry>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<OfferInput>,
    ) -> Result<Created<OfferMadeView>, ApiError> {
        let url = self.0.public_url.clone();
        let make = MakeOffer { id: id.0.0, start: body.start, url };
        self.0.booking(&who, once, &body.0, &make).await
    }
}
