//! What a business pays for its plan, over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::tenancy::Caller;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use self::dto::{BillingPageView, OwnPlanView, WantedPlan};
use crate::app::App;
use crate::auth::Can;
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

/// The operations on the plan.
#[derive(Debug)]
pub struct PlanApi(pub App);

impl PlanApi {
    async fn facts(&self, who: &Caller) -> Result<Json<OwnPlanView>, ApiError> {
        let tx = self.0.db.tenant(who).await?;
        let facts = self.0.billing.facts(&tx).await?;
        tx.commit().await?;
        Ok(Json(facts.into()))
    }
}

#[OpenApi(prefix_path = "/v1/plan", tag = "Tags::Tenant")]
impl PlanApi {
    /// The business's plan, how it stands, what is in use of it, and which plans there are.
    #[oai(path = "/", method = "get", operation_id = "read_plan")]
    async fn read(&self, who: Can<perm::BillTenant>) -> Result<Json<OwnPlanView>, ApiError> {
        self.facts(&who).await
    }

    /// Where a plan is taken: a page at the provider's, which leads back. No card ever comes to this server. Who
    /// asks twice for the same gets the same page.
    #[oai(path = "/checkout", method = "post", operation_id = "take_plan")]
    async fn take(
        &self,
        who: Can<perm::BillTenant>,
        body: Input<WantedPlan>,
    ) -> Result<Json<BillingPageView>, ApiError> {
        let url = self.0.billing.checkout(&who, &body.plan).await?;
        Ok(Json(BillingPageView { url }))
    }

    /// Another plan from now on, for who pays one. What that means for the current bill the provider reckons by
    /// the day.
    #[oai(path = "/", method = "put", operation_id = "change_plan")]
    async fn change(
        &self,
        who: Can<perm::BillTenant>,
        body: Input<WantedPlan>,
    ) -> Result<Json<OwnPlanView>, ApiError> {
        self.0.billing.change(&who, &body.plan).await?;
        self.facts(&who).await
    }

    /// Where one looks at bills, changes the card and ends the plan: a page at the provider's, good for minutes.
    #[oai(path = "/portal", method = "post", operation_id = "open_plan_portal")]
    async fn portal(&self, who: Can<perm::BillTenant>) -> Result<Json<BillingPageView>, ApiError> {
        Ok(Json(BillingPageView { url: self.0.billing.portal(&who).await? }))
    }

    /// Asks the provider how the plan is paid now: for who comes back from there.
    #[oai(path = "/look", method = "post", operation_id = "look_at_plan")]
    async fn look(&self, who: Can<perm::BillTenant>) -> Result<Json<OwnPlanView>, ApiError> {
        self.0.billing.look(&who).await?;
        self.facts(&who).await
    }
}
