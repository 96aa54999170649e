use openchair_domain::authz::perm;
use openchair_domain::ids::OptOut;
use openchair_domain::messaging;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::dto::{NewOptOutInput, OptOutView};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on who doesn't want to be written to.
#[derive(Debug)]
pub struct OptOutsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Messages")]
impl OptOutsApi {
    /// Who doesn't want to be written to, the newest first.
    #[oai(path = "/message-opt-outs", method = "get", operation_id = "list_opt_outs")]
    async fn list(
        &self,
        who: Can<perm::ReadMessages>,
        /// However it is written
        #[oai(validator(max_length = 254))]
        address: Query<Option<String>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<OptOutView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::optouts(&tx, address.0.as_deref(), window).await?;
        tx.commit().await?;
        Ok(listed(found, OptOutView::from))
    }

    /// Notes that somebody doesn't want to be written to. By mail they are still told what becomes of
    /// visits that they book; otherwise nothing is sent to this address any more.
    #[oai(path = "/message-opt-outs", method = "post", operation_id = "add_opt_out")]
    async fn add(
        &self,
        who: Can<perm::SendMessage>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewOptOutInput>,
    ) -> Result<Created<OptOutView>, ApiError> {
        let new = body.0.to_domain();
        let add = async |tx: &mut TenantTx| Ok(messaging::opt_out(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, add).await
    }

    /// They want to be written to again.
    #[oai(path = "/message-opt-outs/:id", method = "delete", operation_id = "remove_opt_out")]
    async fn remove(
        &self,
        who: Can<perm::SendMessage>,
        id: Path<Ref<OptOut>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        messaging::opt_in(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
