//! Staff over HTTP.

mod dto;
mod time;

use openchair_domain::authz::perm;
use openchair_domain::ids::StaffMember;
use openchair_domain::staff;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;

use dto::{NewStaff, StaffChange, StaffOrder, StaffSkills, StaffView, versioned};

pub(crate) use dto::{LocationWeek, NewSkill};
pub(crate) use time::NewTimeOff;
pub use time::StaffTimeApi;

/// The operations on staff.
#[derive(Debug)]
pub struct StaffApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Staff")]
impl StaffApi {
    /// The staff, in the shop's order; or those who were taken off the calendar.
    #[oai(path = "/staff", method = "get", operation_id = "list_staff")]
    async fn list(
        &self,
        who: Can<perm::ReadStaff>,
        archived: Query<Option<bool>>,
    ) -> Result<Listed<StaffView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = staff::list(&tx, archived.0.unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(StaffView::from)))
    }

    /// Adds somebody to the staff, if the plan has room for them. They serve nobody until they have
    /// skills and hours.
    #[oai(path = "/staff", method = "post", operation_id = "create_staff")]
    async fn create(
        &self,
        who: Can<perm::CreateStaff>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewStaff>,
    ) -> Result<Created<StaffView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| Ok(staff::create(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Says in which order the shop lists its staff.
    #[oai(path = "/staff/order", method = "put", operation_id = "order_staff")]
    async fn reorder(
        &self,
        who: Can<perm::UpdateStaff>,
        body: Input<StaffOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        staff::reorder(&mut tx, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// One of the staff, with skills and week.
    #[oai(path = "/staff/:id", method = "get", operation_id = "read_staff")]
    async fn read(
        &self,
        who: Can<perm::ReadStaff>,
        id: Path<Ref<StaffMember>>,
    ) -> Result<Versioned<StaffView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let staff = staff::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(staff))
    }

    /// Changes who somebody is.
    #[oai(path = "/staff/:id", method = "patch", operation_id = "update_staff")]
    async fn update(
        &self,
        who: Can<perm::UpdateStaff>,
        id: Path<Ref<StaffMember>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<StaffChange>,
    ) -> Result<Versioned<StaffView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let staff = staff::update(&mut tx, id.0.0, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(staff))
    }

    /// Deletes somebody who never had a visit, or takes them off the calendar.
    #[oai(path = "/staff/:id", method = "delete", operation_id = "remove_staff")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveStaff>,
        id: Path<Ref<StaffMember>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let removal = staff::remove(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(removal.into()))
    }

    /// Brings somebody back onto the calendar, behind the others, if the plan has room for them.
    #[oai(path = "/staff/:id/restore", method = "post", operation_id = "restore_staff")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveStaff>,
        id: Path<Ref<StaffMember>>,
    ) -> Result<Versioned<StaffView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let staff = staff::restore(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(staff))
    }

    /// Says what somebody can do, and how long and dear it is with them: all of it.
    #[oai(path = "/staff/:id/skills", method = "put", operation_id = "put_staff_skills")]
    async fn put_skills(
        &self,
        who: Can<perm::UpdateStaff>,
        id: Path<Ref<StaffMember>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<StaffSkills>,
    ) -> Result<Versioned<StaffView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let staff = staff::put_skills(&mut tx, id.0.0, seen.0, &body.to_domain()).await?;
        tx.commit().await?;
        Ok(versioned(staff))
    }
}
