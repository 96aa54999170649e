//! TOTP and the recovery codes behind it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, Statement};

use super::entities::user;
use super::people::{audit_everywhere, own};
use super::prove::ShownCode;
use super::sessions::{self, Which};
use super::sign_in::notify;
use super::{Identity, IdentityError, NewSession, SignedIn};
use crate::ids::{Id, User};
use crate::secrets::{Place, RecoveryCode, TokenHash, TotpSecret};
use crate::tenancy::{StoreError, SystemReason, SystemTx};

/// What an authenticator app needs to be told.
#[derive(Debug)]
pub struct NewTotp {
    /// The secret, for typing.
    pub secret: String,
    /// The same as a link, for a QR code.
    pub otpauth_url: String,
}

fn secret_of(user: &user::Model) -> Place {
    Place { table: "users", column: "totp_secret", row: user.id }
}

async fn changed<const N: usize>(
    tx: &SystemTx,
    sql: &str,
    values: [sea_orm::Value; N],
) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}

/// The time step that a code of the authenticator app belongs to.
fn matching_step(tx: &SystemTx, user: &user::Model, code: &str) -> Result<Option<i64>, StoreError> {
    let Some(sealed) = &user.totp_secret else { return Ok(None) };
    let secret = TotpSecret::from_stored(tx.tools().open(&secret_of(user), sealed)?)
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let last = user.totp_last_step.and_then(|step| u64::try_from(step).ok());
    Ok(secret.verify(code, tx.now(), last).and_then(|step| i64::try_from(step).ok()))
}

impl Identity {
    /// Whether `code` is the second factor of `user` now. A code is accepted once: its time step is
    /// remembered, and a recovery code is crossed out.
    pub(super) async fn accepts(
        &self,
        tx: &SystemTx,
        user: &user::Model,
        code: &ShownCode,
    ) -> Result<bool, IdentityError> {
        if let Some(step) = matching_step(tx, user, &code.text)? {
            // Compared in the database, so that two requests with one code can't both win.
            let sql = "update users set totp_last_step = $2
                       where id = $1 and coalesce(totp_last_step, -1) < $2";
            return Ok(changed(tx, sql, [user.id.into(), step.into()]).await? == 1);
        }
        let Some(hash) = &code.recovery else { return Ok(false) };
        let sql = "update recovery_codes set used_at = $3
                   where user_id = $1 and code_hash = $2 and used_at is null";
        let values = [user.id.into(), hash.to_vec().into(), tx.now().into()];
        if changed(tx, sql, values).await? == 0 {
            return Ok(false);
        }
        audit_everywhere(tx, user, "identity.recovery_code_used").await?;
        notify(tx, self, user, "recovery_code_used").await?;
        Ok(true)
    }

