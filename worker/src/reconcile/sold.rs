use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::sold;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Writes off what was sold ahead and wasn't used in time. Nothing waits for it: what is over can't be used any
/// more, whether that was written down or not.
#[derive(Debug)]
pub struct SoldAhead;

#[async_trait]
impl Reconciler for SoldAhead {
    fn name(&self) -> &'static str {
        "sold_ahead"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        sold::expire_everywhere(db).await
    }
}
