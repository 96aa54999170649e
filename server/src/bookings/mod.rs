//! Visits over HTTP, for staff.

mod attempts;
mod dto;
mod input;
mod risk;
mod search;
mod unfilled;

use async_trait::async_trait;
use openchair_domain::authz::perm;
use openchair_domain::bookings::{self, Deed, Filter, Status};
use openchair_domain::ids::{Appointment, Customer, Id, Location, StaffMember};
use openchair_domain::tenancy::{Caller, TenantTx};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::input::{Input, Moment};
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

pub(crate) use attempts::Attempt;
pub(crate) use dto::{
    ExplainedView, FirstView, SlotView, SlotsView, SoldExtraView, VisitView, WantedInput,
    WantedQuery,
};
pub(crate) use input::WhomInput;
pub use search::AvailabilityApi;

use dto::{VisitEventView, VisitHistoryView, VisitLinkView};
use input::{CancelInput, DeclineInput, MoveInput, NewAppointment, NotesInput, SeenInput};
use unfilled::{UnfilledView, UnfilledViews};

/// The operations on visits.
#[derive(Debug)]
pub struct BookingsApi(pub App);

fn versioned(visit: bookings::VisitFacts, to: &Caller) -> Versioned<VisitView> {
    Versioned::new(visit.version.into(), VisitView::of(visit, to))
}

struct Book {
    new: bookings::NewBooking,
    url: String,
}

#[async_trait]
impl Attempt for Book {
    type View = VisitView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<VisitView, ApiError> {
        let visit = bookings::book(tx, &self.new, &self.url).await?;
        Ok(VisitView::of(visit, tx.caller()))
    }
}

struct Relocate {
    id: Id<Appointment>,
    version: i64,
    to: bookings::NewTime,
    url: String,
}

#[async_trait]
impl Attempt for Relocate {
    type View = bookings::VisitFacts;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<bookings::VisitFacts, ApiError> {
        Ok(bookings::relocate(tx, self.id, self.version, &self.to, &self.url).await?)
    }
}

impl BookingsApi {
    async fn act(
        &self,
        who: &Caller,
        id: Id<Appointment>,
        version: i64,
        deed: Deed,
        reason: Option<String>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        let mut tx = self.0.db.tenant(who).await?;
        let url = &self.0.public_url;
        let visit = bookings::act(&mut tx, id, version, deed, reason, url).await?;
        tx.commit().await?;
        Ok(versioned(visit, who))
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Bookings")]
impl BookingsApi {
    /// Visits by their beginning; without the right to see all, one's own. What was never taken up is
    /// only shown to who asks for `status=expired`.
    #[oai(path = "/appointments", method = "get", operation_id = "list_appointments")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list(
        &self,
        who: Can<perm::ReadOwnBookings>,
        location: Query<Option<Ref<Location>>>,
        /// Ending after this
        from: Query<Option<Moment>>,
        /// Beginning before this
        to: Query<Option<Moment>>,
        staff: Query<Option<Ref<StaffMember>>>,
        customer: Query<Option<Ref<Customer>>>,
        status: Query<Option<String>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<VisitView>, ApiError> {
        let filter = Filter {
            location: location.0.map(|location| location.0),
            from: from.0.map(|moment| moment.0),
            to: to.0.map(|moment| moment.0),
            staff: staff.0.map(|staff| staff.0),
            customer: customer.0.map(|customer| customer.0),
            status: Status::read(status.0.as_deref())?,
        };
        let tx = self.0.db.tenant(&who).await?;
        bookings::are_there(&tx, filter.location, filter.staff, filter.customer).await?;
        let found = bookings::list(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, |visit| VisitView::of(visit, &who)))
    }

    /// The forms of visits that their customers haven't filled in and the texts that they haven't agreed
    /// to: those of visits that staff made, as a rule. What was filled in before is good for later visits.
    /// Without the right to see all visits, one's own.
    #[oai(path = "/appointments/unfilled", method = "get", operation_id = "list_unfilled_forms")]
    async fn unfilled(
        &self,
        who: Can<perm::ReadOwnBookings>,
        location: Query<Option<Ref<Location>>>,
        /// Of visits that end after this
        from: Query<Moment>,
        /// And begin before this
        to: Query<Moment>,
    ) -> Result<Json<UnfilledViews>, ApiError> {
        let location = location.0.map(|location| location.0);
        let tx = self.0.db.tenant(&who).await?;
        bookings::are_there(&tx, location, None, None).await?;
        let found = bookings::unfilled(&tx, location, (from.0.0, to.0.0)).await?;
        tx.commit().await?;
        Ok(Json(UnfilledViews { items: found.into_iter().map(UnfilledView::from).collect() }))
    }

    /// Books a visit. Takes staff and rooms for all of it or refuses with `slot_taken` and the nearest
    /// times. A customer with an address gets a mail with the link to it. What is for members only is
    /// refused with `members_only` to who isn't one on the day of the visit; members pay what their
    /// membership says.
    #[oai(path = "/appointments", method = "post", operation_id = "create_appointment")]
    async fn create(
        &self,
        who: Can<perm::CreateBooking>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewAppointment>,
    ) -> Result<Created<VisitView>, ApiError> {
        let book = Book { new: body.0.to_domain(), url: self.0.public_url.clone() };
        self.0.booking(&who, once, &body.0, &book).await
    }

    /// One visit.
    #[oai(path = "/appointments/:id", method = "get", operation_id = "read_appointment")]
    async fn read(
        &self,
        who: Can<perm::ReadOwnBookings>,
        id: Path<Ref<Appointment>>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let visit = bookings::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(visit, &who))
    }