    /// Begins to set up a second factor; it counts once it is confirmed with a code.
    pub async fn begin_totp(&self, person: &SignedIn) -> Result<NewTotp, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.totp_confirmed_at.is_some() {
            tx.rollback().await?;
            return Err(IdentityError::AlreadySetUp);
        }
        let secret = TotpSecret::generate(tx.entropy());
        let sealed = tx.tools().seal(&secret_of(&user), secret.as_bytes())?;
        let otpauth_url = secret
            .otpauth_url(&user.email)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        let mut row: user::ActiveModel = user.into();
        row.totp_secret = Set(Some(sealed));
        row.totp_last_step = Set(None);
        row.updated_at = Set(tx.now());
        row.update(tx.conn()).await?;
        tx.commit().await?;
        Ok(NewTotp { secret: secret.base32(), otpauth_url })
    }

    /// Confirms the second factor with a first code, and the password where there is one: a borrowed
    /// session must not lock the owner out. The recovery codes are shown once. Other sessions, which
    /// never showed a second factor, end.
    pub async fn confirm_totp(
        &self,
        person: &SignedIn,
        password: Option<String>,
        code: &str,
    ) -> Result<(Vec<String>, Option<NewSession>), IdentityError> {
        self.prove_password(person.user, password.as_deref()).await?;
        let fresh = self.fresh_codes(person.user).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.totp_confirmed_at.is_some() || user.totp_secret.is_none() {
            tx.rollback().await?;
            return Err(IdentityError::NotSetUp);
        }
        let Some(step) = matching_step(&tx, &user, code)? else {
            tx.rollback().await?;
            return Err(IdentityError::BadCode);
        };
        let version = user.version + 1;
        let mut row: user::ActiveModel = user.into();
        row.totp_confirmed_at = Set(Some(tx.now()));
        row.totp_last_step = Set(Some(step));
        row.version = Set(version);
        row.updated_at = Set(tx.now());
        let user = row.update(tx.conn()).await?;
        let codes = fresh.replace(&tx, &user).await?;
        sessions::revoke(&tx, person.user, Which::AllBut(person.session), "second_factor").await?;
        let session = sessions::rotate(&tx, person.session).await?;
        audit_everywhere(&tx, &user, "identity.two_factor_enabled").await?;
        notify(&tx, self, &user, "two_factor_enabled").await?;
        tx.commit().await?;
        Ok((codes, session))
    }

    /// Removes the second factor. Wants a code, and the password where there is one: a borrowed
    /// phone alone must not do.
    pub async fn disable_totp(
        &self,
        person: &SignedIn,
        password: Option<String>,
        code: &str,
    ) -> Result<Option<NewSession>, IdentityError> {
        self.prove_password(person.user, password.as_deref()).await?;
        let code = self.shown_code(person.user.uuid(), code).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.totp_confirmed_at.is_none() {
            tx.rollback().await?;
            return Err(IdentityError::NotSetUp);
        }
        if !self.accepts(&tx, &user, &code).await? {
            tx.rollback().await?;
            return Err(IdentityError::BadCode);
        }
        forget_recovery_codes(&tx, &user).await?;
        let version = user.version + 1;
        let mut row: user::ActiveModel = user.into();
        row.totp_secret = Set(None);
        row.totp_confirmed_at = Set(None);
        row.version = Set(version);
        row.updated_at = Set(tx.now());
        let user = row.update(tx.conn()).await?;
        let session = sessions::rotate(&tx, person.session).await?;
        audit_everywhere(&tx, &user, "identity.two_factor_disabled").await?;
        notify(&tx, self, &user, "two_factor_disabled").await?;
        tx.commit().await?;
        Ok(session)
    }

    /// New recovery codes in place of the old ones.
    pub async fn renew_recovery_codes(
        &self,
        person: &SignedIn,
        code: &str,
    ) -> Result<Vec<String>, IdentityError> {
        let code = self.shown_code(person.user.uuid(), code).await?;
        let fresh = self.fresh_codes(person.user).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.totp_confirmed_at.is_none() {
            tx.rollback().await?;
            return Err(IdentityError::NotSetUp);
        }
        if !self.accepts(&tx, &user, &code).await? {
            tx.rollback().await?;
            return Err(IdentityError::BadCode);
        }
        let codes = fresh.replace(&tx, &user).await?;
        audit_everywhere(&tx, &user, "identity.recovery_codes_renewed").await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// New recovery codes, hashed before any transaction is open.
    async fn fresh_codes(&self, user: Id<User>) -> Result<FreshCodes, IdentityError> {
        let codes = RecoveryCode::generate_set(&**self.db().entropy());
        let shown = codes.iter().map(RecoveryCode::text).collect();
        let hashes = self.passwords().recovery_hashes(codes, user.uuid()).await?;
        Ok(FreshCodes { shown, hashes: hashes.iter().map(TokenHash::to_vec).collect() })
    }
}

/// Recovery codes that aren't anybody's yet.
struct FreshCodes {
    shown: Vec<String>,
    hashes: Vec<Vec<u8>>,
}

impl FreshCodes {
    /// Puts them in place of the old ones, and gives what is shown once.
    async fn replace(self, tx: &SystemTx, user: &user::Model) -> Result<Vec<String>, StoreError> {
        forget_recovery_codes(tx, user).await?;
        let sql = "insert into recovery_codes (user_id, code_hash) select $1, unnest($2::bytea[])";
        changed(tx, sql, [user.id.into(), self.hashes.into()]).await?;
        Ok(self.shown)
    }
}

/// No recovery code is good any more.
pub(super) async fn forget_recovery_codes(
    tx: &SystemTx,
    user: &user::Model,
) -> Result<(), StoreError> {
    changed(tx, "delete from recovery_codes where user_id = $1", [user.id.into()]).await?;
    Ok(())
}
