//! The menu of services over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::catalog;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::listing::Listed;
use crate::openapi::Tags;
use crate::page::Page;
use crate::problem::ApiError;

use dto::ServiceView;

/// The operations on services.
#[derive(Debug)]
pub struct CatalogApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl CatalogApi {
    /// The whole menu, in its order.
    #[oai(path = "/services", method = "get", operation_id = "list_services")]
    async fn list(&self, who: Can<perm::ReadServices>) -> Result<Listed<ServiceView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let menu = catalog::list(&tx).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(menu).map(ServiceView::from)))
    }
}
