use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::schedules;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Queues what businesses have done at certain times.
#[derive(Debug)]
pub struct Scheduled;

#[async_trait]
impl Reconciler for Scheduled {
    fn name(&self) -> &'static str {
        "scheduled"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        schedules::sweep(db).await
    }
}
