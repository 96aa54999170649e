//! A business takes its account at Stripe away. What was paid there stays paid, and can still be given back; whoever
//! connects again gets another account. What is told of the old one is still heard.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, ModelTrait as _, Statement};

use super::left;
use crate::audit::NewEntry;
use crate::payments::accounts;
use crate::payments::error::PaymentError;
use crate::tenancy::{StoreError, TenantTx};

/// What is under way: somebody pays, leaves a card or gets something back. What a bank has yet to decide takes months,
/// and isn't waited for: it is heard of all the same (docs/adr/0030).
const UNDER_WAY: &str = "
    select exists (select from payments p where p.tenant_id = $1 and p.account = $2
                   and p.state in ('open', 'processing'))
        or exists (select from refunds r join payments p
                   on p.tenant_id = r.tenant_id and p.id = r.payment_id
                   where r.tenant_id = $1 and p.account = $2 and r.state = 'pending')
        or exists (select from cards c where c.tenant_id = $1 and c.account = $2
                   and c.state = 'open')
        as under_way";

async fn is_under_way(tx: &TenantTx, account: &str) -> Result<bool, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        under_way: bool,
    }
    let values = [tx.tenant().uuid().into(), account.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, UNDER_WAY, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.is_some_and(|found| found.under_way))
}

/// How many accounts a business had before the one that it has, or gets.
pub(in crate::payments) async fn left_before(tx: &TenantTx) -> Result<i32, StoreError> {
    #[derive(FromQueryResult)]
    struct Left {
        accounts_left: i32,
    }
    let sql = "select accounts_left from tenants where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Left::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map_or(0, |found| found.accounts_left))
}

/// Takes the business's account at Stripe away, once nothing is being paid or given back there.
pub async fn disconnect(tx: &mut TenantTx) -> Result<(), PaymentError> {
    let row = accounts::held(tx).await?.ok_or(PaymentError::NotConnected)?;
    let name = row.account.clone();
    if is_under_way(tx, &name).await? {
        return Err(PaymentError::UnderWay);
    }
    left::note(tx, &row).await?;
    row.delete(tx.conn()).await.map_err(StoreError::from)?;
    // The key under which the next one is asked for is another one: this one would be given again.
    let sql = "update tenants set accounts_left = accounts_left + 1 where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tx.conn().execute_raw(statement).await.map_err(StoreError::from)?;
    let entry = NewEntry::new("payment_account.disconnected", "payment_account");
    tx.record(entry.on(&name, name.clone()));
    Ok(())
}
