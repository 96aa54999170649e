//! The outside world, behind traits.

pub mod mail;
pub mod mailbox;
pub mod smtp;
