use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::messaging;
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Gives up messages that nobody will send any more: their job was put aside for good, and nobody could
/// write that down of the message.
#[derive(Debug)]
pub struct Forsaken;

#[async_trait]
impl Reconciler for Forsaken {
    fn name(&self) -> &'static str {
        "forsaken messages"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(5)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        messaging::give_up_forsaken(db).await
    }
}
