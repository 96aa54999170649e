//! What the worker has to do. A job is written in the transaction that makes it necessary; the
//! worker claims it under a lease, acts, and marks it. A lost worker's lease runs out and another
//! takes over, so what a job does must be safe to do twice.

mod bell;
mod claim;
mod sweep;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::ids::{Id, Job, Tenant};
use crate::secrets::Place;
use crate::tenancy::{StoreError, Tools};
use crate::time::Instant;

pub use bell::Bell;
pub use claim::{
    Claimed, Known, Lease, NotUnderstood, claim, finish, give_back, not_understood, retry,
};
pub use sweep::{DEAD_KEPT, KEPT, sweep};

pub(crate) use bell::Ringer;
pub(crate) use sweep::delete_in_steps;

/// The tenant of jobs that belong to no tenant.
const NOBODY: Uuid = Uuid::nil();

/// Where the sealed part of a job is: it can't be moved to another job.
fn sealed_part(job: Id<Job>) -> Place {
    Place { table: "jobs", column: "sealed", row: job.uuid() }
}

/// A job to be queued.
#[derive(Debug)]
pub(crate) struct NewJob {
    kind: &'static str,
    version: i16,
    payload: Value,
    sealed: Option<Vec<u8>>,
    dedupe_key: Option<String>,
}

impl NewJob {
    pub(crate) fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
        Self { kind, version: 1, payload, sealed: None, dedupe_key: None }
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
}

const ENQUEUE: &str = "
    insert into jobs (tenant_id, id, kind, version, payload, sealed, dedupe_key, state, run_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)
    on conflict on constraint jobs_once do nothing";

pub(crate) async fn enqueue(
    conn: &impl ConnectionTrait,
    tools: &Tools,
    now: Instant,
    tenant: Option<Id<Tenant>>,
    job: NewJob,
) -> Result<(), StoreError> {
    let id = Id::<Job>::new(now, &*tools.entropy);
    let sealed = job.sealed.map(|secret| tools.seal(&sealed_part(id), &secret)).transpose()?;
    conn.execute_raw(Statement::from_sql_and_values(
        DbBackend::Postgres,
        ENQUEUE,
        [
            tenant.map_or(NOBODY, Id::uuid).into(),
            id.uuid().into(),
            job.kind.into(),
            job.version.into(),
            job.payload.into(),
            sealed.into(),
            job.dedupe_key.into(),
            now.into(),
        ],
    ))
    .await?;
    tools.ringer.remember();
    Ok(())
}
