use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::figures::{COUNTED, KINDS};
use super::{NOBODY, fair, sealed_part};
use crate::ids::{Id, Job, Tenant};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
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
#[derive(Debug, Clone)]
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
    /// The request, or the job, that it comes from.
    pub trace: Option<String>,
    /// The lease that this claim holds; another claim of the same job holds another.
    worker: String,
}

impl Claimed {
    /// The payload as what it should be.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.payload)
    }

    /// What names this claim.
    pub(super) fn key(&self) -> (Uuid, Uuid, String) {
        (self.tenant.map_or(NOBODY, Id::uuid), self.id.uuid(), self.worker.clone())
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
    trace: Option<String>,
    visited: Option<Uuid>,
}

/// What a look for jobs found.
#[derive(Debug)]
pub struct Taken {
    /// What is ours now.
    pub jobs: Vec<Claimed>,
    /// When the next job is due, if that is soon and fewer were taken than were wanted: whoever finds
    /// nothing to do sleeps no longer. One that is due already was in somebody else's hands just now, or
    /// has fallen due meanwhile.
    pub next: Option<Instant>,
}

/// Takes due jobs. The claim is committed before anything is done.
pub async fn claim(db: &Db, lease: &Lease) -> Result<Vec<Claimed>, StoreError> {
    Ok(take(db, lease, Duration::zero()).await?.jobs)
}

/// Takes due jobs; if there are few, it looks so far ahead when the next is due.
pub async fn take(db: &Db, lease: &Lease, ahead: Duration) -> Result<Taken, StoreError> {
    let tx = db.system_by_key(SystemReason::Jobs).await?;
    let rota = &tx.tools().rota;
    let (kinds, versions) = apart(&lease.known);
    let values = [
        tx.now().into(),
        (tx.now() + lease.length).into(),
        lease.worker.clone().into(),
        lease.batch.into(),
        keys_of(&lease.known).into(),
        NOBODY.into(),
        rota.before().into(),
        kinds.into(),
        versions.into(),
    ];
    let sql = fair::statement(lease.batch);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    if let Some(row) = rows.first() {
        rota.visited(row.visited);
    }
    let few = i64::try_from(rows.len()).is_ok_and(|count| count < lease.batch);
    let looks = few && ahead > Duration::zero();
    let next = if looks { next_due(&tx, &lease.known, ahead).await? } else { None };
    let tools = tx.tools().clone();
    tx.commit().await?;
    let claimed = |row: Row| {
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
            trace: row.trace,
            worker: lease.worker.clone(),
        }
    };
    Ok(Taken { jobs: rows.into_iter().map(claimed).collect(), next })
}

/// When the next job that is understood is due.
async fn next_due(
    tx: &SystemTx,
    known: &[Known],
    ahead: Duration,
) -> Result<Option<Instant>, StoreError> {
    #[derive(FromQueryResult)]
    struct Next {
        run_at: Option<Instant>,
    }
    let sql = "select min(first.run_at) as run_at
               from unnest($1::text[], $2::smallint[]) as known (kind, version) cross join lateral (
                   select run_at from jobs
                   where kind = known.kind and version = known.version and state = 'waiting'
                     and run_at <= $3
                   order by run_at limit 1
               ) first";
    let (kinds, versions) = apart(known);
    let values = [kinds.into(), versions.into(), (tx.now() + ahead).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let next = Next::find_by_statement(statement).one(tx.conn()).await?;
    Ok(next.and_then(|next| next.run_at))
}

fn keys_of(known: &[Known]) -> Vec<String> {
    known.iter().map(|known| known.key()).collect()
}

/// The kinds, and the version of each.
fn apart(known: &[Known]) -> (Vec<String>, Vec<i16>) {
    known.iter().map(|known| (known.kind.to_owned(), known.version)).unzip()
}

/// Jobs that are due and that nobody here understands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct NotUnderstood {
    /// What is to be done.
    pub kind: String,
    /// The version of the payload.
    pub version: i16,
    /// How many wait, up to [`COUNTED`].
    pub count: i64,
}

/// What waits for a worker that knows more than `known`.
pub async fn not_understood(db: &Db, known: &[Known]) -> Result<Vec<NotUnderstood>, StoreError> {
    let sql = format!(
        "with recursive {KINDS}
         select kind, version, due.count from kinds cross join lateral (
             select count(*) as count from (
                 select 1 from jobs
                 where state = 'waiting' and jobs.kind = kinds.kind
                   and jobs.version = kinds.version and run_at <= $1
                 limit {COUNTED}) capped
         ) due
         where not kind || '/' || version = any($2) and due.count > 0
         order by kind, version"
    );
    let tx = db.system(SystemReason::Jobs).await?;
    let values = [tx.now().into(), keys_of(known).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let found = NotUnderstood::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    Ok(found)
}
