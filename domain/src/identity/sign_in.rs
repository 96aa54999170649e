//! Passwords, links and second factors on their way to a session.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::entities::user;
use super::links::{self, Purpose, hold, take_possession, use_up};
use super::people::{audit_everywhere, audit_in, by_email, held};
use super::sessions::{self, Which};
use super::{Identity, IdentityError, Me, NewSession};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, User};
use crate::messaging::{self, NewMail, Template};
use crate::secrets::{OpaqueToken, PasswordContext, PasswordRule, Verdict};
use crate::tenancy::{RequestFacts, StoreError, SystemReason, SystemTx};
use crate::text::Email;

/// How a sign-in went on.
#[derive(Debug)]
pub enum SignIn {
    /// There is a session.
    Done(NewSession, Box<Me>),
    /// The first half was right; the second factor is asked for.
    SecondFactor(Challenge),
}

/// Stands for the first half of a sign-in until the second factor is shown.
#[derive(Debug)]
pub struct Challenge(pub OpaqueToken);

/// A challenge is worth this many tries.
const TRIES: i32 = 5;

impl Identity {
    /// Signs in with a password. Takes as long, and says the same, when there is no such login.
    pub async fn sign_in(
        &self,
        email: &Email,
        password: String,
        request: &RequestFacts,
    ) -> Result<SignIn, IdentityError> {
        let user = self.with_password(email, password).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = unchanged(&tx, &user).await?;
        let outcome = self.first_half(&tx, user, request).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// The login that this address and password stand for.
    pub(super) async fn with_password(
        &self,
        email: &Email,
        password: String,
    ) -> Result<user::Model, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let found = by_email(&tx, email).await?;
        // No transaction is held while the password is hashed: that takes a while on purpose.
        tx.commit().await?;
        let Some((user, hash)) =
            found.and_then(|user| user.password_hash.clone().map(|hash| (user, hash)))
        else {
            self.passwords().verify_absent(&password).await?;
            return Err(IdentityError::BadCredentials);
        };
        match self.passwords().verify(&password, &hash).await? {
            Verdict::Wrong => Err(IdentityError::BadCredentials),
            Verdict::Right { rehash: false } => Ok(user),
            Verdict::Right { rehash: true } => self.rehash(user, &password).await,
        }
    }

