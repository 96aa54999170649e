//! The events of a tenant, in their order.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::ids::{Id, Tenant};
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::time::Instant;

/// Something that happened in a tenant.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Happened {
    /// Its place in the tenant's order, without gaps.
    pub seq: i64,
    /// `appointment.moved`
    pub kind: String,
    /// What is told of it.
    pub payload: Value,
}

const BEHIND: &str = "
    select seq, kind, payload from outbox_events
    where tenant_id = $1 and seq > $2 order by seq limit $3";

/// What happened behind `after`, at most `most`, the oldest first.
pub async fn events(tx: &TenantTx, after: i64, most: u16) -> Result<Vec<Happened>, StoreError> {
    let values = [tx.tenant().uuid().into(), after.into(), i64::from(most).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, BEHIND, values);
    Ok(Happened::find_by_statement(statement).all(tx.conn()).await?)
}

/// When the event with this number happened. None: there is none.
pub async fn happened_at(tx: &TenantTx, seq: i64) -> Result<Option<Instant>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        created_at: Instant,
    }
    let sql = "select created_at from outbox_events where tenant_id = $1 and seq = $2";
    let values = [tx.tenant().uuid().into(), seq.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|row| row.created_at))
}

#[derive(FromQueryResult)]
struct Counter {
    tenant_id: Uuid,
    last_seq: i64,
}

/// The number of the tenant's last event. In a picture of the database everything that was written up
/// to it is there, and nothing that was written behind it.
pub async fn last_seq(tx: &TenantTx) -> Result<i64, StoreError> {
    let sql = "select tenant_id, last_seq from event_counters where tenant_id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Counter::find_by_statement(statement).one(tx.conn()).await?;
    found.map(|row| row.last_seq).ok_or_else(|| {
        StoreError::Unreadable(format!("the number of the last event of {}", tx.tenant()))
    })
}

/// The numbers of the last events of many tenants.
pub async fn last_seqs(
    tx: &SystemTx,
    tenants: &[Id<Tenant>],
) -> Result<HashMap<Id<Tenant>, i64>, StoreError> {
    let sql = "select tenant_id, last_seq from event_counters where tenant_id = any($1)";
    let ids: Vec<_> = tenants.iter().map(|tenant| tenant.uuid()).collect();
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [ids.into()]);
    let found = Counter::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| (Id::from_uuid(row.tenant_id), row.last_seq)).collect())
}
