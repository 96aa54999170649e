use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bookings::{self, BookingError};
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Gives back time that was kept for somebody who never came back: holds, deposits that weren't paid,
/// offers that nobody took.
#[derive(Debug)]
pub struct Lapsed;

#[async_trait]
impl Reconciler for Lapsed {
    fn name(&self) -> &'static str {
        "lapsed"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        bookings::lapse_everywhere(db).await.map_err(BookingError::into_store)
    }
}
