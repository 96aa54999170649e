//! The loop that claims jobs and runs them, several at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::config::Settings;
use openchair_domain::entropy;
use openchair_domain::jobs::{self, Claimed, End, Known, Lease, Taken};
use openchair_domain::tenancy::{Db, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::backoff::jittered;
use crate::bout::{Bout, goes_together};
use crate::ends::Ends;
use crate::handler::{Batch, Handler, OneByOne, with_causes};
use crate::measures;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many jobs it claims at once.
    pub batch: u32,
    /// How many jobs it runs at once; where a handler takes many together, they count as one.
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
    handlers: HashMap<Known, Arc<dyn Batch>>,
    options: Options,
    /// Tells this worker from all others; with a number behind it, each of its claims.
    name: String,
    claims: AtomicU64,
}

/// Whoever finds that somebody else has in hand what is due looks again after this; twice as long each time
/// that it is so.
const RIVALS: Duration = Duration::from_millis(5);

/// Longest pause while the database can't be reached.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a running worker has in its hands.
struct Hands {
    waiting: VecDeque<Claimed>,
    running: JoinSet<()>,
    abandon: CancellationToken,
    ends: Ends,
}

/// What is known of when to look next.
struct Outlook {
    /// Now, because there may be more.
    now: bool,
    /// When the next job is due, if that is before the usual look.
    due_in: Option<Duration>,
    /// How often the last looks failed.
    failures: u32,
    /// How often in a row somebody else had in hand what is due.
    rivals: u32,
}

impl Runner {
    /// A runner that knows these kinds of jobs.
    pub fn new(db: Db, handlers: Vec<Arc<dyn Handler>>, options: Options) -> Self {
        measures::describe();
        let name = entropy::name(&**db.entropy());
        let runner =
            Self { db, handlers: HashMap::new(), options, name, claims: AtomicU64::new(0) };
        let batches = handlers.into_iter().map(|one| Arc::new(OneByOne(one)) as Arc<dyn Batch>);
        runner.with_batches(batches)
    }

    /// One that knows these, too.
    pub fn with_batches(mut self, batches: impl IntoIterator<Item = Arc<dyn Batch>>) -> Self {
        self.handlers.extend(batches.into_iter().map(|batch| (batch.known(), batch)));
        self
    }

    /// What it understands.
    pub fn known(&self) -> Vec<Known> {
        self.handlers.keys().copied().collect()
    }

    /// Works until `shutdown`. Then it claims nothing more, gives back what it hasn't begun, waits
    /// for what runs, and gives back what runs for longer than the grace period. It returns when all
    /// that is written down.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut bell = self.db.bell().listen();
        let (ends, writer) = Ends::writer(self.db.clone());
        let mut hands = Hands {
            waiting: VecDeque::new(),
            running: JoinSet::new(),
            abandon: CancellationToken::new(),
            ends,
        };
        let mut outlook = Outlook { now: true, due_in: None, failures: 0, rivals: 0 };
        while !shutdown.is_cancelled() {
            self.begin(&mut hands).await;
            let free = hands.waiting.is_empty() && hands.running.len() < self.options.concurrency;
            if outlook.now && free {
                self.look(&mut hands, &mut outlook).await;
                if outlook.now || !hands.waiting.is_empty() {
                    continue;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(_) = hands.running.join_next() => {}
                _ring = bell.heard() => outlook.now = true,
                () = tokio::time::sleep(self.pause(&outlook)) => outlook.now = true,
            }
        }
        self.stop(hands).await;
        if let Err(error) = writer.await {
            tracing::error!(%error, "nobody wrote down how jobs ended");
        }
    }

    /// Takes what is due.
    async fn look(&self, hands: &mut Hands, outlook: &mut Outlook) {
        match self.claim().await {
            Ok((claimed, due_in)) => {
                if outlook.failures > 0 {
                    tracing::info!("jobs can be claimed again");
                }
                // A full batch: there may be more.
                let now = claimed.len() >= self.options.batch as usize;
                let in_vain = claimed.is_empty() && due_in == Some(Duration::ZERO);
                let rivals = if in_vain { outlook.rivals.saturating_add(1) } else { 0 };
                let patience = RIVALS * 2_u32.pow(rivals.saturating_sub(1).min(12));
                let due_in = due_in.map(|due_in| due_in.max(patience));
                *outlook = Outlook { now, due_in, failures: 0, rivals };
                hands.waiting.extend(claimed);
            }
            Err(error) => {
                if outlook.failures == 0 {
                    let error = with_causes(&error);
                    tracing::warn!(error, "jobs can't be claimed; trying again");
                }
                let failures = outlook.failures.saturating_add(1);
                *outlook = Outlook { now: false, due_in: None, failures, rivals: 0 };
            }
        }
    }

