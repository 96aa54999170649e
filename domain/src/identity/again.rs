//! A signed-in person proves who they are once more, before something that a borrowed session must
//! not do; and what joining a team changes of a login.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::entities::session;
use super::links::mark_verified;
use super::people::by_id;
use super::{Identity, IdentityError, NewSession, sessions};
use crate::ids::{Id, Session, Tenant, User};
use crate::secrets::Verdict;
use crate::tenancy::{Caller, Principal, StoreError, SystemReason, SystemTx};

impl Identity {
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
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = by_id(&tx, *user).await?.ok_or(IdentityError::SessionExpired)?;
        // No transaction is held while the password is hashed: that takes a while on purpose.
        tx.commit().await?;
        if let Some(hash) = &user.password_hash {
            let password = password.ok_or(IdentityError::BadCredentials)?;
            if matches!(self.passwords().verify(password, hash).await?, Verdict::Wrong) {
                return Err(IdentityError::BadCredentials);
            }
        }
        if user.totp_confirmed_at.is_none() {
            return Ok(());
        }
        let code = code.ok_or(IdentityError::SecondFactorRequired)?;
        let tx = self.db().system(SystemReason::Identity).await?;
        if !self.accepts(&tx, &user, code).await? {
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
            let renewed = sessions::rotate_one(&tx, *session).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(renewed)
        };
        renewed.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a session could not be given a new secret");
            None
        })
    }
}

/// Somebody who is signed in opened a link that was mailed to their address.
pub(crate) async fn prove_address(tx: &SystemTx, user: Id<User>) -> Result<(), StoreError> {
    if let Some(user) = by_id(tx, user).await? {
        mark_verified(tx, user).await?;
    }
    Ok(())
}

/// A session stands in another tenant from now on.
pub(crate) async fn move_session(
    tx: &SystemTx,
    session: Id<Session>,
    tenant: Id<Tenant>,
) -> Result<(), StoreError> {
    let found = session::Entity::find_by_id(session.uuid()).one(tx.conn()).await?;
    let Some(found) = found else { return Ok(()) };
    let mut row: session::ActiveModel = found.into();
    row.current_tenant_id = Set(Some(tenant.uuid()));
    row.update(tx.conn()).await?;
    Ok(())
}
