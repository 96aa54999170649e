//! One try of what is done together: one job, or several of a kind.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::jobs::{Claimed, End};
use openchair_domain::tenancy::Db;
use openchair_domain::trace;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

use crate::backoff::{MAX_ATTEMPTS, pause_after};
use crate::ends::Ends;
use crate::handler::{Batch, Failure, with_causes};
use crate::outcome::{Outcome, decide};

/// Claimed jobs on their way through their handler.
#[derive(Debug)]
pub(crate) struct Bout {
    pub(crate) db: Db,
    pub(crate) handler: Arc<dyn Batch>,
    pub(crate) jobs: Vec<Claimed>,
    pub(crate) limit: Duration,
    pub(crate) abandon: CancellationToken,
    pub(crate) ends: Ends,
}

/// Whether a job may be done together with others. One that failed again and again may be what takes
/// the others with it: it is tried by itself.
pub(crate) fn goes_together(job: &Claimed) -> bool {
    job.attempt <= MAX_ATTEMPTS / 2
}

/// How a handler's run ended.
enum Ran {
    Answered(Vec<Result<(), Failure>>),
    Panicked,
    TooLate,
    Abandoned,
}

impl Bout {
    /// Tries them and has it written down how that ended.
    pub(crate) async fn work(mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        self.measure_lag(&jobs);
        let (lost, jobs): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| job.attempt > MAX_ATTEMPTS);
        for job in lost {
            let reason = "every worker that tried this was lost before it ended";
            self.settle(job, Outcome::Failed(Failure::permanent(reason))).await;
        }
        match jobs.len() {
            0 => {}
            1 => {
                for job in jobs {
                    self.one(job, Instant::now() + self.limit).await;
                }
            }
            _ => self.together(jobs).await,
        }
    }

    async fn together(&self, jobs: Vec<Claimed>) {
        let span =
            tracing::info_span!("jobs", kind = self.handler.known().kind, count = jobs.len());
        let deadline = Instant::now() + self.limit;
        let ran = self.run(jobs.clone(), deadline).instrument(span).await;
        if let Ran::Panicked = ran {
            // One of them is to blame, and the others needn't suffer for it.
            for job in jobs {
                if Instant::now() >= deadline {
                    self.settle(job, Outcome::Abandoned).await;
                } else {
                    self.one(job, deadline).await;
                }
            }
            return;
        }
        for (job, outcome) in outcomes(jobs, ran, self.limit) {
            let span = span_of(&job);
            self.settle(job, outcome).instrument(span).await;
        }
    }

    async fn one(&self, job: Claimed, deadline: Instant) {
        let span = span_of(&job);
        async {
            let ran = self.run(vec![job.clone()], deadline).await;
            for (job, outcome) in outcomes(vec![job], ran, self.limit) {
                self.settle(job, outcome).await;
            }
        }
        .instrument(span)
        .await;
    }

    async fn run(&self, jobs: Vec<Claimed>, deadline: Instant) -> Ran {
        let kind = self.handler.known().kind;
        let begun = Instant::now();
        // What these jobs queue comes from what they come from.
        let trace = match &jobs[..] {
            [job] => job.trace.clone().unwrap_or_else(|| job.id.to_string()),
            _ => String::new(),
        };
        // A task of its own: a handler that panics must not take the outcome with it.
        let handler = Arc::clone(&self.handler);
        let work = async move {
            if trace.is_empty() {
                handler.run(jobs).await
            } else {
                trace::scope(trace.into(), handler.run(jobs)).await
            }
        };
        let mut task = tokio::spawn(work.in_current_span());
        let ran = tokio::select! {
            ended = &mut task => ended.map_or(Ran::Panicked, Ran::Answered),
            () = tokio::time::sleep_until(deadline) => Ran::TooLate,
            () = self.abandon.cancelled() => Ran::Abandoned,
        };
        // Nothing of it may go on once somebody else can have the jobs.
        task.abort();
        if !task.is_finished() {
            let _ = task.await;
        }
        metrics::histogram!("job_run_seconds", "kind" => kind)
            .record(begun.elapsed().as_secs_f64());
        ran
    }

    async fn settle(&self, job: Claimed, outcome: Outcome) {
        let entropy = &**self.db.entropy();
        let end = decide(&outcome, job.attempt, || pause_after(job.attempt, entropy));
        // The reason stays with the job: it may name addresses, which have no place in a log.
        match &end {
            End::Dead { .. } => tracing::warn!("the job went to the dead letters"),
            End::Again { after, .. } => tracing::info!(?after, "the job will be tried again"),
            End::Later { after } => tracing::debug!(?after, "the job is put off"),
            End::Done | End::GivenBack => {}
        }
        if matches!(end, End::Dead { .. })
            && let Err(error) = self.handler.bury(&job).await
        {
            let error = with_causes(&error);
            tracing::warn!(error, "nobody could be told that the job came to nothing");
        }
        let (kind, name) = (self.handler.known().kind, end.name());
        metrics::counter!("jobs_done_total", "kind" => kind, "outcome" => name).increment(1);
        self.ends.write(job.ended(end)).await;
    }

    fn measure_lag(&self, jobs: &[Claimed]) {
        let now = self.db.clock().now();
        let lags = metrics::histogram!("job_lag_seconds", "kind" => self.handler.known().kind);
        for job in jobs {
            lags.record(seconds(now - job.due_at).max(0.0));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a lag in milliseconds is below 2^52")]
fn seconds(length: TimeDelta) -> f64 {
    length.num_milliseconds() as f64 / 1_000.0
}

fn span_of(job: &Claimed) -> Span {
    let tenant = job.tenant.map(tracing::field::display);
    let Claimed { id, kind, attempt, trace, .. } = job;
    tracing::info_span!("job", job = %id, kind, attempt, tenant, trace)
}

/// What came of each job.
fn outcomes(jobs: Vec<Claimed>, ran: Ran, limit: Duration) -> Vec<(Claimed, Outcome)> {
    let late = || failed(&format!("it took longer than {} s", limit.as_secs_f32()));
    match ran {
        Ran::Answered(answers) => {
            let mut answers = answers.into_iter();
            let outcome = |answer| match answer {
                Some(Ok(())) => Outcome::Done,
                Some(Err(failure)) => Outcome::Failed(failure),
                None => failed("its handler didn't say what became of it"),
            };
            jobs.into_iter().map(|job| (job, outcome(answers.next()))).collect()
        }
        Ran::Panicked => each(jobs, || failed("it panicked; the log says where")),
        Ran::TooLate => each(jobs, late),
        Ran::Abandoned => each(jobs, || Outcome::Abandoned),
    }
}

fn failed(reason: &str) -> Outcome {
    Outcome::Failed(Failure::transient(reason))
}

fn each(jobs: Vec<Claimed>, outcome: impl Fn() -> Outcome) -> Vec<(Claimed, Outcome)> {
    jobs.into_iter().map(|job| (job, outcome())).collect()
}
