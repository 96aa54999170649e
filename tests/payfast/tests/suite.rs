//! The stand-in over real HTTP, as strict as whom it stands for.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod api;
mod caller;
mod notices;
mod process;
mod program;
