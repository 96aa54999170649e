//! What changes while somebody looks on.

mod audiences;
mod doors;
mod following;
mod frames;
mod lines;
mod missed;
mod servers;
mod slow;
