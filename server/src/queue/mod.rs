//! The walk-in queue over HTTP, for staff.

pub(crate) mod dto;
mod input;
mod kiosks;

use async_trait::async_trait;
use openchair_domain::authz::perm;
use openchair_domain::bookings::BookingError;
use openchair_domain::ids::{Id, Location, QueueEntry};
use openchair_domain::queue;
use openchair_domain::tenancy::{Caller, TenantTx};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::bookings::{Attempt, VisitView};
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::{Day, Input};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::problem::ApiError;

pub(crate) use dto::{
    BoardView, QueueEntryView, QueueServiceView, QueueSettingsView, QueueState, QueueWaitView,
};
pub(crate) use input::{JoinQueueInput, KioskPartyInput};
pub use kiosks::KiosksApi;

use dto::{
    QueueAccuracyView, QueueConvertedView, QueueDayView, QueueEventView, QueueHistoryView,
    QueueJoinedView, versioned,
};
use input::{
    CallNextInput, DeskPartyInput, QueueChange, QueueConvertInput, QueueEntryChange,
    QueueHandsInput, QueueLeaveInput, QueueMoveInput, QueueSeenInput,
};

/// The operations on the queue.
#[derive(Debug)]
pub struct QueueApi(pub App);

struct Convert {
    id: Id<QueueEntry>,
    version: i64,
    new: queue::Conversion,
    url: String,
}

#[async_trait]
impl Attempt for Convert {
    type View = QueueConvertedView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<QueueConvertedView, ApiError> {
        let version = Some(self.version);
        let (entry, visit) = queue::convert(tx, self.id, version, &self.new, &self.url).await?;
        Ok(QueueConvertedView {
            entry: QueueEntryView::of(entry, tx.caller()),
            appointment: VisitView::of(visit, tx.caller()),
        })
    }
}

fn entry(entry: queue::EntryFacts, to: &Caller) -> Versioned<QueueEntryView> {
    Versioned::new(entry.version.into(), QueueEntryView::of(entry, to))
}

impl App {
    /// What somebody is told who is about to join, found out before anything is held.
    pub(crate) async fn foresee(
        &self,
        who: &Caller,
        new: &queue::NewParty,
        source: queue::Source,
    ) -> Result<Option<queue::Quote>, ApiError> {
        let tx = self.db.picture(who).await?;
        Ok(queue::foresee(tx, new, source).await?)
    }
}

impl QueueApi {
    /// Does something to an entry, and shows what came of it.
    async fn press(
        &self,
        who: &Caller,
        deed: impl AsyncFnOnce(&mut TenantTx) -> Result<queue::EntryFacts, BookingError>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let mut tx = self.0.db.tenant(who).await?;
        let now = deed(&mut tx).await?;
        tx.commit().await?;
        Ok(entry(now, who))
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Queue")]
impl QueueApi {
    /// A location's queue: who waits, who is called, who is being served, and what ended today.
    #[oai(path = "/queue", method = "get", operation_id = "read_queue")]
    async fn board(
        &self,
        who: Can<perm::ReadQueue>,
        location: Query<Ref<Location>>,
    ) -> Result<Json<BoardView>, ApiError> {
        let tx = self.0.db.picture(&who).await?;
        let board = queue::board(&tx, location.0.0).await?;
        let scene = queue::scene(&tx, location.0.0).await?;
        drop(tx);
        let outlook = scene.outlook().await?;
        Ok(Json(BoardView::of(board, &outlook, &who)))
    }

    /// How a location's queue is kept.
    #[oai(path = "/locations/:id/queue", method = "get", operation_id = "read_queue_settings")]
    async fn settings(
        &self,
        who: Can<perm::ReadQueue>,
        id: Path<Ref<Location>>,
    ) -> Result<Versioned<QueueSettingsView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let settings = queue::settings(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(settings))
    }

    /// Opens or closes a queue, and says how many may wait, for what, and who serves. Who waits goes
    /// on waiting.
    #[oai(path = "/locations/:id/queue", method = "patch", operation_id = "update_queue_settings")]
    async fn update(
        &self,
        who: Can<perm::ManageQueue>,
        id: Path<Ref<Location>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<QueueChange>,
    ) -> Result<Versioned<QueueSettingsView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let settings = queue::update(&mut tx, id.0.0, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(settings))
    }

