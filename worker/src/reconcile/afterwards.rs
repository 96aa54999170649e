use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::messaging;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Writes what is said some time after visits.
#[derive(Debug)]
pub struct Afterwards;

#[async_trait]
impl Reconciler for Afterwards {
    fn name(&self) -> &'static str {
        "afterwards"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(2)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        messaging::sweep_afterwards(db).await
    }
}
