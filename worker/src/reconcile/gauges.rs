use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::jobs::{self, Figures, Known};
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::time::Instant;

use super::Reconciler;
use crate::measures::{DEAD, DUE, OLDEST, RUNNING, WAITING};

/// Says in the metrics how things stand with jobs. All workers say the same, each in its own.
#[derive(Debug)]
pub(crate) struct Gauges {
    /// Whatever was there once is said to be none when there is none any more.
    kinds: Mutex<BTreeSet<String>>,
}

impl Gauges {
    pub(crate) fn new(known: &[Known]) -> Self {
        let kinds = known.iter().map(|known| known.kind.to_owned()).collect();
        Self { kinds: Mutex::new(kinds) }
    }
}

#[async_trait]
impl Reconciler for Gauges {
    fn name(&self) -> &'static str {
        "gauges"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(15)
    }

    fn alone(&self) -> bool {
        false
    }

    async fn run(&self, db: &Db) -> Result<u64, StoreError> {
        let found = jobs::figures(db).await?;
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.extend(found.iter().map(|figures| figures.kind.clone()));
        let now = db.clock().now();
        for kind in &*kinds {
            say(kind, found.iter().find(|figures| figures.kind == *kind), now);
        }
        Ok(0)
    }
}

fn say(kind: &str, figures: Option<&Figures>, now: Instant) {
    let count = |of: fn(&Figures) -> i64| figures.map_or(0.0, |figures| number(of(figures)));
    let gauge = |name: &'static str, value: f64| {
        metrics::gauge!(name, "kind" => kind.to_owned()).set(value);
    };
    gauge(WAITING, count(|figures| figures.waiting));
    gauge(DUE, count(|figures| figures.due));
    gauge(RUNNING, count(|figures| figures.running));
    gauge(DEAD, count(|figures| figures.dead));
    let oldest = figures.and_then(|figures| figures.oldest_due);
    let late = oldest.map_or(0.0, |since| number((now - since).num_milliseconds()) / 1_000.0);
    gauge(OLDEST, late.max(0.0));
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn number(count: i64) -> f64 {
    count as f64
}
