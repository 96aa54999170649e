//! The product without HTTP: rules, tables, events.

pub mod config;
pub mod entropy;
pub mod secrets;
