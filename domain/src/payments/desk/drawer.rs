//! The drawer of a place: what is put into it or taken from it belongs to one count, whoever counts at that moment and
//! whatever other clocks say.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::payments::words::Way;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

#[derive(FromQueryResult)]
struct At {
    at: Option<Instant>,
}

async fn at(tx: &TenantTx, sql: &str, location: Uuid) -> Result<Option<Instant>, StoreError> {
    let values = [tx.tenant().uuid().into(), location.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(At::find_by_statement(statement).one(tx.conn()).await?.and_then(|found| found.at))
}

async fn hold(tx: &TenantTx, how: &str, location: Uuid) -> Result<(), StoreError> {
    let sql = format!("select id from locations where tenant_id = $1 and id = $2 {how}");
    let values = [tx.tenant().uuid().into(), location.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tx.conn().query_one_raw(statement).await?;
    Ok(())
}

const LAST_COUNT: &str =
    "select max(closed_at) as at from till_closes where tenant_id = $1 and location_id = $2";

/// When something is moved that is paid or given back now. Cash is moved between two counts: nobody counts until this
/// transaction ends, and it is behind the last one.
pub(in crate::payments) async fn moved_at(
    tx: &TenantTx,
    way: Way,
    location: Uuid,
) -> Result<Instant, StoreError> {
    if way != Way::Cash {
        return Ok(tx.now());
    }
    hold(tx, "for share", location).await?;
    // The transaction may have waited for who counted.
    let now = tx.tools().clock.now();
    let last = at(tx, LAST_COUNT, location).await?;
    Ok(last.map_or(now, |last| now.max(last + Duration::microseconds(1))))
}

const LAST_MOVE: &str = "
    select greatest(
        (select max(paid_at) from payments
         where tenant_id = $1 and location_id = $2 and way = 'cash' and paid_at is not null),
        (select max(r.done_at) from refunds r
         join payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
         where r.tenant_id = $1 and p.location_id = $2 and p.way = 'cash')) as at";

/// Holds the drawer until this transaction ends, so that nothing is moved meanwhile.
pub(in crate::payments) async fn hold_to_count(
    tx: &TenantTx,
    location: Uuid,
) -> Result<(), StoreError> {
    // Whoever only refers to the place goes on.
    hold(tx, "for no key update", location).await
}

/// When a drawer that is held is counted: not before what was moved last, whose clock may be ahead.
pub(in crate::payments) async fn counted_at(
    tx: &TenantTx,
    location: Uuid,
) -> Result<Instant, StoreError> {
    let now = tx.tools().clock.now();
    Ok(at(tx, LAST_MOVE, location).await?.map_or(now, |last| now.max(last)))
}
