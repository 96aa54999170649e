//! The HTTP side of Openchair: authentication, the API, the embedded web files, and the private
//! PostgreSQL of the one-command mode.

pub mod acceptor;
pub mod app;
pub mod audit;
pub mod auth;
pub mod bookings;
pub mod budgets;
pub mod catalog;
pub mod conditional;
pub mod dev_mail;
pub mod docs;
pub mod embedded;
mod error;
mod hours;
pub mod forms;
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
mod patch;
pub mod platform;
pub mod policies;
pub mod problem;
pub mod public;
mod removal;
pub mod roles;
pub mod rooms;
pub mod shelf;
pub mod signup;
pub mod staff;
pub mod start;
pub mod team;
pub mod telemetry;
pub mod tenants;
#[cfg(test)]
mod testing;
pub mod web_files;
