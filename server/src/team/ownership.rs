use openchair_domain::authz::perm;
use openchair_domain::team;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::dto::{MemberView, OwnershipTransfer};
use crate::app::App;
use crate::auth::{Can, SetCookie, cookie};
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

/// A business changes hands.
#[derive(Debug)]
pub struct OwnershipApi(pub App);

#[OpenApi(prefix_path = "/v1/tenant", tag = "Tags::Tenant")]
impl OwnershipApi {
    /// Makes a member owner in the caller's place; the caller becomes a manager. Wants the caller's
    /// password and code once more. Answers with the new owner.
    #[oai(path = "/transfer-ownership", method = "post", operation_id = "transfer_ownership")]
    async fn transfer(
        &self,
        who: Can<perm::TransferTenant>,
        body: Input<OwnershipTransfer>,
    ) -> Result<SetCookie<Json<MemberView>>, ApiError> {
        self.0.limits.proof_of(&who).await?;
        let OwnershipTransfer { member_id, password, code } = body.0;
        let identity = &self.0.identity;
        identity.prove_again(&who, password.as_deref(), code.as_deref()).await?;
        let mut tx = self.0.db.tenant(&who).await?;
        let owner = team::transfer(&mut tx, identity, member_id.0).await?;
        tx.commit().await?;
        let session = identity.renew_session(&who).await;
        Ok(cookie::session(Json(owner.into()), session.as_ref(), self.0.now()))
    }
}
