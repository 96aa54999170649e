//! What businesses may use, over HTTP.

mod dto;

use openchair_domain::config::Plans;
use openchair_domain::ids::Tenant;
use openchair_domain::platform;
use openchair_domain::tenancy::SystemReason;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::dto::PlatformTenantView;
use crate::app::App;
use crate::auth::Admin;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::openapi::Tags;
use crate::page::Page;
use crate::problem::ApiError;

use dto::{PlanView, TenantPlan};

/// The operations on plans. All are for platform administrators only.
#[derive(Debug)]
pub struct PlatformPlansApi(pub App);

#[OpenApi(prefix_path = "/v1/platform", tag = "Tags::Platform")]
impl PlatformPlansApi {
    /// The plans of `config/plans.toml`, the smallest first, and how many businesses are on each. Only
    /// for platform administrators.
    #[oai(path = "/plans", method = "get", operation_id = "list_platform_plans")]
    async fn list(&self, _who: Admin) -> Result<Listed<PlanView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let on = platform::by_plan(&tx).await?;
        tx.commit().await?;
        let businesses =
            |key: &str| on.iter().find(|on| on.plan == key).map_or(0, |on| on.businesses);
        let plans = Plans::shipped().iter();
        let views = plans.map(|(key, plan)| PlanView::of(key, plan, businesses(key))).collect();
        Ok(Json(Page::whole(views)))
    }

    /// Puts a business on another plan, in force with its next request. What it has beyond the new
    /// plan stays; it only gets no more of it. The business sees it in its log. Only for platform
    /// administrators.
    #[oai(path = "/tenants/:id/plan", method = "put", operation_id = "set_platform_tenant_plan")]
    async fn set(
        &self,
        who: Admin,
        id: Path<Ref<Tenant>>,
        body: Input<TenantPlan>,
    ) -> Result<Json<PlatformTenantView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let tenant = platform::set_plan(&tx, &who.0, id.0.0, &body.0.plan).await?;
        tx.commit().await?;
        Ok(Json(tenant.into()))
    }
}
