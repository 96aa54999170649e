//! How long things really take here: learned from what was finished, in the transaction that finishes
//! it.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::entry;
use super::estimate::{Pace, Work};
use super::situation::work;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

#[derive(FromQueryResult)]
struct Row {
    n: f64,
    mean: f64,
    m2: f64,
}

/// What comes of a party that is done, and whether anything does: who served it, since when, and what.
/// Of several services each gets its share of the time.
fn observed(row: &entry::Model, seconds: f64) -> Result<Vec<(Work, f64)>, StoreError> {
    let works = work(row)?;
    let menu: f64 = works.iter().map(|work| f64::from(work.minutes)).sum();
    let all = menu * f64::from(row.party.max(1));
    if all <= 0.0 {
        return Ok(Vec::new());
    }
    let ratio = seconds / 60.0 / all;
    Ok(works.into_iter().map(|work| (work, f64::from(work.minutes) * ratio)).collect())
}

/// Learns from a party that is being finished now. Says whether there was anything to learn.
pub(super) async fn learn(tx: &TenantTx, row: &entry::Model) -> Result<bool, StoreError> {
    if row.learned {
        return Ok(false);
    }
    change(tx, row, tx.now(), Pace::observe).await
}

/// It wasn't finished after all: what was learned of it isn't so.
pub(super) async fn unlearn(tx: &TenantTx, row: &entry::Model) -> Result<(), StoreError> {
    if let Some(ended) = row.ended_at {
        change(tx, row, ended, Pace::forget).await?;
    }
    Ok(())
}

/// What is known of everything that a party had, from when it was begun until then.
async fn change(
    tx: &TenantTx,
    row: &entry::Model,
    until: Instant,
    how: impl Fn(&mut Pace, f64, f64),
) -> Result<bool, StoreError> {
    let Some((staff, started)) = row.staff_id.zip(row.started_at) else { return Ok(false) };
    let seconds = (until - started).as_seconds_f64();
    let mut observed = observed(row, seconds)?;
    // Two who finish at two locations change the same rows in one order.
    observed.sort_unstable_by_key(|(work, _)| work.service);
    for (work, minutes) in &observed {
        let service = work.service.uuid();
        let before = hold(tx, service, staff).await?;
        let mut pace = Pace { n: before.n, mean: before.mean, m2: before.m2 };
        how(&mut pace, f64::from(work.minutes), *minutes);
        let sql = "update service_pace set n = $4, mean = $5, m2 = $6, updated_at = $7
                   where tenant_id = $1 and service_id = $2 and staff_id = $3";
        let values = [
            tx.tenant().uuid().into(),
            service.into(),
            staff.into(),
            pace.n.into(),
            pace.mean.into(),
            pace.m2.into(),
            tx.now().into(),
        ];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(!observed.is_empty())
}

/// What is known so far, held.
async fn hold(tx: &TenantTx, service: Uuid, staff: Uuid) -> Result<Row, StoreError> {
    // What changes nothing holds the row all the same, also one that is just being made.
    let sql = "
        insert into service_pace (tenant_id, service_id, staff_id, n, mean, m2, updated_at)
        values ($1, $2, $3, 0, 0, 0, $4)
        on conflict (tenant_id, service_id, staff_id) do update set updated_at = excluded.updated_at
        returning n, mean, m2";
    let values = [tx.tenant().uuid().into(), service.into(), staff.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    let missing = || StoreError::Unreadable(format!("the pace of {service}"));
    row.ok_or_else(missing)
}
