//! The stand-in over real HTTP, as strict as whom it stands for.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod accounts;
mod books;
mod caller;
mod cards;
mod embedded;
mod keys;
mod pages;
mod plans;
mod plans_strict;
mod portal;
mod process;
mod refunds;
mod sessions;
mod strict;
mod trouble;
mod webhooks;
