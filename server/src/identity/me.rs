use openchair_domain::identity::ProfileChange;
use openchair_domain::ids::Session;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::auth::Promised;
use super::dto::{
    CurrentTenant, FactorCode, FactorConfirmation, FactorRemoval, MeChange, MeView, PasswordChange,
    RecoveryCodesView, RevokedSessions, SessionList, SessionView, TotpView, UserView,
};
use crate::app::App;
use crate::auth::{Person, SetCookie, cookie};
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// One's own login.
#[derive(Debug)]
pub struct MeApi(pub App);

#[OpenApi(prefix_path = "/v1/me", tag = "Tags::Me")]
impl MeApi {
    /// Who am I, and where do I belong?
    #[oai(path = "/", method = "get", operation_id = "read_me")]
    async fn read(&self, who: Person) -> Result<Json<MeView>, ApiError> {
        let me = self.0.identity.me(&who.0).await?;
        Ok(Json(me.into()))
    }

    /// Changes one's own name or language.
    #[oai(path = "/", method = "patch", operation_id = "update_me")]
    async fn update(
        &self,
        who: Person,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MeChange>,
    ) -> Result<Versioned<UserView>, ApiError> {
        let change = ProfileChange { name: body.0.name, locale: body.0.locale };
        let user = self.0.identity.update_profile(&who.0, seen.version(), &change).await?;
        Ok(Versioned::new(user.version.into(), user.into()))
    }

    /// Sends the link that proves the address once more.
    #[oai(path = "/verify-email", method = "post", operation_id = "resend_verification")]
    async fn resend_verification(&self, who: Person) -> Result<Promised, ApiError> {
        self.0.limits.own_mail(who.0.user).await?;
        self.0.identity.resend_verification(&who.0).await?;
        Ok(Promised::mail())
    }

    /// Sets a password, or a new one; other sessions end.
    #[oai(path = "/password", method = "post", operation_id = "change_password")]
    async fn change_password(
        &self,
        who: Person,
        body: Input<PasswordChange>,
    ) -> Result<SetCookie<NoContent>, ApiError> {
        self.0.limits.own_proof(who.0.user).await?;
        let PasswordChange { current, new } = body.0;
        let session = self.0.identity.change_password(&who.0, current, new).await?;
        Ok(cookie::session(NoContent::Done, session.as_ref(), self.0.now()))
    }

    /// Moves the session to another business that one belongs to.
    #[oai(path = "/current-tenant", method = "put", operation_id = "choose_tenant")]
    async fn choose_tenant(
        &self,
        who: Person,
        body: Input<CurrentTenant>,
    ) -> Result<Json<MeView>, ApiError> {
        let me = self.0.identity.stand_in(&who.0, body.tenant_id.0).await?;
        Ok(Json(me.into()))
    }

    /// Everything that keeps one signed in.
    #[oai(path = "/sessions", method = "get", operation_id = "list_sessions")]
    async fn sessions(&self, who: Person) -> Result<Json<SessionList>, ApiError> {
        let sessions = self.0.identity.sessions(&who.0).await?;
        Ok(Json(SessionList { items: sessions.into_iter().map(SessionView::from).collect() }))
    }

    /// Ends one of one's own sessions.
    #[oai(path = "/sessions/:id", method = "delete", operation_id = "revoke_session")]
    async fn revoke_session(
        &self,
        who: Person,
        id: Path<Ref<Session>>,
    ) -> Result<NoContent, ApiError> {
        self.0.identity.revoke_session(&who.0, id.0.0).await?;
        Ok(NoContent::Done)
    }

    /// Ends all sessions but this one.
    #[oai(
        path = "/sessions/revoke-others",
        method = "post",
        operation_id = "revoke_other_sessions"
    )]
    async fn revoke_others(&self, who: Person) -> Result<Json<RevokedSessions>, ApiError> {
        let revoked = self.0.identity.revoke_other_sessions(&who.0).await?;
        Ok(Json(RevokedSessions { revoked }))
    }

    /// Begins to set up a second factor.
    #[oai(path = "/totp", method = "post", operation_id = "begin_totp")]
    async fn begin_totp(&self, who: Person) -> Result<Json<TotpView>, ApiError> {
        let totp = self.0.identity.begin_totp(&who.0).await?;
        Ok(Json(totp.into()))
    }

    /// Confirms the second factor with a first code; other sessions end.
    #[oai(path = "/totp/confirm", method = "post", operation_id = "confirm_totp")]
    async fn confirm_totp(
        &self,
        who: Person,
        body: Input<FactorConfirmation>,
    ) -> Result<SetCookie<Json<RecoveryCodesView>>, ApiError> {
        self.0.limits.own_proof(who.0.user).await?;
        let FactorConfirmation { password, code } = body.0;
        let (recovery_codes, session) =
            self.0.identity.confirm_totp(&who.0, password, &code).await?;
        let view = Json(RecoveryCodesView { recovery_codes });
        Ok(cookie::session(view, session.as_ref(), self.0.now()))
    }

    /// Removes the second factor.
    #[oai(path = "/totp/disable", method = "post", operation_id = "disable_totp")]
    async fn disable_totp(
        &self,
        who: Person,
        body: Input<FactorRemoval>,
    ) -> Result<SetCookie<NoContent>, ApiError> {
        self.0.limits.own_proof(who.0.user).await?;
        let FactorRemoval { password, code } = body.0;
        let session = self.0.identity.disable_totp(&who.0, password, &code).await?;
        Ok(cookie::session(NoContent::Done, session.as_ref(), self.0.now()))
    }

    /// New recovery codes in place of the old ones.
    #[oai(path = "/recovery-codes", method = "post", operation_id = "renew_recovery_codes")]
    async fn renew_recovery_codes(
        &self,
        who: Person,
        body: Input<FactorCode>,
    ) -> Result<Json<RecoveryCodesView>, ApiError> {
        self.0.limits.own_proof(who.0.user).await?;
        let recovery_codes = self.0.identity.renew_recovery_codes(&who.0, &body.code).await?;
        Ok(Json(RecoveryCodesView { recovery_codes }))
    }
}
