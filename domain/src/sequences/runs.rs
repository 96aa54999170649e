//! Who is in which sequence, and where.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::read::read;
use super::{RunState, SequenceError, StopReason};
use crate::audit::{Change, NewEntry};
use crate::ids::{Appointment, Customer, Id, Sequence, SequenceRun};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Somebody on the way through a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    /// Its id.
    pub id: Id<SequenceRun>,
    /// Who.
    pub customer: Id<Customer>,
    /// What they are called.
    pub name: String,
    /// The visit that took them in, if it was one.
    pub visit: Option<Id<Appointment>>,
    /// Where they stand.
    pub state: RunState,
    /// Why it ended before.
    pub stop_reason: Option<StopReason>,
    /// How many steps were written.
    pub steps_done: i32,
    /// When the next one is due, if there is one.
    pub next_at: Option<Instant>,
    /// When they were taken in.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    name: String,
    appointment_id: Option<Uuid>,
    state: String,
    stop_reason: Option<String>,
    next_step: i32,
    next_at: Instant,
    started_at: Instant,
    ended_at: Option<Instant>,
}

impl TryFrom<Row> for RunFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = RunState::stored(&row.state)?;
        Ok(Self {
            id: Id::from_uuid(row.id),
            customer: Id::from_uuid(row.customer_id),
            name: row.name,
            visit: row.appointment_id.map(Id::from_uuid),
            state,
            stop_reason: row.stop_reason.as_deref().map(StopReason::stored).transpose()?,
            steps_done: row.next_step - 1,
            next_at: (state == RunState::Running).then_some(row.next_at),
            started_at: row.started_at,
            ended_at: row.ended_at,
        })
    }
}

const ROWS: &str = "
    select r.id, r.customer_id, c.name, r.appointment_id, r.state, r.stop_reason, r.next_step,
           r.next_at, r.started_at, r.ended_at
    from sequence_runs r
    join customers c on c.tenant_id = r.tenant_id and c.id = r.customer_id
    where r.tenant_id = $1 and r.sequence_id = $2";

/// Everybody who is or was in a sequence, the last ones first.
pub async fn runs(
    tx: &TenantTx,
    sequence: Id<Sequence>,
    state: Option<RunState>,
    window: Window<SequenceRun>,
) -> Result<Paged<RunFacts>, SequenceError> {
    read(tx, sequence).await?;
    let sql = format!(
        "{ROWS} and ($3::text is null or r.state = $3) and ($4::uuid is null or r.id < $4)
         order by r.id desc limit $5"
    );
    let values = [
        tx.tenant().uuid().into(),
        sequence.uuid().into(),
        state.map(RunState::key).into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let rows = rows.into_iter().map(RunFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(rows, |run| run.id))
}

/// The team takes somebody out. What is written for them and not sent yet isn't sent either.
pub async fn stop(
    tx: &mut TenantTx,
    sequence: Id<Sequence>,
    run: Id<SequenceRun>,
) -> Result<RunFacts, SequenceError> {
    let about = read(tx, sequence).await?;
    let sql = "
        update sequence_runs set state = 'stopped', stop_reason = 'staff', ended_at = $4
        where tenant_id = $1 and sequence_id = $2 and id = $3 and state = 'running'";
    let values =
        [tx.tenant().uuid().into(), sequence.uuid().into(), run.uuid().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let stopped = tx.conn().execute_raw(statement).await?.rows_affected() == 1;
    let values = [tx.tenant().uuid().into(), sequence.uuid().into(), run.uuid().into()];
    let sql = format!("{ROWS} and r.id = $3");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    let facts: RunFacts = row.ok_or(SequenceError::NotFound)?.try_into()?;
    if !stopped {
        return Err(SequenceError::RunOver);
    }
    // Who it was stays out of the log, which can't be erased.
    let change = Change::of("customer", facts.customer.to_string(), Value::Null);
    let entry = NewEntry::new("sequence.run_stopped", "sequence_run").on(run, about.name);
    tx.record(entry.changed([change]));
    let event = json!({ "id": sequence, "run_id": run });
    tx.emit(NewEvent::new("sequence.run_stopped", &event));
    Ok(facts)
}

/// It ends for all who are in it.
pub(super) async fn turned_off(tx: &TenantTx, sequence: Id<Sequence>) -> Result<(), StoreError> {
    let sql = "
        update sequence_runs set state = 'stopped', stop_reason = 'turned_off', ended_at = $3
        where tenant_id = $1 and sequence_id = $2 and state = 'running'";
    let values = [tx.tenant().uuid().into(), sequence.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Whoever these are is forgotten.
pub(crate) async fn forget(tx: &TenantTx, customers: &[Uuid]) -> Result<(), StoreError> {
    let sql = "
        update sequence_runs set state = 'stopped', stop_reason = 'erased', ended_at = $3
        where tenant_id = $1 and customer_id = any($2) and state = 'running'";
    let values = [tx.tenant().uuid().into(), customers.to_vec().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Two records become one: what both are in goes on for the one that stays.
pub(crate) async fn merged(tx: &TenantTx, gone: Uuid, kept: Uuid) -> Result<(), StoreError> {
    let sql = "
        update sequence_runs g set state = 'stopped', stop_reason = 'merged', ended_at = $4
        where g.tenant_id = $1 and g.customer_id = $2 and g.state = 'running'
          and exists (select from sequence_runs k
                      where k.tenant_id = g.tenant_id and k.sequence_id = g.sequence_id
                        and k.customer_id = $3 and k.state = 'running')";
    let values = [tx.tenant().uuid().into(), gone.into(), kept.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
