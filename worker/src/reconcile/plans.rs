use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::plans::Billing;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Brings businesses to how their plans stand: trials end, and so does the time after a bill that wasn't paid.
#[derive(Debug)]
pub struct PlansKept(pub Billing);

#[async_trait]
impl Reconciler for PlansKept {
    fn name(&self) -> &'static str {
        "plans"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&self, _: &Db) -> Result<u64, StoreError> {
        self.0.keep_up().await
    }
}
