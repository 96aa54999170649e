use openchair_domain::authz::perm;
use openchair_domain::ids::Closure;
use openchair_domain::locations;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::dto::{ClosureView, NewClosure};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::{Day, Input};
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on days on which the door stays shut.
#[derive(Debug)]
pub struct ClosuresApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Locations")]
impl ClosuresApi {
    /// The closures, in the order in which they were written down.
    #[oai(path = "/closures", method = "get", operation_id = "list_closures")]
    async fn list(
        &self,
        who: Can<perm::ReadLocations>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
        /// Without those that were over before this day
        from: Query<Option<Day>>,
    ) -> Result<Listed<ClosureView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = locations::list_closures(&tx, window, from.0.map(|day| day.0)).await?;
        tx.commit().await?;
        Ok(listed(found, ClosureView::from))
    }

    /// Closes a location, or the whole business, for some days.
    #[oai(path = "/closures", method = "post", operation_id = "create_closure")]
    async fn create(
        &self,
        who: Can<perm::UpdateLocation>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewClosure>,
    ) -> Result<Created<ClosureView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| Ok(locations::close(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Takes a closure back.
    #[oai(path = "/closures/:id", method = "delete", operation_id = "remove_closure")]
    async fn remove(
        &self,
        who: Can<perm::UpdateLocation>,
        id: Path<Ref<Closure>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        locations::open_again(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
