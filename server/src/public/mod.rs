//! What anybody may see of a shop, over HTTP.

mod booking;
mod browsers;
mod dto;
mod menu;
mod own;
mod queue;
pub(crate) mod queue_views;
mod slots;
mod waiting;

use openchair_domain::tenancy::SystemReason;
use openchair_domain::tenants;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Visitor;
use crate::openapi::Tags;
use crate::problem::ApiError;

pub use booking::PublicBookingApi;
pub use browsers::OwnBrowsersApi;
pub use own::OwnVisitApi;
pub use queue::{KioskApi, OwnTicketApi, PublicQueueApi};
pub(crate) use queue_views::{OwnEntryView, PublicBoardView};
pub use slots::PublicSlotsApi;
pub use waiting::{OfferApi, PublicWaitlistApi, WaitingApi};

use dto::PublicPageView;

/// The operations that anybody may call.
#[derive(Debug)]
pub struct PublicApi(pub App);

#[OpenApi(prefix_path = "/v1/public", tag = "Tags::Public")]
impl PublicApi {
    /// A shop's page.
    #[oai(path = "/:shop", method = "get", operation_id = "read_public_page")]
    async fn page(
        &self,
        who: Visitor,
        /// The shop's web address
        shop: Path<String>,
    ) -> Result<Json<PublicPageView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let tx = self.0.db.system(SystemReason::PublicPage).await?;
        let page = tenants::public_page(&tx, &shop.0).await?;
        tx.commit().await?;
        Ok(Json(page.into()))
    }
}
