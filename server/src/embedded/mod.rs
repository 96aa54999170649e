//! A private PostgreSQL for development, tests and small installations: found or fetched, made,
//! started, kept running and stopped by us, so that nobody has to install a service.
//!
//! It runs in a folder of ours, listens on a Unix socket only, and never outlives our process:
//! `process.rs` says how. Two roles come with it, because the superuser is not bound by
//! row-level security: the owner for migrations, the app for everything else.

mod access;
mod account;
mod cluster;
mod discover;
mod error;
mod fetch;
mod initialise;
mod place;
mod process;
mod supervisor;
#[cfg(test)]
mod tests;

pub use access::{APP_ROLE, Access, DATABASE, OWNER_ROLE, SYSTEM_ROLE, attach};
pub use cluster::{Cluster, EmbeddedOptions};
pub use error::EmbeddedError;
