//! What a business has done again and again, by its own clock: a report every Monday at nine. A
//! schedule is a line like cron's in a time zone, and its name is the kind of a job: at each of its times
//! one such job is queued, whatever becomes of workers meanwhile. Times that passed while nobody worked
//! are made up for once.

mod line;
mod sweep;

use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

pub use line::{BadLine, Line};
pub use sweep::sweep;

/// What a scheduled job is told: its payload, of version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The time of the schedule that it runs for, which may be over for a while.
    pub at: Instant,
}

const SET: &str = "
    insert into schedules (tenant_id, name, line, zone, next_at, updated_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant_id, name) do update
    set line = excluded.line, zone = excluded.zone, next_at = excluded.next_at,
        updated_at = excluded.updated_at
    where (schedules.line, schedules.zone) is distinct from (excluded.line, excluded.zone)";

/// Has the tenant's job called `name` queued at each time of the line, by the clock of this zone. One
/// that is set already to the same keeps its next time.
pub async fn set(
    tx: &TenantTx,
    name: &'static str,
    line: &Line,
    zone: Tz,
) -> Result<(), StoreError> {
    let next = line.next(tx.now(), zone);
    let next = next.ok_or_else(|| StoreError::Unreadable(format!("{line} has no next time")))?;
    let values: [Value; 6] = [
        tx.tenant().uuid().into(),
        name.into(),
        line.to_string().into(),
        zone.name().into(),
        next.into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, SET, values)).await?;
    Ok(())
}

/// Has it queued no more. What is queued already stays so.
pub async fn remove(tx: &TenantTx, name: &'static str) -> Result<(), StoreError> {
    let sql = "delete from schedules where tenant_id = $1 and name = $2";
    let values: [Value; 2] = [tx.tenant().uuid().into(), name.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
