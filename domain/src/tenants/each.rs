//! The same in many businesses.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::ids::{Id, Tenant};
use crate::tenancy::{Db, StoreError, SystemReason};

#[derive(FromQueryResult)]
struct Due {
    tenant_id: Uuid,
}

/// The businesses that `sql` finds; its `$1` is what is due by now.
pub(crate) async fn with_something_due(
    db: &Db,
    sql: &'static str,
    by: impl Into<sea_orm::Value>,
) -> Result<Vec<Id<Tenant>>, StoreError> {
    let tx = db.system(SystemReason::Bookings).await?;
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [by.into()]);
    let due = Due::find_by_statement(statement).all(tx.conn()).await?;
    tx.commit().await?;
    Ok(due.into_iter().map(|row| Id::from_uuid(row.tenant_id)).collect())
}

/// What was done in many businesses. Where it failed, the others have their turn all the same.
#[derive(Debug)]
pub(crate) struct Tally<E> {
    count: u64,
    failed: Option<E>,
}

impl<E: std::error::Error> Tally<E> {
    pub(crate) const fn new() -> Self {
        Self { count: 0, failed: None }
    }

    /// How it went in one of them.
    pub(crate) fn add(&mut self, tenant: Id<Tenant>, went: Result<u64, E>) {
        match went {
            Ok(done) => self.count += done,
            Err(error) => {
                tracing::warn!(%tenant, %error, "failed at this business; the others go on");
                self.failed.get_or_insert(error);
            }
        }
    }

    /// How much was done in all of them, or how it failed first.
    pub(crate) fn end(self) -> Result<u64, E> {
        self.failed.map_or(Ok(self.count), Err)
    }
}
