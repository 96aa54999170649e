use openchair_domain::identity::{IdentityError, Purpose};
use openchair_domain::text::Email;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::dto::{
    LinkPromise, LinkToken, LinkWanted, PasswordByLink, PasswordSignIn, SecondFactorCode,
    SignInView, signed_in,
};
use crate::app::App;
use crate::auth::{Person, SetCookie, Visitor, cookie};
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// Signing in and out, by a browser.
#[derive(Debug)]
pub struct AuthApi(pub App);

/// 202: the worker does the rest.
#[derive(Debug, ApiResponse)]
pub(super) enum Promised {
    /// A mail is on its way, if the address has a login.
    #[oai(status = 202)]
    Mail(Json<LinkPromise>),
}

impl Promised {
    pub(super) fn mail() -> Self {
        let detail = "If this address has a login, a mail with a link is on its way.".to_owned();
        Self::Mail(Json(LinkPromise { detail }))
    }
}

#[OpenApi(prefix_path = "/v1/auth", tag = "Tags::Auth")]
impl AuthApi {
    /// Signs in with a password; a second factor may be asked for.
    #[oai(path = "/sign-in", method = "post", operation_id = "sign_in")]
    async fn sign_in(
        &self,
        who: Visitor,
        body: Input<PasswordSignIn>,
    ) -> Result<SetCookie<Json<SignInView>>, ApiError> {
        // What is no address has no login: the same answer as for one that is.
        let email = Email::parse(&body.email).map_err(|_| IdentityError::BadCredentials)?;
        self.0.limits.sign_in(&who.request, &email).await?;
        let outcome = self.0.identity.sign_in(&email, body.0.password, &who.request).await?;
        Ok(signed_in(outcome, self.0.now()))
    }

    /// Finishes a sign-in with the second factor.
    #[oai(path = "/second-factor", method = "post", operation_id = "show_second_factor")]
    async fn second_factor(
        &self,
        who: Visitor,
        body: Input<SecondFactorCode>,
    ) -> Result<SetCookie<Json<SignInView>>, ApiError> {
        self.0.limits.second_factor(&who.request).await?;
        let outcome =
            self.0.identity.second_factor(&body.challenge, &body.code, &who.request).await?;
        Ok(signed_in(outcome, self.0.now()))
    }

    /// Ends the session.
    #[oai(path = "/sign-out", method = "post", operation_id = "sign_out")]
    async fn sign_out(&self, who: Person) -> Result<SetCookie<NoContent>, ApiError> {
        self.0.identity.sign_out(&who.0).await?;
        Ok(cookie::SESSION.end(NoContent::Done))
    }

    /// Asks for a link that signs in.
    #[oai(path = "/magic-link", method = "post", operation_id = "ask_for_magic_link")]
    async fn magic_link(
        &self,
        who: Visitor,
        body: Input<LinkWanted>,
    ) -> Result<Promised, ApiError> {
        self.promise(&who, &body.email, Purpose::MagicLink).await
    }

    /// Signs in with a link; the second factor is asked for all the same.
    #[oai(path = "/magic-link/redeem", method = "post", operation_id = "redeem_magic_link")]
    async fn redeem_magic_link(
        &self,
        who: Visitor,
        body: Input<LinkToken>,
    ) -> Result<SetCookie<Json<SignInView>>, ApiError> {
        self.0.limits.token(&who.request).await?;
        let outcome = self.0.identity.redeem_magic_link(&body.token, &who.request).await?;
        Ok(signed_in(outcome, self.0.now()))
    }

    /// Asks for a link that sets a new password.
    #[oai(path = "/password-reset", method = "post", operation_id = "ask_for_password_reset")]
    async fn password_reset(
        &self,
        who: Visitor,
        body: Input<LinkWanted>,
    ) -> Result<Promised, ApiError> {
        self.promise(&who, &body.email, Purpose::PasswordReset).await
    }

    /// Sets a new password by a link, and ends all sessions. Sign in with it afterwards.
    #[oai(path = "/password-reset/redeem", method = "post", operation_id = "reset_password")]
    async fn reset_password(
        &self,
        who: Visitor,
        body: Input<PasswordByLink>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.token(&who.request).await?;
        let PasswordByLink { token, password } = body.0;
        self.0.identity.reset_password(&token, password).await?;
        Ok(NoContent::Done)
    }

    /// Proves an address by the link that was sent to it.
    #[oai(path = "/verify-email", method = "post", operation_id = "verify_email")]
    async fn verify_email(
        &self,
        who: Visitor,
        body: Input<LinkToken>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.token(&who.request).await?;
        self.0.identity.verify_email(&body.token).await?;
        Ok(NoContent::Done)
    }
}

impl AuthApi {
    async fn promise(
        &self,
        who: &Visitor,
        email: &str,
        purpose: Purpose,
    ) -> Result<Promised, ApiError> {
        let email = Email::parse(email)
            .map_err(|fault| ApiError::invalid_field("/email", fault.code, fault.detail))?;
        self.0.limits.mail_link(&who.request, &email).await?;
        self.0.identity.ask_for_link(&email, purpose).await?;
        Ok(Promised::mail())
    }
}
