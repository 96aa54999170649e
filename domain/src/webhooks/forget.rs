//! What is not kept: deliveries of long ago, and what was said of who was erased.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::jobs;
use crate::tenancy::{Db, StoreError, SystemReason, TenantTx};

/// How long a delivery that is over can be looked at, and sent again.
pub const KEPT: Duration = Duration::days(30);

const FORGET: &str = "
    with gone as materialized (
        select tenant_id, id from webhook_deliveries
        where ended_at < $1 order by ended_at limit 1000 for update skip locked
    ), tries as (
        delete from webhook_attempts a using gone
        where a.tenant_id = gone.tenant_id and a.delivery_id = gone.id
    )
    delete from webhook_deliveries d using gone
    where d.tenant_id = gone.tenant_id and d.id = gone.id";

const FORGET_ENDPOINTS: &str = "
    delete from webhook_endpoints where (tenant_id, id) in (
        select e.tenant_id, e.id from webhook_endpoints e
        where e.state = 'removed' and e.updated_at < $1 and not exists (
            select 1 from webhook_deliveries d
            where d.tenant_id = e.tenant_id and d.endpoint_id = e.id)
        limit 1000)";

/// Deletes deliveries that were over a while ago, and endpoints of which nothing is left, and says how
/// many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    Ok(jobs::delete_in_steps(db, SystemReason::Webhooks, FORGET, KEPT).await?
        + jobs::delete_in_steps(db, SystemReason::Webhooks, FORGET_ENDPOINTS, KEPT).await?)
}

/// What is left of what was said of somebody who is erased. `$2` is all their ids, `$3` their entries in
/// lines and on the waiting list (of whom no more was known then), `$4` the time. That it was said, when
/// and where, stays; what still waits is not said any more.
const ERASE: &str = "
    with theirs as materialized (
        select id from webhook_deliveries where tenant_id = $1 and customer_id = any($2)
        union
        select id from webhook_deliveries
        where tenant_id = $1 and customer_id is null and about = any($3)
    ), answers as (
        update webhook_attempts set answer = null
        where tenant_id = $1 and answer is not null and delivery_id in (select id from theirs)
    )
    update webhook_deliveries
    set body = '', next_at = null,
        state = case when state = 'waiting' then 'cancelled' else state end,
        ended_at = coalesce(ended_at, $4)
    where tenant_id = $1 and id in (select id from theirs)";

/// Forgets what was said of these customers, and of these entries of theirs. Only to be asked while they
/// are held: whoever turns events into deliveries holds the endpoints before it reads what to say.
pub(crate) async fn forget(
    tx: &TenantTx,
    customers: &[Uuid],
    entries: Vec<String>,
) -> Result<(), StoreError> {
    let hold = "select 1 from webhook_endpoints where tenant_id = $1 order by id for update";
    let values = [tx.tenant().uuid().into()];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, hold, values))
        .await?;
    let values =
        [tx.tenant().uuid().into(), customers.to_vec().into(), entries.into(), tx.now().into()];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, ERASE, values))
        .await?;
    Ok(())
}
