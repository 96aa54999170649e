//! A database with jobs in it, and the product's way in.

use std::sync::Arc;

use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::jobs::Known;
use openchair_domain::tenancy::Db;
use openchair_domain::time::SystemClock;
use openchair_domain::wiring;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::error::Outcome;
use crate::throwaway::Throwaway;

/// What the jobs are.
pub(super) const NOTHING: Known = Known { kind: "load.nothing", version: 1 };

/// Whose they are: so many tenants.
const TENANTS: i32 = 200;

/// So many jobs, finished or not. Their times lie apart as they would.
const PUT: &str = "
    insert into jobs (tenant_id, id, kind, version, payload, dedupe_key, state, run_at, created_at,
                      finished_at)
    select ('00000000-0000-0000-0000-' || lpad((1 + n % $2)::text, 12, '0'))::uuid, gen_random_uuid(),
           'load.nothing', 1, '{\"appointment\": \"apt_00000000000000000000000007\", \"version\": 3}',
           gen_random_uuid()::text, $3, at, at, case $3 when 'done' then at end
    from generate_series(1, $1) n, lateral (select now() + $4::float8 * interval '1 second'
                                                 + n * interval '1 millisecond' as at) times";

/// One database.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) owner: PgPool,
    url: String,
}

impl Bench {
    pub(super) async fn open(cluster: &Throwaway, name: &str) -> Outcome<Self> {
        cluster.create(name).await?;
        let owner_url = cluster.owner_url(name)?;
        openchair_migrations::migrate(&owner_url).await?;
        let owner = PgPoolOptions::new().max_connections(4).connect(&owner_url).await?;
        Ok(Self { owner, url: cluster.app_url(name)? })
    }

    /// A process's way in: its own connections, its own bells.
    pub(super) async fn process(&self) -> Outcome<Db> {
        let overrides =
            [("database.url", self.url.clone()), ("database.max_connections", "12".to_owned())];
        let overrides = overrides.map(|(key, value)| (key.to_owned(), value)).to_vec();
        let settings = Settings::load(&Sources::of::<&str, &str>("test", [], overrides))?;
        let (db, _identity) =
            wiring::connect(&settings, Arc::new(SystemClock), Arc::new(OsEntropy)).await?;
        Ok(db)
    }

    pub(super) async fn put_finished(&self, count: u32) -> Outcome<()> {
        self.put(count, "done", -100_000.0).await
    }

    pub(super) async fn put_due(&self, count: u32) -> Outcome<()> {
        self.put(count, "waiting", -20_000.0).await
    }

    /// For tomorrow.
    pub(super) async fn put_later(&self, count: u32) -> Outcome<()> {
        self.put(count, "waiting", 86_400.0).await
    }

    async fn put(&self, count: u32, state: &str, from: f64) -> Outcome<()> {
        let asked = sqlx::query(PUT).bind(i32::try_from(count)?).bind(TENANTS).bind(state);
        asked.bind(from).execute(&self.owner).await?;
        Ok(())
    }

    /// As many due jobs as are wanted at least.
    pub(super) async fn make_due(&self, count: u32) -> Outcome<()> {
        let sql = "select count(*) from jobs where state = 'waiting'";
        let there: i64 = sqlx::query_scalar(sql).fetch_one(&self.owner).await?;
        let missing = u32::try_from(i64::from(count) - there).unwrap_or(0);
        if missing > 0 { self.put_due(missing).await } else { Ok(()) }
    }

    /// As it would be by itself after a while.
    pub(super) async fn settle(&self) -> Outcome<()> {
        sqlx::query("vacuum analyze jobs").execute(&self.owner).await?;
        Ok(())
    }

    pub(super) async fn done(&self) -> Outcome<i64> {
        let sql = "select count(*) from jobs where state = 'done'";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.owner).await?)
    }

    pub(super) async fn close(&self) {
        self.owner.close().await;
    }
}
