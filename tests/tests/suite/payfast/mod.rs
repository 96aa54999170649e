//! Money through `PayFast`: the keys, what is paid, what is told, what goes back.

mod hearing;
mod keys;
mod kills;
mod paying;
mod returning;
