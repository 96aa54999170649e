//! Rooms over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Location, Room};
use openchair_domain::rooms;
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

use dto::{NewRoom, RoomChange, RoomOrder, RoomView, versioned};
pub(crate) use dto::{RoomFeature, features};

/// The operations on rooms.
#[derive(Debug)]
pub struct RoomsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Rooms")]
impl RoomsApi {
    /// The rooms, in the order in which they are taken; or those that are out of use.
    #[oai(path = "/rooms", method = "get", operation_id = "list_rooms")]
    async fn list(
        &self,
        who: Can<perm::ReadRooms>,
        /// Of one location
        location: Query<Option<Ref<Location>>>,
        archived: Query<Option<bool>>,
    ) -> Result<Listed<RoomView>, ApiError> {
        let (location, archived) = (location.0.map(|id| id.0), archived.0.unwrap_or_default());
        let tx = self.0.db.tenant(&who).await?;
        let found = rooms::list(&tx, location, archived).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(RoomView::from)))
    }

    /// Adds a room to a location, behind the others.
    #[oai(path = "/rooms", method = "post", operation_id = "create_room")]
    async fn create(
        &self,
        who: Can<perm::CreateRoom>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewRoom>,
    ) -> Result<Created<RoomView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| Ok(rooms::create(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One room.
    #[oai(path = "/rooms/:id", method = "get", operation_id = "read_room")]
    async fn read(
        &self,
        who: Can<perm::ReadRooms>,
        id: Path<Ref<Room>>,
    ) -> Result<Versioned<RoomView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let room = rooms::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(room))
    }

    /// Changes a room. Features are replaced whole.
    #[oai(path = "/rooms/:id", method = "patch", operation_id = "update_room")]
    async fn update(
        &self,
        who: Can<perm::UpdateRoom>,
        id: Path<Ref<Room>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<RoomChange>,
    ) -> Result<Versioned<RoomView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let room = rooms::update(&mut tx, id.0.0, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(room))
    }

    /// Deletes a room that was never used, or takes it out of use.
    #[oai(path = "/rooms/:id", method = "delete", operation_id = "remove_room")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveRoom>,
        id: Path<Ref<Room>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let removal = rooms::remove(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(removal.into()))
    }

    /// Brings a room back that is out of use, behind the others.
    #[oai(path = "/rooms/:id/restore", method = "post", operation_id = "restore_room")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveRoom>,
        id: Path<Ref<Room>>,
    ) -> Result<Versioned<RoomView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let room = rooms::restore(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(room))
    }

    /// Says in which order a location's rooms are taken.
    #[oai(path = "/locations/:id/rooms/order", method = "put", operation_id = "order_rooms")]
    async fn reorder(
        &self,
        who: Can<perm::UpdateRoom>,
        id: Path<Ref<Location>>,
        body: Input<RoomOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        rooms::reorder(&mut tx, id.0.0, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
