//! Kinds of pass over HTTP.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::catalog::pass_kinds::{self, PassKindFacts, PassKindTerms};
use openchair_domain::ids::{PassKind, Service};
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
use crate::openapi::Tags;
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;

/// So many visits for one price.
#[derive(Debug, Clone, Object)]
struct PassKindView {
    id: Ref<PassKind>,
    name: String,
    description: String,
    /// What one use pays for
    service_ids: Vec<Ref<Service>>,
    /// How many uses it has
    uses: i16,
    /// What all of them cost together, in the currency's minor unit
    price_minor: i64,
    /// For how many days it is good
    valid_days: i32,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<PassKindFacts> for PassKindView {
    fn from(it: PassKindFacts) -> Self {
        let terms = it.terms;
        Self {
            id: it.id.into(),
            name: terms.name,
            description: terms.description,
            service_ids: terms.services.into_iter().map(Ref).collect(),
            uses: terms.uses,
            price_minor: terms.price_minor,
            valid_days: terms.valid_days,
            archived_at: it.archived_at,
            version: it.version,
        }
    }
}

/// What is wanted of a new kind of pass.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewPassKind {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(default, validator(max_length = 2000))]
    description: String,
    /// What one use pays for
    #[oai(validator(min_items = 1, max_items = 200))]
    service_ids: Vec<Ref<Service>>,
    /// How many uses it has
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    uses: i16,
    /// What all of them cost together, in the currency's minor unit
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    price_minor: i64,
    /// For how many days it is good
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    valid_days: i32,
}

impl NewPassKind {
    fn to_domain(&self) -> PassKindTerms {
        PassKindTerms {
            name: self.name.clone(),
            description: self.description.clone(),
            services: self.service_ids.iter().map(|id| id.0).collect(),
            uses: self.uses,
            price_minor: self.price_minor,
            valid_days: self.valid_days,
        }
    }
}

/// What to change; what is left out stays. The services are replaced whole.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct PassKindChange {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    #[oai(validator(max_length = 2000))]
    description: Option<String>,
    /// What one use pays for
    #[oai(validator(min_items = 1, max_items = 200))]
    service_ids: Option<Vec<Ref<Service>>>,
    /// How many uses it has
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    uses: Option<i16>,
    /// What all of them cost together, in the currency's minor unit
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    price_minor: Option<i64>,
    /// For how many days it is good
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    valid_days: Option<i32>,
}

impl From<PassKindChange> for pass_kinds::PassKindChange {
    fn from(change: PassKindChange) -> Self {
        Self {
            name: change.name,
            description: change.description,
            services: change.service_ids.map(|ids| ids.iter().map(|id| id.0).collect()),
            uses: change.uses,
            price_minor: change.price_minor,
            valid_days: change.valid_days,
        }
    }
}

fn versioned(it: PassKindFacts) -> Versioned<PassKindView> {
    Versioned::new(it.version.into(), it.into())
}

/// The operations on kinds of pass.
#[derive(Debug)]
pub struct PassKindsApi(pub App);

#[OpenApi(prefix_path = "/v1/pass-kinds", tag = "Tags::Services")]
impl PassKindsApi {
    /// The kinds of pass, by their names.
    #[oai(path = "/", method = "get", operation_id = "list_pass_kinds")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<PassKindView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = pass_kinds::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(PassKindView::from)))
    }

    /// Adds a kind of pass.
    #[oai(path = "/", method = "post", operation_id = "create_pass_kind")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewPassKind>,
    ) -> Result<Created<PassKindView>, ApiError> {
        let new = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(pass_kinds::create(tx, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One kind of pass, also an archived one.
    #[oai(path = "/:kind", method = "get", operation_id = "read_pass_kind")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
        kind: Path<Ref<PassKind>>,
    ) -> Result<Versioned<PassKindView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = pass_kinds::read(&tx, kind.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a kind of pass. Passes that were sold stay as they were sold.
    #[oai(path = "/:kind", method = "patch", operation_id = "update_pass_kind")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        kind: Path<Ref<PassKind>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<PassKindChange>,
    ) -> Result<Versioned<PassKindView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = pass_kinds::update(&mut tx, kind.0.0, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a kind of pass that was never sold, and archives any other.
    #[oai(path = "/:kind", method = "delete", operation_id = "delete_pass_kind")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        kind: Path<Ref<PassKind>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = pass_kinds::remove(&mut tx, kind.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Restores an archived kind of pass.
    #[oai(path = "/:kind/restore", method = "post", operation_id = "restore_pass_kind")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        kind: Path<Ref<PassKind>>,
    ) -> Result<Versioned<PassKindView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = pass_kinds::restore(&mut tx, kind.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
