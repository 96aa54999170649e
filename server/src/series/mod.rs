//! Visits that come again, over HTTP.

mod answer;
mod dto;

use async_trait::async_trait;
use openchair_domain::authz::perm;
use openchair_domain::ids::{Id, Series};
use openchair_domain::series;
use openchair_domain::tenancy::TenantTx;
use openchair_domain::time::Instant;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::bookings::Attempt;
use crate::ids::Ref;
use crate::input::Input;
use crate::once::IdempotencyKey;
use crate::openapi::Tags;
use crate::problem::ApiError;

use answer::PreviewedOrMade;
use dto::{NewSeriesInput, SeriesCancelInput, SeriesMoveInput, SeriesView};
pub(crate) use dto::{RepeatInput, RepeatedView, SeriesPreviewView};

/// The operations on series.
#[derive(Debug)]
pub struct SeriesApi(pub App);

struct Preview(series::NewSeries);

#[async_trait]
impl Attempt for Preview {
    type View = SeriesPreviewView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<SeriesPreviewView, ApiError> {
        let (shop, occurrences) = series::preview(tx, &self.0).await?;
        Ok(SeriesPreviewView::of(&shop, occurrences))
    }
}

struct Make {
    new: series::NewSeries,
    url: String,
}

#[async_trait]
impl Attempt for Make {
    type View = SeriesView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<SeriesView, ApiError> {
        let made = series::create(tx, &self.new, &self.url).await?;
        Ok(SeriesView::of(made, tx.caller()))
    }
}

struct MoveLater {
    id: Id<Series>,
    from: (i16, i64),
    start: Instant,
    url: String,
}

#[async_trait]
impl Attempt for MoveLater {
    type View = SeriesView;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<SeriesView, ApiError> {
        let moved = series::relocate(tx, self.id, self.from, self.start, &self.url).await?;
        Ok(SeriesView::of(moved, tx.caller()))
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Bookings")]
impl SeriesApi {
    /// Books visits that come again at the same time of the clock, all of them or none: with
    /// `preview` it writes nothing and says of each whether it can be had. Otherwise, if one can't that
    /// is neither skipped nor shifted, it refuses with `series_conflicts` and the times near each. A
    /// customer with an address gets one mail with the links to all of them.
    #[oai(path = "/series", method = "post", operation_id = "create_series")]
    async fn create(
        &self,
        who: Can<perm::CreateBooking>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewSeriesInput>,
    ) -> Result<PreviewedOrMade, ApiError> {
        let new = body.to_domain();
        if body.preview {
            let view = self.0.rebooking(&who, &Preview(new)).await?;
            return Ok(PreviewedOrMade::Previewed(Json(view)));
        }
        let made = self
            .0
            .booking(&who, once, &body.0, &Make { new, url: self.0.public_url.clone() })
            .await?;
        Ok(PreviewedOrMade::Made(made))
    }

    /// A series and its visits; without the right to see all, one's own of them.
    #[oai(path = "/series/:id", method = "get", operation_id = "read_series")]
    async fn read(
        &self,
        who: Can<perm::ReadOwnBookings>,
        id: Path<Ref<Series>>,
    ) -> Result<Json<SeriesView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = series::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(SeriesView::of(found, &who)))
    }

    /// Calls a visit off and all later ones that are still open.
    #[oai(path = "/series/:id/cancel", method = "post", operation_id = "cancel_series")]
    async fn cancel(
        &self,
        who: Can<perm::CancelBooking>,
        id: Path<Ref<Series>>,
        body: Input<SeriesCancelInput>,
    ) -> Result<Json<SeriesView>, ApiError> {
        let from = (body.from_place, body.version);
        let url = &self.0.public_url;
        let mut tx = self.0.db.tenant(&who).await?;
        let reason = body.reason.as_deref();
        let found = series::cancel(&mut tx, id.0.0, from, reason, url).await?;
        tx.commit().await?;
        Ok(Json(SeriesView::of(found, &who)))
    }

    /// Moves a visit and all later open ones by as much on the clock, all of them or none:
    /// `series_conflicts` lists what stands in the way.
    #[oai(path = "/series/:id/move", method = "post", operation_id = "move_series")]
    async fn relocate(
        &self,
        who: Can<perm::MoveBooking>,
        id: Path<Ref<Series>>,
        body: Input<SeriesMoveInput>,
    ) -> Result<Json<SeriesView>, ApiError> {
        let from = (body.from_place, body.version);
        let url = self.0.public_url.clone();
        let put = MoveLater { id: id.0.0, from, start: body.start, url };
        Ok(Json(self.0.rebooking(&who, &put).await?))
    }
}
