use sea_orm::DbErr;

use crate::fault::{Explain, Kind};

/// What the store can say when it doesn't do what it was asked. Logged once, at the edge.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint spoke. Whoever expects it by name turns it into an outcome; anybody else has
    /// met a conflict that nobody foresaw.
    #[error("This contradicts something that is already there.")]
    Constraint {
        /// The constraint's name: vocabulary of the domain.
        name: String,
        /// What the database said.
        source: DbErr,
    },
    /// Two transactions were in each other's way; the same request may be sent again.
    #[error("Two changes came at the same time. Please try again.")]
    Contention(#[source] DbErr),
    /// No connection, or none in time.
    #[error("The service is catching its breath. Please try again in a moment.")]
    Unavailable(#[source] DbErr),
    /// Anything else.
    #[error("Something went wrong on our side.")]
    Failed(#[source] DbErr),
    /// What is stored can't be read: the fault is ours. Who asked is told nothing of it, the log is.
    #[error("Something went wrong on our side: {0}")]
    Unreadable(String),
}

impl Explain for StoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::Constraint { .. } | Self::Contention(_) => Kind::Conflict,
            Self::Unavailable(_) => Kind::Unavailable,
            Self::Failed(_) | Self::Unreadable(_) => Kind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Constraint { .. } => "conflict",
            Self::Contention(_) => "try_again",
            Self::Unavailable(_) => "unavailable",
            Self::Failed(_) | Self::Unreadable(_) => "internal",
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
            return Self::Unavailable(error);
        }
        let (code, constraint) = match sqlx_error(&error) {
            Some(sqlx::Error::Database(database)) => (
                database.code().map(std::borrow::Cow::into_owned).unwrap_or_default(),
                database.constraint().map(str::to_owned),
            ),
            Some(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::BeginFailed
                | sqlx::Error::WorkerCrashed,
            ) => return Self::Unavailable(error),
            _ => return Self::Failed(error),
        };
        match (code.as_str(), constraint) {
            // Class 23: integrity constraints, the exclusion constraints among them.
            (code, Some(name)) if code.starts_with("23") => {
                Self::Constraint { name, source: error }
            }
            // Deadlock, serialization failure, lock not available in time.
            ("40P01" | "40001" | "55P03", _) => Self::Contention(error),
            // The server shuts down, crashed, or has no connection left; a statement ran too long.
            ("57P01" | "57P02" | "57P03" | "53300" | "57014", _) => Self::Unavailable(error),
            _ => Self::Failed(error),
        }
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Turns the constraint that a write expects to meet into the outcome that it stands for.
pub(crate) trait Outcome<T> {
    /// `save(…).await.on_constraint("slug_taken", TenantError::SlugTaken)?`
    fn on_constraint<E: From<StoreError>>(self, name: &str, outcome: E) -> Result<T, E>;
}

impl<T> Outcome<T> for Result<T, DbErr> {
    fn on_constraint<E: From<StoreError>>(self, name: &str, outcome: E) -> Result<T, E> {
        match self.map_err(StoreError::from) {
            Ok(value) => Ok(value),
            Err(StoreError::Constraint { name: met, .. }) if met == name => Err(outcome),
            Err(other) => Err(other.into()),
        }
    }
}
