use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{NOBODY, sealed_part};
use crate::ids::{Id, Job, Tenant};
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::time::Instant;

/// A kind of job and the version of its payload that somebody understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Known {
    /// Such as `mail.send`.
    pub kind: &'static str,
    /// Of the payload.
    pub version: i16,
}

impl Known {
    /// As the statements compare it.
    fn key(self) -> String {
        format!("{}/{}", self.kind, self.version)
    }
}

/// Under which terms a worker takes jobs.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Names this claim: no other claim, not even by the same worker, has the same name. Whoever
    /// woke up too late can thus not settle a job that was claimed again.
    pub worker: String,
    /// How long it may take before another may try.
    pub length: Duration,
    /// How many jobs at most.
    pub batch: i64,
    /// What the worker understands. Everything else stays where it is, for a worker that does: an
    /// older or newer one, when two releases run side by side.
    pub known: Vec<Known>,
}

/// A job that this worker holds.
#[derive(Debug)]
pub struct Claimed {
    /// Its id.
    pub id: Id<Job>,
    /// Whose it is; none for the jobs of logins.
    pub tenant: Option<Id<Tenant>>,
    /// What is to be done.
    pub kind: String,
    /// The version of the payload.
    pub version: i16,
    /// What to do it with.
    pub payload: Value,
    /// What was sealed, opened.
    pub secret: Option<Vec<u8>>,
    /// How often it was tried, this time included.
    pub attempt: i32,
    /// Since when it could have run.
    pub due_at: Instant,
    /// Until when it is ours.
    pub lease_until: Instant,
    /// The lease that this claim holds; another claim of the same job holds another.
    worker: String,
}

impl Claimed {
    /// The payload as what it should be.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.payload)
    }
}

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    kind: String,
    version: i16,
    payload: Value,
    sealed: Option<Vec<u8>>,
    attempts: i32,
    run_at: Instant,
    lease_until: Instant,
}

/// What is due: the oldest, and what a lost worker left behind. If more is due than that look shows,
/// the first of every tenant that has something waiting come to it (the recursion jumps from tenant
/// to tenant in the index, and runs only then): a shop with a hundred thousand mails hides nobody.
///
/// Each tenant's first come before any tenant's second. The jobs of no tenant are the mails that
/// people wait for to sign in: they queue apart, and every second place is theirs.
///
/// The two sides of `union all` and the lateral looks keep each time and each key an index
/// condition, whatever the planner thinks of a LIMIT that it doesn't know.
const CLAIM: &str = "
    with recursive oldest as materialized (
        select tenant_id, id, run_at from jobs
        where state = 'waiting' and run_at <= $1 and kind || '/' || version = any($5)
        order by run_at limit 1000
    ), tenants as (
        (select tenant_id from jobs
         where state = 'waiting' and (select count(*) from oldest) = 1000
         order by tenant_id limit 1)
        union all
        select (select tenant_id from jobs
                where state = 'waiting' and tenant_id > before.tenant_id
                order by tenant_id limit 1)
        from tenants before where before.tenant_id is not null
    ), due as (
        select tenant_id, id, run_at from oldest
        union
        select first.tenant_id, first.id, first.run_at
        from tenants cross join lateral (
            select tenant_id, id, run_at from jobs
            where tenant_id = tenants.tenant_id and state = 'waiting' and run_at <= $1
              and kind || '/' || version = any($5)
            order by run_at limit 4
        ) first
        union all
        (select tenant_id, id, run_at from jobs
         where state = 'running' and lease_until <= $1 and kind || '/' || version = any($5)
         order by lease_until limit 1000)
    ), chosen as materialized (
        select tenant_id, id from (
            select tenant_id, id, run_at,
                   row_number() over (partition by tenant_id = $6 order by turn, run_at) as place
            from (
                select tenant_id, id, run_at,
                       row_number() over (partition by tenant_id order by run_at) as turn
                from due
            ) in_turn
        ) fair
        order by place, run_at limit $4
    ), held as materialized (
        select found.place from chosen cross join lateral (
            select ctid as place from jobs
            where tenant_id = chosen.tenant_id and id = chosen.id
              and ((state = 'waiting' and run_at <= $1) or (state = 'running' and lease_until <= $1))
            for update skip locked
        ) found
    )
    update jobs set state = 'running', attempts = attempts + 1, lease_until = $2, leased_by = $3
    where ctid = any(array(select place from held))
    returning tenant_id, id, kind, version, payload, sealed, attempts, run_at, lease_until";

