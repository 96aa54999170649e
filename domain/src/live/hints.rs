//! Hints between processes, over PostgreSQL. A notification takes a lock of the whole cluster when
//! its transaction commits: so it is never part of the business's transaction. Each process has one
//! task that tells, in a transaction of its own, of many tenants at once.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::ids::{Id, Tenant};
use crate::tenancy::{Db, StoreError, SystemReason};

const CHANNEL: &str = "openchair_live";

/// A notification holds less than 8000 bytes; an id is 30.
const AT_ONCE: usize = 200;

/// Tells the other processes that these tenants have news.
pub async fn publish(db: &Db, from: &str, tenants: &[Id<Tenant>]) -> Result<(), StoreError> {
    let tx = db.system(SystemReason::Live).await?;
    for some in tenants.chunks(AT_ONCE) {
        let values = [CHANNEL.into(), written(from, some).into()];
        let sql = "select pg_notify($1, $2)";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        // Executed: what only reads is not committed.
        tx.conn().execute_raw(statement).await?;
    }
    tx.commit().await
}

/// What other processes tell, on a connection of its own.
#[derive(Debug)]
pub struct Hints {
    pool: PgPool,
    listener: Option<PgListener>,
}

impl Hints {
    /// Listens to the database that `db` is connected to, from the first [`Hints::next`] on.
    pub fn of(db: &Db) -> Self {
        let options = (*db.connect_options()).clone().application_name("openchair live");
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options);
        Self { pool, listener: None }
    }

    /// Who tells, and of whom. None: the connection was lost, and something may have been missed.
    pub async fn next(&mut self) -> Result<Option<(String, Vec<Id<Tenant>>)>, StoreError> {
        if self.listener.is_none() {
            let mut listener = PgListener::connect_with(&self.pool).await.map_err(unavailable)?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await.map_err(unavailable)?;
            self.listener = Some(listener);
            return Ok(None);
        }
        let Some(listener) = &mut self.listener else { return Ok(None) };
        match listener.try_recv().await {
            Ok(Some(told)) => Ok(Some(read(told.payload()))),
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

/// A hint: who tells, and of whom.
pub fn written(from: &str, tenants: &[Id<Tenant>]) -> String {
    let named: Vec<_> = tenants.iter().map(ToString::to_string).collect();
    format!("{from}:{}", named.join(","))
}

/// What a hint says; what can't be read is left out.
pub fn read(payload: &str) -> (String, Vec<Id<Tenant>>) {
    let (from, named) = payload.split_once(':').unwrap_or(("", payload));
    (from.to_owned(), named.split(',').filter_map(|id| id.parse().ok()).collect())
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_a_hint_says() {
        let tenant = |n: u128| Id::<Tenant>::from_uuid(Uuid::from_u128(n));
        let cases = [
            (format!("a1:{},{}", tenant(1), tenant(2)), ("a1", vec![tenant(1), tenant(2)])),
            (format!("a1:{}", tenant(1)), ("a1", vec![tenant(1)])),
            ("a1:".to_owned(), ("a1", vec![])),
            ("a1:usr_1,;drop table".to_owned(), ("a1", vec![])),
            (String::new(), ("", vec![])),
        ];
        assert_eq!(written("a1", &[tenant(1), tenant(2)]), cases[0].0);
        for (text, (from, tenants)) in cases {
            assert_eq!(read(&text), (from.to_owned(), tenants), "{text:?}");
        }
        let longest = AT_ONCE * (tenant(1).to_string().len() + 1) + 40;
        assert!(longest < 8000, "{longest}");
    }
}
