//! Looking after the deployment, over HTTP; and the tenants' view of it.

mod alerts;
mod dto;
mod health;
mod jobs;
mod plans;

use openchair_domain::authz::perm;
use openchair_domain::ids::{SupportGrant, Tenant};
use openchair_domain::platform;
use openchair_domain::tenancy::{SystemReason, SystemTx};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::auth::{Admin, Can};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

pub use alerts::PlatformAlertsApi;
pub use health::PlatformHealthApi;
pub use jobs::PlatformJobsApi;
pub use plans::PlatformPlansApi;

use dto::{NewSupportGrant, PlatformTenantView, SupportGrantView};

/// The operations of the platform.
#[derive(Debug)]
pub struct PlatformApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Platform")]
impl PlatformApi {
    /// The businesses, the newest first. Only for platform administrators.
    #[oai(path = "/platform/tenants", method = "get", operation_id = "list_platform_tenants")]
    async fn tenants(
        &self,
        _who: Admin,
        /// A part of the name or of the web address
        #[oai(validator(max_length = 100))]
        q: Query<Option<String>>,
        /// Only those on this plan
        #[oai(validator(max_length = 40))]
        plan: Query<Option<String>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<PlatformTenantView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let search = platform::Search { part: q.0.as_deref(), plan: plan.0.as_deref() };
        let tenants = platform::tenants(&tx, search, window).await?;
        tx.commit().await?;
        Ok(listed(tenants, PlatformTenantView::from))
    }

    /// Lets the administrator look into a business for some hours; the business sees it.
    #[oai(
        path = "/platform/tenants/:id/support-grants",
        method = "post",
        operation_id = "create_support_grant"
    )]
    async fn grant(
        &self,
        who: Admin,
        id: Path<Ref<Tenant>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewSupportGrant>,
    ) -> Result<Created<SupportGrantView>, ApiError> {
        let make = async |tx: &mut SystemTx| {
            let NewSupportGrant { reason, hours } = &body.0;
            let hours = i64::from(*hours);
            Ok(platform::grant_support(tx, &who.0, id.0.0, reason, hours).await?.into())
        };
        let scope = who.0.user.to_string();
        self.0.once_outside(SystemReason::Platform, scope, once, &body.0, make).await
    }

    /// When support may look, or could, into this business.
    #[oai(path = "/support-grants", method = "get", operation_id = "list_support_grants")]
    async fn grants(
        &self,
        who: Can<perm::ReadSupportGrants>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<SupportGrantView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let grants = platform::grants(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(grants, SupportGrantView::from))
    }

    /// Shows support the door, at once.
    #[oai(path = "/support-grants/:id", method = "delete", operation_id = "revoke_support_grant")]
    async fn revoke(
        &self,
        who: Can<perm::RevokeSupportGrant>,
        id: Path<Ref<SupportGrant>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        platform::revoke_grant(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