    /// The cost of hashing was raised since: only now is the password there to do it again.
    async fn rehash(
        &self,
        user: user::Model,
        password: &str,
    ) -> Result<user::Model, IdentityError> {
        let hash = self.passwords().hash(password).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let mut row: user::ActiveModel = unchanged(&tx, &user).await?.into();
        row.password_hash = Set(Some(hash));
        let user = row.update(tx.conn()).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn first_half(
        &self,
        tx: &SystemTx,
        user: user::Model,
        request: &RequestFacts,
    ) -> Result<SignIn, IdentityError> {
        if user.totp_confirmed_at.is_some() {
            let token = links::issue(tx, &user, Purpose::SecondFactor).await?;
            return Ok(SignIn::SecondFactor(Challenge(token)));
        }
        self.done(tx, &user, request).await
    }

    async fn done(
        &self,
        tx: &SystemTx,
        user: &user::Model,
        request: &RequestFacts,
    ) -> Result<SignIn, IdentityError> {
        let id = Id::<User>::from_uuid(user.id);
        let me = self.me_in(tx, id, None).await?;
        let session = sessions::open(tx, self, id, me.current_tenant, request).await?;
        if let Some(tenant) = me.current_tenant {
            audit_in(tx, tenant, user, request, "identity.signed_in").await?;
        }
        Ok(SignIn::Done(session, Box::new(me)))
    }

    /// Finishes a sign-in with the code of the second factor, or a recovery code.
    pub async fn second_factor(
        &self,
        challenge: &str,
        code: &str,
        request: &RequestFacts,
    ) -> Result<SignIn, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let found = hold(&tx, challenge, Purpose::SecondFactor).await?;
        // Whose code it is must be known to hash it, and no login is held while that lasts.
        tx.rollback().await?;
        let (_, user) = found.ok_or(IdentityError::LinkInvalid)?;
        let code = self.shown_code(user.id, code).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let found = hold(&tx, challenge, Purpose::SecondFactor).await?;
        let Some((token, user)) = found.filter(|(token, _)| token.attempts < TRIES) else {
            tx.rollback().await?;
            return Err(IdentityError::LinkInvalid);
        };
        if !self.accepts(&tx, &user, &code).await? {
            let attempts = token.attempts + 1;
            let mut row: super::entities::one_time::ActiveModel = token.into();
            row.attempts = Set(attempts);
            row.update(tx.conn()).await?;
            tx.commit().await?;
            return Err(IdentityError::BadCode);
        }
        use_up(&tx, &token).await?;
        let outcome = self.done(&tx, &user, request).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Signs in with a link. The second factor is asked for all the same.
    pub async fn redeem_magic_link(
        &self,
        token: &str,
        request: &RequestFacts,
    ) -> Result<SignIn, IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let Some((token, user)) = hold(&tx, token, Purpose::MagicLink).await? else {
            tx.rollback().await?;
            return Err(IdentityError::LinkInvalid);
        };
        use_up(&tx, &token).await?;
        let user = take_possession(&tx, user).await?;
        let outcome = self.first_half(&tx, user, request).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Sets a new password by a link, and ends everything that was signed in. Does not sign in: a
    /// second factor must not be walked round.
    pub async fn reset_password(&self, token: &str, password: String) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let held = hold(&tx, token, Purpose::PasswordReset).await?;
        let Some((_, user)) = held else {
            tx.rollback().await?;
            return Err(IdentityError::LinkInvalid);
        };
        tx.rollback().await?;
        let about = PasswordContext { email: &user.email, name: &user.name };
        let hash = self.new_password("/password", &password, about).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let Some((held, user)) = hold(&tx, token, Purpose::PasswordReset).await? else {
            tx.rollback().await?;
            return Err(IdentityError::LinkInvalid);
        };
        use_up(&tx, &held).await?;
        let user = take_possession(&tx, user).await?;
        let user = set_password(&tx, user, hash).await?;
        sessions::revoke(&tx, Id::from_uuid(user.id), Which::All, "password_reset").await?;
        audit_everywhere(&tx, &user, "identity.password_reset").await?;
        notify(&tx, self, &user, "password_reset").await?;
        Ok(tx.commit().await?)
    }

    /// Checks a new password against the rule and hashes it.
    pub(crate) async fn new_password(
        &self,
        field: &str,
        password: &str,
        about: PasswordContext<'_>,
    ) -> Result<String, IdentityError> {
        let mut faults = Faults::new();
        for fault in PasswordRule::check(password, about).err().unwrap_or_default() {
            faults.note(field, ValueFault::new(fault.code(), fault.sentence()));
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        Ok(self.passwords().hash(password).await?)
    }
}

pub(super) async fn set_password(
    tx: &SystemTx,
    user: user::Model,
    hash: String,
) -> Result<user::Model, StoreError> {
    let version = user.version + 1;
    let mut row: user::ActiveModel = user.into();
    row.password_hash = Set(Some(hash));
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    let user = row.update(tx.conn()).await?;
    links::use_up_all(tx, user.id).await?;
    Ok(user)
}

/// The login as it is now, held. While a password was being hashed somebody may have set another, or
/// a second factor: then what was shown is no longer enough.
pub(super) async fn unchanged(
    tx: &SystemTx,
    seen: &user::Model,
) -> Result<user::Model, IdentityError> {
    let now = held(tx, seen.id).await?.ok_or(IdentityError::BadCredentials)?;
    if now.password_hash != seen.password_hash || now.totp_confirmed_at != seen.totp_confirmed_at {
        return Err(IdentityError::BadCredentials);
    }
    Ok(now)
}

/// Tells a login's owner what changed, so that a thief can't do it in silence.
pub(super) async fn notify(
    tx: &SystemTx,
    identity: &Identity,
    user: &user::Model,
    what: &str,
) -> Result<(), StoreError> {
    let Ok(to) = Email::parse(&user.email) else { return Ok(()) };
    let mail = NewMail::new(&to, Template::SecurityNotice, &user.locale)
        .with("name", user.name.clone())
        .with("what", what)
        .link(format!("{}/app/security", identity.rules().public_url));
    messaging::queue_from_outside(tx, None, mail).await
}
