use chrono::{DateTime, Utc};
use openchair_domain::ids::{Job, Tenant};
use openchair_domain::jobs::Figures;
use openchair_domain::jobs::operating::{JobFacts, State};
use poem_openapi::{Enum, Object};

use crate::ids::Ref;

/// What a job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum JobState {
    /// It waits for its time, or for a worker.
    Waiting,
    /// A worker has it.
    Running,
    /// It is done.
    Done,
    /// It failed for good.
    Dead,
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Dead => Self::Dead,
        }
    }
}

impl From<JobState> for State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Waiting => Self::Waiting,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Dead => Self::Dead,
        }
    }
}

/// A job of the worker's. What it is about is not shown: it names people.
#[derive(Debug, Clone, Object)]
pub(super) struct JobView {
    id: Ref<Job>,
    /// Whose it is; null for what belongs to a login
    tenant_id: Option<Ref<Tenant>>,
    kind: String,
    /// Of what it is about
    version: i16,
    state: JobState,
    attempts: i32,
    created_at: DateTime<Utc>,
    /// When it may run, or might have
    run_at: DateTime<Utc>,
    /// Until when a worker has it
    lease_until: Option<DateTime<Utc>>,
    /// When it was done, or failed for good
    finished_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    /// The request, or the job, that it comes from
    trace: Option<String>,
}

impl From<JobFacts> for JobView {
    fn from(job: JobFacts) -> Self {
        Self {
            id: job.id.into(),
            tenant_id: job.tenant.map(Into::into),
            kind: job.kind,
            version: job.version,
            state: job.state.into(),
            attempts: job.attempts,
            created_at: job.created_at,
            run_at: job.run_at,
            lease_until: job.lease_until,
            finished_at: job.finished_at,
            last_error: job.last_error,
            trace: job.trace,
        }
    }
}

/// How things stand with one kind of job.
#[derive(Debug, Clone, Object)]
pub(super) struct JobKindView {
    kind: String,
    /// How many wait, for their time or for a worker; counted up to 10,000
    waiting: i64,
    /// How many of these could run now; counted up to 10,000
    due: i64,
    /// Since when the oldest of these could
    oldest_due_at: Option<DateTime<Utc>>,
    running: i64,
    /// How many failed for good; counted up to 10,000
    dead: i64,
}

impl From<Figures> for JobKindView {
    fn from(figures: Figures) -> Self {
        Self {
            kind: figures.kind,
            waiting: figures.waiting,
            due: figures.due,
            oldest_due_at: figures.oldest_due,
            running: figures.running,
            dead: figures.dead,
        }
    }
}

/// Which dead jobs are to be driven again.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct JobsToRetry {
    /// All of this kind, at most ten thousand at once
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(super) kind: String,
}

/// How many dead jobs are driven again.
#[derive(Debug, Clone, Object)]
pub(super) struct JobsRetried {
    pub(super) count: u64,
}
