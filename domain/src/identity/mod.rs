//! People: global logins, how they prove who they are, and what keeps them signed in. Which tenants
//! a person may enter is decided by memberships (`team`), not here.

mod authenticate;
mod entities;
mod links;
mod people;
mod profile;
mod prove;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Duration;
use tokio::sync::RwLock;

use crate::authz::{Authz, Rights};
use crate::fault::refusals;
use crate::secrets::{AccessTokens, PasswordError, Passwords};
use crate::tenancy::{Db, StoreError};

pub use authenticate::{Proof, Recognised, SignedIn};
pub use links::{Purpose, SEND_LINK, SendLink};
pub use people::{Me, Place, UserFacts};
pub use profile::ProfileChange;
pub use second_factor::NewTotp;
pub use sessions::{NewSession, SessionFacts};
pub use sign_in::{Challenge, SignIn};
pub use tokens::{ClientSignIn, TokenPair};

pub(crate) use authenticate::{role_to_store, stored_role};
pub(crate) use links::{mail as mail_link, prove_address};
pub(crate) use people::{NewUser, by_email, by_id, create};
pub(crate) use sessions::{move_to, open as open_session};

refusals! {
    /// Why somebody isn't recognised, or can't change what they wanted to.
    IdentityError {
        NotSignedIn = Unauthenticated "not_signed_in" "Please sign in first.",
        SessionExpired = Unauthenticated "session_expired" "You have been signed out. Please sign in again.",
        BadKey = Unauthenticated "bad_api_key" "This API key is unknown, expired or revoked.",
        BadToken = Unauthenticated "bad_token" "This access token is not good, or no longer.",
        TokenReused = Unauthenticated "token_reused" "This refresh token was used before. To be safe, all tokens of this client were revoked.",
        BadCredentials = Unauthenticated "bad_credentials" "E-mail or password is not right.",
        BadCode = Unauthenticated "bad_code" "This code is not right, or was used already.",
        LinkInvalid = Unauthenticated "link_invalid" "This link has expired or was used already. Please ask for a new one.",
        SecondFactorRequired = Unauthenticated "second_factor_required" "Please add the code of your second factor.",
        NoBusiness = NotAllowed "no_business" "Choose a business first.",
        SecondFactorSetUpRequired = NotAllowed "second_factor_setup_required" "This business asks everyone for a second factor. Please set one up first.",
        PersonsOnly = NotAllowed "persons_only" "This can only be done by a person who is signed in.",
        SupportNeedsSecondFactor = NotAllowed "second_factor_setup_required" "Who looks after the platform needs a second factor. Please set one up first.",
        AlreadySetUp = Conflict "second_factor_active" "A second factor is already set up.",
        NotSetUp = Conflict "second_factor_inactive" "There is no second factor to confirm or remove.",
        AlreadyVerified = Conflict "already_verified" "This address is verified already.",
    }
}

/// Deletes links, sessions and refresh tokens that have been no good for a while, and says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    Ok(links::sweep(db).await? + sessions::sweep(db).await?)
}

impl From<PasswordError> for IdentityError {
    fn from(error: PasswordError) -> Self {
        Self::Store(StoreError::Unreadable(error.to_string()))
    }
}

/// How long things keep somebody signed in, and where links lead.
#[derive(Debug, Clone)]
pub struct Rules {
    /// A browser session ends after this long without a request.
    pub idle: Duration,
    /// A browser session ends after this long in any case.
    pub absolute: Duration,
    /// How long a refresh token is good.
    pub refresh: Duration,
    /// Where the product is found, without a slash at the end.
    pub public_url: String,
}

/// Everything that deals with logins.
#[derive(Debug, Clone)]
pub struct Identity(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    authz: Authz,
    passwords: Passwords,
    tokens: AccessTokens,
    rules: Rules,
    /// What composed roles allow, by the permissions that they name: compiled once.
    composed: RwLock<HashMap<Vec<String>, Rights>>,
}

/// Composed roles that are kept compiled. Past it the cache starts anew: bounded memory matters
/// more than the last hit.
const COMPOSED_KEPT: usize = 10_000;

impl Identity {
    /// Puts the parts together.
    pub fn new(
        db: Db,
        authz: Authz,
        passwords: Passwords,
        tokens: AccessTokens,
        rules: Rules,
    ) -> Self {
        let composed = RwLock::default();
        Self(Arc::new(Inner { db, authz, passwords, tokens, rules, composed }))
    }

    /// What the roles allow.
    pub fn authz(&self) -> &Authz {
        &self.0.authz
    }

    /// The rules in force.
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    fn access_tokens(&self) -> &AccessTokens {
        &self.0.tokens
    }

    /// A link that a mail carries: the token is in the fragment, which browsers don't send.
    pub(crate) fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#{token}", self.0.rules.public_url)
    }

    /// What a composed role that names these permissions allows.
    pub(crate) async fn composed(
        &self,
        mut permissions: Vec<String>,
    ) -> Result<Rights, StoreError> {
        permissions.sort_unstable();
        if let Some(rights) = self.0.composed.read().await.get(&permissions) {
            return Ok(*rights);
        }
        let rights = self
            .0
            .authz
            .composed(&permissions)
            .await
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let mut cache = self.0.composed.write().await;
        if cache.len() >= COMPOSED_KEPT {
            cache.clear();
        }
        cache.insert(permissions, rights);
        Ok(rights)
    }
}
