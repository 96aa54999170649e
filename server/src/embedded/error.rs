use std::{io, path::PathBuf};

/// Why the private database could not be had. Each text is meant to be read by whoever typed the
/// command, so it says what to do where there is something to do.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// A file or folder could not be read, written or owned.
    #[error("{doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },

    /// Another process has the folder. Two postmasters on one folder would destroy it.
    #[error(
        "the database in {} is already run by another Openchair process{}; \
         stop that one first, or use another folder",
        folder.display(),
        holder.as_deref().map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse { folder: PathBuf, holder: Option<String> },

    /// The folder that was asked for has no usable PostgreSQL.
    #[error("the PostgreSQL in {} can't be used: {reason}", folder.display())]
    Unsuitable { folder: PathBuf, reason: String },

    /// The data was made by a major version that is not here any more.
    #[error(
        "the data in {} was made by PostgreSQL {wanted}, which is not on this machine any more; \
         install it again, or move that folder away to start with an empty database",
        data.display()
    )]
    OtherVersion { data: PathBuf, wanted: u32 },

    /// Nothing was found, and nothing could be fetched either.
    #[error(
        "found no PostgreSQL {minimum} or newer with btree_gist, and could not fetch one: \
         {reason}. Install it (Debian: apt-get install postgresql) or set database.url",
        minimum = super::discover::OLDEST_MAJOR
    )]
    Fetch { reason: String },

    /// PostgreSQL refuses to run as root, and no other account can be used.
    #[error(
        "PostgreSQL refuses to run as root, and no unprivileged account could be used: {reason}. \
         Start Openchair as an ordinary user, or set database.url"
    )]
    NoAccount { reason: String },

    /// One of PostgreSQL's programs failed; its own words follow.
    #[error("{program} failed: {output}")]
    Program { program: &'static str, output: String },

    /// A postmaster of an earlier run does not end.
    #[error(
        "an earlier PostgreSQL (process {pid}) still runs in {} and does not stop",
        data.display()
    )]
    StillRunning { pid: i32, data: PathBuf },

    /// Nobody runs a database in this folder now.
    #[error("no database is running in {}", folder.display())]
    NotRunning { folder: PathBuf },
}

impl EmbeddedError {
    pub(super) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }
}
