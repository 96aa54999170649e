//! The order of an endpoint's deliveries. Only the first about each thing has a time at which it is
//! due. All of this is only to be asked while the endpoint is held.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::TASK;
use crate::ids::{Id, Tenant, WebhookEndpoint};
use crate::tenancy::{Db, StoreError, SystemReason, TenantTx};
use crate::tenants;

/// Gives the first about each of these things its turn.
const NEXT: &str = "
    update webhook_deliveries d set next_at = $4
    from (select distinct on (about) id from webhook_deliveries
          where tenant_id = $1 and endpoint_id = $2 and state = 'waiting' and about = any($3)
          order by about, place) first
    where d.tenant_id = $1 and d.id = first.id and d.next_at is null";

pub(super) async fn next_about(
    tx: &TenantTx,
    endpoint: Id<WebhookEndpoint>,
    about: Vec<String>,
) -> Result<(), StoreError> {
    if about.is_empty() {
        return Ok(());
    }
    let values = [tx.tenant().uuid().into(), endpoint.uuid().into(), about.into(), tx.now().into()];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, NEXT, values))
        .await?;
    Ok(())
}

/// Nothing that waits is sent any more.
pub(super) async fn cancel_waiting(
    tx: &TenantTx,
    endpoint: Id<WebhookEndpoint>,
) -> Result<(), StoreError> {
    let sql = "
        update webhook_deliveries set state = 'cancelled', next_at = null, ended_at = $3
        where tenant_id = $1 and endpoint_id = $2 and state = 'waiting'";
    run(tx, endpoint, sql).await
}

/// The endpoint is there again: what waits for its next try gets it now.
pub(super) async fn hurry(tx: &TenantTx, endpoint: Id<WebhookEndpoint>) -> Result<(), StoreError> {
    let sql = "
        update webhook_deliveries set next_at = $3
        where tenant_id = $1 and endpoint_id = $2 and state = 'waiting' and next_at > $3";
    run(tx, endpoint, sql).await
}

/// When there is something to do at the endpoint, as things stand now.
pub(super) async fn look_again(
    tx: &TenantTx,
    endpoint: Id<WebhookEndpoint>,
) -> Result<(), StoreError> {
    let sql = "
        update webhook_endpoints e set due_at = (
            select greatest(min(d.next_at), e.rests_until) from webhook_deliveries d
            where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting'
            having min(d.next_at) is not null)
        where e.tenant_id = $1 and e.id = $2 and $3::timestamptz is not null";
    run(tx, endpoint, sql).await
}

async fn run(tx: &TenantTx, endpoint: Id<WebhookEndpoint>, sql: &str) -> Result<(), StoreError> {
    let values = [tx.tenant().uuid().into(), endpoint.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Endpoint {
    id: Uuid,
}

/// Gives whatever waits without a turn its turn, everywhere, and says at how many endpoints that was
/// needed. Nothing leaves a delivery like that; whatever did, it is not for ever.
pub async fn wake_stuck(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Webhooks).await?;
    let sql = "select tenant_id as id from webhook_cursors where listens order by tenant_id";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let tenants = Endpoint::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let mut tally = tenants::Tally::new();
    for tenant in tenants {
        let tenant = Id::from_uuid(tenant.id);
        tally.add(tenant, wake_stuck_at(db, tenant).await);
    }
    tally.end()
}

const STUCK: &str = "
    select e.id from webhook_endpoints e
    where e.tenant_id = $1 and e.state = 'on' and exists (
        select 1 from webhook_deliveries d
        where d.tenant_id = $1 and d.endpoint_id = e.id and d.state = 'waiting'
          and (e.due_at is null or d.next_at is null and not exists (
              select 1 from webhook_deliveries before
              where before.tenant_id = $1 and before.endpoint_id = e.id
                and before.state = 'waiting' and before.about = d.about
                and before.place < d.place)))
    order by e.id for update of e";

async fn wake_stuck_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, StoreError> {
    let Some(caller) = tenants::on_behalf(db, tenant, TASK).await? else { return Ok(0) };
    let tx = db.tenant(&caller).await?;
    let values = [tenant.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, STUCK, values);
    let stuck = Endpoint::find_by_statement(statement).all(tx.conn()).await?;
    for endpoint in &stuck {
        let sql = "
            update webhook_deliveries d set next_at = $3
            where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'waiting'
              and d.next_at is null and not exists (
                  select 1 from webhook_deliveries before
                  where before.tenant_id = $1 and before.endpoint_id = $2
                    and before.state = 'waiting' and before.about = d.about
                    and before.place < d.place)";
        let id = Id::from_uuid(endpoint.id);
        run(&tx, id, sql).await?;
        look_again(&tx, id).await?;
    }
    tx.commit().await?;
    Ok(stuck.len() as u64)
}
