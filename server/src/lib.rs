//! The HTTP side of Openchair: authentication, the API, the embedded web files.

pub mod acceptor;
pub mod conditional;
pub mod input;
pub mod limits;
pub mod manners;
pub mod middleware;
pub mod ops;
pub mod page;
pub mod problem;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod web_files;
