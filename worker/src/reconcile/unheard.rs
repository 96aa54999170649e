use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::payments;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Has the provider of payments asked about everything of which nothing was heard for a while: what it told
/// may have been lost, and so may whoever was about to ask.
#[derive(Debug)]
pub struct Unheard;

#[async_trait]
impl Reconciler for Unheard {
    fn name(&self) -> &'static str {
        "unheard_payments"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        payments::look_at_unheard(db).await
    }
}
