//! Tablets at the door over HTTP, for who sets them up.

use openchair_domain::authz::perm;
use openchair_domain::ids::Kiosk;
use openchair_domain::queue;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::dto::{KioskView, NewKioskView};
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
