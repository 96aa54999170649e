//! A signed-in person proves who they are once more, before something that a borrowed session must
//! not do.

use uuid::Uuid;

use super::entities::user;
use super::people::by_id;
use super::{Identity, IdentityError, NewSession, sessions};
use crate::ids::{Id, User};
use crate::secrets::{RecoveryCode, TokenHash, Verdict};
use crate::tenancy::{Caller, Principal, StoreError, SystemReason};

/// A code that somebody shows, with what it takes to compare it: hashed before any transaction is
/// open, because that takes a while on purpose.
pub(super) struct ShownCode {
    pub(super) text: String,
    pub(super) recovery: Option<TokenHash>,
}

impl Identity {
    /// Makes a code ready to be compared.
    pub(super) async fn shown_code(
        &self,
        user: Uuid,
        code: &str,
    ) -> Result<ShownCode, IdentityError> {
        let recovery = match RecoveryCode::parse(code) {
            Some(code) => self.passwords().recovery_hashes(vec![code], user).await?.pop(),
            None => None,
        };
        Ok(ShownCode { text: code.to_owned(), recovery })
    }

    /// The password once more, where there is one.
    pub(super) async fn prove_password(
        &self,
        user: Id<User>,
        password: Option<&str>,
    ) -> Result<user::Model, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = by_id(&tx, user).await?.ok_or(IdentityError::SessionExpired)?;
        // No transaction is held while the password is hashed: that takes a while on purpose.
        tx.commit().await?;
        let Some(hash) = &user.password_hash else { return Ok(user) };
        let password = password.ok_or(IdentityError::BadCredentials)?;
        match self.passwords().verify(password, hash).await? {
            Verdict::Right { .. } => Ok(user),
            Verdict::Wrong => Err(IdentityError::BadCredentials),
        }
    }

    /// The password where there is one, and a code where there is a second factor.
    pub async fn prove_again(
        &self,
        caller: &Caller,
        password: Option<&str>,
        code: Option<&str>,
    ) -> Result<(), IdentityError> {
        let Principal::Member { user, .. } = caller.principal() else {
            return Err(IdentityError::PersonsOnly);
        };
        let user = self.prove_password(*user, password).await?;
        if user.totp_confirmed_at.is_none() {
            return Ok(());
        }
        let code = code.ok_or(IdentityError::SecondFactorRequired)?;
        let code = self.shown_code(user.id, code).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        if !self.accepts(&tx, &user, &code).await? {
            tx.rollback().await?;
            return Err(IdentityError::BadCode);
        }
        Ok(tx.commit().await?)
    }

    /// Gives the caller's session a new secret after a change of what it may do. What was changed is
    /// changed already: if this fails, the old secret stays good and the log says so.
    pub async fn renew_session(&self, caller: &Caller) -> Option<NewSession> {
        let Principal::Member { session, .. } = caller.principal() else { return None };
        let renewed = async {
            let tx = self.db().system(SystemReason::Identity).await?;
            let renewed = sessions::rotate(&tx, *session).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(renewed)
        };
        renewed.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a session could not be given a new secret");
            None
        })
    }
}
