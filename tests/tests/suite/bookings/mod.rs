//! Visits: the time that is free for them, and their lives.

mod asking;
mod closed;
mod couples;
mod customers;
mod day;
mod free;
mod ids;
mod keeping;
mod members;
mod moving;
mod offer;
mod repeating;
mod told;
mod twice;
mod visitors;
