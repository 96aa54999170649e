use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::payments;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Has both books of each day compared, and asks about disputes and payouts of which nothing was heard.
#[derive(Debug)]
pub struct BothBooks;

#[async_trait]
impl Reconciler for BothBooks {
    fn name(&self) -> &'static str {
        "both_books"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        payments::look_at_books_due(db).await
    }
}
