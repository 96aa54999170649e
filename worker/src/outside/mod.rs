//! The outside world, behind traits.

pub mod carrier;
pub mod carriers;
pub(crate) mod gate;
pub mod http;
pub mod mail;
pub mod mailbox;
pub mod names;
pub mod payfast;
pub mod providers;
pub mod push;
pub mod roots;
pub mod smtp;
pub mod stripe;
pub mod texts;
