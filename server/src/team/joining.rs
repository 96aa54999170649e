use openchair_domain::team;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::dto::{InvitationAcceptance, InvitationLookView, InvitationToken};
use crate::app::App;
use crate::auth::{SetCookie, Visitor};
use crate::identity::{SignInView, joined};
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

/// The operations on invitations, from the invited one's side.
#[derive(Debug)]
pub struct JoiningApi(pub App);

#[OpenApi(prefix_path = "/v1/invitations", tag = "Tags::Team")]
impl JoiningApi {
    /// Looks at the invitation that a link stands for.
    #[oai(path = "/look", method = "post", operation_id = "look_at_invitation")]
    async fn look(
        &self,
        who: Visitor,
        body: Input<InvitationToken>,
    ) -> Result<Json<InvitationLookView>, ApiError> {
        self.0.limits.token(&who.request).await?;
        let look = team::look(&self.0.identity, &body.token).await?;
        Ok(Json(look.into()))
    }

    /// Joins: as a new login with a name and a password, or signed in as the address that was
    /// invited.
    #[oai(path = "/accept", method = "post", operation_id = "accept_invitation")]
    async fn accept(
        &self,
        who: Visitor,
        body: Input<InvitationAcceptance>,
    ) -> Result<SetCookie<Json<SignInView>>, ApiError> {
        self.0.limits.token(&who.request).await?;
        let Visitor { request, person } = who;
        let done = team::accept(&self.0.identity, body.0.into(), person, &request).await?;
        Ok(joined(done, self.0.now()))
    }
}
