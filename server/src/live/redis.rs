//! Hints over Redis, where several servers share one anyway.

use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::Pool;
use deadpool_redis::redis::{AsyncCommands as _, Client};
use futures_util::StreamExt as _;
use openchair_domain::config::Secret;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live;

use super::rounds::Neighbours;

const CHANNEL: &str = "openchair:live";

/// A hint that takes longer isn't worth waiting for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a silent connection is asked: Redis may have gone without a word.
const ASK_EVERY: Duration = Duration::from_secs(15);

/// The other servers at the same Redis.
pub(crate) struct OverRedis {
    pool: Pool,
    client: Client,
}

impl OverRedis {
    /// Tells over `pool`, and listens on a connection of its own to the same address.
    pub(crate) fn new(pool: Pool, url: &Secret) -> Result<Self, String> {
        let client = Client::open(url.expose()).map_err(|error| error.to_string())?;
        Ok(Self { pool, client })
    }

    async fn publish(&self, hint: String) -> Result<(), String> {
        let mut connection = self.pool.get().await.map_err(|error| error.to_string())?;
        let done: Result<(), _> = connection.publish(CHANNEL, hint).await;
        done.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Neighbours for OverRedis {
    async fn tell(&self, from: &str, tenants: &[Id<Tenant>]) -> Result<(), String> {
        let hint = live::written(from, tenants);
        tokio::time::timeout(PATIENCE, Box::pin(self.publish(hint)))
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")))
    }

    async fn listen(
        &self,
        heard: &mut (dyn FnMut(String, Vec<Id<Tenant>>) + Send),
    ) -> Result<(), String> {
        let lost = |error: deadpool_redis::redis::RedisError| error.to_string();
        let connecting = Box::pin(self.client.get_async_pubsub());
        let connected = tokio::time::timeout(PATIENCE, connecting).await;
        let connected = connected.map_err(|_| format!("no answer within {PATIENCE:?}"))?;
        let (mut sink, mut hints) = connected.map_err(lost)?.split();
        let subscribed = tokio::time::timeout(PATIENCE, sink.subscribe(CHANNEL)).await;
        subscribed.map_err(|_| "it is silent".to_owned())?.map_err(lost)?;
        heard(String::new(), Vec::new());
        loop {
            match tokio::time::timeout(ASK_EVERY, hints.next()).await {
                Ok(Some(hint)) => {
                    let text: String = hint.get_payload().map_err(lost)?;
                    let (from, tenants) = live::read(&text);
                    heard(from, tenants);
                }
                Ok(None) => return Err("the connection was lost".to_owned()),
                // Subscribing once more changes nothing, and is answered if anybody is there.
                Err(_silent) => {
                    let asked = tokio::time::timeout(PATIENCE, sink.subscribe(CHANNEL)).await;
                    asked.map_err(|_| "it is silent".to_owned())?.map_err(lost)?;
                }
            }
        }
    }
}
