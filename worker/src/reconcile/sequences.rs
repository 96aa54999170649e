use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::sequences;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Takes customers into sequences, and writes the steps that are due.
#[derive(Debug)]
pub struct Sequences;

#[async_trait]
impl Reconciler for Sequences {
    fn name(&self) -> &'static str {
        "sequences"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(1)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        sequences::sweep(db).await
    }
}
