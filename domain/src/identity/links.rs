//! Links that are good once: to prove an address, to sign in, to set a new password.
//!
//! Who asks for a link by e-mail address gets the same answer in the same time whether or not the
//! address has a login: the request only queues a job, and the worker finds out.

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use sea_orm::{ConnectionTrait, DbBackend, QuerySelect, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entities::{one_time, user};
use super::people::held;
use super::sessions::{self, Which};
use super::{Identity, IdentityError, by_email, second_factor};
use crate::ids::{Id, Job, OneTimeToken, User};
use crate::jobs::{self, NewJob};
use crate::messaging::{self, NewMail, Template};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::text::Email;

/// The kind of job that sends a link.
pub const SEND_LINK: &str = "identity.send_link";

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Proves the address.
    VerifyEmail,
    /// Signs in.
    MagicLink,
    /// Sets a new password.
    PasswordReset,
    /// Not a link: the pause between a password and its second factor.
    SecondFactor,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::MagicLink => "magic_link",
            Self::PasswordReset => "password_reset",
            Self::SecondFactor => "second_factor",
        }
    }

    const fn token_kind(self) -> TokenKind {
        match self {
            Self::VerifyEmail => TokenKind::VerifyEmail,
            Self::MagicLink => TokenKind::MagicLink,
            Self::PasswordReset => TokenKind::PasswordReset,
            Self::SecondFactor => TokenKind::Challenge,
        }
    }

    const fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::days(7),
            Self::MagicLink => Duration::minutes(20),
            Self::PasswordReset => Duration::hours(1),
            Self::SecondFactor => Duration::minutes(10),
        }
    }
}

/// What the worker finds in a [`SEND_LINK`] job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendLink {
    /// The address that somebody typed.
    pub email: String,
    /// What they want.
    pub purpose: Purpose,
}

/// Makes a token that is good once.
pub(super) async fn issue(
    tx: &SystemTx,
    user: &user::Model,
    purpose: Purpose,
) -> Result<OpaqueToken, StoreError> {
    let token = OpaqueToken::generate(purpose.token_kind(), tx.entropy());
    let row = one_time::ActiveModel {
        id: Set(tx.new_id::<OneTimeToken>().uuid()),
        user_id: Set(user.id),
        purpose: Set(purpose.key().to_owned()),
        token_hash: Set(token.hash().to_vec()),
        email_key: Set(user.email_key.clone()),
        attempts: Set(0),
        created_at: Set(tx.now()),
        expires_at: Set(tx.now() + purpose.lifetime()),
        used_at: Set(None),
    };
    row.insert(tx.conn()).await?;
    Ok(token)
}

/// Finds a token that is still good and holds it and its login, so that it can't be used twice at
/// once. The login is always held first: whoever holds both takes them in the same order.
pub(super) async fn hold(
    tx: &SystemTx,
    token: &str,
    purpose: Purpose,
) -> Result<Option<(one_time::Model, user::Model)>, StoreError> {
    let Some(token) = OpaqueToken::parse(purpose.token_kind(), token) else { return Ok(None) };
    let good = one_time::Entity::find()
        .filter(one_time::Column::TokenHash.eq(token.hash().to_vec()))
        .filter(one_time::Column::Purpose.eq(purpose.key()))
        .filter(one_time::Column::UsedAt.is_null())
        .filter(one_time::Column::ExpiresAt.gt(tx.now()));
    let Some(found) = good.clone().one(tx.conn()).await? else { return Ok(None) };
    let Some(user) = held(tx, found.user_id).await? else { return Ok(None) };
    let found = good.lock_exclusive().one(tx.conn()).await?;
    Ok(found.filter(|found| found.email_key == user.email_key).map(|found| (found, user)))
}

