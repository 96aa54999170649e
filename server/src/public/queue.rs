//! Walking in, for anybody: looking at the line, joining it, and one's own ticket.

use openchair_domain::bookings::NewAsk;
use openchair_domain::ids::{Id, Location, Service, StaffMember};
use openchair_domain::queue::{self, Arrival, NewParty, Ticket};
use openchair_domain::tenancy::{Caller, RequestFacts, TenantTx};
use openchair_domain::tenants;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::queue_views::{OwnEntryView, PublicBoardView, PublicQueueView, TicketView};
use crate::app::App;
use crate::auth::Visitor;
use crate::ids::Ref;
use crate::input::Input;
use crate::once::{Created, Done, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;
use crate::queue::{JoinQueueInput, KioskPartyInput};

/// A queue that anybody may look at and join.
#[derive(Debug)]
pub struct PublicQueueApi(pub App);

/// Somebody's ticket, for who has just got it.
fn ticket(joined: queue::Joined) -> TicketView {
    TicketView { token: joined.token.text().to_owned(), entry: joined.own().into() }
}

/// One's own ticket, as it is now.
async fn own(app: &App, ticket: &Ticket) -> Result<OwnEntryView, ApiError> {
    let tx = app.db.picture(&ticket.caller).await?;
    Ok(queue::look(tx, ticket).await?.into())
}

/// Ids with commas between them. What is none names nothing.
fn listed(services: Option<&str>) -> Vec<Id<Service>> {
    let named = services.unwrap_or_default().split(',').filter(|text| !text.is_empty());
    named.map(Id::parse_or_nothing).collect()
}

/// A line as it is told to who might join it, and as the screen in the shop shows it.
pub(crate) struct Line {
    pub(crate) queue: PublicQueueView,
    pub(crate) board: PublicBoardView,
}

/// The line at a location of a shop.
pub(crate) async fn line(
    app: &App,
    request: RequestFacts,
    shop: &str,
    location: Id<Location>,
) -> Result<Line, ApiError> {
    app.limits.public(&request).await?;
    let caller = tenants::visit(&app.db, shop, request).await?;
    front(app, &caller, Some(location), (Vec::new(), None)).await
}

async fn front(
    app: &App,
    caller: &Caller,
    location: Option<Id<Location>>,
    wanted: (Vec<Id<Service>>, Option<Id<StaffMember>>),
) -> Result<Line, ApiError> {
    let tx = app.db.picture(caller).await?;
    let front = queue::front(&tx, location).await?;
    let newcomer = queue::newcomer(tx, &front, &wanted.0, wanted.1).await?;
    Ok(Line { board: front.clone().into(), queue: PublicQueueView::of(front, newcomer) })
}

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicQueueApi {
    /// A location's queue: how many wait, how long one would wait, what can be had, and whose turn it
    /// is, by the codes of their tickets.
    #[oai(path = "/:shop/queue", method = "get", operation_id = "read_public_queue")]
    async fn read(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        /// The shop's first location if left out
        location: Query<Option<Ref<Location>>>,
        /// What one would want, with commas: for how long one would wait
        services: Query<Option<String>>,
        /// By whom one would want it
        staff: Query<Option<Ref<StaffMember>>>,
    ) -> Result<Json<PublicQueueView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let wanted = (listed(services.0.as_deref()), staff.0.map(|staff| staff.0));
        let at = location.0.map(|location| location.0);
        Ok(Json(front(&self.0, &caller, at, wanted).await?.queue))
    }

    /// Joins the queue. The ticket's link is in this answer and nowhere else. Refused with
    /// `queue_closed`, `queue_full`, `nobody_serves`, `not_serving` or `too_many_tickets`.
    #[oai(path = "/:shop/queue", method = "post", operation_id = "join_queue")]
    async fn join(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<JoinQueueInput>,
    ) -> Result<Created<TicketView>, ApiError> {
        self.0.limits.taking(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let ways = NewAsk { phone: body.phone.clone(), ..NewAsk::default() }.ways();
        self.0.limits.contacts(caller.tenant(), &ways).await?;
        let new: NewParty = body.to_domain();
        let source = queue::Source::Public;
        let quote = self.0.foresee(&caller, &new, source).await?;
        let from = Some(self.0.limits.household(caller.request()));
        let arrival = Arrival { source, quote, from };
        let join = async |tx: &mut TenantTx| Ok(ticket(queue::join(tx, &new, arrival).await?));
        self.0.once(&caller, once, &body.0, join).await
    }

    /// The screen in the shop: codes and chairs.
    #[oai(path = "/:shop/queue/board", method = "get", operation_id = "read_queue_board")]
    async fn board(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
        /// The shop's first location if left out
        location: Query<Option<Ref<Location>>>,
    ) -> Result<Json<PublicBoardView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let caller = tenants::visit(&self.0.db, &shop.0, who.request).await?;
        let tx = self.0.db.tenant(&caller).await?;
        let front = queue::front(&tx, location.0.map(|location| location.0)).await?;
        tx.commit().await?;
        Ok(Json(front.into()))
    }
}

