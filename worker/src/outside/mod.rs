//! The outside world, behind traits.

pub mod carrier;
pub mod http;
pub mod mail;
pub mod mailbox;
pub mod names;
pub mod smtp;
