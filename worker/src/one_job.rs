//! One try of one job, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::jobs::{self, Claimed};
use openchair_domain::tenancy::{Db, StoreError};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::backoff::{MAX_ATTEMPTS, pause_after};
use crate::handler::{Failure, Handler, with_causes};

/// A claimed job on its way through its handler.
#[derive(Debug)]
pub(crate) struct OneJob {
    pub(crate) db: Db,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) job: Claimed,
    pub(crate) limit: Duration,
    pub(crate) abandon: CancellationToken,
}

/// How a try ended.
#[derive(Debug)]
enum Outcome {
    Done,
    Failed(Failure),
    Abandoned,
}

/// What is decided about the job.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Finish,
    Again(Duration),
    Dead,
    GiveBack,
}

impl Verdict {
    const fn name(&self) -> &'static str {
        match self {
            Self::Finish => "done",
            Self::Again(_) => "retried",
            Self::Dead => "dead",
            Self::GiveBack => "given_back",
        }
    }
}

/// Longest error that is kept with a job.
const LONGEST_ERROR: usize = 2_000;

/// How often the outcome is written before it is left to the lease.
const WRITES: u32 = 6;

impl OneJob {
    /// Whether its lease might end before it does.
    pub(crate) fn is_late(&self) -> bool {
        let limit = TimeDelta::from_std(self.limit).unwrap_or(TimeDelta::MAX);
        self.db.clock().now() > self.job.lease_until - limit
    }

    /// Gives the job back without having begun.
    pub(crate) async fn give_back(self) {
        self.settle(Outcome::Abandoned).await;
    }

    /// Tries it and writes down how that ended.
    pub(crate) async fn work(self) {
        let tenant = self.job.tenant.map(tracing::field::display);
        let span = tracing::info_span!(
            "job",
            job = %self.job.id,
            kind = self.job.kind,
            attempt = self.job.attempt,
            tenant,
        );
        let one = Arc::new(self);
        async {
            #[expect(clippy::cast_precision_loss, reason = "a lag in milliseconds is below 2^52")]
            let lag = (one.db.clock().now() - one.job.due_at).num_milliseconds() as f64 / 1_000.0;
            let kind = one.handler.known().kind;
            metrics::histogram!("job_lag_seconds", "kind" => kind).record(lag.max(0.0));
            let outcome = one.attempt().await;
            one.settle(outcome).await;
        }
        .instrument(span)
        .await;
    }

    async fn attempt(self: &Arc<Self>) -> Outcome {
        if self.job.attempt > MAX_ATTEMPTS {
            let lost = "every worker that tried this was lost before it ended";
            return Outcome::Failed(Failure::permanent(lost));
        }
        // A task of its own: a handler that panics must not take the outcome with it.
        let one = Arc::clone(self);
        let mut task =
            tokio::spawn(async move { one.handler.run(&one.job).await }.in_current_span());
        let outcome = tokio::select! {
            ended = &mut task => return match ended {
                Ok(Ok(())) => Outcome::Done,
                Ok(Err(failure)) => Outcome::Failed(failure),
                Err(_) => Outcome::Failed(Failure::transient("it panicked; the log says where")),
            },
            () = tokio::time::sleep(self.limit) => {
                let late = format!("it took longer than {} s", self.limit.as_secs_f32());
                Outcome::Failed(Failure::transient(late))
            }
            () = self.abandon.cancelled() => Outcome::Abandoned,
        };
        // Nothing of it may go on once somebody else can have the job.
        task.abort();
        let _ = task.await;
        outcome
    }

    async fn settle(&self, outcome: Outcome) {
        let verdict = decide(&outcome, self.job.attempt, || {
            pause_after(self.job.attempt, &**self.db.entropy())
        });
        // The reason stays with the job: it may name addresses, which have no place in a log.
        match &verdict {
            Verdict::Dead => tracing::warn!("the job went to the dead letters"),
            Verdict::Again(pause) => tracing::info!(?pause, "the job will be tried again"),
            Verdict::Finish | Verdict::GiveBack => {}
        }
        if verdict == Verdict::Dead
            && let Err(error) = self.handler.bury(&self.job).await
        {
            let error = with_causes(&error);
            tracing::warn!(error, "nobody could be told that the job came to nothing");
        }
        let (kind, name) = (self.handler.known().kind, verdict.name());
        metrics::counter!("jobs_done_total", "kind" => kind, "outcome" => name).increment(1);
        let reason = match &outcome {
            Outcome::Failed(failure) => shortened(&failure.to_string()),
            Outcome::Done | Outcome::Abandoned => String::new(),
        };
        // What was done must be known to be done: worth some patience with the database.
        let mut pause = Duration::from_millis(100);
        for write in 1..=WRITES {
            let Err(error) = self.write(&verdict, &reason).await else { return };
            if write == WRITES {
                let error = with_causes(&error);
                tracing::warn!(error, "how the job ended can't be written; its lease will run out");
                return;
            }
            tokio::time::sleep(pause).await;
            pause *= 3;
        }
    }

    async fn write(&self, verdict: &Verdict, reason: &str) -> Result<(), StoreError> {
        match verdict {
            Verdict::Finish => jobs::finish(&self.db, &self.job).await,
            Verdict::GiveBack => jobs::give_back(&self.db, &self.job).await,
            Verdict::Dead => jobs::retry(&self.db, &self.job, reason, None).await,
            Verdict::Again(pause) => {
                let pause = TimeDelta::from_std(*pause).unwrap_or(TimeDelta::MAX);
                jobs::retry(&self.db, &self.job, reason, Some(pause)).await
            }
        }
    }
}

fn decide(outcome: &Outcome, attempt: i32, pause: impl FnOnce() -> Duration) -> Verdict {
    match outcome {
        Outcome::Done => Verdict::Finish,
        Outcome::Abandoned => Verdict::GiveBack,
        Outcome::Failed(Failure::Permanent(_)) => Verdict::Dead,
        Outcome::Failed(Failure::Transient(_)) if attempt >= MAX_ATTEMPTS => Verdict::Dead,
        Outcome::Failed(Failure::Transient(_)) => Verdict::Again(pause()),
    }
}

/// PostgreSQL's text can't hold NUL, and nobody reads pages.
fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| *c != '\0').take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_a_job() {
        let pause = Duration::from_secs(7);
        let transient = || Outcome::Failed(Failure::transient("later"));
        let permanent = || Outcome::Failed(Failure::permanent("never"));
        for (outcome, attempt, expected) in [
            (Outcome::Done, 1, Verdict::Finish),
            (Outcome::Done, MAX_ATTEMPTS, Verdict::Finish),
            (Outcome::Abandoned, MAX_ATTEMPTS, Verdict::GiveBack),
            (permanent(), 1, Verdict::Dead),
            (transient(), 1, Verdict::Again(pause)),
            (transient(), MAX_ATTEMPTS - 1, Verdict::Again(pause)),
            (transient(), MAX_ATTEMPTS, Verdict::Dead),
            (transient(), MAX_ATTEMPTS + 5, Verdict::Dead),
        ] {
            assert_eq!(decide(&outcome, attempt, || pause), expected, "{outcome:?} {attempt}");
        }
    }

    #[test]
    fn reasons_fit_into_the_table() {
        assert_eq!(shortened("a\0b"), "ab");
        assert_eq!(shortened(&"é".repeat(5_000)).chars().count(), LONGEST_ERROR);
    }
}
