//! Roles and permissions over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::roles;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Page;
use crate::problem::ApiError;

pub(crate) use dto::RoleRef;
use dto::{
    ComposedRoleChange, NewComposedRole, PermissionCatalogue, PermissionView, RolePath, RoleView,
};

/// The operations on roles.
#[derive(Debug)]
pub struct RolesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Roles")]
impl RolesApi {
    /// Every permission there is, and which built-in roles hold it.
    #[oai(path = "/permissions", method = "get", operation_id = "list_permissions")]
    #[expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]
    async fn permissions(
        &self,
        _who: Can<perm::ReadRoles>,
    ) -> Result<Json<PermissionCatalogue>, ApiError> {
        let items = roles::catalogue(self.0.identity.authz());
        let items = items.into_iter().map(PermissionView::from).collect();
        Ok(Json(PermissionCatalogue { items }))
    }

    /// All roles: the built-in ones, then those that this business composed. Always one page.
    #[oai(path = "/roles", method = "get", operation_id = "list_roles")]
    async fn list(&self, who: Can<perm::ReadRoles>) -> Result<Listed<RoleView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let roles = roles::list(&tx, &self.0.identity).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(roles.into_iter().map(RoleView::from).collect())))
    }

    /// Composes a role from permissions that the caller holds.
    #[oai(path = "/roles", method = "post", operation_id = "create_role")]
    async fn create(
        &self,
        who: Can<perm::CreateRole>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewComposedRole>,
    ) -> Result<Created<RoleView>, ApiError> {
        let new = body.0.to_domain();
        let identity = &self.0.identity;
        let make = async |tx: &mut TenantTx| Ok(roles::create(tx, identity, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Renames a composed role or changes what it allows, in force with the next request.
    #[oai(path = "/roles/:rol", method = "patch", operation_id = "update_role")]
    async fn update(
        &self,
        who: Can<perm::UpdateRole>,
        rol: Path<RolePath>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<ComposedRoleChange>,
    ) -> Result<Versioned<RoleView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let change = body.0.into();
        let role = roles::update(&mut tx, &self.0.identity, rol.0.0, seen.0, &change).await?;
        tx.commit().await?;
        let view = RoleView::from(role);
        Ok(Versioned::new(view.version.into(), view))
    }

    /// Deletes a composed role that nobody has.
    #[oai(path = "/roles/:rol", method = "delete", operation_id = "delete_role")]
    async fn delete(
        &self,
        who: Can<perm::DeleteRole>,
        rol: Path<RolePath>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        roles::delete(&mut tx, &self.0.identity, rol.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
