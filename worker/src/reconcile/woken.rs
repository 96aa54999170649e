use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bookings::BookingError;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::waitlist;

use super::Reconciler;

/// Has those who wait looked at again where the rules changed: longer hours may be what they wait for.
#[derive(Debug)]
pub struct Woken;

#[async_trait]
impl Reconciler for Woken {
    fn name(&self) -> &'static str {
        "woken"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        waitlist::wake_everywhere(db).await.map_err(BookingError::into_store)
    }
}
