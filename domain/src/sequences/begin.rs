//! Whoever there is a reason for is taken in: looked for over all businesses.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::ids::{Customer, Id, SequenceRun};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// Under which name it is kept how far was looked.
const NAME: &str = "sequences";

/// How long after its time it still counts: a visit is often ended late.
const LATE: Duration = Duration::days(2);

/// How many one step takes.
const STEP: usize = 500;

/// Somebody who is to be taken in.
#[derive(Debug, FromQueryResult)]
struct Found {
    tenant_id: Uuid,
    sequence_id: Uuid,
    customer_id: Uuid,
    begun_by: Uuid,
    appointment_id: Option<Uuid>,
    booked_from: Instant,
    begun_at: Instant,
    wait_minutes: i32,
}

/// Only who agreed to offers is taken in, by mail or otherwise, and nobody who is in it, or was not long
/// ago.
const WELCOME: &str = "
      and c.erased_at is null and c.merged_into is null and c.archived_at is null
      and (coalesce((select k.granted from consents k
                     where k.tenant_id = c.tenant_id and k.customer_id = c.id
                       and k.purpose = 'marketing_email' order by k.at desc, k.id desc limit 1), false)
           or coalesce((select k.granted from consents k
                     where k.tenant_id = c.tenant_id and k.customer_id = c.id
                       and k.purpose = 'marketing_sms' order by k.at desc, k.id desc limit 1), false))
      and not exists (
          select from sequence_runs r
          where r.tenant_id = c.tenant_id and r.customer_id = c.id and r.sequence_id = w.sequence_id
            and (r.state = 'running' or r.begun_by = w.begun_by
                 or r.started_at > $1 - w.rest_days * interval '1440 minutes'))
    order by w.tenant_id, w.sequence_id, c.id, w.begun_at desc limit $3";

/// Visits that came to their end, or are so long ago as a business wants, between `$2` and `$1`, but not
/// before their sequence was turned on. No visit lasts longer than two days: an index knows where visits
/// begin. Who has something booked has been seen.
const VISITED: &str = "
    with ways as materialized (
        select s.tenant_id, s.id as sequence_id, s.trigger, s.on_since, s.rest_days, s.service_ids,
               coalesce(s.days, 0) * interval '1440 minutes' as since, f.wait_minutes,
               case s.trigger when 'no_show' then 'no_show' else 'completed' end as status
        from sequences s
        join sequence_steps f on f.tenant_id = s.tenant_id and f.sequence_id = s.id and f.position = 1
        where s.on_since is not null and s.trigger <> 'customer_created'
    ), visits as (
        select w.*, a.customer_id, a.id as begun_by, a.starts_at as booked_from,
               a.ends_at + w.since as begun_at
        from ways w
        join appointments a on a.tenant_id = w.tenant_id and a.status = w.status
            and a.starts_at > $2 - w.since - interval '2 days' and a.starts_at <= $1 - w.since
            and a.ends_at > $2 - w.since and a.ends_at <= $1 - w.since
            and a.ends_at + w.since >= w.on_since
        where a.customer_id is not null
          and (w.service_ids = '{}' or exists (
              select from appointment_lines l
              where l.tenant_id = a.tenant_id and l.appointment_id = a.id
                and l.service_id = any(w.service_ids)))
          and (w.trigger <> 'first_visit_completed' or not exists (
              select from appointments b
              where b.tenant_id = a.tenant_id and b.customer_id = a.customer_id
                and b.starts_at < a.starts_at and b.status = 'completed'))
          and (w.trigger <> 'not_seen' or not exists (
              select from appointments b
              where b.tenant_id = a.tenant_id and b.customer_id = a.customer_id
                and b.starts_at > a.starts_at and b.status not in ('cancelled', 'expired')))
    )
    select distinct on (w.tenant_id, w.sequence_id, c.id)
           w.tenant_id, w.sequence_id, c.id as customer_id, w.begun_by,
           w.begun_by as appointment_id, w.booked_from, w.begun_at, w.wait_minutes
    from visits w
    join customers c on c.tenant_id = w.tenant_id and c.id = w.customer_id
    where true";

