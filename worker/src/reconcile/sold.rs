use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::sold;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Writes off what was sold ahead and wasn't used in time, and forgets what was never paid for. Nothing waits for it: what is over can't be used any
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
        let expired = sold::expire_everywhere(db).await?;
        Ok(expired + sold::forget_unpaid(db).await?)
    }
}
