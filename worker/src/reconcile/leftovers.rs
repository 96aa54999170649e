use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bookings::{self, BookingError};
use openchair_domain::messaging::{self, mailbox};
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::{
    customers, idempotency, identity, jobs, payments, queue, regulars, waitlist, webhooks,
};

use super::Reconciler;
use crate::handler::with_causes;

/// Deletes what nobody needs any more: jobs, links and sessions that ended long ago, answers that
/// nobody will ask for again, old mails of the development mailbox, what was said to customers long ago,
/// holds that nobody took up, files that were looked at and never put in, names in walk-in queues of last
/// week, webhooks of last month. And ends the waiting for days that are over.
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
        let sweeps = [
            ("jobs", jobs::sweep(db).await),
            ("answers", idempotency::sweep(db).await),
            ("identity", identity::sweep(db).await),
            ("mailbox", mailbox::sweep(db).await),
            ("messages", messaging::sweep(db).await),
            ("holds", bookings::forget_holds(db).await),
            ("imports", customers::forget_files(db).await),
            ("payments", payments::forget_heard(db).await),
            ("cards", payments::forget_cards(db).await),
            ("queues", queue::forget_bygone(db).await.map_err(BookingError::into_store)),
            ("regulars", regulars::sweep(db).await),
            ("webhooks", webhooks::sweep(db).await),
            ("waiting", waitlist::over_everywhere(db).await.map_err(BookingError::into_store)),
        ];
        // One that fails keeps no other from its turn.
        let (mut count, mut failed) = (0, None);
        for (what, swept) in sweeps {
            match swept {
                Ok(done) => count += done,
                Err(error) => {
                    tracing::warn!(what, error = with_causes(&error), "couldn't be swept");
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(count), Err)
    }
}
