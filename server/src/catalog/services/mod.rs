//! Services over HTTP.

mod dto;
mod input;

use openchair_domain::authz::perm;
use openchair_domain::catalog::services;
use openchair_domain::ids::Service;
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
use crate::openapi::Tags;
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;

pub(crate) use dto::{PriceForWord, ServiceDeposit};
use dto::{ServiceView, versioned};
use input::{NewService, ServiceChange};

/// The operations on services.
#[derive(Debug)]
pub struct ServicesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl ServicesApi {
    /// The whole menu, in its order.
    #[oai(path = "/services", method = "get", operation_id = "list_services")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<ServiceView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let menu = services::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(menu).map(ServiceView::from)))
    }

    /// Puts a service on the menu, last in its category.
    #[oai(path = "/services", method = "post", operation_id = "create_service")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewService>,
    ) -> Result<Created<ServiceView>, ApiError> {
        let new = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(services::create(tx, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One service, also an archived one.
    #[oai(path = "/services/:service", method = "get", operation_id = "read_service")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
        service: Path<Ref<Service>>,
    ) -> Result<Versioned<ServiceView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = services::read(&tx, service.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a service. Visits that are booked keep the price and the words that they were booked
    /// with.
    #[oai(path = "/services/:service", method = "patch", operation_id = "update_service")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        service: Path<Ref<Service>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<ServiceChange>,
    ) -> Result<Versioned<ServiceView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = services::update(&mut tx, service.0.0, seen.0, body.0.to_domain()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a service that nobody used yet, and archives any other.
    #[oai(path = "/services/:service", method = "delete", operation_id = "delete_service")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        service: Path<Ref<Service>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = services::remove(&mut tx, service.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Puts an archived service back on the menu.
    #[oai(path = "/services/:service/restore", method = "post", operation_id = "restore_service")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        service: Path<Ref<Service>>,
    ) -> Result<Versioned<ServiceView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = services::restore(&mut tx, service.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
