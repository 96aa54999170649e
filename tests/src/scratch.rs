//! A database of a test's own, migrated and empty, in a private cluster that the running tests share.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Weak};

use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::identity::Identity;
use openchair_domain::tenancy::Db;
use openchair_domain::time::{Clock, Instant, TestClock};
use openchair_domain::wiring;
use openchair_server::embedded::{Cluster, DATABASE, EmbeddedOptions};
use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::sync::Mutex;

/// The cluster lives as long as any test uses it.
static SHARED: LazyLock<Mutex<Weak<Shared>>> = LazyLock::new(Mutex::default);

#[derive(Debug)]
struct Shared {
    cluster: Option<Cluster>,
    folder: PathBuf,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            let _ = cluster.destroy();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A database and a clock of a test's own.
#[derive(Debug)]
pub struct Scratch {
    /// The product's way in.
    pub db: Db,
    /// Everything that deals with logins.
    pub identity: Identity,
    /// The clock that both follow.
    pub clock: Arc<TestClock>,
    /// The owner's way in: for looking behind the scenes.
    pub owner: PgPool,
    _shared: Arc<Shared>,
}

impl Scratch {
    /// A new one.
    pub async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let shared = shared().await;
        let cluster = shared.cluster.as_ref().expect("it is there until the end");
        let name = format!("scratch_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        execute(
            &cluster.owner_url("postgres"),
            &format!("create database {name} template {DATABASE}"),
        )
        .await;
        let owner = pool(&cluster.owner_url(&name)).await;
        let url = cluster.app_url(&name);
        let overrides = vec![("database.url".to_owned(), url)];
        let settings = Settings::load(&Sources::of::<&str, &str>("test", [], overrides)).unwrap();
        let clock = Arc::new(TestClock::at(start()));
        let shown: Arc<dyn Clock> = clock.clone();
        let (db, identity) = wiring::connect(&settings, shown, Arc::new(OsEntropy)).await.unwrap();
        Self { db, identity, clock, owner, _shared: shared }
    }
}

/// When a test begins, by its own clock.
fn start() -> Instant {
    "2026-03-08T10:00:00Z".parse().unwrap()
}

async fn shared() -> Arc<Shared> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut known = SHARED.lock().await;
    if let Some(shared) = known.upgrade() {
        return shared;
    }
    // Under the system's folder, where the account that runs PostgreSQL may go. A cluster that is
    // just being torn down keeps its own.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("openchair-scratch-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let options = EmbeddedOptions::throwaway(&folder);
    let cluster = Cluster::launch(options, |_| {}).await.unwrap();
    openchair_migrations::migrate(&cluster.owner_url(DATABASE)).await.unwrap();
    let shared = Arc::new(Shared { cluster: Some(cluster), folder });
    *known = Arc::downgrade(&shared);
    shared
}

async fn pool(url: &str) -> PgPool {
    PgPoolOptions::new().max_connections(2).connect(url).await.unwrap()
}

async fn execute(url: &str, sql: &str) {
    let pool = pool(url).await;
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    pool.close().await;
}
