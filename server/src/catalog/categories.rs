//! Categories over HTTP.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::catalog::categories::{self, CategoryFacts};
use openchair_domain::catalog::services;
use openchair_domain::ids::{Category, Service};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;
use crate::shelf::orders;

/// What is wanted of a category.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct CategoryInput {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
}

orders! {
    CategoryOrder of Category at most 100,
    ServiceOrder of Service at most 500,
}

/// A category: a heading of the menu.
#[derive(Debug, Clone, Object)]
struct CategoryView {
    id: Ref<Category>,
    name: String,
    /// Since when nothing new is put into it; what is in it stays on the menu
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<CategoryFacts> for CategoryView {
    fn from(category: CategoryFacts) -> Self {
        Self {
            id: category.id.into(),
            name: category.name,
            archived_at: category.archived_at,
            version: category.version,
        }
    }
}

fn versioned(category: CategoryFacts) -> Versioned<CategoryView> {
    Versioned::new(category.version.into(), category.into())
}

/// The operations on categories.
#[derive(Debug)]
pub struct CategoriesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl CategoriesApi {
    /// The categories, in the order of the menu.
    #[oai(path = "/categories", method = "get", operation_id = "list_categories")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<CategoryView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = categories::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(CategoryView::from)))
    }

    /// Adds a category, the last of the menu.
    #[oai(path = "/categories", method = "post", operation_id = "create_category")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<CategoryInput>,
    ) -> Result<Created<CategoryView>, ApiError> {
        let make = async |tx: &mut TenantTx| Ok(categories::create(tx, &body.name).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Puts the categories into this order.
    #[oai(path = "/categories/order", method = "put", operation_id = "order_categories")]
    async fn order(
        &self,
        who: Can<perm::UpdateService>,
        body: Input<CategoryOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        categories::order(&mut tx, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Renames a category.
    #[oai(path = "/categories/:category", method = "patch", operation_id = "update_category")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        category: Path<Ref<Category>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<CategoryInput>,
    ) -> Result<Versioned<CategoryView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = categories::update(&mut tx, category.0.0, seen.0, &body.name).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a category that nothing was ever put into, and archives any other.
    #[oai(path = "/categories/:category", method = "delete", operation_id = "delete_category")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        category: Path<Ref<Category>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = categories::remove(&mut tx, category.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Restores an archived category.
    #[oai(
        path = "/categories/:category/restore",
        method = "post",
        operation_id = "restore_category"
    )]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        category: Path<Ref<Category>>,
    ) -> Result<Versioned<CategoryView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = categories::restore(&mut tx, category.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }

    /// Puts a category's services into this order.
    #[oai(path = "/categories/:category/order", method = "put", operation_id = "order_services")]
    async fn order_services(
        &self,
        who: Can<perm::UpdateService>,
        category: Path<Ref<Category>>,
        body: Input<ServiceOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        services::order(&mut tx, category.0.0, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
