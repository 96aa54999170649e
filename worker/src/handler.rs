use std::fmt::Debug;

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

/// Why a job wasn't done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Another try would end in the same way.
    #[error("{0}")]
    Permanent(String),
    /// Another try may succeed.
    #[error("{0}")]
    Transient(String),
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
