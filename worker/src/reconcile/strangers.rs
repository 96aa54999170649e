use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::jobs::{self, Known};
use openchair_domain::tenancy::{Db, StoreError};

use super::Reconciler;

/// Says, once for each kind, that jobs wait which this worker doesn't understand. They are kept for
/// one that does: normal while two releases run side by side, and a fault if it stays so.
#[derive(Debug)]
pub(crate) struct Strangers {
    known: Vec<Known>,
    told: Mutex<HashSet<(String, i16)>>,
}

impl Strangers {
    pub(crate) fn new(known: Vec<Known>) -> Self {
        Self { known, told: Mutex::default() }
    }
}

#[async_trait]
impl Reconciler for Strangers {
    fn name(&self) -> &'static str {
        "strangers"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(5)
    }

    fn alone(&self) -> bool {
        false
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        let found = jobs::not_understood(db, &self.known).await?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for stranger in &found {
            if told.insert((stranger.kind.clone(), stranger.version)) {
                tracing::warn!(
                    kind = stranger.kind,
                    version = stranger.version,
                    count = stranger.count,
                    "jobs wait for a worker that understands them"
                );
            }
        }
        Ok(0)
    }
}
