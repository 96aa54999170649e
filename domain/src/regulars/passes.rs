//! What proves an address: a link, once; then a pass, on one device.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::RegularError;
use crate::ids::RegularPass;
use crate::jobs;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How long a device is known.
pub(super) const KEPT: Duration = Duration::days(60);

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Link,
    Device,
}

impl Kind {
    const fn key(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Device => "device",
        }
    }
}

/// A device that is known from now on.
#[derive(Debug)]
pub struct NewPass {
    /// What the device shows.
    pub secret: OpaqueToken,
    /// Whose it is.
    pub email: String,
    /// Until when.
    pub expires_at: Instant,
}

/// Somebody who has proved their address.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Regular {
    /// The address.
    pub email: String,
    pub(super) email_key: String,
}

pub(super) async fn write(
    tx: &SystemTx,
    kind: Kind,
    token: &OpaqueToken,
    (email, email_key): (&str, &str),
    expires_at: Instant,
) -> Result<(), StoreError> {
    let sql = "insert into regular_passes
                   (id, kind, token_hash, email, email_key, created_at, expires_at)
               values ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        tx.new_id::<RegularPass>().uuid().into(),
        kind.key().into(),
        token.hash().to_vec().into(),
        email.into(),
        email_key.into(),
        tx.now().into(),
        expires_at.into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Whose pass this is.
pub async fn recognise(db: &Db, pass: &str) -> Result<Regular, RegularError> {
    let pass = OpaqueToken::parse(TokenKind::RegularPass, pass).ok_or(RegularError::NoPass)?;
    let tx = db.system(SystemReason::Regulars).await?;
    let sql = "select email, email_key from regular_passes
               where token_hash = $1 and kind = 'device' and expires_at > $2";
    let values = [pass.hash().to_vec().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Regular::find_by_statement(statement).one(tx.conn()).await?;
    tx.rollback().await?;
    found.ok_or(RegularError::NoPass)
}

/// The device isn't known any more.
pub async fn forget(db: &Db, pass: &str) -> Result<(), RegularError> {
    let Some(pass) = OpaqueToken::parse(TokenKind::RegularPass, pass) else { return Ok(()) };
    let tx = db.system(SystemReason::Regulars).await?;
    let sql = "delete from regular_passes where token_hash = $1";
    let values = [pass.hash().to_vec().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(tx.commit().await?)
}

/// No device is known any more, and no link is good.
pub async fn forget_everywhere(db: &Db, regular: &Regular) -> Result<(), RegularError> {
    let tx = db.system(SystemReason::Regulars).await?;
    let sql = "delete from regular_passes where email_key = $1";
    let values = [regular.email_key.clone().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(tx.commit().await?)
}

/// Deletes links and passes that are good no longer, and those of addresses that nobody knows any more: where
/// somebody's data were erased, this is what is left of their address. Says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "
        delete from regular_passes where id in (
            select p.id from regular_passes p
            where p.expires_at < $1
               or (not exists (select from customers c
                               where c.email_key = p.email_key and c.merged_into is null
                                 and c.erased_at is null)
                   and not exists (select from appointments a
                                   where lower(a.contact_email) = p.email_key collate \"default\"))
            order by p.expires_at limit 1000
        )";
    jobs::delete_in_steps(db, SystemReason::Regulars, sql, Duration::zero()).await
}
