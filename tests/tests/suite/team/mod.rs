//! A team's doors: who is let in by whom, and what goes with somebody who goes.

mod keys;
mod roles;
