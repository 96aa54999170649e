use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bookings::BookingError;
use openchair_domain::messaging::mailbox;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::{idempotency, identity, jobs, waitlist};

use super::Reconciler;

/// Deletes what nobody needs any more: jobs, links and sessions that ended long ago, answers that
/// nobody will ask for again, old mails of the development mailbox. And ends the waiting for days that are over.
#[derive(Debug)]
pub struct Leftovers;

#[async_trait]
impl Reconciler for Leftovers {
    fn name(&self) -> &'static str {
        "leftovers"
    }

    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        Ok(jobs::sweep(db).await?
            + idempotency::sweep(db).await?
            + identity::sweep(db).await?
            + mailbox::sweep(db).await?
            + waitlist::over_everywhere(db).await.map_err(BookingError::into_store)?)
    }
}
