use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How things stand with one kind of job.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Figures {
    /// Such as `mail.send`.
    pub kind: String,
    /// How many wait, for their time or for a worker.
    pub waiting: i64,
    /// How many of these could run now.
    pub due: i64,
    /// Since when the oldest of these could.
    pub oldest_due: Option<Instant>,
    /// How many are being done.
    pub running: i64,
    /// How many were put aside for good.
    pub dead: i64,
}

/// What is done is not counted: it is most of the table, and none of it is of interest. Each state has
/// its own index, so it costs what there is to do.
const FIGURES: &str = "
    select kind,
           count(*) filter (where state = 'waiting') as waiting,
           count(*) filter (where state = 'waiting' and run_at <= $1) as due,
           min(run_at) filter (where state = 'waiting' and run_at <= $1) as oldest_due,
           count(*) filter (where state = 'running') as running,
           count(*) filter (where state = 'dead') as dead
    from (
        select kind, state, run_at from jobs where state = 'waiting'
        union all
        select kind, state, run_at from jobs where state = 'running'
        union all
        select kind, state, run_at from jobs where state = 'dead'
    ) undone
    group by kind order by kind";

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
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, FIGURES, values);
    Ok(Figures::find_by_statement(statement).all(tx.conn()).await?)
}
