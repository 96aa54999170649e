//! What changes while somebody looks on.

mod audiences;
mod doors;
mod following;
mod frames;
mod lines;
mod missed;
mod returning;
mod servers;
mod slow;
mod waiting;
