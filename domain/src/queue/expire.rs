//! Who was forgotten in a line doesn't stand there for ever, nor does who was served and nobody said
//! that they were done.

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entities::entry;
use super::state::Step;
use super::store::{self, Taken};
use crate::bookings::BookingError;
use crate::ids::{Id, Tenant};
use crate::tenancy::{Db, TenantTx};
use crate::tenants;

/// Who is being served for so long is done: the press was forgotten. Nothing is learned from that, and
/// the visit that they came for is left to people.
pub(crate) const LONGEST: Duration = Duration::hours(12);

/// Looks for businesses in whose lines somebody was forgotten, and ends that: a transaction a
/// business. One where that fails keeps no other from it.
pub async fn expire_everywhere(db: &Db) -> Result<u64, BookingError> {
    let sql = "select distinct tenant_id from queue_entries
               where expires_at is not null and expires_at <= $1 order by tenant_id";
    let due = tenants::with_something_due(db, sql, db.clock().now()).await?;
    let mut tally = tenants::Tally::new();
    for tenant in due {
        tally.add(tenant, expire_at(db, tenant).await);
    }
    tally.end()
}

async fn expire_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, BookingError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "queue").await? else { return Ok(0) };
    let mut tx = db.tenant(&caller).await?;
    let due = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tenant.uuid()))
        .filter(entry::Column::ExpiresAt.lte(tx.now()))
        // Lines are held in one order.
        .order_by_asc(entry::Column::LocationId)
        .order_by_asc(entry::Column::Id)
        .all(tx.conn())
        .await?;
    let mut count = 0;
    for row in due {
        count += u64::from(expire(&mut tx, Id::from_uuid(row.id)).await?);
    }
    tx.commit().await?;
    Ok(count)
}

async fn expire(tx: &mut TenantTx, id: Id<crate::ids::QueueEntry>) -> Result<bool, BookingError> {
    let (_, row) = store::seen(tx, id, None, false).await?;
    // Something was done about them while the line wasn't held yet.
    let still = row.expires_at.is_some_and(|at| at <= tx.now());
    if !still || super::state(&row)?.after(Step::Expire).is_none() {
        return Ok(false);
    }
    let taken = Taken::by(Step::Expire, &row)?;
    store::write(tx, &row, row.clone().into(), taken).await?;
    Ok(true)
}
