//! How many staff the plan has room for.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::StaffError;
use crate::config::Plans;
use crate::tenancy::{StoreError, TenantTx};

#[derive(FromQueryResult)]
struct Room {
    plan: String,
    staff: i64,
    next_position: i32,
}

/// Holds the business until the transaction ends, for who decides on its staff as a whole. Visits
/// can still be booked meanwhile.
pub(super) async fn hold(tx: &TenantTx) -> Result<(), StoreError> {
    let held = "select id from tenants where id = $1 for no key update";
    tx.conn().execute_raw(of_tenant(tx, held)).await?;
    Ok(())
}

/// The place in the list of somebody who comes onto the calendar now, if the plan has room for them.
/// Of two who come at once, only one takes the last place.
pub(super) async fn room(tx: &TenantTx) -> Result<i32, StaffError> {
    hold(tx).await?;
    let counted = "
        select t.plan, count(s.id) filter (where s.archived_at is null) as staff,
               coalesce(max(s.position) + 1, 0) as next_position
        from tenants t left join staff s on s.tenant_id = t.id
        where t.id = $1 group by t.plan";
    let room = Room::find_by_statement(of_tenant(tx, counted)).one(tx.conn()).await?;
    let room = room.ok_or(StaffError::NotFound)?;
    let allowed = Plans::shipped().get(&room.plan).map_or(0, |plan| i64::from(plan.staff));
    if room.staff < allowed { Ok(room.next_position) } else { Err(StaffError::PlanLimit) }
}

fn of_tenant(tx: &TenantTx, sql: &str) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [tx.tenant().uuid().into()])
}