/// Takes due jobs. The claim is committed before anything is done.
pub async fn claim(db: &Db, lease: &Lease) -> Result<Vec<Claimed>, StoreError> {
    let tx = db.system(SystemReason::Jobs).await?;
    let rows = Row::find_by_statement(Statement::from_sql_and_values(
        DbBackend::Postgres,
        CLAIM,
        [
            tx.now().into(),
            (tx.now() + lease.length).into(),
            lease.worker.clone().into(),
            lease.batch.into(),
            keys_of(&lease.known).into(),
            NOBODY.into(),
        ],
    ))
    .all(tx.conn())
    .await?;
    let tools = tx.tools().clone();
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = Id::from_uuid(row.id);
            Claimed {
                id,
                tenant: (row.tenant_id != NOBODY).then(|| Id::from_uuid(row.tenant_id)),
                kind: row.kind,
                version: row.version,
                payload: row.payload,
                secret: row.sealed.and_then(|sealed| tools.open(&sealed_part(id), &sealed).ok()),
                attempt: row.attempts,
                due_at: row.run_at,
                lease_until: row.lease_until,
                worker: lease.worker.clone(),
            }
        })
        .collect())
}

fn keys_of(known: &[Known]) -> Vec<String> {
    known.iter().map(|known| known.key()).collect()
}

/// Jobs that are due and that nobody here understands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct NotUnderstood {
    /// What is to be done.
    pub kind: String,
    /// The version of the payload.
    pub version: i16,
    /// How many wait.
    pub count: i64,
}

/// What waits for a worker that knows more than `known`.
pub async fn not_understood(db: &Db, known: &[Known]) -> Result<Vec<NotUnderstood>, StoreError> {
    let sql = "select kind, version, count(*) as count from jobs
               where state = 'waiting' and run_at <= $1 and not kind || '/' || version = any($2)
               group by kind, version order by kind, version";
    let tx = db.system(SystemReason::Jobs).await?;
    let values = [tx.now().into(), keys_of(known).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = NotUnderstood::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    Ok(found)
}

/// The job is done; what was sealed is wiped.
pub async fn finish(db: &Db, job: &Claimed) -> Result<(), StoreError> {
    let set =
        "state = 'done', finished_at = $4, sealed = null, lease_until = null, last_error = null";
    settle(db, job, set, None).await
}

/// The job failed: once more after `delay`, or, without one, never again. What was sealed is wiped
/// then as well: a link in a mail that nobody will send must not lie around.
pub async fn retry(
    db: &Db,
    job: &Claimed,
    error: &str,
    delay: Option<Duration>,
) -> Result<(), StoreError> {
    let set = match delay {
        Some(_) => {
            "state = 'waiting', lease_until = null, last_error = $5, run_at = $4 + $6::float8 * interval '1 second'"
        }
        None => {
            "state = 'dead', lease_until = null, sealed = null, last_error = $5, finished_at = $4 + $6::float8 * interval '1 second'"
        }
    };
    let delay = delay.unwrap_or_default();
    settle(db, job, set, Some((error, delay))).await
}

/// The worker stops before it began with the job, or before it came to an end: another may take it
/// at once, and it doesn't count as a try.
pub async fn give_back(db: &Db, job: &Claimed) -> Result<(), StoreError> {
    let set = "state = 'waiting', lease_until = null, attempts = attempts - 1, run_at = least(run_at, $4)";
    settle(db, job, set, None).await
}

async fn settle(
    db: &Db,
    job: &Claimed,
    set: &str,
    failure: Option<(&str, Duration)>,
) -> Result<(), StoreError> {
    let tx = db.system(SystemReason::Jobs).await?;
    let mut values: Vec<sea_orm::Value> = vec![
        job.tenant.map_or(NOBODY, Id::uuid).into(),
        job.id.uuid().into(),
        job.worker.clone().into(),
        tx.now().into(),
    ];
    if let Some((error, delay)) = failure {
        values.push(error.to_owned().into());
        #[expect(
            clippy::cast_precision_loss,
            reason = "a delay in milliseconds is far below 2^52"
        )]
        values.push((delay.num_milliseconds() as f64 / 1_000.0).into());
    }
    // Only whoever holds the lease may settle: a worker that woke up too late changes nothing.
    let sql = format!(
        "update jobs set {set} where tenant_id = $1 and id = $2 and leased_by = $3 and state = 'running'"
    );
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, &sql, values))
        .await?;
    tx.commit().await
}
