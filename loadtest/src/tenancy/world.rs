//! A database with so many tenants, and every way into it.

use std::sync::Arc;

use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::identity::{Identity, Proof, Recognised};
use openchair_domain::tenancy::{Caller, Db, RequestFacts};
use openchair_domain::time::SystemClock;
use openchair_domain::wiring;
use sqlx::postgres::{PgPool, PgPoolOptions};

use super::fill::{Filled, fill};
use super::ways::{Read, Way};
use crate::error::Outcome;
use crate::throwaway::Throwaway;

/// As many as the product opens by itself.
const CONNECTIONS: u32 = 20;
/// Callers that take turns, so that no tenant's pages are always the warmest.
const CALLERS: usize = 500;

/// A filled database.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) tenants: usize,
    name: String,
    callers: Vec<Filled>,
}

/// The ways into it, with pools that nobody has used yet.
#[derive(Debug)]
pub(super) struct World {
    pub(super) owner: PgPool,
    pub(super) app: PgPool,
    pub(super) db: Db,
    callers: Vec<Caller>,
}

impl Place {
    /// Makes, migrates and fills it.
    pub(super) async fn make(cluster: &Throwaway, tenants: usize) -> Outcome<Self> {
        let name = format!("tenants_{tenants}");
        cluster.create(&name).await?;
        let url = cluster.owner_url(&name)?;
        openchair_migrations::migrate(&url).await?;
        let owner = pool(&url).await?;
        let mut callers = fill(&owner, tenants).await?;
        owner.close().await;
        // From all over the table.
        let step = (callers.len() / CALLERS).max(1);
        callers = callers.into_iter().step_by(step).take(CALLERS).collect();
        Ok(Self { tenants, name, callers })
    }

    /// Connects on every way and lets the callers be recognised.
    pub(super) async fn open(&self, cluster: &Throwaway) -> Outcome<World> {
        let app_url = cluster.app_url(&self.name)?;
        let overrides = [
            ("database.url", app_url.clone()),
            ("database.max_connections", CONNECTIONS.to_string()),
        ];
        let overrides = overrides.map(|(key, value)| (key.to_owned(), value)).to_vec();
        let settings = Settings::load(&Sources::of::<&str, &str>("test", [], overrides))?;
        let (db, identity) =
            wiring::connect(&settings, Arc::new(SystemClock), Arc::new(OsEntropy)).await?;
        let mut callers = Vec::new();
        for filled in &self.callers {
            callers.push(recognised(&identity, filled).await?);
        }
        let world = World {
            owner: pool(&cluster.owner_url(&self.name)?).await?,
            app: pool(&app_url).await?,
            db,
            callers,
        };
        world.agree().await?;
        Ok(world)
    }
}

/// There is no other way to a caller than to be recognised.
async fn recognised(identity: &Identity, filled: &Filled) -> Outcome<Caller> {
    let proof = Proof::Bearer(filled.secret.clone());
    match identity.recognise(&proof, Some(filled.tenant), RequestFacts::default()).await? {
        Recognised::Key(caller) => Ok(*caller),
        Recognised::Person(_) => Err("an API key was taken for a person".into()),
    }
}

impl World {
    pub(super) fn caller(&self, nth: usize) -> &Caller {
        &self.callers[nth % self.callers.len()]
    }

    /// Whether all ways lead to the same; otherwise there is nothing to compare.
    async fn agree(&self) -> Outcome<()> {
        for read in Read::ALL {
            let expected = Way::Bare.go(self, 0, read).await?;
            for way in Way::ALL {
                if way.go(self, 0, read).await? != expected {
                    return Err(format!("{} reads something else", way.title()).into());
                }
            }
        }
        Ok(())
    }

    pub(super) async fn close(&self) {
        self.owner.close().await;
        self.app.close().await;
        self.db.close().await;
    }
}

/// Like the product's: no ping before each use, which would be a round trip more.
async fn pool(url: &str) -> Outcome<PgPool> {
    let options = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
    Ok(options.connect(url).await?)
}
