use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How things stand with one kind of job.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Figures {
    /// Such as `mail.send`.
    pub kind: String,
    /// How many wait, for their time or for a worker, up to [`COUNTED`].
    pub waiting: i64,
    /// How many of these could run now, up to [`COUNTED`].
    pub due: i64,
    /// Since when the oldest of these could.
    pub oldest_due: Option<Instant>,
    /// How many are being done.
    pub running: i64,
    /// How many were put aside for good, up to [`COUNTED`].
    pub dead: i64,
}

/// More of one kind are not counted: that there are so many says what there is to say.
pub const COUNTED: i64 = 10_000;

/// What kinds and versions wait, found by jumping from one to the next in an index.
pub(super) const KINDS: &str = "
    kinds as (
        (select kind, version from jobs where state = 'waiting' order by kind, version limit 1)
        union all
        select next.kind, next.version from kinds before cross join lateral (
            select kind, version from jobs
            where state = 'waiting' and (kind, version) > (before.kind, before.version)
            order by kind, version limit 1
        ) next
    )";

/// What is done is not looked at: it is most of the table, and none of it is of interest. What a worker
/// has is little. Of the others no more than [`COUNTED`] of a kind are read, however many there are.
fn statement() -> String {
    format!(
        "
    with recursive {KINDS}, dead as (
        (select kind from jobs where state = 'dead' order by kind limit 1)
        union all
        select next.kind from dead before cross join lateral (
            select kind from jobs where state = 'dead' and kind > before.kind
            order by kind limit 1
        ) next
    ), counted as (
        select kind, waiting.count as waiting, due.count as due, due.oldest, 0 as running, 0 as dead
        from kinds cross join lateral (
            select count(*) from (
                select 1 from jobs
                where state = 'waiting' and jobs.kind = kinds.kind
                  and jobs.version = kinds.version
                limit {COUNTED}) capped
        ) waiting cross join lateral (
            select count(*), min(run_at) as oldest from (
                select run_at from jobs
                where state = 'waiting' and jobs.kind = kinds.kind
                  and jobs.version = kinds.version and run_at <= $1
                order by run_at limit {COUNTED}) capped
        ) due
        union all
        select kind, 0, 0, null, count(*), 0 from jobs where state = 'running' group by kind
        union all
        select kind, 0, 0, null, 0, found.count from dead cross join lateral (
            select count(*) from (
                select 1 from jobs where state = 'dead' and jobs.kind = dead.kind
                limit {COUNTED}) capped
        ) found
    )
    select kind, least(sum(waiting), {COUNTED})::bigint as waiting,
           least(sum(due), {COUNTED})::bigint as due, min(oldest) as oldest_due,
           sum(running)::bigint as running, sum(dead)::bigint as dead
    from counted group by kind order by kind"
    )
}

/// How things stand, by kind; kinds of which there is nothing are left out.
pub async fn figures(db: &Db) -> Result<Vec<Figures>, StoreError> {
    let tx = db.system(SystemReason::Jobs).await?;
    let found = figures_in(&tx).await?;
    tx.rollback().await?;
    Ok(found)
}

/// The same in a transaction that is open.
pub async fn figures_in(tx: &SystemTx) -> Result<Vec<Figures>, StoreError> {
    let values = [tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, statement(), values);
    Ok(Figures::find_by_statement(statement).all(tx.conn()).await?)
}

/// Since when the oldest of all that wait could run.
pub(crate) async fn oldest_due_in(tx: &SystemTx) -> Result<Option<Instant>, StoreError> {
    #[derive(FromQueryResult)]
    struct Oldest {
        run_at: Option<Instant>,
    }
    let sql = format!(
        "with recursive {KINDS}
         select min(first.run_at) as run_at from kinds cross join lateral (
             select run_at from jobs
             where state = 'waiting' and jobs.kind = kinds.kind and jobs.version = kinds.version
               and run_at <= $1
             order by run_at limit 1
         ) first"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [tx.now().into()]);
    let oldest = Oldest::find_by_statement(statement).one(tx.conn()).await?;
    Ok(oldest.and_then(|oldest| oldest.run_at))
}
