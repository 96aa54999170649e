use openchair_domain::identity::{ClientSignIn, IdentityError, TokenPair};
use openchair_domain::text::Email;
use openchair_domain::time::Instant;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::dto::{NewTokens, RefreshToken, TokensView};
use crate::app::App;
use crate::auth::Visitor;
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// Signing in and out, by an API client.
#[derive(Debug)]
pub struct TokensApi(pub App);

/// 201: tokens.
#[derive(Debug, ApiResponse)]
pub(super) enum Issued {
    /// Tokens, shown once.
    #[oai(status = 201)]
    Tokens(Json<TokensView>),
}

fn issued(pair: &TokenPair, now: Instant) -> Issued {
    Issued::Tokens(Json(TokensView {
        access_token: pair.access_token.clone(),
        token_type: "Bearer".to_owned(),
        expires_in: (pair.access_expires_at - now).num_seconds(),
        refresh_token: pair.refresh_token.text().to_owned(),
        refresh_expires_at: pair.refresh_expires_at,
    }))
}

#[OpenApi(prefix_path = "/v1/auth/tokens", tag = "Tags::Auth")]
impl TokensApi {
    /// An API client signs in.
    #[oai(path = "/", method = "post", operation_id = "issue_tokens")]
    async fn issue(&self, who: Visitor, body: Input<NewTokens>) -> Result<Issued, ApiError> {
        let email = Email::parse(&body.email).map_err(|_| IdentityError::BadCredentials)?;
        self.0.limits.sign_in(&who.request, &email).await?;
        let client = ClientSignIn {
            email,
            password: body.0.password,
            code: body.0.code,
            tenant: body.0.tenant.map(|tenant| tenant.0),
            client_name: body.0.client_name,
        };
        let pair = self.0.identity.client_sign_in(client, &who.request).await?;
        Ok(issued(&pair, self.0.now()))
    }

    /// The next tokens for a refresh token, which is thereby used up.
    #[oai(path = "/refresh", method = "post", operation_id = "refresh_tokens")]
    async fn refresh(&self, who: Visitor, body: Input<RefreshToken>) -> Result<Issued, ApiError> {
        self.0.limits.token(&who.request).await?;
        let pair = self.0.identity.refresh(&body.refresh_token).await?;
        Ok(issued(&pair, self.0.now()))
    }

    /// An API client signs out; its access token ends with it.
    #[oai(path = "/revoke", method = "post", operation_id = "revoke_tokens")]
    async fn revoke(&self, who: Visitor, body: Input<RefreshToken>) -> Result<NoContent, ApiError> {
        self.0.limits.token(&who.request).await?;
        self.0.identity.revoke_refresh(&body.refresh_token).await?;
        Ok(NoContent::Done)
    }
}
