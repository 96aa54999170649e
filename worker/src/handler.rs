use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::identity::IdentityError;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::tenancy::StoreError;

/// Does one kind of job. It may run twice for the same job (a worker was lost), so what it does must
/// be recognisable when it is done again.
#[async_trait]
pub trait Handler: Send + Sync + Debug {
    /// What it understands: a kind, and one version of its payload.
    fn known(&self) -> Known;

    /// Does it.
    async fn run(&self, job: &Claimed) -> Result<(), Failure>;

    /// Nobody will try it again: where somebody waits for it, they are told here. Nothing, mostly.
    async fn bury(&self, _job: &Claimed) -> Result<(), Failure> {
        Ok(())
    }
}

/// Does one kind of job, many at once: where one statement or one journey serves many. What holds for
/// a [`Handler`] holds for each of them.
#[async_trait]
pub trait Batch: Send + Sync + Debug {
    /// What it understands: a kind, and one version of its payload.
    fn known(&self) -> Known;

    /// How many at most it is given at once.
    fn at_once(&self) -> usize;

    /// Does them, and says of each how that ended, in their order.
    async fn run(&self, jobs: Vec<Claimed>) -> Vec<Result<(), Failure>>;

    /// Nobody will try this one again: see [`Handler::bury`].
    async fn bury(&self, _job: &Claimed) -> Result<(), Failure> {
        Ok(())
    }
}

/// A handler as what does many, one at a time.
#[derive(Debug)]
pub(crate) struct OneByOne(pub(crate) Arc<dyn Handler>);

#[async_trait]
impl Batch for OneByOne {
    fn known(&self) -> Known {
        self.0.known()
    }

    fn at_once(&self) -> usize {
        1
    }

    async fn run(&self, jobs: Vec<Claimed>) -> Vec<Result<(), Failure>> {
        let mut ends = Vec::with_capacity(jobs.len());
        for job in &jobs {
            ends.push(self.0.run(job).await);
        }
        ends
    }

    async fn bury(&self, job: &Claimed) -> Result<(), Failure> {
        self.0.bury(job).await
    }
}

/// Why a job wasn't done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Another try would end in the same way.
    #[error("{0}")]
    Permanent(String),
    /// Another try may succeed.
    #[error("{0}")]
    Transient(String),
    /// It is not the time for it: quiet hours, a limit of the provider's. Not a try; it comes again so
    /// much later, however often.
    #[error("it is put off for {} s", .0.as_secs_f32())]
    Later(Duration),
}

impl Failure {
    /// Another try would end in the same way.
    pub fn permanent(reason: impl Into<String>) -> Self {
        Self::Permanent(reason.into())
    }

    /// Another try may succeed.
    pub fn transient(reason: impl Into<String>) -> Self {
        Self::Transient(reason.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let reason = with_causes(&error);
        match error {
            StoreError::Unreadable(_) => Self::Permanent(reason),
            _ => Self::Transient(reason),
        }
    }
}

/// A payload that isn't what it should be.
impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Permanent(format!("the payload can't be read: {error}"))
    }
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Store(store) => store.into(),
            refused => Self::Permanent(refused.to_string()),
        }
    }
}

/// An error and what led to it, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Many errors repeat their cause.
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}