/// The token was used. With it, every other of the same purpose becomes worthless.
pub(super) async fn use_up(tx: &SystemTx, token: &one_time::Model) -> Result<(), StoreError> {
    let sql = "update one_time_tokens set used_at = $3
               where user_id = $1 and purpose = $2 and used_at is null";
    let values = [token.user_id.into(), token.purpose.clone().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Queues the mail that carries a link.
pub(crate) async fn mail(
    tx: &SystemTx,
    identity: &Identity,
    user: &user::Model,
    purpose: Purpose,
) -> Result<(), StoreError> {
    mail_once(tx, identity, user, purpose, None).await
}

async fn mail_once(
    tx: &SystemTx,
    identity: &Identity,
    user: &user::Model,
    purpose: Purpose,
    because_of: Option<Id<Job>>,
) -> Result<(), StoreError> {
    let (template, page) = match purpose {
        Purpose::VerifyEmail => (Template::VerifyEmail, "verify-email"),
        Purpose::MagicLink => (Template::MagicLink, "sign-in/link"),
        Purpose::PasswordReset => (Template::PasswordReset, "reset-password"),
        Purpose::SecondFactor => return Ok(()),
    };
    let token = issue(tx, user, purpose).await?;
    let Ok(to) = Email::parse(&user.email) else {
        return Err(StoreError::Unreadable(format!("the address of user {}", user.id)));
    };
    let mail = NewMail::new(&to, template, &user.locale)
        .with("name", user.name.clone())
        .with("minutes", purpose.lifetime().num_minutes())
        .until(tx.now() + purpose.lifetime())
        .link(identity.link(page, token.text()));
    let mail = match because_of {
        Some(job) => mail.once(format!("{job}.mail")),
        None => mail,
    };
    messaging::queue_from_outside(tx, None, mail).await
}

impl Identity {
    /// Somebody asks for a link. Says nothing about whether the address has a login.
    pub async fn ask_for_link(&self, email: &Email, purpose: Purpose) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let wanted = SendLink { email: email.shown().to_owned(), purpose };
        let job = NewJob::new(SEND_LINK, &wanted);
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), None, job).await?;
        Ok(tx.commit().await?)
    }

    /// The worker's part: sends the link if the address has a login. A job that runs a second time,
    /// because its first worker was lost, doesn't send a second one.
    pub async fn send_link(&self, wanted: &SendLink, job: Id<Job>) -> Result<(), IdentityError> {
        let Ok(email) = Email::parse(&wanted.email) else { return Ok(()) };
        let tx = self.db().system(SystemReason::Identity).await?;
        if let Some(user) = by_email(&tx, &email).await? {
            let pointless =
                wanted.purpose == Purpose::VerifyEmail && user.email_verified_at.is_some();
            if !pointless {
                mail_once(&tx, self, &user, wanted.purpose, Some(job)).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Proves the address that the link was sent to.
    pub async fn verify_email(&self, token: &str) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let Some((token, user)) = hold(&tx, token, Purpose::VerifyEmail).await? else {
            tx.rollback().await?;
            return Err(IdentityError::LinkInvalid);
        };
        use_up(&tx, &token).await?;
        mark_verified(&tx, user).await?;
        Ok(tx.commit().await?)
    }
}

/// Whoever opened a link that was mailed to the address has proved it.
pub(super) async fn mark_verified(
    tx: &SystemTx,
    user: user::Model,
) -> Result<user::Model, StoreError> {
    if user.email_verified_at.is_some() {
        return Ok(user);
    }
    let version = user.version + 1;
    let mut row: user::ActiveModel = user.into();
    row.email_verified_at = Set(Some(tx.now()));
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    Ok(row.update(tx.conn()).await?)
}

/// Whoever comes in by a link to an address that nobody has proved yet is its owner; whoever made the
/// login may have been somebody else, who waits inside. What they left is taken away: password,
/// second factor, sessions.
pub(super) async fn take_possession(
    tx: &SystemTx,
    user: user::Model,
) -> Result<user::Model, StoreError> {
    if user.email_verified_at.is_some() {
        return Ok(user);
    }
    sessions::revoke(tx, Id::from_uuid(user.id), Which::All, "address_proved").await?;
    second_factor::forget_recovery_codes(tx, &user).await?;
    let mut row: user::ActiveModel = user.into();
    row.password_hash = Set(None);
    row.totp_secret = Set(None);
    row.totp_confirmed_at = Set(None);
    let user = row.update(tx.conn()).await?;
    mark_verified(tx, user).await
}

/// Somebody who is signed in opened a link that was mailed to their address.
pub(crate) async fn prove_address(tx: &SystemTx, user: Id<User>) -> Result<(), StoreError> {
    if let Some(user) = held(tx, user.uuid()).await? {
        mark_verified(tx, user).await?;
    }
    Ok(())
}

/// No link and no half of a sign-in that was made before is good any more.
pub(super) async fn use_up_all(tx: &SystemTx, user: Uuid) -> Result<(), StoreError> {
    let sql = "update one_time_tokens set used_at = $2 where user_id = $1 and used_at is null";
    let values = [user.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// How long a token that is no good any more is kept, to see what became of a link.
const KEPT: Duration = Duration::days(1);

/// Deletes the tokens of links that expired a while ago, and says how many.
pub(super) async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "delete from one_time_tokens where id in (
                   select id from one_time_tokens where expires_at < $1
                   order by expires_at limit 1000 for update skip locked
               )";
    jobs::delete_in_steps(db, SystemReason::Jobs, sql, KEPT).await
}
