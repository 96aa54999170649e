//! Over HTTP: what a change would do to the coming visits, before it is saved.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Location, Room, Service, StaffMember};
use openchair_domain::impact;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::locations::NewClosure;
use crate::openapi::Tags;
use crate::policies::PolicyChange;
use crate::problem::ApiError;

use dto::{ImpactView, LocationImpact, RoomImpact, StaffImpact};

/// The operations that look ahead. Each takes what would be saved and writes nothing.
#[derive(Debug)]
pub struct ImpactApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Bookings")]
impl ImpactApi {
    /// Lists the visits that would no longer fit if a location's hours, its zone or one day changed, or
    /// if it were closed. Nothing is saved: move the visits with `move_appointment` to the times that
    /// are offered, before or after saving the change.
    #[oai(path = "/locations/:id/impact", method = "post", operation_id = "preview_location")]
    async fn location(
        &self,
        who: Can<perm::UpdateLocation>,
        id: Path<Ref<Location>>,
        body: Input<LocationImpact>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let wish = body.to_domain();
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_location(&tx, id.0.0, &wish).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }

    /// Lists the visits that would no longer fit if a location, or the whole business, were closed for
    /// some days. Nothing is saved: move the visits with `move_appointment` to the times that are
    /// offered, before or after saving the closure.
    #[oai(path = "/closures/impact", method = "post", operation_id = "preview_closure")]
    async fn closure(
        &self,
        who: Can<perm::UpdateLocation>,
        body: Input<NewClosure>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let new = body.to_domain();
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_closure(&tx, &new).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }

    /// Lists the visits that would no longer fit if somebody worked otherwise, were away, could do other
    /// things, or left. One's own hours, day and time off, or anything of anybody's with
    /// `staff:update`. Nothing is saved: move the visits with `move_appointment` to the times that are
    /// offered, before or after saving the change.
    #[oai(path = "/staff/:id/impact", method = "post", operation_id = "preview_staff")]
    async fn staff(
        &self,
        who: Can<perm::UpdateOwnHours>,
        id: Path<Ref<StaffMember>>,
        body: Input<StaffImpact>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let wish = body.to_domain();
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_staff(&tx, id.0.0, &wish).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }

    /// Lists the visits that would no longer fit if a room had other places and features, or were out
    /// of use. Nothing is saved: move the visits with `move_appointment` to the times and rooms that
    /// are offered, before or after saving the change.
    #[oai(path = "/rooms/:id/impact", method = "post", operation_id = "preview_room")]
    async fn room(
        &self,
        who: Can<perm::UpdateRoom>,
        id: Path<Ref<Room>>,
        body: Input<RoomImpact>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let wish = body.to_domain();
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_room(&tx, id.0.0, &wish).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }

    /// Lists the coming visits of a service that is about to be archived. They stay, but nobody can move
    /// them any more.
    #[oai(path = "/services/:service/impact", method = "post", operation_id = "preview_service")]
    async fn service(
        &self,
        who: Can<perm::ArchiveService>,
        service: Path<Ref<Service>>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_service(&tx, service.0.0).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }

    /// Lists the visits that begin where other booking rules would have no start: between the steps, or
    /// further ahead than one could book. Nothing is saved, and what is booked stays as it is: move the
    /// visits with `move_appointment` to the times that are offered, or leave them.
    #[oai(path = "/booking-policy/impact", method = "post", operation_id = "preview_policy")]
    async fn policy(
        &self,
        who: Can<perm::UpdatePolicy>,
        body: Input<PolicyChange>,
    ) -> Result<Json<ImpactView>, ApiError> {
        let wish = body.0.into();
        let tx = self.0.db.tenant(&who).await?;
        let impact = impact::of_policy(&tx, &wish).await?;
        tx.commit().await?;
        Ok(Json(ImpactView::of(impact, &who)))
    }
}