    async fn claim(&self) -> Result<(Vec<Claimed>, Option<Duration>), StoreError> {
        let number = self.claims.fetch_add(1, Ordering::Relaxed);
        let lease = Lease {
            worker: format!("{}.{number}", self.name),
            length: TimeDelta::from_std(self.options.lease).unwrap_or(TimeDelta::MAX),
            batch: i64::from(self.options.batch),
            known: self.known(),
        };
        let ahead = TimeDelta::from_std(self.options.poll_every).unwrap_or(TimeDelta::MAX);
        let Taken { jobs, next } = jobs::take(&self.db, &lease, ahead).await?;
        let now = self.db.clock().now();
        Ok((jobs, next.map(|next| (next - now).to_std().unwrap_or_default())))
    }

    /// Starts what there is room for.
    async fn begin(&self, hands: &mut Hands) {
        while hands.running.len() < self.options.concurrency {
            let Some(handler) = hands.waiting.front().and_then(|job| self.handler_of(job)) else {
                return;
            };
            let limit = self.options.longest_job();
            let mut jobs = Vec::new();
            for job in gathered(&mut hands.waiting, handler.at_once()) {
                // It waited so long for its turn that another worker might come before it ends.
                if self.is_late(&job, limit) {
                    hands.ends.write(job.ended(End::GivenBack)).await;
                } else {
                    jobs.push(job);
                }
            }
            if jobs.is_empty() {
                continue;
            }
            let bout = Bout {
                db: self.db.clone(),
                handler,
                jobs,
                limit,
                abandon: hands.abandon.clone(),
                ends: hands.ends.clone(),
            };
            hands.running.spawn(bout.work());
        }
    }

    fn handler_of(&self, job: &Claimed) -> Option<Arc<dyn Batch>> {
        // Only known kinds are claimed, so there always is one.
        self.handlers
            .iter()
            .find(|(known, _)| known.kind == job.kind && known.version == job.version)
            .map(|(_, handler)| Arc::clone(handler))
    }

    fn is_late(&self, job: &Claimed, limit: Duration) -> bool {
        let limit = TimeDelta::from_std(limit).unwrap_or(TimeDelta::MAX);
        self.db.clock().now() > job.lease_until - limit
    }

    /// Until the next look; longer and longer while the database can't be reached.
    fn pause(&self, outlook: &Outlook) -> Duration {
        let factor = 2_u32.pow(outlook.failures.min(5));
        let longest = LONGEST_PAUSE.max(self.options.poll_every);
        let pause = (self.options.poll_every * factor).min(longest);
        let pause = jittered(pause, &**self.db.entropy());
        outlook.due_in.map_or(pause, |due_in| due_in.min(pause))
    }

    async fn stop(&self, hands: Hands) {
        let Hands { waiting, mut running, abandon, ends } = hands;
        for job in waiting {
            ends.write(job.ended(End::GivenBack)).await;
        }
        // Whoever runs tells by themselves; the last of them ends the writing.
        drop(ends);
        let ended = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, ended).await.is_err() {
            abandon.cancel();
            while running.join_next().await.is_some() {}
        }
    }
}

/// The first job, and up to so many with it that are of its kind, wherever they stand.
fn gathered(waiting: &mut VecDeque<Claimed>, at_once: usize) -> Vec<Claimed> {
    let Some(first) = waiting.pop_front() else { return Vec::new() };
    let mut jobs = vec![first];
    if at_once <= 1 || !goes_together(&jobs[0]) {
        return jobs;
    }
    let fits = |job: &Claimed| {
        job.kind == jobs[0].kind && job.version == jobs[0].version && goes_together(job)
    };
    let mut rest = VecDeque::with_capacity(waiting.len());
    let mut others = Vec::new();
    for job in waiting.drain(..) {
        if others.len() + 1 < at_once && fits(&job) {
            others.push(job);
        } else {
            rest.push_back(job);
        }
    }
    *waiting = rest;
    jobs.append(&mut others);
    jobs
}
