//! Takes endpoints at which something is due, and gives each a session of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::webhooks::{self, Lease, Leased, Shares};
use openchair_domain::{bells, entropy};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Options;
use super::session::Session;
use crate::backoff::jittered;
use crate::handler::with_causes;
use crate::outside::http::Client;

#[derive(Debug)]
pub(super) struct Sender {
    db: Db,
    client: Client,
    options: Options,
    /// Tells this worker from all others; with a number behind it, each of its claims.
    name: String,
    claims: AtomicU64,
}

/// How many sessions run, of which sort.
#[derive(Debug, Default)]
struct Running {
    brisk: usize,
    doubtful: usize,
}

impl Running {
    fn count(&mut self, doubtful: bool) -> &mut usize {
        if doubtful { &mut self.doubtful } else { &mut self.brisk }
    }

    /// How many more there may be. Who doesn't answer takes nobody's place who does.
    fn room(&self, concurrency: usize) -> Shares {
        let left = |most: usize, now| i64::try_from(most.saturating_sub(now)).unwrap_or(0);
        Shares {
            brisk: left(concurrency, self.brisk),
            doubtful: left((concurrency / 2).max(1), self.doubtful),
        }
    }
}

impl Sender {
    pub(super) fn new(db: Db, client: Client, options: Options) -> Self {
        let name = entropy::name(&**db.entropy());
        Self { db, client, options, name, claims: AtomicU64::new(0) }
    }

    /// Works until `shutdown`, then lets what is under way end.
    pub(super) async fn run(self, shutdown: CancellationToken) {
        describe_metrics();
        let mut bell = self.db.bells().of(bells::DELIVERIES).listen();
        let mut running = Running::default();
        let mut sessions = JoinSet::new();
        let mut failing = false;
        while !shutdown.is_cancelled() {
            match self.lease(running.room(self.options.concurrency)).await {
                Ok(leased) => {
                    failing = false;
                    for one in leased {
                        *running.count(one.doubtful) += 1;
                        sessions.spawn(self.session(one, &shutdown));
                    }
                }
                Err(error) => {
                    if !failing {
                        let error = with_causes(&error);
                        tracing::warn!(error, "webhooks can't be sent; trying again");
                    }
                    failing = true;
                }
            }
            let pause = jittered(self.options.poll_every, &**self.db.entropy());
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(ended) = sessions.join_next() => {
                    note_end(&mut running, ended);
                    while let Some(ended) = sessions.try_join_next() {
                        note_end(&mut running, ended);
                    }
                    // It may have left something, or made room for somebody.
                }
                _ring = bell.heard() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        let ended = async { while sessions.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, ended).await.is_err() {
            // What was sent and not written down is sent again, when the leases have ended.
            tracing::warn!(sessions = sessions.len(), "webhooks were still being sent at the end");
        }
    }

    async fn lease(&self, shares: Shares) -> Result<Vec<Leased>, StoreError> {
        if shares == (Shares { brisk: 0, doubtful: 0 }) {
            return Ok(Vec::new());
        }
        let number = self.claims.fetch_add(1, Ordering::Relaxed);
        let lease = Lease {
            worker: format!("{}.{number}", self.name),
            length: TimeDelta::from_std(self.options.lease()).unwrap_or(TimeDelta::MAX),
        };
        webhooks::lease(&self.db, &lease, shares).await
    }

    fn session(
        &self,
        leased: Leased,
        shutdown: &CancellationToken,
    ) -> impl Future<Output = bool> + use<> {
        let doubtful = leased.doubtful;
        let session = Session::new(
            self.db.clone(),
            self.client.clone(),
            leased,
            self.options.timeout,
            shutdown.clone(),
        );
        async move {
            session.run().await;
            doubtful
        }
    }
}

fn note_end(running: &mut Running, ended: Result<bool, tokio::task::JoinError>) {
    if let Ok(doubtful) = ended {
        let count = running.count(doubtful);
        *count = count.saturating_sub(1);
    } else {
        // Which it was is not known. A place that is free too often does less harm than one that is
        // never free again.
        running.brisk = running.brisk.saturating_sub(1);
        running.doubtful = running.doubtful.saturating_sub(1);
    }
}

fn describe_metrics() {
    metrics::describe_counter!(
        "webhook_attempts_total",
        "Tries to send webhooks, by how they ended"
    );
    metrics::describe_histogram!(
        "webhook_seconds",
        metrics::Unit::Seconds,
        "How long endpoints took to answer"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_takes_nobodys_place() {
        let cases = [
            ((0, 0), (8, 4)),
            ((8, 0), (0, 4)),
            ((0, 4), (8, 0)),
            ((9, 5), (0, 0)),
            ((3, 1), (5, 3)),
        ];
        for ((brisk, doubtful), (more, doubtful_more)) in cases {
            let shares = Running { brisk, doubtful }.room(8);
            assert_eq!((shares.brisk, shares.doubtful), (more, doubtful_more));
        }
    }
}
