//! Locations over HTTP.

mod closures;
mod days;
mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::Location;
use openchair_domain::locations;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;
use crate::removal::RemovalView;

use dto::{LocationChange, LocationView, NewLocation, versioned};

pub use closures::ClosuresApi;
pub use days::LocationDaysApi;

pub(crate) use crate::hours::OpeningHours;
pub(crate) use dto::{LocationDayView, NewClosure};

/// The operations on locations.
#[derive(Debug)]
pub struct LocationsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Locations")]
impl LocationsApi {
    /// The business's locations, the oldest first; or those that were closed for good.
    #[oai(path = "/locations", method = "get", operation_id = "list_locations")]
    async fn list(
        &self,
        who: Can<perm::ReadLocations>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
        archived: Query<Option<bool>>,
    ) -> Result<Listed<LocationView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let window = window(limit.0, cursor.0.as_deref())?;
        let found = locations::list(&tx, window, archived.0.unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(listed(found, LocationView::from))
    }

    /// Opens a location, if the plan has room for it.
    #[oai(path = "/locations", method = "post", operation_id = "create_location")]
    async fn create(
        &self,
        who: Can<perm::CreateLocation>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewLocation>,
    ) -> Result<Created<LocationView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| Ok(locations::create(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One location.
    #[oai(path = "/locations/:id", method = "get", operation_id = "read_location")]
    async fn read(
        &self,
        who: Can<perm::ReadLocations>,
        id: Path<Ref<Location>>,
    ) -> Result<Versioned<LocationView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let location = locations::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(location))
    }

    /// Changes a location. Hours are replaced whole.
    #[oai(path = "/locations/:id", method = "patch", operation_id = "update_location")]
    async fn update(
        &self,
        who: Can<perm::UpdateLocation>,
        id: Path<Ref<Location>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<LocationChange>,
    ) -> Result<Versioned<LocationView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let location = locations::update(&mut tx, id.0.0, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(location))
    }

    /// Closes a location for good; its visits stay. A business keeps at least one.
    #[oai(path = "/locations/:id", method = "delete", operation_id = "archive_location")]
    async fn archive(
        &self,
        who: Can<perm::ArchiveLocation>,
        id: Path<Ref<Location>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let removal = locations::archive(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(removal.into()))
    }

    /// Opens a location again that was closed for good, if the plan has room for it.
    #[oai(path = "/locations/:id/restore", method = "post", operation_id = "restore_location")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveLocation>,
        id: Path<Ref<Location>>,
    ) -> Result<Versioned<LocationView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let location = locations::restore(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(location))
    }
}
