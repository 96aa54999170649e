//! Add-ons over HTTP.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::catalog::addons::{self, AddonFacts, AddonTerms};
use openchair_domain::ids::Addon;
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

orders! {
    AddonOrder of Addon at most 200,
}

/// Something that can be had with a service, for more time and money.
#[derive(Debug, Clone, Object)]
struct AddonView {
    id: Ref<Addon>,
    name: String,
    /// How much longer the visit is with it
    duration_minutes: i32,
    /// How much more it costs, in the currency's minor unit
    price_minor: i64,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<AddonFacts> for AddonView {
    fn from(it: AddonFacts) -> Self {
        let terms = it.terms;
        Self {
            id: it.id.into(),
            name: terms.name,
            duration_minutes: terms.duration_minutes,
            price_minor: terms.price_minor,
            archived_at: it.archived_at,
            version: it.version,
        }
    }
}

/// What is wanted of a new add-on.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewAddon {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// How much longer the visit is with it
    #[oai(validator(minimum(value = "0"), maximum(value = "480")))]
    duration_minutes: i32,
    /// How much more it costs, in the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: i64,
}

impl NewAddon {
    fn to_domain(&self) -> AddonTerms {
        AddonTerms {
            name: self.name.clone(),
            duration_minutes: self.duration_minutes,
            price_minor: self.price_minor,
        }
    }
}

/// What to change; what is left out stays. Lists are replaced whole.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct AddonChange {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    /// How much longer the visit is with it
    #[oai(validator(minimum(value = "0"), maximum(value = "480")))]
    duration_minutes: Option<i32>,
    /// How much more it costs, in the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: Option<i64>,
}

impl From<AddonChange> for addons::AddonChange {
    fn from(change: AddonChange) -> Self {
        Self {
            name: change.name,
            duration_minutes: change.duration_minutes,
            price_minor: change.price_minor,
        }
    }
}

fn versioned(it: AddonFacts) -> Versioned<AddonView> {
    Versioned::new(it.version.into(), it.into())
}

/// The operations on add-ons.
#[derive(Debug)]
pub struct AddonsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl AddonsApi {
    /// The add-ons, in their order.
    #[oai(path = "/addons", method = "get", operation_id = "list_addons")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<AddonView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = addons::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(AddonView::from)))
    }

    /// Adds an add-on, the last of them.
    #[oai(path = "/addons", method = "post", operation_id = "create_addon")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewAddon>,
    ) -> Result<Created<AddonView>, ApiError> {
        let new = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(addons::create(tx, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Puts the add-ons into this order.
    #[oai(path = "/addons/order", method = "put", operation_id = "order_addons")]
    async fn order(
        &self,
        who: Can<perm::UpdateService>,
        body: Input<AddonOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        addons::order(&mut tx, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Changes an add-on.
    #[oai(path = "/addons/:addon", method = "patch", operation_id = "update_addon")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        addon: Path<Ref<Addon>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<AddonChange>,
    ) -> Result<Versioned<AddonView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = addons::update(&mut tx, addon.0.0, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes an add-on that no service has, and archives any other.
    #[oai(path = "/addons/:addon", method = "delete", operation_id = "delete_addon")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        addon: Path<Ref<Addon>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = addons::remove(&mut tx, addon.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Restores an archived add-on, to the services that had it.
    #[oai(path = "/addons/:addon/restore", method = "post", operation_id = "restore_addon")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        addon: Path<Ref<Addon>>,
    ) -> Result<Versioned<AddonView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = addons::restore(&mut tx, addon.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
