//! Days that are over: nobody waits for them any more.

use chrono::NaiveDate;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::{State, Told};
use crate::bookings::BookingError;
use crate::ids::{Id, Location, Tenant};
use crate::tenancy::{Db, StoreError, TenantTx};
use crate::tenants;

#[derive(FromQueryResult)]
struct Ended {
    id: Uuid,
    version: i32,
}

const CLOSE: &str = "
    update waitlist_entries set state = 'over', version = version + 1, updated_at = $2
    where tenant_id = $1 and location_id = $3 and state = 'waiting' and last_day < $4
    returning id, version";

/// Ends the waiting at a location for days before its `today`.
pub(super) async fn close(
    tx: &mut TenantTx,
    at: Id<Location>,
    today: NaiveDate,
) -> Result<u64, StoreError> {
    let values = [tx.tenant().uuid().into(), tx.now().into(), at.uuid().into(), today.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, CLOSE, values);
    let ended = Ended::find_by_statement(statement).all(tx.conn()).await?;
    for row in &ended {
        let told = Told::new(Id::from_uuid(row.id), row.version, State::Over);
        tx.emit(told.event("waitlist.over"));
    }
    Ok(ended.len() as u64)
}

#[derive(FromQueryResult)]
struct At {
    id: Uuid,
    time_zone: String,
}

/// Looks for businesses where somebody still waits for days that are over, and ends that: a
/// transaction a business. One where that fails keeps no other from it.
pub async fn over_everywhere(db: &Db) -> Result<u64, BookingError> {
    // Somewhere it is tomorrow already.
    let sql = "select distinct tenant_id from waitlist_entries
               where state = 'waiting' and last_day <= $1 order by tenant_id";
    let due = tenants::with_something_due(db, sql, db.clock().now().date_naive()).await?;
    let mut tally = tenants::Tally::new();
    for tenant in due {
        tally.add(tenant, over_at(db, tenant).await);
    }
    tally.end()
}

async fn over_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, BookingError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "waitlist").await? else { return Ok(0) };
    let mut tx = db.tenant(&caller).await?;
    let sql = "select id, time_zone from locations where tenant_id = $1 order by id";
    let values = [tenant.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let mut count = 0;
    for at in At::find_by_statement(statement).all(tx.conn()).await? {
        let zone = at.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let today = tx.now().with_timezone(&zone).date_naive();
        count += close(&mut tx, Id::from_uuid(at.id), today).await?;
    }
    tx.commit().await?;
    Ok(count)
}
