//! The loop that claims jobs and runs them, several at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::config::Settings;
use openchair_domain::entropy::bytes;
use openchair_domain::jobs::{self, Claimed, Known, Lease};
use openchair_domain::tenancy::{Db, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backoff::jittered;
use crate::handler::{Handler, with_causes};
use crate::one_job::OneJob;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many jobs it claims at once.
    pub batch: u32,
    /// How many jobs it runs at once.
    pub concurrency: usize,
    /// How often it looks when nobody rings.
    pub poll_every: Duration,
    /// How long its claims hold.
    pub lease: Duration,
    /// How long running jobs may take to end when it stops.
    pub grace: Duration,
}

impl Options {
    /// As configured.
    pub fn from_settings(settings: &Settings) -> Self {
        Self {
            batch: settings.worker.batch,
            concurrency: settings.worker.concurrency,
            poll_every: settings.worker.poll_every,
            lease: settings.worker.lease,
            grace: settings.server.shutdown_timeout,
        }
    }

    /// How long one job may take: it must have ended while its lease still holds, also when it had
    /// to wait a little for its turn.
    pub(crate) fn longest_job(&self) -> Duration {
        self.lease / 2
    }
}

/// Claims jobs and runs them.
#[derive(Debug)]
pub struct Runner {
    db: Db,
    handlers: HashMap<Known, Arc<dyn Handler>>,
    options: Options,
    /// Tells this worker from all others; with a number behind it, each of its claims.
    name: String,
    claims: AtomicU64,
}

/// Longest pause while the database can't be reached.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Runner {
    /// A runner that knows these kinds of jobs.
    pub fn new(db: Db, handlers: Vec<Arc<dyn Handler>>, options: Options) -> Self {
        describe_metrics();
        let name = u64::from_le_bytes(bytes::<8>(&**db.entropy()));
        let handlers = handlers.into_iter().map(|handler| (handler.known(), handler)).collect();
        Self { db, handlers, options, name: format!("{name:016x}"), claims: AtomicU64::new(0) }
    }

    /// What it understands.
    pub fn known(&self) -> Vec<Known> {
        self.handlers.keys().copied().collect()
    }

    /// Works until `shutdown`. Then it claims nothing more, gives back what it hasn't begun, waits
    /// for what runs, and gives back what runs for longer than the grace period.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut waiting = VecDeque::new();
        let mut running = JoinSet::new();
        let abandon = CancellationToken::new();
        let mut failures = 0_u32;
        let mut look = true;
        while !shutdown.is_cancelled() {
            self.begin(&mut waiting, &mut running, &abandon).await;
            if look && waiting.is_empty() && running.len() < self.options.concurrency {
                match self.claim().await {
                    Ok(claimed) => {
                        if failures > 0 {
                            tracing::info!("jobs can be claimed again");
                        }
                        failures = 0;
                        // A full batch: there may be more.
                        look = claimed.len() >= self.options.batch as usize;
                        waiting.extend(claimed);
                    }
                    Err(error) => {
                        if failures == 0 {
                            let error = with_causes(&error);
                            tracing::warn!(error, "jobs can't be claimed; trying again");
                        }
                        failures = failures.saturating_add(1);
                        look = false;
                    }
                }
                if look || !waiting.is_empty() {
                    continue;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(_) = running.join_next() => {}
                () = self.db.bell().heard() => look = true,
                () = tokio::time::sleep(self.pause(failures)) => look = true,
            }
        }
        self.stop(waiting, running, abandon).await;
    }

    /// Starts what there is room for.
    async fn begin(
        &self,
        waiting: &mut VecDeque<Claimed>,
        running: &mut JoinSet<()>,
        abandon: &CancellationToken,
    ) {
        while running.len() < self.options.concurrency {
            let Some(job) = waiting.pop_front() else { return };
            let Some(handler) = self.handler_of(&job) else { continue };
            let one = OneJob {
                db: self.db.clone(),
                handler,
                job,
                limit: self.options.longest_job(),
                abandon: abandon.clone(),
            };
            // It waited so long for its turn that another worker might come before it ends.
            if one.is_late() {
                one.give_back().await;
                continue;
            }
            running.spawn(one.work());
        }
    }

    fn handler_of(&self, job: &Claimed) -> Option<Arc<dyn Handler>> {
        // Only known kinds are claimed, so there always is one.
        self.handlers
            .iter()
            .find(|(known, _)| known.kind == job.kind && known.version == job.version)
            .map(|(_, handler)| Arc::clone(handler))
    }

    async fn claim(&self) -> Result<Vec<Claimed>, StoreError> {
        let number = self.claims.fetch_add(1, Ordering::Relaxed);
        let lease = Lease {
            worker: format!("{}.{number}", self.name),
            length: TimeDelta::from_std(self.options.lease).unwrap_or(TimeDelta::MAX),
            batch: i64::from(self.options.batch),
            known: self.known(),
        };
        jobs::claim(&self.db, &lease).await
    }

    /// Until the next look; longer and longer while the database can't be reached.
    fn pause(&self, failures: u32) -> Duration {
        let factor = 2_u32.pow(failures.min(5));
        let pause =
            (self.options.poll_every * factor).min(LONGEST_PAUSE.max(self.options.poll_every));
        jittered(pause, &**self.db.entropy())
    }

    async fn stop(
        &self,
        waiting: VecDeque<Claimed>,
        mut running: JoinSet<()>,
        abandon: CancellationToken,
    ) {
        for job in waiting {
            if let Err(error) = jobs::give_back(&self.db, &job).await {
                let error = with_causes(&error);
                tracing::warn!(job = %job.id, error, "a job can't be given back before its lease ends");
            }
        }
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, ended).await.is_err() {
            abandon.cancel();
            while running.join_next().await.is_some() {}
        }
    }
}

fn describe_metrics() {
    metrics::describe_counter!("jobs_done_total", "Tries of jobs, by kind and how they ended");
    metrics::describe_histogram!(
        "job_lag_seconds",
        metrics::Unit::Seconds,
        "How long a job was due before it began"
    );
}
