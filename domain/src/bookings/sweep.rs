//! Time that was kept for nobody comes back, whoever was lost meanwhile.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::error::BookingError;
use super::hold;
use crate::ids::Id;
use crate::tenancy::{Db, SystemReason};
use crate::tenants;

#[derive(FromQueryResult)]
struct Due {
    tenant_id: Uuid,
}

/// Looks for businesses with time that lapsed, and gives it back in each: a transaction a business.
pub async fn lapse_everywhere(db: &Db) -> Result<u64, BookingError> {
    let sql = "
        select distinct tenant_id from appointments
        where lapses_at <= $1 and status in ('held', 'pending_payment')";
    let tx = db.system(SystemReason::Bookings).await?;
    let values = [tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let due = Due::find_by_statement(statement).all(tx.conn()).await?;
    tx.commit().await?;
    let mut count = 0;
    for business in due {
        let tenant = Id::from_uuid(business.tenant_id);
        let Some(caller) = tenants::on_behalf(db, tenant, "lapse").await? else { continue };
        let mut tx = db.tenant(&caller).await?;
        count += hold::lapse_due(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(count)
}
