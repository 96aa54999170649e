//! The HTTP server of Openchair.

pub mod embedded;
