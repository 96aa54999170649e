//! Hints between processes, over PostgreSQL. A notification takes a lock of the whole cluster when
//! its transaction commits: so it is never part of the business's transaction. Whoever tells does so in
//! a transaction of its own, of many things at once.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::tenancy::{Db, StoreError, SystemReason};

/// Tells whoever listens to the channel. A payload holds less than 8000 bytes.
pub(crate) async fn publish(
    db: &Db,
    reason: SystemReason,
    channel: &str,
    payloads: Vec<String>,
) -> Result<(), StoreError> {
    let tx = db.system(reason).await?;
    for payload in payloads {
        let values = [channel.into(), payload.into()];
        let sql = "select pg_notify($1, $2)";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        // Executed: what only reads is not committed.
        tx.conn().execute_raw(statement).await?;
    }
    tx.commit().await
}

/// What others tell on a channel, over a connection of its own.
#[derive(Debug)]
pub(crate) struct Ear {
    channel: &'static str,
    pool: PgPool,
    listener: Option<PgListener>,
}

impl Ear {
    /// Listens to the database that `db` is connected to, from the first [`Ear::next`] on.
    pub(crate) fn on(db: &Db, channel: &'static str, name: &str) -> Self {
        let options = (*db.connect_options()).clone().application_name(name);
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options);
        Self { channel, pool, listener: None }
    }

    /// What is told next. None: it listens from now on, or the connection was lost; either way,
    /// something may have been missed.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, StoreError> {
        let Some(listener) = &mut self.listener else {
            let mut listener = PgListener::connect_with(&self.pool).await.map_err(unavailable)?;
            listener.eager_reconnect(false);
            listener.listen(self.channel).await.map_err(unavailable)?;
            self.listener = Some(listener);
            return Ok(None);
        };
        match listener.try_recv().await {
            Ok(Some(told)) => Ok(Some(told.payload().to_owned())),
            Ok(None) => {
                self.listener = None;
                Ok(None)
            }
            Err(error) => {
                self.listener = None;
                Err(unavailable(error))
            }
        }
    }
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}
