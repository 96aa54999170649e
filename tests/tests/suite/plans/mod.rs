//! What businesses pay for their plans, and what becomes of those that don't.

mod kills;
mod limits;
mod paying;
mod standing;
