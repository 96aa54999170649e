//! Time that was kept for nobody comes back, whoever was lost meanwhile.

use chrono::Duration;

use super::error::BookingError;
use super::hold;
use crate::ids::{Id, Tenant};
use crate::jobs;
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::tenants;

/// How long a hold that nobody took up can still be looked at.
pub const HOLDS_KEPT: Duration = Duration::days(3);

/// Looks for businesses with time that lapsed, and gives it back in each: a transaction a business.
/// One where that fails keeps no other from it; that it did is said in the end.
pub async fn lapse_everywhere(db: &Db) -> Result<u64, BookingError> {
    let sql = "
        select distinct tenant_id from appointments
        where lapses_at <= $1 and status in ('held', 'pending_approval', 'pending_payment')
        order by tenant_id";
    let due = tenants::with_something_due(db, sql, db.clock().now()).await?;
    let mut tally = tenants::Tally::new();
    for tenant in due {
        tally.add(tenant, lapse_at(db, tenant).await);
    }
    tally.end()
}

async fn lapse_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, BookingError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "lapse").await? else { return Ok(0) };
    let mut tx = db.tenant(&caller).await?;
    let count = hold::lapse_due(&mut tx).await?;
    tx.commit().await?;
    Ok(count)
}

/// What nobody took up, and was nobody's, a while after it lapsed. What was offered to somebody who
/// waits stays: the same is not offered to them again.
const FORGET: &str = "
    with gone as materialized (
        select a.tenant_id, a.id from appointments a
        where a.status = 'expired' and a.customer_id is null and a.updated_at < $1
          and not exists (select from payments p
                          where p.tenant_id = a.tenant_id and p.appointment_id = a.id)
          and not exists (select from waitlist_offers o
                          where o.tenant_id = a.tenant_id and o.appointment_id = a.id)
        order by a.updated_at limit 1000 for update skip locked
    ), lines as (
        delete from appointment_lines l using gone
        where l.tenant_id = gone.tenant_id and l.appointment_id = gone.id
    ), told as (
        delete from appointment_history h using gone
        where h.tenant_id = gone.tenant_id and h.appointment_id = gone.id
    )
    delete from appointments a using gone where a.tenant_id = gone.tenant_id and a.id = gone.id";

/// Deletes holds that lapsed a while ago, and says how many.
pub async fn forget_holds(db: &Db) -> Result<u64, StoreError> {
    jobs::delete_in_steps(db, SystemReason::Bookings, FORGET, HOLDS_KEPT).await
}
