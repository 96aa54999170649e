use openchair_domain::authz::perm;
use openchair_domain::ids::Location;
use openchair_domain::locations;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::dto::{LocationDayHours, LocationDayView};
use crate::app::App;
use crate::auth::Can;
use crate::hours::day as stretches;
use crate::ids::Ref;
use crate::input::{Day, Input};
use crate::listing::Listed;
use crate::openapi::{NoContent, Tags};
use crate::page::Page;
use crate::problem::ApiError;

/// The operations on days with hours of their own.
#[derive(Debug)]
pub struct LocationDaysApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Locations")]
impl LocationDaysApi {
    /// The days with hours of their own, the earliest first: those of the coming year, or of another
    /// time up to a year.
    #[oai(path = "/locations/:id/days", method = "get", operation_id = "list_location_days")]
    async fn list(
        &self,
        who: Can<perm::ReadLocations>,
        id: Path<Ref<Location>>,
        from: Query<Option<Day>>,
        to: Query<Option<Day>>,
    ) -> Result<Listed<LocationDayView>, ApiError> {
        let (from, to) = (from.0.map(|day| day.0), to.0.map(|day| day.0));
        let tx = self.0.db.tenant(&who).await?;
        let days = locations::list_days(&tx, id.0.0, from, to).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(days).map(LocationDayView::from)))
    }

    /// Says when the door is open on one day, whatever the week says.
    #[oai(path = "/locations/:id/days/:day", method = "put", operation_id = "put_location_day")]
    async fn put(
        &self,
        who: Can<perm::UpdateLocation>,
        id: Path<Ref<Location>>,
        day: Path<Day>,
        body: Input<LocationDayHours>,
    ) -> Result<Json<LocationDayView>, ApiError> {
        let windows = stretches(&body.windows);
        let mut tx = self.0.db.tenant(&who).await?;
        let day = locations::put_day(&mut tx, id.0.0, day.0.0, &windows).await?;
        tx.commit().await?;
        Ok(Json(day.into()))
    }

    /// On this day, the week's hours hold again.
    #[oai(
        path = "/locations/:id/days/:day",
        method = "delete",
        operation_id = "clear_location_day"
    )]
    async fn clear(
        &self,
        who: Can<perm::UpdateLocation>,
        id: Path<Ref<Location>>,
        day: Path<Day>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        locations::clear_day(&mut tx, id.0.0, day.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
