//! The HTTP side of Openchair: authentication, the API, the embedded web files, and the private
//! PostgreSQL of the one-command mode.

pub mod app;
pub mod auth;
pub mod conditional;
pub mod embedded;
mod error;
pub mod ids;
pub mod input;
pub mod keys;
pub mod listing;
pub mod middleware;
pub mod once;
pub mod openapi;
pub mod page;
pub mod problem;
#[cfg(test)]
mod testing;
