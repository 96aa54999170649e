use std::borrow::Cow;

use chrono::Duration;
use data_encoding::HEXLOWER;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{NOBODY, sealed_part};
use crate::bells;
use crate::ids::{Id, Job, Tenant};
use crate::tenancy::{StoreError, Tools};
use crate::time::Instant;
use crate::trace;

/// A job to be queued.
#[derive(Debug)]
pub(crate) struct NewJob {
    kind: Cow<'static, str>,
    version: i16,
    payload: Value,
    sealed: Option<Vec<u8>>,
    dedupe_key: Option<String>,
    at: Option<Instant>,
}

impl NewJob {
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
        let kind = kind.into();
        Self { kind, version: 1, payload, sealed: None, dedupe_key: None, at: None }
    }

    /// A second job of the same tenant with this key is not queued.
    pub(crate) fn once(mut self, key: String) -> Self {
        self.dedupe_key = Some(key);
        self
    }

    /// What must not lie around in the clear.
    pub(crate) fn sealed(mut self, secret: Vec<u8>) -> Self {
        self.sealed = Some(secret);
        self
    }

    /// Not before this.
    pub(crate) fn at(mut self, at: Instant) -> Self {
        self.at = Some(at);
        self
    }
}

/// A job as the statement reads it.
#[derive(Serialize)]
struct Row<'a> {
    tenant_id: Uuid,
    id: Uuid,
    kind: &'a str,
    version: i16,
    payload: &'a Value,
    sealed: Option<String>,
    dedupe_key: Option<&'a str>,
    run_at: Instant,
}

const ENQUEUE: &str = "
    insert into jobs (tenant_id, id, kind, version, payload, sealed, dedupe_key, trace, state,
                      run_at, created_at)
    select tenant_id, id, kind, version, coalesce(payload, 'null'), decode(sealed, 'hex'),
           dedupe_key, $3, 'waiting', run_at, $2
    from jsonb_to_recordset($1) as job (
        tenant_id uuid, id uuid, kind text, version smallint, payload jsonb, sealed text,
        dedupe_key text, run_at timestamptz)
    on conflict on constraint jobs_once do nothing";

/// How many one statement takes.
const AT_ONCE: usize = 1_000;

/// Workers look by themselves at least that often, and know then what is due before their next look:
/// what is due later needs no ring.
const LONGEST_POLL: Duration = Duration::minutes(5);

/// Queues a job for a tenant, or for nobody's: a login's.
pub(crate) async fn enqueue(
    conn: &impl ConnectionTrait,
    tools: &Tools,
    now: Instant,
    tenant: Option<Id<Tenant>>,
    job: NewJob,
) -> Result<(), StoreError> {
    enqueue_all(conn, tools, now, vec![(tenant, job)]).await?;
    Ok(())
}

/// Queues many with one statement for each thousand, and says how many were not there already.
pub(crate) async fn enqueue_all(
    conn: &impl ConnectionTrait,
    tools: &Tools,
    now: Instant,
    mut jobs: Vec<(Option<Id<Tenant>>, NewJob)>,
) -> Result<u64, StoreError> {
    // Two who queue the same at once wait for each other in one order.
    jobs.sort_by(|(_, one), (_, other)| one.dedupe_key.cmp(&other.dedupe_key));
    let mut queued = 0;
    for some in jobs.chunks(AT_ONCE) {
        let rows = some.iter().map(|(tenant, job)| row(tools, now, *tenant, job));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let rows = serde_json::to_value(rows)
            .map_err(|error| StoreError::Unreadable(format!("jobs to be queued: {error}")))?;
        let trace = trace::current().map(|trace| trace.to_string());
        let values = [rows.into(), now.into(), trace.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, ENQUEUE, values);
        queued += conn.execute_raw(statement).await?.rows_affected();
    }
    let soon = |(_, job): &(_, NewJob)| job.at.is_none_or(|at| at <= now + LONGEST_POLL);
    if jobs.iter().any(soon) {
        tools.ringer.remember(bells::JOBS);
    }
    Ok(queued)
}

fn row<'a>(
    tools: &Tools,
    now: Instant,
    tenant: Option<Id<Tenant>>,
    job: &'a NewJob,
) -> Result<Row<'a>, StoreError> {
    let id = Id::<Job>::new(now, &*tools.entropy);
    let seal = |secret: &Vec<u8>| tools.seal(&sealed_part(id), secret);
    let sealed = job.sealed.as_ref().map(seal).transpose()?;
    Ok(Row {
        tenant_id: tenant.map_or(NOBODY, Id::uuid),
        id: id.uuid(),
        kind: &job.kind,
        version: job.version,
        payload: &job.payload,
        sealed: sealed.map(|sealed| HEXLOWER.encode(&sealed)),
        dedupe_key: job.dedupe_key.as_deref(),
        run_at: job.at.unwrap_or(now),
    })
}
