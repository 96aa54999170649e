//! How a process gets at the product: the same for the server, the worker and tools.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Duration;
use serde::Deserialize;

use crate::authz::{Authz, BadPolicy};
use crate::config::{Secret, Settings};
use crate::entropy::Entropy;
use crate::identity::{Identity, Rules};
use crate::messaging::Ways;
use crate::secrets::{AccessTokens, KeyRing, PasswordError, Passwords, SealError};
use crate::tenancy::{Db, DbOptions, StartError};
use crate::time::{Clock, FileClock, SystemClock};

/// Why a process can't start.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// The database is not as it should be.
    #[error(transparent)]
    Database(#[from] StartError),
    /// The policy that is built in can't be read.
    #[error(transparent)]
    Policy(#[from] BadPolicy),
    /// The keys of sealed columns can't be used.
    #[error(transparent)]
    ColumnKeys(#[from] SealError),
    /// The cost of passwords can't be meant.
    #[error("security: {0}")]
    Passwords(#[from] PasswordError),
    /// The key of access tokens can't be used.
    #[error("tokens.key is empty or too short")]
    NoTokenKey,
    /// A lifetime beyond all calendars.
    #[error("the setting {0} is too long")]
    TooLong(&'static str),
    /// No address, and nobody runs a private database either.
    #[error(
        "database.url is empty, and no private database is known in {folder}. Start \
         `openchair-server` there first, or set database.url"
    )]
    NoDatabase {
        /// `database.folder`.
        folder: PathBuf,
    },
}

/// The clock that the settings ask for: the machine's, or one that tests can move.
pub fn clock(settings: &Settings) -> Arc<dyn Clock> {
    match &settings.testing.clock_file {
        Some(path) => Arc::new(FileClock::following(path.clone())),
        None => Arc::new(SystemClock),
    }
}

/// Connects to the database and puts together what deals with logins. The settings must have their
/// keys already: see [`Settings::with_generated_keys`].
pub async fn connect(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<(Db, Identity), WiringError> {
    let rules = rules(settings)?;
    let authz = Authz::load().await?;
    let columns = Arc::new(KeyRing::new(&settings.security.column_keys)?);
    let passwords = Passwords::new(&settings.security, Arc::clone(&entropy))?;
    let issuer = settings.server.public_url.origin();
    let tokens = AccessTokens::new(&settings.tokens.key, issuer, settings.tokens.access);
    let tokens = tokens.ok_or(WiringError::NoTokenKey)?;
    let options = DbOptions {
        url: app_url(settings)?.expose().to_owned(),
        max_connections: settings.database.max_connections,
        acquire: settings.database.acquire_timeout,
        statement: settings.database.statement_timeout,
        lock: settings.database.lock_timeout,
    };
    let db = Db::connect(&options, clock, entropy, columns).await?.with_ways(Ways::of(settings));
    let identity = Identity::new(db.clone(), authz, passwords, tokens, rules);
    Ok((db, identity))
}

fn lasting(length: std::time::Duration, key: &'static str) -> Result<Duration, WiringError> {
    Duration::from_std(length).map_err(|_| WiringError::TooLong(key))
}

fn rules(settings: &Settings) -> Result<Rules, WiringError> {
    Ok(Rules {
        idle: lasting(settings.session.idle, "session.idle_hours")?,
        absolute: lasting(settings.session.absolute, "session.absolute_hours")?,
        refresh: lasting(settings.tokens.refresh, "tokens.refresh_days")?,
        public_url: settings.server.public_url.origin().to_owned(),
    })
}

/// `database.url`, or the address of the private database that the server runs in
/// `database.folder`.
fn app_url(settings: &Settings) -> Result<Secret, WiringError> {
    if !settings.database.url.is_empty() {
        return Ok(settings.database.url.clone());
    }
    let folder = &settings.database.folder;
    private_app_url(folder).ok_or_else(|| WiringError::NoDatabase { folder: folder.clone() })
}

/// The launcher of the private database writes down how to reach it.
const NOTE: &str = "postgres.json";

fn private_app_url(folder: &Path) -> Option<Secret> {
    #[derive(Deserialize)]
    struct Note {
        app_url: String,
    }
    let text = std::fs::read(folder.join(NOTE)).ok()?;
    let note: Note = serde_json::from_slice(&text).ok()?;
    Some(Secret::new(note.app_url))
}
