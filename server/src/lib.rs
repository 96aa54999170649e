//! The HTTP side of Openchair: authentication, the API, the embedded web files.

pub mod input;
pub mod middleware;
pub mod problem;
#[cfg(test)]
mod testing;
