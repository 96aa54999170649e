//! Packages over HTTP.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::catalog::packages::{self, PackageFacts, PackageMode, PackageTerms};
use openchair_domain::ids::{Category, Package, Service};
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
use crate::shelf::{mirrored, orders};

orders! {
    PackageOrder of Package at most 200,
}

mirrored! {
    /// How the services of a package lie.
    PackageModeWord = PackageMode {
        /// One after the other.
        Sequence,
        /// All at once.
        Parallel,
    }
}

fn yes() -> bool {
    true
}

/// Services one after the other or all at once, for one price.
#[derive(Debug, Clone, Object)]
struct PackageView {
    id: Ref<Package>,
    category_id: Ref<Category>,
    name: String,
    description: String,
    mode: PackageModeWord,
    /// In the currency's minor unit
    price_minor: i64,
    /// Whether customers can book it themselves
    online: bool,
    /// Its services, in their order
    service_ids: Vec<Ref<Service>>,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<PackageFacts> for PackageView {
    fn from(it: PackageFacts) -> Self {
        let terms = it.terms;
        Self {
            id: it.id.into(),
            category_id: terms.category.into(),
            name: terms.name,
            description: terms.description,
            mode: terms.mode.into(),
            price_minor: terms.price_minor,
            online: terms.online,
            service_ids: terms.services.into_iter().map(Ref).collect(),
            archived_at: it.archived_at,
            version: it.version,
        }
    }
}

/// What is wanted of a new package.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewPackage {
    category_id: Ref<Category>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(default, validator(max_length = 2000))]
    description: String,
    mode: PackageModeWord,
    /// In the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: i64,
    /// Whether customers can book it themselves
    #[oai(default = "yes")]
    online: bool,
    /// Its services, in their order
    #[oai(validator(min_items = 1, max_items = 10))]
    service_ids: Vec<Ref<Service>>,
}

impl NewPackage {
    fn to_domain(&self) -> PackageTerms {
        PackageTerms {
            category: self.category_id.0,
            name: self.name.clone(),
            description: self.description.clone(),
            mode: self.mode.into(),
            price_minor: self.price_minor,
            online: self.online,
            services: self.service_ids.iter().map(|id| id.0).collect(),
        }
    }
}

/// What to change; what is left out stays. Lists are replaced whole.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct PackageChange {
    category_id: Option<Ref<Category>>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    #[oai(validator(max_length = 2000))]
    description: Option<String>,
    mode: Option<PackageModeWord>,
    /// In the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: Option<i64>,
    /// Whether customers can book it themselves
    online: Option<bool>,
    /// Its services, in their order
    #[oai(validator(min_items = 1, max_items = 10))]
    service_ids: Option<Vec<Ref<Service>>>,
}

impl From<PackageChange> for packages::PackageChange {
    fn from(change: PackageChange) -> Self {
        Self {
            category: change.category_id.map(|id| id.0),
            name: change.name,
            description: change.description,
            mode: change.mode.map(PackageMode::from),
            price_minor: change.price_minor,
            online: change.online,
            services: change.service_ids.map(|ids| ids.iter().map(|id| id.0).collect()),
        }
    }
}

fn versioned(it: PackageFacts) -> Versioned<PackageView> {
    Versioned::new(it.version.into(), it.into())
}

/// The operations on packages.
#[derive(Debug)]
pub struct PackagesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl PackagesApi {
    /// The packages, in their order.
    #[oai(path = "/packages", method = "get", operation_id = "list_packages")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<PackageView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = packages::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(PackageView::from)))
    }

    /// Adds a package, the last of them.
    #[oai(path = "/packages", method = "post", operation_id = "create_package")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewPackage>,
    ) -> Result<Created<PackageView>, ApiError> {
        let new = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(packages::create(tx, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Puts the packages into this order.
    #[oai(path = "/packages/order", method = "put", operation_id = "order_packages")]
    async fn order(
        &self,
        who: Can<perm::UpdateService>,
        body: Input<PackageOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        packages::order(&mut tx, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// One package, also an archived one.
    #[oai(path = "/packages/:package", method = "get", operation_id = "read_package")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
        package: Path<Ref<Package>>,
    ) -> Result<Versioned<PackageView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = packages::read(&tx, package.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a package.
    #[oai(path = "/packages/:package", method = "patch", operation_id = "update_package")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        package: Path<Ref<Package>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<PackageChange>,
    ) -> Result<Versioned<PackageView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = packages::update(&mut tx, package.0.0, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a package that nobody booked yet, and archives any other.
    #[oai(path = "/packages/:package", method = "delete", operation_id = "delete_package")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        package: Path<Ref<Package>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = packages::remove(&mut tx, package.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Puts an archived package back on the menu.
    #[oai(path = "/packages/:package/restore", method = "post", operation_id = "restore_package")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        package: Path<Ref<Package>>,
    ) -> Result<Versioned<PackageView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = packages::restore(&mut tx, package.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
