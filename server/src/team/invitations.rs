use openchair_domain::authz::perm;
use openchair_domain::ids::Invitation;
use openchair_domain::team;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::dto::{InvitationView, NewInvitationInput, Resent};
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on invitations, from inside the team.
#[derive(Debug)]
pub struct InvitationsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Team")]
impl InvitationsApi {
    /// The invitations, the newest first.
    #[oai(path = "/invitations", method = "get", operation_id = "list_invitations")]
    async fn list(
        &self,
        who: Can<perm::ReadTeam>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<InvitationView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let window = window(limit.0, cursor.0.as_deref())?;
        let invitations = team::list_invitations(&tx, window).await?;
        tx.commit().await?;
        Ok(listed(invitations, InvitationView::from))
    }

    /// Invites somebody by e-mail. The link in the mail is good for seven days. Whoever invites must
    /// have verified their own address; of a key, whoever made it.
    #[oai(path = "/invitations", method = "post", operation_id = "create_invitation")]
    async fn create(
        &self,
        who: Can<perm::InviteMember>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewInvitationInput>,
    ) -> Result<Created<InvitationView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| {
            let made = team::invite(tx, &self.0.identity, &new).await?;
            // Last, so that what is refused counts for nothing; without it nothing is kept or sent.
            self.0.limits.invitation(tx.tenant(), &made.email).await?;
            Ok(made.into())
        };
        self.0.once(&who, once, &body.0, make).await
    }

    /// Sends an invitation again, with a new link that is good for seven days.
    #[oai(path = "/invitations/:inv/resend", method = "post", operation_id = "resend_invitation")]
    async fn resend(
        &self,
        who: Can<perm::InviteMember>,
        inv: Path<Ref<Invitation>>,
    ) -> Result<Resent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let sent = team::resend(&mut tx, &self.0.identity, inv.0.0).await?;
        self.0.limits.invitation(tx.tenant(), &sent.email).await?;
        tx.commit().await?;
        Ok(Resent::Mail)
    }

    /// Takes an invitation back: its link is dead.
    #[oai(path = "/invitations/:inv", method = "delete", operation_id = "revoke_invitation")]
    async fn revoke(
        &self,
        who: Can<perm::InviteMember>,
        inv: Path<Ref<Invitation>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        team::revoke(&mut tx, &self.0.identity, inv.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
