//! How the deployment does, over HTTP.

mod dto;

use openchair_domain::platform;
use openchair_domain::tenancy::SystemReason;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Admin;
use crate::openapi::Tags;
use crate::problem::ApiError;

use dto::HealthView;

/// The operation on the deployment's health. For platform administrators only.
#[derive(Debug)]
pub struct PlatformHealthApi(pub App);

#[OpenApi(prefix_path = "/v1/platform", tag = "Tags::Platform")]
impl PlatformHealthApi {
    /// How the deployment does now: its database, its sockets, and everything that alerts are raised
    /// about. Only for platform administrators.
    #[oai(path = "/health", method = "get", operation_id = "read_platform_health")]
    async fn read(&self, _who: Admin) -> Result<Json<HealthView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let health = platform::health(&tx, self.0.alerting.thresholds()).await?;
        tx.commit().await?;
        Ok(Json(HealthView::of(health, self.0.live.open_sockets())))
    }
}
