//! A business's logo and photo over HTTP: staff put them, anybody gets them.

mod body;
mod files;

use openchair_domain::authz::perm;
use openchair_domain::images::{self, Facts, MAX_BYTES};
use openchair_domain::tenants;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::openapi::Tags;
use crate::problem::ApiError;
use crate::shelf::mirrored;
use crate::tenants::{TenantView, versioned};

use body::Picture;
pub use files::{PATH, asks, routes};

/// A picture comes in one body.
pub(crate) const WIDER_BODIES: [(&str, usize); 2] =
    [("/v1/tenant/images/logo", MAX_BYTES), ("/v1/tenant/images/photo", MAX_BYTES)];

mirrored! {
    /// What a picture is shown as.
    ImageKind = images::Kind {
        /// The business's mark, beside its name; it is made to fit 512 × 512 pixels
        Logo,
        /// What it looks like there, above its page; it is made to fit 1600 × 1000 pixels
        Photo,
    }
}

/// A picture that a business shows.
#[derive(Debug, Clone, Object)]
pub(crate) struct ImageView {
    /// Where anybody gets it, at the product's address. What is there never changes: another picture has
    /// another address
    url: String,
    /// In pixels
    width: u32,
    /// In pixels
    height: u32,
}

impl ImageView {
    pub(crate) fn of(facts: &Facts, slug: &str) -> Self {
        Self { url: facts.path(slug), width: facts.width, height: facts.height }
    }
}

/// The operations on what a business shows.
#[derive(Debug)]
pub struct ImagesApi(pub App);

#[OpenApi(prefix_path = "/v1/tenant/images", tag = "Tags::Tenant")]
impl ImagesApi {
    /// Shows a picture from now on.
    ///
    /// The body is the file: a PNG or JPEG of at most 5 MB and 26 million pixels. It is drawn anew,
    /// the right way up and no larger than it is shown; nothing else of the file is kept.
    #[oai(path = "/:kind", method = "put", operation_id = "put_image")]
    async fn put(
        &self,
        who: Can<perm::UpdateTenant>,
        kind: Path<ImageKind>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Picture,
    ) -> Result<Versioned<TenantView>, ApiError> {
        let kind = kind.0.into();
        self.0.limits.picture(&who).await?;
        let tx = self.0.db.tenant(&who).await?;
        tenants::expect(&tx, seen.0).await?;
        tx.rollback().await?;
        // Outside of any transaction: it takes a while.
        let image = images::draw(kind, body.0).await?;
        let mut tx = self.0.db.tenant(&who).await?;
        let business = images::put(&mut tx, seen.0, kind, image).await?;
        tx.commit().await?;
        Ok(versioned(business))
    }

    /// Shows none from now on.
    #[oai(path = "/:kind", method = "delete", operation_id = "remove_image")]
    async fn remove(
        &self,
        who: Can<perm::UpdateTenant>,
        kind: Path<ImageKind>,
        #[oai(name = "If-Match")] seen: IfMatch,
    ) -> Result<Versioned<TenantView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let business = images::remove(&mut tx, seen.0, kind.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(business))
    }
}
