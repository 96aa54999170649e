use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Row};

use super::StoreError;
use crate::bells::{self, Bell, Bells, Ringer};
use crate::diary::Shelf;
use crate::entropy::Entropy;
use crate::jobs::Rota;
use crate::live::News;
use crate::messaging::Ways;
use crate::queue::Foresight;
use crate::secrets::{KeyRing, Place};
use crate::tallies::Tallies;
use crate::time::Clock;

/// What every transaction carries: the clock, randomness, the keys of sealed columns, the way to the
/// worker's bell, whom to tell of events, and by which ways customers are written to.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) ringer: Ringer,
    pub(crate) rota: Arc<Rota>,
    pub(crate) news: News,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) foresight: Arc<Foresight>,
    pub(crate) tallies: Arc<Tallies>,
    pub(crate) ways: Ways,
}

impl Tools {
    /// Seals what must not lie around in the clear.
    pub(crate) fn seal(&self, place: &Place, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.keys
            .seal(place, plain, &*self.entropy)
            .map_err(|error| StoreError::Unreadable(error.to_string()))
    }

    /// Opens what was sealed for this place.
    pub(crate) fn open(&self, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.keys.open(place, sealed).map_err(|error| StoreError::Unreadable(error.to_string()))
    }
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// The app role's address. The role must not be able to bypass row-level security.
    pub url: String,
    /// How many connections at most.
    pub max_connections: u32,
    /// How long to wait for one.
    pub acquire: Duration,
    /// How long a statement may run.
    pub statement: Duration,
    /// How long a statement may wait for a lock.
    pub lock: Duration,
}

/// The database behind its two doors, [`Db::tenant`] and [`Db::system`].
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    tools: Tools,
}

/// Why the product refuses to start on this database.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be meant.
    #[error("database.url can't be read: {0}")]
    BadUrl(#[source] sqlx::Error),
    /// Nobody answers.
    #[error("the database can't be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// The role could see every tenant's rows.
    #[error(
        "the database role \"{0}\" can bypass row-level security (superuser, BYPASSRLS, owner of the \
         tables, or heir of openchair_system: NOINHERIT is needed). Use the role openchair_app in database.url, and the owner only in database.owner_url"
    )]
    CanBypass(String),
    /// The tables aren't there.
    #[error("the database has no tables of the product. Run `openchair-server migrate`")]
    NotMigrated,
}

impl Db {
    /// Connects, and refuses a role that could see what it shouldn't.
    pub async fn connect(
        options: &DbOptions,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        keys: Arc<KeyRing>,
    ) -> Result<Self, StartError> {
        let connect = PgConnectOptions::from_str(&options.url).map_err(StartError::BadUrl)?;
        let name = connect.get_application_name().unwrap_or("openchair").to_owned();
        let connect = connect.application_name(&name).options([
            ("statement_timeout", options.statement.as_millis().to_string()),
            ("lock_timeout", options.lock.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire)
            // A ping before every use would double the round trips of a point read. A connection
            // that lay idle for a while is worth asking: the database may have been restarted.
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    Ok(meta.idle_for < Duration::from_millis(500) || conn.ping().await.is_ok())
                })
            })
            .connect_with(connect)
            .await
            .map_err(StartError::Unreachable)?;
        refuse_bypass(&pool).await?;
        Ok(Self {
            pool,
            tools: Tools {
                clock,
                entropy,
                keys,
                ringer: Ringer::default(),
                rota: Arc::default(),
                news: News::default(),
                shelf: Arc::default(),
                foresight: Arc::default(),
                tallies: Arc::default(),
                ways: Ways::default(),
            },
        })
    }

    /// The same where messages are carried by these ways.
    #[must_use]
    pub fn with_ways(mut self, ways: Ways) -> Self {
        self.tools.ways = ways;
        self
    }

    /// By which ways messages are carried.
    pub fn ways(&self) -> Ways {
        self.tools.ways
    }

    /// What time it is for the product.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.tools.clock
    }

    /// The randomness that the product uses.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.tools.entropy
    }

    /// The bells of this process: what is done through this value or a clone of it rings them.
    pub fn bells(&self) -> &Bells {
        self.tools.ringer.bells()
    }

    /// Rings whenever a job was queued.
    pub fn bell(&self) -> Bell {
        self.bells().of(bells::JOBS)
    }

    /// Tells which tenants have new events, whenever one was written through this value or a clone
    /// of it.
    pub fn news(&self) -> &News {
        &self.tools.news
    }

    /// How often a walk-in queue was played forward to say how long people wait.
    pub fn queues_played(&self) -> u64 {
        self.tools.foresight.played()
    }

    /// What went well in this process, and what didn't.
    pub fn tallies(&self) -> &Arc<Tallies> {
        &self.tools.tallies
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let tx = self.system(super::SystemReason::Readiness).await?;
        tx.rollback().await
    }

    /// Closes all connections, after those in use came back.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// How many connections are open, and how many of them are idle.
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// How the database is reached.
    pub(crate) fn connect_options(&self) -> Arc<PgConnectOptions> {
        self.pool.connect_options()
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn tools(&self) -> &Tools {
        &self.tools
    }
}

/// Asks the database what our role, and every role that it may become, could do. Only of the
/// catalogue, which everybody may read: a role without rights here is told what it is, too.
const GUARD: &str = "
    select current_user::text as role,
           exists (
               select 1 from pg_roles r
               where pg_has_role(current_user, r.oid, 'MEMBER') and (r.rolsuper or r.rolbypassrls)
           ) or exists (
               select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('r', 'p')
                 and pg_has_role(current_user, c.relowner, 'MEMBER')
           ) or exists (
               -- Rights of the second door without going through it: the role inherits them.
               select 1 from pg_roles r
               where r.rolname = 'openchair_system' and pg_has_role(current_user, r.oid, 'USAGE')
           ) as bypass,
           exists (
               select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relname = 'tenants'
           ) as migrated";

async fn refuse_bypass(pool: &PgPool) -> Result<(), StartError> {
    let row = sqlx::query(GUARD).fetch_one(pool).await.map_err(StartError::Unreachable)?;
    if row.try_get("bypass").map_err(StartError::Unreachable)? {
        return Err(StartError::CanBypass(row.try_get("role").map_err(StartError::Unreachable)?));
    }
    if !row.try_get::<bool, _>("migrated").map_err(StartError::Unreachable)? {
        return Err(StartError::NotMigrated);
    }
    Ok(())
}
