//! One transaction on one connection, as the ORM sees it.
//!
//! The ORM's own transaction sends `BEGIN` and then whatever follows, each with its round trip.
//! Ours opens the transaction and says who it is for in one message, and ends one that has only read
//! without waiting for it: two of four round trips less for a point read (see `docs/adr/0003`).
//! Nothing outside this crate can reach it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{Executor, PgPool, Postgres};
use tokio::sync::Mutex;

pub(crate) struct Conn {
    tx: Mutex<sqlx::Transaction<'static, Postgres>>,
    /// Whether anything was sent that may have written.
    wrote: AtomicBool,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conn")
    }
}

impl Conn {
    /// Opens a transaction with `begin`, which may hold further statements after `BEGIN;`.
    pub(crate) async fn begin(pool: &PgPool, begin: String) -> Result<Self, DbErr> {
        let tx = pool.begin_with(sqlx::AssertSqlSafe(begin)).await.map_err(query_error)?;
        Ok(Self { tx: Mutex::new(tx), wrote: AtomicBool::new(false) })
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self.into_written() {
            Some(tx) => tx.commit().await.map_err(exec_error),
            None => Ok(()),
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        match self.into_written() {
            Some(tx) => tx.rollback().await.map_err(exec_error),
            None => Ok(()),
        }
    }

    /// The transaction, if there is something to keep or to forget. Else it is dropped: its
    /// `ROLLBACK` travels with the ping that the pool sends before it takes the connection back, and
    /// nobody waits for either.
    fn into_written(self) -> Option<sqlx::Transaction<'static, Postgres>> {
        self.wrote.into_inner().then(|| self.tx.into_inner())
    }

    fn note(&self, sql: &str) {
        if !only_reads(sql) {
            self.wrote.store(true, Ordering::Relaxed);
        }
    }
}

/// Whether a query that gives rows does nothing else. A function that writes must be executed, not
/// asked for its rows, or what it wrote is lost.
fn only_reads(sql: &str) -> bool {
    let sql = sql.trim_start().as_bytes();
    sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"select"))
        && sql.get(6).is_some_and(u8::is_ascii_whitespace)
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
        self.wrote.store(true, Ordering::Relaxed);
        let mut tx = self.tx.lock().await;
        tx.execute(query(&statement)).await.map(Into::into).map_err(exec_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.wrote.store(true, Ordering::Relaxed);
        let mut tx = self.tx.lock().await;
        tx.execute(sqlx::AssertSqlSafe(sql)).await.map(Into::into).map_err(exec_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement.sql);
        let mut tx = self.tx.lock().await;
        let row = tx.fetch_optional(query(&statement)).await.map_err(query_error)?;
        Ok(row.map(Into::into))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement.sql);
        let mut tx = self.tx.lock().await;
        let rows = tx.fetch_all(query(&statement)).await.map_err(query_error)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_otherwise_than_with_select_may_write() {
        let cases = [
            ("SELECT 1", true),
            ("\n    select id from jobs for update", true),
            ("insert into jobs values ($1) returning id", false),
            ("WITH gone AS (DELETE FROM jobs RETURNING id) SELECT id FROM gone", false),
            ("update jobs set state = 'done' returning id", false),
            ("selected", false),
            ("select", false),
            ("(select 1)", false),
            ("-- select\ndelete from jobs", false),
            ("", false),
        ];
        for (sql, reads) in cases {
            assert_eq!(only_reads(sql), reads, "{sql:?}");
        }
    }
}
