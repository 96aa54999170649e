//! Jobs that do nothing, from the claim to the mark.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::jobs::{Claimed, Known};
use openchair_worker::runner::{Options, Runner};
use openchair_worker::{Batch, Failure, Handler};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bench::{Bench, NOTHING};
use crate::error::Outcome;

/// How they are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    OneByOne,
    Together,
}

impl Way {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::OneByOne => "one by one",
            Self::Together => "32 together",
        }
    }
}

/// As the product has it.
pub(super) fn options() -> Options {
    Options {
        batch: 32,
        concurrency: 8,
        poll_every: Duration::from_secs(5),
        lease: Duration::from_mins(1),
        grace: Duration::from_secs(10),
    }
}

/// Counts.
#[derive(Debug)]
struct Nothing(Arc<AtomicU64>);

#[async_trait]
impl Handler for Nothing {
    fn known(&self) -> Known {
        NOTHING
    }

    async fn run(&self, _job: &Claimed) -> Result<(), Failure> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[async_trait]
impl Batch for Nothing {
    fn known(&self) -> Known {
        NOTHING
    }

    fn at_once(&self) -> usize {
        32
    }

    async fn run(&self, jobs: Vec<Claimed>) -> Vec<Result<(), Failure>> {
        self.0.fetch_add(jobs.len() as u64, Ordering::Relaxed);
        jobs.iter().map(|_| Ok(())).collect()
    }
}

/// How many a second two workers do, until so many are done and marked.
pub(super) async fn run(bench: &Bench, way: Way, jobs: u32) -> Outcome<f64> {
    let before = bench.done().await?;
    let (count, shutdown) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
    let mut workers = JoinSet::new();
    let mut dbs = Vec::new();
    for _ in 0..2 {
        dbs.push(bench.process().await?);
    }
    let begun = Instant::now();
    for db in dbs.clone() {
        let nothing = Nothing(Arc::clone(&count));
        let runner = match way {
            Way::OneByOne => Runner::new(db, vec![Arc::new(nothing)], options()),
            Way::Together => {
                let batch: Arc<dyn Batch> = Arc::new(nothing);
                Runner::new(db, Vec::new(), options()).with_batches([batch])
            }
        };
        let stop = shutdown.clone();
        workers.spawn(async move { runner.run(stop).await });
    }
    while count.load(Ordering::Relaxed) < u64::from(jobs) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    shutdown.cancel();
    while workers.join_next().await.is_some() {}
    let spent = begun.elapsed().as_secs_f64();
    // What counts is what is marked.
    let done = u32::try_from(bench.done().await? - before)?;
    for db in dbs {
        db.close().await;
    }
    Ok(f64::from(done) / spent)
}