    /// How right the queue was about its waits, by day.
    #[oai(path = "/queue/accuracy", method = "get", operation_id = "read_queue_accuracy")]
    async fn accuracy(
        &self,
        who: Can<perm::ReadQueue>,
        location: Query<Ref<Location>>,
        /// The first day
        from: Query<Day>,
        /// The last: up to a year
        to: Query<Day>,
    ) -> Result<Json<QueueAccuracyView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let days = queue::accuracy(&tx, location.0.0, (from.0.0, to.0.0)).await?;
        tx.commit().await?;
        Ok(Json(QueueAccuracyView { items: days.into_iter().map(QueueDayView::from).collect() }))
    }

    /// Puts somebody into the queue. Their ticket is in this answer and nowhere else. A telephone that the
    /// desk has put in already waits once: `already_waiting`.
    #[oai(path = "/queue/entries", method = "post", operation_id = "add_to_queue")]
    async fn add(
        &self,
        who: Can<perm::JoinQueue>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<DeskPartyInput>,
    ) -> Result<Created<QueueJoinedView>, ApiError> {
        let new = body.to_domain();
        let source = queue::Source::Desk;
        let quote = self.0.foresee(&who, &new, source).await?;
        let arrival = queue::Arrival { source, quote, from: None };
        let add = async |tx: &mut TenantTx| {
            let queue::Joined { entry, token, .. } = queue::join(tx, &new, arrival).await?;
            Ok(QueueJoinedView::of(entry, &token, tx.caller()))
        };
        self.0.once(&who, once, &body.0, add).await
    }

    /// Shows somebody who waits their ticket again: it is a new one, in this answer and nowhere else,
    /// and the one that they had leads nowhere any more. Who came for a visit has the link of that.
    #[oai(path = "/queue/entries/:id/ticket", method = "post", operation_id = "renew_queue_ticket")]
    async fn renew(
        &self,
        who: Can<perm::JoinQueue>,
        id: Path<Ref<QueueEntry>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<QueueSeenInput>,
    ) -> Result<Created<QueueJoinedView>, ApiError> {
        let renew = async |tx: &mut TenantTx| {
            let (entry, token) = queue::reissue(tx, id.0.0, Some(body.version)).await?;
            Ok(QueueJoinedView::of(entry, &token, tx.caller()))
        };
        self.0.once(&who, once, &body.0, renew).await
    }

    /// One entry.
    #[oai(path = "/queue/entries/:id", method = "get", operation_id = "read_queue_entry")]
    async fn read(
        &self,
        who: Can<perm::ReadQueue>,
        id: Path<Ref<QueueEntry>>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = queue::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(entry(found, &who))
    }

    /// Changes what somebody in the queue wants, and by whom. They keep their place.
    #[oai(path = "/queue/entries/:id/edit", method = "post", operation_id = "edit_queue_entry")]
    async fn edit(
        &self,
        who: Can<perm::JoinQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueEntryChange>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let (version, new) = (Some(body.version), body.0.into());
        let press = async |tx: &mut TenantTx| queue::edit(tx, id.0.0, version, &new).await;
        self.press(&who, press).await
    }

    /// An entry's life: who did what, when and why.
    #[oai(
        path = "/queue/entries/:id/history",
        method = "get",
        operation_id = "read_queue_entry_history"
    )]
    async fn history(
        &self,
        who: Can<perm::ReadQueue>,
        id: Path<Ref<QueueEntry>>,
    ) -> Result<Json<QueueHistoryView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = queue::history(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(QueueHistoryView { items: found.into_iter().map(QueueEventView::from).collect() }))
    }

    /// Calls whoever is next: an appointment whose time has come, then the first in line whom this one
    /// of the staff can serve, who wants nobody else, and who will be done before what they have next.
    /// Without the right to see all visits, one calls for oneself. `nobody_to_call` if nobody waits,
    /// `already_calling` while somebody is called, `nobody_fits` if nobody would be done: with the
    /// first of them, and from when to when there is time.
    #[oai(path = "/queue/call-next", method = "post", operation_id = "call_next_in_queue")]
    async fn call_next(
        &self,
        who: Can<perm::CallQueue>,
        body: Input<CallNextInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let (location, staff) = (body.location.map(|id| id.0), body.staff.map(|id| id.0));
        let press = async |tx: &mut TenantTx| queue::call_next(tx, location, staff).await;
        self.press(&who, press).await
    }

    /// Calls this one, whoever stands before them.
    #[oai(path = "/queue/entries/:id/call", method = "post", operation_id = "call_queue_entry")]
    async fn call(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueHandsInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let (version, staff) = (Some(body.version), body.staff.map(|staff| staff.0));
        let press = async |tx: &mut TenantTx| queue::call(tx, id.0.0, version, staff).await;
        self.press(&who, press).await
    }

    /// Somebody who was called goes back to where they stood.
    #[oai(path = "/queue/entries/:id/return", method = "post", operation_id = "return_queue_entry")]
    async fn give_back(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueSeenInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let press =
            async |tx: &mut TenantTx| queue::give_back(tx, id.0.0, Some(body.version)).await;
        self.press(&who, press).await
    }

    /// It begins. Who came for an appointment has that begin, too, with the hands that it has.
    #[oai(path = "/queue/entries/:id/start", method = "post", operation_id = "start_queue_entry")]
    async fn start(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueHandsInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let (version, staff) = (Some(body.version), body.staff.map(|staff| staff.0));
        let press = async |tx: &mut TenantTx| queue::start(tx, id.0.0, version, staff).await;
        self.press(&who, press).await
    }

    /// It is over. Who came for an appointment has that completed, too.
    #[oai(path = "/queue/entries/:id/finish", method = "post", operation_id = "finish_queue_entry")]
    async fn finish(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueSeenInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let press = async |tx: &mut TenantTx| queue::finish(tx, id.0.0, Some(body.version)).await;
        self.press(&who, press).await
    }

    /// Somebody was called, and nobody came.
    #[oai(path = "/queue/entries/:id/no-show", method = "post", operation_id = "miss_queue_entry")]
    async fn miss(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueSeenInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let press = async |tx: &mut TenantTx| queue::miss(tx, id.0.0, Some(body.version)).await;
        self.press(&who, press).await
    }

    /// The last step (started, finished, no-show, left, expired) was a mistake: who is done is being
    /// served again, all others stand where they stood, with the ticket that they have. For a quarter
    /// of an hour; then `too_late_to_undo`. Who came for an appointment has that stepped back, too.
    #[oai(
        path = "/queue/entries/:id/step-back",
        method = "post",
        operation_id = "step_back_queue_entry"
    )]
    async fn step_back(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueSeenInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let press =
            async |tx: &mut TenantTx| queue::step_back(tx, id.0.0, Some(body.version)).await;
        self.press(&who, press).await
    }

    /// Somebody doesn't wait any more.
    #[oai(path = "/queue/entries/:id/leave", method = "post", operation_id = "remove_from_queue")]
    async fn leave(
        &self,
        who: Can<perm::CallQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueLeaveInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let QueueLeaveInput { version, reason } = body.0;
        let press = async |tx: &mut TenantTx| queue::leave(tx, id.0.0, Some(version), reason).await;
        self.press(&who, press).await
    }

    /// Puts somebody who waits to another place in the line.
    #[oai(path = "/queue/entries/:id/move", method = "post", operation_id = "move_queue_entry")]
    async fn put(
        &self,
        who: Can<perm::ManageQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueMoveInput>,
    ) -> Result<Versioned<QueueEntryView>, ApiError> {
        let place = body.place()?;
        let press =
            async |tx: &mut TenantTx| queue::put(tx, id.0.0, Some(body.version), place).await;
        self.press(&who, press).await
    }

    /// Gives somebody who waits an appointment instead, with a customer's record. Where its time can't
    /// be had it is refused like any booking, and nothing changes.
    #[oai(
        path = "/queue/entries/:id/convert",
        method = "post",
        operation_id = "convert_queue_entry"
    )]
    async fn convert(
        &self,
        who: Can<perm::ConvertQueue>,
        id: Path<Ref<QueueEntry>>,
        body: Input<QueueConvertInput>,
    ) -> Result<Json<QueueConvertedView>, ApiError> {
        let (new, version) = (body.to_domain(), body.version);
        let url = self.0.public_url.clone();
        let convert = Convert { id: id.0.0, version, new, url };
        Ok(Json(self.0.rebooking(&who, &convert).await?))
    }
}
