//! How many locations the plan has room for.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::LocationError;
use crate::config::Plans;
use crate::tenancy::TenantTx;

#[derive(FromQueryResult)]
struct Room {
    plan: String,
    locations: i64,
    next_position: i32,
}

/// The place in the list of a location that is opened now, if the plan has room for it. Holds the
/// business until the transaction ends: two locations opened at once can't both take the last place.
pub(super) async fn room(tx: &TenantTx) -> Result<i32, LocationError> {
    let room = held(tx).await?;
    let allowed = Plans::shipped().get(&room.plan).map_or(0, |plan| i64::from(plan.locations));
    if room.locations < allowed { Ok(room.next_position) } else { Err(LocationError::PlanLimit) }
}

/// How many locations are open. Holds the business, too.
pub(super) async fn open(tx: &TenantTx) -> Result<i64, LocationError> {
    Ok(held(tx).await?.locations)
}

async fn held(tx: &TenantTx) -> Result<Room, LocationError> {
    let held = "select id from tenants where id = $1 for no key update";
    let counted = "
        select t.plan, count(l.id) filter (where l.archived_at is null) as locations,
               coalesce(max(l.position) + 1, 0) as next_position
        from tenants t left join locations l on l.tenant_id = t.id
        where t.id = $1 group by t.plan";
    let statement =
        |sql| Statement::from_sql_and_values(DbBackend::Postgres, sql, [tx.tenant().uuid().into()]);
    tx.conn().execute_raw(statement(held)).await?;
    let room = Room::find_by_statement(statement(counted)).one(tx.conn()).await?;
    room.ok_or(LocationError::NotFound)
}
