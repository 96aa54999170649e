use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::messaging;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Writes what brings visits to mind that are soon.
#[derive(Debug)]
pub struct Reminders;

#[async_trait]
impl Reconciler for Reminders {
    fn name(&self) -> &'static str {
        "reminders"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        messaging::sweep_reminders(db).await
    }
}
