//! A database of a test's own.

use std::sync::{Mutex, PoisonError};

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor as _, PgConnection, Postgres, Transaction};

use crate::bench::bench;
use crate::run;
use crate::wait::eventually;

/// Databases that were let go of and are perhaps still in use for a moment.
static LEAVING: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A fresh copy of the migrated template. Removed some time after it was dropped.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    owner: PgPool,
}

impl TestDatabase {
    /// A migrated one.
    pub async fn fresh() -> Self {
        let name = Self::new_name().await;
        bench().copy_template(&name).await;
        Self::open(name)
    }

    /// One without tables.
    pub async fn empty() -> Self {
        let name = Self::new_name().await;
        bench().make_empty(&name).await;
        Self::open(name)
    }

    async fn new_name() -> String {
        remove_leaving().await;
        format!("test_{}", run::next())
    }

    fn open(name: String) -> Self {
        let options = PgPoolOptions::new().max_connections(2).min_connections(0);
        let owner = options.connect_lazy(&bench().owner_url(&name)).expect("the owner's address");
        Self { name, owner }
    }

    /// As the owner, whom row-level security does not bind: for looking behind the scenes.
    pub fn owner(&self) -> &PgPool {
        &self.owner
    }

    /// The owner's address.
    pub fn owner_url(&self) -> String {
        bench().owner_url(&self.name)
    }

    /// The app's address.
    pub fn app_url(&self) -> String {
        bench().app_url(&self.name)
    }

    /// A connection as the app's role, as an attacker with that role would have it.
    pub async fn as_app(&self) -> PgConnection {
        PgConnection::connect(&self.app_url()).await.expect("the app's role may connect")
    }

    /// What a query of one number says.
    pub async fn count(&self, sql: &str) -> i64 {
        let counted = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.owner);
        counted.await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Keeps everybody away from a table until what this gives back is rolled back.
    pub async fn hold(&self, table: &str) -> Transaction<'static, Postgres> {
        let mut held = self.owner().begin().await.expect("a transaction");
        let lock = format!("lock table {table} in access exclusive mode");
        held.execute(AssertSqlSafe(lock)).await.expect("the table is free");
        held
    }

    /// Waits until somebody waits for a table that is held.
    pub async fn somebody_waits_for(&self, table: &str) {
        let waits = format!(
            "select count(*) from pg_locks where not granted and relation = '{table}'::regclass"
        );
        eventually("somebody waits for a table", async || {
            (self.count(&waits).await > 0).then_some(())
        })
        .await;
    }

    /// Runs statements as the owner.
    pub async fn run(&self, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.owner).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// One line for each table, which changes whenever a row does. Who was seen when doesn't count,
    /// nor what the worker makes of jobs and messages meanwhile, nor what is counted and watched.
    pub async fn fingerprint(&self) -> Vec<String> {
        self.fingerprint_where(|_| "true".to_owned()).await
    }

    /// [`TestDatabase::fingerprint`] of the rows that a condition names, table by table.
    pub async fn fingerprint_where(&self, condition: impl Fn(&str) -> String) -> Vec<String> {
        let parts: Vec<String> = self
            .tables()
            .await
            .iter()
            .map(|table| {
                let condition = condition(table);
                let row = match table.as_str() {
                    "jobs" | "messages" => "id::text",
                    "alerts" | "alert_tellings" | "mailbox" | "message_sweeps" | "tallies"
                    | "turns" => "null",
                    _ => "(to_jsonb(t) - 'last_seen_at' - 'last_used_at')::text",
                };
                format!(
                    "select '{table} ' || coalesce(md5(string_agg(row, ',' order by row)), '') from
                     (select {row} as row from {table} t where {condition}) rows"
                )
            })
            .collect();
        // Parts of a union may be read side by side, and come in any order.
        let sql = AssertSqlSafe(parts.join(" union all ") + " order by 1");
        sqlx::query_scalar(sql).fetch_all(&self.owner).await.expect("a fingerprint")
    }

    /// Everything that is in it, as text: for who looks for what mustn't be there.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        for table in self.tables().await {
            let sql = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
            let rows: String = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&self.owner)
                .await
                .expect("all of its rows");
            all.push_str(&rows);
        }
        all
    }

    /// The tables of the product, but for the migrations' own.
    pub async fn tables(&self) -> Vec<String> {
        let sql = "select c.relname::text from pg_class c
                   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                     and c.relname <> 'seaql_migrations' order by 1";
        sqlx::query_scalar(sql).fetch_all(&self.owner).await.expect("the catalogue")
    }

    /// The tables whose rows belong to a tenant; `tenants` itself is not among them.
    pub async fn tenant_tables(&self) -> Vec<String> {
        let sql = "select c.relname::text from pg_class c
                   join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                     and not a.attisdropped order by 1";
        sqlx::query_scalar(sql).fetch_all(&self.owner).await.expect("the catalogue")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        LEAVING.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.name));
    }
}

/// Removes what nobody uses any more; what is still in use has its turn later, and at the end the
/// whole cluster goes.
async fn remove_leaving() {
    let leaving = std::mem::take(&mut *LEAVING.lock().unwrap_or_else(PoisonError::into_inner));
    for name in leaving {
        if bench().remove(&name).await.is_err() {
            LEAVING.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        }
    }
}
