//! What the tests are made with: databases, stand-ins for the outside world.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

pub mod scratch;
pub mod smtp;
