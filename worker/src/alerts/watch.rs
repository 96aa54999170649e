use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::{alerts, bells, tallies};

use super::Alerting;
use crate::reconcile::Reconciler;

/// How often it is looked how the deployment does.
const LOOK: Duration = Duration::from_secs(30);
/// How often what was counted is written down.
const WRITE: Duration = Duration::from_secs(10);

/// Looks how the deployment does, and tells who is to be told.
#[derive(Debug)]
pub struct Watch(pub Alerting);

#[async_trait]
impl Reconciler for Watch {
    fn name(&self) -> &'static str {
        "alerts"
    }

    fn every(&self) -> Duration {
        LOOK
    }

    fn bell(&self) -> Option<&'static str> {
        Some(bells::TROUBLE)
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        let alerting = &self.0;
        let changed = alerts::look(db, &alerting.thresholds).await?;
        let targets = alerting.targets();
        for owed in alerts::owed(db, &targets, alerting.thresholds.repeat).await? {
            let words = owed.words(&alerting.house);
            if alerting.tell(owed.target, &words).await.is_ok() {
                alerts::told(db, &owed).await?;
            } else {
                // They are told at the next look. What was said may name addresses.
                let (place, condition) = (owed.target.key(), owed.alert.condition.key());
                tracing::warn!(place, condition, "nobody could be told of an alert yet");
            }
        }
        Ok(changed)
    }
}

/// Writes down what this process counted.
#[derive(Debug)]
pub struct WriteTallies;

#[async_trait]
impl Reconciler for WriteTallies {
    fn name(&self) -> &'static str {
        "tallies"
    }

    fn every(&self) -> Duration {
        WRITE
    }

    fn alone(&self) -> bool {
        false
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        tallies::write(db).await
    }
}
