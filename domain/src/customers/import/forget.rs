use chrono::Duration;

use crate::jobs;
use crate::tenancy::{Db, StoreError, SystemReason};

/// How long a file waits for somebody to say that it shall be put in.
pub const FILES_KEPT: Duration = Duration::days(7);

/// The report stays: it names rows, not people.
const FORGET: &str = "
    update customer_imports
    set state = 'failed', reason = 'not_run', file = null,
        finished_at = created_at + interval '7 days'
    where (tenant_id, id) in (
        select tenant_id, id from customer_imports
        where state = 'checked' and created_at < $1
        order by created_at limit 1000 for update skip locked)";

/// Forgets files that were looked at and never put in: they are people's data, and nobody finds a
/// person in them who wants to be erased.
pub async fn forget_files(db: &Db) -> Result<u64, StoreError> {
    jobs::delete_in_steps(db, SystemReason::Bookings, FORGET, FILES_KEPT).await
}
