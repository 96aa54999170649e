//! Looking after jobs: whoever runs the deployment sees what waits, runs and failed, drives what
//! failed again, or discards it. What a job is about is not shown: it names people.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::NOBODY;
use crate::bells;
use crate::fault::refusals;
use crate::ids::{Id, Job, Tenant};
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

refusals! {
    /// Why nothing can be done about a job.
    JobError {
        NotDead = Conflict "job_not_dead" "Only a job that was put aside for good can be driven again or discarded.",
    }
}

/// What a job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for its time, or for a worker.
    Waiting,
    /// A worker has it.
    Running,
    /// It is done.
    Done,
    /// It failed for good.
    Dead,
}

impl State {
    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    fn read(key: &str) -> Result<Self, StoreError> {
        [Self::Waiting, Self::Running, Self::Done, Self::Dead]
            .into_iter()
            .find(|state| state.key() == key)
            .ok_or_else(|| StoreError::Unreadable(format!("a job's state: {key}")))
    }
}

/// Which jobs are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// At what they are.
    pub state: State,
    /// Of one kind only.
    pub kind: Option<String>,
    /// Of one tenant only.
    pub tenant: Option<Id<Tenant>>,
}

/// A job, as whoever looks after the deployment sees it.
#[derive(Debug, Clone)]
pub struct JobFacts {
    /// Its id.
    pub id: Id<Job>,
    /// Whose it is; none for the jobs of logins.
    pub tenant: Option<Id<Tenant>>,
    /// What is to be done.
    pub kind: String,
    /// The version of its payload.
    pub version: i16,
    /// What it is at.
    pub state: State,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was queued.
    pub created_at: Instant,
    /// When it may run, or might have.
    pub run_at: Instant,
    /// Until when a worker has it.
    pub lease_until: Option<Instant>,
    /// When it was done, or failed for good.
    pub finished_at: Option<Instant>,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// The request, or the job, that it comes from.
    pub trace: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    kind: String,
    version: i16,
    state: String,
    attempts: i32,
    created_at: Instant,
    run_at: Instant,
    lease_until: Option<Instant>,
    finished_at: Option<Instant>,
    last_error: Option<String>,
    trace: Option<String>,
}

impl TryFrom<Row> for JobFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            tenant: (row.tenant_id != NOBODY).then(|| Id::from_uuid(row.tenant_id)),
            kind: row.kind,
            version: row.version,
            state: State::read(&row.state)?,
            attempts: row.attempts,
            created_at: row.created_at,
            run_at: row.run_at,
            lease_until: row.lease_until,
            finished_at: row.finished_at,
            last_error: row.last_error,
            trace: row.trace,
        })
    }
}

const FACTS: &str =
    "tenant_id, id, kind, version, state, attempts, created_at, run_at, lease_until,
    finished_at, last_error, trace";

/// The jobs that are wanted, the newest first.
pub async fn list(
    tx: &SystemTx,
    wanted: &Wanted,
    window: Window<Job>,
) -> Result<Paged<JobFacts>, JobError> {
    let limit = i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![limit.into()];
    // The state is written out: each has indexes of its own.
    let mut sql = format!("select {FACTS} from jobs where state = '{}'", wanted.state.key());
    let mut and = |column: &str, value: Value| {
        values.push(value);
        let _ = write!(sql, " and {column} ${}", values.len());
    };
    if let Some(kind) = &wanted.kind {
        and("kind =", kind.clone().into());
    }
    if let Some(tenant) = wanted.tenant {
        and("tenant_id =", tenant.uuid().into());
    }
    if let Some(after) = window.after {
        and("id <", after.uuid().into());
    }
    sql.push_str(" order by id desc limit $1");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let jobs = rows.into_iter().map(JobFacts::try_from).collect::<Result<_, _>>()?;
    Ok(window.cut(jobs, |job: &JobFacts| job.id))
}

/// One job.
pub async fn read(tx: &SystemTx, id: Id<Job>) -> Result<JobFacts, JobError> {
    find(tx, id, "").await
}

async fn find(tx: &SystemTx, id: Id<Job>, lock: &str) -> Result<JobFacts, JobError> {
    let sql = format!("select {FACTS} from jobs where id = $1{lock}");
    let values = [id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    Ok(row.ok_or(JobError::NotFound)?.try_into()?)
}

async fn held_dead(tx: &SystemTx, id: Id<Job>) -> Result<JobFacts, JobError> {
    let job = find(tx, id, " for update").await?;
    if job.state == State::Dead { Ok(job) } else { Err(JobError::NotDead) }
}

/// Begins a life anew: with all its tries, at once.
const REVIVE: &str = "state = 'waiting', attempts = 0, run_at = $1, finished_at = null";

/// Drives a job again that had failed for good.
pub async fn retry(tx: &SystemTx, id: Id<Job>) -> Result<JobFacts, JobError> {
    let job = held_dead(tx, id).await?;
    let sql = format!("update jobs set {REVIVE} where tenant_id = $2 and id = $3");
    execute(tx, &sql, [tx.now().into(), tenant_of(&job), id.uuid().into()]).await?;
    tx.tools().ringer.remember(bells::JOBS);
    tracing::info!(job = %id, kind = job.kind, "a dead job is driven again");
    read(tx, id).await
}

/// How many are driven again together.
const TOGETHER: i64 = 10_000;

/// Drives those of a kind again that had failed for good, at most ten thousand of them, the oldest
/// first, and says how many.
pub async fn retry_all(tx: &SystemTx, kind: &str) -> Result<u64, JobError> {
    let sql = format!(
        "update jobs set {REVIVE} where (tenant_id, id) in (
             select tenant_id, id from jobs where state = 'dead' and kind = $2
             order by id limit $3 for update skip locked)"
    );
    let count = execute(tx, &sql, [tx.now().into(), kind.into(), TOGETHER.into()]).await?;
    tx.tools().ringer.remember(bells::JOBS);
    tracing::info!(kind, count, "dead jobs are driven again");
    Ok(count)
}

/// Forgets a job that had failed for good, and what was sealed of it.
pub async fn discard(tx: &SystemTx, id: Id<Job>) -> Result<(), JobError> {
    let job = held_dead(tx, id).await?;
    let sql = "delete from jobs where tenant_id = $1 and id = $2";
    execute(tx, sql, [tenant_of(&job), id.uuid().into()]).await?;
    tracing::info!(job = %id, kind = job.kind, "a dead job was discarded");
    Ok(())
}

fn tenant_of(job: &JobFacts) -> Value {
    job.tenant.map_or(NOBODY, Id::uuid).into()
}

async fn execute(
    tx: &SystemTx,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, JobError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}
