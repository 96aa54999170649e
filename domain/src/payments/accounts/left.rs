//! Accounts at Stripe that a business took away. Money that was paid there lives on: it is given back from here, banks
//! decide about it, and what was given back comes back. So what is told of such an account still finds its business.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::payments::accounts;
use crate::payments::counter::Counter;
use crate::payments::entities::account;
use crate::payments::error::PaymentError;
use crate::payments::provider::{ProviderError, unknown};
use crate::tenancy::{Caller, StoreError, TenantTx};

/// For so long days are compared there, too: banks take no complaints about what is older.
pub(in crate::payments) const COMPARED_FOR: Duration = Duration::days(180);

/// Whose an account is.
#[derive(FromQueryResult)]
pub(in crate::payments) struct Whose {
    pub(in crate::payments) tenant_id: Uuid,
    /// They took it away.
    pub(in crate::payments) is_left: bool,
}

/// Whose an account is, or was.
pub(in crate::payments) async fn whose(
    conn: &impl ConnectionTrait,
    account: &str,
) -> Result<Vec<Whose>, StoreError> {
    let sql = "select tenant_id, false as is_left from payment_accounts where account = $1
               union all
               select tenant_id, true from left_accounts where account = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [account.into()]);
    Ok(Whose::find_by_statement(statement).all(conn).await?)
}

/// Notes an account that is taken away.
pub(in crate::payments) async fn note(
    tx: &TenantTx,
    row: &account::Model,
) -> Result<(), StoreError> {
    let sql = "insert into left_accounts (tenant_id, account, created_at, left_at, gone_at)
               values ($1, $2, $3, $4, $5)
               on conflict (tenant_id, account) do update
               set left_at = excluded.left_at, gone_at = excluded.gone_at";
    let values = [
        row.tenant_id.into(),
        row.account.clone().into(),
        row.created_at.into(),
        tx.now().into(),
        row.gone_at.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

/// So long after Stripe knew nothing of an account it is asked about it once more: perhaps it was our key that was wrong.
pub(in crate::payments) const ASKED_AGAIN: Duration = Duration::days(1);

/// Stripe knows nothing of an account; says whether it was taken away before.
async fn is_gone(tx: &TenantTx, account: &str) -> Result<bool, StoreError> {
    let sql = "update left_accounts set gone_at = $3 where tenant_id = $1 and account = $2";
    let values = [tx.tenant().uuid().into(), account.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected() > 0)
}

/// Stripe knows of it, or again.
async fn is_there(tx: &TenantTx, account: &str) -> Result<(), StoreError> {
    let sql = "update left_accounts set gone_at = null
               where tenant_id = $1 and account = $2 and gone_at is not null";
    let values = [tx.tenant().uuid().into(), account.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

/// Accounts whose days are compared: the business's own, if it has one, and those that it took away not long ago.
pub(in crate::payments) async fn compared(tx: &TenantTx) -> Result<Vec<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Left {
        account: String,
    }
    let sql = "select account from left_accounts
               where tenant_id = $1 and (gone_at is null or gone_at < $3) and left_at > $2
               order by left_at, account";
    let (since, again) = (tx.now() - COMPARED_FOR, tx.now() - ASKED_AGAIN);
    let values = [tx.tenant().uuid().into(), since.into(), again.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let left = Left::find_by_statement(statement).all(tx.conn()).await?;
    let own = accounts::row(tx).await?;
    let own = own.filter(|row| row.gone_at.is_none() || left.is_empty()).map(|row| row.account);
    Ok(own.into_iter().chain(left.into_iter().map(|left| left.account)).collect())
}

impl Counter {
    /// What was asked in an account; none: it was taken away, and Stripe knows nothing of it any more.
    pub(in crate::payments) async fn unless_left_and_gone<T>(
        &self,
        caller: &Caller,
        account: &str,
        asked: Result<T, ProviderError>,
    ) -> Result<Option<T>, PaymentError> {
        let error = match asked {
            Ok(found) => {
                let tx = self.db.tenant(caller).await?;
                is_there(&tx, account).await?;
                tx.commit().await?;
                return Ok(Some(found));
            }
            Err(error) if unknown::is_unknown(&error) => error,
            Err(error) => return Err(error.into()),
        };
        let tx = self.db.tenant(caller).await?;
        let gone = is_gone(&tx, account).await?;
        tx.commit().await?;
        if !gone {
            return Err(error.into());
        }
        tracing::warn!(%error, "an account that was taken away isn't known any more");
        Ok(None)
    }
}
