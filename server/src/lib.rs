//! The HTTP side of Openchair: authentication, the API, the embedded web files, and the private
//! PostgreSQL of the one-command mode.

pub mod acceptor;
pub mod app;
pub mod audit;
pub mod auth;
pub mod budgets;
pub mod catalog;
pub mod conditional;
mod csv;
pub mod customers;
pub mod dev_mail;
pub mod docs;
pub mod embedded;
mod error;
pub mod identity;
pub mod ids;
pub mod input;
pub mod keys;
pub mod limits;
pub mod listing;
pub mod locations;
pub mod manners;
pub mod middleware;
pub mod once;
pub mod openapi;
pub mod ops;
pub mod page;
pub mod platform;
pub mod problem;
pub mod public;
pub mod roles;
pub mod signup;
pub mod start;
pub mod team;
pub mod telemetry;
pub mod tenants;
#[cfg(test)]
mod testing;
pub mod web_files;
