//! What the tests are made with: databases, stand-ins for the outside world.

pub mod scratch;
pub mod smtp;
