//! Who waited, some days after that is over: counted and learned from, and nobody any more.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::bookings::BookingError;
use crate::ids::{Id, Tenant};
use crate::tenancy::Db;
use crate::tenants;

/// So long somebody may still ask how it was.
const KEPT: Duration = Duration::days(7);

/// Forgets who was in the lines of all businesses long enough ago: their names, telephones and notes.
/// Their tickets lead nowhere then. Whom a business knows by a record is found there. A transaction a
/// business; one where that fails keeps no other from it.
pub async fn forget_bygone(db: &Db) -> Result<u64, BookingError> {
    let sql = "select distinct tenant_id from queue_entries
               where ended_at is not null and not forgotten and ended_at <= $1 order by tenant_id";
    let due = tenants::with_something_due(db, sql, db.clock().now() - KEPT).await?;
    let mut tally = tenants::Tally::new();
    for tenant in due {
        tally.add(tenant, forget_at(db, tenant).await);
    }
    tally.end()
}

async fn forget_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, BookingError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "queue").await? else { return Ok(0) };
    let tx = db.tenant(&caller).await?;
    let sql = "
        update queue_entries
        set name = '', phone = null, note = '', token_hash = null, taken_from = null, forgotten = true
        where tenant_id = $1 and ended_at is not null and not forgotten and ended_at <= $2";
    let values = [tenant.uuid().into(), (tx.now() - KEPT).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let done = tx.conn().execute_raw(statement).await.map_err(crate::tenancy::StoreError::from)?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
