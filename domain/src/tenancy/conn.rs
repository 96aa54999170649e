//! One transaction on one connection, as the ORM sees it.
//!
//! The ORM's own transaction sends `BEGIN` and then whatever follows, each with its round trip.
//! Ours opens the transaction and says who it is for in one message: the difference is a third of a
//! point read (see `docs/adr/0003`). Nothing outside this crate can reach it.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{Executor, PgPool, Postgres};
use tokio::sync::Mutex;

pub(crate) struct Conn(Mutex<sqlx::Transaction<'static, Postgres>>);

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conn")
    }
}

impl Conn {
    /// Opens a transaction with `begin`, which may hold further statements after `BEGIN;`.
    pub(crate) async fn begin(pool: &PgPool, begin: String) -> Result<Self, DbErr> {
        let tx = pool.begin_with(sqlx::AssertSqlSafe(begin)).await.map_err(query_error)?;
        Ok(Self(Mutex::new(tx)))
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.0.into_inner().commit().await.map_err(exec_error)
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        self.0.into_inner().rollback().await.map_err(exec_error)
    }
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn query(statement: &Statement) -> sqlx::query::Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(sqlx::AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

#[async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut tx = self.0.lock().await;
        tx.execute(query(&statement)).await.map(Into::into).map_err(exec_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut tx = self.0.lock().await;
        tx.execute(sqlx::AssertSqlSafe(sql)).await.map(Into::into).map_err(exec_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut tx = self.0.lock().await;
        let row = tx.fetch_optional(query(&statement)).await.map_err(query_error)?;
        Ok(row.map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut tx = self.0.lock().await;
        let rows = tx.fetch_all(query(&statement)).await.map_err(query_error)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
