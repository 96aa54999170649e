//! All tests over a real database and real servers, in one binary.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod jobs;
mod mail;
