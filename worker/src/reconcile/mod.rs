//! What is put right now and then, whoever was lost meanwhile. A reconciler takes no input and may
//! run any number of times, on several workers at once.

mod forgotten;
mod lapsed;
mod leftovers;
mod strangers;
mod woken;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::tenancy::{Db, StoreError};
use tokio_util::sync::CancellationToken;

use crate::backoff::jittered;
use crate::handler::with_causes;

pub use forgotten::Forgotten;
pub use lapsed::Lapsed;
pub use leftovers::Leftovers;
pub(crate) use strangers::Strangers;
pub use woken::Woken;

/// Puts one thing right.
#[async_trait]
pub trait Reconciler: Send + Sync + Debug {
    /// Its name in the log.
    fn name(&self) -> &'static str;

    /// How often.
    fn every(&self) -> Duration;

    /// Does it and says how much there was to do.
    async fn run(&self, db: &Db) -> Result<u64, StoreError>;
}

/// Runs it on its timer until `shutdown`. The first time comes sooner, after about a twelfth of
/// its interval: a worker that never lives long does it too.
pub(crate) async fn repeat(db: Db, reconciler: Arc<dyn Reconciler>, shutdown: CancellationToken) {
    let name = reconciler.name();
    let mut pause = jittered(reconciler.every() / 12, &**db.entropy());
    while shutdown.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        // Each of its steps is a transaction of its own: it can be dropped between any two.
        match shutdown.run_until_cancelled(reconciler.run(&db)).await {
            Some(Ok(count)) if count > 0 => tracing::debug!(name, count, "reconciled"),
            Some(Err(error)) => {
                let error = with_causes(&error);
                tracing::warn!(name, error, "couldn't reconcile; it will be tried again");
            }
            _ => {}
        }
        pause = jittered(reconciler.every(), &**db.entropy());
    }
}
