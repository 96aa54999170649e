//! What isn't well with the deployment, over HTTP.

mod dto;

use openchair_domain::alerts;
use openchair_domain::tenancy::SystemReason;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Admin;
use crate::listing::{Listed, listed, window};
use crate::openapi::Tags;
use crate::page::{Limit, Page};
use crate::problem::ApiError;

pub(super) use dto::AlertCondition;

use dto::{AlertTrial, AlertView};

/// The operations on alerts. All are for platform administrators only.
#[derive(Debug)]
pub struct PlatformAlertsApi(pub App);

#[OpenApi(prefix_path = "/v1/platform", tag = "Tags::Platform")]
impl PlatformAlertsApi {
    /// What isn't well with the deployment and what wasn't, the newest first. What is over is kept for
    /// half a year. Only for platform administrators.
    #[oai(path = "/alerts", method = "get", operation_id = "list_platform_alerts")]
    async fn list(
        &self,
        _who: Admin,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<AlertView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let alerts = alerts::list(&tx, window).await?;
        tx.commit().await?;
        Ok(listed(alerts, AlertView::from))
    }

    /// Sends a trial to wherever alerts go, and says how that went. Nothing is listed when nobody is to
    /// be told: see `[alerts]` in the configuration. Only for platform administrators.
    #[oai(path = "/alerts/trial", method = "post", operation_id = "try_platform_alerts")]
    async fn try_out(&self, _who: Admin) -> Result<Listed<AlertTrial>, ApiError> {
        let tried = self.0.alerting.try_out().await;
        Ok(Json(Page::whole(tried.into_iter().map(AlertTrial::from).collect())))
    }
}
