//! The business over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::tenants;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

use dto::{SetupView, TenantChange, TenantSecurity};

pub(crate) use dto::{TenantView, versioned};

/// The operations on the business itself.
#[derive(Debug)]
pub struct TenantApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Tenant")]
impl TenantApi {
    /// The business.
    #[oai(path = "/tenant", method = "get", operation_id = "read_tenant")]
    async fn read(&self, who: Can<perm::ReadTenant>) -> Result<Versioned<TenantView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let business = tenants::read(&tx).await?;
        tx.commit().await?;
        Ok(versioned(business))
    }

    /// Changes what the business says about itself.
    #[oai(path = "/tenant", method = "patch", operation_id = "update_tenant")]
    async fn update(
        &self,
        who: Can<perm::UpdateTenant>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<TenantChange>,
    ) -> Result<Versioned<TenantView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let business = tenants::update(&mut tx, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(business))
    }

    /// Says whether everybody on the team needs a second factor.
    #[oai(path = "/tenant/security", method = "put", operation_id = "set_tenant_security")]
    async fn set_security(
        &self,
        who: Can<perm::SecureTenant>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<TenantSecurity>,
    ) -> Result<Versioned<TenantView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let business = tenants::set_security(&mut tx, seen.0, body.require_two_factor).await?;
        tx.commit().await?;
        Ok(versioned(business))
    }

    /// What the business has left to do.
    #[oai(path = "/tenant/setup", method = "get", operation_id = "read_tenant_setup")]
    async fn setup(&self, who: Can<perm::ReadTenant>) -> Result<Json<SetupView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let steps = tenants::setup(&tx).await?;
        tx.commit().await?;
        Ok(Json(steps.into()))
    }
}
