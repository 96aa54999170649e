//! From which event on a business's endpoints are told.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use crate::tenancy::{StoreError, TenantTx};

/// Holds the business's cursor, which comes before its endpoints in the order of locks.
pub(super) async fn hold(tx: &TenantTx) -> Result<(), StoreError> {
    let make = "
        insert into webhook_cursors (tenant_id, seq, listens)
        select tenant_id, last_seq, false from event_counters where tenant_id = $1
        on conflict (tenant_id) do nothing";
    let hold = "select 1 from webhook_cursors where tenant_id = $1 for update";
    for sql in [make, hold] {
        let values = [tx.tenant().uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(())
}

/// The last event of the business, as far as is known: none is 0.
pub(super) async fn last_event(tx: &TenantTx) -> Result<i64, StoreError> {
    #[derive(FromQueryResult)]
    struct Counter {
        last_seq: i64,
    }
    let sql = "select last_seq from event_counters where tenant_id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let counter = Counter::find_by_statement(statement).one(tx.conn()).await?;
    Ok(counter.map_or(0, |counter| counter.last_seq))
}

/// There is somebody who may want to be told, or nobody any more. Who is made hears what comes from then
/// on: whatever happened while there was nobody is past. One that is switched off or was given up listens
/// still, so that it can be told later what it missed.
pub(super) async fn settle(tx: &TenantTx) -> Result<(), StoreError> {
    let sql = "
        update webhook_cursors c
        set listens = w.wanted, seq = case when c.listens then c.seq else e.last_seq end
        from event_counters e, lateral (
            select exists (select 1 from webhook_endpoints
                           where tenant_id = $1 and state <> 'removed') as wanted) w
        where c.tenant_id = $1 and e.tenant_id = $1";
    let values = [tx.tenant().uuid().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
