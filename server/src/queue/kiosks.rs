//! Tablets at the door over HTTP, for who sets them up.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::ids::{Kiosk, Location};
use openchair_domain::queue::{self, KioskFacts};
use openchair_domain::secrets::OpaqueToken;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};

use super::input::NewKioskInput;
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// A tablet at the door, without its token.
#[derive(Debug, Clone, Object)]
struct KioskView {
    id: Ref<Kiosk>,
    location: Ref<Location>,
    name: String,
    created_by: String,
    created_at: DateTime<Utc>,
    /// When somebody last joined at it
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<KioskFacts> for KioskView {
    fn from(kiosk: KioskFacts) -> Self {
        Self {
            id: kiosk.id.into(),
            location: kiosk.location.into(),
            name: kiosk.name,
            created_by: kiosk.created_by,
            created_at: kiosk.created_at,
            last_used_at: kiosk.last_used_at,
            revoked_at: kiosk.revoked_at,
        }
    }
}

/// A new tablet with its token, which is never shown again.
#[derive(Debug, Clone, Object)]
struct NewKioskView {
    kiosk: KioskView,
    /// For the tablet's address, `/kiosk/{token}`
    token: String,
}

impl From<(KioskFacts, OpaqueToken)> for NewKioskView {
    fn from((kiosk, token): (KioskFacts, OpaqueToken)) -> Self {
        Self { kiosk: kiosk.into(), token: token.text().to_owned() }
    }
}

/// The operations on tablets.
#[derive(Debug)]
pub struct KiosksApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Queue")]
impl KiosksApi {
    /// The tablets at the door, the newest first.
    #[oai(path = "/kiosks", method = "get", operation_id = "list_kiosks")]
    async fn list(
        &self,
        who: Can<perm::ManageQueue>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<KioskView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = queue::kiosks(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, KioskView::from))
    }

    /// Sets a tablet up. Its token is in this answer and nowhere else; it lets people join the queue
    /// of its location, and nothing else.
    #[oai(path = "/kiosks", method = "post", operation_id = "create_kiosk")]
    async fn create(
        &self,
        who: Can<perm::ManageQueue>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewKioskInput>,
    ) -> Result<Created<NewKioskView>, ApiError> {
        let location = body.location.map(|location| location.0);
        let make =
            async |tx: &mut TenantTx| Ok(queue::set_up(tx, &body.0.name, location).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Shuts a tablet out at once.
    #[oai(path = "/kiosks/:id", method = "delete", operation_id = "revoke_kiosk")]
    async fn revoke(
        &self,
        who: Can<perm::ManageQueue>,
        id: Path<Ref<Kiosk>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        queue::revoke(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
