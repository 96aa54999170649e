use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::payments;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Has the provider of payments asked about accounts of businesses that nobody looked at for a day.
#[derive(Debug)]
pub struct Accounts;

#[async_trait]
impl Reconciler for Accounts {
    fn name(&self) -> &'static str {
        "payment_accounts"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        payments::look_at_accounts_due(db).await
    }
}
