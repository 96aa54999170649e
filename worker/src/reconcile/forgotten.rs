use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bookings::BookingError;
use openchair_domain::queue;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Takes whoever was forgotten in a walk-in queue out of it.
#[derive(Debug)]
pub struct Forgotten;

#[async_trait]
impl Reconciler for Forgotten {
    fn name(&self) -> &'static str {
        "forgotten"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        queue::expire_everywhere(db).await.map_err(BookingError::into_store)
    }
}