/// Who became a customer in that time. Their ids say when: the key is asked for it. A file that is put in
/// is nobody's first day.
const WRITTEN_DOWN: &str = "
    with ways as materialized (
        select s.tenant_id, s.id as sequence_id, s.on_since, s.rest_days, f.wait_minutes
        from sequences s
        join sequence_steps f on f.tenant_id = s.tenant_id and f.sequence_id = s.id and f.position = 1
        where s.on_since is not null and s.trigger = 'customer_created'
    ), new as (
        select w.*, c.id as customer_id, c.id as begun_by, c.created_at as begun_at
        from ways w
        join customers c on c.tenant_id = w.tenant_id and c.id >= $4 and c.created_at > $2
            and c.created_at <= $1 and c.created_at >= w.on_since
            and c.source not in ('import', 'demo')
    )
    select distinct on (w.tenant_id, w.sequence_id, c.id)
           w.tenant_id, w.sequence_id, c.id as customer_id, w.begun_by,
           null::uuid as appointment_id, w.begun_at as booked_from, w.begun_at, w.wait_minutes
    from new w
    join customers c on c.tenant_id = w.tenant_id and c.id = w.customer_id
    where true";

/// Takes in whoever there is a reason for, and says how many.
pub(super) async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let mut count = 0;
    let mut since = None;
    loop {
        let tx = db.system(SystemReason::Messages).await?;
        let swept_at = alone(&tx).await?;
        // The same stretch all the time, whoever sweeps meanwhile.
        let from = *since.get_or_insert(swept_at - LATE);
        let visited = found(&tx, VISITED, from).await?;
        let new = found(&tx, WRITTEN_DOWN, from).await?;
        let written = begin(&tx, visited.into_iter().chain(new)).await?;
        count += written;
        // Two full lists at once: there may be more in either.
        let over = written < STEP as u64;
        if over {
            remember(&tx).await?;
        }
        tx.commit().await?;
        if over {
            return Ok(count);
        }
    }
}

#[derive(FromQueryResult)]
struct Swept {
    swept_at: Instant,
}

/// How far was looked. Whoever else looks waits here until this transaction is over, and finds what it
/// has written: nobody is taken in twice.
async fn alone(tx: &SystemTx) -> Result<Instant, StoreError> {
    let first =
        "insert into message_sweeps (name, swept_at) values ($1, $2) on conflict do nothing";
    let values = [NAME.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, first, values);
    tx.conn().execute_raw(statement).await?;
    let sql = "select swept_at from message_sweeps where name = $1 for update";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [NAME.into()]);
    let swept = Swept::find_by_statement(statement).one(tx.conn()).await?;
    let missing = || StoreError::Unreadable("how far sequences were looked at".to_owned());
    Ok(swept.ok_or_else(missing)?.swept_at)
}

async fn remember(tx: &SystemTx) -> Result<(), StoreError> {
    let sql = "update message_sweeps set swept_at = greatest(swept_at, $2) where name = $1";
    let values = [NAME.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

async fn found(tx: &SystemTx, whom: &str, since: Instant) -> Result<Vec<Found>, StoreError> {
    let mut values =
        vec![tx.now().into(), since.into(), i64::try_from(STEP).unwrap_or(i64::MAX).into()];
    if whom.contains("$4") {
        values.push(Id::<Customer>::first_at(since).uuid().into());
    }
    let sql = format!("{whom}{WELCOME}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Found::find_by_statement(statement).all(tx.conn()).await?)
}

#[derive(Serialize)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    sequence_id: Uuid,
    customer_id: Uuid,
    begun_by: Uuid,
    appointment_id: Option<Uuid>,
    booked_from: Instant,
    next_at: Instant,
}

/// Twice the same is there once: the locks above see to that, and the keys of the table if they don't.
const BEGIN: &str = "
    insert into sequence_runs (
        tenant_id, id, sequence_id, customer_id, begun_by, appointment_id, booked_from, next_step,
        next_at, state, started_at)
    select tenant_id, id, sequence_id, customer_id, begun_by, appointment_id, booked_from, 1, next_at,
           'running', $2
    from jsonb_to_recordset($1) as run (
        tenant_id uuid, id uuid, sequence_id uuid, customer_id uuid, begun_by uuid,
        appointment_id uuid, booked_from timestamptz, next_at timestamptz)
    on conflict do nothing";

async fn begin(tx: &SystemTx, found: impl Iterator<Item = Found>) -> Result<u64, StoreError> {
    let now = tx.now();
    let row = |found: Found| Row {
        tenant_id: found.tenant_id,
        id: Id::<SequenceRun>::new(now, &*tx.tools().entropy).uuid(),
        sequence_id: found.sequence_id,
        customer_id: found.customer_id,
        begun_by: found.begun_by,
        appointment_id: found.appointment_id,
        booked_from: found.booked_from,
        next_at: found.begun_at + Duration::minutes(found.wait_minutes.into()),
    };
    let rows: Vec<Row> = found.map(row).collect();
    if rows.is_empty() {
        return Ok(0);
    }
    let rows = serde_json::to_value(rows)
        .map_err(|error| StoreError::Unreadable(format!("runs to begin: {error}")))?;
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, BEGIN, [rows.into(), now.into()]);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}
