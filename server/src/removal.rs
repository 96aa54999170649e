//! What became of a thing that was taken away.

use openchair_domain::removal::Removal;
use poem_openapi::{Enum, Object};

/// Whether it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum RemovalOutcome {
    /// Nobody ever used it: it is gone
    Deleted,
    /// It was used: it is out of use, and can be brought back
    Archived,
}

/// What became of it.
#[derive(Debug, Clone, Copy, Object)]
pub(crate) struct RemovalView {
    outcome: RemovalOutcome,
}

impl From<Removal> for RemovalView {
    fn from(removal: Removal) -> Self {
        let outcome = match removal {
            Removal::Deleted => RemovalOutcome::Deleted,
            Removal::Archived => RemovalOutcome::Archived,
        };
        Self { outcome }
    }
}