    /// A visit's life: who did what, when and why.
    #[oai(
        path = "/appointments/:id/history",
        method = "get",
        operation_id = "read_appointment_history"
    )]
    async fn history(
        &self,
        who: Can<perm::ReadOwnBookings>,
        id: Path<Ref<Appointment>>,
    ) -> Result<Json<VisitHistoryView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = bookings::history(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(VisitHistoryView { items: found.into_iter().map(VisitEventView::from).collect() }))
    }

    /// Changes what is written on a visit.
    #[oai(path = "/appointments/:id/notes", method = "put", operation_id = "annotate_appointment")]
    async fn annotate(
        &self,
        who: Can<perm::UpdateBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<NotesInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        let NotesInput { version, note, staff_note } = body.0;
        let notes = bookings::Notes { note, staff_note };
        let mut tx = self.0.db.tenant(&who).await?;
        let visit = bookings::annotate(&mut tx, id.0.0, version, &notes).await?;
        tx.commit().await?;
        Ok(versioned(visit, &who))
    }

    /// Moves a visit to another time, other staff or another room. It keeps its id and its price. An
    /// old version is answered 409 `stale_version` with what changed since.
    #[oai(path = "/appointments/:id/move", method = "post", operation_id = "move_appointment")]
    async fn relocate(
        &self,
        who: Can<perm::MoveBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<MoveInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        let (to, version) = (body.0.to_domain(), body.0.version());
        let url = self.0.public_url.clone();
        let put = Relocate { id: id.0.0, version, to, url };
        Ok(versioned(self.0.rebooking(&who, &put).await?, &who))
    }

    /// Gives a visit a new link for its customer, and mails it where there is an address. Who may move
    /// visits and call them off is told it, too. The link before leads nowhere any more.
    #[oai(path = "/appointments/:id/link", method = "post", operation_id = "send_appointment_link")]
    async fn link(
        &self,
        who: Can<perm::UpdateBooking>,
        id: Path<Ref<Appointment>>,
    ) -> Result<Json<VisitLinkView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let link = bookings::send(&mut tx, id.0.0, &self.0.public_url).await?;
        tx.commit().await?;
        Ok(Json(VisitLinkView { link: link.map(|link| link.text().to_owned()) }))
    }

    /// Calls a visit off.
    #[oai(path = "/appointments/:id/cancel", method = "post", operation_id = "cancel_appointment")]
    async fn cancel(
        &self,
        who: Can<perm::CancelBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<CancelInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        let CancelInput { version, reason, with_fee } = body.0;
        self.act(&who, id.0.0, version, Deed::Cancel { with_fee }, reason).await
    }

    /// Says yes to a visit that waits for approval. With a deposit due, it waits for that then.
    #[oai(
        path = "/appointments/:id/confirm",
        method = "post",
        operation_id = "confirm_appointment"
    )]
    async fn confirm(
        &self,
        who: Can<perm::ConfirmBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::Approve, None).await
    }

    /// Says no to a visit that waits for approval.
    #[oai(
        path = "/appointments/:id/decline",
        method = "post",
        operation_id = "decline_appointment"
    )]
    async fn decline(
        &self,
        who: Can<perm::ConfirmBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<DeclineInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::Decline, body.0.reason).await
    }

    /// The deposit of a visit was paid at the desk.
    #[oai(path = "/appointments/:id/paid", method = "post", operation_id = "settle_appointment")]
    async fn paid(
        &self,
        who: Can<perm::TakePayment>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::Pay, None).await
    }

    /// The customer is there.
    #[oai(
        path = "/appointments/:id/check-in",
        method = "post",
        operation_id = "check_in_appointment"
    )]
    async fn check_in(
        &self,
        who: Can<perm::CheckInBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::CheckIn, None).await
    }

    /// The visit begins.
    #[oai(path = "/appointments/:id/start", method = "post", operation_id = "start_appointment")]
    async fn begin(
        &self,
        who: Can<perm::CompleteBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::Start, None).await
    }

    /// The visit is over.
    #[oai(
        path = "/appointments/:id/complete",
        method = "post",
        operation_id = "complete_appointment"
    )]
    async fn complete(
        &self,
        who: Can<perm::CompleteBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::Complete, None).await
    }

    /// Nobody came.
    #[oai(path = "/appointments/:id/no-show", method = "post", operation_id = "miss_appointment")]
    async fn no_show(
        &self,
        who: Can<perm::NoShowBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::MissOut, None).await
    }

    /// The last step (checked in, started, completed, no-show) was a mistake.
    #[oai(
        path = "/appointments/:id/step-back",
        method = "post",
        operation_id = "step_back_appointment"
    )]
    async fn step_back(
        &self,
        who: Can<perm::CheckInBooking>,
        id: Path<Ref<Appointment>>,
        body: Input<SeenInput>,
    ) -> Result<Versioned<VisitView>, ApiError> {
        self.act(&who, id.0.0, body.0.version, Deed::StepBack, None).await
    }
}
