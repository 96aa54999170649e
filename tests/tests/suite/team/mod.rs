//! A team's doors: who is let in by whom, and what goes with somebody who goes.

mod going;
mod inviting;
mod keys;
mod platform;
mod roles;
