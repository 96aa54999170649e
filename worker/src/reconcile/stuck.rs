use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::webhooks;

use super::Reconciler;

/// Gives deliveries of webhooks their turn that nobody would come for. There should be none but those
/// that waited behind what was erased.
#[derive(Debug)]
pub struct Stuck;

#[async_trait]
impl Reconciler for Stuck {
    fn name(&self) -> &'static str {
        "stuck webhooks"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(5)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        webhooks::wake_stuck(db).await
    }
}
