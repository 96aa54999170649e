//! What anybody may see of a shop, over HTTP.

mod booking;
mod browsers;
mod dto;
mod forms;
mod menu;
mod own;
mod queue;
pub(crate) mod queue_views;
mod slots;
mod waiting;

use openchair_domain::tenancy::{RequestFacts, SystemReason};
use openchair_domain::tenants::{self, PublicPage};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Visitor;
use crate::openapi::Tags;
use crate::problem::ApiError;

pub use booking::PublicBookingApi;
pub use browsers::OwnBrowsersApi;
pub(crate) use dto::PublicPageView;
pub use forms::OwnFormsApi;
pub use own::OwnVisitApi;
pub use queue::{KioskApi, OwnTicketApi, PublicQueueApi};
pub(crate) use queue::{Line, line};
pub(crate) use queue_views::{OwnEntryView, PublicBoardView};
pub use slots::PublicSlotsApi;
pub use waiting::{OfferApi, PublicWaitlistApi, WaitingApi};

/// What anybody may see of a shop.
pub(crate) async fn shop(
    app: &App,
    request: &RequestFacts,
    shop: &str,
) -> Result<PublicPage, ApiError> {
    app.limits.public(request).await?;
    let tx = app.db.system(SystemReason::PublicPage).await?;
    let page = tenants::public_page(&tx, shop, &app.counter).await?;
    tx.commit().await?;
    Ok(page)
}

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
        Ok(Json(self::shop(&self.0, &who.request, &shop.0).await?.into()))
    }
}
