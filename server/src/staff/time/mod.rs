//! When staff work, and when they are away. Everybody may change their own; whoever may change staff
//! changes anybody's.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Location, StaffMember, TimeOff};
use openchair_domain::staff;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::dto::{StaffHours, StaffView, versioned};
use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::hours::day as stretches;
use crate::ids::Ref;
use crate::input::{Day, Input, Moment};
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::{Limit, Page};
use crate::problem::ApiError;

pub(crate) use dto::NewTimeOff;
use dto::{StaffDayHours, StaffDayView, TimeOffView};

/// The operations on working hours and time off.
#[derive(Debug)]
pub struct StaffTimeApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Staff")]
impl StaffTimeApi {
    /// Says when somebody works and pauses, at every location: all of it. One's own, or anybody's with
    /// `staff:update`.
    #[oai(path = "/staff/:id/hours", method = "put", operation_id = "put_staff_hours")]
    async fn put_hours(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<StaffHours>,
    ) -> Result<Versioned<StaffView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let staff = staff::put_hours(&mut tx, id.0.0, seen.0, &body.to_domain()).await?;
        tx.commit().await?;
        Ok(versioned(staff))
    }

    /// The days with hours of their own, the earliest first: those of the coming year, or of another
    /// time up to a year.
    #[oai(path = "/staff/:id/days", method = "get", operation_id = "list_staff_days")]
    async fn list_days(
        &self,
        who: Can<perm::ReadStaff>,
        id: Path<Ref<StaffMember>>,
        from: Query<Option<Day>>,
        to: Query<Option<Day>>,
    ) -> Result<Listed<StaffDayView>, ApiError> {
        let (from, to) = (from.0.map(|day| day.0), to.0.map(|day| day.0));
        let tx = self.0.db.tenant(&who).await?;
        let days = staff::list_days(&tx, id.0.0, from, to).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(days).map(StaffDayView::from)))
    }

    /// Says when somebody works at a location on one day, whatever their week says. One's own, or
    /// anybody's with `staff:update`.
    #[oai(path = "/staff/:id/days/:day", method = "put", operation_id = "put_staff_day")]
    async fn put_day(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        day: Path<Day>,
        body: Input<StaffDayHours>,
    ) -> Result<Json<StaffDayView>, ApiError> {
        let (at, windows) = (body.location_id.0, stretches(&body.windows));
        let mut tx = self.0.db.tenant(&who).await?;
        let day = staff::put_day(&mut tx, id.0.0, at, day.0.0, &windows).await?;
        tx.commit().await?;
        Ok(Json(day.into()))
    }

    /// On this day, somebody's week holds again at a location. One's own, or anybody's with
    /// `staff:update`.
    #[oai(path = "/staff/:id/days/:day", method = "delete", operation_id = "clear_staff_day")]
    async fn clear_day(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        day: Path<Day>,
        location: Query<Ref<Location>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        staff::clear_day(&mut tx, id.0.0, location.0.0, day.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// When somebody is away from now on. Why is told to them, and to whoever may change staff.
    #[oai(path = "/staff/:id/time-off", method = "get", operation_id = "list_time_off")]
    async fn list_time_off(
        &self,
        who: Can<perm::ReadStaff>,
        id: Path<Ref<StaffMember>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
        /// Without what was over by then, instead of what is over now
        from: Query<Option<Moment>>,
    ) -> Result<Listed<TimeOffView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let from = from.0.map(|moment| moment.0);
        let found = staff::list_time_off(&tx, id.0.0, window, from).await?;
        tx.commit().await?;
        Ok(listed(found, TimeOffView::from))
    }

    /// Says when somebody is away, wherever they work. One's own, or anybody's with `staff:update`.
    #[oai(path = "/staff/:id/time-off", method = "post", operation_id = "add_time_off")]
    async fn add_time_off(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewTimeOff>,
    ) -> Result<Created<TimeOffView>, ApiError> {
        let (id, new) = (id.0.0, body.0.to_domain());
        let make = async |tx: &mut TenantTx| Ok(staff::add_time_off(tx, id, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Takes time off back. One's own, or anybody's with `staff:update`.
    #[oai(
        path = "/staff/:id/time-off/:time_off",
        method = "delete",
        operation_id = "remove_time_off"
    )]
    async fn remove_time_off(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        time_off: Path<Ref<TimeOff>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        staff::remove_time_off(&mut tx, id.0.0, time_off.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
