//! Who puts things right, when several could. Each thing that one at a time puts right has a row; who
//! has the turn holds it under a lease, renews it while working, and passes it on. A lost worker's lease
//! runs out, and then it is anybody's turn.

mod step;

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;
use step::{Standing, Step, step};

/// What is to be put right, by whom, and how often.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The name of what is to be put right.
    pub name: &'static str,
    /// Who asks: no other worker has this name.
    pub holder: String,
    /// How often it is to be done.
    pub every: Duration,
    /// How long it stays whose turn it is without a sign of life.
    pub lease: Duration,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Ours.
    Ours,
    /// Nobody's, or somebody else's, until this.
    NotBefore(Instant),
}

const STANDING: &str =
    "select due_at, lease_until, asked from turns where name = $1 for no key update";

impl Turn {
    /// Takes the turn, if it is due and nobody has it. `rung`: somebody rang, so it is due now; if
    /// somebody has it, they are asked to look once more.
    pub async fn take(&self, db: &Db, rung: bool) -> Result<Whose, StoreError> {
        let tx = db.system(SystemReason::Jobs).await?;
        let standing = self.standing(&tx).await?;
        let now = tx.now();
        let whose = match step(&standing, now, self.every, self.lease, rung) {
            Step::Begin => {
                let sql = "update turns set leased_by = $2, lease_until = $3, asked = false
                           where name = $1";
                let values = [self.holder.clone().into(), (now + self.lease).into()];
                self.write(&tx, sql, values).await?;
                Whose::Ours
            }
            Step::Ask(until) => {
                self.write(&tx, "update turns set asked = true where name = $1", []).await?;
                Whose::NotBefore(until)
            }
            Step::Wait(until) => Whose::NotBefore(until),
        };
        tx.commit().await?;
        Ok(whose)
    }

    async fn standing(&self, tx: &SystemTx) -> Result<Standing, StoreError> {
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, STANDING, [self.name.into()]);
        if let Some(found) = Standing::find_by_statement(statement.clone()).one(tx.conn()).await? {
            return Ok(found);
        }
        // The first time ever: due at once. Another may be as quick.
        let sql = "insert into turns (name, due_at) values ($1, $2) on conflict do nothing";
        self.write(tx, sql, [tx.now().into()]).await?;
        let found = Standing::find_by_statement(statement).one(tx.conn()).await?;
        found.ok_or_else(|| StoreError::Unreadable(format!("whose turn it is: {}", self.name)))
    }

    /// Renews the lease, and says whether it is our turn still.
    pub async fn keep(&self, db: &Db) -> Result<bool, StoreError> {
        let tx = db.system(SystemReason::Jobs).await?;
        let sql = "update turns set lease_until = $3 where name = $1 and leased_by = $2";
        let values = [self.holder.clone().into(), (tx.now() + self.lease).into()];
        let kept = self.write(&tx, sql, values).await?;
        tx.commit().await?;
        Ok(kept == 1)
    }

    /// It is done, and due again at `next`; or our turn ended midway, and it is due at once.
    pub async fn pass_on(&self, db: &Db, next: Option<Instant>) -> Result<(), StoreError> {
        let tx = db.system(SystemReason::Jobs).await?;
        let sql = "update turns set lease_until = null, leased_by = null, due_at = $3
                   where name = $1 and leased_by = $2";
        let next = next.unwrap_or_else(|| tx.now());
        self.write(&tx, sql, [self.holder.clone().into(), next.into()]).await?;
        tx.commit().await
    }

    async fn write(
        &self,
        tx: &SystemTx,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, StoreError> {
        let values = std::iter::once(self.name.into()).chain(values);
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        Ok(tx.conn().execute_raw(statement).await?.rows_affected())
    }
}