/// One's own ticket.
#[derive(Debug)]
pub struct OwnTicketApi(pub App);

#[OpenApi(prefix_path = "/v1/q", tag = "Tags::Public")]
impl OwnTicketApi {
    /// Where one stands, and how much longer it takes.
    #[oai(path = "/:token", method = "get", operation_id = "read_own_ticket")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnEntryView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let ticket = queue::open(&self.0.db, &token.0, who.request).await?;
        Ok(Json(own(&self.0, &ticket).await?))
    }

    /// One is there.
    #[oai(path = "/:token/here", method = "post", operation_id = "say_own_ticket_is_here")]
    async fn here(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnEntryView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let ticket = queue::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&ticket.caller).await?;
        queue::here(&mut tx, &ticket).await?;
        tx.commit().await?;
        Ok(Json(own(&self.0, &ticket).await?))
    }

    /// One needs more time: the next in line passes, and who was called waits again. Asked again under
    /// the same key, nobody else passes, and the answer is how one stands by then.
    #[oai(path = "/:token/more-time", method = "post", operation_id = "let_one_pass")]
    async fn more_time(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
    ) -> Result<Done<OwnEntryView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let ticket = queue::open(&self.0.db, &token.0, who.request).await?;
        let pass = async |tx: &mut TenantTx| {
            queue::more_time(tx, &ticket).await?;
            Ok(true)
        };
        let passed = self.0.once(&ticket.caller, once.held_by(&token.0), &true, pass).await?;
        // The line is free again before anybody reckons how it goes on.
        Ok(passed.with(&own(&self.0, &ticket).await?).into())
    }

    /// Doesn't wait any more.
    #[oai(path = "/:token/leave", method = "post", operation_id = "leave_queue")]
    async fn leave(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let ticket = queue::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&ticket.caller).await?;
        queue::leave_own(&mut tx, &ticket).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}

/// A tablet at the door. Its token is good for these two operations, at its own location.
#[derive(Debug)]
pub struct KioskApi(pub App);

#[OpenApi(prefix_path = "/v1/kiosk", tag = "Tags::Public")]
impl KioskApi {
    /// The queue where the tablet stands.
    #[oai(path = "/:token", method = "get", operation_id = "read_kiosk")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the tablet's address
        token: Path<String>,
    ) -> Result<Json<PublicQueueView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let door = queue::open_kiosk(&self.0.db, &token.0, who.request).await?;
        let at = Some(door.location);
        Ok(Json(front(&self.0, &door.caller, at, (Vec::new(), None)).await?.queue))
    }

    /// Somebody joins at the tablet.
    #[oai(path = "/:token/entries", method = "post", operation_id = "join_at_kiosk")]
    async fn join(
        &self,
        who: Visitor,
        /// The last part of the tablet's address
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<KioskPartyInput>,
    ) -> Result<Created<TicketView>, ApiError> {
        // Everybody who comes in uses the same one: its address says nothing about them.
        self.0.limits.public(&who.request).await?;
        let door = queue::open_kiosk(&self.0.db, &token.0, who.request).await?;
        let ways = NewAsk { phone: body.phone.clone(), ..NewAsk::default() }.ways();
        self.0.limits.contacts(door.caller.tenant(), &ways).await?;
        let new = door.party(body.to_domain());
        let quote = self.0.foresee(&door.caller, &new, queue::Source::Kiosk).await?;
        let join =
            async |tx: &mut TenantTx| Ok(ticket(queue::join_at(tx, &door, &new, quote).await?));
        self.0.once(&door.caller, once.held_by(&token.0), &body.0, join).await
    }
}
