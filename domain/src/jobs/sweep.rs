use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::tenancy::{Db, StoreError, SystemReason};

/// How long a finished job can be looked at.
pub const KEPT: Duration = Duration::days(7);

/// How long somebody can find out why a job was put aside for good.
pub const DEAD_KEPT: Duration = Duration::days(90);

/// Rows that one statement deletes: few enough that nobody waits for their locks.
const STEP: u64 = 1_000;

/// Deletes jobs that ended a while ago, and says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let done = "delete from jobs where (tenant_id, id) in (
                    select tenant_id, id from jobs where state = 'done' and finished_at < $1
                    order by finished_at limit 1000 for update skip locked
                )";
    let dead = "delete from jobs where (tenant_id, id) in (
                    select tenant_id, id from jobs where state = 'dead' and finished_at < $1
                    order by finished_at limit 1000 for update skip locked
                )";
    Ok(delete_in_steps(db, SystemReason::Jobs, done, KEPT).await?
        + delete_in_steps(db, SystemReason::Jobs, dead, DEAD_KEPT).await?)
}

/// Repeats a statement that deletes at most a thousand rows older than its `$1`, each time in a
/// transaction of its own, until nothing is left. Several workers may do so at once.
pub(crate) async fn delete_in_steps(
    db: &Db,
    reason: SystemReason,
    sql: &str,
    kept: Duration,
) -> Result<u64, StoreError> {
    let mut deleted = 0;
    loop {
        let tx = db.system(reason).await?;
        let before = (tx.now() - kept).into();
        let step = tx
            .conn()
            .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [before]))
            .await?
            .rows_affected();
        tx.commit().await?;
        deleted += step;
        if step < STEP {
            return Ok(deleted);
        }
    }
}
