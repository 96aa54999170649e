use openchair_domain::authz::perm;
use openchair_domain::ids::Membership;
use openchair_domain::team;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::dto::{MemberChange, MemberView};
use crate::app::App;
use crate::auth::{Can, Person};
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on members.
#[derive(Debug)]
pub struct MembersApi(pub App);

fn versioned(view: MemberView) -> Versioned<MemberView> {
    Versioned::new(view.version.into(), view)
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Team")]
impl MembersApi {
    /// The team, in the order in which they joined.
    #[oai(path = "/members", method = "get", operation_id = "list_members")]
    async fn list(
        &self,
        who: Can<perm::ReadTeam>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<MemberView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let members = team::list_members(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(members, MemberView::from))
    }

    /// One of the team.
    #[oai(path = "/members/:mem", method = "get", operation_id = "read_member")]
    async fn read(
        &self,
        who: Can<perm::ReadTeam>,
        mem: Path<Ref<Membership>>,
    ) -> Result<Versioned<MemberView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let member = team::find_member(&tx, mem.0.0).await?;
        tx.commit().await?;
        Ok(versioned(member.into()))
    }

    /// Gives a member another role, none that is allowed more than the caller. Only owners make and
    /// unmake owners, and the last owner stays one.
    #[oai(path = "/members/:mem", method = "patch", operation_id = "update_member")]
    async fn update(
        &self,
        who: Can<perm::UpdateMember>,
        mem: Path<Ref<Membership>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MemberChange>,
    ) -> Result<Versioned<MemberView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let identity = &self.0.identity;
        let member = team::change_role(&mut tx, identity, mem.0.0, seen.0, &body.role).await?;
        tx.commit().await?;
        Ok(versioned(member.into()))
    }

    /// Takes somebody off the team, in force with their next request.
    #[oai(path = "/members/:mem", method = "delete", operation_id = "remove_member")]
    async fn remove(
        &self,
        who: Can<perm::RemoveMember>,
        mem: Path<Ref<Membership>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        team::remove(&mut tx, &self.0.identity, mem.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Leaves a business that one belongs to. Its last owner can't.
    #[oai(
        path = "/me/memberships/:mem",
        method = "delete",
        operation_id = "leave_team",
        tag = "Tags::Me"
    )]
    async fn leave(&self, who: Person, mem: Path<Ref<Membership>>) -> Result<NoContent, ApiError> {
        team::leave(&self.0.identity, &who.0, mem.0.0).await?;
        Ok(NoContent::Done)
    }
}
